"""Columns: which head each position of a table stands under, told by the heads' labels and never by position.

A head block is the rows of heads over some lines. It counts only whole: a position without a head, a head that is not known or
stands in two places makes every figure under it doubtful, for one head too few moves all that follow.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from open_reports.intake.cells import reads_as_figure, stated_unit
from open_reports.intake.grid import Doubt
from open_reports.intake.labels import bare, tidy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from open_reports.form import Forms
    from open_reports.intake.grid import Cell
    from open_reports.intake.labels import Lexicon, Match
    from open_reports.intake.seams import Sheet

_OF_DIGITS = frozenset(
    {Doubt.SUPERSCRIPT, Doubt.SPLIT, Doubt.DISAGREEING, Doubt.ROUNDED, Doubt.FORMULA, Doubt.DATED, Doubt.SCANNED, Doubt.UNSEEN}
)
SPOILING = frozenset(Doubt) - _OF_DIGITS
"""Doubts about a label or head that make it unsure which it is; the others are about its digits."""


class Head(NamedTuple):
    """The head over one position: what it is of each form, as printed, and the line that stands above it, if any does."""

    match: Match
    cell: Cell
    line: frozenset[str]
    above: Cell | None

    def column(self, form: str) -> str:
        """Id of the column on a form; "" if that form has none of this name."""
        return next(iter(self.match.columns(form)), "")


@dataclass(frozen=True)
class Block:
    """Rows of heads of a table, `first` to `last`, and what stands under them up to the row `until`.

    `across` says that lines stand above their columns, so that one row holds all figures. `fault` is why none of its figures
    counts; `end` is where its rows end.
    """

    table: str
    sheet: Sheet
    first: int
    last: int
    heads: Mapping[int, Head]
    across: bool
    fault: str
    end: int
    corner: tuple[str, str] | None = None
    """What stands in the corner and what the form has there, where they differ."""
    until: int = 0
    forms: frozenset[str] = field(default_factory=frozenset)

    @property
    def left(self) -> int:
        """First position under a column's head; left of it stand labels."""
        return min(self.heads)

    def columns(self, form: str) -> frozenset[str]:
        """Ids of the columns on a form; "" among them if one is not of it."""
        return frozenset(head.column(form) for head in self.heads.values())


def blocks(sheet: Sheet, lexicons: Sequence[Lexicon], known: Forms) -> tuple[Block, ...]:
    """Every head block of a sheet that proves to be of some table, from the top; each ends where the next begins."""
    rows = [_heading(sheet, row, lexicons) for row in range(sheet.rows)]
    found: list[Block] = []
    row = 0
    while row < sheet.rows:
        lexicon = rows[row]
        if lexicon is None:
            row += 1
            continue
        last = row
        while last + 1 < sheet.rows and rows[last + 1] is lexicon:
            last += 1
        floor = found[-1].last + 1 if found else 0
        block = _block(sheet, _top(sheet, row, last, floor, lexicon), last, lexicon, known)
        if len({head.match.label.bare for head in block.heads.values()}) >= proof(lexicon.table, known):
            found.append(block)
        row = last + 1
    ends = [*(block.first for block in found[1:]), sheet.rows][: len(found)]
    return tuple(replace(block, until=end) for block, end in zip(found, ends, strict=True))


def _heading(sheet: Sheet, row: int, lexicons: Sequence[Lexicon]) -> Lexicon | None:
    """The table that a row is a heading of, or None: it has a column that no other table has, and no figure."""
    texts = [cell.text for cell in sheet.starting[row] if cell.text.strip()]
    if any(map(reads_as_figure, texts)):
        return None
    counts = [_peculiar(texts, lexicon, lexicons) for lexicon in lexicons]
    most = max(counts, default=0)
    return lexicons[counts.index(most)] if most else None


def _peculiar(texts: Sequence[str], lexicon: Lexicon, lexicons: Sequence[Lexicon]) -> int:
    """How many columns of a table, and of no other one, are among some texts."""
    found = [match for match in map(lexicon.match, texts) if match is not None and match.columns() and not match.lines()]
    return len({match.label.bare for match in found if _only(match, lexicon, lexicons)})


def _only(match: Match, lexicon: Lexicon, lexicons: Sequence[Lexicon]) -> bool:
    """Whether no other table has a label like it."""
    return not any(other is not lexicon and (found := other.match(match.label.text)) and found.columns() for other in lexicons)


def proof(table: str, known: Forms) -> int:
    """How many column heads prove a table: one where it has several blocks, else more than half of them."""
    printing = known.printing(table)
    if any(len(form.blocks) > 1 for form in printing):
        return 1
    return min(len(form.columns) for form in printing) // 2 + 1


