"""README and the tutorial are true: their blocks run in order and print what they say; links and trees exist."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import ROOT, Command, Require

from passatk.pipeline import check_tokens
from passatk.records import Record

DOCUMENTS = ("README.md", "docs/getting-started.md", "docs/moving.md")
_BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MASKED = (
    (re.compile(r"\b[0-9a-f]{64}\b"), "DIGEST"),
    (re.compile(r"\d+(\.\d+)? (s|tokens/s|programs/s)\b"), r"N \2"),
    (re.compile(r"\b\d+\.\d\d(?!\d)"), "N"),  # CPU time in a table
    (re.compile(r"^isolation: .*"), "isolation"),
)
"""What differs from machine to machine, or from time to time."""
_PLAIN = re.compile(r"[^|&;<>$*?~`\\(){}]+")
"""A command in which no shell has anything to do."""


class Block(Record, frozen=True, kw_only=True):
    kind: str
    note: str
    """What stands behind its kind: the name of a file, or `not-run`."""
    text: str


def blocks_of(document: str) -> list[Block]:
    found = _BLOCK.findall((ROOT / document).read_text())
    return [Block(kind=head.split()[0], note=head.partition(" ")[2], text=text) for head, text in found]


def commands_of(text: str) -> Iterator[tuple[str, list[str]]]:
    """Command, and the lines that it prints."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *printed = part.rstrip("\n").split("\n")
        yield command, printed


def masked(line: str, digits: bool) -> str:
    """`digits`: hide them all, where this machine's arithmetic gives other tokens than the document's."""
    for pattern, by in _MASKED:
        line = pattern.sub(by, line)
    return " ".join((re.sub(r"\d+(\.\d+)?", "N", line) if digits else line).split())


def matches(expected: list[str], printed: list[str]) -> bool:
    """`...` in `expected` stands for any number of lines."""
    if not expected:
        return not printed
    first, *rest = expected
    if first == "...":
        return any(matches(rest, printed[start:]) for start in range(len(printed) + 1))
    return bool(printed) and first == printed[0] and matches(rest, printed[1:])


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_block_runs_and_prints_what_it_says(
    document: str, require: Require, passatk: Command, tmp_path: Path
) -> None:
    require("python")
    digits = not check_tokens().holds
    tools = tmp_path / "bin"
    tools.mkdir()
    command = tools / "passatk"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m passatk "$@"\n')
    command.chmod(0o755)
    folder = tmp_path
    environment = {
        **os.environ,
        "PATH": f"{tools}:{os.environ['PATH']}",
        "PASSATK_CACHE": str(tmp_path / "verdicts.sqlite"),
        "PYTHONPATH": f"{ROOT / 'src'}",
    }

    def run(*arguments: str) -> str:
        done = subprocess.run(arguments, capture_output=True, text=True, cwd=folder, env=environment, check=False)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def run_line(line: str) -> str:
        name, *arguments = shlex.split(re.sub(r"\s#.*", "", line))  # a # in a word begins nothing
        if name != "passatk" or not _PLAIN.fullmatch(line):
            return run("bash", "-c", line)
        done = passatk(*arguments)
        assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"
        return done.stdout

    ran = 0
    for block in blocks_of(document):
        if block.kind == "text" or block.note == "not-run":
            continue
        if block.kind == "console":
            for line, printed in commands_of(block.text):
                said = run_line(line).rstrip().splitlines()
                ran += 1
                if printed:
                    expected = [one if one == "..." else masked(one, digits) for one in printed]
                    assert matches(expected, [masked(one, digits) for one in said]), f"{line}:\n" + "\n".join(said)
        elif block.note:
            (folder / block.note).write_text(block.text)
        else:
            assert block.kind == "python", (
                f"nothing runs a block of {block.kind}; name a file behind it, or say not-run"
            )
            run(sys.executable, "-c", block.text)
            ran += 1
    assert ran >= 1


def test_the_matcher_tells_another_output() -> None:
    assert matches(["a", "...", "c"], ["a", "b", "b", "c"])
    assert matches(["...", "c"], ["c"])
    assert not matches(["a", "c"], ["a", "b", "c"])
    assert not matches(["a", "...", "d"], ["a", "b", "c"])
    assert masked("judged in 6.2 s, 0 flips", digits=False) == "judged in N s, 0 flips"
    assert masked("94.7 [87.7,   98.2]", digits=True) == "N [N, N]"


@pytest.mark.parametrize("document", [*DOCUMENTS, "CONTRIBUTING.md", "docs/README.md", "docs/commands.md"])
def test_links_and_pictures_are_there(document: str) -> None:
    folder = (ROOT / document).parent
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", (ROOT / document).read_text())
    assert [link for link in links if "://" not in link and not (folder / link).exists()] == []


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_trees_are_true(document: str) -> None:
    """Every name at the beginning of a line is there; of the source, nothing is left out."""
    trees = [block.text for block in blocks_of(document) if block.kind == "text"]
    names = [line.split()[0] for tree in trees for line in tree.splitlines() if not line.startswith("      ")]
    assert names
    source = ROOT / "src" / "passatk"
    if document == "README.md":
        assert [name for name in names if not (ROOT / name).is_dir()] == []
    else:
        assert [name for name in names if not (source / name).exists()] == []
        packages = {f"{path.parent.name}/" for path in source.glob("*/__init__.py")}
        modules = {path.name for path in source.glob("*.py") if not path.name.startswith("__")}
        assert packages | modules == set(names)


def test_the_pictures_are_small() -> None:
    assert all(path.stat().st_size < 150_000 for path in (ROOT / "docs" / "pictures").iterdir())
