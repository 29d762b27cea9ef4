"""Exports: what is read back gives the same score, and nothing in a cell does harm."""

import csv
import json
import shutil
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet
import pytest
from made_runs import Made, make_run
from running import ROOT, Command

from passatk.cases import CaseResult
from passatk.errors import InputError, UnknownNameError
from passatk.problems import load
from passatk.records import Score, Status
from passatk.report.export import FORMATS, PICTURES, export, export_to
from passatk.report.export.rows import COLUMNS, TEXTS
from passatk.report.export.rows import rows as rows_of
from passatk.report.export.tables import _cell
from passatk.runs import RunView
from passatk.scoring import pass_at_k

WRONG = "    raise ValueError('=1+1 \x1b[2J <b>&\"]]>')\n"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three tiers of Python, two samples each; answers, whole programs, half a character."""
    from passatk.pipeline import Evaluation, evaluate

    folder = tmp_path_factory.mktemp("exported")
    problems = load("basics")
    lines: list[dict[str, Any]] = []
    for number, problem in enumerate([p for p in problems.problems.values() if p.language == "python"][:40]):
        lines.append({"task_id": problem.task_id, "completion": problem.solution, "tokens": number})
        whole = problem.prompt + (problem.solution if number % 3 else WRONG)
        lines.append({"task_id": problem.task_id, "solution": whole, "finish_reason": "stop"})
    lines[1]["solution"] = lines[1]["solution"] + "# \udc80\n"
    lines[0] = {"task_id": lines[0]["task_id"], "answer": f"```python\n{lines[0]['completion']}```"}
    path = folder / "s.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    evaluate(Evaluation(samples=path, problems=problems, out=folder / "run", cached=False))
    return folder / "run"


def written(run: Path, form: str) -> bytes:
    file = BytesIO()
    with RunView(run) as view:
        export([view], form, file)
    return file.getvalue()


def scores(run: Path) -> list[Score]:
    with RunView(run) as view:
        assert view.scores is not None
        return view.scores.scores


def counted(rows: Iterable[dict[str, Any]]) -> dict[str, tuple[dict[str, int], float]]:
    """Group -> statuses and pass@1, from rows alone."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        for group in (row["language"], f"{row['language']}/{row['tier']}"):
            groups.setdefault(group, []).append(row)
    found = {}
    for group, own in groups.items():
        n, c = Counter(row["task_id"] for row in own), Counter(row["task_id"] for row in own if row["passed"])
        values = [pass_at_k(n[task], c[task], 1) for task in n]
        found[group] = (dict(Counter(row["status"] for row in own)), round(sum(values) / len(values), 12))
    return found


def expected(run: Path) -> dict[str, tuple[dict[str, int], float]]:
    return {score.group: (score.statuses, round(score.pass_at_k[0].estimate, 12)) for score in scores(run)}


def test_every_column_is_documented() -> None:
    """New ones may come; those that are there keep their names and order."""
    text = (ROOT / "docs" / "files.md").read_text()
    section = text[text.index("## Exports") : text.index("## Data frames")]
    assert [name for name in (*COLUMNS, *TEXTS) if f"`{name}`" not in section] == []
    first = "task_id benchmark language tier sample passed status reason borderline unstable walled left_out attempts"
    assert list(COLUMNS)[:13] == first.split()


def test_which_part_of_tests_with_inputs_passed(tmp_path: Path) -> None:
    results = (
        CaseResult(id="a", status="passed", public=True, weight=1.0),
        CaseResult(id="b", status="time_limit", public=False, weight=3.0),
    )
    run = make_run(
        tmp_path / "run", {"Python/0": [Made(text="", status=Status.TIME_LIMIT, cases=results), Made(text="")]}
    )
    with RunView(run) as view:
        tested, plain = rows_of(view)
    names = ("tests", "tests_passed", "fraction", "weighted", "public_fraction", "hidden_fraction", "answers_in_code")
    assert [tested[name] for name in names] == [2, 1, 0.5, 0.25, 1.0, 0.0, 0]
    assert [plain[name] for name in names] == [None] * 7


def test_jsonl_read_back_gives_the_same_score(run: Path) -> None:
    rows = [json.loads(line) for line in written(run, "jsonl").splitlines()]
    assert counted(rows) == expected(run)
    assert set().union(*rows) <= {*COLUMNS, *TEXTS}


def test_csv_read_back_gives_the_same_score(run: Path) -> None:
    rows = list(csv.DictReader(StringIO(written(run, "csv").decode())))
    assert list(rows[0]) == list(COLUMNS)
    assert counted({**row, "passed": row["passed"] == "true"} for row in rows) == expected(run)


