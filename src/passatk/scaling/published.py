"""Laws others have published, and models to place beside them: numbers, where they come from, where they hold."""

import math

from passatk.errors import UnknownNameError
from passatk.records import Record
from passatk.scaling.flops import Shape
from passatk.scaling.laws import FittedRange, Law, Span


class KnownModel(Record, frozen=True, kw_only=True):
    """A trained model. `unique_tokens` is None where its makers do not say how many differ."""

    name: str
    parameters: float
    tokens: float
    unique_tokens: float | None = None
    source: str


_CHINCHILLA = FittedRange(
    parameters=Span(low=44e6, high=16.183e9),
    tokens=Span(low=1.39e9, high=500e9),
    flops=Span(low=1.39e18, high=1.3e22),
)
_FIGURE_4 = FittedRange(
    parameters=Span(low=57_334_197, high=16_183_346_311),
    tokens=Span(low=1_393_566_501, high=317_754_489_344),
    flops=Span(low=1.397e18, high=1.2957e22),
)

PUBLISHED: dict[str, Law] = {
    law.name: law
    for law in (
        Law(
            name="hoffmann",
            source="Hoffmann et al. 2022, arXiv:2203.15556, equation 10, as printed: rounded. Over 400 runs on"
            " MassiveText; sizes of table A9, FLOP of figure 4",
            A=406.4,
            B=410.7,
            E=1.69,
            alpha=0.34,
            beta=0.28,
            fitted=_CHINCHILLA,
        ),
        Law(
            name="hoffmann-unrounded",
            source="the same before rounding: from the comment behind equation 10 in the paper's TeX source",
            A=math.exp(6.0073404),
            B=math.exp(6.0179186),
            E=math.exp(0.5267228),
            alpha=0.33917084,
            beta=0.2849083,
            fitted=_CHINCHILLA,
        ),
        Law(
            name="besiroglu",
            source="Besiroglu et al. 2024, arXiv:2404.10102: refit to 240 runs read off Hoffmann et al.'s figure 4, as"
            " printed in the equation: all five constants rounded in one way",
            A=482.01,
            B=2085.43,
            E=1.8172,
            alpha=0.3478,
            beta=0.3658,
            fitted=_FIGURE_4,
        ),
        Law(
            name="muennighoff",
            source="Muennighoff et al. 2023, arXiv:2305.16264, appendix: C4, 54 runs of one epoch, alpha and beta tied."
            " The decay of excess parameters, their R*_N, is left out",
            A=math.exp(6.255414),
            B=math.exp(7.3049974),
            E=math.exp(0.6254804),
            alpha=0.3526596,
            beta=0.3526596,
            fitted=FittedRange(
                parameters=Span(low=7e6, high=8.7e9),
                tokens=Span(low=1e8, high=900e9),
                flops=Span(low=4.2e15, high=9.3e21),
            ),
        ),
        Law(
            name="refit-234",
            source="passatk's own refit of 234 of the runs read off Hoffmann et al.'s figure 4; covariance from 4,000"
            " resamples (docs/scaling.md)",
            A=442.16406,
            B=1271.8080,
            E=1.7838941,
            alpha=0.34262604,
            beta=0.34200190,
            fitted=_FIGURE_4,
            covariance=(
                (0.060621916, -0.036901726, 0.00144559, 0.003600633, -0.001837111),
                (-0.036901726, 0.149016289, 0.003355029, -0.002244373, 0.007363532),
                (0.00144559, 0.003355029, 0.000183483, 8.4804e-05, 0.000165634),
                (0.003600633, -0.002244373, 8.4804e-05, 0.00021412, -0.000111811),
                (-0.001837111, 0.007363532, 0.000165634, -0.000111811, 0.000364038),
            ),
        ),
    )
}
"""By name. Loss is in nats per token of each paper's own tokenizer and text: compare optima, not losses."""

KNOWN_MODELS: dict[str, KnownModel] = {
    model.name: model
    for model in (
        KnownModel(
            name="codegeex",
            parameters=12_873_943_040,
            tokens=850e9,
            unique_tokens=158.7e9,
            source="Zheng et al. 2023, arXiv:2303.17568: 158.7 billion tokens of code, a little over five epochs",
        ),
        KnownModel(
            name="starcoder",
            parameters=15.5e9,
            tokens=1e12,
            unique_tokens=250e9,
            source="Li et al. 2023, arXiv:2305.06161",
        ),
        KnownModel(name="santacoder", parameters=1.1e9, tokens=236e9, source="Ben Allal et al. 2023, arXiv:2301.03988"),
        KnownModel(name="chinchilla", parameters=70e9, tokens=1.4e12, source="Hoffmann et al. 2022, arXiv:2203.15556"),
        KnownModel(name="gopher", parameters=280e9, tokens=300e9, source="Rae et al. 2021, arXiv:2112.11446"),
        KnownModel(name="gpt-3", parameters=175e9, tokens=300e9, source="Brown et al. 2020, arXiv:2005.14165"),
        KnownModel(name="llama-7b", parameters=6.7e9, tokens=1e12, source="Touvron et al. 2023, arXiv:2302.13971"),
    )
}

KNOWN_SHAPES: dict[str, Shape] = {
    "codegeex": Shape(
        layers=39, hidden=5120, heads=40, feed_forward=20480, vocabulary=52224, context=2048, top_query=True
    ),
}


def published(name: str) -> Law:
    """A published law by its exact name.

    Raises:
        UnknownNameError: there is none; lists what there is.
    """
    if name not in PUBLISHED:
        raise UnknownNameError("law", name, PUBLISHED)
    return PUBLISHED[name]


def known_model(name: str) -> KnownModel:
    """A known model by its exact name.

    Raises:
        UnknownNameError: there is none; lists what there is.
    """
    if name not in KNOWN_MODELS:
        raise UnknownNameError("model", name, KNOWN_MODELS, "Or give parameters and tokens.")
    return KNOWN_MODELS[name]


def known_shape(name: str) -> Shape:
    """The shape of a known model by its exact name.

    Raises:
        UnknownNameError: there is none; lists what there is.
    """
    if name not in KNOWN_SHAPES:
        raise UnknownNameError("shape", name, KNOWN_SHAPES, "Or give layers, width and the rest.")
    return KNOWN_SHAPES[name]
