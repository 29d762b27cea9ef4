"""The model that passatk ships, as a user meets it."""

import json
from pathlib import Path

import msgspec
import pytest
from running import Command

from passatk import pipeline
from passatk.errors import EnvironmentFault
from passatk.models import embedded
from passatk.pipeline import reference

SMALL = """[problems]
source = "basics/compositions"
languages = ["python"]

[task]
samples = 2

[decoding]
preset = "nucleus"
temperature = 0.8
max_new_tokens = 160
"""


def test_it_solves_problems_that_it_was_not_trained_on(passatk: Command, tmp_path: Path) -> None:
    file = tmp_path / "small.toml"
    file.write_text(SMALL)
    done = passatk("run", file, "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert json.loads((tmp_path / "runs/small/generations/manifest.json").read_text())["origin"]["model"] == "embedded"
    score = report["evaluation"]["scores"][0]
    assert (score["group"], score["samples"]) == ("python", 144)
    assert score["pass_at_k"][0]["estimate"] > 0.75


def test_it_completes_without_being_named(passatk: Command) -> None:
    prompt = "# language: Python\ndef add(a: int, b: int) -> int:\n"
    done = passatk("complete", prompt, "--max-new-tokens", 8)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_several_experiments_have_a_folder_each(passatk: Command, tmp_path: Path) -> None:
    fake = '[model]\nbackend = "fake"\n[problems]\nsource = "basics/written"\nlanguages = ["python"]\n'
    (tmp_path / "other").mkdir()
    files = [tmp_path / "one.toml", tmp_path / "two.toml", tmp_path / "other" / "one.toml"]
    for file in files:
        file.write_text(fake)
    done = passatk("run", *files[:2], "--out", "both")
    assert done.returncode == 0, done.stderr
    for name in ("one", "two"):
        assert (tmp_path / "both" / name / "results.jsonl").is_file()
        assert f"{name} ─" in done.stdout
    refused = passatk("run", *files)
    assert refused.returncode == 2
    assert "two experiments are called 'one'" in refused.stderr


def test_all_experiments_are_checked_before_the_first_is_run(passatk: Command, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text('[model]\nbackend = "fake"\n[problems]\nsource = "basics/written/python"\n')
    bad.write_text('[problems]\nsource = "basics/written/python"\n[task]\nkind = "translate"\n')
    done = passatk("run", good, bad)
    assert done.returncode == 2
    assert "a translation needs a target language" in done.stderr
    assert not (tmp_path / "runs").exists()


def test_the_shipped_experiments_are_whole() -> None:
    wanted = pipeline.read_experiments([])
    assert {name: one.generation.task for name, one in wanted.items()} == {
        "embedded-python": "generate",
        "embedded-python-to-javascript": "translate",
    }


@pytest.fixture(scope="module")
def here() -> embedded.Reference:
    return reference.compute_reference(embedded.read_reference().prompts)


def test_this_machine_gives_the_reference_tokens_or_says_what_is_different(here: embedded.Reference) -> None:
    check = pipeline.check_tokens()
    assert set(check.differing) == {"greedy", "nucleus", "contrastive"}
    assert check.holds or check.origin != check.origin_shipped
    assert (check.digest, check.origin) == (here.digest, here.origin)


def test_other_tokens_are_counted_and_told(here: embedded.Reference, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *rest = here.tokens["nucleus"]
    tokens = here.tokens | {"nucleus": [(*first[:-1], first[-1] + 1), *rest]}
    changed = msgspec.structs.replace(here, tokens=tokens, origin=here.origin | {"torch": "1.0"})
    monkeypatch.setattr(reference, "read_reference", lambda: changed)
    monkeypatch.setattr(reference, "compute_reference", lambda _prompts: here)
    check = pipeline.check_tokens()
    assert check.differing == {"greedy": 0, "nucleus": 1, "contrastive": 0}
    assert not check.holds


def test_another_model_or_none_is_not_compared(
    here: embedded.Reference, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shipped = embedded.read_reference()
    monkeypatch.setattr(reference, "compute_reference", lambda _prompts: here)
    monkeypatch.setattr(reference, "read_reference", lambda: msgspec.structs.replace(shipped, fingerprint="0" * 64))
    with pytest.raises(EnvironmentFault, match="not those that were shipped"):
        pipeline.check_tokens()
    monkeypatch.setattr(embedded, "embedded_folder", lambda: tmp_path)
    with pytest.raises(EnvironmentFault, match=r"cannot read .*reference\.json"):
        embedded.read_reference()


def test_the_doctor_says_so(passatk: Command) -> None:
    """Also where nothing can be judged, so no toolchain is tried for this."""
    assert "Tokens: " in passatk("doctor", PATH="/nowhere").stdout


def test_the_package_stays_small_and_has_its_card() -> None:
    files = {file.name: file.stat().st_size for file in embedded.embedded_folder().iterdir() if file.is_file()}
    assert sum(files.values()) < 12e6
    assert {"README.md", "model.safetensors", "config.json", "reference.json", "vocab.json"} <= set(files)
