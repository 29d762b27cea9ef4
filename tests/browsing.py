"""Debian's Chromium for tests, by Playwright, which brings no browser of its own here."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Open = Callable[..., "Page"]
"""The `open_page` fixture: a file, and by keyword width, scheme, fragment."""
WIDTHS, SCHEMES = (1440, 390), ("light", "dark")


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    """One browser for a module's tests; what tests open in it is apart.

    Not for all modules: while it is open an event loop runs in this thread, where other modules start theirs.
    """
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install 'passatk[dev]'"
    )
    place = shutil.which("chromium") or shutil.which("chromium-browser")
    if place is None:
        pytest.skip("no Chromium: tools/setup_tests.sh installs it as root")
    with sync_api.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=place, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: "Browser") -> Iterator[Open]:
    """Opens a file as a person does; the test fails if the page complains, or asks for anything but itself."""
    contexts, complaints, requests = [], list[str](), list[str]()

    def opened(path: Path, width: int = 1440, scheme: Any = "light", fragment: str = "") -> "Page":
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url.partition("#")[0]))
        page.goto(path.as_uri() + fragment)
        if page.locator("#d-index, #grid").count():
            page.wait_for_function("() => document.documentElement.dataset.ready === 'yes'")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
    asked = [url for url in requests if not url.startswith("blob:")]  # its worker is its own script
    assert all(url.startswith("file://") for url in asked)
    assert len(asked) == len(contexts)


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, which finds what people with other eyes and hands cannot use."""
    named = os.environ.get("PASSATK_AXE")
    places = [Path(named)] if named else [Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"]
    if not places[0].is_file():
        pytest.skip("no axe-core: tools/setup_tests.sh installs it (or set PASSATK_AXE to its axe.min.js)")
    return places[0].read_text()
