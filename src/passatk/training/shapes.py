"""Sizes of CodeGeeX models: a shape for a number of parameters, what is counted, and how much arithmetic it is.

What is usual and how it is counted stands in `scaling`, where plans are made; here it is of models that can be built.
"""

from passatk.errors import InputError
from passatk.models.codegeex import CodeGeeXConfig
from passatk.scaling import Architecture, Shape, flops
from passatk.scaling.shapes import usual_heads, usual_shapes


def parameters(shape: CodeGeeXConfig) -> int:
    """All of them; the token embedding counts once, though it makes the logits too."""
    return flops.parameters(_counted(shape, shape.positions))


def embedding_parameters(shape: CodeGeeXConfig) -> int:
    """Of tokens, of positions, and of the top layer's queries."""
    return flops.embedding_parameters(_counted(shape, shape.positions))


def non_embedding_parameters(shape: CodeGeeXConfig) -> int:
    """All others."""
    return parameters(shape) - embedding_parameters(shape)


def flops_per_token(shape: CodeGeeXConfig, context: int) -> int:
    """Floating-point operations of training on one token: matrix products only, backward twice forward.

    Forward, 2 for each weight of a projection or feed-forward matrix; 4 x context x hidden for attention in each layer,
    future positions counted; 2 x vocabulary x hidden for the logits, which are counted at every position.
    """
    return round(flops.matmul_only(_counted(shape, context)).total)


def shape_for(wanted: int, vocabulary: int, positions: int, eos: int) -> CodeGeeXConfig:
    """The usual shape (`passatk.scaling.shapes.usual_shapes`) whose number of parameters comes nearest to `wanted`.

    Raises:
        InputError: even the smallest one is more than twice as large, or none is large enough.
    """
    usual = usual_shapes(wanted, Architecture(vocabulary=vocabulary, context=positions))[0]
    shape = shape_of(usual.layers, usual.hidden, usual.heads, vocabulary, positions, eos)
    if not 0.5 <= parameters(shape) / wanted <= 2:
        raise InputError(
            f"no usual shape has about {wanted} parameters; the nearest has {parameters(shape)}."
            " Choose another number, or layers and width"
        )
    return shape


def shape_of(layers: int, hidden: int, heads: int | None, vocabulary: int, positions: int, eos: int) -> CodeGeeXConfig:
    """A shape with the usual feed-forward, and the usual heads unless told.

    Raises:
        InputError: no model can have it.
    """
    shape = CodeGeeXConfig(
        layers=layers,
        hidden=hidden,
        heads=usual_heads(hidden) if heads is None else heads,
        feed_forward=4 * hidden,
        positions=positions,
        vocabulary=vocabulary,
        eos=eos,
    )
    shape.check()
    return shape


def _counted(shape: CodeGeeXConfig, context: int) -> Shape:
    return Shape(
        layers=shape.layers,
        hidden=shape.hidden,
        heads=shape.heads,
        feed_forward=shape.feed_forward,
        vocabulary=shape.vocabulary,
        context=context,
        top_query=True,
    )
