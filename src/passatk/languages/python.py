"""Python: the tests run in one process, which holds the token, and the program in another."""

import ast
import hashlib
import importlib.util
import json
import os
import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path

import msgspec

from passatk.cases import Call
from passatk.languages.base import CannotCross, Language, Toolchain, body_of, harness, output_of
from passatk.languages.dialect import LIST, patterns
from passatk.languages.lexing import DOUBLE_QUOTED, SINGLE_QUOTED, Lexicon
from passatk.languages.python_plain import leaves_nothing, tree_of
from passatk.languages.python_setup import NUMPY, behind_future, helpers
from passatk.languages.syntax import Grammar
from passatk.records import Asserts, Examiner, Problem, Program, Sample, Step, WarmTool, Workshop
from passatk.regex import regex

COMMON_IMPORTS = "\n".join(
    [f"import {m}" for m in ("math", "re", "sys", "copy", "datetime", "itertools", "collections", "heapq")]
    + [f"import {m}" for m in ("statistics", "functools", "hashlib", "numpy", "numpy as np", "string")]
    + ["from typing import *", "from collections import *"]
)
"""What most programs begin with: warm interpreters have it imported."""


def _can_fail(part: ast.stmt) -> bool:
    """Whether a statement asserts, raises, or calls what does so by its name."""
    return any(
        isinstance(node, ast.Assert | ast.Raise) or (isinstance(node, ast.Call) and "assert" in ast.unparse(node.func))
        for node in ast.walk(part)
    )


_FUNCTION = regex(r"^def\s+(\w+)", re.MULTILINE)
_CLASS = regex(r"\s*(?:@|class\b)")
_IMPORT = regex(r"^(?:import|from)[ \t]+(\w+)", re.MULTILINE)


_WARM = (
    *("bisect", "cmath", "collections", "copy", "datetime", "decimal", "fractions", "functools", "hashlib", "heapq"),
    *("itertools", "json", "math", "numbers", "operator", "random", "re", "statistics", "string", "sys", "textwrap"),
    *("time", "traceback", "typing"),
)
"""What HumanEval's evaluators import for every program, and what generated code is likely to import by itself."""


_ENVIRONMENT = (("PYTHONHASHSEED", "0"), ("OPENBLAS_NUM_THREADS", "1"))
"""numpy's threads would only ask for memory and processes."""
_LEXICON = Lexicon(
    comments=(r"#[^\n]*",),
    strings=(
        r'"{3}(?:\\.|[^\\])*?(?:"{3}|\\?\Z)',
        r"'{3}(?:\\.|[^\\])*?(?:'{3}|\\?\Z)",
        DOUBLE_QUOTED,
        SINGLE_QUOTED,
    ),
    multiline=('"""', "'''"),
)
_GRAMMAR = Grammar(
    module="tree_sitter_python",
    query="""
        (function_definition name: (identifier) @name body: (block) @body) @function
        (class_definition name: (identifier) @name) @definition
        (import_statement name: (dotted_name . (identifier) @name)) @import
        (import_statement name: (aliased_import alias: (identifier) @name)) @import
        (import_from_statement name: (dotted_name (identifier) @name)) @import
        (import_from_statement name: (aliased_import alias: (identifier) @name)) @import
        (import_from_statement (wildcard_import)) @import
        (assignment left: (identifier) @name) @definition
        (assignment left: (pattern_list (identifier) @name)) @definition
    """,
    scopes=frozenset(("function_definition", "class_definition", "lambda")),
)


_BOTH = tuple(f"passatk_{name}" for name in ("exceptions", "peer", "proxies", "tests", "trial", "values", "wire"))
"""Modules of the harness, for programs and for examiners."""
_FLAGS = ("-s", "-S", "-B")


@cache
def _tool_name() -> str:
    return f"python {_hash_of('python_harness', *_BOTH)}"


@cache
def _name_of(kind: str) -> str:
    """Of the tool for scripts, or for functions."""
    return f"python {kind} {_hash_of(f'python_{kind}', 'python_harness', *_BOTH)}"


@cache
def _hash_of(*modules: str) -> str:
    return hashlib.sha256("".join(harness(f"{name}.py") for name in modules).encode()).hexdigest()[:16]


