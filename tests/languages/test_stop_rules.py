"""Where a function ends in what a model goes on writing: every string and comment form of every language."""

import json
from pathlib import Path

import pytest
from conftest import data_folder
from hypothesis import given
from hypothesis import strategies as st

from passatk.languages import LANGUAGES

# (language, function, tail): the end lies between the two, blank space apart
FORMS = [
    ("javascript", "  const close = '});';\n  return close;\n}", "\nmore()"),
    ("javascript", "  return s.replace(/}/g, '/') / 2;\n}", "\nmore()"),
    ("javascript", "  let a = b / 2, c = '}', d = 3 / a;\n}", "\nmore()"),
    ("javascript", "  return s.split(/[/}]/).map(x => x / 2)\n}", "\nmore()"),
    ("javascript", "  i++ / 2; return /* } */ /}/.test(s)\n}", "\nmore()"),
    ("javascript", "  return `a ${b ? `}` : '}'} \\` }`;\n}", "\nmore()"),
    ("javascript", "  return `${{a: 1}.a}}`;\n}", "\nmore()"),
    ("javascript", "  if (f(x)) /}/.test(x);\n  while (g()) /[{]/.exec(x);\n}", "\nmore()"),
    ("javascript", "  if (a) { b(); }\n  /}/.test(a);\n  return f(a) / 2 / c;\n}", "\nmore()"),
    ("java", '    String t = """\n      } \\""" }\n      """;\n    return t;\n  }\n}', "\nclass Main {}"),
    ("java", "    char c = '\\'', d = '}'; // }\n    return 1;\n  } // the method\n}", "\nmore"),
    ("java", "    return 1;\n  }", "\n\n  int other() { return 2; }\n}\n"),
    ("rust", '  let s = r"\\"; let t = br##"}"#}"##;\n}', "\nfn x() {}"),
    ("rust", '  /* a /* } */ } */ let c: &\'static str = "}";\n}', "\nfn x() {}"),
    ("rust", "  let c = '}'; let d = b'}'; let e = '\\u{7d}'; let f = '\\'';\n}", "\nfn x() {}"),
    ("rust", '  let s = "one\n } two";\n}', "\nfn x() {}"),
    ("cpp", '  auto s = u8R"x(})" } )x";\n}', "\nint x;"),
    ("cpp", "  int n = 1'000'000, h = 0xF'F; char c = L'}';\n}", "\nint x;"),
    ("cpp", '  // } \\\n } still a comment\n  auto s = "a\\\n}";\n}', "\nint x;"),
    ("cpp", "#define OPEN {\n#define CLOSE \\\n }\n  return 1;\n}", "\nint x;"),
    ("cpp", "#ifdef A\n  if (a) {\n#else\n  if (b) {\n#endif\n  }\n}", "\nint x;"),
    ("go", "  s := `}\n}` + \"}\" // }\n  r := '\\''; q := '}'\n}", "\nfunc x() {}"),
    ("python", '    x = """\nfoo\n"""\n    return x', "\ndef g(): pass"),
    ("python", "    x = r'''\n\\\\'''\n    return x", "\nprint(1)"),
    ("python", "    x = (1,\n2)  # (\n    return x", "\nprint(1)"),
    ("python", "    d = {\n'a': '}',\n}\n    return d", "\nx = 1"),
    ("python", "    t = 1 + \\\n2\n    return 'it\\'s'", "\n# done"),
    ("python", "    # it's (\n    return 1", "\n@decorated"),
    ("python", "    return f(1,", "\ndef g():\n    pass"),
    ("python", "    return [1", "\n@decorated(1)\ndef g(): pass"),
    ("python", "    return [1", "\nif __name__ == '__main__':\n    pass"),
    ("python", "    return 1", "\n# an unindented comment ends a function, as for CodeGeeX"),
]


def in_pieces(language: str, text: str, size: int) -> int | None:
    ends = LANGUAGES[language].end_of_function
    return next((end for at in range(0, len(text), size) if (end := ends(text[: at + size], at)) is not None), None)


def check(language: str, function: str, tail: str) -> None:
    text = function + tail
    for size in (len(text), 1, 7):
        end = in_pieces(language, text, size)
        assert end is not None
        assert text[:end].split() == function.split()


@pytest.mark.parametrize(("language", "function", "tail"), FORMS)
def test_a_function_ends_behind_its_own_end(language: str, function: str, tail: str) -> None:
    check(language, function, tail)


def test_published_cases_end_behind_their_function() -> None:
    folder = data_folder()
    file = Path("absent") if folder is None else folder.parent / "cases" / "stops.jsonl"
    if not file.is_file():
        pytest.skip("the cases are absent: stops.jsonl in the folder `cases` beside the benchmark data")
    for line in file.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        check(case["language"], case["function"], case["tail"])


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@given(text=st.text(alphabet="{}()'\"`/*\\\n #ar$R_1<", max_size=60), size=st.integers(1, 5))
def test_any_text_ends_at_the_same_place_whole_and_in_pieces(language: str, text: str, size: int) -> None:
    whole = LANGUAGES[language].end_of_function(text, 0)
    assert whole == in_pieces(language, text, size) == in_pieces(language, text, 1)
