"""Both sides of the wall in C++: declarations and tests become stubs for the tests, and calls of a program.

An examiner's source has three sections: the headers that its tests include, the calls that its programs serve, and the
tests with stubs in place of the program's functions.
"""

import re
from collections.abc import Iterator, Sequence

from passatk.languages.base import CannotCross, Language
from passatk.languages.cpp_signatures import (
    INCLUDE,
    UNDEF,
    UNION,
    Function,
    Signatures,
    Union,
    declared_by,
    function_of,
    included_by,
    signatures_of,
)
from passatk.languages.cpp_types import Type
from passatk.languages.heads import Head, heads
from passatk.languages.lexing import blanked, end_by_braces
from passatk.records import Examiner, Problem

_SECTION = "\n\f\n"
_MAIN = re.compile(r"(?:\b(?:int|auto|void)\s+)?\bmain\s*\((?P<parameters>[^()]*)\)\s*(?:->\s*int\s*)?\{")
_CALLED = re.compile(r"(?<![\w.:])(?<!->)([A-Za-z_]\w*)\s*\(")
_DEFINED = re.compile(r"#\s*define\s+(\w+)")
_TYPED = re.compile(r"(?:[\w>][&*\s]*[&*\s]|\])\s*\b([A-Za-z_]\w*)\s*(?=[({=;,)\[:])")
_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
    if for while switch return sizeof catch assert static_assert decltype defined alignof noexcept throw new delete
    do else case and or not typeid co_return co_await static_cast
    void bool char wchar_t short int long signed unsigned float double auto size_t
    string vector map set pair tuple list deque array optional any variant unordered_map unordered_set multimap multiset
    stack queue priority_queue string_view stringstream ostringstream istringstream complex function bitset list_any
    abs fabs labs llabs fabsf abort exit round roundf floor ceil trunc sqrt cbrt pow exp log log2 log10 sin cos tan asin
    acos atan atan2 fmod hypot isnan isinf isfinite lround llround max min swap sort stable_sort reverse unique find
    find_if count count_if accumulate iota equal is_sorted all_of any_of none_of copy fill transform next_permutation
    lower_bound upper_bound binary_search max_element min_element distance advance begin end next prev gcd lcm clamp
    rand srand time clock printf fprintf puts putchar sprintf snprintf getline to_string stoi stol stoll stof stod atoi
    atof strlen strcmp strncmp memcmp memset memcpy isdigit isalpha isalnum isspace isupper islower ispunct toupper
    tolower make_pair make_tuple make_optional make_any any_cast get get_if holds_alternative tie move forward
    is_permutation mismatch lexicographical_compare nth_element partial_sum adjacent_difference inner_product
    """,
    )
)
"""What tests call without defining it."""


def examiner_source(language: Language, problem: Problem, tests: str) -> str:
    """The three sections.

    Raises:
        CannotCross: the tests need more than values.
    """
    if any(re.search(r"\+\+(?:98|03)", option) for option in problem.options):
        raise CannotCross("C++ before C++11")
    declared, head = declared_by(language, problem)
    known = signatures_of(declared[: head.start], problem)
    code = UNDEF.sub("\n", INCLUDE.sub("\n", _without_brace(tests)))
    functions = [function_of(declared, head, known)]
    functions += [
        function_of(text, found, known) for text, found in _from_reference(language, problem, code, known, head)
    ]
    bodies = UNION.sub(
        lambda found: _tagged(known.unions[found["name"]]) if found["name"] in known.unions else found[0], known.helpers
    )
    stubs = "\n".join(_stub(function, place, known) for place, function in enumerate(functions))
    catches = "true" if re.search(r"\bcatch\b", blanked(language.lexicon, code)) else "false"
    serves = "\n".join(
        (
            *(f"#include <{name}>" for name in sorted({name for each in functions for name in _headers(each, known)})),
            *(_served(function, place, known) for place, function in enumerate(functions)),
            f"catches {catches}",
        )
    )
    includes = dict.fromkeys((*known.includes, *included_by(tests)))
    headers = "".join(f"#include {name}\n" for name in includes)
    return _SECTION.join((headers, serves, f'{bodies}\n{stubs}\n#line 1 "tests"\n{_as_function(language, code)}'))


def _without_brace(tests: str) -> str:
    """Some tests begin with what closes the function before them."""
    return re.sub(r"\A\s*\}", "", tests)


def _from_reference(
    language: Language, problem: Problem, tests: str, known: Signatures, head: Head
) -> Iterator[tuple[str, Head]]:
    """Functions that the tests call and only the reference has.

    Raises:
        CannotCross: nobody has one of them, or the tests use a class that only the reference has.
    """
    plain = blanked(language.lexicon, tests)
    local = f"{known.helpers}\n{plain}"
    there = {*_WORDS, head.name, *known.unions, *known.aliases, *_TYPED.findall(local), *_DEFINED.findall(local)}
    reference = blanked(language.lexicon, f"{problem.prompt}{problem.reference or ''}", strings=False)
    theirs = {found.name: found for found in heads(reference, language)}
    for name in dict.fromkeys(_CALLED.findall(plain)):
        if name in there:
            continue
        if name not in theirs:
            raise CannotCross(f"{name}, which the problem does not declare")
        yield reference, theirs[name]
    classes = re.findall(r"\b(?:class|struct|union|enum)\s+(\w+)\s*[:{]", problem.reference or "")
    for name in classes:
        if name not in there and re.search(rf"\b{name}\b", plain):
            raise CannotCross(f"{name}, a class of the program")


def _as_function(language: Language, code: str) -> str:
    """`code` with its main as a function that returns 0 at its end."""
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
    run = f"static int passatk_run() {{ return passatk_main({given}); }}"
    return f"{code[: main.start()]}{opened}{code[main.end() : close]}\n;return 0; }}\n{run}\n{code[close + 1 :]}"


# --- the examiner's side


def _tagged(union: Union) -> str:
    """A MultiPL-E union as a struct that knows what it holds, with the same constructors and comparisons."""
    lines = [f"struct {union.name} {{", "    int passatk_holds;"]
    for place, type_ in enumerate(union.members):
        lines += [
            f"    {type_.text} f{place};",
            f"    {union.name}({type_.text} given) : passatk_holds({place}), f{place}(given) {{}}",
            f"    bool operator==({type_.text} other) {{ return passatk_holds == {place} && f{place} == other; }}",
        ]
    lines.append(f"    {union.name}() : passatk_holds(0), f0{{}} {{}}")
    lines.append(f"    void passatk_take(::passatk_wall::In &in) {{\n{_tag_reader(union)}    }}\n}};")
    return "\n".join(lines)


def _tag_reader(union: Union) -> str:
    cases = "".join(
        f"        case {place}: ::passatk_wall::Codec<{type_.text}>::take(in, f{place}); break;\n"
        for place, type_ in enumerate(union.members)
    )
    return (
        "        const char *name; in.expect('a');\n"
        '        if (in.length(name) != 1) ::passatk_wall::broken("a union without its place");\n'
        "        switch (passatk_holds = *name - 'A') {\n"
        f"{cases}"
        '        default: ::passatk_wall::broken("a union of a type that it does not have");\n        }\n'
    )


def _stub(function: Function, place: int, known: Signatures) -> str:
    """The function as the tests find it: it asks the program."""
    head = ", ".join(
        f"{written} passatk_{at}{f' = {default}' if default else ''}"
        for at, (_, written, default) in enumerate(function.parameters)
    )
    lines = [f"    ::passatk_wall::Call passatk_call({place}, {len(function.parameters)});"]
    for at, (taken, *_) in enumerate(function.parameters):
        value = f"::std::string(passatk_{at})" if taken.viewed else f"passatk_{at}"
        lines.append(f"    ::passatk_wall::Codec<{taken.held}>::give(passatk_call.out, {value});")
    lines.append("    passatk_call.ask();")
    if function.returns.nothing:
        lines += _changes(function)
        return f"{function.written} {function.name}({head}) {{\n" + "\n".join(lines) + "\n}"
    if function.returns.viewed:
        letters = "::passatk_wall::kept(passatk_value.data(), passatk_value.size())"
        value = letters if "char" in function.returns.text else f"::std::string_view({letters}, passatk_value.size())"
    else:
        value = "passatk_value"
    union = function.returns.text.removeprefix("::") in known.unions
    type_ = function.returns.text.removeprefix("::") if union else function.returns.held
    take = (
        "passatk_value.passatk_take(passatk_call.in)"
        if union
        else "::passatk_wall::Codec<passatk_type>::take(passatk_call.in, passatk_value)"
    )
    lines += [
        f"    typedef {type_} passatk_type;",
        "    passatk_type passatk_value = passatk_type();",
        f"    {take};",
        "    passatk_call.done();",
        f"    return {value};",
    ]
    return f"{function.written} {function.name}({head}) {{\n" + "\n".join(lines) + "\n}"


def _changes(function: Function) -> list[str]:
    count = len(function.parameters)
    cases = [
        f"        case {at}: ::passatk_wall::Codec<{type_.text}>::take(passatk_call.in, passatk_{at}); break;"
        for at, (type_, *_) in enumerate(function.parameters)
        if type_.changed
    ]
    return [
        "    passatk_call.nothing();",
        "    for (unsigned passatk_left = passatk_call.changes(); passatk_left; passatk_left--)",
        f"        switch (passatk_call.place({count})) {{",
        *cases,
        '        default: ::passatk_wall::broken("a changed argument that cannot change");',
        "        }",
        "    passatk_call.end();",
    ]


# --- the program's side


def _headers(function: Function, known: Signatures) -> frozenset[str]:
    union = known.unions.get(function.returns.text.removeprefix("::"))
    types = [function.returns, *(type_ for type_, *_ in function.parameters), *(union.members if union else ())]
    return frozenset({"new", "string"} if union else ()).union(*(type_.headers for type_ in types))


def _served(function: Function, place: int, known: Signatures) -> str:
    """The branch that calls the program's function and writes what it returns."""
    lines = [f"    if (passatk_which == {place} && passatk_count == {len(function.parameters)}) {{"]
    for at, (type_, *_) in enumerate(function.parameters):
        lines += [
            f"        typedef {type_.held} passatk_type_{at};",
            f"        passatk_type_{at} passatk_{at} = passatk_type_{at}();",
            f"        ::passatk_wall::Codec<passatk_type_{at}>::take(passatk_in, passatk_{at});",
        ]
    given = ", ".join(type_.given(f"passatk_{at}") for at, (type_, *_) in enumerate(function.parameters))
    call = f"::{function.name}({given})"
    union = known.unions.get(function.returns.text.removeprefix("::"))
    lines.append("        passatk_in.finish();")
    if function.returns.nothing:
        changed = [at for at, (type_, *_) in enumerate(function.parameters) if type_.changed]
        lines += [
            f"        {call};",
            "        passatk_out.put('n');",
            f"        passatk_out.number({len(changed)}, 1);",
            *(
                f"        passatk_out.number({at}, 1);\n"
                f"        ::passatk_wall::Codec<passatk_type_{at}>::give(passatk_out, passatk_{at});"
                for at in changed
            ),
        ]
    elif union is not None:
        lines += [*_union_served(union, call), "        passatk_out.number(0, 1);"]
    else:
        lines += [
            f"        typedef {function.returns.held} passatk_result;",
            f"        const passatk_result passatk_value = static_cast<passatk_result>({call});"
            if function.returns.viewed
            else f"        const passatk_result passatk_value = {call};",
            "        ::passatk_wall::Codec<passatk_result>::give(passatk_out, passatk_value);",
            "        passatk_out.number(0, 1);",
        ]
    return "\n".join((*lines, "        return;", "    }"))


