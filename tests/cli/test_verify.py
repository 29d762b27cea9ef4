"""`passatk verify`, `cache`, `--repeat`, `--cpu-factor` and `--no-cache` as a user runs them."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from running import Command, Require

from passatk.problems import load

REFERENCE = load("basics").get("Python/0").reference
WRONG = "    return 0\n"
BY_CLOCK = "    import time\n    return 2 if time.time_ns() // 1000 % 2 else 3\n"


def write_samples(path: Path) -> Path:
    other = load("basics").get("JavaScript/0").reference
    texts = [("Python/0", REFERENCE), ("Python/0", WRONG), ("Python/0", "    retrun\n"), ("JavaScript/0", other)]
    path.write_text("".join(json.dumps({"task_id": task, "generation": text}) + "\n" for task, text in texts))
    return path


@pytest.fixture
def samples(tmp_path: Path, require: Require) -> Path:
    require("javascript")
    return write_samples(tmp_path / "s.jsonl")


@pytest.fixture(scope="module")
def judged(passatk_once: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("judged")
    samples = write_samples(folder / "s.jsonl")
    done = passatk_once("evaluate", samples, "--problems", "basics", "--out", folder / "run")
    assert done.returncode == 0, done.stderr
    samples.unlink()  # the run holds its samples itself
    return folder / "run"


@pytest.fixture
def run(judged: Path, tmp_path: Path, require: Require) -> Path:
    require("javascript")
    return Path(shutil.copytree(judged, tmp_path / "run"))


def test_a_run_verifies_with_any_number_of_workers(passatk: Command, run: Path) -> None:
    before = {file: file.read_bytes() for file in run.iterdir()}
    for workers in (1, 5):
        done = passatk("verify", run, "--workers", workers, "--json")
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert found["holds"]
        assert found["digest_before"] == found["digest_now"]
        assert (found["samples"], found["flips"], found["changes"], found["recalibrated"]) == (4, [], [], False)
        assert (found["report"]["judged_now"], found["report"]["from_cache"]) == (4, 0), (
            "verdicts are not taken on trust"
        )
    assert before == {file: file.read_bytes() for file in run.iterdir()}


def test_a_flip_is_listed_with_both_outcomes(passatk: Command, run: Path) -> None:
    """A run whose journal says otherwise than the programs do."""
    with sqlite3.connect(run / "run.sqlite") as db:
        db.execute("UPDATE verdicts SET status = 'passed', reason = 'all tests held' WHERE status = 'wrong_answer'")
    db.close()
    done = passatk("verify", run)
    assert done.returncode == 1
    assert "Python/0 sample 1" in done.stdout
    assert "then passed: all tests held" in done.stdout
    assert "now  wrong_answer: " in done.stdout
    assert "1 verdict does not hold" in done.stdout


def test_another_toolchain_is_named(passatk: Command, run: Path) -> None:
    manifest = json.loads((run / "manifest.json").read_text())
    manifest["toolchains"]["javascript"] = "node v1.2.3"
    manifest["fingerprints"]["python"] = "0123456789abcdef"
    (run / "manifest.json").write_text(json.dumps(manifest))
    done = passatk("verify", run)
    assert done.returncode == 0, done.stderr
    assert "changed: javascript: node v1.2.3, then node v" in done.stdout
    assert "with other files or dependencies" in done.stdout
    assert "Limits were measured again" in done.stdout
    gone = passatk("verify", run, PASSATK_NODE="/nowhere")
    assert gone.returncode == 1
    assert "now  not_judged: " in gone.stdout


def test_a_kept_verification_is_a_run_and_can_be_verified(passatk: Command, run: Path, tmp_path: Path) -> None:
    assert passatk("verify", run, "--out", tmp_path / "again").returncode == 0
    assert passatk("verify", tmp_path / "again").returncode == 0
    assert passatk("verify", run, "--out", run).returncode == 2


def test_what_cannot_be_verified_says_why(passatk: Command, run: Path, tmp_path: Path) -> None:
    assert "is not a run folder" in passatk("verify", tmp_path / "nothing").stderr
    wrong = passatk("verify", run, "--problems", "basics/python")
    assert wrong.returncode == 2
    assert "their hashes differ" in " ".join(wrong.stderr.split())
    (run / "complete").unlink()
    unfinished = passatk("verify", run)
    assert unfinished.returncode == 2
    assert "is not complete" in unfinished.stderr


def test_a_finished_run_can_be_evaluated_like_a_file(passatk: Command, run: Path) -> None:
    done = passatk("evaluate", run, "--problems", "basics", "--language", "python", "--out", "half", "--json")
    assert json.loads(done.stdout)["scores"][0]["samples"] == 3


def test_what_an_earlier_run_decided_is_not_executed_again(passatk: Command, samples: Path, tmp_path: Path) -> None:
    command = ("evaluate", samples, "--problems", "basics", "--json")
    reports = [
        json.loads(passatk(*command, "--out", f"run{n}", *options).stdout)
        for n, options in enumerate([(), (), ("--no-cache",), ("--cpu-seconds", 4)])
    ]
    assert [(r["judged_now"], r["from_cache"]) for r in reports] == [(4, 0), (0, 4), (4, 0), (2, 2)]
    assert len({r["digest"] for r in reports}) == 1
    info = json.loads(passatk("cache", "info", "--json").stdout)
    assert (sum(info["verdicts"].values()), sum(info["references"].values())) == (4, 2)
    assert "Python" in passatk("cache", "info").stdout
    assert json.loads(passatk("cache", "clear", "--json").stdout)["removed"] == 6
    assert json.loads(passatk(*command, "--out", "run9").stdout)["judged_now"] == 4


def test_repeats_find_what_differs_and_do_not_pass_it(passatk: Command, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text(
        "".join(json.dumps({"task_id": "Python/0", "generation": text}) + "\n" for text in (REFERENCE, BY_CLOCK))
    )
    out = tmp_path / "run"
    done = passatk("evaluate", path, "--problems", "basics", "--out", out, "--repeat", 6, "--json")
    report = json.loads(done.stdout)
    assert report["scores"][0]["statuses"]["passed"] == 1
    with sqlite3.connect(out / "run.sqlite") as db:
        attempts = [len(json.loads(body)) for (body,) in db.execute("SELECT attempts FROM verdicts")]
    db.close()
    assert attempts == [6, 6]
    assert set(report["unstable"]) <= {"Python/0 sample 1"}


def test_limits_are_settings_and_stand_in_the_manifest(passatk: Command, samples: Path, tmp_path: Path) -> None:
    options = ("--cpu-seconds", 1, "--cpu-factor", 20)
    assert passatk("evaluate", samples, "--problems", "basics", "--out", "run", *options).returncode == 0
    limits = json.loads((tmp_path / "run" / "manifest.json").read_text())["limits"]
    assert (limits["floor"]["run"]["cpu_s"], limits["factor"]) == (1.0, 20.0)
    other = passatk("evaluate", samples, "--problems", "basics", "--out", "run", "--cpu-seconds", 1)
    assert other.returncode == 2
    assert "limits" in other.stderr
    refused = passatk("evaluate", samples, "--problems", "basics", "--out", "run2", "--cpu-factor", 1)
    assert refused.returncode == 2
    assert "cpu_factor = 1.0: must be a number above 1.5 (option --cpu-factor)" in refused.stderr
