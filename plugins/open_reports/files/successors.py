"""Addresses that moved, and where what stood there stands now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.document import json_bytes
from open_reports.files.route import JSON, Route
from open_reports.history import releases

if TYPE_CHECKING:
    from open_reports.files.folder import SiteFolder


def _successors(folder: SiteFolder) -> bytes:
    released = folder.sources.released
    # There even if nothing ever moved: the description of the API names the path, and an empty list is an answer.
    return releases.successors_json(released) if released else json_bytes([])


ROUTES: tuple[Route[SiteFolder], ...] = (Route("successors", "data/successors.json", JSON, _successors, schema="successors"),)
