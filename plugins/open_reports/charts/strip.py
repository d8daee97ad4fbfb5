"""Strip: an indicator of one year, a dot an agency, a row a kind, and the median where there are enough dots to have one.

No ranks and no colours of good and bad. Of more dots than can be told apart on a phone there are columns of five points
instead, whose height is the number of agencies: so a drawing has a size that no number of agencies exceeds. What is not counted as a share stands at the right: ≠ for figures that do not add up.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from open_reports.charts.hundred import share_text
from open_reports.charts.paint import painted
from open_reports.derived.mark import CLASS
from open_reports.finding import SIGN
from open_reports.form import forms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from open_reports.derived.whole import Dot, Spread
    from open_reports.report import Report
    from open_reports.text import Words

MOST_DOTS = 60
"""Dots of a drawing beyond which its rows have columns."""
# Widths are per cent of the drawing: the plot, and right of it what is not counted.
_LEFT, _WIDE, _ASIDE = Decimal("2.5"), Decimal(80), 88
_APART = Decimal("0.05")
"""Shares closer than this would touch on the narrowest phone, so the second dot stands above the first."""
_HEAD, _LANE, _BELOW, _RADIUS = 22, 13, 10, 5
_COLUMNS, _TALL = 20, 48
"""Columns of a row, each of five points, and the height of the tallest."""
_MOST_SIGNS = 3
"""Signs that stand beside each other; of more their number is told."""


def strip(rows: Sequence[Spread], label: str, w: Words, *, name: Callable[[Report], str], href: Callable[[Report], str]) -> Markup:
    """Draw the rows; `label` says them in words, `name` is an agency's, `href` leads to the figure that a dot begins with."""
    top = max([Decimal(1), *(dot.rate for each in rows for dot in each.dots)])
    out: list[str] = []
    y = 0
    many = sum(len(each.dots) for each in rows) > MOST_DOTS
    for each in rows:
        drawn, height = _columns(each, top, y, w) if many else _dots(each, top, y, name, href)
        out += [_head(each, y, w), *drawn, *_aside(each, y + height, w, name)]
        y += height + _BELOW
    ticks = "".join(
        f'<line class="or-grid" x1="{x}" x2="{x}" y1="{_HEAD - 4}" y2="{y}"/><text class="or-tick" x="{x}" y="{y + 14}" text-anchor="middle">{tick}%</text>'
        for tick in (0, 25, 50, 75, 100)
        if (x := _x(Decimal(tick) / 100, top))
    )
    aside = f'<text class="or-tick" x="100%" y="{y + 14}" text-anchor="end">{escape(w("whole_not_counted"))}</text>'
    return Markup(  # noqa: S704 (every text is escaped where it is put in)
        f'<svg class="or-svg or-strip" width="100%" height="{y + 20}" role="img" aria-label="{escape(label)}">{painted(ticks + aside + "".join(out))}</svg>'
    )


def _head(row: Spread, y: int, w: Words) -> str:
    kind = forms().common.kinds[row.kind][w.language]
    median = f" · {w('whole_median', share=share_text(row.median, 1))}" if row.median is not None else ""
    return f'<text x="0" y="{y + 14}"><tspan class="or-kind">{escape(kind)} {len(row.all)}</tspan><tspan class="or-tick">{escape(median)}</tspan></text>'


