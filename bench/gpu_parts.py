"""What `gpu.py` does with one model, or with one training run."""

import itertools
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import torch
from commands import in_turns
from generation import Ids, with_engine
from gpu_models import CANDIDATES, Plan, prompts, settings_of
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - PyTorch's own name for it

from passatk.corpus.packed import PackedCorpus
from passatk.decoding import DecodingSettings
from passatk.decoding.engine import Engine, Request
from passatk.decoding.model import CausalModel
from passatk.decoding.rows import MOST
from passatk.decoding.seeding import set_seed
from passatk.errors import Interrupted
from passatk.training import Training, train
from passatk.training.folder import read_losses
from passatk.training.run import past_report
from passatk.training.settings import TrainingSettings, usual_learning_rate
from passatk.training.shapes import shape_for

BATCHES = (1, 3, 8, 64, MOST)

# --- what depends on the number of rows ---------------------------------------------------------------------------

_COUNTS = (1, 2, 3, 4, 8, 16, 32, 64, 128)


def kernels(plan: Plan, dtype: torch.dtype, device: str) -> dict[str, list[int]]:
    """Operation -> numbers of rows among which a row has other bits than among 256."""
    heads, width, keys = plan.kernels
    generator = torch.Generator(device).manual_seed(0)

    def drawn(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, device=device).to(dtype)

    x, table = drawn(MOST, heads * width), drawn(4 * heads * width, heads * width)
    q, k, v = drawn(MOST, heads, 1, width), drawn(MOST, heads, keys, width), drawn(MOST, heads, keys, width)
    weights = drawn(MOST, heads, 1, keys)
    operations: dict[str, Callable[[int], Tensor]] = {
        "linear": lambda n: F.linear(x[:n], table),
        "layer norm": lambda n: F.layer_norm(x[:n], x.shape[1:]),
        "mean of squares": lambda n: x[:n].float().square().mean(-1),
        "unit length": lambda n: F.normalize(x[:n].float(), dim=-1),
        "softmax": lambda n: x[:n].float().softmax(-1),
        "running sum, float64": lambda n: x[:n].double().cumsum(-1),
        f"scores of {keys} own keys": lambda n: q[:n] @ k[:n].transpose(2, 3),
        f"mix of {keys} own values": lambda n: weights[:n] @ v[:n],
        "PyTorch's attention": lambda n: F.scaled_dot_product_attention(q[:n], k[:n], v[:n]),
    }
    found = {}
    for name, operation in operations.items():
        usual = operation(MOST)
        found[name] = [n for n in _COUNTS if not torch.equal(operation(n), usual[:n])]
    return found


# --- the same tokens over batch sizes -----------------------------------------------------------------------------


class Batches(NamedTuple):
    """One method's samples at all batch sizes."""

    differing: dict[int, tuple[int, int]]
    """Batch size -> samples with other tokens than at the largest one; samples drawn."""
    first: int | None
    """The earliest token that differs, counted from 0."""
    texts: int
    """Different ones."""
    tokens: float
    """Different ones of a text, on average."""


def over_batches(model: CausalModel, plan: Plan, settings: DecodingSettings) -> Batches:
    """Draw samples at the largest batch size that the method has, then some of them at the others."""
    most = MOST // (CANDIDATES if settings.method == "contrastive" else 1)
    usual = _drawn(model, plan, settings, most)
    differing, places = {}, []
    for batch in (batch for batch in BATCHES if batch < most):
        made = _drawn(model, plan, settings, batch)
        pairs = [(tokens, usual[key]) for key, tokens in made.items() if tokens != usual[key]]
        differing[batch] = (len(pairs), len(made))
        places += [next(n for n, (a, b) in enumerate(zip(*pair, strict=True)) if a != b) for pair in pairs]
    texts = set(usual.values())
    return Batches(
        differing, min(places, default=None), len(texts), statistics.fmean(len(set(tokens)) for tokens in texts)
    )


def as_without_set_seed(model: CausalModel, plan: Plan, settings: DecodingSettings) -> bool:
    """PyTorch's deterministic algorithms suffice (it raises an error otherwise), and give the same tokens."""
    usual = _drawn(model, plan, settings, MOST)
    with set_seed(5):
        made = _drawn(model, plan, settings, BATCHES[1])
    return all(usual[key] == tokens for key, tokens in made.items())


def _drawn(
    model: CausalModel, plan: Plan, settings: DecodingSettings, batch: int
) -> dict[tuple[str, int], tuple[int, ...]]:
    requests = [Request(f"task {n}", prompt, range(min(plan.samples, batch))) for n, prompt in enumerate(prompts(plan))]
    made = Engine(model, Ids(), settings, batch_size=batch).generate(requests)
    return {(one.task_id, one.index): one.tokens for one in made}


# --- contrastive search by its definition -------------------------------------------------------------------------


class Defined(NamedTuple):
    """Texts of contrastive search, looked at token by token."""

    losses: list[float | None]
    """As `losses_of_score` has them."""
    greedy: int
    """Texts that greedy search writes too: they say little."""
    texts: int


def by_definition(model: CausalModel, plan: Plan, eos: int) -> Defined:
    """What the engine writes, beside the definition."""
    texts, length = plan.defined
    settings = settings_of("contrastive", length, eos)
    losses, greedy = [], 0
    for n, prompt in enumerate(prompts(plan)[:texts]):
        tokens, likeliest = (
            next(Engine(model, Ids(), own).generate([Request(f"text {n}", prompt, [0])])).tokens
            for own in (settings, settings_of("greedy", length, eos))
        )
        losses += losses_of_score(model, settings, prompt, tokens)
        greedy += tokens == likeliest
    return Defined(losses, greedy, texts)


