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
from typing import TYPE_CHECKING, NamedTuple

from open_reports.form import Address, forms
from open_reports.report.model import NUMBERS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from decimal import Decimal

    from open_reports.form import TableForm
    from open_reports.report.model import Figure, Report

    _Chooser = Callable[[tuple[str, ...]], tuple[str, ...]]

OVERVIEW = "overview"
"""Table of the figures that section one states; it is on no form."""


# A tuple, for outputs keep what they made of a line under it (`lru_cache`), and it is hashed for every line of every report.
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
        return _columns(self)

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Address of each cell of the line, in printed order."""
        return _addresses(self)


@lru_cache(maxsize=1024)
def _columns(place: Place) -> tuple[str, ...]:
    return place.known.lines[place.line].columns


@lru_cache(maxsize=1024)
def _addresses(place: Place) -> tuple[Address, ...]:
    return tuple(Address(place.table, place.line, column) for column in place.columns)


class Plain(NamedTuple):
    """A line whose every cell is a number and of which nothing else is said: `cells` as spelt, by the line's columns."""

    place: Place
    cells: tuple[str, ...]

    @property
    def numbers(self) -> tuple[int | Decimal | None, ...]:
        """Exact number of each cell, none of them None."""
        return tuple(map(NUMBERS.__getitem__, self.cells))


class Remarked(NamedTuple):
    """A line with something to say besides its numbers, figure by figure: a note, a blank, or that it is absent."""

    place: Place
    figures: tuple[Figure, ...]


def report_lines(report: Report, told: Collection[tuple[str, str]] = ()) -> Iterator[Plain | Remarked]:
    """Every line of a report: the items of section one as stated, then the lines of each form table as printed.

    `told` are lines, as table and line, that the caller has something to say about: none of them is plain.
    """
    yield from stated_lines(report)
    for table in report.tables:
        yield from table_lines(report, table, told)


def stated_lines(report: Report) -> Iterator[Remarked]:
    """Items of section one. None is plain, for each brings a unit of its own."""
    for item in report.overview:
        yield Remarked(Place("", OVERVIEW, item.item), (report.stated(item),))


def table_lines(report: Report, table: str, told: Collection[tuple[str, str]] = ()) -> Iterator[Plain | Remarked]:
    """Every line that the form of a table prints, in printed order.

    `told` are lines, as table and line, that the caller has something to say about: none of them is plain.
    """
    found = report.tables[table]
    # What a table lacks it tells once for the eight outputs that come this way (`Table.incomplete`). Asked line by line it cost
    # them 1.12 of the CPU time of before, now 0.96 (300 made-up reports).
    remarks = {line for of, line in (*report.noted, *told) if of == table} | found.incomplete
    for line, place, chosen in _places(found.form.form, table):
        if line not in remarks and (cells := found.rows.get(line)) is not None:
            yield Plain(place, cells if chosen is None else chosen(cells))
        else:
            # An absent line comes too, cell by cell: an output that left it out could not tell it from one that the form lacks.
            yield Remarked(place, tuple([report.figure(*address) for address in place.addresses]))


@lru_cache(maxsize=64)
def _places(form: str, table: str) -> tuple[tuple[str, Place, _Chooser | None], ...]:
    """Each line of a form's table, with the function that picks its cells from a row; None if it has a cell in every column."""
    known = forms()[form].tables[table]
    lines = known.lines.values()
    return tuple(
        (line.id, Place(form, table, line.id), None if line.id in known.whole else _chooser(known, line.columns)) for line in lines
    )


def _chooser(known: TableForm, columns: tuple[str, ...]) -> _Chooser:
    positions = [known.positions[column] for column in columns]
    if len(positions) == 1:  # of one position `itemgetter` gives the thing itself, not a tuple of one
        return lambda row: (row[positions[0]],)
    return itemgetter(*positions)
