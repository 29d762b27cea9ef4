"""Which tests leave nothing behind in their process: one examiner may run them for program after program.

They compute with values of their own, call plain functions, and change no object that outlives them: no module, no
class, nothing of the interpreter's. All others have a process for each program.
"""

import ast
import builtins
import sys
import warnings
from functools import lru_cache

_NODES = (
    *(ast.Module, ast.Expr, ast.Assert, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Pass, ast.Return),
    *(ast.If, ast.For, ast.While, ast.Break, ast.Continue, ast.FunctionDef, ast.Lambda, ast.arguments, ast.arg),
    *(ast.BoolOp, ast.boolop, ast.BinOp, ast.operator, ast.UnaryOp, ast.unaryop, ast.Compare, ast.cmpop, ast.IfExp),
    *(ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Starred, ast.Constant, ast.JoinedStr, ast.FormattedValue),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension, ast.NamedExpr),
    *(ast.Call, ast.keyword, ast.Subscript, ast.Slice, ast.Attribute, ast.Name, ast.expr_context),
    *(ast.Import, ast.ImportFrom, ast.alias),
)
_MODULES = {
    *("bisect", "cmath", "collections", "copy", "datetime", "fractions", "functools", "heapq", "itertools", "math"),
    *("numbers", "operator", "random", "re", "statistics", "string", "typing"),
}
"""Whose functions change nothing but what they are given; `random` is seeded anew for each program."""
_BUILTINS = {
    *(
        "abs",
        "all",
        "any",
        "ascii",
        "bin",
        "bool",
        "bytearray",
        "bytes",
        "callable",
        "chr",
        "complex",
        "dict",
        "divmod",
    ),
    *("enumerate", "filter", "float", "format", "frozenset", "hash", "hex", "int", "isinstance", "issubclass", "iter"),
    *("len", "list", "map", "max", "min", "next", "oct", "ord", "pow", "print", "range", "repr", "reversed", "round"),
    *("set", "slice", "sorted", "str", "sum", "tuple", "type", "zip", "Ellipsis", "NotImplemented", "__name__"),
}
_REFUSED = {"register", "mro", "cache_clear"}
"""Attributes by which something else may be changed."""
_OTHER_BUILTINS = set(dir(builtins)) - _BUILTINS
_KNOWN_MODULES = sys.stdlib_module_names | {"np", "numpy"}
_OTHER_MODULES = _KNOWN_MODULES - _MODULES


def leaves_nothing(helpers: str, shown: str, tests: str) -> bool:
    """Whether `tests` do not, nor `shown`, which they call. `helpers`, imports of the problem's, are executed first."""
    if not _only_imports(helpers):
        return False
    trees = [tree_of(shown), tree_of(tests)]
    return all(tree is not None and all(map(_is_plain, ast.walk(tree))) for tree in trees)


@lru_cache(maxsize=64)
def _only_imports(code: str) -> bool:
    """Of the standard library; what they bring is looked at where it is named."""
    tree = tree_of(code)
    return tree is not None and all(
        all(_keeps_its_name(alias) and alias.name.partition(".")[0] in _KNOWN_MODULES for alias in part.names)
        if isinstance(part, ast.Import)
        else isinstance(part, ast.ImportFrom) and _is_plain(part)
        for part in tree.body
    )


def _keeps_its_name(alias: ast.alias) -> bool:
    return alias.asname in (None, alias.name) or (alias.name, alias.asname) == ("numpy", "np")


def tree_of(code: str) -> ast.Module | None:
    """None where it is no program."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _is_plain(node: ast.AST) -> bool:
    match node:
        case ast.Name():
            others = node.id in _OTHER_BUILTINS or node.id in _OTHER_MODULES
            return node.id in _BUILTINS or not (others or node.id.startswith("__"))
        case ast.Attribute():
            return (
                isinstance(node.ctx, ast.Load)
                and not node.attr.startswith("_")
                and node.attr not in _REFUSED
                and (node.attr not in sys.stdlib_module_names or _is_of_same_name(node))
            )
        case ast.Subscript():
            return isinstance(node.ctx, ast.Load) or isinstance(node.value, ast.Name)
        case ast.FunctionDef():
            return not node.decorator_list
        case ast.Import():
            return all(alias.name in _MODULES and _keeps_its_name(alias) for alias in node.names)
        case ast.ImportFrom():
            kept = all(n.name not in _OTHER_MODULES and not n.name.startswith("_") for n in node.names)
            return kept and node.module in _MODULES and not node.level
        case _:
            return isinstance(node, _NODES)


def _is_of_same_name(node: ast.Attribute) -> bool:
    """As in `datetime.datetime`."""
    return isinstance(node.value, ast.Name) and node.value.id == node.attr
