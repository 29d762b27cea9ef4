"""The OpenAPI document, made of the records that requests are read into and replies are written from."""

from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response

Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]
_TEMPLATE = "#/components/schemas/{name}"
_WORDS = {
    200: "As asked.",
    204: "Done.",
    400: "The request is not JSON, or cannot be used.",
    401: "The token is missing or wrong.",
    404: "There is no such thing.",
    408: "The request did not arrive in time.",
    413: "The request is too large.",
    422: "The request is not of this form.",
    429: "Too many programs wait; try again after so many seconds as `Retry-After` says.",
    500: "A mistake of the server's.",
    503: "The server is being shut down, or not ready.",
    504: "The sandbox failed, or the deadline came first: nothing is known of the program.",
}


class Document:
    """Adds endpoints to an application, and describes them: they read their requests themselves, and once."""

    def __init__(self, app: FastAPI, title: str, version: str, fault: Any):
        """`fault`: what every reply that is no success consists of, where nothing else is said."""
        self._app, self._title, self._version, self._fault = app, title, version, fault
        self._described = APIRouter()
        self._kinds: list[Any] = [fault]
        app.openapi = self._made  # type: ignore[method-assign]

    def add(
        self,
        method: str,
        path: str,
        endpoint: Endpoint,
        *,
        takes: Any = None,
        gives: Any = None,
        codes: tuple[int, ...] = (),
        fault: Any = None,
        also: dict[str, Any] | None = None,
    ) -> None:
        """An endpoint. `takes` and `gives`: records, or a media type for what is none; `codes`: those besides 200."""
        wrong = fault or self._fault
        content = dict(also or {})
        if isinstance(gives, str):
            content[gives] = {"schema": {"type": "string"}}
        elif gives is not None:
            content["application/json"] = {"schema": self._schema(gives)}
        responses: dict[int | str, dict[str, Any]] = {200: {"description": _WORDS[200], "content": content}}
        for code in codes:
            schema = self._schema(gives if code == 503 and path == "/ready" else wrong)
            responses[code] = {"description": _WORDS[code], "content": {"application/json": {"schema": schema}}}
            if code in (429, 503):
                responses[code]["headers"] = {"Retry-After": {"schema": {"type": "string"}}}
        extra: dict[str, Any] = {}
        if takes is not None:
            extra["requestBody"] = {
                "required": True,
                "content": {"application/json": {"schema": self._schema(takes)}},
            }
        self._app.add_route(path, endpoint, [method])
        self._described.add_api_route(
            path,
            endpoint,
            methods=[method],
            response_model=None,
            response_class=Response,
            responses=responses,
            openapi_extra=extra,
            name=endpoint.__name__.strip("_"),
            description=endpoint.__doc__ or "",
        )

    def _schema(self, kind: Any) -> dict[str, Any]:
        self._kinds.append(kind)
        (schema,), _ = msgspec.json.schema_components([kind], ref_template=_TEMPLATE)
        return schema

    def _made(self) -> dict[str, Any]:
        if self._app.openapi_schema is None:
            found = get_openapi(title=self._title, version=self._version, routes=self._described.routes)
            _, schemas = msgspec.json.schema_components(self._kinds, ref_template=_TEMPLATE)
            found.setdefault("components", {})["schemas"] = schemas
            found["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            self._app.openapi_schema = found
        return self._app.openapi_schema
