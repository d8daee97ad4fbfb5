"""Publish: everything that is on the site, as a value: folders of data files, pages, and redirects from old addresses.

The plugin, the command line and the tests all consume it. Nothing is made before it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from open_reports import pages
from open_reports.checks.check import tried
from open_reports.checks.counting import Tallies
from open_reports.derived import search
from open_reports.derived.coverage import coverage, known_day
from open_reports.document import shown
from open_reports.errors import PublishError
from open_reports.files.catalogue import routes
from open_reports.files.citation import checked_problem
from open_reports.files.folder import AgencyFolder, IndicatorFolder, MovedFolder, ReportFolder, SiteFolder, Sources, YearFolder
from open_reports.finding import by_report
from open_reports.form import forms
from open_reports.form.glossary import entries
from open_reports.history import releases
from open_reports.library import AGENCY
from open_reports.pages.assets import shipped
from open_reports.report import possible_files
from open_reports.site.page_key import PageKeys
from open_reports.text import LANGUAGES, Text, Words, counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from open_reports.checks.counting import Key, Passed
    from open_reports.files.folder import Folder
    from open_reports.finding import Finding
    from open_reports.history.releases import Released
    from open_reports.library import Library
    from open_reports.pages import Page


class Artifact(NamedTuple):
    """One file of the site: its path below the site and its bytes."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What a site consists of.

    `folders` hold its data files; `pages` stand in them and elsewhere; `redirects` are pages at old
    addresses that lead to the new ones. `lacking` are the labels of outputs left out because the library that makes them is not installed;
    `site` is the address for which everything is made.
    """

    site: str
    folders: tuple[Folder, ...]
    pages: tuple[Page, ...]
    redirects: tuple[Artifact, ...] = ()
    lacking: tuple[str, ...] = ()

    def data_files(self) -> Iterator[Artifact]:
        """Every data file but the manifest, one folder after another, each let go when the next is asked for."""
        for folder in self.folders:
            yield from (Artifact(f"{folder.path}{name}", data) for name, data in folder.files().items())
            folder.let_go()

    def __str__(self) -> str:
        folders = counted(len(self.folders), "folder of data files", "folders of data files")
        return f"{counted(len(self.pages), 'page', 'pages')}, {folders}"


def _require_address(site: str) -> None:
    """Refuse what holds halves of characters, for one, which no file can hold."""
    if not site.isprintable():
        message = f"“{shown(site, 200)}”不能用作网站地址：有不能显示的字符 / cannot be the address of a site, for it holds characters that cannot be shown"
        raise PublishError(message)


def publish(
    library: Library,
    findings: Sequence[Finding],
    *,
    passed: Mapping[Key, Passed] | None = None,
    site: str = "",
    problem: str = "",
    released: Released | None = None,
) -> Publication:
    """Say what the site of a library without errors consists of, in both languages.

    `passed` are the checks that hold or cannot be tested, beside the findings, which are tried again unless given; `site` is the
    site's address, for the files that name others; `problem` where a reader reports a mistake
    (`citation.checked_problem`); `released` what was released before, whose addresses must lead on. Raises `PublishError` where
    the address cannot be one, where two outputs would stand at one address, where a page has no twin in the other language, or where a part of the site is missing.
    """
    problem = checked_problem(problem)
    _require_address(site)
    found = by_report(findings)
    tallies = Tallies(library, found, tried(library).passed if passed is None else passed)
    lacking = routes.lacking()

    @cache
    def catalogue(language: str) -> search.Catalogue:
        """What the search finds: asked for when every page that it finds is known."""
        return search.catalogue(library, language, terms=entries(), pages=_named(known, language))

    sources = Sources(
        library=library,
        findings=findings,
        found=found,
        tallies=tallies,
        covered=coverage(library, known_day(library)),
        routes=routes.routes(lacking),
        site=site,
        released=released,
        catalogue=catalogue,
    )
    # What is lacking is part of every key: a kept page must not offer a file that this build cannot make.
    keys = PageKeys(library, found, tallies, sources.covered, (site, problem, *sorted(lacking)))
    every = keys.of_site(findings, released)
    folders = _folders(sources, keys, problem, every)
    labels = tuple(dict.fromkeys(lacking.values()))  # several kinds of file may lack one library
    known = [*_site_pages(sources, folders, keys.of_corpus, problem, every), *_agency_pages(folders, sources), *_report_pages(folders)]
    by_path = {folder.path: folder for folder in folders}
    measured = pages.DataFiles(sources, by_path, frozenset(page.here.path for page in known) | {pages.DATA}, labels)
    known += _keyed((pages.data_page(measured, Words(language), site=site) for language in LANGUAGES), every)
    # Behind all others, for the search finds pages by their names.
    searches = [pages.search_page(pages.Here("search/", Words(language)), catalogue(language)) for language in LANGUAGES]
    publication = Publication(
        site=site,
        folders=(*folders, *_moved(by_path, released)),
        pages=(*known, *_keyed(searches, keys.of_corpus)),
        redirects=tuple(Artifact(path, data) for path, data in releases.redirects(released, site).items()) if released else (),
        lacking=labels,
    )
    _forbid_twins(publication, sources)
    _require_twins(publication)
    _require_scripts(publication)
    return publication


def _moved(folders: Mapping[str, Folder], released: Released | None) -> Iterator[Folder]:
    """Folders of data files at addresses that they had before their agency got another id."""
    own = {*possible_files(), AGENCY}
    for old, new in releases.moved(released, folders).items() if released else ():
        yield MovedFolder(folders[new], old, own=own)


_ANEW = frozenset({"", "en/", "schemas/"})
"""Folders of the site whose files are never kept: what they hold names the record of releases, or costs less to make than to find."""


def _folders(sources: Sources, keys: PageKeys, problem: str, every: str) -> tuple[Folder, ...]:
    """Every folder that holds data files; `every` is the key of what names the record of releases."""
    library, whole = sources.library, keys.of_corpus
    site = dict.fromkeys(_ANEW, "") | {pages.DATA: every}
    return (
        *(SiteFolder(sources, path, key=site.get(path, whole)) for path in sources.routes.folders()),
        *(YearFolder(sources, year, key=whole) for year in library.years),
        *(IndicatorFolder(sources, indicator, key=whole) for indicator in forms().indicators.values()),
        *(AgencyFolder(sources, agency, key=keys.of_agency(agency)) for agency in library.agencies.values()),
        *(ReportFolder(sources, report, problem=problem, key=keys.of_report(report)) for report in library),
    )


def _site_pages(sources: Sources, folders: Sequence[Folder], whole: str, problem: str, every: str) -> Iterator[Page]:
    """Pages about everything, one language after the other."""
    library = sources.library
    site = {folder.path: folder for folder in folders if isinstance(folder, SiteFolder)}
    data = site[pages.DATA]
    years = [folder for folder in folders if isinstance(folder, YearFolder)]
    indicators = [folder for folder in folders if isinstance(folder, IndicatorFolder)]
    for language in LANGUAGES:
        w = Words(language)
        # What is published no more stands among the news.
        yield from _keyed([pages.home_page(data, w)], every)
        of_all = [pages.overview_page(site["overview/"], years, w)]
        of_all += (page for year in years for page in pages.year_pages(year, sources.covered, w))
        of_all += pages.quality_pages(library, sources.findings, sources.tallies, w)
        of_all += pages.indicator_pages(indicators, library, w)
        of_all += pages.coverage_pages(site["coverage/"], w)
        yield from _keyed(of_all, whole)
        # Reasons of the record stand on the pages of corrections.
        yield from _keyed(pages.corrections_pages(data, w, problem), every)
        yield from _keyed((pages.compare_page(library, w), pages.glossary_page(w)), whole)
        # The size of a file of `data/` stands on this one, and that is kept for all of `data/`.
        yield from _keyed([pages.explore_page(w, database_size=lambda: data.size("database") if "database" in data else 0)], every)


def _agency_pages(folders: Sequence[Folder], sources: Sources) -> Iterator[Page]:
    # Both pages of an agency, and of a report, follow each other, so that their folder is held no longer than for these two.
    for folder in folders:
        if isinstance(folder, AgencyFolder):
            both = (pages.agency_page(folder, sources.covered, Words(language)) for language in LANGUAGES)
            yield from _keyed(both, folder.key)


def _report_pages(folders: Sequence[Folder]) -> Iterator[Page]:
    for folder in folders:
        if isinstance(folder, ReportFolder):
            yield from _keyed((pages.report_page(folder, Words(language)) for language in LANGUAGES), folder.key)


def _keyed(made: Iterable[Page], key: str) -> Iterator[Page]:
    return (replace(page, key=key) for page in made)


_NAMED = ("", "overview/", "compare/", "indicators/", "coverage/", "quality/", "corrections/", "glossary/", "data/", "explore/")
"""Generated pages that are found by their own names, besides those that have entries of another kind."""


def _named(made: Sequence[Page], language: str) -> list[search.Entry]:
    """Pages that the search of a language finds by their own names."""
    titles: dict[str, dict[str, Page]] = {}
    for page in made:
        part = page.here.path.split("/")[-2:][0].isdigit()  # found by its first
        if page.here.path in _NAMED or (page.here.path.startswith("quality/") and not part):
            titles.setdefault(page.here.path, {})[page.here.w.language] = page
    return [
        search.Entry("page", path, Text(zh=twins["zh"].name, en=twins["en"].name), twins[language].description)
        for path, twins in titles.items()
    ]


def _require_scripts(publication: Publication) -> None:
    """Refuse a page whose script is not shipped: it would show, and do nothing."""
    lacking = {script for page in publication.pages for script in page.scripts} - shipped().keys()
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


def stylesheet() -> str:
    """Our styles as one file; what every page needs comes first."""
    styles = sorted((name for name in shipped() if name.endswith(".css")), key=lambda name: (name != "open-reports.css", name))
    return "\n".join(shipped()[name].read_text(encoding="utf-8") for name in styles)


def assets() -> dict[str, str | bytes]:
    """What pages load, by path below the site: our styles as one file, scripts, pictures."""
    return {
        STYLESHEET: stylesheet(),
        **{f"{ASSETS}{name}": file.read_bytes() for name, file in shipped().items() if not name.endswith(".css")},
    }


STYLESHEET = "assets/open-reports.css"
"""Path of our styles below the site."""


def _forbid_twins(publication: Publication, sources: Sources) -> None:
    """Refuse two outputs at one address, or at addresses that differ only in case: some servers serve one for both."""
    seen: dict[str, str] = {}
    # Seen before anything is written, where the second output would replace the first.
    paths = [f"{page.path}index.html" for page in publication.pages] + [artifact.path for artifact in publication.redirects]
    # Files about one report, agency, year or indicator stand below a folder of its own, which has a page.
    paths += [route.path for route in sources.routes.about("site").values()]
    for path in paths:
        twin = seen.setdefault(path.casefold(), path)
        if twin is not path:
            message = f"two outputs for one address: {path} and {twin}"
            raise PublishError(message)
        if path.startswith(("/", "../")) or "/../" in path:
            message = f"an output outside the site: {path}"
            raise PublishError(message)
