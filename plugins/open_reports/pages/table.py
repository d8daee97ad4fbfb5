"""The statutory tables of a report's page: as printed, every figure at its address, every finding below its line.

What surrounds the rows is the same in every report of a form, so the template is rendered once for each form and language;
most rows are the same numbers over and over, and are made once for their numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup, escape

from open_reports.checks.wording import verdict
from open_reports.derived.doubt import doubted, doubted_facts, lines_of, of_findings
from open_reports.derived.mark import BLANK, mark, nothing_words
from open_reports.form import forms, section_title
from open_reports.form.glossary import PATH, anchor_of_column, anchor_of_group, anchor_of_line
from open_reports.pages.frame import Here, explanation_words, place_words, rendered, unit_words
from open_reports.pages.glossary import explained
from open_reports.report.lines import Plain, table_lines
from open_reports.report.open_cells import PENDING
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from open_reports.finding import Finding
    from open_reports.form import Block, Column, Line, TableForm
    from open_reports.report import Figure, Report, Table
    from open_reports.report.lines import Place, Remarked
    from open_reports.text import Text


class HeadCell(NamedTuple):
    """One cell of a table head; `term` is the attribute that names its entry of the glossary."""

    text: str
    term: Markup
    scope: str
    rowspan: int = 1
    colspan: int = 1
    stub: bool = False


class FindingView(NamedTuple):
    """A finding beside its figure."""

    id: str
    level: str
    name: str
    rule: str
    place: str
    text: Markup
    explanation: str
    address: str


class Group(NamedTuple):
    """A printed head above lines; `term` is the attribute that names its entry of the glossary."""

    text: str
    term: Markup
    depth: int


class BodyView(NamedTuple):
    """Lines under the same printed heads, as slots for their rows."""

    groups: tuple[Group, ...]
    rows: Markup


class BlockView(NamedTuple):
    """A block of a table: `what` its caption says, the units of its figures, its head, its width in columns, its lines.

    `term` is the attribute that names the caption's entry of the glossary, empty for a caption that is the table's title.
    """

    id: str
    what: str
    term: Markup
    units: str
    head: Sequence[Sequence[HeadCell]]
    width: int
    bodies: Sequence[BodyView]


class Marks:
    """Findings of a report by the line they stand beside, numbered in their order."""

    def __init__(self, report: Report, findings: Sequence[Finding], w: Words) -> None:
        self.by_line: dict[tuple[str, str], list[FindingView]] = {}
        self.by_cell: dict[str, str] = {}
        self.waiting = {each.address for each in findings if each.code in PENDING}
        self.notes: dict[str, str] = {}
        """Of each figure in an open contradiction, the id of the first finding that says so."""
        self.rules = of_findings(report, findings)
        self.places: dict[str, str] = {}
        """Of what is contradicted and is no figure (a date, the source, a whole table), the id of the first finding that says so."""
        self.general: list[FindingView] = []
        # Numbered over the whole report: an id may stand once on a page, and links to findings use it.
        for number, each in enumerate(findings, start=1):
            parts = (each.address or "").split("/")
            view = FindingView(
                id=f"finding-{number}",
                level=each.level,
                name=verdict(each, w.language),
                rule=each.rule,
                place=place_words(report, each.address, w),
                text=breakable(each.public(w.language)),
                explanation=explanation_words(each, w),
                address=each.address or "",
            )
            for address in doubted(report, each):
                self.notes.setdefault(address, view.id)
            if len(parts) == 1:
                self.general.append(view)
                # Of a blank table each cell says so itself.
                if each.level == "discrepancy" and each.rule != BLANK:
                    for place in (each.place, *doubted_facts(report, each)):
                        self.places.setdefault(place, view.id)
            else:
                self.by_line.setdefault((parts[0], parts[1]), []).append(view)
                ids = self.by_cell.get(view.address)
                # What agrees when rounded is told, but no cell is coloured for it.
                if each.level != "rounded":
                    self.by_cell[view.address] = f"{ids} {view.id}" if ids else view.id

        self.lines = {*self.by_line, *lines_of(self.notes)}
        """Lines, as table and line, of which something is said."""

    def waits(self, figure: Figure) -> bool:
        """Whether an import left the figure, or its whole line, to a person."""
        address = str(figure.address)
        return address in self.waiting or address.rpartition("/")[0] in self.waiting

    def sign(self, place: str, w: Words) -> Markup:
        """Mark of what is no figure, a fact (`derived.doubt.facts`) or a table; empty where nothing contradicts it."""
        note = self.places.get(place)
        return mark(w, f"#{note}", note="mark_place") if note else Markup()

    def beside(self, table: str, line: str) -> tuple[FindingView, ...]:
        """Findings to be told below a line, in their order."""
        return tuple(self.by_line.get((table, line), ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class TableContext:
    """One statutory table, with slots for its rows: what `pages/templates/table.html` is told.

    `glossary` leads to the section of the glossary that explains its lines and columns.
    """

    w: Words
    id: str
    title: str
    glossary: str
    blocks: Sequence[BlockView]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingContext:
    """A finding, below the line it is about: what `pages/templates/finding.html` is told."""

    finding: FindingView
    w: Words


def breakable(text: str) -> Markup:
    """Let a long sum break between its numbers, never within one."""
    return Markup("+<wbr>").join(text.split("+"))


class _Skeleton(NamedTuple):
    """A table without its rows: `opening` up to its first caption, in which a mark of the whole table may stand, then `parts` of HTML.

    Between these are the rows, one of each of `lines`, with the depth of its label and its width in columns.
    """

    opening: str
    parts: tuple[str, ...]
    lines: tuple[Line, ...]
    depths: tuple[int, ...]
    widths: tuple[int, ...]
    terms: tuple[Markup, ...]
    """Attribute of the label of each line that names its entry of the glossary."""


# Private-use characters, which no text of ours or of a package may hold (`document.INVISIBLE`), so no text is taken for a slot.
_SLOT = re.compile("\ue000(\\d+)\ue000")
_CAPTION = re.compile(r".*?<caption[^>]*>", re.DOTALL)


class _Terms:
    """Terms of a table of a form in a language, with the attributes that name their entries of the glossary."""

    def __init__(self, table: TableForm, language: str) -> None:
        self.table = table
        self.language = language

    def group(self, label: Text) -> tuple[str, Markup]:
        """Return a printed head or corner and its attribute."""
        return label[self.language], explained(anchor_of_group(self.table.id, label.zh, self.table.form))

    def column(self, column: Column) -> tuple[str, Markup]:
        """Return the label of a column and its attribute."""
        return column.label[self.language], explained(anchor_of_column(self.table.id, column.id, self.table.form))

    def line(self, line: Line) -> Markup:
        """Return the attribute of the label of a line; the label is as printed in each report."""
        return explained(anchor_of_line(self.table.id, line.id, self.table.form))


_ANYWHERE = "reports/agency/year/"
"""Every report's page is as deep as this, so the links of all are the same."""


