"""Slots of several judges share the CPUs evenly."""

import contextlib
import subprocess
import sys
from collections import Counter

import pytest

from passatk.judging.cpus import Place

CPUS = (900_001, 900_002, 900_003)
"""Of no machine, so that other judges here are not in the way."""
ANOTHER = f"from passatk.judging.cpus import Place; place = Place({CPUS}); print(place.cpu, flush=True); input()"


def test_each_cpu_has_as_many_and_one_that_became_free_is_next() -> None:
    with contextlib.ExitStack() as stack:
        places = [stack.enter_context(contextlib.closing(Place(CPUS))) for _ in range(6)]
        assert Counter(place.cpu for place in places) == dict.fromkeys(CPUS, 2)
        places[4].close()
        assert stack.enter_context(contextlib.closing(Place(CPUS))).cpu == places[4].cpu


@pytest.mark.parametrize("ends_well", [True, False])
def test_those_of_another_process_count_for_as_long_as_it_lives(ends_well: bool) -> None:
    with (
        contextlib.closing(Place(CPUS)) as first,
        subprocess.Popen(
            [sys.executable, "-c", ANOTHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as other,
    ):
        assert other.stdout is not None
        theirs = int(other.stdout.readline())
        with contextlib.closing(Place(CPUS)) as third:
            assert {first.cpu, theirs, third.cpu} == set(CPUS)
            if ends_well:
                other.communicate("\n")
            else:
                other.kill()
                other.wait()
            with contextlib.closing(Place(CPUS)) as next_one:
                assert next_one.cpu == theirs
