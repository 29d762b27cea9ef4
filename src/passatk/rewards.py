"""Rewards for training loops: a judge behind the function that each framework wants.

    reward = Rewards(load("humaneval-x").only(["python"]))
    trainer = GRPOTrainer(..., reward_funcs=reward.trl())

A reward is 1.0 for a passed program and 0.0 for one that failed for a reason of its own. What could not be judged is
`on_not_judged`, None by default: never the reward of a failed program. docs/training-loops.md has an example for each
framework.
"""

import asyncio
import importlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as TooLate
from types import MappingProxyType
from typing import Annotated, Any, Protocol

from passatk.errors import EnvironmentFault, InputError, PassatkError
from passatk.pipeline.judge import Judge
from passatk.pipeline.programs import Tests
from passatk.problems import ProblemSet
from passatk.records import Problem, Record, Status, Verdict
from passatk.settings import checked, setting

Completion = str | Sequence[Mapping[str, Any]] | None
"""Text, or messages of which the last one is the answer; None where a model gave nothing."""
_NO_CODE = frozenset({"nothing", "thinking not closed"})


class Rewarding(Record, frozen=True, kw_only=True):
    """How verdicts become numbers."""

    on_not_judged: Annotated[float | None, setting("Reward of what could not be judged; none leaves it out.")] = None
    no_code: Annotated[float, setting("Reward of an answer without code.")] = 0.0
    compile_error: Annotated[float, setting("Reward of a program that does not compile.")] = 0.0
    deadline_s: Annotated[
        float | None,
        setting("Seconds for a batch; what has no verdict by then counts as not judged.", gt=0, unset="none"),
    ] = None


class Rewarded(Record, frozen=True, kw_only=True):
    """A reward and what it rests on."""

    reward: float | None
    status: str
    """`late` where the deadline came first."""
    reason: str = ""


def reward_of(verdict: Verdict, rewarding: Rewarding) -> float | None:
    """The reward of a program with this verdict."""
    by_status = {
        Status.PASSED: 1.0,
        Status.NOT_JUDGED: rewarding.on_not_judged,
        Status.COMPILE_ERROR: rewarding.compile_error,
    }
    return by_status.get(verdict.status, 0.0)


def no_code(read_as: str) -> bool:
    """Whether an answer that was read like this has no code."""
    return read_as in _NO_CODE


