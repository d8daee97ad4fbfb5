"""The gate against the judge: whatever stock frictionless calls invalid, we refuse, over thousands of random edits; and no false alarm.

Frictionless reads the edited bytes with the package's own schema, as it comes; we read the package with the edited file in it.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections import Counter
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import made_up
import pytest
from frictionless import Field, Package, Resource, Schema
from open_reports.checks.check import check
from open_reports.form import forms
from open_reports.library import open_library
from open_reports.report import DESCRIPTOR, judge, read, table_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from open_reports.finding import Finding
    from open_reports.report import Reading

pytestmark = [pytest.mark.unmeasured, pytest.mark.usefixtures("forgetful_judge")]

TABLES = forms().tables

EDITS = 2_100
HARMLESS = 300
WHOLE = 60
YEARS = (2020, 2023)
NUMBER = {
    "count": re.compile(r"(0|[1-9][0-9]{0,8})?|/|-"),
    "change": re.compile(r"(0|-?[1-9][0-9]{0,8})?|/|-"),
    "money": re.compile(r"((0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?)?|/|-"),
}
"""What a cell of each kind may say, written out once more."""
TEXTS = (
    *("", " ", "0", "7", "12", "999999999", "1000000000", "-", "/", "-1", "-0", "+5", "007", "1.0", "1.5", "0.1234567", "1e3", "0x1F", "1_000"),
    *("1,234", "１２", "٣", "〇", "O", "l2", "1O", "12件", "12万元", "约12", "十二", "NaN", "inf", "null", "true", "#N/A", "=1+1", "@x", "2024-01-01"),
    *('"', '""', "'", "a\nb", "\t", "\x00", "\u200b1", "\ufeff1", "é", "e\u0301", "🙂", "<b>1</b>", "9" * 40, "长" * 130, "..", "1.", ".5", "--", "//"),
)  # fmt: skip


@dataclass(frozen=True)
class Edit:
    """One random edit of one table of a package: what was done, and the bytes that came of it."""

    what: str
    year: int
    table: str
    data: bytes


class Sound:
    """A sound package of a year on disk, one file of which is edited at a time."""

    def __init__(self, year: int, root: Path) -> None:
        self.made = made_up.package("xugou-jia", year)
        self.folder = self.made.write(root / str(year))
        declared = json.loads(self.made.text(DESCRIPTOR))["resources"]
        # A schema that stands alone spells missing values as a plain list; they are the same values.
        self.schemas = {
            each["name"]: Schema.from_descriptor(
                {**each["schema"], "missingValues": [missing["value"] for missing in each["schema"]["missingValues"]]}
            )
            for each in declared
        }

    def valid(self, table: str, data: bytes) -> bool:
        """Whether stock frictionless calls the table valid."""
        with pytest.MonkeyPatch.context() as patch:
            # For every file that it opens, frictionless judges the schema anew and copies each field twice, by way of a descriptor that
            # is written, judged and read, so that nobody may change it: three fourths of the time. These schemas were judged when they
            # were read, and nobody changes them. `test_whole_packages` does without, and says the same.
            patch.setattr(Field, "to_copy", lambda field, **_: copy(field))
            patch.setattr(Resource, "to_descriptor", lambda *_, **__: {})
            return bool(Resource(data=data, format="csv", encoding="utf-8", schema=self.schemas[table]).validate(limit_errors=1).valid)

    def read_with(self, table: str, data: bytes) -> Reading:
        """Read the package with other bytes in one of its tables."""
        path = self.folder / table_path(table)
        path.write_bytes(data)
        try:
            return read(self.folder, self.made.path, agency=self.made.agency, year=self.made.year)
        finally:
            path.write_bytes(self.made.files[table_path(table)])


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Sound]:
    root = tmp_path_factory.mktemp("differential")
    return {year: Sound(year, root) for year in YEARS}


# -- edits


def _bytes(data: bytes, chance: random.Random) -> bytes:
    """One to three bytes put in, taken out or changed."""
    found = bytearray(data)
    for _ in range(chance.randrange(1, 4)):
        place = chance.randrange(len(found))
        with_byte = chance.choice([chance.randrange(256), *b'",\n\r;\t09-'])
        how = chance.randrange(3)
        if how == 0:
            found.insert(place, with_byte)
        elif how == 1:
            del found[place]
        else:
            found[place] = with_byte
    return bytes(found)


def _cell(data: bytes, chance: random.Random) -> bytes:
    """One cell, of the header or below, says something else."""
    rows = _rows(data)
    row = chance.choice(rows) if chance.random() < 0.1 else chance.choice(rows[1:])
    row[chance.randrange(len(row))] = chance.choice(TEXTS)
    return _text(rows)


def _figure(data: bytes, chance: random.Random) -> bytes:
    """One figure says something else."""
    rows = _rows(data)
    row = chance.choice(rows[1:])
    row[chance.randrange(2, len(row))] = chance.choice(TEXTS)
    return _text(rows)


def _row(data: bytes, chance: random.Random) -> bytes:
    """A row goes, comes twice, changes its place, or is longer, shorter or blank."""
    rows = _rows(data)
    index = chance.randrange(len(rows))
    how = chance.choice(["drop", "double", "swap", "longer", "shorter", "blank", "empty", "none"])
    if how == "drop":
        del rows[index]
    elif how == "double":
        rows.insert(index, rows[index])
    elif how == "swap":
        other = chance.randrange(len(rows))
        rows[index], rows[other] = rows[other], rows[index]
    elif how == "longer":
        rows[index].insert(chance.randrange(len(rows[index]) + 1), chance.choice(TEXTS))
    elif how == "shorter":
        del rows[index][chance.randrange(len(rows[index]))]
    elif how == "none":
        rows = rows[: chance.randrange(len(rows))]
    else:
        rows.insert(index, [""] * len(rows[0]) if how == "blank" else [])
    return _text(rows)


def _column(data: bytes, chance: random.Random) -> bytes:
    """A column goes, comes twice or changes its place, with its head or without."""
    rows = _rows(data)
    one, other = (chance.randrange(len(rows[0])) for _ in range(2))
    how = chance.choice(["drop", "double", "swap"])
    for row in rows[chance.randrange(2) :]:
        if how == "drop":
            del row[one]
        elif how == "double":
            row.insert(one, row[one])
        else:
            row[one], row[other] = row[other], row[one]
    return _text(rows)


KINDS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "bytes": _bytes,
    "cell": _cell,
    "figure": _figure,
    "row": _row,
    "column": _column,
}
TIMES = {"bytes": 4, "cell": 4, "figure": 6, "row": 3, "column": 1}


def _rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def _text(rows: list[list[str]]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode()


def edits(sound: dict[int, Sound]) -> list[Edit]:
    """The same random edits in every run."""
    chance = random.Random("differential")  # noqa: S311 (repeatable, not secret)
    names = [name for name, times in TIMES.items() for _ in range(times)]
    found: list[Edit] = []
    while len(found) < EDITS:
        name, year, table = chance.choice(names), chance.choice(YEARS), chance.choice([*TABLES, "applications", "overview"])
        before = sound[year].made.files[table_path(table)]
        data = KINDS[name](before, chance)
        if data != before:
            found.append(Edit(name, year, table, data))
    return found


@dataclass(frozen=True)
class Verdict:
    """What both say of an edit: whether frictionless calls the table valid, and what we read."""

    edit: Edit
    valid: bool
    reading: Reading

    @property
    def passed(self) -> bool:
        """Whether the gate passes it."""
        return not self.reading.findings


@pytest.fixture(scope="module")
def verdicts(sound: dict[int, Sound]) -> list[Verdict]:
    return [
        Verdict(edit, sound[edit.year].valid(edit.table, edit.data), sound[edit.year].read_with(edit.table, edit.data))
        for edit in edits(sound)
    ]


# -- the gate against the judge


def test_nothing_invalid_passes_as_clean(verdicts: list[Verdict]) -> None:
    assert [verdict.edit for verdict in verdicts if not verdict.valid and verdict.passed] == []


def test_our_judge_has_nothing_left_to_refuse(verdicts: list[Verdict]) -> None:
    """Value by value, as the checks ask frictionless: what the gate passes, it passes."""
    passed = [verdict.reading.report for verdict in verdicts if verdict.reading.report is not None]
    assert len(passed) == sum(verdict.passed for verdict in verdicts)
    assert [each.text() for each in judge(passed)] == []


def test_there_were_enough_of_both(verdicts: list[Verdict]) -> None:
    """A gate that refused everything, or edits that broke nothing, would prove nothing."""
    assert len(verdicts) >= 2_000
    assert set(Counter(verdict.edit.what for verdict in verdicts)) == set(KINDS)
    assert sum(not verdict.valid for verdict in verdicts) >= 1_000
    assert sum(verdict.valid for verdict in verdicts) >= 300
    assert sum(verdict.passed for verdict in verdicts) >= 100


def test_no_number_is_refused_that_is_one(verdicts: list[Verdict]) -> None:
    """Where the gate speaks of a number, the cell is none that the form allows."""
    looked = 0
    for verdict in verdicts:
        for each in verdict.reading.findings:
            if each.rule != "NUM":
                continue
            text, kind = _cell_of(each, verdict.edit)
            assert not NUMBER[kind].fullmatch(text), f"{each.text()}: {text!r}"
            looked += 1
    assert looked > 300


def _cell_of(found: Finding, edit: Edit) -> tuple[str, str]:
    """Text and kind of the cell that a finding speaks of."""
    assert found.row is not None
    assert found.column is not None
    rows = _rows(edit.data)
    text = rows[found.row - 1][rows[0].index(found.column)]
    if edit.table == "overview":
        return text, "money"
    return text, forms()[forms().prescribed_for(edit.year).id].tables[edit.table].columns[found.column].type.id


# -- no false alarm


def test_harmless_edits_pass_both(sound: dict[int, Sound], tmp_path: Path) -> None:
    """Three hundred figures rewritten as any other that the form allows: neither has anything to say of them as numbers."""
    chance = random.Random("harmless")  # noqa: S311 (repeatable, not secret)
    allowed = {
        "count": ["", "/", "-", "0", "1", "10", "999999999"],
        "change": ["", "/", "-", "0", "-18", "18", "-999999999"],
        "money": ["", "/", "-", "0", "0.5", "75394432.52", "18651.064104", "999999999999999", "0.000001"],
    }
    packages = []
    for number in range(HARMLESS // 20):
        package = made_up.package(f"xugou-{number:04d}", chance.choice(YEARS), seed=number)
        for _ in range(20):
            table = chance.choice(TABLES)
            line, column = chance.choice(forms()[package.form_of[table]].tables[table].cells)
            package.set(table, line.id, column.id, chance.choice(allowed[column.type.id]))
        package.write(tmp_path)
        packages.append(package)
    for package in packages:
        for table in TABLES:
            assert sound[package.year].valid(table, package.files[table_path(table)])
    library = open_library(tmp_path)
    assert len(library) == len(packages)
    assert [each.text() for each in check(library) if each.level == "error"] == []


def test_unedited_packages_pass_both(sound: dict[int, Sound]) -> None:
    for package in sound.values():
        for table in (*TABLES, "overview", "notes"):
            assert package.valid(table, package.made.files[table_path(table)])
        assert read(package.folder, package.made.path, agency="xugou-jia", year=package.made.year).findings == ()


# -- the whole package, as frictionless itself would be asked


def test_whole_packages(verdicts: list[Verdict], sound: dict[int, Sound], tmp_path: Path) -> None:
    """`Package.validate` on what is on disk: what it calls invalid is refused, and a package that we pass it calls valid."""
    chance = random.Random("whole")  # noqa: S311 (repeatable, not secret)
    sample = chance.sample([each for each in verdicts if each.passed], WHOLE // 3)
    sample += chance.sample([each for each in verdicts if not each.valid], WHOLE // 3)
    sample += chance.sample([each for each in verdicts if each.valid and not each.passed], WHOLE // 3)
    for number, verdict in enumerate(sample):
        folder = sound[verdict.edit.year].made.write(tmp_path / str(number))
        (folder / table_path(verdict.edit.table)).write_bytes(verdict.edit.data)
        report: Any = Package(str(folder / DESCRIPTOR)).validate()
        assert report.valid or not verdict.passed, verdict.edit
        assert report.valid == verdict.valid, (verdict.edit, report.flatten(["type", "rowNumber", "fieldName", "note"])[:3])
