"""Rust where tests and program are one crate: tests of every form run, and a right program passes however it looks."""

import msgspec
import pytest
from running import Standing

from passatk.answers import read_answer
from passatk.judging import Environment, decide, default_limits
from passatk.languages import LANGUAGES
from passatk.records import Asserts, Problem, Sample, Status

RUST = LANGUAGES["rust"]
PROMPT = "fn twice(g: impl Fn(i32) -> i32, n: i32) -> i32 {\n"
RIGHT, WRONG = "    g(g(n))\n}\n", "    g(n)\n}\n"
CHECK = "assert_eq!(twice(|n| n + 1, 1), 3);"
MODULE = "#[cfg(test)]\nmod tests {{\n    use super::*;\n{}\n}}\n"
TESTS = {
    "a module": MODULE.format(f"    #[test]\n    fn t() {{ {CHECK} }}"),
    "functions": f"#[test]\nfn t() {{ {CHECK} }}\n#[test]\npub fn u() {{ {CHECK} }}\n",
    "a result": MODULE.format(f"    #[test]\n    fn t() -> Result<(), String> {{ {CHECK} Ok(()) }}"),
    "a panic": MODULE.format(
        '    #[test]\n    #[should_panic(expected = "at 3")]\n    fn t() { twice(|n| if n < 3 { n + 1 } else { 0 }, 1);'
        ' panic!("at {}", twice(|n| n + 1, 1)) }'
    ),
    "a main": f"fn main() {{ {CHECK} }}\n",
    "a main behind the end of the function": f"}}\nfn main() {{ {CHECK} }}\n",
}


def judged(
    environment: Environment,
    standing: Standing,
    tests: str,
    text: str,
    whole: bool = False,
    options: tuple[str, ...] = (),
) -> Status:
    if not environment.toolchains["rust"].usable:
        pytest.skip("no Rust toolchain")
    problem = Problem(
        task_id="Rust/0",
        benchmark="own",
        language="rust",
        prompt=PROMPT,
        declaration=PROMPT,
        entry_point="twice",
        tests=Asserts(code=tests),
        options=options,
    )
    program = RUST.program(problem, Sample(task_id="Rust/0", index=0, text=text, whole=whole), tests)
    assert program.examiner is None
    assert program.not_walled
    limits = default_limits()
    with standing.slot() as slot:
        return decide([slot.execute(program, limits)], limits, RUST.failure).status


@pytest.mark.parametrize("form", TESTS)
def test_tests_of_every_form_decide(form: str, environment: Environment, standing: Standing) -> None:
    tests = TESTS[form]
    right, wrong = (text.removesuffix("}\n") if tests.startswith("}") else text for text in (RIGHT, WRONG))
    assert judged(environment, standing, tests, right) is Status.PASSED
    assert judged(environment, standing, tests, wrong) is Status.WRONG_ANSWER


@pytest.mark.parametrize("edition", ["2015", "2018", "2021"])
def test_every_edition_passes(edition: str, environment: Environment, standing: Standing) -> None:
    assert judged(environment, standing, TESTS["a module"], RIGHT, options=(f"--edition={edition}",)) is Status.PASSED


@pytest.mark.parametrize(
    "text",
    [
        "#![allow(dead_code)]\n" + PROMPT + RIGHT + 'fn main() { println!("{}", twice(|n| n, 1)); }\n',
        "\ufeff" + PROMPT + RIGHT,
        (PROMPT + RIGHT).replace("\n", "\r\n"),
        PROMPT + RIGHT + "#[cfg(test)]\nmod tests { #[test] fn t() { assert!(true) } }\n// done",
    ],
    ids=["own main", "byte order mark", "CRLF", "own tests"],
)
def test_a_right_program_passes_however_it_looks(text: str, environment: Environment, standing: Standing) -> None:
    assert judged(environment, standing, TESTS["a module"], text, whole=True) is Status.PASSED
    assert judged(environment, standing, TESTS["a main"], text, whole=True) is Status.PASSED


@pytest.mark.parametrize(
    "text",
    [
        "    std::process::exit(0)\n}\n",
        '    -1\n}\nextern "C" fn early() { std::process::exit(0) }\n'
        '#[used]\n#[link_section = ".init_array"]\nstatic EARLY: extern "C" fn() = early;\n',
        "    use std::io::{Read, Write};\n    use std::os::unix::io::FromRawFd;\n    let mut t = vec![];\n"
        "    std::io::stdin().read_to_end(&mut t).unwrap();\n"
        "    unsafe { std::fs::File::from_raw_fd(3) }.write_all(&t).unwrap();\n    std::process::exit(0)\n}\n",
    ],
    ids=["exit", "initialiser", "reads the token"],
)
def test_without_the_proof_nothing_passes(text: str, environment: Environment, standing: Standing) -> None:
    assert judged(environment, standing, TESTS["a module"], text) is Status.UNPROVEN


@pytest.mark.parametrize("sketch", ["    ...\n", "    todo!()\n", "    // as above\n"])
def test_a_sketch_behind_the_solution_is_not_the_answer(sketch: str) -> None:
    problem = RUST.self_test
    whole, head = problem.declaration + str(problem.reference), problem.declaration
    answer = f"```rust\n{whole}```\nIn short:\n```rust\n{head}{sketch}}}\n```\n"
    assert "vec![20, 22]" in read_answer(answer, msgspec.structs.replace(problem, entry_point="answer")).code
