"""The second step of HumanEvalExplain: descriptions by a model become problems."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from passatk.errors import InputError, SourceError
from passatk.problems import load
from passatk.problems.benchmarks.humanevalpack import described_length, explained
from passatk.problems.own import lines
from passatk.records import Problem
from passatk.runs.generations import LINES
from passatk.textfiles import read_json

_TEXTS = ("answer", "generation", "solution", "completion")
"""Fields that a description may stand in; what a model said before what was read from it."""


def explained_problems(descriptions: Path, out: Path) -> int:
    """Write problems that ask for code by the descriptions in `descriptions` to `out`; return how many there are.

    A description is cut to the length that was asked for. The new task ids are the old ones with the number of the
    description: `Python/12/0`.

    Args:
        descriptions: a folder that `generate` left for `humanevalpack/explain`, or its file.
        out: a file of problems, for `load`.

    Raises:
        InputError: there are none, a task is unknown, or `out` cannot be written.
        SourceError: a line has no description.
    """
    problems = list(_problems(descriptions / LINES if descriptions.is_dir() else descriptions))
    if not problems:
        raise InputError(f"there are no descriptions in {descriptions}")
    try:
        out.write_text("".join(f"{line}\n" for line in lines(problems)))
    except OSError as error:
        raise InputError(f"cannot write {out}: {error.strerror}") from error
    return len(problems)


def _problems(file: Path) -> Iterator[Problem]:
    asked, mended = load("humanevalpack/explain"), load("humanevalpack/fix")
    numbers: Counter[str] = Counter()
    for line, record in read_json(file):
        if not isinstance(record, dict) or "task_id" not in record:
            raise SourceError(file, line, "no description of a task", "a line of `generations.jsonl`")
        text = next((record[field] for field in _TEXTS if isinstance(record.get(field), str)), None)
        if text is None:
            raise SourceError(file, line, "no description", f"text in one of {', '.join(_TEXTS)}")
        task = str(record["task_id"])
        length = described_length(asked.get(task))
        yield explained(mended.get(task), text.strip()[:length].rstrip(), numbers[task])
        numbers[task] += 1
