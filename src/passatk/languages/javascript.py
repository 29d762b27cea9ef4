"""JavaScript: node runs the program as a CommonJS module under a harness with a strict `console.assert`."""

import os
import re
from pathlib import Path

from passatk.languages.base import Language, Toolchain, body_of, harness, mark_of, output_of
from passatk.records import Problem, Program, Sample, Step

_MD5 = re.compile(r"""require\(\s*["']js-md5["']\s*\)""")
_ASSERT = re.compile(r"\bconsole\s*\.\s*assert\b")
_MODULE_FOLDERS = ("/usr/local/lib/node_modules", "/usr/lib/node_modules", "/usr/share/nodejs")


class JavaScript(Language):
    name, title, prefix = "javascript", "JavaScript", "JavaScript"
    aliases = ("js", "node")
    minimum = (14,)
    packages = ("nodejs",)
    out_of_memory = re.compile(r"JavaScript heap out of memory")
    test_mark = re.compile(r"console\.assert")
    self_test = Problem(
        task_id="JavaScript/self-test",
        benchmark="self-test",
        language="javascript",
        prompt="const answer = () => {\n",
        declaration="const answer = () => {\n",
        reference="  return [20, 22].reduce((a, b) => a + b)\n}\n",
        tests="console.assert(answer() === 42)\n",
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
        # names the program cannot know when it is written: the tests' assertion, and their last statement
        mark = mark_of(body, tests)
        own_tests = _ASSERT.sub(f"__assert_{mark}", tests)
        source = f"{body}\n{own_tests}\n;__finish_{mark}()\n"
        return Program(
            language=self.name,
            files=(("harness.js", harness("harness.js")), ("program.js", source)),
            run=Step(
                argv=("${NODE}", "--max-old-space-size=512", "--stack-size=984", "harness.js", mark),
                env=(("NODE_PATH", "${NODE_PATH}"),),
            ),
            requires=("node package js-md5",) if _MD5.search(source) else (),
        )


LANGUAGE = JavaScript()
