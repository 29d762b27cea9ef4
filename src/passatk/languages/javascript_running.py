"""How node is started for programs and their examiners, and what it executes beside them."""

import hashlib
from functools import cache
from pathlib import Path

from passatk.languages.base import harness
from passatk.languages.native import native_hash
from passatk.records import ParentTool, Step

# on one CPU, threads that help the engine only cost; hashes of names, which nothing shows, need no seed of their own
_FLAGS = (
    "--max-old-space-size=512",
    "--stack-size=984",
    "--v8-pool-size=0",
    "--single-threaded",
    "--no-rehash-snapshot",
)
_PROGRAM_FLAGS = (*_FLAGS, "--random-seed=${VARIED}")
EXAMINER_FLAGS = (*_FLAGS, "--random-seed=1")
_WALL = ("examiner.js", "realm.js", "assertions.js", "values.js", "parent.js")
_WAYS = {"serve": ("values", "start"), "together": ("assertions", "start")}
"""Of running a program, and the expressions that each begins with."""


def way(name: str, *arguments: str) -> Step:
    """One of the two ways to run a program."""
    return Step(
        argv=("${NODE}", *_PROGRAM_FLAGS, f"${{NODE_WALL}}/{name}.js", *arguments),
        env=(("NODE_PATH", "${NODE_PATH}"),),
        parent=parent_tool().name,
    )


def alone(file: str) -> Step:
    """To run a program that has no tests beside it."""
    return Step(argv=("${NODE}", *_PROGRAM_FLAGS, file), env=(("NODE_PATH", "${NODE_PATH}"),))


def _started(name: str) -> str:
    """A way to run a program, with what it begins with."""
    parts = (f"const passatk{part.title()} =\n{harness(f'javascript/{part}.js')}" for part in _WAYS[name])
    return "\n".join((*parts, harness(f"javascript/{name}.js")))


@cache
def _wall() -> dict[str, str]:
    """Name -> text of all that is executed beside programs."""
    return {
        **{name: harness(f"javascript/{name}") for name in _WALL},
        **{f"{name}.js": _started(name) for name in _WAYS},
        "rehearsal/program.js": harness("javascript/rehearsal.js"),
    }


@cache
def wall_hash() -> str:
    """Of all that is executed beside programs."""
    return hashlib.sha256("".join(_wall().values()).encode()).hexdigest()[:16]


def write_wall(folder: Path) -> None:
    """Into an empty folder."""
    (folder / "rehearsal").mkdir()
    for name, text in _wall().items():
        (folder / name).write_text(text)


def parent_tool() -> ParentTool:
    """A node that has started, and rehearsed."""
    return ParentTool(
        name=f"node-{wall_hash()}-{native_hash('node')}",
        argv=("${NODE}", *_FLAGS, "--random-seed=1", "${NODE_WALL}/parent.js", "${NODE_PARENT}"),
        env=(("NODE_PATH", "${NODE_PATH}"),),
    )
