"""Any server that speaks OpenAI's completions or chat protocol: vLLM, SGLang, llama.cpp, `transformers serve`.

Every sample is a request of its own, with a seed made of the run's seed, the task and the sample's index. Whether a
server gives the same tokens for the same seed is its affair: batching on its side may change them, so the manifest says
that such samples are not reproducible by passatk. What they are is kept, and their verdicts are as good as any.

A sample that does not fit the server's context ends there (`context_length`), and the run goes on. Tokens are counted
by the server or not at all.
"""

import json
import os
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import chain
from typing import Any

import httpx

from passatk.decoding import DecodingSettings
from passatk.decoding.completions import Completion, Listener
from passatk.errors import EnvironmentFault, InputError
from passatk.models import ModelSpec
from passatk.models.base import Origin, Wanted
from passatk.models.wire import UNKNOWN_END, description, is_context_length, part_of

TRIES = 6
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
_CONNECT_S, _SILENCE_S = 10.0, 300.0
_BUSY = (408, 425, 429, 500, 502, 503, 504)
"""Answers after which another try may succeed."""
_TOO_LONG = (400, 413, 422, 500)
"""Answers with which servers refuse what does not fit their context."""
_WRONG_FIELDS = (400, 422)
_SHOWN = 300
_FIELDS = ("data:", "event:", "id:", "retry:", ":")
"""How a line of server-sent events begins."""
_DONE: dict[str, Any] = {}
"""What stands for the end of an answer that is known to be whole."""
_REFUSED = {
    "top_k": "the protocol has no top_k",
    "exponential_decay_length_penalty": "the protocol has nothing like it",
    "forced_decoder_ids": "the protocol cannot force tokens",
    "suppress_tokens": "the protocol only has a bias, which does not forbid",
    "logprobs": "servers disagree about what they return",
}


class _TryAgain(Exception):
    """Not this time; `pause_s`: how long the server asks to be left alone."""

    def __init__(self, why: str, pause_s: float | None = None):
        super().__init__(why)
        self.pause_s = pause_s


class _DoesNotFit(Exception):
    """The prompt, or prompt and answer together, are longer than the server's context."""


class _NotCounting(Exception):
    """The server does not know the field that asks it to count tokens."""


