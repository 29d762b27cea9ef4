"""Tests with inputs and outputs, judged: one build, a fresh process for each, and verdicts that no order changes."""

import json
import random
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from running import Command, Require

from passatk.cases import Case, Cases, Checked, Checker, fraction, weighted
from passatk.errors import InputError
from passatk.judging import Job, LocalPool, default_limits
from passatk.languages import LANGUAGES
from passatk.languages.base import Language
from passatk.records import Asserts, Limits, Problem, Sample, Status, Verdict

SUMS = {
    "python": "import sys\nprint(sum(map(int, sys.stdin.read().split())))\n",
    "cpp": "#include <iostream>\nint main() { long long s = 0, x; while (std::cin >> x) s += x; std::cout << s; }\n",
    "rust": (
        "use std::io::*;\nfn main() { let mut t = String::new(); stdin().read_to_string(&mut t).unwrap();\n"
        'let s: i64 = t.split_whitespace().map(|x| x.parse::<i64>().unwrap()).sum(); println!("{}", s); }\n'
    ),
    "go": (
        'package main\nimport ("bufio"; "fmt"; "os")\nfunc main() { r := bufio.NewReader(os.Stdin); s := 0\n'
        "for { var x int; if _, e := fmt.Fscan(r, &x); e != nil { break }; s += x }; fmt.Println(s) }\n"
    ),
    "java": (
        "import java.util.*;\npublic class Adder { public static void main(String[] a) { Scanner s = new"
        " Scanner(System.in); long t = 0; while (s.hasNextLong()) t += s.nextLong(); System.out.println(t); } }\n"
    ),
    "javascript": (
        "const t = require('fs').readFileSync(0, 'utf8');\n"
        "console.log(t.split(/\\s+/).filter(x => x).map(Number).reduce((a, b) => a + b, 0));\n"
    ),
    "typescript": (
        "import * as readline from 'readline';\n"
        "const rl: readline.Interface = readline.createInterface({ input: process.stdin });\n"
        "let s: number = 0;\nrl.on('line', (line: string) => { for (const n of line.split(' ')) s += Number(n) });\n"
        "rl.on('close', () => console.log(s));\n"
    ),
    "c": '#include <stdio.h>\nint main() { long s = 0, x; while (scanf("%ld", &x) == 1) s += x; printf("%ld", s); }\n',
    "ruby": "puts STDIN.read.split.map(&:to_i).sum\n",
    "php": "<?php\necho array_sum(preg_split('/\\s+/', stream_get_contents(STDIN), -1, PREG_SPLIT_NO_EMPTY));\n",
    "lua": "local s = 0\nfor n in io.read('a'):gmatch('%S+') do s = s + math.tointeger(n) end\nprint(s)\n",
    "perl": '#!/usr/bin/perl\nuse strict;\nmy $s = 0;\nwhile (<STDIN>) { $s += $_ for split }\nprint "$s\\n";\n',
    "bash": "s=0\nfor n in $(cat); do s=$((s + n)); done\necho $s\n",
    "r": "cat(sum(scan(file('stdin'), quiet = TRUE)), '\\n')\n",
    "csharp": (
        "using System;\nusing System.Linq;\nclass Adder { static void Main() { Console.WriteLine(Console.In.ReadToEnd()"
        ".Split((char[]) null, StringSplitOptions.RemoveEmptyEntries).Select(long.Parse).Sum()); } }\n"
    ),
    "racket": "#lang racket\n(displayln (for/sum ([n (in-port read)]) n))\n",
    "ocaml": (
        'let rec sum s = match Scanf.scanf " %d" (fun n -> n) with\n  | n -> sum (s + n)\n'
        '  | exception (End_of_file | Scanf.Scan_failure _) -> s\nlet () = Printf.printf "%d\\n" (sum 0)\n'
    ),
    "d": (
        "import std;\nvoid main() { long s; foreach (line; stdin.byLine) foreach (n; line.split) s += n.to!long;\n"
        "writeln(s); }\n"
    ),
    "haskell": "main :: IO ()\nmain = interact (show . sum . map (read :: String -> Int) . words)\n",
    "fortran": (
        "program adder\n  integer :: n, s, e\n  character(len=20) :: line\n  s = 0\n  do\n"
        "    read (*, '(a)', iostat=e) line\n    if (e /= 0) exit\n    s = s + total(line)\n  end do\n"
        "  print '(i0)', s\ncontains\n  integer function total(line)\n    character(len=*), intent(in) :: line\n"
        "    integer :: a(9), k, e\n    total = 0\n    do k = 1, 9\n      read (line, *, iostat=e) a(1:k)\n"
        "      if (e /= 0) exit\n      total = sum(a(1:k))\n    end do\n  end function\nend program\n"
    ),
    "scala": (
        "import scala.io.Source\nobject Sum extends App {\n"
        '  println(Source.stdin.getLines.flatMap(_.split(" ")).filter(_ != "").map(_.toInt).sum)\n}\n'
    ),
    "tcl": "set s 0\nforeach n [read stdin] { incr s $n }\nputs $s\n",
}
BROKEN = {
    "python": "print((1)\n",
    "javascript": "console.log((1);\n",
    "ruby": "puts [1\n",
    "php": "<?php\necho (1;\n",
    "lua": "print((1)\n",
    "perl": "print (1;\n",
    "bash": "if true; then echo 1\n",
    "r": "cat((1)\n",
    "racket": "#lang racket\n(displayln 1\n",
    "tcl": "puts {1\n",
}
"""Where nobody compiles programs. The others are told in the same words as with asserts."""
ONES = (
    Case(id="one", stdin="1 2\n", expected="3\n", public=True),
    Case(id="two", stdin="", expected="0", weight=2),
    Case(id="three", stdin="5\n5", expected="10"),
)


