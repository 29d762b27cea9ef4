"""Code-model experiments that come out the same twice: generate, execute in many languages, score pass@k.

The public API by name; a name is imported when it is first used, so that `import passatk` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from passatk.decoding import DecodingSettings
    from passatk.decoding.seeding import set_seed
    from passatk.errors import (
        EnvironmentFault,
        InputError,
        Interrupted,
        PassatkError,
        RunFolderError,
        SandboxError,
        ScalingRefusedError,
        ScoreRefusedError,
        SourceError,
        StorageError,
        UnknownNameError,
    )
    from passatk.models import ModelSpec
    from passatk.pipeline import (
        Check,
        Evaluation,
        Experiment,
        Finished,
        Flip,
        Generation,
        GenerationReport,
        Judge,
        Prompting,
        Regeneration,
        Report,
        Verification,
        check_problems,
        complete,
        evaluate,
        generate,
        read_experiment,
        read_experiments,
        regenerate,
        replay,
        run,
        verify,
    )
    from passatk.problems import ProblemSet, load
    from passatk.records import LimitPolicy, Limits, PassAtK, Problem, Sample, Score, Status, StepLimits, Verdict
    from passatk.report.notebook import Run, RunComparison, compare, load_run
    from passatk.scoring import pass_at_k

_HOME = {
    "Check": "pipeline",
    "DecodingSettings": "decoding",
    "EnvironmentFault": "errors",
    "Evaluation": "pipeline",
    "Experiment": "pipeline",
    "Finished": "pipeline",
    "Flip": "pipeline",
    "Generation": "pipeline",
    "GenerationReport": "pipeline",
    "InputError": "errors",
    "Interrupted": "errors",
    "Judge": "pipeline",
    "LimitPolicy": "records",
    "Limits": "records",
    "ModelSpec": "models",
    "PassAtK": "records",
    "PassatkError": "errors",
    "Problem": "records",
    "ProblemSet": "problems",
    "Prompting": "pipeline",
    "Regeneration": "pipeline",
    "Report": "pipeline",
    "Run": "report.notebook",
    "RunComparison": "report.notebook",
    "RunFolderError": "errors",
    "Sample": "records",
    "SandboxError": "errors",
    "ScalingRefusedError": "errors",
    "Score": "records",
    "ScoreRefusedError": "errors",
    "SourceError": "errors",
    "Status": "records",
    "StepLimits": "records",
    "StorageError": "errors",
    "UnknownNameError": "errors",
    "Verdict": "records",
    "Verification": "pipeline",
    "check_problems": "pipeline",
    "compare": "report.notebook",
    "complete": "pipeline",
    "evaluate": "pipeline",
    "generate": "pipeline",
    "load": "problems",
    "load_run": "report.notebook",
    "pass_at_k": "scoring",
    "read_experiment": "pipeline",
    "read_experiments": "pipeline",
    "regenerate": "pipeline",
    "replay": "pipeline",
    "run": "pipeline",
    "set_seed": "decoding.seeding",
    "verify": "pipeline",
}

__all__ = [
    "Check",
    "DecodingSettings",
    "EnvironmentFault",
    "Evaluation",
    "Experiment",
    "Finished",
    "Flip",
    "Generation",
    "GenerationReport",
    "InputError",
    "Interrupted",
    "Judge",
    "LimitPolicy",
    "Limits",
    "ModelSpec",
    "PassAtK",
    "PassatkError",
    "Problem",
    "ProblemSet",
    "Prompting",
    "Regeneration",
    "Report",
    "Run",
    "RunComparison",
    "RunFolderError",
    "Sample",
    "SandboxError",
    "ScalingRefusedError",
    "Score",
    "ScoreRefusedError",
    "SourceError",
    "Status",
    "StepLimits",
    "StorageError",
    "UnknownNameError",
    "Verdict",
    "Verification",
    "__version__",
    "check_problems",
    "compare",
    "complete",
    "evaluate",
    "generate",
    "load",
    "load_run",
    "pass_at_k",
    "read_experiment",
    "read_experiments",
    "regenerate",
    "replay",
    "run",
    "set_seed",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"passatk.{_HOME[name]}"), name)
    raise AttributeError(f"module 'passatk' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
