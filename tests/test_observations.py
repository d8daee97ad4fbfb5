"""Rows of the corpus: what they held before is untouched, and what was added says what a reader of one row must know."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import made_up
import pytest
from open_reports.derived.containing import NOWHERE, containing
from open_reports.derived.doubt import doubts
from open_reports.derived.whole import totals
from open_reports.files.observations import ADDED, FIRST, OBSERVATION, observations
from open_reports.form import Address, forms
from open_reports.library import open_library

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from open_reports.library import Library

CONTRACT = (
    "agency,agency_name,year,form,table,line,column,value,status,unit,printed,"
    "agency_name_en,kind,parent,scope,consolidated_in,address,finding"
)


def rows_of(library: Library) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(observations(library)[0].decode(), newline="")))


def plainly(library: Library) -> str:
    """The corpus without the columns that were added, by Python's own writer, figure by figure."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FIRST)
    for report in library:
        name = library.agencies[report.agency].name
        for each in report.figures():
            form = "" if each.address.table == "overview" else report.tables[each.address.table].form.form
            value = each.text if each.status == "reported" else ""
            writer.writerow([report.agency, name, report.year, form, *each.address, value, each.status, each.unit, each.printed or ""])
    return text.getvalue()


def first_columns(data: bytes) -> str:
    """A file of the corpus without the columns that were added."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(row[: len(FIRST)] for row in csv.reader(io.StringIO(data.decode(), newline="")))
    return text.getvalue()


def test_columns_are_those_of_the_contract_in_its_order() -> None:
    assert ",".join(OBSERVATION) == CONTRACT
    assert (*FIRST, *ADDED) == OBSERVATION


def test_without_the_columns_added_the_file_is_byte_for_byte_what_it_was(library: Library) -> None:
    assert first_columns(observations(library)[0]) == plainly(library)


def test_made_up_names_and_items_do_not_move_a_column(tmp_path: Path) -> None:
    package = made_up.package("xugou-jia", 2023)
    package.edit_agency("name", "虚构市甲局,“一”")
    package.edit_agency("name_en", 'Invented "A" Office, of Nowhere')
    package.put("data/overview.csv", 'item,value,unit,part_of\n"网站,发布",7,条,\n')
    package.put("data/notes.csv", 'table,line,column,printed,note\napplications,new,total,"1,2""3",\n')
    package.write(tmp_path)
    library = open_library(tmp_path)
    assert library.findings == ()
    data, objects = observations(library)
    assert first_columns(data) == plainly(library)
    rows = rows_of(library)
    assert {row["agency_name_en"] for row in rows} == {'Invented "A" Office, of Nowhere'}
    assert rows[0]["address"] == "overview/网站,发布/value"
    assert [{key: value or "" for key, value in each.items()} for each in json.loads(objects, parse_int=str, parse_float=str)] == rows


def test_rows_of_the_json_are_those_of_the_csv(library: Library) -> None:
    _, objects = observations(library)
    found: list[dict[str, Any]] = json.loads(objects, parse_int=str, parse_float=str)
    assert [tuple(each) for each in found] == [OBSERVATION] * len(found)
    assert [{key: value or "" for key, value in each.items()} for each in found] == rows_of(library)


def test_each_row_says_whose_it_is_and_what_contradicts_it(library: Library) -> None:
    seen = 0
    for row in rows_of(library):
        agency, report = library.agencies[row["agency"]], library.reports[row["agency"], int(row["year"])]
        assert (row["agency_name_en"], row["kind"], row["parent"]) == (agency.name_en, agency.kind, agency.parent or "")
        assert row["scope"] == report.scope
        assert row["address"] == f"{row['table']}/{row['line']}/{row['column']}"
        assert tuple(row["finding"].split()) == doubts(report, library).get(row["address"], ())
        seen += bool(row["finding"])
    assert seen == sum(len(doubts(report, library)) for report in library) > 20


def test_the_total_of_haitan_carries_its_contradiction(library: Library) -> None:
    """The report prints 0 in 总计 beside 5 natural persons and 1 enterprise."""
    (row,) = (
        row
        for row in rows_of(library)
        if (row["agency"], row["year"], row["address"]) == ("pingtan-haitan", "2024", "applications/new/total")
    )
    assert (row["value"], row["status"], row["finding"]) == ("0", "reported", "T3-ROW")


# -- nothing is counted twice -------------------------------------------------------------------------------------------

NEW = "applications/new/total"
BY_HAND = {
    # Each year has the consolidated report of the area, whose package, scope or place above them covers all other reports of
    # the year but one: the street office of Yinchuan in 2019, which prints 0. So a year's sum is the area's own total; in 2024
    # it is 218, where all rows together give 427: 218 + 209 of the 17 units, two of which print 0 for 9.
    "2019": 23,
    "2020": 21,
    "2021": 70,
    "2022": 74,
    "2023": 81,
    "2024": 218,
    "2025": 154,
}
TWICE = {
    # The same with what the units print: 2019 resources 3; 2020 resources 9; 2022 police 1; 2023 resources 19, assets and Haitan 0;
    # 2024 the 17 units 209; 2025 five units 55.
    "2019": 23 + 3,
    "2020": 21 + 9,
    "2021": 70,
    "2022": 74 + 1,
    "2023": 81 + 19,
    "2024": 218 + 209,
    "2025": 154 + 55,
}


def sums(rows: list[dict[str, str]], address: str = NEW, *, once: bool = True) -> Mapping[str, Decimal]:
    """What a reader gets who adds up the rows of an address by year."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row["address"] == address and row["status"] == "reported" and not (once and (row["consolidated_in"] or row["finding"])):
            found[row["year"]] += Decimal(row["value"])
    return found


