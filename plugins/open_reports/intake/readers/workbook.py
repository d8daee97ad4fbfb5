"""Workbooks: an xlsx taken apart, checked, and handed to openpyxl as little and as clean as can be.

The cells are read here as they are written (a formula without a result, the digits of a number); openpyxl says what their numbers
are to look like and which parts of their text are struck. It never sees the file, but a copy with the few parts that matter, with
addresses within limits and without merged areas, which it would fill cell by cell.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from open_reports.errors import IntakeError
from open_reports.intake.archive import xml
from open_reports.intake.readers.parts import main_part, related

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openpyxl.styles import Font
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from open_reports.intake.archive import Element

MOST_ROW = 5_000
MOST_COLUMN = 500
MOST_WRITTEN = 200_000
"""Cells of a workbook, blank ones with a border or a colour included."""
MOST_SHEETS = 100

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGED = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")
_OFF = frozenset(("", "0", "false", "off"))
_WIDTH = 9.14
"""Width of a column of which nothing is said, in digits, the room at its sides included."""

_USUAL_SIZE = 11.0
_NEEDED = ("styles", "sharedStrings")

Area = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 1."""


class Held(NamedTuple):
    """A cell as it is written: its kind, its value (None: none is written), whether a formula makes it, whether it has a text of its own."""

    kind: str
    value: str | None
    formula: bool
    inline: bool


@dataclass
class Sheet:
    """A visible sheet: its cells by row and column from 1, what is hidden and merged, what openpyxl made of it."""

    name: str
    path: str
    held: dict[tuple[int, int], Held] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    rows_hidden: set[int] = field(default_factory=set)
    columns_hidden: set[int] = field(default_factory=set)
    widths: dict[int, float] = field(default_factory=dict)
    width: float = _WIDTH
    zeros: bool = True
    formulas_shown: bool = False
    unsaid_rows: bool = False
    """Whether rows of which nothing is said are hidden."""
    said_rows: set[int] = field(default_factory=set)

    def row_hidden(self, row: int) -> bool:
        """Whether a row is not seen."""
        return row in self.rows_hidden or (self.unsaid_rows and row not in self.said_rows)


@dataclass(frozen=True)
class Book:
    """Visible sheets with what openpyxl made of each, whether others are hidden, whether results of formulas wait to be worked out."""

    sheets: tuple[tuple[Sheet, Worksheet], ...]
    hidden: bool
    stale: bool
    usual: float
    """Size of the font that the widths of columns are counted in."""


def book(members: Mapping[str, bytes]) -> Book:
    """A workbook. Raises `IntakeError` where it cannot be read whole."""
    path = main_part(members, "xlsx_unreadable")
    root = _main(members[path])
    sheets, hidden = _listed(members, path, root)
    if not sheets or len(sheets) > MOST_SHEETS:
        raise IntakeError("sheet_too_large" if sheets else "xlsx_unreadable")
    trees = list(_trees(members, sheets))
    if not trees or sum(len(sheet.held) for sheet, _ in trees) > MOST_WRITTEN:
        raise IntakeError("sheet_too_large" if trees else "xlsx_unreadable")
    kinds = {kind: target for kind, _, target in related(members, path) if target in members}
    known = {kind: etree.tostring(_main(members[kinds[kind]])) for kind in _NEEDED if kind in kinds}
    loaded = _loaded([tree for _, tree in trees], known)
    # A program that did not work its formulas out itself asks for it; what it wrote as their results is a guess.
    stale = any(_on(each, "fullCalcOnLoad") for each in root.iterfind(f"{{{_MAIN}}}calcPr"))
    pairs = zip([sheet for sheet, _ in trees], loaded.worksheets, strict=True)
    return Book(tuple(pairs), hidden=hidden, stale=stale, usual=_usual(loaded))


