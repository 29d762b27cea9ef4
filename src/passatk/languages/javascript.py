"""JavaScript: node runs the program as a CommonJS module, and its tests in a realm of their own."""

import json
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from passatk.languages.base import (
    CannotCross,
    Language,
    Toolchain,
    body_of,
    mark_of,
    output_of,
    prepared,
)
from passatk.languages.dialect import patterns
from passatk.languages.heads import last_head
from passatk.languages.javascript_nodes import as_body, hands_functions_over, is_torn, without_later
from passatk.languages.javascript_packages import MODULE_FOLDERS, PACKAGES, packages_in, required_packages
from passatk.languages.javascript_prompt import check_copies
from passatk.languages.javascript_running import (
    EXAMINER_FLAGS,
    alone,
    parent_tool,
    wall_hash,
    way,
    write_wall,
)
from passatk.languages.javascript_shown import methods_of
from passatk.languages.javascript_tests import uses
from passatk.languages.lexing import DOUBLE_QUOTED, SINGLE_QUOTED, SLASH_STAR, SLASHES, Lexicon, blanked
from passatk.languages.native import LACKING, built
from passatk.languages.syntax import Grammar
from passatk.records import Asserts, Examiner, Problem, Program, Sample, Step, Workshop
from passatk.regex import regex

_TORN = "tests that can be read (a text in these does not end on its line)"
_NODE_TEST = regex(r"""["'`]node:test["'`]""")
# in tests: something may happen when their last statement has run
_GOES_ON = regex(
    r"\b(?:async|await|Promise|queueMicrotask|nextTick|set(?:Timeout|Interval|Immediate))\b|\.\s*(?:then|catch|finally)\b"
)
_ASSERTS = regex(r"""\bconsole\s*\.\s*assert\b|["'`](?:node:)?assert(?:/strict)?["'`]""")
_FAILS_ITSELF = regex(r"\bthrow\b|\bprocess\s*\.\s*exit(?:Code\s*=|\s*\()\s*(?!0\b|\))")


LEXICON = Lexicon(
    comments=(SLASHES, SLASH_STAR),
    strings=(DOUBLE_QUOTED, SINGLE_QUOTED),
    templates=True,
    multiline=("/*",),
)
GRAMMAR = Grammar(
    module="tree_sitter_javascript",
    query="""
        (function_declaration name: (identifier) @name body: (statement_block) @body) @function
        (generator_function_declaration name: (identifier) @name body: (statement_block) @body) @function
        (variable_declarator name: (identifier) @name value: (arrow_function body: (statement_block) @body)) @function
        (variable_declarator name: (identifier) @name value: (function_expression body: (statement_block) @body))
            @function
        (variable_declarator name: (identifier) @name value: (arrow_function)) @function
        (variable_declarator name: (identifier) @name value: (object (method_definition))) @function
        (variable_declarator name: (identifier) @name value: (object (pair value: (arrow_function)))) @function
        (variable_declarator name: (identifier) @name value: (object (pair value: (function_expression)))) @function
        (variable_declarator name: (identifier) @name value: (call_expression function: (parenthesized_expression)))
            @function
        (variable_declarator name: (identifier) @name) @definition
        (variable_declarator name: (object_pattern (shorthand_property_identifier_pattern) @name)) @definition
        (variable_declarator name: (object_pattern (pair_pattern value: (identifier) @name))) @definition
        (variable_declarator name: (object_pattern (rest_pattern (identifier) @name))) @definition
        (variable_declarator name: (object_pattern (object_assignment_pattern
            left: (shorthand_property_identifier_pattern) @name))) @definition
        (variable_declarator name: (array_pattern (identifier) @name)) @definition
        (variable_declarator name: (array_pattern (rest_pattern (identifier) @name))) @definition
        (variable_declarator name: (array_pattern (assignment_pattern left: (identifier) @name))) @definition
        (class_declaration name: (identifier) @name) @definition
        (assignment_expression left: (identifier) @name right: (function_expression)) @function
        (assignment_expression left: (identifier) @name right: (arrow_function)) @function
    """,
    scopes=frozenset(
        re.findall(
            r"\w+", "statement_block class_body arrow_function function_expression object arguments for_statement"
        )
    ),
)
_EXPORT_NOTHING = regex(
    r"^[ \t]*export\s*(?:\{[^{}]*\}|\*[^;\n]*|default\s+[\w$]+[ \t]*(?=;|$))(?:\s*from[^;\n]*)?;?", re.MULTILINE
)
_EXPORT_NAMED = regex(
    r"^[ \t]*export\s+(?:default\s+)?(?=(?:async\s+)?function\b(?:\s*\*)?\s*[\w$]|class\s+[\w$]|const\b|let\b|var\b)",
    re.MULTILINE,
)
# an arrow function cannot be called by the parentheses behind it: there, the statement ends
_ARROW = regex(r"^[^\s}/*].*=>[ \t]*\{[ \t]*\n(?:(?:[ \t].*)?\n)*\}(?=[ \t]*\n\s*\()", re.MULTILINE)
_WINDOW = regex(r"^[ \t]*window\.(?=[\w$]+\s*=)", re.MULTILINE)
_EXPORT_VALUE = regex(r"^[ \t]*export\s+default\b", re.MULTILINE)
_IMPORT = regex(
    r"""^[ \t]*import\s+(?:(?P<default>[\w$]+)(?:\s*,)?\s*)?"""
    r"""(?:\*\s*as\s+(?P<all>[\w$]+)\s*|\{(?P<names>[^{}]*)\}\s*)?"""
    r"""(?:from\s*)?(?P<module>"[^"\n]*"|'[^'\n]*')[ \t]*;?""",
    re.MULTILINE,
)

