"""Generation files in: every format the field uses, told apart by content, checked line by line."""

from passatk.samples.reading import read_samples, samples_hash

__all__ = ["read_samples", "samples_hash"]
