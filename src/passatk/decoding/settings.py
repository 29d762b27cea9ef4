"""Every knob of decoding in one record, checked before anything is generated, and the presets."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, get_type_hints

import msgspec

from passatk.errors import InputError, UnknownNameError
from passatk.records import Record
from passatk.settings import build, checked_value, setting

Method = Literal["greedy", "sample", "contrastive"]
StopRule = Literal["language", "none"]
PresetName = Literal["greedy", "nucleus", "contrastive", "humaneval-x"]

_APPLIES = {
    "temperature": ("sample",),
    "top_p": ("sample",),
    "top_k": ("sample", "contrastive"),
    "penalty_alpha": ("contrastive",),
}
"""Settings that some methods have no use for. Giving one of them to such a method is an error, not a shrug."""
_PRESETS_OWN = "the preset's"


class DecodingSettings(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How tokens are chosen and where a sample ends.

    Logits are processed in this order: forced tokens, the length penalty, suppressed tokens, temperature, top_k, top_p.
    None means that a setting is not in force: `top_k=None` keeps all tokens, `top_p=None` the whole distribution.
    """

    method: Annotated[Method, setting("How the next token is chosen.", unset=_PRESETS_OWN)] = "greedy"
    temperature: Annotated[
        float | None, setting("Method sample: divide the logits by this.", gt=0, unset=_PRESETS_OWN)
    ] = None
    top_p: Annotated[
        float | None,
        setting(
            "Method sample: keep the likeliest tokens whose probabilities reach this sum.",
            gt=0,
            le=1,
            unset=_PRESETS_OWN,
        ),
    ] = None
    top_k: Annotated[
        int | None,
        setting(
            "Method sample: keep this many of the likeliest tokens. Method contrastive: compare this many.",
            ge=1,
            unset=_PRESETS_OWN,
        ),
    ] = None
    penalty_alpha: Annotated[
        float | None,
        setting(
            "Method contrastive: weight of the similarity to earlier text; 0 is greedy.",
            ge=0,
            le=1,
            unset=_PRESETS_OWN,
        ),
    ] = None
    max_new_tokens: Annotated[int, setting("Longest sample, in tokens.", ge=1, unset=_PRESETS_OWN)] = 512
    exponential_decay_length_penalty: Annotated[
        tuple[int, float] | None,
        setting(
            "After START tokens, make the end of text likelier by FACTOR with every token.", metavar="START,FACTOR"
        ),
    ] = None
    """(start, factor): after g > start tokens the end-of-text logit x grows by |x| (factor^(g - start) - 1)."""
    forced_decoder_ids: Annotated[
        tuple[tuple[int, int], ...],
        setting("Force this token at this position, counted from 0.", metavar="POSITION:TOKEN"),
    ] = ()
    """(position, token) pairs; positions count from the first generated token, which is 0."""
    suppress_tokens: Annotated[tuple[int, ...], setting("Never generate this token.")] = ()
    stop: Annotated[tuple[str, ...], setting("End a sample before this text.")] = ()
    """Strings that end a sample; the text is cut before the first of them."""
    stop_rule: Annotated[
        StopRule, setting("language: also end a sample where its function ends. none: do not.", unset=_PRESETS_OWN)
    ] = "language"
    truncate_before_pattern: Annotated[
        tuple[str, ...], setting("Cut a finished sample before this regular expression.")
    ] = ()
    """Regular expressions (multi-line): the text is cut before the earliest match when it is finished."""
    skip_special_tokens: Annotated[
        bool,
        setting(
            "Leave the end-of-text token out of the text.",
            option="keep-special-tokens",
            off="Keep <|endoftext|> in the text.",
        ),
    ] = True
    """Runs of spaces do not count as special tokens."""
    logprobs: Annotated[bool, setting("Keep the log-probability of every token.")] = False
    """Under the model itself, before any setting."""
    seed: Annotated[int, setting("Seed for sampling.", unset=_PRESETS_OWN)] = 0
    """With task id and sample index it fixes every random number."""

    def check(self, vocabulary: int | None = None) -> None:
        """Refuse what makes no sense, for a model with `vocabulary` logits where that is known.

        Raises:
            InputError: names the setting, its value and the rule.
        """
        for name, hint in _HINTS.items():
            checked_value(name, getattr(self, name), hint)
        for name, methods in _APPLIES.items():
            if getattr(self, name) is not None and self.method not in methods:
                raise InputError(
                    f"{name} = {getattr(self, name)} does not apply to method {self.method!r};"
                    f" leave it out, or use method {' or '.join(map(repr, methods))}",
                    setting=name,
                )
        if self.method == "contrastive" and (self.top_k is None or self.penalty_alpha is None):
            missing = "top_k" if self.top_k is None else "penalty_alpha"
            raise InputError("method 'contrastive' needs penalty_alpha and top_k; usual are 0.6 and 4", setting=missing)
        if self.exponential_decay_length_penalty is not None:
            start, factor = self.exponential_decay_length_penalty
            good = start >= 0 and 0 < factor < math.inf
            _require("exponential_decay_length_penalty", (start, factor), good, "(start >= 0, factor > 0)")
        _require("stop", self.stop, all(self.stop), "strings that are not empty")
        for pattern in self.truncate_before_pattern:
            try:
                re.compile(pattern)
            except re.error as error:
                raise InputError(
                    f"truncate_before_pattern {pattern!r} is not a regular expression: {error}",
                    setting="truncate_before_pattern",
                ) from error
        self._check_tokens(vocabulary)

    def _check_tokens(self, vocabulary: int | None) -> None:
        forced = dict(self.forced_decoder_ids)
        if len(forced) < len(self.forced_decoder_ids):
            raise InputError(
                f"forced_decoder_ids {self.forced_decoder_ids} force two tokens at one position",
                setting="forced_decoder_ids",
            )
        _require("forced_decoder_ids", self.forced_decoder_ids, all(at >= 0 for at in forced), "positions from 0")
        for name, tokens in (("forced_decoder_ids", forced.values()), ("suppress_tokens", self.suppress_tokens)):
            for token in tokens:
                if token < 0 or (vocabulary is not None and token >= vocabulary):
                    known = "0 or more" if vocabulary is None else f"0 to {vocabulary - 1}"
                    raise InputError(f"{name} has token {token}; token ids of this model are {known}", setting=name)
        if both := sorted(set(forced.values()) & set(self.suppress_tokens)):
            raise InputError(
                f"token {both[0]} is forced by forced_decoder_ids and forbidden by suppress_tokens",
                setting="suppress_tokens",
            )
        if vocabulary is not None and len(set(self.suppress_tokens)) >= vocabulary:
            raise InputError(
                f"suppress_tokens forbids all {vocabulary} tokens, so there is nothing to generate",
                setting="suppress_tokens",
            )


