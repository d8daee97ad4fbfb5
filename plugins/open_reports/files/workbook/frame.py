"""Frame of a workbook: sheets, heads, groups, styles and print set-up, with slots for what is a report's own.

The only user of `xlsxwriter`, an optional extra.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from open_reports.files.workbook.cells import DOUBTED, LINE, MARKED, MOST_DECIMALS, Styles, lines
from open_reports.form import OVERVIEW, forms, section_title
from open_reports.form.sheet import drawn, stub_width
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from open_reports.form import Block, Column, Line, TableForm
    from open_reports.form.sheet import Drawn
    from open_reports.text import Text

LIBRARY = "xlsxwriter"
Key = tuple[tuple[str, str], ...]
"""Form of each table of a report, as table and form."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date a zip can state: a workbook must not tell when it was made."""
_FILL, _MARK, _PALE, _FLAG = "#EEF2F7", "#FFF2CC", "#595959", "#8F1257"
_BORDER: dict[str, Any] = {"border": 1, "border_color": "#A6A6A6", "valign": "vcenter"}
_TEXT: dict[str, Any] = {"text_wrap": True, "valign": "top", "quote_prefix": True}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "heading": {"bold": True, "font_size": 12},
    "head": {**_BORDER, "bold": True, "align": "center", "text_wrap": True, "bg_color": _FILL},
    "stub": {**_BORDER, "text_wrap": True, "quote_prefix": True},
    "plain": {},
    "text": _TEXT,
    "strong": {**_TEXT, "bold": True},
    "pale": {**_TEXT, "font_color": _PALE},
    "boxed": {**_BORDER, **_TEXT},
}
_FIGURES: dict[str, dict[str, Any]] = {
    # A column too narrow for a number would show it as ####, so a long one is drawn smaller.
    **{f"number{n}": {**_BORDER, "num_format": f"0.{'0' * n}" if n else "0", "shrink": True} for n in range(MOST_DECIMALS + 1)},
    "exact": {**_BORDER, "num_format": "@", "align": "right", "shrink": True},
    "nothing": {**_BORDER, "italic": True, "font_color": _PALE, "align": "center", "shrink": True},
}
"""Styles of a figure's cell; each has a twin, its name with `!`, for a cell that something was found about, and one with `≠`."""
CORE = "docProps/core.xml"
EARLY, TITLE = "2000-01-01T00:00:00Z", "\ue000"
"""What stands in a frame for the date and the title of a report."""
WIDTHS = {"about": (20, 90, 22), "overview": (44, 20, 10, 44), "notes": (22, 40, 24, 22, 24, 70, 50), "package": (120,)}
"""Widths, in characters, of the columns of the sheets that are lists."""


class Frame(NamedTuple):
    """A workbook without the parts that differ from report to report.

    `base` is the archive of the parts that never differ, `core` that of the title and date; `lists` are the sheets of `WIDTHS`,
    each its path, what stands before its rows, and after; `tables` the sheets of the tables.
    """

    base: bytes
    core: str
    styles: Styles
    lists: dict[str, tuple[str, str, str]]
    tables: dict[str, tuple[str, tuple[Piece, ...]]]


class Piece(NamedTuple):
    """Part of a sheet: `text` as it stands, then the row of a `line`: its label's cell and the cells of its figures."""

    text: str
    line: str = ""
    before: str = ""
    label: tuple[str, str] = ("", "")
    between: str = ""
    cells: tuple[tuple[str, str], ...] = ()
    """Reference of each figure's cell and its column, in the order of the line's columns."""


@cache
def frame_of(key: Key) -> Frame:
    """Frame of the workbooks of reports whose tables are of these forms; every number in it marks a place to be filled."""
    # This library, for with a fixed day it gives the same bytes, which openpyxl does not. Imported here, for it is an extra.
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    # Unless told, it states the time. The title's stand-in is of the private use area, which the gate lets into no package.
    book.set_properties({"title": TITLE, "created": datetime.fromisoformat(EARLY)})
    styles = {name: book.add_format(style) for name, style in all_styles().items()}
    w = Words("zh")
    tables = {name: forms()[form].tables[name] for name, form in key}
    sheets: list[tuple[str, TableForm | None]] = [("about", None), ("overview", None), *tables.items(), ("notes", None), ("package", None)]
    overview = forms().leading(form for _, form in key).section(OVERVIEW)
    assert overview is not None  # noqa: S101 (no form loads without it)
    titles = {key: w(f"book_{key}") for key in ("about", "notes", "package")}
    titles["overview"] = section_title(overview.number, overview.title.zh, "zh")
    for name, table in sheets:
        sheet = book.add_worksheet(titles[name] if table is None else section_title(table.section, table.title.zh, "zh"))
        # As wide as one page, as long as it must be: what is cut off between two columns has no labels on paper.
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        if table:
            Layout(sheet, styles, table).draw(w("book_cell_words", notes=w("book_notes")))
            continue
        for column, width in enumerate(WIDTHS[name]):
            sheet.set_column(column, column, width)
        for number, style in enumerate(styles.values()):  # where each style's number is read from: the row is not kept
            sheet.write_number(0, number, number, style)
    book.close()
    made = parted(stream, [name for name, _ in sheets])
    return Frame(
        base=made.base,
        core=made.core,
        styles=style_numbers(styles, made.sheets["about"].xml),
        lists={name: (made.sheets[name].path, *emptied(made.sheets[name].xml)) for name in WIDTHS},
        tables={name: (made.sheets[name].path, tuple(_pieces(made.sheets[name].xml, table))) for name, table in tables.items()},
    )


