"""Identities one at a time: how they are spelt and judged, counted along a strand, and where a fault is located."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import made_up
import pytest
from conftest import with_cells
from open_reports.checks.counting import Passed
from open_reports.checks.identity import (
    MOST_SHOWN,
    NOT_COLLECTED,
    Identity,
    Member,
    along,
    bounds,
    consolidated,
    contradictory,
    gaps,
    identities,
    identity_at,
    judged,
    located,
    member,
    own_parts,
    spelt,
    strands,
    yearly,
)
from open_reports.form import forms
from open_reports.library import open_library
from open_reports.report import Address

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from open_reports.library import Library
    from open_reports.report import Report

A, B, C, D = (Address("applications", "new", column) for column in ("natural_person", "enterprise", "research", "total"))
RULE = forms().rules["AGG"]


def of(value: int | Decimal | None, at: Address = A, *, sign: int = 1, year: int = 2024) -> Member:
    return Member(sign, "xugou", year, at, value)


def equation(left: Sequence[Member], right: Sequence[Member], reason: str | None = None) -> Identity:
    return judged(rule=RULE, table="applications", at="new", blamed=A, left=left, right=right, reason=reason)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Two years of an agency that agree with each other and in themselves."""
    root = tmp_path_factory.mktemp("pair") / "datapackages"
    for package in made_up.history("xugou-jia", (2022, 2023)):
        package.write(root)
    library = open_library(root)
    assert library.findings == ()
    return library


# -- one identity -----------------------------------------------------------------------------------------------------------


def test_only_a_long_sum_leaves_out_its_zeros() -> None:
    some = [of(value) for value in (7, 0, 1, 0, 0, 0, 8)]
    assert len(some) == MOST_SHOWN
    assert spelt(some) == "7+0+1+0+0+0+8"
    assert spelt([*some, of(0)]) == "7+1+8"
    assert spelt([*some, of(None)]) == "7+1+8"
    assert spelt([of(3, sign=-1), of(None), of(2)]) == "-3+?+2"
    assert spelt([of(0)] * (MOST_SHOWN + 1)) == "0"


def test_a_difference_is_rounding_only_by_the_places_of_each_side() -> None:
    assert equation([of(5)], [of(Decimal("5.4"))]).result == "rounded"
    assert equation([of(Decimal("5.4"))], [of(5)]).result == "rounded"
    assert equation([of(Decimal("5.6"))], [of(5)]).result == "contradicts"
    assert equation([of(5)], [of(5)]).result == "holds"


def test_a_year_that_is_not_collected_has_its_member_nevertheless(pair: Library) -> None:
    """It is named as the year before of the same agency, so that a reader can be told what is missing."""
    report = pair.reports["xugou-jia", 2022]
    found = [each for each in yearly(report, pair) if each.rule.id == "XY-CARRY"]
    assert [each.at for each in found] == list(report.tables["applications"].form.columns)
    assert {(each.result, each.reason) for each in found} == {("untestable", NOT_COLLECTED)}
    address = Address("applications", "carried_out", "research")
    (one,) = [each for each in found if each.at == "research"]
    assert one.right == (Member(1, "xugou-jia", 2021, address, None, NOT_COLLECTED),)
    assert one.table == "applications"


def test_a_figure_of_a_table_that_is_not_there_has_no_value(pair: Library) -> None:
    report = pair.reports["xugou-jia", 2023]
    without = replace(report, tables={name: each for name, each in report.tables.items() if name != "disputes"})
    address = Address("disputes", "reconsideration", "total")
    reasons: list[str] = ["blank"]
    found = member(without, address, -1, reasons)
    assert found == Member(-1, "xugou-jia", 2023, address, None, "not_on_form")
    assert reasons == ["blank", found.missing]
    assert member(report, address, -1, reasons) == Member(-1, "xugou-jia", 2023, address, report.figure(*address).value)
    assert len(reasons) == 2


def test_a_stock_is_bounded_by_what_its_own_line_adds(pair: Library) -> None:
    """Of the two tables with stocks only the one with the rule has bounds, a line each, and they are of this year alone."""
    report = pair.reports["xugou-jia", 2023]
    cells = {"disclosure/rules/issued": "5", "disclosure/rules/repealed": "1", "disclosure/rules/in_force": "3"}
    found = {each.at: each for each in bounds(with_cells(report, cells))}
    short = found["rules"]
    assert (short.rule.id, short.result, short.sign, str(short.blamed)) == ("T2-STOCK", "contradicts", "<", "disclosure/rules/in_force")
    assert [each.value for each in (*short.left, *short.right)] == [3, 5, 1]
    assert {each.sign for at, each in found.items() if at != "rules"} == {"≥"}


# -- counted along the strands ----------------------------------------------------------------------------------------------


def blanked(report: Report, *addresses: str) -> Report:
    return with_cells(report, dict.fromkeys(addresses, ""))


def raised(report: Report, *addresses: str) -> Report:
    return with_cells(report, {each: str((report.figure(*each.split("/")).value or 0) + 3) for each in addresses})


