"""Seams: tables that the end of a page cuts in two are put together again, where their edges show that they are one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from open_reports.intake.cells import reads_as_figure
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
        if found and found[-1][1].rows and grid.rows and _continues(found[-1][1], grid):
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
    upper, lower = _groups_mended(upper, lower, lexicons)
    # The head of a group that both halves of a row stand under is drawn on both pages; the upper one is enough for them.
    again = [cell for cell in lower.starting[0] if _drawn_above(upper, cell)]
    first = [cell for cell in lower.starting[0] if cell not in again]
    whole = _whole(upper.starting[-1], first, lexicons)
    if whole is not None:
        return _one_row(upper, lower, whole, again)
    return _one_head(upper, lower, _heads(upper, lower, lexicons))


def _one_row(upper: Sheet, lower: Sheet, whole: Sequence[Cell], again: Sequence[Cell]) -> Sheet:
    """Both parts, with the row that the cut went through whole: it touches the cut no more."""
    seam = upper.rows - 1
    kept = [cell for cell in upper.cells if cell.row != seam]
    below = [replace(cell, row=cell.row + seam) for cell in lower.cells if cell.row]
    groups = [replace(cell, row=seam + 1, rowspan=cell.rowspan - 1) for cell in again if cell.rowspan > 1]
    touching = {*upper.cut, *(row + seam for row in lower.cut)} - {seam}
    return replace(
        upper,
        rows=seam + lower.rows,
        cells=(*kept, *whole, *below, *groups),
        seams=upper.seams | {seam},
        cut=frozenset(touching),
    )


def _one_head(upper: Sheet, lower: Sheet, heads: Mapping[Cell, Cell]) -> Sheet:
    """Both parts, one below the other; heads that the cut went through are each one again, as high as both halves."""
    seam = upper.rows
    mended = {cell: replace(_together(cell, half), rowspan=cell.rowspan + half.rowspan) for cell, half in heads.items()}
    halves = set(heads.values())
    below = [replace(cell, row=cell.row + seam) for cell in lower.cells if cell not in halves]
    touching = {*upper.cut, *(row + seam for row in lower.cut)}
    if heads:
        touching -= {seam - 1, seam}
    cells = (*(mended.get(cell, cell) for cell in upper.cells), *below)
    return replace(upper, rows=seam + lower.rows, cells=cells, seams=upper.seams | {seam}, cut=frozenset(touching))


def _drawn_above(upper: Sheet, cell: Cell) -> bool:
    """Whether a cell of the first row of a page goes on with one that began before the last row of the page above."""
    above = upper.covering.get((upper.rows - 1, cell.column))
    return above is not None and above.row < upper.rows - 1


def _groups_mended(upper: Sheet, lower: Sheet, lexicons: Sequence[Lexicon]) -> tuple[Sheet, Sheet]:
    """Both parts, with the head of a group whose text the cut went through written out on both sides."""
    for cell in lower.starting[0]:
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

    They are one if their labels are a label of the form only together, and only one of them carries figures. The head of a group
    may begin with the row; it is drawn, and written, on either page or on both.
    """
    pairs = list(zip(last, first, strict=False))
    if len(last) != len(first) or any(a.column != b.column or a.rowspan > 1 for a, b in pairs):
        return None
    begun = next((index for index, (_, b) in enumerate(pairs) if b.rowspan == 1), len(pairs))
    groups, own = pairs[:begun], pairs[begun:]
    if not _one_group(groups) or not _one_line(own, lexicons):
        return None
    return [replace(a, rowspan=b.rowspan, doubts=(*a.doubts, *b.doubts)) for a, b in groups] + [_together(a, b) for a, b in own]


def _one_group(groups: Sequence[tuple[Cell, Cell]]) -> bool:
    """Whether heads of groups say the same on both pages, or nothing on the lower one."""
    return all(not b.text.strip() or b.text == a.text for a, b in groups)


def _one_line(own: Sequence[tuple[Cell, Cell]], lexicons: Sequence[Lexicon]) -> bool:
    """Whether the halves of a row are one: its label is one only together, and not both carry figures."""
    both = [index for index, (a, b) in enumerate(own) if a.text.strip() and b.text.strip()]
    if len(both) != 1 or any(b.rowspan > 1 for _, b in own):
        return False
    return _one_label(own[both[0]], lexicons) and not _on_both_sides(own[both[0] + 1 :])


def _together(upper: Cell, lower: Cell) -> Cell:
    return replace(upper, text=upper.text + lower.text, doubts=(*upper.doubts, *lower.doubts))


def _heads(upper: Sheet, lower: Sheet, lexicons: Sequence[Lexicon]) -> dict[Cell, Cell]:
    """Heads of columns that the cut went through: their upper and lower halves. None of the rows that they stand in carries a figure."""
    last = [cell for cell in upper.cells if cell.row + cell.rowspan == upper.rows]
    first = lower.starting[0]
    if any(reads_as_figure(cell.text) for cell in (*last, *first)):
        return {}
    above = {(cell.column, cell.colspan): cell for cell in last}
    pairs = {half: cell for cell in first if (half := above.get((cell.column, cell.colspan))) is not None}
    if not any(half.text.strip() and cell.text.strip() and _one_label((half, cell), lexicons) for half, cell in pairs.items()):
        return {}
    # Beside one that is cut, a short one stands whole on its side of the cut.
    return {
        half: cell for half, cell in pairs.items() if not (half.text.strip() and cell.text.strip()) or _one_label((half, cell), lexicons)
    }


def _on_both_sides(figures: Sequence[tuple[Cell, Cell]]) -> bool:
    """Whether both halves of a row carry figures, or there are no cells for any."""
    return not figures or all(any(cell.text.strip() for cell in half) for half in zip(*figures, strict=True))


def _one_label(halves: tuple[Cell, Cell], lexicons: Sequence[Lexicon]) -> bool:
    """Whether two texts are a label of some table only together.

    A half that lacks a character or two is as like the label as a misprint of it; what decides is then whether both together are
    the label to the letter, and neither of them is one of that table.
    """
    parts = [bare(cell.text) for cell in halves]
    together = bare(halves[0].text + halves[1].text)
    tables = [{label.bare for label in lexicon.labels} for lexicon in lexicons]
    if any(together in known for known in tables):
        return any(together in known and known.isdisjoint(parts) for known in tables)
    known = set().union(*tables)
    if any(likeness(half, label) >= _ONE_LABEL for half in parts for label in known):
        return False
    return any(likeness(together, label) >= _ONE_LABEL for label in known)
