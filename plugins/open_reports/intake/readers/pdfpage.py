"""A page of PDF: its tables with the text of their boxes, and the lines around them."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from open_reports.errors import IntakeError
from open_reports.intake.grid import Cell, Doubt, Grid
from open_reports.intake.readers.pdfgrid import ruled
from open_reports.intake.readers.pdfsecond import MOST_CHARACTERS, is_figure
from open_reports.intake.readers.pdftext import Glyph, glyph, joined, lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pdfplumber.page import Page

    from open_reports.intake.readers.pdfgrid import Ruled
    from open_reports.intake.readers.pdfsecond import Box, Shown
    from open_reports.intake.readers.pdftext import Line

_CROSSING = 0.35
"""Share of a character that may lie beyond the line of its cell."""
_INSET = 3.5
"""Points between the line of a cell and what stands in it, as far as the line may be thick."""


@dataclass(frozen=True)
class Table:
    """A table, and where it stands on its page."""

    grid: Grid
    ruled: Ruled


@dataclass(frozen=True)
class Sheet:
    """What a page holds: tables and lines, each from the top, and whether there are pictures."""

    number: int
    height: float
    tables: Sequence[Table]
    lines: Sequence[Line]
    pictured: bool


def sheet(page: Page, shown: Shown) -> Sheet:
    """A page, each figure of its tables held against what the second reader sees. Raises `IntakeError` where it is too large."""
    if len(page.chars) > MOST_CHARACTERS:
        raise IntakeError("pdf_page_large")
    left, top = page.cropbox[0], page.cropbox[1]
    glyphs = [glyph(char) for char in page.chars]
    strokes = [(edge["x0"], edge["top"], edge["x1"]) for edge in page.edges if edge["orientation"] == "h"]
    found: list[Table] = []
    for number, each in enumerate(ruled(page), start=1):
        inner = [other for other in glyphs if _inside(other, each.box)]
        glyphs = [other for other in glyphs if not _inside(other, each.box)]
        reading = _Reading(shown, (left, top), strokes, f"第{page.page_number}页表{number}")
        found.append(Table(reading.grid(each, inner), each))
    return Sheet(page.page_number, float(page.height), found, lines(glyphs), bool(page.images))


def _inside(each: Glyph, box: Box) -> bool:
    x, y = each.middle
    return box[0] <= x < box[2] and box[1] <= y < box[3]


@dataclass(frozen=True)
class _Reading:
    """How the cells of a table are read: what the second reader shows, from which corner it counts, strokes across, the table's name."""

    shown: Shown
    origin: tuple[float, float]
    strokes: Sequence[tuple[float, float, float]]
    place: str

    def grid(self, table: Ruled, glyphs: Iterable[Glyph]) -> Grid:
        """Cells of a table; text where no box is drawn makes a cell of its own, which nobody believes."""
        rest = list(glyphs)
        cells = []
        # The smallest box first: a frame around others has only what none of them has.
        for (row, column, down, across), box in sorted(table.boxes.items(), key=lambda each: _area(each[1])):
            own = [each for each in rest if _inside(each, box)]
            rest = [each for each in rest if not _inside(each, box)]
            cells.append(self._cell((row, column, down, across), box, own))
        taken = {(cell.row + y, cell.column + x) for cell in cells for y in range(cell.rowspan) for x in range(cell.colspan)}
        cells += self._homeless(table, rest, taken)
        rows, columns = table.rows, len(table.xs) - 1
        ordered = sorted(cells, key=lambda cell: (cell.row, cell.column))
        return Grid(place=self.place, rows=rows, columns=columns, cells=tuple(ordered))

    def _cell(self, at: tuple[int, int, int, int], box: Box, glyphs: Sequence[Glyph]) -> Cell:
        text, doubts = joined(lines(glyphs), box[2] - box[0])
        seen = doubts | self._unlike(box, glyphs)
        row, column, down, across = at
        return Cell(
            row=row,
            column=column,
            text=text,
            place=f"{self.place}（第{row + 1}行第{column + 1}格）",
            rowspan=down,
            colspan=across,
            doubts=tuple(doubt for doubt in Doubt if doubt in seen),
        )

    def _unlike(self, box: Box, glyphs: Sequence[Glyph]) -> set[Doubt]:
        """What is wrong with a cell beside what is to be seen there."""
        inked = [each for each in glyphs if not each.blank]
        figures = [each for each in inked if any(map(is_figure, unicodedata.normalize("NFKC", each.text)))]
        found = {
            Doubt.PICTURED: not inked and self.shown.inked(self._moved(_inner(box))),
            Doubt.UNSHOWN: not self._visible(box, inked),
            Doubt.NO_BOX: any(_beyond(each, box) > _CROSSING * (each.x1 - each.x0) for each in inked),
            Doubt.STRUCK: any(_struck(each, self.strokes) for each in figures),
            Doubt.DISAGREEING: not self._agreeing(box, figures),
        }
        return {doubt for doubt, holds in found.items() if holds}

    def _visible(self, box: Box, inked: Sequence[Glyph]) -> bool:
        """Whether there is ink in a cell that holds text, and where each digit stands."""
        if inked and not self.shown.inked(self._moved(box)):
            return False
        return all(self.shown.inked(self._moved(_heart(each))) for each in inked if _digit(each))

    def _agreeing(self, box: Box, figures: Sequence[Glyph]) -> bool:
        """Whether the second reader sees the same digits in the same order, and as many dots, commas and strokes."""
        other = [
            Glyph(mark.text, mark.box[0], mark.box[2], mark.box[1], mark.box[3], mark.box[3] - mark.box[1])
            for mark in self.shown.within(self._moved(box))
        ]
        return _digits(figures) == _digits(other) and _signs(figures) == _signs(other)

    def _homeless(self, table: Ruled, glyphs: Sequence[Glyph], taken: set[tuple[int, int]]) -> Iterable[Cell]:
        holes: dict[tuple[int, int], list[Glyph]] = {}
        for each in glyphs:
            if not each.blank:
                x, y = each.middle
                row = max(index for index, edge in enumerate(table.ys[: table.rows]) if edge <= y)
                column = max(index for index, edge in enumerate(table.xs[:-1]) if edge <= x)
                holes.setdefault((row, column), []).append(each)
        for (row, column), own in holes.items():
            if (row, column) not in taken:
                text, doubts = joined(lines(own), table.xs[column + 1] - table.xs[column])
                every = tuple(doubt for doubt in Doubt if doubt in doubts | {Doubt.NO_BOX})
                yield Cell(row=row, column=column, text=text, place=f"{self.place}（第{row + 1}行第{column + 1}格）", doubts=every)

    def _moved(self, box: Box) -> Box:
        """A box as the second reader counts, from the corner of what is shown."""
        x, y = self.origin
        return box[0] - x, box[1] - y, box[2] - x, box[3] - y


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _inner(box: Box) -> Box:
    """A box without its lines."""
    across, down = min(_INSET, (box[2] - box[0]) / 4), min(_INSET, (box[3] - box[1]) / 4)
    return box[0] + across, box[1] + down, box[2] - across, box[3] - down


