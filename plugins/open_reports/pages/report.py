"""The page of one report: its facts, its tables as printed, every finding beside its figure, downloads."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup, escape

from open_reports import api
from open_reports.badge import badge, badge_text
from open_reports.finding import Finding, level_name
from open_reports.form import TABLES, Block, Line, Text, forms
from open_reports.pages.frame import (
    Built,
    Download,
    Fact,
    Link,
    Page,
    agency_name,
    anchor,
    column_words,
    crumbs,
    explanation_words,
    place_words,
    prose_html,
    size_words,
    templates,
    unit_words,
    verdict,
)
from open_reports.pages.ledger import by_result, ledger_html, rows
from open_reports.report import Address, Figure, Item, Note, Report, Table, table_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from open_reports.library import Library
    from open_reports.words import Words


class HeadCell(NamedTuple):
    """One cell of a table head."""

    text: str
    scope: str
    rowspan: int = 1
    colspan: int = 1
    stub: bool = False


class CellView(NamedTuple):
    """One cell of a list: a figure, or words; `says` puts a kind of nothing into words."""

    text: str
    status: str = ""
    says: str = ""
    words: bool = False


class FindingView(NamedTuple):
    """A finding beside its figure."""

    id: str
    level: str
    level_name: str
    rule: str
    place: str
    text: Markup
    explanation: str
    address: str


class RowView(NamedTuple):
    """One line of a table with what was found on it."""

    label: str
    depth: int
    cells: Markup
    findings: tuple[FindingView, ...]
    unit: str = ""


class Group(NamedTuple):
    """A printed head above lines."""

    text: str
    depth: int


class BodyView(NamedTuple):
    """Lines under the same printed heads, as the HTML of their rows."""

    groups: tuple[Group, ...]
    rows: Markup


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


class LedgerView(NamedTuple):
    """Every identity of the report: a sentence that counts them, and the tables."""

    summary: str
    html: Markup


class SectionView(NamedTuple):
    """A section of the report: a table, or prose with its figures."""

    id: str
    title: str
    html: Markup | None = None
    table: TableView | None = None
    overview: OverviewView | None = None


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
                text=_breakable(each.public(w.language)),
                explanation=explanation_words(each, w),
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


def _breakable(text: str) -> Markup:
    """Let a long sum break between its numbers, never within one."""
    return Markup("+<wbr>").join(text.split("+"))


def _cells_html(report: Report, table: Table, line: Line, marks: _Marks, w: Words) -> Markup:
    """HTML of a line's cells. Most lines hold checked numbers and nothing more, so they are joined without a closer look."""
    name = table.form.id
    if line.id in table.rows and (name, line.id) not in marks.by_line and (name, line.id) not in report.noted:
        numbers, cells = table.numbers[line.id], table.rows[line.id]
        if line.id not in table.form.whole:
            positions = [table.form.positions[column] for column in line.columns]
            numbers, cells = tuple(numbers[at] for at in positions), tuple(cells[at] for at in positions)
        if None not in numbers:
            openings = _openings(name, line.id, line.columns)
            return Markup("".join([f"{opening}{text}</td>" for opening, text in zip(openings, cells, strict=True)]))  # noqa: S704 (digits)
    return Markup("").join(_cell_html(report.figure(name, line.id, column), marks, w) for column in line.columns)


@lru_cache(maxsize=512)
def _openings(table: str, line: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f'<td id="{Address(table, line, column)}">' for column in columns)


_CELL = Markup('<td id="{id}"{nothing}{marked}{printed}>{text}</td>')


