"""What an answer in Java is made of, and how its methods come into a `class Solution` that tests can reach."""

import re

import msgspec

from passatk.languages.lexing import (
    DOUBLE_QUOTED,
    SINGLE_QUOTED,
    SLASH_STAR,
    SLASHES,
    Lexicon,
    blanked,
    end_by_braces,
    open_braces,
)
from passatk.languages.syntax import LONGEST, Grammar, Part, outline
from passatk.regex import regex

LEXICON = Lexicon(
    comments=(SLASHES, SLASH_STAR),
    strings=(r'"""(?:\\.|[^\\])*?(?:"""|\\?\Z)', DOUBLE_QUOTED, SINGLE_QUOTED),
    multiline=("/*", '"""'),
)
GRAMMAR = Grammar(
    module="tree_sitter_java",
    query="""
        (method_declaration name: (identifier) @name body: (block) @body) @function
        (class_declaration name: (identifier) @name) @definition
        (interface_declaration name: (identifier) @name) @definition
        (enum_declaration name: (identifier) @name) @definition
        (record_declaration name: (identifier) @name) @definition
        (annotation_type_declaration name: (identifier) @name) @definition
        (field_declaration declarator: (variable_declarator name: (identifier) @name)) @definition
        (import_declaration (scoped_identifier name: (identifier) @name) . ";") @import
        (import_declaration (asterisk)) @import
    """,
    scopes=frozenset(("block", "lambda_expression", "constructor_body")),
    opened="Solution",
)
_OF_CLASSES = msgspec.structs.replace(GRAMMAR, opened="")
_TYPE = regex(
    r"(?P<annotations>(?:@\w+(?:\([^()]*\))?\s*)*)(?P<modifiers>(?:(?:public|private|protected|static|final|abstract|strictfp)\s+)*)"
    r"(?P<kind>class|interface|enum|record)\s+(?P<name>\w+)"
)
_MEMBER = regex(
    r"(?:@\w+(?:\([^()]*\))?\s*)*(?!(?:return|throw|else|new|assert)\b)\w[\w.<>\[\],?&\s]{0,200}[\s>\]]\w+"
    r"\s*(?:\[[\s\]\[]*)?[=;,]|static\s*\{"
)
"""What of a class is neither a method nor a type: fields, which look like variables, and initialisers."""
_CONSTANT = regex(
    r"(?:(?:public|private|protected)\s+)?(?:static\s+final|final\s+static)\s+"
    r"(?:boolean|byte|short|int|long|char|float|double|String)\s"
)
_TEST_CLASS = regex(r"@(?:Test|ParameterizedTest|RepeatedTest)\b|\bextends\s+TestCase\b")
_TEST_METHOD = regex(r"@(?:\w*Test|(?:Before|After)\w*)\b")
_OUTER = "SolutionOwner"


def shaped(code: str, entry: str) -> str:
    """`code` with its methods in a `class Solution`, whatever class they came in; where `entry` is empty, in theirs."""
    if open_braces(LEXICON, code) == 1 and code.rstrip().endswith("}") and _TYPE.search(blanked(LEXICON, code)):
        code = f"{code.rstrip()}\n}}\n"  # the answer ended behind a method
    parts = outline(_OF_CLASSES, code).parts
    testing = [part for part in parts if _TYPE.match(part.text) and _TEST_CLASS.search(blanked(LEXICON, part.text))]
    if testing and len(code) <= LONGEST:  # what is longer is one part
        beside = [part for part in parts if part not in testing]
        if entry and not any(entry in part.names for part in beside):
            testing = [one for part in testing for one in (_tests_in(code, part) if entry in part.names else [part])]
        code = _without(code, testing)
        parts = outline(_OF_CLASSES, code).parts
    loose = [part for part in parts if part.kind in ("function", "other") and not _TYPE.match(part.text)]
    loose = [part for part in loose if re.search(r"\w", part.text) and not part.text.startswith("import ")]
    classes = [part for part in parts if _TYPE.match(part.text)]
    methods = {name for part in loose if part.kind == "function" for name in part.names}
    if methods and (not classes or entry in methods):
        imports = "".join(f"{part.text}\n" for part in parts if part.kind == "import")
        inside = "\n".join(part.text for part in loose if part.kind == "function" or _is_member(part.text))
        others = "\n".join(part.text for part in classes)
        code = f"{imports}class Solution {{\n{inside}\n}}\n{others}"
        classes = [part for part in outline(_OF_CLASSES, code).parts if _TYPE.match(part.text)]
    elif classes:  # statements outside of classes only show how to use them
        code = _without(code, [part for part in loose if part.kind == "other"])
        classes = [part for part in outline(_OF_CLASSES, code).parts if _TYPE.match(part.text)]
    code = _without_access(code, classes)
    return _with_solution(code, entry) if entry else code


def has_state(code: str, owner: str) -> bool:
    """Whether the class `owner` in `code` has fields that are more than constants."""
    return any(part.kind == "definition" and not _CONSTANT.match(part.text) for part in _members(code, owner))


def methods(code: str, owner: str) -> set[str]:
    """The names of the methods of the class `owner` in `code`."""
    return {name for part in _members(code, owner) if part.kind == "function" for name in part.names}


def _members(code: str, owner: str) -> list[Part]:
    """What of the class `owner` in `code` is no type."""
    parts = outline(msgspec.structs.replace(GRAMMAR, opened=owner), code).parts
    return [part for part in parts if part.inside and not _TYPE.match(part.text)]


