"""`passatk show`."""

from pathlib import Path
from typing import Annotated

import typer

from passatk.cli import options


def show(
    run: Annotated[Path, typer.Argument(help="Run folder: finished, interrupted or still running; it is only read.")],
    sample: Annotated[
        str, typer.Argument(metavar="TASK[#N]", help="Task id and sample number, like Python/12#3. Without #N: all.")
    ],
    json: options.Json = False,
) -> None:
    """Show one sample: verdict, attempts against limits, program, output. Or all samples of a task as a table.

    Control characters and invisible ones in programs and outputs are shown as escapes.
    """
    from passatk.pipeline.naming import named, sample_of
    from passatk.report import samples, terminal
    from passatk.runs import RunView

    console = terminal.console_for()
    with RunView(run) as view:
        task, number = named(view, sample)
        left_out = view.left_out().get(task, "")
        if number is None:
            rows = list(view.judged(task))
            if json:
                print(samples.rows_as_json(rows))
            else:
                samples.print_task(console, rows, left_out)
            return
        found = sample_of(view, task, number)
        if json:
            print(samples.as_json(found))
        else:
            samples.print_sample(console, found, left_out)
