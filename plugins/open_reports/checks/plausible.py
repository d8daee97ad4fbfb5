"""What no equation says and a careful reader still asks: whether a table is blank, a total left out, a date possible.

Each test says like an identity whether its rule holds, does not, or cannot be tested and why; what does not hold brings its
finding. Rules, their levels and words are data (`forms/foi-cn/common.yml`, `locales/messages.yml`).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from open_reports.finding import Finding, finding
from open_reports.report import DESCRIPTOR, table_path
from open_reports.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from open_reports.checks.identity import Result
    from open_reports.form import Line, Place, Rule
    from open_reports.report import Report, Table

_AHEAD = timedelta(hours=14)
"""How far the earliest clock on earth is ahead of UTC: a day that has begun nowhere has not begun."""


class Tested(NamedTuple):
    """A rule tried at one place of a report: its result, why it could not be tested, and the finding where it does not hold."""

    rule: str
    result: Result
    reason: str | None = None
    finding: Finding | None = None


def plausible(report: Report) -> Iterator[Tested]:
    """Every test of a report by itself."""
    for table in report.tables.values():
        yield _blank(report, table)
    for table in report.tables.values():
        yield from _totals(report, table)
    yield from _published(report)
    yield from (Tested("META", "contradicts", finding=each) for each in _described(report))


def _blank(report: Report, table: Table) -> Tested:
    """A table of nothing but blanks, strokes and dashes; it reports nothing, whatever it is that stands there."""
    # The first number ends the search: of most tables one line is looked at.
    if any(value is not None for numbers in table.numbers.values() for value in numbers):
        return Tested("BLANK", "holds")
    name = table.form.id
    cells = sum(len(table.form.lines[line].columns) for line in table.rows)
    found = finding("form.blank", file=f"{report.place}/{table_path(name)}", table=table.form.title, count=str(cells), about=name)
    return Tested("BLANK", "contradicts", finding=found)


def _totals(report: Report, table: Table) -> Iterator[Tested]:
    """Totals of lines that are left blank beside parts that are not; a blank column of totals is told once."""
    for rule in table.form.rules:
        if rule.axis != "line" or len(rule.left) != 1:
            continue
        places = [place for place in table.form.places[rule.id] if place.at in table.incomplete]
        lacking = [place for place in places if not _reported(table, place, "left") and _reported(table, place, "right")]
        if lacking:
            yield Tested("TOTAL", "contradicts", finding=_total(report, table, rule, lacking))
        elif places and len(places) == len(table.rows):
            yield Tested("TOTAL", "untestable", report.status(*places[0].blamed))
        else:
            yield Tested("TOTAL", "holds")


def _reported(table: Table, place: Place, side: str) -> bool:
    return all(table.value(address.line, address.column) is not None for _, _, address in getattr(place, side))


def _total(report: Report, table: Table, rule: Rule, lacking: Sequence[Place]) -> Finding:
    first = lacking[0].blamed
    column = table.form.columns[first.column]
    lines: list[Line] = [table.form.lines[place.at] for place in lacking]
    return finding(
        "total.blank",
        address=str(first),
        file=f"{report.place}/{table_path(first.table)}",
        row=table.row_numbers.get(first.line),
        column=first.column,
        column_title=column.label,
        found=table.text(first.line, first.column),
        title=column.label,
        count=str(len(lacking)),
        lines=Text(zh="、".join(line.label.zh for line in lines), en="; ".join(line.label.en for line in lines)),
        says=rule.says,
    )


def _published(report: Report) -> Iterator[Tested]:
    """The day of publication against the end of the period, against the day the package was made, and for a public holiday."""
    day = report.published
    if day is None:
        yield Tested("DATE", "untestable", "no_date")
        return
    file = f"{report.place}/{DESCRIPTOR}"
    stated = {"file": file, "found": day.isoformat(), "about": "published"}
    made = (datetime.fromisoformat(report.created) + _AHEAD).date()
    if day <= report.ends:
        found = finding("date.early", expected=report.ends.isoformat(), **stated)
    elif day > made:
        found = finding("date.late", expected=report.created[:10], **stated)
    elif (day.month, day.day) == (1, 1):
        found = finding("date.holiday", **stated)
    else:
        yield Tested("DATE", "holds")
        return
    yield Tested("DATE", "contradicts", finding=found)


# -- what the package says of itself --------------------------------------------------------------------------------------


def _described(report: Report) -> Iterator[Finding]:
    """What a package says of itself and cannot be so, whatever the original prints: errors."""
    file = f"{report.place}/{DESCRIPTOR}"
    if report.period and not all(day.year == report.year for day in report.period):
        start, end = (day.isoformat() for day in report.period)
        yield finding("meta.period_year", file=file, path="report.period", found=f"{start} – {end}", expected=str(report.year))
    if report.consolidates and report.scope == "own":
        yield finding("meta.own_consolidates", file=file, path="report.scope", found=report.scope)
    # The third number tells of words as well, of which no revision is asked; the first two tell of figures and what they mean.
    told = {each.version.rpartition(".")[0] for each in report.revisions}
    numbers = report.version.rpartition(".")[0]
    if tuple(map(int, numbers.split("."))) > (1, 0) and numbers not in told:
        yield finding("meta.unrevised", file=file, path="version", found=report.version, expected=f"{numbers}.0")
    yield from _dates(report, file)


def _dates(report: Report, file: str) -> Iterator[Finding]:
    """Days of revisions and explanations that have not come yet, and of revisions before there was anything to revise."""
    # A clock that is behind the package's own making is not to be believed.
    today = max((moment + _AHEAD).date() for moment in (datetime.now(UTC), datetime.fromisoformat(report.created)))
    said: list[tuple[str, date]] = []
    for index, revision in enumerate(report.revisions):
        day = datetime.fromisoformat(revision.date).date()
        said.append((f"report.revisions[{index}].date", day))
        if report.published and day < report.published:
            yield finding(
                "meta.revised_early",
                file=file,
                path=f"report.revisions[{index}].date",
                found=revision.date,
                expected=report.published.isoformat(),
            )
    said += [(f"report.explanations[{index}].date", each.day) for index, each in enumerate(report.explanations) if each.day]
    for path, day in said:
        if day > today:
            yield finding("meta.future", file=file, path=path, found=day.isoformat())
