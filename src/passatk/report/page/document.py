"""One HTML file of a run, or of two, that needs nothing else: for `file://`, without any request."""

import base64
import contextlib
import hashlib
import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from passatk.comparing import Comparison, obstacles
from passatk.errors import InputError
from passatk.pipeline.comparison import compare
from passatk.report.page import sections
from passatk.report.page.clusters import Clusters
from passatk.report.page.columns import binary, packed
from passatk.report.page.html import element, line
from passatk.report.page.overview import GLYPHS, NOT_YET, name_of, status_words, summary
from passatk.report.page.reading import STOPS, Rows
from passatk.report.page.tally import STATUSES, Tally, summarised
from passatk.report.scores import title_of
from passatk.runs import RunView
from passatk.runs.judged import State
from passatk.runs.locked import storage

SCRIPTS = (
    *("escaping", "data", "state", "filters", "searching", "worker", "cells", "grid"),
    *("colours", "differences", "sample", "paper", "main"),
)
"""In the order they are put together in."""


MOST_SAMPLES = 250_000
"""More are counted, but not shown one by one: a browser would not hold them."""


def write_page(runs: Sequence[Path], out: Path, anyway: bool = False) -> None:
    """Write the page of one run, or of two side by side; it is there when it is whole.

    Raises:
        InputError: a folder is not a run, or two runs do not compare; names what is different.
        RunFolderError: a run's files are not what they should be.
        StorageError: the file cannot be written.
    """
    document = page(runs, anyway)
    with storage(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        part = out.with_name(f"{out.name}.part")
        try:
            part.write_text(document, encoding="utf-8")
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)


def page(runs: Sequence[Path], anyway: bool = False) -> str:
    """The page as text; see `write_page`."""
    clusters, tallies = Clusters(), []
    rows = Rows(clusters)
    with contextlib.ExitStack() as stack:
        views = [stack.enter_context(RunView(path)) for path in runs]
        grid = sum(view.size for view in views) <= MOST_SAMPLES
        for number, (view, path) in enumerate(zip(views, runs, strict=True)):
            tally = Tally.of(view, path)
            tallies.append(tally)
            if grid:
                rows.add(number, view, tally)
            else:
                summarised(view, tally, clusters)
        compared, note = (None, "") if len(runs) == 1 else _compared(views, tallies, anyway)
    return _document(tallies, rows, _main(tallies, rows, grid, compared, note))


def _compared(views: Sequence[RunView], tallies: Sequence[Tally], anyway: bool) -> tuple[Comparison | None, str]:
    """What changed, or why that cannot be said of these."""
    runs = [view.path for view in views]
    both = [task for task in tallies[0].tasks if tallies[1].tasks.get(task, ("", ""))[1] == tallies[0].tasks[task][1]]
    if not both and not anyway:
        raise InputError(
            f"{runs[0]} and {runs[1]} have no problem in common, so there is nothing to compare. Make a page of each,"
            " or set anyway",
            setting="anyway",
        )
    if not both:
        return None, "The runs have no problem in common."
    if all(tally.state is State.COMPLETE for tally in tallies):
        return compare(runs, None, anyway)[0], ""
    first, second = (tally.manifest for tally in tallies)
    reasons = obstacles(first, second, (views[0].references(), views[1].references()), both)
    if reasons and not anyway:
        raise InputError(
            f"{runs[0]} and {runs[1]} cannot be compared: {'; '.join(reasons)}. Compare runs that agree, or set anyway",
            setting="anyway",
        )
    return None, "; ".join(["Figures are compared when both runs are complete", *reasons])


