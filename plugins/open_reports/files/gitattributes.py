"""`.gitattributes`: a clone of a published branch holds the bytes that were published, whatever git is set to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.files.route import Route

if TYPE_CHECKING:
    from open_reports.files.folder import SiteFolder

ATTRIBUTES = b"""# Every file is as it was published: git converts no line ends, else the hashes of data/manifest.json would all be wrong.
* -text
"""

ROUTES: tuple[Route[SiteFolder], ...] = (
    # No data: lists of files and the description of the API leave it out.
    Route("gitattributes", ".gitattributes", "text/plain", lambda _: ATTRIBUTES, listed=False),
)
