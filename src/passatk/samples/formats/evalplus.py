"""EvalPlus: `*_eval_results.json`, which holds the solutions beside their results. Its folders: `samples.files`."""

from collections.abc import Iterator, Mapping
from typing import Any

from passatk.errors import FieldError
from passatk.samples.formats.base import Format, Generation, has, kind, text


class EvalPlusResults(Format):
    """`{"eval": {task id: [{"solution", "base_status", ...}]}}`: the results are ignored, the solutions read."""

    name = "EvalPlus results"
    form = 'an object "eval" with a list of {"solution"} per task id'

    def recognises(self, value: Any) -> bool:
        if not has(value, "eval") or not isinstance(value["eval"], Mapping) or not value["eval"]:
            return False
        first = next(iter(value["eval"].values()))
        return isinstance(first, list) or has(first, "base") or has(first, "nfiles")

    def generations(self, value: Mapping[str, Any]) -> Iterator[Generation]:
        for task, entries in value["eval"].items():
            field = f"eval.{task}"
            if isinstance(entries, Mapping):
                raise FieldError(
                    field, "has results and no solutions", "the file or folder of samples it was made from"
                )
            if not isinstance(entries, list):
                raise FieldError(field, f"is {kind(entries)}", "a list of objects with a solution each")
            for place, entry in enumerate(entries):
                if not has(entry, "solution"):
                    raise FieldError(
                        f"{field}[{place}]", "has no solution", "the file or folder of samples it was made from"
                    )
                yield Generation(task=task, text=text(entry, "solution"), whole=True)


EVALPLUS_RESULTS = EvalPlusResults()
