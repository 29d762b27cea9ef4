"""The native interface of a real server: verdicts, streams, and requests that it refuses in words."""

import json
from typing import Any

import httpx
import pytest
from served import ADDS, Served, adding, asked, until_it_is

from passatk import Judge, load
from passatk.problems.own import Row

TASK = "Python/0"
SECRET = "a secret that no log has"


def judged(http: httpx.Client, *programs: Any, **more: Any) -> list[dict[str, Any]]:
    answer = http.post("/v1/judge", content=asked(*programs, **more))
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def reference() -> str:
    problem = load("basics/written/python").get(TASK)
    return problem.solution


def test_verdicts_in_order_of_problems_by_name_and_whole(http: httpx.Client) -> None:
    wrong = {"task_id": TASK, "completion": f"    return '{SECRET}'\n", "id": "wrong"}
    right = {"task_id": TASK, "completion": reference(), "problems": "basics/written/python"}
    own = {"problem": adding(), "completion": ADDS}
    found = judged(http, wrong, right, own)
    assert [(r["index"], r["task_id"], r["status"]) for r in found] == [
        (0, TASK, "wrong_answer"),
        (1, TASK, "passed"),
        (2, "adding 0", "passed"),
    ]
    assert found[0]["id"] == "wrong"
    assert [(case["id"], case["status"], case["public"]) for case in found[2]["cases"]] == [
        ("1", "passed", True),
        ("2", "passed", False),
    ]


def test_the_key_and_the_verdict_are_those_of_a_judge(http: httpx.Client) -> None:
    problem = load("basics/written/python").get(TASK)
    with Judge(["python"], workers=1, cached=False) as judge:
        program = judge.read(problem, "    return 1\n").program
        (verdict,) = judge.judge([(problem, "    return 1\n")])
    (found,) = judged(http, {"task_id": TASK, "completion": "    return 1\n"}, attempts=True)
    assert (found["program"], found["status"], found["reason"]) == (program.key, verdict.status, verdict.reason)
    assert len(found["attempts"]) == len(verdict.attempts)


def test_a_stream_has_a_line_for_each(http: httpx.Client) -> None:
    programs = [{"task_id": TASK, "completion": f"{reference()}# {n}\n"} for n in range(6)]
    with http.stream("POST", "/v1/judge", content=asked(*programs, stream=True)) as answer:
        assert answer.headers["content-type"] == "application/x-ndjson"
        found = [json.loads(line) for line in answer.read().splitlines()]
    assert sorted(result["index"] for result in found) == list(range(6))
    assert {result["status"] for result in found} == {"passed"}


def test_answers_of_chat_models_are_read_on_demand(http: httpx.Client) -> None:
    problem = load("basics/written/python").get(TASK)
    answer = f"Sure.\n```python\n{problem.prompt}{problem.reference}```\n"
    found = judged(http, {"task_id": TASK, "completion": answer}, extract=True)
    assert (found[0]["status"], found[0]["read_as"]) == ("passed", "block")


def test_what_cannot_be_judged_is_said_and_no_failure(http: httpx.Client) -> None:
    broken = {**adding(1), "reference": "print(0)"}
    found = judged(http, {"problem": broken, "completion": ADDS}, {"problem": adding(1), "completion": ADDS})
    assert [result["status"] for result in found] == ["not_judged", "passed"]
    assert "own reference solution does not pass here" in found[0]["reason"]
    assert not found[0].get("retry", False)


def test_a_deadline_answers_without_a_verdict(http: httpx.Client) -> None:
    (found,) = judged(http, {"problem": adding(2), "completion": ADDS + "# late\n"}, deadline_s=1e-9)
    assert (found["status"], found["retry"]) == ("not_judged", True)
    assert "deadline" in found["reason"]


