"""Training a tokenizer of CodeGeeX's scheme on other text: fewer tokens, for a small model."""

import json
import re
from collections.abc import Iterable, Iterator

from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer

from passatk.errors import InputError
from passatk.tokenizer.codegeex import END_OF_TEXT, MOST_SPACES, CodeGeeXTokenizer, space_token

_BYTES = 256
_LEAST_SPACES = 2
_EXTRA = MOST_SPACES - _LEAST_SPACES + 1
SMALLEST = _BYTES + 1 + _EXTRA
"""Every byte, the end of text, and the runs of spaces."""


def train(texts: Iterable[str], size: int) -> CodeGeeXTokenizer:
    """Learn merges from `texts` until there are `size` tokens in all; fewer if the texts have no more to merge.

    Ids: the bytes and merges, then the end of text, then runs of 2 to 10 spaces. The same texts give the same ids.

    Raises:
        InputError: `size` is too small to hold every byte and the tokens of the scheme.
    """
    if size < SMALLEST:
        raise InputError(f"a tokenizer of {size} tokens cannot hold every byte; it needs at least {SMALLEST}")
    bpe = Tokenizer(BPE())
    bpe.pre_tokenizer = ByteLevel(add_prefix_space=False)
    trainer = BpeTrainer(
        vocab_size=size - 1 - _EXTRA, initial_alphabet=sorted(ByteLevel.alphabet()), show_progress=False
    )
    bpe.train_from_iterator(_between_runs(texts), trainer)
    learned = json.loads(bpe.to_str())["model"]
    vocabulary: dict[str, int] = learned["vocab"]
    eos = vocabulary[END_OF_TEXT] = len(vocabulary)
    added = {space_token(n): eos + 1 + n - _LEAST_SPACES for n in range(_LEAST_SPACES, MOST_SPACES + 1)}
    return CodeGeeXTokenizer(vocabulary, [(left, right) for left, right in learned["merges"]], added)


def _between_runs(texts: Iterable[str]) -> Iterator[str]:
    """What the BPE sees of the texts: runs of spaces have tokens of their own."""
    for text in texts:
        yield from re.split(r" {2,}", text)
