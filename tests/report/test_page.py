"""The page of a run as a file: what it says, what it refuses, and that nothing in it is live."""

import base64
import hashlib
import json
import re
import sqlite3
import zlib
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from made_runs import Made, make_run, problem
from running import Command

from passatk.cases import CaseResult
from passatk.errors import InputError
from passatk.records import Status
from passatk.report.page import document, page
from passatk.report.page.clusters import _normalised, normalised
from passatk.report.page.columns import Pool, Table, binary
from passatk.runs import GenerationManifest, RunView
from passatk.runs.generations import Generated, GenerationFolder
from passatk.runs.manifest import this_machine
from passatk.samples import samples_hash

PASS, WRONG = Made(text="    return x\n"), Made(text="    return 2\n", status=Status.WRONG_ANSWER)
NASTY = (
    "</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)> \x1b]0;owned\x07 \u202e \0 javascript:alert(3)"
)
LIVE = ("script", "img", "iframe", "object", "embed", "link", "base", "form")


class _Tags(HTMLParser):
    """The elements and attributes of a document, and its data blocks."""

    def __init__(self, document: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.blocks: dict[str, str] = {}
        self._block = ""
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._block = dict(attrs).get("id") or "" if tag == "script" else ""

    def handle_data(self, data: str) -> None:
        if self._block:
            self.blocks[self._block] = self.blocks.get(self._block, "") + data


def unpacked(document: str, name: str) -> Any:
    return json.loads(zlib.decompress(base64.b64decode(_Tags(document).blocks[name]), 31))


def test_the_first_screen_says_what_the_score_file_says(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", {f"Python/{n}": [PASS, WRONG, WRONG] for n in range(3)})
    document = page([run])
    with RunView(run) as view:
        assert view.scores is not None
        best = view.scores.scores[0].pass_at_k[0]
        assert view.digest in document
    assert f"{100 * best.estimate:.1f}<small> %</small>" in document
    assert f"[{100 * best.low:.1f}, {100 * best.high:.1f}]" in document
    assert '"state complete"' in document


def test_the_curve_agrees_with_the_scores(tmp_path: Path) -> None:
    samples = {f"Python/{n}": [PASS] * n + [WRONG] * (12 - n) for n in range(8)}
    run = make_run(tmp_path / "run", samples)
    document = page([run])
    with RunView(run) as view:
        assert view.scores is not None
        for p in view.scores.scores[0].pass_at_k:
            words = f"Python: pass@{p.k} {100 * p.estimate:.1f} % [{100 * p.low:.1f}, {100 * p.high:.1f}]"
            assert words in document


def test_an_unfinished_run_has_no_score_but_says_how_far_it_is(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", {"Python/0": [PASS, Made(text="x", status=None)]}, complete=False)
    document = page([run])
    assert "No score: 1 sample of 2 judged" in document
    assert "interrupted" in document
    assert "pass@1" not in document


def test_samples_that_could_not_be_judged_are_told(tmp_path: Path) -> None:
    broken = Made(text="x", status=Status.NOT_JUDGED, reason="the sandbox failed: no space")
    run = make_run(tmp_path / "run", {"Python/0": [broken, broken], "Python/1": [PASS, PASS]}, complete=False)
    document = page([run])
    assert "2 samples not judged" in document
    assert "the sandbox failed: no space (2 x)" in document
    assert "No score" in document


def test_samples_that_know_the_answers_to_shown_tests_are_counted(tmp_path: Path) -> None:
    tests = tuple(
        CaseResult(id=name, status=status, public=public, weight=1.0, in_code=public)
        for name, status, public in (("a", "passed", True), ("b", "wrong_answer", False))
    )
    table = Made(text="x", status=Status.WRONG_ANSWER, cases=tests)
    document = page([make_run(tmp_path / "run", {"Python/0": [table, PASS]})])
    assert "1 sample with answers to shown tests in their text" in document


def test_an_empty_run_and_a_run_of_one_sample_have_pages(tmp_path: Path) -> None:
    assert "no samples yet" in page([make_run(tmp_path / "empty", {}, complete=False)])
    assert "1 problem, 1 sample" in page([make_run(tmp_path / "one", {"Python/0": [PASS]})])


def test_nothing_in_a_run_becomes_markup(tmp_path: Path) -> None:
    samples = {NASTY: [Made(text=NASTY, status=Status.RUNTIME_ERROR, reason=NASTY, stdout=NASTY, stderr=NASTY)]}
    one = problem(NASTY, tier=NASTY, prompt=NASTY, tests=NASTY)
    run = make_run(tmp_path / "run", samples, [one], samples=f"{NASTY}.jsonl", toolchains={"python": NASTY})
    document = page([run])
    tags = _Tags(document)
    live = [attributes for tag, attributes in tags.tags if tag in LIVE]
    assert [a.get("type", "") for a in live] == ["application/gzip"] * (len(live) - 1) + [""]
    assert not any(name.startswith("on") for _, attributes in tags.tags for name in attributes)
    assert all((a.get("href") or "#").startswith("#") for _, a in tags.tags)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", document)
    assert unpacked(document, "d-index")["problems"][0]["id"] == NASTY


def test_the_policy_allows_the_own_script_and_style_alone(tmp_path: Path) -> None:
    document = page([make_run(tmp_path / "run", {"Python/0": [PASS]})])
    policy = re.search('Content-Security-Policy" content="([^"]+)"', document)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert "worker-src blob:;" in policy[1]
    assert "unsafe" not in policy[1]
    for kind, tag in (("script-src", "<script>"), ("style-src", "<style>")):
        inside = document.partition(tag)[2].partition(tag.replace("<", "</"))[0]
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy[1]
    assert " style=" not in document


def test_the_same_run_gives_the_same_page(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", {"Python/0": [PASS, WRONG]})
    assert page([run]) == page([run])


def test_damaged_executions_are_told_and_the_rest_is_shown(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", {"Python/0": [PASS, WRONG]})
    with closing(sqlite3.connect(run / "run.sqlite", isolation_level=None)) as db:
        db.execute("UPDATE verdicts SET attempts = x'5b7b' WHERE program = 'Python/0/1'")
    assert "1 sample with executions that cannot be read" in page([run])


def test_a_later_version_s_run_is_shown(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", {"Python/0": [PASS, WRONG]})
    manifest = json.loads((run / "manifest.json").read_bytes())
    (run / "manifest.json").write_text(json.dumps({**manifest, "colour": "blue"}))
    with closing(sqlite3.connect(run / "run.sqlite", isolation_level=None)) as db:
        db.execute("UPDATE verdicts SET status = 'melted' WHERE program = 'Python/0/1'")
        db.execute("ALTER TABLE verdicts ADD COLUMN mood TEXT")
    assert "1 sample with a status that this version does not know" in page([run])


def test_a_run_with_too_many_samples_is_counted_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = tuple(CaseResult(id=n, status="passed", public=n == "1", weight=1, in_code=True) for n in "12")
    odd = [
        Made(text="x", finish_reason="length", answer="said", tokens=3),
        Made(text="y", status=Status.NOT_JUDGED, reason="no toolchain"),
        Made(text="z", status=Status.NOT_JUDGED, reason="no machine", unstable=True),
        Made(text="u", status=Status.TIME_LIMIT, reason="used 4.5 s of 3 s", borderline=True, attempts=3, tokens=5),
        Made(text="v", status=Status.WRONG_ANSWER, cases=(known[0], msgspec.structs.replace(known[1], status="wrong"))),
        Made(text="w", cpu_s=2.5, tokens=3),
        Made(text="not yet", status=None),
    ]
    run = make_run(tmp_path / "run", {f"Python/{n}": [PASS, WRONG, *odd] for n in range(3)}, complete=False)
    with closing(sqlite3.connect(run / "run.sqlite", isolation_level=None)) as db:
        db.execute("UPDATE samples SET program = 'Python/0/1' WHERE program = 'Python/1/1'")
        db.execute("UPDATE verdicts SET attempts = x'5b7b' WHERE program IN ('Python/0/1', 'Python/2/0')")
        db.execute("UPDATE verdicts SET walled = 0 WHERE program = 'Python/2/1'")
    whole = page([run])
    monkeypatch.setattr(document, "MOST_SAMPLES", 8)
    counted = page([run])
    assert "27 samples are too many to be shown one by one" in counted
    assert 'id="d-index"' not in counted
    parts = [text.partition("<main>")[2].partition('id="samples"')[0] for text in (whole, counted)]
    plain = [re.sub("<[^>]+>", " ", part.replace("; choose one to see its samples", "")) for part in parts]
    words = [part.split() for part in plain]
    assert words[0] == words[1]
    assert "3 samples with executions that cannot be read" in counted
    assert "wrong answer: wrong_answer" in counted


def test_two_runs_are_compared(tmp_path: Path) -> None:
    first = make_run(tmp_path / "a", {f"Python/{n}": [PASS, WRONG] for n in range(4)})
    second = make_run(tmp_path / "b", {f"Python/{n}": [WRONG, WRONG] for n in range(3)})
    document = page([first, second])
    assert "3 problems in both; 1 only in the first, 0 only in the second" in document
    assert "-50.0" in document


def test_two_runs_begin_with_the_difference_in_a_sentence(tmp_path: Path) -> None:
    first = make_run(tmp_path / "a", {f"Python/{n}": [PASS, WRONG] for n in range(4)})
    second = make_run(tmp_path / "b", {f"Python/{n}": [WRONG, WRONG] for n in range(4)})
    words = re.sub("<[^>]+>", "", page([first, second]).partition('<p class="lead">')[2].partition("</p>")[0])
    assert words.startswith("pass@1 went from 50.0 to 0.0 %: -50.0 points, 95 % interval [")
    assert "which may be chance" in words
    assert words.endswith("4 passed and fail now, 0 failed and pass now.")
    assert "The same samples became the same programs" in page([first, first])


def generated(run: Path, model: dict[str, Any], origin: dict[str, Any]) -> None:
    """Give a run generations of its own."""
    known = GenerationManifest(
        passatk="0.1.0",
        problems="basics",
        problems_source="basics",
        problems_sha256="0" * 64,
        prompts_sha256="0" * 64,
        languages=None,
        samples=1,
        task="generate",
        target_language=None,
        prompt={},
        settings={"temperature": 0.2, "top_k": None},
        batch_size=1,
        machine=this_machine(),
        model=model,
        origin=origin,
    )
    with GenerationFolder(run / "generations", known) as folder:
        folder.record(Generated(task_id="Python/0", sample=0, text="x", finish_reason="stop", tokens=(), token_count=1))
        folder.finish({"Python/0": problem("Python/0")})


@pytest.mark.parametrize(
    ("model", "origin", "words"),
    [
        ({"model": ""}, {"model": "embedded", "backend": "codegeex", "dtype": "float32"}, "the embedded model"),
        ({"model": "org/name"}, {"backend": "openai", "dtype": ""}, "org/name (openai)"),
        ({"model": "", "url": ""}, {"model": "", "backend": "fake"}, "fake"),
        ({}, {}, "not named"),
    ],
)
def test_a_run_that_generated_is_called_by_its_folder_and_names_its_model(
    tmp_path: Path, model: dict[str, Any], origin: dict[str, Any], words: str
) -> None:
    run = tmp_path / "cool run"
    made = tmp_path / "made"
    made.mkdir()
    generated(made, model, origin)
    digest = samples_hash(made / "generations")
    make_run(run, {"Python/0": [PASS]}, samples=str(run / "generations"), samples_sha256=digest)
    (made / "generations").rename(run / "generations")
    document = page([run])
    assert "<h1>cool run</h1>" in document
    assert f"<dt>model</dt><dd>{words}" in document
    assert "<dt>settings</dt><dd>temperature 0.2</dd>" in document
    assert f"<code>passatk verify &#x27;{run}&#x27;</code>" in document


def test_runs_that_do_not_compare_are_refused_unless_asked_for(tmp_path: Path) -> None:
    first = make_run(tmp_path / "a", {"Python/0": [PASS]})
    others = {
        "no problem in common": make_run(tmp_path / "b", {"Python/1": [PASS]}),
        "tests: hidden, then example": make_run(tmp_path / "c", {"Python/0": [PASS]}, tests="example"),
        "tests: hidden, then example ": make_run(tmp_path / "d", {"Python/0": [PASS]}, complete=False, tests="example"),
    }
    for words, other in others.items():
        with pytest.raises(InputError, match=words.strip()):
            page([first, other])
        assert words.strip() in page([first, other], anyway=True)


def test_a_published_figure_stands_with_its_settings(tmp_path: Path) -> None:
    one = msgspec.structs.replace(problem("Python/0"), benchmark="humaneval-x")
    document = page([make_run(tmp_path / "run", {"Python/0": [PASS]}, [one], problems="humaneval-x")])
    assert "CodeGeeX-13B" in document
    assert "n 200, temperature 0.8, top_p 0.95" in document
    assert "Published figures" not in page([make_run(tmp_path / "other", {"Python/0": [PASS]})])


def test_the_command_writes_a_file_and_refuses_what_is_no_run(
    passatk: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_run(tmp_path / "run", {"Python/0": [PASS, WRONG]})
    done = passatk("report", "run")
    assert done.returncode == 0, done.stderr
    monkeypatch.chdir(tmp_path)
    assert (tmp_path / "run.html").read_text() == page([Path("run")])
    assert not list(tmp_path.glob("*.part"))
    done = passatk("report", "nowhere")
    assert done.returncode == 2
    assert "is not a run folder" in done.stderr


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("NameError: name 'foo' is not defined", "NameError: name '…' is not defined"),
        ("AssertionError: assert f(1) == 2", "AssertionError"),
        (
            "IndexError: index 7 is out of bounds for axis 0 with size 5",
            "IndexError: index N is out of bounds for axis N with size N",
        ),
        ("main.cpp:4:17: error: 'x' was not declared", "PLACE: error: '…' was not declared"),
        ("used 4.51 s of CPU time, limit 3 s", "used N s of CPU time, limit N s"),
        ("at /usr/lib/python3/x.py: 0xdeadbeef", "at PATH: ADDRESS"),
    ],
)
def test_failures_that_are_one_failure_have_one_name(reason: str, expected: str) -> None:
    assert normalised(reason) == expected


PIECES = st.sampled_from(
    [*"0123456789 '\"/@.:-xeN,\n\\", "assert", "Error", "0x", "/a1/b2", "a.py", "v7", "\u0663", "abc"]
)


@given(st.lists(PIECES, max_size=40).map("".join))
@example("at 0x10: 10 x1")
@example(f"{'x' * 158}:12")
@example(f"{'x ' * 999}12x 34")
def test_failures_have_the_names_that_they_have_without_a_short_cut(reason: str) -> None:
    assert normalised(reason) == _normalised(reason[:2000])


def test_columns_and_texts_come_back_as_they_were() -> None:
    rows = [{"plain": 3 - n, "sorted": 100_000 + n, "wide": -1 if n % 2 else 1 << 30} for n in range(300)]
    table = Table(tuple(rows[0]))
    for row in rows:
        table.add(tuple(row.values()))
    layout, raw = binary({"t": table})
    import numpy as np

    for _, name, kind, differences, number, offset in layout:
        values = np.frombuffer(raw, dtype=kind, count=number, offset=offset).astype(np.int64)
        assert (values.cumsum() if differences else values).tolist() == [row[name] for row in rows]
    pool = Pool()
    texts = ["a", "\udc80 half", "a", "\0", "é" * 3]
    numbers = [pool.number(text) for text in texts]
    assert numbers[0] == numbers[2]
    kept = [text for _, chunk in pool.chunks() for text in json.loads(zlib.decompress(base64.b64decode(chunk), 31))]
    assert [kept[number] for number in numbers] == texts
