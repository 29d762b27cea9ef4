"""Every exception passatk raises, one tree.

    PassatkError                exit code
    ├── InputError              2   what the user gave cannot be used
    │   ├── SourceError         2   a file's contents: names file, line, field and what was expected
    │   ├── UnknownNameError    2   a name looked up exactly and missed: lists what exists
    │   ├── ScoreRefusedError   2   pass@k is undefined here (n < k, unjudged samples)
    │   └── ScalingRefusedError 2   runs that determine no law, or a law asked where it was not fitted
    ├── RunFolderError          2   a run folder that belongs to another run, or is in use
    ├── Interrupted           130   Ctrl-C or SIGTERM
    └── EnvironmentFault        3   this machine cannot do it
        ├── SandboxError        3   no slot can be started, or the isolation is below the floor
        └── StorageError        3   the disk is full or cannot be written

An error says which value, which rule, and what to do next. `cli` turns it into a message and an exit code; nothing
below `cli` exits or prints. `FieldError` stands outside of the tree: whoever reads the file makes a SourceError of it.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

_LISTED = 12


class PassatkError(Exception):
    """Base of all errors raised on purpose.

    `setting` names the field of the request, or the argument, that has to change; empty where it is none. The command
    line adds the option of that name.
    """

    exit_code = 2

    def __init__(self, message: str = "", *, setting: str = ""):
        super().__init__(message)
        self.setting = setting

    def prefix(self, place: str) -> "PassatkError":
        """Itself, with `place` before its message."""
        self.args = (f"{place}: {self}",)
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors cross processes as they are: what a class makes its words of is no longer known."""
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[PassatkError], args: tuple[Any, ...], state: dict[str, Any]) -> PassatkError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class InputError(PassatkError):
    """The user's input cannot be used."""


class SourceError(InputError):
    """A file's contents are not what was expected.

    `path` and `line` (1-based; None for the whole file) say where, `field` which member of the record.
    """

    def __init__(self, path: Path | str, line: int | None, problem: str, expected: str, field: str | None = None):
        place = f"{path}:{line}" if line is not None else str(path)
        about = f" field {field!r}:" if field is not None else ""
        super().__init__(f"{place}:{about} {problem}; expected {expected}")
        self.path, self.line, self.field = Path(path), line, field


class FieldError(Exception):
    """A record does not say what its form promises: field, what is wrong, what was expected."""

    def __init__(self, field: str | None, problem: str, expected: str):
        super().__init__(problem)
        self.field, self.problem, self.expected = field, problem, expected

    def at(self, path: Path, line: int | None, within: str = "") -> SourceError:
        """The error to raise where the record's place is known; `within` stands before the field."""
        field = f"{within}{self.field or ''}".rstrip(".") or None
        return SourceError(path, line, self.problem, self.expected, field)


class LeftOutError(FieldError):
    """A record of a problem that cannot be judged, as files of data sets hold some: the others are read without it.

    `reason` says in a few words what it is, the same for all of a kind.
    """

    def __init__(self, field: str | None, problem: str, expected: str, reason: str):
        super().__init__(field, problem, expected)
        self.reason = reason


class UnknownNameError(InputError):
    """A name was looked up exactly and is not there."""

    def __init__(self, kind: str, name: str, known: Iterable[str], hint: str = "", *, setting: str = ""):
        names = sorted(known)
        close = get_close_matches(name, names, n=3 if len(names) > _LISTED else 1)  # more where not all are listed
        meant = f" Did you mean {' or '.join(map(repr, close))}?" if close else ""
        shown = ", ".join(names[:_LISTED]) + (f", ... ({len(names)} in all)" if len(names) > _LISTED else "")
        super().__init__(
            f"unknown {kind} {name!r}; known: {shown or 'none'}.{meant}{' ' + hint if hint else ''}", setting=setting
        )


class ScoreRefusedError(InputError):
    """A score would be undefined or misleading, so none is given."""


class ScalingRefusedError(InputError):
    """A scaling law would be undetermined or extrapolated, so no figure is given."""


class RunFolderError(PassatkError):
    """A run folder cannot be used for this run."""


class Interrupted(PassatkError):
    """The user or the system asked the program to end."""

    exit_code = 130


class EnvironmentFault(PassatkError):
    """This machine lacks something the task needs."""

    exit_code = 3


class SandboxError(EnvironmentFault):
    """A sandbox slot cannot be started, or isolates less than asked for."""


class StorageError(EnvironmentFault):
    """The run folder cannot be written: disk full, read-only, no permission."""
