"""The page of a report year: every agency's report, and which are not collected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from open_reports.checks.wording import of_reports
from open_reports.derived.coverage import count
from open_reports.pages.frame import Here, Link, Page, agency_name, crumbs, rendered, sort_key
from open_reports.pages.listing import ReportRow, list_cells, list_head
from open_reports.pages.overview import SCRIPT, has_spread, whole_view
from open_reports.pages.paging import parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from open_reports.derived.coverage import Count, Coverage
    from open_reports.files.folder import YearFolder
    from open_reports.pages.overview import WholeView
    from open_reports.pages.paging import Part
    from open_reports.text import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class YearContext:
    """The reports of a year: what `pages/templates/year.html` is told."""

    w: Words
    here: Here
    crumbs: Sequence[Link]
    current: str
    heading: str
    part: str
    counted: Count
    whole: WholeView | None
    checks: str
    head: Sequence[tuple[str, str]]
    rows: Sequence[ReportRow]
    missing: Sequence[Link]
    more: int
    compare: str
    workbook: str
    turns: Sequence[Link]
    neighbours: Sequence[Link]


def year_pages(folder: YearFolder, covered: Coverage, w: Words) -> Iterator[Page]:
    """Pages of a report year, several where the list is long."""
    for part in parts(folder.path, len(folder.library.of_year(folder.year))):
        yield _page(folder, part, covered, w)


def _page(folder: YearFolder, part: Part, covered: Coverage, w: Words) -> Page:
    library, year, tallies = folder.library, folder.year, folder.sources.tallies
    here = part.here(w)
    heading = w("year_title", year=year)
    reports = library.of_year(year)[part.span]

    def build() -> str:
        rows = [
            ReportRow(
                here.page(report.folder),
                agency_name(library.agencies[report.agency], w, year),
                list_cells(report, tallies.of_report((report.agency, year)), w, library, href=here.page(report.folder)),
                sort_key(library.agencies[report.agency], w),
            )
            for report in reports
        ]
        cells = covered.of_year(year)
        missing = [library.agencies[each.agency] for each in cells if each.status == "not_collected"]
        return rendered(
            "year.html",
            YearContext(
                w=w,
                here=here,
                crumbs=crumbs(here, *part.above(heading, w)),
                current=part.current(heading, w),
                heading=heading,
                part=part.says(w),
                counted=count(cells),
                # Of the whole year, and so on the first part of its list alone.
                whole=whole_view(library, year, covered, here, here.file(f"{folder.path}{folder.name('year_totals')}"))
                if part.first
                else None,
                checks=_checks(folder, w),
                head=list_head(w("agency"), w),
                rows=rows,
                missing=[Link(here.page(f"reports/{each.id}/"), agency_name(each, w)) for each in missing[:MOST_MISSING]],
                # How many are not named is said: a list that just ends would pass for the whole.
                more=max(0, len(missing) - MOST_MISSING),
                compare=f"{here.page('compare/')}?y={year}",
                # Workbooks need a library that may be missing.
                workbook=here.file(f"{folder.path}{folder.name('year_workbook')}") if "year_workbook" in folder else "",
                turns=part.turns(w),
                neighbours=_neighbours(library.years, year, here),
            ),
        )

    return Page(
        here=here,
        name=heading,
        title=part.title(heading),
        description=w("year_description", year=year, count=len(library.of_year(year))),
        sections=(
            *((("reasons", w("whole_reasons")), ("disputes", w("whole_disputes"))) if part.first else ()),
            *((("spread", w("whole_spread")),) if part.first and has_spread(library, year) else ()),
            ("reports", w("reports")),
            ("missing", w("year_missing")),
        ),
        build=build,
        scripts=("sorting.js", SCRIPT),
    )


def _neighbours(years: Sequence[int], year: int, here: Here) -> list[Link]:
    """Links to the nearest years of the library: years without any report have no page."""
    position = years.index(year)
    return [
        Link(
            here.page(f"years/{each}/"),
            f"{here.w('previous_year' if each < year else 'next_year')}{here.w('colon')}{each}",
            rel="prev" if each < year else "next",
        )
        for each in (*years[max(0, position - 1) : position], *years[position + 1 : position + 2])
    ]


def _checks(folder: YearFolder, w: Words) -> str:
    """How the checks of the whole year came out, whatever part of the list a page shows."""
    return of_reports(len(folder.library.of_year(folder.year)), folder.sources.tallies.of_year(folder.year), w)


MOST_MISSING = 100
"""Agencies named whose report of a year is not collected; the page of coverage lists them all."""
