"""Runs a module of tests: first its statements, then what it defines as tests and has not run.

These are the classes of unittest, and functions called test_... that nothing calls, as pytest has them.
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
    for name in uncalled(source):
        vars(module)[name]()
    if "unittest" in sys.modules:
        run_classes(module, sys.modules["unittest"])


def jsonable(self, value, default=json.JSONEncoder.default):
    """What belongs to an object of the program's is a list (dict, ...) to json as well."""
    return plain_copy(value) if isinstance(value, (list, dict)) else default(self, value)


def uncalled(source):
    """Functions called test_..., without parameters, that nothing in the module mentions."""
    if not re.search(r"^def test_", source, re.MULTILINE):
        return []
    import ast

    tree = ast.parse(source)
    mentioned = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    return [f.name for f in functions if f.name not in mentioned and not f.decorator_list and not ast.unparse(f.args)]


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