def test_a_sum_over_all_agencies_counts_nothing_twice(library: Library) -> None:
    rows = rows_of(library)
    assert sums(rows) == BY_HAND
    assert sums(rows, once=False) == TWICE


def test_a_sum_of_any_figure_over_all_agencies_is_the_site_s_own_total(library: Library) -> None:
    rows = rows_of(library)
    cells = {(table.id, line.id, column.id) for form in forms().values() for table in form.tables.values() for line, column in table.cells}
    by_year = {address: {str(year): total for year, total in totals(library, Address(*address)).items()} for address in cells}
    assert by_year["applications", "new", "total"] == BY_HAND
    own = [
        row
        for row in rows
        if row["table"] != "overview" and row["status"] == "reported" and not row["consolidated_in"] and not row["finding"]
    ]
    found: dict[tuple[str, str, str], dict[str, Decimal]] = {address: {} for address in cells}
    for row in own:
        of = found[row["table"], row["line"], row["column"]]
        of[row["year"]] = of.get(row["year"], Decimal()) + Decimal(row["value"])
    assert found == by_year
    assert len(found) > 200


def test_a_sum_over_the_reports_that_were_there_first_is_the_same(packages: Path) -> None:
    """Of the first 19 reports: 218 for 2024, where 297 came of adding up (218, and 79 of four units)."""
    first = {
        "pingtan": range(2019, 2026),
        "pingtan-finance": (2024, 2025),
        "pingtan-haitan": (2023, 2024, 2025),
        "pingtan-police": (2022, 2024),
        "pingtan-resources": (2019, 2020, 2023, 2024),
        "yinchuan-qianjinjie": (2019,),
    }
    only = [(agency, year) for agency, years in first.items() for year in years]
    found = open_library(packages, only=only)
    assert len(found) == 19
    rows = rows_of(found)
    assert sums(rows)["2024"] == 218
    assert sums(rows, once=False)["2024"] == 297
    assert sums(rows) == BY_HAND


