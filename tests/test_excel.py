"""CSV for spreadsheets: what Excel needs, exact numbers, text that can never become a formula."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import made_up
import outputs
import pytest
from conftest import with_cells
from hypothesis import given
from hypothesis import strategies as st
from open_reports.files.excel import FIELDS, excel_csv, inert
from open_reports.form import forms
from open_reports.library import Agency
from open_reports.report import Item, Note

if TYPE_CHECKING:
    from collections.abc import Callable

    from open_reports.library import Library
    from open_reports.report import Report

    Made = Callable[[made_up.Package], Report]

BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "\uff20")


def agencies(name: str = "虚构市甲局") -> dict[str, Agency]:
    agency = Agency(id="xugou-jia", name=name, name_en="Invented", kind="department", parent=None, region="虚构", site="", codes={})
    return {agency.id: agency}


def by_address(data: bytes) -> dict[str, dict[str, str]]:
    return {row["地址"]: row for row in outputs.excel_csv_rows(data)}


def test_it_begins_with_a_byte_order_mark_and_chinese_heads(report: Made) -> None:
    data = excel_csv([report(made_up.package())], agencies())
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\xef\xbb\xbf") == 1
    heads = data.decode("utf-8-sig").splitlines()[0].split(",")
    assert heads == ["机关标识", "机关", "年度", "格式", "表", "行", "列", "数值", "状态", "单位", "原文写法", "地址"]
    assert len(FIELDS) == len(heads)


def test_a_row_says_in_words_where_its_figure_stands(library: Library) -> None:
    row = by_address(excel_csv([library.reports["pingtan", 2020]], library.agencies))["applications/refused.state_secrets/enterprise"]
    assert row == {
        "机关标识": "pingtan",
        "机关": "平潭综合实验区",
        "年度": "2020",
        "格式": "2019",
        "表": "收到和处理政府信息公开申请情况",
        "行": "三、本年度办理结果 （三）不予公开 1.属于国家秘密",
        "列": "法人或其他组织 商业企业",
        "数值": "0",
        "状态": "已填报",
        "单位": "件",
        "原文写法": "",
        "地址": "applications/refused.state_secrets/enterprise",
    }


def test_a_row_tells_how_the_original_prints_its_figure(library: Library) -> None:
    for found in library:
        rows = by_address(excel_csv([found], library.agencies))
        assert {address: row["原文写法"] for address, row in rows.items() if row["原文写法"]} == {
            str(figure.address): inert(figure.printed) for figure in found.figures() if figure.printed
        }


def test_files_of_several_reports_are_their_rows_one_after_the_other(library: Library) -> None:
    whole = excel_csv(library, library.agencies).decode().splitlines()
    single = [excel_csv([found], library.agencies).decode().splitlines() for found in library]
    assert whole == [single[0][0], *(line for lines in single for line in lines[1:])]


def test_nothing_has_a_status_and_no_value(report: Made) -> None:
    package = made_up.package(blank=["applications/new/total"], absent=["applications/other.other"])
    package.set("disputes", "reconsideration", "total", "/")
    rows = by_address(excel_csv([report(package)], agencies()))
    nothing = {address: row["状态"] for address, row in rows.items() if row["数值"] == ""}
    assert nothing == {
        "applications/new/total": "原文留空",
        "disputes/reconsideration/total": "原文标注不适用",
        **{f"applications/other.other/{column}": "原文无此行" for column in forms()["2021"].tables["applications"].columns},
    }


@pytest.mark.parametrize("text", ["-18", "-1", "0", "442"])
def test_a_number_is_never_touched(report: Made, text: str) -> None:
    table = forms()["2019"].tables["disclosure"]
    at = next(f"disclosure/{line.id}/{column.id}" for line, column in table.cells if column.type.id == "change")
    found = with_cells(report(made_up.package(year=2019)), {at: text})
    assert by_address(excel_csv([found], agencies()))[at]["数值"] == text


# -- safety


@given(st.text(min_size=1))
def test_inert_text_begins_with_nothing_a_formula_begins_with(text: str) -> None:
    found = inert(text)
    assert not found.startswith(BEGINNINGS)
    assert found == (f"'{text}" if text.startswith(BEGINNINGS) else text)


@pytest.mark.parametrize("begins", [each for each in BEGINNINGS if each not in "\t\r"])
def test_text_that_begins_like_a_formula_is_inert(report: Made, begins: str) -> None:
    """Most packages with such texts are refused; here they are put in behind the gate."""
    text = f'{begins}HYPERLINK("https：example",1),2'
    found = replace(
        report(made_up.package()),
        overview=(Item(f"{begins}1", "7", f"{begins}件", "", 2),),
        notes=(Note("disputes", "reconsideration", "total", text, ""),),
    )
    data = excel_csv([found], agencies(text))
    cells = [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for cell in row]
    assert cells.count(f"'{text}") > 200
    assert f"'{begins}1" in cells
    assert f"'{begins}件" in cells
    assert {cell for cell in cells if cell.startswith(BEGINNINGS)} == set()


def test_cells_that_hold_commas_and_quotes_stay_one_cell(report: Made) -> None:
    package = made_up.package()
    package.put_rows("notes", [package.rows("notes")[0], ["disputes", "reconsideration", "total", '3,"其中"1', ""]])
    rows = by_address(excel_csv([report(package)], agencies('甲,"乙"')))
    assert rows["disputes/reconsideration/total"]["原文写法"] == '3,"其中"1'
    assert {row["机关"] for row in rows.values()} == {'甲,"乙"'}
