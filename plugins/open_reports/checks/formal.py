"""What law and form ask of a whole report: published in time, in the form of its year, with every line, section and its year."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from open_reports.checks.tested import Tested
from open_reports.finding import finding
from open_reports.form import forms
from open_reports.report import DESCRIPTOR, PROSE, table_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_reports.checks.identity import Result
    from open_reports.finding import Finding
    from open_reports.library import Agency
    from open_reports.report import Report


class Form(NamedTuple):
    """A report against the statutory form: how many tests hold, and what does not: notices, never errors, for official reports do differ."""

    holds: int
    findings: tuple[Finding, ...]


def in_form(report: Report) -> Form:
    """Hold a report against the statutory form: table by table, then its lines, its sections, and the year in its title."""
    holds, found = _prescribed(report)
    for told in (_left_out(report), _sections(report), _titled(report)):
        # What is in order counts once, what is not is told one by one.
        before = len(found)
        found += told
        holds += len(found) == before
    return Form(holds, tuple(found))


def due(report: Report, agency: Agency) -> tuple[Result, str | None, str]:
    """Compare the day of publication with the last day the law allows: the result, why it cannot be tested, that day or none."""
    law = forms().common.deadline(report.year)
    last = law.last_day(agency.kind, report.year) if law else None
    if last is None:
        return "untestable", "no_deadline", ""
    if report.published is None:
        return "untestable", "no_date", last.isoformat()
    # A day before the period is over cannot be when it was reported on: whether it was late, nobody can say.
    if report.published <= report.ends:
        return "untestable", "early_date", last.isoformat()
    return ("contradicts" if report.published > last else "holds"), None, last.isoformat()


def in_time(report: Report, agency: Agency) -> Tested:
    """Whether a report was published in time."""
    result, reason, last = due(report, agency)
    law = forms().common.deadline(report.year)
    if result != "contradicts" or law is None or report.published is None:
        return Tested("DUE", result, reason)
    found = finding(
        "due.late", file=f"{report.place}/{DESCRIPTOR}", found=report.published.isoformat(), expected=last, reference=law.reference
    )
    return Tested("DUE", result, finding=found)


def _prescribed(report: Report) -> tuple[int, list[Finding]]:
    """Tables that are of the form in force in the report's year, and those that are not; years before any form had none to keep to."""
    known = forms()
    prescribed = known.prescribed_for(report.year)
    found: list[Finding] = []
    if not prescribed.prescribed_for(report.year):
        return 0, found
    for name, table in report.tables.items():
        form = known[table.form.form]
        asked = prescribed.tables.get(name)
        differs = asked is None or table.form.lines.keys() != asked.lines.keys() or table.form.header != asked.header
        if differs and not form.prescribed_for(report.year):
            found.append(
                finding(
                    "form.year",
                    file=f"{report.place}/{table_path(name)}",
                    table=table.form.title,
                    found=form.id,
                    expected=prescribed.id,
                    reference=prescribed.reference,
                )
            )
    holds = len(report.tables) - len(found)
    for name, lacking in prescribed.tables.items():
        if name not in report.tables:
            found.append(
                finding(
                    "form.table",
                    file=f"{report.place}/{DESCRIPTOR}",
                    table=lacking.title,
                    found=report.form.id,
                    expected=prescribed.id,
                    reference=prescribed.reference,
                )
            )
    return holds, found


def _left_out(report: Report) -> Iterator[Finding]:
    """Lines that the report does not print."""
    for name, line in report.absent:
        form_table = report.tables[name].form
        yield finding(
            "form.absent",
            file=f"{report.place}/{table_path(name)}",
            address=f"{name}/{line}",
            table=form_table.title,
            found=form_table.lines[line].label.zh,
            line=form_table.lines[line].label,
        )


def _sections(report: Report) -> Iterator[Finding]:
    """Prose sections that are missing or out of order, against the form that the report follows."""
    headings = "、".join(heading for heading, _ in report.headings)
    sections = report.form.sections
    for section in sections:
        if section.id not in report.prose:
            yield finding(
                "form.section", file=f"{report.place}/{PROSE}", expected=f"## {section.number}、{section.title.zh}", found=headings
            )
    order = [section.id for section in sections if section.id in report.prose]
    if list(report.prose) != order:
        yield finding("form.order", file=f"{report.place}/{PROSE}", found=headings)


def _titled(report: Report) -> Iterator[Finding]:
    if str(report.year) not in report.title:
        yield finding("form.title", file=f"{report.place}/{DESCRIPTOR}", found=report.title, expected=str(report.year))
