"""Answers of every kind that models give, about three problems of HumanEval-X in six languages, and whether they are right."""

from textwrap import dedent, indent
from typing import NamedTuple


class Case(NamedTuple):
    kind: str
    task_id: str
    answer: str
    passes: bool = True


def fence(code: str, tag: str = "python", mark: str = "```") -> str:
    return f"{mark}{tag}\n{code}{mark}\n"


def within(function: str) -> str:
    """A function's body with its closing brace."""
    return function[function.index("\n") + 1 :]


BODY = "    ordered = sorted(numbers)\n    return any(b - a < threshold for a, b in zip(ordered, ordered[1:]))\n"
HEAD = "def has_close_elements(numbers: List[float], threshold: float) -> bool:\n"
PY = f"from typing import List\n\n\n{HEAD}{BODY}"
WRONG = "def has_close_elements(numbers, threshold):\n    return False\n"
LOOP = """\
for i in range(len(numbers)):
    for j in range(i):
        if abs(numbers[i] - numbers[j]) < threshold:
            return True
return False
"""
FIND_ZERO = """\
def find_zero(xs):
    low, high = -1e6, 1e6
    while poly(xs, low) * poly(xs, high) > 0:
        low, high = low * 2, high * 2
    for _ in range(200):
        middle = (low + high) / 2
        if poly(xs, low) * poly(xs, middle) <= 0:
            high = middle
        else:
            low = middle
    return low
"""

