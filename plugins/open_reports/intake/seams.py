"""Seams: tables that the end of a page cuts in two are put together again, where their edges show that they are one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from open_reports.intake.grid import Cell, Grid
from open_reports.intake.labels import bare, likeness

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from open_reports.intake.labels import Lexicon

_NEAR = 8.0
"""Points by which lines between columns may differ from one page to the next."""
_ONE_LABEL = 95
"""How like a label (of 100) the two halves of a cut row must be together."""


@dataclass(frozen=True)
class Sheet:
    """A table as it was before pages cut it; `seams` are the rows that begin a page, `cut` those that touch the end of one."""

    place: str
    rows: int
    columns: int
    cells: tuple[Cell, ...]
    seams: frozenset[int] = frozenset()
    cut: frozenset[int] = frozenset()
    filled: bool = False
    """Whether a position without a cell is a blank cell: so in spreadsheets, where each cell has its address."""

    @cached_property
    def covering(self) -> Mapping[tuple[int, int], Cell]:
        """Cell that covers each position; one without is missing."""
        return Grid(place=self.place, rows=self.rows, columns=self.columns, cells=self.cells).covering()

    @cached_property
    def starting(self) -> tuple[tuple[Cell, ...], ...]:
        """Cells that begin in each row, from the left."""
        found: list[list[Cell]] = [[] for _ in range(self.rows)]
        for cell in self.cells:
            found[cell.row].append(cell)
        return tuple(tuple(sorted(row, key=lambda cell: cell.column)) for row in found)

    def at(self, row: int, column: int) -> Cell | None:
        """Cell that covers a position, or None where there is a hole."""
        found = self.covering.get((row, column))
        if found is None and self.filled:
            return Cell(row=row, column=column, text="", place=f"{self.place} R{row + 1}C{column + 1}")
        return found

    @cached_property
    def ends(self) -> tuple[int, ...]:
        """Where each row ends: the first position behind its last cell."""
        found = [0] * self.rows
        for row, column in self.covering:
            found[row] = max(found[row], column + 1)
        return tuple(found)


def sheets(grids: Iterable[Grid], lexicons: Sequence[Lexicon], *, filled: bool = False) -> tuple[Sheet, ...]:
    """Tables of a file, those put together that continue one another over the end of a page."""
    found: list[tuple[Sheet, Grid]] = []
    for grid in grids:
        own = _sheet(grid, filled=filled)
        if found and _continues(found[-1][1], grid):
            found[-1] = (_joined(found[-1][0], own, lexicons), grid)
        else:
            found.append((own, grid))
    return tuple(sheet for sheet, _ in found)


def _sheet(grid: Grid, *, filled: bool) -> Sheet:
    cut = set()
    if grid.edge is not None and grid.rows:
        cut |= {0} if grid.edge.top else set()
        cut |= {grid.rows - 1} if grid.edge.bottom else set()
    return Sheet(grid.place, grid.rows, grid.columns, grid.cells, cut=frozenset(cut), filled=filled)


def _continues(before: Grid, after: Grid) -> bool:
    """Whether a table goes on from the bottom of one page to the top of the next, with the same columns."""
    one, other = before.edge, after.edge
    if one is None or other is None or before.columns != after.columns or len(one.lines) != len(other.lines):
        return False
    near = all(abs(a - b) <= _NEAR for a, b in zip(one.lines, other.lines, strict=True))
    return one.bottom and other.top and other.page == one.page + 1 and near


def _joined(upper: Sheet, lower: Sheet, lexicons: Sequence[Lexicon]) -> Sheet:
    # The head of a group that both halves stand under is drawn on both pages; the upper one is enough for their row.
    upper, lower = _groups_mended(upper, lower, lexicons)
    last, first = (upper.starting[-1] if upper.rows else ()), (lower.starting[0] if lower.rows else ())
    again = [cell for cell in first if (above := upper.covering.get((upper.rows - 1, cell.column))) and above.row < upper.rows - 1]
    first = tuple(cell for cell in first if cell not in again)
    whole = _whole(last, first, lexicons) if last and first else None
    overlap = 1 if whole is not None else 0
    shift = upper.rows - overlap
    kept = [cell for cell in upper.cells if whole is None or cell.row != upper.rows - 1]
    added = [replace(cell, row=cell.row + shift) for cell in lower.cells if whole is None or cell.row != 0]
    if whole is not None:
        added += [replace(cell, row=shift + 1, rowspan=cell.rowspan - 1) for cell in again if cell.rowspan > 1]
    cells = (*kept, *(whole or ()), *added)
    seam = shift
    touching = {*upper.cut, *(row + shift for row in lower.cut)}
    # A row that was put together is whole: it touches the cut no more.
    cut = touching - {seam} if overlap else touching
    return Sheet(
        upper.place, upper.rows + lower.rows - overlap, upper.columns, cells, upper.seams | {seam}, frozenset(cut), filled=upper.filled
    )


def _groups_mended(upper: Sheet, lower: Sheet, lexicons: Sequence[Lexicon]) -> tuple[Sheet, Sheet]:
    """Both parts, with the head of a group whose text the cut went through written out on both sides."""
    for cell in lower.starting[0] if lower.rows else ():
        above = upper.covering.get((upper.rows - 1, cell.column))
        if above is None or (above.column, above.colspan) != (cell.column, cell.colspan):
            continue
        together = above.text + cell.text
        matches = [match for lexicon in lexicons if (match := lexicon.match(together)) is not None and match.exact and match.group]
        if matches and above.text.strip() and cell.text.strip():
            upper = replace(upper, cells=tuple(replace(each, text=together) if each is above else each for each in upper.cells))
            lower = replace(lower, cells=tuple(replace(each, text=together) if each is cell else each for each in lower.cells))
    return upper, lower


def _whole(last: Sequence[Cell], first: Sequence[Cell], lexicons: Sequence[Lexicon]) -> list[Cell] | None:
    """The row that two halves are together, or None where they are two rows.

    They are one if their labels are a label of the form only together, and only one of them carries figures.
    """
    if [cell.column for cell in last] != [cell.column for cell in first] or any(cell.rowspan > 1 for cell in (*last, *first)):
        return None
    pairs = list(zip(last, first, strict=True))
    labels = [(a, b) for a, b in pairs if a.text.strip() and b.text.strip()]
    if len(labels) != 1 or not _one_label(labels[0][0].text, labels[0][1].text, lexicons):
        return None
    behind = [(a, b) for a, b in pairs if a.column > labels[0][0].column]
    if not behind or (any(a.text.strip() for a, _ in behind) and any(b.text.strip() for _, b in behind)):
        return None
    return [replace(a, text=a.text + b.text if (a, b) in labels else a.text or b.text, doubts=(*a.doubts, *b.doubts)) for a, b in pairs]


def _one_label(upper: str, lower: str, lexicons: Sequence[Lexicon]) -> bool:
    known = {label.bare for lexicon in lexicons for label in lexicon.labels}
    together, halves = bare(upper + lower), (bare(upper), bare(lower))
    if any(likeness(half, label) >= _ONE_LABEL for half in halves for label in known):
        return False
    return any(likeness(together, label) >= _ONE_LABEL for label in known)
