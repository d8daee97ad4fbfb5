"""Indicators: what a report's figures amount to, each with the counts it is made of.

Definitions are data (`forms/indicators.yml`). A rate is never given without its denominator, never on a zero one, and not
on one below the floor, where two counts say more than a percentage.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from open_reports.form import forms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_reports.form import Cells, Indicator
    from open_reports.report import Report

_PLACES = Decimal("0.0001")


class Value(NamedTuple):
    """An indicator of one report: `value` the count or the rate (four decimals), None for the `reason` given.

    Reasons: the status of a member with nothing reported, `zero_denominator`, `small_denominator`.
    """

    indicator: Indicator
    numerator: int | Decimal | None
    denominator: int | Decimal | None
    value: int | Decimal | None
    reason: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the value as `report.json` writes it."""
        rate = {"denominator": self.denominator} if self.indicator.denominator else {}
        why = {"reason": self.reason} if self.reason else {}
        return {"numerator": self.numerator, **rate, "value": self.value, **why}


def indicators(report: Report) -> Iterator[Value]:
    """Every indicator of a report, in the order of their definitions."""
    known = forms().indicators
    for indicator in known.values():
        top, reason = _sum(report, indicator.numerator)
        if not indicator.denominator:
            yield Value(indicator, top, None, top, reason)
            continue
        bottom, lacking = _sum(report, indicator.denominator)
        why = reason or lacking
        if top is None or bottom is None:
            yield Value(indicator, top, bottom, None, why)
        elif bottom < indicator.floor:
            yield Value(indicator, top, bottom, None, "small_denominator" if bottom else "zero_denominator")
        else:
            yield Value(indicator, top, bottom, (Decimal(top) / Decimal(bottom)).quantize(_PLACES), None)


def _sum(report: Report, cells: tuple[Cells, ...]) -> tuple[int | Decimal | None, str | None]:
    """Sum of cells, or the reason why there is none."""
    total: int | Decimal = 0
    for each in cells:
        table = report.tables[each.table]
        lines = each.lines(table.form)
        if not lines:
            return None, "not_on_form"
        for line in lines:
            value = table.value(line, each.column)
            if value is None:
                return None, table.status(line, each.column)
            total += value
    return total, None
