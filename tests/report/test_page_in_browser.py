"""The page of a run in a real browser: by mouse, by keyboard, by address, by people who see and point otherwise."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browsing import SCHEMES, WIDTHS, Open
from made_runs import Made, make_run, problem

from passatk.cases import CaseResult
from passatk.records import Status
from passatk.report.page import write_page

if TYPE_CHECKING:
    from playwright.sync_api import Page

PASS = Made(text="    if x:\n        return x\n    return x\n", finish_reason="stop", tokens=20)
WRONG = Made(
    text="    if x:\n        return 2\n    return x\n",
    status=Status.WRONG_ANSWER,
    reason="AssertionError: assert f(1) == 1",
    said="failed AssertionError: assert f(1) == 1",
    finish_reason="stop",
)
ERROR = Made(
    text="    return needle\n", status=Status.RUNTIME_ERROR, reason="NameError: name 'needle'", stderr="Haystack"
)
CUT = Made(
    text="    return (", status=Status.COMPILE_ERROR, reason="SyntaxError: '(' was never closed", finish_reason="length"
)
NEAR = Made(text="    return slow(x)\n", borderline=True, cpu_s=2.5, attempts=2)
SHAKY = Made(text="    return random()\n", status=Status.WRONG_ANSWER, unstable=True, reason="unstable (passed 1 x)")
UNJUDGED = Made(text="    return 9\n", status=Status.NOT_JUDGED, reason="the sandbox failed: it is full")

NASTY = (
    "</script><img src=x onerror=alert(1)><!-- \x1b[31mred\x1b]0;owned\x07 \u202eevil\u2066 \ufeff \0"
    " javascript:alert(2) \udc80"
)
TESTED = Made(
    text="    return 3\n",
    status=Status.WRONG_ANSWER,
    reason="test hidden: line 1: expected '4', got '3'",
    cases=(
        CaseResult(id="public", status="passed", public=True, weight=1.0, cpu_s=0.01, output="3"),
        CaseResult(id=NASTY.replace("\udc80", ""), status="passed", public=False, weight=1.0),
        *(CaseResult(id=f"n{n}", status="passed", public=False, weight=0.0) for n in range(60)),
        CaseResult(id="hidden", status="wrong_answer", public=False, weight=2.0, words=f"got {NASTY[:20]}"),
    ),
)
CONTROLS = "main button:not([disabled]), main input, main select, main summary, main a, nav a"
MARK_ALL = f"[...document.querySelectorAll('{CONTROLS}')].map((e, n) => (e.dataset.seen = String(n)))"
OUTLINED = "getComputedStyle(document.activeElement).outlineStyle !== 'none'"
RUN_AXE = """axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.map(
    rule => [rule.id, rule.nodes.slice(0, 3).map(node => node.html + ' ' + node.failureSummary)]))"""

Shown = Callable[..., "Page"]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages by name: `one` run, `two` runs, `many` problems, `hostile` text, `tested` by inputs."""
    folder = tmp_path_factory.mktemp("pages")
    python = {f"Python/{n}": [PASS, WRONG, ERROR][: 1 + n % 3] + [PASS] * (n % 2) for n in range(6)}
    mixed = {**python, "Python/6": [CUT, NEAR, SHAKY, UNJUDGED, PASS], "Go/0": [PASS, WRONG]}
    problems = [problem(task, "go" if task.startswith("Go") else "python") for task in mixed]
    one = make_run(folder / "one", mixed, problems)
    later = {task: [PASS, *own[1:-1]] for task, own in mixed.items()} | {"Python/4": [WRONG, WRONG]}
    other = make_run(folder / "other", later, problems)
    many = make_run(folder / "many", {f"Python/{n}": [PASS, WRONG] * 30 for n in range(200)})
    name = NASTY.replace("\udc80", "")
    long = f"{NASTY}\n{'x' * 1_000_000}"
    bad = Made(text=long, status=Status.RUNTIME_ERROR, reason=name, stdout=name, said=name)
    hostile = make_run(
        folder / "hostile", {name: [bad, PASS]}, [problem(name, prompt=NASTY, tests=NASTY)], samples=name
    )
    tested = make_run(folder / "tested", {"Python/0": [TESTED, PASS]})
    sets = {"one": [one], "two": [one, other], "many": [many], "hostile": [hostile], "tested": [tested]}
    for called, runs in sets.items():
        write_page(runs, folder / f"{called}.html")
    return {called: folder / f"{called}.html" for called in sets}


