"""What lists of reports share: the row of a report, as agency and year pages show it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup, escape

from open_reports.checks.wording import short
from open_reports.derived.doubt import PUBLISHED, doubts, facts
from open_reports.derived.mark import mark, nothing_words
from open_reports.form import FAMILY, forms
from open_reports.pages.frame import anchor
from open_reports.text import reading, resource_text, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from open_reports.checks.counting import Counts
    from open_reports.document import Record
    from open_reports.form import TableForm
    from open_reports.library import Library
    from open_reports.report import Report
    from open_reports.text import Words


class CellView(NamedTuple):
    """One cell of a list: a figure, or words; `says` puts a kind of nothing into words, `href` leads to the figure."""

    text: str
    status: str = ""
    says: str = ""
    words: bool = False
    href: str = ""
    broken: bool = False
    """Whether something stands between this year and the one before it, so that the two are not to be compared."""
    sign: Markup | str = ""
    """The mark of a figure in an open contradiction."""


class ReportRow(NamedTuple):
    """A report in a list: the way to its page, and the HTML of its cells."""

    href: str
    text: str
    cells: Markup
    sort: str = ""
    """What the row is sorted by in the place of its text."""


def cell_html(cell: CellView) -> str:
    """HTML of a cell; written here, for a template for each of thousands would be most of a page's cost."""
    text = escape(cell.text)
    # Within the link where the number is one: it leads to the figure, below which the note stands.
    inner = f'<a href="{escape(cell.href)}">{cell.sign}{text}</a>' if cell.href else f"{cell.sign}{text}"
    broken = ' class="or-break"' if cell.broken else ""
    # The kind of nothing is in an attribute for styles and scripts, and in words for those who listen: an empty cell must not pass for 0.
    if cell.status:
        return f'<td{broken} data-status="{cell.status}" data-says="{escape(cell.says)}" aria-label="{escape(cell.says)}">{inner}</td>'
    if cell.words:
        return f'<td class="or-words">{inner}</td>'
    # What the table is sorted by: the figure as published, whatever is shown around it.
    return f'<td{broken} data-value="{text}">{inner}</td>'


def row_html(cells: Iterable[CellView]) -> Markup:
    """HTML of the cells of a row."""
    return Markup("".join(map(cell_html, cells)))  # noqa: S704 (escaped in each cell)


def figure_cell(
    report: Report, address: tuple[str, str, str], w: Words, library: Library, *, href: str = "", note: str = "", broken: bool = False
) -> CellView:
    """One figure of a report as a cell; `href` leads to it, and `note` to its report where the cell itself is no link."""
    table, line, column = address
    status = report.status(table, line, column)
    where = "/".join(address)
    rules = doubts(report, library).get(where, ())
    if status == "reported":
        sign = mark(w, f"{note}{anchor(where)}" if note and not href else "") if rules else ""
        return CellView(report.tables[table].text(line, column), href=href, broken=broken, sign=sign)
    # A figure of another form has no cell in this table to ask.
    text = "" if status == "not_on_form" else report.tables[table].text(line, column)
    return CellView(text, status, nothing_words(status, w, rules), broken=broken)


def list_head(first: str, w: Words) -> list[tuple[str, str]]:
    """Heads of a list of reports, each with what it is sorted by; `first` is that of the column that leads to them."""
    figures = [(column_title(address, w), "number") for address in views().listed]
    return [(first, "text"), (w("scope"), "text"), *figures, (w("findings"), "text"), (w("published"), "text")]


def column_title(address: tuple[str, str, str], w: Words) -> str:
    """Return the short name of a figure above its column in a list (`listed.<line>` in the words), its line's own otherwise."""
    table, line, _ = address
    # A line's printed words are often too long for the head of a column.
    key = f"listed_{line.replace('.', '_')}"
    if key in words():
        return w(key)
    # A line's id stands for one concept on every form, so the first that prints it will do.
    return next(printed.lines[line].label for printed in forms().printing(table) if line in printed.lines)[w.language]


def list_cells(report: Report, counts: Counts, w: Words, library: Library, *, href: str) -> Markup:
    """Cells of a report in a list, below `list_head`; `counts` are those of its checks, `href` leads to its page."""
    cells = (
        CellView(w(f"scope_short_{report.scope}"), words=True),
        *(figure_cell(report, address, w, library, note=href) for address in views().listed),
        CellView(short(counts, w), words=True),
        # Unknown is said: an empty cell would look like a fault of the page.
        CellView(
            report.published.isoformat() if report.published else w("unknown"),
            words=True,
            sign=mark(w, href, note="mark_place") if PUBLISHED in facts(report, library) else "",
        ),
    )
    return row_html(cells)


class Topic(NamedTuple):
    """A statutory table over the years: its id and the columns shown, all where none is named."""

    table: str
    columns: tuple[str, ...]


class Views(NamedTuple):
    """What lists and the page of an agency show (`forms/foi-cn/views/agency.yml`)."""

    listed: tuple[tuple[str, str, str], ...]
    topics: tuple[Topic, ...]


@cache
def views() -> Views:
    """Load the views, once a process. Raises `FormError` where one names no table or figure of any form."""
    name = f"{FAMILY}/views/agency.yml"
    with reading(name, resource_text(name)) as root:
        tables = [table for form in forms().values() for table in form.tables.values()]
        return Views(tuple(_listed(root, tables)), root.each("topics", lambda record: _topic(record, tables)))


def _listed(root: Record, tables: Sequence[TableForm]) -> Iterator[tuple[str, str, str]]:
    known = {f"{table.id}/{line.id}/{column.id}" for table in tables for line, column in table.cells}
    for address in root.texts("listed"):
        if address in known:
            table, line, column = address.split("/")
            yield table, line, column
        else:
            root.note("listed", "form.no_such_line", found=address, expected="table/line/column")


def _topic(record: Record, tables: Sequence[TableForm]) -> Topic:
    topic = Topic(record.text("table"), record.texts("columns") if "columns" in record.mapping else ())
    columns = {column for table in tables if table.id == topic.table for column in table.columns}
    for unknown in [each for each in topic.columns if each not in columns] or ([] if columns else [topic.table]):
        record.note("columns", "form.no_such_line", found=unknown, expected=", ".join(sorted(columns)))
    return topic
