"""How a person names a sample of a run: `TASK#NUMBER`."""

from passatk.errors import UnknownNameError
from passatk.runs import RunView, SampleView
from passatk.wording import harmless


def named(run: RunView, name: str) -> tuple[str, int | None]:
    """Task id and sample number that `TASK` or `TASK#NUMBER` means; the number is None where none is given.

    A task id may hold `#` itself.

    Raises:
        UnknownNameError: the run has no samples of such a task; names the nearest.
    """
    tasks = set(run.tasks())
    if name in tasks:
        return name, None
    task, mark, number = name.rpartition("#")
    if mark and task in tasks and number.isascii() and number.isdigit():
        return task, int(number)
    raise UnknownNameError("task", harmless(task or name), map(harmless, tasks), f"These are the tasks of {run.path}.")


def sample_of(run: RunView, task: str, number: int | None) -> SampleView:
    """One sample of a task; without a number, the only one.

    Raises:
        UnknownNameError: there is no such sample, or several and no number.
    """
    numbers = [one.sample for one in run.judged(task)]
    if number is None and len(numbers) == 1:
        number = numbers[0]
    view = None if number is None else run.sample(task, number)
    if view is None:
        known = (f"{harmless(task)}#{index}" for index in numbers)
        raise UnknownNameError("sample", f"{harmless(task)}#{'' if number is None else number}", known)
    return view
