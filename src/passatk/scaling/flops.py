"""FLOP of training, counted three ways, for a transformer of a given shape.

6 N D is quick and too coarse for small models: it leaves out attention's products of tokens with tokens, and counts
embeddings that are looked up, not multiplied. A multiplication and an addition are 2 FLOP; backward is twice forward.
"""

from passatk.errors import InputError
from passatk.records import Record
from passatk.scaling.laws import FLOP_PER_PARAMETER_AND_TOKEN

_TRAINING = 3.0
"""Forward once, backward twice as much."""


class Shape(Record, frozen=True, kw_only=True):
    """The shape of a transformer, as far as FLOP and parameters depend on it."""

    layers: int
    """Blocks with attention; of CodeGeeX's kind without the top-query layer."""
    hidden: int
    heads: int
    feed_forward: int
    vocabulary: int
    """Rows of the token embedding."""
    context: int
    """Tokens of a training sequence, and learned positions."""
    top_query: bool = False
    """A last block whose queries come from an embedding of the position (CodeGeeX)."""
    tied: bool = True
    """The output matrix is the token embedding."""

    def check(self) -> None:
        """Raise InputError if no model can have this shape."""
        for name in ("layers", "hidden", "heads", "feed_forward", "vocabulary", "context"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} = {getattr(self, name)}: it must be positive")
        if self.hidden % self.heads:
            raise InputError(f"hidden = {self.hidden} cannot be shared among heads = {self.heads}")

    @property
    def blocks(self) -> int:
        """All blocks, the top-query layer included."""
        return self.layers + self.top_query


class FlopCount(Record, frozen=True, kw_only=True):
    """Training FLOP for one token, by one way of counting. `total` is the sum of its parts."""

    method: str
    parts: dict[str, float]

    @property
    def total(self) -> float:
        """FLOP a token."""
        return sum(self.parts.values())


def parameters(shape: Shape) -> int:
    """All parameters: matrices, biases, LayerNorms, embeddings; the top-query layer's where there is one.

    CodeGeeX-13B (39 blocks + 1, hidden 5120, vocabulary 52224, 2048 positions) has 12,873,943,040.
    """
    shape.check()
    h, f = shape.hidden, shape.feed_forward
    block = _block_matrices(shape) + (4 * h + f + h) + 4 * h
    output = 0 if shape.tied else shape.vocabulary * h
    return embedding_parameters(shape) + shape.blocks * block + 2 * h + output


def embedding_parameters(shape: Shape) -> int:
    """Of tokens, of positions, and of the top layer's queries; the first make the logits too, where they are tied."""
    return (shape.vocabulary + shape.context * (1 + shape.top_query)) * shape.hidden


def matmul_parameters(shape: Shape) -> int:
    """Parameters that every token is multiplied with: matrices of blocks and output; no look-ups, biases, norms."""
    shape.check()
    return shape.blocks * _block_matrices(shape) + shape.vocabulary * shape.hidden


def _block_matrices(shape: Shape) -> int:
    return 4 * shape.hidden**2 + 2 * shape.hidden * shape.feed_forward


def six_n_d(parameter_count: float) -> FlopCount:
    """6 a parameter, whichever are counted (Kaplan et al. 2020, section 2.1)."""
    return FlopCount(method="6nd", parts={"parameters": FLOP_PER_PARAMETER_AND_TOKEN * parameter_count})


def per_layer(shape: Shape) -> FlopCount:
    """Layer by layer, as Hoffmann et al. (2022), appendix F, count: embeddings as products, softmax at 3 an element."""
    shape.check()
    s, h = shape.context, shape.hidden
    forward = {
        "embeddings": 2.0 * shape.vocabulary * h,
        "queries, keys, values": shape.blocks * 2.0 * 3 * h * h,
        "scores": shape.blocks * 2.0 * s * h,
        "softmax": shape.blocks * 3.0 * shape.heads * s,
        "weighted sums": shape.blocks * 2.0 * s * h,
        "attention output": shape.blocks * 2.0 * h * h,
        "feed-forward": shape.blocks * 2.0 * 2 * h * shape.feed_forward,
        "logits": 2.0 * h * shape.vocabulary,
    }
    return FlopCount(method="per-layer", parts={part: _TRAINING * count for part, count in forward.items()})


def matmul_only(shape: Shape) -> FlopCount:
    """Matrix products alone: what the hardware's peak is measured in (Chowdhery et al. 2022, appendix B).

    All pairs of tokens count, also those that a causal mask hides: most kernels compute them.
    """
    shape.check()
    return FlopCount(
        method="matmul",
        parts={
            "blocks": _TRAINING * 2.0 * shape.blocks * _block_matrices(shape),
            "attention": _TRAINING * 2.0 * 2 * shape.context * shape.hidden * shape.blocks,
            "logits": _TRAINING * 2.0 * shape.hidden * shape.vocabulary,
        },
    )


def all_counts(shape: Shape) -> tuple[FlopCount, ...]:
    """6 N D with all parameters, per layer, and matrix products alone."""
    return six_n_d(parameters(shape)), per_layer(shape), matmul_only(shape)
