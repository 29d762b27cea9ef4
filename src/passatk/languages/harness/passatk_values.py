"""How plain values cross between a program and its tests: taken apart on one side, put together on the other.

What comes in may be forged: only values of the types listed here are ever made, each of parts that are exactly of the
types listed beside it, so no code of the program answers a comparison in the tests.
"""

import builtins
import collections
import keyword
import math
import sys

from passatk_wire import expect

NUMPY_KINDS = frozenset("biufcSUmM")
NONE = type(None)


def time_zone(value, moment):
    """What a moment's zone says of it: a program's own class of zones stays behind."""
    zone = value.tzinfo
    if zone is None or type(zone).__module__ in ("datetime", "zoneinfo"):
        return zone
    import datetime

    offset = zone.utcoffset(moment)
    return None if offset is None else datetime.timezone(offset, str(zone.tzname(moment)))


def slice_apart(value):
    parts = (value.start, value.stop, value.step)
    return parts if all(type(part) in (int, NONE) for part in parts) else None


def array_apart(array):
    if array.dtype.kind == "O":
        return "O", list(array.shape), array.ravel().tolist()
    return (array.dtype.str, list(array.shape), array.tobytes()) if array.dtype.kind in NUMPY_KINDS else None


# how a value of each type crosses: as what its constructor takes, and the types of that. None: as a handle. A subclass
# crosses as what it is a subclass of.
ROWS = {
    "builtins.int": (lambda v: (int.__int__(v),), int),
    "builtins.float": (lambda v: (float.__float__(v),), float),
    "builtins.complex": (lambda v: (complex.__complex__(v),), complex),
    "builtins.str": (lambda v: (str.__str__(v),), str),
    "builtins.bytes": (lambda v: (bytes(memoryview(v)),), bytes),
    "builtins.bytearray": (lambda v: (bytes(memoryview(v)),), bytes),
    "builtins.memoryview": (lambda v: (bytes(v),) if v.format == "B" and v.ndim == 1 else None, bytes),
    "builtins.list": (lambda v: (list(list.__iter__(v)),), list),
    "builtins.tuple": (lambda v: (list(tuple.__iter__(v)),), list),
    "builtins.dict": (lambda v: (dict(dict.items(v)),), dict),
    "builtins.set": (lambda v: (list(set.__iter__(v)),), list),
    "builtins.frozenset": (lambda v: (list(frozenset.__iter__(v)),), list),
    "builtins.range": (lambda v: (v.start, v.stop, v.step), int, int, int),
    "builtins.slice": (slice_apart, (int, NONE), (int, NONE), (int, NONE)),
    "builtins.dict_keys": (lambda v: (dict.fromkeys(v),), dict),
    "builtins.dict_items": (lambda v: (dict(v),), dict),
    "builtins.mappingproxy": (lambda v: (dict(v),), dict),
    "collections.ChainMap": (lambda v: ([dict(m) for m in v.maps],), list),
    "collections.Counter": (lambda v: (dict(dict.items(v)),), dict),
    "collections.OrderedDict": (lambda v: (dict(collections.OrderedDict.items(v)),), dict),
    "collections.defaultdict": (lambda v: (v.default_factory, dict(dict.items(v))), None, dict),
    "collections.deque": (lambda v: (list(v), v.maxlen), list, (int, NONE)),
    "collections.UserDict": (lambda v: (dict(v.data),), dict),
    "collections.UserList": (lambda v: (list(v.data),), list),
    "collections.UserString": (lambda v: (str(v.data),), str),
    "array.array": (lambda v: (v.typecode, v.tobytes()), str, bytes),
    "decimal.Decimal": (lambda v: (decimal_text(v),), str),
    "fractions.Fraction": (lambda v: (int(v.numerator), int(v.denominator)), int, int),
    "datetime.date": (lambda v: (v.year, v.month, v.day), int, int, int),
    "datetime.time": (
        lambda v: (v.hour, v.minute, v.second, v.microsecond, time_zone(v, None), v.fold),
        *(int, int, int, int, None, int),
    ),
    "datetime.datetime": (
        lambda v: (v.year, v.month, v.day, v.hour, v.minute, v.second, v.microsecond, time_zone(v, v), v.fold),
        *(int, int, int, int, int, int, int, None, int),
    ),
    "datetime.timedelta": (lambda v: (v.days, v.seconds, v.microseconds), int, int, int),
    "datetime.timezone": (lambda v: (*v.__getinitargs__(), None)[:2], None, (str, NONE)),
    "zoneinfo.ZoneInfo": (lambda v: None if v.key is None else (v.key,), str),
    "uuid.UUID": (lambda v: (int(v.int),), int),
    **{
        f"{module}.{name}": (lambda v: (str(v),), str)
        for module in ("pathlib", "pathlib._local")
        for name in ("PosixPath", "PurePosixPath")
    },
    "re.Pattern": (lambda v: (v.pattern, v.flags), (str, bytes), int),
    "numpy.ma.MaskedArray": (lambda v: None,),
    "numpy.ma.core.MaskedArray": (lambda v: None,),
    "numpy.ndarray": (array_apart, str, list, (bytes, list)),
    "numpy.matrix": (array_apart, str, list, (bytes, list)),
    "numpy.generic": (lambda v: (v.dtype.str, v.tobytes()) if v.dtype.kind in NUMPY_KINDS else None, str, bytes),
}
CHANGING = {f"builtins.{name}" for name in ("list", "dict", "set", "bytearray")}
for _name in ("Counter", "OrderedDict", "defaultdict", "deque", "UserDict", "UserList"):
    CHANGING.add(f"collections.{_name}")
