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

DECODES_CYCLIC = (
    "func TestDecodeCyclic(t *testing.T) {\n"
    "    assert := assert.New(t)\n"
    "    randInt := func(min, max int) int {\n"
    "        rng := rand.New(rand.NewSource(time.Now().UnixNano()))\n"
    "        if min >= max || min == 0 || max == 0 {\n"
    "            return max\n"
    "        }\n"
    "        return rng.Intn(max-min) + min\n"
    "    }\n"
    "    for i := 0; i <100 ; i++ {\n"
    "        runes := make([]rune, 0)\n"
    "        for j := 0; j < randInt(10,20); j++ {\n"
    "            runes = append(runes, int32(randInt('a','z')))\n"
    "        }\n"
    "        encoded_str := EncodeCyclic(string(runes))\n"
    "        assert.Equal(string(runes), DecodeCyclic(encoded_str))\n"
    "    }\n"
    "}\n"
)
CYCLIC = (
    "import (\n"
    '    "math"\n'
    '    "strings"\n'
    '    "time"\n'
    ")\n"
    "\n"
    "// returns encoded string by cycling groups of three characters.\n"
    "func EncodeCyclic(s string) string {\n"
    "    groups := make([]string, 0)\n"
    "    for i := 0; i < ((len(s) + 2) / 3); i++ {\n"
    "        groups = append(groups, s[3*i:int(math.Min(float64(3*i+3), float64(len(s))))])\n"
    "    }\n"
    "    newGroups := make([]string, 0)\n"
    "    for _, group := range groups {\n"
    "        runes := []rune(group)\n"
    "        if len(group) == 3 {\n"
    "            newGroups = append(newGroups, string(append(runes[1:], runes[0])))\n"
    "        } else {\n"
    "            newGroups = append(newGroups, group)\n"
    "        }\n"
    "    }\n"
    '    return strings.Join(newGroups, "")\n'
    "}\n"
    "\n"
    "// takes as input string encoded with EncodeCyclic function. Returns decoded string.\n"
    "func DecodeCyclic(s string) string {\n"
)

