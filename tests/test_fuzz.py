"""Whatever comes in, passatk answers with a verdict or an error of its own tree; it never crashes and never hangs."""

import json
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from verdict_cases import problem_for

from passatk.errors import PassatkError
from passatk.judging import decide, default_limits
from passatk.judging.verdict import agree
from passatk.languages import LANGUAGES
from passatk.problems import load
from passatk.prompts import completion
from passatk.records import Isolation, Outcome, Problem, Sample, Status, StepFacts, Stop, Verdict
from passatk.runs import RunView

HANG_S = 60
"""Far above what anything here needs: reached only by what does not end."""

CODE = st.lists(
    st.sampled_from(
        [
            *(
                'import "fmt"\n',
                "import (\n",
                ")",
                "package main\n",
                "func TestX(",
                "/*",
                "*/",
                "//",
                '"',
                "`",
                "'",
                "\\",
            ),
            *(
                "#include <x>\n",
                "#define assert(x)\n",
                "int main(",
                "use rand::Rng;\n",
                "#[test]\nfn t(",
                "mod m {",
                "{",
                "}",
            ),
            *(
                "console.assert(",
                "require('js-md5')",
                "def f():\n",
                "    return 1\n",
                "print",
                "# x\n",
                "class Main {",
                "numpy",
            ),
            *("\r\n", "\0", "\ufeff", "\ud800", "é", "\n", " ", "eval", "/[/]/", 'r#"', "'''", '"""', "\t"),
        ]
    )
    | st.text(max_size=8),
    max_size=30,
).map("".join)
PRINTED = CODE.map(lambda text: text.encode("utf-8", "surrogatepass").decode("utf-8", "backslashreplace"))
"""As the sandbox hands over what a program printed."""
LONG = [
    '"#{',
    "<<A\n",
    "%w[ /",
    "=begin\n",
    "import (\n",
    "/*",
    '"',
    "`",
    "\\",
    "use rand",
    "fn ",
    "#define x\n",
    "(",
    "console.assert(",
    "print",
    "\n",
    "def ",
]


@contextmanager
def no_hang() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise AssertionError(f"still at it after {HANG_S} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(HANG_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@settings(deadline=None)
@given(name=st.sampled_from(sorted(LANGUAGES)), text=CODE, tests=CODE, whole=st.booleans())
def test_any_text_becomes_a_program(name: str, text: str, tests: str, whole: bool) -> None:
    problem = problem_for(name)
    sample = Sample(task_id=problem.task_id, index=0, text=text if whole else completion(problem, text), whole=whole)
    program = LANGUAGES[name].program(problem, sample, tests)
    assert program.key == LANGUAGES[name].program(problem, sample, tests).key
    for path, body in program.files:
        assert not Path(path).is_absolute()
        assert ".." not in Path(path).parts
        body.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("name", sorted(LANGUAGES))
@pytest.mark.parametrize("part", LONG)
def test_long_repetitive_text_takes_no_more_than_its_length(name: str, part: str) -> None:
    """Backtracking would take minutes."""
    problem = problem_for(name)
    text = part * (100_000 // len(part))
    with no_hang():
        for whole in (False, True):
            sample = Sample(task_id=problem.task_id, index=0, text=text, whole=whole)
            completion(problem, text)
            program = LANGUAGES[name].program(problem, sample, problem.tests.code)
            assert any(part.strip() in body for _, body in program.files)


step_facts = st.builds(
    StepFacts,
    exit_code=st.none() | st.integers(0, 255),
    signal=st.none() | st.integers(1, 64),
    stopped_by=st.none() | st.sampled_from(Stop),
    cpu_s=st.floats(0, 1e3),
    wall_s=st.floats(0, 1e3),
    idle_s=st.floats(0, 1e3),
    peak_memory_bytes=st.integers(0, 1 << 40),
    output_bytes=st.integers(0, 1 << 40),
    stdout=PRINTED,
    stderr=PRINTED,
)
outcomes = st.builds(
    Outcome,
    build=st.none() | step_facts,
    run=st.none() | step_facts,
    proof=st.booleans(),
    isolation=st.just(Isolation(sandbox="none", uid="caller", cgroup="none")),
    fault=st.none() | st.text(max_size=20),
)


@settings(deadline=None)
@given(name=st.sampled_from(sorted(LANGUAGES)), attempts=st.lists(outcomes, min_size=1, max_size=4))
def test_any_facts_become_a_verdict(name: str, attempts: list[Outcome]) -> None:
    verdict = decide(attempts, default_limits(), LANGUAGES[name].failure)
    if verdict.status is Status.PASSED:
        passing = [a for a in attempts if a.fault is None and a.proof and a.run is not None and a.run.exit_code == 0]
        assert any(a.run is not None and a.run.stopped_by is None for a in passing)
    body = msgspec.json.encode(verdict)
    assert msgspec.json.encode(msgspec.json.decode(body, type=Verdict)) == body
    assert agree([verdict, verdict]).status is verdict.status


VALID = json.loads(msgspec.json.encode({"task_id": "Python/0", "prompt": "def f():\n", "test": "assert f()\n"}))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FIELDS = (
    *("task_id", "prompt", "declaration", "canonical_solution", "test", "example_test", "import", "test_setup"),
    "entry_point",
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(["Python/0", "Go/1", "x"]) | json_values))
@example(record=VALID)
def test_problems_of_any_shape_are_read_or_refused_by_name(tmp_path: Path, record: dict[str, object]) -> None:
    path = tmp_path / "problems.jsonl"
    path.write_text(json.dumps(record) + "\n")
    try:
        problems = load(str(path)).problems
    except PassatkError as error:
        assert "problems.jsonl" in str(error)
    else:
        assert all(isinstance(problem, Problem) for problem in problems.values())


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=100))
def test_problems_of_any_bytes_are_read_or_refused_by_name(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "problems.jsonl"
    path.write_bytes(body)
    with pytest.raises(PassatkError):
        load(str(path))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small finished run."""
    from passatk.pipeline import Evaluation, evaluate

    folder = tmp_path_factory.mktemp("past")
    samples = folder / "s.jsonl"
    samples.write_text(json.dumps({"task_id": "Python/0", "generation": "    return 0\n"}) + "\n")
    evaluate(Evaluation(samples=samples, problems=load("basics/python"), out=folder / "run", cached=False))
    return folder / "run"


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    file=st.sampled_from(["manifest.json", "run.sqlite", "complete"]),
    place=st.integers(0, 1 << 16),
    body=st.binary(min_size=1, max_size=64),
    cut=st.booleans(),
)
def test_a_damaged_run_is_read_or_refused(
    run: Path, tmp_path: Path, file: str, place: int, body: bytes, cut: bool
) -> None:
    copy = tmp_path / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(run, copy)
    damaged = bytearray((copy / file).read_bytes())
    place %= len(damaged)
    damaged[place : place + len(body)] = body
    (copy / file).write_bytes(damaged[:place] if cut else damaged)
    try:
        with RunView.finished(copy) as past:
            list(past.judged())
            list(past.samples())
            assert past.limits is not None
    except PassatkError as error:
        assert str(copy) in str(error)
