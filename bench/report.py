"""The page of a run: how large, how long to build, to read, to scroll, to search, in Debian's Chromium.

Usage: python bench/report.py [--sizes 16400 32800 200000 1000000] [--two]

Runs are made without judging: samples of CodeGen-16B for HumanEval where they are at hand, each told from all
others by a line of its own, with errors and CPU times of their own. What is measured is what a person waits for: a
fresh process of `passatk report`; from opening the file to the end of the first drawing with data; a frame while the
grid scrolls by a notch of a wheel (100 pixels) a frame, its median and 95th percentile, and, since machines are slow
or busy, the median of a grid that scrolls without any script; a search from its last key to the count of what it
found, the first one 0.3 s after the field was chosen (texts are unpacked from then on), then again. With
--two, the page of two such runs.
"""

import argparse
import gzip
import json
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from made_runs import Made, make_run, outcome, problem

from passatk.records import Score, Status
from passatk.runs.journal import INSERT_SAMPLE
from passatk.runs.manifest import this_machine

HERE = Path(__file__).parent
DATA = Path(os.environ.get("PASSATK_DATA", HERE.parents[1] / "shared" / "data"))
CODEGEN = (
    DATA / "generations" / "codegen-16b" / "HumanEval_codegen16B_temp0.8_topp0.95_num100_max300_code_solution.jsonl.gz"
)
SIZES = (16_400, 32_800, 200_000, 1_000_000)
TASKS = 164
SCROLLS = 120


def texts() -> list[list[str]]:
    """Samples by task: real ones where they are at hand."""
    if CODEGEN.is_file():
        with gzip.open(CODEGEN, "rt") as lines:
            return [json.loads(line)["samples"] for line in lines]
    return [
        [f"    total = {n}\n    for one in x:\n        total += one * {n}\n    return total\n"] for n in range(TASKS)
    ]


def verdict(rng: random.Random, number: int) -> Made:
    """One of its own for each sample."""
    kind = rng.random()
    cpu_s = rng.lognormvariate(-4, 0.7)
    if kind < 0.22:
        return Made(text="", cpu_s=cpu_s)
    if kind < 0.8:
        said = f"AssertionError: assert candidate({rng.randrange(10**6)}) == {rng.randrange(10**6)}"
        return Made(text="", status=Status.WRONG_ANSWER, reason=said, said=f"failed {said}", cpu_s=cpu_s)
    error = f"NameError: name 'v{rng.randrange(10**5)}' is not defined"
    trace = f'Traceback (most recent call last):\n  File "program.py", line {number % 60}, in <module>\n{error}\n'
    return Made(text="", status=Status.RUNTIME_ERROR, reason=error, stderr=trace, cpu_s=cpu_s)


def rows(samples: int, seed: int) -> Iterator[tuple[tuple[object, ...], tuple[object, ...]]]:
    """A sample and its verdict, as the journal has them."""
    rng, known = random.Random(seed), texts()
    for number in range(samples):
        task, sample = number % TASKS, number // TASKS
        made = verdict(rng, number)
        key = f"{rng.getrandbits(256):064x}"
        text = f"    mark_{rng.getrandbits(32):08x} = {number}\n{known[task][sample % len(known[task])]}"
        name = f"HumanEval/{task}"
        reason = "all tests held" if made.status is Status.PASSED else made.reason
        attempts = msgspec.json.encode((outcome(made),))
        yield (
            (name, sample, key, "python", 0, 0, text.encode(), b"", "", "stop", rng.randrange(20, 300), number),
            (key, made.status, reason, 0, 0, attempts, 1, None),
        )


def make(folder: Path, samples: int, seed: int = 0) -> Path:
    """A complete run of so many different samples."""
    problems = [problem(f"HumanEval/{n}") for n in range(TASKS)]
    run = make_run(folder / f"{samples}-{seed}", {}, problems, complete=False)
    with closing(sqlite3.connect(run / "run.sqlite")) as db:
        for sample, judged in rows(samples, seed):
            db.execute(INSERT_SAMPLE, sample)
            db.execute("INSERT INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", judged)
        db.commit()
    score = Score(group="python", problems=TASKS, samples=samples, statuses={}, pass_at_k=())
    (run / "score.json").write_bytes(msgspec.json.encode({"scores": [score], "unfit": {}}))
    (run / "complete").write_text(f"{'0' * 64}\n")
    return run


