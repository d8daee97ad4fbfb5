"""Doubtful text: what can be read in two ways once white space is dropped and look-alike characters are folded (NFKC)."""

from __future__ import annotations

import re

from open_reports.intake.grid import Doubt

_NOTE = "[¹²³⁰⁴-⁹₀-₉①-⒛⓪-⓿❶-➓㉑-㉟㊱-㊿½¼¾⅐-⅞]"
"""Digits that are no figures: raised, lowered, in circles or brackets, fractions. Folded, `26①` would be 261."""

_SPLIT = re.compile(r"\d\s+\d")
_NOTED = re.compile(rf"\d\s*{_NOTE}|{_NOTE}\s*\d")


def doubts_of(text: str) -> frozenset[Doubt]:
    """Doubts about a text: digits with a gap between them, one number or two; digits beside a mark of a note."""
    found = {Doubt.SPLIT: _SPLIT, Doubt.SUPERSCRIPT: _NOTED}
    return frozenset(doubt for doubt, pattern in found.items() if pattern.search(text))
