"""Indicators: what a report's figures amount to, each with the counts it is made of.

Definitions are data (`forms/foi-cn/indicators.yml`). A rate is never given without its denominator, never on a zero one, not
on one below the floor, where two counts say more than a percentage, and nothing is made of figures that stand in an open
contradiction (`doubt`): the counts are given as printed, with the rules that they contradict.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from open_reports.derived.doubt import NONE, doubts
from open_reports.derived.held import Held
from open_reports.form import Address, forms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from open_reports.form import Cells, Indicator
    from open_reports.library import Library
    from open_reports.report import Report

# Four decimals are hundredths of a per cent, as official texts state their shares (17.46 %).
_PLACES = Decimal("0.0001")
CONTRADICTED = "contradicted"
"""Reason of an indicator one of whose figures stands in an open contradiction."""
REASONS = (CONTRADICTED, "zero_denominator", "small_denominator", "not_collected", "scope_differs", "period_differs")
"""Why an indicator has no value although every figure is reported; where one is not, its status is the reason."""


class Value(NamedTuple):
    """An indicator of one report: `value` the count or the rate (four decimals), None for the `reason` given.

    Reasons: the status of a member with nothing reported, or one of `REASONS`. A yearly indicator's numerator is the
    difference between both years, its denominator the figure of the year before. `doubt` are the rules that figures of either
    contradict; there is a value only where it is empty.
    """

    indicator: Indicator
    numerator: int | Decimal | None
    denominator: int | Decimal | None
    value: int | Decimal | None
    reason: str | None
    doubt: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the value as `report.json` writes it."""
        rate = {"denominator": self.denominator} if self.indicator.denominator else {}
        why: dict[str, Any] = {"reason": self.reason} if self.reason else {}
        if self.doubt:
            why["finding"] = list(self.doubt)
        return {"numerator": self.numerator, **rate, "value": self.value, **why}


Doubted = tuple["Mapping[str, tuple[str, ...]]", "Mapping[str, tuple[str, ...]]"]
"""Rules that figures contradict, by address: of a report and of the one before it."""


def indicators(report: Report, before: Report | None = None, library: Library | None = None) -> Iterator[Value]:
    """Every indicator of a report, in the order of their definitions; `before` is the agency's report of the year before.

    With the library, figures that contradict the year before or the units of a consolidated report are known as such, too.
    """
    return computed(report, before, (doubts(report, library), doubts(before, library) if before else NONE))


def computed(report: Report, before: Report | None, doubted: Doubted) -> Iterator[Value]:
    """Every indicator of a report, where these of its figures and of those of the year before are in doubt."""
    reports = (report, before)
    for indicator in forms().indicators.values():
        # Before any sum: two figures of different scope can be subtracted, and the difference would look like a change.
        if indicator.yearly and (why := _incomparable(report, before)):
            yield Value(indicator, None, None, None, why)
            continue
        top, reason = sum_of(reports, indicator.numerator)
        against = contradicted(reports, (*indicator.numerator, *indicator.denominator), doubted)
        if not indicator.denominator:
            doubtful = reason is None and bool(against)
            yield Value(indicator, top, None, None if doubtful else top, CONTRADICTED if doubtful else reason, against)
            continue
        bottom, lacking = sum_of(reports, indicator.denominator)
        if top is None or bottom is None:
            yield Value(indicator, top, bottom, None, reason or lacking, against)
        # Before the size of the denominator: a 0 that the report itself contradicts does not say that nobody asked.
        elif against:
            yield Value(indicator, top, bottom, None, CONTRADICTED, against)
        # The counts are still given: on few requests one decision moves the rate by many points, and the two numbers say so.
        elif bottom < indicator.floor:
            yield Value(indicator, top, bottom, None, "small_denominator" if bottom else "zero_denominator")
        else:
            # Decimals rounded half up, as a reader does it on paper; floats would round some halves the other way.
            yield Value(indicator, top, bottom, (Decimal(top) / Decimal(bottom)).quantize(_PLACES, ROUND_HALF_UP), None)


def _incomparable(report: Report, before: Report | None) -> str | None:
    """Why a report cannot be compared with that of the year before: figures of another scope or period are another thing."""
    if before is None:
        return "not_collected"
    # A consolidated report counts the units below it as well, so a change of scope moves every figure.
    if report.scope != before.scope:
        return "scope_differs"
    return "period_differs" if report.period or before.period else None


def sum_of(reports: tuple[Report, Report | None], cells: tuple[Cells, ...]) -> tuple[int | Decimal | None, str | None]:
    """Signed sum of cells of a report and of the one before it, or the reason why there is none: of the first that lacks one."""
    found: int | Decimal = 0
    for each in cells:
        report = reports[each.previous]
        if report is None:
            return None, "not_collected"
        table = report.tables.get(each.table)
        places = places_of(each, table.form.form) if table else ()
        # Checked before the numbers: what a form does not ask for was not left blank by anybody.
        if table is None or not places:
            return None, "not_on_form"
        for line, position in places:
            numbers = table.numbers.get(line)
            # By position instead of by address: every indicator of every report comes through here.
            value = None if numbers is None else numbers[position]
            if value is None:
                # One member with nothing reported leaves the whole sum without a value: blank is not zero.
                return None, table.status(line, each.column)
            found += each.sign * value
    return found, None


def contradicted(reports: tuple[Report, Report | None], cells: Iterable[Cells], doubted: Doubted) -> tuple[str, ...]:
    """Rules that cells of a report, and of the one before it, stand in an open contradiction with; none for nearly all reports."""
    if not any(doubted):
        return ()
    found: dict[str, None] = {}
    for each in cells:
        report, doubt = reports[each.previous], doubted[each.previous]
        if report is not None and doubt:
            for line, _ in places_of(each, report.form_of(each.table)):
                found.update(dict.fromkeys(doubt.get(f"{each.table}/{line}/{each.column}", ())))
    return tuple(found)


@cache
def places_of(cells: Cells, form: str) -> tuple[tuple[str, int], ...]:
    """Lines of a form's table that are meant, each with the position of the column among its cells; none of a table it lacks."""
    # Wildcards are resolved once a form, for thousands of reports follow the same two forms.
    table = forms()[form].tables.get(cells.table)
    return tuple((line, table.positions[cells.column]) for line in cells.lines(table)) if table else ()


@cache
def cell_of(indicator: Indicator, form: str) -> Address | None:
    """Address at which a reader begins to follow an indicator in a report: the first cell of its numerator on a form."""
    first = indicator.numerator[0]
    places = places_of(first, form)
    return Address(first.table, places[0][0], first.column) if places else None


Values = dict[tuple[str, int], Value]
"""Values of one indicator by agency and year."""


class Corpus(dict[str, Values]):
    """Every indicator of every report of a library, by the indicator's id."""

    def __init__(self, library: Library) -> None:
        super().__init__({indicator: {} for indicator in forms().indicators})
        reports = library.reports
        for (agency, year), report in reports.items():
            for value in indicators(report, reports.get((agency, year - 1)), library):
                self[value.indicator.id][agency, year] = value


of_library: Held[Library, Corpus] = Held(Corpus)
"""Every indicator of every report of a library: computed once, however many pages show them."""
