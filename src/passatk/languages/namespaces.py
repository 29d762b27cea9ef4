"""C++ namespaces around a solution, which tests do not know."""

import re

from passatk.languages.base import Language
from passatk.languages.heads import heads
from passatk.regex import regex

_NAMESPACE = regex(r"(?:inline\s+)?namespace\b\s*(?!std\b)([\w:]*)\s*\{")


def without_namespace(code: str, entry: str, language: Language) -> str:
    """`code` with what stands in the namespace of the function `entry` outside of it.

    The helpers beside the function come out with it: they would else be there twice where the prompt has them too.
    """
    while entry and "namespace" in code:
        parts = language.outline(code).parts
        if any(part.kind == "function" and entry in part.names for part in parts):
            break  # it calls the other
        spaces = [
            (part, found[1], part.text[found.end() : part.text.rindex("}")].strip())
            for part in parts
            if part.text.endswith("}") and (found := _NAMESPACE.match(part.text))
        ]
        around = {
            name
            for _, name, inside in spaces
            if any(head.name == entry for head in heads(inside, language))
            or (name and re.search(rf"\b{name}::{entry}\s*\(", code))
        }
        if not around:
            break
        for part, name, inside in reversed(spaces):
            if name in around:
                code = code[: part.start] + inside + code[part.end :]
        for name in filter(None, around):
            code = re.sub(rf"\busing\s+(?:namespace\s+{name}|{name}::\w+)\s*;|(?<![\w:])(?:::)?\b{name}::", "", code)
    return code
