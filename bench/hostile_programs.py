"""Every hostile program by every kind of user, with few workers and many, and every fact again and again.

Usage: python bench/hostile_programs.py [--workers 1 2 8] [--repeats 10] [--rounds 1]

The tests have one round of each user, and the ordinary one only tries what may differ for him. Here both try all
programs in all languages with each number of workers, and print every fact as often on an idle machine as beside
programs that burn every CPU. What is not as it must be is listed, and there should be nothing. Takes about half an
hour on 2 CPUs.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from hostile.cases import CATEGORIES
from hostile.judging import Plan, Report, faults
from hostile.trials import PLANS, run_trial
from running import find_ordinary_user

from passatk.records import Status


def wrong_in(report: Report) -> Iterator[str]:
    """All that is not as it must be, a line each."""
    for one in report.rounds:
        for category, seen in one.seen.items():
            for case in (case for case in CATEGORIES[category] if case.id in seen):
                yield from (f"{one.workers} workers: {case.id}: {words}" for words in faults(case, seen[case.id]))
        yield from (f"{one.workers} workers: left behind: {name}" for name in one.left)
    for language in report.idle:
        for run in (*report.idle[language], *report.loaded[language]):
            if run.status != Status.PASSED:
                yield f"{language} prints its facts: {run.status}: {run.reason}"
        for fact, printed in report.facts(language).items():
            if len(printed) != 1 or printed == {""}:
                yield f"{language}: {fact} differs: {sorted(printed)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 8])
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    plan = Plan(workers=tuple(options.workers) * options.rounds, repeats=options.repeats)
    nobody = find_ordinary_user()
    users = [user for user in PLANS if user == next(iter(PLANS)) or not isinstance(nobody, str)]
    wrong = 0
    for user in users:
        report = run_trial(user, plan, timeout_s=None)
        lines = list(wrong_in(report))
        wrong += len(lines)
        rounds = ", ".join(f"{one.workers} workers {one.wall_s:.0f} s" for one in report.rounds)
        missing = f"; without {', '.join(report.missing)}" if report.missing else ""
        print(f"{user}: {rounds}; {2 * plan.repeats} runs of every fact{missing}: {len(lines)} lines", flush=True)
        print("".join(f"  {line}\n" for line in lines), end="")
    if isinstance(nobody, str):
        print(f"no ordinary user: {nobody}")
    if wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
