"""`passatk problems draw` and `similar` as a user runs them."""

import json
import textwrap
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from running import Command, Require

from passatk.corpus.adequacy import near_misses
from passatk.corpus.bodies import body
from passatk.corpus.draws import Draws
from passatk.corpus.fresh import Drawn, draw_suite, programs
from passatk.corpus.functions import RENDERER_OF
from passatk.corpus.programs import AbstractProgram, OutOfRange
from passatk.errors import InputError
from passatk.problems import load
from passatk.problems.rendering import Case
from passatk.prompts.building import counterpart, translation_prompt

DRAW = ("problems", "draw", "--seed", "7", "--count", "6", "--depth", "1-3")


def test_drawn_twice_are_the_same_bytes(passatk: Command, tmp_path: Path) -> None:
    for name, hashes in (("a", "1"), ("b", "2"), ("c", "random")):
        done = passatk(*DRAW, "--languages", "python,js", "--out", f"{name}/fresh.jsonl", PYTHONHASHSEED=hashes)
        assert done.returncode == 0, done.stderr
    files = [(tmp_path / name / "fresh.jsonl").read_bytes() for name in "abc"]
    assert files[0] == files[1] == files[2]
    assert "6 problems, each in python, javascript: c/fresh.jsonl" in done.stdout
    assert "those of 1 step are fresh to nobody" in done.stdout
    problems = load(tmp_path / "a" / "fresh.jsonl")
    assert len(problems.problems) == 12
    assert {one.tier for one in problems.problems.values()} == {"depth1", "depth2", "depth3"}


def test_references_pass_and_near_misses_fail_in_every_language(
    passatk: Command, tmp_path: Path, require: Require
) -> None:
    require(*RENDERER_OF)
    done = passatk("problems", "draw", "--seed", "7", "--count", "3", "--depth", "2", "--out", "fresh.jsonl", "--json")
    assert json.loads(done.stdout)["problems"] == {"2": 3}
    checked = passatk("problems", "check", "fresh.jsonl", "--json")
    assert checked.returncode == 0, checked.stdout
    assert [one["status"] for one in json.loads(checked.stdout)] == ["passed"] * 18
    wrong = []
    for one in draw_suite(7, {2: 3}):
        parameter = one.specification.parameters[0][0]
        for place, miss in enumerate(islice(_misses(one), 2)):
            for language in RENDERER_OF:
                problem = one.problem(language)
                lines = textwrap.indent(body(miss, parameter, language, Draws(0, place)), "    ")
                end = {"python": "", "java": "    }\n}\n"}.get(language, "}\n")
                wrong.append({"task_id": problem.task_id, "completion": f"{lines}\n{end}"})
    assert len(wrong) == 36
    (tmp_path / "wrong.jsonl").write_text("".join(json.dumps(line) + "\n" for line in wrong))
    done = passatk("evaluate", "wrong.jsonl", "--problems", "fresh.jsonl", "--out", "run", "--json")
    assert done.returncode == 0, done.stderr
    [whole] = [score for score in json.loads(done.stdout)["scores"] if score["group"] == "overall"]
    assert whole["statuses"] == {"wrong_answer": 36}


def _misses(one: Drawn) -> Iterator[AbstractProgram]:
    """Near misses with other constants, which need no package that its head does not import, and are no equivalents."""
    labels = [step.operation.label for step in one.program.steps]
    for miss in near_misses(one.program):
        alike = [step.operation.label for step in miss.steps] == labels
        if alike and miss.extra == one.program.extra and any(_fails(miss, case) for case in one.specification.tests):
            yield miss


def _fails(miss: AbstractProgram, case: Case) -> bool:
    try:
        return bool(abs(miss(*case.arguments) - case.result) > 1e-3)  # numbers and booleans, as seed 7 has them
    except OutOfRange:
        return True


def test_a_drawn_problem_can_be_translated(passatk: Command, tmp_path: Path) -> None:
    passatk(*DRAW, "--languages", "python,rust", "--out", "fresh.jsonl")
    problems = load(tmp_path / "fresh.jsonl")
    source = problems.get("Python/7-2-1")
    target = counterpart(problems, source, "rust")
    assert target.task_id == "Rust/7-2-1"
    prompt = translation_prompt(source, target)
    assert source.prompt.split('"""')[1].split(".")[0] not in prompt, "no description"
    assert prompt.endswith(target.declaration)


