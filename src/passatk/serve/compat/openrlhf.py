"""OpenRLHF's remote reward: `--remote_rm_url http://host:port/openrlhf/get_reward`; labels are task ids."""

import msgspec
from fastapi import Request
from fastapi.responses import Response

from passatk.serve.bodies import Refusal, decoded, replied
from passatk.serve.compat.rewarding import rewards
from passatk.serve.openapi import Document
from passatk.serve.service import CODES, Service


class RewardRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A batch: each query is its prompt and what was generated."""

    query: list[str]
    prompts: list[str]
    labels: list[str]


class RewardReply(msgspec.Struct, frozen=True, kw_only=True):
    """A reward for each."""

    rewards: list[float]
    scores: list[float]
    extra_logs: dict[str, list[float]]


class OpenRlhf:
    """Its endpoint."""

    def __init__(self, service: Service):
        self._service = service

    def attach(self, document: Document) -> None:
        """Add it."""
        document.add(
            "POST", "/openrlhf/get_reward", self.reward, takes=RewardRequest, gives=RewardReply, codes=(*CODES, 504)
        )

    async def reward(self, request: Request) -> Response:
        """Rewards for a batch."""
        body = await self._service.body(request)
        asked = decoded(body, RewardRequest)
        if not len(asked.query) == len(asked.prompts) == len(asked.labels):
            counts = f"{len(asked.query)} queries, {len(asked.prompts)} prompts and {len(asked.labels)} labels"
            raise Refusal(422, "request", f"{counts}; expected as many of each")
        said = [query.removeprefix(prompt) for query, prompt in zip(asked.query, asked.prompts, strict=True)]
        found = await rewards(self._service, request, len(body), list(zip(asked.labels, said, strict=True)))
        logs = {"passed": [float(reward == 1.0) for reward in found]}
        return replied(RewardReply(rewards=found, scores=found, extra_logs=logs))
