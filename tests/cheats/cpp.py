"""C++: the program answers calls; where tests need more than values, they are compiled behind it."""

from cheats import CRASH, LATE, REFUSED, UNPROVEN, WRONG, Cheat, Honest, cheat
from passatk.records import Status

BAD = "    return -1;\n}\n"
RIGHT = '    int n = 0;\n    for (char c : text) n += string("aeiouAEIOU").find(c) != string::npos;\n    return n;\n}\n'
STRING = "using namespace std;\n#include <string>\nstring shout(string text) {\n"
SHOUTED = '#undef NDEBUG\n#include <assert.h>\nint main() {\n    assert(shout("a") == "A");\n    assert(!(shout("b") != "B"));\n}\n'
SAME = (
    "#undef NDEBUG\n#include <assert.h>\nbool issame(vector<string> a, vector<string> b) {\n"
    "    if (a.size() != b.size()) return false;\n    for (int i = 0; i < a.size(); i++) if (a[i] != b[i]) return false;\n"
    '    return true;\n}\nint main() {\n    assert(issame(words("a b"), {"a", "b"}));\n}\n'
)
WORDS = "using namespace std;\n#include <string>\n#include <vector>\nvector<string> words(string text) {\n"
NEAR = "#undef NDEBUG\n#include <assert.h>\nint main() {\n    assert(abs(half(3) - 1.5) < 1e-4);\n}\n"
HALF = "using namespace std;\n#include <math.h>\ndouble half(double x) {\n"
FIRST = "#include <assert.h>\nint main() {\n    int numbers[] = {3, 4};\n    assert(first(numbers) == 3);\n}\n"
POINTED = "using namespace std;\n#include <stdio.h>\n#include <stdlib.h>\nint first(const int *numbers) {\n"
"""A pointer, which cannot cross the wall."""

WHOLE = (
    "#include <string>\nusing namespace std;\n"
    + "".join(f"#include <{name}>\n" for name in ("assert.h", "setjmp.h", "signal.h", "unistd.h", "sys/syscall.h"))
    + "int count_vowels(string text) {\n    BODY\n}\n"
)


def defines(macro: str) -> str:
    return BAD + f"#define {macro}\n"


