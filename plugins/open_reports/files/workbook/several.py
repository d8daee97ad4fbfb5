"""Workbooks of several reports: one agency over the years, one year over the agencies, and the whole corpus.

A statutory table is a sheet. Of an agency or a year a figure is a row and a report a column, so that years or agencies stand side
by side; of the corpus a report is a row, for a sheet has a million rows and only 16,384 columns, and spreadsheets filter rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from open_reports.derived.doubt import PUBLISHED, facts_of_findings, of_findings, source_at
from open_reports.files.route import AGENCY, YEAR, Route
from open_reports.files.workbook import available
from open_reports.files.workbook.cells import Cell, lines, rows
from open_reports.files.workbook.frame import EARLY
from open_reports.files.workbook.grid import Cells, Sheet, frame_of, packed, rows_of, used_forms, xml_row
from open_reports.files.workbook.lists import findings_of, legend, notes_of
from open_reports.finding import SIGN, signed
from open_reports.form import OVERVIEW, forms, section_title
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from open_reports.files.folder import AgencyFolder, SiteFolder, YearFolder
    from open_reports.finding import Finding
    from open_reports.library import Agency
    from open_reports.report import Report

_MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ABOUT = (26, 28, 9, 26, 13, 60, 60, 11)
_SERIES, _EACH, _ADDRESS = (46, 24, 8), 14, 34
"""Widths of the columns that say what a figure is, of each report's, and of the address at the end."""
_MOST_FIT = 12
"""Reports side by side that can be read on a sheet of paper."""
_LISTED = (20, 28, 8, 26)
_NOTES = (28, 9, 28, 40, 24, 24, 24, 70, 50)
_TOP = 3
"""Rows above the heads of a sheet: title, what the marks mean, a blank one."""


class Told(NamedTuple):
    """A report of a workbook with what is found in it: `head` is what stands above its column; `doubted` the figures in doubt, with the rules."""

    report: Report
    agency: Agency
    head: str
    findings: Sequence[Finding]
    doubted: Mapping[str, tuple[str, ...]]


def told(
    reports: Iterable[Report], agencies: Mapping[str, Agency], found: Mapping[tuple[str, int], Sequence[Finding]], head: str
) -> list[Told]:
    """Reports with what is found in them; `head` says what names a report among the others, `year` or `agency`."""
    of_all = []
    for report in reports:
        agency, findings = agencies[report.agency], found.get((report.agency, report.year), ())
        name = str(report.year) if head == "year" else agency.called_in(report.year).zh
        of_all.append(Told(report, agency, name, findings, of_findings(report, findings)))
    return of_all


# -- one agency, or one year ------------------------------------------------------------------------------------------------


def series(reports: Sequence[Told], *, title: str, says: str) -> bytes:
    """Workbook with a column for each report; `says` is the key of the sentence about what it holds."""
    w = Words("zh")
    tables = _tables(reports)
    widths, fits = (*_SERIES, *[_EACH] * len(reports)), len(reports) <= _MOST_FIT
    sheets = (
        Sheet("about", w("book_about"), _ABOUT, _EACH, (0, 0)),
        Sheet(OVERVIEW, _title_of_overview(reports), widths, _ADDRESS, (_TOP + 2, len(_SERIES)), fits),
        *(Sheet(table, _title(table, used), widths, _ADDRESS, (_TOP + 4, len(_SERIES)), fits) for table, used in tables.items()),
        Sheet("notes", w("book_notes"), _NOTES, _EACH, (0, 0)),
    )
    frame = frame_of(sheets)
    cells = Cells(frame.styles)
    written = {
        "about": [rows(_about(reports, title, says), frame.styles, _ABOUT)],
        OVERVIEW: _stated(reports, cells),
        **{table: _figures(reports, table, used, cells) for table, used in tables.items()},
        "notes": [rows(_notes(reports), frame.styles, _NOTES)],
    }
    return packed(frame, written, title=title, created=_created(reports))


def _tables(reports: Sequence[Told]) -> dict[str, tuple[str, ...]]:
    """Tables that any of the reports has, each with the forms that they follow."""
    return {table: used for table in forms().tables if (used := used_forms((each.report for each in reports), table))}


