"""Paint: what each part of a drawing is filled and stroked with where no style sheet reaches.

Styles rule (`pages/assets/charts.css`) wherever there are any, and know the dark scheme. Programs that make PDF of pages let none
into a drawing (WeasyPrint), and there a part without paint of its own is black: a year without a share would be a black block.
"""

from __future__ import annotations

import re

_INK, _PAPER, _QUIET, _LINE = "#000", "#fff", "#444", "#ccc"
_SHARES = {
    "c1": ("#12636a", "#fff"),
    "c2": ("#7fbfc0", "#0c1716"),
    "c3": ("#d98f2b", "#140e05"),
    "c4": ("#f3dfae", "#140e05"),
    "c5": ("#8b83b6", "#0c0a14"),
    "c6": ("#f1f3f3", "#14201f"),
    "q1": ("#3c5068", "#fff"),
    "q2": ("#a9bacb", "#0d141b"),
    "q3": ("#dfe6ee", "#0d141b"),
    "q4": ("#fff", "#14201f"),
}
"""Fill of each part of a bar of 100 %, and the ink of the number on it, of the light scheme (`pages/overview/overview.css`)."""
COLOURS = ("#0072b2", "#3a8fc4", "#00835f", "#7a8f00", "#d55e00", "#b87a00", "#b2528a", "#6e6e78", "#3b3b44")
"""Colours of the styles, from the first: those of the light scheme."""
_PAINT = {
    **{f"or-s{number}": f'fill="{colour}"' for number, colour in enumerate(COLOURS, start=1)},
    **{f"or-l{number}": f'stroke="{colour}" stroke-width="2"' for number, colour in enumerate(COLOURS, start=1)},
    "or-hatch": f'fill="none" stroke="{_PAPER}" stroke-width="1.1"',
    **dict.fromkeys(("or-hatch or-hatch4", "or-hatch or-hatch9"), f'fill="{_PAPER}" stroke="none"'),
    "or-cut": f'stroke="{_PAPER}"',
    "or-grid": f'stroke="{_LINE}"',
    "or-base": f'stroke="{_INK}"',
    "or-zero": f'stroke="{_INK}" stroke-width="4"',
    "or-break": f'stroke="{_INK}" stroke-width="1.5" stroke-dasharray="5 4"',
    # Without the rim that keeps a number readable over a line: not every program paints a rim before the letter.
    **dict.fromkeys(("or-break-text", "or-end", "or-kind", "or-neq"), f'fill="{_INK}"'),
    **dict.fromkeys(("or-tick", "or-nothing"), f'fill="{_QUIET}"'),
    **{f"or-{style}": f'fill="{fill}" stroke="#2b3937"' for style, (fill, _) in _SHARES.items()},
    **{f"or-on or-on-{style}": f'fill="{ink}" stroke="none"' for style, (_, ink) in _SHARES.items()},
    **dict.fromkeys(("or-row", "or-dot", "or-column"), 'fill="#5c6f6d" stroke="#5c6f6d"'),
    **dict.fromkeys(("or-dot or-few", "or-column or-few"), f'fill="{_PAPER}" stroke="#5c6f6d"'),
    "or-median": f'stroke="{_INK}" stroke-width="2"',
    "or-gap": f'fill="{_INK}" fill-opacity=".07"',
    "or-gap or-gap-soft": f'fill="{_INK}" fill-opacity=".035"',
}
_CLASS = re.compile(r'class="([^"]*)"')


def painted(drawing: str) -> str:
    """SVG of a drawing with the paint of each part beside its class."""
    return _CLASS.sub(_attributes, drawing)


def _attributes(match: re.Match[str]) -> str:
    name = match[1] if match[1] in _PAINT else match[1].partition(" ")[0]
    return f"{match[0]} {_PAINT[name]}" if name in _PAINT else match[0]
