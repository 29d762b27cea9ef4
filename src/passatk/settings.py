"""A setting is written once: a record's field has type, default, bounds and help, and everything else is made of it.

`setting(...)` beside a field's type makes it a setting. From the settings of a record come the options of a command
(`cli.generated`), the keys of a table in an experiment file (`build`) and the checks of a request made in Python
(`checked`). Adding a field to a record is all it takes to add a setting.
"""

import functools
import inspect
import math
import tomllib
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, ParamSpec, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import msgspec

from passatk.errors import InputError, UnknownNameError

_P = ParamSpec("_P")
_R = TypeVar("_R")
_T = TypeVar("_T", bound=msgspec.Struct)
_BOUNDS: dict[str, tuple[str, Callable[[float, float], bool]]] = {
    "gt": ("above", lambda value, bound: value > bound),
    "ge": ("of at least", lambda value, bound: value >= bound),
    "lt": ("below", lambda value, bound: value < bound),
    "le": ("of at most", lambda value, bound: value <= bound),
}
_WORDS = {int: "a whole number", float: "a number", str: "a string", bool: "true or false", Path: "a path"}
_PLURALS = {int: "whole numbers", float: "numbers", str: "strings", Path: "paths"}


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One setting of a record, as options, tables and documentation need it."""

    key: str
    """Its name in a table; options are named after it."""
    path: tuple[str, ...]
    """Attributes that lead to it from the record."""
    type: Any
    help: str
    """A sentence that makes sense without the setting's name."""
    default: Any
    """In the unit of the key; `msgspec.NODEFAULT` where one must be given."""
    group: str = ""
    """Heading for help, where it is not the table's own."""
    option: str = ""
    """Name of its option, where it does not follow from the key; several between spaces, short ones of one letter."""
    off: str = ""
    """Help of the option that switches it off, for settings that are on by default."""
    unset: str = ""
    """What None means, in words."""
    metavar: str = ""
    """How a value is written on the command line: a list or pair with `,` or `:` in it has that between its parts;
    other lists are given as several options."""
    quantity: bool = False
    """A number that people write like 50M, 1.5k or 3e7."""
    scale: int = 1
    """Units of the attribute in a unit of the key, like 1048576 for MiB."""
    bounds: dict[str, float] = {}
    """`gt`, `ge`, `lt`, `le` -> the bound, in the unit of the key."""

    @property
    def depth(self) -> int:
        """How deep lists are nested in its value: 0 for a plain value."""
        return _depth(self.type)

    @property
    def element(self) -> Any:
        """Type of its value, or of the values in its list."""
        bare = _bare(self.type)
        return _bare(get_args(bare)[0]) if get_origin(bare) is tuple else bare

    @property
    def separator(self) -> str:
        """Between the parts of a value on the command line, if it has several."""
        return next((sign for sign in ",:" if sign in self.metavar), "") if self.depth else ""

    @property
    def choices(self) -> tuple[str, ...]:
        """All values there are, of a setting with a closed list of them."""
        return _choices(self.type)

    @property
    def rule(self) -> str:
        """What a value must be."""
        return _rule(self.type, self.bounds)

    def read(self, value: object) -> Any:
        """The attribute's value for `value`, as a table or an option gives it.

        Raises:
            InputError: another type, or out of bounds.
        """
        found = _converted(self.key, value, self.type, self.bounds)
        return found if self.scale == 1 or found is None else found * self.scale

    def parse(self, text: str) -> Any:
        """A value as it is written on the command line after the setting's name: TOML; bare words are strings."""
        if self.depth == 0 and _bare(self.type) is str and not text.startswith(("[", '"', "'")):
            return text
        if self.depth == 1 and not text.startswith("["):
            parts = [text] if self.element is str else text.split(",")
            return [part if self.element is str else parse_value(part.strip()) for part in parts]
        return parse_value(text)


def setting(  # its parameters are the vocabulary of a declaration
    text: str,
    *,
    key: str = "",
    option: str = "",
    off: str = "",
    unset: str = "",
    metavar: str = "",
    quantity: bool = False,
    scale: int = 1,
    **bounds: float,
) -> msgspec.Meta:
    """Makes the annotated field a setting; see `Setting` for what each part is."""
    extra = {"key": key, "option": option, "off": off, "unset": unset, "metavar": metavar, "quantity": quantity}
    return msgspec.Meta(description=text, extra={"setting": extra | {"scale": scale, "bounds": bounds}})


def inlined(group: str = "", *, prefix: str = "", about: str = "") -> msgspec.Meta:
    """Makes the settings of the annotated field's record settings of the record that has the field.

    Args:
        group: heading for help.
        prefix: before each key.
        about: before each help text.
    """
    return msgspec.Meta(extra={"inlined": {"group": group, "prefix": prefix, "about": about}})