def _title(table: str, used: Sequence[str]) -> str:
    printed = forms()[used[0]].tables[table]
    return section_title(printed.section, printed.title.zh, "zh")


def _title_of_overview(reports: Sequence[Told]) -> str:
    leading = forms().leading(table.form.form for each in reports for table in each.report.tables.values())
    section = leading.section(OVERVIEW)
    assert section is not None  # noqa: S101 (no form loads without it)
    return section_title(section.number, section.title.zh, "zh")


def _created(reports: Sequence[Told]) -> str:
    """The latest day of the packages, never the clock's: the same reports give the same bytes."""
    return max((each.report.created for each in reports), default=EARLY)


def _figures(reports: Sequence[Told], table: str, used: tuple[str, ...], cells: Cells) -> Iterator[str]:
    """Rows of the sheet of a table: a figure a row, a report a column."""
    w = Words("zh")
    yield from _above(_title(table, used), cells)
    yield _heads(("book_line", "book_column", "unit"), reports, cells)
    yield _said(2, "scope", [forms().common.scopes[each.report.scope].zh for each in reports], cells)
    yield _said(3, "form", [_form_of(each.report, table) for each in reports], cells)
    counts = [cells.number(sum(address.startswith(f"{table}/") for address in each.doubted)) for each in reports]
    yield xml_row(_TOP + 4, [cells.text("stub", w("book_doubted")), *[cells.text("stub", "")] * (len(_SERIES) - 1), *counts])
    columns = [cells.of(each.report, table, used, each.doubted) for each in reports]
    for number, (row, *figures) in enumerate(zip(rows_of(table, used), *columns, strict=True), start=_TOP + 5):
        yield _line(number, (row.line, row.column, row.unit), figures, str(row.address), cells)


def _heads(keys: Iterable[str], reports: Sequence[Told], cells: Cells) -> str:
    """Row of the heads of a sheet: what says what a figure is, the reports, the address."""
    w = Words("zh")
    heads = (*map(w, keys), *(each.head for each in reports), w("field_address"))
    return xml_row(_TOP + 1, [cells.text("head", head) for head in heads], max((lines(each.head, _EACH) for each in reports), default=1))


def _said(number: int, key: str, said: Sequence[str], cells: Cells) -> str:
    """Row below the heads that says something of each report."""
    first = [cells.text("stub", Words("zh")(key)), *[cells.text("stub", "")] * (len(_SERIES) - 1)]
    height = max((lines(text, _EACH) for text in said), default=1)
    return xml_row(_TOP + number, [*first, *(cells.text("boxed", text) for text in said)], height)


def _line(number: int, labels: Sequence[str], figures: Sequence[str], address: str, cells: Cells) -> str:
    """Row of a figure."""
    height = max(*(lines(label, width) for label, width in zip(labels, _SERIES, strict=True)), lines(address, _ADDRESS))
    return xml_row(number, [*(cells.text("stub", label) for label in labels), *figures, cells.text("pale", address)], height)


def _above(title: str, cells: Cells) -> Iterator[str]:
    w = Words("zh")
    yield xml_row(1, [cells.text("title", title)])
    yield xml_row(2, [cells.text("plain", w("book_several_marks", mark=SIGN, notes=w("book_notes")))])


def _form_of(report: Report, table: str) -> str:
    found = report.tables.get(table)
    return forms()[found.form.form].title.zh if found else forms().common.statuses["not_on_form"].zh


def _stated(reports: Sequence[Told], cells: Cells) -> Iterator[str]:
    """Rows of the sheet of section one: an item a row, for those that any report states; one of two units is two."""
    w = Words("zh")
    yield from _above(w("overview_caption"), cells)
    yield _heads(("items", "part_of", "unit"), reports, cells)
    yield _said(2, "scope", [forms().common.scopes[each.report.scope].zh for each in reports], cells)
    silent = cells.text("nothing", w("book_not_stated"))
    found: dict[tuple[str, str, str], list[str]] = {}
    for place, each in enumerate(reports):
        for item in each.report.overview:
            address = f"{OVERVIEW}/{item.item}/value"
            line = found.setdefault((item.item, item.part_of, item.unit), [silent] * len(reports))
            line[place] = cells.figure(item.text, each.doubted.get(address, ()))
    for number, ((item_, part_of, unit), figures) in enumerate(found.items(), start=_TOP + 3):
        yield _line(number, (item_, part_of, unit), figures, f"{OVERVIEW}/{item_}/value", cells)


