"""What the tests take of a program, and whether they hold. In a process of the tests, which executes nothing of it."""

import builtins
import random
import re
import sys

import passatk_tests
from passatk_exceptions import catches_assertions, caught_too
from passatk_peer import Peer
from passatk_proxies import READABLE, Judged

OPAQUE = ("abc", "builtins", "functools", "inspect", "types", "typing", "weakref")  # whose objects lead to others
EXPECTED = re.compile(r"(?:\bexcept\b|[Rr]aises\w*\s*\()([^\n]*)")
MODULE = type(sys)
MODULES = {**{name: name for name in sys.stdlib_module_names}, "numpy": "numpy", "np": "numpy"}
CLASS_OR_FUNCTION = (type, type(len), type(lambda: None))


def module_with(code):
    """A module for one program, in which `code`, what its problem sets up, was executed."""
    module = MODULE("program")
    vars(module).update(__file__="program.py", __builtins__=builtins)
    exec(code, vars(module))
    return module


def library_name(name, value):
    """(module, "") of a module, (module, name) of a class or function called so, None of all else."""
    if type(value) is MODULE:
        return str(value.__name__), ""
    if issubclass(type(value), CLASS_OR_FUNCTION) and getattr(value, "__name__", None) == name:
        return str(value.__module__), name
    return None


def seed_chance(source):
    """The tests draw the same for every program, and whether or not a value of numpy's came before."""
    seed = source.encode("utf-8", "surrogatepass")
    random.seed(seed)
    if "numpy" in sys.modules and "random" in source:
        sys.modules["numpy"].random.seed(random.Random(seed).getrandbits(32))


class Program:
    """The program's process: what the tests ask of it first and last, see `python_harness.Program`."""

    def __init__(self, peer):
        self.run, self.values, self.flush, self.show = (Judged(peer, number, "method", True) for number in range(4))


class Trial:
    """Of one program. `lost` is as of `Peer`; `entry` is what the problem asks for by name."""

    def __init__(self, incoming, outgoing, module, entry, lost):
        self.module, self.entry = module, entry
        self.peer = Peer(incoming, outgoing, Judged, lost)
        self.peer.allowed = self.allowed
        self.taken = False  # whether the tests have a function or class of the program's
        self.imported = False  # whether a module was, because of the program
        self.program = Program(self.peer)
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

    def hold(self, source, code, shown):
        """Run the program, then the tests, `code` compiled from `source`. Raises what keeps them from holding."""
        if "except" in source or "aises" in source:
            self.peer.caught_names = {*re.findall(r"\w+", " ".join(EXPECTED.findall(source)))}
        self.peer.expects_stops = "Stop" in source and re.search(r"\bStop(Async)?Iteration\b", source) is not None
        self.take_names(source, self.program.run())
        # what the problem shows and its tests call is theirs, whatever the program made of it
        exec(shown, vars(self.module))
        seed_chance(source)
        before = self.peer.asked
        passatk_tests.run(self.module, source, code)
        if self.taken and self.peer.asked == before:
            raise passatk_tests.NothingRan
        if self.peer.swallowed is not None and "AssertionError" not in self.peer.caught_names:
            raise self.peer.swallowed
        self.program.flush()

    def explain(self, error):
        """Give an assertion without words those of the object that was compared last."""
        if type(error) is AssertionError and not error.args and (words := self.peer.refused):
            error.args = (f"the program gave an object of its own ({words}), which equals no plain value",)

    def take_names(self, source, found):
        """What the program defined and the tests name; `found` is as of `python_harness.Program.names`.

        Builtins, modules and what the problem sets up stay this process's own, so that no `abs` of the program's
        decides whether the tests hold. The program's is meant where the problem declares it, where it is used as no
        module can be, and where the tests name nothing else of the program's.
        """
        namespace, mentioned = vars(self.module), set(re.findall(r"\w+", source))
        wanted, shadowing = [], []
        for name, where in found.items():
            if name in self.entry and name in mentioned:
                wanted.append(name)
            elif name.startswith("__") or name not in mentioned:
                continue
            elif self.is_module(name, source, library := self.from_library(name, where)):
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

    def from_library(self, name, where):
        """What the tests take from their own library under this name; None if there is no such thing.

        `where` is what the program says `library_name` was; the tests get nothing of the program's by it.
        """
        if where is None or where[0].partition(".")[0] not in (*sys.stdlib_module_names, "numpy"):
            return None
        self.imported |= where[0] not in sys.modules
        module = __import__(where[0]) and sys.modules[where[0]]
        found = getattr(module, name, None) if where[1] else module
        return found if found is module or issubclass(type(found), CLASS_OR_FUNCTION) else None

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
