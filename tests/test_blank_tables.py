"""A table that reports no figure says so wherever one of its figures would stand: on every page, in every chart, in every file.

Made-up packages with each table in turn wholly blank, struck out with `/` or `-`, or left out line by line. What is asked is that
nothing of such a table passes for a number or for a single cell left blank.
"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import made_up
import openpyxl
import pytest
from conftest import with_cells
from lxml import html
from open_reports.charts import svg
from open_reports.checks.check import check
from open_reports.derived import mark
from open_reports.derived.doubt import doubts
from open_reports.files.workbook import cells as workbook_cells
from open_reports.form import forms
from open_reports.form.sheet import blank_words
from open_reports.intake.own import package
from open_reports.library import open_library
from open_reports.pages import compare, indicators, listing, table
from open_reports.report import table_path
from open_reports.site.publish import publish
from open_reports.text import LANGUAGES, Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_reports.library import Library
    from open_reports.report import Report
    from open_reports.site.publish import Publication

KEY = ("xugou-jia", 2023)
TABLES = ("disclosure", "applications", "disputes")
KINDS = {"": "blank", "/": "not_applicable", "-": "not_applicable", "absent": "line_absent"}
"""What stands in each cell of a table, and which kind of nothing that is."""
CASES = [*(("applications", kind) for kind in KINDS), ("disclosure", "/"), ("disputes", "absent")]


EMPTY_SENTENCE = {"zh": "年报没有填写任何数字", "en": " is empty."}
"""How the summary begins or ends to tell of such a table, which it does once."""


class Made(NamedTuple):
    """A library in which a table of one report tells nothing, and its site."""

    library: Library
    publication: Publication

    @property
    def report(self) -> Report:
        return self.library.reports[KEY]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Two agencies, one with two years, whole as they are."""
    root = tmp_path_factory.mktemp("blank")
    for made in (*made_up.history("xugou-jia", (2022, 2023)), made_up.package("xugou-yi", 2023)):
        made.write(root)
    return open_library(root)


@cache
def _emptied(library: _Held, name: str, kind: str) -> Made:
    # Without what a note says of a single cell of it.
    report = replace(library.held.reports[KEY], notes=())
    if kind == "absent":
        found = report.tables[name]
        lines = tuple((name, line) for line in found.form.lines)
        gone = replace(found, rows={}, labels={}, row_numbers={})
        empty = replace(report, tables={**report.tables, name: gone}, absent=lines)
    else:
        empty = with_cells(report, {f"{name}/{line.id}/{column.id}": kind for line, column in report.tables[name].form.cells})
    one = replace(library.held, reports={**library.held.reports, KEY: empty})
    return Made(one, publish(one, check(one), site="https://reports.example/"))


class _Held:
    """A library by which results are kept: itself it has no hash."""

    def __init__(self, library: Library) -> None:
        self.held = library


@pytest.fixture(scope="module")
def held(whole: Library) -> _Held:
    return _Held(whole)


@pytest.mark.parametrize("name, kind", CASES)
def test_each_figure_of_it_is_in_doubt(held: _Held, name: str, kind: str) -> None:
    made = _emptied(held, name, kind)
    report = made.report
    cells = {f"{name}/{line.id}/{column.id}" for line, column in report.tables[name].form.cells}
    told = doubts(report, made.library)
    assert {address for address, rules in told.items() if "BLANK" in rules} == cells
    assert {report.status(*address.split("/")) for address in cells} == {KINDS[kind]}


# -- pages ------------------------------------------------------------------------------------------------------------------


def _pages(made: Made, language: str) -> Iterator[tuple[str, html.HtmlElement]]:
    for page in made.publication.pages:
        if page.here.w.language == language and page.here.path.startswith(("reports/", "years/2023/", "indicators/", "compare/")):
            yield page.here.path, html.fromstring(f"<main>{page.build()}</main>")


Place = tuple[str, bool, str]
"""A kind of place where a figure of the table would stand, whether it says that the whole table is blank, and what it says."""


