"""Clients of other sandboxes and training loops, unchanged, against a real server."""

import base64
import os
import shutil
import signal
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import sandbox_fusion
from running import called
from sandbox_fusion import (
    CommandRunStatus,
    GetPromptByIdRequest,
    GetPromptsRequest,
    RunCodeRequest,
    RunStatus,
    SubmitRequest,
    TestConfig,
)
from served import ADDS, Served, adding, served, until, until_it_is

from passatk import load

SET, TASK = "basics/written/python", "Python/0"
COMPAT = ("--compat", "sandboxfusion,piston,openrlhf,slime,nemo-gym", "--problems", SET, "--language", "python")


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("peer"), *COMPAT, "--language", "cpp", "--workers", "2") as found:
        yield found


def answer(body: str = "") -> str:
    problem = load(SET).get(TASK)
    return f"Here it is.\n```python\n{problem.prompt}{body or problem.reference}```\n"


def run(peer: Served, code: str, language: Any = "python", **more: Any) -> sandbox_fusion.RunCodeResponse:
    return sandbox_fusion.run_code(
        RunCodeRequest(code=code, language=language, **more), endpoint=peer.url, max_attempts=1, client_timeout=60
    )


# --- SandboxFusion's own client ------------------------------------------------------------------------------------


def test_a_program_and_what_it_prints(peer: Served) -> None:
    files = {"words.txt": base64.b64encode("größe".encode()).decode()}
    found = run(peer, "print(open('words.txt').read(), input())", stdin="x", files=files)
    assert (found.status, found.message, found.compile_result) == (RunStatus.Success, "", None)
    assert found.run_result is not None
    assert (found.run_result.status, found.run_result.return_code) == (CommandRunStatus.Finished, 0)
    assert (found.run_result.stdout, found.run_result.stderr) == ("größe x\n", "")


def test_output_is_whole_where_theirs_stops_reading(peer: Served) -> None:
    found = run(peer, "print('x' * 300_000)\nimport sys\nsys.stderr.write('e' * 200_000)")
    assert found.run_result is not None
    assert (len(found.run_result.stdout or ""), len(found.run_result.stderr or "")) == (300_001, 200_000)


@pytest.mark.parametrize(
    ("code", "status", "code_of", "words"),
    [
        ("raise SystemExit(3)", "Finished", 3, "runtime_error"),
        ("print(1", "Finished", 1, "compile_error"),
        ("1 / 0", "Finished", 1, "ZeroDivisionError"),
        ("while True: pass", "TimeLimitExceeded", None, "CPU time"),
        ("import time; time.sleep(100)", "TimeLimitExceeded", None, "did nothing"),
        ("x = bytearray(1 << 30)", "Finished", -9, "memory_limit"),
        ("import os; os.kill(os.getpid(), 11)", "Finished", -11, "signal 11"),
    ],
)
def test_a_program_that_fails(peer: Served, code: str, status: str, code_of: int | None, words: str) -> None:
    body = {"code": code, "language": "python", "run_timeout": 0.4, "memory_limit_MB": 64}
    found = httpx.post(f"{peer.url}/run_code", json=body, timeout=60).json()
    assert (found["status"], found["run_result"]["status"]) == ("Failed", status)
    assert found["run_result"]["return_code"] == code_of
    assert words in found["message"].lower() + found["message"]


@pytest.mark.skipif(shutil.which("g++") is None, reason="no g++")
def test_a_build_has_a_result_of_its_own(peer: Served) -> None:
    built = run(
        peer, "#include <iostream>\nint main() { int n; std::cin >> n; std::cout << n + 1; }", "cpp", stdin="41"
    )
    assert built.compile_result is not None
    assert built.run_result is not None
    assert (built.compile_result.return_code, built.run_result.stdout) == (0, "42")
    broken = run(peer, "int main() { return x; }", "cpp")
    assert broken.compile_result is not None
    assert (broken.status, broken.run_result, broken.compile_result.return_code) == (RunStatus.Failed, None, 1)
    assert "not declared" in (broken.compile_result.stderr or "")


