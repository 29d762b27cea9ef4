"""What this machine can judge: toolchains, isolation, and the world all programs of a run see."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from passatk.judging.answers import Known
from passatk.judging.built_checkers import BuiltCheckers
from passatk.judging.examiners import Examiners, home
from passatk.judging.limits import default_limits
from passatk.judging.quiet import with_headroom
from passatk.judging.verdict import decide
from passatk.languages import LANGUAGES, Toolchain, native
from passatk.languages.base import NO_TESTS
from passatk.records import Isolation, Program, Sample, Status, Verdict
from passatk.sandbox import EXAMINERS, Level, Slot, World, find_level, sweep_bare
from passatk.sandbox.cgroups import NO_PARENTS, find_parents
from passatk.textfiles import data_home


class Environment:
    """Toolchains of some languages, found and prepared, and the isolation in force.

    Args:
        languages: names of the languages to find; all by default.
        sandboxed: False only when the user asked for no sandbox in so many words.

    Raises:
        SandboxError: no sandbox can be built here.
    """

    def __init__(self, languages: Iterable[str] | None = None, sandboxed: bool = True):
        names = list(LANGUAGES if languages is None else languages)
        cache = data_home() / "toolchains"
        with ThreadPoolExecutor() as threads:
            found = threads.map(lambda name: LANGUAGES[name].toolchain(cache), names)
            self.toolchains: dict[str, Toolchain] = dict(zip(names, found, strict=True))
        level = find_level() if sandboxed else Level.NONE
        parents = find_parents() if sandboxed else NO_PARENTS
        executor = native.executor(cache) if sandboxed else None
        usable = [toolchain for toolchain in self.toolchains.values() if toolchain.usable]
        kept = home()
        kept.mkdir(parents=True, exist_ok=True)
        self.examiners = Examiners(kept, {toolchain.language: toolchain for toolchain in usable})
        self.checkers = BuiltCheckers(self.examiners)
        python = self.toolchains.get("python")
        self.answers = Known(python.fingerprint if python is not None else "")
        seen_at = str(kept) if level is Level.NONE else EXAMINERS
        self.world = World(
            level=level,
            readable=(
                *dict.fromkeys(path for toolchain in usable for path in toolchain.readable),
                *(executor.argv if executor else ()),
            ),
            variables=(
                *(variable for toolchain in usable for variable in toolchain.variables),
                *self.examiners.variables(seen_at),
            ),
            cgroups=parents,
            interpreter=next((toolchain.interpreter for toolchain in usable if toolchain.interpreter), ""),
            warm=tuple(tool for toolchain in usable for tool in toolchain.warm),
            resident=tuple(tool for toolchain in usable for tool in toolchain.resident),
            parents=(
                *dict.fromkeys(tool for toolchain in usable for tool in toolchain.parents),
                *([executor] if executor else ()),
            ),
            examiners=str(kept),
        )
        self.sweep()

    def sweep(self) -> None:
        """Remove what runs that were killed have left: cgroups, and folders of slots without a sandbox."""
        self.world.cgroups.sweep()
        sweep_bare()

    @property
    def isolation(self) -> Isolation:
        """The isolation programs will be executed under."""
        return self.world.isolation

    @property
    def needed(self) -> dict[str, Toolchain]:
        """Toolchains without those that are optional and missing."""
        return {name: found for name, found in self.toolchains.items() if found.usable or not LANGUAGES[name].optional}

    @property
    def versions(self) -> dict[str, str]:
        """Language -> version of its toolchain, empty where missing."""
        return {name: toolchain.version for name, toolchain in self.toolchains.items()}

    @property
    def fingerprints(self) -> dict[str, str]:
        """Language -> what identifies its toolchain's files on this machine, empty where missing."""
        return {name: toolchain.fingerprint for name, toolchain in self.toolchains.items()}

    def cannot_judge(self, program: Program) -> Verdict | None:
        """`not_judged`, with the reason, if this machine lacks what `program` needs."""
        toolchain = self.toolchains[program.language]
        if not toolchain.usable:
            return Verdict(status=Status.NOT_JUDGED, reason=toolchain.missing[0])
        if checker := program.checker_language:
            known = self.toolchains.get(checker)
            if known is None or not known.usable:
                lacking = known.missing[0] if known is not None else f"name {checker} among the judge's languages"
                return Verdict(status=Status.NOT_JUDGED, reason=f"its checker needs {checker}: {lacking}")
        if reason := self.unfit(program):
            return Verdict(status=Status.NOT_JUDGED, reason=reason)
        return None

    def unfit(self, program: Program) -> str:
        """Why nothing can be said of programs with these tests, though their toolchain is here; empty if it can."""
        toolchain = self.toolchains[program.language]
        if not toolchain.usable:
            return ""
        needed = dict.fromkeys((*program.requires, *(program.examiner.requires if program.examiner else ())))
        if lacking := [name for name in needed if name not in toolchain.provides]:
            advice = "; docs/languages.md lists what tests may use, and `passatk doctor` how to install it"
            return f"needs {', '.join(lacking)}, which is not here{advice if NO_TESTS not in lacking else ''}"
        if program.examiner is not None and (words := self.examiners.fault(program.examiner)):
            return f"its tests do not compile: {words}"
        return ""

    def self_tests(self) -> dict[str, str]:
        """Judge the self-test of every usable toolchain; language -> what went wrong, for those that fail.

        Raises:
            SandboxError: no slot can be started.
        """
        limits = default_limits()
        failures = {}
        with Slot(self.world) as slot:
            for name in (name for name, toolchain in self.toolchains.items() if toolchain.usable):
                language = LANGUAGES[name]
                problem = language.self_test
                sample = Sample(task_id=problem.task_id, index=0, text=problem.reference or "")
                program = language.program(problem, sample, problem.tests.code)
                self.examine_with(slot, program)
                verdict = decide([slot.execute(program, with_headroom(limits))], limits, language.failure)
                if verdict.status is not Status.PASSED:
                    failures[name] = f"self-test {verdict.status}: {verdict.reason}"
        return failures

    def examine_with(self, slot: Slot, *programs: Program) -> None:
        """Build the examiners of these in `slot`, together, but for those that have none, or where that was done.

        Raises:
            SandboxError: the sandbox cannot execute the build.
            SlotDied: as `Slot.execute`.
        """
        examiners = [program.examiner for program in programs if program.examiner is not None]
        for group in self.examiners.groups(examiners, builders=1):
            self.examiners.build(group, slot.make)
