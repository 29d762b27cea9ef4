"""With what a run is computed: all that decides its last bits beside its settings."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import torch

from passatk.models.local import usable_device
from passatk.records import Record
from passatk.runs.manifest import this_machine

TRAINING = "1"
"""Changes whenever our own training gives other weights than before."""


class Arithmetic(Record, frozen=True, kw_only=True):
    """Runs are continued only with the same."""

    training: str = "1"
    """`TRAINING` of the code that trains; the default is of folders that do not say it."""
    torch: str
    device: str
    processor: str
    """Or the GPU's name."""
    kernels: str
    """Instructions that PyTorch uses here, as AVX512; on a GPU its compute capability."""
    threads: int
    """On a CPU: a sum over threads is added in another order by another number of them."""


def find_arithmetic(device: str, threads: int | None) -> Arithmetic:
    """What this process would compute with. `threads`: None for PyTorch's usual number; a GPU has no use for it.

    Raises:
        EnvironmentFault: there is no such device.
    """
    place = torch.device(usable_device(device))
    if place.type == "cuda":
        major, minor = torch.cuda.get_device_capability(place)
        name, kernels, threads = torch.cuda.get_device_name(place), f"compute capability {major}.{minor}", 1
    else:
        name, kernels = this_machine().processor, torch.backends.cpu.get_cpu_capability()
    return Arithmetic(
        training=TRAINING,
        torch=str(torch.__version__),
        device=device,
        processor=name,
        kernels=kernels,
        threads=threads or torch.get_num_threads(),
    )


@contextmanager
def computing(arithmetic: Arithmetic) -> Iterator[None]:
    """Threads as told, and on a GPU deterministic algorithms only; as before at the end.

    On a CPU all that training needs is deterministic, and to ask for it takes a second of imports.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(arithmetic.threads)
    try:
        with _deterministic_gpu() if arithmetic.device.startswith("cuda") else nullcontext():
            yield
    finally:
        torch.set_num_threads(threads)


@contextmanager
def _deterministic_gpu() -> Iterator[None]:
    """cuBLAS, too, is told by an environment variable: see `models.local.usable_device`."""
    before = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)
