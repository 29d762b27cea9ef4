"""Scaling laws: fit, compare, plan, judge. Pure functions of numbers; knows nothing of models."""

from passatk.scaling.allocation import Allocation, cheapest, effective_tokens, least_compute, optimum
from passatk.scaling.bootstrap import Bootstrap, Interval, bootstrap
from passatk.scaling.fitting import Fit, fit
from passatk.scaling.flops import FlopCount, Shape
from passatk.scaling.frontier import Frontier, frontier
from passatk.scaling.isoflop import IsoFlop, bias_of_design, isoflop
from passatk.scaling.laws import FlopRule, Law
from passatk.scaling.planning import Ladder, Plan, ladder, plan
from passatk.scaling.published import KNOWN_MODELS, PUBLISHED, KnownModel, known_model, published
from passatk.scaling.runs import Runs, read_runs
from passatk.scaling.shapes import Architecture
from passatk.scaling.study import Study, read_study, study, write_study
from passatk.scaling.verdicts import ScalingVerdict, judge

__all__ = [
    "KNOWN_MODELS",
    "PUBLISHED",
    "Allocation",
    "Architecture",
    "Bootstrap",
    "Fit",
    "FlopCount",
    "FlopRule",
    "Frontier",
    "Interval",
    "IsoFlop",
    "KnownModel",
    "Ladder",
    "Law",
    "Plan",
    "Runs",
    "ScalingVerdict",
    "Shape",
    "Study",
    "bias_of_design",
    "bootstrap",
    "cheapest",
    "effective_tokens",
    "fit",
    "frontier",
    "isoflop",
    "judge",
    "known_model",
    "ladder",
    "least_compute",
    "optimum",
    "plan",
    "published",
    "read_runs",
    "read_study",
    "study",
    "write_study",
]
