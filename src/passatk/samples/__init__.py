"""Generation files in: every format the field uses, told apart by content, checked line by line."""

from passatk.samples.folders import Origin, origin_of, place_of, samples_hash
from passatk.samples.reading import END_OF_TEXT, read_samples

__all__ = ["END_OF_TEXT", "Origin", "origin_of", "place_of", "read_samples", "samples_hash"]
