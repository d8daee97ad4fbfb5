"""The list of agencies that the comparison reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.document import json_bytes
from open_reports.files.route import JSON, Route

if TYPE_CHECKING:
    from open_reports.files.folder import SiteFolder
    from open_reports.library import Library

LIST = "compare/agencies.json"


def agency_list(library: Library) -> bytes:
    """Every agency with its names, kind, parent, region and the years it has a report of, in the library's order."""
    # Without indentation: the page loads the whole list before anything can be chosen, 15 KB packed for 10,000 reports.
    return json_bytes(
        [
            {
                "id": agency.id,
                "name": agency.name,
                "name_en": agency.name_en,
                "kind": agency.kind,
                "parent": agency.parent,
                "region": agency.region,
                **({"reading": agency.reading} if agency.reading else {}),
                **({"also": [name for each in agency.former_names for name in (each.name, each.name_en)]} if agency.former_names else {}),
                "years": [report.year for report in library.of_agency(agency.id)],
            }
            for agency in library.agencies.values()
        ],
        indent=None,
    )


ROUTES: tuple[Route[SiteFolder], ...] = (
    Route("agencies", LIST, JSON, lambda folder: agency_list(folder.sources.library), schema="agencies"),
)
