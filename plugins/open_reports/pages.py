"""HTML of the generated pages. The only user of `jinja2` and `markdown_it`.

Every text of a package is escaped by the templates; prose goes through a Markdown parser that knows no raw HTML, no
images and no address but http, https and mailto. Pages link relatively, so the site works below any address.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from open_reports import api
from open_reports.finding import level_name
from open_reports.form import TABLES, forms
from open_reports.report import Address, table_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from open_reports.finding import Finding
    from open_reports.form import Block, Column, Line, Text
    from open_reports.library import Agency, Library
    from open_reports.report import Figure, Item, Note, Report, Table
    from open_reports.words import Words

KILOBYTE = 1024
"""Bytes in what a phone's file list calls a KB."""


class Link(NamedTuple):
    """A link of a page; `note` is a remark beside it, `rel` its relation."""

    href: str
    text: str
    note: str = ""
    rel: str = ""
    external: bool = False


class Fact(NamedTuple):
    """One row of a page's facts."""

    name: str
    text: str = ""
    href: str = ""
    external: bool = False
    links: tuple[Link, ...] = ()


class Download(NamedTuple):
    """One file to download, with its format and size in words."""

    href: str
    text: str
    format: str
    size: str


class HeadCell(NamedTuple):
    """One cell of a table head."""

    text: str
    scope: str
    rowspan: int = 1
    colspan: int = 1
    stub: bool = False


class CellView(NamedTuple):
    """One figure's cell: its text is the figure as published; `says` puts a kind of nothing into words."""

    id: str
    text: str
    status: str = ""
    says: str = ""
    marked: str = ""
    printed: str = ""
    words: bool = False


class FindingView(NamedTuple):
    """A finding beside its figure."""

    id: str
    level: str
    level_name: str
    rule: str
    place: str
    text: str
    explanation: str
    address: str


class RowView(NamedTuple):
    """One line of a table with what was found on it."""

    label: str
    depth: int
    cells: tuple[CellView, ...]
    findings: tuple[FindingView, ...]
    unit: str = ""


class Group(NamedTuple):
    """A printed head above lines."""

    text: str
    depth: int


class BodyView(NamedTuple):
    """Lines under the same printed heads."""

    groups: tuple[Group, ...]
    rows: tuple[RowView, ...]


class BlockView(NamedTuple):
    """Lines under one head of columns."""

    id: str
    caption: str
    head: tuple[tuple[HeadCell, ...], ...]
    width: int
    bodies: tuple[BodyView, ...]


class NoteView(NamedTuple):
    """A remark below a table."""

    place: str
    text: str
    href: str


class TableView(NamedTuple):
    """A statutory table."""

    id: str
    title: str
    blocks: tuple[BlockView, ...]
    notes: tuple[NoteView, ...]


class OverviewView(NamedTuple):
    """Figures stated in section one."""

    rows: tuple[RowView, ...]
    notes: tuple[NoteView, ...]


class SectionView(NamedTuple):
    """A section of the report: a table, or prose with its figures."""

    id: str
    title: str
    html: Markup | None = None
    table: TableView | None = None
    overview: OverviewView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A finished page: its HTML below the site's frame, and the data files that stand in its folder."""

    html: str
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the site, not yet built.

    `path` is its address below the site; `name` its short title, as a menu shows it; `sections` its anchors with their
    titles for the table of contents.
    """

    path: str
    name: str
    title: str
    description: str
    sections: tuple[tuple[str, str], ...]
    build: Callable[[], Built]

    def __str__(self) -> str:
        return self.path


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("open_reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def _markdown() -> MarkdownIt:
    parser = (
        MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
        .enable("table")
        .disable(["image", "html_block", "html_inline", "reference"])
    )
    parser.validateLink = lambda url: urlsplit(url).scheme.lower() in {"http", "https", "mailto"}  # type: ignore[method-assign]
    return parser


def prose_html(text: str) -> Markup:
    """HTML of a section's prose: paragraphs, lists, tables, emphasis and links; everything else stays text."""
    return Markup(_markdown().render(text))  # noqa: S704 (the parser escapes all it does not know)


def size_words(count: int, w: Words) -> str:
    """Size of a file for people: bytes below 1 KB, else KB with one decimal."""
    return w("bytes", size=count) if count < KILOBYTE else w("kilobytes", size=f"{count / KILOBYTE:.1f}")


def anchor(address: str) -> str:
    """Link to a figure on its page."""
    return "#" + quote(address, safe="/.-_~")


