"""One program, contained and measured: facts only, no opinions."""

from passatk.sandbox.container import EXAMINERS
from passatk.sandbox.isolation import Level, describe, find_level
from passatk.sandbox.slot import Slot, SlotDied, World, sweep_bare

__all__ = ["EXAMINERS", "Level", "Slot", "SlotDied", "World", "describe", "find_level", "sweep_bare"]
