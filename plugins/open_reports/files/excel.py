"""Tidy CSV for spreadsheet programs: byte-order mark, Chinese heads and labels, text that can never become a formula.

Beside the plain CSV, which is for programs. Numbers are spelt as in the package; a negative one stays a number. Excel shows
15 significant digits of a number in a CSV file: the workbook and the plain files hold the others.
"""

from __future__ import annotations

import csv
import io
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from open_reports.files.route import AGENCY, CSV, REPORT, YEAR, Route
from open_reports.form import forms
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from open_reports.files.folder import AgencyFolder, ReportFolder, YearFolder
    from open_reports.form import TableForm
    from open_reports.library import Agency
    from open_reports.report import Figure, Report

MARK = "\ufeff"
"""Byte-order mark: without it Excel reads UTF-8 as the system's encoding."""
FIELDS = ("agency", "agency_name", "year", "form", "table", "line", "column", "value", "status", "unit", "printed", "address")
"""Columns of the file, one row a figure, by the ids of their heads (`field_...` in the words of the files)."""
MOST_ROWS = 1_048_576
"""Rows of a sheet, head included; spreadsheets drop what is beyond without a word."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "\uff20")
"""What a formula may begin with, in either width (U+FF20 is the wide @): Chinese and Japanese Excel take both."""


def inert(text: str) -> str:
    """Text that a spreadsheet takes for text: what begins like a formula gets an apostrophe before it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def excel_csv(reports: Iterable[Report], agencies: Mapping[str, Agency]) -> bytes:
    """CSV of every figure of some reports, for spreadsheets: `FIELDS`, one row a figure, in the order of the reports.

    A figure that is not reported has no value, and its status in words says why. Whoever asks for many reports sees to it that they fit a sheet (`MOST_ROWS`).
    """
    parts = [MARK, _csv([Words("zh")(f"field_{field}") for field in FIELDS])]
    for report in reports:
        head = _csv([inert(report.agency), inert(agencies[report.agency].name), str(report.year)]).removesuffix("\r\n")
        parts += (part for row in _rows(report) for part in (head, row))
    return "".join(parts).encode()


def _csv(cells: Iterable[str]) -> str:
    """One row, quoted where it must be."""
    stream = io.StringIO()
    csv.writer(stream).writerow(cells)
    return stream.getvalue()


def _rows(report: Report) -> Iterator[str]:
    """Rows of a report's figures from the fourth column on, each with the comma before it."""
    for item in report.overview:
        yield _row("", _overview_labels(item.item), report.stated(item))
    for name, table in report.tables.items():
        for line in table.form.lines.values():
            cells = table.rows.get(line.id)
            if (name, line.id) not in report.noted:
                yield from _line(table.form.form, name, line.id, cells)
            else:
                for column in line.columns:
                    labels = _labels(table.form.form, name)[line.id, column]
                    yield _row(table.form.form, labels, report.figure(name, line.id, column))


@lru_cache(maxsize=50_000)
def _line(form: str, table: str, line: str, cells: tuple[str, ...] | None) -> tuple[str, ...]:
    """Rows of a line without notes: its cells alone decide what they look like; None for an absent line."""
    known = forms()[form].tables[table]
    rows = []
    for column in known.lines[line].columns:
        text = "" if cells is None else cells[known.positions[column]]
        status = "line_absent" if cells is None else known.common.missing.get(text, "reported")
        before, after = _frame(form, _labels(form, table)[line, column], status, known.columns[column].unit)
        rows.append(f"{before}{text if status == 'reported' else ''}{after},{table}/{line}/{column}\r\n")
    return tuple(rows)


@lru_cache(maxsize=20_000)
def _frame(form: str, labels: tuple[str, str, str], status: str, unit: str) -> tuple[str, str]:
    """What stands before and after a value, without note and address."""
    before = _csv(["", form, *labels, ""]).removesuffix("\r\n")
    after = _csv(["", forms().common.statuses[status].zh, inert(unit), ""]).removesuffix("\r\n")
    return before, after


def _row(form: str, labels: tuple[str, str, str], figure: Figure) -> str:
    value = figure.text if figure.status == "reported" else ""
    status = forms().common.statuses[figure.status].zh
    cells = [form, *labels, value, status, inert(figure.unit), inert(figure.printed or ""), str(figure.address)]
    return _csv(["", *cells])


def _overview_labels(item: str) -> tuple[str, str, str]:
    free = forms().common.overview
    value = next(title.zh for name, title, _ in free.fields if name == "value")
    return inert(free.title.zh), inert(item), inert(value)


@cache
def _labels(form: str, table: str) -> dict[tuple[str, str], tuple[str, str, str]]:
    """Table, line and column of every cell of a form in words, outer heads first."""
    known: TableForm = forms()[form].tables[table]
    return {
        (line.id, column.id): (
            inert(known.title.zh),
            inert(" ".join([*(group.zh for group in line.groups), line.label.zh])),
            inert(" ".join([*(group.zh for group in column.groups), column.label.zh])),
        )
        for line, column in known.cells
    }


_BY_REPORT: tuple[Route[ReportFolder], ...] = (
    Route("excel", f"{REPORT}{{name}}.excel.csv", CSV, lambda folder: excel_csv([folder.report], folder.library.agencies)),
)
_BY_AGENCY: tuple[Route[AgencyFolder], ...] = (
    Route("agency_excel", f"{AGENCY}{{name}}.excel.csv", CSV, lambda folder: excel_csv(folder.reports, folder.library.agencies)),
)
_BY_YEAR: tuple[Route[YearFolder], ...] = (
    Route(
        "year_excel",
        f"{YEAR}{{name}}.excel.csv",
        CSV,
        lambda folder: excel_csv(folder.library.of_year(folder.year), folder.library.agencies),
    ),
)
ROUTES = (*_BY_REPORT, *_BY_AGENCY, *_BY_YEAR)
