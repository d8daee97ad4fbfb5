"""Tables that the end of a page cut in two: what is one row or one head again, and what must never be."""

from __future__ import annotations

import pytest
from open_reports.form import forms
from open_reports.intake.grid import Cell, Edge, Grid
from open_reports.intake.labels import Lexicon
from open_reports.intake.seams import Sheet, sheets

Drawn = tuple[int, int, int, int, str]
"""A cell: row, column, rows, columns, text."""
NOTHING = ("", "", "", "", "", "", "")
ZEROS = ("0", "0", "0", "0", "0", "0", "0")


def grid(page: int, cells: list[Drawn], *, top: bool, bottom: bool) -> Grid:
    rows, columns = max(row + down for row, _, down, _, _ in cells), max(column + across for _, column, _, across, _ in cells)
    lines = tuple(50.0 * index for index in range(columns + 1))
    drawn = tuple(
        Cell(row=row, column=column, rowspan=down, colspan=across, text=text, place=f"第{page}页表1（第{row + 1}行第{column + 1}格）")
        for row, column, down, across, text in cells
    )
    return Grid(place=f"第{page}页表1", rows=rows, columns=columns, cells=drawn, edge=Edge(page, top, bottom, lines))


def joined(upper: list[Drawn], lower: list[Drawn]) -> Sheet:
    lexicons = [Lexicon.of(forms(), table) for table in forms().tables]
    (sheet,) = sheets([grid(1, upper, top=False, bottom=True), grid(2, lower, top=True, bottom=False)], lexicons)
    return sheet


def row(number: int, first: list[Drawn], figures: tuple[str, ...]) -> list[Drawn]:
    """Cells of a row of the table of applications: those before the figures, then one a figure."""
    return [*first, *((number, column, 1, 1, text) for column, text in enumerate(figures, start=3))]


def texts(sheet: Sheet, number: int) -> list[str]:
    return [cell.text for cell in sheet.starting[number]]


@pytest.mark.parametrize(
    "upper, lower",
    [
        ("2.其他法律行", "政法规禁止公开"),
        ("1.本机关不掌握相关政府信", "息"),
        ("4.无", "正当理由大量反复申请"),
    ],
)
def test_a_row_whose_label_is_cut_is_one_row(upper: str, lower: str) -> None:
    sheet = joined(
        row(0, [(0, 0, 1, 1, "三、本年度办理结果"), (0, 1, 1, 1, ""), (0, 2, 1, 1, upper)], ZEROS),
        row(0, [(0, 0, 1, 1, ""), (0, 1, 1, 1, ""), (0, 2, 1, 1, lower)], NOTHING),
    )
    assert (sheet.rows, sheet.cut) == (1, frozenset())
    assert texts(sheet, 0) == ["三、本年度办理结果", "", upper + lower, *ZEROS]


@pytest.mark.parametrize("group", [("（五）不予处", "理"), ("（五）不予处理", "")])
def test_a_row_with_which_its_group_begins_is_one_row_and_the_group_goes_on(group: tuple[str, str]) -> None:
    sheet = joined(
        row(0, [(0, 0, 1, 1, "三、本年度办理结果"), (0, 1, 1, 1, group[0]), (0, 2, 1, 1, "1.信访举报投")], ZEROS),
        [
            *row(0, [(0, 0, 2, 1, ""), (0, 1, 2, 1, group[1]), (0, 2, 1, 1, "诉类申请")], NOTHING),
            *row(1, [(1, 2, 1, 1, "2.重复申请")], ZEROS),
        ],
    )
    assert sheet.rows == 2
    assert texts(sheet, 0)[1:3] == ["（五）不予处理", "1.信访举报投诉类申请"]
    assert sheet.at(1, 1) is sheet.at(0, 1)
    assert texts(sheet, 1) == ["2.重复申请", *ZEROS]


def test_heads_that_are_cut_are_heads_again() -> None:
    columns = ["结果维持", "结果纠正", "其他结果", "尚未审结"]
    upper: list[Drawn] = [(0, column, 1, 1, text[:2]) for column, text in enumerate(columns)]
    lower: list[Drawn] = [(0, column, 1, 1, text[2:]) for column, text in enumerate(columns)]
    sheet = joined([*upper, (0, 4, 1, 1, "总计")], [*lower, (0, 4, 1, 1, ""), *((1, column, 1, 1, "0") for column in range(5))])
    assert texts(sheet, 0) == [*columns, "总计"]
    assert [cell.rowspan for cell in sheet.starting[0]] == [2] * 5
    assert texts(sheet, 1) == []
    assert texts(sheet, 2) == ["0"] * 5
    assert not sheet.cut


@pytest.mark.parametrize(
    "upper, lower, above, below",
    [
        ("1.重复申请", "2.其他", ZEROS, NOTHING),
        ("1.信访举报投诉类申请", "2.重复申请", ZEROS, ZEROS),
        ("1.信访举报投", "诉类申请", ZEROS, ZEROS),
        ("1.信访举报投诉类申请", "", ZEROS, NOTHING),
        ("其他", "", ZEROS, NOTHING),
    ],
    ids=["two labels", "two rows", "figures on both sides", "nothing below", "a short one"],
)
def test_what_may_be_two_rows_stays_two(upper: str, lower: str, above: tuple[str, ...], below: tuple[str, ...]) -> None:
    sheet = joined(
        row(0, [(0, 0, 1, 1, ""), (0, 1, 1, 1, ""), (0, 2, 1, 1, upper)], above),
        row(0, [(0, 0, 1, 1, ""), (0, 1, 1, 1, ""), (0, 2, 1, 1, lower)], below),
    )
    assert sheet.rows == 2
    assert texts(sheet, 0)[2] == upper
    assert texts(sheet, 1)[2] == lower


def test_heads_above_a_row_of_figures_stay_as_they_are() -> None:
    heads = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    sheet = joined([(0, column, 1, 1, text) for column, text in enumerate(heads)], [(0, column, 1, 1, "0") for column in range(5)])
    assert (texts(sheet, 0), texts(sheet, 1)) == (heads, ["0"] * 5)


def test_heads_above_a_blank_row_stay_as_they_are() -> None:
    """A report that leaves a whole table blank has a blank row below its heads, and it must not become part of them."""
    heads = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    sheet = joined([(0, column, 1, 1, text) for column, text in enumerate(heads)], [(0, column, 1, 1, "") for column in range(5)])
    assert (texts(sheet, 0), texts(sheet, 1)) == (heads, [""] * 5)
