"""HTML: a page as it was saved, its innermost tables as cells, everything else it shows as paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from open_reports.errors import IntakeError
from open_reports.intake.grid import MOST_ROWS, Doubt, Drawn, Grid, Manuscript, Paragraph, TooLargeError, placed
from open_reports.intake.readers.decoding import decoded
from open_reports.intake.readers.facts import stated
from open_reports.intake.readers.markup import (
    Element,
    Piece,
    children,
    gap_of,
    hiding,
    marks_above,
    marks_of,
    parsed,
    pictures,
    pruned,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SAVED = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->")
_TURN = re.compile(r"<t[dh]\b|</table\b|<!--|<(?:script|style|template|noscript)\b", re.IGNORECASE)
_BACK = {name: re.compile(rf"</{name}\b", re.IGNORECASE) for name in ("script", "style", "template", "noscript")} | {
    "!--": re.compile("-->")
}
_SPAN = re.compile(r"[ \t\r\n\f]*\+?([0-9]{1,9})")
_DIGIT = re.compile(r"\d")
_CELLS = ("td", "th")
_SECTIONS = ("thead", "tbody", "tfoot")
_SHORT = 40
"""Characters of a nested table that are shown with the cell it stands in."""


def read(data: bytes, charset: str = "") -> Manuscript:
    """A page as a manuscript; `charset` is what its container says of it. Raises `IntakeError` where it cannot be read whole."""
    text, whole = decoded(data, charset)
    page = Page()
    page.take(text)
    return page.manuscript("html", whole=whole)


@dataclass
class Page:
    """What one or more documents show, one after the other: a page, and the frames in it."""

    blocks: list[Grid | Paragraph] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    hidden: bool = False
    pictures: bool = False
    tables: int = 0
    paragraphs: int = 0

    def take(self, text: str, url: str = "", title: str = "") -> None:
        """Read one document; facts that an earlier one stated stay."""
        if _unended(text):
            raise IntakeError("page_unended")
        saved = _SAVED.search(text[:4_096])
        root = parsed(text)
        classes = hiding(root)
        meta = {name.lower(): each.get("content", "").strip() for each in root.iter("meta") if (name := each.get("name"))}
        titles = [_shown(each) for each in (*root.iter("h1"), *root.iter("title"))]
        self.facts = {**stated(meta, [*titles, title], url or (saved[1] if saved else "")), **self.facts}
        self.hidden |= pruned(root)
        self.pictures |= pictures(root)
        _Flow(self, classes).over(root)

    def manuscript(self, kind: str, *, whole: bool) -> Manuscript:
        """Everything that was read, with what is to be said of it."""
        grids = [block for block in self.blocks if isinstance(block, Grid)]
        # A page is full of pictures; they matter where there is no table, for the table may be one.
        remarks = (("hidden_text", self.hidden), ("pictures", self.pictures and not grids), ("undecoded", not whole))
        return Manuscript(
            kind=kind, blocks=tuple(self.blocks), facts=self.facts, remarks=tuple(code for code, applies in remarks if applies)
        )


def _unended(text: str) -> bool:
    """Whether a page ends within a table: parsers close it without a word, and 4 may be the rest of 470."""
    inside, at = False, 0
    while match := _TURN.search(text, at):
        at, name = match.end(), match[0][1:].lower()
        if name in _BACK:
            end = _BACK[name].search(text, at)
            if end is None:
                # What is left is a script or a comment, and not shown.
                break
            at = end.end()
        else:
            inside = not name.startswith("/")
    return inside


def _shown(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


class _Flow:
    """Text outside of data tables, gathered into paragraphs in reading order."""

    def __init__(self, page: Page, classes: frozenset[str]) -> None:
        self.page = page
        self.classes = classes
        self.piece = Piece(classes)
        self.level = 0

    def over(self, element: Element) -> None:
        """Take in an element and end the paragraph behind it."""
        self._inside(element)
        self.end()

    def end(self) -> None:
        """End the paragraph."""
        text = self.piece.text()
        if text.strip():
            self.page.paragraphs += 1
            self.page.blocks.append(Paragraph(text=text, place=f"第{self.page.paragraphs}段", level=self.level))
        self.piece = Piece(self.classes)

    def _inside(self, element: Element) -> None:
        # One call a level: a page may be as deep as the parser takes, which is a quarter of what Python takes.
        self.piece.add(element.text, frozenset())
        for child in children(element):
            gap, before = gap_of(child), self.level
            heading = re.fullmatch(r"h([1-6])", str(child.tag))
            if child.tag == "br":
                self.piece.parts.append("\n")
            elif gap == "\n":
                self.end()
                if child.tag == "table":
                    self._table(child)
                else:
                    self.level = int(heading[1]) if heading else before
                    self._inside(child)
                    self.end()
                    self.level = before
            else:
                self.piece.parts.append(gap)
                self._inside(child)
                self.piece.parts.append(gap)
            self.piece.add(child.tail, frozenset())

    def _table(self, table: Element) -> None:
        rows = list(_rows(table))
        self.piece.add(_loose(table), frozenset())
        self.end()
        # What stands in the cells of a table around tables is told by itself as well: it may be the whole report.
        around = [cell for row in rows for cell in row.cells]
        stray = list(_through(table, ("table",)))
        if _tabular(rows):
            self._grid(table, rows, {Doubt.NESTED} if stray else set())
            around = [cell for cell in around if next(cell.iter("table"), None) is not None]
        for cell in around:
            self.over(cell)
        for each in stray:
            self._table(each)

    def _grid(self, table: Element, rows: Sequence[_Row], doubts: set[Doubt]) -> None:
        self.page.tables += 1
        place = f"表{self.page.tables}"
        above = marks_above(table, self.classes) | marks_of(table, self.classes) | doubts
        if _DIGIT.search(_loose(table, ("caption", "tr"))):
            above |= {Doubt.NO_BOX}
        drawn = []
        for number, row in enumerate(rows, start=1):
            marks = above | row.marks(self.classes)
            cells = enumerate(row.cells, start=1)
            drawn.append([_drawn(cell, self._cell(cell, marks), f"{place}第{number}行第{index}格", row.left) for index, cell in cells])
        try:
            self.page.blocks.append(placed(drawn, place))
        except TooLargeError:
            raise IntakeError("table_too_large", place=place) from None

    def _cell(self, cell: Element, marks: frozenset[Doubt]) -> Piece:
        piece = Piece(self.classes)
        piece.gather(cell, marks)
        # What is doubtful about the table is so of its blank cells too: what they lack may stand elsewhere.
        piece.doubts |= marks & {Doubt.NESTED, Doubt.NO_BOX}
        if piece.tables:
            piece.doubts.add(Doubt.NESTED)
            inner = " ".join(filter(None, (_shown(each) for each in piece.tables)))
            piece.parts.append(f"\n{inner[:_SHORT]}")
        return piece


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as written: its cells, what it stands in, and how many rows its section has left, itself included."""

    cells: Sequence[Element]
    within: Sequence[Element]
    left: int

    def marks(self, classes: frozenset[str]) -> frozenset[Doubt]:
        """Doubts about all its text."""
        # A figure that stands in a row, but in none of its cells, is missing from one of them.
        torn = any(_DIGIT.search(_loose(each)) for each in self.within if each.tag == "tr")
        return frozenset().union({Doubt.NO_BOX} if torn else (), *(marks_of(each, classes) for each in self.within))