@functools.cache
def settings_of(record: type[msgspec.Struct]) -> tuple[Setting, ...]:
    """The settings of a record: its own first, then those of its bases, each in the order of the fields."""
    hints = get_type_hints(record, include_extras=True)
    fields = {field.name: field for field in msgspec.structs.fields(record)}
    own = [name for name in fields if name in vars(record).get("__annotations__", {})]
    found: list[Setting] = []
    for name in dict.fromkeys([*own, *fields]):
        kind, extra, text = _declared(hints[name])
        default = _default(fields[name])
        if "inlined" in extra:
            found += _inside(name, kind, default, **extra["inlined"])
        elif "setting" in extra:
            told = dict(extra["setting"])
            key, scale = told.pop("key") or name, told["scale"]
            if scale != 1 and isinstance(default, int):
                default //= scale
            found.append(Setting(key=key, path=(name,), type=kind, help=text, default=default, **told))
    return tuple(found)


def _inside(name: str, record: Any, default: Any, group: str, prefix: str, about: str) -> list[Setting]:
    found = []
    for inner in settings_of(record):
        value = functools.reduce(getattr, inner.path, default) if isinstance(default, record) else inner.default
        if inner.scale != 1 and isinstance(value, int) and isinstance(default, record):
            value //= inner.scale
        changes: dict[str, Any] = {"path": (name, *inner.path), "default": value, "key": prefix + inner.key}
        if about:
            changes["help"] = about + inner.help
        if group and not inner.group:
            changes["group"] = group
        found.append(msgspec.structs.replace(inner, **changes))
    return found


def setting_named(record: type[msgspec.Struct], key: str, place: str) -> Setting:
    """The setting of `record` called `key`, exactly; `place` is what the error calls the record.

    Raises:
        UnknownNameError: there is none.
    """
    settings = {one.key: one for one in settings_of(record)}
    if key not in settings:
        raise UnknownNameError(f"key in {place}", key, settings, setting=key)
    return settings[key]


def build(record: type[_T], given: Mapping[str, object], place: str, base: _T | None = None) -> _T:
    """A record with the given settings (key -> value), and its defaults, or those of `base`, for the rest.

    Raises:
        InputError: an unknown key, a wrong value, or a setting that is missing; names the key.
    """
    changes: dict[tuple[str, ...], Any] = {}
    for key, value in given.items():
        found = setting_named(record, key, place)
        changes[found.path] = found.read(value)
    for one in settings_of(record):
        if base is None and one.default is msgspec.NODEFAULT and one.path not in changes:
            raise InputError(f"{one.key} is missing in {place}: {one.help}", setting=one.key)
    return cast("_T", _changed(record, base, changes))


def _changed(record: Any, base: Any, changes: Mapping[tuple[str, ...], Any]) -> Any:
    values = {path[0]: value for path, value in changes.items() if len(path) == 1}
    for name in dict.fromkeys(path[0] for path in changes if len(path) > 1):
        inner = {path[1:]: value for path, value in changes.items() if path[0] == name}
        field = next(field for field in msgspec.structs.fields(record) if field.name == name)
        before = _default(field) if base is None else getattr(base, name)
        values[name] = _changed(type(before), before, inner)
    return record(**values) if base is None else msgspec.structs.replace(base, **values)


def parse_value(text: str) -> Any:
    """A value as TOML writes it, where a bare word, also inside of a list, is a string."""
    try:
        read = tomllib.loads(f"value = {text}")
        if list(read) == ["value"] and isinstance(read["value"], str | int | float | list):
            return read["value"]
    except tomllib.TOMLDecodeError:
        if text.startswith("[") and text.endswith("]"):
            return [parse_value(part.strip()) for part in text[1:-1].split(",") if part.strip()]
    return text


# --- requests made in Python -------------------------------------------------------------------------------------


def checked(record: _T) -> _T:
    """The record, if every field has its type and lies in its bounds, with lists as tuples and texts as paths.

    A method `check()` of it, or of a record inside, is asked about combinations.

    Raises:
        InputError: names the field, its value, and what it must be.
    """
    hints = get_type_hints(type(record), include_extras=True)
    values = {name: checked_value(name, getattr(record, name), hints[name]) for name in record.__struct_fields__}
    if any(value is not getattr(record, name) for name, value in values.items()):
        record = msgspec.structs.replace(record, **values)
    check = getattr(record, "check", None)
    if check is not None:
        check()
    return record


def checked_value(name: str, value: Any, hint: Any) -> Any:
    """`value`, if it is what an annotation asks for; annotations that say nothing of values are not checked.

    Raises:
        InputError: names it, its value, and what it must be.
    """
    kind, extra, _ = _declared(hint)
    bare = _bare(kind)
    if isinstance(bare, type) and issubclass(bare, msgspec.Struct):
        if isinstance(value, bare):
            return checked(value) if _has_settings(bare) else value
        if value is None and bare is not kind:
            return None
        raise InputError(f"{name} = {value!r:.80}: must be {_rule(kind)}", setting=name)
    if not _is_checkable(kind):
        return value
    told = extra.get("setting", {"bounds": {}, "scale": 1})
    bounds = {how: bound * told["scale"] for how, bound in told["bounds"].items()}
    return _converted(name, value, kind, bounds)