CHANGED = {
    "nothing": (),
    "one figure": ("applications/granted/research",),
    "two figures of a line": ("disputes/reconsideration/upheld", "disputes/reconsideration/other"),
    "a figure that the next year takes over": ("applications/carried_in/natural_person",),
}
BLANK = {
    "nothing": (),
    "one cell": ("applications/partly_granted/enterprise",),
    "several cells": ("applications/new/total", "applications/granted/total", "disputes/reconsideration/upheld"),
    "what the year before is carried into": ("applications/carried_in/research", "applications/carried_in/other"),
}


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("blank", BLANK)
@pytest.mark.parametrize("changed", CHANGED)
def test_what_is_counted_along_the_strands_are_the_identities(changed: str, blank: str, pair: Library, *, alone: bool) -> None:
    """The quick way and the one that makes an identity of each say the same, on top of whatever was counted before."""
    report = raised(blanked(pair.reports["xugou-jia", 2023], *BLANK[blank]), *CHANGED[changed])
    library = None if alone else pair
    made = identities(report, library)
    expected, found = (Passed({"T3-ROW": 100, "TXT": 7}, {"T3-SUM": 50, "TXT": 9}) for _ in range(2))
    for each in made:
        expected.add(each.rule.id, each.result)
    differs = along(report, library, found)
    assert [found.holds, found.untestable] == [expected.holds, expected.untestable]
    assert differs is any(each.result == "contradicts" for each in made)
    assert contradictory(report) is any(each.result == "contradicts" for each in identities(report))


def test_a_gap_along_a_strand_is_that_of_the_identity(pair: Library) -> None:
    """The left side minus the right one, or nothing where a member has no value: in both ways of looking."""
    before, changes = pair.reports["xugou-jia", 2022], CHANGED["a figure that the next year takes over"]
    report = raised(blanked(pair.reports["xugou-jia", 2023], *BLANK["one cell"]), *CHANGED["one figure"], *changes)
    seen = []
    for name, table in report.tables.items():
        for strand, own, previous in strands(table, before.tables[name]):
            for (rule, place), gap in zip(strand.rules, gaps(strand, own, previous), strict=True):
                made = identity_at(report, before, rule, place)
                assert gap == (None if made.result == "untestable" else made.gap())
                seen.append(gap)
    assert {None, 0, 3, -3} <= set(seen)


def test_a_blank_of_the_year_before_is_counted_as_such(pair: Library) -> None:
    before = blanked(pair.reports["xugou-jia", 2022], "applications/carried_out/research", "applications/carried_out/other")
    around = replace(pair, reports={**pair.reports, ("xugou-jia", 2022): before})
    report = pair.reports["xugou-jia", 2023]
    found = Passed()
    assert along(report, around, found) is False
    assert found.of("XY-CARRY") == (5, 2)
    assert {each.at: each.reason for each in yearly(report, around) if each.result == "untestable"} == {
        "research": "blank",
        "other": "blank",
    }


# -- where a fault is located -----------------------------------------------------------------------------------------------


def test_one_cell_is_blamed_for_what_it_alone_explains() -> None:
    """On either side of the equal sign; what cannot be tested, is rounded or has no left side says nothing of it."""
    five = of(5, A)
    silent = [
        equation([five], [of(None, B)], "blank"),
        equation([five], [of(Decimal("5.4"), B)]),
        Identity(rule=RULE, table="applications", at="new", blamed=A, left=(), right=(five,), result="contradicts"),
    ]
    assert [each.result for each in silent[:2]] == ["untestable", "rounded"]
    tested = [*silent, equation([five], [of(4, B)]), equation([of(4, C)], [five])]
    assert located(tested) == {3: A, 4: A}
    assert located([*tested, *silent]) == {3: A, 4: A}


def test_one_contradiction_locates_nothing() -> None:
    assert located([equation([of(5, A)], [of(4, B)])]) == {}


def test_a_cell_of_sums_that_hold_is_not_blamed() -> None:
    holding = [equation([of(5, A)], [of(5, B)]), equation([of(5, A)], [of(5, C)])]
    assert located(holding) == {}
    wrong = [equation([of(5, A)], [of(4, B)]), equation([of(5, A)], [of(4, C)])]
    assert located(wrong) == {0: A, 1: A}
    assert located([*wrong, equation([of(5, A)], [of(5, D)])]) == {}


def test_a_cell_that_would_have_to_change_both_ways_is_not_blamed() -> None:
    assert located([equation([of(5, A)], [of(4, B)]), equation([of(6, C)], [of(5, A)])]) == {}
    assert located([equation([of(5, A)], [of(4, B)]), equation([of(5, A)], [of(3, C)])]) == {}


def test_where_two_cells_explain_the_same_neither_is_blamed() -> None:
    both = [equation([of(2, A), of(3, B)], [of(4, C)]), equation([of(2, A), of(3, B)], [of(4, D)])]
    assert located(both) == {}
    # One of them explains another contradiction as well, that the other does not: still nobody can say which.
    chain = [
        equation([of(2, A)], [of(1, C)]),
        equation([of(2, A), of(3, B)], [of(4, D)]),
        equation([of(3, B)], [of(2, Address("x", "y", "z"))]),
    ]
    assert located(chain) == {}


