"""A judge that lives: any thread, any time, in order, with doubt settled meanwhile."""

import asyncio
import gc
import os
import threading
import time
import weakref
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from pathlib import Path

import msgspec
import pytest

from passatk import InputError, Judge, Limits, ProblemSet, SandboxError, Status, Verdict, load
from passatk.cases import Case, Cases
from passatk.judging.calibration import Calibration
from passatk.pipeline.bare import bare_program
from passatk.pipeline.calibrations import Calibrations
from passatk.records import Asserts, Problem, StepLimits

SLEEPS, LOOPS = "    import time\n    time.sleep(1000)\n", "    while True:\n        pass\n"
WRONG = "    return None\n"


@pytest.fixture(scope="module")
def basics() -> ProblemSet:
    return load("basics").only(["python"])


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge(["python"], workers=2, cached=False) as judge:
        yield judge


def right(problem: Problem, number: int = 0) -> str:
    """A solution that passes, another program for each number."""
    assert problem.reference is not None
    return f"{problem.reference}\n# {number}\n"


def some(problems: ProblemSet, number: int) -> list[Problem]:
    return list(problems.problems.values())[:number]


def test_verdicts_come_in_the_order_of_what_was_given(judge: Judge, basics: ProblemSet) -> None:
    given = [(p, right(p, n) if n % 3 else WRONG) for n in range(3) for p in some(basics, 8)]
    expected = [n % 3 != 0 for n in range(3) for _ in range(8)]
    assert [verdict.status is Status.PASSED for verdict in judge.judge(given)] == expected


def test_doubt_is_settled_while_jobs_arrive_and_neither_starves(judge: Judge, basics: ProblemSet) -> None:
    """One that loops and one that sleeps get their verdicts although others never cease; and these go on meanwhile."""
    problem = some(basics, 1)[0]
    doubtful = [judge.submit(problem, LOOPS), judge.submit(problem, SLEEPS)]
    stop, passed = threading.Event(), []

    def never_cease() -> None:
        number = 0
        while not stop.is_set():
            passed.extend(judge.judge([(problem, right(problem, 10_000 + number + i)) for i in range(4)]))
            number += 4

    thread = threading.Thread(target=never_cease)
    thread.start()
    try:
        assert [future.result(timeout=120).status for future in doubtful] == [Status.TIME_LIMIT, Status.TIME_LIMIT]
        assert [len(future.result().attempts) for future in doubtful] == [1, 2]
    finally:
        stop.set()
        thread.join()
    assert len(passed) > 20
    assert {verdict.status for verdict in passed} == {Status.PASSED}


def test_many_threads_at_once(judge: Judge, basics: ProblemSet) -> None:
    def one(number: int) -> list[Status]:
        return [v.status for v in judge.judge([(p, right(p, 100 + number)) for p in some(basics, 3)] * 2)]

    with ThreadPoolExecutor(8) as threads:
        assert all(found == [Status.PASSED] * 6 for found in threads.map(one, range(16)))


def test_equal_programs_under_way_are_executed_once(basics: ProblemSet) -> None:
    problem = some(basics, 1)[0]
    with Judge(["python"], workers=1, cached=False) as judge:
        futures = [judge.submit(problem, "    import time\n    time.sleep(0.3)\n" + right(problem)) for _ in range(20)]
        verdicts = [future.result() for future in futures]
    assert all(verdict is verdicts[0] for verdict in verdicts)
    assert verdicts[0].status is Status.PASSED


def test_asynchronous(judge: Judge, basics: ProblemSet) -> None:
    async def all_of() -> list[Verdict]:
        return await asyncio.gather(*(judge.ajudge(p, right(p, 7)) for p in some(basics, 10)))

    assert [verdict.status for verdict in asyncio.run(all_of())] == [Status.PASSED] * 10


def test_what_is_cancelled_in_the_queue_is_not_executed_and_others_are(basics: ProblemSet) -> None:
    problem = some(basics, 1)[0]
    with Judge(["python"], workers=1, cached=False) as judge:
        judge.judge([(problem, right(problem))])
        slow = judge.submit(problem, "    import time\n    time.sleep(0.2)\n" + right(problem))
        endless = [judge.submit(problem, LOOPS + f"# {n}") for n in range(200)]
        last = judge.submit(problem, right(problem, 1))
        shared = [judge.submit(problem, right(problem, 2)) for _ in range(2)]
        assert all(future.cancel() for future in [*endless, shared[0]])
        assert [future.result().status for future in (slow, last, shared[1])] == [Status.PASSED] * 3
    assert all(future.cancelled() for future in endless)
    assert not wait_for(endless, timeout=60).not_done


def test_nothing_of_a_program_is_left_to_the_garbage_collector(judge: Judge, basics: ProblemSet) -> None:
    """Neither of one that was judged nor of one that was cancelled: a judge that lives long does not grow by them."""
    problem = some(basics, 1)[0]
    judge.judge([(problem, right(problem, 20_000))])
    gc.disable()
    try:
        futures = [judge.submit(problem, text) for text in (right(problem, 20_001), SLEEPS, right(problem, 20_002))]
        futures[1].cancel()
        wait_for(futures)
        left = [weakref.ref(future) for future in futures]
        futures.clear()
        patience = time.monotonic() + 60  # a slot's thread may still have the last one
        while any(one() is not None for one in left) and time.monotonic() < patience:
            time.sleep(0.01)
        assert [one() for one in left] == [None] * 3
    finally:
        gc.enable()


