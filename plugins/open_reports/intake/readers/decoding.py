"""Decoding: bytes of a page or a text file to characters, never at the price of a digit.

Chinese pages are UTF-8, GBK or GB18030, and some say the wrong one. A text of any length that is valid UTF-8 is UTF-8, whatever
it says of itself; GB18030 would swallow digits of it, for its four-byte characters hold ASCII digits.
"""

from __future__ import annotations

import codecs
import re

from open_reports.errors import IntakeError

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,20})""")
_HEAD = 4_096
"""Bytes in which a page says its encoding; browsers look at the first 1,024, Word writes it later."""

_FAMILY = {
    **dict.fromkeys(("gb2312", "gb_2312", "gb_2312-80", "gbk", "x-gbk", "gb18030", "cp936", "windows-936", "euc-cn"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5"), "big5hkscs"),
    **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
}
"""What a page may declare. Others (Latin alphabets, by a careless template) cannot hold Chinese and are passed over."""

_MOST_LOST = 0.01
"""Share of characters that may be undecodable: content systems cut descriptions in the middle of a character."""


def declared(data: bytes) -> str:
    """Encoding that the head of a page names, as a codec of ours; empty if it names none that counts."""
    found = _DECLARED.search(data[:_HEAD])
    return _FAMILY.get(found[1].decode("ascii").lower(), "") if found else ""


def decoded(data: bytes, charset: str = "") -> tuple[str, bool]:
    """Text of a file, and whether all of it could be decoded; `charset` is what the container says (a part of an mhtml).

    Raises `IntakeError` where the bytes are no text of an encoding that is known.
    """
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _lossy(data[len(mark) :], codec)
    named = _FAMILY.get(charset.lower(), "") or declared(data)
    for codec in dict.fromkeys(("utf-8", named or "gb18030", "gb18030")):
        try:
            return data.decode(codec), True
        except UnicodeDecodeError:
            continue
    return _lossy(data, named or "utf-8")


def _lossy(data: bytes, codec: str) -> tuple[str, bool]:
    # GBK instead of GB18030: its second bytes are no digits and no angle brackets, so what is lost is never a figure or a tag.
    text = data.decode("gbk" if codec == "gb18030" else codec, errors="replace")
    lost = text.count("\ufffd")
    if lost > _MOST_LOST * len(text):
        raise IntakeError("undecodable")
    return text, not lost
