"""Functions told from their text: heads, parameters, what is a function's own."""

import re

import msgspec
import pytest

from passatk.corpus.documents import Document
from passatk.corpus.names import normalised, own_names, renamed
from passatk.corpus.neighbours import bodies, overlap
from passatk.corpus.texts import texts_of
from passatk.languages import by_name
from passatk.languages.heads import last_head
from passatk.problems import basics, load
from passatk.problems.rendering import camel

CAMEL = ("java", "javascript", "go")
NUMBER_OF = {number: specification for _, number, specification in basics.specifications()}


def test_heads_of_the_suite_are_read_in_six_languages() -> None:
    for problem in load("basics").problems.values():
        specification = NUMBER_OF[int(problem.task_id.partition("/")[2])]
        names = [name for name, _ in specification.parameters]
        expected = tuple(camel(name) if problem.language in CAMEL else name for name in names)
        for text in (problem.declaration, problem.prompt):
            head = last_head(text, by_name(problem.language))
            assert head is not None
            assert head.parameters == expected, problem.task_id


@pytest.mark.parametrize(
    ("language", "text", "name", "parameters"),
    [
        ("python", "def first(*xs: dict[str, int], k=(1, 2), **more) -> int:\n", "first", ("xs", "k", "more")),
        ("cpp", "static map<string, vector<int>> f(const vector<int> &xs, int* p) {\n", "f", ("xs", "p")),
        ("java", "    public <T> int f(Map<String, List<T>> a, int... b) throws Exception {\n", "f", ("a", "b")),
        ("javascript", "export async function f(a, b = [1, 2], ...c) {\n", "f", ("a", "b", "c")),
        ("javascript", "const f = function (a, b) {\n", "f", ("a", "b")),
        ("go", "func (r *Reader) F(a, b int, c func(int) bool) interface{} {\n", "F", ("a", "b", "c")),
        ("rust", "pub fn f<T: Ord>(xs: &mut Vec<T>, mut k: usize) -> Option<T> where T: Copy {\n", "f", ("xs", "k")),
    ],
)
def test_heads_of_real_code(language: str, text: str, name: str, parameters: tuple[str, ...]) -> None:
    head = last_head("// something before\n" * (language != "python") + text, by_name(language))
    assert head is not None
    assert (head.name, head.parameters) == (name, parameters)


def test_what_is_no_function_has_no_head() -> None:
    for language, text in (
        ("cpp", "    return f(x) {\n"),
        ("java", "    else if (x > 0) {\n"),
        ("java", "/* the largest of the elements (the first one), or nothing */\nint x = 1;\n"),
        ("javascript", "const total = (a + b) * 2\n"),
        ("go", "// func of a(b)\n"),
    ):
        assert last_head(text, by_name(language)) is None, text


BODIES = [
    ("python", "    @out = [@x for @x in @text if @x != ' ']\n    return @out\n"),
    ("python", "    @out = lambda @x: @x + 1\n    return @out(@text)\n"),
    ("python", "    for @i, @x in enumerate(@text):\n        print(f'{@i}{@x}')\n"),
    ("python", "    def @out(@x, @i=1):\n        return @x + @i\n    if (@y := @out(@text)) > 2:\n        return @y\n"),
    ("cpp", "    vector<int> @out;\n    for (auto &@x : @text) @out.push_back(@x);\n    return @out;\n}\n"),
    ("cpp", "    int @i=0, @y = 1;\n    for (auto [@x, @out] : @text) @i += @x * @out;\n    return @i + @y;\n}\n"),
    ("java", "    List<Integer> @out = new ArrayList<>();\n    @text.forEach(@x -> @out.add(@x));\n    }\n}\n"),
    (
        "java",
        "    int[] @out = {1};\n    for (String @x : @text) @out[0]++;\n    return @text.apply((@i, @y) -> @i);\n}\n",
    ),
    (
        "javascript",
        "  const @out = []\n  for (const [@i, @x] of @text) { @out.push(`${@i}${@x}`) }\n  return @out\n}\n",
    ),
    ("javascript", "  let @i = 0, @out = 1\n  return [...@text].map((@x, @y) => @x + @y + @i + @out)\n}\n"),
    ("go", "    var @out []int\n    for @i, @x := range @text {\n        @out = append(@out, @i + @x)\n    }\n}\n"),
    ("go", "    sort.Slice(@text, func(@i, @x int) bool { return @text[@i] < @text[@x] })\n}\n"),
    ("rust", "    let mut @out: Vec<i32> = Vec::new();\n    for @i in 0..@text.len() { @out.push(@i as i32) }\n}\n"),
    ("rust", "    let (@out, @y) = @text;\n    @out.iter().map(|(@i, &@x)| @i + @x + @y).sum()\n}\n"),
]


