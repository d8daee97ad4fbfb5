"""Figures of a summary: cells and their sums, the numbers a sentence states, and whether they reconcile as printed."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from open_reports.checks.identity import NOT_COLLECTED
from open_reports.derived.doubt import NONE, doubts
from open_reports.form import Address, Cells, forms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from open_reports.derived.summary.book import Sum
    from open_reports.library import Library
    from open_reports.report import Report, Table

Value = int | Decimal


class Cell(NamedTuple):
    """A cell a number comes from: the report's year, its address there, and its value."""

    year: int
    address: Address
    value: Value


class Number(NamedTuple):
    """A number as the sentence writes it, or the words that say a zero.

    It is the sum of `cells`; with `of`, the percentage of that sum in the sum of those.
    """

    text: str
    cells: tuple[Cell, ...]
    of: tuple[Cell, ...] = ()

    @property
    def cell(self) -> Cell:
        """Where a reader is led: the first cell that is not zero, for the zeros of a sum explain nothing."""
        return next((each for each in self.cells if each.value), self.cells[0])

    @property
    def sum(self) -> str:
        """How the number is made, where it is not one cell's: `32 + 4 + 3`, `100 ÷ 218`."""
        if self.of:
            return f"{total(self.cells):,} ÷ {total(self.of):,}"
        # Zeros are left out of what a reader adds up: of eight grounds for refusal most are 0.
        members = [f"{each.value:,}" for each in self.cells if each.value]
        return " + ".join(members) if len(members) > 1 else ""

    def __str__(self) -> str:
        return self.text


FEW = 3
"""A sum of up to this many lines names them all. A longer one names its foremost lines, if there are no more than this."""


# Mutable for its two caches alone: most figures are measured for a condition, and never asked for their parts or disputes.
@dataclass(slots=True)
class Figure:
    """A figure of a report. Where `value` is None, `status` says what is missing. `cells` are those of `made` that are reported."""

    value: Value | None
    status: str
    cells: tuple[Cell, ...] = ()
    of: tuple[Cell, ...] = ()
    report: Report | None = None
    made: tuple[Cells, ...] = ()
    _parts: list[Cell] | None = field(default=None, repr=False)
    _disputed: bool | None = field(default=None, repr=False)

    @property
    def parts(self) -> list[Cell]:
        """Cells that are not zero, most first, else in printed order."""
        if self._parts is None:
            self._parts = sorted((each for each in self.cells if each.value), key=lambda each: -each.value)
        return self._parts

    @property
    def top(self) -> list[Cell]:
        """The foremost cells, none where they would not stand out."""
        parts = self.parts
        # Equals share the first place; if too many do, or all, none stands out and none is named.
        foremost = [each for each in parts if each.value == parts[0].value]
        return foremost if len(foremost) <= FEW and len(foremost) < len(parts) else []

    @property
    def disputed(self) -> bool:
        """Whether any of its cells belongs to an identity that does not reconcile as printed."""
        if self._disputed is None:
            self._disputed = self.report is not None and any(self._failing())
        return self._disputed

    def doubted(self, library: Library | None) -> bool:
        """Whether any of its cells stands in an open contradiction, be it with another report."""
        found = doubts(self.report, library) if self.report is not None else NONE
        return bool(found) and any(str(each.address) in found for each in (*self.cells, *self.of))

    @property
    def clashing(self) -> bool:
        """Whether the cells of its own line do not reconcile as printed."""
        if not self.disputed:
            return False
        own = {(each.address.table, each.address.line) for each in self.cells}
        return any(test.axis == "line" and (table.form.id, test.members[0][1]) in own for table, test in self._failing())

    def beside(self) -> list[Cell]:
        """Other cells of the same line that an identity relates to this figure, where they are not zero."""
        if self.report is None:
            return []
        found: dict[Address, Cell] = {}
        own = [address for each in self.made for address in _addresses(each, self.report.form_of(each.table))]
        for address in own:
            table = self.report.tables[address.table]
            known = tests(table.form.form, address.table)
            for test in (known.all[index] for index in known.of.get(address, ()) if known.all[index].axis == "line"):
                for _, line, column, _ in test.members:
                    other = Address(address.table, line, column)
                    if other not in own and (value := table.value(line, column)):
                        found[other] = Cell(self.report.year, other, value)
        return list(found.values())

    def _failing(self) -> Iterator[tuple[Table, Test]]:
        """Identities its cells belong to that do not reconcile."""
        if self.report is None:
            return
        wanted: dict[str, set[int]] = {}
        for each in (*self.cells, *self.of):
            table = self.report.tables[each.address.table]
            wanted.setdefault(each.address.table, set()).update(tests(table.form.form, table.form.id).of.get(each.address, ()))
        for name, indices in wanted.items():
            table = self.report.tables[name]
            for index in sorted(indices):
                test = tests(table.form.form, name).all[index]
                if test.fails(table):
                    yield table, test


