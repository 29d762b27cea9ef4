"""Files of documents and the manifests beside them."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

import passatk
from passatk.corpus.checking import first_difference, made_anew
from passatk.corpus.documents import Document, Mix
from passatk.corpus.files import (
    DocumentWriter,
    Gathered,
    Synthesized,
    manifest_path,
    read_documents,
    read_manifest,
    source_file,
)
from passatk.corpus.filters import Reason, code_documents
from passatk.corpus.packed import load_packed
from passatk.corpus.packing import learn_tokenizer, pack
from passatk.corpus.synthetic import SyntheticCorpus, synthetic_corpus
from passatk.errors import InputError, SourceError, StorageError

MADE = Synthesized(seed=3, functions=900, documents=700, mix=Mix(translation=0.5))
ONE = Document(kind="code", language="python", prompt="# language: Python\n", completion="x = 1\n")


@pytest.fixture(scope="module")
def corpus() -> SyntheticCorpus:
    return synthetic_corpus(MADE.seed, MADE.functions)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, corpus: SyntheticCorpus) -> Path:
    path = tmp_path_factory.mktemp("written") / "functions.jsonl"
    with DocumentWriter(path) as writer:
        for chunk in corpus.documents(MADE.documents, MADE.mix):
            writer.write(chunk)
        writer.finish(MADE)
    return path


@pytest.fixture
def copy(written: Path, tmp_path: Path) -> Path:
    """To be spoilt."""
    path = tmp_path / written.name
    for file in (written, manifest_path(written)):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return path


def test_a_file_says_what_made_it(written: Path, corpus: SyntheticCorpus) -> None:
    assert manifest_path(written).name == "functions.manifest.json"
    manifest = read_manifest(written)
    assert manifest is not None
    assert manifest.made == MADE
    assert (manifest.format, manifest.version, manifest.passatk) == ("passatk corpus", 1, passatk.__version__)
    assert manifest.sha256 == hashlib.sha256(written.read_bytes()).hexdigest()
    assert manifest.documents == len(list(read_documents([written])))
    again, made = made_anew(manifest, written)
    assert (again.functions, made) == (corpus.functions, MADE)


def test_two_files_of_a_folder_have_two_manifests() -> None:
    names = ("a.jsonl", "a", "a.1", "a.2", "b.json")
    assert len({manifest_path(Path(name)) for name in names[1:]}) == 4


def test_a_file_is_what_its_manifest_makes(copy: Path, corpus: SyntheticCorpus) -> None:
    def difference(count: int = MADE.documents) -> int | None:
        return first_difference(copy, corpus, MADE, count)

    lines = copy.read_bytes().splitlines(keepends=True)
    assert difference() is difference(40) is None
    copy.write_bytes(b"".join([*lines[:20], lines[20].replace(b"return", b"retrun"), *lines[21:]]))
    assert (difference(), difference(20)) == (21, None)
    copy.write_bytes(b"".join(lines[:-1]))
    assert (difference(), difference(40)) == (len(lines), None)
    copy.write_bytes(b"".join([*lines, lines[0]]))
    assert (difference(), difference(40)) == (len(lines) + 1, None)
    copy.unlink()
    with pytest.raises(InputError, match=r"cannot read .*functions\.jsonl"):
        difference()


def test_only_functions_can_be_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "code.jsonl"
    with DocumentWriter(path) as writer:
        writer.write([ONE])
        manifest = writer.finish(Gathered(folder="somewhere", dropped={"too small": 2}))
    assert read_manifest(path) == manifest
    with pytest.raises(InputError, match="holds real code"):
        made_anew(manifest, path)


def test_what_is_not_finished_is_not_there(copy: Path) -> None:
    before = copy.read_bytes()
    with DocumentWriter(copy) as writer:  # and no `finish`
        writer.write([ONE])
        assert copy.with_name("functions.jsonl.partial").exists()
    assert copy.read_bytes() == before
    assert sorted(file.name for file in copy.parent.iterdir()) == ["functions.jsonl", "functions.manifest.json"]


def test_where_nothing_can_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it is a folder; give a file"):
        DocumentWriter(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match=r"cannot write .*code\.jsonl"):
        DocumentWriter(tmp_path / "file" / "code.jsonl")


def test_what_stands_beside_a_file_is_read_with_care(copy: Path) -> None:
    beside = manifest_path(copy)
    assert source_file(copy).manifest == read_manifest(copy)
    copy.write_bytes(copy.read_bytes() + b"\n")
    with pytest.raises(SourceError, match=r"its SHA-256 is .* as functions\.manifest\.json says"):
        source_file(copy)
    spoilt: list[tuple[Callable[[dict[str, object]], object], str]] = [
        (lambda m: m.update(version=2), "version 2; expected 'passatk corpus' version 1"),
        (lambda m: m.pop("format"), "None version 1"),
        (lambda m: m.update(documents="many"), "Expected `int`"),
        (lambda m: m.update(made={"command": "copy"}), "Invalid value 'copy'"),
    ]
    good = beside.read_bytes()
    for spoil, told in spoilt:
        manifest = json.loads(good)
        spoil(manifest)
        beside.write_bytes(msgspec.json.encode(manifest))
        with pytest.raises(SourceError, match=told):
            read_manifest(copy)
    beside.write_bytes(b"[")
    with pytest.raises(SourceError, match="the manifest of a file of documents"):
        read_manifest(copy)
    beside.unlink()
    assert read_manifest(copy) is source_file(copy).manifest is None


def test_a_packed_corpus_says_what_it_was_packed_from(copy: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_bytes(msgspec.json.encode(ONE) + b"\n")
    packed = pack([copy, other], learn_tokenizer([copy], 400), 384, tmp_path / "packed")
    manifest = read_manifest(copy)
    assert manifest is not None
    assert packed.manifest["sources"] == [
        {"file": "functions.jsonl", "sha256": manifest.sha256, "manifest": msgspec.to_builtins(manifest)},
        {"file": "other.jsonl", "sha256": hashlib.sha256(other.read_bytes()).hexdigest(), "manifest": None},
    ]
    earlier = packed.folder / "manifest.json"  # of a version that wrote names alone
    earlier.write_text(json.dumps({**json.loads(earlier.read_text()), "sources": ["functions.jsonl"]}))
    assert load_packed(packed.folder).sha256() == packed.sha256()
    copy.write_bytes(copy.read_bytes() + b"\n")
    with pytest.raises(SourceError, match="its SHA-256 is"):
        pack([copy], packed.tokenizer(), 384, tmp_path / "again")


def test_a_source_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(f"def {name[0]}(number):\n    return number\n\n" * 40)
    dropped: Counter[Reason] = Counter()
    found = code_documents(tmp_path, dropped)
    next(found)
    (tmp_path / "b.py").unlink()
    with pytest.raises(InputError, match=r"cannot read .*b\.py: No such file"):
        next(found)

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match=r"cannot read .*a\.py: Permission denied; make it readable"):
        list(code_documents(tmp_path, dropped))
    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(InputError, match="Permission denied"):
        list(code_documents(tmp_path, dropped))
