"""The mark of a figure in an open contradiction: ≠ before the number, with words for those who listen, and a way to the note.

It is written here and nowhere else, so that it looks and reads alike on every page and in every chart; its style is `.or-neq`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from open_reports.finding import SIGN
from open_reports.form import forms

if TYPE_CHECKING:
    from collections.abc import Collection

    from open_reports.text import Words

CLASS = "or-neq"
BLANK = "BLANK"
"""Rule of a table that reports no figure: each of its cells says so in words, for there is no number to mark."""
EMPTY = frozenset({"blank", "not_applicable", "line_absent"})
"""Kinds of nothing that stand in the cells of a table that reports no figure."""


def mark(w: Words, href: str = "", *, note: str = "mark_note") -> Markup:
    """HTML of the mark: a link to the note, or where the number is a link itself, a sign within that.

    `note` is the key of the link's words, other ones where no figure is marked but a date, an address or a whole table.
    """
    # `role` and a name, for voices pass over the sign, or call it "not equal to".
    if href:
        return Markup('<a class="{}" href="{}" aria-label="{}">{}</a>').format(CLASS, href, w(note), SIGN)
    return Markup('<b class="{}" role="img" aria-label="{}">{}</b>').format(CLASS, w("mark_says"), SIGN)


def of_blank(status: str, rules: Collection[str]) -> bool:
    """Whether there is no number because the whole table reports none, as one of the `rules` of a figure says."""
    return status in EMPTY and BLANK in rules


def nothing_words(status: str, w: Words, rules: Collection[str] = ()) -> str:
    """Return a kind of nothing in words; of a table that reports no figure (`of_blank`), each cell tells that."""
    return w("mark_blank_table") if of_blank(status, rules) else forms().common.statuses[status][w.language]
