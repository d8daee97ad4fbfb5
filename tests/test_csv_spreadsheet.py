"""Tables as Excel and WPS save them as "CSV UTF-8": read as they are, published as if no spreadsheet had touched them."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import frictionless
import made_up
import pytest
from click.testing import CliRunner
from damaged import ROOT
from open_reports.checks.check import check, errors
from open_reports.cli import commands
from open_reports.files.package import package_files
from open_reports.library import open_library
from open_reports.report import FREE_TABLES, file_hash, plain_csv, read, table_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from open_reports.report import Reading, Report

AGENCY, YEAR = "xugou-jia", 2023
TABLES = ("disclosure", "applications", "disputes", *FREE_TABLES)
Rows = list[list[str]]
BLOCK = 16
"""Rows that Excel looks at together when it decides how many commas they need."""


def saved(rows: Sequence[Sequence[str]], *, mark: bool = True) -> bytes:
    """CSV with line ends of Windows, quoted where it must be, as the two programs write it."""
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\r\n").writerows(rows)
    return stream.getvalue().encode("utf-8-sig" if mark else "utf-8")


def plain(rows: Rows) -> bytes:
    return saved(rows)


def followed(rows: Rows) -> bytes:
    """Someone once typed below the table and deleted it."""
    return saved([*rows, *[[""] * len(rows[0])] * 7])


def beside(rows: Rows) -> bytes:
    """Someone once typed beside the table and deleted it."""
    return saved([[*row, "", ""] for row in rows])


def by_blocks(rows: Rows) -> bytes:
    """Blank columns beside the first rows only: Excel reckons them for sixteen rows at a time."""
    return saved([[*row, "", ""] if index < BLOCK else row for index, row in enumerate(rows)])


def both(rows: Rows) -> bytes:
    return saved([*([*row, ""] for row in rows), *[[""] * (len(rows[0]) + 1)] * 600])


def quoted(rows: Rows) -> bytes:
    """LibreOffice, asked to quote every text."""
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerows([*rows, [""] * len(rows[0])])
    return stream.getvalue().encode("utf-8-sig")


def unmarked(rows: Rows) -> bytes:
    return saved(rows, mark=False)


SHAPES = (plain, followed, beside, by_blocks, both, quoted, unmarked)


def touched(shape: Callable[[Rows], bytes]) -> made_up.Package:
    """A package every table of which was opened and saved."""
    package = made_up.package(AGENCY, YEAR)
    for table in TABLES:
        package.put(table_path(table), shape(package.rows(table)))
    return package


def reading(package: made_up.Package, folder: Path) -> Reading:
    package.write(folder / ROOT)
    return read(folder / ROOT / AGENCY / str(YEAR), f"{AGENCY}/{YEAR}", agency=AGENCY, year=YEAR)


def whole(package: made_up.Package, folder: Path) -> Report:
    found = reading(package, folder)
    assert found.findings == ()
    assert found.report is not None
    return found.report


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_it_is_read_and_published_as_if_nobody_had_saved_it(shape: Callable[[Rows], bytes], tmp_path: Path) -> None:
    before = whole(made_up.package(AGENCY, YEAR), tmp_path / "before")
    after = whole(touched(shape), tmp_path / "after")
    # Byte for byte: nothing that rests on a package (its hash, its archive, a page) tells which program saved it.
    assert package_files(after) == package_files(before)
    assert after.digest == before.digest


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_stock_tools_take_what_is_published(shape: Callable[[Rows], bytes], tmp_path: Path) -> None:
    published = tmp_path / "published"
    for path, data in package_files(whole(touched(shape), tmp_path)).items():
        (published / path).parent.mkdir(parents=True, exist_ok=True)
        (published / path).write_bytes(data)
    described = json.loads((published / "datapackage.json").read_bytes())
    for resource in described["resources"]:
        data = (published / resource["path"]).read_bytes()
        assert (resource["bytes"], resource["hash"]) == (len(data), file_hash(data))
    answer = frictionless.validate(str(published / "datapackage.json"))
    assert answer.valid, answer.flatten(["rowNumber", "fieldName", "type"])


def test_stock_tools_would_not_take_it_as_it_was_saved(tmp_path: Path) -> None:
    """Which is why what is published is spelt anew."""
    touched(followed).write(tmp_path / ROOT)
    assert not frictionless.validate(str(tmp_path / ROOT / AGENCY / str(YEAR) / "datapackage.json")).valid


@pytest.mark.parametrize("of", ["as published", "as saved"])
def test_a_stated_hash_may_be_that_of_either_spelling(of: str, tmp_path: Path) -> None:
    original, package = made_up.package(AGENCY, YEAR), touched(plain)
    held = original if of == "as published" else package
    for index, table in enumerate(TABLES):
        data = held.files[table_path(table)]
        package.edit_json(f"resources[{index}].bytes", len(data))
        package.edit_json(f"resources[{index}].hash", file_hash(data))
    whole(package, tmp_path)


def test_a_hash_of_something_else_is_told(tmp_path: Path) -> None:
    package = touched(plain)
    package.edit_json("resources[1].hash", file_hash(b"something else"))
    assert [each.code for each in reading(package, tmp_path).findings] == ["meta.hash"]


def test_a_fault_is_told_with_the_row_that_the_spreadsheet_shows(tmp_path: Path) -> None:
    package = made_up.package(AGENCY, YEAR)
    rows = package.rows("applications")
    rows[3][4] = "1.86511E+4"
    package.put(table_path("applications"), beside(rows))
    package.write(tmp_path / ROOT)
    (found,) = errors(check(open_library(tmp_path / ROOT)))
    assert (found.row, found.column, found.found) == (4, rows[0][4], "1.86511E+4")
    told = CliRunner().invoke(commands, ["check", str(tmp_path / ROOT)])
    assert told.exit_code == 1
    line, caret = (next(each for each in told.output.split("\n") if sign in each) for sign in ("1.86511E+4,", "^^^"))
    assert line.index("1.86511E+4") >= 0
    assert caret.count("^") == len("1.86511E+4")


@pytest.mark.parametrize("row", [0, 5, 18])
def test_a_comma_too_many_is_never_taken_for_a_blank_column(row: int, tmp_path: Path) -> None:
    package = made_up.package(AGENCY, YEAR)
    rows = package.rows("applications")
    rows[row].insert(3, "")
    package.put(table_path("applications"), plain(rows))
    codes = [each.code for each in reading(package, tmp_path).findings]
    assert codes
    assert set(codes) <= {"table.ragged", "table.header"}


def test_a_blank_row_between_lines_is_told(tmp_path: Path) -> None:
    package = made_up.package(AGENCY, YEAR)
    rows = package.rows("applications")
    package.put(table_path("applications"), plain([*rows[:4], [""] * 9, *rows[4:]]))
    assert [(each.code, each.row) for each in reading(package, tmp_path).findings] == [("table.blank_row", 5)]


def test_what_is_spelt_already_is_not_touched() -> None:
    text = 'a,b\n1,"2,3"\n'
    assert plain_csv(text, "x.csv") == text
    assert plain_csv('a,b\n1,"2\n', "x.csv") == 'a,b\n1,"2\n'
    assert plain_csv("", "x.csv") == ""
    assert plain_csv("a,b\n1,2", "x.csv") == "a,b\n1,2\n"
