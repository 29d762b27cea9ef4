"""What stands on one side for an object that the other side holds."""

import _operator
import sys
from opcode import opmap

from passatk_values import CHANGING, GIVABLE, copy_of, named, write_back
from passatk_wire import expect

CACHE, POP_TOP = opmap["CACHE"], opmap["POP_TOP"]

# what can be asked of a handle: the program learns nothing it could lie about with
ASKED = {
    "__len__": len,
    "__iter__": iter,
    "__next__": next,
    "__reversed__": reversed,
    "__getitem__": _operator.getitem,
    "__setitem__": _operator.setitem,
    "__delitem__": _operator.delitem,
    "__str__": str,
    "__repr__": repr,
    "__format__": format,
    "__int__": int,
    "__float__": float,
    "__index__": _operator.index,
    "__round__": round,
    "__abs__": abs,
    "__neg__": _operator.neg,
    "__pos__": _operator.pos,
    "__invert__": _operator.invert,
    "__dir__": dir,
    "__instancecheck__": lambda cls, value: isinstance(value, cls),
    "__subclasscheck__": lambda cls, other: issubclass(other, cls),
    "__enter__": lambda manager: type(manager).__enter__(manager),
    "__copy__": lambda value: __import__("copy").copy(value),
    "__deepcopy__": lambda value, _: __import__("copy").deepcopy(value),
    "__exit__": lambda manager, kind, error, _: type(manager).__exit__(manager, kind, error, None),
}
# asked once of a handle, until the tests use it as something else than a number
NUMBERS = ("__int__", "__float__", "__index__")
# what would show the program an expected value, or let it decide whether the tests hold
DECISIVE = {"__bool__": bool}
for _name in ("eq", "ne", "lt", "le", "gt", "ge"):
    DECISIVE[f"__{_name}__"] = getattr(_operator, _name)
ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul")
for _name in (*ARITHMETIC, "and_", "or_", "xor", "lshift", "rshift"):
    DECISIVE[f"__{_name.strip('_')}__"] = _do = getattr(_operator, _name)
    DECISIVE[f"__r{_name.strip('_')}__"] = lambda ours, other, do=_do: do(other, ours)
LOOPS = []


def completed(coroutine):
    """What it returns; all of a process's run in one loop, to which their locks and queues belong."""
    if not LOOPS:
        LOOPS.append(__import__("asyncio").new_event_loop())
    return LOOPS[0].run_until_complete(coroutine)


OPERATIONS = {
    **ASKED,
    **DECISIVE,
    "__hash__": hash,
    "__contains__": _operator.contains,
    "contains": lambda value: hasattr(type(value), "__contains__"),
    "await": completed,
    "copy": copy_of,
    "update": write_back,
    "get": lambda target, name: getattr(target, name),
    "set": lambda target, name, value: setattr(target, name, value),
    "del": lambda target, name: delattr(target, name),
}


READABLE = ("__name__", "__qualname__", "__doc__", "__module__")
ALSO_OF_THE_PROGRAM = ("__dict__", "__annotations__", "__defaults__", "__wrapped__")


def is_statement(frame):
    """Whether a call that `frame` makes is a statement of its own: what it returns is thrown away."""
    code, at = frame.f_code.co_code, frame.f_lasti + 2
    while code[at] == CACHE:
        at += 2
    return code[at] == POP_TOP


class Remote:
    """Something the other side holds."""

    __slots__ = ("_passatk_compares", "_passatk_number", "_passatk_peer", "_passatk_words")

    def __init__(self, peer, number, words, compares):
        object.__setattr__(self, "_passatk_peer", peer)
        object.__setattr__(self, "_passatk_number", number)
        object.__setattr__(self, "_passatk_words", words)
        object.__setattr__(self, "_passatk_compares", compares)

    def __call__(self, /, *args, **kwargs):
        operation = "do" if is_statement(sys._getframe(1)) else "call"
        return self._passatk_peer.request(operation, self, args, kwargs)

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__") and name not in (*READABLE, *ALSO_OF_THE_PROGRAM):
            raise AttributeError(name)
        return self._passatk_peer.request("get", self, (name,))

    def __setattr__(self, name, value):
        self._passatk_peer.request("set", self, (name, value))

    def __delattr__(self, name):
        self._passatk_peer.request("del", self, (name,))

    def __contains__(self, value):
        return any(value is one or value == one for one in self)


its_words = property(lambda self: self._passatk_peer.request("get", self, ("__doc__",)))  # not the class's own


