"""Reading a run folder: finished, interrupted, running, of an earlier version, damaged."""

import json
import shutil
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from running import Command

from passatk.errors import InputError, RunFolderError
from passatk.pipeline.programs import program_of
from passatk.problems import load
from passatk.records import Limits, Outcome, Problem, Sample, Status, Verdict
from passatk.runs import Manifest, RunFolder, RunView, State
from passatk.runs.folder import Entry
from passatk.runs.journal import Kept, Texts, make_tables

PROBLEM = load("basics").get("Python/0")
CODES = [PROBLEM.solution, "    return 0\n", "    return '\udc80'\n", "    return 0\n"]


@pytest.fixture
def run(passatk: Command, tmp_path: Path) -> Path:
    """Judged by the command; its second and fourth sample are the same program."""
    lines = [
        {"task_id": "Python/0", "completion": code, "finish_reason": "stop", "tokens": number}
        for number, code in enumerate(CODES)
    ]
    path = tmp_path / "s.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = passatk("evaluate", path, "--problems", "basics", "--out", "run")
    assert done.returncode == 0, done.stderr
    return tmp_path / "run"


@pytest.fixture
def begun(run: Path, tmp_path: Path) -> Iterator[RunFolder]:
    """A run as it stands while it is judged: the first of two programs has its verdict."""
    manifest = msgspec.json.decode((run / "manifest.json").read_bytes(), type=Manifest)
    with RunFolder(tmp_path / "begun", manifest) as folder:
        samples = [Sample(task_id="Python/0", index=index, text=CODES[index]) for index in (0, 1)]
        programs = [program_of(PROBLEM, sample, "hidden") for sample in samples]
        entries = [
            Entry(sample=sample, program=program.key, language="python", assembled=program)
            for sample, program in zip(samples, programs, strict=True)
        ]
        folder.fill(entries, [PROBLEM])
        folder.set_limits({"Python/0": Limits()})
        folder.record(programs[0].key, Verdict(status=Status.PASSED, reason="all tests held"))
        yield folder


def test_a_sample_comes_with_all_that_is_known_of_it(run: Path) -> None:
    with RunView(run) as view:
        assert view.state is State.COMPLETE
        wrong = view.sample("Python/0", 1)
        assert wrong is not None
        assert (wrong.status, wrong.text, wrong.finish_reason, wrong.tokens) == ("wrong_answer", CODES[1], "stop", 1)
        assert (wrong.benchmark, wrong.language, wrong.walled, wrong.answer) == ("basics", "python", True, "")
        assert wrong.problem == PROBLEM
        assert wrong.assembled is not None
        assert wrong.assembled.key == wrong.program
        assert "return 0" in dict(wrong.assembled.files)["program.py"]
        assert wrong.assembled.examiner is not None
        assert "assert" in wrong.assembled.examiner.source
        assert wrong.limits is not None
        assert wrong.attempts[0].examiner is not None
        assert wrong.attempts[0].examiner.said.startswith("failed")
        assert view.sample("Python/0", 9) is None
        assert view.sample("Python/9", 0) is None


def test_programs_are_what_was_judged_and_kept_once(run: Path) -> None:
    with RunView(run) as view:
        keys = [one.program for one in view.judged("Python/0")]
        assert keys[1] == keys[3]
        assert all((program := view.program(key)) is not None and program.key == key for key in keys)
        assert view.program("0" * 64) is None
        assert [sample.text for sample in view.samples()] == CODES
    with closing(sqlite3.connect(run / "run.sqlite")) as db:
        texts = [zlib.decompress(body) for (body,) in db.execute("SELECT body FROM texts")]
    assert len(texts) == len(set(texts))


def test_what_is_counted_adds_up(run: Path) -> None:
    with RunView(run) as view:
        counts, scores = view.counts(), view.scores
        assert scores is not None
        assert counts.statuses == scores.scores[0].statuses
        assert (counts.samples, counts.judged, counts.programs, counts.programs_judged) == (4, 4, 3, 3)
        assert view.left_out() == scores.unfit == {}


def test_a_running_run_is_read_beside_its_judge(begun: RunFolder) -> None:
    with RunView(begun.path) as view:
        assert view.state is State.RUNNING
        assert [one.status for one in view.judged()] == ["passed", ""]
        assert (view.counts().judged, view.scores, view.digest) == (1, None, "")
        begun.record(next(begun.unjudged()).program, Verdict(status=Status.NOT_JUDGED, reason="no toolchain"))
        assert [one.status for one in view.judged()] == ["passed", "not_judged"]
    with pytest.raises(InputError, match="is not complete"):
        RunView.finished(begun.path)


