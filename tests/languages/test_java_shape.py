"""Classes that answers in Java come in, and the `class Solution` that they become."""

import pytest

from passatk.languages import LANGUAGES

F = "public static int f(int a) { return a; }"
SHAPES = {
    "a utility class that refuses to be made": (
        "public final class Util {\n    private Util() { // no\n"
        f'        throw new AssertionError("x");\n    }}\n    {F}\n}}\n',
        ["final class Solution {", "Solution() {"],
        ["throw", "private"],
    ),
    "a utility class": (
        f"public final class Util {{\n    private Util() {{ }}\n    {F}\n}}\n",
        ["Solution() {"],
        ["private", "Util"],
    ),
    "a class with its method's name": (
        "class f {\n    int f(int a) { return new f().g(f(a - 1)); }\n    int g(int a) { return a; }\n}\n",
        ["class Solution {", "int f(int a)", "new Solution().g(f(a - 1))"],
        ["Solution(int"],
    ),
    "a class in another, which it relies on": (
        "public class Main {\n    static int g(int a) { return a; }\n"
        f"    private static final class Solution {{\n    {F}\n}}\n"
        "    public static void main(String[] a) { new Main(); }\n}\n",
        ["class Solution extends SolutionOwner.Solution { }", "static int g", "new SolutionOwner()"],
        ["private", "final", "class Main"],
    ),
    "a class of any name in another": (
        f"class Outer {{ static class Inner {{ private {F} }} }}\n",
        ["class Solution extends Outer.Inner { }"],
        ["private"],
    ),
    "an inner class": (
        f"class Outer {{ class Solution {{ {F} }} }}\n",
        ["class Solution {"],
        ["Outer", "extends"],
    ),
    "methods and statements": (
        f"private static final int[] A = {{1}};\n{F}\nList<Integer> xs = List.of(1);\n"
        'System.out.println("x");\nfor (int x : xs) { }\nSolution s = new Solution();\n',
        ["class Solution {", "int[] A = {1};", "List<Integer> xs"],
        ["println", "for", "new Solution"],
    ),
    "tests beside it": (
        f"class Solution {{ {F} }}\nclass Checks {{\n    @Test\n    void a() {{ }}\n}}\n",
        ["class Solution {"],
        ["Checks"],
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_an_answers_methods_come_into_a_solution(name: str) -> None:
    code, there, gone = SHAPES[name]
    shaped = LANGUAGES["java"].shaped(code, "f")
    assert [words for words in there if words not in shaped] == []
    assert [words for words in gone if words in shaped] == []


def test_a_long_answer_stays_what_it_is() -> None:
    code = f"class Solution {{ {F} /* {'x' * 20_000} */ @Test void a() {{ }} }}"
    assert LANGUAGES["java"].shaped(code, "f") == code


def test_classes_of_tests_are_no_part_of_other_blocks() -> None:
    assert "Checks" not in LANGUAGES["java"].shaped("class Checks {\n    @Test\n    void a() { }\n}\n", "")
