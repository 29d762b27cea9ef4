"""Writes the tables of docs/settings.md from the records: `python tools/settings_table.py`."""

from pathlib import Path

import msgspec

from passatk.cli.generated import flags_of
from passatk.pipeline.settings import TABLES
from passatk.settings import Setting, settings_of

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
BEGIN, END = "<!-- tables: made by tools/settings_table.py -->\n", "<!-- end of tables -->\n"


def tables() -> str:
    """A heading and a Markdown table for every table of an experiment."""
    parts = []
    for name, record in TABLES.items():
        rows = ["| key | option | default | must be | |", "|---|---|---|---|---|"]
        for one in settings_of(record):
            cells = (f"`{one.key}`", f"`{flags_of(one)[-1]}`", _default(one), one.rule, _text(one.help))
            rows.append(f"| {' | '.join(cells)} |")
        parts.append(f"### [{name}]\n\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def page(before: str) -> str:
    """The page with today's tables in it."""
    start, end = before.index(BEGIN) + len(BEGIN), before.index(END)
    return f"{before[:start]}\n{tables()}\n{before[end:]}"


def _default(one: Setting) -> str:
    if one.default is msgspec.NODEFAULT:
        return "required"
    if one.unset:
        return one.unset
    if one.default in (None, ()) or one.default == "":
        return "none"
    return f"{str(one.default).lower() if isinstance(one.default, bool) else one.default}"


def _text(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