@pytest.fixture
def shown(open_page: Open, files: dict[str, Path]) -> Shown:
    def show(name: str, **how: Any) -> "Page":
        return open_page(files[name], **how)

    return show


def found(page: "Page") -> str:
    return page.locator("#found").inner_text()


def cell(page: "Page", row: int, column: int) -> Any:
    return page.locator(f'[aria-rowindex="{row + 1}"] [aria-colindex="{column + 1}"]')


@pytest.mark.parametrize(
    ("filter_name", "samples", "problems"),
    [
        ("all", 22, 8),
        ("failed", 9, 6),
        ("mixed", 19, 6),
        ("not judged", 1, 1),
        ("borderline", 1, 1),
        ("unstable", 1, 1),
        ("cut off", 1, 1),
    ],
)
def test_filters_count_what_they_name(shown: Shown, filter_name: str, samples: int, problems: int) -> None:
    page = shown("one")
    page.get_by_role("button", name=filter_name, exact=True).click()
    words = found(page)
    assert words.startswith(f"{samples} sample")
    assert f"in {problems} problem" in words


def test_two_clicks_lead_from_the_first_screen_to_why_a_sample_failed(shown: Shown) -> None:
    page = shown("many")
    page.get_by_role("link", name="6000 failed").click()
    cell(page, 1, 3).click()
    assert "AssertionError: assert f(1) == 1" in page.get_by_role("dialog").inner_text()


def test_a_cluster_shows_its_samples_and_back_goes_back(shown: Shown) -> None:
    page = shown("one")
    page.get_by_role("button", name="NameError").click()
    assert "2 samples of 22 in 2 problems, failing with “NameError: name '…'”" in found(page)
    page.go_back()
    assert found(page) == "22 samples in 8 problems"
    page.go_forward()
    assert "in 2 problems" in found(page)


@pytest.mark.parametrize(
    ("text", "regular", "scope", "samples"),
    [
        ("needle", False, "all", 2),
        ("NEEDLE", False, "programs", 2),
        ("haystack", False, "outputs", 2),
        ("haystack", False, "programs", 0),
        ("python/6", False, "ids", 5),
        ("Python/6#2", False, "ids", 1),
        (r"^ +return \(", True, "programs", 1),
        (r"Go/\d#1", True, "ids", 1),
    ],
)
def test_search_finds_ids_programs_and_outputs(
    shown: Shown, text: str, regular: bool, scope: str, samples: int
) -> None:
    page = shown("one")
    page.get_by_label("Search in").select_option(scope)
    page.get_by_label("regular expression").set_checked(regular)
    page.get_by_role("searchbox").fill(text)
    page.wait_for_function(
        "wanted => document.getElementById('found').textContent.startsWith(wanted)", arg=f"{samples} sample"
    )


def test_an_expression_that_takes_for_ever_is_ended_and_the_page_goes_on(shown: Shown) -> None:
    page = shown("one")
    page.get_by_label("regular expression").check()
    page.get_by_role("searchbox").fill(r"^(\s*\S*)*~$")
    page.wait_for_function("() => location.hash.includes('q=')")
    page.get_by_role("button", name="failed", exact=True).click(timeout=1000)  # it is not busy
    page.get_by_text("The search was ended after 3 seconds").wait_for()
    page.get_by_role("searchbox").fill(r"ne+dle")
    page.wait_for_function("() => document.getElementById('found').textContent.startsWith('2 samples')")
    assert page.locator("#query-error").inner_text() == ""


