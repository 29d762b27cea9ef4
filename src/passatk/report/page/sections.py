"""The sections below the first screen: scores, curve, statuses, CPU time, tokens, clusters, comparison."""

from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlencode

from passatk.comparing import Comparison
from passatk.records import Status
from passatk.report.comparison import p_in_words
from passatk.report.page.clusters import Clusters
from passatk.report.page.figures import by_language, cpu_against_limits, curves, spread
from passatk.report.page.html import element, line, table
from passatk.report.page.overview import Bar, glyph, manifests, percent, score_rows, stacked, status_words
from passatk.report.page.pictures import curve_picture, histogram_picture
from passatk.report.page.tally import STATUSES, Tally
from passatk.report.scores import title_of
from passatk.wording import counted

_SURE = 0.05
_CHANGED = 20
"""Problems that came out differently."""
_CLUSTERS, _PRINTED = 400, 40
"""Failures in the table, and of these on paper: page.css hides the others there."""


def section(name: str, title: str, *inside: str) -> str:
    """A part that the page's own list of contents leads to; nothing where there is nothing inside."""
    body = "".join(inside)
    return (
        f'<section id="{name}" aria-labelledby="h-{name}"><h2 id="h-{name}" tabindex="-1">{title}</h2>{body}</section>'
        if body
        else ""
    )


def figures(tally: Tally, which: str = "") -> str:
    """All that is counted of one run."""
    tail = f" ({which})" if which else ""
    return (
        _scores(tally, tail)
        + _statuses(tally, tail)
        + f'<div class="pair">{_curve(tally, tail)}{_cpu(tally, tail)}</div>'
        + f'<div class="pair">{_generation(tally, tail)}</div>'
    )


def _scores(tally: Tally, tail: str) -> str:
    if tally.scores is None or not tally.scores.scores:
        return ""
    heading, rows, numeric = score_rows(tally.scores.scores)
    caption = f"pass@k with 95 % intervals over tasks, pass^k, and problems that pass always, sometimes, never{tail}"
    return table(heading, rows, caption, numeric)


def _curve(tally: Tally, tail: str) -> str:
    found = curves(tally)
    picture = curve_picture(found) if found else ""
    band = " with its 95 % interval" if len(found) == 1 else ""
    return f"<figure>{picture}<figcaption>pass@k against k{band}{tail}</figcaption></figure>" if picture else ""


def _statuses(tally: Tally, tail: str) -> str:
    found = by_language(tally)
    if not found:
        return ""
    present = [status for status in STATUSES if any(own[status] for own in found.values())]
    heading = ["language", "share", *(f"{glyph(status)} {status_words(status)}" for status in present)]
    rows = []
    for language, own in found.items():
        title = title_of(language).strip()
        bar = stacked((Bar(status=status, number=own[status]) for status in present), f"statuses of {title}")
        rows.append([line(title), bar, *(str(own[status]) for status in present)])
    caption = f"What became of the samples{tail}, those of unfit problems included"
    return table(heading, rows, caption, range(2, len(heading)))


def _cpu(tally: Tally, tail: str) -> str:
    found = cpu_against_limits(tally)
    if found is None:
        return ""
    words = f"CPU time of different programs as a share of their limit{tail}; heights are logarithmic"
    legend = (
        '<span class="key"><span class="box bar-passed"></span> passed</span>'
        ' <span class="key"><span class="box bar-other"></span> others</span>'
        ' <span class="key"><span class="box near"></span> within 1.5 of the limit: borderline</span>'
    )
    return f"<figure>{histogram_picture(found, words)}<figcaption>{line(words)}. {legend}</figcaption></figure>"


def _generation(tally: Tally, tail: str) -> str:
    parts = []
    if len(tally.finish_reasons) > 1 or "" not in tally.finish_reasons:
        parts.append(_counted(tally.finish_reasons, "why samples ended", f"Finish reasons{tail}", "not known"))
    if len(tally.read_as) > 1 or "" not in tally.read_as:
        parts.append(_counted(tally.read_as, "how it was read", f"How answers were read{tail}", "as it was given"))
    if tally.tokens:
        rows = [[name, f"{value:,.0f}"] for name, value in spread(tally.tokens)]
        total = sum(number * samples for number, samples in tally.tokens.items())
        parts.append(table(("tokens", "of a sample"), rows, f"Tokens generated{tail}: {total:,} in all", (1,)))
    return "".join(f"<div>{part}</div>" for part in parts)


def _counted(found: Counter[str], heading: str, caption: str, nameless: str) -> str:
    total = found.total()
    rows = [[line(name or nameless), str(number), percent(number / total)] for name, number in found.most_common()]
    return table((heading, "samples", "%"), rows, caption, (1, 2))