# -- everything ---------------------------------------------------------------------------------------------------------------


def corpus(reports: Sequence[Told]) -> bytes:
    """Workbook of all reports: a table a sheet, a report a row, a figure a column."""
    w = Words("zh")
    tables = _tables(reports)
    sheets = (
        Sheet("about", w("book_about"), _ABOUT, _EACH, (0, 0)),
        Sheet(OVERVIEW, _title_of_overview(reports), (*_LISTED, 44, 14, 10, 44), _EACH, (_TOP + 1, len(_LISTED))),
        *(Sheet(table, _title(table, used), _LISTED, _EACH, (_TOP + 4, len(_LISTED)), fits=False) for table, used in tables.items()),
        Sheet("notes", w("book_notes"), _NOTES, _EACH, (0, 0)),
    )
    frame = frame_of(sheets)
    cells = Cells(frame.styles)
    written = {
        "about": [rows(_about(reports, w("book_corpus_title"), "book_corpus_says"), frame.styles, _ABOUT)],
        OVERVIEW: _all_stated(reports, cells),
        **{table: _all_figures(reports, table, used, cells) for table, used in tables.items()},
        "notes": [rows(_notes(reports), frame.styles, _NOTES)],
    }
    return packed(frame, written, title=w("book_corpus_title"), created=_created(reports))


def _listed(each: Told, cells: Cells) -> list[str]:
    """What names a report at the head of its row."""
    report = each.report
    return [
        cells.text("stub", report.agency),
        cells.text("stub", each.agency.called_in(report.year).zh),
        cells.number(report.year),
        cells.text("stub", forms().common.scopes[report.scope].zh),
    ]


_LISTED_HEADS = ("book_agency_id", "agency", "year", "scope")


def _all_figures(reports: Sequence[Told], table: str, used: tuple[str, ...], cells: Cells) -> Iterator[str]:
    w, places = Words("zh"), rows_of(table, used)
    yield from _above(_title(table, used), cells)
    empty = [cells.text("head", "")] * len(_LISTED)
    tall = max((lines(place.line, _EACH) for place in places), default=1)
    yield xml_row(_TOP + 1, [*empty, *(cells.text("head", place.line) for place in places)], tall)
    tall = max((lines(place.column, _EACH) for place in places), default=1)
    yield xml_row(_TOP + 2, [*empty, *(cells.text("head", place.column) for place in places)], tall)
    yield xml_row(_TOP + 3, [*empty, *(cells.text("head", place.unit) for place in places)])
    # The row straight above the figures holds what programs and filters take for the names of the columns, which must differ.
    tall = max((lines(str(place.address), _EACH) for place in places), default=1)
    yield xml_row(
        _TOP + 4,
        [*(cells.text("head", w(key)) for key in _LISTED_HEADS), *(cells.text("head", str(place.address)) for place in places)],
        tall,
    )
    for number, each in enumerate(reports, start=_TOP + 5):
        yield xml_row(number, [*_listed(each, cells), *cells.of(each.report, table, used, each.doubted)])


def _all_stated(reports: Sequence[Told], cells: Cells) -> Iterator[str]:
    """Figures of section one, one a row: each report states others."""
    w = Words("zh")
    yield from _above(w("overview_caption"), cells)
    heads = (*_LISTED_HEADS, "items", "value", "unit", "part_of")
    yield xml_row(_TOP + 1, [cells.text("head", w(key)) for key in heads])
    stated = ((each, item) for each in reports for item in each.report.overview)
    for number, (each, item) in enumerate(stated, start=_TOP + 2):
        rules = each.doubted.get(f"{OVERVIEW}/{item.item}/value", ())
        said = [
            cells.text("boxed", item.item),
            cells.figure(item.text, rules),
            *(cells.text("boxed", text) for text in (item.unit, item.part_of)),
        ]
        yield xml_row(number, [*_listed(each, cells), *said])


