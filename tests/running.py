"""Running commands as a user does, and as another user."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from passatk.records import Record
from passatk.sandbox import Slot, World

Command = Callable[..., "subprocess.CompletedProcess[str]"]
"""The `passatk` fixture: arguments of the command, environment variables by keyword."""
Require = Callable[..., None]
"""The `require` fixture: names of languages that a test needs."""

ROOT = Path(__file__).parents[1]
NOBODY = 65534


class Standing:
    """A slot that the tests of one process share, as the programs of a run share theirs. Close it at the end."""

    def __init__(self, world: World, cpu: int | None = None):
        self._world, self._cpu = world, cpu
        self._slot: Slot | None = None

    @contextlib.contextmanager
    def slot(self) -> Iterator[Slot]:
        """The slot; another one after an exception within, or after one that was closed."""
        if self._slot is None or (self._slot._process and self._slot._process.poll() is not None):
            self._slot = Slot(self._world, self._cpu)
        try:
            yield self._slot
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close what is open."""
        if self._slot is not None:
            self._slot.close()
            self._slot = None


class OrdinaryUser(Record, frozen=True, kw_only=True):
    """An account without any rights, and what it needs to run our tests: an interpreter and packages it may read."""

    python: str
    packages: str

    def environment(self, home: str) -> dict[str, str]:
        """Nothing of the caller's; `home` is a folder of its own."""
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}:{self.packages}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": home,
            "TMPDIR": home,
        }


def find_ordinary_user() -> OrdinaryUser | str:
    """Somebody to run as, or why there is nobody: root's own interpreter may lie in root's home."""
    if os.geteuid() != 0:
        return "the other tests already run as an ordinary user"
    minor = f"python3.{sys.version_info.minor}"
    candidates = (os.path.join(sys.base_prefix, "bin", minor), f"/usr/bin/{minor}")
    python = next((path for path in candidates if _may(path, "-c", "")), None)
    if python is None:
        return f"no {minor} that an ordinary user may execute"
    packages = str(Path(pytest.__file__).parents[1])
    if not (_may("test", "-r", packages) and _may("test", "-r", str(ROOT / "src" / "passatk"))):
        return f"{packages} or {ROOT} is closed to ordinary users"
    return OrdinaryUser(python=python, packages=packages)


def _may(*command: str) -> bool:
    try:
        done = subprocess.run(command, user=NOBODY, group=NOBODY, extra_groups=[], check=False, capture_output=True)
    except OSError:
        return False
    return done.returncode == 0


def descendants(pid: int) -> list[int]:
    """`pid`, and all processes below it."""
    found = [pid]
    for parent in found:
        try:
            for task in Path(f"/proc/{parent}/task").iterdir():  # slots are started by threads
                found.extend(int(p) for p in (task / "children").read_text().split() if int(p) not in found)
        except OSError:
            continue
    return found


def called(pid: int, part: bytes) -> list[int]:
    """Descendants of `pid` whose command has that part."""
    found = []
    for process in descendants(pid):
        with contextlib.suppress(OSError), open(f"/proc/{process}/cmdline", "rb") as file:
            if part in file.read():
                found.append(process)
    return found


def processes_with(variable: str, value: str) -> list[int]:
    """Processes, anybody's, that have this in the environment they were started with."""
    wanted, found = f"{variable}={value}\0".encode(), []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if wanted in (folder / "environ").read_bytes():
                found.append(int(folder.name))
    return found


NAME = f"waits-{os.getpid()}"
NAMES_ITSELF = f"import time\nopen('/proc/self/comm', 'w').write({NAME!r})\n"
"""The beginning of a Python program that calls its process so."""


def named(name: str) -> int:
    """Processes, anybody's, that call themselves so."""
    found = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            found += (folder / "comm").read_text() == f"{name}\n"
    return found


def until_there(name: str) -> None:
    """Wait until a process calls itself so."""
    ends = time.monotonic() + 120
    while not named(name):
        assert time.monotonic() < ends, f"no process is called {name}"
        time.sleep(0.1)
