"""A node that has started and forks for programs saves time, and nothing else: each finds what a new node gives."""

import os
import signal
from collections.abc import Iterator

import msgspec
import pytest
from running import called
from slot_programs import below, server_of

from passatk.judging import Environment, default_limits
from passatk.languages import LANGUAGES
from passatk.records import Limits, Outcome, ParentTool, Program, Sample, Step, StepFacts
from passatk.sandbox import Slot, SlotDied, World
from passatk.sandbox.cgroups import NO_PARENTS

JAVASCRIPT, PYTHON = LANGUAGES["javascript"], LANGUAGES["python"]
SELF_TEST = JAVASCRIPT.self_test
COMMAND = JAVASCRIPT.assemble(
    SELF_TEST, Sample(task_id=SELF_TEST.task_id, index=0, text=SELF_TEST.solution), SELF_TEST.tests.code
).run
SERVE = msgspec.structs.replace(COMMAND, argv=(*COMMAND.argv[:-2], "${NODE_WALL}/serve.js", "f"))
EXECUTED = msgspec.structs.replace(SERVE, parent="")

ENDS = {
    "by itself": "",
    "with a code set": "process.exitCode = 5",
    "by exit": "setTimeout(() => process.exit(3), 1)",
    "by exit in a listener": "process.on('exit', () => process.exit(4))",
    "by an exception": "throw new TypeError('none of ours')",
    "by a later exception": "setTimeout(() => { throw new Error('late') }, 1)",
    "by a promise": "Promise.reject(new RangeError('nobody looks'))",
    "by abort": "process.abort()",
    "by its own signal": "process.kill(process.pid, 'SIGKILL')",
    "by a signal it handles": "process.on('SIGTERM', () => process.exit(9)); process.kill(process.pid, 'SIGTERM');"
    "setTimeout(() => {}, 1000)",
    "without memory": "const all = []; for (;;) all.push(new Array(1e6).fill(all.length))",
    "out of stack": "const f = () => 1 + f(); try { f() } catch (e) { process.exit(e instanceof RangeError ? 7 : 8) }",
}
GOES_ON = {
    "timers": "const t = Date.now(); setTimeout(() => console.log(Date.now() - t >= 45), 50)",
    "files": "require('fs').promises.readFile('program.js', 'utf8').then((text) => console.log(text.length))",
    "threads": "const { Worker } = require('worker_threads');"
    "new Worker('require(\"worker_threads\").parentPort.postMessage(42)', { eval: true }).on('message', console.log)",
    "processes": "console.log(require('child_process').execFileSync('echo', ['said']).toString());"
    "require('child_process').exec('echo later', (error, out) => console.log(error, out))",
    "modules": "import('url').then((url) => console.log(typeof url.pathToFileURL))",
    "webassembly": "WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then((it) => console.log(+!it))",
    "hashes": "require('crypto').pbkdf2('a', 'b', 10, 8, 'sha1', (error, key) => console.log(key))",
    "input": "process.stdin.on('data', () => {}).on('end', () => console.log('ended'))",
    "a great output": "console.log('x'.repeat(300000)); console.error('y'.repeat(300000))",
}
SEEN = {
    "its number": "process.pid",
    "its folder": "[process.cwd(), __dirname, __filename]",
    "its arguments": "[process.argv.slice(2), process.argv.length, process.execPath]",
    "flags": "process.execArgv",
    "its environment": "process.env",
    "numbers that look random": "[Math.random(), Math.random()]",
    "its account": "[process.getuid(), process.getgid(), process.getgroups()]",
    "its rights": "require('fs').readFileSync('/proc/self/status', 'utf8')"
    ".match(/^(?:Cap|NoNew|Sig(?:Ign|Blk)|Uid|NSpid).*/gm)",
    "its limits": "require('fs').readFileSync('/proc/self/limits', 'utf8')",
    "its CPUs": "[require('os').cpus().length, require('os').availableParallelism?.()]",
    "its memory's offer": "require('fs').readFileSync('/proc/self/oom_score_adj', 'utf8')",
    "modules that were loaded": "Object.keys(require.cache).length",
    "names": "Object.getOwnPropertyNames(globalThis).sort()",
    "what it prints to": "[process.stdout.isTTY, process.stderr.constructor.name]",
    "its mask": "process.umask()",
}