def test_a_newer_search_is_answered_though_an_older_one_never_ends(shown: Shown) -> None:
    page = shown("one", fragment="#q=%5E(%5Cs*%5CS*)*~%24&re=1")
    page.get_by_label("regular expression").uncheck()
    page.get_by_role("searchbox").fill("haystack")
    page.wait_for_function("() => document.getElementById('found').textContent.startsWith('2 samples')")
    assert page.locator("#query-error").inner_text() == ""


def test_a_wrong_regular_expression_is_told(shown: Shown) -> None:
    page = shown("one", fragment="#q=%28&re=1")
    page.get_by_text("Not a regular expression").wait_for()


def test_a_sample_shows_all_that_is_known_of_it(shown: Shown) -> None:
    page = shown("one")
    page.locator('[aria-label="sample 1: wrong answer"]').first.click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    words = dialog.inner_text()
    for part in ("wrong answer", "def f(x):", "assert f(1) == 1", "Difference to the nearest that passed", "0.02 of 3"):
        assert part in words
    command = dialog.locator(".command").inner_text()
    assert command.startswith("passatk replay ")
    assert command.endswith("'Go/0#1'")
    assert dialog.locator(".minus").inner_text().strip() == "-         return 2"
    assert dialog.locator(".plus").inner_text().strip() == "+         return x"
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_tests_with_inputs_have_a_row_each(shown: Shown) -> None:
    page = shown("tested", fragment="#t=Python%2F0&i=0")
    section = page.locator("section[aria-labelledby=p-results]")
    section.wait_for()
    assert "62 of 63 passed: 50 % by weight, 100 % of those shown, 98.4 % of those hidden." in section.inner_text()
    first = section.locator("tbody tr").first.inner_text().split("\t")
    assert first[:4] == ["hidden", "wrong answer", "", "2"]
    assert "<img" in section.inner_text()
    assert section.locator("img").count() == 0
    assert section.locator("tbody tr").count() == 50
    assert "13 more: passatk show has them." in section.inner_text()
    assert shown("tested", fragment="#t=Python%2F0&i=1").locator("#p-results").count() == 0


def test_an_address_leads_to_its_sample(shown: Shown) -> None:
    page = shown("one", fragment="#t=Python%2F6&i=1&f=borderline")
    assert page.locator("#sample-title").inner_text().endswith("Python/6#1")
    assert "borderline" in page.get_by_role("dialog").inner_text()
    assert "* the attempt that decided" in page.get_by_role("dialog").inner_text()
    page.locator("#go-close").click()
    assert page.evaluate("location.hash") == "#f=borderline"
    page.go_back()
    page.get_by_role("dialog").wait_for()


def test_the_grid_is_one_tab_stop_and_arrows_move_in_it(shown: Shown) -> None:
    page = shown("many")
    assert page.locator("[role=grid] [tabindex='0']").count() == 1
    cell(page, 0, 0).focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowDown", "End", "PageDown"):
        page.keyboard.press(key)
    assert page.locator("[role=grid] [tabindex='0']").count() == 1
    page.keyboard.press("Control+End")
    last = page.evaluate(
        "['aria-rowindex', 'aria-colindex'].map(n => document.activeElement.closest(`[${n}]`).getAttribute(n))"
    )
    assert last == ["201", "62"]
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    assert page.locator("#sample-title").inner_text().endswith("Python/199#59")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.parentNode.getAttribute('aria-rowindex')") == "201"
    page.keyboard.press("Tab")
    assert not page.evaluate("document.querySelector('[role=grid]').contains(document.activeElement)")


def test_the_grid_says_its_true_size_though_few_rows_exist(shown: Shown) -> None:
    page = shown("many")
    grid = page.get_by_role("grid")
    assert (grid.get_attribute("aria-rowcount"), grid.get_attribute("aria-colcount")) == ("201", "62")
    assert page.locator(".body .row").count() < 60
    page.locator(".scroller").evaluate("scroller => { scroller.scrollTop = 100 * 24; }")
    page.wait_for_function("() => document.querySelector('[aria-rowindex=\"110\"]') !== null")
    assert page.locator('[aria-rowindex="110"] [role=rowheader]').inner_text() == "Python/108"
    assert page.locator("[role=grid] [tabindex='0']").count() == 1


