"""The judge: frictionless decides on schema and types. The only user of `frictionless`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from open_reports.document import shown
from open_reports.finding import Finding, finding
from open_reports.form import forms
from open_reports.report.model import DESCRIPTOR, Report, table_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def judge(reports: Sequence[Report]) -> list[Finding]:
    """Let frictionless decide on schema and types of reports that passed the gate; its faults as findings.

    Rows of all packages are stacked into one table per form table and validated once, with the row's package beside it:
    frictionless' time goes into metadata, not cells. Nothing here touches a file or the network.
    """
    findings: list[Finding] = []
    stacks: dict[tuple[str, str], list[tuple[Report, int, list[str]]]] = {}
    for report in reports:
        for table, found in report.tables.items():
            stack = stacks.setdefault((table, found.form.form), [])
            for line, cells in found.rows.items():
                stack.append((report, found.row_numbers[line], [line, found.labels[line], *cells]))
        stack = stacks.setdefault(("overview", ""), [])
        for item in report.overview:
            stack.append((report, item.row, [item.item, item.text, item.unit, item.part_of]))
        stack = stacks.setdefault(("notes", ""), [])
        for index, note in enumerate(report.notes, start=2):
            stack.append((report, index, list(note)))
    for (table, form), stack in stacks.items():
        if stack:
            findings += _judge_stack(table, form, stack)
    for report in reports:
        findings += _judge_descriptor(report)
    return findings


def _judge_stack(table: str, form: str, stack: list[tuple[Report, int, list[str]]]) -> Iterator[Finding]:
    from frictionless import Resource, Schema

    known = forms()
    missing = [entry for entry in known.common.missing_values() if entry["value"] == ""]
    if form:
        schema = known[form].tables[table].schema()
    else:
        schema = (known.common.overview if table == "overview" else known.common.notes).schema(missing)
    fields = [
        {**each, "constraints": {key: value for key, value in each.get("constraints", {}).items() if key != "unique"}}
        for each in schema["fields"]
    ]
    spellings = [entry["value"] for entry in schema["missingValues"]]
    stacked = {**schema, "fields": [{"name": "package", "type": "string"}, *fields], "missingValues": spellings}
    if "primaryKey" in schema:
        stacked["primaryKey"] = ["package", *schema["primaryKey"]]
    rows = [[field["name"] for field in stacked["fields"]], *([report.name, *cells] for report, _, cells in stack)]
    resource = Resource(data=rows, schema=Schema.from_descriptor(stacked))
    outcome = resource.validate(limit_errors=1000)
    for error in outcome.flatten(["rowNumber", "fieldName", "type", "note"]):
        row, column, kind, note = error
        if row is None:
            yield finding("schema.table", file=table_path(table), found=shown(str(note)), kind=str(kind))
            continue
        report, line, _ = stack[row - 2]
        yield finding(
            "schema.cell",
            file=f"{report.place}/{table_path(table)}",
            row=line,
            column=column,
            found=shown(str(note), 200),
            kind=str(kind),
            agency=report.agency,
            year=report.year,
        )


def _judge_descriptor(report: Report) -> Iterator[Finding]:
    from frictionless import Package

    # The resources are, to the letter, those of the forms (`_Reader._resources`), so one stands for all.
    descriptor = {**report.descriptor, "resources": [{"name": "judged", "data": []}]}
    for error in Package.metadata_validate(_plain_json(descriptor)):
        yield finding(
            "schema.descriptor", file=f"{report.place}/{DESCRIPTOR}", found=shown(error.note, 200), agency=report.agency, year=report.year
        )


def _plain_json(value: object) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(value))
    return plain
