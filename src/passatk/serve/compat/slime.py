"""slime's remote reward: `--rm-type remote_rm --rm-url http://host:port/slime/reward`; labels are task ids."""

import msgspec
from fastapi import Request
from fastapi.responses import Response

from passatk.serve.bodies import decoded, replied
from passatk.serve.compat.rewarding import rewards
from passatk.serve.openapi import Document
from passatk.serve.service import CODES, Service


class SampleRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One sample."""

    response: str
    label: str


class Slime:
    """Its endpoint."""

    def __init__(self, service: Service):
        self._service = service

    def attach(self, document: Document) -> None:
        """Add it."""
        document.add("POST", "/slime/reward", self.reward, takes=SampleRequest, gives=float, codes=(*CODES, 504))

    async def reward(self, request: Request) -> Response:
        """The reward of one sample."""
        body = await self._service.body(request)
        asked = decoded(body, SampleRequest)
        (found,) = await rewards(self._service, request, len(body), [(asked.label, asked.response)])
        return replied(found)
