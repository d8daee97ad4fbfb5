"""Corrections as files: every released change of the data, and what is published no more, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from open_reports.document import json_bytes
from open_reports.files.route import CSV, JSON, Route
from open_reports.history.corrections import Change, facts
from open_reports.history.events import Drop, events
from open_reports.report import csv_text
from open_reports.report.model import Change as Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_reports.files.folder import SiteFolder
    from open_reports.history.corrections import Correction
    from open_reports.history.releases import Released
    from open_reports.library import Library

COLUMNS = (
    "agency", "agency_name", "year", "version", "date", "reason", "address", "change", "from", "to", "kind", "page", "reason_en", "leads_to", "back",
)  # fmt: skip
"""Columns of `corrections.csv`, one row a change; a correction that lists none has one row without address and change.

`from` and `to` are the cells before and after, empty where the change is told in a sentence only. `kind` is `correction`, or `dropped` of what is
published no more: one row, without version, address and cells, and without a year where a whole agency went.
"""
CORRECTION, DROPPED = "correction", "dropped"


def corrections_json(library: Library, released: Released | None = None) -> bytes:
    """`data/corrections.json`: every correction with its changes, and what is published no more."""
    return json_bytes([_dropped(each) if isinstance(each, Drop) else _corrected(each, library) for each in events(library, released)])


def _corrected(each: Correction, library: Library) -> dict[str, Any]:
    return {
        "agency": each.report.agency,
        "agency_name": library.agencies[each.report.agency].name,
        "year": each.report.year,
        "version": each.revision.version,
        "date": each.revision.date,
        "reason": each.revision.reason,
        "changes": [facts(made) for made in each.changes],
        "page": each.report.folder,
        "kind": CORRECTION,
    }


def _dropped(each: Drop) -> dict[str, Any]:
    said = each.said
    return {
        "agency": each.agency,
        "agency_name": each.called,
        "year": each.year,
        "version": None,
        "date": said.date,
        "reason": said.reason,
        "changes": [],
        "page": each.page,
        "kind": DROPPED,
        **({"reason_en": said.reason_en} if said.reason_en else {}),
        "leads_to": said.to,
        **({"back": said.back} if said.back else {}),
    }


def corrections_csv(library: Library, released: Released | None = None) -> bytes:
    """`data/corrections.csv`: the same, one row a change."""
    rows = (row for each in events(library, released) for row in ([_row(each)] if isinstance(each, Drop) else _rows(each, library)))
    return csv_text([COLUMNS, *rows]).encode()


def _rows(each: Correction, library: Library) -> Iterator[tuple[str, ...]]:
    report, said, changes = each
    # A correction that lists no change still has a day and a reason, which must not vanish from the file.
    for made in changes or (Change("", "", None, "", Entry()),):
        yield (
            report.agency,
            library.agencies[report.agency].name,
            str(report.year),
            said.version,
            said.date,
            said.reason,
            made.address or made.entry.address,
            made.text,
            # Entries written before changes were data have no cells: their sentence, in `change`, is all there is.
            made.entry.was or "",
            made.entry.now or "",
            CORRECTION,
            report.folder,
            "",
            "",
            "",
        )


def _row(each: Drop) -> tuple[str, ...]:
    said, year = each.said, str(each.year or "")
    told = (each.agency, each.called, year, "", said.date, said.reason, "", each.says("zh"), "", "")
    return (*told, DROPPED, each.page, said.reason_en, said.to, said.back)


ROUTES: tuple[Route[SiteFolder], ...] = (
    Route("corrections_csv", "data/corrections.csv", CSV, lambda folder: corrections_csv(folder.sources.library, folder.sources.released)),
    Route(
        "corrections_json",
        "data/corrections.json",
        JSON,
        lambda folder: corrections_json(folder.sources.library, folder.sources.released),
        schema="corrections",
        portal=6,
    ),
)
