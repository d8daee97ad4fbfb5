"""`robots.txt`: what programs that collect pages may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.files.route import Route

if TYPE_CHECKING:
    from open_reports.files.folder import SiteFolder


def robots(site: str) -> bytes:
    """`robots.txt`: everything may be read; the site map is named where the site has an address, for it must be whole."""
    lines = ["User-agent: *", "Allow: /", *([f"Sitemap: {site}sitemap.xml"] if site else [])]
    return ("\n".join(lines) + "\n").encode()


ROUTES: tuple[Route[SiteFolder], ...] = (
    # No data: lists of files and the description of the API leave it out.
    Route("robots", "robots.txt", "text/plain", lambda folder: robots(folder.sources.site), listed=False),
)
