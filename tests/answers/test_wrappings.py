"""What code is wrapped in besides fences: it is read as if it were not, and nothing else is."""

import html
import json
from collections.abc import Callable
from textwrap import indent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from verdict_cases import problem_for

from passatk.answers import read_answer
from passatk.answers.blocks import Block
from passatk.answers.wrappings import new_side, opened, plain
from passatk.cases import Call, Case, Cases
from passatk.languages import LANGUAGES, by_name
from passatk.records import Asserts, Problem

CODE = """\
def find(values, limit):
    for value in values:
        if value < limit and limit > 0:
            return "<b>" + f'{value}\\n'
    return 'none'
"""
HEAD = CODE.partition("\n")[0]
CALLED = Cases(cases=(Case(id="1", stdin="[[1], 2]", expected='"<b>1"'),), call=Call(name="find"))
PROBLEM = Problem(
    task_id="find",
    benchmark="own",
    language="python",
    prompt="",
    instruction="Find it.",
    entry_point="find",
    tests=Asserts(code=""),
    cases=CALLED,
    in_function=False,
)


def fence(code: str, name: str = "python") -> str:
    return f"```{name}\n{code.rstrip()}\n```\n"


def numbered(form: str) -> Callable[[str], str]:
    return lambda code: "".join(f"{form.format(n, line)}\n" for n, line in enumerate(code.rstrip().split("\n"), 1))


def added(code: str) -> str:
    return "".join(f"+{line}\n" for line in code.rstrip().split("\n"))


def typed(code: str, prompt: str) -> str:
    return code.rstrip().replace("\n", f"\n{prompt}")


def escaped(code: str) -> str:
    return json.dumps(code)[1:-1]


CELLS = {
    "nbformat": 4,
    "cells": [
        {"cell_type": "markdown", "source": ["# Find it\n"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "!pip install numpy\n", *CODE.splitlines(True)]},
        {"cell_type": "code", "source": "find([1], 2)"},
    ],
}
WRAPPINGS: dict[str, str] = {
    "JSON": json.dumps({"code": CODE}),
    "JSON with more": json.dumps({"reasoning": "It loops.\nIt is O(n).", "solution": CODE, "language": "python"}),
    "JSON in a fence": "Here:\n" + fence(json.dumps({"answer": CODE}, indent=2), "json") + "Done.",
    "JSON in prose": f"Here it is:\n{json.dumps({'code': CODE})}\nIt loops.",
    "JSON with a fence in it": json.dumps({"answer": f"I loop.\n{fence(CODE)}"}),
    "JSON with raw line breaks": '{"code": "' + CODE.replace("\\", "\\\\").replace('"', '\\"') + '"}',
    "JSON within": json.dumps({"files": [{"path": "solution.py", "content": CODE}]}),
    "JSON of a tool's call": json.dumps({"name": "python", "arguments": json.dumps({"code": CODE})}),
    "JSON with lines": json.dumps({"code": CODE.split("\n")}),
    "a text of JSON": json.dumps(CODE),
    "Python's own form": repr({"code": CODE}),
    "notebook": json.dumps(CELLS),
    "notebook in a fence": fence(json.dumps(CELLS, indent=1), "json"),
    "In and Out": fence(f"In [1]: {typed(CODE, '   ...: ')}\n\nIn [2]: find([1], 2)\nOut[2]: 1\n"),
    "session": fence(f">>> {typed(CODE, '... ')}\n>>> find([], 1)\n'none'\n"),
    "answer tags": f"I loop.\n<answer>\n{CODE}</answer>\nDone.",
    "code tags": f'<code lang="python">\n{CODE}</code>',
    "tags within tags": f"<solution>\n<code>\n{CODE}</code>\n</solution>",
    "CDATA": f"<code><![CDATA[\n{CODE}]]></code>",
    "pre": f"<pre><code>{html.escape(CODE)}</code></pre>",
    "pre with breaks": f"<pre>{html.escape(CODE).replace(chr(10), '<br>')}</pre>",
    "an answer's tags beside an example": f"<answer>\n{fence(CODE)}</answer>\n{fence(CODE.replace('v', 'w'))}",
    "torn JSON": '{"why": "It loops.", "code": "' + escaped(CODE),
    "torn JSON in a fence": '```json\n{"code": "' + escaped(CODE),
    "two objects": json.dumps({"code": "def find(a, b):\n    return 1\n"}) + "\n" + json.dumps({"code": CODE}),
    "apostrophes for fences": f"'''python\n{CODE}'''\n",
    "escaped fences": f"\\```python\n{CODE}\\```\n",
    "commands to a notebook": fence(f"%%time\n!pip install numpy\n{CODE}"),
    "no-break entities": f"<pre>{html.escape(CODE).replace('    ', '&nbsp;' * 4)}</pre>",
    "entities": fence(html.escape(CODE)),
    "entities of entities": fence(html.escape(html.escape(CODE))),
    "entities without quotes": fence(html.escape(CODE, quote=False)),
    "diff": fence(added(CODE), "diff"),
    "unified diff": fence(f"--- /dev/null\n+++ b/find.py\n@@ -0,0 +1,5 @@\n{added(CODE)}\\ No newline", "diff"),
    "diff with what was": fence(f" {HEAD}\n-    pass\n{added(CODE.removeprefix(HEAD + chr(10)))}", "diff"),
    "escaped line breaks": fence(escaped(CODE)),
    "escaped signs": fence(CODE.replace("_", r"\_").replace("<", r"\<").replace("(", r"\(")),
    "curly quotes": fence(CODE.replace("'none'", "\u2018none\u2019")),
    "curly double quotes": fence(CODE.replace('"<b>"', "\u201c<b>\u201d")),
    "zero-width space beside a text": fence(CODE.replace('return "', 'return \u200b"')),
    "no-break space beside a text": fence(CODE.replace('return "', 'return\u00a0"')),
    "numbers without a fence": numbered("{:>3} {}")(CODE),
    "numbers and entities": fence(html.escape(numbered("{}: {}")(CODE))),
} | {
    f"numbers as {form.format(1, '')!r}": fence(numbered(form)(CODE))
    for form in (
        *("{} {}", "{}: {}", "{:3}| {}", "{:>4}  {}", "{}\t{}", "{}. {}", "{:<4}{}", "{}\u2192{}", "[{}] {}", "{}) {}"),
    )
}  # fmt: skip


