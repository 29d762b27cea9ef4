"""Which definitions of a prompt JavaScript tests may have as copies, beside those that the program has."""

import re
from collections.abc import Iterable, Mapping

from passatk.languages.base import CannotCross
from passatk.regex import regex

_WORD = regex(r"[\w$]+")
_FUNCTION = regex(
    r"(?:async\s+)?function\b|(?:const|let|var)\s+[\w$]+\s*=\s*(?:async\b\s*)?(?:function\b|\(|[\w$]+\s*=>)"
)
_IDENTITY = regex(r"\bSymbol\s*\(|=\s*(?:new\s+[\w$.]+\s*(?:\(\s*\)|;|\Z)|\[\s*\]|\{\s*\})")
"""What is told from others by what it is, or is there to be filled."""
_CHANGED = (
    r"(?<![\w$.]){}(?:\.[\w$]+|\[[^\[\]]*\])*\s*(?:(?:[-+*/%&|^]|\*\*|<<|>>>?|&&|\|\||\?\?)?=(?![=>])|\+\+|--"
    r"|\.(?:push|pop|shift|unshift|splice|add|set|delete|clear|sort|reverse|fill)\()"
)


def check_copies(defined: Mapping[str, str], used: Iterable[str], others: str) -> None:
    """Raises CannotCross where a copy would not do: program and tests must have one and the same.

    Args:
        defined: name -> definition, of all that the prompt has beside what is asked.
        used: what the tests use of these.
        others: the tests, and what is known of the program.
    """
    wanted, reached = list(used), set()
    while wanted:
        name = wanted.pop()
        if name not in reached:
            reached.add(name)
            wanted += set(_WORD.findall(defined[name])).intersection(defined)
    for name in sorted(reached):
        beside = "\n".join([others, *{text for text in defined.values() if text != defined[name]}])
        if re.match(r"class\b", defined[name]) or re.search(rf"\bnew\s+{re.escape(name)}(?![\w$])", beside):
            raise CannotCross(f"{name}, a class of the prompt")
        if not _FUNCTION.match(defined[name]) and _is_shared(name, defined[name], beside):
            raise CannotCross(f"{name} of the prompt, of which there must be one alone")


def _is_shared(name: str, definition: str, beside: str) -> bool:
    changed = re.search(_CHANGED.format(re.escape(name)), beside)
    return bool(changed or _IDENTITY.search(definition) or re.match(r"(?:let|var)\b", definition))
