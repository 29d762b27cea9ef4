"""What machines of a cluster must have in common."""

import pytest

pytest.importorskip("ray", reason="ray is not installed: pip install 'passatk[ray]'")

from passatk.judging.node import About
from passatk.nodes import differences


def test_what_differs_is_named_whole_and_from_both_sides() -> None:
    here = {"processor": "x", "dtype": "float32", "version of a": "1"}
    there = {"processor": "x", "dtype": "b" * 80, "version of b": "2"}
    assert differences(here, there) == [
        f"its dtype is {'b' * 80}, not float32",
        "its version of a is missing, not 1",
        "its version of b is 2, not missing",
    ]


def test_a_language_that_is_missing_here_is_not_compared() -> None:
    here = About(judge="1", processor="x", isolation="full", toolchains={"cpp": "", "go": "go 1", "r": "R 4"}, slots=0)
    there = About(judge="1", processor="x", isolation="full", toolchains={"cpp": "g++ 9", "r": "R 4"}, slots=9)
    assert here.differences(there) == ["its go is missing, not go 1"]
