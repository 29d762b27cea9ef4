"""Inline SVG, drawn on the server: no library, no style of its own, so that the page's policy holds."""

import math
from collections.abc import Sequence

from passatk.report.page.figures import Curve, Histogram
from passatk.report.page.html import line
from passatk.report.scores import title_of

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 560, 280, 44, 90, 12, 36


def curve_picture(curves: Sequence[Curve]) -> str:
    """pass@k against k on a logarithmic axis, with the 95 % interval of a single curve as a band."""
    most = max(curve.points[-1].k for curve in curves)
    if most == 1:
        return ""

    def x(k: float) -> float:
        return _LEFT + math.log(k) / math.log(most) * (_WIDTH - _LEFT - _RIGHT)

    def y(share: float) -> float:
        return _TOP + (1 - share) * (_HEIGHT - _TOP - _BOTTOM)

    parts = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(
            f'<line class="rule" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y(share):.1f}" y2="{y(share):.1f}"/>'
        )
        parts.append(f'<text x="{_LEFT - 6}" y="{y(share) + 4:.1f}" text-anchor="end">{share:.0%}</text>')
    parts += [
        f'<text x="{x(k):.1f}" y="{_HEIGHT - 18}" text-anchor="middle">{k}</text>'
        for k in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
        if k <= most
    ]
    parts.append(f'<text x="{(_LEFT + _WIDTH - _RIGHT) / 2}" y="{_HEIGHT - 2}" text-anchor="middle">k</text>')
    labels = _apart([y(curve.points[-1].estimate) for curve in curves])
    for number, (curve, label) in enumerate(zip(curves, labels, strict=True)):
        points = curve.points
        if len(curves) == 1:
            band = [(x(p.k), y(p.high)) for p in points] + [(x(p.k), y(p.low)) for p in reversed(points)]
            parts.append(f'<polygon class="band" points="{_points(band)}"/>')
        main = " main" if curve.group == "overall" or len(curves) == 1 else ""
        ends = [(x(p.k), y(p.estimate)) for p in points]
        parts.append(f'<polyline class="curve dash{number % 6}{main}" points="{_points(ends)}"/>')
        for p in points:
            what = f"{title_of(curve.group).strip()}: pass@{p.k} {_interval(p.estimate, p.low, p.high)}"
            parts.append(
                f'<circle class="dot{main}" cx="{x(p.k):.1f}" cy="{y(p.estimate):.1f}" r="3">'
                f"<title>{line(what)}</title></circle>"
            )
        name = line(title_of(curve.group).strip())
        parts.append(f'<text class="name{main}" x="{_WIDTH - _RIGHT + 8}" y="{label + 4:.1f}">{name}</text>')
    return _svg("pass@k against k; the table of scores has the numbers", parts, _WIDTH, _HEIGHT)


def _interval(estimate: float, low: float, high: float) -> str:
    return f"{100 * estimate:.1f} % [{100 * low:.1f}, {100 * high:.1f}]"


def _apart(places: list[float], gap: float = 14) -> list[float]:
    """Heights of labels, moved down where they would lie on each other."""
    moved = dict[int, float]()
    last = -gap
    for number in sorted(range(len(places)), key=lambda n: places[n]):
        last = max(places[number], last + gap)
        moved[number] = last
    over = max(0.0, last - (_HEIGHT - _BOTTOM)) if moved else 0.0
    return [moved[number] - over for number in range(len(places))]


def histogram_picture(found: Histogram, heading: str) -> str:
    """Bars by share of the limit; the bins around the limit are those called borderline."""
    totals = [a + b for a, b in zip(found.passed, found.others, strict=True)]
    most, count = max(totals), len(totals)
    step = (_WIDTH - _LEFT - 10) / count
    tall = 150.0
    parts = []
    for number, (passed, total) in enumerate(zip(found.passed, totals, strict=True)):
        left = _LEFT + number * step
        near = found.edges[number] >= found.edges[-3] and number < count - 1
        # heights go by the logarithm: one program near its limit among thousands must be seen
        full = tall * math.log1p(total) / math.log1p(most)
        green = full * passed / total if total else 0
        if near:
            parts.append(f'<rect class="near" x="{left:.1f}" y="0" width="{step:.1f}" height="{tall + 16:.1f}"/>')
        parts.append(
            f'<rect class="bar-other" x="{left + 2:.1f}" y="{16 + tall - full:.1f}" width="{step - 4:.1f}"'
            f' height="{full - green:.1f}"/>'
        )
        parts.append(
            f'<rect class="bar-passed" x="{left + 2:.1f}" y="{16 + tall - green:.1f}" width="{step - 4:.1f}"'
            f' height="{green:.1f}"/>'
        )
        if total:
            words = f"{total}"
            parts.append(
                f'<text x="{left + step / 2:.1f}" y="{12 + tall - full:.1f}" text-anchor="middle">{words}</text>'
            )
        edge = "0" if number == 0 else f"{found.edges[number] * 100:.3g} %"
        parts.append(f'<text x="{left:.1f}" y="{tall + 32:.1f}" text-anchor="middle">{edge}</text>')
    return _svg(heading, parts, _WIDTH, int(tall + 40))


def _points(pairs: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in pairs)


def _svg(words: str, parts: Sequence[str], width: int, height: int) -> str:
    return (
        f'<svg role="img" aria-label="{line(words)}" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"{''.join(parts)}</svg>"
    )
