"""Tables of a scanned page: each made straight by its corners, its boxes as the lines draw them, and the lines of text in each box."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, product
from math import hypot
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

from open_reports.intake.readers.scanlines import Frame, Grey, Mask, along, corners, distinct, frames, ink, lines, runs, strokes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

MARGIN = 24
"""Pixels around a table that are looked at with it."""
MOST_ROWS, MOST_COLUMNS = 120, 60
_NEAR = 8.0
"""Pixels within which two lines are one."""
_ALONG = 5
"""Pixels beside a line in which it is looked for."""
_CROSSED = 4
"""Pixels at the ends of the side of a box where another line runs."""
_END, _REACHED = 5, 0.5
"""Pixels next to the ends of the side of a box, and how many of them must be ink."""
_DRAWN, _BARE = 0.93, 0.7
"""Share of the side of a box that is ruled from which on it is drawn, and up to which it is not; between them nobody knows."""
_INSET, _RIM = 3, 5
"""Pixels of a box along its lines that hold no text, and those beside them where the line itself may still be."""
_TOUCHING = 4
"""Dots at the end of a box by which text goes on over its line."""
_GAP = 0.6
"""Gap within a text, in heights of a line, from which on it may be two."""
_SPECK = 3
"""Of nine dots in a square, how many must be ink: fewer are dust."""
_LEAST = 8
"""Dots of the smallest character, a point."""
_SHORT, _SOLID = 0.12, 0.7
"""Share of a table's width up to which text may be the number of a page; share of ink in a row of dots from which on it is no text."""
_USUAL = 26.0
"""Height of a line of text where a table does not tell it."""
_PAD = 6
"""Pixels of paper around a text that a recogniser gets with it."""

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""
Place = tuple[int, int, int, int]
"""Row and column of a box, and how many it spans."""


class Boxed(NamedTuple):
    """What stands in a box: pictures of its lines of text.

    `touching` says that ink runs over its edge, `apart` that a wide gap parts a line of text, `unsure` that one of its sides may be
    drawn or not. `marks` is how many pieces of ink stand beside one another: as many characters at least are there.
    """

    lines: Sequence[Grey]
    touching: bool
    apart: bool
    unsure: bool
    marks: int


@dataclass(frozen=True)
class Ruled:
    """A table as it is ruled: its lines down in pixels, and what stands in each box; the others are its ends on the page."""

    xs: tuple[float, ...]
    rows: int
    boxes: dict[Place, Boxed]
    left: float
    top: float
    right: float
    bottom: float


def ruled(grey: Grey) -> list[Ruled]:
    """Tables of a page from the top."""
    dots = ink(grey)
    found = []
    for frame in _framed(dots):
        table = _table(grey, frame)
        if table is not None:
            found.append(table)
    return found


def texted(grey: Grey, table: Ruled, top: float, bottom: float) -> bool:
    """Whether text stands between two heights of a page, as wide as a table is.

    The number of a page is shorter than a line of text, and the edge of the paper goes all the way across.
    """
    part = grey[max(0, round(top)) : max(0, round(bottom)), max(0, round(table.left)) : round(table.right)]
    if min(part.shape) < _USUAL:
        return False
    dots = _clean(ink(part))
    for start, end in runs(along(dots, 1)):
        line = dots[start:end]
        inked = np.flatnonzero(line.any(axis=0))
        wide = int(inked[-1]) - int(inked[0]) > _SHORT * line.shape[1]
        if wide and end - start >= _USUAL / 3 and line.mean(axis=1).max() < _SOLID:
            return True
    return False


def _framed(dots: Mask) -> list[Frame]:
    return frames(lines(strokes(dots)), lines(strokes(dots.T)))


def _table(grey: Grey, leaning: Frame) -> Ruled | None:
    """One table, straightened; None if its lines make no boxes."""
    at = corners(leaning)
    straight = _straightened(grey, at)
    if straight is None:
        return None
    dots = ink(straight)
    across, down = strokes(dots), strokes(dots.T).T
    found = frames(lines(across), lines(down.T))
    if not found:
        return None
    frame = max(found, key=lambda each: sum(line.end - line.start for line in each.across))
    xs, ys = distinct(frame.down, _NEAR), distinct(frame.across, _NEAR)
    if not 1 < len(xs) <= MOST_COLUMNS or not 1 < len(ys) <= MOST_ROWS:
        return None
    sides = _Sides.of(dots, xs, ys)
    boxes = sides.boxes()
    if len(boxes) < 2:  # noqa: PLR2004 (a single box is a frame around text)
        return None
    filled = _Filled(straight, dots, _thick(across | down))
    (left, top), (right, bottom) = ([choose(point[axis] for point in at) for axis in (0, 1)] for choose in (min, max))
    return Ruled(tuple(sides.xs), len(sides.ys) - 1, filled.boxes(boxes, sides.xs, sides.ys), left, top, right, bottom)


