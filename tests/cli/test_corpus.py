"""`passatk corpus` as a user runs it."""

import json
from pathlib import Path

from running import Command, Require

from passatk.languages import LANGUAGES
from passatk.models.embedded import embedded_folder


def test_from_functions_to_windows(passatk: Command, tmp_path: Path) -> None:
    documents, code = tmp_path / "documents.jsonl", tmp_path / "code.jsonl"
    made = passatk(
        "corpus", "synthesize", "--functions", "800", "--documents", "600", "--out", str(documents), "--json"
    )
    assert made.returncode == 0, made.stderr
    report = json.loads(made.stdout)
    assert report["documents"] == len(documents.read_text().splitlines()) > 550
    assert report["kinds"]["generation python"] > 150
    source = Path(__file__).parents[2] / "src" / "passatk" / "corpus"
    gathered = passatk("corpus", "gather", str(source), "--out", str(code))
    assert gathered.returncode == 0, gathered.stderr
    assert "python" in gathered.stdout
    packed = passatk(
        "corpus", "pack", str(documents), str(code), "--vocabulary", "512", "--out", str(tmp_path / "packed")
    )
    assert packed.returncode == 0, packed.stderr
    assert "tokens for train" in packed.stdout
    assert json.loads((tmp_path / "packed" / "manifest.json").read_text())["vocabulary"] == 512
    again = passatk("corpus", "pack", str(code), str(documents), "--tokenizer", "embedded", "--out", "again")
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "again" / "vocab.json").read_bytes() == (embedded_folder() / "vocab.json").read_bytes()
    leaks = passatk("problems", "similar", "basics", str(documents), "--language", "python")
    assert leaks.returncode == 0, leaks.stderr
    assert leaks.stdout.splitlines()[1].split()[:3] == ["Python", "172", "0"]
    near = passatk(
        "corpus", "retrieve", str(documents), "--language", "python", "-n", "3", "--out", str(tmp_path / "near")
    )
    assert near.returncode == 0, near.stderr
    assert len((tmp_path / "near").read_text().splitlines()) == 3 * 172
    pair = ("--source-language", "python", "--target-language", "js")
    near = passatk("corpus", "retrieve", str(documents), *pair, "-n", "2", "--out", str(tmp_path / "pair" / "near"))
    assert near.returncode == 0, near.stderr
    tasks = [json.loads(line)["task_id"] for line in (tmp_path / "pair" / "near").read_text().splitlines()]
    assert tasks[:4] == ["Python/0", "Python/0", "Python/1", "Python/1"]


def test_a_function_is_shown_in_six_languages(passatk: Command) -> None:
    shown = passatk("corpus", "show", "700", "--functions", "800")
    assert all(f"--- {language}" in shown.stdout for language in ("python", "cpp", "java", "javascript", "go", "rust"))


def test_a_file_is_checked_by_what_its_manifest_says(passatk: Command, tmp_path: Path, require: Require) -> None:
    require(*LANGUAGES)
    file = tmp_path / "documents.jsonl"
    asked = ("--functions", "800", "--documents", "60", "--seed", "5", "--one-step", "0.3")
    made = passatk("corpus", "synthesize", *asked, "--out", str(file))
    assert made.returncode == 0, made.stderr
    assert json.loads((tmp_path / "documents.manifest.json").read_text())["made"]["mix"]["one_step"] == 0.3
    checked = passatk("corpus", "check", str(file), "--json")
    assert checked.returncode == 0, checked.stdout
    report = json.loads(checked.stdout)
    assert report["as_its_manifest_says"] is True
    assert sum(report["renderings"].values()) >= len(file.read_text().splitlines())
    assert report["disagreements"] == []
    assert report["not_judged"] == {}
    missing = passatk("corpus", "check", str(file), "--json", PASSATK_RUSTC="/nowhere")
    assert missing.returncode == 3, missing.stdout
    less = json.loads(missing.stdout)
    assert less["disagreements"] == []
    assert less["renderings"] == {**report["renderings"], "rust": 0}
    [(reason, number)] = less["not_judged"].items()
    assert reason.startswith("rust: PASSATK_RUSTC=/nowhere is not an executable")
    assert number == report["renderings"]["rust"] > 0
    assert f"{number} solutions could not be judged" in missing.stderr
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join([*lines[:-1], lines[-1].replace("return", "retrun")]))
    changed = passatk("corpus", "check", str(file))
    assert (changed.returncode, changed.stdout.split()[0]) == (1, f"{file}:{len(lines)}")
    beyond = passatk("corpus", "check", str(file), "--documents", "10")
    assert beyond.returncode == 1
    assert "was changed: its SHA-256 is" in beyond.stdout
    (tmp_path / "documents.manifest.json").unlink()
    unknown = passatk("corpus", "check", str(file))
    assert unknown.returncode == 2
    assert "has no documents.manifest.json" in unknown.stderr


