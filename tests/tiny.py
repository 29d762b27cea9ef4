"""A tiny CodeGeeX model with random weights and a tokenizer of its own, in a folder as a user has it."""

from pathlib import Path

import torch

from passatk.models.codegeex import CodeGeeX, CodeGeeXConfig
from passatk.models.codegeex_files import save_folder
from passatk.problems import load
from passatk.tokenizer.training import train


def make_model(folder: Path, seed: int = 0) -> Path:
    """Write it to `folder`."""
    tokenizer = train([p.prompt + p.solution for p in load("basics/written").problems.values()], 600)
    torch.manual_seed(seed)
    shape = CodeGeeXConfig(
        layers=1, hidden=64, heads=2, feed_forward=128, positions=768, vocabulary=608, eos=tokenizer.eos
    )
    model = CodeGeeX(shape)
    for name, parameter in model.named_parameters():
        if "norm" not in name and name.endswith("weight"):  # wilder than usual, lest it repeats one token for ever
            torch.nn.init.normal_(parameter, std=0.08 if "word" in name else 0.3)
    save_folder(model, folder)
    tokenizer.save(folder)
    return folder
