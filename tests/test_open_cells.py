"""Cells that an import left open: told with the original's text, shown in a preview, never published."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import made_up
import pytest
from lxml.html import fromstring as fragment
from open_reports import corpus
from open_reports.checks.check import check, errors
from open_reports.finding import DataError
from open_reports.form import forms
from open_reports.library import open_library
from open_reports.report import OPEN, OpenCell, open_text
from open_reports.site.build import Build, Settings
from open_reports.text import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

CELL = OpenCell("disputes", "reconsideration", "upheld", "第3页表1第2行", "1 2", "absent of nothing", "12", 0)
LINE = OpenCell("applications", "granted", "", "", "", "absent", "", 0)
AGENCY, YEAR = "xugou-jia", 2023


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two packages; the second waits for a cell and a line."""
    for package in made_up.history(AGENCY, (2022, YEAR)):
        package.write(tmp_path / "datapackages")
    (tmp_path / "datapackages" / AGENCY / str(YEAR) / OPEN).write_text(open_text([CELL, LINE]), encoding="utf-8")
    return tmp_path / "datapackages"


def test_each_is_an_error_at_its_place(root: Path) -> None:
    found = [each for each in errors(check(open_library(root))) if each.rule == "OPEN"]
    assert [(each.code, each.address, each.row, each.found) for each in found] == [
        ("pending.cell", "disputes/reconsideration/upheld", 2, "1 2"),
        ("pending.absent", "applications/granted", 3, ""),
    ]
    assert all(each.file == f"datapackages/{AGENCY}/{YEAR}/{OPEN}" for each in found)
    for language in LANGUAGES:
        said = found[0].message(language)
        assert all(part in said for part in (CELL.where[language], CELL.seen, CELL.reason, CELL.proposal, "open.csv"))
        assert "{" not in said + found[1].message(language)


def test_what_waits_is_not_told_again_as_left_blank(root: Path) -> None:
    """That nothing is read yet is none of the original's: neither a total nor a whole table lacks its figures."""
    folder = root / AGENCY / str(YEAR)
    shutil.rmtree(folder)
    package = made_up.package(AGENCY, YEAR, blank=("disputes/reconsideration/total",))
    package.write(root)
    assert "total.blank" in {each.code for each in check(open_library(root))}
    waiting = CELL._replace(column="total")
    (folder / OPEN).write_text(open_text([waiting]), encoding="utf-8")
    assert "total.blank" not in {each.code for each in check(open_library(root))}
    cells = [f"disputes/{line.id}/{column.id}" for line, column in forms()[package.form_of["disputes"]].tables["disputes"].cells]
    shutil.rmtree(folder)
    made_up.package(AGENCY, YEAR, blank=cells).write(root)
    assert "form.blank" in {each.code for each in check(open_library(root))}
    (folder / OPEN).write_text(open_text([waiting]), encoding="utf-8")
    assert "form.blank" not in {each.code for each in check(open_library(root))}


def test_the_list_is_no_part_of_the_package(root: Path) -> None:
    library = open_library(root)
    with_list = library.reports[AGENCY, YEAR]
    (root / AGENCY / str(YEAR) / OPEN).unlink()
    settled = open_library(root).reports[AGENCY, YEAR]
    assert with_list.files == settled.files
    assert with_list.digest != settled.digest  # or what is remembered of the one would be believed of the other
    assert settled.open == ()
    assert not errors(check(open_library(root)))


def _settings(root: Path, *, preview: bool) -> Settings:
    return Settings(packages=root, base=root.parent, record=root.parent / "released", target=root.parent / "site", preview=preview)


def test_nothing_open_is_published(root: Path) -> None:
    with pytest.raises(DataError, match="待核对"):
        Build(_settings(root, preview=False)).open()
    with pytest.raises(DataError, match="待核对"):
        corpus.open(root)


