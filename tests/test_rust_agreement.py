"""GPT-4's published Rust answers: every sample on which the record and passatk disagree stands in docs/agreement.md."""

import gzip
import json
import re
from pathlib import Path

import pytest
from running import ROOT

from passatk.judging import Environment, Job, LocalPool, default_limits
from passatk.pipeline.programs import program_of
from passatk.problems import load
from passatk.records import Sample, Status

TABLE = re.compile(r"^\| (\w+) \| (solved|not solved) \| [\w ]+ \| (\w+) \| .+ \|$", re.MULTILINE)


def documented(kind: str) -> dict[str, tuple[bool, str]]:
    """Task -> (recorded as solved, status here) of the rows about one benchmark."""
    rows = TABLE.findall((ROOT / "docs" / "agreement.md").read_text())
    return {task: (recorded == "solved", status) for task, recorded, status in rows if task.startswith(kind)}


@pytest.mark.parametrize(
    ("file", "kind", "count"),
    [
        ("simple_1_gpt-4_pass_at_k_1_rs.jsonl.gz", "HumanEval", 156),
        ("mbpp-rs._simple_1_gpt-4_pass_at_k_1_rs.jsonl.gz", "mbpp", 354),
    ],
)
def test_every_difference_from_the_record_is_documented(
    file: str, kind: str, count: int, data: Path, environment: Environment
) -> None:
    rust = environment.toolchains["rust"]
    if not rust.usable or "crate regex" not in rust.provides:
        pytest.skip("no Rust toolchain with the crate regex")
    path = data / "generations" / "reflexion-gpt4" / file
    problems = load(str(path))
    records = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    assert len(problems.problems) == len(records) == count
    jobs, recorded = [], {}
    for record in records:
        problem = problems.get(record["name"])
        sample = Sample(task_id=problem.task_id, index=0, text=record["solution"], whole=True)
        program = program_of(problem, sample, "hidden")
        jobs.append(Job(program=program, limits=default_limits()))
        recorded[program.key] = record
    different = {}
    for job, verdict in LocalPool(environment, workers=2).judge(jobs):
        record = recorded[job.program.key]
        if record["is_solved"] != (verdict.status is Status.PASSED):
            different[record["name"]] = (record["is_solved"], str(verdict.status))
    assert different == documented(kind)
