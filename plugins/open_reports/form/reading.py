"""Forms read from YAML, strictly: every fault is named with its file and place."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from open_reports.errors import FormError
from open_reports.form.common import ID, CellType, Common, Deadline, FreeTable, Status, Stub
from open_reports.form.model import Form, Forms, Indicator, Section, Statement
from open_reports.form.plausible import NOTHING, Plausible, read_plausible
from open_reports.form.sums import read_indicator, read_statement
from open_reports.form.table_reading import read_rule_text, read_table
from open_reports.text import faults_of, open_text_of, opened, resource_texts, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from open_reports.document import Record
    from open_reports.form.table import TableForm
    from open_reports.text import Text

FAMILY = "forms/foi-cn"
"""Folder of a family of forms in this package: its forms, with everything that is said of their lines and figures."""
OVERVIEW = "overview"
"""Id of the section, and of the free table, of the figures that the narrative states first; every form has it."""
_RESERVED = frozenset({"overview", "notes", "prose", "table", "year", "version", "forms", "printed", "gone"})
"""No ids of tables: free tables, the prose as the first part of an address, a name among the schemas, and the keys beside the tables
in the record of releases."""
_SHARED = frozenset({"common.yml", "narrative.yml", "indicators.yml", "plausible.yml", "summary.yml"})
"""Files of the folder that are no forms; `derived.summary` reads the last."""


@cache
def forms() -> Forms:
    """Load the forms shipped with this package, once a process. Raises `FormError`."""
    # Read once a process: nearly every module asks for the forms, and they never change while it runs.
    return load(resource_texts(FAMILY))


def load(texts: Mapping[str, str]) -> Forms:
    """Read forms from file names and YAML texts: `common.yml` and one file a form.

    Raises `FormError` that lists every fault with its file and place: unknown or duplicate keys, a column of no known
    type, a rule that names no line of its table, years that two forms claim or that none does.
    """
    # Faults are gathered, not raised one by one: whoever writes a new form should see all of them at once.
    problems: list[str] = []
    # First, for the columns of every form name their kinds of cell, which it defines.
    common = _load_common(texts["common.yml"], problems)
    by_id: dict[str, Form] = {}
    spans: list[_Span] = []
    for name in sorted(texts):
        if name in _SHARED or common is None:
            continue
        form = _load_form(name, texts[name], common, problems)
        if form is not None:
            by_id[form.id] = form
            spans.append(_Span(f"{FAMILY}/{name}", "years", form.first_year, form.last_year))
    # Only across all forms can two claims on one year be seen.
    problems += _out_of_turn(spans, "form")
    # By year, not by name: which form is the newest, and every order derived from that, rests on it.
    ordered = dict(sorted(by_id.items(), key=lambda item: item[1].first_year))
    tables = {table for form in ordered.values() for table in form.tables}
    narrative = _load_narrative(texts["narrative.yml"], tables, problems) if "narrative.yml" in texts else ()
    indicators = _load_indicators(texts["indicators.yml"], tables, problems) if "indicators.yml" in texts else {}
    asked = _load_plausible(texts["plausible.yml"], tables, common, problems) if "plausible.yml" in texts and common else NOTHING
    if problems or common is None:
        raise FormError("\n".join(problems))
    return Forms(by_id=ordered, common=common, narrative=narrative, indicators=indicators, plausible=asked)


# -- years --------------------------------------------------------------------------------------------------------------


class _Span(NamedTuple):
    """Years for which a form or an article is in force: the file and the key that say so; `last` None where it still is."""

    file: str
    key: str
    first: int
    last: int | None

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {{from: {self.first}, to: {self.last or 'null'}}}"


def _out_of_turn(spans: Iterable[_Span], what: str) -> Iterator[str]:
    """Every year that two of the spans claim, or that none claims between them: which form is in force must never be a guess."""
    # A year that could not be read is 0 and told of already; compared as well it would only bring a second, false fault.
    ordered = sorted((span for span in spans if span.first), key=lambda span: span.first)
    for span in ordered:
        if span.last is not None and span.last < span.first:
            yield f"{span}: {what}.years_backwards (expected='to: {span.first} or later, or null')"
    for before, after in pairwise(ordered):
        code = "years_overlap" if before.last is None or before.last >= after.first else "years_gap"
        if before.last != after.first - 1:
            yield f"{before}: {what}.{code} (found='{after}', expected='to: {after.first - 1}')"


# -- what all forms share -----------------------------------------------------------------------------------------------


def _vocabulary(record: Record) -> dict[str, Text]:
    return {key: text_of(record.record(key)) for key in record.mapping}


def _load_common(text: str, problems: list[str]) -> Common | None:
    name = f"{FAMILY}/common.yml"
    root = opened(name, text, problems)
    if root is None:
        return None
    cells = _cells(root.record("cells"))
    statuses = _vocabulary(root.record("statuses"))
    missing: dict[str, Status] = {}
    labels: dict[str, str] = {}
    for entry in root.records("missing", required=True):
        value = entry.get("value")
        spelling = value if isinstance(value, str) else ""
        status = entry.choice("status", statuses)
        # Only these two can be spelt in a cell; the other kinds of nothing show in what is not there at all.
        missing[spelling] = "not_applicable" if status == "not_applicable" else "blank"
        labels[spelling] = entry.text("label")
        entry.close()
    kinds = _vocabulary(root.record("kinds"))
    common = Common(
        deadlines=tuple(sorted(root.each("deadlines", lambda entry: _deadline(entry, kinds)), key=lambda each: each.first_year)),
        rules={rule.id: rule for rule in root.each("rules", read_rule_text)},
        cells=cells,
        missing=missing,
        missing_labels=labels,
        statuses=statuses,
        units=_vocabulary(root.record("units")),
        kinds=kinds,
        scopes=_vocabulary(root.record("scopes")),
        stub=root.each("stub", lambda entry: Stub(id=entry.matching("name", ID, "line"), label=text_of(entry.record("title")))),
        overview=_free_table(OVERVIEW, root.record(OVERVIEW)),
        notes=_free_table("notes", root.record("notes")),
    )
    problems += faults_of(name, root)
    spans = (_Span(f"{FAMILY}/common.yml", "deadlines", each.first_year, each.last_year) for each in common.deadlines)
    problems.extend(_out_of_turn(spans, "deadline"))
    return common


def _cells(record: Record) -> dict[str, CellType]:
    cells = {}
    for key in record.mapping:
        cell = record.record(key)
        cells[key] = CellType(
            id=key,
            # ASCII, because `\d` would otherwise accept full-width digits, which other programs read differently or not at all.
            pattern=re.compile(cell.text("pattern"), re.ASCII),
            schema=_mapping(cell, "schema"),
            says=open_text_of(cell),
        )
        cell.close()
    return cells


def _deadline(record: Record, kinds: Mapping[str, Text]) -> Deadline:
    years = record.record("years")
    days = record.record("days")
    found = {}
    for kind in days.mapping:
        if kind not in kinds:
            days.note(kind, "record.choice", found=kind, expected=", ".join(kinds))
        found[kind] = days.matching(kind, r"\d{2}-\d{2}", "01-31")
        try:
            # 2001 is no leap year: 29 February must not pass for a day that every year has.
            date.fromisoformat(f"2001-{found[kind] or '01-31'}")
        except ValueError:  # well spelt, but no day of every year
            days.note(kind, "record.pattern", found=found[kind], expected="01-31")
    deadline = Deadline(
        first_year=years.integer("from"),
        last_year=years.integer("to", required=False) or None,
        reference=text_of(record.record("reference")),
        days=found,
    )
    years.close()
    record.close()
    return deadline


def _mapping(record: Record, key: str) -> Mapping[str, Any]:
    value = record.get(key, required=True)
    return value if isinstance(value, dict) else {}


def _free_table(table: str, record: Record) -> FreeTable:
    fields = []
    for entry in record.records("fields", required=True):
        properties: dict[str, Any] = {"type": entry.choice("type", ("string", "number"))}
        constraints = entry.get("constraints")
        if isinstance(constraints, dict):
            properties["constraints"] = constraints
        fields.append((entry.matching("name", ID, "item"), text_of(entry.record("title")), properties))
        entry.close()
    title = text_of(record.record("title"))
    record.close()
    return FreeTable(id=table, title=title, fields=tuple(fields))


# -- a form -------------------------------------------------------------------------------------------------------------


def _load_form(name: str, text: str, common: Common, problems: list[str]) -> Form | None:
    root = opened(f"{FAMILY}/{name}", text, problems)
    if root is None:
        return None
    form = root.matching("id", r"\d{4}", "2021")
    if form and name != f"{form}.yml":  # so no two files are of one form
        root.note("id", "form.file_name", found=form, expected=name.removesuffix(".yml"))
    years = root.record("years")
    reference = root.record("reference")
    parts = tuple(_parts(root, form, common))
    loaded = Form(
        id=form,
        title=text_of(root.record("title")),
        reference=open_text_of(reference),
        issued=reference.day("date", required=False),
        first_year=years.integer("from"),
        last_year=years.integer("to", required=False) or None,
        parts=parts,
        tables={part.id: part for part in parts if not isinstance(part, Section)},
    )
    for record in (years, reference, root):
        record.close()
    problems += faults_of(f"{FAMILY}/{name}", root)
    return loaded


def _parts(root: Record, form: str, common: Common) -> Iterator[Section | TableForm]:
    """Sections of a form in printed order: a table, or prose with its own id and title."""
    tables = root.record("tables")
    seen: dict[str, None] = {}
    numbers: set[str] = set()
    for entry in root.records("sections", required=True):
        number = entry.text("number", most=4)
        key = "table" if "table" in entry.mapping else "id"
        name = entry.matching(key, ID, "applications" if key == "table" else OVERVIEW)
        if number in numbers or name in seen:
            entry.note("number" if number in numbers else key, "form.section_twice", found=number if number in numbers else name)
        elif key == "table" and name in _RESERVED:
            entry.note(key, "form.reserved", found=name)
        elif key == "table":
            # The number goes along because a table is named by its section (三) in headings and messages.
            yield read_table(name, form, number, tables.record(name), common)
        else:
            yield Section(number=number, id=name, title=open_text_of(entry))
        numbers.add(number)
        seen[name] = None
        entry.close()
    tables.close()  # a table that is no section is printed nowhere
    if OVERVIEW not in seen:
        root.note("sections", "record.missing", key=OVERVIEW)


def _load_indicators(text: str, tables: set[str], problems: list[str]) -> dict[str, Indicator]:
    name = f"{FAMILY}/indicators.yml"
    root = opened(name, text, problems)
    if root is None:
        return {}
    floor = root.integer("floor")
    loaded = root.each("indicators", lambda entry: read_indicator(entry, floor, tables))
    problems += faults_of(name, root)
    return {indicator.id: indicator for indicator in loaded}


def _load_narrative(text: str, tables: set[str], problems: list[str]) -> tuple[Statement, ...]:
    name = f"{FAMILY}/narrative.yml"
    root = opened(name, text, problems)
    if root is None:
        return ()
    statements = root.each("figures", lambda entry: read_statement(entry, tables))
    problems += faults_of(name, root)
    return statements


def _load_plausible(text: str, tables: set[str], common: Common, problems: list[str]) -> Plausible:
    name = f"{FAMILY}/plausible.yml"
    root = opened(name, text, problems)
    if root is None:
        return NOTHING
    found = read_plausible(root, tables, common)
    problems += faults_of(name, root)
    return found
