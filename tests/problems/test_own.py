"""A team's own problems: what is read, what is refused and how, and that docs/problems.md tells the truth."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from running import Command, Require

from passatk import pipeline
from passatk.errors import InputError, ScoreRefusedError, SourceError
from passatk.pipeline import check_problems
from passatk.problems import ProblemSet, load, own
from passatk.prompts.building import chat_prompt, generation_prompt, instruction_prompt
from passatk.records import Problem

DOCS = Path(__file__).parents[2] / "docs" / "problems.md"
PROBLEM: dict[str, Any] = {
    "id": "add",
    "language": "python",
    "prompt": "def add(a, b):\n",
    "entry_point": "add",
    "tests": "assert add(1, 2) == 3\n",
    "reference": "    return a + b\n",
}


def write(path: Path, *records: object) -> str:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return str(path)


def documented() -> list[dict[str, Any]]:
    """The examples of docs/problems.md."""
    return [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", DOCS.read_text(), re.M | re.S)]


def without(*fields: str) -> dict[str, Any]:
    return {name: value for name, value in PROBLEM.items() if name not in fields}


def test_an_id_that_is_a_number_is_its_text(tmp_path: Path) -> None:
    assert load(write(tmp_path / "own.jsonl", PROBLEM | {"id": 3})).problems["3"].task_id == "3"
    with pytest.raises(SourceError, match="'3' is there twice"):
        load(write(tmp_path / "own.jsonl", PROBLEM | {"id": 3}, PROBLEM | {"id": "3"}))


def test_the_examples_of_the_docs_are_in_six_languages() -> None:
    assert {example["language"] for example in documented()} >= {"python", "cpp", "java", "javascript", "go", "rust"}


def test_the_examples_of_the_docs_are_judged(tmp_path: Path, language: str) -> None:
    problems = load(write(tmp_path / "own.jsonl", *documented())).only([language])
    if not problems.problems:
        pytest.skip(f"docs/problems.md has no example in {language}")
    checks = check_problems(problems, workers=1)
    assert [(c.task_id, c.verdict and c.verdict.reason) for c in checks if not c.fit] == []
    assert all(check.verdict is not None for check in checks), "each has a reference"


NATURAL = {
    "go": [
        {
            "prompt": "func Add(a, b int) int {\n",
            "entry_point": "Add",
            "reference": "    return a + b\n}\n",
            "tests": 'package main\n\nimport (\n    "testing"\n)\n\n'
            "func TestAdd(t *testing.T) {\n    if Add(1, 2) != 3 {\n        t.Fatal()\n    }\n}\n",
        },
        {
            "instruction": "Write a Go function Add.",
            "entry_point": "Add",
            "reference": 'package main\n\nimport "strings"\n\nfunc Add(a, b int) int {\n'
            '    return a + b + len(strings.TrimSpace(" "))\n}\n',
            "tests": "func TestAdd(t *testing.T) {\n    if Add(1, 2) != 3 {\n        t.Fatal()\n    }\n}\n",
        },
    ],
    "cpp": [
        {
            "instruction": "Write a C++ function add.",
            "entry_point": "add",
            "reference": "int add(int a, int b) { return a + b; }\n",
            "tests": "#include <cassert>\nint main() { assert(add(1, 2) == 3); }\n",
        }
    ],
    "java": [
        {
            "instruction": "Write a Java class Solution with a method add.",
            "entry_point": "add",
            "reference": "class Solution {\n    static int add(int a, int b) { return a + b; }\n}\n",
            "tests": "import java.util.*;\npublic class Main {\n    public static void main(String[] args) {\n"
            "        List<Integer> sums = new ArrayList<>();\n        sums.add(Solution.add(1, 2));\n"
            "        if (sums.get(0) != 3) throw new AssertionError();\n    }\n}\n",
        }
    ],
    "javascript": [
        {
            "instruction": "Write a JavaScript function add.",
            "entry_point": "add",
            "reference": "function add(a, b) {\n  return a + b;\n}\n",
            "tests": "const assert = require('node:assert');\nassert.strictEqual(add(1, 2), 3);\n",
        }
    ],
    "rust": [
        {
            "prompt": "fn add(a: i32, b: i32) -> i32 {\n",
            "entry_point": "add",
            "reference": "    a + b\n}\n",
            "tests": "fn main() {\n    assert_eq!(add(1, 2), 3);\n}\n",
        }
    ],
    "python": [{**PROBLEM, "tests": "def test_add():\n    assert add(1, 2) == 3\n"}],
}
"""Tests as people write them: with their own imports, of whole solutions, in other frameworks."""


def test_tests_are_judged_in_the_natural_form_of_their_language(tmp_path: Path, language: str) -> None:
    if language not in NATURAL:
        pytest.skip(f"no natural forms of {language} are listed")
    records = [{**form, "id": f"{n}", "language": language} for n, form in enumerate(NATURAL[language])]
    checks = check_problems(load(write(tmp_path / "own.jsonl", *records)), workers=1)
    assert [(c.task_id, c.verdict and c.verdict.reason) for c in checks if not c.fit] == []


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (without("tests"), r"field 'tests': is missing"),
        (without("entry_point"), r"field 'entry_point': is missing"),
        (without("prompt"), r"field 'prompt': prompt and instruction are both missing"),
        (PROBLEM | {"tests": ""}, r"field 'tests': is empty"),
        (PROBLEM | {"tests": "\n# assert add(1, 2) == 3\n"}, r"field 'tests': there is nothing in them but"),
        (PROBLEM | {"tests": "print(add(1, 2))\n"}, r"field 'tests': they check nothing"),
        (PROBLEM | {"tests": "assert sub(1, 2) == 'add(1)'  # add\n"}, r"'entry_point': the tests never call 'add'"),
        (PROBLEM | {"tests": "def add(a, b): return 3\nassert True\n"}, r"the tests never call 'add'"),
        (PROBLEM | {"tests": "assert adder(1) == 2\n"}, r"the tests never call 'add'"),
        (PROBLEM | {"language": "cobol"}, r"field 'language': .*'cobol'.*python"),
        (PROBLEM | {"langauge": "python"}, r"field 'langauge': is not a field of a problem; .*did you mean 'language'"),
        (PROBLEM | {"points": 3}, r"field 'points': is not a field of a problem; expected one of id, language"),
        (PROBLEM | {"id": [3]}, r"field 'id': must be a string, got \[3\]"),
        (PROBLEM | {"id": ""}, r"field 'id': is empty"),
        (PROBLEM | {"stop": "end"}, r"field 'stop': must be a list, got \"end\""),
        (PROBLEM | {"stop": [""]}, r"field 'stop\[0\]': is empty"),
        (PROBLEM | {"reference": ["return"]}, r"field 'reference': must be a string or null"),
        (PROBLEM, r"field 'id': 'add' is there twice"),
    ],
)
def test_a_mistake_is_named_with_line_and_field(tmp_path: Path, record: dict[str, Any], message: str) -> None:
    with pytest.raises(SourceError, match=rf"own.jsonl:2: .*{message}"):
        load(write(tmp_path / "own.jsonl", PROBLEM, record))


@pytest.mark.parametrize("tests", ['assert f"{add(1, 2)}" == "3"', "if add(1, 2) != 3:\n    raise ValueError(add)"])
def test_tests_may_call_it_in_unusual_places(tmp_path: Path, tests: str) -> None:
    checks = check_problems(load(write(tmp_path / "own.jsonl", PROBLEM | {"tests": tests})), workers=1)
    assert [check.fit for check in checks] == [True]


def test_in_a_list_a_mistake_is_named_by_its_place(tmp_path: Path) -> None:
    (tmp_path / "own.json").write_text(json.dumps([PROBLEM, PROBLEM | {"id": "b", "tests": ""}], indent=1))
    with pytest.raises(SourceError, match=r"field '\[1\].tests': is empty"):
        load(str(tmp_path / "own.json"))
    (tmp_path / "own.json").write_text(json.dumps([PROBLEM, PROBLEM | {"id": "b", "tests": "# x"}], indent=1))
    with pytest.raises(SourceError, match=r"field '\[1\].tests': there is nothing"):
        load(str(tmp_path / "own.json"))


def test_a_language_that_is_there_by_another_name_is_found(tmp_path: Path) -> None:
    assert load(write(tmp_path / "own.jsonl", PROBLEM | {"language": "py"})).languages == ["python"]


def one(tmp_path: Path, **fields: object) -> Problem:
    problems: ProblemSet = load(write(tmp_path / "own.jsonl", PROBLEM | fields))
    return problems.get("add")


def test_a_wrong_answer_is_wrong_and_without_a_reference_it_is_scored_too(tmp_path: Path) -> None:
    problems = load(write(tmp_path / "own.jsonl", without("reference")))
    lines = [{"task_id": "add", "generation": f"    return {sum_}\n"} for sum_ in ("a + b", "a - b")]
    samples = Path(write(tmp_path / "samples.jsonl", *lines))
    report = pipeline.evaluate(
        pipeline.Evaluation(samples=samples, problems=problems, out=tmp_path / "run", workers=1, cached=False)
    )
    assert report.scores[0].statuses == {"passed": 1, "wrong_answer": 1}
    assert report.unfit == {}


MISSING = {
    "at the top": "import absent.part as part\nassert add(1, 2) == 3\n",
    "behind another": "import math, absent\nassert add(1, 2) == 3\n",
    "in a function": "def test_add():\n    from absent import part\n    assert add(1, 2) == 3\n",
}


@pytest.mark.parametrize("name", MISSING)
def test_a_module_that_tests_import_and_is_not_here_is_named_and_nothing_is_scored(tmp_path: Path, name: str) -> None:
    said = r"needs absent, which is not here; docs/languages.md lists what tests may use"
    for problem in (PROBLEM, without("reference")):
        problems = load(write(tmp_path / "own.jsonl", problem | {"tests": MISSING[name]}))
        (check,) = check_problems(problems, workers=1)
        assert check.verdict is not None
        assert check.verdict.reason.startswith(said)
        samples = Path(write(tmp_path / "samples.jsonl", {"task_id": "add", "generation": "    return a + b\n"}))
        with pytest.raises(ScoreRefusedError, match=said):
            pipeline.evaluate(
                pipeline.Evaluation(samples=samples, problems=problems, out=tmp_path / f"run-{len(problem)}", workers=1)
            )


def test_a_module_that_tests_can_do_without_is_not_needed(tmp_path: Path) -> None:
    tests = "try:\n    import absent\nexcept ImportError:\n    absent = None\nassert add(1, 2) == 3\n"
    (check,) = check_problems(load(write(tmp_path / "own.jsonl", PROBLEM | {"tests": tests})), workers=1)
    assert check.fit


def test_where_the_prompt_ends_is_seen(tmp_path: Path) -> None:
    assert one(tmp_path).in_function
    assert one(tmp_path, prompt='def add(a, b):\n    """Sum."""\n').in_function
    assert not one(tmp_path, prompt="import math\n").in_function
    assert not one(tmp_path, prompt="", instruction="Write add(a, b).").in_function
    assert not one(tmp_path, suffix="\n    return c\n").in_function


def test_what_models_are_asked(tmp_path: Path) -> None:
    told = one(tmp_path, prompt="", instruction="Write add(a, b).\nIt sums.")
    assert generation_prompt(told, tag=False) == "# Write add(a, b).\n# It sums.\n"
    assert instruction_prompt(told) == "Write add(a, b).\nIt sums."
    both = one(tmp_path, instruction="Complete this.")
    assert generation_prompt(both, tag=False) == "def add(a, b):\n"
    assert instruction_prompt(both) == "Complete this.\n\n```python\ndef add(a, b):\n\n```\n"
    assert "def add(a, b):" in chat_prompt(one(tmp_path), "def add(a, b):\n")


def test_the_shipped_schema_is_the_one_that_files_are_read_by() -> None:
    assert json.loads(own.shipped_schema()) == own.schema()
    fields = {field.encode_name for field in msgspec.structs.fields(own.Row)}
    assert set(own.schema()["properties"]) == fields
    assert all(entry["description"] for entry in own.schema()["properties"].values())


def test_the_schema_can_be_printed(passatk: Command) -> None:
    printed = passatk("problems", "schema")
    assert printed.returncode == 0
    assert json.loads(printed.stdout)["required"] == ["id", "language"]


def test_problems_of_any_source_can_be_written_in_this_form(tmp_path: Path) -> None:
    problems = load("basics/written/python")
    file = tmp_path / "own.jsonl"
    file.write_text("".join(f"{line}\n" for line in own.lines(problems.problems.values())))
    again = load(str(file))
    assert list(again.problems) == list(problems.problems)
    assert all(again.get(task).reference == problem.reference for task, problem in problems.problems.items())


@pytest.mark.parametrize("stop", [[], ["\nclass"]])
@pytest.mark.parametrize("marks", [{}, {"cut": True}, {"cut": False}, {"closed": True}])
def test_where_completions_end_is_written_again(tmp_path: Path, stop: list[str], marks: dict[str, bool]) -> None:
    problem = one(tmp_path, stop=stop, **marks)
    assert (problem.cut, problem.closed) == (marks.get("cut", bool(stop)), marks.get("closed", False))
    [line] = own.lines([problem])
    assert load(write(tmp_path / "again.jsonl", json.loads(line))).get(problem.task_id) == problem


ADD = {
    "java": ("class Solution { static int add(int a, int b) { return a OP b; } }", "+", "-"),
    "javascript": ("function add(a, b) { return a OP b; }", "+", "-"),
    "ruby": ("def add(a, b)\n  a OP b\nend\n", "+", "-"),
}
TELLING = {
    "java, assert": ("java", "class Main { public static void main(String[] a) { assert Solution.add(1, 2) == 3; } }"),
    "javascript, require": ("javascript", "require('assert').equal(add(1, 2), 3);"),
    "ruby, abort": ("ruby", "abort 'wrong' unless add(1, 2) == 3"),
    "ruby, fail": ("ruby", "fail unless add(1, 2) == 3"),
}


@pytest.mark.parametrize("name", TELLING)
def test_tests_tell_right_from_wrong(tmp_path: Path, require: Require, name: str) -> None:
    language, tests = TELLING[name]
    require(language)
    text, right, wrong = ADD[language]
    records = [
        {"id": name, "language": language, "instruction": "Add.", "entry_point": "add", "tests": tests}
        | {"reference": text.replace("OP", sign)}
        for name, sign in (("right", right), ("wrong", wrong))
    ]
    checks = check_problems(load(write(tmp_path / "own.jsonl", *records)), workers=1)
    assert [check.fit for check in checks] == [True, False]


SAY_NOTHING = {
    "check is never called": (
        "python",
        "def check(f):\n    assert f(1, 2) == 3\n\nprint(add)\n",
        "'check' has all of the",
    ),
    "an ES module": ("javascript", "import assert from 'node:assert';\nassert(add(1, 2) === 3);\n", "an ES module"),
    "no assertion": ("javascript", "if (add(1, 2) !== 3) throw new Error();\n", "they check nothing"),
}


@pytest.mark.parametrize("name", SAY_NOTHING)
def test_tests_that_would_say_nothing_are_refused(tmp_path: Path, name: str) -> None:
    language, tests, message = SAY_NOTHING[name]
    record = PROBLEM | {"language": language, "tests": tests, "prompt": "", "instruction": "Add."}
    with pytest.raises(SourceError, match=f"field 'tests': .*{message}"):
        load(write(tmp_path / "own.jsonl", record))


@pytest.mark.parametrize(
    "tests",
    [
        "def check(f):\n    assert f(1, 2) == 3\n\ncheck(add)\n",
        "def test_add():\n    assert add(1, 2) == 3\n",
        "def near(a, b):\n    assert abs(a - b) < 1\n\ndef test_add():\n    near(add(1, 2), 3)\n",
        "import numpy\nnumpy.testing.assert_equal(add(1, 2), 3)\n",
    ],
)
def test_functions_of_tests_may_call_one_another(tmp_path: Path, tests: str) -> None:
    assert list(load(write(tmp_path / "own.jsonl", PROBLEM | {"tests": tests})).problems) == ["add"]


def test_a_file_without_problems_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own.jsonl").write_text("[]")
    with pytest.raises(SourceError, match="there are no problems in it"):
        load(tmp_path / "own.jsonl")


def test_a_path_is_never_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "basics", PROBLEM)
    assert list(load(Path("basics")).problems) == ["add"]
    assert len(load("basics").problems) > 1000


@pytest.mark.parametrize("source", ["", 3, None])
def test_what_is_neither_name_nor_path_is_refused(source: object) -> None:
    with pytest.raises(InputError, match=r"known: .*\bbasics|choose one of .*\bbasics"):
        load(source)  # type: ignore[arg-type]
