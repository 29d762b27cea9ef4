"""Problems in MultiPL-E's form: every language's own tests, with completions, chat answers and whole solutions."""

import json
import re
from pathlib import Path

import pytest
from verdict_cases import FOLDER, PROBLEM

from passatk.answers import read_answer
from passatk.errors import InputError, SourceError, UnknownNameError
from passatk.judging import Environment, Job, LocalPool, default_limits
from passatk.languages import LANGUAGES, by_name
from passatk.pipeline import check_problems
from passatk.pipeline.programs import program_of
from passatk.problems import load, load_all
from passatk.records import Problem, Record, Sample, Status

NAME = "HumanEval_200_add_all"


class Form(Record, frozen=True, kw_only=True):
    """One problem in one language: what MultiPL-E's file says, and bodies for it."""

    language: str
    prompt: str
    tests: str
    stop: tuple[str, ...]
    right: str
    """Up to the function's end, its closing word or brace not included."""
    wrong: str
    end: str
    """Closes the function, and the class around it."""


FORMS = {
    "python": Form(
        language="py",
        prompt='from typing import List\n\ndef add_all(l: List[int]) -> int:\n    """ The sum. """\n',
        tests="def check(candidate):\n    assert candidate([1, 2]) == 3\n\n"
        "def test_check():\n    check(add_all)\n\ntest_check()\n",
        stop=("\ndef", "\n#", "\nif", "\nclass"),
        right="    return sum(l)\n",
        wrong="    return len(l)\n",
        end="",
    ),
    "javascript": Form(
        language="js",
        prompt="//The sum.\nfunction add_all(l){\n",
        tests="const assert = require('node:assert');\n\n\nfunction test() {\n  let candidate = add_all;\n"
        "  assert.deepEqual(candidate([1, 2]),3);\n}\n\ntest();",
        stop=("\nfunction ", "\n/*", "\n//", "\nconsole.log"),
        right="  return l.reduce((a, b) => a + b, 0)",
        wrong="  return l.length",
        end="\n}\n",
    ),
    "cpp": Form(
        language="cpp",
        prompt="#include<assert.h>\n#include<bits/stdc++.h>\n// The sum.\nlong add_all(std::vector<long> l) {\n",
        tests="}\nint main() {\n    auto candidate = add_all;\n"
        "    assert(candidate((std::vector<long>({(long)1, (long)2}))) == (3));\n}\n",
        stop=("\n}",),
        right="    std::optional<long> sum = 0;\n    for (auto x : l) {\n        *sum += x;\n    }\n    return *sum;",
        wrong="    return l.size();",
        end="\n}\n",
    ),
    "java": Form(
        language="java",
        prompt="import java.util.*;\nimport org.javatuples.*;\nclass Problem {\n    // The sum.\n"
        "    public static long addAll(ArrayList<Long> l) {\n",
        tests="    }\n    public static void main(String[] args) {\n"
        '    assert(addAll((new ArrayList<Long>(Arrays.asList((long)1l, (long)2l)))) == (3l)) : "}";\n    }\n\n}\n',
        stop=("\n    }\n",),
        right="        Pair<Long, Long> sum = Pair.with(0l, 0l);\n        for (long x : l) {\n"
        "            sum = sum.setAt0(sum.getValue0() + x);\n        }\n        return sum.getValue0();",
        wrong="        return l.size();",
        end="\n    }\n}\n",
    ),
    "go": Form(
        language="go_test.go",
        prompt='package add_all_test\n\nimport (\n    "testing"\n    "fmt"\n)\n\n'
        "// The sum.\nfunc add_all(l []int) int {\n",
        tests="func TestAdd_All(t *testing.T) {\n  candidate := add_all\n"
        "\ttype test struct {\n\t\tactual   interface{}\n\t\texpected interface{}\n\t}\n"
        "   tests := []test{\n     { actual: candidate([]int{1, 2}), expected: 3 },\n   }\n\n"
        '\tfor i, tc := range tests {\n\t\tt.Run(fmt.Sprintf("test num % d", i), func(t *testing.T) {\n'
        '\t\t\tif fmt.Sprintf("%v", tc.actual) != fmt.Sprintf("%v", tc.expected) {\n'
        "\t\t\t\tt.Errorf(\"expected '%s', got '%s'\", tc.expected, tc.actual)\n\t\t\t}\n\t\t})\n\t}\n}\n",
        stop=("\nfunc", "struct", "\n// "),
        right="    sum := 0\n    for _, x := range l {\n        sum += x\n    }\n    return sum",
        wrong="    return len(l)",
        end="\n}\n",
    ),
    "rust": Form(
        language="rs",
        prompt="/// The sum.\nfn add_all(l: Vec<isize>) -> isize {\n",
        tests="}\n\nfn main() {\n    let candidate = add_all;\n    assert_eq!(candidate(vec![1, 2]), 3);\n}\n",
        stop=("\n}",),
        right="    l.iter().sum()",
        wrong="    l.len() as isize",
        end="\n}\n",
    ),
    "ruby": Form(
        language="rb",
        prompt="# The sum.\ndef add_all(l)\n",
        tests="require 'test/unit'\nclass TestHumanEval < Test::Unit::TestCase\n  def test_add_all\n"
        "    candidate = method(:add_all)\n    assert_equal(3, candidate.call([1, 2]))\n  end\nend\n",
        stop=("\nclass", "\ndef", "\n#", "\n\n"),
        right="  l.sum",
        wrong="  l.size",
        end="\nend\n",
    ),
}


