"""Every file of a library's site, made without MkDocs and without any page: what tests hold against descriptions and pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.checks.check import tried
from open_reports.checks.counting import Tallies
from open_reports.derived import search
from open_reports.derived.coverage import coverage, known_day
from open_reports.files.catalogue import routes
from open_reports.files.folder import SiteFolder, Sources
from open_reports.files.manifest import PATH, Manifest
from open_reports.finding import by_report
from open_reports.site.export import export
from open_reports.site.publish import publish

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from open_reports.corpus import Corpus
    from open_reports.derived.coverage import Coverage
    from open_reports.finding import Finding
    from open_reports.history.releases import Released
    from open_reports.library import Library
    from open_reports.site.export import Exported


def files(
    library: Library,
    findings: Sequence[Finding],
    site: str = "",
) -> Mapping[str, bytes]:
    """Every data file by its path below the site."""
    publication = publish(library, findings, site=site)
    found = dict(publication.data_files())
    manifest = Manifest(site=site)
    for path, data in found.items():
        manifest.add(path, data)
    return {**found, **dict(publication.redirects), PATH: manifest.finish()}


def sources(library: Library, findings: Sequence[Finding] = (), *, covered: Coverage | None = None) -> Sources:
    """What the files of a site are made of, where nothing was released and the search finds no pages."""
    found = by_report(findings)
    return Sources(
        library=library,
        findings=findings,
        found=found,
        tallies=Tallies(library, found, tried(library).passed),
        covered=covered or coverage(library, known_day(library)),
        routes=routes.routes(),
        site="",
        released=None,
        catalogue=lambda language: search.catalogue(library, language),
    )


def folder(path: str, library: Library, *, covered: Coverage | None = None) -> SiteFolder:
    """A folder of files about everything."""
    return SiteFolder(sources(library, covered=covered), path)


def exported(corpus: Corpus, target: Path, *, site: str = "", released: Released | None = None) -> Exported:
    """Write every data file of a corpus into a folder, as the command line does."""
    return export(corpus.publish(site=site, released=released), target, place=corpus.place)
