"""How exceptions and their classes cross between a program and its tests."""

import sys

from passatk_values import TYPES
from passatk_wire import expect

TEXT = "_passatk_text"
OF_TESTS = ("unittest", "pytest", "_pytest")  # whose exceptions say what becomes of a test


class Sealed(type):
    """The type of exception classes made here after the other side's: nothing can be set on them."""

    def __setattr__(cls, name, value):
        raise TypeError("sealed")


def text_of(error):
    """What the other side's `__str__` said, if its class has one of its own."""
    text = vars(error).get(TEXT)
    if type(text) is str:
        return text
    return next(cls for cls in type(error).__mro__ if type(cls) is not Sealed).__str__(error)


def is_known(cls):
    return TYPES.get(cls.__name__) is cls


def catches_assertions(value):
    """Whether `except` with this, which may be a tuple, would catch an assertion of the tests."""
    if type(value) is tuple:
        return any(map(catches_assertions, value))
    return isinstance(value, type) and value is not object and issubclass(AssertionError, value)


def caught_too(name):
    return AssertionError(f"what the program calls {name} would catch the tests' own assertions")


def taken_apart(error):
    """(class, args, attributes, own text or None, cause or None)"""
    args = tuple(error.args)
    if isinstance(error, OSError) and error.filename is not None and len(args) == 2:
        args = (*args, error.filename)
    attributes = {**class_attributes(error), **vars(error)}
    return type(error), args, attributes, own_text(error), error.__cause__


def own_text(error):
    says = next(cls for cls in type(error).__mro__ if "__str__" in vars(cls))
    try:
        return None if is_known(says) else str.__str__(error.__str__())
    except Exception:
        return None


def class_attributes(error):
    """Values and properties of the exception's own classes."""
    found = {}
    for cls in type(error).__mro__:
        if is_known(cls) or cls is object:
            break
        for name, value in vars(cls).items():
            if not name.startswith("_") and not callable(value) and not hasattr(value, "__func__"):
                try:
                    found.setdefault(name, getattr(error, name))
                except Exception:
                    pass  # a property that has nothing to say
    return found


def class_rebuilt(module, name, bases):
    """A class after the other side's: of the standard library's if that has it and means no test's outcome by it."""
    for base in expect(bases, tuple):
        exception_class(base)
    modules = () if expect(module, str).partition(".")[0] in (*OF_TESTS, "program", "__main__") else sys.modules
    known = vars(modules[module]).get(expect(name, str)) if module in modules else None
    if isinstance(known, type) and issubclass(known, BaseException) and not name.startswith("_"):
        bases = (known,)
    return Sealed(name, bases, {"__module__": "program", "__str__": text_of})


def exception_class(cls):
    if not isinstance(cls, type) or not issubclass(cls, BaseException):
        raise ValueError(f"{type(cls).__name__} where an exception class belongs")
    return cls


def rebuilt(cls, args, attributes, text, cause):
    exception_class(cls)
    error = made(cls, expect(args, tuple))
    for name, value in expect(attributes, dict).items():
        if not hasattr(BaseException, expect(name, str)):
            vars(error)[name] = value
    if text is not None:
        vars(error)[TEXT] = expect(text, str)
    if cause is not None:
        exception_class(type(cause))
        error.__cause__ = cause
    return error


def made(cls, args):
    """Only a class of this side's own is asked to make one: what a library's would do with `args` nobody knows."""
    if type(cls) is not Sealed and not is_known(cls):
        try:
            return cls(*args)
        except Exception:
            pass  # made as other ones are
    error = cls.__new__(cls, *args)
    standard = next(base for base in cls.__mro__ if is_known(base))
    try:
        standard.__init__(error, *args)
    except Exception:
        error.args = args
    return error
