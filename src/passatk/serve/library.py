"""Problems that requests may name, and those that they bring."""

from collections.abc import Iterable

import msgspec

from passatk.errors import FieldError, InputError, UnknownNameError
from passatk.problems import ProblemSet
from passatk.problems.own import OWN, Row
from passatk.records import Problem


class Library:
    """Problem sets by name.

    Raises:
        InputError: two of them have one name.
    """

    def __init__(self, sets: Iterable[ProblemSet] = ()):
        self.sets: dict[str, ProblemSet] = {}
        for found in sets:
            if found.name in self.sets:
                raise InputError(
                    f"two problem sets are called {found.name!r}; leave one out, or rename its file", setting="problems"
                )
            self.sets[found.name] = found

    def set_named(self, name: str) -> ProblemSet:
        """The set of that name, exactly.

        Raises:
            UnknownNameError: there is none.
        """
        if name not in self.sets:
            raise UnknownNameError("problem set", name, self.sets)
        return self.sets[name]

    def get(self, task_id: str, name: str = "") -> Problem:
        """The problem called `task_id`, of the set called `name` where it is given.

        Raises:
            UnknownNameError: there is no such set, or no such problem.
            InputError: several sets have one.
        """
        if name:
            return self.set_named(name).get(task_id)
        having = [found for found in self.sets.values() if task_id in found.problems]
        if not having:
            known = [task for found in self.sets.values() for task in found.problems]
            hint = "" if known else "The server was started without problems."
            raise UnknownNameError("task id", task_id, known, hint)
        if len(having) > 1:
            names = ", ".join(found.name for found in having)
            raise InputError(f"several problem sets have {task_id!r}: {names}; name one in `problems`")
        return having[0].problems[task_id]

    def labelled(self, label: str) -> Problem:
        """The problem of a label: its task id, or `SET#TASK` where several sets have one of that id.

        Raises:
            InputError: as `get`.
        """
        name, _, task_id = label.partition("#")
        return self.get(task_id, name) if name in self.sets else self.get(label)


class Brought:
    """Problems of one request, each read once however many programs it has."""

    def __init__(self, most_tests: int):
        self._most_tests = most_tests
        self._known: dict[bytes, Problem] = {}

    def problem(self, row: Row, place: str) -> Problem:
        """`row`, which stands at `place`, as a problem.

        Raises:
            InputError: it is none, or has too many tests.
        """
        key = msgspec.json.encode(row)
        if key not in self._known:
            if len(row.cases) > self._most_tests:
                raise InputError(f"{place}.cases: there are {len(row.cases)}, and {self._most_tests} at most may be")
            try:
                self._known[key] = OWN.problem(row, "")
            except FieldError as error:
                where = f"{place}.{error.field}" if error.field else place
                raise InputError(f"{where}: {error.problem}; expected {error.expected}") from error
        return self._known[key]
