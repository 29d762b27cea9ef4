"""The whole story as plain functions: evaluate a file of generations, verify a run, check problems."""

from passatk.pipeline.checking import Check, check_problems
from passatk.pipeline.evaluation import Evaluation, Report, evaluate, own_problems, refusal
from passatk.pipeline.experiment import Experiment, Finished, read_experiment, read_experiments, run
from passatk.pipeline.generation import Generation, GenerationReport, Prompting, complete, generate
from passatk.pipeline.progress import GenerationProgress, Progress, no_progress
from passatk.pipeline.reference import TokenCheck, check_tokens
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
    "TokenCheck",
    "Verification",
    "check_problems",
    "check_tokens",
    "complete",
    "evaluate",
    "generate",
    "generations_of",
    "no_progress",
    "own_problems",
    "read_experiment",
    "read_experiments",
    "refusal",
    "regenerate",
    "reproducible",
    "run",
    "verify",
]
