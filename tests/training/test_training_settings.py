import pytest

from passatk.errors import InputError, UnknownNameError
from passatk.models.codegeex import CodeGeeX, CodeGeeXConfig
from passatk.training.settings import TrainingSettings, usual_batch, usual_learning_rate, usual_micro_batch
from passatk.training.shapes import (
    embedding_parameters,
    flops_per_token,
    non_embedding_parameters,
    parameters,
    shape_for,
    shape_of,
)


def settings(**changes: object) -> TrainingSettings:
    usual = {"tokens": 100_000, "batch_size": 4, "micro_batch": 2, "learning_rate": 1.0}
    return TrainingSettings(**{**usual, **changes})  # type: ignore[arg-type]


def test_steps_cover_the_budget() -> None:
    assert settings(tokens=4 * 50 * 3).steps(50) == 3
    assert settings(tokens=4 * 50 * 3 + 1).steps(50) == 4
    assert settings(tokens=1).steps(50) == 1


@pytest.mark.parametrize("schedule", ["cosine", "linear", "wsd"])
def test_the_learning_rate_rises_and_falls_to_its_end(schedule: str) -> None:
    told = settings(schedule=schedule, warmup=0.1, final_learning_rate=0.05)
    rates = [told.learning_rate_at(step, 100) for step in range(100)]
    assert rates[:10] == pytest.approx([0.1 * n for n in range(1, 11)])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[-1] == pytest.approx(0.05)
    middle = {"cosine": 0.525, "linear": 0.525, "wsd": 1.0}
    assert rates[54] == pytest.approx(middle[schedule])


def test_one_step_is_a_whole_run() -> None:
    assert settings().learning_rate_at(0, 1) == 1.0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"tokens": 0}, "tokens = 0"),
        ({"learning_rate": float("nan")}, "learning_rate = nan"),
        ({"learning_rate": float("inf")}, "learning_rate = inf"),
        ({"warmup": 1.5}, "warmup = 1.5"),
        ({"beta2": 1.0}, "beta2 = 1.0"),
        ({"weight_decay": -0.1}, "weight_decay = -0.1"),
        ({"seed": -1}, "seed = -1"),
        ({"batch_size": 5}, "batch_size = 5 is not a multiple of micro_batch = 2"),
    ],
)
def test_senseless_settings_are_named(change: dict[str, object], told: str) -> None:
    with pytest.raises(InputError, match=told):
        settings(**change).check()


def test_names_are_looked_up() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'cosine'"):
        settings(schedule="cosin").check()
    with pytest.raises(UnknownNameError, match="bfloat16, float32"):
        settings(precision="float8").check()


def test_usual_batches() -> None:
    assert usual_batch(50_000_000, 256) == 64
    assert usual_batch(4_200_000, 256) == 16
    assert usual_batch(1000, 256) == 4
    assert usual_micro_batch(64, 256) == 16
    assert usual_micro_batch(6, 1300) == 3
    assert usual_micro_batch(4, 8192) == 1
    assert usual_learning_rate(4_000_000) < usual_learning_rate(1_000_000) == 0.005


SHAPE = CodeGeeXConfig(layers=3, hidden=48, heads=4, feed_forward=96, positions=64, vocabulary=100, eos=99)


@pytest.mark.parametrize(
    "shape", [SHAPE, CodeGeeXConfig(layers=1, hidden=8, heads=1, feed_forward=5, positions=3, vocabulary=7, eos=1)]
)
def test_parameters_are_those_of_the_model(shape: CodeGeeXConfig) -> None:
    named = dict(CodeGeeX(shape).named_parameters())
    assert parameters(shape) == sum(parameter.numel() for parameter in named.values())
    assert embedding_parameters(shape) == sum(p.numel() for name, p in named.items() if "embeddings" in name)
    assert parameters(CodeGeeXConfig()) == 12_873_943_040


def test_flops_are_near_six_for_each_parameter_of_a_large_model() -> None:
    large = CodeGeeXConfig()
    ratio = flops_per_token(large, 2048) / (6 * (non_embedding_parameters(large) + large.vocabulary * large.hidden))
    assert 1.0 < ratio < 1.1
    small = shape_for(3_000_000, 2048, 256, 2047)
    assert flops_per_token(small, 256) > 6 * non_embedding_parameters(small)


@pytest.mark.parametrize("wanted", [150_000, 300_000, 1_000_000, 3_000_000, 5_000_000, 20_000_000, 100_000_000])
def test_shapes_come_near_what_is_wanted(wanted: int) -> None:
    shape = shape_for(wanted, 2048, 256, 2047)
    assert 0.75 < parameters(shape) / wanted < 1.3
    assert shape.hidden % shape.heads == 0


def test_shapes_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="about 1000 parameters"):
        shape_for(1000, 2048, 256, 2047)
    with pytest.raises(InputError, match="heads = 5"):
        shape_of(2, 64, 5, 100, 10, 99)
