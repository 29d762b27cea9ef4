"""Both sides of the wall in C: tests call a function of the same name that asks; behind a program stands what answers.

An examiner's source has two sections: what answers calls behind a program, and the tests.
"""

import re
from typing import TYPE_CHECKING

from passatk.languages.base import CannotCross, Language
from passatk.languages.c_declared import KINDS, Declared, Function, Parameter, declared_by
from passatk.languages.cpp_declared import INCLUDE
from passatk.languages.cpp_wall import MORE_THAN_VALUES, NO_NUMBERS, VARIABLE, undone
from passatk.languages.lexing import blanked
from passatk.languages.syntax import of_type, parsed, text_of
from passatk.records import Problem
from passatk.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Node

ASSERT = "#undef assert\n#define assert(...) ((__VA_ARGS__) ? (void)0 : passatk_failed(#__VA_ARGS__, __LINE__))\n"
SECTION = "\n\f\n"
_UNENDED = regex(r"\bchar\s+\w+\s*\[[^\]]*\]\s*=\s*\{")
_LITERALS = frozenset(
    ("string_literal", "concatenated_string", "compound_literal_expression", "null", "number_literal")
)
_NONE = regex(r"NULL|0|nullptr|\(\s*(?:void|char|int)\s*\*\s*\)\s*0")
_SPELT = {kind: spelt for spelt, kind in reversed(KINDS.items())} | {"bool": "_Bool", "text": "const char *"}


def examiner_source(language: Language, problem: Problem, tests: str) -> str:
    """The two sections.

    Raises:
        CannotCross: the tests need more than values.
    """
    declared = declared_by(language, problem)
    code = INCLUDE.sub("\n", tests)
    _refuse_more_than_values(language, problem, declared, code)
    headers = "".join(f"#include {name}\n" for name in dict.fromkeys(INCLUDE.findall(f"{declared.before}\n{tests}")))
    numbers = not NO_NUMBERS.search(language.without_comments(f"{declared.before}{code}"))
    function = declared.function
    examiner = "\n".join(
        (
            headers,
            ASSERT,
            _EXAMINERS,
            _declarations(function),
            INCLUDE.sub("\n", declared.before),
            _asking(function),
            'int main() __asm__("passatk_tests_main");',
            '#line 1 "tests"',
            code,
            "int passatk_tests(void) {",
            '    static char *arguments[] = {(char *)"tests", 0};',
            "    passatk_expect_numbers();" if numbers else "",
            "    return ((int (*)(int, char **))main)(1, arguments);",
            "}\n",
        )
    )
    return f"{_answering(function)}{SECTION}{examiner}"


def behind(code: str, source: str) -> str:
    """What stands behind a program and answers the calls of the examiner with this `source`."""
    return f'\n{undone(code)}#line 1 "passatk"\n{source.split(SECTION)[0]}'


def _refuse_more_than_values(language: Language, problem: Problem, declared: Declared, tests: str) -> None:
    plain = blanked(language.lexicon, tests)
    for words, pattern in MORE_THAN_VALUES.items():
        if pattern.search(plain):
            raise CannotCross(words)
    for name in VARIABLE.findall(declared.before):
        if re.search(rf"\b{name}\b", plain):
            raise CannotCross(f"{name}, a variable of the prompt")
    if not re.search(r"\bmain\s*\(", plain):
        raise CannotCross("tests without a main")
    if _UNENDED.search(plain):
        raise CannotCross("an array of characters that may have no end")
    root = parsed(language.grammar, tests)
    own = language.outline(tests).names | language.outline(declared.before).names
    theirs = language.outline(f"{problem.prompt}{problem.reference or ''}").names - own - {declared.function.name}
    for name in sorted(theirs):
        if re.search(rf"\b{re.escape(name)}\b", plain):
            raise CannotCross(f"{name}, which the problem does not declare")
    _check_calls(root, declared.function)


def _check_calls(root: "Node", function: Function) -> None:
    """Raises CannotCross where the tests see an argument change beside a result, or where a result stands in memory."""
    calls = [
        node
        for node in of_type(root, "call_expression")
        if text_of(node.child_by_field_name("function")) == function.name
    ]
    passed = sum(text_of(node) == function.name for node in of_type(root, "identifier")) > len(calls)
    may_change = [
        at
        for at, each in enumerate(function.parameters)
        if not each.const and (each.kind == "text" or (each.length is not None and function.returns != "void"))
    ]
    if may_change and (passed or any(_changeable(call, at) for call in calls for at in may_change)):
        raise CannotCross("an argument that may change beside a result, or beyond its end")
    if function.returns != "text" and function.size is None:
        return
    if passed:
        raise CannotCross("a function by another name that returns a pointer")
    pointers = {text_of(name) for call in calls for name in _names_of(call)}
    for node in of_type(root, "binary_expression"):
        sides = [node.child_by_field_name("left"), node.child_by_field_name("right")]
        if any(side is not None and (side in calls or text_of(side) in pointers) for side in sides):
            others = [side for side in sides if side not in calls and text_of(side) not in pointers]
            logical = text_of(node.child_by_field_name("operator")) in ("&&", "||")
            if not logical and not (others and _NONE.fullmatch(text_of(others[0]))):
                raise CannotCross("where in memory a result stands")


