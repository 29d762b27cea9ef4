"""How tokens are chosen: settings, random numbers, logits processors, samplers, and the engine that runs them."""

from passatk.decoding.settings import PRESETS, Decoding, DecodingSettings, preset, with_changes

__all__ = ["PRESETS", "Decoding", "DecodingSettings", "preset", "with_changes"]
