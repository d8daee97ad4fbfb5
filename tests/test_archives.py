"""A copy of the site in a web archive: what is replayed works, and what scripts alone name is found by whoever follows links.

Replay programs (pywb and those that share its rewriting) put each script into a block of its own. Here the
scripts are put into blocks as they do; the programs themselves are not run.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from playwright.sync_api import expect
from website import MOUNT, Chromium, address_of, browser, page_files, parsed, served, site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page, Route
    from website import Server

__all__ = ["browser", "site"]

OURS = "assets/open-reports/"
_LEXICAL = re.compile(r"^(?:const|let|class)\s+([A-Za-z_$][\w$]*)", re.MULTILINE)
"""A name declared at the top of a script: our scripts are indented by blocks, so nothing else begins a line."""
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
LANGUAGES = ("", "en/")
NEEDLESS = re.compile(
    r"assets/javascripts/(lunr|workers)/.*|.*\.map|.*/figures/[\w-]+\.json|.*/agency\.yml|.*ORIGIN\.txt|.*/card\.png|sitemap\.xml(\.gz)?"
    r"|\.gitattributes|404\.html|_headers|robots\.txt"
)
"""Files that no page links to, for no reader misses them in a copy: the theme's own search, single sections of what a report's JSON
has whole, an agency's source, which its archives hold, and what is for servers, crawlers and whoever shares a link."""


@pytest.fixture(scope="module")
def server(site: Path) -> Iterator[Server]:
    with served(site) as running:
        yield running


def scripts_of(tree: object) -> list[str]:
    return [src.rpartition("/")[2] for src in tree.xpath("//script/@src") if OURS in src]  # type: ignore[attr-defined]


def test_no_name_that_scripts_share_belongs_to_a_block(site: Path) -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in (site / OURS).glob("*.js") if path.name != "sql-wasm.js"}
    together = {tuple(scripts_of(parsed(path))) for path in page_files(site)}
    # What a worker loads by name is one script after another, too.
    together |= {(name, *re.findall(r'"([\w-]+\.js)"', text)) for name, text in texts.items() if "importScripts" in text}
    assert max(map(len, together)) > 4
    shared = [
        (own, name, other)
        for group in together
        for own in group
        for name in _LEXICAL.findall(texts.get(own, ""))
        for other in group
        if other != own and re.search(rf"\b{re.escape(name)}\b", _COMMENT.sub("", texts.get(other, "")))
    ]
    assert shared == []


def in_blocks(route: Route) -> None:
    """Answer with the script in a block of its own, as replay programs do."""
    answer = route.fetch()
    names = ", ".join(f"{name} = self.{name}" for name in ("window", "document", "location"))
    route.fulfill(response=answer, body=f"{{\nlet {names};\n{{\n{answer.text()}\n}}}}\n")


