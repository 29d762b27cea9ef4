"""`passatk cache info|clear`."""

from typing import Annotated

import typer

from passatk.cli.generated import App

app = App(
    help="Verdicts and measurements kept from earlier runs: how many, and how to forget them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
_Json = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


@app.command()
def info(json: _Json = False) -> None:
    """Say what is kept, where, and since when."""
    import msgspec

    from passatk.judging.cache import VerdictCache
    from passatk.report import outcomes, terminal

    with VerdictCache() as cache:
        summary = cache.summary()
    if json:
        print(msgspec.json.encode(summary).decode())
    else:
        outcomes.print_cache(terminal.console_for(), summary)


@app.command()
def clear(json: _Json = False) -> None:
    """Forget verdicts, measurements and examiners (built ones not while a run uses them). Run folders keep theirs."""
    import msgspec

    from passatk.judging import examiners
    from passatk.judging.cache import VerdictCache
    from passatk.languages import derived

    cleared = examiners.clear()
    derived.clear()
    with VerdictCache() as cache:
        removed = cache.clear()
    if json:
        print(msgspec.json.encode({"removed": removed, "examiners": cleared}).decode())
    else:
        print(f"{removed} entries forgotten" + ("" if cleared else "; built examiners stay: a run uses them"))
