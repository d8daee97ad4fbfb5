"""Number formats: what a spreadsheet shows of a number that it holds, and whether that is all of it.

Only formats that keep a number recognisable are followed: digits, separators, decimals, per cent, words around them. Of all others
(fractions, powers of ten, Chinese numerals, conditions) the number that is held is handed on, and doubted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import NamedTuple

DIGITS = 15
"""Digits that spreadsheets hold; what comes behind them is noise of the binary fractions."""
MOST_POWER = 40
"""Powers of ten of a number that may be a figure; one with more could not even be written out."""
MOST_SHOWN = 11
"""Characters of a number that the format General shows."""
_SMALLEST = Decimal("0.0001")
"""Below this General shows powers of ten."""

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<room>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]|(?P<general>General|G/通用格式)|(?P<power>[Ee][+-])|(?P<other>.)',
    re.DOTALL | re.IGNORECASE,
)
_COLOUR = re.compile(
    r"black|white|red|green|blue|yellow|magenta|cyan|color\s*\d+|黑色?|白色?|红色?|绿色?|蓝色?|黄色?|洋红色?|青色?|颜色\s*\d+",
    re.IGNORECASE,
)
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_DATE = frozenset("ymdhsegb")
_PLACES = frozenset("0#?")
_UNKNOWN = frozenset("/!")


class Shown(NamedTuple):
    """What is shown of a number: the text, whether its digits are all that is held, whether it is shown as a day or a time."""

    text: str
    whole: bool
    dated: bool = False


class Part(NamedTuple):
    """One of the parts of a format (for positive numbers, negative ones, zero, text), taken to pieces."""

    before: str = ""
    pattern: str = ""
    after: str = ""
    percents: int = 0
    general: bool = False
    dated: bool = False
    followed: bool = True
    """Whether this module knows what it shows."""
    text: str = ""
    """What it makes of a text: @ where it stands unchanged."""


def held(written: str) -> Decimal | None:
    """The number a file holds, without the noise of binary fractions; None if it is none, or beyond all measure."""
    try:
        number = Context(prec=DIGITS, rounding=ROUND_HALF_UP).create_decimal(written.strip())
    except ArithmeticError:
        return None
    if not number.is_finite() or (number and abs(number.adjusted()) > MOST_POWER):
        return None
    return number


def plain(number: Decimal) -> str:
    """A number in digits, without a power of ten and without zeros behind the decimals."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def shown(number: Decimal, code: str) -> Shown:
    """What a format makes of a number."""
    parts = _parts(code)
    if any(part.dated for part in parts):
        return Shown(plain(number), whole=False, dated=True)
    if not all(part.followed for part in parts[:3]):
        return Shown(plain(number), whole=False)
    part, signed = _applying(parts, number)
    if part.general:
        text = plain(abs(number) if signed else number)
        # Longer numbers, and those that begin with many zeros, are shown as powers of ten or rounded.
        whole = len(text.lstrip("-")) <= MOST_SHOWN and (not number or abs(number) >= _SMALLEST)
    else:
        text, back = _digits(part.pattern, abs(number), part.percents)
        text = f"-{text}" if number < 0 and not signed and text else text
        whole = back == abs(number)
    # A format may leave out the minus, or say it by brackets or a colour.
    minus = not signed or part.before.strip().startswith("-")
    lead = "-" if text.startswith("-") else ""
    return Shown(f"{lead}{part.before}{text.removeprefix('-')}{part.after}".strip(), whole=whole and minus)


def text_kept(code: str) -> bool:
    """Whether a format shows a text as it is."""
    parts = _parts(code)
    text = parts[3].text if len(parts) > 3 else parts[0].text or "@"  # noqa: PLR2004 (the fourth part is for text)
    return text.strip() == "@"


