"""Doubt: the figures of a report that it contradicts itself, and that nobody may repeat, add up or divide without a word.

A figure stands in an open contradiction where a finding of the level of a discrepancy names it: its rule was tested and does not
hold. Notices, such as a difference that may be one of scope, are none. A table that is wholly blank is in doubt in each of its
cells: its blanks say nothing, and least of all 0. What explanations say of a discrepancy changes nothing here: the numbers still
contradict each other.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from open_reports.checks.check import check_report
from open_reports.derived.held import Held
from open_reports.finding import by_report
from open_reports.report import table_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from open_reports.finding import Finding
    from open_reports.form import Address
    from open_reports.library import Library
    from open_reports.report import Report

BLANK = "form.blank"
"""Code of the finding on a wholly blank table."""
NONE: Mapping[str, tuple[str, ...]] = MappingProxyType({})
"""Doubts of a report that has none, as most have."""


def doubts(report: Report, library: Library | None = None) -> Mapping[str, tuple[str, ...]]:
    """Ids of the rules that figures of a report stand in an open contradiction with, by the figure's address.

    In the order of the findings, each rule once. The library gives the year before and the units that a consolidated report is
    held against; without it only the report itself is looked at. Computed once as long as library or report are in use.
    """
    known = held(report if library is None else library)
    key = (report.agency, report.year)
    if key not in known:
        known[key] = of_findings(report, check_report(report, library))
    return known[key]


def lines_of(addresses: Iterable[str]) -> set[tuple[str, str]]:
    """Lines, as table and line, that figures stand in."""
    return {(table, line) for table, line, _ in (address.split("/") for address in addresses)}


def doubtful(library: Library, agency: str) -> Callable[[int, Address], bool]:
    """Return what tells whether a figure of an agency's year stands in an open contradiction."""

    def told(year: int, address: Address) -> bool:
        report = library.reports.get((agency, year))
        return report is not None and str(address) in doubts(report, library)

    return told


def remember(library: Library, findings: Iterable[Finding]) -> None:
    """Take the doubts of a library from findings that were made already: whoever has checked it need not pay twice."""
    known, found = held(library), by_report(findings)
    for key, report in library.reports.items():
        known[key] = of_findings(report, found.get(key, ()))


def of_findings(report: Report, findings: Iterable[Finding]) -> Mapping[str, tuple[str, ...]]:
    """Ids of rules by address, of a report's findings."""
    found: dict[str, dict[str, None]] = {}
    for each in findings:
        for address in doubted(report, each):
            # A dictionary for its order: two identities of one rule may name the same cell, and the rule is told once.
            found.setdefault(address, {})[each.rule] = None
    return {address: tuple(rules) for address, rules in found.items()} or NONE


def doubted(report: Report, finding: Finding) -> Iterator[str]:
    """Addresses of the figures that a finding puts in doubt."""
    if finding.code == BLANK:
        # It is about a file, and has no figure to name.
        blank = [name for name in report.tables if (finding.file or "").endswith(f"/{table_path(name)}")]
        yield from (address for name in blank for address in _below(report, name))
    elif finding.level == "discrepancy" and finding.address:
        # Of a whole table or line, each of its cells; else the cell itself.
        yield from _below(report, finding.address) if finding.address.count("/") < 2 else (finding.address,)  # noqa: PLR2004 (table/line/column)


def _below(report: Report, place: str) -> Iterator[str]:
    """Addresses of the cells of a table, `table`, or of a line, `table/line`."""
    name, _, wanted = place.partition("/")
    if name in report.tables:
        for line, column in report.tables[name].form.cells:
            if wanted in {"", line.id}:
                yield f"{name}/{line.id}/{column.id}"


Known = dict[tuple[str, int], "Mapping[str, tuple[str, ...]]"]
"""Doubts of the reports of one library, or of one report that is looked at alone."""


def _none_yet(_: Library | Report) -> Known:
    return {}


held: Held[Library | Report, Known] = Held(_none_yet)