class Judged(Remote):
    """What the tests see of the program's objects.

    What only concerns the program's own objects (their truth, one compared with another, their sum) it answers: it
    could as well have given plain values with that answer. Where a plain value takes part, which may be an expected
    one, the program is not asked. An object without a comparison of its own equals none.
    """

    __slots__ = ()

    def __contains__(self, value):
        if self._passatk_peer.is_container(self):
            return self._passatk_peer.request("__contains__", self, (value,))
        return super().__contains__(value)

    def __exit__(self, kind, error, _):
        """The program's manager may suppress anything but an assertion of the tests."""
        suppressed = self._passatk_peer.request("__exit__", self, (kind, error, None))
        own_assertion = isinstance(error, AssertionError) and error is not self._passatk_peer.received
        return bool(suppressed) and not own_assertion


class Awaited(Judged):
    """A coroutine of the program's, which runs to its end at once where the tests await it."""

    __slots__ = ()

    def __await__(self):
        return self._passatk_peer.request("await", self)
        yield

    def __next__(self, _=None):
        raise StopIteration(self._passatk_peer.request("await", self))

    send = __next__

    def throw(self, kind, error=None, _=None):
        raise kind if error is None else error

    def close(self):
        pass


class Trusted(Remote):
    """What the program sees of the tests' objects."""

    __slots__ = ()


def asking(name):
    return lambda self, *args: self._passatk_peer.request(name, self, args)


def deciding(name):
    def decide(self, *others):
        if name in ("__eq__", "__ne__") and others[0] is self:
            return name == "__eq__"
        if all(issubclass(type(other), Judged) for other in others):
            return self._passatk_peer.request(name, self, others)
        if name in ("__eq__", "__ne__") and (others[0] is None or not self._passatk_compares):
            self._passatk_peer.refused = self._passatk_words
            return name == "__ne__"
        raise AssertionError(f"the program gave an object of its own ({self._passatk_words}), not a plain value")

    return decide


def asking_once(name):
    def ask(self):
        said = self._passatk_peer.said.setdefault(self._passatk_number, {})
        if name not in said:
            said[name] = self._passatk_peer.request(name, self)
        return said[name]

    return ask


def plain_copy(value):
    """The plain value in what `copied` makes."""
    return expect(value._passatk_peer.request("copy", value), value.__class__)


def by_copy(name):
    def decide(self, *others):
        return BY_COPY[name](plain_copy(self), *others)

    return decide


for _name in ASKED:
    setattr(Remote, _name, asking(_name))
for _name in NUMBERS:
    setattr(Judged, _name, asking_once(_name))
for _name in DECISIVE:
    setattr(Judged, _name, deciding(_name))
    setattr(Trusted, _name, asking(_name))
Trusted.__contains__ = asking("__contains__")
Judged.__hash__ = Trusted.__hash__ = asking("__hash__")
Judged.__doc__ = Trusted.__doc__ = its_words
BY_COPY = {**DECISIVE, "__contains__": _operator.contains, "__iter__": iter}
COPIED = {}


def copied(name):
    """The class of what the tests see of a list (dict, ...) with methods of the program's own: those are asked for,
    and comparisons are made here, with a copy."""
    if name not in CHANGING:
        raise ValueError(f"{name} where what can be changed belongs")
    if name not in COPIED:
        methods = {one: by_copy(one) for one in BY_COPY if one != "__bool__"}
        base = named(name)
        methods |= {"__slots__": (), "__doc__": its_words, "__class__": property(lambda self: base)}
        COPIED[name] = type("Copied", (Judged,), methods)
    return COPIED[name]


class Given:
    """Of a plain value (not one that changes) whose class has attributes of its own: those are asked for."""

    def __getattr__(self, name):
        handle = vars(self).get("_passatk_handle")  # what the tests made of it (`replace`) has none
        if handle is None or name.startswith("__"):
            raise AttributeError(name)
        return getattr(handle, name)

    def __copy__(self):
        return self

    def __deepcopy__(self, _):
        return self


def saying(name):
    def say(self, *args):
        handle = vars(self).get("_passatk_handle")
        return getattr(super(Given, self), name)(*args) if handle is None else ASKED[name](handle, *args)

    return say


for _name in ("__str__", "__repr__", "__format__"):
    setattr(Given, _name, saying(_name))
GIVEN = {}


def given(name):
    """A subclass of the plain type of that name that is `Given` as well."""
    if name not in GIVABLE:
        raise ValueError(f"{name} is given as a plain value")
    return given_subclass(named(name))


def given_subclass(cls):
    if cls not in GIVEN:
        GIVEN[cls] = type(cls.__name__, (Given, cls), {"__module__": "program"})
    return GIVEN[cls]
