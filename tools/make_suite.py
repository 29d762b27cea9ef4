"""Write the generated problems of the suite `basics`: `python tools/make_suite.py`. The same file every time."""

from pathlib import Path

import msgspec

from passatk.corpus.suite import VERSION, suite
from passatk.problems.basics import GeneratedSuite
from passatk.problems.rendering import Specification

PLACE = Path(__file__).parents[1] / "src" / "passatk" / "problems" / "suites" / "generated.json"


def made() -> bytes:
    """What the file should hold."""
    tiers: dict[str, list[Specification]] = {}
    for tier, _, specification in suite():
        tiers.setdefault(tier, []).append(specification)
    body = msgspec.json.encode(GeneratedSuite(version=VERSION, tiers=tiers))
    return msgspec.json.format(body, indent=1) + b"\n"


if __name__ == "__main__":
    PLACE.write_bytes(made())
    print(f"{PLACE}: {PLACE.stat().st_size} bytes")
