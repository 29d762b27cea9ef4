"""One typed specification -> the same problem in six languages, in HumanEval-X's shape.

A specification names a function, its typed parameters and a list of (arguments, result) cases; only the solution
bodies are written by hand. Signatures, doc comments, examples and tests are rendered, so that the six renderings of a
problem cannot drift apart.

Types: `int` (fits 32 bits), `float` (compared within 1e-6), `bool`, `string`, `list[T]` of all but `float`.
"""

import json
import textwrap
from abc import ABC, abstractmethod
from typing import Any

from passatk.languages import LANGUAGES
from passatk.languages.cpp_prepared import ALL_HEADERS, NEWEST
from passatk.records import Asserts, Problem, Record


class Case(Record, frozen=True, array_like=True):
    """Arguments of one call and the value it must return."""

    arguments: list[Any]
    result: Any


class Specification(Record, frozen=True, forbid_unknown_fields=True):
    """One problem, apart from any language."""

    name: str
    """snake_case."""
    description: str
    parameters: list[tuple[str, str]]
    """(snake_case name, type)."""
    returns: str
    examples: list[Case]
    tests: list[Case]
    solution: dict[str, str]
    """Language name -> body of the function, not indented, without the closing brace."""
    go_imports: list[str] = []
    """Packages that the Go solution uses (an unused import does not compile)."""


def camel(name: str) -> str:
    """`count_vowels` -> `countVowels`."""
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


def pascal(name: str) -> str:
    """`count_vowels` -> `CountVowels`."""
    return "".join(part.capitalize() for part in name.split("_"))


def element(type_: str) -> str | None:
    """The T of `list[T]`, or None for a scalar type."""
    return type_[5:-1] if type_.startswith("list[") else None


class Renderer(ABC):
    """How one language spells a specification. Subclasses give the syntax, this class the order of things."""

    language: str
    scalars: dict[str, str]
    body_indent = 4
    closing = "}\n"

    @property
    def prefix(self) -> str:
        """Task ids are `<prefix>/<number>`."""
        return LANGUAGES[self.language].prefix

    def problem(self, spec: Specification, number: int) -> Problem:
        """`spec` as a Problem with task id `<prefix>/<number>`."""
        body = textwrap.indent(spec.solution[self.language].strip("\n"), " " * self.body_indent)
        return Problem(
            task_id=f"{self.prefix}/{number}",
            benchmark="basics",
            language=self.language,
            prompt=self.prompt(spec),
            declaration=self.declaration(spec),
            reference=body + "\n" + self.closing,
            tests=Asserts(code=self.test(spec, spec.tests), examples=self.test(spec, spec.examples)),
            entry_point=self.name(spec),
            setup=self.setup or LANGUAGES[self.language].usual_setup,
            cut=LANGUAGES[self.language].by_indentation,
            options=self.options,
        )

    setup = ""
    options: tuple[str, ...] = ()

    def imports(self, spec: Specification) -> str:
        return ""

    def name(self, spec: Specification) -> str:
        return spec.name

    @abstractmethod
    def type(self, type_: str) -> str:
        """Spelling of a type."""

    @abstractmethod
    def list_literal(self, values: list[str], item: str) -> str:
        """A list of already spelled values of type `item`."""

    @abstractmethod
    def prompt(self, spec: Specification) -> str: ...

    @abstractmethod
    def declaration(self, spec: Specification) -> str: ...

    @abstractmethod
    def test(self, spec: Specification, cases: list[Case]) -> str: ...

    def literal(self, value: Any, type_: str) -> str:
        """`value` of type `type_` as an expression."""
        item = element(type_)
        if item is not None:
            return self.list_literal([self.literal(v, item) for v in value], item)
        if type_ == "bool":
            return "true" if value else "false"
        if type_ == "float":
            return repr(float(value))
        if type_ == "int":
            return str(value)
        return json.dumps(value)

    def argument(self, value: Any, type_: str) -> str:
        return self.literal(value, type_)

    def call(self, spec: Specification, case: Case) -> str:
        types = [type_ for _, type_ in spec.parameters]
        spelled = [self.argument(v, t) for v, t in zip(case.arguments, types, strict=True)]
        return f"{self.name(spec)}({', '.join(spelled)})"

    def documentation(self, spec: Specification) -> str:
        """Description and examples, wrapped, without comment marks."""
        lines = textwrap.wrap(spec.description, 88)
        for case in spec.examples:
            lines += [f">>> {self.call(spec, case)}", self.literal(case.result, spec.returns)]
        return "\n".join(lines)


