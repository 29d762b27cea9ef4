"""The steps from an answer to its code, each on its own."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import structs
from verdict_cases import problem_for

from passatk.answers import looks_like_chat, read_answer
from passatk.answers.blocks import fenced_blocks, unfenced_blocks
from passatk.answers.reading import entry_point
from passatk.answers.thinking import with_plain_blanks, without_marks, without_thinking
from passatk.languages import LANGUAGES, by_name
from passatk.records import Asserts, Problem

PYTHON = by_name("python")


def first(language: str) -> Problem:
    return problem_for(language)


@pytest.mark.parametrize(
    ("text", "thinking", "said"),
    [
        ("plain", "", "plain"),
        ("<think>a</think>b", "<think>a", "b"),
        ("a</THINKING>b", "a", "b"),
        ("a</think>b</think>c", "a</think>b", "c"),
        ("<think>a", "a", None),
        ("[THINK]a[/THINK]b", "[THINK]a", "b"),
        ("◁think▷a◁/think▷b", "◁think▷a", "b"),
        ("<think>a</think>b\n<think>c", "<think>ac", None),
        ("the tag <think> in a sentence", "", "the tag <think> in a sentence"),
        ("<|channel|>analysis<|message|>a", "<|channel|>analysis<|message|>a", None),
    ],
)
def test_thinking_ends_at_its_last_closing_tag(text: str, thinking: str, said: str | None) -> None:
    assert without_thinking(text) == (thinking, said)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("x = 1\n<|im_end|>", "x = 1\n"),
        ("x = 1<|endoftext", "x = 1\n"),
        ("x = 1</s>", "x = 1\n"),
        ("x = 1<|im_end|>\n<|im_start|>user\nmore", "x = 1"),
        ("<|im_start|>assistant\nx = 1", "x = 1"),
        ("a <| b", "a <| b"),
        ("return a </ b", "return a </ b"),
    ],
)
def test_special_tokens_around_an_answer_go(text: str, kept: str) -> None:
    assert without_marks(text).strip() == kept.strip()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("\u00a0\u00a0x = '\u00a0'", "  x = '\u00a0'"),
        ("\u200bdef\u00a0f():", "def f():"),
        ("x = '\u200b'", "x = '\u200b'"),
    ],
)
def test_odd_blanks_become_plain_outside_of_strings(text: str, plain: str) -> None:
    assert with_plain_blanks(text) == plain


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("```py\na\n```", [("py", "a\n")]),
        ("~~~~ Python3\na\n~~~\n~~~~", [("python3", "a\n~~~\n")]),
        ("`````{.python}\n```\n`````", [("python", "```\n")]),
        ("say ```x = 1``` so", [("", "x = 1")]),
        ("```python\na\n```python\nb\n```", [("python", "a\n"), ("python", "b\n")]),
        ("```\na\n``` That is all of it.", [("", "a\n")]),
        ("> ```\n> a\n>\n> b\n> ```", [("", "a\n\nb\n")]),
        ("```python\ns = '''\n```\n'''\n```", [("python", "s = '''\n```\n'''\n")]),
        ("```python\na", [("python", "a\n")]),
        ("[PYTHON]\na\n[/PYTHON]", [("python", "\na\n")]),
        ("<pre><code>a &lt; b</code></pre>", [("", "a < b")]),
        ("no code", []),
    ],
)
def test_blocks_are_found_whatever_marks_them(text: str, blocks: list[tuple[str, str]]) -> None:
    assert [(block.name, block.code) for block in fenced_blocks(text, PYTHON)] == blocks


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("python", "First, sort.\n\nimport math\n\ndef f():\n    return 1\n\nThat is it.", "import math\n\ndef f():\n    return 1\n\n"),
        ("python", "From the list we take one.\ndef f(\n  a,\n):\n    '''\nfree\n'''\nDone", "def f(\n  a,\n):\n    '''\nfree\n'''\n"),
        ("cpp", "See:\n#include <map>\nint f(int a)\n{\n  return 1; // }\n}\nIt works.", "#include <map>\nint f(int a)\n{\n  return 1; // }\n}\n"),
        ("rust", "Use case one.\nuse std::fmt;\nfn f() {}\nDone", "use std::fmt;\nfn f() {}\n"),
        ("go", "The package main is:\npackage main\nfunc f() {\n}\n", "package main\nfunc f() {\n}\n\n"),
    ],
)  # fmt: skip
def test_code_between_prose_is_found_without_fences(language: str, text: str, code: str) -> None:
    assert [block.code for block in unfenced_blocks(text, by_name(language))] == [code]


@pytest.mark.parametrize(
    ("text", "chat"),
    [
        ("    return 1\n", False),
        ("def f():\n    '''uses `x`'''\n", False),
        ("```python\nx\n```", True),
        ("Sure!\n\n  ```\nx", True),
        ("<think>a</think>", True),
        ("[PYTHON]x[/PYTHON]", True),
    ],
)
def test_chat_answers_are_told_from_code(text: str, chat: bool) -> None:
    assert looks_like_chat(text) is chat


WRAPPINGS = {
    "backticks": "Here:\n\n```{tag}\n{code}\n```\nDone.",
    "five tildes": "~~~~~ {tag}\n{code}\n~~~~~\n",
    "no tag": "```\n{code}\n```",
    "unclosed": "```{tag}\n{code}\n",
    "closing only": "{code}\n```\n",
    "nothing": "{code}\n",
    "prose": "The solution is this.\n\n{code}\n\nIt does what was asked.\n",
    "thinking": "<think>Let me see. ```{tag}\nwrong\n```</think>\n```{tag}\n{code}\n```<|im_end|>",
    "usage before": "```{tag}\ntry it\n```\n```{tag}\n{code}\n```",
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_solution_is_read_back_from_every_wrapping(language: str, wrapping: str) -> None:
    problem = first(language)
    code = (problem.declaration + problem.solution).strip("\n")
    text = WRAPPINGS[wrapping].replace("{tag}", language).replace("{code}", code)
    answer = read_answer(text, problem)
    plain = read_answer(f"```\n{code}\n```", problem)
    assert answer.whole
    assert answer.code.split() == plain.code.split()
    assert "".join(problem.solution.split()).rstrip("}") in "".join(answer.code.split())


PIECES = [
    *("```", "~~~", "python\n", "\n", "    ", "def f(x):", "return 1", "{", "}", "(", ")", '"""', "/*", "*/", "'", "// "),
    *("<think>", "</think>", "<|im_end|>", "[PYTHON]", "<pre>", "> ", "- ", ">>> ", "import a", "use a::{b, c};", "\0", "\ud800"),
    *("class Solution {", "export default ", "module.exports = ", "package main", "#include <a>", "\u00a0", "\u200b", "é", "\r\n"),
    *('{"code": "', '"}', "\\n", "```json\n", "&lt;", "1 ", "2 ", "+", "-", "@@ -1 +1 @@\n", "<answer>", "<br>", "\u201c", "print(input())"),
]  # fmt: skip


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@settings(max_examples=40)
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=40), named=st.booleans())
@example(pieces=["return 1", "'", "\ud800"], named=False)
def test_any_text_is_read_as_something(language: str, pieces: list[str], named: bool) -> None:
    problem = first(language)
    name = entry_point(problem) if named else ""
    answer = read_answer(name.join(pieces), problem)
    assert answer.read_as
    assert answer == read_answer(name.join(pieces), problem)


