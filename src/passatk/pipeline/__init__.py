"""The whole story as plain functions: evaluate a file of generations, verify a run, check problems."""

from passatk.pipeline.checking import Check, check_problems
from passatk.pipeline.evaluation import Evaluation, Progress, Report, evaluate, no_progress, refusal
from passatk.pipeline.generation import Generation, GenerationProgress, GenerationReport, Prompting, generate
from passatk.pipeline.verification import Flip, Verification, verify

__all__ = [
    "Check",
    "Evaluation",
    "Flip",
    "Generation",
    "GenerationProgress",
    "GenerationReport",
    "Progress",
    "Prompting",
    "Report",
    "Verification",
    "check_problems",
    "evaluate",
    "generate",
    "no_progress",
    "refusal",
    "verify",
]
