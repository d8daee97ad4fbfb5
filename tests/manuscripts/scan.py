"""The report as pictures: pages as a scanner gives them and as a telephone does.

`drawn` draws the tables without any font: each text is a row of bars that says which text it is, and `sighted` reads them, so that
all but the engines is tested where they are not installed. `scanned` takes pages that a printer made.
"""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pypdfium2
from open_reports.intake.grid import placed
from PIL import Image, ImageDraw, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from open_reports.intake.grid import Grid
    from open_reports.intake.readers.scanlines import Grey

    from manuscripts.statutory import Original, Rows

DPI = 200
WIDTH, HEIGHT = 1_654, 2_339
"""A4 at 200 dots an inch."""
_EDGE = 110
_ROW = 46
_BARS, _PITCH, _HALF, _WHOLE = 8, 10, 12, 26


# -- drawn without a font -----------------------------------------------------------------------------------------------------


@dataclass
class Book:
    """Texts by the number that their bars spell."""

    texts: list[str] = field(default_factory=list)

    def number(self, text: str) -> int:
        """The number of a text."""
        if text not in self.texts:
            self.texts.append(text)
        return self.texts.index(text)

    def bars(self, text: str) -> list[int]:
        """Heights of the bars of a text."""
        number = self.number(text)
        if number >= 1 << _BARS:
            raise ValueError(text)
        return [_WHOLE if number >> bit & 1 else _HALF for bit in range(_BARS)]

    def read(self, picture: Grey) -> str:
        """The text whose bars a picture shows; "" if they are not whole."""
        dark = picture.astype(float) < (float(picture.min()) + float(np.percentile(picture, 95))) / 2
        columns = dark.any(axis=0)
        edges = np.flatnonzero(np.diff(np.concatenate(([False], columns, [False]))))
        heights = [int(dark[:, one:other].any(axis=1).sum()) for one, other in edges.reshape(-1, 2)]
        if len(heights) != _BARS:
            return ""
        number = sum(1 << bit for bit, height in enumerate(heights) if height > (_HALF + _WHOLE) / 2)
        return self.texts[number] if number < len(self.texts) else ""


def pages(
    report: Original, book: Book, *, most: int = 44, change: Callable[[Sequence[Rows]], Sequence[Rows]] | None = None
) -> list[Image.Image]:
    """Pages with the tables of a report, at most so many rows on each: a table goes on over the page."""
    tables = [block for block in report.blocks() if isinstance(block, list)]
    found: list[Image.Image] = []
    top = 0
    for rows in change(tables) if change else tables:
        grid = placed(rows, "")
        first = 0
        while first < grid.rows:
            free = most - top
            if not found or free < min(4, grid.rows - first):
                found.append(Image.new("L", (WIDTH, HEIGHT), 255))
                top, free = 0, most
            last = min(grid.rows, first + free)
            _draw(found[-1], grid, (first, last), _EDGE + top * _ROW, book)
            top += last - first + 1
            first = last
    return found


def _draw(page: Image.Image, grid: Grid, rows: tuple[int, int], top: int, book: Book) -> None:
    pen = ImageDraw.Draw(page)
    across = (WIDTH - 2 * _EDGE) / grid.columns
    for cell in grid.cells:
        first, last = max(cell.row, rows[0]), min(cell.row + cell.rowspan, rows[1])
        if first >= last:
            continue
        left, right = _EDGE + round(cell.column * across), _EDGE + round((cell.column + cell.colspan) * across)
        upper, lower = top + (first - rows[0]) * _ROW, top + (last - rows[0]) * _ROW
        pen.rectangle((left, upper, right, lower), outline=0, width=2)
        if cell.text and first == cell.row:
            x = left + 10
            foot = (upper + lower) // 2 + _WHOLE // 2
            for height in book.bars(cell.text):
                pen.rectangle((x, foot - height, x + _PITCH // 2 - 1, foot), fill=0)
                x += _PITCH


# -- printed ------------------------------------------------------------------------------------------------------------------


def scanned(printed: bytes) -> list[Image.Image]:
    """The pages of a PDF as a scanner gives them."""
    document = pypdfium2.PdfDocument(printed)
    found = [page.render(scale=DPI / 72, grayscale=True).to_pil() for page in document]
    document.close()
    return found


def photographed(page: Image.Image, seed: int, dpi: int = 150) -> Image.Image:
    """A page as a telephone takes it: from aside, with a shadow, not quite sharp, with noise."""
    chance = random.Random(seed)  # noqa: S311 (repeatable, not secret)
    width, height = round(page.width * dpi / DPI), round(page.height * dpi / DPI)
    desk = Image.new("L", (width + 120, height + 120), 120)
    corners = [(60, 60), (60 + width, 60), (60 + width, 60 + height), (60, 60 + height)]
    moved = [(x + chance.uniform(-18, 18), y + chance.uniform(-18, 18)) for x, y in corners]
    source = [(0, 0), (page.width, 0), (page.width, page.height), (0, page.height)]
    taken = page.filter(ImageFilter.GaussianBlur(0.6)).transform(
        desk.size, Image.Transform.PERSPECTIVE, _perspective(moved, source), Image.Resampling.BICUBIC, fillcolor=120
    )
    values = np.asarray(taken).astype(np.float32)
    noise = np.random.default_rng(seed)
    y, x = np.mgrid[0 : desk.height, 0 : desk.width].astype(np.float32)
    shade = 0.95 - 0.3 * (x / desk.width * chance.random() + y / desk.height * chance.random())
    values = np.clip(values * shade + noise.normal(0, 6, values.shape), 0, 255)
    file = io.BytesIO()
    Image.fromarray(values.astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.5)).save(file, "JPEG", quality=50)
    return Image.open(file)


def _perspective(seen: Sequence[tuple[float, float]], source: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    """Where each dot of a picture comes from, as Pillow wants it."""
    rows, values = [], []
    for (x, y), (u, v) in zip(seen, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return tuple(float(each) for each in np.linalg.solve(np.array(rows), np.array(values)))


# -- files --------------------------------------------------------------------------------------------------------------------


def pdf(found: Sequence[Image.Image]) -> bytes:
    """Pictures as a PDF whose pages they are."""
    file = io.BytesIO()
    found[0].save(file, "PDF", save_all=True, append_images=list(found[1:]), resolution=DPI, quality=90)
    return file.getvalue()


def picture(found: Sequence[Image.Image], kind: str = "PNG") -> bytes:
    """Pictures as one file: several of them need TIFF."""
    file = io.BytesIO()
    # What it was saved as before stays with a picture.
    found = [each.convert("L").copy() for each in found]
    more = {"save_all": True, "append_images": list(found[1:])} if len(found) > 1 else {}
    found[0].save(file, kind, **more)
    return file.getvalue()
