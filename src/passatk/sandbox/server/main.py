"""Frames in, frames out; one job after another."""

import fcntl
import json
import os
import shutil
import struct
import sys
from typing import Any, NoReturn

from . import kernel
from .world import Config, Reply, Request, World, fault, judge_in

_PROOF_FD = 3


def read_frame(fd: int) -> Any:
    """The next message, or None at the end."""
    header = _read_exactly(fd, 4)
    if not header:
        return None
    body = _read_exactly(fd, struct.unpack(">I", header)[0])
    return json.loads(body) if body else None


def _read_exactly(fd: int, size: int) -> bytes:
    parts = []
    while size:
        part = os.read(fd, min(size, 1 << 20))
        if not part:
            return b""
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def write_frame(fd: int, message: object) -> None:
    """Send a message."""
    body = json.dumps(message).encode()
    left = memoryview(struct.pack(">I", len(body)) + body)
    while left:
        left = left[os.write(fd, left) :]


def run_job(config: Config, request: Request) -> Reply:
    """Fork the program's world, wait for it, return its reply, or a fault if it died."""
    reply_r, reply_w = os.pipe()
    job = os.fork()
    if job == 0:
        os.close(reply_r)
        _job(config, request, reply_w)
    os.close(reply_w)
    try:
        reply: Reply | None = read_frame(reply_r)
    finally:
        os.close(reply_r)
        _, status = os.waitpid(job, 0)
        if not config["namespaced"]:
            shutil.rmtree(config["work"], ignore_errors=True)
    return reply or fault(f"the program's supervisor died (wait status {status})")


def _job(config: Config, request: Request, reply_w: int) -> NoReturn:
    """In the forked job: namespaces, then the supervisor in them."""
    try:
        if config["namespaced"]:
            kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWIPC)
        supervisor = os.fork()
        if supervisor == 0:
            _supervise(config, request, reply_w)
        os.waitpid(supervisor, 0)
    except OSError as error:
        write_frame(reply_w, fault(str(error)))
    finally:
        os._exit(0)


def _supervise(config: Config, request: Request, reply_w: int) -> NoReturn:
    try:
        reply = judge_in(World(config, request), request)
    except BaseException as error:  # whatever it is, it is a fault of ours and to be reported
        reply = fault(f"{type(error).__name__}: {error}")
    try:
        write_frame(reply_w, reply)
    finally:
        os._exit(0)


def main() -> None:
    """Serve until the driver closes the connection."""
    config: Config = json.loads(sys.argv[-1])
    # the frames move to high descriptors, so that 0 to 3 are free to become the program's
    control_r, control_w = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10) for fd in (0, 1))
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, _PROOF_FD):
        os.dup2(null, fd)
    if config["namespaced"]:
        kernel.unshare(kernel.CLONE_NEWNS)  # bubblewrap's own belongs to a user namespace above ours
        kernel.make_read_only("/dev")
        kernel.bound_capabilities()  # once for all: every program inherits it
    write_frame(control_w, {"ready": os.getpid()})
    while (request := read_frame(control_r)) is not None:
        write_frame(control_w, run_job(config, request))
