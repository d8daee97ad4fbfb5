"""Drawing: SVG as wide as its place and of fixed height, so that its text keeps its size on a phone.

Widths are percentages, heights CSS pixels, and there is no viewBox. Labels left and right of the plot stand in the padding of its
place (`room`). Every mark carries the year, the series and the number it stands for. Colours are those of pages/assets/charts.css, each
with a pattern of its own.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from markupsafe import escape

from open_reports.charts.paint import COLOURS
from open_reports.derived.indicator import CONTRADICTED
from open_reports.derived.mark import BLANK, CLASS, of_blank
from open_reports.derived.series import NOT_COLLECTED
from open_reports.finding import SIGN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from open_reports.charts.data import Chart, Panel
    from open_reports.charts.definition import SeriesDefinition
    from open_reports.derived.series import Number, Point, Series
    from open_reports.text import Words

# Everything in CSS pixels: with a viewBox the whole drawing shrinks with its place, and text had 7 px on a phone.
_ROW, _BAR = 26, 16
_MARK = 24
"""Height of the strip between two rows that a break needs."""
_AXIS = 20
_TOP, _PLOT = 22, 88
"""Room above the plot of shares, and its height: 0 % at the bottom, 100 % (`highest`) at the top."""
_DIGIT = 7.2
"""Width of a digit of 12 px, generously."""
_SIGN = 3
"""Digits that the mark of a contradiction and the space behind it are as wide as, generously."""
_NARROW = 280
"""Width of a plot on the narrowest phone, which decides how many years are named below it."""
_LABEL = 28
"""Half the width of a share's number with some air: so far around it nothing else may stand."""
# Colour alone must not tell series apart (WCAG 2.2, 1.4.1): what is not plain has a pattern, for print and for the colour-blind.
_PATTERNS = {
    2: '<path d="M-1,1l2,-2M0,6l6,-6M5,7l2,-2"/>',
    4: '<circle cx="1.5" cy="1.5" r="1"/><circle cx="4.5" cy="4.5" r="1"/>',
    5: '<path d="M-1,5l2,2M0,0l6,6M5,-1l2,2"/>',
    6: '<path d="M0,3h6"/>',
    7: '<path d="M0,3h6M3,0v6"/>',
    8: '<path d="M3,0v6"/>',
    9: '<path d="M0,0h3v3h-3zM3,3h3v3h-3z"/>',
}
"""What is drawn over the colour of a style, in a square of 6 px; the other styles are plain."""


def nothing(status: str, w: Words, floor: int, rules: tuple[str, ...] = ()) -> str:
    """Return a kind of nothing in the fewest words; `rules` are those that its figures contradict."""
    return w("nothing_whole_table") if of_blank(status, rules) else w(f"nothing_{status}", floor=floor)


def rate_text(value: Number) -> str:
    """Share as a percentage with two decimals."""
    return f"{value * 100:.2f}%"


def number_of(position: int) -> str:
    """Return the mark of a break: ①, ② and so on."""
    return chr(0x2460 + position) if position < 20 else f"({position + 1})"  # noqa: PLR2004 (circled numbers end there)


def marks(chart: Chart) -> dict[int, str]:
    """Return the breaks to draw, by the year they stand before. A missing year shows itself."""
    # Several breaks may end at one year, for different series: they have one line and one mark.
    years = dict.fromkeys(gap.after for gap, _ in chart.breaks if not gap.only_missing)
    return {year: number_of(position) for position, year in enumerate(years)}


def renamed(chart: Chart) -> dict[int, str]:
    """Return the changes of name to draw, by the first year that is drawn under the later name; circled letters, for they are no breaks."""
    years = [each.until + 1 for each in chart.names if each.until < chart.years[-1]]
    return {year: chr(0x24B6 + position) for position, year in enumerate(years[:26])}


def fill(chart: Chart, style: int) -> str:
    """Return the attribute that fills a shape in a style."""
    # With the bare colour after it, for programs that find no pattern of another drawing.
    return f'fill="url(#{chart.stem}-s{style}) {COLOURS[style - 1]}"' if style in _PATTERNS else f'class="or-s{style}"'


