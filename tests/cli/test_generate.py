"""`generate`, `run`, `verify` and `tokenize` as a user runs them, with a tiny model."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from running import Command, Require
from tiny import make_model
from warm import Warm


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model"))


def generate(passatk: Command, model: Path, out: Path, *more: str) -> dict[str, Any]:
    done = passatk(
        *("generate", "--problems", "basics/written", "--language", "python", "--model", str(model), "--out", str(out)),
        *("--preset", "humaneval-x", "--max-new-tokens", "24", "--json", *more),
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def lines(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "generations.jsonl").read_text().splitlines()]


def test_samples_are_generated_recorded_and_scored(passatk: Command, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "samples"
    report = generate(passatk, model, out, "-n", "3", "--logprobs")
    assert (report["samples"], report["generated_now"]) == (84, 84)
    assert sum(report["finish_reasons"].values()) == 84
    made = lines(out)
    assert [(line["task_id"], line["sample"]) for line in made[:4]] == [
        ("Python/0", 0),
        ("Python/0", 1),
        ("Python/0", 2),
        ("Python/1", 0),
    ]
    assert all(len(line["logprobs"]) == line["tokens"] for line in made)
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["settings"]["top_p"] == 0.95
    assert manifest["settings"]["top_k"] is None
    assert manifest["settings"]["seed"] == 42
    assert manifest["origin"]["row_unit"] in (1, 2, 4, 8, 16, 32, 64, 128, 256)
    assert len(manifest["origin"]["fingerprint"]) == 64
    done = passatk("evaluate", str(out), "--problems", "basics/written", "--out", str(tmp_path / "run"), "--json")
    assert done.returncode == 0, done.stderr
    assert sum(json.loads(done.stdout)["scores"][0]["statuses"].values()) == 84


def test_resuming_generates_only_what_is_missing(passatk: Command, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "samples"
    first = generate(passatk, model, out)
    again = generate(passatk, model, out)
    assert (again["generated_now"], again["digest"]) == (0, first["digest"])
    other = passatk("generate", "--problems", "basics/written", "--model", str(model), "--out", str(out), "--seed", "5")
    assert other.returncode == 2
    assert "choose another folder" in other.stderr
    assert "(option --out)" in other.stderr


def test_samples_can_be_added_and_a_finished_folder_needs_no_model(passatk: Command, tmp_path: Path) -> None:
    model, out = make_model(tmp_path / "model"), tmp_path / "samples"
    one = generate(passatk, model, out)
    two = generate(passatk, model, out, "-n", "2")
    assert (two["samples"], two["generated_now"]) == (56, 28)
    assert generate(passatk, model, tmp_path / "at once", "-n", "2")["digest"] == two["digest"] != one["digest"]
    (model / "model.safetensors").unlink()
    assert generate(passatk, model, out, "-n", "2")["generated_now"] == 0
    fewer = passatk(
        *("generate", "--problems", "basics/written", "--language", "python", "--model", str(model), "--out", str(out)),
        *("--preset", "humaneval-x", "--max-new-tokens", "24"),
    )
    assert "samples: 2 here, 1 now" in " ".join(fewer.stderr.split())


def test_hundreds_of_samples_come_out_the_same(passatk: Command, warm: Warm, model: Path, tmp_path: Path) -> None:
    """Batch sizes, kills and a resume; `bench/same_tokens.py` draws a thousand in more ways."""
    many = ("-n", "12")
    expected = generate(passatk, model, tmp_path / "one", *many)
    assert expected["samples"] == 336
    for batch in ("3", "8", "200"):
        assert generate(passatk, model, tmp_path / batch, *many, "--batch-size", batch)["digest"] == expected["digest"]
    out = tmp_path / "killed"
    for wanted in (1, 200):
        kill_at(warm, wanted, model, out, *many)
    resumed = generate(passatk, model, out, *many)
    assert 0 < resumed["generated_now"] <= 336 - 200
    assert resumed["digest"] == expected["digest"]


def kill_at(warm: Warm, samples: int, model: Path, out: Path, *more: str) -> None:
    """Generate in a process of its own, and kill it when there are so many samples."""
    options = ("--model", model, "--out", out, "--preset", "humaneval-x", "--max-new-tokens", 24, *more)
    process = warm.start("generate", "--problems", "basics/written", "--language", "python", *options)
    while process.poll() is None and there(out) < samples:
        time.sleep(0.01)
    process.kill()
    process.wait()


def there(out: Path) -> int:
    import sqlite3

    if not (out / "generations.sqlite").exists():
        return 0
    try:
        with sqlite3.connect(f"file:{out / 'generations.sqlite'}?mode=ro", uri=True) as journal:
            found: int = journal.execute("SELECT COUNT(*) FROM samples").fetchone()[0]
            return found
    except sqlite3.OperationalError:  # being made
        return 0
    finally:
        if "journal" in locals():
            journal.close()


@pytest.mark.parametrize("method", [("--preset", "greedy"), ("--preset", "contrastive")])
def test_other_methods_come_out_the_same(
    passatk: Command, model: Path, tmp_path: Path, method: tuple[str, str]
) -> None:
    settings = (
        "generate",
        "--problems",
        "basics/written",
        "--model",
        str(model),
        "--max-new-tokens",
        "12",
        "--json",
        *method,
    )
    whole = passatk(*settings, "--language", "python", "--language", "go", "--out", str(tmp_path / "whole"))
    assert whole.returncode == 0, whole.stderr
    parts = []
    for language, batch in (("python", "1"), ("go", "5")):  # two processes, each with its tasks
        out = tmp_path / language
        done = passatk(*settings, "--language", language, "--batch-size", batch, "--out", str(out))
        assert done.returncode == 0, done.stderr
        parts += lines(out)
    assert sorted(parts, key=lambda line: line["task_id"]) == lines(tmp_path / "whole")


def test_translations_are_filed_under_their_source(
    passatk: Command, model: Path, tmp_path: Path, require: Require
) -> None:
    require("java")
    out = tmp_path / "samples"
    done = passatk(
        *("generate", "--problems", "basics/written", "--task", "translate", "--source-language", "python"),
        *("--target-language", "java", "--model", str(model), "--out", str(out), "--max-new-tokens", "8"),
    )
    assert done.returncode == 0, done.stderr
    assert {line["task_id"].partition("/")[0] for line in lines(out)} == {"Python"}
    scored = passatk(
        *(
            "evaluate",
            str(out),
            "--problems",
            "basics/written",
            "--target-language",
            "java",
            "--out",
            str(tmp_path / "run"),
        ),
        "--json",
    )
    assert scored.returncode == 0, scored.stderr
    assert json.loads(scored.stdout)["scores"][0]["group"] == "java"


REFUSED = [
    (("--temperature", "0.5"), "temperature = 0.5 does not apply to method 'greedy'"),
    (("--temperature", "0"), "temperature = 0.0: must be a number above 0 (option --temperature)"),
    (("--set", "decoding.temprature=1"), "unknown key in [decoding] 'temprature'"),
    (("--set", "decoding.method=[greedy,sample]"), "only `passatk run` takes a list here"),
    (("--preset", "nucleus", "--top-p", "1.5"), "top_p = 1.5"),
    (("--preset", "gredy"), "Did you mean 'greedy'"),
    (("--backend", "codegex"), "unknown backend 'codegex'"),
    (("--dtype", "float8"), "unknown dtype 'float8'"),
    (("--forced-decoder-ids", "x"), "expected POSITION:TOKEN"),
    (("--suppress-tokens", "608"), "token ids of this model are 0 to 607"),
    (("--task", "translate"), "needs a target language"),
    (("--device", "cuda"), "there is no device 'cuda'"),
    (("--model", "/nowhere"), "there is no CodeGeeX model at '/nowhere'"),
    (("--batch-size", "1000"), "batch size 1000"),
    (("--chat",), "has no chat template"),
    (("--url", "http://localhost"), "has no use for url"),
]


@pytest.mark.parametrize(("more", "message"), REFUSED)
def test_bad_requests_are_refused_before_anything_is_written(
    passatk: Command, model: Path, tmp_path: Path, more: tuple[str, ...], message: str
) -> None:
    out = tmp_path / "samples"
    done = passatk("generate", "--problems", "basics/written", "--model", str(model), "--out", str(out), *more)
    assert done.returncode in (2, 3)
    assert message in " ".join(done.stderr.split())
    assert not (out / "generations.sqlite").exists()


EXPERIMENT = """
[model]
backend = "codegeex"
model = "{model}"

