"""The workbook of a report, as its page offers it: figures from the sheets of the tables, where people read and correct them.

What is carried stands on a sheet of its own. A label, a note or a fact that the other sheets show in another way is a contradiction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from open_reports.document import shown
from open_reports.errors import IntakeError
from open_reports.finding import SIGN
from open_reports.form import OVERVIEW, Address, forms, section_title
from open_reports.form.sheet import blank_words, drawn
from open_reports.intake.archive import opened
from open_reports.intake.own.rebuilding import Opened, contradiction, figure, opening, same
from open_reports.intake.readers.sheetcell import Eye, Read
from open_reports.intake.readers.workbook import book, place
from open_reports.report.carrying import Stated
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from open_reports.form import Column
    from open_reports.intake.own.given import Own
    from open_reports.report import Note

_FIRST = 4
"""Row of section one's first item: title, blank row and heads stand above it."""


class _Sheet(NamedTuple):
    """A sheet as it is seen."""

    name: str
    reads: Mapping[tuple[int, int], Read]

    def read(self, row: int, column: int) -> Read:
        """What is seen of a cell; rows and columns count from 1."""
        return self.reads.get((row, column), Read(""))

    def text(self, row: int, column: int) -> str:
        return self.read(row, column).text

    @property
    def rows(self) -> range:
        return range(1, max((row for row, _ in self.reads), default=0) + 1)


def workbook(data: bytes) -> Own | None:
    """The package of a workbook; None for one that is not ours."""
    found = book(opened(data))
    sheets = {
        sheet.name: _Sheet(sheet.name, {at: eye.read(at, held) for at, held in sheet.held.items()})
        for sheet, made in found.sheets
        for eye in (Eye(sheet, made, found.stale, found.usual),)
    }
    w = Words("zh")
    package = sheets.get(w("book_package"))
    if package is None or package.text(1, 1) != w("book_package"):
        return None
    lines = [package.text(row, 1) for row in package.rows]
    if "{" not in lines:
        raise IntakeError("own_carried")
    held = opening("\n".join(lines[lines.index("{") :]))
    _about(held, _sheet(sheets, w("book_about")), w)
    _notes(held, _sheet(sheets, w("book_notes")), w)
    section = held.said.form.section(OVERVIEW)
    assert section is not None  # noqa: S101 (no form loads without it)
    overview = list(_overview(_sheet(sheets, section_title(section.number, section.title.zh, "zh")), w))
    cells: dict[Address, str | None] = {}
    for name, table in held.tables.items():
        sheet = _sheet(sheets, section_title(table.section, table.title.zh, "zh"))
        for each in drawn(table):
            for row in each.rows:
                same(place(sheet.name, row.row + 1, row.label + 1), sheet.text(row.row + 1, row.label + 1), held.label(name, row.line.id))
                for number, column in enumerate(each.block.columns, start=row.figures):
                    key = Address(name, row.line.id, column.id)
                    cells[key] = _cell(held, key, column, sheet, (row.row + 1, number + 1))
    return held.own(cells, overview)


def _sheet(sheets: Mapping[str, _Sheet], name: str) -> _Sheet:
    if name not in sheets:
        raise IntakeError("own_sheet", name=name)
    return sheets[name]


def _cell(held: Opened, key: Address, column: Column, sheet: _Sheet, at: tuple[int, int]) -> str | None:
    """Text of a figure in the package; None where the cell says that the line is left out."""
    read, where = _unmarked(sheet.read(*at)), place(sheet.name, *at)
    status = {**_statuses(), **_blank_table()}.get(read.text)
    if status == "line_absent":
        return None
    if status is not None:
        text = next(text for text, each in forms().common.missing.items() if each == status)
        stroke = held.carried.strokes.get(str(key))
        # Both strokes are one word here, so which of them it was is carried.
        return stroke if stroke is not None and forms().common.missing.get(stroke) == status else text
    # An empty cell was emptied by somebody: ours say which kind of nothing they are.
    if read.doubts or not read.text:
        raise IntakeError("own_doubtful", place=where, found=shown(read.text))
    return figure(read.text, column, where)


