"""Print the Debian packages of languages whose toolchain is not here: of those named, or `all`."""

import sys

from passatk.errors import PassatkError
from passatk.languages import LANGUAGES, by_name
from passatk.textfiles import data_home


def main(names: list[str]) -> None:
    try:
        chosen = [by_name(name) for name in names] if names != ["all"] else list(LANGUAGES.values())
    except PassatkError as error:
        sys.exit(f"setup: {error}")
    cache = data_home() / "toolchains"
    missing = [language for language in chosen if not language.toolchain(cache).usable]
    print(*dict.fromkeys(package for language in missing for package in language.packages))


main(" ".join(sys.argv[1:]).replace(",", " ").split())