def _union_served(union: Union, call: str) -> list[str]:
    """Nothing says what such a union holds, so it is made where every byte is known, and what was written tells."""
    kinds = [_kind(type_) for type_ in union.members]
    if len(set(kinds)) < len(kinds):
        raise CannotCross(f"{union.name}, whose types look alike")
    lines = [
        f"        alignas(::{union.name}) static unsigned char passatk_room[sizeof(::{union.name})];",
        "        for (unsigned char &passatk_byte : passatk_room) passatk_byte = 0xa5;",
        f"        new (passatk_room) ::{union.name}({call});",
        "        switch (::passatk_wall::holds(passatk_room, sizeof passatk_room)) {",
    ]
    for place, (type_, kind) in enumerate(zip(union.members, kinds, strict=True)):
        lines += [
            f"        case '{kind}':",
            f"            passatk_out.text('a', \"{chr(ord('A') + place)}\", 1);",
            f"            ::passatk_wall::Codec<{type_.text}>::give(",
            f"                passatk_out, *reinterpret_cast<const {type_.text} *>(passatk_room));",
            "            break;",
        ]
    return [*lines, '        default: ::passatk_wall::cannot_send("a union");', "        }"]


def _kind(type_: Type) -> str:
    """What its bytes look like: a string, a vector, or as many bytes as a letter says."""
    sizes = {"long": "8", "long long": "8", "double": "8", "int": "4", "float": "4", "bool": "1", "char": "1"}
    kind = sizes.get(type_.text, "s" if type_.text == "::std::string" else "")
    if not kind and type_.text.startswith("::std::vector<"):
        kind = "v"
    if not kind:
        raise CannotCross(f"a union with {type_.text}")
    return kind