def _dots(row: Spread, top: Decimal, y: int, name: Callable[[Report], str], href: Callable[[Report], str]) -> tuple[list[str], int]:
    """Dots of a row, those that would touch one above the other, and how high the row is."""
    lanes: list[Decimal] = []
    placed: list[tuple[Dot, int]] = []
    for dot in row.dots:
        # The lowest lane with room: dots are sorted, so only the last of each lane can be near.
        lane = next((at for at, last in enumerate(lanes) if dot.rate - last >= _APART * top), len(lanes))
        lanes[lane : lane + 1] = [dot.rate]
        placed.append((dot, lane))
    height = _HEAD + max(1, len(lanes)) * _LANE
    base = y + height - _LANE // 2
    line = f'<line class="or-grid" x1="{_LEFT}%" x2="{_LEFT + _WIDE}%" y1="{base}" y2="{base}"/>'
    circles = [
        f'<circle class="or-dot{" or-few" if dot.few else ""}" cx="{_x(dot.rate, top)}" cy="{base - lane * _LANE}" r="{_RADIUS}" stroke-width="2" '
        f'data-agency="{dot.report.agency}" data-href="{escape(href(dot.report))}"><title>{escape(name(dot.report))} {_fraction(dot)}</title></circle>'
        for dot, lane in placed
    ]
    return [line, _median(row, top, y + _HEAD - 4, y + height), *circles], height


def _fraction(dot: Dot) -> str:
    return f"{dot.value.numerator}/{dot.value.denominator} {share_text(dot.value.numerator or 0, dot.value.denominator or 1)}"


def _columns(row: Spread, top: Decimal, y: int, w: Words) -> tuple[list[str], int]:
    """Columns of a row: filled for agencies with enough cases, hollow above for the others."""
    many, few = [0] * _COLUMNS, [0] * _COLUMNS
    for dot in row.dots:
        # A share of exactly 100 % belongs to the last column.
        (few if dot.few else many)[min(_COLUMNS - 1, int(dot.rate / top * _COLUMNS))] += 1
    most = max(1, *(a + b for a, b in zip(many, few, strict=True)))
    height = _HEAD + _TALL
    base = y + height
    wide = f"{_WIDE / _COLUMNS - Decimal('0.6'):.2f}%"
    out = [f'<line class="or-grid" x1="{_LEFT}%" x2="{_LEFT + _WIDE}%" y1="{base}" y2="{base}"/>']
    for at, (solid, hollow) in enumerate(zip(many, few, strict=True)):
        if not solid + hollow:
            continue
        x = _x(top * at / _COLUMNS, top)
        first, last = (f"{top * each * 100 / _COLUMNS:.0f}" for each in (at, at + 1))
        says = escape(w("whole_column", first=first, last=last, count=solid + hollow, few=hollow))
        tall, cut = (_TALL * each / most for each in (solid + hollow, solid))
        parts = [("or-column", base - cut, cut), ("or-column or-few", base - tall, tall - cut)]
        rects = "".join(
            f'<rect class="{name}" x="{x}" width="{wide}" y="{up:.1f}" height="{long:.1f}"/>' for name, up, long in parts if long
        )
        out.append(f'<g class="or-column" data-count="{solid + hollow}"><title>{says}</title>{rects}</g>')
    return [*out, _median(row, top, y + _HEAD - 4, base)], height


def _median(row: Spread, top: Decimal, start: int, end: int) -> str:
    return f'<line class="or-median" x1="{(x := _x(row.median, top))}" x2="{x}" y1="{start}" y2="{end}"/>' if row.median is not None else ""


def _aside(row: Spread, base: int, w: Words, name: Callable[[Report], str]) -> Iterator[str]:
    """What has no dot for its figures do not add up: a sign an agency, or one with their number."""
    says = escape(w("mark_says"))
    if len(row.contradicted) > _MOST_SIGNS:
        yield f'<text class="{CLASS}" x="{_ASIDE}%" y="{base - 2}">{SIGN} {len(row.contradicted)}<title>{says}</title></text>'
        return
    for at, each in enumerate(row.contradicted):
        yield (
            f'<text class="{CLASS}" x="{_ASIDE + 5 * at}%" y="{base - 2}" text-anchor="middle">{SIGN}<title>{escape(name(each.report))} {says}</title></text>'
        )


def _x(rate: Decimal, top: Decimal) -> str:
    return f"{_LEFT + _WIDE * rate / top:.2f}%"
