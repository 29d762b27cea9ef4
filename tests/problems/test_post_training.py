"""Data sets of post-training, a small record in each form: a right program passes, a wrong one fails for its reason."""

import base64
import json
import pickle
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from running import Command, Require

from passatk import InputError, Judge, Status, load
from passatk.cases import Cases, Checker
from passatk.records import Problem

TWICE = "print(2 * int(input()))\n"
ADD = "def add(a, b):\n    return a + b\n"
SOLUTION = "class Solution:\n    def add(self, a: List[int], b: int) -> List[int]:\n        return [x + b for x in a]\n"
STARTER = "class Solution:\n    def add(self, a: List[int], b: int) -> List[int]:\n        "
LISTS = {"inputs": ["1\n", "4\n"], "outputs": ["2\n", "8"]}
CALLS = {"fn_name": "add", "inputs": [[1, 2], ["a", "b"]], "outputs": [[3], ["ab"]]}


def packed(tests: Any) -> str:
    return base64.b64encode(zlib.compress(pickle.dumps(json.dumps(tests)))).decode()


def stdin_tests(**more: str) -> list[dict[str, Any]]:
    return [{"input": stdin, "output": out, **more} for stdin, out in zip(*LISTS.values(), strict=True)]


FORMS: dict[str, dict[str, Any]] = {
    "apps": {
        "problem_id": 1,
        "question": "Add.",
        "input_output": json.dumps(CALLS),
        "solutions": json.dumps([ADD]),
        "difficulty": "interview",
        "starter_code": "def add(a, b):\n    ",
        "url": "",
    },
    "taco": {
        "question": "Print twice the number.",
        "input_output": json.dumps(LISTS),
        "solutions": json.dumps([TWICE]),
        "difficulty": "EASY",
        "starter_code": "",
        "time_limit": "2.0 seconds",
    },
    "taco functions": {
        "question": "Add.",
        "input_output": json.dumps({"fn_name": "add", "inputs": [[[1, 2], 3]], "outputs": [[4, 5]]}),
        "solutions": json.dumps([SOLUTION]),
        "difficulty": "EASY",
        "starter_code": STARTER,
    },
    "code-contests": {
        "name": "1_A. Twice",
        "description": "Print twice the number.",
        "public_tests": {"input": ["1\n"], "output": ["2\n"]},
        "private_tests": {"input": ["4\n"], "output": ["8\n"]},
        "generated_tests": {"input": [], "output": []},
        "solutions": {"language": [1, 3], "solution": ["print 2 * input()", TWICE]},
        "time_limit": {"seconds": 2, "nanos": 500_000_000},
        "memory_limit_bytes": 256_000_000,
        "input_file": "",
        "output_file": "",
    },
    "livecodebench": {
        "question_id": "abc1_a",
        "question_content": "Print twice the number.",
        "public_test_cases": json.dumps(stdin_tests(testtype="stdin")[:1]),
        "private_test_cases": packed(stdin_tests(testtype="stdin")[1:]),
        "starter_code": "",
        "difficulty": "easy",
        "metadata": "{}",
    },
    "livecodebench functions": {
        "question_id": "2001",
        "question_content": "Add.",
        "public_test_cases": json.dumps([{"input": "[1, 2]\n3", "output": "[4, 5]", "testtype": "functional"}]),
        "private_test_cases": packed([{"input": "[]\n3", "output": "[]", "testtype": "functional"}]),
        "starter_code": STARTER,
        "difficulty": "easy",
        "metadata": '{"func_name": "add"}',
    },
    "verifiable-coding": {
        "problem_id": "vc_1",
        "task_type": "verifiable_code",
        "prompt": "Print twice the number.",
        "gold_standard_solution": f"```python\n{TWICE}```",
        "verification_info": json.dumps({"language": "python", "test_cases": stdin_tests(type="stdin_stdout")}),
        "source": "taco",
    },
    "verifiable-coding functions": {
        "problem_id": "vc_2",
        "problem_statement": "Add.",
        "gold_standard_solution": ADD,
        "verification_info": {
            "language": "python",
            "test_cases": [{"type": "function_call", "fn_name": "add", "input": "[1, 2]", "output": "[3]"}],
        },
    },
    "deepcoder": {"problem": "Print twice.", "solutions": [f"```python\n{TWICE}```"], "tests": json.dumps(LISTS)},
    "deepcoder functions": {
        "problem": "Add.",
        "starter_code": STARTER,
        "tests": json.dumps(
            [{"input": "[1]\n2", "output": "[3]", "testtype": "functional", "metadata": {"func_name": "add"}}]
        ),
    },
    "leetcode-dataset": {
        "task_id": "add-to-list",
        "question_id": 1,
        "difficulty": "Easy",
        "problem_description": "Add b to each value.",
        "starter_code": STARTER,
        "prompt": (
            "from typing import *\nclass ListNode:\n    def __init__(self, val=0, next=None):\n"
            "        self.val, self.next = val, next\n"
        ),
        "completion": SOLUTION,
        "entry_point": "Solution().add",
        "test": "def check(candidate):\n    assert candidate(a = [1, 2], b = 3) == [4, 5]\n",
    },
    "acecode": {
        "id": "oss_1",
        "source": "oss",
        "question": "Write add.",
        "test_cases": ["assert add(1, 2) == 3", "assert add('a', 'b') == 'ab'"],
        "inferences": [],
    },
    "kodcode": {
        "question_id": "Prefill_1_I",
        "question": "Write add.",
        "solution": ADD,
        "test": "from solution import add\n\ndef test_add():\n    assert add(1, 2) == 3\n",
        "test_info": [{"function_name": "add"}],
        "subset": "Prefill",
    },
    "kodcode with pytest": {
        "question_id": "Prefill_2_I",
        "question": "Write add.",
        "solution": ADD,
        "test": (
            "import pytest\nfrom solution import add\n\n"
            "@pytest.mark.parametrize('a, b, c', [(1, 2, 3), (0.1, 0.2, 0.3)])\n"
            "def test_add(a, b, c):\n    assert add(a, b) == pytest.approx(c)\n\ndef test_types():\n"
            "    with pytest.raises(TypeError, match='unsupported'):\n        add(1, None)\n"
        ),
        "test_info": [{"function_name": "add"}],
    },
    "codeforces": {
        "id": "1/A",
        "title": "Twice",
        "description": "Print twice the number.",
        "examples": [{"input": "1", "output": "2"}],
        "official_tests": stdin_tests(),
        "input_mode": "stdio",
        "time_limit": 1.5,
        "memory_limit": 256.0,
        "generated_checker": None,
    },
    "code-contests-plus": {
        "source": "Codeforces",
        "id": "1_A",
        "title": "Twice",
        "description": "Print twice the number.",
        "validator": "int main() {}",
        "generator": "int main() {}",
        "generator_cmd": "./gen 1",
        "checker": "",
        "time_limit": 1500,
        "memory_limit": 256,
        "test_cases": stdin_tests(),
        "correct_submissions": [
            {"code": "print 2 * input()", "language": "py2"},
            {"code": TWICE, "language": "py3"},
        ],
        "incorrect_submissions": [{"code": "print(3)", "language": "py3"}],
        "true_positive_rate": 1.0,
        "true_negative_rate": 0.9,
    },
}
TESTLIB = """\
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <fstream>
enum TResult { _ok, _wa };
struct InStream {
    std::ifstream file;
    int readInt() {
        int value;
        if (!(file >> value)) exit(8);
        return value;
    }
} inf, ouf, ans;
inline void registerTestlibCmd(int, char **names) {
    inf.file.open(names[1]);
    ouf.file.open(names[2]);
    ans.file.open(names[3]);
}
inline void quitf(TResult result, const char *words, ...) {
    va_list rest;
    va_start(rest, words);
    vfprintf(stderr, words, rest);
    exit(result);
}
"""  # the little of it that CLOSE needs
CLOSE = """\
#include "testlib.h"
int main(int count, char *names[]) {
    registerTestlibCmd(count, names);
    int given = inf.readInt(), found = ouf.readInt(), right = ans.readInt();
    if (abs(found - right) > 1) quitf(_wa, "%d for %d", found, given);
    quitf(_ok, "near enough");
}
"""
RIGHT = {"livecodebench": TWICE, "livecodebench functions": SOLUTION, "acecode": ADD, "codeforces": TWICE}
RIGHT["deepcoder functions"] = SOLUTION


