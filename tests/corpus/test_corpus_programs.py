"""Abstract programs: the interpreter, behaviours, what is worth having, and every spelling executed by the judge."""

import itertools
from typing import Any

import msgspec
import pytest
from running import Require

from passatk.corpus.bodies import body, spelling
from passatk.corpus.bundles import bundle
from passatk.corpus.checking import WRITTEN, check_documents
from passatk.corpus.documents import Mix
from passatk.corpus.drawing import draw_cases, draw_program, with_other_constants
from passatk.corpus.draws import Draws
from passatk.corpus.functions import specification_of
from passatk.corpus.primitives import Operation, operations, table
from passatk.corpus.programs import (
    SEMANTICS,
    AbstractProgram,
    Applied,
    OutOfRange,
    behaviour,
    is_worth_having,
    shorter,
)
from passatk.corpus.synthetic import synthetic_corpus
from passatk.corpus.wording import description_of
from passatk.judging import LocalPool, default_limits
from passatk.judging.quiet import Job
from passatk.languages import LANGUAGES
from passatk.problems.rendering import Specification
from passatk.records import Problem, Sample, Status, Verdict


def use(name: str, form: str, takes: str) -> Operation:
    return next(o for o in operations() if (o.name, o.form, o.takes) == (name, form, takes))


def step(name: str, form: str, takes: str, constant: Any = None, parameter: str = "") -> Applied:
    return Applied(operation=use(name, form, takes), constant=constant, parameter=parameter)


def test_the_stream_of_choices_is_the_same_everywhere() -> None:
    draws = Draws(7, "a name", 3)
    assert [draws.below(1000) for _ in range(10)] == [902, 328, 30, 90, 381, 30, 41, 592, 422, 840]
    assert Draws(7, "a name", 4).below(1000) != Draws(7, "a name", 3).below(1000)
    assert sorted(Draws(0, "order").shuffled(range(50))) == list(range(50))
    assert {Draws(0, n).between(-1, 1) for n in range(50)} == {-1, 0, 1}


def test_choices_have_their_weights() -> None:
    draws = Draws(0, "weights")
    counts = [draws.weighted([("a", 1.0), ("b", 3.0)]) for _ in range(8000)].count("b")
    assert 5850 < counts < 6150  # 6000 expected, standard deviation 39


def test_every_primitive_has_a_meaning_words_and_six_spellings() -> None:
    assert len(table()) >= 40
    assert set(SEMANTICS) == set(table())
    for language in WRITTEN:
        spelled = spelling(language)
        assert {*spelled.each, *spelled.that, *spelled.step} == set(table()), language
    for name, primitive in table().items():
        words = [primitive.does, primitive.noun, primitive.singular and primitive.plural]
        assert sum(len(said) >= 2 for said in words) == 1, name
        assert all(bool(primitive.constants) == ("$k" in text or "$s" in text) for said in words for text in said)


NUMBERS, WORDS, OF_INT, OF_STRING = "list[int]", "list[string]", "dict[int,int]", "dict[string,int]"
KEYS = step("keys", "step", OF_INT)


@pytest.mark.parametrize(
    ("steps", "arguments", "expected"),
    [
        ([step("multiply", "each", "list[int]", 3), step("sum", "step", "list[int]")], [[1, -2, 4]], 9),
        ([step("even", "keep", "list[int]")], [[-3, -2, 0, 5, 8]], [-2, 0, 8]),
        ([step("words", "step", "string"), step("longest", "step", "list[string]")], ["an apple there"], "apple"),
        ([step("mean", "step", "list[int]"), step("floor", "value", "float")], [[-1, -2]], -2),
        ([step("first", "step", "list[int]", parameter="k"), step("largest", "step", "list[int]")], [[3, 9, 12], 2], 9),
        ([step("repeated", "step", "list[string]")], [["b", "a", "b", "c", "a"]], ["a", "b"]),
        ([step("contains", "tally", "list[string]", "a")], [["cat", "dog", "a"]], 2),
        ([step("replace", "value", "string", "e")], ["seen"], "s**n"),
        ([step("divisors", "step", "int")], [12], [1, 2, 3, 4, 6, 12]),
        ([step("last_digit", "value", "int"), step("negate", "value", "int")], [-37], -7),
        (
            [step("count_each", "step", NUMBERS), step("values_at_least", "step", OF_INT, 2), KEYS],
            [[3, 1, 3, 1, 2]],
            [1, 3],
        ),
        ([step("positions", "step", NUMBERS), step("values", "step", OF_INT)], [[9, 4, 9, 6]], [1, 3, 0]),
        ([step("lengths", "step", WORDS), step("top_key", "step", OF_STRING)], [["on", "tea", "ant", "to"]], "ant"),
        ([step("lengths", "step", WORDS), step("top_key", "step", OF_STRING)], [[]], ""),
        ([step("count_characters", "step", "string"), step("ranked_keys", "step", OF_STRING)], ["noon at"], [*"no at"]),
        ([step("lengths", "step", WORDS), step("largest_value", "step", OF_STRING)], [[]], 0),
        ([step("count_each", "step", NUMBERS), step("value_at", "step", OF_INT, parameter="k")], [[4, 1, 4], 4], 2),
    ],
)
def test_the_interpreter(steps: list[Applied], arguments: list[Any], expected: object) -> None:
    assert AbstractProgram(steps=tuple(steps))(*arguments) == expected


