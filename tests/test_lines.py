"""The one way through a report: every figure once, in order, and nothing that needs saying on a plain line."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import made_up
from conftest import with_cells
from hypothesis import given
from hypothesis import strategies as st
from open_reports.report import Address, Figure, Note, read
from open_reports.report.lines import Plain, Remarked, report_lines, stated_lines, table_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from open_reports.library import Library
    from open_reports.report import Report

NOTHING = ("", "/")


def told(lines: Iterable[Plain | Remarked]) -> Iterator[Figure]:
    """Every figure of some lines, those of plain lines made of their cells alone, as an output makes them."""
    for line in lines:
        if isinstance(line, Remarked):
            yield from line.figures
            continue
        columns = line.place.known.columns
        for address, text, number in zip(line.place.addresses, line.cells, line.numbers, strict=True):
            yield Figure(address, text, number, "reported", columns[address.column].unit)


@cache
def _base(form_of: tuple[tuple[str, str], ...]) -> Report:
    package = made_up.package(form_of=dict(form_of))
    with tempfile.TemporaryDirectory() as folder:
        found = read(package.write(Path(folder)), f"datapackages/{package.path}", agency=package.agency, year=package.year).report
    assert found is not None
    return found


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A report of any mixture of forms, with blanks, cells that do not apply, notes and absent lines."""
    base = _base(tuple(draw(st.sampled_from(made_up.hybrids())).items()))
    cells = [Address(name, line.id, column.id) for name, table in base.tables.items() for line, column in table.form.cells]
    some = st.sampled_from(cells)
    texts = draw(st.dictionaries(some.map(str), st.sampled_from([*NOTHING, "0", "12"]), max_size=6))
    report = with_cells(base, texts)
    notes = [
        Note(each.table, each.line, each.column if whole else "", printed, note)
        for each, whole, printed, note in draw(
            st.lists(st.tuples(some, st.booleans(), st.sampled_from(["", "约12"]), st.sampled_from(["", "原文如此"])), max_size=4)
        )
    ]
    gone = draw(st.sets(some.map(lambda each: each[:2]), max_size=4))
    tables = {
        name: replace(table, rows={line: row for line, row in table.rows.items() if (name, line) not in gone})
        for name, table in report.tables.items()
    }
    return replace(report, tables=tables, notes=tuple(notes))


def test_every_figure_of_the_corpus_once_and_in_order(library: Library) -> None:
    for report in library:
        lines = list(report_lines(report))
        assert list(told(lines)) == list(report.figures())
        assert {type(line) for line in lines} == {Plain, Remarked}


@given(reports())
def test_every_figure_once_and_in_order(report: Report) -> None:
    assert list(told(report_lines(report))) == list(report.figures())


@given(reports())
def test_a_line_is_plain_unless_something_is_to_be_said_of_it(report: Report) -> None:
    noted = {(note.table, note.line) for note in report.notes}
    for name in report.tables:
        for line in table_lines(report, name):
            at = line.place
            figures = [report.figure(name, at.line, column) for column in at.columns]
            numbers_alone = all(each.status == "reported" and each.printed is None and each.note is None for each in figures)
            assert isinstance(line, Plain) == (numbers_alone and (name, at.line) not in noted), at


@given(reports())
def test_whole_and_by_table_are_one_way(report: Report) -> None:
    by_table = [line for name in report.tables for line in table_lines(report, name)]
    assert list(report_lines(report)) == [*stated_lines(report), *by_table]


@given(reports(), st.data())
def test_a_line_that_the_caller_has_something_to_say_about_is_never_plain(report: Report, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(report.tables)))
    lines = [(name, line) for line in report.tables[name].form.lines]
    said = data.draw(st.sets(st.sampled_from(lines)))
    found = list(table_lines(report, name, said))
    assert not [line.place for line in found if isinstance(line, Plain) and (name, line.place.line) in said]
    assert list(told(found)) == list(told(table_lines(report, name)))
    plain = {line.place for line in table_lines(report, name) if isinstance(line, Plain)}
    assert {line.place for line in found if isinstance(line, Plain)} == {place for place in plain if (name, place.line) not in said}


def test_a_line_with_one_cell_has_one_text(library: Library) -> None:
    """Of a line with gaps only its own cells are given."""
    report = library.reports["pingtan", 2023]
    found = [line for line in table_lines(report, "disclosure") if isinstance(line, Plain)]
    assert found
    for line in found:
        assert len(line.cells) == len(line.numbers) == len(line.place.columns)


def test_items_of_section_one_have_no_form(library: Library) -> None:
    for report in library:
        for item, line in zip(report.overview, stated_lines(report), strict=True):
            assert line.place == ("", "overview", item.item)
            assert line.figures == (report.stated(item),)
