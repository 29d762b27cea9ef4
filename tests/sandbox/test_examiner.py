"""Programs that meet an examiner: here both are small Python scripts, started anew."""

import textwrap
from collections.abc import Iterator

import msgspec
import pytest
from slot_programs import LIMITS, STEP

from passatk.judging import Environment, Job
from passatk.judging.examiners import Examiners
from passatk.judging.quiet import unsettled
from passatk.judging.verdict import decide
from passatk.languages import LANGUAGES
from passatk.records import Examiner, Limits, Outcome, Program, Status, Step, Stop, Verdict
from passatk.sandbox import EXAMINERS, Level, Slot
from passatk.sandbox.cgroups import NO_PARENTS

EXAMINER = """
import os, struct, sys

token = os.read(0, 100).decode()

def say(line):
    os.write(3, line.encode() + b"\\n")

def ask(question):
    os.write(5, struct.pack("<I", len(question)) + question)
    answer = os.read(4, 1000)
    if not answer:
        say("ended")
        sys.exit()
    return answer
"""
PROGRAM = """
import os, struct, sys

def heard():
    header = os.read(3, 4)
    return os.read(3, struct.unpack("<I", header)[0]) if header else b""
"""
DOUBLES = "while question := heard():\n    os.write(4, question * 2)\n"
EXPECTS_DOUBLE = """
answer = ask(b"ab")
say(f"passed {token}" if answer == b"abab" else f"failed {answer}")
os.close(5)
"""


@pytest.fixture(scope="module", params=["best", "without cgroup", "without sandbox"])
def met(
    request: pytest.FixtureRequest, python_only: Environment, tmp_path_factory: pytest.TempPathFactory
) -> Iterator["Meet"]:
    """Executes a program beside an examiner, both given as the ends of the scripts above."""
    bare, home = request.param == "without sandbox", tmp_path_factory.mktemp("examiners")
    store = Examiners(home, {"python": python_only.toolchains["python"]})
    variables = [pair for pair in python_only.world.variables if not pair[0].startswith("EXAMINERS")]
    world = msgspec.structs.replace(
        python_only.world,
        examiners=str(home),
        variables=(*variables, *store.variables(str(home) if bare else EXAMINERS)),
        cgroups=python_only.world.cgroups if request.param == "best" else NO_PARENTS,
        level=Level.NONE if bare else python_only.world.level,
        patience_s=2.0,
    )
    home.chmod(0o755)
    with Slot(world) as slot:
        yield Meet(slot, store)


class Meet:
    def __init__(self, slot: Slot, store: Examiners):
        self.slot, self.store = slot, store

    def __call__(self, program: str, examiner: str = EXPECTS_DOUBLE, limits: Limits = LIMITS) -> Verdict:
        return decide([self.outcome(program, examiner, limits)], limits, LANGUAGES["python"].failure)

    def outcome(self, program: str, examiner: str = EXPECTS_DOUBLE, limits: Limits = LIMITS) -> Outcome:
        made = Examiner(
            language="python",
            source=EXAMINER + textwrap.dedent(examiner),
            run=Step(argv=("${PYTHON}", "-E", "-S", "${EXAMINER}/${EXAMINER_NAME}.py")),
        )
        self.store._keep([made], {f"{made.name}.py": made.source.encode()})
        files = (("program.py", PROGRAM + textwrap.dedent(program)),)
        run = Step(argv=("${PYTHON}", "-E", "-S", "program.py"))
        return self.slot.execute(Program(language="python", files=files, run=run, examiner=made), limits)


def test_what_the_examiner_says_is_the_verdict(met: Meet) -> None:
    assert met(DOUBLES).status is Status.PASSED
    failed = met("while question := heard():\n    os.write(4, question)\n")
    assert (failed.status, failed.reason) == (Status.WRONG_ANSWER, "b'ab'")


@pytest.mark.parametrize(
    ("says", "status"),
    [
        ("error no such place", Status.RUNTIME_ERROR),
        ("broken a value that begins with 'z'", Status.RUNTIME_ERROR),
        ("raised AssertionError: own", Status.RUNTIME_ERROR),
        ("passed 00000000000000000000000000000000", Status.UNPROVEN),
        ("nonsense", Status.RUNTIME_ERROR),
    ],
)
def test_every_line_has_its_status(met: Meet, says: str, status: Status) -> None:
    verdict = met(DOUBLES, f"ask(b'a')\nsay({says!r})\n")
    assert verdict.status is status
    assert verdict.attempts[0].examiner is not None


@pytest.mark.parametrize(
    ("ends", "status"),
    [
        ("sys.exit(0)", Status.UNPROVEN),
        ("os._exit(0)", Status.UNPROVEN),
        ("sys.exit(7)", Status.RUNTIME_ERROR),
        ("os.abort()", Status.RUNTIME_ERROR),
        ("x = [0] * (1 << 40)", Status.RUNTIME_ERROR),
    ],
)
def test_a_program_that_ends_before_its_tests(met: Meet, ends: str, status: Status) -> None:
    assert met(f"heard()\n{ends}\n").status is status