def test_a_preview_shows_each_beside_what_the_original_has(root: Path) -> None:
    build = Build(_settings(root, preview=True))
    build.open()
    assert {each.code for each in build.broken} == {"pending.cell", "pending.absent"}
    page = next(page for page in build.pages if page.here.path == f"reports/{AGENCY}/{YEAR}/" and page.here.w.language == "zh")
    html = build.page(page)
    row = html.split('id="disputes/reconsideration/upheld"')[1].split('class="or-beside"')[1].split("</tr>")[0]
    assert CELL.place in row
    assert f"“{CELL.seen}”" in row
    assert f"“{CELL.proposal}”" in row


@pytest.mark.parametrize("language, words, other", [("zh", "待核对", "原文留空"), ("en", "open", "left blank")])
def test_what_was_not_read_is_not_shown_as_left_blank(root: Path, language: str, words: str, other: str) -> None:
    package = made_up.package(AGENCY, YEAR, blank=("disputes/reconsideration/upheld", "disputes/reconsideration/other"))
    shutil.rmtree(root / AGENCY / str(YEAR))
    (package.write(root) / OPEN).write_text(open_text([CELL]), encoding="utf-8")
    build = Build(_settings(root, preview=True))
    build.open()
    page = next(page for page in build.pages if page.path.endswith(f"reports/{AGENCY}/{YEAR}/") and page.here.w.language == language)
    shown = fragment(build.page(page))
    waiting, blank = (shown.get_element_by_id(f"disputes/reconsideration/{column}") for column in ("upheld", "other"))
    assert (waiting.get("data-says"), waiting.get("aria-label")) == (words, words)
    assert blank.get("data-says") == other


def test_another_error_still_hides_the_package_from_a_preview(root: Path) -> None:
    (root / AGENCY / str(YEAR) / "report.md").write_text("## 九、没有这一节\n", encoding="utf-8")
    with pytest.raises(DataError):
        Build(_settings(root, preview=True)).open()


@pytest.mark.parametrize(
    "text, code",
    [
        ("", "pending.header"),
        ("table,line\n", "pending.header"),
        (open_text([]) + "disputes,reconsideration\n", "pending.width"),
        (open_text([CELL._replace(line="nothing")]), "pending.place"),
        (open_text([CELL._replace(column="amount")]), "pending.place"),
        (open_text([CELL._replace(table="nothing")]), "pending.place"),
    ],
)
def test_a_list_that_cannot_be_read_is_an_error(root: Path, text: str, code: str) -> None:
    (root / AGENCY / str(YEAR) / OPEN).write_text(text, encoding="utf-8")
    assert [each.code for each in open_library(root).findings] == [code]


def test_a_list_with_its_head_alone_holds_nothing_open(root: Path) -> None:
    (root / AGENCY / str(YEAR) / OPEN).write_text(open_text([]), encoding="utf-8")
    assert not errors(check(open_library(root)))


def test_a_list_that_a_spreadsheet_saved_is_read(root: Path) -> None:
    """Excel leaves out the last comma of sixteen rows without a proposal, puts a mark before the first and blank rows behind the last."""
    rows = open_text([CELL._replace(proposal="")] * 20).replace(",\n", "\n").replace("\n", "\r\n")
    (root / AGENCY / str(YEAR) / OPEN).write_bytes(f"\ufeff{rows},,,,,,\r\n\r\n".encode())
    assert [each.code for each in errors(check(open_library(root)))] == ["pending.cell"] * 20


@pytest.mark.parametrize(
    "place, words",
    [
        ("表1第7行第2格", "table 1, row 7, cell 2"),
        ("第2页表1第3行第4格", "page 2, table 1, row 3, cell 4"),
        ("第12段", "paragraph 12"),
        ("Sheet1!B2（第2行第2格）", "Sheet1!B2 (row 2, cell 2)"),
        ("表1第4行第1格；表2第4行第1格", "table 1, row 4, cell 1; table 2, row 4, cell 1"),
        ("收到和处理申请!B4", "收到和处理申请!B4"),
        ("", ""),
    ],
)
def test_a_place_is_said_in_either_language(place: str, words: str) -> None:
    where = CELL._replace(place=place).where
    assert (where.zh, where.en) == (place, words)
