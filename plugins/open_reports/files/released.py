"""The record of releases, for whoever holds what is to be published against what was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.files.route import JSON, Route
from open_reports.history import releases

if TYPE_CHECKING:
    from open_reports.files.folder import SiteFolder


def _released(folder: SiteFolder) -> bytes:
    return releases.released_json(folder.sources.library, folder.sources.released)


ROUTES: tuple[Route[SiteFolder], ...] = (Route("released", releases.PUBLISHED, JSON, _released, schema="released"),)