def _applying(parts: tuple[Part, ...], number: Decimal) -> tuple[Part, bool]:
    """The part of a format that a number is shown with, and whether that part says itself that it is negative."""
    if number < 0 and len(parts) > 1:
        return parts[1], True
    if number == 0 and len(parts) > 2:  # noqa: PLR2004 (the third part is for zero)
        return parts[2], False
    return parts[0], False


def _digits(pattern: str, number: Decimal, percents: int) -> tuple[str, Decimal | None]:
    """Digits of a number in a pattern of places, and the number that these digits say; None if they say none or another."""
    if not any(each in _PLACES for each in pattern):
        return "", None
    whole, _, decimals = pattern.partition(".")
    # A comma behind the last place shows thousands as ones: the digits are not those of the number.
    scaled = whole.rstrip() != whole.rstrip().rstrip(",") or decimals != decimals.rstrip(",")
    percent = 100**percents
    places = sum(each in _PLACES for each in decimals)
    rounded = (number * percent).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, Context(prec=2 * MOST_POWER + DIGITS))
    text = f"{rounded:f}"
    ones, _, rest = text.partition(".")
    least = whole.count("0")
    ones = ones.lstrip("0").rjust(least, "0")
    if "," in whole.strip(","):
        ones = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", ones)
    kept = len(rest.rstrip("0"))
    rest = rest[: max(kept, sum(each == "0" for each in decimals))]
    point = "." if "." in pattern else ""
    return f"{ones}{point}{rest}", None if scaled or not ones + rest else rounded / percent


@cache
def _parts(code: str) -> tuple[Part, ...]:
    return tuple(map(_part, _split(code)))


def _split(code: str) -> list[str]:
    found = [""]
    for token in _TOKEN.finditer(code):
        if token["other"] == ";":
            found.append("")
        else:
            found[-1] += token[0]
    return found


def _part(code: str) -> Part:
    draft = _Draft()
    for token in _TOKEN.finditer(code):
        draft.take(token)
    text = draft.before + draft.after if "@" in draft.before + draft.after else ""
    if text.strip() == "@":
        # A part that is for text shows a number as General does.
        return Part(general=True, text="@")
    return Part(draft.before, draft.pattern, draft.after, draft.percents, draft.general, draft.dated, draft.followed, text)


@dataclass
class _Draft:
    """A part as it is taken to pieces."""

    before: str = ""
    pattern: str = ""
    after: str = ""
    percents: int = 0
    general: bool = False
    dated: bool = False
    followed: bool = True

    def take(self, token: re.Match[str]) -> None:
        """Take in the next piece."""
        if token["bracket"] is not None:
            self._literal(self._bracket(token["bracket"]))
        elif token["general"]:
            # The word and a pattern of digits do not go together.
            self.followed &= not self.pattern
            self.general = True
        elif token["power"]:
            self.followed = False
        elif token["other"]:
            self._other(token["other"])
        else:
            # Room as wide as a character is a space; a character that fills the cell is nothing.
            self._literal(token["quoted"] or token["escaped"] or (" " if token["room"] else ""))

    def _bracket(self, content: str) -> str:
        symbol = re.match(r"\$([^-]*)", content)
        elapsed = _ELAPSED.fullmatch(content) is not None
        self.dated |= elapsed
        self.followed &= symbol is not None or elapsed or _COLOUR.fullmatch(content) is not None
        return symbol[1] if symbol else ""

    def _other(self, char: str) -> None:
        if char in _PLACES or char == "." or (char == "," and self.pattern):
            # Words among the digits, as in numbers of telephones: what the digits say is lost.
            self.followed &= not (self.after.strip() or self.general)
            self.pattern += char
            return
        self.dated |= char.lower() in _DATE
        self.percents += char == "%"
        self.followed &= char not in _UNKNOWN
        self._literal(char)

    def _literal(self, text: str) -> None:
        # Digits that stand in the format itself are not of the number.
        self.followed &= not any(each.isdigit() for each in text)
        if self.pattern or self.general:
            self.after += text
        else:
            self.before += text
