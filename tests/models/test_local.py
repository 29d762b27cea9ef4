import os

import pytest
import torch

from passatk.errors import EnvironmentFault
from passatk.models.local import usable_device


def test_whoever_generates_on_a_gpu_may_train_there_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """cuBLAS reads the variable once, at the process's first product."""
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", "")
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG")
    monkeypatch.setattr(torch, "empty", lambda *_, **__: None)
    assert usable_device("cuda:1") == "cuda:1"
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"


def test_a_device_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    with pytest.raises(EnvironmentFault, match="there is no device 'cuda:99'"):
        usable_device("cuda:99")