# -- one report -------------------------------------------------------------------------------------------------------


class _Marks:
    """Findings of a report by the line they stand beside, numbered in their order."""

    def __init__(self, report: Report, findings: Sequence[Finding], w: Words) -> None:
        self.by_line: dict[tuple[str, str], list[FindingView]] = {}
        self.by_cell: dict[str, str] = {}
        self.general: list[FindingView] = []
        for number, each in enumerate(findings, start=1):
            parts = (each.address or "").split("/")
            view = FindingView(
                id=f"finding-{number}",
                level=each.level,
                level_name=level_name(each.level)[w.language],
                rule=each.rule,
                place=place_words(report, each.address, w),
                text=each.public(w.language),
                explanation=_explanation(each, w),
                address=each.address or "",
            )
            if len(parts) == 1:
                self.general.append(view)
            else:
                self.by_line.setdefault((parts[0], parts[1]), []).append(view)
                ids = self.by_cell.get(view.address)
                self.by_cell[view.address] = f"{ids} {view.id}" if ids else view.id

    def beside(self, table: str, line: str) -> tuple[FindingView, ...]:
        return tuple(self.by_line.get((table, line), ()))


def _explanation(each: Finding, w: Words) -> str:
    if each.explanation is None:
        return ""
    who = w(f"explained_{each.explanation.by}")
    day = f"（{each.explanation.day}）" if each.explanation.day else ""
    return f"{who}{day}：{each.explanation.text}"


def place_words(report: Report, address: str | None, w: Words) -> str:
    """Return where a figure stands, in words: its line and its column."""
    parts = (address or "").split("/")
    table = report.tables.get(parts[0])
    if len(parts) == 1:
        return ""
    if table is None:
        return parts[1]
    words = [table.form.lines[parts[1]].label[w.language]]
    words += [_column_words(table.form.columns[column], w.language) for column in parts[2:]]
    return " · ".join(words)


def _column_words(column: Column, language: str) -> str:
    return " ".join([*(group[language] for group in column.groups), column.label[language]])


def _cell(figure: Figure, marks: _Marks, statuses: Mapping[str, Text], w: Words) -> CellView:
    address = str(figure.address)
    reported = figure.status == "reported"
    printed = w("printed_as", printed=figure.printed) if figure.printed else ""
    return CellView(
        id=address,
        text=figure.text,
        status="" if reported else figure.status,
        says="" if reported else statuses[figure.status][w.language],
        marked=marks.by_cell.get(address, ""),
        printed=printed,
    )


def _table_view(report: Report, name: str, table: Table, marks: _Marks, w: Words) -> TableView:
    language = w.language
    form = table.form
    blocks = []
    for number, block in enumerate(form.blocks, start=1):
        units = "、".join(dict.fromkeys(unit_words(column.unit, language) for column in block.columns))
        what = block.label[language] if block.label else form.title[language]
        blocks.append(
            BlockView(
                id=f"{name}-caption-{number}",
                caption=f"{what}（{w('unit_of', unit=units)}）",
                head=_head(form.corner[language], block, language),
                width=len(block.columns) + 1,
                bodies=tuple(_bodies(report, table, block, marks, w)),
            )
        )
    return TableView(id=name, title=f"{form.section}、{form.title[language]}", blocks=tuple(blocks), notes=_notes(report, name, w))


def unit_words(unit: str, language: str) -> str:
    """Unit of a figure in a language; one that no vocabulary knows stays as printed."""
    known = forms().common.units.get(unit)
    return known[language] if known else unit


def _head(corner: str, block: Block, language: str) -> tuple[tuple[HeadCell, ...], ...]:
    """Rows of a table's head: printed heads over several columns stand above them, other columns span the rows."""
    depth = 1 + max(len(column.groups) for column in block.columns)
    rows: list[list[HeadCell]] = [[] for _ in range(depth)]
    rows[0].append(HeadCell(corner, "col", rowspan=depth, stub=True))
    open_groups: tuple[Text, ...] = ()
    for column in block.columns:
        for level, group in enumerate(column.groups):
            if open_groups[: level + 1] != column.groups[: level + 1]:
                width = sum(each.groups[: level + 1] == column.groups[: level + 1] for each in block.columns)
                rows[level].append(HeadCell(group[language], "colgroup", colspan=width))
        open_groups = column.groups
        level = len(column.groups)
        rows[level].append(HeadCell(column.label[language], "col", rowspan=depth - level))
    return tuple(tuple(row) for row in rows)


