"""Report: one agency's year, read from its data package.

`read` takes a folder through the gate and gives back the report or every fault; `judge` lets frictionless have the last
word on schema and types; `resources` is what every package of given forms must declare, so that no package can weaken
its own checks; `write` makes a package.
"""

from open_reports.form import Address
from open_reports.report.choosing import chosen_forms
from open_reports.report.descriptor import URL
from open_reports.report.drafting import Draft
from open_reports.report.judging import judge
from open_reports.report.model import (
    DESCRIPTOR,
    FIRST_YEAR,
    FREE_TABLES,
    LAST_YEAR,
    PROFILE,
    PROSE,
    Change,
    Consolidation,
    Figure,
    Item,
    Note,
    Report,
    Revision,
    Source,
    Table,
    number,
    package_files,
    possible_files,
    table_path,
)
from open_reports.report.numbers import MONEY
from open_reports.report.open_cells import ABSENT, OPEN, OpenCell, open_text
from open_reports.report.reading import Reading, read
from open_reports.report.settling import UNASSIGNED, Waiting
from open_reports.report.writing import (
    HALF_WRITTEN,
    csv_text,
    descriptor,
    file_hash,
    json_text,
    plain_csv,
    replace_all,
    resources,
    rewrite,
    table_rows,
    write,
)

__all__ = [
    "ABSENT",
    "DESCRIPTOR",
    "FIRST_YEAR",
    "FREE_TABLES",
    "HALF_WRITTEN",
    "LAST_YEAR",
    "MONEY",
    "OPEN",
    "PROFILE",
    "PROSE",
    "UNASSIGNED",
    "URL",
    "Address",
    "Change",
    "Consolidation",
    "Draft",
    "Figure",
    "Item",
    "Note",
    "OpenCell",
    "Reading",
    "Report",
    "Revision",
    "Source",
    "Table",
    "Waiting",
    "chosen_forms",
    "csv_text",
    "descriptor",
    "file_hash",
    "json_text",
    "judge",
    "number",
    "open_text",
    "package_files",
    "plain_csv",
    "possible_files",
    "read",
    "replace_all",
    "resources",
    "rewrite",
    "table_path",
    "table_rows",
    "write",
]
