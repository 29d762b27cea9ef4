"""`passatk compare` as a user runs it: real small runs, each with a planted cause."""

import json
import shutil
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from running import Command, Require

from passatk.answers import VERSION, Answer
from passatk.pipeline import Evaluation, compare, evaluate
from passatk.problems import load
from passatk.records import Limits, Problem, StepLimits
from passatk.runs import GenerationFolder, GenerationManifest
from passatk.runs.generations import Generated
from passatk.runs.manifest import this_machine
from passatk.samples import reading

PROBLEMS = load("basics")
NUMBERS = range(4)
RIGHT = {f"Python/{i}": PROBLEMS.get(f"Python/{i}").solution + "    # not the reference\n" for i in NUMBERS}
WRONG = "    return None\n"
BY_CLOCK = (
    "    import time\n    right = sum(c in 'aeiou' for c in text.lower())\n"
    "    return right if time.time_ns() // 1000 % 8 else -1\n"
)
"""Right in one of two or three runs of Python/0's tests."""


@pytest.fixture(scope="module")
def right(passatk_once: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the right programs; many tests begin with a copy of it."""
    folder = tmp_path_factory.mktemp("right")
    lines = [json.dumps({"task_id": task, "generation": text}) + "\n" for task, text in RIGHT.items()]
    (folder / "a.jsonl").write_text("".join(lines))
    options = ("--problems", "basics", "--out", folder / "a", "--workers", "1")
    done = passatk_once("evaluate", folder / "a.jsonl", *options)
    assert done.returncode == 0, done.stderr
    return folder / "a"


@pytest.fixture
def judged(passatk: Command, right: Path, tmp_path: Path, require: Require) -> Any:
    """Evaluates texts of Python/0 and its neighbours, or a folder of generations, into a run folder."""
    require("python")

    def judge(name: str, texts: Iterable[tuple[str, str]] | Path, *arguments: str, field: str = "generation") -> Path:
        if texts == RIGHT.items() and not arguments:
            return Path(shutil.copytree(right, tmp_path / name))
        samples = texts if isinstance(texts, Path) else tmp_path / f"{name}.jsonl"
        if not isinstance(texts, Path):
            samples.write_text("".join(json.dumps({"task_id": task, field: text}) + "\n" for task, text in texts))
        done = passatk("evaluate", samples, "--problems", "basics", "--out", name, "--workers", "1", *arguments)
        assert done.returncode == 0, done.stderr
        return tmp_path / name

    return judge


def generations(path: Path, ends: dict[str, tuple[str, str]], model: str = "m") -> Path:
    """A finished folder of one sample a task: task id -> text, finish reason."""
    manifest = GenerationManifest(
        passatk="0.1.0",
        problems=PROBLEMS.name,
        problems_source=PROBLEMS.source,
        problems_sha256=PROBLEMS.hash,
        languages=None,
        samples=1,
        task="generate",
        target_language=None,
        prompt={},
        prompts_sha256="",
        settings={"max_new_tokens": 64},
        model={"name": model},
        origin={},
        batch_size=1,
        machine=this_machine(),
    )
    with GenerationFolder(path, manifest) as folder:
        for task, (text, reason) in ends.items():
            folder.record(
                Generated(task_id=task, sample=0, text=text, finish_reason=reason, tokens=(1,), token_count=1)
            )
        folder.finish(PROBLEMS.problems)
    return path


def changed_copy(run: Path, name: str, status: str, limits: Limits | None = None, **manifest: object) -> Path:
    """A run whose journal says that Python/0 got another verdict."""
    copy = run.with_name(name)
    shutil.copytree(run, copy)
    with sqlite3.connect(copy / "run.sqlite") as db:
        (key,) = db.execute("SELECT program FROM samples WHERE task_id = 'Python/0' AND NOT reference").fetchone()
        db.execute("UPDATE verdicts SET status = ? WHERE program = ?", (status, key))
        if limits is not None:
            db.execute("UPDATE limits SET limits = ? WHERE task_id = 'Python/0'", (msgspec.json.encode(limits),))
    db.close()
    file = copy / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **manifest}))
    return copy


def the_cause(before: Path, after: Path) -> tuple[str, str]:
    (found,) = compare([before, after])
    (flip,) = (flip for problem in found.changed for flip in problem.flips)
    return flip.cause, flip.detail


def test_the_same_run_twice_says_no_change(judged: Any, passatk: Command) -> None:
    run = judged("a", RIGHT.items())
    again = judged("b", RIGHT.items(), "--no-cache")
    for other in (run, again):
        done = passatk("compare", run, other, "--fail-if-worse", "1")
        assert done.returncode == 0, done.stderr
        assert "No change: the same programs and verdicts in 4 problems" in done.stdout
        assert "better" not in done.stdout


def test_another_text_is_other_tokens(judged: Any, passatk: Command) -> None:
    before = judged("a", RIGHT.items())
    after = judged("b", [(task, WRONG) for task in RIGHT])
    done = passatk("compare", before, after, COLUMNS="80")
    assert done.returncode == 0, done.stderr
    assert "other tokens 4" in done.stdout
    assert "Python/0 (Python) 1/1 -> 0/1 worse: other tokens" in done.stdout
    assert "0 better, 4 worse, 0 the same" in done.stdout
    table = [line for line in done.stdout.splitlines() if line.startswith("Python  ")]
    assert table
    assert all(len(line) <= 80 for line in table)
    assert "-100.0 [-100.0," in table[0]


def test_runs_of_different_problems_have_figures_alone(judged: Any, passatk: Command) -> None:
    tasks = list(RIGHT.items())
    before = judged("a", tasks[:2])
    after = judged("b", [tasks[2], (tasks[3][0], WRONG)])
    refused = passatk("compare", before, after)
    assert refused.returncode == 2
    assert "(option --unpaired)" in " ".join(refused.stderr.split())
    done = passatk("compare", before, after, "--unpaired", "--json")
    assert done.returncode == 0, done.stderr
    (found,) = json.loads(done.stdout)["unpaired"]
    scores = [json.loads((run / "score.json").read_text())["scores"][0]["pass_at_k"][0] for run in (before, after)]
    (python,) = [one for one in found["differences"] if one["group"] == "python"]
    assert (python["before"], python["after"], python["difference"]) == (1.0, 0.5, -0.5)
    low = -0.5 - ((0.5 - scores[1]["low"]) ** 2 + (scores[0]["high"] - 1.0) ** 2) ** 0.5
    assert python["low"] == pytest.approx(low)
    shown = passatk("compare", before, after, "--unpaired", COLUMNS="80")
    assert "-50.0 [-" in shown.stdout
    assert "Different problems" in shown.stdout
    together = judged("c", tasks)
    refused = passatk("compare", before, together, "--unpaired")
    assert refused.returncode == 2
    assert "have 2 problems in common" in " ".join(refused.stderr.split())
    assert passatk("compare", before, after, "--unpaired", "--anyway").returncode == 2


def test_fail_if_worse_is_for_ci(judged: Any, passatk: Command) -> None:
    before = judged("a", RIGHT.items())
    after = judged("b", [(task, WRONG) for task in RIGHT])
    assert passatk("compare", before, after, "--fail-if-worse", "0.2").returncode == 1  # 4 of 4: p = 0.125
    assert passatk("compare", before, after, "--fail-if-worse", "0.1").returncode == 0
    assert passatk("compare", after, before, "--fail-if-worse", "0.2").returncode == 0
    assert passatk("compare", before, before, after, "--fail-if-worse", "0.2").returncode == 1
    refused = passatk("compare", before, after, "--fail-if-worse", "5")
    assert refused.returncode == 2
    assert "--fail-if-worse" in refused.stderr


def test_json_has_every_change_and_its_cause(judged: Any, passatk: Command) -> None:
    before = judged("a", RIGHT.items())
    after = judged("b", [*list(RIGHT.items())[:3], ("Python/3", WRONG)])
    (found,) = json.loads(passatk("compare", before, after, "--json").stdout)["comparisons"]
    assert found["causes"] == {"other tokens": 1}
    assert [(one["task_id"], one["change"]) for one in found["changed"]] == [("Python/3", "worse")]
    assert found["differences"][0]["difference"] == pytest.approx(-0.25)


def test_a_toolchain_is_found(judged: Any) -> None:
    run = judged("a", RIGHT.items())
    versions = json.loads((run / "manifest.json").read_text())["toolchains"]
    other = changed_copy(run, "b", "runtime_error", toolchains={**versions, "python": "Python 3.99"})
    assert the_cause(run, other) == ("toolchain", f"python: {versions['python']}, then Python 3.99")


def test_limits_are_found(judged: Any) -> None:
    run = judged("a", RIGHT.items())
    shorter = Limits(run=StepLimits(cpu_s=0.01))
    other = changed_copy(run, "b", "time_limit", shorter)
    cause, detail = the_cause(run, other)
    assert cause == "limits"
    assert "then 0.01" in detail


def test_a_flaky_program_is_found(judged: Any) -> None:
    texts = {**RIGHT, "Python/0": BY_CLOCK}
    judged("a", texts.items(), "--no-cache")
    repeated = judged("b", texts.items(), "--repeat", "20", "--no-cache")
    before = changed_copy(repeated.with_name("a"), "lucky", "passed")
    assert the_cause(before, repeated) == ("instability", "its repeats came out differently")


def test_the_reading_of_answers_is_found(judged: Any) -> None:
    problem = PROBLEMS.get("Python/0")
    answer = f"Here you are:\n```python\n{problem.prompt}{problem.solution}```\n"
    texts = [("Python/0", answer)]
    cause, detail = the_cause(judged("a", texts), judged("b", texts, "--extract"))
    assert cause == "reading of the answer"
    assert detail.startswith("read as given, then ")


def test_another_version_of_reading_is_found(judged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def older_rules(said: str, problem: Problem) -> Answer:
        return Answer(code=WRONG, whole=False, read_as="block")

    problem = PROBLEMS.get("Python/0")
    texts = [("Python/0", f"Here you are:\n```python\n{problem.prompt}{problem.solution}```\n")]
    now = judged("now", texts, field="answer")
    monkeypatch.setattr(reading, "VERSION", VERSION - 1)
    monkeypatch.setattr(reading, "read_answer", older_rules)
    before = now.with_name("before")
    evaluate(Evaluation(samples=now.with_name("now.jsonl"), problems=PROBLEMS, out=before, cached=False))
    assert the_cause(before, now) == ("reading of the answer", f"extraction: {VERSION - 1}, then {VERSION}")


def test_a_token_limit_is_found(judged: Any, tmp_path: Path) -> None:
    whole = {task: (text, "eos") for task, text in RIGHT.items()}
    broken = {**whole, "Python/0": ("    return (", "length")}
    before = judged("a", generations(tmp_path / "whole", whole))
    after = judged("b", generations(tmp_path / "broken", broken))
    assert the_cause(before, after) == ("cut off", "finish reason length")


def test_another_model_is_found(judged: Any, tmp_path: Path) -> None:
    texts = {task: (text, "eos") for task, text in RIGHT.items()}
    others = {**texts, "Python/0": (WRONG, "eos")}
    before = judged("a", generations(tmp_path / "m", texts))
    after = judged("b", generations(tmp_path / "n", others, model="n"))
    assert the_cause(before, after) == ("other tokens", "model.name: m, then n")


def test_runs_of_other_tests_are_refused_without_anyway(judged: Any, passatk: Command) -> None:
    before, after = judged("a", RIGHT.items()), judged("b", RIGHT.items(), "--tests", "example")
    refused = passatk("compare", before, after)
    assert refused.returncode == 2
    assert "tests: hidden, then example" in refused.stderr
    assert "--anyway" in refused.stderr
    done = passatk("compare", before, after, "--anyway")
    assert done.returncode == 0, done.stderr
    assert "Compared anyway: tests: hidden, then example" in done.stdout


def test_what_is_no_finished_run_is_refused(judged: Any, passatk: Command, tmp_path: Path) -> None:
    run = judged("a", RIGHT.items())
    assert passatk("compare", run).returncode == 2
    refused = passatk("compare", run, tmp_path / "nothing")
    assert (refused.returncode, "is not a run folder" in refused.stderr) == (2, True)
    (run / "complete").unlink()
    assert "is not complete" in passatk("compare", run, run).stderr
    assert passatk("compare", run, run, "--k", "x").returncode == 2


def test_a_folder_of_an_older_version_compares(judged: Any) -> None:
    run = judged("a", RIGHT.items())
    older = run.with_name("older")
    shutil.copytree(run, older)
    with sqlite3.connect(older / "run.sqlite") as db:
        db.execute("ALTER TABLE samples DROP COLUMN answer")
        db.execute("ALTER TABLE samples DROP COLUMN read_as")
        db.execute("ALTER TABLE verdicts DROP COLUMN walled")
    db.close()
    assert compare([older, run])[0].identical