@cache
def _skeleton(form: str, table: str, language: str) -> _Skeleton:
    known = forms()[form].tables[table]
    terms = _Terms(known, language)
    lines: list[tuple[Line, int, int]] = []
    blocks = []
    for number, block in enumerate(known.blocks, start=1):
        # Once, in the caption: a unit in each cell would make texts of the figures.
        units = Words(language)("list_comma").join(dict.fromkeys(unit_words(column.unit, language) for column in block.columns))
        what, named = terms.group(block.label) if block.label else (known.title[language], Markup())
        blocks.append(
            BlockView(
                id=f"{table}-caption-{number}",
                what=what,
                term=named,
                units=units,
                head=_head(known.corner, block, terms),
                width=len(block.columns) + 1,
                bodies=_bodies(block, lines, terms),
            )
        )
    w = Words(language)
    glossary = Here(_ANYWHERE, w).page(f"{PATH}#{table}")
    html = rendered("table.html", TableContext(w=w, id=table, title=title(known, language), glossary=glossary, blocks=blocks))
    # Of several blocks, the first has the caption of the whole.
    caption = _CAPTION.match(html)
    assert caption  # noqa: S101 (each block of `table.html` has one)
    parts = _SLOT.split(html[caption.end() :])
    order = [lines[int(slot)] for slot in parts[1::2]]
    return _Skeleton(
        opening=caption[0],
        parts=tuple(parts[::2]),
        lines=tuple(line for line, _, _ in order),
        depths=tuple(depth for _, depth, _ in order),
        widths=tuple(width for _, _, width in order),
        terms=tuple(terms.line(line) for line, _, _ in order),
    )


def title(form: TableForm, language: str) -> str:
    """Number and title of a table's section, as printed."""
    return section_title(form.section, form.title[language], language)


def _head(corner: Text, block: Block, terms: _Terms) -> tuple[tuple[HeadCell, ...], ...]:
    """Rows of a table's head: printed heads over several columns stand above them, other columns span the rows."""
    # Real `rowspan` and `colspan` with a `scope`, as printed: a reading voice tells each figure with all heads above it.
    depth = 1 + max(len(column.groups) for column in block.columns)
    rows: list[list[HeadCell]] = [[] for _ in range(depth)]
    rows[0].append(HeadCell(*terms.group(corner), "col", rowspan=depth, stub=True))
    open_groups: tuple[Text, ...] = ()
    for column in block.columns:
        for level, group in enumerate(column.groups):
            # Compared with all heads above: two of one name below different heads are two.
            if open_groups[: level + 1] != column.groups[: level + 1]:
                width = sum(each.groups[: level + 1] == column.groups[: level + 1] for each in block.columns)
                rows[level].append(HeadCell(*terms.group(group), "colgroup", colspan=width))
        open_groups = column.groups
        level = len(column.groups)
        rows[level].append(HeadCell(*terms.column(column), "col", rowspan=depth - level))
    return tuple(tuple(row) for row in rows)


