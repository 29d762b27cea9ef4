"""A model on real Ray nodes on this machine: the file of one machine, whatever happens to the nodes."""

import json
import pickle
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import test_cluster
from running import Command
from test_cluster import added, on
from tiny import make_model
from warm import Started, Warm

from passatk.errors import InputError, UnknownNameError
from passatk.models import ModelSpec, open_copies
from passatk.models.base import NO_PROBLEM, Wanted
from passatk.models.shares import Shares, grouped

if TYPE_CHECKING:
    from ray.cluster_utils import Cluster

cluster = test_cluster.cluster
WANTED = [Wanted(NO_PROBLEM, task, task, range(10), None) for task in "abcde"]
SAMPLES = {(one.task_id, index) for one in WANTED for index in one.samples}


def test_shares_are_all_samples_once_whoever_loses_some() -> None:
    shares, finished, turns = Shares(WANTED, 64), list[tuple[str, int]](), 0
    while share := shares.take(2):
        turns += 1
        kept = len(share) // 2 if turns < 4 else len(share)
        shares.give_back(share[kept:])
        for one, index in share[:kept]:
            finished.append((one.task_id, index))
            shares.finish()
    assert sorted(finished) == sorted(SAMPLES)


def test_a_share_is_half_of_a_copys_own_and_never_many_batches() -> None:
    shares = Shares(WANTED, 64)
    sizes = [len(shares.take(2)) for _ in range(5)]
    assert sizes == [13, 10, 8, 8, 8]
    assert len(Shares(WANTED, 1).take(1)) == 16
    shares.close()
    assert shares.take(2) == []


def test_samples_of_a_problem_are_sent_together() -> None:
    share = Shares(WANTED, 64).take(2)
    assert [(one.task_id, one.samples) for one in grouped(share)] == [("a", list(range(10))), ("b", [0, 1, 2])]


def test_errors_cross_processes_as_they_are() -> None:
    error = pickle.loads(pickle.dumps(UnknownNameError("device", "cda", ["cuda"], setting="device")))
    assert type(error) is UnknownNameError
    assert str(error).startswith("unknown device 'cda'")
    assert error.setting == "device"


def test_one_gpu_of_one_machine_is_refused() -> None:
    pytest.importorskip("ray", reason="ray is not installed: pip install 'passatk[ray]'")
    with pytest.raises(InputError, match="cuda:1 is one GPU of one machine"):
        open_copies(ModelSpec(device="cuda:1"), "127.0.0.1:1")


def test_the_executor_of_a_run_is_that_of_both_halves(passatk: Command, tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="ray is not installed: pip install 'passatk[ray]'")
    file = tmp_path / "tiny.toml"
    file.write_text('[model]\nbackend = "fake"\n[problems]\nsource = "basics/written/python"\n')
    options = ("run", str(file), "--out", str(tmp_path / "run"), "--executor", "ray", "--address", "127.0.0.1:1")
    done = passatk(*options)
    assert done.returncode == 2
    assert "no Ray cluster answers at 127.0.0.1:1" in " ".join(done.stderr.split())
    assert not (tmp_path / "run" / "generations").exists()
    done = passatk(*options, "--set", "task.generation_executor=local")
    assert done.returncode == 2
    assert (tmp_path / "run" / "generations" / "complete").is_file()


def begun(warm: Warm, out: Path, *more: str) -> Started:
    options = ("--problems", "basics/written", "--language", "python", "-n", 2, "--out", out)
    return warm.start("generate", *options, "--preset", "nucleus", "--max-new-tokens", 48, "--json", *more)


def journaled(out: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{out / 'generations.sqlite'}?mode=ro", uri=True)) as journal:
            found: int = journal.execute("SELECT COUNT(*) FROM samples").fetchone()[0]
            return found
    except sqlite3.OperationalError:
        return 0  # not there yet


@pytest.fixture(scope="module", autouse=True)
def patient() -> Iterator[None]:
    """Ray kills no process because others fill the memory of this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_memory_monitor_refresh_ms", "0")
        yield


def test_a_lost_node_changes_no_byte(cluster: "Cluster", warm: Warm, tmp_path: Path) -> None:
    """The embedded model, on two nodes of which one is lost; a third takes its place."""
    here = begun(warm, tmp_path / "here")
    node = added(cluster)
    there = begun(warm, tmp_path / "there", *on(cluster))
    while not journaled(tmp_path / "there"):
        assert there.poll() is None, there.communicate()
        time.sleep(0.02)
    cluster.remove_node(node, allow_graceful=False)
    assert journaled(tmp_path / "there") < 56
    node = added(cluster)
    try:
        (said, words), _ = there.communicate(timeout=600), here.communicate(timeout=600)
    finally:
        cluster.remove_node(node)
    assert there.returncode == 0, words[-2000:]
    assert json.loads(said)["generated_now"] == 56
    one, other = (tmp_path / name / "generations.jsonl" for name in ("here", "there"))
    assert one.read_bytes() == other.read_bytes()


def test_a_node_with_other_arithmetic_is_refused(cluster: "Cluster", warm: Warm, tmp_path: Path) -> None:
    model = make_model(tmp_path / "model")
    cluster.remove_node(added(cluster), allow_graceful=False)  # the cluster lists it for 15 s more
    node = added(cluster, env_vars={"ATEN_CPU_CAPABILITY": "default"})
    try:
        process = begun(warm, tmp_path / "out", "--model", str(model), *on(cluster))
        _, words = process.communicate(timeout=600)
    finally:
        cluster.remove_node(node)
    assert process.returncode == 3, words
    assert "so its samples might not be: its device is cpu" in " ".join(words.split())
    assert not (tmp_path / "out").exists()