def _changeable(call: "Node", at: int) -> bool:
    listed = call.child_by_field_name("arguments")
    given = [each for each in (listed.named_children if listed is not None else ()) if each.type != "comment"]
    return at >= len(given) or (given[at].type not in _LITERALS and not _NONE.fullmatch(text_of(given[at])))


def _names_of(call: "Node") -> list["Node"]:
    """Variables that a call's result is given to."""
    above = call.parent
    while above is not None and above.type in ("cast_expression", "parenthesized_expression"):
        above = above.parent
    if above is None or above.type not in ("init_declarator", "assignment_expression"):
        return []
    target = above.child_by_field_name("declarator" if above.type == "init_declarator" else "left")
    return list(of_type(target, "identifier"))[:1]


# --- what both sides call

_EXAMINERS = """\
extern void *passatk_call(unsigned, unsigned), *passatk_out(void *), *passatk_in(void *);
extern void passatk_ask(void *), passatk_ask_for_nothing(void *), passatk_end(void *);
extern unsigned passatk_changes(void *), passatk_place(void *, unsigned);
extern void passatk_broken(const char *), passatk_failed(const char *, int), passatk_expect_numbers(void);
"""


def _declarations(function: Function) -> str:
    kinds = {each.kind for each in function.parameters} | {function.returns, "int"}
    lines = [
        "extern unsigned long passatk_take_count(void *);",
        "extern void passatk_give_count(void *, unsigned long), passatk_give_nothing(void *);",
        "extern void passatk_give_byte(void *, unsigned), passatk_finish(void *), passatk_refuse(void);",
    ]
    for kind in sorted(kinds - {"void", "size"}):
        spelt = _SPELT[kind]
        lines.append(f"extern {spelt} passatk_take_{kind}(void *); extern void passatk_give_{kind}(void *, {spelt});")
    return "\n".join(lines)


def _head(function: Function) -> str:
    pointer = "*" if function.returns == "text" or function.size is not None else ""
    given = ", ".join(f"{each.written} passatk_{at}" for at, each in enumerate(function.parameters))
    return f"{'const ' if function.const else ''}{function.type} {pointer}{function.name}({given or 'void'})"


def _length(function: Function, each: Parameter) -> str:
    """How many values the list has, in the words of who holds it."""
    count = f"passatk_{each.length}"
    name = f"passatk_{function.parameters.index(each)}"
    return f"!{name} ? ~0UL : {count} < 1 ? 0 : (unsigned long){count}"


def _give_list(kind: str, out: str, name: str, count: str) -> list[str]:
    return [
        f"    {{ unsigned long passatk_n = {count}; passatk_give_count({out}, passatk_n);",
        "      if (passatk_n != ~0UL) for (unsigned long i = 0; i < passatk_n; i++)",
        f"        passatk_give_{kind}({out}, {name}[i]); }}",
    ]


def _take_list(kind: str, type_: str, taken: str, name: str) -> list[str]:
    """`name` becomes a list of its own; `name_n` is how many values it has."""
    return [
        f"    unsigned long {name}_n = passatk_take_count({taken});",
        f"    {type_} *{name} = {name}_n == ~0UL ? 0 : ({type_} *)__builtin_malloc({name}_n * sizeof({type_}) + 1);",
        f"    for (unsigned long i = 0; {name} && i < {name}_n; i++) {name}[i] = passatk_take_{kind}({taken});",
    ]


# --- the examiner's side