def _rows(table: Element) -> Iterator[_Row]:
    """Rows as they are shown: the first head first, feet last, cells without a row as one."""
    sections: list[tuple[Element | None, list[tuple[Element | None, list[Element]]]]] = []
    _collect(table, None, sections)
    heads = [each for each in sections if each[0] is not None and each[0].tag == "thead"][:1]
    feet = [each for each in sections if each[0] is not None and each[0].tag == "tfoot"]
    ordered = [*heads, *(each for each in sections if each not in heads and each not in feet), *feet]
    for section, rows in ordered:
        for index, (row, cells) in enumerate(rows):
            yield _Row(cells, [each for each in (section, row) if each is not None], len(rows) - index)


def _collect(
    element: Element, section: Element | None, sections: list[tuple[Element | None, list[tuple[Element | None, list[Element]]]]]
) -> None:
    """Sections, rows and cells of a table; the parser leaves forms and the like between them, which browsers look through."""

    def rows() -> list[tuple[Element | None, list[Element]]]:
        if not sections or sections[-1][0] is not section:
            sections.append((section, []))
        return sections[-1][1]

    orphans: list[Element] | None = None
    for child in children(element):
        if child.tag in _CELLS:
            if orphans is None:
                orphans = []
                rows().append((None, orphans))
            orphans.append(child)
            continue
        orphans = None
        if child.tag == "tr":
            rows().append((child, list(_through(child, _CELLS))))
        elif child.tag in _SECTIONS:
            _collect(child, child, sections)
        elif child.tag != "table":
            _collect(child, section, sections)


def _through(element: Element, tags: Sequence[str]) -> Iterator[Element]:
    """Elements of these tags in one, looking through whatever stands between, but not into cells and inner tables."""
    for child in children(element):
        if child.tag in tags:
            yield child
        elif child.tag not in (*_CELLS, "table"):
            yield from _through(child, tags)


def _loose(element: Element, passed: Sequence[str] = ()) -> str:
    """Text that stands in a table or a row but in none of its cells; browsers show it above the table."""
    found: list[str] = []

    def within(part: Element) -> None:
        found.append(part.text or "")
        for child in children(part):
            if child.tag not in (*_CELLS, "table", *passed):
                within(child)
            found.append(child.tail or "")

    within(element)
    return " ".join(" ".join(found).split())


def _tabular(rows: Sequence[_Row]) -> bool:
    """Whether a table holds data: not one cell around everything, and where tables stand in it, still a row of several texts."""
    cells = [cell for row in rows for cell in row.cells]
    if len(cells) <= 1 or len(rows) > MOST_ROWS:
        return len(rows) > MOST_ROWS
    if not any(next(cell.iter("table"), None) is not None for cell in cells):
        return True
    return any(sum(1 for cell in row.cells if next(cell.iter("table"), None) is None and _shown(cell)) > 1 for row in rows)


def _drawn(cell: Element, piece: Piece, place: str, left: int) -> Drawn:
    # A cell ends with its section, whatever it says; 0 means just that.
    rowspan = _span(cell.get("rowspan"))
    return Drawn(
        text=piece.text(),
        place=place,
        rowspan=min(rowspan or left, left),
        colspan=_span(cell.get("colspan")) or 1,
        doubts=piece.marked(),
        id=cell.get("id", ""),
    )


def _span(value: str | None) -> int:
    """A span as browsers read it: the number it begins with, 1 if there is none."""
    found = _SPAN.match(value or "")
    return int(found[1]) if found else 1