# -- straight -----------------------------------------------------------------------------------------------------------------


def _straightened(grey: Grey, at: Sequence[tuple[float, float]]) -> Grey | None:
    """The part of a page that a table takes up, seen from straight above, with a margin."""
    width = round(max(hypot(at[1][0] - at[0][0], at[1][1] - at[0][1]), hypot(at[2][0] - at[3][0], at[2][1] - at[3][1])))
    height = round(max(hypot(at[3][0] - at[0][0], at[3][1] - at[0][1]), hypot(at[2][0] - at[1][0], at[2][1] - at[1][1])))
    if not (MARGIN < width < 2 * grey.shape[1] and MARGIN < height < 2 * grey.shape[0]):
        return None
    own = ((MARGIN, MARGIN), (MARGIN + width, MARGIN), (MARGIN + width, MARGIN + height), (MARGIN, MARGIN + height))
    rows, values = [], []
    for (x, y), (u, v) in zip(own, at, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    try:
        solved = np.linalg.solve(np.array(rows, dtype=np.float64), np.array(values, dtype=np.float64))
    except np.linalg.LinAlgError:
        return None
    size = (width + 2 * MARGIN, height + 2 * MARGIN)
    turned = Image.fromarray(grey).transform(
        size, Image.Transform.PERSPECTIVE, tuple(solved), Image.Resampling.BICUBIC, fillcolor=int(np.median(grey))
    )
    return np.asarray(turned)


def _thick(mask: Mask) -> Mask:
    """Marks, and the dots around them."""
    found = mask.copy()
    found[1:] |= mask[:-1]
    found[:-1] |= mask[1:]
    wide = found.copy()
    wide[:, 1:] |= found[:, :-1]
    wide[:, :-1] |= found[:, 1:]
    return wide


# -- boxes --------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sides:
    """Which sides of the boxes between lines are drawn: share of ink on the right one and on the lower one of each, by row and column."""

    xs: Sequence[float]
    ys: Sequence[float]
    right: NDArray[np.float64]
    below: NDArray[np.float64]

    @classmethod
    def of(cls, dots: Mask, xs: Sequence[float], ys: Sequence[float]) -> _Sides:
        """Measure every side; a line of which no side is drawn is none, only text that stands at one height in many boxes."""
        right = np.array([[_share(dots.T, x, one, other) for x in xs] for one, other in pairwise(ys)])
        below = np.array([[_share(dots, y, one, other) for one, other in pairwise(xs)] for y in ys])
        columns, rows = along(right >= _DRAWN, 0), along(below >= _DRAWN, 1)
        if columns.all() and rows.all():
            return cls(xs, ys, right, below)
        kept = [x for x, drawn in zip(xs, columns, strict=True) if drawn], [y for y, drawn in zip(ys, rows, strict=True) if drawn]
        return cls.of(dots, *kept) if min(map(len, kept)) > 1 else cls([], [], right[:0], below[:0])

    def boxes(self) -> dict[Place, bool]:
        """Boxes that the lines draw, each with whether one of its sides is doubtful. What is no rectangle is no box."""
        rows, columns = len(self.ys) - 1, len(self.xs) - 1
        owner = {(row, column): (row, column) for row in range(rows) for column in range(columns)}
        doubtful: set[tuple[int, int]] = set()
        for at, other, share in self._shared(rows, columns):
            if share <= _BARE:
                owner[_root(owner, other)] = _root(owner, at)
            elif share < _DRAWN:
                doubtful |= {at, other}
        regions: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for at in owner:
            regions.setdefault(_root(owner, at), []).append(at)
        found = {}
        for region in regions.values():
            top, left = min(row for row, _ in region), min(column for _, column in region)
            below, beside = max(row for row, _ in region) + 1 - top, max(column for _, column in region) + 1 - left
            if len(region) == below * beside:
                found[top, left, below, beside] = not doubtful.isdisjoint(region)
        return found

    def _shared(self, rows: int, columns: int) -> Iterator[tuple[tuple[int, int], tuple[int, int], float]]:
        """Every two boxes that share a side, and how far it is drawn."""
        for row, column in product(range(rows), range(columns)):
            if column + 1 < columns:
                yield (row, column), (row, column + 1), self.right[row, column + 1]
            if row + 1 < rows:
                yield (row, column), (row + 1, column), self.below[row + 1, column]


def _root(owner: dict[tuple[int, int], tuple[int, int]], at: tuple[int, int]) -> tuple[int, int]:
    while owner[at] != at:
        at = owner[at]
    return at


def _share(dots: Mask, place: float, start: float, end: float) -> float:
    """Share of the side of a box on which ink runs at one height, give or take a dot; its ends, where other lines cross, aside."""
    first, last = round(start) + _CROSSED, round(end) - _CROSSED
    if last - first < _CROSSED:
        return 1.0
    top = max(0, round(place) - _ALONG)
    part = dots[top : round(place) + _ALONG + 1, first:last]
    thick = part[:-2] | part[1:-1] | part[2:]
    if not thick.size:
        return 0.0
    best = thick[int(thick.mean(axis=1).argmax())]
    # A line goes on to the lines that it ends at; a row of characters that stands where one might be does not.
    ends = min(best[:_END].mean(), best[-_END:].mean())
    return float(best.mean()) if ends > _REACHED else 0.0


# -- text ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Filled:
    """A straightened table: its picture, which of its dots are ink, and which are part of long strokes."""

    grey: Grey
    dots: Mask
    stroked: Mask

    def boxes(self, boxes: dict[Place, bool], xs: Sequence[float], ys: Sequence[float]) -> dict[Place, Boxed]:
        """What stands in each box, in reading order."""
        spans: dict[Place, tuple[Box, Mask, bool, list[tuple[int, int]]]] = {}
        for place in sorted(boxes):
            row, column, below, beside = place
            inner = (
                round(xs[column]) + _INSET,
                round(ys[row]) + _INSET,
                round(xs[column + beside]) - _INSET,
                round(ys[row + below]) - _INSET,
            )
            own, touching = self._within(inner)
            spans[place] = inner, own, touching, runs(along(own, 1))
        heights = [end - start for *_, found in spans.values() for start, end in found if end - start > _USUAL / 3]
        usual = float(np.median(heights)) if heights else _USUAL
        found = {}
        for place, (inner, own, touching, marked) in spans.items():
            pictures = [each for span in _lined(marked, usual) if (each := self._line(inner, span, own)) is not None]
            inked = runs(along(own, 0))
            found[place] = Boxed(pictures, touching, _apart(inked, usual), boxes[place], len(inked))
        return found

    def _within(self, inner: Box) -> tuple[Mask, bool]:
        """Ink in a box without what is left of its own lines along its edges, and whether it touches them."""
        left, top, right, bottom = inner
        ruled_ = np.zeros((max(0, bottom - top), max(0, right - left)), dtype=bool)
        stroked = self.stroked[top:bottom, left:right]
        for edge in (np.s_[:_RIM], np.s_[-_RIM:], np.s_[:, :_RIM], np.s_[:, -_RIM:]):
            ruled_[edge] = stroked[edge]
        own = _clean(self.dots[top:bottom, left:right] & ~ruled_)
        for end in (np.s_[:1], np.s_[-1:], np.s_[:, :1], np.s_[:, -1:]):
            ruled_[end] = True
        return own, bool((own & _thick(ruled_)).sum() >= _TOUCHING)

    def _line(self, inner: Box, span: tuple[int, int], own: Mask) -> Grey | None:
        """The picture of one line of text in a box; None if it is but dust."""
        start, end = span
        marks = own[start:end]
        if marks.sum() < _LEAST:
            return None
        inked = np.flatnonzero(marks.any(axis=0))
        top, bottom = max(0, inner[1] + start - _PAD), inner[1] + end + _PAD
        # The line of the box itself would be a stroke to whoever reads the text.
        top, bottom = max(top, inner[1] - 2), min(bottom, inner[3] + 2)
        left, right = max(inner[0] - 2, inner[0] + int(inked[0]) - _PAD), min(inner[2] + 2, inner[0] + int(inked[-1]) + 1 + _PAD)
        return self.grey[top:bottom, left:right]


def _clean(dots: Mask) -> Mask:
    """Dots without dust: those that have some of their neighbours beside them."""
    height, width = dots.shape
    around = np.zeros((height, width), dtype=np.uint8)
    padded = np.pad(dots, 1).astype(np.uint8)
    for y in range(3):
        for x in range(3):
            around += padded[y : y + height, x : x + width]
    return np.asarray(dots & (around > _SPECK))


def _lined(spans: Sequence[tuple[int, int]], usual: float) -> list[tuple[int, int]]:
    """Lines of text: a stroke that is too low to be one belongs to what is near it, as those of 二 do."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        low = found and (end - found[-1][0] <= 1.3 * usual) and min(end - start, found[-1][1] - found[-1][0]) < 0.6 * usual
        if low and start - found[-1][1] <= 0.5 * usual:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return found


def _apart(inked: Sequence[tuple[int, int]], usual: float) -> bool:
    """Whether what stands in a box is parted by a gap that no digits of one number have between them."""
    return any(other[0] - one[1] > _GAP * usual for one, other in pairwise(inked))
