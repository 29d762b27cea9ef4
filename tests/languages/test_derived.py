"""What examiners are derived from is parsed once, by all runs of one version together, and never wrongly remembered."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from passatk.languages import LANGUAGES, derived
from passatk.languages.derived import Kept
from passatk.records import Examiner

SELF_TEST = LANGUAGES["javascript"].self_test
TESTS = SELF_TEST.tests.code
EXAMINER = Examiner(language="javascript", source="{}", run=LANGUAGES["javascript"].examiner(SELF_TEST, TESTS).run)
LOOK = """
from passatk.languages import LANGUAGES
language = LANGUAGES["javascript"]
derive, made = type(language).examiner, []
type(language).examiner = lambda *given: made.append(1) or derive(*given)
problem = language.self_test
from passatk.records import Sample
sample = Sample(task_id=problem.task_id, index=0, text=problem.solution)
print(len(made), language.program(problem, sample, problem.tests.code).key, len(made))
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PASSATK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def looked(home: Path) -> list[str]:
    environment = {**os.environ, "PASSATK_HOME": str(home)}
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True, env=environment)
    return done.stdout.split()


def test_a_second_process_derives_nothing_and_has_the_same(home: Path) -> None:
    first, second = looked(home), looked(home)
    assert (first[2], second[2]) == ("1", "0")
    assert first[1] == second[1]


def test_what_is_kept_comes_back(home: Path) -> None:
    kept = Kept()
    key = kept.key("javascript", SELF_TEST, TESTS)
    assert kept.get(key) is None
    kept.put(key, (EXAMINER, ""))
    kept.put(kept.key("javascript", SELF_TEST, ""), (None, "a callback"))
    assert Kept().get(key) == (EXAMINER, "")
    assert Kept().get(kept.key("javascript", SELF_TEST, "")) == (None, "a callback")


def test_other_problems_tests_and_languages_have_other_keys(home: Path) -> None:
    kept = Kept()
    prompt = msgspec.structs.replace(SELF_TEST, prompt=SELF_TEST.prompt + " ")
    keys = {
        kept.key("javascript", SELF_TEST, TESTS),
        kept.key("javascript", SELF_TEST, TESTS + " "),
        kept.key("javascript", prompt, TESTS),
        kept.key("java", SELF_TEST, TESTS),
    }
    assert len(keys) == 4


def test_another_version_starts_anew(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept()
    key = kept.key("javascript", SELF_TEST, TESTS)
    kept.put(key, (EXAMINER, ""))
    monkeypatch.setattr(derived, "_source", lambda: b"another version")
    other = Kept()
    assert other.key("javascript", SELF_TEST, TESTS) != key
    assert other.get(key) is None


def test_a_file_that_is_broken_is_made_again(home: Path) -> None:
    kept = Kept()
    key = kept.key("javascript", SELF_TEST, TESTS)
    kept.put(key, (EXAMINER, ""))
    (file,) = home.glob("derived/*/*")
    file.write_bytes(b"half a f")
    assert Kept().get(key) is None
    kept.put(key, (EXAMINER, ""))
    assert Kept().get(key) == (EXAMINER, "")


def test_texts_with_half_a_character_are_not_kept(home: Path) -> None:
    kept = Kept()
    assert kept.key("javascript", SELF_TEST, "\ud800") == ""
    key = kept.key("javascript", SELF_TEST, TESTS)
    kept.put(key, (None, "\ud800"))
    assert kept.get(key) is None


def test_few_versions_are_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(9):
        monkeypatch.setattr(derived, "_source", lambda number=number: bytes([number] * 32))
        Kept()
    assert len(list(derived.path().iterdir())) == 4


def test_a_full_folder_begins_anew(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derived, "_MOST", 2)
    kept = Kept()
    keys = [kept.key("javascript", SELF_TEST, f"{number}") for number in range(3)]
    for key in keys:
        kept.put(key, (None, "a callback"))
    assert Kept().get(keys[0]) is None


def test_a_home_that_is_none_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert looked(tmp_path / "file" / "home")[2] == "1"


def test_they_are_forgotten_when_told(home: Path) -> None:
    looked(home)
    derived.clear()
    assert not derived.path().exists()
    assert looked(home)[2] == "1"
