"""What single tests said of a program that was judged before, by these tests or by others: only new ones are run.

A test meets a fresh process, so what it says depends on no other test. That does not hold where one process makes all
calls, nor of CPU time that all tests share: there nothing is known of single tests.
"""

import msgspec

from passatk.cases import Case, Cases
from passatk.judging.cache import Keys, VerdictCache
from passatk.judging.execution import case_limit_passed
from passatk.judging.quiet import Job, unsettled
from passatk.judging.verdict import verdict_of
from passatk.records import CaseFacts, Limits, Outcome, Program, Status, Tried, Verdict


def may_be_kept(program: Program) -> bool:
    """Not where the toolchain of a checker is in no key, nor where the output is wanted, another one another time."""
    return not program.checker_language and (program.cases is None or program.cases.checker.kind != "any")


def with_tried(job: Job, cache: VerdictCache, keys: Keys) -> Job:
    """The same job, with what is known of its tests."""
    if not _are_apart(job.program):
        return job
    return msgspec.structs.replace(job, tried=cache.tried(keys.tried(job.program, job.limits)))


def keep(job: Job, verdict: Verdict, cache: VerdictCache, keys: Keys) -> None:
    """A verdict, or what it is made of, where it would come out the same again."""
    program = job.program
    if not may_be_kept(program):
        return
    if (tried := _learned(job, verdict)) is not None:
        cache.keep_tried(keys.tried(program, job.limits), program.language, tried)
    else:
        cache.keep_verdict(keys.verdict(program.key, program.language, job.limits), program.language, verdict)


def _are_apart(program: Program) -> bool:
    """Whether its tests say something each for itself."""
    tests = program.cases
    return tests is not None and not tests.together and tests.cpu_s is None and may_be_kept(program)


def _learned(job: Job, verdict: Verdict) -> Tried | None:
    """What its execution says of single tests; None where it says nothing, or leaves a doubt."""
    tests = job.program.cases
    if tests is None or not _are_apart(job.program) or len(verdict.attempts) != 1:
        return None
    (outcome,) = verdict.attempts
    if verdict.borderline or verdict.status is Status.NOT_JUDGED or not outcome.cases:
        return None
    known = {tests.keys[facts.id]: facts for facts in outcome.cases}
    return Tried(build=outcome.build, isolation=outcome.isolation, tests=known)


def remembered(job: Job) -> Verdict | None:
    """The verdict, where all tests that it depends on are known; None where one is not, or they leave a doubt."""
    if job.tried is None or _tests(left(job)).cases:
        return None
    known = Outcome(build=job.tried.build, run=None, cases=(), isolation=job.tried.isolation)
    outcome = joined(job, known)
    verdict = verdict_of(job.program, (outcome,), job.limits)
    doubtful = verdict.borderline or verdict.status is Status.NOT_JUDGED or unsettled([outcome], job)
    return None if doubtful else verdict


def left(job: Job) -> Program:
    """Its program, with the tests that have to be run: none behind a failure where they stop there."""
    tests, known = _tests(job.program), _known(job)
    missing: list[Case] = []
    for case in tests.in_order:
        if case.id not in known:
            missing.append(case)
        elif tests.stop == "first_failure" and _failed(known[case.id], case, job.limits):
            break
    return msgspec.structs.replace(job.program, cases=msgspec.structs.replace(tests, cases=tuple(missing)))


def joined(job: Job, outcome: Outcome) -> Outcome:
    """What `left` did, with what was known before, as if all had been run now."""
    if outcome.fault is not None or (outcome.build is not None and outcome.build.exit_code != 0):
        return outcome
    tests, known = _tests(job.program), _known(job)
    known |= {facts.id: facts for facts in outcome.cases or ()}
    all_of_them: list[CaseFacts] = []
    for case in tests.in_order:
        if (facts := known.get(case.id)) is None:
            break
        all_of_them.append(facts)
        if tests.stop == "first_failure" and _failed(facts, case, job.limits):
            break
    slowest = max((facts.run for facts in all_of_them), key=lambda run: run.cpu_s, default=None)
    return msgspec.structs.replace(outcome, run=slowest, cases=tuple(all_of_them))


def _known(job: Job) -> dict[str, CaseFacts]:
    """By the ids that tests have now."""
    tried = {} if job.tried is None else job.tried.tests
    keys = _tests(job.program).keys.items()
    return {name: msgspec.structs.replace(tried[key], id=name) for name, key in keys if key in tried}


def _failed(facts: CaseFacts, case: Case, limits: Limits) -> bool:
    return facts.checked.outcome == "wrong" or case_limit_passed(facts.run, case, limits)


def _tests(program: Program) -> Cases:
    assert program.cases is not None, "only of programs with inputs"
    return program.cases