def patterns(chart: Chart) -> str:
    """Return the definitions of the patterns a chart uses, which must stand once on its page."""
    used = sorted({definition.style for definition, _ in chart.series} & _PATTERNS.keys())
    return "".join(
        f'<pattern id="{chart.stem}-s{style}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<rect width="6" height="6" class="or-s{style}"/><g class="or-hatch or-hatch{style}">{_PATTERNS[style]}</g></pattern>'
        for style in used
    )


# -- bars ---------------------------------------------------------------------------------------------------------------


def scale(chart: Chart) -> Number:
    """Return the longest bar of a chart, which fills the width of its panel; 0 if every bar is 0."""
    # One scale for all panels of a chart: what came in and what became of it are compared by length.
    return max((found.value for panel in chart.panels for found in panel.sums if found.value is not None), default=0)


def bars_room(chart: Chart) -> tuple[int, int]:
    """Pixels that the labels left and right of the bars need."""
    # The longest bar is as wide as the plot, so the number at its end stands outside, in the padding.
    longest = max(
        (len(found.text) + _SIGN * bool(found.doubt) for panel in chart.panels for found in panel.sums if found.value is not None),
        default=0,
    )
    return 36, round(longest * _DIGIT) + 8


def bars(chart: Chart, panel: Panel, w: Words, floor: int) -> tuple[int, str]:
    """Height and content of a panel that has a row a year, read downwards."""
    top = scale(chart)
    breaks, names = marks(chart), renamed(chart)
    out: list[str] = []
    lines: list[str] = []
    y = 2
    for at, year in enumerate(chart.years):
        if year in names:
            # Words without a stroke: nothing keeps the years before from those after.
            lines.append(
                f'<text class="or-break-text" x="50%" y="{y + _MARK // 2 + 4}" text-anchor="middle" data-renamed="{year}">'
                f"{names[year]} {escape(w('chart_renamed'))}</text>"
            )
            y += _MARK
        if year in breaks:
            lines.append(
                f'<line class="or-break" x1="0" x2="100%" y1="{y + _MARK // 2}" y2="{y + _MARK // 2}" data-break="{year}"/>'
                f'<text class="or-break-text" x="50%" y="{y + _MARK // 2 + 4}" text-anchor="middle">'
                f"{breaks[year]} {escape(w('chart_break'))}</text>"
            )
            y += _MARK
        middle = y + _ROW // 2
        out.append(f'<text x="0" dx="-8" y="{middle + 4}" text-anchor="end">{year}</text>')
        out += _row(chart, panel, at, y, top, w)
        if panel.sums[at].value is None:
            says = escape(nothing(panel.sums[at].status, w, floor, panel.sums[at].doubt))
            out.append(f'<text class="or-nothing" x="0" dx="8" y="{middle + 4}" data-gap="{year}">{says}</text>')
        y += _ROW
    grid = "".join(
        f'<line class="or-grid" x1="{place}" x2="{place}" y1="0" y2="{y}"/><text class="or-tick" x="{place}" y="{y + 15}" text-anchor="middle">{tick}</text>'
        for tick in ticks(top)
        if (place := percent(tick, top))
    )
    base = f'<line class="or-base" x1="0" x2="0" y1="0" y2="{y}"/>'
    # SVG paints in this order: the grid under the bars, breaks over all.
    return y + _AXIS, "".join([grid, *out, base, *lines])


def _row(chart: Chart, panel: Panel, at: int, y: int, top: Number, w: Words) -> Iterator[str]:  # noqa: PLR0917 (its place has these coordinates)
    """Parts of one year's bar, end to end, and the number at its end; a part of 0 has no width."""
    found = panel.sums[at]
    start: Number = 0
    height = y + (_ROW - _BAR) // 2
    for definition in panel.definition.series:
        point = panel.series[definition.id].points[at]
        if point.value is None:
            continue
        yield (
            f'<rect {fill(chart, definition.style)} x="{percent(start, top)}" width="{percent(point.value, top)}" y="{height}" height="{_BAR}" '
            f'data-year="{point.year}" data-series="{definition.id}" data-value="{point.value}"{_titled("rect", point, w)}'
        )
        start += point.value
        if start and panel.summed:  # a thin cut keeps neighbouring parts apart whatever their colours
            yield f'<line class="or-cut" x1="{percent(start, top)}" x2="{percent(start, top)}" y1="{height}" y2="{height + _BAR}"/>'
    if found.value is not None:
        # A bar of width 0 is invisible and would look like a year without a figure; this stroke says that 0 was reported.
        if not found.value:
            yield f'<line class="or-zero" x1="0" x2="0" y1="{height}" y2="{height + _BAR}"/>'
        sums = f' data-year="{found.year}" data-series="{panel.definition.id}" data-value="{found.value}"' if panel.summed else ""
        yield f'<text class="or-end" x="{percent(found.value, top)}" dx="6" y="{y + _ROW // 2 + 4}"{sums}>{_sign(found.doubt, w)}{found.text}</text>'