def test_a_year_is_the_report_of_the_area_and_what_it_does_not_contain(library: Library) -> None:
    for year in library.years:
        apart = [report for report in library.of_year(year) if containing(report, library).whole is None]
        assert [report.agency for report in apart] == ["pingtan", *(["yinchuan-qianjinjie"] if year == 2019 else [])]


# -- which report contains another ---------------------------------------------------------------------------------------


def world(root: Path, **parents: str) -> None:
    """Agencies with a report of 2023 each, below those named."""
    for name, parent in parents.items():
        package = made_up.package(f"xugou-{name}", 2023)
        package.edit_agency("parent", parent)
        package.write(root)


def edited(root: Path, name: str, key: str, value: object) -> None:
    path = root / f"xugou-{name}" / "2023" / "datapackage.json"
    own = json.loads(path.read_text(encoding="utf-8"))
    own["report"][key] = value
    path.write_text(json.dumps(own, ensure_ascii=False), encoding="utf-8")


def contained(root: Path) -> dict[str, str]:
    """By agency, the report that contains its own."""
    library = open_library(root)
    assert library.findings == ()
    return {report.agency.removeprefix("xugou-"): str(containing(report, library)) for report in library}


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """A city, an office below it and a station below the office."""
    world(tmp_path, jia="none", yi="xugou-jia", bing="xugou-yi")
    return tmp_path


def test_reports_of_their_own_contain_nothing(three: Path) -> None:
    assert contained(three) == {"jia": "-", "yi": "-", "bing": "-"}


def test_a_consolidated_report_contains_all_below_its_agency(three: Path) -> None:
    edited(three, "jia", "scope", "consolidated")
    assert contained(three) == {"jia": "-", "yi": "xugou-jia-2023", "bing": "xugou-jia-2023"}


def test_of_two_consolidated_reports_the_nearer_contains_a_report(three: Path) -> None:
    edited(three, "jia", "scope", "consolidated")
    edited(three, "yi", "scope", "consolidated")
    assert contained(three) == {"jia": "-", "yi": "xugou-jia-2023", "bing": "xugou-yi-2023"}


def test_a_unit_that_is_named_is_contained_wherever_it_stands(three: Path) -> None:
    edited(three, "bing", "consolidates", [{"units": ["xugou-jia"]}])
    assert contained(three) == {"jia": "xugou-bing-2023", "yi": "-", "bing": "-"}


def test_one_report_of_a_circle_stands_for_itself(three: Path) -> None:
    edited(three, "jia", "consolidates", [{"units": ["xugou-bing"]}])
    edited(three, "bing", "consolidates", [{"units": ["xugou-jia"]}])
    assert contained(three) == {"jia": "xugou-bing-2023", "yi": "-", "bing": "-"}


def test_agencies_above_each_other_hang_nothing(three: Path) -> None:
    (three / "xugou-jia" / "agency.yml").write_text(made_up.agency_text("xugou-jia", parent="xugou-bing"), encoding="utf-8")
    library = open_library(three)
    assert {each.code for each in library.findings} == {"meta.parent"}
    assert [containing(report, library) for report in library] == [NOWHERE] * 3


def test_lines_that_are_named_are_contained_and_no_others(three: Path) -> None:
    edited(three, "jia", "consolidates", [{"units": ["xugou-bing"], "lines": ["disclosure/fees"]}])
    rows = [row for row in rows_of(open_library(three)) if row["consolidated_in"]]
    assert {(row["agency"], row["table"], row["line"], row["consolidated_in"]) for row in rows} == {
        ("xugou-bing", "disclosure", "fees", "xugou-jia-2023")
    }


def test_lines_are_nothing_beside_the_whole(three: Path) -> None:
    edited(three, "jia", "scope", "consolidated")
    edited(three, "yi", "consolidates", [{"units": ["xugou-bing"], "lines": ["disclosure/fees"]}])
    assert contained(three)["bing"] == "xugou-jia-2023"
    assert {row["consolidated_in"] for row in rows_of(open_library(three)) if row["agency"] == "xugou-bing"} == {"xugou-jia-2023"}
