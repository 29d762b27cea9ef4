"""What every tool's format reads into, with small data of our own; and results, which are told from generations."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest

from passatk.errors import InputError, SourceError
from passatk.problems import ProblemSet, load
from passatk.samples import read_samples, samples_hash
from passatk.samples.files import generations_of
from passatk.samples.formats import Generation, detect

BASICS = load("basics")
PYTHON = load("basics/python")
COUNT_VOWELS = BASICS.problems["Python/0"]

Read = tuple[str | None, str, bool, bool]
"""Task, text, whole, raw."""


def chat(text: object) -> dict[str, Any]:
    return {"message": {"role": "assistant", "content": text}}


def batch(custom_id: str, body: object, **more: object) -> dict[str, Any]:
    return {"id": "1", "custom_id": custom_id, "response": {"status_code": 200, "body": body}, "error": None, **more}


def inspect_sample(task: object = "Python/0", epoch: int = 1, content: object = "said", **more: object) -> Any:
    output = {"model": "m", "choices": [{**chat(content), "stop_reason": "stop"}]}
    return {"id": task, "epoch": epoch, "input": COUNT_VOWELS.prompt, "target": "t", "output": output, **more}


def lm_eval(said: object, filtered: object, **doc: object) -> dict[str, Any]:
    asked = {"task_id": "Python/0", "prompt": COUNT_VOWELS.prompt, "entry_point": "count_vowels", **doc}
    return {"doc_id": 0, "doc": asked, "target": "t", "resps": said, "filtered_resps": filtered, "filter": "f"}


PROGRAM = COUNT_VOWELS.prompt + "    return 1"
CHAT = f"Sure!\n\n```python\n{PROGRAM}\n```\nIt counts."

FORMATS: dict[str, tuple[object, list[Read]]] = {
    "an answer": ({"task_id": "Go/1", "answer": "said"}, [("Go/1", "said", False, True)]),
    "a number as task id": ({"task_id": 2, "solution": "a"}, [("2", "a", True, False)]),
    "EvalPlus results": (
        {"date": "", "eval": {"Go/1": [{"solution": "a", "base_status": "pass"}, {"solution": "b"}]}},
        [("Go/1", "a", True, False), ("Go/1", "b", True, False)],
    ),
    "MultiPL-E": (
        {"name": "HumanEval_0_x", "language": "js", "prompt": "p", "completions": ["a", "b"]},
        [("HumanEval_0_x", "a", False, False), ("HumanEval_0_x", "b", False, False)],
    ),
    "MultiPL-E with ids": (
        {"name": "HumanEval_0_x", "task_id": "HumanEval_0_x", "language": "js", "prompt": "p", "completions": ["a"]},
        [("HumanEval_0_x", "a", False, False)],
    ),
    "Reflexion": (
        {"name": "mbpp_2_x", "language": "py", "prompt": "p", "test": "t", "solution": "a"},
        [("mbpp_2_x", "a", True, False)],
    ),
    "CodeT": ({"prompt": "p", "samples": ["a", "b"]}, [(None, "a", False, False), (None, "b", False, False)]),
    "CRUXEval": ({"Go/1": ["a", "b"]}, [("Go/1", t, False, False) for t in "ab"]),
    "CRUXEval, scored": (
        {"raw_generations": {"Go/1": ["a"]}, "raw_scored_generations": {"Go/1": [True]}, "pass_at_1": 100.0},
        [("Go/1", "a", False, False)],
    ),
    "BigCode": ([["a"], [], ["b"]], [(None, "a", True, False), (None, "b", True, False)]),
    "lm-eval, what it judged": (lm_eval([["x"]], [[PROGRAM]]), [("Python/0", PROGRAM, True, False)]),
    "lm-eval, repeats": (lm_eval([["x", "y"]], [["x", "y"]]), [("Python/0", t, False, True) for t in ("x", "y")]),
    "lm-eval, a chat behind the prompt": (
        lm_eval([[CHAT]], [[COUNT_VOWELS.prompt + CHAT]]),
        [("Python/0", CHAT, False, True)],
    ),
    "lm-eval, a chat without a filter": (lm_eval([[CHAT]], [[CHAT]]), [("Python/0", CHAT, False, True)]),
    "lm-eval, a chat alone": (
        lm_eval([], [[COUNT_VOWELS.prompt + CHAT]]),
        [("Python/0", CHAT, False, True)],
    ),
    "lm-eval, thinking": (
        lm_eval([[f"<think>a</think>{CHAT}"]], [[f"<think>a</think>{CHAT}"]]),
        [("Python/0", f"<think>a</think>{CHAT}", False, True)],
    ),
    "lm-eval, a fence in a docstring": (
        lm_eval([["x"]], [[f'{PROGRAM}\n\ndef g():\n    """\n    ```\n    """\n']]),
        [("Python/0", f'{PROGRAM}\n\ndef g():\n    """\n    ```\n    """\n', True, False)],
    ),
    "lm-eval, what was said": (lm_eval([["said"]], [["cut"]]), [("Python/0", "said", False, True)]),
    "OpenCompass": (
        {"0": {"origin_prompt": [{"role": "HUMAN", "prompt": "p"}], "prediction": "a", "gold": "Go/1"}},
        [("Go/1", "a", False, True)],
    ),
    "OpenCompass, several": (
        {"0": {"origin_prompt": "p", "prediction": ["a", "b"], "gold": "Go/1"}},
        [("Go/1", "a", False, True), ("Go/1", "b", False, True)],
    ),
    "Inspect log": (
        {"version": 2, "status": "success", "eval": {"task": "t"}, "samples": [inspect_sample(), inspect_sample(7, 2)]},
        [("Python/0", "said", False, True), ("7", "said", False, True)],
    ),
    "Inspect, parts": (
        inspect_sample(content=[{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "a"}]),
        [("Python/0", "a", False, True)],
    ),
    "Inspect, attachments": (
        inspect_sample(content="attachment://1f", attachments={"1f": "long"}),
        [("Python/0", "long", False, True)],
    ),
    "OpenAI chat": (batch("Go/1", {"choices": [chat("a"), chat("b")]}), [("Go/1", t, False, True) for t in "ab"]),
    "OpenAI parts": (
        batch("Go/1", {"choices": [chat([{"type": "text", "text": "a"}])]}),
        [("Go/1", "a", False, True)],
    ),
    "OpenAI completions": (batch("Go/1", {"choices": [{"text": "a"}]}), [("Go/1", "a", False, True)]),
    "OpenAI responses": (
        batch(
            "Go/1",
            {
                "output": [
                    {"type": "reasoning"},
                    {"type": "message", "content": [{"type": "output_text", "text": "a"}]},
                ]
            },
        ),
        [("Go/1", "a", False, True)],
    ),
    "Anthropic batch": (
        {
            "custom_id": "Go/1",
            "result": {"type": "succeeded", "message": {"content": [{"type": "text", "text": "a"}]}},
        },
        [("Go/1", "a", False, True)],
    ),
}


def written(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value))
    return path


def read_as(one: Generation) -> Read:
    return one.task, one.text, one.whole, one.raw


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("indent", [None, 1], ids=["one line", "indented"])
def test_a_format_gives_tasks_and_texts(tmp_path: Path, name: str, indent: int | None) -> None:
    value, expected = FORMATS[name]
    path = tmp_path / "s"
    path.write_text(json.dumps(value, indent=indent))
    assert [read_as(generation) for _, generation in generations_of(path)] == expected


REFUSED = {
    "MultiPL-E results": ({"name": "HumanEval_0_x", "language": "py", "results": []}, "without `.results`"),
    "EvalPlus results alone": ({"eval": {"HumanEval/0": {"nfiles": 1, "base": []}}}, "results and no solutions"),
    "EvalPlus entry": ({"eval": {"HumanEval/0": [{"base_status": "pass"}]}}, "has no solution"),
    "lm-eval results": ({"results": {}, "configs": {}}, "samples_.*--log_samples"),
    "BigCode results": ({"humaneval": {"pass@1": 0.3}, "config": {}}, "a file of scores has no generations"),
    "passatk's scores": ({"scores": [], "unfit": {}}, "passatk's scores"),
    "batch requests": ({"custom_id": "a", "method": "POST", "body": {}}, "the output file of the batch"),
    "a failed request": (batch("Go/1", None, error={"message": "too long"}), r"'Go/1' failed \(too long\)"),
    "a refused request": ({"custom_id": "Go/1", "response": {"status_code": 429, "body": {}}}, "status 429"),
    "an expired request": ({"custom_id": "Go/1", "result": {"type": "expired"}}, r"no message \(expired\)"),
    "an Inspect header": ({"version": 2, "status": "success", "eval": {"task": "t"}}, "samples"),
    "an Inspect error": (inspect_sample() | {"output": {}, "error": {"message": "out of credits"}}, "out of credits"),
    "a missing attachment": (inspect_sample(content="attachment://1f"), "attachments"),
    "a task per key": ({"humaneval": [["a"]]}, "in no format of generations; expected one of these: .*MultiPL-E"),
    "other data": ({"question": "", "answers": []}, "'question', 'answers' is in no format"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_generations_is_named_with_what_to_give_instead(tmp_path: Path, name: str) -> None:
    value, message = REFUSED[name]
    with pytest.raises(SourceError, match=message) as caught:
        list(generations_of(written(tmp_path / "s", value)))
    assert "expected" in str(caught.value)


def test_rates_beside_samples_are_ignored(tmp_path: Path) -> None:
    path = written(tmp_path / "s", {"task_id": "Go/1", "completion": "a", "pass@1": 1.0})
    assert [read_as(generation) for _, generation in generations_of(path)] == [("Go/1", "a", False, False)]


def test_answers_filtered_in_two_ways_are_not_counted_twice(tmp_path: Path) -> None:
    records = [lm_eval([["x"]], [["x"]]), lm_eval([["x"]], [["x"]]) | {"filter": "g"}]
    with pytest.raises(SourceError, match="filtered in two ways, 'f' and 'g'"):
        list(read_samples(written(tmp_path / "s", records), BASICS))


# --- which problem -------------------------------------------------------------------------------------------------


def ids(path: Path, problems: ProblemSet = BASICS) -> list[tuple[str, int]]:
    return [(sample.task_id, sample.index) for sample in read_samples(path, problems)]


def test_a_custom_id_may_go_on_with_a_sample_number(tmp_path: Path) -> None:
    path = tmp_path / "s"
    names = ["Go/1", "Go/1-1", "Go/1_sample_2", "Go/11"]
    path.write_text("".join(json.dumps(batch(name, {"choices": [chat("a")]})) + "\n" for name in names))
    assert ids(path) == [("Go/1", 0), ("Go/1", 1), ("Go/1", 2), ("Go/11", 0)]


def anthropic(custom_id: str) -> dict[str, Any]:
    return {"custom_id": custom_id, "result": {"type": "succeeded", "message": {"content": "a"}}}


def named(*tasks: str) -> ProblemSet:
    problem = next(iter(PYTHON.problems.values()))
    return ProblemSet(name="some", problems={task: msgspec.structs.replace(problem, task_id=task) for task in tasks})


@pytest.mark.parametrize(
    ("custom_id", "task"),
    [
        ("HumanEval_0", "HumanEval/0"),
        ("HumanEval-0", "HumanEval/0"),
        ("HumanEval-0-3", "HumanEval/0"),
        ("HumanEval_0_3", "HumanEval/0"),
        ("HumanEval-0_sample_3", "HumanEval/0"),
        ("HumanEval__0__s3", "HumanEval/0"),
        ("HumanEval-10", "HumanEval/10"),
        ("HumanEval-10-0", "HumanEval/10"),
        ("abc301_a-0", "abc301_a"),
        ("1_A-Twice-0", "1_A. Twice"),
        ("11-4", "11"),
    ],
)
def test_a_batch_names_tasks_without_the_signs_that_it_may_not_have(tmp_path: Path, custom_id: str, task: str) -> None:
    problems = named("HumanEval/0", "HumanEval/10", "abc301_a", "1_A. Twice", "11")
    assert ids(written(tmp_path / "s", anthropic(custom_id)), problems) == [(task, 0)]


@pytest.mark.parametrize(
    ("custom_id", "tasks"),
    [("a-1-2", ("a/1", "a/1/2")), ("a-1", ("a/1", "a.1")), ("a_1_sample_0", ("a/1", "a.1"))],
)
def test_an_id_of_a_batch_that_may_mean_two_tasks_is_refused(
    tmp_path: Path, custom_id: str, tasks: tuple[str, ...]
) -> None:
    with pytest.raises(
        SourceError, match=f"'custom_id': '{custom_id}' may mean '.*' or '.*'; expected ids that mean one"
    ):
        ids(written(tmp_path / "s", anthropic(custom_id)), named(*tasks))
    assert ids(written(tmp_path / "s", anthropic(tasks[0])), named(*tasks)) == [(tasks[0], 0)]


def test_an_epoch_is_a_sample_number(tmp_path: Path) -> None:
    path = written(tmp_path / "s", [inspect_sample(epoch=3), inspect_sample(epoch=1)])
    assert ids(path) == [("Python/0", 2), ("Python/0", 0)]


def test_opencompass_counts_problems_where_gold_is_no_task(tmp_path: Path) -> None:
    entry = {"origin_prompt": f"Complete:\n{COUNT_VOWELS.prompt}", "prediction": "a", "gold": "assert ..."}
    assert ids(written(tmp_path / "s", {"0": entry}), PYTHON) == [("Python/0", 0)]
    with pytest.raises(SourceError, match="field 'prompt': 'Python/1' was generated from 'def count_vowels"):
        ids(written(tmp_path / "s", {"1": entry}), PYTHON)


def test_codet_names_its_problem_by_the_exact_prompt(tmp_path: Path) -> None:
    path = written(tmp_path / "s", {"prompt": COUNT_VOWELS.prompt, "samples": ["a", "b"]})
    assert ids(path, PYTHON) == [("Python/0", 0), ("Python/0", 1)]
    other = written(tmp_path / "t", {"prompt": "def count_vowels(text):\n", "samples": ["a"]})
    with pytest.raises(SourceError, match="Python/0 asks for the same function in other words"):
        ids(other, PYTHON)


WRONG_IDS = {
    "Python_0": "Python/0",
    "python/0": "Python/0",
    "Python/00": "Python/0",
    "py/3": "Python/3",
    "JS/0": "JavaScript/0",
    "js_0": "JavaScript/0",
    "Cpp/0": "CPP/0",
    "C++/0": "CPP/0",
    "golang-7": "Go/7",
    "rs/1": "Rust/1",
}


@pytest.mark.parametrize("wrong", WRONG_IDS)
def test_an_id_in_another_spelling_gets_the_right_one_as_a_hint(tmp_path: Path, wrong: str) -> None:
    path = written(tmp_path / "s", {"task_id": wrong, "completion": "a"})
    with pytest.raises(SourceError, match=f"unknown task id '.*'.* Did you mean '{WRONG_IDS[wrong]}'"):
        ids(path)


@pytest.mark.parametrize(
    "wrong", ["HumanEval_5", "humaneval/5", "openai_humaneval/5", "Python/5", 5, "5", "HumanEval/005"]
)
def test_an_id_of_the_original_humaneval_too(tmp_path: Path, wrong: object) -> None:
    (problem,) = mbpp(tmp_path, "HumanEval/5").problems.values()
    problems = msgspec.structs.replace(
        BASICS, problems={"HumanEval/5": msgspec.structs.replace(problem, benchmark="humaneval")}
    )
    path = written(tmp_path / "s", {"task_id": wrong, "completion": "a"})
    if wrong == "Python/5":  # HumanEval-X's spelling
        assert ids(path, problems) == [("HumanEval/5", 0)]
        return
    with pytest.raises(SourceError, match=r"unknown task id '.*'.* Did you mean 'HumanEval/5'"):
        ids(path, problems)


def mbpp(tmp_path: Path, task: object) -> ProblemSet:
    record = {
        "task_id": task,
        "prompt": "def similar(a, b):\n",
        "entry_point": "similar",
        "canonical_solution": "    return a\n",
        "test": "def check(f): pass",
    }
    problems = load(str(written(tmp_path / "problems.jsonl", record)))
    (problem,) = problems.problems.values()
    return msgspec.structs.replace(problems, problems={str(task): msgspec.structs.replace(problem, benchmark="mbpp")})


@pytest.mark.parametrize(("told", "known"), [("Mbpp/2", "2"), ("MbppEval/2", "2"), ("mbpp_2", "Mbpp/2")])
def test_mbpps_numbers_are_the_same_in_every_edition(tmp_path: Path, told: str, known: str) -> None:
    path = written(tmp_path / "s", {"task_id": told, "completion": "a"})
    assert ids(path, mbpp(tmp_path, known)) == [(known, 0)]


def test_multipl_es_mbpp_names_fit_mbpp(tmp_path: Path) -> None:
    record = {"name": "mbpp_2_similar", "language": "py", "prompt": "def similar(x, y):\n", "completions": ["a"]}
    assert ids(written(tmp_path / "s", record), mbpp(tmp_path, "2")) == [("2", 0)]


def test_a_solution_that_is_the_body_alone_continues_the_prompt(tmp_path: Path) -> None:
    path = tmp_path / "s"
    bodies = ["    return 1", "\n  x = 1\n  return x"]
    wholes = ["def count_vowels(text):\n    return 1", "", "    def count_vowels(text): return 1"]
    records = [{"task_id": "Python/0", "solution": text} for text in (*bodies, *wholes)]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    assert [sample.whole for sample in read_samples(path, BASICS)] == [False, False, True, True, True]


# --- folders, archives, tables -------------------------------------------------------------------------------------


def test_evalplus_folders_are_read_whatever_the_language(tmp_path: Path) -> None:
    for name, text in {"Java_1/0.java": "a", "Java_1/10.java": "c", "Java_1/2.java": "b", "Go_1/0.go": "d"}.items():
        file = tmp_path / "samples" / "model_temp_0" / name
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(text)
    (file.parents[1] / "Java_1" / "notes.txt").write_text("no sample")
    found = [(s.task_id, s.index, s.text, s.whole) for s in read_samples(tmp_path / "samples", BASICS)]
    assert found == [
        ("Go/1", 0, "d", True),
        ("Java/1", 0, "a", True),
        ("Java/1", 2, "b", True),
        ("Java/1", 10, "c", True),
    ]


def test_a_multipl_e_folder_has_results_beside_its_completions(tmp_path: Path) -> None:
    written(tmp_path / "HumanEval_0_x.json", {"name": "HumanEval_0_x", "language": "py", "completions": ["a"]})
    written(tmp_path / "HumanEval_0_x.results.json", {"name": "HumanEval_0_x", "language": "py", "results": []})
    assert ids(tmp_path) == [("Python/0", 0)]
    (tmp_path / "HumanEval_0_x.json").unlink()
    with pytest.raises(SourceError, match="MultiPL-E's results"):
        ids(tmp_path)


def test_a_change_in_a_folder_changes_its_hash(tmp_path: Path) -> None:
    path = written(tmp_path / "a.json", {"task_id": "Go/1", "completion": "a"})
    before = samples_hash(tmp_path)
    assert samples_hash(tmp_path) == before
    written(path, {"task_id": "Go/1", "completion": "b"})
    assert samples_hash(tmp_path) != before


def archive(path: Path, members: dict[str, str]) -> Path:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in members.items():
            packed.writestr(name, text)
    path.write_bytes(body.getvalue())
    return path


def test_an_inspect_archive_gives_its_samples(tmp_path: Path) -> None:
    members = {
        "header.json": "{}",
        "_journal/start.json": "{}",
        "samples/Go/1_epoch_1.json": json.dumps(inspect_sample("Go/1", input="func FlipWords(")),
        "samples/Python/0_epoch_2.json": json.dumps(inspect_sample(epoch=2)),
    }
    assert ids(archive(tmp_path / "log.eval", members)) == [("Go/1", 0), ("Python/0", 1)]


BAD_ARCHIVES = {
    "another archive": ({"a.txt": ""}, "a zip archive without samples; expected an .eval file"),
    "no JSON inside": ({"samples/a.json": "{"}, "a.json: not JSON"),
}


@pytest.mark.parametrize("name", BAD_ARCHIVES)
def test_a_bad_archive_is_named(tmp_path: Path, name: str) -> None:
    members, message = BAD_ARCHIVES[name]
    with pytest.raises(SourceError, match=message):
        ids(archive(tmp_path / "log.eval", members))


def test_a_cut_archive_is_named(tmp_path: Path) -> None:
    path = archive(tmp_path / "log.eval", {"samples/a.json": json.dumps(inspect_sample())})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(SourceError, match="the zip archive is damaged"):
        ids(path)


def test_rows_of_a_parquet_file_are_records(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    pyarrow = pytest.importorskip("pyarrow")
    columns = {"task_id": ["Go/1", "Go/1"], "completion": ["a", None], "solution": [None, "b"]}
    parquet.write_table(pyarrow.table(columns), tmp_path / "s")
    found = [(s.task_id, s.index, s.text, s.whole) for s in read_samples(tmp_path / "s", BASICS)]
    assert found == [("Go/1", 0, "a", False), ("Go/1", 1, "b", True)]


def test_zstd_frames_are_read_to_their_end(tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard")
    line = json.dumps({"task_id": "Go/1", "completion": "a"}).encode() + b"\n"
    packed = zstandard.ZstdCompressor().compress(line * 1000)
    path = tmp_path / "s"
    path.write_bytes(packed * 2)
    assert len(ids(path)) == 2000
    path.write_bytes(packed + packed[:-9])
    with pytest.raises(SourceError, match="the zstd stream ends early"):
        ids(path)
    path.write_bytes(packed + b"rubbish that is no frame")
    with pytest.raises(SourceError, match="the zstd stream is damaged"):
        ids(path)


@pytest.mark.parametrize(("library", "magic"), [("zstandard", b"\x28\xb5\x2f\xfd"), ("pyarrow", b"PAR1")])
def test_a_library_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str, magic: bytes
) -> None:
    monkeypatch.setitem(__import__("sys").modules, library, None)
    path = tmp_path / "s"
    path.write_bytes(magic + b"\0" * 20)
    with pytest.raises(InputError, match=f"pip install {library}"):
        ids(path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_an_encoding_of_unicode_changes_no_text(tmp_path: Path, encoding: str) -> None:
    lines = "".join(json.dumps({"task_id": "Go/1", "completion": text}, ensure_ascii=False) + "\r\n" for text in TEXTS)
    (tmp_path / "s").write_bytes(lines.encode(encoding))
    assert [sample.text for sample in read_samples(tmp_path / "s", BASICS)] == TEXTS


TEXTS = ["é ü", "\u2028 a line that is none", "\U0001f600"]


OTHER_ENCODINGS = ["utf-32-le", "utf-32-be", "utf-16-le"]


@pytest.mark.parametrize("encoding", OTHER_ENCODINGS)
def test_an_encoding_without_a_mark_is_told_by_its_zeros(tmp_path: Path, encoding: str) -> None:
    line = json.dumps({"task_id": "Go/1", "completion": "a"}) + "\n"
    (tmp_path / "s").write_bytes(("\n" + line).encode(encoding))
    assert ids(tmp_path / "s") == [("Go/1", 0)]


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_an_error_in_a_file_of_utf_16_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes((json.dumps({"task_id": "x", "completion": "a"}) + "\n").encode("utf-16"))
    with pytest.raises(SourceError, match="unknown task id 'x'"):
        ids(tmp_path / "s")


NO_JSON = {
    "a web page": (b"<!DOCTYPE html>\n<html>", "a web page"),
    "CSV": (
        b"task_id,completion\nGo/1,a\n",
        "not JSON: it begins with 'task_id,completion'; expected JSON or JSON lines",
    ),
    "YAML": (b"- task_id: Go/1\n", "not JSON: it begins with '- task_id: Go/1'"),
    "Git LFS": (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
    "xz": (b"\xfd7zXZ\x00abc", "decompress it with `xz -d`"),
    "a pickle": (b"\x80\x04\x95", "pickles are not read"),
    "nothing in it": (b"{}", "an empty object is in no format"),
    "an empty list": (b"[]", "an empty list is in no format"),
    "problems": (b'{"task_id": "HumanEval/0", "prompt": "p", "test": "t"}', "a file of problems has no generations"),
    "own problems": (b'{"id": "a", "language": "py", "entry_point": "a", "tests": "t"}', "a file of problems"),
    "another field": (b'{"task_id": "Go/1", "response": "a"}', "a record with 'task_id', 'response' has no text"),
}


@pytest.mark.parametrize("name", NO_JSON)
def test_a_file_that_is_not_read_is_named(tmp_path: Path, name: str) -> None:
    content, message = NO_JSON[name]
    (tmp_path / "s").write_bytes(content)
    with pytest.raises(SourceError, match=message):
        ids(tmp_path / "s")


def test_an_lm_eval_folder_has_results_beside_its_samples(tmp_path: Path) -> None:
    written(tmp_path / "samples_humaneval_2025.jsonl", lm_eval([["x"]], [["x"]]))
    written(tmp_path / "results_2025.json", {"results": {}, "configs": {}})
    assert ids(tmp_path) == [("Python/0", 0)]


def test_evalplus_results_beside_their_samples_are_not_counted_twice(tmp_path: Path) -> None:
    written(tmp_path / "m_temp_0.jsonl", {"task_id": "Python/0", "solution": PROGRAM})
    written(tmp_path / "m_temp_0.raw.jsonl", {"task_id": "Python/0", "solution": PROGRAM})
    written(tmp_path / "m_temp_0_eval_results.json", {"eval": {"Python/0": [{"solution": PROGRAM}]}})
    assert ids(tmp_path) == [("Python/0", 0)]


def test_a_folder_of_folders_names_them(tmp_path: Path) -> None:
    for model in "ab":
        (tmp_path / model / "Python_0").mkdir(parents=True)
        (tmp_path / model / "Python_0" / "0.py").write_text(PROGRAM)
    with pytest.raises(InputError, match=r"but the folders .*/a, .*/b; .*name one of the folders inside"):
        ids(tmp_path)


def test_a_program_whose_name_says_another_language_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Python_0").mkdir()
    (tmp_path / "Python_0" / "0.java").write_text("class A {}")
    with pytest.raises(SourceError, match="the text is in java, and Python/0 is in python"):
        ids(tmp_path)


@pytest.mark.parametrize(
    ("record", "finish_reason", "tokens"),
    [
        ({"task_id": "T/0", "completion": "x", "finish_reason": "length", "tokens": 7}, "length", 7),
        ({"task_id": "T/0", "completion": "x", "finish_reason": None, "tokens": None}, "", None),
        ({"task_id": "T/0", "completion": "x", "finish_reason": 1, "tokens": True}, "", None),
        ({"task_id": "T/0", "completion": "x", "tokens": [1, 2]}, "", None),
        (
            {
                "custom_id": "T/0",
                "response": {
                    "body": {
                        "choices": [{"message": {"content": "x"}, "finish_reason": "stop"}],
                        "usage": {"completion_tokens": 3},
                    }
                },
            },
            "stop",
            3,
        ),
        (
            {
                "custom_id": "T/0",
                "result": {"message": {"content": "x", "stop_reason": "end_turn", "usage": {"output_tokens": 4}}},
            },
            "end_turn",
            4,
        ),
    ],
)
def test_why_a_text_ended_and_how_long_it_is_are_kept_where_the_file_says_so(
    record: dict[str, Any], finish_reason: str, tokens: int | None
) -> None:
    (generation,) = detect(record).generations(record)
    assert (generation.finish_reason, generation.tokens) == (finish_reason, tokens)


def test_tokens_of_several_answers_together_are_nobodys() -> None:
    choices = [{"text": "x", "finish_reason": "stop"}, {"text": "y"}]
    record = {"custom_id": "T/0", "response": {"body": {"choices": choices, "usage": {"completion_tokens": 9}}}}
    found = [(g.text, g.finish_reason, g.tokens) for g in detect(record).generations(record)]
    assert found == [("x", "stop", None), ("y", "", None)]
