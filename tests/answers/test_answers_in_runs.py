"""Answers in files and folders: read on request, warned of without, kept, and read again."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from running import Command

from passatk.answers import VERSION
from passatk.decoding import DecodingSettings
from passatk.decoding.completions import Completion, Listener
from passatk.judging import Environment
from passatk.models import ModelSpec
from passatk.models.base import Wanted
from passatk.models.fake import FakeBackend
from passatk.pipeline import Evaluation, Generation, Prompting, evaluate, generate
from passatk.problems import load

PROBLEMS = load("basics/written/python")
PROBLEM = next(iter(PROBLEMS.problems.values()))
CODE = PROBLEM.declaration + PROBLEM.solution
ANSWER = f"Sure!\n\n```python\n{CODE}```\nDone."


def written(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps({"task_id": PROBLEM.task_id, **record}) + "\n" for record in records))
    return path


def results(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "results.jsonl").read_text().splitlines()]


class Chatty(FakeBackend):
    """Says every solution as a chat model does."""

    def generate(
        self,
        wanted: Iterable[Wanted],
        settings: DecodingSettings,
        _batch_size: int,
        listener: Listener | None = None,
    ) -> Iterator[Completion]:
        for one in wanted:
            said = f"So:\n```python\n{one.problem.declaration}{one.problem.solution}```"
            for index in one.samples:
                yield Completion(task_id=one.task_id, index=index, tokens=(), text=said, finish_reason="eos")

    def check(self, settings: DecodingSettings, _batch_size: int, _wanted: Sequence[Wanted]) -> None:
        settings.check()


@pytest.mark.parametrize("field", ["solution", "completion", "generation"])
def test_any_text_is_read_as_an_answer_on_request(field: str, python_only: Environment, tmp_path: Path) -> None:
    file = written(tmp_path / "samples.jsonl", {field: ANSWER})
    report = evaluate(
        Evaluation(samples=file, problems=PROBLEMS, out=tmp_path / "run", extract=True), environment=python_only
    )
    assert report.read_as == {"block": 1}
    assert report.warnings == ()
    [row] = results(tmp_path / "run")
    assert (row["passed"], row["answer"], row["read_as"]) == (True, ANSWER, "block")
    assert row["completion"].strip() == CODE.strip()


def test_a_field_answer_is_read_without_a_request(python_only: Environment, tmp_path: Path) -> None:
    file = written(tmp_path / "samples.jsonl", {"answer": ANSWER}, {"answer": ""})
    report = evaluate(Evaluation(samples=file, problems=PROBLEMS, out=tmp_path / "run"), environment=python_only)
    assert report.read_as == {"block": 1, "nothing": 1}
    assert [row["passed"] for row in results(tmp_path / "run")] == [True, False]


def test_fenced_texts_are_warned_of_before_anything_is_judged(python_only: Environment, tmp_path: Path) -> None:
    file = written(tmp_path / "samples.jsonl", {"solution": ANSWER}, {"solution": CODE})
    heard: list[str] = []

    def warn(warning: str) -> None:
        assert not (tmp_path / "run").exists()
        heard.append(warning)

    request = Evaluation(samples=file, problems=PROBLEMS, out=tmp_path / "run")
    report = evaluate(request, environment=python_only, warn=warn)
    assert report.warnings == tuple(heard)
    assert len(heard) == 1
    assert "1 of 2 texts" in heard[0]
    assert report.read_as == {}
    assert "answer" not in results(tmp_path / "run")[0]


def test_the_command_warns_and_says_what_to_do(passatk: Command, tmp_path: Path) -> None:
    written(tmp_path / "samples.jsonl", {"solution": ANSWER})
    plain = passatk("evaluate", "samples.jsonl", "--problems", "basics", "--out", "plain")
    assert "--extract" in plain.stderr
    read = passatk("evaluate", "samples.jsonl", "--problems", "basics", "--out", "read", "--extract")
    assert "--extract" not in read.stderr
    assert "Answers were read as: block 1." in read.stdout
    assert "100.0 [" in read.stdout


def test_generations_keep_what_was_said_and_can_be_read_again(python_only: Environment, tmp_path: Path) -> None:
    folder = tmp_path / "generations"
    settings = DecodingSettings(method="greedy")
    request = Generation(
        problems=PROBLEMS,
        model=ModelSpec(backend="fake"),
        settings=settings,
        out=folder,
        prompting=Prompting(chat=True),
    )
    generate(request, backend=Chatty())
    first = json.loads((folder / "generations.jsonl").read_text().splitlines()[0])
    assert first["read_as"] == "block"
    assert first["answer"].startswith("So:\n```python\n")
    assert first["solution"] in first["answer"]
    digests = set()
    for extract in (False, True):
        run = tmp_path / f"run-{extract}"
        report = evaluate(
            Evaluation(samples=folder, problems=PROBLEMS, out=run, extract=extract), environment=python_only
        )
        assert report.read_as == {"block": len(PROBLEMS.problems)}
        assert all(row["passed"] and row["answer"] for row in results(run))
        digests.add(report.digest)
        manifest = json.loads((run / "manifest.json").read_text())
        assert manifest["extraction"] == VERSION
    again = tmp_path / "again"
    report = evaluate(Evaluation(samples=run, problems=PROBLEMS, out=again, extract=True), environment=python_only)
    assert digests == {report.digest}