# -- what is said besides ------------------------------------------------------------------------------------------------------


def _about(reports: Sequence[Told], title: str, says: str) -> Iterator[tuple[Cell, ...]]:
    """First sheet: what this is, in both languages, and every report with its scope and its source."""
    zh, en = Words("zh"), Words("en")
    yield (Cell(title, "title"),)
    yield ()
    for key in (says, "book_several_scope", "book_several_marks", "licence_words"):
        for w in (zh, en):
            yield (Cell(w(key, mark=SIGN, notes=zh("book_notes")), "plain"),)
    yield ()
    heads = ("agency", "book_agency_id", "year", "scope", "published", "book_title", "book_source_address", "version")
    yield tuple(Cell(zh(key), "head") for key in heads)
    for each in reports:
        report = each.report
        facts = facts_of_findings(report, each.findings)
        yield tuple(
            Cell(text, "boxed")
            for text in (
                each.agency.called_in(report.year).zh,
                report.agency,
                str(report.year),
                forms().common.scopes[report.scope].zh,
                signed(report.published.isoformat() if report.published else zh("unknown"), facts.get(PUBLISHED, ())),
                report.title,
                signed(report.sources[0].path, facts.get(source_at(0), ())),
                report.version,
            )
        )
    if not reports:
        yield (Cell(zh("agency_none")),)


def _notes(reports: Sequence[Told]) -> Iterator[tuple[Cell, ...]]:
    """Sheet of notes: how nothing and numbers are written, then of every report its notes and what the checks found."""
    yield from legend()
    places = ("agency", "year", "book_table", "book_line", "book_column")
    yield from _list("notes", (*places, "book_printed", "book_note"), ((each, notes_of(each.report)) for each in reports))
    found = ((each, findings_of(each.report, each.findings)) for each in reports)
    yield from _list("book_findings", (*places, "book_level", "book_rule", "book_finding", "book_note"), found)


def _list(title: str, heads: Sequence[str], listed: Iterable[tuple[Told, Iterator[tuple[Cell, ...]]]]) -> Iterator[tuple[Cell, ...]]:
    """Rows of a list below its title, each with the agency and year it is of."""
    w = Words("zh")
    yield ()
    yield (Cell(w(title), "heading"),)
    yield tuple(Cell(w(head), "head") for head in heads)
    for each, found in listed:
        for row in found:
            yield Cell(each.agency.called_in(each.report.year).zh, "boxed"), Cell(str(each.report.year), "boxed"), *row


def _of_agency(folder: AgencyFolder) -> bytes:
    reports = told(folder.reports, folder.library.agencies, folder.sources.found, "year")
    return series(reports, title=Words("zh")("agency_title", agency=folder.agency.name), says="book_agency_says")


def _of_year(folder: YearFolder) -> bytes:
    reports = told(folder.library.of_year(folder.year), folder.library.agencies, folder.sources.found, "agency")
    return series(reports, title=Words("zh")("year_title", year=folder.year), says="book_year_says")


def _of_all(folder: SiteFolder) -> bytes:
    return corpus(told(folder.sources.library, folder.sources.library.agencies, folder.sources.found, "agency"))


_BY_AGENCY: tuple[Route[AgencyFolder], ...] = (
    Route("agency_workbook", f"{AGENCY}{{name}}.xlsx", _MEDIA, _of_agency, lacks=available, portal=3),
)
_BY_YEAR: tuple[Route[YearFolder], ...] = (Route("year_workbook", f"{YEAR}{{name}}.xlsx", _MEDIA, _of_year, lacks=available),)
_BY_SITE: tuple[Route[SiteFolder], ...] = (Route("corpus_workbook", "data/reports.xlsx", _MEDIA, _of_all, lacks=available),)
ROUTES = (*_BY_AGENCY, *_BY_YEAR, *_BY_SITE)
