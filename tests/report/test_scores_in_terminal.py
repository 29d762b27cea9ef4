"""Scores on terminals of every width."""

import io

import pytest
from rich.console import Console

from passatk.records import PassAtK, Score
from passatk.report.scores import scores_tables

GROUPS = ("python", "python/written", "python/compositions", "javascript", "overall")
STATUSES: dict[str, int] = {"passed": 1047, "wrong_answer": 431, "runtime_error": 181, "time_limit": 3}


def score(group: str, left_out: int = 0, **more: int) -> Score:
    rates = tuple(PassAtK(k=k, estimate=k / 101, low=k / 200, high=1.0) for k in (1, 10, 100))
    return Score(
        group=group,
        problems=172,
        samples=1720,
        left_out=left_out,
        statuses=STATUSES | more,
        pass_at_k=rates,
        refused=(),
    )


def printed(scores: list[Score], width: int) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    for table in scores_tables(scores, console):
        console.print(table)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [200, 120, 100, 80, 60, 40])
def test_nothing_is_cut(width: int) -> None:
    lines = printed([score(group) for group in GROUPS], width).splitlines()
    text = "\n".join(lines)
    assert "…" not in text
    assert max(map(len, lines)) <= width
    for said in ("Python", "  written", "  compositions", "JavaScript", "overall", "1.0 [0.5, 100.0]", "99.0 [50.0"):
        assert said in text
    assert all(f"pass@{k} %" in text for k in (1, 10, 100))


def test_a_wide_terminal_shows_every_status_and_a_narrow_one_counts_failures_together() -> None:
    wide, narrow = (printed([score("python", memory_limit=2)], width) for width in (160, 80))
    assert "limit" in wide
    assert "431" in wide
    assert "failed" not in wide
    assert "617" in narrow  # 431 + 181 + 3 + 2
    assert "431" not in narrow


def test_what_there_is_none_of_takes_no_room_on_a_narrow_terminal() -> None:
    assert "judged" not in printed([score("python")], 80)
    told = printed([score("python", left_out=3, not_judged=7)], 80)
    assert "judged" in told
    assert "out" in told
