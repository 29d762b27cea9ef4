"""What programs see: the folders, tools and environment that are the same for all of a run."""

import os
import sys
from collections.abc import Mapping

from passatk.records import Isolation, ParentTool, Record, ResidentTool, WarmTool
from passatk.regex import regex
from passatk.sandbox.cgroups import NO_PARENTS, Parents
from passatk.sandbox.isolation import Level, describe

_VARIABLE = regex(r"\$\{(\w+)\}")


class World(Record, frozen=True, kw_only=True):
    """What every program of a run sees: the same for all slots."""

    level: Level
    readable: tuple[str, ...] = ()
    """Host folders and files of the toolchains, seen read-only at the same place."""
    variables: tuple[tuple[str, str], ...] = ()
    """Values of `${NAME}` in commands and environments: where this machine keeps what."""
    cgroups: Parents = NO_PARENTS
    interpreter: str = ""
    """The Python that the slot's server and its warm tools run on; passatk's own by default."""
    warm: tuple[WarmTool, ...] = ()
    resident: tuple[ResidentTool, ...] = ()
    parents: tuple[ParentTool, ...] = ()
    examiners: str = ""
    """The folder below which examiners were built; empty where there are none. `variables` say where in it."""
    patience_s: float = 10.0
    """How long an examiner may compute, and how long it may sleep, when its program has ended."""

    @property
    def isolation(self) -> Isolation:
        """The stamp for Outcomes."""
        return describe(self.level, self.cgroups.version)


def own_interpreter() -> str:
    """The Python that passatk runs on, without its virtual environment."""
    return os.path.realpath(os.path.join(sys.base_prefix, "bin", f"python3.{sys.version_info.minor}"))


def fixed_environment(home: str) -> dict[str, str]:
    """The same for every program, everywhere; `home` is where it runs."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": home,
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "TMPDIR": "/tmp",
        "USER": "program",
    }


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with a value for every `${NAME}`."""
    return _VARIABLE.sub(lambda match: values[match[1]], text)
