"""The page of the whole: the newest full year over all agencies, all years beside it, and what is not here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from open_reports.charts.hundred import hundred
from open_reports.derived.coverage import count
from open_reports.derived.mark import mark
from open_reports.derived.whole import definition, gather, headline, steady
from open_reports.form import forms
from open_reports.pages.frame import Here, Link, Page, agency_name, crumbs, rendered
from open_reports.pages.overview.whole import (
    MOST_NAMED,
    WholeView,
    division_label,
    has_spread,
    number_words,
    slices,
    whole_view,
)

__all__ = ["PATH", "SCRIPT", "WholeView", "has_spread", "overview_page", "whole_view"]

if TYPE_CHECKING:
    from collections.abc import Sequence

    from open_reports.files.folder import SiteFolder, YearFolder
    from open_reports.library import Library
    from open_reports.text import Words

PATH = "overview/"
"""Address of the page below the home of a language."""
SCRIPT = "overview.js"
MOST_AGAINST = 20
"""Reports with contradictions that the page names; the page of the quality has them all."""


class TrendRow(NamedTuple):
    """A year of the trend: the way to its page, its bar, how many requests were closed, what is left out."""

    year: Link
    drawing: Markup
    whole: str
    sign: Markup | str
    note: str
    current: bool


class TrendView(NamedTuple):
    """The same agencies over the years: who they are, a row a year, the parts of the bars."""

    says: str
    names: str
    rows: Sequence[TrendRow]
    key: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewContext:
    """The whole: what `pages/overview/template.html` is told."""

    w: Words
    here: Here
    crumbs: Sequence[Link]
    current: str
    heading: str
    meta: str
    years: Sequence[Link]
    year: str
    whole: WholeView | None
    trend: TrendView | None
    against: Sequence[Link]
    against_says: str
    against_more: str
    held: str
    downloads: Sequence[Link]


def overview_page(folder: SiteFolder, years: Sequence[YearFolder], w: Words) -> Page:
    """Return the page of one language; `folder` holds the file of all years' totals, `years` those of each year."""
    here = Here(PATH, w)
    library = folder.sources.library
    # Without any report there is still a page, which says so: its address stands in menus.
    year = headline(library) if library.years else 0
    heading = w("whole_title", year=year) if year else w("whole")

    def build() -> str:
        return _built(folder, {each.year: each for each in years}, year, heading, here)

    return Page(
        here=here,
        name=w("whole"),
        title=heading,
        description=w("whole_description", year=year) if year else w("coverage_empty"),
        sections=(
            ("reasons", w("whole_reasons")),
            ("disputes", w("whole_disputes")),
            *((("spread", w("whole_spread")),) if has_spread(library, year) else ()),
            ("trend", w("whole_trend")),
            ("against", w("whole_against")),
            ("held", w("whole_held")),
        )
        if year
        else (),
        build=build,
        scripts=(SCRIPT,),
    )


def _built(folder: SiteFolder, years: dict[int, YearFolder], year: int, heading: str, here: Here) -> str:
    w = here.w
    sources = folder.sources
    library, covered = sources.library, sources.covered
    reports = library.of_year(year) if year else ()
    against = [(each, sources.tallies.of_report((each.agency, each.year)).contradiction) for each in reports]
    against = sorted(((each, found) for each, found in against if found), key=lambda item: (-item[1], item[0].agency))
    counted = count(covered.of_year(year))
    own = years.get(year)
    return rendered(
        "overview/template.html",
        OverviewContext(
            w=w,
            here=here,
            crumbs=crumbs(here),
            current=w("whole"),
            heading=heading,
            meta=w("whole_meta", count=len(reports)),
            years=[Link(here.page(f"years/{each}/"), str(each)) for each in library.years],
            year=str(year),
            whole=whole_view(library, year, covered, here, here.file(f"{own.path}{own.name('year_totals')}")) if own else None,
            trend=_trend(library, year, here) if year else None,
            against=[
                Link(here.page(each.folder), agency_name(library.agencies[each.agency], w, year), w("whole_against_count", count=found))
                for each, found in against[:MOST_AGAINST]
            ],
            against_says=w("whole_against_says", reports=len(reports), count=len(against)) if against else w("whole_against_none"),
            against_more=w("whole_against_more", count=len(against) - MOST_AGAINST) if len(against) > MOST_AGAINST else "",
            held=w("whole_held_says", year=year, due=counted.expected, held=counted.collected) if year else w("coverage_empty"),
            downloads=_downloads(folder, own, here),
        ),
    )


def _downloads(folder: SiteFolder, own: YearFolder | None, here: Here) -> list[Link]:
    w = here.w
    found = [Link(here.file(f"{folder.path}{folder.name('totals')}"), w("whole_file_years"), "CSV")]
    if own:
        found.append(Link(here.file(f"{own.path}{own.name('year_totals')}"), w("whole_file"), "CSV"))
        # Workbooks need a library that may be missing.
        if "year_workbook" in own:
            found.append(Link(here.file(f"{own.path}{own.name('year_workbook')}"), w("download_year_workbook"), "Excel"))
    return found


def _trend(library: Library, current: int, here: Here) -> TrendView | None:
    """Every year over the same agencies; None where not even one agency has two years that can be compared."""
    w = here.w
    years, agencies = steady(library)
    if len(years) < 2:  # noqa: PLR2004 (a trend has two years)
        return None
    division = definition().trend
    rows = []
    for year in reversed(years):
        found = gather(library, year, division.sums, agencies)
        parts = slices(division, found, w)
        total = found.total(division.id)
        against = len(found.of("contradicted"))
        rows.append(
            TrendRow(
                Link(here.page(f"years/{year}/"), str(year)),
                hundred(parts, f"{year}{w('colon')}{division_label(division, parts, w)}", height=26) if total else Markup(),
                number_words(total) if total is not None else "",
                mark(w, here.page(f"years/{year}/#made")) if against else "",
                # One of many left out changes a bar little and is told all the same.
                w("whole_trend_left", count=against) if against else "" if total else w("whole_zero" if total == 0 else "whole_none"),
                year == current,
            )
        )
    names = [agency_name(library.agencies[each], w) for each in agencies[:MOST_NAMED]]
    scopes = {library.reports[each, years[-1]].scope for each in agencies}
    said = ""
    if len(agencies) <= MOST_NAMED and len(scopes) == 1:
        said = w("whole_trend_names", names=w("comma").join(names), scope=forms().common.scopes[scopes.pop()][w.language])
    return TrendView(
        says=w("whole_trend_says", first=years[0], last=years[-1], count=len(agencies)),
        names=said,
        rows=rows,
        key=[(part.style, part.name[w.language]) for part in division.parts],
    )
