"""Lines of a scan: which strokes of a picture are ruled lines, where they run, and the tables that they make.

A line is a long stroke that other long strokes meet. It may lean and be interrupted by a few dots, as photographs have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Grey = NDArray[np.uint8]
Mask = NDArray[np.bool_]

STROKE = 40
"""Pixels from which on a stroke is part of a line: no character is as high or wide at the size that pages are read in."""
MEET = 14.0
"""Pixels within which lines meet."""
BEYOND = 48.0
"""Pixels by which a line may go on beyond the last one that it meets: a character behind its end makes it longer."""
_AROUND = 25
"""Pixels on each side of a dot whose mean is the paper around it."""
_CONTRAST = 14
"""Levels of grey by which ink is darker than the paper around it."""
_FILLED = 0.9
"""Share of a stroke that must be ink."""
_STRIP = 8
"""Pixels along a line in which its place is measured once."""
_THICKEST = 14
_STRAY = 3.0
"""Pixels by which a line may stray from one measure to the next."""
_GAP = 2
"""Measures that a line may miss."""
_MOST = 600
"""Lines in each direction; a report has sixty on a page. More is a drawing, in which no table is looked for."""


@dataclass(frozen=True)
class Line:
    """A line across (`places` are its heights), or down (its distances from the left), measured at equal steps along it."""

    steps: tuple[float, ...]
    places: tuple[float, ...]
    thick: float

    @property
    def start(self) -> float:
        """Where it begins."""
        return self.steps[0] - _STRIP / 2

    @property
    def end(self) -> float:
        """Where it ends."""
        return self.steps[-1] + _STRIP / 2

    @cached_property  # each line is held against each other, several times
    def middle(self) -> float:
        """Its place, on the whole."""
        return float(np.median(self.places))

    @cached_property
    def _measures(self) -> NDArray[np.float64]:
        return np.array((self.steps, self.places), dtype=np.float64)

    def at(self, step: float) -> float:
        """Its place at a point along it."""
        return float(np.interp(step, *self._measures))


class Frame(NamedTuple):
    """The lines of one table, across and down."""

    across: Sequence[Line]
    down: Sequence[Line]


def ink(grey: Grey) -> Mask:
    """Dots that are darker than the paper around them."""
    picture = Image.fromarray(grey)
    smooth, around = (np.asarray(picture.filter(ImageFilter.BoxBlur(each))).astype(np.int16) for each in (1, _AROUND))
    return np.asarray(smooth < around - _CONTRAST)


def strokes(dots: Mask) -> Mask:
    """Dots that are part of a long stroke across; turned around (`.T`), down. A stroke may lean by a dot or two."""
    thick = dots.copy()
    thick[1:] |= dots[:-1]
    thick[:-1] |= dots[1:]
    height, width = thick.shape
    if width <= STROKE:
        return np.zeros_like(thick)
    total = np.zeros((height, width + 1), dtype=np.int32)
    np.cumsum(thick, axis=1, out=total[:, 1:])
    full = total[:, STROKE:] - total[:, :-STROKE] >= _FILLED * STROKE
    begun = np.zeros((height, width + 1), dtype=np.int32)
    np.cumsum(np.pad(full, ((0, 0), (0, STROKE - 1))), axis=1, out=begun[:, 1:])
    covered = begun[:, 1:] - begun[:, np.maximum(np.arange(width) - STROKE + 1, 0)]
    return np.asarray((covered > 0) & thick)


def lines(stroked: Mask) -> list[Line]:
    """Lines across that strokes make; of turned strokes, lines down."""
    height, width = stroked.shape
    count = width // _STRIP
    strips = stroked[:, : count * _STRIP].reshape(height, count, _STRIP).sum(axis=2) * 2 >= _STRIP
    open_: list[_Run] = []
    done: list[_Run] = []
    for number in range(count):
        ahead = [(run.next(number), run) for run in open_]
        for top, bottom in runs(strips[:, number]):
            if bottom - top > _THICKEST:
                continue
            place = (top + bottom - 1) / 2
            run = _nearest(ahead, number, place)
            if run is None:
                open_.append(_Run([number], [place], [bottom - top]))
            else:
                run.add(number, place, bottom - top)
        done += [run for run in open_ if number - run.numbers[-1] > _GAP]
        open_ = [run for run in open_ if number - run.numbers[-1] <= _GAP]
        if len(open_) + len(done) > 10 * _MOST:
            return []
    found = [run.line() for run in (*done, *open_) if (run.numbers[-1] - run.numbers[0] + 1) * _STRIP >= STROKE * 0.8]
    return found if len(found) <= _MOST else []


def _nearest(ahead: Sequence[tuple[float, _Run]], number: int, place: float) -> _Run | None:
    """The line that goes on nearest to a place, of those that have not gone on in this strip; None where none is near."""
    near = [(abs(at - place), run) for at, run in ahead if -_STRAY <= at - place <= _STRAY and run.numbers[-1] < number]
    return min(near, key=itemgetter(0))[1] if near else None


@dataclass
class _Run:
    numbers: list[int]
    places: list[float]
    thick: list[int]

    def next(self, number: int) -> float:
        """Where it should be further on, if it goes on as it did."""
        back = min(8, len(self.numbers) - 1)
        if back < 4:  # noqa: PLR2004 (from fewer measures no direction follows)
            return self.places[-1]
        lean = (self.places[-1] - self.places[-1 - back]) / (self.numbers[-1] - self.numbers[-1 - back])
        return self.places[-1] + lean * (number - self.numbers[-1])

    def add(self, number: int, place: float, thick: int) -> None:
        """Go on."""
        self.numbers.append(number)
        self.places.append(place)
        self.thick.append(thick)

    def line(self) -> Line:
        """The line that it came to be."""
        steps = tuple((number + 0.5) * _STRIP for number in self.numbers)
        return Line(steps, tuple(self.places), float(np.median(self.thick)))


def along(mask: Mask, axis: int) -> Mask:
    """Where anything is marked, rows (axis 1) or columns (axis 0)."""
    return np.asarray(mask.any(axis=axis))


def runs(marks: Mask) -> list[tuple[int, int]]:
    """Beginning and end of each run of marks, the end behind the last."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], marks, [False]))))
    return [(int(one), int(other)) for one, other in edges.reshape(-1, 2)]


