"""What no equation says and a careful reader still asks: whether a table is blank, a total left out, a date possible.

Each test says like an identity whether its rule holds, does not, or cannot be tested and why; what does not hold brings its
finding. Rules, their levels and words are data (`forms/foi-cn/common.yml`, `locales/messages.yml`).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from open_reports.checks.tested import Tested
from open_reports.finding import Finding, finding
from open_reports.form import forms
from open_reports.report import DESCRIPTOR, PROSE, table_path
from open_reports.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from open_reports.checks.narrative import Stated
    from open_reports.form import Line, Place, Rule
    from open_reports.library import Agency
    from open_reports.report import Report, Table

_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_AHEAD = timedelta(hours=14)
"""How far the earliest clock on earth is ahead of UTC: a day that has begun nowhere has not begun."""


def plausible(report: Report, agency: Agency | None = None, told: Sequence[Stated] = ()) -> Iterator[Tested]:
    """Every test of a report by itself; `told` is what its narrative states, `agency` whose it is."""
    for table in report.tables.values():
        yield _blank(report, table)
    for table in report.tables.values():
        yield from _totals(report, table)
    for table in report.tables.values():
        yield from _labels(report, table)
    yield from _applicants(report)
    yield from _published(report)
    yield from _titles(report)
    if agency is not None:
        yield from _of_agency(report, agency)
    yield _narrated(report, told)
    yield from (Tested("META", "contradicts", finding=each) for each in _described(report))


def _blank(report: Report, table: Table) -> Tested:
    """A table of nothing but blanks, strokes and dashes; it reports nothing, whatever it is that stands there."""
    if _waiting(report, table):
        return Tested("BLANK", "untestable", "blank")
    # The first number ends the search: of most tables one line is looked at.
    if any(value is not None for numbers in table.numbers.values() for value in numbers):
        return Tested("BLANK", "holds")
    name = table.form.id
    cells = sum(len(table.form.lines[line].columns) for line in table.rows)
    found = finding("form.blank", file=f"{report.place}/{table_path(name)}", table=table.form.title, count=str(cells), about=name)
    return Tested("BLANK", "contradicts", finding=found)


def _waiting(report: Report, table: Table) -> set[str]:
    """Lines of which an import left a cell to a person: that nothing is read yet is none of the original's."""
    return {cell.line for cell in report.open if cell.table == table.form.id}


def _totals(report: Report, table: Table) -> Iterator[Tested]:
    """Totals of lines that are left blank beside parts that are not; a blank column of totals is told once."""
    waiting = _waiting(report, table)
    for rule in table.form.rules:
        if rule.axis != "line" or len(rule.left) != 1:
            continue
        places = [place for place in table.form.places[rule.id] if place.at in table.incomplete and place.at not in waiting]
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


def _labels(report: Report, table: Table) -> Iterator[Tested]:
    """Labels that the form prints for another line: two rows exchanged, or one copied from another table."""
    known = _standard(table.form.form)
    found = False
    for line, label in table.labels.items():
        # Most are the form's own word for word, and need no look.
        if label == table.form.lines[line].label.zh:
            continue
        other = known.get(_bare(label))
        if other is None or other == (table.form.id, line) or _bare(table.form.lines[line].label.zh) == _bare(label):
            continue
        found = True
        whose = forms()[table.form.form].tables[other[0]]
        yield Tested(
            "LABEL",
            "contradicts",
            finding=finding(
                "label.other",
                address=f"{table.form.id}/{line}",
                file=f"{report.place}/{table_path(table.form.id)}",
                row=table.row_numbers.get(line),
                column=table.form.header[1],
                column_title=table.form.common.stub[1].label,
                found=label,
                expected=table.form.lines[line].label.zh,
                line=whose.lines[other[1]].label,
                table=whose.title,
                id=line,
            ),
        )
    if not found:
        yield Tested("LABEL", "holds")


def _bare(label: str) -> str:
    return "".join(label.split())


