"""Whether problems say what they mean: references, known solutions and mutants of references beside their tests.

What is found for certain leaves a problem out of a filtered file; what is only a suspicion is listed, for a person.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import msgspec
from msgspec import UNSET

from passatk.cases import NOT_RUN, Checker
from passatk.errors import InputError
from passatk.judging import Environment, Job, LocalPool, Pool
from passatk.judging.cache import VerdictCache
from passatk.judging.checkers import check as compare
from passatk.pipeline.checking import Check, checks_of
from passatk.pipeline.findings import Audited, Finding, Reason, by_task
from passatk.pipeline.programs import program_of, reference_of, refuse_without_tests
from passatk.pipeline.progress import Progress, no_progress
from passatk.pipeline.settings import Workers
from passatk.pipeline.solutions import KnownSolution, known_solutions
from passatk.problems import ProblemSet
from passatk.problems.mutants import Mutant, mutants_of
from passatk.records import LimitPolicy, Limits, Problem, Program, Record, Sample, Status, Verdict
from passatk.regex import regex
from passatk.settings import checks_its_request
from passatk.wording import counted

MUTANTS, REPEAT = 8, 3
_LOOSER = (
    Checker(kind="lines"),
    Checker(kind="tokens"),
    Checker(kind="numbers", absolute=1e-6, relative=1e-6),
    Checker(kind="unordered_lines"),
)
"""Checkers that may accept what another one does not, those first that accept least."""
_ANY = regex(
    r"\b(in any order|any order|any (?:valid|correct|such|one|of (?:them|these))|(?:multiple|several)"
    r" (?:valid |correct |possible )?(?:answers|solutions|outputs)|more than one (?:answer|solution|output))\b",
)
_ENOUGH = 3
"""With so many wrong programs that fail other tests, a test that fails none is reported."""


class _Try(Record, frozen=True, kw_only=True):
    """A program to judge, and what is expected of it."""

    task: str
    program: Program
    sample: Sample
    name: str
    """In findings."""
    kind: str
    """`mutant`, `right`, `wrong`, or `again`: the reference once more."""


@checks_its_request
def audit_problems(
    problems: ProblemSet,
    solutions: Path | None = None,
    mutants: int = MUTANTS,
    repeat: int = REPEAT,
    vary: bool = True,
    workers: Workers = None,
    policy: LimitPolicy | None = None,
    sandboxed: bool = True,
    progress: Progress = no_progress,
) -> Audited:
    """Judge references, known solutions and mutants of references by the problems' own tests.

    Args:
        problems: to audit.
        solutions: known right and wrong solutions, see `known_solutions`.
        mutants: how many of each reference at most.
        repeat: how often each right solution is judged.
        vary: repeats meet other hash seeds, map orders and random bytes.
        workers: programs judged in parallel.
        policy: how limits follow from references.
        sandboxed: False only when the user asked for no sandbox in so many words.
        progress: told how many programs are judged.

    Raises:
        InputError: there are no problems, none has tests, or the solutions cannot be used.
    """
    if not problems.problems:
        raise InputError(f"there are no problems to audit in {problems.name}")
    refuse_without_tests(problems)
    known = known_solutions(solutions, problems) if solutions is not None else []
    environment = Environment(problems.toolchains, sandboxed)
    with LocalPool(environment, workers) as pool, VerdictCache() as cache:
        checks = {check.task_id: check for check in checks_of(problems, pool, policy or LimitPolicy(), cache, progress)}
        return _Audit(problems, checks, pool, progress).run(known, mutants, repeat, vary)


class _Audit:
    """From checked references to findings."""

    def __init__(self, problems: ProblemSet, checks: dict[str, Check], pool: Pool, progress: Progress):
        self._problems, self._checks, self._pool, self._progress = problems, checks, pool, progress
        self._findings: list[Finding] = []
        self._not_judged: dict[str, str] = {}
        self._mutants = Counter[str]()
        self._failing: dict[str, list[Verdict]] = defaultdict(list)
        self._done = len(checks)

    def run(self, known: Sequence[KnownSolution], mutants: int, repeat: int, vary: bool) -> Audited:
        """Everything, in the order in which one thing rests on another."""
        tested = [task for task in self._checks if self._has_verdict(task)]
        sound = [task for task in tested if self._checks[task].fit]
        self._weigh_failing([task for task in tested if task not in sound], repeat, vary)
        tries = [one for task in sound for one in self._of_reference(self._problems.problems[task], mutants, repeat)]
        usable = [one for one in known if one.sample.task_id in sound]
        tries += map(self._known, usable)
        judged = self._judge(tries, repeat, vary)
        for task in sound:
            self._weigh(task, [(one, verdict) for one, verdict in judged if one.task == task])
        return self._audited(len(usable))

    # --- references -------------------------------------------------------------------------------------------------

    def _has_verdict(self, task: str) -> bool:
        """Whether its tests can be run here; a problem without a reference may be audited by known solutions."""
        verdict = self._checks[task].verdict
        if not self._problems.problems[task].has_tests:
            self._not_judged[task] = "it has no tests"
        elif verdict is not None and verdict.status is Status.NOT_JUDGED:
            self._not_judged[task] = verdict.reason
        return task not in self._not_judged

    def _weigh_failing(self, tasks: Sequence[str], repeat: int, vary: bool) -> None:
        """References that do not pass: always, or now and then."""
        tries = [self._again(self._problems.problems[task]) for task in tasks]
        for one, verdict in self._judge(tries, repeat, vary) if repeat > 1 else ((one, None) for one in tries):
            if verdict is not None and verdict.unstable:
                self._add(one.task, Reason.UNSTABLE, f"{one.name}: {verdict.reason}")
            elif (first := self._checks[one.task].verdict) is not None:
                self._add(one.task, Reason.REFERENCE_FAILS, f"{first.status}: {first.reason}")

    def _again(self, problem: Problem) -> _Try:
        sample = reference_of(problem)
        program = program_of(problem, sample, "hidden")
        return _Try(task=problem.task_id, program=program, sample=sample, name="the reference", kind="again")

    def _of_reference(self, problem: Problem, mutants: int, repeat: int) -> Iterator[_Try]:
        if problem.reference is None:
            return
        reference = self._again(problem)
        if repeat > 1:
            yield reference
        seen = {reference.program.key}
        for mutant in mutants_of(problem, mutants):
            sample = _sample_of(problem, mutant)
            program = program_of(problem, sample, "hidden")
            if program.key not in seen:
                seen.add(program.key)
                yield _Try(
                    task=problem.task_id,
                    program=program,
                    sample=sample,
                    name=mutant.change,
                    kind=f"mutant {mutant.kind}",
                )

    def _known(self, known: KnownSolution) -> _Try:
        sample = known.sample
        problem = self._problems.get(sample.task_id)
        return _Try(
            task=problem.task_id,
            program=program_of(problem, sample, "hidden"),
            sample=sample,
            name=f"known solution {sample.index + 1}",
            kind="right" if known.correct else "wrong",
        )

    # --- judging ----------------------------------------------------------------------------------------------------

    def _judge(self, tries: Sequence[_Try], repeat: int = 1, vary: bool = False) -> list[tuple[_Try, Verdict]]:
        """All of them; equal programs of one problem share a verdict. In the order they were given."""
        jobs: dict[tuple[str, bool, Limits], Job] = {}
        keys = []
        for one in tries:
            again = repeat > 1 and one.kind in ("again", "right")
            limits = self._checks[one.task].limits
            key = (one.program.key, again, limits)
            keys.append(key)
            if key not in jobs:
                jobs[key] = Job(program=one.program, limits=limits, repeat=repeat if again else 1, vary=again and vary)
        total, verdicts = self._done + len(jobs), {}
        with closing(self._pool.judge(jobs.values())) as judged:
            for job, verdict in judged:
                verdicts[job.program.key, job.repeat > 1, job.limits] = verdict
                self._done += 1
                self._progress(self._done, total)
        return [(one, verdicts[key]) for one, key in zip(tries, keys, strict=True)]

    # --- what it means ----------------------------------------------------------------------------------------------

    def _weigh(self, task: str, judged: Sequence[tuple[_Try, Verdict]]) -> None:
        problem = self._problems.problems[task]
        self._weigh_words(problem)
        for one, verdict in judged:
            failed = verdict.status not in (Status.PASSED, Status.NOT_JUDGED)
            if (one.kind == "again" and failed) or (one.kind == "right" and verdict.unstable):
                self._add(task, Reason.UNSTABLE, f"{one.name}: {verdict.reason}")
            elif one.kind == "right" and failed:
                self._weigh_right(problem, one, verdict)
            elif one.kind == "wrong" and verdict.status is Status.PASSED:
                self._add(task, Reason.WRONG_PASSES, f"{one.name} passes")
        self._weigh_mutants(problem, [(o, v) for o, v in judged if o.kind.startswith("mutant")])
        wrong = [v for o, v in judged if o.kind == "wrong" or o.kind.startswith("mutant")]
        self._weigh_cases(problem, [v for v in wrong if v.status not in (Status.PASSED, Status.NOT_JUDGED)])

    def _weigh_words(self, problem: Problem) -> None:
        """What can be said without running anything."""
        if problem.cases is UNSET or problem.cases.answers is not UNSET:
            return
        cases, checker = problem.cases.cases, problem.cases.checker
        constant = cases[0].expected
        if all(compare(checker, case.expected, constant.encode()).outcome == "accepted" for case in cases):
            words = f"a program that prints the output of test {cases[0].id!r} whatever it reads passes"
            self._add(problem.task_id, Reason.WRONG_PASSES, f"{words} {counted(len(cases), 'test')}")
        found = _ANY.search(f"{problem.prompt}\n{problem.instruction}")
        if found and not (checker.kind == "unordered_lines" and "order" in found[0]):
            self._add(problem.task_id, Reason.ALLOWS_SEVERAL, f"it says {found[0]!r}, and {checker.kind} are compared")

    def _weigh_right(self, problem: Problem, one: _Try, verdict: Verdict) -> None:
        """A right solution that fails: by its own doing, or by the comparison alone."""
        words = f"{one.name}: {verdict.status}: {verdict.reason}"
        if verdict.status is not Status.WRONG_ANSWER:
            self._add(problem.task_id, Reason.RIGHT_FAILS, words)
        elif problem.cases is UNSET:
            self._add(problem.task_id, Reason.NEEDS_CHECKER, words)
        elif any(case.status not in (Status.PASSED, Status.WRONG_ANSWER, NOT_RUN) for case in verdict.cases):
            self._add(problem.task_id, Reason.RIGHT_FAILS, words)
        else:
            fitting = self._looser(problem, one)
            advice = f"the checker {fitting} accepts it" if fitting else "no checker that passatk has accepts it"
            self._add(problem.task_id, Reason.NEEDS_CHECKER, f"{words}; {advice}")

    def _looser(self, problem: Problem, one: _Try) -> str:
        """The first checker by which a solution passes; empty if none does."""
        assert problem.cases is not UNSET
        tries = []
        for checker in _LOOSER:
            cases = msgspec.structs.replace(problem.cases, checker=checker)
            program = program_of(msgspec.structs.replace(problem, cases=cases), one.sample, "hidden")
            tries.append(msgspec.structs.replace(one, program=program, name=checker.kind, kind="looser"))
        return next((o.name for o, verdict in self._judge(tries) if verdict.status is Status.PASSED), "")

    def _weigh_mutants(self, problem: Problem, judged: Sequence[tuple[_Try, Verdict]]) -> None:
        broken = (Status.COMPILE_ERROR, Status.NOT_JUDGED)
        passing = [one for one, verdict in judged if verdict.status is Status.PASSED]
        failing = [one for one, verdict in judged if verdict.status not in (Status.PASSED, *broken)]
        unjudged = sum(verdict.status is Status.NOT_JUDGED for _, verdict in judged)
        self._mutants.update(
            passed=len(passing),
            failed=len(failing),
            broken=len(judged) - len(passing) - len(failing) - unjudged,
            **{"not judged": unjudged},
        )
        if passing and not failing:
            self._add(problem.task_id, Reason.NOTHING_FAILS, f"all of {counted(len(passing), 'mutant')} pass")
            return
        proven = self._proven(problem, passing)
        for one in passing:
            if one.kind == "mutant nothing":
                self._add(problem.task_id, Reason.WRONG_PASSES, f"a solution that does nothing passes ({one.name})")
            elif one.sample.text in proven:
                self._add(problem.task_id, Reason.WRONG_PASSES, f"{one.name}: passes, and fails the problem's examples")
            else:
                self._add(problem.task_id, Reason.MUTANT_PASSES, one.name)

    def _proven(self, problem: Problem, passing: Sequence[_Try]) -> set[str]:
        """Texts of mutants that are wrong for certain: the examples that the problem shows fail them."""
        if not passing or not problem.tests.examples or problem.cases is not UNSET:
            return set()
        reference = reference_of(problem)
        tries = [
            _Try(task=problem.task_id, program=program_of(problem, s, "example"), sample=s, name="", kind="example")
            for s in (reference, *(one.sample for one in passing))
        ]
        (_, own_verdict), *judged = self._judge(tries)
        if own_verdict.status is not Status.PASSED:
            return set()
        return {one.sample.text for one, verdict in judged if verdict.status is Status.WRONG_ANSWER}

    def _weigh_cases(self, problem: Problem, failed: Sequence[Verdict]) -> None:
        """Tests that fail none of the programs that others fail."""
        if problem.cases is UNSET or problem.cases.stop != "all" or len(problem.cases.cases) < 2:
            return
        judged = [verdict for verdict in failed if verdict.cases]
        if len(judged) < _ENOUGH:
            return
        fails = {case.id for verdict in judged for case in verdict.cases if case.status not in (Status.PASSED, NOT_RUN)}
        idle = [case.id for case in problem.cases.cases if case.id not in fails]
        if idle:
            listed = ", ".join(idle[:8]) + (", ..." if len(idle) > 8 else "")
            words = (
                f"{counted(len(idle), 'test')} ({listed}) of {len(problem.cases.cases)}: {len(judged)} wrong programs"
            )
            self._add(problem.task_id, Reason.CASE_FAILS_NOTHING, f"{words} fail others alone")

    def _add(self, task: str, reason: Reason, words: str) -> None:
        self._findings.append(Finding(task_id=task, reason=reason, words=words))

    def _audited(self, solutions: int) -> Audited:
        place = {task: number for number, task in enumerate(self._problems.problems)}
        findings = sorted(self._findings, key=lambda one: (place[one.task_id], not one.reason.certain))
        left_out = by_task(one for one in findings if one.reason.certain)
        return Audited(
            problems=len(self._problems.problems),
            findings=tuple(findings),
            left_out=left_out,
            suspected=by_task(one for one in findings if not one.reason.certain),
            counts={
                reason: number
                for reason in Reason
                if (number := len({one.task_id for one in findings if one.reason is reason}))
            },
            not_judged=self._not_judged,
            without_reference=sum(problem.reference is None for problem in self._problems.problems.values()),
            mutants={key: self._mutants[key] for key in ("failed", "passed", "broken", "not judged")},
            solutions=solutions,
        )


def _sample_of(problem: Problem, mutant: Mutant) -> Sample:
    """As `reference_of` makes one of the reference."""
    return reference_of(msgspec.structs.replace(problem, reference=mutant.text))