_HINTS = get_type_hints(DecodingSettings, include_extras=True)


def _require(name: str, value: object, good: bool, rule: str) -> None:
    if not good:
        raise InputError(f"{name} = {value}: must be {rule}", setting=name)


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
        raise UnknownNameError("preset", name, PRESETS, setting="preset")
    return PRESETS[name]


def with_changes(settings: DecodingSettings, changes: Iterable[tuple[str, object]]) -> DecodingSettings:
    """`settings` with some of them replaced by plain values, as from TOML or the command line. A None is no change.

    A change of `method` drops the preset's settings that do not apply to the new one.

    Raises:
        InputError: an unknown setting, or a value of another type.
    """
    given = {name: value for name, value in changes if value is not None}
    if (method := given.get("method", settings.method)) != settings.method:
        dropped = {name: None for name, methods in _APPLIES.items() if method not in methods}
        settings = msgspec.structs.replace(settings, **dropped)
    return build(DecodingSettings, given, "decoding settings", settings)


class Decoding(DecodingSettings, frozen=True, kw_only=True):
    """Settings as changes of a preset."""

    preset: Annotated[PresetName, setting("Settings to start from.")] = "greedy"

    @staticmethod
    def settings(given: Mapping[str, object]) -> DecodingSettings:
        """The settings in force, from those that were given.

        Raises:
            InputError: an unknown preset or setting, or a value of another type.
        """
        changes: dict[str, Any] = dict(given)
        name = checked_value("preset", changes.pop("preset", "greedy"), PresetName)
        return with_changes(preset(name), changes.items())
