"""How programs in Rust are linked: by mold itself where it is here, without the C compiler's way to it."""

import hashlib
import os
import shutil
from pathlib import Path

from passatk.languages.base import Missing, output_of, prepared

_LOADERS = {"x86_64": "/lib64/ld-linux-x86-64.so.2", "aarch64": "/lib/ld-linux-aarch64.so.1"}
_FIRST, _LAST = ("Scrt1.o", "crti.o", "crtbeginS.o"), ("crtendS.o", "crtn.o")
_DIRECT = "-Clinker-flavor=ld"
_FILE = "arguments"
_VERSION = 1
"""Of what is written into it."""


def link_arguments(kept: Path) -> Path:
    """A file, below the folder `kept`, with rustc's arguments about it."""
    mold, gcc = (shutil.which(name) or "" for name in ("mold", "gcc"))
    changed = [os.stat(tool).st_mtime_ns for tool in (mold, gcc) if tool]
    key = hashlib.sha256(f"{_VERSION} {mold} {gcc} {changed}".encode()).hexdigest()[:16]
    return prepared(kept / f"link-{key}", lambda made: _write(made / _FILE, mold)) / _FILE


def is_direct(arguments: Path) -> bool:
    """Whether they are the linker's own, not those that a C compiler hands on."""
    return _DIRECT in arguments.read_text()


def _write(file: Path, mold: str) -> None:
    file.write_text("\n".join(_text(mold)))


def _text(mold: str) -> list[str]:
    if not mold:
        return ["-Clink-arg=-fuse-ld=bfd"]
    try:
        first, last = ([_found(name) for name in names] for names in (_FIRST, _LAST))
        places = sorted({os.path.dirname(path) for path in (*first, _found("libgcc.a"))})
        loader = _LOADERS[os.uname().machine]
    except (Missing, KeyError):
        return ["-Clink-arg=-fuse-ld=mold"]
    given = ("-dynamic-linker", loader, *first, *last, *(f"-L{place}" for place in places))
    return [f"-Clinker={mold}", _DIRECT, *(f"-Clink-arg={part}" for part in given)]


def _found(name: str) -> str:
    """Where the C compiler has a file of its own.

    Raises:
        Missing: it has none of that name, or is not there.
    """
    path = output_of("gcc", f"-print-file-name={name}").strip()
    if not os.path.isabs(path):
        raise Missing(f"gcc has no {name}")
    return os.path.normpath(path)
