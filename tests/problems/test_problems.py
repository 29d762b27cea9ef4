"""Problems by name, from files and folders, and fetched from a server."""

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from passatk.errors import InputError, SourceError, UnknownNameError
from passatk.problems import BENCHMARKS, basics, load
from passatk.problems.fetch import fetch
from passatk.problems.rendering import RENDERERS
from passatk.prompts import completion

RECORD = {
    "task_id": "Python/0",
    "prompt": "def f():\n",
    "declaration": "def f():\n",
    "canonical_solution": "    return 1\n",
    "test": "assert f() == 1\n",
    "example_test": "",
}


def write(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def test_basics_has_at_least_160_problems_in_six_languages() -> None:
    problems = load("basics")
    assert len(basics.specifications()) >= 160
    assert len(problems.problems) == 6 * len(basics.specifications())
    for problem in problems.problems.values():
        assert problem.prompt
        assert problem.declaration
        assert problem.reference
        assert problem.tests.code != problem.tests.examples
        assert problem.tests.examples


def test_every_basics_problem_is_written_in_every_language() -> None:
    languages = {renderer.language for renderer in RENDERERS}
    for *_, spec in basics.specifications():
        assert set(spec.solution) == languages
        assert len(spec.tests) >= 6
        assert len(spec.examples) == 2


def test_one_language_of_a_set() -> None:
    problems = load("basics/java")
    assert problems.languages == ["java"]
    assert problems.name == "basics/java"


def test_one_tier_of_the_suite() -> None:
    whole = load("basics/java")
    tiers = {tier: load(f"basics/{tier}/java") for tier in basics.FIRST_NUMBER}
    assert {task for tier in tiers.values() for task in tier.problems} == set(whole.problems)
    assert sum(len(tier.problems) for tier in tiers.values()) == len(whole.problems)
    assert next(iter(tiers["written"].problems)) == "Java/0"
    assert next(iter(tiers["depth"].problems)) == "Java/300"
    assert load("basics/java/depth").problems == tiers["depth"].problems
    assert all(load(f"basics/{tier}").problems.items() <= load("basics").problems.items() for tier in tiers)
    with pytest.raises(UnknownNameError, match="tier or language of basics 'deep'"):
        load("basics/deep")


@pytest.mark.parametrize("name", ["humaneval_x", "basics/cobol", "no/such/file", "BASICS"])
def test_an_unknown_name_lists_what_exists(name: str) -> None:
    with pytest.raises(UnknownNameError, match="known: "):
        load(name)


def test_an_unknown_task_suggests_the_close_one() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'Python/12'"):
        load("basics").get("python/12")


def test_the_real_sets_load_from_folder_file_and_by_name(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(load(str(data / "humaneval-x")).problems) == 984
    assert len(load(str(data / "humaneval-x" / "humaneval_go.jsonl.gz")).problems) == 164
    assert len(load(str(data / "humaneval")).problems) == 164
    monkeypatch.setenv("PASSATK_DATA", str(data))
    assert load("humaneval-x/rust").languages == ["rust"]
    assert load("humaneval").hash == load(str(data / "humaneval")).hash


def test_a_set_is_the_same_compressed_or_not(tmp_path: Path) -> None:
    plain = write(tmp_path / "a.jsonl", RECORD)
    packed = tmp_path / "b"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert load(str(plain)).hash == load(str(packed)).hash


@pytest.mark.parametrize(
    ("records", "message"),
    [
        (
            [{k: v for k, v in RECORD.items() if k != "test"}],
            r"p:1: field 'test': is missing; expected a record",
        ),
        ([{**RECORD, "prompt": 3}], r"p:1: field 'prompt': must be a string, got 3; expected a record of humaneval-x"),
        ([{**RECORD, "task_id": "Cobol/1"}], r"p:1: field 'task_id': no language is called 'Cobol'"),
        ([RECORD, RECORD], r"p:2: field 'task_id': 'Python/0' is there twice"),
        ([{**RECORD, "example_test": 3}], r"p:1: field 'example_test': must be a string or null, got 3"),
        ([{"question": 1}], r"p:1: fields 'question' fit no benchmark"),
    ],
)
def test_a_bad_problem_is_named_with_file_line_and_field(tmp_path: Path, records: list[object], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        load(str(write(tmp_path / "p", *records)))


def test_a_folder_without_problems_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text("words")
    with pytest.raises(InputError, match="no problems in"):
        load(str(tmp_path))


def test_a_python_completion_of_humaneval_x_ends_before_its_first_unindented_line(data: Path) -> None:
    text = "    return 1\n\n    # more\nprint(2)\n    return 3\n"
    x = load(str(data / "humaneval-x")).get("Python/0")
    original = load(str(data / "humaneval")).get("HumanEval/0")
    assert completion(x, text) == "    return 1\n\n    # more"
    assert completion(original, text) == text


# --- fetching ----------------------------------------------------------------------------------------------------


@pytest.fixture
def server(data: Path) -> Iterator[tuple[str, dict[str, bytes]]]:
    """A real HTTP server with the real file, and what it answers for a path."""
    served = {"/home/HumanEval.jsonl.gz": (data / "humaneval" / "HumanEval.jsonl.gz").read_bytes()}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = served.get(self.path)
            self.send_response(404 if body is None else 200)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", served
        running.shutdown()
        thread.join()


def test_fetch_downloads_checks_and_does_not_fetch_twice(
    server: tuple[str, dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, served = server
    monkeypatch.setenv("PASSATK_HOME", str(tmp_path))
    monkeypatch.delenv("PASSATK_DATA", raising=False)
    files = fetch("humaneval", f"{address}/home")
    assert len(load("humaneval").problems) == 164
    served.clear()
    assert fetch("humaneval", f"{address}/home") == files


def test_fetch_accepts_the_same_contents_compressed_otherwise(
    server: tuple[str, dict[str, bytes]], tmp_path: Path
) -> None:
    address, served = server
    path = "/home/HumanEval.jsonl.gz"
    served[path] = gzip.compress(gzip.decompress(served[path]), 1)
    assert fetch("humaneval", f"{address}/home", tmp_path)


@pytest.mark.parametrize(
    "damage", [lambda body: body[:-9], lambda body: b"<html>", lambda body: gzip.compress(b"{}\n")]
)
def test_a_wrong_download_is_refused_and_not_kept(
    server: tuple[str, dict[str, bytes]], tmp_path: Path, damage: object
) -> None:
    address, served = server
    path = "/home/HumanEval.jsonl.gz"
    assert callable(damage)
    served[path] = damage(served[path])
    with pytest.raises(InputError, match="not the file it should be"):
        fetch("humaneval", f"{address}/home", tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("mirror", "message"),
    [("/nowhere", "HTTP Error 404"), (None, "Connection refused"), ("ftp://x", "expected an http")],
)
def test_a_server_that_does_not_serve_is_a_clear_error(
    server: tuple[str, dict[str, bytes]], tmp_path: Path, mirror: str | None, message: str
) -> None:
    address = server[0] + mirror if mirror and mirror.startswith("/") else mirror or "http://127.0.0.1:9"
    with pytest.raises(InputError, match=message):
        fetch("humaneval", address, tmp_path)


def test_only_known_benchmarks_can_be_fetched() -> None:
    assert set(BENCHMARKS["humaneval"].files) == {"HumanEval.jsonl.gz"}
    with pytest.raises(UnknownNameError, match="known: humaneval, humaneval-x"):
        fetch("mbpp")
