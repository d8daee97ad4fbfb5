"""What programs that read a page for its text make of a report: search engines, archives and language models get every figure.

Each extractor runs as its users run it, offline, on the pages as they are built.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest
import trafilatura
from conftest import REPORTS
from lxml import html
from open_reports.pages.coverage import SYMBOLS
from readability import Document
from website import address_of, page_files, parsed, site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["site"]

LANGUAGES = {"zh": "", "en": "en/"}


def words(text: str) -> str:
    """A text without what only parts its words and cells: an English page parts a label where its language changes."""
    return re.sub(r"[\s|*]+", "", text)


def by_trafilatura(text: str) -> str:
    return trafilatura.extract(text) or ""


def by_trafilatura_as_markdown(text: str) -> str:
    found = trafilatura.extract(text, output_format="markdown", include_links=True) or ""
    # The mark of a contradiction is a link to its note; `<` is escaped, for Markdown may hold tags.
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", found).replace(r"\<", "<")


def by_readability(text: str) -> str:
    return " ".join(str(each) for each in html.fromstring(Document(text).summary()).itertext())


EXTRACTORS = (by_trafilatura, by_trafilatura_as_markdown, by_readability)


def report_pages(folder: Path, language: str) -> list[Path]:
    found = [path for path in page_files(folder / LANGUAGES[language] / "reports") if re.fullmatch(r"\d{4}", path.parent.name)]
    assert len(found) == REPORTS
    return found


KINDS = {
    "agency": r"reports/[a-z-]+",
    "year": r"years/\d{4}",
    "indicator": r"indicators/\w+",
    "coverage": "coverage",
    "quality": "quality",
    "rule": r"quality/[A-Z0-9-]+",
    "compare": "compare",
    "home": ".",
}
"""Kinds of pages with figures, beside the reports; what matches the address of each."""


def kind_of(address: str) -> str:
    return next((kind for kind, pattern in KINDS.items() if re.fullmatch(pattern, address)), "")


def plain(text: str) -> str:
    """A text without the signs that voices pass over, which some extractors keep; what they stand for is written beside them."""
    return "".join(each for each in words(text) if each not in SYMBOLS.values())


def told_of(tree: html.HtmlElement) -> list[str]:
    """Each row of a table, each counted thing and each finding, as a reader sees them."""
    rows = [row.xpath("./th | ./td") for row in tree.xpath("//article//table//tr[td]")]
    items = [[item] for item in tree.xpath("//article//ol[@class='or-counts' or @class='or-found']/li")]
    return [plain(" ".join(" ".join(cell.itertext()) for cell in cells)) for cells in [*rows, *items]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("extract", EXTRACTORS)
def test_every_row_of_every_kind_of_page_survives(site: Path, extract: Callable[[str], str], language: str) -> None:
    """Lists of agencies, years and indicators too: where names and values are links, they are taken for menus."""
    lost: dict[str, list[str]] = {}
    seen: Counter[str] = Counter()
    for path in page_files(site / LANGUAGES[language]):
        address = path.parent.relative_to(site / LANGUAGES[language]).as_posix()
        if not (kind := kind_of(address)):
            continue
        text = path.read_text(encoding="utf-8")
        told = told_of(html.fromstring(text))
        seen[kind] += len(told)
        found = plain(extract(text))
        if missing := [line for line in told if line not in found]:
            lost[address] = missing
    assert lost == {}
    assert set(seen) == set(KINDS)
    assert min(seen.values()) > 2


def test_every_row_leads_to_its_page_without_a_script(site: Path) -> None:
    """The name is plain text, and the arrow after it the way: each row of a listing has one, with the name for those who hear it."""
    for start in LANGUAGES.values():
        for path in page_files(site / start):
            listings = parsed(path).xpath("//article//table[contains(@class, 'or-listing') or contains(@class, 'or-matrix')]")
            for row in (row for table in listings for row in table.xpath("./tbody/tr[td]")):
                # The counts of the coverage are of years and kinds, which its matrix names; a correction's row has its links in words.
                if row.xpath(
                    "ancestor::table[contains(@class, 'or-corrections')] | ancestor::section/preceding-sibling::h2[1][@id!='matrix']"
                ):
                    continue
                (way,) = row.xpath("./th//a")
                (name,) = row.xpath("normalize-space(./th/text()[normalize-space()])") and [way.get("aria-label")]
                assert way.text_content() == "→", path
                assert name == row.xpath("normalize-space(./th/text())"), path
                assert (path.parent / way.get("href") / "index.html").exists(), path


def lines_of(tree: html.HtmlElement) -> list[str]:
    """Each line with figures: its label and its cells, as a reader of the page sees them."""
    rows = tree.xpath("//table[contains(@class, 'or-table')]//tr[td[@id]]")
    return [words(" ".join(" ".join(cell.itertext()) for cell in row.xpath("./th | ./td"))) for row in rows]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("extract", EXTRACTORS)
def test_every_figure_of_every_report_survives(site: Path, extract: Callable[[str], str], language: str) -> None:
    """Line by line with its label: a table whose labels are links, or whose box has a name like a menu's, is dropped whole."""
    lost: dict[str, list[str]] = {}
    for path in report_pages(site, language):
        text = path.read_text(encoding="utf-8")
        lines = lines_of(html.fromstring(text))
        assert len(lines) > 30
        found = words(extract(text))
        if missing := [line for line in lines if line not in found]:
            lost[path.parent.parent.name + path.parent.name] = missing
    assert lost == {}


def test_no_label_of_a_report_or_agency_is_a_link(site: Path) -> None:
    """Definitions are added by a script, from what the label names; one link below each table leads there without it."""
    for language, start in LANGUAGES.items():
        known = parsed(site / start / "glossary" / "index.html")
        for path in page_files(site / start / "reports"):
            tree = parsed(path)
            tables = tree.xpath("//table[contains(@class, 'or-table')][not(contains(@class, 'or-listing'))]")
            assert [each.text_content() for table in tables for each in table.xpath(".//th[.//a[not(@class='or-to')]]")] == [], path
            named = {term for table in tables for term in table.xpath(".//@data-term")}
            links = tree.xpath("//p[@class='or-terms']/a/@href")
            assert bool(named) == bool(links), path
            below = {urljoin(address_of(site, path), link).partition("#")[0] for link in links}
            assert below <= {address_of(site, site / start / "glossary" / "index.html")}, language
            assert [term for term in named if not known.xpath("//*[@id=$term]", term=term)] == []
            anchors = [link.partition("#")[2] for link in links]
            assert [each for each in anchors if not known.xpath("//*[@id=$each]", each=each)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_report_names_its_markdown(site: Path, language: str) -> None:
    names = {"zh": "report-tables.md", "en": "report-tables.en.md"}
    for path in report_pages(site, language):
        (link,) = parsed(path).xpath("/html/head/link[normalize-space(@rel)='alternate'][@type='text/markdown']")
        address = urljoin(address_of(site, path), link.get("href")).removeprefix(address_of(site, site / "index.html"))
        assert address == f"reports/{path.parent.parent.name}/{path.parent.name}/{names[language]}"
        assert (site / address).read_text(encoding="utf-8").startswith("# ")
