"""Which tests in Java can tell an object from its copy."""

import contextlib
import time

import msgspec
import pytest
from test_wall_java import small

from passatk.languages import LANGUAGES
from passatk.languages.base import CannotCross
from passatk.languages.java_sharing import refuse_shared

JAVA = LANGUAGES["java"]
ARRAYS, LISTS = {"f": "([I)I", "g": "([I)[I", "v": "([I)V"}, {"f": "(lili)li"}
METHOD = (
    "public class Main {{ static int[] k = {{1}}; static void main(String[] w) {{ Solution s = new Solution(); {} }} }}"
)


def crosses(statements: str, signatures: dict[str, str], outside: str = "") -> bool:
    try:
        refuse_shared(METHOD.format(statements) + outside, "Solution", signatures, frozenset(("poly",)))
    except CannotCross:
        return False
    return True


@pytest.mark.parametrize(
    "statements",
    [
        "int[] a = {1}; s.f(a); check(a[0]);",
        "int[] a = {1}; check(s.f(a) == 1 && a[0] == 1);",
        "int[] a = {1}; check(Arrays.equals(a, s.g(a)));",
        "int[] a = {1}; s.g(a)[0] = 2; for (int x : a) check(x);",
        "int[][] a = {{1}}; s.f(a[0]); check(a[0][0]);",
        "Object[] c = {new int[1]}; s.f((int[]) c[0]); check((int[]) c[0]);",
        "T c = new T(); s.f(c.in); check(c.in[0]);",
        "T c = new T(); s.f(c.in()); check(c.in()[0]);",
        "s.f(k); check(k[0]);",
        "check(k[0]); s.f(k);",
        "int[] a = {1}; for (int i = 0; i < 2; i++) { check(a[0]); s.f(a); }",
        "int[] a = {1}; a = s.g(a); int[] b = {2}; s.g(b); a = b; check(b);",
        "check(s.g(k) == s.g(null));",
        "int[] a = {1}, b = s.g(a); check(b != (a));",
        "check(s.g(null) instanceof Object o && o.getClass() == null && (s.g(null)) == k);",
        "s.g(null)[0] = 1; s.g(null);",
        "int[] r = s.g(null); r[0] = 1; s.g(null);",
        "Solution t = new Solution() { };",
    ],
)
def test_what_shows_an_array_itself_does_not_cross(statements: str) -> None:
    assert not crosses(statements, ARRAYS)


@pytest.mark.parametrize(
    "statements",
    [
        "int[] a = {1}; check(a[0]); s.f(a);",
        "int[] a = {1}; s.v(a); check(a[0]);",
        "int[] a = {1}; s.f(a); a = new int[2]; check(a[0]);",
        "int[] a = {1}; a = s.g(a); check(a);",
        "int[] a = {1}; s.f(a); s.g(a); s.poly(a);",
        "int[] a = {1}; for (int i = 0; i < a.length; i++) s.f(a);",
        "int[] a = {1}; for (int x : a) s.f(a);",
        'int[] a = {1}; if (s.f(a) == 1) throw new AssertionError("" + a[0]); else System.out.println(a[0]);',
        "for (int i = 0; i < 2; i++) { int[] a = {i}; check(a); s.f(a); }",
        "Object[] c = {new int[1], 1}; check(s.f((int[]) c[0]) == (int) c[1]);",
        "check(s.g(null) == null && s.g(k) != null && s.f(null) == s.f(null));",
        "int[] r = s.g(null); r[0] = 1; Arrays.sort(r);",
        "int[] r = s.g(null); Arrays.sort(r); s.g(null);",
    ],
)
def test_what_a_copy_of_an_array_shows_too_crosses(statements: str) -> None:
    assert crosses(statements, ARRAYS)


@pytest.mark.parametrize(
    ("statements", "same"),
    [
        ("check(s.f(null, null) instanceof ArrayList);", False),
        ("LinkedList<Integer> l = (LinkedList<Integer>) s.f(null, null);", False),
        ("List<Integer> l = s.f(null, null); check(((java.util.LinkedList<Integer>) l).getFirst());", False),
        ("List<Integer> l = s.f(null, null); l.add(1); s.f(null, null);", False),
        ("List<Integer> l = new ArrayList<>(); s.f(null, l); check(l.isEmpty());", False),
        ("List<Integer> l = s.f(null, null); l.sort(null); check(l.contains(1)); s.f(null, null);", True),
        ("check(s.f(null, null) instanceof List && (Collection<Integer>) s.f(null, null) != null);", True),
        ("Object o = new ArrayList<>(); check(o instanceof ArrayList); s.f((List<Integer>) o, null);", True),
    ],
)
def test_the_class_of_a_list_and_its_later_changes_do_not_cross(statements: str, same: bool) -> None:
    assert crosses(statements, LISTS) == same


@pytest.mark.parametrize(
    ("outside", "same"),
    [
        ("class Own extends Solution { int f(int[] a) { return 1; } }", False),
        ("class Own extends Solution { int poly() { return 1; } }", False),
        ("class Own extends Solution { int twice(int[] a) { return 2 * f(a); } }", True),
    ],
)
def test_what_replaces_the_programs_methods_does_not_cross(outside: str, same: bool) -> None:
    assert crosses("", ARRAYS, outside) == same


@pytest.mark.parametrize(("condition", "same"), [("new Own().n == s.up(1)", False), ("new Other().n == s.up(1)", True)])
def test_a_class_that_only_the_reference_has_does_not_cross(condition: str, same: bool) -> None:
    problem = small("public int up(int x)", condition, suffix="    static class Other { int n; }\n")
    reference = "        return x;\n    }\n}\nclass Own { int n; }\nclass Other { }\n"
    problem = msgspec.structs.replace(problem, prompt=problem.declaration, reference=reference)
    with contextlib.nullcontext() if same else pytest.raises(CannotCross):
        JAVA.examiner(problem, problem.tests.code)


def test_thousands_of_calls_are_looked_through_quickly() -> None:
    began = time.process_time()
    assert crosses("int[] a = {1}; " + "if (s.f(a) != 1) throw new AssertionError(a[0]); " * 3000, ARRAYS)
    assert time.process_time() - began < 20
