"""The gate in front of every package: only plain files of known names, strictly encoded, are ever read.

Packages come from many offices by pull request and are half trusted. What the stock tools let through (symbolic links,
foreign encodings, byte-order marks, invisible characters, huge rows) ends here, before any parser sees a byte.
Nothing here knows a form.
"""

from __future__ import annotations

import csv
import io
import os
import re
import stat
import unicodedata
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from open_reports.document import INVISIBLE, shown
from open_reports.finding import Finding, finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

MAX_BYTES = 1_000_000
"""Largest file accepted, in bytes; a real table has about 2,000."""
MAX_AGENCY = 200_000
"""Largest agency.yml accepted, in bytes."""
MAX_DESCRIPTOR = 200_000
"""Largest datapackage.json accepted, in bytes; a real one has about 10,000."""
MOST_TOLD = 200
"""Most findings told of one file; more of them have one cause."""
MAX_ROWS = 500
"""Most rows of a table; the longest form has 26."""
MAX_PROSE = 16_384
"""Largest prose accepted, in bytes of UTF-8."""
LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What file managers drop into folders; never read, never published."""

_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", re.ASCII)
MAX_SLUG = 64
RESERVED = frozenset(
    {"none", "index", "en", "zh", "data", "assets", "reports", "con", "prn", "aux", "nul"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}
)
"""Names that mean something else in an address, or that Windows cannot have as a folder."""


def slug_fault(name: str) -> str | None:
    """Message code of what is wrong with an agency id, or None."""
    if not _SLUG.fullmatch(name) or len(name) > MAX_SLUG:
        return "file.slug"
    return "file.slug_reserved" if name in RESERVED else None


def skeleton(name: str) -> str:
    """Return a slug with similar letters made the same: two ids with one skeleton look alike."""
    return name.replace("-", "").replace("rn", "m").replace("vv", "w").translate(str.maketrans("015i", "olsl"))


def children(folder: str, place: str) -> tuple[dict[str, os.DirEntry[str]], list[Finding]]:
    """Entries of a folder by name, in order; anything but plain files and folders is a finding, and left out."""
    entries: dict[str, os.DirEntry[str]] = {}
    findings = []
    try:
        with os.scandir(folder) as listing:
            listed = sorted(listing, key=lambda each: each.name)
    except OSError as error:
        return {}, [finding("file.unreadable", file=place, found=error.strerror or type(error).__name__)]
    for entry in listed:
        path = f"{place}/{shown(entry.name)}"
        if entry.is_symlink():
            findings.append(finding("file.symlink", file=path))
        elif not (entry.is_dir(follow_symlinks=False) or entry.is_file(follow_symlinks=False)):
            findings.append(finding("file.not_regular", file=path))
        elif entry.name not in LITTER:
            entries[entry.name] = entry
    return entries, findings


def read_bytes(path: str, place: str, most: int = MAX_BYTES) -> tuple[bytes, list[Finding]]:
    """Bytes of a plain file of at most `most` bytes; never follows a link, never blocks on a pipe."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        return b"", [finding("file.missing", file=place)]
    except OSError as error:
        code = "file.symlink" if Path(path).is_symlink() else "file.not_regular" if Path(path).is_dir() else "file.unreadable"
        return b"", [finding(code, file=place, found=error.strerror or type(error).__name__)]
    try:
        # Asked of what is open: behind a name, the file could be exchanged between the look and the reading.
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            return b"", [finding("file.not_regular", file=place)]
        # One byte more than is allowed tells that a file is too big, whatever size the system states.
        data = os.read(handle, most + 1)
        while len(data) < status.st_size <= most and (more := os.read(handle, most + 1 - len(data))):
            data += more
    finally:
        os.close(handle)
    if len(data) > most:
        return b"", [finding("file.too_big", file=place, found=f"{status.st_size:,}", expected=f"{most:,}")]
    return data, []


_UTF8_MARK = b"\xef\xbb\xbf"
_MARKS = {_UTF8_MARK: "file.bom", b"\xff\xfe": "file.utf16", b"\xfe\xff": "file.utf16"}


def decode(data: bytes, place: str, *, marked: bool = False) -> tuple[str | None, list[Finding]]:
    """Text of strict UTF-8 bytes, in NFC, with line feeds as line ends and no invisible character.

    A byte-order mark before it is refused unless it may be `marked`: Excel and WPS write one before every CSV file in UTF-8,
    and nobody sees it.
    """
    mark = next((mark for mark in _MARKS if data.startswith(mark)), b"")
    if mark and not (marked and mark == _UTF8_MARK):
        return None, [finding(_MARKS[mark], file=place)]
    data = data.removeprefix(mark)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        try:
            # Office programs in Chinese often save so (GB 18030): the line as text tells a clerk more than a byte.
            guess = data.decode("gb18030").split("\n")[row - 1].strip()
        except UnicodeDecodeError:
            return None, [finding("file.not_utf8", file=place, row=row, found=f"0x{data[error.start]:02x}")]
        return None, [finding("file.gb18030", file=place, row=row, found=shown(guess))]
    return _plain(text.replace("\r\n", "\n"), place)


