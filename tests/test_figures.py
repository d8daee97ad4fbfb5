"""The file of every figure: what it says is what the report, its rules and its history say."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import made_up
import pytest
from conftest import with_cells
from hypothesis import given
from hypothesis import strategies as st
from open_reports.checks.check import check
from open_reports.checks.identity import identities, total
from open_reports.files import figures
from open_reports.form import forms
from open_reports.history import corrections
from open_reports.library import Library, open_library
from open_reports.report.model import Change, Consolidation, Revision

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from open_reports.checks.identity import Identity
    from open_reports.finding import Finding
    from open_reports.report import Reading, Report

TABLES = forms().tables


def parsed(library: Library, report: Report, findings: tuple[Finding, ...] = ()) -> dict[str, Any]:
    own = [each for each in findings if (each.agency, each.year) == (report.agency, report.year)]
    made = figures.files(library, report, own, corrections.of_report(report))
    assert tuple(made) == ("overview", *report.tables)
    return {table: json.loads(data, parse_float=Decimal) for table, data in made.items()}


def with_report(library: Library, report: Report) -> Library:
    return replace(library, reports={**library.reports, (report.agency, report.year): report})


def said(each: Identity) -> dict[str, Any]:
    """What the files say of an identity."""
    result: dict[str, Any] = {"result": each.result}
    if each.result == "untestable":
        result["reason"] = each.reason
    elif each.result != "holds":
        result |= {"left": total(each.left), "right": total(each.right)}
    return result | ({"parts": total(each.parts)} if each.parts else {})


def tell(library: Library, report: Report) -> None:
    """Assert that the files say of every figure what the report says, and of every rule what the checks say."""
    files = parsed(library, report)
    seen = 0
    for figure in report.figures():
        told = files[figure.address.table]["figures"][figure.address.line][figure.address.column]
        assert told["value"] == figure.value
        assert (told["value"] is None) == (figure.status != "reported")
        assert (told["status"], told["unit"]) == (figure.status, figure.unit)
        assert (told.get("printed"), told.get("note")) == (figure.printed, figure.note)
        assert told.get("text", str(figure.value)) == str(figure.value) or figure.value is None
        seen += 1
    assert seen == sum(len(cells) for told in files.values() for cells in told["figures"].values())
    expected: dict[str, dict[str, dict[str, Any]]] = {table: {} for table in TABLES}
    uses: dict[str, set[str]] = {}
    for each in identities(report, library):
        at = f"{each.blamed.line}/{each.blamed.column}" if each.rule.id == "AGG" else each.at
        key = f"{each.rule.id}:{at}"
        expected[each.table][key] = said(each)
        for member in (*each.left, *each.right):
            if (member.agency, member.year) == (report.agency, report.year):
                uses.setdefault(str(member.address), set()).add(key)
    for table in TABLES:
        assert files[table]["rules"] == expected[table]
        for line, cells in files[table]["figures"].items():
            for column, told in cells.items():
                assert set(told["rules"]) == uses.get(f"{table}/{line}/{column}", set()), (line, column)


def test_every_figure_of_the_corpus(library: Library) -> None:
    for report in library:
        tell(library, report)


def test_every_figure_of_made_up_reports(corpus: Path) -> None:
    library = open_library(corpus)
    for report in library:
        tell(library, report)


CELLS = [f"{table.id}/{line.id}/{column.id}" for table in forms()["2021"].tables.values() for line, column in table.cells]


@given(cells=st.dictionaries(st.sampled_from(CELLS), st.sampled_from(["", "/", "-", "0", "7", "123456789"]), max_size=8))
def test_whatever_stands_in_the_cells(library: Library, cells: dict[str, str]) -> None:
    report = with_cells(library.reports["pingtan", 2023], cells)
    tell(with_report(library, report), report)


def test_money_keeps_its_spelling(library: Library) -> None:
    report = library.reports["pingtan", 2023]
    report = with_cells(report, {"disclosure/fees/amount": "0.10"})
    told = parsed(with_report(library, report), report)["disclosure"]["figures"]["fees"]["amount"]
    assert (str(told["value"]), told["text"]) == ("0.10", "0.10")


def test_a_line_that_the_original_lacks(reading: Callable[[made_up.Package], Reading]) -> None:
    package = made_up.package("xugou-jia", 2021, absent=("disclosure/fees",))
    report = reading(package).report
    assert report is not None
    told = parsed(Library(agencies={}, reports={("xugou-jia", 2021): report}, findings=()), report)["disclosure"]["figures"]["fees"]
    assert {cell["status"] for cell in told.values()} == {"line_absent"}
    assert {cell["value"] for cell in told.values()} == {None}


def test_the_same_figure_in_other_years(library: Library) -> None:
    told = parsed(library, library.reports["pingtan", 2021])["applications"]
    years = [str(report.year) for report in library.of_agency("pingtan") if report.year != 2021]
    assert list(told["years"]) == years
    for year, other in told["years"].items():
        table = library.reports["pingtan", int(year)].tables["applications"]
        assert other == {"form": table.form.form, "path": f"reports/pingtan/{year}/figures/applications.json"}
        assert other["path"] == figures.path("pingtan", int(year), "applications")
        for line, cells in told["figures"].items():
            for column, figure in cells.items():
                printed = line in table.form.lines and column in table.form.lines[line].columns
                assert printed == (table.form.form in figure.get("forms", list(forms()))), (year, line, column)


def test_page_and_source_are_those_of_the_report(library: Library) -> None:
    for report in library:
        for told in parsed(library, report).values():
            assert told["page"] == f"reports/{report.agency}/{report.year}/"
            assert told["source"]["path"] == report.sources[0].path
            assert (told["version"], told["scope"]) == (report.version, report.scope)


def test_findings_stand_with_the_table_they_concern(library: Library, findings: tuple[Finding, ...]) -> None:
    placed = [each for each in findings if each.address]
    told = [each for report in library for file in parsed(library, report, findings).values() for each in file["findings"]]
    assert len(told) == len(placed) > 0
    assert {(each["rule"], each["address"]) for each in told} == {(each.rule, each.address) for each in placed}


def test_a_revision_is_told_at_the_figures_it_changed(library: Library) -> None:
    changes = (Change("applications/new/total", "4", "5"), Change(text="disputes/reconsideration/total: 0 -> 1"), Change(text="措辞"))
    revisions = (Revision("1.0.1", "2026-03-01", "录入错误", changes[:1]), Revision("1.1.0", "2026-04-01", "再次核对", changes))
    report = replace(library.reports["pingtan", 2023], version="1.1.0", revisions=revisions)
    files = parsed(with_report(library, report), report)
    assert files["applications"]["figures"]["new"]["total"]["revisions"] == ["1.1.0", "1.0.1"]
    assert files["disputes"]["figures"]["reconsideration"]["total"]["revisions"] == ["1.1.0"]
    assert "revisions" not in files["applications"]["figures"]["new"]["natural_person"]
    assert [each["version"] for each in files["applications"]["revisions"]] == ["1.1.0", "1.0.1"]
    assert files["applications"]["revisions"][0]["changes"] == [
        {"address": "applications/new/total", "text": "applications/new/total：4 改为 5", "from": "4", "to": "5"}
    ]
    assert files["disclosure"]["revisions"] == []


def test_sums_over_units_are_rules_of_their_figures(library: Library) -> None:
    units = tuple(agency for agency, year in library.reports if year == 2023 and agency != "pingtan")
    report = replace(library.reports["pingtan", 2023], consolidates=(Consolidation(units, ("disputes/reconsideration",)),))
    tell(with_report(library, report), report)
    told = parsed(with_report(library, report), report)["disputes"]
    assert "AGG:reconsideration/total" in told["figures"]["reconsideration"]["total"]["rules"]
    twice = replace(report, consolidates=report.consolidates * 2)
    rules = parsed(with_report(library, twice), twice)["disputes"]
    assert rules["rules"]["AGG:reconsideration/total#2"] == rules["rules"]["AGG:reconsideration/total"]
    assert rules["figures"]["reconsideration"]["total"]["rules"][-2:] == ["AGG:reconsideration/total", "AGG:reconsideration/total#2"]


def test_the_same_packages_give_the_same_bytes(packages: Path, library: Library) -> None:
    again = open_library(packages)
    found = check(again)
    report = library.reports["pingtan", 2023]
    assert figures.files(library, report, found) == figures.files(again, again.reports["pingtan", 2023], found)


@pytest.mark.parametrize("table", TABLES)
def test_a_file_is_small(library: Library, table: str) -> None:
    sizes = [len(figures.files(library, report, ())[table]) for report in library]
    # The largest is of a report that sums up 17 units, each of which is named at every figure; the next is half as large.
    assert max(sizes) < 50_000
