"""What a check tells of a report, every field of every finding, and what it counts besides; what a library is asked for whom."""

from __future__ import annotations

import shutil
from dataclasses import fields, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import made_up
import pytest
from conftest import with_cells
from open_reports.checks.cache import Cache
from open_reports.checks.check import (
    _contradiction,
    _narrative,
    _of_units,
    check,
    check_report,
    checkup,
    examine,
    place_of,
    tried,
    unexplained,
)
from open_reports.checks.identity import Member, judged
from open_reports.checks.narrative import Stated
from open_reports.finding import Explanation
from open_reports.form import forms
from open_reports.library import Library, open_library
from open_reports.report import Address, Item, OpenCell
from open_reports.report.model import Consolidation
from open_reports.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from open_reports.finding import Finding
    from open_reports.form import RuleText
    from open_reports.report import Report

FORM = forms()["2021"]
RULES: dict[str, RuleText] = {**forms().rules}
RULES |= {rule.id: rule for table in FORM.tables.values() for rule in (*table.rules, *table.yearly_rules, *table.bounds)}
PLACE = "datapackages/xugou-jia/2023"
KEY = ("xugou-jia", 2023)


def told(found: Iterable[Finding]) -> list[dict[str, Any]]:
    """All that findings say, and the words of their messages with it."""
    return [
        {each.name: getattr(one, each.name) for each in fields(one) if each.name != "values" and getattr(one, each.name) is not None}
        | dict(one.values)
        for one in found
    ]


def expected(rule: str, code: str, address: str, at: Text, row: int, **values: Any) -> dict[str, Any]:
    """What is told of an identity at a cell of this report."""
    table, line, column = address.split("/")
    form = FORM.tables[table]
    same = {"rule": rule, "code": code, "level": RULES[rule].level, "agency": KEY[0], "year": KEY[1], "before": "2022"}
    words = {"line": form.lines[line].label, "column_title": form.columns[column].label, "says": RULES[rule].says, "at": at}
    return same | words | {"address": address, "column": column, "file": f"{PLACE}/data/{table}.csv", "row": row} | values


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Two years of an agency that agree with each other and in themselves."""
    root = tmp_path_factory.mktemp("pair") / "datapackages"
    for package in made_up.history("xugou-jia", (2022, 2023)):
        package.write(root)
    return open_library(root)


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """An agency with three units below it, whose reconsiderations and fees are all 0; it says that it sums up the three."""
    root = tmp_path_factory.mktemp("area") / "datapackages"
    lines = {"disputes": "reconsideration", "disclosure": "fees"}
    for agency in ("xugou-jia", "xugou-yi", "xugou-bing", "xugou-ding"):
        package = made_up.package(agency, 2023)
        for table, line in lines.items():
            for column in FORM.tables[table].columns:
                if (line, column) in {(one.id, other.id) for one, other in FORM.tables[table].cells}:
                    package.set(table, line, column, "0")
        if agency == "xugou-jia":
            package.edit_json("report.scope", "consolidated")
            said = {"units": ["xugou-yi", "xugou-bing", "xugou-ding"], "lines": ["disputes/reconsideration", "disclosure/fees"]}
            package.edit_json("report.consolidates", [said])
        package.write(root)
    library = open_library(root)
    named = {"xugou-yi": ("虚构市甲局一科", "xugou-jia"), "xugou-bing": ("虚构市甲局", "xugou-jia"), "xugou-ding": ("虚构市甲局丁科", None)}
    agencies = {key: replace(library.agencies[key], name=name, name_en=key, parent=above) for key, (name, above) in named.items()}
    return replace(library, agencies={**library.agencies, **agencies})


def changed(library: Library, cells: dict[str, dict[str, str]]) -> tuple[Report, Library]:
    """The report of the agency, and its library, with other texts in some cells of each agency's report of that year."""
    reports = {key: with_cells(each, cells.get(key[0], {})) if key[1] == 2023 else each for key, each in library.reports.items()}
    return reports[KEY], replace(library, reports=reports)


# -- every field of a finding -----------------------------------------------------------------------------------------------


