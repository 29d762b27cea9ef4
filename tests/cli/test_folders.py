"""Folders made by passatk bring their own problems, and are not judged against others."""

import json
import shutil
from pathlib import Path

import pytest
from running import Command

HUMANEVAL_X = {
    "task_id": "Python/0",
    "prompt": 'def longest(words):\n    """The longest word."""\n',
    "declaration": "def longest(words):\n",
    "canonical_solution": "    return max(words, key=len)\n",
    "test": "assert longest(['a', 'bc']) == 'bc'\n",
}


@pytest.fixture
def folder(passatk: Command, tmp_path: Path) -> Path:
    done = passatk(
        *("generate", "--problems", "basics/written", "--language", "python", "--backend", "fake", "--out", "made")
    )
    assert done.returncode == 0, done.stderr
    return tmp_path / "made"


def test_a_folder_is_judged_against_its_own_problems_and_no_others(
    passatk: Command, folder: Path, tmp_path: Path
) -> None:
    lines = [json.loads(line) for line in (folder / "generations.jsonl").read_text().splitlines()]
    assert {line["benchmark"] for line in lines} == {"basics"}
    (tmp_path / "mine.jsonl").write_text(json.dumps(HUMANEVAL_X) + "\n")
    copied = tmp_path / "copied.jsonl"
    shutil.copy(folder / "generations.jsonl", copied)

    done = passatk("evaluate", folder, "--out", "run", "--json")
    assert done.returncode == 0, done.stderr
    assert sum(json.loads(done.stdout)["scores"][0]["statuses"].values()) == len(lines)
    results = [json.loads(line) for line in (tmp_path / "run" / "results.jsonl").read_text().splitlines()]
    assert {result["benchmark"] for result in results} == {"basics"}

    for samples in (folder / "generations.jsonl", tmp_path / "run", tmp_path / "run" / "results.jsonl"):
        done = passatk("evaluate", samples, "--out", f"again-{samples.name}", "--json")
        assert done.returncode == 0, done.stderr
        assert sum(json.loads(done.stdout)["scores"][0]["statuses"].values()) == len(lines)
    for samples in (folder, folder / "generations.jsonl", copied, tmp_path / "run"):
        done = passatk("evaluate", samples, "--problems", "mine.jsonl", "--out", "other")
        assert done.returncode == 2, done.stdout
        assert "basics" in done.stderr or "unknown task id" in done.stderr
        assert not (tmp_path / "other").exists()
    done = passatk("evaluate", copied, "--out", "other")
    assert done.returncode == 2
    assert "which problems?" in done.stderr


def test_samples_are_not_judged_against_the_same_ids_in_another_language(passatk: Command, tmp_path: Path) -> None:
    python = {
        "name": "HumanEval_0_longest",
        "language": "py",
        "prompt": HUMANEVAL_X["prompt"],
        "tests": "def check(candidate):\n    assert candidate(['a', 'bc']) == 'bc'\ncheck(longest)\n",
        "stop_tokens": ["\ndef"],
    }
    javascript = python | {
        "language": "js",
        "prompt": "//The longest word.\nfunction longest(words){\n",
        "tests": "const assert = require('node:assert');\nassert.equal(longest(['a', 'bc']), 'bc');\n",
    }
    for name, record in (("py", python), ("js", javascript)):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(record) + "\n")
    done = passatk("generate", "--problems", "py.jsonl", "--backend", "fake", "--out", "made")
    assert done.returncode == 0, done.stderr
    done = passatk("evaluate", "made", "--out", "run")
    assert done.returncode == 0, done.stderr
    for folder, lines in (("made", "generations.jsonl"), ("run", "results.jsonl")):
        (line,) = map(json.loads, (tmp_path / folder / lines).read_text().splitlines())
        assert (line["benchmark"], line["language"]) == ("multipl-e", "python")
        shutil.copy(tmp_path / folder / lines, tmp_path / lines)
        done = passatk("evaluate", lines, "--problems", "py.jsonl", "--out", f"again-{folder}")
        assert done.returncode == 0, done.stderr
        for samples in (folder, lines):
            done = passatk("evaluate", samples, "--problems", "js.jsonl", "--out", "other")
            assert done.returncode == 2, done.stdout
            assert "HumanEval_0_longest" in done.stderr
            assert not (tmp_path / "other").exists()
    assert "the text is in python, and HumanEval_0_longest is in javascript" in done.stderr


def test_a_part_of_its_own_problems_is_fine_and_another_part_is_not(passatk: Command, folder: Path) -> None:
    done = passatk("evaluate", folder, "--problems", "basics", "--out", "run", "--json")
    assert done.returncode == 0, done.stderr
    done = passatk("evaluate", folder, "--problems", "basics/depth", "--out", "other")
    assert done.returncode == 2
    assert "Python/0" in done.stderr


def test_a_folder_whose_problems_changed_is_refused(passatk: Command, tmp_path: Path) -> None:
    problems = tmp_path / "mine.jsonl"
    problems.write_text(json.dumps(HUMANEVAL_X) + "\n")
    done = passatk("generate", "--problems", problems, "--backend", "fake", "--out", "made")
    assert done.returncode == 0, done.stderr
    changed = HUMANEVAL_X | {"prompt": 'def longest(words):\n    """The longest word, in capitals."""\n'}
    problems.write_text(json.dumps(changed) + "\n")
    for more in ((), ("--problems", problems)):
        done = passatk("evaluate", "made", *more, "--out", "run")
        assert done.returncode == 2, done.stdout
        assert "hash" in done.stderr


def test_an_end_of_text_token_draws_a_warning(passatk: Command, tmp_path: Path) -> None:
    text = "    return sum(letter in 'aeiou' for letter in text.lower())\n<|endoftext|>"
    (tmp_path / "s.jsonl").write_text(json.dumps({"task_id": "Python/0", "completion": text}) + "\n")
    done = passatk("evaluate", "s.jsonl", "--problems", "basics/python", "--out", "run", "--json")
    assert done.returncode == 0, done.stderr
    assert "Warning: 1 of 1 text contains an end-of-text token (<|endoftext|>)" in done.stderr
    assert json.loads(done.stdout)["warnings"]
