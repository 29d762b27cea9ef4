"""Go: behind the wall, and in one process where the tests pass a function."""

from cheats import CRASH, REFUSED, UNPROVEN, WRONG, Cheat, Honest, cheat
from passatk.records import Status


def whole(body: str, *allowed: Status, rest: str = "", imports: str = '"os"') -> Cheat:
    text = f"package main\n\nimport ({imports})\n\nfunc CountVowels(text string) int {{\n{body}\n}}\n{rest}\n"
    return cheat(text, *allowed, whole=True)


APPLY = "func Apply(n int, change func(int) int) int {\n"
CHANGES = (
    "func TestFirst(t *testing.T) {\n    assert.Equal(t, 4, Apply(2, func(n int) int { return 2 * n }))\n}\n\n"
    "func TestSecond(t *testing.T) {\n    assert.Equal(t, 3, Apply(2, func(n int) int { return n + 1 }))\n}\n"
)
"""Tests that cannot cross the wall."""


def together(body: str, *allowed: Status, rest: str = "") -> Cheat:
    text = f'package main\n\nimport "os"\n\n{APPLY}{body}\n}}\n\n{rest}\n'
    return cheat(text, *allowed, whole=True, tests=CHANGES, declaration=APPLY)


APPLIES = f"{APPLY}    return change(n)\n}}\n"

RIGHT = (
    "    sort := struct{ n int }{}\n    for _, c := range strings.ToLower(text) {\n"
    '        if strings.ContainsRune("aeiou", c) {\n            sort.n++\n        }\n    }\n    return sort.n\n}\n'
)