def test_a_sum_that_does_not_reconcile(pair: Library) -> None:
    line = "disputes/reconsideration"
    report, around = changed(
        pair,
        {
            "xugou-jia": {
                f"{line}/{column}": text for column, text in zip(FORM.tables["disputes"].columns, ("0", "15", "0", "13", "31"), strict=True)
            }
        },
    )
    label = FORM.tables["disputes"].lines["reconsideration"].label
    one = expected("T4-SUM", "identity", f"{line}/total", label, 2, expected="28", found="31", equation="31 ≠ 28 = 0+15+0+13")
    assert told(check_report(report, around)) == [one]
    assert told(check_report(report)) == [one]


def test_a_cell_that_row_and_column_point_to(pair: Library) -> None:
    report, around = changed(pair, {"xugou-jia": {"applications/granted/research": "25"}})
    form, address = FORM.tables["applications"], "applications/granted/research"
    same = {"expected": "22", "found": "25"}
    column, line = form.columns["research"].label, form.lines["granted"].label
    assert told(check_report(report, around)) == [
        expected("T3-SUM", "identity.located", address, column, 4, equation="187 ≠ 190 = 25+20+12+2+4+8+30+30+23+11+25", **same),
        expected("T3-ROW", "identity.located", address, line, 4, equation="39 ≠ 42 = 0+0+25+5+0+12", **same),
    ]


def test_both_sides_of_a_balance_are_added_up(pair: Library) -> None:
    report, _ = changed(pair, {"xugou-jia": {"applications/new/research": "166", "applications/new/total": ""}})
    (found,) = [each for each in check_report(report) if each.rule == "T3-CONS"]
    label = FORM.tables["applications"].columns["research"].label
    numbers = {"expected": "190", "found": "187", "equation": "166+24 = 190 ≠ 187 = 187+0"}
    assert told([found]) == [expected("T3-CONS", "identity", "applications/total/research", label, 25, **numbers)]


def test_what_is_not_what_the_year_before_carried_forward(pair: Library) -> None:
    cells = {"carried_in/research": "27", "carried_in/total": "64", "carried_out/research": "3"}
    total = pair.reports[KEY].figure("applications", "carried_out", "total").value
    assert isinstance(total, int)
    cells["carried_out/total"] = str(total + 3)
    report, around = changed(pair, {"xugou-jia": {f"applications/{each}": text for each, text in cells.items()}})
    columns = FORM.tables["applications"].columns
    assert told(check_report(report, around)) == [
        expected(
            "XY-CARRY",
            "identity.years",
            f"applications/carried_in/{column}",
            columns[column].label,
            3,
            expected=was,
            found=now,
            equation=f"{now} ≠ {was}",
        )
        for column, was, now in (("research", "24", "27"), ("total", "61", "64"))
    ]
    assert check_report(report) == ()


def test_a_stock_below_what_was_added(pair: Library) -> None:
    cells = {"disclosure/rules/issued": "5", "disclosure/rules/repealed": "1", "disclosure/rules/in_force": "3"}
    report, _ = changed(pair, {"xugou-jia": cells})
    label = FORM.tables["disclosure"].lines["rules"].label
    numbers = {"expected": "4", "found": "3", "equation": "3 < 4 = 5-1"}
    assert told(check_report(report)) == [expected("T2-STOCK", "identity", "disclosure/rules/in_force", label, 2, **numbers)]


DISPUTES = "disputes/reconsideration"


def of_units(area: Library, column: str, *numbers: str, own: dict[str, dict[str, str]] | None = None) -> list[dict[str, Any]]:
    """What is told of the reconsiderations summed up, with these of the area and of its three units in one column."""
    agencies = ("xugou-jia", "xugou-yi", "xugou-bing", "xugou-ding")
    cells = {agency: {f"{DISPUTES}/{column}": text} for agency, text in zip(agencies, numbers, strict=True)}
    for agency, more in (own or {}).items():
        cells[agency] |= {f"{DISPUTES}/{each}": text for each, text in more.items()}
    report, around = changed(area, cells)
    return told(each for each in check_report(report, around) if each.rule == "AGG")


