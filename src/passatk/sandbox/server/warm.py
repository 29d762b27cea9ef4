"""Warm tools: harnesses written for this very interpreter, imported once. Programs start with a fork of it."""

import importlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from .request import WarmConfig

Main = Callable[[list[str]], NoReturn]
_OWN_DESCRIPTORS = 4
_MOST_DESCRIPTORS = 1 << 20
_PACKAGE = __name__.partition(".")[0]


def warm_up(configs: Sequence[WarmConfig]) -> dict[str, Main]:
    """Import the tools; name -> what to call in a process of its own. Our own modules are out of reach from then on."""
    mains: dict[str, Main] = {}
    for config in configs:
        for name in config["imports"]:
            importlib.import_module(name)
        sys.path.insert(0, config["folder"])
        module = importlib.import_module(config["module"])
        sys.path.pop(0)
        module.prepare(config["prelude"])
        mains[config["name"]] = module.main
    for name in [name for name in sys.modules if name.partition(".")[0] == _PACKAGE]:
        del sys.modules[name]
    return mains


def call(main: Main, arguments: list[str], environment: dict[str, str]) -> NoReturn:
    """As if a new interpreter had been started with `main`: nothing of this one's own is left within reach."""
    os.closerange(_OWN_DESCRIPTORS, _MOST_DESCRIPTORS)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_IGN)
    os.environ.clear()
    os.environ.update(environment)
    sys.modules["__main__"] = sys.modules[main.__module__]
    if "random" in sys.modules:
        sys.modules["random"].seed(0)  # forks seed it anew, from what is not the program's stream
    main(arguments)