def test_a_reference_that_does_not_pass_and_a_problem_without_one(judge: Judge) -> None:
    tests = Asserts(code="assert f() == 1\n")
    without = Problem(
        task_id="own/1", benchmark="own", language="python", prompt="def f():\n", entry_point="f", tests=tests
    )
    broken = msgspec.structs.replace(without, task_id="own/0", reference="    return 2\n")
    first, second, third = judge.judge([(broken, "    return 1\n"), (without, "    return 1\n"), (without, WRONG)])
    assert (first.status, second.status, third.status) == (Status.NOT_JUDGED, Status.PASSED, Status.WRONG_ANSWER)
    assert "own reference solution does not pass here: wrong_answer" in first.reason


def test_code_is_taken_out_of_answers(basics: ProblemSet) -> None:
    problem = some(basics, 1)[0]
    answer = f"Sure!\n\n```python\n{problem.prompt}{problem.reference}```\nThat is all."
    with Judge(["python"], workers=1, extract=True, cached=False) as judge:
        assert judge.read(problem, answer).read_as == "block"
        assert judge.judge([(problem, answer), (problem, "I cannot.")])[0].status is Status.PASSED


def test_a_fork_is_told_to_make_its_own(judge: Judge, basics: ProblemSet) -> None:
    problem = some(basics, 1)[0]
    judge.judge([(problem, right(problem, 30))])
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            judge.judge([(problem, right(problem, 31))])
        except InputError as error:
            os.write(writes, str(error).encode())
        finally:
            os._exit(0)
    os.close(writes)
    with os.fdopen(reads) as words:
        said = words.read()
    os.waitpid(child, 0)
    assert "make another one in this process" in said
    assert judge.judge([(problem, right(problem, 32))])[0].status is Status.PASSED


def test_closed_it_says_so_and_nothing_waits_for_ever(basics: ProblemSet) -> None:
    problem = some(basics, 1)[0]
    judge = Judge(["python"], workers=2, cached=False)
    futures: list[Future[Verdict]] = [judge.submit(problem, LOOPS + f"# {n}") for n in range(30)]
    time.sleep(1)
    judge.close()
    done, left = wait_for(futures, timeout=60)
    assert not left
    assert all(isinstance(future.exception(), SandboxError) for future in done)


def test_what_it_does_not_know_is_refused(judge: Judge) -> None:
    problem = next(iter(load("basics").only(["rust"]).problems.values()))
    with pytest.raises(InputError, match="is in rust; this judge knows python"):
        judge.submit(problem, "")
    with pytest.raises(InputError, match="at least 1"):
        Judge(["python"], workers=0)


def summing(*cases: Case) -> Problem:
    return Problem(
        task_id="own/sum",
        benchmark="own",
        language="python",
        prompt="",
        tests=Asserts(code=""),
        cases=Cases(cases=cases),
    )


def test_example_tests_are_the_public_cases_alone() -> None:
    problem = summing(
        Case(id="shown", stdin="1", expected="1", public=True), Case(id="hidden", stdin="2", expected="4")
    )
    with Judge(["python"], workers=1, cached=False, tests="example") as judge:
        (verdict,) = judge.judge([(problem, "print(input())")])
    assert (verdict.status, [case.id for case in verdict.cases]) == (Status.PASSED, ["shown"])


def test_what_references_say_is_forgotten_where_there_are_many() -> None:
    asked: list[Problem] = []

    def measure(problem: Problem) -> "Future[Calibration]":
        asked.append(problem)
        return Future()

    problems = [summing(Case(id="1", stdin="x" * 100, expected=str(n))) for n in range(4)]
    known = Calibrations(most=3, most_characters=250)
    for problem in (problems[0], problems[1], problems[0], problems[2], problems[0], problems[1]):
        known.of(problem, measure)
    assert asked == [problems[0], problems[1], problems[2], problems[1]]
    assert len(known) == 2


ECHO = "import sys\ntext = sys.stdin.read()\nprint(text.upper())\nprint('to error', file=sys.stderr)\n"


def test_a_bare_program_has_all_that_it_prints(judge: Judge) -> None:
    verdict = judge.run(bare_program("python", ECHO, "a" * 10_000), Limits()).result()
    assert verdict.status is Status.PASSED
    (case,) = verdict.attempts[-1].cases or ()
    assert case.printed == ("A" * 10_000 + "\n", "to error\n")


def test_a_bare_program_fails_as_others_do_and_has_printed_what_it_had(judge: Judge) -> None:
    source = "import sys\nprint(open('there.txt').read())\nsys.exit(3)\n"
    verdict = judge.run(bare_program("python", source, files=[("there.txt", "here")]), Limits()).result()
    (case,) = verdict.attempts[-1].cases or ()
    assert (verdict.status, case.run.exit_code, case.printed) == (Status.RUNTIME_ERROR, 3, ("here\n", ""))
    flood = bare_program("python", "while True: print('x' * 1000)")
    verdict = judge.run(flood, Limits(run=StepLimits(output_bytes=100_000))).result()
    assert verdict.status is Status.OUTPUT_LIMIT


@pytest.mark.parametrize(("language", "name", "words"), [("python", "program.py", "another name"), ("cpp", "a", "C++")])
def test_files_that_cannot_lie_beside_a_program_are_refused(language: str, name: str, words: str) -> None:
    with pytest.raises(InputError, match=words.replace("+", r"\+")):
        bare_program(language, "int main() {}", files=[(name, "")])


def test_nothing_is_kept_of_what_a_bare_program_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSATK_CACHE", str(tmp_path / "verdicts.sqlite"))
    program = bare_program("python", "import time\nprint(time.time_ns())")
    with Judge(["python"], workers=1) as judge:
        found = [judge.run(program, Limits()).result().attempts[-1].cases for _ in range(2)]
    assert isinstance(found[0], tuple)
    assert isinstance(found[1], tuple)
    assert found[0][0].printed != found[1][0].printed
