"""Every format of generations, told by content; every kind of bad line, named."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passatk.errors import InputError, PassatkError, SourceError
from passatk.problems import load
from passatk.records import Sample
from passatk.samples import read_samples

BASICS = load("basics")


def read(path: Path, **options: Any) -> list[Sample]:
    return list(read_samples(path, options.pop("problems", BASICS), **options))


def lines(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def sample(task: str, index: int, text: str, whole: bool = False) -> Sample:
    return Sample(task_id=task, index=index, text=text, whole=whole)


FORMATS: dict[str, tuple[list[object], list[Sample]]] = {
    "CodeGeeX": (
        [{"task_id": "CPP/3", "generation": "a"}, {"task_id": "CPP/3", "generation": "b"}],
        [sample("CPP/3", 0, "a"), sample("CPP/3", 1, "b")],
    ),
    "HumanEval": ([{"task_id": "Go/1", "completion": "a"}], [sample("Go/1", 0, "a")]),
    "EvalPlus solution": ([{"task_id": "Java/1", "solution": "a"}], [sample("Java/1", 0, "a", True)]),
    "EvalPlus both": ([{"task_id": "Java/1", "solution": "a", "completion": "b"}], [sample("Java/1", 0, "a", True)]),
    "numbered": (
        [{"task_id": "Go/1", "completion": "a", "sample": 7}, {"task_id": "Go/1", "completion": "b", "sample": 2}],
        [sample("Go/1", 7, "a"), sample("Go/1", 2, "b")],
    ),
    "MultiPL-E": (
        [{"name": "HumanEval_4_x", "language": "js", "completions": ["a", "b"], "tests": "t"}],
        [sample("JavaScript/4", 0, "a"), sample("JavaScript/4", 1, "b")],
    ),
    "extra fields": ([{"task_id": "Go/1", "completion": "a", "model": "m"}], [sample("Go/1", 0, "a")]),
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("packing", ["lines", "gzip", "one document", "indented document"])
def test_a_format_is_told_by_content_whatever_the_files_name(tmp_path: Path, name: str, packing: str) -> None:
    records, expected = FORMATS[name]
    path = lines(tmp_path / "generations.txt", *records)
    if packing == "gzip":
        path.write_bytes(gzip.compress(path.read_bytes()))
    elif packing == "one document":
        path.write_text(json.dumps(records))
    elif packing == "indented document":
        path.write_text(json.dumps(records, indent=2))
    assert read(path) == expected


def test_bigcode_lists_follow_the_order_of_the_problems(tmp_path: Path) -> None:
    path = tmp_path / "generations.json"
    path.write_text(json.dumps([["a", "b"], ["c"]]))
    expected = [sample("Rust/0", 0, "a", True), sample("Rust/0", 1, "b", True), sample("Rust/1", 0, "c", True)]
    assert read(path, problems=load("basics/rust")) == expected


def test_a_bigcode_list_for_several_languages_asks_for_one(tmp_path: Path) -> None:
    path = tmp_path / "generations.json"
    path.write_text('[["a"]]')
    with pytest.raises(SourceError, match="problems of one language"):
        read(path)


def test_a_translation_is_judged_in_the_target_language(tmp_path: Path) -> None:
    path = lines(tmp_path / "t", {"task_id": "Python/12", "generation": "x"})
    assert read(path, target_language="java") == [sample("Java/12", 0, "x")]


@pytest.mark.parametrize("tasks", [["whatever/0"], ["Python/0", "CPP/0"]])
def test_a_translation_has_one_known_source_language(tmp_path: Path, tasks: list[str]) -> None:
    path = lines(tmp_path / "t", *({"task_id": task, "generation": "x"} for task in tasks))
    with pytest.raises(SourceError, match="one source language of"):
        read(path, target_language="java")


def test_a_multipl_e_prompt_is_what_its_completions_continue(tmp_path: Path) -> None:
    record = {"name": "HumanEval_0_x", "language": "py", "prompt": "def count_vowels(t):\n", "completions": ["    1"]}
    assert read(lines(tmp_path / "m", record)) == [sample("Python/0", 0, "def count_vowels(t):\n    1", True)]


def test_multipl_e_python_fits_the_original_humaneval(tmp_path: Path, data: Path) -> None:
    path = lines(tmp_path / "m", {"name": "HumanEval_4_x", "language": "py", "completions": ["a"]})
    assert read(path, problems=load(str(data / "humaneval"))) == [sample("HumanEval/4", 0, "a")]


def test_lone_surrogates_nul_and_bom_come_through(tmp_path: Path) -> None:
    path = tmp_path / "s"
    path.write_bytes(b'\xef\xbb\xbf{"task_id": "Go/1", "completion": "\\ud800 \\u0000"}\r\n\r\n')
    assert read(path) == [sample("Go/1", 0, "\ud800 \x00")]


GOOD = json.dumps({"task_id": "Go/1", "completion": "a"}).encode() + b"\n"

BAD = {
    "unknown task": (b'{"task_id": "Go/999", "completion": ""}\n', r"s:2: field 'task_id': unknown task id 'Go/999'"),
    "no task": (b'{"completion": ""}\n', r"s:2: field 'task_id': is missing; expected a string"),
    "no text": (b'{"task_id": "Go/1"}\n', r"s:2: a record with 'task_id' has no text; expected .*`solution`"),
    "text is a number": (b'{"task_id": "Go/1", "completion": 5}\n', r"s:2: field 'completion': is a number \('5'\)"),
    "text is null": (
        b'{"task_id": "Go/1", "completion": null}\n',
        r"s:2: field 'completion': is null; expected a string",
    ),
    "task is a list": (b'{"task_id": [], "completion": ""}\n', r"s:2: field 'task_id': is a list"),
    "a string": (b'"words"\n', r"s:2: a string \('words'\) is in no format of generations"),
    "not JSON": (b'{"task_id": "Go/1", completion\n', r"s:2: not JSON: .*column 21"),
    "cut off": (b'{"task_id": "Go/1", "compl', r"s:2: not JSON"),
    "not UTF-8": (b'{"task_id": "Go/1", "completion": "\xff"}\n', r"s:2: byte 0xff at 35 is not UTF-8"),
    "bad number": (b'{"task_id": "Go/1", "completion": "", "sample": -1}\n', r"s:2: field 'sample': is -1"),
    "same number": (
        b'{"task_id": "Go/1", "completion": "", "sample": 0}\n',
        r"s:2: field 'sample': sample 0 of 'Go/1'",
    ),
    "large number": (
        b'{"task_id": "Go/1", "completion": "", "sample": 9223372036854775808}\n',
        r"s:2: field 'sample': is 9223372036854775808",
    ),
    "a position as task": (b'{"task_id": "#0", "completion": ""}\n', r"unknown task id '#0'"),
    "nested": (b'{"task_id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n", r"s:2: nested too deeply"),
    "another MultiPL-E": (
        b'{"name": "mbpp_1_x", "language": "py", "completions": ["a"]}\n',
        r"'mbpp_1_x' \(py\) is a problem of MultiPL-E's MBPP, and basics does not have it",
    ),
    "MultiPL-E's own names": (
        b'{"name": "HumanEval_0_x", "language": "js", "prompt": "function count_vowels(", "completions": [""]}\n',
        r"field 'prompt': does not declare 'countVowels' but 'function count_vowels\('",
    ),
    "MultiPL-E language": (
        b'{"name": "HumanEval_1_x", "language": "cobol", "completions": ["a"]}\n',
        r"'cobol' is not known",
    ),
    "MultiPL-E name": (b'{"name": "x", "language": "py", "completions": ["a"]}\n', r"'x' is not a problem of basics"),
    "MultiPL-E texts": (
        b'{"name": "HumanEval_1_x", "language": "py", "completions": [1]}\n',
        r"field 'completions\[0\]': is a number",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_line_is_named_with_file_line_field_and_what_was_expected(tmp_path: Path, name: str) -> None:
    line, message = BAD[name]
    path = tmp_path / "s"
    path.write_bytes(GOOD + line)
    with pytest.raises(SourceError, match=message) as caught:
        read(path)
    assert caught.value.line == 2
    assert "expected" in str(caught.value)


def test_a_truncated_gzip_is_named(tmp_path: Path) -> None:
    path = tmp_path / "s.gz"
    path.write_bytes(gzip.compress(GOOD * 1000)[:-20])
    with pytest.raises(SourceError, match="the gzip stream ends early"):
        read(path)


def test_a_damaged_gzip_is_named(tmp_path: Path) -> None:
    body = bytearray(gzip.compress(GOOD * 1000, 1))
    body[10] = 0xFF  # no such kind of block
    path = tmp_path / "s.gz"
    path.write_bytes(body)
    with pytest.raises(SourceError, match="gzip stream"):
        read(path)


@pytest.mark.parametrize("body", [b"", b"\n \n", gzip.compress(b"", mtime=0)], ids=["nothing", "blank", "gzip"])
def test_an_empty_file_is_named(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "s"
    path.write_bytes(body)
    with pytest.raises(SourceError, match="the file is empty"):
        read(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read(tmp_path / "none")
    with pytest.raises(InputError, match="holds no generations; expected a folder of files"):
        read(tmp_path)


@settings(deadline=None)  # a loaded machine says nothing about the reader
@given(st.binary(max_size=200))
def test_no_bytes_whatsoever_get_past_the_error_tree(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "s"
    path.write_bytes(body)
    try:
        read(path)
    except PassatkError as error:
        assert str(path) in str(error)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["task_id", "completion", "solution", "name", "language", "completions"]), inner
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(json_values)
def test_no_json_whatsoever_gets_past_the_error_tree(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    path = lines(tmp_path_factory.mktemp("fuzz") / "s", value)
    try:
        read(path)
    except PassatkError as error:
        assert str(path) in str(error)
