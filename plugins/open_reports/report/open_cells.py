"""Open cells: what an import could not be sure of, listed in `open.csv` beside the package until a person has settled it.

The list is no part of the published package and unknown to its descriptor. While a row stands in it, the package has an error:
a cell that waits for a person must not be published as "left blank".
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from open_reports import gate
from open_reports.document import shown
from open_reports.form import Address, forms
from open_reports.report.writing import csv_text
from open_reports.text import LANGUAGES, Text, reading, resource_text, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from open_reports.report.faults import Faults

OPEN = "open.csv"
"""The list's file, in the folder of the package."""
HEADER = ("table", "line", "column", "place", "seen", "reason", "proposal")
ABSENT = "absent"
"""Reason of a line that was not found in the original: to be confirmed, for it may have been overlooked."""


PENDING = frozenset({"pending.cell", "pending.absent", "pending.row"})
"""Codes of the findings that stand for rows of the list."""


_PLACE = re.compile(r"(?:(?P<table>表)|第)(?P<number>\d+)(?P<unit>[页行格段])?|（|）|；")
"""A part of a place as readers spell it: 第2页表1第3行第4格, 第5段, Sheet1!B2（第2行第2格）."""
_UNITS = {"页": "page", "行": "row", "格": "cell", "段": "paragraph"}


def _english(part: re.Match[str]) -> str:
    if part["number"] is None:
        return {"（": " (", "）": ")", "；": "; "}[part[0]]
    name = "table" if part["table"] else _UNITS.get(part["unit"] or "", "")
    before = part.string[part.start() - 1] if part.start() else ""
    return f"{'' if before in ('', '（', '；') else ', '}{name} {part['number']}{part['unit'] or '' if part['table'] else ''}"


class OpenCell(NamedTuple):
    """One row of the list: a cell; with an empty `column` a whole line; with an empty `line`, too, a row that may be any line or none.

    `place` is where it stands in the original, `seen` the text there, `reason` a code of `locales/open.yml` or a sentence,
    `proposal` what may be meant, empty where nothing is proposed; `row` its line in the file, 0 of one that is
    not written yet.
    """

    table: str
    line: str
    column: str
    place: str
    seen: str
    reason: str
    proposal: str = ""
    row: int = 0

    @property
    def address(self) -> str:
        """Address of the figure, or of the line, or of the table."""
        return str(Address(self.table, self.line, self.column)) if self.column else "/".join(filter(None, self[:2]))

    @property
    def where(self) -> Text:
        """The place in the original, as readers spell it and in English."""
        return Text(zh=self.place, en=_PLACE.sub(_english, self.place).strip())

    @property
    def why(self) -> Text:
        """The reason as a sentence; a reason that has no words of ours is told as it stands."""
        return phrases().get(self.reason) or Text(zh=self.reason, en=self.reason)

    @property
    def proposed(self) -> Text:
        """The proposal as a phrase."""
        text = phrases()["proposal.some" if self.proposal else "proposal.none"]
        return Text(**{language: text.filled(language, {"value": self.proposal}) for language in LANGUAGES})


@cache
def phrases() -> Mapping[str, Text]:
    """Why a cell is open, by its code, and how a proposal is told, from `locales/open.yml`. Raises `FormError` where one lacks a language."""
    name = "locales/open.yml"
    with reading(name, resource_text(name)) as root:
        return {code: text_of(root.record(code)) for code in root.mapping}


def open_text(cells: Iterable[OpenCell]) -> str:
    """The list as CSV."""
    return csv_text([HEADER, *([getattr(cell, name) for name in HEADER] for cell in cells)])


def read_open(text: str, form_of: Mapping[str, str], faults: Faults) -> Iterator[OpenCell]:
    """Read the list of a package whose tables have these forms; what is wrong in it becomes faults."""
    rows, found = gate.grid(text, f"{faults.place}/{OPEN}")
    faults += found
    if not rows or tuple(rows[0]) != HEADER:
        if not found:
            faults.note("pending.header", OPEN, row=1, found=shown(",".join(rows[0]) if rows else ""), expected=",".join(HEADER))
        return
    for index, cells in enumerate(rows[1:], start=2):
        # Excel leaves out the commas before a last column that sixteen rows on end leave blank: here, that of the proposals.
        row = [*cells, ""] if len(cells) == len(HEADER) - 1 else cells
        if len(row) != len(HEADER):
            faults.note("pending.width", OPEN, row=index, found=str(len(row)), expected=str(len(HEADER)))
            continue
        cell = OpenCell(**dict(zip(HEADER, row, strict=True)), row=index)
        if _known(cell, form_of):
            yield cell
        else:
            faults.note("pending.place", OPEN, row=index, found=shown(cell.address))


def _known(cell: OpenCell, form_of: Mapping[str, str]) -> bool:
    """Whether the form has the place that a row names."""
    if cell.table not in form_of:
        return False
    line = forms()[form_of[cell.table]].tables[cell.table].lines.get(cell.line)
    return not (cell.line or cell.column) if line is None else not cell.column or cell.column in line.columns
