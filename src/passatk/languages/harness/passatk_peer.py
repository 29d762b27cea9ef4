"""One end of the conversation between a program and its tests, which run in two processes.

Each end asks the other to call, index or iterate what the other holds. Plain values cross as copies; whatever else
there is crosses as the number of a handle, and becomes a `Remote` on the other side. What comes in may be forged:
an end only ever makes values of the types listed here, so no code of the program answers a comparison in the tests.
"""

import _thread
import os

import passatk_exceptions
from passatk_exceptions import catches_assertions, caught_too, exception_class
from passatk_proxies import OPERATIONS, Awaited, Given, Judged, Remote, Trusted, copied, given, given_subclass
from passatk_values import CHANGING, GIVABLE, SINGLES, TYPES, Part, as_plain, compares, fields_of, has_behaviour
from passatk_values import named_tuple, put_together, write_back
from passatk_wire import expect, read, write

REQUEST, RETURN, RAISE = range(3)
OTHER_USES = frozenset(("call", "do", "get", "set", "del", "__setitem__", "__delitem__", "__enter__"))


class Peer:
    """One end. Give `lost(words)`, which does not return: the other side is gone (no words), or what it sent makes no
    sense."""

    def __init__(self, incoming, outgoing, proxy, lost):
        self.incoming, self.outgoing, self.proxy, self.lost = incoming, outgoing, proxy, lost
        self.unread = bytearray()
        self.held, self.numbers = {}, {}  # number -> what the other side has a handle of, and back by id
        self.handles = {}  # number -> Remote or exception class of ours that stands for what the other side holds
        self.classes = {}  # exception class made here -> its number there
        self.allowed = lambda operation, target, args: True
        self.caught = None  # the last exception that was sent
        self.received = None  # the last exception that came
        self.refused = ""  # words of an object that was compared with a plain value, since the last call
        self.lock = _thread.RLock()  # threads of the program may call the tests' functions
        self.lent = {}  # number -> (our copy of a list, dict, ... in an object of the tests, what it was)
        self.given = {}  # number -> value of an immutable type that the program also keeps
        self.said = {}  # number of a handle -> what it said it is as a number
        self.constructors = set()  # numbers of the program's classes that the tests name
        self.containers = {}  # number of an object of theirs -> whether it can be asked what is in it, once known
        self.swallowed = None  # an assertion of the tests that failed in a call by the program
        self.expects_stops = False  # the tests speak of StopIteration
        self.caught_names = frozenset()  # words where the tests expect exceptions
        self.asked = 0  # how many requests were made
        self.owner = os.getpid()
        self.most = None  # bytes of a message
        self.table = Rebuilding(self)

    # --- asking and answering --------------------------------------------------------------------------------

    def request(self, operation, target, args=(), kwargs={}):
        with self.lock:
            if operation in ("call", "do"):
                self.refused = ""
                self.give_back_lent()
            if operation in OTHER_USES and self.said:
                self.said.pop(getattr(target, "_passatk_number", None), None)
            self.asked += 1
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
                    if operation == "get" and args[0] in self.caught_names and catches_assertions(message[1]):
                        raise caught_too(args[0])
                    self.note_made(target, message[1])
                    return message[1]
                else:
                    self.received = self.as_error(operation, message[1])
                    raise self.received

    def as_error(self, operation, error):
        """What the tests meet: no end of an iteration but that of the program's own iterators."""
        stops = isinstance(error, (StopIteration, StopAsyncIteration)) and self.proxy is Judged
        if not stops or operation == "__next__" or self.expects_stops:
            return error
        return RuntimeError(f"the program raised {type(error).__name__}")

    def note_made(self, target, value):
        if self.constructors and type(target) is Judged and target._passatk_number in self.constructors:
            if type(value) is Judged:
                self.containers[value._passatk_number] = None

    def is_container(self, handle):
        """Whether `in` asks the program: of an object that the tests made, of a class that they name."""
        number = handle._passatk_number
        if self.containers.get(number, False) is None:
            self.containers[number] = self.request("contains", handle) is True
        return self.containers.get(number, False)

    def answer(self, operation, target, args, kwargs):
        try:
            if not self.allowed(operation, target, args):
                refusal = AttributeError if operation == "get" else TypeError
                raise refusal(f"{operation} is not for the program to ask")
            called = operation in ("call", "do")
            value = target(*args, **kwargs) if called else OPERATIONS[operation](target, *args, **kwargs)
            # what returns None may be there to change its arguments
            changed = [*args, *kwargs.values()] if operation == "do" or (called and value is None) else []
            if operation in ("get", "__getitem__"):
                value = Part.of(value)
            self.give_back_lent()
            reply = self.encoded((RETURN, value, changed))
        except BaseException as error:
            self.caught = error
            self.give_back_lent()
            if isinstance(error, AssertionError) and error is not self.received:
                self.swallowed = error
            try:
                reply = self.encoded((RAISE, error))
            except BaseException as worse:
                reply = self.encoded((RAISE, RuntimeError(f"cannot describe its exception: {type(worse).__name__}")))
        self.send(reply)

    def give_back_lent(self):
        """Tell the tests how the program has changed what belongs to their objects."""
        for number, (ours, before) in [*self.lent.items()]:
            now = self.encoded((RAISE, ours))
            if now != before:
                self.lent[number] = ours, now
                self.request("update", self.proxy(self, number, type(ours).__name__, True), (ours,))

    def serve(self):
        """Answer for ever."""
        while True:
            message = self.receive()
            if message[0] != REQUEST:
                self.lost("an answer to no question")
            self.answer(*message[1:])
            self.lent.clear()

    # --- frames ----------------------------------------------------------------------------------------------

    def send(self, body):
        if os.getpid() != self.owner:
            os._exit(1)  # a fork of the program came back: there is only one program
        left = memoryview(len(body).to_bytes(8, "little") + body)
        try:
            while left:
                left = left[os.write(self.outgoing, left) :]
        except BrokenPipeError:
            self.lost("")
        except OSError as error:
            self.lost(f"it cannot be told: {error.strerror}")

    def receive(self):
        size = int.from_bytes(self.read(8), "little")
        if self.most is not None and size > self.most:
            self.lost(f"a message of {size} bytes")
        body = self.read(size)
        try:
            kind, values = read(body, self.table)
            message = in_shape(kind, *values)
        except MemoryError:
            raise
        except Exception as error:
            self.lost(f"{type(error).__name__}: {error}")
        return message

    def read(self, size):
        while len(self.unread) < size:
            try:
                part = os.read(self.incoming, max(size - len(self.unread), 1 << 16))
            except OSError as error:
                self.lost(f"it cannot be heard: {error.strerror}")
            if not part:
                self.lost("")
            self.unread += part
        found = bytes(self.unread[:size])
        del self.unread[:size]
        return found

    # --- values ----------------------------------------------------------------------------------------------

    def encoded(self, message):
        """`message` is as `in_shape` returns it."""
        if message[0] == REQUEST:
            _, operation, target, args, kwargs = message
            return write(REQUEST, (operation, target, kwargs or None, *args), self.taken_apart)
        if message[0] == RETURN:
            return write(RETURN, (message[1], *message[2]), self.taken_apart)
        return write(RAISE, message[1:], self.taken_apart)

    def taken_apart(self, value):
        """The parts of a node, the first of which is its kind."""
        kind = type(value)
        if issubclass(kind, Remote) and value._passatk_peer is self:
            return "ours", value._passatk_number
        if kind is Part and self.proxy is Judged:
            return "lent", self.number_of(value.value), value.value
        if kind is Part:
            return "theirs", self.number_of(value.value), type(value.value).__name__, True, value.name
        if issubclass(kind, Given):
            return "ours", vars(value)["_passatk_handle"]._passatk_number
        if isinstance(value, type):
            return self.class_taken_apart(value)
        if isinstance(value, BaseException):
            return "exception", *passatk_exceptions.taken_apart(value)
        for single in SINGLES:
            if value is SINGLES[single]:
                return "single", single
        if (plain := as_plain(value)) is not None:
            return self.plain_taken_apart(value, *plain)
        return "theirs", self.number_of(value), kind.__name__, compares(value), ""

    def plain_taken_apart(self, value, name, parts, classes):
        kind = type(value)
        fields = fields_of(kind)
        made = ("named tuple", kind.__name__, fields, *parts) if fields else ("value", name, *parts)
        if self.proxy is Judged or not has_behaviour(value, name, classes, fields):
            return made
        if name in CHANGING:
            return "theirs", self.number_of(value), kind.__name__, True, name
        return ("given", self.number_of(value), *made) if name in GIVABLE else made

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

    def _ours_rebuilt(self, number):
        return self.held[expect(number, int)]

    def _theirs_rebuilt(self, number, words, compares, name):
        if expect(number, int) not in self.handles:
            proxy = self.proxy
            if proxy is Judged:
                proxy = copied(name) if expect(name, str) else Awaited if words == "coroutine" else Judged
            self.handles[number] = proxy(self, number, expect(words, str), expect(compares, bool))
        return self.handles[number]

    def _lent_rebuilt(self, number, value):
        """The same copy as long as a call of the program lasts."""
        ours, before = self.lent.get(expect(number, int), (value, None))
        if before is None or self.encoded((RAISE, ours)) == before:
            write_back(ours, value)
            self.lent[number] = ours, self.encoded((RAISE, ours))
        return ours

    def _value_rebuilt(self, name, *parts):
        return put_together(name, parts)

    def _named_tuple_rebuilt(self, name, fields, values):
        return named_tuple(name, fields)._make(expect(values, list))

    def _given_rebuilt(self, number, how, name, *parts):
        if how == "named tuple":
            fields, values = parts
            value = given_subclass(named_tuple(name, fields))._make(expect(values, list))
        else:
            value = put_together(name, parts, given(name))
        vars(value)["_passatk_handle"] = self._theirs_rebuilt(number, name, True, "")
        # one value stays one (`Colour.RED is Colour.RED`), if nothing in it can change
        return value if issubclass(type(value), (tuple, frozenset)) else self.given.setdefault(number, value)

    def _exception_class_rebuilt(self, number, module, name, bases):
        if expect(number, int) not in self.handles:
            made = passatk_exceptions.class_rebuilt(module, name, bases)
            self.handles[number], self.classes[made] = made, number
        return exception_class(self.handles[number])

    def _exception_rebuilt(self, cls, args, attributes, text, cause):
        return passatk_exceptions.rebuilt(cls, args, attributes, text, cause)


class Rebuilding(dict):
    """Kind of a node -> what makes a value of its parts, for one end."""

    def __init__(self, peer):
        self.peer = peer

    def __missing__(self, kind):
        self[kind] = function = REBUILDING[kind].__get__(self.peer)
        return function


REBUILDING = {
    "ours": Peer._ours_rebuilt,
    "theirs": Peer._theirs_rebuilt,
    "lent": Peer._lent_rebuilt,
    "value": Peer._value_rebuilt,
    "named tuple": Peer._named_tuple_rebuilt,
    "given": Peer._given_rebuilt,
    "exception": Peer._exception_rebuilt,
    "exception class": Peer._exception_class_rebuilt,
    "type": lambda peer, name: TYPES[name],
    "single": lambda peer, name: SINGLES[name],
}


def in_shape(kind, first, *more):
    """(REQUEST, operation, target, arguments, keywords), (RETURN, value, changed arguments) or (RAISE, exception)."""
    if kind == REQUEST:
        target, keywords, *args = more
        return kind, expect(first, str), target, args, {} if keywords is None else expect(keywords, dict)
    if kind == RETURN:
        return kind, first, more
    if kind != RAISE or more:
        raise ValueError(f"a message of kind {kind}")
    exception_class(type(first))
    return kind, first
