"""One hostile program, and how a row of the tables becomes one for each of its languages."""

from hostile.frames import frame
from passatk.records import Record, Status


class Case(Record, frozen=True, kw_only=True):
    """A hostile program and the status it must get."""

    name: str
    language: str
    source: str
    """A whole solution of the language's self-test problem."""
    status: Status

    @property
    def id(self) -> str:
        return f"{self.name.replace(' ', '-')}-{self.language}"


def row(name: str, status: Status, **statements: str) -> tuple[Case, ...]:
    """One idea in several languages: what `answer` executes before it gives the right answer."""
    return whole(name, status, **{language: frame(language, text) for language, text in statements.items()})


def whole(name: str, status: Status, **sources: str) -> tuple[Case, ...]:
    """The same, of whole solutions."""
    return tuple(Case(name=name, language=lang, source=text, status=status) for lang, text in sources.items())