FENCES = [
    Case("fence", "Python/0", f"Sure:\n\n{fence(PY, tag, mark)}\nDone.")
    for mark in ("```", "````", "`````", "~~~", "~~~~")
    for tag in (
        "",
        "py",
        "Python3",
        "{.python}",
        'python title="x.py"',
        "python {linenos=true}",
        "python:x.py",
        " python",
    )
]
PLACES = [
    ("list", f"1. First:\n\n{indent(fence(PY), '   ')}\n2. Done"),
    ("list mark before the fence", "- " + indent(fence(PY), "  ").lstrip()),
    ("tabs", f"* Code:\n{indent(fence(PY), chr(9))}"),
    ("quote", "".join(f">{line}\n" for line in fence(PY).split("\n"))),
    ("middle of a line", f"Here is the code: ```python\n{PY}``` It sorts."),
    ("closed behind the last line", f"```python\n{PY.rstrip()}```"),
    ("CRLF", fence(PY).replace("\n", "\r\n")),
    ("closing only", f"{PY}```\nThis works because the list is sorted.\n"),
    ("closing, then more fences", f"Here you go\n\n{PY}```\nThis works.\n```\nO(n)\n```"),
    ("opening only", f"```python\n{PY}"),
    ("HTML", f"<pre><code>{PY.replace('<', '&lt;').replace('>', '&gt;')}</code></pre>"),
    ("tags", f"[PYTHON]\n{PY}[/PYTHON]\n[TESTS]\nassert True\n[/TESTS]"),
    ("answer tags", f"<answer>\n{PY}</answer>"),
    ("answer tags and a fence", f"<answer>\n{fence(PY)}</answer>"),
    ("markdown around", fence(f"# Solution\n{fence(PY)}Done\n", "markdown", "````")),
    ("markdown around, same marks", fence(f"# Solution\n{fence(PY)}Done\n", "markdown")),
    (
        "fence in a docstring",
        fence(f'{HEAD}    """\n    ```\n    has_close_elements([1.0], 1)\n    ```\n    """\n{BODY}'),
    ),
    ("fence in a docstring, flush", fence(f'{HEAD}    """\n```python\nx\n```\n    """\n{BODY}') + fence("print(1)\n")),
    (
        "session",
        fence(">>> " + PY.strip().replace("\n", "\n... ") + "\n>>> has_close_elements([1.0], 1)\nFalse\n", "pycon"),
    ),
    ("no fence", f"Use `has_close_elements`:\n\n{PY}\n**Explanation:**\n- sorts\n- compares\n"),
    (
        "no fence, usage",
        f"Solution\n\n{PY}\nUsage:\n\nprint(has_close_elements([1.0, 2.0], 0.5))\n\nIt is O(n log n).\n",
    ),
    ("no-break spaces", fence(PY.replace("    ", "\u00a0" * 4))),
    ("wide spaces", fence(PY.replace("    ", "\u3000\u3000"))),
    ("byte order mark", fence(f"\ufeff{PY}")),
    ("zero-width spaces", fence(PY.replace("\n    ", "\n\u200b    "))),
    ("no-break space in a head", fence(PY.replace("def has", "def\u00a0has"))),
]
THINKING = [
    ("closed only", f"some thought {fence(WRONG)}</think>\n{fence(PY)}", True),
    ("empty", f"<think></think>{fence(PY)}", True),
    ("twice", f"<think>a</think>\n<think>b {fence(WRONG)}</think>\n{fence(PY)}", True),
    ("then no fence", f"<think>x</think>\n{PY}", True),
    ("channels", f"<|channel|>analysis<|message|>{fence(WRONG)}<|end|><|channel|>final<|message|>{fence(PY)}", True),
    ("never closed", f"<think>{fence(PY)}", False),
    ("opened again", f"<think>a</think>\n<think>\n{fence(PY)}", False),
    ("no answer", f"<think>{fence(PY)}</think>\n", False),
    ("another turn", f"<|im_start|>assistant\n{fence(PY)}<|im_end|>\n<|im_start|>user\nAnd?\n{fence(WRONG)}", True),
]
MARKS = ("<|im_end|>", "<|im_en", "<|endoftext|>", "</s>", "<|eot_id|>", "<|im_end|", "<|", "<end_of_turn>", "<|end|>")
CHOICES = [
    ("draft, answer, usage", f"{fence(WRONG)}Better:\n{fence(PY)}Usage:\n{fence('print(has_close_elements([1], 2))')}"),
    (
        "tests behind",
        fence(PY) + fence("import pytest\nfrom x import has_close_elements\n\ndef test_a():\n    assert 0\n"),
    ),
    (
        "tests before",
        fence("import pytest\nfrom x import has_close_elements\n\ndef test_a():\n    assert 0\n") + fence(PY),
    ),
    ("prompt behind", fence(PY) + fence(f'{HEAD}    """ Check """\n')),
    ("declaration behind", fence(PY) + fence(f"{HEAD}    ...\n")),
    ("another language behind", fence(PY) + fence("boolean has_close_elements(int a) { return false; }\n", "java")),
    (
        "imports apart",
        fence("from itertools import combinations as c\n")
        + fence(f"{HEAD}    return any(abs(a - b) < threshold for a, b in c(numbers, 2))\n"),
    ),
    (
        "helpers behind",
        fence(f"{HEAD}    return any(abs(a - b) < threshold for a, b in pairs(numbers))\n")
        + fence("import itertools\ndef pairs(x):\n    return itertools.combinations(x, LIMIT)\n")
        + fence("LIMIT = 2\n"),
    ),
    (
        "class apart",
        fence("class N:\n    def __init__(self, v):\n        self.v = v\n")
        + fence(
            f"{HEAD}    n = [N(v) for v in sorted(numbers)]\n    return any(b.v - a.v < threshold for a, b in zip(n, n[1:]))\n"
        ),
    ),
]
BODIES = [
    ("indented", BODY),
    ("first line stripped", BODY.lstrip()),
    ("flush", dedent(BODY)),
    ("fenced and stripped", fence(BODY.strip() + "\n")),
    ("with usage", fence(dedent(BODY)) + fence("print(has_close_elements([1.0], 2))\n")),
    ("prose around", f"Here is the body:\n\n{BODY}\nIt sorts."),
    ("loop", fence(LOOP)),
    ("loop without fence", indent(LOOP, "    ")),
    ("loop whose first line was stripped", fence(indent(LOOP, "    ").lstrip())),
    ("with an import", fence("import math\n" + LOOP.replace("abs", "math.fabs"))),
]
DRIVERS = [
    "if __name__ == '__main__':\n    import sys\n    print(has_close_elements(list(map(float, sys.stdin.read().split())), 0.5))\n",
    "def main():\n    print(has_close_elements([float(input())], 1))\n\nmain()\n",
    "import unittest\nclass TestIt(unittest.TestCase):\n    def test(self):\n        self.assertTrue(has_close_elements([1.0], 1))\n\nunittest.main()\n",
    "import pytest\n\ndef test_it():\n    assert has_close_elements([1.0, 2.0], 0.5)\n\ntest_it()\n",
    "while True:\n    has_close_elements([1.0], 1)\n",
    "raise SystemExit(has_close_elements([1.0], 1))\n",
    "numbers = list(map(float, input().split()))\nthreshold = float(input())\nprint(has_close_elements(numbers, threshold))\n",
    "assert has_close_elements([1.0, 2.0], 0.5) == True, 'x'\n",
    "result = has_close_elements(None, 0.5)\n",
    "result = has_close_elements([1.0], 1)\nif result is not True:\n    raise ValueError(result)\n",
    "text = input()\nrows = [float(part) for part in text.split()]\nprint(has_close_elements(rows, 1))\n",
    "passed = 0\nfor rows in [[1.0]]:\n    passed += has_close_elements(rows, 1)\nif passed != 1:\n    raise SystemExit(1)\n",
    "for t in [None]:\n    print(has_close_elements(t, 1))\n",
    "def check(candidate):\n    assert candidate([1.0, 2.0], 0.5) == True\ncheck(has_close_elements)\n",
]
PYTHON_PROGRAMS = [
    (
        "what fills a table stays",
        "cache = {}\ndef fill():\n    cache['x'] = True\nfill()\ndef has_close_elements(n, t):\n    o = sorted(n)\n    return cache['x'] and any(b - a < t for a, b in zip(o, o[1:]))\n",
        True,
    ),
    (
        "another name for it",
        "def _f(n, t):\n    o = sorted(n)\n    return any(b - a < t for a, b in zip(o, o[1:]))\nhas_close_elements = _f\n",
        True,
    ),
    ("future import", f'#!/usr/bin/env python3\n"""Doc."""\nfrom __future__ import annotations\n{PY}', True),
    ("another function", PY.replace("has_close_elements", "hasCloseElements"), False),
]

