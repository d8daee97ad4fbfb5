"""Doubts: which figures stand in an open contradiction, and with which rules."""

from __future__ import annotations

import gc
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import made_up
import pytest
from conftest import with_cells
from open_reports.checks.check import check, check_report
from open_reports.derived import doubt
from open_reports.derived.doubt import NONE, doubtful, doubts, of_findings, remember
from open_reports.finding import finding, messages
from open_reports.form import Address
from open_reports.library import open_library

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from open_reports.finding import Finding
    from open_reports.library import Library
    from open_reports.report import Report


def test_every_discrepancy_of_the_corpus_is_a_doubt(library: Library, findings: tuple[Finding, ...]) -> None:
    wanted: dict[tuple[str | None, int | None], dict[str, list[str]]] = defaultdict(dict)
    for each in findings:
        if each.level == "discrepancy" and each.address:
            rules = wanted[each.agency, each.year].setdefault(each.address, [])
            rules += [each.rule] if each.rule not in rules else []
    for report in library:
        found = doubts(report, library)
        assert {address: list(rules) for address, rules in found.items()} == wanted[report.agency, report.year]
        # Each is a figure of the report, so that whoever shows figures finds it there.
        assert set(found) <= {str(figure.address) for figure in report.figures()}
    assert sum(map(len, wanted.values())) > 20


def test_haitan_2024(library: Library) -> None:
    # The report prints a total of 0 beside columns that sum to 6.
    found = doubts(library.reports["pingtan-haitan", 2024], library)
    assert found["applications/new/total"] == ("T3-ROW",)
    assert found["applications/total/natural_person"] == ("T3-SUM",)
    # The columns themselves are not blamed, and what the narrative states in other words may be of another scope.
    assert "applications/new/natural_person" not in found
    assert not any(address.startswith("overview/") for address in found)


def test_two_rules_at_one_figure_are_told_in_the_order_of_the_findings(library: Library) -> None:
    found = doubts(library.reports["pingtan-economy", 2024])
    assert found["applications/total/total"] == ("T3-CONS", "T3-SUM")


def test_the_library_gives_the_year_before(library: Library) -> None:
    report = library.reports["pingtan-resources", 2020]
    address = "disclosure/licensing/prior_items"
    assert "XY-ITEMS" in doubts(report, library)[address]
    assert address not in doubts(report)


def test_a_report_that_adds_up_has_no_doubts(report: Callable[[made_up.Package], Report]) -> None:
    assert doubts(report(made_up.package())) == {}


def test_a_notice_is_no_doubt(report: Callable[[made_up.Package], Report]) -> None:
    made = report(made_up.package())
    said = finding("narrative.figure", address="overview/收到申请/value", expected="5", found="4", item="收到申请", cells="", equation="")
    assert said.level == "notice"
    assert of_findings(made, [said]) is NONE


def test_an_explanation_does_not_settle_a_contradiction(library: Library) -> None:
    report = library.reports["pingtan-haitan", 2024]
    assert report.explanations
    assert doubts(replace(report, explanations=())) == doubts(report)


def test_one_rule_at_one_figure_is_told_once(report: Callable[[made_up.Package], Report]) -> None:
    made = report(made_up.package())
    said = finding("identity", rule="T3-ROW", level="discrepancy", address="applications/new/total")
    assert of_findings(made, [said, said]) == {"applications/new/total": ("T3-ROW",)}


@pytest.mark.parametrize("place", ["disputes", "disputes/reconsideration"])
def test_a_discrepancy_of_a_whole_table_or_line_is_one_of_its_cells(report: Callable[[made_up.Package], Report], place: str) -> None:
    made = report(made_up.package())
    found = of_findings(made, [finding("identity", rule="T4-SUM", level="discrepancy", address=place)])
    wanted = [f"disputes/{line.id}/{column.id}" for line, column in made.tables["disputes"].form.cells]
    assert list(found) == [each for each in wanted if f"{each}/".startswith(f"{place}/")]
    assert set(found.values()) == {("T4-SUM",)}


def test_a_wholly_blank_table_is_in_doubt_in_each_of_its_cells(report: Callable[[made_up.Package], Report]) -> None:
    made = report(made_up.package())
    cells = [f"disputes/{line.id}/{column.id}" for line, column in made.tables["disputes"].form.cells]
    blank = with_cells(made, dict.fromkeys(cells, ""))
    assert doubts(blank) == dict.fromkeys(cells, (messages()["form.blank"].rule,))
    # One blank among figures is told by its status, and contradicts nothing.
    assert doubts(with_cells(made, {cells[0]: ""})) == {}


def test_doubts_are_computed_once_a_library(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    report = library.reports["pingtan-haitan", 2024]
    first = doubts(report, library)
    monkeypatch.setattr(doubt, "check_report", lambda *_: pytest.fail("checked again"))
    assert doubts(report, library) is first


def test_doubts_are_let_go_with_their_library(packages: Path) -> None:
    opened = open_library(packages, only=[("pingtan-haitan", 2024)])
    (report,) = opened
    assert doubts(report, opened)
    key = id(opened)
    assert doubt.held.holds(key)
    del opened
    gc.collect()
    assert not doubt.held.holds(key)


def test_a_report_alone_is_let_go_too(packages: Path) -> None:
    (alone,) = open_library(packages, only=[("pingtan-haitan", 2024)])
    assert doubts(alone)
    key = id(alone)
    assert doubt.held.holds(key)
    del alone
    gc.collect()
    assert not doubt.held.holds(key)


def test_figures_of_an_agency_are_asked_by_year(library: Library) -> None:
    told = doubtful(library, "pingtan-haitan")
    address = Address("applications", "new", "total")
    assert [year for year in library.years if told(year, address)] == [2024, 2025]


def test_findings_that_were_made_already_are_taken_over(packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = open_library(packages, only=[("pingtan-haitan", 2024)])
    (report,) = opened
    found = [each.of(report.agency, report.year) for each in check_report(report, opened)]
    wanted = doubts(report)
    monkeypatch.setattr(doubt, "check_report", lambda *_: pytest.fail("checked again"))
    remember(opened, found)
    assert doubts(report, opened) == wanted
    remember(opened, [])
    assert doubts(report, opened) is NONE


def test_findings_of_a_whole_folder_give_the_doubts_that_each_report_has_by_itself(packages: Path) -> None:
    """Else a build, which takes over what the check of the folder found, would mark other figures than a program that asks."""
    asked, told = open_library(packages), open_library(packages)
    remember(told, check(told))
    assert {key: doubts(report, told) for key, report in told.reports.items()} == {
        key: doubts(report, asked) for key, report in asked.reports.items()
    }
    assert any(doubts(report, told) for report in told)
