"""Lines: which line each row of figures is, told by the innermost label before it, and whether the row can be believed.

A row is whole only if it ends where its heads end, has a cell at every position and nothing but labels before its figures: one
cell more or less moves all that follow, and what then stands under a head is not what was printed for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from open_reports.intake.cells import reads_as_figure
from open_reports.intake.columns import SPOILING
from open_reports.intake.grid import Doubt
from open_reports.intake.labels import bare, folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from open_reports.intake.columns import Block, Head
    from open_reports.intake.grid import Cell
    from open_reports.intake.labels import Lexicon, Match
    from open_reports.intake.seams import Sheet


class Slot(NamedTuple):
    """A cell of figures under its head."""

    head: Head
    cell: Cell


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row under a head block, or in a table without heads (`block` None).

    `line` is what its label means, None without one that is known; `slots` its cells, none if it does not fit its heads; `fault` why it does not count; `label` the
    cell of its label. `figures` says that some cell of it holds a figure, `filled` that some cell under a head holds anything, `gaps` that
    some cell there is blank.
    """

    table: str
    sheet: Sheet
    number: int
    block: Block | None
    line: Match | None
    label: Cell | None
    slots: tuple[Slot, ...]
    fault: str
    figures: bool
    filled: bool
    gaps: bool
    texts: tuple[str, ...]

    @property
    def ids(self) -> frozenset[str]:
        """Ids of the line that it may be: several only for a label that forms use for different lines."""
        return self.line.lines() if self.line else frozenset()

    @property
    def ids_across(self) -> frozenset[str]:
        """Ids of the lines that stand above its cells, where lines stand side by side."""
        if self.block is None or not self.block.across:
            return frozenset()
        return frozenset(line for head in self.block.heads.values() for line in head.line)

    @property
    def place(self) -> str:
        """Where a person finds it: the place of its label, or of its first cell."""
        cells = self.sheet.starting[self.number]
        found = self.label or next((cell for cell in cells if cell.text.strip()), cells[0] if cells else None)
        return found.place if found is not None and found.place else f"{self.sheet.place} R{self.number + 1}"

    @property
    def seen(self) -> str:
        """What stands in it, cell by cell."""
        return " | ".join(text or "□" for text in self.texts)


def rows(block: Block, lexicon: Lexicon) -> Sequence[Row]:
    """Every row under a head block that says anything, faults marked; rows beside a torn one are doubted, too."""
    found = [_row(block, number, lexicon) for number in range(block.last + 1, block.until)]
    return _neighbours(_shifted([row for row in found if row is not None]), lexicon)


_GENERIC = re.compile(r"(?:数据|数值|数量|指标|栏|列|值)?[\d一二三四五六七八九十]{0,2}")
"""A head that says nothing of its column."""


def loose(sheet: Sheet, until: int, lexicon: Lexicon) -> Iterator[Row]:
    """Rows without heads, down to the row `until`, that bear the label of a line: what they say nobody can tell."""
    heads: list[str] = []
    for number in range(until):
        cells = [cell for cell in sheet.starting[number] if cell.text.strip()]
        figures = any(reads_as_figure(cell.text) for cell in cells)
        labels = [cell for cell in cells if not reads_as_figure(cell.text) and (match := lexicon.match(cell.text)) and match.lines()]
        if not figures:
            heads += [cell.text for cell in cells[1:]]
        if labels:
            yield Row(
                table=lexicon.table,
                sheet=sheet,
                number=number,
                block=None,
                line=lexicon.match(labels[-1].text),
                label=labels[-1],
                slots=(),
                # Heads that say something say something else than the form's, so its order proposes nothing.
                fault="no_heading" if all(_GENERIC.fullmatch(folded(head)) for head in heads) else "other_heads",
                figures=figures,
                filled=True,
                gaps=True,
                texts=tuple(folded(cell.text) for cell in sheet.starting[number]),
            )