def one(folder: Path, record: dict[str, Any], name: str = "rows.jsonl") -> Problem:
    (folder / name).write_text(json.dumps(record) + "\n")
    [problem] = load(str(folder / name)).problems.values()
    return problem


def cases_of(problem: Problem) -> Cases:
    assert problem.cases is not msgspec.UNSET
    return problem.cases


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge(["python"], workers=1, cached=False) as judge:
        yield judge


@pytest.mark.parametrize("name", FORMS)
def test_right_passes_and_wrong_fails_for_its_reason(tmp_path: Path, judge: Judge, name: str) -> None:
    problem = one(tmp_path, FORMS[name])
    assert problem.benchmark == name.partition(" ")[0]
    right = problem.reference or RIGHT[name]
    wrong, words = "print(3)\n", "token 1: expected"
    if "add" in right:
        wrong = right.replace("+", "+ 1 +" if "Solution" in right else "is not")
        words = "expected" if problem.cases is not msgspec.UNSET else "assert"
    passed, failed, missing = judge.judge([(problem, right), (problem, wrong), (problem, "def other(): pass\n")])
    assert (passed.status, passed.walled) == (Status.PASSED, True), passed.reason
    assert failed.status is Status.WRONG_ANSWER, failed.reason
    assert words in failed.reason.lower()
    assert missing.status in (Status.WRONG_ANSWER, Status.RUNTIME_ERROR)
    if problem.cases is not msgspec.UNSET and problem.cases.call is not msgspec.UNSET:
        assert "NameError: the program defines no function 'add'" in missing.reason


