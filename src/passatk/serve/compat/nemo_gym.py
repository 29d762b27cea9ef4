"""A resources server of NeMo Gym: rows have a task id as `verifier_metadata.task_id`; sessions have no state here."""

from collections import defaultdict
from statistics import fmean
from typing import Annotated, Any

import msgspec
from fastapi import Request
from fastapi.responses import Response
from msgspec import Meta

from passatk.serve.bodies import decoded, replied
from passatk.serve.compat.rewarding import rewards
from passatk.serve.openapi import Document
from passatk.serve.service import CODES, Service

_TASK = "_ng_task_index"
_MEAN = "mean/reward"


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a message."""

    type: str = ""
    text: str = ""


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """A message, or a call of a tool, or reasoning."""

    type: str
    content: list[Content] | None = None


class GymResponse(msgspec.Struct, frozen=True, kw_only=True):
    """What a model answered, as OpenAI's Responses have it."""

    output: list[Output]

    @property
    def answer(self) -> str:
        """The text of its last message."""
        messages = [one for one in self.output if one.type == "message"]
        return (
            "".join(part.text for part in (messages[-1].content or ()) if part.type == "output_text")
            if messages
            else ""
        )


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """Of a row, for whoever judges it."""

    task_id: str


class VerifyRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the data set, and what a model answered."""

    responses_create_params: dict[str, Any]
    response: GymResponse
    verifier_metadata: Metadata


class VerifyReply(msgspec.Struct, frozen=True, kw_only=True):
    """The request's fields, all of them, and the reward."""

    responses_create_params: dict[str, Any]
    response: dict[str, Any]
    reward: float


class SessionRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A session begins or ends. Agents send their row instead, and expect nothing."""

    resources_session_id: str | None = None


class SessionReply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """It has begun, or ended."""

    resources_session_id: str | None = None


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed of a reply of `/verify`."""

    reward: Annotated[float, Meta(ge=-1e9, le=1e9)]
    task: int | None = msgspec.field(default=None, name=_TASK)


class MetricsRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Replies of `/verify`."""

    verify_responses: list[Verified]


class MetricsReply(msgspec.Struct, frozen=True, kw_only=True):
    """Means by task, and of all."""

    group_level_metrics: list[dict[str, float]]
    agent_metrics: dict[str, float]
    key_metrics: dict[str, float]


class NemoGym:
    """Its endpoints."""

    def __init__(self, service: Service):
        self._service = service

    def attach(self, document: Document) -> None:
        """Add them."""
        document.add("POST", "/verify", self.verify, takes=VerifyRequest, gives=VerifyReply, codes=(*CODES, 504))
        for path in ("/seed_session", "/close_session"):
            document.add("POST", path, self.session, takes=SessionRequest, gives=SessionReply, codes=CODES)
        document.add(
            "POST", "/aggregate_metrics", self.aggregate, takes=MetricsRequest, gives=MetricsReply, codes=CODES
        )

    async def verify(self, request: Request) -> Response:
        """The reward of an answer."""
        body = await self._service.body(request)
        asked = decoded(body, VerifyRequest)
        (found,) = await rewards(
            self._service, request, len(body), [(asked.verifier_metadata.task_id, asked.response.answer)]
        )
        return replied({**msgspec.json.decode(body), "reward": found})

    async def session(self, request: Request) -> Response:
        """Nothing is kept of sessions."""
        asked = decoded(await self._service.body(request), SessionRequest)
        return replied(SessionReply(resources_session_id=asked.resources_session_id))

    async def aggregate(self, request: Request) -> Response:
        """Mean rewards."""
        asked = decoded(await self._service.body(request), MetricsRequest)
        by_task: defaultdict[int, list[float]] = defaultdict(list)
        for one in asked.verify_responses:
            if one.task is not None:
                by_task[one.task].append(one.reward)
        groups: list[dict[str, float]] = [{_TASK: task, _MEAN: fmean(them)} for task, them in sorted(by_task.items())]
        means = {_MEAN: fmean(one.reward for one in asked.verify_responses)} if asked.verify_responses else {}
        return replied(MetricsReply(group_level_metrics=groups, agent_metrics=means, key_metrics=means))
