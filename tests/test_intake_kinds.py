"""Kinds of files by their content: names are not asked."""

from __future__ import annotations

import io
import zipfile

import pytest
from manuscripts.html import archive, markdown, plain, tabs, word
from manuscripts.statutory import corpus
from open_reports.intake.kinds import OLE2, kind

REPORT = corpus()["pingtan/2023"]


def zipped(*members: str, first: tuple[str, bytes] | None = None) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        if first:
            made.writestr(first[0], first[1], zipfile.ZIP_STORED)
        for member in members:
            made.writestr(member, b"<x/>")
    return file.getvalue()


ODS = b"application/vnd.oasis.opendocument.spreadsheet"
CASES = {
    "page": (plain(REPORT), "html"),
    "page of word": (word(REPORT), "html"),
    "page with a mark": (b"\xef\xbb\xbf\r\n" + plain(REPORT), "html"),
    "page in utf-16": (plain(REPORT).decode().encode("utf-16"), "html"),
    "xhtml": (b'<?xml version="1.0" encoding="utf-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><body></body></html>', "html"),
    "page behind a comment": (b"<!-- saved from url=(0014)about:internet -->\n<html></html>", "html"),
    "piece of a page": (b"<p>a</p><table><tr><td>1</td></tr></table>", "html"),
    "a .doc or .xls that is a page": (b"<html xmlns:x='urn:schemas-microsoft-com:office:excel'><body><table></table>", "html"),
    "markdown with a table of a page": ("# 题\n\n<table>\n<tr><td>1</td></tr>\n</table>\n".encode(), "html"),
    "web archive": (archive(REPORT), "mhtml"),
    "web archive of word": (b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\n', "mhtml"),
    "markdown": (markdown(REPORT), "text"),
    "tabs": (tabs(REPORT), "text"),
    "tabs in gbk": (tabs(REPORT).decode().encode("gbk"), "text"),
    "text with less-than": (b"1 < 2 and 3 > 2", "text"),
    "docx": (zipped("[Content_Types].xml", "word/document.xml"), "docx"),
    "docx with another first member": (zipped("a.txt", "word/document.xml"), "docx"),
    "xlsx": (zipped("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
    "xlsb": (zipped("xl/workbook.bin"), "legacy"),
    "slides": (zipped("ppt/presentation.xml"), "slides"),
    "ods": (zipped("content.xml", first=("mimetype", ODS)), "ods"),
    "template of ods": (zipped("content.xml", first=("mimetype", ODS + b"-template")), "ods"),
    "odt": (zipped("content.xml", first=("mimetype", b"application/vnd.oasis.opendocument.text")), "legacy"),
    "ofd": (zipped("OFD.xml", "Doc_0/Document.xml"), "ofd"),
    "our own archive": (zipped("datapackage.json", "data/disclosure.csv"), "zip"),
    "another archive": (zipped("a.txt"), "zip"),
    "no archive at all": (b"PK\x03\x04 and then nothing", "zip"),
    "pdf": (b"%PDF-1.7\n", "pdf"),
    "pdf behind rubbish": (b"\r\n\r\n%PDF-1.4\n", "pdf"),
    "doc, xls, wps, et": (OLE2 + bytes(504), "legacy"),
    "with a password": (OLE2 + bytes(504) + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    "rtf": (rb"{\rtf1\ansi", "legacy"),
    "spreadsheet of 2003": (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "legacy"),
    "flat odt": (b'<?xml version="1.0"?><office:document xmlns:office="urn:x"/>', "legacy"),
    "png": (b"\x89PNG\r\n\x1a\n", "picture"),
    "jpeg": (b"\xff\xd8\xff\xe0", "picture"),
    "webp": (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "picture"),
    "tiff": (b"II*\x00", "picture"),
    "rar": (b"Rar!\x1a\x07\x00", "archive"),
    "7z": (b"7z\xbc\xaf\x27\x1c", "archive"),
    "nothing": (b"", "empty"),
    "blanks": (b"\xef\xbb\xbf \r\n\x00", "empty"),
    "bytes": (bytes(range(256)) * 4, "unknown"),
    "control characters": (b"\x01\x02\x03 abc", "unknown"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_kind(name: str) -> None:
    data, expected = CASES[name]
    assert kind(data) == expected


def test_an_archive_of_many_members_is_not_listed_to_its_end() -> None:
    assert kind(zipped(*(f"{number}.txt" for number in range(2_001)), "word/document.xml")) == "zip"
