"""`passatk problems draw|similar`."""

from pathlib import Path
from typing import Annotated

import typer

from passatk.cli.options import Json, as_json
from passatk.errors import InputError
from passatk.regex import regex
from passatk.wording import counted

_RANGE = regex(r"(\d+)(?:-(\d+))?")


def draw(
    out: Annotated[Path, typer.Option(help="File of problems to write.")],
    seed: Annotated[int, typer.Option(min=0, help="Seed of all choices: the same seed draws the same bytes.")],
    count: Annotated[int, typer.Option(min=1, help="How many problems, each in every language.")] = 100,
    depth: Annotated[str, typer.Option(help="Steps of their functions, from 1 to 8: a number or a range, 1-4.")] = "2",
    languages: Annotated[
        str, typer.Option(help="Languages between commas, or all of the six that functions are written in.")
    ] = "all",
    json: Json = False,
) -> None:
    """Draw problems that nobody has seen, with references, tests and translations, as a file for `--problems`.

    None is one of `basics`, and seeds that differ modulo 16 have no function of two steps or more in common.
    """
    from passatk.corpus.fresh import draw_suite, shares
    from passatk.problems.own import lines
    from passatk.report import terminal
    from passatk.runs.locked import storage, write_lines

    chosen, depths = _languages(languages), _depths(depth)
    counts = {steps: some for steps, some in shares(count, depths).items() if some}
    if out.is_dir():
        raise InputError(f"{out} is a folder; give a file, like {out / 'fresh.jsonl'}", setting="out")
    drawn = []
    with terminal.progress(terminal.console_for("stderr"), "drawing", "problems") as progress:
        for one in draw_suite(seed, counts):
            drawn.append(one)
            progress(len(drawn), count)
    with storage(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        write_lines(out, lines(one.problem(language) for language in chosen for one in drawn))
    words = _warning(counts)
    if json:
        print(as_json({"file": str(out), "seed": seed, "problems": counts, "languages": chosen, "warning": words}))
        return
    for steps, some in counts.items():
        print(f"{some:>6}  of {counted(steps, 'step')}")
    print(f"{counted(len(drawn), 'problem')}, each in {', '.join(chosen)}: {out}")
    if words:
        print(words)


def _warning(counts: dict[int, int]) -> str:
    """What is not fresh about them, in words; empty where nothing is to be said."""
    from passatk.corpus.splits import simplest

    if 1 not in counts:
        return ""
    return (
        f"those of 1 step are fresh to nobody: there are {len(simplest())} such functions in all, so other seeds draw"
        " some of the same, and every corpus of passatk trains on them"
    )


def _languages(text: str) -> list[str]:
    from passatk.corpus.functions import RENDERER_OF
    from passatk.languages import by_name

    if text == "all":
        return list(RENDERER_OF)
    chosen = [by_name(name.strip()).name for name in text.split(",")]
    for name in chosen:
        if name not in RENDERER_OF:
            raise InputError(
                f"functions cannot be written in {name}; choose among {', '.join(RENDERER_OF)}", setting="languages"
            )
    return list(dict.fromkeys(chosen))


def _depths(text: str) -> list[int]:
    from passatk.corpus.fresh import DEEPEST

    found = _RANGE.fullmatch(text.strip())
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 1 <= first <= last <= DEEPEST:
        raise InputError(
            f"{text!r}: must be a number of steps from 1 to {DEEPEST}, or a range like 1-4", setting="depth"
        )
    return list(range(first, last + 1))


def similar(
    problems: Annotated[str, typer.Argument(help="The problems: a name, a file or a folder.")],
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="CORPUS...",
            help="What they are compared with: files of `passatk corpus`, other problems by name, file or folder, or"
            " JSON lines with a text each.",
        ),
    ],
    language: Annotated[list[str] | None, typer.Option(help="Only this language; may be given again.")] = None,
    field: Annotated[
        str | None, typer.Option(help="Field of the text in JSON lines. [default: content, text, code, ...]")
    ] = None,
    top: Annotated[int, typer.Option(min=0, help="List so many problems that something is nearest to.")] = 5,
    json: Json = False,
) -> None:
    """How much of problems' solutions is in other texts: whole functions, n-grams of 8 tokens, nearest neighbours.

    What a function calls its own is numbered first, so that a copy under other names is a copy.
    """
    from passatk.corpus.neighbours import overlap
    from passatk.corpus.texts import read_all
    from passatk.languages import by_name
    from passatk.problems import load
    from passatk.report import terminal
    from passatk.report.problems import print_overlap

    chosen = load(problems)
    if language:
        chosen = chosen.only([by_name(name).name for name in language])
    if not chosen.problems:
        raise InputError(f"{problems} has no problems in {', '.join(language or ['any language'])}")
    with terminal.progress(terminal.console_for("stderr"), "reading", "texts") as progress:
        found = overlap(list(chosen.problems.values()), read_all(sources, field, progress))
    if not found.functions:
        raise InputError(
            f"no function in {', '.join(chosen.languages)} was found in {', '.join(sources)}, so nothing was compared"
        )
    if json:
        print(as_json(found))
    else:
        print_overlap(terminal.console_for(), found, top)
