"""Prompts, stop rules and truncation, on real problems."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passatk.answers import read_answer
from passatk.errors import InputError
from passatk.languages import by_name
from passatk.problems import ProblemSet, load
from passatk.prompts.building import closing, counterpart, generation_prompt, translation_prompt
from passatk.prompts.stopping import earliest, first_string
from passatk.prompts.truncation import truncate
from passatk.records import Problem

LANGUAGES = ("python", "cpp", "java", "javascript", "go", "rust")


@pytest.fixture(scope="module")
def humaneval_x(data: Path) -> ProblemSet:
    return load(str(data / "humaneval-x"))


@pytest.fixture(scope="module")
def basics() -> ProblemSet:
    return load("basics")


def by_pieces(language: str, text: str, size: int) -> int | None:
    """Where the rule ends `text` that comes in pieces."""
    ends = by_name(language).end_of_function
    for at in range(0, len(text), size):
        cut = ends(text[: at + size], at)
        if cut is not None:
            return cut
    return None


@pytest.mark.parametrize("size", [1, 3, 50])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reference_ends_where_its_function_does(humaneval_x: ProblemSet, language: str, size: int) -> None:
    follows = {"python": "\n\ndef more():\n    pass\n"}.get(language, "\n\nmore { x }\n")
    longer: list[str] = []
    for problem in humaneval_x.only([language]).problems.values():
        cut = by_pieces(language, problem.solution + follows, size)
        assert cut is not None, problem.task_id
        body = problem.solution[:cut]
        whole = (body + closing(problem, body)).split()
        reference = problem.solution.split()
        assert whole == reference[: len(whole)], problem.task_id
        longer += [problem.task_id] * (len(whole) < len(reference))
    assert len(longer) <= 8  # these go on after the function that is asked for


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unfinished_body_goes_on(humaneval_x: ProblemSet, language: str) -> None:
    for problem in list(humaneval_x.only([language]).problems.values())[::10]:
        end = by_pieces(language, problem.solution, 50)
        half = problem.solution[: (end or len(problem.solution)) // 2]
        assert by_pieces(language, half, 3) is None
        assert closing(problem, half) == ""


def test_braces_in_strings_and_comments_do_not_count() -> None:
    text = "  a = \"}\"; // }\n  /* } */ b = '}'; c = `}`;\n}"
    assert by_pieces("javascript", text + "\nmore", 1) == len(text)


@given(st.text("ab \t\n#", max_size=60))
def test_cutting_at_an_unindented_line_is_by_definition(text: str) -> None:
    kept = []
    for line in text.split("\n"):
        if line.strip() and not line.startswith((" ", "\t")):
            break
        kept.append(line)
    cut = by_pieces("python", text, 1)
    assert text[:cut] == "\n".join(kept)


@given(st.text("abc", max_size=30), st.lists(st.text("abc", min_size=1, max_size=4), min_size=1, max_size=3))
def test_the_first_stop_string_is_found_whatever_the_pieces(text: str, strings: list[str]) -> None:
    expected = min((text.find(string) for string in strings if string in text), default=None)
    ends = earliest([first_string(strings)])
    assert ends is not None
    found = next((cut for at in range(len(text)) if (cut := ends(text[: at + 1], at)) is not None), None)
    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert any(text[found:].startswith(string) for string in strings)


def test_truncation_follows_the_library_s_order() -> None:
    text = "print(1)\nx\nprint(2)\ndef f():\n    pass\n"
    assert truncate(text, ["^#"]) == "print(1)\nx\n"
    assert truncate("def a\ndef b\n", ["^#"]) == "def a\n"
    assert truncate("a\n# b\n'''c", ["^'''", "^#"]) == "a\n"
    assert truncate(text, []) == text


def test_generation_prompts_begin_with_the_language(basics: ProblemSet) -> None:
    python = basics.get("Python/0")
    assert generation_prompt(python) == "# language: Python\n" + python.prompt
    assert generation_prompt(python, tag=False) == python.prompt
    assert generation_prompt(basics.get("CPP/0"), form="declaration").startswith("// language: C++\n#include")
    assert python.declaration in generation_prompt(python, form="declaration")


def test_rust_prompts_hold_the_function_s_head(humaneval_x: ProblemSet) -> None:
    assert "fn has_close_elements" in generation_prompt(humaneval_x.get("Rust/0"))


def test_translation_prompts_are_codegeex_s(humaneval_x: ProblemSet) -> None:
    source, target = humaneval_x.get("Python/0"), humaneval_x.get("JavaScript/0")
    solution = source.solution.rstrip()
    expected = f"code translation\nPython:\n{source.declaration}\n{solution}\nJavaScript:\n{target.declaration}"
    assert translation_prompt(source, target) == expected
    assert counterpart(humaneval_x, source, "javascript") == target
    with pytest.raises(InputError, match="does not have Python/0 in java"):
        counterpart(humaneval_x.only(["python"]), source, "java")


@pytest.mark.parametrize("ending", ["", "\n", "\n\n", " \n\t\n"])
def test_no_blank_line_stands_before_the_target_of_a_translation(basics: ProblemSet, ending: str) -> None:
    source, target = basics.get("Python/0"), basics.get("Go/0")
    solution = source.solution.rstrip()
    changed = msgspec.structs.replace(source, reference=solution + ending)
    assert translation_prompt(changed, target).endswith(f"{solution}\nGo:\n{target.declaration}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_whole_programs_come_out_of_an_answer(basics: ProblemSet, language: str) -> None:
    problem: Problem = next(iter(basics.only([language]).problems.values()))
    whole = problem.declaration + problem.solution
    function = problem.solution.strip()
    other = "bash" if language != "python" else "text"
    answer = (
        f"Sure!\n\n```{other}\nrun me\n```\n\n```{language}\n{whole}\n```\nThat is all.\n```{language}\nuse()\n```\n"
    )
    assert function in read_answer(answer, problem).code
    assert "Sure" not in read_answer(answer, problem).code
    assert function in read_answer(f"```\n{whole}", problem).code
    assert function in read_answer(whole, problem).code
