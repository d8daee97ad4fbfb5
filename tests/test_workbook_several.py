"""Workbooks of several reports: scope, marks and notes go along, every row is as high as its text, the cost is that of the figures."""

from __future__ import annotations

import shutil
import subprocess
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import made_up
import outputs
import pdfplumber
import pytest
from counting import calls
from open_reports.derived.doubt import doubts
from open_reports.files.workbook import workbook
from open_reports.files.workbook.cells import lines
from open_reports.files.workbook.several import corpus, series, told
from open_reports.finding import by_report
from open_reports.form import forms
from open_reports.library import open_library
from patience import PATIENCE
from pdfminer.layout import LTChar
from pdfplumber.utils.text import extract_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from open_reports.finding import Finding
    from open_reports.library import Library

Found = dict[tuple[str, int], list["Finding"]]


@pytest.fixture(scope="module")
def found(findings: tuple[Finding, ...]) -> Found:
    return by_report(findings)


def of_agency(library: Library, found: Found, agency: str) -> bytes:
    return series(told(library.of_agency(agency), library.agencies, found, "year"), title=agency, says="book_agency_says")


def of_year(library: Library, found: Found, year: int) -> bytes:
    return series(told(library.of_year(year), library.agencies, found, "agency"), title=str(year), says="book_year_says")


def marked(cell: Any) -> bool:
    return outputs.MARK in cell.number_format


def test_every_figure_in_contradiction_is_marked_and_no_other(library: Library, found: Found) -> None:
    expected = {(report.agency, report.year, address) for report in library for address in doubts(report, library)}
    assert len(expected) > 30
    names = {agency.name: agency.id for agency in library.agencies.values()}
    of_agencies = {
        (agency, int(year), address)
        for agency in library.agencies
        for year, address, cell in outputs.series_cells(of_agency(library, found, agency))
        if marked(cell)
    }
    of_years = {
        (names[name], year, address)
        for year in library.years
        for name, address, cell in outputs.series_cells(of_year(library, found, year))
        if marked(cell)
    }
    whole = corpus(told(library, library.agencies, found, "agency"))
    of_all = {(agency, year, address) for agency, year, address, cell in outputs.corpus_cells(whole) if marked(cell)}
    assert of_agencies == of_years == of_all == expected


def test_each_column_tells_scope_form_and_contradictions(library: Library, found: Found) -> None:
    scopes = {text.zh for text in forms().common.scopes.values()}
    seen = set()
    for year in library.years:
        for table in forms().tables:
            reports = [report for report in library.of_year(year) if table in report.tables]
            title = reports[0].tables[table].form
            rows = list(outputs.book(of_year(library, found, year))[f"{title.section}、{title.title.zh}"].iter_rows(values_only=True))
            heads, scope, form, count = rows[3:7]
            assert [scope[0], form[0], count[0]] == ["统计范围", "表格格式", "矛盾的数字（个）"]
            for column, report in enumerate(library.of_year(year), start=3):
                assert heads[column] == library.agencies[report.agency].name
                assert scope[column] == forms().common.scopes[report.scope].zh
                assert form[column] == forms()[report.tables[table].form.form].title.zh
                assert count[column] == sum(address.startswith(f"{table}/") for address in doubts(report, library))
                seen.add(scope[column])
    assert seen == scopes


def test_notes_and_findings_go_along(library: Library, found: Found) -> None:
    whole = outputs.book(corpus(told(library, library.agencies, found, "agency")))
    rows = [row for row in whole.worksheets[-1].iter_rows(values_only=True) if row[1] and str(row[1]).isdigit()]
    listed: dict[tuple[str, int], int] = defaultdict(int)
    names = {agency.name: agency.id for agency in library.agencies.values()}
    for row in rows:
        listed[names[str(row[0])], int(str(row[1]))] += 1
    assert listed == {
        (report.agency, report.year): count
        for report in library
        if (count := len(report.notes) + len(found.get((report.agency, report.year), [])))
    }
    about = [row[0] for row in whole.worksheets[0].iter_rows(values_only=True)]
    assert any(text and "重复计算" in str(text) for text in about)


