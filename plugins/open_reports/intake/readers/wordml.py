"""WordprocessingML: short names for its elements, what a run of text looks like, the numbers that Word gives to paragraphs.

Office writes two spellings of each namespace (transitional and strict); both have the same short name here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_reports.intake.archive import Element

_PREFIXES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
    "http://schemas.openxmlformats.org/drawingml/2006/picture": "pic",
    "http://purl.oclc.org/ooxml/drawingml/picture": "pic",
    "urn:schemas-microsoft-com:vml": "v",
}
_SPACES = [f"{{{space}}}" for space, prefix in _PREFIXES.items() if prefix == "w"]
_OFF = frozenset(("0", "false", "off"))

_TINY = 4
"""Half points below which nobody sees a character."""
_RAISED = 3
"""Half points by which raised text is no accident of layout."""
_HEADINGS = 6
_PLAIN_FILLS = frozenset(("", "AUTO"))


def name(element: Element) -> str:
    """Short name such as `w:p`; that of an unknown namespace begins with `?:`."""
    return _short(str(element.tag))


@lru_cache(maxsize=4_096)  # a file has some fifty names, and each is asked for thousands of times
def _short(tag: str) -> str:
    space, _, local = tag.rpartition("}")
    return f"{_PREFIXES.get(space[1:], '?')}:{local}"


def attribute(element: Element, key: str) -> str:
    """Value of an attribute of its own namespace; "" if it has none."""
    return next((value for space in _SPACES if (value := element.get(f"{space}{key}")) is not None), "")


def child(element: Element | None, *path: str) -> Element | None:
    """The first child of a short name, or that of the child, and so on."""
    for each in path:
        for found in () if element is None else element:
            if name(found) == each:
                element = found
                break
        else:
            return None
    return element


def value(element: Element | None, *path: str) -> str:
    """`w:val` at the end of a path of children; "" if it is not there."""
    found = child(element, *path)
    return attribute(found, "val") if found is not None else ""


def number(element: Element | None, *path: str) -> int | None:
    """`w:val` as a number; None if it is none."""
    text = value(element, *path)
    return int(text) if text.lstrip("-").isascii() and text.lstrip("-").isdigit() and len(text) < 10 else None  # noqa: PLR2004 (what a span, a size or a count may have)


def switch(element: Element | None, *path: str) -> bool | None:
    """Whether a property is on; None where nothing is said."""
    found = child(element, *path)
    return None if found is None else attribute(found, "val").lower() not in _OFF


class Look(NamedTuple):
    """How text looks, as far as that makes it doubtful; None is what is not said here."""

    vanish: bool | None = None
    struck: bool | None = None
    raised: bool | None = None
    size: int | None = None
    colour: str | None = None
    fill: str | None = None

    def over(self, below: Look) -> Look:
        """This look where it says something, the other one where it does not."""
        return below._replace(**{key: own for key, own in self._asdict().items() if own is not None})


def look_of(properties: Element | None) -> Look:
    """What run properties say."""
    if properties is None:
        return Look()
    strikes = [switch(properties, each) for each in ("w:strike", "w:dstrike")]
    aligned, position = value(properties, "w:vertAlign"), number(properties, "w:position")
    raised = [aligned != "baseline"] if aligned else []
    raised += [abs(position) >= _RAISED] if position is not None else []
    return Look(
        vanish=switch(properties, "w:vanish"),
        struck=None if strikes == [None, None] else any(strikes),
        raised=any(raised) if raised else None,
        size=number(properties, "w:sz"),
        colour=value(properties, "w:color").upper() or None,
        fill=fill_of(properties),
    )


def fill_of(properties: Element | None) -> str | None:
    """Colour behind what has these properties; None if nothing is said."""
    shade = child(properties, "w:shd")
    fill = attribute(shade, "fill").upper() if shade is not None else ""
    return None if fill in _PLAIN_FILLS else fill


def tiny(look: Look) -> bool:
    """Whether text is too small to be seen."""
    return look.size is not None and look.size <= _TINY


@dataclass(frozen=True)
class Style:
    """A style with all it is based on: its look, its place among headings (0: none), its numbering, whether it shades cells."""

    look: Look = field(default_factory=Look)
    level: int = 0
    numbering: tuple[str, int] | None = None
    shading: bool = False


class Styles:
    """The styles of a document by id."""

    def __init__(self, root: Element | None) -> None:
        self._styles = {attribute(each, "styleId"): each for each in ([] if root is None else root) if name(each) == "w:style"}
        self._known: dict[str, Style] = {"": Style()}
        self._default = {
            attribute(each, "type"): key for key, each in self._styles.items() if attribute(each, "default").lower() not in ("", *_OFF)
        }
        self.defaults = look_of(child(root, "w:docDefaults", "w:rPrDefault", "w:rPr"))

    def of(self, key: str, kind: str) -> Style:
        """The style of an id; where there is none, the default one of its kind (paragraph, character, table)."""
        return self._of(key if key in self._styles else self._default.get(kind, ""))

    def _of(self, key: str) -> Style:
        if key not in self._known:
            self._known[key] = Style()  # whoever is based on itself is based on nothing
            element = self._styles.get(key)
            below = self._of(value(element, "w:basedOn"))
            own = look_of(child(element, "w:rPr"))
            paragraph = child(element, "w:pPr")
            self._known[key] = Style(
                look=own.over(below.look),
                level=level_of(paragraph, value(element, "w:name")) or below.level,
                numbering=numbering_of(paragraph) or below.numbering,
                shading=below.shading or (element is not None and any(fill_of(each.getparent()) for each in element.iter("{*}shd"))),
            )
        return self._known[key]


def level_of(properties: Element | None, style: str = "") -> int:
    """Level of a heading by the outline or by the name of its style; 0 for running text."""
    outline = number(properties, "w:outlineLvl")
    if outline is not None:
        return outline + 1 if outline < _HEADINGS else 0
    words = style.lower().replace("标题", "heading").split()
    if words in (["title"], ["heading"]):
        return 1
    named = words[1] if len(words) > 1 and words[0] == "heading" else ""
    return int(named) if named in ("1", "2", "3", "4", "5", "6") else 0


def numbering_of(properties: Element | None) -> tuple[str, int] | None:
    """The list a paragraph belongs to, and its level there; list "0" takes it out of the one its style names."""
    key = value(properties, "w:numPr", "w:numId")
    return (key, number(properties, "w:numPr", "w:ilvl") or 0) if key else None


# -- numbers that Word gives ------------------------------------------------------------------------------------------------

_HAN = "〇一二三四五六七八九"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_CIRCLES = 20
_LETTERS = 26
_LEVELS = 9
_MOST_COUNTED = 9_999


def _chinese(count: int) -> str:
    if count > 99 or count < 1:  # noqa: PLR2004 (a list of a hundred paragraphs)
        return "".join(_HAN[int(digit)] for digit in str(count))
    tens, ones = divmod(count, 10)
    return f"{'' if tens == 1 else _HAN[tens]}十{_HAN[ones] if ones else ''}" if tens else _HAN[ones]


def spelt(count: int, form: str) -> str:
    """A number of a list in one of Word's spellings; "" in those that no report uses."""
    if form in ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographDigital", "taiwaneseCounting"):
        return _chinese(count)
    if form in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese"):
        return chr(0x245F + count) if 0 < count <= _CIRCLES else str(count)
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (count - 1) % _LETTERS)
        return letter.upper() if form == "upperLetter" else letter
    if form == "ideographTraditional":
        return _STEMS[(count - 1) % len(_STEMS)]
    return str(count) if form in ("", "decimal", "decimalHalfWidth", "decimalFullWidth", "decimalZero") else ""


