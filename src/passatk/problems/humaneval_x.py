"""HumanEval-X: 164 problems in each of six languages (THUDM/CodeGeeX, Apache-2.0)."""

from collections.abc import Mapping
from typing import Any

from passatk.languages.python import COMMON_IMPORTS
from passatk.records import Problem

NAME = "humaneval-x"
URL = "https://raw.githubusercontent.com/THUDM/CodeGeeX/main/codegeex/benchmark/humaneval-x/"
FILES = {
    "python/data/humaneval_python.jsonl.gz": "f0e21637407b08a725dbc5bfcc20f909049f73564dd0d55dcc11619fa0838849",
    "cpp/data/humaneval_cpp.jsonl.gz": "af420b4b58c1b5e7f4cac9c1257daad7b20b5c77e88d59ccc120e63825f03325",
    "java/data/humaneval_java.jsonl.gz": "2157a77a6ff808020adc20142228b4ff698048c0696b33110786400c47c5d79c",
    "js/data/humaneval_js.jsonl.gz": "da529500a73fcbc86bc8f6c7855c0f2c0fc7af1c4dc530e26a54bbfd17f97cef",
    "go/data/humaneval_go.jsonl.gz": "87aba5e8ab3be26aec48a355b77c73790900ebae3731c44ea9e3fdd5ea51f1fe",
    "rust/data/humaneval_rust.jsonl.gz": "36938439d536c34418b582db82f7bfa5d0331990424fc69b1915c5067634b4e7",
}
"""Path below `URL` -> SHA-256 of the decompressed contents."""

LANGUAGE_OF_PREFIX = {
    "Python": "python",
    "CPP": "cpp",
    "Java": "java",
    "JavaScript": "javascript",
    "Go": "go",
    "Rust": "rust",
}

FIELDS = ("task_id", "prompt", "declaration", "canonical_solution", "test")
"""Required in every record."""


def recognises(record: Mapping[str, Any]) -> bool:
    """Whether a record is one of this benchmark's, by its fields."""
    return "declaration" in record


def problem(record: Mapping[str, str], language: str) -> Problem:
    """A checked record as a Problem."""
    python = language == "python"
    return Problem(
        task_id=record["task_id"],
        benchmark=NAME,
        language=language,
        prompt=record["prompt"],
        declaration=record["declaration"],
        reference=record["canonical_solution"],
        tests=record["test"],
        example_tests=record.get("example_test") or "",
        imports=record.get("import") or "",
        test_setup=COMMON_IMPORTS if python else record.get("test_setup") or "",
        cut_unindented=python,
    )
