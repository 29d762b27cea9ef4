"""Seeds for a user's own code. passatk's own decoding draws from no global generator."""

import os
import random
from collections.abc import Callable
from types import TracebackType
from typing import Self

from passatk.errors import InputError

_CUBLAS = "CUBLAS_WORKSPACE_CONFIG"
_HASHES = "PYTHONHASHSEED"


class Seeded:
    """What `set_seed` changed. Undo it with `undo()`, or use it as a context manager."""

    def __init__(self, restore: list[Callable[[], None]]):
        """`restore`: one call for each thing that was changed."""
        self._restore = restore

    def undo(self) -> None:
        """Restore every generator, flag and environment variable. A second call does nothing."""
        while self._restore:
            self._restore.pop()()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.undo()


def set_seed(seed: int, deterministic: bool = True) -> Seeded:
    """Seed Python's `random`, numpy, and PyTorch on all devices, where these are installed.

    `PYTHONHASHSEED` is exported too. Child processes started afterwards hash by it; a running interpreter cannot change
    its own hash order.

    Args:
        seed: 0 to 2^32 - 1, which is what numpy takes.
        deterministic: make PyTorch use deterministic algorithms only and raise an error where it has none, and turn off
            cuDNN's search for the fastest algorithm. cuBLAS needs this before its first use. False sets the same flags
            the other way: any algorithm, and cuDNN searches.

    Returns:
        An object whose `undo()` restores what was there before; it is a context manager as well. Generators of GPUs are
        restored only if CUDA was in use before the call.

    Raises:
        InputError: the seed is not a whole number, or out of range.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise InputError(f"seed = {seed!r}: must be a whole number from 0 to {2**32 - 1}", setting="seed")
    restore: list[Callable[[], None]] = []
    _export(_HASHES, str(seed), restore)
    if deterministic:
        _export(_CUBLAS, ":4096:8", restore)
    state = random.getstate()
    restore.append(lambda: random.setstate(state))
    random.seed(seed)
    _seed_numpy(seed, restore)
    _seed_torch(seed, deterministic, restore)
    return Seeded(restore)


def _export(name: str, value: str, restore: list[Callable[[], None]]) -> None:
    before = os.environ.get(name)

    def put_back() -> None:
        if before is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = before

    os.environ[name] = value
    restore.append(put_back)


def _seed_numpy(seed: int, restore: list[Callable[[], None]]) -> None:
    try:
        import numpy as np
    except ModuleNotFoundError:
        return
    state = np.random.get_state()
    restore.append(lambda: np.random.set_state(state))
    np.random.seed(seed)


def _seed_torch(seed: int, deterministic: bool, restore: list[Callable[[], None]]) -> None:
    try:
        import torch
    except ModuleNotFoundError:
        return
    cudnn = torch.backends.cudnn
    flags = (cudnn.deterministic, cudnn.benchmark)
    algorithms = (torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled())
    cpu = torch.get_rng_state()
    gpus = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []

    def put_back() -> None:
        torch.set_rng_state(cpu)
        if gpus:
            torch.cuda.set_rng_state_all(gpus)
        torch.use_deterministic_algorithms(algorithms[0], warn_only=algorithms[1])
        cudnn.deterministic, cudnn.benchmark = flags

    restore.append(put_back)
    torch.manual_seed(seed)  # of every device
    torch.use_deterministic_algorithms(deterministic)
    cudnn.deterministic, cudnn.benchmark = deterministic, not deterministic
