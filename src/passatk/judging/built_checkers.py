"""Checkers that are compiled are compiled once: kept beside examiners, for all samples and all later runs."""

import threading
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from passatk.cases import CheckerProgram
from passatk.errors import SandboxError
from passatk.judging.checker_programs import LIMITS, program_of
from passatk.judging.examiners import Examiners, Make, write_folder
from passatk.records import Program, StepFacts, Workshop

_WORDS = 200


class BuiltChecker(NamedTuple):
    """A checker that can be executed, unless it cannot be built."""

    program: Program
    """Without its build."""
    made: Mapping[str, bytes]
    """What that left: path and content."""
    fault: str = ""
    """Why it cannot be built."""


class BuiltCheckers:
    """Those of this machine's toolchains, in the folders of their examiners. Safe from threads."""

    def __init__(self, examiners: Examiners):
        self._examiners = examiners
        self._lock = threading.Lock()
        self._building: dict[str, threading.Lock] = {}

    def get(self, checker: CheckerProgram, make: Make) -> BuiltChecker:
        """`checker`, built by `make` if it never was; other threads that want the same one wait for it.

        Raises:
            SandboxError: the sandbox cannot execute the build.
            StorageError: nothing can be written where they lie.
        """
        program = program_of(checker)
        if not program.build:
            return BuiltChecker(program, {})
        ready = msgspec.structs.replace(program, build=())
        folder = self._examiners.place_of(program.language) / "checkers" / program.key
        refused = folder.with_suffix(".fault")
        with self._lock:
            building = self._building.setdefault(program.key, threading.Lock())
        with building:
            if refused.is_file():
                return BuiltChecker(ready, {}, refused.read_text())
            if not folder.is_dir():
                facts, made = _built(program, make)
                if not made:
                    words, lasting = _failure(facts)
                    if lasting:
                        folder.parent.mkdir(parents=True, exist_ok=True)
                        refused.write_text(words)
                    return BuiltChecker(ready, {}, words)
                write_folder(folder, made)
        return BuiltChecker(
            ready, {str(at.relative_to(folder)): at.read_bytes() for at in folder.rglob("*") if at.is_file()}
        )


def _built(program: Program, make: Make) -> tuple[StepFacts | None, dict[str, bytes]]:
    """Facts of the build, and all that it left besides what it was given."""
    given = dict(program.files)
    facts, made = make(Workshop(files=program.files, build=program.build, keeps=(".",)), LIMITS)
    return facts, {path: content for path, content in made.items() if path not in given}


def _failure(facts: StepFacts | None) -> tuple[str, bool]:
    """Why there is nothing, and whether that will be so the next time."""
    if facts is None or (facts.exit_code == 0 and facts.stopped_by is None):
        raise SandboxError("the build of a checker left nothing")
    lines = (facts.stderr or facts.stdout).strip().splitlines()
    named = next((line for line in lines if "error" in line.lower()), lines[0] if lines else "")
    stopped = facts.stopped_by is not None or facts.signal is not None
    words = f"it does not compile: {named.strip()}"[:_WORDS]
    return f"its build was stopped ({facts.stopped_by or facts.signal})" if stopped else words, not stopped
