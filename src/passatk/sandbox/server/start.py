"""Fixed addresses first: they begin with an exec, so nothing costly is imported before."""

import os
import sys

from . import kernel

_AGAIN = "again"


def start(namespaced: bool) -> None:
    """Serve until the driver closes the connection."""
    if not kernel.fix_addresses() and sys.argv[-1] != _AGAIN:  # some containers do not allow it
        if namespaced:
            kernel.bound_capabilities(keep_own=True)  # an exec that could give more forgets about addresses
        os.execv(sys.executable, [*sys.orig_argv, _AGAIN])
    from .main import main

    main()
