"""Filling in the middle: problems with a suffix, and what models with and without such tokens are asked."""

from pathlib import Path

import pytest
from picking import picked

from passatk import pipeline
from passatk.decoding import DecodingSettings
from passatk.errors import InputError, UnknownNameError
from passatk.models import ModelSpec
from passatk.pipeline import Prompting, check_problems
from passatk.pipeline.generation import prompts_of
from passatk.problems import ProblemSet, load
from passatk.prompts import completion
from passatk.prompts.infilling import TEMPLATES, ends_before_suffix, infilling_prompt
from passatk.records import Asserts, Problem

GAP = Problem(
    task_id="x/{suffix}",
    benchmark="x",
    language="python",
    prompt="def f():\n    x = {prefix}{suffix}\n",
    suffix="\n    return x  # {prefix}\n",
    tests=Asserts(code="assert f() == 1\n"),
    in_function=False,
)
MIDDLE = "    x = 1\n"


@pytest.fixture
def infilling(data: Path, monkeypatch: pytest.MonkeyPatch) -> ProblemSet:
    monkeypatch.setenv("PASSATK_DATA", str(data))
    return load("human-eval-infilling")


def asked(problems: ProblemSet, prompting: Prompting) -> list[str]:
    request = pipeline.Generation(
        problems=problems,
        model=ModelSpec(backend="fake"),
        settings=DecodingSettings(),
        out=Path("nowhere"),
        prompting=prompting,
    )
    return [one.prompt for one in prompts_of(request)]


def test_three_tiers_with_ids_as_they_are_spelt(infilling: ProblemSet) -> None:
    sizes = {t: len(load(f"human-eval-infilling/{t}").problems) for t in ("single-line", "multi-line", "random-span")}
    assert sizes == {"single-line": 1033, "multi-line": 5815, "random-span": 1640}
    assert "SingleLineInfilling/HumanEval/0/L0" in infilling.problems


def test_references_pass_where_the_gap_is_in_mid_line_too(infilling: ProblemSet) -> None:
    checks = check_problems(picked(infilling, every=900, only=("RandomSpanInfilling/HumanEval/0/2",)), workers=1)
    assert len(checks) >= 10
    assert all(check.fit for check in checks)


def test_a_middle_is_judged_as_it_is_and_its_suffix_follows(infilling: ProblemSet) -> None:
    problem = infilling.get("SingleLineInfilling/HumanEval/0/L0")
    text = "for idx, elem in enumerate(numbers):\nprint(1)\n"
    assert completion(problem, text) == text


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_template_holds_prefix_and_suffix_once_whatever_they_contain(name: str) -> None:
    prompt = infilling_prompt(GAP, name)
    assert prompt.count(GAP.prompt) == 1
    assert prompt.count(GAP.suffix) == 1
    assert len(prompt) > len(GAP.prompt + GAP.suffix)
    assert TEMPLATES[name].ends


@pytest.mark.parametrize(
    ("name", "prompt"),
    [
        ("starcoder", "<fim_prefix>P<fim_suffix>S<fim_middle>"),
        ("starcoder-spm", "<fim_prefix><fim_suffix>S<fim_middle>P"),
        ("codellama", "<PRE> P <SUF>S <MID>"),
        ("deepseek-coder", "<｜fim▁begin｜>P<｜fim▁hole｜>S<｜fim▁end｜>"),  # noqa: RUF001
        ("qwen", "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>"),
    ],
)
def test_the_tokens_are_those_of_the_models(name: str, prompt: str) -> None:
    problem = Problem(
        task_id="x", benchmark="x", language="python", prompt="P", suffix="S", tests=Asserts(code="assert 1")
    )
    assert infilling_prompt(problem, name) == prompt


def test_an_unknown_template_lists_what_exists(infilling: ProblemSet) -> None:
    with pytest.raises(UnknownNameError, match=r"known: .*starcoder.*Did you mean 'starcoder'"):
        asked(picked(infilling, every=5000), Prompting(fim="starcode"))


def test_tokens_are_not_for_chats(infilling: ProblemSet) -> None:
    with pytest.raises(InputError, match=r"fim 'starcoder' is for models that continue text"):
        asked(picked(infilling, every=5000), Prompting(fim="starcoder", chat=True))


def test_without_tokens_a_model_sees_the_prefix_and_ends_before_the_suffix(infilling: ProblemSet) -> None:
    problems = picked(infilling, every=0, only=("SingleLineInfilling/HumanEval/0/L1",))
    problem = next(iter(problems.problems.values()))
    assert asked(problems, Prompting(tag=False)) == [problem.prompt]
    text = problem.solution + problem.suffix
    ends = ends_before_suffix(problem)
    assert ends(text, 0) == len(problem.solution)
    found = (ends(text[:n], n - 1) for n in range(1, len(text)))
    assert next(at for at in found if at is not None) == len(problem.solution), "token by token too"


def test_a_chat_model_sees_the_gap(infilling: ProblemSet) -> None:
    problems = picked(infilling, every=0, only=("SingleLineInfilling/HumanEval/0/L1",))
    problem = next(iter(problems.problems.values()))
    (said,) = asked(problems, Prompting(chat=True))
    assert f"{problem.prompt}<<< the missing code >>>{problem.suffix}```" in said


def test_generated_middles_are_scored(infilling: ProblemSet, tmp_path: Path) -> None:
    problems = picked(infilling, every=900)
    request = pipeline.Generation(
        problems=problems,
        model=ModelSpec(backend="fake"),
        settings=DecodingSettings(),
        out=tmp_path / "generations",
        prompting=Prompting(fim="qwen"),
        samples=2,
    )
    pipeline.generate(request)
    report = pipeline.evaluate(
        pipeline.Evaluation(samples=tmp_path / "generations", problems=problems, out=tmp_path / "run", workers=1)
    )
    assert 0 < report.scores[0].statuses["passed"] < 2 * len(problems.problems)
