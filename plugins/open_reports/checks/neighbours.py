"""A report beside those it is related to: figures that jump from one year to the next, or drop for a year, and a unit's that its parent does not reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from open_reports.checks.identity import NOT_COLLECTED
from open_reports.checks.tested import Tested
from open_reports.finding import Finding, finding
from open_reports.form import Address, forms
from open_reports.report import number, table_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from open_reports.form.plausible import Jump, Scaled
    from open_reports.library import Library
    from open_reports.report import Report, Table


def compared(report: Report, library: Library) -> Iterator[Tested]:
    """Every test of a report with the years before and after and with its parent."""
    yield from untested(report, library)
    if (before := _before(report, library)) is not None:
        yield from _beside(report, before, library.after(report))
    if (parent := _parent(report, library)) is not None:
        yield from _part_of(report, parent, library)


def untested(report: Report, library: Library) -> Iterator[Tested]:
    """Those among the tests of a report beside others that cannot be made: nothing need be compared to know them."""
    if _before(report, library) is None:
        yield from (Tested(jump.rule, "untestable", NOT_COLLECTED) for jump in forms().plausible.jumps)
    agency = library.agencies.get(report.agency)
    if agency is not None and agency.parent is not None and _parent(report, library) is None:
        yield Tested("UNIT", "untestable", NOT_COLLECTED)


def _before(report: Report, library: Library) -> Report | None:
    """The report of the year before, where the two may be compared."""
    before = library.before(report)
    # A report of this agency alone and one of all its units count differently: nothing jumps where both changed.
    return before if before is not None and before.scope == report.scope else None


def _parent(report: Report, library: Library) -> Report | None:
    """The report of the agency above that includes this one."""
    agency = library.agencies.get(report.agency)
    parent = library.reports.get((agency.parent, report.year)) if agency is not None and agency.parent is not None else None
    return parent if parent is not None and parent.scope == "consolidated" else None


def _beside(report: Report, before: Report, after: Report | None) -> Iterator[Tested]:
    """Tests of a report with the year before, and where that is collected as well, with the year after."""
    # Most figures are those of the year before, nearly always 0, and none of these is far from the other.
    pairs = tuple(pair for pair in _pairs(report, before) if pair.own != pair.other)
    for jump in forms().plausible.jumps:
        found = [_jumped(report, before, jump, pair) for pair in pairs if _far(pair, jump)]
        found += _stated(report, before, jump.rule)
        if after is not None and after.scope == report.scope:
            found += _dips(report, before, after, jump.rule)
        yield from (Tested(jump.rule, "contradicts", finding=each) for each in found)
        if not found:
            yield Tested(jump.rule, "holds")


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


def _dips(report: Report, before: Report, after: Report, rule: str) -> Iterator[Finding]:
    """Figures that are small, or 0, between two years in which they are large: a digit lost, or a cell filled in as 0."""
    for dip in forms().plausible.dips:
        if dip.rule != rule:
            continue
        for earlier in _pairs(before, after):
            low = min(earlier.own, earlier.other)
            if low < dip.least or earlier.kind not in dip.types:
                continue
            name, line, column = earlier.address
            table = report.tables.get(name)
            own = table.value(line, column) if table and table.form is before.tables[name].form else None
            if table is not None and own is not None and own * dip.ratio < low:
                yield finding(
                    "jump.dip",
                    **_cell(report, table, earlier.address),
                    rule=dip.rule,
                    line=table.form.lines[line].label,
                    unit=forms().common.units[table.form.columns[column].unit],
                    before=str(before.year),
                    was=str(earlier.own),
                    after=str(after.year),
                    then=str(earlier.other),
                    times=str(dip.ratio),
                    equation=f"{own} ↔ {earlier.own}, {earlier.other}",
                )


def _stated(report: Report, before: Report, rule: str) -> Iterator[Finding]:
    """Items of section one that jump as no cell may, in the unit that either year counts them in: 条 become 万条, above all."""
    asked = forms().plausible.scaled
    if asked is None or asked.rule != rule:
        return
    earlier = {item.item: item for item in before.overview}
    for item in report.overview:
        other = earlier.get(item.item)
        own, was = number(item.text), number(other.text) if other else None
        if other is None or own is None or was is None:
            continue
        (one, unit), (two, same) = _unit(item.unit, asked), _unit(other.unit, asked)
        low, high = sorted((own * one, was * two))
        if unit == same and low > 0 and high >= asked.least and high >= asked.ratio * low:
            yield finding(
                "jump.stated",
                rule=rule,
                address=f"overview/{item.item}/value",
                file=f"{report.place}/{table_path('overview')}",
                row=item.row,
                column="value",
                column_title={name: title for name, title, _ in forms().common.overview.fields}["value"],
                found=item.text,
                item=item.item,
                unit=item.unit or "-",
                before=str(before.year),
                was=other.text,
                unit_before=other.unit or "-",
                times=str(int(high / low)),
                equation=f"{item.text} {item.unit} ↔ {other.text} {other.unit}",
            )


def _unit(unit: str, asked: Scaled) -> tuple[int, str]:
    """How many of what a unit is: of 余万条, ten thousand 条."""
    many = 1
    while unit[:1] in asked.scales:
        many *= asked.scales[unit[0]]
        unit = unit[1:]
    return many, unit


def _part_of(report: Report, parent: Report, library: Library) -> Iterator[Tested]:
    """Figures of a unit that are greater than those of its parent, which include them."""
    # What the parent names as the sum of its units is tested as that sum (AGG), which says more.
    summed = [said for said in parent.consolidates if report.agency in said.units]
    larger = [
        pair
        for pair in _pairs(report, parent)
        if pair.own > pair.other
        and pair.kind in forms().plausible.unit
        and not any(said.covers(pair.address.table, pair.address.line) for said in summed)
    ]
    name = library.agencies[parent.agency].name
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
