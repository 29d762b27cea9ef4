"""Everything that is said of a GPU, tried on one: the same tokens, contrastive search, training, speed.

Usage: python bench/gpu.py [--device cuda] [--small] [--minutes 7] [--results bench/results/gpu.json]

Needs this checkout, PyTorch, transformers and the core dependencies; no network. With `--device cpu --small` the same
parts run in a minute on two cores. Models have random weights: CodeGeeX and Llama of 100M and 1B parameters, in float32
and bfloat16. For each:

- samples at batch sizes 1, 3, 8, 64 and 256 by greedy search, sampling and contrastive search (up to 64: it reads four
  candidates a row) must have the same tokens, if the probe of row classes calls rows independent. If it does not, a
  manifest says so too, and how many differ is printed and no failure;
- sampling must work with deterministic algorithms alone, as `passatk.set_seed` asks for;
- contrastive search must be the one of its definition in float32. In bfloat16 what is read with a cache is rounded
  otherwise than what is read at once, so there the tokens that differ are printed;
- tokens per second, the library's `.generate` beside both.

Then a training run in each precision: the loss must fall, and a run that is stopped and goes on in another process
must leave the same bits. Before all that, a table of operations whose bits depend on the number of rows: printed for
whoever looks for the reason of a difference. A check that fails is told in words at the end; exit code 1.

Why one H100 should need less than 8 minutes; reckoned, not measured. Kernels are started one by one, so a step of
decoding is taken to need 5 ms (CodeGeeX) or 9 ms (Llama) at 100M and 12 ms at 1B, whatever the batch.

- The same tokens: a batch of b draws min(b, 64) samples of four tasks, 4 rounds of a text's length, and 1 at 256. Three
  methods and `set_seed` are 55 rounds a model, of 48 steps at 100M (74 s in both number formats), of 40 at 1B (105 s).
- Probes: 190 steps a model, 15 s. The definition: 120 readings a model, 10 s.
- Speed: 9 rounds of 48 steps, three times, at both sizes and number formats, 70 s.
- Training: 120 steps of 8,192 tokens in each precision at 0.2 s, and checkpoints of 1.2 GB, 80 s.

With the start that is six minutes and a half. Nothing is begun after `--minutes`, and no part should take one; what is
left out is told in words, and the exit code is 3.
"""

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as passatk's commands do

import msgspec
import torch
import transformers

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))  # passatk need not be installed

import gpu_models
import gpu_parts
from gpu_models import FULL, METHODS, SMALL, Plan, Size, settings_of
from packing import make_corpus

from passatk.decoding.model import CausalModel
from passatk.decoding.rows import RowClasses, probe
from passatk.models.local import usable_device
from passatk.runs.manifest import this_machine

HERE = Path(__file__).parent
DTYPES = ("float32", "bfloat16")
MAKERS: dict[str, Callable[[Plan, Size, torch.dtype, str], Any]] = {
    "CodeGeeX": gpu_models.codegeex,
    "Llama": gpu_models.llama,
}
TIE = 1e-4
"""Scores of contrastive search nearer to each other are a tie: with a cache, float32 is added in another order."""
FALLS_BY = 0.1


class Session:
    """Parts, one after the other while there is time; what they found, and what is wrong with it."""

    def __init__(self, plan: Plan, device: str, minutes: float, file: Path):
        self.plan, self.device, self._file = plan, device, file
        self._began = time.monotonic()
        self._minutes = minutes
        self.failed: list[str] = []
        self.skipped: list[str] = []
        self.found: dict[str, Any] = {"machine": described(device)}

    def part(self, name: str, run: Callable[[], None]) -> None:
        if time.monotonic() - self._began >= 60 * self._minutes:
            self.skipped.append(name)
            print(f"\nskipped, {self._minutes:g} minutes are over: {name}", flush=True)
            return
        try:
            run()
        except Exception as error:  # noqa: BLE001 - what breaks must not cost the other parts their time on a GPU
            traceback.print_exc()
            self.failed.append(f"{name}: {type(error).__name__}: {error}")
        self.write()

    def add(self, kind: str, **row: Any) -> None:
        self.found.setdefault(kind, []).append(row)

    def write(self) -> None:
        ends = {"failed": self.failed, "skipped": self.skipped, "seconds": time.monotonic() - self._began}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(json.dumps({**self.found, **ends}, indent=1))


