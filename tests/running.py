"""Running commands as a user does."""

import subprocess
from collections.abc import Callable

Command = Callable[..., "subprocess.CompletedProcess[str]"]
"""The `passatk` fixture: arguments of the command, environment variables by keyword."""