def _sign(doubt: tuple[str, ...], w: Words) -> str:
    """The mark before a number that stands in an open contradiction, with its words on pointing."""
    return f'<tspan class="{CLASS}">{SIGN}<title>{escape(w("mark_says"))}</title></tspan> ' if doubt else ""


def _titled(tag: str, point: Point, w: Words) -> str:
    """End of the tag of a shape: of a figure that stands in an open contradiction with a title that says so."""
    # Only of these: a title for each of a thousand shapes would weigh more than the drawing.
    return f"><title>{SIGN} {point.value} {escape(w('mark_says'))}</title></{tag}>" if point.doubt else "/>"


def percent(value: Number, top: Number) -> str:
    """Place along the width. Geometry may be rounded; the figures themselves never are."""
    return f"{100 * float(value) / float(top):.3f}%" if top else "0%"


def ticks(top: Number) -> list[int]:
    """Round numbers along the axis, from 0: two to four steps, fewer where the numbers are long."""
    if not top:
        return [0]
    most = 4 if top < 100_000 else 2  # noqa: PLR2004 (beyond five digits, labels would touch on a phone)
    step = 1
    # Only 1, 2 and 5 times a power of ten: steps that people can count between.
    while top >= step * (most + 1):
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return list(range(0, int(top) + 1, step))


# -- shares -------------------------------------------------------------------------------------------------------------

SHARES_ROOM = (42, 24)
"""Pixels that the labels left and right of the shares need."""