def described(device: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        **msgspec.to_builtins(this_machine()),
        "device": device,
        "torch": str(torch.__version__),
        "transformers": transformers.__version__,
    }
    if device.startswith("cuda"):
        properties = torch.cuda.get_device_properties(device)
        found |= {"card": properties.name, "memory": properties.total_memory, "cuda": torch.version.cuda}
        asked = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
        try:
            said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
            found["driver"] = said[0] if said else "unknown"
        except (OSError, subprocess.CalledProcessError):
            found["driver"] = "unknown"
    return found


def in_columns(cells: Iterable[str]) -> str:
    return "".join(f"{cell:>12}" for cell in cells)


def kernels(session: Session) -> None:
    found = {name: gpu_parts.kernels(session.plan, getattr(torch, name), session.device) for name in DTYPES}
    print(f"\n{'numbers of rows with other bits than 256':42}{DTYPES[0]:28}{DTYPES[1]}")
    for operation in found[DTYPES[0]]:
        counts = [" ".join(map(str, found[name][operation])) or "none" for name in DTYPES]
        print(f"{operation:42}{counts[0]:28}{counts[1]}", flush=True)
    session.found["kernels"] = found


def of_size(session: Session, size_name: str, dtype: str) -> None:
    """Both models of a size, in one number format."""
    size, models, raw = session.plan.sizes[size_name], {}, {}
    for kind, make in MAKERS.items():
        title = f"{kind} {size_name} {dtype}"
        raw[kind] = make(session.plan, size, getattr(torch, dtype), session.device)
        models[kind] = model = gpu_models.causal(raw[kind])
        classes = probe(model)
        model.row_unit = classes.unit
        independent = "independent" if classes.independent else "not independent"
        count = gpu_models.parameters_of(raw[kind])
        print(f"\n{title}: {count:,} parameters; rows in multiples of {classes.unit}, {independent}", flush=True)
        session.add("models", title=title, parameters=count, row_classes=msgspec.to_builtins(classes))
        session.part(f"{title}, the same tokens", partial(same_tokens, session, title, size, model, classes))
        session.part(f"{title}, contrastive search", partial(contrastive, session, title, dtype, model))
    title = f"{size_name} {dtype}"
    session.part(f"{title}, tokens per second", partial(speed, session, title, models, raw["Llama"]))


def same_tokens(session: Session, title: str, size: Size, model: CausalModel, classes: RowClasses) -> None:
    headings = in_columns(f"at {batch}" for batch in gpu_parts.BATCHES[:-1])
    print(f"{'samples with other tokens':28}{headings}   different texts, tokens of a text")
    for method in METHODS:
        settings = settings_of(method, size.new_tokens, session.plan.vocabulary - 1)
        found = gpu_parts.over_batches(model, session.plan, settings)
        largest = ["largest"] * (len(gpu_parts.BATCHES) - 1 - len(found.differing))
        cells = in_columns([*(f"{n} of {of}" for n, of in found.differing.values()), *largest])
        print(f"  {method:26}{cells}   {found.texts}, {found.tokens:.0f}", flush=True)
        session.add("same_tokens", title=title, method=method, **found._asdict())
        if classes.independent and found.first is not None:
            session.failed.append(
                f"{title}, {method}: other tokens at other batch sizes, the earliest is number {found.first} of a text,"
                " though the probe calls rows independent"
            )
    settings = settings_of("sample", size.new_tokens, session.plan.vocabulary - 1)
    same = gpu_parts.as_without_set_seed(model, session.plan, settings)
    print(f"  sample under set_seed: {'the same' if same else 'other'} tokens", flush=True)
    session.add("set_seed", title=title, same=same)


def contrastive(session: Session, title: str, dtype: str, model: CausalModel) -> None:
    losses, greedy, texts = gpu_parts.by_definition(model, session.plan, session.plan.vocabulary - 1)
    others = [loss for loss in losses if loss is not None]
    worst = max(others, default=0.0)
    words = f"{len(losses) - len(others)} of {len(losses)} tokens of contrastive search are those of its definition"
    more = f"; the others score at most {worst:.1e} less" if others else ""
    print(f"{words}{more}; {greedy} of {texts} texts are greedy search's too", flush=True)
    session.add("contrastive", title=title, tokens=len(losses), others=len(others), worst=worst, greedy=greedy)
    if dtype == "float32" and worst > TIE:
        session.failed.append(f"{title}: only {words}, and that is no tie")


