"""Runs program.py, and answers what its tests ask.

Most are in an examiner, see `passatk_examiner`. Tests that may leave something behind in their process have one of their
own: this one, which forks the program's before the token and the tests are read, so that they are nowhere in its memory,
and closes itself to it (no ptrace, no /proc/PID/mem, no /proc/PID/fd).
"""

import _ctypes
import _signal
import _sitebuiltins
import builtins
import codecs
import os
import re
import sys

import passatk_tests
from passatk_peer import Peer
from passatk_proxies import Trusted
from passatk_trial import Trial, library_name, module_with
from passatk_wire import document

NOT_COMPILED, ASSERTION = 64, 65
PR_SET_DUMPABLE = 4
PRCTL = _ctypes.dlsym(_ctypes.dlopen(None, 0), "prctl")
CODING = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
RECURSION_LIMIT = sys.getrecursionlimit()


def contents(name):
    with open(name, "rb") as file:
        return file.read()


def taken(name):
    """The bytes of a file, which is gone then."""
    source = contents(name)
    os.unlink(name)
    return source


def check_coding(source):
    """Raise LookupError where Python knows no coding of the name that the first lines give."""
    for line in source.split(b"\n", 2)[:2]:
        if found := CODING.match(line):
            codecs.lookup(found[1].decode())


