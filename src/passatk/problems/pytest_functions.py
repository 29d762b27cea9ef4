"""Tests of pytest's that need little of it, as plain functions: where a program's tests run there is no pytest.

`pytest.raises`, `pytest.approx` and `@pytest.mark.parametrize` have a stand-in. Tests that need more get an import of
it, and so are judged nowhere.
"""

import ast
import re
from dataclasses import dataclass

from passatk.languages.python_plain import tree_of

STAND_IN = """\
import math
import re


class pytest:
    class raises:
        def __init__(self, expected, *call, match=None, **keywords):
            self.expected, self.match, self.value, self.type = expected, match, None, None
            if call:
                with self:
                    call[0](*call[1:], **keywords)

        def __enter__(self):
            return self

        def __exit__(self, kind, error, trace):
            if kind is None:
                raise AssertionError(f"it did not raise {self.expected}")
            if not issubclass(kind, self.expected):
                return False
            self.value, self.type = error, kind
            if self.match is not None and not re.search(self.match, str(error)):
                raise AssertionError(f"{str(error)!r} does not match {self.match!r}")
            return True

    class approx:
        def __init__(self, expected, rel=None, abs=None, nan_ok=False):
            self.expected, self.rel, self.abs, self.nan_ok = expected, rel, abs, nan_ok

        def __eq__(self, actual):
            return self.near(self.expected, actual)

        def __repr__(self):
            return f"approx({self.expected!r})"

        __hash__ = None

        def near(self, x, y):
            if isinstance(x, dict):
                return isinstance(y, dict) and x.keys() == y.keys() and all(self.near(x[key], y[key]) for key in x)
            if isinstance(x, (list, tuple)):
                return isinstance(y, (list, tuple)) and len(x) == len(y) and all(map(self.near, x, y))
            if isinstance(x, bool) or not isinstance(x, (int, float)) or not isinstance(y, (int, float)):
                return x == y
            if math.isnan(x):
                return self.nan_ok and math.isnan(y)
            if x == y or math.isinf(x) or math.isinf(y):
                return x == y
            absolute = 1e-12 if self.abs is None else self.abs
            relative = (1e-6 if self.abs is None else 0.0) if self.rel is None else self.rel
            return abs(x - y) <= max(absolute, relative * abs(x))


"""
_KNOWN = ("raises", "approx", "mark")
_INNER = "passatk_case"
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class _NeedsPytest(Exception):
    """More of it than the stand-in has."""


@dataclass
class _Set:
    """Values of one `parametrize`: what they are called, and the expression that lists them."""

    names: list[str]
    values: ast.expr


def without_pytest(code: str) -> str:
    """`code` as tests that need no pytest, or, if they need more than there is, with an import of it."""
    tree = tree_of(code)
    if tree is None:
        return code
    try:
        changed = _rewritten(tree)
    except _NeedsPytest:
        return f"import pytest\n{code}"
    return STAND_IN + ast.unparse(tree) if changed else code


def _rewritten(tree: ast.Module) -> bool:
    """Change `tree` in place; whether it was necessary. Raises _NeedsPytest."""
    imported = _without_import(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and re.search(r"\b(pytest|__future__)\b", ast.unparse(node)):
            raise _NeedsPytest
        if isinstance(node, ast.Attribute) and _is_pytest(node.value):
            if node.attr not in _KNOWN:
                raise _NeedsPytest
        elif isinstance(node, ast.Attribute) and _is_mark(node.value) and node.attr != "parametrize":
            raise _NeedsPytest
    bodies = [(tree.body, 0)]
    bodies += [(node.body, 1) for node in tree.body if isinstance(node, ast.ClassDef) and node.name.startswith("Test")]
    for body, given in bodies:
        for number, node in enumerate(body):
            if isinstance(node, _Function) and node.name.startswith("test"):
                body[number] = _plain(node, given)
    ast.fix_missing_locations(tree)
    return imported


def _without_import(tree: ast.Module) -> bool:
    """Take `import pytest` out of it; whether there was one."""
    kept = [
        node
        for node in tree.body
        if not (isinstance(node, ast.Import) and [(a.name, a.asname) for a in node.names] == [("pytest", None)])
    ]
    found = len(kept) < len(tree.body)
    tree.body = kept
    return found


def _plain(function: _Function, given: int) -> _Function:
    """A test that takes no arguments but the `given` ones. Raises _NeedsPytest where it wants fixtures."""
    arguments = function.args
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)][given:]
    optional = len(arguments.defaults)
    required = names[: len(names) - optional] if optional else names
    if any("patch" in ast.unparse(decorator) for decorator in function.decorator_list) and not _marked(function):
        return function  # a patch gives it its arguments
    sets = [_set_of(decorator) for decorator in function.decorator_list]
    filled = [name for one in sets for name in one.names]
    if arguments.kwonlyargs or arguments.vararg or arguments.kwarg or set(required) - set(filled):
        raise _NeedsPytest
    if not sets:
        return function
    if isinstance(function, ast.AsyncFunctionDef) or not set(filled) <= set(names):
        raise _NeedsPytest
    own = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)][:given]
    inner = ast.FunctionDef(name=_INNER, args=_parameters(filled), body=function.body, decorator_list=[])
    call = ast.Expr(ast.Call(ast.Name(_INNER, ast.Load()), [ast.Name(name, ast.Load()) for name in filled], []))
    body: list[ast.stmt] = [call]
    for one in sets[::-1]:
        targets = [ast.Name(name, ast.Store()) for name in one.names]
        target = targets[0] if len(targets) == 1 else ast.Tuple(list(targets), ast.Store())
        body = [ast.For(target=target, iter=one.values, body=body, orelse=[])]
    return ast.FunctionDef(name=function.name, args=_parameters(own), body=[inner, *body], decorator_list=[])


def _marked(function: _Function) -> bool:
    return any(re.search(r"\bpytest\b", ast.unparse(decorator)) for decorator in function.decorator_list)


def _parameters(names: list[str]) -> ast.arguments:
    return ast.arguments(
        posonlyargs=[], args=[ast.arg(name) for name in names], kwonlyargs=[], kw_defaults=[], defaults=[]
    )


def _set_of(decorator: ast.expr) -> _Set:
    """Raises _NeedsPytest where it is no `parametrize` in its simple form."""
    if not isinstance(decorator, ast.Call) or len(decorator.args) != 2:
        raise _NeedsPytest
    if any(keyword.arg != "ids" for keyword in decorator.keywords):
        raise _NeedsPytest
    function = decorator.func
    if not (isinstance(function, ast.Attribute) and function.attr == "parametrize" and _is_mark(function.value)):
        raise _NeedsPytest
    try:
        names = ast.literal_eval(decorator.args[0])
    except ValueError:
        raise _NeedsPytest from None
    if isinstance(names, str):
        names = [name.strip() for name in names.split(",") if name.strip()]
    elif len(names) == 1:
        raise _NeedsPytest  # whose values are tuples of one
    if not names or not all(isinstance(name, str) and name.isidentifier() for name in names):
        raise _NeedsPytest
    return _Set(names=list(names), values=decorator.args[1])


def _is_pytest(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "pytest"


def _is_mark(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "mark" and _is_pytest(node.value)
