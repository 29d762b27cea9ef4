from hashlib import blake2b

from hypothesis import given
from hypothesis import strategies as st

from passatk.decoding.randomness import Stream


def test_numbers_follow_the_documented_recipe() -> None:
    key = blake2b(b"42\x003\0Python/0", digest_size=64, person=b"passatk sampling").digest()
    block = blake2b((2).to_bytes(8, "little"), key=key, digest_size=64).digest()
    expected = (int.from_bytes(block[24:32], "little") >> 11) / 2**53
    assert Stream(42, "Python/0", 3).uniform(19) == expected


@given(st.permutations(range(40)))
def test_order_does_not_matter(steps: list[int]) -> None:
    in_order = Stream(0, "t", 0)
    numbers = [in_order.uniform(step) for step in range(40)]
    other = Stream(0, "t", 0)
    assert {step: other.uniform(step) for step in steps} == dict(enumerate(numbers))


def test_seed_task_and_sample_all_count() -> None:
    streams = [Stream(0, "t", 0), Stream(1, "t", 0), Stream(0, "u", 0), Stream(0, "t", 1), Stream(0, "1\0t", 0)]
    assert len({stream.uniform(0) for stream in streams}) == len(streams)


def test_numbers_are_uniform() -> None:
    stream = Stream(7, "Python/1", 0)
    numbers = [stream.uniform(step) for step in range(20_000)]
    assert all(0 <= number < 1 for number in numbers)
    tenths = [sum(n / 10 <= number < (n + 1) / 10 for number in numbers) for n in range(10)]
    chi_square = sum((count - 2000) ** 2 / 2000 for count in tenths)
    assert chi_square < 27.9  # 9 degrees of freedom, one in a thousand
