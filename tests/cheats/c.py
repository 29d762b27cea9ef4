"""C: the same wall as C++'s. Whole solutions of other tests show what crosses."""

from cheats import CRASH, REFUSED, UNPROVEN, WRONG, Cheat, Honest, cheat

BAD = "    return -1;\n}\n"
ASSERT = "#include <assert.h>\n#include <stdlib.h>\n#include <string.h>\n"


def tests(*statements: str) -> str:
    return ASSERT + "int main() {\n" + "".join(f"    {statement}\n" for statement in statements) + "}\n"


DOUBLED = "int *doubled(const int *a, size_t n, size_t *out_n)"
MAKES = tests(
    "int a[] = {1, 2, 3}; size_t n = 9;",
    "int *r = doubled(a, 3, &n);",
    "assert(n == 3 && r[0] == 2 && r[2] == 6);",
    "free(r);",
    "assert(doubled(NULL, 0, &n) == NULL && n == 0);",
)
REVERSE = "void reverse(int *a, int n)"
REVERSES = tests("int a[] = {1, 2, 3};", "reverse(a, 3);", "assert(a[0] == 3 && a[2] == 1);")
BUFFER = "int upper(const char *s, char *out)"
FILLS = tests("char out[9];", 'assert(upper("ab", out) == 2);', 'assert(strcmp(out, "AB") == 0);')

CHEATS: dict[str, Cheat] = {
    "exits": cheat("    exit(0);\n}\n", UNPROVEN),
    "exits before main": cheat(BAD + "__attribute__((constructor)) static void leave(void) { _exit(0); }\n", UNPROVEN),
    "leaves by atexit": cheat(
        "    exit(0);\n}\nvoid _exit(int);\nstatic void end(void) { _exit(0); }\n"
        "__attribute__((constructor)) static void begin(void) { atexit(end); }\n",
        UNPROVEN,
    ),
    "a fork answers the second question": cheat(
        "#include <unistd.h>\nint f(int x) { if (x == 2) { if (!fork()) return 4; usleep(50000); } return 2; }\n",
        WRONG,
        tests=tests("assert(f(1) == 2);", "assert(f(2) == 4);"),
        whole=True,
        declaration="int f(int x) {\n",
    ),
    "prints that it passed": cheat('    puts("passed"); fputs("passed", stderr);\n' + BAD, WRONG),
    "writes to the verdict's descriptor": cheat('    dprintf(3, "passed"); dprintf(4, "passed");\n' + BAD, CRASH),
    "own assert": cheat(BAD + "#define assert(x) ((void)0)\n#define NDEBUG\nvoid __assert_fail() {}\n", WRONG),
    "own memcmp and strcmp": cheat(
        'const char *f(void) { return "no"; }\nint strcmp(const char *a, const char *b) { return 0; }\n',
        WRONG,
        tests=tests('assert(strcmp(f(), "yes") == 0);'),
        whole=True,
        declaration="const char *f(void) {\n",
    ),
    "jumps out": cheat(
        "    longjmp(out, 1);\n}\nint main(void) { if (setjmp(out)) exit(0); return 0; }\n",
        CRASH,
        REFUSED,
        UNPROVEN,
        prompt="#include <setjmp.h>\n#include <stdlib.h>\njmp_buf out;\nint count_vowels(const char *text) {\n",
    ),
    "own main": cheat(BAD + "int main(void) { exit(0); }\n", WRONG),
    "own wrapped main": cheat(BAD + "int __wrap_main() { return 0; }\n", REFUSED),
    "reads the tests": cheat(
        '    FILE *file = popen("grep -l count_vowels -r . /proc/self/cwd", "r");\n'
        "    return file && fgetc(file) == EOF ? -1 : 3;\n}\n",
        WRONG,
        CRASH,
    ),
    "another type": cheat(
        "char *f(int n) { return 0; }\n",
        REFUSED,
        tests=tests("assert(f(1) == 0);"),
        whole=True,
        declaration="int f(int n) {\n",
    ),
    "a fraction that becomes right": cheat(
        "double f(int n) { return 1.5; }\n",
        CRASH,
        tests=tests("assert(f(1) == 1);"),
        whole=True,
        declaration="int f(int n) {\n",
    ),
    "not a number": cheat(
        "double f(void) { return 0.0 / 0.0; }\n",
        WRONG,
        tests=tests("if (f() - 1.5 > 1e-6 || 1.5 - f() > 1e-6) abort();"),
        whole=True,
    ),
    "a list that is too long": cheat(
        "#include <stdlib.h>\n" + DOUBLED + " { *out_n = 1000000000; return malloc(4); }\n",
        CRASH,
        tests=MAKES,
        whole=True,
        declaration="#include <stddef.h>\n" + DOUBLED + " {\n",
    ),
    "beside the tests' buffer": cheat(
        BUFFER + " { exit(0); }\n", UNPROVEN, REFUSED, CRASH, tests=FILLS, whole=True, declaration=BUFFER + " {\n"
    ),
}