def _row(block: Block, number: int, lexicon: Lexicon) -> Row | None:
    """A row under a head block; None if it says nothing: blank, or only the head of a group."""
    sheet, left = block.sheet, block.left
    starting = sheet.starting[number]
    figures = any(reads_as_figure(cell.text) for cell in starting)
    if not figures and _says_nothing(starting, lexicon):
        return None
    before = [cell for cell in _across(sheet, number, 0, left) if cell.text.strip()]
    under = [cell.text.strip() for cell in _across(sheet, number, left, block.end) if cell.row == number and cell.column >= left]
    label, line, fault = (None, None, "") if block.across else _label(before, number, lexicon)
    misfit, slots = _fitted(block, number, before)
    cut = Doubt.CUT.value if number in sheet.cut and not figures else ""
    return Row(
        table=block.table,
        sheet=sheet,
        number=number,
        block=block,
        line=line,
        label=label,
        slots=slots,
        fault=misfit or cut or fault,
        figures=figures,
        filled=any(under),
        gaps=not all(under) or not under,
        texts=tuple(folded(cell.text) for cell in starting),
    )


def _fitted(block: Block, number: int, before: Sequence[Cell]) -> tuple[str, tuple[Slot, ...]]:
    """Why a row does not fit its heads, or the cell under each."""
    misfit = block.fault or _misfit(block, number, before)
    slots = None if misfit else _slots(block, number)
    return (misfit or "several", ()) if slots is None else ("", tuple(slots))


def _across(sheet: Sheet, row: int, first: int, end: int) -> list[Cell]:
    """Cells that cover a row between two positions, from the left, once each."""
    found: list[Cell] = []
    for position in range(first, end):
        cell = sheet.at(row, position)
        if cell is not None and (not found or cell is not found[-1]):
            found.append(cell)
    return found


def _says_nothing(cells: Sequence[Cell], lexicon: Lexicon) -> bool:
    """Whether a row holds nothing, or but the head of a group, such as 第二十条第（一）项, or the title of a table."""
    texts = {bare(cell.text): cell.text for cell in cells if cell.text.strip()}
    if len(texts) != 1:
        return not texts
    (text,) = texts.values()
    match = lexicon.match(text)
    return lexicon.titles(text) or (match is not None and match.group and not match.lines())


def _label(before: Sequence[Cell], number: int, lexicon: Lexicon) -> tuple[Cell | None, Match | None, str]:
    """The innermost label before the figures, what it means, and what is wrong with it."""
    before = [cell for cell in before if not reads_as_figure(cell.text)]
    if not before:
        return None, None, "unlabelled"
    label = before[-1]
    match = lexicon.match(label.text)
    if label.rowspan > 1 or (match is not None and not match.lines()):
        # A cell over several rows is the head of a group: the line's own label is lost.
        return None, None, "unlabelled"
    if match is None:
        return label, None, "unknown_label"
    doubts = [doubt.value for doubt in label.doubts if doubt in SPOILING]
    faults = [*(_beside(cell, number, match, lexicon) for cell in before[:-1]), *doubts]
    return label, match, next(filter(None, faults), "")


def _beside(cell: Cell, number: int, match: Match, lexicon: Lexicon) -> str:
    """Why a label that has another text to its left cannot be believed; "" if that is the head of its group, or drawn again."""
    other = lexicon.match(cell.text)
    if other is None:
        # A piece of a label, as 4.无正当理由大量 before 反复申请, which alone is like 重复申请.
        return "unknown_label" if cell.row == number and cell.rowspan == 1 else ""
    return "" if other.group or other.label.ids == match.label.ids else "two_labels"


def _misfit(block: Block, number: int, before: Sequence[Cell]) -> str:
    """Why a row does not fit its heads; "" if it does."""
    sheet = block.sheet
    if any(reads_as_figure(cell.text) and cell.row == number for cell in before):
        return "figure_before"
    # A spreadsheet has an address for each cell, so none can move another; what lies beyond the heads must be blank there.
    if not sheet.filled and any(sheet.at(number, position) is None for position in range(block.end)):
        return "short_row"
    if not sheet.filled and sheet.ends[number] > block.end:
        return "long_row"
    cells = ((position, sheet.at(number, position)) for position in range(max(sheet.ends[number], block.end)))
    faults = (_misplaced(block, number, position, cell) for position, cell in cells if cell is not None)
    return next(filter(None, faults), "")


