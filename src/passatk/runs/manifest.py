"""Everything needed to repeat a run, and what must agree for a run to be resumed."""

import os
import platform
from typing import Literal

import msgspec

from passatk.errors import RunFolderError
from passatk.records import Isolation, LimitPolicy, Record

_MAY_DIFFER = ("samples", "problems_source", "fingerprints", "machine")
"""Fields that say where things are: a run is resumed although they changed."""


class Machine(Record, frozen=True, kw_only=True):
    """Where a run happens."""

    system: str
    processor: str
    cpus: int
    python: str


class Manifest(Record, frozen=True, kw_only=True):
    """Written before anything is judged."""

    passatk: str
    samples: str
    """Path as given, or `reference solutions`."""
    samples_sha256: str
    problems: str
    problems_source: str
    """Where they came from: a name, or an absolute path."""
    problems_sha256: str
    languages: tuple[str, ...] | None
    """Only samples judged in these; None for all."""
    target_language: str | None
    tests: Literal["hidden", "example"]
    toolchain_options: tuple[str, ...] = ()
    """`LANGUAGE=OPTION`, in place of what the problems ask of a toolchain."""
    limits: LimitPolicy
    extraction: int | None = None
    """Version of the rules by which answers were read; None where texts were taken as they are, or it is not known."""
    repeat: int
    """How often each program is judged."""
    vary: bool = False
    """Each time with another chance."""
    toolchains: dict[str, str]
    """Language -> version; a missing toolchain has an empty one."""
    fingerprints: dict[str, str]
    """Language -> fingerprint of the toolchain's files, see `languages.Toolchain`."""
    isolation: Isolation
    machine: Machine

    def check_same_run(self, other: "Manifest") -> None:
        """Refuse to continue a run as another one.

        Raises:
            RunFolderError: naming each difference that can change a verdict.
        """
        mine, theirs = msgspec.to_builtins(self), msgspec.to_builtins(other)
        for language in mine["toolchains"]:  # one that was missing judged nothing, so it may have come or gone
            if not (self.toolchains[language] and other.toolchains.get(language)):
                mine["toolchains"][language] = theirs["toolchains"][language] = ""
        differing = [
            f"{field}: {short(mine[field])} here, {short(theirs[field])} now"
            for field in self.__struct_fields__
            if field not in _MAY_DIFFER and mine[field] != theirs[field]
        ]
        if differing:
            raise RunFolderError(
                "this run folder belongs to another run, so it is not resumed; choose another folder, or delete it. "
                + "; ".join(differing),
                setting="out",
            )


def this_machine() -> Machine:
    """The machine this runs on."""
    return Machine(
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        processor=_processor(),
        cpus=len(os.sched_getaffinity(0)),
        python=platform.python_version(),
    )


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            return next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), "unknown")
    except OSError:
        return "unknown"


def short(value: object) -> str:
    """`value` for an error message."""
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."
