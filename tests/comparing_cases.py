"""Runs as records, made by hand."""

from typing import Any

import msgspec

from passatk.comparing import ComparedRun
from passatk.records import Isolation, LimitPolicy, Limits
from passatk.runs import Manifest, Trace
from passatk.runs.manifest import Machine

MANIFEST = Manifest(
    passatk="0.1.0",
    samples="s.jsonl",
    samples_sha256="",
    problems="humaneval-x",
    problems_source="humaneval-x",
    problems_sha256="aa",
    languages=None,
    target_language=None,
    tests="hidden",
    limits=LimitPolicy(),
    repeat=1,
    toolchains={"python": "3.11.7", "cpp": "14.2"},
    fingerprints={"python": "p", "cpp": "c"},
    isolation=Isolation(sandbox="bubblewrap", uid="unprivileged", cgroup="v2"),
    machine=Machine(system="Linux", processor="x", cpus=2, python="3.11.7"),
)


def manifest(**changes: Any) -> Manifest:
    return msgspec.structs.replace(MANIFEST, **changes)


def trace(task_id: str, sample: int, status: str = "passed", **changes: Any) -> Trace:
    text = f"{task_id} {sample}".encode("utf-8", "surrogatepass")
    usual = {
        "language": "cpp" if task_id.startswith("CPP") else "python",
        "program": f"{task_id} {sample}",
        "borderline": False,
        "unstable": False,
        "text": text,
        "said": text,
        "read_as": "",
        "finish_reason": "eos",
    }
    return Trace(task_id=task_id, sample=sample, status=status, **{**usual, **changes})


def run(*traces: Trace, name: str = "a", made_by: Manifest = MANIFEST, **changes: Any) -> ComparedRun:
    tasks = {one.task_id: one.task_id.partition("/")[2] for one in traces}
    usual: dict[str, Any] = {
        "references": {one.task_id: (f"reference {one.task_id}", "passed") for one in traces},
        "limits": {one.task_id: Limits() for one in traces},
    }
    return ComparedRun(name=name, digest="d", manifest=made_by, traces=traces, tasks=tasks, **{**usual, **changes})
