"""The program in what an instruct model says."""

import re

from passatk.records import Problem

_FENCE = re.compile(
    r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^\n]*\n(.*?)(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE
)
_NAMES = {
    "python": {"python", "python3", "py"},
    "cpp": {"cpp", "c++", "cc", "cxx"},
    "java": {"java"},
    "javascript": {"javascript", "js", "node"},
    "go": {"go", "golang"},
    "rust": {"rust", "rs"},
}
_HEAD = {
    "python": re.compile(r"^(?:async )?def ", re.MULTILINE),
    "cpp": re.compile(r"^[\w:<>*&, ]+ \**\w+\s*\([^;{}]*\)\s*\{", re.MULTILINE),
    "java": re.compile(r"^\s*(?:public|private|protected|static)\b[^;{}=]*\{", re.MULTILINE),
    "javascript": re.compile(r"^\s*(?:async )?function\b|^\s*(?:const|let|var)\s+\w+\s*=", re.MULTILINE),
    "go": re.compile(r"^func ", re.MULTILINE),
    "rust": re.compile(r"^\s*(?:pub )?fn ", re.MULTILINE),
}


def code_of(text: str, problem: Problem) -> str:
    """A whole solution: the code block of an answer, with what the problem's declaration brings before its function.

    Of several blocks the first one in the problem's language with a function counts, else the first in any; an answer
    without blocks is taken as it is.
    """
    blocks = [(match[2].lower(), match[3]) for match in _FENCE.finditer(text)]
    named = [body for name, body in blocks if name in _NAMES[problem.language]] or [body for _, body in blocks]
    head = _HEAD[problem.language]
    code = next((body for body in named if head.search(body)), named[0] if named else text)
    return _with_preamble(code, problem)


def _with_preamble(code: str, problem: Problem) -> str:
    if problem.language == "java":
        code = re.sub(r"\bpublic\s+(?=class\s+Solution\b)", "", code)
        imports = "".join(line + "\n" for line in problem.declaration.splitlines() if line.startswith("import "))
        if not re.search(r"\bclass\s+Solution\b", code):
            code = f"class Solution {{\n{code.rstrip()}\n}}\n"
        return imports + code
    found = _HEAD[problem.language].search(problem.declaration)
    preamble = problem.declaration[: found.start()] if found else ""
    missing = [line for line in preamble.splitlines() if line.strip() and line.strip() not in code]
    return "".join(f"{line}\n" for line in missing) + code
