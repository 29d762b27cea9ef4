"""Benchmarks read from files, one file each.

Adding one: a module here that defines `BENCHMARK`.
"""

import importlib
import pkgutil
from typing import Any

from passatk.problems.base import Benchmark

_modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
BENCHMARKS: dict[str, Benchmark[Any]] = {module.BENCHMARK.name: module.BENCHMARK for module in _modules}
"""By name, in alphabetical order of their modules."""
