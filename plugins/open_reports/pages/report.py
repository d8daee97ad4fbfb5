"""The page of one report: its facts, its tables as printed, every finding beside its figure, downloads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from open_reports.checks import wording
from open_reports.derived.doubt import PUBLISHED, doubtful, facts, source_at
from open_reports.derived.summary import Measured, summarise
from open_reports.derived.summary import html as summary_html
from open_reports.files import citation
from open_reports.files.badge import BADGES
from open_reports.files.catalogue import schema_org
from open_reports.files.markdown import NAMES
from open_reports.form import OVERVIEW, Section, forms, section_title
from open_reports.pages.corrections import banner
from open_reports.pages.frame import (
    Alternate,
    Download,
    Fact,
    Here,
    Link,
    Page,
    agency_name,
    anchor,
    column_words,
    crumbs,
    place_words,
    rendered,
    size_words,
)
from open_reports.pages.ledger import ledger
from open_reports.pages.listing import views
from open_reports.pages.snippets import SCRIPTS as SNIPPETS
from open_reports.pages.snippets import snippets_html
from open_reports.pages.table import FindingView, Marks, cell_html, table_html, title
from open_reports.report import Address, Note, Report
from open_reports.report.carrying import carried, nested
from open_reports.report.rendering import prose_html
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from open_reports.files.citation import View
    from open_reports.files.folder import ReportFolder
    from open_reports.finding import Finding
    from open_reports.form import TableForm
    from open_reports.library import Library


class CellView(NamedTuple):
    """One cell of a list: a figure, or words; `says` puts a kind of nothing into words."""

    text: str
    status: str = ""
    says: str = ""
    words: bool = False


class RowView(NamedTuple):
    """One line of a table with what was found on it."""

    label: str
    depth: int
    cells: Markup
    findings: tuple[FindingView, ...]
    unit: str = ""


class NoteView(NamedTuple):
    """A remark below a table."""

    place: str
    text: str
    href: str


class OverviewView(NamedTuple):
    """Figures stated in section one; `sign` marks them all, where most differ from the tables."""

    rows: tuple[RowView, ...]
    notes: tuple[NoteView, ...]
    sign: Markup


class LedgerView(NamedTuple):
    """Every check of the report: a sentence that counts them, and the tables."""

    summary: str
    html: Markup


class SectionView(NamedTuple):
    """A section of the report: a table, or prose with its figures; `sign` marks prose of which most figures differ from the tables."""

    id: str
    title: str
    html: Markup | None = None
    table: Markup | None = None
    notes: tuple[NoteView, ...] = ()
    overview: OverviewView | None = None
    sign: Markup = Markup()


class ReportView(NamedTuple):
    """The report itself: what it says of itself, what was found, its sections, and the nearest years.

    `general` are the findings about no one line, `links` lead to all others.
    """

    heading: str
    title: str
    version: str
    facts: Sequence[Fact]
    remarks: str
    general: Sequence[FindingView]
    links: Sequence[Link]
    sections: Sequence[SectionView]
    neighbours: Sequence[Link]


# -- one report -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContext:
    """A report: what `pages/templates/report.html` is told."""

    w: Words
    here: Here
    crumbs: Sequence[Link]
    current: str
    report: ReportView
    package: Markup
    ledger: LedgerView
    badge: str
    summary: Markup
    corrected: Markup
    compare: str
    cite: View
    dataset: Markup
    example: str
    badge_file: str
    downloads: Sequence[Download]
    snippets: Markup


def _notes(report: Report, table: str, w: Words) -> tuple[NoteView, ...]:
    return tuple(_note(report, note, w) for note in report.notes if note.table == table)


def _note(report: Report, note: Note, w: Words) -> NoteView:
    found = report.tables.get(note.table)
    exact = bool(note.line and note.column)
    # Section one has no lines of a form; the item's own name is all there is.
    if found is None:
        place = note.line
    elif exact:
        place = place_words(report, f"{note.table}/{note.line}/{note.column}", w)
    elif note.line:
        place = found.form.lines[note.line].label[w.language]
    elif note.column:
        place = column_words(found.form.columns[note.column], w.language)
    else:
        place = found.form.title[w.language]
    words = [w("printed_as", printed=note.printed)] if note.printed else []
    words += [note.note] if note.note else []
    return NoteView(place, w("semicolon").join(words), anchor(str(Address(note.table, note.line, note.column))) if exact else "")


def _overview(report: Report, marks: Marks, w: Words) -> OverviewView | None:
    if not report.overview:
        return None
    # Section one is free text: its items are those that this report states, so their order and depth are its own.
    rows: list[RowView] = []
    for item, depth in nested(report.overview):
        figure = report.stated(item)
        cell = Markup(cell_html(figure, w, marks))  # noqa: S704 (escaped)
        rows.append(RowView(item.item, depth, cell, marks.beside("overview", item.item), unit=item.unit))
    return OverviewView(tuple(rows), _notes(report, "overview", w), marks.sign("overview", w))


def _sections(report: Report, marks: Marks, w: Words) -> list[SectionView]:
    """Every section in its printed order: prose where the package has it, tables between."""
    views = []
    for part in _printed(tuple((name, table.form.form) for name, table in report.tables.items())):
        if isinstance(part, Section):
            text = report.prose.get(part.id)
            overview = _overview(report, marks, w) if part.id == OVERVIEW else None
            title = section_title(part.number, part.title[w.language], w.language)
            sign = marks.sign(OVERVIEW, w) if text else Markup()
            views.append(SectionView(part.id, title, html=prose_html(text) if text else None, overview=overview, sign=sign))
        else:
            # Without a heading of its own: the table's template prints number and title.
            html = Markup(table_html(report, report.tables[part.id], marks, w))  # noqa: S704 (every text in it is escaped)
            views.append(SectionView(part.id, "", table=html, notes=_notes(report, part.id, w)))
    return views


@cache
def _printed(used: tuple[tuple[str, str], ...]) -> tuple[Section | TableForm, ...]:
    """Sections of a report whose tables are of these forms, in printed order."""
    # By forms alone, not by report: a corpus has few combinations of forms and thousands of reports, which share what is cached.
    return forms().parts_of(dict(used))


def _forms_words(report: Report, w: Words) -> str:
    known = forms()
    used = {table: found.form.form for table, found in report.tables.items()}
    # Nearly all reports follow one form throughout; only the others have to say which table is of which.
    if len(set(used.values())) == 1:
        form = known[next(iter(used.values()))]
        return w("form_and_reference", form=form.title[w.language], reference=form.reference[w.language])
    return w("semicolon").join(
        w("forms_mixed", table=report.tables[table].form.title[w.language], form=known[form].title[w.language])
        for table, form in used.items()
    )


def report_page(folder: ReportFolder, w: Words) -> Page:
    """Page of one report."""
    library, report, findings = folder.library, folder.report, folder.findings
    here = Here(report.folder, w)
    agency = folder.agency
    heading = w("report_title", agency=agency_name(agency, w, report.year), year=report.year)

    # Nothing is made before the page is asked for: one that an earlier build kept costs nothing but its key (`benchmarks build`, b).
    def build() -> str:
        counts = folder.counts
        return rendered(
            "report.html",
            ReportContext(
                w=w,
                here=here,
                crumbs=crumbs(here, Link("../", agency_name(agency, w))),
                current=w("year_report", year=report.year),
                report=_report_view(library, report, findings, heading, w),
                package=_package(report),
                ledger=LedgerView(
                    wording.sentence(counts, w),
                    ledger(report, library, here, folder.sources.tallies.rules_of((report.agency, report.year))),
                ),
                badge=w("badge_alt", text=wording.badge(counts, w)),
                # The summary compares with the year before, so its links lead to two pages.
                summary=summary_html(
                    # Measured for the first language that is built: half of what a summary takes.
                    summarise(report, folder.before, agency, w, library, measured=folder.once(Measured, "summary")),
                    _linker(report),
                    w,
                    doubtful(library, report.agency),
                ),
                corrected=banner(report, here),
                compare=f"{here.page('compare/')}?a={report.agency}&y={report.year}",
                cite=_cite(folder, here),
                dataset=schema_org.script(
                    schema_org.of_report(report, agency, folder.sources.routes, w, folder.sources.site, doubt=facts(report, library))
                ),
                example=_example(report),
                badge_file=here.file(f"{here.path}{folder.name('badge', BADGES[w.language])}"),
                downloads=_downloads(folder, here),
                snippets=snippets_html("report", here, site=folder.sources.site, agency=report.agency),
            ),
        )

    return Page(
        here=here,
        name=heading,
        title=heading,
        description=w("report_description", agency=agency_name(agency, w, report.year), year=report.year),
        sections=_contents(tuple((name, table.form.form) for name, table in report.tables.items()), w.language),
        build=build,
        scripts=("glossary.js", *SNIPPETS, "citation.js"),
        alternates=(Alternate(_markdown(folder, here), "text/markdown", w("route_markdown")),),
    )


def _markdown(folder: ReportFolder, here: Here) -> str:
    """Link to the report as Markdown in the page's language."""
    return here.file(f"{here.path}{folder.name('markdown', NAMES[here.w.language])}")


