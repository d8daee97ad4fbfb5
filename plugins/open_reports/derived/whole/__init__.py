"""Whole: a year over all agencies, in which nothing is counted twice and nothing that contradicts itself is counted at all."""

from open_reports.derived.whole.definition import PLACES, Division, Part, Tile, Whole, definition
from open_reports.derived.whole.gathering import Change, Entry, Gathered, Standing, changed, gather, headline, steady, totals
from open_reports.derived.whole.spread import Aside, Dot, Spread, spread

__all__ = [
    "PLACES",
    "Aside",
    "Change",
    "Division",
    "Dot",
    "Entry",
    "Gathered",
    "Part",
    "Spread",
    "Standing",
    "Tile",
    "Whole",
    "changed",
    "definition",
    "gather",
    "headline",
    "spread",
    "steady",
    "totals",
]
