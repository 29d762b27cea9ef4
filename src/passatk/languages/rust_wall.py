"""Rust's two sides of the wall: an examiner's module, and the part of a program that answers its calls."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from passatk.languages.base import CannotCross
from passatk.languages.lexing import blanked, open_braces
from passatk.languages.rust_source import (
    GRAMMAR,
    LEXICON,
    Function,
    Item,
    Own,
    function,
    items,
    own_type,
    reached,
    replaced,
    rooted,
    words_of,
)
from passatk.languages.syntax import parsed, text_of
from passatk.records import Problem
from passatk.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Node

ENTRY = "crate::passatk_serve::all()"
"""Where a program begins."""
HERE = "passatk_here"
"""Stands for the examiner's own module in its source: its name is made of that source."""

_USE_LEAF = regex(r"(\w+)\s*(?=[,;}]|\Z)|(\*)")
_CATCHES = regex(r"\bshould_panic\b|\bcatch_unwind\b")
_EXPECTED = regex(
    r'should_panic\s*(?:\(\s*expected\s*=|=)\s*(r(?P<hashes>#*)".*?"(?P=hashes)|"(?:\\.|[^"\\])*")', re.DOTALL
)
_TEST_ONLY = regex(r"#\s*!?\s*\[\s*(?:test|should_panic\b.*|ignore\b.*)\s*\]", re.DOTALL)
_TEST = regex(r"#\s*\[\s*test\s*\]")
_TEST_BY_PATH = regex(r"#\s*\[\s*(?:::\s*)?(?:core|std)\s*::\s*prelude\s*::\s*\w+\s*::\s*test\s*\]")
_TEST_BY_CFG = regex(r"#\s*\[\s*cfg_attr\s*\(\s*test\s*,([^\]]*)\)\s*\]")
_MAY_BE_TEST = regex(r"#\s*!?\s*\[[^\]]*\btest\b|\bprelude\s*::[^;]*\btest\b")
"""Whatever may make a function a test: in an attribute, or another name of the attribute."""
_CFG = regex(r"\bcfg\s*!?\s*\([^\]{};]*")
UNLISTED = "tests that can be listed (a macro makes some of the problem's tests)"
_CRATE = regex(r"(?<![$\w])crate\s*::")
_CALLED = regex(r"(?<![\w.:'])([a-z_]\w*)\s*\(|(?<![\w.:'])([A-Z]\w*)\s*(?:::|[({])")
_BOUND = regex(r"\b(?:let|for|static|const)\s+([^=;]*)|\|([^|\n]*)\||\b(?:fn|struct|enum|trait|type|mod)\s+(\w+)")
_MORE_THAN_VALUES = {
    "state that is kept": regex(
        r"\bstatic\s+mut\b|\b(?:thread_local|lazy_static)\s*!|\bAtomic[A-Z]\w*"
        r"|\bstatic\s+\w+\s*:[^=;]*\b(?:Mutex|RwLock|Once\w*|Lazy\w*|\w*Cell)\b"
    ),
    "threads": regex(r"\bthread\s*::|\bspawn\s*\(|\b(?:Arc|Mutex|RwLock|mpsc)\b"),
    "places in memory": regex(r"\bptr\s*::|\bptr_eq\b|\bas_(?:mut_)?ptr\b|\bas\s*\*|\.\s*capacity\s*\("),
    "files or the environment": regex(r"\b(?:env|fs)\s*::|\bset_var\b|\bFile\s*::"),
}
_CONSTANT = (
    r"(?:(?<![*'])\b(?:const|static)\s(?:[^;]|;\s*\w+\s*\])*|\bconst\s*\{{[^}}]*|(?<!!)\[[^\[\];]*;[^\[\];]*)\b{}\s*\("
)
"""A call that a compiler makes."""
_ATTRIBUTE = regex(r"#!?\[[^\]]*\]")
_TYPES = ("struct_item", "enum_item", "type_item")
_CONSTANTS = ("const_item", "static_item")
_COPIED = (*_CONSTANTS, "function_item")
_KNOWN = words_of(
    """if while for match return in loop as move unsafe else let mut ref fn impl where dyn pub crate super self Self
    drop Some None Ok Err Box Vec String Option Result Default Iterator IntoIterator FromIterator Extend From Into
    TryFrom TryInto AsRef AsMut Clone Copy Drop Fn FnMut FnOnce PartialEq Eq PartialOrd Ord ToString ToOwned Send
    Sync Sized bool char str u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64"""
)
"""What every Rust program knows."""


