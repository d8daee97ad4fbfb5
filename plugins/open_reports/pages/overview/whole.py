"""The whole of one year as a page tells it: numbers on top, what they are made of, disputes, every agency as a dot.

One set of views for two places, `overview/` and the page of each year. A figure is counted once, and what is not counted is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from open_reports.charts.hundred import Slice, hundred, row, share_text
from open_reports.charts.strip import strip
from open_reports.derived.coverage import count
from open_reports.derived.indicator import CONTRADICTED, cell_of
from open_reports.derived.mark import mark
from open_reports.derived.whole import PLACES, Dot, changed, definition, gather, spread
from open_reports.form import forms
from open_reports.pages.frame import Link, agency_name, anchor
from open_reports.pages.indicators import counted, percent, reason_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from open_reports.derived.coverage import Coverage
    from open_reports.derived.whole import Aside, Change, Division, Gathered, Spread, Tile
    from open_reports.form import Indicator
    from open_reports.library import Library
    from open_reports.pages.frame import Here
    from open_reports.report import Report
    from open_reports.text import Words

MOST_NAMED = 6
"""Agencies that a line names; the file of the totals names all."""
MOST_VALUES = 60
"""Agencies whose values stand in the table below a drawing; more stand on the page of the indicator."""


FEWEST = 5
"""Agencies from which a year shows how they differ: of fewer, the list of reports says as much."""


class TileView(NamedTuple):
    """A number on top with what is said beside it; `href` leads to its cell, or to how the total is made."""

    name: str
    number: str
    unit: str
    href: str
    lines: Sequence[str]


class KeyView(NamedTuple):
    """A part of a bar in words: its fill, name, number and share, or the drawing of its length."""

    style: str
    name: str
    number: str
    share: str = ""
    drawing: Markup = Markup()


class DivisionView(NamedTuple):
    """A number and its parts: a bar with its key, or parts as rows; `note` says what is not shown."""

    id: str
    name: str
    whole: str
    drawing: Markup
    key: Sequence[KeyView]
    note: str


class MadeLine(NamedTuple):
    """A line of how the total is made: what, how many reports, and which of them."""

    what: str
    number: str
    links: Sequence[Link]
    more: str


class ValueRow(NamedTuple):
    """An agency's value below a drawing: the way to its cell, its kind, both counts, the rate or why there is none."""

    href: str
    name: str
    kind: str
    counts: str
    rate: str
    sign: Markup | str = ""


class StripView(NamedTuple):
    """One indicator as dots, with its values as a table, or the way to them where they are too many."""

    name: str
    note: str
    drawing: Markup
    aside: str
    rows: Sequence[ValueRow]
    values: str
    more: Link | None


class WholeView(NamedTuple):
    """All of a year: `pages/overview/whole.html` shows it."""

    tiles: Sequence[TileView]
    top: Sequence[DivisionView]
    made: Sequence[MadeLine]
    made_says: str
    straight: str
    file: Link
    reasons: Sequence[DivisionView]
    disputes: Sequence[DivisionView]
    remark: str
    strips: Sequence[StripView]
    legend: str


def has_spread(library: Library, year: int) -> bool:
    """Whether a year has enough agencies to show how they differ."""
    return len(library.of_year(year)) >= FEWEST


def whole_view(library: Library, year: int, covered: Coverage, here: Here, file: str) -> WholeView:
    """Say all that is told of a year; `file` leads to the file of its totals."""
    w, defined = here.w, definition()
    first = defined.tiles[0]
    made = gather(library, year, {first.id: first.cells})
    # What an agency did not report is one thing, what is not here another; the latter is not in any list of reports.
    missing = count(covered.of_year(year)).states["not_collected"]
    straight = _straight(made, first, w)
    floor = max(each.floor for each in defined.strips)
    told = {place: [division_view(each, gather(library, year, each.sums), w) for each in defined.at(place)] for place in PLACES}
    return WholeView(
        tiles=[_tile(each, library, year, here) for each in defined.tiles],
        top=told["top"],
        made=_made(made, missing, library, here),
        made_says=w("whole_made_says", count=len(made.entries)),
        straight=straight,
        file=Link(file, w("whole_file")),
        reasons=told["reasons"],
        disputes=told["disputes"],
        remark=defined.remarks["disputes"][w.language] if "disputes" in defined.remarks else "",
        strips=[_strip(each, library, year, here) for each in defined.strips] if has_spread(library, year) else [],
        legend=w("whole_spread_legend", floor=floor),
    )