def test_a_figure_of_the_year_before_is_never_blamed() -> None:
    before = of(4, D, year=2023)
    assert located([equation([of(5, A)], [before]), equation([of(5, A), of(0, B)], [before])]) == {0: A, 1: A}
    assert located([equation([of(5, A)], [before]), equation([of(5, B)], [before])]) == {}


# -- sums over units --------------------------------------------------------------------------------------------------------

TOTAL = Address("applications", "new", "total")
UNITS = ("xugou-jia", "xugou-yi", "xugou-bing")


@pytest.fixture
def area(tmp_path: Path) -> Library:
    """An area that sums up three units, of which one is not collected, for the line of new requests; all figures of the line are 0."""
    for agency in ("xugou", *UNITS[:2]):
        package = made_up.package(agency, 2023)
        for column in forms()["2021"].tables["applications"].columns:
            package.set("applications", "new", column, "0")
        if agency == "xugou":
            package.edit_json("report.scope", "consolidated")
            package.edit_json("report.consolidates", [{"units": [*UNITS], "lines": ["applications/new"]}])
        package.write(tmp_path)
    return open_library(tmp_path)


def summed(area: Library, cells: dict[str, dict[str, str]], units: tuple[str, ...] = UNITS[:2]) -> Identity:
    """The sum of the totals of new requests over some units, with these cells of the line by agency and column."""
    reports = {
        key: with_cells(each, {f"applications/new/{column}": text for column, text in cells.get(each.agency, {}).items()})
        for key, each in area.reports.items()
    }
    above = reports["xugou", 2023]
    (said,) = above.consolidates
    above = reports["xugou", 2023] = replace(above, consolidates=(said._replace(units=units),))
    found = list(consolidated(above, replace(area, reports=reports)))
    assert [str(each.blamed) for each in found] == [f"applications/new/{column}" for column in above.tables["applications"].form.columns]
    assert {(each.rule.id, each.table, each.at) for each in found} == {("AGG", "applications", "new")}
    return found[-1]


def test_a_sum_over_units_has_each_of_them_in_the_order_in_which_they_are_named(area: Library) -> None:
    found = summed(area, {"xugou": {"total": "5"}, "xugou-jia": {"total": "2"}, "xugou-yi": {"total": "3"}})
    assert found.left == (Member(1, "xugou", 2023, TOTAL, 5),)
    assert found.right == (Member(1, "xugou-jia", 2023, TOTAL, 2), Member(1, "xugou-yi", 2023, TOTAL, 3))
    assert (found.result, found.reason, found.parts) == ("holds", None, ())


def test_a_unit_without_a_report_is_a_member_without_a_value(area: Library) -> None:
    found = summed(area, {"xugou": {"total": "5"}, "xugou-jia": {"total": "5"}}, UNITS)
    assert found.right == (
        Member(1, "xugou-jia", 2023, TOTAL, 5),
        Member(1, "xugou-yi", 2023, TOTAL, 0),
        Member(1, "xugou-bing", 2023, TOTAL, None, NOT_COLLECTED),
    )
    assert (found.result, found.reason) == ("untestable", NOT_COLLECTED)
    # Of several reasons the first is told: here that of a unit which is here, but whose cell is blank.
    assert summed(area, {"xugou-yi": {"total": ""}}, UNITS).reason == "blank"
    assert summed(area, {"xugou": {"total": ""}}, UNITS).reason == "blank"


def test_where_the_parts_of_a_unit_settle_a_sum_they_stand_for_its_total(area: Library) -> None:
    """The other units keep the total that they print; where nothing settles the sum it has no parts."""
    wrong = {"natural_person": "4", "enterprise": "2", "total": "5"}
    found = summed(area, {"xugou": {"total": "9"}, "xugou-jia": {"research": "3", "total": "3"}, "xugou-yi": wrong})
    assert (found.result, found.gap()) == ("contradicts", 1)
    columns = [each for each in forms()["2021"].tables["applications"].columns if each != "total"]
    assert [(each.agency, each.address, each.value) for each in found.parts] == [
        ("xugou-jia", TOTAL, 3),
        *(("xugou-yi", TOTAL._replace(column=each), int(wrong.get(each, "0"))) for each in columns),
    ]
    for of_area in ("8", "7"):
        assert summed(area, {"xugou": {"total": of_area}, "xugou-jia": {"research": "3", "total": "3"}, "xugou-yi": wrong}).parts == ()


def test_only_a_single_figure_that_contradicts_several_has_parts(area: Library) -> None:
    """Not the two sides of the balance of a column, though they contradict each other as well."""
    report = with_cells(area.reports["xugou-jia", 2023], {"applications/new/research": "3", "applications/new/total": "3"})
    assert {each.rule.id for each in identities(report) if each.result == "contradicts"} == {"T3-CONS"}
    assert own_parts(report) == {}
