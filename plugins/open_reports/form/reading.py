"""Forms read from YAML, strictly: every fault is named with its file and place."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from open_reports.document import Problem, Record, parse_yaml
from open_reports.errors import DocumentError, FormError
from open_reports.finding import LEVELS
from open_reports.form.model import (
    ID,
    LINE_ID,
    TABLES,
    Block,
    Cells,
    CellType,
    Column,
    Common,
    Form,
    Forms,
    FreeTable,
    Indicator,
    Line,
    Rule,
    RuleText,
    Section,
    Standing,
    Statement,
    Status,
    Stub,
    TableForm,
    Term,
)
from open_reports.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


FAMILY = "forms/foi-cn"
"""Folder of a family of forms in this package: its forms, with everything that is said of their lines and figures."""


@cache
def forms() -> Forms:
    """Load the forms shipped with this package, once a process. Raises `FormError`."""
    folder = resources.files("open_reports") / FAMILY
    texts = {entry.name: entry.read_text(encoding="utf-8") for entry in folder.iterdir() if entry.name.endswith(".yml")}
    return load(texts)


def load(texts: Mapping[str, str]) -> Forms:
    """Read forms from file names and YAML texts: `common.yml` and one file a form.

    Raises `FormError` that lists every fault with its file and place: unknown or duplicate keys, a column of no known
    type, a rule that names no line of its table.
    """
    problems: list[str] = []
    common = _load_common(texts["common.yml"], problems)
    by_id: dict[str, Form] = {}
    for name in sorted(texts):
        if name in _SHARED or common is None:
            continue
        form = _load_form(name, texts[name], common, problems)
        if form is not None:
            by_id[form.id] = form
    narrative = _load_narrative(texts["narrative.yml"], problems) if "narrative.yml" in texts else ()
    indicators = _load_indicators(texts["indicators.yml"], problems) if "indicators.yml" in texts else {}
    if problems or common is None:
        raise FormError("\n".join(problems))
    ordered = dict(sorted(by_id.items(), key=lambda item: item[1].first_year))
    return Forms(by_id=ordered, common=common, narrative=narrative, indicators=indicators)


_SHARED = frozenset({"common.yml", "narrative.yml", "indicators.yml", "summary.yml"})


def _parse(name: str, text: str, problems: list[str]) -> tuple[Record, list[Problem]] | None:
    try:
        found: list[Problem] = []
        return Record(parse_yaml(text), found), found
    except DocumentError as error:
        problems.append(f"{FAMILY}/{name}, line {error.row}: {error.code} {error.values}")
        return None


def _read_text(record: Record) -> Text:
    return Text(zh=record.text("zh", most=400), en=record.text("en", most=400))


def _closed_text(record: Record) -> Text:
    text = _read_text(record)
    record.close()
    return text


def _vocabulary(record: Record) -> dict[str, Text]:
    return {key: _closed_text(record.record(key)) for key in record.mapping}


def _load_common(text: str, problems: list[str]) -> Common | None:
    parsed = _parse("common.yml", text, problems)
    if parsed is None:
        return None
    root, found = parsed
    cells = {}
    record = root.record("cells")
    for key in record.mapping:
        cell = record.record(key)
        cells[key] = CellType(
            id=key,
            pattern=re.compile(cell.text("pattern"), re.ASCII),
            schema=_mapping(cell, "schema"),
            says=_read_text(cell),
        )
        cell.close()
    statuses = _vocabulary(root.record("statuses"))
    missing: dict[str, Status] = {}
    labels: dict[str, str] = {}
    for entry in root.records("missing", required=True):
        value = entry.get("value")
        spelling = value if isinstance(value, str) else ""
        status = entry.choice("status", statuses)
        missing[spelling] = "not_applicable" if status == "not_applicable" else "blank"
        labels[spelling] = entry.text("label")
        entry.close()
    deadlines = root.record("deadlines")
    days = deadlines.record("days")
    rules = {rule.id: rule for rule in root.each("rules", _rule_text)}
    common = Common(
        deadlines={kind: days.matching(kind, r"\d{2}-\d{2}", "01-31") for kind in days.mapping},
        deadline_reference=_closed_text(deadlines.record("reference")),
        rules=rules,
        cells=cells,
        missing=missing,
        missing_labels=labels,
        statuses=statuses,
        units=_vocabulary(root.record("units")),
        kinds=_vocabulary(root.record("kinds")),
        scopes=_vocabulary(root.record("scopes")),
        stub=root.each("stub", lambda entry: Stub(id=entry.matching("name", ID, "line"), label=_closed_text(entry.record("title")))),
        overview=_free_table("overview", root.record("overview")),
        notes=_free_table("notes", root.record("notes")),
        sections=root.each(
            "sections",
            lambda entry: Section(number=entry.text("number"), id=entry.matching("id", ID, "overview"), title=_read_text(entry)),
        ),
    )
    deadlines.close()
    root.close()
    problems.extend(f"{FAMILY}/common.yml: {problem}" for problem in found)
    return common


def _mapping(record: Record, key: str) -> Mapping[str, Any]:
    value = record.get(key, required=True)
    return value if isinstance(value, dict) else {}


def _free_table(table: str, record: Record) -> FreeTable:
    record.text("section", required=False)
    fields = []
    for entry in record.records("fields", required=True):
        properties: dict[str, Any] = {"type": entry.choice("type", ("string", "number"))}
        constraints = entry.get("constraints")
        if isinstance(constraints, dict):
            properties["constraints"] = constraints
        fields.append((entry.matching("name", ID, "item"), _closed_text(entry.record("title")), properties))
        entry.close()
    title = _closed_text(record.record("title"))
    record.close()
    return FreeTable(id=table, title=title, fields=tuple(fields))


def _load_form(name: str, text: str, common: Common, problems: list[str]) -> Form | None:
    parsed = _parse(name, text, problems)
    if parsed is None:
        return None
    root, found = parsed
    form = root.matching("id", r"\d{4}", "2021")
    years = root.record("years")
    reference = root.record("reference")
    tables = root.record("tables")
    loaded = Form(
        id=form,
        title=_closed_text(root.record("title")),
        reference=_read_text(reference),
        issued=reference.day("date", required=False),
        first_year=years.integer("from"),
        last_year=years.integer("to", required=False) or None,
        tables={table: _load_table(table, form, tables.record(table), common) for table in TABLES},
    )
    for record in (years, reference, tables, root):
        record.close()
    problems.extend(f"{FAMILY}/{name}: {problem}" for problem in found)
    return loaded


def _load_table(table: str, form: str, record: Record, common: Common) -> TableForm:
    columns = {column.id: column for column in _columns(record, (), common)}
    blocks = tuple(_blocks(record, columns))
    lines: dict[str, Line] = {}
    for block in blocks:
        for line in block.lines:
            if line.id in lines:
                record.note("lines", "form.line_twice", found=line.id)
            lines[line.id] = line
    head = record.get("head")
    rules = record.each("rules", lambda rule: _rule(rule, lines, columns))
    loaded = TableForm(
        id=table,
        form=form,
        section=record.text("section"),
        title=_closed_text(record.record("title")),
        corner=_closed_text(record.record("corner")),
        head=_closed_text(record.record("head")) if head is not None else None,
        columns=columns,
        lines=lines,
        blocks=blocks,
        rules=tuple(rule for rule in rules if not _yearly(rule)),
        yearly_rules=tuple(rule for rule in rules if _yearly(rule)),
        common=common,
    )
    record.close()
    return loaded


def _columns(record: Record, groups: tuple[Text, ...], common: Common) -> Iterator[Column]:
    seen: set[str] = set()
    for entry in record.records("columns", required=True):
        if "group" in entry.mapping:
            group = _closed_text(entry.record("group"))
            found = list(_columns(entry, (*groups, group), common))
        else:
            kind = entry.choice("type", common.cells)
            column = Column(
                id=entry.matching("id", ID, "natural_person"),
                label=_read_text(entry),
                type=common.cells.get(kind, next(iter(common.cells.values()))),
                unit=entry.text("unit"),
                groups=groups,
            )
            found = [column]
        for column in found:
            if column.id in seen:
                entry.note("id", "form.column_twice", found=column.id)
            seen.add(column.id)
        entry.close()
        yield from found


def _blocks(record: Record, columns: Mapping[str, Column]) -> Iterator[Block]:
    """Top-level groups that name their own columns are blocks; else the table is one block of all columns."""
    entries = list(record.records("lines", required=True))
    if any("columns" in entry.mapping for entry in entries):
        for entry in entries:
            ids = [str(value) for value in entry.sequence("columns", required=True)]
            for unknown in [value for value in ids if value not in columns]:
                entry.note("columns", "form.no_such_column", found=unknown, expected=", ".join(columns))
            own = {value: columns[value] for value in ids if value in columns}
            label = _closed_text(entry.record("group"))
            lines = tuple(_lines(list(entry.records("lines", required=True)), (label,), tuple(own)))
            entry.close()
            yield Block(label=label, columns=tuple(own.values()), lines=lines)
    else:
        yield Block(label=None, columns=tuple(columns.values()), lines=tuple(_lines(entries, (), tuple(columns))))


def _lines(entries: list[Record], groups: tuple[Text, ...], columns: tuple[str, ...]) -> Iterator[Line]:
    for entry in entries:
        if "group" in entry.mapping:
            group = _closed_text(entry.record("group"))
            yield from _lines(list(entry.records("lines", required=True)), (*groups, group), columns)
        else:
            yield Line(id=entry.matching("id", LINE_ID, "refused.state_secrets"), label=_read_text(entry), groups=groups, columns=columns)
        entry.close()


_TERM = re.compile(rf"\s*(?P<sign>[+-]?)\s*(?P<previous>previous\s+)?(?P<id>{ID}(?:\.(?:{ID}|\*))?)\s*")


def _rule(record: Record, lines: Mapping[str, Line], columns: Mapping[str, Column]) -> Rule:
    axis = record.choice("for_each", ("line", "column"))
    ids: Mapping[str, Line | Column] = columns if axis == "line" else lines
    sentence = record.text("sentence")
    sides = sentence.split("=")
    if len(sides) != 2:  # noqa: PLR2004 (an identity has two sides)
        record.note("sentence", "form.not_identity", found=sentence)
        sides = ["", ""]
    left, right = (tuple(_terms(side, ids, record)) for side in sides)
    blames = record.choice("blames", tuple(ids))
    text = _rule_text(record)
    return Rule(
        id=text.id,
        name=text.name,
        says=text.says,
        standing=text.standing,
        level=text.level,
        sentence=sentence,
        axis="line" if axis == "line" else "column",
        left=left,
        right=right,
        blames=blames,
    )


def _yearly(rule: Rule) -> bool:
    return any(term.previous for term in (*rule.left, *rule.right))


RULE_ID = r"[A-Z][A-Z0-9]*(?:-[A-Z]+)?"


def _rule_text(record: Record) -> RuleText:
    standings: tuple[Standing, ...] = ("printed", "implied", "law", "project")
    standing = record.choice("standing", standings)
    level = record.choice("level", LEVELS)
    return RuleText(
        id=record.matching("id", RULE_ID, "T3-SUM"),
        name=_closed_text(record.record("name")),
        says=_read_text(record),
        standing=next((each for each in standings if each == standing), "implied"),
        level=next((each for each in LEVELS if each == level), "notice"),
    )


def _cells(text: str, record: Record, key: str) -> tuple[Cells, ...]:
    """Cells of a sum such as `applications/new/total + applications/carried_in/total`; none for an empty text."""
    cells = []
    for term in text.split("+") if text else ():
        parts = term.strip().split("/")
        if len(parts) != 3 or parts[0] not in TABLES:  # noqa: PLR2004 (table, line, column)
            record.note(key, "form.not_identity", found=term)
        else:
            cells.append(Cells(table=parts[0], line=parts[1], column=parts[2]))
    return tuple(cells)


_MEMBER = re.compile(rf"\s*(?P<sign>[+-]?)\s*(?P<previous>previous\s+)?(?P<cells>(?:{'|'.join(TABLES)})/[a-z_.]+\*?/{ID})\s*")


def _members(record: Record, key: str, *, required: bool = True) -> tuple[Cells, ...]:
    """Signed cells of an indicator's sum, such as `applications/new/total - previous applications/new/total`."""
    text = record.text(key, required=required, most=600)
    found = []
    end = 0
    while end < len(text):
        match = _MEMBER.match(text, end)
        if match is None or (match["sign"] == "" and end > 0):
            record.note(key, "form.not_identity", found=text)
            return ()
        end = match.end()
        table, line, column = match["cells"].split("/")
        sign = -1 if match["sign"] == "-" else 1
        found.append(Cells(table=table, line=line, column=column, sign=sign, previous=bool(match["previous"])))
    return tuple(found)


