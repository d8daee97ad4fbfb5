"""Publish: everything that is on the site, as a value. The plugin, the command line and the tests all consume it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from open_reports.document import json_bytes
from open_reports.files import index
from open_reports.files.observations import observations
from open_reports.files import catalogue
from open_reports import pages
from open_reports.history import releases
from open_reports.derived import search
from open_reports.files.agency import AgencyFiles
from open_reports.files.citation import checked_problem
from open_reports.files.codebook import codebook_csv, codebook_json
from open_reports.library import agency_file
from open_reports.derived.coverage import coverage, known_day
from open_reports.files.database import available as database_lacks
from open_reports.files.database import database
from open_reports.site.page_key import Dependencies
from open_reports.errors import PublishError
from open_reports.text import LANGUAGES, Text
from open_reports.form.glossary import entries
from open_reports.library import AGENCY
from open_reports.history import corrections
from open_reports.files.parquet import available as parquet_lacks
from open_reports.files.parquet import parquet
from open_reports.text import Words
from open_reports.files.workbook import available as workbook_lacks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from importlib.resources.abc import Traversable

    from open_reports.finding import Finding
    from open_reports.library import Library
    from open_reports.pages import Page
    from open_reports.history.releases import Released


class Artifact(NamedTuple):
    """One data file of the site: its path below the site and its bytes."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Pages, each built on demand with the files of its folder, and the corpus' own files.

    `lacking` are the labels of outputs left out because the library that makes them is not installed.
    """

    pages: tuple[Page, ...]
    artifacts: tuple[Artifact, ...]
    lacking: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{len(self.pages)} pages, {len(self.artifacts)} corpus files"


def by_report(findings: Iterable[Finding]) -> dict[tuple[str, int], list[Finding]]:
    """Findings of each report, by agency and year, in their order."""
    found: dict[tuple[str, int], list[Finding]] = {}
    for each in findings:
        if each.agency is not None and each.year is not None:
            found.setdefault((each.agency, each.year), []).append(each)
    return found


def publish(
    library: Library, findings: Sequence[Finding], *, site: str = "", problem: str = "", released: Released | None = None
) -> Publication:
    """Make the site of a library that has no errors, in both languages.

    `site` is the site's address, for the files that name others; `problem` where a reader reports a mistake
    (`citation.checked_problem`); `released` what was released before, whose addresses must lead on. Raises `PublishError` where two outputs would stand at one address, where a page has no
    twin in the other language, or where a part of the site is missing.
    """
    problem = checked_problem(problem)
    found = by_report(findings)
    covered = coverage(library, known_day(library))
    rows, objects = observations(library)
    artifacts = (
        Artifact("data/observations.csv", rows),
        Artifact("data/observations.json", objects),
        Artifact("data/findings.json", index.findings_json(findings)),
        Artifact("data/index.json", index.index(library, found, site)),
        *(Artifact(f"data/{name}", data) for name, data in corrections.files(library).items()),
        *(Artifact(f"reports/{agency.id}/{AGENCY}", agency_file(agency)) for agency in library.agencies.values()),
        *([] if parquet_lacks() else [Artifact("data/observations.parquet", parquet(rows))]),
        *([] if database_lacks() else [Artifact("data/reports.sqlite", database(library, findings))]),
        Artifact("data/codebook.csv", codebook_csv()),
        Artifact("data/codebook.json", codebook_json()),
    )
    lacks = {"workbook": workbook_lacks(), "parquet": parquet_lacks(), "database": database_lacks()}
    without = frozenset(output for output, label in lacks.items() if label)
    routes = catalogue.site_routes(without)
    corpus = {artifact.path: artifact.data for artifact in artifacts}
    described = catalogue.artifacts(library, corpus, site, corrected=corrections.corrections(library), without=without)
    artifacts += tuple(Artifact(path, data) for path, data in described)
    if released is not None:
        artifacts += tuple(Artifact(path, data) for path, data in releases.redirects(released, site).items())
    artifacts += (Artifact("data/successors.json", releases.successors_json(released) if released else json_bytes([])),)
    artifacts += tuple(Artifact(path, data) for path, data in pages.data_citation(library, site).items())
    sizes = {artifact.path.removeprefix("data/"): len(artifact.data) for artifact in artifacts}
    made: list[Page] = []
    depends = Dependencies(library, found, covered, (site, problem, *sorted(without)))
    whole = depends.of_corpus()
    for language in LANGUAGES:
        w = Words(language)
        of_all = [pages.home_page(library, sizes, routes, w, site=site)]
        of_all += (page for year in library.years for page in pages.year_pages(library, year, found, covered, w))
        of_all += pages.quality_pages(library, findings, w)
        of_all += pages.indicator_pages(library, w)
        of_all += pages.coverage_pages(covered, w)
        of_all += pages.corrections_pages(library, sizes, w, problem)
        of_all += (pages.compare_page(library, w), pages.glossary_page(w))
        made += _keyed(of_all, whole)
        made.append(pages.explore_page(w, database_size=sizes.get("reports.sqlite", 0)))
    for agency in library.agencies.values():
        # Both pages of an agency, and of a report, follow each other: they share files, which are let go once written.
        shared = pages.AgencyFolder(library, agency, AgencyFiles(library, agency), routes, site=site)
        made += _keyed((pages.agency_page(shared, found, covered, Words(language)) for language in LANGUAGES), depends.of_agency(agency))
    for report in library:
        folder = pages.Folder(library, report, found.get((report.agency, report.year), []), routes, site=site, problem=problem)
        made += _keyed((pages.report_page(folder, Words(language)) for language in LANGUAGES), depends.of_report(report))
    lacking = tuple(label for label in lacks.values() if label)
    measured = pages.DataFiles(library, routes, artifacts, tuple(made), lacking)
    made += (pages.data_page(measured, Words(language), site=site) for language in LANGUAGES)
    searches = [pages.search_page(pages.Here("search/", Words(language)), _catalogue(library, made, language)) for language in LANGUAGES]
    made += _keyed(searches, whole)
    publication = Publication(pages=tuple(made), artifacts=artifacts, lacking=lacking)
    _forbid_twins(publication)
    _require_twins(publication)
    _require_scripts(publication)
    return publication


def _keyed(made: Iterable[Page], key: str) -> Iterator[Page]:
    return (replace(page, key=key) for page in made)


_NAMED = ("", "compare/", "indicators/", "coverage/", "quality/", "corrections/", "glossary/", "data/", "explore/")
"""Generated pages that are found by their own names, besides those that have entries of another kind."""


def _catalogue(library: Library, made: Sequence[Page], language: str) -> search.Catalogue:
    """Everything the search of a language finds."""
    titles: dict[str, dict[str, Page]] = {}
    for page in made:
        part = page.here.path.split("/")[-2:][0].isdigit()  # found by its first
        if page.here.path in _NAMED or (page.here.path.startswith("quality/") and not part):
            titles.setdefault(page.here.path, {})[page.here.w.language] = page
    named = [
        search.Entry("page", path, Text(zh=twins["zh"].name, en=twins["en"].name), twins[language].description)
        for path, twins in titles.items()
    ]
    return search.catalogue(library, language, terms=entries(), pages=named)


def _require_scripts(publication: Publication) -> None:
    """Refuse a page whose script is not shipped: it would show, and do nothing."""
    shipped = {each.name for each in _shipped().iterdir()}
    lacking = {script for page in publication.pages for script in page.scripts} - shipped
    if lacking:
        message = f"scripts that pages need are missing from the package: {', '.join(sorted(lacking))}"
        raise PublishError(message)


def _require_twins(publication: Publication) -> None:
    """Refuse a page that only one language has: the switch in its head would lead nowhere."""
    by_language = {language: {page.here.path for page in publication.pages if page.here.w.language == language} for language in LANGUAGES}
    if lone := set.symmetric_difference(*by_language.values()):
        message = f"pages in one language only: {', '.join(sorted(lone))}"
        raise PublishError(message)


ASSETS = "assets/open-reports/"
"""Folder of our scripts and pictures below the site."""


def _shipped() -> Traversable:
    return resources.files("open_reports") / "assets"


def assets() -> dict[str, str | bytes]:
    """Our styles, as one file, and our scripts and pictures, by their path below the site."""
    found = sorted(_shipped().iterdir(), key=lambda each: (each.name != "open-reports.css", each.name))
    styles = "\n".join(each.read_text(encoding="utf-8") for each in found if each.name.endswith(".css"))
    others = {f"{ASSETS}{each.name}": each.read_bytes() for each in found if not each.name.endswith(".css")}
    return {"assets/open-reports.css": styles, **others}


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
