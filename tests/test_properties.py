"""Laws that hold for every report of both forms and all their mixtures, tried on examples that hypothesis makes up."""

from __future__ import annotations

import tempfile
import unicodedata
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import made_up
from conftest import with_cells
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from open_reports import gate
from open_reports.checks.check import check, check_report
from open_reports.checks.identity import contradictory, identities
from open_reports.document import INVISIBLE
from open_reports.form import forms
from open_reports.library import open_library
from open_reports.report import csv_text, read

if TYPE_CHECKING:
    from open_reports.form import Column, Line, TableForm
    from open_reports.report import Report, Table

TABLES = forms().tables

MIXTURES = st.sampled_from(made_up.hybrids())
COUNTS = st.integers(0, 999_999)


def reading(package: made_up.Package) -> tuple[Report | None, tuple[object, ...]]:
    """Write a package and read it back."""
    with tempfile.TemporaryDirectory() as folder:
        found, faults = read(package.write(Path(folder)), f"datapackages/{package.path}", agency=package.agency, year=package.year)
    return found, faults


@cache
def _base(form_of: tuple[tuple[str, str], ...]) -> Report:
    found, _ = reading(made_up.package(form_of=dict(form_of)))
    assert found is not None
    return found


@st.composite
def balanced(draw: st.DrawFn) -> Report:
    """A report of any mixture of forms whose figures balance."""
    base = _base(tuple(draw(MIXTURES).items()))
    return replace(base, tables={name: _balanced_table(draw, table) for name, table in base.tables.items()})


def _balanced_table(draw: st.DrawFn, table: Table) -> Table:
    form: TableForm = table.form
    free = iter(draw(st.lists(COUNTS, min_size=len(form.cells), max_size=len(form.cells))))

    def number(line: Line, column: Column) -> made_up.Number:
        return Decimal(next(free)) / 100 if column.type.id == "money" else next(free)

    figures = made_up.balanced(form, number)
    rows = {line: tuple(made_up.cell_text(figures[line].get(column)) for column in form.columns) for line in table.rows}
    return replace(table, rows=rows)


@st.composite
def cells(draw: st.DrawFn, report: Report, tables: tuple[str, ...] = ("applications", "disputes")) -> str:
    """The address of a cell of the report's forms."""
    name = draw(st.sampled_from(tables))
    line, column = draw(st.sampled_from(report.tables[name].form.cells))
    return f"{name}/{line.id}/{column.id}"


@st.composite
def misprinted(draw: st.DrawFn, tables: tuple[str, ...] = ("applications", "disputes")) -> tuple[Report, str]:
    """A balanced report with another number in one cell, and that cell."""
    report = draw(balanced())
    address = draw(cells(report, tables))
    text = str(draw(st.integers(0, 999_999_999)))
    assume(text != report.figure(*address.split("/")).text)
    return with_cells(report, {address: text}), address


# -- identities


@given(balanced())
def test_a_balanced_report_has_no_finding(report: Report) -> None:
    assert {identity.result for identity in identities(report)} == {"holds"}
    found = [finding for finding in check_report(report) if finding.code != "form.year"]
    # Any applicants may be drawn: where most of ten or more are of another kind, that is told, at its cell, and nothing else is.
    new = {each: report.figure("applications", "new", each).value or 0 for each in report.tables["applications"].form.columns}
    total = new.pop("total")
    most = [each for each, number in new.items() if each != "natural_person" and number * 2 > total >= 10]
    assert [(each.rule, each.level, each.address) for each in found] == [
        ("APPLICANT", "notice", f"applications/new/{each}") for each in most
    ]


@given(misprinted())
def test_any_single_changed_cell_has_a_finding(made: tuple[Report, str]) -> None:
    report, address = made
    table, line, _ = address.split("/")
    found = [finding for finding in check_report(report) if finding.level == "discrepancy"]
    assert found
    assert {finding.row for finding in found} == {report.row(table, line)}
    assert {finding.file for finding in found} == {f"{report.place}/data/{table}.csv"}


@given(misprinted(("applications",)))
def test_in_table_three_the_finding_stands_at_the_changed_cell(made: tuple[Report, str]) -> None:
    """Every cell of table 3 belongs to a line and a column, so both together always point to it."""
    report, address = made
    found = [finding for finding in check_report(report) if finding.level == "discrepancy"]
    assert len(found) >= 2
    assert {finding.code for finding in found} == {"identity.located"}
    assert {finding.address for finding in found} == {address}


@given(misprinted(("applications",)), st.data())
def test_with_blanks_about_no_other_cell_is_accused(made: tuple[Report, str], data: st.DataObject) -> None:
    """Fewer sums can be tested then; the finding may fall back to a total, but row and column never accuse the innocent."""
    report, address = made
    blanks = data.draw(st.sets(cells(report, ("applications",)), max_size=12)) - {address}
    found = check_report(with_cells(report, dict.fromkeys(blanks, "")))
    assert {finding.address for finding in found if finding.code == "identity.located"} <= {address}


