"""A report's page of ours taken apart: what it carries, and what it shows where, still without knowing what that means."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from open_reports.finding import SIGN
from open_reports.intake.readers.decoding import decoded
from open_reports.intake.readers.markup import Element, parsed, pruned

if TYPE_CHECKING:
    from collections.abc import Iterator


class Cell(NamedTuple):
    """A cell of a figure: its id, its text, the kind of nothing that it states, and what stands in its row and beside it."""

    id: str
    text: str
    status: str
    printed: str
    head: str
    depth: str
    beside: tuple[str, ...]


class Shown(NamedTuple):
    """What a page shows: `facts` as name, text and link; `notes` in the order of the page; `prose` as HTML by its section."""

    carried: str
    language: str
    title: str
    facts: tuple[tuple[str, str, str], ...]
    cells: tuple[Cell, ...]
    notes: tuple[str, ...]
    explanations: tuple[str, ...]
    prose: tuple[tuple[str, str], ...]


def read(data: bytes) -> Shown | None:
    """What a report's page shows; None for any other page. One that holds two reports holds none."""
    text, _ = decoded(data)
    # Asked of the text first: most pages are not ours, and need not be parsed twice.
    if "data-package" not in text:
        return None
    root = parsed(text)
    pruned(root)
    holders = [each for each in root.iter() if each.get("data-package")]
    if len(holders) != 1:
        return None
    (facts,) = holders
    return Shown(
        carried=facts.get("data-package", ""),
        language="en" if (root.get("lang") or "").startswith("en") else "zh",
        title="".join(_text(each) for each in _classed(root, "p", "or-official")),
        facts=tuple(_fact(each) for each in facts.iter("div")),
        cells=tuple(_cell(each) for each in root.iter("td") if each.get("id")),
        notes=tuple(_text(each) for notes in _classed(root, "ul", "or-notes") for each in notes.iter("li")),
        explanations=tuple(_text(each) for found in _classed(root, "div", "or-finding") for each in found.iter("em")),
        prose=tuple((_section(each), markup(each)) for each in _classed(root, "div", "or-prose")),
    )


def fragment(html: str) -> str:
    """HTML of some elements in the spelling that `Shown.prose` has."""
    root = parsed(f"<html><body><div>{html}</div></body></html>")
    return markup(next(root.iter("div")))


def markup(element: Element) -> str:
    """What stands in an element, as HTML."""
    parts = [element.text or "", *(etree.tostring(child, encoding="unicode", method="html") for child in element)]
    return "".join(parts).strip()


def _classed(root: Element, tag: str, name: str) -> Iterator[Element]:
    return (each for each in root.iter(tag) if name in (each.get("class") or "").split())


def _text(element: Element) -> str:
    return "".join(str(each) for each in element.itertext()).strip()


def _fact(element: Element) -> tuple[str, str, str]:
    name, text = (next(element.iter(tag), None) for tag in ("dt", "dd"))
    # Our mark of a day or an address that cannot be right stands before it, a link of its own.
    mark = text[0] if text is not None and len(text) and not text.text and _ours(text[0]) else None
    link = next((each for each in element.iter("a") if each is not mark), None)
    told = "" if text is None else _text(text)
    return (
        "" if name is None else _text(name),
        told if mark is None else told.removeprefix(SIGN),
        "" if link is None else link.get("href", ""),
    )


def _cell(element: Element) -> Cell:
    row = element.getparent()
    others = [] if row is None else [each for each in row if each.tag in ("th", "td")]
    head = next((each for each in others if each.tag == "th"), None)
    text, status = _said(element)
    depth = [] if head is None else [each for each in (head.get("class") or "").split() if each.startswith("or-depth")]
    return Cell(
        id=element.get("id", ""),
        text=text,
        status=status,
        printed=element.get("title", ""),
        head="" if head is None else _text(head),
        depth="".join(depth).removeprefix("or-depth"),
        beside=tuple(_text(each) for each in others if each.tag == "td" and not each.get("id")),
    )


def _said(element: Element) -> tuple[str, str]:
    """Text of a cell, and the kind of nothing that it states."""
    sign = _sign(element)
    # Not stripped: a figure with a blank beside it is not what the page was made with.
    text = "".join(str(each) for each in element.itertext()) if sign is None else sign.tail or ""
    # No cell of ours has anything in it but text, and the mark of a contradiction: a figure that is struck out was put there.
    return text, "marked" if len(element) and sign is None else element.get("data-status", "")


def _sign(element: Element) -> Element | None:
    """The mark of a contradiction that stands before a figure, exactly as our pages make it; None where there is none."""
    if len(element) != 1 or element.text:
        return None
    (sign,) = element
    return sign if _ours(sign) else None


def _ours(element: Element) -> bool:
    return bool(element.tag == "a" and element.get("class") == "or-neq" and not len(element) and element.text == SIGN)


def _section(element: Element) -> str:
    """Id of the heading before some prose."""
    before = element.getprevious()
    return "" if before is None else before.get("id", "")
