"""Coverage and timeliness: which reports are here, which were published in time, which are due and not here.

Whether a report is due depends on the day. No clock is asked: unless told otherwise, the day is the newest that the
library itself names (`known_day`), so the same packages give the same bytes whenever they are built.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from open_reports.derived.doubt import PUBLISHED, facts
from open_reports.document import json_bytes
from open_reports.form import forms
from open_reports.report import FIRST_YEAR, csv_text
from open_reports.text import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from open_reports.form import Deadline
    from open_reports.library import Agency, Library

Status = Literal["collected", "not_collected", "not_due", "other_name"]
State = Literal["on_time", "late", "no_date", "no_deadline", "not_collected", "not_due", "other_name"]

STATES: tuple[State, ...] = ("on_time", "late", "no_date", "no_deadline", "not_collected", "not_due", "other_name")
"""What can be said of an agency's year, best known first: the first four are ways of being collected."""
# One list for both files, so that the CSV and the JSON can never name different things.
COLUMNS = (
    "agency", "agency_name", "kind", "year", "status", "timeliness", "deadline", "published", "days_late", "version", "corrections",
    "finding",
)  # fmt: skip
"""Columns of `coverage.csv`, and keys of each entry of `coverage.json`."""


class Cell(NamedTuple):
    """One agency's year.

    `deadline` is the last day the law allows, None where it names none for the agency's kind; `published` None where the
    report is not here or does not say; `days_late` counts from the deadline, 0 unless late; `version` is empty and
    `corrections` 0 where the report is not here; `finding` are the rules that `published` contradicts.
    """

    agency: str
    year: int
    state: State
    deadline: date | None
    published: date | None = None
    days_late: int = 0
    version: str = ""
    corrections: int = 0
    finding: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """Status of the report in the words of the public contract."""
        # Derived from `state`, so that no cell can be called collected and missing at once.
        return self.state if self.state in ("not_collected", "not_due", "other_name") else "collected"

    @property
    def timeliness(self) -> str | None:
        """How its publication stands to the deadline; None for a report that is not here."""
        return self.state if self.status == "collected" else None


class Row(NamedTuple):
    """An agency's years, ascending; the same years for every agency of a library."""

    agency: Agency
    cells: tuple[Cell, ...]


class Count(NamedTuple):
    """Cells counted: by state, and how many of the reports were corrected since they were first published here."""

    states: Mapping[State, int]
    corrected: int

    @property
    def collected(self) -> int:
        """Reports that are here."""
        return sum(self.states[state] for state in STATES[:4])

    @property
    def expected(self) -> int:
        """Reports that are here or due; those of which nothing can be expected yet are left out."""
        # A report that is not due yet would make every library look incomplete from 1 January on.
        return self.collected + self.states["not_collected"]


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Every agency and every year of a library, as known on a day.

    `years` run from the first report year in the library to the last of which a report is here or due; `rows` are keyed
    by agency, in the library's order.
    """

    today: date
    years: tuple[int, ...]
    rows: Mapping[str, Row]

    def of_agency(self, agency: str) -> Row:
        """Return the years of one agency. Raises `KeyError` for an agency that is not in the library."""
        return self.rows[agency]

    def of_year(self, year: int) -> tuple[Cell, ...]:
        """Every agency's cell of one year, in the library's order; empty for a year outside `years`."""
        if year not in self.years:
            return ()
        # Every row has the same years, so a year is found by counting instead of searching each row.
        at = year - self.years[0]
        return tuple(row.cells[at] for row in self.rows.values())

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """`coverage.csv` and `coverage.json`, as they stand in the page's folder; both of the same entries."""
        entries = [entry(row.agency, cell) for row in self.rows.values() for cell in row.cells]
        laws = laws_of(self.years)
        whole = {
            "as_of": self.today.isoformat(),
            "law": {language: laws[-1].reference[language] for language in LANGUAGES},
            "deadlines": laws[-1].days,
            # `law` and `deadlines` are those of the newest years; earlier law stands apart, and only where reports fell under it.
            **({"earlier": [_law(each) for each in laws[:-1]]} if len(laws) > 1 else {}),
            "years": self.years,
            "coverage": entries,
        }
        return {
            "coverage.csv": csv_text([COLUMNS, *([_text(each[column]) for column in COLUMNS] for each in entries)]).encode(),
            "coverage.json": json_bytes(whole),
        }

    def __iter__(self) -> Iterator[Cell]:
        return (cell for row in self.rows.values() for cell in row.cells)

    def __str__(self) -> str:
        found = count(self)
        return f"{found.collected} of {found.expected} reports due by {self.today}"


def laws_of(years: tuple[int, ...]) -> tuple[Deadline, ...]:
    """Return what is or was the law on the publication of reports of these years, earliest first; today's if there are none."""
    # Report years up to 2018 fell under Article 31 of the Regulation of 2007, later ones under Article 49 of that of 2019.
    known = forms().common.deadlines
    return tuple(each for each in known if any(map(each.holds_for, years))) or known[-1:]


