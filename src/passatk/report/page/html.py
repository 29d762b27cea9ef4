"""Making HTML of text that nobody may trust."""

from collections.abc import Iterable
from html import escape

from passatk.wording import harmless


def text(value: object) -> str:
    """`value` as text of an element or an attribute: nothing in it is markup, nothing invisible stays so."""
    return escape(harmless(str(value), keep="\n\t"))


def line(value: object) -> str:
    """The same in one line."""
    return escape(harmless(str(value), keep=""))


def element(name: str, *inside: str, **attributes: object) -> str:
    """An element around markup. `class_` and the like lose their underscore; None leaves an attribute out."""
    own = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{line(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{own}>{''.join(inside)}</{name}>"


def table(heading: Iterable[str], rows: Iterable[Iterable[str]], caption: str, numeric: Iterable[int] = ()) -> str:
    """A table of markup; the first cell of a row names it. `numeric` columns are set to the right."""
    right = set(numeric)
    names = list(heading)
    head = "".join(element("th", one, scope="col", class_="n" if n in right else None) for n, one in enumerate(names))
    body = "".join(element("tr", *(_cell(n, one, n in right) for n, one in enumerate(row))) for row in rows)
    named = line(caption)  # above what scrolls, so that all of it can be read beside a wide table
    return (
        f'<p class="caption">{named}</p><div class="scroll" tabindex="0" role="group" aria-label="{named}">'
        f'<table aria-label="{named}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _cell(number: int, inside: str, right: bool) -> str:
    if number == 0:
        return element("th", inside, scope="row")
    return element("td", inside, class_="n" if right else None)
