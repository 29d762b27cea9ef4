"""Programming languages, one file each.

Adding a language: a module here that defines `LANGUAGE`, and a fixture folder `tests/fixtures/languages/<name>`.
"""

import importlib
import pkgutil

from passatk.errors import UnknownNameError
from passatk.languages.base import Language, Toolchain

__all__ = ["LANGUAGES", "Language", "Toolchain", "by_name"]

_modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
LANGUAGES: dict[str, Language] = {m.LANGUAGE.name: m.LANGUAGE for m in _modules if hasattr(m, "LANGUAGE")}
"""By name, in alphabetical order."""


def by_name(name: str) -> Language:
    """The language called `name` (or an alias of it, or its task prefix), exactly.

    Raises:
        UnknownNameError: there is none; lists what exists.
    """
    for language in LANGUAGES.values():
        if name in (language.name, language.prefix, language.title, *language.aliases):
            return language
    raise UnknownNameError("language", name, LANGUAGES)
