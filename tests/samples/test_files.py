"""Files that people really have: each of the cases beside the benchmark data is read, or refused in words."""

from pathlib import Path

import pytest

from passatk.errors import SourceError
from passatk.problems import ProblemSet, load
from passatk.records import Sample
from passatk.samples import END_OF_TEXT, read_samples

HAS_CLOSE = "HumanEval/0"


@pytest.fixture(scope="session")
def cases(data: Path) -> Path:
    folder = data.parent / "cases" / "files"
    if not folder.is_dir():
        pytest.skip("the cases are absent: expected a folder `cases` beside the benchmark data")
    return folder


@pytest.fixture(scope="session")
def humaneval(data: Path) -> ProblemSet:
    return load(str(data / "humaneval"))


@pytest.fixture(scope="session")
def humaneval_x(data: Path) -> ProblemSet:
    return load(str(data / "humaneval-x"))


def tasks(samples: list[Sample]) -> list[tuple[str, int, bool]]:
    return [(sample.task_id, sample.index, sample.whole) for sample in samples]


READ = {
    "f06_evalplus_dir": [(HAS_CLOSE, 0, True), (HAS_CLOSE, 1, True), ("HumanEval/2", 0, True)],
    "f08.jsonl": [(HAS_CLOSE, 0, True)],
    "f13.json": [(HAS_CLOSE, 0, True), ("HumanEval/2", 0, True)],
    "f17.json": [(HAS_CLOSE, 0, True)],
    "f20.json.gz": [(HAS_CLOSE, 0, False)],
    "f27.jsonl.zst": [(HAS_CLOSE, 0, False)],
    "f29.jsonl": [(HAS_CLOSE, 0, False)],
    "f30.jsonl": [(HAS_CLOSE, 0, False)],
    "f30b.jsonl": [(HAS_CLOSE, 0, False), (HAS_CLOSE, 1, False)],
    "f50.jsonl": [(HAS_CLOSE, 0, True)],
    "samples_humaneval_2025.jsonl": [(HAS_CLOSE, 0, True)],
}


@pytest.mark.parametrize("name", READ)
def test_a_file_of_another_tool_is_read(cases: Path, humaneval: ProblemSet, name: str) -> None:
    if name.endswith(".zst"):
        pytest.importorskip("zstandard")
    assert tasks(list(read_samples(cases / name, humaneval))) == READ[name]


REFUSED = {
    "f05.jsonl": "unknown task id 'HumanEval_0'.*Did you mean 'HumanEval/0'",
    "f14.json": r"list 164 has no problem \(the first one is list 0\); expected at most 164 lists",
    "f16.json": "fields 'humaneval' is in no format of generations; expected .*BigCode.*lm-eval|lm-eval.*BigCode",
    "f18_multipl_e": r"'HumanEval_0_has_close_elements' \(js\) is a problem of MultiPL-E's HumanEval",
    "f21.results.json.gz": "MultiPL-E's results has no generations; expected the file of completions",
    "f22.json": r"'mbpp_3_is_not_prime' \(py\) is a problem of MultiPL-E's MBPP",
    "f43.parquet": "Parquet",
    "example_samples.jsonl": "unknown task id 'test/0'",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_for_these_problems_is_refused_in_words(cases: Path, humaneval: ProblemSet, name: str) -> None:
    with pytest.raises(SourceError, match=REFUSED[name]) as caught:
        list(read_samples(cases / name, humaneval))
    assert name in str(caught.value)


def test_an_id_that_names_its_language_otherwise_gets_the_right_one(cases: Path, humaneval_x: ProblemSet) -> None:
    with pytest.raises(SourceError, match=r"unknown task id 'JS/0'.*Did you mean 'JavaScript/0'"):
        list(read_samples(cases / "f40.jsonl", humaneval_x))


def test_a_prompt_that_declares_another_name_than_the_tests_call_is_refused(
    cases: Path, humaneval_x: ProblemSet
) -> None:
    with pytest.raises(SourceError, match="field 'prompt': does not declare 'hasCloseElements'"):
        list(read_samples(cases / "f18_multipl_e", humaneval_x))


def test_the_encoding_of_a_file_changes_no_sample(cases: Path, humaneval: ProblemSet) -> None:
    plain, one, two = (list(read_samples(cases / f, humaneval)) for f in ("f29.jsonl", "f30.jsonl", "f30b.jsonl"))
    assert [sample.text for sample in one] == [plain[0].text]
    assert [sample.text for sample in two] == [plain[0].text] * 2


def test_an_end_of_text_token_is_kept_and_noticed(cases: Path, humaneval: ProblemSet) -> None:
    (sample,) = read_samples(cases / "f17.json", humaneval)
    found = END_OF_TEXT.search(sample.text)
    assert found is not None
    assert found[0] == "<|endoftext|>"


def test_multipl_es_files_are_read_with_the_problems_they_are_for(
    cases: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSATK_DATA", str(data))
    name = "HumanEval_0_has_close_elements"
    found = tasks(list(read_samples(cases / "f18_multipl_e", load("multipl-e/javascript"))))
    assert found == [(name, 0, True), (name, 1, True)]
    assert tasks(list(read_samples(cases / "f22.json", load("mbpp")))) == [("3", 0, True)]


def test_human_evals_own_example_names_its_task_as_it_likes(cases: Path) -> None:
    problems = load(str(cases / "example_problem.jsonl"))
    samples = list(read_samples(cases / "example_samples.jsonl", problems))
    assert tasks(samples) == [("test/0", index, False) for index in range(6)]


# --- published generations -----------------------------------------------------------------------------------------

REFLEXION = {
    "humaneval-py..gz_simple_1_gpt-4_pass_at_k_1_py.jsonl.gz": 164,
    "reflexion_humaneval_py_pass_at_1.jsonl.gz": 1,
}
"""File -> how many solutions are whole: Reflexion stores bodies alone, and nothing where it failed."""


@pytest.mark.parametrize("name", REFLEXION)
def test_a_file_that_is_problems_and_samples_at_once_is_read_as_both(data: Path, name: str) -> None:
    path = data / "generations" / "reflexion-gpt4" / name
    problems = load(str(path))
    samples = list(read_samples(path, problems))
    assert [sample.task_id for sample in samples] == list(problems.problems)
    assert sum(sample.whole for sample in samples if sample.text) == REFLEXION[name]


def test_codet_finds_its_problems_by_their_prompts_alone(data: Path, humaneval: ProblemSet) -> None:
    folder = data / "generations" / "codegen-16b"
    path = next(folder.glob("HumanEval_codegen16B*"))
    problems = load(str(folder / "HumanEval_for_code_generation.jsonl.gz"))
    samples = list(read_samples(path, problems))
    assert len(samples) == 16_400
    assert {sample.task_id for sample in samples} == set(problems.problems)
    with pytest.raises(SourceError, match=r"not the prompt of any problem .*HumanEval/0 asks for the same function"):
        list(read_samples(path, humaneval))
