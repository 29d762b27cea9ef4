"""Java's two sides of the wall: the examiner's source with a class that sends calls, and the program's."""

import hashlib
import re
from functools import cache
from itertools import pairwise

from passatk.languages import java_tests
from passatk.languages.base import CannotCross, Language, harness
from passatk.languages.heads import heads
from passatk.languages.java_shape import has_state
from passatk.languages.java_shape import methods as methods_of
from passatk.languages.java_sharing import refuse_shared
from passatk.languages.java_source import (
    LAST_EXIT,
    imports_apart,
    in_any_file,
    replaced,
    types_in,
    with_imports,
    without_dead_tuples,
    without_package,
)
from passatk.languages.java_types import NAMES, letters
from passatk.languages.lexing import Lexicon, blanked, open_braces
from passatk.records import Problem, Record
from passatk.regex import regex

_CLASSES = (
    *(
        "Asking",
        "Broken",
        "Compiler",
        "Examiner",
        "Incoming",
        "Lookup",
        "Order",
        "Outgoing",
        "Proof",
        "Raised",
        "Ranks",
    ),
    *("Serve", "Surroundings", "Train", "Type", "Wire"),
)
FILES = tuple(f"java/{name}.java" for name in _CLASSES)
"""The harness."""

_BOXES = {
    "boolean": "Boolean",
    "byte": "Byte",
    "short": "Short",
    "int": "Integer",
    "long": "Long",
    "char": "Character",
    "float": "Float",
    "double": "Double",
}
_PARAMETER = regex(
    r"\s*(?:final\s+|@\w+(?:\([^()]*\))?\s*)*(?P<type>.*?)\s*(?P<dots>\.\.\.)?\s*(?<=[\s>\].])(?P<name>\w+)"
    r"\s*(?P<brackets>(?:\[\s*\])*)\s*\Z",
    re.DOTALL,
)
HEAD = regex(
    r"\s*(?P<modifiers>(?:(?:public|private|protected|static|final|synchronized|strictfp|abstract|default)\s+|@\w+\s+)*)"
    r"(?:<(?P<variables>[^()]*?)>\s+(?=[\w]))?(?P<type>[\w.<>,\[\]?\s&]+?)\s*(?<=[\s>\]])(?P<name>\w+)\s*\((?P<parameters>.*)\)"
    r"(?P<throws>\s*throws\b[^{]*)?\s*\{?\s*\Z",
    re.DOTALL,
)
_CLASS = regex(r"\bclass\s+(\w+)")
_OBJECT = "passatk_object"
_SEEDLESS = (
    (
        regex(r"\bnew\s+(?:java\s*\.\s*util\s*\.\s*)?Random\s*\(\s*(?:System\s*\.\s*\w+\s*\(\s*\)\s*)?\)"),
        "new java.util.Random(42)",
    ),
    (regex(r"(?<![\w.])(?:java\s*\.\s*lang\s*\.\s*)?Math\s*\.\s*random\s*\(\s*\)"), "passatk.Asking.random()"),
    (regex(r"(?<![\w.])(?:[\w.]+\.)?ThreadLocalRandom\s*\.\s*current\s*\(\s*\)"), "passatk.Asking.RANDOM"),
    (regex(r"(?<![\w.])(?:[\w.]+\.)?ThreadLocalRandom(?=\s+\w)"), "java.util.Random"),
    (regex(r"(?<![\w.])(?:java\s*\.\s*util\s*\.\s*)?Collections\s*\.\s*shuffle\s*\("), "passatk.Asking.shuffle("),
)


@cache
def wall_hash() -> str:
    """Of the harness, which is a part of every examiner and program."""
    return hashlib.sha256("".join(map(harness, FILES)).encode()).hexdigest()[:16]


class Method(Record, frozen=True, kw_only=True):
    """A method that the tests call."""

    name: str
    signature: str
    """In letters: `(`, the parameters, `)`, the result."""
    head: str
    """As it is declared, up to its body."""
    result: str
    """Its type as it is declared."""
    names: tuple[str, ...]
    """Of the parameters."""
    static: bool


class Asked(Record, frozen=True, kw_only=True):
    """What an examiner asks of a program: its class and methods by number."""

    owner: str
    methods: tuple[tuple[str, str], ...]
    """(name, signature and what the tests ask of it, see `harness/java/Serve.java`)"""
    imports: str
    """Those of the tests."""


