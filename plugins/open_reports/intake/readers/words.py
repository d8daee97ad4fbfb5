"""Words: the text of paragraphs of a Word file as it is shown, with the reasons not to believe it.

Shown is what stands there once every tracked change is accepted: what was deleted or moved away, hidden text, the instructions of
fields and the second version of a drawing, for old programs, are no text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from open_reports.intake.grid import Doubt
from open_reports.intake.readers.doubtful import doubts_of
from open_reports.intake.readers.wordml import (
    Look,
    Style,
    attribute,
    child,
    fill_of,
    level_of,
    look_of,
    name,
    numbering_of,
    switch,
    tiny,
    value,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_reports.intake.archive import Element
    from open_reports.intake.readers.wordml import Numbering, Styles

DROPPED = frozenset(("w:del", "w:moveFrom"))
"""What a tracked change took away."""
ADDED = frozenset(("w:ins", "w:moveTo"))
_BREAKS = {"w:tab": "\t", "w:ptab": "\t", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "-"}
_DRAWN = frozenset(("w:drawing", "w:pict", "w:object", "w:control", "w:sym"))
_NOTES = frozenset(("w:footnoteReference", "w:endnoteReference"))
_PASSED_OVER = frozenset(("w:pPr", "w:rPr", "w:sdtPr", "w:sdtEndPr", "w:delText", "w:instrText", "w:delInstrText", "w:rt", "w:rubyPr"))
_SPACE = re.compile(r"[ \t\r\n\f]+")
_DIGIT = re.compile(r"\d")
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass
class Seen:
    """What a document holds that is to be said of the whole, and the fields that are open."""

    changed: bool = False
    hidden: bool = False
    boxes: bool = False
    pictures: bool = False
    notes: dict[tuple[str, str], None] = field(default_factory=dict)
    fields: list[bool] = field(default_factory=list)
    """For each field that has begun whether its instruction still goes on; what stands in one is not shown."""


@dataclass(frozen=True)
class Surroundings:
    """What the text stands in: style of its table, colour behind it, a table style that may shade it."""

    table: Style = field(default_factory=Style)
    fill: str | None = None
    shading: bool = False


@dataclass
class Words:
    """Text of one paragraph or of one cell, as it is gathered; `boxes` are the texts of drawings anchored in it."""

    styles: Styles
    numbering: Numbering
    seen: Seen
    around: Surroundings = field(default_factory=Surroundings)
    parts: list[str] = field(default_factory=list)
    doubts: set[Doubt] = field(default_factory=set)
    boxes: list[Element] = field(default_factory=list)
    level: int = 0
    withheld: set[Doubt] = field(default_factory=set)
    """Why digits are not shown; a cell that then shows nothing may have lost its figure."""
    joined: Doubt | None = None
    """Why the last paragraph runs on into the next, if it does: its mark was deleted, or hidden."""
    numbered: bool = False
    _look: Look = field(default_factory=Look)
    _paragraph: Style = field(default_factory=Style)

    def text(self) -> str:
        """The text, blank lines and spaces at the ends of lines taken off; a no-break space stays."""
        lines = "".join(self.parts).split("\n")
        return "\n".join(line for line in (_SPACE.sub(" ", each).strip(" ") for each in lines) if line)

    def marked(self) -> tuple[Doubt, ...]:
        """Every doubt, in the order of `Doubt`."""
        text = self.text()
        found = self.doubts | doubts_of(text) | (set() if text.strip() else self.withheld)
        # A number that Word writes itself: beside a label it is the label's, alone it may be the figure.
        if self.numbered and not _HAN.search(text):
            found.add(Doubt.NUMBERED)
        return tuple(each for each in Doubt if each in found)

    # -- paragraphs ---------------------------------------------------------------------------------------------------------

    def paragraph(self, element: Element) -> None:
        """Take in a paragraph, behind the last one or on a line of its own."""
        properties = child(element, "w:pPr")
        style = self.styles.of(value(properties, "w:pStyle"), "paragraph")
        before = len(self.parts)
        if self.parts and self.joined is None:
            self.parts.append("\n")
        self.level = self.level or level_of(properties) or (0 if child(properties, "w:outlineLvl") is not None else style.level)
        self._paragraph, self._look = style, Look(fill=fill_of(properties))
        held = len(self.parts)
        self._inside(element)
        if self.joined is not None and "".join(self.parts[:before]).strip() and "".join(self.parts[before:]).strip():
            self.doubts.add(self.joined)
        self.joined = self._ending(child(properties, "w:rPr"))
        listed = numbering_of(properties) or style.numbering
        if listed is not None and self.joined is None:
            own = self.numbering.next(*listed)
            self.parts[held:held] = [own if own.endswith(("、", "）", ")")) else f"{own} "] if own else []
            self.numbered |= bool(own)

    def _ending(self, mark: Element | None) -> Doubt | None:
        """Why a paragraph with this mark at its end runs on into the next; None if it does not."""
        taken = any(child(mark, each) is not None for each in DROPPED)
        self.seen.changed |= taken or any(child(mark, each) is not None for each in ADDED)
        if taken:
            return Doubt.CHANGED
        return Doubt.UNSHOWN if self._vanished(look_of(mark), Style())[0] else None

    def _inside(self, element: Element) -> None:
        # One call a level: the parser takes 256 levels, which is a quarter of what Python takes.
        for each in shown(element):
            kind = name(each)
            if kind in DROPPED:
                self.drop(each)
            elif kind == "w:r":
                self._run(each)
            elif kind == "m:t":
                # The pieces of a formula stand above and below one another, not in a row.
                self._add(each.text or "", {Doubt.PICTURED}, hidden=False)
            elif kind not in _PASSED_OVER:
                self.seen.changed |= kind in ADDED
                if kind in ("w:bdo", "w:dir"):
                    self.doubts.add(Doubt.UNSHOWN)
                if kind == "w:sdt":
                    self.doubts |= control(each)
                self._inside(each)

    def drop(self, element: Element) -> None:
        """Pass over what a tracked change took away."""
        self.seen.changed = True
        if _DIGIT.search("".join(each.text or "" for each in element.iter("{*}delText", "{*}t"))):
            self.withheld.add(Doubt.CHANGED)

    # -- runs ---------------------------------------------------------------------------------------------------------------

    def _run(self, run: Element) -> None:
        properties = child(run, "w:rPr")
        character = self.styles.of(value(properties, "w:rStyle"), "character")
        own = look_of(properties)
        hidden, marks = self._vanished(own, character)
        levels = (self._paragraph.look, character.look, self.around.table.look)
        look = own.over(character.look).over(self._look).over(self._paragraph.look).over(self.around.table.look).over(self.styles.defaults)
        # Struck by one style and by another is not struck, says the standard; programs differ, so a person looks.
        if look.struck or (own.struck is None and any(each.struck for each in levels)):
            marks.add(Doubt.STRUCK)
        if look.raised:
            marks.add(Doubt.SUPERSCRIPT)
        # Where a style of the table may shade the cell nobody knows what is behind the text.
        behind = look.fill or self.around.fill or ("" if self.around.shading else "FFFFFF")
        if tiny(look) or look.colour == behind:
            marks.add(Doubt.UNSHOWN)
        self._content(run, marks, hidden=hidden)

    def _vanished(self, own: Look, character: Style) -> tuple[bool, set[Doubt]]:
        """Whether text is hidden; where two styles hide it, programs differ whether that is once or not at all."""
        if own.vanish is not None:
            return own.vanish, set()
        levels = [each.vanish for each in (self._paragraph.look, character.look, self.around.table.look, self.styles.defaults)]
        return levels.count(True) == 1, {Doubt.UNSHOWN} if levels.count(True) > 1 else set()

    def _content(self, run: Element, marks: set[Doubt], *, hidden: bool) -> None:
        for each in shown(run):
            kind = name(each)
            if kind == "w:t":
                self._add(written(each), marks, hidden=hidden)
            elif kind in _BREAKS:
                self._add(_BREAKS[kind], set(), hidden=hidden)
            elif kind == "w:fldChar":
                self._field(attribute(each, "fldCharType"), each)
            elif kind in _NOTES and not hidden:
                self.doubts.add(Doubt.SUPERSCRIPT)
                self.seen.notes[kind.removesuffix("Reference"), attribute(each, "id")] = None
            elif kind in _DRAWN and not hidden:
                self.doubts.add(Doubt.PICTURED)
                self._drawing(each)
            elif kind in ("w:ruby", "w:rubyBase"):
                self._inside(each)
            elif kind == "w:r":
                self._run(each)

    def _add(self, text: str, marks: set[Doubt], *, hidden: bool) -> None:
        if any(self.seen.fields):
            return
        if hidden:
            self.seen.hidden |= bool(text.strip())
            self.withheld |= {Doubt.UNSHOWN} if _DIGIT.search(text) else set()
            return
        self.parts.append(text)
        if text.strip():
            self.doubts |= marks

    def _field(self, kind: str, element: Element) -> None:
        fields = self.seen.fields
        if kind == "begin":
            fields.append(True)
            # A list to choose from shows what is chosen without having it as text; so does a box to tick.
            if child(element, "w:ffData", "w:ddList") is not None or child(element, "w:ffData", "w:checkBox") is not None:
                self.doubts.add(Doubt.PICTURED)
        elif kind == "separate" and fields:
            fields[-1] = False
        elif kind == "end" and fields:
            fields.pop()

    def _drawing(self, element: Element) -> None:
        for each in shown(element):
            kind = name(each)
            if kind == "w:txbxContent":
                self.boxes.append(each)
            else:
                self.seen.pictures |= kind in ("pic:pic", "v:imagedata") or kind.endswith((":chart", ":OLEObject", ":relIds"))
                self._drawing(each)


def shown(element: Element) -> Iterator[Element]:
    """Children of an element; of alternatives the first, which is the one for programs of today."""
    for each in element:
        if name(each) == "mc:AlternateContent":
            yield from _chosen(each)
        else:
            yield each


def _chosen(element: Element) -> Iterator[Element]:
    for kind in ("mc:Choice", "mc:Fallback"):
        found = child(element, kind)
        if found is not None:
            yield from shown(found)
            return


def written(element: Element) -> str:
    """Text of `w:t`: without the order to keep them, spaces at its ends are layout of the file."""
    text = element.text or ""
    kept = element.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"
    return text if kept else text.strip(" \t\r\n")


def control(element: Element) -> set[Doubt]:
    """Doubts about a content control: a hint instead of a content, or a content that is fetched from elsewhere in the file."""
    properties = child(element, "w:sdtPr")
    fetched = properties is not None and any(name(each).endswith(":dataBinding") for each in properties)
    return {Doubt.PICTURED} if fetched or switch(properties, "w:showingPlcHdr") else set()
