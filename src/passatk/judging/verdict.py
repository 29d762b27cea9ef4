"""Facts -> verdict. One pure function; nothing else in passatk decides what became of a program."""

import re
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from passatk.cases import LEFT_OUT, NOT_RUN, CaseResult, Cases
from passatk.judging.answers_in_code import marked
from passatk.judging.quiet import is_borderline, quietest, tests_cpu_s
from passatk.languages import LANGUAGES
from passatk.records import (
    CaseFacts,
    ExaminerFacts,
    Limits,
    Outcome,
    Program,
    Status,
    StepFacts,
    StepLimits,
    Stop,
    Verdict,
    case_limits,
)

_LIMIT_STATUS = {
    Stop.CPU: Status.TIME_LIMIT,
    Stop.IDLE: Status.TIME_LIMIT,
    Stop.MEMORY: Status.MEMORY_LIMIT,
    Stop.OUTPUT: Status.OUTPUT_LIMIT,
}
_REASON_CHARACTERS = 200
_TROUBLE = "the sandbox failed:"


def verdict_of(program: Program, attempts: Sequence[Outcome], limits: Limits) -> Verdict:
    """As `decide`, with what the program and its language say."""
    failure = LANGUAGES[program.language].failure
    verdict = decide(attempts, limits, failure, not program.not_walled, program.cases)
    results = marked(program, verdict.cases)
    return verdict if results is verdict.cases else msgspec.structs.replace(verdict, cases=results)


def decide(
    attempts: Sequence[Outcome],
    limits: Limits,
    failure: Callable[[StepFacts], tuple[Status, str]],
    walled: bool = True,
    cases: Cases | None = None,
) -> Verdict:
    """The verdict of a program's executions: of the one `quietest` names.

    In this order: a fault of the sandbox judges nothing; a program that was not built is a compile error, whatever
    stopped the compiler; a passed limit decides over what the program says; exit code 0 passes with proof and is
    unproven without; anything else is for the language to read. What an examiner says decides over the exit code.

    Args:
        attempts: what the sandbox measured; more than one where the first was repeated alone.
        limits: the limits it is judged by.
        failure: the language's reading of a run that failed by itself: a status, and its words for why or none.
        walled: tests and program shared no process.
        cases: its tests, where they have inputs and outputs. The first that fails, in the order that their sizes give,
            names the status; one that could not be judged keeps a program without failures from passing.
    """
    outcome = quietest(attempts)
    results: tuple[CaseResult, ...] = ()
    if cases is None:
        status, reason = _status(outcome, limits, failure)
    else:
        results = case_results(outcome, cases, limits, failure)
        status, reason = _status_of_cases(outcome, cases, results, limits)
    return Verdict(
        status=status,
        reason=reason,
        borderline=is_borderline(outcome, limits, cases),
        walled=walled,
        cases=results,
        attempts=tuple(attempts),
    )


def case_results(
    outcome: Outcome, cases: Cases, limits: Limits, failure: Callable[[StepFacts], tuple[Status, str]]
) -> tuple[CaseResult, ...]:
    """What became of each test, as they are listed; none where no program was built."""
    facts = {case.id: case for case in outcome.cases or ()}
    if outcome.fault is not None or not facts:
        return ()
    polled = outcome.isolation.cgroup == "none"
    results = []
    for case in cases.cases:
        known = facts.get(case.id)
        if known is None:
            results.append(CaseResult(id=case.id, status=NOT_RUN, public=case.public, weight=case.weight))
            continue
        status, words = _case_status(known, case_limits(case, limits.run), failure, polled)
        results.append(
            CaseResult(
                id=case.id,
                status=status,
                public=case.public,
                weight=case.weight,
                cpu_s=known.run.cpu_s,
                wall_s=known.run.wall_s,
                peak_memory_bytes=known.run.peak_memory_bytes,
                output=known.run.stdout,
                words=words,
            )
        )
    return tuple(results)