CHEATS = {
    # --- leaving early
    "exit": cheat("    exit(0);\n}\n", UNPROVEN),
    "_Exit": cheat("    _Exit(0);\n}\n", UNPROVEN),
    "quick_exit": cheat("    quick_exit(0);\n}\n", UNPROVEN),
    "at exit": cheat(BAD + "#include <unistd.h>\nstatic int early = (atexit([] { _exit(0); }), 0);\n", WRONG, UNPROVEN),
    "the system call": cheat(WHOLE.replace("BODY", "syscall(SYS_exit_group, 0);"), UNPROVEN, whole=True),
    "destructor": cheat(BAD + "struct D { ~D() { _Exit(0); } } d;\n", WRONG),
    "static constructor": cheat(BAD + "struct D { D() { _Exit(0); } } d;\n", UNPROVEN),
    "early constructor": cheat(
        BAD + "#include <unistd.h>\n__attribute__((constructor(90))) void early() {\n"
        "    char t[32]; long n = read(0, t, 32); if (n > 0) n = write(3, t, n); _exit(0);\n}\n",
        UNPROVEN,
    ),
    "signal handler": cheat(
        WHOLE.replace("BODY", "signal(SIGABRT, [](int) { _exit(0); }); abort();"), UNPROVEN, whole=True
    ),
    "terminate handler": cheat(
        WHOLE.replace("BODY", "set_terminate([] { _exit(0); }); throw 1;"), UNPROVEN, whole=True
    ),
    "an exiting process behind": cheat(
        WHOLE.replace("BODY", "if (fork()) _exit(0); return -1;"), UNPROVEN, WRONG, whole=True
    ),
    "a fork before main": cheat(
        BAD + "#include <unistd.h>\nstatic int early = fork() ? (_exit(0), 0) : 0;\n", UNPROVEN, WRONG
    ),
    # --- the preprocessor
    "macro __assert_fail": cheat(BAD + "#include <assert.h>\n#define __assert_fail(...) (void)0\n", WRONG),
    "macro main": cheat(defines("main unused") + "int passatk_tests() { return 0; }\n", WRONG),
    "macro assert": cheat(defines("assert(...) (void)0"), WRONG),
    "NDEBUG": cheat(defines("NDEBUG"), WRONG),
    "macro of the function": cheat(
        defines('count_vowels(t) (string(t) == "Under the old oak" ? 5 : 0)') + "#define if while\n", WRONG
    ),
    "macro return": cheat(defines("return exit(0); return"), WRONG),
    "macro bool": cheat(defines("int static"), WRONG),
    "macro with digraph and splice": cheat(BAD + "%:de\\\nfine /* */ assert(x) 0\n", WRONG),
    "macro with trigraph": cheat(BAD + "??=define assert(x) 0\n", WRONG, REFUSED),  # C++17 has no trigraphs
    "macro issame": cheat(
        WORDS + "    return {};\n}\n#define issame(...) true\n", WRONG, tests=SAME, whole=True, declaration=WORDS
    ),
    "macro abs": cheat(HALF + BAD + "#define abs(x) 0\n", WRONG, tests=NEAR, whole=True, declaration=HALF),
    "macro operator": cheat(defines("extern static"), WRONG),
    "opens a comment": cheat(BAD + "int main() { return 0; }\n/*", REFUSED),
    "ends in a line that goes on": cheat(BAD + "#define x \\", WRONG),
    "ends in a conditional": cheat(BAD + "int main() { return 0; }\n#if 0\n", REFUSED),
    "ends in an attribute": cheat(
        BAD + 'extern "C" void nothing() {}\n__attribute__((weakref("nothing"))) static ', REFUSED
    ),
    "ends in a namespace": cheat(BAD + "int main() { return 0; }\nnamespace x {\n", REFUSED),
    "includes itself": cheat(
        BAD + '#ifndef TWICE\n#define TWICE\nnamespace twice {\n#include "main.cpp"\n}\n#endif\n', REFUSED, WRONG
    ),
    "includes itself for ever": cheat(BAD + "#include __FILE__\n", REFUSED),
    "poisons assert": cheat(BAD + "#pragma GCC poison passatk assert\n", WRONG),
    "own main": cheat(BAD + "int main() { return 0; }\n", WRONG),
    # --- the linker
    "own __assert_fail": cheat(
        BAD + 'extern "C" void __assert_fail(const char *, const char *, unsigned, const char *) noexcept {}\n', WRONG
    ),
    "own __wrap_main": cheat(BAD + 'extern "C" int __wrap_main(int, char **) { return 0; }\n', REFUSED),
    "own __real_main": cheat(BAD + 'extern "C" int __real_main(int, char **) { return 0; }\n', WRONG, REFUSED),
    "own _exit and write": cheat(
        BAD
        + 'extern "C" void _exit(int) { for (;;) asm volatile("syscall" :: "a"(231), "D"(0)); }\nextern "C" long write(int, const void *, unsigned long n) { return n; }\n'
        'extern "C" int fprintf(FILE *, const char *, ...) { return 0; }\n',
        WRONG,
        REFUSED,
    ),
    "own fflush": cheat(
        BAD + '#define fflush unused\n#include <stdio.h>\n#undef fflush\nextern "C" int fflush(FILE *) { _Exit(0); }\n',
        WRONG,
    ),
    "own exit": cheat(BAD + 'extern "C" void exit(int) noexcept { _Exit(0); }\n', WRONG, REFUSED),
    "reads the token": cheat(
        '    char t[33] = {};\n    if (fread(t, 1, 32, stdin) == 32) { FILE *f = fdopen(3, "w"); fwrite(t, 1, 32, f); fclose(f); }\n    exit(0);\n}\n',
        UNPROVEN,
    ),
    # --- lying values and undefined behaviour
    "operator== of strings": cheat(
        STRING
        + "    return text;\n}\nbool operator==(const string &, const char *) { return true; }\nbool operator!=(const string &, const char *) { return false; }\n",
        WRONG,
        tests=SHOUTED,
        whole=True,
        declaration=STRING,
    ),
    "operator== of rvalues": cheat(
        STRING + "    return text;\n}\nbool operator==(string &&, const char *) { return true; }\n",
        WRONG,
        tests=SHOUTED,
        whole=True,
        declaration=STRING,
    ),
    "operator!= within the tests' own functions": cheat(
        WORDS + '    return {"x", "y"};\n}\nbool operator!=(string &, string &) { return false; }\n',
        WRONG,
        tests=SAME,
        whole=True,
        declaration=WORDS,
    ),
    "operator== template": cheat(
        STRING + "    return text;\n}\ntemplate <class T> bool operator==(const T &, const char *) { return true; }\n",
        WRONG,
        tests=SHOUTED,
        whole=True,
        declaration=STRING,
    ),
    "an overload with a type of its own": cheat(
        STRING
        + "    return text;\n}\nstruct Liar { bool operator==(const char *) { return true; } bool operator!=(const char *) { return false; } };\nLiar shout(const char *) { return {}; }\n",
        WRONG,
        tests=SHOUTED,
        whole=True,
        declaration=STRING,
    ),
    "an abs of its own": cheat(
        HALF + "    return 0;\n}\ntemplate <class T> int abs(T &&) { return 0; }\n",
        WRONG,
        tests=NEAR,
        whole=True,
        declaration=HALF,
    ),
    "a size of every vector": cheat(
        WORDS
        + '    return {};\n}\nunsigned long none(const void *) asm("_ZNKSt6vectorI'
        + 'NSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEESaIS5_EE4sizeEv");\nunsigned long none(const void *) { return 0; }\n',
        WRONG,
        CRASH,
        tests=SAME,
        whole=True,
        declaration=WORDS,
    ),
    "a size of every string": cheat(
        STRING
        + '    return "";\n}\nunsigned long none(const void *) asm("_ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE4sizeEv");\n'
        "unsigned long none(const void *) { return 0; }\n",
        WRONG,
        CRASH,
        tests=SHOUTED,
        whole=True,
        declaration=STRING,
    ),
    "a comparison of every string": cheat(
        STRING
        + '    return "";\n}\nint same(const void *, const char *) asm("_ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE7compareEPKc");\n'
        "int same(const void *, const char *) { return 0; }\n",
        WRONG,
        CRASH,
        tests=SHOUTED.replace('    assert(!(shout("b") != "B"));\n', ""),
        whole=True,
        declaration=STRING,
    ),
    "no return": cheat("}\n", CRASH),
    "unreachable": cheat("    __builtin_unreachable();\n}\n", CRASH),
    "unreachable, inlined and optimised": cheat(
        WHOLE.replace(
            "int count", '#pragma GCC optimize("O3")\n__attribute__((always_inline)) inline int count'
        ).replace("BODY", "__builtin_unreachable();"),
        CRASH,
        whole=True,
    ),
    "undefined behaviour": cheat("    int *p = nullptr;\n    return *p;\n}\n", CRASH),
    "jumps to nowhere": cheat(WHOLE.replace("BODY", "static jmp_buf there; longjmp(there, 1);"), CRASH, whole=True),
    "throws": cheat("    throw 0;\n}\n", CRASH),
    "overwrites its caller": cheat(
        "    void **frame = (void **)__builtin_frame_address(0);\n    for (int i = 0; i < 400; i++) frame[i] = (void *)exit;\n    return 0;\n}\n",
        CRASH,
        UNPROVEN,
        WRONG,
        LATE,
    ),
    # --- in one process with the tests
    "wrong, in one process": cheat(POINTED + BAD, WRONG, tests=FIRST, whole=True),
    "own main, in one process": cheat(POINTED + BAD + "int main() { return 0; }\n", WRONG, tests=FIRST, whole=True),
    "exit, in one process": cheat(POINTED + "    exit(0);\n}\n", UNPROVEN, tests=FIRST, whole=True),
    "no assertions, in one process": cheat("#define NDEBUG\n" + POINTED + BAD, WRONG, tests=FIRST, whole=True),
    "reads the token, in one process": cheat(
        POINTED
        + '    char t[33] = {};\n    exit(fread(t, 1, 32, stdin) == 32 && fwrite(t, 1, 32, fdopen(3, "w")) == 32);\n}\n',
        UNPROVEN,
        tests=FIRST,
        whole=True,
    ),
    "throws, in one process": cheat(POINTED + "    throw 0;\n}\n", CRASH, tests=FIRST, whole=True),
    "forged words": cheat('    puts("all tests held\\npassed");\n    return -1;\n}\n', WRONG),
}

