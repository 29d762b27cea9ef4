"""One end of the conversation between a program and its tests, which run in two processes.

Each end asks the other to call, index or iterate what the other holds. Plain values cross as copies, pickled; whatever
else there is crosses as the number of a handle, and becomes a `Remote` on the other side. What comes in may be forged:
an end only ever makes values of the types listed here, so no code of the program answers a comparison in the tests.
"""

import _operator
import _pickle
import _thread
import builtins
import os
import pickletools
import sys
from io import BytesIO

REQUEST, RETURN, RAISE = range(3)

# how a value of each type crosses: as what its constructor takes. A subclass crosses as what it is a subclass of.
TAKEN_APART = {
    "builtins.int": lambda v: (int.__int__(v),),
    "builtins.float": lambda v: (float.__float__(v),),
    "builtins.complex": lambda v: (v.real, v.imag),
    "builtins.str": lambda v: (str.__str__(v),),
    "builtins.bytes": lambda v: (bytes(memoryview(v)),),
    "builtins.bytearray": lambda v: (bytes(memoryview(v)),),
    "builtins.list": lambda v: (list(list.__iter__(v)),),
    "builtins.tuple": lambda v: (list(tuple.__iter__(v)),),
    "builtins.dict": lambda v: (dict(dict.items(v)),),
    "builtins.set": lambda v: (list(set.__iter__(v)),),
    "builtins.frozenset": lambda v: (list(frozenset.__iter__(v)),),
    "builtins.range": lambda v: (v.start, v.stop, v.step),
    "builtins.slice": lambda v: (v.start, v.stop, v.step),
    "builtins.dict_keys": lambda v: (list(v),),
    "builtins.dict_items": lambda v: (list(v),),
    "collections.Counter": lambda v: (dict(v),),
    "collections.OrderedDict": lambda v: (list(v.items()),),
    "collections.defaultdict": lambda v: (v.default_factory, dict(v)),
    "collections.deque": lambda v: (list(v), v.maxlen),
    "decimal.Decimal": lambda v: (str(v),),
    "fractions.Fraction": lambda v: (v.numerator, v.denominator),
    "datetime.date": lambda v: v.__reduce__()[1],
    "datetime.time": lambda v: v.__reduce__()[1],
    "datetime.datetime": lambda v: v.__reduce__()[1],
    "datetime.timedelta": lambda v: v.__reduce__()[1],
    "datetime.timezone": lambda v: v.__getinitargs__(),
    "numpy.ndarray": lambda v: (v.dtype.str, list(v.shape), v.tobytes()) if v.dtype.kind in "biufcSUmM" else None,
    "numpy.generic": lambda v: (v.dtype.str, v.tobytes()) if v.dtype.kind in "biufcSUmM" else None,
}


def numpy_array(dtype, shape, data):
    import numpy

    return numpy.frombuffer(data, numpy.dtype(dtype)).reshape(shape).copy()


# where the constructor is not the type of that name
PUT_TOGETHER = {
    "builtins.dict_keys": lambda keys: dict.fromkeys(keys).keys(),
    "builtins.dict_items": lambda pairs: dict(pairs).items(),
    "numpy.ndarray": numpy_array,
    "numpy.generic": lambda dtype, data: numpy_array(dtype, (), data)[()],
}
# not `type`: a forged message could make a class with it, and with that a comparison of its own
TYPES = {
    t.__name__: t
    for t in (bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, range, object)
}
TYPES.update((name, t) for name, t in vars(builtins).items() if isinstance(t, type) and issubclass(t, BaseException))
SINGLES = {"Ellipsis": Ellipsis, "NotImplemented": NotImplemented}
PLAIN = {"type": TYPES, "single": SINGLES}

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
    "__instancecheck__": lambda cls, value: isinstance(value, cls),
    "__subclasscheck__": lambda cls, other: issubclass(other, cls),
    "__enter__": lambda manager: type(manager).__enter__(manager),
    "__exit__": lambda manager, kind, error, _: type(manager).__exit__(manager, kind, error, None),
}
# what would show the program an expected value, or let it decide whether the tests hold
DECISIVE = {"__bool__": bool}
for _name in ("eq", "ne", "lt", "le", "gt", "ge"):
    DECISIVE[f"__{_name}__"] = getattr(_operator, _name)
for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and_", "or_", "xor", "matmul"):
    DECISIVE[f"__{_name.strip('_')}__"] = _do = getattr(_operator, _name)
    DECISIVE[f"__r{_name.strip('_')}__"] = lambda ours, other, do=_do: do(other, ours)
OPERATIONS = {
    **ASKED,
    **DECISIVE,
    "__hash__": hash,
    "get": lambda target, name: getattr(target, name),
    "set": lambda target, name, value: setattr(target, name, value),
}


