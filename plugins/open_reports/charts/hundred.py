"""Bars of 100 %: the parts of a number end to end, each with its own number where there is room; and parts as a bar each.

As wide as their place and of fixed height, like the other drawings (`svg`). Every part has a title with its name, its number and its
share, and the key below the bar, which is its table, says the same.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup, escape

from open_reports.charts.paint import painted

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROOM = Decimal("0.075")
"""Least share of a bar in which its number stands, so that three digits fit on the narrowest phone."""


class Slice(NamedTuple):
    """A part of a number: its fill (`paint`), its name, its value in cases, and value and share in words."""

    style: str
    name: str
    value: int | Decimal
    says: str


def share_text(value: int | Decimal, whole: int | Decimal) -> str:
    """Share of a part in per cent with one decimal, as texts state it; empty where there is nothing to divide by."""
    return f"{(Decimal(value) * 100 / Decimal(whole)).quantize(Decimal('0.1'), ROUND_HALF_UP)}%" if whole else ""


def hundred(slices: Sequence[Slice], label: str, *, height: int = 44) -> Markup:
    """Draw the parts of a number as one bar that fills its place; nothing where they are all 0. `label` says it in words."""
    whole = sum((each.value for each in slices), start=0)
    if not whole:
        return Markup()
    out = []
    start = Decimal(0)
    for each in slices:
        share = Decimal(each.value) / whole
        if not share:
            continue
        number = ""
        if share >= _ROOM:
            middle = f"{_percent(start + share / 2)}"
            number = f'<text class="or-on or-on-{each.style}" x="{middle}" y="{height // 2 + 5}" text-anchor="middle">{escape(each.value)}</text>'
        out.append(
            f'<g class="or-{each.style}"><title>{escape(each.name)} {escape(each.says)}</title><rect x="{_percent(start)}" '
            f'width="{_percent(share)}" y=".5" height="{height - 1}" data-value="{each.value}"/>{number}</g>'
        )
        start += share
    return Markup(  # noqa: S704 (every text is escaped where it is put in)
        f'<svg class="or-svg or-hundred" width="100%" height="{height}" role="img" aria-label="{escape(label)}">{painted("".join(out))}</svg>'
    )


def row(value: int | Decimal, longest: int | Decimal) -> Markup:
    """Draw a number as a bar whose length is its part of the longest one beside it; its number stands in the table around it."""
    width = _percent(Decimal(value) / longest) if longest else "0%"
    bar = painted(f'<rect class="or-row" width="{width}" y="2" height="14" data-value="{value}"/>')
    return Markup(f'<svg class="or-svg" width="100%" height="18" aria-hidden="true">{bar}</svg>')  # noqa: S704 (numbers of ours)


def _percent(share: Decimal) -> str:
    """Place along the width. Geometry may be rounded; the figures themselves never are."""
    return f"{share * 100:.2f}%"
