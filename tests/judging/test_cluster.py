"""Real Ray nodes on this machine: the verdicts of one, whatever happens to the others."""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from running import NAME, NAMES_ITSELF, Require, named, until_there
from warm import Started, Warm

from passatk.errors import EnvironmentFault
from passatk.judging import Environment
from passatk.judging.cancellation import Cancellation, Cancelled
from passatk.pipeline.bare import bare_program
from passatk.problems import load
from passatk.records import Limits, Outcome, Program, StepLimits

if TYPE_CHECKING:
    from ray.cluster_utils import Cluster

    from passatk.judging.cluster import RayExecutor

LANGUAGES = ("python", "cpp", "javascript")
EACH = 4


def started(make: Callable[[], Any]) -> Any:
    """What it makes. Ray gives up on a node that needs over 30 s to start, as on a machine with much to do."""
    for _ in range(4):
        try:
            return make()
        except Exception as error:
            if "timed out during startup" not in str(error):
                raise
    raise AssertionError("no node could be started")


@pytest.fixture(scope="module")
def cluster() -> Iterator["Cluster"]:
    """A head that is a node too, and what tests add to it."""
    utilities = pytest.importorskip("ray.cluster_utils", reason="ray is not installed: pip install 'passatk[ray]'")
    head = {"num_cpus": 1, "include_dashboard": False}
    made = started(lambda: utilities.Cluster(initialize_head=True, head_node_args=head))
    yield made
    made.shutdown()


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Right programs, wrong ones, and one that never ends, in three languages."""
    rows = []
    for language in LANGUAGES:
        for problem in list(load("basics").only([language]).problems.values())[:EACH]:
            reference = problem.reference or ""
            sign = "    #" if language == "python" else "//"
            rows += [(problem.task_id, f"{reference}\n{sign} {n}\n") for n in range(3)]
            rows.append((problem.task_id, reference.replace("return", "retrun", 1)))
    rows.append(("Python/0", "    while True: pass\n"))
    path = tmp_path_factory.mktemp("cluster") / "samples.jsonl"
    path.write_text("".join(json.dumps({"task_id": task, "completion": text}) + "\n" for task, text in rows))
    return path


def added(cluster: "Cluster", **more: Any) -> Any:
    """One more node."""
    return started(lambda: cluster.add_node(num_cpus=1, **more))


def on(cluster: "Cluster") -> tuple[str, ...]:
    return ("--executor", "ray", "--address", cluster.address)


def report(process: Started) -> dict[str, Any]:
    out, words = process.communicate(timeout=300)
    assert process.returncode == 0, words[-2000:]
    found: dict[str, Any] = json.loads(out)
    return found


def begun(warm: Warm, samples: Path, out: Path, *more: str) -> Started:
    options = ("--problems", "basics", "--out", out, "--workers", 1, "--cpu-seconds", 1, "--no-cache")
    return warm.start("evaluate", samples, *options, "--json", *more)


def judged(out: Path, at_least: int) -> None:
    """Wait until so many verdicts are journaled."""
    import sqlite3
    from contextlib import closing

    for _ in range(1200):
        time.sleep(0.1)
        try:
            with closing(sqlite3.connect(f"file:{out / 'run.sqlite'}?mode=ro", uri=True)) as db:
                if db.execute("SELECT COUNT(*) FROM verdicts").fetchone()[0] >= at_least:
                    return
        except sqlite3.OperationalError:
            continue  # not there yet
    raise AssertionError("nothing was judged")


@pytest.fixture(scope="module")
def here(warm: Warm, samples: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The digest of this machine alone."""
    digest = report(begun(warm, samples, tmp_path_factory.mktemp("here") / "run"))["digest"]
    assert isinstance(digest, str)
    return digest


def test_nodes_that_come_and_go_change_no_verdict(
    cluster: "Cluster", warm: Warm, samples: Path, here: str, tmp_path: Path, require: Require
) -> None:
    require(*LANGUAGES)
    node = added(cluster)
    process = begun(warm, samples, tmp_path / "run", *on(cluster))
    judged(tmp_path / "run", 8)
    cluster.remove_node(node, allow_graceful=False)
    node = added(cluster)
    try:
        found = report(process)
    finally:
        cluster.remove_node(node)
    assert found["digest"] == here
    assert found["judged_now"] == found["programs"]