def _heart(each: Glyph) -> Box:
    """Where a digit has ink whatever its font takes for its height, and no line of a table is."""
    height = each.bottom - each.top
    return each.x0, each.top + height * 0.25, each.x1, each.bottom - height * 0.2


def _beyond(each: Glyph, box: Box) -> float:
    """How far a character lies beyond the sides of its cell."""
    return max(box[0] - each.x0, each.x1 - box[2], 0.0)


def _struck(each: Glyph, strokes: Iterable[tuple[float, float, float]]) -> bool:
    """Whether a stroke runs through a character; below it, it would be underlined."""
    height, width = each.bottom - each.top, each.x1 - each.x0
    return any(
        each.top + height * 0.3 < y < each.bottom - height * 0.12 and min(each.x1, right) - max(each.x0, left) > width / 2
        for left, y, right in strokes
    )


def _digit(each: Glyph) -> bool:
    return any(char.isdigit() for char in unicodedata.normalize("NFKC", each.text))


def _digits(glyphs: Sequence[Glyph]) -> str:
    """Digits in reading order."""
    read = lines(each for each in glyphs if _digit(each))
    return "".join(char for line in read for char in unicodedata.normalize("NFKC", line.text) if char.isdigit())


def _signs(glyphs: Sequence[Glyph]) -> Counter[str]:
    """Other characters of figures: they are too flat to be put into lines by where they lie."""
    return Counter(char for each in glyphs for char in unicodedata.normalize("NFKC", each.text) if is_figure(char) and not char.isdigit())
