"""A setting is written once: options, tables, checks and documentation follow from a record's fields."""

import ast
import importlib.util
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, get_args

import msgspec
import pytest

import passatk
from passatk import (
    DecodingSettings,
    Evaluation,
    Generation,
    InputError,
    LimitPolicy,
    Limits,
    ModelSpec,
    StepLimits,
    UnknownNameError,
    load,
)
from passatk.cli.app import run_command
from passatk.cli.generated import flags_of
from passatk.decoding import PRESETS
from passatk.decoding.settings import PresetName
from passatk.judging.quiet import HEADROOM
from passatk.models import BACKENDS
from passatk.pipeline import evaluation_of, generation_of, read_changes
from passatk.pipeline.settings import TABLES, Judging, Task
from passatk.pipeline.tables import expanded
from passatk.records import Record
from passatk.settings import build, checked, inlined, parse_value, setting, settings_of

ROOT = Path(__file__).parents[2]
ALL = [(table, one.key) for table, record in TABLES.items() for one in settings_of(record)]
PROBLEMS = {"problems": {"source": "basics/written/python"}}


@pytest.fixture
def handlers() -> Iterator[None]:
    """Gives back the signal handlers that a command takes."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def found(table: str, key: str) -> Any:
    return next(one for one in settings_of(TABLES[table]) if one.key == key)


@pytest.mark.parametrize(("table", "key"), ALL)
def test_every_setting_takes_its_own_default_and_refuses_another_type(table: str, key: str) -> None:
    one = found(table, key)
    if one.default not in (None, msgspec.NODEFAULT):
        one.read(list(one.default) if isinstance(one.default, tuple) else one.default)
    with pytest.raises(InputError, match=rf"^{key} = .*: must be ") as refused:
        one.read({"no": "table"})
    assert refused.value.setting == key
    assert one.help.endswith(".")


def test_keys_are_unique_so_that_names_of_sweeps_and_options_are() -> None:
    keys = [key for _, key in ALL]
    assert len(keys) == len(set(keys))


def test_closed_lists_of_names_are_those_that_exist() -> None:
    assert set(found("model", "backend").choices) == set(BACKENDS)
    assert set(get_args(PresetName)) == set(PRESETS)
    assert found("judging", "cpu_factor").bounds == {"gt": HEADROOM}


def test_a_field_more_is_a_setting_more() -> None:
    class More(Judging, frozen=True, kw_only=True):
        extract: Annotated[bool, setting("Take the code out of chat answers.")] = False

    assert build(More, {"extract": True}, "[judging]").extract
    with pytest.raises(InputError, match="extract = 1: must be true or false"):
        checked(More(extract=1))  # type: ignore[arg-type]


class Inner(Record, frozen=True, kw_only=True):
    size: Annotated[int, setting("A size.", key="size_kib", scale=1024, ge=2)] = 4096


class Outer(Record, frozen=True, kw_only=True):
    one: Annotated[Inner, inlined()] = Inner()
    two: Annotated[Inner, inlined(prefix="other_")] = Inner(size=8192)


def test_settings_of_a_record_inside_are_settings_of_the_record() -> None:
    assert [(one.key, one.default) for one in settings_of(Outer)] == [("size_kib", 4), ("other_size_kib", 8)]
    made = build(Outer, {"other_size_kib": 3}, "[outer]")
    assert (made.one.size, made.two.size) == (4096, 3072)
    assert build(Outer, {"size_kib": 2}, "[outer]", made).two.size == 3072
    with pytest.raises(InputError, match="size_kib = 1: must be a whole number of at least 2"):
        build(Outer, {"size_kib": 1}, "[outer]")
    with pytest.raises(InputError, match=r"^size = 1024: must be a whole number of at least 2048"):
        checked(Outer(one=Inner(size=1024)))


def test_every_limit_of_run_and_build_can_be_set() -> None:
    keys = [one.key for one in settings_of(Judging) if one.path[0] == "limits"]
    assert len(keys) == 1 + 2 * len(StepLimits.__struct_fields__)
    limits = {"cpu_seconds": 1, "build_idle_seconds": 7.5, "memory_mib": 64, "build_disk_mib": 9, "cpu_factor": 4}
    policy = evaluation_of(PROBLEMS | {"judging": limits}, None).limits
    assert (policy.factor, policy.floor.run.cpu_s, policy.floor.build.idle_s) == (4, 1, 7.5)
    assert (policy.floor.run.memory_bytes, policy.floor.build.disk_bytes) == (64 << 20, 9 << 20)
    assert policy.floor.build.cpu_s == Limits().build.cpu_s


# --- requests made in Python -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("samples", "folder"),
    [
        ("out.jsonl", "out"),
        ("codegen-1.5b_temp0.8.jsonl.gz", "codegen-1.5b_temp0.8"),
        ("generations/x-t0.2", "x-t0.2"),
        ("old.runs.json", "old"),
    ],
)
def test_a_run_is_called_like_its_samples(samples: str, folder: str) -> None:
    assert evaluation_of(PROBLEMS, Path(samples)).out == Path("runs") / folder


def evaluation(tmp_path: Path, **changes: Any) -> Evaluation:
    return Evaluation(**{"samples": None, "problems": load("basics/written/python"), "out": tmp_path / "o", **changes})


def generation(tmp_path: Path, **changes: Any) -> Generation:
    usual = {"problems": load("basics/written/python"), "model": ModelSpec(backend="fake"), "out": tmp_path / "o"}
    return Generation(**{"settings": DecodingSettings(), **usual, **changes})


EVALUATIONS: list[tuple[dict[str, Any], str, str]] = [
    ({"tests": "hiden"}, "tests", "unknown tests 'hiden'; known: example, hidden. Did you mean 'hidden'?"),
    ({"repeat": 0}, "repeat", "repeat = 0: must be a whole number of at least 1"),
    ({"repeat": True}, "repeat", "repeat = True: must be a whole number"),
    ({"k": (1, 0)}, "k", "k = (1, 0): must be a list of whole numbers"),
    ({"k": 10}, "k", "k = 10: must be a list of whole numbers"),
    ({"workers": "many"}, "workers", "workers = 'many': must be a whole number"),
    ({"languages": ("cobol",)}, "languages", "unknown language 'cobol'"),
    ({"languages": "python"}, "languages", "languages = 'python': must be a list of strings"),
    ({"target_language": "jav"}, "target_language", "Did you mean 'java'"),
    ({"cached": "no"}, "cached", "cached = 'no': must be true or false"),
    ({"problems": "basics"}, "problems", "problems = 'basics': must be a ProblemSet"),
    ({"limits": Limits()}, "limits", "must be a LimitPolicy"),
    ({"limits": LimitPolicy(factor=1.0)}, "factor", "factor = 1.0: must be a number above 1.5"),
    ({"limits": LimitPolicy(floor=Limits(run=StepLimits(cpu_s=float("inf"))))}, "cpu_s", "cpu_s = inf"),
    ({"out": 7}, "out", "out = 7: must be a path"),
    ({"k": ()}, "k", "k = (): must have at least one number"),
    ({"languages": ("java",)}, "languages", "there are no samples in java to score"),
    ({"toolchain_options": ("cobol=x",)}, "toolchain_options", "unknown language 'cobol'"),
    ({"toolchain_options": ("cpp",)}, "toolchain_options", "expected LANGUAGE=OPTION"),
    ({"limits": LimitPolicy(floor=Limits(run=StepLimits(cpu_s=float("nan"))))}, "cpu_s", "a finite number above 0"),
    ({"limits": LimitPolicy(floor=Limits(run=StepLimits(memory_bytes=1)))}, "memory_bytes", "at least 16777216"),
]


@pytest.mark.parametrize(("changes", "name", "message"), EVALUATIONS)
def test_a_wrong_evaluation_is_refused_by_name(
    tmp_path: Path, changes: dict[str, Any], name: str, message: str
) -> None:
    with pytest.raises(InputError) as refused:
        passatk.evaluate(evaluation(tmp_path, **changes))
    assert message in str(refused.value)
    assert refused.value.setting == name
    assert list(tmp_path.iterdir()) == []


GENERATIONS: list[tuple[dict[str, Any], str, str]] = [
    ({"task": "translat"}, "task", "Did you mean 'translate'"),
    ({"task": "translate"}, "target_language", "a translation needs a target language"),
    ({"target_language": "java"}, "target_language", "target_language = 'java' is for translations only"),
    ({"samples": 0}, "samples", "samples = 0: must be"),
    ({"settings": DecodingSettings(temperature=0.5)}, "temperature", "does not apply to method 'greedy'"),
    ({"settings": DecodingSettings(method="gredy")}, "method", "Did you mean 'greedy'"),  # type: ignore[arg-type]
    ({"settings": {"method": "greedy"}}, "settings", "must be a DecodingSettings"),
    ({"model": ModelSpec(dtype="float8")}, "dtype", "unknown dtype 'float8'"),  # type: ignore[arg-type]
    ({"prompting": passatk.Prompting(form="ful")}, "form", "Did you mean 'full'"),  # type: ignore[arg-type]
    ({"prompting": passatk.Prompting(fim="starcode")}, "fim", "Did you mean 'starcoder'"),
    ({"source_language": "python", "languages": ("python",)}, "source_language", "is for translations only"),
    ({"replicas": 2}, "replicas", "replicas = 2 is for a cluster"),
    ({"executor": "ray", "model": ModelSpec(backend="openai")}, "executor", "a server generates on its own machines"),
]


@pytest.mark.parametrize(("changes", "name", "message"), GENERATIONS)
def test_a_wrong_generation_is_refused_by_name(
    tmp_path: Path, changes: dict[str, Any], name: str, message: str
) -> None:
    with pytest.raises(InputError) as refused:
        passatk.generate(generation(tmp_path, **changes))
    assert message in str(refused.value)
    assert refused.value.setting == name
    assert list(tmp_path.iterdir()) == []


VERBS: list[tuple[Callable[[Path], object], str]] = [
    (lambda path: passatk.verify(path, workers=0), "workers = 0"),
    (lambda _: passatk.check_problems("basics"), "problems = 'basics'"),  # type: ignore[arg-type]
    (lambda _: passatk.check_problems(load("basics"), workers=0), "workers = 0"),
    (lambda _: passatk.complete("x", ModelSpec(), DecodingSettings(), samples=0), "samples = 0"),
    (lambda _: passatk.complete("x", ModelSpec(), DecodingSettings(top_k=5)), "top_k = 5 does not apply"),
    (lambda path: passatk.run(evaluation(path)), "must be an? Experiment"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("call", "message"), VERBS)
def test_every_verb_checks_its_arguments(tmp_path: Path, call: Callable[[Path], object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        call(tmp_path)


def test_lists_and_texts_are_taken_where_tuples_and_paths_are_meant(tmp_path: Path) -> None:
    right = checked(evaluation(tmp_path, k=[1], out=str(tmp_path / "o")))
    assert (right.k, right.out) == ((1,), tmp_path / "o")


# --- tables, changes, sweeps -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.4", 0.4),
        ("5", 5),
        ("true", True),
        ("nucleus", "nucleus"),
        ("humaneval-x/java", "humaneval-x/java"),
        ('"a b"', "a b"),
        ("[1, 2]", [1, 2]),
        ("[greedy, nucleus]", ["greedy", "nucleus"]),
        ("2024-01-01", "2024-01-01"),
        ("1\nother = 2", "1\nother = 2"),
        ("", ""),
    ],
)
def test_values_are_read_as_toml_and_bare_words_as_strings(text: str, value: object) -> None:
    assert parse_value(text) == value


def test_changes_are_read_by_table_and_key() -> None:
    texts = ["decoding.temperature=0.4", "model.model=7", "judging.k=1,10", "decoding.stop=a,b", "judging.cached=false"]
    assert read_changes(texts) == {
        "decoding": {"temperature": 0.4, "stop": ["a,b"]},
        "model": {"model": "7"},
        "judging": {"k": [1, 10], "cached": False},
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("temperature=0.4", "must be TABLE.KEY=VALUE"),
        ("decoding.temperature", "must be TABLE.KEY=VALUE"),
        ("decodin.seed=1", "unknown table 'decodin'.*Did you mean 'decoding'"),
        ("decoding.sed=1", r"unknown key in \[decoding\] 'sed'.*Did you mean 'seed'"),
    ],
)
def test_wrong_changes_are_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_changes([text])
    with pytest.raises(InputError, match="set twice"):
        read_changes(["task.samples=1", "task.samples=2"])


def test_a_sweep_is_every_combination_under_a_name_of_its_own() -> None:
    given: dict[str, dict[str, Any]] = {
        "decoding": {"preset": ["greedy", "nucleus"], "seed": [1, 2, 3], "stop": ["a"]},
        "task": {"samples": 2},
    }
    sweep = dict(expanded(given))
    assert len(sweep) == 6
    chosen = sweep["preset=nucleus,seed=3"]
    assert chosen == {"decoding": {"preset": "nucleus", "seed": 3, "stop": ["a"]}, "task": {"samples": 2}}
    assert dict(expanded(chosen)) == {"": chosen}


def test_lists_of_lists_sweep_where_a_value_is_a_list() -> None:
    assert list(dict(expanded({"judging": {"k": [[1], [1, 10]]}}))) == ["k=1", "k=1-10"]
    assert list(dict(expanded({"judging": {"k": [1, 10]}}))) == [""]
    pair = {"decoding": {"exponential_decay_length_penalty": [5, 1.1]}}
    assert list(dict(expanded(pair))) == [""]


@pytest.mark.parametrize(
    ("values", "message"), [([], "at least one value"), ([0.2, 0.2], "share a folder"), (["a/b", "a b"], "share")]
)
def test_sweeps_without_distinct_values_are_refused(values: list[Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(expanded({"decoding": {"temperature": values}}))


def test_a_list_outside_of_a_sweep_is_refused_with_what_takes_it() -> None:
    with pytest.raises(InputError, match="only `passatk run` takes a list here"):
        generation_of(PROBLEMS | {"decoding": {"seed": [1, 2]}})


def test_sweeps_are_experiments_with_folders_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "tiny.toml"
    file.write_text(
        '[model]\nbackend = "fake"\n[problems]\nsource = "basics/written/python"\n[task]\nsamples = [1, 2]\n'
    )
    both = passatk.read_experiments([file], tmp_path / "runs", {"decoding": {"seed": 5}})
    assert {name: one.evaluation.out for name, one in both.items()} == {
        f"tiny/samples={n}": tmp_path / "runs" / f"samples={n}" for n in (1, 2)
    }
    assert {one.generation.settings.seed for one in both.values()} == {5}
    with pytest.raises(InputError, match="is a sweep of 2 experiments"):
        passatk.read_experiment(file)
    with pytest.raises(InputError, match=r"tiny.toml: samples=1: pass@2 needs at least 2 samples"):
        passatk.read_experiments([file], None, {"judging": {"k": [2]}})


def test_the_study_is_two_files() -> None:
    files = sorted((ROOT / "examples" / "study").glob("*.toml"))
    study = passatk.read_experiments(files)
    assert (len(files), len(study)) == (2, 16)


def test_aliases_of_languages_are_taken_in_tables() -> None:
    task = {"kind": "translate", "source_language": "Python", "target_language": "js"}
    request = generation_of({"problems": {"source": "basics/written"}, "task": task})
    assert (request.sources, request.target_language) == (("python",), "javascript")
    assert Task(source_language="Python").source_language == "Python"


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--tests", "hiden"), "Did you mean 'hidden'? (option --tests)"),
        (("--set", "judging.tests=hiden"), "Did you mean 'hidden'? (option --tests)"),
        (("--set", "task.samples=5"), "unknown key in [task] for this command 'samples'; known: target_language"),
        (("--set", "judging.wrkers=5"), "Did you mean 'workers'? (option --set)"),
        (("--set", "decoding.seed=5"), "unknown table 'decoding'; known: judging, problems, task"),
        (("--set", "judging.repeat=2", "--repeat", "3"), "judging.repeat is given by its own option too"),
        (("--memory-mib", "8"), "memory_mib = 8: must be a whole number of at least 16 (option --memory-mib)"),
        (("--k", "1;10"), "k = '1;10': expected K,..."),
    ],
)
def test_the_command_line_adds_the_option_to_an_error(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_command(["evaluate", "--reference", "--problems", "basics/written/python", *arguments])
    assert (code, message in capsys.readouterr().err) == (2, True)


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("command", ["generate", "evaluate", "complete"])
def test_every_setting_of_a_commands_tables_is_an_option_in_its_help(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command([command, "--help"]) == 0
    shown = capsys.readouterr().out
    tables = {"generate": set(TABLES) - {"judging"}, "evaluate": {"judging"}, "complete": {"model"}}[command]
    for one in (one for table in tables for one in settings_of(TABLES[table])):
        assert all(flag in shown for flag in flags_of(one)), one.key
    assert ("[required]" in shown) == (command == "generate")  # what is evaluated may bring its own problems
    assert max(map(len, shown.splitlines())) <= 80


# --- what is public, and what is written down --------------------------------------------------------------------


def test_every_public_name_is_there_and_shown() -> None:
    assert {"Problem", "Sample", "Verdict", "Status", "Score", "LimitPolicy", "run", "InputError"} <= set(dir(passatk))
    for name in dir(passatk):
        assert getattr(passatk, name) is not None
    assert issubclass(UnknownNameError, InputError)


def test_library_code_names_no_option_of_the_command_line() -> None:
    flags = {flag for record in TABLES.values() for one in settings_of(record) for flag in flags_of(one)}
    flags |= {"--out", "--extrapolate", "--reference"}
    library = ROOT / "src" / "passatk"
    named = []
    for file in library.rglob("*.py"):
        if "cli" in file.relative_to(library).parts or "harness" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named += [f"{file.name}:{node.lineno}: {flag}" for flag in flags if flag in node.value.split()]
    assert named == []


def test_the_documented_tables_are_those_of_the_records() -> None:
    spec = importlib.util.spec_from_file_location("settings_table", ROOT / "tools" / "settings_table.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    page = tool.PAGE.read_text()
    assert tool.page(page) == page, "run python tools/settings_table.py"
