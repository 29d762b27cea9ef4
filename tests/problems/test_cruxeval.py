"""CRUXEval: predictions of outputs and inputs, and CodeLlama-7B's, of which the published scores are known."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from passatk import InputError, Judge, Status, load
from passatk.answers import read_answer

ROW = {"id": "sample_0", "code": "def f(a, b=1):\n    return [a] * b", "input": "'x', b=2", "output": "['x', 'x']"}


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge(["python"], workers=1, cached=False) as judge:
        yield judge


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "cruxeval").mkdir()
    (tmp_path / "cruxeval" / "cruxeval.jsonl").write_text(json.dumps(ROW) + "\n")
    monkeypatch.setenv("PASSATK_DATA", str(tmp_path))
    return tmp_path / "cruxeval"


@pytest.mark.parametrize(
    ("name", "prediction", "status", "words"),
    [
        ("o", "['x', 'x']", "passed", ""),
        ("o", "2 * ['x']", "passed", ""),
        ("o", "['x']", "wrong_answer", "expected ['x', 'x'], got ['x']"),
        ("o", "('x', 'x')", "wrong_answer", "got ('x', 'x')"),
        ("o", "f('x', b=2)", "runtime_error", "name 'f' is not defined"),
        ("o", "['x', 'x'", "compile_error", "'[' was never closed"),
        ("i", "f('x', b=2)", "passed", ""),
        ("i", "f('x', 2)", "passed", ""),
        ("i", "f('x')", "wrong_answer", ""),
        ("i", "('x', 2, 0)", "wrong_answer", "no call of f"),
        ("i", "f(type('X', (), {'__eq__': lambda *_: True})(), 2)", "wrong_answer", "more than plain values"),
        ("i", "f(*'xy', 3, 4)", "runtime_error", "takes from 1 to 2 positional arguments"),
    ],
)
def test_predictions(folder: Path, judge: Judge, name: str, prediction: str, status: str, words: str) -> None:
    [problem] = load(f"cruxeval-{name}").problems.values()
    [verdict] = judge.judge([(problem, prediction)])
    assert (verdict.status, words in verdict.reason, verdict.walled) == (status, True, True), verdict.reason


@pytest.mark.parametrize(
    ("said", "output", "call"),
    [
        ("[ANSWER]\nassert f('x', b=2) == ['x', 'x']\n[/ANSWER]", "['x', 'x']", "f('x', b=2)"),
        ("It is [ANSWER]assert f(1) == 2[/ANSWER], no:\n[ANSWER]f(3) == 4[/ANSWER]", "4", "f(3)"),
        ("```python\nassert f('==') == {'a': [1]}  # done\n```\n", "{'a': [1]}", "f('==')"),
        ("So:\n\nassert f(1) == 2\n", "2", "f(1)"),
        ("[ANSWER]assert f(1) == (2,", "(2,", "f(1)"),
        ("<think>f(0) == 1</think> 17 ", "17", "17"),
        ("[ANSWER][/ANSWER]", "", ""),
    ],
)
def test_what_a_model_predicts_is_read_from_its_answer(folder: Path, said: str, output: str, call: str) -> None:
    for name, expected in (("o", output), ("i", call)):
        [problem] = load(f"cruxeval-{name}").problems.values()
        answer = read_answer(said, problem)
        assert (answer.code, answer.whole) == (expected, False)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": "def g(): pass"}, "does not define `f`"),
        ({"input": "1, ("}, "field 'input': is not Python"),
        ({"output": "object()"}, "field 'output': is no literal"),
    ],
)
def test_records_that_are_refused(folder: Path, changes: dict[str, str], words: str) -> None:
    (folder / "cruxeval.jsonl").write_text(json.dumps(ROW | changes))
    with pytest.raises(InputError, match=words):
        load("cruxeval-o")


def test_published_scores_of_code_llama(data: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a few functions here; all 8,000 predictions agree, see docs/agreement.md."""
    file = data / "cruxeval" / "codellama-7b_scored.json.gz"
    if not file.exists():
        pytest.skip("CRUXEval's generations are absent: no cruxeval/codellama-7b_scored.json.gz in the benchmark data")
    monkeypatch.setenv("PASSATK_DATA", str(data))
    problems = load("cruxeval-o").problems
    scored = json.loads(gzip.decompress(file.read_bytes()))
    tries = [
        (task, text, right)
        for task in list(problems)[::100]
        for text, right in dict(
            zip(scored["raw_generations"][task], scored["raw_scored_generations"][task], strict=True)
        ).items()
    ]
    verdicts = judge.judge([(problems[task], text) for task, text, _ in tries])
    assert [verdict.status is Status.PASSED for verdict in verdicts] == [right for *_, right in tries]
    assert 0 < sum(right for *_, right in tries) < len(tries)