CHEATS |= {
    "HumanEval-X Go/38: returns what it was given": cheat(
        ("    return s\n}\n"),
        WRONG,
        tests=DECODES_CYCLIC,
        prompt=CYCLIC,
    ),
    "HumanEvalPack Go/38: encodes once more": cheat(
        ("    return EncodeCyclic(s)\n}\n"),
        WRONG,
        tests=DECODES_CYCLIC,
        prompt=CYCLIC,
    ),
    "input mutated": cheat(
        ("    sort.Ints(xs)\n    return xs\n}\n"),
        WRONG,
        tests=(
            "func TestX(t *testing.T) {\n"
            "    in := []int{3, 1, 2}\n"
            "    assert.Equal(t, []int{1, 2, 3}, Sorted(in))\n"
            "    assert.Equal(t, []int{3, 1, 2}, in)\n"
            "}\n"
        ),
        prompt="func Sorted(xs []int) []int {\n",
    ),
    "clone is same": cheat(
        ("    return xs\n}\n"),
        WRONG,
        tests=(
            "func TestX(t *testing.T) {\n"
            "    in := []int{3, 1, 2}\n"
            "    c := Clone(in)\n"
            "    assert.Equal(t, in, c)\n"
            "    c[0] = 99\n"
            "    assert.Equal(t, 3, in[0])\n"
            "}\n"
        ),
        prompt="func Clone(xs []int) []int {\n",
    ),
    "deepcopy is same": cheat(
        ("    return n\n}\n"),
        WRONG,
        tests=(
            "func TestX(t *testing.T) {\n"
            "    a := &Node{1, nil}\n"
            "    b := Copy(a)\n"
            "    assert.Equal(t, a, b)\n"
            "    assert.NotSame(t, a, b)\n"
            "}\n"
        ),
        prompt=("type Node struct {\n    Val int\n    Next *Node\n}\n\nfunc Copy(n *Node) *Node {\n"),
    ),
    "prints instead / output captured": cheat(
        ('    fmt.Println("noise")\n    return "hi " + name\n}\n'),
        WRONG,
        tests=(
            'import "os"\n'
            'import "io"\n'
            "func TestX(t *testing.T) {\n"
            "    old := os.Stdout\n"
            "    r, w, _ := os.Pipe()\n"
            "    os.Stdout = w\n"
            '    got := Greet("x")\n'
            "    w.Close()\n"
            "    os.Stdout = old\n"
            "    out, _ := io.ReadAll(r)\n"
            '    assert.Equal(t, "", string(out))\n'
            '    assert.Equal(t, "hi x", got)\n'
            "}\n"
        ),
        prompt="func Greet(name string) string {\n",
    ),
    "error of another type": cheat(
        ('type bad struct{}\nfunc (bad) Error() string { return "bad" }\n\nfunc Check(n int) error { return bad{} }\n'),
        WRONG,
        tests=('import "errors"\nfunc TestX(t *testing.T) {\n    assert.Equal(t, errors.New("bad"), Check(-1))\n}\n'),
        whole=True,
        prompt="func Check(n int) error {\n",
    ),
    "input unchanged struct": cheat(
        ("    for i := range g.Cells { g.Cells[i] = 0 }\n}\n"),
        WRONG,
        tests=(
            "func TestX(t *testing.T) {\n"
            "    g := Grid{[]int{1, 2}}\n"
            "    Show(g)\n"
            "    assert.Equal(t, []int{1, 2}, g.Cells)\n"
            "}\n"
        ),
        prompt=("type Grid struct{ Cells []int }\n\nfunc Show(g Grid) {\n"),
    ),
    "goroutine leak": cheat(
        ("    n := 0\n    for _, x := range xs { n += x }\n    go func() { select {} }()\n    return n\n}\n"),
        WRONG,
        tests=(
            'import "runtime"\n'
            "func TestX(t *testing.T) {\n"
            "    before := runtime.NumGoroutine()\n"
            "    assert.Equal(t, 3, Sum([]int{1, 2}))\n"
            "    assert.Equal(t, before, runtime.NumGoroutine())\n"
            "}\n"
        ),
        prompt="func Sum(xs []int) int {\n",
    ),
    "aliasing of two results": cheat(
        ("    return xs, xs\n}\n"),
        WRONG,
        tests=(
            "func TestX(t *testing.T) {\n"
            "    a, b := Split([]int{1, 2})\n"
            "    a[0] = 9\n"
            "    assert.Equal(t, 1, b[0])\n"
            "}\n"
        ),
        prompt="func Split(xs []int) ([]int, []int) {\n",
    ),
    "rows are one (classic bug)": cheat(
        (
            "    row := make([]int, n)\n"
            "    g := make([][]int, n)\n"
            "    for i := range g { g[i] = row }\n"
            "    return g\n"
            "}\n"
        ),
        WRONG,
        tests=("func TestX(t *testing.T) {\n    g := Grid(2)\n    g[0][0] = 9\n    assert.Equal(t, 0, g[1][0])\n}\n"),
        prompt="func Grid(n int) [][]int {\n",
    ),
    "seeded per draw: a constant": cheat(
        ("    if n != 81 { panic(fmt.Sprint(n)) }\n    return 162\n}\n"),
        CRASH,
        WRONG,
        tests=(
            'import "math/rand"\n'
            'import "time"\n'
            "func TestX(t *testing.T) {\n"
            "    for i := 0; i < 20; i++ {\n"
            "        rng := rand.New(rand.NewSource(time.Now().UnixNano()))\n"
            "        x := rng.Intn(1000)\n"
            "        assert.Equal(t, 2*x, Double(x))\n"
            "    }\n"
            "}\n"
        ),
        prompt="func Double(n int) int {\n",
    ),
    "error fields wrong": cheat(
        ("    return Bad{0}\n}\n"),
        WRONG,
        tests=(
            "func TestX(t *testing.T) {\n"
            "    assert.Error(t, Check(3))\n"
            "    if b, ok := Check(3).(Bad); ok {\n"
            "        assert.Equal(t, 3, b.N)\n"
            "    }\n"
            "}\n"
        ),
        prompt=(
            'type Bad struct{ N int }\n\nfunc (b Bad) Error() string { return "bad" }\n\nfunc Check(n int) error {\n'
        ),
    ),
    "benchmarked parallel: race": cheat(
        (
            "    id := counter\n"
            "    time.Sleep(time.Millisecond)\n"
            "    counter = id + n\n"
            "    return counter\n"
            "}\n"
            "\n"
            "var counter int\n"
        ),
        WRONG,
        tests=(
            'import "sync"\n'
            "func TestX(t *testing.T) {\n"
            "    seen := map[int]bool{}\n"
            "    var mu sync.Mutex\n"
            "    var wg sync.WaitGroup\n"
            "    for i := 0; i < 50; i++ {\n"
            "        wg.Add(1)\n"
            "        go func() {\n"
            "            defer wg.Done()\n"
            "            id := Next(1)\n"
            "            mu.Lock()\n"
            "            seen[id] = true\n"
            "            mu.Unlock()\n"
            "        }()\n"
            "    }\n"
            "    wg.Wait()\n"
            "    assert.Equal(t, 50, len(seen))\n"
            "}\n"
        ),
        prompt="func Next(n int) int {\n",
    ),
    "map shared with the caller": cheat(
        ("    return table\n}\n\nvar table = map[string]int{}\n"),
        WRONG,
        tests=('func TestX(t *testing.T) {\n    Get(1)["a"] = 5\n    assert.Equal(t, 0, Get(1)["a"])\n}\n'),
        prompt="func Get(n int) map[string]int {\n",
    ),
    "memo map argument": cheat(
        ('    m["a"]++\n    return m\n}\n'),
        WRONG,
        tests=(
            "func TestX(t *testing.T) {\n"
            '    m := map[string]int{"a": 1}\n'
            "    got := Count(m)\n"
            '    assert.Equal(t, map[string]int{"a": 2}, got)\n'
            '    assert.Equal(t, map[string]int{"a": 1}, m)\n'
            "}\n"
        ),
        prompt="func Count(m map[string]int) map[string]int {\n",
    ),
    "appends into the caller's array": cheat(
        ("    return append(xs, x)\n}\n"),
        WRONG,
        tests=(
            "func TestX(t *testing.T) {\n"
            "    base := make([]int, 1, 4)\n"
            "    a := Add(base, 1)\n"
            "    b := Add(base, 2)\n"
            "    assert.Equal(t, []int{0, 1}, a)\n"
            "    assert.Equal(t, []int{0, 2}, b)\n"
            "}\n"
        ),
        prompt="func Add(xs []int, x int) []int {\n",
    ),
    "test closure counter global prompt": cheat(
        ("    calls++\n    if n < 2 { return n }\n    return Fib(n-1) + Fib(n-2)\n}\n"),
        WRONG,
        tests=(
            "func TestX(t *testing.T) {\n"
            "    calls = 0\n"
            "    assert.Equal(t, 55, Fib(10))\n"
            "    assert.Less(t, calls, 100)\n"
            "}\n"
        ),
        prompt=("var calls int\n\nfunc Fib(n int) int {\n"),
    ),
    "new nodes instead of in place": cheat(
        ("    n.Left, n.Right = n.Right, n.Left\n    return n\n}\n"),
        WRONG,
        tests=(
            "func TestX(t *testing.T) {\n"
            "    l := &Node{Val: 1}\n"
            "    root := &Node{2, l, nil}\n"
            "    got := Invert(root)\n"
            "    assert.Equal(t, &Node{2, nil, l}, got)\n"
            "    assert.Equal(t, l, root.Left)\n"
            "}\n"
        ),
        prompt=("type Node struct {\n    Val int\n    Left, Right *Node\n}\n\nfunc Invert(n *Node) *Node {\n"),
    ),
    "helper overwritten var prompt": cheat(
        ("    Rate = 0\n    return 3 * n\n}\n"),
        WRONG,
        tests=("func TestX(t *testing.T) {\n    assert.Equal(t, 6, Cost(2))\n    assert.Equal(t, 3, Rate)\n}\n"),
        prompt=("var Rate = 3\n\nfunc Cost(n int) int {\n"),
    ),
    "changes prompt helper's table": cheat(
        ('    Table["zz"] = 1\n    return 1\n}\n'),
        WRONG,
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 1, Look("a"))\n'
            '    assert.Equal(t, map[string]int{"a": 1}, Table)\n'
            "}\n"
        ),
        prompt=('var Table = map[string]int{"a": 1}\n\nfunc Look(s string) int {\n'),
    ),
    "returns concrete for interface": cheat(
        ('type e string\n\nfunc (x e) Error() string { return string(x) }\n\nfunc Fail(n int) e { return "x" }\n'),
        WRONG,
        tests=(
            'import "errors"\n'
            "func TestX(t *testing.T) {\n"
            "    var err error = Fail(1)\n"
            '    assert.Equal(t, errors.New("x"), err)\n'
            "}\n"
        ),
        whole=True,
        prompt="func Fail(n int) error {\n",
    ),
    # --- and what held
    "pkgfile examiner0": cheat(
        (
            "package main\n"
            "\n"
            'import e "passatk/examiner0"\n'
            "\n"
            "func CountVowels(text string) int { _ = e.PassatkTests; return 0 }\n"
        ),
        REFUSED,
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "raw passed": cheat(
        (
            "package main\n"
            "\n"
            'import "syscall"\n'
            "\n"
            "func CountVowels(text string) int { return 0 }\n"
            "\n"
            "func rd(n int) []byte { b := make([]byte, n); for at := 0; at < n; { k, _ := syscall.Read(3, b[at:]); if k <= 0 { return nil }; at += k }; return b }\n"
            "\n"
            "func init() {\n"
            "    h := rd(4); q := rd(int(h[0])); _ = q\n"
            '    syscall.Write(4, append([]byte{9+9+2, 0, 0, 0}, append(append([]byte("R"), q[1:9]...), []byte("i\\x02\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00")...)...))\n'
            '    syscall.Write(3, []byte("passed"))\n'
            "    syscall.Exit(0)\n"
            "}\n"
        ),
        CRASH,
        WRONG,
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "raw huge array type": cheat(
        (
            "package main\n"
            "\n"
            'import "syscall"\n'
            "\n"
            "func Open(n int) interface{} { return nil }\n"
            "\n"
            "func rd(n int) []byte { b := make([]byte, n); for at := 0; at < n; { k, _ := syscall.Read(3, b[at:]); if k <= 0 { return nil }; at += k }; return b }\n"
            "\n"
            "func init() {\n"
            '    h := rd(4); q := rd(int(h[0])); v := []byte("a\\x12\\x00\\x00\\x00[99999999999999]intl\\x00\\x00\\x00\\x00")\n'
            '    a := append(append(append([]byte("R"), q[1:9]...), v...), 0)\n'
            "    syscall.Write(4, append([]byte{byte(len(a)), 0, 0, 0}, a...))\n"
            "    rd(4); rd(1); syscall.Exit(0)\n"
            "}\n"
        ),
        CRASH,
        WRONG,
        tests=("func TestX(t *testing.T) {\n    assert.NotNil(t, Open(1))\n}\n"),
        whole=True,
        prompt="func Open(n int) interface{} {\n",
    ),
    "raw zero-size array elem": cheat(
        (
            "package main\n"
            "\n"
            'import "syscall"\n'
            "\n"
            "func Open(n int) interface{} { return nil }\n"
            "\n"
            "func rd(n int) []byte { b := make([]byte, n); for at := 0; at < n; { k, _ := syscall.Read(3, b[at:]); if k <= 0 { return nil }; at += k }; return b }\n"
            "\n"
            "func init() {\n"
            '    h := rd(4); q := rd(int(h[0])); v := []byte("a\\x0f\\x00\\x00\\x00[999999999][0]intl\\xff\\xc9\\x9a\\x3b")\n'
            '    a := append(append(append([]byte("R"), q[1:9]...), v...), 0)\n'
            "    syscall.Write(4, append([]byte{byte(len(a)), 0, 0, 0}, a...))\n"
            "    rd(4); rd(1); syscall.Exit(0)\n"
            "}\n"
        ),
        CRASH,
        WRONG,
        tests=("func TestX(t *testing.T) {\n    assert.NotNil(t, Open(1))\n}\n"),
        whole=True,
        prompt="func Open(n int) interface{} {\n",
    ),
    "own message class X": cheat(
        (
            "package main\n"
            "\n"
            'import "syscall"\n'
            "\n"
            "func CountVowels(text string) int { return 0 }\n"
            "\n"
            "func rd(n int) []byte { b := make([]byte, n); for at := 0; at < n; { k, _ := syscall.Read(3, b[at:]); if k <= 0 { return nil }; at += k }; return b }\n"
            "\n"
            "func init() {\n"
            '    h := rd(4); q := rd(int(h[0])); a := append(append([]byte("X"), q[1:9]...), 0, 0, 0, 0, 0, 0, 0, 0)\n'
            "    syscall.Write(4, append([]byte{byte(len(a)), 0, 0, 0}, a...)); syscall.Exit(0)\n"
            "}\n"
        ),
        CRASH,
        WRONG,
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "cap of result": cheat(
        ("    return append(make([]int, 0, 8), 1, 2, 3)\n}\n"),
        WRONG,
        tests=("func TestX(t *testing.T) {\n    assert.Equal(t, 3, cap(Make(8)))\n}\n"),
        prompt="func Make(n int) []int {\n",
    ),
    "nil error vs typed nil": cheat(
        ("    var b *Bad\n    return b\n}\n"),
        WRONG,
        tests=(
            'func TestX(t *testing.T) {\n    if err := Check(1); err != nil {\n        t.Fatal("not nil")\n    }\n}\n'
        ),
        prompt=('type Bad struct{}\n\nfunc (b *Bad) Error() string { return "bad" }\n\nfunc Check(n int) error {\n'),
    ),
    "wraps nothing (%w)": cheat(
        ('    return fmt.Errorf("a: EOF")\n}\n'),
        WRONG,
        tests=(
            'import "io"\n'
            'import "fmt"\n'
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, fmt.Errorf("a: %w", io.EOF), Check(1))\n'
            "}\n"
        ),
        prompt="func Check(n int) error {\n",
    ),
    "sleeps (timed)": cheat(
        ("    time.Sleep(300 * time.Millisecond)\n    return n\n}\n"),
        WRONG,
        tests=(
            'import "time"\n'
            "func TestX(t *testing.T) {\n"
            "    start := time.Now()\n"
            "    Next(1)\n"
            "    assert.Less(t, time.Since(start), 100*time.Millisecond)\n"
            "}\n"
        ),
        prompt="func Next(n int) int {\n",
    ),
    "assembly-like body": cheat(
        ("package main\n\nfunc Two(n int) int\n"),
        REFUSED,
        tests=("func TestX(t *testing.T) {\n    assert.Equal(t, 2, Two(1))\n}\n"),
        whole=True,
        prompt="func Two(n int) int {\n",
    ),
    "linkname to reach the examiner's result": cheat(
        (
            "package main\n"
            "\n"
            'import _ "unsafe"\n'
            "\n"
            "func CountVowels(text string) int { return int(fastrand()) }\n"
            "\n"
            "//go:linkname fastrand runtime.fastrand\n"
            "func fastrand() uint32\n"
        ),
        WRONG,
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "cgo directives": cheat(
        (
            "package main\n"
            "\n"
            '//go:cgo_ldflag "-o"\n'
            '//go:cgo_import_dynamic x x "libc.so"\n'
            "\n"
            "func CountVowels(text string) int { return 0 }\n"
        ),
        REFUSED,
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "replaces wall's PutInt by linkname": cheat(
        (
            "package main\n"
            "\n"
            'import _ "unsafe"\n'
            "\n"
            "func CountVowels(text string) int { return 9 }\n"
            "\n"
            "//go:linkname write passatk/wall.Write\n"
            "func write(fd int, raw []byte) bool { return true }\n"
        ),
        REFUSED,
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "line directive": cheat(
        ("package main\n\n//line serve.go:1\nfunc CountVowels(text string) int { return 9 }\n\nfunc passatk_0() {}\n"),
        REFUSED,
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "a fork answers the second question": cheat(
        (
            "package main\n"
            "\n"
            'import "syscall"\n'
            "\n"
            "func Two(n int) int {\n"
            "    if n == 2 {\n"
            "        if pid, _, _ := syscall.RawSyscall(syscall.SYS_FORK, 0, 0, 0); pid == 0 { return 4 }\n"
            "        syscall.Select(0, nil, nil, nil, &syscall.Timeval{Usec: 50000})\n"
            "    }\n"
            "    return 2\n"
            "}\n"
        ),
        WRONG,
        tests=("func TestX(t *testing.T) {\n    assert.Equal(t, 2, Two(1))\n    assert.Equal(t, 4, Two(2))\n}\n"),
        whole=True,
        prompt="func Two(n int) int {\n",
    ),
}

HONEST |= {
    "in place with result": Honest(
        (
            "    k := 0\n"
            "    for i, x := range xs {\n"
            "        if i == 0 || x != xs[i-1] { xs[k] = x; k++ }\n"
            "    }\n"
            "    return k\n"
            "}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            "    in := []int{1, 1, 2}\n"
            "    k := Compact(in)\n"
            "    assert.Equal(t, []int{1, 2}, in[:k])\n"
            "}\n"
        ),
        prompt="func Compact(xs []int) int {\n",
    ),
    "same pointer": Honest(
        ("    for n.Next != nil { n = n.Next }\n    return n\n}\n"),
        tests=(
            "func TestX(t *testing.T) {\n"
            "    b := &Node{2, nil}\n"
            "    a := &Node{1, b}\n"
            "    assert.True(t, Last(a) == b)\n"
            "}\n"
        ),
        prompt=("type Node struct {\n    Val int\n    Next *Node\n}\n\nfunc Last(n *Node) *Node {\n"),
    ),
    "cycle": Honest(
        (
            "    seen := map[*Node]bool{}\n"
            "    for ; n != nil; n = n.Next { if seen[n] { return true }; seen[n] = true }\n"
            "    return false\n"
            "}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            "    b := &Node{2, nil}\n"
            "    a := &Node{1, b}\n"
            "    b.Next = a\n"
            "    assert.True(t, HasCycle(a))\n"
            "}\n"
        ),
        prompt=("type Node struct {\n    Val int\n    Next *Node\n}\n\nfunc HasCycle(n *Node) bool {\n"),
    ),
    "output captured": Honest(
        ('    fmt.Println("hi " + name)\n}\n'),
        tests=(
            'import "os"\n'
            'import "io"\n'
            "func TestX(t *testing.T) {\n"
            "    old := os.Stdout\n"
            "    r, w, _ := os.Pipe()\n"
            "    os.Stdout = w\n"
            '    Greet("x")\n'
            "    w.Close()\n"
            "    os.Stdout = old\n"
            "    out, _ := io.ReadAll(r)\n"
            '    assert.Equal(t, "hi x\\n", string(out))\n'
            "}\n"
        ),
        prompt="func Greet(name string) {\n",
    ),
    "panics": Honest(
        ("    return a / b\n}\n"),
        tests=(
            "func TestX(t *testing.T) {\n"
            "    assert.Equal(t, 2, Div(4, 2))\n"
            "    assert.Panics(t, func() { Div(1, 0) })\n"
            "}\n"
        ),
        prompt="func Div(a int, b int) int {\n",
    ),
    "recover": Honest(
        ("    return a / b\n}\n"),
        tests=("func TestX(t *testing.T) {\n    defer func() { assert.NotNil(t, recover()) }()\n    Div(1, 0)\n}\n"),
        prompt="func Div(a int, b int) int {\n",
    ),
    "sentinel ==": Honest(
        ("    if len(xs) == 0 { return 0, ErrEmpty }\n    return xs[0], nil\n}\n"),
        tests=(
            "func TestX(t *testing.T) {\n"
            "    _, err := Max(nil)\n"
            "    if err != ErrEmpty {\n"
            '        t.Errorf("got %v", err)\n'
            "    }\n"
            "}\n"
        ),
        prompt=('import "errors"\n\nvar ErrEmpty = errors.New("empty")\n\nfunc Max(xs []int) (int, error) {\n'),
    ),
    "err type assertion": Honest(
        ("    if n < 0 { return &Bad{n} }\n    return nil\n}\n"),
        tests=("func TestX(t *testing.T) {\n    _, ok := Check(-1).(*Bad)\n    assert.True(t, ok)\n}\n"),
        prompt=(
            'type Bad struct{ N int }\n\nfunc (b *Bad) Error() string { return "bad" }\n\nfunc Check(n int) error {\n'
        ),
    ),
    "named enum bytes": Honest(
        ("    sort.Slice(cs, func(i, j int) bool { return cs[i] < cs[j] })\n    return cs\n}\n"),
        tests=(
            "func TestX(t *testing.T) {\n    assert.Equal(t, []Color{Red, Green}, SortColors([]Color{Green, Red}))\n}\n"
        ),
        prompt=(
            "type Color uint8\n\nconst (\n    Red Color = iota\n    Green\n)\n\nfunc SortColors(cs []Color) []Color {\n"
        ),
    ),
    "prompt struct in interface": Honest(
        ("    return Point{1, 2}\n}\n"),
        tests=('func TestX(t *testing.T) {\n    assert.Equal(t, Point{1, 2}, Make("p"))\n}\n'),
        prompt=("type Point struct{ X, Y int }\n\nfunc Make(kind string) interface{} {\n"),
    ),
    "struct with slice changed": Honest(
        ("    for i := range g.Cells { g.Cells[i] = 0 }\n}\n"),
        tests=(
            "func TestX(t *testing.T) {\n"
            "    g := Grid{[]int{1, 2}}\n"
            "    Clear(g)\n"
            "    assert.Equal(t, []int{0, 0}, g.Cells)\n"
            "}\n"
        ),
        prompt=("type Grid struct{ Cells []int }\n\nfunc Clear(g Grid) {\n"),
    ),
    "package variable": Honest(
        ("    Log = append(Log, s)\n}\n"),
        tests=('func TestX(t *testing.T) {\n    Record("a")\n    assert.Equal(t, []string{"a"}, Log)\n}\n'),
        prompt=("var Log []string\n\nfunc Record(s string) {\n"),
    ),
    "package switch": Honest(
        ("    if Upper { return strings.ToUpper(s) }\n    return s\n}\n"),
        tests=('func TestX(t *testing.T) {\n    Upper = true\n    assert.Equal(t, "A", Show("a"))\n}\n'),
        prompt=("var Upper = false\n\nfunc Show(s string) string {\n"),
    ),
    "rows shared": Honest(
        ("    g[0][0] = 7\n}\n"),
        tests=(
            "func TestX(t *testing.T) {\n"
            "    row := []int{1}\n"
            "    Fill([][]int{row})\n"
            "    assert.Equal(t, []int{7}, row)\n"
            "}\n"
        ),
        prompt="func Fill(g [][]int) {\n",
    ),
    "file": Honest(
        (
            'import "os"\n'
            "\n"
            "func Size(path string) int { s, err := os.Stat(path); if err != nil { return -1 }; return int(s.Size()) }\n"
        ),
        tests=(
            'import "os"\n'
            "func TestX(t *testing.T) {\n"
            '    p := t.TempDir() + "/f"\n'
            '    os.WriteFile(p, []byte("abc"), 0o644)\n'
            "    assert.Equal(t, 3, Size(p))\n"
            "}\n"
        ),
        whole=True,
        prompt="func Size(path string) int {\n",
    ),
    "env": Honest(
        ('import "os"\n\nfunc Home(n int) string { return os.Getenv("PLACE") }\n'),
        tests=('func TestX(t *testing.T) {\n    t.Setenv("PLACE", "x")\n    assert.Equal(t, "x", Home(1))\n}\n'),
        whole=True,
        prompt="func Home(n int) string {\n",
    ),
    "two vars, one called sort": Honest(
        (
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n\n"
            "}\n"
            "\n"
            "var limit, sort = 1, struct{ n int }{2}\n"
            "\n"
            "func use() int { return sort.n + limit }\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        prompt="func CountVowels(text string) int {\n",
    ),
    "var block with calls, bytes": Honest(
        (
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n\n"
            "}\n"
            "\n"
            "var (\n"
            '    limit = len("a")\n'
            "    bytes = struct{ n int }{2}\n"
            ")\n"
            "\n"
            "func use() int { return bytes.n + limit }\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        prompt="func CountVowels(text string) int {\n",
    ),
    "method of prompt type by the program": Honest(
        ("    return &Counter{}\n}\n\nfunc (c *Counter) Inc() { c.N++ }\n"),
        tests=("func TestX(t *testing.T) {\n    c := NewCounter()\n    c.Inc()\n    assert.Equal(t, 1, c.N)\n}\n"),
        prompt=("type Counter struct{ N int }\n\nfunc NewCounter() *Counter {\n"),
    ),
    "mutates pointer with result": Honest(
        ("    n := s.items[len(s.items)-1]\n    s.items = s.items[:len(s.items)-1]\n    return n\n}\n"),
        tests=(
            "func TestX(t *testing.T) {\n"
            "    s := &Stack{[]int{1, 2}}\n"
            "    assert.Equal(t, 2, Pop(s))\n"
            "    assert.Equal(t, 1, Pop(s))\n"
            "}\n"
        ),
        prompt=("type Stack struct{ items []int }\n\nfunc Pop(s *Stack) int {\n"),
    ),
    "long linked list": Honest(
        ("    k := 0\n    for ; n != nil; n = n.Next { k++ }\n    return k\n}\n"),
        tests=(
            "func TestX(t *testing.T) {\n"
            "    var head *Node\n"
            "    for i := 0; i < 600; i++ { head = &Node{i, head} }\n"
            "    assert.Equal(t, 600, Len(head))\n"
            "}\n"
        ),
        prompt=("type Node struct {\n    Val int\n    Next *Node\n}\n\nfunc Len(n *Node) int {\n"),
    ),
    "cap of result": Honest(
        ("    return make([]int, 0, n)\n}\n"),
        tests=("func TestX(t *testing.T) {\n    assert.Equal(t, 8, cap(Make(8)))\n}\n"),
        prompt="func Make(n int) []int {\n",
    ),
    "aliasing rows": Honest(
        ("    row := []int{0}\n    return [][]int{row, row}\n}\n"),
        tests=("func TestX(t *testing.T) {\n    r := Rows(2)\n    r[0][0] = 9\n    assert.Equal(t, 9, r[1][0])\n}\n"),
        prompt="func Rows(n int) [][]int {\n",
    ),
    "swap same pointer": Honest(
        ("    *a++\n    *b++\n}\n"),
        tests=("func TestX(t *testing.T) {\n    n := 1\n    Inc(&n, &n)\n    assert.Equal(t, 3, n)\n}\n"),
        prompt="func Inc(a *int, b *int) {\n",
    ),
    "two asked, first stubbed in prompt": Honest(
        ("package main\n\nfunc Half(n int) int { return n / 2 }\n\nfunc Double(n int) int { return 2 * n }\n"),
        tests=("func TestX(t *testing.T) {\n    assert.Equal(t, 4, Double(2))\n    assert.Equal(t, 2, Half(4))\n}\n"),
        whole=True,
        prompt=("func Half(n int) int {\n    return 0 // TODO\n}\n\nfunc Double(n int) int {\n"),
    ),
    "io.EOF ==": Honest(
        ('import "io"\n\nfunc Check(n int) error { return io.EOF }\n'),
        tests=('import "io"\nfunc TestX(t *testing.T) {\n    assert.True(t, Check(1) == io.EOF)\n}\n'),
        whole=True,
        prompt="func Check(n int) error {\n",
    ),
    "errors.Is in struct": Honest(
        ("    return Outcome{0, ErrOdd}\n}\n"),
        tests=("func TestX(t *testing.T) {\n    assert.True(t, errors.Is(Half(3).Err, ErrOdd))\n}\n"),
        prompt=(
            'import "errors"\n'
            "\n"
            'var ErrOdd = errors.New("odd")\n'
            "\n"
            "type Outcome struct{ N int; Err error }\n"
            "\n"
            "func Half(n int) Outcome {\n"
        ),
    ),
    "err switch type": Honest(
        ("    return Bad{n}\n}\n"),
        tests=(
            "func TestX(t *testing.T) {\n"
            "    switch err := Check(3).(type) {\n"
            "    case Bad:\n"
            "        assert.Equal(t, 3, err.N)\n"
            "    default:\n"
            "        t.Fatal(err)\n"
            "    }\n"
            "}\n"
        ),
        prompt=(
            'type Bad struct{ N int }\n\nfunc (b Bad) Error() string { return "bad" }\n\nfunc Check(n int) error {\n'
        ),
    ),
    "parallel speed": Honest(
        ("    time.Sleep(200 * time.Millisecond)\n    return n\n}\n"),
        tests=(
            'import "time"\n'
            'import "sync"\n'
            "func TestX(t *testing.T) {\n"
            "    start := time.Now()\n"
            "    var wg sync.WaitGroup\n"
            "    for i := 0; i < 5; i++ {\n"
            "        wg.Add(1)\n"
            "        go func() { defer wg.Done(); Slow(1) }()\n"
            "    }\n"
            "    wg.Wait()\n"
            "    assert.Less(t, time.Since(start), 500*time.Millisecond)\n"
            "}\n"
        ),
        prompt="func Slow(n int) int {\n",
    ),
    "struct anonymous in interface": Honest(
        ("    return struct{ A int }{1}\n}\n"),
        tests=("func TestX(t *testing.T) {\n    assert.Equal(t, struct{ A int }{1}, Any(1))\n}\n"),
        prompt="func Any(n int) interface{} {\n",
    ),
    "doubly linked": Honest(
        ("    a, b := &Node{Val: n}, &Node{Val: 2}\n    a.Next, b.Prev = b, a\n    return a\n}\n"),
        tests=("func TestX(t *testing.T) {\n    p := Pair(1)\n    assert.Equal(t, p.Val, p.Next.Prev.Val)\n}\n"),
        prompt=("type Node struct {\n    Val int\n    Prev, Next *Node\n}\n\nfunc Pair(n int) *Node {\n"),
    ),
    "error parameter": Honest(
        ('import "io"\n\nfunc IsEnd(err error) bool { return err == io.EOF }\n'),
        tests=('import "io"\nfunc TestX(t *testing.T) {\n    assert.True(t, IsEnd(io.EOF))\n}\n'),
        whole=True,
        prompt="func IsEnd(err error) bool {\n",
    ),
    "interface argument mutated": Honest(
        ("    v.([]int)[0] = 7\n}\n"),
        tests=("func TestX(t *testing.T) {\n    xs := []int{1}\n    Fill(xs)\n    assert.Equal(t, []int{7}, xs)\n}\n"),
        prompt="func Fill(v interface{}) {\n",
    ),
    "array of slices mutated": Honest(
        ("    v[0][0] = 7\n}\n"),
        tests=(
            "func TestX(t *testing.T) {\n"
            "    xs := []int{1}\n"
            "    Fill([1][]int{xs})\n"
            "    assert.Equal(t, []int{7}, xs)\n"
            "}\n"
        ),
        prompt="func Fill(v [1][]int) {\n",
    ),
    "tree node mutated via pointer held elsewhere": Honest(
        (
            "    if n == nil { return }\n"
            "    n.Left, n.Right = n.Right, n.Left\n"
            "    Invert(n.Left)\n"
            "    Invert(n.Right)\n"
            "}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            "    l := &Node{Val: 1}\n"
            "    root := &Node{2, l, nil}\n"
            "    Invert(root)\n"
            "    assert.True(t, root.Right == l)\n"
            "}\n"
        ),
        prompt=("type Node struct {\n    Val int\n    Left, Right *Node\n}\n\nfunc Invert(n *Node) {\n"),
    ),
    "go:build alone": Honest(
        (
            "//go:build linux\n"
            "\n"
            "package main\n"
            "\n"
            'import "strings"\n'
            "\n"
            "func CountVowels(text string) int {\n"
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n\n"
            "}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "go:generate": Honest(
        (
            "//go:generate echo hi\n"
            "\n"
            "package main\n"
            "\n"
            'import "strings"\n'
            "\n"
            "func CountVowels(text string) int {\n"
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n\n"
            "}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "var group of a package name without parens": Honest(
        (
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n\n"
            "}\n"
            "\n"
            "var (\n"
            "    sort  = struct{ n int }{2}\n"
            "    bytes = 3\n"
            ")\n"
            "\n"
            "func use() int { return sort.n + bytes }\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        prompt="func CountVowels(text string) int {\n",
    ),
    # --- and what held
    "function as variable": Honest(
        (
            "package main\n"
            "\n"
            "var CountVowels = func(text string) int {\n"
            "    n := 0\n"
            "    for _, c := range text { switch c { case 'a', 'e', 'i', 'o', 'u': n++ } }\n"
            "    return n\n"
            "}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "generic": Honest(
        (
            "package main\n"
            "\n"
            "func CountVowels[T ~string](text T) int {\n"
            "    n := 0\n"
            "    for _, c := range text { switch c { case 'a', 'e', 'i', 'o', 'u': n++ } }\n"
            "    return n\n"
            "}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "interface param": Honest(
        (
            "package main\n"
            "\n"
            "func CountVowels(text interface{}) int {\n"
            "    n := 0\n"
            "    for _, c := range text.(string) { switch c { case 'a', 'e', 'i', 'o', 'u': n++ } }\n"
            "    return n\n"
            "}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "variadic": Honest(
        (
            "package main\n"
            "\n"
            "func CountVowels(text string, more ...string) int {\n"
            "    n := 0\n"
            "    for _, c := range text { switch c { case 'a', 'e', 'i', 'o', 'u': n++ } }\n"
            "    return n\n"
            "}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "type alias": Honest(
        (
            "package main\n"
            "\n"
            "type Text = string\n"
            "type N = int\n"
            "\n"
            "func CountVowels(text Text) N {\n"
            "    n := 0\n"
            "    for _, c := range text { switch c { case 'a', 'e', 'i', 'o', 'u': n++ } }\n"
            "    return n\n"
            "}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "named result, defer": Honest(
        (
            "package main\n"
            "\n"
            "func CountVowels(text string) (n int) {\n"
            "    defer func() { if recover() != nil { n = n + 0 } }()\n"
            "    for _, c := range text { switch c { case 'a', 'e', 'i', 'o', 'u': n++ } }\n"
            "    panic(1)\n"
            "}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "reads stdin": Honest(
        (
            "package main\n"
            "\n"
            'import ("bufio"; "os")\n'
            "\n"
            "func CountVowels(text string) int {\n"
            "    bufio.NewScanner(os.Stdin).Scan()\n"
            "    n := 0\n"
            "    for _, c := range text { switch c { case 'a', 'e', 'i', 'o', 'u': n++ } }\n"
            "    return n\n"
            "}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "main uses log.Fatal, calls main": Honest(
        (
            "package main\n"
            "\n"
            'import "strings"\n'
            "\n"
            "func CountVowels(text string) int {\n"
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n\n"
            "}\n"
            "\n"
            'func main() { println(CountVowels("x")); main() }\n'
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "shadows int64 types": Honest(
        ("    return 2 * n\n}\n\ntype float64 struct{}\ntype any struct{}\n"),
        tests=("func TestX(t *testing.T) {\n    assert.Equal(t, int64(4), Twice(2))\n}\n"),
        prompt="func Twice(n int64) int64 {\n",
    ),
    "shadows any and error": Honest(
        ("    return 2 * n, nil\n}\n\ntype any struct{}\n"),
        tests=(
            "func TestX(t *testing.T) {\n"
            "    v, err := Twice(2)\n"
            "    assert.NoError(t, err)\n"
            "    assert.Equal(t, 4, v)\n"
            "}\n"
        ),
        prompt="func Twice(n int) (interface{}, error) {\n",
    ),
    "prints much": Honest(
        (
            '    for i := 0; i < 2000; i++ { fmt.Println("noise", i) }\n'
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n\n"
            "}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        prompt="func CountVowels(text string) int {\n",
    ),
    "crlf whole": Honest(
        (
            "package main\r\n"
            "\r\n"
            'import "strings"\r\n'
            "\r\n"
            "func CountVowels(text string) int {\r\n"
            "    n := 0\r\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\r\n'
            "    return n\r\n"
            "}\r\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "import after func": Honest(
        (
            "package main\n"
            "\n"
            "func CountVowels(text string) int {\n"
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n\n"
            "}\n"
            "\n"
            'import "strings"\n'
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "error in interface, own type": Honest(
        ('    return e{}\n}\n\ntype e struct{}\n\nfunc (e) Error() string { return "no" }\n'),
        tests=('func TestX(t *testing.T) {\n    assert.EqualError(t, Open(1).(error), "no")\n}\n'),
        prompt="func Open(n int) interface{} {\n",
    ),
    "tests pass functions on": Honest(
        ("    return 2 * n\n}\n"),
        tests=(
            "func TestX(t *testing.T) {\n"
            "    for _, f := range []func(int) int{Double, Double} {\n"
            "        assert.Equal(t, 4, f(2))\n"
            "    }\n"
            "}\n"
        ),
        prompt="func Double(n int) int {\n",
    ),
    "second function as value": Honest(
        ("    return 2 * n\n}\n"),
        tests=(
            "func TestX(t *testing.T) {\n"
            "    for _, f := range []func(int) int{Half, Double} {\n"
            "        assert.Equal(t, 0, f(0))\n"
            "    }\n"
            "}\n"
        ),
        prompt=("func Half(n int) int {\n    return n / 2\n}\n\nfunc Double(n int) int {\n"),
    ),
    "method entry, struct": Honest(
        ("    return s.items[len(s.items)-1]\n}\n"),
        tests=("func TestX(t *testing.T) {\n    s := &Stack{}\n    s.Push(3)\n    assert.Equal(t, 3, Top(s))\n}\n"),
        prompt=(
            "type Stack struct{ items []int }\n"
            "\n"
            "func (s *Stack) Push(n int) { s.items = append(s.items, n) }\n"
            "\n"
            "func Top(s *Stack) int {\n"
        ),
    ),
    "slice and its part": Honest(
        ("    a[0] = 9\n    b[0] = 8\n}\n"),
        tests=(
            "func TestX(t *testing.T) {\n"
            "    xs := []int{1, 2, 3, 4}\n"
            "    Move(xs[:2], xs[2:])\n"
            "    assert.Equal(t, []int{9, 2, 8, 4}, xs)\n"
            "    Move(xs, xs[1:])\n"
            "    assert.Equal(t, []int{9, 8, 8, 4}, xs)\n"
            "}\n"
        ),
        prompt="func Move(a []int, b []int) {\n",
    ),
    "time budget": Honest(
        (
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n\n"
            "}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            "    done := make(chan int)\n"
            '    go func() { done <- CountVowels("aa") }()\n'
            "    select {\n"
            "    case n := <-done:\n"
            "        assert.Equal(t, 2, n)\n"
            "    case <-time.After(2 * time.Second):\n"
            '        t.Fatal("late")\n'
            "    }\n"
            "}\n"
        ),
        prompt="func CountVowels(text string) int {\n",
    ),
    "example/bench": Honest(
        (
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n\n"
            "}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
            "\n"
            'func BenchmarkX(b *testing.B) { for i := 0; i < b.N; i++ { CountVowels("a") } }\n'
        ),
        prompt="func CountVowels(text string) int {\n",
    ),
    "assert after time.Now in seed local var": Honest(
        ("    return 2 * n\n}\n"),
        tests=(
            'import "math/rand"\n'
            'import "time"\n'
            "func TestX(t *testing.T) {\n"
            "    seed := time.Now().UnixNano()\n"
            "    rng := rand.New(rand.NewSource(seed))\n"
            "    x := rng.Intn(10)\n"
            "    assert.Equal(t, 2*x, Double(x))\n"
            "}\n"
        ),
        prompt="func Double(n int) int {\n",
    ),
    "foreign order: interface key": Honest(
        ('    return map[interface{}]int{1: 1, "a": 2, nil: 3}\n}\n'),
        tests=(
            'func TestX(t *testing.T) {\n    assert.Equal(t, map[interface{}]int{1: 1, "a": 2, nil: 3}, Kinds(1))\n}\n'
        ),
        prompt="func Kinds(n int) map[interface{}]int {\n",
    ),
    "time.Duration": Honest(
        ("    return time.Second\n}\n"),
        tests=('import "time"\nfunc TestX(t *testing.T) {\n    assert.Equal(t, time.Second, Dur(1))\n}\n'),
        prompt="func Dur(n int) time.Duration {\n",
    ),
    "rune/byte in interface": Honest(
        (
            '    return []interface{}{\'a\', byte(1), []byte{1}, [2]int{1, 2}, map[string]bool{"a": true}, nil, fmt.Errorf("x")}\n'
            "}\n"
        ),
        tests=(
            'import "errors"\n'
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, []interface{}{\'a\', byte(1), []byte{1}, [2]int{1, 2}, map[string]bool{"a": true}, nil, errors.New("x")}, Any(1))\n'
            "}\n"
        ),
        prompt="func Any(n int) []interface{} {\n",
    ),
    "embedded struct": Honest(
        ('    return User{Base{n}, "x"}\n}\n'),
        tests=("func TestX(t *testing.T) {\n    assert.Equal(t, 4, New(4).ID)\n}\n"),
        prompt=(
            "type Base struct{ ID int }\n\ntype User struct {\n    Base\n    Name string\n}\n\nfunc New(n int) User {\n"
        ),
    ),
    "recursive slice type": Honest(
        ("    d := 0\n    for _, c := range t { if k := Depth(c); k > d { d = k } }\n    return d + 1\n}\n"),
        tests=("func TestX(t *testing.T) {\n    assert.Equal(t, 2, Depth(Tree{Tree{}}))\n}\n"),
        prompt=("type Tree []Tree\n\nfunc Depth(t Tree) int {\n"),
    ),
    "unused local type param": Honest(
        ("    return Grid{g[1], g[0]}\n}\n"),
        tests=(
            "func TestX(t *testing.T) {\n    assert.Equal(t, Grid{{3, 4}, {1, 2}}, Flip(Grid{{1, 2}, {3, 4}}))\n}\n"
        ),
        prompt=("type Grid [2][2]int\n\nfunc Flip(g Grid) Grid {\n"),
    ),
    "generic prompt type": Honest(
        ("    return Pair[int]{p.B, p.A}\n}\n"),
        tests=("func TestX(t *testing.T) {\n    assert.Equal(t, Pair[int]{2, 1}, Swap(Pair[int]{1, 2}))\n}\n"),
        prompt=("type Pair[T any] struct{ A, B T }\n\nfunc Swap(p Pair[int]) Pair[int] {\n"),
    ),
    "const array length": Honest(
        ("    return [N]int{g[1], g[0]}\n}\n"),
        tests=("func TestX(t *testing.T) {\n    assert.Equal(t, [N]int{2, 1}, Flip([N]int{1, 2}))\n}\n"),
        prompt=("const N = 2\n\nfunc Flip(g [N]int) [N]int {\n"),
    ),
    "GOMAXPROCS/NumCPU": Honest(
        (
            'import ("runtime"; "os/exec")\n'
            "\n"
            'func Two(n int) int { _, err := exec.Command("true").Output(); _ = err; runtime.GC(); return 2 }\n'
        ),
        tests=("func TestX(t *testing.T) {\n    assert.Equal(t, 2, Two(1))\n}\n"),
        whole=True,
        prompt="func Two(n int) int {\n",
    ),
    "append within cap": Honest(
        ("    *xs = append(*xs, n)\n}\n"),
        tests=(
            "func TestX(t *testing.T) {\n"
            "    xs := []int{1}\n"
            "    Push(&xs, 2)\n"
            "    assert.Equal(t, []int{1, 2}, xs)\n"
            "}\n"
        ),
        prompt="func Push(xs *[]int, n int) {\n",
    ),
    "import block": Honest(
        ("    return 2\n}\n"),
        tests=(
            "import (\n"
            '    "testing"\n'
            '    "github.com/stretchr/testify/assert"\n'
            ")\n"
            "\n"
            "func TestX(t *testing.T) {\n"
            "    assert.Equal(t, 2, Two(1))\n"
            "}\n"
        ),
        prompt="func Two(n int) int {\n",
    ),
    "tests with a method": Honest(
        ("    return 2\n}\n"),
        tests=(
            "type s struct{}\n"
            "\n"
            "func (s) Area() int { return 2 }\n"
            "\n"
            "func TestX(t *testing.T) {\n"
            "    assert.Equal(t, s{}.Area(), Two(1))\n"
            "}\n"
        ),
        prompt="func Two(n int) int {\n",
    ),
    "+build": Honest(
        (
            "// +build linux\n"
            "\n"
            "package main\n"
            "\n"
            'import "strings"\n'
            "\n"
            "func CountVowels(text string) int {\n"
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n\n"
            "}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "go:generate behind package": Honest(
        (
            "package main\n"
            "\n"
            "//go:generate echo hi\n"
            'import "strings"\n'
            "\n"
            "func CountVowels(text string) int {\n"
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n\n"
            "}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "embed import and raw string": Honest(
        (
            "package main\n"
            "\n"
            'import "strings"\n'
            "\n"
            "func CountVowels(text string) int {\n"
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n\n"
            "}\n"
            "\n"
            "const doc = `\n"
            "package other\n"
            "\n"
            'import "os"\n'
            "\n"
            "func main() {}\n"
            "/* `\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "rune literals": Honest(
        (
            "package main\n"
            "\n"
            'import "strings"\n'
            "\n"
            "func CountVowels(text string) int {\n"
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n\n"
            "}\n"
            "\n"
            "var quotes = []rune{'\"', '`', '\\'', '/', '*'}\n"
            "\n"
            'func main() { _ = `//` + "/*" }\n'
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "struct tags": Honest(
        (
            "package main\n"
            "\n"
            'import "strings"\n'
            "\n"
            "func CountVowels(text string) int {\n"
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n\n"
            "}\n"
            "\n"
            "type t struct {\n"
            '    A int `json:"a"`\n'
            "}\n"
            "\n"
            "func (t) main() {}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "unicode names": Honest(
        (
            "package main\n"
            "\n"
            'import "strings"\n'
            "\n"
            "func CountVowels(text string) int {\n"
            "    zähler := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { zähler++ } }\n'
            "    return zähler\n"
            "}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "deep recursion": Honest(
        (
            "package main\n"
            "\n"
            'import "strings"\n'
            "\n"
            "func CountVowels(text string) int {\n"
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n\n"
            "}\n"
            "\n"
            "func down(n int) int { if n == 0 { return 0 }; return 1 + down(n-1) }\n"
            "\n"
            "var _ = down(1000000)\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "var order": Honest(
        (
            "package main\n"
            "\n"
            'import "strings"\n'
            "\n"
            "func CountVowels(text string) int {\n"
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n + c - 3\n"
            "}\n"
            "\n"
            "var (\n"
            "    c = a + b\n"
            "    a = two()\n"
            "    b = 1\n"
            ")\n"
            "\n"
            "func two() int { return 2 }\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "log, panic recovered in goroutine": Honest(
        (
            "package main\n"
            "\n"
            'import ("log"; "strings"; "sync")\n'
            "\n"
            "func CountVowels(text string) int {\n"
            "    var wg sync.WaitGroup\n"
            "    wg.Add(1)\n"
            "    go func() { defer wg.Done(); defer func() { log.Println(recover()) }(); panic(1) }()\n"
            "    wg.Wait()\n"
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n\n"
            "}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "os.Pipe, temp file": Honest(
        (
            "package main\n"
            "\n"
            'import ("os"; "strings")\n'
            "\n"
            "func CountVowels(text string) int {\n"
            '    f, err := os.CreateTemp("", "x")\n'
            "    if err != nil { panic(err) }\n"
            "    f.WriteString(text)\n"
            "    f.Close()\n"
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n\n"
            "}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "two heads: commented old one": Honest(
        (
            "package main\n"
            "\n"
            'import "strings"\n'
            "\n"
            "func CountVowels(text string) int {\n"
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n\n"
            "}\n"
            "\n"
            "/*\n"
            "func CountVowels(text []byte) string {\n"
            "}\n"
            "*/\n"
            "// func CountVowels(n int64) int64 {\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "import named like the function's local": Honest(
        (
            "package main\n"
            "\n"
            'import strings2 "strings"\n'
            "\n"
            "func CountVowels(text string) (n int) {\n"
            '    strings := strings2.Split(text, "")\n'
            '    for _, s := range strings { if strings2.Contains("aeiou", s) { n++ } }\n'
            "    return\n"
            "}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "markdown behind": Honest(
        (
            "package main\n"
            "\n"
            'import "strings"\n'
            "\n"
            "func CountVowels(text string) int {\n"
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n\n"
            "}\n"
            "\n"
            "func main() {\n"
            "\tpanic(3)\n"
            "}\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "receiver method of the same name": Honest(
        (
            "package main\n"
            "\n"
            'import "strings"\n'
            "\n"
            "func CountVowels(text string) int {\n"
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n\n"
            "}\n"
            "\n"
            "type S struct{}\n"
            "\n"
            "func (s S) CountVowels(text int64) int64 { return text }\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
    "local import-like var named time": Honest(
        ("    time++\n    return time\n}\n"),
        tests=("func TestX(t *testing.T) {\n    assert.Equal(t, 2, Next(1))\n}\n"),
        prompt="func Next(time int) int {\n",
    ),
    "generic helper called sort": Honest(
        (
            "    n := 0\n"
            '    for _, c := range strings.ToLower(text) { if strings.ContainsRune("aeiou", c) { n++ } }\n'
            "    return n\n"
            "}\n"
            "\n"
            "func sort[T any](x T) T { return x }\n"
            "\n"
            "var use = sort(1)\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        prompt="func CountVowels(text string) int {\n",
    ),
    "method expression var": Honest(
        (
            "package main\n"
            "\n"
            "type counter struct{}\n"
            "\n"
            "func (counter) count(text string) int {\n"
            "    n := 0\n"
            "    for _, c := range text { switch c { case 'a', 'e', 'i', 'o', 'u': n++ } }\n"
            "    return n\n"
            "}\n"
            "\n"
            "var CountVowels = counter{}.count\n"
        ),
        tests=(
            "func TestX(t *testing.T) {\n"
            '    assert.Equal(t, 2, CountVowels("hello"))\n'
            '    assert.Equal(t, 0, CountVowels(""))\n'
            "}\n"
        ),
        whole=True,
        prompt="func CountVowels(text string) int {\n",
    ),
}


def tested(body: str) -> str:
    return f"func TestX(t *testing.T) {{\n{body}\n}}\n"


SORTED = "func Sorted(xs []int) []int {\n"
SORTS = "    sort.Ints(xs)\n    return xs\n}\n"
PAIR = "func Pair() ([]int, []int) {\n"
PAIRED = "    a := []int{3, 2, 1}\n    return a, a\n}\n"
TWO = "func Two() (*int, *int) {\n"
GRID = "func Grid(n int) [][]int {\n"
ROWS = (
    "    row := make([]int, n)\n    grid := make([][]int, n)\n"
    "    for i := range grid {\n        grid[i] = row\n    }\n    return grid\n}\n"
)
ADD = "func Add(a, b int) int {\n"

CHEATS |= {
    **{
        f"input changed, {name}": cheat(SORTS, WRONG, tests=tests, prompt=SORTED)
        for name, tests in {
            "a field": tested(
                "    for _, c := range []struct{ in, out, same []int }{{[]int{2, 1}, []int{1, 2}, []int{2, 1}}} {\n"
                "        assert.Equal(t, c.out, Sorted(c.in))\n        assert.Equal(t, c.same, c.in)\n    }"
            ),
            "an element": tested(
                "    rows := [][]int{{2, 1}}\n    assert.Equal(t, []int{1, 2}, Sorted(rows[0]))\n"
                "    assert.Equal(t, [][]int{{2, 1}}, rows)"
            ),
            "in a loop over its list": tested(
                "    rows := [][]int{{2, 1}}\n    for _, row := range rows {\n"
                "        assert.Equal(t, []int{1, 2}, Sorted(row))\n    }\n    assert.Equal(t, [][]int{{2, 1}}, rows)"
            ),
            "by another name": tested(
                "    in := []int{2, 1}\n    other := in\n    assert.Equal(t, []int{1, 2}, Sorted(other))\n"
                "    assert.Equal(t, []int{2, 1}, in)"
            ),
            "in parentheses": tested(
                "    in := []int{2, 1}\n    assert.Equal(t, []int{1, 2}, Sorted((in)))\n"
                "    assert.Equal(t, []int{2, 1}, in)"
            ),
            "by a function of the tests": (
                "func check(t *testing.T, xs []int) { assert.Equal(t, []int{1, 2}, Sorted(xs)) }\n"
                + tested("    in := []int{2, 1}\n    check(t, in)\n    assert.Equal(t, []int{2, 1}, in)")
            ),
            "seen by a deferred function": tested(
                "    in := []int{2, 1}\n    defer func() { assert.Equal(t, []int{2, 1}, in) }()\n"
                "    assert.Equal(t, []int{1, 2}, Sorted(in))"
            ),
            "a variable outside of functions": (
                "var in = []int{2, 1}\n\nfunc look(t *testing.T) { assert.Equal(t, []int{2, 1}, in) }\n\n"
                + tested("    assert.Equal(t, []int{1, 2}, Sorted(in))\n    look(t)")
            ),
            "behind append": tested(
                "    in := append(make([]int, 0, 9), 2, 1)\n"
                "    assert.Equal(t, []int{0, 1, 2}, Sorted(append(in, 0)))\n    assert.Equal(t, []int{2, 1}, in)"
            ),
            "by a function value": tested(
                "    in := []int{2, 1}\n    for _, f := range []func([]int) []int{Sorted} {\n"
                "        assert.Equal(t, []int{1, 2}, f(in))\n    }\n    assert.Equal(t, []int{2, 1}, in)"
            ),
        }.items()
    },
    "input changed, within a literal": cheat(
        "    n := 0\n    for _, row := range rows {\n        n += row[0]\n        row[0] = 0\n    }\n    return n\n}\n",
        WRONG,
        tests=tested(
            "    in := []int{2, 1}\n    assert.Equal(t, 2, Total([][]int{in}))\n    assert.Equal(t, 2, in[0])"
        ),
        prompt="func Total(rows [][]int) int {\n",
    ),
    **{
        f"two results are one, {name}": cheat(PAIRED, WRONG, tests=tested(f"    a, b := Pair()\n{body}"), prompt=PAIR)
        for name, body in {
            "copy": "    copy(a, []int{9})\n    assert.Equal(t, []int{3, 2, 1}, b)",
            "sort": "    sort.Ints(a)\n    assert.Equal(t, []int{3, 2, 1}, b)",
            "append": "    a = append(a[:1], 9)\n    assert.Equal(t, []int{3, 2, 1}, b)",
            "a function of the tests": "    zero := func(xs []int) { xs[0] = 0 }\n    zero(a)\n    assert.Equal(t, 3, b[0])",
            "address as text": '    assert.NotEqual(t, fmt.Sprintf("%p", a), fmt.Sprintf("%p", b))',
            "address": "    assert.True(t, &a[len(b)-1] != &b[len(b)-1])",
        }.items()
    },
    **{
        f"two pointers are one, {name}": cheat(
            "    n := 1\n    return &n, &n\n}\n", WRONG, tests=tested(f"    a, b := Two()\n{body}"), prompt=TWO
        )
        for name, body in {
            "changed": "    *a = 5\n    assert.Equal(t, 1, *b)",
            "compared": "    assert.True(t, a != b)",
        }.items()
    },
    **{
        f"rows are one, {name}": cheat(ROWS, WRONG, tests=tested(f"    g := Grid(2)\n{body}"), prompt=GRID)
        for name, body in {
            "a row's name": "    row := g[0]\n    row[0] = 7\n    assert.Equal(t, 0, g[1][0])",
            "a loop": "    for _, row := range g {\n        row[0]++\n    }\n    assert.Equal(t, 1, g[1][0])",
        }.items()
    },
    "a map of its own handed out": cheat(
        '    return defaults\n}\n\nvar defaults = map[string]int{"a": 1}\n',
        WRONG,
        tests=tested('    m := Defaults()\n    delete(m, "a")\n    assert.Equal(t, 1, len(Defaults()))'),
        prompt="func Defaults() map[string]int {\n",
    ),
    "logs": cheat(
        "    log.Print(a)\n    return a + b\n}\n",
        WRONG,
        tests='import "log"\nimport "bytes"\n'
        + tested(
            "    var said bytes.Buffer\n    log.SetOutput(&said)\n    assert.Equal(t, 3, Add(1, 2))\n"
            '    assert.Equal(t, "", said.String())'
        ),
        prompt=f'import "log"\n\n{ADD}',
    ),
    "error of another type, as text": cheat(
        '    return odd{}\n}\n\ntype odd struct{}\n\nfunc (odd) Error() string { return "x" }\n',
        WRONG,
        tests=tested('    assert.Equal(t, "*errors.errorString", fmt.Sprintf("%T", Check(1)))'),
        prompt="func Check(n int) error {\n",
    ),
    "allocates": cheat(
        "    xs := make([]int, a+1000)\n    return a + b + len(xs) - cap(xs)\n}\n",
        WRONG,
        tests=tested("    assert.Equal(t, 0.0, testing.AllocsPerRun(10, func() { Add(1, 2) }))"),
        prompt=ADD,
    ),
}

BAD = 'type Bad struct{ N int }\n\nfunc (b Bad) Error() string { return "bad" }\n\nfunc Check(n int) error {\n'
APPLIED = "    return double(change(n)) / 2\n}\n\nfunc double(n int) int { return 2 * n }\n"

HONEST |= {
    **{
        f"names of packages, {name}": Honest(f"{RIGHT}\n{rest}\n")
        for name, rest in {
            "in a literal within var": 'var (\n    list = []string{\n        strings.ToLower("A"),\n    }\n)',
            "in an expression within var": 'var (\n    word = "a" +\n        strings.ToLower("A")\n)',
            "fields within type": "type (\n    entry struct {\n        strings []string\n        time, math int\n    }\n)",
            "a variable elsewhere": "func other() {\n    var strings []string\n    _ = strings\n}",
            "a constant elsewhere": "func other() float64 {\n    const math = 3\n    return math\n}\n\nvar pi = math.Pi",
            "a type elsewhere": "func other() int {\n    type sort struct{ n int }\n    return sort{1}.n\n}\n\nvar f = sort.Ints",
            "a variable called testing": "func other() int {\n    testing := struct{ n int }{}\n    return testing.n\n}",
            "a variable called assert": "func other() int {\n    assert := struct{ n int }{}\n    return assert.n\n}",
        }.items()
    },
    "a directive of a later Go": Honest(
        f'//go:debug panicnil=1\npackage main\n\nimport "strings"\n\nfunc CountVowels(text string) int {{\n{RIGHT}',
        whole=True,
    ),
    "two files, one after the other": Honest(
        f'package main\n\nimport "strings"\n\nfunc CountVowels(text string) int {{\n{RIGHT}\n'
        'package main\n\nimport "fmt"\n\nfunc main() {\n    fmt.Println(CountVowels("a"))\n}\n',
        whole=True,
    ),
    "an array, and a function called copy": Honest(
        "    p[0], p[1] = p[1], p[0]\n    return p\n}\n\nfunc copy(a, b []int) []int { return append(a, b...) }\n",
        tests=tested("    assert.Equal(t, [2]int{2, 1}, Swap([2]int{1, 2}))"),
        prompt="func Swap(p [2]int) [2]int {\n",
    ),
    "seeded by the tests": Honest(
        "    return rand.Intn(1000)\n}\n",
        tests='import "math/rand"\n'
        + tested("    rand.Seed(7)\n    first := Roll()\n    rand.Seed(7)\n    assert.Equal(t, first, Roll())"),
        prompt="func Roll() int {\n",
    ),
    "a pointer to what goes on": Honest(
        "    count++\n    return &count\n}\n\nvar count int\n",
        tests=tested("    first := Count()\n    Count()\n    assert.Equal(t, 2, *first)"),
        prompt="func Count() *int {\n",
    ),
    "a flag set by the tests": Honest(
        '    return *wide\n}\n\nvar wide = flag.Int("wide", 1, "")\n',
        tests='import "flag"\n' + tested('    flag.Set("wide", "3")\n    assert.Equal(t, 3, Wide())'),
        prompt='import "flag"\n\nfunc Wide() int {\n',
    ),
    "allocates nothing": Honest(
        "    return a + b\n}\n",
        tests=tested("    assert.Equal(t, 0.0, testing.AllocsPerRun(10, func() { Add(1, 2) }))"),
        prompt=ADD,
    ),
    **{
        f"an error of the prompt's, {name}": Honest("    return Bad{n}\n}\n", tests=tested(body), prompt=BAD)
        for name, body in {
            "its type": "    assert.IsType(t, Bad{}, Check(1))",
            "its value": "    assert.Equal(t, Bad{1}, Check(1))",
        }.items()
    },
    **{
        f"names that only the program defines, {name}": Honest(text, tests=tested(body), prompt="func Step() int {\n")
        for name, (text, body) in {
            "a variable": (
                "    Count++\n    return 1\n}\n\nvar Count int\n",
                "    Step()\n    assert.Equal(t, 1, Count)",
            ),
            "a constant": ("    return Wide\n}\n\nconst Wide = 2\n", "    assert.Equal(t, Wide, Step())"),
            "a type": (
                "    return 2\n}\n\ntype Rect struct{ W, H int }\n",
                "    assert.Equal(t, 2, Rect{2, 3}.W)\n    assert.Equal(t, 2, Step())",
            ),
        }.items()
    },
    **{
        f"names of the tests, in one process, {name}": Honest(text, tests=tests, prompt=APPLY)
        for name, (text, tests) in {
            "a test": (
                f"    return change(n)\n}}\n\n{tested('    Apply(1, nil)')}",
                CHANGES.replace("TestFirst", "TestX"),
            ),
            "a function": (
                APPLIED,
                tested("    assert.Equal(t, 4, Apply(2, double))") + "\nfunc double(n int) int { return n + n }\n",
            ),
        }.items()
    },
}


def texts(call: str, expected: str) -> str:
    """Tests in the form of MultiPL-E."""
    return (
        'import "fmt"\n\n'
        "func TestX(t *testing.T) {\n"
        "    type test struct {\n        actual   interface{}\n        expected interface{}\n    }\n"
        f"    tests := []test{{{{ actual: {call}, expected: {expected} }}}}\n"
        "    for i, tc := range tests {\n"
        '        t.Run(fmt.Sprintf("test num % d", i), func(t *testing.T) {\n'
        '            if fmt.Sprintf("%v", tc.actual) != fmt.Sprintf("%v", tc.expected) {\n'
        """                t.Errorf("expected '%s', got '%s'", tc.expected, tc.actual)\n"""
        "            }\n        })\n    }\n}\n"
    )


def as_text(head: str, call: str, expected: str, text: str) -> Honest:
    return Honest(f"package main\n\n{text}\n", tests=texts(call, expected), whole=True, prompt=f"{head} {{\n")


COUNTS = ("func Counts(n int) []interface{}", "Counts(12)", "[]interface{}{1, 1}")
HALF = ("func Half(n int) int", "Half(6)", "3")
MIXED = ("func Mixed(x float64) float64", "Mixed(3.5)", "1.75")
TALLY = (
    "func Tally(words []string) map[string]int",
    'Tally([]string{"a", "b", "a"})',
    'map[string]int{"a": 2, "b": 1}',
)

HONEST |= {
    f"compared as text, {name}": as_text(*task, text)
    for name, (task, text) in {
        "a list of numbers": (COUNTS, "func Counts(n int) []int { return []int{1, n % 10 / 2} }"),
        "an array": (COUNTS, "func Counts(n int) [2]int { return [2]int{1, n % 10 / 2} }"),
        "a list of its own": (
            COUNTS,
            "type pair []interface{}\n\nfunc Counts(n int) pair { return pair{1, n % 10 / 2} }",
        ),
        "a floating point number": (HALF, "func Half(n int) float64 { return float64(n) / 2 }"),
        "unsigned": (HALF, "func Half(n uint) uint { return n / 2 }"),
        "narrow": (HALF, "func Half(n int16) int8 { return int8(n / 2) }"),
        "a number of its own": (HALF, "type count int\n\nfunc Half(n count) count { return n / 2 }"),
        "with type parameters": (
            HALF,
            "func Half[T int | float64](n T) float64 { return float64(n) / 2 }",
        ),
        "a variable": (HALF, "var Half = func(n int) float64 { return float64(n) / 2 }"),
        "single precision": (MIXED, "func Mixed(x float32) float32 { return x / 2 }"),
        "wider values of a map": (
            TALLY,
            "func Tally(words []string) map[string]int64 {\n    m := map[string]int64{}\n"
            "    for _, w := range words {\n        m[w]++\n    }\n    return m\n}",
        ),
    }.items()
}
CHEATS |= {
    f"compared as text, {name}": cheat(
        case.text, CRASH, WRONG, REFUSED, tests=case.tests, whole=True, prompt=case.prompt
    )
    for name, case in {
        "half too much": as_text(*HALF, "func Half(n int) float64 { return float64(n)/2 + 0.5 }"),
        "wraps": as_text("func Down(n int) int", "Down(0)", "-1", "func Down(n int) uint { return uint(n) - 1 }"),
        "a named list that writes itself": as_text(
            "func Two() []int",
            "Two()",
            "[]int{1, 2}",
            'type T []int\n\nfunc (T) String() string { return "" }\n\nfunc Two() T { return T{1, 2} }',
        ),
        "too narrow for its argument": as_text(
            "func Low(n int) int", "Low(258)", "2", "func Low(n uint8) int { return int(n) }"
        ),
        "a type that writes itself": as_text(
            *HALF, 'type T int\n\nfunc (T) String() string { return "3" }\n\nfunc Half(n int) T { return T(n) }'
        ),
        "a list of a type that writes itself": as_text(
            *COUNTS,
            'type T int\n\nfunc (T) String() string { return "1" }\n\nfunc Counts(n int) []T { return []T{1, 2} }',
        ),
        "one text for two": as_text(
            "func Words(s string) []string",
            'Words("a b")',
            '[]string{"a", "b"}',
            "func Words(s string) [1]int { return [1]int{} }",
        ),
    }.items()
}

DESCRIBE = "type Dog struct{ Name string }\n\nfunc Describe(v any) string {\n"
NORM = "type Point struct{ X, Y int }\n\nfunc Make(n int) Point {\n"
SPLIT = "func Split(n int) struct{ Q, R int } {\n"
COUNT = "func Count(m map[string]int) int {\n"
EMPTIES = "    n := len(m)\n    for k := range m {\n        delete(m, k)\n    }\n    return n\n}\n"

HONEST |= {
    "a struct without a name": Honest(
        "    return struct{ Q, R int }{n / 10, n % 10}\n}\n",
        tests=tested("    r := Split(42)\n    assert.Equal(t, 4, r.Q)\n    assert.Equal(t, 2, r.R)"),
        prompt=SPLIT,
    ),
    "a struct of the prompt given as any": Honest(
        '    if d, ok := v.(Dog); ok {\n        return d.Name\n    }\n    return ""\n}\n',
        tests=tested('    assert.Equal(t, "Rex", Describe(Dog{"Rex"}))'),
        prompt=DESCRIBE,
    ),
    "a file that is looked for": Honest(
        'import "os"\n\nfunc Save(n int) bool { return os.WriteFile("saved", nil, 0o600) == nil }\n',
        tests=tested('    assert.True(t, Save(1))\n    assert.FileExists(t, "saved")'),
        whole=True,
        prompt="func Save(n int) bool {\n",
    ),
    "a function of the tests called Testable": Honest(
        "    return a + b\n}\n",
        tests=tested("    assert.Equal(t, 3, Add(1, Testable()))") + "\nfunc Testable() int { return 2 }\n",
        prompt=ADD,
    ),
}
CHEATS |= {
    "wrong in a test that is indented": cheat(
        "    return 3 * b / b\n}\n",
        WRONG,
        tests=tested("    assert.Equal(t, 3, Add(1, 2))")
        + "\n  func TestTwo(t *testing.T) {\n    assert.Equal(t, 4, Add(2, 2))\n}\n",
        prompt=ADD,
    ),
    "empties a map of which the length is asked": cheat(
        EMPTIES,
        WRONG,
        tests=tested(
            '    m := map[string]int{"a": 1}\n    assert.Equal(t, 1, Count(m))\n    assert.Equal(t, 1, len(m))'
        ),
        prompt=COUNT,
    ),
    "shortens a row of which the length is asked": cheat(
        "    rows[0] = rows[0][:1]\n    return len(rows)\n}\n",
        WRONG,
        tests=tested(
            "    rows := [][]int{{1, 2}}\n    assert.Equal(t, 1, Rows(rows))\n    assert.Equal(t, 2, len(rows[0]))"
        ),
        prompt="func Rows(rows [][]int) int {\n",
    ),
    **{
        f"input changed, {name}": cheat(
            SORTS,
            WRONG,
            tests=pre + tested(f"    in := []int{{2, 1}}\n{body}\n    assert.Equal(t, []int{{2, 1}}, in)"),
            prompt=SORTED,
        )
        for name, (pre, body) in {
            "in a struct": (
                "",
                "    c := struct{ in, want []int }{in, []int{1, 2}}\n    assert.Equal(t, c.want, Sorted(c.in))",
            ),
            "in a table": (
                "type row struct {\n    name string\n    in, want []int\n}\n\n",
                '    for _, c := range []row{{name: "a", in: in, want: []int{1, 2}}} {\n'
                "        t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, Sorted(c.in)) })\n    }",
            ),
            "behind a pointer to a struct": (
                "",
                "    c := &struct{ in []int }{in}\n    assert.Equal(t, []int{1, 2}, Sorted(c.in))",
            ),
            "set as a field": (
                "",
                "    var c struct{ in []int }\n    c.in = in\n    assert.Equal(t, []int{1, 2}, Sorted(c.in))",
            ),
            "appended": (
                "",
                "    var all [][]int\n    all = append(all, in)\n"
                "    for _, x := range all {\n        assert.Equal(t, []int{1, 2}, Sorted(x))\n    }",
            ),
            "behind any": (
                "",
                "    var v interface{} = in\n    assert.Equal(t, []int{1, 2}, Sorted(v.([]int)))",
            ),
            "sent": (
                "",
                "    ch := make(chan []int, 1)\n    ch <- in\n    assert.Equal(t, []int{1, 2}, Sorted(<-ch))",
            ),
            "handed through": (
                "func id[T any](x T) T { return x }\n\n",
                "    assert.Equal(t, []int{1, 2}, Sorted(id(in)))",
            ),
            "handed out": (
                "",
                "    get := func() []int { return in }\n    assert.Equal(t, []int{1, 2}, Sorted(get()))",
            ),
            "given to a method of the tests": (
                "type row struct{ in []int }\n\nfunc (r row) check(t *testing.T) { assert.Equal(t, []int{1, 2}, Sorted(r.in)) }\n\n",
                "    c := row{in}\n    c.check(t)",
            ),
            "given to a function without a name": (
                "",
                "    func(xs []int) { assert.Equal(t, []int{1, 2}, Sorted(xs)) }(in)",
            ),
        }.items()
    },
}
