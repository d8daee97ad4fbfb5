"""Spans: those of a table of a form, where a copy kept every cell and forgot how far each reaches.

A browser copies the cells that begin in a row and nothing else. If the heads are, cell for cell, those of a form, the form says
which columns they stand over; then a row fits only if it has as many figures as there are columns, and labels before them. Nothing
is matched but heads, by equality; a row that does not fit keeps its cells, each of them doubted.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from open_reports.form import forms
from open_reports.intake.grid import Doubt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from open_reports.form import Block, TableForm
    from open_reports.intake.grid import Drawn
    from open_reports.text import Text

Row = list["Drawn"]

_HAN = re.compile(r"[\u3400-\u9fff]")


class Span(NamedTuple):
    """A cell of a head: what it says (any text if empty), and how far it reaches."""

    text: str
    rowspan: int
    colspan: int


class Head(NamedTuple):
    """The head of a table: its rows, the columns before the figures, the figures of a row."""

    rows: tuple[tuple[Span, ...], ...]
    stub: int
    figures: int


def respanned(rows: Sequence[Row]) -> list[Row] | None:
    """Rows with spans; None where the heads are of no form, or nothing was forgotten."""
    if len({len(row) for row in rows}) == 1:
        return None
    for head in _heads():
        if len(rows) > len(head.rows) and all(map(_reads, rows, head.rows)):
            spanned = [
                [_over(cell, span) for cell, span in zip(row, spans, strict=True)] for row, spans in zip(rows, head.rows, strict=False)
            ]
            return [*spanned, *(_fitted(row, head) for row in rows[len(head.rows) :])]
    return _stacked(rows)


def _over(cell: Drawn, span: Span) -> Drawn:
    return cell._replace(rowspan=span.rowspan, colspan=span.colspan)


def _reads(row: Row, spans: tuple[Span, ...]) -> bool:
    return len(row) == len(spans) and all(not span.text or _plain(cell.text) == span.text for cell, span in zip(row, spans, strict=True))


def _fitted(row: Row, head: Head) -> Row:
    labels = len(row) - head.figures
    # Every label says something in Chinese; a figure that slipped to the left does not.
    if not min(1, head.stub) <= labels <= head.stub or not all(_HAN.search(cell.text) for cell in row[:labels]):
        return [_doubted(cell) for cell in row]
    if not labels:
        return row
    innermost = row[labels - 1]._replace(colspan=head.stub - labels + 1)
    return [*row[: labels - 1], innermost, *row[labels:]]


def _doubted(cell: Drawn) -> Drawn:
    return cell._replace(doubts=(*cell.doubts, Doubt.NO_BOX))


def _stacked(rows: Sequence[Row]) -> list[Row] | None:
    """A table of blocks below one another, each under a head that begins with the corner: as wide as its head, or doubted."""
    corners = {_plain(table.corner.zh) for form in forms().values() for table in form.tables.values() if table.blocks[0].label}
    if not any(_plain(row[0].text) in corners for row in rows):
        return None
    width, cells = max(map(len, rows)), 0
    found: list[Row] = []
    for row in rows:
        if _plain(row[0].text) in corners and len(row) > 1:
            cells = len(row)
        fits = len(row) == cells or (len(row) == 1 and titled(row[0].text))
        found.append([*row[:-1], row[-1]._replace(colspan=width - len(row) + 1)] if fits else [_doubted(cell) for cell in row])
    return found


def titled(text: str) -> bool:
    """Whether a text is the title of a block of some table of a form, such as 第二十条第（一）项."""
    return _plain(text) in _titles()


@cache
def _titles() -> frozenset[str]:
    known = [table for form in forms().values() for table in form.tables.values()]
    return frozenset(_plain(block.label.zh) for table in known for block in table.blocks if block.label)


def _plain(text: str) -> str:
    """Text without what differs from copy to copy: spaces, widths, brackets and strokes."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text))


@cache
def _heads() -> tuple[Head, ...]:
    """Heads of every table of every form that has one block: over its lines, and with its lines beside one another."""
    known = [table for form in forms().values() for table in form.tables.values() if len(table.blocks) == 1]
    return tuple(dict.fromkeys(head for table in known for head in (_above(table, table.blocks[0]), _beside(table.blocks[0]))))


def _above(table: TableForm, block: Block) -> Head:
    """Columns over lines that stand below one another."""
    stub = 1 + max(len(line.groups) for line in block.lines)
    rows = _levels([(column.groups, column.label) for column in block.columns])
    if table.head:
        rows = [[Span(_plain(table.head.zh), 1, len(block.columns))], *rows]
    rows[0].insert(0, Span("", len(rows), stub))
    return Head(tuple(map(tuple, rows)), stub, len(block.columns))


def _beside(block: Block) -> Head:
    """Every line with all columns, one beside the other, and one row of figures."""
    columns = [((*line.groups, line.label), column.label) for line in block.lines for column in block.columns]
    return Head(tuple(map(tuple, _levels(columns))), 0, len(columns))


def _levels(columns: Sequence[tuple[tuple[Text, ...], Text]]) -> list[list[Span]]:
    """Rows of a head: groups over the columns they span, a column with fewer groups than others reaches down."""
    depth = 1 + max(len(groups) for groups, _ in columns)
    rows: list[list[Span]] = [[] for _ in range(depth)]
    before: tuple[Text, ...] = ()
    for position, (groups, label) in enumerate(columns):
        for level, group in enumerate(groups):
            if before[: level + 1] != groups[: level + 1]:
                same = [each[: level + 1] == groups[: level + 1] for each, _ in columns[position:]]
                rows[level].append(Span(_plain(group.zh), 1, [*same, False].index(False)))
        before = groups
        rows[len(groups)].append(Span(_plain(label.zh), depth - len(groups), 1))
    return rows
