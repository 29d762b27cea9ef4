"""Finished runs, each compared with the first."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from passatk.comparing import ComparedRun, Comparison, Unpaired
from passatk.comparing import compare as compare_records
from passatk.comparing import compare_unpaired as compare_figures
from passatk.errors import InputError, RunFolderError
from passatk.problems import task_of
from passatk.records import Score
from passatk.runs import GenerationManifest, RunView, generations_in, past_generations, traces
from passatk.runs.folder import GENERATIONS
from passatk.runs.manifest import Manifest
from passatk.samples import samples_hash


def compare(runs: Sequence[Path], ks: Sequence[int] | None = None, anyway: bool = False) -> list[Comparison]:
    """What changed from the first of these finished runs to each of the others.

    Args:
        runs: two folders or more; they are only read, and may be of earlier versions.
        ks: of pass@k; by default those of 1, 10, 100 that all problems have samples for in both.
        anyway: compare runs although their figures mean different things.

    Returns:
        One comparison for each run but the first, in their order.

    Raises:
        InputError: a folder is not a finished run, or runs do not compare; names what is different.
    """
    _check(runs, ks)
    first, *others = (_read(run) for run in runs)
    return [compare_records(first, other, ks, anyway) for other in others]


def compare_unpaired(runs: Sequence[Path], ks: Sequence[int] | None = None) -> list[Unpaired]:
    """The figures of the first of these finished runs beside those of each of the others, which have other problems.

    Args:
        runs: as `compare` has it.
        ks: of pass@k; by default all that both runs have.

    Raises:
        InputError: a folder is not a finished run, or runs have problems in common, or no figure.
    """
    _check(runs, ks)
    first, *others = ((_read(run), _scores(run)) for run in runs)
    return [compare_figures(first[0], other, (first[1], scores), ks) for other, scores in others]


def _check(runs: Sequence[Path], ks: Sequence[int] | None) -> None:
    if len(runs) < 2:
        raise InputError("a comparison needs at least two runs")
    if any(k < 1 for k in ks or ()):
        raise InputError(f"k = {min(ks or ())}: must be at least 1", setting="k")


def _scores(path: Path) -> list[Score]:
    with RunView.finished(path) as past:
        return [] if past.scores is None else past.scores.scores


def _read(path: Path) -> ComparedRun:
    with RunView.finished(path) as past:
        manifest = past.manifest
        generations, ends = known_generations(path, manifest)
        found = [
            trace
            if trace.finish_reason or not ends
            else msgspec.structs.replace(trace, finish_reason=ends.get((trace.task_id, trace.sample), ""))
            for trace in traces(past)
        ]
        return ComparedRun(
            name=str(path),
            digest=past.digest,
            manifest=manifest,
            generations=generations,
            traces=tuple(found),
            references=past.references(),
            limits=past.limits,
            tasks={
                task: task_of(manifest.problems, language, task)
                for task, language in {trace.task_id: trace.language for trace in found}.items()
            },
        )


def known_generations(path: Path, manifest: Manifest) -> tuple[GenerationManifest | None, dict[tuple[str, int], str]]:
    """How a run's samples were generated, and why each ended; nothing where that is not there any more."""
    for folder in (path / GENERATIONS, Path(manifest.samples)):
        with suppress(InputError, RunFolderError, OSError):  # what cannot be read is not known
            if generations_in(folder) != folder and samples_hash(folder) == manifest.samples_sha256:
                found, _, samples = past_generations(folder)
                return found, {(one.task_id, one.sample): one.finish_reason for one in samples}
    return None, {}
