"""One trial for each kind of user: made once, by whoever asks first, also when several processes share the tests."""

import fcntl
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
import pytest
from running import NOBODY, ROOT, find_ordinary_user

from hostile.judging import Report

THIS, ORDINARY = "this user", "an ordinary user"
WORKERS = {THIS: (1, 8), ORDINARY: (8,)}
"""Who judges, with how many workers: neither may make a difference. `python -m hostile.judging 1` is the fourth way."""
_TIMEOUT_S = 1500


def trial(user: str, shared: Path) -> Report:
    """What `user` saw of all hostile programs; kept in the folder `shared` for the next who asks."""
    kept = shared / f"hostile, {user}.json"
    with open(kept.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(_run_trial(user))
    return msgspec.json.decode(kept.read_bytes(), type=Report)


def _run_trial(user: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="passatk-trial-") as home:
        return _as_ordinary_user(home) if user == ORDINARY else _as_this_user(home)


def _as_this_user(home: str) -> bytes:
    path = f"{ROOT / 'src'}:{ROOT / 'tests'}"
    return _said(sys.executable, {**os.environ, "PYTHONPATH": path, "TMPDIR": home}, WORKERS[THIS])


def _as_ordinary_user(home: str) -> bytes:
    found = find_ordinary_user()
    if isinstance(found, str):
        pytest.skip(found)
    os.chown(home, NOBODY, NOBODY)
    return _said(found.python, found.environment(home), WORKERS[ORDINARY], NOBODY)


def _said(python: str, environment: dict[str, str], workers: tuple[int, ...], user: int | None = None) -> bytes:
    done = subprocess.run(
        [python, "-m", "hostile.judging", *map(str, workers)],
        cwd=environment["TMPDIR"],
        env=environment,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        capture_output=True,
        check=False,
        timeout=_TIMEOUT_S,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-3000:]
    return done.stdout
