"""Planted causes, each attributed to what was planted."""

from typing import Any

import msgspec
import pytest
from comparing_cases import manifest, trace

from passatk.comparing import Cause, changes_between
from passatk.comparing.causes import explain
from passatk.records import Isolation, LimitPolicy, Limits, StepLimits

LONGER = Limits(run=StepLimits(cpu_s=9.0))
LARGER = Limits(run=StepLimits(processes=200))
OTHER_PYTHON = manifest(toolchains={"python": "3.12.1", "cpp": "14.2"})
OTHER_SANDBOX = manifest(isolation=Isolation(sandbox="none", uid="caller", cgroup="none"))
OTHER_TEXT = {"text": b"t", "said": b"t", "program": "t"}


@pytest.mark.parametrize(
    ("after", "limits", "made_by", "cause", "detail"),
    [
        (OTHER_TEXT, Limits(), manifest(), Cause.TOKENS, ""),
        ({**OTHER_TEXT, "finish_reason": "length"}, Limits(), manifest(), Cause.CUT_OFF, "finish reason length"),
        ({"text": b"t", "program": "t", "read_as": "block"}, Limits(), manifest(), Cause.READING, "given, then block"),
        ({"program": "t"}, Limits(), manifest(passatk="0.2.0"), Cause.ASSEMBLY, "passatk: 0.1.0, then 0.2.0"),
        ({"status": "time_limit"}, LONGER, manifest(), Cause.LIMITS, "run cpu_s 3, then 9"),
        ({"status": "time_limit"}, LONGER, OTHER_PYTHON, Cause.LIMITS, "run cpu_s 3, then 9"),
        ({"status": "time_limit", "borderline": True}, Limits(), OTHER_PYTHON, Cause.LIMITS, "within a factor 1.5"),
        ({"status": "runtime_error"}, LARGER, manifest(), Cause.LIMITS, "run processes 128, then 200"),
        ({"status": "runtime_error"}, LONGER, manifest(), Cause.INSTABILITY, "nothing recorded is different"),
        ({"status": "time_limit"}, Limits(), OTHER_PYTHON, Cause.TOOLCHAIN, "python: 3.11.7, then 3.12.1"),
        ({}, Limits(), OTHER_PYTHON, Cause.TOOLCHAIN, "python: 3.11.7, then 3.12.1"),
        ({}, LONGER, OTHER_PYTHON, Cause.TOOLCHAIN, "python: 3.11.7, then 3.12.1"),
        ({}, Limits(), manifest(fingerprints={"python": "q", "cpp": "c"}), Cause.TOOLCHAIN, "other files"),
        ({"unstable": True}, LONGER, OTHER_PYTHON, Cause.INSTABILITY, "repeats"),
        ({}, Limits(), OTHER_SANDBOX, Cause.ENVIRONMENT, "isolation.sandbox: bubblewrap, then none"),
        ({}, Limits(), manifest(), Cause.INSTABILITY, "nothing recorded is different"),
    ],
)
def test_a_planted_cause_is_found(
    after: dict[str, Any], limits: Limits, made_by: Any, cause: Cause, detail: str
) -> None:
    passed = trace("Python/0", 0)
    failed = msgspec.structs.replace(passed, **{"status": "wrong_answer", **after})
    found = explain(passed, failed, (Limits(), limits), changes_between(manifest(), made_by))
    assert found.cause == cause
    assert detail in found.detail


def test_another_languages_toolchain_explains_nothing() -> None:
    changes = changes_between(manifest(), manifest(toolchains={"python": "3.11.7", "cpp": "15.1"}))
    found = explain(trace("Python/0", 0), trace("Python/0", 0, "wrong_answer"), (None, None), changes)
    assert found.cause == Cause.INSTABILITY


def test_a_sample_that_passes_although_it_was_cut_off_changed_its_tokens() -> None:
    before = trace("Python/0", 0, finish_reason="length")
    after = trace("Python/0", 0, "wrong_answer", text=b"t", said=b"t")
    assert explain(before, after, (None, None), []).cause == Cause.TOKENS


def test_all_that_can_change_a_verdict_is_a_change() -> None:
    other = manifest(extraction=3, limits=LimitPolicy(factor=20.0), repeat=2, passatk="0.2.0")
    assert [one.words for one in changes_between(manifest(), other)] == [
        "extraction: none, then 3",
        "cpu_factor: 10.0, then 20.0",
        "passatk: 0.1.0, then 0.2.0",
        "repeat: 1, then 2",
    ]
