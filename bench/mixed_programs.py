"""A mixed set of programs whose verdicts are known to be hard to repeat: for `stability.py`."""

import sys
from collections.abc import Iterator, Sequence

import msgspec
from mutants import mutants

from passatk.judging import Environment, Job, LocalPool, default_limits, default_policy
from passatk.judging.cache import Keys, VerdictCache
from passatk.judging.calibration import calibrate
from passatk.judging.quiet import HEADROOM, quietest
from passatk.languages import LANGUAGES
from passatk.problems import ProblemSet
from passatk.prompts import completion
from passatk.records import Limits, Problem, Program, Record, Sample

SHARES = {"python": 164, "javascript": 164, "rust": 92, "go": 40, "cpp": 40, "java": 25}
"""How many tasks of each language take part: reference and up to four mutants, one mutant in the slow languages."""
ENDLESS = 8
"""Mutants with an endless loop, in each quick language."""
QUICK = ("python", "javascript")
CPU_LIMIT_S, IDLE_LIMIT_S, MEMORY_LIMIT, OUTPUT_LIMIT = 0.4, 1.0, 200 << 20, 256 << 10

BURNERS = {
    ("python", "arithmetic"): (
        "    n = 0\n    for i in range({n}):\n        n += i * i % 7\n    return 42 if n >= 0 else 0\n"
    ),
    ("java", "arithmetic"): (
        "        long n = 1;\n        for (long i = 0; i < {n}L; i++) n = n * 6364136223846793005L + i;\n"
        "        return n == 0 ? 0 : 42;\n    }}\n}}\n"
    ),
    ("go", "arithmetic"): (
        "    n := uint64(1)\n    for i := uint64(0); i < {n}; i++ {{\n        n = n*6364136223846793005 + i\n    }}\n"
        '    if n == 0 {{\n        return len(strings.Repeat("x", 1))\n    }}\n    return 42\n}}\n'
    ),
    ("rust", "arithmetic"): (
        "    let mut n: u64 = 1;\n"
        "    for i in 0..{n}u64 {{ n = n.wrapping_mul(6364136223846793005).wrapping_add(i); }}\n"
        "    if n == 0 {{ 0 }} else {{ 42 }}\n}}\n"
    ),
}
"""Fixed work, not a fixed time: `n` rounds take longer on a busy machine."""
WALKERS = {
    "python": (
        "    a = list(range({size}))\n    j = 0\n    for i in range({n}):\n"
        "        j = (j * 1103515245 + 12345 + a[j]) % {size}\n    return 42 if j >= 0 else 0\n"
    ),
    "cpp": (
        "    vector<int> a({size}, 1);\n    unsigned j = 0;\n    for (long i = 0; i < {n}; i++) {{\n"
        "        j = (j * 1103515245u + 12345u + a[j]) & ({size} - 1);\n        a[j]++;\n    }}\n"
        "    return j > (1u << 30) ? 0 : 42;\n}}\n"
    ),
    "javascript": (
        "  const a = new Int32Array({size}).fill(1)\n  let j = 0\n  for (let i = 0; i < {n}; i++) {{\n"
        "    j = (Math.imul(j, 1103515245) + 12345 + a[j]) & ({size} - 1)\n    a[j]++\n  }}\n"
        "  return j >= 0 ? 42 : 0\n}}\n"
    ),
}
"""Steps to and fro in an array, so the time is that of the cache which holds it."""
OWN_CACHE, SHARED_CACHE = "own cache", "shared cache"
CACHE_BOUND = "cache-bound"
"""The kind of those in the shared one."""
WALKED = {OWN_CACHE: 1 << 15, SHARED_CACHE: 1 << 22}
"""Elements of the array: in a core's own cache, or only in one that this machine shares with its neighbours on the same
processor. How long the latter takes is theirs to say: beside no load of ours, it varies by a factor of 2 to 3."""
BURNERS |= {
    (language, cache): template.replace("{size}", str(size))
    for cache, size in WALKED.items()
    for language, template in WALKERS.items()
}
CPU_PLACES = (0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.7, 2.5, 5.0)
SHARED_PLACES = (0.4, 0.6, 1.0, 1.7, 5.0)
SLEEPERS = {
    "python": "    import time\n    time.sleep({s})\n    return 42\n",
    "cpp": (
        "    struct timespec t = {{ {s} / 1000, ({s} % 1000) * 1000000L }};\n    nanosleep(&t, 0);\n"
        "    return 42;\n}}\n"
    ),
    "java": (
        "        try {{ Thread.sleep({s}); }} catch (InterruptedException e) {{}}\n        return 42;\n    }}\n}}\n"
    ),
    "javascript": "  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, {s})\n  return 42\n}}\n",
    "go": '    time.Sleep({s} * time.Millisecond)\n    return len(strings.Repeat("go", 21))\n}}\n',
}
IDLE_PLACES = (0.2, 0.5, 0.8, 1.3, 3.0)
HOARDERS = {
    "python": "    return 42 if len(bytearray({n})) else 0\n",
    "cpp": "    string hoard({n}, 'x');\n    return hoard[{n} / 2] == 'x' ? 42 : 0;\n}}\n",
    "javascript": "  return Buffer.alloc({n}, 1)[{n} - 1] === 1 ? 42 : 0\n}}\n",
    "go": (
        "    hoard := make([]byte, {n})\n    for i := 0; i < len(hoard); i += 4096 {{\n        hoard[i] = 1\n    }}\n"
        '    return len(strings.Repeat("go", 20)) + int(hoard[0]) + int(hoard[4096])\n}}\n'
    ),
}
MEMORY_PLACES = (0.3, 0.5, 0.7, 1.3, 2.0)
TALKERS = {
    "python": "    print('x' * {n})\n    return 42\n",
    "cpp": "    cout << string({n}, 'x') << endl;\n    return 42;\n}}\n",
    "java": '        System.out.println("x".repeat({n}));\n        return 42;\n    }}\n}}\n',
    "javascript": "  console.log('x'.repeat({n}))\n  return 42\n}}\n",
}
OUTPUT_PLACES = (0.1, 0.5, 0.9, 1.1, 3.0)


