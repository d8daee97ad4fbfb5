"""One report as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from open_reports.derived.indicator import indicators
from open_reports.document import json_bytes
from open_reports.files.route import JSON, REPORT, Route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from open_reports.files.folder import ReportFolder
    from open_reports.finding import Finding
    from open_reports.report import Report


def report_json(report: Report, findings: Sequence[Finding], before: Report | None = None) -> bytes:
    """One report as JSON (public contract, section 3); `before` is the report of the year before, for what is compared with it.

    `tables` holds a number or null for every figure of the forms and of section one; `status` tells by address why a
    value is null; `printed` how the original prints a figure where that says more.
    """
    tables: dict[str, dict[str, dict[str, Any]]] = {"overview": {}}
    status: dict[str, str] = {}
    printed: dict[str, str] = {}
    figures = [report.stated(item) for item in report.overview]
    for name, table in report.tables.items():
        plain = tables[name] = {}
        for line in table.form.lines.values():
            numbers = table.numbers.get(line.id, ())
            if line.id in table.form.whole and numbers and None not in numbers and (name, line.id) not in report.noted:
                plain[line.id] = dict(zip(line.columns, numbers, strict=True))
                continue
            plain[line.id] = {}
            figures += [report.figure(name, line.id, column) for column in line.columns]
    for figure in figures:
        address = figure.address
        tables[address.table].setdefault(address.line, {})[address.column] = figure.value
        if figure.status != "reported":
            status[str(address)] = figure.status
        if figure.printed:
            printed[str(address)] = figure.printed
    source = report.sources[0]
    return json_bytes(
        {
            "agency": report.agency,
            "year": report.year,
            "title": report.title,
            "scope": report.scope,
            "forms": {table: found.form.form for table, found in report.tables.items()},
            "tables": tables,
            "status": status,
            "printed": printed,
            "notes": [note._asdict() for note in report.notes],
            "indicators": {each.indicator.id: each.to_dict() for each in indicators(report, before)},
            "findings": [finding.to_dict() for finding in findings],
            "source": {"title": source.title, "path": source.path, "published": report.published.isoformat() if report.published else None},
            "version": report.version,
        }
    )


ROUTES: tuple[Route[ReportFolder], ...] = (
    Route(
        "report",
        f"{REPORT}report.json",
        JSON,
        lambda folder: report_json(folder.report, folder.findings, folder.before),
        schema="report",
        portal=3,
        searched=True,
    ),
)
