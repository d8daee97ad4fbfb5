"""Readers with less: no scripts, no server, no network. What the site says must still be there."""

from __future__ import annotations

import re
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import expect
from rendering import DESK, PHONE, arrived, overflow
from test_browser import FINDINGS, LANGUAGES, MONEY, PAGES, TOTAL, VISITS, server
from website import Watch, browser, site

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from website import Chromium, Server

__all__ = ["browser", "server", "site"]

SCRIPTED = {"compared": "compare", "found": "search"}
"""Pages whose special state only a script makes, and the kind they are without one."""
SEEN = """() => {
  const text = each => each.textContent.replace(/\\s+/g, " ").trim();
  const all = selector => [...document.querySelectorAll(`article ${selector}`)];
  const shown = each => each.checkVisibility({contentVisibilityAuto: false});
  return {
    tables: all("table").filter(shown).map(table => [...table.rows].map(row => [...row.cells].map(text))),
    charts: all("figure.or-chart").filter(shown).map(chart => [text(chart.querySelector("h3")), chart.querySelectorAll("svg").length]),
    links: all("a[href]").filter(shown).map(link => link.getAttribute("href")),
    figures: all("td[id]").filter(shown).map(cell => [cell.id, text(cell)]),
    hidden: all("td[id]").filter(cell => !cell.checkVisibility()).map(cell => cell.id),
  };
}"""


def seen(page: Page) -> dict[str, Any]:
    """What a page shows: tables with their cells, charts, links, figures."""
    return dict(page.evaluate(SEEN))


class Hosted:
    """The site as a server shows it, page after page in one tab with scripts and one without: each page is opened once in each."""

    def __init__(self, browser: Chromium, server: Server) -> None:
        self.browser = browser
        self._server = server
        self._seen: dict[tuple[str, str, bool], dict[int, dict[str, Any]]] = {}
        self._tabs = {}
        for scripts in (True, False):
            context = browser.context(viewport={"width": PHONE, "height": 800}, java_script_enabled=scripts)
            watch = Watch.over(context)
            self._tabs[scripts] = context.new_page(), watch

    def seen(self, name: str, language: str, *, scripts: bool = True) -> dict[int, dict[str, Any]]:
        """What a page shows on a phone, and at a desk if it is compared there; `asked` is what it asked for."""
        if (name, language, scripts) not in self._seen:
            page, watch = self._tabs[scripts]
            watch.forget()
            page.set_viewport_size({"width": PHONE, "height": 800})
            page.goto(self._server.url + LANGUAGES[language] + PAGES[name])
            if scripts and name == "compare":
                page.locator(".or-picker").wait_for()
            found = {}
            for width in (PHONE, DESK) if scripts and (name, language) in FOLDER else (PHONE,):
                page.set_viewport_size({"width": width, "height": 800})
                found[width] = seen(page) | {"overflow": overflow(page)}
            found[PHONE] |= {"asked": list(watch.requests), "elsewhere": watch.elsewhere(self._server)}
            self._seen[name, language, scripts] = found
        return self._seen[name, language, scripts]


@pytest.fixture(scope="module")
def hosted(browser: Chromium, server: Server) -> Hosted:
    return Hosted(browser, server)


# -- without scripts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name, language", [visit for visit in VISITS if visit[0] not in SCRIPTED])
def test_without_scripts_the_same_tables_charts_and_links_are_there(browser: Chromium, hosted: Hosted, name: str, language: str) -> None:
    with_scripts, without = (hosted.seen(name, language, scripts=scripts)[PHONE] for scripts in (True, False))
    for found in (with_scripts, without):
        assert found["overflow"] == 0
        assert found["elsewhere"] == []
    assert browser.outside == []
    assert without["asked"]
    assert not [url for url in without["asked"] if url.endswith(".js")]
    assert without["hidden"] == []
    if name != "compare":  # where the table of the latest year gives way to the chooser
        # The way to what a row names is an arrow after it, which a script puts into the name.
        named = [[[re.sub(r"\s*→", "", cell) for cell in row] for row in table] for table in without["tables"]]
        shown = [[[re.sub(r"\s*→", "", cell) for cell in row] for row in table] for table in with_scripts["tables"]]
        assert named == shown
        assert [table for table in with_scripts["tables"] if any(cell.endswith(" →") for row in table for cell in row)] == []
    assert without["charts"] == with_scripts["charts"]
    assert without["figures"] == with_scripts["figures"]
    more = [link for link in with_scripts["links"] if link not in without["links"]]
    # Labels of tables become links to their definitions; without scripts one link below each table leads to all of them.
    assert [link for link in more if "glossary/#" not in link] == []
    assert not more or any("glossary/#" in link for link in without["links"])
    least = {"agency": 8, "one-year": 3, "year": 1, "quality": 3, "indicator": 1, "coverage": 3, "compare": 1, "money": 5, "findings": 5}
    assert len(without["tables"]) >= least.get(name, 0)
    if name == "agency":
        assert len(without["charts"]) >= 4
        assert all(drawn for _, drawn in without["charts"])


def test_without_scripts_nothing_that_needs_one_is_offered(browser: Chromium, server: Server) -> None:
    """No button that does nothing, and a word where a page would have more."""
    context = browser.context(java_script_enabled=False)
    page = context.new_page()
    for path in (MONEY, "reports/pingtan/", "years/2024/", "compare/", "glossary/"):
        page.goto(server.url + path)
        assert page.locator("article button:visible").evaluate_all("all => all.filter(each => !each.closest('form')).length") == 0, path
    page.goto(server.url + "compare/")
    assert page.locator(".or-no-script:visible").inner_text()
    page.goto(server.url + "search/?q=平潭")
    page.locator("#or-search-scripts").wait_for()
    context.close()