class Python(Renderer):
    language, closing = "python", ""
    scalars = {"int": "int", "float": "float", "bool": "bool", "string": "str"}

    def type(self, type_: str) -> str:
        item = element(type_)
        return f"list[{self.type(item)}]" if item else self.scalars[type_]

    def literal(self, value: Any, type_: str) -> str:
        if element(type_):
            return super().literal(value, type_)
        return repr(float(value) if type_ == "float" else value)

    def list_literal(self, values: list[str], item: str) -> str:
        return f"[{', '.join(values)}]"

    def declaration(self, spec: Specification) -> str:
        parameters = ", ".join(f"{name}: {self.type(type_)}" for name, type_ in spec.parameters)
        return f"def {spec.name}({parameters}) -> {self.type(spec.returns)}:\n"

    def prompt(self, spec: Specification) -> str:
        text = textwrap.indent(f'"""{self.documentation(spec)}\n"""\n', "    ")
        return self.declaration(spec) + text

    def test(self, spec: Specification, cases: list[Case]) -> str:
        lines = [f"def check({spec.name}):"]
        for case in cases:
            call, expected = self.call(spec, case), self.literal(case.result, spec.returns)
            if spec.returns == "float":
                lines.append(f"    assert abs({call} - {expected}) < 1e-6")
            else:
                lines.append(f"    assert {call} == {expected}")
        return "\n".join(["", *lines, "", f"check({spec.name})", ""])


class Cpp(Renderer):
    language = "cpp"
    options = (NEWEST,)
    setup = f"#include <{ALL_HEADERS}>"
    scalars = {"int": "int", "float": "double", "bool": "bool", "string": "string"}
    headers = (
        *("algorithm", "cctype", "climits", "cmath", "map", "numeric", "queue", "set"),
        *("sstream", "stack", "string", "unordered_map", "unordered_set", "vector"),
    )

    def type(self, type_: str) -> str:
        item = element(type_)
        return f"vector<{self.type(item)}>" if item else self.scalars[type_]

    def literal(self, value: Any, type_: str) -> str:
        # a bare literal is a char array: `==` on two of them, or vector<string>{"a", "b"}, would not mean strings
        return f"string({json.dumps(value)})" if type_ == "string" else super().literal(value, type_)

    def list_literal(self, values: list[str], item: str) -> str:
        return f"vector<{self.type(item)}>{{{', '.join(values)}}}"

    def declaration(self, spec: Specification) -> str:
        includes = "".join(f"#include <{header}>\n" for header in self.headers)
        parameters = ", ".join(f"{self.type(type_)} {name}" for name, type_ in spec.parameters)
        return f"{includes}using namespace std;\n{self.type(spec.returns)} {spec.name}({parameters}) {{\n"

    def prompt(self, spec: Specification) -> str:
        return f"/*\n{self.documentation(spec)}\n*/\n{self.declaration(spec)}"

    def test(self, spec: Specification, cases: list[Case]) -> str:
        lines = []
        for case in cases:
            call, expected = self.call(spec, case), self.literal(case.result, spec.returns)
            near = f"fabs({call} - {expected}) < 1e-6" if spec.returns == "float" else f"({call} == {expected})"
            lines.append(f"    assert({near});")  # its own parentheses: braces with commas are no macro argument
        return "\n".join(["", "#undef NDEBUG", "#include <assert.h>", "int main() {", *lines, "}", ""])


class Java(Renderer):
    language = "java"
    scalars = {"int": "int", "float": "double", "bool": "boolean", "string": "String"}
    boxed = {"int": "Integer", "float": "Double", "bool": "Boolean", "string": "String"}
    body_indent = 8
    closing = "    }\n}\n"

    def name(self, spec: Specification) -> str:
        return camel(spec.name)

    def type(self, type_: str) -> str:
        return f"List<{self.box(item)}>" if (item := element(type_)) else self.scalars[type_]

    def box(self, type_: str) -> str:
        return self.type(type_) if element(type_) else self.boxed[type_]

    def list_literal(self, values: list[str], item: str) -> str:
        if not values:
            return f"new ArrayList<{self.box(item)}>()"
        return f"new ArrayList<{self.box(item)}>(Arrays.asList({', '.join(values)}))"

    def signature(self, spec: Specification) -> str:
        parameters = ", ".join(f"{self.type(type_)} {camel(name)}" for name, type_ in spec.parameters)
        return f"    public {self.type(spec.returns)} {camel(spec.name)}({parameters}) {{\n"

    opening = "import java.util.*;\n\nclass Solution {\n"

    def declaration(self, spec: Specification) -> str:
        return self.opening + self.signature(spec)

    def prompt(self, spec: Specification) -> str:
        comment = textwrap.indent(f"/**\n{self.documentation(spec)}\n*/\n", "    ")
        return self.opening + comment + self.signature(spec)

    def test(self, spec: Specification, cases: list[Case]) -> str:
        lines = []
        for case in cases:
            call, expected = "s." + self.call(spec, case), self.literal(case.result, spec.returns)
            if spec.returns == "float":
                near = f"Math.abs({call} - {expected}) < 1e-6"
            elif spec.returns in ("int", "bool"):
                near = f"{call} == {expected}"
            else:
                near = f"{expected}.equals({call})"
            lines.append(f"        if (!({near})) throw new AssertionError();")
        head = ["", "public class Main {", "    public static void main(String[] args) {"]
        return "\n".join([*head, "        Solution s = new Solution();", *lines, "    }", "}", ""])


