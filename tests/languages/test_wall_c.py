"""Which signatures and tests in C stand behind the wall, and which are judged in one process."""

import pytest

from passatk.languages import LANGUAGES
from passatk.records import Asserts, Problem, Sample

C = LANGUAGES["c"]


def reason(head: str, statements: str) -> str:
    """Why there is no wall; empty where there is one."""
    tests = f"#include <assert.h>\nint main(void) {{ {statements} }}\n"
    problem = Problem(
        task_id="C/wall",
        benchmark="own",
        language="c",
        prompt=f"{head} {{\n",
        declaration=f"{head} {{\n",
        entry_point="f",
        tests=Asserts(code=tests),
    )
    return C.program(problem, Sample(task_id="C/wall", index=0, text="}\n"), tests).not_walled


@pytest.mark.parametrize(
    ("head", "statements"),
    [
        ("int f(const char *text)", 'char s[] = "ab"; assert(f(s) == 2);'),
        ("int f(char *text)", 'assert(f("ab") == 2);'),
        ("_Bool f(unsigned char c, long long n, float x)", "assert(f(1, 2, 3.0f));"),
        ("double f(const double numbers[], size_t numbers_len)", "double a[] = {1}; assert(f(a, 1) == 1);"),
        ("int f(int *a, int n)", "assert(f((int[]){1, 2}, 2) == 3);"),
        ("void f(int *a, int n)", "int a[] = {2, 1}; f(a, 2); assert(a[0] == 1);"),
        ("int *f(const int *a, int n, int *returnSize)", "int n, *r = f(0, 0, &n); assert(r == NULL || r[0] == 1);"),
        ("char *f(const char **words, int words_count)", "char *s = f(0, 0); assert(s && s[0] == 'a');"),
    ],
)
def test_values_and_arrays_with_their_length_cross(head: str, statements: str) -> None:
    assert reason(head, statements) == ""


@pytest.mark.parametrize(
    ("head", "statements", "words"),
    [
        ("int f(const int *a, int k)", "assert(f(0, 0));", "'a'"),
        ("int f(char *text)", 'char s[9] = "ab"; f(s); assert(s[0] == 66);', "may change"),
        ("int f(int *a, int n)", "int a[] = {1, 1}; assert(f(a, 2) == 1);", "may change"),
        ("void f(const char *s, char *out)", 'char s[9]; f("ab", s); assert(s[0] == 65);', "may change"),
        ("char *f(const char *s)", 'char s[] = "ab"; char *p = f(s); assert(p - s == 1);', "in memory"),
        ("char *f(const char *s)", 'char s[] = "ab"; assert(f(s) == s);', "in memory"),
        ("int f(int (*g)(int))", "assert(f(0));", "the parameter"),
        ("struct pair f(int n)", "assert(f(1).a);", "struct pair"),
        ("int f(int n, ...)", "assert(f(1));", "as many arguments"),
        ("int f(int a[][3], int n)", "assert(f(0, 0));", "'a'"),
        ("int f(void)", "errno = 0; assert(f() == 0 && errno == 0);", "errno"),
    ],
)
def test_more_than_values_is_judged_in_one_process(head: str, statements: str, words: str) -> None:
    assert words in reason(head, statements)