def _law(law: Deadline) -> dict[str, Any]:
    """The law of earlier report years, as `coverage.json` writes it."""
    reference = {language: law.reference[language] for language in LANGUAGES}
    return {"from": law.first_year, "to": law.last_year, "law": reference, "deadlines": law.days}


def known_day(library: Library) -> date:
    """Return the newest day that the library names: of a publication, a correction, or a package's making.

    Whoever kept the packages was at work on that day, so what was due before it and is not here was not collected.
    """
    # A day to start from where nothing is dated: then nothing is due yet, and no agency is accused.
    days = [date(FIRST_YEAR, 1, 1)]
    for report in library:
        made = _day(report.created[:10])
        # A day of publication that had not come when the package was made is a mistake (rule DATE): by it everything would be due.
        days += [report.published] if report.published and (made is None or report.published <= made) else []
        days += filter(None, (_day(text) for text in (report.created[:10], *(each.date for each in report.revisions))))
    return max(days)


def coverage(library: Library, today: date) -> Coverage:
    """Say of every agency and year of a library whether the report is here and in time, as known on `today`."""
    present = library.years
    years: tuple[int, ...] = ()
    if present:
        # By kind, for in February departments are due (31 January) and governments are not (31 March): the year must have a column then.
        passed = [_last_passed(kind, today) for kind in {agency.kind for agency in library.agencies.values()}]
        # Not only the years that are here: a year that nobody's report is here for is just what coverage has to show.
        years = tuple(range(present[0], max([present[-1], *passed]) + 1))
    rows = {agency.id: Row(agency, tuple(_cell(library, agency, year, today) for year in years)) for agency in library.agencies.values()}
    return Coverage(today=today, years=years, rows=rows)


def last_day(kind: str, year: int) -> date | None:
    """Last day on which the law allows a kind of agency to publish its report of a year; None where it names none.

    Which law it is depends on the year: `forms/foi-cn/common.yml` has each with its article.
    """
    law = forms().common.deadline(year)
    return law.last_day(kind, year) if law else None


def _expected_by(kind: str, year: int) -> date:
    """Day after which a report that is not here counts as not collected.

    Where the law names no day for the kind, its last day for anybody serves: by then such agencies have published too,
    and a count of what this site lacks accuses nobody.
    """
    law = forms().common.deadline(year)
    for_anybody = (last_day(each, year) for each in law.days) if law else ()
    return last_day(kind, year) or max(filter(None, for_anybody), default=date(year + 1, 12, 31))


def _last_passed(kind: str, today: date) -> int:
    year = today.year - 1
    return year if _expected_by(kind, year) < today else year - 1


def _renamed(library: Library, agency: Agency, year: int) -> bool:
    """Whether an agency reports a year under another id, before or after it was renamed."""
    former, later = agency.predecessor, library.successor(agency.id)
    return bool((former and year <= former.until) or (later and later.predecessor and year > later.predecessor.until))


def _cell(library: Library, agency: Agency, year: int, today: date) -> Cell:
    report = library.reports.get((agency.id, year))
    # Collected and in time are two questions: a report without a date, or one the law names no day for, is here all the same.
    due = last_day(agency.kind, year)
    if report is None and _renamed(library, agency, year):
        return Cell(agency.id, year, "other_name", None)
    if report is None:
        return Cell(agency.id, year, "not_collected" if _expected_by(agency.kind, year) < today else "not_due", due)
    # A day before the period is over is none that can be judged, and least of all in time.
    late = (report.published - due).days if due and report.published else 0
    state: State = (
        "no_deadline"
        if due is None
        else "no_date"
        if report.published is None or report.published <= report.ends
        else "late"
        if late > 0
        else "on_time"
    )
    return Cell(
        agency.id,
        year,
        state,
        due,
        report.published,
        max(0, late),
        report.version,
        len(report.revisions),
        facts(report, library).get(PUBLISHED, ()),
    )


def count(cells: Iterable[Cell]) -> Count:
    """Count cells by state."""
    found = list(cells)
    states = Counter(each.state for each in found)
    return Count({state: states[state] for state in STATES}, sum(bool(each.corrections) for each in found))


def entry(agency: Agency, cell: Cell) -> dict[str, Any]:
    """One agency's year as both files write it; what does not apply is null, an empty cell in the CSV file."""
    here = cell.status == "collected"
    return {
        "agency": agency.id,
        "agency_name": agency.name,
        "kind": agency.kind,
        "year": cell.year,
        "status": cell.status,
        "timeliness": cell.timeliness,
        "deadline": cell.deadline.isoformat() if cell.deadline else None,
        "published": cell.published.isoformat() if cell.published else None,
        # Null, not 0, where it cannot be told: 0 would say that the report was in time.
        "days_late": cell.days_late if cell.state in ("on_time", "late") else None,
        "version": cell.version or None,
        # Null where there is no report: 0 would say that it stands uncorrected.
        "corrections": cell.corrections if here else None,
        "finding": list(cell.finding),
    }


def _text(value: object) -> str:
    return " ".join(value) if isinstance(value, list) else "" if value is None else str(value)


def _day(text: str) -> date | None:
    """Day of an ISO date; None for what only looks like one, which the reader of packages lets pass in `created`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
