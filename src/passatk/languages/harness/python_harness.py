"""Judges program.py by tests.py, in two processes: this one runs the tests and gives the token.

The other is the program's. It is forked before the token and the tests are read, so that they are nowhere in its memory,
and this process closes itself to it (no ptrace, no /proc/PID/mem, no /proc/PID/fd).
"""

import _ctypes
import _signal
import _sitebuiltins
import builtins
import codecs
import hashlib
import os
import random
import re
import sys

import passatk_tests
from passatk_exceptions import catches_assertions, caught_too
from passatk_peer import Peer
from passatk_proxies import READABLE, Judged, Trusted

NOT_COMPILED, ASSERTION = 64, 65
PR_SET_DUMPABLE = 4
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


def compiled(name):
    return compiled_text(name, taken(name))


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
OPAQUE = ("abc", "builtins", "functools", "inspect", "types", "weakref")  # whose objects lead to others
EXPECTED = re.compile(r"(?:\bexcept\b|[Rr]aises\w*\s*\()([^\n]*)")
AT_FORK = []  # what modules asked to be called then: meant for forks of the program, not for those that make it


def prepare(helpers, hooks):
    """Before any program is known."""
    PREPARED[helpers.encode()] = new_module(helpers.encode())
    AT_FORK.extend(hooks)


def new_module(helpers):
    module = type(sys)("program")
    vars(module).update(__file__="program.py", __builtins__=builtins)
    exec(compiled_text("helpers.py", helpers), vars(module))
    return module


MODULE = type(sys)
MODULES = {**{name: name for name in sys.stdlib_module_names}, "numpy": "numpy", "np": "numpy"}
CLASS_OR_FUNCTION = (type, type(len), type(show))


def library_name(name, value):
    """(module, "") of a module, (module, name) of a class or function called so, None of all else."""
    if type(value) is MODULE:
        return str(value.__name__), ""
    if issubclass(type(value), CLASS_OR_FUNCTION) and getattr(value, "__name__", None) == name:
        return str(value.__module__), name
    return None


def from_library(name, where):
    """What the tests take from their own library under this name; None if there is no such thing.

    `where` is what the program says `library_name` was; the tests get nothing of the program's by it.
    """
    if where is None or where[0].partition(".")[0] not in (*sys.stdlib_module_names, "numpy"):
        return None
    module = __import__(where[0]) and sys.modules[where[0]]
    found = getattr(module, name, None) if where[1] else module
    return found if found is module or issubclass(type(found), CLASS_OR_FUNCTION) else None


def seed_chance(source):
    """The tests draw the same for every program, and what none of them draws too."""
    seed = int.from_bytes(hashlib.sha256(source.encode("utf-8", "surrogatepass")).digest()[:4])
    random.seed(seed)
    if "numpy" in sys.modules and "random" in source:
        sys.modules["numpy"].random.seed(seed)


class Program:
    """In the program's process: what the tests' process asks first, and last."""

    def __init__(self, code, namespace, peer):
        self.code, self.namespace, self.peer = code, namespace, peer
        self.before = dict(namespace)

    def run(self):
        frame, depth = sys._getframe(), 0
        while frame is not None:
            frame, depth = frame.f_back, depth + 1
        sys.setrecursionlimit(RECURSION_LIMIT + depth)  # what is below is not the program's doing
        exec(self.code, self.namespace)

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
    os.close(3)
    sys.modules["__main__"] = module
    sys.path.insert(0, os.getcwd())
    for name in ("exit", "quit"):
        setattr(builtins, name, _sitebuiltins.Quitter(name, "the end of the input"))
    builtins.help = _sitebuiltins._Helper()
    peer = Peer(incoming, outgoing, Trusted, lambda words: os._exit(1))
    peer.held[0] = Program(code, vars(module), peer)
    peer.numbers[0] = 0
    peer.serve()


