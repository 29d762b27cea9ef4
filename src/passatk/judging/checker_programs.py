"""Checkers that are programs: contained and measured as any program is, apart from the one whose output they judge."""

import math
from functools import lru_cache

import msgspec

from passatk.cases import Case, Checked, CheckerProgram
from passatk.languages import by_name
from passatk.records import Asserts, Limits, Problem, Program, Sample, StepFacts, StepLimits

LIMITS = Limits(
    run=StepLimits(cpu_s=10.0, idle_s=10.0, output_bytes=1 << 20),
    build=StepLimits(cpu_s=60.0, idle_s=30.0, memory_bytes=2048 << 20),
)
"""Of a checker: it decides about others, and gets what they cannot use up."""
_INPUT, _OUTPUT, _ANSWER = "input.txt", "output.txt", "answer.txt"
_ARGUMENTS = {
    "testlib": (_INPUT, _OUTPUT, _ANSWER),
    "cms": (_INPUT, _ANSWER, _OUTPUT),
    "function": (_INPUT, _OUTPUT, _ANSWER),
}
_OK, _WRONG, _PRESENTATION, _DIRT, _POINTS, _ENDED = 0, 1, 2, 4, 7, 8
"""Exit codes of testlib; 3 says that the checker, or its answer, is wrong."""
_TRUE, _FALSE = 42, 43
_FUNCTION = f"""\
import sys
texts = [open(name, encoding="utf-8", errors="surrogateescape", newline="").read() for name in sys.argv[1:]]
namespace = {{"__name__": "checker"}}
exec(compile(open("checker.py", encoding="utf-8").read(), "checker.py", "exec"), namespace)
found = namespace["check"](*texts)
accepted, words = found if type(found) is tuple else (found, "")
if type(accepted) is not bool:
    raise TypeError(f"check returned {{accepted!r:.80}}, not True or False")
print(words)
sys.stdout.flush()
sys.exit({_TRUE} if accepted else {_FALSE})
"""
_WORDS = 200
_TRACEBACK = "Traceback (most recent call last):"


@lru_cache(maxsize=256)
def program_of(checker: CheckerProgram) -> Program:
    """The checker as a program that finds its three files beside it."""
    language = by_name(checker.language)
    called = checker.protocol == "function"
    problem = Problem(
        task_id="checker",
        benchmark="checker",
        language=language.name,
        prompt="",
        tests=Asserts(code=""),
        in_function=False,
    )
    sample = Sample(task_id="checker", index=0, text=_FUNCTION if called else checker.source, whole=True)
    program = language.script(problem, sample, _ARGUMENTS[checker.protocol])
    own = (("checker.py", checker.source),) if called else ()
    return msgspec.structs.replace(program, files=(*program.files, *own, *checker.files))


def files_of(case: Case, output: bytes) -> dict[str, bytes]:
    """What a checker reads."""
    texts = {_INPUT: case.stdin, _ANSWER: case.expected}
    return {_OUTPUT: output, **{name: text.encode("utf-8", "surrogatepass") for name, text in texts.items()}}


def said(checker: CheckerProgram, run: StepFacts, output: bytes) -> Checked:
    """What it says of an output, by how it ended and what it printed."""
    printed = output.decode("utf-8", "backslashreplace").strip()
    words = next(iter((run.stderr.strip() or printed).splitlines()), "")[:_WORDS]
    if run.stopped_by is not None:
        return _failed(f"it was stopped by its limit ({run.stopped_by})")
    if run.exit_code is None:
        return _failed(f"it was ended by signal {run.signal}")
    if checker.protocol == "cms":
        return _scored(printed, words, run.exit_code)
    if checker.protocol == "function":
        accepted, wrong = run.exit_code == _TRUE, run.exit_code == _FALSE
        words = printed[:_WORDS] if accepted or wrong else _last(run.stderr)
    else:
        if run.exit_code == _POINTS:
            return _pointed(checker, words)
        accepted, wrong = run.exit_code == _OK, run.exit_code in (_WRONG, _PRESENTATION, _DIRT, _ENDED)
        if wrong and _TRACEBACK in run.stderr:  # with which Python ends with 1 as well
            return _failed(_last(run.stderr))
    if accepted:
        return Checked(outcome="accepted", words=words)
    if wrong:
        return Checked(outcome="wrong", words=words or "the checker says that it is wrong")
    return _failed(f"it exited with {run.exit_code}: {words}" if words else f"it exited with {run.exit_code}")


def _scored(printed: str, words: str, exit_code: int) -> Checked:
    """By a score from 0 to 1, in the first line."""
    if exit_code != 0:
        return _failed(f"it exited with {exit_code}: {words}")
    first = next(iter(printed.splitlines()), "")
    score = _number(first)
    if score is None and first.split()[:1] == ["points"]:
        return _failed(f"it gives partial credit in testlib's words ({first[:40]!r}), not a score from 0 to 1")
    if score is None or not 0 <= score <= 1:
        return _failed(f"it printed {first[:40]!r}, not a score from 0 to 1")
    return Checked(outcome="accepted") if score == 1 else Checked(outcome="wrong", words=_part(score, first))


def _part(score: float, first: str) -> str:
    credit = " of 1, which is partial credit" if score else ""
    return f"the checker scores {first}{credit}"


def _pointed(checker: CheckerProgram, words: str) -> Checked:
    """By testlib's `points N`."""
    points = _number(words.split()[1]) if words.startswith("points ") and len(words.split()) > 1 else None
    if points is None or checker.points is None:
        return _failed(
            f"it gives partial credit ({words[:40]!r}), and the problem does not say how many points are all of it"
            " (`points` of the checker's program)"
        )
    if points >= checker.points:
        return Checked(outcome="accepted", words=words)
    return Checked(outcome="wrong", words=f"{points:g} points of {checker.points:g}")


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _last(stderr: str) -> str:
    return next(iter(reversed(stderr.strip().splitlines())), "")[:_WORDS]


def _failed(words: str) -> Checked:
    return Checked(outcome="failed", words=words)