def test_an_agency_without_reports_has_a_workbook_that_says_so(library: Library) -> None:
    book = outputs.book(series([], title="空", says="book_agency_says"))
    assert len(book.worksheets) == 3
    assert any("还没有收录" in str(row[0]) for row in book.worksheets[0].iter_rows(values_only=True))


def test_the_cost_is_that_of_the_figures(tmp_path: Path) -> None:
    """Twice the reports take twice the calls, in all three."""
    made: dict[int, Library] = {}
    for count in (20, 40):
        made_up.write_corpus(tmp_path / str(count), count, years=(2022, 2023, 2024))
        made[count] = open_library(tmp_path / str(count))
    assert len(made[40]) >= 2 * len(made[20])

    def cost(library: Library) -> int:
        def whole() -> None:
            reports = told(library, library.agencies, {}, "agency")
            corpus(reports)
            series(reports, title="", says="book_year_says")

        whole()  # what is made once for all
        return calls(whole)

    more = len(made[40]) / len(made[20])
    assert cost(made[40]) < 1.2 * more * cost(made[20])


# -- rows that hold their text --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, width, expected",
    [("", 10, 1), ("规章", 10, 1), ("规章规章规", 10, 2), ("abc", 10, 1), ("abcdefghij", 10, 2), ("一\n二", 10, 2)],
)
def test_lines_of_a_text(text: str, width: int, expected: int) -> None:
    assert lines(text, width) == expected


@pytest.mark.office
def test_no_text_runs_into_another_in_libreoffice(library: Library, found: Found, tmp_path: Path) -> None:
    """A row without a height of its own is one line high there, whatever stands in it."""
    assert shutil.which("soffice"), "this test needs LibreOffice: apt-get install libreoffice-writer-nogui libreoffice-calc-nogui"
    books = {
        **{report.name: workbook(report, library.agencies[report.agency], found[report.agency, report.year])
           for report in (library.reports["pingtan", 2020], library.reports["pingtan", 2024])},
        "agency": of_agency(library, found, "pingtan"),
        "year": of_year(library, found, 2024),
        "corpus": corpus(told(library, library.agencies, found, "agency")),
    }  # fmt: skip
    for name, data in books.items():
        (tmp_path / f"{name}.xlsx").write_bytes(data)
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--norestore", "--convert-to", "pdf"]
    ran = subprocess.run(
        [*command, "--outdir", "pdf", *(f"{name}.xlsx" for name in books)], cwd=tmp_path, timeout=PATIENCE, check=True, capture_output=True
    )
    assert sorted(path.stem for path in (tmp_path / "pdf").iterdir()) == sorted(books), ran.stdout
    for name in books:
        with pdfplumber.open(tmp_path / "pdf" / f"{name}.pdf") as pdf:
            overlapping = [(number, *pair) for number, page in enumerate(pdf.pages, start=1) for pair in overlaps(page)]
        assert overlapping == [], name


def characters(page: Any) -> Iterator[dict[str, Any]]:
    """Characters of a page with their places alone: what pdfplumber notes of each besides, colours and fonts, takes a third of its time."""
    for each in page.layout:
        if isinstance(each, LTChar):
            place = {"x0": each.x0, "x1": each.x1, "top": page.height - each.y1, "bottom": page.height - each.y0}
            yield {"text": each.get_text(), "upright": each.upright, "doctop": place["top"], **place}


def overlaps(page: Any) -> list[tuple[str, str]]:
    """Pairs of lines of text on a page of which one is printed over the other."""
    words = sorted(extract_words(list(characters(page)), keep_blank_chars=True), key=lambda word: word["top"])
    assert words
    found = []
    for index, upper in enumerate(words):
        for lower in words[index + 1 :]:
            if lower["top"] >= upper["bottom"]:
                break
            beside = lower["x0"] >= upper["x1"] - 0.5 or lower["x1"] <= upper["x0"] + 0.5
            same = abs(lower["top"] - upper["top"]) < 0.2 * (upper["bottom"] - upper["top"])
            if not beside and not same and upper["bottom"] - lower["top"] > 0.35 * (upper["bottom"] - upper["top"]):
                found.append((upper["text"], lower["text"]))
    return found
