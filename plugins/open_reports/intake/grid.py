"""Grid: what every kind of file is read into, tables as cells with text, spans and place, between them paragraphs.

A reader decides nothing. Where it cannot vouch for a cell it says why (`Doubt`), and the cell is asked of a person.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MOST_ROWS = 3_000
MOST_COLUMNS = 400
MOST_CELLS = 20_000
MOST_SPAN = 200
"""Limits of one table; the longest form has 25 lines and 10 columns. A span is cut to the last before it is placed."""


class Doubt(StrEnum):
    """Why a reader cannot vouch for the text of a cell. The value is the code of its sentence in `locales/open.yml`."""

    SUPERSCRIPT = "superscript"
    """Raised or lowered text beside the number: a mark of a note, or a power."""
    STRUCK = "struck"
    """Text that is struck through: withdrawn, but still there."""
    NESTED = "nested"
    """A table inside the cell."""
    CHANGED = "changed"
    """A tracked change that nobody accepted or rejected touches the cell."""
    SPLIT = "split"
    """Digits stand so far apart, or so stacked, that they may be one number or two."""
    OVERPRINTED = "overprinted"
    """Characters are drawn over one another."""
    NO_BOX = "no_box"
    """The page draws no box here: a cell is missing, or two are one."""
    DISAGREEING = "disagreeing"
    """Two independent readers see different digits."""
    ROUNDED = "rounded"
    """The sheet shows fewer digits than it holds."""
    FORMULA = "formula"
    """A formula whose result the file does not hold."""
    DATED = "dated"
    """A spreadsheet took the figure for a day or a time."""
    PICTURED = "pictured"
    """A picture, a drawing or a field of a form stands in the cell: what it shows is not text."""
    UNSHOWN = "unshown"
    """Some text of the cell may be invisible: a style sheet hides it, or nearly does."""
    NUMBERED = "numbered"
    """The program numbers the paragraph itself: the number is shown, but nobody typed it."""
    UNENDED = "unended"
    """The file ends within the cell, or just behind it: the rest of its text may be lost."""
    CUT = "cut"
    """The row is cut by the end of a page."""
    SCANNED = "scanned"
    """It was read from a picture, by two engines that see the same."""
    UNSEEN = "unseen"
    """Nothing is seen in this part of a picture: the cell may be blank, or its figure too faint."""


LEGIBLE = frozenset({Doubt.ROUNDED, Doubt.SCANNED})
"""Doubts that leave no question which characters stand there; of any other cell no figure may even be proposed, for one key takes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell as drawn: `row` and `column` count from 0 where it begins; `place` is where a person finds it in the original.

    `text` keeps line breaks between blocks and is otherwise as printed, not normalised; `number` marks a cell of a
    spreadsheet that holds a number. `id` is what the file itself calls the cell, where it does (our own pages).
    """

    row: int
    column: int
    text: str
    place: str
    rowspan: int = 1
    colspan: int = 1
    doubts: tuple[Doubt, ...] = ()
    number: bool = False
    id: str = ""


class Edge(NamedTuple):
    """How a table meets the ends of its page: whether it is cut at the top, at the bottom; None of it outside paged files."""

    page: int
    top: bool
    bottom: bool
    lines: tuple[float, ...]
    """Horizontal positions of the lines between columns, in points from the left edge of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One table, cells in reading order; `place` as a person finds it, such as 第3页表2, Sheet1 or 表3."""

    place: str
    rows: int
    columns: int
    cells: tuple[Cell, ...]
    edge: Edge | None = None

    def covering(self) -> Mapping[tuple[int, int], Cell]:
        """Cell that covers each position (row, column); a position that no cell covers is missing."""
        return {
            (row, column): cell
            for cell in self.cells
            for row in range(cell.row, cell.row + cell.rowspan)
            for column in range(cell.column, cell.column + cell.colspan)
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Text outside tables; `level` is that of a heading (1 to 6), 0 for running text."""

    text: str
    place: str
    level: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """What a file says, before anybody knows what it means.

    `kind` is the reader's name (html, docx, ...); `blocks` are tables and paragraphs in reading order; `facts` what the file says
    of itself (keys: title, agency, year, published, url; values as written, agency and year only where they do not just stand in the
    title: `titles.py`); `remarks` are codes of `locales/intake.yml` of what was passed over and is to be said: hidden rows,
    unaccepted changes, pictures.
    """

    kind: str
    blocks: tuple[Grid | Paragraph, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    @property
    def grids(self) -> tuple[Grid, ...]:
        """The tables, in reading order."""
        return tuple(block for block in self.blocks if isinstance(block, Grid))

    def json(self) -> str:
        """The manuscript as JSON, to pass it from the child process that read it."""
        blocks = [{"grid": asdict(block)} if isinstance(block, Grid) else {"paragraph": asdict(block)} for block in self.blocks]
        return json.dumps({"kind": self.kind, "blocks": blocks, "facts": dict(self.facts), "remarks": self.remarks}, ensure_ascii=False)

    @classmethod
    def of_json(cls, text: str) -> Manuscript:
        """The manuscript again."""
        return cls.of_value(json.loads(text))

    @classmethod
    def of_value(cls, value: Mapping[str, Any]) -> Manuscript:
        """The manuscript from its JSON, parsed already."""
        return cls(
            kind=value["kind"],
            blocks=tuple(_grid(each["grid"]) if "grid" in each else Paragraph(**each["paragraph"]) for each in value["blocks"]),
            facts=value["facts"],
            remarks=tuple(value["remarks"]),
        )


def _grid(value: dict[str, Any]) -> Grid:
    cells = tuple(Cell(**{**each, "doubts": tuple(map(Doubt, each["doubts"]))}) for each in value["cells"])
    edge = Edge(value["edge"][0], value["edge"][1], value["edge"][2], tuple(value["edge"][3])) if value["edge"] else None
    return Grid(**{**value, "cells": cells, "edge": edge})


class Drawn(NamedTuple):
    """A cell as a file writes it, before it has a position: the browser's algorithm gives it one (`placed`)."""

    text: str
    place: str
    rowspan: int = 1
    colspan: int = 1
    doubts: tuple[Doubt, ...] = ()
    number: bool = False
    id: str = ""


class TooLargeError(ValueError):
    """A table beyond the limits above."""


def placed(rows: Sequence[Iterable[Drawn]], place: str) -> Grid:
    """Place the cells of rows as browsers do (HTML, "forming a table"): each takes the first free column, spans reserve theirs.

    A rowspan that is too long ends with the table, one of 0 goes on to its end. Raises `TooLargeError` beyond the limits.
    """
    if len(rows) > MOST_ROWS:
        raise TooLargeError(place)
    cells: list[Cell] = []
    taken: set[tuple[int, int]] = set()
    width = 0
    for row, drawn in enumerate(rows):
        column = 0
        for each in drawn:
            while (row, column) in taken:
                column += 1
            down = min(each.rowspan, MOST_SPAN) or len(rows)
            down, across = min(down, len(rows) - row), max(1, min(each.colspan, MOST_SPAN))
            # Where a cell from above reaches into this one, the earlier keeps the place and this one ends before it.
            free = next((step for step in range(1, across) if (row, column + step) in taken), across)
            cells.append(Cell(row=row, column=column, **{**each._asdict(), "rowspan": down, "colspan": free}))
            taken.update((row + y, column + x) for y in range(down) for x in range(free))
            column += free
            width = max(width, column)
            if width > MOST_COLUMNS or len(cells) > MOST_CELLS or len(taken) > 10 * MOST_CELLS:
                raise TooLargeError(place)
    return Grid(place=place, rows=len(rows), columns=width, cells=tuple(cells))
