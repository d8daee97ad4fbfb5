"""Corrections: every released change of the data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from open_reports.form import forms
from open_reports.text import Words

if TYPE_CHECKING:
    from open_reports.library import Library
    from open_reports.report import Report, Revision
    from open_reports.report.model import Change as Entry

# Only the look of an address; whether the report has it is asked afterwards, for prose may hold other words with slashes.
_ADDRESS = re.compile(r"[a-z_]+/[a-z_.]+/[a-z_]+", re.ASCII)


class Change(NamedTuple):
    """One change of a correction: its words, and the address they name, with what stands before and behind it.

    `entry` is the entry of the package's `revisions`, from which the words can be had in either language.
    """

    text: str
    before: str
    address: str | None
    after: str
    entry: Entry

    def in_language(self, language: str) -> Change:
        """Return the change in words of a language; a sentence that somebody wrote stays as it was written."""
        # A sentence is somebody's own; only what is told as data can be put into the words of either language.
        return _told(self.entry, known=self.address is not None, language=language) if self.entry.address else self


class Correction(NamedTuple):
    """One correction of one report."""

    report: Report
    revision: Revision
    changes: tuple[Change, ...]


def of_report(report: Report) -> tuple[Correction, ...]:
    """Corrections of one report, newest first."""
    # By version as well, for two corrections may be made on one day.
    ordered = sorted(report.revisions, key=lambda each: (each.date, _version(each.version)), reverse=True)
    return tuple(Correction(report, each, tuple(change(report, entry) for entry in each.changes)) for each in ordered)


def corrections(library: Library) -> tuple[Correction, ...]:
    """Every correction of a library, newest first; those of one day in the order of the reports."""
    # Sorting keeps the order of equals, so that corrections of one day stay in the order of the reports.
    found = [each for report in library if report.revisions for each in of_report(report)]
    return tuple(sorted(found, key=lambda each: each.revision.date, reverse=True))


def _version(text: str) -> tuple[int, ...]:
    # As numbers: as texts, 1.10.0 would be older than 1.9.0.
    return tuple(int(part) for part in text.split("."))


def change(report: Report, entry: Entry) -> Change:
    """Say what an entry of `revisions` tells, with the address of the report that it names.

    In a sentence that is the first address that the report has; a text that names none stays whole.
    """
    return _told(entry, known=_has(report, entry.address), language="zh") if entry.address else _found(report, entry)


def _has(report: Report, address: str) -> bool:
    name, line, column = (address.partition("/")[0], *address.partition("/")[2].rpartition("/")[::2])
    # Section one has no form to look in: what it states is whatever the office wrote.
    if name == "overview":
        return column == "value" and any(item.item == line for item in report.overview)
    table = report.tables.get(name)
    return table is not None and line in table.form.lines and column in table.form.lines[line].columns


def _told(entry: Entry, *, known: bool, language: str) -> Change:
    w = Words(language)
    sides = []
    for index, cell in enumerate((entry.was, entry.now)):
        unit, printed = ((pair[index] if pair else "") for pair in (entry.unit, entry.printed))
        sides.append(
            cell_words(cell, language) + (f" {unit}" if unit else "") + (w("corrections_printed", text=printed) if printed else "")
        )
    after = w("corrections_change", was=sides[0], now=sides[1])
    text = f"{entry.address}{after}"
    return Change(text, "", entry.address, after, entry) if known else Change(text, text, None, "", entry)


def cell_words(cell: str | None, language: str) -> str:
    """A cell in words: the number as spelt, or which kind of nothing. Blank is never a number: `原文留空`."""
    common = forms().common
    # A line left out, a blank and a mark are told apart here too, or a correction from blank to 0 would look like none.
    if cell is None:
        return common.statuses["line_absent"][language]
    status = common.missing.get(cell, "reported")
    if status == "reported":
        return cell
    mark = f"“{cell}” " if cell else ""
    return f"{mark}{common.statuses[status][language]}"


def _found(report: Report, entry: Entry) -> Change:
    text = entry.text
    for match in _ADDRESS.finditer(text):
        name, line, column = match[0].split("/")
        table = report.tables.get(name)
        if table is not None and line in table.form.lines and column in table.form.lines[line].columns:
            return Change(text, text[: match.start()], match[0], text[match.end() :], entry)
    # The longest first, because the name of one item may begin with that of another.
    stated = sorted((f"overview/{item.item}/value" for item in report.overview), key=len, reverse=True)
    for address in stated:
        if address in text:
            before, _, after = text.partition(address)
            return Change(text, before, address, after, entry)
    return Change(text, text, None, "", entry)


def facts(made: Change) -> dict[str, object]:
    """One change for programs: its address, its sentence, and the cells before and after where they are told as data."""
    own = made.entry.to_dict()
    # The address is told once, as the one that was found in the report.
    told = {key: value for key, value in own.items() if key != "address"} if isinstance(own, dict) else {}
    return {"address": made.address, "text": made.text, **told}
