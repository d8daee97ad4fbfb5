"""Cells: the text of a printed cell becomes what stands in the package's CSV file, or a reason why a person must say.

Nothing is guessed: what has more than one reading has none.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from open_reports.intake.grid import LEGIBLE, Doubt
from open_reports.intake.labels import folded, tidy
from open_reports.report import MONEY

if TYPE_CHECKING:
    from open_reports.form import Column
    from open_reports.intake.grid import Cell

_DASHES = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0x2500, 0x2501, 0x30FC), "-")
"""Strokes that stand for a figure; NFKC folds only the full-width ones."""
_DIGITS_APART = re.compile("[\\d.,，\uff0e][\\s\u200b]+[\\d.,，\uff0e]")
_SEPARATED = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_FIGURE = re.compile(
    r"(?P<number>-?\d[\d,]*(?:\.\d+)?)(?P<unit>亿元|百万元|万元|千元|元|件|项|条|个|宗|起|次)?(?P<remark>\(.*\))?", re.ASCII | re.DOTALL
)
_SCIENTIFIC = re.compile(r"-?\d+(?:\.\d+)?[eE][+-]?\d+", re.ASCII)
_UNIT = re.compile(r"亿元|百万元|万元|千元|元|cny10000|cny", re.ASCII)
_ENGLISH = {"cny10000": "万元", "cny": "元"}
_MOST = 200
"""Characters of `printed` in notes.csv."""


class Value(NamedTuple):
    """What a cell says: `text` as the CSV file holds it; `printed` and `note` where the original says more than the number.

    With a `reason` a person must say what it is, and `text` is at most a proposal ("" if there is none).
    """

    text: str
    printed: str = ""
    note: str = ""
    reason: str = ""


def reads_as_figure(text: str) -> bool:
    """Whether a text is meant as the content of a cell of figures: a number however spelt, a stroke, a word for none."""
    plain = folded(text)
    if plain in ("", "无", "零"):
        return bool(plain)
    if plain.translate(_DASHES).strip("-/") == "" or plain.lstrip("+-−").replace(",", "").replace(".", "").isdigit():
        return True
    return _FIGURE.fullmatch(plain) is not None or _SCIENTIFIC.fullmatch(plain) is not None


def stated_unit(text: str) -> str:
    """Unit of money that a head states; "" if none."""
    match = _UNIT.search(folded(text).lower().replace(",", ""))
    return _ENGLISH.get(match[0], match[0]) if match else ""


def value(cell: Cell, column: Column, *, head_unit: bool = True) -> Value:
    """What a cell says in a column; `head_unit` is False where the printed head does not vouch for the column's unit."""
    found = _value(cell.text, column, held=cell.number)
    # Of a row that the end of a scanned page cuts, one half shows the figure and the other nothing.
    doubts = [doubt for doubt in cell.doubts if doubt is not Doubt.UNSEEN or not cell.text.strip()]
    if cell.doubts:
        legible = doubts and LEGIBLE.issuperset(doubts) and not found.reason
        return Value(found.text if legible else "", reason=(doubts or cell.doubts)[0].value)
    # A number without a unit of its own has that of its head.
    if not found.reason and not head_unit and found.text.strip("0./-") and not found.printed:
        return found._replace(reason="unit")
    return found


def _value(text: str, column: Column, *, held: bool) -> Value:
    # Asked before folding, which makes 26 and a raised 1 into 261, and ① into 1.
    if any(unicodedata.category(char) in ("No", "Nl") for char in text):
        return Value("", reason="superscript")
    if _DIGITS_APART.search(text.strip()):
        return Value("", reason="split")
    plain = folded(text)
    if plain in ("", "/"):
        return Value(plain)
    if plain.translate(_DASHES).strip("-") == "":
        return Value("-")
    return _number(plain.replace("\u2212", "-"), tidy(text), column, held=held)


def _number(plain: str, printed: str, column: Column, *, held: bool) -> Value:
    if _SCIENTIFIC.fullmatch(plain):
        exact = f"{Decimal(plain):f}"
        return Value(exact if column.type.accepts(exact) else "", reason="scientific")
    match = _FIGURE.fullmatch(plain)
    reason = _unreadable(match)
    if match is None or reason:
        return Value("", reason=reason)
    unit, remark = match["unit"] or "", match["remark"] or ""
    number = _converted(match["number"].replace(",", ""), unit, column)
    if number is None:
        return Value("", reason="unit")
    if not column.type.accepts(number):
        whole, _, decimals = number.partition(".")
        # A spreadsheet shows 12 as 12.0 where its column shows a decimal; what it is, a person can see.
        proposal = whole if held and not decimals.strip("0") and column.type.accepts(whole) else ""
        return Value(proposal, reason="number")
    if plain == number:
        return Value(number)
    return Value(number, printed, _note(unit, remark, column)) if len(printed) <= _MOST else Value(number, reason="long")


def _unreadable(match: re.Match[str] | None) -> str:
    """Why a spelling is not one number; "" if it is."""
    if match is None or _bracketed_number(match["remark"] or ""):
        return "words"
    number = match["number"]
    if "," in number and not _SEPARATED.fullmatch(number):
        return "separator"
    digits = number.removeprefix("-")
    return "leading_zero" if len(digits) > 1 and digits[0] == "0" and digits[1] != "." else ""


def _bracketed_number(remark: str) -> bool:
    """Whether brackets hold a second number and no words, or are not one pair."""
    inner = remark[1:-1]
    return bool(remark) and (not any(char.isalpha() for char in inner) or "(" in inner or ")" in inner)


def _converted(number: str, unit: str, column: Column) -> str | None:
    """Number in the unit of its column, exactly; None if the unit is not one of the same kind."""
    if unit in ("", column.unit):
        return number
    if unit not in MONEY or column.unit not in MONEY:
        return None
    exact = Decimal(number) * MONEY[unit] / MONEY[column.unit]
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _note(unit: str, remark: str, column: Column) -> str:
    said = []
    if unit:
        said.append(f"原文带单位“{unit}”" + ("" if unit == column.unit else f"，此处按{column.unit}换算"))
    if remark:
        said.append(f"原文括号内注明：{remark[1:-1]}")
    return "；".join(said) or "原文带千位分隔符"
