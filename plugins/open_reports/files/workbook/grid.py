"""What workbooks of several reports share: the rows of a table over all its forms, a report's figures in them, the frame around.

A figure that several forms print has one place. A report's figures are made once for all sheets as cells without a reference, so
that a sheet may put them below each other (a year a column) or side by side (a report a row), at the cost of a joined text.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from open_reports.derived.mark import BLANK
from open_reports.files.workbook.cells import DOUBTED, WHOLE, Styles, escaped, figure_cell, tall, text_cell
from open_reports.files.workbook.frame import CORE, EARLY, TITLE, all_styles, emptied, entry, parted, style_numbers
from open_reports.form import Address, forms, merged

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from open_reports.form import Column, Line
    from open_reports.report import Report

_BARE = '<c r=""'


class Row(NamedTuple):
    """A figure's place in a table over all forms: its address, and its line, column and unit in words."""

    address: Address
    line: str
    column: str
    unit: str


@cache
def rows_of(table: str, used: tuple[str, ...]) -> tuple[Row, ...]:
    """Every figure of a table that some of these forms prints, each once; the newest form comes first and says what it is called."""
    printed = [forms()[form].tables[table] for form in used]
    order = merged([f"{line.id}/{column.id}" for line, column in each.cells] for each in printed)
    found: dict[str, Row] = {}
    for each in reversed(printed):
        for line, column in each.cells:
            address = Address(table, line.id, column.id)
            units = forms().common.units
            found[f"{line.id}/{column.id}"] = Row(address, _words(line), _words(column), units[column.unit].zh)
    return tuple(found[place] for place in order)


def _words(part: Line | Column) -> str:
    """Heads and label of a line or column: 其他 by itself names several."""
    return " ".join([*(group.zh for group in part.groups), part.label.zh])


@cache
def _places(table: str, used: tuple[str, ...], form: str) -> tuple[tuple[str, int] | None, ...]:
    """Line and position of each of the rows in a table of a form; None for what that form does not print."""
    known = forms()[form].tables[table]
    cells = {(line.id, column.id) for line, column in known.cells}
    return tuple(
        (row.address.line, known.positions[row.address.column]) if (row.address.line, row.address.column) in cells else None
        for row in rows_of(table, used)
    )


@cache
def _numbers(table: str, used: tuple[str, ...]) -> dict[str, int]:
    """Place of each row by its address."""
    return {str(row.address): place for place, row in enumerate(rows_of(table, used))}


def used_forms(reports: Iterable[Report], table: str) -> tuple[str, ...]:
    """Forms that some reports' table follows, the newest first."""
    used = {report.tables[table].form.form for report in reports if table in report.tables}
    return tuple(form for form in reversed(tuple(forms())) if form in used)


class Frame(NamedTuple):
    """A workbook without its rows: the archive of what never differs, title and date, styles, sheets by name (path, before, after)."""

    base: bytes
    core: str
    styles: Styles
    sheets: Mapping[str, tuple[str, str, str]]


class Sheet(NamedTuple):
    """How a sheet is set up: its title, widths of its first columns and of all others, rows and columns that stay in sight.

    `fits` says that it is printed as wide as one sheet of paper.
    """

    name: str
    title: str
    widths: tuple[int, ...]
    other: int
    frozen: tuple[int, int]
    fits: bool = True


@cache
def frame_of(sheets: tuple[Sheet, ...]) -> Frame:
    """Frame of the workbooks with these sheets."""
    from xlsxwriter import Workbook  # an extra

    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True})
    book.set_properties({"title": TITLE, "created": datetime.fromisoformat(EARLY)})
    styles = {name: book.add_format(style) for name, style in all_styles().items()}
    for each in sheets:
        sheet = book.add_worksheet(each.title)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        for column, width in enumerate((*each.widths, each.other)):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(*each.frozen)
        if any(each.frozen):
            # On paper as in the window: rows and columns that say what a number is go along.
            sheet.repeat_rows(0, each.frozen[0] - 1)
        if each.fits:
            sheet.fit_to_pages(1, 0)
        else:
            sheet.repeat_columns(0, each.frozen[1] - 1)
            sheet.set_print_scale(_SMALL)
        for number, style in enumerate(styles.values()):  # where each style's number is read from: the row is not kept
            sheet.write_number(0, number, number, style)
    book.close()
    made = parted(stream, [each.name for each in sheets])
    numbers = style_numbers(styles, next(iter(made.sheets.values())).xml)
    return Frame(made.base, made.core, numbers, {name: (part.path, *emptied(_spread(part.xml))) for name, part in made.sheets.items()})