def _main(tallies: Sequence[Tally], rows: Rows, grid: bool, compared: Comparison | None, note: str) -> str:
    which = ("",) if len(tallies) == 1 else ("first run", "second run")
    heads = "".join(element("div", summary(t, own), class_="run") for t, own in zip(tallies, which, strict=True))
    return "".join(
        [
            sections.lead(compared, grid),
            f'<div class="heads">{heads}</div>',
            sections.section("difference", "What changed", sections.comparison(compared, note, grid)),
            sections.section(
                "figures", "Figures", *(sections.figures(t, own) for t, own in zip(tallies, which, strict=True))
            ),
            sections.section("failures", "Failures", sections.clusters(rows.clusters, grid)),
            sections.section("samples", "Samples", _grid(tallies, grid)),
            sections.section("manifest", "Manifest", sections.everything(tallies)),
        ]
    )


def _grid(tallies: Sequence[Tally], grid: bool) -> str:
    samples = sum(tally.samples for tally in tallies)
    if not samples:
        return element("p", "There are no samples yet.", class_="note")
    if not grid:
        return element(
            "p",
            f"{samples:,} samples are too many to be shown one by one in a page, which holds up to {MOST_SAMPLES:,}."
            " Everything above counts all of them; look at single ones with <code>passatk show</code>, or export them.",
            class_="note",
        )
    return (
        '<noscript><p class="note">The grid of samples needs JavaScript, all else does not.</p></noscript>'
        '<div id="tools"></div><div id="legend"></div><p id="found" role="status" aria-live="polite"></p>'
        '<div id="grid"></div><dialog id="sample" aria-labelledby="sample-title"></dialog>'
    )


def _document(tallies: Sequence[Tally], rows: Rows, main: str) -> str:
    style, script = _resource("page.css"), _script()
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; worker-src blob:;"
        " base-uri 'none'; form-action 'none'"
    )
    title = " and ".join(dict.fromkeys(name_of(tally) for tally in tallies))
    links = (
        ("difference", "What changed"),
        ("figures", "Figures"),
        ("failures", "Failures"),
        ("samples", "Samples"),
        ("manifest", "Manifest"),
    )
    contents = "".join(f'<a href="#{name}">{words}</a>' for name, words in links if f'id="{name}"' in main)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">'
        f"<title>{line(title)} - passatk</title><style>{style}</style></head>\n<body>"
        '<a class="skip" href="#samples">Skip to the samples</a>'
        f'<header><span class="brand">passatk</span><nav aria-label="Contents">{contents}</nav></header>'
        f"<main>{main}</main>\n{_chunks(tallies, rows)}\n<script>{script}</script></body></html>\n"
    )


def _chunks(tallies: Sequence[Tally], rows: Rows) -> str:
    """All data, as blocks that a browser does not run."""
    if not rows.samples.rows:
        return ""
    texts = list(rows.pool.chunks())
    tables = {"samples": rows.samples, "programs": rows.programs, "attempts": rows.attempts}
    layout, columns = binary(tables)
    index = {
        "runs": [{"name": tally.name, "title": name_of(tally)} for tally in tallies],
        "statuses": [[status, status_words(status), *_mark(status)] for status in STATUSES]
        + [["unknown", "unknown", "¿"]],
        "stops": [str(stop) for stop in STOPS],
        "languages": {problem["language"]: title_of(problem["language"]).strip() for problem in rows.problems},
        "problems": rows.problems,
        "words": rows.words,
        "clusters": rows.clusters.names,
        "layout": layout,
        "texts": [first for first, _ in texts],
    }
    blocks = [("d-index", packed(json.dumps(index, separators=(",", ":")).encode())), ("d-columns", packed(columns))]
    blocks += [(f"d-text-{number}", chunk) for number, (_, chunk) in enumerate(texts)]
    return "".join(f'<script type="application/gzip" id="{name}">{chunk}</script>' for name, chunk in blocks)


def _mark(status: str) -> tuple[str]:
    return (next((mark for known, mark in GLYPHS.items() if known == status), NOT_YET[0]),)


def _script() -> str:
    parts = "".join(_resource(f"script/{name}.js") for name in SCRIPTS)
    return f'"use strict";(() => {{\n{parts}}})();'


def _resource(name: str) -> str:
    return (files("passatk.report.page") / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