def test_nothing_to_learn_from_is_said(passatk: Command, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    done = passatk("corpus", "gather", str(tmp_path), "--out", str(tmp_path / "code.jsonl"))
    assert done.returncode == 2
    assert "nothing in" in done.stderr
    assert "1 too small" in done.stderr
    assert not (tmp_path / "code.jsonl").exists()


def test_bad_input_is_refused_in_words(passatk: Command, tmp_path: Path) -> None:
    code = {
        "kind": "code",
        "language": "javascript",
        "prompt": "// language: JavaScript\n",
        "completion": "let x = 1\n",
    }
    lines = [json.dumps({**code, "split": split}) + "\n" for split in ("train", "valid")]
    (tmp_path / "code.jsonl").write_text("".join(lines))
    (tmp_path / "broken.jsonl").write_text(lines[0] + "{\n")
    (tmp_path / "empty.jsonl").touch()
    for command, told in (
        ("pack code.jsonl --out p --context 16 --vocabulary 266", "16 tokens has no room for code"),
        ("pack code.jsonl --out p --vocabulary 70000", "a vocabulary of 70000 tokens"),
        ("pack code.jsonl --out p --vocabulary 9", "a vocabulary of 9 tokens"),
        ("pack code.jsonl --out p --tokenizer nowhere", "cannot read nowhere/vocab.json"),
        ("pack code.jsonl --out p --context 8", "16<=x<=65536"),
        ("pack nowhere.jsonl --out p", "cannot read nowhere.jsonl: No such file"),
        ("pack empty.jsonl --out p", "no documents in empty.jsonl"),
        ("pack broken.jsonl --out p", "broken.jsonl:2"),
        ("check code.jsonl", "has no code.manifest.json"),
        ("check nowhere.jsonl", "cannot read nowhere.jsonl: No such file"),
        ("gather nowhere --out code", "nowhere is no folder"),
        ("gather . --out .", "it is a folder; give a file"),
        ("retrieve code.jsonl --out near", "0 documents for training in"),
        ("retrieve code.jsonl --out near --source-language go", "both --source-language and --target-language"),
        ("retrieve code.jsonl --out near --source-language go --target-language go", "are both go"),
        ("retrieve code.jsonl --out near --problems no", "unknown problems 'no'"),
        ("show 5 --functions 5", "function 5 of 5"),
    ):
        done = passatk("corpus", *command.split())
        assert done.returncode == 2, (command, done.stderr)
        assert told in " ".join(done.stderr.split()), (command, done.stderr)
        assert "Traceback" not in done.stderr
    assert not {"p", "near", "code"} & {file.name for file in tmp_path.iterdir()}


def test_what_cannot_be_written_is_an_environment_fault(passatk: Command, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    source = Path(__file__).parents[2] / "src" / "passatk" / "corpus"
    done = passatk("corpus", "gather", source, "--out", "file/code.jsonl")
    assert done.returncode == 3
    assert "cannot write file/code.jsonl" in done.stderr
