"""How a language is written: what is needed to cut a completion and to read an answer, and nothing of toolchains."""

import re
from typing import ClassVar

from passatk.languages.lexing import Lexicon, end_by_braces, end_by_indentation, open_braces
from passatk.languages.syntax import Grammar, Outline, Part, outline
from passatk.regex import regex

NOTHING = regex(r"(?!)")


LIST = r"[A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*"
"""Names between commas."""
_FOLLOWS = r"\s*(?=[=;:,)({\[])(?!==|::)"
_NO_TYPES = "return|else|new|delete|throw|case|goto|using|namespace|instanceof|extends|import|package|class|in|of"
TYPED_BINDS = (
    rf"\b(?!(?:{_NO_TYPES})\b)[A-Za-z_]\w*[ \t]*(?:[&*]+[ \t]*|[ \t]|\[\][ \t]*)([A-Za-z_]\w*){_FOLLOWS}",
    rf"(?<=\S>)[ \t]*[&*]*[ \t]+[&*]*([A-Za-z_]\w*){_FOLLOWS}",
    r",\s*([A-Za-z_]\w*)\s*(?=[=;])(?!==)",
)
"""`Dialect.binds` where a type stands before a name."""


def patterns(*sources: str) -> tuple[re.Pattern[str], ...]:
    """Regular expressions whose `^` and `$` match at lines."""
    return tuple(regex(source, re.MULTILINE) for source in sources)


class Dialect:
    """The written side of a `Language`. Its attributes are constants."""

    fences: ClassVar[tuple[str, ...]]
    """Names that a code block in this language may bear, in lower case."""
    supersets: ClassVar[tuple[str, ...]] = ()
    """Those of them that say it may be more than this language: such a block counts where no other is a solution."""
    suffixes: ClassVar[tuple[str, ...]] = ()
    """Endings of source files."""
    lexicon: ClassVar[Lexicon]
    """Comments and strings."""
    grammar: ClassVar[Grammar]
    """Definitions, imports and names."""
    parsed: ClassVar[bool] = True
    """`valid` tells programs of the language from other texts."""
    interpolated: ClassVar[str] = r"(?!)"
    """Strings that hold expressions: a regular expression."""
    binds: ClassVar[tuple[re.Pattern[str], ...]] = ()
    """What binds names in a function's body: one group with a name or a list of them."""
    inner_parameters: ClassVar[re.Pattern[str]] = NOTHING
    """Parameters of functions inside of others, where they stand beside types."""
    upper_is_no_variable: ClassVar[bool] = False
    """A pattern may hold types and variants, told from variables by their first letter (Rust)."""
    members: ClassVar[tuple[str, ...]] = (".",)
    """What stands before a name that is a member of something."""
    by_indentation: ClassVar[bool] = False
    """Blocks are told by indentation, not by what closes them."""
    closer: ClassVar[str] = "}"
    """Closes a block."""
    closers: ClassVar[int] = 1
    """Closing braces behind a solution: Java's method stands in a class."""
    code_line: ClassVar[re.Pattern[str]]
    """A line outside of any function that is code, not prose."""
    driver_names: ClassVar[re.Pattern[str]] = NOTHING
    """Definitions that only run or test a solution, by their whole name."""
    driver_code: ClassVar[re.Pattern[str]] = NOTHING
    """At the beginning of a statement or definition outside of functions that only runs or tests a solution."""
    hands_over: ClassVar[re.Pattern[str]] = NOTHING
    """At the beginning of a statement that gives the solution to others and so is a part of it."""
    test_imports: ClassVar[re.Pattern[str]] = NOTHING
    """At the beginning of an import that only tests need."""
    own_imports: ClassVar[re.Pattern[str]] = NOTHING
    """At the beginning of an import of what another part of the answer may define."""
    reads_input: ClassVar[re.Pattern[str]] = NOTHING
    """In a statement outside of functions: it would wait for input."""
    stub: ClassVar[re.Pattern[str]] = regex(r"pass|\.\.\.|;|return;?")
    """A whole statement that does nothing: a body of such is none."""
    returns: ClassVar[re.Pattern[str]] = regex(r"\b(?:return|throw)\b")
    """In a function's body that gives something back."""
    first_code: ClassVar[re.Pattern[str]] = NOTHING
    """At the beginning of what must stand before everything else."""
    prompt_imports: ClassVar[bool] = True
    """What a problem imports may stand in a program that does not use it."""
    unused_imports: ClassVar[bool] = True
    """A program may import what it does not use."""

    def end_of_function(self, text: str, new: int) -> int | None:
        """Where the function whose body `text` begins has ended, or None if it goes on.

        Args:
            text: what a model wrote so far, behind the function's head.
            new: where its newest part begins: before it, the function had not ended.
        """
        if self.by_indentation:
            return end_by_indentation(self.lexicon, text, new)
        return end_by_braces(self.lexicon, text, new, self.closers)

    def open_blocks(self, text: str) -> int:
        """How many blocks `text` leaves open, each to be closed by a `closer`; negative where it closes more."""
        return 0 if self.by_indentation else open_braces(self.lexicon, text)

    def outline(self, code: str) -> Outline:
        """The parts of a program: imports, definitions and the rest."""
        return outline(self.grammar, code)

    def valid(self, code: str) -> bool:
        """Whether `code` is a program, as far as its grammar tells."""
        return not self.outline(code).broken

    def imports(self, part: Part) -> list[Part]:
        """An import as one or more, so that each can be left out where its names are taken."""
        return [part]

    def shaped(self, code: str, entry: str) -> str:
        """A program of its own as one that can stand before tests that call `entry`."""
        return code

    def at_once(self, code: str) -> str:
        """A statement without the functions in it that only others will call."""
        return code

    def placed(self, code: str, prompt: str, entry: str) -> str:
        """A shaped program with `entry` where tests of a problem with this `prompt` look for it."""
        return code

    def merged(self, added: list[Part], code: str, entry: str) -> str:
        """`code` behind the definitions and imports that it lacks."""
        return "".join(f"{part.text.rstrip()}\n" for part in added) + code
