"""What a page weighs, here and in a corpus of hundreds of agencies: no page grows with what it does not list."""

from __future__ import annotations

import gzip
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

import made_up
import pytest
from lxml import html
from open_reports.checks.check import check
from open_reports.form import forms
from open_reports.library import open_library
from open_reports.site.publish import publish
from open_reports.text import LANGUAGES
from website import address_of, page_files, parsed, site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from open_reports.pages import Page

__all__ = ["site"]

REPORT = 60_000
"""Bytes of a report's page that travel: HTML and our scripts, compressed, without styles."""
BUDGETS = {
    "": 12_000,
    "agency": 40_000,
    # With the whole of the year above the list: every agency as a dot, with its values below.
    "year": 20_000,
    "overview": 20_000,
    "quality": 12_000,
    "rule": 12_000,
    "indicators": 12_000,
    "indicator": 12_000,
    "compare": 40_000,
    "coverage": 12_000,
    "corrections": 12_000,
    "glossary": 30_000,
    # What other pages read only when somebody searches.
    "search": 24_000,
    "data": 60_000,
    "explore": 60_000,
    # The manual: what can be done with a site, told once.
    "publish": 28_000,
    "about": 16_000,
    "404.html": 12_000,
}
"""The same of every other kind of page, by its first folder."""
MOST = 200
"""Entries of a list on one page."""


def _kind(path: str) -> str:
    """Kind of a page by its path below the home of its language."""
    parts = path.removesuffix("index.html").strip("/").split("/")
    if parts[0] == "reports":
        return "agency" if len(parts) == 2 else "report"
    one = {"years": "year", "quality": "rule", "indicators": "indicator"}
    return one.get(parts[0], parts[0]) if len(parts) > 1 else parts[0]


def _compressed(data: bytes) -> int:
    return len(gzip.compress(data, 6, mtime=0))


def test_every_page_of_the_site_stays_within_its_budget(site: Path) -> None:
    """HTML and those of its scripts that are ours; the theme's and the styles are fetched once for the whole site."""
    heaviest: Counter[str] = Counter()
    for path in page_files(site):
        own = [
            urljoin(address_of(site, path), src).removeprefix(address_of(site, site / "index.html"))
            for src in parsed(path).xpath("//script[contains(@src, 'assets/open-reports/')]/@src")
        ]
        weight = _compressed(path.read_bytes()) + sum(_compressed((site / each).read_bytes()) for each in own)
        kind = _kind(path.relative_to(site).as_posix().removeprefix("en/"))
        heaviest[kind] = max(heaviest[kind], weight)
    budgets = {**BUDGETS, "report": REPORT}
    assert {kind: weight for kind, weight in heaviest.items() if weight > budgets[kind]} == {}
    assert set(heaviest) == set(budgets)


# -- a corpus of hundreds -----------------------------------------------------------------------------------------------

AGENCIES = 450
WRONG = 250
"""Reports with a figure that contradicts the others, so that a rule has more findings than fit a page."""


class Sized(NamedTuple):
    """A page of the made-up corpus: its HTML below the frame."""

    page: Page
    text: str

    @property
    def tree(self) -> html.HtmlElement:
        return html.fromstring(self.text)

    @property
    def weight(self) -> int:
        """Bytes compressed."""
        return _compressed(self.text.encode())