PROGRAM = {"task_id": TASK, "completion": ""}
DEEP = "[" * 100_000
REFUSED: dict[str, tuple[bytes, int, str]] = {
    "no JSON": (b"{", 400, "not JSON"),
    "nothing": (b"", 400, "not JSON"),
    "NaN": (b'{"deadline_s": NaN}', 400, "not JSON"),
    "not UTF-8": (b'{"programs": [{"task_id": "\xff"}]}', 400, "not JSON"),
    "half a character": (rb'{"programs": [{"task_id": "a", "completion": "\ud800"}]}', 400, "not JSON"),
    "deeply nested": (DEEP.encode(), 422, "Expected `object`"),
    "deep within": (f'{{"programs": {DEEP}'.encode(), 422, "Expected `object`"),
    "a list": (b"[]", 422, "Expected `object`"),
    "no programs": (asked(), 422, "$.programs"),
    "another field": (asked(PROGRAM, timeout=3), 422, "timeout"),
    "a number": (asked({"task_id": TASK, "completion": 3}), 422, "$.programs[0].completion"),
    "negative": (asked(PROGRAM, deadline_s=-1), 422, "deadline_s"),
    "zero": (asked(PROGRAM, deadline_s=0), 422, "deadline_s"),
    "huge": (asked(PROGRAM, deadline_s=1e300), 422, "at most 7200"),
    "out of range": (b'{"deadline_s": 1e999}', 422, "out of range"),
    "neither": (asked({"completion": ""}), 422, "programs[0]: one of task_id and problem"),
    "both": (asked({**PROGRAM, "problem": adding()}), 422, "programs[0]: one of task_id and problem"),
    "unknown task": (asked(PROGRAM, {"task_id": "Python/00", "completion": ""}), 422, "programs[1]: unknown task id"),
    "unknown set": (asked({**PROGRAM, "problems": "none"}), 422, "unknown problem set"),
    "unknown language": (asked({"problem": adding(language="klingon"), "completion": ""}), 422, "unknown language"),
    "not served": (asked({"problem": adding(language="go"), "completion": ""}), 422, "go is not served here"),
    "same ids": (asked({**PROGRAM, "id": "a"}, {**PROGRAM, "id": "a"}), 422, "programs[1].id"),
    "long id": (asked({**PROGRAM, "id": "a" * 201}), 422, "$.programs[0].id"),
    "same cases": (
        asked({"problem": {**adding(), "cases": [{"id": "1", "stdin": "", "expected": ""}] * 2}, "completion": ""}),
        422,
        "programs[0].problem.cases",
    ),
    "no tests": (
        asked({"problem": {"id": "a", "language": "python", "instruction": "x"}, "completion": ""}),
        422,
        "programs[0].problem.tests",
    ),
    "many tests": (
        asked({"problem": {**adding(), "cases": [{"stdin": "", "expected": ""}] * 5001}, "completion": ""}),
        422,
        "there are 5001, and 5000 at most",
    ),
    "many programs": (asked(*[PROGRAM] * 5001), 413, "5001 programs"),
    "too large": (b" " * ((1 << 20) + 1), 413, "longer than 1048576 bytes"),
    "far too large": (b" " * (5 << 20), 413, "longer than 1048576 bytes"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_words(http: httpx.Client, name: str) -> None:
    body, code, words = REFUSED[name]
    answer = http.post("/v1/judge", content=body)
    assert answer.status_code == code, answer.text
    assert words in answer.json()["error"]["message"]


def test_as_large_as_may_be(http: httpx.Client) -> None:
    body = asked({"problem": adding(), "completion": ADDS})
    answer = http.post("/v1/judge", content=body + b" " * ((1 << 20) - len(body)))
    assert answer.json()["results"][0]["status"] == "passed"


def test_too_many_tests_are_refused_though_they_fit(server: Served) -> None:
    cases = [{"stdin": "", "expected": ""}] * 100_000
    answer = httpx.post(
        f"{server.url}/v1/judge", content=asked({"problem": {**adding(), "cases": cases}, "completion": ""})
    )
    assert answer.status_code == 413


def test_paths_methods_and_a_type_of_no_meaning(http: httpx.Client) -> None:
    for method, path, code in (("GET", "/v1/judge", 405), ("GET", "/nowhere", 404), ("POST", "/health", 405)):
        answer = http.request(method, path)
        assert (answer.status_code, answer.json()["error"]["kind"]) == (code, "unknown")


def test_operators_are_told(http: httpx.Client, server: Served) -> None:
    assert http.get("/health").json()["status"] == "ok"
    judged(
        http,
        {"task_id": TASK, "completion": reference()},
        {"task_id": TASK, "completion": f"    return '{SECRET}'\n"},
    )
    assert http.get("/nowhere").status_code == 404
    until_it_is(server, "ready")
    assert TASK in http.get("/v1/problems").json()["problems"]["basics/written/python"]
    figures = http.get("/metrics").text
    assert 'passatk_programs_total{language="python",status="passed"}' in figures
    assert "passatk_waiting_programs 0.0" in figures
    assert 'passatk_requests_total{code="404",path="other"}' in figures
    assert "POST /v1/judge 200" in server.log
    assert SECRET not in server.log + figures


def test_the_document_knows_the_form_of_problems(http: httpx.Client) -> None:
    schemas = http.get("/openapi.json").json()["components"]["schemas"]
    assert set(schemas["Row"]["properties"]) == set(Row.__struct_fields__)