@pytest.mark.parametrize(("language", "body"), BODIES)
def test_names_alone_make_no_difference(language: str, body: str) -> None:
    one = normalised(body.replace("@", ""), language, ["text"])
    assert one == normalised(re.sub(r"@(\w+)", r"other_\1", body), language, ["other_text"])
    assert not {"out", "x", "i", "y", "text"} & set(one)
    assert one != normalised(re.sub(r"@[xi]\b", "text", body).replace("@", ""), language, ["text"])


def test_what_is_not_a_functions_own_stays() -> None:
    body = "    words = sorted(text.words, key=len)  # words\n    return 'words' + str(max(words))\n"
    assert own_names(body, "python", ["text"]) == {"words", "text"}
    tokens = normalised(body, "python", ["text"])
    assert tokens[:6] == ("$0", "=", "sorted", "(", "$1", ".")
    assert {"words", "'words'", "str", "max", "key", "len"} <= set(tokens)
    other = body.replace("max", "min")
    assert normalised(other, "python", ["text"]) != tokens


def test_names_change_places() -> None:
    body = "    for item in words:\n        item.words('words', f'words {words}')\n"
    assert renamed(body, "python", ["words"], ["item"]) == (
        "    for words in item:\n        words.words('words', f'words {item}')\n"
    )
    assert renamed("a + b + c", "python", ["a", "b"], ["b", "a"]) == "b + a + c"
    assert renamed("a + b + c", "python", ["a", "b"], ["b", "c"]) == "b + c + a"
    assert renamed("const b = a", "javascript", ["a"], ["c", "b"]) == "const b_ = c"
    assert renamed("a + b", "python", ["a", "b"], ["c"]) == "c + b"


def test_functions_of_a_file_are_told_apart() -> None:
    python = (
        "import os\n\nclass A:\n    def f(self, a):\n        return a\n\n    # between\n"
        "    def g(self):\n        return 1\n\nx = 2\n"
    )
    assert [(head.name, head.parameters, body.strip()) for head, body in bodies(python, "python")] == [
        ("f", ("a",), "return a\n\n    # between"),
        ("g", (), "return 1"),
    ]
    java = (
        "class A {\n    int f(int a) { if (a > 0) { return a; } return 0; }\n"
        "    int g() {\n        return 1;\n    }\n}\n"
    )
    assert [(head.name, body.strip()) for head, body in bodies(java, "java")] == [
        ("f", "if (a > 0) { return a; } return 0; }"),
        ("g", "return 1;\n    }"),
    ]


def document(body: str, head: str = "def f(a: str) -> str:\n", **more: str) -> Document:
    return msgspec.convert(
        {"kind": "generation", "language": "python", "prompt": head, "completion": body, **more}, Document
    )


def test_a_copy_under_other_names_is_found_and_a_prefix_is_not() -> None:
    problem = load("basics/compositions/python").problems["Python/231"]
    head = last_head(problem.declaration, by_name("python"))
    assert head is not None
    copy = renamed(problem.solution, "python", head.parameters, ["a"])
    assert copy != problem.reference
    [leak] = overlap([problem], texts_of([document(copy)])).problems
    assert (leak.whole, leak.shared, leak.nearest) == (True, 1.0, 1.0)
    [leak] = overlap(
        [problem], texts_of([document(problem.solution.rstrip() + ".upper()\n", problem.declaration)])
    ).problems
    assert not leak.whole
    assert leak.shared > 0.5
    [leak] = overlap(
        [problem], texts_of([document("    " + problem.solution.replace("\n", "\n    "), problem.declaration)])
    ).problems
    assert leak.whole  # white space apart


@pytest.mark.parametrize("language", ["python", "cpp", "java", "javascript", "go", "rust"])
def test_solutions_inside_real_code_are_found(language: str) -> None:
    problems = [p for p in load("basics/written").problems.values() if p.language == language]
    planted = problems[4]
    body = planted.solution if language != "java" else planted.solution.rstrip().removesuffix("}")
    file = f"{planted.declaration}{body}\n" + ("}\n" if language == "java" else "")
    found = overlap(problems, texts_of([document(file, f"// {language}\n", kind="code", language=language)]))
    assert [leak.task_id for leak in found.problems if leak.whole] == [planted.task_id]
