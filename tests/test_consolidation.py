"""Sums over units: what rounding and the units' own parts settle, and that nothing else is called settled."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import pytest
from conftest import with_cells
from hypothesis import given
from hypothesis import strategies as st
from open_reports.checks.agreement import MOST_TRIED, agree_rounded, decimals, settling
from open_reports.checks.check import check_report, tried
from open_reports.checks.counting import counted
from open_reports.checks.formats import github, sarif
from open_reports.checks.identity import Member, consolidated, judged
from open_reports.checks.wording import sentence
from open_reports.derived.doubt import doubts
from open_reports.files import workbook
from open_reports.finding import level_name
from open_reports.form import forms
from open_reports.pages.table import Marks
from open_reports.report import Address
from open_reports.text import LANGUAGES, Words

if TYPE_CHECKING:
    from open_reports.library import Library

KEY = ("pingtan", 2024)
FEES = "disclosure/fees/amount"


# -- by hand: the area's report of 2024 -----------------------------------------------------------------------------------


def test_the_package_names_the_17_units_of_that_year(library: Library) -> None:
    (said,) = library.reports[KEY].consolidates
    assert not said.lines
    assert set(said.units) == {report.agency for report in library.of_year(2024)} - {"pingtan"}
    assert len(said.units) == 17


def test_what_becomes_of_each_figure_of_the_area(library: Library) -> None:
    """217 natural persons are the units' 217; 218 is 209 as printed and 218 by parts; 1,100 penalties are 846; fees are rounded."""
    found = {str(each.blamed): each for each in consolidated(library.reports[KEY], library)}
    assert found["applications/new/natural_person"].result == "holds"
    assert str(found["applications/new/natural_person"]).count("217") == 1
    total = found["applications/new/total"]
    assert (total.result, sum(each.value or 0 for each in total.right), sum(each.value or 0 for each in total.parts)) == (
        "contradicts",
        209,
        218,
    )
    assert {each.agency for each in total.parts if Counter(one.agency for one in total.parts)[each.agency] > 1} == {
        "pingtan-agriculture",
        "pingtan-haitan",
    }
    penalties = found["disclosure/penalties/decisions"]
    assert (penalties.result, penalties.parts, sum(each.value or 0 for each in penalties.right)) == ("contradicts", (), 846)
    assert found[FEES].result == "rounded"