def _of_report(root: html.HtmlElement, name: str, w: Words) -> Iterator[Place]:
    for cell in root.xpath("//td[starts-with(@id, $start)]", start=f"{name}/"):
        # Read out, and drawn before the cell by the style of `data-says`, on paper as well.
        yield "cell", cell.get("aria-label") == cell.get("data-says") == w("mark_blank_table"), str(cell.get("id"))
    yield "sentence", EMPTY_SENTENCE[w.language] in root.xpath("string(//ul[@class='or-summary'])"), "summary"


def _of_lists(root: html.HtmlElement, w: Words) -> Iterator[Place]:
    # Every other report of the library is whole.
    for cell in (each for each in root.xpath("//td[@data-status]") if each.get("data-status") in mark.EMPTY):
        yield "list", cell.get("aria-label") == w("mark_blank_table"), str(cell.get("aria-label"))


def _of_charts(root: html.HtmlElement, w: Words) -> Iterator[Place]:
    for cell in root.xpath("//table[contains(@class, 'or-chart-table')]//td[@data-year='2023'][@data-reason]"):
        if cell.get("data-reason") in mark.EMPTY:
            yield "chart", w("mark_blank_table") in cell.text_content(), cell.text_content()
    short = w("nothing_whole_table")
    for text in (each.text for each in root.xpath("//svg//text[contains(@data-gap, '2023')]")):
        if text in {w(f"nothing_{status}") for status in mark.EMPTY} | {short}:
            yield "drawing", text == short, text


def _of_indicator(root: html.HtmlElement, w: Words) -> Iterator[Place]:
    (row,) = root.xpath("//tbody/tr[th//a[contains(@href, 'xugou-jia')]]")
    for cell in (each for each in row.xpath("./td") if each.get("data-reason") in mark.EMPTY):
        yield "indicator", w("mark_blank_table") in cell.text_content(), cell.text_content()


def _of_comparison(root: html.HtmlElement, w: Words) -> Iterator[Place]:
    (row,) = root.xpath("//tbody/tr[th//a[contains(@href, 'xugou-jia')]]")
    others = {forms().common.statuses[status][w.language] for status in mark.EMPTY}
    for text in (each.text_content().strip() for each in row.xpath("./td")):
        if text in others | {w("mark_blank_table")}:
            yield "comparison", text == w("mark_blank_table"), text


def _places(path: str, root: html.HtmlElement, name: str, w: Words) -> Iterator[Place]:
    if path == "reports/xugou-jia/2023/":
        yield from _of_report(root, name, w)
    if path in {"years/2023/", "reports/xugou-jia/"}:
        yield from (*_of_lists(root, w), *_of_charts(root, w))
    if path.startswith("indicators/") and path.count("/") > 1:
        yield from _of_indicator(root, w)
    if path == "compare/":
        yield from _of_comparison(root, w)


def silent(made: Made, name: str, language: str) -> tuple[list[str], set[str]]:
    """Where a page shows a figure of the table without saying that its whole table is blank, and the kinds of places that do say so."""
    w = Words(language)
    found = [(path, each) for path, root in _pages(made, language) for each in _places(path, root, name, w)]
    return [f"{path}: {where}" for path, (_, says, where) in found if not says], {kind for _, (kind, says, _) in found if says}