# -- numbers --------------------------------------------------------------------------------------------------------------


def number_words(value: int | Decimal) -> str:
    """Number of a total with its thousands parted."""
    return f"{value:,}"


def _tile(tile: Tile, library: Library, year: int, here: Here) -> TileView:
    w = here.w
    unit = tile.unit[w.language]
    own = {tile.id: tile.cells}
    found = gather(library, year, own)
    total = found.total(tile.id)
    if total is None:
        return TileView(tile.name[w.language], "", "", "", [w("whole_none"), *_left(found, w)])
    change = changed(gather(library, year - 1, own), found, tile.id)
    beside = gather(library, year, tile.sums)
    # What stands beside it is of the same reports, or it would be a share of something else.
    same = len(beside.of("counted")) == len(found.of("counted"))
    lines = [*([_change(change, unit, w)] if change else []), *([_beside(tile, beside, w)] if same else []), *_left(found, w)]
    return TileView(tile.name[w.language], number_words(total), unit, _source(tile, found, here), lines)


def _source(tile: Tile, found: Gathered, here: Here) -> str:
    """Way to what a total is made of: the cell itself where there is but one, else the list of what is counted."""
    counted = found.of("counted")
    if len(counted) > 1 or len(tile.cells) > 1 or tile.cells[0].line.endswith("*"):
        return "#made"
    (entry,) = counted
    return f"{here.page(entry.report.folder)}{anchor(str(tile.cells[0]))}"


def _change(change: Change, unit: str, w: Words) -> str:
    before, after = number_words(change.before), number_words(change.after)
    if not change.whole:
        return w("whole_change_both", count=change.agencies, before=before, after=after, unit=unit)
    by = change.after - change.before
    key = "whole_change_more" if by > 0 else "whole_change_less" if by < 0 else "whole_change_same"
    return w(key, before=before, by=number_words(max(by, -by)), unit=unit)


def _beside(tile: Tile, found: Gathered, w: Words) -> str:
    values: dict[str, int | Decimal] = {name: found.total(name) or 0 for name in tile.sums}
    told: dict[str, object] = {name: number_words(values[name]) for name in values}
    if tile.share is None or tile.few is None:
        return tile.says.filled(w.language, told)
    top, bottom = (values[name] for name in tile.share)
    # The same floor as for every rate of the site: on few cases two numbers say more than a percentage.
    if bottom < max(each.floor for each in definition().strips):
        return tile.few.filled(w.language, told)
    return tile.says.filled(w.language, told | {"share": share_text(top, bottom)})


def _left(found: Gathered, w: Words) -> list[str]:
    left = len(found.of("contradicted"))
    return [w("whole_left", count=left)] if left else []


# -- parts ----------------------------------------------------------------------------------------------------------------


def slices(division: Division, found: Gathered, w: Words) -> list[Slice]:
    """Parts of a division in the reports counted, with number and share in words."""
    unit = division.unit[w.language]
    values = [(part, found.total(f"{division.id}.{part.id}") or 0) for part in division.parts]
    whole = sum((value for _, value in values), start=0)
    return [
        Slice(
            part.style, part.name[w.language], value, w("whole_part", count=number_words(value), unit=unit, share=share_text(value, whole))
        )
        for part, value in values
    ]


def division_label(division: Division, parts: Sequence[Slice], w: Words) -> str:
    """Return a bar in words, for those who do not see it."""
    return w("whole_parts_says", name=division.name[w.language], parts=w("comma").join(f"{each.name} {each.says}" for each in parts))


def division_view(division: Division, found: Gathered, w: Words) -> DivisionView:
    """Show a number and its parts over the reports counted."""
    total = found.total(division.id)
    name = division.name[w.language]
    left = _left(found, w)
    if total is None:
        return DivisionView(division.id, name, "", Markup(), [], " ".join([w("whole_none"), *left]))
    whole = division.whole_says.filled(w.language, {"whole": number_words(total)})
    parts = slices(division, found, w)
    if not any(each.value for each in parts):
        return DivisionView(division.id, name, whole, Markup(), [], " ".join([w("whole_zero"), *left]))
    if division.draw == "bar":
        summed = sum((each.value for each in parts), start=0)
        key = [KeyView(each.style, each.name, number_words(each.value), share_text(each.value, summed)) for each in parts]
        return DivisionView(division.id, name, whole, hundred(parts, division_label(division, parts, w)), key, " ".join(left))
    shown = sorted((each for each in parts if each.value), key=lambda each: -each.value)
    longest = shown[0].value
    rows = [KeyView("", each.name, number_words(each.value), drawing=row(each.value, longest)) for each in shown]
    rest = len(parts) - len(shown)
    return DivisionView(
        division.id, name, whole, Markup(), rows, " ".join([*([w("whole_others_zero", count=rest)] if rest else []), *left])
    )