def test_what_is_read(tmp_path: Path) -> None:
    contests = one(tmp_path, FORMS["code-contests"])
    [first, second] = cases_of(contests).cases
    assert (contests.task_id, first.public, second.public) == ("1_A. Twice", True, False)
    assert (first.cpu_s, first.memory_bytes, second.id) == (2.5, 256_000_000, "2")
    live = cases_of(one(tmp_path, FORMS["livecodebench functions"]))
    assert [(case.stdin, case.expected, case.public) for case in live.cases] == [
        ("[[1,2],3]", "[4,5]", True),
        ("[[],3]", "[]", False),
    ]
    assert live.checker == Checker(kind="equal")
    assert cases_of(one(tmp_path, FORMS["apps"])).checker == Checker(kind="boxed")
    forces = one(tmp_path, FORMS["codeforces"])
    assert [(case.public, case.cpu_s, case.memory_bytes) for case in cases_of(forces).cases] == [
        (True, 1.5, 256 << 20),
        (False, 1.5, 256 << 20),
    ]
    plus = one(tmp_path, FORMS["code-contests-plus"])
    assert (plus.task_id, plus.instruction, plus.reference) == (
        "Codeforces/1_A",
        "# Twice\n\nPrint twice the number.",
        TWICE,
    )
    assert {(case.cpu_s, case.memory_bytes) for case in cases_of(plus).cases} == {(1.5, 256 << 20)}
    kod = one(tmp_path, FORMS["kodcode"])
    assert "solution" not in kod.tests.code
    names = ("acecode", "kodcode", "leetcode-dataset", "taco functions", "apps")
    assert [one(tmp_path, FORMS[name]).entry_point for name in names] == ["add", "add", "Solution", "Solution", "add"]


def test_records_without_ids_are_called_by_their_place(tmp_path: Path) -> None:
    (tmp_path / "taco.jsonl").write_text("".join(json.dumps(FORMS["taco"]) + "\n" for _ in range(3)))
    assert list(load(str(tmp_path / "taco.jsonl")).problems) == ["taco/0", "taco/1", "taco/2"]


def test_optional_columns_may_be_null(tmp_path: Path) -> None:
    nulls = dict.fromkeys(("starter_code", "solutions", "difficulty"))
    problem = one(tmp_path, FORMS["taco"] | nulls)
    assert (problem.reference, problem.tier) == (None, "")
    with pytest.raises(InputError, match="field 'question': must be a string, got null"):
        one(tmp_path, FORMS["taco"] | {"question": None})