def form_of(folder: Path) -> Form:
    """The problem in a language's fixtures, with the solutions there."""
    row = json.loads((folder / PROBLEM).read_text())
    right, wrong = (next(folder.glob(f"{name}.*")).read_text() for name in ("passed", "wrong_answer"))
    stop = next((stop for stop in row["stop_tokens"] if stop.lstrip().startswith("}")), None)
    end = len(right) if stop is None else right.index(stop)
    ending = len(right) - end
    return Form(
        language=row["language"],
        prompt=row["prompt"],
        tests=row["tests"],
        stop=tuple(row["stop_tokens"]),
        right=right[:end],
        wrong=wrong[: len(wrong) - ending],
        end=right[end:],
    )


FORMS |= {
    folder.name: form_of(folder)
    for folder in sorted(FOLDER.iterdir())
    if (folder / PROBLEM).exists() and folder.name not in FORMS and LANGUAGES[folder.name].multipl_e
}
DO_NOT_COMPILE = {
    "csharp": ["HumanEval_111_histogram"],
    "go": ["HumanEval_87_get_row"],
    "javascript": ["HumanEval_51_remove_vowels"],
}
"""Problems whose published tests do not, or that no program passes."""
FILES = {
    "bash": 158,
    "cpp": 161,
    "csharp": 158,
    "go": 154,
    "java": 158,
    "javascript": 161,
    "lua": 161,
    "php": 161,
    "ruby": 161,
    "rust": 156,
    "typescript": 159,
}
"""Problems in MultiPL-E's files of HumanEval."""


def record(form: Form, **changes: object) -> dict[str, object]:
    return {
        "name": NAME,
        "language": form.language,
        "prompt": form.prompt,
        "tests": form.tests,
        "stop_tokens": list(form.stop),
        "doctests": "transform",
        "prompt_terminology": "reworded",
        **changes,
    }


def problem_of(folder: Path, form: Form, **changes: object) -> Problem:
    file = folder / "problems.jsonl"
    file.write_text(json.dumps(record(form, **changes)) + "\n")
    return load(str(file)).get(NAME)


def statuses(pool: LocalPool, problem: Problem, samples: dict[str, Sample]) -> dict[str, tuple[Status, str]]:
    names: dict[str, list[str]] = {}
    programs = {}
    for name, sample in samples.items():
        program = program_of(problem, sample, "hidden")
        names.setdefault(program.key, []).append(name)
        programs[program.key] = program
    jobs = [Job(program=program, limits=default_limits()) for program in programs.values()]
    found = {}
    for job, verdict in pool.judge(jobs):
        found.update(dict.fromkeys(names[job.program.key], (verdict.status, verdict.reason)))
    return found


def sample(text: str, whole: bool = False) -> Sample:
    return Sample(task_id=NAME, index=0, text=text, whole=whole)


@pytest.fixture
def language(language: str) -> str:
    """Each language that MultiPL-E has."""
    if language not in FORMS:
        pytest.skip(f"MultiPL-E has no {language}")
    return language


def test_every_language_with_a_name_in_multipl_e_is_tried() -> None:
    assert set(FORMS) == {name for name, language in LANGUAGES.items() if language.multipl_e}