CHEATS = {
    "os.Exit": whole("os.Exit(0)\nreturn 0", UNPROVEN),
    "syscall.Exit": whole("syscall.Exit(0)\nreturn 0", UNPROVEN, imports='"syscall"'),
    "the system call": whole("syscall.RawSyscall(231, 0, 0, 0)\nreturn 0", UNPROVEN, imports='"syscall"'),
    "init": whole("return -1", UNPROVEN, rest="func init() {\n    os.Exit(0)\n}"),
    "init reads the token": whole(
        "return -1",
        UNPROVEN,
        imports='"os"; "io"',
        rest='func init() {\n    t, _ := io.ReadAll(os.Stdin)\n    os.NewFile(3, "").Write(t)\n    os.Exit(0)\n}',
    ),
    "a variable's initialiser": whole("return -1", UNPROVEN, rest="var early = func() int { os.Exit(0); return 0 }()"),
    "TestMain": whole("return len(os.Args) - 9", WRONG, rest="func TestMain() {\n    os.Exit(0)\n}"),
    "main": whole("return len(os.Args) - 9", WRONG, rest="func main() {\n    os.Exit(0)\n}"),
    "a list of its own": whole("return -1", WRONG, rest="var PassatkTests = os.Args"),
    "its own test": whole("return -1", WRONG, rest="func TestCountVowels() { os.Exit(0) }"),
    "deferred exit": whole("defer os.Exit(0)\npanic(1)", UNPROVEN),
    "Goexit": whole("runtime.Goexit()\nreturn 0", WRONG, CRASH, imports='"runtime"'),
    "a goroutine that exits": whole("go os.Exit(0)\nselect {}", UNPROVEN),
    "flags of the tests": whole(
        "return -1",
        UNPROVEN,
        WRONG,
        imports='"flag"; tt "testing"',
        rest='func init() {\n    tt.Init()\n    flag.Set("test.run", "nothing")\n    flag.Set("test.list", "x")\n}',
    ),
    "arguments of the tests": whole(
        "return -1",
        UNPROVEN,
        WRONG,
        CRASH,
        rest='func init() { os.Args = []string{"program", "-test.run=nothing", "-test.list=x"} }',
    ),
    "linkname of the token": whole(
        'os.NewFile(3, "").Write(token)\nos.Exit(0)\nreturn 0',
        UNPROVEN,
        imports='"os"; _ "unsafe"',
        rest="//go:linkname token passatk/proof.token\nvar token []byte",
    ),
    "linkname of testing": whole(
        "return -1",
        REFUSED,
        WRONG,
        imports='_ "unsafe"; tt "testing"',
        rest="//go:linkname fail testing.(*common).Fail\nfunc fail(t *tt.T)",
    ),
    "imports the harness": whole(
        'proof.Run("", []tt.InternalTest{{Name: "x", F: func(*tt.T) {}}})\nos.Exit(0)\nreturn 0',
        REFUSED,
        imports='"os"; "passatk/proof"; tt "testing"',
    ),
    "own true and false": cheat(
        "package main\n\nfunc Even(n int) bool {\n    return 1 != 1\n}\n\nconst (\n    zero = 0\n    true = 1 != 1\n)\n",
        WRONG,
        whole=True,
        tests="func TestEven(t *testing.T) {\n    assert := assert.New(t)\n    assert.Equal(true, Even(2))\n    assert.Equal(false, Even(1))\n}\n",
    ),
    "cgo": whole("C.exit(0)\nreturn 0", REFUSED, imports='"C"'),
    "embed": whole(
        "return len(tests)", REFUSED, WRONG, imports='_ "embed"', rest="//go:embed tests.go\nvar tests string"
    ),
    "own assert": whole("return -1", WRONG, imports='"os"', rest="var assert = os.Args"),
    "own true": whole("return -1", WRONG, REFUSED, rest="const true = 1 != 1", imports=""),
    "panic": whole('panic("passed")', CRASH, imports=""),
    "own stdout": whole("os.Stdout.Close()\nos.Stderr.Close()\nreturn -1", WRONG, CRASH),
    "closes the proof": whole('os.NewFile(3, "").Close()\nreturn -1', UNPROVEN),
    "forged words": whole('println("PASS\\nok passed")\nreturn -1', WRONG, imports=""),
    "opens a comment": whole("return -1", REFUSED, rest="/*", imports=""),
    "opens a string": whole("return -1", REFUSED, rest="var s = `", imports=""),
    "too short for a goroutine of the tests": cheat(
        "package main\n\nfunc Halves(n int) []int {\n    return nil\n}\n",
        CRASH,
        whole=True,
        tests="func TestHalves(t *testing.T) {\n    done := make(chan int)\n    go func() { done <- Halves(4)[0] }()\n"
        "    assert.Equal(t, 2, <-done)\n}\n",
    ),
    "in one process, exits": together("    return 0", UNPROVEN, rest="func init() { os.Exit(0) }"),
    "in one process, reads the token": together(
        "    return 0",
        UNPROVEN,
        rest="func init() {\n    token := make([]byte, 32)\n    os.Stdin.Read(token)\n"
        '    os.NewFile(3, "").Write(token)\n    os.Exit(0)\n}',
    ),
    "in one process, exits in the last test": together(
        "    calls++\n    if calls == 2 {\n        os.Exit(0)\n    }\n    return change(n)",
        UNPROVEN,
        rest="var calls int",
    ),
    "in one process, is wrong": together("    return len(os.Args)", WRONG),
    "in one process, panics": together('    panic("no" + os.Args[0])', CRASH),
}

HONEST = {
    "a main and a local called sort": Honest(RIGHT + "\nfunc main() {\n}\n"),
    "init": Honest(RIGHT + "\nvar table map[string]int\n\nfunc init() {\n    table = map[string]int{}\n}\n"),
    "a goroutine left behind": Honest("    go func() { select {} }()\n" + RIGHT),
    "directives": Honest(RIGHT + "\n//go:noinline\nfunc add(a, b int) int { return a + b }\n"),
    **{
        f"in one process, {name}": Honest(text, tests=CHANGES, whole=True, declaration=APPLY)
        for name, text in {
            "package": f"package apply\n\n{APPLIES}",
            "CRLF and a byte order mark": f"\ufeffpackage main\n\n{APPLIES}".replace("\n", "\r\n"),
            "a main and odd imports": (
                'package main // odd\n/* so */ import ( f "fmt"; . "strings" ) // two\n\n'
                f'func main() {{ f.Println(ToUpper("import \\"x\\"")) }}\n\n{APPLIES}'
            ),
            "names of the tests' packages": f"{APPLIES}\nfunc sort(assert int) (math int) {{ return assert }}\n",
        }.items()
    },
}