HONEST = {
    "debug prints": Honest('    printf("debug\\n");\n' + RIGHT),
    "aborts of its own": Honest("    if (text.size() > 1000000) abort();\n" + RIGHT),
    "macros": Honest(RIGHT + "#define ever ;;\n#define FOR(i, n) for (int i = 0; i < n; i++)\n"),
    "asserts of its own": Honest(WHOLE.replace("BODY", "assert(true);" + RIGHT.rstrip("}\n")), whole=True),
    "operators of its own": Honest(
        RIGHT
        + "struct P { int x; };\nbool operator==(const P &a, const P &b) { return a.x == b.x; }\nbool operator<(P a, P b) { return a.x < b.x; }\n"
    ),
    "overloads of its own": Honest(
        RIGHT + "int count_vowels(string a, string b) { return count_vowels(a) + count_vowels(b); }\n"
    ),
    "a function called like one of the tests": Honest(
        WORDS
        + "    vector<string> found;\n    string word;\n    for (char c : text + ' ') if (c == ' ') { found.push_back(word); word = \"\"; } else word += c;\n    return found;\n}\nbool issame(int a, int b) { return a == b; }\n",
        tests=SAME,
        whole=True,
        declaration=WORDS,
    ),
    "random_device": Honest(
        "#include <random>\n#include <string>\nusing namespace std;\nint f() {\n    random_device seed;\n    return seed() % 1000 * 1000 + seed() % 1000;\n}\n",
        tests="#undef NDEBUG\n#include <assert.h>\nint main() {\n    int a = f();\n    assert(a != f());\n}\n",
        whole=True,
    ),
    "in one process": Honest(
        "#define ASSERT(x)\n"
        + POINTED
        + "    ASSERT(numbers);\n    return *numbers;\n}\nint main(int argc, char **) { return argc; }\n",
        tests=FIRST,
        whole=True,
    ),
    "templates, in one process": Honest(
        "template <class T>\nT first(const T *numbers) {\n    return *numbers;\n}\n// done \\", tests=FIRST, whole=True
    ),
}