def _statuses() -> dict[str, str]:
    """Kinds of nothing by the words that stand for them."""
    common = forms().common
    return {common.statuses[each].zh: each for each in (*dict.fromkeys(common.missing.values()), "line_absent")}


def _blank_table() -> dict[str, str]:
    """The same of a table that reports no figure, of which each cell says so."""
    return {blank_words(status): status for status in forms().common.missing.values()}


def _unmarked(read: Read) -> Read:
    """What is seen of a cell without the sign that our workbooks show before a figure in an open contradiction."""
    return read._replace(text=read.text.removeprefix(f"{SIGN} "))


def _overview(sheet: _Sheet, w: Words) -> Iterator[Stated]:
    statuses = _statuses()
    if sheet.text(_FIRST, 1) == w("book_none") and not sheet.text(_FIRST, 2):
        return
    for row in sheet.rows[_FIRST - 1 :]:
        item, unit, part_of = (sheet.text(row, column) for column in (1, 3, 4))
        read = _unmarked(sheet.read(row, 2))
        if not (item or unit or part_of or read.says):
            continue
        text = "" if statuses.get(read.text) == "blank" else read.text
        if read.doubts or not read.text or (text and not forms().common.cells["money"].accepts(text)):
            raise IntakeError("own_doubtful", place=place(sheet.name, row, 2), found=shown(read.text))
        yield Stated(item, text, unit, part_of)


# -- what is shown and carried ----------------------------------------------------------------------------------------------


def _about(held: Opened, sheet: _Sheet, w: Words) -> None:
    """Hold the first sheet against what is carried."""
    said = held.said.fields
    expected = [
        (w("book_title"), said["title"]),
        (w("book_agency_id"), held.agency),
        (w("year"), str(held.year)),
        (w("published"), said["published"].isoformat() if said["published"] else w("unknown")),
        (w("scope"), forms().common.scopes[said["scope"]].zh),
        *([(w("period"), w("period_span", start=said["period"][0], end=said["period"][1]))] if said["period"] else []),
        *((w(key), text) for source in said["sources"] for key, text in zip(("book_source", "book_source_address"), source, strict=True)),
        (w("version"), said["version"]),
        (w("book_created"), said["created"]),
        *((w("book_revision", version=each.version, date=each.date), each.reason) for each in said["revisions"]),
    ]
    names = {name for name, _ in expected}
    seen = [(place(sheet.name, row, 2), sheet.text(row, 1), sheet.text(row, 2)) for row in sheet.rows if sheet.text(row, 1) in names]
    marked = {w("published"), w("book_source_address")}
    for (where, name, told), (known, carried) in zip(seen, expected, strict=False):
        # Before a day or an address that cannot be right our workbooks show the sign; neither begins with one itself.
        text = told.removeprefix(f"{SIGN} ") if name in marked else told
        same(where, f"{name} {text}", f"{known} {carried}")
    if len(seen) != len(expected):
        contradiction(sheet.name, str(len(seen)), str(len(expected)))


def _notes(held: Opened, sheet: _Sheet, w: Words) -> None:
    """Hold the sheet of notes against what is carried."""
    start = next((row for row in sheet.rows if sheet.text(row, 1) == w("notes")), sheet.rows.stop)
    none = not held.carried.notes
    first = start + 1 if none else start + 2
    expected = (
        [(w("book_none"), "", "", "", "")] if none else [(*_place(held, note), note.printed, note.note) for note in held.carried.notes]
    )
    # One row more, which must be the blank one.
    for row, words in enumerate([*expected, ("",) * 5], start=first):
        for column, text in enumerate(words, start=1):
            same(place(sheet.name, row, column), sheet.text(row, column), text)


def _place(held: Opened, note: Note) -> tuple[str, str, str]:
    table = held.tables.get(note.table)
    if table is None:
        return (forms().common.overview.title.zh if note.table else "", note.line, "")
    column = table.columns.get(note.column)
    heads = " ".join([*(group.zh for group in column.groups), column.label.zh]) if column else ""
    return (table.title.zh, held.label(note.table, note.line) if note.line else "", heads)
