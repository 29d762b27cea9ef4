"""What reading a run folder gives, as records."""

import enum

import msgspec

from passatk.errors import RunFolderError
from passatk.records import Limits, Outcome, Problem, Program, Record, Score


class State(enum.StrEnum):
    """How far a run is."""

    COMPLETE = "complete"
    RUNNING = "running"
    """A process of this machine is judging it."""
    INTERRUPTED = "interrupted"
    """The same command would go on with it."""
    UNSCORED = "unscored"
    """All is done, but samples that could not be judged kept it from being scored."""


class Judged(Record, frozen=True, kw_only=True):
    """One sample and its verdict, without its texts."""

    task_id: str
    sample: int
    language: str
    benchmark: str = ""
    """Empty in runs of versions that did not keep it, as is `tier`."""
    tier: str = ""
    whole: bool
    program: str
    """Its key."""
    status: str = ""
    """Empty while it is not judged yet."""
    reason: str = ""
    borderline: bool = False
    unstable: bool = False
    walled: bool | None = None
    """Tests and program shared no process; None where that is not known."""
    read_as: str = ""
    finish_reason: str = ""
    tokens: int | None = None
    position: int | None = None
    """Which sample of its file it was, from 0; None in runs of versions that did not keep it."""
    executions: bytes = b"[]"
    """As the journal has them."""
    tests: bytes = b""
    """The same of the results per test, see `journal.results_in`."""

    @property
    def attempts(self) -> tuple[Outcome, ...]:
        """Every execution that the verdict rests on; none where they are of a version with other facts.

        Raises:
            RunFolderError: the journal is damaged.
        """
        return _attempts(self.executions)


class JudgedProgram(Record, frozen=True, kw_only=True):
    """A program's verdict; fields as in `Judged`."""

    status: str
    reason: str
    borderline: bool
    unstable: bool
    walled: bool | None
    executions: bytes
    tests: bytes

    @property
    def attempts(self) -> tuple[Outcome, ...]:
        """As `Judged.attempts`."""
        return _attempts(self.executions)


def _attempts(executions: bytes) -> tuple[Outcome, ...]:
    try:
        return msgspec.json.decode(executions, type=tuple[Outcome, ...])
    except msgspec.ValidationError:
        return ()
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RunFolderError(f"the journal is damaged: {error}") from error


class SampleView(Judged, frozen=True, kw_only=True):
    """One sample with all that its run knows of it."""

    text: str
    """The code that was judged."""
    answer: str
    """What a model said, where the code was read from it."""
    problem: Problem | None
    assembled: Program | None
    """The program it became, all files and its tests; None in runs of versions that did not keep it."""
    limits: Limits | None
    """None where they are not known, or not yet."""


class Counts(Record, frozen=True, kw_only=True):
    """What is judged so far."""

    samples: int
    judged: int
    """Samples with a verdict."""
    programs: int
    programs_judged: int
    statuses: dict[str, int]
    borderline: int
    unstable: int
    not_walled: int


class Scores(Record, frozen=True, kw_only=True):
    """What `score.json` holds."""

    scores: list[Score]
    unfit: dict[str, str]
    """Tasks left out -> why."""
    seed: int = 0