def test_parquet_is_read_as_json_lines_are(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    pyarrow = pytest.importorskip("pyarrow")
    names = [name for name in FORMS if name not in ("kodcode", "acecode")]  # whose empty lists have no type
    for name in names:
        parquet.write_table(pyarrow.Table.from_pylist([FORMS[name]]), tmp_path / "rows.parquet")
        [problem] = load(str(tmp_path / "rows.parquet")).problems.values()
        assert problem == one(tmp_path, FORMS[name]), name
    (tmp_path / "rows.jsonl").unlink()
    assert len(load(str(tmp_path)).problems) == 1
    (tmp_path / "rows.parquet").write_bytes((tmp_path / "rows.parquet").read_bytes()[:-20])
    with pytest.raises(InputError, match="the Parquet file cannot be read"):
        load(str(tmp_path / "rows.parquet"))


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("executed",)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (pickle.dumps(Evil()), "the pickle names builtins.print, and is not read"),
        (pickle.dumps(["a"]), "has a pickled list"),
        (pickle.dumps(b"a"), "names _codecs.encode|has a pickled bytes"),
        (b"\x80\x04", "cannot be"),
        (b"cos\nsystem\n(S'true'\ntR.", "the pickle names os.system"),
        (b"P1\n.", "object elsewhere"),
        (b"not a pickle", "cannot be"),
        (pickle.dumps("{}"), "is not a list"),
        (pickle.dumps("[1"), "cannot be read"),
    ],
)
def test_a_pickle_makes_nothing_but_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], raw: bytes, words: str
) -> None:
    text = base64.b64encode(zlib.compress(raw)).decode()
    with pytest.raises(InputError, match=words):
        one(tmp_path, FORMS["livecodebench"] | {"private_test_cases": text})
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("text", ["", "!", "AAAA", base64.b64encode(b"x").decode()])
def test_private_tests_that_are_not_packed(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="field 'private_test_cases': cannot be"):
        one(tmp_path, FORMS["livecodebench"] | {"private_test_cases": text})


