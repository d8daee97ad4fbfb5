"""The page of an agency: its years in a few sentences, a table for each topic, charts, continuity, coverage, downloads."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup, escape

from open_reports import charts
from open_reports.checks.wording import of_reports
from open_reports.derived import series
from open_reports.derived.doubt import doubtful
from open_reports.derived.summary import html as summary_html
from open_reports.derived.summary import summarise_agency
from open_reports.files.catalogue import schema_org
from open_reports.files.chart import drawn
from open_reports.form import forms
from open_reports.form.glossary import PATH, anchor_of_line
from open_reports.pages.coverage import cell_view
from open_reports.pages.frame import Download, Fact, Here, Link, Page, agency_name, anchor, crumbs, rendered, size_words
from open_reports.pages.glossary import explained
from open_reports.pages.ledger import chains
from open_reports.pages.listing import ReportRow, Topic, figure_cell, list_cells, list_head, row_html, views
from open_reports.pages.snippets import SCRIPTS as SNIPPETS
from open_reports.pages.snippets import snippets_html
from open_reports.pages.table import title

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from open_reports.checks.counting import Tallies
    from open_reports.derived.coverage import Coverage
    from open_reports.files.folder import AgencyFolder
    from open_reports.form import Address, Line, TableForm
    from open_reports.library import Agency, Library
    from open_reports.pages.coverage import CellView
    from open_reports.pages.ledger import ChainView
    from open_reports.report import Report
    from open_reports.text import Words

MOST_UNITS = 60
"""Units named on their parent's page; a province has thousands, which the page of coverage lists."""


class YearView(NamedTuple):
    """A year above its column, and whether something lies between it and the year before."""

    year: int
    broken: bool


class GroupView(NamedTuple):
    """A printed head, or the HTML of the rows below one."""

    head: str
    rows: Sequence[Markup]


class TopicView(NamedTuple):
    """A statutory table over the years; `notes` say what stands between them, `glossary` leads to what its lines mean."""

    id: str
    title: str
    years: Sequence[YearView]
    groups: Sequence[GroupView]
    notes: Sequence[str]
    glossary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyContext:
    """An agency: what `pages/templates/agency.html` is told."""

    w: Words
    here: Here
    crumbs: Sequence[Link]
    current: str
    facts: Sequence[Fact]
    summary: Markup | str
    coverage: Sequence[tuple[int, CellView]]
    head: Sequence[tuple[str, str]]
    rows: Sequence[ReportRow]
    checks: str
    topics: Sequence[TopicView]
    charts: Sequence[Markup]
    chains: Sequence[ChainView]
    compare: str
    downloads: Sequence[Download]
    snippets: Markup | str
    dataset: Markup


def agency_page(folder: AgencyFolder, covered: Coverage, w: Words) -> Page:
    """Page of an agency."""
    library, agency, reports = folder.library, folder.agency, folder.reports
    here = Here(f"reports/{agency.id}/", w)
    name = agency_name(agency, w)

    def build() -> str:
        # The page draws what the files of its folder hold, so that both say the same.
        charted = drawn(folder)
        return rendered(
            "agency.html",
            AgencyContext(
                w=w,
                here=here,
                crumbs=crumbs(here, *_above(library, agency, here)),
                current=name,
                facts=_facts(library, agency, here),
                summary=summary_html(summarise_agency(reports, w, library), _linked, w, doubtful(library, agency.id)) if reports else "",
                coverage=[(cell.year, cell_view(cell, here)) for cell in covered.of_agency(agency.id).cells],
                head=list_head(w("year"), w),
                rows=[_row(report, folder.sources.tallies, w, library) for report in reversed(reports)],
                checks=of_reports(len(reports), folder.sources.tallies.of_agency(agency.id), w),
                topics=[
                    _topic(topic, reports, w, library) for topic in views().topics if any(topic.table in each.tables for each in reports)
                ],
                charts=[charts.figure(each, w, csv_href=here.file(f"{here.path}{each.path}")) for each in charted],
                chains=chains(reports, library, w),
                # The comparison reads its choice from the address, so the agency is chosen already.
                compare=f"{here.page('compare/')}?a={agency.id}",
                downloads=_downloads(folder, here),
                snippets=snippets_html("agency", here, site=folder.sources.site, agency=agency.id) if reports else "",
                dataset=schema_org.script(schema_org.of_agency(library, agency, folder.sources.routes, w, folder.sources.site)),
            ),
        )

    return Page(
        here=here,
        name=name,
        title=w("agency_title", agency=name),
        description=w("agency_description", agency=name, count=len(reports)),
        sections=tuple(
            (anchor_, w(key))
            for anchor_, key in (
                # The template leaves these out with their reports: contents may name no place that the page has not.
                *([("summary", "summary")] if reports else []),
                ("reports", "reports"),
                *([("charts", "agency_charts"), ("topics", "agency_topics"), ("chain", "chain")] if reports else []),
                ("downloads", "downloads"),
            )
        ),
        build=build,
        scripts=("glossary.js", "sorting.js", *SNIPPETS),
    )


