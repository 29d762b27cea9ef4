"""What is compiled once for all C++ programs: both sides of the wall, common templates, and common headers."""

import contextlib
import hashlib
import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from passatk.languages.base import Missing, harness, output_of, prepared

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
"""What most programs begin with: read in precompiled form."""

ALL_HEADERS = "bits/stdc++.h"
"""Includes every standard header."""
_STANDARD_HEADERS = frozenset(
    re.findall(
        r"\w+",
        """
    algorithm any array bitset cassert cctype cfloat chrono climits cmath complex cstddef cstdint cstdio cstdlib cstring
    ctime deque exception fstream functional iomanip ios iostream istream iterator limits list locale map memory new
    numeric optional ostream queue random ratio regex set sstream stack stdexcept streambuf string string_view tuple
    type_traits typeinfo unordered_map unordered_set utility valarray variant vector
    """,
    )
)
"""Adding one of them to `ALL_HEADERS` changes nothing."""
_ELEMENTS = ("char", "int", "long", "long long", "float", "double", "std::string", "std::vector<int>")
_VECTORS = tuple(f"template class std::vector<{element}>;\n" for element in (*_ELEMENTS, "std::vector<std::string>"))
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_INSTANCES = "".join(("#include <string>\n#include <vector>\n", "template class std::basic_string<char>;\n", *_VECTORS))
_WEAK = re.compile(r"^\s*\.weak\s", re.MULTILINE)
_SHARED_SECTION = re.compile(
    r'^(?P<name>\s*\.section\s+[^,\n]+),"(?P<flags>\w*)G(?P<more>\w*)",(?P<type>[@%]\w+(?:,\d+)?),[^,\n]+,comdat',
    re.MULTILINE,
)
_OPENING = re.compile(r"(?:[ \t]*(?:(?://[^\n\\?]*|/\*(?:[^*]|\*(?!/))*\*/|#[ \t]*include[ \t]*<[\w./+]+>)[ \t]*)?\n)*")
_SYSTEM_HEADER = re.compile(r"^[ \t]*#[ \t]*include[ \t]*<([\w./+]+)>[ \t]*$", re.MULTILINE)
_NO_LUCK = ("-fsanitize=unreachable,return", "-fsanitize-undefined-trap-on-error")
"""A function that ends without its value, or where it said it could not, stops there; else it runs on into whatever
the linker put behind it, the tests or a `return 0`."""
COMPILE = ("-w", *_NO_LUCK)
EXAMINE = ("-w", "-D_GLIBCXX_ASSERTIONS")
"""Tests that reach beyond what was returned stop."""
_SIDES = ("program", "examiner")
_WALL = (
    "wall_codec.h",
    "wall_codec.cpp",
    "wall_exceptions.h",
    "wall_program.cpp",
    "wall_examiner.h",
    "wall_examiner.cpp",
)
_OPENING_OF_EXAMINERS = f"#include <{ALL_HEADERS}>\n#include <assert.h>\n#include <{{wall}}>\n"
DEFAULT = "-std=c++11"
NEWEST = "-std=newest"
"""The problem option that stands for the newest standard that the compiler has."""
_PLACES = {DEFAULT: "", "-std=c++17": "/c++17", NEWEST: "/newest"}
"""Standards that are prepared for -> where below the prepared folder. Programs of others read their headers whole."""
_WITH_INCLUDES = frozenset(include.removeprefix("#include<").removesuffix(">") for include in INCLUDES)
_PRECOMPILED: dict[str, tuple[frozenset[str], ...]] = {
    DEFAULT: (_WITH_INCLUDES, _WITH_INCLUDES | {"map"}, _WITH_INCLUDES | {ALL_HEADERS}),
    "-std=c++17": (frozenset({"assert.h", ALL_HEADERS}),),
    NEWEST: (frozenset({ALL_HEADERS}),),
}
"""Standard -> the sets of headers that its programs usually begin with."""
_STANDARDS = ("c++23", "c++2b", "c++20", "c++2a", "c++17", "c++14", "c++11")