def _is_member(text: str) -> bool:
    """Whether a part that is no method can stand in `class Solution`."""
    clear = blanked(LEXICON, text)
    return _MEMBER.match(clear) is not None and not re.search(r"\bnew\s+Solution\b", clear)


def _tests_in(code: str, tested: Part) -> list[Part]:
    """The methods of a class that are tests."""
    opening = _TYPE.match(tested.text)
    assert opening is not None  # that made it a class
    members = _members(code, opening["name"])
    return [part for part in members if _TEST_METHOD.search(blanked(LEXICON, part.text).partition("{")[0])]


def _without(code: str, parts: list[Part]) -> str:
    for part in reversed(parts):
        code = code[: part.start] + code[part.end :]
    return code


def _without_access(code: str, classes: list[Part]) -> str:
    """`code` with its classes visible in their file alone: only one could be public, and that is the tests' own."""
    for part in reversed(classes):
        opening = _TYPE.match(part.text)
        assert opening is not None  # that made it a class
        kept = " ".join(word for word in opening["modifiers"].split() if word in ("final", "abstract"))
        head = f"{opening['annotations']}{kept}{' ' if kept else ''}{opening['kind']} {opening['name']}"
        code = code[: part.start] + head + part.text[opening.end() :] + code[part.end :]
    return code


def _with_solution(code: str, entry: str) -> str:
    """`code` with a `class Solution` in no other class that has the method `entry`."""
    method = re.compile(rf"(?<![\w.]){re.escape(entry)}\s*\([^;{{}}]*\)\s*(?:throws\s[\w, .]+)?\{{")
    parts = [part for part in outline(_OF_CLASSES, code).parts if _TYPE.match(part.text)]
    holder = next((part for part in parts if entry in part.names), None)
    found = method.search(blanked(LEXICON, holder.text)) if holder else None
    if holder is None or found is None:
        return code
    owners = _owners(holder.text, found.start())
    names = [owner["name"] for owner in owners]
    if "Solution" not in (names[0], names[-1]) and any("Solution" in part.names for part in parts):
        return code
    text = _opened(holder.text, found.start(), owners)
    before, behind = code[: holder.start], code[holder.end :]
    if len(owners) == 1:
        code = before + text + behind
        return code if names[0] == "Solution" else renamed(code, names[0], "Solution", entry)
    if all(owner["kind"] == "class" and "static" in owner["modifiers"].split() for owner in owners[1:]):
        if names[0] == "Solution":
            return code
        code = before + renamed(text, "Main", _OUTER, entry) + behind if names[0] == "Main" else before + text + behind
        within = ".".join([_OUTER if names[0] == "Main" else names[0], *names[1:]])
        return f"{code.rstrip()}\nclass Solution extends {within} {{ }}\n"
    inner = re.search(r"\bclass\s+Solution\b", blanked(LEXICON, text))
    if names[-1] != "Solution" or inner is None:
        return code
    body = text.index("{", inner.start()) + 1
    end = end_by_braces(LEXICON, text[body:], 0)
    return before + text[inner.start() : body + end] + behind if end is not None else code


def _owners(text: str, place: int) -> list[re.Match[str]]:
    """The openings of all types in `text` that `place` stands in, the outermost first."""
    clear = blanked(LEXICON, text)
    found = []
    for opening in _TYPE.finditer(clear[:place]):
        body = clear.find("{", opening.end()) + 1
        if 0 < body <= place:
            end = end_by_braces(LEXICON, clear[body:], 0)
            if end is None or body + end > place:
                found.append(opening)
    return found


def _opened(text: str, method: int, owners: list[re.Match[str]]) -> str:
    """`text` with the method at `method`, its class and its constructor without arguments in the tests' reach."""
    line = max(text.rfind("\n", 0, method) + 1, owners[-1].end())
    text = text[:line] + re.sub(r"\bprivate\s+", "", text[line:method]) + text[method:]
    barred = ["private|final" if owner is not owners[0] else "" for owner in owners]
    if len(re.findall(r"\babstract\b", blanked(LEXICON, text))) == 1:  # a class of static methods alone
        barred[-1] += "|abstract"
    for owner, words in reversed(list(zip(owners, barred, strict=True))):
        kept = re.sub(rf"\b(?:{words.strip('|') or '(?!)'})\s+", "", owner["modifiers"])
        text = text[: owner.start("modifiers")] + kept + text[owner.end("modifiers") :]
    name = owners[-1]["name"]
    refuses = rf"\bprivate\s+{name}\s*\(\s*\)\s*\{{(?:\s|//[^\n]*\n)*throw\b[^;]*;"
    text = re.sub(refuses, f"{name}() {{", text)
    return re.sub(rf"\bprivate\s+({name}\s*\(\s*\)\s*\{{)", r"\1", text)


def renamed(code: str, name: str, new: str, entry: str) -> str:
    """`code` with the class `name` called `new`; a method may have the same name."""
    spoken = blanked(LEXICON, code)
    called = r"(?!\w)" if name != entry else r"(?!\w|\s*\()"
    pattern = rf"(?<![\w.]){re.escape(name)}{called}|\bnew\s+(?P<made>{re.escape(name)})(?!\w)"
    for found in reversed(list(re.finditer(pattern, spoken))):
        start = found.start("made") if found["made"] else found.start()
        code = code[:start] + new + code[found.end() :]
    return code
