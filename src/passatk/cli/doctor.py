"""`passatk doctor`."""

from typing import Annotated

import typer


def doctor(
    languages: Annotated[
        list[str] | None, typer.Argument(help="Only these languages, which must all be here. [default: all]")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Say what this machine can judge: toolchains, isolation in force, what to install. Exit 1 if one is missing
    that is not optional.

    And, unless languages are named, whether it gives the tokens that the embedded model gave where it was made.
    """
    import msgspec

    from passatk import pipeline
    from passatk.errors import PassatkError, SandboxError
    from passatk.judging import Environment
    from passatk.languages import by_name
    from passatk.report import outcomes, terminal

    problem = tokens = untold = None
    names = [by_name(name).name for name in languages] if languages else None
    try:
        environment = Environment(names)
        failures = environment.self_tests()
    except SandboxError as error:  # the toolchains are still worth seeing
        environment, failures, problem = Environment(names, sandboxed=False), {}, error
    console = terminal.console_for()
    if not json:
        outcomes.print_doctor(console, environment, failures, sandbox=problem is None)
    try:
        tokens = None if names else pipeline.check_tokens()
    except PassatkError as error:  # no library, or damaged files: programs can be judged all the same
        untold = str(error)
    if json:
        plain = {
            "toolchains": msgspec.to_builtins(environment.toolchains),
            "failures": failures,
            "isolation": None if problem else msgspec.to_builtins(environment.isolation),
            "tokens": tokens and msgspec.to_builtins(tokens),
            "tokens_not_compared": untold,
        }
        print(msgspec.json.encode(plain).decode())
    elif tokens is not None:
        outcomes.print_tokens(console, tokens)
    elif untold is not None:
        console.print(f"Tokens: not compared: {untold}", style="yellow", highlight=False, markup=False, soft_wrap=True)
    if problem is not None:
        raise problem
    needed = environment.toolchains if names else environment.needed
    if failures or any(not toolchain.usable for toolchain in needed.values()):
        raise typer.Exit(1)