class Rewards:
    """Rewards of completions of some problems, by a judge that stays warm. A context manager, safe from threads.

    Args:
        problems: those that are trained on; completions name them by task id.
        rewarding: how verdicts become numbers.
        workers: programs judged in parallel; None: the number of CPUs.
        tests: `hidden`, or `example` for the public ones alone.
        judge: one that exists, instead of one of its own; it should take code out of answers (`extract`).
    """

    def __init__(
        self,
        problems: ProblemSet,
        rewarding: Rewarding | None = None,
        *,
        workers: int | None = None,
        tests: Tests = "hidden",
        judge: Judge | None = None,
    ):
        self._problems, self._rewarding = problems, checked(rewarding or Rewarding())
        self._own = judge is None
        self.judge = judge or Judge(problems.toolchains, workers, tests=tests, extract=True)

    def __call__(self, problems: Sequence[str | Problem], completions: Sequence[Completion]) -> list[float | None]:
        """A reward for each completion, in order; `problems` are their task ids, or the problems.

        Raises:
            InputError: the lengths differ, or a task id is not known.
        """
        return [rewarded.reward for rewarded in self.explained(problems, completions)]

    def explained(self, problems: Sequence[str | Problem], completions: Sequence[Completion]) -> list[Rewarded]:
        """As a call, with status and reason beside each reward."""
        asked = self._asked(problems, completions)
        ends = None if self._rewarding.deadline_s is None else time.monotonic() + self._rewarding.deadline_s
        futures = self._begun(asked)
        try:
            return [one if isinstance(one, Rewarded) else self._waited(one, ends) for one in futures]
        finally:
            for one in futures:
                if isinstance(one, Future):
                    one.cancel()

    async def acall(self, problems: Sequence[str | Problem], completions: Sequence[Completion]) -> list[float | None]:
        """As a call; the event loop goes on meanwhile."""
        return await asyncio.to_thread(self, problems, completions)

    def close(self) -> None:
        """End its own judge."""
        if self._own:
            self.judge.close()

    def __enter__(self) -> "Rewards":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _asked(
        self, problems: Sequence[str | Problem], completions: Sequence[Completion]
    ) -> list[tuple[Problem, str | None]]:
        if len(problems) != len(completions):
            raise InputError(
                f"{len(problems)} problems and {len(completions)} completions; give one task id for each completion"
            )
        found = [self._problems.get(p) if isinstance(p, str) else p for p in problems]
        return [(problem, text_of(completion)) for problem, completion in zip(found, completions, strict=True)]

    def _begun(self, asked: Sequence[tuple[Problem, str | None]]) -> list[Future[Verdict] | Rewarded]:
        begun: list[Future[Verdict] | Rewarded] = []
        for problem, text in asked:
            given = None if text is None else self.judge.read(problem, text)
            if given is None or no_code(given.read_as):
                begun.append(Rewarded(reward=self._rewarding.no_code, status="no_code"))
            else:
                begun.append(self.judge.begin(problem, given))
        return begun

    def _waited(self, future: Future[Verdict], ends: float | None) -> Rewarded:
        left = None if ends is None else max(0.0, ends - time.monotonic())
        try:
            verdict = future.result(left)
            reward = reward_of(verdict, self._rewarding)
            return Rewarded(reward=reward, status=str(verdict.status), reason=verdict.reason)
        except (TooLate, CancelledError):
            return Rewarded(
                reward=self._rewarding.on_not_judged, status="late", reason="the batch's deadline came first"
            )
        except PassatkError as error:
            return Rewarded(reward=self._rewarding.on_not_judged, status=Status.NOT_JUDGED, reason=str(error))

    # --- the shapes of frameworks ----------------------------------------------------------------------------------

    def trl(self, column: str = "task_id") -> "TrlReward":
        """For TRL's `reward_funcs`: the data set has the task id in `column`. None is a reward that TRL leaves out."""

        def passatk(
            prompts: Sequence[Any],  # noqa: ARG001 - its name is that of TRL
            completions: Sequence[Completion],
            **columns: Any,
        ) -> list[float | None]:
            return self(_column(columns, column), completions)

        return passatk

    def trl_async(self, column: str = "task_id") -> Callable[..., Awaitable[list[float | None]]]:
        """As `trl`, for trainers that await their reward functions."""

        async def passatk(
            prompts: Sequence[Any],  # noqa: ARG001 - its name is TRL's
            completions: Sequence[Completion],
            **columns: Any,
        ) -> list[float | None]:
            return await self.acall(_column(columns, column), completions)

        return passatk

    def verl(
        self,
        data_source: str,  # noqa: ARG002 - its name is verl's
        solution_str: str,
        ground_truth: str,
        extra_info: Mapping[str, Any] | None = None,  # noqa: ARG002 - its name is verl's
    ) -> dict[str, Any]:
        """As `compute_score` of verl: `ground_truth` is the task id.

        Returns:
            `score`, `status`, `reason`.

        Raises:
            PassatkError: it could not be judged, and `on_not_judged` has no number for that: verl has no word for it.
        """
        return self._numbered(ground_truth, solution_str)

    def openrlhf(self, queries: Sequence[str], prompts: Sequence[str], labels: Sequence[str]) -> dict[str, Any]:
        """As `reward_func` of OpenRLHF: `labels` are task ids; a query is its prompt and the completion.

        Returns:
            `rewards`, `scores` (0 to 1) and `extra_logs`.

        Raises:
            PassatkError: as `verl`.
        """
        said = [query.removeprefix(prompt) for query, prompt in zip(queries, prompts, strict=True)]
        scores = [_number(rewarded) for rewarded in self.explained(labels, said)]
        return {"rewards": scores, "scores": scores, "extra_logs": {"passed": [float(s == 1.0) for s in scores]}}

    async def slime(self, _: Any, sample: Any) -> float:
        """As a custom reward of slime: `sample.label` is the task id, `sample.response` the answer.

        Raises:
            PassatkError: as `verl`.
        """
        found = await asyncio.to_thread(self.explained, [sample.label], [sample.response])
        return _number(found[0])

    async def verifiers(self, task: Any, trace: Any) -> float:
        """As a reward of verifiers: `id` of the task's data is the task id, what the model said last the answer.

        Raises:
            PassatkError: as `verl`; there it is an error of the rollout.
        """
        said = [message.content for message in trace.assistant_messages]
        found = await asyncio.to_thread(self.explained, [task.id], [said[-1] if said else None])
        return _number(found[0])

    def skyrl(self) -> Any:
        """An environment of SkyRL, a class: `reward_spec.ground_truth` is the task id, its one step takes the answer.

        Raises:
            EnvironmentFault: SkyRL Gym is not installed.
            PassatkError: by a step, as `verl`.
        """
        try:
            base: Any = importlib.import_module("skyrl_gym.envs.base_text_env").BaseTextEnv
        except ModuleNotFoundError as error:
            raise EnvironmentFault("SkyRL Gym is not installed; `pip install skyrl-gym`") from error
        numbered = self._numbered

        class PassatkEnv(base):  # type: ignore[misc]
            def __init__(self, env_config: Any = None, extras: Mapping[str, Any] = MappingProxyType({})):  # noqa: ARG002
                super().__init__()
                self._task: str = extras["reward_spec"]["ground_truth"]

            def step(self, action: str) -> dict[str, Any]:
                found = numbered(self._task, action)
                return {"observations": [], "reward": found.pop("score"), "done": True, "metadata": found}

        return PassatkEnv

    def _numbered(self, task: str, answer: str) -> dict[str, Any]:
        (rewarded,) = self.explained([task], [answer])
        return {"score": _number(rewarded), "status": rewarded.status, "reason": rewarded.reason}


class TrlReward(Protocol):
    """What TRL calls."""

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[Completion], **columns: Any
    ) -> list[float | None]: ...


def text_of(completion: Completion) -> str | None:
    """What a model said: text as it is, of messages the content of the last one.

    Raises:
        InputError: it is neither.
    """
    if completion is None or isinstance(completion, str):
        return completion
    if not completion:
        return None
    last = completion[-1]
    content = last.get("content") if isinstance(last, Mapping) else None
    if content is None and isinstance(last, Mapping) and "content" in last:
        return None
    if not isinstance(content, str):
        raise InputError(f"a completion is text or a list of messages with text as content, not {last!r:.80}")
    return content


def _column(columns: Mapping[str, Any], name: str) -> Sequence[str]:
    if name not in columns:
        known = ", ".join(sorted(columns)) or "none"
        raise InputError(f"the data set has no column {name!r} with task ids (it has {known}); name the one that has")
    found: Sequence[str] = columns[name]
    return found


def _number(rewarded: Rewarded) -> float:
    if rewarded.reward is None:
        raise PassatkError(
            f"not judged: {rewarded.reason}; this framework needs a number, so set on_not_judged to have one"
        )
    return rewarded.reward
