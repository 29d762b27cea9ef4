"""How often the printed 95 % intervals cover the truth, in simulated studies. `python bench/coverage.py --out FILE`.

A study draws tasks with a difficulty that their languages share, problems with rates around it (Beta distributions,
joined by a Gaussian copula), and samples. Intervals must cover in 93 to 97 % of studies; at an edge, where fewer than
ten tasks' worth of problems pass, or fail (of differences: get better, or worse), in at least 93 %.
"""

import argparse
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr

from passatk.scoring.intervals import difference_interval, rate_interval

Floats = NDArray[np.float64]

TASKS = (20, 40, 164)
LANGUAGES = (1, 2, 3, 4, 5, 6)
RATES = (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9, 0.95, 0.99, 1.0)
PAIRS = (
    (0.0, 0.0),
    (0.02, 0.02),
    (0.02, 0.06),
    (0.1, 0.1),
    (0.1, 0.2),
    (0.3, 0.3),
    (0.3, 0.5),
    (0.5, 0.5),
    (0.97, 0.99),
)
SHAPES = (0.5, 3.0)
"""Of the Beta distributions of rates, alpha + beta: most problems always or never pass, or most do sometimes."""
_CELLS = 4000
_SHARED = 0.75
"""Correlation of a task's difficulty between languages."""
_EDGE = 10.0


@dataclass(frozen=True)
class Study:
    """What is simulated. `after`: the second run's rate, where two are compared; `alike`: how much they correlate."""

    tasks: int
    languages: int
    rate: float
    shape: float
    samples: int
    k: int = 1
    after: float | None = None
    alike: float = 0.0


@dataclass(frozen=True)
class Coverage:
    """What came of it: how many of 100 intervals hold the truth, how wide they are, how many tasks decide."""

    study: Study
    covered: float
    width: float
    deciding: float

    @property
    def right(self) -> bool:
        return self.covered >= 93 and (self.covered <= 97 or self.deciding < _EDGE)


def simulate(study: Study, studies: int, seed: int) -> Coverage:
    """Coverage of one kind of study, from `studies` of them."""
    rng = np.random.Generator(np.random.PCG64(seed))
    shape = (studies, study.tasks, study.languages)
    shared = _SHARED if study.languages > 1 else 0.0
    place = np.sqrt(shared) * rng.standard_normal((studies, study.tasks, 1))
    place = place + np.sqrt(1 - shared) * rng.standard_normal(shape)
    sizes = np.full(study.tasks, float(study.languages))
    first, truth = _estimates(rng, place, study.rate, study)
    if study.after is None:
        low, high = rate_interval(first.sum(-1), sizes)
        deciding = study.tasks * min(truth, 1 - truth)
    else:
        place = study.alike * place + np.sqrt(1 - study.alike**2) * rng.standard_normal(shape)
        second, after = _estimates(rng, place, study.after, study)
        gain, loss = np.maximum(second - first, 0), np.maximum(first - second, 0)
        low, high = difference_interval(gain.sum(-1), loss.sum(-1), sizes)
        deciding = study.tasks * min(gain.mean(), loss.mean())
        truth = after - truth
    covered = 100 * float(((low <= truth + 1e-9) & (truth - 1e-9 <= high)).mean())
    return Coverage(study, round(covered, 2), round(float((high - low).mean()), 4), round(float(deciding), 2))


def _estimates(rng: np.random.Generator, place: Floats, rate: float, study: Study) -> tuple[Floats, float]:
    """Every problem's estimated pass@k, and the mean of the true ones."""
    if rate in (0, 1):
        return np.full(place.shape, rate), rate
    cells = betaincinv(rate * study.shape, (1 - rate) * study.shape, (np.arange(_CELLS) + 0.5) / _CELLS)
    rates = cells[np.minimum((ndtr(place) * _CELLS).astype(np.int32), _CELLS - 1)]
    passed = rng.binomial(study.samples, rates)
    return _pass_at_k(study.samples, study.k)[passed], float((1 - (1 - cells) ** study.k).mean())


def _pass_at_k(n: int, k: int) -> Floats:
    """pass@k of n samples for each number that passes."""
    failed = n - np.arange(n + 1.0)
    found: Floats = 1 - np.prod([np.maximum(failed - i, 0) / (n - i) for i in range(k)], axis=0)
    return found


def studies_of() -> Iterator[Study]:
    """All kinds of studies."""
    for tasks in TASKS:
        for languages in LANGUAGES:
            for shape in SHAPES:
                if languages > 1 or shape == SHAPES[0]:  # of one language, one sample says nothing of the shape
                    yield from (Study(tasks, languages, rate, shape, 1) for rate in RATES)
                yield from (Study(tasks, languages, rate, shape, 10) for rate in RATES)
        yield from (Study(tasks, languages, rate, 0.5, 20, k=10) for languages in (1, 5) for rate in RATES)
        for languages in (1, 2, 6):
            for alike in (0.5, 0.95):
                for samples in (1, 10):
                    yield from (Study(tasks, languages, a, 0.5, samples, after=b, alike=alike) for a, b in PAIRS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", default="")
    given = parser.parse_args()
    os.nice(10)
    started = time.monotonic()
    found = [simulate(study, given.studies, given.seed + place) for place, study in enumerate(studies_of())]
    _print_table(found)
    wrong = [one for one in found if not one.right]
    for one in wrong:
        print(f"{one.covered:.1f} %: {one.study}")
    seconds = time.monotonic() - started
    print(f"{len(found)} kinds of studies, {given.studies} of each, {len(wrong)} outside; {seconds:.0f} s")
    if given.out:
        with open(given.out, "w", encoding="utf-8") as file:
            json.dump({"studies": given.studies, "seed": given.seed, "found": [asdict(one) for one in found]}, file)


def _print_table(found: list[Coverage]) -> None:
    """Least, mean and most coverage by what was asked, tasks and languages."""
    print(f"{'':10} {'tasks':>5} {'languages':>9} | {'away from edges':^20} | {'at edges':^20}")
    groups: dict[tuple[str, int, int], list[Coverage]] = {}
    for one in found:
        kind = "difference" if one.study.after is not None else f"pass@{one.study.k}"
        groups.setdefault((kind, one.study.tasks, one.study.languages), []).append(one)
    for (kind, tasks, languages), own in sorted(groups.items()):
        parts = []
        for edge in (False, True):
            covered = [one.covered for one in own if (one.deciding < _EDGE) == edge]
            mean = sum(covered) / max(len(covered), 1)
            parts.append(f"{min(covered):5.1f} {mean:6.1f} {max(covered):6.1f}" if covered else f"{'-':^20}")
        print(f"{kind:10} {tasks:5} {languages:9} | {parts[0]:20} | {parts[1]:20}")


if __name__ == "__main__":
    main()
