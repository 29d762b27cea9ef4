"""A picture of a page, for docs/pictures: `python tools/picture.py PAGE PICTURE [PLACE]`.

PLACE is what an address has behind its `#`: a section like `samples`, or a state of the grid like `f=regressed`.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright


def take(page: Path, picture: Path, place: str) -> None:
    """Write what Chromium shows of `page` in a window of 1,200 by 760."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("no Chromium: tools/setup_tests.sh installs it as root")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        shown = browser.new_page(viewport={"width": 1200, "height": 760}, reduced_motion="reduce")
        shown.goto(f"{page.resolve().as_uri()}#{place}")
        shown.wait_for_function("() => document.documentElement.dataset.ready === 'yes'")
        if place:
            shown.evaluate("id => document.getElementById(id).scrollIntoView()", "samples" if "=" in place else place)
        shown.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    if not 3 <= len(sys.argv) <= 4:
        raise SystemExit(__doc__)
    take(Path(sys.argv[1]), Path(sys.argv[2]), "".join(sys.argv[3:]))
