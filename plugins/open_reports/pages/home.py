"""Home: what this is, the corpus at a glance, search, ways in, what is new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from open_reports.derived.doubt import PUBLISHED, facts
from open_reports.derived.mark import mark
from open_reports.files.catalogue import schema_org
from open_reports.form import forms
from open_reports.pages.frame import Download, Here, Link, Page, agency_name, rendered, size_words
from open_reports.pages.news import latest
from open_reports.pages.paging import MOST_LISTED
from open_reports.pages.search import search_box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from open_reports.files.folder import Folder
    from open_reports.library import Agency, Library
    from open_reports.report import Report
    from open_reports.text import Words

LATEST = 10
"""Latest reports, and latest changes of the data, shown on the home page."""
_WAYS = ("compare", "indicators", "coverage", "quality", "corrections", "glossary", "data", "explore")
"""Pages that the home page leads to, each with a word on what it is for."""
_FILES = (
    ("corpus_workbook", "download_corpus_workbook", "Excel"),
    ("observations_csv", "corpus_csv", "CSV"),
    ("observations_json", "corpus_json", "JSON"),
    ("findings", "corpus_findings", "JSON"),
    ("index", "corpus_index", "JSON"),
)
"""Files offered on the page: route, key of what it is called here, kind."""


class AgenciesView(NamedTuple):
    """Agencies of a kind or a region; `foreign` is a name that is Chinese in either language."""

    name: str
    foreign: bool
    agencies: Sequence[Link]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeContext:
    """Home: what `pages/templates/home.html` is told."""

    w: Words
    here: Here
    search: Markup
    counts: Sequence[tuple[str, str]]
    kinds: Sequence[AgenciesView]
    regions: Sequence[AgenciesView]
    more: int
    years: Sequence[Link]
    latest: Sequence[Link]
    news: Sequence[Link]
    ways: Sequence[tuple[Link, str]]
    dataset: Markup
    downloads: Sequence[Download]


def home_page(data: Folder, w: Words) -> Page:
    """Home of one language; `data` is the folder of the corpus' own files."""
    here = Here("", w)
    library, routes, site = data.sources.library, data.sources.routes, data.sources.site

    def build() -> str:
        # By day of publication, not of collection: what is new to citizens. Without a day a report cannot be placed among them.
        dated = sorted((each for each in library if each.published), key=lambda each: (str(each.published), each.agency), reverse=True)
        shown = _shown(library)
        return rendered(
            "home.html",
            HomeContext(
                w=w,
                here=here,
                search=search_box(here),
                counts=[
                    # The number stands apart from its word, which still has to agree with it in English.
                    (f"{number:,}", w(name, count=number))
                    # Cells of forms, not rows of files: free items of section one are no figures of a form.
                    for name, number in (
                        ("reports", len(library)),
                        ("agencies", len(library.agencies)),
                        ("years", len(library.years)),
                        ("figures", sum(len(table.form.cells) for report in library for table in report.tables.values())),
                    )
                ],
                kinds=_by(library, shown, "kind", w),
                regions=_by(library, shown, "region", w),
                more=len(library.agencies) - len(shown),
                years=[
                    Link(f"years/{year}/", w("year_report", year=year), w("count_reports", count=len(library.of_year(year))))
                    for year in reversed(library.years)
                ],
                latest=[_latest(each, library, w) for each in dated[:LATEST]],
                news=latest(data.sources, here, LATEST),
                ways=[(Link(here.page(f"{way}/"), w(f"way_{way}")), w(f"way_{way}_says")) for way in _WAYS],
                dataset=schema_org.script(schema_org.of_corpus(library, routes, w, site)),
                downloads=[
                    Download(here.file(f"{data.path}{data.name(route)}"), w(key), kind, size_words(data.size(route), w))
                    for route, key, kind in _FILES
                    if route in data  # workbooks need a library that may be missing
                ],
            ),
        )

    return Page(
        here=here,
        name=w("home"),
        title=w("home_title"),
        description=w("home_lead"),
        sections=(
            ("agencies", w("by_agency")),
            ("years", w("by_year")),
            ("latest", w("latest_reports")),
            ("new", w("news")),
            ("downloads", w("downloads")),
        ),
        build=build,
    )


def _shown(library: Library) -> Sequence[Agency]:
    """Agencies named on the page: all, or where they are too many, the first of those that belong to no other."""
    found = list(library.agencies.values())
    # Those that belong to another agency are found on its page, so nobody is out of reach.
    return found if len(found) <= MOST_LISTED else [agency for agency in found if agency.parent is None][:MOST_LISTED]


def _by(library: Library, shown: Sequence[Agency], what: str, w: Words) -> list[AgenciesView]:
    """Agencies by their kind, in the order of the kinds, or by region, in the order they first appear."""
    kinds = forms().common.kinds
    found: dict[str, list[Agency]] = {kind: [] for kind in kinds} if what == "kind" else {}
    for agency in shown:
        found.setdefault(getattr(agency, what), []).append(agency)
    return [
        AgenciesView(
            name=kinds[key][w.language] if what == "kind" else key,
            foreign=what == "region",
            agencies=[
                Link(f"reports/{each.id}/", agency_name(each, w), w("count_reports", count=len(library.of_agency(each.id))))
                for each in members
            ],
        )
        for key, members in found.items()
        if members
    ]


def _name(library: Library, agency: str, year: int, w: Words) -> str:
    return w("report_title", agency=agency_name(library.agencies[agency], w, year), year=year)


def _latest(report: Report, library: Library, w: Words) -> Link:
    """Link to a report with the day on which it was published, behind its mark if that cannot be right."""
    sign = mark(w, report.folder, note="mark_place") if PUBLISHED in facts(report, library) else Markup()
    return Link(report.folder, _name(library, report.agency, report.year, w), sign + str(report.published))