class Corpus:
    """The pages of a made-up corpus, all but those of single agencies and reports, which do not list the others."""

    def __init__(self, root: Path, agencies: int, wrong: int) -> None:
        self.agencies = [f"xugou-{number:04d}" for number in range(agencies)]
        for number, agency in enumerate(self.agencies):
            package = made_up.package(agency, 2024)
            if number < wrong:
                package.set("disputes", "reconsideration", "total", "999")
            package.write(root)
        for agency in self.agencies[:: max(1, agencies // 10)]:  # ten with a second year
            folder = made_up.package(agency, 2023)
            folder.write(root)
        library = open_library(root)
        self.publication = publish(library, check(library), site="https://open-reports.example/")

    @cached_property
    def pages(self) -> dict[str, Sized]:
        """By path."""
        return {page.path: Sized(page, page.build()) for page in self.publication.pages if "reports/" not in page.path}


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return Corpus(tmp_path_factory.mktemp("large") / "datapackages", AGENCIES, WRONG)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return Corpus(tmp_path_factory.mktemp("small") / "datapackages", 10, 5)


def _lists(tree: html.HtmlElement) -> Iterator[int]:
    """Length of each list of a page: rows of tables that are no heads, entries of lists."""
    for table in tree.xpath("//table"):
        yield len(table.xpath("./tbody/tr[not(contains(@class, 'or-group'))]"))
    for entries in tree.xpath("//ul | //ol"):
        yield len(entries.xpath("./li"))


def test_no_page_lists_more_than_two_hundred(large: Corpus) -> None:
    longest = {path: max(_lists(sized.tree), default=0) for path, sized in large.pages.items()}
    assert {path: length for path, length in longest.items() if length > MOST} == {}
    assert [path for path, length in longest.items() if length == MOST], "no list is long enough: the test is void"


PER_ENTRY = 120
"""Bytes, compressed, that one more agency in a list may cost a page."""


def test_pages_grow_by_their_own_lists_alone(large: Corpus, small: Corpus) -> None:
    """Forty-five times the agencies: a page pays for the entries that it lists more, and no page for the rest."""
    heavier = {}
    for path, sized in large.pages.items():
        if path not in small.pages or path.endswith(("compare/", "overview/")):
            continue
        more = sum(_lists(sized.tree)) - sum(_lists(small.pages[path].tree))
        growth = sized.weight - small.pages[path].weight
        if growth > 400 + PER_ENTRY * max(more, 0):
            heavier[path] = (growth, more)
    assert heavier == {}
    # Of the overview every year's page has the drawings, too: columns from some number of agencies on, as many whatever comes.
    for language in ("", "en/"):
        assert large.pages[f"{language}overview/"].weight < BUDGETS["overview"]
    # The comparison lists every agency there is to choose from, and nothing of their reports but the table of the latest year.
    for language in ("", "en/"):
        growth = large.pages[f"{language}compare/"].weight - small.pages[f"{language}compare/"].weight
        assert growth < PER_ENTRY * AGENCIES


def _parts(corpus: Corpus, start: str) -> list[Sized]:
    """A list's pages, from the first by the links to the next; every link back leads where it came from."""
    found, path = [], start
    while True:
        sized = corpus.pages[path]
        found.append(sized)
        base = f"https://open-reports.example/{path}"
        if len(found) > 1:
            back = [urljoin(base, href) for href in sized.tree.xpath("//a[@class='or-back']/@href")]
            assert f"https://open-reports.example/{found[-2].page.path}" in back, path
        onward = [
            urljoin(base, href).removeprefix("https://open-reports.example/") for href in sized.tree.xpath("//a[@class='or-onward']/@href")
        ]
        onward = [each for each in onward if each.startswith(start)]
        if not onward:
            return found
        assert len(onward) == 1
        path = onward[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "path", ["years/2024/", "quality/", "coverage/", *(f"indicators/{each}/" for each in list(forms().indicators)[:3])]
)
def test_parts_of_a_list_lead_to_each_other_and_name_everybody_once(large: Corpus, path: str, language: str) -> None:
    """The links of the parts reach every agency, each in one part, in the order of the agencies."""
    parts = _parts(large, ("en/" if language == "en" else "") + path)
    assert len(parts) == -(-AGENCIES // MOST)
    named = []
    for sized in parts:
        links = sized.tree.xpath("//tbody//th[@scope='row']/a/@href")
        named += [link.rstrip("/").rpartition("reports/")[2].partition("/")[0] for link in links if "reports/" in link]
    assert sorted(named) == large.agencies
    titles = [sized.page.title for sized in parts]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("language", LANGUAGES)
def test_findings_of_a_rule_are_told_in_parts(large: Corpus, language: str) -> None:
    parts = _parts(large, ("en/" if language == "en" else "") + "quality/T4-SUM/")
    told = [link for sized in parts for link in sized.tree.xpath("//ol[@class='or-found']/li/a/@href")]
    assert len(parts) == 2
    assert len(set(told)) == len(told) == WRONG
