"""TRL's trainer with a model so small that it says nothing sensible; what it was told is kept."""

import inspect
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from passatk import ProblemSet

_SAID = 16
_WORLD = [*(chr(code) for code in range(32, 127)), "\n"]


@dataclass
class Step:
    """What a reward function was asked, and what it said."""

    tasks: list[str]
    said: list[str]
    rewards: list[float | None]


def trained(reward: Any, problems: ProblemSet, tasks: Sequence[str], folder: Path, steps: int) -> list[Step]:
    """All that `reward` was asked in so many steps."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of libraries about each other
        return _trained(reward, problems, tasks, folder, steps)


def _trained(reward: Any, problems: ProblemSet, tasks: Sequence[str], folder: Path, steps: int) -> list[Step]:
    os.environ["HF_HUB_OFFLINE"] = "1"
    from datasets import Dataset
    from transformers import LlamaConfig, LlamaForCausalLM
    from trl.trainer.grpo_config import GRPOConfig
    from trl.trainer.grpo_trainer import GRPOTrainer

    tokenizer = _tokenizer()
    shape = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=512,
    )
    rows = [{"prompt": problems.get(task).prompt[-100:], "task_id": task} for task in tasks] * steps
    options = GRPOConfig(
        output_dir=str(folder),
        max_steps=steps,
        per_device_train_batch_size=4,
        num_generations=4,
        max_completion_length=_SAID,
        report_to=[],
        use_cpu=True,
        bf16=False,
        save_strategy="no",
        disable_tqdm=True,
        logging_strategy="no",
    )
    seen: list[Step] = []
    trainer = GRPOTrainer(
        model=LlamaForCausalLM(shape),
        reward_funcs=_watched(reward, seen),
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        args=options,
    )
    trainer.train()
    return seen


def _watched(reward: Any, seen: list[Step]) -> Any:
    def noted(columns: Any, found: list[float | None]) -> list[float | None]:
        seen.append(Step(list(columns["task_id"]), list(columns["completions"]), found))
        return found

    if inspect.iscoroutinefunction(reward):

        async def passatk(**columns: Any) -> list[float | None]:
            return noted(columns, await reward(**columns))

        return passatk

    def watched(**columns: Any) -> list[float | None]:
        return noted(columns, reward(**columns))

    return watched


def _tokenizer() -> Any:
    """A token is a character."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = {word: number for number, word in enumerate(["<pad>", "<eos>", *_WORLD])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<pad>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    tokenizer.decoder = decoders.Fuse()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<eos>", unk_token="<pad>", padding_side="left"
    )
