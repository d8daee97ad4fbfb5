"""Tables of a page of PDF: boxes that its lines make, put into rows and columns by where they lie, with the spans that follow."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pdfplumber import table as plumber
from pdfplumber.utils.geometry import filter_edges

from open_reports.errors import IntakeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pdfplumber.page import Page

    from open_reports.intake.grid import Grid
    from open_reports.intake.readers.pdfsecond import Box

MOST_EDGES = 20_000
"""Lines of a page."""
NEAR = 3.0
"""Points within which lines meet."""
_LEAST_DRAWN, _LEAST_JOINED = 1.0, 3.0
"""Length from which on a stroke is a line, and what strokes that make one line must come to."""
_OPEN_ENDS = 2
"""Lines between columns that end together, some of them without a line across: there the page has cut a table."""

Edge = dict[str, Any]
"""A line, as pdfplumber describes it."""
Place = tuple[int, int, int, int]
"""Row and column of a box, and how many it spans."""


@dataclass(frozen=True)
class Ruled:
    """A table as it is ruled: where its lines run down and across, and its boxes, each with its row, column and spans.

    `below` and `above` are the boxes that no line ends there: what stands in them goes on over the end of the page.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    rows: int
    boxes: Mapping[Place, Box]
    below: Sequence[Place] = ()
    above: Sequence[Place] = ()

    @property
    def box(self) -> Box:
        """What it takes up."""
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]


def ruled(page: Page) -> list[Ruled]:
    """Tables of a page from the top; a single box is a frame around text and no table. Raises `IntakeError`."""
    if len(page.edges) > MOST_EDGES:
        raise IntakeError("pdf_page_large")
    drawn = [edge for band in _bands(filter_edges(page.edges, min_length=_LEAST_DRAWN)) for edge in _merged(band)]
    edges = [*drawn, *_ends(drawn)]
    crossings = plumber.edges_to_intersections(edges, NEAR, NEAR)
    tables = plumber.cells_to_tables(plumber.intersections_to_cells(crossings))
    across = [edge for edge in drawn if edge["orientation"] == "h"]
    return sorted((_spanned(boxes, across) for boxes in tables if len(boxes) > 1), key=lambda table: table.box[1])


def _bands(edges: Iterable[Edge]) -> Iterator[list[Edge]]:
    """Lines of a page from the top, parted where none reaches: below it stands another table."""
    band: list[Edge] = []
    reach = 0.0
    for edge in sorted(edges, key=lambda edge: edge["top"]):
        if band and edge["top"] - reach > NEAR:
            yield band
            band = []
        reach = max(reach, edge["bottom"]) if band else edge["bottom"]
        band.append(edge)
    if band:
        yield band


def _merged(band: list[Edge]) -> list[Edge]:
    """Lines, those that nearly meet put together in the middle.

    Of one table at a time: a line of another one that runs nearly as far to the right would draw a column over its neighbour's figures.
    """
    found: list[Edge] = filter_edges(plumber.merge_edges(band, NEAR, NEAR, NEAR, NEAR), min_length=_LEAST_JOINED)
    return found


def _ends(edges: Sequence[Edge]) -> list[Edge]:
    """The lines across that are missing where the end of the page cuts a table, above and below."""
    down = [edge for edge in edges if edge["orientation"] == "v"]
    across = [edge for edge in edges if edge["orientation"] == "h"]
    return [*_end(down, across, "bottom", max), *_end(down, across, "top", min)]


def _end(down: Sequence[Edge], across: Sequence[Edge], end: str, outermost: Callable[[list[float]], float]) -> list[Edge]:
    loose = [edge[end] for edge in down if not _met(edge["x0"], edge[end], across)]
    if not loose:
        return []
    at = outermost(loose)
    # A line below the last row may be there, but for heads of groups that go on.
    cut = [edge for edge in down if abs(edge[end] - at) <= NEAR]
    drawn = [edge[end] for edge in across]
    if len(cut) < _OPEN_ENDS or abs(at - outermost([at, *drawn])) > NEAR:
        return []
    at = next((y for y in drawn if abs(y - at) <= NEAR), at)
    left, right = min(edge["x0"] for edge in cut), max(edge["x1"] for edge in cut)
    # Lines that end within the tolerance must end on it.
    for edge in cut:
        edge[end] = at
    return [{**cut[0], "x0": left, "x1": right, "width": right - left, "height": 0, "top": at, "bottom": at, "orientation": "h"}]


def _met(x: float, y: float, across: Iterable[Edge]) -> bool:
    return any(abs(edge["top"] - y) <= NEAR and edge["x0"] - NEAR <= x <= edge["x1"] + NEAR for edge in across)


def _spanned(boxes: Sequence[Box], across: Sequence[Edge]) -> Ruled:
    xs = _distinct(x for box in boxes for x in (box[0], box[2]))
    ys = _distinct(y for box in boxes for y in (box[1], box[3]))
    found = {}
    for box in boxes:
        column, end = _index(xs, box[0]), _index(xs, box[2])
        row, foot = _index(ys, box[1]), _index(ys, box[3])
        # Two lines nearer to one another than lines are told apart are one line, drawn thick.
        if foot > row and end > column:
            found[row, column, foot - row, end - column] = box
    # Heads of groups may go on below the last row, as far as the page does: no row begins there.
    rows = 1 + max(row for row, *_ in found)
    places = {(row, column, min(down, rows - row), over): box for (row, column, down, over), box in found.items()}
    below = [at for at, box in places.items() if ys[-1] - box[3] <= NEAR and not _lined(box[0], box[2], box[3], across)]
    above = [at for at, box in places.items() if at[0] == 0 and not _lined(box[0], box[2], box[1], across)]
    return Ruled(xs, ys, rows, places, below, above)


def _lined(left: float, right: float, y: float, across: Iterable[Edge]) -> bool:
    """Whether a line is drawn between two points of the same height, or a part of one."""
    return any(abs(edge["top"] - y) <= NEAR and min(edge["x1"], right) - max(edge["x0"], left) > NEAR for edge in across)


def columns(parts: Sequence[Ruled]) -> tuple[float, ...] | None:
    """Lines between the columns of a table that pages cut into these parts: a part with merged cells only lacks some of them.

    None where no part has the lines of all others: then it is not sure that they are one table.
    """
    most = max((part.xs for part in parts), key=len)
    return most if all(abs(x - most[_nearest(most, x)]) <= NEAR for part in parts for x in part.xs) else None


def widened(grid: Grid, own: Sequence[float], xs: Sequence[float]) -> Grid:
    """A part of a table, with the columns of the whole table."""
    at = [_nearest(xs, x) for x in own]
    cells = (replace(cell, column=at[cell.column], colspan=at[cell.column + cell.colspan] - at[cell.column]) for cell in grid.cells)
    return replace(grid, columns=len(xs) - 1, cells=tuple(cells))


def _nearest(values: Sequence[float], value: float) -> int:
    return min(range(len(values)), key=lambda index: abs(values[index] - value))


def _distinct(values: Iterable[float]) -> tuple[float, ...]:
    """Values that are more than a little apart."""
    found: list[float] = []
    for each in sorted(values):
        if not found or each - found[-1] > NEAR:
            found.append(each)
    return tuple(found)


def _index(values: Sequence[float], value: float) -> int:
    return bisect_left(values, value - NEAR)
