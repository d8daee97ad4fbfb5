"""Every data file of the corpus read back by a program that is not ours: each gives the same figures, by agency, year and address.

`packages_figures` is the truth they are held against: the CSV files of the packages as they lie on disk, and the forms' lines.
"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb
import openpyxl
from open_reports.form import forms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from open_reports.form import Block, TableForm
    from open_reports.report import Report

TABLES = forms().tables

MARK = "≠"
NOT_STATED = "没有写明"

MISSING = {"": "blank", "/": "not_applicable", "-": "not_applicable"}


class Told(NamedTuple):
    """What a file says of one figure."""

    value: Decimal | None
    status: str


Figures = dict[tuple[str, int, str], Told]


def told(text: str) -> Told:
    """What a cell of a package says."""
    return Told(None, MISSING[text]) if text in MISSING else Told(Decimal(text), "reported")


def packages_figures(packages: Path) -> Figures:
    """Figures of packages on disk; a line of the form without a row is absent."""
    found: Figures = {}
    for path in sorted(packages.glob("*/*/datapackage.json")):
        own = json.loads(path.read_text(encoding="utf-8"))["report"]
        agency, year = own["agency"], own["year"]
        for row in _rows(path.parent / "data" / "overview.csv"):
            found[agency, year, f"overview/{row['item']}/value"] = told(row["value"])
        for table in TABLES:
            rows = {row["line"]: row for row in _rows(path.parent / "data" / f"{table}.csv")}
            for line in forms()[own["forms"][table]].tables[table].lines.values():
                for column in line.columns:
                    kept = rows.get(line.id)
                    found[agency, year, f"{table}/{line.id}/{column}"] = told(kept[column]) if kept else Told(None, "line_absent")
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def plain_csv_figures(data: bytes) -> Figures:
    """Figures of `observations.csv`."""
    return {
        (row["agency"], int(row["year"]), f"{row['table']}/{row['line']}/{row['column']}"): _told(row["value"], row["status"])
        for row in csv.DictReader(io.StringIO(data.decode(), newline=""))
    }


def _told(value: Any, status: str) -> Told:
    return Told(None if value in {None, ""} else Decimal(str(value)), status)


def parquet_figures(path: Path) -> Figures:
    """Figures of a Parquet file."""
    with duckdb.connect(config={"threads": "1"}) as connection:
        rows = connection.execute(
            'SELECT agency, year, "table", line, "column", value, status FROM read_parquet(?)', [str(path)]
        ).fetchall()
    return {(agency, year, "/".join(address)): _told(value, status) for agency, year, *address, value, status in rows}


def database_figures(data: bytes) -> Figures:
    """Figures of the view of the database."""
    with opened(data) as connection:
        rows = connection.execute('SELECT agency, year, "table", line, "column", exact, status FROM observations').fetchall()
    return {(agency, year, "/".join(address)): _told(value, status) for agency, year, *address, value, status in rows}


def opened(data: bytes) -> sqlite3.Connection:
    """Database of some bytes."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(data)
    connection.execute("PRAGMA foreign_keys = 1")
    return connection


# -- workbooks ----------------------------------------------------------------------------------------------------------


class Sheet:
    """A sheet as a reader sees it: a merged cell's text stands in all of its cells."""

    def __init__(self, sheet: Any) -> None:
        self.cells = {(cell.row, cell.column): cell for row in sheet.iter_rows() for cell in row}
        self.texts = {place: cell.value for place, cell in self.cells.items()}
        for merged in sheet.merged_cells.ranges:
            for row, column in merged.cells:
                self.texts[row, column] = sheet.cell(merged.min_row, merged.min_col).value
        self.height = sheet.max_row
        self.width = sheet.max_column

    def across(self, row: int, first: int, last: int) -> list[Any]:
        """Texts of a row that follow each other, each once."""
        return _once(self.texts.get((row, column)) for column in range(first, last + 1))

    def down(self, column: int, first: int, last: int) -> list[Any]:
        """Texts of a column that follow each other, each once."""
        return _once(self.texts.get((row, column)) for row in range(first, last + 1))


