"""Documents -> tokens in windows of one length, and which of them the loss counts."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np

from passatk.corpus.documents import Document
from passatk.corpus.files import read_documents, source_file
from passatk.corpus.packed import LARGEST_VOCABULARY, PackedCorpus, Windows, check_vocabulary, write_packed
from passatk.errors import InputError
from passatk.tokenizer import CodeGeeXTokenizer
from passatk.tokenizer.training import SMALLEST, train

_OPEN = 64
"""Windows that are being filled at once: enough that few tokens of any are left empty."""
_TOKENIZER_DOCUMENTS = 20_000
LEFT_OUT = "documents left out: longer than a window"

Piece = tuple[list[int], int]
"""Tokens, the end of text last; and how many of the first the loss does not count."""


def learn_tokenizer(paths: Sequence[Path], size: int) -> CodeGeeXTokenizer:
    """A tokenizer of `size` tokens from documents evenly spread over those for training.

    Raises:
        InputError: a file cannot be read, there are no documents, or the size is none that can be packed.
        SourceError: a line is no document.
    """
    if not SMALLEST <= size <= LARGEST_VOCABULARY:
        raise InputError(
            f"a vocabulary of {size} tokens: it must be {SMALLEST}, to hold every byte, to {LARGEST_VOCABULARY}, which"
            " 16 bits hold; choose another",
            setting="vocabulary",
        )
    total = sum(1 for _ in read_documents(paths))
    if not total:
        raise InputError(f"no documents in {', '.join(map(str, paths))}")
    every = max(1, total // _TOKENIZER_DOCUMENTS)
    chosen = (d for n, d in enumerate(read_documents(paths)) if n % every == 0 and d.split == "train")
    return train((d.prompt + d.completion for d in chosen), size)


def pieces_of(document: Document, tokenizer: CodeGeeXTokenizer, context: int) -> list[Piece]:
    """A document's tokens, in parts that fit a window.

    A function's document that does not fit is left out. Real code is cut at line ends, a line that is longer than a
    window inside, each part behind the language tag; all of it is there, and all of it counts.

    Raises:
        InputError: a window has no room for code behind its tag.
    """
    prompt = tokenizer.encode(document.prompt)
    if document.kind != "code":
        whole = [*prompt, *tokenizer.encode(document.completion), tokenizer.eos]
        return [(whole, len(prompt))] if len(whole) <= context + 1 else []
    room = context - len(prompt)
    if room < 1:
        raise InputError(
            f"a context of {context} tokens has no room for code: {document.prompt.strip()!r}, with which each part"
            f" begins, is {len(prompt)} tokens; choose a context above that",
            setting="context",
        )
    found: list[Piece] = []
    current: list[int] = []

    def close() -> None:
        found.append(([*prompt, *current, tokenizer.eos], 1))
        current.clear()

    for line in document.completion.splitlines(keepends=True):
        ids = tokenizer.encode(line)
        while len(current) + len(ids) > room:
            if len(ids) > room:
                free = room - len(current)
                current += ids[:free]
                ids = ids[free:]
            close()
        current += ids
    if current or not found:
        close()
    return found


class _Filler:
    """Puts each piece into the open window that it fills best; a window is closed when nothing finds room any more."""

    def __init__(self, width: int, eos: int):
        self._width, self._eos = width, eos
        self._open: list[tuple[list[int], list[bool]]] = []
        self.tokens: list[np.ndarray] = []
        self.counts: list[np.ndarray] = []
        self.filled = 0

    def add(self, piece: Piece) -> None:
        ids, prompt = piece
        self.filled += len(ids)
        fits = [window for window in self._open if len(window[0]) + len(ids) <= self._width]
        if fits:
            window = max(fits, key=lambda w: len(w[0]))
        else:
            window = ([], [])
            self._open.append(window)
        window[0].extend(ids)
        window[1].extend([False] * prompt + [True] * (len(ids) - prompt))
        if len(self._open) > _OPEN:
            fullest = max(range(len(self._open)), key=lambda number: len(self._open[number][0]))
            self._close(*self._open.pop(fullest))

    def _close(self, ids: list[int], counts: list[bool]) -> None:
        empty = self._width - len(ids)
        self.tokens.append(np.array(ids + [self._eos] * empty, dtype=np.uint16))
        counts[0] = False  # nothing is before it
        self.counts.append(np.array(counts + [False] * empty, dtype=np.bool_))

    def windows(self) -> Windows:
        while self._open:
            self._close(*self._open.pop(0))
        shape = (0, self._width)
        return Windows(
            tokens=np.stack(self.tokens) if self.tokens else np.zeros(shape, np.uint16),
            counts=np.stack(self.counts) if self.counts else np.zeros(shape, np.bool_),
        )


def pack(
    paths: Sequence[Path],
    tokenizer: CodeGeeXTokenizer,
    context: int,
    folder: Path,
    progress: Callable[[int, int], None] | None = None,
) -> PackedCorpus:
    """Pack the documents of some files into a folder for `passatk train`. `progress`: as `read_documents` has it.

    Raises:
        InputError: a file cannot be read, the tokenizer has too many tokens, a window has no room for code, or nothing
            is left for training or validation.
        SourceError: a line is no document, or a file is not what its manifest says.
    """
    check_vocabulary(tokenizer)
    sources = [source_file(path) for path in paths]
    fillers = {split: _Filler(context + 1, tokenizer.eos) for split in ("train", "valid")}
    seen: Counter[str] = Counter()
    for document in read_documents(paths, progress):
        pieces = pieces_of(document, tokenizer, context)
        seen["documents" if pieces else LEFT_OUT] += 1
        for piece in pieces:
            fillers[document.split].add(piece)
    windows = {split: filler.windows() for split, filler in fillers.items()}
    for split, found in windows.items():
        if not len(found):
            why = f"; {seen[LEFT_OUT]} are longer than a window of {context} tokens" if seen[LEFT_OUT] else ""
            raise InputError(
                f"no document is left for {split}{why}; a corpus needs some to train and some to validate (about one"
                " function in fifty): give a larger corpus or context",
                setting="context",
            )
    own = sum(filler.filled for filler in fillers.values())
    room = sum(found.tokens.size for found in windows.values())
    more = {**seen, "filled": round(own / room, 4), "sources": msgspec.to_builtins(sources)}
    return write_packed(folder, tokenizer, windows["train"], windows["valid"], more)