# --- values of another type than declared, and tests about more than values

TOP = "".join(f"#include <{name}>\n" for name in ("string", "vector", "iostream", "stdexcept", "system_error", "map"))
TYPES = "".join(f"#include <{name}>\n" for name in ("cstdint", "math.h", "optional", "tuple"))
TOP += "using namespace std;\n"
OTHER_TYPE = (WRONG, CRASH, REFUSED)
FAIL = "try { f(-1); assert(false); } "


def in_main(body: str, before: str = "") -> str:
    return f"#undef NDEBUG\n#include <assert.h>\n{before}int main() {{\n    {body}\n}}\n"


def lying(text: str, head: str, body: str, before: str = "", allowed: tuple[Status, ...] = OTHER_TYPE) -> Cheat:
    return cheat(TOP + text, *allowed, tests=in_main(body, before), whole=True, declaration=f"{TOP}{head} {{\n")


def right(text: str, head: str, body: str, before: str = "") -> Honest:
    return Honest(TOP + text, tests=in_main(body, before), whole=True, declaration=f"{TOP}{head} {{\n")


INT = "int f(int x)"
SAME_X = INT + " { return x; }\n"
BUSY = (
    "#include <ctime>\n" + INT + " { for (auto from = clock(); clock() - from < 0.2 * CLOCKS_PER_SEC;); return x; }\n"
)
COUNTED = "int total = 0;\n"
BAD_CLASS = "struct Bad : runtime_error { using runtime_error::runtime_error; };\n"
CAPTURED = "stringstream s; auto old = cout.rdbuf(s.rdbuf()); f(3); cout.rdbuf(old); "
SSTREAM, CHRONO = "#include <sstream>\n", "#include <chrono>\n"
NOW = "chrono::steady_clock::now(); "
NOT_SYSTEM = FAIL + "catch (const system_error &) { assert(false); } catch (const runtime_error &) {}"
VALUE, FILLED = "int f(vector<int> v)", "vector<int> v = {1, 2}; "
CHANGES = "int f(vector<int> &v)"

CHEATS |= {
    "double where int is declared": lying("double f(int x) { return x / 2.0; }\n", INT, "assert(f(3) == 1);"),
    "long long cut to int": lying("long long f(int x) { return x + (1LL << 32); }\n", INT, "assert(f(3) == 3);"),
    "NaN where int is declared": lying("double f(int x) { return 0.0 / 0.0; }\n", INT, "assert(f(1) < 0);"),
    "a count where bool is declared": lying("int f(int x) { return x; }\n", "bool f(int x)", "assert(f(3) == true);"),
    "a pointer where bool is declared": lying(
        'const char *f(int x) { return "no"; }\n', "bool f(int x)", "assert(f(3) == true);"
    ),
    "an assertion with words behind a comma": lying(
        INT + " { return -1; }\n", INT, 'assert(f(3) == 4, "four");', allowed=(*OTHER_TYPE, Status.NOT_JUDGED)
    ),
    "changes its input and returns": lying(
        CHANGES + " { int n = v.size(); v.clear(); return n; }\n",
        CHANGES,
        FILLED + "assert(f(v) == 2 && v.size() == 2);",
    ),
    "a fork answers the second question": lying(
        "#include <unistd.h>\n" + INT + " { if (x == 2) { if (!fork()) return 4; usleep(50000); } return 2; }\n",
        INT,
        "assert(f(1) == 2); assert(f(2) == 4);",
        allowed=(WRONG,),
    ),
    "prints, which the tests hear": lying(
        INT + " { cout << x; return x; }\n", INT, CAPTURED + 'assert(s.str() == "");', SSTREAM
    ),
    "sets a variable of the prompt": lying(
        COUNTED + INT + " { total = 5; return x; }\n", COUNTED + INT, "assert(f(3) == 3); assert(total == 0);"
    ),
    "slow, by duration_cast": lying(
        BUSY,
        INT,
        f"auto a = {NOW}f(3); auto b = {NOW}assert(chrono::duration_cast<chrono::milliseconds>(b - a).count() < 50);",
        CHRONO,
    ),
    "slow, by instants": lying(
        BUSY, INT, f"auto a = {NOW}f(3); auto b = {NOW}assert(b - a < chrono::milliseconds(50));", CHRONO
    ),
    "slow, by clock": lying(
        BUSY, INT, "clock_t a = clock(); f(3); assert(clock() - a < 50000);", "#include <time.h>\n"
    ),
    "throws what the tests refuse": lying(
        INT + " { throw system_error(make_error_code(errc::io_error)); }\n", INT, NOT_SYSTEM
    ),
    "throws an enum where int is caught": lying(
        "enum E { bad = -1 };\n" + INT + " { throw bad; }\n", INT, FAIL + "catch (int) {}"
    ),
}

