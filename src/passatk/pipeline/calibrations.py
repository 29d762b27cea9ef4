"""What reference solutions of problems say, of as many as there is room for: a judge may live long and meet many."""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future

from msgspec import UNSET

from passatk.judging.calibration import Calibration
from passatk.records import Problem, Status

_MOST = 4096
_MOST_CHARACTERS = 128 << 20


class Calibrations:
    """Those of the problems that were met last, forgotten problems are measured again. For one thread at a time."""

    def __init__(self, most: int = _MOST, most_characters: int = _MOST_CHARACTERS):
        self._most, self._most_characters = most, most_characters
        self._known: OrderedDict[Problem, Future[Calibration]] = OrderedDict()
        self._characters = 0

    def __len__(self) -> int:
        return len(self._known)

    def of(self, problem: Problem, measure: Callable[[Problem], Future[Calibration]]) -> Future[Calibration]:
        """What is known of `problem`, or will be; `measure` begins it where that is nothing."""
        found = self._known.get(problem)
        if found is None:
            self._characters += _characters(problem)
        if found is None or _says_nothing(found):
            found = self._known[problem] = measure(problem)
        self._known.move_to_end(problem)
        while len(self._known) > self._most or (self._characters > self._most_characters and len(self._known) > 1):
            forgotten, _ = self._known.popitem(last=False)
            self._characters -= _characters(forgotten)
        return found


def _characters(problem: Problem) -> int:
    cases = 0 if problem.cases is UNSET else sum(case.size for case in problem.cases.cases)
    texts = (problem.prompt, problem.context, problem.instruction, problem.declaration, problem.setup, problem.suffix)
    tests = (problem.tests.code, problem.tests.examples)
    return cases + sum(map(len, (*texts, *tests, problem.reference or "")))


def _says_nothing(calibrated: Future[Calibration]) -> bool:
    """The reference solution could not be judged: it may go better another time."""
    if not calibrated.done():
        return False
    return calibrated.exception() is not None or calibrated.result().verdict.status is Status.NOT_JUDGED
