"""An abstract program -> the body of a function, in each of six languages and several equivalent ways.

How a language spells things is data, in `languages/<name>.toml`: for each primitive an expression or some lines. What
stands in a template: `$x` the value a step takes, `$e` one element of it, `$each` and `$that` an element's expression,
`$out` the name of what a step gives, `$t` a name for the way, `$k` and `$s` constants, `$type`, `$scalar` and `$box`
the types of result and elements or keys, `$mutate` the lines that change `$e` where there is no expression for it.
"""

import json
import re
import textwrap
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

import msgspec

from passatk.corpus.draws import Draws
from passatk.corpus.primitives import Constant, key
from passatk.corpus.programs import AbstractProgram, Applied
from passatk.problems.rendering import RENDERERS, Java, Renderer, camel, element
from passatk.records import Record
from passatk.regex import regex

LANGUAGES = tuple(renderer.language for renderer in RENDERERS)
_RENDERER: Mapping[str, Renderer] = {renderer.language: renderer for renderer in RENDERERS}
_NAME = regex(r"\$(usize_k|mutate|scalar|type|value|each|that|box|out|and|x|e|t|k|s)")
_RESULTS = (
    ("first", "second", "third", "fourth", "fifth", "sixth", "seventh"),
    ("step_one", "step_two", "step_three", "step_four", "step_five", "step_six", "step_seven"),
    ("current", "output", "further", "later", "deeper", "nearer", "latest"),
)
"""What the steps of a program are called but the last, of eight at most."""
_ELEMENTS = {"int": ("value", "item", "element"), "string": ("part", "item", "element")}


class Ways(Record, frozen=True, forbid_unknown_fields=True):
    """The ways to spell one use of a property or map: as an expression, and as lines."""

    value: list[str] = []
    lines: list[str] = []


class Spelling(Record, frozen=True, forbid_unknown_fields=True):
    """One language's file."""

    declare: str
    returns: str
    map: Ways
    keep: Ways
    any: Ways
    all: Ways
    tally: Ways
    each: dict[str, str]
    that: dict[str, str]
    step: dict[str, list[str]]
    dictionary: str = ""
    """Its type of dictionaries from `$box` or `$scalar` to int; empty where no type is written."""
    packages: dict[str, str] = {}
    """Text in a body -> the package that it needs."""
    true: str = "true"
    false: str = "false"


@cache
def spelling(language: str) -> Spelling:
    """How a language spells everything."""
    text = resources.files("passatk.corpus").joinpath("languages", f"{language}.toml").read_text()
    return msgspec.convert(tomllib.loads(text), Spelling)


def packages(language: str, body: str) -> list[str]:
    """What a body must import."""
    return sorted({package for text, package in spelling(language).packages.items() if text in body})


def body(program: AbstractProgram, parameter: str, language: str, draws: Draws) -> str:
    """Lines of a function's body that computes `program` of `parameter` and its other parameters, not indented."""
    return _Body(program, parameter, language, draws).text()


