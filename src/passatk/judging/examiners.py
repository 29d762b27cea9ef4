"""Examiners as they lie on this machine: built once for all samples of a task and all later runs.

Below passatk's home, one folder for each language's toolchain; in it, under an examiner's key, a link to what was
built, or a file with the compiler's words where its tests do not compile.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import weakref
from collections.abc import Callable, Container, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from passatk.languages import LANGUAGES, Toolchain
from passatk.records import Examiner, Limits, StepFacts, StepLimits, Workshop
from passatk.textfiles import data_home, made_whole

Make = Callable[[Workshop, Limits], tuple[StepFacts | None, dict[str, bytes]]]
"""As `Slot.make`."""
TOGETHER = 48
"""So many examiners at most are built by one compiler."""
LIMITS = Limits(
    build=StepLimits(cpu_s=600.0, idle_s=120.0, memory_bytes=4 << 30, output_bytes=16 << 20, disk_bytes=1 << 30)
)
"""Of a workshop: its sources are trusted, and many at once."""
_WORDS = 400
_LOCK = "lock"


def home() -> Path:
    """Where all of them lie."""
    return data_home() / "examiners"


def clear() -> bool:
    """Remove all that was built, unless a judge uses it: its programs could be judged no more.

    Returns:
        Whether it was removed.
    """
    if not home().is_dir():
        return True
    with (home() / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        for place in home().iterdir():
            shutil.rmtree(place, ignore_errors=True)
    return True


class Built(NamedTuple):
    """An examiner as it was built on one machine, for another with the same tools."""

    language: str
    key: str
    name: str
    """Of what it was built with, which `files` are: path -> content; None where they were sent before."""
    files: dict[str, bytes] | None


class Examiners:
    """Those of some toolchains, below `home`. While this object lives nobody clears them.

    Args:
        home: where all of them lie; it is there.
        toolchains: by language.
    """

    def __init__(self, home: Path, toolchains: Mapping[str, Toolchain]):
        self.home = home
        lock = os.open(home / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        weakref.finalize(self, os.close, lock)
        fcntl.flock(lock, fcntl.LOCK_SH)
        self._places = {name: f"{name}-{toolchain.fingerprint}" for name, toolchain in toolchains.items()}
        self._ready: set[str] = set()
        self._faults: dict[str, str] = {}

    def variables(self, seen_at: str) -> tuple[tuple[str, str], ...]:
        """For the sandbox, where `home` is seen at a place of its own: language -> folder of its examiners."""
        return tuple((f"EXAMINERS_{name.upper()}", f"{seen_at}/{place}") for name, place in self._places.items())

    def known(self, examiner: Examiner) -> bool:
        """It was built, or is known not to compile."""
        if examiner.key in self._ready or examiner.key in self._faults:
            return True
        link = self._place(examiner) / examiner.key
        if link.is_dir():
            self._ready.add(examiner.key)
        else:
            with contextlib.suppress(OSError):
                self._faults[examiner.key] = link.with_suffix(".fault").read_text()
        return examiner.key in self._ready or examiner.key in self._faults

    def fault(self, examiner: Examiner) -> str:
        """Why it cannot be had; empty if it can, or was not built yet."""
        return self._faults.get(examiner.key, "") if self.known(examiner) else ""

    def groups(self, examiners: Iterable[Examiner], builders: int) -> list[list[Examiner]]:
        """Those not known yet, in groups to build together, enough of them for so many builders."""
        alike: dict[tuple[str, tuple[str, ...]], dict[str, Examiner]] = {}
        for examiner in examiners:
            if not self.known(examiner):
                alike.setdefault((examiner.language, examiner.options), {})[examiner.key] = examiner
        groups = []
        for several in alike.values():
            ordered = sorted(several.values(), key=lambda examiner: examiner.key)
            size = min(TOGETHER, -(-len(ordered) // builders))
            groups += [ordered[start : start + size] for start in range(0, len(ordered), size)]
        return groups

    def build(self, group: list[Examiner], make: Make) -> None:
        """Build a group. If that fails each half is tried, until it is known which tests do not compile.

        Raises:
            SandboxError: the sandbox cannot execute the build.
            StorageError: nothing can be written below `home`.
        """
        workshop = LANGUAGES[group[0].language].workshop(group)
        facts: StepFacts | None = None
        made: dict[str, bytes] = {}
        if workshop.build:
            facts, made = make(workshop, LIMITS)
        else:
            given = dict(workshop.files)
            made = {name: given[name].encode("utf-8", "surrogatepass") for name in workshop.keeps}
        if facts is None or (facts.exit_code == 0 and facts.stopped_by is None):
            self._keep(group, made)
        elif len(group) > 1:
            half = len(group) // 2
            self.build(group[:half], make)
            self.build(group[half:], make)
        else:
            self._refuse(group[0], facts)

    def built(self, examiner: Examiner, known: Container[str] = ()) -> Built:
        """One that was built here, to be taken to another machine; `known`: names of what that has already."""
        folder = self.folder_of(examiner)
        if folder.name in known:
            return Built(examiner.language, examiner.key, folder.name, None)
        files = {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
        return Built(examiner.language, examiner.key, folder.name, files)

    def take(self, built: Built) -> None:
        """Keep one that another machine built.

        Raises:
            StorageError: nothing can be written below `home`.
        """
        place = self.place_of(built.language)
        if built.files is not None:
            write_folder(place / "built" / built.name, built.files)
        with contextlib.suppress(FileExistsError):
            (place / built.key).symlink_to(f"built/{built.name}")

    def folder_of(self, examiner: Examiner) -> Path:
        """Where one lies that was built."""
        return (self._place(examiner) / examiner.key).resolve()

    def place_of(self, language: str) -> Path:
        """Where all of one toolchain lie; it may not be there yet."""
        return self.home / self._places[language]

    def _place(self, examiner: Examiner) -> Path:
        return self.place_of(examiner.language)

    def _keep(self, group: list[Examiner], made: Mapping[str, bytes]) -> None:
        place = self._place(group[0])
        name = hashlib.sha256("".join(examiner.key for examiner in group).encode()).hexdigest()[:24]
        write_folder(place / "built" / name, made)
        for examiner in group:
            with contextlib.suppress(FileExistsError):
                (place / examiner.key).symlink_to(f"built/{name}")
            self._ready.add(examiner.key)

    def _refuse(self, examiner: Examiner, facts: StepFacts) -> None:
        lines = [line.strip() for line in (facts.stderr or facts.stdout).splitlines() if line.strip()]
        words = next((line for line in lines if "error" in line.lower()), lines[0] if lines else "no words")[:_WORDS]
        self._faults[examiner.key] = words
        if facts.stopped_by is None and facts.signal is None:  # else it may go better another time
            file = self._place(examiner) / f"{examiner.key}.fault"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(words)


def write_folder(place: Path, made: Mapping[str, bytes]) -> None:
    """A folder with these files, which can be executed: whole, or not there."""
    with made_whole(place) as folder:
        for path, content in made.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            file.chmod(0o755)
