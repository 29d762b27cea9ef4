"""Settings that change logits, in the one order in which they are applied: forced, decay, suppressed."""

import torch
from torch import Tensor

from passatk.decoding.settings import DecodingSettings

_NEVER = float("-inf")


class Processors:
    """The processors of one run. Every row of `logits` is at the same step."""

    def __init__(
        self, settings: DecodingSettings, eos: tuple[int, ...], meaningless: tuple[int, ...], device: torch.device
    ):
        """`meaningless`: ids that decode to nothing, suppressed like those of the settings."""
        self._forced = dict(settings.forced_decoder_ids)
        self._decay = settings.exponential_decay_length_penalty
        self._eos = torch.tensor(eos, dtype=torch.long, device=device)
        suppressed = sorted({*settings.suppress_tokens, *meaningless})
        self._suppressed = torch.tensor(suppressed, dtype=torch.long, device=device) if suppressed else None

    def __call__(self, logits: Tensor, step: int) -> Tensor:
        """[rows, vocabulary] in fp32, for the token after `step` generated ones; `logits` stays as it is.

        The formulas are those of transformers' `ForceTokensLogitsProcessor`, `ExponentialDecayLengthPenalty` and
        `SuppressTokensLogitsProcessor`.
        """
        if step in self._forced:
            forced = torch.full_like(logits, _NEVER)
            forced[:, self._forced[step]] = 0.0
            return forced
        decays = self._decay is not None and step > self._decay[0] and len(self._eos) > 0
        if not decays and self._suppressed is None:
            return logits
        logits = logits.clone()
        if decays and self._decay is not None:
            start, factor = self._decay
            own = logits[:, self._eos]
            most = torch.finfo(logits.dtype).max
            growth = min(most, _power(factor, step - start) - 1)
            logits[:, self._eos] = torch.where(own.isfinite(), (own + own.abs() * growth).clamp(max=most), own)
        if self._suppressed is not None:
            logits[:, self._suppressed] = _NEVER
        return logits


def _power(base: float, exponent: int) -> float:
    try:
        return base**exponent
    except OverflowError:
        return float("inf")