def losses_of_score(
    model: CausalModel, settings: DecodingSettings, prompt: Sequence[int], tokens: Sequence[int]
) -> list[float | None]:
    """For each token None, if it is the one of the definition (Su et al. 2022); else how much worse it is.

    No cache and no batch: every candidate is put after all that is before it, and everything is computed anew.
    """
    assert settings.top_k is not None
    assert settings.penalty_alpha is not None
    losses: list[float | None] = []
    for at, token in enumerate(tokens):
        before = [*prompt, *tokens[:at]]
        prefix = model.read(before)
        logits, states = prefix.logits[0].double(), prefix.hidden.double()
        logits[list(settings.suppress_tokens)] = -torch.inf
        probabilities = logits.softmax(0).tolist()
        order = logits.sort(descending=True, stable=True).indices[: settings.top_k].tolist()
        scores = {}
        for candidate in dict.fromkeys([*order, token]):
            own = model.read([*before, candidate]).hidden[-1:].double()
            likeness = float(F.cosine_similarity(own, states).max())
            alpha = settings.penalty_alpha
            scores[candidate] = (1 - alpha) * probabilities[candidate] - alpha * likeness
        best = max(order, key=scores.__getitem__)  # the likelier of equals
        no_candidate = max(0.0, float(logits[order[-1]] - logits[token]))
        losses.append(None if token == best else max(scores[best] - scores[token], no_candidate))
    return losses


# --- tokens per second --------------------------------------------------------------------------------------------


def rates(
    plan: Plan, models: Mapping[str, CausalModel], theirs: Any, eos: int, device: str
) -> dict[tuple[str, int], list[float]]:
    """(who, batch size) -> lowest, median, highest tokens per second, all in turns: sampling, one prompt."""
    batches, new_tokens, repeats = plan.rates
    settings, asked = settings_of("sample", new_tokens, eos), prompts(plan)[1]
    timed: dict[Any, Callable[[], float]] = {}
    for batch in batches:
        for name, model in models.items():
            timed[f"engine, {name}", batch] = partial(with_engine, model, settings, batch, [asked], batch)
        timed[".generate", batch] = partial(_with_generate, theirs, batch, asked, new_tokens, device)
    return in_turns(timed, repeats, warm=True)


def _with_generate(model: Any, batch: int, prompt: list[int], new_tokens: int, device: str) -> float:
    rows = torch.tensor([prompt] * batch, device=device)
    started = time.perf_counter()
    made = model.generate(
        rows,
        attention_mask=torch.ones_like(rows),
        max_new_tokens=new_tokens,
        do_sample=True,
        temperature=0.8,
        top_p=0.95,
        top_k=0,
        pad_token_id=0,
    )
    tokens = sum(len(row) - len(prompt) for row in made.tolist())  # a list is there when the GPU is done
    return tokens / (time.perf_counter() - started)


# --- training -----------------------------------------------------------------------------------------------------

_PROGRAM = """
import sys
from pathlib import Path
import msgspec
from passatk.training import Training, train
train(msgspec.json.decode(sys.stdin.read(), type=Training, dec_hook=lambda _, text: Path(text)))
"""


class Trained(NamedTuple):
    """A run, and the same run stopped and resumed in another process."""

    parameters: int
    first_loss: float
    last_loss: float
    tokens_s: float
    """Median of a step's."""
    differing: list[str]
    """What the resumed run left otherwise."""


def trained(plan: Plan, corpus: PackedCorpus, folder: Path, precision: str, device: str) -> Trained:
    """Both runs, in folders of their own in `folder`."""
    steps, stopped_after = plan.steps
    batch, micro, _ = plan.windows
    shape = shape_for(plan.trained[precision], plan.vocabulary, corpus.context, corpus.eos)

    def request(name: str) -> Training:
        return Training(
            corpus=corpus.folder,
            shape=shape,
            settings=TrainingSettings(
                tokens=steps * batch * corpus.context,
                batch_size=batch,
                micro_batch=micro,
                learning_rate=usual_learning_rate(plan.trained[precision]),
                precision=precision,  # type: ignore[arg-type]
            ),
            out=folder / name,
            device=device,
            threads=1 if device == "cpu" else None,
            checkpoint_every=steps,
        )

    report = train(request("whole"))
    asked = itertools.count(1)
    try:
        train(request("resumed"), stop=lambda: next(asked) == stopped_after)
    except Interrupted:
        text = msgspec.json.encode(request("resumed"), enc_hook=str)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}  # passatk need not be installed
        subprocess.run([sys.executable, "-c", _PROGRAM], input=text, env=environment, check=True)
    lines = list(read_losses(folder / "whole"))
    return Trained(
        report.parameters,
        lines[0].loss,
        report.train_loss,
        statistics.median(line.tokens_per_second for line in lines),
        _differing(_left(folder / "whole"), _left(folder / "resumed")),
    )


def _left(out: Path) -> dict[str, object]:
    """All that a run leaves but measured times."""
    report = past_report(out)
    model: dict[str, object] = {f"model/{file.name}": file.read_bytes() for file in report.model.iterdir()}
    lines = [msgspec.structs.replace(line, tokens_per_second=0.0) for line in read_losses(out)]
    return {"losses": lines, "digest of the weights": report.digest, "last loss": report.loss, **model}


def _differing(one: dict[str, object], other: dict[str, object]) -> list[str]:
    return [name for name in dict.fromkeys([*one, *other]) if one.get(name) != other.get(name)]