def checks_its_request(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Checks every argument by its annotation before the function is entered, see `checked_value`."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        bound, hints = signature.bind(*args, **kwargs), _hints(function)
        for name, value in bound.arguments.items():
            bound.arguments[name] = checked_value(name, value, hints[name])
        return function(*bound.args, **bound.kwargs)

    return call


@functools.cache
def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    return get_type_hints(function, include_extras=True)


def _has_settings(record: type[msgspec.Struct]) -> bool:
    """It is a request, or a part of one; nouns like problems are checked where they are read."""
    if settings_of(record):
        return True
    kinds = (_bare(_declared(hint)[0]) for hint in _hints(record).values())
    return any(isinstance(kind, type) and issubclass(kind, msgspec.Struct) and _has_settings(kind) for kind in kinds)


# --- types -------------------------------------------------------------------------------------------------------


def _converted(name: str, value: object, kind: Any, bounds: Mapping[str, float]) -> Any:
    rule = _rule(kind, bounds)
    try:
        found = msgspec.convert(value, kind, dec_hook=_as_path)
    except msgspec.ValidationError:
        choices = _choices(kind)
        if choices and isinstance(value, str):
            raise UnknownNameError(name, value, choices, setting=name) from None
        sweep = isinstance(value, list) and _depth(kind) == 0
        more = "; only `passatk run` takes a list here, as a sweep" if sweep else ""
        raise InputError(f"{name} = {_shown(value)}: must be {rule}{more}", setting=name) from None
    for part in found if isinstance(found, tuple) else (found,):
        if not isinstance(part, int | float):
            continue
        if not math.isfinite(part):
            raise InputError(
                f"{name} = {_shown(value)}: must be {rule.replace('a number', 'a finite number', 1)}", setting=name
            )
        if not all(_BOUNDS[how][1](part, bound) for how, bound in bounds.items()):
            raise InputError(f"{name} = {_shown(value)}: must be {rule}", setting=name)
    return found


def _as_path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str | Path):
        return Path(value)
    raise TypeError(f"{value!r} is not {kind}")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _declared(hint: Any) -> tuple[Any, dict[str, Any], str]:
    """(type, what `setting` or `inlined` said, help) of an annotation."""
    if get_origin(hint) is not Annotated:
        return hint, {}, ""
    kind, *notes = get_args(hint)
    meta = next((note for note in notes if isinstance(note, msgspec.Meta)), None)
    return kind, (meta and meta.extra) or {}, (meta and meta.description) or ""


def _default(field: Any) -> Any:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default


def _bare(kind: Any) -> Any:
    """Without the None that it may be."""
    if get_origin(kind) in (Union, types.UnionType):
        members = [member for member in get_args(kind) if member is not type(None)]
        return members[0] if len(members) == 1 else kind
    return kind


def _is_checkable(kind: Any) -> bool:
    bare = _bare(kind)
    if get_origin(bare) is tuple:
        return all(part is ... or _is_checkable(part) for part in get_args(bare))
    return bare in _WORDS or get_origin(bare) is Literal


def _choices(kind: Any) -> tuple[str, ...]:
    bare = _bare(kind)
    return get_args(bare) if get_origin(bare) is Literal else ()


def _depth(kind: Any) -> int:
    bare = _bare(kind)
    if get_origin(bare) is not tuple:
        return 0
    return 1 + max(_depth(part) for part in get_args(bare) if part is not ...)


def _number(bound: float) -> str:
    return str(int(bound)) if bound == int(bound) else f"{bound:g}"


def _rule(kind: Any, bounds: Mapping[str, float] = types.MappingProxyType({})) -> str:
    bare = _bare(kind)
    limits = " and ".join(f"{_BOUNDS[how][0]} {_number(bound)}" for how, bound in bounds.items())
    if choices := _choices(bare):
        words = f"one of {', '.join(choices)}"
    elif get_origin(bare) is tuple:
        first, second, *_ = get_args(bare)
        if second is ...:
            words = f"a list of {_PLURALS.get(first) or _rule(first).replace('a pair', 'pairs')}"
        else:
            words = f"a pair of {_PLURALS[first] if first is second else f'{_WORDS[first]} and {_WORDS[second]}'}"
    else:
        called = str(getattr(bare, "__name__", bare))
        words = _WORDS.get(bare) or f"{'an' if called[0] in 'AEIOU' else 'a'} {called}"
    return f"{words}{' ' if limits else ''}{limits}"