PIXEL = """([row, column]) => {
  const top = document.querySelector(`.body [aria-rowindex="${row + 1}"]`).offsetTop;
  const own = (canvas) => canvas.offsetTop <= top && top < canvas.offsetTop + canvas.offsetHeight;
  const canvas = [...document.querySelectorAll('.body canvas')].find(own);
  const ratio = canvas.width / canvas.clientWidth, pen = new OffscreenCanvas(1, 1).getContext('2d');
  pen.drawImage(canvas, (24 * column + 3) * ratio, (top - canvas.offsetTop + 4) * ratio, 1, 1, 0, 0, 1, 1);
  return [...pen.getImageData(0, 0, 1, 1).data].join();
}"""


@pytest.mark.parametrize("scheme", SCHEMES)
def test_cells_are_coloured_by_status_and_pale_where_a_filter_leaves_them_out(shown: Shown, scheme: str) -> None:
    page = shown("many", scheme=scheme)
    passed, wrong = page.evaluate(PIXEL, [1, 0]), page.evaluate(PIXEL, [1, 1])
    assert passed != wrong
    assert (page.evaluate(PIXEL, [7, 2]), page.evaluate(PIXEL, [7, 3])) == (passed, wrong)
    page.get_by_role("button", name="failed", exact=True).click()
    page.wait_for_function("() => document.getElementById('found').textContent.includes(' of ')")
    assert (page.evaluate(PIXEL, [1, 0]), page.evaluate(PIXEL, [1, 1])) == ("0,0,0,0", wrong)
    page.emulate_media(color_scheme="light" if scheme == "dark" else "dark")
    page.wait_for_function(f"before => !['0,0,0,0', before].includes(({PIXEL})([1, 1]))", arg=wrong)


def test_focus_stays_with_its_cell_when_the_grid_scrolls(shown: Shown) -> None:
    page = shown("many", width=390)
    cell(page, 3, 2).focus()
    page.locator(".scroller").evaluate("scroller => { scroller.scrollLeft = 600; scroller.scrollTop = 2400; }")
    page.wait_for_function("() => document.querySelector('[aria-rowindex=\"110\"]') !== null")
    place = "['aria-rowindex', 'aria-colindex'].map(n => document.activeElement.closest(`[${n}]`)?.getAttribute(n))"
    assert page.evaluate(place) == ["4", "3"]
    page.keyboard.press("ArrowRight")
    assert page.evaluate(place) == ["4", "4"]


def test_headings_sort(shown: Shown) -> None:
    page = shown("one")
    heading = page.get_by_role("grid").get_by_role("columnheader", name="passed")
    heading.click()
    assert heading.get_attribute("aria-sort") == "ascending"
    assert cell(page, 1, 2).inner_text() == "1/3"
    page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    assert cell(page, 1, 2).inner_text() in ("1/1", "2/2")


