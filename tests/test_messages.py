"""What people read: golden sentences in both languages, and a reader who knows nothing else mends the file by them."""

from __future__ import annotations

import random
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import damaged
import made_up
import pytest
import test_rules
import yamls
from mender import mend
from open_reports.checks.check import check
from open_reports.finding import messages
from open_reports.form import forms
from open_reports.library import open_library
from open_reports.report import table_path

if TYPE_CHECKING:
    from open_reports.finding import Finding

TABLES = forms().tables

ROOT = "datapackages"
ENTRIES: list[dict[str, Any]] = yamls.read(Path(__file__).parent / "cases" / "messages.yml")
UNTOLD = {
    "file.no_root",  # no package at all: told by the command line's tests
    "form.table",  # no form has a table that the one before it lacks: told by the third form of test_third_form.py
    "workbook.unsure",  # a workbook that was filled in: told by test_workbook_clerk.py
    "workbook.lacking",
    "workbook.foreign",
    "workbook.absent",
    "file.unreadable",  # whoever may read everything never meets it
    "schema.cell",  # what only the judge refuses: no package is known that passes the gate and not the judge
    "schema.descriptor",
    "pending.header",  # the list of an import: told by test_open_cells.py
    "pending.width",
    "pending.place",
    "pending.cell",
    "pending.absent",
    "pending.row",
}
ROUNDS = 40
"""Times a reader may mend and check again; a missing table of 25 lines takes most."""


@dataclass(frozen=True)
class Entry:
    """A golden message: the fault that it tells of, its words, and whether they say exactly what to write."""

    fault: str
    kind: str
    zh: str
    en: str
    mends: bool
    do: tuple[dict[str, Any], ...] = ()

    def build(self, folder: Path) -> Path:
        """The fault's packages on disk; returns their folder."""
        if self.kind == "rule":
            (rule,) = [case for case in test_rules.CASES if str(case) == self.fault]
            (folder / ROOT).mkdir()
            test_rules.build(rule, folder / ROOT)
            return folder / ROOT
        return damaged.build(self.damage, folder).root

    @property
    def damage(self) -> damaged.Case:
        """What is done to the packages of a fault that no rule tells of."""
        return _damaged_cases()[self.fault] if self.kind == "package" else damaged.Case(self.fault, self.do, ())

    def __str__(self) -> str:
        return self.fault


@cache
def _damaged_cases() -> dict[str, damaged.Case]:
    return {case.name: case for case in damaged.cases()}


def _entry(said: dict[str, Any]) -> Entry:
    (kind,) = {"package", "rule", "fault"} & set(said)
    return Entry(said[kind], kind, said["zh"], said["en"], said.get("mends", False), tuple(said.get("do", ())))


GOLDEN = [_entry(said) for said in ENTRIES]


def found_in(root: Path) -> tuple[Finding, ...]:
    return check(open_library(root, place=ROOT))


# -- golden sentences


@pytest.mark.parametrize(
    "entry", [pytest.param(each, marks=pytest.mark.posix if each.kind != "rule" and each.damage.posix else ()) for each in GOLDEN], ids=str
)
def test_golden(entry: Entry, tmp_path: Path) -> None:
    """Word for word, in both languages, one sentence of one finding; and whoever reads only that mends the file."""
    root = entry.build(tmp_path)
    found = found_in(root)
    (code,) = {each.code for each in found if each.text("zh") == entry.zh} or {""}
    assert entry.zh in [each.text("zh") for each in found]
    assert entry.en in [each.text("en") for each in found if each.code == code]
    for each in found:
        _complete(each)
    if entry.mends:
        _mend_all(root, found)


def _complete(each: Finding) -> None:
    """File, row, column; what stands there, what was expected, what to do; in one line."""
    for language in ("zh", "en"):
        message = each.message(language)
        assert message.startswith(str(each.file))
        if each.row is not None:
            assert (f"第 {each.row} 行" if language == "zh" else f"row {each.row}") in message
        if each.column is not None:
            assert (each.column_title[language] if each.column_title else each.column) in message
        if each.found is not None and each.code not in _FOUND_IN_OTHER_WORDS:
            assert each.found in message, (each.code, each.found, message)
        assert not [char for char in message if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"}]
        assert message.endswith("。" if language == "zh" else ".")
        fact, _, advice = each.problem(language).partition("；" if language == "zh" else "; ")
        assert fact
        assert advice


_FOUND_IN_OTHER_WORDS = {"form.section", "form.absent", "file.symlink"}
"""What stands there is a whole file, a whole line or a link: the sentence names it otherwise."""


def test_there_are_enough_of_them() -> None:
    assert len(GOLDEN) >= 40
    assert len({entry.zh for entry in GOLDEN}) == len(GOLDEN)


def test_every_message_is_golden() -> None:
    """Nothing is said to anybody that is not written here, but for what a package cannot bring about."""
    told = {code for code, message in messages().items() if any(_spelt(message.text.zh).search(entry.zh) for entry in GOLDEN)}
    assert {code for code in messages() if not code.startswith("level.")} - told == UNTOLD


def _spelt(template: str) -> re.Pattern[str]:
    """The sentence with anything in place of its values."""
    return re.compile(r".*?".join(re.escape(part) for part in re.split(r"\{[a-z_]+\}", template)) + "$")


# -- a reader mends the file


def _mend_all(root: Path, found: tuple[Finding, ...]) -> None:
    """Do what the first message says, check again, and so on, until nothing is said any more."""
    told: list[str] = []
    while found:
        message = found[0].message("zh")
        assert message not in told[-1:], f"said again after it was done: {message}"
        assert len(told) < ROUNDS, f"no end: {told[-3:]}"
        assert mend(message, root), f"does not say what to write: {message}"
        told.append(message)
        found = found_in(root)


def test_enough_messages_say_exactly_what_to_write() -> None:
    assert sum(entry.mends for entry in GOLDEN) >= 40


@pytest.mark.parametrize("form", list(forms()))
def test_any_misread_figure_is_mended_by_its_message(form: str, tmp_path: Path) -> None:
    """Sixty wrong figures of tables three and four, each in a package of its own: the message says what the figure must be."""
    chance = random.Random(form)  # noqa: S311 (the same figures in every run)
    first = forms()[form].first_year
    packages = [made_up.package(f"xugou-{number:04d}", first, seed=number) for number in range(1, 31)]
    for package in packages:
        table = chance.choice(["applications", "applications", "disputes"])
        line, column = chance.choice(forms()[form].tables[table].cells)
        if table == "disputes":
            column = forms()[form].tables[table].columns["total"]  # no other cell of its line is told apart by one sum
        rows = package.rows(table)
        text = rows[package.position(table, line.id)][rows[0].index(column.id)]
        package.set(table, line.id, column.id, str(int(text) + chance.randrange(1, 9)))
        package.write(tmp_path / ROOT)
    broken = found_in(tmp_path / ROOT)
    assert {each.agency for each in broken} == {package.agency for package in packages}
    for package in packages:
        mended = {each.message("zh") for each in broken if each.agency == package.agency}
        assert mend(min(mended), tmp_path / ROOT)
    assert [each.text() for each in found_in(tmp_path / ROOT)] == []
    for package in packages:
        sound = made_up.package(package.agency, first, seed=int(package.agency[-4:]))
        for table in TABLES:
            path = table_path(table)
            assert (tmp_path / ROOT / package.path / path).read_bytes() == sound.files[path]
