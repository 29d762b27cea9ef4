"""The whole story as plain functions: evaluate a file of generations, verify a run, check problems."""

from passatk.pipeline.checking import Check, check_problems
from passatk.pipeline.evaluation import Evaluation, Progress, Report, evaluate, no_progress, refusal
from passatk.pipeline.experiment import Experiment, Finished, read_experiment, run
from passatk.pipeline.generation import Generation, GenerationProgress, GenerationReport, Prompting, complete, generate
from passatk.pipeline.regeneration import Regeneration, generations_of, regenerate, reproducible
from passatk.pipeline.verification import Flip, Verification, verify

__all__ = [
    "Check",
    "Evaluation",
    "Experiment",
    "Finished",
    "Flip",
    "Generation",
    "GenerationProgress",
    "GenerationReport",
    "Progress",
    "Prompting",
    "Regeneration",
    "Report",
    "Verification",
    "check_problems",
    "complete",
    "evaluate",
    "generate",
    "generations_of",
    "no_progress",
    "read_experiment",
    "refusal",
    "regenerate",
    "reproducible",
    "run",
    "verify",
]
