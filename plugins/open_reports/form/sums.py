"""Sums of cells read from YAML: indicators, and what the narrative may mean by a figure it states."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from open_reports.form.common import ID
from open_reports.form.model import Cells, Indicator, Statement
from open_reports.text import text_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from open_reports.document import Record

_MOST = 800
"""Characters of a description, the longest texts of the forms."""


def _cells(text: str, record: Record, key: str, tables: Collection[str]) -> tuple[Cells, ...]:
    """Cells of a sum such as `applications/new/total + applications/carried_in/total`; none for an empty text."""
    cells = []
    for term in text.split("+") if text else ():
        parts = term.strip().split("/")
        if len(parts) != 3 or parts[0] not in tables:  # noqa: PLR2004 (table, line, column)
            record.note(key, "form.not_identity", found=term)
        else:
            cells.append(Cells(table=parts[0], line=parts[1], column=parts[2]))
    return tuple(cells)


# The sums are a small language of their own rather than code, so that a definition can be read, cited and checked in the YAML file.
_MEMBER = re.compile(rf"\s*(?P<sign>[+-]?)\s*(?P<previous>previous\s+)?(?P<table>{ID})/(?P<line>[a-z_.]+\*?)/(?P<column>{ID})\s*")


def _members(record: Record, key: str, tables: Collection[str], *, required: bool = True) -> tuple[Cells, ...]:
    """Signed cells of an indicator's sum, such as `applications/new/total - previous applications/new/total`."""
    text = record.text(key, required=required, most=600)
    found = []
    end = 0
    while end < len(text):
        match = _MEMBER.match(text, end)
        # A sign is needed between members: two addresses side by side would otherwise be added without anybody having said so.
        if match is None or match["table"] not in tables or (match["sign"] == "" and end > 0):
            record.note(key, "form.not_identity", found=text)
            return ()
        end = match.end()
        sign = -1 if match["sign"] == "-" else 1
        cells = Cells(table=match["table"], line=match["line"], column=match["column"], sign=sign, previous=bool(match["previous"]))
        found.append(cells)
    return tuple(found)


def read_indicator(entry: Record, floor: int, tables: Collection[str]) -> Indicator:
    """Read the definition of an indicator; `tables` are those that its cells may be of."""
    return Indicator(
        id=entry.matching("id", ID, "completion_rate"),
        name=text_of(entry.record("name")),
        description=text_of(entry.record("description"), most=_MOST),
        counts=text_of(entry.record("counts")),
        # Bound to each other: no rate may be shown without words for its denominator.
        among=text_of(entry.record("among")) if entry.get("denominator") else None,
        basis=text_of(entry.record("basis")),
        note=text_of(entry.record("note"), most=_MOST) if entry.get("note") else None,
        numerator=_members(entry, "numerator", tables),
        denominator=_members(entry, "denominator", tables, required=False),
        floor=floor,
    )


def read_statement(record: Record, tables: Collection[str]) -> Statement:
    """Read a figure that the narrative may state; `tables` are those that its cells may be of."""
    means = [_cells(str(value), record, f"means[{index}]", tables) for index, value in enumerate(record.sequence("means", required=True))]
    return Statement(
        id=record.matching("id", ID, "new"),
        items=tuple(str(value) for value in record.sequence("items", required=True)),
        phrases=tuple(str(value) for value in record.sequence("phrases", required=True)),
        means=tuple(means),
    )
