"""What is held out never occurs in training: by behaviour, whatever it is called and however it is written."""

import hashlib
from collections import Counter

import msgspec
import pytest

from passatk.corpus.documents import Mix
from passatk.corpus.files import as_line
from passatk.corpus.primitives import operations
from passatk.corpus.programs import AbstractProgram, Applied, behaviour
from passatk.corpus.splits import DEEPEST, TIERS, composition_is_held_out, trained_on
from passatk.corpus.suite import SIZES, VERSION, suite, suite_behaviours
from passatk.corpus.synthetic import SyntheticCorpus, synthetic_corpus
from passatk.corpus.written import written_problem
from passatk.errors import InputError
from passatk.problems.basics import generated
from passatk.prompts.building import generation_prompt


@pytest.fixture(scope="module")
def corpus() -> SyntheticCorpus:
    return synthetic_corpus(0, 1_500)


def test_the_suite_is_the_same_whenever_it_is_built() -> None:
    digest = hashlib.sha256(msgspec.json.encode([specification for _, _, specification in suite()])).hexdigest()
    assert digest == "67663b1e4e3c8f5403ecda5e292ea6cd77e325439b7a3f5c4d087a2ca77cf1ba"
    assert [tier for tier, _, _ in suite()] == [tier for tier in TIERS for _ in range(SIZES[tier])]
    assert len(suite_behaviours()) == len(suite()) >= 132


def test_the_suite_that_ships_is_the_one_that_is_built() -> None:
    shipped = [s for listed in generated().tiers.values() for s in listed]
    assert shipped == [specification for _, _, specification in suite()]
    assert (generated().version, list(generated().tiers)) == (VERSION, list(TIERS))


def test_tiers_are_what_they_say(corpus: SyntheticCorpus) -> None:
    trained = {function.composition for function in corpus.functions}
    for tier, program, _ in suite():
        if tier == "constants":
            assert program.composition in trained
            assert not composition_is_held_out(program)
        elif tier == "compositions":
            assert program.composition not in trained
            assert 2 <= program.depth <= DEEPEST
        else:
            assert program.depth == DEEPEST + 1


def test_no_function_of_the_suite_is_trained_on(corpus: SyntheticCorpus) -> None:
    behaviours = [behaviour(function) for function in corpus.functions]
    assert len(set(behaviours)) == len(behaviours) == 1_500
    assert not suite_behaviours() & set(behaviours)
    assert not any(composition_is_held_out(function) for function in corpus.functions)
    assert max(function.depth for function in corpus.functions) == DEEPEST


def program(*uses: tuple[str, str]) -> AbstractProgram:
    steps = [next(o for o in operations() if (o.name, o.takes) == used) for used in uses]
    return AbstractProgram(steps=tuple(Applied(operation=operation) for operation in steps))


@pytest.mark.parametrize(
    ("written_so", "name"),
    [
        (program(("lower", "string"), ("vowels", "string")), "count_vowels"),
        (program(*[(name, "list[int]") for name in ("reverse", "unique", "reverse")]), "keep_last"),
        (program(("vowels", "string")), None),  # small letters alone
    ],
)
def test_problems_written_by_hand_are_known_by_what_they_do(written_so: AbstractProgram, name: str | None) -> None:
    found = written_problem(written_so)
    assert (found.name if found else None) == name


def test_no_problem_written_by_hand_is_trained_on(corpus: SyntheticCorpus, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any(written_problem(function) for function in corpus.functions)
    assert not any(written_problem(function) for _, function, _ in suite())
    planted = program(("lower", "string"), ("vowels", "string"))
    other = program(("upper", "string"), ("words", "string"))
    monkeypatch.setattr("passatk.corpus.splits._candidates", lambda seed, first: iter([planted, other]))
    assert trained_on(0, 2, frozenset(), []) == [other]


def test_a_share_of_functions_has_dictionaries(corpus: SyntheticCorpus) -> None:
    drawn = corpus.functions[600:]  # those before are primitives alone
    share = sum(any(not s.operation.stands_alone for s in function.steps) for function in drawn) / len(drawn)
    assert 0.05 < share < 0.25


def test_a_corpus_is_its_seed(corpus: SyntheticCorpus) -> None:
    again = synthetic_corpus(0, 1_500)
    assert again == corpus
    assert synthetic_corpus(1, 1_500).functions[-100:] != corpus.functions[-100:]


def test_documents_do_not_depend_on_the_number_of_processes(corpus: SyntheticCorpus) -> None:
    alone = [d for chunk in corpus.documents(1_100, workers=1) for d in chunk]
    assert alone == [d for chunk in corpus.documents(1_100, workers=2) for d in chunk]
    assert len(alone) > 1_050
    for document in alone:
        assert document.split == corpus.splits[document.function]
    assert {"train", "valid"} == {document.split for document in alone}


def test_documents_without_a_share_of_one_step_are_what_they_were(corpus: SyntheticCorpus) -> None:
    written = b"".join(as_line(d) for chunk in corpus.documents(100) for d in chunk)
    assert hashlib.sha256(written).hexdigest() == "97b7eefbe9887ab3bf71f2f661faf17c8bd2aaf22c1ef4b426d1191fa26abff8"


def test_a_share_of_documents_is_about_one_step(corpus: SyntheticCorpus) -> None:
    some = [d.function for chunk in corpus.documents(400, Mix(one_step=0.25)) for d in chunk]
    alone = [d.function for chunk in corpus.documents(400, Mix(one_step=1.0)) for d in chunk]
    single = {number for number, function in enumerate(corpus.functions) if function.depth == 1}
    others = 0.75 * (1 - len(single) / len(corpus.functions))
    assert sum(number not in single for number in some) / len(some) == pytest.approx(others, abs=0.05)
    assert set(alone) <= single
    compositions = Counter(corpus.functions[number].composition for number in alone)
    assert len(compositions) > 140  # of 162, evenly, however many constants each has
    assert max(compositions.values()) < 12


def test_documents_ask_as_generation_does(corpus: SyntheticCorpus) -> None:
    only = Mix(translation=0.0, python=1.0)
    documents = [d for chunk in corpus.documents(50, only) for d in chunk]
    assert {(d.kind, d.language) for d in documents} == {("generation", "python")}
    problem = corpus.problems(3).problems["Python/3"]
    assert generation_prompt(problem).startswith("# language: Python\ndef ")
    assert all(d.prompt.startswith("# language: Python\ndef ") and d.completion.startswith("    ") for d in documents)
    only = Mix(translation=1.0, pair=1.0)
    for document in (d for chunk in corpus.documents(20, only) for d in chunk):
        assert (document.source_language, document.language) == ("python", "javascript")
        assert document.prompt.startswith("code translation\nPython:\ndef ")
        assert '"""' not in document.prompt  # no description: it translates and does not solve


def test_more_functions_than_there_are_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("passatk.corpus.splits._DEPTHS", ((1, 1.0),))
    with pytest.raises(InputError, match=r"only \d+ different functions"):
        synthetic_corpus(0, 100_000)
