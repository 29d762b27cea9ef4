"""A packed corpus: text as tokens in windows of one length, ready for training; with the tokenizer that made them.

A folder holds, for `train` and `valid` each, `*_tokens.npy` (uint16, [windows, context + 1]) and `*_counts.npy` (bool,
the same shape): whether the loss counts a token as a target. It holds the tokenizer's files, and `manifest.json`,
which is written last. A window's first token is nothing's target. Arrays are mapped, not read.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from passatk.errors import InputError, SourceError
from passatk.records import Record
from passatk.runs.locked import storage, write_atomically
from passatk.tokenizer import CodeGeeXTokenizer
from passatk.tokenizer.codegeex import ADDED, MERGES, VOCABULARY

FORMAT, VERSION = "passatk packed corpus", 1
MANIFEST = "manifest.json"
TOKENIZER_FILES = (VOCABULARY, MERGES, ADDED)
Part = Literal["train", "valid"]
LARGEST_VOCABULARY = 1 << 16
"""Ids are 16 bits."""
_PIECE = 1 << 12
"""Windows looked at together where all of them are checked."""

Tokens = npt.NDArray[np.uint16]
Counts = npt.NDArray[np.bool_]


class Windows(Record, frozen=True, kw_only=True):
    """One part of a corpus."""

    tokens: Tokens
    """[windows, context + 1]"""
    counts: Counts
    """[windows, context + 1]: is the token a target that counts. The first column never is."""

    def __len__(self) -> int:
        return len(self.tokens)


class PackedCorpus(Record, frozen=True, kw_only=True):
    """An opened corpus. `load_packed` makes one."""

    folder: Path
    context: int
    """Tokens that a model reads at once: one fewer than a window has."""
    vocabulary: int
    """Ids are below it."""
    eos: int
    train: Windows
    valid: Windows
    manifest: dict[str, Any]
    """As it stands in the folder, free fields included."""

    def tokenizer(self) -> CodeGeeXTokenizer:
        """Read the tokenizer again.

        Raises:
            InputError: its files are gone.
        """
        return CodeGeeXTokenizer.load(self.folder)

    def sha256(self) -> str:
        """Of all files but the manifest, whose free fields change no token."""
        digest = hashlib.sha256()
        names = [_file(part, kind) for part in ("train", "valid") for kind in ("tokens", "counts")]
        for name in (*names, *TOKENIZER_FILES):
            with (self.folder / name).open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()


class _Sizes(Record, frozen=True, kw_only=True):
    train: int
    valid: int


class _Manifest(Record, frozen=True, kw_only=True):
    """What a reader needs of it."""

    format: str
    version: int
    context: int
    vocabulary: int
    windows: _Sizes


def _file(part: str, kind: str) -> str:
    return f"{part}_{kind}.npy"


def load_packed(folder: Path) -> PackedCorpus:
    """Open a corpus and check all of it but the text.

    Raises:
        InputError: there is none, or it has no manifest.
        SourceError: a file is not what it should be.
    """
    path = folder / MANIFEST
    try:
        body = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{folder} is no packed corpus: cannot read {path} ({error.strerror}); expected the folder that the corpus"
            " was packed into, whose manifest is written last"
        ) from error
    try:
        manifest, free = msgspec.json.decode(body, type=_Manifest), msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise SourceError(path, None, str(error), "the manifest of a packed corpus") from error
    if (manifest.format, manifest.version) != (FORMAT, VERSION):
        found = f"{manifest.format!r} version {manifest.version}"
        raise SourceError(path, None, found, f"{FORMAT!r} version {VERSION}; pack the corpus again", "format")
    if not (manifest.context >= 1 and 1 <= manifest.vocabulary <= LARGEST_VOCABULARY):
        found = f"context {manifest.context}, vocabulary {manifest.vocabulary}"
        raise SourceError(path, None, found, f"both positive, a vocabulary of at most {LARGEST_VOCABULARY}")
    tokenizer = CodeGeeXTokenizer.load(folder)
    if tokenizer.size > manifest.vocabulary:
        expected = f"at least {tokenizer.size}, the tokenizer's; were its files replaced?"
        raise SourceError(path, None, f"it is {manifest.vocabulary}", expected, "vocabulary")
    parts = {part: _windows(folder, part, manifest) for part in ("train", "valid")}
    return PackedCorpus(
        folder=folder,
        context=manifest.context,
        vocabulary=manifest.vocabulary,
        eos=tokenizer.eos,
        manifest=free,
        **parts,
    )


def _windows(folder: Path, part: str, manifest: _Manifest) -> Windows:
    shape = (getattr(manifest.windows, part), manifest.context + 1)
    if shape[0] < 1:
        raise SourceError(folder / MANIFEST, None, f"{part} has no windows", "at least one", "windows")
    windows = Windows(
        tokens=_array(folder / _file(part, "tokens"), np.dtype(np.uint16), shape),
        counts=_array(folder / _file(part, "counts"), np.dtype(np.bool_), shape),
    )
    _check(windows, folder, part, manifest.vocabulary)
    return windows


def _array(path: Path, dtype: "np.dtype[Any]", shape: tuple[int, int]) -> npt.NDArray[Any]:
    try:
        array: npt.NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"cannot read {path} as an array: {error}; pack the corpus again") from error
    if array.dtype != dtype or array.shape != shape:
        found = f"{array.dtype} {list(array.shape)}"
        raise SourceError(path, None, found, f"{dtype} {list(shape)}, as {MANIFEST} says; pack the corpus again")
    return array


def _check(windows: Windows, folder: Path, part: str, vocabulary: int) -> None:
    counted = 0
    for start in range(0, len(windows), _PIECE):
        tokens, counts = windows.tokens[start : start + _PIECE], windows.counts[start : start + _PIECE]
        if (most := int(tokens.max())) >= vocabulary:
            at = start + int((tokens >= vocabulary).any(axis=1).argmax())
            problem = f"window {at} holds token {most}"
            raise SourceError(folder / _file(part, "tokens"), None, problem, f"ids below {vocabulary}")
        if counts[:, 0].any():
            at = start + int(counts[:, 0].argmax())
            problem = f"window {at} counts its first token"
            raise SourceError(folder / _file(part, "counts"), None, problem, "a first column of False")
        counted += int(counts.sum())
    if not counted:
        raise SourceError(folder / _file(part, "counts"), None, "no token counts", "some targets for the loss")


def check_vocabulary(tokenizer: CodeGeeXTokenizer) -> None:
    """Refuse a tokenizer whose ids do not fit.

    Raises:
        InputError: it has too many tokens.
    """
    if tokenizer.size > LARGEST_VOCABULARY:
        raise InputError(
            f"the tokenizer's ids go up to {tokenizer.size - 1}; a packed corpus holds ids below {LARGEST_VOCABULARY}"
            " (16 bits), so give a smaller tokenizer, or let `passatk corpus pack` learn one"
        )


def write_packed(
    folder: Path,
    tokenizer: CodeGeeXTokenizer,
    train: Windows,
    valid: Windows,
    more: Mapping[str, object] | None = None,
    vocabulary: int | None = None,
) -> PackedCorpus:
    """Write a corpus and open it. The manifest comes last: a folder without one is unfinished.

    Args:
        folder: made if it is not there.
        tokenizer: that made the tokens.
        train: what a model learns from.
        valid: what its loss is measured on.
        more: free fields of the manifest, such as how many documents there were and where they came from.
        vocabulary: by default the tokenizer's size.

    Raises:
        InputError: the tokenizer has too many tokens.
        SourceError: the windows are not of one kind, or break a rule of the format.
        StorageError: the folder cannot be written.
    """
    check_vocabulary(tokenizer)
    context = train.tokens.shape[1] - 1
    own = {
        "format": FORMAT,
        "version": VERSION,
        "context": context,
        "vocabulary": vocabulary or tokenizer.size,
        "windows": {"train": len(train), "valid": len(valid)},
        "tokens": {"train": len(train) * context, "valid": len(valid) * context},
        "counted_tokens": {"train": int(train.counts.sum()), "valid": int(valid.counts.sum())},
    }
    with storage(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MANIFEST).unlink(missing_ok=True)
        tokenizer.save(folder)
        for part, windows in (("train", train), ("valid", valid)):
            for kind in ("tokens", "counts"):
                array = getattr(windows, kind)
                np.save(folder / _file(part, kind), np.ascontiguousarray(array), allow_pickle=False)
        write_atomically(folder / MANIFEST, msgspec.json.format(msgspec.json.encode({**(more or {}), **own})) + b"\n")
    return load_packed(folder)
