"""Java: a launcher class calls `Main.main` and gives the token when it returns."""

import os
import re
from pathlib import Path

from passatk.languages.base import Language, Toolchain, body_of, harness, output_of
from passatk.records import Problem, Program, Sample, Step

# one small heap, one collector, one compiler tier: quick to start and the same everywhere
_JVM = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xshare:auto", "-Xmx512m")


class Java(Language):
    name, title, prefix = "java", "Java", "Java"
    minimum = (11,)
    packages = ("openjdk-17-jdk-headless",)
    out_of_memory = re.compile(r"java\.lang\.OutOfMemoryError")
    test_mark = re.compile(r"\bmain\s*\(")
    self_test = Problem(
        task_id="Java/self-test",
        benchmark="self-test",
        language="java",
        prompt="import java.util.*;\nclass Solution {\n    public int answer() {\n",
        declaration="import java.util.*;\nclass Solution {\n    public int answer() {\n",
        reference="        return List.of(20, 22).stream().mapToInt(Integer::intValue).sum();\n    }\n}\n",
        tests=(
            "public class Main {\n    public static void main(String[] args) {\n"
            "        if (new Solution().answer() != 42) throw new AssertionError();\n    }\n}\n"
        ),
    )

    def locate(self, cache: Path) -> Toolchain:
        compiler = os.path.realpath(self.find_tool("javac"))
        home = os.path.dirname(os.path.dirname(compiler))
        version = self.check_version(output_of(f"{home}/bin/java", "-version"), r'"(\d+)')
        # Debian keeps the JDK's configuration under /etc and links to it
        outside = {os.path.realpath(p) for p in Path(home).glob("conf/*")} | {os.path.realpath(f"{home}/lib/security")}
        configuration = {str(Path(*Path(p).parts[:3])) for p in outside if p.startswith("/etc/")}
        return Toolchain(
            language=self.name,
            version=version,
            readable=(home, *sorted(configuration)),
            variables=(("JAVA_HOME", home),),
        )

    def assemble(self, problem: Problem, sample: Sample, tests: str) -> Program:
        body = body_of(problem, sample)
        flags = tuple(f"-J{flag}" for flag in _JVM)
        return Program(
            language=self.name,
            files=(("Main.java", f"{body}\n{tests}"), ("passatk/Proof.java", harness("Proof.java"))),
            build=(
                Step(
                    argv=(
                        *("${JAVA_HOME}/bin/javac", *flags, "-encoding", "UTF-8", "-proc:none", "-nowarn"),
                        *("Main.java", "passatk/Proof.java"),
                    )
                ),
            ),
            run=Step(argv=("${JAVA_HOME}/bin/java", *_JVM, "-Xss8m", "-cp", ".", "passatk.Proof")),
        )


LANGUAGE = Java()