def both_sides(problem: Problem, tests: str) -> tuple[str, str]:
    """The end of a program, and the inside of an examiner's module.

    Raises:
        CannotCross: the tests need more of a program than values.
    """
    closing, tests = without_closing(tests)
    shown, calls = made_callable(tests, "::passatk_examiner")
    if not calls:
        raise CannotCross("tests that run nothing")
    if not lists_every_test(tests):
        raise CannotCross("tests that a macro makes")
    known = _Names(problem, blanked(LEXICON, tests))
    codecs = "".join(_codec(type_, known.variants_named(type_.name)) for type_ in known.crossing)
    stubs = "".join(_stub(number, it) for number, it in enumerate(known.functions))
    beside = "".join(item.text for item in (*known.context, *known.copied))
    catching = bool(_CATCHES.search(shown + calls))
    if catching and any(it.changed for it in known.functions):
        raise CannotCross("a function that may change what it is given before it panics")
    serve = closing + _serve(known, codecs, catching)
    return serve, replaced(_CRATE, f"crate::{HERE}::", f"{beside}\n{shown}\n{stubs}") + codecs + calls


# --- names -------------------------------------------------------------------------------------------------------


class _Names:
    """What the tests use, and where it is from. `code`: the tests without strings and comments."""

    def __init__(self, problem: Problem, code: str):
        self._words = words_of(code)
        declared = items(problem.declaration)
        reference = items(problem.prompt + problem.reference + problem.suffix) if problem.reference else []
        asked = self._asked(declared, problem.entry_point) or self._asked(reference, problem.entry_point)
        if asked in declared[:-1] and open_braces(LEXICON, problem.declaration) > 1:
            raise CannotCross("a method")  # it is open, and what it belongs to
        if asked is None:
            raise CannotCross(f"{problem.entry_point or 'something'}, which is not a function that is declared")
        self.context = (
            declared[: declared.index(asked)]
            if asked in declared
            else [item for item in reference if item.kind == "use_declaration"]
        )
        here = {item.name for item in self.context if item.name} | set(re.findall(r"\bfn\s+(\w+)", code))
        beyond = [item for item in reference if item.name not in {*here, asked.name}]
        self.types = {item.name: item for item in (*beyond, *self.context) if item.kind in _TYPES}
        self._foreign = {item.name for item in beyond}
        helpers = " ".join(item.text for item in self.context)
        called = {name for found in _CALLED.findall(code) for name in found}
        asking = [asked] if asked.name in self._words | words_of(helpers) else []
        others = [item for item in beyond if item.kind == "function_item" and item.name in called]
        self._lent = self._helpers(others, beyond) if asking and asked in declared else set()
        asking += [item for item in others if item.name not in self._lent]
        if not any(item.name in self._words for item in asking):
            raise CannotCross("tests that call nothing that is declared")
        self.functions = [function(item, self.types) for item in asking]
        for it in self.functions:
            if it.result and any(each.reference == "&mut" for each in it.parameters):
                raise CannotCross(f"{it.name}, which changes what it is given and returns something too")
        self._settle(beyond)
        for item in asking:
            if re.search(rf"\bconst\s+fn\s+{item.name}\b", item.text) and re.search(_CONSTANT.format(item.name), code):
                raise CannotCross(f"{item.name}, which the compiler calls")
        _check_values_alone(code, " ".join(blanked(LEXICON, item.text) for item in (*self.context, *self.copied)))
        self._check(code, here)

    def _asked(self, found: list[Item], name: str) -> Item | None:
        """The function of that name, else the last that the tests name."""
        functions = [item for item in found if item.kind == "function_item"]
        named = [item for item in functions if item.name == name]
        found = named or [item for item in functions if item.name in self._words]
        return found[-1] if found else None

    def _helpers(self, others: list[Item], beyond: list[Item]) -> set[str]:
        """Names that the examiner copies from the reference to have the functions `others` itself.

        No program can know of them. None where they rest on more than functions and constants.
        """
        there = {item.name: item for item in beyond if item.name}
        names = reached({item.name for item in others}, there)
        shown = {item.text.strip() for item in self.context}
        imported = any(item.kind == "use_declaration" and item.text.strip() not in shown for item in beyond)
        return set() if imported or any(there[name].kind not in _COPIED for name in names) else names

    def _settle(self, beyond: list[Item]) -> None:
        """Types that cross, and what the examiner copies from the reference."""
        spelled = words_of(" ".join(f"{it.result} {it.parameters}" for it in self.functions))
        crossing = [self.types[name] for name in sorted(reached(spelled, self.types))]
        self.crossing = [it for it in (own_type(item, self.types) for item in crossing) if it is not None]
        self.aliases = [rooted(item.text, self.types) for item in crossing if item.kind == "type_item"]
        copied = reached(spelled | self._words, self.types) & self._foreign
        self.copied = [item for item in beyond if item.name in copied and item.kind in _TYPES]
        wanted = {item.name for item in beyond if item.kind in _CONSTANTS and item.name in self._words} | self._lent
        self.copied += [item for item in beyond if item.name in wanted]
        for item in beyond:
            if item.kind == "impl_item" and words_of(item.text.partition("{")[0]) & copied:
                raise CannotCross("a type with functions of its own that only the reference has")

    def variants_named(self, name: str) -> set[str] | None:
        """Variants that cross: of a type that only the reference has, those that the tests name; else None for all."""
        return {name, *self._words} if name in self._foreign else None

    def _check(self, code: str, here: set[str]) -> None:
        """Raises CannotCross if the tests call something that is nowhere."""
        bound = {word for found in _BOUND.findall(code) for part in found for word in words_of(part)}
        used = [item.text for item in self.context if item.kind == "use_declaration"]
        inner = re.findall(r"\buse\s+[^;]*;", code)
        leaves = [leaf for text in (*used, *inner) for leaf in _USE_LEAF.findall(text)]
        if sum(1 for leaf in leaves if leaf[1]) > len(re.findall(r"\buse\s+(?:super::)+\*", code)):
            return  # what a glob brings is not known here
        known = here | bound | {leaf[0] for leaf in leaves} | _KNOWN | self.types.keys()
        known |= {it.name for it in self.functions} | {item.name for item in self.copied}
        for name in (name for found in _CALLED.findall(_ATTRIBUTE.sub("", code)) for name in found if name):
            if name not in known:
                raise CannotCross(f"{name}, which is neither declared nor in the reference")