def built(runs: list[Path], out: Path) -> dict[str, float]:
    """Seconds, peak MiB and size of a fresh `passatk report`."""
    started = time.monotonic()
    arguments = [sys.executable, "-m", "passatk", "report", *map(str, runs), "--out", str(out)]
    pid = os.posix_spawn(sys.executable, arguments, os.environ)
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"passatk report ended with {os.waitstatus_to_exitcode(status)}")
    seconds = time.monotonic() - started
    return {"built_s": seconds, "peak_mib": usage.ru_maxrss / 1024, "size_mb": out.stat().st_size / 1e6}


FRAMES = """async ([scrolls, bare]) => {
  const own = document.querySelector('.scroller'), scroller = bare ? own.cloneNode(true) : own, frames = [];
  if (bare) own.after(scroller);
  const frame = () => new Promise(requestAnimationFrame);
  await frame();
  for (let n = 0; n < scrolls; n++) {
    const began = performance.now();
    scroller.scrollTop = (n * 100) % Math.max(1, scroller.scrollHeight - scroller.clientHeight);
    await frame();
    frames.push(performance.now() - began);
  }
  if (bare) scroller.remove();
  frames.sort((a, b) => a - b);
  return [frames[Math.floor(frames.length * 0.5)], frames[Math.floor(frames.length * 0.95)]];
}"""
SEARCH = """async text => {
  const field = document.getElementById('query'), found = document.getElementById('found'), before = found.textContent;
  const began = performance.now();
  field.value = text;
  field.dispatchEvent(new Event('input'));
  const waiting = () => found.textContent === before || found.textContent.startsWith('searching');
  while (waiting() && performance.now() - began < 20000) await new Promise(r => setTimeout(r, 1));
  return performance.now() - began;
}"""


def read(page: Page, out: Path) -> dict[str, float]:
    """Seconds until it can be used, milliseconds of a frame and of searches."""
    started = time.monotonic()
    page.goto(out.as_uri())
    readable = time.monotonic() - started
    if not page.locator("#grid").count():
        return {"readable_s": readable}
    page.wait_for_function("() => document.documentElement.dataset.ready === 'yes'")
    ready = time.monotonic() - started
    bare, _ = page.evaluate(FRAMES, [SCROLLS, True])
    median, slow = page.evaluate(FRAMES, [SCROLLS, False])
    page.click("#query")
    page.wait_for_timeout(300)
    first = page.evaluate(SEARCH, "mark_0")
    again = page.evaluate(SEARCH, "return")
    return {
        "readable_s": readable,
        "ready_s": ready,
        "bare_frame_ms": bare,
        "frame_ms": median,
        "slow_frame_ms": slow,
        "first_search_ms": first,
        "search_ms": again,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--two", action="store_true")
    options = parser.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("no Chromium: apt-get install chromium fonts-dejavu-core")
    machine = this_machine()
    found: list[dict[str, Any]] = []
    heading = (
        "samples",
        "size_mb",
        "built_s",
        "peak_mib",
        "readable_s",
        "ready_s",
        "bare_frame_ms",
        "frame_ms",
        "slow_frame_ms",
        "first_search_ms",
        "search_ms",
    )
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        print(f"{machine.processor}, {machine.cpus} CPUs, Chromium {browser.version}")
        print("".join(f"{name:>16}" for name in heading))
        for samples in options.sizes:
            runs, out = (
                [make(Path(folder), samples, seed) for seed in range(1 + options.two)],
                Path(folder, "page.html"),
            )
            row = {"samples": samples, **built(runs, out)}
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            row |= read(page, out)
            page.close()
            found.append(row)
            cells = [row.get(name) for name in heading]
            print("".join(f"{'-' if one is None else round(one, 2):>16}" for one in cells), flush=True)
            for run in runs:
                shutil.rmtree(run)
        browser.close()
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    written = {"machine": msgspec.to_builtins(machine), "rows": found}
    (results / "report.json").write_text(json.dumps(written, indent=1))


if __name__ == "__main__":
    main()
