"""JUnit's XML: a suite for each language, a test case for each sample, as CI systems show it."""

from collections import Counter
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

from passatk.records import Status
from passatk.report.export.rows import rows
from passatk.runs import RunView
from passatk.wording import harmless

_NOT_RUN = ("", Status.NOT_JUDGED)


def write_junit(run: RunView, file: IO[bytes]) -> None:
    """A passed sample is a test that passed; a wrong one has a `failure` whose type is its status.

    What could not be judged, or is not judged yet, is an `error`; samples of tasks left out of the score are `skipped`.
    """
    counts: dict[str, Counter[str]] = {}
    for row in rows(run):
        counts.setdefault(row["language"], Counter())[_kind(row)] += 1
    file.write(b'<?xml version="1.0" encoding="UTF-8"?>\n')
    file.write(f"<testsuites name={_value(run.manifest.samples)}>\n".encode())
    for language, kinds in counts.items():
        file.write(f"<testsuite name={_value(language)} {_numbers(kinds)}>\n".encode())
        file.write(_properties(run).encode())
        for row in rows(run):
            if row["language"] == language:
                file.write(_case(row).encode())
        file.write(b"</testsuite>\n")
    file.write(b"</testsuites>\n")


def _kind(row: dict[str, Any]) -> str:
    if row["left_out"] is not None:
        return "skipped"
    if (row["status"] or "") in _NOT_RUN:
        return "error"
    return "passed" if row["passed"] else "failure"


def _numbers(kinds: Counter[str]) -> str:
    return (
        f'tests="{kinds.total()}" failures="{kinds["failure"]}" errors="{kinds["error"]}" skipped="{kinds["skipped"]}"'
    )


def _properties(run: RunView) -> str:
    known = {
        "state": run.state,
        "digest": run.digest,
        "problems": run.manifest.problems,
        "passatk": run.manifest.passatk,
    }
    lines = [f"<property name={_value(name)} value={_value(value)}/>\n" for name, value in known.items()]
    return f"<properties>\n{''.join(lines)}</properties>\n"


def _case(row: dict[str, Any]) -> str:
    name = _value(f"{row['task_id']}#{row['sample']}")
    about = f"<testcase classname={_value(row['benchmark'] or row['language'])} name={name} time={_time(row)}"
    kind = _kind(row)
    if kind == "passed":
        return f"{about}/>\n"
    if kind == "skipped":
        return f"{about}><skipped message={_value(row['left_out'])}/></testcase>\n"
    reason = row["reason"] or "not judged yet"
    status = row["status"] or "not judged yet"
    words = escape(harmless(reason))
    return f"{about}><{kind} type={_value(status)} message={_value(reason)}>{words}</{kind}></testcase>\n"


def _time(row: dict[str, Any]) -> str:
    return _value(f"{row['cpu_s'] or 0:.3f}")


def _value(text: str) -> str:
    """An attribute; XML has no control characters at all, so these are escaped as words."""
    return quoteattr(harmless(text, keep=""))