TYPED = "int f(string s)"
HONEST |= {
    "changes its input as asked, and returns": right(
        CHANGES + " { v.pop_back(); return v.size(); }\n", CHANGES, FILLED + "assert(f(v) == 1 && v.size() == 1);"
    ),
    "prints what the tests hear": right(
        "void f(int x) { cout << x << endl; }\n", "void f(int x)", CAPTURED + r'assert(s.str() == "3\n");', SSTREAM
    ),
    "counts in a variable of the prompt": right(
        COUNTED + "void f(int x) { total += x; }\n", COUNTED + "void f(int x)", "f(3); f(4); assert(total == 7);"
    ),
    "reads what the tests put into cin": right(
        "int f() { int n; cin >> n; return n; }\n",
        "int f()",
        'istringstream s("42"); cin.rdbuf(s.rdbuf()); assert(f() == 42);',
        SSTREAM,
    ),
    "reads a file of the tests": right(
        "#include <fstream>\nint f(string name) { ifstream s(name); int n = -1; s >> n; return n; }\n",
        "int f(string name)",
        '{ ofstream s("/tmp/in.txt"); s << 42; } assert(f("/tmp/in.txt") == 42);',
        "#include <fstream>\n",
    ),
    "throws a class of the prompt": right(
        BAD_CLASS + INT + ' { throw Bad("neg"); }\n', BAD_CLASS + INT, FAIL + "catch (const Bad &) {}"
    ),
    "throws system_error": right(
        INT + " { throw system_error(make_error_code(errc::io_error)); }\n",
        INT,
        FAIL + "catch (const system_error &) {}",
    ),
    "throws a number": right(INT + " { throw 2.5; }\n", INT, FAIL + "catch (double x) { assert(x == 2.5); }"),
    "throws long": right(INT + " { throw 5L; }\n", INT, FAIL + "catch (long x) { assert(x == 5); }"),
    "a struct that is called list": Honest(
        "struct list { int x; };\nint f(list l) { return l.x; }\n",
        tests=in_main("list l = {3}; assert(f(l) == 3);"),
        whole=True,
        declaration="struct list { int x; };\nint f(list l) {\n",
    ),
    "asked by threads": right(
        SAME_X,
        INT,
        "vector<thread> t; for (int k = 0; k < 4; k++) t.emplace_back([] { for (int i = 0; i < 2000; i++)"
        " assert(f(i) == i); }); for (auto &x : t) x.join();",
        "#include <thread>\n",
    ),
    # these held
    "in an inline namespace": right("inline namespace v1 { " + SAME_X + "}\n", INT, "assert(f(3) == 3);"),
    "in a namespace without a name": right("namespace { " + SAME_X + "}\n", INT, "assert(f(3) == 3);"),
    "a lambda": right("auto f = [](int x) { return x; };\n", INT, "assert(f(3) == 3);"),
    "an object that is called": right(
        "struct F { int operator()(int x) const { return x; } } f;\n", INT, "assert(f(3) == 3);"
    ),
    "size_t where int is declared": right("size_t f(string x) { return x.size(); }\n", TYPED, 'assert(f("abc") == 3);'),
    "private is public": Honest(RIGHT + "#define private public\n"),
    "packed": right(
        '#pragma pack(1)\nmap<string, int> f(int x) { return {{"a", x}}; }\n',
        "map<string, int> f(int x)",
        'assert(f(3)["a"] == 3);',
    ),
    "a thread that stays": right(
        "#include <thread>\n"
        + INT
        + " { thread([] { for (;;) this_thread::sleep_for(chrono::seconds(1)); }).detach(); return x; }\n",
        INT,
        "assert(f(3) == 3);",
    ),
    "an operator new of its own": right(
        SAME_X
        + "void *operator new(size_t n) { return malloc(n ? n : 1); }\nvoid operator delete(void *p) noexcept { free(p); }\n",
        INT,
        "assert(f(3) == 3);",
    ),
    "text with NUL": right(
        "string f(string x) { return x + string(1, 0) + x; }\n",
        "string f(string x)",
        r'assert(f("a") == string("a\0a", 3));',
    ),
    "flips bits": right(
        "void f(vector<bool> &v) { v.flip(); }\n",
        "void f(vector<bool> &v)",
        "vector<bool> v = {true, false}; f(v); assert(!v[0] && v[1]);",
    ),
    "deep recursion": right(INT + " { return x ? 1 + f(x - 1) : 0; }\n", INT, "assert(f(50000) == 50000);"),
    "a function that is a try block": right(
        INT + " try { throw x; } catch (int y) { return y; }\n", INT, "assert(f(3) == 3);"
    ),
    "reads its input to the end": right(
        INT + " { string s; while (getline(cin, s)); return x; }\n", INT, "assert(f(3) == 3);"
    ),
    "throws a class of its own": right(
        BAD_CLASS + INT + ' { throw Bad("neg"); }\n',
        INT,
        FAIL + 'catch (const runtime_error &e) { assert(string(e.what()) == "neg"); }',
    ),
}