def serve_part(examiner: Examiner, header: str) -> str:
    """What stands behind a program: it answers the examiner's calls."""
    serves = examiner.source.split(_SECTION)[1]
    body, _, catches = serves.rpartition("\ncatches ")
    includes = "".join(f"#include {name}\n" for name in included_by(body))
    return (
        f'#line 1 "passatk"\n{includes}#include <{header}>\n'
        f'extern "C" const bool passatk_catches;\nextern "C" const bool passatk_catches = {catches.strip()};\n'
        'extern "C" void passatk_serve(unsigned passatk_which, unsigned passatk_count, ::passatk_wall::In &passatk_in, '
        "::passatk_wall::Out &passatk_out) {\n"
        f"{INCLUDE.sub('', body)}\n"
        '    ::passatk_wall::broken("a call of a function that is not declared");\n}\n'
    )


# --- the workshop


def workshop_source(examiners: Sequence[Examiner], opening: str, header: str) -> str:
    """One source for all of them, each in a namespace of its own.

    Args:
        examiners: with equal options.
        opening: the header that they share.
        header: the one of the values' format.
    """
    sections = [examiner.source.split(_SECTION) for examiner in examiners]
    includes = dict.fromkeys(name for headers, _, _ in sections for name in INCLUDE.findall(headers))
    lines = [
        f"#include <{opening}>",
        *(f"#include {name}" for name in includes),
        f"#include <{header}>",
        "#undef assert",
        "#define assert(...) ((__VA_ARGS__) ? (void)0 : ::passatk_wall::failed(#__VA_ARGS__, __LINE__))",
    ]
    for examiner, (_, _, code) in zip(examiners, sections, strict=True):
        macros = dict.fromkeys(_DEFINED.findall(code))
        lines += [f"namespace {examiner.name} {{", code, "}", *(f"#undef {name}" for name in macros)]
    lines.append("const ::passatk_wall::Task passatk_wall::tasks[] = {")
    lines += [f'    {{"{examiner.name}", &::{examiner.name}::passatk_run}},' for examiner in examiners]
    return "\n".join((*lines, "    {nullptr, nullptr}};", ""))