def test_what_languages_disagree_about_is_refused() -> None:
    cube = AbstractProgram(steps=(step("cube", "value", "int"), step("cube", "value", "int")))
    with pytest.raises(OutOfRange):
        cube(60)
    with pytest.raises(OutOfRange):
        AbstractProgram(steps=(step("one_to", "step", "int"),))(10_000)


def test_one_function_written_two_ways_has_one_behaviour() -> None:
    down = AbstractProgram(steps=(step("descending", "step", "list[int]"),))
    up_and_back = AbstractProgram(steps=(step("ascending", "step", "list[int]"), step("reverse", "step", "list[int]")))
    assert behaviour(down) == behaviour(up_and_back)
    assert behaviour(down) != behaviour(AbstractProgram(steps=(step("ascending", "step", "list[int]"),)))
    assert down in shorter(AbstractProgram(steps=(*down.steps, *down.steps)))


@pytest.mark.parametrize(
    "steps",
    [
        [step("reverse", "step", "list[int]"), step("sum", "step", "list[int]")],  # the first step does not matter
        [step("ascending", "step", "list[int]"), step("ascending", "step", "list[int]")],
        [step("absolute", "value", "int"), step("negative", "test", "int")],  # always False
        [step("add", "value", "int", 3), step("subtract", "value", "int", 3)],  # the question itself
    ],
)
def test_programs_that_are_not_what_they_seem_are_not_worth_having(steps: list[Applied]) -> None:
    assert not is_worth_having(AbstractProgram(steps=tuple(steps)))


def test_cases_find_out_a_wrong_constant() -> None:
    program = AbstractProgram(steps=(step("above", "keep", "list[int]", 7), step("multiply", "each", "list[int]", 4)))
    cases = draw_cases(program, Draws(0, "cases"), 8)
    assert cases is not None
    assert cases[0].arguments == [[]]
    for other in with_other_constants(program):
        assert any(other(*case.arguments) != case.result for case in cases), other.steps


def test_descriptions_say_every_step_and_constant() -> None:
    program = AbstractProgram(
        steps=(
            step("above", "keep", "list[int]", 7),
            step("multiply", "each", "list[int]", 4),
            step("sum", "step", "list[int]"),
        )
    )
    said = {description_of(program, "values", Draws(0, "words", n)) for n in range(60)}
    assert len(said) > 20
    assert all("7" in text and "4" in text and "values" in text and "$" not in text for text in said)


def test_an_expression_that_went_into_the_next_step_is_not_named_later() -> None:
    program = AbstractProgram(
        steps=(step("last", "step", WORDS, 3), step("longest", "step", WORDS), step("ends", "test", "string", "ed"))
    )
    bodies = {body(program, "names", "cpp", Draws(0, "bodies", number)) for number in range(60)}
    assert any("for (string element : vector<string>" in text for text in bodies)
    assert not any(f"{a} = {b};" in text for text in bodies for a, b in itertools.permutations(("first", "second")))


def test_a_count_is_an_int_in_cpp_wherever_it_goes(pool: LocalPool, require: Require) -> None:
    require("cpp")
    program = AbstractProgram(steps=(step("even", "tally", NUMBERS), step("at_most", "value", "int", 4)))
    made = [specification_of(program, Draws(0, "counts", number)) for number in range(20)]
    verdicts = judged(pool, [bundle("cpp", [one for one in made if one is not None], 0)])
    assert {v.status for v in verdicts.values()} == {Status.PASSED}