def test_a_completion_is_judged_alike_cut_closed_or_whole(
    language: str, environment: Environment, pool: LocalPool, tmp_path: Path
) -> None:
    form = FORMS[language]
    if language == "java" and environment.toolchains["java"].lacks:
        pytest.skip(environment.toolchains["java"].lacks[0])
    problem = problem_of(tmp_path, form)
    right, wrong = form.right + form.end, form.wrong + form.end
    samples = {
        "right: closed": sample(right),
        "right: and goes on": sample(f"{right}{form.stop[0]} unfinished {{ ("),
        "right: whole": sample(form.prompt + right, whole=True),
        "wrong: closed": sample(wrong),
        "wrong: whole": sample(form.prompt + wrong, whole=True),
    }
    if any(stop.strip().startswith("}") for stop in form.stop):
        samples["right: cut before its brace"] = sample(form.right)
    found = statuses(pool, problem, samples)
    assert len(found) == len(samples)
    for name, (status, reason) in found.items():
        assert status is (Status.PASSED if name.startswith("right") else Status.WRONG_ANSWER), (name, reason)


JAVA_METHOD = (
    "long addAll(ArrayList<Long> l) {\n        long sum = 0;\n        for (long x : l) sum += x;\n"
    "        return sum;\n    }\n"
)
JAVA_ANSWERS = {
    "its class": f"import java.util.*;\n\nclass Problem {{\n    public static {JAVA_METHOD}}}\n",
    "public": f"import java.util.*;\n\npublic class Problem {{\n    public static {JAVA_METHOD}}}\n",
    "another class": f"import java.util.*;\n\nclass Sums {{\n    public static {JAVA_METHOD}}}\n",
    "a driver": f"class Main {{\n    static {JAVA_METHOD}"
    "    public static void main(String[] a) { addAll(null); }\n}\n",
    "no class": f"public static {JAVA_METHOD}",
    "not static": f"public {JAVA_METHOD}",
    "other types": "import java.util.*;\n\nclass Problem {\n    public static "
    f"{JAVA_METHOD.replace('long addAll(ArrayList', 'double addAll(Collection')}}}\n",
    "other types, not static": "import java.util.*;\n\nclass Sums {\n    public "
    f"{JAVA_METHOD.replace('long addAll(ArrayList', 'double addAll(final List')}}}\n",
    "a helper": "class Problem {\n    private static long none() { return 0; }\n    public static "
    f"{JAVA_METHOD.replace('sum = 0', 'sum = none()')}}}\n",
}


def test_a_chat_answer_is_judged_like_its_code(
    language: str, environment: Environment, pool: LocalPool, tmp_path: Path
) -> None:
    form = FORMS[language]
    if language == "java" and environment.toolchains["java"].lacks:
        pytest.skip(environment.toolchains["java"].lacks[0])
    problem = problem_of(tmp_path, form)
    texts = {"whole": form.prompt + form.right + form.end, "body": form.right + form.end}
    texts |= JAVA_ANSWERS if language == "java" else {}
    samples = {}
    for name, text in texts.items():
        read = read_answer(f"Here it is:\n\n```{language}\n{text}```\nIt adds.", problem)
        samples[name] = sample(read.code, whole=read.whole)
    found = statuses(pool, problem, samples)
    assert {name: reason for name, (status, reason) in found.items() if status is not Status.PASSED} == {}
    assert len(found) == len(texts)


def test_a_file_may_call_its_tests_test_and_name_the_entry_point(language: str, tmp_path: Path) -> None:
    form = FORMS[language]
    usual = problem_of(tmp_path, form)
    named = {"java": "addAll"}.get(language) or re.findall(r"(?i:add_?all|count_?vowels)", form.prompt)[-1]
    assert usual.entry_point == named
    other = problem_of(tmp_path, form, tests=None, test=form.tests, entry_point="add_all", is_solved=True)
    assert other.tests == usual.tests
    assert other.entry_point == "add_all"
    assert usual.reference is None


def test_a_helper_behind_the_function_is_part_of_the_program(
    environment: Environment, pool: LocalPool, tmp_path: Path
) -> None:
    if not environment.toolchains["javascript"].usable:
        pytest.skip(environment.toolchains["javascript"].missing[0])
    problem = problem_of(tmp_path, FORMS["javascript"])
    text = "  return total(l)\n}\nconst total = (l) => l.reduce((a, b) => a + b, 0)\n\nfunction unfinished() {"
    found = statuses(pool, problem, {"helper": sample(text)})
    assert found["helper"][0] is Status.PASSED, found


def test_a_go_file_that_does_not_import_what_it_uses_does_not_compile(
    environment: Environment, pool: LocalPool, tmp_path: Path
) -> None:
    if not environment.toolchains["go"].usable:
        pytest.skip(environment.toolchains["go"].missing[0])
    form = FORMS["go"]
    problem = problem_of(tmp_path, form)
    body = "    sort.Ints(l)\n    return l[0] + l[1]\n}\n"
    with_import = form.prompt.replace('"fmt"\n', '"fmt"\n    "sort"\n') + body
    found = statuses(pool, problem, {"without": sample(body), "with": sample(with_import, whole=True)})
    assert {name: status for name, (status, _) in found.items()} == {
        "without": Status.COMPILE_ERROR,
        "with": Status.PASSED,
    }


