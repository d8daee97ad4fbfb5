"""Corrections: every released change of the data, and its files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from open_reports.document import json_bytes
from open_reports.report import csv_text

if TYPE_CHECKING:
    from open_reports.library import Library
    from open_reports.report import Report, Revision

COLUMNS = ("agency", "agency_name", "year", "version", "date", "reason", "address", "change")
"""Columns of `corrections.csv`, one row a change; a correction that lists none has one row without address and change."""
_ADDRESS = re.compile(r"[a-z]+/[a-z_.]+/[a-z_]+", re.ASCII)


class Change(NamedTuple):
    """One change of a correction: its words, and the address they name, with what stands before and behind it."""

    text: str
    before: str
    address: str | None
    after: str


class Correction(NamedTuple):
    """One correction of one report."""

    report: Report
    revision: Revision
    changes: tuple[Change, ...]


def of_report(report: Report) -> tuple[Correction, ...]:
    """Corrections of one report, newest first."""
    ordered = sorted(report.revisions, key=lambda each: (each.date, _version(each.version)), reverse=True)
    return tuple(Correction(report, each, tuple(change(report, text) for text in each.changes)) for each in ordered)


def corrections(library: Library) -> tuple[Correction, ...]:
    """Every correction of a library, newest first; those of one day in the order of the reports."""
    found = [each for report in library if report.revisions for each in of_report(report)]
    return tuple(sorted(found, key=lambda each: each.revision.date, reverse=True))


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def change(report: Report, text: str) -> Change:
    """Find the first address of the report that a change names; a text that names none stays whole."""
    for match in _ADDRESS.finditer(text):
        name, line, column = match[0].split("/")
        table = report.tables.get(name)
        if table is not None and line in table.form.lines and column in table.form.lines[line].columns:
            return Change(text, text[: match.start()], match[0], text[match.end() :])
    stated = sorted((f"overview/{item.item}/value" for item in report.overview), key=len, reverse=True)
    for address in stated:
        if address in text:
            before, _, after = text.partition(address)
            return Change(text, before, address, after)
    return Change(text, text, None, "")


def files(library: Library) -> dict[str, bytes]:
    """`corrections.json` and `corrections.csv`, newest first, to stand in `data/`."""
    found = corrections(library)
    names = {agency.id: agency.name for agency in library.agencies.values()}
    entries = [
        {
            "agency": each.report.agency,
            "agency_name": names[each.report.agency],
            "year": each.report.year,
            "version": each.revision.version,
            "date": each.revision.date,
            "reason": each.revision.reason,
            "changes": [{"address": made.address, "text": made.text} for made in each.changes],
            "page": each.report.folder,
        }
        for each in found
    ]
    rows = [
        (report.agency, names[report.agency], str(report.year), said.version, said.date, said.reason, made.address or "", made.text)
        for report, said, changes in found
        for made in changes or (Change("", "", None, ""),)
    ]
    return {"corrections.json": json_bytes(entries), "corrections.csv": csv_text([COLUMNS, *rows]).encode()}
