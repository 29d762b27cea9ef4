"""What is done to a step from outside, and is no fact about the program."""

import re
import signal

from .accounts import StepLimits
from .request import Facts


class Fault(Exception):
    """The step was disturbed, so nothing can be said of the program: it is to be judged again."""


class OutOfMemory(Fault):
    """The machine's memory, not the program's."""

    def __init__(self, limits: StepLimits):
        super().__init__(
            "killed from outside while the machine ran out of memory: it was within its limit of"
            f" {int(limits['memory_bytes']) >> 20} MiB. Use fewer workers, or end what else takes memory here"
        )


_CHILD_KILLED = re.compile(
    r"^\S+: fatal error: Killed signal terminated program \w+\ncompilation terminated\.\s*\Z"
    r"|^collect2: fatal error: \S+ terminated with signal 9 \[Killed\]\ncompilation terminated\.\s*\Z"
    r"|^error: linking with `[^`]*` failed: signal: 9 \(SIGKILL\)"
    r"|^error: linking with [\s\S]*^\s*= note: \S+: fatal error: Killed signal terminated program \w+",
    re.MULTILINE,
)
"""What g++ and rustc say of a part of theirs that was killed. Where it stands, no source can put it."""


def check_build(facts: Facts, limits: StepLimits) -> None:
    """Nobody kills a compiler but us, for a limit, or the machine, for reasons of its own.

    Raises:
        Fault: the compiler was killed and no limit explains it.
    """
    if facts["stopped_by"] is not None or facts["cpu_s"] > limits["cpu_s"]:
        return
    if facts["signal"] == signal.SIGKILL:
        raise Fault("the compiler was killed from outside")
    if facts["exit_code"] != 0 and (said := _CHILD_KILLED.search(facts["stderr"])):
        raise Fault(f"the compiler was killed from outside: {said[0]}")