def prepare(compiler: str, version: str, newest: str, cache: Path) -> Path:
    """A folder with the harness compiled and common sets of headers precompiled, for each prepared standard."""
    proof = harness("proof.cpp")
    tools = (version, os.stat(compiler).st_mtime_ns, COMPILE, newest, _PLACES)
    texts = sorted(text_of(headers) for sets in _PRECOMPILED.values() for headers in sets)
    recipe = " ".join(map(str, (*tools, texts, proof, _INSTANCES, wall_header(), EXAMINE)))
    folder = cache / "cpp" / hashlib.sha256(recipe.encode()).hexdigest()[:16]

    def make(made: Path) -> None:
        with ThreadPoolExecutor(len(_PLACES) + len(_SIDES)) as pool:
            jobs = [pool.submit(make_side, side, made) for side in _SIDES]
            jobs += [pool.submit(make_one, standard, made) for standard in _PLACES]
        for job in jobs:
            job.result()

    def make_side(side: str, whole: Path) -> None:
        made = whole / side
        made.mkdir()
        for name in _WALL:
            (made / name).write_text(harness(name))
        checks = EXAMINE if side == "examiner" else ()
        compile_ = (compiler, newest, "-w", "-O2", *checks, "-c", f"wall_{side}.cpp")
        output_of(*compile_, "-o", str(whole / side_object(side)), cwd=made)

    def make_one(standard: str, whole: Path) -> None:
        made = Path(f"{whole}{_PLACES[standard]}")
        made.mkdir(exist_ok=True)
        (made / wall_header()).write_text(harness("wall_codec.h"))
        (made / examiner_header()).write_text(
            _OPENING_OF_EXAMINERS.format(wall=wall_header()) + harness("wall_examiner.h")
        )
        compile_ = (compiler, newest if standard == NEWEST else standard, *COMPILE)
        (made / "proof.cpp").write_text(proof)
        output_of(*compile_, "-c", "proof.cpp", "-o", proof_object(), cwd=made)
        (made / "instances.cpp").write_text(_INSTANCES)
        output_of(*compile_, "-O2", "-S", "instances.cpp", "-o", "instances.s", cwd=made)
        (made / "instances.s").write_text(_made_strong((made / "instances.s").read_text()))
        output_of(compiler, "-c", "instances.s", "-o", instances_object(), cwd=made)
        for headers in _PRECOMPILED[standard]:
            name = name_of(headers)
            (made / name).write_text(text_of(headers))
            output_of(*compile_, "-I", ".", "-x", "c++-header", name, "-o", f"{name}.gch", cwd=made)
        precompile = (*compile_[:2], *EXAMINE, "-I", ".", "-x", "c++-header", examiner_header())
        output_of(*precompile, "-o", f"{examiner_header()}.gch", cwd=made)

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


def standard_of(options: Sequence[str]) -> tuple[str, str, bool]:
    """(the compiler's option, the prepared folder, whether one header may stand for those that it includes)."""
    standard = options[-1] if options else DEFAULT
    flag = "${CXX_NEWEST}" if standard == NEWEST else standard
    return flag, "${CXX_PREPARED}" + _PLACES.get(standard, ""), standard != DEFAULT


@cache
def _wall_hash() -> str:
    text = "".join(map(harness, _WALL)) + _OPENING_OF_EXAMINERS
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def wall_header() -> str:
    """The header of the values' format."""
    return f"passatk-wall-{_wall_hash()}.h"


def examiner_header() -> str:
    """The header that all examiners begin with."""
    return f"passatk-examiner-{_wall_hash()}.h"


def side_object(side: str) -> str:
    """The object file of the program's or the examiner's side."""
    return f"{side}-{_wall_hash()}.o"


@cache
def proof_object() -> str:
    """The harness's object file; its name tells what is in it."""
    return f"proof-{hashlib.sha256(harness('proof.cpp').encode()).hexdigest()[:16]}.o"


@cache
def instances_object() -> str:
    """The object file of what was compiled once."""
    return f"instances-{hashlib.sha256(_INSTANCES.encode()).hexdigest()[:16]}.o"


def _made_strong(assembly: str) -> str:
    """Instances of templates are weak: a program could define them once more, and its own would be taken."""
    return _SHARED_SECTION.sub(r'\g<name>,"\g<flags>\g<more>",\g<type>', _WEAK.sub("\t.globl\t", assembly))


def text_of(headers: frozenset[str]) -> str:
    known = (
        [f"extern {vector}" for vector in _VECTORS] if ALL_HEADERS in headers or {"string", "vector"} <= headers else []
    )
    return "".join((*(f"#include <{name}>\n" for name in sorted(headers)), f"#include <{wall_header()}>\n", *known))


def name_of(headers: frozenset[str]) -> str:
    return f"passatk-{hashlib.sha256(text_of(headers).encode()).hexdigest()[:16]}.h"


def opened_by(source: str, reduced: bool) -> tuple[frozenset[str], str]:
    """(the headers that `source` begins with, `source` with one header for all of them, on the same lines).

    The order of standard headers does not matter, and a header that does not exist is missing as before. `reduced`:
    without the headers that another one of them includes.
    """
    opening = _OPENING.match(source)
    assert opening is not None  # it may be empty
    headers = frozenset(_SYSTEM_HEADER.findall(_COMMENT.sub("", opening[0])))
    if reduced and ALL_HEADERS in headers:
        headers -= _STANDARD_HEADERS
    breaks = opening[0].count("\n")
    gap = "\n" * breaks if breaks else '\n#line 1 "main.cpp"\n'
    return headers, f"#include <{name_of(headers)}>{gap}{source[opening.end() :]}"
