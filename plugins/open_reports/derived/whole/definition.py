"""What is told of a whole year, as data: `forms/foi-cn/views/whole.yml`, read strictly and checked against the forms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from open_reports.form import FAMILY, forms
from open_reports.form.cells import read_sum
from open_reports.text import Text, reading, resource_text, sentence_of, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_reports.document import Record
    from open_reports.form import Cells, Indicator

Draw = Literal["bar", "rows"]
STYLES = ("c1", "c2", "c3", "c4", "c5", "c6", "q1", "q2", "q3", "q4")
"""Fills of the parts of a bar (`pages/overview/overview.css`): outcomes in the order of the form, and disputes."""
PLACES = ("top", "reasons", "disputes")
"""Where on the page a division stands."""
_ID = r"[a-z]+(?:_[a-z]+)*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A number on top: a sum over all agencies, and what is said beside it.

    `beside` are further sums of the same reports by name; `share` names two sums, one over the other, of which `says` gives the
    rate as `{share}`; `few` is said where the lower one is too small for a rate.
    """

    id: str
    name: Text
    unit: Text
    cells: tuple[Cells, ...]
    beside: Mapping[str, tuple[Cells, ...]]
    share: tuple[str, str] | None
    says: Text
    few: Text | None

    @property
    def sums(self) -> Mapping[str, tuple[Cells, ...]]:
        """Every sum of it by name, its own under its id."""
        return {self.id: self.cells, **self.beside}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a division; `style` is its fill in a bar, empty where each part is a bar of its own."""

    id: str
    name: Text
    style: str
    cells: tuple[Cells, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """A number and the parts that it is made of; `whole_says` puts the number into words."""

    id: str
    draw: Draw
    place: str
    name: Text
    whole_says: Text
    unit: Text
    whole: tuple[Cells, ...]
    parts: tuple[Part, ...]

    @property
    def sums(self) -> Mapping[str, tuple[Cells, ...]]:
        """Every sum of it by name: the whole under its id, and the parts under `<id>.<part>`."""
        return {self.id: self.whole, **{f"{self.id}.{part.id}": part.cells for part in self.parts}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """All that is told of a year: tiles, divisions by id, remarks by place, the division of the trend, indicators drawn as dots."""

    tiles: tuple[Tile, ...]
    divisions: Mapping[str, Division]
    remarks: Mapping[str, Text]
    trend: Division
    strips: tuple[Indicator, ...]

    def at(self, place: str) -> tuple[Division, ...]:
        """Divisions of a place of the page."""
        return tuple(each for each in self.divisions.values() if each.place == place)


@cache
def definition() -> Whole:
    """Return what is shipped with this package, read once a process. Raises `FormError`."""
    return load(resource_text(f"{FAMILY}/views/whole.yml"))


def load(text: str) -> Whole:
    """Read the file. Raises `FormError` with every fault: a cell of no form, an unknown name, a part that leaves a line out."""
    with reading(f"{FAMILY}/views/whole.yml", text) as root:
        tiles: tuple[Tile, ...] = root.each("tiles", _tile)
        divisions: tuple[Division, ...] = root.each("divisions", _division)
        root.once("divisions", [*(each.id for each in tiles), *(each.id for each in divisions)])
        remarks = root.record("remarks", required=False)
        told = {place: text_of(remarks.record(place)) for place in remarks.mapping if place in PLACES}
        remarks.close()
        by_id: dict[str, Division] = {each.id: each for each in divisions}
        trend = root.choice("trend", by_id)
        known = forms().indicators
        names = root.texts("strips")
        for name in names:
            if name not in known or not known[name].denominator:
                root.note("strips", "record.choice", found=name, expected=", ".join(each.id for each in known.values() if each.denominator))
        # A fault that was noted ends the reading, so what is missing here never reaches anybody.
        strips = tuple(known[name] for name in names if name in known)
        return Whole(tiles=tiles, divisions=by_id, remarks=told, trend=by_id.get(trend, divisions[0]), strips=strips)


def _tile(record: Record) -> Tile:
    id_ = record.matching("id", _ID, "received")
    beside = record.record("beside", required=False)
    sums = {name: read_sum(beside, name) for name in beside.mapping}
    names = (id_, *sums)
    share = _share(record, names)
    return Tile(
        id=id_,
        name=text_of(record.record("name")),
        unit=text_of(record.record("unit")),
        cells=read_sum(record, "cells"),
        beside=sums,
        share=share,
        says=sentence_of(record, "says", (*names, *(["share"] if share else []))),
        # A rate on few cases is not given: then other words are needed, and without a rate none.
        few=sentence_of(record, "few", names) if share else None,
    )


def _share(record: Record, names: tuple[str, ...]) -> tuple[str, str] | None:
    text = record.text("share", required=False)
    if not text:
        return None
    top, _, bottom = (each.strip() for each in text.partition("/"))
    for name in (top, bottom):
        if name not in names:
            record.note("share", "record.choice", found=name, expected=", ".join(names))
    return top, bottom


def _division(record: Record) -> Division:
    draw: Draw = "bar" if record.choice("draw", ("bar", "rows")) == "bar" else "rows"
    found = Division(
        id=record.matching("id", _ID, "outcomes"),
        draw=draw,
        place=record.choice("place", PLACES),
        name=text_of(record.record("name")),
        whole_says=sentence_of(record, "whole_says", ("whole",)),
        unit=text_of(record.record("unit")),
        whole=read_sum(record, "whole"),
        parts=record.each("parts", lambda part: _part(part, draw)),
    )
    record.once("parts", [part.id for part in found.parts])
    for part in found.parts:
        _covered(record, part.cells)
    if draw == "rows":
        _all_lines(record, found)
    return found


def _part(record: Record, draw: Draw) -> Part:
    return Part(
        id=record.matching("id", _ID, "granted"),
        name=text_of(record.record("name")),
        style=record.choice("style", STYLES) if draw == "bar" else "",
        cells=read_sum(record, "cells"),
    )


def _covered(record: Record, cells: tuple[Cells, ...]) -> None:
    """Note a part that only some forms of its table print: its years would be left out, and nobody could say why."""
    for each in cells:
        for table in forms().printing(each.table):
            if not each.lines(table):
                record.note("parts", "form.no_such_line", found=f"{table.form}: {each}")


def _all_lines(record: Record, division: Division) -> None:
    """Note a line of the whole that no part takes in: the parts would not amount to it."""
    for whole in division.whole:
        for table in forms().printing(whole.table):
            taken = {(each.table, line) for part in division.parts for each in part.cells for line in each.lines(table)}
            for line in whole.lines(table):
                if (whole.table, line) not in taken:
                    record.note("parts", "record.choice", found=", ".join(part.id for part in division.parts), expected=line)
