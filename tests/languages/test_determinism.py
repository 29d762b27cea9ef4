"""What a language leaves open comes out the same every time."""

import re

import pytest
from verdict_cases import problem_for

from passatk.judging import Environment, default_limits
from passatk.languages import LANGUAGES
from passatk.records import Sample
from passatk.sandbox import Slot

PRINTS_AN_ORDER = {
    "python": "    print(list({str(i) for i in range(50)}))\n    return 0\n",
    "go": (
        '    small, large := map[string]int{"a": 1, "b": 2, "c": 3}, map[int]int{}\n'
        "    for i := 0; i < 500; i++ {\n        large[i*7919] = i\n    }\n"
        "    for k := range small {\n        fmt.Println(k)\n    }\n"
        "    for k := range large {\n        fmt.Println(k)\n    }\n    return 0\n}\n"
    ),
    "ruby": (
        "  require 'securerandom'\n  puts SecureRandom.hex, rand, (1..50).to_a.shuffle.inspect\n"
        "  puts Random.new.bytes(9).inspect, Random.new_seed, [1, 2, 3].sample\n"
        "  { b: 1, a: 2 }.each { |key, _| puts key }\n  0\nend\n"
    ),
    "rust": (
        "    let set: HashSet<i32> = (0..50).collect();\n"
        '    println!("{:?}", set.iter().collect::<Vec<_>>());\n    0\n}\n'
    ),
}


def untimed(printed: str) -> str:
    """Without the durations that Go's `testing` prints."""
    return re.sub(r"\(\d+\.\d+s\)", "", printed)


@pytest.mark.parametrize("name", sorted(PRINTS_AN_ORDER))
def test_unordered_collections_are_iterated_in_one_order(name: str, environment: Environment) -> None:
    toolchain = environment.toolchains[name]
    if not toolchain.usable:
        pytest.skip(f"no {name} toolchain: {toolchain.missing[0]}")
    if unknown := [lack for lack in toolchain.lacks if "in one order" in lack]:
        pytest.skip(unknown[0])
    problem = problem_for(name)
    sample = Sample(task_id=problem.task_id, index=0, text=PRINTS_AN_ORDER[name])
    program = LANGUAGES[name].program(problem, sample, problem.tests.code)
    seen = set()
    with Slot(environment.world) as slot:
        environment.examine_with(slot, program)
        for _ in range(6):
            run = slot.execute(program, default_limits()).run
            assert run is not None
            assert run.output_bytes > 100
            seen.add(untimed(run.stdout))
    assert len(seen) == 1


def test_a_go_program_that_depends_on_map_order_always_gets_the_same_verdict(environment: Environment) -> None:
    if not environment.toolchains["go"].usable or environment.toolchains["go"].lacks:
        pytest.skip("no Go toolchain of a version whose map order can be fixed")
    small = 'map[string]int{"a": 1, "b": 2, "c": 3}'
    first = f"    for k := range {small} {{\n        return int(k[0])\n    }}\n    return 0\n}}\n"
    problem = problem_for("go")
    sample = Sample(task_id=problem.task_id, index=0, text=first)
    program = LANGUAGES["go"].program(problem, sample, problem.tests.code)
    with Slot(environment.world) as slot:
        environment.examine_with(slot, program)
        outcomes = [slot.execute(program, default_limits()).examiner for _ in range(8)]
    told = {examiner.said for examiner in outcomes if examiner is not None}
    assert len(told) == 1, "insertion order, from the first key on"
    assert "97" in told.pop()
