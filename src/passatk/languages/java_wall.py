"""Java's two sides of the wall: the examiner's source with a class that sends calls, and the program's."""

import hashlib
import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from passatk.languages import java_tests
from passatk.languages.base import CannotCross, Language, harness
from passatk.languages.heads import heads
from passatk.languages.java_types import NAMES, TUPLES, letters
from passatk.languages.lexing import Lexicon, blanked, open_braces, spans
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
_HEAD = regex(
    r"\s*(?P<modifiers>(?:(?:public|private|protected|static|final|synchronized|strictfp|abstract|default)\s+|@\w+\s+)*)"
    r"(?:<(?P<variables>[^()]*?)>\s+(?=[\w]))?(?P<type>[\w.<>,\[\]?\s&]+?)\s*(?<=[\s>\]])(?P<name>\w+)\s*\((?P<parameters>.*)\)"
    r"(?P<throws>\s*throws\b[^{]*)?\s*\{?\s*\Z",
    re.DOTALL,
)
_OBJECT = "passatk_object"
IMPORT = regex(r"^[ \t]*(import\s[\w.* \t]+;)", re.MULTILINE)
PACKAGE = regex(r"^[ \t]*package\s+\w+(?:\s*\.\s*\w+)*\s*;", re.MULTILINE)
_TOP_TYPE = regex(
    r"\bpublic(?=\s+(?:(?:final|abstract|sealed|strictfp|static|non-sealed|@[\w.]+(?:\s*\([^()]*\))?)\s+)*"
    r"(?:class|@?\s*interface|enum|record)\s+\w)"
)
_TUPLES_IMPORT = regex(r"\bimport\s+org\s*\.\s*javatuples\s*\.\s*(?:\*|\w+)\s*;")
_TUPLE_NAMES = regex(r"\b(?:Tuple|KeyValue|LabelValue|javatuples|" + "|".join(TUPLES) + r")\b")
_SEEDLESS = (
    (
        regex(r"\bnew\s+(?:java\s*\.\s*util\s*\.\s*)?Random\s*\(\s*(?:System\s*\.\s*\w+\s*\(\s*\)\s*)?\)"),
        "new java.util.Random(42)",
    ),
    (regex(r"(?<![\w.])(?:java\s*\.\s*lang\s*\.\s*)?Math\s*\.\s*random\s*\(\s*\)"), "passatk.Asking.random()"),
    (regex(r"(?<![\w.])(?:[\w.]+\.)?ThreadLocalRandom\s*\.\s*current\s*\(\s*\)"), "passatk.Asking.RANDOM"),
    (regex(r"(?<![\w.])(?:java\s*\.\s*util\s*\.\s*)?Collections\s*\.\s*shuffle\s*\("), "passatk.Asking.shuffle("),
)
_NO_NUMBERS = regex(r"nan\b|infinity|/\s*\.?0[.0]*[fd]?(?![\w.])", re.IGNORECASE)
"""Tests that speak of NaN, or of what may become it."""
_DISTANCE = regex(r"(?<![\w.])(?:java\s*\.\s*lang\s*\.\s*)?Math\s*\.\s*abs\s*\("), "passatk.Asking.abs("
_UNORDERED = regex(r"\brandom\b|\b(?:Set|Map)\s*\.\s*(?:of|ofEntries|copyOf)\b|\btoUnmodifiable(?:Set|Map)\b")


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
    found = _HEAD.match(head)
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
    shell = PACKAGE.sub("", text[:start])
    owners = re.findall(r"\bclass\s+(\w+)", blanked(lexicon, shell))
    if not owners or open_braces(lexicon, shell) < 1:
        raise CannotCross("its method is declared outside of a class")
    owner = owners[-1]
    methods = [method_of(head)]
    java_tests.check(lexicon, tests, shell, problem.reference or "", methods[0].result == "void")
    methods += _others(language, problem, owner, shell, tests, methods[0].name)
    _check_classes(blanked(lexicon, shell), methods)
    shell = re.sub(r"^(\s*)public\s+(?=(?:\w+\s+)*(?:class|interface|enum|record)\s)", r"\1", shell, flags=re.MULTILINE)
    made = not methods[0].static
    numbers = not _NO_NUMBERS.search(language.without_comments(f"{shell}\n{tests}"))
    imports = " ".join(IMPORT.findall(tests))
    lines = [f"private final int {_OBJECT} = passatk.Asking.make({len(methods)});"] if made else []
    lines += [_sending(number, method, len(methods) + 1 if made else 0) for number, method in enumerate(methods)]
    lines += ["static { passatk.Asking.expectNumbers(); }"] if numbers else []
    clear = blanked(lexicon, tests)
    asked = " ".join(f"{one.name} {one.signature};{_asks(clear, owner, one, made)}" for one in methods)
    closing = "}" * open_braces(lexicon, shell)
    body = "\n".join([shell.rstrip(), *lines, closing, PACKAGE.sub("", IMPORT.sub("", tests))])
    body = replaced(lexicon, body, (*_SEEDLESS, *([_DISTANCE] if numbers else ())))
    return f"// {owner} {asked}\n{imports}\n{without_dead_tuples(lexicon, body)}\n"


