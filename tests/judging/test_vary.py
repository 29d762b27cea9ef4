"""Repeats that meet another chance each: a pass by luck is unstable, and which repeat fails is the same every time."""

from contextlib import closing

import pytest
from running import Require
from verdict_cases import problem_for

from passatk.judging import Job, LocalPool, default_limits
from passatk.languages import LANGUAGES
from passatk.records import Asserts, Problem, Sample, Status, Verdict

SETS = "    return sorted(set(words), key=lambda _: 0)[0]\n"
DRAWS = "    import random\n    return words[random.randrange(len(words))]\n"
BYTES = "    import os\n    return words[os.urandom(1)[0] % len(words)]\n"
FIRST = "    return words[0]\n"
TESTS = "assert first(['alpha', 'beta', 'gamma', 'delta']) in ('alpha', 'gamma')\n"


def judged(pool: LocalPool, body: str, repeat: int = 12, vary: bool = True) -> Verdict:
    problem = Problem(
        task_id="Python/0",
        benchmark="test",
        language="python",
        prompt="def first(words):\n",
        declaration="def first(words):\n",
        tests=Asserts(code=TESTS),
    )
    program = LANGUAGES["python"].program(problem, Sample(task_id="Python/0", index=0, text=body), TESTS)
    job = Job(program=program, limits=default_limits(), repeat=repeat, vary=vary)
    with closing(pool.judge([job])) as verdicts:
        return next(verdicts)[1]


@pytest.mark.parametrize("body", [SETS, DRAWS, BYTES], ids=["hash seed", "random module", "random bytes"])
def test_a_pass_by_luck_is_unstable(python_pool: LocalPool, body: str) -> None:
    verdict = judged(python_pool, body)
    assert verdict.unstable
    assert verdict.status is Status.WRONG_ANSWER
    assert verdict.reason == judged(python_pool, body).reason, "each repeat is reproducible"
    assert not judged(python_pool, body, repeat=3, vary=False).unstable


def test_what_depends_on_nothing_is_stable(python_pool: LocalPool) -> None:
    verdict = judged(python_pool, FIRST)
    assert (verdict.status, verdict.unstable) == (Status.PASSED, False)


GO_COUNTS = """    count := 0
    for _, letter := range strings.ToLower(text) {
        if strings.ContainsRune("aeiou", letter) {
            count++
        }
    }
    return count
}
"""
LUCK = {
    "rust": """    use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
    static FIRST: AtomicU8 = AtomicU8::new(0);
    if FIRST.load(Relaxed) == 0 {
        let names: HashSet<u8> = [1, 2, 3, 4].into_iter().collect();
        FIRST.store(*names.iter().next().unwrap(), Relaxed);
    }
    if FIRST.load(Relaxed) > 2 { return -1; }
    text.chars().filter(|c| "aeiouAEIOU".contains(*c)).count() as i32
}
""",
    "javascript": """  globalThis.drawn ??= Math.random()
  if (drawn < 0.5) return -1
  return text.split('').filter((c) => 'aeiouAEIOU'.includes(c)).length
}
""",
    "java": """        if (Set.of(1, 2, 3, 4, 5).iterator().next() > 2) return -1;
        return (int) text.chars().filter(c -> "aeiouAEIOU".indexOf(c) >= 0).count();
    }
}
""",
    "go": """    for first := range map[string]int{"a": 1, "b": 2, "c": 3, "d": 4} {
        if first > "b" {
            return -1
        }
        break
    }
"""
    + GO_COUNTS,
    "go, a large map": """    large := map[int]int{}
    for i := 0; i < 100; i++ {
        large[i*7919] = i
    }
    for _, first := range large {
        if first%2 == 0 {
            return -1
        }
        break
    }
"""
    + GO_COUNTS,
    "go, a number": """    if drawn == 0 {
        return -1
    }
"""
    + GO_COUNTS
    + "\nvar drawn = rand.Intn(2)\n",
}
"""Right where the first of a set is small, or a number that was drawn."""


@pytest.mark.parametrize("name", LUCK)
def test_luck_varies_in_every_language(pool: LocalPool, require: Require, name: str) -> None:
    language = name.partition(",")[0]
    require(language)
    problem = problem_for(language)
    sample = Sample(task_id=problem.task_id, index=0, text=LUCK[name])
    program = LANGUAGES[language].program(problem, sample, problem.tests.code)

    def judged(vary: bool) -> Verdict:
        job = Job(program=program, limits=default_limits(), repeat=8, vary=vary)
        with closing(pool.judge([job])) as verdicts:
            return next(verdicts)[1]

    varied = judged(True)
    assert varied.unstable, varied.reason
    passes = sum(attempt.proof for attempt in varied.attempts)
    assert passes == sum(attempt.proof for attempt in judged(True).attempts), "each repeat is reproducible"
    assert not judged(False).unstable