def problem(cases: Cases, language: str = "python") -> Problem:
    return Problem(
        task_id="sum",
        benchmark="t",
        language=language,
        prompt="",
        tests=Asserts(code=""),
        cases=cases,
        in_function=False,
    )


def judged(pool: LocalPool, text: str, cases: Cases, language: str = "python", limits: Limits | None = None) -> Verdict:
    sample = Sample(task_id="sum", index=0, text=text, whole=True)
    program = LANGUAGES[language].program(problem(cases, language), sample, "")
    [(_, verdict)] = pool.judge([Job(program=program, limits=limits or default_limits())])
    return verdict


def statuses(verdict: Verdict) -> dict[str, str]:
    return {result.id: str(result.status) for result in verdict.cases}


@pytest.mark.parametrize("language", sorted(SUMS))
def test_in_every_language_that_reads(pool: LocalPool, language: str, require: Require) -> None:
    require(language)
    assert judged(pool, SUMS[language], Cases(cases=ONES), language).reason == "all tests held"
    wrong = judged(pool, SUMS[language], Cases(cases=(*ONES, Case(id="no", stdin="1", expected="2"))), language)
    assert (wrong.status, wrong.walled) == (Status.WRONG_ANSWER, True)
    assert statuses(wrong) == {"one": "passed", "two": "passed", "three": "passed", "no": "wrong_answer"}
    assert (fraction(wrong.cases), fraction(wrong.cases, public=True), weighted(wrong.cases)) == (0.75, 1.0, 0.8)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_what_does_not_compile_is_said_once(pool: LocalPool, language: str, require: Require) -> None:
    require(language)
    verdict = judged(pool, BROKEN.get(language, "int main( {\n"), Cases(cases=ONES), language)
    assert verdict.status is Status.COMPILE_ERROR, verdict.reason
    assert verdict.reason


def test_a_language_that_does_not_say_how_refuses_in_words() -> None:
    sample = Sample(task_id="sum", index=0, text="", whole=True)
    with pytest.raises(InputError, match="tests with inputs cannot be judged in Perl yet"):
        Language.standalone(LANGUAGES["perl"], problem(Cases(cases=ONES), "perl"), sample)


@pytest.mark.parametrize("stop", ["all", "first_failure"])
def test_the_order_of_tests_changes_nothing(python_pool: LocalPool, stop: str) -> None:
    text = "n = int(input())\nif n == 1: raise KeyError(n)\nprint(7 if n == 2 else n)\n"
    cases = [Case(id=str(n), stdin=f"{n}" + "\n" * n, expected=str(n)) for n in range(4)]
    seen = set()
    for seed in range(3):
        random.Random(seed).shuffle(cases)
        verdict = judged(python_pool, text, Cases(cases=tuple(cases), stop=stop))  # type: ignore[arg-type]
        seen.add((verdict.status, verdict.reason))
        assert [result.id for result in verdict.cases] == [case.id for case in cases], "as they are listed"
        assert statuses(verdict)["2"] == ("wrong_answer" if stop == "all" else "not_run")
    assert seen == {(Status.RUNTIME_ERROR, "test 1: KeyError: 1")}


LEAVES = """
import os, sys
n = input()
places = [f"{folder}/left" for folder in (".", "/tmp", "/dev/shm")]
found = [place for place in places if os.path.exists(place)]
print(n if not found and open("program.py").read().count("LEAVES") == 0 else found)
for place in places:
    os.makedirs(f"{place}/" + "/".join(["deep" * 40] * 20))
os.unlink("program.py")
open("program.py", "w").write("# LEAVES\\nprint(1)")
os.chmod(".", 0o700)
if os.fork() == 0:
    os.setsid()
    os.closerange(0, 3)
    while True: pass
""".replace('count("LEAVES")', 'count("# LEAV" + "ES\\n")')


