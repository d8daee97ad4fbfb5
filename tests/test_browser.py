"""The published site in a real Chromium: for every reader, on a phone and a desk, by day and by night, without scripts, on paper."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from website import ROOT, Chromium, Watch, chromium, served, site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page
    from website import Server

__all__ = ["site"]

PHONE, DESK = 360, 1280
"""Widths of a small phone and of a common screen, in CSS pixels."""
A4 = 703
"""Width of an A4 page within the style sheet's margins of 12 mm, in CSS pixels."""
SCHEMES = {"light": "default", "dark": "slate"}
MONEY = "reports/pingtan/2019/"
FINDINGS = "reports/pingtan-haitan/2024/"
HYBRID = "reports/pingtan-haitan/2023/"
REPORTS = {"money": MONEY, "findings": FINDINGS, "hybrid": HYBRID}
PAGES = {
    "home": "",
    "agency": "reports/pingtan/",
    **REPORTS,
    "year": "years/2024/",
    "data": "data/",
    "rule": "quality/T3-ROW/",
    "lost": "404.html",
}
TOTAL = "applications/new/total"


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def server(site: Path) -> Iterator[Server]:
    with served(site) as running:
        yield running


STILL = """async () => {
  for (let frame = 0, still = 0; still < 12; frame++, still++) {
    if (frame > 600) throw new Error("it moves without end");
    await new Promise(requestAnimationFrame);
    if (document.getAnimations().some(each => each.playState === "running")) still = 0;
  }
}"""


def settled(page: Page) -> None:
    """Wait until nothing has moved or faded for a dozen frames: a colour half way is no colour to judge."""
    page.evaluate(STILL)


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    return int(page.evaluate("() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth"))


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {node['target']} {node['any'][0]['message'] if node['any'] else ''}" for each in found for node in each["nodes"]
    ]