def _listed(members: Mapping[str, bytes], path: str, root: Element) -> tuple[list[Sheet], bool]:
    """Visible sheets in their order, and whether there are others."""
    parts = {key: target for _, key, target in related(members, path)}
    sheets, hidden = [], False
    for each in root.iterfind(f"{{{_MAIN}}}sheets/{{{_MAIN}}}sheet"):
        key = next((value for name, value in each.items() if str(name).endswith("}id")), "")
        if each.get("state", "visible") != "visible":
            hidden = True
        elif parts.get(key) not in members:
            raise IntakeError("xlsx_unreadable")
        else:
            sheets.append(Sheet(each.get("name", ""), parts[key]))
    return sheets, hidden


def _trees(members: Mapping[str, bytes], sheets: list[Sheet]) -> Iterator[tuple[Sheet, Element]]:
    """Sheets that have cells, with what is handed on of each."""
    for sheet in sheets:
        tree = _taken(sheet, _main(members[sheet.path]))
        if tree is not None:
            yield sheet, tree


def _usual(loaded: Workbook) -> float:
    """Size of the font that the widths of columns are counted in: that of cells of which nothing is said."""
    fonts: list[Font] = getattr(loaded, "_fonts")  # noqa: B009 (its types do not know the name, and it has no other)
    return float((fonts[0].sz if fonts else None) or _USUAL_SIZE)


def _on(element: Element, key: str, *, otherwise: str = "0") -> bool:
    return element.get(key, otherwise).lower() not in _OFF


def _main(data: bytes) -> Element:
    """The tree of a part, in the spelling of namespaces that openpyxl knows."""
    root = xml(data)
    if str(root.tag).startswith(f"{{{_STRICT}}}"):
        root = xml(etree.tostring(root).replace(_STRICT.encode(), _MAIN.encode()))
    return root


# -- one sheet --------------------------------------------------------------------------------------------------------------


def address(text: str) -> tuple[int, int]:
    """Row and column of an address such as B7; raises `IntakeError` where it is none."""
    match = _ADDRESS.fullmatch(text)
    if match is None:
        raise IntakeError("xlsx_unreadable")
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - 64
    return int(match[2]), column


def _taken(sheet: Sheet, root: Element) -> Element | None:
    """What a sheet says, taken over; its tree with nothing but styled and written cells, or None for a sheet without cells (a chart)."""
    if root.tag != f"{{{_MAIN}}}worksheet":
        return None
    for each in root.iterfind(f"{{{_MAIN}}}sheetViews/{{{_MAIN}}}sheetView"):
        sheet.zeros &= _on(each, "showZeros", otherwise="1")
        sheet.formulas_shown |= _on(each, "showFormulas")
    for each in root.iterfind(f"{{{_MAIN}}}sheetFormatPr"):
        sheet.unsaid_rows = _on(each, "zeroHeight")
        sheet.width = _float(each.get("defaultColWidth"), _WIDTH)
    for each in root.iterfind(f"{{{_MAIN}}}cols/{{{_MAIN}}}col"):
        _columns(sheet, each)
    for each in root.iterfind(f"{{{_MAIN}}}mergeCells/{{{_MAIN}}}mergeCell"):
        first, _, last = each.get("ref", "").partition(":")
        sheet.merged.append((*address(first), *address(last or first)))
    clean = etree.Element(f"{{{_MAIN}}}worksheet", nsmap={None: _MAIN})
    data = etree.SubElement(clean, f"{{{_MAIN}}}sheetData")
    before = 0
    for row in root.iterfind(f"{{{_MAIN}}}sheetData/{{{_MAIN}}}row"):
        before = _row(sheet, row, before, data)
    clean.extend(root.iterfind(f"{{{_MAIN}}}conditionalFormatting"))
    return clean


def _columns(sheet: Sheet, element: Element) -> None:
    first, last = (int(text) if (text := element.get(key, "")).isdecimal() else 0 for key in ("min", "max"))
    width = _float(element.get("width"), sheet.width)
    for column in range(max(first, 1), min(last, MOST_COLUMN) + 1):
        sheet.widths[column] = width
        if _on(element, "hidden") or not width:
            sheet.columns_hidden.add(column)