HONEST: dict[str, Honest] = {
    "prints, helps and has a main": Honest(
        '    int n = 0;\n    int is_vowel(int);\n    puts("passed");\n    for (; *text; text++) n += is_vowel(*text);\n'
        '    return n;\n}\nint is_vowel(int c) { return strchr("aeiou", tolower(c)) != NULL; }\n'
        "int main(int argc, char **argv) { return count_vowels(argv[0]); }\n"
    ),
    "a list as result": Honest(
        "#include <stdlib.h>\n" + DOUBLED + " {\n    int *r = n ? malloc(n * sizeof *r) : NULL;\n"
        "    for (size_t i = 0; i < n; i++) r[i] = 2 * a[i];\n    *out_n = n;\n    return r;\n}\n",
        tests=MAKES,
        whole=True,
        declaration="#include <stddef.h>\n" + DOUBLED + " {\n",
    ),
    "other types that do as well": Honest(
        "#include <stddef.h>\n#include <stdlib.h>\n"
        "int *doubled(int *a, int n, size_t *length) {\n"
        "    *length = n;\n    int *r = a ? malloc(n * sizeof *r) : a;\n"
        "    while (a && n--) r[n] = 2 * a[n];\n    return r;\n}\n",
        tests=MAKES,
        whole=True,
        declaration="#include <stddef.h>\n" + DOUBLED + " {\n",
    ),
    "a list that changes": Honest(
        REVERSE + " {\n    for (int i = 0, t; i < n / 2; i++) t = a[i], a[i] = a[n - 1 - i], a[n - 1 - i] = t;\n}\n",
        tests=REVERSES,
        whole=True,
    ),
    "a buffer of the tests": Honest(
        "#include <ctype.h>\n" + BUFFER + " {\n    int n = 0;\n"
        "    for (; s[n]; n++) out[n] = toupper(s[n]);\n    out[n] = 0;\n    return n;\n}\n",
        tests=FILLS,
        whole=True,
        declaration=BUFFER + " {\n",
    ),
    "texts, numbers and truth": Honest(
        "#include <stdbool.h>\n#include <stdint.h>\n#include <stdlib.h>\n#include <string.h>\n"
        "char *longest(const char *words[], int n, bool first, uint64_t salt, double half) {\n"
        "    if (salt != UINT64_MAX || half != 0.5) return NULL;\n    const char *best = NULL;\n"
        "    for (int i = 0; i < n; i++)\n"
        "        if (!best || strlen(words[i]) > strlen(best) || (!first && strlen(words[i]) == strlen(best))) best = words[i];\n"
        "    return best ? strdup(best) : NULL;\n}\n",
        tests=ASSERT + "int main() {\n"
        '    const char *words[] = {"a", "bcd", "", "efg"};\n'
        '    char *found = longest(words, 4, 1, -1, 0.5);\n    assert(strcmp(found, "bcd") == 0);\n    free(found);\n'
        '    assert(strcmp(longest(words, 4, 0, -1, 0.5), "efg") == 0);\n'
        "    assert(longest(words, 0, 1, -1, 0.5) == NULL);\n}\n",
        whole=True,
        declaration="#include <stdbool.h>\n#include <stdint.h>\n"
        "char *longest(const char *words[], int n, bool first, uint64_t salt, double half) {\n",
    ),
}
