"""Rust's two sides of the wall: an examiner's module, and the part of a program that answers its calls."""

import re
from collections.abc import Iterable, Sequence

from passatk.languages.base import CannotCross
from passatk.languages.lexing import blanked
from passatk.languages.rust_source import LEXICON, Function, Item, Own, Shape, Types, function, items, own
from passatk.records import Problem, Record

SEPARATOR = "\n// behind this line is the examiner, before it what answers its calls\n"
MAIN = "fn main() { passatk_serve::all() }"
HERE = "passatk_here"
"""Stands for the examiner's own module in its source: its name is made of that source."""

_USE_LEAF = re.compile(r"(\w+)\s*(?=[,;}]|\Z)|(\*)")
_CATCHES = re.compile(r"\bshould_panic\b|\bcatch_unwind\b")
_TEST_FUNCTION = re.compile(
    r"(?P<attributes>(?:#\[[^\]]*\]\s*)+)(?:pub(?:\s*\([^)]*\))?\s+)?(?P<head>fn\s+(?P<name>\w+))"
)
_TEST_ATTRIBUTE = re.compile(r"#\[\s*(?:test|should_panic\b[^\]]*|ignore\b[^\]]*)\s*\]")
_TEST_ONLY = re.compile(r"#!?\[\s*cfg\s*\(\s*test\s*\)\s*\]")
_EXPECTED = re.compile(r'should_panic\s*(?:\(\s*expected\s*=|=)\s*(r?#*"(?:\\.|[^"\\])*"#*)', re.DOTALL)
_SCOPE = re.compile(r"(?P<module>(?:pub(?:\s*\([^)]*\))?\s+)?\bmod\s+(?P<name>\w+)\s*)?\{|\}")
_MAIN = re.compile(r"\bfn\s+main\s*\(\s*\)")
_CRATE = re.compile(r"(?<![$\w])crate\s*::")
_CALLED = re.compile(r"(?<![\w.:'])([a-z_]\w*)\s*\(|(?<![\w.:'])([A-Z]\w*)\s*(?:::|[({])")
_BOUND = re.compile(r"\b(?:let|for|static|const)\s+([^=;]*)|\|([^|\n]*)\||\b(?:fn|struct|enum|trait|type|mod)\s+(\w+)")
_WORD = re.compile(r"\w+")
_ATTRIBUTE = re.compile(r"#!?\[[^\]]*\]")
_KNOWN = frozenset(
    re.findall(
        r"\w+",
        """if while for match return in loop as move unsafe else let mut ref fn impl where dyn pub crate super self Self
        drop Some None Ok Err Box Vec String Option Result Default Iterator IntoIterator FromIterator Extend From Into
        TryFrom TryInto AsRef AsMut Clone Copy Drop Fn FnMut FnOnce PartialEq Eq PartialOrd Ord ToString ToOwned Send
        Sync Sized bool char str u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64""",
    )
)
"""What every Rust program knows."""


class Sides(Record, frozen=True, kw_only=True):
    """What is generated of a task's tests."""

    serve: str
    """The end of a program."""
    examiner: str
    """The inside of a module."""
    tests: str
    """The part of `examiner` that is the tests, with what they find beside them."""


def both_sides(problem: Problem, tests: str) -> Sides:
    """Both sides for `tests`.

    Raises:
        CannotCross: the tests need more of a program than values.
    """
    closes = tests.lstrip().startswith("}")
    if closes:
        tests = tests.replace("}", "", 1)
    code = blanked(LEXICON, tests)
    known = _Names(problem, code)
    shown, calls = _made_callable(tests, code)
    own_types = [own(item) for item in known.types]
    _check_fields(own_types, known.all_types)
    codecs = "".join(_codec(type_, known.variants_named(type_.name)) for type_ in own_types)
    context = "".join(item.text for item in known.context)
    copied = "".join(item.text for item in known.copied)
    shown = _rooted(f"{context}\n{copied}\n{shown}")
    stubs = "".join(_stub(number, it) for number, it in enumerate(known.functions))
    module = f"mod passatk_codecs {{\n{codecs}}}\n" if codecs else ""
    run = f"pub fn passatk_run() {{\n{calls}}}\n"
    return Sides(
        serve=("}\n" if closes else "") + _serve(known.functions, codecs, bool(_CATCHES.search(code))),
        examiner=f"{shown}\n{_rooted(stubs)}{module}{run}",
        tests=shown,
    )


