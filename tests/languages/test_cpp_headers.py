"""C++ programs begin with headers that were precompiled: what stands for what."""

import subprocess

from running import Require

from passatk.judging import Environment
from passatk.languages import cpp_prepared
from passatk.languages.cpp_prepared import ALL_HEADERS, NEWEST, opened_by


def test_a_standard_header_beside_all_of_them_changes_nothing() -> None:
    alone, several = (
        f"#include <{ALL_HEADERS}>\n{more}int main() {{}}\n" for more in ("", "#include <system_error>\n")
    )
    assert opened_by(several, (NEWEST,))[0] == opened_by(alone, (NEWEST,))[0] == {ALL_HEADERS}
    assert opened_by(several, (NEWEST,))[1].count("\n") == several.count("\n")


def test_they_are_all_in_it(environment: Environment, require: Require) -> None:
    require("cpp")
    variables = dict(environment.toolchains["cpp"].variables)
    command = (variables["CXX"], variables["CXX_NEWEST"], "-M", "-x", "c++", "-")
    text = f"#include <{ALL_HEADERS}>\n"
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    assert {path.rpartition("/")[2] for path in done.stdout.split()} >= cpp_prepared._STANDARD_HEADERS
