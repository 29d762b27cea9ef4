"""Training runs from disk, and errors that name file, line and field."""

import gzip
from pathlib import Path

import pytest
from scaling_cases import CODE_LIKE, isoflop_runs

from passatk.errors import InputError, ScalingRefusedError, SourceError, UnknownNameError
from passatk.scaling import Runs, Study, read_runs, read_study, study, write_study


def test_the_published_runs_are_read(published_runs: Runs) -> None:
    assert len(published_runs) == 234
    assert published_runs.flops == pytest.approx(6 * published_runs.parameters * published_runs.tokens, rel=1e-7)
    assert published_runs.fitted.flops.high == pytest.approx(1.2956e22, rel=1e-4)


@pytest.mark.parametrize(
    "text",
    [
        "N,D,loss\n10,20,3\n11,21,2.5\n",
        "\ufeffLoss, Tokens, Params, other\n3, 20, 10, x\n2.5, 21, 11, y\n",
        '{"parameters": 10, "tokens": 20, "loss": 3, "note": "x"}\n{"parameters": 11, "tokens": 21, "loss": 2.5}\n',
        '[{"n": 10, "d": 20, "loss": 3}, {"n": 11, "d": 21, "loss": 2.5}]',
    ],
    ids=["csv", "csv by other names", "json lines", "json"],
)
def test_columns_are_found_by_name(text: str, tmp_path: Path) -> None:
    (tmp_path / "runs").write_text(text)
    runs = read_runs(tmp_path / "runs")
    assert (runs.parameters.tolist(), runs.tokens.tolist(), runs.loss.tolist()) == ([10, 11], [20, 21], [3, 2.5])
    assert runs.flops.tolist() == [1200, 1386]
    (tmp_path / "runs.gz").write_bytes(gzip.compress(text.encode()))
    assert read_runs(tmp_path / "runs.gz").loss.tolist() == [3, 2.5]


def test_flops_and_another_count_of_parameters_are_taken_where_given(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("N,without_embeddings,D,C,loss\n10,7,20,5000,3\n")
    assert read_runs(tmp_path / "r.csv").flops.tolist() == [5000]
    assert read_runs(tmp_path / "r.csv", "without_embeddings").parameters.tolist() == [7]
    with pytest.raises(UnknownNameError, match="unknown column 'M'"):
        read_runs(tmp_path / "r.csv", "M")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("N,D,loss\n10,20,3\n11,,2\n", r"r:3: field 'D': is missing; expected a positive number"),
        ("N,D,loss\n10,20,3\n11,many,2\n", r"r:3: field 'D': is 'many'"),
        ("N,D,loss\n-10,20,3\n", r"r:2: field 'N': is '-10'"),
        ("N,D,loss\n10,20,nan\n", r"r:2: field 'loss': is 'nan'"),
        ("N,D,loss\n10,20,0\n", r"r:2: field 'loss': is '0'"),
        ("N,D\n10,20\n", r"r:2: field 'loss': no column for it among N, D; expected one of loss, final_loss"),
        ("N,D,loss\n10,20,3,4\n", r"r:2: more values than the header has names"),
        ("N,D,loss\n", r"r: there are no runs"),
        ('{"N": 1, "D": 2, "loss": 3}\n{"N": 1, "D": true, "loss": 3}\n', r"r:2: field 'D': is True"),
        ('{"N": 1, "D": 2, "loss": 3}\n[1]\n', r"r:2: a list; expected an object"),
    ],
)
def test_a_bad_line_is_named(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "r").write_text(text)
    with pytest.raises(SourceError, match=said):
        read_runs(tmp_path / "r")


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    (tmp_path / "r").write_bytes(b"N,D,loss\n\xff\xfe")
    with pytest.raises(SourceError, match="byte 9 is not UTF-8"):
        read_runs(tmp_path / "r")
    with pytest.raises(InputError, match="cannot read"):
        read_runs(tmp_path / "absent")


def test_columns_that_do_not_fit_are_an_error() -> None:
    with pytest.raises(InputError, match=r"tokens has shape \[1\], parameters \[2\]"):
        Runs.of([1, 2], [1], [1, 2])
    with pytest.raises(InputError, match="no runs"):
        Runs.of([], [], [])
    with pytest.raises(InputError, match="loss must be positive"):
        Runs.of([1], [1], [-1])


def test_a_study_survives_the_disk(small_study: Study, tmp_path: Path) -> None:
    path = tmp_path / "new" / "fit.json"
    write_study(path, small_study)
    assert read_study(path) == small_study


def test_a_study_knows_its_runs(tmp_path: Path) -> None:
    made = isoflop_runs(CODE_LIKE)
    found = study(made, name="ladder", parameters_field="N", approaches=(2,), resamples=0)
    found.check_runs(made)
    others = (
        (made.take(range(39)), "39 now, 40 then"),
        (made.with_loss(made.loss * 1.001, "changed"), "those in changed: other numbers"),
        (Runs.of(made.parameters * 0.9, made.tokens, made.loss, made.flops), r"column 'N'"),
    )
    for runs, said in others:
        with pytest.raises(ScalingRefusedError, match=said):
            found.check_runs(runs)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text[:100], "expected a file that `passatk scaling fit` wrote"),
        (lambda text: text.replace('"runs"', '"walks"', 1), "missing required field"),
        (lambda text: text.replace("fit-2", "fit-9", 1), "field 'format': format 'passatk-scaling-fit-9'"),
    ],
)
def test_another_file_is_no_study(change, said: str, small_study: Study, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    write_study(tmp_path / "fit.json", small_study)
    (tmp_path / "fit.json").write_text(change((tmp_path / "fit.json").read_text()))
    with pytest.raises(SourceError, match=said):
        read_study(tmp_path / "fit.json")
