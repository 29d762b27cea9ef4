"""Defects that are known and not mended yet: their cases demand what is right, and are expected to fail.

A line goes when its case passes (the summary of a test run lists it as XPASS).
"""

STATUSES: dict[str, str] = {}
"""Case -> why, for every user."""

STATUSES_WITHOUT_CGROUP: dict[str, str] = {}
"""The same, where there is no cgroup."""

FACTS = {("java", "order of immutable sets"): "their order comes from the clock, once for each JVM"}
"""(language, fact) -> why it is not the same every time."""
