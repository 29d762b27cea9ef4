"""A training run from a corpus to a model: plain functions, the whole story."""

import math
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np

import passatk
from passatk.corpus.packed import PackedCorpus, load_packed
from passatk.errors import InputError, Interrupted, RunFolderError
from passatk.models.codegeex import CodeGeeXConfig
from passatk.records import Record
from passatk.runs.manifest import this_machine
from passatk.settings import checks_its_request
from passatk.training.arithmetic import computing, find_arithmetic
from passatk.training.folder import (
    MODEL,
    REPORT,
    Checkpoint,
    LossLine,
    Start,
    TrainingFolder,
    TrainingManifest,
    dtype_named,
    read_losses,
)
from passatk.training.settings import TrainingOptions, TrainingSettings
from passatk.training.shapes import flops_per_token, non_embedding_parameters, parameters
from passatk.training.start import first_weights, shape_of_start, start_of
from passatk.training.trainer import Trainer

_VALIDATIONS = 10
"""Of a run, unless told."""


class Training(TrainingOptions, frozen=True, kw_only=True):
    """What is to be trained, and where it goes."""

    corpus: Path
    """A packed corpus."""
    shape: CodeGeeXConfig
    settings: TrainingSettings
    out: Path
    """Run folder. The same request resumes it."""
    start: str | None = None
    """Go on from this model, a folder or `embedded`, with the weights that it was written with; the shape is its."""


class Progress(Record, frozen=True, kw_only=True):
    """How far a run is."""

    step: int
    """Steps done."""
    steps: int
    tokens: int
    """Read so far."""
    loss: float | None
    """Of the last step; None before the first."""
    valid_loss: float | None
    """The last one measured."""
    tokens_per_second: float
    """Of this process, validation counted in."""
    seconds_left: float


class TrainingReport(Record, frozen=True, kw_only=True):
    """What came out of a run."""

    out: Path
    parameters: int
    non_embedding_parameters: int
    steps: int
    tokens: int
    epochs: float
    """How often each window was read."""
    flops: float
    """Of training, by `shapes.flops_per_token`."""
    loss: float
    """At the end, over all windows of the validation part; nats a token, targets that count."""
    train_loss: float
    """Mean of the last twentieth of the steps."""
    seconds: float
    """Spent on steps and validation, over all processes."""
    tokens_per_second: float
    digest: str
    """SHA-256 of the fp32 weights: two runs are equal where it is."""
    start: Start | None = None
    """The model that it went on from; its tokens and FLOP are not counted above."""

    @property
    def model(self) -> Path:
        """The folder of the model and its tokenizer."""
        return self.out / MODEL


Listener = Callable[[Progress], None]


@checks_its_request
def train(
    request: Training, listener: Listener | None = None, stop: Callable[[], bool] = lambda: False
) -> TrainingReport:
    """Train a model, or go on where an earlier call stopped; a finished run is only reported.

    Args:
        request: what, and where to.
        listener: told after each step.
        stop: asked after each step; where it says so, a checkpoint is left.

    Raises:
        InputError: the request makes no sense, the corpus cannot be read, or the loss is no number any more.
        RunFolderError: the folder belongs to another run, is in use, or is damaged.
        EnvironmentFault: the device is missing, or the disk is full.
        Interrupted: `stop` said so.
    """
    corpus = load_packed(request.corpus)
    manifest = manifest_of(request, corpus)
    with TrainingFolder(request.out, manifest) as folder, computing(manifest.arithmetic):
        if folder.complete:
            return past_report(request.out)
        start = first_weights(request.start) if request.start is not None else None
        trainer = Trainer(corpus, request.shape, request.settings, request.device, start)
        return _Run(folder, manifest, corpus, trainer).finish_with(listener, stop)


def manifest_of(request: Training, corpus: PackedCorpus) -> TrainingManifest:
    """What `request` stands for, all defaults filled in.

    Raises:
        InputError: it makes no sense for this corpus.
    """
    settings, shape, context = request.settings, request.shape, corpus.context
    settings.check()
    shape.check()
    start = None if request.start is None else start_of(request.start, corpus)
    if request.start is not None and shape != (theirs := shape_of_start(request.start)):
        raise InputError(f"{request.start} has the shape {theirs}, and {shape} was asked for; leave it to the model")
    if shape.positions < context:
        raise InputError(f"positions = {shape.positions}: windows of {request.corpus} have {context} tokens")
    if shape.vocabulary < corpus.vocabulary:
        raise InputError(f"vocabulary = {shape.vocabulary}: {request.corpus} has {corpus.vocabulary} tokens")
    if shape.eos != corpus.eos:
        raise InputError(f"eos = {shape.eos}: texts of {request.corpus} end with token {corpus.eos}")
    steps = settings.steps(context)
    return TrainingManifest(
        passatk=passatk.__version__,
        corpus=str(request.corpus),
        corpus_sha256=corpus.sha256(),
        windows=len(corpus.train),
        context=context,
        shape=shape,
        parameters=parameters(shape),
        non_embedding_parameters=non_embedding_parameters(shape),
        settings=settings,
        steps=steps,
        tokens=steps * settings.batch_size * context,
        epochs=steps * settings.batch_size / len(corpus.train),
        validation_windows=min(request.validation_windows, len(corpus.valid)),
        validation_every=request.validation_every or math.ceil(steps / _VALIDATIONS),
        checkpoint_every=request.checkpoint_every,
        model_dtype=request.model_dtype,
        arithmetic=find_arithmetic(request.device, request.threads),
        machine=this_machine(),
        start=start,
    )


