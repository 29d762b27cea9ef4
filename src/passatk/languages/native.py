"""What forks for programs, see `passatk.sandbox.server.parents`: C++, built where there is a compiler."""

import hashlib
from functools import cache
from pathlib import Path

from passatk.languages.base import Missing, harness, output_of, prepared
from passatk.records import EXECUTOR, ParentTool

LACKING = "g++, by which programs begin sooner: `apt-get install g++`"
_COMPILE = ("g++", "-O2")
_LIBRARY = ("-shared", "-fPIC", "-fvisibility=hidden", "-Wl,-z,now")
"""What the process that loads it lacks is seen at once."""
_FLAGS = {
    "node": _LIBRARY,
    "preload": (*_LIBRARY, "-static-libstdc++", "-static-libgcc", "-Wl,--exclude-libs,ALL"),
    "exec": ("-static",),
    "random": _LIBRARY,
    "clock": _LIBRARY,
}
_COMMON = "birth.h"


@cache
def native_hash(name: str) -> str:
    """Of all that it is made from."""
    parts = [*_COMPILE, *_FLAGS[name], harness(f"native/{_COMMON}"), harness(f"native/{name}.cc")]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def built(name: str, kept: Path) -> Path | None:
    """What is made of harness/native/`name`.cc, below the folder `kept`; None where it cannot be built."""
    library = f"{name}.node"

    def build(folder: Path) -> None:
        for file in (_COMMON, f"{name}.cc"):
            (folder / file).write_text(harness(f"native/{file}"))
        output_of(*_COMPILE, "-o", str(folder / library), str(folder / f"{name}.cc"), *_FLAGS[name])

    try:
        return prepared(kept / f"native-{native_hash(name)}", build) / library
    except Missing:
        return None


def executor(kept: Path) -> ParentTool | None:
    """Who forks for the commands that are to be executed, so that the slot's server need not."""
    program = built("exec", kept)
    return ParentTool(name=EXECUTOR, argv=(str(program),)) if program else None
