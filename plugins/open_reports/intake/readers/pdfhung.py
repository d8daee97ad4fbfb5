"""Text of PDF that hangs below the last line of a table: browsers draw no line below a cell that goes on over the end of a page.

It belongs to the cell above it only if that cell is open below, goes on between the same lines at the top of the next page, and
nothing else stands in between. Digits are never taken: a cell that they hang below is doubted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from open_reports.intake.grid import Doubt
from open_reports.intake.labels import folded
from open_reports.intake.readers.pdfgrid import NEAR, columns
from open_reports.intake.readers.pdftext import joined, lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from open_reports.intake.grid import Cell
    from open_reports.intake.readers.pdfgrid import Place, Ruled
    from open_reports.intake.readers.pdfpage import Sheet, Table
    from open_reports.intake.readers.pdfsecond import Box
    from open_reports.intake.readers.pdftext import Glyph, Line


@dataclass(frozen=True)
class Page:
    """A page, and its lines outside of tables that are not on every page."""

    sheet: Sheet
    lines: Sequence[Line]

    def below(self) -> list[Line]:
        """Lines below its last table."""
        return [line for line in self.lines if self.sheet.tables and line.box[1] >= self.sheet.tables[-1].ruled.box[1]]

    def above(self) -> list[Line]:
        """Lines above its first table."""
        return [line for line in self.lines if not self.sheet.tables or line.box[1] < self.sheet.tables[0].ruled.box[1]]


def gathered(pages: Sequence[Page]) -> list[Page]:
    """Pages, with what hangs below their tables in the cells that it belongs to."""
    return [*(_gathered(one, other) for one, other in pairwise(pages)), *pages[-1:]]


def _gathered(page: Page, after: Page) -> Page:
    hanging = page.below()
    if not hanging:
        return page
    table = page.sheet.tables[-1]
    found = _owners(hanging, table.ruled)
    if found is not None and not _may_be_figures(hanging) and not after.above() and _go_on(found, table, after):
        lines = [line for line in page.lines if line not in hanging]
        return Page(_with(page.sheet, {at: _longer(table, at, own) for at, own in found.items()}), lines)
    return Page(_with(page.sheet, _doubted(table, hanging)), page.lines)


def _owners(hanging: Sequence[Line], ruled: Ruled) -> dict[Place, list[Line]] | None:
    """The open cell that each character hangs below, one line after another without a gap; None if some hang below none."""
    found: dict[Place, list[Glyph]] = {}
    for each in (each for line in hanging for each in line.glyphs):
        place = next((at for at in ruled.below if _between(each, ruled.boxes[at])), None)
        if place is not None:
            found.setdefault(place, []).append(each)
        elif not each.blank:
            return None
    owned = {at: lines(own) for at, own in found.items()}
    return owned if all(_next(own, ruled.boxes[at]) for at, own in owned.items()) else None


def _between(each: Glyph, box: Box) -> bool:
    return box[0] <= each.x0 and each.x1 <= box[2]


def _next(own: Sequence[Line], box: Box) -> bool:
    """Whether lines follow one another from the end of a box."""
    ends = [box[3], *(line.box[3] for line in own)]
    return all(-line.size / 2 <= line.box[1] - end <= line.size for end, line in zip(ends, own, strict=False))


def _may_be_figures(hanging: Sequence[Line]) -> bool:
    """Whether some line has a digit, or no letter: such may be a figure, or the rest of one."""
    texts = [folded(line.text) for line in hanging]
    return any(any(map(str.isdigit, text)) or not any(map(str.isalpha, text)) for text in texts)


def _go_on(places: Mapping[Place, object], table: Table, after: Page) -> bool:
    """Whether cells go on at the top of the next page, between the same lines."""
    if not after.sheet.tables:
        return False
    other = after.sheet.tables[0].ruled
    if columns([table.ruled, other]) is None:
        return False
    return all(any(_aligned(table.ruled.boxes[at], other.boxes[over]) for over in other.above) for at in places)


def _aligned(one: Box, other: Box) -> bool:
    return abs(one[0] - other[0]) <= NEAR and abs(one[2] - other[2]) <= NEAR


def _longer(table: Table, at: Place, own: Sequence[Line]) -> Cell:
    """A cell with the text that hangs below it."""
    box = table.ruled.boxes[at]
    text, doubts = joined(own, box[2] - box[0])
    cell = _cell(table, at)
    return _doubtful(replace(cell, text=cell.text + text), doubts)


def _doubted(table: Table, hanging: Sequence[Line]) -> dict[Place, Cell]:
    """Open cells of figures with something right below them, which may be the rest of their digits."""
    found = {}
    for at in table.ruled.below:
        box, cell = table.ruled.boxes[at], _cell(table, at)
        near = [line for line in hanging if _next([line], box) and any(_between(each, box) for each in line.inked)]
        if near and any(map(str.isdigit, cell.text + "".join(line.text for line in near))):
            found[at] = _doubtful(cell, {Doubt.SPLIT})
    return found


def _doubtful(cell: Cell, doubts: set[Doubt] | frozenset[Doubt]) -> Cell:
    return replace(cell, doubts=tuple(doubt for doubt in Doubt if doubt in doubts | set(cell.doubts)))


def _cell(table: Table, at: Place) -> Cell:
    return next(cell for cell in table.grid.cells if (cell.row, cell.column) == at[:2])


def _with(sheet: Sheet, cells: Mapping[Place, Cell]) -> Sheet:
    """A page whose last table has other cells at some places."""
    table = sheet.tables[-1]
    changed = {at[:2]: cell for at, cell in cells.items()}
    kept = tuple(changed.get((cell.row, cell.column), cell) for cell in table.grid.cells)
    return replace(sheet, tables=[*sheet.tables[:-1], replace(table, grid=replace(table.grid, cells=kept))])