def _check_values_alone(tests: str, shown: str) -> None:
    """Raises CannotCross if tests, or what is shown beside them, depend on what the two processes do not share."""
    for what, pattern in _MORE_THAN_VALUES.items():
        if pattern.search(f"{tests} {shown}"):
            raise CannotCross(f"tests that look at {what}")
    if "catch_unwind" in tests and re.search(r"\bdowncast", tests):
        raise CannotCross("tests that look at what a panic holds")


# --- codecs of the program's own types --------------------------------------------------------------------------


def _codec(type_: Own, named: set[str] | None) -> str:
    """How a struct or enum crosses."""
    shapes = [(name, fields) for name, fields in type_.shapes.items() if named is None or name in named]
    arms = [_crossing(type_, name, fields) for name, fields in shapes]
    bare = re.sub(r":[^,>]*", "", type_.generics)
    bounds = [
        part if part.strip().startswith("'") else f"{part}{' +' if ':' in part else ':'} ::passatk_wall::Value"
        for part in type_.generics[1:-1].split(",")
        if part.strip()
    ]
    other = '_ => to.own("?", 0),' if type_.is_enum else ""
    writes, reads = ("".join(arm[side] for arm in arms) for side in (0, 1))
    return (
        f"impl<{', '.join(bounds)}> ::passatk_wall::Value for {type_.name}{bare} {type_.where} {{\n"
        f"fn write(&self, to: &mut ::passatk_wall::Writer) {{ match self {{\n{writes}{other}\n}} }}\n"
        "fn read(from: &mut ::passatk_wall::Reader) -> Self { from.typed(|from, name| match name {\n"
        f"{reads}_ => from.unknown(name),\n}}) }}\n}}\n"
    )


