"""`basics`: the embedded suite, written once per problem and rendered to six languages. Works offline."""

import tomllib
from functools import cache
from importlib import resources

import msgspec

from passatk.problems.humaneval_x import PYTHON_HELPERS
from passatk.problems.rendering import RENDERERS, Specification
from passatk.records import Problem

NAME = "basics"


def specifications() -> list[tuple[int, Specification]]:
    """(number, specification) of every problem, in order."""
    folder = resources.files("passatk.problems").joinpath("suites", "basics")
    files = sorted((entry.name, entry) for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return [(int(name[:2]), msgspec.convert(tomllib.loads(file.read_text()), Specification)) for name, file in files]


@cache
def problems() -> tuple[Problem, ...]:
    """All problems of the suite, language by language."""
    listed = specifications()
    rendered = [renderer.problem(spec, number) for renderer in RENDERERS for number, spec in listed]
    # HumanEval-X's helper imports, so that the two benchmarks are judged alike
    return tuple(
        msgspec.structs.replace(p, test_setup=PYTHON_HELPERS) if p.language == "python" else p for p in rendered
    )
