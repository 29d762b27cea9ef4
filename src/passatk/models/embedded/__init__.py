"""The model that passatk ships: weights, tokenizer, card, and what they give on the machine they were made on.

`model.safetensors`, `config.json` and the tokenizer's files are a folder as `passatk train` leaves it; `README.md` is
the model card; `reference.json` has tokens to compare other machines with.
"""

import hashlib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import msgspec

from passatk.decoding import preset, with_changes
from passatk.errors import EnvironmentFault
from passatk.models.base import NO_PROBLEM, Backend, Wanted
from passatk.records import Record

EMBEDDED = "embedded"
"""What it is called where a model is named."""
REFERENCE = "reference.json"
TRAINING = "training.json"
"""The manifest of the run that trained it."""
_PRESETS = ("greedy", "nucleus", "contrastive")
_SAMPLES, _TOKENS, _BATCH = 2, 48, 16


class Reference(Record, frozen=True, kw_only=True):
    """What the embedded model gives: to be compared token for token."""

    fingerprint: str
    """SHA-256 of its files."""
    origin: dict[str, str]
    """Libraries, device and processor that computed it."""
    prompts: tuple[str, ...]
    tokens: dict[str, list[tuple[int, ...]]]
    """Preset -> the tokens of every sample of every prompt."""

    @property
    def digest(self) -> str:
        """SHA-256 of all tokens."""
        return hashlib.sha256(msgspec.json.encode(sorted(self.tokens.items()))).hexdigest()


def embedded_folder() -> Path:
    """Where it is on the disk."""
    return Path(str(resources.files(__package__)))


def folder_named(model: str | Path) -> Path:
    """The folder of a model: of the embedded one for `embedded`."""
    return embedded_folder() if str(model) == EMBEDDED else Path(model)


def read_reference() -> Reference:
    """As it was shipped.

    Raises:
        EnvironmentFault: the file is missing or damaged.
    """
    try:
        return msgspec.json.decode((embedded_folder() / REFERENCE).read_bytes(), type=Reference)
    except (OSError, msgspec.DecodeError) as error:
        raise EnvironmentFault(
            f"cannot read {embedded_folder() / REFERENCE}: {error}; install passatk again"
        ) from error


def reference_tokens(backend: Backend, prompts: tuple[str, ...]) -> dict[str, list[tuple[int, ...]]]:
    """The same, computed here: preset -> tokens."""
    return {name: list(_tokens(backend, prompts, name)) for name in _PRESETS}


def _tokens(backend: Backend, prompts: tuple[str, ...], name: str) -> Iterator[tuple[int, ...]]:
    settings = with_changes(preset(name), [("max_new_tokens", _TOKENS)])
    wanted = [Wanted(NO_PROBLEM, str(n), prompt, range(_SAMPLES), None) for n, prompt in enumerate(prompts)]
    found = {(one.task_id, one.index): one.tokens for one in backend.generate(wanted, settings, _BATCH)}
    yield from (found[str(n), sample] for n in range(len(prompts)) for sample in range(_SAMPLES))
