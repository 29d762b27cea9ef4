"""Tests of pytest's without pytest: they hold and fail as there, and what needs more of it says so."""

import pytest

from passatk.problems.pytest_functions import without_pytest

PARAMETRIZED = """
import pytest

@pytest.mark.parametrize("a, b", [(1, 2), (3, 4)], ids=["x", "y"])
@pytest.mark.parametrize("c", [10, 20])
def test_sum(a, b, c):
    seen.append((a, b, c))
    assert a + b < LIMIT

class TestMore:
    @pytest.mark.parametrize(("a", "b"), [(1, 1)])
    def test_same(self, a, b):
        seen.append((a, b, self.__class__.__name__))
"""


def run(code: str, **names: object) -> dict[str, object]:
    """Every test of the code, as the harness calls them."""
    namespace: dict[str, object] = dict(names)
    exec(compile(code, "tests", "exec"), namespace)
    for name, value in list(namespace.items()):
        if name.startswith("test"):
            value()  # type: ignore[operator]
        elif name.startswith("Test"):
            instance = value()  # type: ignore[operator]
            for method in dir(instance):
                if method.startswith("test"):
                    getattr(instance, method)()
    return namespace


def test_parametrized_tests_meet_every_value() -> None:
    seen: list[object] = []
    run(without_pytest(PARAMETRIZED), seen=seen, LIMIT=8)
    assert set(seen[:4]) == {(a, b, c) for a, b in ((1, 2), (3, 4)) for c in (10, 20)}
    assert seen[4:] == [(1, 1, "TestMore")]
    with pytest.raises(AssertionError):
        run(without_pytest(PARAMETRIZED), seen=seen, LIMIT=7)


@pytest.mark.parametrize(
    ("body", "holds"),
    [
        ("with pytest.raises(ValueError):\n        int('x')", True),
        ("with pytest.raises((KeyError, ValueError), match='invalid') as info:\n        int('x')", True),
        ("with pytest.raises(ValueError, match='^nothing'):\n        int('x')", False),
        ("with pytest.raises(ValueError):\n        int('1')", False),
        ("pytest.raises(ValueError, int, 'x')", True),
        ("pytest.raises(ValueError, int, '1')", False),
        ("assert 0.1 + 0.2 == pytest.approx(0.3)", True),
        ("assert 0.301 == pytest.approx(0.3)", False),
        ("assert 0.31 == pytest.approx(0.3, abs=0.02)", True),
        ("assert 1.01 == pytest.approx(1, rel=0.1)", True),
        ("assert [0.1 + 0.2, 1] == pytest.approx([0.3, 1])", True),
        ("assert [0.1, 1] == pytest.approx([0.1])", False),
        ("assert {'a': 0.1 + 0.2} == pytest.approx({'a': 0.3})", True),
        ("assert 'x' == pytest.approx('x')", True),
        ("assert float('nan') == pytest.approx(float('nan'))", False),
        ("assert float('inf') == pytest.approx(float('inf'))", True),
        ("assert 1e9 != pytest.approx(float('inf'))", True),
    ],
)
def test_the_stand_in_holds_where_pytest_does(body: str, holds: bool) -> None:
    code = f"import pytest\ndef test_it():\n    {body}\n"
    for text in (code, without_pytest(code)):  # pytest's own, and ours
        try:
            run(text)
            held = True
        except (AssertionError, pytest.fail.Exception):
            held = False
        assert held is holds, text
    assert "import pytest" not in without_pytest(code)


@pytest.mark.parametrize(
    "code",
    [
        "def test_it(capsys): pass",
        "import pytest\ndef test_it(tmp_path): pass",
        "import pytest as p\ndef test_it(): pass",
        "from pytest import raises\ndef test_it(): pass",
        "import pytest\n@pytest.fixture\ndef x(): return 1\ndef test_it(x): pass",
        "import pytest\n@pytest.mark.skip\ndef test_it(): pass",
        "import pytest\n@pytest.mark.parametrize('a', [1], indirect=True)\ndef test_it(a): pass",
        "import pytest\n@pytest.mark.parametrize('a', [pytest.param(1)])\ndef test_it(a): pass",
        "import pytest\n@pytest.mark.parametrize('a', [1])\ndef test_it(a, b): pass",
        "import pytest\n@pytest.mark.parametrize(['a'], [(1,)])\ndef test_it(a): pass",
        "import pytest\ndef test_it(): pytest.skip('no')",
        "class TestIt:\n    def test_it(self, capsys): pass",
        "from __future__ import annotations\nimport pytest\ndef test_it(): pass",
    ],
)
def test_what_needs_more_keeps_its_import(code: str) -> None:
    assert without_pytest(code).startswith("import pytest\n")


@pytest.mark.parametrize(
    "code",
    [
        "def test_it(): pass\n",
        "def test_it(a=1): pass\n",
        "def (",
        "from unittest.mock import patch\n@patch('os.getcwd')\ndef test_it(m): pass",
    ],
)
def test_what_needs_nothing_stays_as_it_is(code: str) -> None:
    assert without_pytest(code) == code
