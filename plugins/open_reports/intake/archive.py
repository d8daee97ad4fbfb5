"""Archives: the members of a zip file (docx, xlsx, ods, our own download), counted while they inflate, and the XML in them.

What an archive states about itself is believed only where it is over the limits: sizes are counted as the bytes come. Nothing is
ever written to disk, no archive within an archive is opened, and XML that declares a document type is refused, for no office
program writes one.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from lxml import etree

from open_reports.errors import IntakeError

if TYPE_CHECKING:
    from collections.abc import Iterator

Element = etree._Element  # noqa: SLF001 (the only name lxml has for it)

MOST_MEMBERS = 2_000
MOST_BYTES = 200_000_000
"""Bytes of all members together, inflated."""
MOST_RATIO = 200
RATIO_FROM = 1_000_000
"""A member may inflate to `MOST_RATIO` times its size; below `RATIO_FROM` bytes to any: blank sheets do."""
MOST_DIRECTORY = 2_000_000
"""Bytes of the directory: 2,000 members with names of 900 characters. It is read whole before a member can be counted."""

_CHUNK = 1 << 16
_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x07"
_ARCHIVES = (b"PK\x03\x04", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00")
_EMBEDDED = re.compile(r"(?:^|/)embeddings/|^Object[^/]*/|^ObjectReplacements/", re.IGNORECASE)
"""Where office files keep the workbook behind a chart; it stays closed, as everything else that is not read."""
_LEAVING = re.compile(r"^[/\\]|^[A-Za-z]:|\\|(?:^|/)\.\.(?:/|$)|[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Also what would command the terminal that the name is shown in, or turn its letters round."""
_DOCUMENT_TYPE = tuple("<!DOCTYPE".encode(codec) for codec in ("utf-8", "utf-16-le", "utf-16-be"))

_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, OverflowError, ValueError, struct.error, RuntimeError)
"""What `zipfile` raises about bytes that are no archive, or one of another kind: BadZipFile for its structure and checksums, zlib.error for
packed data, EOFError for data cut short, RuntimeError for a locked member or a version or method that it does not know, struct.error for
a field that is too short, ValueError, OverflowError and OSError for a date, a size or an offset that cannot be."""


def opened(data: bytes) -> dict[str, bytes]:
    """Members of an archive by name, folders left out.

    Raises `IntakeError`: `archive_damaged`, `archive_large`, `archive_nested`, `archive_names`, `archive_encrypted`.
    """
    _directory(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            _stated(infos)
            return dict(_inflated(archive, [info for info in infos if not info.filename.endswith("/")]))
    except _DAMAGED:
        raise IntakeError("archive_damaged") from None


def _directory(data: bytes) -> None:
    """Refuse a directory too long to be read, before anybody reads it."""
    end = data.rfind(_END, -(22 + 65_535))
    # The sizes of 64 bits that an archive of more than 4 GB needs; no file that may be imported is so large.
    if end < 0 or len(data) < end + 22 or data[max(0, end - 20) : end].startswith(_END_64):
        raise IntakeError("archive_damaged")
    if int.from_bytes(data[end + 12 : end + 16], "little") > MOST_DIRECTORY:
        raise IntakeError("archive_large")


def _stated(infos: list[zipfile.ZipInfo]) -> None:
    """Refuse what the directory shows: too many members, names that leave the folder or come twice, links, passwords."""
    if len(infos) > MOST_MEMBERS:
        raise IntakeError("archive_large")
    # Case is folded, for two such names are one file on Windows, and who looks a part up may mean either.
    names = [info.orig_filename for info in infos]
    if len({name.casefold() for name in names}) < len(names) or any(_LEAVING.search(name) or not name for name in names):
        raise IntakeError("archive_names")
    for info in infos:
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise IntakeError("archive_names")
        if info.flag_bits & 0x1:
            raise IntakeError("archive_encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise IntakeError("archive_damaged")


def _inflated(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    total = 0
    for info in infos:
        parts: list[bytes] = []
        size = 0
        with archive.open(info) as member:
            while part := member.read(_CHUNK):
                size += len(part)
                total += len(part)
                # `compress_size` is how much is read of the archive, whatever the member says of itself.
                if total > MOST_BYTES or (size > RATIO_FROM and size > MOST_RATIO * info.compress_size):
                    raise IntakeError("archive_large")
                parts.append(part)
        content = b"".join(parts)
        if content.startswith(_ARCHIVES) and not _EMBEDDED.search(info.filename):
            raise IntakeError("archive_nested", name=info.filename)
        yield info.filename, content


def xml(data: bytes) -> Element:
    """The tree of an XML text, comments and processing instructions left out.

    Raises `IntakeError`: `xml_type` where it declares a document type, `xml_unreadable` where it is no XML, or too deep.
    """
    # Looked for before parsing, and asked afterwards: the text may be in an encoding that nobody expects.
    if any(each in data for each in _DOCUMENT_TYPE):
        raise IntakeError("xml_type")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise IntakeError("xml_unreadable") from None
    information = root.getroottree().docinfo
    if information.doctype or information.internalDTD is not None:
        raise IntakeError("xml_type")
    return root
