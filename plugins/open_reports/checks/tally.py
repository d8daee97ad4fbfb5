"""How many identities of a report hold, do not, and cannot be tested: the counts of its badge, of the same rows as its ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.checks.identity import RESULTS, bounds, consolidated, gaps, identity_at, strands
from open_reports.checks.narrative import stated
from open_reports.form import forms

if TYPE_CHECKING:
    from open_reports.checks.identity import Result
    from open_reports.library import Library
    from open_reports.report import Report


def tally(report: Report, library: Library) -> dict[Result, int]:
    """Count every identity of a report by its result."""
    counts: dict[Result, int] = dict.fromkeys(RESULTS, 0)
    before = library.before(report)
    for name, table in report.tables.items():
        for strand, own, previous in strands(table, before.tables.get(name) if before else None):
            found = gaps(strand, own, previous)
            if not any(found) and None not in found:
                counts["holds"] += len(strand.rules)
            else:
                for rule, place in strand.rules:
                    counts[identity_at(report, before, rule, place).result] += 1
    for identity in (*consolidated(report, library), *bounds(report), *(each.identity for each in stated(report))):
        counts[identity.result] += 1
    counts[due(report, library)[0]] += 1
    return counts


def due(report: Report, library: Library) -> tuple[Result, str | None, str]:
    """Compare the day of publication with the last day the law allows: the result, why it cannot be tested, that day or none."""
    law = forms().common.deadline(report.year)
    last = law.last_day(library.agencies[report.agency].kind, report.year) if law else None
    if last is None:
        return "untestable", "no_deadline", ""
    if report.published is None:
        return "untestable", "no_date", last.isoformat()
    # A day before the period is over cannot be when it was reported on: whether it was late, nobody can say.
    if report.published <= report.ends:
        return "untestable", "early_date", last.isoformat()
    return ("contradicts" if report.published > last else "holds"), None, last.isoformat()
