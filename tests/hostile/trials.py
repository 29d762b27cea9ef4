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

from hostile.cases import CATEGORIES
from hostile.judging import Plan, Report

THIS, ORDINARY = "this user", "an ordinary user"
PLANS = {
    THIS: Plan(workers=(8,), categories=tuple(CATEGORIES), repeats=2),
    ORDINARY: Plan(
        workers=(8,),
        categories=("resources", "survival", "escape"),
        languages=("python", "java", "javascript", "go"),
        repeats=1,
    ),
}
"""One round for each: without rights only what holds a program back differs, not how it is compiled or read. C++ and
Rust do what Python does with `ctypes`, after minutes of preparation. `bench/hostile_programs.py` has all other ways."""
_TIMEOUT_S = 1500


def trial(user: str, shared: Path) -> Report:
    """What `user` saw of its plan; kept in the folder `shared` for the next who asks."""
    kept = shared / f"hostile, {user}.json"
    with open(kept.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(msgspec.json.encode(run_trial(user, PLANS[user])))
    return msgspec.json.decode(kept.read_bytes(), type=Report)


def run_trial(user: str, plan: Plan, timeout_s: float | None = _TIMEOUT_S) -> Report:
    """What `user` sees of the hostile programs, in a process of its own. Skips where there is no such user."""
    with tempfile.TemporaryDirectory(prefix="passatk-trial-") as home:
        said = _as_ordinary_user(home, plan, timeout_s) if user == ORDINARY else _as_this_user(home, plan, timeout_s)
    return msgspec.json.decode(said, type=Report)


def _as_this_user(home: str, plan: Plan, timeout_s: float | None) -> bytes:
    path = f"{ROOT / 'src'}:{ROOT / 'tests'}"
    return _said(sys.executable, {**os.environ, "PYTHONPATH": path, "TMPDIR": home}, plan, timeout_s)


def _as_ordinary_user(home: str, plan: Plan, timeout_s: float | None) -> bytes:
    found = find_ordinary_user()
    if isinstance(found, str):
        pytest.skip(found)
    os.chown(home, NOBODY, NOBODY)
    return _said(found.python, found.environment(home), plan, timeout_s, NOBODY)


def _said(
    python: str, environment: dict[str, str], plan: Plan, timeout_s: float | None, user: int | None = None
) -> bytes:
    done = subprocess.run(
        [python, "-m", "hostile.judging", msgspec.json.encode(plan).decode()],
        cwd=environment["TMPDIR"],
        env=environment,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        capture_output=True,
        check=False,
        timeout=timeout_s,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-3000:]
    return done.stdout
