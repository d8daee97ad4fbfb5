"""Lines: which line each row of figures is, told by the innermost label before it, and whether the row can be believed.

A row is whole only if it ends where its heads end, has a cell at every position and nothing but labels before its figures: one
cell more or less moves all that follow, and what then stands under a head is not what was printed for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from open_reports.intake.cells import reads_as_figure
from open_reports.intake.columns import SPOILING
from open_reports.intake.grid import Doubt
from open_reports.intake.labels import bare, folded, likeness

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
    def place(self) -> str:
        """Where a person finds it: the place of its label, or of its first cell."""
        cells = self.sheet.starting[self.number]
        found = self.label or next((cell for cell in cells if cell.text.strip()), cells[0] if cells else None)
        return found.place if found is not None and found.place else f"{self.sheet.place} R{self.number + 1}"

    @property
    def seen(self) -> str:
        """What stands in it, cell by cell."""
        return " | ".join(text or "□" for text in self.texts)


def rows(block: Block, lexicon: Lexicon) -> Iterator[Row]:
    """Every row under a head block that says anything, faults marked; rows beside a torn one are doubted, too."""
    found = [_row(block, number, lexicon) for number in range(block.last + 1, block.until)]
    told = [row for row in found if row is not None]
    return iter(_neighbours(told))


def loose(sheet: Sheet, first: int, until: int, lexicon: Lexicon) -> Iterator[Row]:
    """Rows without heads that bear the label of a line: what they say nobody can tell."""
    for number in range(first, until):
        cells = [cell for cell in sheet.starting[number] if cell.text.strip()]
        labels = [cell for cell in cells if not reads_as_figure(cell.text) and (match := lexicon.match(cell.text)) and match.lines()]
        if labels:
            yield Row(
                table=lexicon.table,
                sheet=sheet,
                number=number,
                block=None,
                line=lexicon.match(labels[-1].text),
                label=labels[-1],
                slots=(),
                fault="no_heading",
                figures=any(reads_as_figure(cell.text) for cell in cells),
                filled=True,
                gaps=True,
                texts=tuple(folded(cell.text) for cell in sheet.starting[number]),
            )


def _row(block: Block, number: int, lexicon: Lexicon) -> Row | None:
    """A row under a head block; None if it says nothing: blank, or only the head of a group."""
    sheet, left = block.sheet, block.left
    starting = sheet.starting[number]
    if not any(cell.text.strip() for cell in starting):
        return None
    before = [cell for cell in _across(sheet, number, 0, left) if cell.text.strip()]
    under = [cell for cell in _across(sheet, number, left, block.end) if cell.row == number]
    figures = any(reads_as_figure(cell.text) for cell in starting)
    if not figures and _group_row(starting, lexicon):
        return None
    label, line, fault = (None, None, "") if block.across else _label(before, number, lexicon)
    misfit = block.fault or _misfit(block, number, before)
    slots = [] if misfit else _slots(block, number)
    if slots is None:
        misfit, slots = "several", []
    if number in sheet.cut and not figures:
        misfit = misfit or Doubt.CUT.value
    fault = misfit or fault
    texts = tuple(folded(cell.text) for cell in starting)
    gaps = any(not cell.text.strip() for cell in under) or not under
    own = tuple(slots)
    return Row(
        table=block.table, sheet=sheet, number=number, block=block, line=line, label=label,
        slots=own, fault=fault, figures=figures, filled=any(cell.text.strip() for cell in under), gaps=gaps, texts=texts,
    )  # fmt: skip


def _across(sheet: Sheet, row: int, first: int, end: int) -> list[Cell]:
    """Cells that cover a row between two positions, from the left, once each."""
    found: list[Cell] = []
    for position in range(first, end):
        cell = sheet.at(row, position)
        if cell is not None and (not found or cell is not found[-1]):
            found.append(cell)
    return found


def _group_row(cells: Sequence[Cell], lexicon: Lexicon) -> bool:
    """Whether a row holds nothing but the head of a group, such as 第二十条第（一）项."""
    texts = [cell.text for cell in cells if cell.text.strip()]
    matches = [lexicon.match(text) for text in texts]
    return len({bare(text) for text in texts}) == 1 and all(match is not None and match.group and not match.lines() for match in matches)


def _label(before: Sequence[Cell], number: int, lexicon: Lexicon) -> tuple[Cell | None, Match | None, str]:
    """The innermost label before the figures, what it means, and what is wrong with it."""
    if not before:
        return None, None, "unlabelled"
    label = before[-1]
    match = lexicon.match(label.text)
    if label.rowspan > 1 or match is None or not match.lines():
        # A cell over several rows is the head of a group: the line's own label is lost.
        return (label if label.rowspan == 1 else None), None, "unlabelled"
    for cell in before[:-1]:
        other = lexicon.match(cell.text)
        if other is not None and not other.group and other.label.ids != match.label.ids:
            return label, match, "two_labels"
    doubts = [doubt for doubt in label.doubts if doubt in SPOILING]
    return label, match, doubts[0].value if doubts else ""


def _misfit(block: Block, number: int, before: Sequence[Cell]) -> str:
    """Why a row does not fit its heads; "" if it does."""
    sheet, positions = block.sheet, block.heads
    if any(reads_as_figure(cell.text) and not (cell.row < number) for cell in before):
        return "figure_before"
    # A spreadsheet has an address for each cell, so none can move another; what lies beyond the heads must be blank there.
    if not sheet.filled:
        if any(sheet.at(number, position) is None for position in range(block.end)):
            return "short_row"
        if sheet.ends[number] > block.end:
            return "long_row"
    for position in range(max(sheet.ends[number], block.end)):
        cell = sheet.at(number, position)
        if cell is None:
            continue
        inside = position in positions
        # One cell is under a head and beside it, or reaches here from another row: its figure belongs to more than one place.
        if inside and (cell.row != number or cell.rowspan > 1):
            return "spanning"
        if inside and any(place not in positions for place in range(cell.column, cell.column + cell.colspan)):
            return "spanning"
        if Doubt.NESTED in cell.doubts:
            return Doubt.NESTED.value
        if not inside and position >= block.left and cell.text.strip():
            return "outside"
    return ""


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


def _neighbours(told: Sequence[Row]) -> list[Row]:
    """Rows, with those doubted that may be one half of a row whose other half stands beside them, without a label of its own."""
    found = list(told)
    for index, row in enumerate(told):
        if row.line is None or row.fault:
            continue
        above, below = (told[index - 1] if index else None), (told[index + 1] if index + 1 < len(told) else None)
        if (above is not None and _half(above, row, first=True)) or (below is not None and _half(below, row, first=False)):
            found[index] = replace(row, fault="beside_torn")
    return found


def _half(torn: Row, row: Row, *, first: bool) -> bool:
    """Whether a row without a label that is known may be half of the one beside it: `first` if it stands above."""
    if torn.line is not None or not (torn.figures or torn.filled) or (torn.block is not None and torn.block.across):
        return False
    if row.gaps or row.label is None or row.line is None:
        return True
    # Without gaps the row may still lack digits: those of a long number that wrapped. Then both labels together are its label.
    rest, own = (bare(torn.label.text) if torn.label else ""), bare(row.label.text)
    together = rest + own if first else own + rest
    return likeness(together, row.line.label.bare) >= likeness(own, row.line.label.bare)


def by_line(found: Sequence[Row]) -> Mapping[str, list[Row]]:
    """Rows by the id of the line that they are; one whose label means different lines on different forms stands under each."""
    told: dict[str, list[Row]] = {}
    for row in found:
        for line in row.ids:
            told.setdefault(line, []).append(row)
    return told