# another file of the answer's: here, all are one
_FILE_BESIDE = regex(
    r"""^[ \t]*(?:(?:const|let|var)\s+(?:[\w$]+|\{[^{}]*\})\s*=\s*)?require\(\s*["']\.{1,2}/[^"'\n]*["']\s*\)"""
    r"""(?:\.[\w$]+)?[ \t]*;?""",
    re.MULTILINE,
)


class JavaScript(Language):
    name, title, prefix = "javascript", "JavaScript", "JavaScript"
    aliases: tuple[str, ...] = ("js", "node")
    head = regex(
        r"^[ \t]*(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:(?:const|let|var)\s+([\w$]+)\s*=\s*"
        r"(?:async\s*)?(?:function\b(?:\s*\w+)?\s*)?|function\b(?:\s*\*)?\s*([\w$]+)\s*)\(",
        re.MULTILINE,
    )
    head_end = regex(r"\s*(?:=>\s*)?\{")
    name_first = True
    multipl_e = ("js",)
    minimum: tuple[int, ...] = (14,)
    packages: tuple[str, ...] = ("nodejs",)
    out_of_memory = regex(r"JavaScript heap out of memory")
    fences: ClassVar[tuple[str, ...]] = (
        "javascript",
        "js",
        "node",
        "nodejs",
        "jsx",
        "mjs",
        "cjs",
        "typescript",
        "ts",
        "tsx",
        "es6",
        "ecmascript",
    )
    supersets: ClassVar[tuple[str, ...]] = ("typescript", "ts", "tsx")
    lexicon = LEXICON
    interpolated = r"`(?:\\.|[^`\\])*`"
    binds = patterns(
        r"\b(?:const|let|var)\s+(\[[^\]=]*\]|\{[^}=]*\}|[A-Za-z_$][\w$]*)",
        r",\s*([A-Za-z_$][\w$]*)\s*=(?![=>])",
        r"([A-Za-z_$][\w$]*)\s*=>",
        r"\(([^()]*)\)\s*=>",
        r"\bfunction\b\s*([\w$]*)",
        r"\bfunction\b\s*[\w$]*\s*\(([^()]*)\)",
    )
    suffixes = (".js", ".mjs", ".cjs")
    grammar = GRAMMAR
    code_line = regex(
        r"""["']use strict["']|(?:export|import|async|class)\b.*[;{(,=\[}'"]\s*$"""
        r"""|(?:const|let|var)\s+[\w$\[{][^=]*=|function\b(?:\s*\*)?(?:\s*[\w$]+)?\s*\("""
        r"""|(?:if|for|while)\s*\(.*\{\s*$|try\s*\{|\((?:async\s*)?(?:function\b|\([\w$, ]*\)\s*=>)"""
        r"""|(?:module|window|globalThis)\.|exports\.|console\.\w+\(|[})\]]|\{|//|/\*|[\w$]+\s*=\s*\S.*[;{]\s*$"""
    )
    driver_names = regex(r"test[A-Z_]\w*|tests?|runTests?")
    driver_code = regex(
        r"""(?:const|let|var)\s[^=]*=\s*require\(\s*["'](?:node:)?(?:chai|mocha|jest|vitest|test|@jest/globals|sinon|tape|ava"""
        r"""|readline|readline-sync|prompt-sync)["']|"""
        r"""(?:const|let|var)\s[^=]*=\s*require\(\s*["'][^"'\n]*["']\s*\)\s*(?:;|\Z)|"""
        r"console\.|assert\b|(?:describe|it|test|expect|suite)\(|if\s*\(\s*require\.main\b|process\.|(?:rl|readline)\.|main\("
    )
    hands_over = regex(
        r"(?:module\.|global\.|globalThis\.|window\.|exports\b)"
        r"|if\s*\(\s*typeof\s+(?:module|exports)\b"
        r"|Object\.(?:define\w+|assign|setPrototypeOf|freeze)\(|Reflect\.\w+\(|(?:util\.)?inherits\("
        r"|[A-Z][\w$]*(?:\.\w+)+\s*=(?!=)"
    )
    reads_input = regex(
        r"\bcreateInterface\b|\bprocess\.(?:stdin|argv)\b(?!\.includes)|\bprompt\(|\breadFileSync\(\s*0\b"
    )
    stub = regex(r";|return;?|throw new Error\(.*\);?", re.DOTALL)
    first_code = regex(r"""["']use strict["']""")
    compared = regex(r"strictly equal: (?P<actual>.*?) !== (?P<expected>.*)")
    telling = regex(r"^[\w.]*(?:Error|Exception)\b|Assertion|heap out of memory")
    test_mark = regex(r"\bassert\b")
    self_test = Problem(
        task_id="JavaScript/self-test",
        benchmark="self-test",
        language="javascript",
        prompt="const answer = () => {\n",
        declaration="const answer = () => {\n",
        reference="  return [20, 22].reduce((a, b) => a + b)\n}\n",
        tests=Asserts(code="console.assert(answer() === 42)\n"),
    )

    def fault_in_tests(self, tests: str) -> str:
        if re.search(r"^\s*(?:import|export)\b(?!\s*\()", tests, re.MULTILINE):
            return "they are an ES module; tests are CommonJS, so write `const assert = require('node:assert')`"
        if _NODE_TEST.search(tests):
            return "they use node:test, whose results nobody reads; call their functions, with `node:assert`"
        return ""

    def locate(self, cache: Path) -> Toolchain:
        node = os.path.realpath(self.find_tool("node"))
        version = self.check_version(output_of(node, "--version"))
        folders = [str(cache / "node" / "node_modules"), *MODULE_FOLDERS]
        modules = max(folders, key=lambda folder: len(packages_in(folder)))
        there = packages_in(modules)
        if not there:
            modules = ""
        wall = prepared(cache / "node" / f"wall-{wall_hash()}", write_wall)
        parent = built("node", cache / "node")
        return Toolchain(
            language=self.name,
            version=f"node {version}",
            readable=(node, str(wall), *([str(parent)] if parent else []), *([modules] if modules else [])),
            variables=(
                ("NODE", node),
                ("NODE_PATH", modules),
                ("NODE_WALL", str(wall)),
                ("NODE_PARENT", str(parent or "")),
            ),
            parents=(parent_tool(),) if parent else (),
            provides=tuple(f"node package {name}" for name in there),
            lacks=(
                *(f"{name}: `npm install --prefix {cache / 'node'} {name}`" for name in PACKAGES if name not in there),
                *(() if parent else (LACKING,)),
            ),
        )

    def examiner(self, problem: Problem, tests: str) -> Examiner:
        declared = _declared(self, problem)
        entry = problem.entry_point or declared
        defined = self._prompt_helpers(problem, {entry, declared})
        methods = methods_of(GRAMMAR, f"{problem.prompt}{problem.reference}" if problem.reference else "")
        used = uses(GRAMMAR, tests, frozenset({entry} if entry else ()), frozenset(defined), methods)
        check_copies(defined, used.helpers, f"{tests}\n{problem.reference or ''}")
        for name in map(re.escape, used.calls):
            if re.search(rf"function\s*\*\s*{name}\b|\b{name}\s*=\s*(?:async\s+)?function\s*\*", _known(problem)):
                raise CannotCross("a generator")
        calls = sorted(used.calls, key=lambda name: (name != entry, name))
        helpers = "\n".join(dict.fromkeys(defined.values())) if used.helpers else ""
        if used.tests != tests:
            calls += [f"{name}!" for name in calls]
        made_of = {
            "calls": calls,
            "helpers": helpers,
            "tests": used.tests,
            "throws": _throws_itself(tests),
            "harness": wall_hash(),
        }
        return Examiner(
            language=self.name,
            source=json.dumps(made_of),
            run=Step(
                argv=("${NODE}", *EXAMINER_FLAGS, "${NODE_WALL}/examiner.js"),
                env=(("NODE_PATH", "${NODE_PATH}"),),
            ),
            asks="${EXAMINER}/${EXAMINER_NAME}",
            requires=required_packages(helpers, tests),
        )

    def behind_wall(self, problem: Problem, sample: Sample, examiner: Examiner) -> Program:
        body = body_of(problem, sample)
        names = _calls(examiner)
        given = ", ".join(
            f"get {name} () {{ return typeof {name} === 'undefined' ? undefined : {name} }}"
            for name in names
            if not name.endswith("!")
        )
        files, build = self.written(
            body, f"\n;typeof __passatk_hand === 'undefined' || __passatk_hand({{ {given} }})\n"
        )
        return Program(
            language=self.name,
            files=files,
            build=build,
            run=way("serve", *names),
            requires=tuple(dict.fromkeys((*required_packages(body, ""), *examiner.requires))),
            examiner=examiner,
        )

    def workshop(self, examiners: Sequence[Examiner]) -> Workshop:
        files = tuple((f"{examiner.name}.json", examiner.source) for examiner in examiners)
        return Workshop(files=files, keeps=tuple(name for name, _ in files))

    def written(self, body: str, behind: str) -> tuple[tuple[tuple[str, str], ...], tuple[Step, ...]]:
        """(files, build) of a program.js with what stands `behind` it."""
        return (("program.js", f"{body}{behind}"),), ()

    def _prompt_helpers(self, problem: Problem, asked: set[str]) -> dict[str, str]:
        """Definitions of the prompt beside what is asked: name -> text."""
        if not problem.prompt.strip():
            return {}
        closed = problem.prompt + "\n" + "}" * max(0, self.open_blocks(problem.prompt))
        parts = [part for part in self.outline(closed).parts if part.kind in ("function", "definition")]
        return {name: part.text for part in parts if asked.isdisjoint(part.names) for name in part.names}

    def shaped(self, code: str, entry: str) -> str:
        """A CommonJS program whose solution has the asked name, however the answer exports it."""
        code = _ARROW.sub(r"\g<0>;", re.sub(r"\A\s*#![^\n]*\n", "", code))
        if "import" in code:
            code = _spoken(_IMPORT, code, _required)
        code = _spoken(_FILE_BESIDE, code, "")
        if "export" not in code and "global" not in code and "window" not in code:
            return code
        code = _spoken(_WINDOW, code, "globalThis.")
        renamed = re.search(
            rf"^[ \t]*export\s*\{{[^{{}}]*?(?<![\w$])([\w$]+)\s+as\s+{re.escape(entry)}\b", code, re.MULTILINE
        )
        code = _spoken(_EXPORT_NOTHING, _spoken(_EXPORT_NAMED, code, ""), "")
        named = "exported" if not entry or entry in self.outline(code).names else entry
        code = _spoken(_EXPORT_VALUE, code, f"const {named} =")
        if not entry or entry in self.outline(code).names:
            return code
        name = re.escape(entry)
        if renamed and renamed[1] in self.outline(code).names:
            return f"{code.rstrip()}\nconst {entry} = {renamed[1]};\n"
        there = re.search(rf"\b(?:const|let|var|function(?:\s*\*)?|class)\s+{name}\b", code)
        value = "" if there else rf"(?!\s*{name}\b)"  # a block that exports what another defines does not define it
        key = r"\b" if there else r"\s*[:(]"
        if re.search(rf"\bexports\.{name}\s*={value}|\bexports\s*=\s*\{{[^{{}}]*\b{name}{key}{value}", code):
            return f"{code.rstrip()}\nconst {entry} = module.exports.{entry};\n"
        if re.search(rf"\b(?:globalThis|global)\.{name}\s*={value}", code):
            return f"{code.rstrip()}\nconst {entry} = globalThis.{entry};\n"
        if re.search(r"\bmodule\.exports\s*=\s*(?:async\b\s*)?(?:function\b|class\b|\(|[\w$]+\s*=>)", code):
            return f"{code.rstrip()}\nconst {entry} = module.exports.{entry} ?? module.exports;\n"
        return code

    def at_once(self, code: str) -> str:
        return without_later(GRAMMAR, code)

    def assemble(self, problem: Problem, sample: Sample, tests: str) -> Program:
        body = body_of(problem, sample)
        bare = blanked(LEXICON, tests)
        goes_on = bool(_GOES_ON.search(bare)) or hands_functions_over(GRAMMAR, tests)
        about = {"goesOn": goes_on, "throws": _throws_itself(tests)}
        script = as_body(GRAMMAR, tests) or f"return eval({json.dumps(tests)})"
        test = f"(require, console, setInterval, process) => {{\n{script}\n}}"
        end = f"__passatk_end_{mark_of(body, tests)}"
        exported = "typeof module === 'undefined' ? {} : module.exports"
        files, build = self.written(body, f"\n;{end}({test}, {exported}, {json.dumps(about)})\n")
        return Program(
            language=self.name,
            files=files,
            build=build,
            run=way("together", end),
            requires=required_packages(body, tests) + ((_TORN,) if is_torn(GRAMMAR, tests) else ()),
        )

    def standalone(self, problem: Problem, sample: Sample) -> Program:
        return Program(
            language=self.name,
            files=(("program.js", body_of(problem, sample)),),
            build=(Step(argv=("${NODE}", "--check", "program.js")),),
            run=alone("program.js"),
        )