@pytest.fixture
def replayed(browser: Chromium) -> Iterator[Page]:
    context = browser.context()
    context.route(re.compile(r"/assets/open-reports/[\w-]+\.js$"), in_blocks)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_work_when_each_script_is_in_a_block(replayed: Page, server: Server, language: str) -> None:
    """Comparison, exploring and search start, and answer."""
    replayed.goto(f"{server.url}{language}compare/?a=pingtan,pingtan-police&y=2024")
    expect(replayed.locator("#or-compare-result tbody tr").first).to_be_visible()
    expect(replayed.locator(".or-late")).to_have_count(0)
    replayed.goto(f"{server.url}{language}explore/")
    expect(replayed.locator("#or-explore-facets button").first).to_be_visible()
    expect(replayed.locator(".or-late")).to_have_count(0)
    replayed.locator("[data-example]").first.click()
    expect(replayed.locator("#or-sql-result table")).to_be_visible()
    replayed.goto(f"{server.url}{language}search/?q=2024")
    expect(replayed.locator("#or-results li").first).to_be_visible()
    replayed.goto(f"{server.url}{language}reports/pingtan/2024/")
    expect(replayed.locator("a.or-term").first).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_needs_no_page_of_its_own(browser: Chromium, server: Server, language: str) -> None:
    """An archive has pages, and no answer to an address with a question: searching, the way back and the other language do without."""
    context = browser.context()
    # As programs that replay archives do.
    context.add_init_script("window.WB_wombat_location = window.location;")
    asked: list[str] = []

    def kept(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=404, body="not kept")

    context.route(re.compile(r"/\?"), kept)
    page = context.new_page()
    page.goto(f"{server.url}{language}")
    page.locator(".or-search-box input:visible").first.fill("2024")
    page.locator(".or-search-box input:visible").first.press("Enter")
    expect(page.locator("#or-results li").first).to_be_visible()
    page.locator("#or-results a").first.click()
    expect(page.locator("#or-results")).to_have_count(0)
    page.go_back()
    expect(page.locator("#or-results li").first).to_be_visible()
    page.goto(f"{server.url}{language}compare/#?a=pingtan,pingtan-police&y=2024")
    expect(page.locator("#or-compare-result tbody tr")).to_have_count(2)
    page.locator("a.or-language:visible").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "zh" if language else "en")
    expect(page.locator("#or-compare-result tbody tr")).to_have_count(2)
    assert asked == []
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path, lost", [("compare/", "elements.js"), ("explore/", "elements.js"), ("explore/", "explore-words.js")])
def test_a_script_that_did_not_start_is_told(browser: Chromium, server: Server, path: str, lost: str, language: str) -> None:
    context = browser.context()
    context.route(re.compile(rf"/{re.escape(lost)}$"), lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{server.url}{language}{path}")
    for each in page.locator(".or-late").all():
        expect(each).to_be_visible()
    assert page.locator(".or-late").count() > 0
    context.close()


@pytest.fixture(scope="module")
def linked(site: Path) -> set[str]:
    """Paths that links of pages lead to, and what pages and styles load."""
    found = set()
    for path in page_files(site):
        address = address_of(site, path)
        for href in parsed(path).xpath("//a/@href | //link/@href | //script/@src | //img/@src"):
            found.add(unquote(urlsplit(urljoin(address, href)).path))
    return found


def test_every_file_is_linked_from_some_page(site: Path, linked: set[str]) -> None:
    """Whoever follows links alone gets the whole site."""
    styled = {
        name.rpartition("/")[2] for path in site.rglob("*.css") for name in re.findall(r"url\(([^)]+)\)", path.read_text(encoding="utf-8"))
    }
    paths = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert len(paths) > 1000
    missed = {path for path in paths if f"{MOUNT}{path}" not in linked and f"{MOUNT}{path.removesuffix('index.html')}" not in linked}
    assert sorted(path for path in missed if not NEEDLESS.fullmatch(path) and path.rpartition("/")[2] not in styled) == []


def test_what_scripts_read_is_linked_from_some_page(browser: Chromium, site: Path, server: Server, linked: set[str]) -> None:
    """Whoever follows links and what pages load gets every file that the scripts ask for."""
    server.asked.clear()
    context = browser.context()
    page = context.new_page()
    for language in LANGUAGES:
        page.goto(f"{server.url}{language}compare/?a=pingtan,pingtan-police&y=2024")
        expect(page.locator("#or-compare-result tbody tr").first).to_be_visible()
        page.goto(f"{server.url}{language}explore/?a=pingtan")
        page.locator("[data-example]").first.click()
        expect(page.locator("#or-sql-result table")).to_be_visible()
        page.goto(f"{server.url}{language}search/?q=2024")
        expect(page.locator("#or-results li").first).to_be_visible()
        page.goto(f"{server.url}{language}reports/pingtan/2024/")
        page.locator("a.or-term").first.click()
        expect(page.get_by_role("dialog")).to_be_visible()
    context.close()
    ours = {path for path in server.asked if not path.endswith("favicon.png")}
    # What styles load is named there.
    named = {name for path in (site / "assets").rglob("*.css") for name in re.findall(r"url\(([^)]+)\)", path.read_text(encoding="utf-8"))}
    assert any(path.endswith("agencies.json") for path in ours)
    assert any(path.endswith(".wasm") for path in ours)
    assert [path for path in sorted(ours - linked) if path.rpartition("/")[2] not in named] == []