CPP = """\
bool has_close_elements(vector<float> numbers, float threshold) {
    sort(numbers.begin(), numbers.end());
    for (size_t i = 1; i < numbers.size(); i++)
        if (numbers[i] - numbers[i - 1] < threshold) return true;
    return false;
}
"""
CPP_TOP = "#include <algorithm>\n#include <vector>\nusing namespace std;\n"
CPP_STD = CPP.replace("vector", "std::vector").replace("    sort(", "    std::sort(")
CPP_ANSWERS = [
    ("function alone", fence(CPP, "cpp"), True),
    ("no fence", f"Here is it.\n\n{CPP_TOP}{CPP}\nIt sorts the vector.\n", True),
    (
        "main",
        fence(
            f"{CPP_TOP}{CPP}\nint main(int argc, char* argv[])\n{{\n    float x; cin >> x;\n    return 1;\n}}\n", "C++"
        ),
        True,
    ),
    ("test block behind", fence(CPP_TOP + CPP, "cpp") + fence(f"{CPP_TOP}int main() {{ return 0; }}\n", "cpp"), True),
    (
        "std:: and names of std",
        fence(f"int gcd(int a, int b) {{ return b ? gcd(b, a % b) : a; }}\nint count = 0;\n{CPP_STD}", "cpp"),
        True,
    ),
    ("body", fence(within(CPP), "cpp"), True),
    ("body without its brace", fence(dedent(within(CPP)[:-2]), "cpp"), True),
    ("body without a fence", within(CPP), True),
    ("include and body", fence("#include <algorithm>\n" + within(CPP), "cpp"), True),
    (
        "template apart",
        fence("template <typename T>\nT gap(T a, T b) { return b - a; }\n", "cpp")
        + fence(CPP.replace("numbers[i] - numbers[i - 1]", "gap(numbers[i - 1], numbers[i])"), "cpp"),
        True,
    ),
    ("cut off in main", f"```cpp\n{CPP_TOP}{CPP}\nint main() {{\n    vector<float> a = {{1.0,", True),
    ("in a class", fence(f"class Solution {{\npublic:\n{CPP}}};\n", "cpp"), False),
]
JAVA = """\
    public boolean hasCloseElements(List<Double> numbers, double threshold) {
        List<Double> sorted = new ArrayList<>(numbers);
        Collections.sort(sorted);
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i) - sorted.get(i - 1) < threshold) return true;
        }
        return false;
    }
"""
JAVA_HEADS = (
    "class Solution {",
    "public final class Solution {",
    "static class Solution {",
    "private class Solution {",
    "@Deprecated\npublic class Solution implements java.io.Serializable {",
    "class Solution\n{",
    "public class CloseElements {",
)
GAP = "private double gap(List<Double> s, int i) { return s.get(i) - s.get(i - 1); }\n"
JAVA_GAP = JAVA.replace("sorted.get(i) - sorted.get(i - 1)", "gap(sorted, i)")
CALL = "System.out.println(new Solution().hasCloseElements(Arrays.asList(1.0), 1));"
JAVA_TYPES = (
    "package a.b;\n\nimport java.util.List;\n\n@interface Mark { }\n\npublic interface Gap { double of(List<Double> sorted, int i); }\n\n"
    "public record Between() implements Gap {\n"
    "    public double of(List<Double> sorted, int i) { return sorted.get(i) - sorted.get(i - 1); }\n}\n"
)
JAVA_TYPED = (
    "package a;\n\nimport java.util.*;\nimport a.b.Gap;\n\npublic class Solution {\n    @Mark private final Gap gap = new Between();\n"
    f"{JAVA_GAP.replace('gap(sorted', 'gap.of(sorted')}}}\n"
)
JAVA_ANSWERS = [
    ("method alone", fence(JAVA, "java")),
    ("imports and a method", fence(f"import java.util.*;\nimport java.util.stream.*;\n\n{dedent(JAVA)}", "java")),
    ("private static method", fence(dedent(JAVA).replace("public ", "private static "), "java")),
    ("private method in a class", fence(f"class Solution {{\n{JAVA.replace('public ', 'private ')}}}\n", "java")),
    (
        "nested class",
        fence(
            f"package a.b;\nimport java.util.*;\n/** Doc */\npublic class Main {{\n    static class Solution {{\n{JAVA}    }}\n    public static void main(String[] a) {{ {CALL} }}\n}}\n",
            "java",
        ),
    ),
    (
        "class Main first",
        fence(
            f"import java.util.*;\npublic class Main {{\n    public static void main(String[] a) {{ {CALL} }}\n}}\nclass Solution {{\n{JAVA}}}\n",
            "java",
        ),
    ),
    (
        "static in its own class",
        fence(
            f"import java.util.*;\npublic class Close {{\n{JAVA.replace('public', 'public static')}    public static void main(String[] a) {{ Close.hasCloseElements(null, 1); }}\n}}\n",
            "java",
        ),
    ),
    (
        "JUnit",
        fence(
            f"import java.util.*;\nimport org.junit.Test;\nimport static org.junit.Assert.*;\nclass Solution {{\n{JAVA}}}\npublic class SolutionTest {{\n    @Test\n    public void testIt() {{ assertTrue(true); }}\n}}\n",
            "java",
        ),
    ),
    (
        "other types",
        fence(
            f"import java.util.*;\npublic class Solution {{\n    record Pair(double a) {{}}\n{JAVA}}}\npublic interface Shape {{ int area(); }}\npublic enum Color {{ RED }}\n",
            "java",
        ),
    ),
    ("body", fence(within(JAVA), "java")),
    ("body and the class's brace", fence(within(JAVA) + "}\n", "java")),
    ("body without braces", fence(dedent(within(JAVA).rstrip()[:-1]), "java")),
    ("helper apart, method alone", fence(GAP, "java") + fence(dedent(JAVA_GAP), "java")),
    (
        "helper apart, class",
        fence(GAP, "java") + fence(f"import java.util.*;\nclass Solution {{\n{JAVA_GAP}}}\n", "java"),
    ),
    *(
        (f"{how} with a type in a block of its own", "".join(fence(block, "java") for block in blocks))
        for how, blocks in (("before it", (JAVA_TYPES, JAVA_TYPED)), ("behind it", (JAVA_TYPED, JAVA_TYPES)))
    ),
    ("no fence", f"Here it is:\n\nimport java.util.*;\n\nclass Solution {{\n{JAVA}}}\n\nThis sorts.\n"),
]
JS_BODY = """\
  const s = [...numbers].sort((a, b) => a - b);
  for (let i = 1; i < s.length; i++) {
    if (s[i] - s[i - 1] < threshold) return true;
  }
  return false;
}
"""
JS = f"function hasCloseElements(numbers, threshold) {{\n{JS_BODY}"
ARROW = f"const hasCloseElements = (numbers, threshold) => {{\n{JS_BODY}"
ANONYMOUS = f"(numbers, threshold) => {{\n{JS_BODY}"
JS_PROGRAMS = [
    *(
        f"export {code}"
        for code in (
            JS,
            f"default {JS}",
            ARROW,
            f"default {ANONYMOUS}",
            f"default function (numbers, threshold) {{\n{JS_BODY}",
        )
    ),
    f"{ARROW}export default hasCloseElements;\n",
    f"{JS}export {{ hasCloseElements as default }};\n",
    *(
        f"{left} = {ANONYMOUS}"
        for left in ("module.exports", "module.exports.hasCloseElements", "exports.hasCloseElements")
    ),
    *(f"{left} = {ANONYMOUS}" for left in ("var hasCloseElements", "hasCloseElements")),
    f"module.exports = {{ hasCloseElements }};\n{JS}",
    f"import assert from 'assert';\n{JS}assert(!hasCloseElements([1, 2], 0.5));\n",
    f"import {{ strict as assert }} from 'node:assert';\nimport * as util from 'util';\nimport 'fs';\n{JS}",
    f"{JS}const readline = require('readline');\nconst rl = readline.createInterface({{ input: process.stdin }});\nrl.on('line', (l) => {{ hasCloseElements(l); }});\n",
    f"{JS}describe('x', () => {{ it('y', () => {{ expect(hasCloseElements([1], 1)).toBe(false); }}); }});\n",
    f"{JS}throw new Error(hasCloseElements([1], 1));\n",
    f"{JS}while (true) {{ hasCloseElements([1], 1); }}\n",
    f"'use strict';\n{JS}if (typeof module !== 'undefined') {{ module.exports = {{ hasCloseElements }}; }}\n",
    f"#!/usr/bin/env node\n/**\n * @param {{number[]}} numbers\n */\n{ARROW.rstrip()};\n",
    f"{JS}const result = hasCloseElements([1], 1);\nif (result !== true) {{\n  throw new Error('wrong');\n}}\n",
    f"{JS}const [result] = [hasCloseElements([1], 1)];\nif (!result) process.exit(1);\n",
    f"{JS}const input = require('fs').readFileSync(0, 'utf8').trim().split('\\n');\nconst [a, t] = [JSON.parse(input[0]), Number(input[1])];\nconsole.log(hasCloseElements(a, t));\n",
    f"{JS}const args = process.argv.slice(2);\nif (args.length < 2) {{\n  process.exit(1);\n}}\nconsole.log(hasCloseElements(JSON.parse(args[0]), +args[1]));\n",
    f"{JS}const [, , ...args] = process.argv;\nif (args.length < 2) {{\n  process.exit(1);\n}}\n",
    f"module.exports = (() => {{\n{JS}return {{ hasCloseElements }};\n}})();\n",
    f"var lib = (function () {{\n{JS}return {{ hasCloseElements }};\n}})();\nvar hasCloseElements = lib.hasCloseElements;\n",
    f"const lib = {{ {JS.removeprefix('function ')}}};\nconst {{ hasCloseElements }} = lib;\n",
    f"{JS}const verify = (n, t, e) => {{\n  if (hasCloseElements(n, t) !== e) throw new Error('wrong');\n}};\nverify([1], 1, true);\n",
    f"{JS}const cases = [[1]];\nlet passed = 0;\nfor (const n of cases) {{\n  if (hasCloseElements(n, 1)) passed++;\n}}\nif (passed !== 1) process.exit(1);\n",
    f"const prompt = require('prompt-sync')();\n{JS}console.log(hasCloseElements(JSON.parse(prompt('? ')), 1));\n",
    f"import {{ helper }} from './helper.js';\nexport {JS}",
    f"{JS}module.exports = hasCloseElements;\n// test.js\nconst solve = require('./hasCloseElements');\nconsole.log(solve([1], 1));\n",
    *(
        f"{table}\n{JS.replace('return false', 'return rest && false')}console.log(hasCloseElements([1], 1));\n"
        for table in (
            "const rest = { more: (n, t) => hasCloseElements(n, t) };",
            "const rest = Object.freeze({ more: (n, t) => hasCloseElements(n, t) });",
            "const rest = new Map([['more', (n, t) => hasCloseElements(n, t)]]);",
            "const memoize = (g) => (...a) => g(...a);\nconst rest = memoize((n, t) => hasCloseElements(n, t));",
        )
    ),
    f"const _ = require('lodash');\n{JS}console.log(_.sum([hasCloseElements([1], 1)]));\n",
    f"{JS}const checks = [['a', () => hasCloseElements([1], 1)]];\nchecks.forEach(([name, check]) => {{ if (!check()) throw new Error(name); }});\n",
    f"{JS}Object.defineProperty(hasCloseElements, 'limit', {{ value: 1 }});\n".replace(
        "return false", "return hasCloseElements.limit !== 1"
    ),
    "const seen = {};\nconst yes = 'yes';\nseen[yes] = true;\n"
    + JS.replace("return true", "return seen.yes")
    + "console.log(yes);\n",
]
TYPED = JS.replace("(numbers, threshold)", "(numbers: number[], threshold: number): boolean")
JS_ANSWERS = [
    *(("program", fence(code, "js"), True) for code in JS_PROGRAMS),
    ("no fence", f"Here:\n\n{ARROW}\nIt sorts.\n", True),
    ("body", fence(JS_BODY, "js"), True),
    ("body without its brace", fence(dedent(JS_BODY[:-2]), "javascript"), True),
    (
        "helper apart",
        fence("const gap = (s, i) => s[i] - s[i - 1];\n", "js")
        + fence(JS.replace("s[i] - s[i - 1]", "gap(s, i)"), "js"),
        True,
    ),
    (
        "tests in a file of their own",
        fence(f"{JS}module.exports = {{ hasCloseElements }};\n", "js")
        + fence(
            "const { hasCloseElements } = require('./solution');\nit('x', () => { hasCloseElements([1], 1); });\n", "js"
        ),
        True,
    ),
    (
        "tests in a module of their own",
        fence(f"export {JS}", "js")
        + fence("import { hasCloseElements } from '../solution.js';\nif (!hasCloseElements([1], 1)) throw 1;\n", "js"),
        True,
    ),
    ("TypeScript behind it", fence(JS, "js") + fence(TYPED, "typescript"), True),
    ("TypeScript alone", fence(JS, "ts"), True),
    ("types", fence(TYPED, "ts"), False),
    ("in a class", fence(f"class Solution {{\n  hasCloseElements(numbers, threshold) {{\n{JS_BODY}}}\n", "js"), False),
]
GO = """\
func HasCloseElements(numbers []float64, threshold float64) bool {
\tsorted := append([]float64{}, numbers...)
\tsort.Float64s(sorted)
\tfor i := 1; i < len(sorted); i++ {
\t\tif sorted[i]-sorted[i-1] < threshold {
\t\t\treturn true
\t\t}
\t}
\treturn false
}
"""
GO_TOP = 'package main\n\nimport "sort"\n\n'
GO_TEST = "func TestHasCloseElements(t *testing.T) {\n\tassert.True(t, HasCloseElements(nil, 1))\n}\n"
TESTIFY = '"github.com/stretchr/testify/assert"'
GO_ANSWERS = [
    ("no fence", f"So:\n\n{GO_TOP}{GO}\nDone.\n", True),
    (
        "main and a test",
        fence(
            f'package main\n\nimport (\n\t"fmt"\n\t"sort"\n\t"testing"\n\t{TESTIFY}\n)\n\n{GO}\n{GO_TEST}\nfunc main() {{\n\tfmt.Println(1)\n}}\n',
            "go",
        ),
        True,
    ),
    (
        "test block behind",
        fence(GO_TOP + GO, "go") + fence(f'package main\n\nimport (\n\t"testing"\n\t{TESTIFY}\n)\n\n{GO_TEST}', "go"),
        True,
    ),
    (
        "another package",
        fence(
            '// Package x does.\npackage x // here\n\nimport (\n\tsrt "sort"\n)\n\n' + GO.replace("sort.", "srt."), "go"
        ),
        True,
    ),
    ("body", fence(within(GO), "go"), True),
    ("import and body", fence(f'import "sort"\n\n{within(GO)}', "go"), True),
    ("body without its brace", fence(dedent(within(GO)[:-2]), "go"), True),
    ("import apart", fence('import "sort"\n', "go") + fence(GO, "go"), True),
    (
        "helper apart",
        fence("package main\n\nfunc gap(s []float64, i int) float64 { return s[i] - s[i-1] }\n", "go")
        + fence(GO_TOP + GO.replace("sorted[i]-sorted[i-1]", "gap(sorted, i)"), "go"),
        True,
    ),
    ("unused import", fence(f'package main\n\nimport "os"\n\n{GO}', "go"), False),
]
RUST = """\
fn has_close_elements(numbers: Vec<f32>, threshold: f32) -> bool {
    let mut sorted = numbers.clone();
    sorted.sort_by(|a, b| a.partial_cmp(b).unwrap());
    sorted.windows(2).any(|w| w[1] - w[0] < threshold)
}
"""
RUST_TYPE = "struct Sorted(Vec<f32>);\n"
RUST_IMPL = (
    "impl Sorted {\n    fn near(&self, threshold: f32) -> bool {\n"
    "        self.0.windows(2).any(|w| w[1] - w[0] < threshold)\n    }\n}\n"
)
RUST_WITH_TYPE = (
    "fn has_close_elements(mut numbers: Vec<f32>, threshold: f32) -> bool {\n"
    "    numbers.sort_by(|a, b| a.partial_cmp(b).unwrap());\n    Sorted(numbers).near(threshold)\n}\n"
)
RUST_BEFORE = (
    "use std::collections::{HashMap, HashSet, BTreeMap};\n",
    "use std::cmp::{self, max, min};\nuse std::cmp::max as bigger;\n",
    "use std::collections::*;\n",
    "use std::collections::HashMap as Map;\n",
    "#![allow(dead_code, unused)]\nuse std::{cmp::{max, Ordering}, mem};\n",
    "extern crate regex;\nuse regex::Regex;\n",
    "use rand::Rng;\nuse std::any::Any; // comment\n/* block */\n",
    "fn max(a: i32, b: i32) -> i32 { if a > b { a } else { b } }\n\nstruct Iter;\n",
    "#[derive(Debug, Clone)]\nstruct P { x: f32 }\n\nimpl P { fn new(x: f32) -> P { P { x } } }\n\n/// Doc\n#[inline]\npub ",
)
RUST_ANSWERS = [
    *(("program", fence(before + RUST, "rust"), True) for before in RUST_BEFORE),
    ("no fence", f"So:\n\nuse std::cmp::max;\n\n{RUST}\nIt sorts.\n", True),
    (
        "test and main",
        fence(f"{RUST}\n#[test]\nfn test_it() {{\n    assert!(false);\n}}\n\nfn main() {{}}\n", "rust"),
        True,
    ),
    (
        "tests without cfg",
        fence(f"{RUST}\nmod tests {{\n    use super::*;\n    #[test]\n    fn t() {{}}\n}}\n", "rust"),
        True,
    ),
    ("body", fence(within(RUST), "rust"), True),
    ("body without its brace", fence(dedent(within(RUST)[:-2]), "rust"), True),
    (
        "import apart",
        fence("use std::cmp::Ordering;\n", "rust")
        + fence(RUST.replace(".unwrap()", ".unwrap_or(Ordering::Equal)"), "rust"),
        True,
    ),
    (
        "in a module",
        fence(
            f"pub mod solution {{\n    use super::*;\n    pub {RUST}}}\n\nuse solution::has_close_elements;\n\nfn main() {{}}\n",
            "rust",
        ),
        True,
    ),
    (
        "in a module by its path",
        fence(
            f"mod solution {{\n    pub {RUST}}}\n\npub fn quick(numbers: Vec<f32>) -> bool {{\n"
            "    crate::solution::has_close_elements(numbers, 0.1)\n}\n",
            "rust",
        ),
        True,
    ),
    (
        "within two modules",
        fence(f"pub mod a {{\n    pub mod b {{\n        pub {RUST}}}\n}}\n\nuse a::b::has_close_elements;\n", "rust"),
        True,
    ),
    *(
        ("a type, its functions and the solution apart", "".join(fence(part, "rust") for part in parts), True)
        for parts in (
            (RUST_TYPE, RUST_IMPL, RUST_WITH_TYPE),
            (RUST_IMPL, RUST_TYPE + RUST_WITH_TYPE),
            (RUST_TYPE, RUST_IMPL + RUST_WITH_TYPE),
            (RUST_TYPE, RUST_WITH_TYPE, RUST_IMPL),
            (
                "trait Near {\n    fn near(&self, threshold: f32) -> bool;\n}\n",
                RUST_TYPE,
                RUST_IMPL.replace("impl", "impl Near for"),
                RUST_WITH_TYPE,
            ),
        )
    ),
    (
        "torn tests apart",
        fence(RUST, "rust") + "Tests:\n```rust\n#[cfg(test)]\nmod tests {\n    use super::*;\n    #[test]\n    fn t",
        True,
    ),
    ("crate alloc", fence(f"extern crate alloc;\nuse alloc::vec::Vec;\n\n{RUST}", "rust"), True),
    ("script", fence(f"#!/usr/bin/env rust-script\n{RUST}\nfn main() {{}}\n", "rust"), True),
    ("no warnings", fence(f"#![forbid(unsafe_code)]\n#![deny(warnings)]\n\n{RUST}\nfn main() {{}}\n", "rust"), True),
    ("in an impl", fence(f"struct Solution;\n\nimpl Solution {{\n    pub {RUST}}}\n", "rust"), False),
]
HELPERS = [
    Case("helper of the prompt", "Python/32", fence(FIND_ZERO)),
    Case(
        "helper of the prompt",
        "CPP/38",
        fence("string decode_cyclic(string s) {\n    return encode_cyclic(encode_cyclic(s));\n}\n", "cpp"),
    ),
    Case(
        "helper of the prompt",
        "Java/38",
        fence(
            "public class Solution {\n    public String decodeCyclic(String s) {\n        return encodeCyclic(encodeCyclic(s));\n    }\n}\n",
            "java",
        ),
    ),
    Case(
        "helper of the prompt",
        "Java/38",
        fence("public String decodeCyclic(String s) {\n    return encodeCyclic(encodeCyclic(s));\n}\n", "java"),
    ),
    Case(
        "helper of the prompt",
        "JavaScript/38",
        fence("const decodeCyclic = (s) => encodeCyclic(encodeCyclic(s));\n", "js"),
    ),
    Case(
        "helper of the prompt",
        "Go/38",
        fence(
            'package main\n\nimport "strings"\n\nfunc DecodeCyclic(s string) string {\n\treturn strings.TrimSpace(EncodeCyclic(EncodeCyclic(s)))\n}\n',
            "go",
        ),
    ),
]
MORE = [
    Case("quote in a quote", "Python/0", "".join(f">> {line}\n" for line in fence(PY).split("\n"))),
    Case(
        "session without a fence",
        "Python/0",
        ">>> " + PY.strip().replace("\n", "\n... ") + "\n>>> has_close_elements([1.0], 1)\nFalse\n",
    ),
    Case("draft in a fence, answer without one", "Python/0", f"{fence(WRONG)}Wait, that is wrong. Fixed:\n{PY}"),
    Case(
        "command line",
        "Python/0",
        fence(
            f"import argparse\n{PY}\nparser = argparse.ArgumentParser()\nparser.add_argument('x')\nargs = parser.parse_args()\n"
        ),
    ),
    Case("exit", "Python/0", fence(f"import sys\n{PY}\nsys.exit(1)\n")),
    Case(
        "struct apart",
        "CPP/0",
        fence("struct P { float x; };\n", "cpp")
        + fence(CPP_TOP + CPP.replace("    sort", "    P p; p.x = 0;\n    sort"), "cpp"),
    ),
    Case(
        "usage behind the class",
        "Java/0",
        fence(
            f"import java.util.*;\nclass Solution {{\n{JAVA}}}\n// Use\nSolution s = new Solution();\ns.hasCloseElements(null, 1);\n",
            "java",
        ),
    ),
    Case("method beside a class", "Java/0", fence(f"class Other {{}}\n{dedent(JAVA)}", "java")),
    Case(
        "exported method",
        "JavaScript/0",
        fence(f"module.exports = {{ hasCloseElements(numbers, threshold) {{\n{JS_BODY}}};\n", "js"),
    ),
    Case(
        "body whose end is a loop",
        "JavaScript/24",
        fence("  for (let i = n - 1; i >= 0; i--)\n    if (n % i == 0)\n      return i;\n}\n", "js"),
    ),
    Case("global object", "JavaScript/0", fence(f"globalThis.hasCloseElements = {ANONYMOUS}", "js")),
    Case(
        "imports on one line",
        "Go/0",
        fence(
            'package main\nimport ("sort";"math")\n\n'
            + GO.replace("sorted[i]-sorted[i-1]", "math.Abs(sorted[i]-sorted[i-1])"),
            "go",
        ),
    ),
    Case(
        "the prompt's import, unused", "Go/0", fence('package main\n\nimport (\n\t"math"\n\t"sort"\n)\n\n' + GO, "go")
    ),
    Case(
        "trait apart",
        "Rust/0",
        fence(
            "trait Gap { fn gap(&self) -> f32; }\nimpl Gap for [f32] { fn gap(&self) -> f32 { self[1] - self[0] } }\n",
            "rust",
        )
        + fence(RUST.replace("w[1] - w[0]", "w.gap()"), "rust"),
    ),
    Case(
        "import in two blocks",
        "Rust/0",
        fence("use std::cmp::Ordering;\n", "rust")
        + fence("use std::cmp::Ordering;\n" + RUST.replace(".unwrap()", ".unwrap_or(Ordering::Equal)"), "rust"),
    ),
    Case("crate's words first", "Rust/0", fence(f"//! Doc\n#![allow(unused)]\n\n{RUST}", "rust")),
]
CASES = [
    *FENCES,
    *(Case(kind, "Python/0", answer) for kind, answer in PLACES),
    *(Case(f"thinking: {kind}", "Python/0", answer, passes) for kind, answer, passes in THINKING),
    *(Case(f"mark {mark}", "Python/0", text + mark) for mark in MARKS for text in (PY, fence(PY), fence(PY).rstrip())),
    *(Case(f"blocks: {kind}", "Python/0", answer) for kind, answer in CHOICES),
    *(Case(f"body: {kind}", "Python/0", answer) for kind, answer in BODIES),
    *(Case("driver", "Python/0", text) for driver in DRIVERS for text in (fence(f"{PY}\n{driver}"), f"{PY}\n{driver}")),
    Case("driver cut off", "Python/0", f"```python\n{PY}\nprint(has_close_elements([1.0, 2.0,\n"),
    *(Case(kind, "Python/0", fence(code), passes) for kind, code, passes in PYTHON_PROGRAMS),
    *(
        Case("no code", "Python/0", text, False)
        for text in ("", "I cannot help with that.", "\0\0\0", "``````", "```python\n```")
    ),
    *(Case(kind, "CPP/0", answer, passes) for kind, answer, passes in CPP_ANSWERS),
    *(Case("class", "Java/0", fence(f"import java.util.*;\n\n{head}\n{JAVA}}}\n", "java")) for head in JAVA_HEADS),
    *(Case(kind, "Java/0", answer) for kind, answer in JAVA_ANSWERS),
    *(Case(kind, "JavaScript/0", answer, passes) for kind, answer, passes in JS_ANSWERS),
    *(Case(kind, "Go/0", answer, passes) for kind, answer, passes in GO_ANSWERS),
    *(Case(kind, "Rust/0", answer, passes) for kind, answer, passes in RUST_ANSWERS),
    *HELPERS,
    *MORE,
]