def _long_text(record: Record) -> Text:
    text = Text(zh=record.text("zh", most=800), en=record.text("en", most=800))
    record.close()
    return text


def _load_indicators(text: str, problems: list[str]) -> dict[str, Indicator]:
    parsed = _parse("indicators.yml", text, problems)
    if parsed is None:
        return {}
    root, found = parsed
    floor = root.integer("floor")
    loaded = root.each(
        "indicators",
        lambda entry: Indicator(
            id=entry.matching("id", ID, "completion_rate"),
            name=_closed_text(entry.record("name")),
            description=_long_text(entry.record("description")),
            counts=_closed_text(entry.record("counts")),
            among=_closed_text(entry.record("among")) if entry.get("denominator") else None,
            basis=_closed_text(entry.record("basis")),
            note=_long_text(entry.record("note")) if entry.get("note") else None,
            numerator=_members(entry, "numerator"),
            denominator=_members(entry, "denominator", required=False),
            floor=floor,
        ),
    )
    root.close()
    problems.extend(f"{FAMILY}/indicators.yml: {problem}" for problem in found)
    return {indicator.id: indicator for indicator in loaded}


def _statement(record: Record) -> Statement:
    means = [_cells(str(value), record, f"means[{index}]") for index, value in enumerate(record.sequence("means", required=True))]
    return Statement(
        id=record.matching("id", ID, "new"),
        items=tuple(str(value) for value in record.sequence("items", required=True)),
        phrases=tuple(str(value) for value in record.sequence("phrases", required=True)),
        means=tuple(means),
    )


def _load_narrative(text: str, problems: list[str]) -> tuple[Statement, ...]:
    parsed = _parse("narrative.yml", text, problems)
    if parsed is None:
        return ()
    root, found = parsed
    statements = root.each("figures", _statement)
    root.close()
    problems.extend(f"{FAMILY}/narrative.yml: {problem}" for problem in found)
    return statements


def _terms(side: str, ids: Mapping[str, object], record: Record) -> Iterator[Term]:
    end = 0
    while end < len(side):
        match = _TERM.match(side, end)
        if match is None or (match["sign"] == "" and end > 0):
            record.note("sentence", "form.not_identity", found=side)
            return
        end = match.end()
        sign = -1 if match["sign"] == "-" else 1
        name = match["id"]
        meant = (
            [known for known in ids if known.startswith(name[:-1])] if name.endswith(".*") else [known for known in ids if known == name]
        )
        if not meant:
            record.note("sentence", "form.no_such_line", found=name, expected=", ".join(ids))
        for known in meant:
            yield Term(sign=sign, id=known, previous=bool(match["previous"]))