class JavaScript(Renderer):
    language = "javascript"
    scalars: dict[str, str] = {}
    body_indent = 2
    closing = "}\n\n"

    def name(self, spec: Specification) -> str:
        return camel(spec.name)

    def type(self, type_: str) -> str:
        raise AssertionError("JavaScript spells no types")

    def list_literal(self, values: list[str], item: str) -> str:
        return f"[{', '.join(values)}]"

    def declaration(self, spec: Specification) -> str:
        return f"const {camel(spec.name)} = ({', '.join(camel(name) for name, _ in spec.parameters)}) => {{\n"

    def prompt(self, spec: Specification) -> str:
        return f"/* {self.documentation(spec)}\n*/\n{self.declaration(spec)}"

    def test(self, spec: Specification, cases: list[Case]) -> str:
        lines = []
        for case in cases:
            call, expected = self.call(spec, case), self.literal(case.result, spec.returns)
            if spec.returns == "float":
                lines.append(f"  console.assert(Math.abs({call} - {expected}) < 1e-6)")
            elif element(spec.returns):
                lines.append(f"  console.assert(JSON.stringify({call}) === JSON.stringify({expected}))")
            else:
                lines.append(f"  console.assert({call} === {expected})")
        return "\n".join(["", "const check = () => {", *lines, "}", "", "check()", ""])


class Go(Renderer):
    language = "go"
    scalars = {"int": "int", "float": "float64", "bool": "bool", "string": "string"}

    def name(self, spec: Specification) -> str:
        return pascal(spec.name)

    def type(self, type_: str) -> str:
        item = element(type_)
        return f"[]{self.type(item)}" if item else self.scalars[type_]

    def list_literal(self, values: list[str], item: str) -> str:
        return f"[]{self.type(item)}{{{', '.join(values)}}}"

    def imports(self, spec: Specification) -> str:
        listed = "".join(f'    "{package}"\n' for package in sorted(spec.go_imports))
        return f"import (\n{listed})\n" if listed else ""

    def signature(self, spec: Specification) -> str:
        parameters = ", ".join(f"{camel(name)} {self.type(type_)}" for name, type_ in spec.parameters)
        return f"func {pascal(spec.name)}({parameters}) {self.type(spec.returns)} {{\n"

    def declaration(self, spec: Specification) -> str:
        return "\n" + self.signature(spec)

    def prompt(self, spec: Specification) -> str:
        comment = textwrap.indent(self.documentation(spec), "// ") + "\n"
        return f"{self.imports(spec)}\n{comment}{self.signature(spec)}"

    setup = 'package main\n\nimport (\n    "testing"\n    "github.com/stretchr/testify/assert"\n)\n'

    def test(self, spec: Specification, cases: list[Case]) -> str:
        lines = []
        for case in cases:
            call, expected = self.call(spec, case), self.literal(case.result, spec.returns)
            if spec.returns == "float":
                lines.append(f"    assert.InDelta({expected}, {call}, 1e-6)")
            elif case.result == []:
                lines.append(f"    assert.Empty({call})")  # nil and empty slices mean the same here
            else:
                lines.append(f"    assert.Equal({expected}, {call})")
        head = ["", f"func Test{pascal(spec.name)}(t *testing.T) {{", "    assert := assert.New(t)"]
        return "\n".join([*head, *lines, "}", ""])


class Rust(Renderer):
    language = "rust"
    scalars = {"int": "i32", "float": "f64", "bool": "bool", "string": "String"}

    def type(self, type_: str) -> str:
        item = element(type_)
        return f"Vec<{self.type(item)}>" if item else self.scalars[type_]

    def literal(self, value: Any, type_: str) -> str:
        return f"String::from({json.dumps(value)})" if type_ == "string" else super().literal(value, type_)

    def list_literal(self, values: list[str], item: str) -> str:
        return f"vec![{', '.join(values)}]" if values else f"Vec::<{self.type(item)}>::new()"

    def argument(self, value: Any, type_: str) -> str:
        return json.dumps(value) if type_ == "string" else self.literal(value, type_)

    def declaration(self, spec: Specification) -> str:
        spelled = [(name, "&str" if type_ == "string" else self.type(type_)) for name, type_ in spec.parameters]
        parameters = ", ".join(f"{name}: {type_}" for name, type_ in spelled)
        uses = "#[allow(unused_imports)]\nuse std::collections::{BTreeMap, HashMap, HashSet};\n\n"
        return f"\n{uses}fn {spec.name}({parameters}) -> {self.type(spec.returns)} {{\n"

    def prompt(self, spec: Specification) -> str:
        return f"{self.declaration(spec)}\n/*\n{self.documentation(spec)}\n*/\n"

    def test(self, spec: Specification, cases: list[Case]) -> str:
        lines = []
        for case in cases:
            call, expected = self.call(spec, case), self.literal(case.result, spec.returns)
            if spec.returns == "float":
                lines.append(f"        assert!(({call} - {expected}).abs() < 1e-6);")
            else:
                lines.append(f"        assert_eq!({call}, {expected});")
        head = ["", "#[cfg(test)]", "mod tests {", "    use super::*;", "", "    #[test]"]
        return "\n".join([*head, f"    fn test_{spec.name}() {{", *lines, "    }", "}", ""])


RENDERERS: tuple[Renderer, ...] = (Python(), Cpp(), Java(), JavaScript(), Go(), Rust())
