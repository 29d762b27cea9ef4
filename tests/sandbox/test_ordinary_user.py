"""The sandbox as an ordinary user: all its tests again, under an account without any rights."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOBODY = 65534
APART = ("test_ordinary_user.py", "test_runtimes.py")  # the toolchains may lie where an ordinary user cannot look


def interpreter() -> str | None:
    """A Python of our version that an ordinary user may execute: root's own may lie in root's home."""
    minor = f"python3.{sys.version_info.minor}"
    for path in (os.path.join(sys.base_prefix, "bin", minor), f"/usr/bin/{minor}"):
        try:
            done = subprocess.run([path, "-c", ""], user=NOBODY, group=NOBODY, extra_groups=[], check=False)
        except OSError:
            continue
        if done.returncode == 0:
            return path
    return None


def test_the_tests_of_the_sandbox_hold_for_an_ordinary_user() -> None:
    if os.geteuid() != 0:
        pytest.skip("the other tests already run as an ordinary user")
    python = interpreter()
    if python is None:
        pytest.skip(f"no python3.{sys.version_info.minor} that an ordinary user may execute")
    site = Path(pytest.__file__).parents[1]
    if subprocess.run(["test", "-r", site], user=NOBODY, group=NOBODY, check=False).returncode != 0:
        pytest.skip(f"{site} is closed to ordinary users")
    with tempfile.TemporaryDirectory() as home:
        os.chown(home, NOBODY, NOBODY)
        done = as_nobody(python, site, home)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert " passed" in done.stdout


def as_nobody(python: str, site: Path, home: str) -> "subprocess.CompletedProcess[str]":
    """Run the other tests of this folder under an account that owns nothing."""
    here = Path(__file__).parent
    return subprocess.run(
        [
            *(python, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *(f"--ignore={here / name}" for name in APART),
            *("-k", "not cgroup]", here),
        ],
        cwd=ROOT,
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        env={
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "PYTHONPATH": f"{ROOT / 'src'}:{site}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": home,
            "TMPDIR": home,
        },
        capture_output=True,
        text=True,
        check=False,
    )
