"""Judge every mutant of every HumanEval-X reference and list those that pass.

Usage: python bench/surviving_mutants.py DATA/humaneval-x [LANGUAGE ...]. Each survivor is for a person to look at:
it is equivalent to the reference, or the published tests cannot tell it apart.
"""

import difflib
import json
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from mutants import Mutant, mutants

from passatk.judging import Environment, Job, LocalPool, default_limits
from passatk.languages import LANGUAGES
from passatk.problems import load
from passatk.prompts import completion
from passatk.records import Program, Sample, Status


def main() -> None:
    problems = load(sys.argv[1])
    if languages := sys.argv[2:]:
        problems = problems.only(languages)
    programs: dict[str, tuple[Mutant, Program]] = {}
    for mutant in mutants(problems):
        text = mutant.sample.text if mutant.sample.whole else completion(mutant.problem, mutant.sample.text)
        sample = Sample(task_id=mutant.sample.task_id, index=0, text=text, whole=mutant.sample.whole)
        program = LANGUAGES[mutant.problem.language].program(mutant.problem, sample, mutant.problem.tests.code)
        programs.setdefault(program.key, (mutant, program))
    tally: Counter[tuple[str, str, str]] = Counter()
    survivors = []
    pool = LocalPool(Environment(problems.languages))
    jobs = [Job(program=program, limits=default_limits(cpu_s=1.0)) for _, program in programs.values()]
    for job, verdict in pool.judge(jobs):
        mutant, _ = programs[job.program.key]
        tally[mutant.problem.language, mutant.kind, verdict.status] += 1
        if verdict.status is Status.PASSED:
            survivors.append(mutant)
    for (language, kind, status), count in sorted(tally.items()):
        print(f"{language:12} {kind:10} {status:15} {count:5}")
    for mutant in sorted(survivors, key=lambda m: m.name):
        print(f"\n=== {mutant.name}")
        before, after = mutant.problem.solution.splitlines(), mutant.sample.text.splitlines()
        print(
            "\n".join(
                line for line in difflib.unified_diff(before, after, n=1, lineterm="") if line[:3] not in ("---", "+++")
            )
        )
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    rows = [{"language": lang, "kind": k, "status": s, "count": n} for (lang, k, s), n in sorted(tally.items())]
    found = {"tally": rows, "survivors": sorted(m.name for m in survivors)}
    (results / "surviving_mutants.json").write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
