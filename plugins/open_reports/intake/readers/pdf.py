"""PDF: tables as the lines of the page draw them, each figure agreed by two readers and seen on the page; other text as paragraphs.

pdfplumber finds characters and lines, pdfium sees the page (`pdfsecond.py`). Nothing follows from where text stands, but for the
box that is drawn around it. A picture of a table says nothing.
"""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pdfplumber
from pdfminer.pdfexceptions import PDFException
from pdfplumber.utils.exceptions import PdfminerException

from open_reports.errors import IntakeError
from open_reports.intake.grid import Edge, Manuscript, Paragraph
from open_reports.intake.readers.parts import facts
from open_reports.intake.readers.pdfgrid import columns, widened
from open_reports.intake.readers.pdfhung import Page, gathered
from open_reports.intake.readers.pdfpage import sheet
from open_reports.intake.readers.pdfsecond import pages as seen_pages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from open_reports.intake.grid import Grid
    from open_reports.intake.readers.pdfpage import Sheet, Table
    from open_reports.intake.readers.pdftext import Line

_MARGIN = 0.12
"""Share of the page, above and below, where running heads and page numbers stand."""
_NUMBER = re.compile(r"[\s\-—–·~]*第?\s*\d{1,3}\s*页?\s*(?:[/／,，共]\s*共?\s*\d{1,3}\s*页?)?[\s\-—–·~]*")
_SECTION = re.compile(r"[一二三四五六七八九十]+、")
_LONGEST_HEADING = 60
_LARGER = 1.15
"""How much larger than the rest a title is."""
_BROKEN = (PDFException, PdfminerException, ValueError, KeyError, TypeError, IndexError, AttributeError, AssertionError, OverflowError)
"""What the library raises where a file is not as it should be."""

# It warns of fonts that lack what nobody asks them for.
logging.getLogger("pdfminer").setLevel(logging.CRITICAL)


def read(data: bytes) -> Manuscript:
    """A PDF as a manuscript. Raises `IntakeError` where it cannot be read, is too large, or holds no text (`pdf_scan` if it holds pictures)."""
    found = list(_sheets(data))
    if not any(each.lines or each.tables for each in found):
        # Where there are pictures, they may be read as such.
        raise IntakeError("pdf_scan" if any(each.pictured for each in found) else "pdf_no_text")
    blocks = list(_blocks(found))
    scanned = any(each.pictured and not each.lines and not each.tables for each in found)
    return Manuscript(kind="pdf", blocks=tuple(blocks), facts=facts(blocks, None), remarks=("pdf_pictures",) if scanned else ())


def _sheets(data: bytes) -> Iterator[Sheet]:
    # The second reader first: it counts pages and characters without taking them apart.
    shown = seen_pages(data)
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            # pdfplumber takes a page apart only when it is asked what is on it.
            for seen, page in zip(shown, document.pages, strict=True):
                yield sheet(page, seen)
                page.close()
    except _BROKEN:
        raise IntakeError("pdf_unreadable") from None


# -- order ----------------------------------------------------------------------------------------------------------------------


def _blocks(sheets: Sequence[Sheet]) -> Iterator[Grid | Paragraph]:
    """Tables and paragraphs of all pages in reading order."""
    repeated = _repeated(sheets)
    pages = gathered([Page(each, [line for line in each.lines if not _aside(line, each, repeated)]) for each in sheets])
    sheets, own = [page.sheet for page in pages], [page.lines for page in pages]
    usual = _usual([line for found in own for line in found])
    grids = _grids(sheets, own)
    count = 0
    for each, found in zip(sheets, own, strict=True):
        rest = list(found)
        for table in (*each.tables, None):
            above = [line for line in rest if table is None or line.box[1] < table.ruled.box[1]]
            rest = rest[len(above) :]
            for paragraph in _paragraphs(above, each.number, usual):
                count += 1
                yield replace(paragraph, place=f"{paragraph.place}第{count}段")
            if table is not None:
                yield grids[table.grid.place]


