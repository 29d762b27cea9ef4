"""The verdict cache keeps what would come out the same again, under everything it depends on."""

import sqlite3
from pathlib import Path

import msgspec
import pytest
from test_verdict import CLEAN, outcome

from passatk.errors import StorageError
from passatk.judging import Environment, default_limits
from passatk.judging.cache import Keys, VerdictCache
from passatk.records import Status, Verdict

PASSED = Verdict(status=Status.PASSED, reason="all tests held", attempts=(outcome(CLEAN, proof=True),))


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({}, True),
        ({"status": Status.TIME_LIMIT}, True),
        ({"borderline": True}, False),
        ({"unstable": True}, False),
        ({"status": Status.NOT_JUDGED}, False),
    ],
)
def test_only_what_would_come_out_the_same_is_kept(tmp_path: Path, changes: dict[str, object], kept: bool) -> None:
    verdict = msgspec.structs.replace(PASSED, **changes)
    with VerdictCache(tmp_path / "c") as cache:
        cache.keep_verdict("key", "python", verdict)
        assert cache.verdict("key") == (verdict if kept else None)


def test_it_outlives_the_process_and_can_be_cleared(tmp_path: Path) -> None:
    with VerdictCache(tmp_path / "c") as cache:
        cache.keep_verdict("a", "python", PASSED)
        cache.keep_measurement("b", "go", PASSED.attempts)
    with VerdictCache(tmp_path / "c") as cache:
        assert cache.verdict("a") == PASSED
        assert cache.measurement("b") == PASSED.attempts
        summary = cache.summary()
        assert (summary.verdicts, summary.references) == ({"python": 1}, {"go": 1})
        assert cache.clear() == 2
        assert cache.verdict("a") is None
        assert cache.summary().oldest is None


def test_a_key_holds_program_limits_language_toolchain_isolation_and_machine(environment: Environment) -> None:
    limits = default_limits()
    key = Keys(environment).verdict("program", "python", limits)
    assert key == Keys(environment).verdict("program", "python", limits)
    assert key != Keys(environment).verdict("other", "python", limits)
    assert key != Keys(environment).verdict("program", "python", default_limits(cpu_s=9.0))
    assert key != Keys(environment).verdict("program", "go", limits)
    assert key != Keys(environment).measurement("program", "python", limits)
    bare = Environment(["python"], sandboxed=False)
    assert key != Keys(bare).verdict("program", "python", limits)


def test_another_toolchain_is_another_key(environment: Environment) -> None:
    other = Environment(["python"])
    python = other.toolchains["python"]
    other.toolchains["python"] = msgspec.structs.replace(python, version=f"{python.version} (patched)")
    keys = [Keys(e).verdict("program", "python", default_limits()) for e in (environment, other)]
    assert keys[0] != keys[1]


def test_a_cache_that_cannot_be_used_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "c").write_bytes(b"this is no database, and long enough to be seen as none" * 20)
    with pytest.raises(StorageError, match="Go on without it"):
        VerdictCache(tmp_path / "c")


def test_two_processes_may_write_at_once(tmp_path: Path) -> None:
    with VerdictCache(tmp_path / "c") as one, VerdictCache(tmp_path / "c") as two:
        for number in range(20):
            one.keep_verdict(f"a{number}", "python", PASSED)
            two.keep_verdict(f"b{number}", "python", PASSED)
        assert one.summary().verdicts == {"python": 40}
    assert sqlite3.connect(tmp_path / "c").execute("PRAGMA integrity_check").fetchone() == ("ok",)
