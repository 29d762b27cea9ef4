"""Options made of records: a setting of a record is an option of every command that takes its table.

    @app.command("generate")
    @with_settings(Table("model", "Model"), Table("decoding", "Decoding"))
    def generate(given: Given, out: ... = None) -> None:

`given` has the tables with what the user said, by option or by `--set TABLE.KEY=VALUE`, and nothing else.
"""

import functools
import inspect
import operator
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar, get_type_hints

import msgspec
import typer
from typer.core import TyperCommand

from passatk.cli.options import number_of
from passatk.errors import InputError, PassatkError, UnknownNameError
from passatk.pipeline.settings import TABLES
from passatk.settings import Setting, parse_value, settings_of

_Function = TypeVar("_Function", bound=Callable[..., Any])
Given = dict[str, dict[str, Any]]
"""Table -> key -> value."""


@dataclass(frozen=True)
class Table:
    """A table whose settings a command has as options.

    Args:
        name: of the table, for `--set`.
        title: heading of its options in help.
        only: these keys; all by default.
        without: these keys are left out.
        record: where it is not a table of an experiment.
        unset: key -> what the command takes where it is left out, in place of what the record says.
    """

    name: str
    title: str
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    record: type[msgspec.Struct] | None = None
    unset: Mapping[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> list[Setting]:
        """The settings that are options."""
        record = self.record or TABLES[self.name]
        found = settings_of(record)
        return [one for one in found if one.key not in self.without and (not self.only or one.key in self.only)]


def with_settings(*tables: Table, sweeps: bool = False, sets: bool = True) -> Callable[..., Callable[..., None]]:
    """A command whose parameter `given` becomes the options of the tables.

    Args:
        tables: in the order of help.
        sweeps: what `--set` says of lists.
        sets: have `--set`.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(command)
        hints = get_type_hints(command, include_extras=True)
        own = [
            parameter.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY)
            for name, parameter in signature.parameters.items()
            if name != "given"
        ]
        generated = {one.key: (table, one) for table in tables for one in table.settings}
        options = [_parameter(table, one) for table, one in generated.values()]
        if sets:
            options.append(_set_parameter(sweeps))

        @functools.wraps(command)
        def call(**values: Any) -> None:
            given = {table.name: dict[str, Any]() for table in tables}
            for key, (table, one) in generated.items():
                value = values.pop(key)
                if value not in (None, []):
                    given[table.name][key] = _plain(one, value)
            _add_sets(given, values.pop("set", None) or [] if sets else [], tables, sweeps)
            command(given=given, **values)

        parameters = sorted([*own, *options], key=lambda parameter: parameter.default is not inspect.Parameter.empty)
        call.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return call

    return decorate


def _parameter(table: Table, one: Setting) -> inspect.Parameter:
    kind, metavar = _option_type(one)
    default = "" if one.default in (None, (), "", msgspec.NODEFAULT) or isinstance(one.default, bool) else one.default
    words = [_help(one)]
    unset = table.unset.get(one.key, one.unset)
    if unset or default != "":
        words.append(f"[default: {unset or _number(default)}]")
    elif one.default is msgspec.NODEFAULT:
        words.append("[required]")
    option = typer.Option(
        *flags_of(one),
        help=" ".join(words),
        metavar=metavar,
        show_default=False,
        rich_help_panel=one.group or table.title,
    )
    annotation = operator.getitem(Annotated, (kind | None, option))  # made here, so no type that mypy could know
    return inspect.Parameter(one.key, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _help(one: Setting) -> str:
    if one.default is True:
        return one.off or f"Switch off: {one.help}"
    if one.depth > 1 or (one.depth == 1 and not one.separator):
        return f"{one.help.rstrip('.')}; may be given again."
    return one.help


def flags_of(one: Setting) -> tuple[str, ...]:
    """The names of a setting's option, the long one last."""
    name = one.key.replace("_", "-")
    names = one.option.split() or [f"no-{name}" if one.default is True else name]
    return tuple(f"--{name}" if len(name) > 1 or name == one.key else f"-{name}" for name in names)


def _option_type(one: Setting) -> tuple[Any, str | None]:
    if one.choices:
        return str, "|".join(one.choices)
    if one.separator:
        return (list[str] if one.depth > 1 else str), one.metavar
    if one.quantity:
        return str, one.metavar or "NUMBER"
    if one.depth:
        return types.GenericAlias(list, (one.element,)), one.metavar or None
    return one.element, one.metavar or None


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _plain(one: Setting, value: Any) -> Any:
    """What a table would have for what an option was given."""
    if one.default is True:
        return False
    if one.quantity:
        parts = value.split(",") if one.separator else [value]
        numbers = [_quantity(one, part) for part in parts]
        return numbers if one.separator else numbers[0]
    if not one.separator:
        return value
    texts = value if one.depth > 1 else [value]
    lists = [[parse_value(part.strip()) for part in text.split(one.separator)] for text in texts]
    plain = lists if one.depth > 1 else lists[0]
    try:
        one.read(plain)
    except InputError:
        text = ", ".join(map(repr, texts))
        raise InputError(f"{one.key} = {text}: expected {one.metavar}, {one.rule}", setting=one.key) from None
    return plain


def _quantity(one: Setting, text: str) -> float:
    number = number_of(text, flags_of(one)[-1])
    return round(number) if one.element is int else number


def _set_parameter(sweeps: bool) -> inspect.Parameter:
    more = "; a list of values is a sweep" if sweeps else ""
    text = f"Any setting by table and key, like decoding.temperature=0.4{more}; may be given again."
    annotation = Annotated[list[str] | None, typer.Option("--set", metavar="TABLE.KEY=VALUE", help=text)]
    return inspect.Parameter("set", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _add_sets(given: Given, texts: list[str], tables: tuple[Table, ...], sweeps: bool) -> None:
    if not texts:
        return
    from passatk.pipeline import read_changes

    known = TABLES if sweeps else {table.name: TABLES[table.name] for table in tables}
    for name, table in read_changes(texts, known).items():
        own = given.setdefault(name, {})
        for key, value in table.items():
            usable = [one.key for other in tables if other.name == name for one in other.settings]
            if not sweeps and key not in usable:
                raise UnknownNameError(f"key in [{name}] for this command", key, usable, setting="set")
            if key in own:
                raise InputError(f"{name}.{key} is given by its own option too; keep one of them", setting="set")
            own[key] = value


class Command(TyperCommand):
    """A command whose options stand under headings, and whose errors name the option that has to change."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Headings in the order of the options; those without one come last."""
        groups: dict[str, list[tuple[str, str]]] = {"Arguments": []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                kind = "Arguments" if parameter.param_type_name == "argument" else "Options"
                groups.setdefault(getattr(parameter, "rich_help_panel", None) or kind, []).append(record)
        groups["Options"] = groups.pop("Options")
        for title, records in groups.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)

    def invoke(self, ctx: Any) -> Any:
        """Run it; an error's setting is said as its option."""
        try:
            return super().invoke(ctx)
        except PassatkError as error:
            names = (error.setting, f"--{error.setting}")
            flag = next((max(p.opts, key=len) for p in self.params if {p.name, *p.opts} & {*names} and p.opts), None)
            if flag is not None and flag.startswith("--") and flag not in str(error):
                error.args = (f"{str(error).rstrip('.')} (option {flag})",)
            raise


class App(typer.Typer):
    """A typer app whose commands are `Command`s."""

    def command(self, name: str | None = None, **options: Any) -> Callable[[_Function], _Function]:
        """As typer's, with our class."""
        return super().command(name, **{"cls": Command, **options})