def compiled_text(name, source):
    try:
        try:
            check_coding(source)
            text = source.decode("utf-8-sig", "surrogatepass")  # whatever coding it says it is in
            return compile(text, name, "exec", dont_inherit=True)
        except (LookupError, UnicodeEncodeError):  # or half a character, which only comments may have
            return compile(source, name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        show(error.with_traceback(None))
        leave(NOT_COMPILED)


def show(error, print_exception=sys.__excepthook__):
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename not in ("program.py", "tests.py", "helpers.py"):
        trace = trace.tb_next
    print_exception(type(error), error.with_traceback(trace), trace)


def flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass  # closed, or not there any more


def leave(code):
    flush()
    os._exit(code)


PREPARED = {}  # text of helpers.py -> a module that has executed it
AT_FORK = []  # what modules asked to be called then: meant for forks of the program, not for those that make it


def prepare(helpers, hooks):
    """Before any program is known."""
    PREPARED[helpers.encode()] = new_module(helpers.encode())
    AT_FORK.extend(hooks)
    rehearse(REHEARSALS)


def new_module(helpers):
    return module_with(compiled_text("helpers.py", helpers))


REHEARSALS = 50  # until the interpreter has adapted all that it repeats, which it does after 8 times and more
REHEARSED = b"""
from typing import List, Tuple


def solution(numbers: List[float], text: str = "") -> Tuple[float, float]:
    found = [number for number in sorted(numbers) if number]
    for index, number in enumerate(found):
        if number == text:
            return index, {}
    return len(found), text
"""
QUESTIONS = (
    ("call", [0], None, [["ours", 0]]),
    ("call", [1], None, [0], [["list", "solution"], ["ours", 1]]),
    *(("call", [1], None, [0], "text", [["list", 1, 2.5, 3], ["ours", 4]]) for _ in range(3)),
    ("do", [0], None, [["ours", 2]]),
)  # as tests ask them: run it, give a name, three calls, flush


def rehearse(times=1):
    """What every program's process does, with a program of ours: Python adapts its bytecode here, and not in each fork."""
    limit = sys.getrecursionlimit()
    (incoming, ask), (told, outgoing) = os.pipe(), os.pipe()
    for _ in range(times):
        module = new_module(b"")
        peer = Peer(incoming, outgoing, Trusted, lambda words: os._exit(1))
        Program(compiled_text("program.py", REHEARSED), vars(module), peer)
        for operation, target, keywords, *rest in QUESTIONS:
            body = "".join(document([0, operation, target, keywords, *rest], 0)).encode()
            os.write(ask, len(body).to_bytes(8, "little") + body)
            peer.answer(*peer.receive()[1:])
            os.read(told, 1 << 16)
    for fd in (incoming, ask, told, outgoing):
        os.close(fd)
    sys.setrecursionlimit(limit)


class Program:
    """In the program's process: what the tests' process asks first, and last."""

    def __init__(self, code, namespace, peer):
        self.code, self.namespace, self.peer = code, namespace, peer
        self.before = dict(namespace)
        for method in (self.run, self.values, self.flush, self.show):  # the tests know them by these numbers
            peer.number_of(method)

    def run(self):
        """Execute it; then as `names`."""
        frame, depth = sys._getframe(), 0
        while frame is not None:
            frame, depth = frame.f_back, depth + 1
        sys.setrecursionlimit(RECURSION_LIMIT + depth)  # what is below is not the program's doing
        exec(self.code, self.namespace)
        return self.names()

    def names(self):
        """Of all that the program defined, and what of the standard library (or numpy) it is: module, name in it."""
        new = {n: v for n, v in self.namespace.items() if n not in self.before or self.before[n] is not v}
        return {name: library_name(name, value) for name, value in new.items() if type(name) is str}

    def values(self, names):
        return {name: self.namespace[name] for name in names}

    def flush(self):
        flush()

    def show(self):
        if self.peer.caught is not None:
            show(self.peer.caught)


def be_program(incoming, outgoing, code, module):
    sys.modules["__main__"] = module
    sys.path.insert(0, os.getcwd())
    for name in ("exit", "quit"):
        setattr(builtins, name, _sitebuiltins.Quitter(name, "the end of the input"))
    builtins.help = _sitebuiltins._Helper()
    peer = Peer(incoming, outgoing, Trusted, lambda words: os._exit(1 if words else 0))
    Program(code, vars(module), peer)
    peer.serve()


def judge(trial, shown, token):
    """In the tests' process, which ends as the program did by them."""
    text = taken("tests.py")
    code = compiled_text("tests.py", text)
    try:
        trial.hold(text.decode("utf-8", "surrogatepass"), code, shown)
    except BaseException as error:
        fail(trial, error)
    os.write(3, token)
    leave(0)


def fail(trial, error):
    if isinstance(error, SystemExit):
        trial.program.flush()
        if error.code is not None and not isinstance(error.code, int):
            print(error.code, file=sys.stderr)
        leave((error.code or 0) & 0xFF if isinstance(error.code, int) or not error.code else 1)
    if isinstance(error, passatk_tests.NothingRan):
        trial.program.flush()
        print("no test ran to its end", file=sys.stderr)
        leave(0)  # without the token
    trial.explain(error)
    if error is trial.peer.received:
        trial.program.show()
        trial.program.flush()
    else:
        trial.program.flush()
        show(error)
    leave(ASSERTION if isinstance(error, AssertionError) else 1)


def lost(child, words):
    """The program is gone, or sent what is no message: end as it did."""
    if words:
        print(f"the program interfered with its judge: {words}", file=sys.stderr)
        leave(1)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        leave(os.WEXITSTATUS(status))
    sys.stdout.flush()
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    os.kill(os.getpid(), os.WTERMSIG(status))
    leave(1)


def set_dumpable(flag):
    """Whether other processes of this account may look into this one."""
    if _ctypes.call_function(PRCTL, (PR_SET_DUMPABLE, flag, 0, 0, 0)) != 0:
        os._exit(1)


def main(arguments):
    """The program is in this folder.

    Arguments: where other packages are, whether the tests are an examiner's ("serve"), or here ("judge"), and what the
    problem asks for by name.
    """
    site, way, *entry = arguments
    if site:
        sys.path.append(site)
    helpers = taken("helpers.py")
    if way == "judge":
        incoming, outgoing = apart(helpers, entry)
    else:
        incoming, outgoing = 3, 4
        set_dumpable(1)
        register_hooks()
    module = module_of(helpers)
    be_program(incoming, outgoing, compiled_text("program.py", contents("program.py")), module)


def apart(helpers, entry):
    """In the program's process, the pipes to its tests' process, which goes on here until they are done."""
    shown = taken("shown.py")
    (program_r, tests_w), (tests_r, program_w) = os.pipe(), os.pipe()
    child = os.fork()
    register_hooks()
    if child == 0:
        for fd in (3, tests_w, tests_r):
            os.close(fd)
        set_dumpable(1)
        return program_r, program_w
    os.close(program_r)
    os.close(program_w)
    set_dumpable(0)
    trial = Trial(tests_r, tests_w, module_of(helpers), entry, lambda words: lost(child, words))
    judge(trial, compiled_text("shown.py", shown), os.read(0, 32))


def register_hooks():
    for hooks in AT_FORK:
        os.register_at_fork(**hooks)


def module_of(helpers):
    sys.argv = ["program.py"]
    sys.modules["program"] = module = PREPARED.get(helpers) or new_module(helpers)
    return module