def _rooted(text: str) -> str:
    """`text` with its paths from the root of the crate from its module."""
    return _CRATE.sub(f"crate::{HERE}::", text)


# --- names -------------------------------------------------------------------------------------------------------


class _Names:
    """What the tests use, and where it is from."""

    def __init__(self, problem: Problem, code: str):
        self._code = code
        self._words = set(_WORD.findall(code))
        declared = items(problem.declaration)
        reference = items(problem.prompt + problem.reference + problem.suffix) if problem.reference else []
        entry, words = problem.entry_point, self._words
        asked = _asked(declared, entry, words) or _asked(reference, entry, words)
        if asked is None:
            raise CannotCross(f"{entry or 'something'}, which is not a function that is declared")
        self.context = self._context(declared, reference, asked)
        here = {item.name for item in self.context if item.name} | set(re.findall(r"\bfn\s+(\w+)", code))
        beyond = [item for item in reference if item.name and item.name not in here and item.name != asked.name]
        self.all_types = {
            item.name: item for item in (*beyond, *self.context) if item.kind in ("struct", "enum", "type", "union")
        }
        self._types = Types(frozenset(self.all_types))
        also = [item for item in beyond if item.kind == "fn" and self._used(item.name)]
        if self._used(asked.name) or any(asked.name in _WORD.findall(item.code) for item in self.context):
            also.insert(0, asked)
        if not any(self._used(item.name) for item in also):
            raise CannotCross("tests that call nothing that is declared")
        self.functions = [function(item, self._types) for item in also]
        self._settle(beyond)
        self._check(here)

    def _context(self, declared: list[Item], reference: list[Item], asked: Item) -> list[Item]:
        if asked in declared:
            return declared[: declared.index(asked)]
        return [item for item in reference if item.kind == "use"]

    def _used(self, name: str) -> bool:
        return name in self._words and re.search(rf"(?<![\w.]){name}\b", self._code) is not None

    def _settle(self, beyond: list[Item]) -> None:
        """Types that cross, and those that the examiner copies from the reference."""
        needed = set(self._types.named) | {name for name in self.all_types if self._used(name)}
        while True:
            more = {
                name for found in needed for name in self.all_types if name in _WORD.findall(self.all_types[found].code)
            }
            if more <= needed:
                break
            needed |= more
        crossing = set(self._types.named)
        for name in sorted(needed):
            if name in crossing or self.all_types[name] in beyond:
                crossing |= set(_WORD.findall(self.all_types[name].code)) & set(self.all_types)
                crossing.add(name)
        self.types = [item for name, item in self.all_types.items() if name in crossing and item.kind != "type"]
        self._foreign = {item.name for item in beyond}
        self.copied = [item for item in beyond if item.kind in ("struct", "enum", "type") and item.name in needed]
        names = {item.name for item in self.copied}
        self.copied += [item for item in beyond if item.kind in ("const", "static") and self._used(item.name)]
        for item in beyond:
            target = re.match(r"impl\b.*?\bfor\s+(\w+)|impl\s*(?:<[^{]*?>)?\s*(\w+)", item.code[item.head :], re.DOTALL)
            if item.kind == "impl" and target and (target[1] or target[2]) in names:
                if not target[1]:
                    raise CannotCross(f"{target[2]}, a type of the program's own")
                self.copied.append(item)

    def variants_named(self, name: str) -> frozenset[str] | None:
        """Variants that cross: of a type that only the reference has, those that the tests name; else None for all."""
        return frozenset(self._words) if name in self._foreign else None

    def _check(self, here: set[str]) -> None:
        """Raises CannotCross if the tests call something that is nowhere."""
        bound = {word for found in _BOUND.findall(self._code) for part in found for word in _WORD.findall(part)}
        used = [item.code for item in self.context if item.kind == "use"]
        inner = re.findall(r"\buse\s+[^;]*;", self._code)
        leaves = [leaf for text in (*used, *inner) for leaf in _USE_LEAF.findall(text)]
        if sum(1 for leaf in leaves if leaf[1]) > len(re.findall(r"\buse\s+(?:super::)+\*", self._code)):
            return  # what a glob brings is not known here
        known = here | bound | {leaf[0] for leaf in leaves} | _KNOWN | set(self.all_types)
        known |= {it.name for it in self.functions}
        for name in (name for found in _CALLED.findall(_ATTRIBUTE.sub("", self._code)) for name in found if name):
            if name not in known:
                raise CannotCross(f"{name}, which is neither declared nor in the reference")


