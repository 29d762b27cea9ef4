"""Many functions in one program, so that a judge can run every rendering of a corpus: compilers start once for all."""

from collections.abc import Sequence

import msgspec

from passatk.corpus.functions import RENDERER_OF
from passatk.problems.rendering import Go, Java, Renderer, Rust, Specification
from passatk.records import Asserts, Problem

_CHECKS = {"cpp": "    assert(", "java": "        if (!("}
"""What a check of one case begins with, in languages whose checks all stand in one main."""


def bundle(language: str, specifications: Sequence[Specification], number: int) -> Problem:
    """All functions, each under a name of its own, and all their tests, as one problem of a language.

    A bundle passes if each of its functions passes all its tests; its reference is the whole program.
    """
    renderer = RENDERER_OF[language]
    named = [msgspec.structs.replace(s, name=f"{s.name}_{place}") for place, s in enumerate(specifications)]
    head = renderer.problem(named[0], number)
    return msgspec.structs.replace(
        head,
        task_id=f"{renderer.prefix}/bundle/{number}",
        reference=_program(renderer, named),
        tests=Asserts(code=_tests(renderer, named)),
    )


def _program(renderer: Renderer, named: Sequence[Specification]) -> str:
    parts = []
    for specification in named:
        problem = renderer.problem(specification, 0)
        parts.append(f"{problem.prompt}{problem.reference}")
    if isinstance(renderer, Java):
        inner = [part.removeprefix(renderer.opening).removesuffix("}\n") for part in parts]
        return renderer.opening + "\n".join(inner) + "}\n"
    if isinstance(renderer, Go):
        packages = sorted({package for s in named for package in s.go_imports})
        whole = renderer.imports(msgspec.structs.replace(named[0], go_imports=packages))
        bodies = [part.removeprefix(renderer.imports(s)) for part, s in zip(parts, named, strict=True)]
        return whole + "\n".join(bodies)
    if isinstance(renderer, Rust):
        head, cut, _ = parts[0].partition("fn ")
        assert cut
        return head + "\n".join(part.removeprefix(head) for part in parts)
    return "\n".join(parts)


def _tests(renderer: Renderer, named: Sequence[Specification]) -> str:
    tests = [renderer.test(specification, specification.tests) for specification in named]
    if (start := _CHECKS.get(renderer.language)) is not None:  # the first one's main takes the checks of all
        lines = tests[0].split("\n")
        last = max(place for place, line in enumerate(lines) if line.startswith(start))
        more = [line for test in tests[1:] for line in test.split("\n") if line.startswith(start)]
        return "\n".join([*lines[: last + 1], *more, *lines[last + 1 :]])
    if renderer.language == "javascript":
        return "\n".join(f"{{{test}}}" for test in tests)
    if isinstance(renderer, Rust):
        head, mark, _ = tests[0].partition("    #[test]")
        assert mark
        return head + "\n".join(test.removeprefix(head).removesuffix("}\n") for test in tests) + "}\n"
    return "\n".join(tests)
