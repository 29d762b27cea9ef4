"""Where generations come from: one file per backend behind one protocol."""

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from passatk.errors import EnvironmentFault, InputError, UnknownNameError
from passatk.records import Record

if TYPE_CHECKING:
    from passatk.models.base import Backend, Wanted

__all__ = ["BACKENDS", "DTYPES", "ModelSpec", "check_lengths", "open_backend"]

BACKENDS = {
    "codegeex": "codegeex_files",
    "transformers": "transformers",
    "openai": "openai",
    "fake": "fake",
}
"""Name -> the module here with its `open_backend(spec)`."""
_FIELDS = {
    "codegeex": ("model", "tokenizer", "heads", "device", "dtype"),
    "transformers": ("model", "tokenizer", "device", "dtype"),
    "openai": ("model", "url"),
    "fake": (),
}
"""What each of them reads of a ModelSpec."""
DTYPES = ("float32", "bfloat16", "float16")


class ModelSpec(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model as the user names it."""

    backend: str = "codegeex"
    model: str = ""
    """A folder or checkpoint, a name on the hub, or what a server calls it; `codegeex` has one embedded."""
    tokenizer: str = ""
    """`codegeex`: the folder with the tokenizer's files; by default the model's own folder."""
    heads: int | None = None
    """`codegeex`: attention heads of a released checkpoint of another size than 13B."""
    device: str = "cpu"
    """`cpu`, `cuda` or `cuda:1`."""
    dtype: str = "float32"
    """Of weights and arithmetic: float32, bfloat16 or float16. Logits are float32 always."""
    url: str = ""
    """`openai`: address of the server, like http://localhost:8000/v1. A key is taken from $OPENAI_API_KEY."""


def open_backend(spec: ModelSpec) -> "Backend":
    """Load the model, or find its server.

    Raises:
        UnknownNameError: no such backend or dtype.
        InputError: there is no such model.
        EnvironmentFault: a library, a device or a server is missing.
    """
    return cast("Backend", _module_of(spec).open_backend(spec))


def check_lengths(spec: ModelSpec, wanted: Iterable["Wanted"]) -> None:
    """Refuse prompts that are too long for the model, before its weights are loaded.

    A backend that cannot tell without loading the model, as a server, says so when it is asked.

    Raises:
        UnknownNameError, EnvironmentFault: as `open_backend`.
        InputError: there is no such model, or prompts are too long for it; names them.
    """
    read = getattr(_module_of(spec), "open_tokenizer", None)
    if read is not None and (found := read(spec)) is not None:
        from passatk.models.base import refuse_long_prompts

        tokenizer, positions = found
        refuse_long_prompts(tokenizer, positions, wanted)


def _module_of(spec: ModelSpec) -> Any:
    if spec.backend not in BACKENDS:
        raise UnknownNameError("backend", spec.backend, BACKENDS)
    if not spec.model and spec.backend not in ("codegeex", "fake"):
        raise InputError(f"which model? Give --model; only backend codegeex has one embedded, {spec.backend} has none")
    if spec.dtype not in DTYPES:
        raise UnknownNameError("dtype", spec.dtype, DTYPES)
    usual = ModelSpec(backend=spec.backend)
    for name in spec.__struct_fields__[1:]:
        if name not in _FIELDS[spec.backend] and getattr(spec, name) != getattr(usual, name):
            raise InputError(f"backend {spec.backend!r} has no use for {name} = {getattr(spec, name)!r}; leave it out")
    try:
        return importlib.import_module(f"passatk.models.{BACKENDS[spec.backend]}")
    except ModuleNotFoundError as error:
        extra = "openai" if spec.backend == "openai" else "models"
        raise EnvironmentFault(
            f"backend {spec.backend!r} needs the package {error.name}; `pip install 'passatk[{extra}]'`"
        ) from error