class Tests:
    """In the tests' process."""

    def __init__(self, child, incoming, outgoing, module, entry, shown):
        self.child, self.module, self.entry, self.shown = child, module, entry, shown
        self.peer = Peer(incoming, outgoing, Judged, self.lost)
        self.peer.allowed = self.allowed
        self.taken = False  # whether they have a function or class of the program's
        self.program = Judged(self.peer, 0, "program", False)
        vars(module)["__name__"] = "__main__"
        sys.modules["__main__"] = module

    def allowed(self, operation, target, args):
        """Whether the program may ask this of an object of the tests. It must not look into functions and frames."""
        if id(target) not in self.peer.numbers:
            return False  # made of the message: nothing of the tests gave it to the program
        if operation not in ("get", "set"):
            return operation not in ("del", "await")
        name = args[0] if args and type(args[0]) is str else "_"
        if operation == "get" and name in READABLE:
            return True
        if type(target).__module__ in OPAQUE or name.startswith("_"):
            return False
        return operation == "get" or not callable(getattr(type(target), name, None))

    def judge(self, token):
        with open("tests.py", encoding="utf-8", errors="surrogatepass") as file:
            source = file.read()
        code = compiled("tests.py")
        self.peer.caught_names = {*re.findall(r"\w+", " ".join(EXPECTED.findall(source)))}
        self.peer.expects_stops = re.search(r"\bStop(Async)?Iteration\b", source) is not None
        try:
            self.program.run()
            self.take_names(source)
            # what the problem shows and its tests call is theirs, whatever the program made of it
            exec(self.shown, vars(self.module))
            self.run(source, code)
        except BaseException as error:
            self.fail(error)
        self.program.flush()
        os.write(3, token)
        leave(0)

    def run(self, source, code):
        seed_chance(source)
        before = self.peer.asked
        passatk_tests.run(self.module, source, code)
        if self.taken and self.peer.asked == before:
            raise passatk_tests.NothingRan
        if self.peer.swallowed is not None and "AssertionError" not in self.peer.caught_names:
            raise self.peer.swallowed

    def take_names(self, source):
        """What the program defined and the tests name.

        Builtins, modules and what the problem sets up stay this process's own, so that no `abs` of the program's
        decides whether the tests hold. The program's is meant where the problem declares it, where it is used as no
        module can be, and where the tests name nothing else of the program's.
        """
        namespace, mentioned = vars(self.module), set(re.findall(r"\w+", source))
        wanted, shadowing = [], []
        for name, where in self.program.names().items():
            if name in self.entry and name in mentioned:
                wanted.append(name)
            elif name.startswith("__") or name not in mentioned:
                continue
            elif self.is_module(name, source, library := from_library(name, where)):
                continue
            elif hasattr(builtins, name) or type(namespace.get(name, sys)) is not MODULE:
                if library is None:
                    shadowing.append(name)
            elif library is not None:
                namespace[name] = library
            else:
                wanted.append(name)
        if not self.entry:
            wanted = wanted or shadowing
        given = self.program.values(wanted)
        for name in wanted:  # and no other, whatever it gave
            namespace[name] = value = given[name]
            if catches_assertions(value) and name != getattr(value, "__name__", None):
                raise caught_too(name)
            self.taken |= issubclass(type(value), Judged)
            if type(value) is Judged and value._passatk_words == f"class {name}" and name[:1].isupper():
                self.peer.constructors.add(value._passatk_number)

    def is_module(self, name, source, library):
        """Whether the tests mean a module, which is theirs then, whatever the program calls so.

        `library`: what their library has in place of the program's.
        """
        namespace = vars(self.module)
        called = re.search(rf"(?<![\w.]){name}\s*[(\[]", source)
        dotted = re.search(rf"(?<![\w.]){name}\s*\.", source)
        if type(namespace.get(name)) is MODULE:
            return not called or (dotted and library is None)
        if name in namespace or name not in MODULES or not dotted:
            return False
        if library is None or type(library) is MODULE:
            namespace[name] = __import__(MODULES[name])
            return True
        return False

    def fail(self, error):
        if isinstance(error, SystemExit):
            self.program.flush()
            if error.code is not None and not isinstance(error.code, int):
                print(error.code, file=sys.stderr)
            leave((error.code or 0) & 0xFF if isinstance(error.code, int) or not error.code else 1)
        if isinstance(error, passatk_tests.NothingRan):
            self.program.flush()
            print("no test ran to its end", file=sys.stderr)
            leave(0)  # without the token
        if type(error) is AssertionError and not error.args and (words := self.peer.refused):
            error.args = (f"the program gave an object of its own ({words}), which equals no plain value",)
        if error is self.peer.received:
            self.program.show()
            self.program.flush()
        else:
            self.program.flush()
            show(error)
        leave(ASSERTION if isinstance(error, AssertionError) else 1)

    def lost(self, words):
        """The program is gone, or sent what is no message: end as it did."""
        if words:
            print(f"the program interfered with its judge: {words}", file=sys.stderr)
            leave(1)
        _, status = os.waitpid(self.child, 0)
        if not os.WIFSIGNALED(status):
            leave(os.WEXITSTATUS(status))
        sys.stdout.flush()
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
        leave(1)


def set_dumpable(flag):
    """Whether other processes of this account may look into this one."""
    prctl = _ctypes.dlsym(_ctypes.dlopen(None, 0), "prctl")
    if _ctypes.call_function(prctl, (PR_SET_DUMPABLE, flag, 0, 0, 0)) != 0:
        os._exit(1)


def main(arguments):
    """The program is in this folder. Arguments: where other packages are, and what the problem asks for by name."""
    site, *entry = arguments
    if site:
        sys.path.append(site)
    sys.argv = ["program.py"]
    helpers = taken("helpers.py")
    module = PREPARED.get(helpers) or new_module(helpers)
    sys.modules["program"] = module
    code = compiled_text("program.py", contents("program.py"))
    shown = compiled("shown.py")
    (program_r, tests_w), (tests_r, program_w) = os.pipe(), os.pipe()
    child = os.fork()
    for hooks in AT_FORK:
        os.register_at_fork(**hooks)
    if child == 0:
        os.close(tests_w)
        os.close(tests_r)
        set_dumpable(1)
        be_program(program_r, program_w, code, module)
    os.close(program_r)
    os.close(program_w)
    set_dumpable(0)
    Tests(child, tests_r, tests_w, module, entry, shown).judge(os.read(0, 32))
