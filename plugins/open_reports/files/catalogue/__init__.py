"""Catalogue: what the site has, in the words of the standards by which portals, search engines and programs find data.

DCAT-AP and schema.org for catalogues and search engines, Croissant for machine learning, Atom for readers who wait for news,
OpenAPI and JSON Schema for programs. Each standard has a module; all read one list of files (`routes`).

Where the site has no address, addresses are relative: in JSON-LD and JSON Schema they are resolved against the file they
stand in, and ids of Atom, which must be whole, are names (`urn:uuid:`) made of the path. With an address everything is whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.files.catalogue import atom, croissant, dcat, openapi, schemas
from open_reports.files.catalogue.routes import OPTIONAL, ROUTES, Route, Routes, routes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from open_reports.history.corrections import Correction
    from open_reports.library import Library

__all__ = ["OPTIONAL", "ROUTES", "Route", "Routes", "artifacts", "robots", "site_routes"]


def site_routes(without: Collection[str] = ()) -> Routes:
    """Return the routes of a site; `without` are the ids of the files that it does not have (some of `OPTIONAL`)."""
    return routes(tuple(schemas.names()), without)


def artifacts(
    library: Library,
    corpus: Mapping[str, bytes],
    site: str = "",
    *,
    corrected: Sequence[Correction] = (),
    without: Collection[str] = (),
) -> Iterator[tuple[str, bytes]]:
    """Every file of the catalogue as its path below the site and its bytes.

    `corpus` are the files of the corpus that are told of with their size and hash, by path (`data/observations.csv` at least);
    `site` is the site's address, ending in a slash, or empty; `corrected` are
    all corrections, newest first (`pages.corrections.corrections`); for `without` see `site_routes`.
    """
    known = site_routes(without)
    yield "data/catalog.jsonld", dcat.catalog(library, known, corpus, site)
    yield "data/croissant.json", croissant.croissant(library, corpus, site)
    yield "data/openapi.json", openapi.openapi(library, known, site)
    for name in schemas.names():
        yield f"schemas/{name}.json", schemas.schema_bytes(name, site)
    yield "feed.xml", atom.feed(library, "zh", site, corrected)
    yield "en/feed.xml", atom.feed(library, "en", site, corrected)
    yield "robots.txt", robots(site)


def robots(site: str) -> bytes:
    """`robots.txt`: everything may be read; the site map is named where the site has an address, for it must be whole."""
    lines = ["User-agent: *", "Allow: /", *([f"Sitemap: {site}sitemap.xml"] if site else [])]
    return ("\n".join(lines) + "\n").encode()