def speed(session: Session, title: str, models: dict[str, CausalModel], theirs: Any) -> None:
    found = gpu_parts.rates(session.plan, models, theirs, session.plan.vocabulary - 1, session.device)
    batches = session.plan.rates[0]
    heading = f"tokens/s, {title}"
    print(f"\n{heading:28}{in_columns(f'at {batch}' for batch in batches)}")
    for who in dict.fromkeys(who for who, _ in found):
        print(f"  {who:26}{in_columns(f'{found[who, batch][1]:.0f}' for batch in batches)}")
    best = {who: max(found[who, batch][1] for batch in batches) for who, _ in found}
    ratios = {who: rate / best[".generate"] for who, rate in best.items() if who != ".generate"}
    beside = ", ".join(f"{who} {ratio:.2f}" for who, ratio in ratios.items())
    print(f"best beside .generate's best: {beside}", flush=True)
    rows = [{"who": who, "batch": batch, "tokens_s": rate} for (who, batch), rate in found.items()]
    session.add("rates", title=title, rates=rows, ratios=ratios)


def training(session: Session, precision: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        corpus = make_corpus(Path(folder, "corpus"), context=session.plan.windows[2])
        run = gpu_parts.trained(session.plan, corpus, Path(folder), precision, session.device)
    resumed = f"differs in {', '.join(run.differing)}" if run.differing else "the same bits"
    print(
        f"\ntraining, {precision}, {run.parameters:,} parameters, {session.plan.steps[0]} steps: loss"
        f" {run.first_loss:.2f} to {run.last_loss:.2f}; resumed: {resumed}; {run.tokens_s:,.0f} tokens/s",
        flush=True,
    )
    session.add("training", precision=precision, **run._asdict())
    if run.differing:
        session.failed.append(f"training, {precision}: the resumed run {resumed}")
    if not run.last_loss < (1 - FALLS_BY) * run.first_loss:
        session.failed.append(f"training, {precision}: the loss goes from {run.first_loss} to {run.last_loss}")


def all_parts(session: Session) -> None:
    """What matters most comes first; the largest models come last."""
    session.part("operations by number of rows", partial(kernels, session))
    for number, size in enumerate(session.plan.sizes):
        for dtype in DTYPES:
            session.part(f"models of {size}, {dtype}", partial(of_size, session, size, dtype))
            gc.collect()
            if session.device.startswith("cuda"):
                torch.cuda.empty_cache()
        if number == 0:
            for precision in session.plan.trained:
                session.part(f"training, {precision}", partial(training, session, precision))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--small", action="store_true", help="tiny models and short texts, for a CPU")
    parser.add_argument("--minutes", type=float, default=7.0, help="begin nothing after so many")
    parser.add_argument("--results", type=Path, default=HERE / "results" / "gpu.json")
    options = parser.parse_args()
    if options.device == "cuda" and not torch.cuda.is_available():
        parser.error("PyTorch finds no GPU here; `--device cpu --small` runs the same parts, smaller, on a CPU")
    if not options.device.startswith("cuda") and not options.small:
        parser.error(f"models of 1B parameters take hours on {options.device}; add --small")
    transformers.logging.set_verbosity_error()
    session = Session(SMALL if options.small else FULL, usable_device(options.device), options.minutes, options.results)
    print("; ".join(f"{name} {value}" for name, value in session.found["machine"].items()), flush=True)
    all_parts(session)
    session.write()
    print(f"\n{session.found['machine']['device']}: {time.monotonic() - session._began:.0f} s; {session._file}")
    for words in session.failed:
        print(f"FAILED: {words}")
    for words in session.skipped:
        print(f"not tried, for want of time: {words}")
    if not session.failed:
        print("every check that was made holds")
    return 1 if session.failed else 3 if session.skipped else 0


if __name__ == "__main__":
    sys.exit(main())
