"""Programs whose text holds the answers to shown tests: marked, and never judged by it."""

import pytest

from passatk.cases import Call, Case, CaseResult, Cases, knows_answers, summary
from passatk.judging.answers_in_code import marked
from passatk.languages import LANGUAGES
from passatk.records import Asserts, Problem, Sample

READS = Cases(
    cases=(
        Case(id="shown", stdin="3\n10 20 30\n", expected="60\n", public=True),
        Case(id="short", stdin="1\n5\n", expected="5\n", public=True),
        Case(id="hidden", stdin="3\n11 22 33\n", expected="66\n"),
    )
)
CALLS = Cases(
    cases=(
        Case(id="shown", stdin='[[10,20,30],"sum"]', expected="60", public=True),
        Case(id="short", stdin="[[5]]", expected="5", public=True),
        Case(id="hidden", stdin='[[11,22,33],"sum"]', expected="66"),
    ),
    call=Call(name="f"),
)


def in_code(text: str, cases: Cases, language: str = "python") -> set[str]:
    problem = Problem(
        task_id="t", benchmark="t", language=language, prompt="", tests=Asserts(code=""), cases=cases, in_function=False
    )
    program = LANGUAGES[language].program(problem, Sample(task_id="t", index=0, text=text, whole=True), "")
    results = tuple(CaseResult(id=one.id, status="passed", public=one.public, weight=1) for one in cases.cases)
    return {result.id for result in marked(program, results) if result.in_code}


@pytest.mark.parametrize(
    ("text", "cases", "found"),
    [
        ('print({"3\\n10 20 30\\n": 60, "1\\n5\\n": 5}[open(0).read()])\n', READS, {"shown"}),
        ("if open(0).read().split() == '3 10 20 30'.split(): print(60)\n", READS, {"shown"}),
        ("print({'3\\n11 22 33\\n': 66}[open(0).read()])\n", READS, set()),
        ("# 3 10 20 30 -> 60\nprint(sum(map(int, open(0).read().split()[1:])))\n", READS, set()),
        ('"""Reads 3 10 20 30, prints 60."""\nprint(sum(map(int, open(0).read().split()[1:])))\n', READS, set()),
        ("n = int(input())\nprint(5 if n == 1 else 60)\n", READS, set()),
        ("def f(a, how):\n    if a == [10, 20, 30] and how == 'sum': return 60\n", CALLS, {"shown"}),
        ("def f(a, how):\n    return sum(a)\n", CALLS, set()),
    ],
)
def test_what_is_found(text: str, cases: Cases, found: set[str]) -> None:
    assert in_code(text, cases) == found


def test_in_other_languages() -> None:
    table = '#include <map>\n// 1\nstd::map<std::string, int> t = {{"3\\n10 20 30", 60}};\n'
    assert in_code(table, READS, "cpp") == {"shown"}
    assert in_code("// 3 10 20 30, 60\nint main() {}\n", READS, "cpp") == set()


def test_what_is_counted() -> None:
    def results(shown: str, hidden: str, known: bool) -> tuple[CaseResult, ...]:
        return (
            CaseResult(id="a", status=shown, public=True, weight=1, in_code=known),
            CaseResult(id="b", status=hidden, public=False, weight=1),
        )

    assert knows_answers(results("passed", "wrong_answer", known=True))
    assert not knows_answers(results("passed", "passed", known=True))
    assert not knows_answers(results("passed", "wrong_answer", known=False))
    assert not knows_answers(results("wrong_answer", "wrong_answer", known=True))
    assert not knows_answers(results("passed", "wrong_answer", known=True)[:1]), "nothing is hidden"
    assert summary(results("passed", "passed", known=True))["answers_in_code"] == 1