def past_report(out: Path) -> TrainingReport:
    """The report of a finished run.

    Raises:
        RunFolderError: it is missing or damaged.
    """
    try:
        found = msgspec.json.decode(
            (out / REPORT).read_bytes(), type=TrainingReport, dec_hook=lambda _, text: Path(text)
        )
    except (OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
        raise RunFolderError(f"cannot read {out / REPORT}: {error}; delete {out} to train again") from error
    return msgspec.structs.replace(found, out=out)


class _Run:
    """A run in progress."""

    def __init__(self, folder: TrainingFolder, manifest: TrainingManifest, corpus: PackedCorpus, trainer: Trainer):
        self._folder, self._manifest, self._corpus, self._trainer = folder, manifest, corpus, trainer
        self._per_step = manifest.settings.batch_size * manifest.context
        some = np.linspace(0, len(corpus.valid) - 1, manifest.validation_windows)
        self._some = sorted({int(row) for row in some.round()})
        self._recent: list[float] = []
        self._spent = 0.0
        """Seconds, over all processes."""

    def finish_with(self, listener: Listener | None, stop: Callable[[], bool]) -> TrainingReport:
        """All steps that are left, then the model."""
        done = self._resume()
        self._train(done, listener, stop)
        return self._finish()

    def _resume(self) -> int:
        found = self._folder.load_checkpoint()
        if found is None:
            return 0
        self._trainer.restore(found.state)
        self._spent = found.seconds
        return found.step

    def _train(self, done: int, listener: Listener | None, stop: Callable[[], bool]) -> None:
        manifest, valid, here = self._manifest, None, 0.0
        for number in range(done, manifest.steps):
            began = time.perf_counter()
            step = self._trainer.step(number)
            taken = time.perf_counter() - began
            if not math.isfinite(step.loss + step.gradient_norm):
                raise InputError(
                    f"the loss is {step.loss} and the gradient {step.gradient_norm} at step {number + 1}: training"
                    " diverged; train with a lower learning rate into another folder"
                )
            now, last = number + 1, number + 1 == manifest.steps
            measured = last or now % manifest.validation_every == 0
            if measured:
                valid = self._trainer.validation_loss(self._some)
            self._folder.record(
                LossLine(
                    step=now,
                    tokens=now * self._per_step,
                    loss=step.loss,
                    learning_rate=step.learning_rate,
                    gradient_norm=step.gradient_norm,
                    tokens_per_second=round(self._per_step / taken, 1),
                    valid_loss=valid if measured else None,
                )
            )
            passed = time.perf_counter() - began
            self._spent, here = self._spent + passed, here + passed
            stopping = stop()
            if last or stopping or now % manifest.checkpoint_every == 0:
                state = self._trainer.state()
                self._folder.save_checkpoint(Checkpoint(step=now, seconds=self._spent, state=state))
            if listener is not None:
                rate = (now - done) * self._per_step / here
                listener(
                    Progress(
                        step=now,
                        steps=manifest.steps,
                        tokens=now * self._per_step,
                        loss=step.loss,
                        valid_loss=valid,
                        tokens_per_second=rate,
                        seconds_left=(manifest.steps - now) * self._per_step / rate,
                    )
                )
            if stopping and not last:
                raise Interrupted(
                    f"stopped after step {now} of {manifest.steps}; a checkpoint is kept in {self._folder.path}:"
                    " run the same command again to go on"
                )

    def _finish(self) -> TrainingReport:
        manifest, folder = self._manifest, self._folder
        began = time.perf_counter()
        loss = self._trainer.validation_loss(range(len(self._corpus.valid)))
        losses = [line.loss for line in read_losses(folder.path)][-math.ceil(manifest.steps / 20) :]
        seconds = self._spent + time.perf_counter() - began
        digest = self._trainer.weights.digest()
        report = TrainingReport(
            out=folder.path,
            parameters=manifest.parameters,
            non_embedding_parameters=manifest.non_embedding_parameters,
            steps=manifest.steps,
            tokens=manifest.tokens,
            epochs=manifest.epochs,
            flops=float(flops_per_token(manifest.shape, manifest.context)) * manifest.tokens,
            loss=loss,
            train_loss=sum(losses) / len(losses),
            seconds=seconds,
            tokens_per_second=manifest.tokens / self._spent,
            digest=digest,
            start=manifest.start,
        )
        folder.finish(self._trainer.weights.export(dtype_named(manifest.model_dtype)), self._corpus, report, digest)
        return report