def test_problems_are_listed_asked_and_answers_judged(peer: Served) -> None:
    config = TestConfig()
    everything = GetPromptsRequest(dataset=SET, config=config, offset=0, limit=2)
    prompts = sandbox_fusion.get_prompts(everything, endpoint=peer.url)
    assert [prompt.id for prompt in prompts] == list(load(SET).problems)[:2]
    one = sandbox_fusion.get_prompt_by_id(GetPromptByIdRequest(dataset=SET, config=config, id=TASK), endpoint=peer.url)
    assert load(SET).get(TASK).prompt in one.prompt
    assert httpx.get(f"{peer.url}/list_datasets").json() == [SET]
    assert TASK in httpx.post(f"{peer.url}/list_ids", json={"dataset": SET, "config": {}}).json()
    for completion, accepted in ((answer(), True), (answer("    return -1\n"), False), ("I cannot.", False)):
        request = SubmitRequest(dataset=SET, id=TASK, completion=completion, config=config)
        found = sandbox_fusion.submit(request, endpoint=peer.url, max_attempts=1)
        assert (found.id, found.accepted, [test.passed for test in found.tests]) == (TASK, accepted, [accepted])


def batch(peer: Served, completion: str, run_all: bool, **cases: Any) -> httpx.Response:
    tests = {"type": "stdin_stdout", "input": ["1 2", "3 4 5", "1"], "output": ["3", "11", "2"], "fn_name": None}
    config = {
        "language": "python",
        "compile_timeout": 5,
        "run_timeout": 2,
        "provided_data": {"test_cases": {**tests, **cases}},
        "extra": {"run_all_cases": run_all, "total_timeout": 30},
    }
    body = {"dataset": "any", "id": 7, "completion": f"```python\n{completion}```", "config": config}
    return httpx.post(f"{peer.url}/common_evaluate_batch", json=body, timeout=60)


def test_scalebox_sends_its_tests(peer: Served) -> None:
    found = batch(peer, ADDS, run_all=True).json()
    assert (found["accepted"], [test["passed"] for test in found["tests"]]) == (False, [True, False, False])
    assert found["tests"][1]["exec_info"]["run_result"]["stdout"] == "12\n"
    assert len(batch(peer, ADDS, run_all=False).json()["tests"]) < 3
    right = batch(peer, ADDS, run_all=True, output=["3", "12", "1"]).json()
    assert (right["accepted"], right["extracted_code"]) == (True, ADDS)


def test_scalebox_calls_functions(peer: Served) -> None:
    tests = {"type": "function_call", "fn_name": "add", "input": ["[1, 2]", "[5, 7]"], "output": ["3", "13"]}
    found = batch(peer, "def add(a, b):\n    return a + b\n", run_all=True, **tests).json()
    assert (found["accepted"], [test["passed"] for test in found["tests"]]) == (False, [True, False])
    right = batch(peer, "def add(a, b):\n    return a + b\n", run_all=True, **tests | {"output": ["3", "12"]}).json()
    assert right["accepted"]


@pytest.mark.parametrize(
    ("cases", "code", "words"),
    [
        ({"type": "assert"}, 400, "only stdin_stdout and function_call"),
        ({"type": "function_call"}, 422, "the name of one function"),
        ({"type": "function_call", "fn_name": "f", "input": ["1"]}, 422, "1 inputs and 3 outputs"),
        ({"type": "function_call", "fn_name": "f", "input": ["[1"], "output": ["1"]}, 422, "a value written as JSON"),
        ({"input": ["1"]}, 422, "1 inputs and 3 outputs"),
        ({"input": [[1]], "output": ["1"]}, 422, "lists of strings"),
        ({"input": [], "output": []}, 422, "at least one"),
        ({"input": [""] * 100_000, "output": [""] * 100_000}, 413, "100000 tests"),
    ],
)
def test_tests_that_say_nothing_are_refused(peer: Served, cases: dict[str, Any], code: int, words: str) -> None:
    found = batch(peer, ADDS, run_all=True, **cases)
    assert (found.status_code, words in found.text) == (code, True), found.text


# --- verl ----------------------------------------------------------------------------------------------------------