def _plain(text: str, place: str) -> tuple[str | None, list[Finding]]:
    """The text, or what in it nobody sees."""
    # Line ends of the old Macintosh, in which a spreadsheet can still save: the whole table would be one line.
    if text.count("\r") > 1 and "\n" not in text:
        return None, [finding("file.line_ends", file=place)]
    if text.isascii() and text.replace("\n", "").isprintable():
        return text, []
    # isprintable() is quick and refuses more than we do (spaces such as U+3000), so only a "no" costs a closer look.
    matches = [] if text.replace("\n", "").isprintable() else _first(INVISIBLE.finditer(text), 10)
    findings = [
        finding("file.invisible", file=place, row=text.count("\n", 0, match.start()) + 1, found=f"U+{ord(match[0]):04X}")
        for match in matches
    ]
    if not findings and not unicodedata.is_normalized("NFC", text):
        rows = enumerate(text.split("\n"), start=1)
        row, line = next((row, line) for row, line in rows if not unicodedata.is_normalized("NFC", line))
        findings.append(finding("file.not_nfc", file=place, row=row, found=shown(line)))
    return (None if findings else text), findings


def _first(items: Iterable[re.Match[str]], most: int) -> list[re.Match[str]]:
    return list(islice(items, most))


def read_text(path: str, place: str, most: int = MAX_BYTES) -> tuple[bytes, str | None, list[Finding]]:
    """Bytes and text of a file, or its findings; a table (CSV) may begin with a byte-order mark."""
    data, findings = read_bytes(path, place, most)
    if findings:
        return data, None, findings
    text, findings = decode(data, place, marked=path.endswith(".csv"))
    return data, text, findings


def grid(text: str, place: str) -> tuple[list[list[str]], list[Finding]]:
    """Rows of a CSV text (RFC 4180); row numbers are line numbers, for a cell may hold no line break.

    What a spreadsheet writes of rows and columns that hold nothing is passed over: blank rows at the end, and blank cells
    beyond the last head where the head has them, too. A row that alone has a cell too many keeps it: there a comma was typed,
    and every cell behind it may stand under the wrong head.
    """
    rows, findings = _grid(_ended(text), place)
    while rows and not any(rows[-1]):
        rows.pop()
    return _narrowed(rows), findings


def _ended(text: str) -> str:
    """A CSV text up to the line of its last cell that holds anything: thousands of blank rows are no rows."""
    last = len(text.rstrip(",\n"))
    end = text.find("\n", last) + 1
    return text[: end or len(text)]


def _narrowed(rows: list[list[str]]) -> list[list[str]]:
    """Rows without the blank cells that head and rows have beyond the last head."""
    if not rows or not any(rows[0]) or rows[0][-1]:
        return rows
    wide = len(rows[0])
    width = next(index for index in range(wide, 0, -1) if rows[0][index - 1])
    return [row[:width] if len(row) <= wide and not any(row[width:]) else row for row in rows]


def _grid(text: str, place: str) -> tuple[list[list[str]], list[Finding]]:
    # Without a quote no cell holds a comma or a line break (RFC 4180), and splitting does what the parser would, sooner.
    if '"' not in text:
        if text.count("\n") > MAX_ROWS:
            return [], [_too_many_rows(text.count("\n"), place)]
        rows = [line.split(",") for line in text.split("\n")]
        if rows and rows[-1] == [""]:
            rows.pop()
        return rows, []
    rows = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            if len(rows) == MAX_ROWS:
                return [], [_too_many_rows(text.count("\n"), place)]
            rows.append(row)
            if reader.line_num != len(rows):
                return [], [finding("table.quote", file=place, row=len(rows), found=shown(row[-1] if row else ""))]
    except csv.Error as error:
        return [], [finding("table.quote", file=place, row=len(rows) + 1, found=shown(str(error)))]
    return rows, []


def first_of_each_file(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings with at most `MOST_TOLD` a file, and one more that counts the rest: nobody reads thousands."""
    told: list[Finding] = []
    counted: Counter[str | None] = Counter()
    for each in findings:
        counted[each.file] += 1
        if counted[each.file] <= MOST_TOLD:
            told.append(each)
    rest = {file: count - MOST_TOLD for file, count in counted.items() if count > MOST_TOLD}
    return told + [finding("file.more", file=file, found=f"{count:,}") for file, count in rest.items()]


def _too_many_rows(count: int, place: str) -> Finding:
    return finding("table.too_many_rows", file=place, found=f"{count:,}", expected=str(MAX_ROWS))


def unexpected(names: Iterable[str], known: Collection[str], place: str) -> list[Finding]:
    """Return a finding for each name that is not known in this folder."""
    expected = "、".join(sorted(known))
    return [finding("file.unexpected", file=f"{place}/{shown(name)}", expected=expected) for name in names if name not in known]
