"""HumanEval: the original 164 Python problems (openai/human-eval, MIT)."""

from collections.abc import Mapping
from typing import Any

from passatk.records import Problem

NAME = "humaneval"
URL = "https://raw.githubusercontent.com/openai/human-eval/master/data/"
FILES = {"HumanEval.jsonl.gz": "1d49078ba3e2b196b9344535bef34a43021f038fad9561d6ee7c53450609a6a2"}
"""Path below `URL` -> SHA-256 of the decompressed contents."""

LANGUAGE_OF_PREFIX = {"HumanEval": "python"}

FIELDS = ("task_id", "prompt", "entry_point", "canonical_solution", "test")
"""Required in every record."""


def recognises(record: Mapping[str, Any]) -> bool:
    """Whether a record is one of this benchmark's, by its fields."""
    return "entry_point" in record


def problem(record: Mapping[str, str], language: str) -> Problem:
    """A checked record as a Problem. As in the original, nothing is imported for the program and nothing cut off."""
    return Problem(
        task_id=record["task_id"],
        benchmark=NAME,
        language=language,
        prompt=record["prompt"],
        declaration=record["prompt"],
        reference=record["canonical_solution"],
        tests=f"{record['test']}\ncheck({record['entry_point']})\n",
    )
