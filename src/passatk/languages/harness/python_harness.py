"""Executes helpers.py, program.py and tests.py in one module, then hands over the token."""

import os
import sys


def main(token: bytes, give=os.write, leave=os._exit, flush=(sys.stdout.flush, sys.stderr.flush)) -> None:
    import traceback
    import types

    def compiled(name: str):
        with open(name, "rb") as file:
            code = compile(file.read(), name, "exec", dont_inherit=True)
        os.unlink(name)  # the tests are nothing for the program to read
        return code

    def fail(code: int) -> None:
        for stream in flush:
            stream()
        leave(code)

    try:
        stages = [compiled(name) for name in ("helpers.py", "program.py", "tests.py")]
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        traceback.print_exc(limit=0)
        fail(64)
    module = types.ModuleType("program")
    module.__dict__["__file__"] = "program.py"
    sys.modules["program"] = module
    failed = traceback.print_exc
    try:
        for stage in stages:
            exec(stage, module.__dict__)
    except AssertionError:
        failed()
        fail(65)
    else:
        give(3, token)


sys.path = [path for path in sys.path if path != os.getcwd()] + sys.argv[1:2]
sys.argv = ["program.py"]
main(os.read(0, 32))  # no name of this module ever holds the token
