"""FLOP and parameters of a shape, by hand and as known."""

import pytest

from passatk.errors import InputError, UnknownNameError
from passatk.scaling import Shape
from passatk.scaling.flops import all_counts, matmul_only, matmul_parameters, parameters, per_layer, six_n_d
from passatk.scaling.published import KNOWN_MODELS, known_shape

SMALL = Shape(layers=6, hidden=192, heads=6, feed_forward=768, vocabulary=1024, context=256)
TINY = Shape(layers=1, hidden=4, heads=2, feed_forward=8, vocabulary=10, context=3)


def test_codegeex_has_its_exact_number_of_parameters() -> None:
    assert parameters(known_shape("codegeex")) == 12_873_943_040 == KNOWN_MODELS["codegeex"].parameters


def test_a_tiny_shape_counted_by_hand() -> None:
    matrices = 4 * 16 + 2 * 32
    assert matmul_parameters(TINY) == matrices + 40
    biases, norms = 12 + 4 + 8 + 4, 2 * 2 * 4
    assert parameters(TINY) == matrices + biases + norms + 40 + 12 + 8
    assert matmul_only(TINY).parts == {"blocks": 6 * matrices, "attention": 3 * 2 * 2 * 3 * 4, "logits": 6 * 40}
    assert per_layer(TINY).parts == {
        "embeddings": 3 * 2 * 10 * 4,
        "queries, keys, values": 3 * 2 * 3 * 4 * 4,
        "scores": 3 * 2 * 3 * 4,
        "softmax": 3 * 3 * 2 * 3,
        "weighted sums": 3 * 2 * 3 * 4,
        "attention output": 3 * 2 * 4 * 4,
        "feed-forward": 3 * 2 * 2 * 4 * 8,
        "logits": 3 * 2 * 4 * 10,
    }


def test_attention_adds_a_fifth_to_a_small_model() -> None:
    assert parameters(SMALL) == pytest.approx(2.9e6, rel=0.02)
    share = matmul_only(SMALL).parts["attention"] / six_n_d(parameters(SMALL)).total
    assert share == pytest.approx(0.21, abs=0.01)


def test_the_counts_agree_on_large_models_and_not_on_small_ones() -> None:
    large, small = (
        [count.total / all_counts(shape)[0].total for count in all_counts(shape)]
        for shape in (known_shape("codegeex"), SMALL)
    )
    assert large == pytest.approx([1, 1.08, 1.06], abs=0.01)
    assert max(small) > 1.2


def test_an_output_matrix_of_its_own_counts() -> None:
    untied = Shape(layers=1, hidden=4, heads=2, feed_forward=8, vocabulary=10, context=3, tied=False)
    assert parameters(untied) - parameters(TINY) == 40


def test_impossible_shapes_are_errors() -> None:
    with pytest.raises(InputError, match="hidden = 10 cannot be shared among heads = 3"):
        parameters(Shape(layers=1, hidden=10, heads=3, feed_forward=8, vocabulary=10, context=3))
    with pytest.raises(InputError, match="layers = 0"):
        matmul_only(Shape(layers=0, hidden=10, heads=2, feed_forward=8, vocabulary=10, context=3))
    with pytest.raises(UnknownNameError, match="unknown shape 'gpt-9'"):
        known_shape("gpt-9")
