"""Real code, as CodeGeeX's corpus took it: what is too long, too short, machine-made or no text is left out.

The rules are those of the CodeGeeX paper (Zheng et al. 2023, section 2.2): a file is dropped that averages over 100
characters a line, looks machine-made, has fewer than 40 % letters, or is larger than 100 KB or smaller than 1 KB.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from passatk.corpus.documents import Document
from passatk.errors import InputError
from passatk.languages import LANGUAGES
from passatk.prompts.building import language_tag
from passatk.regex import regex

Reason = Literal["long lines", "machine-made", "few letters", "too large", "too small", "no text", "duplicate"]

LANGUAGE_OF_SUFFIX: Mapping[str, str] = {
    suffix: language.name for language in LANGUAGES.values() for suffix in language.suffixes
}
MOST_CHARACTERS_A_LINE = 100
LEAST_LETTERS = 0.4
LARGEST, SMALLEST = 100_000, 1_000
"""Bytes."""
_HEAD = 20
_MACHINE = regex(
    r"(?i)auto[- ]?generated|generated (by|from|using|automatically|code|file)|@generated|do not (edit|modify)"
    r"|this (file|code) (is|was|has been) generated"
)
_VALID_ONE_OF = 50


def reason_to_drop(body: bytes) -> Reason | None:
    """Why a file is no text to learn from; None if it is one."""
    if len(body) > LARGEST:
        return "too large"
    if len(body) < SMALLEST:
        return "too small"
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return "no text"
    if "\0" in text:
        return "no text"
    lines = text.splitlines()
    if len(text) / max(1, len(lines)) > MOST_CHARACTERS_A_LINE:
        return "long lines"
    if any(_MACHINE.search(line) for line in lines[:_HEAD]):
        return "machine-made"
    if sum(letter.isalpha() for letter in text) < LEAST_LETTERS * len(text):
        return "few letters"
    return None


def code_documents(folder: Path, dropped: "Counter[Reason]") -> Iterator[Document]:
    """One document for every file below a folder that is worth learning from, in the order of their paths.

    Files that differ in white space alone are one file. One in fifty is for validation.

    Args:
        folder: searched for files of the six languages; hidden folders and links are left out.
        dropped: counts what was left out, by reason.

    Raises:
        InputError: there is no such folder, or something in it cannot be read.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder; give one with source files in it")
    seen: set[bytes] = set()
    for path in sorted(_files(folder)):
        language = LANGUAGE_OF_SUFFIX[path.suffix]
        try:
            body = path.read_bytes()
        except OSError as error:
            raise _unreadable(path, error) from error
        reason = reason_to_drop(body)
        digest = hashlib.blake2b(b"".join(body.split()), digest_size=16).digest()
        if reason is None and digest in seen:
            reason = "duplicate"
        if reason is not None:
            dropped[reason] += 1
            continue
        seen.add(digest)
        text = body.decode().replace("\r\n", "\n")
        yield Document(
            kind="code",
            language=language,
            prompt=language_tag(language),
            completion=text,
            split="valid" if digest[0] % _VALID_ONE_OF == 0 else "train",
        )


def _files(folder: Path) -> Iterator[Path]:
    try:
        for entry in folder.iterdir():
            if entry.name.startswith(".") or entry.is_symlink():
                continue
            if entry.is_dir():
                yield from _files(entry)
            elif entry.suffix in LANGUAGE_OF_SUFFIX and entry.is_file():
                yield entry
    except OSError as error:
        raise _unreadable(folder, error) from error


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(f"cannot read {path}: {error.strerror}; make it readable, or gather where it is not")
