"""Both sides of the wall in C++: tests become a function that asks, and what stands behind a program answers.

An examiner's source has three sections: the headers that its tests include, what answers their calls behind a program,
and the tests, with functions of the same names in place of the program's.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from passatk.languages.base import CannotCross, Language, harness
from passatk.languages.cpp_answering import answering
from passatk.languages.cpp_declared import (
    INCLUDE,
    PLAIN,
    Declared,
    Function,
    Union,
    declared_by,
    function_of,
    functions_in,
)
from passatk.languages.cpp_prepared import examiners_header, wall
from passatk.languages.lexing import blanked, end_by_braces
from passatk.languages.syntax import parsed, text_of
from passatk.records import Examiner, Problem
from passatk.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Node

ASSERT = (
    "#undef assert\n"
    "#define assert(...) (bool(__VA_ARGS__) ? (void)0 : ::passatk_wall::failed(#__VA_ARGS__, __LINE__))\n"
)
"""Takes conditions with commas in braces, too, and no words behind a condition."""
_SECTION = "\n\f\n"
_MAIN = regex(r"(?:\b(?:int|auto|void)\s+)?\bmain\s*\((?P<parameters>[^()]*)\)\s*(?:->\s*int\s*)?\{")
_MACRO = regex(r"^[ \t]*#[ \t]*define[ \t]+(?!_[A-Z_])(\w+)", re.MULTILINE)
"""But those that libraries are configured by, like `_GLIBCXX_DEBUG`."""
_CALLED = regex(r"void\(::(\w+)\(")
"""Where a program's function is called."""
MORE_THAN_VALUES = {
    "the time that a program takes": regex(
        r"\bdifftime\b|\bCLOCKS_PER_SEC\b|\bduration\s*<|\bnow\(\)(?!\s*\.\s*time_since_epoch)"
        r"|\bclock\(\).*\bclock\(\)|\btime\s*\([^()]*\)\s*-"
        r"|\b(time|gettimeofday|clock_gettime)\s*\(.*\b\1\s*\(",
        re.DOTALL,
    ),
    "what it prints or reads": regex(r"\brdbuf\b|\bfreopen\b|\bdup2\b"),
    "files": regex(r"\b[io]?fstream\b|\bfopen\b"),
    "threads": regex(r"\bj?thread\b|\basync\s*\("),
    "errno": regex(r"\berrno\b"),
    "numbers that a seed brings again": regex(r"\b(srand\w*)\s*\(\s*(\w*)\s*\).*\b\1\s*\(\s*\2\s*\)", re.DOTALL),
}
NO_NUMBERS = regex(r"nan\b|infinity|huge_val|/\s*\.?0[.0]*f?(?![\w.])", re.IGNORECASE)
"""Tests that speak of NaN, or of what may become it."""
_WHILE_COMPILING = r"\b(?:static_assert|constexpr|constinit|decltype|noexcept)\b[^;{}]*"
_CAUGHT = regex(r"\bcatch\s*\(\s*(?:const\s+)?(?:std\s*::\s*)?(\w+)")
_THROWN = frozenset(re.findall(r"\w+", harness("wall_exceptions.h"))) | {"exception", "int", "char", "string"}
"""What crosses as what it is."""
VARIABLE = regex(
    r"^(?:static\s+)?(?!const\b|constexpr\b|using\b|typedef\b|return\b|namespace\b)"
    r"[A-Za-z_][\w:<>, ]*[ &*>](\w+)\s*(?:[={][^;]*)?;",
    re.MULTILINE,
)
_STANDARD = frozenset(
    re.findall(
        r"\w+",
        """
    assert abs fabs labs llabs fabsf round roundf floor ceil trunc lround llround sqrt cbrt pow exp log log2 log10 sin
    cos tan asin acos atan atan2 fmod isnan isinf isfinite gcd lcm min max clamp swap sort stable_sort reverse unique
    find find_if count count_if accumulate iota equal mismatch is_sorted all_of any_of none_of copy fill transform
    distance begin end next prev advance next_permutation is_permutation lower_bound upper_bound binary_search
    max_element min_element nth_element partial_sum lexicographical_compare
    rand srand random srandom lrand48 drand48 srand48 random_device mt19937 mt19937_64 default_random_engine
    time clock gettimeofday exit abort printf fprintf sprintf snprintf puts putchar getline
    to_string stoi stol stoll stof stod atoi atof strlen strcmp strncmp memcmp memset memcpy
    isdigit isalpha isalnum isspace isupper islower ispunct toupper tolower
    make_pair make_tuple make_optional make_any any_cast get holds_alternative tie move forward
    string string_view vector map set pair tuple list deque array any optional stringstream bitset complex size_t
    """,
    )
)
"""What tests call without defining it."""
_NAMING = regex(r"declar|_specifier|defin|preproc|enumerator|for_range_loop")
"""Nodes that give a name to something: to what stands in one of `_FIELDS`, or, in `_BARE` ones, in none."""
_FIELDS = ("declarator", "name")
_BARE = frozenset(
    ("reference_declarator", "structured_binding_declarator", "type_parameter_declaration", "preproc_params")
)


