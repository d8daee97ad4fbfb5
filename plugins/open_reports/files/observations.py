"""The corpus as tidy rows, one a figure."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from open_reports.document import compact_json
from open_reports.files.route import CSV, JSON, Route
from open_reports.report.lines import Plain, report_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_reports.files.folder import SiteFolder
    from open_reports.library import Library
    from open_reports.report import Address, Figure
    from open_reports.report.lines import Place, Remarked

# Promised in this order (public contract, section 3): programs read by position, so what is added goes to the end.
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
        # Both files in one walk, so that they cannot differ in a row.
        for line in report_lines(report):
            for row, entry in _plain(line.place, line.cells) if isinstance(line, Plain) else _remarked(line):
                lines.append(f"{head},{row}")
                objects.append(f"{start}, {entry}")
    return ("\n".join(lines) + "\n").encode(), ("[\n" + ",\n".join(objects) + "\n]\n").encode()


@lru_cache(maxsize=50_000)  # (w1), all built anew: most lines are the same few numbers in report after report
def _plain(place: Place, cells: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Rows of a plain line."""
    around = zip(_around(place), cells, strict=True)
    return tuple([(f"{row}{text}{row_end}", f"{entry}{text}{entry_end}") for (row, row_end, entry, entry_end), text in around])


@lru_cache(maxsize=1024)
def _around(place: Place) -> tuple[tuple[str, str, str, str], ...]:
    """What stands before and after each number of a line: in its CSV row, and in its JSON object."""
    found = []
    for address in place.addresses:
        middle, opening, unit, closing = _coordinates(place.form, address, place.known.columns[address.column].unit)
        found.append((f"{middle},", f",reported,{unit},", f'{opening}, "value": ', f', "status": "reported", {closing}, "printed": null}}'))
    return tuple(found)


def _remarked(line: Remarked) -> Iterator[tuple[str, str]]:
    return (_row(line.place.form, figure) for figure in line.figures)


def _row(form: str, figure: Figure) -> tuple[str, str]:
    """One figure as both files spell it, without whose it is: the end of its CSV row, and of its JSON object."""
    middle, opening, unit, closing = _coordinates(form, figure.address, figure.unit)
    value = figure.text if figure.status == "reported" else ""
    printed = figure.printed
    return (
        f"{middle},{value},{figure.status},{unit},{_cell(printed) if printed else ''}",
        f'{opening}, "value": {value or "null"}, "status": "{figure.status}", {closing}, "printed": {compact_json(printed) if printed else "null"}}}',
    )


def _cell(text: str) -> str:
    """One cell of a CSV row, quoted where it must be (RFC 4180)."""
    # By hand, for a row is joined of parts made at different times, which the writer of the standard library cannot take.
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