def _misplaced(block: Block, number: int, position: int, cell: Cell) -> str:
    """Why a cell cannot be what stands at one position of a row; "" if it can."""
    if Doubt.NESTED in cell.doubts:
        return Doubt.NESTED.value
    if position not in block.heads:
        return "outside" if position >= block.left and cell.text.strip() else ""
    # A cell that is under a head and beside it, or reaches here from another row, belongs to more than one place.
    beside = any(place not in block.heads for place in range(cell.column, cell.column + cell.colspan))
    return "spanning" if cell.row != number or cell.rowspan > 1 or beside else ""


def _slots(block: Block, number: int) -> list[Slot] | None:
    """The cell under each head; None if a cell is under several heads, or several different ones are under one head."""
    found: dict[tuple[str, frozenset[str]], Slot] = {}
    owner: dict[int, tuple[str, frozenset[str]]] = {}
    for position, head in block.heads.items():
        cell = block.sheet.at(number, position)
        if cell is None:
            return None
        key = (head.match.label.bare, head.line)
        if owner.setdefault(id(cell) if cell in block.sheet.starting[number] else -position - 1, key) != key:
            return None
        before = found.setdefault(key, Slot(head, cell))
        if before.cell is not cell and (folded(before.cell.text) != folded(cell.text) or before.cell.doubts or cell.doubts):
            return None
    return list(found.values())


def _shifted(told: Sequence[Row]) -> list[Row]:
    """Rows, with those doubted that end in a blank, where some other row has a figure among its labels.

    That is how rows look that lost the cells their labels span and were filled up at the end: they moved to the left.
    """
    if not any(row.fault == "figure_before" for row in told):
        return list(told)
    ends = [row.slots and not max(row.slots, key=lambda slot: slot.cell.column).cell.text.strip() for row in told]
    return [replace(row, fault="shifted") if blank and not row.fault else row for row, blank in zip(told, ends, strict=True)]


def _neighbours(told: Sequence[Row], lexicon: Lexicon) -> list[Row]:
    """Rows, with those doubted that may be one half of a row whose other half stands beside them."""
    found = list(told)
    for index, (upper, lower) in enumerate(pairwise(told)):
        together = lexicon.match(_printed(upper) + _printed(lower))
        cut = lower.number == upper.number + 1 and lower.number in lower.sheet.seams
        for place, row, other in ((index, upper, lower), (index + 1, lower, upper)):
            if row.line is not None and not row.fault and (_half(row, other, together) or (cut and _longer(row, other))):
                found[place] = replace(row, fault="beside_torn")
    return found


def _printed(row: Row) -> str:
    return row.label.text if row.label is not None else ""


def _half(row: Row, other: Row, together: Match | None) -> bool:
    """Whether a row may be half of what it was with the one beside it; `together` is what both labels are as one."""
    sure = row.line is not None and row.line.exact
    if other.line is not None:
        # Half a label may be like that of another line: only together they are one.
        return together is not None and together.exact and not (sure and other.line.exact)
    if not (other.figures or other.filled) or (other.block is not None and other.block.across):
        return False
    # Without gaps the row may still lack digits: those of a long number that wrapped.
    return row.gaps or (together is not None and (together.exact or not sure))


def _longer(row: Row, other: Row) -> bool:
    """Whether the label of a row, which is only like that of a line, goes on beyond the end of a page in a row of nothing but text.

    It may be the labels of two lines whose figures were drawn together in one row, too.
    """
    return row.line is not None and not row.line.exact and other.line is None and not (other.figures or other.filled)


def by_line(found: Sequence[Row]) -> Mapping[str, list[Row]]:
    """Rows by the id of the line that they are; one whose label means different lines on different forms stands under each."""
    told: dict[str, list[Row]] = {}
    for row in found:
        for line in row.ids:
            told.setdefault(line, []).append(row)
    return told
