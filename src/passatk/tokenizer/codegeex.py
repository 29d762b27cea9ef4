"""GPT-2's byte-level BPE, with one token for every run of 2 to 10 spaces.

A folder holds `vocab.json` and `merges.txt` (the BPE, `<|endoftext|>` among its entries) and `added_tokens.json`
(`<|extratoken_N|>` -> id). The extra token N stands for N - 8 spaces where N is 10 to 18; longer runs are cut into tens
first. The others have no meaning of their own and are shown as they are written.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel

from passatk.errors import InputError
from passatk.regex import regex

END_OF_TEXT = "<|endoftext|>"
MOST_SPACES = 10
_LEAST_SPACES = 2
_SPACES_FROM = 8
_RUN = regex(r"( {2,10})")
VOCABULARY, MERGES, ADDED = "vocab.json", "merges.txt", "added_tokens.json"


def extra_token(number: int) -> str:
    """How extra token `number` is written."""
    return f"<|extratoken_{number}|>"


def space_token(spaces: int) -> str:
    """The extra token for a run of `spaces` spaces."""
    return extra_token(_SPACES_FROM + spaces)


class CodeGeeXTokenizer:
    """Text to token ids and back.

    Whatever is written in a text is text: `<|endoftext|>` in a prompt becomes the tokens of these 13 characters, not
    the one that ends a sample. So `decode(encode(text)) == text` for every text that UTF-8 can hold.
    """

    def __init__(self, vocabulary: dict[str, int], merges: Sequence[tuple[str, str]], added: dict[str, int]):
        """From what the three files of a folder hold."""
        self._vocabulary, self._merges, self._added = vocabulary, list(merges), added
        self.eos = vocabulary[END_OF_TEXT]
        """Id of `<|endoftext|>`, which ends a sample and pads."""
        # text is never to be taken for the end-of-text token, so the BPE does not know it
        known = {token: number for token, number in vocabulary.items() if token != END_OF_TEXT}
        self._bpe = Tokenizer(BPE(known, self._merges))
        self._bpe.pre_tokenizer = ByteLevel(add_prefix_space=False)
        self._spaces = {n: added[space_token(n)] for n in range(_LEAST_SPACES, MOST_SPACES + 1)}
        self._bytes = {number: _bytes_of(token) for token, number in known.items()}
        self._bytes |= {number: token.encode() for token, number in added.items()}
        self._bytes |= {number: b" " * spaces for spaces, number in self._spaces.items()}
        self._text_ids = frozenset(self._bytes)
        self._bytes[self.eos] = END_OF_TEXT.encode()

    @classmethod
    def load(cls, folder: Path) -> "CodeGeeXTokenizer":
        """Read a tokenizer from its files.

        Raises:
            InputError: a file is missing, or is not what it should be.
        """
        vocabulary = _read_ids(folder / VOCABULARY)
        added = _read_ids(folder / ADDED)
        try:
            lines = (folder / MERGES).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot read {folder / MERGES}: {error}") from error
        pairs = [line.split(" ") for line in lines if line and not line.startswith("#version")]
        if wrong := next((pair for pair in pairs if len(pair) != 2), None):
            raise InputError(f"{folder / MERGES} has the line {' '.join(wrong)!r}; expected two tokens and one space")
        needed = {END_OF_TEXT: vocabulary, **{space_token(n): added for n in range(_LEAST_SPACES, MOST_SPACES + 1)}}
        if missing := next((token for token, place in needed.items() if token not in place), None):
            raise InputError(f"{folder} is no CodeGeeX tokenizer: it has no token {missing}")
        try:
            return cls(vocabulary, [(left, right) for left, right in pairs], added)
        except Exception as error:
            raise InputError(f"{folder} is no BPE tokenizer: {error}") from error

    def save(self, folder: Path) -> None:
        """Write the three files that `load` reads."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.files().items():
            (folder / name).write_text(text, encoding="utf-8")

    def files(self) -> dict[str, str]:
        """Name -> text of the three files. Two tokenizers are the same where they are."""
        vocabulary, added = (json.dumps(tokens, ensure_ascii=False) for tokens in (self._vocabulary, self._added))
        merges = "".join(f"{left} {right}\n" for left, right in self._merges)
        return {VOCABULARY: vocabulary, ADDED: added, MERGES: f"#version: 0.2\n{merges}"}

    @property
    def size(self) -> int:
        """One more than the highest id that means something."""
        return max(self._bytes) + 1

    def encode(self, text: str) -> list[int]:
        """The ids of `text`.

        Raises:
            InputError: it holds a lone surrogate, which has no bytes.
        """
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise InputError(f"cannot tokenize {text[error.start]!r} at character {error.start}: not Unicode") from None
        parts = _RUN.split(text)
        encoded = iter(self._bpe.encode_batch_fast(parts[::2]))
        ids: list[int] = []
        for number, part in enumerate(parts):
            if number % 2:
                ids.append(self._spaces[len(part)])
            else:
                ids += next(encoded).ids
        return ids

    def encode_chat(self, _text: str) -> list[int]:
        """CodeGeeX has no chat template.

        Raises:
            InputError: always.
        """
        raise InputError("CodeGeeX continues text and has no chat template; leave chat out", setting="chat")

    def token_bytes(self, token: int) -> bytes:
        """What `token` stands for; nothing, if it is one that only pads a model's vocabulary."""
        return self._bytes.get(token, b"")

    def decode_bytes(self, ids: Sequence[int], skip_special_tokens: bool = False) -> bytes:
        """The bytes of a sequence of ids. The only special token is `<|endoftext|>`; runs of spaces are text."""
        if skip_special_tokens:
            ids = [token for token in ids if token != self.eos]
        return b"".join(map(self.token_bytes, ids))

    def decode(self, ids: Sequence[int], skip_special_tokens: bool = False) -> str:
        """The text of a sequence of ids; bytes that are not UTF-8, as at a cut, become U+FFFD."""
        return self.decode_bytes(ids, skip_special_tokens).decode("utf-8", "replace")

    def meaningless(self, vocabulary: int) -> list[int]:
        """Ids below `vocabulary`, the number of a model's logits, that decode to nothing: not to be sampled."""
        return [token for token in range(vocabulary) if token not in self._text_ids and token != self.eos]


@cache
def _byte_of() -> dict[str, int]:
    """GPT-2's way of writing bytes as printable characters (`bytes_to_unicode` in its encoder.py)."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in set(printable)]
    return {chr(byte): byte for byte in printable} | {chr(256 + n): byte for n, byte in enumerate(others)}


def _bytes_of(token: str) -> bytes:
    table = _byte_of()
    return bytes(table[character] for character in token)


def _read_ids(file: Path) -> dict[str, int]:
    try:
        tokens: Any = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {file}: {error}") from error
    if not isinstance(tokens, dict) or not all(isinstance(number, int) for number in tokens.values()):
        raise InputError(f"{file} does not map tokens to ids")
    return tokens