FUNCTIONAL = FORMS["livecodebench functions"]


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("apps", {"input_output": '{"inputs": [], "outputs": []}'}, "there is none"),
        ("apps", {"input_output": ""}, "input_output.inputs': is missing"),
        ("apps", {"input_output": "{"}, "input_output': cannot be read"),
        ("apps", {"input_output": "[1]"}, "not an object"),
        ("apps", {"input_output": json.dumps(CALLS | {"inputs": [[1, 2]]})}, "1 inputs and 2 outputs"),
        ("apps", {"input_output": json.dumps(CALLS | {"inputs": [1, 2]})}, "must be a list, got 1"),
        ("apps", {"input_output": json.dumps(CALLS | {"fn_name": "a.b"})}, "'a.b' is not the name"),
        ("apps", {"input_output": json.dumps(CALLS).replace('"ab"', "NaN")}, "NaN is not JSON"),
        ("apps", {"input_output": json.dumps(CALLS).replace('"ab"', "1e400")}, "has the number inf"),
        ("apps", {"input_output": json.dumps(CALLS | {"fn_name": "class"})}, "'class' is not the name"),
        ("apps", {"input_output": json.dumps(LISTS | {"outputs": ["\ud800", "8"]})}, "half a character"),
        ("apps", {"input_output": json.dumps({"inputs": [], "outputs": []})}, "there is none"),
        ("apps", {"solutions": "{}"}, "not a list of texts"),
        ("taco", {"question": 3}, "must be a string"),
        ("code-contests", {"public_tests": {"input": ["1"], "output": []}}, "public_tests': has 1 inputs"),
        ("code-contests", {"input_file": "in.txt"}, "'in.txt'"),
        ("code-contests", {"memory_limit_bytes": -1}, "-1 bytes of memory"),
        ("livecodebench", {"public_test_cases": '[{"input": "1"}]'}, "missing required field `output`"),
        ("livecodebench", {"public_test_cases": FUNCTIONAL["public_test_cases"]}, "of programs and of functions"),
        ("livecodebench functions", {"metadata": "{}"}, "names the functions"),
        (
            "livecodebench functions",
            {"public_test_cases": '[{"input": "x", "output": "1", "testtype": "functional"}]'},
            "cannot be read",
        ),
        ("verifiable-coding", {"verification_info": "{}"}, "has no test_cases"),
        ("verifiable-coding", {"verification_info": {"language": "cobol", "test_cases": []}}, "unknown language"),
        ("verifiable-coding", {"verification_info": {"test_cases": [{"type": "x", "input": 1, "output": 1}]}}, "'x'"),
        ("deepcoder", {"tests": "3"}, "neither a list nor an object"),
        ("acecode", {"test_cases": []}, "has no assertion"),
        ("kodcode", {"test": "import solution\n"}, "imports solution as a module"),
        ("kodcode", {"test": "def ("}, "is not Python"),
        ("codeforces", {"input_mode": "file"}, "is 'file'"),
        ("codeforces", {"official_tests": []}, "there is none"),
        ("codeforces", {"time_limit": -1.0}, "-1 CPU seconds"),
        ("codeforces", {"generated_checker": 1}, "generated_checker"),
        ("codeforces", {"official_tests": [{"input": "1"}]}, "official_tests"),
        ("code-contests-plus", {"time_limit": 2}, "is 2; expected milliseconds from 10"),
        ("code-contests-plus", {"memory_limit": 256 << 20}, "expected MiB"),
        ("apps", {"input_output": None}, "input_output.inputs': is missing"),
        ("codeforces", {"official_tests": None}, "there is none"),
        ("codeforces", {"interaction_format": "Print a query."}, "programs talk with another"),
        ("livecodebench", {"private_test_cases": None}, "is null"),
        ("apps", {"input_output": json.dumps(CALLS).replace('"ab"', "1" * 4301)}, "more than 4300 digits"),
    ],
)
def test_bad_records_are_refused_with_file_line_and_field(
    tmp_path: Path, name: str, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError) as caught:
        one(tmp_path, FORMS[name] | changes)
    assert words in str(caught.value)
    assert "rows.jsonl:1: field '" in str(caught.value)


UNJUDGED = [
    ("apps", {"input_output": ""}, "no tests"),
    ("apps", {"input_output": None}, "no tests"),
    ("apps", {"input_output": '{"inputs": [], "outputs": []}'}, "no tests"),
    (
        "apps",
        {"input_output": json.dumps(CALLS).replace('"ab"', "1" * 4301)},
        "values that no program can be sent or can return",
    ),
    ("taco", {"input_output": "{}"}, "no tests"),
    ("taco", {"input_output": '{"inputs": null, "outputs": null}'}, "no tests"),
    ("code-contests", {"input_file": "in.txt"}, "programs that read or write files"),
    (
        "code-contests",
        {name: {"input": [], "output": []} for name in ("public_tests", "private_tests", "generated_tests")},
        "no tests",
    ),
    ("codeforces", {"input_mode": "file"}, "programs that read or write files"),
    ("codeforces", {"input_mode": "interactive"}, "interactive programs"),
    ("codeforces", {"interaction_format": "Print a query."}, "interactive programs"),
    ("codeforces", {"official_tests": None}, "no tests"),
    ("codeforces", {"official_tests": []}, "no tests"),
    ("codeforces", {"description": None}, "no description"),
    ("codeforces", {"input_mode": None}, "no input_mode"),
    ("livecodebench", {"private_test_cases": None}, "no tests"),
    ("livecodebench", {"public_test_cases": "[]", "private_test_cases": "[]"}, "no tests"),
    ("deepcoder", {"tests": "[]"}, "no tests"),
    ("acecode", {"test_cases": []}, "no tests"),
]
_NAMES = {
    "apps": "problem_id",
    "code-contests": "name",
    "livecodebench": "question_id",
    "codeforces": "id",
    "acecode": "id",
}


