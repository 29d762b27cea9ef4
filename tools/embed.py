"""Make a trained model the embedded one: `python tools/embed.py RUN`. Then write its card.

Copies the folder that `passatk train` left and the manifest of its run (`training.json`), and writes `reference.json`:
what the model gives on this machine.
"""

import shutil
import sys
from pathlib import Path

import msgspec

from passatk.models.embedded import REFERENCE, TRAINING
from passatk.pipeline.reference import compute_reference
from passatk.problems import load
from passatk.prompts.building import generation_prompt

PLACE = Path(__file__).parents[1] / "src" / "passatk" / "models" / "embedded"
PROBLEM = 201
"""Of the suite, a held-out composition; asked in each language."""


def embed(run: Path) -> None:
    """Copy the model of a finished `run` and write what it gives here."""
    for file in sorted((run / "model").iterdir()):
        shutil.copyfile(file, PLACE / file.name)
    shutil.copyfile(run / "manifest.json", PLACE / TRAINING)
    problems = load("basics")
    asked = [p for p in problems.problems.values() if p.task_id.endswith(f"/{PROBLEM}")]
    reference = compute_reference(tuple(generation_prompt(problem, "full", True) for problem in asked))
    (PLACE / REFERENCE).write_bytes(msgspec.json.format(msgspec.json.encode(reference), indent=0) + b"\n")
    print(f"{PLACE}: {sum(file.stat().st_size for file in PLACE.iterdir() if file.is_file()) / 1e6:.1f} MB")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    embed(Path(sys.argv[1]))
