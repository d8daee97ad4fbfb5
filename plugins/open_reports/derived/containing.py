"""Containing: which report already counts what another one reports, so that nobody adds the two up.

A report is contained where another of its year names its agency among the units summed up in it, or where an agency above it
has a consolidated report, which covers the bodies below. A statement that names lines speaks of these alone. What is empty here
in every row is counted once by whoever adds up such rows, and no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from open_reports.derived.held import Held

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from open_reports.library import Library
    from open_reports.report import Report

CONSOLIDATED = "consolidated"
"""Scope of a report that adds up others."""
Key = tuple[str, int]
"""Agency and year of a report."""


class Containing(NamedTuple):
    """The reports that contain one: `whole` contains all of it, None if none does; `lines` some lines, by table and line."""

    whole: Report | None
    lines: Mapping[tuple[str, str], Report]

    def of(self, table: str, line: str) -> Report | None:
        """Return the report that contains a line."""
        return self.whole or self.lines.get((table, line))

    def __str__(self) -> str:
        return self.whole.name if self.whole else "-"


NOWHERE = Containing(None, {})


def containing(report: Report, library: Library) -> Containing:
    """Return the reports of a library that contain a report. Found once a library as long as it is in use."""
    return _held(library).get((report.agency, report.year), NOWHERE)


def _found(library: Library) -> Iterator[tuple[Key, Containing]]:
    for year in library.years:
        whole, lines = _stated(library, year)
        for report in library.of_year(year):
            if report.agency not in whole and (above := _above(report, library)):
                whole[report.agency] = above
        _uncircle(whole)
        for report in library.of_year(year):
            found = Containing(whole.get(report.agency), lines.get(report.agency, {}))
            if found != NOWHERE:
                yield (report.agency, year), found


def _stated(library: Library, year: int) -> tuple[dict[str, Report], dict[str, dict[tuple[str, str], Report]]]:
    """What the reports of a year say of the units that they sum up, by unit: wholly, and line by line."""
    whole: dict[str, Report] = {}
    lines: dict[str, dict[tuple[str, str], Report]] = {}
    for report in library.of_year(year):
        for said in report.consolidates:
            for unit in said.units:
                if not said.lines:
                    whole.setdefault(unit, report)
                for each in said.lines:
                    table, _, line = each.partition("/")
                    lines.setdefault(unit, {}).setdefault((table, line), report)
    return whole, lines


def _above(report: Report, library: Library) -> Report | None:
    """Return the consolidated report of the nearest agency above one."""
    seen = {report.agency}
    agency = library.agencies.get(report.agency)
    # Agencies that name each other as their parents are an error, told where it can be mended; here it must not hang.
    while agency is not None and agency.parent is not None and agency.parent not in seen:
        seen.add(agency.parent)
        found = library.reports.get((agency.parent, report.year))
        if found is not None and found.scope == CONSOLIDATED:
            return found
        agency = library.agencies.get(agency.parent)
    return None


def _uncircle(whole: dict[str, Report]) -> None:
    """Let one report of a circle stand for itself: of reports that contain each other, all would be left out of every sum."""
    for agency in sorted(whole):
        above, seen = whole[agency].agency, {agency}
        while above in whole and above not in seen:
            seen.add(above)
            above = whole[above].agency
        if above == agency:
            del whole[agency]


def _reports(library: Library) -> Mapping[Key, Containing]:
    return dict(_found(library))


_held: Held[Library, Mapping[Key, Containing]] = Held(_reports)
