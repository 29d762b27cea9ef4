"""Warm tools: harnesses written for this very interpreter, imported once. Programs start with a fork of it."""

import importlib
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, NoReturn

from . import kernel
from .request import WarmConfig

Main = Callable[[list[str]], NoReturn]
_COLD = (
    "import importlib, sys; folder, name, prelude, *arguments = sys.argv[1:]; sys.path.insert(0, folder)"
    "; tool = importlib.import_module(name); sys.path.pop(0); tool.prepare(prelude, [])"
    "; sys.modules['__main__'] = tool; tool.main(arguments)"
)


class Tool(NamedTuple):
    """A warm tool: `main`, to be called in a process of its own, and where it was imported from.

    `rehearse` does what every program's process does, if it has such a function.
    """

    main: Main
    config: WarmConfig
    rehearse: Callable[[], None] | None

    def command(self, arguments: Sequence[str]) -> list[str]:
        """To start it in an interpreter of its own."""
        config = self.config
        return cold_command(sys.executable, config["folder"], config["module"], config["prelude"], arguments)


def cold_command(python: str, folder: str, module: str, prelude: str, arguments: Sequence[str]) -> list[str]:
    """Starts a warm tool in an interpreter of its own."""
    return [python, "-P", "-s", "-S", "-B", "-c", _COLD, folder, module, prelude, *arguments]


_MOST_DESCRIPTORS = 1 << 20
_PACKAGE = __name__.partition(".")[0]


def warm_up(configs: Sequence[WarmConfig], environment: dict[str, str]) -> dict[str, Tool]:
    """Import the tools, by name. Our own modules are out of reach from then on.

    `environment`: what every program has, and from now on this process.
    """
    tools: dict[str, Tool] = {}
    for config in configs:
        hooks = _import(config["imports"])
        sys.path.insert(0, config["folder"])
        module = importlib.import_module(config["module"])
        sys.path.pop(0)
        module.prepare(config["prelude"], hooks)
        tools[config["name"]] = Tool(module.main, config, getattr(module, "rehearse", None))
        environment = {**environment, **dict(config["env"])}
    for name in [name for name in sys.modules if name.partition(".")[0] == _PACKAGE]:
        del sys.modules[name]
    os.environ.clear()
    os.environ.update(environment)
    if "random" in sys.modules:
        sys.modules["random"].seed(0)  # as for every program, not from what the system gave this process
    return tools


def _import(names: Iterable[str]) -> list[dict[str, Callable[[], None]]]:
    """Return what the modules wanted to be called at every fork."""
    hooks: list[dict[str, Callable[[], None]]] = []
    register, os.register_at_fork = os.register_at_fork, lambda **hook: hooks.append(hook)
    for name in names:
        importlib.import_module(name)
    os.register_at_fork = register
    return hooks


def call(main: Main, arguments: list[str], environment: Iterable[tuple[str, str]], descriptors: int) -> NoReturn:
    """As if a new interpreter had been started with `main`: nothing of this one's own is left within reach.

    `environment`: what this program has besides; `descriptors`: how many it has.
    """
    os.closerange(descriptors, _MOST_DESCRIPTORS)
    kernel.raise_interrupts()
    for name, value in environment:
        if os.environ.get(name) != value:
            os.environ[name] = value
    sys.modules["__main__"] = sys.modules[main.__module__]
    main(arguments)