def test_only_what_nothing_settles_is_a_discrepancy(library: Library) -> None:
    found = [each for each in check_report(library.reports[KEY], library) if each.rule == "AGG"]
    by_level = {level: {each.address for each in found if each.level == level} for level in ("discrepancy", "notice", "rounded")}
    assert by_level["rounded"] == {FEES}
    assert by_level["discrepancy"] == {
        "disclosure/normative_documents/repealed",
        "disclosure/normative_documents/in_force",
        "disclosure/penalties/decisions",
        "applications/unavailable.unclear/natural_person",
    }
    assert len(by_level["notice"]) == 10
    (penalties,) = [each for each in found if each.address == "disclosure/penalties/decisions"]
    # With what each unit has, by the name it is known by beside the area's.
    assert "综合执法与应急管理局 545" in penalties.public()
    assert "其余 9 个单位为 0" in penalties.public()
    assert set(doubts(library.reports[KEY], library)) == by_level["discrepancy"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_only_rounded_is_never_amber(library: Library, language: str) -> None:
    """A result of its own on the page, in JSON, in SARIF and in the counts."""
    report, w = library.reports[KEY], Words(language)
    (found,) = [each for each in check_report(report, library) if each.level == "rounded"]
    assert (found.rule, found.address, found.to_dict()["level"]) == ("AGG", FEES, "rounded")
    marks = Marks(report, [found], w)
    (view,) = marks.beside("disclosure", "fees")
    assert (view.level, view.name) == ("rounded", level_name("rounded")[language])
    assert marks.by_cell == {}
    run = json.loads(sarif([found], language, version="1.0.0"))["runs"][0]
    assert [(each["kind"], each["level"]) for each in run["results"]] == [("informational", "none")]
    assert github([found], language).commands.startswith("::notice ")
    counts = counted(check_report(report, library), tried(library).passed[KEY])
    assert (counts.rounded, counts.agree) == (1, counts.agrees + 1)
    said = {"zh": "其中 1 项四舍五入后一致", "en": "1 once rounded"}[language]
    assert said in sentence(counts, w)
    assert said not in sentence(replace(counts, rounded=0), w)


def test_the_workbook_colours_no_cell_for_it(library: Library) -> None:
    found = [each for each in check_report(library.reports[KEY], library) if each.rule == "AGG"]
    marked = workbook._marked(library.reports[KEY], found)
    assert ("disclosure", "fees") not in marked
    assert marked["disclosure", "penalties"].keys() == {"decisions"}


def test_a_unit_that_is_not_collected_is_named_and_leaves_the_sum_untested(library: Library) -> None:
    """Its member has no value and says why; the other units' figures stand beside it."""
    without = replace(library, reports={key: each for key, each in library.reports.items() if key != ("pingtan-finance", 2024)})
    found = {str(each.blamed): each for each in consolidated(library.reports[KEY], without)}
    whole = {str(each.blamed): each for each in consolidated(library.reports[KEY], library)}
    assert found.keys() == whole.keys()
    address = Address("applications", "new", "natural_person")
    each, before = found[str(address)], whole[str(address)]
    assert (each.result, each.reason) == ("untestable", "not_collected")
    lacking = Member(1, "pingtan-finance", 2024, address, None, "not_collected")
    assert each.right == tuple(lacking if one.agency == "pingtan-finance" else one for one in before.right)
    assert {each.result for each in found.values()} == {"untestable"}


def test_of_several_reasons_the_one_of_the_printed_figure_comes_first(library: Library) -> None:
    """A total that is blank itself is told so, whatever its units lack."""
    report = with_cells(library.reports[KEY], {"applications/new/natural_person": ""})
    without = replace(library, reports={("pingtan", 2024): report})
    found = {str(each.blamed): each for each in consolidated(report, without)}
    assert found["applications/new/natural_person"].reason == "blank"
    assert found["applications/new/total"].reason == "not_collected"


X, Y, Z = (Address("applications", "new", column) for column in ("natural_person", "enterprise", "total"))


def test_what_would_settle_an_identity_at_a_cell_of_its_own() -> None:
    """Another report's figure at the same address is not its own, whether it is of another year or of another agency."""
    left = (Member(1, "xugou", 2024, X, 10),)
    others = (Member(1, "xugou", 2023, Y, 7), Member(1, "xugou-jia", 2024, Y, 2))
    right = (*others, Member(-1, "xugou", 2024, Y, 4), Member(2, "xugou", 2024, Z, None))
    rule = forms().rules["AGG"]
    found = judged(rule=rule, table="applications", at="new", blamed=X, left=left, right=right, reason=None)
    assert (found.result, found.gap()) == ("contradicts", 5)  # 10 = 7+2-4
    assert found.settling(X) == (10, 5)
    assert found.settling(Y) == (4, -1)
    for nowhere in (Z, Address("applications", "granted", "total")):  # blank, and no member
        with pytest.raises(ValueError, match="is no member of AGG new: 10 ≠ 7\\+2-4\\+\\?"):
            found.settling(nowhere)


# -- laws -----------------------------------------------------------------------------------------------------------------

amounts = st.decimals(min_value=0, max_value=10**9, places=6)


@given(amounts, st.integers(0, 5))
def test_a_number_agrees_with_its_own_rounding(amount: Decimal, places: int) -> None:
    rounded = amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert agree_rounded(amount, rounded, (6, places))
    assert agree_rounded(rounded, amount, (places, 6))
    # One more in the last place that is printed is another number.
    assert not agree_rounded(amount, rounded + Decimal(1).scaleb(-places), (6, places))


@pytest.mark.parametrize(
    "left, right, places, agree",
    [
        (Decimal("1.25"), Decimal("1.3"), (2, 1), True),
        (Decimal("1.3"), Decimal("1.25"), (1, 2), True),
        (Decimal("1.24"), Decimal("1.3"), (2, 1), False),
        (Decimal("0.5"), 1, (1, 0), True),
        (3, Decimal("2.5"), (0, 1), True),
        (Decimal("12.5"), Decimal("12.5"), (1, 1), False),
        (Decimal("12.34"), Decimal("12.35"), (2, 2), False),
        (Decimal(12), 10, (0, 0), False),
    ],
)
def test_halves_are_rounded_up_and_only_where_one_side_is_printed_with_fewer_decimals(
    left: Decimal | int, right: Decimal | int, places: tuple[int, int], *, agree: bool
) -> None:
    assert agree_rounded(left, right, places) is agree


def test_the_most_decimals_of_some_numbers() -> None:
    assert decimals([Decimal("1.5"), 7, None, Decimal("0.250"), Decimal(3)]) == 3
    assert decimals([7, None]) == decimals([]) == 0


def test_of_very_many_ways_only_the_first_are_tried() -> None:
    """Twelve units of two ways each are as many as are tried: the one way is the last of these, and with one unit more it is not."""
    units: list[list[int]] = [[2**place] for place in range(12)]
    assert 2 ** len(units) == MOST_TRIED
    assert settling(2**12 - 1, units) == (0,) * 12
    assert settling(2**12 - 1, [*units, []]) == (*(0,) * 12, None)
    assert settling(2**13 - 1, [*units, [2**12]]) is None


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_whole_numbers_never_agree_by_rounding(one: int, other: int) -> None:
    assert not agree_rounded(one, other, (decimals([one]), decimals([other])))


@pytest.mark.parametrize(
    "gap, changes, chosen",
    [
        (9, [[3], [], [6]], (0, None, 0)),
        (3, [[3], [], [6]], (0, None, None)),
        (5, [[3], [6]], None),
        # Either unit could be meant, so nobody is.
        (3, [[3], [3]], None),
        # A total may be wrong in its line and in its column, with other parts in each.
        (4, [[2, 4]], (1,)),
        (1, [], None),
        (-2, [[-2]], (0,)),
    ],
)
def test_a_gap_is_settled_in_one_way_or_not_at_all(gap: int, changes: list[list[int]], chosen: tuple[int | None, ...] | None) -> None:
    assert settling(gap, changes) == chosen


@given(st.lists(st.lists(st.integers(-9, 9), max_size=2), max_size=5), st.integers(-30, 30))
def test_what_is_said_to_settle_a_gap_does(changes: list[list[int]], gap: int) -> None:
    chosen = settling(gap, changes)
    if chosen is not None:
        assert sum(each[at] for each, at in zip(changes, chosen, strict=True) if at is not None) == gap
