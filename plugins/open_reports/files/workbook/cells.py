"""What differs from workbook to workbook: cells and rows of a sheet as Office Open XML (ECMA-376, SpreadsheetML).

The frame of a workbook is made once for each form (`workbook/frame.py`); a report's own cells are put in as text, which costs a
fifth of writing every sheet anew. Text is always an inline string, so nothing that a package says can become a formula.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from open_reports.finding import SIGN
from open_reports.form import forms
from open_reports.form.sheet import blank_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from open_reports.form import Status

EXACT_DIGITS = 15
"""Significant digits that a spreadsheet keeps; a number with more is written as text."""
MOST_DECIMALS = 6
_MOST_TEXT = 32_767
"""Characters that a cell can hold."""
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""Spreadsheets read `_x000D_` as an escape; text that looks so has its first stroke escaped."""

MARKED = "!"
"""What the name of a style ends in for a cell that something was found about."""
DOUBTED = SIGN
"""What it ends in for a figure in an open contradiction, which shows this sign and stays a number all the same."""
WHOLE = "0"
"""Told in the place of `DOUBTED` of a cell whose whole table reports no figure."""
Styles = dict[str, str]
"""Number of each style in the workbook, as its cells spell it."""


class Cell(NamedTuple):
    """One cell of a list: its text, the name of its style (of a figure: `MARKED`, `DOUBTED` or empty), whether its text is a figure's."""

    text: str
    style: str = "text"
    figure: bool = False


def escaped(text: str) -> str:
    """Text as XML holds it."""
    return text.translate(_ESCAPES)


@lru_cache(maxsize=4096)
def cell_text(text: str) -> str:
    """Text as the XML of a cell holds it; labels and words are the same in every workbook."""
    # XML readers turn a bare carriage return into a line feed, so it is spelt as ECMA-376 (`ST_Xstring`) has it. A longer text
    # would make Excel call the file damaged.
    return escaped(_LOOKS_ESCAPED.sub("_x005F_", text[:_MOST_TEXT])).replace("\r", "_x000D_")


def text_cell(reference: str, style: str, text: str) -> str:
    """Cell of text; one without text keeps its style."""
    if not text:
        return f'<c r="{reference}" s="{style}"/>'
    # Without `preserve`, blanks at the ends are dropped. Inline, not in the table of shared texts, which would be another in
    # every workbook.
    return f'<c r="{reference}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{cell_text(text)}</t></is></c>'


def figure_style(text: str) -> str:
    """Name of the style that shows a number with the decimals it is spelt with; `exact` if it must be text."""
    significant = text.replace(".", "").replace("-", "").strip("0")
    # A double (IEEE 754) holds any 15 digits, and not any 16: Excel would show the rest as zeros, without a word.
    if len(significant) > EXACT_DIGITS:
        return "exact"
    return f"number{len(text.partition('.')[2])}"


@lru_cache(maxsize=4096)
def _shown(text: str) -> tuple[str, str, str]:
    """Style of a figure's cell, what stands in its tag after the style, and its content: most figures are few numbers."""
    # Words, not an empty cell: an addition takes an empty cell for 0, in silence.
    status = forms().common.missing.get(text)
    if status is not None:
        return _nothing(status)
    style = figure_style(text)
    return (style, ' t="inlineStr"', f"<is><t>{text}</t></is>") if style == "exact" else (style, "", f"<v>{text}</v>")


def _nothing(status: Status) -> tuple[str, str, str]:
    """Kind of nothing, in words."""
    return "nothing", ' t="inlineStr"', f"<is><t>{cell_text(forms().common.statuses[status].zh)}</t></is>"


def figure_cell(reference: str, styles: Mapping[str, str], text: str | None, twin: str = "") -> str:
    """Cell of a figure by its text in the package, None where the line is absent; `twin` is `MARKED`, `DOUBTED` or `WHOLE` where it is."""
    style, kind, content = _nothing("line_absent") if text is None else _shown(text)
    if twin == DOUBTED and style == "exact":
        # The format of the others shows the sign; a text has none, so it stands in it.
        content = f"<is><t>{SIGN} {text}</t></is>"
    elif twin == WHOLE:
        twin = DOUBTED
        if text is not None:
            content = f"<is><t>{cell_text(blank_words(forms().common.missing[text]))}</t></is>"
    return f'<c r="{reference}" s="{styles[f"{style}{twin}"]}"{kind}>{content}</c>'


def rows(lists: Iterable[Iterable[Cell]], styles: Mapping[str, str], widths: Sequence[int]) -> str:
    """Rows of a sheet that is a list, from its first row on; `widths` are those of its columns, in characters."""
    return "".join([_list_row(number, tuple(cells), styles, widths) for number, cells in enumerate(lists, start=1)])


def _list_row(number: int, cells: Sequence[Cell], styles: Mapping[str, str], widths: Sequence[int]) -> str:
    height = max((lines(cell.text, width) for cell, width in zip(cells, widths, strict=False) if cell.style in WRAPPED), default=1)
    made = "".join([_list_cell(f"{LETTERS[index]}{number}", cell, styles) for index, cell in enumerate(cells)])
    return f'<row r="{number}"{tall(height)}>{made}</row>'


WRAPPED = frozenset({"head", "stub", "text", "strong", "pale", "boxed"})
"""Styles whose texts take several lines where their column is narrow."""
LINE = 15
"""Height of a line of text in points."""


@lru_cache(maxsize=4096)
def lines(text: str, width: int) -> int:
    """Lines that a text takes in a column of a width in characters; a Chinese one is as wide as two others."""
    # Told by us: LibreOffice and WPS give a row without a height that of one line, and what needs more runs into its neighbours.
    # Words are not parted, so that a line may hold less than its column: one character is left out of account.
    taken = (sum(1 if char.isascii() else 2 for char in part) for part in text.split("\n"))
    return sum(max(1, -(-each // max(1, width - 1))) for each in taken)


def tall(count: int) -> str:
    """Attributes of a row of so many lines of text."""
    return f' ht="{count * LINE}" customHeight="1"' if count > 1 else ""


def _list_cell(reference: str, cell: Cell, styles: Mapping[str, str]) -> str:
    if cell.figure:
        return figure_cell(reference, styles, cell.text, cell.style)
    return text_cell(reference, styles[cell.style], cell.text)


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Names of the first columns of a sheet; no list is wider."""
