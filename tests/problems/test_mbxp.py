"""The form of MBXP and Multilingual HumanEval, with problems made for it."""

import json
from pathlib import Path

import pytest

from passatk.errors import SourceError
from passatk.pipeline import check_problems
from passatk.problems import load

RECORDS: list[dict[str, str | None]] = [
    {
        "task_id": "MBPP/1",
        "language": "python",
        "prompt": 'def twice(x):\n    """Two times x."""\n',
        "description": "Two times x.",
        "test": "\n\nMETADATA = {}\n\n\ndef check(candidate):\n    assert candidate(2) == 4\n",
        "entry_point": "twice",
        "canonical_solution": "    return 2 * x\n",
    },
    {
        "task_id": "MBCPP/1",
        "language": "cpp",
        "prompt": "#include <bits/stdc++.h>\nusing namespace std;\n\n// Two times x.\nint twice(int x) { \n",
        "description": "Two times x.",
        "test": "int main() {\n    int x0 = twice(2);\n    assert(x0 == 4);\n    return 0;\n}",
        "entry_point": "twice",
        "canonical_solution": "    return 2 * x;\n}\n",
    },
    {
        "task_id": "MBJSP/1",
        "language": "javascript",
        "prompt": "// Two times x.\nfunction twice(x) {\n",
        "test": "console.assert(twice(2) === 4)\n",
        "entry_point": "twice",
        "canonical_solution": None,
    },
]


def write(path: Path, *records: object) -> str:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return str(path)


def test_problems_of_several_languages_are_read_and_judged(tmp_path: Path) -> None:
    problems = load(write(tmp_path / "mbxp.jsonl", *RECORDS))
    assert {p.benchmark for p in problems.problems.values()} == {"mbxp"}
    assert problems.languages == ["python", "cpp", "javascript"]
    checks = {check.task_id: check for check in check_problems(problems.only(["python", "javascript"]), workers=1)}
    assert checks["MBPP/1"].fit
    assert checks["MBJSP/1"].verdict is None, "it has no reference, and nothing speaks against it"


@pytest.mark.parametrize("language", ["cpp"], indirect=True)
def test_a_compiled_language_in_that_form_is_judged(tmp_path: Path, language: str) -> None:
    problems = load(write(tmp_path / "mbxp.jsonl", *RECORDS)).only([language])
    assert [check.fit for check in check_problems(problems, workers=1)] == [True]


def test_by_name_it_is_found_in_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mbxp").mkdir()
    write(tmp_path / "mbxp" / "mbpp_release_v1.jsonl", *RECORDS)
    monkeypatch.setenv("PASSATK_DATA", str(tmp_path))
    assert list(load("mbxp/cpp").problems) == ["MBCPP/1"]


def test_a_language_that_is_not_here_is_named_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"field 'language': .*'kotlin'.*expected .*python"):
        load(write(tmp_path / "mbkp.jsonl", {**RECORDS[0], "language": "kotlin"}))


def test_the_docs_show_the_file_as_it_is() -> None:
    root = Path(__file__).parents[2]
    code = (root / "src" / "passatk" / "problems" / "benchmarks" / "mbxp.py").read_text()
    assert f"```python\n{code}```\n" in (root / "docs" / "problems.md").read_text()


def test_records_without_a_solution_are_of_that_form_too(tmp_path: Path) -> None:
    """Multilingual HumanEval's have none."""
    records = [{key: value for key, value in record.items() if key != "canonical_solution"} for record in RECORDS]
    problems = load(write(tmp_path / "multilingual.jsonl", *records)).problems
    assert {(problem.benchmark, problem.reference) for problem in problems.values()} == {("mbxp", None)}