@pytest.mark.parametrize(
    "numbers, zh, en",
    [
        (("9", "2", "3", "4"), None, None),
        (("9", "2", "3", "0"), "一科 2、虚构市甲局 3，其余 1 个单位为 0", "xugou-yi 2, xugou-bing 3, 0 in the other 1 unit"),
        (("9", "0", "0", "4"), "虚构市甲局丁科 4，其余 2 个单位为 0", "xugou-ding 4, 0 in the other 2 units"),
        (("9", "0", "0", "0"), "各单位均为 0", "every unit has 0"),
        (("8", "2", "3", "4"), "一科 2、虚构市甲局 3、虚构市甲局丁科 4", "xugou-yi 2, xugou-bing 3, xugou-ding 4"),
    ],
)
def test_what_each_unit_has(numbers: tuple[str, ...], zh: str | None, en: str | None, area: Library) -> None:
    """By the name it is known by beside the agency above it, in full where it has no other or none is above it."""
    found = of_units(area, "upheld", *numbers)
    if zh is None or en is None:
        assert found == []
        return
    units = [int(each) for each in numbers[1:]]
    summed = f"{sum(units)} = {'+'.join(map(str, units))}"
    label = FORM.tables["disputes"].lines["reconsideration"].label
    same = {"expected": str(sum(units)), "found": numbers[0], "equation": f"{numbers[0]} ≠ {summed}", "units": Text(zh=zh, en=en)}
    assert found == [expected("AGG", "identity.units", f"{DISPUTES}/upheld", label, 2, **same)]


def test_units_whose_own_parts_settle_a_sum(area: Library) -> None:
    """A notice, for the figure of this report is right; a unit that adds up has its total, and one that has nothing is left out."""
    own = {"xugou-yi": {"upheld": "2", "other": "4"}, "xugou-ding": {"upheld": "3"}, "xugou-jia": {"upheld": "5", "other": "4"}}
    found = of_units(area, "total", "9", "5", "0", "3", own=own)
    label = FORM.tables["disputes"].lines["reconsideration"].label
    same = {"expected": "8", "found": "9", "equation": "9 ≠ 8 = 5+0+3", "level": "notice", "parts": "9 = 6+3"}
    units = Text(zh="一科（6 = 2+4）", en="xugou-yi (6 = 2+4)")
    assert found == [expected("AGG", "identity.parts", f"{DISPUTES}/total", label, 2, units=units, **same)]


def test_a_sum_that_agrees_once_it_is_rounded(area: Library) -> None:
    cells = {"xugou-jia": {"disclosure/fees/amount": "1.3"}, "xugou-yi": {"disclosure/fees/amount": "1.25"}}
    report, around = changed(area, cells)
    (found,) = [each for each in check_report(report, around) if each.rule == "AGG"]
    label = FORM.tables["disclosure"].lines["fees"].label
    row = report.row("disclosure", "fees")
    assert row is not None
    same = {"expected": "1.25", "found": "1.3", "equation": "1.3 ≈ 1.25 = 1.25+0+0", "level": "rounded"}
    units = Text(zh="一科 1.25，其余 2 个单位为 0", en="xugou-yi 1.25, 0 in the other 2 units")
    assert told([found]) == [expected("AGG", "identity.rounded", "disclosure/fees/amount", label, row, units=units, **same)]


def test_a_sum_of_one_unit(area: Library) -> None:
    """It is compared although nothing within the report differs, and is no other than one of several."""
    report, around = changed(area, {"xugou-yi": {f"{DISPUTES}/upheld": "2", f"{DISPUTES}/total": "2"}})
    report = replace(report, consolidates=(Consolidation(("xugou-yi",), (DISPUTES,)),))
    label = FORM.tables["disputes"].lines["reconsideration"].label
    same = {"expected": "2", "found": "0", "equation": "0 ≠ 2", "units": Text(zh="一科 2", en="xugou-yi 2")}
    assert told(check_report(report, around)) == [
        expected("AGG", "identity.units", f"{DISPUTES}/{column}", label, 2, **same) for column in ("upheld", "total")
    ]


