"""Regular expressions that are compiled when they are first used: there are hundreds, and a command needs a few."""

import re
from typing import Any, cast


class _Later:
    """Stands for a compiled pattern: its attributes are the pattern's, found once."""

    def __init__(self, pattern: str, flags: int):
        self._source = pattern, flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = getattr(re.compile(*self._source), name)
        setattr(self, name, value)
        return value


def regex(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """`re.compile` for constants of modules and classes; a pattern that is wrong is told about at its first use."""
    return cast(re.Pattern[str], _Later(pattern, flags))