def frames(across: Sequence[Line], down: Sequence[Line]) -> list[Frame]:
    """Lines that meet one another, one table after the other from the top; one that is not met near both its ends is none."""
    kept = [line for line in across if _ended(line, down)], [line for line in down if _ended(line, across)]
    if (len(kept[0]), len(kept[1])) != (len(across), len(down)):
        return frames(*kept)
    groups: list[Frame] = []
    for line in across:
        own = Frame([line], [other for other in down if crossing(line, other)])
        apart = [group for group in groups if not _touching(group, own)]
        groups = [*apart, _together([*(group for group in groups if group not in apart), own])]
    # A line alone makes no boxes.
    return sorted((group for group in groups if min(map(len, group)) > 1), key=_top)


def _top(frame: Frame) -> float:
    return min(line.middle for line in frame.across)


def _touching(one: Frame, other: Frame) -> bool:
    """Whether two tables have a line down in common."""
    return not set(one.down).isdisjoint(other.down)


def _together(found: Sequence[Frame]) -> Frame:
    across = [line for frame in found for line in frame.across]
    return Frame(across, list(dict.fromkeys(line for frame in found for line in frame.down)))


def crossing(across: Line, down: Line) -> bool:
    """Whether two lines meet."""
    y = across.at(down.middle)
    x = down.at(y)
    y = across.at(x)
    return across.start - MEET <= x <= across.end + MEET and down.start - MEET <= y <= down.end + MEET


def _ended(line: Line, others: Iterable[Line]) -> bool:
    """Whether other lines meet a line at both its ends."""
    met = [other.at(line.at(other.middle)) for other in others if crossing(line, other)]
    return len(met) > 1 and min(met) - line.start <= BEYOND and line.end - max(met) <= BEYOND


def corners(frame: Frame) -> tuple[tuple[float, float], ...]:
    """Upper left, upper right, lower right, lower left corner of a table, as its outermost lines would meet."""
    top, bottom = _side(frame.across, first=True), _side(frame.across, first=False)
    left, right = _side(frame.down, first=True), _side(frame.down, first=False)
    return tuple(_meeting(*pair) for pair in ((top, left), (top, right), (bottom, right), (bottom, left)))


class _Straight(NamedTuple):
    lean: float
    at: float


def _side(found: Sequence[Line], *, first: bool) -> _Straight:
    """The straight line through the first of some lines, or the last."""
    choose = min if first else max
    measures: dict[float, float] = {}
    for line in found:
        for step, place in zip(line.steps, line.places, strict=True):
            measures[step] = choose(measures.get(step, place), place)
    steps, places = np.array(list(measures)), np.array(list(measures.values()))
    keep = np.ones(len(steps), dtype=bool)
    lean, at = 0.0, float(np.median(places))
    for _ in range(4):
        if keep.sum() < 2:  # noqa: PLR2004 (two points make a line)
            break
        lean, at = (float(each) for each in np.polyfit(steps[keep], places[keep], 1))
        away = np.abs(places - (lean * steps + at))
        # Where the outermost line is missing, the next one stands in its place.
        keep = away <= max(3.0, float(np.median(away)))
    return _Straight(lean, at)


def _meeting(across: _Straight, down: _Straight) -> tuple[float, float]:
    x = (down.lean * across.at + down.at) / (1 - down.lean * across.lean)
    return x, across.lean * x + across.at


def distinct(found: Iterable[Line], near: float) -> list[float]:
    """Places of lines; of those that lie near one another that of the longest."""
    groups: list[list[Line]] = []
    for line in sorted(found, key=lambda each: each.middle):
        if groups and line.middle - groups[-1][-1].middle <= near:
            groups[-1].append(line)
        else:
            groups.append([line])
    return [max(group, key=lambda each: each.end - each.start).middle for group in groups]
