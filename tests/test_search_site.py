"""Search on the built site: every query of the contract, what the first one costs, and where every result leads."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urldefrag

import pytest
from rendering import arrived
from test_browser import LANGUAGES, server
from test_search import BUDGET, CASES, FIRST, asked, opened
from website import browser, parsed, quiet, site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page
    from website import Chromium, Server

__all__ = ["browser", "server", "site"]


@pytest.fixture
def page(browser: Chromium) -> Iterator[Page]:
    with quiet(browser) as page:
        yield page


def terms(site: Path) -> dict[str, str]:
    """Address of each entry of the built glossary by its Chinese term."""
    return {
        f"glossary/#{entry.xpath('string(./dt/a)')}": f"glossary/#{entry.get('id')}"
        for entry in parsed(site / "glossary" / "index.html").xpath("//dl[contains(@class, 'or-glossary')]/div[@id]")
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_query_finds_its_page_among_the_first_three(page: Page, server: Server, site: Path, language: str) -> None:
    """From the pages of either language, and nothing is found by chance."""
    anchors = terms(site)
    opened(page, server, language)
    queries = [case["query"] for case in CASES["both"]]
    results = asked(page, queries, language)
    wanted = [anchors.get(case["finds"], case["finds"]) for case in CASES["both"]]
    missed = {query: found[:FIRST] for query, want, found in zip(queries, wanted, results, strict=True) if want not in found[:FIRST]}
    assert missed == {}
    assert len(queries) >= 40
    assert asked(page, CASES["nothing"], language) == [[]] * len(CASES["nothing"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_first_query_downloads_less_than_the_budget(page: Page, server: Server, language: str) -> None:
    """From home by the box, as the browser counts it: all that comes besides what home has fetched already, uncompressed."""
    page.goto(server.url + LANGUAGES[language])
    page.locator("article input[name=q]").fill("平潭")
    page.keyboard.press("Enter")
    arrived(page, re.compile(r"/search/\?q="))
    page.locator("#or-results a").first.wait_for()
    sizes: dict[str, int] = page.evaluate(
        """() => Object.fromEntries(performance.getEntries().filter(each => "encodedBodySize" in each).map(
          each => [new URL(each.name).pathname.split("/").at(-1) || "page", each.encodedBodySize]
        ))"""
    )
    assert {"page", "index.json", "search.js"} <= sizes.keys()
    assert all(sizes[each] for each in ("page", "index.json", "search.js")), sizes
    own = sum(size for name, size in sizes.items() if name in {"page", "index.json", "search.js"})
    assert own < BUDGET
    assert not [name for name in sizes if "worker" in name or "lunr" in name], "Material's own search is not fetched"


def _index(site: Path, language: str) -> dict[str, Any]:
    return dict(json.loads((site / LANGUAGES[language] / "search" / "index.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_in_the_index_leads_to_a_page_and_a_place(site: Path, language: str) -> None:
    """Every agency, each of its reports, and every entry with its anchor."""
    index = _index(site, language)
    home = site / LANGUAGES[language]
    addresses = [f"reports/{agency[0]}/" for agency in index["agencies"]]
    addresses += [f"reports/{agency[0]}/{year}/" for agency in index["agencies"] for year in index["spans"][agency[6]]]
    addresses += [entry[1] for entry in index["entries"]]
    wrong = []
    ids: dict[Path, set[str]] = {}
    for address in addresses:
        path, anchor = urldefrag(address)
        file = home / path / "index.html"
        if not file.is_file():
            wrong.append(address)
        elif anchor:
            known = ids.setdefault(file, set()) or ids[file]
            known.update(known or parsed(file).xpath("//@id"))
            wrong += [] if unquote(anchor) in known else [address]
    assert wrong == []
    reports = len(list((site / "reports").glob("*/*/report.json")))
    assert len([each for each in addresses if each.count("/") == 3]) == reports
    assert len(addresses) > 150