def _top(sheet: Sheet, first: int, last: int, floor: int, lexicon: Lexicon) -> int:
    """First row of a head block: rows of text above it that lie over its columns belong to it."""
    over = {
        position
        for row in range(first, last + 1)
        for cell in sheet.starting[row]
        if (match := lexicon.match(cell.text)) is not None and match.columns()
        for position in range(cell.column, cell.column + cell.colspan)
    }
    while first > floor:
        cells = [cell for cell in sheet.starting[first - 1] if cell.text.strip()]
        covers = any(over & set(range(cell.column, cell.column + cell.colspan)) for cell in cells)
        if not covers or any(reads_as_figure(cell.text) for cell in cells):
            break
        first -= 1
    return first


def _block(sheet: Sheet, first: int, last: int, lexicon: Lexicon, known: Forms) -> Block:
    end = max(sheet.ends[first : last + 1])
    heads: dict[int, Head] = {}
    faults: list[str] = []
    for position in range(end):
        stack = [sheet.at(row, position) for row in range(last, first - 1, -1)]
        cells = [cell for cell in stack if cell is not None]
        if len(cells) < len(stack):
            faults.append("heading_hole")
        told = _told([cell for cell in cells if cell.text.strip()])
        head = _head(told, lexicon, faults, inside=bool(heads)) if told else None
        if head is not None:
            heads[position] = head
    across = any(head.line for head in heads.values())
    faults.append(_torn(heads, across=across))
    forms = [form.form for form in known.printing(lexicon.table) if all(head.column(form.form) for head in heads.values())]
    fault = next(filter(None, faults), "")
    corner = _corner(sheet, last, min(heads, default=0), lexicon)
    return Block(lexicon.table, sheet, first, last, heads, across, fault, end, corner, forms=frozenset(forms))


def _corner(sheet: Sheet, row: int, left: int, lexicon: Lexicon) -> tuple[str, str] | None:
    """What stands left of the heads where it is like the form's corner but not the same, with what the form has."""
    for position in range(left):
        cell = sheet.at(row, position)
        match = lexicon.match(cell.text) if cell is not None else None
        if cell is not None and match is not None and not match.exact and match.corner:
            return tidy(cell.text), match.label.text
    return None


def _head(told: Sequence[Cell], lexicon: Lexicon, faults: list[str], *, inside: bool) -> Head | None:
    """The head that the cells over a position are, from the lowest up; `inside` if some head stands to its left."""
    match = lexicon.match(told[0].text)
    if match is None or not match.columns():
        # Left of the columns stands the corner; to the right of one, a head that is not known leaves the others unproved.
        if inside and not (match is not None and match.group):
            faults.append("heading_unknown")
        return None
    line, above, clear = _line_above(told[1:], lexicon)
    if SPOILING & set(told[0].doubts) or not clear:
        faults.append("heading_doubtful")
    return Head(match, told[0], line, above)


def _told(stack: Sequence[Cell]) -> list[Cell]:
    """Cells of a stack once each: a cell that spans rows, or is repeated for each of them, is one."""
    found: list[Cell] = []
    for cell in stack:
        if not found or (cell is not found[-1] and bare(cell.text) != bare(found[-1].text)):
            found.append(cell)
    return found


def _line_above(told: Sequence[Cell], lexicon: Lexicon) -> tuple[frozenset[str], Cell | None, bool]:
    """The line that stands above a column, the cell that says so, and whether nothing unknown lies between.

    The lowest head wins. A group without its line below says that something was lost there.
    """
    for cell in told:
        match = lexicon.match(cell.text)
        if match is None:
            return frozenset(), None, not any((found := lexicon.match(each.text)) and found.lines() for each in told)
        if match.lines() and not match.columns():
            return match.lines(), cell, not SPOILING & set(cell.doubts)
        if not match.group:
            return frozenset(), None, False
    return frozenset(), None, True


def _torn(heads: Mapping[int, Head], *, across: bool) -> str:
    """Whether a head stands in two places that do not touch, or some have a line above them and some have none."""
    if across and not all(head.line for head in heads.values()):
        return "heading_unknown"
    runs: list[tuple[str, frozenset[str]]] = []
    for before, position in _pairs(sorted(heads)):
        own = (heads[position].match.label.bare, heads[position].line if across else frozenset())
        if before is not None and position == before + 1 and runs[-1] == own:
            continue
        if own in runs:
            return "heading_twice"
        runs.append(own)
    return ""


def _pairs(positions: Sequence[int]) -> Iterator[tuple[int | None, int]]:
    yield from zip([None, *positions[:-1]], positions, strict=True)


def head_unit(head: Head) -> bool:
    """Whether a printed head of money vouches for the unit that the form gives its column."""
    return stated_unit(head.cell.text) == stated_unit(head.match.label.text)
