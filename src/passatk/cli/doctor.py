"""`passatk doctor`."""

from typing import Annotated

import typer


def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Say what this machine can judge: toolchains, isolation in force, what to install. Exit 1 if one is missing."""
    import msgspec

    from passatk.judging import Environment
    from passatk.report import terminal

    environment = Environment()
    failures = environment.self_tests()
    if json:
        plain = {
            "toolchains": msgspec.to_builtins(environment.toolchains),
            "failures": failures,
            "isolation": msgspec.to_builtins(environment.isolation),
        }
        print(msgspec.json.encode(plain).decode())
    else:
        terminal.print_doctor(terminal.console_for(), environment, failures)
    missing = any(not toolchain.usable for toolchain in environment.toolchains.values())
    if failures or missing:
        raise typer.Exit(1)
