"""What `passatk compare` prints: 80 columns, and nothing that a terminal obeys."""

import io

from comparing_cases import manifest, run, trace
from rich.cells import cell_len
from rich.console import Console

from passatk.comparing import Comparison, compare
from passatk.report.comparison import p_in_words, print_comparison


def printed(found: Comparison, width: int = 80) -> str:
    stream = io.StringIO()
    print_comparison(Console(file=stream, width=width), found)
    return stream.getvalue()


def test_the_table_of_large_runs_fits_80_columns() -> None:
    names = [("Python", "python"), ("JavaScript", "javascript")]
    before, after = (
        run(
            *(
                trace(f"{prefix}/{task}", sample, status, language=language, tier=("compositions", "depth")[task % 2])
                for prefix, language in names
                for task in range(30)
                for sample in range(100)
            )
        )
        for status in ("wrong_answer", "passed")
    )
    lines = printed(compare(before, after)).splitlines()
    table = lines[1:24]
    assert [line.split()[0] for line in table[2::3]][:3] == ["Python", "compositions", "depth"]
    assert table[-1].startswith("overall")
    assert "@100" in table[-1]
    assert all(cell_len(line) <= 80 for line in table)
    assert not any("…" in line for line in lines)


def test_ids_and_names_cannot_command_the_terminal() -> None:
    evil = "Python/\x1b[2J\x1b]0;owned\x07\u202e\ud800[red]"
    before = run(trace(evil, 0), name="run\x1b[31m")
    after = run(trace(evil, 0, "wrong_answer"), made_by=manifest(passatk="\x9b2J"))
    text = printed(compare(before, after))
    assert not any(c in text for c in "\x1b\x07\u202e\x9b\ud800")
    assert "\\x1b[2J" in text
    assert "[red]" in text


def test_what_was_left_out_is_said() -> None:
    text = printed(compare(run(trace("Python/0", 0), trace("Python/1", 0)), run(trace("Python/0", 0), name="b")))
    assert "left out: 1 problem only in a" in text


def test_p_values_are_short() -> None:
    assert [p_in_words(p) for p in (1.0, 0.0512, 0.001, 0.00099)] == ["1.000", "0.051", "0.001", "< 0.001"]