def _asking(function: Function) -> str:
    """The function as the tests find it."""
    sent = [(at, each) for at, each in enumerate(function.parameters) if each.kind != "size"]
    lines = [f"{_head(function)} {{", f"    void *passatk_c = passatk_call(0, {len(sent)});"]
    for at, each in sent:
        if each.length is None:
            lines.append(f"    passatk_give_{each.kind}(passatk_out(passatk_c), passatk_{at});")
        else:
            count = _length(function, each)
            lines += _give_list(each.kind, "passatk_out(passatk_c)", f"passatk_{at}", count)
    taken = "passatk_in(passatk_c)"
    if function.returns == "void":
        lines += ["    passatk_ask_for_nothing(passatk_c);", *_changes(function, sent), "    passatk_end(passatk_c);"]
        return "\n".join((*lines, "}"))
    lines.append("    passatk_ask(passatk_c);")
    if function.size is not None:
        lines += _take_list(function.returns, function.type, taken, "passatk_r")
        lines.append(f"    *passatk_{function.size} = passatk_r ? passatk_r_n : passatk_take_int({taken});")
    else:
        pointer = "*" if function.returns == "text" else ""
        type_ = f"{function.type} {pointer}"
        lines.append(f"    {type_}passatk_r = ({type_})passatk_take_{function.returns}({taken});")
    lines += [
        '    if (passatk_changes(passatk_c)) passatk_broken("changed arguments of a function that returns something");',
        "    passatk_end(passatk_c);",
        "    return passatk_r;",
    ]
    return "\n".join((*lines, "}"))


def _changes(function: Function, sent: list[tuple[int, Parameter]]) -> list[str]:
    lines = [
        "    for (unsigned passatk_left = passatk_changes(passatk_c); passatk_left; passatk_left--) {",
        f"        switch (passatk_place(passatk_c, {len(sent)})) {{",
    ]
    for place, (at, each) in enumerate(sent):
        if at in function.changes:
            lines += [
                f"        case {place}: {{",
                f"            unsigned long passatk_n = {_length(function, each)};",
                "            if (passatk_n == ~0UL || passatk_take_count(passatk_in(passatk_c)) != passatk_n)",
                '                passatk_broken("a changed array of another length");',
                "            for (unsigned long i = 0; i < passatk_n; i++)",
                f"                passatk_{at}[i] = passatk_take_{each.kind}(passatk_in(passatk_c));",
                "            break;",
                "        }",
            ]
    return [*lines, '        default: passatk_broken("a changed argument that cannot change");', "        }", "    }"]


# --- the program's side


def _answering(function: Function) -> str:
    """The function that calls the program's, as the tests would, and writes what it returns."""
    lines = [
        _declarations(function),
        "const _Bool passatk_catches = 0;",
        "void passatk_serve(unsigned passatk_which, void *passatk_in, void *passatk_out) {",
    ]
    sent = [(at, each) for at, each in enumerate(function.parameters) if each.kind != "size"]
    for at, each in enumerate(function.parameters):
        if each.kind == "size":
            lines.append(f"    {each.type} passatk_size = 0, *passatk_{at} = &passatk_size;")
        elif each.length is not None:
            lines += _take_list(each.kind, each.type, "passatk_in", f"passatk_{at}")
        else:
            cast = "(char *)" if each.kind == "text" else ""
            lines.append(f"    {each.type} passatk_{at} = {cast}passatk_take_{each.kind}(passatk_in);")
    lines.append("    passatk_finish(passatk_in);")
    call = f"{function.name}({', '.join(f'passatk_{at}' for at in range(len(function.parameters)))})"
    if function.returns == "void":
        changed = [(place, at, each) for place, (at, each) in enumerate(sent) if at in function.changes]
        lines += [f"    {call};", "    passatk_give_nothing(passatk_out);"]
        lines.append(
            f"    passatk_give_byte(passatk_out, {' + '.join(f'!!passatk_{at}' for _, at, _ in changed) or '0'});"
        )
        for place, at, each in changed:
            lines.append(f"    if (passatk_{at}) {{ passatk_give_byte(passatk_out, {place});")
            lines += [*_give_list(each.kind, "passatk_out", f"passatk_{at}", f"passatk_{at}_n"), "    }"]
        return "\n".join((*lines, "}\n"))
    if function.size is not None:
        lines.append(f"    const {function.type} *passatk_r = {call};")
        count = "!passatk_r ? ~0UL : (long)passatk_size < 0 ? 0 : (unsigned long)passatk_size"
        lines += _give_list(function.returns, "passatk_out", "passatk_r", count)
        lines.append("    if (!passatk_r) passatk_give_int(passatk_out, (int)passatk_size);")
    else:
        lines += [
            f"    __typeof__({call}) passatk_made = {call};",
            f"    {_SPELT[function.returns]} passatk_r = passatk_made;",
        ]
        if function.returns not in ("text", "float", "double"):  # 1.5 is not 1, though it becomes that
            lines.append("    if (passatk_r != passatk_made * 1) passatk_refuse();")  # nor is a pointer a number
        elif function.returns == "text":
            lines.append("    (void)sizeof *passatk_made;")
        lines.append(f"    passatk_give_{function.returns}(passatk_out, passatk_r);")
    lines.append("    passatk_give_byte(passatk_out, 0);")
    return "\n".join((*lines, "}\n"))