@pytest.fixture(scope="module")
def world() -> World:
    environment = Environment(["javascript", "python"])
    if missing := environment.toolchains["javascript"].missing:
        pytest.skip(missing[0])
    if not environment.world.parents:
        pytest.skip("no C++ compiler, so no node that forks")
    return environment.world


@pytest.fixture(scope="module")
def slot(world: World) -> Iterator[Slot]:
    with Slot(world) as made:
        yield made


def executed(slot: Slot, text: str, forked: bool = True, limits: Limits | None = None) -> Outcome:
    program = Program(language="javascript", files=(("program.js", text),), run=SERVE if forked else EXECUTED)
    outcome = slot.execute(program, limits or default_limits())
    assert outcome.fault is None
    return outcome


def said(slot: Slot, text: str, forked: bool = True) -> tuple[object, ...]:
    run = executed(slot, text, forked).run
    assert run is not None
    words = [line for line in run.stderr.splitlines() if line and not line.startswith((" ", "<", "[", "("))]
    return run.exit_code, run.signal, run.stopped_by, run.stdout, [line for line in words if "/" not in line]


def parents(slot: Slot) -> list[int]:
    assert slot._process is not None
    return called(slot._process.pid, b"/parent.js\0")


def is_forked(slot: Slot) -> bool:
    run = executed(slot, "console.log(require('fs').readFileSync('/proc/self/cmdline', 'utf8'))").run
    assert run is not None
    return "/parent.js" in run.stdout


@pytest.mark.parametrize("name", ENDS)
def test_it_ends_as_a_new_node_does(slot: Slot, name: str) -> None:
    assert said(slot, ENDS[name]) == said(slot, ENDS[name], forked=False)


@pytest.mark.parametrize("name", GOES_ON)
def test_it_works_as_a_new_node_does(slot: Slot, name: str) -> None:
    mine = said(slot, GOES_ON[name])
    assert mine[:3] == (0, None, None)
    assert mine == said(slot, GOES_ON[name], forked=False)


@pytest.mark.parametrize("name", SEEN)
def test_it_sees_what_a_new_node_does(slot: Slot, name: str) -> None:
    text = f"console.log(require('util').inspect({SEEN[name]}, {{ maxArrayLength: null }}))"
    mine = said(slot, text)
    assert mine[0] == 0
    assert mine == said(slot, text, forked=False)


def test_there_is_one_and_it_forks_for_all(slot: Slot) -> None:
    assert is_forked(slot)
    first = [pid for pid in parents(slot) if pid]
    assert is_forked(slot)
    assert set(first) & set(parents(slot))


def test_hot_code_becomes_as_quick(slot: Slot) -> None:
    """Compiled in the one thread that there is: an interpreter needs about ten times as long."""
    text = "let s = 0; const f = (n) => { let t = 0; for (let i = 0; i < n; i++) t += i % 7; return t };"
    text += "for (let i = 0; i < 1000; i++) s += f(100000); console.log(s)"
    runs = [executed(slot, text, forked).run for forked in (True, False)]
    assert all(runs)
    forked_s, new_s = (run.cpu_s for run in runs if run)
    assert forked_s < 3 * new_s


def test_programs_share_no_descriptor(slot: Slot) -> None:
    text = (
        "const fs = require('fs'); for (const fd of fs.readdirSync('/proc/self/fd')) { try {"
        "console.log(fs.readlinkSync('/proc/self/fd/' + fd)) } catch {} }"
    )
    seen = [said(slot, text)[3] for _ in range(2)]
    open_files = [str(one).splitlines() for one in seen]
    pipes = [{name for name in names if name.startswith("pipe:")} for names in open_files]
    assert len(pipes[0]) > 3
    assert not pipes[0] & pipes[1]
    for names in open_files:  # of these, a loop has one each
        assert sorted(name for name in names if "pipe:" not in name and name != "/dev/null") == [
            "anon_inode:[eventfd]",
            "anon_inode:[eventpoll]",
        ]


