"""The OpenAPI document is true: what it allows gets no 5xx, and replies are what it says, of all interfaces."""

import subprocess
import sys
from pathlib import Path

from served import served

EXCLUDED = "positive_data_acceptance"
"""A request of the right form may name a task that is not there, or bring a problem whose tests say nothing."""


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    options = ("--compat", "sandboxfusion,piston,openrlhf,slime,nemo-gym", "--language", "python", "--workers", "1")
    with served(tmp_path, *options, "--problems", "basics/written/python") as server:
        command = [str(Path(sys.executable).parent / "st"), "run", f"{server.url}/openapi.json"]
        chosen = ["--phases", "coverage,fuzzing", "--max-examples", "1", "--generation-deterministic", "--no-color"]
        done = subprocess.run(
            [*command, *chosen, "--exclude-checks", EXCLUDED, "--no-shrink"],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:] + server.log[-4000:]
        assert "Tested: 21" in done.stdout