class Sealed(type):
    """The type of exception classes made here after the other side's: nothing can be set on them."""

    def __setattr__(cls, name, value):
        raise TypeError("sealed")


class Remote:
    """Something the other side holds."""

    __slots__ = ("_passatk_number", "_passatk_peer", "_passatk_words")

    def __init__(self, peer, number, words):
        object.__setattr__(self, "_passatk_peer", peer)
        object.__setattr__(self, "_passatk_number", number)
        object.__setattr__(self, "_passatk_words", words)

    def __call__(self, /, *args, **kwargs):
        return self._passatk_peer.request("call", self, args, kwargs)

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__") and name not in ("__name__", "__doc__"):
            raise AttributeError(name)
        return self._passatk_peer.request("get", self, (name,))

    def __setattr__(self, name, value):
        self._passatk_peer.request("set", self, (name, value))

    def __contains__(self, value):
        return any(value is one or value == one for one in self)


def _asking(name):
    return lambda self, *args: self._passatk_peer.request(name, self, args)


def _refusing(name):
    def refuse(self, *others):
        if name == "__eq__" and others[0] is self:
            return True
        if name == "__ne__" and others[0] is self:
            return False
        raise AssertionError(f"the program gave an object of its own ({self._passatk_words}), not a plain value")

    return refuse


class Judged(Remote):
    """What the tests see of the program's objects: no comparison, no truth, no arithmetic is the program's to answer."""

    __slots__ = ()


class Trusted(Remote):
    """What the program sees of the tests' objects."""

    __slots__ = ()
    __hash__ = _asking("__hash__")


for _name in ASKED:
    setattr(Remote, _name, _asking(_name))
for _name in DECISIVE:
    setattr(Judged, _name, _refusing(_name))
    setattr(Trusted, _name, _asking(_name))


class Encoder(_pickle.Pickler):
    """Asked about every value that is not exactly of a plain type."""

    def reducer_override(self, value):
        return self.peer.taken_apart(value)


class Decoder(_pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) != (__name__, "rebuild"):
            raise ValueError(f"{module}.{name} is no value")
        return self.peer.rebuild


def rebuild(*_):
    """Stands in messages for `Peer.rebuild` of the end that reads them."""


