"""An indicator of every agency and year, as CSV and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.derived.indicator import of_library
from open_reports.document import json_bytes
from open_reports.files.route import CSV, INDICATOR, JSON, Route
from open_reports.form import forms
from open_reports.report import csv_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from open_reports.files.folder import IndicatorFolder
    from open_reports.form import Cells, Indicator
    from open_reports.library import Agency, Library

COLUMNS = ("agency", "agency_name", "year", "scope", "numerator", "denominator", "value", "reason", "finding")
"""Columns of an indicator's CSV file and keys of its JSON values: a row for every agency and year of the page's table."""


def agencies_of(library: Library) -> list[Agency]:
    """Agencies that have any report, in the order of kind, then of the library."""
    kinds = list(forms().common.kinds)
    known = [agency for agency in library.agencies.values() if library.of_agency(agency.id)]
    return sorted(known, key=lambda agency: kinds.index(agency.kind))


def indicator_files(library: Library, indicator: Indicator) -> tuple[bytes, bytes]:
    """CSV and JSON of an indicator: agencies in the order of its page, years newest first."""
    values = of_library(library)[indicator.id]
    rows: list[tuple[object, ...]] = [COLUMNS]
    objects = []
    for agency in agencies_of(library):
        head = f'{{"agency": {_json(agency.id)}, "agency_name": {_json(agency.name)}'
        # Also years without a report, with their reason: a row that is left out would read as nothing to tell.
        for year in reversed(library.years):
            report = library.reports.get((agency.id, year))
            scope = report.scope if report else ""
            found = values.get((agency.id, year))
            numbers = (found.numerator, found.denominator, found.value) if found else (None, None, None)
            reason = (found.reason if found else "not_collected") or ""
            # The rules that its figures contradict, so that a program that divides them itself has been told.
            doubt = found.doubt if found else ()
            rows.append((agency.id, agency.name, year, scope, *("" if each is None else each for each in numbers), reason, " ".join(doubt)))
            # Joined as text: a rate is an exact decimal of four places, and stays so.
            top, bottom, value = ("null" if each is None else each for each in numbers)
            objects.append(
                f'{head}, "year": {year}, "scope": {_text(scope)}, "numerator": {top}, "denominator": {bottom}, '
                f'"value": {value}, "reason": {_text(reason)}, "finding": {_json(list(doubt))}}}'
            )
    about = {
        "indicator": indicator.id,
        "name": indicator.name.zh,
        "name_en": indicator.name.en,
        "numerator": _formula(indicator.numerator),
        "denominator": _formula(indicator.denominator) or None,
        "floor": indicator.floor if indicator.denominator else None,
    }
    opening = json_bytes(about).decode().removesuffix("\n}\n")
    joined = ",\n  ".join(objects)
    return csv_text([list(map(str, row)) for row in rows]).encode(), f'{opening},\n "values": [\n  {joined}\n ]\n}}\n'.encode()


def _json(value: str | list[str]) -> str:
    return json_bytes(value, indent=None).decode().rstrip("\n")


def _text(word: str) -> str:
    """JSON of a word of ours; null for none."""
    return f'"{word}"' if word else "null"


def _formula(cells: Sequence[Cells]) -> str:
    """A sum as the forms write it."""
    words = [f"{'-' if each.sign < 0 else '+'} {each}" for each in cells]
    return " ".join(words).removeprefix("+ ")


def _both(folder: IndicatorFolder) -> tuple[bytes, bytes]:
    # One walk for both files, which therefore cannot differ.
    return folder.once(lambda: indicator_files(folder.library, folder.indicator), "indicator")


ROUTES: tuple[Route[IndicatorFolder], ...] = (
    Route("indicator_csv", f"{INDICATOR}{{name}}.csv", CSV, lambda folder: _both(folder)[0]),
    Route("indicator_json", f"{INDICATOR}{{name}}.json", JSON, lambda folder: _both(folder)[1], schema="indicator"),
)
