"""A backend without a model, so that everything around it can be tried in seconds: half of its answers are right."""

from collections.abc import Iterable, Iterator, Sequence

from passatk.decoding.completions import Completion, Listener
from passatk.decoding.randomness import Stream
from passatk.decoding.settings import DecodingSettings
from passatk.errors import InputError
from passatk.models import ModelSpec
from passatk.models.base import Origin, Wanted

_HONOURED = ("method", "seed", "max_new_tokens", "stop_rule", "skip_special_tokens")
"""Its answers are short and end by themselves."""


class FakeBackend:
    """Answers with a problem's reference, if it has one, or with nothing, as a sample's first random number says."""

    def __init__(self) -> None:
        self.origin = Origin(backend="fake", model="", fingerprint="", versions={})

    def check(self, settings: DecodingSettings, _batch_size: int, _wanted: Sequence[Wanted]) -> None:
        """There are no tokens, so nothing about tokens can be honoured."""
        settings.check()
        for name in (name for name in settings.__struct_fields__ if name not in _HONOURED):
            if getattr(settings, name) not in (None, (), False):
                raise InputError(f"backend 'fake' has no model, so it cannot honour {name}; leave it out")

    def generate(
        self,
        wanted: Iterable[Wanted],
        settings: DecodingSettings,
        _batch_size: int,
        listener: Listener | None = None,
    ) -> Iterator[Completion]:
        """Every sample of every problem, at once."""
        for one in wanted:
            for index in one.samples:
                right = Stream(settings.seed, one.task_id, index).uniform(0) < 0.5
                text = (one.problem.reference or "") if right else ""
                if listener is not None:
                    listener(one.task_id, index, text)
                yield Completion(
                    task_id=one.task_id,
                    index=index,
                    tokens=tuple(text.encode()),
                    text=text,
                    finish_reason="stop",
                    token_count=len(text.encode()),
                )

    def close(self) -> None:
        """There is nothing to close."""


def open_backend(_spec: ModelSpec) -> FakeBackend:
    """The fake."""
    return FakeBackend()
