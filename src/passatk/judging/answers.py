"""What tests expect where a reference says it: executed once, contained as any program is, and kept for later runs.

No program that is judged meets any of it: values stay here, and are compared here.
"""

import contextlib
import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from passatk.cases import Answers, Call, Case, Cases
from passatk.errors import FieldError
from passatk.judging.limits import reference_limits
from passatk.languages import LANGUAGES
from passatk.problems.calls import python_text
from passatk.records import Asserts, LimitPolicy, Limits, Problem, Program, Sample, StepFacts
from passatk.sandbox import Slot
from passatk.textfiles import data_home, made_whole

_RAISED = b"[1,"
_MOST_ENDS = 10
"""Tests with which the process of a reference may end."""
_MOST_BYTES = 128 << 20
_CALL = Call(name="answer", written="python", together=True)


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """Of one test."""

    values: tuple[str, ...] = ()
    """Literals of Python's, each of them right."""
    left_out: str = ""
    """Why nothing is expected."""
    message: bytes = b""
    """SHA-256 of the message of a program that returns just what is expected; none where there is more to look at."""


class Asked(NamedTuple):
    """What is expected of each test, in the order in which they are run."""

    expected: tuple[Expected, ...]
    asking: StepFacts | None = None
    """Of the process that said it just now; None where it was known, or several had to be asked."""


class Known:
    """What references said on this machine. Safe from threads: what two find at once is the same."""

    def __init__(self, toolchain: str):
        """`toolchain` identifies the Python that they run on."""
        self._folder = data_home() / "answers" / toolchain
        self._known: dict[str, tuple[Expected, ...]] = {}

    def of(self, slot: Slot, tests: Cases) -> Asked | str:
        """Words where the reference does not come to its end."""
        assert tests.answers is not UNSET
        inputs = [case.stdin for case in tests.in_order]
        key = _key(tests.answers, inputs)
        if known := self._known.get(key) or _read(self._folder / key):
            self._known[key] = known
            return Asked(known)
        found = _asked(slot, tests.answers, inputs)
        if not isinstance(found, str):
            self._keep(key, found.expected)
            self._known[key] = found.expected
        return found

    def _keep(self, key: str, known: tuple[Expected, ...]) -> None:
        """Where it cannot be kept, nothing is lost but time."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            with made_whole(self._folder / key) as made:
                made.write_bytes(msgspec.msgpack.encode(known))


def is_asked(answers: Answers, program: Program) -> bool:
    """Whether `program` is, word by word, the reference that says what is expected."""
    return any(f"exec(compile({text!r}, " in answers.source for name, text in program.files if name == "program.py")


def sent_together(inputs: list[str]) -> Case:
    """All tests as one, of a process that makes all calls."""
    return Case(id="all", stdin=json.dumps(inputs), expected="")


def with_room(limits: Limits, tests: int) -> Limits:
    """The limits of a process that makes all calls: the values of each may be as long as a program's output."""
    most = min(max(_MOST_BYTES, limits.run.output_bytes), tests * limits.run.output_bytes)
    return msgspec.structs.replace(limits, run=msgspec.structs.replace(limits.run, output_bytes=most))


def messages(output: bytes) -> list[bytes]:
    """What a process that makes all calls has written, call by call, as far as it is whole."""
    found, at = [], 0
    while at + 8 <= len(output):
        size = int.from_bytes(output[at : at + 8], "little")
        if size > len(output) - at - 8:
            break
        found.append(output[at + 8 : at + 8 + size])
        at += 8 + size
    return found


def raised(message: bytes) -> str | None:
    """The words of an exception, where a message is about one."""
    if not message.startswith(_RAISED):
        return None
    with contextlib.suppress(ValueError, TypeError):
        _, words, *_ = json.loads(message)
        return str(words)
    return None


def _key(answers: Answers, inputs: list[str]) -> str:
    return hashlib.sha256(msgspec.json.encode([answers, inputs])).hexdigest()


def _read(file: Path) -> tuple[Expected, ...] | None:
    with contextlib.suppress(OSError, msgspec.DecodeError):
        return msgspec.msgpack.decode(file.read_bytes(), type=tuple[Expected, ...])
    return None


