"""Holds tests and asks programs, see docs/wall.md. Nothing of a program's code ever runs here.

Stays from program to program: each line on its input is an examination,
  PID TOKEN SAID ANSWERS CALLS WORDS PATH
by descriptors of the process PID, with the tests in PATH.json. Only tests that leave nothing behind come here: what they
change are their own values, in a module of their own.
"""

import json
import os
import resource
import sys
import traceback

import passatk_tests
from passatk_trial import Trial, module_with

MOST_LINE = 4096
MOST_WORDS = 2000
MOST_BYTES = 256 << 20  # of a message
MOST_MEMORY = 2 << 30
MOST_KEPT = 256 << 20  # of memory at its peak: who had more makes room for another
MOST_TASKS, MOST_SOURCE = 512, 4 << 20  # that are kept compiled, and characters of their tests
TOKEN_BYTES = 32


class Gone(BaseException):
    """The program is, or what it sent is no message."""


class Task:
    """The tests of a problem, compiled."""

    def __init__(self, path):
        with open(f"{path}.json", encoding="ascii") as file:
            parts = json.load(file)
        self.entry, self.source = parts["entry"], parts["tests"]
        self.helpers = compile(parts["helpers"], "helpers.py", "exec", dont_inherit=True)
        self.shown = compile(parts["shown"], "shown.py", "exec", dont_inherit=True)
        self.code = compile(self.source, "tests.py", "exec", dont_inherit=True)

    def module(self):
        """For one program."""
        sys.modules["program"] = module = module_with(self.helpers)
        return module


def examined(task, token, incoming, outgoing):
    """What is to be said of a program, and whether another may come."""
    end = b""

    def lost(words):
        nonlocal end
        end = end or (b"broken " + words.encode("utf-8", "backslashreplace") if words else b"ended")
        raise Gone  # a call by the program may catch it: the end is the end nevertheless

    line = b""
    trial = Trial(incoming, outgoing, task.module(), task.entry, lost)
    trial.peer.most = MOST_BYTES
    try:
        try:
            trial.hold(task.source, task.code, task.shown)
            line = b"passed " + token
        except Gone:
            raise
        except BaseException as error:
            line = told(trial, error, task.source)
    except Gone:
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    half_imported = end.startswith(b"broken")  # perhaps: what a message asks for is imported as it is read
    return end or line, not (trial.imported or half_imported) and peak < MOST_KEPT


def told(trial, error, source):
    """The line for what kept the tests from holding."""
    trial.explain(error)
    if error is trial.peer.received:
        trial.program.show()
    trial.program.flush()
    if isinstance(error, SystemExit) and not error.code:
        return b"ended"  # by itself, and before its tests
    if isinstance(error, passatk_tests.NothingRan):
        return b"error the tests asked nothing of the program"
    words = traceback.format_exception_only(type(error), error)[-1].strip()
    kind = "raised" if error is trial.peer.received else "error"
    if isinstance(error, AssertionError):
        line = "" if error.args else line_of(error, source)
        kind, words = "failed", f"{words}: {line}" if line else words
    return f"{kind} {' '.join(words.split())}".encode("utf-8", "backslashreplace")


def line_of(error, source):
    """The line of the tests that an error came from."""
    lines, trace = source.splitlines(), traceback.walk_tb(error.__traceback__)
    numbers = [number for frame, number in trace if frame.f_code.co_filename == "tests.py"]
    return lines[numbers[-1] - 1] if numbers and numbers[-1] <= len(lines) else ""


def too_many(tasks):
    return len(tasks) > MOST_TASKS or sum(len(task.source) for task in tasks) > MOST_SOURCE


def main(site):
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    if site:
        sys.path.append(site)
    tasks, stays, held = {}, True, ()
    while stays and (line := os.read(0, MOST_LINE)):
        for fd in held:
            os.close(fd)
        pid, token, said, answers, calls, _, path = line.decode().split()
        ways = ((token, os.O_RDONLY), (said, os.O_WRONLY), (answers, os.O_RDONLY), (calls, os.O_WRONLY))
        token, said, answers, calls = given = [os.open(f"/proc/{pid}/fd/{fd}", way) for fd, way in ways]
        os.write(3, b"o")
        if path not in tasks:
            tasks[path] = Task(path)
            while len(tasks) > 1 and too_many(tasks.values()):
                del tasks[next(iter(tasks))]
        line, stays = examined(tasks[path], os.read(token, TOKEN_BYTES), answers, calls)
        os.write(said, line[:MOST_WORDS].replace(b"\n", b" ") + b"\n")
        # a program that is done goes on to wait for a question: it is killed when the verdict is given
        held = () if line.startswith((b"ended", b"broken")) else (answers, calls)
        for fd in given:
            if fd not in held:
                os.close(fd)


if __name__ == "__main__":
    main(sys.argv[1])
    os._exit(0)
