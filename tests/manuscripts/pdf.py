"""The report as PDF: written in Word and printed by LibreOffice, or shown as a page and printed by Chromium.

Font size and paper decide where pages end, so that over the sizes every row of the tables meets the end of a page some time.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from manuscripts import html, office

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from playwright.sync_api import Browser

    from manuscripts.statutory import Original

SIZES = (9.0, 10.5, 12.0, 14.0, 16.0)
"""Font sizes in points."""
PAPERS = {"A4": (11906, 16838), "Letter": (12240, 15840)}
"""Width and height of papers, in twentieths of a point."""
_MARGIN = 1000
_MOST_PRINTED = 100
_SIDES = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:color="000000"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_TABLE = re.compile(r'<w:tbl><w:tblPr>.*?</w:tblPr><w:tblGrid>((?:<w:gridCol w:w="900"/>)+)</w:tblGrid>')


@dataclass(frozen=True)
class Lock:
    """A password for a PDF, in the oldest and shortest of its ways; `opening` is asked for to open the file, the other to change it."""

    opening: bytes = b""
    changing: bytes = b"owner"

    @property
    def _owner(self) -> bytes:
        return _ciphered(_digest(_padded(self.changing))[:5], _padded(self.opening))

    @property
    def _key(self) -> bytes:
        return _digest(_padded(self.opening) + self._owner + struct.pack("<i", _ALLOWED) + _NAME)[:5]

    def locked(self, number: int, data: bytes) -> bytes:
        """What the object of this number holds."""
        return _ciphered(_digest(self._key + struct.pack("<I", number)[:3] + b"\0\0")[:10], data)

    def entry(self) -> bytes:
        """What the end of the file says of it."""
        owner, user = self._owner.hex().encode(), _ciphered(self._key, _padded(b"")).hex().encode()
        name = _NAME.hex().encode()
        return b"/ID [<%s> <%s>] /Encrypt << /Filter /Standard /V 1 /R 2 /P %d /O <%s> /U <%s> >> " % (name, name, _ALLOWED, owner, user)


_NAME = bytes(range(16))
_ALLOWED = -60
_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def _padded(password: bytes) -> bytes:
    return (password + _PADDING)[:32]


def _digest(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _ciphered(key: bytes, data: bytes) -> bytes:
    """RC4, which keeps nothing secret any more, but old files are locked with it."""
    state = list(range(256))
    other = 0
    for index in range(256):
        other = (other + state[index] + key[index % len(key)]) % 256
        state[index], state[other] = state[other], state[index]
    made = bytearray()
    other = 0
    for count, byte in enumerate(data, start=1):
        index = count % 256
        other = (other + state[index]) % 256
        state[index], state[other] = state[other], state[index]
        made.append(byte ^ state[(state[index] + state[other]) % 256])
    return bytes(made)


def text(words: str, x: float, y: float, size: float = 12, more: str = "") -> str:
    """What a page says to show a line of text."""
    return f"\nq {more} BT /F {size} Tf {x} {y} Td ({words}) Tj ET Q\n"


def document(*contents: str, width: int = 400, height: int = 200, lock: Lock | None = None) -> bytes:
    """A PDF with a page for each of these contents, in Helvetica."""
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(len(contents)))
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for content in contents:
        look = f"/MediaBox [0 0 {width} {height}] /Resources << /Font << /F 3 0 R >> >>"
        parts.append(f"<< /Type /Page /Parent 2 0 R {look} /Contents {len(parts) + 2} 0 R >>".encode())
        stream = lock.locked(len(parts) + 1, content.encode()) if lock else content.encode()
        parts.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    made, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(parts) + 1
    more = lock.entry() if lock else b""
    trailer = b"trailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (size, more, len(made))
    return made + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer


def docx(report: Original, blocks: office.Blocks | None = None, *, size: float = 10.5, paper: str = "A4") -> bytes:
    """The report in Word as it is to be printed: its tables ruled and as wide as the page."""
    width, height = PAPERS[paper]
    look = (
        f'<w:rFonts w:ascii="Noto Sans CJK SC" w:eastAsia="Noto Sans CJK SC" w:hAnsi="Noto Sans CJK SC"/><w:sz w:val="{round(size * 2)}"/>'
    )
    parts = []
    for block in blocks or report.blocks():
        if isinstance(block, list):
            parts += [office.table(block, lambda text, _: office.run(text, look) if text else ""), office.paragraph("")]
        else:
            style = f'<w:pStyle w:val="Heading{block.level}"/>' if block.level else ""
            parts.append(office.paragraph(office.run(block.text, look), style))
    across = width - 2 * _MARGIN

    def ruled(found: re.Match[str]) -> str:
        columns = found[1].count("<")
        look = f'<w:tblW w:w="{across}" w:type="dxa"/><w:tblBorders>{_SIDES}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        return (
            f"<w:tbl><w:tblPr>{look}</w:tblPr><w:tblGrid>{f'<w:gridCol w:w={chr(34)}{across // columns}{chr(34)}/>' * columns}</w:tblGrid>"
        )

    body = _TABLE.sub(ruled, "".join(parts)).replace('<w:tcW w:w="900" w:type="dxa"/>', "")
    made = office.document(body, title=report.title)
    page = f'<w:sectPr><w:pgSz w:w="{width}" w:h="{height}"/><w:pgMar w:top="1100" w:right="{_MARGIN}" w:bottom="1100" w:left="{_MARGIN}"/></w:sectPr>'
    return _changed(made, page)


def _changed(made: bytes, page: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    text = members["word/document.xml"].decode().replace("<w:sectPr/>", page)
    return office.zipped({**members, "word/document.xml": text})


def printed(documents: Mapping[str, bytes], within: float) -> dict[str, bytes]:
    """Word files as LibreOffice prints them, each run of it within so many seconds: it prints no more than some 240 files in one."""
    names = list(documents)
    parts = [names[start : start + _MOST_PRINTED] for start in range(0, len(names), _MOST_PRINTED)]
    return {name: data for part in parts for name, data in _printed({name: documents[name] for name in part}, within).items()}


def _printed(documents: Mapping[str, bytes], within: float) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for key, data in documents.items():
            (folder / f"{key}.docx").write_bytes(data)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--norestore", "--convert-to", "pdf", "--outdir", str(folder)]
        subprocess.run([*command, *(str(folder / f"{key}.docx") for key in documents)], check=True, capture_output=True, timeout=within)
        return {key: (folder / f"{key}.pdf").read_bytes() for key in documents}


def page(report: Original, blocks: office.Blocks | None = None, *, size: float = 10.5, framed: bool = True) -> str:
    """The report as a page that is to be printed.

    A frame around each table makes a blank cell of one that is missing at its edge; without, cells are wide enough to be seen if blank.
    """
    cell = "border: 1px solid black" + ("" if framed else "; padding: 1px 4pt")
    style = f"<style>body {{font: {size}pt 'Noto Sans CJK SC'}} table {{border-collapse: collapse; width: 100%}} td {{{cell}}}</style>"
    made = html.plain(report, blocks).decode().replace("</head>", f"{style}</head>")
    return made if framed else made.replace("<table border=1>", "<table>")


def chromium(browser: Browser, pages: Sequence[tuple[str, str]]) -> list[bytes]:
    """Pages as Chromium prints them, each on its paper."""
    shown = browser.new_page()
    found = []
    for content, paper in pages:
        shown.set_content(content)
        found.append(shown.pdf(format=paper, margin={"top": "15mm", "bottom": "15mm", "left": "15mm", "right": "15mm"}))
    shown.close()
    return found
