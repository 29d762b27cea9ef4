"""Generate finished samples again and say which tokens came out differently."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

import msgspec

from passatk.decoding import DecodingSettings
from passatk.errors import InputError
from passatk.models import ModelSpec
from passatk.pipeline.generation import Generation, generate
from passatk.pipeline.progress import GenerationProgress, no_progress
from passatk.pipeline.settings import Address, Executor, Prompting
from passatk.problems import ProblemSet, load
from passatk.records import Record
from passatk.runs.folder import GENERATIONS
from passatk.runs.generations import JOURNAL, Generated, GenerationManifest, past_generations


class Difference(Record, frozen=True, kw_only=True):
    """A sample that came out differently."""

    task_id: str
    sample: int
    at: int
    """First token that differs, counted from 0; -1 where only the text does."""
    before: str
    now: str


class Regeneration(Record, frozen=True, kw_only=True):
    """What generating again says."""

    path: Path
    samples: int
    digest_before: str
    digest_now: str
    differences: list[Difference]
    changes: list[str]
    """What is different now: the model's files, libraries, device, machine, passatk itself."""

    @property
    def holds(self) -> bool:
        """Every token is the same."""
        return not self.differences and self.digest_before == self.digest_now


def generations_of(run: Path) -> Path | None:
    """Where the samples are that a run, or a folder of generations, generated itself; None if it judged a file."""
    return next((place for place in (run, run / GENERATIONS) if (place / JOURNAL).is_file()), None)


def reproducible(path: Path) -> bool:
    """Whether the finished generations in `path` come from a model that gives the same tokens again."""
    origin = past_generations(path)[0].origin
    return bool(origin.get("reproducible", True))


def regenerate(
    path: Path,
    problems: ProblemSet | None = None,
    out: Path | None = None,
    progress: GenerationProgress = no_progress,
    executor: Executor = "local",
    address: Address = "auto",
) -> Regeneration:
    """Generate every sample of the finished folder `path` again, and compare token for token.

    Args:
        path: a complete folder of generations; it is only read.
        problems: what the prompts were made of, when it is no longer where it was.
        out: keeps the second generation, and resumes it; a temporary folder by default.
        progress: called as it goes on.
        executor: where samples are generated, which changes no token.
        address: of a cluster.

    Raises:
        InputError: the folder is not complete, or problems or model are not there.
    """
    before, digest, samples = past_generations(path)
    problems = problems or load(before.problems_source)
    if problems.hash != before.problems_sha256:
        raise InputError(
            f"the problems in {problems.source or problems.name} are not those {path} was generated for (their hashes"
            " differ); name the right ones",
            setting="problems",
        )
    with ExitStack() as stack:
        folder = out or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="passatk-verify-"))) / "samples"
        if folder.resolve() == path.resolve():
            raise InputError(
                f"{folder} holds the generations themselves; choose another folder, or none", setting="out"
            )
        request = msgspec.structs.replace(_again(before, problems, folder), executor=executor, address=address)
        generate(request, progress)
        now, digest_now, again = past_generations(folder)
        pairs = list(zip(samples, again, strict=True))
        return Regeneration(
            path=path,
            samples=len(pairs),
            digest_before=digest,
            digest_now=digest_now,
            differences=[_difference(one, other) for one, other in pairs if one != other],
            changes=_changes(before, now),
        )


def _again(before: GenerationManifest, problems: ProblemSet, out: Path) -> Generation:
    return Generation(
        problems=problems,
        model=msgspec.convert(before.model, ModelSpec),
        settings=msgspec.convert(before.settings, DecodingSettings),
        out=out,
        samples=before.samples,
        languages=before.languages,
        task="translate" if before.task == "translate" else "generate",
        target_language=before.target_language,
        prompting=msgspec.convert(before.prompt, Prompting),
        batch_size=before.batch_size,
    )


def _difference(before: Generated, now: Generated) -> Difference:
    pairs = zip(before.tokens, now.tokens, strict=False)
    at = next((n for n, (one, other) in enumerate(pairs) if one != other), -1)
    if at < 0 and len(before.tokens) != len(now.tokens):
        at = min(len(before.tokens), len(now.tokens))
    return Difference(task_id=before.task_id, sample=before.sample, at=at, before=before.text, now=now.text)


def _changes(before: GenerationManifest, now: GenerationManifest) -> list[str]:
    """What could explain a difference, in words."""
    told = []
    for name, then in before.origin.items():
        here = now.origin.get(name)
        if then != here:
            told.append(f"{name}: {then} then, {here} now")
    for field in before.machine.__struct_fields__:
        then, here = getattr(before.machine, field), getattr(now.machine, field)
        if then != here:
            told.append(f"{field}: {then} then, {here} now")
    if before.passatk != now.passatk:
        told.append(f"passatk: {before.passatk} then, {now.passatk} now")
    return told
