"""Packages of npm's that JavaScript programs and their tests may require."""

import os

from passatk.regex import regex

PACKAGES = ("js-md5", "lodash")
"""Of npm's, those that published tests use."""
_PACKAGE = regex(rf"""\b(?:require|import|from)\b[\s(]*["']({"|".join(PACKAGES)})["']""")
MODULE_FOLDERS = ("/usr/local/lib/node_modules", "/usr/lib/node_modules", "/usr/share/nodejs")


def packages_in(folder: str) -> list[str]:
    return [name for name in PACKAGES if os.path.exists(f"{folder}/{name}/package.json")]


def required_packages(body: str, tests: str) -> tuple[str, ...]:
    """What is needed to judge; a program that wants lodash where its tests do not is not right without it."""
    wanted = {name for name in _PACKAGE.findall(body) if name == "js-md5"}.union(_PACKAGE.findall(tests))
    return tuple(f"node package {name}" for name in sorted(wanted))