def test_what_one_program_does_no_other_finds(slot: Slot) -> None:
    executed(slot, "globalThis.left = 1; Array.prototype.left = 2; process.env.LEFT = '3'; process.chdir('/tmp')")
    text = "console.log(typeof left, [].left, process.env.LEFT, process.cwd())"
    assert said(slot, text)[3] == "undefined undefined undefined /box\n"


def test_random_bytes_are_the_same_in_every_slot(world: World) -> None:
    seen = set()
    for _ in range(2):
        with Slot(world) as slot:
            for _ in range(2):
                seen.add(said(slot, "console.log(require('crypto').randomBytes(16).toString('hex'))")[3])
    assert len(seen) == 1


def test_varied_programs_meet_another_chance(slot: Slot) -> None:
    program = Program(language="javascript", files=(("program.js", "console.log(Math.random())"),), run=SERVE)
    seen = [slot.execute(program, default_limits(), variation).run for variation in (0, 1, 1, 2, 0)]
    drawn = [run.stdout for run in seen if run]
    assert drawn[0] == drawn[4]
    assert drawn[1] == drawn[2]
    assert len(set(drawn)) == 3


def test_languages_take_turns_in_a_slot(slot: Slot) -> None:
    task = PYTHON.self_test
    python = PYTHON.assemble(task, Sample(task_id=task.task_id, index=0, text=task.solution), task.tests.code)
    for _ in range(3):
        assert slot.execute(python, default_limits()).proof
        assert said(slot, "console.log(process.pid)")[3] == "100\n"
        assert said(slot, "console.log(process.pid)", forked=False)[3] == "100\n"


def test_limits_hold(slot: Slot) -> None:
    usual = default_limits()
    run = msgspec.structs.replace(usual.run, cpu_s=1.0, idle_s=1.0, memory_bytes=256 << 20, output_bytes=1 << 20)
    limits = msgspec.structs.replace(usual, run=run)
    texts = {
        "cpu": "for (;;);",
        "idle": "setTimeout(() => {}, 1e6)",
        "memory": "const all = []; for (;;) all.push(Buffer.alloc(1 << 20, 1))",
        "output": "for (;;) process.stdout.write('x'.repeat(1 << 16))",
    }
    for limit, text in texts.items():
        facts = executed(slot, text, limits=limits).run
        assert facts is not None
        assert facts.stopped_by == limit
    assert is_forked(slot)


def test_as_many_processes_as_a_new_node_may_have(slot: Slot) -> None:
    run = msgspec.structs.replace(default_limits().run, processes=12)
    limits = msgspec.structs.replace(default_limits(), run=run)
    text = (
        "let n = 0; for (; n < 20; n++) { const made = require('child_process').spawn('sleep', ['5']);"
        "made.on('error', () => {}); if (made.pid === undefined) break } console.log(n); process.exit(0)"
    )
    runs = [executed(slot, text, forked, limits).run for forked in (True, False)]
    made = [(facts.stopped_by, facts.stdout) for facts in runs if facts]
    forked_by, new_by = made
    assert forked_by[0] == new_by[0]
    # a new node has three threads more
    assert not forked_by[1] or 0 <= int(forked_by[1]) - int(new_by[1]) <= 3


def test_where_it_cannot_start_programs_are_executed(world: World) -> None:
    tool = msgspec.structs.replace(world.parents[0], argv=("/bin/false",))
    with Slot(msgspec.structs.replace(world, parents=(tool,))) as slot:
        for _ in range(2):
            assert not is_forked(slot)
            assert said(slot, "console.log('ran')")[3] == "ran\n"


