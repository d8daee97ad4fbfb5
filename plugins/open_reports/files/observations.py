"""The corpus as tidy rows, one a figure."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from open_reports.document import compact_json
from open_reports.files.route import CSV, JSON, Route
from open_reports.form import forms
from open_reports.report import Address, Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_reports.files.folder import SiteFolder
    from open_reports.form import Status
    from open_reports.library import Library
    from open_reports.report import Report

OBSERVATION = ("agency", "agency_name", "year", "form", "table", "line", "column", "value", "status", "unit", "printed")
"""Columns of the tidy corpus, one row a figure."""


def observations(library: Library) -> tuple[bytes, bytes]:
    """The corpus, tidy, one row a figure: as CSV, and as a JSON array of objects, one line each.

    In JSON `value` is a number or null, and an empty text null. A checked cell is spelt as JSON spells a number, so both
    take it as it stands: no figure passes through a float, or is parsed and written again.
    """
    names = {agency.id: agency.name for agency in library.agencies.values()}
    lines = [",".join(OBSERVATION)]
    objects: list[str] = []
    for report in library:
        own = (report.agency, names[report.agency], report.year)
        head = ",".join((_cell(own[0]), _cell(own[1]), str(own[2])))
        start = "{" + ", ".join(f'"{key}": {compact_json(value)}' for key, value in zip(OBSERVATION, own, strict=False))
        for row, entry in _rows(report):
            lines.append(f"{head},{row}")
            objects.append(f"{start}, {entry}")
    return ("\n".join(lines) + "\n").encode(), ("[\n" + ",\n".join(objects) + "\n]\n").encode()


def _rows(report: Report) -> Iterator[tuple[str, str]]:
    """Every figure of a report as both files spell it, without whose it is."""
    for item in report.overview:
        yield _row("", report.stated(item))
    for name, table in report.tables.items():
        for line in table.form.lines.values():
            if (name, line.id) in report.noted:
                yield from (_row(table.form.form, report.figure(name, line.id, column)) for column in line.columns)
            else:
                yield from _line((table.form.form, name, line.id), table.rows.get(line.id))


@lru_cache(maxsize=50_000)
def _line(at: tuple[str, str, str], cells: tuple[str, ...] | None) -> tuple[tuple[str, str], ...]:
    """Figures of a line about which nothing is said: its cells alone decide; None for a line that is absent."""
    form, table, line = at
    known = forms()[form].tables[table]
    found = []
    for column in known.lines[line].columns:
        text = "" if cells is None else cells[known.positions[column]]
        status: Status = "line_absent" if cells is None else known.common.missing.get(text, "reported")
        found.append(_row(form, Figure(Address(table, line, column), text, None, status, known.columns[column].unit)))
    return tuple(found)


def _row(form: str, figure: Figure) -> tuple[str, str]:
    """One figure as both files spell it: the end of its CSV row, and of its JSON object."""
    middle, opening, unit, closing = _coordinates(form, figure.address, figure.unit)
    value = figure.text if figure.status == "reported" else ""
    printed = figure.printed
    return (
        f"{middle},{value},{figure.status},{unit},{_cell(printed) if printed else ''}",
        f'{opening}, "value": {value or "null"}, "status": "{figure.status}", {closing}, "printed": {compact_json(printed) if printed else "null"}}}',
    )


def _cell(text: str) -> str:
    """One cell of a CSV row, quoted where it must be (RFC 4180)."""
    return '"' + text.replace('"', '""') + '"' if any(char in text for char in ',"\n\r') else text


@lru_cache(maxsize=4096)
def _coordinates(form: str, address: Address, unit: str) -> tuple[str, str, str, str]:
    """Form, address and unit of a figure as both files spell them; the same for every report of a form."""
    words = (form, *address)
    opening = ", ".join(f'"{key}": {compact_json(word) if word else "null"}' for key, word in zip(OBSERVATION[3:7], words, strict=True))
    return ",".join(map(_cell, words)), opening, _cell(unit), f'"unit": {compact_json(unit) if unit else "null"}'


def _both(folder: SiteFolder) -> tuple[bytes, bytes]:
    return folder.once(lambda: observations(folder.sources.library), "observations")


ROUTES: tuple[Route[SiteFolder], ...] = (
    Route("observations_csv", "data/observations.csv", CSV, lambda folder: _both(folder)[0], portal=1, searched=True),
    Route(
        "observations_json",
        "data/observations.json",
        JSON,
        lambda folder: _both(folder)[1],
        schema="observations",
        portal=2,
        searched=True,
    ),
)