[problems]
source = "basics/written"
languages = ["python", "javascript"]

[task]
samples = 2

[decoding]
preset = "humaneval-x"
max_new_tokens = 16
seed = 7

[judging]
k = [1, 2]
"""


def test_an_experiment_runs_whole_and_both_halves_verify(
    passatk: Command, model: Path, tmp_path: Path, require: Require
) -> None:
    require("javascript")
    file, out = tmp_path / "tiny.toml", tmp_path / "run"
    file.write_text(EXPERIMENT.format(model=model))
    done = passatk("run", str(file), "--out", str(out), "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["generation"]["samples"] == 112
    assert [score["group"] for score in report["evaluation"]["scores"]] == ["javascript", "python", "overall"]
    assert json.loads((out / "generations" / "manifest.json").read_text())["settings"]["seed"] == 7
    again = passatk("run", str(file), "--out", str(out), "--json")
    assert json.loads(again.stdout)["generation"]["generated_now"] == 0
    verified = passatk("verify", str(out), "--json")
    assert verified.returncode == 0, verified.stdout
    found = json.loads(verified.stdout)
    assert found["holds"]
    assert found["generation"]["digest_now"] == report["generation"]["digest"]
    assert found["digest_now"] == report["evaluation"]["digest"]


def test_verify_finds_another_model(passatk: Command, tmp_path: Path) -> None:
    weights, out = make_model(tmp_path / "model"), tmp_path / "samples"
    generate(passatk, weights, out)
    assert passatk("verify", str(out)).returncode == 0
    make_model(weights, seed=1)
    done = passatk("verify", str(out))
    assert done.returncode == 1
    assert "came out differently" in done.stdout
    assert "changed: fingerprint" in done.stdout


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ('[modle]\nbackend = "fake"', "Did you mean 'model'"),
        ('[model]\nbackend = "fake"\nheat = 1', "unknown key in [model] 'heat'"),
        (
            '[model]\nbackend = "fake"\n[problems]\nsource = "basics/written"\n[decoding]\ntemprature = 1',
            "'temperature'",
        ),
        (
            '[model]\nbackend = "fake"\n[problems]\nsource = "basics/written"\n[task]\nsamples = "x"',
            "[task]: samples = 'x': must be a whole number",
        ),
        ("[model", "cannot read the experiment"),
    ],
)
def test_wrong_experiments_are_refused_by_key(passatk: Command, tmp_path: Path, wrong: str, message: str) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(wrong)
    done = passatk("run", str(file), "--out", str(tmp_path / "run"))
    assert done.returncode == 2
    assert message in " ".join(done.stderr.split())


def test_a_fake_needs_no_model_and_half_of_it_is_right(passatk: Command, tmp_path: Path) -> None:
    file = tmp_path / "fake.toml"
    file.write_text('[model]\nbackend = "fake"\n[problems]\nsource = "basics/written"\nlanguages = ["python"]\n')
    done = passatk("run", str(file), "--out", str(tmp_path / "run"), "--json")
    assert done.returncode == 0, done.stderr
    statuses = json.loads(done.stdout)["evaluation"]["scores"][0]["statuses"]
    assert 7 <= statuses["passed"] <= 21
    assert sum(statuses.values()) == 28


def test_tokenize_shows_tokens_both_ways(passatk: Command, model: Path) -> None:
    shown = passatk("tokenize", "def  x", "--tokenizer", str(model)).stdout.splitlines()
    assert shown[-1].endswith("tokens, 6 characters")
    assert any("b'  '" in line for line in shown)
    ids = json.loads(passatk("tokenize", "def  x", "--tokenizer", str(model), "--json").stdout)["ids"]
    back = passatk("tokenize", "--ids", ",".join(map(str, ids)), "--tokenizer", str(model)).stdout
    assert back == "def  x\n"
    assert passatk("tokenize", "--ids", "x", "--tokenizer", str(model)).returncode == 2


def test_complete_continues_one_prompt(passatk: Command, model: Path, tmp_path: Path) -> None:
    asked = ("complete", "--model", str(model), "--max-new-tokens", "12")
    file = tmp_path / "prompt.py"
    file.write_text("def add(a, b):\n")
    streamed = passatk(*asked, "def add(a, b):\n")
    assert streamed.returncode == 0, streamed.stderr
    found = json.loads(passatk(*asked, "--file", str(file), "--json").stdout)
    assert streamed.stdout == found["text"] + "\n"
    assert (len(found["tokens"]), found["finish_reason"]) == (12, "length")
    several = passatk(*asked, "def add(a, b):\n", "-n", "3", "--preset", "nucleus").stdout
    assert several.count("--- ") == 3
    cut = json.loads(passatk(*asked, "def add(a, b):\n", "--stop", found["text"][3], "--json").stdout)
    assert cut["text"] == found["text"][: found["text"].index(found["text"][3])]
    both = passatk(*asked, "x", "--file", str(file))
    assert (both.returncode, both.stderr) == (2, "passatk: give either a prompt or --file\n")
    assert "prompt: 0" in passatk(*asked, "").stderr
