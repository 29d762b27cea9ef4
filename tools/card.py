"""The figures of a model's card: `python tools/card.py RUNS`, of `passatk run examples/card/*.toml --out RUNS`."""

import json
import sys
from pathlib import Path

from passatk.languages import LANGUAGES

TIERS = ("constants", "compositions", "depth", "written")


def figures_of(runs: Path) -> dict[str, dict[tuple[str, int], str]]:
    """Language or pair -> (tier, k) -> pass@k in % with its interval."""
    found: dict[str, dict[tuple[str, int], str]] = {}
    for run in sorted(path for path in runs.iterdir() if (path / "score.json").is_file()):
        asked = json.loads((run / "generations" / "manifest.json").read_text())
        for score in json.loads((run / "score.json").read_text())["scores"]:
            language, _, tier = score["group"].partition("/")
            if not tier:
                continue
            name = LANGUAGES[language].title
            if asked["task"] == "translate":
                name = f"{LANGUAGES[asked['languages'][0]].title} to {name}"
            for one in score["pass_at_k"]:
                low, value, high = (100 * one[key] for key in ("low", "estimate", "high"))
                found.setdefault(name, {})[tier, one["k"]] = f"{value:.1f} [{low:.1f}, {high:.1f}]"
    return found


def table_of(figures: dict[str, dict[tuple[str, int], str]], k: int) -> str:
    """Markdown: a line for each language or pair, a column for each tier."""
    lines = [f"| pass@{k} | {' | '.join(TIERS)} |", "|---" * (1 + len(TIERS)) + "|"]
    lines += [f"| {name} | {' | '.join(own[tier, k] for tier in TIERS)} |" for name, own in figures.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    figures = figures_of(Path(sys.argv[1]))
    print(table_of(figures, 1), table_of(figures, 10), sep="\n\n")