def test_a_program_that_fails_after_its_tests_does_not_pass(met: Meet) -> None:
    assert met(f"{DOUBLES}\nos._exit(3)\n").status is Status.RUNTIME_ERROR


def test_waiting_for_the_examiner_is_not_idleness(met: Meet) -> None:
    busy = """
    import time
    begun = time.process_time()
    while time.process_time() - begun < 1.5:
        pass
    """
    limits = msgspec.structs.replace(LIMITS, run=msgspec.structs.replace(STEP, idle_s=0.7))
    outcome = met.outcome(DOUBLES, textwrap.dedent(busy) + EXPECTS_DOUBLE, limits)
    assert outcome.run is not None
    assert outcome.run.stopped_by is None
    assert outcome.proof
    assert outcome.run.cpu_s < 1.0, "what the examiner uses is not the program's"
    assert outcome.examiner is not None
    assert outcome.examiner.cpu_s > 1.4


def test_a_program_that_never_answers_is_idle(met: Meet) -> None:
    limits = msgspec.structs.replace(LIMITS, run=msgspec.structs.replace(STEP, idle_s=0.5))
    outcome = met.outcome("import time\ntime.sleep(60)\n", limits=limits)
    assert outcome.run is not None
    assert outcome.run.stopped_by is Stop.IDLE


def test_an_examiner_that_does_not_end_is_ended(met: Meet) -> None:
    verdict = met(DOUBLES, "ask(b'a')\nos.close(5)\nos.close(4)\nimport time\ntime.sleep(60)\n")
    assert (verdict.status, verdict.reason) == (
        Status.RUNTIME_ERROR,
        "its tests did not come to an end with what it returned",
    )
    assert met(DOUBLES).status is Status.PASSED


def test_an_examiner_that_dies_takes_nothing_along(met: Meet) -> None:
    verdict = met(DOUBLES, "ask(b'a')\nprint('words', file=sys.stderr)\nsys.stderr.flush()\nos.kill(0, 9)\n")
    assert verdict.status is Status.RUNTIME_ERROR
    assert met(DOUBLES).status is Status.PASSED


def test_words_of_an_examiner_never_block_it(met: Meet) -> None:
    assert met(DOUBLES, "sys.stderr.write('x' * 3_000_000)\nprint('y' * 3_000_000)\n" + EXPECTS_DOUBLE).status is (
        Status.PASSED
    )


def test_an_examiner_that_was_not_built_is_no_verdict(met: Meet) -> None:
    made = Examiner(language="python", source="", run=Step(argv=("${EXAMINER}/nothing",)))
    files = (("program.py", PROGRAM + DOUBLES),)
    run = Step(argv=("${PYTHON}", "program.py"))
    outcome = met.slot.execute(Program(language="python", files=files, run=run, examiner=made), LIMITS)
    assert outcome.fault is not None


def test_programs_see_nothing_of_examiners(met: Meet) -> None:
    if met.slot._world.level is Level.NONE:
        pytest.skip("without a sandbox everything is in sight")
    looks = f"""
    found = []
    for folder in ("{EXAMINERS}", "/proc/1/root{EXAMINERS}", "{met.store.home}"):
        try:
            found += os.listdir(folder)
        except OSError:
            pass
    processes = [name for name in os.listdir("/proc") if name.isdigit() and name not in ("1", str(os.getpid()))]
    descriptors = [fd for fd in os.listdir("/proc/self/fd") if int(fd) > 5]
    question = heard()
    os.write(4, question * 2 if not (found or processes or descriptors) else repr((found, processes)).encode())
    heard()
    """
    assert met(looks).status is Status.PASSED


def test_an_examiner_has_an_account_and_namespaces_of_its_own(met: Meet) -> None:
    if met.slot._world.level is not Level.ACCOUNT:
        pytest.skip("only root has accounts to give")
    tells = "heard()\nos.write(4, f'{os.getuid()} {os.getpid()}'.encode())\nheard()\n"
    asks = """
    answer = ask(b"a")
    say(f"failed {answer.decode()}, {os.getuid()} {os.getpid()} {os.access('/tmp', os.W_OK)}")
    """
    assert met(tells, asks).reason == "31415 100, 31416 1 False"


def test_a_question_of_an_examiner_repeats(met: Meet) -> None:
    if met.slot._world.level is Level.NONE:
        pytest.skip("without a sandbox chance is the machine's")
    asks = "say('failed ' + open('/dev/urandom', 'rb').read(8).hex())\nos.close(5)\n"
    assert met(DOUBLES, asks).reason == met(DOUBLES, asks).reason


def test_what_an_examiner_says_is_settled_at_once(met: Meet) -> None:
    outcome = met.outcome("while question := heard():\n    os.write(4, question)\n")
    program = Program(language="python", files=(), run=Step(argv=("true",)))
    assert not unsettled([outcome], Job(program=program, limits=LIMITS))
