"""The index of the search of each language: what its page's script reads (`derived.search`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.derived.search import INDEX, index
from open_reports.files.route import ENGLISH, JSON, Route

if TYPE_CHECKING:
    from open_reports.files.folder import SiteFolder

# A file of its own, which the script fetches when somebody searches: 110 KB with the page for 10,000 reports, and nothing on
# the others.
ROUTES: tuple[Route[SiteFolder], ...] = (
    Route("search", f"search/{INDEX}", JSON, lambda folder: index(folder.sources.catalogue("zh")), schema="search"),
    Route("search_en", f"{ENGLISH}search/{INDEX}", JSON, lambda folder: index(folder.sources.catalogue("en")), schema="search"),
)