def clusters(found: Clusters, grid: bool) -> str:
    """Failures by status and error, the most first; each filters the samples where there is a `grid`."""
    names, lines = found.names, []
    for cluster, number in found.samples.most_common(_CLUSTERS):
        status, words = names[cluster]
        named = f"{glyph(status)} <span>{line(status_words(status))}: {line(words)}</span>"
        if grid:
            named = element(
                "button", named, type="button", data_cluster=cluster, aria_pressed="false", class_="cluster"
            )
        lines.append([named, str(number), str(len(found.problems[cluster]))])
    if not lines:
        return ""
    caption = "Failures by status and error, without quoted text, numbers, paths"
    caption += "; choose one to see its samples" if grid else ""
    if len(found.samples) > _CLUSTERS:
        caption += f". The {_CLUSTERS} largest of {len(found.samples)}"
    paper = "" if len(lines) <= _PRINTED else element("p", f"On paper are the first {_PRINTED}.", class_="on-paper")
    return f'<div class="clusters">{table(("failure", "samples", "problems"), lines, caption, (1, 2))}{paper}</div>'


def lead(found: Comparison | None, grid: bool) -> str:
    """What changed from the first run to the second, in a sentence or two."""
    if found is None or (whole := found.verdict) is None:
        return ""
    if found.identical:
        return element("p", "The same samples became the same programs and got the same verdicts.", class_="lead")
    points, interval = f"{100 * whole.difference:+.1f}", f"[{100 * whole.low:+.1f}, {100 * whole.high:+.1f}]"
    sure = "" if whole.p <= _SURE else ", which may be chance"
    words = (
        f"pass@{whole.k} went from {percent(whole.before)} to {percent(whole.after)} %:"
        f" <b>{points} points</b>, 95 % interval {interval}, p {p_in_words(whole.p)}{sure}."
    )
    flips = [flip for one in found.changed for flip in one.flips]
    worse = sum(flip.status_before == Status.PASSED for flip in flips)
    words += " Of samples with one number, " + ", ".join(
        f'<a href="#f={name}">{number} {what}</a>' if grid else f"{number} {what}"
        for number, name, what in (
            (worse, "regressed", "passed and fail now"),
            (len(flips) - worse, "improved", "failed and pass now"),
        )
    )
    return element("p", f"{words}.", class_="lead")


def _changed(found: Comparison, grid: bool) -> str:
    """Problems, the worse ones first; each leads to a sample that came out differently."""
    rows = []
    for one in found.changed[:_CHANGED]:
        name = line(one.task_id)
        if grid and one.flips and one.task_id.isprintable() and not one.task_id.startswith("~"):
            filtered = {"worse": "regressed", "better": "improved"}.get(one.change, "different")
            flip = next(
                (f for f in one.flips if (f.status_before == Status.PASSED) == (one.change == "worse")), one.flips[0]
            )
            place = urlencode({"t": one.task_id, "i": flip.sample, "f": filtered})
            name = f'<a href="#{line(place)}">{name}</a>'
        counts = ((one.passed_before, one.samples_before), (one.passed_after, one.samples_after))
        rows.append([name, *(f"{passed}/{samples}" for passed, samples in counts), one.change, line(one.cause)])
    if not rows:
        return ""
    caption = "Problems that came out differently, worse ones first"
    if len(found.changed) > len(rows):
        caption += f"; {len(rows)} of {len(found.changed)}"
    return table(("problem", "first passed", "second passed", "change", "mostly because of"), rows, caption, (1, 2))


def comparison(found: Comparison | None, note: str, grid: bool) -> str:
    """What changed from the first run to the second."""
    if found is None:
        return element("p", line(note), class_="note") if note else ""
    heading = (
        "language",
        "k",
        "first %",
        "second %",
        "difference",
        "95 % interval",
        "p",
        "better",
        "worse",
        "same",
        "smallest detectable",
    )
    rows = [
        [
            line(title_of(one.group).strip()),
            str(one.k),
            percent(one.before),
            percent(one.after),
            f"{100 * one.difference:+.1f}",
            f"[{100 * one.low:+.1f}, {100 * one.high:+.1f}]",
            p_in_words(one.p),
            str(one.better),
            str(one.worse),
            str(one.same),
            percent(one.smallest_detectable),
        ]
        for one in found.differences
    ]
    parts = (
        [element("p", line(f"Their figures mean different things: {'; '.join(found.anyway)}"), class_="note")]
        if found.anyway
        else []
    )
    only = (
        f"{counted(found.problems, 'problem')} in both; {found.only_before} only in the first,"
        f" {found.only_after} only in the second; {found.left_out} left out."
    )
    parts.append(element("p", line(only)))
    parts.append(table(heading, rows, "Differences in percentage points, paired by problem", range(1, len(heading))))
    if found.causes:
        causes = [[line(cause), str(number)] for cause, number in found.causes.items()]
        parts.append(
            table(("cause", "samples"), causes, "Why samples that passed in one run failed in the other", (1,))
        )
    parts.append(_changed(found, grid))
    if found.changes:
        changes = [[line(one.name), line(one.before), line(one.after)] for one in found.changes]
        parts.append(table(("what", "first run", "second run"), changes, "What is different between the runs"))
    return "".join(parts)


def everything(tallies: Sequence[Tally]) -> str:
    """The manifests, folded away."""
    return "".join(f"<details><summary>{line(t.name)}</summary>{manifests(t)}</details>" for t in tallies)
