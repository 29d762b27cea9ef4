"""Usual shapes of CodeGeeX's architecture: what is built when a number of parameters is asked for."""

from collections.abc import Iterator

from passatk.records import Record
from passatk.scaling.flops import Shape, parameters

_WIDTHS = (*range(32, 128, 16), *range(128, 1024, 32), *range(1024, 2048, 64), *range(2048, 16385, 256))
_WIDE = 3072
"""From this width on a layer is twice as wide as in smaller models, and its heads too, as in CodeGeeX-13B."""
_ASPECT, _HEAD = 64, 64
"""Wanted width for a layer, the top-query layer counted; width of a head, where the width allows."""
_MOST_LAYERS = 128


class Architecture(Record, frozen=True, kw_only=True):
    """What all shapes of a plan share: by default that of a small CodeGeeX."""

    vocabulary: int = 52224
    context: int = 2048
    top_query: bool = True


def model_vocabulary(tokenizer_size: int) -> int:
    """Rows of the embedding: the tokenizer's ids, padded to a multiple of 16."""
    return -(-tokenizer_size // 16) * 16


def usual_heads(hidden: int) -> int:
    """Of 64 each, of 32 or 16 where the width allows no wider ones; of 128 in models as wide as CodeGeeX."""
    widest = 2 * _HEAD if hidden >= _WIDE else _HEAD
    width = next((width for width in (widest, _HEAD, _HEAD // 2, _HEAD // 4) if hidden % width == 0), hidden)
    return max(1, hidden // width)


def usual_shapes(wanted: float, architecture: Architecture) -> list[Shape]:
    """For each depth the usual shape whose number of parameters comes nearest to `wanted`, the nearest of all first.

    Widths are multiples of 16, from 128 on of 32, from 1024 on of 64, from 2048 on of 256; feed-forward is four times
    as wide. A width has 48 to 96 for each layer, the top-query layer counted, from 3072 on 96 to 192; the smallest
    models have less, with one layer below it.
    """
    ranked = sorted(_usual(architecture), key=lambda one: (abs(parameters(one[1]) - wanted), one[0]))
    nearest: dict[int, Shape] = {}
    for _, shape in ranked:
        nearest.setdefault(shape.layers, shape)
    return list(nearest.values())


def _usual(architecture: Architecture) -> Iterator[tuple[float, Shape]]:
    """All usual shapes, and how far the width of a layer is from what is wanted."""
    for hidden in _WIDTHS:
        aspect = 2 * _ASPECT if hidden >= _WIDE else _ASPECT
        for layers in range(1, _MOST_LAYERS):
            each = hidden / (layers + architecture.top_query)
            if 0.75 * aspect <= each <= 1.5 * aspect or (layers == 1 and each < 0.75 * aspect):
                shape = Shape(
                    layers=layers,
                    hidden=hidden,
                    heads=usual_heads(hidden),
                    feed_forward=4 * hidden,
                    vocabulary=architecture.vocabulary,
                    context=architecture.context,
                    top_query=architecture.top_query,
                )
                yield abs(each - aspect), shape
