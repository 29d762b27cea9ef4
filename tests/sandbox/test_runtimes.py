"""What each language draws its randomness from: the same in every run, and different within one."""

import msgspec
import pytest
from slot_programs import STEP

from passatk.judging import Environment
from passatk.judging.cpus import usable_cpus
from passatk.records import Limits, Program, Step
from passatk.sandbox import Slot

SOURCES: dict[str, tuple[str, str, list[str], list[str]]] = {  # file, text, how to build it, how to run it
    "python": (
        "a.py",
        "import os, random, secrets, tempfile, uuid\nprint(random.random(), secrets.token_hex(8), os.urandom(8))\n"
        "print(uuid.uuid4(), uuid.uuid4(), random.SystemRandom().random(), tempfile.mktemp())",
        [],
        ["${PYTHON}", "-I", "a.py"],
    ),
    "javascript": (
        "a.js",
        "const crypto = require('crypto');\nconst hex = () => crypto.randomBytes(8).toString('hex');\n"
        "console.log(hex(), hex());\n"
        "console.log(crypto.randomUUID(), Math.random(), Math.random(), require('os').cpus().length);",
        [],
        ["${NODE}", "a.js"],
    ),
    "java": (
        "A.java",
        "import java.security.SecureRandom; import java.util.UUID;\nclass A { public static void main(String[] a) {\n"
        'System.out.println(new SecureRandom().nextLong() + " " + UUID.randomUUID() + " " + UUID.randomUUID());\n'
        "System.out.println(Runtime.getRuntime().availableProcessors()); } }",
        ["${JAVA_HOME}/bin/javac", "A.java"],
        ["${JAVA_HOME}/bin/java", "-cp", ".", "A"],
    ),
    "cpp": (
        "a.cpp",
        "#include <cstdio>\n#include <thread>\n#include <unistd.h>\nint main() {\n  unsigned long a[2]; "
        'FILE* f = fopen("/dev/urandom", "r"); if (fread(a, 8, 2, f) != 2) return 1;\n'
        '  printf("%lx %lx %u\\n", a[0], a[1], std::thread::hardware_concurrency());\n}\n',
        ["${CXX}", "-o", "a", "a.cpp"],
        ["./a"],
    ),
    "go": (
        "a.go",
        'package main\n\nimport (\n\t"crypto/rand"\n\t"fmt"\n\t"runtime"\n)\n\nfunc main() {\n\tb := make([]byte, 16)\n'
        "\tif _, err := rand.Read(b); err != nil {\n\t\tpanic(err)\n\t}\n\tfmt.Println(b, runtime.NumCPU())\n}\n",
        [
            "sh",
            "-c",
            "${GO_TOOLS}/compile -importcfg ${GO_PACKAGES}/importcfg -p main -o a.o a.go && "
            "${GO_TOOLS}/link -importcfg ${GO_PACKAGES}/importcfg -o a a.o",
        ],
        ["./a"],
    ),
    "rust": (
        "a.rs",
        "use std::collections::hash_map::RandomState;\nuse std::hash::{BuildHasher, Hasher};\nfn main() {\n"
        '    println!("{:x} {}", RandomState::new().build_hasher().finish(), '
        "std::thread::available_parallelism().unwrap());\n}\n",
        ["${RUSTC}", "a.rs"],
        ["./a"],
    ),
}
ROOMY = msgspec.structs.replace(STEP, cpu_s=30.0, idle_s=30.0, memory_bytes=2 << 30, disk_bytes=256 << 20)


@pytest.fixture
def one_cpu(environment: Environment, language: str) -> Slot:
    if language not in SOURCES:
        pytest.skip(f"{language} has no random numbers of the kernel's, only its harness's")
    if environment.isolation.syscall_filter == "none":
        pytest.skip("without a system call filter, programs get the kernel's random bytes")
    return Slot(environment.world, cpu=usable_cpus()[0])


def test_a_languages_random_numbers_are_the_same_in_every_run(one_cpu: Slot, language: str) -> None:
    name, text, build, command = SOURCES[language]
    program = Program(
        language=language,
        files=((name, text),),
        build=(Step(argv=tuple(build)),) if build else (),
        run=Step(argv=(*command,)),
    )
    seen = set()
    with one_cpu as slot:
        for _ in range(3):
            outcome = slot.execute(program, Limits(run=ROOMY, build=ROOMY))
            assert outcome.fault is None, outcome.fault
            assert outcome.run is not None, outcome.build
            assert outcome.run.exit_code == 0, outcome.run.stderr
            seen.add(outcome.run.stdout)
    assert len(seen) == 1
    words = seen.pop().split()
    assert len(words) > 1
    if language != "python":
        assert words[-1] == "1"  # CPU
    assert len(set(words[:-1])) == len(words[:-1])
