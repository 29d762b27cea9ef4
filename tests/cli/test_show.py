"""`passatk show` and `passatk replay` as a user runs them."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from running import Command, Require

from passatk.judging import Environment
from passatk.problems import load

REFERENCE = load("basics").get("Python/0").reference
NASTY = "    print('\x1b]0;owned\x07\x1b[2J', '\u202e')  # \u2066 \ufeff\n    return 0\n"
HARMFUL = ("\x1b", "\x07", "\u202e", "\u2066", "\ufeff", "\x9b")


@pytest.fixture(scope="module")
def judged(passatk_once: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("judged")
    texts = [REFERENCE, NASTY, "    retrun 1\n"]
    lines = [json.dumps({"task_id": "Python/0", "generation": text}) + "\n" for text in texts]
    (folder / "s.jsonl").write_text("".join(lines))
    done = passatk_once("evaluate", folder / "s.jsonl", "--problems", "basics", "--out", folder / "run")
    assert done.returncode == 0, done.stderr
    return folder / "run"


@pytest.fixture
def run(judged: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(judged, tmp_path / "run"))


def test_a_sample_is_shown_with_verdict_limits_program_and_output(passatk: Command, run: Path) -> None:
    done = passatk("show", run, "Python/0#1")
    assert done.returncode == 0, done.stderr
    for words in ("Python/0#1", "wrong_answer", "exit code 0", " of 3", "--- program.py", "return 0", "its output"):
        assert words in done.stdout
    assert r"\x1b]0;owned\x07\x1b[2J" in done.stdout
    assert r"\u202e" in done.stdout
    assert not any(mark in done.stdout for mark in HARMFUL)


def test_all_samples_of_a_task_are_a_table(passatk: Command, run: Path) -> None:
    done = passatk("show", run, "Python/0", COLUMNS="80")
    lines = done.stdout.splitlines()
    assert [line.split()[:2] for line in lines[1:4]] == [["0", "passed"], ["1", "wrong_answer"], ["2", "compile_error"]]
    rows = json.loads(passatk("show", run, "Python/0", "--json").stdout)
    assert [row["status"] for row in rows] == ["passed", "wrong_answer", "compile_error"]


def test_json_has_everything(passatk: Command, run: Path) -> None:
    found = json.loads(passatk("show", run, "Python/0#1", "--json").stdout)
    assert found["text"] == NASTY
    assert found["assembled"]["files"]
    assert found["problem"]["tests"]["code"]
    assert found["attempts"][0]["run"]["exit_code"] == 0


def test_an_unknown_task_or_sample_is_told_the_nearest(passatk: Command, run: Path) -> None:
    wrong = passatk("show", run, "Pyhton/0")
    assert wrong.returncode == 2
    assert "Did you mean 'Python/0'?" in wrong.stderr
    missing = passatk("show", run, "Python/0#7")
    assert missing.returncode == 2
    assert "Python/0#2" in missing.stderr
    hostile = passatk("show", run, "\x1b[2J#1")
    assert hostile.returncode == 2
    assert "\x1b" not in hostile.stderr


def test_a_running_or_old_run_is_shown(passatk: Command, run: Path) -> None:
    (run / "complete").unlink()
    with closing(sqlite3.connect(run / "run.sqlite")) as db:
        db.execute("DELETE FROM verdicts WHERE status = 'wrong_answer'")
        db.execute("DROP TABLE programs")
        db.commit()
    done = passatk("show", run, "Python/0#1")
    assert done.returncode == 0, done.stderr
    assert "not judged yet" in done.stdout
    assert "return 0" in done.stdout


def test_what_tests_compared_is_told_in_their_words(passatk: Command, tmp_path: Path, require: Require) -> None:
    require("rust")
    (tmp_path / "s.jsonl").write_text(json.dumps({"task_id": "Rust/0", "generation": "    7\n}\n"}))
    assert passatk("evaluate", "s.jsonl", "--problems", "basics", "--out", "run").returncode == 0
    found = json.loads(passatk("show", "run", "Rust/0#0", "--json").stdout)
    assert found["compared"]["left"] == "7"
    assert "left      7" in passatk("show", "run", "Rust/0#0").stdout


def test_a_replay_says_whether_the_verdict_is_the_recorded_one(passatk: Command, run: Path, tmp_path: Path) -> None:
    before = {file: file.read_bytes() for file in run.iterdir()}
    same = passatk("replay", run, "Python/0#1")
    assert same.returncode == 0, same.stderr
    assert "the verdict is the recorded one" in same.stdout
    assert not any(mark in same.stdout for mark in HARMFUL)
    assert before == {file: file.read_bytes() for file in run.iterdir()}
    with closing(sqlite3.connect(run / "run.sqlite")) as db:
        db.execute("UPDATE verdicts SET status = 'passed' WHERE status = 'wrong_answer'")
        db.commit()
    manifest = json.loads((run / "manifest.json").read_text())
    manifest["toolchains"]["python"] = "Python 3.0"
    (run / "manifest.json").write_text(json.dumps(manifest))
    other = passatk("replay", run, "Python/0#1")
    assert other.returncode == 1
    assert "changed: python: Python 3.0, then " in other.stdout
    assert "the verdict is not the recorded one" in other.stdout
    found = json.loads(passatk("replay", run, "Python/0#1", "--json").stdout)
    assert (found["status_before"], found["verdict"]["status"], found["holds"]) == ("passed", "wrong_answer", False)


def test_a_run_that_kept_no_programs_assembles_them_again(passatk: Command, run: Path) -> None:
    with closing(sqlite3.connect(run / "run.sqlite")) as db:
        db.execute("DROP TABLE programs")
        db.execute("DROP TABLE problems")
        db.commit()
    done = passatk("replay", run, "Python/0#0")
    assert done.returncode == 0, done.stderr
    assert "changed: program" not in done.stdout
    wrong = passatk("replay", run, "Python/0#0", "--problems", "basics/python")
    assert wrong.returncode == 2
    assert "their hashes differ" in " ".join(wrong.stderr.split())


def test_what_has_no_verdict_is_not_replayed(passatk: Command, run: Path) -> None:
    with closing(sqlite3.connect(run / "run.sqlite")) as db:
        db.execute("DELETE FROM verdicts")
        db.commit()
    done = passatk("replay", run, "Python/0#0")
    assert done.returncode == 2
    assert "has no verdict of Python/0#0 yet" in done.stderr


def test_a_kept_program_runs_by_hand_and_can_be_changed(passatk: Command, run: Path, tmp_path: Path) -> None:
    kept = tmp_path / "by hand"
    assert passatk("replay", run, "Python/0#1", "--keep", kept).returncode == 0
    assert "wrong_answer" in (kept / "README").read_text()
    assert (kept / "solution.py").read_text() == NASTY
    assert "assert" in (kept / "tests.py").read_text()

    def by_hand() -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, kept / "run.py"], capture_output=True, text=True, check=False, cwd="/", timeout=60
        )

    assert (by_hand().returncode, "not passed" in by_hand().stdout) == (1, True)
    program = kept / "program" / "program.py"
    program.write_text(program.read_text().replace(NASTY, str(REFERENCE)))
    assert by_hand().stdout == "passed\n"
    again = passatk("replay", run, "Python/0#1", "--keep", kept)
    assert again.returncode == 2
    assert "not an empty folder" in again.stderr


def test_every_language_runs_by_hand(passatk: Command, environment: Environment, tmp_path: Path) -> None:
    """Its reference passes there, too."""
    firsts = {problem.language: problem for problem in reversed(load("basics/written").problems.values())}
    problems = [problem for name, problem in firsts.items() if environment.toolchains[name].usable]
    lines = [json.dumps({"task_id": problem.task_id, "generation": problem.reference}) + "\n" for problem in problems]
    (tmp_path / "s.jsonl").write_text("".join(lines))
    assert passatk("evaluate", "s.jsonl", "--problems", "basics/written", "--out", "run").returncode == 0
    for problem in problems:
        kept = tmp_path / problem.language
        assert passatk("replay", "run", problem.task_id, "--keep", kept).returncode == 0
        done = subprocess.run(
            [sys.executable, kept / "run.py"], capture_output=True, text=True, check=False, timeout=120
        )
        assert done.stdout == "passed\n", (problem.language, done.stderr)


def test_a_run_that_says_it_had_no_sandbox_gets_one_nevertheless(passatk: Command, run: Path) -> None:
    """Its folder may come from somebody else."""
    manifest = json.loads((run / "manifest.json").read_text())
    manifest["isolation"]["sandbox"] = "none"
    (run / "manifest.json").write_text(json.dumps(manifest))
    found = json.loads(passatk("replay", run, "Python/0#0", "--json").stdout)
    assert found["verdict"]["attempts"][0]["isolation"]["sandbox"] == "bubblewrap"
    assert any(change.startswith("isolation.sandbox: none, then bubblewrap") for change in found["changes"])


def test_no_file_is_left_outside_of_the_folder(passatk: Command, run: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(run / "run.sqlite")) as db:
        db.execute("UPDATE programs SET files = replace(files, 'program.py', '../../out.py')")
        db.commit()
    done = passatk("replay", run, "Python/0#0", "--keep", tmp_path / "a" / "b")
    assert done.returncode == 2
    assert "outside of its folder" in " ".join(done.stderr.split())
    assert not (tmp_path / "out.py").exists()