def test_tests_of_any_class_name_are_judged(environment: Environment, pool: LocalPool, tmp_path: Path) -> None:
    java = environment.toolchains["java"]
    if not java.usable or java.lacks:
        pytest.skip((*java.missing, *java.lacks)[0])
    form = FORMS["java"]
    prompt = form.prompt.replace("// The sum.", "// The sum, for your class and\n    // others.").replace(
        "Problem", "Sums"
    )
    problem = problem_of(tmp_path, form, prompt=prompt)
    found = statuses(pool, problem, {"right": sample(form.right)})
    assert found["right"][0] is Status.PASSED, found


def test_a_program_that_needs_javatuples_is_not_judged_without_them() -> None:
    java = LANGUAGES["java"]
    with_tuples, without = (
        java.program(
            java.self_test.__class__(
                task_id="x",
                benchmark="x",
                language="java",
                prompt="",
                tests=java.self_test.tests,
            ),
            Sample(task_id="x", index=0, text=f"{line}class Solution {{ int answer() {{ return 42; }} }}", whole=True),
            java.self_test.tests.code,
        )
        for line in ("import org.javatuples.*;\n", "")
    )
    assert with_tuples.requires == ("javatuples",)
    assert without.requires == ()
    assert not any("JAVA_TUPLES" in word for word in (*without.run.argv, *without.build[0].argv))


# --- files -------------------------------------------------------------------------------------------------------


def test_names_and_aliases_of_languages_are_parts_of_the_name(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSATK_DATA", str(data))
    for language, count in FILES.items():
        names = (LANGUAGES[language].title, *LANGUAGES[language].aliases)
        assert {by_name(name).name for name in names} == {language}
        found = load(f"multipl-e/{names[-1]}").problems
        assert len(found) == count
        assert {problem.language for problem in found.values()} == {language}
        if language == "javascript":
            assert all(load(f"multipl-e/{name}").problems == found for name in (language, *names))
    assert load("humaneval-x/c++").problems == load("humaneval-x/cpp").problems
    with pytest.raises(UnknownNameError, match="unknown language of multipl-e 'cobol'; known: bash, cpp, "):
        load("multipl-e/cobol")


def test_the_same_ids_in_several_languages_are_refused_with_what_to_name(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSATK_DATA", str(data))
    with pytest.raises(InputError, match="name one of them: multipl-e/bash, multipl-e/cpp"):
        load("multipl-e")
    with pytest.raises(SourceError, match="is there twice, in cpp and in csharp"):
        load(str(data / "multipl-e"))
    assert len(load_all("multipl-e")) == sum(FILES.values())


def test_a_file_of_a_language_that_is_not_here_is_refused_by_name(tmp_path: Path) -> None:
    cobol = tmp_path / "a.jsonl"
    cobol.write_text(json.dumps(record(FORMS["rust"], language="cobol")) + "\n")
    with pytest.raises(
        SourceError, match=r"a.jsonl:1: field 'language': no language is called 'cobol'; expected one of"
    ):
        load(str(cobol))
    with pytest.raises(SourceError, match="no language is called 'cobol'"):
        load(str(tmp_path))
    (tmp_path / "b.jsonl").write_text(json.dumps(record(FORMS["rust"])) + "\n")
    assert load(str(tmp_path)).languages == ["rust"]


def test_a_record_without_tests_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({**record(FORMS["rust"]), "tests": None}) + "\n")
    with pytest.raises(SourceError, match="field 'tests': is missing; expected the tests as code"):
        load(str(tmp_path / "a.jsonl"))


def test_no_problem_of_the_published_files_is_left_out(
    language: str, data: Path, monkeypatch: pytest.MonkeyPatch, environment: Environment
) -> None:
    monkeypatch.setenv("PASSATK_DATA", str(data))
    if language not in FILES:
        pytest.skip(f"no file of MultiPL-E in {language} here")
    if environment.toolchains[language].lacks and language == "java":
        pytest.skip(environment.toolchains[language].lacks[0])
    problems = load(f"multipl-e/{language}")
    assert all(problem.entry_point in problem.declaration for problem in problems.problems.values())
    if language == "java":
        assert all("class Main extends Problem {" in problem.tests.code for problem in problems.problems.values())
    checks = check_problems(problems, workers=1)
    assert [check.task_id for check in checks if not check.fit] == DO_NOT_COMPILE.get(language, [])
    assert len(checks) == FILES[language]
