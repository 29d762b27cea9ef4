"""JavaScript: node runs the program as a CommonJS module, and its tests in a realm of their own."""

import os
import re
from pathlib import Path

from passatk.languages.base import Language, Toolchain, body_of, harness, output_of
from passatk.records import Asserts, Problem, Program, Sample, Step

_MD5 = re.compile(r"""require\(\s*["']js-md5["']\s*\)""")
_WORD = re.compile(r"(?:(?<=\.\.\.)|(?<![\w.$]))[A-Za-z_$][\w$]*")
_RESERVED = frozenset(
    re.findall(
        r"\S+",
        """
        arguments as async await boolean break case catch class const continue debugger default delete do else enum eval
        export extends false finally for from function get if implements import in instanceof interface let new null of
        package private protected public return set static super switch this throw true try typeof undefined var void
        while with yield NaN Infinity globalThis console module exports require process Math JSON Object Array Number
        String Boolean Symbol BigInt Map Set WeakMap WeakSet Date RegExp Promise Proxy Reflect Error TypeError
        RangeError SyntaxError ReferenceError Function parseInt parseFloat isNaN isFinite Intl
        """,
    )
)
"""No names to take from a program: the tests have their own."""
# on one CPU, threads that help the engine only cost
_FLAGS = ("--max-old-space-size=512", "--stack-size=984", "--random-seed=1", "--v8-pool-size=0")
_MODULE_FOLDERS = ("/usr/local/lib/node_modules", "/usr/lib/node_modules", "/usr/share/nodejs")


class JavaScript(Language):
    name, title, prefix = "javascript", "JavaScript", "JavaScript"
    aliases = ("js", "node")
    head = re.compile(
        r"^[ \t]*(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:(?:const|let|var)\s+([\w$]+)\s*=\s*"
        r"(?:async\s*)?(?:function\b\s*\w*\s*)?|function\b\s*\*?\s*([\w$]+)\s*)\(",
        re.MULTILINE,
    )
    head_end = re.compile(r"\s*(?:=>\s*)?\{")
    name_first = True
    multipl_e = ("js",)
    minimum = (14,)
    packages = ("nodejs",)
    out_of_memory = re.compile(r"JavaScript heap out of memory")
    test_mark = re.compile(r"console\.assert|\bassert\s*[.(]")
    self_test = Problem(
        task_id="JavaScript/self-test",
        benchmark="self-test",
        language="javascript",
        prompt="const answer = () => {\n",
        declaration="const answer = () => {\n",
        reference="  return [20, 22].reduce((a, b) => a + b)\n}\n",
        tests=Asserts(code="console.assert(answer() === 42)\n"),
    )

    def locate(self, cache: Path) -> Toolchain:
        node = os.path.realpath(self.find_tool("node"))
        version = self.check_version(output_of(node, "--version"))
        folders = [str(cache / "node" / "node_modules"), *_MODULE_FOLDERS]
        modules = next((f for f in folders if os.path.exists(f"{f}/js-md5/package.json")), "")
        return Toolchain(
            language=self.name,
            version=f"node {version}",
            readable=(node, *([modules] if modules else [])),
            variables=(("NODE", node), ("NODE_PATH", modules)),
            provides=("node package js-md5",) if modules else (),
            lacks=() if modules else (f"js-md5: `npm install --prefix {cache / 'node'} js-md5`",),
        )

    def assemble(self, problem: Problem, sample: Sample, tests: str) -> Program:
        body = body_of(problem, sample)
        names = _names(body, tests)
        given = ", ".join(f"{name}: typeof {name} === 'undefined' ? undefined : {name}" for name in names)
        source = f"{body}\n;__passatk_hand({{ {given} }})\n"
        return Program(
            language=self.name,
            files=(
                ("harness.js", harness("harness.js")),
                ("membrane.js", harness("membrane.js")),
                ("program.js", source),
                ("tests.js", tests),
            ),
            run=Step(
                argv=("${NODE}", *_FLAGS, "harness.js", *names),
                env=(("NODE_PATH", "${NODE_PATH}"),),
            ),
            requires=("node package js-md5",) if _MD5.search(source + tests) else (),
        )


def _names(body: str, tests: str) -> list[str]:
    """What the tests may want of the program: the words that both have, but the built-ins and the language's own."""
    spoken = set(_WORD.findall(tests)) & set(_WORD.findall(body))
    return sorted(spoken - _RESERVED)


LANGUAGE = JavaScript()
