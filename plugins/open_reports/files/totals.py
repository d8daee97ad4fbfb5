"""Totals over all agencies: what each is made of in a year, a row a report, and all years in one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.derived.whole import definition, gather
from open_reports.files.route import CSV, YEAR, Route
from open_reports.report import csv_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from open_reports.files.folder import SiteFolder, YearFolder
    from open_reports.form import Cells
    from open_reports.library import Library
    from open_reports.text import Text

YEAR_COLUMNS = (
    "figure",
    "name",
    "name_en",
    "unit",
    "agency",
    "agency_name",
    "agency_name_en",
    "standing",
    "value",
    "status",
    "consolidated_in",
    "finding",
    "cells",
)
"""Columns of the totals of a year: a row for each figure and report; the total is the sum of `value` where `standing` is `counted`."""
COLUMNS = ("year", "figure", "name", "name_en", "unit", "total", "counted", "contained", "contradicted", "lacking", "cells")
"""Columns of the totals of all years: how many reports stand so to each."""


def _groups() -> Iterator[tuple[Mapping[str, Sequence[Cells]], Mapping[str, Text], str]]:
    """Every group of figures that is told together: its sums by name, their names in words, and the unit."""
    told = definition()
    for tile in told.tiles:
        # What stands beside a number is for its sentence; most of it is a figure of its own below.
        yield {tile.id: tile.cells}, {tile.id: tile.name}, tile.unit.zh
    for division in told.divisions.values():
        names = {division.id: division.name, **{f"{division.id}.{part.id}": part.name for part in division.parts}}
        yield division.sums, names, division.unit.zh


def year_totals(library: Library, year: int) -> bytes:
    """CSV of what the totals of a year are made of."""
    rows: list[Sequence[str]] = [YEAR_COLUMNS]
    for sums, names, unit in _groups():
        found = gather(library, year, sums)
        for name, cells in sums.items():
            for entry in found.entries:
                agency = library.agencies[entry.report.agency]
                then = agency.called_in(year)
                value = entry.values[name]
                rows.append(
                    (
                        name,
                        names[name].zh,
                        names[name].en,
                        unit,
                        agency.id,
                        then.zh,
                        then.en,
                        entry.standing,
                        "" if value is None else str(value),
                        entry.status,
                        entry.within.name if entry.within else "",
                        " ".join(entry.rules),
                        _formula(cells),
                    )
                )
    return csv_text(rows).encode()


def totals(library: Library) -> bytes:
    """CSV of every total of every year."""
    rows: list[Sequence[str]] = [COLUMNS]
    for year in library.years:
        for sums, names, unit in _groups():
            found = gather(library, year, sums)
            counts = [str(len(found.of(standing))) for standing in ("counted", "contained", "contradicted", "lacking")]
            for name, cells in sums.items():
                total = found.total(name)
                shown = "" if total is None else str(total)
                rows.append((str(year), name, names[name].zh, names[name].en, unit, shown, *counts, _formula(cells)))
    return csv_text(rows).encode()


def _formula(cells: Sequence[Cells]) -> str:
    return " + ".join(map(str, cells))


_BY_YEAR: tuple[Route[YearFolder], ...] = (
    Route("year_totals", f"{YEAR}totals.csv", CSV, lambda folder: year_totals(folder.library, folder.year)),
)
_OF_ALL: tuple[Route[SiteFolder], ...] = (Route("totals", "overview/totals.csv", CSV, lambda folder: totals(folder.sources.library)),)
ROUTES = (*_BY_YEAR, *_OF_ALL)
