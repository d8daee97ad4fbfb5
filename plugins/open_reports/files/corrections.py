"""Corrections as files: every released change of the data, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.document import json_bytes
from open_reports.files.route import CSV, JSON, Route
from open_reports.history.corrections import Change, corrections, facts
from open_reports.report import csv_text
from open_reports.report.model import Change as Entry

if TYPE_CHECKING:
    from open_reports.files.folder import SiteFolder
    from open_reports.library import Library

COLUMNS = ("agency", "agency_name", "year", "version", "date", "reason", "address", "change", "from", "to")
"""Columns of `corrections.csv`, one row a change; a correction that lists none has one row without address and change.

`from` and `to` are the cells before and after, empty where the change is told in a sentence only.
"""


def corrections_json(library: Library) -> bytes:
    """`data/corrections.json`: every correction with its changes."""
    return json_bytes(
        [
            {
                "agency": each.report.agency,
                "agency_name": library.agencies[each.report.agency].name,
                "year": each.report.year,
                "version": each.revision.version,
                "date": each.revision.date,
                "reason": each.revision.reason,
                "changes": [facts(made) for made in each.changes],
                "page": each.report.folder,
            }
            for each in corrections(library)
        ]
    )


def corrections_csv(library: Library) -> bytes:
    """`data/corrections.csv`: the same, one row a change."""
    names = {agency.id: agency.name for agency in library.agencies.values()}
    rows = [
        (
            report.agency,
            names[report.agency],
            str(report.year),
            said.version,
            said.date,
            said.reason,
            made.address or made.entry.address,
            made.text,
            # Entries written before changes were data have no cells: their sentence, in `change`, is all there is.
            made.entry.was or "",
            made.entry.now or "",
        )
        for report, said, changes in corrections(library)
        # A correction that lists no change still has a day and a reason, which must not vanish from the file.
        for made in changes or (Change("", "", None, "", Entry()),)
    ]
    return csv_text([COLUMNS, *rows]).encode()


ROUTES: tuple[Route[SiteFolder], ...] = (
    Route("corrections_csv", "data/corrections.csv", CSV, lambda folder: corrections_csv(folder.sources.library)),
    Route(
        "corrections_json",
        "data/corrections.json",
        JSON,
        lambda folder: corrections_json(folder.sources.library),
        schema="corrections",
        portal=6,
    ),
)
