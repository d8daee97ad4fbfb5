"""One way through a report: every figure once, in printed order, by whole lines where nothing needs to be said of them.

Some 95 of 100 lines hold numbers and nothing more. An output can join the cells of such a line as texts, or keep what it made of
them for the next report with the same cells, while every other line has to be told figure by figure. Which is which is decided
here and nowhere else, so that no output can forget a note, a blank or a line that is absent.

An output gives two functions, of a `Plain` and of a `Remarked` line. What it knows of a line of a form (addresses, units, the
text around a number) it makes once by `Place`, which is equal for all reports of a form.
"""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from open_reports.form import Address, forms

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator
    from decimal import Decimal

    from open_reports.form import TableForm
    from open_reports.report.model import Figure, Report

    _Chooser = Callable[[tuple[Any, ...]], tuple[Any, ...]]

OVERVIEW = "overview"
"""Table of the figures that section one states; it is on no form."""


class Place(NamedTuple):
    """Where a line stands, in any report: form, table and line. An item of section one has no form."""

    form: str
    table: str
    line: str

    @property
    def known(self) -> TableForm:
        """The table of the form that prints the line."""
        return forms()[self.form].tables[self.table]

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns in which the line has a cell, in printed order."""
        return self.known.lines[self.line].columns

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Address of each cell of the line, in printed order."""
        return tuple(Address(self.table, self.line, column) for column in self.columns)


class Plain(NamedTuple):
    """A line whose every cell is a number as the form expects it: `cells` as spelt, `numbers` exactly, by the line's columns."""

    place: Place
    cells: tuple[str, ...]
    numbers: tuple[int | Decimal | None, ...]


class Remarked(NamedTuple):
    """A line with something to say besides its numbers, figure by figure: a note, a blank, or that it is absent."""

    place: Place
    figures: tuple[Figure, ...]


def report_lines(report: Report) -> Iterator[Plain | Remarked]:
    """Every line of a report: the items of section one as stated, then the lines of each form table as printed."""
    yield from stated_lines(report)
    for table in report.tables:
        yield from table_lines(report, table)


def stated_lines(report: Report) -> Iterator[Remarked]:
    """Items of section one. None is plain, for each brings a unit of its own."""
    for item in report.overview:
        yield Remarked(Place("", OVERVIEW, item.item), (report.stated(item),))


def table_lines(report: Report, table: str, told: Container[tuple[str, str]] = ()) -> Iterator[Plain | Remarked]:
    """Every line that the form of a table prints, in printed order.

    `told` are lines, as table and line, that the caller has something to say about: none of them is plain.
    """
    found = report.tables[table]
    noted = report.noted
    for place, chosen in _places(found.form.form, table):
        line = place.line
        cells = found.rows.get(line)
        if cells is not None and (table, line) not in noted and (table, line) not in told:
            numbers = found.numbers[line]
            if chosen is not None:
                cells, numbers = chosen(cells), chosen(numbers)
            if None not in numbers:
                yield Plain(place, cells, numbers)
                continue
        yield Remarked(place, tuple([report.figure(*address) for address in place.addresses]))


@lru_cache(maxsize=64)
def _places(form: str, table: str) -> tuple[tuple[Place, _Chooser | None], ...]:
    """Place of each line of a form's table, and what chooses its cells from a row; None where it has one in every column."""
    known = forms()[form].tables[table]
    return tuple(
        (Place(form, table, line.id), None if line.id in known.whole else _chooser(known, line.columns)) for line in known.lines.values()
    )


def _chooser(known: TableForm, columns: tuple[str, ...]) -> _Chooser:
    positions = [known.positions[column] for column in columns]
    if len(positions) == 1:  # of one position `itemgetter` gives the thing itself, not a tuple of one
        return lambda row: (row[positions[0]],)
    return itemgetter(*positions)
