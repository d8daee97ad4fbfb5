"""Parts of an Office file: which one is the document, which others it refers to, what the file says of itself."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from open_reports.errors import IntakeError
from open_reports.intake.archive import xml
from open_reports.intake.grid import Paragraph
from open_reports.intake.readers.facts import stated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from open_reports.intake.grid import Grid

_TITLES = 5
"""Paragraphs at the beginning that may be the title, or parts of it."""


def main_part(members: Mapping[str, bytes], fault: str) -> str:
    """Name of the part that is the document: the one that the package names. Raises `IntakeError` with the code `fault`."""
    found = [target for kind, _, target in related(members, "") if kind == "officeDocument"]
    if len(found) != 1 or found[0] not in members:
        raise IntakeError(fault)
    return found[0]


def related(members: Mapping[str, bytes], part: str) -> Iterator[tuple[str, str, str]]:
    """Kind, id and name of each part that one refers to; what lies outside of the file is nothing."""
    folder, _, own = part.rpartition("/")
    listed = f"{folder}/_rels/{own}.rels" if folder else f"_rels/{own}.rels"
    for each in xml(members[listed]) if listed in members else ():
        target = each.get("Target", "")
        if each.get("TargetMode") != "External" and target:
            joined = target if target.startswith("/") else posixpath.join(folder, target)
            yield each.get("Type", "").rpartition("/")[2], each.get("Id", ""), posixpath.normpath(joined).lstrip("/")


def facts(blocks: Sequence[Grid | Paragraph], properties: bytes | None) -> Mapping[str, str]:
    """What a file says of itself in its first paragraphs, and in its properties (XML), which often are those of a template."""
    texts = [" ".join(each.text.split()) for each in blocks if isinstance(each, Paragraph)][:_TITLES]
    # A title over two lines, its name on one and its year on the other, is one title.
    runs = ["".join(texts[first:last]) for first in range(len(texts)) for last in range(first + 2, len(texts) + 1)]
    said = [] if properties is None else xml(properties).iter("{*}title")
    return stated({}, [*texts, *runs, *(" ".join((each.text or "").split()) for each in said)])
