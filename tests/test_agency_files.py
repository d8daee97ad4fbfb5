"""All years of one agency as data: the rows of the corpus that are its own, and every figure and indicator of its reports."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import made_up
import pytest
from hypothesis import given
from hypothesis import strategies as st
from open_reports.derived.indicator import of_library
from open_reports.files.agency import agency_csv, agency_json
from open_reports.files.observations import OBSERVATION, observations
from open_reports.form import forms
from open_reports.library import Library, open_library

if TYPE_CHECKING:
    from pathlib import Path

AGENCIES = ["pingtan", "pingtan-haitan", "pingtan-police", "yinchuan-qianjinjie"]


def told(library: Library, agency: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(agency_json(library, library.agencies[agency]), parse_float=Decimal)
    return found


def test_csv_files_together_are_the_corpus(library: Library) -> None:
    """Header and rows byte for byte, so whoever reads the one reads the other."""
    corpus = observations(library)[0].decode()
    header, _, rows = corpus.partition("\n")
    files = [agency_csv(library, agency).decode() for agency in library.agencies.values()]
    assert {each.partition("\n")[0] for each in files} == {header}
    assert "".join(each.partition("\n")[2] for each in files) == rows
    assert len(rows.splitlines()) > 3000


@pytest.mark.parametrize("agency", AGENCIES)
def test_json_holds_every_figure_of_every_year(library: Library, agency: str) -> None:
    data = told(library, agency)
    reports = library.of_agency(agency)
    assert list(data["years"]) == [str(report.year) for report in reports]
    for report in reports:
        year = str(report.year)
        about = data["years"][year]
        assert about["forms"] == {table: found.form.form for table, found in report.tables.items()}
        assert (about["scope"], about["page"], about["version"]) == (report.scope, f"reports/{agency}/{year}/", report.version)
        printed = set()
        for figure in report.figures():
            entry = data["figures"][str(figure.address)]
            cell = entry["years"][year]
            printed.add(str(figure.address))
            assert cell["value"] == figure.value
            assert cell.get("status", "reported") == figure.status
            assert cell.get("unit", entry["unit"]) == figure.unit
            assert cell.get("printed") == figure.printed
            if figure.status == "reported":
                assert cell.get("text", str(cell["value"])) == figure.text
        for address in data["figures"].keys() - printed:
            if not address.startswith("overview/"):
                assert data["figures"][address]["years"][year] == {"value": None, "status": "not_on_form"}
            else:
                assert year not in data["figures"][address]["years"]


def test_a_missing_year_has_no_entry(library: Library) -> None:
    data = told(library, "pingtan-police")
    years = set(data["years"])
    assert years == {"2022", "2024"}, "no year is missing between: the test is void"
    assert {year for figure in data["figures"].values() for year in figure["years"]} == years
    assert all(set(values) == years for values in data["indicators"].values())


def test_indicators_are_those_of_the_library(library: Library) -> None:
    values = of_library(library)
    for agency in AGENCIES:
        data = told(library, agency)
        assert list(data["indicators"]) == list(forms().indicators)
        for indicator, years in data["indicators"].items():
            for year, held in years.items():
                value = values[indicator][agency, int(year)]
                assert held["value"] == value.value
                assert held["numerator"] == value.numerator
                assert held.get("reason") == value.reason
                if value.indicator.denominator:
                    assert held["denominator"] == value.denominator
                    assert held.get("text") == (None if held["value"] is None else str(value.value))


@given(amount=st.decimals(min_value=0, max_value=Decimal("999999999999999.999999"), places=6))
def test_money_keeps_its_spelling(tmp_path_factory: pytest.TempPathFactory, amount: Decimal) -> None:
    """Whatever its digits, a sum of money is spelt in the JSON file as in its package, as number and as text."""
    root = tmp_path_factory.mktemp("money")
    package = made_up.package("xugou-jia", 2023)
    text = f"{amount:f}"
    package.set("disclosure", "fees", "amount", text)
    package.write(root)
    library = open_library(root)
    data = agency_json(library, library.agencies["xugou-jia"]).decode()
    assert f'"value": {text}, "text": "{text}"' in data


def test_texts_are_quoted(tmp_path: Path) -> None:
    package = made_up.package("xugou-jia", 2023)
    package.edit_agency("name", '虚构"甲"局,办公室')
    package.write(tmp_path)
    library = open_library(tmp_path)
    agency = library.agencies["xugou-jia"]
    rows = list(csv.DictReader(io.StringIO(agency_csv(library, agency).decode(), newline="")))
    assert {row["agency_name"] for row in rows} == {'虚构"甲"局,办公室'}
    assert json.loads(agency_json(library, agency))["name"] == '虚构"甲"局,办公室'


def test_an_agency_without_reports_has_its_files(tmp_path: Path) -> None:
    (tmp_path / "xugou-jia").mkdir()
    (tmp_path / "xugou-jia" / "agency.yml").write_text(made_up.agency_text("xugou-jia"), encoding="utf-8")
    library = open_library(tmp_path)
    agency = library.agencies["xugou-jia"]
    assert agency_csv(library, agency).decode() == ",".join(OBSERVATION) + "\n"
    data = json.loads(agency_json(library, agency))
    assert (data["years"], data["figures"]) == ({}, {})


def test_what_a_report_covers_and_units_that_change_are_told(tmp_path: Path) -> None:
    """A short period, agencies summed up, and a figure of section one whose unit is another the next year."""
    for year, unit in ((2022, "条"), (2023, "篇")):
        package = made_up.package("xugou-jia", year)
        package.put("data/overview.csv", f"item,value,unit,part_of\n网站发布,{year},{unit},\n")
        if year == 2023:
            package.edit_json("report.period", {"from": "2023-09-01", "to": "2023-12-31"})
            package.edit_json("report.scope", "consolidated")
            package.edit_json("report.consolidates", [{"units": ["xugou-yi"], "lines": []}])
        package.write(tmp_path)
    made_up.package("xugou-yi", 2023).write(tmp_path)
    library = open_library(tmp_path)
    assert library.findings == ()
    data = told(library, "xugou-jia")
    assert data["years"]["2023"]["period"] == ["2023-09-01", "2023-12-31"]
    assert data["years"]["2023"]["consolidates"] == ["xugou-yi"]
    assert "period" not in data["years"]["2022"]
    assert data["figures"]["overview/网站发布/value"] == {
        "unit": "条",
        "years": {"2022": {"value": 2022}, "2023": {"value": 2023, "unit": "篇"}},
    }
