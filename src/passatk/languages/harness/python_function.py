"""Runs program.py, calls a function of it with the arguments on descriptor 0, and writes what it returned to 3.

The value is one message of `passatk_wire`: kind 0, the value, its nodes. What it should be is not here. Of many calls
in one process each has a message, its length before it; kind 1 is the text of an exception.
"""

import ast
import json
import os
import sys

import passatk_values
import passatk_wire as wire
import python_harness as base

ANSWER, RAISED = 0, 1
MOST_WORDS = 500
# types that equal a plain value of another type: name in the table -> that value, of the parts there
EQUAL_TO = {
    "builtins.list": list,
    "builtins.tuple": tuple,
    "builtins.set": set,
    "builtins.dict_keys": set,
    "builtins.frozenset": frozenset,
    "collections.ChainMap": lambda maps: {k: v for one in reversed(maps) for k, v in one.items()},
    "collections.defaultdict": lambda factory, values: values,
}
for _name in ("int", "float", "complex", "str", "bytes", "bytearray", "dict", "mappingproxy"):
    EQUAL_TO[f"builtins.{_name}"] = lambda value: value
for _name in ("Counter", "OrderedDict", "UserDict", "UserList", "UserString"):
    EQUAL_TO[f"collections.{_name}"] = lambda value: value
NARROW = {"float16": "e", "float32": "f"}


def prepare(prelude, hooks):
    """Before any program is known. What modules wanted to be called at forks, the other harness has."""
    base.prepare(prelude, hooks)


def main(arguments):
    """The program is in this folder.

    Arguments: where other packages are, the function, how its arguments are written, and whether there are many.
    """
    site, name, written, *together = arguments
    if site:
        sys.path.append(site)
    text = given()
    base.set_dumpable(1)
    base.register_hooks()
    helpers = base.contents("helpers.py")
    code = base.compiled_text("program.py", base.contents("program.py"))
    depth = base.RECURSION_LIMIT + below()
    sys.setrecursionlimit(depth)
    module = base.module_of(helpers)
    be_main(module)
    namespace = vars(module)
    before = dict(namespace)
    namespace.pop(name.partition("(")[0], None)  # what is asked for is the program's to define
    try:
        exec(code, namespace)
        if together:
            call_each(namespace, before, name, written, json.loads(text))
        else:
            message = returned(function(namespace, before, name)(*parsed(text, written)))
            base.flush()
            write(message)
    except SystemExit as error:
        base.flush()
        base.leave(error.code & 0xFF if isinstance(error.code, int) else 1 if error.code else 0)
    except BaseException as error:
        base.flush()
        base.show(error)
        base.leave(1)
    os._exit(0)


def parsed(text, written):
    return json.loads(text) if written == "json" else ast.literal_eval(text)


def call_each(namespace, before, name, written, texts):
    """One call after another: what one raises is said, and the next is made."""
    owner = os.getpid()
    for text in texts:
        arguments = parsed(text, written)
        try:
            message = returned(function(namespace, before, name)(*arguments))
        except BaseException as error:
            message = wire.write(RAISED, [words(error)], taken_apart)
        if os.getpid() != owner:
            os._exit(1)  # a fork of the program came back: there is only one program
        write(len(message).to_bytes(8, "little") + message)
    base.flush()


def words(error):
    """As Python's last line would have it."""
    try:
        text = str(error)
    except BaseException:
        text = ""
    name = type(error).__name__
    return (f"{name}: {text}" if text else name)[:MOST_WORDS].encode("ascii", "backslashreplace").decode()


def given():
    """The arguments, of which the program finds nothing in its input."""
    with open(0, "rb", buffering=0, closefd=False) as file:
        text = file.readall()  # into memory that grows in the same steps, whatever parts it comes in
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    return text.decode()


def be_main(module):
    sys.modules["__main__"] = module
    sys.path.insert(0, os.getcwd())
    for name in ("exit", "quit"):
        setattr(base.builtins, name, base._sitebuiltins.Quitter(name, "the end of the input"))
    base.builtins.help = base._sitebuiltins._Helper()


def below():
    """Frames under the program, which are not its doing."""
    frame, depth = sys._getframe(), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    return depth


def function(namespace, before, name):
    """What is to be called: a function, or as `Solution().method`; where there is only the other, that.

    What was there `before` the program is not the program's.
    """
    owner, dot, name = name.rpartition(".")
    cls = namespace.get(owner.removesuffix("()") or "Solution")
    method = isinstance(cls, type) and hasattr(cls, name)
    own = name in namespace and not (dot and namespace[name] is before.get(name))
    if own and not (dot and method):
        return namespace[name]
    if not method:
        wanted = f"{name!r} of a class {owner[:-2]!r}" if dot else f"{name!r}"
        raise NameError(f"the program defines no function {wanted}")
    return getattr(cls(), name)


def returned(value):
    try:
        return wire.write(ANSWER, [value], taken_apart)
    except RecursionError:
        raise RecursionError("it returned a value that is nested too deeply") from None


def taken_apart(value):
    """A value of no plain type as the plain one that it equals; else what it is."""
    kind = type(value)
    name = f"{kind.__module__}.{kind.__qualname__}"
    if (plain := passatk_values.as_plain(value)) is not None:
        known, parts, _ = plain
        if known in EQUAL_TO:
            return "is", EQUAL_TO[known](*parts)
        if known == "numpy.generic":
            if kind.__name__ in NARROW:
                return "narrow", NARROW[kind.__name__], float(value)
            item = value.item()
            return ("is", item) if type(item) in (bool, int, float, complex, str, bytes) else ("other", name)
        if known in ("decimal.Decimal", "fractions.Fraction"):
            return number(value, name)
    return "other", name


def number(value, name):
    """As an integer or a float, if it equals one; else as the float that it is near."""
    for plain in (int, float):
        try:
            if plain(value) == value:
                return "is", plain(value)
        except (ArithmeticError, ValueError):
            pass
    try:
        return "near", float(value), name
    except (ArithmeticError, ValueError):
        return "other", name


def write(message):
    left = memoryview(message)
    while left:
        left = left[os.write(3, left) :]