def test_the_single_figure_comes_first_on_whichever_side_a_rule_has_it(pair: Library) -> None:
    """No rule of the forms has it on the right; whoever writes one there reads the same sentence."""
    address = Address("disputes", "reconsideration", "total")
    parts = tuple(Member(1, *KEY, address._replace(column=column), value) for column, value in (("upheld", 15), ("other", 13)))
    whole = (Member(1, *KEY, address, 31),)
    for left, right in ((parts, whole), (whole, parts)):
        one = judged(rule=RULES["T4-SUM"], table="disputes", at="reconsideration", blamed=address, left=left, right=right, reason=None)
        found = _contradiction(pair.reports[KEY], one, pair, located_at=None)
        assert (found.equation, found.expected, found.found, found.code) == ("31 ≠ 28 = 15+13", "28", "31", "identity")


def test_a_unit_with_two_parts_is_named_with_them(area: Library) -> None:
    address = Address("disputes", "reconsideration", "total")
    area_has, *units = (Member(1, agency, 2023, address, value) for agency, value in (("xugou-jia", 9), ("xugou-yi", 5), ("xugou-bing", 3)))
    parts = (units[0]._replace(value=2), units[0]._replace(value=4), units[1])
    one = judged(rule=RULES["AGG"], table="disputes", at="reconsideration", blamed=address, left=(area_has,), right=units, reason=None)
    assert _of_units(replace(one, parts=parts), area) == {"units": Text(zh="一科（6 = 2+4）", en="xugou-yi (6 = 2+4)"), "parts": "9 = 6+3"}


# -- the narrative ----------------------------------------------------------------------------------------------------------

VALUE = {name: title for name, title, _ in forms().common.overview.fields}["value"]
SAID = {"rule": "TXT", "agency": KEY[0], "year": KEY[1]}
OVERVIEW = {"file": f"{PLACE}/data/overview.csv", "column": "value", "column_title": VALUE}


def stating(report: Report, *items: tuple[str, str, str]) -> Report:
    """The report with these items in its section one, each with its value and whose part it is."""
    return replace(
        report, overview=tuple(Item(name, value, "件", part_of, row) for row, (name, value, part_of) in enumerate(items, start=2))
    )


def test_a_stated_sum_names_its_parts_up_to_seven(pair: Library) -> None:
    parts = [(f"第{number}类", "1", "公开数") for number in "一二三四五六七八"]
    assert told(check_report(stating(pair.reports[KEY], ("公开数", "9", ""), *parts))) == [
        SAID
        | OVERVIEW
        | {"code": "narrative.sum", "level": "notice", "address": "overview/公开数/value", "expected": "8", "found": "9", "row": 2}
        | {
            "item": "公开数",
            "equation": "9 ≠ 8 = 1+1+1+1+1+1+1+1",
            "cells": "、".join(f"overview/{name}/value" for name, _, _ in parts[:7]),
        }
    ]


def test_stated_figures_and_the_tables(pair: Library) -> None:
    """Each of those that differ, though one before them agrees."""
    report = stating(pair.reports[KEY], ("申请", "599", ""), ("自然人申请", "45", ""), ("其中商业企业", "169", ""))
    cells = {"自然人申请": ("natural_person", "45", "44", 3), "其中商业企业": ("enterprise", "169", "168", 4)}
    assert told(check_report(report)) == [
        SAID
        | OVERVIEW
        | {"code": "narrative.figure", "level": "notice", "address": f"overview/{name}/value", "expected": table, "found": said, "row": row}
        | {"item": name, "equation": f"{said} ≠ {table}", "cells": f"applications/new/{column}"}
        for name, (column, said, table, row) in cells.items()
    ]


def test_a_number_in_the_prose(pair: Library) -> None:
    """It has a row of the file, and neither column nor address."""
    rows = ((3, "总的情况。"), (7, "新收政府信息公开申请 7 件。"))
    report = replace(pair.reports[KEY], prose_rows=rows)
    assert told(check_report(report)) == [
        SAID
        | {"code": "narrative.prose", "level": "notice", "expected": "599", "found": "7", "file": f"{PLACE}/report.md", "row": 7}
        | {"item": "新收政府信息公开申请", "equation": "7 ≠ 599", "cells": "applications/new/total"}
    ]


