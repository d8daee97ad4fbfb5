"""The page of one report: its facts, its tables as printed, every finding beside its figure, downloads."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

from open_reports.derived.summary import html as summary_html
from open_reports.derived.summary import summarise
from open_reports.files import citation, figures, package
from open_reports.files.archive_readme import enclosed
from open_reports.files.badge import badge, badge_text
from open_reports.files.catalogue import schema_org
from open_reports.files.excel import excel_csv
from open_reports.files.report import report_json
from open_reports.files.workbook import available as workbook_lacks
from open_reports.files.workbook import workbook
from open_reports.form import TABLES, forms, section_title
from open_reports.history.corrections import of_report
from open_reports.pages.corrections import banner
from open_reports.pages.frame import (
    Built,
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
    prose_html,
    size_words,
    templates,
    verdict,
)
from open_reports.pages.ledger import ledger
from open_reports.pages.listing import views
from open_reports.pages.snippets import SCRIPTS as SNIPPETS
from open_reports.pages.snippets import snippets_html
from open_reports.pages.table import FindingView, Marks, cell_html, table_html, title
from open_reports.report import Address, Item, Note, Report, table_path
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from open_reports.checks.identity import Result
    from open_reports.files.catalogue import Routes
    from open_reports.finding import Finding
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
    """Figures stated in section one."""

    rows: tuple[RowView, ...]
    notes: tuple[NoteView, ...]


class LedgerView(NamedTuple):
    """Every identity of the report: a sentence that counts them, and the tables."""

    summary: str
    html: Markup


class SectionView(NamedTuple):
    """A section of the report: a table, or prose with its figures."""

    id: str
    title: str
    html: Markup | None = None
    table: Markup | None = None
    notes: tuple[NoteView, ...] = ()
    overview: OverviewView | None = None


# -- one report -------------------------------------------------------------------------------------------------------


def _notes(report: Report, table: str, w: Words) -> tuple[NoteView, ...]:
    return tuple(_note(report, note, w) for note in report.notes if note.table == table)


def _note(report: Report, note: Note, w: Words) -> NoteView:
    found = report.tables.get(note.table)
    exact = bool(note.line and note.column)
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
    parts: dict[str, list[Item]] = {}
    for item in report.overview:
        parts.setdefault(item.part_of, []).append(item)
    rows: list[RowView] = []

    def add(items: Iterable[Item], depth: int) -> None:
        for item in items:
            figure = report.stated(item)
            cell = Markup(cell_html(figure, w, marks.by_cell.get(str(figure.address), "")))  # noqa: S704 (escaped)
            rows.append(RowView(item.item, depth, cell, marks.beside("overview", item.item), unit=item.unit))
            add(parts.get(item.item, ()), depth + 1)

    add(parts.get("", ()), 0)
    return OverviewView(tuple(rows), _notes(report, "overview", w))


_NUMBERS = "一二三四五六"
"""Numbers of the sections in their order."""


def _sections(report: Report, marks: Marks, w: Words) -> list[SectionView]:
    """Sections one to six in their printed order: prose where the package has it, tables between."""
    by_number = {section.number: section for section in forms().common.sections}
    views = []
    tables = {table.form.section: (name, table) for name, table in report.tables.items()}
    for number in _NUMBERS:
        if number in tables:
            name, table = tables[number]
            html = Markup(table_html(report, table, marks, w))  # noqa: S704 (every text in it is escaped)
            views.append(SectionView(name, "", table=html, notes=_notes(report, name, w)))
        elif number in by_number:
            section = by_number[number]
            text = report.prose.get(section.id)
            overview = _overview(report, marks, w) if section.id == "overview" else None
            title = section_title(number, section.title[w.language], w.language)
            views.append(SectionView(section.id, title, html=prose_html(text) if text else None, overview=overview))
    return views


def _forms_words(report: Report, w: Words) -> str:
    known = forms()
    used = {table: found.form.form for table, found in report.tables.items()}
    if len(set(used.values())) == 1:
        form = known[next(iter(used.values()))]
        return w("form_and_reference", form=form.title[w.language], reference=form.reference[w.language])
    return w("semicolon").join(
        w("forms_mixed", table=report.tables[table].form.title[w.language], form=known[form].title[w.language])
        for table, form in used.items()
    )


class Folder:
    """The data files that stand beside a report's page: made once, told of by its pages in both languages.

    The Chinese page, whose folder it is, carries the files; of them the English one needs the sizes alone.
    """

    def __init__(
        self, library: Library, report: Report, findings: Sequence[Finding], routes: Routes, *, site: str = "", problem: str = ""
    ) -> None:
        self.library = library
        self.report = report
        self.agency = library.agencies[report.agency]
        self.before = library.reports.get((report.agency, report.year - 1))
        self.findings = findings
        self.routes = routes
        self.site = site
        self.problem = problem
        self._sizes: dict[str, int] = {}

    def address(self, here: Here) -> str:
        """Return the whole address of one of its pages, empty where the site has none."""
        return f"{self.site}{here.address}" if self.site else ""

    @cached_property
    def work(self) -> citation.Work:
        """Return what is cited of the report: its Chinese page, whose figures are the same in both languages."""
        return citation.of_report(self.report, self.agency, self.address(Here(self.report.folder, Words("zh"))))

    def files(self, counts: Mapping[Result, int]) -> dict[str, bytes]:
        """Every file by its path below the folder; `counts` are the rows of the ledger by result."""
        report = self.report
        kept = package.package_files(report)
        cited = citation.files(self.work)
        files = {
            **kept,
            "report.json": report_json(report, self.findings, self.before),
            f"{report.name}.zip": package.archive(report, {**kept, **enclosed(report, self.work, cited)}),
            **{name: badge(counts, Words(language)) for language, name in BADGES.items()},
            **cited,
            **figures.files(self.library, report, self.findings, of_report(report)),
            f"{report.name}.excel.csv": excel_csv([report], self.library.agencies),
            **({} if workbook_lacks() else {f"{report.name}.xlsx": workbook(report, self.agency, self.findings)}),
        }
        self._sizes = {path: len(data) for path, data in files.items()}
        return files

    def sizes(self, counts: Mapping[Result, int]) -> Mapping[str, int]:
        """Size of every file in bytes."""
        if not self._sizes:
            self.files(counts)
        return self._sizes


BADGES = {"zh": "badge.svg", "en": "badge.en.svg"}
"""File of the badge in each language."""


def report_page(folder: Folder, w: Words) -> Page:
    """Page of one report; the Chinese one with the package and its other forms in its folder."""
    library, report, findings = folder.library, folder.report, folder.findings
    here = Here(report.folder, w)
    agency = folder.agency
    heading = w("report_title", agency=agency_name(agency, w), year=report.year)

    def build() -> Built:
        book = ledger(report, library, here)
        counts = book.counts
        files = folder.files(counts) if w.language == "zh" else {}
        html = (
            templates()
            .get_template("report.html")
            .render(
                w=w,
                here=here,
                crumbs=crumbs(here, Link("../", agency_name(agency, w))),
                current=w("year_report", year=report.year),
                report=_report_view(library, report, findings, heading, w),
                ledger=LedgerView(w("ledger_summary", count=sum(counts.values()), **counts), book.html),
                badge=w("badge_alt", text=badge_text(counts, w)),
                summary=summary_html(summarise(report, folder.before, agency, w), _linker(report)),
                corrected=banner(report, here),
                compare=f"{here.page('compare/')}?a={report.agency}&y={report.year}",
                cite=_cite(folder, here),
                dataset=schema_org.script(schema_org.of_report(report, agency, folder.routes, w, folder.site)),
                example=_example(report),
                badge_file=here.file(f"{here.path}{BADGES[w.language]}"),
                downloads=_downloads(report, folder.sizes(counts), here),
                snippets=snippets_html("report", here, site=folder.site, agency=report.agency),
            )
        )
        return Built(html=html, files=files)

    return Page(
        here=here,
        name=heading,
        title=heading,
        description=w("report_description", agency=agency_name(agency, w), year=report.year),
        sections=_contents(tuple(report.tables[name].form.form for name in TABLES), w.language),
        build=build,
        scripts=("glossary.js", *SNIPPETS, "citation.js"),
    )


@cache
def _contents(used: tuple[str, ...], language: str) -> tuple[tuple[str, str], ...]:
    """Anchors and titles of the contents of a report whose tables are of these forms."""
    w = Words(language)
    printed = {
        each.number: (f"section-{each.id}", section_title(each.number, each.title[language], language)) for each in forms().common.sections
    }
    for name, form in zip(TABLES, used, strict=True):
        table = forms()[form].tables[name]
        printed[table.section] = (name, title(table, language))
    return (
        ("summary", w("summary")),
        ("findings", w("findings")),
        *(printed[number] for number in _NUMBERS if number in printed),
        ("ledger", w("ledger")),
        ("downloads", w("downloads")),
        ("cite", w("cite")),
    )


def _linker(report: Report) -> Callable[[int, Address], str]:
    """Return links to cells of this report and of its neighbours."""

    def link(year: int, address: Address) -> str:
        return ("" if year == report.year else f"../{year}/") + anchor(str(address))

    return link


def _cite(folder: Folder, here: Here) -> citation.View:
    page = folder.address(here)
    problem = citation.problem_template(folder.problem, folder.report, page) if folder.problem else ""
    return citation.view(folder.work, here.w, page, lambda name: here.file(f"{here.path}{name}"), problem)


def _example(report: Report) -> str:
    """Address of a figure that every reader finds on the page: of the first list's."""
    return next(("/".join(address) for address in views().listed if address[1] in report.tables[address[0]].rows), "")