def _linked(year: int, address: Address) -> str:
    return f"{year}/{anchor(str(address))}"


def _above(library: Library, agency: Agency, here: Here) -> list[Link]:
    """Return the agencies above this one, outermost first."""
    found: list[Link] = []
    seen = {agency.id}
    parent = agency.parent
    # Agencies that stand above each other in a circle are a fault of the data (`meta.parent`), and no reason to go on for ever.
    while parent and parent not in seen:
        seen.add(parent)
        found.insert(0, Link(here.page(f"reports/{parent}/"), agency_name(library.agencies[parent], here.w)))
        parent = library.agencies[parent].parent
    return found


def _facts(library: Library, agency: Agency, here: Here) -> list[Fact]:
    w = here.w

    def link(each: Agency) -> Link:
        return Link(f"../{each.id}/", agency_name(each, w))

    facts = [
        Fact(w("kind"), links=(Link("", forms().common.kinds[agency.kind][w.language]),)),
        Fact(w("region"), links=(Link("", agency.region),)),
    ]
    if agency.parent:
        facts.append(Fact(w("parent"), links=(link(library.agencies[agency.parent]),)))
    if (former := agency.predecessor) and former.agency in library.agencies:
        facts.append(Fact(w("predecessor", year=former.until), links=(link(library.agencies[former.agency]),)))
    facts += [
        Fact(w("former_name", year=each.until), links=(Link("", agency_name(agency, w, each.until)),)) for each in agency.former_names
    ]
    if (later := library.successor(agency.id)) and later.predecessor:
        facts.append(Fact(w("successor", year=later.predecessor.until + 1), links=(link(later),)))
    if units := library.units(agency.id):
        links = [link(unit) for unit in units[:MOST_UNITS]]
        if len(units) > MOST_UNITS:
            links.append(Link(here.page("coverage/"), w("units_more", count=len(units))))
        facts.append(Fact(w("units"), links=tuple(links)))
    facts.append(Fact(w("official_site"), links=(Link(agency.site, agency.site, external=True),)))
    return facts


def _row(report: Report, tallies: Tallies, w: Words, library: Library) -> ReportRow:
    cells = list_cells(report, tallies.of_report((report.agency, report.year)), w, library, href=f"{report.year}/")
    return ReportRow(f"{report.year}/", w("year_report", year=report.year), cells)