def _once(texts: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for text in texts:
        if not found or found[-1] != text:
            found.append(text)
    return found


def book(data: bytes) -> Any:
    """Workbook of some bytes; nothing in it is computed."""
    return openpyxl.load_workbook(io.BytesIO(data))


def cell_told(cell: Any) -> Told:
    """What a figure's cell says: a number as its format shows it, a text that is a number, or a kind of nothing in words."""
    statuses = {text.zh: status for status, text in forms().common.statuses.items()}
    if isinstance(cell.value, str):
        status = statuses.get(cell.value)
        # The mark of a contradiction, which a number has in its format.
        return Told(None, status) if status else Told(Decimal(cell.value.removeprefix("≠ ")), "reported")
    return Told(Decimal(shown(cell)), "reported")


def shown(cell: Any) -> str:
    """Return a number as its cell shows it: with the decimals of its format."""
    assert isinstance(cell.value, int | float)
    # The mark of a contradiction is in the format, so that the number stays one.
    shape = cell.number_format.removeprefix(f'"{MARK} "')
    decimals = len(shape.partition(".")[2])
    assert shape == ("0." + "0" * decimals if decimals else "0")
    return f"{Decimal(repr(cell.value)):.{decimals}f}"


def series_cells(data: bytes) -> Iterator[tuple[str, str, Any]]:
    """Cells of a workbook with a report a column: head of the column, address of the row, cell."""
    for sheet in book(data).worksheets[1:-1]:
        rows = sheet.iter_rows(min_row=4)
        heads = [cell.value for cell in next(rows)]
        last = heads.index("地址")
        for row in rows:
            if address := row[last].value:
                yield from ((str(head), str(address), cell) for head, cell in zip(heads[3:last], row[3:last], strict=True))


def corpus_cells(data: bytes) -> Iterator[tuple[str, int, str, Any]]:
    """Cells of the workbook of all reports: agency and year of the row, address of the column, cell."""
    overview, *tables = book(data).worksheets[1:-1]
    for row in overview.iter_rows(min_row=5):
        yield str(row[0].value), int(row[2].value), f"overview/{row[4].value}/value", row[5]
    for sheet in tables:
        rows = sheet.iter_rows(min_row=7)
        addresses = [cell.value for cell in next(rows)]
        for row in rows:
            yield from ((str(row[0].value), int(row[2].value), str(name), cell) for name, cell in zip(addresses[4:], row[4:], strict=True))


def stated(cell: Any) -> bool:
    """Whether a cell of a sheet over several reports is of a figure that its report has."""
    return cell.value not in {NOT_STATED, forms().common.statuses["not_on_form"].zh}


def workbook_cells(data: bytes, report: Report) -> Iterator[tuple[str, Any]]:
    """Every figure's address and cell, found by the labels printed around it alone."""
    sheets = book(data)
    overview = report.form.sections[0]
    listed = sheets[f"{overview.number}、{overview.title.zh}"]
    stated = {row[0].value: row[1] for row in listed.iter_rows(min_row=4)}
    for item in report.overview:
        yield f"overview/{item.item}/value", stated[item.item]
    for table in report.tables.values():
        sheet = Sheet(sheets[f"{table.form.section}、{table.form.title.zh}"])
        for block in table.form.blocks:
            yield from _block_cells(sheet, table.form, block, table.labels)


def _block_cells(sheet: Sheet, form: TableForm, block: Block, labels: dict[str, str]) -> Iterator[tuple[str, Any]]:
    outer = 1 if block.label else 0
    stub = 1 + max(len(line.groups) - (1 if each.label else 0) for each in form.blocks for line in each.lines)
    for line in block.lines:
        path = [*(group.zh for group in line.groups[outer:]), labels.get(line.id, line.label.zh)]
        (row,) = (row for row in range(1, sheet.height + 1) if sheet.across(row, 1, stub) == path)
        corner = [above for above in range(1, row) if sheet.texts.get((above, 1)) == form.corner.zh]
        top = bottom = corner[-1]
        while top - 1 in corner:
            top -= 1
        if block.label:
            assert str(sheet.texts[top - 1, 1]).startswith(block.label.zh)
        columns = {}
        for position in range(stub + 1, sheet.width + 1):
            columns[tuple(sheet.down(position, top, bottom))] = position
        for column in block.columns:
            heads = ([form.head.zh] if form.head else []) + [*(group.zh for group in column.groups), column.label.zh]
            yield f"{form.id}/{line.id}/{column.id}", sheet.cells[row, columns[tuple(heads)]]