# whose subclasses may cross with attributes of their own
GIVABLE = {f"builtins.{name}" for name in ("int", "float", "complex", "str", "bytes", "tuple", "frozenset")}
GIVABLE |= {"decimal.Decimal", "fractions.Fraction", "datetime.date", "datetime.timedelta"}
# what a subclass defines where it is more than values: an object with methods of its own
BEHAVIOUR = {f"__{name}__" for name in ("getattr", "getattribute", "call", "enter")}
WORDS = {f"__{name}__" for name in ("str", "repr", "format")}
CHANGED_BEHAVIOUR = {f"__{name}__" for name in ("getitem", "setitem", "delitem", "missing", "contains", "len", "iter")}
# not `type`: a forged message could make a class with it, and with that a comparison of its own
TYPES = {
    t.__name__: t
    for t in (bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, range, object)
}
TYPES.update((name, t) for name, t in vars(builtins).items() if isinstance(t, type) and issubclass(t, BaseException))
SINGLES = {"Ellipsis": Ellipsis, "NotImplemented": NotImplemented}


def decimal_text(value):
    import decimal

    return decimal.Decimal.__str__(value)


def zone(value):
    """A time zone of the standard library's own, or none."""
    import datetime

    if value is not None and type(value) is not datetime.timezone:
        expect(value, getattr(sys.modules.get("zoneinfo"), "ZoneInfo", datetime.timezone))
    return value


def time_of(*parts):
    import datetime

    return datetime.time(*parts[:4], zone(parts[4]), fold=parts[5])


def datetime_of(*parts):
    import datetime

    return datetime.datetime(*parts[:7], zone(parts[7]), fold=parts[8])


def timezone_of(offset, name):
    import datetime

    offset = expect(offset, datetime.timedelta)
    return datetime.timezone(offset) if name is None else datetime.timezone(offset, name)


def default_dict(factory, values):
    """What can be called in a message is a type listed here, of the tests' own, or a handle of the program's."""
    return collections.defaultdict(factory, values)


def pattern_of(pattern, flags):
    import re

    return re.compile(pattern, flags & ~re.DEBUG)