def undone(code: str) -> str:
    """What undoes the macros of `code`, for what stands behind it."""
    return "".join(f"#undef {name}\n" for name in dict.fromkeys(_MACRO.findall(code)))


def behind(code: str, examiner: Examiner) -> str:
    """What stands behind a program and answers the examiner's calls.

    The types are those that the program read: `#define int long long` is how some write all of their integers.
    """
    answering = examiner.source.split(_SECTION)[1]
    includes, rest = answering[: (end := _code_begins(answering))], answering[end:]
    called = _CALLED.search(rest)
    head = re.search(rf"\b{called[1]}\s*\(", code) if called else None
    names = [name for name in ("int", "long") if name in _MACRO.findall(code[: head.start()] if head else "")]
    saved = "".join(f'#pragma push_macro("{name}")\n' for name in names)
    back = "".join(f'#pragma pop_macro("{name}")\n' for name in names)
    return f'{saved}{undone(code)}#line 1 "passatk"\n{includes}{back}{rest}'


def _code_begins(answering: str) -> int:
    return answering.index("\n", answering.rindex("#include")) + 1


def examiner_source(language: Language, problem: Problem, tests: str) -> str:
    """The three sections.

    Raises:
        CannotCross: the tests need more than values.
    """
    if any(re.search(r"\+\+(?:98|03)", option) for option in problem.options):
        raise CannotCross("C++ before C++11")
    code = INCLUDE.sub("\n", tests)
    plain = blanked(language.lexicon, code)
    declared = declared_by(language, problem)
    functions = [declared.function, *_from_reference(language, problem, declared, code)]
    if any(node.type == "declaration" and _calls(node) for node in parsed(language.grammar, code).named_children):
        raise CannotCross("a variable of the tests that is made before they run")
    _refuse_more_than_values(plain, functions, blanked(language.lexicon, declared.before))
    helpers = INCLUDE.sub("\n", declared.before)
    for name, union in declared.unions.items():
        helpers = helpers.replace(union.text, _telling(name, union))
    asking = "\n".join(_asking(function, place) for place, function in enumerate(functions))
    headers = "".join(f"#include {name}\n" for name in dict.fromkeys(_included(f"{declared.before}\n{tests}")))
    catches = re.search(r"\bcatch\b", plain) is not None
    answer = answering(functions, declared.unions, catches)
    function = _as_function(
        language, code, numbers=not NO_NUMBERS.search(language.without_comments(f"{helpers}{code}"))
    )
    return _SECTION.join((headers, answer, f'{helpers}\n{asking}\n#line 1 "tests"\n{function}'))


def _refuse_more_than_values(tests: str, functions: Sequence[Function], before: str) -> None:
    for words, pattern in MORE_THAN_VALUES.items():
        if pattern.search(tests):
            raise CannotCross(words)
    for name in _CAUGHT.findall(tests):
        if name not in _THROWN:
            raise CannotCross(f"{name}, which the tests catch")
    for name in VARIABLE.findall(before):
        if re.search(rf"\b{name}\b", tests):
            raise CannotCross(f"{name}, a variable of the prompt")
    for function in functions:
        if function.returns.text != "void" and any(type_.changed for type_, _ in function.parameters):
            raise CannotCross("an argument that may change beside a result")
        if function.returns.changed:
            raise CannotCross("a reference that it returns")
        if re.search(rf"{_WHILE_COMPILING}\b{function.name}\b", tests):
            raise CannotCross("what compilers see of it")


def _included(text: str) -> list[str]:
    return [f"<{name[1:-1]}>" for name in INCLUDE.findall(text)]


def _from_reference(language: Language, problem: Problem, declared: Declared, tests: str) -> Iterator[Function]:
    """Functions that the tests call and only the reference has.

    Raises:
        CannotCross: nobody has one of them, or the tests use something else that only the reference has.
    """
    nodes = list(_nodes(parsed(language.grammar, tests)))
    called = {text_of(node.child_by_field_name("function")) for node in nodes if node.type == "call_expression"}
    names = [node for node in nodes if node.type in ("identifier", "type_identifier")]
    local = {text_of(node) for node in names if _names(node)}
    local |= {declared.function.name, *language.outline(declared.before).names}
    reference = f"{problem.prompt}{problem.reference or ''}"
    theirs = dict(functions_in(parsed(language.grammar, reference)))
    defined = language.outline(reference).names
    used = (node for node in names if node.parent is not None and node.parent.type != "qualified_identifier")
    for name in dict.fromkeys(text_of(node) for node in used if text_of(node) not in local):
        if name in theirs:
            yield function_of(theirs[name], declared.aliases, {})
        elif name in defined or (name in called and name not in _STANDARD):
            raise CannotCross(f"{name}, which the problem does not declare")


