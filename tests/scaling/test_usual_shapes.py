"""Which model is built for a number of parameters: one rule for plans and for training."""

import math

import pytest
from scaling_cases import CODE_LIKE

from passatk.scaling import Architecture, plan
from passatk.scaling.flops import matmul_only, parameters
from passatk.scaling.shapes import model_vocabulary, usual_heads, usual_shapes
from passatk.training.shapes import flops_per_token, shape_for
from passatk.training.shapes import parameters as parameters_of

SMALL = Architecture(vocabulary=1024, context=256)


def test_codegeex_is_the_usual_shape_of_its_size() -> None:
    shapes = usual_shapes(12.87e9, Architecture())
    assert (shapes[0].layers, shapes[0].hidden, shapes[0].heads) == (39, 5120, 40)
    assert len({shape.layers for shape in shapes}) == len(shapes)


@pytest.mark.parametrize("wanted", [8e4, 3e5, 2.8e6, 1e8, 1e9, 3e9, 1e10, 1e11])
def test_shapes_come_near_and_can_be_built(wanted: float) -> None:
    best = usual_shapes(wanted, SMALL)[0]
    assert parameters(best) == pytest.approx(wanted, rel=0.25)
    assert best.hidden % best.heads == 0
    assert best.feed_forward == 4 * best.hidden


@pytest.mark.parametrize(
    ("wanted", "layers", "hidden", "heads"),
    [(200_000, 1, 48, 3), (400_000, 1, 96, 3), (800_000, 1, 128, 2), (1_600_000, 2, 192, 3), (3_200_000, 2, 256, 4)],
)
def test_ladders_that_are_trained_stay_what_they_are(wanted: int, layers: int, hidden: int, heads: int) -> None:
    shape = shape_for(wanted, 1536, 384, 0)
    assert (shape.layers, shape.hidden, shape.heads) == (layers, hidden, heads)


@pytest.mark.parametrize("wanted", [2e5, 1e6, 5e6, 3e7])
def test_a_plan_and_training_mean_the_same_shape(wanted: float) -> None:
    planned = usual_shapes(wanted, Architecture(vocabulary=1536, context=384))[0]
    built = shape_for(round(wanted), 1536, 384, 0)
    assert (planned.layers, planned.hidden, planned.heads) == (built.layers, built.hidden, built.heads)
    assert parameters(planned) == parameters_of(built)
    assert matmul_only(planned).total == flops_per_token(built, 384)


def test_the_first_choice_of_a_plan_is_the_nearest() -> None:
    found = plan(CODE_LIKE, 1e17, SMALL)
    off = [abs(math.log(choice.parameters / found.optimum.parameters)) for choice in found.choices]
    assert off[0] == min(off)


def test_heads_and_vocabularies() -> None:
    assert [usual_heads(hidden) for hidden in (32, 48, 96, 128, 192, 2816, 5120)] == [1, 3, 3, 2, 3, 44, 40]
    assert usual_heads(33) == 1
    assert [model_vocabulary(size) for size in (1521, 1536)] == [1536, 1536]
