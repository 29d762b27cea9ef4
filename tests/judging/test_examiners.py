"""Examiners as they lie on disk."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from passatk.judging import Environment, examiners
from passatk.judging.examiners import Examiners
from passatk.records import Examiner, Limits, Step, StepFacts, Workshop


def test_nobody_clears_the_examiners_that_a_judge_uses(
    python_only: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSATK_HOME", str(tmp_path))
    assert examiners.clear()  # there are none yet
    built = examiners.home() / "python-0" / "built"
    built.mkdir(parents=True)
    uses = Examiners(examiners.home(), python_only.toolchains)
    assert not examiners.clear()
    assert built.exists()
    del uses
    assert examiners.clear()
    assert not built.exists()
    assert examiners.home().exists()


def test_threads_of_one_process_may_build_the_same_examiners_at_once(python_only: Environment, tmp_path: Path) -> None:
    source = "x" * 200_000
    group = [Examiner(language="python", source=source, asks=str(n), run=Step(argv=("x",))) for n in range(20)]
    together = Barrier(4)

    def build(_: int) -> bool:
        store = Examiners(tmp_path, python_only.toolchains)
        together.wait()
        store.build(group, _nothing_is_compiled)
        return all(map(store.known, group))

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(build, range(4)))
    (place,) = tmp_path.glob("python-*")
    assert len(list((place / "built").iterdir())) == 1
    assert all((place / examiner.key / f"{examiner.name}.json").read_text() == source for examiner in group)


def _nothing_is_compiled(workshop: Workshop, limits: Limits) -> tuple[StepFacts | None, dict[str, bytes]]:
    raise AssertionError(f"{workshop} was to be compiled within {limits}")