class Python(Language):
    name, title, prefix = "python", "Python", "Python"
    aliases = ("py", "python3")
    comment = "#"
    head = regex(r"^[ \t]*(?:async[ ]+)?def[ ]+(\w+)\s*\(", re.MULTILINE)
    head_end = regex(r"\s*(?:->[^\n]*?)?:[^\n]*(?:\n|\Z)")
    name_first = typed_by_colon = True
    usual_setup = COMMON_IMPORTS
    multipl_e = ("py",)
    minimum = (3, 11)
    packages = ("python3",)
    by_indentation = True
    keeps_apart = True
    fences = ("python", "py", "python3", "py3", "python2", "ipython", "ipython3", "pycon", "jupyter", "sage")
    lexicon = _LEXICON
    interpolated = r"""[rR]?[fF][rR]?(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
    binds = patterns(
        rf"^[ \t]*({LIST})\s*(?::[^=\n]+)?=(?!=)",
        r"=\s*([A-Za-z_]\w*)\s*=(?!=)",
        r"\bfor\s+([\w\s,()*]*?)\s+in\b",
        r"\blambda\s+([^:\n]*):",
        r"\bas\s+([A-Za-z_]\w*)",
        r"([A-Za-z_]\w*)\s*:=",
        r"\bdef\s+(\w+)",
    )
    inner_parameters = regex(r"\bdef\s+\w+\s*\(([^()]*)\)")
    suffixes = (".py",)
    grammar = _GRAMMAR
    code_line = regex(
        r"(?:from\s+[\w.]+\s+import\s|import\s+\w[\w.]*(?:\s+as\s+\w+)?(?:\s*,.*)?\s*(?:#.*)?$|(?:async\s+)?def\s+\w+\s*\("
        r"|class\s+\w+\s*(?:\(.*\))?:|@\w|\#|[)\]}]|if\s+__name__\b"
        r"|(?:\w+(?:\s*:\s*[\w\[\], .]+)?)\s*(?:[-+*/|]?=)(?!=)\s*\S"
        r"|\*?[\w.]+(?:\[[^\n=]*\])?(?:\s*,\s*\*?[\w.]+(?:\[[^\n=,]*\])?)*\s*,?\s*(?:[-+*/%&^|]|//|\*\*|<<|>>)?=(?!=)\s*\S"
        r"|(?:(?:for\s.*\sin|while|if|elif|with|except|match|case)\b.+|else|try|finally|except)\s*:\s*(?:#.*)?$"
        r"|print\(|assert\s|[\w.]+\(.*\)\s*(?:\#.*)?$)"
    )
    driver_names = regex(r"test_\w+|Test[A-Z_]\w*|Tests?|\w+Tests?|run_tests?|tests?")
    driver_code = regex(
        r"(?:assert|print|input)\b|(?:unittest|doctest|pytest|pprint|logging|timeit)\.\w+|if\s+__name__\b"
        r"|(?:run_)?tests?\(|main\(|(?:sys\.|os\._)?exit\(|quit\(|raise SystemExit\b"
    )
    reads_input = regex(r"\binput\(|\bsys\.(?:stdin|argv)\b|\.parse_args\(|(?<![\w.])open\(")
    test_imports = regex(r"(?:import|from)\s+(?:pytest|unittest|nose|hypothesis|doctest|timeit)\b")
    returns = regex(r"\b(?:return|yield|raise)\b")
    stub = regex(
        r"""pass|\.\.\.|return|raise NotImplementedError.*|[rRuU]?(?:\"{3}.*\"{3}|'{3}.*'{3}|"[^"\n]*"|'[^'\n]*')""",
        re.DOTALL,
    )
    first_code = regex(r"from\s+__future__\s+import\b")
    compared = regex(r"^AssertionError: (?P<first>.*?) != (?P<second>.*)")
    telling = regex(r"^[\w.]*(?:Error|Exception)\b|Assertion")
    test_mark = regex(r"\bassert|\bcheck\(|\bTestCase\b|\braise\b")
    self_test = Problem(
        task_id="Python/self-test",
        benchmark="self-test",
        language="python",
        prompt="def answer() -> int:\n",
        declaration="def answer() -> int:\n",
        reference="    return len([word for word in 'it works'.split()]) * 21\n",
        tests=Asserts(code="assert answer() == 42\n"),
    )

    def without_comments(self, source: str) -> str:
        return re.sub(r"^\s*#.*$", "", source, flags=re.MULTILINE)

    def fault_in_tests(self, tests: str) -> str:
        """Of HumanEval's form without its last line: a function `check` that nothing calls."""
        tree = tree_of(tests)
        if tree is None:  # the program would not compile either, and is told so
            return ""
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        idle = ""
        for part in tree.body:
            if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                if isinstance(part, ast.ClassDef) or _can_fail(part):
                    return ""
            elif part.name.startswith("test") or part.name in used:
                return ""
            elif _can_fail(part):
                idle = part.name
        return f"{idle!r} has all of the assertions, and nothing calls it" if idle else ""

    def locate(self, cache: Path) -> Toolchain:
        wanted = os.environ.get("PASSATK_PYTHON")
        if wanted:
            interpreter = self.find_tool("python")
            prefix = output_of(interpreter, "-c", "import sys; print(sys.base_prefix)").strip()
        else:
            interpreter = os.path.join(sys.base_prefix, "bin", f"python3.{sys.version_info.minor}")
            prefix = sys.base_prefix
        version = self.check_version(output_of(interpreter, "--version"), r"(\d+)\.(\d+)")
        folder = str(Path(__file__).with_name("harness"))
        numpy = importlib.util.find_spec("numpy")
        numpy_folders: tuple[str, ...] = ()
        if numpy is not None and numpy.origin is not None and not wanted:
            site = Path(numpy.origin).parent.parent
            numpy_folders = tuple(str(p) for p in (site / "numpy", site / "numpy.libs") if p.exists())
        tool = WarmTool(
            name=_tool_name(),
            folder=folder,
            module="python_harness",
            prelude=helpers(COMMON_IMPORTS, numpy=False),
            imports=_WARM,
            env=_ENVIRONMENT,
        )
        return Toolchain(
            language=self.name,
            version=version,
            interpreter=os.path.realpath(interpreter) if wanted else "",
            warm=(
                tool,
                *(
                    WarmTool(
                        name=_name_of(kind),
                        folder=folder,
                        module=f"python_{kind}",
                        prelude="",
                        imports=(),
                        env=_ENVIRONMENT,
                    )
                    for kind in ("script", "function")
                ),
            ),
            readable=(prefix, *numpy_folders),
            variables=(
                ("PYTHON", os.path.realpath(interpreter)),
                ("PYTHON_HARNESS", folder),
                ("PYTHON_SITE", os.path.dirname(numpy_folders[0]) if numpy_folders else ""),
            ),
            provides=("numpy",) if numpy_folders else (),
            lacks=() if numpy_folders else ("numpy: `pip install numpy` beside passatk",),
        )

    def shaped(self, code: str, entry: str) -> str:
        code = textwrap.dedent(code)
        shown = code.find("\n>>> ")
        if shown >= 0 and not self.valid(code) and self.valid(code[: shown + 1]):
            return code[: shown + 1]  # behind the program, a session that uses it
        return code

    def valid(self, code: str) -> bool:
        return tree_of(code) is not None

    def examiner(self, problem: Problem, tests: str) -> Examiner:
        shown, theirs = self._shown(problem, tests)
        imports = helpers(problem.setup, NUMPY.search(tests + shown) is not None)
        if not leaves_nothing(imports, shown, tests):
            raise CannotCross("tests that may leave something behind")
        made_of = {
            "entry": _asked(problem, theirs),
            "helpers": imports,
            "shown": shown,
            "tests": tests,
            "harness": _hash_of("passatk_examiner", *_BOTH),
        }
        return Examiner(
            language=self.name,
            source=json.dumps(made_of),
            run=Step(
                argv=("${PYTHON}", *_FLAGS, "${PYTHON_HARNESS}/passatk_examiner.py", "${PYTHON_SITE}"),
                env=_ENVIRONMENT,
            ),
            asks="${EXAMINER}/${EXAMINER_NAME}",
            requires=_third_party(f"{problem.setup}\n{tests}"),
        )

    def behind_wall(self, problem: Problem, sample: Sample, examiner: Examiner) -> Program:
        source = body_of(problem, sample)
        return self._program(problem, source, source, examiner.requires, "serve", examiner=examiner)

    def standalone(self, problem: Problem, sample: Sample) -> Program:
        source = behind_future(problem.setup, body_of(problem, sample))
        uses_numpy = NUMPY.search(source) is not None
        return Program(
            language=self.name,
            files=(("program.py", source),),
            run=Step(argv=("python", "${PYTHON_SITE}"), env=_ENVIRONMENT, warm=_name_of("script")),
            requires=("numpy",) if uses_numpy else (),
        )

    def script(self, problem: Problem, sample: Sample, arguments: tuple[str, ...]) -> Program:
        run = Step(argv=("${PYTHON}", *_FLAGS, "program.py", *arguments), env=_ENVIRONMENT)
        return msgspec.structs.replace(self.standalone(problem, sample), run=run)

    def called(self, problem: Problem, sample: Sample, call: Call) -> Program:
        source = body_of(problem, sample)
        uses_numpy = NUMPY.search(source) is not None
        return Program(
            language=self.name,
            files=(("helpers.py", helpers(problem.setup, uses_numpy)), ("program.py", source)),
            run=Step(
                argv=(
                    "python",
                    "${PYTHON_SITE}",
                    call.name,
                    call.written,
                    *(["together"] if call.together is True else []),
                ),
                env=_ENVIRONMENT,
                warm=_name_of("function"),
            ),
            requires=("numpy",) if uses_numpy else (),
        )

    def workshop(self, examiners: Sequence[Examiner]) -> Workshop:
        files = tuple((f"{examiner.name}.json", examiner.source) for examiner in examiners)
        return Workshop(files=files, keeps=tuple(name for name, _ in files))

    def assemble(self, problem: Problem, sample: Sample, tests: str) -> Program:
        source = body_of(problem, sample)
        shown, theirs = self._shown(problem, tests)
        files = (("shown.py", shown), ("tests.py", tests))
        requires = _third_party(f"{problem.setup}\n{tests}")
        return self._program(problem, source, source + tests, requires, "judge", *_asked(problem, theirs), files=files)

    def _program(
        self,
        problem: Problem,
        source: str,
        seen: str,
        requires: tuple[str, ...],
        *way: str,
        files: tuple[tuple[str, str], ...] = (),
        examiner: Examiner | None = None,
    ) -> Program:
        """`seen`: where numpy may be named; `way`: what the harness is to do."""
        uses_numpy = NUMPY.search(seen) is not None
        return Program(
            language=self.name,
            files=(("helpers.py", helpers(problem.setup, uses_numpy)), ("program.py", source), *files),
            run=Step(argv=("python", "${PYTHON_SITE}", *way), env=_ENVIRONMENT, warm=_tool_name()),
            requires=(*(("numpy",) if uses_numpy else ()), *requires),
            examiner=examiner,
        )

    def _shown(self, problem: Problem, tests: str) -> tuple[str, frozenset[str]]:
        """Helpers and constants of the prompt that `tests` name, as code for the tests' own process; their names.

        Classes are the program's, and so are constants made of them.
        """
        parts = self.outline(problem.prompt).parts
        functions = [part for part in parts if part.kind == "function"]
        entry = problem.entry_point or next((name for part in functions[::-1] for name in part.names), "")
        definitions = [part for part in parts if part.kind == "definition"]
        classes = {name for part in definitions if _CLASS.match(part.text) for name in part.names}
        left = [part for part in definitions if _CLASS.match(part.text) or classes & _words(part.text)]
        helpers = [part for part in (*functions, *definitions) if part not in left and entry not in part.names]
        named = frozenset(name for part in helpers for name in part.names) & _words(tests)
        if not named:
            return "", frozenset()
        used = {word for part in helpers for word in _words(part.text)}
        if not any(used & set(part.names) for part in left):
            left = []
        kept = [part.text for part in parts if part.kind == "import" or part in helpers or part in left]
        return "\n".join(text for text in kept if self.valid(text)), named


def _asked(problem: Problem, theirs: frozenset[str]) -> list[str]:
    """What the problem asks for by name."""
    names = dict.fromkeys(filter(None, (*_FUNCTION.findall(problem.declaration), problem.entry_point)))
    return [name for name in names if name not in theirs]


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


@lru_cache(maxsize=256)
def _third_party(code: str) -> tuple[str, ...]:
    """Modules that tests or their helpers import and that neither Python nor numpy brings.

    An import within a `try` may fail, and so may one that is reached on a condition.
    """
    own = {"numpy", "program", *sys.stdlib_module_names}
    tree = tree_of(code)
    found = _IMPORT.findall(code) if tree is None else _imported(tree.body)
    return tuple(sorted(set(found) - own))


def _imported(body: Sequence[ast.stmt]) -> Iterator[str]:
    for part in body:
        if isinstance(part, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in part.names)
        elif isinstance(part, ast.ImportFrom) and part.module and not part.level:
            yield part.module.partition(".")[0]
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _imported(part.body)


LANGUAGE = Python()
