"""Training CodeGeeX models of small sizes: one run, or a ladder of sizes and budgets. Runs repeat bit for bit."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from passatk.training.ladder import Cell, Ladder, LadderReport, climb
    from passatk.training.run import Training, TrainingReport, train
    from passatk.training.settings import TrainingSettings

_HOME = {
    "Cell": "ladder",
    "Ladder": "ladder",
    "LadderReport": "ladder",
    "Training": "run",
    "TrainingReport": "run",
    "TrainingSettings": "settings",
    "climb": "ladder",
    "train": "run",
}

__all__ = ["Cell", "Ladder", "LadderReport", "Training", "TrainingReport", "TrainingSettings", "climb", "train"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"passatk.training.{_HOME[name]}"), name)
    raise AttributeError(f"module 'passatk.training' has no attribute {name!r}")
