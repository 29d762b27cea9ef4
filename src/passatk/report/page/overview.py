"""What a page says before any script runs: state, scores, doubts, model, settings, published figures."""

import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import Any

import msgspec

from passatk.records import PassAtK, Record, Score, Status
from passatk.report.page.figures import headline, published
from passatk.report.page.html import element, line, table, text
from passatk.report.page.tally import Tally
from passatk.report.scores import title_of
from passatk.runs import GenerationManifest
from passatk.runs.folder import GENERATIONS
from passatk.runs.judged import State
from passatk.wording import counted

GLYPHS = {
    Status.PASSED: "✓",
    Status.WRONG_ANSWER: "\u00d7",
    Status.RUNTIME_ERROR: "!",
    Status.COMPILE_ERROR: "c",
    Status.TIME_LIMIT: "t",
    Status.MEMORY_LIMIT: "m",
    Status.OUTPUT_LIMIT: "o",
    Status.UNPROVEN: "?",
    Status.NOT_JUDGED: "\u2013",
}
_SHOWN_AT_ONCE = 6
"""Published figures; more are folded away."""
NOT_YET = ("·", "not judged yet")
_NO_FAILURE = ("", Status.PASSED, Status.NOT_JUDGED)
_STATES = {
    State.COMPLETE: "complete",
    State.RUNNING: "running: this page shows what was judged when it was made",
    State.INTERRUPTED: "interrupted: the same command would go on with it",
    State.UNSCORED: "not scored: samples could not be judged",
}


def percent(share: float) -> str:
    """With one digit, as tables have it."""
    return f"{100 * share:.1f}"


def interval(p: PassAtK) -> str:
    """In brackets."""
    return f"[{percent(p.low)}, {percent(p.high)}]"


def glyph(status: str) -> str:
    """A status's mark in its colour; the words stand beside it."""
    known = list(Status)
    number = known.index(Status(status)) if status in known else len(known)
    mark = GLYPHS[Status(status)] if status in known else NOT_YET[0]
    return f'<span class="g s{number}" aria-hidden="true">{mark}</span>'


def status_words(status: str) -> str:
    """As people read it."""
    return status.replace("_", " ") or NOT_YET[1]


def name_of(tally: Tally) -> str:
    """What was judged, in short: the file of samples, or the run that generated its own."""
    name = PurePath(tally.manifest.samples).name
    return Path(tally.name).resolve().name if name in ("", GENERATIONS) else name


def summary(tally: Tally, which: str = "") -> str:
    """The first screen of a run; `which`: of two."""
    state = element("span", text(_STATES[tally.state]), class_=f"state {tally.state}")
    number = element("span", f"{which}:") if which else ""
    head = f"<p class='about'>{number} {state} <span class='path'>{line(tally.name)}</span></p>"
    return (
        element("h2" if which.startswith("second") else "h1", text(name_of(tally)))
        + head
        + f'<div class="tiles">{_tiles(tally)}</div>'
        + _doubts(tally)
        + element("dl", *(f"<div><dt>{a}</dt><dd>{b}</dd></div>" for a, b in _facts(tally)), class_="facts")
        + _published(tally)
    )


def _tiles(tally: Tally) -> str:
    score = headline(tally)
    if score is None:
        judged = sum(number for own in tally.statuses.values() for status, number in own.items() if status)
        why = (
            f"No score: {counted(judged, 'sample')} of {tally.samples} judged. A score needs all of them, since what is"
            " judged first is not drawn at random."
            if tally.state is not State.UNSCORED
            else "No score: samples that could not be judged kept it from being scored."
        )
        if not tally.samples:
            why = "No score: the run has no samples yet."
        return element("p", text(why), class_="note")
    group = title_of(score.group).strip()
    tiles = [_tile(f"pass@{p.k}", percent(p.estimate), f"95 % {interval(p)}") for p in score.pass_at_k]
    tiles += [_tile(f"pass^{p.k}", percent(p.estimate), f"95 % {interval(p)}") for p in score.pass_hat_k]
    tiles += [element("p", text(why), class_="note") for why in score.refused]
    over = f"{group}: {counted(score.problems, 'problem')}, {counted(score.samples, 'sample')}"
    failed = sum(
        number for own in tally.statuses.values() for status, number in own.items() if status not in _NO_FAILURE
    )
    link = f', <a href="#f=failed">{failed} failed</a>' if failed else ""
    return "".join(tiles) + element("p", text(over) + link, class_="over")