def _throws_itself(tests: str) -> bool:
    """Whether tests have no assertions but that they throw, or exit."""
    return bool(_FAILS_ITSELF.search(blanked(LEXICON, tests))) and not _ASSERTS.search(tests)


def _calls(examiner: Examiner) -> tuple[str, ...]:
    """The functions that an examiner calls, by their numbers."""
    return tuple(json.loads(examiner.source)["calls"])


def _declared(language: Language, problem: Problem) -> str:
    head = last_head(problem.declaration or problem.prompt, language)
    return "" if head is None else head.name


def _known(problem: Problem) -> str:
    return problem.declaration + problem.prompt + (problem.reference or "")


def _spoken(pattern: re.Pattern[str], code: str, put: str | Callable[[re.Match[str]], str]) -> str:
    """`code` with what the pattern finds replaced, but in comments and strings."""
    clear = blanked(LEXICON, code)

    def instead(found: re.Match[str]) -> str:
        if not clear[found.start() : found.end()].strip():
            return found[0]
        return put if isinstance(put, str) else put(found)

    return pattern.sub(instead, code)


def _required(found: re.Match[str]) -> str:
    """An ES import as CommonJS has it."""
    module = f"require({found['module']})"
    names = re.sub(r"\bas\b", ":", re.sub(r"\bdefault\s+as\b", "default as", found["names"] or "")).strip()
    lines = [f"const {name} = {module};" for name in (found["default"], found["all"]) if name]
    lines += [f"const {{ {names} }} = {module};"] if names else []
    return " ".join(lines) or f"{module};"


LANGUAGE = JavaScript()
