"""What forks for programs, see `passatk.sandbox.server.parents`: C++, built where there is a compiler."""

import hashlib
from functools import cache
from pathlib import Path

from passatk.languages.base import Missing, harness, output_of, prepared

LACKING = "g++, by which programs begin sooner: `apt-get install g++`"
_COMPILE = ("g++", "-O2", "-shared", "-fPIC", "-fvisibility=hidden", "-Wl,-z,now")
"""What the process that loads it lacks is seen at once."""
_FLAGS = {"node": (), "preload": ("-static-libstdc++", "-static-libgcc", "-Wl,--exclude-libs,ALL")}
_COMMON = "birth.h"


@cache
def native_hash(name: str) -> str:
    """Of all that the library of that name is made from."""
    parts = [*_COMPILE, *_FLAGS[name], harness(f"native/{_COMMON}"), harness(f"native/{name}.cc")]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def built(name: str, kept: Path) -> Path | None:
    """The library made of harness/native/`name`.cc, below the folder `kept`; None where it cannot be built."""
    library = f"{name}.node"

    def build(folder: Path) -> None:
        for file in (_COMMON, f"{name}.cc"):
            (folder / file).write_text(harness(f"native/{file}"))
        output_of(*_COMPILE, "-o", str(folder / library), str(folder / f"{name}.cc"), *_FLAGS[name])

    try:
        return prepared(kept / f"native-{native_hash(name)}", build) / library
    except Missing:
        return None
