"""`doctor` and `problems` as a user runs them."""

import json
from pathlib import Path

from running import Command

from passatk.languages import LANGUAGES


def test_doctor_names_each_toolchain_the_isolation_and_the_tokens(passatk: Command) -> None:
    done = passatk("doctor", "--json")
    found = json.loads(done.stdout)
    assert set(found["toolchains"]) == set(LANGUAGES)
    missing = {name for name, toolchain in found["toolchains"].items() if toolchain["missing"]}
    broken = found["failures"] or any(not LANGUAGES[name].optional for name in missing)
    assert done.returncode == (1 if broken else 0)
    for toolchain in found["toolchains"].values():
        assert toolchain["version"] or any(how in toolchain["missing"][0] for how in ("apt-get install", "npm install"))
    assert found["isolation"]["sandbox"] == "bubblewrap"
    assert found["tokens_not_compared"] is None
    assert found["tokens"]["holds"] == (found["tokens"]["digest"] == found["tokens"]["digest_shipped"])
    shown = passatk("doctor", "python").stdout
    assert "Sandbox: bubblewrap" in shown
    assert "Namespaces: mount, pid, ipc, uts, network, cgroup" in shown


def test_doctor_says_what_to_install_for_a_missing_toolchain(passatk: Command) -> None:
    done = passatk("doctor", "js", PASSATK_NODE="/nowhere")
    assert done.returncode == 1
    assert "PASSATK_NODE=/nowhere is not an executable; `apt-get install nodejs`" in " ".join(done.stdout.split())


def test_doctor_notices_a_toolchain_that_does_not_work(passatk: Command, tmp_path: Path) -> None:
    liar = tmp_path / "node"
    liar.write_text("#!/bin/sh\necho v99.0.0\n")
    liar.chmod(0o755)
    done = passatk("doctor", "js", PASSATK_NODE=str(liar))
    assert done.returncode == 1
    assert "broken" in done.stdout


def test_doctor_refuses_a_toolchain_that_is_too_old(passatk: Command, tmp_path: Path) -> None:
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v8.1.0\n")
    old.chmod(0o755)
    assert "JavaScript is too old" in passatk("doctor", "js", PASSATK_NODE=str(old)).stdout


def test_doctor_looks_at_the_languages_that_are_named(passatk: Command) -> None:
    done = passatk("doctor", "py", "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, list(found["toolchains"]), found["failures"]) == (0, ["python"], {})
    optional = passatk("doctor", "lua", PASSATK_LUA5_4="/nowhere")
    assert optional.returncode == 1, "it was asked for"
    wrong = passatk("doctor", "cobol")
    assert wrong.returncode == 2
    assert "cobol" in wrong.stderr


def test_without_bubblewrap_the_error_says_what_to_do(passatk: Command, tmp_path: Path) -> None:
    done = passatk("problems", "check", "basics/python", PATH=str(tmp_path))
    assert done.returncode == 3
    assert "apt-get install bubblewrap" in done.stderr
    shown = passatk("doctor", "python", PATH=str(tmp_path))
    assert shown.returncode == 3
    assert "cannot be started" in shown.stdout
    assert "Python " in shown.stdout


def test_problems_list_names_sets_and_tasks(passatk: Command, data: Path) -> None:
    rows = {
        row["name"]: row for row in json.loads(passatk("problems", "list", "--json", PASSATK_DATA=str(data)).stdout)
    }
    assert rows["humaneval-x"]["problems"] == 984
    assert rows["basics"]["place"] == "embedded"
    assert "Go/0" in passatk("problems", "list", "basics").stdout.split()
    empty = passatk("problems", "list", PASSATK_DATA="", PASSATK_HOME="/nowhere").stdout
    assert "passatk problems fetch humaneval-x" in empty


def test_problems_show_prints_all_parts(passatk: Command) -> None:
    shown = passatk("problems", "show", "Java/0").stdout
    for part in ("prompt", "declaration", "reference solution", "hidden tests", "example tests"):
        assert f"Java/0 {part}" in shown
    assert json.loads(passatk("problems", "show", "Go/3", "--json").stdout)["task_id"] == "Go/3"
    assert "Did you mean 'Java/0'" in passatk("problems", "show", "java/0").stderr


def test_problems_check_exits_1_and_names_the_unfit(passatk: Command, tmp_path: Path) -> None:
    record = {
        "task_id": "Python/0",
        "prompt": "def f():\n",
        "declaration": "def f():\n",
        "canonical_solution": "    return 2\n",
        "test": "assert f() == 1\n",
    }
    (tmp_path / "p.jsonl").write_text(
        json.dumps(record) + "\n" + json.dumps({**record, "task_id": "Python/1", "test": ""})
    )
    done = passatk("problems", "check", "p.jsonl")
    assert done.returncode == 1
    assert "Python/0: wrong_answer: AssertionError" in done.stdout
    assert "Python/1: not_judged: needs a test to run" in done.stdout
    assert passatk("problems", "check", "basics", "--language", "python").returncode == 0
    nothing = passatk("problems", "check", "basics/java", "--language", "python")
    assert nothing.returncode == 2
    assert "no problems to check" in nothing.stderr


def test_a_server_that_is_not_there_is_a_clear_error(passatk: Command) -> None:
    done = passatk("problems", "fetch", "humaneval", "--mirror", "http://127.0.0.1:9", "--to", "here")
    assert done.returncode == 2
    assert "Connection refused" in done.stderr


def test_version_and_help(passatk: Command) -> None:
    assert passatk("--version").stdout.startswith("passatk 0.")
    assert "evaluate" in passatk("--help").stdout
    assert "[default: 3]" in passatk("evaluate", "--help").stdout
    assert passatk("frobnicate").returncode == 2
