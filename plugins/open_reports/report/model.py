"""What a report is: addresses, figures, tables, and the report that holds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from open_reports.form import Address, Form, Status, TableForm, forms
from open_reports.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from open_reports.finding import Explanation
    from open_reports.report.open_cells import OpenCell

DESCRIPTOR = "datapackage.json"
PROSE = "report.md"
FREE_TABLES = ("overview", "notes")
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
FIRST_YEAR, LAST_YEAR = 2008, 2099
"""The Regulation's first report year, and a guard against typing slips."""


# Numbers are whole or exact decimals throughout: floats such as 0.1 and 0.2 do not add up to 0.3, and an identity is held to
# the last digit.
class Figure(NamedTuple):
    """One figure as published.

    `text` is the cell of the CSV file; `value` the exact number, None unless `status` is `reported`; `printed` how the
    original prints it where that says more than the number; `unit` as printed or implied by the form.
    """

    address: Address
    text: str
    value: int | Decimal | None
    status: Status
    unit: str
    printed: str | None = None
    note: str | None = None


class Source(NamedTuple):
    """An official document: its title and its address."""

    title: str
    path: str


class Change(NamedTuple):
    """What one revision changed at one address.

    `was` and `now` are the cell before and after as the CSV file spells it: empty for a blank, None for a line that is left
    out. `unit` and `printed` hold the pair before and after, where the change is one of the unit or of the printed form.
    `text` is the sentence of an entry written before changes were data; it stands alone, and the others are empty.
    """

    address: str = ""
    was: str | None = None
    now: str | None = None
    unit: tuple[str, str] | None = None
    printed: tuple[str, str] | None = None
    text: str = ""

    def to_dict(self) -> dict[str, object] | str:
        """Return the entry as `revisions` of a package holds it."""
        if not self.address:
            return self.text
        pairs = {"unit": self.unit, "printed": self.printed}
        told = {key: {"from": pair[0], "to": pair[1]} for key, pair in pairs.items() if pair}
        return {"address": self.address, "from": self.was, "to": self.now, **told}


