"""The command line: parse, call, print. Exit codes: 0 done, 1 the answer is no, 2 usage or input, 3 environment."""

import sys


def main() -> None:
    """Entry point of the `passatk` command."""
    from passatk.cli.app import run_command

    sys.exit(run_command())
