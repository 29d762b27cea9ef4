"""From documents to windows; CodeGeeX's filters; leakage and retrieval."""

import json
from collections import Counter
from pathlib import Path

import msgspec
import numpy as np
import pytest

from passatk.corpus.documents import Document, Mix
from passatk.corpus.files import DocumentWriter, Synthesized, read_documents
from passatk.corpus.filters import Reason, code_documents, reason_to_drop
from passatk.corpus.neighbours import overlap
from passatk.corpus.packed import write_packed
from passatk.corpus.packing import learn_tokenizer, pack, pieces_of
from passatk.corpus.synthetic import synthetic_corpus
from passatk.corpus.texts import texts_of
from passatk.errors import InputError, SourceError
from passatk.problems import load
from passatk.tokenizer import CodeGeeXTokenizer

GOOD = "".join(f"def add_{n}(left, right):\n    return left + right + {n}\n\n" for n in range(30)).encode()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("documents") / "documents.jsonl"
    with DocumentWriter(path) as writer:
        for chunk in synthetic_corpus(0, 1_000).documents(1_200):
            writer.write(chunk)
        writer.finish(Synthesized(seed=0, functions=1_000, documents=1_200, mix=Mix()))
    return path


def test_windows_hold_whole_documents_and_count_completions_alone(written: Path, tmp_path: Path) -> None:
    tokenizer = learn_tokenizer([written], 700)
    packed = pack([written], tokenizer, 400, tmp_path / "packed")
    told: list[tuple[int, int]] = []
    documents = list(read_documents([written], lambda done, total: told.append((done, total))))
    assert told[-1] == (len(documents), len(documents))
    fitting = [d for d in documents if pieces_of(d, tokenizer, 400)]
    assert packed.manifest["documents"] == len(fitting) > 1_000
    found: Counter[tuple[str, str]] = Counter()
    for part in (packed.train, packed.valid):
        for tokens, counts in zip(part.tokens.tolist(), part.counts.tolist(), strict=True):
            start = 0
            while start < len(tokens) and tokens[start] != packed.eos:
                end = tokens.index(packed.eos, start)
                prompt = next(n for n in range(start, end) if counts[n])
                assert counts[start : end + 1] == [False] * (prompt - start) + [True] * (end + 1 - prompt)
                found[tokenizer.decode(tokens[start:prompt]), tokenizer.decode(tokens[prompt:end])] += 1
                start = end + 1
            assert not any(counts[start:])
    assert found == Counter((d.prompt, d.completion) for d in fitting)
    assert packed.manifest["filled"] > 0.9


def test_real_code_is_cut_at_lines_and_every_part_begins_with_its_tag(written: Path, tmp_path: Path) -> None:
    tokenizer = learn_tokenizer([written], 700)
    text = GOOD.decode()
    document = Document(kind="code", language="python", prompt="# language: Python\n", completion=text)
    pieces = pieces_of(document, tokenizer, 128)
    assert len(pieces) > 3
    parts = [tokenizer.decode(ids[:-1]) for ids, _ in pieces]
    assert all(part.startswith("# language: Python\n") and part.endswith("\n") for part in parts)
    assert "".join(part.removeprefix("# language: Python\n") for part in parts) == text
    assert all(len(ids) <= 129 and prompt == 1 and ids[-1] == tokenizer.eos for ids, prompt in pieces)


@pytest.mark.parametrize("context", [9, 16, 33, 128])
def test_nothing_of_real_code_is_lost(written: Path, context: int) -> None:
    tokenizer = learn_tokenizer([written], 700)
    tag = tokenizer.encode("# language: Python\n")
    for text in ("", "x\n", "a = '" + "long \u00e9" * 90 + "'\nb = 2\n", GOOD.decode(), GOOD.decode().rstrip()):
        document = Document(kind="code", language="python", prompt="# language: Python\n", completion=text)
        pieces = pieces_of(document, tokenizer, context)
        assert all(ids[: len(tag)] == tag and ids[-1] == tokenizer.eos for ids, _ in pieces)
        assert all(len(ids) <= context + 1 and prompt == 1 for ids, prompt in pieces)
        assert tokenizer.decode([token for ids, _ in pieces for token in ids[len(tag) : -1]]) == text
        assert text == "" or all(len(ids) > len(tag) + 1 for ids, _ in pieces)
    with pytest.raises(InputError, match=rf"a context of {len(tag)} tokens has no room .* is {len(tag)} tokens"):
        pieces_of(document, tokenizer, len(tag))
    assert len(pieces_of(document, tokenizer, len(tag) + 1)) == len(
        pieces_of(document, tokenizer, 10**6)[0][0]
    ) - 1 - len(tag)