def _asked(slot: Slot, answers: Answers, inputs: list[str]) -> Asked | str:
    """Run the reference. A test with which its process ends is left out, and another process goes on behind it."""
    known: list[Expected] = []
    ends = 0
    while len(known) < len(inputs):
        found, facts, fault = _run(slot, _program(answers), inputs[len(known) :])
        if facts is None:
            return fault or "nothing was executed"
        known.extend(map(_expected, found))
        if len(known) == len(inputs):
            return Asked(tuple(known), facts if not ends else None)
        ends += 1
        if ends > _MOST_ENDS:
            return f"its process ended in {ends} of {len(inputs)} tests: {_ending(facts)}"
        known.append(Expected(left_out=f"its reference comes to no end here: {_ending(facts)}"))
    return Asked(tuple(known))


def _run(slot: Slot, program: Program, inputs: list[str]) -> tuple[list[bytes], StepFacts | None, str]:
    """(what it wrote, how it ended, a fault of the sandbox)."""
    found: list[bytes] = []
    ending: list[StepFacts] = []

    def take(_: Case, run: StepFacts, output: bytes, __: bytes) -> bool:
        found.extend(messages(output))
        ending.append(run)
        return False

    limits = with_room(reference_limits(LimitPolicy()), len(inputs))
    outcome = slot.execute_cases(program, limits, iter([sent_together(inputs)]), take)
    return found, ending[0] if ending and outcome.fault is None else None, outcome.fault or ""


def _ending(facts: StepFacts) -> str:
    if facts.stopped_by is not None:
        return f"it is over its {facts.stopped_by} limit"
    words = facts.stderr.strip().splitlines()
    return words[-1] if words else f"exit code {facts.exit_code}, signal {facts.signal}"


def _program(answers: Answers) -> Program:
    problem = Problem(
        task_id="reference",
        benchmark="",
        language="python",
        prompt="",
        tests=Asserts(code=""),
        cases=Cases(cases=(sent_together([]),), call=_CALL),
    )
    sample = Sample(task_id=problem.task_id, index=0, text=answers.source, whole=True)
    return LANGUAGES["python"].program(problem, sample, "")


def _expected(message: bytes) -> Expected:
    if (words := raised(message)) is not None:
        return Expected(left_out=f"its reference raises {words}")
    try:
        _, value, nodes = json.loads(message)
        values = _made(value, nodes)
        texts = tuple(python_text("its reference", one) for one in values)
    except FieldError as error:
        return Expected(left_out=f"its reference {error.problem}")
    except (ValueError, TypeError, IndexError, RecursionError) as error:
        return Expected(left_out=f"what its reference returns cannot be compared: {error}")
    if not texts:
        return Expected(left_out="its input breaks the contract")
    return Expected(values=texts, message=_plain_message(value, nodes) if len(texts) == 1 else b"")


def hashed(message: bytes) -> bytes:
    """What `Expected.message` has."""
    return hashlib.sha256(message).digest()


def _plain_message(answer: Any, nodes: list[list[Any]]) -> bytes:
    """Hash of the message about the only value in the list `answer`, which is the last of `nodes`.

    None where a value is a number that is not exactly what it is compared as.
    """
    *others, (_, value) = nodes
    if answer != [len(others)] or any(node[0] in ("narrow", "near") for node in others):
        return b""
    return hashed(json.dumps([0, value, others], separators=(",", ":")).encode())


def _made(item: Any, nodes: list[list[Any]]) -> Any:
    """A value as a plain one, see docs/wall.md."""
    if type(item) is not list:
        return item
    kind, *parts = nodes[item[0]]
    match kind:
        case "is":
            return _made(parts[0], nodes)
        case "int":
            return int(parts[0], 16)
        case "complex":
            return complex(*parts)
        case "text":
            return bytes.fromhex(parts[0]).decode("utf-8", "surrogatepass")
        case "bytes":
            return bytes.fromhex(parts[0])
        case "narrow" | "near":
            return float(parts[-1] if kind == "narrow" else parts[0])
    made = [_made(part, nodes) for part in parts]
    match kind:
        case "list":
            return made
        case "tuple":
            return tuple(made)
        case "set" | "frozenset":
            return set(made)
        case "dict":
            return dict(zip(made[::2], made[1::2], strict=True))
    raise ValueError(f"an object of {parts[0] if parts else kind}")
