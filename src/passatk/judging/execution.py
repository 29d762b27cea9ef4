"""One execution of a program on a slot: once, or once for each of its tests with inputs, whose outputs are checked."""

import tempfile
from collections.abc import Iterator
from typing import IO

import msgspec
from msgspec import UNSET, UnsetType

from passatk.cases import Case, Cases, Checked, CheckerProgram
from passatk.errors import SandboxError
from passatk.judging.answers import (
    Asked,
    Expected,
    Known,
    hashed,
    is_asked,
    messages,
    raised,
    sent_together,
    with_room,
)
from passatk.judging.built_checkers import BuiltCheckers
from passatk.judging.checker_programs import LIMITS, files_of, said
from passatk.judging.checkers import check
from passatk.judging.environment import Environment
from passatk.judging.quiet import HEADROOM, case_with_headroom
from passatk.judging.returned import check_value
from passatk.records import CaseFacts, Limits, Outcome, Program, StepFacts
from passatk.sandbox import Slot

_IN_MEMORY = 64 << 20
"""Bytes of outputs that wait for a checker; what is more waits on disk."""
_LONG_S = 0.5
"""A reference that needed so much when it said what is right is not executed among others once more."""
_ACCEPTED = Checked(outcome="accepted")


def executed(slot: Slot, environment: Environment, program: Program, limits: Limits, variation: int) -> Outcome:
    """The facts; `limits` have their headroom. Raises SlotDied as `Slot.execute`."""
    tests = program.cases
    if tests is None:
        return slot.execute(program, limits, variation)
    if tests.together:
        return _executed_together(slot, program, limits, variation, tests, environment.answers)
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as outputs:
        outcome, known = _run(slot, program, limits, variation, tests, outputs)
        if outcome.fault is None and tests.checker.program is not UNSET:
            fault, known = _checked_by(slot, environment.checkers, tests.checker.program, tests, known, outputs)
            outcome = msgspec.structs.replace(outcome, fault=fault)
    slowest = max((case.run for case in known), key=lambda run: run.cpu_s, default=None)
    return msgspec.structs.replace(outcome, run=slowest, cases=tuple(known))


def _executed_together(
    slot: Slot, program: Program, limits: Limits, variation: int, tests: Cases, known_answers: Known
) -> Outcome:
    """All tests by one process. What that used stands with the test that it ended in."""
    cases = tests.in_order
    answers: Asked | str = Asked(tuple(Expected(values=(case.expected,)) for case in cases))
    if tests.answers is not UNSET:
        answers = known_answers.of(slot, tests)
    if isinstance(answers, str) or all(one.left_out for one in answers.expected):
        words = answers if isinstance(answers, str) else answers.expected[0].left_out
        fault = f"what its reference returns is not known: {words}"
        return Outcome(build=None, run=None, cases=(), isolation=slot.isolation, fault=fault)
    expected, asking = answers
    long = asking is not None and asking.cpu_s >= _LONG_S
    if long and tests.answers is not UNSET and is_asked(tests.answers, program):
        return Outcome(build=None, run=asking, isolation=slot.isolation, stands_in=True)
    known: list[CaseFacts] = []
    asked = [(case, one) for case, one in zip(cases, expected, strict=True) if not one.left_out]

    def take(_: Case, run: StepFacts, output: bytes, __: bytes) -> bool:
        known.extend(_of_each(tests, asked, run, output))
        known.extend(_left_out(case, one, run) for case, one in zip(cases, expected, strict=True) if one.left_out)
        return False

    sent = sent_together([case.stdin for case, _ in asked])
    outcome = slot.execute_cases(program, with_room(limits, len(asked)), iter([sent]), take, variation)
    slowest = max((case.run for case in known), key=lambda run: run.cpu_s, default=None)
    return msgspec.structs.replace(outcome, run=slowest, cases=tuple(known))


def _of_each(tests: Cases, asked: list[tuple[Case, Expected]], run: StepFacts, output: bytes) -> Iterator[CaseFacts]:
    """Facts of the tests that came to an end, and of the one in which the process did; none of those behind it.

    What ends a process after its last test is that test's.
    """
    said = messages(output)
    run = msgspec.structs.replace(run, output_bytes=max(0, run.output_bytes - len(output)))  # what it printed
    ended = run.exit_code == 0 and run.stopped_by is None
    quiet = _unmeasured(run)
    for number, (case, expected) in enumerate(asked):
        last = number == (len(asked) - 1 if ended or len(said) >= len(asked) else len(said))
        facts = run if last else quiet
        message = said[number] if number < len(said) else b""
        if (words := raised(message)) is not None and (ended or not last):
            facts = msgspec.structs.replace(facts, exit_code=1, stderr=words)
        yield CaseFacts(id=case.id, run=facts, checked=_checked_by_values(tests, case, expected, message))
        if last:
            return


