"""Programs that would like to be told that they are right, and right ones that look strange: one module per language.

Or a file for each in the folders `cheats` and `honest` of a language's fixtures: completions of the problem there.
"""

import importlib
import pkgutil
from pathlib import Path
from typing import NamedTuple

from verdict_cases import FOLDER

from passatk.records import Status

WRONG, CRASH, UNPROVEN = Status.WRONG_ANSWER, Status.RUNTIME_ERROR, Status.UNPROVEN
REFUSED, LATE = Status.COMPILE_ERROR, Status.TIME_LIMIT


class Cheat(NamedTuple):
    """A completion of `basics` task 0 (`count_vowels`) that must not pass, or a whole solution of other tests."""

    text: str
    allowed: frozenset[Status]
    """The statuses it may get; more than one where it races with its judge, or compilers differ."""
    tests: str | None = None
    whole: bool = False
    declaration: str | None = None
    """What the problem declares, if not what a whole solution does."""
    prompt: str | None = None
    """A prompt of its own, up to the head of the function that is asked for, in place of the declaration."""


class Honest(NamedTuple):
    """A completion of `basics` task 0 that must pass, or a whole solution of other tests."""

    text: str
    tests: str | None = None
    whole: bool = False
    declaration: str | None = None
    prompt: str | None = None


def cheat(
    text: str,
    *allowed: Status,
    tests: str | None = None,
    whole: bool = False,
    declaration: str | None = None,
    prompt: str | None = None,
) -> Cheat:
    assert allowed
    assert Status.PASSED not in allowed
    return Cheat(text, frozenset(allowed), tests, whole, declaration, prompt)


_NOT_PASSED = frozenset(Status) - {Status.PASSED, Status.NOT_JUDGED}


def _files(folder: str) -> list[tuple[str, Path]]:
    return [(file.parent.parent.name, file) for file in sorted(FOLDER.glob(f"*/{folder}/*"))]


def cheats() -> dict[tuple[str, str], Cheat]:
    """(language, name) -> cheat, of all languages."""
    found = {(language, name): case for language, (found, _) in _modules().items() for name, case in found.items()}
    return found | {(language, file.stem): Cheat(file.read_text(), _NOT_PASSED) for language, file in _files("cheats")}


def honest() -> dict[tuple[str, str], Honest]:
    """(language, name) -> honest program, of all languages."""
    found = {(language, name): case for language, (_, found) in _modules().items() for name, case in found.items()}
    return found | {(language, file.stem): Honest(file.read_text()) for language, file in _files("honest")}


def _modules() -> dict[str, tuple[dict[str, Cheat], dict[str, Honest]]]:
    names = [found.name for found in pkgutil.iter_modules(__path__)]
    modules = {name: importlib.import_module(f"{__name__}.{name}") for name in names}
    return {name: (module.CHEATS, module.HONEST) for name, module in modules.items()}