def test_a_stated_number_that_is_rounded(pair: Library) -> None:
    report = stating(pair.reports[KEY], ("收费", "1.3", ""), ("甲类", "1.2", "收费"), ("乙类", "0.05", "收费"))
    assert told(check_report(report)) == [
        SAID
        | {"code": "identity.rounded", "level": "rounded", "address": "overview/收费/value", "expected": "1.25", "found": "1.3", "row": 2}
        | {"file": f"{PLACE}/data/overview.csv", "at": "收费", "equation": "1.3 ≈ 1.25 = 1.2+0.05"}
    ]


def test_a_rounded_number_in_the_prose_has_neither_column_nor_address(pair: Library) -> None:
    """No figure of money has a phrase yet: whoever gives it one is told this."""
    said, meant = Address("overview", "收费", "value"), Address("disclosure", "fees", "amount")
    left, right = (Member(1, *KEY, said, 5),), (Member(1, *KEY, meant, Decimal("5.4")),)
    one = judged(rule=RULES["TXT"], table="overview", at="收费", blamed=said, left=left, right=right, reason=None)
    (found,) = (each.of(*KEY) for each in _narrative(pair.reports[KEY], [Stated(one, "narrative.prose", "收费", 7)]))
    assert told([found]) == [
        SAID
        | {"code": "identity.rounded", "level": "rounded", "expected": "5.4", "found": "5", "file": f"{PLACE}/report.md", "row": 7}
        | {"at": "收费", "equation": "5 ≈ 5.4"}
    ]


# -- what is open, and what is explained ------------------------------------------------------------------------------------


def test_what_an_import_left_open(pair: Library) -> None:
    form = FORM.tables["disputes"]
    cells = (
        OpenCell("disputes", "reconsideration", "upheld", "第3页表1第2行", "1 2", "absent of nothing", "12", 2),
        OpenCell("disputes", "reconsideration", "", "", "", "absent", "", 3),
        OpenCell("disputes", "", "", "第4页", "其他 3", "no line", "", 4),
    )
    line = form.lines["reconsideration"].label
    of = [
        {"code": "pending.cell", "address": "disputes/reconsideration/upheld", "line": line, "title": form.columns["upheld"].label},
        {"code": "pending.absent", "address": "disputes/reconsideration", "line": line, "title": form.title},
        {"code": "pending.row", "address": "disputes", "line": form.title, "title": form.title},
    ]
    same = {"rule": "OPEN", "level": "error", "agency": KEY[0], "year": KEY[1], "file": f"{PLACE}/open.csv"}
    assert told(check_report(replace(pair.reports[KEY], open=cells))) == [
        same | each | {"row": cell.row, "found": cell.seen, "why": cell.why, "place": cell.where, "proposal": cell.proposed}
        for cell, each in zip(cells, of, strict=True)
    ]


def about(rule: str, address: str, says: str = "") -> Explanation:
    return Explanation(rule=rule, address=address, text="原文如此。", by="publisher", day=None, says=says)


def test_what_is_wrong_with_explanations(pair: Library) -> None:
    """Of the finding first, then each that has outlived its own; not of what cannot be tested, nor of what only a whole folder shows."""
    wrong = {f"{DISPUTES}/total": "31", "disputes/direct_litigation/upheld": ""}
    report, around = changed(pair, {"xugou-jia": wrong})
    fits, other, unstated = (about("T4-SUM", f"{DISPUTES}/total", says) for says in ("31 ≠ 28 = 0+15+0+13", "30 ≠ 28", ""))
    stale, silent = about("T3-ROW", "applications/granted/total"), about("T4-SUM", "disputes/direct_litigation/total")
    elsewhere = about("T4-SUM", "applications/granted/total")
    of_folder = about("COPY", "disclosure")
    same = {"rule": "EXPL", "level": "notice", "agency": KEY[0], "year": KEY[1], "file": f"{PLACE}/datapackage.json"}
    place = f"{DISPUTES}/total"
    outlived = [
        same | {"code": "explanation.other", "found": "30 ≠ 28", "expected": "31 ≠ 28 = 0+15+0+13", "of": "T4-SUM", "place": place},
        same | {"code": "explanation.unstated", "expected": "31 ≠ 28 = 0+15+0+13", "of": "T4-SUM", "place": place},
    ]
    unused = [same | {"code": "explanation.stale", "found": each.rule, "place": each.address} for each in (stale, elsewhere)]
    given = replace(report, explanations=(of_folder, other, stale, silent, unstated, elsewhere))
    first, *rest = check_report(given, around)
    assert (first.code, first.explanation) == ("identity", None)
    assert told(rest) == [*outlived, *unused]
    assert unexplained([first, *rest]) == (first,)
    explained, *rest = check_report(replace(report, explanations=(other, fits, unstated, silent)), around)
    assert (explained.code, explained.explanation, rest) == ("identity", fits, [])
    assert unexplained([explained]) == ()