class Placed(Record, frozen=True, kw_only=True):
    """A program with its limits, and where it stands to them."""

    name: str
    kind: str
    problem: Problem
    text: str
    """Behind the problem's prompt."""
    program: Program
    limits: Limits
    close: bool = False
    """Placed within a factor 1.5 of a CPU or idle limit: it may be borderline."""


def mixed_programs(
    problems: ProblemSet, environment: Environment, scale: float, rates: dict[str, list[float]]
) -> list[Placed]:
    """Unique programs in a fixed order. `rates` keeps the measured speed of burners: a set can be made again."""
    special = [*_burners(environment, rates), *_sleepers(), *_hoarders(), *_talkers()]
    placed = [*_published(problems, environment, scale), *special]
    placed = [p for p in placed if environment.cannot_judge(p.program) is None]
    return list({p.program.key: p for p in placed}.values())


# --- references and mutants ------------------------------------------------------------------------------------------


def _published(problems: ProblemSet, environment: Environment, scale: float) -> Iterator[Placed]:
    chosen: list[Problem] = []
    for language, share in SHARES.items():
        chosen += list(problems.only([language]).problems.values())[: round(share * scale)]
    limits: dict[str, Limits] = {}
    print(f"calibrating {len(chosen)} references ...", file=sys.stderr, flush=True)
    with VerdictCache() as cache, LocalPool(environment) as pool:
        keys = Keys(environment)
        programs = {p.task_id: _program(p, completion(p, p.solution)) for p in chosen}
        for calibration in calibrate(pool, default_policy(cpu_s=0.5), programs, cache, keys):
            limits[calibration.task_id] = calibration.limits
    for p in chosen:
        yield _placed(f"{p.task_id} reference", "references", p, p.solution, limits[p.task_id])
    loops = 0
    for problem in chosen:
        quick = problem.language in QUICK
        kinds: tuple[str, ...] = ("operator", "constant", "brace", "exit") if quick else ("operator",)
        if quick and loops < 2 * ENDLESS * scale:
            kinds += ("loop",)
            loops += 1
        one = msgspec.structs.replace(problems, problems={problem.task_id: problem})
        for mutant in mutants(one, kinds=kinds):
            yield _placed(mutant.name, "mutants", problem, mutant.sample.text, limits[problem.task_id])


