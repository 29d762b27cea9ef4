"""Interfaces of others: their requests in, one judge's verdicts and facts in their words out. See docs/serve.md."""

from collections.abc import Callable
from typing import Protocol

from passatk.serve.compat.nemo_gym import NemoGym
from passatk.serve.compat.openrlhf import OpenRlhf
from passatk.serve.compat.piston import Piston
from passatk.serve.compat.sandboxfusion import SandboxFusion
from passatk.serve.compat.slime import Slime
from passatk.serve.openapi import Document
from passatk.serve.service import Service


class Interface(Protocol):
    """Endpoints of somebody."""

    def attach(self, document: Document) -> None:
        """Add them to the application."""
        ...


INTERFACES: dict[str, Callable[[Service], Interface]] = {
    "sandboxfusion": SandboxFusion,
    "piston": Piston,
    "openrlhf": OpenRlhf,
    "slime": Slime,
    "nemo-gym": NemoGym,
}
"""By name, as `Serving.compat` has them."""
