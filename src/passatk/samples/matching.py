"""Which problem a generation is for, and whether the record itself says that it is for another one."""

import re
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import cached_property

import msgspec

from passatk.errors import FieldError, UnknownNameError
from passatk.languages import LANGUAGES, by_name
from passatk.languages.heads import heads
from passatk.problems import NAMES, ProblemSet
from passatk.prompts import completion
from passatk.records import Problem, Sample
from passatk.regex import regex
from passatk.samples.formats import Generation
from passatk.wording import counted

_PREFIXES = [language.prefix for language in LANGUAGES.values()]
_MULTIPL_E_LANGUAGES = {
    name: language
    for language in LANGUAGES.values()
    for name in (*language.multipl_e, *language.aliases, language.name)
}
_MULTIPL_E_NAME = regex(r"^(HumanEval|mbpp)_(\d+)(?:_|$)", re.IGNORECASE)
_MBPP_PREFIX = regex(r"^(?:mbpp\w*\+?|MbppEval)[/_-](\d+)$", re.IGNORECASE)
_COUNTED = regex(r"(.+?)[-_#:/. ]+(?:sample|s|run|r|n)?[-_#: ]?(\d+)")


class Matching:
    """Finds problems of one set. Keeps the sources of translations apart, so an instance is for one file."""

    def __init__(self, problems: ProblemSet, target_language: str | None = None):
        self._set, self._target = problems, target_language
        self._known = problems.problems
        self._ordered = list(problems.problems)
        self._sources: set[str] = set()
        self._names = Counter((p.language, _folded(p.entry_point)) for p in self._known.values())
        self._by_prompt: dict[str, list[str]] = {}
        for task, problem in self._known.items():
            self._by_prompt.setdefault(_squeezed(problem.prompt or problem.instruction), []).append(task)

    def problem(self, generation: Generation) -> Problem:
        """The problem a generation is for.

        Raises:
            FieldError: there is none, or the generation's record says that it is for a problem of another benchmark.
        """
        if self._target is not None:
            generation = self._translated(generation)
        problem = self._known[self._task(generation)]
        telling = self._names[problem.language, _folded(problem.entry_point)] == 1
        _check_agreement(generation, problem, telling)
        return problem

    def told(self, generation: Generation) -> str | None:
        """The task id that a file gives; of a translation none, since it names the source."""
        return generation.task if self._target is None else None

    def _task(self, generation: Generation) -> str:
        name = generation.task
        if name is not None:
            if generation.counted and name not in self._known and (task := self._counted_task(name)) is not None:
                return task
            exact = next((one for one in self._spellings(generation, name) if one in self._known), None)
            if exact is not None:
                return exact
        if generation.position is not None and (name is None or generation.prompt is not None):
            return self._at(generation.position)
        if name is None:
            return self._asked(generation.prompt or "")
        raise FieldError("task_id", *self._unknown(generation, name))

    def _counted_task(self, name: str) -> str | None:
        """The task of an id of a batch, in which signs may be others (Anthropic has no slash) and a number may follow.

        Raises:
            FieldError: it may mean several.
        """
        counted = _COUNTED.fullmatch(name)
        names = [name] if counted is None else [name, counted[1]]
        tasks = dict.fromkeys(task for one in names for task in self._by_words.get(_words_of(one), []))
        if counted and counted[1] in self._known:
            tasks = dict.fromkeys([*(task for task in tasks if _words_of(task) != _words_of(counted[1])), counted[1]])
        if len(tasks) > 1:
            raise FieldError(
                "custom_id",
                f"{name!r} may mean {' or '.join(map(repr, list(tasks)[:3]))}",
                "ids that mean one task whatever signs stand in them, and with a number behind them or not",
            )
        return next(iter(tasks), None)

    @cached_property
    def _by_words(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for task in self._known:
            found.setdefault(_words_of(task), []).append(task)
        return found

    def _spellings(self, generation: Generation, name: str) -> Iterator[str]:
        """The ids by which the problem may be known, the file's own first; none of them can mean another problem."""
        yield name
        if generation.as_path:
            yield from (task for task in self._known if task.replace("/", "_") == name)
        prefix, _, number = name.partition("/")
        if prefix == "Python":
            yield f"HumanEval/{number}"  # HumanEval-X's Python against the original
        if generation.language is not None:
            yield from self._of_multipl_e(generation, name)
        found = _MBPP_PREFIX.match(name)
        if found and self._benchmark.startswith("mbpp"):
            yield from (f"{start}{found[1]}" for start in ("", "Mbpp/", "MBPP/", "mbpp/"))
        counted = _COUNTED.fullmatch(name) if generation.counted else None
        if counted:
            yield from self._spellings(msgspec.structs.replace(generation, counted=False), counted[1])

    def _of_multipl_e(self, generation: Generation, name: str) -> Iterator[str]:
        language = _MULTIPL_E_LANGUAGES.get(generation.language or "")
        if language is None:
            raise FieldError(
                "language", f"{generation.language!r} is not known", "one of " + ", ".join(sorted(_MULTIPL_E_LANGUAGES))
            )
        found = _MULTIPL_E_NAME.match(name)
        if found is None:
            raise FieldError(
                "name", f"{name!r} is not a problem of {self._set.name}", "a name like 'HumanEval_0_has_close_elements'"
            )
        if found[1].lower() == "humaneval":
            yield f"{language.prefix}/{found[2]}"
            if language.name == "python":
                yield f"HumanEval/{found[2]}"
        elif language.name == "python" and self._benchmark.startswith("mbpp"):
            yield from (f"{start}{found[2]}" for start in ("", "Mbpp/", "MBPP/", "mbpp/"))

    @property
    def _benchmark(self) -> str:
        return next((problem.benchmark for problem in self._known.values()), "")

    def _translated(self, generation: Generation) -> Generation:
        """The same with the task id of the target language: files of translations name the source."""
        prefix, _, number = (generation.task or "").partition("/")
        self._sources.add(prefix)
        if prefix not in (*_PREFIXES, "HumanEval") or len(self._sources) > 1:
            known = ", ".join(f"{p}/N" for p in _PREFIXES)
            raise FieldError(
                "task_id",
                f"{generation.task!r} among {', '.join(sorted(self._sources))}",
                f"one source language of {known}",
            )
        return msgspec.structs.replace(generation, task=f"{by_name(self._target or '').prefix}/{number}")

    def _at(self, position: int) -> str:
        if len(self._set.languages) != 1:
            raise FieldError(
                None,
                "the file names no tasks, only their order, and the problems are in several languages",
                "problems of one language, like `humaneval-x/python`, or the file of one",
            )
        if position >= len(self._ordered):
            count = len(self._ordered)
            raise FieldError(
                None,
                f"list {position} has no problem (the first one is list 0)",
                f"at most {counted(count, 'list')}, one per problem of {self._set.name}",
            )
        return self._ordered[position]

    def _asked(self, prompt: str) -> str:
        """The problem with exactly this prompt, blank space apart."""
        found = self._by_prompt.get(_squeezed(prompt), [])
        if len(found) == 1:
            return found[0]
        if found:
            raise FieldError("prompt", f"is that of {', '.join(found[:3])}", "a prompt that only one problem has")
        named = [head.name for head in heads(prompt, by_name(self._set.languages[0]))] if self._known else []
        about = f"{_shown(prompt)} is not the prompt of any problem in {self._set.name}"
        asked = [task for task, problem in self._known.items() if problem.entry_point in named]
        if asked:
            about += f" ({asked[0]} asks for the same function in other words)"
        raise FieldError("prompt", about, "the problems that the file was generated from")

    def _unknown(self, generation: Generation, name: str) -> tuple[str, str]:
        """What is wrong with a task id that is not known, and what was expected."""
        if generation.language is not None:
            benchmark = "MBPP" if name.lower().startswith("mbpp") else "HumanEval"
            return (
                f"{name!r} ({generation.language}) is a problem of MultiPL-E's {benchmark}, and {self._set.name} does"
                " not have it",
                f"a task of {self._set.name}; give the problems that the file was generated from",
            )
        meant = self._meant(name)
        hint = f"Did you mean {meant!r}?" if meant else ""
        error = UnknownNameError("task id", name, self._known, hint)
        words = re.sub(r" Did you mean '[^']*'\?(?= Did you mean)", "", str(error))
        close = re.search(r" Did you mean '([^']*)'\?$", words)
        if close and not meant and not _alike(name, close[1]):
            words = words.removesuffix(close[0])
        if self._set.left_out:
            words = f"{words.rstrip('.')} ({self._set.left_out_words})"
        return words.rstrip("."), f"a task of {self._set.name}"

    def _meant(self, name: str) -> str | None:
        """The id that an unknown one seems to mean: other signs, another name for the language or the benchmark."""
        name = name.strip()
        wanted = _plain_id(name)
        for task in self._known:
            if _plain_id(task) == wanted:
                return task
        found = re.fullmatch(r"(.*?)[/_\-: ]*0*(\d+)", name)
        if not found:
            return None
        language = _MULTIPL_E_LANGUAGES.get(found[1].lower()) or next(
            (one for one in LANGUAGES.values() if found[1].lower() in (one.prefix.lower(), one.title.lower())), None
        )
        prefixes = [language.prefix] if language else []
        if _folded(found[1]) in ("humaneval", "openaihumaneval", "python") and self._benchmark.startswith("humaneval"):
            prefixes += ["HumanEval", "Python"]
        if found[1].lower().startswith("mbpp"):
            prefixes += ["Mbpp", "MBPP", "mbpp"]
        candidates = [f"{prefix}/{found[2]}" for prefix in prefixes]
        if _folded(found[1]) in ("humaneval", "openaihumaneval", "mbpp"):  # MultiPL-E's names go on with the function's
            start = "mbpp" if _folded(found[1]) == "mbpp" else "HumanEval"
            candidates += [task for task in self._known if task.startswith(f"{start}_{found[2]}_")]
        if found[1].lower().startswith("mbpp"):
            candidates.append(found[2])
        if not found[1]:  # a number alone
            candidates = [task for task in self._known if re.fullmatch(rf"\D+0*{found[2]}", task)][:2]
            return candidates[0] if len(candidates) == 1 else None
        return next((candidate for candidate in candidates if candidate in self._known), None)


def sample_of(generation: Generation, problem: Problem, index: int) -> Sample:
    """A generation as a sample of its problem."""
    text, whole = generation.text, generation.whole
    prompt = generation.prompt or ""
    if generation.continued and _squeezed(prompt) != _squeezed(problem.prompt):
        ended = completion(msgspec.structs.replace(problem, prompt=prompt), text)
        text, whole = prompt + ended, True
    if whole and _is_body(generation, problem):
        whole = False
    return Sample(
        task_id=problem.task_id,
        index=index,
        text=text,
        whole=whole,
        answer=generation.answer,
        read_as=generation.read_as,
        finish_reason=generation.finish_reason,
        tokens=generation.tokens,
    )


def _is_body(generation: Generation, problem: Problem) -> bool:
    """Whether a "solution" is the body alone, which no language accepts as a program: Reflexion stores such ones."""
    language = by_name(problem.language)
    if not problem.prompt or not generation.whole or any(_names_of(generation.text, problem)):
        return False
    indented = re.match(r"(?:[ \t]*\n)*[ \t]+\S", generation.text) is not None
    return indented and (language.by_indentation or generation.prompt is not None)


def _names_of(text: str, problem: Problem) -> Iterator[str]:
    """Functions declared in a text that have the name which the tests call."""
    yield from (head.name for head in heads(text, by_name(problem.language)) if head.name == problem.entry_point)


# --- what a record says of its problem -----------------------------------------------------------------------------


def _check_agreement(generation: Generation, problem: Problem, telling: bool) -> None:
    """Refuse a generation whose record says that it was made for another problem than the one with its task id.

    `telling`: no other problem of the set asks for a function of that name, so that the name tells the problem.
    """
    if generation.language is not None:
        language = _MULTIPL_E_LANGUAGES.get(generation.language)
        if language is None or language.name != problem.language:
            raise FieldError(
                "language",
                f"{generation.task!r} is in {generation.language!r}, and the problem is in {problem.language}",
                f"generations in {problem.language}",
            )
    if generation.written_in and generation.written_in != problem.language:
        raise FieldError(
            None,
            f"the text is in {generation.written_in}, and {problem.task_id} is in {problem.language}",
            f"programs in {problem.language}",
        )
    other = generation.benchmark
    if other is not None and _is_another_benchmark(other, problem.benchmark):
        raise FieldError(
            "benchmark",
            f"{problem.task_id!r} was generated for {other}, and the problems are those of {problem.benchmark}",
            f"generations for {problem.benchmark}, or the problems of {other}",
        )
    wanted = problem.entry_point
    if generation.entry_point and wanted and _folded(called(generation.entry_point)) != _folded(called(wanted)):
        raise FieldError(
            "entry_point",
            f"{problem.task_id!r} was asked for {generation.entry_point!r}, and the problem asks for {wanted!r}",
            "generations for these problems: task ids of different benchmarks look alike",
        )
    if generation.prompt is None:
        return
    if generation.continued:  # its own prompt becomes part of the program
        if not (_squeezed(generation.prompt) == _squeezed(problem.prompt) or _declares(generation.prompt, problem)):
            raise FieldError(
                "prompt",
                f"does not declare {wanted!r} but {_shown(generation.prompt)}",
                f"the function that {problem.task_id} tests",
            )
        return
    if _same_prompt(generation.prompt, problem, telling):
        return
    raise FieldError(
        "prompt",
        f"{problem.task_id!r} was generated from {_shown(generation.prompt)}, and the problem asks for"
        f" {wanted!r}: {_shown(problem.declaration or problem.prompt or problem.instruction)}",
        "generations for these problems: task ids of different benchmarks look alike",
    )


def _declares(prompt: str, problem: Problem) -> bool:
    return re.search(rf"(?<![\w$]){re.escape(called(problem.entry_point))}(?![\w$])", prompt) is not None


def _is_another_benchmark(told: str, mine: str) -> bool:
    """Whether a record names another benchmark; names that passatk does not know may be other spellings."""
    if told == mine or _folded(told) == _folded(mine):
        return False
    known = {_folded(name) for name in NAMES}
    return _folded(told) in known or mine not in NAMES


def _same_prompt(prompt: str, problem: Problem, telling: bool) -> bool:
    """Whether a prompt asks for the problem: it has the problem's words, or the name of its function.

    Names are compared without case and underscores, so that the prompt of a translation, which has the function in
    another language, agrees.
    """
    given = _squeezed(prompt)
    own = [_squeezed(part) for part in (problem.prompt, problem.instruction, problem.declaration) if part.strip()]
    if not given or not own or any(part in given or given in part for part in own):
        return True
    if not (problem.entry_point and telling):
        return False
    words = {_folded(word) for word in re.findall(r"[A-Za-z_$][\w$]*", prompt)}
    return _folded(called(problem.entry_point)) in words


def _squeezed(text: str) -> str:
    """Without any blank space."""
    return re.sub(r"\s+", "", text)


def called(entry_point: str) -> str:
    """The name of the function itself: `solve` of `Solution.solve`."""
    words = re.findall(r"[\w$]+", entry_point)
    return words[-1] if words else ""


def _folded(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def _alike(name: str, task: str) -> bool:
    """Whether `task` is `name` with a slip of the finger: its numbers are the same, and nearly all of its letters."""
    numbers = [re.findall(r"\d+", one) for one in (name, task)]
    return numbers[0] == numbers[1] and SequenceMatcher(None, name, task).ratio() >= _ALIKE


_ALIKE = 0.8


def _words_of(name: str) -> str:
    """Words and numbers of a task id, whatever signs are between them."""
    return re.sub(r"[\W_]+", "-", name).strip("-")


def _plain_id(name: str) -> str:
    """A task id without signs, case, and zeros before its number."""
    return re.sub(r"0*(\d+)", r"\1", re.sub(r"[\W_]+", "", name).lower())


def _shown(text: str) -> str:
    """The telling part of a prompt: its last line that declares something, else its first line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    head = next((line for line in lines if re.search(r"\b(def|fn|func|function|class)\b|\(.*\)", line)), None)
    return repr((head or (lines[0] if lines else ""))[:80])