class OpenAIBackend:
    """One model on one server."""

    def __init__(self, url: str, model: str, sleep: Callable[[float], None] = time.sleep):
        """Ask the server for its models.

        Raises:
            InputError: no address, or the server does not have the model.
            EnvironmentFault: nobody answers there.
        """
        if not url:
            raise InputError(
                "backend 'openai' needs the address of a server; set its url, like http://localhost:8000/v1"
            )
        key = os.environ.get("OPENAI_API_KEY")
        self._client = httpx.Client(
            base_url=url.rstrip("/") + "/",
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(_SILENCE_S, connect=_CONNECT_S),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=64),
        )
        self._url, self._model, self._sleep = url, model, sleep
        self._counts = True
        self._check_model()
        self.origin = Origin(backend="openai", model=model, fingerprint="", versions={}, reproducible=False)

    def _check_model(self) -> None:
        try:
            answer = self._client.get("models")
            answer.raise_for_status()
            known = [str(entry["id"]) for entry in answer.json()["data"]]
        except httpx.HTTPStatusError as error:
            if error.response.status_code in (401, 403):
                raise InputError(
                    f"{self._url} refuses us: {_words(error.response)[:_SHOWN]}; set OPENAI_API_KEY"
                ) from error
            return  # a server without that list says so when it is asked for a sample
        except httpx.HTTPError as error:
            raise EnvironmentFault(
                f"no server answers at {self._url}: {error}; start it, or correct the url"
            ) from error
        except (ValueError, KeyError, TypeError):
            return
        if known and self._model not in known:
            raise InputError(f"the server at {self._url} has no model {self._model!r}; it has {', '.join(known[:12])}")

    def check(self, settings: DecodingSettings, _batch_size: int, _wanted: Sequence[Wanted]) -> None:
        """Refuse what the protocol cannot carry."""
        settings.check()
        if settings.method == "contrastive":
            raise InputError("backend 'openai' cannot honour method 'contrastive'; use 'transformers' or 'codegeex'")
        for name, why in _REFUSED.items():
            if getattr(settings, name):
                raise InputError(f"backend 'openai' cannot honour {name}: {why}; leave it out")
        if not settings.skip_special_tokens:
            raise InputError("backend 'openai' cannot honour skip_special_tokens = false: servers leave them out")

    def generate(
        self,
        wanted: Iterable[Wanted],
        settings: DecodingSettings,
        batch_size: int,
        listener: Listener | None = None,
    ) -> Iterator[Completion]:
        """Every sample of every problem, `batch_size` requests at a time.

        Raises:
            InputError: the server says that the request is wrong.
            EnvironmentFault: it does not answer, or not whole, after several tries.
        """
        jobs = ((one, index) for one in wanted for index in one.samples)
        turn, stop = threading.Lock(), threading.Event()
        done: queue.Queue[Completion | Exception | None] = queue.Queue()

        def work() -> None:
            try:
                while not stop.is_set():
                    with turn:
                        job = next(jobs, None)
                    if job is None:
                        break
                    done.put(self._sample(*job, settings, listener, stop))
            except Exception as error:  # noqa: BLE001 - raised again where the samples are taken
                stop.set()
                done.put(error)
            finally:
                done.put(None)

        for _ in range(batch_size):  # daemons: an interrupted command does not wait for a silent server
            threading.Thread(target=work, daemon=True).start()
        working, failure = batch_size, None
        try:
            while working:
                got = done.get()
                if got is None:
                    working -= 1
                elif isinstance(got, Exception):
                    failure = failure or got
                else:
                    yield got  # also what others finish after one failed
        finally:
            stop.set()
        if failure is not None:
            raise failure

    def _sample(
        self, one: Wanted, index: int, settings: DecodingSettings, listener: Listener | None, stop: threading.Event
    ) -> Completion:
        body = _body(self._model, one, index, settings)
        place = "chat/completions" if one.chat else "completions"
        pause_s, why = _FIRST_PAUSE_S, ""
        for attempt in range(TRIES):
            if attempt:
                self._sleep(pause_s)
            if attempt and stop.is_set():
                break
            try:
                return self._stream(place, body, one, index, listener)
            except _TryAgain as error:
                why = str(error)
                pause_s = min(_LONGEST_PAUSE_S, error.pause_s or 2 * pause_s)
            except _DoesNotFit:
                return _Sample(one, index).completion("context_length")
        raise EnvironmentFault(
            f"{one.task_id} sample {index}: {self._url} failed {TRIES} times, last: {why}. What is generated is kept;"
            " run the same command again to go on"
        )

    def _stream(
        self, place: str, body: dict[str, Any], one: Wanted, index: int, listener: Listener | None
    ) -> Completion:
        made = _Sample(one, index)
        options = {"stream_options": {"include_usage": True}} if self._counts else {}
        try:
            with self._client.stream("POST", place, json={**body, **options}) as answer:
                if answer.status_code != httpx.codes.OK:
                    answer.read()
                    self._refused(answer, place, bool(options))
                for event in _events(answer, self._url):
                    if made.add(event, listener):
                        return made.completion("stop")
        except httpx.RequestError as error:
            raise _TryAgain(f"{type(error).__name__}: {error}") from error
        except _NotCounting:
            self._counts = False
            return self._stream(place, body, one, index, listener)
        if made.finish_reason is None:
            raise _TryAgain("the answer ends in the middle")
        return made.completion(made.finish_reason)

    def _refused(self, answer: httpx.Response, place: str, asked_to_count: bool) -> None:
        told = _words(answer)
        if asked_to_count and answer.status_code in _WRONG_FIELDS and "stream_options" in told:
            raise _NotCounting
        if answer.status_code in _TOO_LONG and is_context_length(told):
            raise _DoesNotFit
        if answer.status_code in _BUSY:
            after = answer.headers.get("Retry-After", "")
            raise _TryAgain(f"{answer.status_code} {told[:_SHOWN]}", float(after) if after.isdigit() else None)
        raise InputError(
            f"{self._url} refuses a request to {place} for model {self._model!r}: {answer.status_code}"
            f" {told[:_SHOWN]}. Correct the model's name or the url; a server without plain completions may have a chat"
        )

    def close(self) -> None:
        """Close all connections."""
        self._client.close()


