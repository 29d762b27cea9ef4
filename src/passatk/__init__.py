"""Code-model experiments that come out the same twice: generate, execute in six languages, score pass@k.

The public API by name; a name is imported when it is first used, so that `import passatk` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from passatk.decoding import DecodingSettings
    from passatk.decoding.seeding import set_seed
    from passatk.errors import PassatkError
    from passatk.models import ModelSpec
    from passatk.pipeline import (
        Check,
        Evaluation,
        Generation,
        GenerationReport,
        Report,
        Verification,
        check_problems,
        complete,
        evaluate,
        generate,
        verify,
    )
    from passatk.problems import load
    from passatk.scoring import pass_at_k

_HOME = {
    "Check": "pipeline",
    "DecodingSettings": "decoding",
    "Evaluation": "pipeline",
    "Generation": "pipeline",
    "GenerationReport": "pipeline",
    "ModelSpec": "models",
    "PassatkError": "errors",
    "Report": "pipeline",
    "Verification": "pipeline",
    "check_problems": "pipeline",
    "complete": "pipeline",
    "evaluate": "pipeline",
    "generate": "pipeline",
    "load": "problems",
    "pass_at_k": "scoring",
    "set_seed": "decoding.seeding",
    "verify": "pipeline",
}

__all__ = [
    "Check",
    "DecodingSettings",
    "Evaluation",
    "Generation",
    "GenerationReport",
    "ModelSpec",
    "PassatkError",
    "Report",
    "Verification",
    "__version__",
    "check_problems",
    "complete",
    "evaluate",
    "generate",
    "load",
    "pass_at_k",
    "set_seed",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"passatk.{_HOME[name]}"), name)
    raise AttributeError(f"module 'passatk' has no attribute {name!r}")
