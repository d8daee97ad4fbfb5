"""The second reader of a page of PDF: pdfium, which finds the characters and draws the page by code of its own.

What the first reader found counts only where this one sees the same digits in the same box, and ink where each of them stands:
text in white, below a white box, on a layer that is not shown or behind a scan is in the file, but nobody can read it.
"""

from __future__ import annotations

import ctypes
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pypdfium2
from pypdfium2 import raw

from open_reports.errors import IntakeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points from the upper left corner of the page as it is shown."""

MOST_PAGES = 60
MOST_CHARACTERS = 40_000
"""Characters of a page."""

_FINE = 16
"""Steps of a point in which pdfium is asked for places: it answers in whole numbers."""
_SCALE = 2.0
"""Pixels of a point."""
_CONTRAST = 40
"""Levels of grey by which ink differs from paper."""


class Mark(NamedTuple):
    """A digit or another character of figures, and where it stands."""

    text: str
    box: Box


@dataclass(frozen=True)
class Shown:
    """A page as pdfium shows it."""

    marks: Sequence[Mark]
    pixels: bytes
    stride: int
    width: int
    height: int

    def within(self, box: Box) -> list[Mark]:
        """The characters of figures whose middle lies in a box."""
        left, top, right, bottom = box
        return [
            mark
            for mark in self.marks
            if left <= (mark.box[0] + mark.box[2]) / 2 < right and top <= (mark.box[1] + mark.box[3]) / 2 < bottom
        ]

    def inked(self, box: Box) -> bool:
        """Whether there is something to see in a box; a colour all over is paper."""
        left, right = max(0, round(box[0] * _SCALE)), min(self.width, round(box[2] * _SCALE))
        top, bottom = max(0, round(box[1] * _SCALE)), min(self.height, round(box[3] * _SCALE))
        if left >= right or top >= bottom:
            return False
        rows = [self.pixels[row * self.stride + left : row * self.stride + right] for row in range(top, bottom)]
        return max(map(max, rows)) - min(map(min, rows)) >= _CONTRAST


def pages(data: bytes) -> Iterator[Shown]:
    """Every page as it is shown. Raises `IntakeError` where the file cannot be opened or is too large, at once for the whole file."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        raise IntakeError("kind_encrypted" if locked else "pdf_unreadable") from None
    if len(document) > MOST_PAGES:
        raise IntakeError("pdf_pages", most=str(MOST_PAGES))
    return _all(document)


def _all(document: pypdfium2.PdfDocument) -> Iterator[Shown]:
    document.init_forms()
    for page in document:
        yield _shown(page)
        page.close()
    document.close()


def _shown(page: pypdfium2.PdfPage) -> Shown:
    try:
        bitmap = page.render(scale=_SCALE, grayscale=True)
        return Shown(tuple(_marks(page)), bytes(bitmap.buffer), bitmap.stride, bitmap.width, bitmap.height)
    except pypdfium2.PdfiumError:
        raise IntakeError("pdf_unreadable") from None


def _marks(page: pypdfium2.PdfPage) -> Iterator[Mark]:
    text = page.get_textpage()
    count = text.count_chars()
    if count > MOST_CHARACTERS:
        raise IntakeError("pdf_page_large")
    for index in range(count):
        folded = unicodedata.normalize("NFKC", chr(raw.FPDFText_GetUnicode(text, index)))
        if any(is_figure(char) for char in folded):
            yield Mark(folded, _placed(page, text.get_charbox(index)))


def _placed(page: pypdfium2.PdfPage, box: tuple[float, float, float, float]) -> Box:
    """A box of the page as a box of the page that is shown, which may be turned and cut."""
    width, height = (round(each * _FINE) for each in page.get_size())
    corners = []
    for x, y in ((box[0], box[1]), (box[2], box[3])):
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, across, down)
        corners.append((across.value / _FINE, down.value / _FINE))
    (left, right), (top, bottom) = (sorted(each) for each in zip(*corners, strict=True))
    return left, top, right, bottom


def is_figure(char: str) -> bool:
    """Whether a character makes a difference to a figure."""
    return char.isdigit() or char in ".,-/%"
