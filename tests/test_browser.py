"""The published site in a real Chromium: for every reader, on a phone and a desk, by day and by night, without scripts, on paper."""

from __future__ import annotations

import csv
import json
import re
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from rendering import DESK, PHONE, SCHEMES, overflow, ready, settled, violations
from website import ROOT, SITE_URL, Chromium, Watch, browser, served, site

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from playwright.sync_api import Page
    from website import Server

__all__ = ["browser", "site"]

A4 = 703
"""Width of an A4 page within the style sheet's margins of 12 mm, in CSS pixels."""
TOTAL = "applications/new/total"
MONEY = "reports/pingtan/2019/"
FINDINGS = "reports/pingtan-haitan/2024/"
HYBRID = "reports/pingtan-haitan/2023/"
ZERO = "reports/yinchuan-qianjinjie/2019/"
REPORTS = {"money": MONEY, "findings": FINDINGS, "hybrid": HYBRID, "zero": ZERO}
PAGES = {
    "home": "",
    "agency": "reports/pingtan/",
    "one-year": "reports/yinchuan-qianjinjie/",
    **REPORTS,
    "year": "years/2024/",
    "whole": "overview/",
    "quality": "quality/",
    "rule": "quality/T3-ROW/",
    "indicators": "indicators/",
    "indicator": "indicators/refusal_rate/",
    "compare": "compare/",
    "compared": f"compare/?a=pingtan,pingtan-police&y=2024&f={TOTAL},i:completion_rate",
    "coverage": "coverage/",
    "corrections": "corrections/",
    "glossary": "glossary/",
    "search": "search/",
    "found": "search/?q=平潭",
    "data": "data/",
    "publish": "publish/",
    "about": "about/",
    "lost": "404.html",
}
"""One page of every kind, by what is special about it."""
LANGUAGES = {"zh": "", "en": "en/"}
"""Folder of each language below the site."""
VARIANTS = {"hybrid", "zero", "one-year"}
"""Pages that have no colour which others of their kind have not: one scheme will do."""
VISITS = [(name, language) for name in PAGES for language in LANGUAGES if (name, language) != ("lost", "en")]
"""Every kind of page in every language; the page for wrong addresses speaks both."""


@pytest.fixture(scope="module")
def server(site: Path) -> Iterator[Server]:
    with served(site) as running:
        yield running


