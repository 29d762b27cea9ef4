"""One sample of a run on a terminal, and all samples of a task as a table. Nothing of theirs reaches it unescaped."""

import json
from typing import Any

import msgspec
from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from passatk.judging.quiet import quietest
from passatk.languages import LANGUAGES
from passatk.pipeline.replaying import Replay
from passatk.records import Limits, Outcome, Status, StepFacts, StepLimits
from passatk.report.cases import as_builtins, print_cases
from passatk.runs import Judged, SampleView
from passatk.runs.journal import results_in
from passatk.wording import counted, harmless

COLOURS = {Status.PASSED: "green", Status.NOT_JUDGED: "magenta"}
_LONGEST = 2000
"""Characters of a line that are shown."""
_MIB = 1 << 20


def counting(attempts: tuple[Outcome, ...]) -> Outcome | None:
    """The attempt that decided; of a program that was judged several times, the least of all."""
    return quietest(attempts) if attempts else None


def compared(sample: Judged) -> dict[str, str]:
    """What the tests say of the values they compared, by the names they have there; empty where they say nothing."""
    return {} if sample.status == Status.PASSED else compared_in(counting(sample.attempts), sample.language)


def compared_in(outcome: Outcome | None, language_name: str) -> dict[str, str]:
    """The same of a failed execution."""
    language = LANGUAGES.get(language_name)
    if outcome is None or language is None:
        return {}
    said = outcome.examiner.said.partition(" ")[2] if outcome.examiner else ""
    printed = f"{outcome.run.stderr}\n{outcome.run.stdout}" if outcome.run else ""
    return next((found for words in (said, printed) if (found := language.comparison(words))), {})


def title(sample: Judged) -> str:
    """What it is called: `TASK#NUMBER`."""
    return f"{sample.task_id}#{sample.sample}"


def as_json(sample: SampleView) -> str:
    """All that is known of a sample, as one line of JSON."""
    plain = {**msgspec.to_builtins(sample), "compared": compared(sample)}
    del plain["executions"], plain["tests"]
    return json.dumps(
        {**plain, "attempts": msgspec.to_builtins(sample.attempts), **as_builtins(results_in(sample.tests))}
    )


def rows_as_json(rows: list[Judged]) -> str:
    """Samples without their texts and executions, as one line of JSON."""
    return json.dumps([_row_as_json(row) for row in rows])


def _row_as_json(row: Judged) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(row)
    del plain["executions"], plain["tests"]
    return plain


