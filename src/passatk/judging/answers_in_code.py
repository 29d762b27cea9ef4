"""Whether a program's text holds the answers to tests that its problem shows: marks that change no verdict.

A test is marked where its whole input and its whole expected output stand in the code outside of comments, blanks and
line breaks left out. That is how a table of answers looks. A table that is hidden (by hashes, or packed) is not found.
"""

import json
import re

import msgspec

from passatk.cases import Case, CaseResult
from passatk.languages import LANGUAGES
from passatk.languages.lexing import blanked
from passatk.records import Program
from passatk.regex import regex

_LEAST = 6
"""Characters of an input: shorter ones stand in any program."""
_MOST = 4000
_MOST_CODE = 1 << 20
_BLANK = regex(r"\\[nrt]|\s")
_LONG_STRING = regex(r"\"\"\".*?\"\"\"|'''.*?'''", re.DOTALL)


def marked(program: Program, results: tuple[CaseResult, ...]) -> tuple[CaseResult, ...]:
    """`results` with those marked whose input and answer are in the text of `program`."""
    if program.cases is None or not any(result.public for result in results):
        return results
    code = _code(program)
    shown = {case.id for case in program.cases.cases if case.public and _holds(code, case, program.calls)}
    return tuple(msgspec.structs.replace(result, in_code=True) if result.id in shown else result for result in results)


def _code(program: Program) -> str:
    text = "\n".join(content for _, content in program.files)[:_MOST_CODE]
    text = blanked(LANGUAGES[program.language].lexicon, text, strings=False)
    if program.language == "python":  # examples in a description are no table
        text = _LONG_STRING.sub("", text)
    return _plain(text)


def _holds(code: str, case: Case, calls: bool) -> bool:
    if case.size > _MOST:
        return False
    given = _arguments(case.stdin) if calls else [_plain(case.stdin)]
    answer = _plain(case.expected)
    return sum(map(len, given)) >= _LEAST and answer != "" and all(text in code for text in (*given, answer))


def _arguments(text: str) -> list[str]:
    """Each as code may have it; all together where they are not JSON."""
    try:
        return [_plain(json.dumps(one)) for one in json.loads(text)]
    except (ValueError, TypeError):
        return [_plain(text)[1:-1].rstrip(",")]


def _plain(text: str) -> str:
    return _BLANK.sub("", text).replace("'", '"')