class Revision(NamedTuple):
    """One released change of a report's data."""

    version: str
    date: str
    reason: str
    changes: tuple[Change, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the entry as `revisions` of a package holds it."""
        return {**self._asdict(), "changes": [each.to_dict() for each in self.changes]}


class Consolidation(NamedTuple):
    """What a consolidated report sums up: the agencies named, for these `table/line` (all lines if empty)."""

    units: tuple[str, ...]
    lines: tuple[str, ...]

    def covers(self, table: str, line: str) -> bool:
        """Whether the statement speaks of a line."""
        return not self.lines or f"{table}/{line}" in self.lines


class Item(NamedTuple):
    """A figure stated in section one: `part_of` names the item whose sum it is stated to belong to; `row` its line in the file."""

    item: str
    text: str
    unit: str
    part_of: str
    row: int


class Note(NamedTuple):
    """A remark on a cell, a line (`column` empty), a column (`line` empty) or a whole table."""

    table: str
    line: str
    column: str
    printed: str
    note: str


class _Numbers(dict[str, "int | Decimal | None"]):
    """Exact number of each spelling of a checked cell; a corpus has few spellings and many cells."""

    def __missing__(self, text: str) -> int | Decimal | None:
        # A checked cell ends in a digit or reports nothing: it is blank, or a stroke that the form allows for "not applicable".
        value = number(text) if text[-1:].isdigit() else None
        self[text] = value
        return value


NUMBERS = _Numbers()


@dataclass(frozen=True, kw_only=True)
class Table:
    """A statutory table as printed: `rows` holds the cells of each present line, in the form's columns."""

    form: TableForm
    labels: dict[str, str]
    rows: dict[str, tuple[str, ...]]
    row_numbers: dict[str, int]

    @cached_property
    def numbers(self) -> dict[str, tuple[int | Decimal | None, ...]]:
        """Exact numbers of each present line, in the form's columns; None where nothing is reported."""
        return {line: tuple(map(NUMBERS.__getitem__, cells)) for line, cells in self.rows.items()}

    @cached_property
    def incomplete(self) -> frozenset[str]:
        """Present lines in which a cell that the form prints holds no number."""
        positions, lines = self.form.positions, self.form.lines
        # Found by whole lines first, for few have a gap; then without the cells that the form does not print, which are no gap.
        gaps = [line for line, numbers in self.numbers.items() if None in numbers]  # also of lines that lack a column on the form
        return frozenset(line for line in gaps if None in [self.numbers[line][positions[column]] for column in lines[line].columns])

    def text(self, line: str, column: str) -> str:
        """Cell of the CSV file; empty where the line is absent or the form has no such column."""
        row = self.rows.get(line)
        position = self.form.positions.get(column)
        return "" if row is None or position is None else row[position]

    def status(self, line: str, column: str) -> Status:
        """Which kind of something or nothing stands there."""
        # Asked first: what the form does not print can be neither absent nor blank.
        if line not in self.form.lines or column not in self.form.lines[line].columns:
            return "not_on_form"
        if line not in self.rows:
            return "line_absent"
        # The kinds of nothing are kept apart in every output, as the original keeps them: an office that leaves all its zeros
        # blank has not reported zero.
        return self.form.common.missing.get(self.text(line, column), "reported")

    def value(self, line: str, column: str) -> int | Decimal | None:
        """Return the exact number, or None where nothing is reported: blank is not zero."""
        row = self.numbers.get(line)
        position = self.form.positions.get(column)
        return None if row is None or position is None else row[position]

    def __str__(self) -> str:
        return f"{self.form.id} ({self.form.form}): {len(self.rows)} of {counted(len(self.form.lines), 'line', 'lines')}"


@dataclass(frozen=True, kw_only=True)
class Report:
    """One agency's year.

    `files` are the bytes of the package as kept, by path below it; `digest` the sha-256 of them all and of the list of open cells; `place` the
    package's folder as the reader knows it; `prose` the Markdown of each section of `report.md` by its id.
    """

    agency: str
    year: int
    title: str
    scope: str
    published: date | None
    period: tuple[date, date] | None
    absent: tuple[tuple[str, str], ...]
    sources: tuple[Source, ...]
    version: str
    created: str
    consolidates: tuple[Consolidation, ...]
    explanations: tuple[Explanation, ...]
    revisions: tuple[Revision, ...]
    tables: Mapping[str, Table]
    overview: tuple[Item, ...]
    notes: tuple[Note, ...]
    prose: Mapping[str, str]
    prose_rows: tuple[tuple[int, str], ...]
    """Lines of `report.md` below its headings, with their numbers."""
    headings: tuple[tuple[str, int], ...]
    open: tuple[OpenCell, ...]
    """What an import left for a person to settle; nothing of a report that has any is published."""
    descriptor: Mapping[str, Any] = field(repr=False)
    files: Mapping[str, bytes] = field(repr=False)
    digest: str
    place: str

    @property
    def name(self) -> str:
        """Name of the data package."""
        return f"{self.agency}-{self.year}"

    @property
    def folder(self) -> str:
        """Address of the report's folder below the site."""
        return f"reports/{self.agency}/{self.year}/"

    @property
    def ends(self) -> date:
        """Last day that the report speaks of."""
        return self.period[1] if self.period else date(self.year, 12, 31)

    @cached_property
    def form(self) -> Form:
        """The form that the report follows: the newest of its tables' forms, whose tables and sections it must have."""
        return forms().leading(table.form.form for table in self.tables.values())

    def form_of(self, table: str) -> str:
        """Id of the form of a table; if the report has no such table, the id of the form that the report follows."""
        found = self.tables.get(table)
        return found.form.form if found else self.form.id

    def status(self, table: str, line: str, column: str) -> Status:
        """Which kind of something or nothing stands at an address, also where the report has no such table."""
        found = self.tables.get(table)
        return found.status(line, column) if found else "not_on_form"

    @cached_property
    def noted(self) -> frozenset[tuple[str, str]]:
        """Lines, as table and line, on which there is a note."""
        return frozenset((note.table, note.line) for note in self.notes)

    @cached_property
    def _printed(self) -> dict[Address, Note]:
        return {Address(note.table, note.line, note.column): note for note in self.notes}

    def figure(self, table: str, line: str, column: str) -> Figure:
        """Return the figure at an address of a statutory table."""
        found = self.tables[table]
        address = Address(table, line, column)
        note = self._printed.get(address)
        return Figure(
            address=address,
            text=found.text(line, column),
            value=found.value(line, column),
            status=found.status(line, column),
            unit=found.form.columns[column].unit,
            printed=note.printed or None if note else None,
            note=note.note or None if note else None,
        )

    def stated(self, item: Item) -> Figure:
        """Return the figure of an item of section one."""
        address = Address("overview", item.item, "value")
        note = self._printed.get(address)
        return Figure(
            address=address,
            text=item.text,
            value=number(item.text),
            # Section one is prose: it has no cell in which a stroke could stand, nor a line that a form asks for.
            status="reported" if item.text else "blank",
            # Prose counts in whatever unit it likes, so an item brings its own.
            unit=item.unit,
            printed=note.printed or None if note else None,
            note=note.note or None if note else None,
        )

    def figures(self) -> Iterator[Figure]:
        """Every figure of the report: section one in the order stated, then each cell of the forms in printed order."""
        for item in self.overview:
            yield self.stated(item)
        for name, table in self.tables.items():
            for line, column in table.form.cells:
                yield self.figure(name, line.id, column.id)

    def row(self, table: str, line: str) -> int | None:
        """Line number in the CSV file, counted from 1 with the header; None for an absent line."""
        return self.tables[table].row_numbers.get(line)

    def __str__(self) -> str:
        return f"{self.name} {self.version} ({', '.join(f'{table}: {found.form.form}' for table, found in self.tables.items())})"


def number(text: str) -> int | Decimal | None:
    """Return the exact number of a checked cell; None for an empty one."""
    if not text:
        return None
    # From the text, never over a float: `18651.064104` has to come out as it went in.
    return Decimal(text) if "." in text else int(text)


def table_path(table: str) -> str:
    """Path of a table's CSV file inside its package."""
    return f"data/{table}.csv"


def package_files(tables: Iterable[str]) -> tuple[str, ...]:
    """Every file of a package with these statutory tables, in the order in which faults are told."""
    # The descriptor first: it says which of the others there are.
    return (DESCRIPTOR, *(table_path(table) for table in (*tables, *FREE_TABLES)), PROSE)


@cache
def possible_files() -> tuple[str, ...]:
    """Every file that a package may have, of whatever forms its tables are."""
    return package_files(forms().tables)
