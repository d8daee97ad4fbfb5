"""Series: one figure, one sum of figures or one indicator over the years of an agency, with the breaks between them.

Neighbouring years may be joined, subtracted or set side by side without a word only where nothing stands between them: same
concept, same scope, same stretch of the year, no report missing. Everything else is a break, and a break says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

from open_reports.derived.doubt import NONE, doubts
from open_reports.derived.indicator import CONTRADICTED, contradicted, indicators, places_of, sum_of
from open_reports.form import Cells, forms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from open_reports.derived.indicator import Value
    from open_reports.form import Address
    from open_reports.library import Library
    from open_reports.report import Report
    from open_reports.text import Words

Number = int | Decimal
CauseKind = Literal["not_on_form", "missing_year", "scope", "period"]
NOT_COLLECTED = "not_collected"
_PLACES = Decimal("0.0001")


class Point(NamedTuple):
    """One year of a series.

    `value` is None unless `status` is `reported`; else `status` is that of the figure (of the first member of a sum with
    nothing reported), the reason why an indicator has no value, or `not_collected`. `forms` are the form ids of its
    tables, `scope` that of the report; `numerator` and `denominator` are those of a rate. `doubt` are the rules that a figure
    of it contradicts.
    """

    year: int
    value: Number | None
    status: str
    forms: tuple[str, ...] = ()
    scope: str = ""
    numerator: Number | None = None
    denominator: Number | None = None
    doubt: tuple[str, ...] = ()


# Ids instead of sentences, so that one break can be told in either language and drawn by a chart.
class Cause(NamedTuple):
    """Why two years are not to be compared: what held in the earlier one and what in the later one, as ids.

    `not_on_form`: form ids; `missing_year`: the years between; `scope`: scopes; `period`: spans of dates, empty for the
    calendar year. Several ids are joined by `+`.
    """

    kind: CauseKind
    was: str
    now: str

    def says(self, w: Words) -> str:
        """Return the cause in words, without a full stop."""
        if self.kind == "scope":
            known = forms().common.scopes
            was, now = known[self.was][w.language], known[self.now][w.language]
        elif self.kind == "not_on_form":
            was, now = (w("comma").join(forms()[form].title[w.language] for form in each.split("+")) for each in (self.was, self.now))
        elif self.kind == "period":
            was, now = (each or w("break_calendar_year") for each in (self.was, self.now))
        else:
            was, now = w("break_years").join(self.was.split("+")), ""
        return w(f"break_{self.kind}", was=was, **{"is": now})


# All causes are kept: if only the first were told, mending it would bring up the next one.
class Break(NamedTuple):
    """A break between two neighbouring collected years."""

    before: int
    after: int
    causes: tuple[Cause, ...]

    @property
    def only_missing(self) -> bool:
        """Whether the two would be comparable if the years between were collected."""
        # Such a gap closes by itself once the reports are collected; the other breaks stay, and are told in other words.
        return all(cause.kind == "missing_year" for cause in self.causes)

    def says(self, w: Words) -> str:
        """Return the break in one sentence."""
        causes = w("break_and").join(cause.says(w) for cause in self.causes)
        return w("break_gap" if self.only_missing else "break_note", before=self.before, after=self.after, causes=causes)


class Change(NamedTuple):
    """Change of a count from the year before, as a share of it with four decimals; None for the `reason` given.

    Reasons: what a point lacks, `contradicted`, `break`, `zero_denominator` for a base of 0 or less, `small_denominator` for one on which
    no rate is given; the two counts, `before` and `after`, say more then.
    """

    year: int
    before: Number | None
    after: Number | None
    value: Decimal | None
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class Series:
    """Points of every year from first to last, none left out, and the breaks between those collected."""

    points: tuple[Point, ...]
    breaks: tuple[Break, ...]

    @cached_property
    def _apart(self) -> frozenset[tuple[int, int]]:
        # Looked up for each pair of years of every chart; the tuple of breaks would be searched each time.
        return frozenset((each.before, each.after) for each in self.breaks)

    def break_before(self, year: int) -> Break | None:
        """Return the break that ends at a year, if one does."""
        return next((each for each in self.breaks if each.after == year), None)

    @property
    def years(self) -> tuple[int, ...]:
        """Every year, ascending."""
        return tuple(point.year for point in self.points)

    def joined(self) -> Iterator[tuple[Point, Point]]:
        """Neighbouring years that have values and no break between them: what a line may join."""
        for before, after in pairwise(self.points):
            if before.value is not None and after.value is not None and (before.year, after.year) not in self._apart:
                yield before, after

    def changes(self) -> Iterator[Change]:
        """Change of each year from the year before it, for counts and money; the first year has none."""
        # The same floor as for rates: a change from 2 to 4 is 100 per cent, and says less than the two counts.
        floor = _floor()
        for before, after in pairwise(self.points):
            # What is missing goes before the break: a reader is told first that there is no number, then why numbers could not be compared.
            lacking = next((each.status for each in (before, after) if each.value is None), None)
            # A difference from a figure that contradicts its own report is a number about nothing.
            reason = lacking or (CONTRADICTED if before.doubt or after.doubt else None)
            reason = reason or ("break" if (before.year, after.year) in self._apart else None)
            if reason is None and before.value is not None and before.value < floor:
                reason = "small_denominator" if before.value > 0 else "zero_denominator"
            change = None
            if reason is None and before.value is not None and after.value is not None:
                change = ((Decimal(after.value) - before.value) / before.value).quantize(_PLACES, ROUND_HALF_UP)
            yield Change(after.year, before.value, after.value, change, reason)


def of_figure(reports: Sequence[Report], address: Address, years: range | None = None, library: Library | None = None) -> Series:
    """Return the series of one figure; for the other parameters see `of_cells`."""
    return of_cells(reports, (Cells(table=address.table, line=address.line, column=address.column),), years, library)


def of_cells(reports: Sequence[Report], cells: tuple[Cells, ...], years: range | None = None, library: Library | None = None) -> Series:
    """Return the series of a sum of cells: a sum with a member that is not reported is not reported.

    `reports` are one agency's, earliest first, as `Library.of_agency` gives them; `years` those wanted, all from the
    first report to the last unless given; `library` is theirs, for what figures contradict outside their own report.
    """

    def point(report: Report) -> Point:
        # The forms of its own tables, not of the report: real reports mix the two forms.
        used = tuple(dict.fromkeys(report.form_of(each.table) for each in cells))
        value, status = total(report, cells)
        doubt = contradicted((report, None), cells, (doubts(report, library), NONE)) if cells else ()
        return Point(report.year, value, status, used, report.scope, doubt=doubt)

    return _series(reports, {report.year: point(report) for report in reports}, years)


def of_indicators(
    reports: Sequence[Report], ids: Sequence[str], years: range | None = None, library: Library | None = None
) -> dict[str, Series]:
    """Return the series of several indicators by id, for the price of reading each report once."""
    by_year = {report.year: report for report in reports}
    # The whole report at once, since `indicators` computes all of them anyway.
    values = {
        year: {each.indicator.id: each for each in indicators(report, by_year.get(year - 1), library)} for year, report in by_year.items()
    }
    return {id_: _series(reports, {report.year: _rate(report, values[report.year][id_]) for report in reports}, years) for id_ in ids}


def of_indicator(reports: Sequence[Report], indicator: str, years: range | None = None, library: Library | None = None) -> Series:
    """Return the series of one indicator, by its id."""
    return of_indicators(reports, (indicator,), years, library)[indicator]


def total(report: Report, cells: tuple[Cells, ...]) -> tuple[Number | None, str]:
    """Return the sum of cells and `reported`, or None and the status of the first with nothing reported."""
    if not all(places_of(each, report.form_of(each.table)) for each in cells):
        return None, "not_on_form"
    # No year before: a series is made of single years, and its changes are worked out from the points.
    found, reason = sum_of((report, None), cells)
    return found, reason or "reported"


def _rate(report: Report, value: Value) -> Point:
    named = (*value.indicator.numerator, *value.indicator.denominator)
    used = tuple(dict.fromkeys(report.form_of(each.table) for each in named))
    rate = (value.numerator, value.denominator) if value.indicator.denominator else (None, None)
    return Point(report.year, value.value, value.reason or "reported", used, report.scope, *rate, value.doubt)


def _series(reports: Sequence[Report], points: Mapping[int, Point], years: range | None) -> Series:
    wanted = years if years is not None else (range(reports[0].year, reports[-1].year + 1) if reports else range(0))
    within = [report for report in reports if report.year in wanted]
    # Between collected years, whatever lies between: a change of form is to be told even where a year is missing as well.
    breaks = [_break(before, after, points[before.year], points[after.year]) for before, after in pairwise(within)]
    # Years without a report are points too, so that a chart leaves a gap there instead of moving the years together.
    every = tuple(points.get(year) or Point(year, None, NOT_COLLECTED) for year in wanted)
    return Series(points=every, breaks=tuple(each for each in breaks if each.causes))


def _break(before: Report, after: Report, was: Point, now: Point) -> Break:
    """Everything that stands between two collected years."""
    causes: list[Cause] = []
    # A change of form alone is no break: most lines mean the same on both, and only what one of them lacks cannot be compared.
    if (was.status == "not_on_form") != (now.status == "not_on_form"):
        causes.append(Cause("not_on_form", "+".join(was.forms), "+".join(now.forms)))
    if before.scope != after.scope:
        causes.append(Cause("scope", before.scope, after.scope))
    # Reports for a part of a year exist (1 September to 31 December 2019); their counts stand for fewer months.
    if _stretch(before) != _stretch(after):
        causes.append(Cause("period", _span(before.period), _span(after.period)))
    if after.year - before.year > 1:
        causes.append(Cause("missing_year", "+".join(str(year) for year in range(before.year + 1, after.year)), ""))
    return Break(before.year, after.year, tuple(causes))


def _stretch(report: Report) -> tuple[tuple[int, int, int], ...]:
    """Stretch of the year a report covers, so that two of different years can be set against each other."""
    if report.period is None:
        # Counted from the report year: as plain dates no two years would ever cover the same stretch.
        return ((0, 1, 1), (0, 12, 31))
    return tuple((day.year - report.year, day.month, day.day) for day in report.period)


def _span(period: tuple[date, date] | None) -> str:
    return f"{period[0]}–{period[1]}" if period else ""


def _floor() -> int:
    """Least denominator on which a rate is given."""
    return max(indicator.floor for indicator in forms().indicators.values())