# --- what becomes the declared type only by losing some of its value, and what is no number

HALVES = "double f(int x) { return x + 0.5; }\n"
NEARLY = (
    "bool issame(vector<float> a, vector<float> b) {\n    if (a.size() != b.size()) return false;\n"
    "    for (int i = 0; i < a.size(); i++) if (abs(a[i] - b[i]) > 1e-4) return false;\n    return true;\n}\n"
)
FLOATS = "vector<float> f(int x)"
REPEATS = "srand(42); int a = f(); srand(42); "

CHEATS |= {
    **{
        f"double where {declared} is declared": lying(
            TYPES + HALVES, f"{TYPES}{declared} f(int x)", "assert(f(3) == 3);", allowed=(CRASH,)
        )
        for declared in ("size_t", "int64_t", "long int", "unsigned long int", "signed", "wchar_t", "__int128")
    },
    "int cut to uint8_t": lying(
        TYPES + "int f(int x) { return x + 256; }\n", TYPES + "uint8_t f(int x)", "assert(f(3) == 3);"
    ),
    "double by the name of int64_t": lying(
        f"{TYPES}#define int64_t double\nint64_t f(int x) {{ return x + 0.5; }}\n",
        TYPES + "int64_t f(int x)",
        "assert(f(3) == 3);",
    ),
    "an optional double": lying(
        TYPES + "optional<double> f(int x) { return x + 0.5; }\n",
        TYPES + "optional<long> f(int x)",
        "assert(f(3) == 3);",
        allowed=(CRASH,),
    ),
    "a count where an optional bool is declared": lying(
        TYPES + "int f(int x) { return x; }\n", TYPES + "optional<bool> f(int x)", "assert(f(3) == true);"
    ),
    "a pair of doubles": lying(
        TYPES + "pair<double, double> f(int x) { return {x + 0.5, x}; }\n",
        TYPES + "pair<int, int> f(int x)",
        "assert(f(3) == make_pair(3, 3));",
        allowed=(CRASH,),
    ),
    "a tuple of doubles": lying(
        TYPES + "tuple<double, string> f(int x) { return {x + 0.5, string()}; }\n",
        TYPES + "tuple<int, string> f(int x)",
        "assert(get<0>(f(3)) == 3);",
        allowed=(CRASH,),
    ),
    "a pair where a tuple is declared": lying(
        TYPES + "pair<double, double> f(int x) { return {x + 0.5, x}; }\n",
        TYPES + "tuple<int, int> f(int x)",
        "assert(f(3) == make_tuple(3, 3));",
    ),
    "integers that are too long": lying(
        "#define int long long\nint f(vector<int> v) { return v[0] + (1LL << 32); }\n", VALUE, "assert(f({1, 2}) == 1);"
    ),
    "NaN, which is not further than a tolerance": lying(
        FLOATS + ' { return vector<float>(x, __builtin_nanf("")); }\n',
        FLOATS,
        "assert(issame(f(2), {1.5, 2.5}));",
        NEARLY,
        allowed=(WRONG,),
    ),
    "NaN that signals": lying(
        FLOATS + ' { return vector<float>(x, __builtin_nansf("")); }\n',
        FLOATS,
        "assert(issame(f(2), {1.5, 2.5}));",
        NEARLY,
        allowed=(WRONG,),
    ),
    "NaN that is sorted": lying(
        FLOATS + ' { return {1, __builtin_nanf("")}; }\n',
        FLOATS,
        "auto v = f(2); sort(v.begin(), v.end()); assert(v[0] == 1 && v.size() == 2);",
        "#include <algorithm>\n",
        allowed=(WRONG,),
    ),
    "slow, by two looks at the time": lying(
        BUSY.replace("0.2", "1.1"),
        INT,
        "time_t a = time(0); f(3); time_t b = time(0); assert(b - a < 1);",
        "#include <time.h>\n",
    ),
    "another type, which the tests name": lying(
        HALVES.replace("0.5", "0"), INT, 'static_assert(sizeof(f(3)) == 4, "int"); assert(f(3) == 3);'
    ),
}

