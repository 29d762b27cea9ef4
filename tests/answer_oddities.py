"""Answers that repeat the prompt, and other odd ones: what `answer_kinds` has no place for."""

from textwrap import indent

from answer_kinds import ANONYMOUS, ARROW, CPP, CPP_TOP, GO, GO_TOP, JAVA, JS, JS_BODY, PY, WRONG, Case, fence, within

GO_PROMPT = """\
// returns encoded string by shifting every character by 5 in the alphabet.
func EncodeShift(s string) string {
    runes := []rune(s)
    newRunes := make([]rune, 0)
    for _, ch := range runes {
        newRunes = append(newRunes, (ch+5-'a')%26+'a')
    }
    return string(runes)
}

// takes as input string encoded with EncodeShift function. Returns decoded string.
func DecodeShift(s string) string {
"""
GO_HELPER = GO_PROMPT[: GO_PROMPT.index("// takes")]
CPP_SPACE = """\
#include <string>
namespace codec {
std::string encode_cyclic(const std::string& s) {
    std::string turned;
    for (size_t i = 0; i < s.size(); i += 3) {
        std::string three = s.substr(i, 3);
        turned += three.size() == 3 ? three.substr(1) + three[0] : three;
    }
    return turned;
}
std::string decode_cyclic(const std::string& s) { return codec::encode_cyclic(encode_cyclic(s)); }
}
"""
CPP_TESTS = """
TEST(HasCloseElements, Basic) {
    EXPECT_FALSE(has_close_elements({1.0f, 2.0f}, 0.5f));
}

int main(int argc, char **argv) {
    ::testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
"""
CPP_FILES = (
    fence(
        "#include <vector>\nusing Floats = std::vector<float>;\nbool has_close_elements(Floats, float);\n",
        "cpp",
    )
    + fence(
        '#include "solution.h"\n#include <algorithm>\nusing namespace std;\n' + CPP.replace("vector<float>", "Floats"),
        "cpp",
    )
    + fence(
        '#include "solution.h"\n#include <iostream>\nint main() { std::cout << has_close_elements({}, 1); }\n', "cpp"
    )
)
CPP_CYCLIC = "string decode_cyclic(string s) {\n    return encode_cyclic(encode_cyclic(s));\n}\n"
CPP_STD_ALONE = """\
#include <string>
std::string decode_cyclic(const std::string& s) {
    std::string turned;
    for (size_t i = 0; i < s.size(); i += 3) {
        std::string three = s.substr(i, 3);
        turned += three.size() == 3 ? three.substr(2) + three.substr(0, 2) : three;
    }
    return turned;
}
"""
CPP_STD_CYCLIC = CPP_CYCLIC.replace("string ", "std::string ")
CPP_STD_CALLING = "std::string decode_cyclic(std::string s) { return codec::decode_cyclic(s); }\n"
CPP_GCD = """\
int greatest_common_divisor(int a, int b) {
    while (b) {
        int rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}
"""
JAVA_CYCLIC = "public static String decodeCyclic(String s) {\n    return encodeCyclic(encodeCyclic(s));\n}\n"
JS_HEAD = ARROW[: ARROW.index("\n") + 1]
GO_PRINTING = 'package main\n\nimport (\n\t"fmt"\n\t"sort"\n)\n\n'
GO_HEAD = GO[: GO.index("\n") + 1]
REPEATED = [
    Case("the prompt alone", "Go/50", GO_PROMPT, False),
    Case("another function of the prompt", "Go/50", f"Given:\n\n{GO_HELPER}\nSorry.\n", False),
    Case("the prompt, then a body", "JavaScript/0", fence(JS_HEAD, "js") + "Body:\n" + fence(JS_BODY, "js")),
    Case("the prompt without a fence, then a body", "JavaScript/0", f"{JS_HEAD}\nBody:\n{fence(JS_BODY, 'js')}"),
    Case("the answer, then the prompt", "JavaScript/0", fence(ARROW, "js") + "of\n" + fence(JS_HEAD, "js")),
    Case(
        "the prompt, then a body", "Go/0", fence(GO[: GO.index("\n") + 1], "go") + "Body:\n" + fence(within(GO), "go")
    ),
]
ODD = [
    *(Case("thought behind words", "Python/0", f"Well. <think>\n{fence(code)}", False) for code in (PY, WRONG)),
    Case("cut off in the closing fence", "Python/0", f"```python\n{PY}``"),
    Case("indented block", "Python/0", f"Code:\n\n{indent(PY, '    ')}\nDone.\n"),
    Case("method in an indented class", "Python/0", indent(f"class Solution:\n\n{indent(PY, '    ')}", "    "), False),
    Case("method in a class without a fence", "Python/0", f"class Solution:\n{indent(PY, '    ')}", False),
    Case(
        "method in a class without a fence", "CPP/0", f"class Solution {{\npublic:\n{indent(CPP, '    ')}}};\n", False
    ),
    Case("session behind the program", "Python/0", fence(f"{PY}\n>>> has_close_elements([1.0], 1)\nFalse\n")),
    Case("indented program", "Go/0", fence(indent(GO_TOP + GO, "    "), "go")),
    Case("cut off in main", "Go/0", f"```go\n{GO_PRINTING}{GO}\nfunc main() {{\n\tfmt.Println('x"),
    Case("cut off behind the method", "Java/0", f"```java\nimport java.util.*;\nclass Solution {{\n{JAVA}"),
    Case("helper for a static method", "Java/38", fence(JAVA_CYCLIC, "java")),
    Case(
        "tests apart",
        "Java/0",
        fence(f"import java.util.*;\nclass Solution {{\n{JAVA}}}\n", "java")
        + fence("import static org.junit.jupiter.api.Assertions.*;\nclass T { }\n", "java"),
    ),
    Case("helper behind own includes", "CPP/38", fence(f"{CPP_TOP}{CPP_CYCLIC}", "cpp")),
    Case("namespace", "CPP/38", fence(f"{CPP_TOP}namespace codec {{\n{CPP_CYCLIC}}}  // namespace codec\n", "cpp")),
    Case("namespace with the prompt's helper", "CPP/38", fence(CPP_SPACE, "cpp")),
    Case("namespaces in another", "CPP/38", fence(f"{CPP_TOP}namespace a {{\n{CPP_SPACE}}}\n", "cpp")),
    Case(
        "namespace and a qualified call",
        "CPP/38",
        fence(
            f"{CPP_SPACE}namespace codec {{\nint more = 1;\n}}\nusing codec::decode_cyclic;\n"
            'int main() {\n    return codec::decode_cyclic("").size() + codec::more;\n}\n',
            "cpp",
        ),
    ),
    Case("std:: beside a helper of the prompt", "CPP/38", fence(CPP_STD_ALONE, "cpp")),
    Case("std:: and a call of the prompt's helper", "CPP/38", fence(f"#include <string>\n{CPP_STD_CYCLIC}", "cpp")),
    Case("namespace and a function that calls it", "CPP/38", fence(f"{CPP_SPACE}{CPP_STD_CALLING}", "cpp")),
    Case(
        "namespace and its function behind it",
        "CPP/13",
        fence(f"namespace n {{ int greatest_common_divisor(int a, int b); }}\n{CPP_GCD.replace('int g', 'int n::g')}"),
    ),
    *(
        Case(f"a name of std: {own}", "CPP/13", fence(f"{own}\n{CPP_GCD.replace('return a', why)}", "cpp"))
        for own, why in (
            ("int count = 0;", "count++;\n    return a"),
            ("struct pair { int first, second; };", "pair p = {a, b};\n    return p.first"),
            ("#include <stdio.h>\nint hash = 0; // not std::hash", "hash++;\n    return a"),
            ("template <class T> T max(T a, T b) { return a > b ? a : b; }", "return max(a, a)"),
            ("int distance(int a, int b) { return a - b; }", "return max(a, distance(a, b))"),
        )
    ),
    Case("header and source", "CPP/0", CPP_FILES),
    Case("tests of a framework", "CPP/0", fence(f"{CPP_TOP}#include <gtest/gtest.h>\n{CPP}{CPP_TESTS}", "cpp")),
    Case(
        "tests of a framework apart",
        "CPP/0",
        fence(f"{CPP_TOP}{CPP}", "cpp") + fence(f'#include <gtest/gtest.h>\n#include "solution.h"\n{CPP_TESTS}', "cpp"),
    ),
    Case(
        "headers of another system", "CPP/0", fence(f'#include "stdafx.h"\n#include <conio.h>\n{CPP_TOP}{CPP}', "cpp")
    ),
    Case("standard headers in quotes", "CPP/0", fence(f'#include "vector"\n#include "math.h"\n{CPP_TOP}{CPP}', "cpp")),
    Case("commands apart", "CPP/0", fence("pip install numpy\n", "bash") + fence(CPP_TOP + CPP, "cpp")),
    Case("body and main", "CPP/0", fence(f"{within(CPP)}\nint main() {{\n    return 1;\n}}\n", "cpp")),
    *(
        Case("exports", "JavaScript/0", fence(code, "js"))
        for code in (
            f"#!/usr/bin/env node\n{JS}",
            f"{ARROW}export default {{ hasCloseElements }};\n",
            f"const solve = {ANONYMOUS}export {{ solve as hasCloseElements }};\n",
            f"window.hasCloseElements = {ANONYMOUS}",
            f"{ARROW}\n(function () {{ console.log(hasCloseElements([1], 1)); process.exit(1); }})();\n",
        )
    ),
    Case("exports apart", "JavaScript/0", fence(ARROW, "js") + fence("module.exports = { hasCloseElements };\n", "js")),
]
