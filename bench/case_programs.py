"""Programs with tests of inputs and outputs, whose every test has a fate of its own; and what has to be equal of them.

A test's input says what the program does: print what is right or wrong, crash, compute, sleep, hoard, flood.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from passatk.cases import Call, Case, Cases, Checker, CheckerProgram, Stopping
from passatk.languages import LANGUAGES
from passatk.records import Asserts, Limits, Problem, Program, Sample, StepLimits, Verdict

LIMITS = Limits(run=StepLimits(cpu_s=0.2, idle_s=0.5, memory_bytes=64 << 20, output_bytes=2 << 20))
DOES = """\
import os, sys, time
def does(word, amount):
    if word == "crash": return 1 // 0
    if word == "leave": os._exit(3)
    if word == "die": os.kill(os.getpid(), 11)
    if word == "close": os.close(0); os.close(1); time.sleep(0.05)
    if word == "sleep": time.sleep(amount)
    if word == "hoard": return len(bytearray(int(amount) << 20))
    if word == "flood": sys.stdout.write("x" * (int(amount) << 20))
    if word == "bytes": os.write(1, bytes([255, 254]))
    if word == "child" and os.fork() == 0:
        os.setsid()
        while True: pass
    if word == "threads":
        import threading
        some = [threading.Thread(target=sum, args=(range(20000),)) for _ in range(8)]
        for one in some: one.start()
        for one in some: one.join()
    while word == "burn" and time.process_time() < amount: pass
    return 42 if word != "wrong" else 41
"""
READS = f"{DOES}word, amount = sys.stdin.read().split()\nprint(does(word, float(amount)))\n"
CPP = """\
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <unistd.h>
int main() {
    char word[20]; double amount; long right = 42;
    if (std::scanf("%19s %lf", word, &amount) != 2) return 2;
    if (!std::strcmp(word, "crash")) std::abort();
    if (!std::strcmp(word, "leave")) _exit(3);
    if (!std::strcmp(word, "die")) right = *(volatile long *)8;
    if (!std::strcmp(word, "sleep")) usleep((unsigned)(amount * 1e6));
    if (!std::strcmp(word, "hoard")) {
        std::string s((std::size_t)(amount * 1048576), 'x'); right = s[s.size() / 2] == 'x' ? 42 : 0;
    }
    if (!std::strcmp(word, "flood")) for (long n = 0; n < (long)(amount * 1048576); n++) std::putchar('x');
    if (!std::strcmp(word, "wrong")) right = 41;
    while (!std::strcmp(word, "burn") && std::clock() < amount * CLOCKS_PER_SEC) {}
    std::printf("%ld\\n", right);
}
"""
FATES = (
    *(("right", n) for n in range(4)),
    *((word, 1.0) for word in ("wrong", "crash", "leave", "die", "close", "bytes", "child", "threads")),
    *(("burn", amount) for amount in (0.04, 0.08, 1.0)),
    *(("sleep", amount) for amount in (0.05, 0.2, 2.0)),
    *(("hoard", amount) for amount in (10, 20, 150)),
    *(("flood", amount) for amount in (1, 4)),
)
"""None within 1.5 of a limit."""
CLOSE = (("burn", 0.15), ("burn", 0.19), ("burn", 0.25), ("right", 1))
"""But for these."""
CHECKS = "import sys\nsys.exit(0 if open(sys.argv[2]).read().split() == ['42'] else 1)\n"


class CaseProgram(NamedTuple):
    """Code with tests."""

    name: str
    language: str
    code: str
    cases: Cases
    close: bool = False
    """A test of it is placed within 1.5 of a limit."""

    def program(self, stop: Stopping, reverse: bool) -> Program:
        """With its tests listed in this order or the other one, which stop at the first failure or never."""
        listed = self.cases.cases[::-1] if reverse else self.cases.cases
        cases = Cases(cases=listed, checker=self.cases.checker, stop=stop, call=self.cases.call, cpu_s=self.cases.cpu_s)
        problem = Problem(
            task_id=self.name,
            benchmark="bench",
            language=self.language,
            prompt="",
            tests=Asserts(code=""),
            cases=cases,
            in_function=False,
        )
        return LANGUAGES[self.language].program(
            problem, Sample(task_id=self.name, index=0, text=self.code, whole=True), ""
        )


def case_programs() -> Iterator[CaseProgram]:
    """All fates in one program, in every way to be tested; and programs of which a single test fails."""
    call = Call(name="does")
    checker = CheckerProgram(language="python", source=CHECKS)
    for language, code in (("python", READS), ("cpp", CPP)):
        yield CaseProgram(f"{language}, all", language, code, Cases(cases=_read(FATES)))
        yield CaseProgram(f"{language}, close", language, code, Cases(cases=_read(CLOSE)), close=True)
        right = [fate for fate in FATES if fate[0] == "right"]
        for word, amount in (("wrong", 1.0), ("burn", 1.0), ("sleep", 2.0)):
            yield CaseProgram(f"{language}, {word}", language, code, Cases(cases=_read([*right, (word, amount)])))
    checked = Cases(cases=_read(FATES), checker=Checker(kind="program", program=checker))
    yield CaseProgram("python, checker", "python", READS, checked)
    called = Cases(cases=tuple(_called(FATES)), checker=Checker(kind="equal"), call=call)
    yield CaseProgram("python, function", "python", DOES, called)
    burns = [("burn", 0.05 + n / 1000) for n in range(9)]
    yield CaseProgram("python, all tests together", "python", READS, Cases(cases=_read(burns), cpu_s=0.2))


def _read(fates: Sequence[tuple[str, float]]) -> tuple[Case, ...]:
    numbered = zip(itertools.count(1), fates, strict=False)
    return tuple(Case(id=f"{n} {word}", stdin=f"{word} {amount}\n", expected="42\n") for n, (word, amount) in numbered)


def _called(fates: Sequence[tuple[str, float]]) -> Iterator[Case]:
    for number, (word, amount) in enumerate(fates, 1):
        yield Case(id=f"{number} {word}", stdin=f'["{word}", {amount}]', expected="42")


def found_of(verdict: Verdict) -> dict[str, Any]:
    """What has to be the same each time, and whether the verdict says that it may not be."""
    first = verdict.reason.split(":")[0] if verdict.reason.startswith("test ") else verdict.reason.split(" used ")[0]
    return {
        "status": str(verdict.status),
        "first": first,
        "borderline": verdict.borderline,
        "tests": {result.id: str(result.status) for result in verdict.cases},
    }


def differences(judgings: Mapping[str, Mapping[str, Mapping[str, Any]]], close: frozenset[str]) -> list[str]:
    """In words. `judgings`: name of a judging, which begins with how tests stop -> program -> what was found."""
    told = []
    first: dict[tuple[str, str], tuple[str, Mapping[str, Any]]] = {}
    for judging, programs in judgings.items():
        stop = judging.partition(",")[0]
        for name, found in programs.items():
            if name in close:
                continue
            for key in (("any", name), (stop, name)):
                where, known = first.setdefault(key, (judging, found))
                names = ("status", "first") if key[0] == "any" else ("tests", "borderline")
                told += [
                    f"{name}: {field} {known[field]} ({where}), {found[field]} ({judging})"
                    for field in names
                    if known[field] != found[field]
                ]
    return told
