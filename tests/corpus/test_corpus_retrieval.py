"""Answers that are looked up instead of written."""

import msgspec
import pytest

from passatk.corpus.documents import Document
from passatk.corpus.retrieval import questions, retrieve, translations
from passatk.errors import InputError
from passatk.problems import ProblemSet, load
from passatk.prompts.building import generation_prompt, translation_prompt

LANGUAGES = ("python", "cpp", "java", "javascript", "go", "rust")


@pytest.fixture(scope="module")
def basics() -> ProblemSet:
    return load("basics")


def document(language: str, prompt: str, completion: str, **more: str) -> Document:
    kind = "translation" if "source_language" in more else "generation"
    return msgspec.convert(
        {"kind": kind, "language": language, "prompt": prompt, "completion": completion, **more}, Document
    )


def solutions(basics: ProblemSet, language: str) -> list[Document]:
    listed = (p for p in basics.problems.values() if p.language == language)
    return [document(language, generation_prompt(p), p.solution) for p in listed]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_that_is_there_is_found(basics: ProblemSet, language: str) -> None:
    own = basics.only([language])
    found = list(retrieve(questions(own), solutions(basics, language), 1))
    assert [(sample.task_id, sample.text) for sample in found] == [
        (problem.task_id, problem.reference) for problem in own.problems.values()
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_argument_is_called_as_the_problem_calls_it(basics: ProblemSet, language: str) -> None:
    problem = next(
        p for p in basics.problems.values() if p.language == language and p.tier == "written" and p.task_id[-2:] == "/5"
    )
    head = {
        "python": "def other(text: str, mark: int) -> int:\n",
        "cpp": "int other(string text, int mark) {\n",
        "java": "class Solution {\n    public int other(String text, int mark) {\n",
        "javascript": "const other = (text, mark) => {\n",
        "go": "func Other(text string, mark int) int {\n",
        "rust": "fn other(text: &str, mark: i32) -> i32 {\n",
    }[language]
    declaration = head.replace("text", "mine").replace("mark", "limit")
    asked = [
        msgspec.structs.replace(questions(basics)[0], target=msgspec.structs.replace(problem, declaration=declaration))
    ]
    [sample] = retrieve(asked, [document(language, head, 'item.text(text, mark, "text mark")')], 1)
    assert sample.text == 'item.text(mine, limit, "text mark")'


def test_functions_of_as_many_arguments_come_first(basics: ProblemSet) -> None:
    problem = basics.get("Python/0")
    [name, rest] = problem.prompt.split("(text: str)")
    there = [
        document("python", f"# language: Python\n{name}(text: str, k: int){rest}", "    return text[:k]\n"),
        document("python", "def other(words: str) -> str:\n", "    return words\n"),
    ]
    asked = questions(basics)[:1]
    assert [sample.text for sample in retrieve(asked, there, 2)] == ["    return text\n", "    return text[:k]\n"]


def test_translations_are_looked_up_among_translations_of_the_pair(basics: ProblemSet) -> None:
    pairs = [(basics.get(f"Python/{n}"), basics.get(f"JavaScript/{n}")) for n in (4, 100, 200, 300)]
    there = [
        document("javascript", translation_prompt(own, other), other.solution, source_language="python")
        for own, other in pairs
    ]
    others = [document("javascript", one.prompt, "wrong", source_language="java") for one in there] + [
        document("javascript", one.prompt, "wrong") for one in there
    ]
    asked = translations(basics, "python", "javascript")
    assert [question.prompt for question in asked if question.task_id == "Python/4"] == [there[0].prompt]
    found = {sample.task_id: sample.text for sample in retrieve(asked, [*others, *there], 1)}
    assert len(found) == len(basics.only(["python"]).problems)
    for own, other in pairs:
        assert found[own.task_id] == other.reference
    assert "wrong" not in found.values()


def test_only_what_is_learnt_from_is_looked_up(basics: ProblemSet) -> None:
    own = basics.only(["python"])
    there = solutions(basics, "python")[:3]
    held = msgspec.structs.replace(there[0], split="valid")
    code = msgspec.structs.replace(there[0], kind="code")
    with pytest.raises(InputError, match="2 documents for training in python; 3 samples a problem need"):
        list(retrieve(questions(own), [held, code, *there[1:]], 3))
    with pytest.raises(InputError, match="0 documents for training to translate from go to rust"):
        list(retrieve(translations(basics, "go", "rust"), there, 1))


def test_what_cannot_be_asked_is_refused(basics: ProblemSet) -> None:
    with pytest.raises(InputError, match="source and target language are both go"):
        translations(basics, "go", "go")
    with pytest.raises(InputError, match="has no problems in go; it has python"):
        translations(basics.only(["python"]), "go", "python")
    with pytest.raises(InputError, match="does not have Python/0 in go"):
        translations(basics.only(["python"]), "python", "go")
    with pytest.raises(InputError, match="has no problems in the languages asked for"):
        questions(basics.only([]))
