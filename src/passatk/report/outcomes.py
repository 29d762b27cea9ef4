"""What commands came to, as tables and lines."""

import time

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from passatk.judging import Environment
from passatk.judging.cache import Summary
from passatk.pipeline import Check, Finished, GenerationReport, Regeneration, Report, TokenCheck, Verification
from passatk.records import Score, Status
from passatk.report.scores import scores_tables, title_of
from passatk.wording import counted

_LISTED = 12


def print_report(console: Console, report: Report) -> None:
    """Scores, what was left out and why, digest, and where the results are."""
    _print_scores(console, report.scores)
    if report.unfit:
        console.print(f"Left out, {counted(len(report.unfit), 'unfit task')}:", style="yellow")
        _print_listed(console, [f"{task}: {why}" for task, why in report.unfit.items()])
    if report.unjudged:
        number = sum(report.unjudged.values())
        told = "the score leaves them out" if report.scores else "so there is no score"
        console.print(f"{counted(number, 'sample')} could not be judged; {told}:", style="magenta", highlight=False)
        _print_listed(console, [f"{count} x {why}" for why, count in report.unjudged.items()])
    if report.not_walled:
        console.print(
            f"{report.not_walled} samples shared a process with their tests (`walled` in results.jsonl).",
            highlight=False,
        )
    if report.borderline:
        console.print(
            f"{counted(report.borderline, 'sample is', 'samples are')} borderline: within a factor 1.5 of the CPU or"
            " idle limit.",
            highlight=False,
        )
    if report.unstable:
        console.print(
            f"{counted(len(report.unstable), 'sample is', 'samples are')} unstable, so no pass: repeats came out"
            " differently.",
            style="yellow",
            highlight=False,
        )
        _print_listed(console, [f"{sample}: {why}" for sample, why in report.unstable.items()])
    if report.problems_without_samples:
        console.print(
            f"{counted(report.problems_without_samples, 'problem has', 'problems have')} no samples: left out of"
            " the score.",
            style="yellow",
            highlight=False,
        )
    rate = f", {report.judged_now / report.seconds:.1f} programs/s" if report.judged_now else ""
    known = f", {report.from_cache} known from earlier runs" if report.from_cache else ""
    console.print(
        f"{counted(report.programs, 'unique program')}{known}, {report.judged_now} judged now in"
        f" {report.seconds:.1f} s{rate}",
        highlight=False,
    )
    if report.read_as:
        read = ", ".join(f"{how} {count}" for how, count in report.read_as.items())
        console.print(f"Answers were read as: {read}.", highlight=False)
    if report.raised_limits:
        console.print(
            f"{counted(report.raised_limits, 'task has', 'tasks have')} a CPU limit above the floor.", highlight=False
        )
    isolation = report.isolation
    console.print(
        f"isolation: {isolation.words}",
        style="red" if isolation.sandbox == "none" else "",
        highlight=False,
    )
    console.print(f"digest {report.digest}", highlight=False, soft_wrap=True)
    console.print(f"results {report.out / 'results.jsonl'}", highlight=False, markup=False, soft_wrap=True)


def _print_scores(console: Console, scores: list[Score]) -> None:
    if scores:
        for table in scores_tables(scores, console):
            console.print(table)
    for score in scores:
        if score.pass_hat_k and "/" not in score.group:
            console.print(_consistency_in_words(score), highlight=False)
        for refusal in score.refused:
            console.print(f"{title_of(score.group)}: {refusal}", style="yellow", highlight=False)


def print_experiment(console: Console, name: str, finished: Finished) -> None:
    """Both halves of an experiment, under its name where there are several."""
    if name:
        console.rule(name, align="left", style="")
    print_generation(console, finished.generation)
    print_report(console, finished.evaluation)


