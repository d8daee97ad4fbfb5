"""Scans: tables of pictures as their lines draw them, what two engines see in each box. No figure follows from it: every cell is doubted.

A figure may be proposed where both engines see the same. A box in which nothing is seen says nothing, for a faint 0 looks like
that. Text outside of tables is not read: nobody could tell whether a figure in it is right.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from open_reports.errors import IntakeError
from open_reports.intake.grid import Cell, Doubt, Edge, Grid, Manuscript
from open_reports.intake.readers import ocr
from open_reports.intake.readers.pictures import pages
from open_reports.intake.readers.scangrid import ruled, texted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from open_reports.intake.readers.scangrid import Boxed, Place, Ruled
    from open_reports.intake.readers.scanlines import Grey

MOST_BOXES = 4_000
"""Boxes of a file; a report has three hundred."""
_WIDTH = 480.0
"""Points that each table is taken to be wide, so that its columns can be held against those of the next page."""
_NEAR = 3.0
"""Points by which a line between columns may differ from one page to the next."""
_FOOT = 0.93
"""Share of a page from which on there is nothing but its number."""
_HEAD = 1 - _FOOT
_ALIKE = str.maketrans("Oo\u3007\u25cblI|\u4e28\u4e00\u2014\u2013", "0000" + "1111" + "---")
"""Characters that look like those of figures."""
_SPACE = 12
"""Pixels between two lines of text that are put one behind the other."""


class _Page:
    """A page and its tables."""

    def __init__(self, grey: Grey, number: int) -> None:
        self.number = number
        self.tables = ruled(grey)
        height = grey.shape[0]
        # Whether nothing stands above its first table, or below its last one: then the table may come from the page before, or go on.
        self.begins = bool(self.tables) and not texted(grey, self.tables[0], height * _HEAD, self.tables[0].top - 10)
        self.ends = bool(self.tables) and not texted(grey, self.tables[-1], self.tables[-1].bottom + 10, height * _FOOT)


def read(data: bytes, kind: str = "picture") -> Manuscript:
    """A scan as a manuscript; `kind` is pdf or picture. Raises `IntakeError` where it cannot be read or no table is ruled in it."""
    found = [_Page(np.asarray(page), number) for number, page in enumerate(pages(data, kind), start=1)]
    boxes = sum(len(table.boxes) for page in found for table in page.tables)
    if not boxes:
        raise IntakeError("scan_no_lines")
    if boxes > MOST_BOXES:
        raise IntakeError("scan_boxes", most=str(MOST_BOXES))
    grids = _grids(found, _seen([boxed for page in found for table in page.tables for boxed in table.boxes.values()]))
    return Manuscript(kind="scan", blocks=tuple(grids), remarks=("scan_tables_only",))


# -- what the engines see -----------------------------------------------------------------------------------------------------


def _seen(boxes: Sequence[Boxed]) -> list[tuple[str, Doubt]]:
    """Text and doubt of each box."""
    filled = [boxed for boxed in boxes if boxed.lines]
    texts = ocr.first([_strip(boxed.lines) for boxed in filled])
    figures = [(boxed, text) for boxed, text in zip(filled, texts, strict=True) if _figure(text) and len(boxed.lines) == 1]
    others = ocr.second([boxed.lines[0] for boxed, _ in figures])
    agreed = {
        id(boxed)
        for (boxed, text), other in zip(figures, others, strict=True)
        if _folded(text) == _folded(other) and not _overlooked(boxed, _folded(text))
    }
    # What both see is said as a figure is written.
    told = zip(filled, texts, strict=True)
    text_of = {id(boxed): _folded(text) if id(boxed) in agreed else text for boxed, text in told}
    return [(text_of.get(id(boxed), ""), _doubt(boxed, agreed=id(boxed) in agreed)) for boxed in boxes]


def _doubt(boxed: Boxed, *, agreed: bool) -> Doubt:
    if not boxed.lines:
        return Doubt.UNSEEN
    if boxed.unsure:
        return Doubt.NO_BOX
    if agreed and boxed.apart:
        return Doubt.SPLIT
    # Of a figure that runs over the edge of its box only a part is seen, and both may see the same part.
    return Doubt.SCANNED if agreed and not boxed.touching else Doubt.DISAGREEING


def _overlooked(boxed: Boxed, text: str) -> bool:
    """Whether there is more ink than a text has characters: both engines may overlook the same point or digit."""
    return boxed.marks > len(text)


def _folded(text: str) -> str:
    """A text as a figure, if it may be one: an engine that knows every script cannot tell a lone 0 from O, or a dash from 一."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    figure = plain.translate(_ALIKE)
    return figure if figure and set(figure) <= set(ocr.CHARACTERS) else plain


