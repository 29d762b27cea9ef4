"""`passatk scaling` as a user runs it."""

import json
import shlex
from pathlib import Path

import pytest
from packing import make_corpus
from running import Command
from scaling_cases import CODE_LIKE, isoflop_runs, noisy


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A file of 40 synthetic runs."""
    made = noisy(isoflop_runs(CODE_LIKE), CODE_LIKE)
    rows = zip(made.parameters, made.tokens, made.loss, strict=True)
    path = tmp_path / "ladder.csv"
    path.write_text("N,D,loss\n" + "".join(f"{n!r},{d!r},{y!r}\n" for n, d, y in ((*map(float, row),) for row in rows)))
    return path


def test_a_fit_is_shown_kept_asked_and_drawn(passatk: Command, runs: Path, tmp_path: Path) -> None:
    done = passatk("scaling", "fit", runs, "--out", "fit.json", "--resamples", "40", "--name", "ladder")
    assert done.returncode == 0, done.stderr
    for said in (
        "1 best run per FLOP",
        "2 isoFLOP parabolas",
        "3 parametric law",
        "4500 starts agree",
        "without noise",
    ):
        assert said in done.stdout
    assert "40/40 fits" in done.stderr

    asked = json.loads(passatk("scaling", "optimal", "--flops", "1e20", "--fit", "fit.json", "--json").stdout)
    (row,) = asked["optima"]
    assert row["law"] == "ladder"
    assert row["intervals"]["parameters"]["low"] < row["parameters"] < row["intervals"]["parameters"]["high"]
    assert asked["extrapolated"] == []

    far = passatk("scaling", "optimal", "--flops", "1e25", "--fit", "fit.json")
    assert far.returncode == 2
    assert "law 'ladder' was not fitted there: " in far.stderr
    assert "--extrapolate" in far.stderr
    judged = passatk("scaling", "verdict", "--parameters", "1e9", "--tokens", "2e10", "--fit", "fit.json")
    assert "would have been better" in judged.stdout
    planned = passatk("scaling", "plan", "--flops", "1e19", "--fit", "fit.json", "--vocabulary", "1024", "--json")
    assert json.loads(planned.stdout)["law"] == "ladder"

    placed = ("--model", "codegeex", "--model", "ours=100M:2B", "--law", "hoffmann")
    drawn = passatk("scaling", "plot", "frontier", "fit.json", "--out", "plots/f.svg", *placed)
    assert drawn.stdout.strip() == "plots/f.svg", drawn.stderr
    assert "ours" in (tmp_path / "plots" / "f.svg").read_text()
    assert passatk("scaling", "plot", "isoflop", "fit.json", "--out", "i.png").returncode == 0
    runs.unlink()
    missing = passatk("scaling", "plot", "residuals", "fit.json", "--out", "r.svg")
    assert missing.returncode == 2
    assert "ladder.csv" in missing.stderr


def test_a_plot_reads_the_column_that_was_fitted_and_no_other_runs(passatk: Command, runs: Path) -> None:
    header, *rows = runs.read_text().splitlines()
    twice = [f"{header},own"] + [f"{row},{float(row.split(',')[0]) * 0.9!r}" for row in rows]
    runs.write_text("\n".join(twice) + "\n")
    told = ("--parameters-field", "own", "--approach", "2", "--resamples", "0", "--out", "fit.json")
    assert passatk("scaling", "fit", runs, *told).returncode == 0
    drawn = ("scaling", "plot", "isoflop", "fit.json", "--out", "i.svg")
    assert passatk(*drawn).returncode == 0
    other = passatk(*drawn, "--parameters-field", "N")
    assert (other.returncode, "other numbers" in other.stderr, "column 'own'" in other.stderr) == (2, True, True)
    runs.write_text("\n".join(twice[:-1]) + "\n")
    changed = passatk(*drawn)
    assert (changed.returncode, "39 now, 40 then. Fit them again" in changed.stderr) == (2, True)


def test_one_approach_alone_as_json(passatk: Command, runs: Path) -> None:
    done = passatk(
        "scaling", "fit", runs, "--approach", "2", "--resamples", "0", "--budgets", "1e19,1e20,1e21", "--json"
    )
    found = json.loads(done.stdout)
    assert len(found["isoflop"]["profiles"]) == 3
    assert found["fit"] is None
    assert found["frontier"] is None
    assert found["optima"]["approaches"]["2"]["intervals"] is None


def test_all_published_laws_stand_side_by_side(passatk: Command) -> None:
    found = json.loads(passatk("scaling", "optimal", "--flops", "5.76e23", "--extrapolate", "--json").stdout)
    rows = {row["law"]: row for row in found["optima"]}
    assert set(rows) == {"hoffmann", "hoffmann-unrounded", "besiroglu", "muennighoff", "refit-234"}
    assert rows["hoffmann"]["parameters"] == pytest.approx(32.19e9, rel=1e-3)
    assert rows["hoffmann"]["tokens_per_parameter"] == pytest.approx(92.65, rel=1e-3)
    assert len(found["extrapolated"]) == 5
    shown = passatk("scaling", "optimal", "--flops", "5.76e23", "--extrapolate").stdout
    assert "EXTRAPOLATED" in shown
    assert "44.3 times the most" in shown


def test_laws_that_were_fitted_there_answer_and_the_others_say_why_not(passatk: Command) -> None:
    done = passatk("scaling", "optimal", "--flops", "1.1e22")
    assert done.returncode == 0
    assert "refused: law 'muennighoff' was not fitted there" in done.stdout
    assert "EXTRAPOLATED" not in done.stdout


def test_use_and_scarce_data_change_the_optimum(passatk: Command) -> None:
    def asked(*more: str) -> dict[str, float]:
        done = passatk("scaling", "optimal", "--flops", "1e21", "--law", "besiroglu", "--json", *more)
        (row,) = json.loads(done.stdout)["optima"]
        return dict(row)

    plain, used, scarce = asked(), asked("--inference-tokens", "1e11"), asked("--unique-tokens", "2e10")
    assert used["parameters"] < plain["parameters"] < scarce["parameters"]
    assert used["loss"] == pytest.approx(plain["loss"])


def test_codegeex_is_judged_by_name_where_extrapolation_is_asked_for(passatk: Command) -> None:
    refused = passatk("scaling", "verdict", "codegeex")
    assert refused.returncode == 2
    assert "no law answers" in refused.stderr
    shown = passatk("scaling", "verdict", "codegeex", "--extrapolate").stdout
    assert "12.9B parameters, 850B tokens, 159B of them unique: 5.36 epochs, worth 761B fresh tokens" in shown
    assert "0.1 to 12.4 % of the compute was wasted; the direction depends on the law" in shown
    found = json.loads(passatk("scaling", "verdict", "codegeex", "--extrapolate", "--json").stdout)
    assert found["verdicts"][0]["law"] == "hoffmann"
    assert found["model"]["parameters"] == 12_873_943_040


def test_flops_are_counted_three_ways(passatk: Command) -> None:
    found = json.loads(passatk("scaling", "flops", "codegeex", "--tokens", "850e9", "--json").stdout)
    assert found["parameters"] == 12_873_943_040
    assert [count["method"] for count in found["counts"]] == ["6nd", "per-layer", "matmul"]
    assert found["counts"][0]["flops"] == pytest.approx(6.566e22, rel=1e-3)
    shape = ("--layers", "6", "--hidden", "192", "--heads", "6", "--vocabulary", "1024", "--context", "256")
    assert "attention 17 %" in " ".join(passatk("scaling", "flops", *shape).stdout.split())


def test_a_speed_is_planned_and_a_ladder_laid_out(passatk: Command) -> None:
    speed = ("--tokens-per-second", "13000", "--at-parameters", "2.85e6", "--hours", "1")
    small = ("--vocabulary", "1024", "--context", "256", "--extrapolate")
    done = passatk("scaling", "plan", *speed, *small)
    assert "8e14 FLOP, by refit-234" in done.stdout
    assert "EXTRAPOLATED" in done.stdout
    found = json.loads(passatk("scaling", "plan", "--ladder", "1e13,1e14,1e15", *small, "--json").stdout)
    assert len(found["rungs"]) == 15
    shown = passatk("scaling", "plan", "--ladder", "1e13,1e14,1e15", *small).stdout
    assert "15 runs, 5.55e15 FLOP in all" in shown


def test_a_plan_for_a_corpus_says_how_to_train(passatk: Command, tmp_path: Path) -> None:
    corpus = make_corpus(tmp_path / "my corpus", documents=8)
    told = ("scaling", "plan", "--flops", "1e14", "--corpus", corpus.folder, "--extrapolate")
    (line,) = [line for line in passatk(*told).stdout.splitlines() if line.startswith("passatk ")]
    found = json.loads(passatk(*told, "--json").stdout)
    shape, tokens = found["choices"][0]["shape"], found["choices"][0]["tokens"]
    assert (shape["vocabulary"], shape["context"]) == (400, corpus.context)
    assert line == found["train"]
    assert shlex.split(line) == [
        *("passatk", "train", "model", str(corpus.folder), "--layers", str(shape["layers"])),
        *("--hidden", str(shape["hidden"]), "--heads", str(shape["heads"]), "--tokens", str(round(tokens))),
    ]
    both = passatk(*told, "--vocabulary", "2048", "--no-top-query")
    assert "--vocabulary, --no-top-query change nothing with --corpus" in both.stderr


def test_numbers_are_read_as_they_are_printed(passatk: Command) -> None:
    told = ("scaling", "verdict", "--law", "besiroglu", "--json")
    plain = passatk(*told, "--parameters", "1e9", "--tokens", "2e10")
    written = passatk(*told, "--parameters", "1B", "--tokens", "20.0B")
    assert plain.returncode == written.returncode == 0, written.stderr
    assert plain.stdout == written.stdout


def test_laws_say_where_they_come_from(passatk: Command) -> None:
    shown = passatk("scaling", "laws").stdout
    for said in ("arXiv:2203.15556", "arXiv:2404.10102", "arXiv:2305.16264", "1.4e18 - 1.3e22", "codegeex"):
        assert said in shown
    assert len(json.loads(passatk("scaling", "laws", "--json").stdout)["laws"]) == 5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("fit", "absent.csv"), "cannot read absent.csv"),
        (("fit", "few.csv"), "2 runs do not determine five parameters"),
        (("fit", "few.csv", "--approach", "4"), "unknown approach '4'; known: 1, 2, 3, all"),
        (("fit", "few.csv", "--budgets", "1e19,many"), "--budgets 'many': expected a positive number, like 50M"),
        (("fit", "few.csv", "--flops", "1e30"), "no run was there: 1e30 FLOP"),
        (("optimal", "--flops", "-1"), "--flops '-1': expected a positive number"),
        (("verdict", "codegeex", "--unique-tokens", "0"), "--unique-tokens '0': expected a positive number"),
        (("optimal", "--flops", "1e20", "--law", "kaplan"), "unknown law 'kaplan'; known: besiroglu"),
        (("verdict",), "which model?"),
        (("verdict", "gpt-9"), "unknown model 'gpt-9'"),
        (("flops",), "which shape?"),
        (("plan",), "which budget?"),
        (("plan", "--hours", "1"), "a speed needs all of"),
        (("plan", "--flops", "1e20", "--law", "besiroglu", "--law", "hoffmann"), "one law decides here"),
        (("plot", "isoflop", "few.csv", "--out", "p.svg"), "a file that `passatk scaling fit` wrote"),
        (("plot", "pie", "few.csv", "--out", "p.svg"), "unknown plot 'pie'; known: frontier, isoflop, residuals"),
        (("plot", "frontier", "few.csv", "--out", "p.gif"), "unknown format 'gif'"),
    ],
)
def test_bad_input_is_an_error_that_says_what_to_do(
    passatk: Command, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "few.csv").write_text("N,D,loss\n1e8,1e10,3\n2e8,2e10,2.8\n")
    done = passatk("scaling", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("flops", "codegeex", "--context", "512", "--layers", "3", "--untied"),
            "--layers, --context, --untied change nothing of the shape 'codegeex'; leave them out",
        ),
        (
            ("plan", "--ladder", "1e20", "--unique-tokens", "1B", "--choices", "3"),
            "--unique-tokens, --choices change nothing of a --ladder",
        ),
        (("plan", "--flops", "1e20", "--sizes", "4"), "--sizes changes nothing without --ladder; leave it out"),
        (("plan", "--flops", "1e20", "--span", "4"), "--span changes nothing without --ladder"),
        (
            ("plot", "isoflop", "x.json", "--out", "p.svg", "--model", "codegeex"),
            "--model changes nothing of a plot of",
        ),
        (("plot", "residuals", "x.json", "--out", "p.svg", "--law", "hoffmann"), "--law changes nothing of a plot"),
        (("plot", "frontier", "x.json", "--out", "p.svg", "--runs", "x.csv"), "--runs changes nothing of a frontier"),
        (("fit", "x.csv", "--approach", "3", "--budgets", "1e20"), "--budgets changes nothing of approach 3"),
    ],
)
def test_options_that_would_be_ignored_are_refused(passatk: Command, arguments: tuple[str, ...], said: str) -> None:
    done = passatk("scaling", *arguments)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr
