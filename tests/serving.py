"""A server of OpenAI's protocol on loopback that misbehaves on purpose, and a backend that asks it."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from passatk.decoding import DecodingSettings
from passatk.decoding.completions import Completion
from passatk.models.base import Wanted
from passatk.models.openai import OpenAIBackend
from passatk.problems import load

Answer = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


class Server:
    """Says what it is told to, one answer after the other, and then the last for ever."""

    def __init__(self, *answers: Answer):
        self.requests: list[dict[str, Any]] = []
        self._answers = list(answers)
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                send(self, 200, {"data": [{"id": "tiny"}]})

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with server._lock:
                    server.requests.append(body)
                    answer = server._answers.pop(0) if len(server._answers) > 1 else server._answers[0]
                answer(self, body)

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()


def send(handler: BaseHTTPRequestHandler, status: int, body: object, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(json.dumps(body).encode())


def said(*parts: str, end: str | None = "stop") -> Answer:
    """A stream of `parts`; without `end` it is closed in the middle."""

    def answer(handler: BaseHTTPRequestHandler, _body: dict[str, Any]) -> None:
        handler.send_response(200)
        handler.end_headers()
        for part in parts:
            event = {"choices": [{"text": part, "finish_reason": None}]}
            handler.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        if end is not None:
            event = {"choices": [{"text": "", "finish_reason": end}]}
            handler.wfile.write(f"data: {json.dumps(event)}\n\ndata: [DONE]\n\n".encode())

    return answer


def busy(status: int = 429, **headers: str) -> Answer:
    return lambda handler, _: send(handler, status, {"error": {"message": "too many requests"}}, **headers)


def wanted(samples: int = 1, **more: Any) -> list[Wanted]:
    problem = load("basics/written").get("Python/0")
    return [Wanted(problem, problem.task_id, "prompt", range(samples), more.pop("ends", None), **more)]


def backend(server: Server, pauses: list[float]) -> OpenAIBackend:
    return OpenAIBackend(server.url, "tiny", sleep=pauses.append)


def events(*bodies: object) -> Answer:
    """A stream of exactly these; strings as they are, anything else as JSON."""

    def answer(handler: BaseHTTPRequestHandler, _body: dict[str, Any]) -> None:
        handler.send_response(200)
        handler.end_headers()
        for body in bodies:
            handler.wfile.write(f"data: {body if isinstance(body, str) else json.dumps(body)}\n\n".encode())

    return answer


def whole(body: object, status: int = 200) -> Answer:
    """One JSON, whatever was asked for."""
    return lambda handler, _: send(handler, status, body)


def delta(end: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"choices": [{"delta": fields, "finish_reason": end}]}


def only(server: Server, pauses: list[float], **more: Any) -> Completion:
    [made] = backend(server, pauses).generate(wanted(**more), DecodingSettings(), 1)
    return made
