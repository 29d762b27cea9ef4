"""What is different between two runs, and what of it forbids to compare them."""

import enum
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from passatk.records import Record
from passatk.runs import GenerationManifest, Manifest
from passatk.runs.manifest import short

_GENERATION = ("settings", "model", "prompt", "origin")


class Area(enum.StrEnum):
    """What a change can act on."""

    GENERATION = "generation"
    READING = "reading"
    ASSEMBLY = "assembly"
    LIMITS = "limits"
    TOOLCHAIN = "toolchain"
    ENVIRONMENT = "environment"


class Change(Record, frozen=True, kw_only=True):
    """Something that is not the same in both runs."""

    area: Area
    name: str
    before: str
    after: str
    language: str = ""
    """Of a toolchain."""

    @property
    def words(self) -> str:
        """In one line."""
        return f"{self.name}: {self.before}, then {self.after}"


def changes_between(
    before: Manifest,
    after: Manifest,
    generations: tuple[GenerationManifest | None, GenerationManifest | None] = (None, None),
) -> list[Change]:
    """All that is different and may change a verdict, the text of problems apart."""
    return [
        *_generation(*generations),
        *_fields(Area.READING, {"extraction": before.extraction}, {"extraction": after.extraction}),
        *_fields(Area.LIMITS, _limits(before), _limits(after)),
        *_toolchains(before, after),
        *_fields(Area.ASSEMBLY, {"passatk": before.passatk}, {"passatk": after.passatk}),
        *_fields(Area.ENVIRONMENT, _environment(before), _environment(after)),
    ]


def obstacles(
    before: Manifest,
    after: Manifest,
    references: tuple[Mapping[str, tuple[str, str]], Mapping[str, tuple[str, str]]],
    shared: Sequence[str],
) -> list[str]:
    """Why figures of these runs mean different things, each in words; empty where they can be compared.

    Problems are the same where their sets have one hash, or, as for a part of a benchmark, where every shared task's
    reference solution became the same program in both.

    Args:
        before: manifest of the first run.
        after: manifest of the second run.
        references: task id -> program key and status of its reference solution, of both.
        shared: ids of the tasks in both.
    """
    names = ("tests", "target_language", "toolchain_options")
    told = [
        f"{name.replace('_', ' ')}: {_plain(getattr(before, name))}, then {_plain(getattr(after, name))}"
        for name in names
        if getattr(before, name) != getattr(after, name)
    ]
    if before.problems_sha256 != after.problems_sha256 and before.toolchain_options == after.toolchain_options:
        told += _other_problems(before, after, references, shared)
    return told


def _other_problems(
    before: Manifest,
    after: Manifest,
    references: tuple[Mapping[str, tuple[str, str]], Mapping[str, tuple[str, str]]],
    shared: Sequence[str],
) -> Iterator[str]:
    first, second = (manifest.problems.partition("/")[0] for manifest in (before, after))
    if first != second:
        yield f"problems: {before.problems}, then {after.problems}"
        return
    pairs = [(task, references[0].get(task), references[1].get(task)) for task in shared]
    unknown = [task for task, then, now in pairs if then is None or now is None]
    other = [task for task, then, now in pairs if then is not None and now is not None and then[0] != now[0]]
    if other:
        yield f"text or tests of {len(other)} of {len(shared)} shared problems, among them {other[0]}"
    elif unknown:
        yield (
            f"the problem sets {before.problems} and {after.problems} (their hashes differ, and {unknown[0]} has no"
            " reference solution to tell its problem by)"
        )


def _generation(before: GenerationManifest | None, after: GenerationManifest | None) -> Iterator[Change]:
    if before is None or after is None:
        return
    then, now = msgspec.to_builtins(before), msgspec.to_builtins(after)
    for table in _GENERATION:
        yield from _fields(Area.GENERATION, then[table], now[table], f"{table}.")


def _toolchains(before: Manifest, after: Manifest) -> Iterator[Change]:
    for language in before.toolchains:
        if language not in after.toolchains:
            continue
        then, now = before.toolchains[language], after.toolchains[language]
        if then == now:
            if before.fingerprints.get(language) == after.fingerprints.get(language):
                continue
            then, now = then, f"{now} with other files or dependencies"
        yield Change(
            area=Area.TOOLCHAIN, name=language, before=then or "missing", after=now or "missing", language=language
        )


def _environment(manifest: Manifest) -> dict[str, Any]:
    machine: dict[str, Any] = msgspec.to_builtins(manifest.machine)
    isolation = {f"isolation.{name}": value for name, value in msgspec.to_builtins(manifest.isolation).items()}
    return {**machine, **isolation, "repeat": manifest.repeat, "vary": manifest.vary}


def _limits(manifest: Manifest) -> dict[str, Any]:
    policy = manifest.limits
    floor: dict[str, Any] = msgspec.to_builtins(policy.floor)
    parts = {f"{step}.{name}": value for step, fields in floor.items() for name, value in fields.items()}
    return {"cpu_factor": policy.factor, **parts}


def _fields(area: Area, before: Mapping[str, Any], after: Mapping[str, Any], prefix: str = "") -> Iterator[Change]:
    for name in dict.fromkeys([*before, *after]):
        then, now = before.get(name), after.get(name)
        if then != now:
            yield Change(area=area, name=f"{prefix}{name}", before=_plain(then), after=_plain(now))


def _plain(value: object) -> str:
    return "none" if value is None or value in ((), [], "") else short(value)
