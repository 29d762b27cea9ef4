"""Rewards of answers to problems that the server was started with, for training loops that ask over HTTP."""

from collections.abc import Sequence

from fastapi import Request

from passatk.errors import InputError
from passatk.rewards import Rewarding, no_code, reward_of
from passatk.serve.bodies import Refusal
from passatk.serve.compat.running import answered
from passatk.serve.desk import Task, completion_task
from passatk.serve.service import Service

_DEADLINE_S = 170.0
"""Their clients wait 180 s, or longer."""
_REWARDING = Rewarding()


async def rewards(service: Service, request: Request, size: int, asked: Sequence[tuple[str, str]]) -> list[float]:
    """A reward for each (task id, answer).

    Raises:
        Refusal: a task is not known, or an answer is not judged: none of them is a reward.
    """
    tasks: list[Task] = []
    for task_id, text in asked:
        try:
            problem = service.library.labelled(task_id)
        except InputError as error:
            raise Refusal(422, "unknown", f"labels are task ids, or SET#TASK: {error}") from error
        service.known_language(problem, task_id)
        tasks.append(completion_task(problem, text, True, size // len(asked)))
    if not tasks:
        return []
    answers = await answered(service, request, tasks, min(_DEADLINE_S, service.serving.deadline_s))
    found = []
    for answer in answers:
        read_as = "" if answer.given is None else answer.given.read_as
        reward = _REWARDING.no_code if no_code(read_as) else reward_of(answer.verdict, _REWARDING)
        assert reward is not None  # all are judged
        found.append(reward)
    return found
