"""Run folders made without judging anything, of whatever samples and verdicts a test is about."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from passatk.cases import CaseResult
from passatk.pipeline.scores import scores_of
from passatk.records import (
    Asserts,
    ExaminerFacts,
    Isolation,
    LimitPolicy,
    Limits,
    Outcome,
    Problem,
    Record,
    Sample,
    Status,
    StepFacts,
    Verdict,
)
from passatk.runs import Manifest, RunFolder
from passatk.runs.folder import Entry
from passatk.runs.manifest import this_machine

ISOLATION = Isolation(sandbox="bubblewrap", uid="unprivileged", cgroup="v2")


class Made(Record, frozen=True, kw_only=True):
    """A sample and its verdict."""

    text: str
    status: Status | None = Status.PASSED
    """None: not judged yet."""
    reason: str = ""
    stdout: str = ""
    stderr: str = ""
    said: str = ""
    borderline: bool = False
    unstable: bool = False
    finish_reason: str = ""
    tokens: int | None = None
    answer: str = ""
    cpu_s: float = 0.02
    cases: tuple[CaseResult, ...] = ()
    attempts: int = 1


def manifest(**changes: object) -> Manifest:
    """Of a run of `basics`."""
    usual: dict[str, object] = {
        "passatk": "0.1.0",
        "samples": "made.jsonl",
        "samples_sha256": "0" * 64,
        "problems": "basics",
        "problems_source": "basics",
        "problems_sha256": "1" * 64,
        "languages": None,
        "target_language": None,
        "tests": "hidden",
        "limits": LimitPolicy(),
        "repeat": 1,
        "toolchains": {"python": "Python 3.13.1"},
        "fingerprints": {},
        "isolation": ISOLATION,
        "machine": this_machine(),
    }
    return Manifest(**{**usual, **changes})  # type: ignore[arg-type]


def problem(task_id: str, language: str = "python", tier: str = "", **more: str) -> Problem:
    """With a prompt and a test."""
    return Problem(
        task_id=task_id,
        benchmark="basics",
        language=language,
        tier=tier,
        prompt=more.get("prompt", "def f(x):\n"),
        tests=Asserts(code=more.get("tests", "assert f(1) == 1\n")),
        reference="    return x\n",
    )


def outcome(made: Made) -> Outcome:
    """What an execution with that verdict leaves."""
    step = StepFacts(
        exit_code=0 if made.status is Status.PASSED else 1,
        signal=None,
        stopped_by=None,
        cpu_s=made.cpu_s,
        wall_s=0.03,
        idle_s=0.0,
        peak_memory_bytes=12 << 20,
        output_bytes=len(made.stdout),
        stdout=made.stdout,
        stderr=made.stderr,
    )
    tests = ExaminerFacts(said=made.said, exit_code=0, signal=None, stopped=False, cpu_s=0.01, words="")
    return Outcome(build=None, run=step, proof=made.status is Status.PASSED, examiner=tests, isolation=ISOLATION)


def make_run(
    path: Path,
    made_samples: Mapping[str, Sequence[Made]],
    own_problems: Sequence[Problem] = (),
    complete: bool = True,
    **changes: object,
) -> Path:
    """A run folder with those samples by task id; `changes`: of its manifest."""
    known = {one.task_id: one for one in own_problems} or {task: problem(task) for task in made_samples}
    with RunFolder(path, manifest(**changes)) as folder:
        entries = []
        for task, own in made_samples.items():
            for number, made in enumerate(own):
                sample = Sample(
                    task_id=task,
                    index=number,
                    text=made.text,
                    answer=made.answer,
                    read_as="the last block" if made.answer else "",
                    finish_reason=made.finish_reason,
                    tokens=made.tokens,
                )
                entries.append(Entry(sample=sample, program=f"{task}/{number}", language=known[task].language))
        folder.fill(entries, known.values())
        folder.set_limits({task: Limits() for task in made_samples})
        with folder.together():
            for entry in entries:
                made = made_samples[entry.sample.task_id][entry.sample.index]
                if made.status is not None:
                    folder.record(entry.program, _verdict(made))
        if complete and entries:
            folder.finish(scores_of(folder, known, {}, None), {}, known)
        elif complete:
            folder.finish([], {}, known)
    return path


def _verdict(made: Made) -> Verdict:
    assert made.status is not None
    return Verdict(
        status=made.status,
        reason=made.reason or made.status,
        borderline=made.borderline,
        unstable=made.unstable,
        attempts=(outcome(made),) * made.attempts,
        cases=made.cases,
    )