def numpy_array(dtype, shape, data):
    import numpy

    size = math.prod(expect(n, int) for n in shape)
    if dtype == "O":
        array = numpy.empty(size, object)
        for place, value in zip(range(size), expect(data, list), strict=True):
            array[place] = value
        return array.reshape(shape)
    kind = numpy.dtype(dtype)
    if kind.kind not in NUMPY_KINDS:
        raise ValueError(f"an array of {dtype}")
    return numpy.frombuffer(expect(data, bytes), kind, size).reshape(shape).copy()


# where the constructor is not the type of that name
PUT_TOGETHER = {
    "builtins.dict_keys": lambda values: values.keys(),
    "builtins.dict_items": lambda values: values.items(),
    "builtins.mappingproxy": type(vars(object)),
    "collections.ChainMap": lambda maps: collections.ChainMap(*(expect(m, dict) for m in maps)),
    "collections.defaultdict": default_dict,
    "datetime.time": time_of,
    "datetime.datetime": datetime_of,
    "datetime.timezone": timezone_of,
    "uuid.UUID": lambda number: named("uuid.UUID")(int=number),
    "re.Pattern": pattern_of,
    "numpy.ndarray": numpy_array,
    "numpy.matrix": lambda *parts: numpy_array(*parts).view(named("numpy.matrix")),
    "numpy.generic": lambda dtype, data: numpy_array(dtype, [], data)[()],
}


def named(name):
    """The type of that name in the table."""
    if name not in ROWS:
        raise ValueError(f"{name} is no value")
    module, _, short = name.rpartition(".")
    return getattr(__import__(module, fromlist=[short]), short)


def put_together(name, parts, cls=None):
    """The value; of `cls`, if given, which is a subclass of the type of that name."""
    types = ROWS[expect(name, str)][1:]
    for part, exact in zip(parts, types, strict=True):
        if exact is not None:
            expect(part, *(exact if type(exact) is tuple else (exact,)))
    if cls is not None:
        return cls(*parts)
    return PUT_TOGETHER[name](*parts) if name in PUT_TOGETHER else named(name)(*parts)


def as_plain(value):
    """(name in the table, parts, classes below it) of a value; None if it is not plain."""
    classes = type(value).__mro__
    for number, base in enumerate(classes):
        name = f"{base.__module__}.{base.__qualname__}"
        if name in ROWS:
            parts = ROWS[name][0](value)
            return None if parts is None else (name, parts, classes[:number])
    return None


class Part:
    """A list, dict, ... that belongs to an object of this side: the other side can change it there."""

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


def write_back(ours, theirs):
    """Make our argument what it became in the other process."""
    kind = type(ours)
    if kind is not type(theirs) or ours is theirs:
        return
    if issubclass(kind, (list, bytearray, collections.UserList)):
        ours[:] = theirs
    elif issubclass(kind, (dict, set, collections.UserDict)):
        ours.clear()
        ours.update(theirs)
    elif issubclass(kind, collections.deque):
        ours.clear()
        ours.extend(theirs)
    elif f"{kind.__module__}.{kind.__qualname__}" == "numpy.ndarray":
        if (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype):
            ours[...] = theirs


def has_behaviour(value, name, classes, fields):
    """Whether tests could ask more of `value` than of the plain value in it: methods, attributes."""
    if not classes:
        return False
    special = BEHAVIOUR | (CHANGED_BEHAVIOUR if name in CHANGING else WORDS if name in GIVABLE else set())
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
    key = (expect(name, str), *(expect(field, str) for field in expect(fields, tuple)))
    if key not in NAMED_TUPLES:
        NAMED_TUPLES[key] = collections.namedtuple(key[0], key[1:], module="program")
    return NAMED_TUPLES[key]


def compares(value):
    """Whether `==` of this object is not simply whether it is the same."""
    return not next(vars(c)["__eq__"] for c in type(value).__mro__ if "__eq__" in vars(c)) is vars(object)["__eq__"]
