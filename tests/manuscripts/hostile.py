"""Files that mean ill, all of them harmless: each is refused by our own limits before any parser gets more than it can take.

None is deep or large enough to hurt a program that has no such limits, and none uses a fault of one.
"""

from __future__ import annotations

import io
import random
import stat
import struct
import zipfile
from typing import TYPE_CHECKING

from manuscripts import html, office, pdf
from manuscripts.compared import CORPUS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

REPORT = CORPUS["pingtan/2023"]
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def rolled(seed: int | str) -> random.Random:
    """The same chances in every run."""
    return random.Random(seed)  # noqa: S311 (nothing is secret)


# -- archives -----------------------------------------------------------------------------------------------------------------


def packed(data: bytes, more: Mapping[str, bytes]) -> bytes:
    """An office file with other members behind its own; one of the same name takes its place."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for info in old.infolist():
            new.writestr(info, more.get(info.filename) or old.read(info))
        for name in more.keys() - set(old.namelist()):
            new.writestr(name, more[name])
    return file.getvalue()


def named(data: bytes, name: str, mode: int = 0) -> bytes:
    """An office file with a member of a name, or a kind, that no library would write."""
    file = io.BytesIO(data)
    # Not ASCII, so that its name is marked as UTF-8.
    stand_in = "é" + "x" * (len(name.encode()) - 2)
    with zipfile.ZipFile(file, "a") as made:
        info = zipfile.ZipInfo(stand_in)
        info.external_attr = mode << 16
        made.writestr(info, b"1")
    return file.getvalue().replace(stand_in.encode(), name.encode())


def flagged(data: bytes) -> bytes:
    """An office file whose directory says of its last member that it has a password."""
    entry = data.rindex(b"PK\x01\x02")
    return data[: entry + 8] + b"\x01" + data[entry + 9 :]


def lying(data: bytes) -> bytes:
    """An office file that says of its largest member that it has ten bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = max(info.file_size for info in archive.infolist())
    return data.replace(struct.pack("<I", size), struct.pack("<I", 10))


def swollen() -> bytes:
    """Members of 203 MB where 200 are taken, none of which inflates to more than 200 times its size; packed they are 5 MB."""
    dice = rolled(0)
    part = b"".join(dice.randbytes(60) + bytes(4_000) for _ in range(2_500))
    return packed(office.docx(REPORT), {f"word/media/{index}.bin": part for index in range(20)})


# -- XML and pages --------------------------------------------------------------------------------------------------------------

DOCUMENT_TYPE = b'<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE a [<!ENTITY b "1">]>'
"""One entity of one character: what is refused is that there is one at all."""


