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
_PROMPT = 12
_STEPS = 2


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


def probe(model: CausalModel) -> RowClasses:
    """Measure the classes of `model` where it is, which costs about 70 steps of decoding."""
    generator = torch.Generator().manual_seed(0)
    drawn = torch.randint(model.vocabulary, (_STEPS, MOST), generator=generator).to(model.device)
    prefix = model.read([int(token) for token in drawn[0, :_PROMPT]])
    classes: list[tuple[list[int], Tensor]] = []
    for count in sorted({*_FEW, *range(_STEP, MOST + 1, _STEP)}, reverse=True):
        continuation = model.start(prefix, count)
        logits = []
        for tokens in drawn[:, :count]:
            logits.append(model.step([(continuation, tokens[:, None])])[0].logits[:, 0])
            continuation.accept(None)
        found = torch.stack(logits)
        for counts, seen in classes:
            if torch.equal(seen[:, :count], found):
                counts.append(count)
                break
        else:
            classes.append(([count], found))
    grouped = sorted(tuple(sorted(counts)) for counts, _ in classes)
    return RowClasses(unit=_least_unit(grouped), classes=tuple(grouped))


def _least_unit(classes: list[tuple[int, ...]]) -> int:
    usual = next(set(counts) for counts in classes if MOST in counts)
    measured = {count for counts in classes for count in counts}
    return next(
        unit
        for unit in _UNITS
        if all(count in usual for count in measured if count % unit == 0) and (unit >= _STEP or set(_FEW) <= usual)
    )
