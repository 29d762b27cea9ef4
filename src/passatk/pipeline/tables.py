"""Settings as tables of plain values, as files and the command line give them, and the requests they make."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from passatk.decoding import Decoding, DecodingSettings
from passatk.errors import InputError, UnknownNameError
from passatk.models import ModelSpec
from passatk.pipeline.evaluation import Evaluation
from passatk.pipeline.generation import Generation
from passatk.pipeline.languages import canonical
from passatk.pipeline.settings import TABLES, Judging, ProblemChoice, Prompting, Task
from passatk.problems import ProblemSet, load
from passatk.records import Record
from passatk.regex import regex
from passatk.settings import build, checked, setting_named

Given = Mapping[str, Mapping[str, Any]]
"""Table -> key -> value; what is left out has its default."""

_ENDINGS = regex(r"(?<=.)(?:\.[A-Za-z]\w*)+\Z")
"""Of a file's name: kinds, which begin with a letter; what follows another dot is a number, as in `temp0.8`."""


def generation_of(given: Given, out: Path | None = None, problems: ProblemSet | None = None) -> Generation:
    """The request that the tables model, problems, task, prompt and decoding make.

    Args:
        given: the tables.
        out: the folder; by default `generations/<problems>`.
        problems: loaded already.

    Raises:
        InputError: a key or value is wrong; names it.
    """
    choice = _table(given, "problems", ProblemChoice)
    task = _table(given, "task", Task)
    prompting = _table(given, "prompt", Prompting)
    model = _table(given, "model", ModelSpec)
    settings = Decoding.settings(given.get("decoding", {}))
    task = msgspec.structs.replace(
        task,
        source_language=_language(task.source_language, "source_language"),
        target_language=_language(task.target_language, "target_language"),
    )
    return checked(
        Generation(
            problems=problems or load(choice.source),
            model=model,
            settings=settings,
            out=out or Path("generations") / choice.source.replace("/", "-"),
            languages=canonical(choice.languages, "languages"),
            prompting=prompting,
            **_fields(task),
        )
    )


def completion_of(given: Given) -> tuple[ModelSpec, DecodingSettings, bool]:
    """Model, settings and whether to use a chat template, as `complete` takes them, from their tables.

    Raises:
        InputError: a key or value is wrong; names it.
    """
    prompting = _table(given, "prompt", Prompting)
    return _table(given, "model", ModelSpec), Decoding.settings(given.get("decoding", {})), prompting.chat


def evaluation_of(
    given: Given, samples: Path | None, out: Path | None = None, problems: ProblemSet | None = None
) -> Evaluation:
    """The request that the tables problems, task (its target language) and judging make.

    Args:
        given: the tables.
        samples: what to score; None for the reference solutions.
        out: the run folder; by default `runs/<name of samples>`, without `.jsonl.gz` and the like.
        problems: loaded already.

    Raises:
        InputError: a key or value is wrong; names it.
    """
    choice = _table(given, "problems", ProblemChoice)
    task = _table(given, "task", Task)
    name = _ENDINGS.sub("", samples.name) if samples else f"reference-{choice.source}".replace("/", "-")
    return checked(
        Evaluation(
            samples=samples,
            problems=problems or load(choice.source),
            out=out or Path("runs") / name,
            languages=canonical(choice.languages, "languages"),
            target_language=_language(task.target_language, "target_language"),
            **_fields(_table(given, "judging", Judging)),
        )
    )


def _language(name: str | None, setting: str) -> str | None:
    names = None if name is None else canonical([name], setting)
    return names[0] if names else None


def _table(given: Given, name: str, record: type[Any]) -> Any:
    return build(record, given.get(name, {}), f"[{name}]")


def _fields(record: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__struct_fields__}


def check_tables(given: Mapping[str, object]) -> None:
    """Refuse tables and keys that do not exist.

    Raises:
        UnknownNameError: names it, and lists what exists.
        InputError: a value stands where a table is expected.
    """
    for name, table in given.items():
        if name not in TABLES:
            raise UnknownNameError("table", name, TABLES)
        if not isinstance(table, dict):
            raise InputError(f"{name} = {table!r:.60}: must be a table; write [{name}]")
        for key in table:
            setting_named(TABLES[name], key, f"[{name}]")


def check_values(given: Given) -> None:
    """Refuse wrong values, naming the table.

    Raises:
        InputError: there is one.
    """
    for name, table in given.items():
        for key, value in table.items():
            try:
                setting_named(TABLES[name], key, f"[{name}]").read(value)
            except InputError as error:
                raise error.prefix(f"[{name}]") from None


def read_changes(texts: Sequence[str], known: Mapping[str, type[Record]] = TABLES) -> dict[str, dict[str, Any]]:
    """Tables from texts like `decoding.temperature=0.4`: values as TOML writes them, bare words as strings.

    Raises:
        InputError: a text of another form, an unknown table or key, or a key given twice.
    """
    found: dict[str, dict[str, Any]] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        table, dot, key = name.strip().partition(".")
        if not equals or not dot:
            raise InputError(f"{text!r}: must be TABLE.KEY=VALUE, like decoding.temperature=0.4", setting="set")
        if table not in known:
            raise UnknownNameError("table", table, known, setting="set")
        own = found.setdefault(table, {})
        if key in own:
            raise InputError(f"{table}.{key} is set twice; keep one of them", setting="set")
        try:
            own[key] = setting_named(known[table], key, f"[{table}]").parse(value.strip())
        except InputError as error:
            error.setting = "set"
            raise
    return found


def merged(given: Given, changes: Given) -> dict[str, dict[str, Any]]:
    """`given` with the keys of `changes` in place of its own."""
    names = dict.fromkeys([*given, *changes])
    return {name: {**given.get(name, {}), **changes.get(name, {})} for name in names}


def expanded(given: Given) -> Iterator[tuple[str, dict[str, dict[str, Any]]]]:
    """A sweep's name and tables for every choice of values, where keys have lists of values; else "" and the tables.

    A list is a list of values where it is nested deeper than the key's own values are.

    Raises:
        InputError: an unknown key, a list without values, or the same value twice.
    """
    axes = []
    for name, table in given.items():
        for key, value in table.items():
            if _depth(value) > setting_named(TABLES[name], key, f"[{name}]").depth:
                axes.append((name, key, _by_word(f"{name}.{key}", value)))
    for chosen in itertools.product(*(values.items() for _, _, values in axes)):
        changes: dict[str, dict[str, Any]] = {}
        words = []
        for (name, key, _), (word, value) in zip(axes, chosen, strict=True):
            changes.setdefault(name, {})[key] = value
            words.append(f"{key}={word}")
        yield ",".join(words), merged(given, changes)


def _depth(value: object) -> int:
    if not isinstance(value, list):
        return 0
    return 1 + max((_depth(part) for part in value), default=0)


def _by_word(key: str, values: list[Any]) -> dict[str, Any]:
    """The values, by how a folder's name says them."""
    if not values:
        raise InputError(f"{key} = []: a sweep needs at least one value", setting=key.partition(".")[2])
    found: dict[str, Any] = {}
    for value in values:
        text = "-".join(map(str, value)) if isinstance(value, list) else str(value)
        word = re.sub(r"[^\w.+-]+", "-", text).strip("-") or "none"
        if word in found:
            raise InputError(
                f"{key} has {value!r} and {found[word]!r}, and their runs would share a folder; leave one out",
                setting=key.partition(".")[2],
            )
        found[word] = value
    return found
