"""Publish: everything that is on the site, as a value. The plugin, the command line and the tests all consume it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from open_reports import api, pages
from open_reports.errors import PublishError
from open_reports.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from open_reports.finding import Finding
    from open_reports.library import Library
    from open_reports.pages import Page


class Artifact(NamedTuple):
    """One data file of the site: its path below the site and its bytes."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Pages, each built on demand with the files of its folder, and the corpus' own files."""

    pages: tuple[Page, ...]
    artifacts: tuple[Artifact, ...]

    def __str__(self) -> str:
        return f"{len(self.pages)} pages, {len(self.artifacts)} corpus files"


def by_report(findings: Iterable[Finding]) -> dict[tuple[str, int], list[Finding]]:
    """Findings of each report, by agency and year, in their order."""
    found: dict[tuple[str, int], list[Finding]] = {}
    for each in findings:
        if each.agency is not None and each.year is not None:
            found.setdefault((each.agency, each.year), []).append(each)
    return found


LANGUAGES = ("zh", "en")
"""Languages of the site: Chinese at its root, English below `en/`."""


def publish(library: Library, findings: Sequence[Finding], *, site: str = "") -> Publication:
    """Make the site of a library that has no errors, in both languages.

    `site` is the site's address, for the files that name others. Raises `PublishError` where two outputs would stand at
    one address, or where a page has no twin in the other language.
    """
    found = by_report(findings)
    rows, objects = api.observations(library)
    artifacts = (
        Artifact("data/observations.csv", rows),
        Artifact("data/observations.json", objects),
        Artifact("data/findings.json", api.findings_json(findings)),
        Artifact("data/index.json", api.index(library, found, site)),
    )
    sizes = {artifact.path.removeprefix("data/"): len(artifact.data) for artifact in artifacts}
    made: list[Page] = []
    for language in LANGUAGES:
        w = Words(language)
        made.append(pages.home_page(library, sizes, w))
        made += (pages.year_page(library, year, found, w) for year in library.years)
        made += pages.quality_pages(library, findings, w)
        made += (pages.agency_page(library, agency, found, w) for agency in library.agencies.values())
    for report in library:
        # Both pages of a report follow each other: they share its files, which are let go once written.
        folder = pages.Folder(report, found.get((report.agency, report.year), []))
        made += (pages.report_page(library, folder, Words(language)) for language in LANGUAGES)
    publication = Publication(pages=tuple(made), artifacts=artifacts)
    _forbid_twins(publication)
    _require_twins(publication)
    return publication


ASSETS = "assets/open-reports/"
"""Folder of our scripts and pictures below the site."""


def assets() -> dict[str, str | bytes]:
    """Our styles, as one file, and our scripts and pictures, by their path below the site."""
    folder = resources.files("open_reports") / "assets"
    found = sorted(folder.iterdir(), key=lambda each: (each.name != "open-reports.css", each.name))
    styles = "\n".join(each.read_text(encoding="utf-8") for each in found if each.name.endswith(".css"))
    others = {f"{ASSETS}{each.name}": each.read_bytes() for each in found if not each.name.endswith(".css")}
    return {"assets/open-reports.css": styles, **others}


def _require_twins(publication: Publication) -> None:
    """Refuse a page that only one language has: the switch in its head would lead nowhere."""
    by_language = {language: {page.here.path for page in publication.pages if page.here.w.language == language} for language in LANGUAGES}
    if lone := set.symmetric_difference(*by_language.values()):
        message = f"pages in one language only: {', '.join(sorted(lone))}"
        raise PublishError(message)


def _forbid_twins(publication: Publication) -> None:
    """Refuse two outputs at one address, or at addresses that differ only in case: some servers serve one for both."""
    seen: dict[str, str] = {}
    paths = [f"{page.path}index.html" for page in publication.pages] + [artifact.path for artifact in publication.artifacts]
    for path in paths:
        twin = seen.setdefault(path.casefold(), path)
        if twin is not path:
            message = f"two outputs for one address: {path} and {twin}"
            raise PublishError(message)
        if path.startswith(("/", "../")) or "/../" in path:
            message = f"an output outside the site: {path}"
            raise PublishError(message)
