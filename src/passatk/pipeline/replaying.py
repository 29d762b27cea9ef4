"""One sample of a run judged again, alone, and compared with what the run recorded."""

from contextlib import closing
from pathlib import Path

from passatk.errors import InputError
from passatk.judging import Environment, Job, LocalPool
from passatk.languages import by_name
from passatk.pipeline.by_hand import keep_by_hand, refuse_used
from passatk.pipeline.naming import named, sample_of
from passatk.pipeline.programs import problems_of, program_of
from passatk.pipeline.verification import changes_since
from passatk.problems import ProblemSet
from passatk.records import Limits, Program, Record, Sample, Verdict
from passatk.runs import Manifest, RunView, SampleView


class Replay(Record, frozen=True, kw_only=True):
    """What judging one sample again says."""

    task_id: str
    sample: int
    language: str
    status_before: str
    reason_before: str
    verdict: Verdict
    """Of now."""
    limits: Limits
    """The run's own."""
    changes: list[str]
    """What is different now: toolchain, machine, isolation, passatk itself, the program."""
    kept: Path | None = None
    """Where the program was left, to be run by hand."""

    @property
    def holds(self) -> bool:
        """The status is the recorded one."""
        return self.verdict.status == self.status_before


def replay(
    run: Path, name: str, problems: ProblemSet | None = None, keep: Path | None = None, sandboxed: bool = True
) -> Replay:
    """Judge one sample of a run again, alone, with the run's own limits; nothing is taken from the cache.

    Args:
        run: a run folder, finished or not; it is only read.
        name: `TASK#NUMBER`, or `TASK` where it has one sample.
        problems: what the run was judged against, for a run that did not keep its programs.
        keep: a new or empty folder, in which the program is left to be run by hand.
        sandboxed: False only when the user asked for no sandbox in so many words, whatever the run did: its folder may
            come from somebody else.

    Raises:
        InputError: there is no such sample, it has no verdict yet, or its program cannot be assembled again.
        EnvironmentFault: this machine cannot judge it.
    """
    if keep is not None:
        refuse_used(keep)
    with RunView(run) as view:
        recorded = sample_of(view, *named(view, name))
        manifest = view.manifest
    if not recorded.status:
        raise InputError(f"{run} has no verdict of {name} yet; let the run go on first")
    program = recorded.assembled or _assembled(recorded, manifest, problems)
    languages = [by_name(program.language).name, *filter(None, [program.checker_language])]
    environment = Environment(dict.fromkeys(languages), sandboxed)
    limits = recorded.limits or manifest.limits.floor
    job = Job(program=program, limits=limits, repeat=manifest.repeat, vary=manifest.vary)
    with LocalPool(environment, 1) as pool, closing(pool.judge([job])) as judged:
        _, verdict = next(judged)
    if keep is not None:
        keep_by_hand(keep, program, recorded, environment)
    changes = changes_since(manifest, environment)
    if program.key != recorded.program:
        changes.append(f"program: {recorded.program[:12]} then, {program.key[:12]} as this version assembles it")
    return Replay(
        task_id=recorded.task_id,
        sample=recorded.sample,
        language=program.language,
        status_before=recorded.status,
        reason_before=recorded.reason,
        verdict=verdict,
        limits=limits,
        changes=changes,
        kept=keep,
    )


def _assembled(recorded: SampleView, manifest: Manifest, problems: ProblemSet | None) -> Program:
    """The program as it is assembled now.

    Raises:
        InputError: the problems are not the ones of the run.
    """
    problems = problems_of(manifest, problems, "the run did not keep its programs, and ")
    problem = problems.get(recorded.task_id)
    sample = Sample(task_id=recorded.task_id, index=recorded.sample, text=recorded.text, whole=recorded.whole)
    return program_of(problem, sample, manifest.tests)
