"""The program's side of the wall in C++: what stands behind a program, calls its functions and writes their results."""

from collections.abc import Iterator, Sequence

from passatk.languages.base import CannotCross
from passatk.languages.cpp_declared import INTEGERS, PLAIN, Function, Type, Union
from passatk.languages.cpp_prepared import wall
from passatk.regex import regex


def answering(functions: Sequence[Function], unions: dict[str, Union], catches: bool) -> str:
    """The function that calls the program's and writes what it returns."""
    types = [type_ for each in functions for type_ in (each.returns, *(type_ for type_, _ in each.parameters))]
    headers = sorted(frozenset().union(*(type_.headers for type_ in types), {"wall_codec.h"}))
    includes = [f"#include <{f'{wall()}/{name}' if name.startswith('wall_') else name}>" for name in headers]
    cases = [_answer(function, place, unions) for place, function in enumerate(functions)]
    return "\n".join(
        (
            *includes,
            *(["namespace passatk_wall { char holds(const unsigned char *room, Size size); }"] if unions else []),
            *(line for place, function in enumerate(functions) for line in _takes(function, place)),
            'extern "C" const bool passatk_catches;',
            f'extern "C" const bool passatk_catches = {str(catches).lower()};',
            'extern "C" void passatk_serve(',
            "    unsigned passatk_which, ::passatk_wall::In &passatk_in, ::passatk_wall::Out &passatk_out) {",
            "    switch (passatk_which) {",
            *cases,
            "    }",
            '    ::passatk_wall::broken("a call of a function that is not declared");',
            "}\n",
        )
    )


def _takes(function: Function, place: int) -> Iterator[str]:
    """Whether the program's function takes variables: of two overloads, the one that is taken."""
    call = f"::{function.name}(::passatk_wall::some<A &>()...)"
    yield f"template <class... A> auto passatk_takes_{place}(int) -> decltype(void({call}), char());"
    yield f"template <class... A> long passatk_takes_{place}(...);"


def _answer(function: Function, place: int, unions: dict[str, Union]) -> str:
    lines = [f"    case {place}: {{"]
    for at, (type_, _) in enumerate(function.parameters):
        lines.append(f"        {type_.text} passatk_{at} = {_codec(type_)}::take(passatk_in);")
    lines.append("        passatk_in.finish();")
    types = ", ".join(type_.text for type_, _ in function.parameters)
    lines.append(
        f"        typedef ::passatk_wall::Given<sizeof(passatk_takes_{place}<{types}>(0)) == 1> passatk_given;"
    )
    given = ", ".join(f"passatk_given::of(passatk_{at})" for at in range(len(function.parameters)))
    call = f"::{function.name}({given})"
    changed = []
    if function.returns.text == "void":
        changed = [(at, type_) for at, (type_, _) in enumerate(function.parameters) if type_.changed]
        lines += [f"        {call};", "        passatk_out.put('n');"]
    elif function.returns.union:
        lines += _union_answer(function.returns.union, unions[function.returns.union], call)
    else:
        checked = _CONVERTED.match(function.returns.text) is not None
        if checked:  # 1.5 is not 1, though it becomes that
            lines.append(f"        auto const passatk_made = {call};")
        made = "passatk_made" if checked else call
        # a string is made of a view too
        made = f"({made})" if function.returns.text == "::std::string" else f" = {made}"
        lines.append(f"        {function.returns.text} const passatk_value{made};")
        if checked:
            lines += [
                "        if (!::passatk_wall::same(passatk_made, passatk_value, ::passatk_wall::Rank<3>()))",
                '            ::passatk_wall::cannot_send("a value that the declared type has not");',
            ]
        lines.append(f"        {_codec(function.returns)}::give(passatk_out, passatk_value);")
    lines.append(f"        passatk_out.number({len(changed)}, 1);")
    for at, type_ in changed:
        lines += [
            f"        passatk_out.number({at}, 1);",
            f"        {_codec(type_)}::give(passatk_out, passatk_{at});",
        ]
    return "\n".join((*lines, "        return;", "    }"))


_CONVERTED = regex(rf"(?:{'|'.join(INTEGERS)}|bool)\b|::std::(?:u?int\d+_t|size_t|ptrdiff_t|pair|tuple|optional)\b")
"""Types that another becomes without a word, even where it loses some of its value."""


def _codec(type_: Type) -> str:
    return f"::passatk_wall::Codec<{type_.text}>"


def _union_answer(name: str, union: Union, call: str) -> list[str]:
    """Nothing says what such a union holds, so it is made where every byte is known, and what was written tells.

    Of plain members, several may have been written over each other: the widest has the bytes of all.
    """
    widest = union.widest
    lines = [
        f"        alignas(::{name}) static unsigned char passatk_room[sizeof(::{name})];",
        "        for (unsigned char &passatk_byte : passatk_room) passatk_byte = 0xa5;",
        f"        new (passatk_room) ::{name}({call});",
        "        switch (::passatk_wall::holds(passatk_room, sizeof passatk_room)) {",
    ]
    seen = ""
    for place, member in enumerate(union.members):
        if widest is not None and member.text in PLAIN and place != widest:
            continue
        kinds = "148" if place == widest else _kind(member)
        if kinds in seen:
            raise CannotCross(f"{name}, whose types look alike")
        seen += kinds
        lines += [
            *(f"        case '{kind}':" for kind in kinds),
            f"            passatk_out.text('a', \"{chr(ord('A') + place)}\", 1);",
            f"            {_codec(member)}::give(passatk_out, *reinterpret_cast<{member.text} *>(passatk_room));",
            "            break;",
        ]
    return [*lines, '        default: ::passatk_wall::cannot_send("a union");', "        }"]


def _kind(member: Type) -> str:
    """What its bytes look like: a string, a vector, or as many bytes as a digit says."""
    if member.text.startswith("::std::vector<"):
        return "v"
    if member.text == "::std::string":
        return "s"
    if member.text not in PLAIN:
        raise CannotCross(f"a union with {member.text}")
    return str(PLAIN[member.text])
