"""Choosing tokens. Every row by itself, ties by token id: no row's choice depends on the others in its batch."""

from collections.abc import Sequence

import torch
from torch import Tensor

from passatk.errors import InputError

_FEW = 128
"""So many of the likeliest tokens are looked at first: nearly always they are enough, and no full sort is needed."""


def greedy(logits: Tensor) -> Tensor:
    """[rows] token ids with the greatest logit, the lowest id among equals. `logits`: [rows, vocabulary]."""
    return _first_where(logits == logits.amax(dim=-1, keepdim=True))


def likeliest(logits: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The k greatest logits of every row and their ids, both [rows, k], in canonical order: (-logit, token id)."""
    width = min(k, logits.shape[-1])
    values, ids = _top(logits, width)
    if len(unsure := _tied_across(logits, values)):
        values[unsure], ids[unsure] = (part[:, :width] for part in _sorted(logits[unsure]))
    return values, ids


def sample(
    logits: Tensor, uniforms: Sequence[float], temperature: float | None, top_k: int | None, top_p: float | None
) -> Tensor:
    """[rows] token ids drawn from `softmax(logits / temperature)`, cut to the top k and then to the nucleus.

    Inverse CDF over the tokens in canonical order, one number of `uniforms` for each row. The nucleus keeps tokens
    while the probability before them is below `top_p` (Holtzman et al. 2020), and always the first.

    Args:
        logits: [rows, vocabulary], fp32; -inf is never drawn.
        uniforms: in [0, 1).
        temperature: None is 1.
        top_k: None is all.
        top_p: None is 1.
    """
    if temperature is not None:
        logits = logits / temperature
    vocabulary = logits.shape[-1]
    width = min(_FEW if top_k is None else top_k, vocabulary)
    values, ids = likeliest(logits, width)
    whole = top_k is not None or width == vocabulary
    if top_k is not None:
        probabilities = values.double().softmax(dim=-1)
    else:
        everything = logits.softmax(dim=-1)
        probabilities = everything.gather(1, ids).double()
    below = torch.tensor(uniforms, dtype=torch.float64, device=logits.device)[:, None]
    limit = 1.0 if top_p is None else top_p
    chosen, found = _inverse(probabilities, below, limit, whole)
    tokens = ids.gather(1, chosen[:, None])[:, 0]
    if not whole and not bool(found.all()):
        rest = (~found).nonzero()[:, 0]
        _, ids = _sorted(logits[rest])
        chosen, _ = _inverse(everything[rest].gather(1, ids).double(), below[rest], limit, whole=True)
        tokens[rest] = ids.gather(1, chosen[:, None])[:, 0]
    return tokens


def _inverse(probabilities: Tensor, below: Tensor, top_p: float, whole: bool) -> tuple[Tensor, Tensor]:
    """Where each row's number falls, [rows], and whether these tokens suffice to say so.

    `probabilities`: [rows, width], fp64, in canonical order; `whole`: there are no others.
    """
    reached = _running_sums(probabilities)
    width = probabilities.shape[-1]
    if top_p < 1:
        last = ((reached - probabilities) < top_p).sum(dim=-1, keepdim=True).clamp(1, width) - 1
        mass = reached.gather(1, last)
        found = mass[:, 0] >= top_p
    else:
        last = torch.full_like(below, width - 1, dtype=torch.long)
        mass = reached.gather(1, last) if whole else torch.ones_like(below)
        found = reached[:, -1] > below[:, 0]
    if whole:
        found = torch.ones_like(found)
    chosen = (reached <= below * mass).sum(dim=-1, keepdim=True).minimum(last)
    return chosen[:, 0], found


def _running_sums(probabilities: Tensor) -> Tensor:
    """Added up on the CPU, in order: a GPU's bits depend on the number of rows, and it has no deterministic one."""
    return probabilities.cpu().cumsum(dim=-1).to(probabilities.device)


def contrastive(probabilities: Tensor, similarities: Tensor, penalty_alpha: float) -> Tensor:
    """[rows] numbers of the candidates to take: argmax of (1 - alpha) p(v) - alpha s(v) (Su et al. 2022).

    Args:
        probabilities: [rows, k] of the candidates, in canonical order; one that has none is never taken.
        similarities: [rows, k], greatest cosine of a candidate's hidden state with those of all earlier positions.
        penalty_alpha: 0 is greedy. Ties go to the likelier candidate.
    """
    scores = (1 - penalty_alpha) * probabilities - penalty_alpha * similarities
    scores = scores.masked_fill(probabilities == 0, float("-inf"))
    return _first_where(scores == scores.amax(dim=-1, keepdim=True))


def _top(logits: Tensor, width: int) -> tuple[Tensor, Tensor]:
    values, ids = logits.topk(width, dim=-1)
    ids, order = ids.sort(dim=-1)
    values, order = values.gather(1, order).sort(dim=-1, descending=True, stable=True)
    return values, ids.gather(1, order)


def _tied_across(logits: Tensor, values: Tensor) -> Tensor:
    """Rows in which the least of the top `values` occurs outside them too, so that which ids they are is chance."""
    width = values.shape[-1]
    if width == logits.shape[-1]:
        return torch.empty(0, dtype=torch.long, device=logits.device)
    return ((logits >= values[:, -1:]).sum(dim=-1) > width).nonzero()[:, 0]


def _sorted(logits: Tensor) -> tuple[Tensor, Tensor]:
    values, ids = logits.sort(dim=-1, descending=True, stable=True)  # stable: equal logits stay in order of id
    return values, ids


def _first_where(mask: Tensor) -> Tensor:
    ids = torch.arange(mask.shape[-1], device=mask.device)
    return torch.where(mask, ids, mask.shape[-1]).amin(dim=-1)


def log_probability(logits: Tensor, tokens: Tensor) -> Tensor:
    """[rows] log-probabilities of `tokens` [rows] under `logits` [rows, vocabulary]."""
    return torch.log_softmax(logits, dim=-1).gather(1, tokens[:, None])[:, 0]


def refuse_nothing(logits: Tensor) -> None:
    """Raise InputError if a row of processed logits leaves no token to choose, or is no numbers."""
    if not bool(torch.isfinite(logits.amax(dim=-1)).all()):
        raise InputError(
            "there is no token to choose: the model's logits are not finite (a dtype with a larger range may help:"
            " float32, bfloat16), or suppress_tokens forbids every token that is left"
        )
