"""Seeds for a user's own code. passatk's own decoding draws from no global generator."""

import os
import random


def set_seed(seed: int, deterministic: bool = True) -> None:
    """Seed Python's `random`, numpy, and PyTorch on all devices, where these are installed.

    Args:
        seed: 0 to 2^32 - 1, which is what numpy takes.
        deterministic: also make PyTorch use deterministic algorithms only, and raise an error where it has none; cuBLAS
            needs this before its first use. Hash order (`PYTHONHASHSEED`) cannot be changed in a running interpreter.

    Raises:
        ValueError: the seed is out of range.
    """
    if not 0 <= seed < 2**32:
        raise ValueError(f"seed {seed}: it must be 0 to {2**32 - 1}")
    random.seed(seed)
    try:
        import numpy as np
    except ModuleNotFoundError:
        pass
    else:
        np.random.seed(seed)
    if deterministic:
        os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"
    try:
        import torch
    except ModuleNotFoundError:
        return
    torch.manual_seed(seed)  # of every device
    if deterministic:
        torch.use_deterministic_algorithms(True)
        torch.backends.cudnn.benchmark = False
