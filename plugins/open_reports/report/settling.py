"""Settling: what an import left open is decided by a person, one place after another, and written down at once.

Every decision is in the package's files before the next is asked for, so whoever stops has lost nothing. The row of the list goes
last: a program that is killed in between asks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from open_reports import gate
from open_reports.errors import DocumentError
from open_reports.finding import DataError
from open_reports.form import forms
from open_reports.report.descriptor import named_forms, parsed
from open_reports.report.faults import Faults
from open_reports.report.model import DESCRIPTOR, Note, table_path
from open_reports.report.open_cells import OPEN, open_text, read_open
from open_reports.report.reading import read
from open_reports.report.tables import Tables
from open_reports.report.writing import csv_text, json_text, rewrite

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from open_reports.finding import Finding
    from open_reports.form import TableForm
    from open_reports.report.open_cells import OpenCell

UNASSIGNED = "原文另有这一行，不在该格式内，没有收录"
"""Note on a row of the original that is no line of the form."""


@dataclass(frozen=True)
class Waiting:
    """The package in a folder, and what it waits for; `place` is how findings name the folder.

    Files are read anew for each decision: the clerk may have one of them open in a spreadsheet. Raises `DataError` where they
    cannot be read.
    """

    folder: Path
    place: str
    language: str = "zh"

    def cells(self) -> tuple[OpenCell, ...]:
        """What is still open, in the order of the list."""
        path = self.folder / OPEN
        if not path.exists():
            return ()
        faults = Faults(self.place)
        found = tuple(read_open(self._text(OPEN), self.form_of(), faults))
        if faults:
            raise DataError(faults, language=self.language)
        return found

    def form(self, table: str) -> TableForm:
        """The form that a table of the package is of."""
        return forms()[self.form_of()[table]].tables[table]

    def form_of(self) -> dict[str, str]:
        """Form of each table, as the descriptor names it."""
        return dict(named_forms(self._descriptor()))

    def standing(self, table: str, line: str) -> dict[str, str]:
        """What stands in the cells of a line; nothing where the table has no such row."""
        form = self.form(table)
        row = next((row for row in self._rows(form) if row[:1] == [line]), None)
        return dict(zip(form.header[2:], row[2:], strict=False)) if row else {}

    # -- decisions

    def fill(self, cell: OpenCell, texts: Mapping[str, str]) -> tuple[Finding, ...]:
        """Write cells of a line, by column, as a person read them; what `check` would refuse comes back, and nothing is written."""
        form = self.form(cell.table)
        rows = self._with(form, cell.line, texts)
        descriptor = self._descriptor()
        absent = [each for each in descriptor["report"].get("absent", []) if each != f"{cell.table}/{cell.line}"]
        text = csv_text(rows)
        faults = Faults(self.place)
        Tables({table_path(cell.table): text}, faults).table(form, {each.partition("/")[2] for each in absent})
        number = next(index for index, row in enumerate(rows, start=1) if row[0] == cell.line)
        if wrong := tuple(each for each in faults if each.row == number and each.column in texts):
            return wrong
        rewrite(self.folder / table_path(cell.table), text)
        self._leave_out(descriptor, absent)
        # A row for the line as a whole is settled once each of its cells is.
        settled = {*texts, ""} if set(texts) >= set(form.lines[cell.line].columns) else {*texts}
        self._drop(each for each in self.cells() if each[:2] == cell[:2] and each.column in settled)
        return ()

    def _with(self, form: TableForm, line: str, texts: Mapping[str, str]) -> list[list[str]]:
        """Rows of a table with these cells of a line; a line that was left out comes back to its place on the form."""
        rows = self._rows(form)
        if all(row[0] != line for row in rows[1:]):
            order = list(form.lines)
            before = sum(1 for row in rows[1:] if row[0] in order[: order.index(line)])
            rows.insert(1 + before, [line, form.lines[line].label.zh, *("" for _ in form.columns)])
        row = next(row for row in rows if row[0] == line)
        for column, text in texts.items():
            row[form.header.index(column)] = text
        return rows

    def leave_out(self, cell: OpenCell) -> None:
        """Say that the original has no such line."""
        form = self.form(cell.table)
        rows = [row for row in self._rows(form) if row[0] != cell.line]
        rewrite(self.folder / table_path(cell.table), csv_text(rows))
        descriptor = self._descriptor()
        absent = descriptor["report"].get("absent", [])
        own = f"{cell.table}/{cell.line}"
        self._leave_out(descriptor, absent if own in absent else [*absent, own])
        self._drop(each for each in self.cells() if each[:2] == cell[:2])

    def set_aside(self, cell: OpenCell) -> None:
        """Say that a row of the original is no line of the form; a note keeps what it says."""
        header = list(forms().common.notes.header)
        rows = self._grid(table_path("notes"))
        note = list(Note(cell.table, "", "", cell.seen[:200], UNASSIGNED))
        if rows[:1] == [header] and note not in rows and cell.seen:
            rewrite(self.folder / table_path("notes"), csv_text([*rows, note]))
        self._drop([cell])

    def spread(self, cell: OpenCell) -> None:
        """Put a row for each column of a line in the place of the row for the line, so that each can be settled by itself."""
        columns = self.form(cell.table).lines[cell.line].columns
        standing = self.standing(cell.table, cell.line)
        spread = [cell._replace(column=column, proposal=standing.get(column, "")) for column in columns]
        known = {each[:3] for each in self.cells()}
        rows = [[each] if each != cell else [own for own in spread if own[:3] not in known] for each in self.cells()]
        rewrite(self.folder / OPEN, open_text(own for each in rows for own in each))

    # -- files

    def _drop(self, settled: Iterable[OpenCell]) -> None:
        """Take rows off the list; the empty list goes."""
        gone = {each.row for each in settled}
        left = [each for each in self.cells() if each.row not in gone]
        if left:
            rewrite(self.folder / OPEN, open_text(left))
        else:
            (self.folder / OPEN).unlink(missing_ok=True)

    def _leave_out(self, descriptor: dict[str, Any], absent: list[str]) -> None:
        if descriptor["report"].get("absent", []) != absent:
            descriptor = {**descriptor, "report": {**descriptor["report"], "absent": absent}}
            rewrite(self.folder / DESCRIPTOR, json_text(descriptor))

    def _text(self, path: str) -> str:
        _, text, found = gate.read_text(str(self.folder / path), f"{self.place}/{path}")
        if text is None:
            raise DataError(found, language=self.language)
        return text

    def _grid(self, path: str) -> list[list[str]]:
        rows, found = gate.grid(self._text(path), f"{self.place}/{path}")
        if found:
            raise DataError(found, language=self.language)
        return rows

    def _rows(self, form: TableForm) -> list[list[str]]:
        """Rows of a table whose shape is that of its form."""
        rows = self._grid(table_path(form.id))
        while rows and not any(rows[-1]):  # a spreadsheet may have saved them
            rows.pop()
        if not rows or tuple(rows[0]) != form.header or any(len(row) != len(form.header) for row in rows):
            raise self._broken()
        return rows

    def _descriptor(self) -> dict[str, Any]:
        try:
            value = parsed(self._text(DESCRIPTOR))
        except DocumentError:
            raise self._broken() from None
        report = value.get("report") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(report, dict) or not named_forms(value):
            raise self._broken()
        if not all(isinstance(each, str) for each in _listed(report.get("absent", []))):
            raise self._broken()
        return value

    def _broken(self) -> DataError:
        """Everything that is wrong with the package, in whose files nothing can be written as they are."""
        found = read(self.folder, self.place, agency=self.folder.parent.name, year=int(self.folder.name)).findings
        return DataError(found, language=self.language)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [None]