def test_nothing_is_left_from_test_to_test(python_pool: LocalPool) -> None:
    cases = tuple(Case(id=str(n), stdin=f"{n}\n", expected=f"{n}\n") for n in range(3))
    assert judged(python_pool, LEAVES, Cases(cases=cases)).reason == "all tests held"


SEARCHES = """
import os, sys
wanted = b"-".join([b"A29", b"31", b"C17"])
found = []
def look(place):
    try:
        if os.path.isfile(place) and wanted in open(place, "rb").read(1 << 20): found.append(place)
    except OSError:
        pass
for folder in ("/tmp", "/dev", "/run", "/var/tmp", "/work", os.getcwd()):
    for where, _, names in os.walk(folder):
        for name in names: look(os.path.join(where, name))
for process in set(filter(str.isdigit, os.listdir("/proc"))) - {str(os.getpid())}:
    for name in ("environ", "cmdline", "stat", "maps"): look(f"/proc/{process}/{name}")
    try:
        for number in os.listdir(f"/proc/{process}/fd"): look(f"/proc/{process}/fd/{number}")
        with open(f"/proc/{process}/mem", "rb", 0) as memory:
            for line in open(f"/proc/{process}/maps"):
                first, last = (int(part, 16) for part in line.split()[0].split("-"))
                memory.seek(first)
                if wanted in memory.read(min(last - first, 1 << 26)): found.append(line)
    except (OSError, ValueError, OverflowError):
        pass
print(found)
"""
"""Where its judge might have left what is expected."""


def test_what_is_expected_lies_nowhere(python_pool: LocalPool) -> None:
    verdict = judged(python_pool, SEARCHES, Cases(cases=(Case(id="a", stdin="", expected="A29-31-C17"),)))
    assert (verdict.status, verdict.cases[0].output.strip()) == (Status.WRONG_ANSWER, "[]"), verdict.reason


def test_a_compiled_program_that_replaces_itself_is_put_back(pool: LocalPool, require: Require) -> None:
    require("cpp")
    text = (
        '#include <cstdio>\n#include <fstream>\n#include <unistd.h>\nint main() { int n; std::scanf("%d", &n);'
        ' std::printf("%d", n); std::fflush(stdout); ::unlink("program"); std::ofstream("program") << "no"; }\n'
    )
    cases = tuple(Case(id=str(n), stdin=f"{n}\n", expected=f"{n}\n") for n in range(3))
    assert judged(pool, text, Cases(cases=cases), "cpp").reason == "all tests held"


MUCH = "x" * (8 << 20)
BEHIND = "import os, time\nif not os.fork():\n    time.sleep(0.2)\n"
"""A child that goes on when its program's main process has ended."""


@pytest.mark.parametrize(
    ("text", "stdin", "expected"),
    [
        ("import sys\nsys.stdout.write('x' * (8 << 20))\nsys.stdout.flush()\nsys.stdin.read()\n", MUCH, MUCH),
        ("import os\nos.close(0)\nprint(1)\n", MUCH, "1"),
        ("print(1)\n", MUCH, "1"),
        ("import sys\nprint(len(sys.stdin.read()))\n", MUCH, str(8 << 20)),
        ("import threading\nthreading.Thread(target=lambda: print(input())).start()\n", "a", "a"),
        ("import atexit\natexit.register(print, input())\n", "a", "a"),
        ("import sys\nprint(input())\nsys.exit()\n", "\u00e9\n", "\u00e9"),
        ("print(__name__)\n", "", "__main__"),
        (f"{BEHIND}    print(1)\n", "", "1"),
        (f"print(1, flush=True)\n{BEHIND}    [os.close(n) for n in (1, 2)]\n    time.sleep(99)\n", "", "1"),
    ],
    ids=[
        *("prints first", "closes", "reads nothing", "reads all", "thread", "at exit", "exit", "main"),
        *("child prints behind", "child that cannot print"),
    ],
)
def test_what_is_read_and_printed(python_pool: LocalPool, text: str, stdin: str, expected: str) -> None:
    cases = Cases(cases=(Case(id="1", stdin=stdin, expected=expected),))
    assert judged(python_pool, text, cases).reason == "all tests held"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("print(0)\nraise SystemExit(3)\n", Status.RUNTIME_ERROR),
        ("assert False\n", Status.RUNTIME_ERROR),
        ("while True: pass\n", Status.TIME_LIMIT),
        ("while True: print('x' * 1000)\n", Status.OUTPUT_LIMIT),
        ("import time\ntime.sleep(99)\n", Status.TIME_LIMIT),
        ("print(\n", Status.COMPILE_ERROR),
        ("import os\nprint(1)\nos.kill(os.getpid(), 11)\n", Status.RUNTIME_ERROR),
        ("import os\nos.write(1, b'\\xff')\n", Status.WRONG_ANSWER),
        (f"print(1, flush=True)\n{BEHIND}    print(2)\n", Status.WRONG_ANSWER),
        (f"print(1, flush=True)\n{BEHIND}    time.sleep(99)\n", Status.TIME_LIMIT),
        (f"print(1, flush=True)\n{BEHIND}    while True: pass\n", Status.TIME_LIMIT),
    ],
)
def test_what_fails(python_pool: LocalPool, text: str, status: Status) -> None:
    run = msgspec.structs.replace(Limits().run, cpu_s=0.5, idle_s=1.0)
    cases = Cases(cases=(Case(id="1", stdin="", expected="1"),), stop="first_failure")
    assert judged(python_pool, text, cases, limits=Limits(run=run)).status is status