def test_explanations_of_several_findings_that_have_outlived_them(pair: Library) -> None:
    lines = ("reconsideration", "direct_litigation")
    report, _ = changed(pair, {"xugou-jia": {f"disputes/{line}/total": "31" for line in lines}})
    given = replace(report, explanations=tuple(about("T4-SUM", f"disputes/{line}/total", "1 ≠ 2") for line in lines))
    found = [each for each in check_report(given) if each.rule == "EXPL"]
    assert [(each.code, each.place or dict(each.values)["place"]) for each in found] == [
        ("explanation.other", f"disputes/{line}/total") for line in lines
    ]


def test_an_explanation_of_what_a_year_before_would_show(pair: Library) -> None:
    """Where no such year is collected, nobody can say that the explanation has outlived what it explains; where one is, it has."""
    said = (about("XY-CARRY", "applications/carried_in/total"),)
    assert check_report(replace(pair.reports["xugou-jia", 2022], explanations=said), pair) == ()
    (found,) = check_report(replace(pair.reports[KEY], explanations=said), pair)
    assert found.code == "explanation.stale"


# -- what is counted --------------------------------------------------------------------------------------------------------

WITHIN = {"FORM": 6, "BLANK": 3, "TOTAL": 2, "LABEL": 3, "APPLICANT": 1, "DATE": 1, "TITLE": 1, "TXT-MOST": 1, "TXT": 1}
WITHIN |= {"T2-STOCK": 2, "T3-CONS": 7, "T3-SUM": 7, "T3-ROW": 25, "T4-SUM": 3}
BESIDE = {"TITLE": 2, "SOURCE": 1, "FEES": 1, "JUMP": 1, "DUE": 1, "XY-STOCK": 2, "XY-CARRY": 7}


def test_what_holds_in_a_sound_report(pair: Library) -> None:
    """By itself, and beside the year before it, when its agency is known."""
    alone, beside = examine(pair.reports[KEY]), examine(pair.reports[KEY], pair)
    assert alone.findings == beside.findings == ()
    assert (alone.passed.holds, alone.passed.untestable) == (WITHIN, {})
    assert (beside.passed.holds, beside.passed.untestable) == ({**WITHIN, **BESIDE}, {})
    nobody = examine(pair.reports[KEY], replace(pair, agencies={}))
    assert "DUE" not in nobody.passed.holds


def test_what_differs_is_not_counted_as_holding(pair: Library) -> None:
    report, around = changed(
        pair, {"xugou-jia": {f"{DISPUTES}/total": "31", "disclosure/rules/in_force": "0", "disclosure/rules/issued": ""}}
    )
    found = examine(report, around)
    assert [each.rule for each in found.findings if each.rule in {"T4-SUM", "T2-STOCK"}] == ["T4-SUM"]
    assert (found.passed.of("T4-SUM"), found.passed.of("T2-STOCK")) == ((2, 0), (1, 1))


def test_sums_over_units_are_counted_one_by_one(area: Library) -> None:
    report, around = changed(area, {"xugou-jia": {f"{DISPUTES}/upheld": "2"}, "xugou-yi": {f"{DISPUTES}/other": ""}})
    found = examine(report, around)
    # Five results of reconsideration and the fees: one differs, one cannot be tested.
    assert found.passed.of("AGG") == (4, 1)
    assert [each.address for each in found.findings if each.rule == "AGG"] == [f"{DISPUTES}/upheld"]


