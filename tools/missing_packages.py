"""Print what languages lack whose toolchain is not here, of those named, or `all`: Debian packages.

With `--npm` first: packages of npm, a line for each language, behind the folder that they belong in.
"""

import sys

from passatk.errors import PassatkError
from passatk.languages import LANGUAGES, by_name
from passatk.textfiles import data_home


def main(names: list[str]) -> None:
    npm = names[:1] == ["--npm"]
    names = names[1:] if npm else names
    try:
        chosen = [by_name(name) for name in names] if names != ["all"] else list(LANGUAGES.values())
    except PassatkError as error:
        sys.exit(f"setup: {error}")
    cache = data_home() / "toolchains"
    missing = [language for language in chosen if not language.toolchain(cache).usable]
    if npm:
        for language in missing:
            if language.modules:
                print(cache / language.name, *language.modules)
    else:
        print(*dict.fromkeys(package for language in missing for package in language.packages))


main(" ".join(sys.argv[1:]).replace(",", " ").split())
