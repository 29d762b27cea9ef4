"""testlib.h, which checkers of contests include and passatk does not have: the user's own copy."""

import os
import re
from functools import lru_cache
from pathlib import Path

from passatk.errors import FieldError
from passatk.regex import regex

NAME = "testlib.h"
_INCLUDED = regex(r"""^[ \t]*#[ \t]*include[ \t]*["<](?:[\w./-]*/)?testlib\.h[">]""", re.MULTILINE)
_HOME = "https://github.com/MikeMirzayanov/testlib"


def beside(source: str, field: str) -> tuple[tuple[str, str], ...]:
    """The files that a checker in C++ needs for its build: `testlib.h` from where `$PASSATK_TESTLIB` points.

    Raises:
        FieldError: it includes `testlib.h`, and there is none.
    """
    if not _INCLUDED.search(source):
        return ()
    path = os.environ.get("PASSATK_TESTLIB", "")
    wanted = f"PASSATK_TESTLIB set to the file, which is to be had from {_HOME}"
    if not path:
        raise FieldError(field, f"includes {NAME}, which does not come with passatk", wanted)
    try:
        return ((NAME, _text(path)),)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise FieldError(field, f"includes {NAME}, and {path!r} cannot be read: {why}", wanted) from error


@lru_cache(maxsize=1)
def _text(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")