def kept_cells(path: str) -> dict[str, str]:
    """Text of each cell of the statutory tables that a package keeps, by address."""
    found: dict[str, str] = {}
    for table in ("disclosure", "applications", "disputes"):
        with (ROOT / "datapackages" / path.removeprefix("reports/") / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                found |= {f"{table}/{row['line']}/{column}": text for column, text in row.items() if column not in {"line", "label"}}
    return found


@pytest.fixture(scope="module")
def readers(browser: Chromium) -> Mapping[str, tuple[Page, Watch]]:
    """A reader of each language, who opens page after page in one tab: a profile of its own for each costs a process more."""
    found = {}
    for language in LANGUAGES:
        context = browser.context()
        watch = Watch.over(context)
        found[language] = (context.new_page(), watch)
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
    assert set(kept_cells(ZERO).values()) <= {"0", "0.00", ""}


@pytest.mark.parametrize("name, language", VISITS)
def test_page_is_accessible_narrow_enough_and_quiet(
    browser: Chromium, readers: Mapping[str, tuple[Page, Watch]], server: Server, name: str, language: str
) -> None:
    """By day and night, at both widths: axe finds nothing, nobody else is asked, the console is silent, nothing scrolls sideways.

    The first scheme is judged by every rule; the other, which changes nothing but colours, by those about colours.
    """
    first, second = SCHEMES if language == "zh" else reversed(SCHEMES)
    page, watch = readers[language]
    watch.forget()
    page.set_viewport_size({"width": PHONE, "height": 800})
    page.emulate_media(color_scheme=first)
    page.goto(server.url + LANGUAGES[language] + PAGES[name])
    ready(page)
    found = []
    looks = ((PHONE, first, False), (DESK, first, False), (DESK, second, True), (PHONE, second, True))
    for width, scheme, colours_only in looks[: 2 if name in VARIANTS else None]:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", SCHEMES[scheme])
        settled(page)
        assert overflow(page) == 0, (width, scheme)
        found += [(width, scheme, each) for each in violations(page, colours_only=colours_only)]
    assert found == []
    assert watch.elsewhere(server) == []
    assert browser.outside == []
    assert watch.complaints == []
    assert len(watch.requests) > 3


@pytest.mark.parametrize("path", ["reports/nobody/2019/", "en/years/1999/", "nothing"])
def test_wrong_address_at_any_depth_shows_ways_on(browser: Chromium, server: Server, path: str) -> None:
    """The page for wrong addresses stands at none of its own, so its styles and links must work from all."""
    context = browser.context(viewport={"width": PHONE, "height": 800})
    watch = Watch.over(context)
    page = context.new_page()
    # A preview on loopback stands for the site at its address, to which the links of this page lead.
    links = page.goto(server.url + path) and page.locator("article a[href], article form").evaluate_all(
        "all => all.map(each => each.href ?? each.action)"
    )
    styled = page.evaluate("getComputedStyle(document.querySelector('.or-lost')).marginBottom")
    context.close()
    assert links
    assert [link for link in links if not (server.folder / link.removeprefix(server.url) / "index.html").is_file()] == []
    assert styled != "0px", "no styles"
    assert watch.elsewhere(server) == []
    assert [each for each in watch.complaints if "404" not in each] == []
    assert len(watch.complaints) == 1, "the page itself alone is not found"


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
    # Without the mark of a contradiction, which stands before the figure (`test_marks.py`).
    texts = {address: text.removeprefix("≠") for address, text, _, _ in shown}
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
    reports = page.locator(".or-listing th[scope=row] a").count()
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
    scroller = ".or-wide:has(td[id^='applications/'])"
    label = f"{scroller} tbody th[scope=row]"
    state = page.locator(scroller)
    for _ in range(150):
        page.keyboard.press("Tab")
        if state.evaluate("element => element === document.activeElement"):
            break
    assert state.evaluate("element => element === document.activeElement"), "Tab never reached the table"
    assert state.evaluate("element => element.scrollWidth > element.clientWidth + 100"), "nothing to scroll: the test is void"
    outline = state.evaluate("element => getComputedStyle(element).outlineStyle + getComputedStyle(element).outlineWidth")
    assert outline.startswith("solid")
    assert outline != "solid0px"
    # A section that has a name is a region to those who hear the page (HTML Accessibility API Mappings).
    assert state.evaluate("element => element.localName") == "section"
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
    clipped = page.locator(".or-wide").evaluate_all(
        "all => all.filter(each => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflowX !== 'visible').length"
    )
    menus = page.locator(".md-header:visible, .md-tabs:visible, .md-footer:visible, .md-sidebar:visible").count()
    cut = page.locator("td[id]").evaluate_all("cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth + 1).map(cell => cell.id)")
    width = overflow(page)
    context.close()
    assert len(tables) >= 4
    assert [table for table in tables if table[1] < 0 or table[2] > A4 + 0.5] == []
    assert (clipped, menus, cut, width) == (0, 0, [], 0)


PALE = """<!doctype html><html lang="en"><title>pale</title><style>
  body { color: #000; background: #fff } .grey { color: #777 } .night { background: #222 } .link { color: #00f } .bare { text-decoration: none }
</style><main><h1>Pale</h1><table><tr><th scope="col">a<th scope="col">b</tr>%s</table>
<p><a class="link" href="#">by itself</a></p><p>Words with <a class="link" href="#">a link</a>.</p></main>"""


@pytest.mark.parametrize(
    "fault, rule",
    [
        ("<tr><td>1<td>20</tr>", None),
        ("<tr><td>1<td style='color: #aaa'>20</tr>", "color-contrast"),
        ("<tr><td>1<td class=night>20</tr>", "color-contrast"),
        ("<tr><td>1<td class=night><span><b>20</b></span></tr>", "color-contrast"),
        ("<tr style='opacity: .3'><td>1<td>20</tr>", "color-contrast"),
        ("<tr><td>1<td>Words with <a class='bare' style='color: #222' href='#'>20</a> in them</tr>", "link-in-text-block"),
        ("<tr><td>1<td><img src='data:,'></tr>", "image-alt"),
    ],
)
def test_one_fault_among_many_cells_is_found(browser: Chromium, fault: str, rule: str | None) -> None:
    """One text of each look is judged: this is what tells looks apart. At another width and by night the same page is judged again."""
    rows = ["<tr><td>1<td>20</tr>"] * 20
    context = browser.context()
    page = context.new_page()
    page.set_content(PALE % "".join([*rows[:12], fault, *rows[12:]]))
    found = violations(page)
    again = violations(page, colours_only=True)
    page.add_style_tag(content="td { color: #bbb }")
    night = violations(page, colours_only=True)
    context.close()
    assert {each.partition(":")[0] for each in found} == ({rule} if rule else set())
    assert again == [], "judged already"
    assert {each.partition(":")[0] for each in night} == {"color-contrast"}


PALETTE = """() => [...document.querySelectorAll(".or-chart")].map(chart => {
  const style = getComputedStyle(chart);
  return [..."123456789"].map(number => style.getPropertyValue(`--or-s${number}`));
})"""


def test_charts_are_printed_in_the_colours_of_day(browser: Chromium, server: Server) -> None:
    """Whatever the screen's scheme; only on a screen do they follow the night."""
    context = browser.context()
    page = context.new_page()
    page.goto(server.url + PAGES["agency"])
    seen = {}
    for scheme, name in SCHEMES.items():
        for media in ("screen", "print"):
            page.emulate_media(media=media, color_scheme=scheme)
            page.wait_for_function("name => document.body.dataset.mdColorScheme === name", arg=name)
            seen[scheme, media] = page.evaluate(PALETTE)
    context.close()
    day = seen["light", "screen"]
    assert len(day) >= 4
    assert all(len(set(colours)) == 9 for colours in day)
    assert seen["light", "print"] == seen["dark", "print"] == day
    assert not {*seen["dark", "screen"][0]} & {*day[0]}


def _texts_drawn(pdf: bytes) -> list[int]:
    """How many pieces of text each page of a PDF draws, in the order of the pages."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    contents = []
    for stream in streams:
        try:
            contents.append(zlib.decompress(stream))
        except zlib.error:  # a font, or a picture
            continue
    return [content.count(b"BT\n") for content in contents if b"BT\n" in content and b" Tf\n" in content]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sheet_says_what_it_is_from(browser: Chromium, server: Server, language: str) -> None:
    """Its foot names the report, the version of its data and its address; heads of tables stand on every sheet that they reach."""
    context = browser.context(color_scheme="light")
    page = context.new_page()
    page.goto(server.url + LANGUAGES[language] + MONEY)
    foot = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--or-foot')")
    version = json.loads((ROOT / "datapackages" / MONEY.removeprefix("reports/") / "datapackage.json").read_text(encoding="utf-8"))[
        "version"
    ]
    heading = page.locator("h1").inner_text()
    assert json.loads(foot).startswith(heading)
    assert json.loads(foot).endswith(f" {version} · {SITE_URL}{LANGUAGES[language]}{MONEY}")
    whole = page.pdf(prefer_css_page_size=True)
    page.evaluate("document.documentElement.style.removeProperty('--or-foot')")
    without = page.pdf(prefer_css_page_size=True)
    page.emulate_media(media="print")
    heads = page.locator("table.or-table thead").evaluate_all("all => all.map(each => getComputedStyle(each).display)")
    hidden = page.locator(".or-downloads, .or-fold, .or-cite button, .or-crumbs").evaluate_all(
        "all => all.filter(each => each.checkVisibility()).length"
    )
    context.close()
    pairs = list(zip(_texts_drawn(whole), _texts_drawn(without), strict=True))
    assert 2 <= len(pairs) <= 8
    assert all(more > less for more, less in pairs), "a sheet without its foot"
    assert set(heads) == {"table-header-group"}
    assert hidden == 0