def _placed(name: str, kind: str, problem: Problem, text: str, limits: Limits, close: bool = False) -> Placed:
    text = completion(problem, text)
    program = _program(problem, text)
    return Placed(name=name, kind=kind, problem=problem, text=text, program=program, limits=limits, close=close)


def _program(problem: Problem, text: str) -> Program:
    sample = Sample(task_id=problem.task_id, index=0, text=text)
    return LANGUAGES[problem.language].program(problem, sample, problem.tests.code)


# --- programs placed around a limit ----------------------------------------------------------------------------------


def _special(language: str) -> Problem:
    return LANGUAGES[language].self_test


def _limits(**run: float | int) -> Limits:
    floor = default_limits()
    return msgspec.structs.replace(floor, run=msgspec.structs.replace(floor.run, **run))


def _is_close(place: float) -> bool:
    return 1 / HEADROOM <= place <= HEADROOM


def _burners(environment: Environment, rates: dict[str, list[float]]) -> Iterator[Placed]:
    limits = _limits(cpu_s=CPU_LIMIT_S)
    for (language, kind), template in BURNERS.items():
        name = f"{language} {kind}"
        if name not in rates:
            rates[name] = _measure(environment, language, template)
        start_s, round_s = rates[name]
        for place in SHARED_PLACES if kind == SHARED_CACHE else CPU_PLACES:
            rounds = int((place * CPU_LIMIT_S - start_s) / round_s)
            if rounds > 0:
                sort = CACHE_BOUND if kind == SHARED_CACHE else "burners"
                text = template.format(n=rounds)
                yield _placed(
                    f"{name} at {place:g} x CPU", sort, _special(language), text, limits, close=_is_close(place)
                )


def _measure(environment: Environment, language: str, template: str) -> list[float]:
    """[CPU seconds to start, CPU seconds a round], the smallest of three each, alone."""
    print(f"measuring {language} ...", file=sys.stderr, flush=True)

    def cpu_s(rounds: int) -> float:
        readings = []
        for _ in range(3):
            problem = _special(language)
            program = _program(problem, completion(problem, template.format(n=rounds)))
            job = Job(program=program, limits=_limits(cpu_s=60.0))
            ((_, verdict),) = pool.judge([job])
            run = quietest(verdict.attempts).run
            assert run is not None
            assert verdict.status == "passed", verdict.reason
            readings.append(run.cpu_s)
        return min(readings)

    with LocalPool(environment, workers=1) as pool:
        start_s, rounds = cpu_s(1), 1000
        while (needed := cpu_s(rounds)) < start_s + 0.5:
            rounds *= 4
    return [start_s, (needed - start_s) / rounds]


def _places(
    kind: str, unit: str, templates: dict[str, str], places: Sequence[float], limits: Limits, full: float
) -> Iterator[Placed]:
    for language, template in templates.items():
        for place in places:
            amount = place * full
            number = amount / 1000 if kind == "sleepers" and language == "python" else int(amount)
            name, text = f"{language} {kind} at {place:g} x {unit}", template.format(n=number, s=number)
            close = kind == "sleepers" and _is_close(place)
            yield _placed(name, kind, _special(language), text, limits, close)


def _sleepers() -> Iterator[Placed]:
    return _places("sleepers", "idle", SLEEPERS, IDLE_PLACES, _limits(idle_s=IDLE_LIMIT_S), 1000 * IDLE_LIMIT_S)


def _hoarders() -> Iterator[Placed]:
    limits = _limits(memory_bytes=MEMORY_LIMIT)
    return _places("memory users", "memory", HOARDERS, MEMORY_PLACES, limits, MEMORY_LIMIT)


def _talkers() -> Iterator[Placed]:
    limits = _limits(output_bytes=OUTPUT_LIMIT)
    return _places("chatty ones", "output", TALKERS, OUTPUT_PLACES, limits, OUTPUT_LIMIT)