def print_task(console: Console, rows: list[Judged], left_out: str) -> None:
    """A line for every sample of a task: status, CPU time, how it ended and was read, why."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("sample", justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("CPU s", justify="right", no_wrap=True)
    optional = {
        "ended by": [row.finish_reason for row in rows],
        "tokens": ["" if row.tokens is None else str(row.tokens) for row in rows],
        "read as": [row.read_as for row in rows],
    }
    shown = {heading: cells for heading, cells in optional.items() if any(cells)}
    for heading in shown:
        table.add_column(heading, no_wrap=True, justify="right" if heading == "tokens" else "left")
    table.add_column("reason", no_wrap=True, overflow="ellipsis", ratio=1)
    for number, row in enumerate(rows):
        outcome = counting(row.attempts)
        run = outcome.run if outcome is not None else None
        cells = [Text(harmless(own[number], keep="")) for own in shown.values()]
        table.add_row(
            str(row.sample),
            _status(row),
            "" if run is None else f"{run.cpu_s:.2f}",
            *cells,
            Text(harmless(row.reason, keep="")),
        )
    console.print(table)
    if left_out:
        _line(console, f"Left out of the score: {harmless(left_out)}", "yellow")


def _status(row: Judged) -> Text:
    """With what makes it doubtful."""
    marks = [mark for mark, there in (("borderline", row.borderline), ("unstable", row.unstable)) if there]
    text = " ".join([row.status or "not judged yet", *(f"({mark})" for mark in marks)])
    return Text(text, style=_colour(row.status))


def _colour(status: str) -> str:
    return COLOURS.get(Status(status), "red") if status in list(Status) else ""


def print_sample(console: Console, sample: SampleView, left_out: str) -> None:
    """Verdict, what was compared, attempts against their limits, how the answer was read, program, output."""
    console.print(Text.assemble((f"{harmless(title(sample), keep='')}  ", "bold"), _status(sample)))
    if sample.reason:
        _line(console, f"  {harmless(sample.reason, keep='')}")
    for name, value in compared(sample).items():
        _line(console, f"  {name:10}{harmless(value, keep='')}")
    if left_out:
        _line(console, f"Left out of the score: {harmless(left_out)}", "yellow")
    if sample.walled is False:
        _line(console, "It shared a process with its tests.")
    if sample.attempts:
        console.print(_attempts(sample.attempts, sample.limits))
    print_cases(console, results_in(sample.tests))
    origin = {
        "read as": sample.read_as,
        "ended by": sample.finish_reason,
        "tokens": "" if sample.tokens is None else str(sample.tokens),
        "program": sample.program,
    }
    _line(console, "\n".join(f"{name:10}{harmless(value)}" for name, value in origin.items() if value))
    _print_program(console, sample)
    if (outcome := counting(sample.attempts)) is not None:
        print_output(console, outcome)


def _print_program(console: Console, sample: SampleView) -> None:
    if sample.assembled is None:
        _heading(console, "code (its run did not keep the program)")
        _code(console, sample.text, sample.language)
        return
    code = sample.text.strip()
    for name, text in sorted(sample.assembled.files, key=lambda file: code not in file[1]):  # the sample's own first
        if text.strip():
            _heading(console, name)
            _code(console, text, sample.language)


def print_output(console: Console, outcome: Outcome) -> None:
    """Beginning and end of what the compiler, the program and its tests printed."""
    parts: list[tuple[str, str]] = []
    for name, facts in (("the compiler's", outcome.build), ("its", outcome.run)):
        if facts is not None:
            parts += [(f"{name} output", facts.stdout), (f"{name} errors", facts.stderr)]
    if outcome.examiner is not None:
        parts += [("what its tests said", outcome.examiner.said), ("what its tests printed", outcome.examiner.words)]
    for name, text in parts:
        if text.strip():
            _heading(console, name)
            _line(console, _shown(text))


def print_replay(console: Console, name: str, found: Replay) -> None:
    """Verdict then and now, attempts against their limits, what changed, and whether the verdict holds."""
    for when, status, reason in (
        ("then", found.status_before, found.reason_before),
        ("now", found.verdict.status, found.verdict.reason),
    ):
        words = Text.assemble(f"{when:5}", (status, _colour(status)), f": {harmless(reason, keep='')}")
        console.print(words, soft_wrap=True)
    if found.verdict.attempts:
        console.print(_attempts(found.verdict.attempts, found.limits))
        print_output(console, quietest(found.verdict.attempts))
    for change in found.changes:
        _line(console, f"changed: {harmless(change)}", "yellow")
    if found.kept is not None:
        _line(console, f"program {found.kept}: see README there")
    if found.holds:
        _line(console, f"{harmless(name)}: the verdict is the recorded one.", "green")
    else:
        why = "" if found.changes else " Nothing that passatk records has changed."
        _line(console, f"{harmless(name)}: the verdict is not the recorded one.{why}", "red")


def _attempts(attempts: tuple[Outcome, ...], limits: Limits | None) -> Table:
    """What each step used, beside what it may use."""
    decided = quietest(attempts)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in (counted(len(attempts), "attempt"), "ended"):
        table.add_column(heading, no_wrap=True)
    for heading in ("CPU s", "idle s", "memory MiB", "output KiB"):
        table.add_column(heading, justify="right", no_wrap=True)
    for number, outcome in enumerate(attempts, 1):  # the starred one decided
        mark = "*" if outcome is decided and len(attempts) > 1 else ""
        if outcome.fault is not None:
            table.add_row(f"{number}{mark}", Text(harmless(outcome.fault, keep="")))
        if outcome.build is not None:
            usage = _usage(outcome.build, limits.build if limits else None)
            table.add_row(f"{number}{mark} build", _ending(outcome.build), *usage)
        if outcome.run is not None:
            usage = _usage(outcome.run, limits.run if limits else None)
            name = "asked" if outcome.stands_in is True else "run"
            table.add_row(f"{number}{mark} {name}", _ending(outcome.run), *usage)
    return table


def _ending(facts: StepFacts) -> str:
    if facts.stopped_by is not None:
        return f"stopped: {facts.stopped_by}"
    return f"exit code {facts.exit_code}" if facts.signal is None else f"signal {facts.signal}"


def _usage(facts: StepFacts, allowed: StepLimits | None) -> list[str]:
    used = [
        f"{facts.cpu_s:.2f}",
        f"{facts.idle_s:.1f}",
        f"{facts.peak_memory_bytes / _MIB:.0f}",
        f"{facts.output_bytes / 1024:.0f}",
    ]
    if allowed is None:
        return used
    most = [
        f"{allowed.cpu_s:g}",
        f"{allowed.idle_s:g}",
        f"{allowed.memory_bytes / _MIB:.0f}",
        f"{allowed.output_bytes >> 10}",
    ]
    return [f"{mine} of {limit}" for mine, limit in zip(used, most, strict=True)]


def _heading(console: Console, name: str) -> None:
    _line(console, f"--- {harmless(name, keep='')}", "bold")


def _code(console: Console, text: str, language: str) -> None:
    console.print(Syntax(_shown(text), language, theme="ansi_dark", background_color="default", word_wrap=True))


def _shown(text: str) -> str:
    """Escaped, and long lines cut."""
    lines = harmless(text.strip("\n")).split("\n")
    return "\n".join(
        line if len(line) <= _LONGEST else f"{line[:_LONGEST]}... ({len(line) - _LONGEST} characters more)"
        for line in lines
    )


def _line(console: Console, text: str, style: str = "") -> None:
    if text:
        console.print(text, style=style, highlight=False, markup=False, soft_wrap=True, emoji=False)
