"""A report beside those it is related to: figures that jump from one year to the next, and a unit's that its parent does not reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from open_reports.checks.identity import NOT_COLLECTED
from open_reports.checks.tested import Tested
from open_reports.finding import Finding, finding
from open_reports.form import Address, forms
from open_reports.report import table_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from open_reports.form.plausible import Jump
    from open_reports.library import Library
    from open_reports.report import Report, Table


def compared(report: Report, library: Library) -> Iterator[Tested]:
    """Every test of a report with the year before and with its parent."""
    before = library.before(report)
    # A report of this agency alone and one of all its units count differently: nothing jumps where both changed.
    comparable = before is not None and before.scope == report.scope
    # Most figures are those of the year before, nearly always 0, and none of these is far from the other.
    pairs = tuple(pair for pair in _pairs(report, before) if pair.own != pair.other) if before and comparable else ()
    for jump in forms().plausible.jumps:
        found = [_jumped(report, before, jump, pair) for pair in pairs if before and _far(pair, jump)]
        yield from (Tested(jump.rule, "contradicts", finding=each) for each in found)
        if not found:
            yield Tested(jump.rule, "holds" if comparable else "untestable", None if comparable else NOT_COLLECTED)
    yield from _part_of(report, library)


class _Pair(NamedTuple):
    """A cell with its figure in two reports."""

    address: Address
    kind: str
    own: int | Decimal
    other: int | Decimal


def _pairs(report: Report, beside: Report) -> Iterator[_Pair]:
    """Cells that have a figure in both reports, of tables of one form."""
    for name, table in report.tables.items():
        other = beside.tables.get(name)
        # Columns are compared by their place, so both tables must be of one form.
        if other is None or other.form is not table.form:
            continue
        for line, numbers in table.numbers.items():
            theirs = other.numbers.get(line)
            # Most lines are all zeros: nothing can be greater than anything there.
            if theirs is None or not any(numbers):
                continue
            for column in table.form.lines[line].columns:
                position = table.form.positions[column]
                one, two = numbers[position], theirs[position]
                if one is not None and two is not None:
                    yield _Pair(Address(name, line, column), table.form.columns[column].type.id, one, two)


def _far(pair: _Pair, jump: Jump) -> bool:
    low, high = sorted((pair.own, pair.other))
    return pair.kind in jump.types and low > 0 and high >= jump.least and high >= jump.ratio * low


def _jumped(report: Report, before: Report, jump: Jump, pair: _Pair) -> Finding:
    table = report.tables[pair.address.table]
    low, high = sorted((pair.own, pair.other))
    return finding(
        "jump.fees" if "money" in jump.types else "jump.count",
        **_cell(report, table, pair.address),
        rule=jump.rule,
        line=table.form.lines[pair.address.line].label,
        unit=forms().common.units[table.form.columns[pair.address.column].unit],
        before=str(before.year),
        was=str(pair.other),
        times=str(int(high / low)),
        equation=f"{pair.own} ↔ {pair.other}",
    )


def _part_of(report: Report, library: Library) -> Iterator[Tested]:
    """Figures of a unit that are greater than those of its parent, which include them."""
    agency = library.agencies.get(report.agency)
    if agency is None or agency.parent is None:
        return
    parent = library.reports.get((agency.parent, report.year))
    if parent is None or parent.scope != "consolidated":
        yield Tested("UNIT", "untestable", NOT_COLLECTED)
        return
    # What the parent names as the sum of its units is tested as that sum (AGG), which says more.
    summed = [said for said in parent.consolidates if report.agency in said.units]
    larger = [
        pair
        for pair in _pairs(report, parent)
        if pair.own > pair.other
        and pair.kind in forms().plausible.unit
        and not any(said.covers(pair.address.table, pair.address.line) for said in summed)
    ]
    name = library.agencies[agency.parent].name
    yield from (Tested("UNIT", "contradicts", finding=_larger(report, pair, name)) for pair in larger)
    if not larger:
        yield Tested("UNIT", "holds")


def _larger(report: Report, pair: _Pair, parent: str) -> Finding:
    table = report.tables[pair.address.table]
    return finding(
        "unit.larger",
        **_cell(report, table, pair.address),
        expected=str(pair.other),
        line=table.form.lines[pair.address.line].label,
        parent=parent,
        equation=f"{pair.own} > {pair.other}",
    )


def _cell(report: Report, table: Table, address: Address) -> dict[str, Any]:
    """Where a finding about a cell stands, and what stands there."""
    column = table.form.columns[address.column]
    return {
        "address": str(address),
        "file": f"{report.place}/{table_path(address.table)}",
        "row": table.row_numbers.get(address.line),
        "column": address.column,
        "column_title": column.label,
        "found": table.text(address.line, address.column),
    }
