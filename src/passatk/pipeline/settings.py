"""The tables of an experiment: what can be set of problems, task, prompt and judging.

Light, so that the command line can make its options of them before anything is run.
"""

from typing import Annotated, Literal

from passatk.decoding import Decoding
from passatk.models import ModelSpec
from passatk.records import ExecutorName, LimitPolicy, Record
from passatk.settings import inlined, setting

Form = Literal["full", "declaration"]
Languages = Annotated[tuple[str, ...] | None, setting("Only problems in this language.", option="language")]
TargetLanguage = Annotated[
    str | None,
    setting("Translations: the target language; a sample of Python/12 is judged as Java/12 when this is java."),
]
Workers = Annotated[
    int | None, setting("Number of programs judged in parallel; changes no verdict.", ge=1, unset="number of CPUs")
]

Executor = Annotated[
    ExecutorName,
    setting("Where programs are executed: on this machine, or on all nodes of a Ray cluster, each with `workers`."),
]
_ADDRESS = "Of the Ray cluster, like 10.0.0.1:6379; auto finds the one that this machine is in."
Address = Annotated[str, setting(_ADDRESS)]


class ProblemChoice(Record, frozen=True, kw_only=True):
    """Which problems."""

    source: Annotated[
        str,
        setting(
            "Problem set: basics, humaneval, humaneval-x, humaneval-x/java, ..., or a file or folder.",
            option="problems",
        ),
    ]
    languages: Languages = None


class Task(Record, frozen=True, kw_only=True):
    """What a model is to do with problems."""

    task: Annotated[
        Literal["generate", "translate"],
        setting("generate: solve each problem. translate: translate its solution.", key="kind", option="task"),
    ] = "generate"
    samples: Annotated[int, setting("Samples of each problem.", option="n samples", ge=1)] = 1
    source_language: Annotated[
        str | None, setting("Translations: the source language, in place of a choice of problems.")
    ] = None
    target_language: TargetLanguage = None
    batch_size: Annotated[int, setting("Samples generated at once; changes no token.", ge=1)] = 64
    executor: Annotated[
        ExecutorName,
        setting(
            "Where samples are generated: on this machine, or on all nodes of a Ray cluster; changes no token.",
            key="generation_executor",
            option="executor",
        ),
    ] = "local"
    address: Annotated[str, setting(_ADDRESS, key="generation_address", option="address")] = "auto"
    replicas: Annotated[
        int | None,
        setting("Copies of the model on each node of the cluster.", ge=1, unset="one for each GPU, or one on CPUs"),
    ] = None


class Prompting(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a problem becomes a prompt."""

    form: Annotated[
        Form,
        setting("full: the prompt with its description. declaration: the function's head alone.", option="prompt"),
    ] = "full"
    tag: Annotated[
        bool, setting("Begin with a line like `# language: Python`.", off="Leave out the line `# language: Python`.")
    ] = True
    """CodeGeeX's corpus begins so."""
    chat: Annotated[
        bool, setting("Use the model's chat template, and take the code out of its answer; for instruct models.")
    ] = False
    fim: Annotated[
        str, setting("Fill-in-the-middle tokens of the model, for infilling problems, like starcoder; none if empty.")
    ] = ""
    """See `prompts.infilling.TEMPLATES`. Without them a model sees what stands before the gap and nothing else."""


class Judging(Record, frozen=True, kw_only=True):
    """How samples are judged and scored."""

    k: Annotated[
        tuple[int, ...] | None,
        setting(
            "The k of pass@k, like 1,10,100.",
            ge=1,
            metavar="K,...",
            unset="those of 1,10,100 that the samples allow",
        ),
    ] = None
    tests: Annotated[
        Literal["hidden", "example"], setting("Tests to judge by; example are the public ones of the problem.")
    ] = "hidden"
    repeat: Annotated[
        int,
        setting("How often every program is judged; one whose verdicts differ is called unstable.", ge=1),
    ] = 1
    vary: Annotated[
        bool,
        setting("Repeats meet different hash seeds, map orders and random bytes, each the same in every run."),
    ] = False
    workers: Workers = None
    executor: Executor = "local"
    address: Address = "auto"
    cached: Annotated[
        bool,
        setting(
            "Use verdicts and measurements of earlier runs, and keep new ones.",
            option="no-cache",
            off="Execute every program: neither use verdicts of earlier runs nor keep new ones.",
        ),
    ] = True
    """Repeats are always executed."""
    allow_unjudged: Annotated[
        bool, setting("Score without the samples that could not be judged, instead of refusing to score.")
    ] = False
    sandboxed: Annotated[
        bool,
        setting(
            "Contain every program in a sandbox.",
            option="no-sandbox",
            off="DANGEROUS: run generated programs with your rights on your files.",
        ),
    ] = True
    require_wall: Annotated[bool, setting("Refuse problems whose tests have to share a process with the program.")] = (
        False
    )
    """Else such verdicts are counted beside the score."""
    extract: Annotated[
        bool,
        setting(
            "Read the code out of chat answers, leaving out thinking and what surrounds it; a field `answer` is always"
            " read so."
        ),
    ] = False
    toolchain_options: Annotated[
        tuple[str, ...],
        setting(
            "Option of a language's toolchain, in place of what the problems ask for, like cpp=-std=c++17.",
            option="toolchain-option",
            metavar="LANGUAGE=OPTION",
        ),
    ] = ()
    limits: Annotated[LimitPolicy, inlined("Limits of a program")] = LimitPolicy()


TABLES: dict[str, type[Record]] = {
    "model": ModelSpec,
    "problems": ProblemChoice,
    "task": Task,
    "prompt": Prompting,
    "decoding": Decoding,
    "judging": Judging,
}
"""Tables of an experiment by name."""