def _spread(xml: str) -> str:
    """Give the width of the last column that has one to all columns behind it."""
    # Told to the library, each of them would be an entry of its own, in every sheet of every frame.
    return _LAST_WIDTH.sub(rf'\g<1>{_COLUMNS}"', xml, count=1)


_SMALL = 50
"""Scale in print, in percent, of what is too wide for a sheet of paper."""
_COLUMNS = 16_384
"""Columns of a sheet."""
_LAST_WIDTH = re.compile(r'(<col min="\d+" max=")\d+"(?=[^<>]*/></cols>)')


def packed(frame: Frame, rows: Mapping[str, Iterable[str]], *, title: str, created: str) -> bytes:
    """Workbook of the rows of each sheet, which are taken one by one: a large corpus is never whole in memory as text."""
    stream = io.BytesIO(frame.base)
    with zipfile.ZipFile(stream, "a") as bundle:
        for name, (path, before, after) in frame.sheets.items():
            with bundle.open(entry(path), "w") as part:
                part.write(before.encode())
                for row in rows[name]:
                    part.write(row.encode())
                part.write(after.encode())
        bundle.writestr(entry(CORE), frame.core.replace(EARLY, created).replace(TITLE, escaped(title)).encode())
    return stream.getvalue()


class Cells:
    """Cells without a reference, in the styles of a frame; each kind of cell is made once."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._figures: dict[tuple[str | None, str], str] = {}
        self.not_on_form = self.text("nothing", forms().common.statuses["not_on_form"].zh)

    def text(self, style: str, text: str) -> str:
        """Cell of text."""
        return text_cell("", self._styles[style], text).removeprefix(_BARE)

    def number(self, value: int) -> str:
        """Cell of a number of ours."""
        return f' s="{self._styles["number0"]}"><v>{value}</v></c>'

    def figure(self, text: str | None, rules: Collection[str] = ()) -> str:
        """Cell of a figure by its text in the package, None where the line is absent; `rules` are those that it contradicts."""
        key = (text, (WHOLE if BLANK in rules else DOUBTED) if rules else "")
        if key not in self._figures:
            self._figures[key] = figure_cell("", self._styles, *key).removeprefix(_BARE)
        return self._figures[key]

    def of(self, report: Report, table: str, used: tuple[str, ...], doubted: Mapping[str, tuple[str, ...]]) -> list[str]:
        """A report's figures of a table in the order of its rows (`rows_of`)."""
        found = report.tables.get(table)
        if found is None:
            return [self.not_on_form] * len(rows_of(table, used))
        rows, known = found.rows, self._figures
        cells = []
        for place in _places(table, used, found.form.form):
            if place is None:
                cells.append(self.not_on_form)
                continue
            line = rows.get(place[0])
            text = None if line is None else line[place[1]]
            cells.append(known.get((text, "")) or self.figure(text))
        numbers = _numbers(table, used)
        for address, rules in doubted.items():
            if address in numbers and (place := _places(table, used, found.form.form)[numbers[address]]):
                line = rows.get(place[0])
                cells[numbers[address]] = self.figure(None if line is None else line[place[1]], rules)
        return cells


def xml_row(number: int, cells: Sequence[str], height: int = 1) -> str:
    """Row of a sheet of cells without references; `height` in lines of text."""
    joined = "".join([f'<c r="{letter}{number}"{cell}' for letter, cell in zip(_letters(len(cells)), cells, strict=True)])
    return f'<row r="{number}"{tall(height)}>{joined}</row>'


@cache
def _letters(count: int) -> tuple[str, ...]:
    """Names of the first columns."""
    return tuple(map(_letter, range(count)))


def _letter(index: int) -> str:
    name = ""
    while index >= 0:
        index, rest = divmod(index, 26)
        name, index = chr(ord("A") + rest) + name, index - 1
    return name