def _bodies(block: Block, lines: list[tuple[Line, int, int]], terms: _Terms) -> list[BodyView]:
    """Lines of a block by their printed heads, each as a slot; appends them to `lines` with depth of label and width."""
    # The outermost head is the block's own, which its caption says already.
    outer = 1 if block.label else 0
    seen: tuple[Text, ...] = ()
    bodies: list[tuple[tuple[Group, ...], list[str]]] = []
    for line in block.lines:
        groups = line.groups[outer:]
        if not bodies or groups != seen:
            common = 0
            while common < min(len(groups), len(seen)) and groups[common] == seen[common]:
                common += 1
            # Only the heads that change: a head repeated above each group would be read as another.
            new = tuple(Group(*terms.group(group), depth) for depth, group in enumerate(groups) if depth >= common)
            bodies.append((new, []))
            seen = groups
        bodies[-1][1].append(f"\ue000{len(lines)}\ue000")
        lines.append((line, len(groups), len(block.columns) + 1))
    return [BodyView(groups, Markup("".join(rows))) for groups, rows in bodies]  # noqa: S704 (slots)


def table_html(report: Report, table: Table, marks: Marks, w: Words) -> str:
    """HTML of a table of a report, findings included."""
    name = table.form.id
    skeleton = _skeleton(table.form.form, name, w.language)
    parts = [skeleton.opening, marks.sign(name, w), skeleton.parts[0]]
    lines = {line.place.line: line for line in table_lines(report, name, marks.lines)}
    for known, depth, width, named, after in zip(*skeleton[2:], skeleton.parts[1:], strict=True):
        # The Chinese label is the report's own, as printed; the English one is the form's, for the report has none.
        head = _row_head(table.labels.get(known.id, known.label.zh) if w.language == "zh" else known.label.en, depth, named)
        line = lines[known.id]
        if isinstance(line, Plain):
            parts.append(_plain(line.place, head, line.cells))
        else:
            parts.append(_remarked(line, head, marks, w))
            # Below its line, not in a list at the end: a contradiction should be met with the number it is about.
            parts += [_beside(finding, width, w) for finding in marks.beside(name, known.id)]
        parts.append(after)
    return "".join(parts)


@lru_cache(maxsize=16_384)  # (b1), every page anew: most lines are the same few numbers in report after report
def _plain(place: Place, head: str, cells: tuple[str, ...]) -> str:
    """Row of a plain line; its cells were checked to be numbers, so there is nothing to escape."""
    numbers = "".join([f"{opening}{text}</td>" for opening, text in zip(_openings(place), cells, strict=True)])
    return f"{head}{numbers}</tr>\n"


def _remarked(line: Remarked, head: str, marks: Marks, w: Words) -> str:
    figures = "".join([cell_html(figure, w, marks) for figure in line.figures])
    return f"{head}{figures}</tr>\n"


@lru_cache(maxsize=1024)
def _openings(place: Place) -> tuple[str, ...]:
    """Opening tag of each cell of a line."""
    return tuple(f'<td id="{address}">' for address in place.addresses)


@lru_cache(maxsize=4096)
def _row_head(label: str, depth: int, named: Markup) -> str:
    return f'<tr><th scope="row" class="or-stub or-depth{depth}"{named}>{escape(label)}</th>'


def cell_html(figure: Figure, w: Words, marks: Marks) -> str:
    """HTML of one figure's cell: the figure as published, behind its mark where it stands in an open contradiction."""
    address = str(figure.address)
    marked, note = marks.by_cell.get(address, ""), marks.notes.get(address, "")
    more = f' class="or-marked" aria-describedby="{marked}"' if marked else ""
    if figure.printed:
        # What the report prints where that is spelt otherwise; the cell itself holds the figure that is reckoned with.
        more += Markup(' title="{}"').format(w("printed_as", printed=figure.printed))
    nothing, sign = "", ""
    if figure.status != "reported":
        # A kind of nothing is put into words beside it; that nothing is read yet is none of the original's.
        says = escape(w("cell_open") if marks.waits(figure) else nothing_words(figure.status, w, marks.rules.get(address, ())))
        nothing = f' data-status="{figure.status}" data-says="{says}" aria-label="{says}"'
    elif note:
        sign = mark(w, f"#{note}")
    return f'<td id="{escape(address)}"{nothing}{more}>{sign}{escape(figure.text)}</td>'


def _beside(finding: FindingView, width: int, w: Words) -> str:
    """HTML of the row that tells a finding below the line it is about."""
    return f'<tr class="or-beside"><td colspan="{width}">{rendered("finding.html", FindingContext(finding=finding, w=w))}</td></tr>\n'
