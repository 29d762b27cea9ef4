"""A program left in a folder with what it takes to run it without passatk."""

import json
import shutil
import sys
from pathlib import Path

from passatk.cases import Cases
from passatk.errors import InputError
from passatk.judging import Environment
from passatk.judging.answers import sent_together
from passatk.pipeline import by_hand_script
from passatk.records import Program, Step
from passatk.runs import SampleView
from passatk.runs.locked import storage
from passatk.sandbox import cold_command, filled, fixed_environment
from passatk.wording import harmless

_SCRIPT = "run.py"
_README = """\
{name}: {status} ({reason})

    python3 run.py

builds a copy of program/ and runs it against its tests, by the commands and in the environment that passatk uses.
Change the files in program/ and run it again. It works on this machine, where the toolchains are.

It is NOT contained: the program runs with your rights, and no limit stops it. Do not run what you have not read,
commands.json included.

{contents}
"""


def refuse_used(folder: Path) -> None:
    """Raises InputError where a folder holds something already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is there already and not an empty folder; choose another", setting="keep")


def keep_by_hand(folder: Path, program: Program, sample: SampleView, environment: Environment) -> None:
    """Leave `program` in `folder`: its files, its tests as they were built, a script that runs it, and a README.

    Raises:
        InputError: the program's files would lie elsewhere.
        StorageError: the folder cannot be written.
    """
    contents = {"program/": "the files of the program"}
    if strange := next((place for place, _ in program.files if not _is_inside(place)), None):
        raise InputError(f"the program has a file {harmless(strange)!r}, outside of its folder; it is not left there")
    with storage(folder):
        for place, text in program.files:
            _write(folder / "program" / place, text)
        solution = f"solution{_suffix(program)}"
        _write(folder / solution, sample.text)
        contents[solution] = "the code alone, as the run has it"
        if program.cases is not None:
            _write(folder / "cases.json", _cases(program.cases, program.calls))
            contents["cases.json"] = "its tests: inputs, and what is expected"
        elif sample.problem is not None:
            tests = f"tests{_suffix(program)}"
            _write(folder / tests, sample.problem.tests.code)
            contents[tests] = "the tests as the problem has them; a change of this file changes nothing"
        if program.examiner is not None:
            shutil.copytree(environment.examiners.folder_of(program.examiner), folder / "examiner")
            contents["examiner/"] = "the tests as they were built, for a process of their own"
        _write(folder / "commands.json", json.dumps(_commands(program, environment), indent=2) + "\n")
        contents["commands.json"] = "what run.py does, step by step"
        shutil.copyfile(by_hand_script.__file__, folder / _SCRIPT)
        readme = _README.format(
            name=harmless(f"{sample.task_id}#{sample.sample}"),
            status=sample.status,
            reason=harmless(sample.reason, keep=""),
            contents="\n".join(f"{name:14} {what}" for name, what in contents.items()),
        )
        _write(folder / "README", readme)


def _is_inside(place: str) -> bool:
    """A run folder may come from somebody else."""
    return not Path(place).is_absolute() and ".." not in Path(place).parts


def _suffix(program: Program) -> str:
    suffixes = [Path(name).suffix for name, _ in program.files]
    return next((suffix for suffix in suffixes if suffix not in ("", ".h")), "")


def _commands(program: Program, environment: Environment) -> dict[str, object]:
    """Everything filled in but where the tests are, which the script knows."""
    values = {**dict(environment.world.variables), "VARIED": "1", "EXAMINER": "${EXAMINER}"}
    python = environment.world.interpreter or sys.executable

    def command(step: Step) -> dict[str, object]:
        argv = [filled(part, values) for part in step.argv]
        tool = next((tool for tool in environment.world.warm if tool.name == step.warm), None)
        if tool is not None:
            argv = cold_command(python, tool.folder, tool.module, tool.prelude, argv[1:])
        return {"argv": argv, "env": {name: filled(value, values) for name, value in step.env}}

    found: dict[str, object] = {
        "environment": fixed_environment(""),
        "build": [command(step) for step in program.build],
        "run": command(program.run),
    }
    if program.examiner is not None:
        values["EXAMINER_NAME"] = program.examiner.name
        found["examiner"] = {**command(program.examiner.run), "asks": filled(program.examiner.asks, values)}
    return found


def _cases(cases: Cases, returns: bool) -> str:
    """The tests in the order in which they are run: as one where one process makes all calls."""
    in_order = [sent_together([case.stdin for case in cases.in_order])] if cases.together else cases.in_order
    listed = [{"id": case.id, "stdin": case.stdin, "expected": case.expected} for case in in_order]
    return json.dumps({"returns": returns, "checker": cases.checker.kind, "cases": listed}, indent=2) + "\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
