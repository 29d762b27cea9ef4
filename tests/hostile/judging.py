"""Hostile programs through the real pool, and what they leave behind. As a command: one trial by a plan, both JSON."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from running import processes_with

from hostile.cases import CATEGORIES, chance, escape
from hostile.cases.case import Case
from passatk.judging import Environment, LocalPool, default_limits
from passatk.judging.quiet import Job
from passatk.languages import LANGUAGES
from passatk.records import Isolation, Limits, Program, Record, Sample, Status, Step, Verdict

_MIB = 1 << 20
_HOGS = 4
_MARK = "PASSATK_HOSTILE"
"""A variable in the environment of every program, by which its processes are found."""
LEFT = "left"
"""In the name of every file that a hostile program makes."""
LEFT_KEY = 4711
"""Key of every System V object of theirs, or its beginning."""

WITNESS = f"""\
def answer() -> int:
    import os
    names = [name for folder in ('/box', '/tmp', '/dev/shm') for name in os.listdir(folder)]
    left = [name for name in names if {LEFT!r} in name]
    left += [pid for pid in os.listdir('/proc') if pid.isdigit() and int(pid) not in (1, os.getpid(), os.getppid())]
    for kind in ('shm', 'sem', 'msg'):
        left += [line for line in open(f'/proc/sysvipc/{{kind}}') if line.split()[0].startswith('{LEFT_KEY}')]
    left += open('/proc/net/unix').read().splitlines()[1:]
    if left:
        raise SystemExit(f'not alone: {{left}}')
    return 42
"""
"""The honest neighbour: right, if it finds nothing of those before it."""


class Plan(Record, frozen=True, kw_only=True):
    """What one user tries."""

    workers: tuple[int, ...]
    """A round of all programs for each number of workers."""
    categories: tuple[str, ...] = tuple(CATEGORIES)
    languages: tuple[str, ...] = chance.LANGUAGES
    repeats: int
    """Runs of every program that prints facts, on an idle machine and as many beside programs that burn every CPU."""

    def cases(self, category: str) -> list[Case]:
        """Programs of a category in these languages."""
        return [case for case in CATEGORIES[category] if case.language in self.languages]


class Seen(Record, frozen=True, kw_only=True):
    """What became of one hostile program and of its neighbour."""

    status: str
    reason: str
    stdout: str = ""
    survivors: tuple[str, ...] = ()
    """Processes of the program that still ran when its verdict was there."""
    neighbour: str = ""
    """Status of the honest program judged next to it, and why."""


class Round(Record, frozen=True, kw_only=True):
    """The hostile programs of a plan in a pool of `workers` slots."""

    workers: int
    seen: dict[str, dict[str, Seen]]
    """Category -> case -> what became of it."""
    left: tuple[str, ...]
    """What was there afterwards and not before: processes, files, mounts, cgroups, descriptors."""
    wall_s: float


class Report(Record, frozen=True, kw_only=True):
    """One user's trial."""

    plan: Plan
    isolation: Isolation
    missing: dict[str, str]
    """Language -> why its toolchain cannot be used."""
    rounds: tuple[Round, ...]
    idle: dict[str, tuple[Seen, ...]]
    """Language -> runs of the program that prints every fact, on an idle machine."""
    loaded: dict[str, tuple[Seen, ...]]
    """The same beside programs that burn every CPU."""

    def facts(self, language: str) -> dict[str, set[str]]:
        """Fact -> all that programs of this language saw of it."""
        printed = [chance.facts(one.stdout) for one in self.idle[language] + self.loaded[language]]
        return {fact: {one.get(fact, "") for one in printed} for fact in chance.facts_of(language)}


def judge_all(pool: LocalPool, programs: Iterable[Program], limits: Limits) -> Iterator[tuple[Program, Verdict]]:
    """Verdicts as they come: the only place of this suite that drives a pool."""
    for job, verdict in pool.judge(Job(program=program, limits=limits) for program in programs):
        yield job.program, verdict


def hostile_limits() -> Limits:
    """Short ones, so that what has to be stopped is stopped soon; none that a right program here could reach."""
    limits = default_limits(cpu_s=0.5, memory_bytes=256 * _MIB)
    replace = msgspec.structs.replace
    run = replace(limits.run, idle_s=0.7, output_bytes=256 << 10, processes=64, disk_bytes=64 * _MIB)
    build = replace(limits.build, cpu_s=3.0, memory_bytes=1024 * _MIB, disk_bytes=64 * _MIB)
    return Limits(run=run, build=build)


def honest_limits() -> Limits:
    """For programs that are only curious: a loaded machine must not come near them."""
    return default_limits()


def program_of(language: str, source: str, mark: str = "") -> Program:
    """A solution of the language's self-test problem, `mark` in the environment of all its processes."""
    spoken = LANGUAGES[language]
    problem = spoken.self_test
    program = spoken.program(
        problem, Sample(task_id=problem.task_id, index=0, text=source, whole=True), problem.tests.code
    )
    if not mark:
        return program

    def marked(step: Step) -> Step:
        return msgspec.structs.replace(step, env=(*step.env, (_MARK, mark)))

    build = tuple(marked(step) for step in program.build)
    return msgspec.structs.replace(program, build=build, run=marked(program.run))


