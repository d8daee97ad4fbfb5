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
from open_reports.report.lines import Plain, report_lines
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from open_reports.files.folder import AgencyFolder, ReportFolder, YearFolder
    from open_reports.form import TableForm
    from open_reports.library import Agency
    from open_reports.report import Figure, Report
    from open_reports.report.lines import Place, Remarked

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

    A figure that is not reported has no value; its status, in words, says why. The caller has to ask for no more reports than fit
    a sheet (`MOST_ROWS`).
    """
    parts = [MARK, _csv([Words("zh")(f"field_{field}") for field in FIELDS])]
    for report in reports:
        head = _csv([inert(report.agency), inert(agencies[report.agency].name), str(report.year)]).removesuffix("\r\n")
        for line in report_lines(report):
            for row in _plain(line.place, line.cells) if isinstance(line, Plain) else _remarked(line):
                parts += (head, row)
    return "".join(parts).encode()


def _csv(cells: Iterable[str]) -> str:
    """One row, quoted where it must be."""
    stream = io.StringIO()
    # CRLF, as RFC 4180 has it: these files are for Excel and never kept in git.
    csv.writer(stream).writerow(cells)
    return stream.getvalue()


@lru_cache(maxsize=50_000)  # (w1), all built anew: most lines are the same few numbers in report after report
def _plain(place: Place, cells: tuple[str, ...]) -> tuple[str, ...]:
    """Rows of a plain line from the fourth column on, each with the comma before it."""
    return tuple(f"{before}{text}{after}" for (before, after), text in zip(_around(place), cells, strict=True))


def _remarked(line: Remarked) -> Iterator[str]:
    """Rows of a line of figures, or of an item of section one."""
    form, table, name = line.place
    for figure in line.figures:
        labels = _labels(form, table)[name, figure.address.column] if form else _overview_labels(name)
        yield _row(form, labels, figure)


@lru_cache(maxsize=1024)
def _around(place: Place) -> tuple[tuple[str, str], ...]:
    """What stands before and after each number of a line; after it, its address."""
    labels, columns = _labels(place.form, place.table), place.known.columns
    reported = forms().common.statuses["reported"].zh
    return tuple(
        (
            _csv(["", place.form, *labels[place.line, address.column], ""]).removesuffix("\r\n"),
            # The address as well: heads in words can be the same for two figures, addresses cannot.
            _csv(["", reported, inert(columns[address.column].unit), "", str(address)]),
        )
        for address in place.addresses
    )


def _row(form: str, labels: tuple[str, str, str], figure: Figure) -> str:
    # Never through `inert`: a form of 2019 rightly has negative numbers (本年增/减), and with an apostrophe they would be text.
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
    # Outer heads with the label: 其他 by itself names several lines and columns.
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