class Part(NamedTuple):
    """A sheet of a workbook: where it stands in the archive, and what it holds."""

    path: str
    xml: str


class Parted(NamedTuple):
    """A workbook taken apart: the archive of the parts that never differ, that of title and date, the sheets by their names with us."""

    base: bytes
    core: str
    sheets: Mapping[str, Part]


def parted(stream: io.BytesIO, names: Sequence[str]) -> Parted:
    """Take a workbook apart; `names` are those of its sheets, in their order."""
    with zipfile.ZipFile(stream) as bundle:
        parts = {path: bundle.read(path) for path in bundle.namelist()}
    paths = {name: f"xl/worksheets/sheet{number}.xml" for number, name in enumerate(names, start=1)}
    sheets = {name: Part(path, parts.pop(path).decode()) for name, path in paths.items()}
    core = parts.pop(CORE).decode()
    # Packed anew without the parts that hold a report's own, which each workbook adds.
    base = io.BytesIO()
    with zipfile.ZipFile(base, "w") as bundle:
        for path, data in parts.items():
            bundle.writestr(entry(path), data)
    return Parted(base.getvalue(), core, sheets)


def entry(path: str) -> zipfile.ZipInfo:
    """Entry of a workbook's archive that tells neither when nor where it was made."""
    info = zipfile.ZipInfo(path, date_time=_EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3  # Unix, whatever the builder's system
    return info


def all_styles() -> dict[str, dict[str, Any]]:
    """Every style of a workbook by its name."""
    marked = {name: {**style, "bg_color": _MARK} for name, style in _FIGURES.items()}
    # A number format, so that a sum over the cell finds the number, and a copy of it keeps the sign.
    doubted = {name: {**style, **_doubted(style)} for name, style in marked.items()}
    twins = {MARKED: marked, DOUBTED: doubted}
    return {**_STYLES, **_FIGURES, **{f"{name}{twin}": style for twin, styles in twins.items() for name, style in styles.items()}}


def _doubted(style: Mapping[str, Any]) -> dict[str, Any]:
    code = style.get("num_format", "@")
    return {"bold": True, "font_color": _FLAG} | ({} if code == "@" else {"num_format": f'"{DOUBTED} "{code}'})


_SLOT = re.compile(r'<c r="([A-Z]+\d+)" s="(\d+)"><v>(\d+)</v></c>')
_ROW = re.compile(r"(<row [^>]*>)(.*?)</row>")
_SIZE = re.compile(r'<dimension ref="[^"]*"/>')
_LABEL = 0
_TOP = 3
"""Row of a sheet that a table begins in."""
_LABELS, _FIGURE = 40, 16
"""Widths of the column of labels and of all others, in characters."""
_LINE = 100
"""A slot's number is the line's times this, plus 0 for its label, or the place of its column among all from 1."""


def emptied(xml: str) -> tuple[str, str]:
    """What stands before and after the rows of a sheet; its size is not known yet, and may be left out."""
    before, _, rest = _SIZE.sub("", xml).partition("<sheetData>")
    return f"{before}<sheetData>", f"</sheetData>{rest.partition('</sheetData>')[2]}"


def _pieces(xml: str, table: TableForm) -> Iterator[Piece]:
    """Parts of a table's sheet. Every part but the last is followed by the row of a line."""
    lines, columns = list(table.lines), list(table.columns)
    end = 0
    for row in _ROW.finditer(xml):
        slots = list(_SLOT.finditer(row[2]))
        if not slots:
            continue
        label, *figures = slots
        line = lines[int(label[3]) // _LINE]
        yield Piece(
            text=xml[end : row.start()],
            line=line,
            before=row[1] + row[2][: label.start()],
            label=(label[1], label[2]),
            between=row[2][label.end() : figures[0].start()],
            cells=tuple((slot[1], columns[int(slot[3]) % _LINE - 1]) for slot in figures),
        )
        end = row.end()
    yield Piece(text=xml[end:])


def style_numbers(styles: Iterable[str], xml: str) -> Styles:
    """Number of each style in a workbook, of a sheet whose cells have one after the other."""
    # Read back rather than reckoned: how styles are numbered is the library's affair.
    return dict(zip(styles, (match[2] for match in _SLOT.finditer(xml)), strict=True))


_Area = tuple[int, int, int, int]
"""First row and column, last row and column."""


class Layout:
    """Draws the frame of a statutory table: its heads and groups as printed, slots for its labels and figures."""

    def __init__(self, sheet: Worksheet, styles: Mapping[str, Format], table: TableForm) -> None:
        self.sheet = sheet
        self.styles = styles
        self.table = table
        self.stub = stub_width(table)
        self.numbers = {line: number for number, line in enumerate(table.lines)}
        self.heights: dict[int, int] = {}
        """Lines of text that a row must hold, where these are several."""

    def draw(self, lead: str) -> None:
        """Draw the table below its title and a line of text."""
        w = Words("zh")
        table = self.table
        whole = table.title.zh if any(block.label for block in table.blocks) else captioned(table.title.zh, table.blocks[0], w)
        self.sheet.write_string(0, 0, section_title(table.section, whole, "zh"), self.styles["title"])
        self.sheet.write_string(1, 0, lead, self.styles["plain"])
        widest = max(len(block.columns) for block in table.blocks)
        for column in range(self.stub + widest):
            self.sheet.set_column(column, column, self._width(column, column))
        for each in drawn(table):
            if each.block.label:
                area = (each.top, 0, each.top, self.stub + len(each.block.columns) - 1)
                self.spread(area, captioned(each.block.label.zh, each.block, w), "head")
            self._head(each)
            if len(table.blocks) == 1:
                # Only one head can be kept in sight, so a table of several blocks keeps none.
                self.sheet.freeze_panes(each.body, self.stub)
            self._lines(each)
        for row, height in self.heights.items():
            self.sheet.set_row(row, height * LINE)

    def _width(self, first: int, last: int) -> int:
        """Width of some columns, in characters."""
        return sum(_LABELS if column == self.stub - 1 else _FIGURE for column in range(first, last + 1))

    def _needs(self, area: _Area, text: str) -> None:
        """Make the rows of an area high enough for a text: the last of them takes what the others do not."""
        top, first, bottom, last = area
        above = sum(self.heights.get(row, 1) for row in range(top, bottom))
        self.heights[bottom] = max(self.heights.get(bottom, 1), lines(text, self._width(first, last)) - above)

    def spread(self, area: _Area, text: str, style: str) -> None:
        """Text over one cell or several."""
        self._needs(area, text)
        if area[:2] == area[2:]:
            # The library refuses to merge a single cell.
            self.sheet.write_string(*area[:2], text, self.styles[style])
        else:
            self.sheet.merge_range(*area, text, self.styles[style])

    def _head(self, each: Drawn) -> None:
        """Draw the heads of a block."""
        block, top, bottom = each.block, each.heads, each.body - 1
        last = self.stub + len(block.columns) - 1
        heads = 1 if self.table.head else 0
        self.spread((top, 0, bottom, self.stub - 1), self.table.corner.zh, "head")
        if self.table.head:
            self.spread((top, self.stub, top, last), self.table.head.zh, "head")
        paths = [column.groups for column in block.columns]
        for level, first, end in _runs(paths):
            self.spread((top + heads + level, self.stub + first, top + heads + level, self.stub + end), paths[first][level].zh, "head")
        for number, column in enumerate(block.columns, start=self.stub):
            self.spread((top + heads + len(column.groups), number, bottom, number), column.label.zh, "head")

    def _lines(self, each: Drawn) -> None:
        """Draw the groups of a block's lines, and a slot for each label and figure."""
        paths = [row.line.groups[len(row.line.groups) - row.label :] for row in each.rows]
        for level, first, end in _runs(paths):
            self.spread((each.body + first, level, each.body + end, level), paths[first][level].zh, "stub")
        for row in each.rows:
            if row.label < self.stub - 1:
                # A line under fewer heads than others spans their columns, as in print; its label is written over the merged
                # cell's first.
                self.spread((row.row, row.label, row.row, self.stub - 1), "", "stub")
            self.label(row.row, row.label, row.line)
            # A line may be printed under other names than the form's; the longest of them must fit.
            for label in (row.line.label.zh, *row.line.aliases):
                self._needs((row.row, row.label, row.row, self.stub - 1), label)
            for number, column in enumerate(each.block.columns, start=row.figures):
                self.cell(row.row, number, row.line, column)

    def label(self, row: int, number: int, line: Line) -> None:
        """Draw a slot for the label of a line."""
        self.sheet.write_number(row, number, self.numbers[line.id] * _LINE + _LABEL, self.styles["stub"])

    def cell(self, row: int, number: int, line: Line, column: Column) -> None:
        """Draw a slot for a figure."""
        self.sheet.write_number(row, number, self.numbers[line.id] * _LINE + 1 + self.table.positions[column.id], self.styles["number0"])


def captioned(what: str, block: Block, w: Words) -> str:
    """Name of a table or block with the units of its figures."""
    units = forms().common.units
    return w("book_caption", what=what, units=w("list_comma").join(dict.fromkeys(units[column.unit].zh for column in block.columns)))


def _runs(paths: Sequence[tuple[Text, ...]]) -> Iterator[tuple[int, int, int]]:
    """Level, first and last of the neighbours that stand under one printed head."""
    for level in range(max(map(len, paths))):
        first = 0
        for number in range(1, len(paths) + 1):
            if number == len(paths) or paths[number][: level + 1] != paths[first][: level + 1]:
                if len(paths[first]) > level:
                    yield level, first, number - 1
                first = number