def _crossing(type_: Own, name: str, fields: Sequence[str]) -> tuple[str, str]:
    """The arms that write and read a struct or a variant."""
    path = f"{type_.name}::{name}" if type_.is_enum else name
    bound = ", ".join(f"{field}: passatk_{place}" for place, field in enumerate(fields))
    writes = "".join(f" ::passatk_wall::Value::write(passatk_{place}, to);" for place, _ in enumerate(fields))
    reads = ", ".join(f"{field}: ::passatk_wall::Value::read(from)" for field in fields)
    return (
        f'{path} {{ {bound} }} => {{ to.own("{name}", {len(fields)});{writes} }}\n',
        f'"{name}" => {{ from.fields({len(fields)}); {path} {{ {reads} }} }}\n',
    )


# --- the two sides of a function ---------------------------------------------------------------------------------


def _stub(number: int, it: Function) -> str:
    """A declared function on the examiner's side: it asks the program."""
    taken = ", ".join(f"passatk_{place}: {each.spelled}" for place, each in enumerate(it.parameters))
    given = "".join(
        f"call.argument({'&*' if each.reference else '&'}passatk_{place}); " for place, each in enumerate(it.parameters)
    )
    asked = "call.result()"
    if it.changed:
        changes = "".join(f"answer.change({place}, &mut *passatk_{place}); " for place in it.changed)
        asked = f"let mut answer = call.changing({len(it.changed)}); {changes}answer.end()"
    return (
        f"pub fn {it.name}{it.lifetimes}({taken}) -> {it.result or '()'} {{"
        f" let mut call = ::passatk_examiner::Call::new({number}, {len(it.parameters)}); {given}{asked} }}\n"
    )


def _serve(known: _Names, codecs: str, catching: bool) -> str:
    """The module of a program that answers calls."""
    answers = "".join(_answer(number, it, known) for number, it in enumerate(known.functions))
    table = ", ".join(f"answer_{number}" for number in range(len(known.functions)))
    served = f"::passatk_wall::serve(&[{table}], {str(catching).lower()})"
    aliases = "".join(known.aliases)  # a program may do without them
    return (
        f"mod passatk_serve {{\nuse super::*;\n{aliases}\n{codecs}{answers}pub fn all() {{ {served} }}\n}}\n"
        "extern crate passatk_wall;\n"
    )


def _answer(number: int, it: Function, known: _Names) -> str:
    read, given = "", []
    for place, each in enumerate(it.parameters):
        type_ = rooted(each.type, known.types)
        held = f"::std::boxed::Box<{type_}>" if each.reference else type_
        read += f"let mut passatk_{place}: {held} = call.argument();\n"
        given.append(f"{each.reference + ' *' if each.reference else ''}passatk_{place}")
    type_ = f": ::std::primitive::{it.result}" if it.result in ("f32", "f64") else ""
    sent = words_of(" ".join([it.result, *(it.parameters[place].type for place in it.changed)]))
    width = [word for word in ("f32", "f64") if word in sent]
    if len(width) == 1 and not sent & {"Any", *known.types}:
        read += f"call.floats(b'{'e' if width == ['f32'] else 'd'}');\n"
    changed = "".join(f"call.change({place}, &*passatk_{place});\n" for place in it.changed)
    return (
        f"fn answer_{number}{it.lifetimes}(call: &mut ::passatk_wall::Call) {{\nuse super::*;\n{read}"
        f"let passatk_result{type_} = super::{it.name}({', '.join(given)});\n"
        f"call.result({'passatk_result' if it.result else '()'}, {len(it.changed)});\n{changed}}}\n"
    )


# --- tests -------------------------------------------------------------------------------------------------------


def without_closing(tests: str) -> tuple[str, str]:
    """The brace that closes the function before `tests`, if they begin with it, and the rest of them."""
    closes = tests.lstrip().startswith("}")
    return ("}\n", tests.replace("}", "", 1)) if closes else ("", tests)


