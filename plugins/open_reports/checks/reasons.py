"""Reasons: why checks of a report could not be tested. Counted by themselves, for only the pages of the rules tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.checks.formal import in_time
from open_reports.checks.identity import bounds, consolidated, gaps, identity_at, strands
from open_reports.checks.narrative import stated
from open_reports.checks.neighbours import untested
from open_reports.checks.plausible import plausible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_reports.library import Library
    from open_reports.report import Report


def reasons(report: Report, library: Library) -> Iterator[tuple[str, str]]:
    """Rule and reason of every check of a report that cannot be tested."""
    agency, before, told = library.agencies.get(report.agency), library.before(report), tuple(stated(report))
    for name, table in report.tables.items():
        for strand, own, previous in strands(table, before.tables.get(name) if before else None):
            for (rule, place), gap in zip(strand.rules, gaps(strand, own, previous), strict=True):
                # Only here is the identity made: few cannot be tested, and a gap alone does not say why.
                if gap is None and (reason := identity_at(report, before, rule, place).reason):
                    yield rule.id, reason
    for identity in (*bounds(report), *consolidated(report, library), *(each.identity for each in told)):
        if identity.reason:
            yield identity.rule.id, identity.reason
    timed = (in_time(report, agency),) if agency else ()
    for tried in (*plausible(report, agency, told), *untested(report, library), *timed):
        if tried.reason:
            yield tried.rule, tried.reason