@cache
def _contents(used: tuple[tuple[str, str], ...], language: str) -> tuple[tuple[str, str], ...]:
    """Anchors and titles of the contents of a report whose tables are of these forms."""
    w = Words(language)
    return (
        ("summary", w("summary")),
        ("findings", w("findings")),
        *(
            (f"section-{part.id}", section_title(part.number, part.title[language], language))
            if isinstance(part, Section)
            else (part.id, title(part, language))
            for part in _printed(used)
        ),
        ("ledger", w("ledger")),
        ("downloads", w("downloads")),
        ("cite", w("cite")),
    )


def _package(report: Report) -> Markup:
    """What the page carries of the package besides what it shows, as the value of an attribute between single quotes."""
    # An attribute, for browsers leave scripts out of what they save as one file; single quotes, for JSON is full of double ones.
    text = json.dumps(carried(report).json, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("&", "&amp;").replace("'", "&#39;").replace("<", "&lt;"))  # noqa: S704 (escaped here)


def _linker(report: Report) -> Callable[[int, Address], str]:
    """Return links to cells of this report and of its neighbours."""

    def link(year: int, address: Address) -> str:
        return ("" if year == report.year else f"../{year}/") + anchor(str(address))

    return link


def _cite(folder: ReportFolder, here: Here) -> citation.View:
    site = folder.sources.site
    # A citation names a whole address. A site that does not know its own leaves it out rather than cite a path.
    page = f"{site}{here.address}" if site else ""
    problem = citation.problem_template(folder.problem, folder.report, page) if folder.problem else ""
    return citation.view(folder.work, here.w, page, lambda name: here.file(f"{here.path}{name}"), problem)


