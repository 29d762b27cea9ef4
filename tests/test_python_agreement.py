"""GPT-4's published Python answers: samples on which the record and passatk disagree stand in docs/agreement.md."""

import gzip
import json
import re
from pathlib import Path

import pytest
from running import ROOT

from passatk.judging import Environment
from passatk.pipeline import Evaluation, evaluate
from passatk.problems import load

TABLE = re.compile(r"^\| ([\w ]+, [\w ]+) \| (\S+) \| (solved|not solved) \| \w+ \| (\w+) \| .+ \|$", re.MULTILINE)
FILES = {
    "humaneval-py..gz_simple_1_gpt-4_pass_at_k_1_py": ("HumanEval, first try", 140),
    "reflexion_humaneval_py_pass_at_1": ("HumanEval, Reflexion", 150),
    "mbpp-py._simple_1_gpt-4_pass_at_k_1_py": ("MBPP, first try", 324),
    "mbpp-py._reflexion_5_gpt-4_pass_at_k_1_py": ("MBPP, Reflexion", 311),
}
"""File -> what the table calls its answers, and how many pass under plain Python."""


def documented(answers: str) -> dict[str, tuple[bool, str]]:
    """Task -> (recorded as solved, status here)."""
    rows = TABLE.findall((ROOT / "docs" / "agreement.md").read_text())
    return {task: (recorded == "solved", status) for of, task, recorded, status in rows if of == answers}


@pytest.mark.parametrize("name", FILES)
def test_every_difference_from_the_record_is_documented(
    name: str, data: Path, tmp_path: Path, python_only: Environment
) -> None:
    path = data / "generations" / "reflexion-gpt4" / f"{name}.jsonl.gz"
    request = Evaluation(samples=path, problems=load(str(path)), out=tmp_path / "run", workers=2)
    report = evaluate(request, environment=python_only)
    answers, passed = FILES[name]
    assert report.unfit == {}
    assert report.scores[0].statuses["passed"] == passed

    records = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    recorded = {record.get("task_id") or record["name"]: record["is_solved"] for record in records}
    results = [json.loads(line) for line in (tmp_path / "run" / "results.jsonl").read_text().splitlines()]
    assert len(results) == len(recorded) == len(records)
    different = {
        result["task_id"]: (recorded[result["task_id"]], result["status"])
        for result in results
        if result["passed"] != recorded[result["task_id"]]
    }
    assert different == documented(answers)
