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
    "a class of static methods that is abstract": (
        f"public abstract class Util {{ {F} }}\n",
        ["class Solution {"],
        ["abstract"],
    ),
    "an abstract class that is one": (
        f"abstract class Base {{\n    abstract int g();\n    {F}\n}}\n",
        ["abstract class Solution {"],
        [],
    ),
    "tests in it": (
        f"public class Solution {{\n    {F}\n    @BeforeEach void a() {{ }}\n"
        '    @DisplayName("x")\n    @Test void b() { }\n}\n',
        ["class Solution {", F],
        ["Before", "@Test", "void"],
    ),
    "tests beside it, with its method's name": (
        f"class Solution {{ {F} }}\nclass Checks {{\n    @Test\n    void f() {{ }}\n}}\n",
        ["class Solution {"],
        ["Checks"],
    ),
    "an annotation beside it": (
        f"@interface Mark {{ }}\npublic class Solution {{ @Mark {F} }}\n",
        ["@interface Mark { }", "class Solution {"],
        [],
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


PROMPT = "import java.util.*;\nclass Problem {\n    public static ArrayList<Long> f(ArrayList<Long> a, long... b) {\n"


def test_an_answer_gets_the_name_of_the_prompts_class() -> None:
    code = (
        "class Solution {\n    public static List<Long> f(List<Long> a, long... b) { return new Solution().g(); }\n}\n"
    )
    assert LANGUAGES["java"].placed(code, PROMPT, "f") == code.replace("Solution", "Problem")


def test_a_method_of_an_object_is_handed_static_calls_with_its_own_types() -> None:
    code = "class Solution {\n    public <T> List<T> f(final List<T> a, long... b) throws Bad { return a; }\n}\n"
    handing = "public static <T> List<T> f(final List<T> a, long... b) throws Bad { return new Solution().f(a, b); }"
    assert LANGUAGES["java"].placed(code, PROMPT, "f") == f"{code}class Problem {{ {handing} }}\n"


@pytest.mark.parametrize("code", ["class Problem { }\n", "class Solution { }\nclass Problem { }\n"])
def test_a_class_of_the_prompts_name_stays(code: str) -> None:
    assert LANGUAGES["java"].placed(code, PROMPT, "f") == code


def test_types_of_other_blocks_stand_behind_all_imports() -> None:
    java = LANGUAGES["java"]
    added = list(java.outline("class A { }\nimport java.util.List;\n").parts)
    merged = java.merged(added, "import a.A;\nimport java.io.*;\n\nclass Solution { }\n", "f")
    assert " ".join(merged.split()) == "import java.util.List; import java.io.*; class A { } class Solution { }"


@pytest.mark.parametrize("line", ["import lombok.*;", "import static org.x.Y.*;", "import com . x\n. *;"])
def test_other_blocks_bring_no_packages_that_are_not_here(line: str) -> None:
    java = LANGUAGES["java"]
    added = list(java.outline(f"{line}\nimport java.util.*;\nimport org.javatuples.*;\n").parts)
    merged = java.merged(added, "class Solution { }\n", "f")
    assert merged == "import java.util.*;\nimport org.javatuples.*;\nclass Solution { }\n"
