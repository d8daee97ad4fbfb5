"""Spread: an indicator of a year as one dot an agency, a row a kind; nothing is ranked.

On fewer cases than the indicator's floor a share says little, so its dot is hollow. What stands in an open contradiction, and what
has no cases, has no dot, and is counted beside the row.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from open_reports.derived.indicator import CONTRADICTED, of_library
from open_reports.form import forms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from open_reports.derived.indicator import Value
    from open_reports.form import Indicator
    from open_reports.library import Library
    from open_reports.report import Report

FEWEST = 5
"""Dots from which a median is told."""


class Dot(NamedTuple):
    """An agency's share: `rate` from 0 on (more than 1 where printed parts are larger than their whole), `few` below the floor."""

    report: Report
    value: Value
    rate: Decimal
    few: bool


class Aside(NamedTuple):
    """An agency without a dot, and its value, which says why."""

    report: Report
    value: Value


class Spread(NamedTuple):
    """A row: the agencies of a kind. `contradicted` have figures that do not add up, `none` have nothing to divide by."""

    kind: str
    dots: tuple[Dot, ...]
    contradicted: tuple[Aside, ...]
    none: tuple[Aside, ...]

    @property
    def all(self) -> tuple[Dot | Aside, ...]:
        """Every agency that the row is about."""
        return (*self.dots, *self.contradicted, *self.none)

    @property
    def median(self) -> Decimal | None:
        """Return the middle share, or the mean of both in the middle; None for fewer than five."""
        found = sorted(each.rate for each in self.dots)
        if len(found) < FEWEST:
            return None
        middle = len(found) // 2
        return found[middle] if len(found) % 2 else (found[middle - 1] + found[middle]) / 2


def spread(library: Library, indicator: Indicator, year: int) -> tuple[Spread, ...]:
    """Every agency's value of an indicator with a denominator, by kind in the order of the kinds; kinds without a report are left out."""
    values = of_library(library)[indicator.id]
    by_kind: dict[str, list[Report]] = {kind: [] for kind in forms().common.kinds}
    for report in library.of_year(year):
        by_kind[library.agencies[report.agency].kind].append(report)
    return tuple(_row(kind, [(each, values[each.agency, each.year]) for each in reports]) for kind, reports in by_kind.items() if reports)


def _row(kind: str, values: Sequence[tuple[Report, Value]]) -> Spread:
    dots, against, none = [], [], []
    for report, value in values:
        if value.reason == CONTRADICTED:
            against.append(Aside(report, value))
        elif value.numerator is None or not value.denominator:
            none.append(Aside(report, value))
        else:
            dots.append(Dot(report, value, Decimal(value.numerator) / Decimal(value.denominator), value.value is None))
    dots.sort(key=lambda each: (each.rate, each.report.agency))
    return Spread(kind, tuple(dots), tuple(against), tuple(none))
