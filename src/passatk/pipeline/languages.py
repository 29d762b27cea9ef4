"""Names of languages in a request: as people write them, and as everything else expects them."""

from collections.abc import Iterable

from passatk.errors import PassatkError, UnknownNameError
from passatk.languages import LANGUAGES, by_name


def canonical(names: Iterable[str] | None, setting: str) -> tuple[str, ...] | None:
    """The languages' own names, sorted, for names, aliases or task prefixes; None for None.

    Raises:
        UnknownNameError: a name that no language has; `setting` is where it stands.
    """
    if names is None:
        return None
    try:
        return tuple(sorted({by_name(name).name for name in names})) or None
    except PassatkError as error:
        error.setting = setting
        raise


def check_languages(**names: Iterable[str] | None) -> None:
    """Refuse names that no language has, by setting.

    Raises:
        UnknownNameError: there is one.
    """
    for setting, given in names.items():
        for name in given or ():
            if name not in LANGUAGES:
                raise UnknownNameError("language", name, LANGUAGES, setting=setting)
