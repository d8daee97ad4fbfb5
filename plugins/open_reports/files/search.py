"""The index of the search of each language, and the figures of its hits: what its scripts read (`derived.search`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.derived.search import FIGURES, INDEX, figures, index
from open_reports.files.route import ENGLISH, JSON, Route

if TYPE_CHECKING:
    from open_reports.files.folder import SiteFolder

# Files of their own, which scripts fetch when somebody searches, and the figures only when a hit or a number needs them.
ROUTES: tuple[Route[SiteFolder], ...] = (
    Route("search", f"search/{INDEX}", JSON, lambda folder: index(folder.sources.catalogue("zh")), schema="search"),
    Route("search_en", f"{ENGLISH}search/{INDEX}", JSON, lambda folder: index(folder.sources.catalogue("en")), schema="search"),
    Route("search_figures", FIGURES, JSON, lambda folder: figures(folder.sources.catalogue("zh")), schema="hits"),
)
