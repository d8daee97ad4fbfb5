"""Numbers as people and spreadsheets spell them: which message says what is wrong with a cell, and what to write in its place."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from open_reports.document import shown
from open_reports.form import forms
from open_reports.report.writing import csv_text
from open_reports.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from open_reports.form import Column
    from open_reports.form.common import CellType

MONEY = {"元": Decimal(1), "千元": Decimal(10) ** 3, "万元": Decimal(10) ** 4, "百万元": Decimal(10) ** 6, "亿元": Decimal(10) ** 8}
"""Units of money, in yuan."""
_MOST_DIGITS = 40
_MOST_EXACT = 20
"""Characters of an amount that is reckoned in another unit: decimals of that many digits are exact."""
_NUMBER = r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_WORDED = re.compile(rf"(?P<number>{_NUMBER})(?P<words>\D{{1,4}}|[（(].*[)）]|[^\d\s.,，%][^\d]{{0,3}}[（(].*[)）])", re.ASCII | re.DOTALL)
_CODES: tuple[tuple[re.Pattern[str], str], ...] = (
    # The first that fits is told. ASCII throughout: without it `\d` takes full-width and Arabic digits, as an integer column of
    # frictionless does, and rewrites them in silence. First what a spreadsheet makes of a figure by itself.
    (re.compile(r"[+-]?\d+(\.\d*)?[eE][+-]?\d+", re.ASCII), "number.scientific"),
    (re.compile(r"#+"), "number.narrow"),
    (re.compile(r"#[A-Z][A-Z0-9/]*[!?]?", re.ASCII), "number.error"),
    (re.compile(r"=.*", re.DOTALL), "number.formula"),
    (
        re.compile(
            r"(\d{2,4}[-/.年]\d{1,2}[-/.月]\d{1,4}日?|\d{1,2}[-/]\d{1,2}([-/]\d{1,4})?|\d{4}年\d{1,2}月|\d{1,2}月\d{1,2}日"
            r"|\d{1,2}-[A-Z][a-z]{2}(-\d\d)?|[A-Z][a-z]{2}-\d\d|\d{1,2}:\d\d)([ T:].*)?",
            re.ASCII,
        ),
        "number.date",
    ),
    (re.compile(r"\s*|.*\s.*", re.DOTALL), "number.space"),
    (re.compile(r"-?\d+\.0*", re.ASCII), "number.point_zero"),
    (re.compile(r"-\d+(\.\d+)?", re.ASCII), "number.negative"),
    (re.compile(r"-?\d+\.\d+", re.ASCII), "number.decimal"),
    (re.compile(r"-?0\d+(\.\d+)?", re.ASCII), "number.leading_zero"),
    (re.compile(r"\+\d+(\.\d+)?", re.ASCII), "number.plus"),
    (re.compile(r"-?\d{1,3}([,_，]\d{3})+(\.\d+)?", re.ASCII), "number.separator"),
    (re.compile(r"-?\d{9,}(\.\d+)?", re.ASCII), "number.too_large"),
)


class Misspelt(NamedTuple):
    """What is wrong with the spelling of a number: the code of its message, and what that shows."""

    code: str
    values: Mapping[str, str | Text]


def misspelt(text: str, column: Column | None, address: Sequence[str]) -> Misspelt:
    """Which message explains why a cell is not a number of its kind; section one has no `column`, and takes what money takes.

    `address` is the table, line and column by which notes.csv names the cell.
    """
    kind = column.type if column is not None else forms().common.cells["money"]
    if any(char.isdecimal() and not char.isascii() for char in text):
        return Misspelt("number.fullwidth", {"ascii": _ascii(text)})
    for pattern, code in _CODES:
        if pattern.fullmatch(text) and (found := _told(code, text, kind)):
            return found
    return _worded(text, kind, column.unit if column is not None else "", address) or Misspelt("number.text", {})


def _told(code: str, text: str, kind: CellType) -> Misspelt | None:
    """The message of a code, if it is what is wrong with a cell of this kind."""
    if code == "number.point_zero":
        number = text.partition(".")[0]
        return Misspelt(code, {"number": number}) if kind.accepts(number) else None
    if code == "number.negative" and kind.accepts("-1"):
        return None  # a decrease may be negative; something else is wrong with it
    if code == "number.decimal" and kind.accepts("0.5"):
        code = "number.too_large" if kind.accepts(f"0.{text.partition('.')[2]}") else "number.decimals"
    if code == "number.too_large":
        return Misspelt(code, {"most": str(_digits(kind))})
    return Misspelt(code, {})


def _digits(kind: CellType) -> int:
    """Most digits that a whole number of a kind has."""
    return max(count for count in range(1, _MOST_DIGITS) if kind.accepts("9" * count))


def _worded(text: str, kind: CellType, unit: str, address: Sequence[str]) -> Misspelt | None:
    """A number with words behind it, if the number is one of the kind: the words belong to notes.csv."""
    match = _WORDED.fullmatch(text)
    if match is None:
        return None
    number, words = match["number"].replace(",", ""), match["words"]
    row = shown(csv_text([[*address, text, ""]]).strip(), 300)
    stated = re.split(r"[（(]", words)[0]
    if stated != unit and stated in MONEY and unit in MONEY and len(number) <= _MOST_EXACT:
        exact = _converted(number, stated, unit)
        values: dict[str, str | Text] = {"number": exact, "noted": row, "unit": _unit(stated), "own": _unit(unit)}
        return Misspelt("number.other_unit", values) if kind.accepts(exact) else None
    code = "number.unit" if stated == words else "number.remark"
    return Misspelt(code, {"number": number, "noted": row}) if kind.accepts(number) else None


def _unit(unit: str) -> Text:
    return forms().common.units.get(unit) or Text(zh=unit, en=unit)


def _converted(number: str, unit: str, own: str) -> str:
    text = f"{Decimal(number) * MONEY[unit] / MONEY[own]:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _ascii(text: str) -> str:
    """The text with full-width and other decimal digits as ASCII digits, to show what may have been meant."""
    return shown("".join(str(int(char)) if char.isdecimal() else char for char in text.replace("\uff0e", ".")))
