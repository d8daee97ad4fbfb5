"""The grid of a table in Word: where each cell lies, told by the spans that the file states."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from open_reports.errors import IntakeError
from open_reports.intake.grid import MOST_CELLS, MOST_COLUMNS, MOST_SPAN, Cell, Doubt, Grid
from open_reports.intake.readers.wordml import attribute, child, name, number, value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from open_reports.intake.archive import Element

_SLIVER = 60
"""Twentieths of a point (a millimetre) between edges of cells that are one edge, drawn by hand or rounded by a program."""
_WIDEST = 31_680
"""Twentieths of a point that a page may be wide in Word."""


def count(properties: Element | None, key: str, least: int) -> int:
    """A span or a number of columns, within the limits of tables."""
    return min(max(number(properties, key) or least, least), MOST_SPAN)


def edges(table: Element, rows: Iterable[tuple[int, Sequence[Element]]]) -> list[int]:
    """Which column each column of the file's own grid counts as; `rows` are the columns left free and the cells of each row.

    Columns of no width are edges that were to be one. If a cell would lie in nothing else, the widths say nothing.
    """
    found, begun = [0], 0
    for place in accumulate(_widths(child(table, "w:tblGrid"))):
        apart = place - begun > _SLIVER
        begun = place if apart else begun
        found.append(found[-1] + apart)
    for free, cells in rows:
        spans = accumulate((free, *(count(child(cell, "w:tcPr"), "w:gridSpan", 1) for cell in cells)))
        ends = [_folded(found, each) for each in spans]
        if any(one == other for one, other in pairwise(ends)):
            return [0]
    return found


def _widths(grid: Element | None) -> Iterator[int]:
    for each in () if grid is None else grid:
        if name(each) == "w:gridCol":
            text = attribute(each, "w")
            yield min(int(text), _WIDEST) if text.isdecimal() and text.isascii() and len(text) < 10 else 0  # noqa: PLR2004 (digits of what is wider)


def _folded(edges: Sequence[int], place: int) -> int:
    """Column of a place in the file's own grid; beyond what it states each counts."""
    last = len(edges) - 1
    return edges[place] if place <= last else edges[last] + place - last


@dataclass
class Laid:
    """Cells where the grid of the table has them."""

    place: str
    edges: Sequence[int]
    cells: list[Cell] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    _growing: dict[int, int] = field(default_factory=dict)
    """Cells that may go on in the next row: their positions in `cells` by column."""
    _holes: set[int] = field(default_factory=set)
    _at: int = 0
    """Where the row has come to in the file's own grid."""

    def begin(self, before: int) -> None:
        """Begin a row, with some columns left free."""
        self._at = before
        self.ends.append(_folded(self.edges, before))
        if self.ends[-1]:
            self._holes.add(len(self.ends) - 1)

    def add(self, properties: Element | None, cell: Cell) -> bool:
        """Lay the next cell of the row; whether it hides text of its own because it goes on with the one above or before."""
        row, column = len(self.ends) - 1, self.ends[-1]
        self._at += count(properties, "w:gridSpan", 1)
        self.ends[-1] = _folded(self.edges, self._at)
        across = self.ends[-1] - column
        if self.ends[-1] > MOST_COLUMNS or len(self.cells) >= MOST_CELLS:
            raise IntakeError("table_too_large", place=self.place)
        last = self.cells[-1] if self.cells else None
        if _goes_on(properties, "w:hMerge") and last is not None and (last.row, last.column + last.colspan) == (row, column):
            return self._grown(len(self.cells) - 1, cell, across=across)
        above = self._growing.get(column)
        if _goes_on(properties, "w:vMerge"):
            if above is not None and self.cells[above].colspan == across and self._reaches(above, row):
                return self._grown(above, cell, down=1)
            # It goes on with a cell that is not there, or of another width: what it belongs to is unknown.
            cell = doubted(cell, Doubt.NO_BOX)
        self._growing[column] = len(self.cells)
        self.cells.append(replace(cell, row=row, column=column, colspan=across))
        if child(properties, "w:vMerge") is None:
            del self._growing[column]
        return False

    def _reaches(self, above: int, row: int) -> bool:
        return self.cells[above].row + self.cells[above].rowspan == row

    def _grown(self, index: int, part: Cell, *, down: int = 0, across: int = 0) -> bool:
        owner = self.cells[index]
        owner = replace(owner, rowspan=owner.rowspan + down, colspan=owner.colspan + across)
        # What stands in the covered part is not shown by Word, but is by others.
        covered = bool(part.text.strip())
        doubts = (*part.doubts, *((Doubt.UNSHOWN,) if covered else ()))
        self.cells[index] = doubted(owner, *doubts)
        return covered

    def grid(self) -> Grid:
        """The table, every cell of a row that does not fill it, or is unlike most, doubted."""
        width = max(self.ends, default=0)
        usual = {width, *(end for end, _ in Counter(self.ends).most_common(1))}
        torn = self._holes | {row for row, end in enumerate(self.ends) if usual != {end}}
        cells = [doubted(cell, Doubt.NO_BOX) if cell.row in torn else cell for cell in self.cells]
        return Grid(place=self.place, rows=len(self.ends), columns=width, cells=tuple(cells))


def _goes_on(properties: Element | None, kind: str) -> bool:
    return child(properties, kind) is not None and value(properties, kind) != "restart"


def doubted(cell: Cell, *doubts: Doubt) -> Cell:
    """A cell with more doubts about it."""
    found = {*cell.doubts, *doubts}
    return replace(cell, doubts=tuple(each for each in Doubt if each in found))
