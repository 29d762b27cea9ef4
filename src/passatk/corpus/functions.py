"""An abstract program -> a problem in six languages: name, description, cases, and a solution of each language."""

from collections.abc import Mapping, Sequence

from passatk.corpus.bodies import LANGUAGES, body, packages
from passatk.corpus.drawing import draw_cases
from passatk.corpus.draws import Draws
from passatk.corpus.programs import AbstractProgram
from passatk.corpus.wording import PARAMETERS, description_of, name_of
from passatk.problems.rendering import RENDERERS, Case, Renderer, Specification

TESTS = 8
_LONGEST_EXAMPLE = 60
RENDERER_OF: Mapping[str, Renderer] = {renderer.language: renderer for renderer in RENDERERS}


def specification_of(program: AbstractProgram, draws: Draws, examples: int = 1) -> Specification | None:
    """The problem whose solution is `program`, in words, names and spellings drawn from `draws`.

    Returns None if it has no cases that are small enough to be shown.
    """
    cases = draw_cases(program, draws, TESTS)
    if cases is None:
        return None
    shown = _worth_showing(cases)[:examples]
    if len(shown) < examples:
        return None
    parameter = draws.choice(PARAMETERS[program.takes])
    solution = {language: body(program, parameter, language, draws) for language in LANGUAGES}
    return Specification(
        name=name_of(program, parameter, draws),
        description=description_of(program, parameter, draws),
        parameters=[(parameter, program.takes), *program.extra],
        returns=program.gives,
        examples=shown,
        tests=cases,
        solution=solution,
        go_imports=packages("go", solution["go"]),
    )


def _worth_showing(cases: Sequence[Case]) -> list[Case]:
    """Short ones, those first that ask about something and answer something."""
    short = [case for case in cases if len(repr(case.arguments)) + len(repr(case.result)) <= _LONGEST_EXAMPLE]
    return sorted(short, key=lambda case: (not case.arguments[0]) + (not case.result))
