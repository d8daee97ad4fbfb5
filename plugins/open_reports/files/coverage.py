"""Coverage and timeliness as files, both of the same entries (`derived.coverage`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.files.route import CSV, JSON, Route

if TYPE_CHECKING:
    from open_reports.files.folder import SiteFolder

ROUTES: tuple[Route[SiteFolder], ...] = (
    Route("coverage_csv", "coverage/coverage.csv", CSV, lambda folder: folder.sources.covered.files["coverage.csv"]),
    Route("coverage_json", "coverage/coverage.json", JSON, lambda folder: folder.sources.covered.files["coverage.json"], schema="coverage"),
)
