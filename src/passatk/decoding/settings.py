"""Every knob of decoding in one record, checked before anything is generated, and the presets."""

import math
import re
from collections.abc import Iterable
from typing import Literal

import msgspec

from passatk.errors import InputError, UnknownNameError
from passatk.records import Record

Method = Literal["greedy", "sample", "contrastive"]
StopRule = Literal["language", "none"]

_APPLIES = {
    "temperature": ("sample",),
    "top_p": ("sample",),
    "top_k": ("sample", "contrastive"),
    "penalty_alpha": ("contrastive",),
}
"""Settings that some methods have no use for. Giving one of them to such a method is an error, not a shrug."""


class DecodingSettings(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How tokens are chosen and where a sample ends. Logits are processed in the order of the fields here.

    None means that a setting is not in force: `top_k=None` keeps all tokens, `top_p=None` the whole distribution.
    """

    method: Method = "greedy"
    forced_decoder_ids: tuple[tuple[int, int], ...] = ()
    """(position, token) pairs; positions count from the first generated token, which is 0."""
    exponential_decay_length_penalty: tuple[int, float] | None = None
    """(start, factor): after g > start tokens the end-of-text logit x grows by |x| (factor^(g - start) - 1)."""
    suppress_tokens: tuple[int, ...] = ()
    """Never generated."""
    temperature: float | None = None
    """`sample`: logits are divided by it. None is 1."""
    top_k: int | None = None
    """`sample`: only the k likeliest tokens. `contrastive`: how many candidates are compared."""
    top_p: float | None = None
    """`sample`: only the likeliest tokens, as many as it takes for their probabilities to reach this sum."""
    penalty_alpha: float | None = None
    """`contrastive`: weight of the similarity to what was said before; 0 is greedy."""
    max_new_tokens: int = 512
    stop: tuple[str, ...] = ()
    """Strings that end a sample; the text is cut before the first of them."""
    stop_rule: StopRule = "language"
    """`language`: also end where the problem's language says that the function ends."""
    truncate_before_pattern: tuple[str, ...] = ()
    """Regular expressions (multi-line): the text is cut before the earliest match when it is finished."""
    skip_special_tokens: bool = True
    """Leave the end-of-text token out of the text. Runs of spaces are no special tokens."""
    logprobs: bool = False
    """Keep, for every token, its log-probability under the model itself (before any setting)."""
    seed: int = 0
    """`sample`: with task id and sample index it fixes every random number."""

    def check(self, vocabulary: int | None = None) -> None:
        """Refuse what makes no sense, for a model with `vocabulary` logits where that is known.

        Raises:
            InputError: names the setting, its value and the rule.
        """
        for name, methods in _APPLIES.items():
            if getattr(self, name) is not None and self.method not in methods:
                raise InputError(
                    f"{name} = {getattr(self, name)} does not apply to method {self.method!r};"
                    f" leave it out, or use method {' or '.join(map(repr, methods))}"
                )
        if self.method == "contrastive" and (self.top_k is None or self.penalty_alpha is None):
            raise InputError("method 'contrastive' needs penalty_alpha and top_k; usual are 0.6 and 4")
        _require("temperature", self.temperature, self.temperature is None or 0 < self.temperature < math.inf, "> 0")
        _require("top_k", self.top_k, self.top_k is None or self.top_k >= 1, "at least 1 (leave it out for all tokens)")
        _require(
            "top_p", self.top_p, self.top_p is None or 0 < self.top_p <= 1, "in (0, 1] (leave it out for all tokens)"
        )
        _require(
            "penalty_alpha", self.penalty_alpha, self.penalty_alpha is None or 0 <= self.penalty_alpha <= 1, "0 to 1"
        )
        _require("max_new_tokens", self.max_new_tokens, self.max_new_tokens >= 1, "at least 1")
        if self.exponential_decay_length_penalty is not None:
            start, factor = self.exponential_decay_length_penalty
            good = start >= 0 and 0 < factor < math.inf
            _require("exponential_decay_length_penalty", (start, factor), good, "(start >= 0, factor > 0)")
        _require("stop", self.stop, all(self.stop), "strings that are not empty")
        for pattern in self.truncate_before_pattern:
            try:
                re.compile(pattern)
            except re.error as error:
                raise InputError(f"truncate_before_pattern {pattern!r} is no regular expression: {error}") from error
        self._check_tokens(vocabulary)

    def _check_tokens(self, vocabulary: int | None) -> None:
        forced = dict(self.forced_decoder_ids)
        if len(forced) < len(self.forced_decoder_ids):
            raise InputError(f"forced_decoder_ids {self.forced_decoder_ids} force two tokens at one position")
        _require("forced_decoder_ids", self.forced_decoder_ids, all(at >= 0 for at in forced), "positions from 0")
        for name, tokens in (("forced_decoder_ids", forced.values()), ("suppress_tokens", self.suppress_tokens)):
            for token in tokens:
                if token < 0 or (vocabulary is not None and token >= vocabulary):
                    known = "0 or more" if vocabulary is None else f"0 to {vocabulary - 1}"
                    raise InputError(f"{name} has token {token}; token ids of this model are {known}")
        if both := sorted(set(forced.values()) & set(self.suppress_tokens)):
            raise InputError(f"token {both[0]} is forced by forced_decoder_ids and forbidden by suppress_tokens")
        if vocabulary is not None and len(set(self.suppress_tokens)) >= vocabulary:
            raise InputError(f"suppress_tokens forbids all {vocabulary} tokens, so there is nothing to generate")


def _require(name: str, value: object, good: bool, rule: str) -> None:
    if not good:
        raise InputError(f"{name} = {value}: it must be {rule}")


PRESETS: dict[str, DecodingSettings] = {
    "greedy": DecodingSettings(method="greedy"),
    "nucleus": DecodingSettings(method="sample", top_p=0.95),
    "contrastive": DecodingSettings(method="contrastive", penalty_alpha=0.6, top_k=4),
    "humaneval-x": DecodingSettings(method="sample", temperature=0.8, top_p=0.95, max_new_tokens=1024, seed=42),
}
"""`humaneval-x`: what the figures of the CodeGeeX paper were sampled with."""


def preset(name: str) -> DecodingSettings:
    """The preset called `name`, exactly.

    Raises:
        UnknownNameError: there is none.
    """
    if name not in PRESETS:
        raise UnknownNameError("preset", name, PRESETS)
    return PRESETS[name]


def with_changes(settings: DecodingSettings, changes: Iterable[tuple[str, object]]) -> DecodingSettings:
    """`settings` with some of them replaced by plain values, as from TOML or the command line. A None is no change.

    A change of `method` drops the preset's settings that do not apply to the new one.

    Raises:
        InputError: an unknown setting, or a value of another type.
    """
    given = {name: value for name, value in changes if value is not None}
    known = DecodingSettings.__struct_fields__
    if unknown := next((name for name in given if name not in known), None):
        raise UnknownNameError("decoding setting", unknown, known)
    plain = msgspec.to_builtins(settings)
    if given.get("method", settings.method) != settings.method:
        plain |= {name: None for name, methods in _APPLIES.items() if given["method"] not in methods}
    try:
        return msgspec.convert(plain | given, DecodingSettings)
    except msgspec.ValidationError as error:
        raise InputError(f"decoding settings: {error}") from error
