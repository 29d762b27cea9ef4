"""Where generations come from: one file per backend behind one protocol."""

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast, get_args

from passatk.errors import EnvironmentFault, InputError, UnknownNameError
from passatk.records import Record
from passatk.settings import setting

if TYPE_CHECKING:
    from passatk.models.base import Backend, Wanted

__all__ = ["BACKENDS", "DTYPES", "ModelSpec", "check_lengths", "open_backend", "open_copies"]

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
BackendName = Literal["codegeex", "transformers", "openai", "fake"]
Dtype = Literal["float32", "bfloat16", "float16"]
DTYPES: tuple[str, ...] = get_args(Dtype)


class ModelSpec(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model as the user names it."""

    backend: Annotated[BackendName, setting("Where generations come from.")] = "codegeex"
    model: Annotated[
        str,
        setting(
            "A folder or checkpoint, a name on the hub, or what a server calls its model.", unset="the embedded model"
        ),
    ] = ""
    tokenizer: Annotated[
        str, setting("Folder of the tokenizer, where it is not the model's folder.", unset="the model's folder")
    ] = ""
    heads: Annotated[
        int | None,
        setting(
            "Backend codegeex: attention heads of a checkpoint of another size than 13B.", ge=1, unset="width / 128"
        ),
    ] = None
    device: Annotated[str, setting("Device to compute on: cpu, cuda or cuda:1.")] = "cpu"
    dtype: Annotated[Dtype, setting("Number format of weights and arithmetic; logits are always float32.")] = "float32"
    url: Annotated[
        str,
        setting("Backend openai: address of the server, like http://localhost:8000/v1; the key is $OPENAI_API_KEY."),
    ] = ""


def open_backend(spec: ModelSpec) -> "Backend":
    """Load the model, or find its server.

    Raises:
        UnknownNameError: no such backend or dtype.
        InputError: there is no such model.
        EnvironmentFault: a library, a device or a server is missing.
    """
    return cast("Backend", _module_of(spec).open_backend(spec))


def open_copies(spec: ModelSpec, address: str, replicas: int | None = None) -> "Backend":
    """Load the model on the nodes of a Ray cluster, so often on each; None: on each GPU, or once for each node's CPUs.

    Raises:
        UnknownNameError, InputError: as `open_backend`; or no cluster answers at `address`.
        EnvironmentFault: Ray is not installed, a node cannot load the model, or its copy is not like the others'.
    """
    _module_of(spec)
    try:
        from passatk.models.cluster import ClusterBackend
    except ModuleNotFoundError as error:
        raise EnvironmentFault(
            f"a cluster needs the package {error.name}; `pip install 'passatk[ray]'`", setting="executor"
        ) from error
    return ClusterBackend(spec, address, replicas)


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
        raise UnknownNameError("backend", spec.backend, BACKENDS, setting="backend")
    if not spec.model and spec.backend not in ("codegeex", "fake"):
        raise InputError(
            f"which model? Backend {spec.backend!r} has none embedded, so it needs to be named", setting="model"
        )
    if spec.dtype not in DTYPES:
        raise UnknownNameError("dtype", spec.dtype, DTYPES, setting="dtype")
    usual = ModelSpec(backend=spec.backend)
    for name in spec.__struct_fields__[1:]:
        if name not in _FIELDS[spec.backend] and getattr(spec, name) != getattr(usual, name):
            raise InputError(
                f"backend {spec.backend!r} has no use for {name} = {getattr(spec, name)!r}; leave it out", setting=name
            )
    try:
        return importlib.import_module(f"passatk.models.{BACKENDS[spec.backend]}")
    except ModuleNotFoundError as error:
        extra = "openai" if spec.backend == "openai" else "models"
        raise EnvironmentFault(
            f"backend {spec.backend!r} needs the package {error.name}; `pip install 'passatk[{extra}]'`"
        ) from error