def tokens(code: str) -> list[str]:
    return [line.rstrip() for line in code.split("\n") if line.strip()]


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_a_function_is_read_from_what_it_is_wrapped_in(wrapping: str) -> None:
    assert tokens(read_answer(WRAPPINGS[wrapping], PROBLEM).code) == tokens(CODE)


FORMS: dict[str, Callable[[str], str]] = {
    "JSON": lambda code: json.dumps({"code": code}),
    "entities": lambda code: f"```\n{html.escape(code)}```",
    "numbers": lambda code: f"```\n{numbered('{:>3} | {}')(code)}```",
    "diff": lambda code: f"```diff\n{added(code)}```",
    "zero-width space": lambda code: f"```\n{code.replace('(', chr(0x200B) + '(', 1)}```",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_is_read_from_what_it_is_wrapped_in(language: str, form: str) -> None:
    problem = problem_for(language)
    code = ((problem.declaration or problem.prompt) + problem.solution).strip("\n") + "\n"
    said = FORMS[form](code)
    assert read_answer(said, problem).code.split() == read_answer(f"```\n{code}```", problem).code.split()


@pytest.mark.parametrize(
    "code",
    [
        "def f():\n    return '&lt;'.replace('&lt;', '<')\n",
        "def f(s):\n    return s.replace('\u201c', '\"')\n",
        "lt = 1\ndef f(a):\n    return a &lt; 2\n",
        "def f():\n    return '\u200b'\n",
        "def f():\n    return 'a\\nb'\n",
        "1\n2\n3\n",
        "def f(:\n    return '&amp;'\n",
        "def f():\n  return \u201cit\u2019s (\n",
        "1 def f():\n3     return 1\n",
        "+x\n+y\n",
        "",
    ],
)
def test_a_program_and_a_broken_one_stay_as_they_are(code: str) -> None:
    block = Block(name="python", code=code)
    assert plain(by_name("python"), block) == block


@pytest.mark.parametrize(
    "said",
    [
        'The input is {"a": 1}.',
        '{"code": 404, "answer": "yes"}',
        '{"code": ',
        "[1, 2]",
        '{"explanation": "it loops\\n(twice)"}',
        "{'a': 1, 'b'}",
        '"quoted"',
        "{" * 5000,
        '{"a":' * 5000 + "1" + "}" * 5000,
    ],
)
def test_what_holds_no_code_is_not_opened(said: str) -> None:
    assert opened(said) == said


def test_a_docstring_is_no_fence() -> None:
    code = f"'''Finding\nquickly\n'''\n{CODE}"
    assert tokens(read_answer(code, PROBLEM).code) == tokens(CODE)
    assert opened(code) == code


def test_a_diff_does_not_replace_the_program_that_it_changes() -> None:
    said = (
        fence(CODE) + "Or:\n" + fence(" def find(values, limit):\n-    for value in values:\n+    return 7\n", "diff")
    )
    assert read_answer(said, PROBLEM).code == CODE


@given(st.lists(st.text(st.sampled_from("ab +-@ ")), min_size=1))
def test_what_a_diff_adds_is_what_it_was_made_of(lines: list[str]) -> None:
    assert new_side("".join(f"+{line}\n" for line in lines)) == "".join(f"{line}\n" for line in [*lines, ""])


METHOD = structs.replace(
    PROBLEM,
    entry_point="Solution",
    cases=structs.replace(CALLED, call=Call(name="Solution().find")),
)
IN_CLASS = f"class Solution:\n{indent(CODE.replace('(values', '(self, values'), '    ')}"
NODE = "class ListNode:\n    def __init__(self, val=0, next=None):\n        self.val = val\n"
STARTER = (
    'class Solution:\n    def find(self, values, limit):\n        """Find it.\n\n        Quickly."""\n        pass\n'
)
COMMENTED = "".join(f"# {line}\n" for line in NODE.splitlines())
METHODS = [
    (fence(IN_CLASS), IN_CLASS),
    (fence(f"{COMMENTED}{IN_CLASS}"), f"{COMMENTED}{IN_CLASS}"),
    (fence(f"{NODE}\n{IN_CLASS}\nprint(Solution().find([1], 2))\n"), f"{NODE}{IN_CLASS}"),
    (fence(NODE) + fence(IN_CLASS.replace("'none'", "ListNode(1)")), NODE + IN_CLASS.replace("'none'", "ListNode(1)")),
    (fence(IN_CLASS) + fence("solution = Solution()\nprint(solution.find([1], 2))"), IN_CLASS),
    (fence(IN_CLASS) + "A part:\n" + fence("class Solution:\n    def other(self):\n        return 1\n"), IN_CLASS),
    (fence(STARTER) + fence(IN_CLASS), IN_CLASS),
    (fence(IN_CLASS) + "You began with\n" + fence(STARTER), IN_CLASS),
    (fence("def helper(x):\n    return x\n\n\n" + IN_CLASS.replace("'none'", "helper(1)")), None),
    (fence("def helper(x):\n    return x\n") + fence(IN_CLASS.replace("'none'", "helper(1)")), None),
    (fence(CODE) + fence("print(find([1], 2))"), CODE),
    (f"Here:\n\n{IN_CLASS}\nDone.", IN_CLASS),
    (json.dumps({"code": IN_CLASS}), IN_CLASS),
]


@pytest.mark.parametrize(("said", "code"), METHODS)
def test_a_method_is_read_with_its_class_and_all_that_it_needs(said: str, code: str | None) -> None:
    wanted = "def helper(x):\n    return x\n" + IN_CLASS.replace("'none'", "helper(1)") if code is None else code
    assert tokens(read_answer(said, METHOD).code) == tokens(wanted)


def test_a_class_counts_for_a_function_as_it_does_when_it_is_called() -> None:
    said = fence(IN_CLASS) + fence("class Solution:\n    def other(self):\n        return 1\n")
    assert read_answer(said, PROBLEM).code == IN_CLASS
