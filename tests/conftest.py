"""Fixtures shared by all tests: the real environment of this machine, and real benchmark data where there is some."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import msgspec
import pytest
from running import Command, Require, Standing
from warm import Warm

from passatk.judging import Environment, LocalPool
from passatk.judging.cpus import usable_cpus
from passatk.languages import LANGUAGES
from passatk.problems.rendering import RENDERERS
from passatk.sandbox import Slot
from passatk.sandbox.cgroups import NO_PARENTS

# tests run beside each other: models compute with one thread each, in the commands that tests start too
os.environ.setdefault("OMP_NUM_THREADS", "1")

# no test goes by the clock
hypothesis.settings.register_profile("passatk", deadline=None)
hypothesis.settings.load_profile("passatk")

pytest_plugins = ["browsing", "scaling_fixtures", "served"]

FIXTURES = Path(__file__).parent / "fixtures"


def data_folder() -> Path | None:
    """The folder with HumanEval-X and friends, or None."""
    named = os.environ.get("PASSATK_DATA")
    places = [Path(named)] if named else [Path(__file__).parents[2] / "shared" / "data"]
    return next((place.resolve() for place in places if place.is_dir()), None)


@pytest.fixture(scope="session")
def data() -> Path:
    folder = data_folder()
    if folder is None:
        pytest.skip("the benchmark data is absent: set PASSATK_DATA to a folder with humaneval-x and humaneval")
    return folder


@pytest.fixture(scope="session")
def environment() -> Environment:
    """All toolchains of this machine, in the sandbox it can give."""
    return Environment()


@pytest.fixture(scope="session")
def python_only() -> Environment:
    """The same with Python alone: slots need no other toolchain."""
    return Environment(["python"])


@pytest.fixture(scope="module")
def pool(environment: Environment) -> Iterator[LocalPool]:
    """Judges one program after the other in all languages, in a slot that stays."""
    made = LocalPool(environment, 1)
    with made:
        yield made


@pytest.fixture(scope="module")
def python_pool(python_only: Environment) -> Iterator[LocalPool]:
    """The same with Python alone."""
    made = LocalPool(python_only, 1)
    with made:
        yield made


@pytest.fixture(scope="session")
def standing(environment: Environment) -> Iterator[Standing]:
    """A slot for all languages, with tools that stay warm from test to test."""
    with contextlib.closing(Standing(environment.world)) as made:
        yield made


@pytest.fixture(scope="session")
def slots(python_only: Environment) -> Iterator[dict[str, Standing]]:
    """Slots for Python alone that stay from test to test."""
    world = python_only.world
    made = {
        "best": Standing(world),
        "without cgroup": Standing(msgspec.structs.replace(world, cgroups=NO_PARENTS)),
        "on one CPU": Standing(world, cpu=usable_cpus()[0]),
    }
    yield made
    for standing in made.values():
        standing.close()


@pytest.fixture(params=["best", "without cgroup"])
def slot(request: pytest.FixtureRequest, slots: dict[str, Standing]) -> Iterator[Slot]:
    """A slot as good as this machine gives, and one as on a machine without cgroups."""
    with slots[request.param].slot() as made:
        yield made


@pytest.fixture
def best(slots: dict[str, Standing]) -> Iterator[Slot]:
    """A slot as good as this machine gives, on one CPU as all workers have."""
    with slots["on one CPU"].slot() as made:
        yield made


@pytest.fixture(params=sorted(LANGUAGES))
def language(request: pytest.FixtureRequest, require: Require) -> str:
    """Each language in turn, if its toolchain is here."""
    name: str = request.param
    require(name)
    return name


@pytest.fixture
def require(environment: Environment) -> Require:
    """Skips a test, with the reason, where the toolchain of a language it needs is missing."""

    def check(*languages: str) -> None:
        for name in languages:
            toolchain = environment.toolchains[name]
            if not toolchain.usable:
                pytest.skip(f"no {name} toolchain: {toolchain.missing[0]}")

    return check


@pytest.fixture
def rendered_language(language: str) -> str:
    """Each language that `basics` and HumanEval-X are written in."""
    if language not in {renderer.language for renderer in RENDERERS}:
        pytest.skip(f"basics and HumanEval-X are not written in {language}")
    return language


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """Starts commands that need not import first."""
    with contextlib.closing(Warm()) as made:
        yield made


def command_in(folder: Path, warm: Warm) -> Command:
    """Runs the command in a process of its own, in this folder, with a verdict cache there."""

    def run(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
        own = {**os.environ, "PASSATK_CACHE": str(folder / "verdicts.sqlite"), **environment}
        return warm.run([*map(str, arguments)], folder, own)

    return run


@pytest.fixture
def passatk(warm: Warm, tmp_path: Path) -> Command:
    """Runs the command in an empty folder."""
    return command_in(tmp_path, warm)


@pytest.fixture(scope="module")
def passatk_once(warm: Warm, tmp_path_factory: pytest.TempPathFactory) -> Command:
    """The same for what the tests of a module share; they work on copies."""
    return command_in(tmp_path_factory.mktemp("once"), warm)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Lines that tests left as the property `summary`."""
    reports = [report for kind in terminalreporter.stats.values() for report in kind]
    for line in sorted({v for report in reports for k, v in getattr(report, "user_properties", ()) if k == "summary"}):
        terminalreporter.write_line(line)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Hostile programs first: a trial of all of them keeps the machine busy, and no bomb is to go off beside it."""
    items.sort(key=lambda item: item.path.parent.name != "hostile")
