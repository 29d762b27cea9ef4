"""The server inside a slot: one program at a time, contained and measured. Facts only.

Runs as its own process under bubblewrap (or bare, with `--no-sandbox`), from a copy of this one file: standard
library only, nothing of passatk imported. Frames on stdin and stdout: 4 bytes big-endian length, then JSON.

Per program:  server ── fork ── job: unshare(mount, pid, ipc) ── fork ── supervisor (pid 1 of the program's world)
The supervisor mounts a fresh tmpfs and /proc, writes the files, and for each step forks, drops every privilege and
executes the command, while it reads the bounded output and watches the limits. A step ends when its main process
ends or a limit stops it; then everything else in the PID namespace is killed and reaped, so nothing survives a step.

Watching only *kills*; what is reported are the final readings of the kernel's own accounts.
"""

import ctypes
import fcntl
import json
import os
import resource
import select
import shutil
import signal
import struct
import sys
import time

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWPID = 0x00020000, 0x08000000, 0x20000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND = 1, 2, 4, 8, 32, 4096
MNT_DETACH = 2
PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 4, 24, 36, 38, 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
ADDR_NO_RANDOMIZE = 0x0040000
LINUX_CAPABILITY_VERSION_3 = 0x20080522

PROOF_FD = 3  # where the harness hands over the token; it read the token from stdin
TOKEN_BYTES = 32
TAIL_BYTES = 4096
WATCH_S = 0.25  # longest pause between two looks at a running step
MEMORY_WATCH_S = 0.01  # the same where no cgroup enforces the memory limit
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")

libc = ctypes.CDLL(None, use_errno=True)


def check(result, what):
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def mount(source, target, kind, flags, options=""):
    args = [(a.encode() if a is not None else None) for a in (source, target, kind)]
    check(libc.mount(*args, ctypes.c_ulong(flags), options.encode()), f"mount {kind or source} on {target}")


def read_frame(fd):
    header = read_exactly(fd, 4)
    if not header:
        return None
    return json.loads(read_exactly(fd, struct.unpack(">I", header)[0]))


def read_exactly(fd, size):
    parts = []
    while size:
        part = os.read(fd, min(size, 1 << 20))
        if not part:
            return b""
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def write_frame(fd, message):
    body = json.dumps(message).encode()
    data = memoryview(struct.pack(">I", len(body)) + body)
    while data:
        data = data[os.write(fd, data) :]


# --- accounts: where CPU time and memory are read and limited ----------------------------------------------------


def read_text(path):
    with open(path, encoding="ascii") as file:
        return file.read()


