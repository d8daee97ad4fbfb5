"""The report as files of office programs: docx as people write it, xlsx on one sheet and on three, ods.

Everything is written out here, part by part, so that a test can say exactly what stands in the file. Each function takes a report
and gives the bytes of a file; `blocks` replace the report's own, for whoever changes the document.
"""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from open_reports.intake.grid import Paragraph, placed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from open_reports.intake.grid import Cell

    from manuscripts.statutory import Original, Rows

    Blocks = Sequence[Paragraph | Rows]
    Written = Callable[[str, bool], str]
    """Runs of a text, which is a figure or is none."""

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGED = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_RELATIONS = "application/vnd.openxmlformats-package.relationships+xml"
_DC = "http://purl.org/dc/elements/1.1/"
_SPACES = " ".join(
    f'xmlns:{prefix}="{space}"'
    for prefix, space in {
        "w": W,
        "r": _RELATED,
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)
AUTHOR = 'w:id="1" w:author="审核人" w:date="2026-01-05T09:00:00Z"'
"""Attributes of a tracked change."""


def content_types(overrides: str) -> str:
    """The part that says what each other part is."""
    defaults = f'<Default Extension="rels" ContentType="{_RELATIONS}"/>'
    return f'<Types xmlns="{_PACKAGED}/content-types">{defaults}<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'


def main_part(name: str) -> str:
    """The part that says which part is the document."""
    related = f'<Relationship Id="r1" Type="{_RELATED}/officeDocument" Target="{name}"/>'
    return f'<Relationships xmlns="{_PACKAGED}/relationships">{related}</Relationships>'


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """An archive, the same bytes for the same members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return file.getvalue()


# -- docx -------------------------------------------------------------------------------------------------------------------


def run(text: str, properties: str = "") -> str:
    """A run of text; line breaks are those of Word."""
    look = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    lines = [f'<w:t xml:space="preserve">{escape(each)}</w:t>' for each in text.split("\n")]
    return f"<w:r>{look}{'<w:br/>'.join(lines)}</w:r>"


def paragraph(runs: str, properties: str = "") -> str:
    """A paragraph."""
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{runs}</w:p>"


def inserted(runs: str) -> str:
    """Runs that somebody added, tracked."""
    return f"<w:ins {AUTHOR}>{runs}</w:ins>"


def deleted(text: str) -> str:
    """Text that somebody took out, tracked."""
    return f"<w:del {AUTHOR}><w:r><w:delText>{escape(text)}</w:delText></w:r></w:del>"


def box(content: str, old: str = "") -> str:
    """A drawing with text, and what programs of before 2010 show in its place."""
    choice = f"<w:drawing><wp:anchor><a:graphic><a:graphicData><wps:wsp><wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>"
    fallback = f"<w:pict><v:shape><v:textbox><w:txbxContent>{old or content}</w:txbxContent></v:textbox></v:shape></w:pict>"
    return f'<w:r><mc:AlternateContent><mc:Choice Requires="wps">{choice}</mc:Choice><mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent></w:r>'


def table(rows: Rows, written: Written, cell: Callable[[str], str] = paragraph) -> str:
    """A table, its merged cells as Word writes them; `written` makes runs of a text, `cell` the content of a cell of runs."""
    grid = placed(rows, "")
    at = grid.covering()
    parts = []
    for row in range(grid.rows):
        column, cells = 0, []
        while column < grid.columns:
            found = at.get((row, column))
            if found is None:
                # The row ends here; Word says how many columns it leaves free.
                break
            cells.append(_cell(found, row, cell(written(found.text, bool(found.place))) if found.row == row else paragraph("")))
            column = found.column + found.colspan
        left = f"<w:trPr><w:gridAfter w:val={quoteattr(str(grid.columns - column))}/></w:trPr>" if column < grid.columns else ""
        parts.append(f"<w:tr>{left}{''.join(cells)}</w:tr>")
    columns = '<w:gridCol w:w="900"/>' * grid.columns
    return f'<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{"".join(parts)}</w:tbl>'


def _cell(cell: Cell, row: int, content: str) -> str:
    span = f'<w:gridSpan w:val="{cell.colspan}"/>' if cell.colspan > 1 else ""
    merged = "" if cell.rowspan == 1 else '<w:vMerge w:val="restart"/>' if cell.row == row else "<w:vMerge/>"
    return f'<w:tc><w:tcPr><w:tcW w:w="900" w:type="dxa"/>{span}{merged}</w:tcPr>{content}</w:tc>'


def document(body: str, more: Mapping[str, str] | None = None, *, title: str = "") -> bytes:
    """A docx with this body; `more` are other parts by name (`word/numbering.xml`)."""
    own = {"word/styles.xml": STYLES, **(more or {})}
    kinds = {name: name.removeprefix("word/").removesuffix(".xml") for name in own}
    related = "".join(f'<Relationship Id="{kind}" Type="{_RELATED}/{kind}" Target="{kind}.xml"/>' for kind in kinds.values())
    override = "".join(
        f'<Override PartName="/{name}" ContentType="{_OFFICE}.wordprocessingml.{kind}+xml"/>' for name, kind in kinds.items()
    )
    return zipped(
        {
            "[Content_Types].xml": content_types(
                f'<Override PartName="/word/document.xml" ContentType="{_OFFICE}.wordprocessingml.document.main+xml"/>{override}'
            ),
            "_rels/.rels": main_part("word/document.xml"),
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGED}/relationships">{related}</Relationships>',
            "word/document.xml": f"<w:document {_SPACES}><w:body>{body}<w:sectPr/></w:body></w:document>",
            **own,
            "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{_PACKAGED}/metadata/core-properties" xmlns:dc="{_DC}"><dc:title>{escape(title)}</dc:title></cp:coreProperties>',
        }
    )


def part(kind: str, content: str) -> str:
    """A part of a docx: `styles`, `numbering`, `footnotes`."""
    return f"<w:{kind} {_SPACES}>{content}</w:{kind}>"


def style(key: str, kind: str, content: str, *, name: str = "", default: bool = False) -> str:
    """A style."""
    first = ' w:default="1"' if default else ""
    return f'<w:style w:type="{kind}" w:styleId="{key}"{first}><w:name w:val="{name or key}"/>{content}</w:style>'


STYLES = part(
    "styles",
    '<w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="21"/></w:rPr></w:rPrDefault></w:docDefaults>'
    + style("Normal", "paragraph", "", default=True)
    + style("Title", "paragraph", '<w:basedOn w:val="Normal"/>', name="Title")
    + style("Heading1", "paragraph", '<w:pPr><w:outlineLvl w:val="0"/></w:pPr>', name="heading 1")
    + style("Heading2", "paragraph", '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>', name="heading 2")
    + style("TableGrid", "table", "", name="Table Grid"),
)


def body(blocks: Blocks, written: Written, cell: Callable[[str], str] = paragraph) -> str:
    """Paragraphs and tables one after the other."""
    parts = []
    for block in blocks:
        if isinstance(block, Paragraph):
            heading = f'<w:pStyle w:val="Heading{block.level}"/>' if block.level else ""
            parts.append(paragraph(written(block.text, False), heading))  # noqa: FBT003 (a callable type has no keywords)
        else:
            parts += [table(block, written, cell), paragraph("")]
    return "".join(parts)


def plain(text: str, figure: bool) -> str:  # noqa: FBT001 (as above)
    """One run for each text."""
    return run(text) if text or not figure else ""


def split(text: str, figure: bool) -> str:  # noqa: FBT001
    """A run for each character, with marks of spelling and bookmarks between them, as long editing leaves them."""
    between = itertools.cycle(
        ['<w:proofErr w:type="spellStart"/>', '<w:bookmarkStart w:id="0" w:name="_GoBack"/><w:bookmarkEnd w:id="0"/>', ""]
    )
    pieces = [run(each, '<w:rFonts w:hint="eastAsia"/>') if each != "\n" else "<w:r><w:br/></w:r>" for each in text]
    return "".join(piece + next(between) for piece in pieces) or (run("\u00a0") if figure else "")


def tracked(text: str, figure: bool) -> str:  # noqa: FBT001
    """Figures typed over older ones, labels with words added, moved and taken out."""
    half = len(text) // 2
    if figure:
        # A cell that is blank because its number was deleted is doubted, so that is not what stands here.
        return deleted("999") + inserted(run(text)) if text else deleted("无")
    moved = f"<w:moveFrom {AUTHOR}>{run(text[half:])}</w:moveFrom>"
    return moved + run(text[:half]) + f"<w:moveTo {AUTHOR}>{run(text[half:])}</w:moveTo>" + deleted("（修改前）")


def hidden(text: str, figure: bool) -> str:  # noqa: FBT001
    """Text with hidden text before and behind it, and instructions of a field."""
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{each}"/></w:r>' for each in ("begin", "separate", "end"))
    field = f"{begin}<w:r><w:instrText>QUOTE 888</w:instrText></w:r>{separate}{run(text)}{end}" if text and figure else run(text)
    # A cell that is blank because its number is hidden is doubted, so that is not what stands here.
    before, behind = ("999", "777") if text else ("空", "白")
    return run(before, "<w:vanish/>") + field + run(behind, "<w:vanish/>")


def controls(text: str, figure: bool) -> str:  # noqa: FBT001
    """Text in a content control, a link or a smart tag."""
    if figure:
        return f'<w:sdt><w:sdtPr><w:tag w:val="a"/></w:sdtPr><w:sdtContent>{run(text)}</w:sdtContent></w:sdt>'
    return f'<w:hyperlink r:id="r9">{run(text[:1])}</w:hyperlink><w:smartTag>{run(text[1:])}</w:smartTag>'


def controlled(runs: str) -> str:
    """A cell whose paragraph stands in a content control."""
    return f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph(runs)}</w:sdtContent></w:sdt>"


WRITTEN: Mapping[str, tuple[Written, Callable[[str], str]]] = {
    "plain": (plain, paragraph),
    "split": (split, paragraph),
    "tracked": (tracked, paragraph),
    "hidden": (hidden, paragraph),
    "controls": (controls, controlled),
}


def docx(report: Original, blocks: Blocks | None = None, *, shape: str = "plain") -> bytes:
    """The report in Word: plain, split, tracked, hidden, controls; `nested` in a table for layout, `boxed` in text boxes."""
    known = list(blocks or report.blocks())
    if shape == "nested":
        content = body(known, plain)
        cells = f"<w:tr><w:tc>{paragraph(run('首页'))}</w:tc><w:tc>{content}{paragraph('')}</w:tc></w:tr>"
        return document(f"<w:tbl><w:tblPr/>{cells}</w:tbl>{paragraph(run('版权所有'))}", title=report.title)
    if shape == "boxed":
        # Each table in a box of its own, the title in another, with other figures for old programs.
        boxes = [paragraph(box(body([each], plain), old=paragraph(run("999")))) for each in known]
        return document("".join(boxes), title=report.title)
    written, cell = WRITTEN[shape]
    return document(body(known, written, cell), title=report.title)


DOCX = (*WRITTEN, "nested", "boxed")
"""Names of all shapes."""


# -- xlsx -------------------------------------------------------------------------------------------------------------------

S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_BORDER = "<border><left/><right/><top/><bottom/></border>"
_DRAWN_BORDER = "<border>" + "".join(f'<{side} style="thin"/>' for side in ("left", "right", "top", "bottom")) + "</border>"
FONT = '<sz val="11"/><name val="宋体"/>'


class Look(NamedTuple):
    """How a cell looks: its number format, what its font and its fill are, whether it has a border."""

    code: str = "General"
    font: str = FONT
    fill: str = '<patternFill patternType="none"/>'
    bordered: bool = False
    alignment: str = ""


class Entry(NamedTuple):
    """A cell of a sheet: what stands in `<c>`, of which kind it is, how it looks."""

    content: str = ""
    kind: str = "n"
    look: Look = Look()


@dataclass
class Page:
    """A sheet: cells by row and column from 1, merged areas, what stands before and behind the cells."""

    name: str
    cells: dict[tuple[int, int], Entry] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    before: str = ""
    behind: str = ""
    rows: dict[int, str] = field(default_factory=dict)
    """Attributes of rows."""
    state: str = "visible"
    drawing: str = ""
    """What is anchored over the cells."""


def letters(column: int) -> str:
    """Name of a column."""
    return f"{chr(64 + (column - 1) // 26)}{chr(65 + (column - 1) % 26)}" if column > 26 else chr(64 + column)


def text(value: str, look: Look | None = None) -> Entry:
    """A cell with a text."""
    return Entry(f'<is><t xml:space="preserve">{escape(value)}</t></is>', "inlineStr", look or Look())


def number(value: str, code: str = "General", look: Look | None = None) -> Entry:
    """A cell with a number as it is written."""
    return Entry(f"<v>{value}</v>", "n", (look or Look())._replace(code=code))


def workbook(pages: Sequence[Page], *, strings: Sequence[str] = (), more: str = "", dxfs: str = "", title: str = "") -> bytes:
    """An xlsx with these sheets; `strings` are the contents of shared ones, `more` stands behind the list of sheets."""
    looks = list(dict.fromkeys([Look(), *(entry.look for page in pages for entry in page.cells.values())]))
    sheets = {f"xl/worksheets/sheet{index}.xml": page for index, page in enumerate(pages, start=1)}
    listed = "".join(
        f'<sheet name={quoteattr(page.name)} sheetId="{index}" state="{page.state}" r:id="s{index}"/>'
        for index, page in enumerate(pages, start=1)
    )
    related = "".join(
        f'<Relationship Id="s{index}" Type="{_RELATED}/worksheet" Target="/{name}"/>' for index, name in enumerate(sheets, start=1)
    )
    others = f'<Relationship Id="o1" Type="{_RELATED}/styles" Target="styles.xml"/><Relationship Id="o2" Type="{_RELATED}/sharedStrings" Target="sharedStrings.xml"/>'
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{_OFFICE}.spreadsheetml.worksheet+xml"/>' for name in sheets)
    kinds = {"workbook": "sheet.main", "styles": "styles", "sharedStrings": "sharedStrings"}
    overrides += "".join(
        f'<Override PartName="/xl/{name}.xml" ContentType="{_OFFICE}.spreadsheetml.{kind}+xml"/>' for name, kind in kinds.items()
    )
    return zipped(
        {
            "[Content_Types].xml": content_types(overrides),
            "_rels/.rels": main_part("xl/workbook.xml"),
            "xl/workbook.xml": f'<workbook xmlns="{S}" xmlns:r="{_RELATED}"><sheets>{listed}</sheets>{more}</workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGED}/relationships">{related}{others}</Relationships>',
            "xl/styles.xml": _looks(looks, dxfs),
            "xl/sharedStrings.xml": f'<sst xmlns="{S}">{"".join(f"<si>{each}</si>" for each in strings)}</sst>',
            "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{_PACKAGED}/metadata/core-properties" xmlns:dc="{_DC}"><dc:title>{escape(title)}</dc:title></cp:coreProperties>',
            **{name: _page(page, looks) for name, page in sheets.items()},
            **dict(itertools.chain.from_iterable(_drawn(name, page) for name, page in sheets.items() if page.drawing)),
        }
    )


def _looks(looks: Sequence[Look], dxfs: str) -> str:
    codes = list(dict.fromkeys(look.code for look in looks))
    formats = "".join(f'<numFmt numFmtId="{200 + index}" formatCode={quoteattr(code)}/>' for index, code in enumerate(codes))
    fonts = "".join(f"<font>{look.font}</font>" for look in looks)
    fills = "".join(f"<fill>{look.fill}</fill>" for look in looks)
    borders = "".join(_DRAWN_BORDER if look.bordered else _BORDER for look in looks)
    formed = "".join(
        f'<xf numFmtId="{0 if look.code == "General" else 200 + codes.index(look.code)}" fontId="{index}" fillId="{index}" borderId="{index}" xfId="0">{look.alignment}</xf>'
        for index, look in enumerate(looks)
    )
    return f'<styleSheet xmlns="{S}"><numFmts>{formats}</numFmts><fonts>{fonts}</fonts><fills>{fills}</fills><borders>{borders}</borders><cellStyleXfs><xf/></cellStyleXfs><cellXfs>{formed}</cellXfs><dxfs>{dxfs}</dxfs></styleSheet>'


def _page(page: Page, looks: Sequence[Look]) -> str:
    rows: dict[int, str] = dict.fromkeys(sorted({*(row for row, _ in page.cells), *page.rows}), "")
    for (row, column), entry in sorted(page.cells.items(), key=lambda each: each[0]):
        rows[row] += f'<c r="{letters(column)}{row}" t="{entry.kind}" s="{looks.index(entry.look)}">{entry.content}</c>'
    written = "".join(f'<row r="{row}" {page.rows.get(row, "")}>{cells}</row>' for row, cells in rows.items())
    areas = "".join(f'<mergeCell ref="{each}"/>' for each in page.merged)
    merged = f"<mergeCells>{areas}</mergeCells>" if areas else ""
    drawing = '<drawing r:id="d1"/>' if page.drawing else ""
    return f'<worksheet xmlns="{S}" xmlns:r="{_RELATED}">{page.before}<sheetData>{written}</sheetData>{merged}{page.behind}{drawing}</worksheet>'


def _drawn(name: str, page: Page) -> list[tuple[str, str]]:
    own = name.rpartition("/")[2]
    target = f"xl/drawings/{own}"
    spaces = 'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    related = f'<Relationship Id="d1" Type="{_RELATED}/drawing" Target="../drawings/{own}"/>'
    return [
        (f"xl/worksheets/_rels/{own}.rels", f'<Relationships xmlns="{_PACKAGED}/relationships">{related}</Relationships>'),
        (target, f"<xdr:wsDr {spaces}>{page.drawing}</xdr:wsDr>"),
    ]


def anchored(first: tuple[int, int], last: tuple[int, int], content: str) -> str:
    """Something that lies over cells, from one row and column, from 1, to another."""
    ends = "".join(
        f"<xdr:{end}><xdr:col>{at[1] - 1}</xdr:col><xdr:row>{at[0] - 1}</xdr:row></xdr:{end}>"
        for end, at in (("from", first), ("to", last))
    )
    return f"<xdr:twoCellAnchor>{ends}{content}</xdr:twoCellAnchor>"


def laid(page: Page, blocks: Blocks, top: int = 1, *, bordered: bool = True, figures: str = "numbers", gap: int = 0) -> int:
    """Lay blocks on a sheet from a row on, titles and prose merged over all columns; the row behind them.

    `figures` is how those that are numbers are written: `numbers`, or `texts`.
    """
    grids = [placed(block, "") for block in blocks if not isinstance(block, Paragraph)]
    width = max((grid.columns for grid in grids), default=1)
    look = Look(bordered=bordered)
    row = top
    for block in blocks:
        if isinstance(block, Paragraph):
            page.cells[row, 1] = text(block.text)
            if width > 1:
                page.merged.append(f"A{row}:{letters(width)}{row}")
            row += 1 + gap
            continue
        grid = placed(block, "")
        for cell in grid.cells:
            at = (row + cell.row, 1 + cell.column)
            page.cells[at] = _entry(cell, look, figures)
            if cell.rowspan > 1 or cell.colspan > 1:
                page.merged.append(f"{letters(at[1])}{at[0]}:{letters(at[1] + cell.colspan - 1)}{at[0] + cell.rowspan - 1}")
        row += grid.rows + gap
    return row


def _entry(cell: Cell, look: Look, figures: str) -> Entry:
    match = re.fullmatch(r"(?:0|[1-9]\d*)(?:\.(\d+))?", cell.text) if cell.place and figures == "numbers" else None
    if match:
        # Amounts keep the zeros behind their decimals by a format.
        return number(cell.text, f"0.{'0' * len(match[1])}" if match[1] else "General", look)
    return text(cell.text, look) if cell.text else Entry(look=look)


_WIDE = '<cols><col min="1" max="20" width="18" customWidth="1"/></cols>'
XLSX = ("one sheet", "one sheet without borders", "three sheets", "texts", "gaps")
"""Names of all shapes."""


def xlsx(report: Original, blocks: Blocks | None = None, *, shape: str = "one sheet") -> bytes:
    """The report in Excel, on one sheet or each table on its own."""
    known = list(blocks or report.blocks())
    if shape != "three sheets":
        page = Page("年报", before=_WIDE)
        laid(
            page,
            known,
            bordered=shape != "one sheet without borders",
            figures="texts" if shape == "texts" else "numbers",
            gap=shape == "gaps",
        )
        return workbook([page], title=report.title)
    pages: list[Page] = []
    waiting: list[Paragraph | Rows] = []
    for block in known:
        waiting.append(block)
        if not isinstance(block, Paragraph):
            pages.append(Page(f"表{len(pages) + 1}", before=_WIDE))
            laid(pages[-1], waiting)
            waiting = []
    pages.append(Page("其他", before=_WIDE))
    laid(pages[-1], waiting)
    return workbook(pages, title=report.title)


# -- ods --------------------------------------------------------------------------------------------------------------------

_OPEN = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "table": "table",
        "text": "text",
        "style": "style",
        "draw": "drawing",
        "fo": "xsl-fo-compatible",
        "manifest": "manifest",
        "calcext": "calcext",
    }.items()
)
ODS_BORDERED = (
    '<style:style style:name="B" style:family="table-cell"><style:table-cell-properties fo:border="0.06pt solid #000000"/></style:style>'
)


def ods_cell(shown: str, value: str = "", kind: str = "", attributes: str = "") -> str:
    """A cell that shows a text; `value` is the number it holds."""
    held = (
        f'office:value-type="{kind or "float"}" office:value="{value}"' if value or kind else 'office:value-type="string"' if shown else ""
    )
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in shown.split("\n")) if shown else ""
    return f"<table:table-cell {held} {attributes}>{lines}</table:table-cell>"


def spreadsheet(tables: str, styles: str = "", more: Mapping[str, str] | None = None) -> bytes:
    """An ods with these tables."""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped(
        {
            "mimetype": kind,
            "META-INF/manifest.xml": f'<manifest:manifest {_OPEN}><manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>',
            "content.xml": f"<office:document-content {_OPEN}><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>",
            **(more or {}),
        }
    )


def ods(report: Original, blocks: Blocks | None = None) -> bytes:
    """The report on one sheet of an OpenDocument spreadsheet, all but its titles with borders, blank rows to the end of the sheet."""
    known = list(blocks or report.blocks())
    width = max(placed(block, "").columns for block in known if not isinstance(block, Paragraph))
    rows = []
    for block in known:
        if isinstance(block, Paragraph):
            title = ods_cell(block.text, attributes=f"{_ACROSS}={quoteattr(str(width))}")
            rows.append(f"<table:table-row>{title}{_COVERED * (width - 1)}</table:table-row>")
            continue
        grid = placed(block, "")
        at = grid.covering()
        for row in range(grid.rows):
            cells = [(at[row, column], column) for column in range(grid.columns)]
            written = [_open_cell(cell) if (cell.row, cell.column) == (row, column) else _COVERED for cell, column in cells]
            rows.append(f"<table:table-row>{''.join(written)}</table:table-row>")
    rest = (
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    return spreadsheet(f'<table:table table:name="年报"><table:table-column/>{"".join(rows)}{rest}</table:table>', ODS_BORDERED)


_ACROSS = "table:number-columns-spanned"
_COVERED = "<table:covered-table-cell/>"


def _open_cell(cell: Cell) -> str:
    attributes = f'table:style-name="B" {_ACROSS}="{cell.colspan}" table:number-rows-spanned="{cell.rowspan}"'
    is_number = cell.place and re.fullmatch(r"\d+(\.\d+)?", cell.text)
    return ods_cell(cell.text, cell.text if is_number else "", attributes=attributes)