def method_of(head: str) -> Method:
    """
    Raises:
        CannotCross: it is no head, or has a type whose values do not cross.
    """
    found = HEAD.match(head)
    if found is None:
        raise CannotCross(f"its declaration cannot be read: {' '.join(head.split())[:80]}")
    variables = frozenset(re.findall(r"(?:^|,)\s*(\w+)", re.sub(r"<[^<>]*>", "", found["variables"] or "")))
    types, names = [], []
    for part in _split(found["parameters"]):
        words = _PARAMETER.match(part)
        if words is None:
            raise CannotCross(f"its parameter cannot be read: {part.strip()}")
        types.append(letters(words["type"] + ("[]" if words["dots"] else "") + words["brackets"], variables))
        names.append(words["name"])
    result = letters(found["type"], variables)
    if "[o" in result and not re.search(r"\bObject\b", found["type"]):
        raise CannotCross(f"values of type {found['type'].strip()}")
    head = re.sub(r"\b(?:private|abstract|default)\s+", "", head[: head.rindex(")") + 1]) + (found["throws"] or "")
    return Method(
        name=found["name"],
        signature=f"({''.join(types)}){result}",
        head=head.strip(),
        result=found["type"].strip(),
        names=tuple(names),
        static="static" in found["modifiers"].split(),
    )


def _split(parameters: str) -> list[str]:
    """What commas part, those within `<>` aside."""
    depth, cuts = 0, [-1]
    for place, letter in enumerate(parameters):
        depth += (letter in "<(") - (letter in ">)")
        if letter == "," and depth == 0:
            cuts.append(place)
    parts = [parameters[a + 1 : b] for a, b in pairwise([*cuts, len(parameters)])]
    return [part for part in parts if part.strip()]


def examiner_source(language: Language, problem: Problem, tests: str) -> str:
    """The tests, the prompt's helpers, and methods that send calls. Its first line says what it asks, in a comment.

    Raises:
        CannotCross: see `Language.examiner`.
    """
    lexicon = language.lexicon
    text = next((t for t in (problem.declaration, problem.prompt) if _last_head(language, t)), "")
    found = _last_head(language, text)
    if found is None:
        raise CannotCross("no method is declared")
    start, head = found
    shell = without_package(lexicon, text[:start])
    opened = [one for one in _CLASS.finditer(blanked(lexicon, shell)) if open_braces(lexicon, shell[one.start() :])]
    if not opened or open_braces(lexicon, shell) != 1:
        raise CannotCross("its method is declared outside of a class, or in one within another")
    owner = opened[-1][1]
    methods = [method_of(head)]
    java_tests.check(lexicon, tests, shell, problem.reference or "", methods[0].result == "void")
    methods += _others(language, problem, owner, shell, tests, methods[0].name)
    _check_classes(blanked(lexicon, shell), methods)
    own = frozenset(head.name for head in heads(blanked(lexicon, shell), language))
    refuse_shared(tests, owner, {method.name: method.signature for method in methods}, own)
    shell = re.sub(r"^(\s*)public\s+(?=(?:\w+\s+)*(?:class|interface|enum|record)\s)", r"\1", shell, flags=re.MULTILINE)
    made = not methods[0].static
    numbers = not java_tests.speaks_of_nan(language.without_comments(f"{shell}\n{tests}"))
    imports, rest = imports_apart(lexicon, tests)
    # first the declared method: the shell may end with annotations of it
    lines = [_sending(number, method, len(methods) + 1 if made else 0) for number, method in enumerate(methods)]
    lines += [f"private final int {_OBJECT} = passatk.Asking.make({len(methods)});"] if made else []
    lines += ["static { passatk.Asking.expectNumbers(); }"] if numbers else []
    clear = blanked(lexicon, tests)
    asked = " ".join(f"{one.name} {one.signature};{_asks(clear, owner, one, made)}" for one in methods)
    closing = "}" * open_braces(lexicon, shell)
    body = "\n".join([shell.rstrip(), *lines, closing, without_package(lexicon, rest)])
    distances = java_tests.distances(imports) if numbers else ()
    body = replaced(lexicon, body, (*_SEEDLESS, (LAST_EXIT, "passatk.Asking.end("), *distances))
    return f"// {owner} {asked}\n{' '.join(imports)}\n{without_dead_tuples(lexicon, body)}\n"


