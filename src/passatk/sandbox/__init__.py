"""One program, contained and measured: facts only, no opinions."""

from passatk.sandbox.container import EXAMINERS
from passatk.sandbox.isolation import Level, describe, find_level
from passatk.sandbox.server.warm import cold_command
from passatk.sandbox.slot import Slot, SlotDied, sweep_bare
from passatk.sandbox.world import World, filled, fixed_environment

__all__ = [
    "EXAMINERS",
    "Level",
    "Slot",
    "SlotDied",
    "World",
    "cold_command",
    "describe",
    "filled",
    "find_level",
    "fixed_environment",
    "sweep_bare",
]