def test_as_verl_asks(peer: Served) -> None:
    """Its fields, its headers, its patience, and what it reads of the answer."""
    body = {
        "compile_timeout": 10,
        "run_timeout": 10,
        "code": ADDS,
        "stdin": "20 22",
        "memory_limit_MB": 1024,
        "language": "python",
        "files": {},
        "fetch_files": [],
    }
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    with httpx.Client(timeout=30) as client:
        found = client.post(f"{peer.url}/run_code", json=body, headers=headers).raise_for_status().json()
    assert found["status"] == "Success"
    assert found["run_result"]["status"] == "Finished"
    assert found["run_result"]["stdout"].rstrip("\n") == "42"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"language": "klingon"}, "unknown language"),
        ({"language": "go"}, "go is not served here"),
        ({"run_timeout": 0}, "run_timeout"),
        ({"run_timeout": -3}, "run_timeout"),
        ({"run_timeout": 1e9}, "at most 3600"),
        ({"compile_timeout": "soon"}, "compile_timeout"),
        ({"memory_limit_MB": 1}, "expected 16 MiB"),
        ({"memory_limit_MB": 1 << 40}, "memory"),
        ({"fetch_files": ["out.txt"]}, "fetch_files is not supported"),
        ({"args": ["-x"]}, "args is not supported"),
        ({"files": {"a": "%%%"}}, "not base64"),
        ({"files": {"a": "/w=="}}, "not text in UTF-8"),
        ({"files": {"../a": ""}}, "a path below"),
        ({"files": {"a/../../b": ""}}, "a path below"),
        ({"files": {"/etc/passwd": ""}}, "a path below"),
        ({"files": {"a\0b": ""}}, "a path below"),
        ({"files": {"a" * 300: ""}}, "a path below"),
        ({"files": {"": ""}}, "a path below"),
        ({"files": {"a/": ""}}, "a path below"),
        ({"files": {str(n): "" for n in range(101)}}, "at most 100"),
        ({"stdin": 3}, "stdin"),
    ],
)
def test_what_is_not_supported_is_said_in_its_form(peer: Served, change: dict[str, Any], words: str) -> None:
    found = httpx.post(f"{peer.url}/run_code", json={"code": "print(1)", "language": "python", **change})
    assert found.status_code == 422, found.text
    (detail,) = found.json()["detail"]
    assert words in detail["msg"]


def test_a_file_in_the_programs_place_and_broken_requests(peer: Served) -> None:
    taken = httpx.post(
        f"{peer.url}/run_code", json={"code": "print(1)", "language": "python", "files": {"program.py": ""}}
    )
    assert (taken.status_code, "another name" in taken.json()["detail"]) == (400, True)
    for body in (
        b"{",
        b"",
        b'{"code": "\xff"}',
        b'{"code": "1", "language": "python", "run_timeout": NaN}',
        b"[" * 9999,
    ):
        broken = httpx.post(f"{peer.url}/run_code", content=body)
        assert (broken.status_code, "body" in broken.text) == (422, True), broken.text
    for path in ("/submit", "/get_prompt_by_id"):
        unknown = httpx.post(f"{peer.url}{path}", json={"dataset": "none", "id": 1, "completion": "", "config": {}})
        assert (unknown.status_code, unknown.json()["detail"][:13]) == (400, "no eval class")


# --- Piston --------------------------------------------------------------------------------------------------------


def execute(peer: Served, *files: Any, **more: Any) -> httpx.Response:
    body = {"language": "py", "version": "3.x", "files": files, **more}
    return httpx.post(f"{peer.url}/api/v2/execute", json=body, timeout=60)


