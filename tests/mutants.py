"""Wrong programs made from right ones: mutants of a benchmark's reference solutions, in every language."""

import random
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from passatk.problems import ProblemSet
from passatk.problems.mutants import NUMBER, OPERATOR, SWAPS, TIGHT_OPERATOR
from passatk.records import Problem, Sample

_LOOP = {
    "python": "    while True: pass\n",
    "cpp": "    for (volatile int spin = 0;; spin = spin + 1) {}\n",
    "java": "        for (int spin = 0; spin >= 0; spin = (spin + 1) & 1023) {}\n",
    "javascript": "  while (true) {}\n",
    "go": "    for spin := 0; spin >= 0; spin = (spin + 1) & 1023 {\n    }\n",
    "rust": "    loop { std::hint::black_box(0); if std::env::args().count() > 99 { break; } }\n",
}
_EXIT = {
    "python": "    __import__('os')._exit(0)\n",
    "cpp": "    exit(0);\n",
    "java": "        System.exit(0);\n",
    "javascript": "  process.exit(0)\n",
    "go": "    os.Exit(0)\n",
    "rust": "    std::process::exit(0);\n",
}
KINDS = ("operator", "constant", "brace", "loop", "exit")


class Mutant(NamedTuple):
    """A wrong sample of a problem."""

    kind: str
    problem: Problem
    sample: Sample

    @property
    def name(self) -> str:
        return f"{self.problem.task_id} {self.kind}"


def mutants(problems: ProblemSet, every: int = 1, kinds: Sequence[str] = KINDS) -> Iterator[Mutant]:
    """Up to one mutant of each kind for every `every`-th problem."""
    for problem in list(problems.problems.values())[::every]:
        for kind in kinds:
            sample = _mutate(problem, kind)
            if sample is not None:
                yield Mutant(kind, problem, sample)


def _mutate(problem: Problem, kind: str) -> Sample | None:
    text = problem.solution
    rng = random.Random(f"{problem.task_id} {kind}")
    whole = False
    if kind == "operator":
        operators = TIGHT_OPERATOR if problem.language == "cpp" else OPERATOR
        changed = _replace_one(rng, text, operators, lambda found: SWAPS[found])
    elif kind == "constant":
        changed = _replace_one(rng, text, NUMBER, lambda found: str(int(found) + 1))
    elif kind == "brace":
        mark = ")" if problem.language == "python" else "}"
        cut = text.rfind(mark)
        changed = text[:cut] + text[cut + 1 :] if cut >= 0 else "    return (\n"
    elif kind == "loop":
        changed = _LOOP[problem.language] + text
    else:
        changed = _EXIT[problem.language] + text
        if problem.language == "go":  # only a whole file can import os
            setup = problem.setup.partition("\n")[2]
            changed = f'package main\n\nimport "os"\n{setup}\n{problem.prompt}{changed}'
            changed = _without_unused(changed)
            whole = True
    if changed is None:
        return None
    return Sample(task_id=problem.task_id, index=KINDS.index(kind), text=changed, whole=whole)


def _replace_one(rng: random.Random, text: str, pattern: re.Pattern[str], change: object) -> str | None:
    found = list(pattern.finditer(text))
    if not found:
        return None
    match = rng.choice(found)
    assert callable(change)
    return text[: match.start(1)] + str(change(match[1])) + text[match.end(1) :]


def _without_unused(source: str) -> str:
    """A Go file without the test's imports, which passatk adds by itself."""
    blocks = re.compile(r"^import \((?:[^)]*)\)\n?", re.MULTILINE)
    return blocks.sub("", source)