def typed(data: bytes, part: str) -> bytes:
    """An office file with a part that declares a document type."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = archive.read(part)
    return packed(data, {part: DOCUMENT_TYPE + text[text.index(b"?>") + 2 if text.startswith(b"<?xml") else 0 :]})


def page(body: str) -> bytes:
    """A page."""
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'></head><body>{body}</body></html>".encode()


def table(rows: int, columns: int, cell: str = "<td>1</td>") -> str:
    """A table of a page with so many cells."""
    return f"<table>{('<tr>' + cell * columns + '</tr>') * rows}</table>"


def words(rows: int, columns: int, properties: str = "") -> bytes:
    """A Word file with a table of so many cells."""
    # Each with another number, or the file would be refused for how far it inflates.
    dice = rolled(0)
    cells = [f"<w:tc><w:tcPr>{properties}</w:tcPr>{office.paragraph(office.run(str(dice.random())))}</w:tc>" for _ in range(rows * columns)]
    drawn = "".join(f"<w:tr>{''.join(cells[start : start + columns])}</w:tr>" for start in range(0, len(cells), columns))
    return office.document(f"<w:tbl>{drawn}</w:tbl>")


def deep(levels: int) -> bytes:
    """A Word file whose text is nested one level deeper than libxml2 takes by itself."""
    return office.document("<w:sdt><w:sdtContent>" * (levels // 2) + "</w:sdtContent></w:sdt>" * (levels // 2))


def sheet(rows: int, columns: int, *, merged: str = "") -> bytes:
    """A workbook with a sheet of so many cells."""
    made = office.Page("年报", {(row, column): office.number("1") for row in range(1, rows + 1) for column in range(1, columns + 1)})
    if merged:
        made.merged.append(merged)
    return office.workbook([made])


def far(address: str) -> bytes:
    """A workbook with a cell at the far end of a sheet."""
    data = sheet(2, 2)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = archive.read("xl/worksheets/sheet1.xml")
    return packed(data, {"xl/worksheets/sheet1.xml": text.replace(b'r="B2"', f'r="{address}"'.encode())})


def repeated(attributes: str, on_row: str = "") -> bytes:
    """An OpenDocument sheet with a cell or a row that says it stands there many times."""
    cell = office.ods_cell("1", "1", attributes=attributes)
    return office.spreadsheet(f'<table:table table:name="年报"><table:table-row {on_row}>{cell}{cell}</table:table-row></table:table>')


def halved(data: bytes) -> bytes:
    """A file whose second half was lost."""
    return data[: len(data) // 2]


LARGE_MERGE = "A1:SG5001"
"""One column and one row more than are looked at."""

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    # What the archive is.
    "2,001 members and more": (lambda: packed(office.docx(REPORT), {f"word/{each}": b"" for each in range(2_001)}), "archive_large"),
    "a member of blanks": (lambda: packed(office.docx(REPORT), {"word/media/1.bin": b" " * 1_000_100}), "archive_large"),
    "203 MB in small parts": (swollen, "archive_large"),
    "an archive in the archive": (lambda: packed(office.docx(REPORT), {"report.docx": office.docx(REPORT)}), "archive_nested"),
    "a name that leaves the folder": (lambda: named(office.docx(REPORT), "../a"), "archive_names"),
    "a name from the root": (lambda: named(office.xlsx(REPORT), "/a"), "archive_names"),
    "a name of Windows": (lambda: named(office.ods(REPORT), "C:\\a"), "archive_names"),
    "a name that commands a terminal": (lambda: named(office.docx(REPORT), "word/\x1b[2Ja"), "archive_names"),
    "a name that commands a terminal in one byte": (lambda: named(office.docx(REPORT), "word/\x9b2Ja"), "archive_names"),
    "a name that turns letters round": (lambda: named(office.docx(REPORT), "word/\u202ea"), "archive_names"),
    "a link": (lambda: named(office.docx(REPORT), "word/a", stat.S_IFLNK | 0o777), "archive_names"),
    "a device": (lambda: named(office.docx(REPORT), "word/a", stat.S_IFCHR | 0o666), "archive_names"),
    "a password for one member": (lambda: flagged(office.docx(REPORT)), "archive_encrypted"),
    "sizes that lie in docx": (lambda: lying(office.docx(REPORT)), "archive_damaged"),
    "sizes that lie in xlsx": (lambda: lying(office.xlsx(REPORT)), "archive_damaged"),
    "sizes that lie in ods": (lambda: lying(office.ods(REPORT)), "archive_damaged"),
    # What its parts are.
    "a document type in docx": (lambda: typed(office.docx(REPORT), "word/document.xml"), "xml_type"),
    "a document type in a relation": (lambda: typed(office.docx(REPORT), "_rels/.rels"), "xml_type"),
    "a document type in xlsx": (lambda: typed(office.xlsx(REPORT), "xl/worksheets/sheet1.xml"), "xml_type"),
    "a document type in ods": (lambda: typed(office.ods(REPORT), "content.xml"), "xml_type"),
    "a deep docx": (lambda: deep(300), "xml_unreadable"),
    "a deep page": (lambda: page("<div>" * 300 + "1" + "</div>" * 300), "page_too_deep"),
    "tables in tables": (lambda: page("<table><tr><td>" * 40 + "1" + "</td></tr></table>" * 40), "page_too_deep"),
    # Tables.
    "wide spans in a page": (lambda: page(table(2, 3, "<td colspan=201>1</td>")), "table_too_large"),
    "high spans in a page": (lambda: page(table(201, 100, "<td rowspan=201>1</td>")), "table_too_large"),
    "wide spans in docx": (lambda: words(2, 3, "<w:gridSpan w:val='201'/>"), "table_too_large"),
    "a cell in column 501": (lambda: far("SG2"), "sheet_too_large"),
    "a cell in row 5,001": (lambda: far("B5001"), "sheet_too_large"),
    "a cell where no sheet has one": (lambda: far("AAAA1"), "xlsx_unreadable"),
    "a cell repeated": (lambda: repeated('table:number-columns-repeated="501"'), "sheet_too_large"),
    "a row repeated": (lambda: repeated("", 'table:number-rows-repeated="5001"'), "sheet_too_large"),
    "25,000 cells in a page": (lambda: page(table(250, 100)), "table_too_large"),
    "25,000 cells in docx": (lambda: words(250, 100), "table_too_large"),
    "25,000 cells in xlsx": (lambda: sheet(250, 100), "table_too_large"),
    "25,000 cells as text": (lambda: ("\t".join("1" * 100) + "\n").encode() * 250, "table_too_large"),
    # PDF.
    "a PDF of 61 pages": (lambda: pdf.document(*[pdf.text("1", 10, 10)] * 61), "pdf_pages"),
    "20,001 lines on a page of PDF": (lambda: pdf.document(" ".join(f"{x} 0 m {x} 9 l S" for x in range(20_001))), "pdf_page_large"),
    "40,001 characters on a page of PDF": (lambda: pdf.document(pdf.text("1" * 40_001, 10, 10)), "pdf_page_large"),
    "a PDF with a password": (lambda: pdf.document(pdf.text("1", 10, 10), lock=pdf.Lock(opening=b"secret")), "kind_encrypted"),
    "the first half of a PDF": (lambda: halved(pdf.document(pdf.text("1" * 1_000, 10, 10))), "pdf_unreadable"),
    "a PDF without text": (lambda: pdf.document("0 0 m 10 10 l S"), "pdf_no_text"),
    # What it is not.
    "nothing": (lambda: b"", "kind_empty"),
    "blanks": (lambda: b" \n" * 1_000, "kind_empty"),
    "OFD": (lambda: office.zipped({"OFD.xml": "<a/>"}), "kind_ofd"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(1_000), "picture_unreadable"),
    "a Word file with a password": (lambda: OLE2 + bytes(1_000) + "EncryptedPackage".encode("utf-16-le") + bytes(1_000), "kind_encrypted"),
    "an old file of no known kind": (lambda: OLE2 + bytes(1_000), "legacy_unknown"),
    "an archive that is no report": (lambda: office.zipped({"a.txt": "1"}), "kind_zip"),
    "bytes": (lambda: rolled(1).randbytes(10_000), "kind_unknown"),
}
"""Name of each: how it is made, and the code of the sentence that it is refused with."""

KINDS: dict[str, Callable[[], bytes]] = {
    "html": lambda: html.plain(REPORT),
    "word page": lambda: html.word(REPORT),
    "mhtml": lambda: html.archive(REPORT),
    "markdown": lambda: html.markdown(REPORT),
    "tabs": lambda: html.tabs(REPORT),
    "docx": lambda: office.docx(REPORT),
    "xlsx": lambda: office.xlsx(REPORT),
    "ods": lambda: office.ods(REPORT),
}
"""A file of every kind that is read, to be cut off."""
