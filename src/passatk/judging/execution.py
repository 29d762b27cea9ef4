"""One execution of a program on a slot: once, or once for each of its tests with inputs, whose outputs are checked."""

import msgspec
from msgspec import UNSET

from passatk.cases import Case, Cases, Checked
from passatk.judging.checkers import check
from passatk.judging.quiet import HEADROOM, case_with_headroom
from passatk.judging.returned import check_value
from passatk.records import CaseFacts, Limits, Outcome, Program, StepFacts
from passatk.sandbox import Slot


def executed(slot: Slot, program: Program, limits: Limits, variation: int) -> Outcome:
    """The facts; `limits` have their headroom. Raises SlotDied as `Slot.execute`."""
    tests = program.cases
    if tests is None:
        return slot.execute(program, limits, variation)
    known: list[CaseFacts] = []
    used = 0.0

    def take(case: Case, run: StepFacts, output: bytes) -> bool:
        """Only a program that came to its end by itself is asked what it printed."""
        nonlocal used
        ended = run.exit_code == 0 and run.stopped_by is None
        checked = _checked(tests, case, output) if ended else Checked(outcome="wrong")
        known.append(CaseFacts(id=case.id, run=run, checked=checked))
        used += run.cpu_s
        if tests.cpu_s is not None and used > tests.cpu_s * HEADROOM:
            return False
        over = case_limit_passed(run, case, limits)
        return tests.stop == "all" or (checked.outcome != "wrong" and not over)

    cases = map(case_with_headroom, tests.in_order)
    outcome = slot.execute_cases(program, limits, cases, take, variation)
    slowest = max((case.run for case in known), key=lambda run: run.cpu_s, default=None)
    return msgspec.structs.replace(outcome, run=slowest, cases=tuple(known))


def _checked(tests: Cases, case: Case, output: bytes) -> Checked:
    if tests.call is UNSET:
        return check(tests.checker, case.expected, output)
    return check_value(tests.call, tests.checker, case.expected, output)


def case_limit_passed(run: StepFacts, case: Case, limits: Limits) -> bool:
    """For certain: between a limit and its headroom only the quiet lane can say."""
    return run.stopped_by is not None or run.cpu_s > (limits.run.cpu_s if case.cpu_s is None else case.cpu_s)