@given(balanced(), st.data(), st.sampled_from(["", "/", "-"]))
def test_a_blank_makes_its_identities_untestable(report: Report, data: st.DataObject, nothing: str) -> None:
    """Missing is never a finding and never a zero."""
    blanks = data.draw(st.sets(cells(report), min_size=1, max_size=20))
    found = with_cells(report, dict.fromkeys(blanks, nothing))
    for identity in identities(found):
        touched = {str(member.address) for member in (*identity.left, *identity.right)} & blanks
        assert identity.result == ("untestable" if touched else "holds")
        assert identity.reason == (None if not touched else "not_applicable" if nothing else "blank")
    assert not [finding for finding in check_report(found) if finding.level == "discrepancy"]
    for address in blanks:
        figure = found.figure(*address.split("/"))
        assert figure.value is None
        assert figure.status != "reported"


@given(balanced(), st.data())
def test_the_quick_question_and_the_thorough_one_agree(report: Report, data: st.DataObject) -> None:
    """Most reports have no contradiction, so a quick look decides; it must see whatever the thorough one sees."""
    edits = data.draw(st.dictionaries(cells(report), st.sampled_from(["", "/", "0", "1", "999999999"]), max_size=4))
    found = with_cells(report, edits)
    assert contradictory(found) == any(identity.result == "contradicts" for identity in identities(found))


@settings(max_examples=30)  # each writes and checks a small library
@given(st.integers(0, 10_000), st.lists(st.sampled_from(made_up.YEARS), min_size=1, max_size=4, unique=True), st.data())
def test_years_that_continue_have_no_finding(seed: int, years: list[int], data: st.DataObject) -> None:
    """Whichever years are collected, and also where the agency changes its form early or late."""
    before = None
    with tempfile.TemporaryDirectory() as folder:
        for year in sorted(years):
            if before is not None and before.year != year - 1:
                before = None
            form_of = data.draw(MIXTURES)
            before = made_up.package("xugou-jia", year, seed=seed, form_of=form_of, before=before)
            before.write(Path(folder))
        library = open_library(Path(folder))
        assert len(library) == len(years)
        assert [finding for finding in check(library) if finding.code != "form.year"] == []


# -- what is written is read


def _plain(text: str) -> bool:
    if INVISIBLE.search(text):  # variation selectors are marks to Unicode, and are refused all the same
        return False
    return unicodedata.is_normalized("NFC", text) and not text.startswith(("=", "+", "@", "-"))


TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")), max_size=20).filter(_plain)


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=9), min_size=1, max_size=9))
def test_rows_that_are_written_are_read(rows: list[list[str]]) -> None:
    # Blank rows at the end and blank columns from the head on are a spreadsheet's, and passed over (`test_csv_spreadsheet`).
    assume(rows[0][-1] and any(rows[-1]))
    data = csv_text(rows).encode()
    text, faults = gate.decode(data, "x.csv")
    assert faults == []
    assert text is not None
    assert gate.grid(text, "x.csv") == (rows, [])


@given(st.data())
def test_cells_that_are_written_are_read(data: st.DataObject) -> None:
    """Any number as its kind of cell spells it, any label, any remark: cell by cell the same, nothing rounded."""
    form_of = data.draw(MIXTURES)
    package = made_up.package(form_of=form_of)
    texts = {}
    for name in TABLES:
        form = forms()[form_of[name]].tables[name]
        line, column = data.draw(st.sampled_from(form.cells))
        texts[name, line.id, column.id] = data.draw(st.from_regex(column.type.pattern, fullmatch=True) | st.sampled_from(["", "/", "-"]))
    for (name, line_id, column_id), text in texts.items():
        package.set(name, line_id, column_id, text)
    label = data.draw(TEXTS.filter(lambda text: text.strip() and text not in {"/", "-"}))
    remark = data.draw(TEXTS.filter(bool))
    package.set("disputes", "reconsideration", "label", label)
    package.put_rows("notes", [forms().common.notes.header, ("disputes", "reconsideration", "total", remark, remark)])
    found, faults = reading(package)
    assert faults == ()
    assert found is not None
    for address, text in texts.items():
        figure = found.figure(*address)
        assert figure.text == text
        assert figure.value == (None if text in {"", "/", "-"} else Decimal(text))
        assert not isinstance(figure.value, float)
        assert figure.value is None or str(figure.value) == text
    assert found.tables["disputes"].labels["reconsideration"] == label
    assert [(note.printed, note.note) for note in found.notes] == [(remark, remark)]


@given(MIXTURES, st.integers(0, 1000))
def test_a_package_is_read_as_it_was_written(form_of: dict[str, str], seed: int) -> None:
    package = made_up.package(form_of=form_of, seed=seed)
    found, faults = reading(package)
    assert faults == ()
    assert found is not None
    assert dict(found.files) == package.files
    for figure in found.figures():
        if figure.address.table in TABLES:
            assert figure.value == package.figures[figure.address.table][figure.address.line][figure.address.column]
