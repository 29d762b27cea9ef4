"""How models are asked to fill in the middle: their special tokens, and the order of what stands around the gap."""

from collections.abc import Callable

from passatk.errors import UnknownNameError
from passatk.prompts.stopping import first_string
from passatk.records import Problem, Record


class Template(Record, frozen=True, kw_only=True):
    """One family's way. `{prefix}` and `{suffix}` stand for the code around the gap."""

    text: str
    ends: tuple[str, ...]
    """Tokens that a model writes behind the middle; for when its tokenizer leaves them in the text."""


_QWEN_ENDS = ("<|endoftext|>", "<|fim_pad|>", "<|file_sep|>", "<|repo_name|>", "<|cursor|>", "<|im_end|>")

TEMPLATES = {
    "codegemma": Template(
        text="<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>", ends=("<|file_separator|>", "<eos>")
    ),
    "codellama": Template(text="<PRE> {prefix} <SUF>{suffix} <MID>", ends=(" <EOT>", "<EOT>", "</s>")),
    "codellama-spm": Template(text="<PRE> <SUF>{suffix} <MID> {prefix}", ends=(" <EOT>", "<EOT>", "</s>")),
    "codestral": Template(text="[SUFFIX]{suffix}[PREFIX]{prefix}", ends=("</s>",)),
    "deepseek-coder": Template(
        text="<｜fim▁begin｜>{prefix}<｜fim▁hole｜>{suffix}<｜fim▁end｜>",  # noqa: RUF001 - the model's own letters
        ends=("<｜end▁of▁sentence｜>", "<|EOT|>"),  # noqa: RUF001
    ),
    "incoder": Template(text="{prefix}<|mask:0|>{suffix}<|mask:1|><|mask:0|>", ends=("<|endofmask|>",)),
    "qwen": Template(text="<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>", ends=_QWEN_ENDS),
    "qwen-spm": Template(text="<|fim_prefix|><|fim_suffix|>{suffix}<|fim_middle|>{prefix}", ends=_QWEN_ENDS),
    "santacoder": Template(
        text="<fim-prefix>{prefix}<fim-suffix>{suffix}<fim-middle>", ends=("<|endoftext|>", "<fim-pad>")
    ),
    "starcoder": Template(
        text="<fim_prefix>{prefix}<fim_suffix>{suffix}<fim_middle>", ends=("<|endoftext|>", "<file_sep>", "<fim_pad>")
    ),
    "starcoder-spm": Template(
        text="<fim_prefix><fim_suffix>{suffix}<fim_middle>{prefix}", ends=("<|endoftext|>", "<file_sep>", "<fim_pad>")
    ),
}
"""By name. `-spm`: the suffix comes first, and the model goes on from the prefix."""


def template(name: str) -> Template:
    """The template called `name`, exactly.

    Raises:
        UnknownNameError: there is none.
    """
    try:
        return TEMPLATES[name]
    except KeyError:
        raise UnknownNameError("fill-in-the-middle template", name, TEMPLATES, setting="fim") from None


def infilling_prompt(problem: Problem, name: str) -> str:
    """What a model with such tokens is to continue.

    Raises:
        UnknownNameError: no such template.
    """
    # at once: code may contain braces
    parts = {"{prefix}": problem.prompt, "{suffix}": problem.suffix}
    text = template(name).text
    first, second = sorted(parts, key=text.index)
    before, _, rest = text.partition(first)
    between, _, after = rest.partition(second)
    return f"{before}{parts[first]}{between}{parts[second]}{after}"


def ends_before_suffix(problem: Problem) -> Callable[[str, int], int | None]:
    """Where a model without such tokens ends: before it begins to write what stands behind the gap anyway."""
    lines = (line for line in problem.suffix.split("\n") if line.strip())
    return first_string([line for line in [next(lines, "")] if line])
