"""Text: Markdown tables, and tables as a browser copies them, cells parted by tabs.

Both forget spans. A copy from a browser keeps every cell it had, so the spans of a table of a form follow from its heads
(`spans`). Markdown pads short rows with blanks, so nothing follows from what is left: a table whose rows do not all have the width
of its first is handed on as it is, with every cell doubted.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from open_reports.errors import IntakeError
from open_reports.intake.grid import MOST_COLUMNS, MOST_ROWS, Doubt, Drawn, Grid, Manuscript, Paragraph, TooLargeError, placed
from open_reports.intake.readers.decoding import decoded
from open_reports.intake.readers.doubtful import doubts_of
from open_reports.intake.readers.facts import stated
from open_reports.intake.readers.spans import respanned, titled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_reports.intake.grid import Cell

Written = tuple[int, list[str]]
"""A row: the number of its line in the file, and its cells."""

MOST_HEADING = 200
"""Characters of a line that may be a heading."""

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_SECTION = re.compile(r"[一二三四五六七八九十]+、")
_RULE = re.compile(r":?-+:?")
_PIPE = re.compile(r"(?<!\\)\|")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_STRONG = re.compile(r"(\*\*|__)(.+?)\1")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_MARKS = {
    Doubt.SUPERSCRIPT: re.compile(r"<su[pb]\b|\^[^\s^]{1,40}\^|\[\^[^\]]{1,40}\]", re.IGNORECASE),
    Doubt.STRUCK: re.compile(r"~~|<(?:s|del|strike)\b", re.IGNORECASE),
}


def read(data: bytes) -> Manuscript:
    """A text file as a manuscript. Raises `IntakeError` where it cannot be decoded or a table is too large."""
    text, whole = decoded(data)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    blocks: list[Grid | Paragraph] = []
    tables = 0
    for run, separator in _runs(lines):
        if separator:
            tables += 1
            blocks.append(_grid(run, separator, f"表{tables}"))
        else:
            blocks += [_paragraph(number, "".join(cells)) for number, cells in run]
    if blocks and isinstance(grid := blocks[-1], Grid) and not text.endswith(("\n", "\r", "|")):
        # What ends within a table may have been cut off there, and 47 be the rest of 470.
        blocks[-1] = replace(grid, cells=(*grid.cells[:-1], _with(grid.cells[-1], Doubt.UNENDED)))
    titles = [block.text for block in blocks if isinstance(block, Paragraph)]
    facts = stated({}, titles[:5])
    return Manuscript(kind="text", blocks=tuple(blocks), facts=facts, remarks=() if whole else ("undecoded",))


def _with(cell: Cell, doubt: Doubt) -> Cell:
    return replace(cell, doubts=(*cell.doubts, doubt))


def _paragraph(number: int, line: str) -> Paragraph:
    heading = _HEADING.fullmatch(line.strip()) if len(line) < MOST_HEADING else None
    text = heading[2] if heading else line.strip()
    return Paragraph(text=_STRONG.sub(r"\2", text), place=f"第{number}行", level=len(heading[1]) if heading else 0)


def _runs(lines: list[str]) -> Iterator[tuple[list[Written], str]]:
    """Lines that are a table, with what parts their cells, and lines between them (nothing parts these)."""
    run: list[Written] = []
    kind = ""
    for number, line in enumerate([*lines, ""], start=1):
        found = _separator(line)
        if run and (found != kind) and not (kind == "\t" and not found and line.strip() and not _SECTION.match(line.strip())):
            yield from _ended(run, kind)
            run = []
        # A title over all columns is a row of one cell; only the form tells it from a line of text.
        if found or (run and line.strip()) or titled(line):
            kind = kind if run else found or "\t"
            run.append((number, _cells(line, kind)))
        elif line.strip():
            yield [(number, [line])], ""


def _ended(run: list[Written], kind: str) -> Iterator[tuple[list[Written], str]]:
    """A run of rows, without lines of one cell at its end: these are text that follows without a blank line."""
    last = max((index for index, (_, cells) in enumerate(run) if len(cells) > 1 or kind == "|"), default=-1)
    if last >= 0:
        yield run[: last + 1], kind
    for each in run[last + 1 :]:
        yield [each], ""


def _separator(line: str) -> str:
    if "\t" in line and line.strip() and not line.lstrip().startswith("|"):
        return "\t"
    return "|" if _PIPE.search(line) else ""


def _cells(line: str, kind: str) -> list[str]:
    if kind == "\t":
        return line.split("\t")
    # Taken off one at a time: a blank cell at the edge stands between two strokes.
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [each.strip() for each in _PIPE.split(inner)]


def _grid(run: list[Written], separator: str, place: str) -> Grid:
    rows = [row for index, row in enumerate(run) if separator == "\t" or not _delimits(index, row[1])]
    if len(rows) > MOST_ROWS or max(len(cells) for _, cells in rows) > MOST_COLUMNS:
        raise IntakeError("table_too_large", place=place)
    drawn = [_drawn(number, cells, place) for number, cells in rows]
    spanned = respanned(drawn) if separator == "\t" else None
    try:
        return placed(spanned if spanned is not None else _doubted(drawn), place)
    except TooLargeError:
        raise IntakeError("table_too_large", place=place) from None


def _delimits(index: int, cells: list[str]) -> bool:
    """Whether a row is the ruler below the head of a Markdown table; a row of single strokes is a row of figures left out."""
    return index == 1 and all(map(_RULE.fullmatch, cells)) and any(len(each) > 1 for each in cells)


def _drawn(number: int, cells: list[str], place: str) -> list[Drawn]:
    found = []
    for index, each in enumerate(cells, start=1):
        text = html.unescape(_ESCAPED.sub(r"\1", _STRONG.sub(r"\2", _BREAK.sub("\n", each))))
        marks = doubts_of(text) | {doubt for doubt, pattern in _MARKS.items() if pattern.search(each)}
        doubts = tuple(doubt for doubt in Doubt if doubt in marks)
        found.append(Drawn(text.strip(" \n"), f"{place}（第{number}行第{index}格）", doubts=doubts))
    return found


def _doubted(rows: list[list[Drawn]]) -> list[list[Drawn]]:
    """Rows of a table that was not spanned anew, with a doubt where cells are missing.

    Blanks at the end of the first row are the filling of a shorter one: a head has none. Where that row is short, merged cells
    were dropped and every other row may have moved; else a short row is doubted alone.
    """
    width = max(map(len, rows))
    if not rows[0][-1].text.strip():
        rows = [_trimmed(row) for row in rows]
    torn = len(rows[0]) < width
    return [[_missing(cell) for cell in row] if torn or len(row) < width else row for row in rows]


def _trimmed(row: list[Drawn]) -> list[Drawn]:
    last = max((index for index, cell in enumerate(row) if cell.text.strip()), default=-1)
    return row[: last + 1]


def _missing(cell: Drawn) -> Drawn:
    return cell._replace(doubts=(*cell.doubts, Doubt.NO_BOX))