def made_callable(tests: str, runner: str) -> tuple[str, str]:
    """`tests` without what a test runner reads, and the function that runs them in order; "" if that is nothing.

    `runner`: the module with `test` and `should_panic`.
    """
    tests = _plain(tests)
    source = tests.encode("utf-8", "surrogatepass")
    edits: list[tuple[int, int, bytes]] = []
    calls = "".join(_tests_in(parsed(GRAMMAR, tests), "", runner, edits))
    if not calls and re.search(r"\bfn\s+main\s*\(\s*\)", blanked(LEXICON, tests)):
        calls = f"{runner}::test(main);\n"
    for start, end, text in sorted(edits, reverse=True):
        source = source[:start] + text + source[end:]
    return source.decode("utf-8", "surrogatepass"), f"pub fn passatk_run() {{\n{calls}}}\n" if calls else ""


def _plain(tests: str) -> str:
    """`tests` where `#[test]` stands as such, and where what is there for tests is there; without comments."""
    tests = blanked(LEXICON, tests, strings=False)
    tests = replaced(_TEST_BY_PATH, "#[test]", tests)
    tests = replaced(_TEST_BY_CFG, r"#[\1]", tests)
    return replaced(_CFG, lambda found: re.sub(r"\btest\b", "all()", found[0]), tests)


def lists_every_test(tests: str) -> bool:
    """Whether all that may make a test stands as `#[test]` where it is found, and none in a macro."""
    code = blanked(LEXICON, _plain(tests))
    edits: list[tuple[int, int, bytes]] = []
    _tests_in(parsed(GRAMMAR, code), "", "", edits)
    raw = code.encode("utf-8", "surrogatepass")
    listed = [raw[start:end].decode("utf-8", "surrogatepass") for start, end, _ in edits]
    return sum(1 for text in listed if _TEST.fullmatch(text)) == len(_MAY_BE_TEST.findall(code))


def _tests_in(scope: "Node", path: str, runner: str, edits: list[tuple[int, int, bytes]]) -> list[str]:
    """Calls of the tests in a module; `edits` (start, end, instead) make them callable."""
    calls, attributes = [], ""
    for node in scope.named_children:
        if node.type in ("attribute_item", "inner_attribute_item"):
            attributes += text_of(node)
            if _TEST_ONLY.fullmatch(text_of(node)):
                edits.append((node.start_byte, node.end_byte, b""))
            continue
        if "comment" in node.type:
            continue
        name = text_of(node.child_by_field_name("name"))
        body = node.child_by_field_name("body")
        is_test = node.type == "function_item" and _TEST.search(attributes) is not None
        if (is_test or node.type == "mod_item") and node.children[0].type != "visibility_modifier":
            edits.append((node.start_byte, node.start_byte, b"pub "))
        if is_test and "#[ignore" not in re.sub(r"\s", "", attributes):
            expected = _EXPECTED.search(attributes)
            words = expected[1] if expected else '""'
            how = f"should_panic({words}, " if "should_panic" in attributes else "test("
            calls.append(f"{runner}::{how}{path}{name});\n")
        if node.type == "mod_item" and body is not None:
            calls += _tests_in(body, f"{path}{name}::", runner, edits)
        attributes = ""
    return calls


def workshop_source(modules: Sequence[tuple[str, str]]) -> str:
    """The crate of several examiners: (name, inside of its module) each."""
    inside = "".join(f"pub mod {name} {{\n{text.replace(HERE, name)}\n}}\n" for name, text in modules)
    table = ", ".join(f'("{name}", {name}::passatk_run as fn())' for name, _ in modules)
    main = f"fn main() {{ ::passatk_examiner::main(&[{table}]) }}\n"
    return f"extern crate passatk_wall;\nextern crate passatk_examiner;\n{_ASSERT}{inside}{main}"


# an assertion with words of its own says nothing else
_ASSERT = (
    "macro_rules! assert { ($held:expr $(,)?) => { ::std::assert!($held) };"
    " ($held:expr, $($words:tt)+) => { if !$held { ::passatk_examiner::failed(::std::format_args!($($words)+)) } } }\n"
)
