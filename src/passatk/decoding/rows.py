"""Row counts of matrix products: a row's bits depend on how many others stand beside it, in few classes.

On CPUs and GPUs alike, a library chooses another kernel for one row than for many, and that kernel adds in another
order. What decides is the class of the row count. So products get only row counts that are multiples of one unit, and
`probe` finds, for a model on this machine, the least unit whose multiples are all of one class.
"""

import torch
from torch import Tensor

from passatk.decoding.model import CausalModel
from passatk.records import Record

MOST = 256
"""Rows of one step, candidates counted: so far classes are known."""
_UNITS = (1, 2, 4, 8, 16, 32, 64, 128, MOST)
_FEW = (1, 2, 3, 4, 5, 6, 7)
_STEP = 8
_PROMPTS = (12, 200)
_STEPS = 2
_NEIGHBOURS = 64
_CROWDS = 8


def padded(rows: Tensor, unit: int) -> Tensor:
    """`rows` [n, ...] with its first row repeated at the end, until their number is a multiple of `unit`."""
    missing = -len(rows) % unit
    if not missing:
        return rows
    return torch.cat([rows, rows[:1].expand(missing, *rows.shape[1:])])


class RowClasses(Record, frozen=True, kw_only=True):
    """Which row counts give a row of this model's logits the same bits here."""

    unit: int
    """Row counts are multiples of it: these are all of one class."""
    classes: tuple[tuple[int, ...], ...]
    """Counts measured, those with equal bits together."""
    independent: bool
    """A row's bits depend neither on what its neighbours are, as they do where experts are shared among rows, nor on
    its place among them.
    """


def probe(model: CausalModel) -> RowClasses:
    """Measure the classes of `model` where it is, which costs about 150 steps of decoding."""
    generator = torch.Generator().manual_seed(0)
    longest = min(max(_PROMPTS), model.positions - _STEPS - 1)
    prompt = torch.randint(model.vocabulary, (longest,), generator=generator).tolist()
    drawn = torch.randint(model.vocabulary, (_STEPS, MOST), generator=generator).to(model.device)
    prefixes = [model.read(prompt[:length]) for length in sorted({min(length, longest) for length in _PROMPTS})]

    def logits_of(tokens: Tensor) -> Tensor:
        """[prompts, steps, rows, vocabulary]."""
        found = []
        for prefix in prefixes:
            continuation = model.start(prefix, tokens.shape[1])
            for step in tokens:
                found.append(model.step([(continuation, step[:, None])])[0].logits[:, 0])
                continuation.accept(None)
        return torch.stack(found)

    classes: list[tuple[list[int], Tensor]] = []
    for count in sorted({*_FEW, *range(_STEP, MOST + 1, _STEP)}, reverse=True):
        found = logits_of(drawn[:, :count])
        for counts, seen in classes:
            if torch.equal(seen[:, :count], found):
                counts.append(count)
                break
        else:
            classes.append(([count], found))
    first, independent = drawn[:, :1], True
    for crowd in drawn[0, :_CROWDS].tolist():  # all neighbours alike, where experts are shared the most uneven of all
        others = torch.cat([first, torch.full_like(drawn[:, 1:_NEIGHBOURS], crowd)], dim=1)
        seen = next(seen for counts, seen in classes if _NEIGHBOURS in counts)
        found = logits_of(others)
        alike = found[:, 1:]
        independent &= torch.equal(found[:, 0], seen[:, 0]) and torch.equal(alike, alike[:, :1].expand_as(alike))
    grouped = sorted(tuple(sorted(counts)) for counts, _ in classes)
    return RowClasses(unit=_least_unit(grouped), classes=tuple(grouped), independent=independent)


def _least_unit(classes: list[tuple[int, ...]]) -> int:
    usual = next(set(counts) for counts in classes if MOST in counts)
    measured = {count for counts in classes for count in counts}
    return next(
        unit
        for unit in _UNITS
        if all(count in usual for count in measured if count % unit == 0) and (unit >= _STEP or set(_FEW) <= usual)
    )
