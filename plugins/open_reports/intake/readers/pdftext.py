"""Characters of a PDF as text: which stand on one line, which lines are one text, and what is doubtful about them.

A PDF holds places of characters and nothing else. Two digits are one number because they stand side by side; where they stand
apart, one over the other or in two lines, nobody but a person knows.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from open_reports.intake.grid import Doubt
from open_reports.intake.radicals import RADICALS
from open_reports.intake.readers.doubtful import doubts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from open_reports.intake.readers.pdfsecond import Box

APART = 0.3
"""Gap between two digits, in heights of the font, from which on they may be two numbers."""
_AGAIN = 0.1
"""How far off, in the same measure, a character is drawn again to look bold."""
_OVER = 0.35
"""Share of a character behind which the next one begins; before that one is drawn over the other."""
_RAISED = 0.8
"""Size, beside the largest of its line, up to which a character is a mark of a note."""
_UNKNOWN = "\ufffd"


class Glyph(NamedTuple):
    """A character as it is drawn."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    upright: bool = True

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2

    @property
    def blank(self) -> bool:
        """Whether it is white space."""
        return not self.text.strip()


def glyph(char: Mapping[str, Any]) -> Glyph:
    """A character of pdfplumber; one whose font does not say what it is cannot be known."""
    text = char["text"]
    known = _UNKNOWN if text.startswith("(cid:") or not text else text.translate(RADICALS)
    return Glyph(known, char["x0"], char["x1"], char["top"], char["bottom"], char["size"], bool(char["upright"]))


@dataclass(frozen=True)
class Line:
    """Characters on one line, from the left."""

    glyphs: tuple[Glyph, ...]

    @property
    def text(self) -> str:
        """The line as printed: with a blank where the file has one, or leaves room for one."""
        parts = []
        for before, each in zip((None, *self.glyphs), self.glyphs, strict=False):
            gap = before is not None and not before.blank and not each.blank and each.x0 - before.x1 > each.size
            parts.append(f"{' ' if gap else ''}{' ' if each.blank else each.text}")
        return "".join(parts).strip()

    @property
    def inked(self) -> tuple[Glyph, ...]:
        """Its characters without white space."""
        return tuple(each for each in self.glyphs if not each.blank)

    @property
    def box(self) -> Box:
        """What it takes up."""
        inked = self.inked
        return (
            min(each.x0 for each in inked),
            min(each.top for each in inked),
            max(each.x1 for each in inked),
            max(each.bottom for each in inked),
        )

    @property
    def size(self) -> float:
        """Size of its largest character."""
        return max(each.size for each in self.inked)


def lines(glyphs: Iterable[Glyph]) -> list[Line]:
    """Characters put into lines, from the top; what is drawn twice at one place to look bold is there once."""
    rows: list[list[Glyph]] = []
    for each in sorted(glyphs, key=lambda glyph: (glyph.middle[1], glyph.x0)):
        own = next((row for row in reversed(rows) if abs(row[0].middle[1] - each.middle[1]) <= max(row[0].size, each.size) / 2), None)
        if own is None:
            rows.append([each])
        else:
            own.append(each)
    ordered = (_once(sorted(row, key=lambda glyph: glyph.x0)) for row in rows)
    return sorted((Line(tuple(row)) for row in ordered if any(not each.blank for each in row)), key=lambda line: line.box[1])


def _once(row: Sequence[Glyph]) -> list[Glyph]:
    found: list[Glyph] = []
    for each in row:
        near = _AGAIN * each.size
        if not any(each.text == other.text and abs(each.x0 - other.x0) < near and abs(each.top - other.top) < near for other in found[-3:]):
            found.append(each)
    return found


def joined(found: Sequence[Line], width: float) -> tuple[str, frozenset[Doubt]]:
    """Lines in a box of this width as one text, and what is doubtful about it.

    A line that could not have taken the first character of the next goes on in it; others end where somebody ended them.
    """
    text, doubts = "", set[Doubt]()
    for before, line in zip((None, *found), found, strict=False):
        if before is not None:
            full = before.box[2] - before.box[0] + line.inked[0].size > width - 2 * _padding(width)
            # Digits below one another may be two numbers however narrow the cell is.
            doubts |= {Doubt.SPLIT} if text[-1:].isdigit() and line.text[:1].isdigit() else set()
            text += "" if full else "\n"
        text += line.text
        doubts |= _doubts(line)
    return text, frozenset(doubts | doubts_of(text) | ({Doubt.DISAGREEING} if _UNKNOWN in text else set()))


def _padding(width: float) -> float:
    """Room that programs leave between a line of a table and its text."""
    return min(6.0, width / 8)


def _doubts(line: Line) -> set[Doubt]:
    found = set()
    inked = line.inked
    for one, other in pairwise(inked):
        digits = _numeric(one) and _numeric(other)
        if other.x0 < one.x0 + _OVER * (one.x1 - one.x0):
            found.add(Doubt.OVERPRINTED)
        elif digits and other.x0 - one.x1 > APART * max(one.size, other.size):
            found.add(Doubt.SPLIT)
    if any(map(_numeric, inked)):
        if any(each.size < _RAISED * line.size for each in inked):
            found.add(Doubt.SUPERSCRIPT)
        if not all(each.upright for each in inked):
            found.add(Doubt.SPLIT)
    return found


def _numeric(each: Glyph) -> bool:
    return any(char.isdigit() or char in ".,-" for char in unicodedata.normalize("NFKC", each.text))
