"""Where a table of a form stands on a sheet in its printed shape: whoever draws a sheet and whoever reads it back ask here."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from open_reports.form.reading import forms
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_reports.form.common import Status
    from open_reports.form.table import Block, Line, TableForm

FIRST = 3
"""Row of the first block, counted from 0: a title, a sentence and a blank row stand above it."""


class Row(NamedTuple):
    """A line on a sheet: its row, the column of its label, that of its first figure; all counted from 0."""

    line: Line
    row: int
    label: int
    figures: int


class Drawn(NamedTuple):
    """A block on a sheet: the row of its caption (or of its heads, if it has none), the row of its heads, the rows of its lines."""

    block: Block
    top: int
    heads: int
    rows: tuple[Row, ...]

    @property
    def body(self) -> int:
        """Row of the first line."""
        return self.rows[0].row


def stub_width(table: TableForm) -> int:
    """Columns left of the figures: one for the labels, one for each level of heads above lines."""
    return 1 + max(len(line.groups) - _outer(block) for block in table.blocks for line in block.lines)


def drawn(table: TableForm) -> Iterator[Drawn]:
    """The blocks of a table one below another, a blank row between them."""
    stub, row = stub_width(table), FIRST
    for block in table.blocks:
        heads = row + (1 if block.label else 0)
        first = heads + (1 if table.head else 0) + max(len(column.groups) for column in block.columns) + 1
        rows = (Row(line, first + index, len(line.groups) - _outer(block), stub) for index, line in enumerate(block.lines))
        yield Drawn(block, row, heads, tuple(rows))
        row = first + len(block.lines) + 1


def _outer(block: Block) -> int:
    # The outermost head of a block's lines is its own label, which stands above it already.
    return 1 if block.label else 0


@cache
def blank_words(status: Status) -> str:
    """What a cell says whose whole table reports no figure; of what was struck out also that, for whoever reads the workbook in again."""
    w = Words("zh")
    struck = "" if status == "blank" else w("in_brackets", text=forms().common.statuses[status].zh)
    return f"{w('mark_blank_table')}{struck}"
