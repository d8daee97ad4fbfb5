"""The judge: frictionless decides on schema and types. The only user of `frictionless`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from open_reports.document import shown
from open_reports.errors import FormError
from open_reports.finding import Finding, finding
from open_reports.form import forms
from open_reports.report.model import DESCRIPTOR, Report, table_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def load() -> None:
    """Load the judge, for whoever has the time before it is asked: it takes a third of a second."""
    import frictionless  # noqa: F401 (loaded is all that it is to be)


def judge(reports: Sequence[Report]) -> list[Finding]:
    """Let frictionless decide on schema and types of reports that passed the gate; its faults as findings.

    Types and constraints speak of one field's value, so every distinct value of a field is judged once, however many
    packages hold it: frictionless' time per cell would else be most of a check. What concerns several rows (unique lines,
    their order and number) the gate has settled. Nothing here touches a file or the network.
    """
    findings: list[Finding] = []
    for (table, form), columns in _distinct(reports).items():
        for column, text, kind, note in _judge_values(table, form, columns):
            places = _places(reports, table, form, column, text)
            findings += (
                finding(
                    "schema.cell",
                    file=f"{report.place}/{table_path(table)}",
                    row=row,
                    column=column,
                    found=shown(note, 200),
                    kind=kind,
                    agency=report.agency,
                    year=report.year,
                )
                for report, row in places
            )
    shapes: set[str] = set()
    for report in reports:
        shape = _shape({**report.descriptor, "resources": None})
        if shape not in shapes:
            found = list(_judge_descriptor(report))
            findings += found
            # A shape that was refused is judged again, so that every package that has it is told.
            if not found:
                shapes.add(shape)
    return findings


def _rows(report: Report) -> Iterator[tuple[str, str, list[tuple[int, Sequence[str]]]]]:
    """Rows of every table of a report below the header, with table, form (empty for a free table) and row numbers."""
    for name, table in report.tables.items():
        yield name, table.form.form, [(table.row_numbers[line], (line, table.labels[line], *cells)) for line, cells in table.rows.items()]
    yield "overview", "", [(item.row, (item.item, item.text, item.unit, item.part_of)) for item in report.overview]
    yield "notes", "", [(row, tuple(note)) for row, note in enumerate(report.notes, start=2)]


def _distinct(reports: Sequence[Report]) -> dict[tuple[str, str], list[set[str]]]:
    """Every distinct value of each column, by table and form."""
    found: dict[tuple[str, str], list[set[str]]] = {}
    for report in reports:
        for table, form, rows in _rows(report):
            if rows:
                columns = list(zip(*(cells for _, cells in rows), strict=True))
                known = found.setdefault((table, form), [set() for _ in columns])
                for values, column in zip(known, columns, strict=True):
                    values.update(column)
    return found


def _judge_values(table: str, form: str, columns: list[set[str]]) -> Iterator[tuple[str, str, str, str]]:
    """Field, value, kind and note of every fault that frictionless finds in the distinct values of a table's columns."""
    # Imported when there is something to judge: the import alone takes 210 ms, and with a warm cache nothing is judged.
    from frictionless import Resource, Schema

    known = forms()
    if form:
        schema = known[form].tables[table].schema()
    else:
        free = known.common.overview if table == "overview" else known.common.notes
        schema = free.schema([{"value": "", "label": "blank"}])
    fields = [
        # Short columns are filled up below with a value they have already, so no value is unique in the table that is judged.
        {**each, "constraints": {key: value for key, value in each.get("constraints", {}).items() if key != "unique"}}
        for each in schema["fields"]
    ]
    ordered = [sorted(values) for values in columns]
    most = max(len(values) for values in ordered)
    # Filled up with the last value, not with empty cells: those would be judged as values that nobody wrote.
    rows = [[values[min(index, len(values) - 1)] for values in ordered] for index in range(most)]
    header = [each["name"] for each in fields]
    # A schema that stands alone may spell missing values only as a plain list.
    descriptor = {"fields": fields, "missingValues": [each["value"] for each in schema["missingValues"]]}
    # Stops at 1,000 errors unless told otherwise, and a fault that is not told would be published.
    outcome = Resource(data=[header, *rows], schema=Schema.from_descriptor(descriptor)).validate(limit_errors=10_000)
    told = set()
    for row, column, kind, note in outcome.flatten(["rowNumber", "fieldName", "type", "note"]):
        # No fault of a cell but of the schema itself, which is ours: not the clerk's to mend.
        if row is None or column is None:
            message = f"frictionless refuses the table {table} of form {form!r} itself: {note}"
            raise FormError(message)
        text = rows[row - 2][header.index(column)]
        if (column, text, kind) not in told:
            told.add((column, text, kind))
            yield str(column), text, str(kind), str(note)


def _places(reports: Sequence[Report], table: str, form: str, column: str, text: str) -> list[tuple[Report, int]]:
    """Every report and row that holds a value in a column."""
    known = forms()
    free = {"overview": known.common.overview.header, "notes": known.common.notes.header}
    position = (known[form].tables[table].header if form else free[table]).index(column)
    return [
        (report, row)
        for report in reports
        for name, of, rows in _rows(report)
        if (name, of) == (table, form)
        for row, cells in rows
        if cells[position] == text
    ]


def _judge_descriptor(report: Report) -> Iterator[Finding]:
    from frictionless import Package

    # The resources are, to the letter, those of the forms (`descriptor.undeclared`), so one stands for all.
    descriptor = {**report.descriptor, "resources": [{"name": "judged", "data": []}]}
    for error in Package.metadata_validate(_plain_json(descriptor)):
        yield finding(
            "schema.descriptor", file=f"{report.place}/{DESCRIPTOR}", found=shown(error.note, 200), agency=report.agency, year=report.year
        )


def _shape(value: object) -> str:
    """Keys and types of a descriptor, without its texts.

    The standard's profile asks for keys, types and patterns; every pattern the gate has asked for already, in a narrower
    form (a test compares the two), so descriptors of one shape are judged alike.
    """
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{_shape(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_shape, value)) + "]"
    return type(value).__name__


def _plain_json(value: object) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(value))
    return plain
