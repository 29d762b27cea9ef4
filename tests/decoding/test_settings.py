import pytest

from passatk.decoding import PRESETS, DecodingSettings, preset, with_changes
from passatk.errors import InputError, UnknownNameError


@pytest.mark.parametrize("name", PRESETS)
def test_presets_make_sense(name: str) -> None:
    preset(name).check(vocabulary=10)


def test_the_presets_are_those_of_the_documentation() -> None:
    nucleus, paper = preset("nucleus"), preset("humaneval-x")
    assert (nucleus.method, nucleus.top_p, nucleus.top_k) == ("sample", 0.95, None)
    assert (preset("contrastive").penalty_alpha, preset("contrastive").top_k) == (0.6, 4)
    assert (paper.temperature, paper.top_p, paper.max_new_tokens, paper.seed) == (0.8, 0.95, 1024, 42)


def test_an_unknown_preset_lists_what_exists() -> None:
    with pytest.raises(UnknownNameError, match="contrastive, greedy, humaneval-x, nucleus"):
        preset("nucleos")


REFUSED = [
    ({"temperature": 0.8}, "temperature = 0.8 does not apply to method 'greedy'"),
    ({"method": "contrastive", "penalty_alpha": 0.6, "top_k": 4, "temperature": 1.0}, "does not apply"),
    ({"method": "contrastive", "top_k": 4}, "needs penalty_alpha and top_k"),
    ({"method": "sample", "penalty_alpha": 0.1}, "does not apply to method 'sample'"),
    ({"method": "sample", "temperature": 0.0}, "temperature = 0.0: must be a number above 0"),
    ({"method": "sample", "temperature": float("nan")}, "temperature = nan"),
    ({"method": "sample", "top_p": 0.0}, "top_p = 0.0: must be a number above 0 and of at most 1"),
    ({"method": "sample", "top_k": 0}, "top_k = 0: must be a whole number of at least 1"),
    ({"max_new_tokens": 0}, "max_new_tokens = 0"),
    ({"exponential_decay_length_penalty": (-1, 1.5)}, "exponential_decay_length_penalty"),
    ({"exponential_decay_length_penalty": (1, 0.0)}, "exponential_decay_length_penalty"),
    ({"stop": ("",)}, "stop"),
    ({"truncate_before_pattern": ("(",)}, r"truncate_before_pattern '\(' is not a regular expression"),
    ({"forced_decoder_ids": ((0, 3), (0, 4))}, "two tokens at one position"),
    ({"forced_decoder_ids": ((-1, 3),)}, "positions from 0"),
    ({"forced_decoder_ids": ((0, 10),)}, "forced_decoder_ids has token 10; token ids of this model are 0 to 9"),
    ({"forced_decoder_ids": ((0, 3),), "suppress_tokens": (3,)}, "token 3 is forced .* and forbidden"),
    ({"suppress_tokens": (-1,)}, "suppress_tokens has token -1"),
    ({"suppress_tokens": tuple(range(10))}, "forbids all 10 tokens"),
]


@pytest.mark.parametrize(("changes", "message"), REFUSED)
def test_what_makes_no_sense_is_refused_by_name(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        DecodingSettings(**changes).check(vocabulary=10)  # type: ignore[arg-type]


def test_changes_are_checked_for_name_and_type() -> None:
    changed = with_changes(preset("humaneval-x"), [("temperature", 0.2), ("top_k", None), ("stop", ["\ndef "])])
    assert (changed.temperature, changed.top_p, changed.stop) == (0.2, 0.95, ("\ndef ",))
    with pytest.raises(UnknownNameError, match=r"'temprature'.* Did you mean 'temperature'"):
        with_changes(changed, [("temprature", 0.2)])
    with pytest.raises(InputError, match="temperature = 'hot': must be a number above 0"):
        with_changes(changed, [("temperature", "hot")])


def test_another_method_drops_what_does_not_apply_to_it() -> None:
    changed = with_changes(preset("humaneval-x"), [("method", "greedy")])
    changed.check()
    assert (changed.temperature, changed.top_p, changed.max_new_tokens) == (None, None, 1024)
