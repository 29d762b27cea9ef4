"""One end of the conversation between a program and its tests, which run in two processes.

Each end asks the other to call, index or iterate what the other holds. Plain values cross as copies, pickled; whatever
else there is crosses as the number of a handle, and becomes a `Remote` on the other side. What comes in may be forged:
an end only ever makes values of the types listed here, so no code of the program answers a comparison in the tests.
"""

import _pickle
import _thread
import os
import pickletools
import sys
from io import BytesIO

from passatk_proxies import OPERATIONS, Given, Judged, Remote, Trusted, copied, given
from passatk_values import CHANGING, PLAIN, SINGLES, TYPES, Part, as_plain, compares, fields_of, has_behaviour
from passatk_values import named, named_tuple, put_together

REQUEST, RETURN, RAISE = range(3)


class Sealed(type):
    """The type of exception classes made here after the other side's: nothing can be set on them."""

    def __setattr__(cls, name, value):
        raise TypeError("sealed")


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
        self.refused = ""  # words of an object that was compared with a plain value, since the last call
        self.lock = _thread.RLock()  # threads of the program may call the tests' functions
        self.met_own = False  # a message being read names something of this side
        self.owner = os.getpid()

    # --- asking and answering --------------------------------------------------------------------------------

    def request(self, operation, target, args=(), kwargs={}):
        with self.lock:
            if operation in ("call", "do"):
                self.refused = ""
            self.send(self.encoded((REQUEST, operation, target, args, kwargs)))
            while True:
                message = self.receive()
                if message[0] == REQUEST:
                    self.answer(*message[1:])
                elif message[0] == RETURN:
                    # with a value, one that was forged too, the changed inputs could agree in the tests
                    if message[1] is None or operation == "do":
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
            called = operation in ("call", "do")
            value = target(*args, **kwargs) if called else OPERATIONS[operation](target, *args, **kwargs)
            # what returns None may be there to change its arguments
            changed = [*args, *kwargs.values()] if operation == "do" or (called and value is None) else []
            if operation in ("get", "__getitem__") and self.proxy is Trusted:
                value = Part.of(value)
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
        if kind is Part:
            return rebuild, ("theirs", self.number_of(value.value), type(value.value).__name__, True, value.name)
        if issubclass(kind, Given):
            value = vars(value)["_passatk_handle"]
            return rebuild, ("ours", value._passatk_number)
        if issubclass(kind, Remote) and value._passatk_peer is self:
            return rebuild, ("ours", value._passatk_number)
        if isinstance(value, type):
            return rebuild, self.class_taken_apart(value)
        if isinstance(value, BaseException):
            return rebuild, ("exception", kind, tuple(value.args), dict(vars(value)))
        for single in SINGLES:
            if value is SINGLES[single]:
                return rebuild, ("single", single)
        if (plain := as_plain(value)) is not None:
            return rebuild, self.plain_taken_apart(value, *plain)
        return rebuild, ("theirs", self.number_of(value), kind.__name__, compares(value), "")

    def plain_taken_apart(self, value, name, parts, classes):
        kind = type(value)
        fields = fields_of(kind)
        made = ("named tuple", kind.__name__, fields, *parts) if fields else ("value", name, *parts)
        if self.proxy is Judged or not has_behaviour(value, name, classes, fields):
            return made
        if name in CHANGING:
            return "theirs", self.number_of(value), kind.__name__, True, name
        return "given", self.number_of(value), *made

    def class_taken_apart(self, cls):
        if TYPES.get(cls.__name__) is cls:
            return "type", cls.__name__
        if cls in self.classes:
            return "ours", self.classes[cls]
        if issubclass(cls, BaseException):
            bases = tuple(base for base in cls.__bases__ if issubclass(base, BaseException))
            return "exception class", self.number_of(cls), cls.__module__, cls.__name__, bases
        return "theirs", self.number_of(cls), f"class {cls.__name__}", compares(cls), ""

    def number_of(self, value):
        number = self.numbers.setdefault(id(value), len(self.numbers))
        self.held[number] = value  # keeps it alive, and so its id its own
        return number

    def rebuild(self, kind, *parts):
        """The value for what `taken_apart` made of it; anything else is an exception."""
        if kind in PLAIN:
            return PLAIN[kind][parts[0]]
        return getattr(self, f"_{kind.replace(' ', '_')}_rebuilt")(*parts)

    def _ours_rebuilt(self, number):
        self.met_own = True
        return self.held[number]

    def _theirs_rebuilt(self, number, words, compares, name):
        if number not in self.handles:
            proxy = copied(name) if name and self.proxy is Judged else self.proxy
            self.handles[number] = proxy(self, int(number), str(words), bool(compares))
        return self.handles[number]

    def _value_rebuilt(self, name, *parts):
        return put_together(name, parts)

    def _named_tuple_rebuilt(self, name, fields, values):
        return named_tuple(name, fields)._make(values)

    def _given_rebuilt(self, number, how, name, *parts):
        if how == "named tuple":
            value = given(named_tuple(name, parts[0]))._make(parts[1])
        else:
            value = given(named(name))(*parts)
        vars(value)["_passatk_handle"] = self._theirs_rebuilt(number, name, True, "")
        return value

    def _exception_class_rebuilt(self, number, module, name, bases):
        if number not in self.handles:
            known = vars(sys.modules.get(module, object)).get(name) if module not in ("program", "__main__") else None
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