LENGTH = 300_000
LONG = {
    name: (start + part * (LENGTH // len(part)))[:LENGTH]
    for name, start, part in [
        ("NUL", "", "\0"),
        ("fences", "", "```\n"),
        ("prose", "", "The answer is found soon. "),
        ("closing tags", "", "</think>"),
        ("open brackets", "", "f({["),
        ("definitions", "", "```python\ndef f(x):\n    pass\n```\n"),
        ("tokens", "", "<|im_end|>"),
        ("blank", "", " \n"),
        ("half an import", "```\nimport a", " "),
        ("half an export", "```\nexport {", "a"),
        ("half an object", "", '{"a": '),
        ("objects in fences", "", '```json\n{"a": 1}\n```\n'),
        ("numbers", "", "1 a\n"),
        ("openings of objects", "", "```\n{\n"),
        ("answers in tags", "```\n", "<answer>\n```\n"),
        ("half answers in tags", "</answer>", '```json\n{"code": "'),
        ("apostrophes", "", "'''a\n"),
        ("entities", "", "&lt;"),
        ("tags", "", "<answer>\n"),
        ("additions", "```diff\n", "+a\n"),
        ("half a function", "```\nexport async function", " \n"),
    ]
}


@pytest.mark.parametrize("kind", LONG)
@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_long_answer_is_read_in_a_moment(language: str, kind: str) -> None:
    problem = first(language)
    started = time.process_time()
    read_answer(LONG[kind], problem)
    assert time.process_time() - started < 1.5  # a third of a second on an idle machine


STACK = "class Stack {\n  constructor() { this.values = []; }\n}\n"
FRACTION = "function Fraction(n) { this.n = n; }\n"
CLASSES = {
    "exported": ("Stack", f"module.exports = {STACK}", "const Stack = module.exports.Stack ?? module.exports;"),
    "exported, without a name": (
        "Stack",
        f"module.exports = {STACK.replace(' Stack', '')}",
        "const Stack = module.exports.Stack ?? module.exports;",
    ),
    "a method that makes another": (
        "Fraction",
        FRACTION + "Fraction.prototype.twice = function () { return new Fraction(2 * this.n); };\n",
        "Fraction.prototype.twice",
    ),
    "a value of its own": ("Fraction", FRACTION + "Fraction.ZERO = new Fraction(0);\n", "Fraction.ZERO"),
    "a getter": (
        "Fraction",
        FRACTION + "Object.defineProperty(Fraction.prototype, 'half', { get() { return this.n / 2; } });\n",
        "defineProperty",
    ),
}


@pytest.mark.parametrize("kind", CLASSES)
def test_a_javascript_class_keeps_all_that_belongs_to_it(kind: str) -> None:
    name, code, kept = CLASSES[kind]
    tests = Asserts(code=f"console.assert(new {name}(1))\n")
    problem = structs.replace(first("javascript"), prompt="", declaration="", entry_point=name, tests=tests)
    assert kept in read_answer(f"```js\n{code}console.log(new {name}(1));\n```\n", problem).code
