"""Programs aimed at their compiler, and at what it reads and writes."""

from hostile.cases.case import row, whole
from passatk.records import Status

CPP_ANSWER = "int answer() { return 42; }\n"
JAVA_ANSWER = "class Solution { public int answer() { return 42; } }\n"
RUST_ANSWER = "fn answer() -> i32 { 42 }\n"
GO_ANSWER = "func Answer() int {\n\treturn 42\n}\n"
PYTHON_ANSWER = "def answer(): return 42\n"

ROWS = (
    whole(
        "template bomb",
        Status.COMPILE_ERROR,
        cpp=CPP_ANSWER
        + "template <int n, int m> struct Bomb { static const int v = Bomb<n - 1, 2 * m>::v + Bomb<n - 1, 2 * m + 1>::v; };\n"
        "template <int m> struct Bomb<0, m> { static const int v = m; };\nint bomb = Bomb<25, 0>::v;\n",
    ),
    whole(
        "macro bomb",
        Status.COMPILE_ERROR,
        cpp="#define A0 1+1+1+1+1+1+1+1\n"
        + "".join(f"#define A{n} {'+'.join([f'A{n - 1}'] * 8)}\n" for n in range(1, 10))
        + "int bomb = A9;\n"
        + CPP_ANSWER,
        rust=RUST_ANSWER
        + "macro_rules! bomb { ($($t:tt)*) => { bomb!($($t)* $($t)* x) } }\nconst BOMB: u64 = bomb!(x);\n",
    ),
    whole(
        "endless inclusion",
        Status.COMPILE_ERROR,
        cpp='#include "/dev/zero"\n' + CPP_ANSWER,
        rust=RUST_ANSWER + 'static BOMB: &[u8] = include_bytes!("/dev/zero");\n',
    ),
    whole(
        "includes itself and the tests",
        Status.COMPILE_ERROR,
        cpp='#include "main.cpp"\n' + CPP_ANSWER,
        rust=RUST_ANSWER + 'mod again { include!("main.rs"); }\n',
    ),
    whole(
        "includes what is not its own",
        Status.COMPILE_ERROR,
        cpp='#include "/etc/shadow"\n' + CPP_ANSWER,
        rust=RUST_ANSWER + 'static SECRET: &str = include_str!("/etc/shadow");\n',
    ),
    whole(
        "embeds its source",  # for that a build system would have to say where it is
        Status.COMPILE_ERROR,
        go='package main\n\nimport _ "embed"\n\n//go:embed main.go\nvar text string\n\nfunc Answer() int {\n\treturn 42 + len(text)\n}\n',
    ),
    whole(
        "assembles what is not its own",
        Status.COMPILE_ERROR,
        cpp='asm(".incbin \\"/etc/shadow\\"");\n' + CPP_ANSWER,
        rust=RUST_ANSWER + 'std::arch::global_asm!(".incbin \\"/etc/shadow\\"");\n',
    ),
    whole(
        "error messages without end",
        Status.COMPILE_ERROR,
        cpp=CPP_ANSWER + "x y;\n" * 5_000,
        java=JAVA_ANSWER + "class Errors {\n" + "    X x = y;\n" * 2_000 + "}\n",
        rust=RUST_ANSWER + "fn errors() {\n" + "    x(y, z);\n" * 200 + "}\n",
        go="package main\n\n" + GO_ANSWER + "func errors() {\n" + "\tx := y\n" * 2_000 + "}\n",
    ),
    whole(
        "huge array written out",
        Status.COMPILE_ERROR,
        cpp="int huge[1 << 28] = {1};\n" + CPP_ANSWER,
        go="package main\n\nvar Huge = [1 << 28]int{1<<28 - 1: 1}\n\n" + GO_ANSWER,
        rust=RUST_ANSWER + "#[used]\nstatic HUGE: [u8; 1 << 30] = [1; 1 << 30];\n",
    ),
    whole(
        "huger than any machine",
        Status.COMPILE_ERROR,
        cpp="static char huge[1L << 62][16];\n" + CPP_ANSWER,
        go="package main\n\nvar Huge [1 << 50]int\n\n" + GO_ANSWER,
        rust=RUST_ANSWER + "static mut HUGE: [u8; 1 << 62] = [0; 1 << 62];\n",
    ),
    whole(
        "huge array never touched",
        Status.PASSED,
        cpp="char huge[1 << 30];\n" + CPP_ANSWER,
        rust=RUST_ANSWER + "#[used]\nstatic mut HUGE: [u8; 1 << 24] = [0; 1 << 24];\n",
        go="package main\n\nvar Huge [1 << 30]byte\n\n" + GO_ANSWER,
    ),
    whole(
        "disk filled by the assembler",
        Status.COMPILE_ERROR,
        cpp='asm(".fill 1000000000, 8, 1");\n' + CPP_ANSWER,
    ),
    whole(
        "constant that takes for ever",
        Status.COMPILE_ERROR,
        rust=RUST_ANSWER + "const BOMB: u64 = { loop {} };\nstatic USED: u64 = BOMB;\n",
    ),
    whole("constant that takes for ever", Status.TIME_LIMIT, python="def answer(): return 9 ** 9 ** 9 ** 9\n"),
    whole(
        "constants beyond the class file",
        Status.COMPILE_ERROR,
        java=JAVA_ANSWER + "class Huge {\n    int[] all = {" + "123456, " * 20_000 + "};\n}\n",
    ),
    whole(
        "nested beyond the parser",
        Status.COMPILE_ERROR,
        python="x = " + "(" * 5000 + "1" + ")" * 5000 + "\n" + PYTHON_ANSWER,
        javascript="const answer = () => 42\nconst x = " + "(" * 50_000 + "1" + ")" * 50_000 + "\n",
        java=JAVA_ANSWER + "class Deep { int x = " + "(" * 20_000 + "1" + ")" * 20_000 + "; }\n",
        rust=RUST_ANSWER + "const X: i32 = " + "(" * 20_000 + "1" + ")" * 20_000 + ";\n",
    ),
    whole("minus signs beyond the parser", Status.COMPILE_ERROR, python="x = " + "-" * 200_000 + "1\n" + PYTHON_ANSWER),
    whole(
        "annotation processor",  # never run
        Status.PASSED,
        java="import javax.annotation.processing.*;\nimport javax.lang.model.element.*;\n"
        + JAVA_ANSWER
        + '@SupportedAnnotationTypes("*")\nclass Bomb extends AbstractProcessor {\n    static { for (int i = 0; i >= 0; i++) i--; }\n'
        "    public boolean process(java.util.Set<? extends TypeElement> all, RoundEnvironment round) { return true; }\n}\n",
    ),
    whole(
        "compiler directives",
        Status.COMPILE_ERROR,
        go='package main\n\n// #cgo LDFLAGS: -Wl,-wrap=main\n// int answer(void) { return 42; }\nimport "C"\n\nfunc Answer() int {\n\treturn int(C.answer())\n}\n',
        rust="#![feature(rustc_private)]\n" + RUST_ANSWER,
    ),
    whole(
        "links itself to what it likes",
        Status.COMPILE_ERROR,
        rust=RUST_ANSWER
        + '#[link(name = "no-such-library")]\nextern "C" { fn gone(); }\npub fn use_it() { unsafe { gone() } }\n',
        go='package main\n\nimport _ "unsafe"\n\n//go:linkname gone runtime.noSuchFunction\nfunc gone()\n\nfunc init() {\n\tgone()\n}\n\n'
        + GO_ANSWER,
    ),
    whole(
        "unreadable source",
        Status.COMPILE_ERROR,
        **dict.fromkeys(("python", "cpp", "java", "javascript", "go", "rust"), "@@@ ~~~\n"),
    ),
    row(
        "a compiler at run time",
        Status.PASSED,
        python="exec(compile('left = [n for n in range(10)]', 'inner', 'exec'), {})",
        javascript="if (new Function('return 1')() !== 1) throw 1",
    ),
)