class Numbering:
    """Counters of the lists of a document."""

    def __init__(self, root: Element | None) -> None:
        elements = [] if root is None else list(root)
        self._lists = {attribute(each, "numId"): each for each in elements if name(each) == "w:num"}
        self._kinds = {attribute(each, "abstractNumId"): each for each in elements if name(each) == "w:abstractNum"}
        self._counts: dict[str, list[int | None]] = {}
        self._begun: set[tuple[str, int]] = set()

    def next(self, key: str, level: int) -> str:
        """What Word writes before the next paragraph of a list."""
        kind = value(self._lists.get(key), "w:abstractNumId")
        levels = dict(self._levels(key, kind))
        own = levels.get(level)
        if own is None or not 0 <= level < _LEVELS:
            return ""
        counts = self._counts.setdefault(kind, [None] * _LEVELS)
        for each in range(level):
            if counts[each] is None:
                counts[each] = self._start(key, each, levels)
        restarted = (key, level) not in self._begun and self._override(key, level) is not None
        self._begun.add((key, level))
        current = counts[level]
        count = self._start(key, level, levels) if restarted or current is None else current + 1
        counts[level] = min(count, _MOST_COUNTED)
        counts[level + 1 :] = [None] * (_LEVELS - level - 1)
        text = value(own, "w:lvlText")
        for each in range(level + 1):
            # The text of a level names those above it: %1.%2
            text = text.replace(f"%{each + 1}", spelt(counts[each] or 0, value(levels.get(each), "w:numFmt")))
        return "" if value(own, "w:numFmt") in ("bullet", "none") else text

    def _levels(self, key: str, kind: str) -> Iterator[tuple[int, Element]]:
        found = self._kinds.get(kind)
        for each in [] if found is None else found:
            if name(each) == "w:lvl":
                yield int(attribute(each, "ilvl") or 0) if attribute(each, "ilvl").isdecimal() else 0, each
        for each in self._lists.get(key, ()):
            replaced = child(each, "w:lvl")
            if name(each) == "w:lvlOverride" and replaced is not None:
                yield int(attribute(each, "ilvl")) if attribute(each, "ilvl").isdecimal() else 0, replaced

    def _override(self, key: str, level: int) -> int | None:
        found = self._lists.get(key)
        for each in [] if found is None else found:
            if name(each) == "w:lvlOverride" and attribute(each, "ilvl") == str(level):
                return number(each, "w:startOverride")
        return None

    def _start(self, key: str, level: int, levels: dict[int, Element]) -> int:
        override = self._override(key, level)
        if override is not None:
            return override
        start = number(levels.get(level), "w:start")
        return 1 if start is None else start