def _asks(tests: str, owner: str, method: Method, made: bool) -> str:
    """What a compiler would ask of it for these tests, as `harness/java/Serve.java` reads it."""
    by_class = re.search(rf"(?<!new )\b{owner}\s*\.\s*{method.name}\s*\(", tests)
    by_object = re.search(rf"\bnew\s+{owner}\b", tests)
    static = method.static and (by_class or not by_object)
    unchecked = not re.search(r"\b(?:throws|catch|assertThrows)\b", f"{tests}\n{method.head}")
    exact = re.search(r"[eE]quals\s*\(", tests) is not None
    return "." * bool(static) + "+" * made + "!" * unchecked + "=" * exact


def _check_classes(shell: str, methods: list[Method]) -> None:
    own = set(re.findall(r"\b(?:class|interface|enum|record)\s+(\w+)", shell)) & NAMES
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


def replaced(lexicon: Lexicon, code: str, calls: Sequence[tuple[re.Pattern[str], str]]) -> str:
    """`code` in which other functions are called."""
    for pattern, instead in calls:
        for found in reversed(list(pattern.finditer(blanked(lexicon, code)))):
            code = code[: found.start()] + instead + code[found.end() :]
    return code


def without_dead_tuples(lexicon: Lexicon, code: str) -> str:
    """`code` without imports of javatuples where it uses none: the jar makes a compiler slow."""
    if "javatuples" not in code:
        return code
    clear = blanked(lexicon, code)
    if _TUPLE_NAMES.search(_TUPLES_IMPORT.sub(" ", clear)):
        return code
    for found in reversed(list(_TUPLES_IMPORT.finditer(clear))):
        code = code[: found.start()] + " " * len(found[0]) + code[found.end() :]
    return code


def needs_order(lexicon: Lexicon, code: str) -> bool:
    """Whether `code` draws at random or looks at sets whose order does."""
    return _UNORDERED.search(blanked(lexicon, code)) is not None


def program_source(lexicon: Lexicon, body: str, declaration: str, asked: Asked, whole: bool) -> str:
    """A sample for a file of any name: in no package, no class public, with the imports that it can count on."""
    body = body.removeprefix("\ufeff")
    clear = blanked(lexicon, body)
    for found in reversed(list(PACKAGE.finditer(clear))):
        body = body[: found.start()] + " " * len(found[0]) + body[found.end() :]
    for place in reversed(_public_types(lexicon, body, clear)):
        body = body[:place] + "      " + body[place + len("public") :]
    given = IMPORT.findall(asked.imports) + (IMPORT.findall(declaration) if whole else [])
    for line in re.findall(r"import [^;]*;", asked.imports):
        given += [] if line in given else [line]
    imports = "".join(f"{line} " for line in dict.fromkeys(given) if not _taken(line, clear))
    return without_dead_tuples(lexicon, imports + body)


def _public_types(lexicon: Lexicon, body: str, clear: str) -> list[int]:
    """Where `public` stands before types outside of all others."""
    found = [match.start() for match in _TOP_TYPE.finditer(clear)]
    if not found:
        return []
    tops, depth = [], 0
    marks = [(start, 1 if body[start] == "{" else -1) for kind, start, _ in spans(lexicon, body)
             if kind in ("open", "close") and body[start] in "{}"]  # fmt: skip
    for place in found:
        while marks and marks[0][0] < place:
            depth += marks.pop(0)[1]
        if depth <= 0:
            tops.append(place)
    return tops


def _taken(line: str, clear: str) -> bool:
    """Whether a program has an import already, or has the name that it would bring."""
    name = line.rstrip("; \t").split(".")[-1].strip()
    words = re.sub(r"\s+", " ", line)
    if words in re.sub(r"\s+", " ", clear):
        return True
    return name != "*" and bool(
        re.search(rf"\b(?:class|interface|enum|record)\s+{name}\b|\bimport\s[\w.\s]*\.\s*{name}\s*;", clear)
    )