def _row(sheet: Sheet, element: Element, before: int, data: Element) -> int:
    """Take over a row; its number."""
    text = element.get("r", "")
    number = int(text) if text.isdecimal() else before + 1
    hidden = _on(element, "hidden") or _float(element.get("ht"), 1.0) == 0
    clean = etree.Element(f"{{{_MAIN}}}row", r=str(number))
    column = 0
    for cell in element.iterfind(f"{{{_MAIN}}}c"):
        at = address(cell.get("r", "")) if cell.get("r") else (number, column + 1)
        column = at[1]
        own = _cell(cell)
        written = own.value is not None or own.formula or own.inline
        if at[0] > MOST_ROW or at[1] > MOST_COLUMN:
            # Borders and colours may go on to the end of the sheet; a cell that says something there is not of a report.
            if written:
                raise IntakeError("sheet_too_large")
            continue
        if at[0] != number or at in sheet.held:
            raise IntakeError("xlsx_unreadable")
        sheet.held[at] = own
        cell.set("r", f"{_letters(at[1])}{number}")
        clean.append(cell)
    if number <= MOST_ROW:
        sheet.said_rows.add(number)
        if hidden:
            sheet.rows_hidden.add(number)
        if len(clean):
            data.append(clean)
    return number


def _cell(cell: Element) -> Held:
    value, formula, inline = (cell.find(f"{{{_MAIN}}}{kind}") for kind in ("v", "f", "is"))
    return Held(cell.get("t", "n"), None if value is None else value.text or "", formula is not None, inline is not None)


def _float(text: str | None, other: float) -> float:
    try:
        found = float(text) if text else other
    except ValueError:
        return other
    return found if 0 <= found < 1_000 else other  # noqa: PLR2004 (no row is so high, no column so wide; infinity is neither)


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def place(sheet: str, row: int, column: int) -> str:
    """Where a person finds a cell: Sheet1!B7."""
    return f"{sheet}!{_letters(column)}{row}"


# -- openpyxl ---------------------------------------------------------------------------------------------------------------


def _loaded(trees: list[Element], known: Mapping[str, bytes]) -> Workbook:
    """A workbook of these sheets, read by openpyxl; nothing else is in it."""
    try:
        import openpyxl
    except ImportError:
        raise IntakeError("extra") from None
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, content in _members(trees, known):
            made.writestr(name, content)
    with warnings.catch_warnings():
        # It warns of what it leaves out (extensions, headers); none of that is asked of it.
        warnings.simplefilter("ignore")
        try:
            return openpyxl.load_workbook(file, data_only=True, rich_text=True, keep_links=False)
        # Faults of XML are a kind of `SyntaxError` for either parser that it uses.
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, SyntaxError):
            raise IntakeError("xlsx_unreadable") from None


def _members(trees: list[Element], known: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    names = [f"sheet{index}" for index in range(1, len(trees) + 1)]
    kinds = [*((name, "worksheet", f"worksheets/{name}.xml") for name in names), *((kind, kind, f"{kind}.xml") for kind in known)]
    types = "".join(f'<Override PartName="/xl/{target}" ContentType="{_TYPE}.{kind}+xml"/>' for _, kind, target in kinds)
    yield (
        "[Content_Types].xml",
        (
            f'<Types xmlns="{_PACKAGED}/content-types"><Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{types}</Types>'
        ).encode(),
    )
    listed = "".join(f'<Relationship Id="{key}" Type="{_RELATED}/{kind}" Target="{target}"/>' for key, kind, target in kinds)
    yield "_rels/.rels", _relations(f'<Relationship Id="r1" Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/>')
    yield "xl/_rels/workbook.xml.rels", _relations(listed)
    sheets = "".join(f'<sheet name="{name}" sheetId="{index}" r:id="{name}"/>' for index, name in enumerate(names, start=1))
    yield "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><sheets>{sheets}</sheets></workbook>'.encode()
    for kind, content in known.items():
        yield f"xl/{kind}.xml", content
    for name, tree in zip(names, trees, strict=True):
        yield f"xl/worksheets/{name}.xml", etree.tostring(tree)


def _relations(content: str) -> bytes:
    return f'<Relationships xmlns="{_PACKAGED}/relationships">{content}</Relationships>'.encode()