def _case_status(
    case: CaseFacts, limits: StepLimits, failure: Callable[[StepFacts], tuple[Status, str]], polled: bool
) -> tuple[str, str]:
    """A passed limit decides, then how the program ended, then what its checker says."""
    run, checked = case.run, case.checked
    if checked.outcome == "left_out":
        return LEFT_OUT, checked.words[:_REASON_CHARACTERS]
    if stop := passed_limit(run, limits, polled):
        return _LIMIT_STATUS[stop], _limit_reason(stop, run, limits)
    if run.exit_code != 0:
        status, words = failure(run)
        if status is Status.WRONG_ANSWER:  # an assertion of the program's own
            status = Status.RUNTIME_ERROR
        return status, words[:_REASON_CHARACTERS] or f"the program {_ending(run)}"
    words = checked.words[:_REASON_CHARACTERS]
    if checked.outcome == "accepted":
        return Status.PASSED, ""
    if checked.outcome == "failed":
        return Status.NOT_JUDGED, f"the checker failed: {words}"
    return Status.WRONG_ANSWER, words


def _status_of_cases(
    outcome: Outcome, cases: Cases, results: tuple[CaseResult, ...], limits: Limits
) -> tuple[Status, str]:
    if outcome.fault is not None:
        return Status.NOT_JUDGED, f"{_TROUBLE} {outcome.fault}"
    if outcome.build is not None and (told := _build_failure(outcome, outcome.build, limits)):
        return told
    if not results:
        return Status.NOT_JUDGED, f"{_TROUBLE} it ran no test"
    by_id = {result.id: result for result in results if result.status != LEFT_OUT}
    in_order = [by_id[case.id] for case in cases.in_order if case.id in by_id]
    if not in_order:
        return Status.NOT_JUDGED, f"none of its tests says anything: {results[0].words}"
    unknown = [result for result in in_order if result.status == Status.NOT_JUDGED]
    for result in in_order:
        if result.status not in (Status.PASSED, Status.NOT_JUDGED, NOT_RUN):
            return Status(result.status), f"test {result.id}: {result.words}"[:_REASON_CHARACTERS]
    if cases.cpu_s is not None and (used := tests_cpu_s(outcome)) > cases.cpu_s:
        return Status.TIME_LIMIT, f"all tests used {used:.2f} s of CPU time, limit {cases.cpu_s:g} s"
    if unknown:
        return Status.NOT_JUDGED, f"test {unknown[0].id}: {unknown[0].words}"
    if any(result.status == NOT_RUN for result in in_order):
        return Status.NOT_JUDGED, f"{_TROUBLE} it did not run all tests"
    return Status.PASSED, "all tests held"


def _status(outcome: Outcome, limits: Limits, failure: Callable[[StepFacts], tuple[Status, str]]) -> tuple[Status, str]:
    if outcome.fault is not None:
        return Status.NOT_JUDGED, f"{_TROUBLE} {outcome.fault}"
    build, run = outcome.build, outcome.run
    polled = outcome.isolation.cgroup == "none"
    if build is not None and (told := _build_failure(outcome, build, limits)):
        return told
    if run is None:
        return Status.NOT_JUDGED, f"{_TROUBLE} it built the program and did not run it"
    if stop := passed_limit(run, limits.run, polled):
        return _LIMIT_STATUS[stop], _limit_reason(stop, run, limits.run)
    if outcome.examiner is not None and (told := _told(outcome.examiner, run, failure)):
        return told
    if run.exit_code == 0:
        if outcome.proof:
            return Status.PASSED, "all tests held"
        return Status.UNPROVEN, "ended with exit code 0, but not after the last test"
    status, words = failure(run)
    return status, words[:_REASON_CHARACTERS] or f"the program {_ending(run)}"


def _build_failure(outcome: Outcome, build: StepFacts, limits: Limits) -> tuple[Status, str] | None:
    if stop := passed_limit(build, limits.build, outcome.isolation.cgroup == "none"):
        return Status.COMPILE_ERROR, f"the compiler was stopped: {_limit_reason(stop, build, limits.build)}"
    if build.exit_code != 0:
        return Status.COMPILE_ERROR, _first_error(build) or f"the compiler {_ending(build)}"
    return None