def judge_round(environment: Environment, plan: Plan, workers: int) -> Round:
    """Every program, each with an honest neighbour behind it."""
    started, before = time.monotonic(), _surroundings()
    trial = f"{os.getpid()}/{workers}"
    usable = {name for name, toolchain in environment.toolchains.items() if toolchain.usable}
    cases = {name: [case for case in plan.cases(name) if case.language in usable] for name in plan.categories}
    programs = _interleaved([case for several in cases.values() for case in several], trial)
    found: dict[str, tuple[Verdict, tuple[str, ...]]] = {}
    with _bait():
        for program, verdict in judge_all(LocalPool(environment, workers), programs, hostile_limits()):
            mark = dict(program.run.env)[_MARK]
            found[mark.removeprefix(f"{trial}/")] = verdict, _processes_with(mark)
    seen = {
        name: {case.id: _seen(*found[case.id], neighbour=found[f"{case.id} neighbour"][0]) for case in several}
        for name, several in cases.items()
    }
    left = tuple(sorted(_surroundings() - before))
    return Round(workers=workers, seen=seen, left=left, wall_s=time.monotonic() - started)


def _interleaved(cases: Sequence[Case], trial: str) -> Iterator[Program]:
    for case in cases:
        yield program_of(case.language, case.source, f"{trial}/{case.id}")
        yield program_of("python", WITNESS, f"{trial}/{case.id} neighbour")


def _seen(verdict: Verdict, survivors: tuple[str, ...] = (), neighbour: Verdict | None = None) -> Seen:
    run = verdict.attempts[0].run if verdict.attempts else None
    beside = "" if neighbour is None else f"{neighbour.status}: {neighbour.reason}"
    stdout = "" if run is None else run.stdout
    return Seen(status=verdict.status, reason=verdict.reason, stdout=stdout, survivors=survivors, neighbour=beside)


def judge_chances(environment: Environment, runs: int) -> dict[str, tuple[Seen, ...]]:
    """Each language's curious program, `runs` times."""
    usable = [name for name, toolchain in environment.toolchains.items() if toolchain.usable]
    programs = [program_of(name, chance.source(name)) for name in usable for _ in range(runs)]
    found: dict[str, list[Seen]] = {name: [] for name in usable}
    for program, verdict in judge_all(LocalPool(environment, workers=2), programs, honest_limits()):
        found[program.language].append(_seen(verdict))
    return {name: tuple(seen) for name, seen in found.items()}


def _processes_with(mark: str) -> tuple[str, ...]:
    """Names of processes, anybody's, with `mark` in their environment."""
    found = []
    for pid in processes_with(_MARK, mark):
        with contextlib.suppress(OSError):  # it ended meanwhile
            found.append(f"{pid} {Path(f'/proc/{pid}/comm').read_text().strip()}")
    return tuple(found)


def _surroundings() -> set[str]:
    """All that a trial must leave as it was; what tests beside this one may change is not looked at."""
    me, home = os.getpid(), os.environ["TMPDIR"]
    children = [
        f"child {pid}" for task in Path("/proc/self/task").iterdir() for pid in _read(task / "children").split()
    ]
    mounts = [line.split() for line in _read(Path("/proc/self/mountinfo")).splitlines()]
    groups = [Path(mount[4]) for mount in mounts if "cgroup" in mount or "cgroup2" in mount]
    own_groups = [str(path) for group in groups for path in group.rglob(f"passatk-*-{me}-*")]
    places = ("/box", "/passatk", "/dev", "/proc", "/usr", home)
    own_mounts = [f"mount {mount[4]}" for mount in mounts if mount[4].startswith(places)]
    folders = [Path(place) for place in ("/tmp", "/dev/shm", "/var/tmp", "/box", home, os.getcwd())]
    files = [str(path) for folder in folders if folder.is_dir() for path in folder.iterdir() if LEFT in path.name]
    descriptors = [f"descriptor {fd}" for fd in os.listdir("/proc/self/fd")]
    return {*children, *own_groups, *own_mounts, *files, *descriptors}


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""  # a thread that has ended meanwhile


@contextlib.contextmanager
def _bait() -> Iterator[None]:
    """Listeners outside that no program inside may reach."""
    with socket.socket() as tcp, socket.socket(socket.AF_UNIX) as unix:
        for bait, address in ((tcp, ("127.0.0.1", escape.BAIT_PORT)), (unix, f"\0{escape.BAIT_NAME}")):
            with contextlib.suppress(OSError):  # a trial beside this one has laid it already
                bait.bind(address)
                bait.listen()
        yield


@contextlib.contextmanager
def _load() -> Iterator[None]:
    hogs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(_HOGS)]
    try:
        yield
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()


def faults(case: Case, seen: Seen) -> list[str]:
    """What is not as it must be, in words."""
    found = [] if seen.status == case.status else [f"{seen.status} in place of {case.status}: {seen.reason}"]
    found += [f"outlived its verdict: {process}" for process in seen.survivors]
    return found if seen.neighbour.startswith(f"{Status.PASSED}:") else [*found, f"its neighbour: {seen.neighbour}"]


def trial(plan: Plan) -> Report:
    """All that is planned, as the user of this process."""
    environment = Environment(plan.languages)
    rounds = tuple(judge_round(environment, plan, workers) for workers in plan.workers)
    idle = judge_chances(environment, plan.repeats)
    with _load():
        loaded = judge_chances(environment, plan.repeats)
    missing = {name: tool.missing[0] for name, tool in environment.toolchains.items() if not tool.usable}
    return Report(plan=plan, isolation=environment.isolation, missing=missing, rounds=rounds, idle=idle, loaded=loaded)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(trial(msgspec.json.decode(sys.argv[1], type=Plan))))