EVERYWHERE = frozenset({"cell", "sentence", "list", "chart", "drawing"})
SAID = {name: EVERYWHERE | ({"indicator", "comparison"} if name != "disclosure" else set()) for name in TABLES}
"""Kinds of places that show figures of a table."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name, kind", CASES)
def test_every_page_says_so(held: _Held, name: str, kind: str, language: str) -> None:
    bare, kinds = silent(_emptied(held, name, kind), name, language)
    assert bare == []
    assert kinds == SAID[name]


@pytest.mark.parametrize("module, name", [(table, "nothing_words"), (listing, "nothing_words"), (compare, "nothing_words"), (indicators, "nothing_words"), (svg, "of_blank")])  # fmt: skip
def test_a_place_that_does_not_say_so_is_missed(held: _Held, module: object, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _emptied(held, "applications", "")
    assert silent(made, "applications", "zh")[0] == []
    plain = {"nothing_words": lambda status, w, *_: mark.nothing_words(status, w), "of_blank": lambda *_: False}
    monkeypatch.setattr(module, name, plain[name])
    assert silent(made, "applications", "zh")[0]


# -- files ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name, kind", CASES)
def test_every_file_says_so(held: _Held, name: str, kind: str) -> None:
    """Rows and objects by their rules, workbooks in words; no number stands for a figure of the table anywhere."""
    made = _emptied(held, name, kind)
    report, status = made.report, KINDS[kind]
    cells = {f"{name}/{line.id}/{column.id}" for line, column in report.tables[name].form.cells}
    wanted = {report.folder, "reports/xugou-jia/", "data/", "years/2023/"}
    files = {
        f"{folder.path}{path}": data
        for folder in made.publication.folders
        if folder.path in wanted
        for path, data in folder.files().items()
    }
    for path in ("data/observations.csv", "reports/xugou-jia/xugou-jia.csv"):
        rows = [row for row in csv.DictReader(io.StringIO(files[path].decode())) if (row["agency"], row["year"]) == (KEY[0], str(KEY[1]))]
        found = {row["address"]: (row["value"], row["status"], "BLANK" in row["finding"].split()) for row in rows if row["table"] == name}
        assert found == dict.fromkeys(cells, ("", status, True))
    own = json.loads(files[f"{report.folder}report.json"])
    assert {address for address, rules in own["finding"].items() if "BLANK" in rules} == cells
    assert {own["status"][address] for address in cells} == {status}
    agency = json.loads(files["reports/xugou-jia/xugou-jia.json"])["figures"]
    told = [agency[address]["years"]["2023"] for address in sorted(cells)]
    assert all((each["value"], each["status"], "BLANK" in each["finding"]) == (None, status, True) for each in told)
    figures = json.loads(files[f"{report.folder}figures/{name}.json"])["figures"]
    assert all("BLANK" in cell["finding"] and cell["value"] is None for line in figures.values() for cell in line.values())
    connection = sqlite3.connect(":memory:")
    connection.deserialize(files["data/reports.sqlite"])
    query = "SELECT address, value FROM observations WHERE finding LIKE '%BLANK%' AND agency = ? AND year = ?"
    assert dict(connection.execute(query, KEY)) == dict.fromkeys(cells)
    connection.close()
    book = files[f"{report.folder}{report.name}.xlsx"]
    sheets = openpyxl.load_workbook(io.BytesIO(book))
    said = [str(cell.value) for sheet in sheets for row in sheet for cell in row]
    wording = forms().common.statuses["line_absent"].zh if kind == "absent" else blank_words(KINDS[kind])
    # Among the kinds of nothing that the sheet of notes explains, a line that is left out stands once more.
    wanted_times = len(cells) + (kind == "absent")
    assert said.count(wording) == wanted_times
    for several in ("reports/xugou-jia/xugou-jia.xlsx", "years/2023/2023.xlsx", "data/reports.xlsx"):
        texts = [str(cell.value) for sheet in openpyxl.load_workbook(io.BytesIO(files[several])) for row in sheet for cell in row]
        assert texts.count(wording) == wanted_times, several
    if kind != "absent":  # what is made up here of a package without lines is no package
        again = package(book)
        assert again is not None
        kept = {row["line"]: row for row in csv.DictReader(io.StringIO(again.files[table_path(name)].decode()))}
        assert {kept[line.id][column.id] for line, column in report.tables[name].form.cells} == {kind}


def test_a_blank_cell_under_a_foreign_label_is_a_blank_cell(held: _Held) -> None:
    """Its line is in doubt, its table is not blank."""
    words = Words("zh")("mark_blank_table")
    assert mark.nothing_words("blank", Words("zh"), ("LABEL",)) == forms().common.statuses["blank"].zh
    assert mark.nothing_words("blank", Words("zh"), ("LABEL", "BLANK")) == words
    styles = dict.fromkeys(("nothing≠", "nothing"), "1")
    assert words not in workbook_cells.figure_cell("A1", styles, "", workbook_cells.DOUBTED)
    assert words in workbook_cells.figure_cell("A1", styles, "", workbook_cells.WHOLE)
    assert held.held.reports
