"""The code book: everything that the data name is explained, in both languages, as its form prints it."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from open_reports.files.codebook import Code, codebook, codebook_csv, codebook_json
from open_reports.files.observations import OBSERVATION, observations
from open_reports.form import forms
from open_reports.form.glossary import PATH, glossary

if TYPE_CHECKING:
    from open_reports.library import Library


def entries(what: str) -> list[Code]:
    return [code for code in codebook() if code.what == what]


def test_every_thing_stands_there_once_for_each_form() -> None:
    keys = [(code.what, code.form, code.table, code.id) for code in codebook()]
    assert len(keys) == len(set(keys))
    known = forms()
    tables = [table for form in known.values() for table in form.tables.values()]
    assert [code.id for code in entries("field")] == list(OBSERVATION)
    assert [code.id for code in entries("form")] == list(known)
    assert [(code.form, code.id) for code in entries("table")] == [(table.form, table.id) for table in tables]
    for what, members in (("line", "lines"), ("column", "columns")):
        expected = [(table.form, table.id, name) for table in tables for name in getattr(table, members)]
        assert [(code.form, code.table, code.id) for code in entries(what)] == expected
    for what, vocabulary in (
        ("unit", known.common.units),
        ("status", known.common.statuses),
        ("scope", known.common.scopes),
        ("kind", known.common.kinds),
        ("indicator", known.indicators),
    ):
        assert [code.id for code in entries(what)] == list(vocabulary)
    assert list(dict.fromkeys(code.id for code in entries("rule"))) == list(known.rules)


def test_every_word_of_the_corpus_is_explained(library: Library) -> None:
    rows = list(csv.DictReader(io.StringIO(observations(library)[0].decode(), newline="")))
    known = {(code.what, code.form, code.table, code.id) for code in codebook()}
    statutory = [row for row in rows if row["table"] != "overview"]
    assert len(statutory) > 3000
    named = {
        key
        for row in statutory
        for key in (
            ("line", row["form"], row["table"], row["line"]),
            ("column", row["form"], row["table"], row["column"]),
            ("table", row["form"], "", row["table"]),
            ("form", row["form"], "", row["form"]),
            ("unit", "", "", row["unit"]),
            ("status", "", "", row["status"]),
        )
    }
    assert named - known == set()


def test_every_entry_is_in_both_languages() -> None:
    for code in codebook():
        assert code.label_zh, code
        assert code.label_en, code
        for zh, en in ((code.heads_zh, code.heads_en), (code.meaning_zh, code.meaning_en), (code.reference_zh, code.reference_en)):
            assert bool(zh) == bool(en), code
        if code.what not in {"form", "unit"}:
            assert code.meaning_zh, code


def test_lines_and_columns_cite_the_letter_that_prescribes_them_once() -> None:
    for code in (*entries("line"), *entries("column"), *entries("table")):
        assert code.reference_zh.count(forms()[code.form].reference.zh) == 1, code


def test_the_glossary_has_what_the_entries_point_to() -> None:
    pointed = [code.glossary for code in codebook() if code.glossary]
    assert len(pointed) > 100
    assert [path for path in pointed if path.removeprefix(f"{PATH}#") not in glossary()] == []


@pytest.mark.parametrize(
    "what, form, name, field, text",
    [
        ("column", "2019", "amount", "unit", "元"),
        ("column", "2021", "amount", "unit", "万元"),
        ("column", "2021", "amount", "type", "number"),
        ("column", "2019", "change", "constraints", '{"minimum": -999999999, "maximum": 999999999}'),
        ("line", "2021", "refused.state_secrets", "heads_en", "3. Outcomes this year · (3) Refused"),
        ("rule", "2019", "T3-CONS", "formula", "new + carried_in = total + carried_out"),
        ("rule", "", "DUE", "standing", "law"),
        ("indicator", "", "carry_over_rate", "unit", "比例"),
        ("indicator", "", "requests_on_hand", "unit", "件"),
        ("indicator", "", "requests_on_hand", "formula", "applications/new/total + applications/carried_in/total"),
        ("status", "", "line_absent", "label_zh", "原文无此行"),
        ("field", "", "value", "type", "number"),
    ],
)
def test_what_an_entry_says(what: str, form: str, name: str, field: str, text: str) -> None:
    (code,) = (code for code in entries(what) if (code.form, code.id) == (form, name))
    assert getattr(code, field) == text


def test_both_files_say_the_same() -> None:
    rows = list(csv.DictReader(io.StringIO(codebook_csv().decode(), newline="")))
    objects = json.loads(codebook_json())
    assert tuple(rows[0]) == tuple(objects[0]) == Code._fields
    assert len(rows) == len(objects) == len(codebook())
    for row, entry in zip(rows, objects, strict=True):
        constraints = json.loads(row.pop("constraints") or "null")
        assert entry.pop("constraints") == constraints
        assert {key: value or None for key, value in row.items()} == entry
