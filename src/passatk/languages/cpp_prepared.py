"""What is compiled once for all C++ programs: the harness, members of common vectors, and common sets of headers."""

import contextlib
import hashlib
import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from passatk.languages.base import Missing, harness, output_of, prepared
from passatk.regex import regex

INCLUDES = (
    "#include<stdlib.h>",
    "#include<algorithm>",
    "#include<math.h>",
    "#include<stdio.h>",
    "#include<vector>",
    "#include<string>",
    "#include<climits>",
    "#include<cstring>",
    "#include<iostream>",
)
"""What most programs begin with."""
DEFAULT = "-std=c++11"
NEWEST = "-std=newest"
"""The problem option that stands for the newest standard that the compiler has."""
_STANDARDS = ("c++23", "c++2b", "c++20", "c++2a", "c++17", "c++14", "c++11")

COMPILE = ("-w", "-fsanitize=unreachable,return", "-fsanitize-undefined-trap-on-error")
"""For programs: a function that ends without its value stops there, and returns nothing by luck."""
EXAMINE = ("-w", "-D_GLIBCXX_ASSERTIONS")
"""For tests: those that reach beyond what was returned stop."""

ALL_HEADERS = "bits/stdc++.h"
"""Includes every standard header."""
_STANDARD_HEADERS = frozenset(
    re.findall(
        r"\w+",
        """
    algorithm any array atomic bitset cassert cctype cerrno cfenv cfloat chrono cinttypes climits clocale cmath
    complex condition_variable csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib cstring ctime cwchar cwctype
    deque exception forward_list fstream functional future initializer_list iomanip ios iosfwd iostream istream
    iterator limits list locale map memory mutex new numeric optional ostream queue random ratio regex
    scoped_allocator set sstream stack stdexcept streambuf string string_view system_error thread tuple type_traits
    typeindex typeinfo unordered_map unordered_set utility valarray variant vector
    """,
    )
)
"""Adding one of them to `ALL_HEADERS` changes nothing."""
_USUAL = frozenset(include.removeprefix("#include<").removesuffix(">") for include in INCLUDES)
_PRECOMPILED: dict[str, tuple[frozenset[str], ...]] = {
    DEFAULT: (_USUAL, _USUAL | {"map"}, _USUAL | {ALL_HEADERS}),
    "-std=c++17": (frozenset({"assert.h", ALL_HEADERS}),),
    NEWEST: (frozenset({ALL_HEADERS}),),
}
"""Standard -> the sets of headers that its programs usually begin with. Others are read as they are."""

_OBJECTS = ("known", "proof", "wall_examiner", "wall_program")
_HEADERS = ("known.h", "wall_codec.h", "wall_examiner.h", "wall_exceptions.h", "wall_more.h")
_BOOST = "wall_boost"
_SOURCES = (*_HEADERS, *(f"{name}.cpp" for name in (*_OBJECTS, _BOOST)), "wall_codec.cpp")

