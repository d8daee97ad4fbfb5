"""Agreement of numbers that are not the same: by rounding, or by the parts that a unit states besides a total it got wrong."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from itertools import islice, product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_TRIED = 4_096
"""Ways tried to take parts for totals; units whose totals are wrong are few."""

Number = int | Decimal


def agree_rounded(left: Number, right: Number, places: tuple[int, int]) -> bool:
    """Whether two sums differ by rounding alone: the one with more decimals, rounded half up to those of the other, is the other.

    `places` are the decimals that either side is printed with. Whole numbers never differ by rounding.
    """
    fewer, more = sorted(zip(places, (left, right), strict=True), key=lambda side: side[0])
    if fewer[0] == more[0]:
        return False
    return Decimal(more[1]).quantize(Decimal(1).scaleb(-fewer[0]), ROUND_HALF_UP) == fewer[1]


def decimals(values: Iterable[Number | None]) -> int:
    """Most decimals that one of some numbers is printed with."""
    found = [-int(value.as_tuple().exponent) for value in values if isinstance(value, Decimal)]
    return max(found, default=0)


def settling(gap: Number, changes: Sequence[Sequence[Number]]) -> tuple[int | None, ...] | None:
    """Which changes, at most one of each place, make up a gap: for each place the position of its change, or None for none.

    Returns None where no choice of changes does, and where several do: then nobody can say which is meant.
    """
    choices = product(*([None, *range(len(each))] for each in changes))
    found = [
        chosen
        for chosen in islice(choices, MOST_TRIED)
        if sum((each[at] for each, at in zip(changes, chosen, strict=True) if at is not None), start=0) == gap
    ]
    return found[0] if len(found) == 1 else None