def _report_view(library: Library, report: Report, findings: Sequence[Finding], heading: str, w: Words) -> dict[str, Any]:
    marks = Marks(report, findings, w)
    source = report.sources[0]
    facts = [
        Fact(w("source"), source.title, source.path, external=True),
        Fact(w("published"), report.published.isoformat() if report.published else w("unknown")),
        Fact(w("form"), _forms_words(report, w)),
        Fact(w("scope"), forms().common.scopes[report.scope][w.language]),
    ]
    if report.period:
        facts.append(Fact(w("period"), w("period_span", start=report.period[0], end=report.period[1])))
    facts.append(Fact(w("version"), report.version))
    facts.append(Fact(w("year"), w("year_title", year=report.year), f"../../../years/{report.year}/"))
    return {
        "heading": heading,
        "title": report.title,
        "version": report.version,
        "facts": facts,
        "verdict": verdict(findings, w),
        "general": marks.general,
        "links": [Link(f"#{view.id}", f"{view.level_name} · {view.place}") for views in marks.by_line.values() for view in views],
        "sections": _sections(report, marks, w),
        "neighbours": _neighbours(library, report, w),
    }


def _neighbours(library: Library, report: Report, w: Words) -> list[Link]:
    years = [each.year for each in library.of_agency(report.agency)]
    links = []
    before = [year for year in years if year < report.year]
    after = [year for year in years if year > report.year]
    if before:
        links.append(Link(f"../{before[-1]}/", f"{w('previous_year')}{w('colon')}{before[-1]}", rel="prev"))
    if after:
        links.append(Link(f"../{after[0]}/", f"{w('next_year')}{w('colon')}{after[0]}", rel="next"))
    return links


def _downloads(report: Report, sizes: Mapping[str, int], here: Here) -> list[Download]:
    w = here.w

    def entry(path: str, text: str, kind: str) -> Download:
        return Download(here.file(f"{here.path}{path}"), text, kind, size_words(sizes[path], w))

    known = forms().common
    found = [entry(f"{report.name}.zip", w("download_zip"), "ZIP")]
    if f"{report.name}.xlsx" in sizes:
        found.append(entry(f"{report.name}.xlsx", w("download_workbook"), "Excel"))
    found.append(entry(f"{report.name}.excel.csv", w("download_excel_csv"), "CSV"))
    for name, table in report.tables.items():
        found.append(entry(table_path(name), title(table.form, w.language), "CSV"))
    found += [entry(table_path(free.id), free.title[w.language], "CSV") for free in (known.overview, known.notes)]
    found.append(entry("report.json", w("download_json"), "JSON"))
    found.append(entry("datapackage.json", w("download_descriptor"), "JSON"))
    found.append(entry("report.md", w("download_prose"), "Markdown"))
    return found