def _asked(found: list[Item], name: str, words: set[str]) -> Item | None:
    """The function of that name, else the last that the tests name."""
    functions = [item for item in found if item.kind == "fn"]
    named = [item for item in functions if item.name == name]
    used = [item for item in functions if item.name in words]
    found = named or used
    return found[-1] if found else None


def _check_fields(own_types: Iterable[Own], known: dict[str, Item]) -> None:
    """Raises CannotCross if a field is more than a value."""
    for type_ in own_types:
        parameters = re.findall(r"(?<!')\b\w+", re.sub(r":[^,>]*", "", type_.generics))
        types = Types(frozenset((*known, *parameters)))
        for shape in type_.shapes:
            for text in shape.types:
                types.parameter(text)


# --- codecs of the program's own types --------------------------------------------------------------------------


def _codec(type_: Own, named: frozenset[str] | None) -> str:
    """How a struct or enum crosses, for a module below the one that has it."""
    shapes = [shape for shape in type_.shapes if named is None or not shape.name or shape.name in named]
    arguments = ", ".join(re.findall(r"'?\w+", re.sub(r":[^,>]*", "", type_.generics)))
    target = f"super::{type_.name}" + (f"<{arguments}>" if arguments else "")
    encoded = "".join(_encoded(type_.name, shape) for shape in shapes)
    decoded = "".join(_decoded(type_.name, shape) for shape in shapes)
    other = "" if type_.shapes and not type_.shapes[0].name else '_ => to.own("?", 0),'
    return (
        f"impl{_bounded(type_.generics, 'Encode')} ::passatk_wall::Encode for {target} {{\n"
        f"fn encode(&self, to: &mut ::passatk_wall::Writer) {{ match self {{\n{encoded}{other}\n}} }}\n}}\n"
        f"impl{_bounded(type_.generics, 'Decode')} ::passatk_wall::Decode for {target} {{\n"
        "fn decode(from: &mut ::passatk_wall::Reader) -> Self {\nfrom.enter();\nlet name = from.typed();\n"
        f"let made = match &*name {{\n{decoded}_ => from.unknown(&name),\n}};\nfrom.leave();\nmade\n}}\n}}\n"
    )


def _bounded(generics: str, trait: str) -> str:
    parts = [part for part in generics.strip()[1:-1].split(",") if part.strip()]
    joined = [
        part if part.strip().startswith("'") else f"{part}{' +' if ':' in part else ':'} ::passatk_wall::{trait}"
        for part in parts
    ]
    return f"<{', '.join(joined)}>" if joined else ""


def _path(name: str, shape: Shape) -> str:
    return f"super::{name}::{shape.name}" if shape.name else f"super::{name}"


def _encoded(name: str, shape: Shape) -> str:
    bound = ", ".join(f"{field}: passatk_{place}" for place, field in enumerate(shape.fields))
    written = "".join(f" ::passatk_wall::Encode::encode(passatk_{place}, to);" for place, _ in enumerate(shape.fields))
    return (
        f'{_path(name, shape)} {{ {bound} }} => {{ to.own("{shape.name or name}", {len(shape.fields)});{written} }}\n'
    )


def _decoded(name: str, shape: Shape) -> str:
    read = ", ".join(f"{field}: ::passatk_wall::Decode::decode(from)" for field in shape.fields)
    return f'"{shape.name or name}" => {{ from.fields({len(shape.fields)}); {_path(name, shape)} {{ {read} }} }}\n'


# --- the two sides of a function ---------------------------------------------------------------------------------


def _stub(number: int, it: Function) -> str:
    """A declared function on the examiner's side: it asks the program."""
    names = [f"passatk_{place}" for place in range(len(it.spelled))]
    taken = ", ".join(f"{name}: {type_}" for name, type_ in zip(names, it.spelled, strict=True))
    given = ""
    for name, type_ in zip(names, it.parameters, strict=True):
        given += f"call.argument({'&*' if type_.reference else '&'}{name}); "
    if it.changed:
        asked = f"let mut answer = call.ask(); let () = answer.value(); answer.changes({len(it.changed)}); "
        for place in it.changed:
            how = "change" if it.parameters[place].owned == it.parameters[place].text else "change_slice"
            asked += f"answer.{how}({place}, passatk_{place}); "
        asked += f"answer.end({len(it.changed)})"
    else:
        asked = "call.result()"
    unsafe = "unsafe " if it.unsafe else ""
    return (
        f"pub {unsafe}fn {it.name}{it.lifetimes}({taken}) -> {it.result_spelled} {{ let mut call ="
        f" ::passatk_examiner::Call::new({number}, {len(names)}); {given}{asked} }}\n"
    )


