"""HumanEval-X: 164 problems in each of six languages (THUDM/CodeGeeX, Apache-2.0)."""

import msgspec

from passatk.problems.base import Benchmark, language_of_prefix, last_name
from passatk.records import Asserts, Problem


class Row(msgspec.Struct):
    """A record. The language is told by the task id: `CPP/0`."""

    task_id: str
    prompt: str
    declaration: str
    canonical_solution: str
    test: str
    example_test: str | None = None
    test_setup: str | None = None
    """Go: package clause and imports of the test file."""


class HumanEvalX(Benchmark[Row]):
    """Its evaluator adds imports and includes, and cuts Python where the function ends."""

    name = "humaneval-x"
    row = Row
    url = "https://raw.githubusercontent.com/THUDM/CodeGeeX/main/codegeex/benchmark/humaneval-x/"
    files = {
        "python/data/humaneval_python.jsonl.gz": "f0e21637407b08a725dbc5bfcc20f909049f73564dd0d55dcc11619fa0838849",
        "cpp/data/humaneval_cpp.jsonl.gz": "af420b4b58c1b5e7f4cac9c1257daad7b20b5c77e88d59ccc120e63825f03325",
        "java/data/humaneval_java.jsonl.gz": "2157a77a6ff808020adc20142228b4ff698048c0696b33110786400c47c5d79c",
        "js/data/humaneval_js.jsonl.gz": "da529500a73fcbc86bc8f6c7855c0f2c0fc7af1c4dc530e26a54bbfd17f97cef",
        "go/data/humaneval_go.jsonl.gz": "87aba5e8ab3be26aec48a355b77c73790900ebae3731c44ea9e3fdd5ea51f1fe",
        "rust/data/humaneval_rust.jsonl.gz": "36938439d536c34418b582db82f7bfa5d0331990424fc69b1915c5067634b4e7",
    }

    def problem(self, row: Row, variant: str) -> Problem:
        language = language_of_prefix(row.task_id)
        return Problem(
            task_id=row.task_id,
            benchmark=self.name,
            language=language.name,
            # Rust's prompts hold the description alone
            prompt=row.prompt if last_name(language, row.prompt) else row.declaration + row.prompt,
            declaration=row.declaration,
            entry_point=last_name(language, row.declaration),
            reference=row.canonical_solution,
            tests=Asserts(code=row.test, examples=row.example_test or ""),
            setup=row.test_setup or language.usual_setup,
            cut=language.by_indentation,
        )


BENCHMARK = HumanEvalX()