def test_everything_can_be_reached_by_keyboard(shown: Shown) -> None:
    page = shown("one")
    wanted = set(page.evaluate(MARK_ALL))
    reached = set()
    for _ in range(len(wanted) + 40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.dataset.seen || ''"))
        visible = page.evaluate(f"document.activeElement === document.body || {OUTLINED}")
        assert visible, page.evaluate("document.activeElement.outerHTML")[:200]
    assert wanted <= reached


@pytest.mark.parametrize(("filter_name", "samples"), [("different", 2), ("regressed", 1), ("improved", 1)])
def test_two_runs_show_what_changed(shown: Shown, filter_name: str, samples: int) -> None:
    page = shown("two")
    page.get_by_role("button", name=filter_name, exact=True).click()
    assert found(page).startswith(f"{samples} sample")


def test_a_sample_of_two_runs_can_be_seen_in_both(shown: Shown) -> None:
    page = shown("two", fragment="#t=Python%2F6&i=0")
    dialog = page.get_by_role("dialog")
    assert "compile error" in dialog.inner_text()
    assert "Between the runs" in dialog.inner_text()
    dialog.get_by_role("button", name="second run").click()
    page.wait_for_function("() => document.getElementById('sample').innerText.includes('passed')")
    assert "run=b" in page.evaluate("location.hash")


def test_hostile_text_is_shown_and_does_nothing(shown: Shown) -> None:
    page = shown("hostile")
    page.on("dialog", lambda dialog: pytest.fail(f"the page ran what it shows: {dialog.message}"))
    cell(page, 1, 2).click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    words = dialog.inner_text()
    for part in (
        "<img src=x onerror=alert(1)>",
        r"\x1b[31mred\x1b]0;owned\x07",
        r"\u202eevil\u2066",
        r"\udc80",
        r"\x00",
    ):
        assert part in words
    assert "characters more" in words
    assert page.locator("img, iframe, object").count() == 0
    assert not page.evaluate(r"/[\u202a-\u202e\u2066-\u2069\u0000-\u0008\u001b]/.test(document.body.innerText)")
    command = dialog.locator(".command").inner_text()
    assert "$'" in command
    assert r"\x1b" in command


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["one", "two"])
def test_no_rule_of_accessibility_is_broken(shown: Shown, axe: str, name: str, width: int, scheme: str) -> None:
    page = shown(name, width=width, scheme=scheme)
    for fragment in ("", "#t=Python%2F6&i=0"):
        page.evaluate("fragment => { location.hash = fragment; }", fragment)
        if fragment:
            page.get_by_role("dialog").wait_for()
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        broken = page.evaluate(f"{axe}; {RUN_AXE}")
        assert broken == [], json.dumps(broken, indent=1)


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_window(shown: Shown, width: int) -> None:
    page = shown("one", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page = shown("hostile", width=width, fragment="#t=~0&i=0")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_page_without_javascript_still_has_its_figures(chromium: Any, files: dict[str, Path]) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(files["one"].as_uri())
    words = page.locator("body").inner_text()
    assert "No score" in words or "pass@1" in words
    assert "The grid of samples needs JavaScript" in words
    context.close()


def test_on_paper_all_is_open_and_the_grid_is_text(shown: Shown) -> None:
    page = shown("many")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("main details:not([open])").count() == 0
    paper = page.locator("#paper")
    assert paper.locator("tbody tr").count() == 200
    assert paper.locator("tbody tr").first.inner_text().split() == ["Python/0", "30/60", "✓\u00d7" * 30]
    assert not page.locator("#grid").is_visible()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#paper").count() == 0
    assert page.locator("main details[open]").count() == 0
    assert page.locator("#grid").is_visible()


def test_an_opened_sample_is_what_is_printed(shown: Shown) -> None:
    page = shown("one", fragment="#t=Python%2F6&i=0")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert "Python/6#0" in page.locator("body > #paper").inner_text()
    assert "SyntaxError" in page.locator("body > #paper").inner_text()
    assert not page.locator("main").is_visible()


def test_a_printed_grid_says_what_it_leaves_out(open_page: Open, tmp_path: Path) -> None:
    run = make_run(tmp_path / "large", {f"Python/{n}": [PASS] * (101 if n == 0 else 1) for n in range(201)})
    write_page([run], tmp_path / "large.html")
    page = open_page(tmp_path / "large.html")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    words = page.locator("#paper .note").inner_text()
    assert words.startswith("On paper are the first 200 of 201 problems, the first 100 samples of each")
    assert page.locator("#paper tbody tr").first.inner_text().split() == ["Python/0", "101/101", "✓" * 100]


def test_the_sentence_on_two_runs_leads_to_what_got_worse(shown: Shown) -> None:
    page = shown("two")
    page.locator(".lead").get_by_role("link", name="passed and fail now").click()
    assert found(page).startswith("1 sample")
    page.get_by_role("group", name="Problems that came out differently").get_by_role("link").first.click()
    page.get_by_role("dialog").wait_for()
    assert "Between the runs" in page.get_by_role("dialog").inner_text()
