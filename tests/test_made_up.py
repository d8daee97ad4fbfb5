"""The generator of made-up packages: valid, balanced, the same for the same seed, unmistakably invented."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

import made_up
import pytest
from open_reports.checks.check import check
from open_reports.form import forms
from open_reports.library import open_library
from open_reports.report import Source, descriptor, json_text

if TYPE_CHECKING:
    from pathlib import Path

TABLES = forms().tables


def test_same_seed_same_bytes() -> None:
    assert made_up.package(seed=7).files == made_up.package(seed=7).files
    assert made_up.package(seed=7).files != made_up.package(seed=8).files


def test_descriptor_is_the_one_that_the_project_writes() -> None:
    package = made_up.package("xugou-yi", 2020)
    title = "虚构市乙局2020年政府信息公开工作年度报告"
    expected = descriptor(
        agency="xugou-yi",
        year=2020,
        title=title,
        sources=[Source(title, "https://www.example.gov.cn/xugou-yi/2020.htm")],
        form_of=dict.fromkeys(TABLES, "2019"),
        created=made_up.CREATED,
        published="2021-01-20",
    )
    assert package.text("datapackage.json") == json_text(expected)


@pytest.mark.parametrize("form", list(forms()))
@pytest.mark.parametrize("table", TABLES)
def test_every_cell_of_the_form_has_a_figure(form: str, table: str) -> None:
    figures = made_up.package(form_of=dict.fromkeys(TABLES, form)).figures[table]
    cells = forms()[form].tables[table].cells
    assert {(line, column) for line, found in figures.items() for column in found} == {(line.id, column.id) for line, column in cells}


def test_no_count_is_negative() -> None:
    for package in made_up.corpus(60, seed=3):
        for table, form in package.form_of.items():
            for line, column in forms()[form].tables[table].cells:
                figure = package.figures[table][line.id][column.id]
                assert figure is not None
                assert figure >= 0 or column.type.id == "change", (package.path, table, line.id, column.id)


def test_carried_in_is_what_the_year_before_carried_out() -> None:
    """In every column, over the change of forms as well."""
    years = list(made_up.history("xugou-0001"))
    assert [package.year for package in years] == list(made_up.YEARS)
    assert len({tuple(package.form_of.values()) for package in years}) == 2
    for before, after in pairwise(years):
        assert after.figures["applications"]["carried_in"] == before.figures["applications"]["carried_out"]
    assert any(number for package in years for number in package.figures["applications"]["carried_in"].values())


def test_stocks_continue() -> None:
    years = list(made_up.history("xugou-0002", seed=5))
    old = [package.figures["disclosure"] for package in years if package.year <= 2020]
    new = [package.figures["disclosure"] for package in years if package.year >= 2021]
    for before, after in pairwise(old):
        assert after["rules"]["total_disclosed"] == _sum(before["rules"]["total_disclosed"], after["rules"]["disclosed"])
        assert after["licensing"]["prior_items"] == _sum(before["licensing"]["prior_items"], before["licensing"]["change"])
    for before, after in pairwise(new):
        stock = _sum(before["rules"]["in_force"], after["rules"]["issued"])
        assert _sum(after["rules"]["in_force"], after["rules"]["repealed"]) == stock


def _sum(*figures: made_up.Number | None) -> made_up.Number:
    assert None not in figures
    return sum(figure for figure in figures if figure is not None)


@pytest.mark.parametrize("seed", range(3))
def test_a_corpus_has_nothing_to_find(seed: int, tmp_path: Path) -> None:
    made_up.write_corpus(tmp_path / "datapackages", 21, seed=seed)
    library = open_library(tmp_path / "datapackages")
    assert str(library) == "21 reports of 3 agencies"
    assert check(library) == ()
    assert [agency.name for agency in library.agencies.values()] == ["虚构第0001局", "虚构第0002局", "虚构第0003局"]


def test_a_corpus_of_any_size() -> None:
    found = [(package.agency, package.year) for package in made_up.corpus(10)]
    assert len(found) == len(set(found)) == 10
    assert found[-1] == ("xugou-0002", 2021)


def test_absent_lines_and_blank_cells(tmp_path: Path) -> None:
    package = made_up.package(absent=["disclosure/rules"], blank=["applications/new/total"])
    package.write(tmp_path / "datapackages")
    report = open_library(tmp_path / "datapackages").reports["xugou-jia", 2023]
    assert report.figure("disclosure", "rules", "issued").status == "line_absent"
    assert report.figure("applications", "new", "total").status == "blank"


def test_editing_a_package() -> None:
    package = made_up.package()
    package.set("applications", "granted", "total", "１２")
    package.edit_json("resources[0].path", "elsewhere.csv")
    package.edit_json("report.scope", made_up.REMOVED)
    package.edit_agency("site", "x")
    package.edit_agency("name_en", made_up.REMOVED)
    assert package.rows("applications")[3][-1] == "１２"
    root = json.loads(package.text("datapackage.json"))
    assert root["resources"][0]["path"] == "elsewhere.csv"
    assert "scope" not in root["report"]
    assert 'site: "x"\n' in package.text("agency.yml")
    assert "name_en" not in package.text("agency.yml")
    with pytest.raises(ValueError, match="stands 2 times"):
        package.replace("report.md", "真实的", "")
