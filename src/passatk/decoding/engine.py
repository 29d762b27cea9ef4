"""Many samples at once, each as if it were alone.

Samples of one task form a *wave*: they continue one prompt, which is read once, and are equally long, so nothing is
padded. Waves of several tasks share the matrix products of a step. Which rows stand beside a row changes none of its
bits, see `rows`; what it draws is fixed by its seed, task and index, see `randomness`. So batch size, the number of
samples, the order of tasks and a resume change no token.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - PyTorch's own name for it

from passatk.decoding import samplers
from passatk.decoding.completions import Completion, Ends, FinishReason, Listener
from passatk.decoding.model import CausalModel, Continuation, Prefix
from passatk.decoding.processors import Processors
from passatk.decoding.randomness import Stream
from passatk.decoding.rows import MOST, padded
from passatk.decoding.settings import DecodingSettings
from passatk.decoding.text import Detokenizer, TextSoFar
from passatk.errors import InputError
from passatk.wording import counted


@dataclass(frozen=True)
class Request:
    """Samples wanted of one task."""

    task_id: str
    prompt: Sequence[int]
    samples: Sequence[int]
    """Indices."""
    ends: Ends | None = None


@dataclass
class _Row:
    """One sample on its way."""

    index: int
    stream: Stream
    text: TextSoFar
    tokens: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    reason: FinishReason | None = None


class Engine:
    """Generates with one model and one set of settings."""

    def __init__(
        self,
        model: CausalModel,
        tokenizer: Detokenizer,
        settings: DecodingSettings,
        *,
        batch_size: int = 64,
        meaningless: Iterable[int] = (),
        listener: Listener | None = None,
    ):
        """Check the settings against the model.

        Args:
            model: continues prompts.
            tokenizer: makes text of tokens.
            settings: how tokens are chosen.
            batch_size: samples at once, at most.
            meaningless: ids that decode to nothing; never generated.
            listener: called with every new token's sample.

        Raises:
            InputError: a setting makes no sense, for this model or at all.
        """
        settings.check(model.vocabulary)
        candidates = settings.top_k if settings.method == "contrastive" and settings.top_k else 1
        if not 1 <= batch_size * candidates <= MOST:
            raise InputError(f"batch size {batch_size}: with these settings it must be 1 to {MOST // candidates}")
        never = {*meaningless, *settings.suppress_tokens}
        if len(never) >= model.vocabulary:
            raise InputError(f"suppress_tokens leaves none of {model.vocabulary} tokens to generate")
        self._model, self._tokenizer, self._settings = model, tokenizer, settings
        self._batch_size, self._listener = batch_size, listener
        self._processors = Processors(settings, model.eos, tuple(never), model.device)

    @torch.inference_mode()
    def generate(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """Every sample of every request, as they are finished.

        Raises:
            InputError: a prompt is empty, or leaves the model no room for a single token.
        """
        waiting = self._waves(requests)
        following = next(waiting, None)
        waves: list[_Wave] = []
        while waves or following:
            free = self._batch_size - sum(wave.continuation.rows for wave in waves)
            while following and (not waves or free >= min(following.wanted, max(1, self._batch_size // 2))):
                wave = following.start(free)
                free -= wave.continuation.rows
                waves.append(wave)
                following = following if following.wanted else next(waiting, None)
            finished = [completion for wave in waves for completion in wave.choose()]
            waves = [wave for wave in waves if wave.alive]
            if waves:
                steps = self._model.step([(wave.continuation, wave.proposed) for wave in waves])
                for wave, step in zip(waves, steps, strict=True):
                    finished += wave.take(step.logits, step.hidden)
                waves = [wave for wave in waves if wave.alive]
            for wave in waves:
                wave.tidy()
            yield from finished

    def _waves(self, requests: Iterable[Request]) -> Iterator["_Waiting"]:
        for request in requests:
            if not request.samples:
                continue
            room = self._model.positions - len(request.prompt)
            if not request.prompt or room < 1:
                raise InputError(
                    f"the prompt of {request.task_id} has {counted(len(request.prompt), 'token')}; this model needs at"
                    f" least 1 and at most {self._model.positions - 1}, so that there is room for an answer"
                )
            yield _Waiting(self, request, min(room, self._settings.max_new_tokens))


class _Waiting:
    """A request of which some samples have not begun."""

    def __init__(self, engine: Engine, request: Request, most_tokens: int):
        self._engine, self._request, self._most = engine, request, most_tokens
        self._left = list(request.samples)
        self._prefix: Prefix | None = None

    @property
    def wanted(self) -> int:
        return len(self._left)

    def start(self, rows: int) -> "_Wave":
        """A wave of the next `rows` samples, or as many as there are."""
        if self._prefix is None:
            self._prefix = self._engine._model.read(self._request.prompt)
        taken, self._left = self._left[:rows], self._left[rows:]
        return _Wave(self._engine, self._request, self._prefix, taken, self._most)


class _Wave:
    """Samples of one task, all at the same step."""

    def __init__(self, engine: Engine, request: Request, prefix: Prefix, samples: Sequence[int], most_tokens: int):
        self._model, self._settings = engine._model, engine._settings
        self._processors, self._listener = engine._processors, engine._listener
        self._request, self._most_tokens = request, most_tokens
        watched = request.ends is not None or engine._listener is not None
        seed = engine._settings.seed
        self._rows = [
            _Row(
                n,
                Stream(seed, request.task_id, n),
                TextSoFar(engine._tokenizer, request.prompt, engine._settings.skip_special_tokens, watched),
            )
            for n in samples
        ]
        self.continuation: Continuation = self._model.start(prefix, len(samples))
        self.proposed = torch.empty(0)
        """[rows, k] tokens for the model's next step."""
        self._step = 0
        self._logits = prefix.logits.expand(len(samples), -1)
        self._contrastive = self._settings.method == "contrastive"
        self._probabilities = torch.empty(0)
        self._prompt_states = _unit(prefix.hidden.float()) if self._contrastive else torch.empty(0)
        self._states: Tensor | None = None

    @property
    def alive(self) -> bool:
        """A sample is not finished."""
        return any(row.reason is None for row in self._rows)

    def choose(self) -> list[Completion]:
        """Choose the next tokens, or for contrastive search the candidates; return what is finished by that."""
        logits = self._processors(self._logits, self._step)
        samplers.refuse_nothing(logits)
        settings = self._settings
        if self._contrastive:
            assert settings.top_k is not None
            values, self.proposed = samplers.likeliest(logits, settings.top_k)
            total = logits.double().logsumexp(dim=-1, keepdim=True)
            self._probabilities = (values.double() - total).exp()
            return []
        if settings.method == "greedy":
            tokens = samplers.greedy(logits)
        else:
            uniforms = [row.stream.uniform(self._step) for row in self._rows]
            tokens = samplers.sample(logits, uniforms, settings.temperature, settings.top_k, settings.top_p)
        self.proposed = tokens[:, None]
        return self._add(tokens)

    def take(self, logits: Tensor, hidden: Tensor) -> list[Completion]:
        """What the model says after `proposed`; return what is finished by that."""
        if not self._contrastive:
            self._logits = logits[:, 0]
            self.continuation.accept(None)
            self._step += 1
            return []
        assert self._settings.penalty_alpha is not None
        states = _unit(hidden.float())
        chosen = samplers.contrastive(
            self._probabilities, self._similarities(states).double(), self._settings.penalty_alpha
        )
        everyone = torch.arange(len(chosen), device=chosen.device)
        self.continuation.accept(chosen)
        finished = self._add(self.proposed[everyone, chosen])
        state = states[everyone, chosen][:, None]
        self._states = state if self._states is None else torch.cat([self._states, state], dim=1)
        self._logits = logits[everyone, chosen]
        self._step += 1
        return finished

    def tidy(self) -> None:
        """Let go of finished rows once they are many: moving the others costs about a step."""
        alive = [n for n, row in enumerate(self._rows) if row.reason is None]
        if len(alive) * 4 > len(self._rows) * 3:
            return
        rows = torch.tensor(alive, device=self._model.device)
        self._rows = [self._rows[n] for n in alive]
        self._logits = self._logits[rows]
        self._states = None if self._states is None else self._states[rows]
        self.continuation.keep(rows)

    def _similarities(self, states: Tensor) -> Tensor:
        """[rows, k]: the greatest cosine of each candidate with the prompt's positions and its own row's."""
        rows, k, width = states.shape
        flat = padded(states.reshape(rows * k, width), self._model.row_unit)
        found = (flat @ self._prompt_states.T)[: rows * k].amax(dim=-1).view(rows, k)
        if self._states is not None:
            found = found.maximum((states @ self._states.transpose(1, 2)).amax(dim=-1))
        return found

    def _add(self, tokens: Tensor) -> list[Completion]:
        logprobs = samplers.log_probability(self._logits, tokens).tolist() if self._settings.logprobs else None
        finished = []
        for n, (row, token) in enumerate(zip(self._rows, tokens.tolist(), strict=True)):
            if row.reason is not None:
                continue
            row.tokens.append(token)
            if logprobs is not None:
                row.logprobs.append(logprobs[n])
            cut = None
            if token in self._model.eos:
                row.reason = "eos"
            else:
                before = len(row.text)
                text = row.text.add(token)
                cut = self._request.ends(text, before) if self._request.ends is not None and text is not None else None
                if text is not None and self._listener is not None:
                    self._listener(self._request.task_id, row.index, text[:cut])
                if cut is not None:
                    row.reason = "stop"
                elif len(row.tokens) >= self._most_tokens:
                    row.reason = "length"
            if row.reason is not None:
                finished.append(self._completion(row, cut))
        return finished

    def _completion(self, row: _Row, cut: int | None) -> Completion:
        # not every tokenizer calls special what ends a text
        ends = row.reason == "eos" and self._settings.skip_special_tokens
        text = row.text.whole(row.tokens[:-1] if ends else row.tokens)
        assert row.reason is not None
        return Completion(
            task_id=self._request.task_id,
            index=row.index,
            tokens=tuple(row.tokens),
            text=text if cut is None else text[:cut],
            finish_reason=row.reason,
            logprobs=tuple(row.logprobs) if self._settings.logprobs else None,
            token_count=len(row.tokens),
        )


def _unit(states: Tensor) -> Tensor:
    return F.normalize(states, dim=-1)