def _topic(topic: Topic, reports: Sequence[Report], w: Words, library: Library) -> TopicView:
    """One statutory table over the years, newest first, with what stands between them."""
    newest = list(reversed(reports))
    # Of no cells: what breaks every figure alike, such as another scope, a part of a year, a missing report.
    general = series.of_cells(reports, ())
    # A change of form is told for this table alone, for the others may have kept theirs.
    changed = {after.year: words for before, after in pairwise(reports) if (words := _change(topic.table, before, after, w))}
    broken = {each.after for each in general.breaks} | changed.keys()
    notes = [each.says(w) for each in general.breaks]
    notes += changed.values()
    # Titled as the newest report prints it; older forms had other words for the same table.
    printed = next(report.tables[topic.table].form for report in newest if topic.table in report.tables)
    return TopicView(
        id=topic.table,
        title=title(printed, w.language),
        years=[YearView(report.year, report.year in broken) for report in newest],
        groups=list(_groups(topic, newest, broken, w, library)),
        notes=notes,
        glossary=Here(_ANYWHERE, w).page(f"{PATH}#{topic.table}"),
    )


def _change(table: str, before: Report, after: Report, w: Words) -> str:
    """What becomes of a table's form between two years: empty where nothing does."""
    was, now = (forms()[report.form_of(table)] for report in (before, after))
    had, has = (table in report.tables for report in (before, after))
    # Two forms may differ, and this table be on neither.
    if was is now or not (had or has):
        return ""
    return w(
        "agency_form_change" if had and has else "agency_table_added" if has else "agency_table_gone",
        year=after.year,
        was=was.title[w.language],
        now=now.title[w.language],
        reference=now.reference[w.language],
    )


def _groups(topic: Topic, newest: Sequence[Report], broken: set[int], w: Words, library: Library) -> Iterator[GroupView]:
    """Lines of every form that the reports use, newest first, under their printed heads; a cell a year."""
    # A figure that several forms print has one row: in the place where the newest prints it.
    seen: set[tuple[str, str]] = set()
    open_groups: tuple[str, ...] | None = None
    used = [report.tables[topic.table].form for report in newest if topic.table in report.tables]
    for table in {each.form: each for each in used}.values():
        for line in table.lines.values():
            columns = [each for each in line.columns if (not topic.columns or each in topic.columns) and (line.id, each) not in seen]
            seen.update((line.id, each) for each in columns)
            if not columns:
                continue
            groups = tuple(group[w.language] for group in line.groups)
            if groups != open_groups and groups:
                yield GroupView(w("crumb_join").join(groups), [])
            open_groups = groups
            rows = [_row_of(table, line, column, newest, broken, w, library, alone=len(columns) == 1) for column in columns]
            yield GroupView("", rows)


def _row_of(  # noqa: PLR0917 (one row of a table over the years has these coordinates)
    table: TableForm, line: Line, column: str, newest: Sequence[Report], broken: set[int], w: Words, library: Library, *, alone: bool
) -> Markup:
    label = line.label[w.language]
    if not alone:
        label = w("line_column", line=label, column=table.columns[column].label[w.language])
    to = anchor(f"{table.id}/{line.id}/{column}")
    cells = [
        figure_cell(report, (table.id, line.id, column), w, library, href=f"{report.year}/{to}", broken=report.year in broken)
        for report in newest
    ]
    # The style sheet has three steps of indent; deeper lines share the last.
    depth = min(len(line.groups), 3)
    named = explained(anchor_of_line(table.id, line.id, table.form))
    head = f'<tr><th scope="row" class="or-stub or-depth{depth}"{named}>{escape(label)}</th>'
    return Markup(f"{head}{row_html(cells)}</tr>")  # noqa: S704 (the label is escaped here, the cells in each)


_ANYWHERE = "reports/agency/"
"""Every agency's page is as deep as this, so the links of all are the same."""


def _downloads(folder: AgencyFolder, here: Here) -> list[Download]:
    w = here.w
    shown = (
        ("agency_workbook", "download_agency_workbook", "Excel"),
        ("agency_csv", "agency_csv", "CSV"),
        ("agency_parquet", "agency_parquet", "Parquet"),
        ("agency_json", "agency_json", "JSON"),
    )
    return [
        Download(here.file(f"{here.path}{folder.name(route)}"), w(key), kind, size_words(folder.size(route), w))
        for route, key, kind in shown
        if route in folder  # workbooks need a library that may be missing
    ]