# -- from a folder ------------------------------------------------------------------------------------------------------

HARMLESS = re.compile(
    r"Access to fetch at 'file:|Failed to load resource: net::ERR_FAILED|Access to XMLHttpRequest at 'file:|URL scheme \"file\""
)
"""What Chromium says where the search and the comparison may not read their data from a folder."""


def _open(browser: Chromium, path: Path) -> tuple[Page, Watch]:
    context = browser.context(viewport={"width": DESK, "height": 800}, reduced_motion="reduce")
    watch = Watch.over(context)
    page = context.new_page()
    page.goto(path.as_uri())
    return page, watch


@pytest.fixture(scope="module")
def copy(browser: Chromium) -> tuple[Page, Watch]:
    """A tab for the pages of a folder, one after another."""
    context = browser.context(viewport={"width": DESK, "height": 800}, reduced_motion="reduce")
    watch = Watch.over(context)
    return context.new_page(), watch


FOLDER = [visit for visit in VISITS if visit[0] not in {*SCRIPTED, "lost"} and visit[1] == "zh"]
"""Every kind of page; in English, which differs by one folder alone, some."""
FOLDER += [("home", "en"), ("agency", "en"), ("money", "en"), ("indicator", "en")]


@pytest.mark.parametrize("name, language", FOLDER)
def test_page_opened_from_a_folder_is_whole(hosted: Hosted, copy: tuple[Page, Watch], site: Path, name: str, language: str) -> None:
    """Styles, charts and figures are there, nobody is called, and no script breaks."""
    page, watch = copy
    watch.forget()
    outside = hosted.browser.outside
    page.goto((site / LANGUAGES[language] / PAGES[name] / "index.html").as_uri())
    local = seen(page) | {"overflow": overflow(page)}
    assert page.evaluate("getComputedStyle(document.querySelector('.md-header')).position") == "sticky"
    assert page.evaluate("getComputedStyle(document.body).getPropertyValue('--or-mark').trim()")
    outward = [url for url in watch.requests if not url.startswith(("file:", "data:", "blob:"))]
    assert outward == []
    assert outside == []
    assert watch.requests
    if name not in {"compare", "search"}:  # which say that they need a server
        assert watch.complaints == []
        assert local == hosted.seen(name, language)[DESK]
    else:
        assert [each for each in watch.complaints if not HARMLESS.search(each)] == []


def test_links_between_pages_of_a_folder_lead_to_pages(browser: Chromium, site: Path) -> None:
    """Home, agency, report, figure, glossary, the other language: by clicks alone, with no server to complete an address."""
    page, watch = _open(browser, site / "index.html")

    def follow(selector: str, to: str) -> None:
        page.locator(selector).first.click()
        arrived(page, re.compile(rf"^[^#?]*/{re.escape(to)}index\.html([#?]|$)"))
        expect(page.locator("h1")).to_be_visible()

    follow("#agencies ~ ul a[href='reports/pingtan/']", "reports/pingtan/")
    follow("#reports ~ .or-wide a[href='2019/']", "reports/pingtan/2019/")
    follow(".or-language", "en/reports/pingtan/2019/")
    follow(".or-language", "reports/pingtan/2019/")
    page.locator(f"[id='{TOTAL}']").click()
    assert page.locator(".or-figure").is_visible()
    follow("a.or-term[href$='#line-new']", "glossary/")
    assert page.url.endswith("#line-new")
    follow(".or-crumbs a", "")
    follow(".md-tabs a[href^='quality']", "quality/")
    page.context.close()
    assert watch.complaints == []


def test_downloads_stand_in_the_folder(browser: Chromium, site: Path) -> None:
    page, _ = _open(browser, site / FINDINGS / "index.html")
    files = page.locator("a[download]").evaluate_all("links => links.map(link => link.href)")
    page.context.close()
    assert len(files) > 10
    assert [url for url in files if not Path(unquote(urlsplit(url).path)).is_file()] == []


@pytest.mark.build
def test_a_copy_fits_every_stick(site: Path) -> None:
    """Windows and exFAT know no capitals apart, and not every character: a copy on a stick would lack files, or have one for another."""
    paths = [path.relative_to(site) for path in site.rglob("*")]
    assert len({path.as_posix().casefold() for path in paths}) == len(paths)
    assert [path for path in paths if re.search(r'[:*?"<>|\\\x00-\x1f]|[. ]$', path.name) or PureWindowsPath(path.name).is_reserved()] == []
    assert max(len(path.as_posix()) for path in paths) < 150  # of 260, the rest of which is the reader's own


@pytest.mark.parametrize("path, part", [("search/", "#or-search-failed"), ("compare/", "#or-compare")])
def test_what_needs_a_server_says_so(browser: Chromium, site: Path, path: str, part: str) -> None:
    page, _ = _open(browser, site / path / "index.html")
    if path == "search/":
        page.get_by_role("searchbox").fill("平潭")
    page.wait_for_function("selector => document.querySelector(selector).innerText.trim() !== ''", arg=part)
    if path == "compare/":
        assert page.locator("#or-compare-plain table").is_visible(), "the table of the latest year needs no server"
    else:
        assert page.locator("#browse + ul a").first.is_visible()
    page.context.close()