def test_dictionaries_are_only_on_the_way() -> None:
    drawn = [draw_program(Draws(0, "dictionaries", number), 2 + number % 3) for number in range(3000)]
    programs = [program for program in drawn if program is not None]
    assert not any("dict" in program.takes + program.gives for program in programs)
    used = {s.operation for program in programs for s in program.steps if not s.operation.stands_alone}
    assert used == {operation for operation in operations() if not operation.stands_alone}
    pairs = [pair for program in programs for pair in itertools.pairwise(s.operation for s in program.steps)]
    assert not any(before.makes_dictionary and after.name in ("keys", "entries") for before, after in pairs)


def covering() -> list[tuple[AbstractProgram, Draws]]:
    """Programs of one to three steps in which every use of every primitive occurs."""
    left = set(operations())
    found: list[tuple[AbstractProgram, Draws]] = []
    for number in itertools.count():
        if not left:
            return found
        draws = Draws(11, "covering", number)
        with_dictionary = any(not operation.stands_alone for operation in left)
        program = draw_program(draws, 3 if len(left) > 25 or with_dictionary else 2 if len(left) > 5 else 1)
        if program is None or not is_worth_having(program):
            continue
        new = {s.operation for s in program.steps} & left
        if len(new) == min(program.depth, 1 + (len(left) > 90) + (len(left) > 50)) or (new and len(left) <= 25):
            left -= new
            found.append((program, draws))
    raise AssertionError


def judged(pool: LocalPool, problems: list[Problem]) -> dict[str, Verdict]:
    jobs = {}
    for problem in problems:
        sample = Sample(task_id=problem.task_id, index=0, text=problem.solution, whole=True)
        program = LANGUAGES[problem.language].program(problem, sample, problem.tests.code)
        jobs[program.key] = (problem.task_id, Job(program=program, limits=default_limits()))
    found = pool.judge(job for _, job in jobs.values())
    return {jobs[job.program.key][0]: verdict for job, verdict in found}


@pytest.fixture(scope="module")
def specifications() -> list[Specification]:
    """Functions that use every primitive in every way."""
    made = [specification_of(program, draws) for program, draws in covering()]
    return [specification for specification in made if specification is not None]


def test_every_use_of_every_primitive_computes_in_each_language_what_the_interpreter_says(
    pool: LocalPool, rendered_language: str, specifications: list[Specification]
) -> None:
    assert len(specifications) > 60
    pieces = [specifications[start : start + 25] for start in range(0, len(specifications), 25)]
    verdicts = judged(pool, [bundle(rendered_language, piece, n) for n, piece in enumerate(pieces)])
    assert len(verdicts) == len(pieces)
    assert {task: v.reason for task, v in verdicts.items() if v.status is not Status.PASSED} == {}


def test_one_wrong_function_fails_its_bundle(pool: LocalPool, rendered_language: str) -> None:
    program = AbstractProgram(steps=(step("above", "keep", "list[int]", 7), step("sum", "step", "list[int]")))
    made = [specification_of(program, Draws(0, "wrong", number)) for number in range(4)]
    good = [specification for specification in made if specification is not None]
    assert len(good) == 4
    solution = {name: text.replace("> 7", "> 8") for name, text in good[2].solution.items()}
    bad = [*good[:2], msgspec.structs.replace(good[2], solution=solution), good[3]]
    verdicts = judged(pool, [bundle(rendered_language, good, 0), bundle(rendered_language, bad, 1)])
    assert [verdict.status for _, verdict in sorted(verdicts.items())] == [Status.PASSED, Status.WRONG_ANSWER]


def test_a_disagreement_is_traced_to_its_function(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = synthetic_corpus(0, 12)
    monkeypatch.setitem(SEMANTICS, "negate", lambda e: -e + 1)  # what is cached by now knows the true one
    corpus = msgspec.structs.replace(
        corpus, functions=[*corpus.functions[:3], AbstractProgram(steps=(step("negate", "value", "int"),))]
    )
    found = check_documents(corpus, 40, Mix(translation=0.0, python=1.0))
    assert found.renderings["python"] == 40
    assert found.disagreements
    assert {"-" in wrong.specification.solution["python"] for wrong in found.disagreements} == {True}
    assert {wrong.verdict.status for wrong in found.disagreements} == {Status.WRONG_ANSWER}