def _cell_html(figure: Figure, marks: _Marks, w: Words) -> Markup:
    """HTML of one figure's cell: its text is the figure as published; a kind of nothing is put into words beside it."""
    address = str(figure.address)
    nothing = marked = printed = Markup("")
    if figure.status != "reported":
        says = forms().common.statuses[figure.status][w.language]
        nothing = Markup(' data-status="{}" data-says="{}" aria-label="{}"').format(figure.status, says, says)
    if ids := marks.by_cell.get(address):
        marked = Markup(' class="or-marked" aria-describedby="{}"').format(ids)
    if figure.printed:
        printed = Markup(' title="{}"').format(w("printed_as", printed=figure.printed))
    return _CELL.format(id=address, nothing=nothing, marked=marked, printed=printed, text=figure.text)


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
    outer = 1 if block.label else 0
    seen: tuple[Text, ...] = ()
    width = len(block.columns) + 1
    bodies: list[tuple[tuple[Group, ...], list[str]]] = []
    for line in block.lines:
        groups = line.groups[outer:]
        if not bodies or groups != seen:
            common = 0
            while common < min(len(groups), len(seen)) and groups[common] == seen[common]:
                common += 1
            new = tuple(Group(group[w.language], depth) for depth, group in enumerate(groups) if depth >= common)
            bodies.append((new, []))
            seen = groups
        cells = _cells_html(report, table, line, marks, w)
        bodies[-1][1].append(f"{_row_head(_label(table, line, w), len(groups))}{cells}</tr>\n")
        bodies[-1][1].extend(_beside(finding, width) for finding in marks.beside(name, line.id))
    return [BodyView(groups, Markup("".join(rows))) for groups, rows in bodies]  # noqa: S704 (escaped labels and cells)


@lru_cache(maxsize=2048)
def _row_head(label: str, depth: int) -> str:
    return f'<tr><th scope="row" class="or-stub or-depth{depth}">{escape(label)}</th>'


def _beside(finding: FindingView, width: int) -> str:
    """HTML of the row that tells a finding below the line it is about."""
    return f'<tr class="or-beside"><td colspan="{width}">{templates().get_template("finding.html").render(finding=finding)}</td></tr>\n'


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
        place = column_words(found.form.columns[note.column], w.language)
    else:
        place = found.form.title[w.language]
    words = [w("printed_as", printed=note.printed)] if note.printed else []
    words += [note.note] if note.note else []
    return NoteView(place, "；".join(words), anchor(str(Address(note.table, note.line, note.column))) if exact else "")


def _overview(report: Report, marks: _Marks, w: Words) -> OverviewView | None:
    if not report.overview:
        return None
    parts: dict[str, list[Item]] = {}
    for item in report.overview:
        parts.setdefault(item.part_of, []).append(item)
    rows: list[RowView] = []

    def add(items: Iterable[Item], depth: int) -> None:
        for item in items:
            cell = _cell_html(report.stated(item), marks, w)
            rows.append(RowView(item.item, depth, cell, marks.beside("overview", item.item), unit=item.unit))
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
        ledger = rows(report, library, w)
        counts = by_result(ledger)
        package = api.package_files(report)
        files = {
            **package,
            "report.json": api.report_json(report, findings),
            f"{report.name}.zip": api.archive(report, package),
            "badge.svg": badge(counts, w),
        }
        html = (
            templates()
            .get_template("report.html")
            .render(
                w=w,
                crumbs=crumbs(w, up="../../../", agency=Link("../", agency_name(agency, w))),
                here=w("year_report", year=report.year),
                report=_report_view(library, report, findings, heading, w),
                ledger=LedgerView(w("ledger_summary", count=len(ledger), **counts), ledger_html(ledger, w)),
                badge=w("badge_alt", text=badge_text(counts, w)),
                downloads=_downloads(report, files, w),
            )
        )
        return Built(html=html, files=files)

    return Page(
        path=api.folder(report),
        name=heading,
        title=heading,
        description=w("report_description", agency=agency_name(agency, w), year=report.year),
        sections=(
            ("findings", w("findings")),
            prose["一"],
            *tables,
            prose["五"],
            prose["六"],
            ("ledger", w("ledger")),
            ("downloads", w("downloads")),
        ),
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
        links.append(Link(f"../{before[-1]}/", f"{w('previous_year')}：{before[-1]}", rel="prev"))
    if after:
        links.append(Link(f"../{after[0]}/", f"{w('next_year')}：{after[0]}", rel="next"))
    return links


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
