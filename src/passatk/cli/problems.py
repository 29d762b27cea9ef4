"""`passatk problems list|show|check|fetch|schema|explained|draw|similar|audit`."""

from pathlib import Path
from typing import Annotated

import typer

from passatk.cli import audit, fresh
from passatk.cli.generated import App, Given, Table, with_settings
from passatk.pipeline.settings import Judging
from passatk.settings import build, settings_of
from passatk.wording import counted

app = App(
    help="Problems: what there is, what one says, whether they can be judged here, where to get them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

app.command("audit")(audit.audit)
app.command("draw")(fresh.draw)
app.command("similar")(fresh.similar)

_SOURCE = "basics, basics/depth, humaneval, humaneval-x/java, humanevalpack/fix, ..., or a file or folder."
_LIMITS = tuple(one.key for one in settings_of(Judging) if one.path[0] == "limits")
_Json = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


@app.command("list")
def list_(
    source: Annotated[str | None, typer.Argument(help=f"Which problems: {_SOURCE} [default: all known names]")] = None,
    json: _Json = False,
) -> None:
    """List known problem sets, or the tasks of one."""
    import msgspec
    from rich.table import Table

    from passatk.cli import options
    from passatk.errors import InputError
    from passatk.problems import BENCHMARKS, NAMES, folder_of, load_all
    from passatk.report import terminal

    if source is not None:
        tasks = options.problems_of(source).problems
        print(msgspec.json.encode(list(tasks)).decode() if json else "\n".join(tasks))
        return
    rows = []
    for name in NAMES:
        try:
            found = load_all(name)
            place = str(folder_of(name) or "embedded")
            languages = list(dict.fromkeys(problem.language for problem in found))
            rows.append({"name": name, "problems": len(found), "languages": languages, "place": place})
        except InputError:
            benchmark = BENCHMARKS[name]
            place = f"passatk problems fetch {name}" if benchmark.files else benchmark.home
            rows.append({"name": name, "problems": 0, "languages": [], "place": place})
    if json:
        print(msgspec.json.encode(rows).decode())
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("name", "problems", "languages", "place"):
        table.add_column(heading)
    for row in rows:
        table.add_row(*(", ".join(cell) if isinstance(cell, list) else str(cell) for cell in row.values()))
    terminal.console_for().print(table)


@app.command()
def show(
    task: Annotated[str, typer.Argument(help="Task id, for example Java/12.")],
    problems: Annotated[str, typer.Option(help=_SOURCE)] = "basics",
    json: _Json = False,
) -> None:
    """Show one problem: prompt, reference solution, tests."""
    import msgspec
    from rich.syntax import Syntax

    from passatk.problems import load
    from passatk.report import terminal

    problem = load(problems).get(task)
    if json:
        print(msgspec.json.encode(problem).decode())
        return
    console = terminal.console_for()
    for heading, text in (
        ("context", problem.context),
        ("prompt", problem.prompt),
        ("suffix", problem.suffix),
        ("instruction", problem.instruction),
        ("declaration", problem.declaration),
        ("reference solution", problem.reference or ""),
        ("hidden tests", problem.tests.code),
        ("example tests", problem.tests.examples),
    ):
        if not text and heading in ("context", "suffix", "instruction"):
            continue
        console.print(f"--- {problem.task_id} {heading}", style="bold")
        console.print(Syntax(text.strip("\n"), problem.language, background_color="default", word_wrap=True))


@app.command()
@with_settings(
    Table("problems", "Problems", only=("languages",)),
    Table("judging", "Judging", only=("workers", "sandboxed", *_LIMITS)),
)
def check(
    given: Given,
    source: Annotated[str, typer.Argument(help=f"Which problems: {_SOURCE}")] = "basics",
    json: _Json = False,
) -> None:
    """Run every reference solution; exit 1 if one does not pass here."""
    import msgspec

    from passatk.cli import options
    from passatk.pipeline import check_problems
    from passatk.pipeline.languages import canonical
    from passatk.report import outcomes, terminal

    problems = options.problems_of(source)
    languages = canonical(given["problems"].get("languages"), "languages")
    if languages is not None:
        problems = problems.only(languages)
    judging = build(Judging, given["judging"], "[judging]")
    with terminal.progress(terminal.console_for("stderr"), "checking") as progress:
        checks = check_problems(problems, judging.workers, judging.limits, judging.sandboxed, progress)
    if json:
        rows = [
            {
                "task_id": c.task_id,
                "fit": c.fit,
                "status": c.verdict and c.verdict.status,
                "reason": c.verdict.reason if c.verdict else "the problem has no reference solution",
            }
            for c in checks
        ]
        print(msgspec.json.encode(rows).decode())
    else:
        outcomes.print_checks(terminal.console_for(), checks)
    if not all(check.fit for check in checks):
        raise typer.Exit(1)


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="humaneval or humaneval-x.")],
    mirror: Annotated[str | None, typer.Option(help="Address to use instead of the benchmark's public home.")] = None,
    to: Annotated[Path | None, typer.Option(help="Folder. [default: passatk's own, found by name]")] = None,
) -> None:
    """Download a benchmark from its public home and check it against known checksums."""
    from passatk.problems.fetch import fetch as fetch_files

    for file in fetch_files(name, mirror, to):
        print(file)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a problem of your own, as a line of a problems file."""
    from passatk.problems.own import shipped_schema

    print(shipped_schema(), end="")


@app.command()
def explained(
    descriptions: Annotated[Path, typer.Argument(help="Generations for humanevalpack/explain: a folder or its file.")],
    out: Annotated[Path, typer.Option(help="File to write: problems that ask for code by these descriptions.")],
) -> None:
    """Make problems of descriptions: the second step of HumanEvalExplain."""
    from passatk import pipeline

    count = pipeline.explained_problems(descriptions, out)
    print(f"{counted(count, 'problem')} in {out}")
