"""Whatever a program leaves behind is removed."""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from slot_programs import run, stdout

from passatk.judging import Environment
from passatk.sandbox import Level, Slot
from passatk.sandbox.cgroups import NO_PARENTS
from passatk.sandbox.server.removal import remove_tree

DEEP = "import os\nfor _ in range(10_000):\n  os.mkdir('d')\n  os.chdir('d')\nopen('bottom', 'w').close()\n"
LITTER = {
    "deep": DEEP,
    "closed": "import os\nos.makedirs('closed/inner/more')\nopen('closed/file', 'w').close()\n"
    "for path in ('closed/inner/more', 'closed/inner', 'closed', '.'): os.chmod(path, 0)\n",
    "closed at the bottom": DEEP + "os.chmod('.', 0)\n",
    "names that collide": "import os\nfor n in range(50): os.makedirs(f'{n % 7}/{n}/{n + 1}/{n + 2}')\n"
    "for n in range(60, 90): open(str(n), 'w').close()\n",
    "strange names": "import os\nfor name in (b'\\xff', b' ', b'-rf', b'\\n', b'x' * 255): os.mkdir(name)\n",
    "links": "import os\nos.mkdir('a')\nos.symlink('/', 'a/root')\nos.symlink('.', 'a/self')\nos.mkfifo('a/fifo')\n",
}


@pytest.fixture(params=["best", "without sandbox"])
def litterer(request: pytest.FixtureRequest, python_only: Environment) -> Iterator[Slot]:
    world = python_only.world
    if request.param == "without sandbox":
        world = msgspec.structs.replace(world, level=Level.NONE, cgroups=NO_PARENTS)
    with Slot(world) as made:
        yield made


@pytest.mark.parametrize("litter", list(LITTER))
def test_nothing_that_a_program_leaves_outlives_it(litterer: Slot, litter: str) -> None:
    mounts = Path("/proc/self/mounts").read_text()
    facts = run(litterer, LITTER[litter], cpu_s=20.0, idle_s=60.0).run  # a disk may be slow
    assert facts is not None
    assert facts.exit_code == 0, facts.stderr
    assert stdout(litterer, "import os\nprint(os.listdir('.'))") == "['main.py']\n"
    if litterer._folder is not None:
        litterer.close()
        assert not os.path.exists(litterer._folder)
    assert Path("/proc/self/mounts").read_text() == mounts


@pytest.mark.parametrize("litter", list(LITTER))
def test_a_tree_is_removed_and_what_its_links_lead_to_is_not(tmp_path: Path, litter: str) -> None:
    kept, tree = tmp_path / "kept", tmp_path / "tree"
    kept.mkdir()
    (kept / "file").touch()
    tree.mkdir()
    (tree / "link").symlink_to(kept)
    child = os.fork()
    if child == 0:
        os.chdir(tree)
        exec(LITTER[litter].replace("10_000", "2_500"))  # past recursion and path length, on a disk that may be slow
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    remove_tree(str(tree))
    assert os.listdir(tmp_path) == ["kept"]
    assert os.listdir(kept) == ["file"]


def test_a_tree_that_is_not_there_is_removed_already(tmp_path: Path) -> None:
    remove_tree(str(tmp_path / "nothing"))
    assert os.listdir(tmp_path) == []