def test_parquet_read_back_gives_the_same_score(run: Path) -> None:
    table = pyarrow.parquet.read_table(BytesIO(written(run, "parquet")))
    assert table.column_names == [*COLUMNS, *TEXTS]
    assert counted(table.to_pylist()) == expected(run)


def test_junit_read_back_gives_the_same_score(run: Path) -> None:
    suites = ET.fromstring(written(run, "junit"))
    cases = suites.findall("testsuite/testcase")
    kinds = Counter(case[0].get("type") if len(case) else "passed" for case in cases)
    total = next(score for score in scores(run) if score.group == "python")
    assert kinds == total.statuses
    assert [suite.get("failures") for suite in suites] == [str(total.samples - total.statuses["passed"])]


def test_tables_of_scores_read_back_give_the_same_score(run: Path) -> None:
    lines = [line.strip("|").split("|") for line in written(run, "markdown").decode().splitlines()]
    markdown = [[cell.strip() for cell in line] for line in lines]
    latex = [
        [cell.strip().replace("\\", "") for cell in line.removesuffix(r"\\").split("&")]
        for line in written(run, "latex").decode().splitlines()
        if "&" in line
    ]
    assert [markdown[0], *markdown[2:]] == latex
    for row, score in zip(latex[1:], scores(run), strict=True):
        cells = dict(zip(latex[0], row, strict=True))
        assert {s: int(cells[s]) for s in Status if cells.get(s, "0") != "0"} == score.statuses
        assert (int(cells["problems"]), int(cells["samples"])) == (score.problems, score.samples)
        assert cells["pass@1 %"] == f"{100 * score.pass_at_k[0].estimate:.1f}"


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_what_has_the_code_is_evaluated_to_the_same_digest(
    passatk: Command, run: Path, tmp_path: Path, form: str
) -> None:
    with RunView(run) as view:
        export_to([view], form, tmp_path / f"again.{form}")
        digest, kept = view.digest, [(one.tokens, one.finish_reason, one.read_as) for one in view.judged()]
    done = passatk("evaluate", f"again.{form}", "--problems", "basics", "--out", "again", "--json")
    assert done.returncode == 0, done.stderr
    with RunView(tmp_path / "again") as view:
        assert [(one.tokens, one.finish_reason, one.read_as) for one in view.judged()] == kept
    if form == "jsonl":  # Parquet cannot hold half a character
        assert json.loads(done.stdout)["digest"] == digest
    assert [s["statuses"] for s in json.loads(done.stdout)["scores"]] == [s.statuses for s in scores(run)]


def test_no_cell_is_a_formula_or_obeyed(run: Path) -> None:
    for text in ("=1+1", "+1", "-1", "@SUM(A1)", " =1"):
        assert str(_cell(text)).startswith("'")
    assert _cell("a\x1b\nb\u202e") == r"a\x1b\x0ab\u202e"
    assert (_cell(-1), _cell(None), _cell(True)) == (-1, None, "true")
    assert b"\x1b" not in written(run, "csv") + written(run, "junit")


def test_an_unfinished_run_has_samples_and_no_scores(run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    (copy / "complete").unlink()
    assert len(written(copy, "csv").splitlines()) == 81
    with pytest.raises(InputError, match="has no score: the run is interrupted"):
        written(copy, "latex")
    with pytest.raises(UnknownNameError, match="csv, jsonl, junit"):
        written(copy, "xls")


def test_tasks_that_no_score_counts_say_why(run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    score = json.loads((copy / "score.json").read_text())
    score["unfit"] = {"Python/0": "its reference solution gets wrong_answer: no"}
    (copy / "score.json").write_bytes(msgspec.json.encode(score))
    rows = [json.loads(line) for line in written(copy, "jsonl").splitlines()]
    assert {row["task_id"] for row in rows if "left_out" in row} == {"Python/0"}
    assert len(ET.fromstring(written(copy, "junit")).findall(".//skipped")) == 2


def test_the_command_writes_every_format(passatk: Command, run: Path, tmp_path: Path) -> None:
    for form in FORMATS | PICTURES:
        done = passatk("export", run, "--format", form, "--out", f"x.{form}")
        assert done.returncode == 0, done.stderr
        assert (tmp_path / f"x.{form}").read_bytes() == written(run, form)
    assert passatk("export", run, "--format", "csv").stdout.encode() == written(run, "csv").replace(b"\r\n", b"\n")
    assert passatk("export", run, "--format", "xls").returncode == 2
