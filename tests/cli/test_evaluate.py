"""`passatk evaluate` as a user runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from running import Command, Require

from passatk.languages import LANGUAGES
from passatk.problems import load
from passatk.records import Status

EXAMPLES = Path(__file__).parents[2] / "examples" / "generations.jsonl"
REFERENCE = load("basics").get("Python/0").solution
WRONG = "    return 0\n"


def write(path: Path, *records: dict[str, str]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def python_samples(path: Path, *texts: str, task: str = "Python/0") -> Path:
    return write(path, *({"task_id": task, "generation": text} for text in texts))


def test_the_shipped_generations_get_the_statuses_written_beside_them(
    passatk: Command, tmp_path: Path, require: Require
) -> None:
    require(*LANGUAGES)
    done = passatk(
        "evaluate", EXAMPLES, "--problems", "basics", "--out", "run", "--cpu-seconds", 2, "--memory-mib", 256
    )
    assert done.returncode == 0, done.stderr
    expected = [json.loads(line) for line in EXAMPLES.read_text().splitlines()]
    results = [json.loads(line) for line in (tmp_path / "run" / "results.jsonl").read_text().splitlines()]
    assert len(results) == len(expected)
    by_task: dict[str, list[str]] = {}
    for row in expected:
        by_task.setdefault(row["task_id"], []).append(row["expected"])
    found: dict[str, list[str]] = {}
    for row in results:
        found.setdefault(row["task_id"], []).append(row["status"])
        texts = {"task_id", "benchmark", "language", "completion", "status", "reason"}
        assert set(row) == {*texts, "sample", "passed", "walled"}
        assert row["passed"] == (row["status"] == "passed")
    assert found == by_task
    assert {row["status"] for row in results} == set(Status) - {Status.NOT_JUDGED}
    for language in ("Python", "C++", "Java", "JavaScript", "Go", "Rust", "overall"):
        assert f"\n{language} " in done.stdout
    assert "40.6 [" in done.stdout
    assert "digest " in done.stdout


def test_the_same_command_again_judges_nothing_and_says_the_same(passatk: Command, tmp_path: Path) -> None:
    samples = python_samples(tmp_path / "s.jsonl", REFERENCE, WRONG)
    first, second = (
        json.loads(passatk("evaluate", samples, "--problems", "basics", "--out", "run", "--json").stdout)
        for _ in range(2)
    )
    assert (first["judged_now"], second["judged_now"]) == (2, 0)
    for report in (first, second):
        del report["seconds"], report["judged_now"]
    assert first == second
    assert first["scores"][0]["pass_at_k"][0]["estimate"] == 0.5


def test_the_digest_does_not_depend_on_the_number_of_workers(passatk: Command, tmp_path: Path) -> None:
    samples = python_samples(tmp_path / "s.jsonl", REFERENCE, WRONG, *(f"    return {n}\n" for n in range(20)))
    digests = {
        json.loads(
            passatk("evaluate", samples, "--problems", "basics", "--out", f"run{n}", "--workers", n, "--json").stdout
        )["digest"]
        for n in (1, 3, 8)
    }
    assert len(digests) == 1


def test_tiers_are_scored_apart_where_there_are_several(passatk: Command, tmp_path: Path, require: Require) -> None:
    require("go")
    right = {task: load("basics").get(task).solution for task in ("Python/0", "Python/200", "Go/200")}
    answers = [("Python/0", right["Python/0"]), ("Python/0", WRONG), ("Python/200", right["Python/200"])]
    rows = [{"task_id": task, "generation": text} for task, text in [*answers, ("Go/200", right["Go/200"])]]
    samples = write(tmp_path / "s.jsonl", *rows)
    report = json.loads(passatk("evaluate", samples, "--problems", "basics", "--out", "run", "--json").stdout)
    scores = {score["group"]: (score["samples"], score["pass_at_k"][0]["estimate"]) for score in report["scores"]}
    tiers = {"python/written": (2, 0.5), "python/compositions": (1, 1.0)}
    assert scores == {"python": (3, 0.75), **tiers, "go": (1, 1.0), "overall": (4, pytest.approx(5 / 6))}
    shown = passatk("evaluate", samples, "--problems", "basics", "--out", "run").stdout
    assert "\n  compositions " in shown


def test_identical_programs_are_judged_once(passatk: Command, tmp_path: Path) -> None:
    samples = python_samples(tmp_path / "s.jsonl", *[REFERENCE] * 50, WRONG)
    report = json.loads(passatk("evaluate", samples, "--problems", "basics", "--out", "run", "--json").stdout)
    assert report["programs"] == 2
    assert report["scores"][0]["samples"] == 51


def test_reference_solutions_score_100(passatk: Command) -> None:
    done = passatk("evaluate", "--reference", "--problems", "basics/python", "--out", "run")
    assert done.returncode == 0, done.stderr
    assert "100.0 [97.8, 100.0]" in done.stdout


def test_example_tests_are_the_public_ones(passatk: Command, tmp_path: Path) -> None:
    overfitted = "    return {'hello': 2, 'sky': 0}.get(text, 9)\n"
    samples = python_samples(tmp_path / "s.jsonl", overfitted)
    hidden, example = (
        passatk("evaluate", samples, "--problems", "basics", "--out", kind, "--tests", kind)
        for kind in ("hidden", "example")
    )
    assert " 0.0 [0.0, 96.0]" in hidden.stdout
    assert "100.0 [4.0, 100.0]" in example.stdout


def test_one_task_in_two_languages_is_one_task_overall(passatk: Command, tmp_path: Path, require: Require) -> None:
    require("javascript")
    names = [f"{prefix}/{number}" for prefix in ("Python", "JavaScript") for number in range(3)]
    records = [{"task_id": name, "generation": load("basics").get(name).solution} for name in names]
    done = passatk("evaluate", write(tmp_path / "s", *records), "--problems", "basics", "--out", "run", "--json")
    scores = {score["group"]: score for score in json.loads(done.stdout)["scores"]}
    assert (scores["overall"]["problems"], scores["overall"]["tasks"]) == (6, 3)
    assert scores["overall"]["pass_at_k"] == scores["python"]["pass_at_k"]
    assert scores["overall"]["consistency"] == {"always": 6, "sometimes": 0, "never": 0}


def test_a_translation_is_scored_in_its_target_language(passatk: Command, tmp_path: Path, require: Require) -> None:
    require("javascript")
    reference = load("basics").get("JavaScript/0").solution
    samples = write(tmp_path / "s", {"task_id": "Python/0", "generation": reference})
    done = passatk("evaluate", samples, "--problems", "basics", "--target-language", "javascript", "--out", "run")
    assert done.returncode == 0, done.stderr
    assert "\nJavaScript " in done.stdout
    assert "100.0 [" in done.stdout


def test_a_task_whose_own_reference_fails_is_left_out_and_named(
    passatk: Command, tmp_path: Path, data: Path, require: Require
) -> None:
    require("javascript")
    problems = load(str(data / "humaneval-x")).problems
    tasks = ("JavaScript/0", "JavaScript/112")
    samples = write(tmp_path / "s", *({"task_id": t, "generation": problems[t].solution} for t in tasks))
    done = passatk("evaluate", samples, "--problems", data / "humaneval-x", "--out", "run")
    assert done.returncode == 0, done.stderr
    assert "Left out, 1 unfit task:" in done.stdout
    assert "JavaScript/112: its reference solution gets wrong_answer" in done.stdout
    assert "100.0 [" in done.stdout


def test_a_missing_toolchain_is_not_the_models_fault(passatk: Command, tmp_path: Path) -> None:
    problems = load("basics").problems
    tasks = ("Go/0", "Python/0")
    samples = write(tmp_path / "s", *({"task_id": t, "generation": problems[t].solution} for t in tasks))
    refused = passatk("evaluate", samples, "--problems", "basics", "--out", "run", PASSATK_GO="/nowhere")
    assert refused.returncode == 3
    assert "pass@1" not in refused.stdout
    assert "no score: 1 sample could not be judged" in refused.stderr
    allowed = passatk(
        "evaluate", samples, "--problems", "basics", "--out", "run", "--allow-unjudged", PASSATK_GO="/nowhere"
    )
    assert allowed.returncode == 0, allowed.stderr
    assert "the score leaves them out" in allowed.stdout
    assert "PASSATK_GO=/nowhere is not an executable" in allowed.stdout


def test_a_toolchain_that_comes_back_is_used_by_the_same_command(
    passatk: Command, tmp_path: Path, require: Require
) -> None:
    require("go")
    samples = write(tmp_path / "s", {"task_id": "Go/0", "generation": load("basics").get("Go/0").solution})
    command = ("evaluate", samples, "--problems", "basics", "--out", "run")
    assert passatk(*command, PASSATK_GO="/nowhere").returncode == 3
    assert passatk(*command, "--allow-unjudged", PASSATK_GO="/nowhere").returncode == 0
    back = passatk(*command)
    assert back.returncode == 0, back.stderr
    assert "100.0 [" in back.stdout


def test_a_manifest_cut_short_by_a_kill_does_not_spoil_the_folder(passatk: Command, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "manifest.json.part").write_text("{")
    samples = python_samples(tmp_path / "s.jsonl", REFERENCE)
    assert passatk("evaluate", samples, "--problems", "basics", "--out", "run").returncode == 0


def test_nothing_but_unfit_tasks_is_no_score(passatk: Command, tmp_path: Path, data: Path) -> None:
    samples = write(tmp_path / "s", {"task_id": "HumanEval/0", "completion": "    return 1\n"})
    options = ("--problems", data / "humaneval", "--tests", "example", "--out", "run")
    done = passatk("evaluate", samples, *options)
    assert done.returncode == 2
    assert "every task with samples is unfit (1 in all)" in done.stderr


def test_a_pipe_is_refused_before_it_is_read(passatk: Command, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    done = passatk("evaluate", "pipe", "--problems", "basics")
    assert done.returncode == 2
    assert "save it to a file" in done.stderr


def test_toolchains_under_tmp_stay_visible_to_programs(passatk: Command, tmp_path: Path, require: Require) -> None:
    require("javascript")  # what it needs is prepared soonest
    home = str(tmp_path / "home")  # pytest's folders lie under /tmp
    samples = write(
        tmp_path / "s",
        {"task_id": "JavaScript/0", "generation": load("basics").get("JavaScript/0").solution},
        {"task_id": "Python/0", "generation": "    import numpy\n" + REFERENCE},
    )
    done = passatk("evaluate", samples, "--problems", "basics", "--out", "run", PASSATK_HOME=home)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("100.0 [") == 3, done.stdout


def test_without_a_sandbox_the_report_says_so(passatk: Command, tmp_path: Path) -> None:
    samples = python_samples(tmp_path / "s.jsonl", REFERENCE, WRONG)
    done = passatk("evaluate", samples, "--problems", "basics", "--out", "run", "--no-sandbox")
    assert done.returncode == 0, done.stderr
    assert "isolation: none" in done.stdout


BAD_INPUT: dict[str, tuple[bytes, list[str], str]] = {
    "unknown task id": (b'{"task_id": "Python/999", "generation": ""}\n', [], "unknown task id 'Python/999'"),
    "missing field": (b'{"task_id": "Python/0"}\n', [], "s.jsonl:1: a record with 'task_id' has no text"),
    "wrong type": (b'{"task_id": "Python/0", "generation": 7}\n', [], "is a number ('7'); expected a string"),
    "truncated gzip": (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x8b", [], "the gzip stream ends early"),
    "invalid UTF-8": (b'{"task_id": "Python/0", "generation": "\xff"}\n', [], "is not UTF-8"),
    "empty file": (b"", [], "the file is empty"),
    "duplicate sample": (b'{"task_id": "Python/0", "generation": "", "sample": 1}\n' * 2, [], "is there twice"),
    "n < k": (b'{"task_id": "Python/0", "generation": ""}\n', ["--k", "1,10"], "pass@10 needs at least 10 samples"),
    "k = 0": (b'{"task_id": "Python/0", "generation": ""}\n', ["--k", "0"], "whole numbers of at least 1 (option --k)"),
    "k is no number": (
        b'{"task_id": "Python/0", "generation": ""}\n',
        ["--k", "ten"],
        "'ten': expected K,..., a list of whole numbers",
    ),
    "unknown problems": (b"{}", ["--problems", "humanevalx"], "Did you mean"),
    "unknown language": (b"{}", ["--target-language", "cobol"], "unknown language 'cobol'; known: bash, c, cpp"),
    "unknown tests": (b"{}", ["--tests", "secret"], "known: example, hidden"),
    "bad option": (b"{}", ["--workers", "0"], "--workers"),
    "nothing left": (
        b'{"task_id": "Python/0", "generation": ""}\n',
        ["--language", "go"],
        "there are no samples in go to score",
    ),
}


@pytest.mark.parametrize("name", BAD_INPUT)
def test_bad_input_is_a_clear_error_and_writes_nothing(passatk: Command, tmp_path: Path, name: str) -> None:
    body, options, message = BAD_INPUT[name]
    (tmp_path / "s.jsonl").write_bytes(body)
    done = passatk("evaluate", "s.jsonl", "--problems", "basics", "--out", "run", *options)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "run").exists()


def test_a_missing_file_or_no_file_is_a_clear_error(passatk: Command) -> None:
    assert "No such file" in passatk("evaluate", "none.jsonl", "--problems", "basics").stderr
    assert "which problems? none.jsonl is not a folder made by passatk" in passatk("evaluate", "none.jsonl").stderr
    assert passatk("evaluate").returncode == 2
    assert "--reference" in passatk("evaluate").stderr


def test_a_run_folder_of_another_run_is_refused_with_the_difference(passatk: Command, tmp_path: Path) -> None:
    samples = python_samples(tmp_path / "s.jsonl", REFERENCE)
    assert passatk("evaluate", samples, "--problems", "basics", "--out", "run").returncode == 0
    other = passatk("evaluate", samples, "--problems", "basics", "--out", "run", "--cpu-seconds", 9)
    assert other.returncode == 2
    assert "belongs to another run" in other.stderr
    assert "limits" in other.stderr
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.txt").write_text("mine")
    stranger = passatk("evaluate", samples, "--problems", "basics", "--out", "home")
    assert stranger.returncode == 2
    assert "is not a run folder" in stranger.stderr


def test_a_full_disk_is_named_and_what_is_judged_is_kept(passatk: Command, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", disk], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"cannot mount: {mounted.stderr.decode().strip()}")
    try:
        noisy = [f"    raise ValueError('{n}' * 2000)\n" for n in range(100)]
        samples = python_samples(tmp_path / "s.jsonl", *noisy)
        full = passatk("evaluate", samples, "--problems", "basics", "--out", disk / "run")
        assert full.returncode == 3, full.stdout + full.stderr
        assert "full" in full.stderr
        assert "What is judged is kept" in full.stderr
        subprocess.run(["mount", "-o", "remount,size=40m", disk], check=True)
        report = json.loads(
            passatk("evaluate", samples, "--problems", "basics", "--out", disk / "run", "--json").stdout
        )
        assert report["scores"][0]["statuses"] == {"runtime_error": 100}
        assert report["judged_now"] < 101
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_help_is_quick_and_imports_nothing_heavy() -> None:
    code = (
        "import sys, passatk.cli.app\n"
        "heavy = {'torch', 'transformers', 'ray', 'fastapi', 'altair', 'numpy', 'scipy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