def test_its_slot_ends_where_it_was_killed(world: World) -> None:
    program = Program(language="javascript", files=(("program.js", "console.log('ran')"),), run=SERVE)

    def execute_on(slot: Slot) -> None:
        for _ in range(1000):
            slot.execute(program, default_limits())

    with Slot(world) as slot:
        assert is_forked(slot)
        os.kill(parents(slot)[0], signal.SIGKILL)
        with pytest.raises(SlotDied, match="a parent has ended"):
            execute_on(slot)


def test_a_verdict_of_it_is_that_of_a_new_node() -> None:
    environment = Environment(["javascript"])
    sample = Sample(task_id=SELF_TEST.task_id, index=0, text=SELF_TEST.solution)
    program = JAVASCRIPT.program(SELF_TEST, sample, SELF_TEST.tests.code)
    assert program.run.parent
    with Slot(environment.world) as slot:
        environment.examine_with(slot, program)
        new = msgspec.structs.replace(program, run=msgspec.structs.replace(program.run, parent=""))
        outcomes = [slot.execute(one, default_limits()) for one in (program, new)]
    assert [outcome.proof for outcome in outcomes] == [True, True]


PRINTED = (
    ("/usr/bin/env",),
    ("/usr/bin/env", "A=b", "/usr/bin/printenv", "A", "HOME"),
    ("/usr/bin/env", "/bin/cat", "/proc/self/limits"),
    ("/usr/bin/env", "/bin/ls", "/proc/self/fd"),
    ("/usr/bin/env", "/bin/grep", "-E", "^(Cap|NoNew|Uid|Gid|Groups|NSpid|SigBlk|SigIgn)", "/proc/self/status"),
    ("/usr/bin/env", "/bin/pwd"),
    ("/usr/bin/env", "/bin/false"),
    ("/usr/bin/env", "no such program"),
)


@pytest.fixture(scope="module")
def tools() -> Iterator[Slot]:
    """With a parent of a compiled tool: `env`, which executes what it is told."""
    rust = Environment(["rust"]).world
    library = dict(rust.variables).get("RUST_PARENT")
    if not library:
        pytest.skip("no C++ compiler, or no Rust, so nothing that forks compiled tools")
    env = (("LD_PRELOAD", library), ("LD_BIND_NOW", "1"))
    tool = ParentTool(name="env", argv=("/usr/bin/env", *[""] * 20), env=env)
    with Slot(msgspec.structs.replace(rust, parents=(tool,))) as made:
        yield made


COMMANDS = (
    *PRINTED,
    ("env",),
    ("ls", "/proc/self/fd"),
    ("sh", "-c", "echo $PPID $$; ulimit -a; umask; ls -la"),
    ("sh", "-c", "cat /proc/self/oom_score_adj /proc/self/cgroup; cat /proc/self/mounts | sort"),
    ("sh", "-c", "head -c 8 /dev/urandom | od -x; taskset -p $$ | sed s/.*://"),
    ("sh", "-c", "kill -9 $$"),
    ("sh", "-c", "trap '' TERM; kill -15 $$; exit 7"),
    ("./nothing here",),
    ("no such program",),
    ("printf", "%s|", "", "two words", "x=y", "é"),
    ("printf", "%s", "x" * 100_000),
)


@pytest.fixture(scope="module")
def executors() -> Iterator[list[Slot]]:
    """One slot whose executor forks for commands, and one whose server does."""
    world = Environment(["python"]).world
    if not world.parents:
        pytest.skip("no C++ compiler, so the server alone executes")
    with Slot(world) as quick, Slot(msgspec.structs.replace(world, parents=())) as plain:
        yield [quick, plain]