def test_all_tests_together_have_a_limit(python_pool: LocalPool) -> None:
    cases = tuple(Case(id=str(n), stdin=str(n), expected="1") for n in range(4))
    text = "import time\nwhile time.process_time() < 0.3: pass\nprint(1)\n"
    verdict = judged(python_pool, text, Cases(cases=cases, cpu_s=0.5))
    assert verdict.status is Status.TIME_LIMIT, verdict.reason
    assert judged(python_pool, text, Cases(cases=cases, cpu_s=20)).status is Status.PASSED


def test_the_key_depends_on_cases_and_not_on_their_order() -> None:
    sample = Sample(task_id="sum", index=0, text=SUMS["python"], whole=True)

    def key(cases: Cases) -> str:
        return LANGUAGES["python"].program(problem(cases), sample, "").key

    assert key(Cases(cases=ONES)) == key(Cases(cases=ONES[::-1]))
    others = (Cases(cases=ONES[1:]), Cases(cases=ONES, checker=Checker(kind="exact")), Cases(cases=ONES, cpu_s=1.0))
    assert len({key(cases) for cases in (Cases(cases=ONES), *others)}) == 4


def test_problems_with_code_are_hashed_as_before() -> None:
    plain = msgspec.structs.replace(problem(Cases(cases=ONES)), cases=msgspec.UNSET)
    assert "cases" not in msgspec.json.decode(msgspec.json.encode(plain))


OWN = {
    "id": "sum",
    "language": "python",
    "instruction": "Print the sum.",
    "reference": "print(sum(map(int, open(0).read().split())))\n",
    "cases": [
        {"stdin": "1 2\n", "expected": "3\n", "public": True},
        {"stdin": "", "expected": "0", "weight": 3},
    ],
}


def test_a_file_of_problems_is_evaluated_and_shown(tmp_path: Path, passatk: Command) -> None:
    problems, samples, out = tmp_path / "own.jsonl", tmp_path / "samples.jsonl", tmp_path / "out"
    problems.write_text(json.dumps(OWN) + "\n")
    texts = ("print(sum(map(int, input().split())))\n", OWN["reference"])
    samples.write_text("".join(json.dumps({"task_id": "sum", "completion": text}) + "\n" for text in texts))
    done = passatk("evaluate", str(samples), "--problems", str(problems), "--out", str(out))
    assert done.returncode == 0, done.stderr
    shown = json.loads(passatk("show", str(out), "sum#0", "--json").stdout)
    assert (shown["status"], shown["fraction"], shown["weighted"]) == ("runtime_error", 0.5, 0.25)
    assert (shown["public_fraction"], shown["hidden_fraction"]) == (1.0, 0.0)
    assert "1 of 2 tests passed" in passatk("show", str(out), "sum#0").stdout
    assert passatk("replay", str(out), "sum#0", "--keep", str(tmp_path / "kept")).returncode == 0
    run = subprocess.run([sys.executable, tmp_path / "kept" / "run.py"], capture_output=True, text=True, check=False)
    assert "--- test 1: exit code 0\n3\n--- expected\n3\n1 of 2 tests did not end" in run.stdout


def test_a_checker_that_fails_judges_nothing() -> None:
    from test_verdict import CLEAN, LIMITS, outcome

    from passatk.judging.verdict import decide
    from passatk.records import CaseFacts

    cases = Cases(cases=ONES[:2])
    failed = CaseFacts(id="one", run=CLEAN, checked=Checked(outcome="failed", words="crashed"))

    def status(other: str) -> Status:
        second = CaseFacts(id="two", run=CLEAN, checked=Checked(outcome=other))  # type: ignore[arg-type]
        facts = msgspec.structs.replace(outcome(CLEAN), cases=(failed, second))
        return decide([facts], LIMITS, LANGUAGES["python"].failure, cases=cases).status

    assert status("accepted") is Status.NOT_JUDGED
    assert status("wrong") is Status.WRONG_ANSWER