def _serve(functions: Sequence[Function], codecs: str, catching: bool) -> str:
    """The module of a program that answers calls, and its `main`."""
    answers = "".join(_answer(number, it) for number, it in enumerate(functions))
    table = ", ".join(f"answer_{number}" for number in range(len(functions)))
    how = "serve_catching" if catching else "serve"
    return f"mod passatk_serve {{\n{codecs}{answers}pub fn all() {{ ::passatk_wall::{how}(&[{table}]) }}\n}}\n{MAIN}\n"


def _answer(number: int, it: Function) -> str:
    read, given = "", []
    for place, type_ in enumerate(it.parameters):
        mutable = "mut " if type_.reference == "&mut" else ""
        read += f"let {mutable}passatk_{place}: {type_.owned} = call.argument();\n"
        given.append(f"{type_.given}passatk_{place}")
    called = f"super::{it.name}({', '.join(given)})"
    called = f"unsafe {{ {called} }}" if it.unsafe else called
    changed = "".join(f"call.change({place}, &passatk_{place});\n" for place in it.changed)
    return (
        f"pub fn answer_{number}(call: &mut ::passatk_wall::Call) {{\n{read}"
        f"let passatk_result: {it.result.whole} = {called};\ncall.result(&passatk_result);\n{changed}}}\n"
    )


# --- tests -------------------------------------------------------------------------------------------------------


def _made_callable(tests: str, code: str) -> tuple[str, str]:
    """`tests` without what a test runner reads, and the statements that run them in order.

    Raises:
        CannotCross: there is nothing to run.
    """
    found = [
        match
        for match in _TEST_FUNCTION.finditer(code)
        if any(part.strip("#[] \n\t") == "test" for part in re.findall(r"#\[[^\]]*\]", match["attributes"]))
    ]
    edits = [(match.start(), match.end(), "") for match in _TEST_ONLY.finditer(code)]
    calls = ""
    for match in found:
        attributes = tests[match.start() : match.end("attributes")]
        if "#[ignore" not in re.sub(r"\s", "", attributes):
            path = "".join(f"{name}::" for name in _modules(code, match.start())) + match["name"]
            expected = _EXPECTED.search(attributes)
            words = expected[1] if expected else '""'
            if "should_panic" in attributes:
                calls += f"::passatk_examiner::should_panic({words}, {path});\n"
            else:
                calls += f"::passatk_examiner::test({path});\n"
        kept = _TEST_ONLY.sub("", _TEST_ATTRIBUTE.sub("", attributes))
        edits = [edit for edit in edits if not match.start() <= edit[0] < match.end()]
        edits.append((match.start(), match.start("head"), f"{kept}pub "))
    if not found and _MAIN.search(code):
        calls = "::passatk_examiner::test(main);\n"
    if not calls:
        raise CannotCross("tests that run nothing")
    edits += [
        (match.start("module"), match.start("module"), "pub ")
        for match in _SCOPE.finditer(code)
        if match["module"] and not match["module"].startswith("pub")
    ]
    for start, end, text in sorted(edits, reverse=True):
        tests = tests[:start] + text + tests[end:]
    return tests, calls


def _modules(code: str, place: int) -> list[str]:
    """Names of the modules that are open at `place`."""
    opened: list[str] = []
    for match in _SCOPE.finditer(code, 0, place):
        if match[0] == "}":
            opened = opened[:-1]
        else:
            opened.append(match["name"] or "")
    return [name for name in opened if name]


def workshop_source(modules: Sequence[tuple[str, str]]) -> str:
    """The crate of several examiners: (name, inside of its module) each."""
    inside = "".join(f"pub mod {name} {{\n{text.replace(HERE, name)}\n}}\n" for name, text in modules)
    table = ", ".join(f'("{name}", {name}::passatk_run as fn())' for name, _ in modules)
    return f"{_ASSERT}{inside}fn main() {{ ::passatk_examiner::main(&[{table}]) }}\n"


# an assertion with words of its own says nothing else
_ASSERT = (
    "macro_rules! assert { ($held:expr $(,)?) => { ::std::assert!($held) };"
    " ($held:expr, $($words:tt)+) => { if !$held { ::passatk_examiner::failed(::std::format_args!($($words)+)) } } }\n"
)