_COMMENT = regex(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_OPENING = regex(r"(?:[ \t]*(?:(?://[^\n\\?]*|/\*(?:[^*]|\*(?!/))*\*/|#[ \t]*include[ \t]*<[\w./+]+>)[ \t]*)?\n)*")
_SYSTEM_HEADER = regex(r"^[ \t]*#[ \t]*include[ \t]*<([\w./+]+)>[ \t]*$", re.MULTILINE)


def prepare(compiler: str, version: str, newest: str, boost: bool, cache: Path) -> Path:
    """A folder with the harness compiled and, for each prepared standard, headers precompiled. `boost`: it is here."""
    texts = sorted(text_of(headers) for sets in _PRECOMPILED.values() for headers in sets)
    recipe = repr((version, os.stat(compiler).st_mtime_ns, newest, boost, COMPILE, EXAMINE, examiners_header(), texts))
    folder = cache / "cpp" / hashlib.sha256(recipe.encode()).hexdigest()[:16]

    def compile_object(name: str, made: Path) -> None:
        output_of(compiler, newest, "-w", "-O2", "-c", f"{name}.cpp", "-o", f"{name}.o", cwd=made / wall())

    def precompile(standard: str, made: Path) -> None:
        place = made / _place(standard)
        place.mkdir()
        jobs = [(name_of(headers), text_of(headers), COMPILE) for headers in _PRECOMPILED[standard]]
        for name, text, options in (*jobs, (*examiners_header(), EXAMINE)):
            (place / name).write_text(text)
            compile_ = (compiler, newest if standard == NEWEST else standard, *options, "-I", "..")
            output_of(*compile_, "-x", "c++-header", name, "-o", f"{name}.gch", cwd=place)

    def make(made: Path) -> None:
        (made / wall()).mkdir()
        for name in _SOURCES:
            (made / wall() / name).write_text(harness(name))
        with ThreadPoolExecutor() as pool:
            jobs = [pool.submit(compile_object, name, made) for name in (*_OBJECTS, *([_BOOST] if boost else []))]
            jobs += [pool.submit(precompile, standard, made) for standard in _PRECOMPILED]
        for job in jobs:
            job.result()

    return prepared(folder, make)


def newest_standard(compiler: str) -> str:
    """The option for the newest standard that `compiler` knows.

    Raises:
        Missing: it knows none of them.
    """
    for standard in _STANDARDS:
        with contextlib.suppress(Missing):
            output_of(compiler, f"-std={standard}", "-fsyntax-only", "-x", "c++", "/dev/null")
            return f"-std={standard}"
    raise Missing(f"{compiler} knows none of the C++ standards {', '.join(_STANDARDS)}")


def command(options: Sequence[str], flags: Sequence[str], source: str, made: str) -> tuple[str, ...]:
    """The compiler's command for a problem's `options`, to which objects and libraries are added."""
    standard = options[-1] if options else DEFAULT
    folders = ("-I", "${CXX_PREPARED}", "-I", f"${{CXX_PREPARED}}/{_place(standard)}", "-I", ".")
    flag = "${CXX_NEWEST}" if standard == NEWEST else standard
    return ("${CXX}", flag, *flags, *folders, "-o", made, source, "${CXX_LINKER}")


def objects(side: str, requires: Sequence[str]) -> tuple[str, ...]:
    """Paths of the harness's objects that a program or examiner is linked with, which `requires` these packages."""
    boost = [_BOOST] if "boost" in requires and side != "proof" else []
    return tuple(f"${{CXX_PREPARED}}/{wall()}/{name}.o" for name in (side, "known", *boost))


def _place(standard: str) -> str:
    return standard.removeprefix("-std=")


@cache
def wall() -> str:
    """The harness's folder. Its name tells what is in it, so that programs of another harness are others."""
    return f"passatk-{hashlib.sha256(''.join(map(harness, _SOURCES)).encode()).hexdigest()[:16]}"


def examiners_header() -> tuple[str, str]:
    """(name, text) of the header that examiners begin with."""
    names = (ALL_HEADERS, "assert.h", f"{wall()}/wall_examiner.h")
    return f"{wall()}.h", "".join(f"#include <{name}>\n" for name in names)


def text_of(headers: frozenset[str]) -> str:
    """One header for all of `headers`, and the harness's behind them."""
    names = [*sorted(headers), f"{wall()}/wall_codec.h"]
    if ALL_HEADERS in headers or {"string", "vector"} <= headers:
        names.append(f"{wall()}/known.h")
    return "".join(f"#include <{name}>\n" for name in names)


def name_of(headers: frozenset[str]) -> str:
    """What that header is called."""
    return f"passatk-{hashlib.sha256(text_of(headers).encode()).hexdigest()[:16]}.h"


def opened_by(source: str, options: Sequence[str]) -> tuple[frozenset[str], str]:
    """(the headers that `source` begins with, `source` with one header for all of them, on the same lines).

    The order of standard headers does not matter, and a header that does not exist is missing as before.
    """
    opening = _OPENING.match(source)
    assert opening is not None  # it may be empty
    headers = frozenset(_SYSTEM_HEADER.findall(_COMMENT.sub("", opening[0])))
    if options and ALL_HEADERS in headers:
        headers -= _STANDARD_HEADERS
    breaks = opening[0].count("\n")
    gap = "\n" * breaks if breaks else '\n#line 1 "main.cpp"\n'
    return headers, f"#include <{name_of(headers)}>{gap}{source[opening.end() :]}"
