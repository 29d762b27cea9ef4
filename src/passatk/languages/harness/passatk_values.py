"""How plain values cross between a program and its tests: taken apart on one side, put together on the other.

What comes in may be forged: only values of the types listed here are ever made, so no code of the program answers a
comparison in the tests.
"""

import builtins
import collections
import keyword

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
    "builtins.mappingproxy": lambda v: (dict(v),),
    "collections.Counter": lambda v: (dict(v),),
    "collections.OrderedDict": lambda v: (list(v.items()),),
    "collections.defaultdict": lambda v: (v.default_factory, dict(v)),
    "collections.deque": lambda v: (list(v), v.maxlen),
    "collections.UserDict": lambda v: (dict(v.data),),
    "collections.UserList": lambda v: (list(v.data),),
    "collections.UserString": lambda v: (str(v.data),),
    "array.array": lambda v: (v.typecode, v.tolist()),
    "decimal.Decimal": lambda v: (str(v),),
    "fractions.Fraction": lambda v: (v.numerator, v.denominator),
    "datetime.date": lambda v: v.__reduce__()[1],
    "datetime.time": lambda v: v.__reduce__()[1],
    "datetime.datetime": lambda v: v.__reduce__()[1],
    "datetime.timedelta": lambda v: v.__reduce__()[1],
    "datetime.timezone": lambda v: v.__getinitargs__(),
    "uuid.UUID": lambda v: (str(v),),
    "numpy.ndarray": lambda v: (v.dtype.str, list(v.shape), v.tobytes()) if v.dtype.kind in "biufcSUmM" else None,
    "numpy.generic": lambda v: (v.dtype.str, v.tobytes()) if v.dtype.kind in "biufcSUmM" else None,
}
CHANGING = {f"builtins.{name}" for name in ("list", "dict", "set", "bytearray")}
for _name in ("Counter", "OrderedDict", "defaultdict", "deque", "UserDict", "UserList"):
    CHANGING.add(f"collections.{_name}")
# what a subclass defines where it is more than values: an object with methods of its own
BEHAVIOUR = {f"__{name}__" for name in ("getattr", "getattribute", "call", "enter")}
CHANGED_BEHAVIOUR = {f"__{name}__" for name in ("getitem", "setitem", "delitem", "missing", "contains", "len", "iter")}


def numpy_array(dtype, shape, data):
    import numpy

    return numpy.frombuffer(data, numpy.dtype(dtype)).reshape(shape).copy()


# where the constructor is not the type of that name
PUT_TOGETHER = {
    "builtins.dict_keys": lambda keys: dict.fromkeys(keys).keys(),
    "builtins.dict_items": lambda pairs: dict(pairs).items(),
    "builtins.mappingproxy": type(vars(object)),
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


def named(name):
    """The type of that name in the table."""
    if name not in TAKEN_APART:
        raise ValueError(f"{name} is no value")
    module, _, short = name.partition(".")
    return getattr(__import__(module), short)


def put_together(name, parts):
    return PUT_TOGETHER[name](*parts) if name in PUT_TOGETHER else named(name)(*parts)


def as_plain(value):
    """(name in the table, parts, classes below it) of a value; None if it is not plain."""
    classes = type(value).__mro__
    for number, base in enumerate(classes):
        name = f"{base.__module__}.{base.__qualname__}"
        if name in TAKEN_APART and (parts := TAKEN_APART[name](value)) is not None:
            return name, parts, classes[:number]
    return None


class Part:
    """A list, dict, ... that belongs to an object of the program's: the tests can change it there."""

    def __init__(self, value, name):
        self.value, self.name = value, name

    @classmethod
    def of(cls, value):
        """`value`, as a part if it is plain and can be changed."""
        name = f"{type(value).__module__}.{type(value).__qualname__}"
        return cls(value, name) if name in CHANGING else value


def copy_of(value):
    """Of an object of a subclass: the plain value in it."""
    name, parts, _ = as_plain(value)
    return put_together(name, parts)


def has_behaviour(value, name, classes, fields):
    """Whether tests could ask more of `value` than of the plain value in it: methods, attributes."""
    if not classes:
        return False
    special = BEHAVIOUR | CHANGED_BEHAVIOUR if name in CHANGING else BEHAVIOUR
    own = [cls for cls in classes if cls.__module__.partition(".")[0] != "numpy"]
    defined = {*getattr(value, "__dict__", ())}.union(*map(vars, own)).difference(fields, ("data",))  # of UserList
    return any(type(n) is str and (not n.startswith("_") or n in special) for n in defined)


def fields_of(kind):
    """Of a named tuple's class that can be made again by its name and fields; else ()."""
    fields = getattr(kind, "_fields", ())
    if not issubclass(kind, tuple) or type(fields) is not tuple or not all(type(f) is str for f in fields):
        return ()
    names = (kind.__name__, *fields)
    possible = all(n.isidentifier() and not keyword.iskeyword(n) and not hasattr(tuple, n) for n in names)
    return fields if possible and not any(f.startswith("_") for f in fields) and len({*fields}) == len(fields) else ()


NAMED_TUPLES = {}


def named_tuple(name, fields):
    """A class that compares as tuples do."""
    key = (str(name), *map(str, fields))
    if key not in NAMED_TUPLES:
        NAMED_TUPLES[key] = collections.namedtuple(key[0], key[1:], module="program")
    return NAMED_TUPLES[key]


def compares(value):
    """Whether `==` of this object is not simply whether it is the same."""
    return not next(vars(c)["__eq__"] for c in type(value).__mro__ if "__eq__" in vars(c)) is vars(object)["__eq__"]