def _bodies(report: Report, table: Table, block: Block, marks: _Marks, w: Words) -> Iterable[BodyView]:
    name = table.form.id
    statuses = table.form.common.statuses
    outer = 1 if block.label else 0
    seen: tuple[Text, ...] = ()
    bodies: list[tuple[tuple[Group, ...], list[RowView]]] = []
    for line in block.lines:
        groups = line.groups[outer:]
        if not bodies or groups != seen:
            common = 0
            while common < min(len(groups), len(seen)) and groups[common] == seen[common]:
                common += 1
            new = tuple(Group(group[w.language], depth) for depth, group in enumerate(groups) if depth >= common)
            bodies.append((new, []))
            seen = groups
        cells = tuple(_cell(report.figure(name, line.id, column), marks, statuses, w) for column in line.columns)
        bodies[-1][1].append(RowView(_label(table, line, w), len(groups), cells, marks.beside(name, line.id)))
    return [BodyView(groups, tuple(rows)) for groups, rows in bodies]


def _label(table: Table, line: Line, w: Words) -> str:
    """Label as printed, in Chinese; the form's own words in English."""
    return table.labels.get(line.id, line.label.zh) if w.language == "zh" else line.label.en


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
        place = _column_words(found.form.columns[note.column], w.language)
    else:
        place = found.form.title[w.language]
    words = [w("printed_as", printed=note.printed)] if note.printed else []
    words += [note.note] if note.note else []
    return NoteView(place, "；".join(words), anchor(str(Address(note.table, note.line, note.column))) if exact else "")


def _overview(report: Report, marks: _Marks, w: Words) -> OverviewView | None:
    if not report.overview:
        return None
    statuses = forms().common.statuses
    parts: dict[str, list[Item]] = {}
    for item in report.overview:
        parts.setdefault(item.part_of, []).append(item)
    rows: list[RowView] = []

    def add(items: Iterable[Item], depth: int) -> None:
        for item in items:
            cell = _cell(report.stated(item), marks, statuses, w)
            rows.append(RowView(item.item, depth, (cell,), marks.beside("overview", item.item), unit=item.unit))
            add(parts.get(item.item, ()), depth + 1)

    add(parts.get("", ()), 0)
    return OverviewView(tuple(rows), _notes(report, "overview", w))


def _sections(report: Report, marks: _Marks, w: Words) -> list[SectionView]:
    """Sections one to six in their printed order: prose where the package has it, tables between."""
    by_number = {section.number: section for section in forms().common.sections}
    order = "一二三四五六"
    views = []
    tables = {table.form.section: (name, table) for name, table in report.tables.items()}
    for number in order:
        if number in tables:
            name, table = tables[number]
            view = _table_view(report, name, table, marks, w)
            views.append(SectionView(name, view.title, table=view))
        elif number in by_number:
            section = by_number[number]
            text = report.prose.get(section.id)
            overview = _overview(report, marks, w) if section.id == "overview" else None
            title = f"{number}、{section.title[w.language]}"
            views.append(SectionView(section.id, title, html=prose_html(text) if text else None, overview=overview))
    return views


def _forms_words(report: Report, w: Words) -> str:
    known = forms()
    used = {table: found.form.form for table, found in report.tables.items()}
    if len(set(used.values())) == 1:
        form = known[next(iter(used.values()))]
        return w("form_and_reference", form=form.title[w.language], reference=form.reference[w.language])
    return "；".join(
        w("forms_mixed", table=report.tables[table].form.title[w.language], form=known[form].title[w.language])
        for table, form in used.items()
    )


def _verdict(findings: Sequence[Finding], w: Words, *, short: bool = False) -> str:
    discrepancies = sum(each.level == "discrepancy" for each in findings)
    notices = sum(each.level == "notice" for each in findings)
    kind = "cell" if short else ""
    if not discrepancies + notices:
        return w("findings_cell_none" if short else "findings_none")
    return w(f"findings_{kind or 'some'}", discrepancies=discrepancies, notices=notices)


