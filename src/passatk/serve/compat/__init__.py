"""Interfaces of others: their requests in, one judge's verdicts and facts in their words out. See docs/serve.md."""

from passatk.serve.compat.openrlhf import OpenRlhf
from passatk.serve.compat.piston import Piston
from passatk.serve.compat.sandboxfusion import SandboxFusion
from passatk.serve.compat.slime import Slime

INTERFACES = {"sandboxfusion": SandboxFusion, "piston": Piston, "openrlhf": OpenRlhf, "slime": Slime}
"""By name, as `Serving.compat` has them."""