# -- how it is made ---------------------------------------------------------------------------------------------------------


def _made(found: Gathered, missing: int, library: Library, here: Here) -> list[MadeLine]:
    w = here.w
    lines = []
    for standing in ("counted", "contained", "contradicted", "lacking"):
        entries = found.of(standing)
        # What holds others is named in the place of its many units.
        named = list(dict.fromkeys(each.within.name if each.within else each.report.name for each in entries))
        by_name = {each.name: each for each in library.of_year(found.year)}
        links = [_way(by_name[name], library, here) for name in named[:MOST_NAMED]]
        if entries:
            more = w("whole_and_more") if len(named) > MOST_NAMED else ""
            lines.append(MadeLine(w(f"whole_{standing}"), w("whole_reports", count=len(entries)), links, more))
    if missing:
        lines.append(MadeLine(w("whole_missing"), w("whole_reports", count=missing), [Link(here.page("coverage/"), w("coverage"))], ""))
    return lines


def _way(report: Report, library: Library, here: Here) -> Link:
    return Link(here.page(report.folder), agency_name(library.agencies[report.agency], here.w, report.year))


def _straight(found: Gathered, tile: Tile, w: Words) -> str:
    """Say what adding up everything would give, where that counts something twice."""
    twice = sum((each.values[tile.id] or 0 for each in found.of("contained")), start=0)
    if not twice:
        return ""
    return w(
        "whole_straight",
        count=len(found.entries),
        straight=number_words(found.straight(tile.id)),
        twice=number_words(twice),
        unit=tile.unit[w.language],
    )


# -- every agency -----------------------------------------------------------------------------------------------------------


def _strip(indicator: Indicator, library: Library, year: int, here: Here) -> StripView:
    w = here.w
    rows = spread(library, indicator, year)
    dots = [dot for each in rows for dot in each.dots]
    against, none = (sum(len(found) for found in each) for each in ([row.contradicted for row in rows], [row.none for row in rows]))
    name = indicator.name[w.language]
    among = indicator.among[w.language] if indicator.among else ""

    def named(report: Report) -> str:
        return agency_name(library.agencies[report.agency], w, year)

    def cell(report: Report) -> str:
        address = cell_of(indicator, report.form_of(indicator.numerator[0].table))
        return f"{here.page(report.folder)}{anchor(str(address)) if address else ''}"

    label = w("whole_spread_label", name=name, year=year, count=len(dots), against=against, none=none)
    many = sum(len(each.all) for each in rows) > MOST_VALUES
    return StripView(
        name=name,
        note=w("whole_spread_says", year=year, among=among),
        drawing=strip(rows, label, w, name=named, href=cell),
        aside=w("whole_spread_aside", against=against, none=none) if against or none else "",
        rows=[] if many else [_value(kind, one, named(one.report), cell(one.report), w) for kind, one in _listed(rows)],
        values=w("whole_values_says", count=sum(len(each.all) for each in rows)),
        more=Link(here.page(f"indicators/{indicator.id}/"), w("whole_values_more")) if many else None,
    )


def _listed(rows: Sequence[Spread]) -> list[tuple[str, Dot | Aside]]:
    """Every agency of the rows with its kind: most cases first, no ranks of rates."""
    found: list[tuple[str, Dot | Aside]] = [(each.kind, one) for each in rows for one in each.all]
    return sorted(found, key=lambda item: (-(item[1].value.denominator or 0), item[1].report.agency))


def _value(kind: str, one: Dot | Aside, name: str, href: str, w: Words) -> ValueRow:
    value = one.value
    against = value.reason == CONTRADICTED
    # On few cases there is no rate, and the reason says so in words that fit all of them.
    rate = w("whole_few", floor=value.indicator.floor) if isinstance(one, Dot) and one.few else percent(value) or reason_words(value, w)
    return ValueRow(href, name, forms().common.kinds[kind][w.language], counted(value), rate, mark(w) if against else "")