class Peer:
    """One end. Give `lost(words)`, which does not return: the other side is gone, or what it sent makes no sense."""

    def __init__(self, incoming, outgoing, proxy, lost):
        self.incoming, self.outgoing, self.proxy, self.lost = incoming, outgoing, proxy, lost
        self.held, self.numbers = {}, {}  # number -> what the other side has a handle of, and back by id
        self.handles = {}  # number -> Remote or exception class of ours that stands for what the other side holds
        self.classes = {}  # exception class made here -> its number there
        self.allowed = lambda operation, target, args: True
        self.caught = None  # the last exception that was sent
        self.received = None  # the last exception that came
        self.lock = _thread.RLock()  # threads of the program may call the tests' functions
        self.met_own = False  # a message being read names something of this side
        self.owner = os.getpid()

    # --- asking and answering --------------------------------------------------------------------------------

    def request(self, operation, target, args=(), kwargs={}):
        with self.lock:
            self.send(self.encoded((REQUEST, operation, target, args, kwargs)))
            while True:
                message = self.receive()
                if message[0] == REQUEST:
                    self.answer(*message[1:])
                elif message[0] == RETURN:
                    if message[1] is None:  # also for one that was forged: a value and changed inputs could agree
                        for ours, theirs in zip((*args, *kwargs.values()), message[2]):
                            write_back(ours, theirs)
                    return message[1]
                else:
                    self.received = message[1]
                    raise message[1]

    def answer(self, operation, target, args, kwargs):
        try:
            if not self.allowed(operation, target, args):
                raise TypeError(f"{operation} is not for the program to ask")
            value = target(*args, **kwargs) if operation == "call" else OPERATIONS[operation](target, *args, **kwargs)
            # what returns None may be there to change its arguments
            changed = [*args, *kwargs.values()] if value is None and operation == "call" else []
            reply = self.encoded((RETURN, value, changed))
        except BaseException as error:
            self.caught = error
            try:
                reply = self.encoded((RAISE, error))
            except BaseException as worse:
                reply = self.encoded((RAISE, RuntimeError(f"cannot describe its exception: {type(worse).__name__}")))
        self.send(reply)

    def serve(self):
        """Answer for ever."""
        while True:
            message = self.receive()
            if message[0] != REQUEST:
                self.lost("an answer to no question")
            self.answer(*message[1:])

    # --- frames ----------------------------------------------------------------------------------------------

    def send(self, body):
        if os.getpid() != self.owner:
            os._exit(1)  # a fork of the program came back: there is only one program
        left = memoryview(len(body).to_bytes(8, "little") + body)
        try:
            while left:
                left = left[os.write(self.outgoing, left) :]
        except OSError:
            self.lost("")

    def receive(self):
        size = int.from_bytes(self.read(8), "little")
        body = self.read(size)
        try:
            self.met_own = False
            decoder = Decoder(BytesIO(body))
            decoder.peer = self
            message = decoder.load()
            if self.met_own and sets_attributes(body):
                raise ValueError("a message that changes what is not the sender's")
            kind = message[0]
            sizes = {REQUEST: (str, object, tuple, dict), RETURN: (object, list), RAISE: (BaseException,)}[kind]
            if len(message) != len(sizes) + 1 or not all(map(isinstance, message[1:], sizes)):
                raise ValueError(f"a message of kind {kind}")
        except MemoryError:
            raise
        except Exception as error:
            self.lost(f"{type(error).__name__}: {error}")
        return message

    def read(self, size):
        parts = []
        while size:
            try:
                part = os.read(self.incoming, min(size, 1 << 20))
            except OSError:
                part = b""
            if not part:
                self.lost("")
            parts.append(part)
            size -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    # --- values ----------------------------------------------------------------------------------------------

    def encoded(self, message):
        buffer = BytesIO()
        encoder = Encoder(buffer, 5)
        encoder.peer = self
        encoder.dump(message)
        return buffer.getvalue()

    def taken_apart(self, value):
        if value is rebuild:
            return NotImplemented
        kind = type(value)
        if issubclass(kind, Remote) and value._passatk_peer is self:
            return rebuild, ("ours", value._passatk_number)
        if isinstance(value, type):
            return rebuild, self.class_taken_apart(value)
        if isinstance(value, BaseException):
            return rebuild, ("exception", kind, tuple(value.args), dict(vars(value)))
        for single in SINGLES:
            if value is SINGLES[single]:
                return rebuild, ("single", single)
        for base in kind.__mro__:
            name = f"{base.__module__}.{base.__qualname__}"
            if name in TAKEN_APART and (parts := TAKEN_APART[name](value)) is not None:
                return rebuild, ("value", name, *parts)
        return rebuild, ("theirs", self.number_of(value), kind.__name__)

    def class_taken_apart(self, cls):
        if TYPES.get(cls.__name__) is cls:
            return "type", cls.__name__
        if cls in self.classes:
            return "ours", self.classes[cls]
        if issubclass(cls, BaseException):
            bases = tuple(base for base in cls.__bases__ if issubclass(base, BaseException))
            return "exception class", self.number_of(cls), cls.__module__, cls.__name__, bases
        return "theirs", self.number_of(cls), f"class {cls.__name__}"

    def number_of(self, value):
        number = self.numbers.setdefault(id(value), len(self.numbers))
        self.held[number] = value  # keeps it alive, and so its id its own
        return number

    def rebuild(self, kind, *parts):
        """The value for what `taken_apart` made of it; anything else is an exception."""
        return PLAIN[kind][parts[0]] if kind in PLAIN else getattr(self, "_" + kind.replace(" ", "_") + "_rebuilt")(*parts)

    def _ours_rebuilt(self, number):
        self.met_own = True
        return self.held[number]

    def _theirs_rebuilt(self, number, words):
        if number not in self.handles:
            self.handles[number] = self.proxy(self, int(number), str(words))
        return self.handles[number]

    def _value_rebuilt(self, name, *parts):
        if name not in TAKEN_APART:
            raise ValueError(f"{name} is no value")
        if name in PUT_TOGETHER:
            return PUT_TOGETHER[name](*parts)
        module, _, short = name.partition(".")
        return getattr(__import__(module), short)(*parts)

    def _exception_class_rebuilt(self, number, module, name, bases):
        if number not in self.handles:
            known = vars(sys.modules.get(module, object)).get(name) if module != "program" else None
            if isinstance(known, type) and issubclass(known, BaseException):
                bases = (known,)
            made = Sealed(name, tuple(bases), {"__module__": "program"})
            self.handles[number], self.classes[made] = made, number
        return self.handles[number]

    def _exception_rebuilt(self, cls, args, attributes):
        if not issubclass(cls, BaseException):
            raise ValueError(f"{cls} is no exception")
        try:
            error = cls(*args)
        except Exception:
            error = cls.__new__(cls)
            error.args = args
        vars(error).update(attributes)
        return error


def sets_attributes(body):
    """Whether a pickle does what `encoded` never does: set attributes of an object, which may be ours."""
    return b"b" in body and any(code.name == "BUILD" for code, _, _ in pickletools.genops(body))


def write_back(ours, theirs):
    """Make our argument what it became in the other process."""
    if type(ours) is not type(theirs) or ours is theirs:
        return
    if isinstance(ours, (list, bytearray)):
        ours[:] = theirs
    elif isinstance(ours, (dict, set)):
        ours.clear()
        ours.update(theirs)
