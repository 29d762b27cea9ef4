"""Similar ids of different benchmarks never match silently."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from passatk.errors import InputError, SourceError
from passatk.problems import ProblemSet, load
from passatk.records import Problem
from passatk.samples import origin_of, read_samples

EXAMPLES = Path(__file__).parents[2] / "examples" / "generations.jsonl"
BASICS = load("basics")
PYTHON = load("basics/python")
WRITTEN = [f"Python/{number}" for number in range(28)]


def shifted(problems: ProblemSet, tasks: list[str]) -> ProblemSet:
    """Another benchmark with the same ids: each is the problem of one far behind it."""
    moved = {
        task: msgspec.structs.replace(problems.problems[other], task_id=task, benchmark="mine")
        for task, other in zip(tasks, [*tasks[13:], *tasks[:13]], strict=True)
    }
    return msgspec.structs.replace(problems, name="mine", problems=moved)


OTHERS = shifted(PYTHON, WRITTEN)


def lines(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def completions(problems: ProblemSet, tasks: list[str], **more: Any) -> list[dict[str, Any]]:
    return [{"task_id": task, "completion": problems.problems[task].reference, **more} for task in tasks]


def whole(problem: Problem) -> str:
    return problem.prompt + (problem.reference or "")


def count(path: Path, problems: ProblemSet) -> int:
    return len(list(read_samples(path, problems)))


def test_completions_of_basics_are_refused_with_the_problems_of_another_benchmark(tmp_path: Path) -> None:
    path = lines(tmp_path / "s", completions(PYTHON, WRITTEN))
    assert count(path, PYTHON) == 28
    with pytest.raises(SourceError, match="look like answers to the problems of basics, not of mine"):
        count(path, OTHERS)


@pytest.mark.parametrize("tasks", [1, 2, 4])
def test_a_few_of_them_too(tmp_path: Path, tasks: int) -> None:
    path = lines(tmp_path / "s", completions(PYTHON, WRITTEN[3 : 3 + tasks]))
    with pytest.raises(SourceError, match="look like answers to the problems of basics"):
        count(path, OTHERS)


@pytest.mark.parametrize("language", ["python", "cpp", "java", "javascript", "go", "rust"])
def test_humaneval_x_refuses_the_generations_of_basics(tmp_path: Path, data: Path, language: str) -> None:
    others = load(str(data / "humaneval-x"))
    with pytest.raises(SourceError, match="look like answers to the problems of basics, not of humaneval-x"):
        count(EXAMPLES, others)
    problems = BASICS.only([language]).problems
    some = lines(tmp_path / "s", [{"task_id": task, "generation": p.reference} for task, p in problems.items()][:28])
    with pytest.raises(SourceError, match="look like answers to the problems of basics, not of humaneval-x"):
        count(some, others)


def test_the_original_humaneval_refuses_them_too(tmp_path: Path, data: Path) -> None:
    path = lines(tmp_path / "s", completions(PYTHON, WRITTEN))
    with pytest.raises(SourceError, match="look like answers to the problems of basics, not of humaneval"):
        count(path, load(str(data / "humaneval")))


def test_references_of_a_benchmark_are_never_refused(tmp_path: Path, data: Path) -> None:
    problems = load(str(data / "humaneval-x"))
    for part in ("python", "cpp", "java", "javascript", "go", "rust"):
        tasks = [task for task, problem in problems.problems.items() if problem.language == part]
        for number in (1, 3, 28, 164):
            assert count(lines(tmp_path / "s", completions(problems, tasks[:number])), problems) == number


def test_bad_completions_are_judged_and_not_refused(tmp_path: Path) -> None:
    for text in ("    pass\n", "", "    return None", "lorem ipsum dolor", "    x = 1\n    return x + 1\n"):
        path = lines(tmp_path / "s", [{"task_id": task, "completion": text} for task in WRITTEN])
        assert count(path, OTHERS) == 28


def test_solutions_that_never_mention_what_was_asked_for_are_refused(tmp_path: Path) -> None:
    programs = [{"task_id": task, "solution": f"def other_{n}(x):\n    return x\n"} for n, task in enumerate(WRITTEN)]
    with pytest.raises(SourceError, match="answers to other problems: of 28 tasks, 0 have a solution that mentions"):
        count(lines(tmp_path / "s", programs), PYTHON)
    programs[3]["solution"] = programs[7]["solution"] = programs[9]["solution"] = whole(PYTHON.problems["Python/3"])
    programs[7]["task_id"] = programs[9]["task_id"] = "Python/3"
    assert count(lines(tmp_path / "s", programs[:8]), PYTHON) == 8
    assert count(lines(tmp_path / "s", programs[10:14]), PYTHON) == 4


MARKED: dict[str, dict[str, Any]] = {
    "prompt": {"prompt": PYTHON.problems["Python/5"].prompt},
    "messages": {"prompt": [{"role": "user", "content": PYTHON.problems["Python/5"].prompt}]},
    "declaration": {"declaration": PYTHON.problems["Python/5"].declaration},
    "entry_point": {"entry_point": "first_unique_index"},
    "benchmark": {"benchmark": "humaneval-x"},
    "another spelling": {"benchmark": "HumanEval"},
}


@pytest.mark.parametrize("name", MARKED)
def test_a_record_that_says_it_is_for_another_problem_is_refused(tmp_path: Path, name: str) -> None:
    record = {"task_id": "Python/0", "completion": "    return 0", **MARKED[name]}
    with pytest.raises(SourceError, match=r"'Python/0' was (generated|asked)") as caught:
        count(lines(tmp_path / "s", [record]), PYTHON)
    assert caught.value.line == 1


@pytest.mark.parametrize(
    "more",
    [
        {"prompt": "# language: Python\n" + PYTHON.problems["Python/0"].prompt},
        {"prompt": PYTHON.problems["Python/0"].prompt.replace("\n", "\r\n").strip()},
        {"prompt": "Please write countVowels for me."},
        {"entry_point": "count_vowels", "benchmark": "basics"},
        {"benchmark": "Basics"},
        {"benchmark": "our internal benchmark run 7"},
        {"prompt": None, "entry_point": None, "benchmark": None},
    ],
)
def test_a_record_that_agrees_with_its_problem_is_read(tmp_path: Path, more: dict[str, Any]) -> None:
    assert count(lines(tmp_path / "s", [{"task_id": "Python/0", "completion": "x", **more}]), PYTHON) == 1


def test_a_name_that_many_problems_share_tells_nothing(tmp_path: Path) -> None:
    tasks = WRITTEN[:3]
    problems = {
        task: msgspec.structs.replace(
            PYTHON.problems[task], entry_point="solve", prompt=f"def solve({letter}):\n", declaration="", instruction=""
        )
        for task, letter in zip(tasks, "abc", strict=True)
    }
    same_name = msgspec.structs.replace(PYTHON, problems=problems)
    record = {"task_id": tasks[0], "completion": "x", "prompt": "def solve(b):\n"}
    with pytest.raises(SourceError, match="'Python/0' was generated from"):
        count(lines(tmp_path / "s", [record]), same_name)


def test_a_method_is_named_by_itself(tmp_path: Path) -> None:
    problems = {
        task: msgspec.structs.replace(problem, entry_point=f"Solution.{problem.entry_point}")
        for task, problem in PYTHON.problems.items()
        if task in WRITTEN
    }
    methods = msgspec.structs.replace(PYTHON, problems=problems)
    records = [{"task_id": task, "solution": whole(PYTHON.problems[task])} for task in WRITTEN]
    assert count(lines(tmp_path / "s", records), methods) == 28
    marked = records[0] | {"entry_point": "count_vowels", "prompt": "Write count_vowels."}
    assert count(lines(tmp_path / "s", [marked]), methods) == 1


def test_multipl_es_language_is_the_problems(tmp_path: Path) -> None:
    name = "HumanEval_0_x"
    problem = msgspec.structs.replace(BASICS.problems["JavaScript/0"], task_id=name)
    problems = msgspec.structs.replace(BASICS, problems={name: problem})
    record = {"name": name, "language": "js", "completions": ["a"], "prompt": problem.prompt}
    (sample,) = read_samples(lines(tmp_path / "s", [record]), problems)
    assert (sample.task_id, sample.text, sample.whole) == (name, "a", False)
    for other in ("rs", "lua"):
        with pytest.raises(SourceError, match=f"is in '{other}', and the problem is in javascript"):
            count(lines(tmp_path / "s", [record | {"language": other}]), problems)


def test_a_file_is_of_no_folder(tmp_path: Path) -> None:
    assert origin_of(lines(tmp_path / "generations.jsonl", completions(PYTHON, ["Python/0"]))) is None
    with pytest.raises(InputError, match="holds no generations"):
        count(tmp_path / "..", PYTHON)


def test_a_list_of_programs_with_other_functions_is_refused_from_the_first_on(tmp_path: Path) -> None:
    path = tmp_path / "generations.json"
    path.write_text(json.dumps([["def add(a, b):\n    return a + b\n"]]))
    with pytest.raises(SourceError, match="look like answers to other problems"):
        list(read_samples(path, load("basics/python")))


def test_programs_in_another_language_are_refused_whatever_their_ids(tmp_path: Path) -> None:
    python, javascript = load("basics/python"), load("basics/javascript")
    path = tmp_path / "s.jsonl"
    with path.open("w") as file:
        for mine, other in zip(list(python.problems.values())[:4], javascript.problems.values(), strict=False):
            text = f"{other.prompt}{other.solution}".replace(other.entry_point, mine.entry_point)
            file.write(json.dumps({"task_id": mine.task_id, "solution": text}) + "\n")
    with pytest.raises(SourceError, match="look like programs in JavaScript: of 4 tasks, 4 declare"):
        list(read_samples(path, python))
