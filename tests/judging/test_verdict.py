"""Facts -> verdict, as a table."""

from typing import Any

import msgspec
import pytest

from passatk.judging import decide, default_limits
from passatk.languages import LANGUAGES
from passatk.records import Isolation, Outcome, Status, StepFacts, Stop

LIMITS = default_limits()
ISOLATION = Isolation(sandbox="none", uid="caller", cgroup="none")
CLEAN = StepFacts(
    exit_code=0,
    signal=None,
    stopped_by=None,
    cpu_s=0.1,
    wall_s=0.1,
    idle_s=0.0,
    peak_memory_bytes=1,
    output_bytes=0,
    stdout="",
    stderr="",
)


def facts(**changes: Any) -> StepFacts:
    return msgspec.structs.replace(CLEAN, **changes)


def outcome(
    run: StepFacts | None, build: StepFacts | None = None, proof: bool = False, fault: str | None = None
) -> Outcome:
    return Outcome(build=build, run=run, proof=proof, isolation=ISOLATION, fault=fault)


def failing(_: StepFacts) -> tuple[Status, str]:
    return Status.RUNTIME_ERROR, ""


over_cpu = LIMITS.run.cpu_s + 0.01
over_output = LIMITS.run.output_bytes + 1
killed = {"exit_code": None, "signal": 9}

TABLE = {
    "proof and exit 0 pass": (outcome(CLEAN, proof=True), Status.PASSED),
    "exit 0 alone is unproven": (outcome(CLEAN), Status.UNPROVEN),
    "proof and a failure is a failure": (outcome(facts(exit_code=1), proof=True), Status.RUNTIME_ERROR),
    "proof and a crash is a failure": (outcome(facts(exit_code=None, signal=11), proof=True), Status.RUNTIME_ERROR),
    "a fault judges nothing": (outcome(CLEAN, proof=True, fault="tmpfs"), Status.NOT_JUDGED),
    "built, not run": (outcome(None, build=CLEAN), Status.NOT_JUDGED),
    "the compiler refused": (outcome(None, build=facts(exit_code=1)), Status.COMPILE_ERROR),
    "the compiler crashed": (outcome(None, build=facts(exit_code=None, signal=11)), Status.COMPILE_ERROR),
    "the compiler was stopped": (outcome(None, build=facts(stopped_by=Stop.CPU, **killed)), Status.COMPILE_ERROR),
    "a slow compiler is no slow program": (outcome(CLEAN, build=facts(cpu_s=over_cpu), proof=True), Status.PASSED),
    "stopped for CPU": (outcome(facts(stopped_by=Stop.CPU, **killed)), Status.TIME_LIMIT),
    "stopped for idling": (outcome(facts(stopped_by=Stop.IDLE, **killed)), Status.TIME_LIMIT),
    "stopped for memory": (outcome(facts(stopped_by=Stop.MEMORY, **killed)), Status.MEMORY_LIMIT),
    "stopped for output": (outcome(facts(stopped_by=Stop.OUTPUT, **killed)), Status.OUTPUT_LIMIT),
    "over the CPU limit by the final reading": (outcome(facts(cpu_s=over_cpu), proof=True), Status.TIME_LIMIT),
    "over the output limit by the final count": (
        outcome(facts(output_bytes=over_output), proof=True),
        Status.OUTPUT_LIMIT,
    ),
    "wall time does not count": (outcome(facts(wall_s=1e6), proof=True), Status.PASSED),
    "at the limit is within it": (outcome(facts(cpu_s=LIMITS.run.cpu_s), proof=True), Status.PASSED),
    "the language reads the rest": (outcome(facts(exit_code=3)), Status.RUNTIME_ERROR),
}


@pytest.mark.parametrize("case", TABLE)
def test_verdict(case: str) -> None:
    given, expected = TABLE[case]
    verdict = decide([given], LIMITS, failing)
    assert verdict.status is expected
    assert verdict.reason
    assert verdict.attempts == (given,)


def test_the_reason_of_a_compile_error_is_the_compilers_first_error() -> None:
    words = "main.cpp: In function 'int f()':\nmain.cpp:3:5: error: expected ';'\nmain.cpp:9:1: error: more"
    verdict = decide([outcome(None, build=facts(exit_code=1, stderr=words))], LIMITS, failing)
    assert verdict.reason == "main.cpp:3:5: error: expected ';'"


FAILURES = {
    "python": ("", "Traceback:\n  File 'tests.py', line 7\nAssertionError: 2 is not 3\n", "AssertionError: 2 is not 3"),
    "cpp": ("", "main.cpp:73: Assertion `f(1) == 2' failed.\n", "main.cpp:73: Assertion `f(1) == 2' failed."),
    "java": (
        "",
        'Exception in thread "main" java.lang.AssertionError\n\tat Main.main(Main.java:22)\n',
        'Exception in thread "main" java.lang.AssertionError',
    ),
    "javascript": (
        "",
        "tests.js:12\n  f()\n\nReferenceError: f is not defined\n    at tests.js:12:1\n",
        "ReferenceError: f is not defined",
    ),
    "go": (
        "--- FAIL: TestF (0.00s)\n    program.go:23: \n    \tError Trace:\t/box/program.go:23\n"
        "    \tError:      \tNot equal: \n    \t            \texpected: 2\n    \tTest:       \tTestF\nFAIL\n",
        "",
        "Error:      \tNot equal:",
    ),
    "rust": (
        "",
        "thread 'main' panicked at 'boom', main.rs:3:5\nnote: run with a backtrace\n",
        "thread 'main' panicked at 'boom', main.rs:3:5",
    ),
}
"""Language -> stdout and stderr of a program that failed, and the line of them that says why."""


@pytest.mark.parametrize("language", FAILURES)
def test_the_reason_of_a_failure_is_the_line_that_says_why(language: str) -> None:
    stdout, stderr, line = FAILURES[language]
    assert LANGUAGES[language].failure(facts(exit_code=1, stdout=stdout, stderr=stderr))[1] == line


def test_the_reason_of_a_crash_without_words_names_the_signal() -> None:
    assert (
        decide([outcome(facts(exit_code=None, signal=11))], LIMITS, failing).reason
        == "the program was ended by signal 11"
    )
