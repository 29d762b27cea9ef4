"""All three approaches on the same runs: what `passatk scaling fit` finds, and the file it is kept in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from passatk.errors import InputError, ScalingRefusedError, SourceError
from passatk.records import Record
from passatk.scaling.bootstrap import Bootstrap, Progress, bootstrap
from passatk.scaling.fitting import Fit, fit
from passatk.scaling.frontier import Frontier, frontier
from passatk.scaling.isoflop import DesignBias, IsoFlop, bias_of_design, isoflop
from passatk.scaling.laws import FittedRange, Floats, FlopRule, Law
from passatk.scaling.runs import Runs

APPROACHES = (1, 2, 3)
FORMAT = "passatk-scaling-fit-2"


class _Format(Record, frozen=True, kw_only=True):
    format: str


class Study(Record, frozen=True, kw_only=True):
    """What the approaches found; None where one was not asked for or refused. `refused` says why."""

    format: str = FORMAT
    name: str
    source: str
    parameters_field: str | None
    """The column of the runs that counted parameters; None where it was found by its name."""
    runs: int
    runs_sha256: str
    range: FittedRange
    seed: int
    flop_rule: FlopRule
    """How the runs counted FLOP."""
    frontier: Frontier | None = None
    """Approach 1."""
    isoflop: IsoFlop | None = None
    """Approach 2."""
    bias: DesignBias | None = None
    """Of approach 2 with these runs, were the law of approach 3 exactly true."""
    fit: Fit | None = None
    """Approach 3."""
    bootstrap: Bootstrap | None = None
    refused: dict[str, str] = {}

    @property
    def law(self) -> Law:
        """That of approach 3.

        Raises:
            ScalingRefusedError: there is none.
        """
        if self.fit is None:
            raise ScalingRefusedError(
                f"{self.name} has no parametric law: {self.refused.get('3', 'approach 3 was not run')}"
            )
        return self.fit.law

    @property
    def frontiers(self) -> tuple[Frontier, ...]:
        """Those of approaches 1 and 2, as far as there are any."""
        both = (self.frontier, None if self.isoflop is None else self.isoflop.frontier)
        return tuple(one for one in both if one is not None)

    def guide(self, approach: int | None = None) -> Law | Frontier:
        """What decides in a plan: the law of approach 3, or the frontier of 1 or 2.

        Args:
            approach: which; None takes the law, and where there is none the frontier of 2, or else of 1.

        Raises:
            ScalingRefusedError: it is not in the study; says why.
        """
        found: dict[int, Law | Frontier] = {} if self.fit is None else {3: self.fit.law}
        found |= {one.approach: one for one in reversed(self.frontiers)}
        if approach is None:
            return next(iter(found.values()))  # a study has at least one
        if approach not in found:
            why = self.refused.get(str(approach), "it was not run")
            raise ScalingRefusedError(f"{self.name} has nothing of approach {approach}: {why}")
        return found[approach]

    def check_runs(self, runs: Runs) -> None:
        """Raise ScalingRefusedError unless `runs` are those that this was fitted to."""
        if runs.sha256 != self.runs_sha256:
            changed = f"{len(runs)} now, {self.runs} then" if len(runs) != self.runs else "other numbers"
            column = "" if self.parameters_field is None else f" (parameters: column {self.parameters_field!r})"
            raise ScalingRefusedError(
                f"{self.name} was fitted to other runs than those in {runs.source}: {changed}. Fit them again, or give"
                f" those of {self.source}{column}"
            )

    @property
    def thetas(self) -> Floats | None:
        """Resampled laws, [resamples, 5], or None."""
        return None if self.bootstrap is None else self.bootstrap.thetas


def study(
    runs: Runs,
    *,
    name: str = "fit",
    parameters_field: str | None = None,
    approaches: tuple[int, ...] = APPROACHES,
    budgets: tuple[float, ...] | None = None,
    resamples: int = 1000,
    seed: int = 0,
    progress: Progress | None = None,
) -> Study:
    """Fit `runs` with each approach. Each has a generator of its own, PCG64 of (seed, approach).

    Args:
        runs: training runs.
        name: of the law.
        parameters_field: what `read_runs` was told, to read them again.
        approaches: of 1, 2, 3.
        budgets: of approach 2, in FLOP; None looks for them.
        resamples: for intervals; 0 for none.
        seed: of the resamples.
        progress: called with (done, resamples) by approach 3.

    Raises:
        ScalingRefusedError: every approach asked for refused, or FLOP of the runs do not grow with their parameters.
        InputError: an unknown approach, or a negative number of resamples.
    """
    if not approaches or set(approaches) - set(APPROACHES) or resamples < 0 or resamples == 1:
        raise InputError(
            f"approaches {approaches} with {resamples} resamples: expected some of 1, 2, 3 and 0 or at least 2"
        )
    found, refused = _attempts(runs, name, approaches, budgets, resamples, seed, progress)
    if not found:
        raise ScalingRefusedError("; ".join(refused.values()))
    common = {
        "name": name,
        "source": runs.source,
        "parameters_field": parameters_field,
        "runs": len(runs),
        "runs_sha256": runs.sha256,
        "range": runs.fitted,
        "seed": seed,
        "flop_rule": runs.flop_rule,
    }
    return msgspec.convert({**common, **found, "refused": refused}, Study, from_attributes=True)


def _attempts(
    runs: Runs,
    name: str,
    approaches: tuple[int, ...],
    budgets: tuple[float, ...] | None,
    resamples: int,
    seed: int,
    progress: Progress | None,
) -> tuple[dict[str, Any], dict[str, str]]:
    """Field of a study -> what was found for it; and what refused -> why."""
    found: dict[str, Any] = {}
    refused: dict[str, str] = {}

    def attempt(field: str, key: str, made: Callable[[], object]) -> None:
        try:
            found[field] = made()
        except ScalingRefusedError as refusal:
            refused[key] = str(refusal)

    def generator(approach: int) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64([seed, approach]))

    if 1 in approaches:
        attempt("frontier", "1", lambda: frontier(runs, generator(1) if resamples else None, resamples))
    if 2 in approaches:
        drawn = generator(2) if resamples else None
        attempt("isoflop", "2", lambda: isoflop(runs, budgets, drawn, resamples=resamples))
    if 3 in approaches:
        attempt("fit", "3", lambda: fit(runs, name=name))
    if "fit" in found and resamples:
        more: dict[str, Any] = {"seed": seed, "resamples": resamples, "progress": progress}
        attempt("bootstrap", "intervals", lambda: bootstrap(runs, found["fit"], generator(3), **more))
    if "fit" in found and "isoflop" in found:
        attempt("bias", "bias", lambda: bias_of_design(runs, found["fit"].law, budgets))
    return found, refused


def write_study(path: Path, result: Study) -> None:
    """Keep it as JSON.

    Raises:
        InputError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error


def read_study(path: Path) -> Study:
    """What `passatk scaling fit` wrote.

    Raises:
        SourceError: it is something else.
        InputError: it cannot be read.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    try:
        found = msgspec.json.decode(text, type=_Format).format
        if found != FORMAT:
            raise SourceError(path, None, f"format {found!r}", f"{FORMAT!r}; fit the runs again", "format")
        return msgspec.json.decode(text, type=Study)
    except msgspec.DecodeError as error:
        raise SourceError(path, None, str(error), "a file that `passatk scaling fit` wrote") from error