@cache
def _standard(form: str) -> dict[str, tuple[str, str]]:
    """Table and line of each standard label of a form; one that several lines have tells nothing."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, table in forms()[form].tables.items():
        for line in table.lines.values():
            found.setdefault(_bare(line.label.zh), []).append((name, line.id))
    return {label: places[0] for label, places in found.items() if len(places) == 1}


def _applicants(report: Report) -> Iterator[Tested]:
    """Whether another kind of applicant than usual made most requests: two columns exchanged, as a rule."""
    asked = forms().plausible.majority
    table = report.tables.get(asked.table) if asked else None
    if asked is None or table is None:
        return
    total = table.value(asked.line, asked.total)
    if total is None:
        yield Tested("APPLICANT", "untestable", report.status(asked.table, asked.line, asked.total))
        return
    values = {column: table.value(asked.line, column) or 0 for column in table.form.columns if column not in {asked.total, asked.usual}}
    column = max(values, key=values.__getitem__)
    # The larger of the two, should the printed total not be that of its parts, which is told of by itself.
    whole = max(total, sum(values.values()) + (table.value(asked.line, asked.usual) or 0))
    if total < asked.least or values[column] * 2 <= whole:
        yield Tested("APPLICANT", "holds")
        return
    found = finding(
        "applicant.other",
        address=f"{asked.table}/{asked.line}/{column}",
        file=f"{report.place}/{table_path(asked.table)}",
        row=table.row_numbers.get(asked.line),
        column=column,
        column_title=table.form.columns[column].label,
        found=str(values[column]),
        title=table.form.columns[column].label,
        usual=table.form.columns[asked.usual].label,
        total=str(total),
        equation=f"{values[column]} / {total}",
    )
    yield Tested("APPLICANT", "contradicts", finding=found)


def _titles(report: Report) -> Iterator[Tested]:
    """Years in the titles that are not the report's."""
    file = f"{report.place}/{DESCRIPTOR}"
    # Each with where it stands in the descriptor; a source that is called as the report is, is told of once.
    titles: dict[str, str] = {report.title: "title"}
    for index, source in enumerate(report.sources):
        titles.setdefault(source.title, f"sources[{index}].title")
    # A title of the report that lacks its year is told of already (FORM).
    told = {report.title} if str(report.year) not in report.title else set()
    wrong = {title: other for title in titles if title not in told and (other := set(_YEAR.findall(title)) - {str(report.year)})}
    for title, years in wrong.items():
        years_told = "、".join(sorted(years))
        found = finding("title.year", file=file, found=title, years=years_told, expected=str(report.year), about=titles[title])
        yield Tested("TITLE", "contradicts", finding=found)
    if not wrong:
        yield Tested("TITLE", "holds")


def _of_agency(report: Report, agency: Agency) -> Iterator[Tested]:
    """Whether the title names the agency, and whether the original stands on its site."""
    file = f"{report.place}/{DESCRIPTOR}"
    names = (agency.name, *agency.aliases)
    if any(name in report.title for name in names):
        yield Tested("TITLE", "holds")
    else:
        found = finding("title.agency", file=file, found=report.title, expected=agency.name, about="title")
        yield Tested("TITLE", "contradicts", finding=found)
    own = _owner(agency.site)
    foreign = [(index, source.path) for index, source in enumerate(report.sources) if _owner(source.path) != own]
    for index, path in foreign:
        found = finding(
            "source.host",
            file=file,
            found=urlsplit(path).hostname or path,
            expected=urlsplit(agency.site).hostname or "",
            about=f"sources[{index}].path",
        )
        yield Tested("SOURCE", "contradicts", finding=found)
    if not foreign:
        yield Tested("SOURCE", "holds")


@cache
def _owner(address: str) -> str:
    """The part of a host's name that has one owner: `pingtan.gov.cn` of `www.pingtan.gov.cn`."""
    host = urlsplit(address).hostname or ""
    parts = host.split(".")
    kept = 3 if any(host.endswith(f".{ending}") for ending in forms().plausible.hosts) else 2
    return ".".join(parts[-kept:])


def _narrated(report: Report, told: Sequence[Stated]) -> Tested:
    """Whether most of what the narrative states contradicts the tables: then it is the narrative of another year."""
    results = [each.identity.result for each in told]
    wrong, tested = results.count("contradicts"), len(results) - results.count("untestable")
    if wrong < forms().plausible.stated or wrong * 2 <= tested:
        return Tested("TXT-MOST", "holds" if tested else "untestable", None if tested else "not_stated")
    found = finding("narrative.most", file=f"{report.place}/{PROSE}", found=str(wrong), count=str(tested), about="overview")
    return Tested("TXT-MOST", "contradicts", finding=found)


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
