"""Pages on paper: no sheet ends with the head of a table, drawings keep their paint where no style reaches, nothing is cut off."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
from conftest import REPORTS
from open_reports.charts.paint import COLOURS
from open_reports.intake.radicals import RADICALS
from open_reports.pages.assets import shipped
from website import Chromium, browser, page_files, parsed, served, site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page
    from website import Server

__all__ = ["browser", "site"]

MARGIN = 18 / 25.4 * 72
"""Height of the lower margin, in which the foot line stands, in points."""
_HEADS = """() => [...document.querySelectorAll(".or-table")].flatMap(table =>
    [table.caption?.innerText ?? "", table.tHead?.innerText ?? "", ...[...table.querySelectorAll(".or-group")].map(row => row.innerText)])"""


@pytest.fixture(scope="module")
def server(site: Path) -> Iterator[Server]:
    with served(site) as running:
        yield running


def folded(text: str) -> str:
    """A text as it was before Chromium's PDF: there some characters have become radicals."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).translate(RADICALS))


def last_lines(pdf: bytes) -> Iterator[str]:
    """Last line of the text of each sheet but the last: the lowest, for a head that is repeated is written after the rows."""
    document = pypdfium2.PdfDocument(pdf)
    for number in range(len(document) - 1):
        text: Any = document[number].get_textpage()
        boxes = [text.get_rect(index) for index in range(text.count_rects())]
        _, bottom, _, top = min((box for box in boxes if box[1] > MARGIN), key=lambda box: box[1])
        yield text.get_text_bounded(bottom=bottom - 1, top=top + 1)


def ends_with_a_head(line: str, heads: list[str]) -> bool:
    """Whether all characters of a line are those of one head: cells of a row come in no certain order, and only rows have figures."""
    return any(set(folded(line)) <= set(head) for head in heads if head)


def test_no_sheet_of_a_report_ends_with_a_head(browser: Chromium, site: Path, server: Server) -> None:
    """Printed by Chromium: heads, captions and groups of lines stay with the rows that they are above."""
    page = browser.context().new_page()
    found: list[tuple[str, str]] = []
    sheets = 0
    reports = [path for path in page_files(site / "reports") if re.fullmatch(r"\d{4}", path.parent.name)]
    assert len(reports) == REPORTS
    for path in reports:
        address = path.parent.relative_to(site).as_posix()
        page.goto(f"{server.url}{address}/")
        heads = [folded(each) for each in page.evaluate(_HEADS)]
        for line in last_lines(page.pdf(prefer_css_page_size=True)):
            sheets += 1
            if ends_with_a_head(line, heads):
                found.append((address, line))
    page.context.close()
    assert found == []
    assert sheets > 2 * REPORTS


_ALONE = """() => {
  const cite = document.querySelector(".or-cite"), space = document.createElement("div");
  space.id = "space";
  cite.closest("article").replaceChildren(space, cite);
  return cite.querySelector(".or-cite-text").innerText;
}"""
SHEET = 297 - 14 - 18
"""Height of what a sheet holds, in millimetres."""


def split(page: Page, cited: str) -> int:
    """On how many of the places near the end of a sheet a citation is printed on two."""
    found = 0
    for height in range(SHEET - 40, SHEET, 5):
        page.evaluate("height => { document.getElementById('space').style.height = `${height}mm`; }", height)
        sheets = [letters(sheet.get_textpage().get_text_bounded()) for sheet in pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))]
        assert any(letters(cited)[:20] in sheet for sheet in sheets)
        found += not any(letters(cited) in sheet for sheet in sheets)
    return found


def letters(text: str) -> str:
    """A text without its marks, for a line may end with one that was not written."""
    return re.sub(r"[\W_]", "", folded(text))


@pytest.mark.parametrize("path", ["reports/pingtan/2024/", "en/reports/pingtan/2024/"])
def test_no_citation_is_split_over_sheets(browser: Chromium, server: Server, path: str) -> None:
    """Wherever near the end of a sheet it falls; without the style it would be split somewhere."""
    page = browser.context().new_page()
    page.goto(f"{server.url}{path}")
    cited = page.evaluate(_ALONE)
    assert len(cited) > 80
    assert split(page, cited) == 0
    page.add_style_tag(content=".or-cite-text { break-inside: auto !important; }")
    assert split(page, cited) > 0
    page.context.close()


def test_every_shape_has_paint_of_its_own(site: Path) -> None:
    """Where a style sheet does not reach into a drawing, whatever has no paint is black."""
    shapes = 0
    for path in page_files(site):
        for drawing in parsed(path).xpath("//svg[contains(@class, 'or-svg') or contains(@class, 'or-swatch')]"):
            for shape in drawing.xpath(".//g | .//*[self::rect or self::line or self::circle or self::text[@class]][not(ancestor::g)]"):
                shapes += 1
                assert shape.get("fill") or shape.get("stroke"), (path, shape.attrib)
                if shape.tag == "line":
                    assert shape.get("stroke"), (path, shape.attrib)
            for pattern in drawing.xpath(".//*[starts-with(@fill, 'url(')]"):
                assert pattern.get("fill").partition(" ")[2] in COLOURS
    assert shapes > 1000


def test_the_paint_is_that_of_the_light_scheme() -> None:
    styles = shipped()["charts.css"].read_text(encoding="utf-8").partition("@media")[0]
    assert tuple(re.findall(r"--or-s\d: (#[0-9a-f]{6});", styles)) == COLOURS


def test_no_page_is_fetched_ahead(site: Path) -> None:
    """`rel="next"` makes Firefox fetch a page that the policy forbids it to, and complain."""
    assert [str(path) for path in page_files(site) if parsed(path).xpath("//*[@rel='next' or @rel='prev']")] == []