def _figure(text: str) -> bool:
    """Whether a text is one that the second engine can see, too."""
    folded = _folded(text)
    return bool(folded) and set(folded) <= set(ocr.CHARACTERS)


def _strip(found: Sequence[Grey]) -> Grey:
    """Lines of a box, one behind the other, as one line."""
    if len(found) == 1:
        return found[0]
    height = max(each.shape[0] for each in found)
    parts: list[Grey] = []
    for each in found:
        paper = int(np.percentile(each, 90))
        above = (height - each.shape[0]) // 2
        padded = np.pad(each, ((above, height - each.shape[0] - above), (0, _SPACE)), constant_values=paper)
        parts.append(padded)
    return np.concatenate(parts, axis=1)


# -- tables -------------------------------------------------------------------------------------------------------------------


def _grids(found: Sequence[_Page], seen: Sequence[tuple[str, Doubt]]) -> list[Grid]:
    """Tables of all pages; those that go on over the end of a page have the same columns."""
    told = iter(seen)
    made: list[tuple[Grid, tuple[float, ...]]] = []
    for page, before in zip(found, (None, *found), strict=False):
        for number, table in enumerate(page.tables):
            texts = {place: next(told) for place in table.boxes}
            goes_on = number == 0 and before is not None and before.ends and page.begins
            last = number == len(page.tables) - 1
            xs = _points(table.xs)
            grid = _grid(table, texts, f"第{page.number}页表{number + 1}")
            grid = replace(grid, edge=Edge(page.number, goes_on, last and page.ends, xs))
            if goes_on and made and (common := _common(made[-1][1], xs)) is not None:
                made[-1] = _widened(*made[-1], common)
                grid, xs = _widened(grid, xs, common)
            made.append((grid, xs))
    return [grid for grid, _ in made]


def _points(xs: Sequence[float]) -> tuple[float, ...]:
    return tuple((x - xs[0]) / (xs[-1] - xs[0]) * _WIDTH for x in xs)


def _grid(table: Ruled, texts: dict[Place, tuple[str, Doubt]], place: str) -> Grid:
    cells = [
        Cell(
            row=row,
            column=column,
            text=text,
            place=f"{place}（第{row + 1}行第{column + 1}格）",
            rowspan=below,
            colspan=beside,
            doubts=(doubt,),
        )
        for (row, column, below, beside), (text, doubt) in sorted(texts.items())
    ]
    return Grid(place=place, rows=table.rows, columns=len(table.xs) - 1, cells=tuple(cells))


def _common(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...] | None:
    """The lines of whichever of two parts has those of the other, too; None where neither has."""
    most, least = (one, other) if len(one) >= len(other) else (other, one)
    return most if all(min(abs(x - each) for each in most) <= _NEAR for x in least) else None


def _widened(grid: Grid, own: tuple[float, ...], xs: tuple[float, ...]) -> tuple[Grid, tuple[float, ...]]:
    """A part of a table with the columns of the whole."""
    at = [min(range(len(xs)), key=lambda index: abs(xs[index] - x)) for x in own]
    cells = tuple(replace(cell, column=at[cell.column], colspan=at[cell.column + cell.colspan] - at[cell.column]) for cell in grid.cells)
    edge = _relined(grid.edge, xs)
    return replace(grid, columns=len(xs) - 1, cells=cells, edge=edge), xs


def _relined(edge: Edge | None, xs: tuple[float, ...]) -> Edge | None:
    """The edge of a part with the lines of the whole."""
    return None if edge is None else edge._replace(lines=xs)