def _told(
    examiner: ExaminerFacts, run: StepFacts, failure: Callable[[StepFacts], tuple[Status, str]]
) -> tuple[Status, str] | None:
    """What an examiner's line says, see docs/wall.md; None where the program's own end decides."""
    kind, _, words = examiner.said.partition(" ")
    words = words[:_REASON_CHARACTERS]
    match kind:
        case "passed" | "ended":
            return None
        case "failed":
            return Status.WRONG_ANSWER, words or "an assertion did not hold"
        case "raised":
            status, _ = failure(msgspec.structs.replace(run, exit_code=1, signal=None, stderr=words, stdout=""))
            return status, words
        case "error":
            return Status.RUNTIME_ERROR, f"the tests could not go on with what it returned: {words}"
        case "broken":
            return Status.RUNTIME_ERROR, f"it interfered with its judge: {words}"
    if run.exit_code != 0:
        return None  # it may have taken its examiner with it
    if examiner.stopped:
        return Status.RUNTIME_ERROR, "its tests did not come to an end with what it returned"
    ended = f"were ended by signal {examiner.signal}" if examiner.signal else f"exited with {examiner.exit_code}"
    crash = msgspec.structs.replace(run, exit_code=1, signal=None, stderr=examiner.words, stdout="")
    return Status.RUNTIME_ERROR, f"its tests {ended}: {failure(crash)[1][:_REASON_CHARACTERS]}"


def is_trouble(verdict: Verdict) -> bool:
    """The machine's doing, not the program's nor its problem's: it may go better another time."""
    return verdict.status is Status.NOT_JUDGED and _TROUBLE in verdict.reason


def agree(verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict for repeats of one program. Where they differ it is unstable, and what fails once does not pass.

    Repeats that could not be judged count only when there are no others.
    """
    if len(verdicts) == 1:
        return verdicts[0]
    judged = [verdict for verdict in verdicts if verdict.status is not Status.NOT_JUDGED] or list(verdicts)
    tally = Counter(verdict.status for verdict in judged)
    attempts = tuple(attempt for verdict in verdicts for attempt in verdict.attempts)
    borderline = any(verdict.borderline for verdict in judged)
    if len(tally) == 1:
        return msgspec.structs.replace(judged[0], borderline=borderline, attempts=attempts)
    worst = next(status for status in Status if status is not Status.PASSED and status in tally)
    reason = next(verdict.reason for verdict in judged if verdict.status is worst)
    told = ", ".join(f"{status} {tally[status]} x" for status in Status if status in tally)
    return Verdict(
        status=worst,
        reason=f"unstable ({told}): {reason}",
        borderline=borderline,
        unstable=True,
        walled=judged[0].walled,
        cases=next(verdict.cases for verdict in judged if verdict.status is worst),
        attempts=attempts,
    )


def passed_limit(facts: StepFacts, limits: StepLimits, polled: bool = False) -> Stop | None:
    """The limit a step passed: the one that stopped it, else what the final readings say.

    `polled`: nothing enforced the memory limit, so its peak decides too.
    """
    if facts.stopped_by is not None:
        return facts.stopped_by
    if facts.cpu_s > limits.cpu_s:
        return Stop.CPU
    if facts.output_bytes > limits.output_bytes:
        return Stop.OUTPUT
    if polled and facts.peak_memory_bytes > limits.memory_bytes:
        return Stop.MEMORY
    return None


def _limit_reason(stop: Stop, facts: StepFacts, limits: StepLimits) -> str:
    return {
        Stop.CPU: f"used {facts.cpu_s:.2f} s of CPU time, limit {limits.cpu_s:g} s",
        Stop.IDLE: f"did nothing for {facts.idle_s:.1f} s, limit {limits.idle_s:g} s",
        Stop.MEMORY: f"needed more memory than {limits.memory_bytes >> 20} MiB",
        Stop.OUTPUT: f"printed more than {limits.output_bytes >> 10} KiB",
    }[stop]


def _ending(facts: StepFacts) -> str:
    return f"was ended by signal {facts.signal}" if facts.signal is not None else f"exited with {facts.exit_code}"


def _first_error(build: StepFacts) -> str:
    """The line of a compiler's output that says why."""
    lines = [line.strip() for line in (build.stderr or build.stdout).splitlines() if line.strip()]
    named = next((line for line in lines if re.search(r"\berror\b", line, re.IGNORECASE)), None)
    return (named or (lines[0] if lines else ""))[:_REASON_CHARACTERS]