def test_piston(peer: Served) -> None:
    runtimes = httpx.get(f"{peer.url}/api/v2/runtimes").json()
    version = next(runtime["version"] for runtime in runtimes if runtime["language"] == "python")
    found = execute(
        peer,
        {"name": "my_cool_code.py", "content": "print(input(), open('b.txt').read())"},
        {"name": "b.txt", "content": base64.b64encode(b"B").decode(), "encoding": "base64"},
        stdin="a",
        version=version,
    ).json()
    assert (found["language"], found["version"], found["run"]["output"]) == ("python", version, "a B\n")
    assert (found["run"]["code"], found["run"]["signal"], found["run"]["status"]) == (0, None, None)
    late = execute(peer, {"content": "while True: pass"}, run_timeout=300).json()["run"]
    assert (late["code"], late["signal"], late["status"]) == (None, "SIGKILL", "TO")
    assert late["cpu_time"] >= 300
    failed = execute(peer, {"content": "raise SystemExit(7)"}, run_cpu_time=500).json()["run"]
    assert (failed["code"], failed["status"]) == (7, "RE")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"language": "klingon"}, "klingon-3.x runtime is unknown"),
        ({"version": "2.7"}, "py-2.7 runtime is unknown"),
        ({"files": []}, "files"),
        ({"files": [{"content": 1}]}, "files[0].content"),
        ({"files": [{"content": "", "encoding": "base64"}]}, "must be utf8"),
        ({"files": [{"content": ""}, {"name": "../a", "content": ""}]}, "a path below"),
        ({"files": [{"content": ""}, {"name": "a", "content": ""}, {"name": "a", "content": ""}]}, "two files"),
        ({"files": [{"content": ""}, {"name": "a", "content": "%", "encoding": "base64"}]}, "not base64"),
        ({"args": ["a"]}, "args"),
        ({"run_timeout": -1}, "run_timeout"),
        ({"run_timeout": 1e12}, "at most 3600"),
    ],
)
def test_piston_says_what_is_wrong(peer: Served, change: dict[str, Any], words: str) -> None:
    found = execute(peer, {"content": "print(1)"}, **change)
    assert (found.status_code, words in found.json()["message"]) == (400, True), found.text


# --- rewards -------------------------------------------------------------------------------------------------------


def test_openrlhf_and_slime(peer: Served) -> None:
    prompts, said = ["p1", "p2", "p3"], [answer(), answer("    return -1\n"), "I cannot."]
    body = {"query": [p + a for p, a in zip(prompts, said, strict=True)], "prompts": prompts, "labels": [TASK] * 3}
    found = httpx.post(f"{peer.url}/openrlhf/get_reward", json=body, timeout=60).json()
    assert found == {"rewards": [1.0, 0.0, 0.0], "scores": [1.0, 0.0, 0.0], "extra_logs": {"passed": [1.0, 0.0, 0.0]}}
    for label in (TASK, f"{SET}#{TASK}"):
        sample = {"prompt": "p", "response": answer(), "label": label}
        assert httpx.post(f"{peer.url}/slime/reward", json=sample, timeout=60).json() == 1.0
    unknown = httpx.post(f"{peer.url}/slime/reward", json={"response": "", "label": "none"})
    assert (unknown.status_code, unknown.json()["error"]["kind"]) == (422, "unknown")
    uneven = httpx.post(f"{peer.url}/openrlhf/get_reward", json={**body, "labels": []})
    assert (uneven.status_code, "3 queries" in uneven.text) == (422, True)


def test_nemo_gym(peer: Served) -> None:
    """Requests as verifiers' tasks for NeMo Gym send them; a reply has all of the row."""
    row = {"responses_create_params": {"input": "?"}, "verifier_metadata": {"task_id": TASK}, "_ng_task_index": 3}

    def verified(*said: str) -> httpx.Response:
        parts = [{"type": "message", "content": [{"type": "output_text", "text": text}]} for text in said]
        reasoning = {"type": "reasoning", "summary": [{"type": "summary_text", "text": answer()}]}
        body = {**row, "response": {"id": "r", "output": [reasoning, *parts]}}
        return httpx.post(f"{peer.url}/verify", json=body, timeout=60)

    assert httpx.post(f"{peer.url}/seed_session", json=row).json() == {}
    session = {"resources_session_id": "s", "episode_id": "e"}
    assert httpx.post(f"{peer.url}/close_session", json=session).json() == {"resources_session_id": "s"}
    replies = [verified(answer()).json(), verified(answer(), "I cannot.").json(), verified().json()]
    assert [reply["reward"] for reply in replies] == [1.0, 0.0, 0.0]
    assert row.items() <= replies[0].items()
    metrics = httpx.post(f"{peer.url}/aggregate_metrics", json={"verify_responses": replies}).json()
    assert metrics["group_level_metrics"] == [{"_ng_task_index": 3, "mean/reward": 1 / 3}]
    assert metrics["key_metrics"] == {"mean/reward": 1 / 3}
    row["verifier_metadata"] = {"task_id": "none"}
    assert verified(answer()).status_code == 422