def write_text(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


class NoGroup:
    """No cgroup: CPU time comes from reaped children, memory is watched by polling."""

    version = 0
    memory_enforced = False
    pids_enforced = False

    def begin(self, limits):
        pass

    def join(self):
        pass

    def cpu_s(self):
        return None

    def out_of_memory(self):
        return False


class GroupV1(NoGroup):
    """cgroup v1: one folder per controller, counters reset before each step."""

    version = 1

    def __init__(self, folders):
        self.folders = folders
        self.memory_enforced = "memory" in folders
        self.pids_enforced = "pids" in folders
        self.ooms = 0

    def begin(self, limits):
        if memory := self.folders.get("memory"):
            write_text(f"{memory}/memory.limit_in_bytes", str(limits["memory_bytes"]))
            self.ooms = self.oom_kills()
        if pids := self.folders.get("pids"):
            write_text(f"{pids}/pids.max", str(limits["processes"]))
        if cpuacct := self.folders.get("cpuacct"):
            write_text(f"{cpuacct}/cpuacct.usage", "0")

    def join(self):
        for folder in self.folders.values():
            write_text(f"{folder}/cgroup.procs", "0")

    def cpu_s(self):
        cpuacct = self.folders.get("cpuacct")
        return int(read_text(f"{cpuacct}/cpuacct.usage")) / 1e9 if cpuacct else None

    def oom_kills(self):
        for line in read_text(f"{self.folders['memory']}/memory.oom_control").splitlines():
            name, _, value = line.partition(" ")
            if name == "oom_kill":
                return int(value)
        return 0

    def out_of_memory(self):
        return self.memory_enforced and self.oom_kills() > self.ooms


class GroupV2(NoGroup):
    """cgroup v2: one folder, counters that only grow, so a step is a difference."""

    version = 2

    def __init__(self, folders):
        self.folder = folders["unified"]
        self.memory_enforced = os.path.exists(f"{self.folder}/memory.max")
        self.pids_enforced = os.path.exists(f"{self.folder}/pids.max")
        self.cpu_before = 0.0
        self.ooms = 0

    def begin(self, limits):
        if self.memory_enforced:
            write_text(f"{self.folder}/memory.max", str(limits["memory_bytes"]))
            if os.path.exists(f"{self.folder}/memory.swap.max"):
                write_text(f"{self.folder}/memory.swap.max", "0")
            self.ooms = self.counter("memory.events", "oom_kill")
        if self.pids_enforced:
            write_text(f"{self.folder}/pids.max", str(limits["processes"]))
        self.cpu_before = self.counter("cpu.stat", "usage_usec") / 1e6

    def counter(self, file, name):
        for line in read_text(f"{self.folder}/{file}").splitlines():
            key, _, value = line.partition(" ")
            if key == name:
                return int(value)
        return 0

    def join(self):
        write_text(f"{self.folder}/cgroup.procs", "0")

    def cpu_s(self):
        return self.counter("cpu.stat", "usage_usec") / 1e6 - self.cpu_before

    def out_of_memory(self):
        return self.memory_enforced and self.counter("memory.events", "oom_kill") > self.ooms


def make_group(config):
    """The slot's group, its folders hidden from the program: reachable through our own open descriptors only."""
    folders = {}
    for name, folder in config["folders"].items():
        fd = os.open(folder, os.O_PATH | os.O_DIRECTORY)
        folders[name] = f"/proc/self/fd/{fd}"
        if config["mounted"]:
            check(libc.umount2(folder.encode(), MNT_DETACH), f"detach {folder}")
    return {0: lambda _: NoGroup(), 1: GroupV1, 2: GroupV2}[config["version"]](folders)


# --- the live process tree ---------------------------------------------------------------------------------------


class Tree:
    """The processes below the supervisor: all others of its PID namespace, or, without one, its descendants."""

    def __init__(self, own_namespace):
        self.own_namespace = own_namespace

    def pids(self):
        if self.own_namespace:
            return [int(name) for name in os.listdir("/proc") if name.isdigit() and name != "1"]
        found, queue = [], [os.getpid()]
        while queue:
            try:
                children = [int(p) for p in read_text(f"/proc/{queue[0]}/task/{queue[0]}/children").split()]
            except OSError:
                children = []
            found += children
            queue = queue[1:] + children
        return found

    def sample(self):
        """(cpu seconds, resident bytes, {task: run-delay seconds}) of the living processes, waited children included."""
        cpu, resident, delays = 0.0, 0, {}
        for pid in self.pids():
            try:
                fields = read_text(f"/proc/{pid}/stat").rpartition(")")[2].split()
                cpu += sum(int(ticks) for ticks in fields[11:15]) / TICKS
                resident += int(fields[21]) * PAGE
                for task in os.listdir(f"/proc/{pid}/task"):
                    delays[task] = int(read_text(f"/proc/{pid}/task/{task}/schedstat").split()[1]) / 1e9
            except (OSError, IndexError):
                continue  # it ended while we looked
        return cpu, resident, delays

    def kill(self):
        if self.own_namespace:
            try:
                os.kill(-1, signal.SIGKILL)
            except ProcessLookupError:
                pass
        else:
            for pid in self.pids():
                try:
                    os.kill(pid, signal.SIGKILL)
                except (ProcessLookupError, PermissionError):
                    pass


# --- one step ----------------------------------------------------------------------------------------------------


class Watch:
    """Decides, while a step runs, whether a limit is passed. `look` returns the name of the limit or None."""

    def __init__(self, limits, group, tree, reaped_before):
        self.limits, self.group, self.tree = limits, group, tree
        self.reaped_before = reaped_before
        self.started = self.looked = time.monotonic()
        self.cpu, self.idle, self.peak = 0.0, 0.0, 0
        self.delays = {}
        self.cpus = len(os.sched_getaffinity(0))

    def look(self):
        now = time.monotonic()
        live, resident, delays = self.tree.sample()
        cpu = self.group.cpu_s()
        if cpu is None:
            cpu = live + children_cpu() - self.reaped_before
        starved = sum(max(0.0, delay - self.delays.get(task, 0.0)) for task, delay in delays.items())
        # never ran and never waited for a CPU: asleep
        self.idle += max(0.0, (now - self.looked) - max(0.0, cpu - self.cpu) - starved)
        self.looked, self.cpu, self.delays = now, max(cpu, self.cpu), delays
        self.peak = max(self.peak, resident)
        if self.cpu > self.limits["cpu_s"]:
            return "cpu"
        if not self.group.memory_enforced and resident > self.limits["memory_bytes"]:
            return "memory"
        if self.idle > self.limits["idle_s"]:
            return "idle"
        if not self.group.pids_enforced and len(delays) > self.limits["processes"]:
            return "memory"  # a bomb of processes is a way of taking memory
        return None

    def pause_s(self):
        """How long no limit can be passed, so nobody needs to look."""
        if not self.group.memory_enforced:
            return MEMORY_WATCH_S
        cpu_left = (self.limits["cpu_s"] - self.cpu) / self.cpus
        idle_left = self.limits["idle_s"] - self.idle
        return max(0.002, min(cpu_left, idle_left, WATCH_S))


def children_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run_step(step, limits, world, proof):
    """Execute one command and return (facts, proof given)."""
    token = os.urandom(TOKEN_BYTES // 2).hex().encode()
    stdin_r, stdin_w = os.pipe()
    out_r, out_w = os.pipe()
    err_r, err_w = os.pipe()
    proof_r, proof_w = os.pipe()
    failed_r, failed_w = os.pipe()  # closed by a successful exec
    if proof:
        os.write(stdin_w, token)
    world.give([stdin_r, proof_w])
    tree, group = world.tree, world.group
    group.begin(limits)
    reaped_before = children_cpu()
    watch = Watch(limits, group, tree, reaped_before)
    child = os.fork()
    if child == 0:
        become_program(step, limits, world, [stdin_r, out_w, err_w] + ([proof_w] if proof else []), failed_w)
    for fd in (stdin_r, stdin_w, out_w, err_w, proof_w, failed_w):
        os.close(fd)
    tails, stopped, total = follow(child, {out_r: b"", err_r: b""}, limits, watch)
    tree.kill()
    status, peak = reap_all(child, tree)
    wall = time.monotonic() - watch.started
    total += drain(tails)
    given = read_pipe(proof_r) if proof else b""
    failure = read_pipe(failed_r).decode()
    cpu = group.cpu_s()
    if cpu is None:
        cpu = children_cpu() - reaped_before
    if stopped is None and group.out_of_memory():
        stopped = "memory"
    facts = {
        "exit_code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
        "stopped_by": stopped,
        "cpu_s": cpu,
        "wall_s": wall,
        "idle_s": watch.idle,
        "peak_memory_bytes": max(watch.peak, peak),
        "output_bytes": total,
        "stdout": tails[out_r].decode("utf-8", "backslashreplace"),
        "stderr": tails[err_r].decode("utf-8", "backslashreplace"),
    }
    for fd in (out_r, err_r, proof_r, failed_r):
        os.close(fd)
    if failure:
        raise OSError(failure)
    return facts, proof and given == token


def follow(child, tails, limits, watch):
    """Read output and watch limits until the main process ends or is to be stopped.

    Returns (last bytes per pipe, limit that stopped it or None, bytes read).
    """
    total, stopped = 0, None
    pidfd = os.pidfd_open(child)
    poll = select.poll()
    for fd in (*tails, pidfd):
        poll.register(fd, select.POLLIN)
    next_look = time.monotonic() + watch.pause_s()
    ended = False
    while not ended and stopped is None:
        for fd, _ in poll.poll(max(0.0, next_look - time.monotonic()) * 1000):
            if fd == pidfd:
                ended = True
                continue
            part = os.read(fd, 65536)
            if not part:
                poll.unregister(fd)  # closed its output, still runs
            total += len(part)
            tails[fd] = (tails[fd] + part)[-TAIL_BYTES:]
        if total > limits["output_bytes"]:
            stopped = "output"
        elif not ended and time.monotonic() >= next_look:
            stopped = watch.look()
            next_look = time.monotonic() + watch.pause_s()
    os.close(pidfd)
    return tails, stopped, total


def reap_all(child, tree):
    """Wait for every process below us; return the wait status of `child` and the largest resident size, in bytes."""
    status, peak = 0, 0
    while True:
        try:
            pid, code, usage = os.wait4(-1, 0 if tree.own_namespace else os.WNOHANG)
        except ChildProcessError:
            return status, peak
        peak = max(peak, usage.ru_maxrss * 1024)
        if pid == child:
            status = code
        elif pid == 0:  # no namespace: new orphans may have been born since the last kill
            tree.kill()
            time.sleep(0.001)


def drain(tails):
    """Read what is left in the pipes; all writers are dead."""
    total = 0
    for fd in tails:
        rest = read_pipe(fd)
        total += len(rest)
        tails[fd] = (tails[fd] + rest)[-TAIL_BYTES:]
    return total


def read_pipe(fd):
    parts = []
    os.set_blocking(fd, False)
    try:
        while part := os.read(fd, 65536):
            parts.append(part)
    except BlockingIOError:
        pass
    return b"".join(parts)


def become_program(step, limits, world, descriptors, failed_w):
    """In the child: join the accounts, set limits, drop privileges, execute. Never returns."""
    try:
        os.setsid()
        world.group.join()
        if world.cpu is not None:
            os.sched_setaffinity(0, [world.cpu])
        for number, fd in enumerate(descriptors):  # all above 3, see `main`
            os.dup2(fd, number, inheritable=True)
        lower_limits(limits, world)
        libc.personality(ctypes.c_ulong(ADDR_NO_RANDOMIZE))
        os.umask(0o022)
        os.chdir(world.folder)
        world.drop_privileges()
        for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        environment = dict(world.environment, **dict(step["env"]))
        os.execve(find_command(step["argv"][0], environment["PATH"]), step["argv"], environment)
    except BaseException as error:
        os.write(failed_w, f"cannot execute {step['argv'][0]!r}: {error}".encode("utf-8", "backslashreplace"))
    finally:
        os._exit(127)


def find_command(name, path):
    if "/" in name:
        return name
    for folder in path.split(":"):
        if os.access(f"{folder}/{name}", os.X_OK):
            return f"{folder}/{name}"
    raise FileNotFoundError(f"not on the sandbox's PATH {path}")


def lower_limits(limits, world):
    backstop = int(limits["cpu_s"]) + 2  # whole seconds; the supervisor is exact and comes first
    wanted = {
        resource.RLIMIT_CPU: backstop,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: limits["disk_bytes"],
        resource.RLIMIT_NOFILE: 1024,
        resource.RLIMIT_STACK: 8 << 20,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if not world.group.pids_enforced and world.own_user:
        wanted[resource.RLIMIT_NPROC] = limits["processes"]
    for kind, value in wanted.items():
        _, hard = resource.getrlimit(kind)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


# --- the program's world -----------------------------------------------------------------------------------------


class World:
    """Folder, accounts, identity and environment that all steps of one program share."""

    def __init__(self, config, request):
        self.config = config
        self.namespaced = config["namespaced"]
        self.switch_user = config["switch_user"]
        self.own_user = config["own_user"]
        self.uid, self.gid = config["uid"], config["gid"]
        self.environment = request["env"]
        self.cpu = request["cpu"]
        self.folder = config["work"]
        self.group = NoGroup()
        self.tree = Tree(self.namespaced)

    def enter(self, disk_bytes):
        """In the supervisor: fresh file systems, nothing shared with the slot or other programs."""
        libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # as pid 1, signals without a handler cannot reach us
        if not self.namespaced:
            check(libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "become subreaper")
            os.mkdir(self.folder)
            self.group = make_group(self.config["cgroup"])
            return
        mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
        mount("tmpfs", "/scratch", "tmpfs", MS_NOSUID | MS_NODEV, f"size={disk_bytes},nr_inodes=16384,mode=755")
        for name, target in (("work", self.folder), ("tmp", "/tmp"), ("shm", "/dev/shm")):
            os.mkdir(f"/scratch/{name}")
            os.chmod(f"/scratch/{name}", 0o755 if name == "work" else 0o1777)
            if self.switch_user:
                os.chown(f"/scratch/{name}", self.uid, self.gid)
            mount(f"/scratch/{name}", target, None, MS_BIND)
        self.group = make_group(self.config["cgroup"])

    def write_files(self, files):
        for path, text in files:
            full = os.path.join(self.folder, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as file:
                file.write(text.encode("utf-8", "surrogatepass"))
                self.give([file.fileno()])

    def give(self, descriptors):
        """Make the program's account the owner, so that it can reopen them under /proc/self/fd."""
        if self.switch_user:
            for fd in descriptors:
                os.fchown(fd, self.uid, self.gid)

    def drop_privileges(self):
        if self.switch_user:
            os.setgroups([])
            os.setresgid(self.gid, self.gid, self.gid)
            os.setresuid(self.uid, self.uid, self.uid)
        if self.namespaced:
            for capability in range(64):
                libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
            libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
            header = struct.pack("II", LINUX_CAPABILITY_VERSION_3, 0)
            check(libc.capset(header, bytes(24)), "drop capabilities")
        check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "set no_new_privs")


def supervise(config, request):
    """As the program's pid 1: build and run it, return the reply."""
    world = World(config, request)
    world.enter(request["disk_bytes"])
    world.write_files(request["files"])
    reply = {"build": None, "run": None, "proof": False, "fault": None}
    for step in request["build"]:
        reply["build"], _ = run_step(step, request["limits"]["build"], world, proof=False)
        if reply["build"]["exit_code"] != 0 or reply["build"]["stopped_by"]:
            return reply
    reply["run"], reply["proof"] = run_step(request["run"], request["limits"]["run"], world, proof=True)
    return reply


def run_job(config, request):
    """Fork the program's world, wait for it, return its reply or a fault."""
    reply_r, reply_w = os.pipe()
    job = os.fork()
    if job == 0:
        os.close(reply_r)
        job_main(config, request, reply_w)
    os.close(reply_w)
    try:
        reply = read_frame(reply_r)
    finally:
        os.close(reply_r)
        _, status = os.waitpid(job, 0)
        if not config["namespaced"]:
            shutil.rmtree(config["work"], ignore_errors=True)
    return reply or {"fault": f"the program's supervisor died (wait status {status})"}


def job_main(config, request, reply_w):
    code = 1
    try:
        if config["namespaced"]:
            check(libc.unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC), "unshare")
        supervisor = os.fork()
        if supervisor == 0:
            try:
                reply = supervise(config, request)
            except BaseException as error:
                reply = {"fault": f"{type(error).__name__}: {error}"}
            write_frame(reply_w, reply)
            os._exit(0)
        _, status = os.waitpid(supervisor, 0)
        code = os.waitstatus_to_exitcode(status) & 0x7F
    except BaseException as error:
        write_frame(reply_w, {"fault": f"{type(error).__name__}: {error}"})
    finally:
        os._exit(code)


def main():
    config = json.loads(sys.argv[1])
    # the frames move to high descriptors, so that 0 to 3 are free to become the program's
    control_r, control_w = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10) for fd in (0, 1))
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, PROOF_FD):
        os.dup2(null, fd)
    if config["namespaced"]:
        mount(None, "/dev", None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID)
    write_frame(control_w, {"ready": os.getpid()})
    while (request := read_frame(control_r)) is not None:
        write_frame(control_w, run_job(config, request))


if __name__ == "__main__":
    main()
