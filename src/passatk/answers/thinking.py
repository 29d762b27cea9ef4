"""What surrounds an answer: a model's thinking, the marks of its chat template, and characters that only look blank."""

import re
from collections import deque

from passatk.regex import regex

_NAMES = r"think|thinking|thought|thoughts|reasoning|reason|reflection|seed:think"
_CLOSING = regex(rf"</\s*(?:{_NAMES})\s*>|\[/THINK\]|◁/think▷", re.IGNORECASE)
_OPENING = regex(rf"^[ \t]*(?:<(?:{_NAMES})>|\[THINK\]|◁think▷)", re.IGNORECASE | re.MULTILINE)
_OPENING_BEHIND_WORDS = regex(rf"<(?:{_NAMES})>[ \t]*\r?\n", re.IGNORECASE)
_FINAL = regex(r"<\|channel\|>\s*final[^<\n]{0,80}<\|message\|>")
_CHANNEL = regex(r"<\|channel\|>\s*(?:analysis|commentary)[^<\n]{0,80}<\|message\|>")
_END_OF_TURN = regex(
    r"<\|(?:im_end|endoftext|eot_id|end|return|end_of_text|eom_id|end_of_turn|EOT|im_start)\|>"
    r"|<end_of_turn>|<\uff5cend\u2581of\u2581sentence\uff5c>|<\|endofsolution\|>"
)
_BEGINNING = regex(
    r"\s*(?:<s>|<bos>|<\|begin_of_text\|>|<\uff5cbegin\u2581of\u2581sentence\uff5c>|<\|im_start\|>(?:assistant)?|<\|assistant\|>"
    r"|<start_of_turn>model)\s*\n?"
)
_LAST = regex(
    r"\s*(?:<\|[\w-]{0,24}\|?>?|<\uff5c[\w\u2581]{0,24}\uff5c?>?|</s(?:>|\Z)|<eos>?|<end_of_tur?n?>?|\[/INST\]?)\s*\Z"
)
_LONGEST_MARK = 64

_BLANKS = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_INVISIBLES = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_PLAIN = str.maketrans({**dict.fromkeys(_BLANKS, " "), **dict.fromkeys(_INVISIBLES, None)})
_ODD = regex(f"[{_BLANKS}{_INVISIBLES}]")


_HEAD, _TAIL = 60_000, 120_000


def within_reach(text: str) -> str:
    """`text`, of a longer one its beginning and its end: what goes on for that long goes round in circles."""
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]}\n{text[-_TAIL:]}"


def without_thinking(text: str) -> tuple[str, str | None]:
    """(thinking, answer) of what a model said; the answer is None where the thinking was never finished.

    Everything up to the last closing tag is thinking, whether or not it was opened: a chat template may have done that.
    """
    if final := _last(_FINAL, text):
        return text[: final.start()], text[final.end() :]
    if _CHANNEL.search(text):
        return text, None
    closing = _last(_CLOSING, text)
    end = closing.end() if closing else 0
    thinking = text[: closing.start()] if closing else ""
    opening = _OPENING.search(text, end)
    if opening is None:
        behind = _OPENING_BEHIND_WORDS.search(text, end)
        before = text[end : behind.start()] if behind else "```"
        opening = None if "```" in before or "~~~" in before else behind
    if opening is None:
        return thinking, text[end:]
    return f"{thinking}{text[opening.end() :]}", None


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return deque(pattern.finditer(text), maxlen=1).pop() if pattern.search(text) else None


def without_marks(text: str) -> str:
    """An answer without special tokens around it, whole or partial, and without what follows the end of its turn."""
    at = 0
    while found := _BEGINNING.match(text, at) or _END_OF_TURN.match(text, at):
        at = found.end()
    end = _END_OF_TURN.search(text, at)
    text = text[at : end.start() if end else len(text)]
    for _ in range(8):
        tail = max(0, len(text) - _LONGEST_MARK)
        last = _LAST.search(text, tail)
        if last is None:
            break
        text = text[: last.start()] + "\n"
    return text


def with_plain_blanks(text: str) -> str:
    """`text` with line breaks of one kind, and no-break and zero-width spaces made plain: in indentations, and on lines
    without quotes, where they can only be accidents.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not _ODD.search(text):
        return text
    return "\n".join(_plain_line(line) if _ODD.search(line) else line for line in text.split("\n"))


def _plain_line(line: str) -> str:
    if "'" not in line and '"' not in line:
        return line.translate(_PLAIN)
    body = line.lstrip(f" \t{_BLANKS}{_INVISIBLES}")
    return line[: len(line) - len(body)].translate(_PLAIN) + body
