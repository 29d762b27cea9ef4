"""Frames in, frames out; one job after another."""

import fcntl
import gc
import json
import os
import sys
from typing import Any, NoReturn

from . import kernel
from .faults import Fault
from .frames import BadFrame, read_frame, write_frame
from .removal import remove_tree
from .request import Config, Reply, Request, check_request, fault
from .watch import Tree, reap_all
from .world import Slot, World, judge_in

_PROOF_FD = 3
_KILLED = 128  # + signal: exit code of a job whose supervisor was killed


def run_job(slot: Slot, request: Request) -> Reply:
    """Fork the program's world, wait for it, return its reply, or a fault if it died."""
    reply_r, reply_w = os.pipe()
    try:
        job = os.fork()
    except OSError:
        os.close(reply_r)
        os.close(reply_w)
        raise
    if job == 0:
        os.close(reply_r)
        _job(slot, request, reply_w)
    os.close(reply_w)
    reply: Reply | None = None
    try:
        reply = read_frame(reply_r)
    finally:
        os.close(reply_r)
        _, status = os.waitpid(job, 0)
        if not slot.config["namespaced"]:
            remove_tree(slot.config["work"])
    return reply or fault(f"the program's supervisor died: {_ending(os.waitstatus_to_exitcode(status))}")


def _ending(code: int) -> str:
    killed = code - _KILLED if code > _KILLED else -code if code < 0 else None
    return f"signal {killed}" if killed else f"exit code {code}"


def _job(slot: Slot, request: Request, reply_w: int) -> NoReturn:
    """In the forked job: namespaces, then the supervisor in them."""
    code = 0
    try:
        if slot.config["namespaced"]:
            kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWIPC)
        else:
            kernel.become_subreaper()  # of what a supervisor leaves that was killed
        supervisor = os.fork()
        if supervisor == 0:
            _supervise(slot, request, reply_w)
        _, status = os.waitpid(supervisor, 0)
        code = _KILLED + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        if not slot.config["namespaced"]:
            tree = Tree(own_namespace=False)
            tree.kill()
            reap_all(-1, tree)
    except OSError as error:
        write_frame(reply_w, fault(str(error)))
    finally:
        os._exit(code)


def _supervise(slot: Slot, request: Request, reply_w: int) -> NoReturn:
    try:
        reply = judge_in(World(slot, request), request)
    except Fault as error:
        reply = fault(str(error))
    except BaseException as error:  # whatever it is, it is a fault of ours and to be reported
        reply = fault(f"{type(error).__name__}: {error}")
    try:
        write_frame(reply_w, reply)
    finally:
        os._exit(0)


def _answer(slot: Slot, message: Any) -> Reply:
    """The reply to any message at all."""
    try:
        return run_job(slot, check_request(message))
    except (ValueError, OSError) as error:
        return fault(str(error))


def main() -> None:
    """Serve until the driver closes the connection."""
    config: Config = json.loads(sys.argv[-1])
    # the frames move to high descriptors, so that 0 to 3 are free to become the program's
    control_r, control_w = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10) for fd in (0, 1))
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, _PROOF_FD):
        os.dup2(null, fd)
    slot = Slot(config)
    gc.freeze()  # what is here now is never looked at, so never copied, in the forks
    write_frame(control_w, {"ready": os.getpid()})
    while True:
        try:
            message = read_frame(control_r)
        except BadFrame as error:
            write_frame(control_w, fault(str(error)))
            continue
        if message is None:
            break
        write_frame(control_w, _answer(slot, message))
