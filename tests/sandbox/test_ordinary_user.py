"""The sandbox as an ordinary user: its tests again that depend on who asks, under an account without any rights."""

import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from running import NOBODY, ROOT, OrdinaryUser, find_ordinary_user

APART = (
    "test_ordinary_user.py",
    "test_runtimes.py",  # the toolchains may lie where an ordinary user cannot look
    *("test_frames.py", "test_idle.py", "test_resident.py"),  # the same for everybody
)
ONCE_IS_ENOUGH = "not (without and cgroup) and not sandbox] and not sandbox-"
"""There is no cgroup for an ordinary user, and without a sandbox nothing depends on rights."""


def test_tests_of_the_sandbox_hold_for_an_ordinary_user() -> None:
    user = find_ordinary_user()
    if isinstance(user, str):
        pytest.skip(user)
    with tempfile.TemporaryDirectory() as home:
        os.chown(home, NOBODY, NOBODY)
        done = run_tests(user, home)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert " passed" in done.stdout


def run_tests(user: OrdinaryUser, home: str) -> "subprocess.CompletedProcess[str]":
    """Run the other tests of this folder as `user`."""
    here = Path(__file__).parent
    return subprocess.run(
        [
            *(user.python, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *(f"--ignore={here / name}" for name in APART),
            *("-k", ONCE_IS_ENOUGH, here),
        ],
        cwd=ROOT,
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        env=user.environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
