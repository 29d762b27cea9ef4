"""Runs program.py as `python program.py` would: it reads stdin and writes stdout. Nothing of its tests is here."""

import atexit
import io
import os
import sys

import python_harness as base


def prepare(prelude, hooks):
    """Before any program is known. What modules wanted to be called at forks, the other harness has."""
    base.AT_FORK.extend(hooks)


def main(arguments):
    """The program is in this folder. Argument: where other packages are."""
    (site,) = arguments
    if site:
        sys.path.append(site)
    base.set_dumpable(1)
    base.register_hooks()
    os.close(3)
    own_streams()
    code = base.compiled_text("program.py", base.contents("program.py"))
    module = type(sys)("__main__")
    module.__builtins__ = base.builtins
    module.__file__ = "program.py"
    sys.argv = ["program.py"]
    sys.modules["__main__"] = module
    sys.path.insert(0, os.getcwd())
    for name in ("exit", "quit"):
        setattr(base.builtins, name, base._sitebuiltins.Quitter(name, "the end of the input"))
    base.builtins.help = base._sitebuiltins._Helper()
    leave(run(code, vars(module)))


def own_streams():
    """As a new interpreter has them in the C.UTF-8 locale."""
    names = (("stdin", "r", "surrogateescape"), ("stdout", "w", "surrogateescape"), ("stderr", "w", "backslashreplace"))
    for number, (name, mode, errors) in enumerate(names):
        binary = open(number, f"{mode}b", closefd=False)
        stream = io.TextIOWrapper(binary, "utf-8", errors, line_buffering=name == "stderr")
        stream.mode = mode
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def run(code, namespace):
    """The exit code that the program asks for."""
    frame, depth = sys._getframe(), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    sys.setrecursionlimit(base.RECURSION_LIMIT + depth)
    try:
        exec(code, namespace)
    except SystemExit as error:
        return exit_code(error)
    except BaseException as error:
        base.show(error)
        return 1
    return 0


def exit_code(error):
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code & 0xFF
    print(error.code, file=sys.stderr)
    return 1


def leave(code):
    """Wait for threads, call what was to be called at the end, and write what is still to be written."""
    if "threading" in sys.modules:
        sys.modules["threading"]._shutdown()
    atexit._run_exitfuncs()
    try:
        if sys.stdout is not None and not sys.stdout.closed:
            sys.stdout.flush()
    except Exception as error:  # it closed the descriptor
        base.show(error)
        code = code or 120
    base.flush()
    os._exit(code)
