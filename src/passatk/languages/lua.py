"""Lua: the program, then its tests under a LuaUnit of their own, in globals that the program has not changed."""

import re
from collections.abc import Iterator
from pathlib import Path

from passatk.languages import native
from passatk.languages.base import Missing
from passatk.languages.dialect import LIST, patterns
from passatk.languages.lexing import DOUBLE_QUOTED, SINGLE_QUOTED, Lexicon, blanked
from passatk.languages.lines import Lines
from passatk.languages.simple import Simple, names_in, simple_self_test
from passatk.records import Problem, Step
from passatk.regex import regex

_LONG = r"\[(?P<{0}>=*)\[.*?(?:\](?P={0})\]|\Z)"
_WORD = regex(r"\b(?:function|do|then|repeat|end|until|elseif|while|for)\b")
_LOCAL = r"^local\s+(?:function\s+)?([A-Za-z_]\w*)"


class Lua(Simple):
    name, title, prefix = "lua", "Lua", "Lua"
    comment = "--"
    suffixes = (".lua",)
    fences = ("lua",)
    lexicon = Lexicon(
        comments=("--" + _LONG.format("c"), r"--[^\n]*"),
        strings=(_LONG.format("s"), DOUBLE_QUOTED, SINGLE_QUOTED),
        multiline=("--[", "["),
    )
    lines = Lines(
        function=r"(?:local\s+)?function\s+(?:\w+[.:])*(\w+)\s*\([^)]*\)|(?:local\s+)?(\w+)\s*=\s*function\s*\([^)]*\)",
        definition=r"(?:local\s+)?(\w+)\s*(?:,\s*\w+\s*)*=(?!=)",
        imports=r"(?:local\s+(\w+)\s*=\s*)?require\b",
        goes_on=r"[)\]}]|end\b|else|until\b",
        closing=r"\bend",
    )
    binds = patterns(rf"\blocal\s+({LIST})", rf"\bfor\s+({LIST})\s*(?:=|in\b)", rf"^[ \t]*({LIST})\s*=(?!=)")
    members = (".", ":")
    closer = "end"
    code_line = regex(
        r"(?:local\s+)?function\b|local\s+\w+|[\w.]+\s*=(?!=)|(?:if|for|while)\b.*\b(?:then|do)\s*$|return\b|end\b\W*$|--|\}"
    )
    driver_names = regex(r"main|test\w*|run_?[tT]ests?")
    driver_code = regex(r"(?:print|assert|io\.write|os\.exit)\b|lu\.|main\s*\(")
    test_imports = regex(r"(?:local\s+\w+\s*=\s*)?require\s*\(?\s*['\"]luaunit")
    reads_input = regex(r"\bio\.(?:read|lines|stdin)\b")
    stub = regex(r"return(?:\s+nil)?;?|error\s*\(.*", re.DOTALL)
    head = regex(r"^[ \t]*(?:local\s+)?function\s+(?:\w+[.:])*(\w+)\s*\(", re.MULTILINE)
    head_end = regex(r"[^\n]*(?:\n|\Z)")
    multipl_e = ("lua",)
    minimum = (5, 4)
    packages = ("lua5.4", "lua-unit")
    telling = regex(r"^[\w.]+:\d+: |Assertion failed")
    test_mark = regex(r"\bassert\w*\b|\berror\s*\(")
    tools = {"LUA": "lua5.4"}
    version_flags = ("-v",)
    program_file, tests_file, harness_file = "program.lua", "tests.lua", "harness.lua"
    run = Step(argv=("${LUA}", "harness.lua"), env=(("LD_PRELOAD", "${LUA_CLOCK}"), ("LUAUNIT", "${LUAUNIT}")))
    build_alone = (Step(argv=("${LUA}", "-e", "assert(loadfile('program.lua'))")),)
    seed = "math.randomseed(1) "
    self_test = simple_self_test(
        "lua",
        "Lua",
        "local function answer()\n",
        "    return 20 + 22\nend\n",
        "local lu = require('luaunit')\nfunction test_answer()\n    lu.assertEquals(answer(), 42)\n"
        "end\nos.exit(lu.LuaUnit.run())\n",
    )

    def end_of_function(self, text: str, new: int) -> int | None:
        """Behind the `end` that closes one more than `text` opened; while nothing stands behind that, it may go on."""
        if "end" not in text[max(0, new - 3) :]:
            return None
        depth = 0
        for change, end in self._blocks(text):
            depth += change
            if depth < 0:
                return end if end < len(text) else None
        return None

    def open_blocks(self, text: str) -> int:
        return sum(change for change, _ in self._blocks(text))

    def _blocks(self, text: str) -> Iterator[tuple[int, int]]:
        """(1 or -1, where the word ends) for every word that opens a block or closes one."""
        for found in _WORD.finditer(blanked(self.lexicon, text)):
            word = found[0]
            if word in ("function", "do", "then", "repeat"):
                yield 1, found.end()
            elif word in ("end", "until", "elseif"):
                yield -1, found.end()

    def prepare(self, found: dict[str, str], cache: Path) -> dict[str, str]:
        unit = Path("/usr/share/lua/5.4/luaunit.lua")
        if not unit.exists():
            raise Missing("LuaUnit is not here; `apt-get install lua-unit`")
        library = native.built("clock", cache)
        if library is None:
            raise Missing("Lua's tables would have another order in every run; `apt-get install g++`")
        return {"LUA_CLOCK": str(library), "LUAUNIT": str(unit)}

    def program_text(self, problem: Problem, body: str, tests: str) -> str:
        """The program, and what hands its local functions to the tests."""
        plain = blanked(self.lexicon, body)
        names = sorted(names_in(plain, _LOCAL) & set(re.findall(r"[A-Za-z_]\w*", tests)) - {"require", "os", "lu"})
        given = ", ".join(f"{name} = {name}" for name in names)
        return f"{body}\nreturn {{{given}}} -- for the tests\n"


LANGUAGE = Lua()