def test_a_killed_driver_goes_on_where_it_was(
    cluster: "Cluster", warm: Warm, samples: Path, here: str, tmp_path: Path, require: Require
) -> None:
    require(*LANGUAGES)
    process = begun(warm, samples, tmp_path / "run", *on(cluster))
    judged(tmp_path / "run", 8)
    os.killpg(process.pid, 9)
    process.communicate()
    found = report(begun(warm, samples, tmp_path / "run", *on(cluster)))
    assert found["digest"] == here
    assert found["judged_now"] <= found["programs"] - 8


def test_a_node_with_another_interpreter_is_refused(
    cluster: "Cluster", warm: Warm, samples: Path, tmp_path: Path, require: Require
) -> None:
    require("javascript")
    other = tmp_path / "node"
    other.write_text(f'#!/bin/sh\nexec {shutil.which("node")} "$@"\n')
    other.chmod(0o755)
    node = added(cluster, env_vars={"PASSATK_NODE": str(other)})
    try:
        process = begun(warm, samples, tmp_path / "run", *on(cluster))
        _, words = process.communicate(timeout=300)
    finally:
        cluster.remove_node(node)
    assert process.returncode == 3, words
    assert "is not like this machine, so its verdicts might not be: its javascript is node" in " ".join(words.split())


def test_where_there_is_no_cluster_it_is_said(warm: Warm, samples: Path, tmp_path: Path) -> None:
    process = begun(warm, samples, tmp_path / "run", "--executor", "ray", "--address", "127.0.0.1:1")
    _, words = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "no Ray cluster answers at 127.0.0.1:1" in " ".join(words.split())


@pytest.fixture
def executor(cluster: "Cluster", python_only: Environment) -> Iterator["RayExecutor"]:
    """On the nodes that are there, with this process as driver."""
    import ray

    from passatk.judging.cluster import RayExecutor

    made = RayExecutor(python_only, cluster.address, 1)
    yield made
    made.close()
    ray.shutdown()


def executing(
    executor: "RayExecutor", program: Program, limits: Limits, cancellation: Cancellation | None = None
) -> "Future[Outcome]":
    future: Future[Outcome] = Future()
    executor.begin(program, limits, 0, cancellation or Cancellation(), future)
    return future


def test_a_mistake_of_ours_on_a_node_is_said_and_loses_no_node(executor: "RayExecutor") -> None:
    """The others of its chunk have their outcome."""
    good = bare_program("python", "print(1)")
    bad = msgspec.structs.replace(good, run=msgspec.structs.replace(good.run, argv=("${NOWHERE}",)))
    before = dict(executor._members)
    futures = [executing(executor, one, Limits()) for one in [good, bad] * 4]
    for future in futures[::2]:
        run = future.result().run
        assert run is not None
        assert run.exit_code == 0
    for future in futures[1::2]:
        with pytest.raises(EnvironmentFault, match=r"mistake of passatk's and not the program's: KeyError: 'NOWHERE'"):
            future.result()
    assert executor._members == before


def test_what_nobody_waits_for_ends_on_its_node(executor: "RayExecutor") -> None:
    """Each would run for the rest of the hour on the node's only slot, beside others or alone."""
    waits, good = bare_program("python", f"{NAMES_ITSELF}time.sleep(3600)"), bare_program("python", "print(1)")
    hour = Limits(run=StepLimits(cpu_s=3600, idle_s=3600))

    cancellation = Cancellation()
    future = executing(executor, waits, hour, cancellation)
    until_there(NAME)
    cancellation.ask()
    with pytest.raises(Cancelled):
        future.result()
    assert executing(executor, good, Limits()).result().fault is None
    assert not named(NAME)
    cancellation = Cancellation()
    with executor.alone() as execute, ThreadPoolExecutor() as threads:
        future = threads.submit(execute, waits, hour, 0, cancellation)
        until_there(NAME)
        cancellation.ask()
        with pytest.raises(Cancelled):
            future.result()
        assert execute(good, Limits(), 0, Cancellation()).fault is None
        assert not named(NAME)


def test_what_has_ended_is_known_while_another_goes_on(executor: "RayExecutor") -> None:
    """Both were sent to the node's only slot together."""
    quick, waits = bare_program("python", "print(1)"), bare_program("python", f"{NAMES_ITSELF}time.sleep(3600)")
    cancellation = Cancellation()
    first = executing(executor, quick, Limits())
    second = executing(executor, waits, Limits(run=StepLimits(cpu_s=3600, idle_s=3600)), cancellation)
    assert first.result(60).fault is None
    assert not second.done()
    cancellation.ask()
    with pytest.raises(Cancelled):
        second.result(60)