class _Sample:
    """One sample as its parts arrive."""

    def __init__(self, one: Wanted, index: int):
        self._one, self._index = one, index
        self._text, self._thinking = "", ""
        self._tokens: int | None = None
        self.finish_reason: str | None = None

    def add(self, event: dict[str, Any], listener: Listener | None) -> bool:
        """Take what an event says; whether a stop rule ends the sample here."""
        part = part_of(event)
        before = len(self._text)
        self._text += part.text
        self._thinking += part.thinking
        self._tokens = self._tokens if part.tokens is None else part.tokens
        self.finish_reason = part.finish_reason or self.finish_reason or (UNKNOWN_END if event is _DONE else None)
        cut = self._one.ends(self._text, before) if part.text and self._one.ends is not None else None
        if cut is not None:
            self._text = self._text[:cut]
        if part.text and listener is not None:
            listener(self._one.task_id, self._index, self._text)
        return cut is not None

    def completion(self, reason: str) -> Completion:
        """The finished sample."""
        return Completion(
            task_id=self._one.task_id,
            index=self._index,
            tokens=(),
            text=self._text,
            finish_reason=reason,
            thinking=self._thinking,
            token_count=self._tokens,
        )


def _body(model: str, one: Wanted, index: int, settings: DecodingSettings) -> dict[str, Any]:
    asked = {"messages": [{"role": "user", "content": one.prompt}]} if one.chat else {"prompt": one.prompt}
    seed = blake2b(f"{settings.seed}\0{index}\0{one.task_id}".encode(), digest_size=4).digest()
    sampled = settings.method == "sample"
    return {
        "model": model,
        **asked,
        "max_tokens": settings.max_new_tokens,
        "temperature": (settings.temperature or 1.0) if sampled else 0.0,
        "top_p": (settings.top_p or 1.0) if sampled else 1.0,
        "seed": int.from_bytes(seed, "little") >> 1,
        "stream": True,
    }


def _events(answer: httpx.Response, url: str) -> Iterator[dict[str, Any]]:
    """The JSON of a stream of server-sent events, or the one JSON of a server that does not stream; then `_DONE`.

    A stream that ends without saying that it is done has no `_DONE`.
    """
    lines = _lines(answer)
    first = next((line for line in lines if line.strip()), "")
    if first and not first.startswith(_FIELDS):
        yield _whole("\n".join([first, *lines]), url)
        yield _DONE
        return
    for line in chain([first], lines):
        data = line.removeprefix("data:").strip()
        if not line.startswith("data:") or not data:
            continue
        if data == "[DONE]":
            yield _DONE
            continue
        try:
            event = json.loads(data)
        except ValueError as error:
            raise _TryAgain(f"an event that is not JSON: {data[:80]!r}") from error
        yield _checked(event, data)


def _whole(body: str, url: str) -> dict[str, Any]:
    """The answer of a server that was asked for a stream and sends one JSON."""
    try:
        found = json.loads(body)
    except ValueError as error:
        if body.startswith("{"):
            raise _TryAgain(f"JSON that ends in the middle: {body[-80:]!r}") from error
        found = None
    if not isinstance(found, dict) or not {"choices", "error", "object"} & found.keys():
        raise InputError(
            f"{url} answers neither with a stream of events nor with a completion in JSON, but {body[:80]!r}; correct"
            " the url: it is the API's own address, like http://localhost:8000/v1"
        )
    return _checked(found, body)


def _checked(event: Any, data: str) -> dict[str, Any]:
    if isinstance(event, dict) and not event.get("error") and event.get("object") != "error":
        return event
    if is_context_length(description(event)):
        raise _DoesNotFit
    raise _TryAgain(f"the server breaks off: {data[:200]}")


def _lines(answer: httpx.Response) -> Iterator[str]:
    """Lines of a stream, ended by line feeds alone: JSON may hold other characters that some call line breaks."""
    rest = b""
    for part in answer.iter_bytes():
        *whole, rest = (rest + part).split(b"\n")
        yield from (line.decode("utf-8", "replace").rstrip("\r") for line in whole)
    if rest:
        yield rest.decode("utf-8", "replace")


def _words(answer: httpx.Response) -> str:
    """What a server says about an error, in one line."""
    try:
        return description(answer.json()) or " ".join(answer.text.split())
    except ValueError:
        return " ".join(answer.text.split())


def open_backend(spec: ModelSpec) -> OpenAIBackend:
    """The server at the spec's address."""
    return OpenAIBackend(spec.url, spec.model)
