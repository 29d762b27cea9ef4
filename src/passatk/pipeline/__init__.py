"""The whole story as plain functions: evaluate a file of generations, verify a run, check problems.

A name is imported when it is first used, so that settings alone cost little.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from passatk.pipeline.auditing import audit_problems
    from passatk.pipeline.checking import Check, check_problems
    from passatk.pipeline.comparison import compare, compare_unpaired
    from passatk.pipeline.evaluation import Evaluation, Report, evaluate, own_problems, refusal
    from passatk.pipeline.experiment import Experiment, Finished, read_experiment, read_experiments, run
    from passatk.pipeline.explaining import explained_problems
    from passatk.pipeline.findings import Audited, write_sound
    from passatk.pipeline.generation import Generation, GenerationReport, complete, generate
    from passatk.pipeline.judge import Judge
    from passatk.pipeline.progress import GenerationProgress, Progress, no_progress
    from passatk.pipeline.reference import TokenCheck, check_tokens
    from passatk.pipeline.regeneration import Regeneration, generations_of, regenerate, reproducible
    from passatk.pipeline.replaying import Replay, replay
    from passatk.pipeline.settings import Prompting
    from passatk.pipeline.tables import completion_of, evaluation_of, generation_of, read_changes
    from passatk.pipeline.verification import Flip, Verification, verify

_HOME = {
    "auditing": ("audit_problems",),
    "checking": (
        "Check",
        "check_problems",
    ),
    "comparison": (
        "compare",
        "compare_unpaired",
    ),
    "evaluation": (
        "Evaluation",
        "Report",
        "evaluate",
        "own_problems",
        "refusal",
    ),
    "experiment": (
        "Experiment",
        "Finished",
        "read_experiment",
        "read_experiments",
        "run",
    ),
    "explaining": ("explained_problems",),
    "findings": (
        "Audited",
        "write_sound",
    ),
    "generation": (
        "Generation",
        "GenerationReport",
        "complete",
        "generate",
    ),
    "judge": ("Judge",),
    "progress": (
        "GenerationProgress",
        "Progress",
        "no_progress",
    ),
    "reference": (
        "TokenCheck",
        "check_tokens",
    ),
    "regeneration": (
        "Regeneration",
        "generations_of",
        "regenerate",
        "reproducible",
    ),
    "replaying": (
        "Replay",
        "replay",
    ),
    "settings": ("Prompting",),
    "tables": (
        "completion_of",
        "evaluation_of",
        "generation_of",
        "read_changes",
    ),
    "verification": (
        "Flip",
        "Verification",
        "verify",
    ),
}
_MODULE = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "Audited",
    "Check",
    "Evaluation",
    "Experiment",
    "Finished",
    "Flip",
    "Generation",
    "GenerationProgress",
    "GenerationReport",
    "Judge",
    "Progress",
    "Prompting",
    "Regeneration",
    "Replay",
    "Report",
    "TokenCheck",
    "Verification",
    "audit_problems",
    "check_problems",
    "check_tokens",
    "compare",
    "compare_unpaired",
    "complete",
    "completion_of",
    "evaluate",
    "evaluation_of",
    "explained_problems",
    "generate",
    "generation_of",
    "generations_of",
    "no_progress",
    "own_problems",
    "read_changes",
    "read_experiment",
    "read_experiments",
    "refusal",
    "regenerate",
    "replay",
    "reproducible",
    "run",
    "verify",
    "write_sound",
]


def __getattr__(name: str) -> Any:
    if name in _MODULE:
        return getattr(import_module(f"passatk.pipeline.{_MODULE[name]}"), name)
    raise AttributeError(f"module 'passatk.pipeline' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
