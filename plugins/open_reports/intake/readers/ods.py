"""OpenDocument: every visible table of a spreadsheet, each number as the text that the program saved beside it.

The file holds what the sheet showed, so that formats need not be followed: the text is read and held against the number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from open_reports.errors import IntakeError
from open_reports.intake.archive import opened, xml
from open_reports.intake.grid import Doubt, Grid, Manuscript, Paragraph
from open_reports.intake.readers.numberformat import held, plain
from open_reports.intake.readers.parts import facts
from open_reports.intake.readers.sheets import Box, blocks
from open_reports.intake.readers.workbook import MOST_COLUMN, MOST_ROW, MOST_SHEETS, MOST_WRITTEN, place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from open_reports.intake.archive import Element

_SPACE = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
_PREFIXES = {
    _SPACE.format(long): short
    for short, long in {"office": "office", "table": "table", "text": "text", "style": "style", "draw": "drawing"}.items()
}
_SPACES = {short: f"{{{space}}}" for space, short in _PREFIXES.items()}
_MIMETYPES = (b"application/vnd.oasis.opendocument.spreadsheet", b"application/vnd.oasis.opendocument.spreadsheet-template")
_GROUPS = frozenset(
    (
        "table:table-header-rows",
        "table:table-rows",
        "table:table-row-group",
        "table:table-header-columns",
        "table:table-columns",
        "table:table-column-group",
    )
)
_HIDDEN = frozenset(("collapse", "filter"))
_PASSED_OVER = frozenset(("office:annotation", "text:note", "text:ruby-text", "text:hidden-text", "text:hidden-paragraph"))
_NUMBERS = frozenset(("float", "percentage", "currency"))
_DAYS = frozenset(("date", "time"))
_MINUS = str.maketrans("−－", "--")
_BLANK_SPACES = 100


def read(data: bytes) -> Manuscript:
    """A spreadsheet as a manuscript. Raises `IntakeError` where it cannot be read whole."""
    return manuscript(opened(data))


def manuscript(members: Mapping[str, bytes]) -> Manuscript:
    """The same, from members that were unpacked already."""
    if members.get("mimetype", b"").strip() not in _MIMETYPES or "content.xml" not in members:
        raise IntakeError("ods_unreadable")
    if b"encryption-data" in members.get("META-INF/manifest.xml", b""):
        raise IntakeError("archive_encrypted")
    content = xml(members["content.xml"])
    styles = _Styles(xml(members[name]) if name != "content.xml" else content for name in ("styles.xml", "content.xml") if name in members)
    bodies = list(content.iterfind(f"{_SPACES['office']}body/{_SPACES['office']}spreadsheet"))
    if len(bodies) != 1:
        raise IntakeError("ods_unreadable")
    body = bodies[0]
    tables = list(body.iterfind(f"{_SPACES['table']}table"))
    if len(tables) > MOST_SHEETS:
        raise IntakeError("sheet_too_large")
    seen: set[str] = set()
    if body.find(f"{_SPACES['table']}tracked-changes") is not None:
        seen.add("unaccepted_changes")
    every: list[Grid | Paragraph] = []
    for table in tables:
        if styles.of("table", _value(table, "table:style-name")).hidden:
            seen.add("hidden_sheets")
            continue
        sheet = _Sheet(table, styles)
        every += sheet.blocks()
        every += [Paragraph(text=text, place=sheet.name) for text in sheet.boxes]
        seen |= {code for code, applies in (("hidden_cells", sheet.passed), ("text_boxes", bool(sheet.boxes))) if applies}
    return Manuscript(kind="ods", blocks=tuple(every), facts=facts(every, members.get("meta.xml")), remarks=tuple(sorted(seen)))


def _name(element: Element) -> str:
    space, _, local = str(element.tag).rpartition("}")
    return f"{_PREFIXES.get(space[1:], '?')}:{local}"


def _value(element: Element, key: str) -> str:
    prefix, _, local = key.partition(":")
    return element.get(f"{_SPACES[prefix]}{local}", "")


def _count(element: Element, key: str) -> int:
    """How often a row or a cell comes, or how far it spans."""
    text = _value(element, key)
    return max(1, int(text)) if text.isdecimal() and len(text) < 10 else 1  # noqa: PLR2004 (no sheet has so many rows)


# -- styles -----------------------------------------------------------------------------------------------------------------


class Style(NamedTuple):
    """A style, with all it is based on."""

    marks: frozenset[Doubt] = frozenset()
    bordered: bool = False
    hidden: bool = False


class _Styles:
    """Styles by name; those of the content go before those of the file."""

    def __init__(self, roots: Iterator[Element]) -> None:
        found = [each for root in roots for each in root.iter(f"{_SPACES['style']}style")]
        self._elements = {(_value(each, "style:family"), _value(each, "style:name")): each for each in found}
        self._known: dict[tuple[str, str], Style] = {}

    def of(self, family: str, name: str) -> Style:
        """The style of a name; each family (table, table-cell, paragraph, text) has names of its own."""
        key = family, name
        if key not in self._known:
            self._known[key] = Style()  # whoever is based on itself is based on nothing
            element = self._elements.get(key)
            self._known[key] = Style() if element is None else self._read(family, element)
        return self._known[key]

    def _read(self, family: str, element: Element) -> Style:
        below = self.of(family, _value(element, "style:parent-style-name"))
        said: dict[str, str] = {}
        for each in element:
            said |= {etree.QName(key).localname: value for key, value in each.items()}
        marks = set(below.marks)
        _switch(marks, Doubt.STRUCK, [said[key] != "none" for key in ("text-line-through-style", "text-line-through-type") if key in said])
        _switch(marks, Doubt.SUPERSCRIPT, [not said["text-position"].startswith("0%")] if "text-position" in said else [])
        colours = (
            [said.get("color", "").lower() == said.get("background-color", "#ffffff").lower().replace("transparent", "#ffffff")]
            if "color" in said
            else []
        )
        _switch(
            marks,
            Doubt.UNSHOWN,
            colours + ([said["display"] == "none"] if family == "text" and "display" in said else []),
        )
        borders = [said[key] not in ("none", "hidden") for key in said if key.startswith("border")]
        hidden = family == "table" and said.get("display") == "false"
        # How a cell looks may depend on what stands in it.
        depending = [self.of(family, _value(each, "style:apply-style-name")).marks for each in element.iterfind(f"{_SPACES['style']}map")]
        return Style(frozenset(marks).union(*depending), any(borders) if borders else below.bordered, hidden or below.hidden)


def _switch(marks: set[Doubt], doubt: Doubt, said: list[bool]) -> None:
    """Set or take away a doubt where a style says anything of it."""
    if said:
        marks.discard(doubt)
        marks |= {doubt} if any(said) else set()


# -- one sheet --------------------------------------------------------------------------------------------------------------


@dataclass
class _Text:
    """Text of a cell as it is gathered."""

    styles: _Styles
    parts: list[str] = field(default_factory=list)
    marks: set[Doubt] = field(default_factory=set)

    def take(self, element: Element, marks: frozenset[Doubt]) -> None:
        """Take in what an element shows; `marks` are doubts about all of its text."""
        self._add(element.text, marks)
        for each in element:
            kind = _name(each)
            if kind == "text:s":
                text = _value(each, "text:c")
                self.parts.append(" " * (min(int(text), _BLANK_SPACES) if text.isdecimal() else 1))
            elif kind in ("text:tab", "text:line-break"):
                self.parts.append("\t" if kind == "text:tab" else "\n")
            elif kind in _PASSED_OVER or kind.startswith("draw:"):
                # A note has a raised mark beside the text, a drawing lies over it.
                self.marks |= {Doubt.SUPERSCRIPT} if kind == "text:note" else {Doubt.PICTURED} if kind.startswith("draw:") else set()
            else:
                self.take(each, marks | self.styles.of("text", _value(each, "text:style-name")).marks)
            self._add(each.tail, marks)

    def _add(self, text: str | None, marks: frozenset[Doubt]) -> None:
        if text:
            self.parts.append(re.sub(r"[ \t\r\n]+", " ", text))
            self.marks |= marks if text.strip() else set()


class _Sheet:
    """A visible table."""

    def __init__(self, table: Element, styles: _Styles) -> None:
        self.name = _value(table, "table:name")
        self.passed = False
        """Whether something that says anything was passed over."""
        self.boxes = [
            "".join(each.itertext())
            for shapes in table.iterfind(f"{_SPACES['table']}shapes")
            for each in shapes.iter(f"{_SPACES['text']}p")
        ]
        self._styles = styles
        # A condition names the style that it gives; which cells it is about is not looked into, all of the sheet are doubted.
        rules = [each.get(key, "") for each in table.iter("{*}condition") for key in each.keys() if str(key).endswith("}apply-style-name")]  # noqa: SIM118 (attributes are no dictionary)
        self._ruled = frozenset().union(*(styles.of("table-cell", each).marks for each in rules))
        self._hidden_columns: set[int] = set()
        self._column_styles: dict[int, str] = {}
        self._rows: list[int] = []
        self._boxes: list[tuple[int, int, Box]] = []
        self._cells = 0
        self._columns(table, 0)
        self._take(table, 1, hidden=False)

    def blocks(self) -> Iterator[Grid | Paragraph]:
        """Tables and paragraphs of the sheet."""
        last = max((column + box.colspan for _, column, box in self._boxes), default=1)
        columns = [each for each in range(1, min(last, MOST_COLUMN + 1)) if each not in self._hidden_columns]
        rows = {number: index for index, number in enumerate(self._rows)}
        across = {number: index for index, number in enumerate(columns)}
        boxes = []
        for row, column, box in self._boxes:
            down = [rows[each] for each in range(row, row + box.rowspan) if each in rows]
            wide = [across[each] for each in range(column, column + box.colspan) if each in across]
            if down and wide:
                boxes.append(box._replace(row=down[0], column=wide[0], rowspan=len(down), colspan=len(wide)))
            else:
                self.passed |= box.says
        yield from blocks(self.name, boxes, lambda row, column: place(self.name, self._rows[row], columns[column]))

    def _columns(self, element: Element, column: int) -> int:
        for each in element:
            kind = _name(each)
            if kind in _GROUPS:
                column = self._columns(each, column)
            elif kind == "table:table-column":
                times = _count(each, "table:number-columns-repeated")
                reached = range(column + 1, min(column + times, MOST_COLUMN) + 1)
                if _value(each, "table:visibility") in _HIDDEN:
                    self._hidden_columns.update(reached)
                self._column_styles |= dict.fromkeys(reached, _value(each, "table:default-cell-style-name"))
                column += times
        return column

    def _take(self, element: Element, row: int, *, hidden: bool) -> int:
        for each in element:
            kind = _name(each)
            if kind in _GROUPS:
                row = self._take(each, row, hidden=hidden or _value(each, "table:display") == "false")
            elif kind == "table:table-row":
                row = self._row(each, row, hidden=hidden or _value(each, "table:visibility") in _HIDDEN)
        return row

    def _row(self, element: Element, row: int, *, hidden: bool) -> int:
        times = _count(element, "table:number-rows-repeated")
        found = list(self._row_boxes(element))
        says = any(box.says for _, box in found)
        if says and row + times - 1 > MOST_ROW:
            raise IntakeError("sheet_too_large")
        if hidden:
            # A merged area that begins in a hidden row is seen where it goes on.
            self._boxes += [(row, column, box) for column, box in found if box.rowspan > 1]
            self.passed |= any(box.says for _, box in found if box.rowspan == 1)
            return row + times
        for number in range(row, min(row + times - 1, MOST_ROW) + 1):
            self._rows.append(number)
            self._boxes += [(number, column, box) for column, box in found]
            self._cells += len(found)
            if self._cells > MOST_WRITTEN:
                raise IntakeError("sheet_too_large")
        return row + times

    def _row_boxes(self, row: Element) -> Iterator[tuple[int, Box]]:
        column = 1
        style = _value(row, "table:default-cell-style-name")
        for each in row:
            kind = _name(each)
            if kind not in ("table:table-cell", "table:covered-table-cell"):
                continue
            times = _count(each, "table:number-columns-repeated")
            box = self._box(each, style, column)
            if kind == "table:covered-table-cell":
                self.passed |= box.says
            elif box.says or box.bordered or box.rowspan + box.colspan > 2:  # noqa: PLR2004 (one row and one column)
                if box.says and column + times - 1 > MOST_COLUMN:
                    raise IntakeError("sheet_too_large")
                yield from ((column + index, box) for index in range(min(times, MOST_COLUMN + 1 - column)))
            column += times

    def _box(self, cell: Element, style: str, column: int) -> Box:
        named = _value(cell, "table:style-name") or style or self._column_styles.get(column, "")
        look = self._styles.of("table-cell", named)
        text = _Text(self._styles)
        for each in cell:
            kind = _name(each)
            if kind in ("text:p", "text:h", "text:list"):
                text.parts.append("\n")
                text.take(each, look.marks | self._styles.of("paragraph", _value(each, "text:style-name")).marks)
            elif kind.startswith("draw:"):
                text.marks.add(Doubt.PICTURED)
            elif kind == "table:table":
                text.marks.add(Doubt.NESTED)
        lines = "".join(text.parts).split("\n")
        shown = "\n".join(filter(None, (re.sub(" +", " ", each).strip(" ") for each in lines)))
        kind = _value(cell, "office:value-type")
        marks = text.marks | _compared(cell, kind, shown) | (self._ruled if shown else set())
        spans = (_count(cell, f"table:number-{axis}-spanned") for axis in ("rows", "columns"))
        down, across = (min(each, limit) for each, limit in zip(spans, (MOST_ROW, MOST_COLUMN), strict=True))
        return Box(0, 0, shown, down, across, frozenset(marks), kind in _NUMBERS, look.bordered)


def _compared(cell: Element, kind: str, shown: str) -> set[Doubt]:
    """Doubts about a text, held against the number that it is to show."""
    if kind in _DAYS:
        return {Doubt.DATED}
    if not kind and _value(cell, "table:formula"):
        return {Doubt.FORMULA}
    if kind not in _NUMBERS:
        return set()
    number = held(_value(cell, "office:value"))
    if number is None:
        raise IntakeError("ods_unreadable")
    digits = re.findall(r"-?\d[\d,]*(?:\.\d+)?|-?\.\d+", shown.translate(_MINUS))
    if len(digits) != 1:
        return {Doubt.ROUNDED}
    try:
        said = Decimal(digits[0].replace(",", "")) / (100 if kind == "percentage" and "%" in shown else 1)
    except InvalidOperation:
        return {Doubt.ROUNDED}
    return set() if plain(said) == plain(number) and not re.search(r"\d[Ee][+-]\d", shown) else {Doubt.ROUNDED}
