"""Every file of a library's site, made without MkDocs: what the tests of the catalogue hold against its descriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.files.manifest import PATH, Manifest, is_data
from open_reports.site.publish import publish

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from open_reports.finding import Finding
    from open_reports.library import Library


def files(
    library: Library,
    findings: Sequence[Finding],
    site: str = "",
) -> Mapping[str, bytes]:
    """Every data file by its path below the site."""
    publication = publish(library, findings, site=site)
    found = {artifact.path: artifact.data for artifact in publication.artifacts}
    for page in publication.pages:
        found |= {page.path + name: data for name, data in page.build().files.items()}
    manifest = Manifest(site=site)
    for path, data in found.items():
        if is_data(path):
            manifest.add(path, data)
    return {**found, PATH: manifest.finish()}
