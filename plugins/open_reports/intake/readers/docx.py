"""Word: a docx as it looks with every tracked change accepted, its innermost tables as cells, everything else as paragraphs.

Cells lie where Word's own grid says (`gridSpan`, `vMerge`, `gridBefore`); a row that does not fill the grid of its table keeps its
cells, each of them doubted, for one cell too few moves all that follow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from open_reports.errors import IntakeError
from open_reports.intake.archive import opened, xml
from open_reports.intake.grid import MOST_ROWS, Cell, Doubt, Grid, Manuscript, Paragraph
from open_reports.intake.readers.parts import facts, main_part, related
from open_reports.intake.readers.wordgrid import Laid, count, edges
from open_reports.intake.readers.wordml import Numbering, Styles, attribute, child, fill_of, name, switch, value
from open_reports.intake.readers.words import ADDED, DROPPED, Seen, Surroundings, Words, control, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from open_reports.intake.archive import Element

_LOOKED_THROUGH = frozenset(("w:sdt", "w:sdtContent", "w:customXml", "w:smartTag", *ADDED))
_ELSEWHERE = frozenset(("w:altChunk", "w:subDoc"))
_NESTED_SHOWN = 40
"""Characters of a nested table that are shown with the cell it stands in."""
_PARTS = frozenset(("styles", "numbering", "footnotes", "endnotes"))


def read(data: bytes) -> Manuscript:
    """A Word file as a manuscript. Raises `IntakeError` where it cannot be read whole."""
    return manuscript(opened(data))


def manuscript(members: Mapping[str, bytes]) -> Manuscript:
    """The same, from members that were unpacked already."""
    document = main_part(members, "docx_unreadable")
    parts = {kind: xml(members[target]) for kind, _, target in related(members, document) if target in members and kind in _PARTS}
    flow = _Flow(Styles(parts.get("styles")), Numbering(parts.get("numbering")))
    body = child(xml(members[document]), "w:body")
    if body is None:
        raise IntakeError("docx_unreadable")
    flow.over(body)
    # A field that begins and never ends would have swallowed all text behind it.
    if flow.seen.fields:
        raise IntakeError("docx_unreadable")
    flow.notes({kind: parts.get(f"{kind.removeprefix('w:')}s") for kind in ("w:footnote", "w:endnote")})
    return Manuscript(
        kind="docx", blocks=tuple(flow.blocks), facts=facts(flow.blocks, members.get("docProps/core.xml")), remarks=flow.remarks()
    )


# -- text and tables --------------------------------------------------------------------------------------------------------


class _Row(NamedTuple):
    """A row: its cells, the columns left free before the first, doubts about all of them."""

    cells: Sequence[Element]
    before: int
    doubts: frozenset[Doubt]


@dataclass
class _Flow:
    """Paragraphs and tables in reading order."""

    styles: Styles
    numbering: Numbering
    seen: Seen = field(default_factory=Seen)
    blocks: list[Grid | Paragraph] = field(default_factory=list)
    tables: int = 0
    paragraphs: int = 0
    place: str = "第{}段"
    _open: Words | None = None

    def over(self, element: Element) -> None:
        """Take in everything in an element, and end the paragraph behind it."""
        self._inside(element)
        self._end()

    def remarks(self) -> tuple[str, ...]:
        """Codes of what is to be said of the whole."""
        seen = self.seen
        # Pictures matter where there is no table, for the table may be one.
        pictured = seen.pictures and not any(isinstance(each, Grid) for each in self.blocks)
        told = {
            "hidden_text": seen.hidden,
            "pictures": pictured,
            "text_boxes": seen.boxes,
            "unaccepted_changes": seen.changed,
        }
        return tuple(code for code, applies in told.items() if applies)

    def notes(self, parts: Mapping[str, Element | None]) -> None:
        """Take in the notes that the text refers to, behind everything else."""
        for kind, label in (("w:footnote", "脚注"), ("w:endnote", "尾注")):
            part = parts[kind]
            own = {attribute(each, "id"): each for each in (() if part is None else part) if name(each) == kind}
            self.place, self.paragraphs = f"{label}{{}}", 0
            for each, key in list(self.seen.notes):
                if each == kind and key in own:
                    self.over(own[key])

    def _inside(self, element: Element) -> None:
        # One call a level: the parser takes 256 levels, which is a quarter of what Python takes.
        for each in shown(element):
            kind = name(each)
            if kind in _ELSEWHERE:
                raise IntakeError("docx_chunk")
            if kind == "w:p":
                self._paragraph(each)
            elif kind == "w:tbl":
                self._end()
                self._table(each)
            elif kind in DROPPED or kind in ADDED or kind in _LOOKED_THROUGH:
                self.seen.changed |= kind in DROPPED or kind in ADDED
                if kind not in DROPPED:
                    self._inside(each)

    def _words(self, around: Surroundings | None = None) -> Words:
        return Words(self.styles, self.numbering, self.seen, around or Surroundings())

    def _paragraph(self, element: Element) -> None:
        self._open = self._open or self._words()
        self._open.paragraph(element)
        if self._open.joined is None:
            self._end()

    def _end(self) -> None:
        words, self._open = self._open, None
        if words is None:
            return
        text = words.text()
        if text.strip():
            self.paragraphs += 1
            self.blocks.append(Paragraph(text=text, place=self.place.format(self.paragraphs), level=words.level))
        self._boxed(words.boxes)

    def _boxed(self, boxes: Sequence[Element]) -> None:
        """Take in the texts of drawings; where on the page they lie is unknown, it may be above a cell."""
        for each in boxes:
            self.seen.boxes |= any((text.text or "").strip() for text in each.iter("{*}t"))
            self.over(each)

    # -- tables -------------------------------------------------------------------------------------------------------------

    def _table(self, table: Element) -> None:
        rows = self._rows(table)
        around = [cell for row in rows for cell in row.cells]
        if _tabular(rows):
            self._grid(table, rows)
            # A table in a cell of data is told by itself as well.
            around = [cell for cell in around if _nested(cell)]
        for cell in around:
            self.over(cell)

    def _rows(self, table: Element) -> list[_Row]:
        """Rows that are left once changes are accepted, each with the cells that are left of it."""
        found = []
        for row in self._through(table, "w:tr"):
            properties = child(row, "w:trPr")
            self.seen.changed |= any(child(properties, each) is not None for each in (*ADDED, *DROPPED))
            if child(properties, "w:del") is not None:
                continue
            cells = list(self._through(row, "w:tc"))
            changes = [child(cell, "w:tcPr", each) is not None for cell in cells for each in ("w:cellIns", "w:cellDel", "w:cellMerge")]
            # Cells that come or go move the others; which figure then stands under which head, only Word knows.
            doubts = frozenset({Doubt.CHANGED} if any(changes) else ())
            self.seen.changed |= any(changes)
            kept = [cell for cell in cells if child(cell, "w:tcPr", "w:cellDel") is None]
            if not (switch(properties, "w:hidden") and self._unseen(kept)):
                found.append(_Row(kept, count(properties, "w:gridBefore", 0), doubts))
        if len(found) > MOST_ROWS:
            raise IntakeError("table_too_large", place=f"表{self.tables + 1}")
        return found

    def _through(self, element: Element, kind: str) -> Iterator[Element]:
        """Elements of a kind in one, looking through controls and marks of changes."""
        for each in shown(element):
            if name(each) == kind:
                yield each
            elif name(each) in _LOOKED_THROUGH:
                yield from self._through(each, kind)

    def _unseen(self, cells: Sequence[Element]) -> bool:
        """Whether a row that may be hidden is: Word shows it if any of its text is not."""
        numbering = Numbering(None)
        trial = [self._gathered(cell, Words(self.styles, numbering, self.seen)) for cell in cells]
        return not any(words.text().strip() or words.doubts for words in trial)

    def _gathered(self, cell: Element, words: Words) -> Words:
        """Take in the paragraphs of a cell, nested tables left out."""
        for each in shown(cell):
            kind = name(each)
            if kind == "w:p":
                words.paragraph(each)
            elif kind in _ELSEWHERE:
                raise IntakeError("docx_chunk")
            elif kind in DROPPED:
                words.drop(each)
            elif kind in _LOOKED_THROUGH:
                words.doubts |= control(each)
                self._gathered(each, words)
        return words

    def _grid(self, table: Element, rows: Sequence[_Row]) -> None:
        self.tables += 1
        place = f"表{self.tables}"
        key = value(child(table, "w:tblPr"), "w:tblStyle")
        style = self.styles.of(key, "table")
        boxes: list[Element] = []
        laid = Laid(place, edges(table, [(each.before, each.cells) for each in rows]))
        for each in rows:
            laid.begin(each.before)
            for index, cell in enumerate(each.cells, start=1):
                properties = child(cell, "w:tcPr")
                words = self._gathered(cell, self._words(Surroundings(style, fill_of(properties), style.shading)))
                boxes += words.boxes
                self.seen.hidden |= laid.add(properties, _drawn(cell, words, f"{place}第{len(laid.ends)}行第{index}格", each.doubts))
        self.blocks.append(laid.grid())
        self._boxed(boxes)


def _drawn(cell: Element, words: Words, place: str, doubts: frozenset[Doubt]) -> Cell:
    text, marks = words.text(), {*words.marked(), *doubts}
    nested = list(_nested(cell))
    if nested:
        marks.add(Doubt.NESTED)
        inner = " ".join("".join(text.text or "" for text in each.iter("{*}t")) for each in nested)
        text = "\n".join(filter(None, (text, " ".join(inner.split())[:_NESTED_SHOWN])))
    return Cell(row=0, column=0, text=text, place=place, doubts=tuple(each for each in Doubt if each in marks))


def _nested(cell: Element) -> list[Element]:
    """Tables in a cell; those in drawings are told with the drawings."""
    found = []
    for each in shown(cell):
        if name(each) == "w:tbl":
            found.append(each)
        elif name(each) in _LOOKED_THROUGH:
            found += _nested(each)
    return found


def _tabular(rows: Sequence[_Row]) -> bool:
    """Whether a table holds data: not one cell around everything, and where tables stand in it, still a row of several texts."""
    if sum(len(row.cells) for row in rows) <= 1:
        return False
    if not any(_nested(cell) for row in rows for cell in row.cells):
        return True
    return any(sum(1 for cell in row.cells if not _nested(cell) and _says(cell)) > 1 for row in rows)


def _says(cell: Element) -> bool:
    return any(re.search(r"\w", each.text or "") for each in cell.iter("{*}t"))
