"""How a message between a program and its tests is written: one flat JSON document of which nothing is ever executed.

A message is a list: its kind, its values, and last the nodes. None, bool, int, float and text stand as themselves; any
other value is a reference `[n]` to `nodes[n]`, a list that begins with what kind of value it is. So a value that
occurs twice stays one value, and lists, dicts and sets may contain themselves.
"""

import sys
from itertools import chain
from json import JSONDecoder
from json.encoder import c_make_encoder, encode_basestring_ascii

BIG = 1 << 10_000  # Python refuses to read and write longer integers as digits
DEEP = 100_000  # frames, for values nested in each other
FREE = frozenset((type(None), bool, float))
FILLED_LATER = {"list": list, "dict": dict, "set": set}
CONTAINERS = frozenset(FILLED_LATER.values())


def refuse(_):
    raise ValueError("a JSON object in a message")


document = c_make_encoder(None, refuse, encode_basestring_ascii, None, ":", ",", False, False, True)
scan = JSONDecoder(object_pairs_hook=refuse).scan_once


def expect(value, *types):
    """`value`, which is exactly of one of these types, or the message makes no sense."""
    if type(value) not in types:
        raise ValueError(f"{type(value).__name__} where {' or '.join(t.__name__ for t in types)} belongs")
    return value


class Writer:
    """Writes one message. `taken_apart` gives the node's parts of what is none of the types in `EXACT`."""

    def __init__(self, taken_apart):
        self.taken_apart = taken_apart
        self.nodes = []
        self.references = {}  # id -> [place in nodes], [None] while that node is being made
        self.kept = []  # so that no id is used again

    def message(self, kind, values):
        return "".join(document([kind, *self.items(values), self.nodes], 0)).encode()

    def items(self, values):
        if len(values) > 16 and stand_as_themselves(values):
            return values
        item = self.item
        return [
            value
            if (kind := type(value)) in FREE
            or (kind is int and -BIG < value < BIG)
            or (kind is str and value.isascii())
            else item(value)
            for value in values
        ]

    def item(self, value):
        if type(value) is str and is_unicode(value):
            return value
        reference = self.references.get(id(value))
        if reference is not None:
            if reference[0] is None and type(value) not in CONTAINERS:
                raise ValueError(f"a {type(value).__name__} that contains itself")
            return reference
        self.references[id(value)] = reference = [None]
        self.kept.append(value)
        node = self.node(value)
        reference[0] = len(self.nodes)
        self.nodes.append(node)
        return reference

    def node(self, value):
        kind = type(value)
        parts = EXACT[kind](value) if kind in EXACT else self.taken_apart(value)
        return [parts[0], *self.items(parts[1:])]


def stand_as_themselves(values):
    """Whether these are all floats, all integers or all texts that need no node: quicker than to look at each."""
    kinds = set(map(type, values))
    if kinds == {int}:
        return -BIG < min(values) and max(values) < BIG
    return kinds == {float} or (kinds == {str} and "".join(values).isascii())


def is_unicode(text):
    """Without the surrogates, of which JSON would make one character where two stand side by side."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


EXACT = {
    int: lambda v: ("int", hex(v)),
    str: lambda v: ("text", v.encode("utf-8", "surrogatepass").hex()),
    list: lambda v: ("list", *v),
    tuple: lambda v: ("tuple", *v),
    dict: lambda v: ("dict", *chain.from_iterable(v.items())),
    set: lambda v: ("set", *v),
    frozenset: lambda v: ("frozenset", *v),
    bytes: lambda v: ("bytes", v.hex()),
    complex: lambda v: ("complex", v.real, v.imag),
}
REBUILT = {
    "int": lambda digits: int(expect(digits, str), 16),
    "text": lambda data: bytes.fromhex(expect(data, str)).decode("utf-8", "surrogatepass"),
    "tuple": lambda *values: values,
    "frozenset": lambda *values: frozenset(values),
    "bytes": lambda data: bytes.fromhex(expect(data, str)),
    "complex": lambda real, imag: complex(expect(real, float), expect(imag, float)),
}


def fill(container, kind, parts):
    if kind == "list":
        container.extend(parts)
    elif kind == "set":
        container.update(parts)
    else:
        container.update(zip(parts[::2], parts[1::2], strict=True))


MISSING = object()


def value_of(reference, made):
    """What a reference stands for, if it is made by now."""
    (place,) = reference
    value = made[place] if type(place) is int and place >= 0 else MISSING
    if value is MISSING:
        raise ValueError("a reference to what is not made yet")
    return value


def read(body, table):
    """(kind, values) of a message; `table` has a function for each kind of node beside those of `REBUILT`."""
    text = str(body, "ascii")
    (kind, *values, nodes), end = scan(text, 0)
    if end != len(text):
        raise ValueError("something stands behind a message")
    made = made_of(expect(nodes, list), table)
    return expect(kind, int), [value if type(value) is not list else value_of(value, made) for value in values]


def made_of(nodes, table):
    """The values of the nodes, in their order."""
    made = [FILLED_LATER[node[0]]() if node[0] in FILLED_LATER else MISSING for node in nodes]
    for place, (kind, *items) in enumerate(nodes):
        parts = [item if type(item) is not list else value_of(item, made) for item in items]
        if kind in FILLED_LATER:
            fill(made[place], kind, parts)
        else:
            made[place] = (REBUILT.get(kind) or table[kind])(*parts)
    return made


def write(kind, values, taken_apart):
    """The body of a message."""
    try:
        return Writer(taken_apart).message(kind, values)
    except RecursionError:
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, DEEP))  # Python's own frames, not the machine's stack
        try:
            return Writer(taken_apart).message(kind, values)
        finally:
            sys.setrecursionlimit(limit)
