"""Text as Markdown that shows it as it is: nothing in it becomes a heading, a list, a link or an emphasis."""

from __future__ import annotations

import re
import unicodedata

from open_reports.document import INVISIBLE

_MARKS = re.compile(r"[\\`*_\[\]<>#&|~]")
"""Characters that mean something wherever they stand; a backslash before takes that away (CommonMark 2.4)."""
_AT_START = re.compile(r"(?P<number>\d{1,9})(?P<mark>[.)])(?=\s|$)|(?P<bullet>[-+=])", re.ASCII)
"""What means something only where a line begins: an item of a list, a rule, the underline of a heading."""


def clean(text: str) -> str:
    """Text on one line that the gate lets pass: composed characters (NFC), nothing that a reader cannot see."""
    # Split before, for some white space is invisible, too, and must part words; and after, for what is taken away leaves white space bare.
    seen = INVISIBLE.sub("", " ".join(text.split()))
    return unicodedata.normalize("NFC", " ".join(seen.split()))


def markdown(paragraph: str) -> str:
    """One paragraph as Markdown."""
    text = _MARKS.sub(r"\\\g<0>", clean(paragraph))
    return (
        _AT_START.sub(lambda found: f"{found['number'] or ''}\\{found['mark'] or found['bullet']}", text, count=1)
        if _AT_START.match(text)
        else text
    )