def report_page(library: Library, report: Report, findings: Sequence[Finding], w: Words) -> Page:
    """Page of one report, with the package and its other forms in its folder."""
    agency = library.agencies[report.agency]
    heading = w("report_title", agency=agency_name(agency, w), year=report.year)
    known = forms()
    tables = [(name, f"{report.tables[name].form.section}、{report.tables[name].form.title[w.language]}") for name in TABLES]
    prose = {
        section.number: (f"section-{section.id}", f"{section.number}、{section.title[w.language]}") for section in known.common.sections
    }

    def build() -> Built:
        package = api.package_files(report)
        files = {
            **package,
            "report.json": api.report_json(report, findings),
            f"{report.name}.zip": api.archive(report, package),
        }
        html = (
            _templates()
            .get_template("report.html")
            .render(
                w=w,
                crumbs=_crumbs(w, up="../../../", agency=Link("../", agency_name(agency, w))),
                here=w("year_report", year=report.year),
                report=_report_view(library, report, findings, heading, w),
                downloads=_downloads(report, files, w),
            )
        )
        return Built(html=html, files=files)

    return Page(
        path=api.folder(report),
        name=heading,
        title=heading,
        description=w("report_description", agency=agency_name(agency, w), year=report.year),
        sections=(("findings", w("findings")), prose["一"], *tables, prose["五"], prose["六"], ("downloads", w("downloads"))),
        build=build,
    )


def _report_view(library: Library, report: Report, findings: Sequence[Finding], heading: str, w: Words) -> dict[str, Any]:
    marks = _Marks(report, findings, w)
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
        "facts": facts,
        "verdict": _verdict(findings, w),
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
        links.append(Link(f"../{before[-1]}/", f"{w('previous_year')}：{before[-1]}", rel="prev"))
    if after:
        links.append(Link(f"../{after[0]}/", f"{w('next_year')}：{after[0]}", rel="next"))
    return links


def _crumbs(w: Words, *, up: str, agency: Link | None = None) -> list[Link]:
    return [Link(up, w("home")), *([agency] if agency else [])]


def agency_name(agency: Agency, w: Words) -> str:
    """Name of an agency in the page's language."""
    return agency.name_en if w.language == "en" else agency.name


def _downloads(report: Report, files: Mapping[str, bytes], w: Words) -> list[Download]:
    def entry(path: str, text: str, kind: str) -> Download:
        return Download(path, text, kind, size_words(len(files[path]), w))

    known = forms().common
    found = [entry(f"{report.name}.zip", w("download_zip"), "ZIP")]
    for name, table in report.tables.items():
        found.append(entry(table_path(name), f"{table.form.section}、{table.form.title[w.language]}", "CSV"))
    found += [entry(table_path(free.id), free.title[w.language], "CSV") for free in (known.overview, known.notes)]
    found.append(entry("report.json", w("download_json"), "JSON"))
    found.append(entry("datapackage.json", w("download_descriptor"), "JSON"))
    found.append(entry("report.md", w("download_prose"), "Markdown"))
    return found


# -- lists ------------------------------------------------------------------------------------------------------------


def _total(report: Report, line: str, w: Words) -> CellView:
    figure = report.figure("applications", line, "total")
    reported = figure.status == "reported"
    says = "" if reported else forms().common.statuses[figure.status][w.language]
    return CellView("", figure.text, "" if reported else figure.status, says)


def _list_cells(report: Report, findings: Sequence[Finding], w: Words) -> tuple[CellView, ...]:
    return (
        _total(report, "new", w),
        _total(report, "total", w),
        CellView("", _verdict(findings, w, short=True), words=True),
        CellView("", report.published.isoformat() if report.published else w("unknown"), words=True),
    )


def _list_head(first: str, w: Words) -> list[str]:
    return [first, w("new_requests"), w("outcomes"), w("findings"), w("published")]


Findings = dict[tuple[str, int], list["Finding"]]
"""Findings of each report, by agency and year."""


def agency_page(library: Library, agency: Agency, findings: Findings, w: Words) -> Page:
    """Page of an agency: what it is, and its reports."""
    reports = library.of_agency(agency.id)
    heading = w("agency_title", agency=agency_name(agency, w))
    kinds = forms().common.kinds

    def link(each: Agency) -> Link:
        return Link(f"../{each.id}/", agency_name(each, w))

    def build() -> Built:
        facts = [Fact(w("kind"), links=(Link("", kinds[agency.kind][w.language]),)), Fact(w("region"), links=(Link("", agency.region),))]
        if agency.parent:
            facts.append(Fact(w("parent"), links=(link(library.agencies[agency.parent]),)))
        if units := library.units(agency.id):
            facts.append(Fact(w("units"), links=tuple(link(unit) for unit in units)))
        facts.append(Fact(w("official_site"), links=(Link(agency.site, agency.site, external=True),)))
        rows = [
            {
                "href": f"{report.year}/",
                "text": w("year_report", year=report.year),
                "cells": _list_cells(report, findings.get((agency.id, report.year), []), w),
            }
            for report in reversed(reports)
        ]
        html = (
            _templates()
            .get_template("list.html")
            .render(
                w=w,
                crumbs=_crumbs(w, up="../../"),
                here=agency_name(agency, w),
                listing={
                    "heading": agency_name(agency, w),
                    "caption": heading,
                    "facts": facts,
                    "head": _list_head(w("year"), w),
                    "rows": rows,
                    "neighbours": [],
                },
                downloads=[],
            )
        )
        return Built(html=html, files={})

    return Page(
        path=f"reports/{agency.id}/",
        name=agency_name(agency, w),
        title=heading,
        description=w("agency_description", agency=agency_name(agency, w), count=len(reports)),
        sections=(("reports", w("reports")),),
        build=build,
    )