def print_generation(console: Console, report: GenerationReport) -> None:
    """How many samples, how they ended, how fast, digest, and where they are."""
    ended = ", ".join(f"{count} {reason}" for reason, count in report.finish_reasons.items())
    console.print(f"{counted(report.samples, 'sample')}, ended by: {ended}", highlight=False)
    rate = f", {report.tokens / report.seconds:.0f} tokens/s" if report.tokens else ""
    tokens = "no token counts from the server" if report.tokens is None else counted(report.tokens, "token")
    if report.tokens is not None and report.uncounted:
        tokens += f" (without those of {counted(report.uncounted, 'sample')}, which the server did not count)"
    console.print(f"{report.generated_now} generated now, {tokens} in {report.seconds:.1f} s{rate}", highlight=False)
    for warning in report.warnings:
        console.print(f"Warning: {warning}", style="yellow", highlight=False, markup=False, soft_wrap=True)
    console.print(f"digest {report.digest}", highlight=False, soft_wrap=True)
    console.print(f"samples {report.out / 'generations.jsonl'}", highlight=False, markup=False, soft_wrap=True)


def print_regeneration(console: Console, found: Regeneration) -> None:
    """What changed, the samples that came out differently, and whether the tokens hold."""
    for change in found.changes:
        console.print(f"changed: {change}", style="yellow", highlight=False, markup=False, soft_wrap=True)
    _print_listed(console, [f"{d.task_id} sample {d.sample}, from token {d.at} on" for d in found.differences])
    said = "the same tokens" if found.holds else f"{len(found.differences)} came out differently"
    console.print(
        f"{counted(found.samples, 'sample')} generated again: {said}",
        style="green" if found.holds else "red",
        highlight=False,
    )
    if found.digest_before != found.digest_now:
        console.print(f"digest then {found.digest_before}\ndigest now  {found.digest_now}", highlight=False)


def print_verification(console: Console, found: Verification) -> None:
    """What changed, every flip with both outcomes, and whether the digest holds."""
    for change in found.changes:
        console.print(f"changed: {change}", style="yellow", highlight=False, markup=False, soft_wrap=True)
    if found.recalibrated:
        console.print("Limits were measured again, for this machine and its toolchains.", highlight=False)
    if found.reassembled:
        console.print(
            f"{counted(found.reassembled, 'sample becomes another program', 'samples become other programs')} in this"
            " version of passatk.",
            style="yellow",
            highlight=False,
        )
    for flip in found.flips:
        mark = " (unstable)" if flip.unstable else " (borderline)" if flip.borderline else ""
        console.print(f"{flip.task_id} sample {flip.sample}{mark}:", style="red", highlight=False, markup=False)
        for when, status, reason in (
            ("then", flip.status_before, flip.reason_before),
            ("now", flip.status_now, flip.reason_now),
        ):
            console.print(f"  {when:4} {status}: {reason}", highlight=False, markup=False, soft_wrap=True)
    console.print(
        f"{counted(found.samples, 'sample')}, {counted(found.report.judged_now, 'program')} judged again in"
        f" {found.report.seconds:.1f} s, {counted(len(found.flips), 'flip')}",
        highlight=False,
    )
    console.print(f"isolation: {found.report.isolation.words}", highlight=False)
    console.print(f"digest then {found.digest_before}", highlight=False, soft_wrap=True)
    console.print(f"digest now  {found.digest_now}", highlight=False, soft_wrap=True)
    if found.holds:
        console.print("Every verdict holds.", style="green")
    elif not found.flips:
        console.print("Every verdict holds; the digests differ because the programs do.", style="yellow")
    else:
        console.print(f"{counted(len(found.flips), 'verdict does', 'verdicts do')} not hold.", style="red")


def _print_listed(console: Console, lines: list[str]) -> None:
    for line in lines[:_LISTED]:
        console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)
    if len(lines) > _LISTED:
        console.print(f"  ... and {len(lines) - _LISTED} more", highlight=False)


def _consistency_in_words(score: Score) -> str:
    """How many problems passed in all of their samples, in some, in none; and pass^k."""
    told = [f"pass^{one.k} {100 * one.estimate:.1f} %" for one in score.pass_hat_k]
    if score.consistency is not None:
        numbers = msgspec.structs.asdict(score.consistency)
        told.append(", ".join(f"{number} {word}" for word, number in numbers.items()))
    return f"{title_of(score.group)}: {'; '.join(told)} ({counted(score.problems, 'problem')})"