def test_what_cannot_be_drawn_is_refused_in_words(passatk: Command, tmp_path: Path) -> None:
    for arguments, told in (
        (("--depth", "0"), "'0': must be a number of steps from 1 to 8"),
        (("--depth", "3-2"), "'3-2': must be a number of steps from 1 to 8"),
        (("--depth", "9"), "'9': must be a number of steps from 1 to 8"),
        (("--languages", "python,ruby"), "functions cannot be written in ruby"),
        (("--languages", "klingon"), "unknown language 'klingon'"),
    ):
        done = passatk("problems", "draw", "--seed", "1", "--out", "fresh.jsonl", *arguments)
        assert done.returncode == 2, (arguments, done.stderr)
        assert told in " ".join(done.stderr.split()), (arguments, done.stderr)
    assert not (tmp_path / "fresh.jsonl").exists()


def test_more_than_there_are_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("passatk.corpus.fresh._PERSISTENCE", 3)
    with pytest.raises(InputError, match="999 are needed; ask for fewer, or for more steps"):
        list(programs(1, 1, 999, set()))


TEXTS = [
    {"content": "def other(a):\n    return a[::-1]\n\ndef found(v):\n    return BODY\n", "lang": "Python"},
    {"content": "x = 1\n", "lang": "Python"},
    {"content": "fn main() {}", "lang": "Rust"},
]
OWN = {
    "id": "Python/1",
    "language": "python",
    "prompt": "def score(numbers):\n",
    "entry_point": "score",
    "tests": "assert score([1, 2]) == 5",
    "reference": "    return sum(n * n for n in numbers if n > 0)\n",
}


def _write(path: Path, *records: object) -> None:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))


def test_overlap_with_texts_and_with_other_problems(passatk: Command, tmp_path: Path) -> None:
    _write(tmp_path / "own.jsonl", OWN, {**OWN, "id": "Python/2", "reference": None})
    copy = [{**one, "content": one["content"].replace("BODY", "sum(k * k for k in v if k > 0)")} for one in TEXTS]
    _write(tmp_path / "texts.jsonl", *copy)
    _write(tmp_path / "others.jsonl", {**OWN, "id": "a", "prompt": "def score(numbers):\n    # other words\n"})
    done = passatk("problems", "similar", "own.jsonl", "texts.jsonl", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {name: found[name] for name in ("texts", "functions", "empty", "without_reference")} == {
        "texts": 2,
        "functions": 2,
        "empty": 1,
        "without_reference": 1,
    }
    [one] = found["problems"]
    assert (one["whole"], one["shared"], one["place"]) == (True, 1.0, "texts.jsonl:1")
    shown = passatk("problems", "similar", "own.jsonl", "others.jsonl")
    assert "Python/1: the whole solution is in a" in shown.stdout
    named = passatk("problems", "similar", "own.jsonl", "basics/written/python", "--json")
    assert json.loads(named.stdout)["functions"] == 28
    assert not json.loads(named.stdout)["problems"][0]["whole"]


def test_what_cannot_be_compared_is_refused_in_words(passatk: Command, tmp_path: Path) -> None:
    _write(tmp_path / "own.jsonl", OWN)
    _write(tmp_path / "unsolved.jsonl", {**OWN, "reference": None})
    _write(tmp_path / "texts.jsonl", {"body": "def f(): pass"})
    _write(tmp_path / "rust.jsonl", TEXTS[2])
    (tmp_path / "broken.jsonl").write_text(json.dumps({"kind": "code", "prompt": "", "completion": ""}) + "\n{\n")
    for arguments, told in (
        (("own.jsonl", "nowhere.jsonl"), "nowhere.jsonl"),
        (("own.jsonl", "broken.jsonl"), "broken.jsonl:1"),
        (("own.jsonl", "texts.jsonl"), "or name the field"),
        (("own.jsonl", "rust.jsonl"), "no function in python was found in rust.jsonl"),
        (("unsolved.jsonl", "basics"), "none of the problems has a reference solution"),
        (("own.jsonl", "basics", "--language", "java"), "has no problems in java"),
    ):
        done = passatk("problems", "similar", *arguments)
        assert done.returncode == 2, (arguments, done.stderr)
        assert told in " ".join(done.stderr.split()), (arguments, done.stderr)
    found = passatk("problems", "similar", "own.jsonl", "texts.jsonl", "--field", "body", "--json")
    assert json.loads(found.stdout)["functions"] == 1, found.stderr
