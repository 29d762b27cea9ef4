"""Defects that are known and not mended yet: their cases demand what is right, and are expected to fail.

A line goes when the case passes (the summary of a test run lists it as XPASS).
"""

_BLOCKING = "node's output to a pipe does not block, so a flood ends by whichever limit the reader's speed allows"
_KILLED_CHILD = "the kernel kills a child for its memory, and its parent is then stopped for something else"
_UNSEEN = "memory that belongs to no process is not denied"
_SHARED = "without a cgroup, pages that processes share are counted once for each"
_WAITING = "waiting for a lock of the kernel beside fork bombs is taken for sleep"

STATUSES = {
    "stdout-flood-javascript": _BLOCKING,
    "stderr-flood-javascript": _BLOCKING,
    "one-line-of-1-GB-javascript": _BLOCKING,
    "memory-of-many-children-python": _KILLED_CHILD,
    "memory-of-many-children-cpp": _KILLED_CHILD,
    "memory-hidden-in-files-without-a-name-python": _UNSEEN,
    "memory-hidden-in-System-V-segments-python": _UNSEEN,
    "all-descriptors-taken-and-a-right-answer-java": "the harness opens its own descriptor after the tests",
    "sleepers-until-there-is-no-more-room-python": _WAITING,
    "sleepers-until-there-is-no-more-room-javascript": _WAITING,
}
"""Case -> why, for every user."""

STATUSES_WITHOUT_CGROUP = {
    "fork-bomb-python": _SHARED,
    "sleepers-until-there-is-no-more-room-python": _SHARED,
    "memory-shared-and-counted-once-python": _SHARED,
    "memory-shared-and-counted-once-cpp": _SHARED,
    "writing-where-programs-come-from-python": "the file system behind /box and /tmp can be reached by its other name",
}
"""The same, where there is no cgroup."""

FACTS = {
    ("java", "order of immutable sets"): "their order comes from the clock, once for each JVM",
    ("java", "process ids"): "threads of the compiler take numbers of the same name space",
    ("go", "process ids"): "threads of the compiler take numbers of the same name space",
    ("rust", "process ids"): "threads of the compiler take numbers of the same name space",
    ("cpp", "process ids"): "threads of the compiler take numbers of the same name space",
}
"""(language, fact) -> why it is not the same every time."""