class _Body:
    def __init__(self, program: AbstractProgram, parameter: str, language: str, draws: Draws):
        self._program, self._language, self._draws = program, language, draws
        self._spelling, self._renderer = spelling(language), _RENDERER[language]
        self._current = self._named(parameter)
        self._in_loops, self._nested = draws.chance(0.4), draws.chance(0.3)
        self._results = draws.choice(_RESULTS)
        taken = {parameter, *(name for name, _ in program.extra)}
        kind = "string" if "string" in program.takes else "int"
        self._element = draws.choice([name for name in _ELEMENTS[kind] if name not in taken])
        self._lines: list[str] = []
        self._temporaries = 0
        self._waiting: tuple[str, str] | None = None  # type and name of what is still an expression

    def text(self) -> str:
        for number, step in enumerate(self._program.steps):
            last = number == len(self._program.steps) - 1
            out = self._named("result" if last else self._results[number])
            self._write(step, out, last)
        return "\n".join(self._lines)

    def _write(self, step: Applied, out: str, last: bool) -> None:
        template = self._template(step)
        if len(re.findall(r"\$x\b", template)) > 1:
            self._settle()
        names = self._names(step, out)
        if re.search(r"\$t\b", template):
            self._temporaries += 1
            names["t"] = "state" if self._temporaries == 1 else f"state{self._temporaries}"
        if "\n" in template:
            self._lines += _filled(template.strip("\n"), names).split("\n")
            self._current, self._waiting = out, None
            if last:
                self._return(out)
            return
        value = _filled(template, names)
        if last and (self._language != "python" or self._draws.chance(0.8)):
            self._return(value)
            return
        self._current, self._waiting = value, (names["type"], out)
        if last or not self._nested or not _is_one(value):
            self._settle()
        if last:
            self._return(out)

    def _return(self, value: str) -> None:
        self._lines.append(self._spelling.returns.replace("$value", value))

    def _settle(self) -> None:
        """Give an expression its name, if it is still one."""
        if self._waiting is not None:
            type_, out = self._waiting
            self._lines.append(_filled(self._spelling.declare, {"type": type_, "out": out, "value": self._current}))
            self._current, self._waiting = out, None

    def _template(self, step: Applied) -> str:
        """An expression, or lines (always with a line break) that give `$out`."""
        name, form = step.operation.name, step.operation.form
        if form == "step":
            return self._draws.choice(self._spelling.step[name])
        if form == "test":
            return self._spelling.that[name].replace("$e", "$x")
        change = self._change(name) if form in ("value", "each") else None
        if form == "value":
            if change is None:
                return self._spelling.each[name].replace("$e", "$x")
            declared = self._spelling.declare.replace("$value", "$x")
            return declared + "\n" + re.sub(r"\$e\b", "$out", change)
        ways: Ways = self._spelling.map if form == "each" else getattr(self._spelling, form)
        in_lines = self._in_loops or not ways.value or change is not None
        template = self._draws.choice(ways.lines if in_lines else ways.value)
        if change is None:
            return re.sub(r"\n *\$mutate", "", template)
        margin = re.search(r"\n( *)\$mutate", template)
        assert margin is not None, f"{self._language} has no place for lines that change an element"
        return template.replace(margin[0], "\n" + textwrap.indent(change, margin[1])).replace("$each", "$e")

    def _change(self, name: str) -> str | None:
        """The lines that change `$e`, where a language has no expression for a map."""
        each = self._spelling.each[name]
        return each.strip("\n") if "\n" in each or each.endswith(";") else None

    def _names(self, step: Applied, out: str) -> dict[str, str]:
        operation = step.operation
        item = _part(operation.takes) or _part(operation.gives) or operation.takes
        constant = self._constant(step)
        names = {
            "x": self._current,
            "e": self._element,
            "out": out,
            "k": constant,
            "s": constant,
            "usize_k": f"{constant} as usize" if step.parameter else constant,
            "and": "&" if item == "int" else "",
            "type": self._type(operation.gives),
            "scalar": self._type(item),
            "box": self._box(item),
        }
        if operation.form == "each" and self._change(operation.name) is None:
            names["each"] = _filled(self._spelling.each[operation.name], names)
        elif operation.form in ("keep", "any", "all", "tally"):
            names["that"] = _filled(self._spelling.that[operation.name], names)
        return names

    def _type(self, type_: str) -> str:
        if self._language == "javascript":
            return ""
        if (of := key(type_)) is not None:
            return _filled(self._spelling.dictionary, {"scalar": self._type(of), "box": self._box(of)})
        return self._renderer.type(type_)

    def _box(self, type_: str) -> str:
        return self._renderer.box(type_) if isinstance(self._renderer, Java) else self._type(type_)

    def _named(self, name: str) -> str:
        return camel(name) if self._language in ("java", "javascript", "go") else name

    def _constant(self, step: Applied) -> str:
        if step.parameter:
            return self._named(step.parameter)
        return "" if step.constant is None else spelled(step.constant, step.operation.primitive.fixed)


def _part(type_: str) -> str | None:
    """The type of the elements of a list or the keys of a dictionary."""
    return element(type_) or key(type_)


def spelled(constant: Constant, bare: bool = False) -> str:
    """A constant as all six languages write it."""
    if isinstance(constant, str):
        return constant if bare else json.dumps(constant)
    return repr(constant)


def _is_one(value: str) -> bool:
    """Whether an expression can stand where a name stood: nothing in it binds less than a call."""
    depth = 0
    for letter in value:
        depth += (letter in "([{") - (letter in ")]}")
        if depth == 0 and letter in " -":
            return False
    return True


def _filled(template: str, names: Mapping[str, str]) -> str:
    return _NAME.sub(lambda found: names[found[1]], template)
