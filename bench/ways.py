"""How evaluators usually run a program of each language: its files, and commands that decide by their exit codes."""

import re
from collections.abc import Callable
from typing import Any

from passatk.languages.go_source import HELPERS as GO_HELPERS
from passatk.languages.go_toolchain import TESTIFY
from passatk.languages.rust import CRATES
from passatk.records import Problem

_USE = [re.compile(rf"^use\s+{crate}\b[^;]*;", re.MULTILINE) for crate in CRATES]
_IMPORTS = re.compile(r"^import \([^()]*\)\n", re.MULTILINE)
_GO = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode"}
Way = tuple[dict[str, str], list[list[str]]]


def _javascript(problem: Problem, text: str) -> Way:
    return {"test.js": f"{problem.prompt}{text}\n{problem.tests.code}"}, [["node", "test.js"]]


def _cpp(problem: Problem, text: str) -> Way:
    helpers = "".join(f"{line}\n" for line in problem.setup.splitlines() if line not in problem.prompt)
    whole = f"{helpers}{problem.prompt}{text}\n{problem.tests.code}"
    libraries = ["-lcrypto"] if "openssl/" in whole else []
    return {"test.cpp": whole}, [["g++", "-std=c++11", "test.cpp", *libraries], ["./a.out"]]


def _java(problem: Problem, text: str) -> Way:
    return {"Main.java": f"{problem.prompt}{text}\n{problem.tests.code}"}, [["javac", "Main.java"], ["java", "Main"]]


def _go(problem: Problem, text: str) -> Way:
    code = f"{_IMPORTS.sub('', problem.prompt, count=1)}{text}\n{problem.tests.code}"
    packages = ["testing", TESTIFY, *(p for p in GO_HELPERS if f"{p.rpartition('/')[2]}." in code)]
    imports = "".join(f'\t"{package}"\n' for package in packages)
    return {"main_test.go": f"package main\n\nimport (\n{imports})\n{code}"}, [["go", "test", "main_test.go"]]


def _rust(problem: Problem, text: str) -> Way:
    whole = f"{problem.prompt}{text}\n{problem.tests.code}"
    for use in _USE:  # every declaration imports three crates; few programs use one, and those fail here
        whole = use.sub("", whole)
    return {"main.rs": whole}, [["rustc", "--edition", "2021", "--test", "main.rs"], ["./main"]]


_WAYS: dict[str, Callable[[Problem, str], Way]] = {
    "javascript": _javascript,
    "cpp": _cpp,
    "java": _java,
    "go": _go,
    "rust": _rust,
}


def usual_program(problem: Problem, text: str) -> dict[str, Any]:
    """A line of what `usual.py` reads. `text` follows the problem's prompt."""
    if problem.language == "python":
        return {"text": f"{problem.setup}\n{problem.prompt}{text}\n{problem.tests.code}"}
    files, commands = _WAYS[problem.language](problem, text)
    return {"files": files, "commands": commands, "environment": _GO if problem.language == "go" else {}}
