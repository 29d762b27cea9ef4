"""`passatk doctor`."""

from typing import Annotated

import typer


def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Say what this machine can judge: toolchains, isolation in force, what to install. Exit 1 if one is missing."""
    import msgspec

    from passatk.errors import SandboxError
    from passatk.judging import Environment
    from passatk.report import terminal

    problem = None
    try:
        environment = Environment()
        failures = environment.self_tests()
    except SandboxError as error:  # the toolchains are still worth seeing
        environment, failures, problem = Environment(sandboxed=False), {}, error
    if json:
        plain = {
            "toolchains": msgspec.to_builtins(environment.toolchains),
            "failures": failures,
            "isolation": None if problem else msgspec.to_builtins(environment.isolation),
        }
        print(msgspec.json.encode(plain).decode())
    else:
        terminal.print_doctor(terminal.console_for(), environment, failures, sandbox=problem is None)
    if problem is not None:
        raise problem
    if failures or any(not toolchain.usable for toolchain in environment.toolchains.values()):
        raise typer.Exit(1)
