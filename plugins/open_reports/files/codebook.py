"""Code book: what every field, form, table, line, column, unit, status, scope, rule and indicator of the data means.

One entry for each thing and form, as its form prints it, in Chinese and English, with its legal reference. Everything here is
read from the forms and the glossary: a form that is added explains itself.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from open_reports.document import json_bytes
from open_reports.files.observations import OBSERVATION
from open_reports.files.route import CSV, JSON, Route
from open_reports.form import forms
from open_reports.form.glossary import PATH, Covered, glossary
from open_reports.report import csv_text
from open_reports.text import Text, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from open_reports.files.folder import SiteFolder
    from open_reports.form import Cells, Column, Form, Line, RuleText, TableForm

HEADS = " · "
"""Between the printed heads of a line or column, outermost first."""


class Code(NamedTuple):
    """One thing of the data; what does not apply to it is empty.

    `what` is its kind: field, form, table, line, column, unit, status, scope, kind (of agency), rule or indicator. `heads` are
    the printed heads it stands under; `type` and `constraints` those of Table Schema; `formula` the sentence of a rule, or an
    indicator's sum of cells, over its denominator; `reference` the letter or article; `glossary` the page that says more, below the site;
    `rule_kind` whether a rule is about figures (`equation`), another requirement of a report or the package.
    """

    what: str
    id: str
    form: str = ""
    table: str = ""
    label_zh: str = ""
    label_en: str = ""
    heads_zh: str = ""
    heads_en: str = ""
    meaning_zh: str = ""
    meaning_en: str = ""
    unit: str = ""
    type: str = ""
    constraints: str = ""
    formula: str = ""
    level: str = ""
    standing: str = ""
    reference_zh: str = ""
    reference_en: str = ""
    glossary: str = ""
    rule_kind: str = ""


@cache
def codebook() -> tuple[Code, ...]:
    """Every entry: fields of the tidy files, forms with their tables, lines and columns, vocabularies, rules, indicators."""
    return (*_fields(), *(code for form in forms().values() for code in _form(form)), *_vocabularies(), *_rules(), *_indicators())


def codebook_csv() -> bytes:
    """`data/codebook.csv`: one row an entry, in the fields of `Code`; `constraints` as JSON."""
    return csv_text([Code._fields, *codebook()]).encode()


def codebook_json() -> bytes:
    """`data/codebook.json`: an array of objects with the fields of `Code`; null where one does not apply, `constraints` an object."""
    entries = []
    for code in codebook():
        entry: dict[str, Any] = {field: value or None for field, value in code._asdict().items()}
        # In CSV a cell can hold no object, so there they are its text; here whoever reads JSON need not parse twice.
        if code.constraints:
            entry["constraints"] = json.loads(code.constraints)
        entries.append(entry)
    return json_bytes(entries)


def _code(what: str, name: str, label: Text, **more: str) -> Code:
    return Code(what=what, id=name, label_zh=label.zh, label_en=label.en, **more)


def _fields() -> Iterator[Code]:
    """Columns of the tidy files, described by their own words."""
    # Stated because some readers of CSV (readr) guess: they take the nearly empty `printed` for a logical column and drop its
    # values.
    types = {"year": "integer", "value": "number"}
    for field in OBSERVATION:
        says = words()[f"field_{field}"]
        yield _code("field", field, Text(zh=says.zh, en=field), meaning_zh=says.zh, meaning_en=says.en, type=types.get(field, "string"))


def _form(form: Form) -> Iterator[Code]:
    cited = {"reference_zh": form.reference.zh, "reference_en": form.reference.en}
    yield _code("form", form.id, form.title, form=form.id, constraints=_json({"years": [form.first_year, form.last_year]}), **cited)
    for table in form.tables.values():
        yield _code(
            "table",
            table.id,
            table.title,
            form=form.id,
            **_explained(Covered("table", table.id)),
            **_cited(Covered("table", table.id), form),
        )
        for line in table.lines.values():
            yield _member("line", table, line, form)
        for column in table.columns.values():
            schema = column.type.schema
            more = {"unit": column.unit, "type": str(schema["type"]), "constraints": _json(schema.get("constraints", {}))}
            yield _member("column", table, column, form)._replace(**more)


def _member(what: str, table: TableForm, member: Line | Column, form: Form) -> Code:
    # With its form, for the glossary may explain a line of two forms in two entries.
    covered = Covered(what, member.id, table.id, form.id)
    return _code(
        what,
        member.id,
        member.label,
        form=form.id,
        table=table.id,
        heads_zh=HEADS.join(head.zh for head in member.groups),
        heads_en=HEADS.join(head.en for head in member.groups),
        **_explained(covered),
        **_cited(covered, form),
    )


def _explained(covered: Covered) -> dict[str, str]:
    """Plain words of the glossary, and the way to them."""
    entry = glossary()[glossary().anchors[covered]]
    return {"meaning_zh": entry.meaning.zh, "meaning_en": entry.meaning.en, "glossary": f"{PATH}#{entry.id}"}


def _cited(covered: Covered, form: Form | None = None) -> dict[str, str]:
    """Letter that prescribes the form, and the article that the glossary rests on."""
    basis = glossary()[glossary().anchors[covered]].basis
    letter = form.reference if form else None
    if letter and basis and letter.zh in basis.zh:
        letter = None  # the glossary cites the same letter, with the place in it
    found = [text for text in (letter, basis) if text]
    return {"reference_zh": "；".join(text.zh for text in found), "reference_en": "; ".join(text.en for text in found)}


def _vocabularies() -> Iterator[Code]:
    common = forms().common
    for name, label in common.units.items():
        yield _code("unit", name, label)
    for what, vocabulary in (("status", common.statuses), ("scope", common.scopes), ("kind", common.kinds)):
        for name, label in vocabulary.items():
            covered = Covered(what, name)
            yield _code(what, name, label, **_explained(covered), **_cited(covered))


def _rules() -> Iterator[Code]:
    """Every rule: once for each form that prints it, once if none does."""
    printed: dict[str, list[tuple[str, str, str]]] = {}
    for form in forms().values():
        for table in form.tables.values():
            for rule in (*table.rules, *table.yearly_rules, *table.bounds):
                printed.setdefault(rule.id, []).append((form.id, table.id, rule.sentence))
    for rule_id, text in forms().rules.items():
        # A rule is one thing with one id, but each form spells it with its own lines; rules of the package's format are on no
        # form at all.
        for form_id, table_id, sentence in printed.get(rule_id, [("", "", "")]):
            yield _rule(text, form_id, table_id, sentence)


def _rule(rule: RuleText, form: str, table: str, sentence: str) -> Code:
    more = {
        "formula": sentence,
        "level": rule.level,
        "standing": rule.standing,
        "glossary": f"{PATH}#rule-{rule.id}",
        "rule_kind": rule.kind,
    }
    reference = forms()[form].reference if form else Text(zh="", en="")
    return _code(
        "rule",
        rule.id,
        rule.name,
        form=form,
        table=table,
        meaning_zh=rule.says.zh,
        meaning_en=rule.says.en,
        reference_zh=reference.zh,
        reference_en=reference.en,
        **more,
    )


def _indicators() -> Iterator[Code]:
    for each in forms().indicators.values():
        rate = bool(each.denominator)
        unit = words()["code_indicator_unit"].zh if rate else _unit(each.numerator)
        formula = f"({sum_text(each.numerator)}) / ({sum_text(each.denominator)})" if rate else sum_text(each.numerator)
        yield _code(
            "indicator",
            each.id,
            each.name,
            meaning_zh=each.description.zh,
            meaning_en=each.description.en,
            unit=unit,
            type="number" if rate else "integer",
            constraints=_json({"denominator_minimum": each.floor}) if rate else "",
            formula=formula,
            reference_zh=each.basis.zh,
            reference_en=each.basis.en,
            glossary=f"{PATH}#indicator-{each.id}",
        )


def _unit(cells: Sequence[Cells]) -> str:
    """Unit of a sum: that of its first cell, on the first form that has it."""
    first = cells[0]
    # All members of a sum count the same thing, so one of them may speak for all.
    return next(table.columns[first.column].unit for table in forms().printing(first.table) if first.lines(table))


def sum_text(cells: Sequence[Cells]) -> str:
    """Sum of cells as the definition spells it: `applications/new/total + applications/carried_in/total`."""
    return "".join(f" {'-' if each.sign < 0 else '+'} {each}" for each in cells).removeprefix(" + ").strip()


def _json(value: object) -> str:
    """JSON in one line; empty for nothing."""
    return json.dumps(value, ensure_ascii=False) if value else ""


ROUTES: tuple[Route[SiteFolder], ...] = (
    Route("codebook_csv", "data/codebook.csv", CSV, lambda _: codebook_csv()),
    Route("codebook_json", "data/codebook.json", JSON, lambda _: codebook_json(), schema="codebook", portal=7),
)