def kept_cells(path: str) -> dict[str, str]:
    """Text of each cell of the statutory tables that a package keeps, by address."""
    found = {}
    for table in ("disclosure", "applications", "disputes"):
        with (ROOT / "datapackages" / path.removeprefix("reports/") / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                found |= {f"{table}/{row['line']}/{column}": text for column, text in row.items() if column not in {"line", "label"}}
    return found


def test_pages_are_what_their_names_say() -> None:
    """The pages below were chosen for what is hard on them; if the data change, others must be chosen."""
    described = {
        name: json.loads((ROOT / "datapackages" / path.removeprefix("reports/") / "datapackage.json").read_text(encoding="utf-8"))
        for name, path in REPORTS.items()
    }
    with (ROOT / "datapackages" / "pingtan" / "2019" / "data" / "notes.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["printed"] for row in csv.DictReader(stream) if row["column"] == "amount"] == ["75394432.52元"]
    assert described["findings"]["report"]["absent"] == ["disclosure/rules"]
    assert len(set(described["hybrid"]["report"]["forms"].values())) == 2


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible_narrow_enough_and_quiet(browser: Chromium, server: Server, name: str, scheme: str) -> None:
    """At both widths: axe finds nothing, nothing is asked of anybody else, the console is silent; a phone's page never scrolls sideways."""
    context = browser.context(viewport={"width": PHONE, "height": 800}, color_scheme=scheme)
    watch = Watch.over(context)
    page = context.new_page()
    page.goto(server.url + PAGES[name])
    assert page.evaluate("document.body.dataset.mdColorScheme") == SCHEMES[scheme]
    settled(page)
    assert overflow(page) == 0
    found = violations(page)
    page.set_viewport_size({"width": DESK, "height": 800})
    settled(page)
    assert overflow(page) == 0
    found += violations(page)
    context.close()
    assert found == []
    assert watch.elsewhere(server) == []
    assert browser.outside == []
    assert watch.complaints == []
    assert len(watch.requests) > 3


def test_icon_comes_from_the_site(browser: Chromium, server: Server) -> None:
    """Chromium asks for the page's icon behind Playwright's back; the server sees it."""
    context = browser.context()
    page = context.new_page()
    page.goto(server.url)
    icon = page.locator("link[rel=icon]").evaluate("link => link.href")
    context.close()
    assert icon.startswith(server.url)
    assert (server.folder / icon.removeprefix(server.url)).is_file()


@pytest.mark.parametrize("name", REPORTS)
def test_without_scripts_every_table_is_there(browser: Chromium, server: Server, name: str) -> None:
    context = browser.context(viewport={"width": PHONE, "height": 800}, java_script_enabled=False)
    watch = Watch.over(context)
    page = context.new_page()
    page.goto(server.url + REPORTS[name])
    cells = page.locator("td[id]")
    shown = cells.evaluate_all("cells => cells.map(cell => [cell.id, cell.textContent, cell.checkVisibility(), cell.offsetWidth > 0])")
    captions = page.locator("table caption").all_inner_texts()
    links = page.locator("a[download]").count()
    width = overflow(page)
    context.close()
    kept = kept_cells(REPORTS[name])
    texts = {address: text for address, text, _, _ in shown}
    assert {address: text for address, text in kept.items() if text} == {
        address: text for address, text in texts.items() if text and address in kept
    }
    assert len([text for text in kept.values() if text]) > 170
    assert all(visible and wide for _, _, visible, wide in shown)
    assert len(captions) >= 4
    assert links >= 8
    assert width == 0
    assert not [url for url in watch.requests if url.endswith(".js")]
    assert watch.elsewhere(server) == []


def test_without_scripts_lists_are_there(browser: Chromium, server: Server) -> None:
    context = browser.context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url + "years/2024/")
    reports = page.locator("th[scope=row] a").count()
    page.goto(server.url)
    agencies = page.locator("a[href^='reports/']:visible").count()
    context.close()
    assert reports == len(list((ROOT / "datapackages").glob("*/2024")))
    assert agencies >= len(list((ROOT / "datapackages").glob("*/agency.yml")))


# -- tables on a phone --------------------------------------------------------------------------------------------------


def _box(page: Page, selector: str) -> dict[str, Any]:
    """Edges of an element in the window."""
    return dict(page.locator(selector).first.evaluate("element => element.getBoundingClientRect().toJSON()"))


def test_wide_table_is_read_with_the_keyboard_alone(browser: Chromium, server: Server) -> None:
    """Tab reaches the scroller, arrow keys move it, and the column of labels stays."""
    context = browser.context(viewport={"width": PHONE, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(server.url + MONEY)
    scroller = ".or-scroll:has(td[id^='applications/'])"
    label = f"{scroller} tbody th[scope=row]"
    state = page.locator(scroller)
    assert state.evaluate("element => element.scrollWidth > element.clientWidth + 100"), "nothing to scroll: the test is void"
    for _ in range(150):
        page.keyboard.press("Tab")
        if state.evaluate("element => element === document.activeElement"):
            break
    assert state.evaluate("element => element === document.activeElement"), "Tab never reached the table"
    outline = state.evaluate("element => getComputedStyle(element).outlineStyle + getComputedStyle(element).outlineWidth")
    assert outline.startswith("solid")
    assert outline != "solid0px"
    assert state.get_attribute("role") == "region"
    name = state.evaluate("element => document.getElementById(element.getAttribute('aria-labelledby')).textContent")
    assert name.strip()

    before = _box(page, label)
    cell = _box(page, f"[id='{TOTAL}']")
    assert cell["right"] > PHONE, "the last column is in sight already: the test is void"
    for _ in range(60):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("element => element.scrollLeft + element.clientWidth >= element.scrollWidth - 1", arg=state.element_handle())
    after = _box(page, label)
    assert (after["x"], after["width"]) == (before["x"], before["width"])
    cell = _box(page, f"[id='{TOTAL}']")
    assert after["right"] <= cell["left"], "the label column covers the last figure"
    assert cell["right"] <= PHONE
    assert overflow(page) == 0
    context.close()


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_address_of_a_figure_leads_to_its_cell_and_marks_it(browser: Chromium, server: Server, width: int, *, scripts: bool) -> None:
    context = browser.context(viewport={"width": width, "height": 800}, java_script_enabled=scripts, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{server.url}{MONEY}#{TOTAL}")
    if scripts:
        settled(page)
    cell = page.locator(f"[id='{TOTAL}']")
    other = page.locator("[id='applications/carried_in/total']")
    marked = "cell => cell.matches(':target') && parseFloat(getComputedStyle(cell).outlineWidth) > 0 && getComputedStyle(cell).outlineStyle !== 'none'"
    assert cell.evaluate(marked)
    assert not other.evaluate(marked)
    box = _box(page, f"[id='{TOTAL}']")
    assert 0 <= box["left"] < box["right"] <= width
    assert 0 <= box["top"] < box["bottom"] <= 800
    on_top = "cell => { const box = cell.getBoundingClientRect(); return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) === cell }"
    assert cell.evaluate(on_top), "something covers the figure"
    context.close()


@pytest.mark.parametrize("name", REPORTS)
def test_printed_tables_are_whole(browser: Chromium, server: Server, name: str) -> None:
    """On A4 no table is wider than the page, no scroller hides a column, and the menus stay away."""
    context = browser.context(viewport={"width": A4, "height": 1000}, color_scheme="light")
    page = context.new_page()
    page.emulate_media(media="print")
    page.goto(server.url + REPORTS[name])
    settled(page)
    tables = page.locator("table").evaluate_all(
        "tables => tables.map(table => [table.caption?.textContent, table.getBoundingClientRect().left, table.getBoundingClientRect().right])"
    )
    clipped = page.locator(".or-scroll").evaluate_all(
        "all => all.filter(each => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflowX !== 'visible').length"
    )
    menus = page.locator(".md-header:visible, .md-tabs:visible, .md-footer:visible, .md-sidebar:visible").count()
    cut = page.locator("td[id]").evaluate_all("cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth + 1).map(cell => cell.id)")
    width = overflow(page)
    context.close()
    assert len(tables) >= 4
    assert [table for table in tables if table[1] < 0 or table[2] > A4 + 0.5] == []
    assert (clipped, menus, cut, width) == (0, 0, [], 0)
