"""Pictures: the pages of a scan in grey, from a picture or from a PDF whose pages are nothing but pictures, all of one size.

What a file says of its size is looked at before anything is unpacked: a picture of a few bytes can hold gigabytes of white.
"""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

from open_reports.errors import IntakeError
from open_reports.intake.readers.engines import require

try:
    import pypdfium2
    from PIL import Image, ImageOps
except ModuleNotFoundError:
    raise IntakeError("scan_extra") from None

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_PAGES = 12
"""Pages of a scan: the tables of the longest report take eight."""
MOST_PIXELS = 60_000_000
"""Of a page as the file has it: A4 at 600 dots an inch has 35 million."""
LEAST = 800
"""Pixels of a page across, below which digits are a few dots."""
UPRIGHT, LYING = 1_654, 2_339
"""Pixels across of a page that is read: A4 at 200 dots an inch."""
_TALLEST = 3.0
"""How many times as high as wide a page may be: more is a screenshot of a whole web page, which is better saved as one."""

_FORMATS = ("PNG", "JPEG", "TIFF")
_BROKEN = (OSError, ValueError, SyntaxError, KeyError, TypeError, EOFError, IndexError, ZeroDivisionError, OverflowError)
"""What the library raises where a picture is not as it should be."""


def count(data: bytes, kind: str) -> int:
    """How many pages a file has. Raises `IntakeError` where one of them cannot be read, or nothing is installed that reads them."""
    found = sum(1 for _ in (_document(data) if kind == "pdf" else _frames(data)))
    require()
    return found


def pages(data: bytes, kind: str) -> Iterator[Image.Image]:
    """Every page in grey, as wide as pages are read. Raises `IntakeError` as `count` does."""
    if kind == "pdf":
        for page in _document(data):
            yield _rendered(page)
            page.close()
    else:
        for frame in _frames(data):
            try:
                yield _grey(frame)
            except _BROKEN:
                raise IntakeError("picture_unreadable") from None


def _document(data: bytes) -> Iterator[pypdfium2.PdfPage]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        raise IntakeError("pdf_unreadable") from None
    _few(len(document))
    for page in document:
        _shaped(*page.get_size())
        yield page
    document.close()


def _rendered(page: pypdfium2.PdfPage) -> Image.Image:
    width, height = page.get_size()
    try:
        # A pixel is taken from the four that it lies on: drawn at once at the size that is read, thin lines would be left out.
        drawn = page.render(scale=2 * _across(width, height) / width, grayscale=True).to_pil()
    except pypdfium2.PdfiumError:
        raise IntakeError("pdf_unreadable") from None
    return _scaled(drawn)


def _frames(data: bytes) -> Iterator[Image.Image]:
    try:
        with warnings.catch_warnings():
            # Its own warning of large pictures comes before our limit, and would be an error in tests.
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data), formats=_FORMATS)
            _few(getattr(picture, "n_frames", 1))
            for number in range(getattr(picture, "n_frames", 1)):
                picture.seek(number)
                _sized(*picture.size)
                yield picture
    except Image.DecompressionBombError:
        raise _large() from None
    except IntakeError:
        raise
    except _BROKEN:
        raise IntakeError("picture_unreadable") from None


def _grey(frame: Image.Image) -> Image.Image:
    # A telephone notes beside the picture how it was held.
    upright = ImageOps.exif_transpose(frame)
    if upright.mode in ("RGBA", "LA", "P", "PA"):
        # What is transparent is shown on white.
        coloured = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", coloured.size, "white"), coloured)
    elif upright.mode.startswith("I;16"):
        upright = upright.convert("I").point(lambda value: value * (1 / 256))
    return _scaled(upright.convert("L"))


def _few(found: int) -> None:
    if found > MOST_PAGES:
        raise IntakeError("scan_pages", most=str(MOST_PAGES))


def _sized(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise _large()
    if min(width, height) < LEAST:
        raise IntakeError("scan_small", least=str(LEAST))
    _shaped(width, height)


def _large() -> IntakeError:
    return IntakeError("scan_large", most=str(MOST_PIXELS // 1_000_000))


def _shaped(width: float, height: float) -> None:
    if not 0 < height <= _TALLEST * width or width > _TALLEST * height:
        raise IntakeError("scan_shape")


def _across(width: float, height: float) -> int:
    return LYING if width > height else UPRIGHT


def _scaled(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    across = _across(width, height)
    return picture.resize((across, round(height * across / width)), Image.Resampling.LANCZOS, reducing_gap=2.0)
