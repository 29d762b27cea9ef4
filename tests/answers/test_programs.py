"""Which block of an answer is the program that reads stdin."""

import html
import json

import pytest

from passatk.answers import read_answer
from passatk.cases import Case, Cases
from passatk.records import Asserts, Problem

PROGRAMS = {
    "python": """\
import sys

n, m = map(int, input().split())
for i in range(n):
    if i < m and m > 1:
        print('a', i)
""",
    "cpp": """\
#include <bits/stdc++.h>
using namespace std;
int main() {
    int n;
    cin >> n;
    if (n < 3 && n > 1) cout << n << endl;
}
""",
    "c": """\
#include <stdio.h>
int main(void) {
    int n;
    if (scanf("%d", &n) < 1 && n) return 1;
    printf("%d", n);
}
""",
    "java": """\
import java.util.*;
public class Main {
    public static void main(String[] a) {
        Scanner in = new Scanner(System.in);
        System.out.println(in.nextInt() < 3 && true);
    }
}
""",
    "javascript": """\
const lines = require('fs').readFileSync('/dev/stdin', 'utf8').split('\\n');
for (let i = 0; i < 3 && true; i++) {
  console.log(lines[i]);
}
""",
    "go": """\
package main

import "fmt"

func main() {
	var n int
	fmt.Scan(&n)
	if n < 3 && n > 1 {
		fmt.Println(n)
	}
}
""",
    "rust": """\
use std::io;
fn main() {
    let mut s = String::new();
    io::stdin().read_line(&mut s).unwrap();
    if s.len() < 3 && s.len() > 1 {
        println!("{}", s);
    }
}
""",
    "ruby": """\
n = gets.to_i
n.times do |i|
  if i < 3 && n > 1
    puts 'a'
  end
end
""",
    "php": """\
<?php
$n = intval(fgets(STDIN));
if ($n < 3 && $n > 1) {
    echo "a\\n";
}
""",
    "bash": """\
read n
if [ "$n" -lt 3 ] && true; then
  echo "a"
fi
""",
    "csharp": """\
using System;
class P {
    static void Main() {
        int n = int.Parse(Console.ReadLine());
        if (n < 3 && n > 1) Console.WriteLine(n);
    }
}
""",
    "haskell": """\
main :: IO ()
main = do
  n <- readLn :: IO Int
  if n < 3 && n > 1
    then print n
    else print 0
""",
}


def problem(language: str) -> Problem:
    return Problem(
        task_id="a",
        benchmark="own",
        language=language,
        prompt="",
        instruction="Read and write.",
        tests=Asserts(code=""),
        cases=Cases(cases=(Case(id="1", stdin="1 2\n", expected="a 0\n"),)),
        in_function=False,
    )


def fence(code: str, name: str = "") -> str:
    return f"```{name}\n{code.rstrip()}\n```\n"


SAMPLES = f"Input:\n{fence('3 4')}Output:\n{fence('YES', 'text')}"
FORMS = {
    "samples behind": "{block}For example:\n" + SAMPLES,
    "samples before": SAMPLES + "{block}",
    "samples without names": "{block}" + f"For\n{fence('YES')}it prints\n{fence('3')}",
    "named otherwise": "{text}" + f"Output:\n{fence('YES')}",
    "how to run it": "{block}" + fence("./a.out < in.txt", "sh") + fence("$ cat in.txt", "console"),
    "in another language": "{block}The same in pseudocode:\n" + fence("READ n; PRINT n", "pseudo"),
    "not fenced": "{code}",
    "prose around": "Here is the solution:\n\n{code}\nIt reads all.\n\nComplexity: O(n)\n",
    "never closed": "```{name}\n{code}",
    "JSON": "{json}",
    "answer tags": "<answer>\n{code}</answer>",
    "pre": "<pre><code>{html}</code></pre>",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", PROGRAMS)
def test_the_program_is_found_in_every_form(language: str, form: str) -> None:
    code = PROGRAMS[language]
    parts = {
        "{block}": fence(code, language),
        "{text}": fence(code, "text"),
        "{json}": json.dumps({"code": code}),
        "{html}": html.escape(code),
        "{name}": language,
        "{code}": code,
    }
    said = FORMS[form]
    for name, part in parts.items():
        said = said.replace(name, part)
    assert read_answer(said, problem(language)).code.split() == code.split()


PY = PROGRAMS["python"]
SLOW = "n, m = map(int, input().split())\nprint(n * m)\n"
DEFINED = "def solve():\n    n = int(input())\n    print(n)\n"
TWICE = "def twice(n):\n    return 2 * n\n"
CHOSEN = [
    (fence(SLOW, "python") + "Better:\n" + fence(PY, "python"), PY),
    (fence(PY, "python") + "Here we read:\n" + fence("n, m = map(int, input().split())", "python"), PY),
    (fence(PY, "python") + "and write:\n" + fence("print('a', i)", "python"), PY),
    (fence(PY, "cpp") + fence("3"), PY),
    (fence(PY, "python") + "In C++:\n" + fence(PROGRAMS["cpp"], "cpp"), PY),
    (fence(PY) + "Torn:\n```python\nn = int(input(", PY),
    (fence(DEFINED) + "Call it:\n" + fence("solve()"), f"{DEFINED}solve()\n"),
    (fence(TWICE) + fence("print(twice(int(input())))"), f"{TWICE}print(twice(int(input())))\n"),
    (f"python\nCopy code\n{PY}", PY),
    (f"Python\n{PY}", PY),
    (f"'''python\n{PY}'''", PY),
    (f"<answer>\n{fence(PY)}</answer>\nAn example:\n{fence(SLOW)}", PY),
    (fence("print('hello')", "python") + fence("hello", "output"), "print('hello')\n"),
    (fence("".join(f"+{line}\n" for line in PY.splitlines()), "diff"), PY),
    (fence(PY) + fence("-    print('a', i)\n+    print('b', i)\n", "diff"), PY),
]  # fmt: skip


@pytest.mark.parametrize(("said", "code"), CHOSEN)
def test_of_several_blocks_the_last_whole_program_is_chosen(said: str, code: str) -> None:
    assert read_answer(said, problem("python")).code.split() == code.split()


@pytest.mark.parametrize("said", ["I cannot do this.", "", "Sorry", "3\n"])
def test_an_answer_without_a_program_is_none(said: str) -> None:
    assert read_answer(said, problem("python")).code == ""


def test_a_torn_program_alone_is_the_answer_all_the_same() -> None:
    assert read_answer("```python\nn = int(input(", problem("python")).code == "n = int(input(\n"
