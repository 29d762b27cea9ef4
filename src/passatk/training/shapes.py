"""Sizes of CodeGeeX models: a shape for a number of parameters, what is counted, and how much arithmetic it is."""

from passatk.errors import InputError
from passatk.models.codegeex import CodeGeeXConfig

_WIDTHS = (*range(32, 128, 16), *range(128, 4097, 32))
_HEAD = 64
"""Width of a head, where the width allows."""
_ASPECT = 64
"""Wanted width for a layer, the top-query layer counted."""
_MOST_LAYERS = 48


def parameters(shape: CodeGeeXConfig) -> int:
    """All of them; the token embedding counts once, though it makes the logits too."""
    return embedding_parameters(shape) + non_embedding_parameters(shape)


def embedding_parameters(shape: CodeGeeXConfig) -> int:
    """Of tokens, of positions, and of the top layer's queries."""
    return (shape.vocabulary + 2 * shape.positions) * shape.hidden


def non_embedding_parameters(shape: CodeGeeXConfig) -> int:
    """All others."""
    hidden, wide = shape.hidden, shape.feed_forward
    layer = 4 * hidden * hidden + 2 * hidden * wide + 4 * hidden + wide + hidden + 4 * hidden
    return (shape.layers + 1) * layer + 2 * hidden


def flops_per_token(shape: CodeGeeXConfig, context: int) -> int:
    """Floating-point operations of training on one token: matrix products only, backward twice forward.

    Forward, 2 for each weight of a projection or feed-forward matrix; 4 x context x hidden for attention in each layer,
    future positions counted; 2 x vocabulary x hidden for the logits, which are counted at every position.
    """
    hidden = shape.hidden
    layer = 2 * (4 * hidden * hidden + 2 * hidden * shape.feed_forward) + 4 * context * hidden
    return 3 * ((shape.layers + 1) * layer + 2 * shape.vocabulary * hidden)


def model_vocabulary(tokenizer_size: int) -> int:
    """Rows of the embedding: the tokenizer's ids, padded to a multiple of 16."""
    return -(-tokenizer_size // 16) * 16


def shape_for(wanted: int, vocabulary: int, positions: int, eos: int) -> CodeGeeXConfig:
    """The usual shape whose number of parameters comes nearest to `wanted`.

    Widths are multiples of 16, from 128 on of 32; feed-forward is four times as wide. A width has 48 to 96 for each
    layer, the top-query layer counted; the smallest models have less, with one layer below it.

    Raises:
        InputError: even the smallest one is more than twice as large, or none is large enough.
    """
    found: list[tuple[float, float, CodeGeeXConfig]] = []
    for hidden in _WIDTHS:
        for layers in range(1, _MOST_LAYERS):
            aspect = hidden / (layers + 1)
            if not 0.75 * _ASPECT <= aspect <= 1.5 * _ASPECT and not (layers == 1 and aspect < 0.75 * _ASPECT):
                continue
            shape = shape_of(layers, hidden, None, vocabulary, positions, eos)
            found.append((abs(parameters(shape) - wanted), abs(aspect - _ASPECT), shape))
    _, _, shape = min(found, key=lambda one: one[:2])
    if not 0.5 <= parameters(shape) / wanted <= 2:
        raise InputError(
            f"no usual shape has about {wanted} parameters; the nearest has {parameters(shape)}."
            " Give --layers and --hidden, or another number"
        )
    return shape


def shape_of(layers: int, hidden: int, heads: int | None, vocabulary: int, positions: int, eos: int) -> CodeGeeXConfig:
    """A shape with the usual feed-forward, and heads of 64 (or of 32, in narrow models) unless told.

    Raises:
        InputError: no model can have it.
    """
    if heads is None:
        width = next((width for width in (_HEAD, _HEAD // 2, _HEAD // 4) if hidden % width == 0), hidden)
        heads = max(1, hidden // width)
    shape = CodeGeeXConfig(
        layers=layers,
        hidden=hidden,
        heads=heads,
        feed_forward=4 * hidden,
        positions=positions,
        vocabulary=vocabulary,
        eos=eos,
    )
    shape.check()
    return shape
