"""The tables of a package, `data/*.csv`: held against the form they are of, row by row and cell by cell."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from open_reports import gate
from open_reports.document import runs, shown
from open_reports.form import Address, forms
from open_reports.report.model import Item, Note, Table, table_path
from open_reports.report.numbers import Misspelt, misspelt

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from open_reports.form import Column, FreeTable, Line, TableForm
    from open_reports.report.descriptor import Described
    from open_reports.report.faults import Faults


class Tables:
    """Reads the tables of one package from the texts of its files, noting faults; lives for one package."""

    def __init__(self, texts: Mapping[str, str], faults: Faults) -> None:
        self.texts = texts
        self.faults = faults
        self.printed_form: dict[str, str] = {}
        """Tables that are of another form than the descriptor says, with the form they are of."""

    def _grid(self, table: str, header: tuple[str, ...], *, least: int = 1) -> list[list[str]] | None:
        """Rows of a table, its header the first of them, or None; `least` is how many there must be below the right header."""
        path = table_path(table)
        text = self.texts.get(path)
        if text is None:
            return None
        rows, faults = gate.grid(text, f"{self.faults.place}/{path}")
        if faults:
            self.faults += faults
            return None
        if not rows:
            self.faults.note("table.empty", path, expected=",".join(header))
            return None
        # A header without rows passes frictionless, and would be a table in which nothing was reported.
        if len(rows) < least and tuple(rows[0]) == header:
            self.faults.note("table.no_rows", path)
            return None
        return rows

    def _ragged(self, table: str, rows: list[list[str]], width: int) -> set[int]:
        """Note every row of another width than the header's; return their numbers."""
        # All rows of the wrong width are told, and none of them is read further: with one comma too many every cell behind it
        # stands under the wrong head, which would be told cell by cell.
        found = set()
        for index, row in enumerate(rows[1:], start=2):
            blank = not any(row)
            if blank or len(row) != width:
                self.faults.note(
                    "table.blank_row" if blank else "table.ragged",
                    table_path(table),
                    row=index,
                    found=str(len(row)),
                    expected=str(width),
                    cells=shown(",".join(row)),
                )
                found.add(index)
        return found

    def table(self, form: TableForm, absent: Collection[str]) -> Table | None:
        """Read a statutory table; `absent` are the lines that the package says its report leaves out."""
        rows = self._grid(form.id, form.header, least=2)
        if rows is None or not self._shape(form, rows):
            return None
        ragged = self._ragged(form.id, rows, len(form.header))
        expected = [line for line in form.lines if line not in absent]
        found = Table(form=form, labels={}, rows={}, row_numbers={})
        mistyped: set[str] = set()
        for index, row in enumerate(rows[1:], start=2):
            if index not in ragged:
                mistyped.update(self._line(found, index, row, expected))
            elif row and row[0] in form.lines:  # the line is there, so it is not missing as well
                found.rows.setdefault(row[0], ())
                found.row_numbers.setdefault(row[0], index)
        self._complete(found, expected, mistyped)
        return found

    def _complete(self, found: Table, expected: Sequence[str], mistyped: Collection[str]) -> None:
        """Note lines that are missing or out of order; a line whose id is mistyped has been told of."""
        form = found.form
        path = table_path(form.id)
        missing = [line for line in expected if line not in found.rows]
        for line in [line for line in missing if line not in mistyped]:
            self.faults.note("table.missing_line", path, found=line, label=form.lines[line].label)
        present = list(found.rows)
        # A missing line shifts all that follow, so order is asked only where every line is there. frictionless takes swapped
        # lines as sound.
        if not missing and present != [line for line in form.lines if line in found.rows]:
            wrong = next(line for line, right in zip(present, expected, strict=False) if line != right)
            row_number = found.row_numbers[wrong]
            self.faults.note("table.line_order", path, row=row_number, column=form.header[0], found=wrong, expected=", ".join(expected))

    def _line(self, found: Table, index: int, row: list[str], expected: Sequence[str]) -> list[str]:
        """Take one row into a table; return the line that its id most likely means if it is mistyped."""
        form = found.form
        line, label, *texts = row
        path = table_path(form.id)
        place = {"row": index, "column": form.header[0]}
        if line in found.rows:
            self.faults.note("table.duplicate_line", path, **place, found=line, expected=str(found.row_numbers[line]))
            return []
        if line not in form.lines:
            # Ids are typed by hand: the one that is near is named here, and is not told as missing as well.
            near = difflib.get_close_matches(line, expected, n=3)
            self.faults.note("table.unknown_line", path, **place, found=shown(line), expected=shown(", ".join(near or expected), 300))
            return near[:1]
        if line not in expected:
            self.faults.note("meta.absent_present", path, **place, found=line)
        if label != form.lines[line].label.zh:
            self._label(path, index, form, label)
        self._cells(index, form.lines[line], form, texts)
        found.labels[line], found.rows[line], found.row_numbers[line] = label, tuple(texts), index
        return []

    def _shape(self, form: TableForm, rows: list[list[str]]) -> bool:
        """Whether header and lines are those of the declared form; one finding if not."""
        header = tuple(rows[0])
        lines = [row[0] for row in rows[1:] if row]
        path = table_path(form.id)
        # The form is a property of each table as printed: real reports mix them, so it is found out, not believed.
        fitting = forms().detect(form.id, header, lines)
        if form.form in fitting:
            return True
        if fitting:
            self.printed_form[form.id] = fitting[0]
            self.faults.note("table.wrong_form", path, row=1, found=fitting[0], expected=form.form, table=form.title)
            return False
        if header == form.header:
            return True  # some line is unknown to every form: told line by line
        self._header(path, rows[0], form.header)
        return False

    def _header(self, path: str, found: Sequence[str], expected: Sequence[str]) -> None:
        """Note a header that is not the one expected."""
        self.faults.note(
            "table.header",
            path,
            row=1,
            found=shown(",".join(found)),
            expected=",".join(expected),
            missing=shown(", ".join(name for name in expected if name not in found)) or "-",
            extra=shown(", ".join(name for name in found if name not in expected)) or "-",
        )

    def _label(self, path: str, index: int, form: TableForm, label: str) -> None:
        stub = form.common.stub[1]
        if not label.strip() or label in form.common.missing:
            self.faults.note("table.no_label", path, row=index, column=stub.id, column_title=stub.label)
        else:
            self._plain(path, index, stub.id, label, most=120)

    def _plain(self, path: str, index: int, column: str, text: str, *, most: int) -> None:
        """Note a text that is too long, or that a spreadsheet would run."""
        if len(text) > most:
            self.faults.note("table.too_long", path, row=index, column=column, found=str(len(text)), expected=str(most))
        # Refused, not escaped: a package is opened in a spreadsheet by whoever mends it, and the text would be run there.
        if runs(text):
            self.faults.note("table.formula", path, row=index, column=column, found=shown(text))

    def _cells(self, row: int, line: Line, form: TableForm, texts: Sequence[str]) -> None:
        if line.id in form.whole and texts.count("0") == len(texts):
            return  # most lines of most reports
        missing = form.common.missing
        for column, text in zip(form.columns.values(), texts, strict=True):
            if column.id not in line.columns:
                if text:
                    self._cell(Misspelt("table.not_on_form", {}), row, line, form, (column, text))
            elif text not in missing and not column.type.accepts(text):
                wrong = misspelt(text, column, Address(form.id, line.id, column.id))
                self._cell(wrong, row, line, form, (column, text))

    def _cell(self, wrong: Misspelt, row: int, line: Line, form: TableForm, found: tuple[Column, str]) -> None:
        column, text = found
        self.faults.note(
            wrong.code,
            table_path(form.id),
            row=row,
            column=column.id,
            column_title=column.label,
            address=str(Address(form.id, line.id, column.id)),
            found=shown(text),
            expected=column.type.says.zh,
            expected_words=column.type.says,
            **wrong.values,
        )

    def _free(self, free: FreeTable) -> list[list[str]]:
        """Rows of overview.csv or notes.csv whose width is right; texts checked against the fields' constraints."""
        path = table_path(free.id)
        rows = self._grid(free.id, free.header)
        if rows is None:
            return []
        if tuple(rows[0]) != free.header:
            self._header(path, rows[0], free.header)
            return []
        ragged = self._ragged(free.id, rows, len(free.header))
        for index, row in enumerate(rows[1:], start=2):
            if index not in ragged:
                self._free_row(free, index, row)
        return [] if ragged else rows[1:]

    def _free_row(self, free: FreeTable, index: int, row: Sequence[str]) -> None:
        path = table_path(free.id)
        for (name, title, properties), text in zip(free.fields, row, strict=True):
            constraints = properties.get("constraints", {})
            if properties["type"] == "number":
                # Held against the pattern of the form, for the standard's `number` also takes `1e5`, `NaN` and `INF`.
                money = forms().common.cells["money"]
                if text and not money.pattern.fullmatch(text):
                    wrong = misspelt(text, None, (free.id, row[0], name))
                    self.faults.note(
                        wrong.code,
                        path,
                        row=index,
                        column=name,
                        column_title=title,
                        found=shown(text),
                        expected=money.says.zh,
                        expected_words=money.says,
                        **wrong.values,
                    )
                continue
            if constraints.get("required") and not text:
                self.faults.note("table.required", path, row=index, column=name, column_title=title)
            self._plain(path, index, name, text, most=constraints.get("maxLength", 60))

    def overview(self) -> list[Item]:
        """Read the figures that section one states."""
        free = forms().common.overview
        path = table_path(free.id)
        items: dict[str, Item] = {}
        for index, row in enumerate(self._free(free), start=2):
            name, text, unit, part_of = row
            item = Item(name, text, unit, part_of, index)
            if item.item in items:
                self.faults.note(
                    "table.duplicate_item", path, row=index, column="item", found=shown(item.item), expected=str(items[item.item].row)
                )
            # Its name becomes part of an address of the site (RFC 3986), where these would end or change it, and of an id in
            # HTML, which may hold no white space.
            elif re.search(r"[\s/#?%]", item.item):
                self.faults.note("table.item_address", path, row=index, column="item", found=shown(item.item))
            items.setdefault(item.item, item)
        for item in items.values():
            if item.part_of and (item.part_of not in items or item.part_of == item.item):
                self.faults.note(
                    "table.part_of", path, row=item.row, column="part_of", found=shown(item.part_of), expected=shown(", ".join(items))
                )
        # Each link of a ring names an item that exists, so the check above takes it.
        for item in _rings(items):
            self.faults.note("table.part_of", path, row=item.row, column="part_of", found=shown(item.part_of), expected="-")
        return list(items.values())

    def notes(self, described: Described | None, overview: Sequence[Item]) -> list[Note]:
        """Read the notes; where they stand can be told only of a package whose forms are known."""
        form_of = dict(described.form_of) if described else {}
        path = table_path("notes")
        notes = []
        for index, row in enumerate(self._free(forms().common.notes), start=2):
            note = Note(*row)
            notes.append(note)
            if described is None:
                continue
            if note.table == "overview":
                lines: Iterable[str] = [item.item for item in overview]
                columns: Iterable[str] = ["value"]
            elif note.table in form_of:
                form = forms()[form_of[note.table]].tables[note.table]
                lines, columns = form.lines, form.columns
            else:
                expected = ", ".join((*form_of, "overview"))
                self.faults.note("table.note_place", path, row=index, column="table", found=shown(note.table), expected=expected)
                continue
            for column, value, known in (("line", note.line, lines), ("column", note.column, columns)):
                if value and value not in known:
                    self.faults.note(
                        "table.note_place", path, row=index, column=column, found=shown(value), expected=shown(", ".join(known))
                    )
            if not note.printed and not note.note:
                self.faults.note("table.required", path, row=index, column="note")
        return notes


def _rings(items: Mapping[str, Item]) -> Iterator[Item]:
    """Items that are, over other items, part of themselves."""
    for start in items.values():
        seen = {start.item}
        item = items.get(start.part_of)
        while item is not None and item.item not in seen:
            seen.add(item.item)
            item = items.get(item.part_of)
        if item is not None and item.item == start.item and start.part_of != start.item:
            yield start
