"""Doubt: the figures of a report that it contradicts itself, and that nobody may repeat, add up or divide without a word.

A figure stands in an open contradiction where a finding of the level of a discrepancy names it: its rule was tested and does not
hold. Notices, such as a difference that may be one of scope, are none. Of a finding about a whole line or table each figure is in
doubt, for each is shown by itself somewhere: a wholly blank table says nothing, and least of all 0; of one that another report has
as well nobody knows whose the figures are; and where section one contradicts most of the tables, it may be that of another year.
What explanations say of a discrepancy changes nothing here: the numbers still contradict each other.

What is no figure and can be contradicted is called a fact: the day of publication, and the address of a source (`facts`).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from open_reports.checks.across import across, marks
from open_reports.checks.check import check_report, place_of
from open_reports.derived.held import Held
from open_reports.finding import by_report
from open_reports.form import OVERVIEW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from open_reports.finding import Finding
    from open_reports.form import Address
    from open_reports.library import Library
    from open_reports.report import Report

PUBLISHED, SOURCE = "published", "sources"
"""What findings call the day of publication, and the sources."""
NONE: Mapping[str, tuple[str, ...]] = MappingProxyType({})
"""Doubts of a report that has none, as most have."""


class Doubts(NamedTuple):
    """What a report contradicts, each with the rules: figures by address, facts by name."""

    figures: Mapping[str, tuple[str, ...]]
    facts: Mapping[str, tuple[str, ...]]


def doubts(report: Report, library: Library | None = None) -> Mapping[str, tuple[str, ...]]:
    """Ids of the rules that figures of a report stand in an open contradiction with, by the figure's address.

    In the order of the findings, each rule once. The library gives the year before, the units that a consolidated report is
    held against, and the reports that may have the same table; without it only the report itself is looked at. Computed once as
    long as library or report are in use.
    """
    return _of(report, library).figures


def facts(report: Report, library: Library | None = None) -> Mapping[str, tuple[str, ...]]:
    """Ids of the rules that facts of a report contradict: of `published`, and of `sources[0]` and so on by their places."""
    return _of(report, library).facts


def facts_json(report: Report, members: Mapping[str, str], library: Library | None = None) -> dict[str, Any]:
    """What a JSON object says of its `members` that are facts in doubt: `finding`, with the rules by member; nothing of most reports.

    `members` are the facts by their names in the object.
    """
    told = facts(report, library)
    found = {member: list(told[fact]) for member, fact in members.items() if fact in told}
    return {"finding": found} if found else {}


def _of(report: Report, library: Library | None) -> Doubts:
    known = held(report if library is None else library)
    key = (report.agency, report.year)
    if key not in known:
        found = check_report(report, library)
        known[key] = _all(report, found if library is None else (*found, *_alike(library).get(key, ())))
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
        known[key] = _all(report, found.get(key, ()))


def of_findings(report: Report, findings: Iterable[Finding]) -> Mapping[str, tuple[str, ...]]:
    """Ids of rules by address, of a report's findings."""
    return _by(doubted, report, findings)


def facts_of_findings(report: Report, findings: Iterable[Finding]) -> Mapping[str, tuple[str, ...]]:
    """Ids of rules by fact, of a report's findings."""
    return _by(doubted_facts, report, findings)


def _all(report: Report, findings: Iterable[Finding]) -> Doubts:
    told = tuple(findings)
    return Doubts(of_findings(report, told), facts_of_findings(report, told))


def _by(named: Callable[[Report, Finding], Iterable[str]], report: Report, findings: Iterable[Finding]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for each in findings:
        for name in named(report, each):
            # A dictionary for its order: two identities of one rule may name the same cell, and the rule is told once.
            found.setdefault(name, {})[each.rule] = None
    return {name: tuple(rules) for name, rules in found.items()} or NONE


def doubted(report: Report, finding: Finding) -> Iterator[str]:
    """Addresses of the figures that a finding puts in doubt."""
    if finding.level != "discrepancy":
        return
    place = finding.place
    # Of a whole table or line, each of its cells; else the cell itself.
    yield from _below(report, place) if place.count("/") < 2 else (place,)  # noqa: PLR2004 (table/line/column)


def doubted_facts(report: Report, finding: Finding) -> Iterator[str]:
    """Facts that a finding puts in doubt."""
    if finding.level != "discrepancy":
        return
    if finding.place == PUBLISHED:
        yield PUBLISHED
    elif finding.place == SOURCE:
        # Of several originals only the one that is named: the others may well be this report's own.
        yield from (source_at(index) for index, each in enumerate(report.sources) if each.path == finding.found)


def source_at(index: int) -> str:
    """Name of a source by its place, as facts have it."""
    return f"{SOURCE}[{index}]"


def _below(report: Report, place: str) -> Iterator[str]:
    """Addresses of the cells of a table, `table`, or of a line, `table/line`; none of what is neither."""
    name, _, wanted = place.partition("/")
    if name == OVERVIEW:
        yield from (str(report.stated(item).address) for item in report.overview)
    elif name in report.tables:
        for line, column in report.tables[name].form.cells:
            if wanted in {"", line.id}:
                yield f"{name}/{line.id}/{column.id}"


Known = dict[tuple[str, int], Doubts]
"""Doubts of the reports of one library, or of one report that is looked at alone."""


def _none_yet(_: Library | Report) -> Known:
    return {}


held: Held[Library | Report, Known] = Held(_none_yet)


def _found_alike(library: Library) -> Mapping[tuple[str, int], Sequence[Finding]]:
    return by_report(across(library.agencies, map(marks, library), place_of(library)))


_alike: Held[Library, Mapping[tuple[str, int], Sequence[Finding]]] = Held(_found_alike)
"""What only all reports together show, for whoever asks without having checked."""
