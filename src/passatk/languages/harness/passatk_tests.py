"""Runs a module of tests: first its statements, then what it defines as tests and has not run.

These are the classes of unittest and, as pytest has them, functions called test... and classes called Test...
"""

import json
import re
import sys

from passatk_proxies import plain_copy


class NothingRan(Exception):
    """There are unittest tests, and not all of them ran."""


def run(module, source, code):
    """Execute `code`, compiled from `source`, in `module`. Raises what the first failing test raises."""
    if "unittest" in source:
        import unittest

        unittest.main = lambda *args, **kwargs: None  # done below, without an exit
    json.JSONEncoder.default = jsonable
    exec(code, vars(module))
    if re.search(r"^(?:async +)?(?:def test|class Test)", source, re.MULTILINE):
        run_uncalled(source, vars(module))
    if "unittest" in sys.modules:
        run_classes(module, sys.modules["unittest"])


def jsonable(self, value, default=json.JSONEncoder.default):
    """What belongs to an object of the program's is a list (dict, ...) to json as well."""
    return plain_copy(value) if isinstance(value, (list, dict)) else default(self, value)


def run_uncalled(source, namespace):
    """Tests in pytest's form that nothing in the module calls."""
    import ast

    tree = ast.parse(source)
    called = {name.id for node in ast.walk(tree) for name in passed_on(node, ast) if isinstance(name, ast.Name)}
    for part in tree.body:
        value = namespace.get(getattr(part, "name", None))
        if value is None or part.name in called:
            continue
        if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)) and is_test(part, 0):
            finish(value())
        elif isinstance(part, ast.ClassDef) and part.name.startswith("Test") and is_plain_class(value):
            names = [f.name for f in part.body if isinstance(f, (ast.FunctionDef, ast.AsyncFunctionDef)) if is_test(f, 1)]
            run_methods(value, names)


def passed_on(node, ast):
    """What a node calls, hands to a call, or lists."""
    if isinstance(node, ast.Call):
        return [node.func, *node.args, *(keyword.value for keyword in node.keywords)]
    return node.elts if isinstance(node, (ast.List, ast.Tuple)) else node.values if isinstance(node, ast.Dict) else ()


def is_test(function, given):
    """Whether it is called as a test, and can be called with `given` arguments; a patch gives it others."""
    parameters = function.args.posonlyargs + function.args.args
    required = len(parameters) - len(function.args.defaults) - given + function.args.kw_defaults.count(None)
    return function.name.startswith("test") and (required <= 0 or patches(function))


def patches(function):
    import ast

    return any("patch" in ast.unparse(decorator) for decorator in function.decorator_list)


def is_plain_class(value):
    unittest = sys.modules.get("unittest")
    if not isinstance(value, type) or "__init__" in vars(value):
        return False
    return unittest is None or not issubclass(value, unittest.TestCase)


def run_methods(cls, names):
    """Each in an object of its own, as pytest does."""
    call(cls, "setup_class")
    for name in names:
        instance = cls()
        call(instance, "setup_method", name)
        try:
            finish(getattr(instance, name)())
        finally:
            call(instance, "teardown_method", name)
    call(cls, "teardown_class")


def call(owner, name, test=None):
    """The fixture of that name, if there is one; it may want to know the test."""
    fixture = getattr(owner, name, None)
    if fixture is not None:
        finish(fixture(getattr(owner, test)) if test and fixture.__code__.co_argcount > 1 else fixture())


def finish(outcome):
    """Run what a test returned, if it is a coroutine."""
    import types

    if type(outcome) is types.CoroutineType:
        import asyncio

        asyncio.run(outcome)


def run_classes(module, unittest):
    """All tests of unittest's, in its order, up to the first that fails. A skipped one has failed: it shows nothing.

    `load_tests` is not asked: it could be the program's.
    """
    defined = [v for _, v in sorted(vars(module).items()) if isinstance(v, type) and v.__module__ == module.__name__]
    classes = [cls for cls in dict.fromkeys(defined) if issubclass(cls, unittest.TestCase)]

    class Result(unittest.TestResult):
        first = None

        def failed(self, test, raised):
            self.first = self.first or raised[1]
            self.stop()

        addError = addFailure = failed

        def addSubTest(self, test, subtest, raised):
            if raised is not None:
                self.failed(test, raised)

        def addSkip(self, test, reason):
            self.failed(test, (None, AssertionError(f"{test.id()} was skipped: {reason}")))

        def addUnexpectedSuccess(self, test):
            self.failed(test, (None, AssertionError(f"{test.id()} should have failed")))

    result = Result()
    tests = unittest.TestSuite(map(unittest.defaultTestLoader.loadTestsFromTestCase, classes))
    number = tests.countTestCases()
    tests.run(result)
    if result.first is not None:
        raise result.first
    if result.testsRun != number or (classes and number == 0):
        raise NothingRan