def _tile(name: str, value: str, below: str) -> str:
    return (
        f'<div class="tile"><span class="k">{name}</span> <span class="v">{value}<small> %</small></span>'
        f' <span class="i">{below}</span></div>'
    )


def _doubts(tally: Tally) -> str:
    """Each with a link that filters the samples, where there is a filter."""
    marks = tally.marks
    not_judged = sum(own[Status.NOT_JUDGED] + own[""] for own in tally.statuses.values())
    rows: list[tuple[str, int, str]] = [
        ("not judged", not_judged, "f=notjudged"),
        ("borderline", marks["borderline"], "f=borderline"),
        ("unstable", marks["unstable"], "f=unstable"),
        ("cut off", marks["cut off"], "f=cutoff"),
        ("judged in one process with their tests", marks["not walled"], ""),
        (
            "with answers to shown tests in their text, which pass all that is shown and fail hidden tests",
            marks["knows answers"],
            "",
        ),
        ("with executions that cannot be read (the journal is damaged there)", tally.damaged, ""),
        ("with a status that this version does not know", tally.unknown.total(), ""),
    ]
    shown = [_doubt(words, number, link) for words, number, link in rows if number]
    left_out = [task for task in tally.left_out if task in tally.tasks]
    if left_out:
        why = "; ".join(f"{task}: {tally.left_out[task]}" for task in left_out[:3])
        more = f" and {len(left_out) - 3} more" if len(left_out) > 3 else ""
        shown.append(
            f'<li class="warn">{counted(len(left_out), "problem")} unfit, left out of the score'
            f' <span class="why">{line(why)}{more}</span></li>'
        )
    if tally.unjudged:
        reason, number = tally.unjudged.most_common(1)[0]
        shown.append(f'<li class="warn">not judged because: <span class="why">{line(reason)} ({number} x)</span></li>')
    if not shown:
        shown.append("<li>Nothing is unfit, not judged, unstable, borderline or cut off.</li>")
    return f'<ul class="doubts" aria-label="What is doubtful">{"".join(shown)}</ul>'


def _doubt(words: str, number: int, link: str) -> str:
    inside = f"{counted(number, 'sample')} {words}"
    return f'<li class="warn">{f"""<a href="#{link}">{inside}</a>""" if link else inside}</li>'


def _facts(tally: Tally) -> Iterator[tuple[str, str]]:
    manifest, made = tally.manifest, tally.generations
    if tally.digest:
        yield "digest", f"<code>{line(tally.digest)}</code>"
        yield "do it again", f"<code>{line(f'passatk verify {shlex.quote(tally.name)}')}</code>"
    yield "problems", line(manifest.problems)
    if made is not None:
        yield "model", line(_model(made))
        settings = {key: value for key, value in made.settings.items() if value not in (None, [], ())}
        yield "settings", line(", ".join(f"{key} {value}" for key, value in settings.items()))
    else:
        yield "model", "not known: the samples came as a file"
    translated = f", translated to {manifest.target_language}" if manifest.target_language else ""
    yield "tests", line(manifest.tests + translated)
    if manifest.repeat > 1:
        yield "repeats", f"{manifest.repeat}{', varied' if manifest.vary else ''}"
    run = manifest.limits.floor.run
    least = f"CPU at least {run.cpu_s:g} s, or {manifest.limits.factor:g} x the reference"
    yield "limits", line(f"{least}; memory {run.memory_bytes >> 20} MiB")
    yield "toolchains", line(", ".join(version or f"{name} missing" for name, version in manifest.toolchains.items()))
    yield "isolation", line(manifest.isolation.words)
    yield "passatk", line(manifest.passatk)


def _model(made: GenerationManifest) -> str:
    """Name, backend and number format, as far as they are known."""
    name = str(made.model.get("model") or made.origin.get("model") or "")
    if name == "embedded" and not made.model.get("model"):
        name = "the embedded model"
    about = ", ".join(str(made.origin[key]) for key in ("backend", "dtype") if made.origin.get(key))
    return f"{name} ({about})" if name and about else name or about or "not named"


