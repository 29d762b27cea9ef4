"""Builds the program beside this file and runs it against its tests: NOT contained, with your rights, without limits.

`commands.json` says how. What passatk does besides (a sandbox, limits, measuring) is not done here.
"""

import fcntl
import json
import os
import secrets
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent
_HIGH = 64


def start(command: dict[str, Any], environment: dict[str, str], descriptors: dict[int, int]) -> int:
    """A process with these descriptors, in the folder that is its home; its number."""
    child = os.fork()
    if child:
        return child
    try:
        os.chdir(environment["HOME"])
        high = {number: fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _HIGH) for number, fd in descriptors.items()}
        for number, fd in high.items():
            os.dup2(fd, number)
        os.execvpe(command["argv"][0], command["argv"], {**environment, **command["env"]})  # noqa: S606 - as a shell would
    except OSError as error:
        os.write(2, f"cannot start {command['argv'][0]}: {error}\n".encode())
    finally:
        os._exit(127)


def ended(process: int) -> int:
    """Its exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def everything(fd: int) -> str:
    """What comes out of a pipe until its end."""
    with open(fd, "rb") as pipe:
        return pipe.read().decode(errors="replace")


def pipe_with(text: str) -> int:
    """The reading end of a pipe that holds `text`."""
    reading, writing = os.pipe()
    os.write(writing, text.encode())
    os.close(writing)
    return reading


def run_alone(commands: dict[str, Any], environment: dict[str, str]) -> str:
    """The tests are part of the program: it has to hand back the token that it was given."""
    token = secrets.token_hex(16)
    proof, proved = os.pipe()
    program = start(commands["run"], environment, {0: pipe_with(token), 3: proved})
    os.close(proved)
    code, proven = ended(program), everything(proof) == token
    return "passed" if proven and code == 0 else f"not passed: the program exited with {code}"


def run_apart(commands: dict[str, Any], environment: dict[str, str]) -> str:
    """The tests are in a process of their own, which asks the program over two pipes."""
    token, nothing = secrets.token_hex(16), os.open(os.devnull, os.O_RDWR)
    (verdict, said), (answers, answer), (calls, call) = os.pipe(), os.pipe(), os.pipe()
    given, examiner = pipe_with(token), commands["examiner"]
    if examiner["asks"]:
        (asked, ask), (opened, opens) = os.pipe(), os.pipe()
        tests = start(examiner, environment, {0: asked, 1: nothing, 3: opens})
        os.close(opens)
        os.write(ask, f"{os.getpid()} {given} {said} {answers} {call} 2 {examiner['asks']}\n".encode())
        os.read(opened, 1)  # it has opened its ends
        os.close(ask)
    else:
        tests = start(examiner, environment, {0: given, 3: said, 4: answers, 5: call})
    program = start(commands["run"], environment, {0: nothing, 3: calls, 4: answer})
    for fd in (said, answers, answer, calls, call):
        os.close(fd)
    words = everything(verdict).replace(token, "").strip()
    ended(tests)
    code = ended(program)
    if words == "passed":
        return words
    return f"not passed: {words or 'the tests said nothing'}; the program exited with {code}"


def run_cases(commands: dict[str, Any], environment: dict[str, str], program: Path) -> str:
    """Test after test, each with the files as they were built: what is printed or returned, and what is expected."""
    cases = json.loads((_HERE / "cases.json").read_text())
    failed, nothing = 0, os.open(os.devnull, os.O_WRONLY)
    for case in cases["cases"]:
        shutil.copytree(program, environment["HOME"])
        read, output = os.pipe()
        given = _file_with(case["stdin"])
        process = start(commands["run"], environment, {0: given, 3: nothing, (3 if cases["returns"] else 1): output})
        os.close(given)
        os.close(output)
        found = everything(read)
        code = ended(process)
        shutil.rmtree(environment["HOME"])
        failed += code != 0
        sys.stdout.write(f"--- test {case['id']}: exit code {code}\n{found.rstrip()}\n--- expected\n")
        sys.stdout.write(f"{case['expected'].rstrip()}\n")
    told = f"{failed} of {len(cases['cases'])} tests did not end with exit code 0"
    return f"{told}; passatk compares the others by its checker {cases['checker']}, and this script does not"


def _file_with(text: str) -> int:
    """A descriptor to read `text` from, however long it is."""
    with tempfile.TemporaryFile() as file:
        file.write(text.encode("utf-8", "surrogatepass"))
        file.flush()
        file.seek(0)
        return os.dup(file.fileno())


def main() -> int:
    """Exit code 0 if the tests held."""
    with tempfile.TemporaryDirectory() as scratch:
        program, examiner = Path(scratch) / "program", Path(scratch) / "examiner"
        shutil.copytree(_HERE / "program", program)  # programs change their folder, and harnesses empty it
        examiner.symlink_to(_HERE / "examiner")  # a path without blanks
        commands = json.loads((_HERE / "commands.json").read_text().replace("${EXAMINER}", str(examiner)))
        environment = {**commands["environment"], "HOME": str(program), "TMPDIR": scratch}
        for command in commands["build"]:
            if code := ended(start(command, environment, {})):
                sys.stdout.write(f"not passed: a build command exited with {code}\n")
                return 1
        if (_HERE / "cases.json").exists():
            verdict = run_cases(commands, {**environment, "HOME": f"{scratch}/one"}, program)
        else:
            run = run_apart if "examiner" in commands else run_alone
            verdict = run(commands, environment)
    sys.stdout.write(f"{verdict}\n")
    return 0 if verdict == "passed" else 1


if __name__ == "__main__":
    sys.exit(main())
