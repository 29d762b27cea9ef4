"""Problem -> prompt, and raw model text -> completion."""

from passatk.prompts.truncation import completion

__all__ = ["completion"]
