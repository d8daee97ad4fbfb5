"""A package made again of what an output carries and what it shows. Where the two say different things, nothing is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from open_reports.document import parse_json, shown
from open_reports.errors import DocumentError, IntakeError
from open_reports.form import Address, forms
from open_reports.intake.cells import value
from open_reports.intake.grid import Cell
from open_reports.intake.own.given import Own, described, text_of
from open_reports.report.carrying import RESOURCES, digest_of, made, read_carried

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from open_reports.form import Column, TableForm
    from open_reports.report.carrying import Carried, Stated
    from open_reports.report.descriptor import Described


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What an output carries, once it is known to be sound."""

    carried: Carried
    agency: str
    year: int
    said: Described

    @property
    def tables(self) -> Mapping[str, TableForm]:
        """The form of each table."""
        return {table: forms()[form].tables[table] for table, form in self.said.form_of}

    def label(self, table: str, line: str) -> str:
        """Label of a line as the report prints it."""
        known = self.tables[table].lines.get(line)
        return self.carried.labels.get(f"{table}/{line}", known.label.zh if known else "")

    def own(self, cells: Mapping[Address, str | None], overview: Sequence[Stated]) -> Own:
        """The package. `cells` has every cell of the forms, None on a line that the report leaves out; `overview` its order."""
        kept = {key: text for key, text in cells.items() if text is not None}
        absent = {(key.table, key.line) for key, text in cells.items() if text is None}
        stated = set(self.said.fields["absent"])
        for table, line in sorted(absent ^ stated):
            words = forms().common.statuses["line_absent"].zh
            contradiction(f"{table}/{line}", words if (table, line) in absent else "-", words if (table, line) in stated else "-")
        if both := sorted(absent & {(key.table, key.line) for key in kept}):
            raise IntakeError("own_doubtful", place="/".join(both[0]), found="-")
        files = made(self.carried, dict(self.said.form_of), kept, overview)
        for path, data in files.items():
            text_of(path, data)
        # The digest is that of the package as it was published, so one that agrees vouches for every byte.
        remarks = () if digest_of(files) == self.carried.digest else ("own_changed",)
        if remarks:
            self._hold_printed(kept)
        return Own(agency=self.agency, year=self.year, files=files, remarks=remarks)

    def _hold_printed(self, cells: Mapping[Address, str]) -> None:
        """Hold figures against how the notes say that they are printed, where that is a number: one may be changed and not the other."""
        for note in self.carried.notes:
            text = cells.get(Address(note.table, note.line, note.column))
            if not note.printed or text is None:
                continue
            column = self.tables[note.table].columns[note.column]
            said = value(Cell(row=0, column=0, text=note.printed, place=""), column)
            if not said.reason:
                same(f"{note.table}/{note.line}/{note.column}", text, said.text)


def opening(text: str) -> Opened:
    """What an output carries, from its JSON. Raises `IntakeError` where it is not what an output carries."""
    try:
        carried = read_carried(parse_json(text))
    except DocumentError:
        carried = None
    if carried is None:
        raise IntakeError("own_carried")
    agency, year, said = described({**carried.descriptor, RESOURCES: []})
    return Opened(carried=carried, agency=agency, year=year, said=said)


def contradiction(place: str, seen: str, carried: str) -> None:
    """Refuse an output that shows one thing and carries another."""
    raise IntakeError("own_contradiction", place=place, shown=shown(seen), carried=shown(carried))


def same(place: str, seen: str, carried: str) -> None:
    """Hold a text that an output shows against the one that it carries."""
    if seen != carried:
        contradiction(place, seen, carried)


def figure(text: str, column: Column, place: str) -> str:
    """A text of a cell of figures. Raises `IntakeError` where the form has no such figure."""
    if text not in forms().common.missing and not column.type.accepts(text):
        raise IntakeError("own_doubtful", place=place, found=shown(text))
    return text
