"""Rewards for training loops, and real TRL behind them."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from grpo import trained

from passatk import InputError, Judge, PassatkError, ProblemSet, Status, load
from passatk.records import Problem
from passatk.rewards import Completion, Rewarding, Rewards

LOOPS = "    while True:\n        pass\n"


@pytest.fixture(scope="module")
def basics() -> ProblemSet:
    return load("basics").only(["python"])


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge(["python"], workers=2, extract=True, cached=False) as judge:
        yield judge


@pytest.fixture
def rewards(basics: ProblemSet, judge: Judge) -> Rewards:
    return Rewards(basics, judge=judge)


def tasks(problems: ProblemSet, number: int) -> list[str]:
    return list(problems.problems)[:number]


def answer(problem: Problem) -> str:
    return f"Here it is.\n\n```python\n{problem.prompt}{problem.reference}```\n"


def wrong(problem: Problem) -> str:
    return f"```python\n{problem.prompt}    return None\n```\n"


def test_rewards_are_in_the_order_of_completions_as_text_or_messages(rewards: Rewards, basics: ProblemSet) -> None:
    names = tasks(basics, 4)
    problems = [basics.get(name) for name in names]
    said: list[Completion] = [
        answer(problems[0]),
        [{"role": "assistant", "content": wrong(problems[1])}],
        [{"role": "user", "content": "?"}, {"role": "assistant", "content": answer(problems[2])}],
        wrong(problems[3]),
    ]
    found = rewards.explained(names, said)
    assert [one.reward for one in found] == [1.0, 0.0, 1.0, 0.0], found
    assert asyncio.run(rewards.acall(names, said)) == [1.0, 0.0, 1.0, 0.0]
    assert rewards(problems, said) == [1.0, 0.0, 1.0, 0.0]


def test_no_code_and_no_compiling_have_rewards_of_their_own(basics: ProblemSet, judge: Judge) -> None:
    (name,) = tasks(basics, 1)
    problem = basics.get(name)
    penal = Rewards(basics, Rewarding(no_code=-1.0, compile_error=-0.5), judge=judge)
    broken = f"```python\n{problem.prompt}    return (\n```"
    silent: list[Completion] = ["I would rather not.", None, "", [], [{"role": "assistant", "content": None}]]
    assert penal([name] * 5, silent) == [-1.0] * 5
    assert penal([name] * 3, ["<think>on and on", broken, answer(problem)]) == [-1.0, -0.5, 1.0]


def test_a_deadline_gives_what_is_known_and_leaves_out_the_rest(basics: ProblemSet, judge: Judge) -> None:
    name = tasks(basics, 1)[0]
    problem = basics.get(name)
    endless = [f"```python\n{problem.prompt}{LOOPS}# {n}\n```" for n in range(40)]
    judge.judge([(problem, answer(problem))])
    with Rewards(basics, Rewarding(deadline_s=2.0), judge=judge) as rewards:
        found = rewards.explained([name] * 41, [answer(problem), *endless])
    assert found[0].reward == 1.0
    assert {(one.reward, one.status) for one in found[-10:]} == {(None, "late")}
    assert judge.judge([(problem, answer(problem) + " ")])[0].status == "passed"


def test_what_is_not_judged_is_none_and_never_a_failed_program(basics: ProblemSet, judge: Judge) -> None:
    problem = unfit(basics)
    with Rewards(basics, judge=judge) as rewards:
        assert rewards([problem], [answer(problem)]) == [None]
    with Rewards(basics, Rewarding(on_not_judged=0.5), judge=judge) as rewards:
        assert rewards([problem], [answer(problem)]) == [0.5]


def unfit(problems: ProblemSet) -> Problem:
    """A problem whose own reference solution fails."""
    import msgspec

    problem = next(iter(problems.problems.values()))
    return msgspec.structs.replace(problem, task_id="unfit", reference="    return None\n")


def test_shapes_of_verl_openrlhf_and_slime(rewards: Rewards, basics: ProblemSet) -> None:
    first, second = tasks(basics, 2)
    right, false = answer(basics.get(first)), wrong(basics.get(second))
    verl = rewards.verl(data_source="x", solution_str=right, ground_truth=first, extra_info={})
    assert (verl["score"], verl["status"]) == (1.0, "passed")
    assert rewards.verl("x", false, second)["score"] == 0.0
    told = rewards.openrlhf(["say: " + right, "say: " + false], ["say: ", "say: "], [first, second])
    assert told == {"rewards": [1.0, 0.0], "scores": [1.0, 0.0], "extra_logs": {"passed": [1.0, 0.0]}}
    assert asyncio.run(rewards.slime(None, SimpleNamespace(label=first, response=right))) == 1.0


def test_verifiers_scores_what_was_said_last(rewards: Rewards, basics: ProblemSet) -> None:
    """By the shape of its tasks and traces, which have more."""
    (name,) = tasks(basics, 1)
    task = SimpleNamespace(id=name)
    said = [SimpleNamespace(content=text) for text in (answer(basics.get(name)), "I take it back.")]
    scored = [asyncio.run(rewards.verifiers(task, SimpleNamespace(assistant_messages=said[:n]))) for n in (0, 1, 2)]
    assert scored == [0.0, 1.0, 0.0]


def test_skyrl_gym_makes_an_environment(rewards: Rewards, basics: ProblemSet) -> None:
    """By its own registry."""
    skyrl_gym = pytest.importorskip("skyrl_gym", reason="skyrl-gym is not installed: pip install skyrl-gym")
    (name,) = tasks(basics, 1)
    skyrl_gym.register(id="passatk", entry_point=rewards.skyrl())
    prompt = [{"role": "user", "content": "?"}]
    for text, reward, status in ((answer(basics.get(name)), 1.0, "passed"), ("I cannot.", 0.0, "no_code")):
        env = skyrl_gym.make("passatk", env_config={}, extras={"reward_spec": {"ground_truth": name}})
        assert env.init(prompt)[0] == prompt
        step = env.step(text)
        assert (step["observations"], step["reward"], step["done"]) == ([], reward, True)
        assert step["metadata"]["status"] == status
        env.close()
    from skyrl_gym.metrics import aggregate_for_environment

    assert aggregate_for_environment("passatk", []) == {}


def test_a_framework_without_a_word_for_not_judged_hears_an_error(basics: ProblemSet, judge: Judge) -> None:
    problem = unfit(basics)
    known = ProblemSet(name="own", problems={"unfit": problem}, source="own")
    with Rewards(known, judge=judge) as rewards, pytest.raises(PassatkError, match=r"not judged: .*on_not_judged"):
        rewards.verl("x", answer(problem), "unfit")


@pytest.mark.parametrize(
    ("problems", "completions", "words"),
    [
        (["Python/0"], [], "1 problems and 0 completions"),
        (["nobody/7"], ["x"], "nobody/7"),
        (["Python/0"], [[{"role": "assistant"}]], "a completion is text or a list of messages"),
        (["Python/0"], [[7]], "a completion is text or a list of messages"),
    ],
)
def test_bad_input_is_named(rewards: Rewards, problems: list[str], completions: list[Any], words: str) -> None:
    with pytest.raises(PassatkError, match=words):
        rewards(problems, completions)


def test_bad_settings_are_named(basics: ProblemSet, rewards: Rewards) -> None:
    with pytest.raises(InputError, match="deadline_s"):
        Rewards(basics, Rewarding(deadline_s=0))
    with pytest.raises(InputError, match="no column 'id'"):
        rewards.trl("id")(prompts=["x"], completions=["y"], task_id=["Python/0"])
    assert rewards([], []) == []


@pytest.fixture(scope="module")
def plain() -> Iterator[Judge]:
    """What a model without a mind says continues the prompt: it is executed, whatever it is."""
    with Judge(["python"], workers=2, cached=False) as judge:
        yield judge


@pytest.mark.parametrize("way", ["trl", "trl_async"])
def test_trl_trains_by_these_rewards(way: str, plain: Judge, basics: ProblemSet, tmp_path: Path) -> None:
    """20 steps of its own trainer, a tiny model on the CPU; its rewards are those of a plain call."""
    rewards, steps = Rewards(basics, judge=plain), 20
    seen = trained(getattr(rewards, way)(), basics, tasks(basics, 3), tmp_path, steps)
    assert len(seen) == steps
    for step in seen:
        verdicts = plain.judge((basics.get(task), said) for task, said in zip(step.tasks, step.said, strict=True))
        assert step.rewards == [float(verdict.status is Status.PASSED) for verdict in verdicts]
    assert all(verdict.attempts for verdict in verdicts)


def test_trl_hears_none_of_what_is_not_judged(plain: Judge, basics: ProblemSet, tmp_path: Path) -> None:
    known = ProblemSet(name="own", problems={"unfit": unfit(basics)}, source="own")
    (step,) = trained(Rewards(known, judge=plain).trl(), known, ["unfit"], tmp_path, steps=1)
    assert step.rewards == [None] * 4


def test_the_examples_of_the_documentation_run(capsys: pytest.CaptureFixture[str]) -> None:
    text = (Path(__file__).parents[1] / "docs" / "training-loops.md").read_text()
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)\n```\n", text, re.DOTALL):
        exec(block, names)  # as a reader would type them
    names["rewards"].close()
    assert capsys.readouterr().out == "[1.0, 0.0]\n['passed', 'runtime_error'] passed\n"