def _example(report: Report) -> str:
    """Address of a figure that every reader finds on the page: of the first list's."""
    # A line that this report leaves out has no cell to show.
    return next(("/".join(address) for address in views().listed if report.status(*address) not in {"not_on_form", "line_absent"}), "")


def _report_view(library: Library, report: Report, findings: Sequence[Finding], heading: str, w: Words) -> ReportView:
    marks = Marks(report, findings, w)
    source = report.sources[0]
    facts = [
        Fact(w("source"), source.title, source.path, external=True, sign=marks.sign(source_at(0), w)),
        # Said even where it is unknown: whether the report was in time cannot be told without it (Article 49).
        Fact(w("published"), report.published.isoformat() if report.published else w("unknown"), sign=marks.sign(PUBLISHED, w)),
        Fact(w("form"), _forms_words(report, w)),
        Fact(w("scope"), forms().common.scopes[report.scope][w.language]),
    ]
    if report.period:
        facts.append(Fact(w("period"), w("period_span", start=report.period[0], end=report.period[1])))
    agency = library.agencies[report.agency]
    if agency.name_in(report.year):
        facts.append(Fact(w("name_then"), agency_name(agency, w, report.year)))
        facts.append(Fact(w("name_now"), agency_name(agency, w), "../"))
    facts.append(Fact(w("version"), report.version))
    facts.append(Fact(w("year"), w("year_title", year=report.year), f"../../../years/{report.year}/"))
    return ReportView(
        heading=heading,
        title=report.title,
        version=report.version,
        facts=facts,
        remarks=wording.remarks(findings, w),
        general=marks.general,
        links=[Link(f"#{view.id}", f"{view.name} · {view.place}") for views in marks.by_line.values() for view in views],
        sections=_sections(report, marks, w),
        neighbours=_neighbours(library, report, w),
    )


def _neighbours(library: Library, report: Report, w: Words) -> list[Link]:
    years = [each.year for each in library.of_agency(report.agency)]
    links = []
    # The nearest collected years, which need not be the ones next to it.
    before = [year for year in years if year < report.year]
    after = [year for year in years if year > report.year]
    if before:
        links.append(Link(f"../{before[-1]}/", f"{w('previous_year')}{w('colon')}{before[-1]}", rel="prev"))
    if after:
        links.append(Link(f"../{after[0]}/", f"{w('next_year')}{w('colon')}{after[0]}", rel="next"))
    return links


def _downloads(folder: ReportFolder, here: Here) -> list[Download]:
    w, report = here.w, folder.report

    def entry(text: str, kind: str, route: str, choice: str = "") -> Download:
        return Download(here.file(f"{here.path}{folder.name(route, choice)}"), text, kind, size_words(folder.size(route, choice), w))

    known = forms().common
    found = [entry(w("download_zip"), "ZIP", "archive")]
    # Workbooks need a library that may be missing; the build says so, and pages offer no file that is not there.
    if "workbook" in folder:
        found.append(entry(w("download_workbook"), "Excel", "workbook"))
    for name, table in report.tables.items():
        found.append(entry(title(table.form, w.language), "CSV", "package_data", name))
    # The package has these two files whatever the form.
    found += [entry(free.title[w.language], "CSV", "package_data", free.id) for free in (known.overview, known.notes)]
    found.append(entry(w("download_markdown"), "Markdown", "markdown", NAMES[w.language]))
    found.append(entry(w("download_json"), "JSON", "report"))
    found.append(entry(w("download_descriptor"), "JSON", "package"))
    found.append(entry(w("download_prose"), "Markdown", "prose"))
    return found