def year_page(library: Library, year: int, findings: Findings, w: Words) -> Page:
    """Page of a report year: every agency's report."""
    reports = library.of_year(year)
    heading = w("year_title", year=year)

    def build() -> Built:
        rows = [
            {
                "href": f"../../{api.folder(report)}",
                "text": agency_name(library.agencies[report.agency], w),
                "cells": _list_cells(report, findings.get((report.agency, year), []), w),
            }
            for report in reports
        ]
        years = library.years
        position = years.index(year)
        neighbours = []
        if position:
            neighbours.append(Link(f"../{years[position - 1]}/", f"{w('previous_year')}：{years[position - 1]}", rel="prev"))
        if position + 1 < len(years):
            neighbours.append(Link(f"../{years[position + 1]}/", f"{w('next_year')}：{years[position + 1]}", rel="next"))
        html = (
            _templates()
            .get_template("list.html")
            .render(
                w=w,
                crumbs=_crumbs(w, up="../../"),
                here=heading,
                listing={
                    "heading": heading,
                    "caption": heading,
                    "facts": [],
                    "head": _list_head(w("agency"), w),
                    "rows": rows,
                    "neighbours": neighbours,
                },
                downloads=[],
            )
        )
        return Built(html=html, files={})

    return Page(
        path=f"years/{year}/",
        name=heading,
        title=heading,
        description=w("year_description", year=year, count=len(reports)),
        sections=(("reports", w("reports")),),
        build=build,
    )


LATEST = 10
"""Latest reports shown on the home page."""


def home_page(library: Library, files: Mapping[str, int], w: Words) -> Page:
    """Home: what this is, the corpus at a glance, ways in. `files` are the corpus files with their sizes in bytes."""

    def build() -> Built:
        dated = sorted((each for each in library if each.published), key=lambda each: (str(each.published), each.agency), reverse=True)
        kinds = []
        for kind, name in forms().common.kinds.items():
            members = [agency for agency in library.agencies.values() if agency.kind == kind]
            if members:
                links = [
                    Link(f"reports/{agency.id}/", agency_name(agency, w), w("count_reports", count=len(library.of_agency(agency.id))))
                    for agency in members
                ]
                kinds.append({"id": kind, "name": name[w.language], "agencies": links})
        home = {
            "counts": [
                {"number": f"{number:,}", "name": w(name)}
                for name, number in (
                    ("reports", len(library)),
                    ("agencies", len(library.agencies)),
                    ("years", len(library.years)),
                    ("figures", sum(len(table.form.cells) for report in library for table in report.tables.values())),
                )
            ],
            "latest": [
                Link(
                    api.folder(each),
                    w("report_title", agency=agency_name(library.agencies[each.agency], w), year=each.year),
                    str(each.published),
                )
                for each in dated[:LATEST]
            ],
            "years": [
                Link(f"years/{year}/", w("year_report", year=year), w("count_reports", count=len(library.of_year(year))))
                for year in reversed(library.years)
            ],
            "kinds": kinds,
        }
        names = {
            "observations.csv": ("corpus_csv", "CSV"),
            "observations.json": ("corpus_json", "JSON"),
            "index.json": ("corpus_index", "JSON"),
        }
        downloads = [Download(f"data/{name}", w(key), kind, size_words(files[name], w)) for name, (key, kind) in names.items()]
        html = _templates().get_template("home.html").render(w=w, home=home, downloads=downloads)
        return Built(html=html, files={})

    return Page(
        path="",
        name=w("home"),
        title=w("home_title"),
        description=w("home_lead"),
        sections=(("years", w("by_year")), ("agencies", w("by_agency")), ("latest", w("latest_reports")), ("downloads", w("downloads"))),
        build=build,
    )
