"""Frames in, frames out: a supervisor, a fork of this process, reads one request after another and replies.

This process never reads any. Nor does the nursery, an early fork of it, which makes the programs' processes: so they
hold nothing of a request, be it their own or an earlier one.
"""

import fcntl
import gc
import json
import os
import signal
import sys
from typing import NoReturn

from . import kernel
from .faults import Fault
from .frames import read_frame, write_frame
from .removal import remove_tree
from .request import CaseRequest, Config, Reply, Request, check_case, check_request, fault
from .step import Waiting
from .watch import Tree, reap_all
from .world import Slot, World, judge_in

_PROOF_FD, _ANSWERS_FD = 3, 4
_GO_ON, _ANSWERED, _CLOSED, _BROKEN, _WANTED = range(5)
"""What comes after a program; all but the first are exit codes of the supervisor: another one is to go on. The last one
+ n: before, resident tool n is to be started, or started again."""


def _supervise(slot: Slot, control_r: int, control_w: int) -> NoReturn:
    """A program after the other, until something is out of the ordinary: make a world, wait for a request, reply."""
    code = _BROKEN
    try:
        while (code := _serve_one(World(slot), control_r, control_w)) == _GO_ON:
            pass
    except BaseException as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
    finally:
        os._exit(code)


def _serve_one(world: World, control_r: int, control_w: int) -> int:
    waiting: Waiting | None = None
    reply: Reply | None = None
    try:
        waiting = _ready(world)
    except OSError as error:
        reply = fault(str(error))
    try:
        message = read_frame(control_r)
        if message is None:
            return _CLOSED
        if reply is None:
            reply = _judged(world, check_request(message), waiting, control_r, control_w)
    except ValueError as error:  # no request
        reply = fault(str(error))
    write_frame(control_w, reply)
    world.finish()
    if world.wanted is not None:
        return _WANTED + world.wanted
    return _GO_ON if world.tree.own_namespace and reply["fault"] is None else _ANSWERED


def _ready(world: World) -> Waiting | None:
    """The world, and in it a process for the program, if that is likely to need no build."""
    world.enter()
    return world.next()


def _judged(world: World, request: Request, waiting: Waiting | None, control_r: int, control_w: int) -> Reply:
    def next_case(reply: Reply) -> CaseRequest | None:
        write_frame(control_w, reply)
        message = read_frame(control_r)
        return None if message is None else check_case(message)

    try:
        return judge_in(world, request, waiting, next_case)
    except (Fault, OSError) as error:
        return fault(str(error))
    except BaseException as error:  # whatever it is, it is a fault of ours and to be reported
        return fault(f"{type(error).__name__}: {error}")


def _clean_up(slot: Slot) -> None:
    """Without namespaces: what a supervisor left, which may have been killed."""
    tree = Tree(own_namespace=False)
    tree.kill()
    reap_all(tree)
    remove_tree(slot.config["work"])


def _own_namespaces() -> kernel.PidNamespaces:
    """In a fork, which goes on as the server: only who has made its own PID namespace may return to it."""
    kernel.unshare(kernel.CLONE_NEWPID)
    server = os.fork()
    if server:
        _, status = os.waitpid(server, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    return kernel.PidNamespaces()


def main() -> None:
    """Serve until the driver closes the connection."""
    config: Config = json.loads(sys.argv[2])
    # the frames move to high descriptors, so that 0 to 4 are free to become the program's
    control_r, control_w = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10) for fd in (0, 1))
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, _PROOF_FD, _ANSWERS_FD):
        os.dup2(null, fd, inheritable=fd != _ANSWERS_FD)
    sys.path.pop(0)
    sys.argv[:] = [""]
    namespaces = _own_namespaces() if config["namespaced"] else None
    slot = Slot(config, namespaces)
    if namespaces is None:
        kernel.become_subreaper()
    gc.collect()
    gc.freeze()  # what is here now is never looked at, so never copied, in the forks
    slot.pages.learn(tool.rehearse for tool in slot.warm.values() if tool.rehearse is not None)
    if namespaces is not None:
        slot.nursery.start(slot.become)
    write_frame(control_w, {"ready": os.getpid()})
    while True:
        if namespaces is not None:
            namespaces.renew()
        supervisor = os.fork()
        if supervisor == 0:
            _supervise(slot, control_r, control_w)
        if namespaces is not None:
            first = os.pidfd_open(supervisor)
            slot.nursery.begin(first)
            slot.desk.serve(first, slot.nursery.socket.fileno())
            slot.nursery.end()
            os.close(first)
        _, status = os.waitpid(supervisor, 0)
        if namespaces is None:
            _clean_up(slot)
        code = os.waitstatus_to_exitcode(status)
        if code == _ANSWERED:
            continue
        if code >= _WANTED:
            if namespaces is not None:
                namespaces.leave()
            slot.residents[code - _WANTED].start()
            continue
        if code < 0:
            sys.stderr.write(f"the programs' supervisor died: signal {-code} ({signal.strsignal(-code)})\n")
        sys.exit(0 if code == _CLOSED else 1)