@pytest.mark.parametrize(("name", "changes", "reason"), UNJUDGED)
def test_what_cannot_be_judged_is_left_out_beside_what_can(
    tmp_path: Path, name: str, changes: dict[str, Any], reason: str
) -> None:
    rows = [FORMS[name], FORMS[name] | changes, FORMS[name] | ({_NAMES[name]: "last"} if name in _NAMES else {})]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = load(str(file))
    assert len(found.problems) == 2
    assert found.left_out == {reason: 1}
    if name in ("taco", "deepcoder"):
        assert list(found.problems) == [f"{name}/0", f"{name}/2"]
    assert found.hash == msgspec.structs.replace(found, left_out={}).hash


def test_tests_that_somebody_has_unpacked_are_the_same(tmp_path: Path) -> None:
    tests = stdin_tests(testtype="stdin")
    unpacked = {"public_test_cases": tests[:1], "private_test_cases": tests[1:], "metadata": {}}
    assert one(tmp_path, FORMS["livecodebench"] | unpacked) == one(tmp_path, FORMS["livecodebench"])
    none: dict[str, list[str]] = {"input": [], "output": []}
    assert one(tmp_path, FORMS["code-contests"] | {"generated_tests": None}) == one(
        tmp_path, FORMS["code-contests"] | {"generated_tests": none}
    )


