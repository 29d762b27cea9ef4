"""Words of messages."""


def counted(number: int, one: str, many: str = "") -> str:
    """`1 problem`, `2 problems`: `many` is what is said of all numbers but 1, by default `one` with an s."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