@pytest.mark.parametrize(
    "files", [("run.sqlite", "run.sqlite-wal", "run.sqlite-shm"), ("run.sqlite", "run.sqlite-wal")]
)
def test_what_a_killed_judge_left_is_read_and_not_touched(begun: RunFolder, tmp_path: Path, files: tuple[str]) -> None:
    """With the log of what is not written back yet."""
    left = tmp_path / "left"
    left.mkdir()
    for name in ("manifest.json", "lock", *files):
        shutil.copy(begun.path / name, left / name)
    before = {file.name: file.read_bytes() for file in left.iterdir() if not file.name.endswith("-shm")}
    with RunView(left) as view:
        assert view.state is State.INTERRUPTED
        assert [one.status for one in view.judged()] == ["passed", ""]
        assert view.program(next(view.judged()).program) is not None
    assert before == {file.name: file.read_bytes() for file in left.iterdir() if not file.name.endswith("-shm")}


def test_all_judged_but_not_scored_is_a_state_of_its_own(begun: RunFolder) -> None:
    begun.record(next(begun.unjudged()).program, Verdict(status=Status.NOT_JUDGED, reason="no toolchain"))
    begun.close()
    with RunView(begun.path) as view:
        assert view.state is State.UNSCORED


def test_what_earlier_versions_did_not_keep_is_absent(run: Path) -> None:
    with closing(sqlite3.connect(run / "run.sqlite")) as db:
        for table in ("programs", "problems", "texts"):
            db.execute(f"DROP TABLE {table}")
        for table, column in (("verdicts", "walled"), *(("samples", c) for c in ("answer", "read_as", "tokens"))):
            db.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        db.execute("ALTER TABLE samples DROP COLUMN finish_reason")
        db.commit()
    with RunView(run) as view:
        old = view.sample("Python/0", 1)
        assert old is not None
        assert (old.status, old.text, len(old.attempts)) == ("wrong_answer", CODES[1], 1)
        absent = (old.walled, old.problem, old.assembled, old.tokens, old.finish_reason, old.benchmark)
        assert absent == (None, None, None, None, "", "")
        assert [sample.text for sample in view.samples()] == CODES
        assert view.counts().not_walled == 0
        ends = view.ends({("Python/0", 1): "length"})
        assert ends == {("Python/0", "python", "length", "", None): 1, ("Python/0", "python", "", "", None): 3}
        assert view.kinds() == {}
        assert view.problem("Python/0") is None


def test_executions_with_other_facts_are_absent_and_broken_ones_an_error(run: Path) -> None:
    with closing(sqlite3.connect(run / "run.sqlite")) as db:
        db.execute("UPDATE verdicts SET attempts = ? WHERE status = 'passed'", (b'[{"facts": 1}]',))
        db.execute("UPDATE verdicts SET attempts = ? WHERE status = 'wrong_answer'", (b"[{",))
        db.commit()
    with RunView(run) as view:
        passed, wrong, *_ = view.judged()
        assert passed.attempts == ()
        with pytest.raises(RunFolderError, match="damaged"):
            assert wrong.attempts


def test_a_run_without_tables_has_no_samples(run: Path) -> None:
    (run / "run.sqlite").unlink()
    sqlite3.connect(run / "run.sqlite").close()
    (run / "run.sqlite").write_bytes(b"")
    with RunView(run) as view:
        assert (view.tasks(), list(view.judged()), view.counts().samples, view.limits) == ([], [], 0, {})


def test_odd_texts_survive(tmp_path: Path) -> None:
    text = 'nul \0, half \udc80, line \u2028 and "quotes"\r\n'
    problem: Problem = msgspec.structs.replace(PROBLEM, prompt=text, task_id="odd")
    program = msgspec.structs.replace(
        program_of(PROBLEM, Sample(task_id="Python/0", index=0, text=CODES[0]), "hidden"),
        files=(("a.py", text), ("b.py", text)),
    )
    with closing(sqlite3.connect(tmp_path / "j")) as db:
        make_tables(db)
        kept = Kept(db)
        kept.keep_problem(problem, 0)
        kept.keep_program(program)
        kept.keep_program(program)
        texts = Texts(db)
        assert texts.problem("odd") == problem
        assert texts.program(program.key) == program


def test_outcomes_are_read_as_they_were_written(run: Path) -> None:
    with RunView(run) as view:
        assert all(isinstance(outcome, Outcome) for one in view.judged() for outcome in one.attempts)
