"""Sheets: what stands on one sheet of a workbook, as tables and the paragraphs between them.

A sheet has no paragraphs: titles and prose stand in cells, mostly merged over the width of the table. A row is taken for text, not
for a part of a table, only where nothing else can be meant: it has one cell that says something, no border of a table goes through
it, and it stands above or below every table or is a title of the form.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from open_reports.errors import IntakeError
from open_reports.form import Section, forms
from open_reports.intake.grid import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Cell, Doubt, Grid, Paragraph
from open_reports.intake.readers.doubtful import doubts_of
from open_reports.intake.readers.spans import titled

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

MOST_POSITIONS = 200_000
"""Positions of a table that merged cells may cover."""

_SEVERAL = 2
_NUMBER = re.compile(r"^\s*[一二三四五六七八九十]+\s*[、.\uff0e]\s*")


class Box(NamedTuple):
    """A cell of a sheet where it is seen, hidden rows and columns not counted. One that is blank and has no border need not be told."""

    row: int
    column: int
    text: str
    rowspan: int = 1
    colspan: int = 1
    doubts: frozenset[Doubt] = frozenset()
    number: bool = False
    bordered: bool = False

    @property
    def says(self) -> bool:
        """Whether there is a text, or something in its place."""
        return bool(self.text.strip() or self.doubts)


def blocks(
    name: str, boxes: Iterable[Box], place_of: Callable[[int, int], str], covered: Container[tuple[int, int]] = ()
) -> Iterator[Grid | Paragraph]:
    """Tables and paragraphs of a sheet.

    `place_of` is where a person finds the cell of a row and a column, `covered` where a picture or the like lies over the sheet.
    """
    rows = _Rows(list(boxes), covered)
    run: list[int] = []
    for row in range(rows.count + 1):
        if row < rows.count and not rows.is_text(row):
            run.append(row)
            continue
        yield from _table(name, rows, _trimmed(rows, run), place_of)
        run = []
        if row < rows.count:
            (box,) = rows.saying(row)
            yield from _paragraphs(box, place_of)


def _paragraphs(box: Box, place_of: Callable[[int, int], str]) -> Iterator[Paragraph]:
    level = _SEVERAL if _known(box.text) else 0
    for line in box.text.split("\n"):
        if line.strip():
            yield Paragraph(text=line.strip(" "), place=place_of(box.row, box.column), level=level)


def _trimmed(rows: _Rows, run: Sequence[int]) -> Sequence[int]:
    """A run of rows without those at its ends where nothing is seen."""
    seen = [row for row in run if rows.seen(row)]
    return range(seen[0], seen[-1] + 1) if seen else ()


def _table(name: str, rows: _Rows, run: Sequence[int], place_of: Callable[[int, int], str]) -> Iterator[Grid | Paragraph]:
    boxes = [box for row in run for box in rows.own[row]]
    if not any(box.says for box in boxes):
        return
    if len(boxes) == 1 and not boxes[0].doubts:
        yield from _paragraphs(boxes[0], place_of)
        return
    left, right = min(box.column for box in boxes), max(box.column + box.colspan for box in boxes)
    if len(run) > MOST_ROWS or right - left > MOST_COLUMNS or len(run) * (right - left) > MOST_POSITIONS:
        raise IntakeError("table_too_large", place=name)
    filled = rows.filled([box._replace(rowspan=min(box.rowspan, run[-1] + 1 - box.row)) for box in boxes], product(run, range(left, right)))
    if len(filled) > MOST_CELLS:
        raise IntakeError("table_too_large", place=name)
    cells = tuple(_cell(box, run[0], left, place_of(box.row, box.column)) for box in filled)
    yield Grid(place=name, rows=len(run), columns=right - left, cells=cells)


def _cell(box: Box, top: int, left: int, place: str) -> Cell:
    doubts = box.doubts | doubts_of(box.text)
    return Cell(
        row=box.row - top,
        column=box.column - left,
        text=box.text,
        place=place,
        rowspan=box.rowspan,
        colspan=box.colspan,
        doubts=tuple(each for each in Doubt if each in doubts),
        number=box.number,
    )


class _Rows:
    """Rows of a sheet: what begins in each, what reaches into it, which of them is no part of a table."""

    def __init__(self, boxes: list[Box], covered: Container[tuple[int, int]]) -> None:
        self._covered = covered
        self.count = max((box.row + box.rowspan for box in boxes), default=0)
        self.own: list[list[Box]] = [[] for _ in range(self.count)]
        self._entered: list[bool] = [False] * self.count
        for box in boxes:
            self.own[box.row].append(box)
            for row in range(box.row + 1, box.row + box.rowspan):
                self._entered[row] = True
        several = [row for row in range(self.count) if len(self.saying(row)) >= _SEVERAL or self._entered[row]]
        self._first, self._last = (several[0], several[-1]) if several else (self.count, -1)
        # Whether tables of this sheet are drawn with borders; what has none is then no part of one.
        self._drawn = bool(several) and 2 * sum(any(box.bordered for box in self.own[row]) for row in several) > len(several)

    def filled(self, boxes: Sequence[Box], positions: Iterable[tuple[int, int]]) -> list[Box]:
        """Cells in reading order, those that were not told among them: every cell has its address, so it is blank, not missing."""
        taken = {(box.row + y, box.column + x) for box in boxes for y in range(box.rowspan) for x in range(box.colspan)}
        marks = {True: frozenset({Doubt.PICTURED}), False: frozenset[Doubt]()}
        blank = [Box(*at, "", doubts=marks[at in self._covered]) for at in positions if at not in taken]
        return sorted([*boxes, *blank], key=lambda box: box[:2])

    def saying(self, row: int) -> list[Box]:
        """Cells that say something."""
        return [box for box in self.own[row] if box.says]

    def seen(self, row: int) -> bool:
        """Whether anything is seen in a row, a border included."""
        return bool(self.own[row]) or self._entered[row]

    def is_text(self, row: int) -> bool:
        """Whether a row is a title or prose between tables."""
        saying = self.saying(row)
        if len(saying) != 1 or self._entered[row] or saying[0].rowspan > 1 or titled(saying[0].text):
            return False
        (own,) = saying
        if any(box.bordered for box in self.own[row] if box is not own):
            return False
        outside = not self._first <= row <= self._last
        return outside or _known(own.text) or (self._drawn and not own.bordered)


def _known(text: str) -> bool:
    """Whether a text is the title of a part of some form, such as 二、主动公开政府信息情况."""
    return _NUMBER.match(text) is not None and _plain(_NUMBER.sub("", text)) in _titles()


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text))


@cache
def _titles() -> frozenset[str]:
    return frozenset(
        _plain((part if isinstance(part, Section) else form.tables[part.id]).title.zh) for form in forms().values() for part in form.parts
    )