def _published(tally: Tally) -> str:
    found = list(published(tally))
    if not found:
        return ""
    rows = [
        [
            line(one["model"]),
            line(title_of(one["language"]).strip()),
            *(f"{one['pass'][k]:.1f}" if k in one["pass"] else "" for k in ("1", "10", "100")),
            f"n {one['n']}, temperature {one['temperature']}, top_p {one['top_p']}",
            line(one["source"]),
        ]
        for one in found
    ]
    heading = ("model", "language", "pass@1 %", "pass@10 %", "pass@100 %", "settings", "source")
    note = "Published for these problems. Compare only what has the same prompts, n and decoding; this run's are above."
    inside = element("p", note) + table(heading, rows, "Published figures", numeric=(2, 3, 4))
    words = f"Published figures to set beside it ({len(rows)})"
    folded = "" if len(rows) <= _SHOWN_AT_ONCE else None
    return element("details", element("summary", words), inside, class_="published", open=folded)


def manifests(tally: Tally) -> str:
    """Everything that the run's manifests say, by dotted name."""
    parts = [("manifest", msgspec.to_builtins(tally.manifest))]
    if tally.generations is not None:
        parts.append(("generations", msgspec.to_builtins(tally.generations, enc_hook=str)))
    rows = [[line(name), element("code", line(value))] for prefix, own in parts for name, value in _flat(prefix, own)]
    return table(("field", "value"), rows, f"Manifest of {tally.name}")


def _flat(prefix: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for key, own in value.items():
            yield from _flat(f"{prefix}.{key}", own)
    elif isinstance(value, list | tuple) and any(isinstance(own, dict) for own in value):
        for number, own in enumerate(value):
            yield from _flat(f"{prefix}.{number}", own)
    else:
        yield (
            prefix,
            "none" if value is None else ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value),
        )


class Bar(Record, frozen=True, kw_only=True):
    """A share in a stacked bar."""

    status: str
    number: int


def stacked(bars: Iterable[Bar], words: str) -> str:
    """A bar of statuses, as SVG; its numbers stand in the table beside it."""
    own = [bar for bar in bars if bar.number]
    total = sum(bar.number for bar in own) or 1
    parts, left = [], 0.0
    for bar in own:
        wide = 100 * bar.number / total
        number = list(Status).index(Status(bar.status)) if bar.status in list(Status) else len(Status)
        parts.append(f'<rect class="f{number}" x="{left:.3f}" y="0" width="{wide:.3f}" height="10"/>')
        left += wide
    return (
        f'<svg class="stack" role="img" aria-label="{line(words)}" viewBox="0 0 100 10" preserveAspectRatio="none">'
        f"{''.join(parts)}</svg>"
    )


def score_rows(scores: list[Score]) -> tuple[list[str], list[list[str]], list[int]]:
    """Heading, rows and numeric columns of the table of scores."""
    ks = list(dict.fromkeys(p.k for score in scores for p in score.pass_at_k))
    hats = list(dict.fromkeys(p.k for score in scores for p in score.pass_hat_k))
    heading = ["language", "problems", "left out", "samples"]
    heading += [f"pass@{k} %" for k in ks] + [f"pass^{k} %" for k in hats] + ["always", "sometimes", "never"]
    rows = []
    for score in scores:
        at, hat, own = {p.k: p for p in score.pass_at_k}, {p.k: p for p in score.pass_hat_k}, score.consistency
        tier = "/" in score.group
        title = line(title_of(score.group).strip())
        cells: list[Any] = [score.problems, score.left_out, score.samples]
        row = [f'<span class="tier">{title}</span>' if tier else title, *map(str, cells)]
        row += [_estimate(values.get(k)) for values, own_ks in ((at, ks), (hat, hats)) for k in own_ks]
        row += ["", "", ""] if own is None else [str(own.always), str(own.sometimes), str(own.never)]
        rows.append(row)
    return heading, rows, list(range(1, len(heading)))


def _estimate(p: PassAtK | None) -> str:
    return "-" if p is None else f'{percent(p.estimate)} <span class="ci">{interval(p)}</span>'