def _grids(sheets: Sequence[Sheet], own: Sequence[Sequence[Line]]) -> dict[str, Grid]:
    """Tables by their places, with how they meet the ends of their pages; those that go on over them have the same columns."""
    cut = [
        # A table ends a page, and one begins the next, where nothing but what every page has stands beyond them.
        bool(one.tables and other.tables)
        and not _beyond(above, one.tables[-1], below=True)
        and not _beyond(under, other.tables[0], below=False)
        for one, other, above, under in zip(sheets, sheets[1:], own, own[1:], strict=False)
    ]
    runs: list[list[tuple[Sheet, Table]]] = []
    for index, each in enumerate(sheets):
        for number, table in enumerate(each.tables):
            if number == 0 and index and cut[index - 1]:
                runs[-1].append((each, table))
            else:
                runs.append([(each, table)])
    found = {}
    for run in runs:
        xs = columns([table.ruled for _, table in run])
        for part, (each, table) in enumerate(run):
            edge = Edge(each.number, part > 0, part < len(run) - 1, xs or table.ruled.xs)
            grid = table.grid if xs is None else widened(table.grid, table.ruled.xs, xs)
            found[grid.place] = replace(grid, edge=edge)
    return found


def _beyond(found: Sequence[Line], table: Table, *, below: bool) -> bool:
    """Whether text stands below a table, or above it."""
    top = table.ruled.box[1]
    return any(line.box[1] >= top if below else line.box[1] < top for line in found)


def _aside(line: Line, page: Sheet, repeated: frozenset[str]) -> bool:
    """Whether a line is no part of the text: the number of the page, or what stands on every page."""
    top, bottom = line.box[1], line.box[3]
    if _MARGIN * page.height < top and bottom < (1 - _MARGIN) * page.height:
        return False
    return _NUMBER.fullmatch(line.text) is not None or _masked(line) in repeated


def _repeated(sheets: Sequence[Sheet]) -> frozenset[str]:
    """Lines in the margins that stand at one place on most pages, digits aside."""
    counted = Counter(key for each in sheets for key in {_masked(line) for line in each.lines})
    return frozenset(key for key, count in counted.items() if count > 1 and count * 2 > len(sheets))


def _masked(line: Line) -> str:
    return f"{round(line.box[1])} {re.sub('[0-9]+', '0', line.text)}"


def _usual(found: Sequence[Line]) -> float:
    """The size of most characters."""
    counted = Counter(round(each.size, 1) for line in found for each in line.inked)
    return counted.most_common(1)[0][0] if counted else 0.0


def _paragraphs(found: Sequence[Line], page: int, usual: float) -> Iterator[Paragraph]:
    """Lines put together: one that reaches the right end of the text goes on in the next, if that one is not indented."""
    if not found:
        return
    left, right = min(line.box[0] for line in found), max(line.box[2] for line in found)
    run: list[Line] = []
    for line in found:
        if run and not _goes_on(run[-1], line, left, right):
            yield _paragraph(run, page, usual)
            run = []
        run.append(line)
    yield _paragraph(run, page, usual)


def _goes_on(line: Line, after: Line, left: float, right: float) -> bool:
    size = line.size
    alike = abs(size - after.size) < 1 and after.box[1] - line.box[1] < 2.5 * size
    return alike and line.box[2] > right - 1.5 * size and after.box[0] < left + size and not _SECTION.match(after.text)


def _paragraph(run: Sequence[Line], page: int, usual: float) -> Paragraph:
    text = "".join(line.text for line in run)
    level = 0
    if _SECTION.match(text) and len(text) <= _LONGEST_HEADING:
        level = 2
    elif page == 1 and run[0].size >= _LARGER * usual and len(text) <= _LONGEST_HEADING * 2:
        level = 1
    return Paragraph(text=text, place=f"第{page}页", level=level)
