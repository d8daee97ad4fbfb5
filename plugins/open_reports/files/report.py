"""One report as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from open_reports.checks.counting import NONE, with_outcome
from open_reports.derived.doubt import PUBLISHED, doubts, facts_json, source_at
from open_reports.derived.indicator import indicators
from open_reports.document import json_bytes
from open_reports.files.route import JSON, REPORT, Route
from open_reports.report.lines import Plain, report_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from open_reports.checks.counting import Counts
    from open_reports.files.folder import ReportFolder
    from open_reports.finding import Finding
    from open_reports.library import Library
    from open_reports.report import Report


def report_json(
    report: Report,
    findings: Sequence[Finding],
    before: Report | None = None,
    library: Library | None = None,
    counts: Counts = NONE,
) -> bytes:
    """One report as JSON (public contract, section 3); `before` is the report of the year before, for what is compared with it.

    `tables` holds a number or null for every figure of the forms and of section one; `status` tells by address why a
    value is null; `printed` how the original prints a figure where that says more; `finding` the rules that a figure contradicts;
    `checks` the `counts` of all checks, which only a library can tell.
    """
    # Section one is there even if it states nothing, as the schema asks, so that a program need not look first.
    tables: dict[str, dict[str, dict[str, Any]]] = {"overview": {}}
    status: dict[str, str] = {}
    printed: dict[str, str] = {}
    for line in report_lines(report):
        place = line.place
        cells = tables.setdefault(place.table, {}).setdefault(place.line, {})
        if isinstance(line, Plain):
            cells.update(zip(place.columns, line.numbers, strict=True))
            continue
        for figure in line.figures:
            cells[figure.address.column] = figure.value
            # Only what is not plain is told by address: of the some 200 cells of a report that is a small part.
            if figure.status != "reported":
                status[str(figure.address)] = figure.status
            if figure.printed:
                printed[str(figure.address)] = figure.printed
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
            "finding": dict(doubts(report, library)),
            "notes": [note._asdict() for note in report.notes],
            "indicators": {each.indicator.id: each.to_dict() for each in indicators(report, before, library)},
            "findings": [with_outcome(finding) for finding in findings],
            "source": {
                "title": source.title,
                "path": source.path,
                "published": report.published.isoformat() if report.published else None,
                **facts_json(report, {"path": source_at(0), "published": PUBLISHED}, library),
            },
            "version": report.version,
            "checks": counts.to_dict(),
        }
    )


ROUTES: tuple[Route[ReportFolder], ...] = (
    Route(
        "report",
        f"{REPORT}report.json",
        JSON,
        lambda folder: report_json(folder.report, folder.findings, folder.before, folder.library, folder.counts),
        schema="report",
        portal=3,
        searched=True,
    ),
)