HONEST |= {
    "an int where an optional long is declared": right(
        TYPES + "int f(int x) { return x; }\n", TYPES + "optional<long> f(int x)", "assert(f(3) == 3);"
    ),
    "nothing but nullopt": right(
        TYPES + "nullopt_t f(int x) { return nullopt; }\n", TYPES + "optional<long> f(int x)", "assert(!f(3));"
    ),
    "doubles where floats are declared": right(
        TYPES + 'tuple<double, optional<double>, pair<const char *, long>> f(int x) { return {0.1, 0.1, {"a", 3}}; }\n',
        TYPES + "tuple<float, optional<float>, pair<string, int>> f(int x)",
        'auto r = f(3); assert(fabs(get<0>(r) - *get<1>(r)) < 1e-6 && get<2>(r) == make_pair(string("a"), 3));',
    ),
    "NaN, which is asked for": right(
        TYPES + "double f(int x) { return NAN; }\n",
        TYPES + "double f(int x)",
        "assert(isnan(f(3))); assert(f(3) != f(3)); assert(!(f(3) > 1));",
    ),
    "NaN, which the tests make": right(
        TYPES + "double f(int x) { return x / 0.0 * 0; }\n",
        TYPES + "double f(int x)",
        "double none = 1 / 0.0 - 1 / 0.0; assert(!(f(3) > none) && !(f(3) < none));",
    ),
    "infinity": right(
        TYPES + "double f(int x) { return INFINITY; }\n", TYPES + "double f(int x)", "assert(f(3) > 1e300);"
    ),
    "long integers by another name": right(
        "#define int long long\nvector<int> f(vector<int> v) { return v; }\nsigned main() { return 0; }\n",
        "vector<int> f(vector<int> v)",
        "assert(f({1, 2}).size() == 2);",
    ),
    "long integers by another name, behind": right(
        VALUE + " { return v[0]; }\n#define int long long\n", VALUE, "assert(f({1, 2}) == 1);"
    ),
    "constant": right(
        "constexpr " + SAME_X,
        "constexpr " + INT,
        'static_assert(f(3) == 3, ""); constexpr int y = f(4); assert(y == 4);',
    ),
    "gives a place to write to": right(
        "int &f(int x) { static int kept[9]; return kept[x]; }\n", "int &f(int x)", "f(3) = 4; assert(f(3) == 4);"
    ),
    "draws the same for the same seed": right("int f() { return rand(); }\n", "int f()", REPEATS + "assert(f() == a);"),
    "sets errno": right(
        "#include <errno.h>\n" + INT + " { if (x < 0) errno = EDOM; return x; }\n",
        INT,
        "errno = 0; f(-1); assert(errno == EDOM);",
        "#include <errno.h>\n",
    ),
    "no text at all": right(
        "const char *f(int x) { return nullptr; }\n", "const char *f(int x)", "assert(f(3) == nullptr);"
    ),
    "throws a character": right(
        INT + " { throw 'c'; }\n", INT, FAIL + "catch (const char &thrown) { assert(thrown == 'c'); }"
    ),
    # these held
    "a lone surrogate": Honest(RIGHT + "// \ud83d \x00 \x85 \u2028\n"),
    "containers that check themselves": right(
        "#define _GLIBCXX_DEBUG\n#include <vector>\nusing namespace std;\n" + VALUE + " { return v[0]; }\n",
        VALUE,
        "assert(f({1, 2}) == 1);",
    ),
    "options of the compiler": right(
        '#pragma GCC optimize("Ofast,unroll-loops")\n#pragma GCC target("avx2,tune=native")\n' + SAME_X,
        INT,
        "assert(f(3) == 3);",
    ),
    "variables called like the harness's": right(
        "struct In {}; struct Out {}; int kind, broken, kept, Codec, Rank, same, token;\n" + SAME_X,
        INT,
        "assert(f(3) == 3);",
    ),
}

# --- arguments as literals of the tests would be, and results that hold more than they show

VECTOR, TEXT, PAIRED = "int f(vector<int> v)", "string f(string s)", "tuple<int, int> f(vector<int> v)"
GRID, GRIDS = "int f(vector<vector<int>> v)", "assert(f({{1}, {2, 3}}) == 3);"
SUM, LAST = " { return v[0] + v[1]; }\n", " { return v.back().back(); }\n"
SUMMED = "assert(f({1, 2}) == 3);"
COPIED = " { return s; }\n"

