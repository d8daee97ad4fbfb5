"""One statutory table of a file: which form it is of, and every figure of it that is certain, with why the others are not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from open_reports.document import RUN_SIGNS
from open_reports.form import Address
from open_reports.intake.cells import value
from open_reports.intake.columns import SPOILING, head_unit
from open_reports.intake.labels import bare, tidy
from open_reports.intake.lines import Slot, by_line
from open_reports.report import Note, OpenCell

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from open_reports.form import Line, TableForm
    from open_reports.intake.columns import Block, Head
    from open_reports.intake.grid import Cell
    from open_reports.intake.lines import Row
    from open_reports.intake.seams import Sheet

_PROPOSED = frozenset({"beside_torn", *(doubt.value for doubt in SPOILING)})
"""Faults of a row that fits its heads: what stands under each is likely what was printed for it."""
_LONGEST_LABEL = 120
"""Characters of a label in a package's CSV file."""


class Foreign(NamedTuple):
    """A row that is no line of its table's form, or nobody knows which: named, never dropped. `reason` as in `OpenCell`."""

    table: str
    place: str
    seen: str
    reason: str


@dataclass(kw_only=True)
class Table:
    """What was read of one table. `understood` says that every row of it was, so that a line without a row is absent."""

    form: TableForm
    figures: dict[Address, str] = field(default_factory=dict)
    places: dict[Address, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    open: list[OpenCell] = field(default_factory=list)
    foreign: list[Foreign] = field(default_factory=list)
    understood: bool = True
    met: set[str] = field(default_factory=set)
    """Lines that some row was told to be, whatever became of it."""
    at_seams: set[str] = field(default_factory=set)
    """Lines that the form has between the last row of a page and the first of the next: one of them may have been lost there."""


class Fit(NamedTuple):
    """The form of a table: those that fit equally well, and whether it is sure which lines the table should have."""

    forms: tuple[TableForm, ...]
    sure: bool


def fitting(printing: Sequence[TableForm], rows: Sequence[Row], meant: Collection[str]) -> Fit:
    """The forms that have most of the lines of sound rows; several where they print the table alike.

    `meant` are lines that some cell of the document names, wherever it stands.
    """
    counted = by_line(rows)
    sound = [row for row in rows if not row.fault and all(len(counted[line]) == 1 for line in row.ids)]
    forms = _best(printing, sound)
    if all(form.lines.keys() == forms[0].lines.keys() for form in forms):
        # A form is not sure while another's own lines are named somewhere.
        others = {line for form in printing for line in form.lines} - forms[0].lines.keys()
        return Fit(forms, sure=not others & set(meant))
    # No sound row is a line that only one of them has. A label somewhere tells; doubtful rows must be confirmed.
    named = tuple(form for form in forms if own_lines(form, printing) & set(meant))
    return Fit(named, sure=True) if len(named) == 1 else Fit(_best(forms, rows), sure=False)


def _best(forms: Sequence[TableForm], rows: Sequence[Row]) -> tuple[TableForm, ...]:
    """The forms that have most of the lines that some rows are."""
    scores = [len(_lines_on(form, rows)) for form in forms]
    return tuple(form for form, score in zip(forms, scores, strict=True) if score == max(scores))


def own_lines(form: TableForm, printing: Sequence[TableForm]) -> set[str]:
    """Lines that no other form has."""
    return set(form.lines) - {line for other in printing if other is not form for line in other.lines}


def _lines_on(form: TableForm, rows: Sequence[Row]) -> set[str]:
    found: set[str] = set()
    for row in rows:
        if row.block is not None and form.form not in row.block.forms:
            continue
        if row.block is not None and row.block.across:
            found |= {line for head in row.block.heads.values() for line in head.line if line in form.lines}
        elif row.line is not None:
            found |= row.line.lines(form.form)
    return found


def read_table(form: TableForm, rows: Sequence[Row]) -> Table:
    """Every figure of the rows that is certain on a form."""
    table = Table(form=form)
    claims: dict[Address, list[Slot]] = {}
    own = {line: found for line, found in by_line(rows).items() if line in form.lines}
    blocks: dict[int, list[Row]] = {}
    for row in rows:
        blocks.setdefault(id(row.block), []).append(row)
    for beside in blocks.values():
        for index, row in enumerate(beside):
            if row.block is not None and row.block.across:
                _across(table, row, row.block, alone=len(beside) == 1, claims=claims)
            else:
                around = (beside[index - 1] if index else None, beside[index + 1] if index + 1 < len(beside) else None)
                _ruled(table, row, own, around, claims)
    table.notes += _corners(form, rows)
    table.at_seams = {line for sheet in {id(row.sheet): row.sheet for row in rows}.values() for line in _lost(form, sheet, rows)}
    for address, slots in claims.items():
        if len(slots) > 1:
            table.open += [OpenCell(*address, slot.cell.place, _spaced(slot.cell.text), "line_twice") for slot in slots]
        else:
            _figure(table, address, slots[0])
    return table


def _lost(form: TableForm, sheet: Sheet, rows: Sequence[Row]) -> Iterator[str]:
    """Lines that the form has between the rows above and below each seam of a sheet, and beyond an end of it that is cut."""
    order = list(form.lines)
    places = [(row.number, order.index(line)) for row in rows if row.sheet is sheet for line in row.ids if line in form.lines]
    ends = {row and sheet.rows for row in (0, sheet.rows - 1) if row in sheet.cut}
    for seam in sheet.seams | ends:
        above = max((place for number, place in places if number < seam), default=-1)
        below = min((place for number, place in places if number >= seam), default=len(order))
        yield from order[above + 1 : below]


def _corners(form: TableForm, rows: Sequence[Row]) -> list[Note]:
    """Notes on corners that are printed otherwise than on the form."""
    found = {row.block.corner for row in rows if row.block is not None and row.block.corner is not None}
    return [Note(form.id, "", "", printed[:200], f"原文表头如此（应为“{usual}”）") for printed, usual in sorted(found)]


def _ruled(
    table: Table,
    row: Row,
    own: Mapping[str, Sequence[Row]],
    around: tuple[Row | None, Row | None],
    claims: dict[Address, list[Slot]],
) -> None:
    """Take a row with its label before it."""
    form = table.form
    ids = row.line.lines(form.form) if row.line is not None else frozenset()
    line = form.lines[next(iter(ids))] if len(ids) == 1 else None
    if line is not None:
        table.met.add(line.id)
    fault = row.fault
    if line is not None and not fault:
        fault = _unfit(form, line, row, own, around)
    if line is not None and not fault:
        _named(table, line, row.label)
        for slot in row.slots:
            claims.setdefault(Address(form.id, line.id, slot.head.column(form.form)), []).append(slot)
        return
    table.understood = False
    if fault == "unknown_label" and not (row.figures or row.filled):
        # Text and nothing else, such as a remark on units: it says nothing that could be imported.
        table.foreign.append(Foreign(form.id, row.place, row.seen, "remark"))
    elif fault:
        _doubted(table, replace(row, fault=fault), line, own, around)
    else:
        table.foreign.append(Foreign(form.id, row.place, row.seen, "not_on_form"))


def _unfit(form: TableForm, line: Line, row: Row, own: Mapping[str, Sequence[Row]], around: tuple[Row | None, Row | None]) -> str:
    """Why a row cannot be believed to be a line of the form, though it is sound in itself; "" if it can."""
    if any(beside is not None and _strange(form, beside) for beside in around):
        return "beside_torn"
    if len(own[line.id]) > 1:
        return "line_twice"
    return "" if _fits(form, line, row) else "other_heads"


def _strange(form: TableForm, row: Row) -> bool:
    """Whether a row bears a label that is no line of this form, such as the head of a group: the figures may be its neighbour's."""
    return row.line is not None and not row.line.lines(form.form) and (row.figures or row.filled)


def _across(table: Table, row: Row, block: Block, *, alone: bool, claims: dict[Address, list[Slot]]) -> None:
    """Take the one row of a table whose lines stand side by side."""
    form = table.form
    told: dict[str, set[str]] = {}
    for head in block.heads.values():
        for line in head.line & form.lines.keys():
            told.setdefault(line, set()).add(head.column(form.form))
    table.met |= told.keys()
    fault = row.fault or ("" if alone else "line_twice")
    if fault or not told:
        table.understood = False
        table.open += [OpenCell(form.id, line, "", row.place, row.seen, fault) for line in told]
        table.foreign += [] if told else [Foreign(form.id, row.place, row.seen, fault or "other_heads")]
        return
    for line, columns in told.items():
        if columns != set(form.lines[line].columns):
            table.understood = False
            table.open.append(OpenCell(form.id, line, "", row.place, row.seen, "other_heads"))
            continue
        slots = [slot for slot in row.slots if line in slot.head.line]
        _named(table, form.lines[line], slots[0].head.above)
        for slot in slots:
            claims.setdefault(Address(form.id, line, slot.head.column(form.form)), []).append(slot)


def _doubted(table: Table, row: Row, line: Line | None, own: Mapping[str, Sequence[Row]], around: tuple[Row | None, Row | None]) -> None:
    """Say what is open of a row that does not count, with proposals where its cells or its neighbours give them."""
    form = table.form
    proposals: Sequence[tuple[Address, Cell, str]] = ()
    if row.fault == "no_heading" and line is not None:
        proposals = _in_order(form, line, row)
    elif line is not None and row.fault in _PROPOSED and row.slots and _fits(form, line, row) and len(own[line.id]) == 1:
        proposals = _under_heads(form, line, row)
    elif row.fault in ("unlabelled", "unknown_label") and row.slots and (between := _between(form, row, own, around)) is not None:
        proposals = _under_heads(form, between, row)
        table.met.add(between.id)
    if proposals:
        table.open += [OpenCell(*address, cell.place, _spaced(cell.text), row.fault, text) for address, cell, text in proposals]
    elif line is not None:
        table.open.append(OpenCell(form.id, line.id, "", row.place, row.seen, row.fault))
    else:
        table.foreign.append(Foreign(form.id, row.place, row.seen, row.fault))


def _between(form: TableForm, row: Row, own: Mapping[str, Sequence[Row]], around: tuple[Row | None, Row | None]) -> Line | None:
    """The one line that lies between those of two neighbours, if there is just one and no other row is it."""
    order = list(form.lines)
    places = []
    for beside in around:
        known = beside is not None and beside.line is not None and beside.fault in ("", "beside_torn")
        ids = beside.line.lines(form.form) if known and beside is not None and beside.line is not None else frozenset()
        places.append(order.index(next(iter(ids))) if len(ids) == 1 else None)
    if places[0] is None or places[1] is None or places[1] - places[0] != 2:  # noqa: PLR2004 (one line lies between)
        return None
    line = form.lines[order[places[0] + 1]]
    return line if _fits(form, line, row) and line.id not in own else None


def _fits(form: TableForm, line: Line, row: Row) -> bool:
    """Whether a row stands under the heads that its line has on the form."""
    return row.block is not None and row.block.columns(form.form) == frozenset(line.columns)


def _in_order(form: TableForm, line: Line, row: Row) -> list[tuple[Address, Cell, str]]:
    """Cells behind the label of a row without heads, if there are as many as the line has columns: proposed in the form's order."""
    cells = [cell for cell in row.sheet.starting[row.number] if row.label is not None and cell.column > row.label.column]
    if len(cells) != len(line.columns):
        return []
    return [_proposed(form, line, column, cell) for column, cell in zip(line.columns, cells, strict=True)]


def _under_heads(form: TableForm, line: Line, row: Row) -> list[tuple[Address, Cell, str]]:
    """Cells of a row, each proposed for the column of the head it stands under."""
    columns = [slot.head.column(form.form) for slot in row.slots]
    return [_proposed(form, line, column, slot.cell) for column, slot in zip(columns, row.slots, strict=True)]


def _proposed(form: TableForm, line: Line, column: str, cell: Cell) -> tuple[Address, Cell, str]:
    found = value(cell, form.columns[column])
    return Address(form.id, line.id, column), cell, "" if found.reason else found.text


def _figure(table: Table, address: Address, slot: Slot) -> None:
    """Take one cell: its figure, or why it is open."""
    column = table.form.columns[address.column]
    money = column.type.id == "money"
    found = value(slot.cell, column, head_unit=not money or head_unit(slot.head))
    if found.reason:
        table.open.append(OpenCell(*address, slot.cell.place, _spaced(slot.cell.text), found.reason, found.text))
        return
    table.figures[address] = found.text
    table.places[address] = slot.cell.place
    if found.printed:
        table.notes.append(Note(*address, found.printed, found.note))
    _headed(table, address.column, slot.head)


def _spaced(text: str) -> str:
    """Text of a cell on one line, with the spaces that may be why it is asked about."""
    return " ".join(text.split())


def _headed(table: Table, column: str, head: Head) -> None:
    """Note the head of a column that is printed otherwise than the form has it."""
    label = table.form.columns[column].label
    if head.match.language == "zh" and bare(head.cell.text) != bare(label.zh):
        note = Note(table.form.id, "", column, tidy(head.cell.text)[:200], f"原文列名称如此（应为“{label.zh}”）")
        if note not in table.notes:
            table.notes.append(note)


def _named(table: Table, line: Line, cell: Cell | None) -> None:
    """Keep the label of a line that is printed otherwise than the form has it."""
    if cell is None:
        return
    printed = tidy(cell.text)
    if bare(printed) in (bare(line.label.zh), bare(line.label.en)):
        return
    if len(printed) <= _LONGEST_LABEL and not printed.startswith(RUN_SIGNS):
        table.labels[line.id] = printed
    else:
        table.notes.append(Note(table.form.id, line.id, "", printed[:200], "原文行名称如此"))