# --- trouble -------------------------------------------------------------------------------------------------------


def test_trouble_is_retried_and_then_nobodys_failure(tmp_path: Path) -> None:
    """A sandbox that cannot be started: first for a moment, then for good."""
    broken, starter = tmp_path / "broken", tmp_path / "bin" / "bwrap"
    starter.parent.mkdir()
    starter.write_text(f'#!/bin/sh\ntest -e {broken} && exit 1\nexec {shutil.which("bwrap")} "$@"\n')
    starter.chmod(starter.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    path = {"PATH": f"{starter.parent}:{os.environ['PATH']}"}
    with served(tmp_path, *COMPAT, "--workers", "1", environment=path) as server:
        assert run(server, "print(1)").status == RunStatus.Success
        for pid in called(server.process.pid, b"bwrap"):
            os.kill(pid, signal.SIGKILL)
        assert run(server, "print(2)").status == RunStatus.Success
        broken.touch()
        for pid in called(server.process.pid, b"bwrap"):
            os.kill(pid, signal.SIGKILL)
        asked: dict[str, Any] = {
            "/run_code": {"code": "print(3)", "language": "python"},
            "/submit": {"dataset": SET, "id": TASK, "completion": answer(), "config": {}},
            "/api/v2/execute": {"language": "python", "version": "*", "files": [{"content": "print(3)"}]},
            "/openrlhf/get_reward": {"query": [answer()], "prompts": [""], "labels": [TASK]},
            "/slime/reward": {"response": answer(), "label": TASK},
            "/verify": {
                "responses_create_params": {},
                "response": {"output": []},
                "verifier_metadata": {"task_id": TASK},
            },
        }
        with httpx.Client(base_url=server.url, timeout=60) as client, ThreadPoolExecutor() as threads:
            found = threads.map(lambda one: client.post(one[0], json=one[1]), asked.items())
            for where, one in zip(asked, found, strict=True):
                assert (one.status_code, "not judged" in one.text) == (504, True), (where, one.text)
            native = {"programs": [{"task_id": TASK, "completion": "    return 1\n"}]}
            (result,) = client.post("/v1/judge", json=native).json()["results"]
            assert (result["status"], result["retry"]) == ("not_judged", True)
            broken.unlink()
            (result,) = client.post("/v1/judge", json=native).json()["results"]
            assert result["status"] == "wrong_answer"
        sleeping = {"problem": adding(), "completion": "import time; time.sleep(3)\nprint(3)"}
        with ThreadPoolExecutor() as threads:
            waiting = threads.submit(httpx.post, f"{server.url}/v1/judge", json={"programs": [sleeping]}, timeout=60)
            until(server, "passatk_running_programs", 1)
            server.process.send_signal(signal.SIGTERM)
            until_it_is(server, "closing")
            closing = httpx.post(f"{server.url}/run_code", json=asked["/run_code"])
            assert (closing.status_code, "being shut down" in closing.json()["detail"]) == (504, True)
            assert waiting.result().status_code == 200
        assert server.process.wait(timeout=60) == 0


def test_a_full_line_is_waited_for(tmp_path: Path) -> None:
    """Clients of others would take "busy" for a failure of the program."""
    with (
        served(tmp_path, *COMPAT, "--workers", "1", "--queue-programs", "1") as server,
        ThreadPoolExecutor() as threads,
    ):
        sleeps = [f"import time; time.sleep(0.3); print({n})" for n in range(4)]
        found = list(threads.map(lambda code: run(server, code).status, sleeps))
        assert found == [RunStatus.Success] * 4
