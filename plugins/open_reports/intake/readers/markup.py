"""Markup: a page as a tree of what it shows, and the text of its parts with the reasons not to believe it.

What a browser does not show is cut off first: scripts, templates, comments, what is hidden by the element itself. A style sheet
is not followed (it may hide a thing only on paper, or until a script shows it); text it hides makes the cell doubtful.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

from open_reports.errors import IntakeError
from open_reports.intake.grid import Doubt
from open_reports.intake.readers.doubtful import doubts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

Element = etree._Element  # noqa: SLF001 (the only name lxml has for it)

_ENDING = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)

MOST_STYLE = 2_000
"""Characters of a style that are looked at. Word writes some hundreds; a cell with a longer one is doubted."""

MOST_NESTED = 30
"""Tables within tables. Pages of the time of layout tables have seven or eight."""

_UNSEEN = frozenset(("script", "style", "template", "noscript", "noframes", "datalist", "link", "meta", "base", "param", "title", "rp"))
_PICTURES = frozenset(
    (
        "img",
        "svg",
        "canvas",
        "object",
        "embed",
        "video",
        "audio",
        "iframe",
        "input",
        "select",
        "textarea",
        "meter",
        "progress",
        "math",
        "image",
    )
)
BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend", "li"),
        *("main", "menu", "nav", "ol", "optgroup", "option", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th"),
        *("thead", "tr", "ul", "rt"),
    )
)
"""Elements that stand on lines of their own; the text of all others runs on without a gap."""

_STRUCK = frozenset(("s", "strike", "del"))
_RAISED = frozenset(("sup", "sub"))
_HIDING = re.compile(r"(?:^|[;{\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.IGNORECASE)
_NEARLY = re.compile(
    r"mso-hide\s*:\s*all|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])|text-indent\s*:\s*-\d{3,}|unicode-bidi\s*:\s*bidi-override|direction\s*:\s*rtl",
    re.IGNORECASE,
)
_LINE_THROUGH = re.compile(r"text-decoration[a-z-]*\s*:[^;]*line-through|text-line-through\s*:\s*(?!none)", re.IGNORECASE)
_OFF_LINE = re.compile(r"vertical-align\s*:\s*(?:super|sub|text-top|text-bottom)\b|mso-text-raise\s*:\s*-?[1-9]", re.IGNORECASE)
_APART = re.compile(
    r"(?:margin|padding)(?:-left|-right)?\s*:[^;]*[1-9]|float\s*:|position\s*:\s*absolute|display\s*:\s*inline-", re.IGNORECASE
)
_OWN_LINE = re.compile(r"display\s*:\s*(?:block|table|flex|grid|list-item)", re.IGNORECASE)
_CLASS = re.compile(r"[a-z]*[.#]([\w-]+)$", re.IGNORECASE)

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_SPACE = re.compile(r"[ \t\r\n\f]+")


def parsed(text: str) -> Element:
    """The tree of a page without what it does not show.

    Raises `IntakeError` where the page is deeper or larger than the parser takes: it would leave out the rest without a word.
    """
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=False, remove_comments=True, remove_pis=True, no_network=True)
    try:
        # Its own declaration, if any, was followed already; a character that XML forbids would end the text. So does the end of
        # the page, behind which browsers go on: without it, they and the parser see the same.
        root = etree.fromstring(_ENDING.sub("", text).encode("utf-8", errors="replace"), parser)
    except etree.XMLSyntaxError:
        raise IntakeError("page_unreadable") from None
    if len(parser.error_log.filter_from_fatals()):
        raise IntakeError("page_too_deep")
    if root is None:
        raise IntakeError("page_unreadable")
    nested = 0
    for event, _ in etree.iterwalk(root, events=("start", "end"), tag="table"):
        nested += 1 if event == "start" else -1
        if nested > MOST_NESTED:
            raise IntakeError("page_too_deep")
    return root


def pruned(root: Element) -> bool:
    """Cut off what is not shown; whether any of it was text that somebody hid."""
    cut = False
    doomed: list[tuple[Element, bool]] = []
    walk = etree.iterwalk(root, events=("start",))
    for _, element in walk:
        unseen = element.tag in _UNSEEN or (element.tag == "input" and element.get("type", "").lower() == "hidden")
        if unseen or _hidden(element):
            doomed.append((element, unseen))
            walk.skip_subtree()
    for element, unseen in doomed:
        cut = cut or (not unseen and any(re.search(r"\w", each) for each in element.itertext()))
        _cut(element)
    return cut


def _hidden(element: Element) -> bool:
    return element.get("hidden") is not None or bool(_HIDING.search(_style(element)))


def _style(element: Element) -> str:
    return element.get("style", "")[:MOST_STYLE]


def _cut(element: Element) -> None:
    """Empty an element and leave in its place one that shows nothing; the text behind it stays."""
    # Moved to a neighbour, that text would be refused for control characters it may hold.
    element.clear(keep_tail=True)
    element.tag = "wbr"


def hiding(root: Element) -> frozenset[str]:
    """Classes and ids that a style sheet of the page hides, on screen or on paper."""
    found: set[str] = set()
    for style in root.iter("style"):
        for each in (style.text or "").split("}"):
            # The innermost braces: what is meant for paper alone counts as well.
            before, _, rule = each.rpartition("{")
            selectors = before.rpartition("{")[2]
            if any(pattern.search(rule[:MOST_STYLE]) for pattern in (_HIDING, _NEARLY, _LINE_THROUGH, _OFF_LINE)):
                found.update(match[1] for match in (_CLASS.search(each.strip()[-100:]) for each in selectors.split(",")) if match)
    return frozenset(found)


@dataclass
class Piece:
    """Text as it is gathered: `lines` of what stands on lines of its own, `doubts` about it, tables that stand in it."""

    hiding: frozenset[str]
    parts: list[str] = field(default_factory=list)
    doubts: set[Doubt] = field(default_factory=set)
    tables: list[Element] = field(default_factory=list)

    def text(self) -> str:
        """The text, blank lines and spaces at the ends of lines taken off; a no-break space stays."""
        lines = "".join(self.parts).split("\n")
        return "\n".join(line for line in (_SPACE.sub(" ", each).strip(" ") for each in lines) if line)

    def marked(self) -> tuple[Doubt, ...]:
        """Every doubt, in the order of `Doubt`."""
        found = self.doubts | doubts_of(self.text())
        return tuple(each for each in Doubt if each in found)

    def add(self, text: str | None, marks: frozenset[Doubt]) -> None:
        """Take in a run of text; its line breaks are spaces."""
        if text:
            # A control character shows as a box, if at all: kept visible, for nobody knows what it was.
            self.parts.append(_CONTROL.sub("\ufffd", _SPACE.sub(" ", text)))
            if text.strip():
                self.doubts |= marks

    def gather(self, element: Element, marks: frozenset[Doubt] = frozenset()) -> None:
        """Take in what an element shows, nested tables set aside; `marks` are doubts about all of its text."""
        marks |= marks_of(element, self.hiding)
        self.add(element.text, marks)
        for child in element:
            if not isinstance(child.tag, str):
                pass
            elif child.tag == "table":
                self.tables.append(child)
                self.parts.append("\n")
            elif child.tag in _PICTURES:
                self.doubts.add(Doubt.PICTURED)
            elif child.tag == "br":
                self.parts.append("\n")
            else:
                gap = gap_of(child)
                self.parts.append(gap)
                self.gather(child, marks)
                self.parts.append(gap)
            self.add(child.tail, marks)


def gap_of(element: Element) -> str:
    """What separates an element from its neighbours: a line break, a space, nothing."""
    style = _style(element)
    if element.tag in BLOCKS or _OWN_LINE.search(style):
        return "\n"
    return " " if _APART.search(style) else ""


def marks_of(element: Element, hiding: frozenset[str]) -> frozenset[Doubt]:
    """Doubts about all text of an element, by what it is and how it is written."""
    style = _style(element)
    found = set()
    if element.tag in _STRUCK or _LINE_THROUGH.search(style):
        found.add(Doubt.STRUCK)
    if element.tag in _RAISED or (_OFF_LINE.search(style) and element.tag not in BLOCKS):
        found.add(Doubt.SUPERSCRIPT)
    named = {*element.get("class", "").split(), element.get("id", "")}
    if element.tag == "bdo" or _NEARLY.search(style) or named & hiding or len(element.get("style", "")) > MOST_STYLE:
        found.add(Doubt.UNSHOWN)
    return frozenset(found)


def marks_above(element: Element, hiding: frozenset[str]) -> frozenset[Doubt]:
    """Doubts about all text of an element, by what it stands in."""
    return frozenset().union(*(marks_of(each, hiding) for each in element.iterancestors()))


def pictures(root: Element) -> bool:
    """Whether a page shows pictures."""
    return next(root.iter("img", "svg", "canvas", "object", "embed"), None) is not None


def children(element: Element) -> Iterator[Element]:
    """Elements that stand directly in one."""
    return (each for each in element if isinstance(each.tag, str))