def print_checks(console: Console, checks: list[Check]) -> None:
    """How many reference solutions pass, per language, and every one that does not."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("language", "problems", "fit", "unfit", "not judged", "without a reference"):
        table.add_column(heading, justify="left" if heading == "language" else "right")
    for language in dict.fromkeys(check.language for check in checks):
        own = [check for check in checks if check.language == language]
        fit = sum(check.fit for check in own)
        unjudged = sum(check.verdict is not None and check.verdict.status is Status.NOT_JUDGED for check in own)
        counts = (len(own), fit, len(own) - fit - unjudged, unjudged, sum(check.verdict is None for check in own))
        table.add_row(title_of(language), *map(str, counts))
    console.print(table)
    for check in checks:
        if check.verdict is not None and not check.fit:
            line = f"  {check.task_id}: {check.verdict.status}: {check.verdict.reason}"
            console.print(line, highlight=False, markup=False, soft_wrap=True)


def print_cache(console: Console, summary: Summary) -> None:
    """How many verdicts and measurements are kept, by language."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("language", "verdicts", "references"):
        table.add_column(heading, justify="left" if heading == "language" else "right")
    for language in sorted({*summary.verdicts, *summary.references}):
        counts = (summary.verdicts.get(language, 0), summary.references.get(language, 0))
        table.add_row(title_of(language), *map(str, counts))
    console.print(table)
    since = "" if summary.oldest is None else f", the oldest from {time.strftime('%F', time.gmtime(summary.oldest))}"
    console.print(f"{summary.path}: {summary.bytes / 1e6:.1f} MB{since}", highlight=False, markup=False, soft_wrap=True)


def print_doctor(console: Console, environment: Environment, failures: dict[str, str], sandbox: bool = True) -> None:
    """Toolchains with versions, isolation in force, what to install."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("language", "state", "toolchain"):
        table.add_column(heading)
    for name, toolchain in environment.needed.items():
        state = "[red]missing[/]" if toolchain.missing else "[red]broken[/]" if name in failures else "[green]ok[/]"
        told = failures.get(name) or (toolchain.missing[0] if toolchain.missing else toolchain.version)
        table.add_row(title_of(name), state, escape(told))
    console.print(table)
    absent = sorted(environment.toolchains.keys() - environment.needed.keys())
    if absent:
        listed = ", ".join(title_of(name) for name in absent)
        console.print(
            f"Not here: {listed}. `make setup LANGUAGES=all`, or some: `LANGUAGES={absent[0]}`", highlight=False
        )
    lacks = [f"{title_of(name)} lacks {lack}" for name, t in environment.toolchains.items() for lack in t.lacks]
    if lacks:
        console.print("Optional:")
        _print_listed(console, lacks)
    if not sandbox:
        console.print("Sandbox: [red]cannot be started[/]")
        return
    isolation = environment.isolation
    console.print(
        f"Sandbox: {isolation.sandbox}, programs run as {isolation.uid}, cgroup {isolation.cgroup},"
        f" CPU clock {isolation.cpu_clock}",
        highlight=False,
    )
    if isolation.namespaces:
        console.print(f"Namespaces: {', '.join(isolation.namespaces)}", highlight=False)


def print_tokens(console: Console, tokens: TokenCheck) -> None:
    """Whether the embedded model gives its reference tokens here, and what is different if it does not."""
    if tokens.holds:
        methods = ", ".join(tokens.differing)
        console.print(f"Tokens: those that the embedded model was shipped with ({methods})", highlight=False)
        console.print(f"digest {tokens.digest}", highlight=False, soft_wrap=True)
    else:
        told = ", ".join(f"{name} {count} of {tokens.samples}" for name, count in tokens.differing.items())
        console.print(f"Tokens: others than the embedded model was shipped with: {told} samples", style="yellow")
        names = dict.fromkeys([*tokens.origin_shipped, *tokens.origin])
        changed = [(name, tokens.origin_shipped.get(name, "-"), tokens.origin.get(name, "-")) for name in names]
        _print_listed(console, [f"{name}: {then}, here {now}" for name, then, now in changed if then != now])