def test_ids_that_16_bits_do_not_hold_are_refused(written: Path, tmp_path: Path) -> None:
    small = learn_tokenizer([written], 400)
    small.save(tmp_path)
    added = json.loads((tmp_path / "added_tokens.json").read_text())
    (tmp_path / "added_tokens.json").write_text(json.dumps({**added, "<|extratoken_40|>": 1 << 16}))
    large = CodeGeeXTokenizer.load(tmp_path)
    with pytest.raises(InputError, match="ids go up to 65536; a packed corpus holds ids below 65536"):
        pack([written], large, 320, tmp_path / "packed")
    corpus = pack([written], small, 320, tmp_path / "packed")
    with pytest.raises(InputError, match="ids go up to 65536"):
        write_packed(tmp_path / "again", large, corpus.train, corpus.valid)
    for size in (100, (1 << 16) + 1):
        with pytest.raises(InputError, match=f"a vocabulary of {size} tokens: it must be 266"):
            learn_tokenizer([written], size)


def test_a_corpus_of_which_nothing_is_left_says_why(written: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no document is left for train; \d+ are longer than a window of 16 tokens"):
        pack([written], learn_tokenizer([written], 400), 16, tmp_path / "packed")


def test_a_packed_corpus_is_the_same_every_time(written: Path, tmp_path: Path) -> None:
    one, other = (pack([written], learn_tokenizer([written], 600), 256, tmp_path / name) for name in "ab")
    assert one.sha256() == other.sha256()
    assert np.array_equal(one.train.tokens, other.train.tokens)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (GOOD, None),
        (GOOD[:900], "too small"),
        (GOOD * 80, "too large"),
        (b"x = '" + b"long " * 900 + b"'\n" + GOOD[:400], "long lines"),
        (b"# Auto-generated by a tool. DO NOT EDIT.\n" + GOOD, "machine-made"),
        (b"# @generated\n" + GOOD, "machine-made"),
        (b"table = [\n" + b"    12, 34, 56, 78, 90, 11, 22, 33,\n" * 50 + b"]\n", "few letters"),
        (GOOD + b"\0", "no text"),
        (GOOD + b"\xff\xfe", "no text"),
    ],
)
def test_the_filters(body: bytes, reason: Reason | None) -> None:
    assert reason_to_drop(body) == reason


def test_a_folder_is_read_once_and_in_order(tmp_path: Path) -> None:
    for name, body in {
        "b.py": GOOD,
        "a.rs": GOOD.replace(b"def", b"fn"),
        "copy.py": GOOD.replace(b"    ", b"\t"),
        "deep/c.go": GOOD.replace(b"def", b"func"),
        ".hidden/d.py": GOOD * 2,
        "small.js": b"let x = 1\n",
        "notes.txt": GOOD,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(body)
    (tmp_path / "link.py").symlink_to(tmp_path / "b.py")
    dropped: Counter[Reason] = Counter()
    found = list(code_documents(tmp_path, dropped))
    assert [(d.language, d.prompt) for d in found] == [
        ("rust", "// language: Rust\n"),
        ("python", "# language: Python\n"),
        ("go", "// language: Go\n"),
    ]
    assert dropped == {"duplicate": 1, "too small": 1}
    with pytest.raises(InputError, match="is no folder"):
        list(code_documents(tmp_path / "nowhere", dropped))


def test_what_is_planted_is_found() -> None:
    problems = list(load("basics/written/python").problems.values())
    planted = Document(kind="generation", language="python", prompt=problems[4].prompt, completion=problems[4].solution)
    other = Document(
        kind="generation", language="python", prompt="def f():\n", completion="    return 'nothing at all'\n"
    )
    valid = msgspec.structs.replace(planted, split="valid")
    found = {one.task_id: one for one in overlap(problems, texts_of([other, planted], "corpus")).problems}
    assert (found["Python/4"].whole, found["Python/4"].shared, found["Python/4"].nearest) == (True, 1.0, 1.0)
    assert not found["Python/5"].whole
    assert found["Python/5"].shared < 0.2
    assert found["Python/4"].place == "corpus:2"
    [learnt] = overlap([problems[4]], texts_of([other, valid])).problems
    assert not learnt.whole  # what is not learnt from does not leak


def test_a_line_that_is_no_document_is_named(tmp_path: Path) -> None:
    path = tmp_path / "documents.jsonl"
    path.write_text('{"kind": "generation"}\n')
    with pytest.raises(SourceError, match=r"documents\.jsonl.*line 1|documents\.jsonl:1"):
        list(read_documents([path]))
    with pytest.raises(InputError, match="cannot read"):
        list(read_documents([tmp_path / "absent.jsonl"]))