# Lighter than the identities of `checks`, for here only yes or no is asked, of every figure of every sentence.
class Test(NamedTuple):
    """An identity of a table at one place: its cells as (sign, line, column, position in the line), left minus right."""

    axis: str
    members: tuple[tuple[int, str, str, int], ...]

    def fails(self, table: Table) -> bool:
        """Whether every cell is reported and the sides differ."""
        gap: Value = 0
        for sign, line, _, position in self.members:
            row = table.numbers.get(line)
            value = row[position] if row else None
            if value is None:
                return False
            gap += sign * value
        return gap != 0


class Tests(NamedTuple):
    """Every identity within a table of a form, and which of them each cell belongs to."""

    all: tuple[Test, ...]
    of: Mapping[Address, tuple[int, ...]]


@cache
def tests(form: str, name: str) -> Tests:
    """Return the identities within one table of a form."""
    table = forms()[form].tables[name]
    found: list[Test] = []
    of: dict[Address, list[int]] = {}
    # Within the report alone: a disagreement with last year's report does not make this year's figure doubtful in itself.
    for rule in table.rules:
        for place in table.places[rule.id]:
            cells = [(side * sign, address) for side, terms in ((1, place.left), (-1, place.right)) for sign, _, address in terms]
            for _, address in cells:
                of.setdefault(address, []).append(len(found))
            members = tuple((sign, address.line, address.column, table.positions[address.column]) for sign, address in cells)
            found.append(Test(rule.axis, members))
    return Tests(tuple(found), {address: tuple(indices) for address, indices in of.items()})


def measured(made: Sum, report: Report | None, library: Library | None = None) -> Figure:
    """Return a figure of the book in a report, or why there is none.

    There is a rate only where its indicator may be given and all its cells reconcile, which `library` helps to know.
    """
    if report is None:
        return Figure(None, NOT_COLLECTED)
    top = _sum(report, made.cells)
    if made.rate is None or top.value is None:
        return top
    bottom = _sum(report, made.rate.denominator)
    # The same floor as on the indicator's page: a summary must not state a rate that is withheld there.
    if bottom.value is None or bottom.value < made.rate.floor:
        return Figure(None, "small_denominator" if bottom.value is not None else bottom.status)
    # One decimal is enough in a sentence; the indicator's page has four.
    percent = (Decimal(top.value * 100) / bottom.value).quantize(Decimal("0.1"), ROUND_HALF_UP)
    rate = Figure(percent, "reported", top.cells, bottom.cells, report)
    # A share of figures that do not reconcile would look exact and be wrong by an unknown amount.
    return Figure(None, "disputed") if rate.disputed or rate.doubted(library) else rate


@cache
def _addresses(cells: Cells, form: str) -> tuple[Address, ...]:
    table = forms()[form].tables.get(cells.table)
    return tuple(Address(cells.table, line, cells.column) for line in cells.lines(table)) if table else ()


def _sum(report: Report, cells: tuple[Cells, ...]) -> Figure:
    found: list[Cell] = []
    status = ""
    for each in cells:
        addresses = _addresses(each, report.form_of(each.table))
        if not addresses:
            status = status or "not_on_form"
        for address in addresses:
            table = report.tables[each.table]
            value = table.value(address.line, address.column)
            if value is None:
                status = status or table.status(address.line, address.column)
            else:
                found.append(Cell(report.year, address, value))
    # The cells that are reported go along even without a sum, so that a sentence can name those (`partial`).
    return Figure(None if status else total(found), status or "reported", tuple(found), (), report, cells)


def total(cells: Iterable[Cell]) -> Value:
    """Sum of cells."""
    return sum((each.value for each in cells), start=0)


def printed(report: Report, made: Sum) -> bool:
    """Whether the report's forms have any cell of a sum: what they do not ask for was not left empty."""
    return any(_addresses(each, report.form_of(each.table)) for each in made.cells)


def filled(report: Report, made: Sum) -> bool:
    """Whether any cell of a sum is reported."""
    return any(
        report.tables[each.table].value(address.line, address.column) is not None
        for each in made.cells
        for address in _addresses(each, report.form_of(each.table))
    )
