"""Kinds: what a file is, told by its content. Names lie: a .doc may be a web page, an .xls an mhtml, a .wps a docx."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from open_reports.errors import IntakeError
from open_reports.intake.readers.decoding import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_MEMBERS = 2_000
"""Members of an archive that are looked at; an archive with more is refused by whoever opens it."""

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", "legacy"),
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"\x00\x00\x00\x0cjP  ", "picture"),
    (b"Rar!\x1a\x07", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
)
_PARTS = (
    # Members that only this kind has, the first that is there decides.
    ("OFD.xml", "ofd"),
    ("datapackage.json", "zip"),
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "legacy"),
    ("ppt/presentation.xml", "slides"),
)
_ODF = {
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.text": "legacy",
}
_MAIL = re.compile(r"^(?:mime-version|content-type|snapshot-content-location)\s*:", re.IGNORECASE | re.MULTILINE)
_OFFICE_XML = re.compile(r"urn:schemas-microsoft-com:office:spreadsheet|/office/word/2003/wordml|<office:document\b|/2006/xmlPackage")
_TAG = re.compile(r"<(?:!doctype\s+html|html|head|body|table|tr|td|div|p|meta|title|section|article|h[1-6])\b[^<>]*>", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def kind(data: bytes) -> str:
    """What a file is, in one word.

    html, mhtml, docx, xlsx, ods, zip, pdf, text; legacy (doc, xls, wps, et, rtf, odt and others that LibreOffice opens); ofd, picture,
    slides, archive (rar, 7z, gz), encrypted (an office file with a password), empty, unknown.
    """
    if not data.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        return "empty"
    if data.startswith(b"PK"):
        return _archive(data)
    if data.startswith(OLE2):
        return "encrypted" if "EncryptedPackage".encode("utf-16-le") in data else "legacy"
    if b"%PDF-" in data[:1_024]:
        return "pdf"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "picture"
    found = next((name for beginning, name in _BEGINNINGS if data.startswith(beginning)), "")
    return found or _text(data)


def _text(data: bytes) -> str:
    try:
        text, _ = decoded(data)
    except IntakeError:
        return "unknown"
    text = text.lstrip("\ufeff \t\r\n")
    head = text[:4_096]
    if _MAIL.match(head) or (re.match(r"[A-Za-z-]+:", head) and _MAIL.search(head.split("\n\n", 1)[0].split("\r\n\r\n", 1)[0])):
        return "mhtml"
    if head.startswith(("<?xml", "<?mso-application", "<office:", "<w:", "<Workbook")) and _OFFICE_XML.search(head):
        return "legacy"
    if (head.startswith("<") and _TAG.search(head)) or _tabled(text):
        return "html"
    return "unknown" if _CONTROL.search(head) else "text"


def _tabled(text: str) -> bool:
    """Whether a text that does not begin as a page holds a table of one, as Markdown may."""
    table = re.search(r"<table\b", text, re.IGNORECASE)
    return table is not None and re.compile(r"<t[dh]\b", re.IGNORECASE).search(text, table.end()) is not None


def _archive(data: bytes) -> str:
    members = list(islice(_members(data), MOST_MEMBERS))
    for member, found in _PARTS:
        if member in members:
            return found
    # The first member of an ODF archive is called mimetype and stands there uncompressed.
    if data[30:38] == b"mimetype":
        size = int.from_bytes(data[18:22], "little")
        start = 38 + int.from_bytes(data[28:30], "little")
        return _ODF.get(data[start : start + min(size, 100)].removesuffix(b"-template"), "zip")
    return "zip"


def _members(data: bytes) -> Iterator[str]:
    """Names in the directory of a zip archive; nothing is unpacked, and what is no directory gives nothing."""
    end = data.rfind(b"PK\x05\x06", -66_000)
    if end < 0:
        return
    place = end - int.from_bytes(data[end + 12 : end + 16], "little")
    while 0 <= place < end and data[place : place + 4] == b"PK\x01\x02":
        name, extra, comment = (int.from_bytes(data[place + at : place + at + 2], "little") for at in (28, 30, 32))
        yield data[place + 46 : place + 46 + name].decode("utf-8", errors="replace")
        place += 46 + name + extra + comment