def _asks(tests: str, owner: str, method: Method, made: bool) -> str:
    """What a compiler would ask of it for these tests, as `harness/java/Serve.java` reads it."""
    by_class = re.search(rf"(?<!new )\b{owner}\s*\.\s*{method.name}\s*\(", tests)
    by_object = re.search(rf"\bnew\s+{owner}\b", tests)
    static = method.static and (by_class or not by_object)
    exact = re.search(r"[eE]quals\s*\(", tests) is not None
    return "." * bool(static) + "+" * made + java_tests.expected(tests) + "=" * exact


def _check_classes(shell: str, methods: list[Method]) -> None:
    own = types_in(shell) & NAMES
    for method in methods:
        for name in re.findall(r"\w+", method.head):
            if name in own:
                raise CannotCross(f"values of the prompt's own class {name}")


def _last_head(language: Language, text: str) -> tuple[int, str] | None:
    """Where the last method's head begins, and the head."""
    clear = blanked(language.lexicon, text)
    found = max(heads(clear, language), key=lambda head: head.start, default=None)
    return None if found is None else (found.start, clear[found.start : found.body])


def _others(language: Language, problem: Problem, owner: str, shell: str, tests: str, asked: str) -> list[Method]:
    """What else the tests call of the program: not the asked method nor the prompt's, but one of the reference's."""
    clear = blanked(language.lexicon, tests)
    if re.search(rf"\bnew\s+{owner}\s*\(\s*[^\s)]", clear):
        raise CannotCross(f"an object of {owner} that is made with arguments")
    own = {head.name for head in heads(blanked(language.lexicon, shell), language)} | {asked}
    reference = blanked(language.lexicon, problem.prompt + problem.reference) if problem.reference else ""
    given = {head.name: reference[head.start : head.body] for head in heads(reference, language)}
    if methods_of(f"{problem.prompt}{problem.reference or ''}", owner) & java_tests.OF_OBJECTS - own:
        raise CannotCross(f"what objects of {owner} are as texts, or when they are compared")
    words = set(re.findall(r"(?<!\bnew )\b(\w+)\s*\(", clear))
    if words & own - {asked} and has_state(shell + "}" * open_braces(language.lexicon, shell), owner):
        raise CannotCross(f"what methods of the prompt and of the program share in an object of {owner}")
    variables = set(re.findall(rf"\b{owner}\s+(\w+)\s*[=;,)]", clear))
    of_it = rf"(?:(?<![\w.]){owner}|\bnew\s+{owner}\s*\(\s*\)|(?<![\w.])(?:{'|'.join(variables) or '(?!)'}))"
    found: dict[str, Method] = {}
    for name, called in re.findall(rf"{of_it}\s*\.\s*(\w+)\s*(\(?)", clear):
        if name in own or name in found or (not called and re.search(rf"\bfinal\b[^;{{}}]*\b{name}\s*=", shell)):
            continue
        if not called or name not in given:
            raise CannotCross(f"{name} of {owner}, which is neither declared nor in the prompt or the reference")
        found[name] = method_of(given[name])
    if re.search(rf"\bextends\s+{owner}\b", clear):
        defined = {head.name for head in heads(clear, language)}
        for name in set(re.findall(r"(?<![\w.])(?<!new )(\w+)\s*\(", clear)) & set(given) - own - defined - set(found):
            found[name] = method_of(given[name])
    return [found[name] for name in sorted(found)]


def _sending(number: int, method: Method, chooser: int) -> str:
    """`chooser`: the number of the function that says which object is asked; 0 where there are none."""
    arguments = f'{number}, "{method.signature}", new Object[] {{{", ".join(method.names)}}}'
    of_object = chooser and not method.static
    call = f"passatk.Asking.{f'callOf({chooser}, {_OBJECT}, ' if of_object else 'call('}{arguments});"
    cast = _BOXES.get(method.result, method.result)
    return f"{method.head} {{ {'' if method.result == 'void' else f'return ({cast}) '}{call} }}"


def asked_of(source: str) -> Asked:
    """What an examiner's source says in its first lines."""
    first, imports = source.split("\n", 2)[:2]
    _, owner, *words = first.split(" ")
    return Asked(owner=owner, methods=tuple(zip(words[::2], words[1::2], strict=True)), imports=imports)


def program_source(lexicon: Lexicon, body: str, declaration: str, asked: Asked, whole: bool) -> str:
    """A sample for a file of any name, with the imports that it can count on."""
    given, _ = imports_apart(lexicon, asked.imports)
    if whole:
        given += imports_apart(lexicon, declaration)[0]
    return without_dead_tuples(lexicon, with_imports(lexicon, in_any_file(lexicon, body), given))