@pytest.mark.parametrize("argv", COMMANDS)
def test_an_executor_makes_no_difference(executors: list[Slot], argv: tuple[str, ...]) -> None:
    program = Program(language="x", files=(), run=Step(argv=argv, env=(("GIVEN", "of its own"),)))
    quick, plain = (slot.execute(program, default_limits()) for slot in executors)
    assert (quick.fault is None) == (plain.fault is None)
    if quick.run and plain.run:
        told = [(run.exit_code, run.signal, run.stopped_by, run.stdout, run.stderr) for run in (quick.run, plain.run)]
        assert told[0] == told[1]


def test_an_executor_makes_no_difference_where_the_kernel_counts_in_a_namespace() -> None:
    world = msgspec.structs.replace(Environment(["python"]).world, cgroups=NO_PARENTS)
    if not world.parents:
        pytest.skip("no C++ compiler, so the server alone executes")
    look = "grep -E '^(Cap|NoNew|Uid|Gid|Groups|NSpid)' /proc/self/status; cat /proc/self/uid_map; ulimit -a; "
    look += "stat -c '%u %g %n' /* /box/.. /proc/self/fd/*"
    program = Program(language="x", files=(), run=Step(argv=("sh", "-c", look)))
    told = set()
    for one in (world, msgspec.structs.replace(world, parents=())):
        with Slot(one) as slot:
            run = slot.execute(program, default_limits()).run
            assert run is not None
            told.add(run.stdout)
    (said,) = told
    assert said.count("0000000000000000") == 5


def test_an_executor_forks_for_commands_and_the_server_for_warm_tools(executors: list[Slot]) -> None:
    quick, plain = executors
    for slot, forks in ((quick, True), (plain, False)):
        names = [name for name, _ in below(server_of(slot)).values()]
        assert ("exec.node" in names) == forks


def test_an_argument_with_a_zero_byte_is_a_fault(executors: list[Slot]) -> None:
    for slot in executors:
        outcome = slot.execute(Program(language="x", files=(), run=Step(argv=("echo", "a\0b"))), default_limits())
        assert outcome.fault is not None


def made_of(slot: Slot, step: Step) -> StepFacts:
    outcome = slot.execute(Program(language="rust", files=(), run=step), default_limits())
    assert outcome.fault is None
    assert outcome.run is not None
    return outcome.run


@pytest.mark.parametrize("argv", PRINTED)
def test_a_compiled_tool_finds_what_it_would_executed(tools: Slot, argv: tuple[str, ...]) -> None:
    step = Step(argv=argv, env=(("GIVEN", "of its own"),))
    runs = [made_of(tools, msgspec.structs.replace(step, parent=name)) for name in ("env", "")]
    forked, executed = ((run.exit_code, run.signal, run.stdout, run.stderr) for run in runs)
    assert forked == executed


def test_a_compiled_tool_has_at_most_the_arguments_its_parent_has(tools: Slot) -> None:
    outcome = tools.execute(
        Program(language="rust", files=(), run=Step(argv=("/usr/bin/env", *["A=b"] * 21), parent="env")),
        default_limits(),
    )
    assert outcome.run is None or outcome.run.exit_code == 127


@pytest.mark.parametrize("body", ["1", "1 +", 'let x: i32 = ""; x', "unknown()", "1 }\n#[deny(bad)] fn g() -> i32 { 2"])
def test_a_compiler_says_what_it_would_executed(body: str) -> None:
    rust = LANGUAGES["rust"]
    environment = Environment(["rust"])
    if missing := environment.toolchains["rust"].missing:
        pytest.skip(missing[0])
    task = rust.self_test
    sample = Sample(task_id=task.task_id, index=0, text=f"    {body}\n}}\n")
    program = rust.assemble(task, sample, task.tests.code)
    executed = msgspec.structs.replace(
        program, build=tuple(msgspec.structs.replace(step, parent="") for step in program.build)
    )
    with Slot(environment.world) as slot:
        builds = [slot.execute(one, default_limits()).build for one in (program, executed)]
    assert builds[0] is not None
    assert builds[1] is not None
    assert (builds[0].exit_code, builds[0].stderr) == (builds[1].exit_code, builds[1].stderr)