def test_a_file_of_which_nothing_is_left_says_why(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    changes: list[dict[str, Any]] = [{"input_mode": "file"}, {"official_tests": []}, {"official_tests": None}]
    file.write_text("".join(json.dumps(FORMS["codeforces"] | one) + "\n" for one in changes))
    words = "none of its 3 problems can be judged: 1 with programs that read or write files, 2 with no tests"
    with pytest.raises(InputError, match=words):
        load(str(file))


def test_what_is_wrong_is_refused_beside_what_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    rows = [FORMS["apps"], FORMS["apps"] | {"input_output": ""}, FORMS["apps"] | {"input_output": "{"}]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(InputError, match=r"rows.jsonl:3: field 'input_output': cannot be read"):
        load(str(file))


def test_what_is_left_out_is_said_once_on_stderr(tmp_path: Path, passatk: Command) -> None:
    file, samples = tmp_path / "rows.jsonl", tmp_path / "samples.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in (FORMS["taco"], FORMS["taco"] | {"input_output": "{}"})))
    samples.write_text(json.dumps({"task_id": "taco/0", "solution": TWICE}) + "\n")
    words = "1 problem of rows.jsonl left out: 1 with no tests"
    given = ("--problems", str(file), "--out", str(tmp_path / "run"), "--workers", "1")
    done = passatk("evaluate", str(samples), *given, "--json")
    assert done.stderr.count(words) == 1, done.stderr
    assert json.loads(done.stdout)["warnings"] == [words]
    listed = passatk("problems", "list", str(file))
    assert (listed.stdout, listed.stderr.count(words)) == ("taco/0\n", 1)
    samples.write_text(json.dumps({"task_id": "taco/1", "solution": TWICE}) + "\n")
    refused = passatk("evaluate", str(samples), *given)
    assert refused.returncode == 2
    assert words in refused.stderr


@pytest.mark.parametrize(("name", "field"), [("code-contests", "name"), ("livecodebench", "question_id")])
def test_an_id_that_is_a_number_is_its_text(tmp_path: Path, name: str, field: str) -> None:
    assert one(tmp_path, FORMS[name] | {field: 7}) == one(tmp_path, FORMS[name] | {field: "7"})
    for other in (True, 7.0, None):
        with pytest.raises(InputError, match=f"field '{field}': must be a string"):
            one(tmp_path, FORMS[name] | {field: other})


@pytest.mark.parametrize(
    ("outputs", "kind", "written"),
    [
        ([[1], [2]], "boxed", "json"),
        ([1, 2], "equal", "json"),
        ([[1], [2, 3]], "equal", "json"),
        ([[{"1": 2}], [{"3": 4}]], "boxed", "python"),
        ([[{"a": 2}], [{"3": 4}]], "boxed", "python"),
        ([[{"a": 2}], [{"b": 4}]], "boxed", "json"),
    ],
)
def test_boxes_and_keys_of_apps(tmp_path: Path, outputs: list[Any], kind: str, written: str) -> None:
    tests = json.dumps({"fn_name": "f", "inputs": [[{"a": 1}], [2]], "outputs": outputs})
    cases = cases_of(one(tmp_path, FORMS["apps"] | {"input_output": tests}))
    assert cases.call is not msgspec.UNSET
    assert (cases.checker.kind, cases.call.written) == (kind, written)


def test_numbers_with_fractions_have_the_error_of_their_evaluator(tmp_path: Path) -> None:
    tests = {"inputs": ["1"], "outputs": ["0.3333333"]}
    cases = cases_of(one(tmp_path, FORMS["taco"] | {"input_output": json.dumps(tests)}))
    assert cases.checker == Checker(kind="numbers", absolute=1e-8, relative=1e-5)
    assert cases_of(one(tmp_path, FORMS["taco"])).checker == Checker(kind="tokens")


def test_imports_of_the_evaluator_stand_behind_those_of_the_future(tmp_path: Path, judge: Judge) -> None:
    problem = one(tmp_path, FORMS["livecodebench"])
    text = '"""Twice."""\nfrom __future__ import annotations\nassert factorial(3) == 6\nprint(2 * int(input()))\n'
    [verdict] = judge.judge([(problem, text)])
    assert verdict.reason == "all tests held"


def test_a_checker_of_codeforces_decides(tmp_path: Path, judge: Judge) -> None:
    source = "import sys\nfound = open(sys.argv[3]).read().split()\nprint(1 if found == ['yes'] else 0)\n"
    problem = one(tmp_path, FORMS["codeforces"] | {"generated_checker": source})
    right, wrong = judge.judge([(problem, "print('yes')\n"), (problem, TWICE)])
    assert (right.status, wrong.reason) == (Status.PASSED, "test 2: the checker scores 0")


def test_a_checker_with_testlib(tmp_path: Path, require: Require, monkeypatch: pytest.MonkeyPatch) -> None:
    require("cpp")
    form = FORMS["code-contests-plus"] | {"checker": CLOSE}
    monkeypatch.delenv("PASSATK_TESTLIB", raising=False)
    with pytest.raises(InputError, match=r"testlib.h, which does not come with passatk; expected PASSATK_TESTLIB set"):
        one(tmp_path, form)
    monkeypatch.setenv("PASSATK_TESTLIB", str(tmp_path / "testlib.h"))
    with pytest.raises(InputError, match=r"testlib.h' cannot be read: No such file"):
        one(tmp_path, form)
    (tmp_path / "testlib.h").write_text(TESTLIB)
    problem = one(tmp_path, form)
    texts = ("print(2 * int(input()) + 1)\n", "print(2 * int(input()) + 2)\n", "input()\n")
    with Judge(["python", "cpp"], workers=1, cached=False) as both:
        near, far, nothing = both.judge([(problem, text) for text in texts])
    assert near.reason == "all tests held"
    assert (far.status, far.reason) == (Status.WRONG_ANSWER, "test 2: 10 for 4")
    assert nothing.status is Status.WRONG_ANSWER


def test_problems_without_tests_are_not_judged(tmp_path: Path, judge: Judge) -> None:
    """Some of CodeContests+ have none."""
    problem = one(tmp_path, FORMS["code-contests-plus"] | {"test_cases": None})
    [verdict] = judge.judge([(problem, TWICE)])
    assert verdict.status is Status.NOT_JUDGED
    assert "tests are empty" in verdict.reason


@pytest.mark.parametrize("name", ["apps", "livecodebench functions", "kodcode", "codeforces"])
def test_a_file_of_samples_is_evaluated(tmp_path: Path, passatk: Command, name: str) -> None:
    problem = one(tmp_path, FORMS[name])
    texts = (problem.reference or RIGHT[name], "pass\n")
    lines = [json.dumps({"task_id": problem.task_id, "solution": text}) + "\n" for text in texts]
    (tmp_path / "samples.jsonl").write_text("".join(lines))
    arguments = ("--problems", str(tmp_path / "rows.jsonl"), "--out", str(tmp_path / "out"))
    done = passatk("evaluate", str(tmp_path / "samples.jsonl"), *arguments)
    assert done.returncode == 0, done.stderr
    assert " 50.0" in done.stdout
