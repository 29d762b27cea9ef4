"""`passatk serve`."""

import os

from passatk.cli.generated import Given, Table, with_settings
from passatk.serve.settings import TOKEN_VARIABLE, Serving


@with_settings(
    Table("serve", "Server", record=Serving),
    Table(
        "judging",
        "Judging",
        without=("k", "repeat", "vary", "allow_unjudged", "extract", "toolchain_options"),
    ),
    sets=False,
)
def serve(given: Given) -> None:
    """Judge programs for others, over HTTP: docs/serve.md describes requests and replies.

    Listens on this machine alone, unless tokens are given. SIGTERM finishes what was accepted, and ends.
    """
    from passatk.pipeline.settings import Judging
    from passatk.settings import build

    try:
        from passatk.serve import server
    except ImportError as error:
        raise _missing(error) from error
    tokens = os.environ.get(TOKEN_VARIABLE, "").split()
    serving = build(Serving, {**({"tokens": tokens} if tokens else {}), **given["serve"]}, "[serve]")
    server.serve(serving, build(Judging, given["judging"], "[judging]"), _say)


def _say(address: str) -> None:
    print(f"passatk serves on {address}", flush=True)


def _missing(error: ImportError) -> Exception:
    from passatk.errors import EnvironmentFault

    return EnvironmentFault(f"{error.name} is not installed; pip install 'passatk[serve]'")
