"""What is seen of one cell of a workbook: its text or its number as its format shows it, and the doubts about either."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, NamedTuple

from open_reports.errors import IntakeError
from open_reports.intake.grid import Doubt
from open_reports.intake.readers.numberformat import held, shown, text_kept
from open_reports.intake.readers.workbook import MOST_COLUMN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openpyxl.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

    from open_reports.intake.readers.workbook import Held, Sheet

_TEXTS = ("s", "inlineStr", "str")
_TINY = 2
"""Points below which nobody sees a character."""
_ROOM = 0.71
"""Digits of the width of a column that are room at its sides."""
_USUAL_SIZE = 11.0
_ESCAPED = re.compile(r"_x(000[9AaDd])_")
_WORD = re.compile(r"\w")
_WHITE = "FFFFFFFF"


class Read(NamedTuple):
    """What is seen of a cell."""

    text: str
    doubts: frozenset[Doubt] = frozenset()
    number: bool = False

    @property
    def says(self) -> bool:
        """Whether there is a text, or something in its place."""
        return bool(self.text.strip() or self.doubts)


def _doubted(text: str, doubt: Doubt, *, applies: bool = True, number: bool = False) -> Read:
    return Read(text, frozenset({doubt}) if applies else frozenset(), number)


@dataclass(frozen=True)
class Eye:
    """Reads the cells of a sheet; `usual` is the size of the font that the widths of columns are counted in."""

    sheet: Sheet
    made: Worksheet
    stale: bool
    usual: float

    def read(self, at: tuple[int, int], own: Held) -> Read:
        """What is seen of a cell."""
        cell = self.made.cell(*at)
        if own.formula and (own.value is None or (own.kind == "n" and not own.value.strip())):
            return _doubted("", Doubt.FORMULA)
        found = self._text(cell, own) if own.kind in _TEXTS else self._value(cell, own, at)
        marks = set(found.doubts)
        if own.formula and (self.stale or self.sheet.formulas_shown):
            marks.add(Doubt.FORMULA)
        if _WORD.search(found.text):
            marks |= _looks(cell)
        return found._replace(doubts=frozenset(marks))

    def bordered(self, at: tuple[int, int]) -> bool:
        """Whether a cell has a border of its own."""
        border = self.made.cell(*at).border
        return any(side is not None and side.style for side in (border.left, border.right, border.top, border.bottom))

    def _text(self, cell: Cell | MergedCell, own: Held) -> Read:
        text = own.value if own.kind == "str" else cell.value
        plain = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), "" if text is None else str(text))
        plain = plain.replace("\r\n", "\n").replace("\r", "\n")
        # Some formats hide a text, or put more around it.
        return _doubted(plain, Doubt.UNSHOWN, applies=bool(plain.strip()) and not text_kept(cell.number_format))

    def _value(self, cell: Cell | MergedCell, own: Held, at: tuple[int, int]) -> Read:
        written = (own.value or "").strip()
        if not written or own.kind in ("e", "d"):
            # An error is a text that says so; a day in words of the standard is a day.
            return _doubted(written, Doubt.DATED, applies=bool(written) and own.kind == "d")
        if own.kind == "b":
            return Read("FALSE" if written == "0" else "TRUE")
        if own.kind != "n":
            raise IntakeError("xlsx_unreadable")
        return self._number(cell, written, at)

    def _number(self, cell: Cell | MergedCell, written: str, at: tuple[int, int]) -> Read:
        number = held(written)
        if number is None:
            raise IntakeError("xlsx_unreadable")
        if not number and not self.sheet.zeros:
            return _doubted("", Doubt.UNSHOWN, number=True)
        found = shown(number, cell.number_format)
        if found.dated:
            return _doubted(_day(cell.value) or found.text, Doubt.DATED, number=True)
        whole = found.whole and (not _general(cell.number_format) or self._fits(cell, found.text, at))
        return _doubted(found.text, Doubt.ROUNDED, applies=not whole, number=True)

    def _fits(self, cell: Cell | MergedCell, text: str, at: tuple[int, int]) -> bool:
        """Whether a column is wide enough for a number in the format General, which else is rounded until it fits."""
        area = next((each for each in self.sheet.merged if each[:2] == at), (*at, *at))
        columns = [column for column in range(area[1], min(area[3], MOST_COLUMN) + 1) if column not in self.sheet.columns_hidden]
        width = sum(self.sheet.widths.get(column, self.sheet.width) for column in columns) - _ROOM
        needed = (len(text) - text.count(".") / 2) * (cell.font.sz or _USUAL_SIZE) / self.usual
        return not columns or bool(cell.alignment.shrinkToFit) or needed <= width


def _general(code: str) -> bool:
    return "general" in code.lower() or "通用" in code or code == "@"


def _day(value: object) -> str:
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else ""


def _looks(cell: Cell | MergedCell) -> set[Doubt]:
    """Doubts by the look of a text: of the cell, and of each part that has a look of its own."""
    found = set()
    for font in _fonts(cell):
        if font.strike:
            found.add(Doubt.STRUCK)
        if font.vertAlign in ("superscript", "subscript"):
            found.add(Doubt.SUPERSCRIPT)
        if (font.sz is not None and font.sz <= _TINY) or _blended(font.color, cell):
            found.add(Doubt.UNSHOWN)
    return found


def _fonts(cell: Cell | MergedCell) -> Iterator[Any]:
    # A text with looks of its own is a list, of texts that look as the cell does, and of blocks that do not.
    parts = cell.value if isinstance(cell.value, list) else [""]
    yield from (each.font for each in parts if not isinstance(each, str) and each.text.strip())
    if any(isinstance(each, str) for each in parts):
        yield cell.font


def _blended(colour: Any, cell: Cell | MergedCell) -> bool:  # noqa: ANN401 (openpyxl types the colours of fonts in two ways)
    """Whether a text has the colour of what is behind it."""
    if colour is None:
        return False
    if cell.fill.fill_type is None:
        return bool(colour.rgb == _WHITE or (colour.type == "theme" and colour.theme == 0))
    return bool(cell.fill.fill_type == "solid" and colour.type == "rgb" and colour.rgb == cell.fill.fgColor.rgb)
