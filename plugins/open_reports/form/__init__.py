"""Form: what a statutory form prints, as data. Everything that knows the form derives from here.

A form is a YAML file in the folder of its family (`forms/foi-cn/`), dated and cited like the letter that prescribes it. `common`
says what all of them share, `table` what one of their tables is, `model` what a form is; `reading` reads them, with
`table_reading` and `sums`; `glossary` says what their words mean.
"""

# `glossary` is not among these names: it imports the loaded forms from here, and would close a circle.
from open_reports.form.common import ID, LINE_ID, CellType, Common, Deadline, FreeTable, RuleText, Standing, Status, Stub
from open_reports.form.model import Cells, Form, Forms, Indicator, Section, Statement, merged, section_title
from open_reports.form.reading import FAMILY, OVERVIEW, forms, load
from open_reports.form.table import Address, Axis, Block, Column, Line, Place, Rule, Strand, TableForm, Term
from open_reports.form.table_reading import RULE_ID

__all__ = [
    "FAMILY",
    "ID",
    "LINE_ID",
    "OVERVIEW",
    "RULE_ID",
    "Address",
    "Axis",
    "Block",
    "CellType",
    "Cells",
    "Column",
    "Common",
    "Deadline",
    "Form",
    "Forms",
    "FreeTable",
    "Indicator",
    "Line",
    "Place",
    "Rule",
    "RuleText",
    "Section",
    "Standing",
    "Statement",
    "Status",
    "Strand",
    "Stub",
    "TableForm",
    "Term",
    "forms",
    "load",
    "merged",
    "section_title",
]
