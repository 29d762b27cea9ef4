"""Rebuild `examples/generations.jsonl`: the shipped generations that `make demo` scores.

Task 0 of every language has one sample per status, from the fixture folders. Three more tasks have eight samples each:
references, and mutants of them that this script's judge saw give a wrong answer. Usage: python tools/build_examples.py
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from verdict_cases import cases, problem_for  # noqa: E402

from passatk.judging import Environment, Job, LocalPool, default_limits  # noqa: E402
from passatk.languages import LANGUAGES  # noqa: E402
from passatk.records import Problem, Program, Sample, Status  # noqa: E402

ORDER = ("python", "cpp", "java", "javascript", "go", "rust")
SAMPLES = 8
PASSING = {11: 6, 22: 4, 27: 2}
"""Task number -> how many of its eight samples are the reference."""
SWAPS = (
    ("+", "-"),
    ("*", "+"),
    ("== 0", "!= 0"),
    ("+ 1", "+ 2"),
    ("<", "<="),
    (">=", ">"),
    (">", "<"),
    ("1", "2"),
    ("0", "1"),
    ("==", "!="),
)


def mutants(text: str) -> Iterator[str]:
    """`text` with one operator or constant changed, for each place and swap."""
    for old, new in SWAPS:
        for match in re.finditer(re.escape(old), text):
            yield text[: match.start()] + new + text[match.end() :]


def wrong_mutants(problem: Problem, wanted: int, environment: Environment) -> list[str]:
    """`wanted` mutants of the reference that compile, run and answer wrongly; repeated where there are fewer."""
    language = LANGUAGES[problem.language]
    programs: dict[str, tuple[str, Program]] = {}
    for text in list(dict.fromkeys(mutants(problem.solution)))[: 3 * wanted + 9]:
        program = language.program(problem, Sample(task_id=problem.task_id, index=0, text=text), problem.tests.code)
        programs[program.key] = (text, program)
    jobs = [Job(program=program, limits=default_limits(cpu_s=1.0)) for _, program in programs.values()]
    statuses = {job.program.key: verdict.status for job, verdict in LocalPool(environment).judge(jobs)}
    wrong = [text for key, (text, _) in programs.items() if statuses[key] is Status.WRONG_ANSWER]
    if not wrong:
        raise SystemExit(f"{problem.task_id}: none of {len(programs)} mutants answers wrongly; choose another problem")
    return [wrong[i % len(wrong)] for i in range(wanted)]


def rows(environment: Environment) -> Iterator[dict[str, str]]:
    for name in ORDER:
        for status, sample in cases(name).items():
            field = "solution" if sample.whole else "generation"
            yield {"task_id": sample.task_id, field: sample.text, "expected": status}
        for number, passing in PASSING.items():
            problem = problem_for(name, number)
            for _ in range(passing):
                yield {"task_id": problem.task_id, "generation": problem.solution, "expected": Status.PASSED}
            for text in wrong_mutants(problem, SAMPLES - passing, environment):
                yield {"task_id": problem.task_id, "generation": text, "expected": Status.WRONG_ANSWER}


def main() -> None:
    target = ROOT / "examples" / "generations.jsonl"
    with target.open("w") as file:
        for row in rows(Environment()):
            file.write(json.dumps(row) + "\n")
    print(f"{target}: {sum(1 for _ in target.open())} generations")


if __name__ == "__main__":
    main()