def _names(node: "Node") -> bool:
    """Whether an identifier stands where something gets its name."""
    parent = node.parent
    if parent is None or not _NAMING.search(parent.type):
        return False
    return parent.type in _BARE or any(node in parent.children_by_field_name(field) for field in _FIELDS)


def _nodes(node: "Node") -> Iterator["Node"]:
    yield node
    for child in node.named_children:
        yield from _nodes(child)


def _calls(node: "Node") -> bool:
    return any(each.type == "call_expression" for each in _nodes(node))


def _as_function(language: Language, code: str, numbers: bool) -> str:
    """`code` with its main as a function that returns 0 at its end. `numbers`: NaN is no right answer."""
    plain = blanked(language.lexicon, code)
    main = _MAIN.search(plain)
    end = end_by_braces(language.lexicon, code[main.end() :], 0) if main else None
    if main is None or end is None:
        raise CannotCross("tests without a whole main")
    close = main.end() + end - 1
    parameters = main["parameters"].strip()
    given = "" if parameters in ("", "void") else "1, passatk_arguments"
    arguments = 'static char *passatk_arguments[] = {(char *)"tests", nullptr}; ' if given else ""
    opened = f"{arguments}static int passatk_main({parameters}) {{"
    expecting = "::passatk_wall::expect_numbers(); " if numbers else ""
    run = f"static int passatk_run() {{ {expecting}return passatk_main({given}); }}"
    return f"{code[: main.start()]}{opened}{code[main.end() : close]}\n;return 0; }}\n{run}\n{code[close + 1 :]}"


# --- the examiner's side


def _telling(name: str, union: Union) -> str:
    """A union as a struct that knows what it holds, with the same constructors and comparisons."""
    lines = [
        f"struct {name} {{",
        f"    {union.crossing} held;",
        f"    {name}({union.crossing} given) : held(given) {{}}",
    ]
    widest = union.widest
    for place, member in enumerate(union.members):
        same = f"held.index() == {place} && ::std::get<{place}>(held) == other"
        if widest is not None and member.text in PLAIN and place != widest:  # its bytes are among those
            wide = f"::passatk_wall::first_bytes<{member.text}>(::std::get<{widest}>(held))"
            same = f"held.index() == {widest} ? {wide} == other : {same}"
        lines += [
            f"    {name}({member.text} given) : held(::std::in_place_index<{place}>, given) {{}}",
            f"    bool operator==({member.text} other) {{ return {same}; }}",
        ]
    return "\n".join((*lines, "}"))


def _asking(function: Function, place: int) -> str:
    """The function as the tests find it."""
    names = [f"passatk_{at}" for at in range(len(function.parameters))]
    parameters = ", ".join(
        f"{type_.text} {'&' if type_.changed else 'const '}{name}{f' = {default}' if default else ''}"
        for name, (type_, default) in zip(names, function.parameters, strict=True)
    )
    given = ", ".join((str(place), *names))
    returns = function.returns
    how = "change" if returns.text == "void" else f"call<{returns.text}>"
    head = f"{returns.union or returns.text} {function.name}({parameters})"
    return f"{head} {{ return ::passatk_wall::{how}({given}); }}"


# --- the workshop


def workshop_source(examiners: Sequence[Examiner]) -> str:
    """One source for all of them, which have equal options, each in a namespace of its own."""
    sections = [examiner.source.split(_SECTION) for examiner in examiners]
    includes = dict.fromkeys(line for headers, _, _ in sections for line in headers.splitlines())
    tasks = [f'    {{"{each.name}", &::{each.name}::passatk_run}},' for each in examiners]
    spaces = [
        f"namespace {examiner.name} {{\n{code}\n}}\n{undone(code)}"
        for examiner, (_, _, code) in zip(examiners, sections, strict=True)
    ]
    return "\n".join(
        (
            f"#include <{examiners_header()[0]}>",
            *includes,
            f"#include <{wall()}/wall_more.h>",
            ASSERT,
            *spaces,
            "const ::passatk_wall::Task passatk_wall::tasks[] = {",
            *tasks,
            "    {nullptr, nullptr}};\n",
        )
    )
