"""What the site holds, for programs: every report with its addresses, and every finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from open_reports.checks.counting import outcome
from open_reports.derived.doubt import PUBLISHED, facts_json
from open_reports.document import json_bytes
from open_reports.files.package import descriptor
from open_reports.files.route import JSON, Route
from open_reports.report import DESCRIPTOR, file_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from open_reports.checks.counting import Tallies
    from open_reports.files.folder import SiteFolder
    from open_reports.finding import Finding
    from open_reports.library import Library
    from open_reports.report import Report


def findings_json(findings: Sequence[Finding]) -> bytes:
    """Every finding of the corpus (public contract, section 5), with its message in both languages."""
    # A program that shows findings to readers needs both languages, and cannot make one of the other.
    return json_bytes([{**each.to_dict(), "message_en": each.message("en"), "outcome": outcome(each)} for each in findings])


def index(library: Library, findings: Mapping[tuple[str, int], Sequence[Finding]], tallies: Tallies, site: str) -> bytes:
    """Every report with its addresses, version and hash; `site` is the site's address, empty for relative ones.

    `tallies` count the checks of each report, and their sums by agency, by year and of all.
    """
    return json_bytes(
        {
            "site": site,
            "agencies": [
                {
                    "id": agency.id,
                    "name": agency.name,
                    "name_en": agency.name_en,
                    "kind": agency.kind,
                    "parent": agency.parent,
                    "region": agency.region,
                    "page": f"{site}reports/{agency.id}/",
                    "checks": tallies.of_agency(agency.id).to_dict(),
                }
                for agency in library.agencies.values()
            ],
            "reports": [
                {
                    **_entry(report, library, findings.get((report.agency, report.year), ()), site),
                    "checks": tallies.of_report((report.agency, report.year)).to_dict(),
                }
                for report in library
            ],
            "years": [{"year": year, "page": f"{site}years/{year}/", "checks": tallies.of_year(year).to_dict()} for year in library.years],
            "checks": tallies.whole.to_dict(),
        }
    )


def _entry(report: Report, library: Library, findings: Iterable[Finding], site: str) -> dict[str, Any]:
    base = f"{site}{report.folder}"
    return {
        "agency": report.agency,
        "year": report.year,
        "title": report.title,
        "scope": report.scope,
        "forms": {table: found.form.form for table, found in report.tables.items()},
        "published": report.published.isoformat() if report.published else None,
        **facts_json(report, {"published": PUBLISHED}, library),
        "version": report.version,
        "page": base,
        "package": f"{base}{DESCRIPTOR}",
        "json": f"{base}report.json",
        "zip": f"{base}{report.name}.zip",
        # The published descriptor holds the hash of each table, so this one proves all figures of the report.
        "hash": file_hash(descriptor(report)),
        "findings": len(list(findings)),
    }


ROUTES: tuple[Route[SiteFolder], ...] = (
    Route(
        "index",
        "data/index.json",
        JSON,
        lambda folder: index(folder.sources.library, folder.sources.found, folder.sources.tallies, folder.sources.site),
        schema="index",
    ),
    Route("findings", "data/findings.json", JSON, lambda folder: findings_json(folder.sources.findings), schema="findings", portal=5),
)
