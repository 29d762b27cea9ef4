"""The formats of generations, one file per tool or family of tools, told apart by what a value looks like.

Adding one: a module here with a `Format`, and its place in `FORMATS`.
"""

from typing import Any

from passatk.errors import FieldError
from passatk.samples.formats.base import Format, Generation, kind
from passatk.samples.formats.by_task import BY_TASK
from passatk.samples.formats.codet import CODET
from passatk.samples.formats.evalplus import EVALPLUS_RESULTS
from passatk.samples.formats.inspect_logs import INSPECT_LOG, INSPECT_SAMPLE
from passatk.samples.formats.lines import TASK_LINE
from passatk.samples.formats.lists import BIGCODE, OBJECTS
from passatk.samples.formats.lm_eval import LM_EVAL
from passatk.samples.formats.multipl_e import MULTIPL_E, SOLVED_MULTIPL_E
from passatk.samples.formats.openai_batch import ANTHROPIC_BATCH, OPENAI_BATCH
from passatk.samples.formats.opencompass import OPENCOMPASS
from passatk.samples.formats.results import refuse_results

__all__ = ["FOLDERS", "FORMATS", "Format", "Generation", "detect"]

FORMATS: tuple[Format, ...] = (
    INSPECT_LOG,
    INSPECT_SAMPLE,
    EVALPLUS_RESULTS,
    LM_EVAL,
    OPENAI_BATCH,
    ANTHROPIC_BATCH,
    MULTIPL_E,
    SOLVED_MULTIPL_E,
    CODET,
    OPENCOMPASS,
    BIGCODE,
    OBJECTS,
    BY_TASK,
    TASK_LINE,  # last: it takes any object with a task id or a text, to name what is missing
)

FOLDERS = "EvalPlus's folders (HumanEval_0/0.py), Inspect's .eval files, Parquet files, and folders made by passatk"


def detect(value: Any) -> Format:
    """The format of a JSON value.

    Raises:
        FieldError: it is none of them; says which there are, or what to give instead of a file of results.
    """
    refuse_results(value)
    for one in FORMATS:
        if one.recognises(value):
            return one
    known = "; ".join(f"{one.name}: {one.form}" for one in FORMATS if one.form)
    what = f"an object with the fields {', '.join(map(repr, value))[:120]}" if isinstance(value, dict) else kind(value)
    what = (
        what
        if value or not isinstance(value, dict | list)
        else f"an empty {type(value).__name__.replace('dict', 'object')}"
    )
    raise FieldError(
        None,
        f"{what} is in no format of generations",
        f"one of these: {known}; and folders of such files, {FOLDERS}",
    )


OBJECTS.detect = detect