def _checked_by_values(tests: Cases, case: Case, expected: Expected, message: bytes) -> Checked:
    """Right where one of the values that are right says so; else what the first one says."""
    assert tests.call is not UNSET
    if expected.message and tests.checker.reading is UNSET and hashed(message) == expected.message:
        return _ACCEPTED
    found = [check_value(tests.call, tests.checker, value, message, case.stdin) for value in expected.values]
    return next((one for one in found if one.outcome == "accepted"), found[0])


def _left_out(case: Case, expected: Expected, run: StepFacts) -> CaseFacts:
    return CaseFacts(id=case.id, run=_unmeasured(run), checked=Checked(outcome="left_out", words=expected.left_out))


def _unmeasured(run: StepFacts) -> StepFacts:
    """Of a test with which nothing went wrong, and that shared its process with others."""
    return msgspec.structs.replace(
        run,
        exit_code=0,
        signal=None,
        stopped_by=None,
        cpu_s=0.0,
        wall_s=0.0,
        idle_s=0.0,
        peak_memory_bytes=0,
        output_bytes=0,
        stdout="",
        stderr="",
    )


def _run(
    slot: Slot, program: Program, limits: Limits, variation: int, tests: Cases, outputs: IO[bytes]
) -> tuple[Outcome, list[CaseFacts]]:
    """Test after test. What a checker is to read is left in `outputs`, one behind the other."""
    known: list[CaseFacts] = []
    used = 0.0

    def take(case: Case, run: StepFacts, output: bytes, errors: bytes) -> bool:
        """Only a program that came to its end by itself is asked what it printed."""
        nonlocal used
        ended = run.exit_code == 0 and run.stopped_by is None
        checked = _checked(tests, case, output) if ended else Checked(outcome="wrong")
        if ended and tests.checker.program is not UNSET:
            outputs.write(len(output).to_bytes(8, "little") + output)
        known.append(CaseFacts(id=case.id, run=run, checked=checked, printed=printed(output, errors)))
        used += run.cpu_s
        if tests.cpu_s is not None and used > tests.cpu_s * HEADROOM:
            return False
        over = case_limit_passed(run, case, limits)
        return tests.stop == "all" or (checked.outcome != "wrong" and not over)

    def printed(output: bytes, errors: bytes) -> tuple[str, str] | UnsetType:
        return (_text(output), _text(errors)) if tests.checker.kind == "any" else UNSET

    cases = map(case_with_headroom, tests.in_order)
    return slot.execute_cases(program, limits, cases, take, variation), known


def _checked(tests: Cases, case: Case, output: bytes) -> Checked:
    if tests.checker.program is not UNSET:
        return Checked(outcome="accepted")  # until its checker is asked
    if tests.call is UNSET:
        return check(tests.checker, case.expected, output)
    return check_value(tests.call, tests.checker, case.expected, output)


def _checked_by(
    slot: Slot,
    checkers: BuiltCheckers,
    checker: CheckerProgram,
    tests: Cases,
    known: list[CaseFacts],
    outputs: IO[bytes],
) -> tuple[str | None, list[CaseFacts]]:
    """A fault of the sandbox, and the facts with what the checker, itself executed in `slot`, says of each output."""
    outputs.seek(0)
    by_id = {case.id: case for case in tests.cases}
    waiting = [number for number, facts in enumerate(known) if facts.checked.outcome == "accepted"]
    asked = iter(waiting)
    number = -1

    def files(_: Case) -> dict[str, bytes]:
        nonlocal number
        number = next(asked)
        output = outputs.read(int.from_bytes(outputs.read(8), "little"))
        return files_of(by_id[known[number].id], output)

    def take(_: Case, run: StepFacts, printed: bytes, __: bytes) -> bool:
        checked = said(checker, run, printed)
        known[number] = msgspec.structs.replace(known[number], checked=checked)
        return tests.stop == "all" or checked.outcome != "wrong"

    if not waiting:
        return None, known
    try:
        built = checkers.get(checker, slot.make)
    except SandboxError as error:
        return f"the checker: {error}", known
    if built.fault:
        failed = Checked(outcome="failed", words=built.fault)
        return None, [
            msgspec.structs.replace(one, checked=failed) if n in waiting else one for n, one in enumerate(known)
        ]
    questions = (Case(id=known[at].id, stdin="", expected="") for at in waiting)
    outcome = slot.execute_cases(built.program, LIMITS, questions, take, files=files, made=built.made)
    if tests.stop == "first_failure" and known[number].checked.outcome == "wrong":
        del known[number + 1 :]
    return outcome.fault and f"the checker: {outcome.fault}", known


def _text(output: bytes) -> str:
    return output.decode("utf-8", "replace")


def case_limit_passed(run: StepFacts, case: Case, limits: Limits) -> bool:
    """For certain: between a limit and its headroom only the quiet lane can say."""
    return run.stopped_by is not None or run.cpu_s > (limits.run.cpu_s if case.cpu_s is None else case.cpu_s)
