"""`passatk evaluate`."""

from pathlib import Path
from typing import Annotated

import typer

from passatk.errors import InputError


def evaluate(  # long: most of it declares the options
    samples: Annotated[
        Path | None,
        typer.Argument(
            help="File or folder of generations, in the format of any of the tools that docs/files.md lists (CodeGeeX,"
            " HumanEval, EvalPlus, BigCode, MultiPL-E, lm-eval, OpenCompass, Inspect, OpenAI batches, ...). The format is"
            " detected from the content. Or a folder made by passatk."
        ),
    ] = None,
    problems: Annotated[
        str | None,
        typer.Option(
            help="Problems to judge against: basics, humaneval, humaneval-x, humaneval-x/java, ..., or a file or folder."
            " Required, except for a folder made by passatk, which brings its own."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Run folder. The same command resumes it. [default: runs/<name of SAMPLES>]")
    ] = None,
    k: Annotated[
        str | None, typer.Option(help="The k of pass@k, like 1,10,100. [default: those of 1,10,100 that n allows]")
    ] = None,
    reference: Annotated[
        bool, typer.Option("--reference", help="Score the problems' own reference solutions instead of a file.")
    ] = False,
    language: Annotated[
        list[str] | None, typer.Option(help="Only samples judged in this language; may be given again.")
    ] = None,
    target_language: Annotated[
        str | None, typer.Option(help="Translations: judge a sample of Python/12 as Java/12 when this is java.")
    ] = None,
    tests: Annotated[str, typer.Option(help="hidden, or example: the public tests.")] = "hidden",
    workers: Annotated[int | None, typer.Option(min=1, help="Slots. [default: number of CPUs]")] = None,
    cpu_seconds: Annotated[
        float | None, typer.Option(min=0.1, help="CPU seconds every program may use. [default: 3]")
    ] = None,
    cpu_factor: Annotated[
        float | None,
        typer.Option(help="And as many times what its task's reference solution needs here. [default: 10]"),
    ] = None,
    memory_mib: Annotated[int | None, typer.Option(min=16, help="Memory a program may use. [default: 1024]")] = None,
    repeat: Annotated[
        int, typer.Option(min=1, help="Judge every program this often; one whose verdicts differ is unstable.")
    ] = 1,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Execute everything: neither use nor keep verdicts of other runs.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap.")] = 0,
    allow_unjudged: Annotated[
        bool, typer.Option("--allow-unjudged", help="Score although some samples could not be judged, without them.")
    ] = False,
    no_sandbox: Annotated[
        bool, typer.Option("--no-sandbox", help="DANGEROUS: run generated programs with your rights on your files.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Judge a file of generations in a sandbox and score it with pass@k.

    Leaves RUN/results.jsonl with task_id, benchmark, sample, completion, passed, status, reason for every sample.
    """
    import msgspec

    from passatk import pipeline
    from passatk.judging import default_policy
    from passatk.languages import by_name
    from passatk.problems import load
    from passatk.report import terminal

    if (samples is None) == (not reference):
        raise InputError("give either a file of generations or --reference")
    loaded = load(problems) if problems is not None else pipeline.own_problems(samples)
    if loaded is None:  # task ids of benchmarks look alike, so there is no default to guess
        raise InputError("which problems? Give --problems, for example --problems humaneval-x")
    if tests not in ("hidden", "example"):
        raise InputError(f"unknown --tests {tests!r}; known: example, hidden")
    memory = None if memory_mib is None else memory_mib << 20
    request = pipeline.Evaluation(
        samples=samples,
        problems=loaded,
        out=out
        or Path("runs") / (samples.name.partition(".")[0] if samples else f"reference-{problems}".replace("/", "-")),
        ks=_ks(k),
        tests=tests,
        languages=tuple(sorted({by_name(name).name for name in language})) if language else None,
        target_language=by_name(target_language).name if target_language else None,
        limits=default_policy(cpu_seconds, cpu_factor, memory),
        repeat=repeat,
        workers=workers,
        cached=not no_cache,
        sandboxed=not no_sandbox,
        allow_unjudged=allow_unjudged,
        seed=seed,
    )
    with terminal.progress(terminal.console_for("stderr"), "judging") as progress:
        report = pipeline.evaluate(request, progress, warn=_warn)
    if json:
        print(msgspec.json.encode(msgspec.to_builtins(report, enc_hook=str)).decode())
    else:
        terminal.print_report(terminal.console_for(), report)
    if report.refused:
        raise pipeline.refusal(report)


def _warn(warning: str) -> None:
    import sys

    print(f"Warning: {warning}.", file=sys.stderr)


def _ks(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    try:
        return tuple(dict.fromkeys(int(part) for part in text.split(",")))
    except ValueError:
        raise InputError(f"--k {text!r} is no list of whole numbers; expected something like 1,10,100") from None