# -- a library --------------------------------------------------------------------------------------------------------------


def test_what_only_a_whole_folder_shows(pair: Library) -> None:
    """Both years have one source. It is told when the folder is whole, and left to others when it is not; of a part it cannot be tested."""
    one = pair.reports["xugou-jia", 2022]
    same = replace(pair, reports={**pair.reports, KEY: replace(pair.reports[KEY], sources=one.sources)})
    whole = tried(same)
    assert [(each.code, each.agency, each.year) for each in whole.findings if each.code == "source.twice"] == [("source.twice", *KEY)]
    assert all(str(each.file).startswith("datapackages/") for each in whole.findings)
    assert whole.passed[KEY].of("COPY") == (2, 0)
    left = tried(same, whole=False)
    assert [each.code for each in left.findings if each.code == "source.twice"] == []
    assert left.passed[KEY].of("COPY") == (0, 0)
    part = checkup(pair, part=True)
    assert (part.passed[KEY].of("COPY"), part.passed[KEY].of("TITLE")) == ((0, 2), (2, 1))
    assert checkup(pair).passed[KEY].of("COPY") == tried(pair).passed[KEY].of("COPY") == (2, 0)
    assert checkup(pair, whole=False).passed[KEY].of("COPY") == (0, 0)


@pytest.mark.parametrize("place", ["datapackages", "records/of/packages"])
def test_the_folder_is_named_as_its_reports_are(place: str, tmp_path: Path) -> None:
    """A file that is of no report stands in the same folder."""
    for agency in ("xugou-jia", "xugou-yi"):
        package = made_up.package(agency, 2023)
        package.edit_agency("name", "虚构市甲局")
        package.write(tmp_path)
    library = open_library(tmp_path, place=place)
    assert place_of(library) == place
    assert place_of(replace(library, reports={})) == ""
    twins = [each.file for each in tried(library).findings if each.code == "meta.agency_twin"]
    assert twins == [f"{place}/xugou-yi/agency.yml"]


def test_a_check_remembers_whom_the_judge_has_passed(pair: Library, tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    assert check(pair, cache) == ()
    assert all(each.digest in cache for each in pair)


def test_a_part_of_a_folder_is_compared_with_its_neighbours(pair: Library, tmp_path: Path) -> None:
    root = tmp_path / "datapackages"
    for package in made_up.history("xugou-jia", (2022, 2023)):
        package.write(root)
    alone = replace(pair, reports={KEY: pair.reports[KEY]})
    beside = checkup(alone, root=root)
    assert list(beside.passed) == [KEY]
    assert beside.passed[KEY].of("XY-CARRY") == (7, 0)
    assert checkup(alone).passed[KEY].of("XY-CARRY") == (0, 7)
    shutil.rmtree(root / "xugou-jia" / "2022")
    assert checkup(alone, root=root).passed[KEY].of("XY-CARRY") == (0, 7)


@pytest.mark.usefixtures("forgetful_judge")
def test_the_judge_is_asked_once_about_what_he_passed(pair: Library, tmp_path: Path) -> None:
    """What he refuses is not remembered; what could not be read, what he says and what does not reconcile come one behind another."""
    cache = Cache(tmp_path)
    refused = replace(with_cells(pair.reports[KEY], {"disclosure/fees/amount": "12万元", f"{DISPUTES}/total": "31"}), digest="refused")
    (unread,) = check_report(with_cells(pair.reports[KEY], {f"{DISPUTES}/total": "32"}), pair)
    library = replace(pair, reports={**pair.reports, KEY: refused}, findings=(unread,))
    found = checkup(library, cache)
    assert [each.code for each in found.findings] == [each.code for each in checkup(library).findings]
    assert [each.code for each in found.findings][:3] == ["identity", "schema.cell", "identity"]
    assert found.findings[0] == unread
    assert pair.reports["xugou-jia", 2022].digest in cache
    assert "refused" not in cache
    known = Cache(tmp_path)
    known.add(["refused"])
    assert "schema.cell" not in {each.code for each in checkup(library, known).findings}