def shares(chart: Chart, definition: SeriesDefinition, each: Series, w: Words, floor: int) -> tuple[int, str]:
    """Height and content of one series of shares, read from left to right: a point a year, joined where nothing stands between."""
    id_, style, count = definition.id, definition.style, len(each.points)
    width = 100 / count
    top = highest(chart)
    out = [_gap([each.points[at] for at in run], run[0] * width, width, w, floor) for run in _runs(each.points)]
    for rate in (0, 50, 100):
        level = _level(rate / 100, top)
        out.append(
            f'<line class="{"or-grid" if rate else "or-base"}" x1="0" x2="100%" y1="{level:.1f}" y2="{level:.1f}"/>'
            f'<text class="or-tick" x="0" dx="-6" y="{level + 4:.1f}" text-anchor="end">{rate}%</text>'
        )
    # As many years are named as fit on the narrowest phone, counted from the last, which is the one people look for.
    every = -(-count * 34 // _NARROW)
    out += [
        f'<text class="or-tick" x="{(at + 0.5) * width:.3f}%" y="{_TOP + _PLOT + 16}" text-anchor="middle">{point.year}</text>'
        for at, point in enumerate(each.points)
        if not (count - 1 - at) % every
    ]
    place = {
        point.year: (f"{(at + 0.5) * width:.3f}%", _level(point.value, top))
        for at, point in enumerate(each.points)
        if point.value is not None
    }
    # A line for each pair, not one polyline: nothing may cross a break, and `points` of a polyline takes no percentages.
    for before, after in each.joined():
        (x1, y1), (x2, y2) = place[before.year], place[after.year]
        out.append(
            f'<line class="or-l{style}" x1="{x1}" y1="{y1:.1f}" x2="{x2}" y2="{y2:.1f}" data-series="{id_}" data-from="{before.year}" data-to="{after.year}"/>'
        )
    out += _points(id_, each.points, place, style)
    breaks = marks(chart)
    for year, letter in renamed(chart).items():
        # Beside the mark of a break, where there is one.
        x = f"{(year - chart.years.start) * width:.3f}%"
        out.append(
            f'<line class="or-grid" x1="{x}" x2="{x}" y1="14" y2="{_TOP + _PLOT}"/>'
            f'<text class="or-break-text" x="{x}" dx="{14 * (year in breaks)}" y="11" text-anchor="middle" data-renamed="{year}">{letter}</text>'
        )
    for year, mark in breaks.items():
        # The left edge of the year's strip: a break stands between two years, not on one.
        x = f"{(year - chart.years.start) * width:.3f}%"
        out.append(
            f'<line class="or-break" x1="{x}" x2="{x}" y1="14" y2="{_TOP + _PLOT}" data-break="{year}"/>'
            f'<text class="or-break-text" x="{x}" y="11" text-anchor="middle">{mark}</text>'
        )
    return _TOP + _PLOT + _AXIS, "".join(out)


def highest(chart: Chart) -> float:
    """Return the share at the top of every plot of a chart: 1, or more where printed figures do not reconcile and one is greater."""
    # A part larger than its whole is a fault of the report. It is drawn where it stands rather than cut off.
    return max([1.0, *(float(point.value) for _, each in chart.series for point in each.points if point.value is not None)])


def _level(rate: Number | float, top: float) -> float:
    return _TOP + (1 - float(rate) / top) * _PLOT


def _runs(points: Sequence[Point]) -> Iterator[list[int]]:
    """Places of points without a value: those side by side for the same reason together."""
    lacking = [at for at, point in enumerate(points) if point.value is None]
    # Position minus rank is the same for all places of an unbroken run.
    for _, run in groupby(lacking, key=lambda at: (points[at].status, BLANK in points[at].doubt, at - lacking.index(at))):
        yield list(run)


def _gap(points: Sequence[Point], x: float, width: float, w: Words, floor: int) -> str:
    """Return the strip of years without a share, with the reason written along it."""
    status, wide = points[0].status, width * len(points)
    years = " ".join(str(point.year) for point in points)
    one = wide / len(points)
    signs = [
        f'<text class="{CLASS}" x="{x + (at + 0.5) * one:.3f}%" y="{_TOP + _PLOT - 6}" text-anchor="middle">{SIGN}'
        f"<title>{point.numerator}/{point.denominator} {escape(w('value_contradicted'))}</title></text>"
        for at, point in enumerate(points)
        if point.status == CONTRADICTED
    ]
    return (
        f'<rect class="or-gap{"" if status == NOT_COLLECTED else " or-gap-soft"}" x="{x:.3f}%" width="{wide:.3f}%" y="{_TOP}" height="{_PLOT}"/>'
        # An inner svg carries the text to its place, for `transform` takes no percentages; upright, a reason fits a narrow strip.
        f'<svg x="{x + wide / 2:.3f}%" y="{_TOP + _PLOT // 2}" overflow="visible"><text class="or-nothing" transform="rotate(-90)" y="4" '
        f'text-anchor="middle" data-gap="{years}">{escape(nothing(status, w, floor, points[0].doubt))}</text></svg>' + "".join(signs)
    )


def _points(id_: str, points: Sequence[Point], place: dict[int, tuple[str, float]], style: int) -> Iterable[str]:
    """Points with their numbers: that of the last, and each 0."""
    last = max(place, default=None)
    near = round(_LABEL * len(points) / _NARROW)
    for point in points:
        if point.value is None:
            continue
        x, y = place[point.year]
        yield (
            f'<circle class="or-s{style}" cx="{x}" cy="{y:.1f}" r="4" data-year="{point.year}" data-series="{id_}" data-value="{point.value}"/>'
        )
        if point.year == last:
            # Above the highest point nearby, so that no line crosses the number.
            above = min(level for year, (_, level) in place.items() if abs(year - point.year) <= near)
            yield f'<text class="or-end" x="{x}" y="{above - 8:.1f}" text-anchor="middle">{rate_text(point.value)}</text>'
        elif not point.value:
            yield f'<text class="or-end" x="{x}" y="{y - 8:.1f}" text-anchor="middle">0</text>'