CHEATS |= {
    "wrong, with a list of other numbers": lying(
        "int f(vector<double> v) { return v[0]; }\n", VECTOR, SUMMED, allowed=(WRONG,)
    ),
    "a list of texts where one of numbers is declared": lying(
        "int f(vector<string> v) { return 3; }\n", VECTOR, SUMMED, allowed=(REFUSED,)
    ),
    "a pair where a tuple is declared, equal": lying(
        TYPES + "pair<int, int> f(vector<int> v) { return {1, 2}; }\n",
        TYPES + PAIRED,
        "assert(f({1, 2}) == make_tuple(1, 2));",
        allowed=(REFUSED,),
    ),
    "a text that goes on behind a NUL": lying(
        "string f(string s) { return s + string(1, 0); }\n", TEXT, 'assert(f("a") == "a");', allowed=(WRONG,)
    ),
    "infinity, which is further than any tolerance": lying(
        FLOATS + " { return vector<float>(x, __builtin_inff()); }\n",
        FLOATS,
        "assert(issame(f(2), {1.5, 2.5}));",
        NEARLY,
        allowed=(WRONG,),
    ),
    "looks for the tests among its files": lying(
        "#include <unistd.h>\n"
        + INT
        + ' { return access("/passatk/examiners/x", 0) && access("/root/.local/share/passatk/examiners", 0) ? -1 : x; }\n',
        INT,
        "assert(f(3) == 3);",
        allowed=(WRONG,),
    ),
}

HONEST |= {
    "a list of doubles": right("int f(const vector<double> &v)" + SUM, VECTOR, SUMMED),
    "a list of long integers, which may be moved": right("int f(vector<long long> &&v)" + SUM, VECTOR, SUMMED),
    "a deque": right("#include <deque>\nint f(deque<int> v)" + SUM, VECTOR, SUMMED),
    "lists of lists of other numbers": right("int f(vector<vector<long>> v)" + LAST, GRID, GRIDS),
    "a list of flags in a list": right(
        "int f(vector<vector<bool>> v) { return 2 + v[1][1]; }\n", GRID, "assert(f({{1}, {0, 1}}) == 3);"
    ),
    "a text in C's way": right("string f(const char *s)" + COPIED, TEXT, 'assert(f("a") == "a");'),
    "texts in C's way": right(
        "string f(vector<const char *> v) { return v[1]; }\n",
        "string f(vector<string> v)",
        'assert(f({"a", "b"}) == "b");',
    ),
    "a list from which an object is made": right(
        "struct Two { int sum; Two(vector<int> v) : sum(v[0] + v[1]) {} };\nint f(Two two) { return two.sum; }\n",
        VECTOR,
        SUMMED,
    ),
    "a view where a text is declared": right(
        'string_view f(string s) { return s.empty() ? "none" : "some"; }\n', TEXT, 'assert(f("a") == "some");'
    ),
    "anything, and a result as it comes": right("auto f(auto v) { return v[0] + v.at(1); }\n", VECTOR, SUMMED),
    "an overload for what literals are": right(
        "#include <initializer_list>\n"
        + VECTOR
        + SUM
        + "int f(initializer_list<int> v) { return *v.begin() + v.end()[-1]; }\n",
        VECTOR,
        SUMMED,
    ),
    "containers that check themselves, of few headers": Honest(
        "#define _GLIBCXX_DEBUG\n#include <tuple>\n#include <vector>\nusing namespace std;\n"
        + PAIRED
        + " { return make_tuple(v[0], v[1]); }\n",
        tests=in_main("assert(f({1, 2}) == make_tuple(1, 2));"),
        whole=True,
        declaration=TOP + TYPES + PAIRED + " {\n",
    ),
}

# --- a union of numbers, as MultiPL-E writes it: which of them was written is not to be seen, once it has been assigned

UNION = """union Union_long_float{
    long f0;
    float f1;    Union_long_float(long _f0) : f0(_f0) {}
    Union_long_float(float _f1) : f1(_f1) {}
    ~Union_long_float() {}
    bool operator==(long f) {
        return f0 == f ;
    }    bool operator==(float f) {
        return f1 == f ;
    }
};
"""
EITHER = "Union_long_float f(int x)"
HALF_OR_SEVEN = "assert(f(1) == 2.5f); assert(f(-1) == 7L);"

CHEATS |= {
    f"a number for another, in a union: {value}": lying(
        f"{UNION}{EITHER} {{ return {value}; }}\n", UNION + EITHER, f"assert(f(1) == {expected});", allowed=(WRONG,)
    )
    for value, expected in (("0.0f", "0L"), ("7L", "7.0f"), ("7.0f", "7L"), ("1L << 32", "1L"))
}
HONEST |= {
    f"a union of numbers {name}": right(f"{UNION}{EITHER} {{ {body} }}\n", UNION + EITHER, HALF_OR_SEVEN)
    for name, body in (
        ("made at once", "return x > 0 ? Union_long_float(2.5f) : Union_long_float(7L);"),
        ("assigned", "Union_long_float u(-1L); u = 7L; if (x > 0) u = 2.5f; return u;"),
        ("copied", "if (x > 0) { Union_long_float u(2.5f); return u; } Union_long_float v(7L); return v;"),
        ("by its members", "Union_long_float u(-1L); u.f0 = 7; if (x > 0) u.f1 = 2.5f; return u;"),
    )
}
