"""How a judge is served."""

from ipaddress import ip_address
from typing import Annotated

from passatk.errors import InputError, UnknownNameError
from passatk.records import Record
from passatk.settings import setting

COMPAT = ("sandboxfusion", "piston", "openrlhf", "slime", "nemo-gym")
"""Interfaces of others that can be served beside the native one."""
TOKEN_VARIABLE = "PASSATK_SERVE_TOKEN"  # noqa: S105 - the name of a variable
_MIB = 1 << 20


class Serving(Record, frozen=True, kw_only=True):
    """Where a judge listens, whom it answers, and how much it takes."""

    problems: Annotated[
        tuple[str, ...], setting("Problem set that requests may name: a name, file or folder, as evaluate takes it.")
    ] = ()
    languages: Annotated[
        tuple[str, ...] | None,
        setting("Only programs in this language.", option="language", unset="all whose toolchain is here"),
    ] = None
    host: Annotated[str, setting("Address to listen on; another than this machine's own needs a token.")] = "127.0.0.1"
    port: Annotated[int, setting("Port to listen on; 0 takes a free one.", ge=0, le=65535)] = 8780
    tokens: Annotated[
        tuple[str, ...],
        setting(
            f"Token that a request must bring, for each client one of its own; without it those in {TOKEN_VARIABLE},"
            " between blanks.",
            option="token",
        ),
    ] = ()
    compat: Annotated[
        tuple[str, ...],
        setting("Serve these interfaces too: sandboxfusion, piston, openrlhf, slime, nemo-gym.", metavar="NAME,..."),
    ] = ()
    queue_programs: Annotated[int, setting("Programs that may wait, those of all clients together.", ge=1)] = 20_000
    queue_bytes: Annotated[
        int, setting("MiB that the requests of waiting programs may have.", key="queue_mib", scale=_MIB, ge=1)
    ] = 512 * _MIB
    request_programs: Annotated[int, setting("Programs in one request at most.", ge=1)] = 5_000
    request_bytes: Annotated[int, setting("MiB that one request may have.", key="request_mib", scale=_MIB, ge=1)] = (
        32 * _MIB
    )
    problem_tests: Annotated[int, setting("Tests with inputs that a problem in a request may have.", ge=1)] = 5_000
    deadline_s: Annotated[
        float,
        setting("Seconds after which a request that names no deadline is answered.", key="deadline_seconds", gt=0),
    ] = 600.0
    longest_deadline_s: Annotated[
        float, setting("Longest deadline in seconds that a request may name.", key="longest_deadline_seconds", gt=0)
    ] = 7200.0
    body_s: Annotated[float, setting("Seconds within which a request must have arrived.", key="body_seconds", gt=0)] = (
        60.0
    )
    grace_s: Annotated[
        float,
        setting("Seconds in which accepted requests are finished after SIGTERM.", key="grace_seconds", gt=0),
    ] = 60.0

    def check(self) -> None:
        """Raises InputError where something is open that must not be."""
        for name in self.compat:
            if name not in COMPAT:
                raise UnknownNameError("interface", name, COMPAT, setting="compat")
        if not self.is_local and not self.tokens:
            raise InputError(
                f"{self.host} is reached from other machines, and whoever reaches a judge runs programs on it; give a"
                f" token, set {TOKEN_VARIABLE}, or listen on 127.0.0.1",
                setting="host",
            )
        if any(not token.strip() or not token.isascii() or not token.isprintable() for token in self.tokens):
            raise InputError("a token is empty or has signs that no header can carry; use letters and digits")

    @property
    def is_local(self) -> bool:
        """Only this machine can reach it."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"
