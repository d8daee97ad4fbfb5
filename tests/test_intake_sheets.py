"""Workbooks: every visible sheet as it is seen, numbers as their formats show them, what may deceive doubted."""

from __future__ import annotations

import contextlib
import functools
import io
import itertools
import random
import re
import sys
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from manuscripts import office
from manuscripts.compared import CORPUS, REPORTS, doubts, expected, figures_come_out, paragraphs, same, texts
from manuscripts.office import FONT, XLSX, Entry, Look, Page, anchored, laid, number, text, workbook, xlsx, zipped
from open_reports.errors import IntakeError
from open_reports.intake import archive
from open_reports.intake.grid import Doubt, Grid, Manuscript, Paragraph
from open_reports.intake.readers import ods
from open_reports.intake.readers import workbook as parts
from open_reports.intake.readers import xlsx as reader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_reports.intake.grid import Cell

WIDE = '<cols><col min="1" max="20" width="18"/></cols>'


def sheet(*rows: tuple[Entry | None, ...], before: str = WIDE, behind: str = "", merged: tuple[str, ...] = ()) -> Page:
    cells = {(row, column): entry for row, each in enumerate(rows, 1) for column, entry in enumerate(each, 1) if entry is not None}
    return Page("表", cells, list(merged), before, behind)


def read(*pages: Page, more: str = "", strings: tuple[str, ...] = (), dxfs: str = "") -> Manuscript:
    return reader.read(workbook(pages, more=more, strings=strings, dxfs=dxfs))


def cell(entry: Entry, **rest: str) -> Cell:
    """A cell beside a label."""
    found = read(sheet((text("头"), text("数")), (text("标签"), entry), (text("另一"), number("0"))), **rest)  # type: ignore[arg-type] # one name of several
    (grid,) = found.grids
    assert [each.text for each in (*grid.cells[:3], *grid.cells[4:])] == ["头", "数", "标签", "另一", "0"]
    return grid.cells[3]


def refused(*pages: Page) -> str:
    with pytest.raises(IntakeError) as caught:
        read(*pages)
    return caught.value.code


# -- every report in every shape --------------------------------------------------------------------------------------------


@functools.cache
def read_as(name: str, shape: str) -> Manuscript:
    """A report of the corpus in a shape of a workbook: its cells are one test, its figures another."""
    return reader.read(xlsx(REPORTS[name], shape=shape))


@pytest.mark.parametrize("shape", XLSX)
@pytest.mark.parametrize("name", REPORTS)
def test_every_cell_of_every_report(name: str, shape: str) -> None:
    report = REPORTS[name]
    found = read_as(name, shape)
    assert all(itertools.starmap(same, zip(found.grids, expected(report), strict=True)))
    assert not doubts(found)
    assert (found.kind, found.remarks) == ("xlsx", ())
    own = [block.text for block in report.blocks() if isinstance(block, Paragraph)]
    assert paragraphs(found) == own
    numbers = [each for grid in found.grids for each in grid.cells if each.number]
    assert all(re.fullmatch(r"\d+(\.\d+)?", each.text) for each in numbers)
    assert bool(numbers) == (shape != "texts")


def test_facts_order_and_places() -> None:
    report = CORPUS["pingtan-finance/2024"]
    found = reader.read(xlsx(report))
    assert found.facts == {"title": report.title}
    assert "".join("表" if isinstance(each, Grid) else each.text[:1] for each in found.blocks) == "平一二表三表四表五六"
    assert found.grids[0].place == "年报"
    assert [each.place for each in found.grids[0].cells][:3] == ["年报!A4", "年报!A5", "年报!B5"]
    assert found.blocks[0] == Paragraph(text=report.title, place="年报!A1")
    assert [each.level for each in found.blocks if isinstance(each, Paragraph)] == [0, 2, 2, 2, 2, 2, 2]
    assert Manuscript.of_json(found.json()) == found


def test_a_workbook_of_another_program() -> None:
    # Made by libraries that know nothing of this reader.
    rows = [["标签", "甲", "乙"], ["一", 26, 2059.209], ["二", "/", None]]
    file = io.BytesIO()
    made = xlsxwriter.Workbook(file, {"in_memory": True})
    page = made.add_worksheet("表")
    page.set_column(0, 5, 20)
    page.merge_range("A1:C1", "题", made.add_format({"border": 1}))
    for index, row in enumerate(rows, start=1):
        page.write_row(index, 0, row, made.add_format({"border": 1}))
    page.write_rich_string(3, 2, "2", made.add_format({"font_strikeout": True}), "6", made.add_format({"border": 1}))
    made.close()
    (grid,) = reader.read(file.getvalue()).grids
    assert texts(grid) == [["题"] * 3, ["标签", "甲", "乙"], ["一", "26", "2059.209"], ["二", "/", "26"]][1:]
    assert grid.cells[-1].doubts == (Doubt.STRUCK,)
    again = io.BytesIO()
    openpyxl.load_workbook(file).save(again)
    (second,) = reader.read(again.getvalue()).grids
    assert texts(second) == texts(grid)


# -- numbers ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written, code, shown, doubt",
    [
        ("26", "General", "26", None),
        ("26.000000000000004", "General", "26", None),
        ("0.30000000000000004", "General", "0.3", None),
        ("75394432.519999996", "0.00", "75394432.52", None),
        ("75394432.52", "General", "75394432.52", None),
        ("73802895.9", "#,##0.00", "73,802,895.90", None),
        ("26", '0"件"', "26件", None),
        ("0.125", "0.0%", "12.5%", None),
        ("26", "@", "26", None),
        ("26.4", "0", "26", Doubt.ROUNDED),
        ("2059.209", "#,##0.00", "2,059.21", Doubt.ROUNDED),
        ("123456789012", "General", "123456789012", Doubt.ROUNDED),
        ("0", "0;-0;;@", "", Doubt.ROUNDED),
        ("0", '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"_ ;_ @_ ', "-", Doubt.ROUNDED),
        ("45292", "yyyy/m/d", "2024-01-01", Doubt.DATED),
        ("45292.5", "yyyy/m/d h:mm", "2024-01-01T12:00:00", Doubt.DATED),
        ("0.5", "h:mm", "12:00:00", Doubt.DATED),
    ],
)  # fmt: skip
def test_numbers_are_read_as_they_are_shown(written: str, code: str, shown: str, doubt: Doubt | None) -> None:
    found = cell(number(written, code))
    assert (found.text, found.number, found.doubts) == (shown, True, (doubt,) if doubt else ())


def test_texts_that_are_numbers_are_texts() -> None:
    found = cell(text("026"))
    assert (found.text, found.number, found.doubts) == ("026", False, ())


def test_formats_that_show_a_text_otherwise_are_doubted() -> None:
    assert cell(text("26", Look(code=";;;"))).doubts == (Doubt.UNSHOWN,)
    assert cell(text("26", Look(code='@"元"'))).doubts == (Doubt.UNSHOWN,)
    assert cell(text("26", Look(code="@"))).doubts == ()


@pytest.mark.parametrize(
    "entry, shown, doubt",
    [
        (Entry("<f>SUM(B2:B2)</f><v>26</v>"), "26", None),
        (Entry("<f>SUM(B2:B2)</f>"), "", Doubt.FORMULA),
        (Entry("<f>SUM(B2:B2)</f><v></v>"), "", Doubt.FORMULA),
        (Entry('<f>"26"</f><v>26</v>', "str"), "26", None),
        (Entry('<f>""</f><v></v>', "str"), "", None),
        (Entry("<f>A9</f>", "str"), "", Doubt.FORMULA),
        (Entry("<f>1/0</f><v>#DIV/0!</v>", "e"), "#DIV/0!", None),
        (Entry("<v>1</v>", "b"), "TRUE", None),
        (Entry("<v>0</v>", "b"), "FALSE", None),
        (Entry("<v>2024-01-01</v>", "d"), "2024-01-01", Doubt.DATED),
        (Entry("<v/>"), "", None),
    ],
)
def test_kinds_of_cells(entry: Entry, shown: str, doubt: Doubt | None) -> None:
    found = cell(entry)
    assert (found.text, found.doubts) == (shown, (doubt,) if doubt else ())


def test_results_that_wait_to_be_worked_out_are_doubted() -> None:
    # xlsxwriter writes 0 for every formula, and asks the program to work it out.
    assert cell(Entry("<f>SUM(B2:B2)</f><v>0</v>"), more='<calcPr fullCalcOnLoad="1"/>').doubts == (Doubt.FORMULA,)
    assert cell(Entry("<f>SUM(B2:B2)</f><v>0</v>"), more='<calcPr calcId="191029"/>').doubts == ()
    assert cell(number("0"), more='<calcPr fullCalcOnLoad="1"/>').doubts == ()


def test_a_sheet_that_shows_its_formulas_is_doubted() -> None:
    page = sheet(
        (text("甲"), Entry("<f>1+1</f><v>2</v>")), before='<sheetViews><sheetView showFormulas="1" workbookViewId="0"/></sheetViews>'
    )
    assert read(page).grids[0].cells[1].doubts == (Doubt.FORMULA,)


def test_a_sheet_that_does_not_show_zeros_is_doubted() -> None:
    page = sheet((text("甲"), number("0"), number("10")), before='<sheetViews><sheetView showZeros="0" workbookViewId="0"/></sheetViews>')
    assert [(each.text, each.doubts) for each in read(page).grids[0].cells[1:]] == [("", (Doubt.UNSHOWN,)), ("10", ())]


def test_a_narrow_column_rounds_what_has_no_format() -> None:
    # Excel shows 75394433 in a column of the usual width.
    row = (text("甲"), number("75394432.52"), number("75394432.52", "0.00"), number("26"))
    assert [each.doubts for each in read(sheet(row, before="")).grids[0].cells] == [(), (Doubt.ROUNDED,), (), ()]
    assert [each.doubts for each in read(sheet(row, before="", merged=("B1:C1",))).grids[0].cells] == [(), (), ()]
    small = Look(font='<sz val="6"/>')
    assert read(sheet((text("甲"), number("75394432.52", look=small)), before="")).grids[0].cells[1].doubts == ()
    shrunk = Look(alignment='<alignment shrinkToFit="1"/>')
    assert read(sheet((text("甲"), number("75394432.52", look=shrunk)), before="")).grids[0].cells[1].doubts == ()


@pytest.mark.parametrize("written", ["x", "1,2", "NaN", "1e999", "--1"])
def test_numbers_that_are_none_are_refused(written: str) -> None:
    assert refused(sheet((text("甲"), number(written)))) == "xlsx_unreadable"


# -- texts ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content, shown, doubt",
    [
        ("<t>26</t>", "26", None),
        ("<r><t>2</t></r><r><rPr><b/></rPr><t>6</t></r>", "26", None),
        ("<r><t>26</t></r><r><rPr><vertAlign val='superscript'/></rPr><t>1</t></r>", "261", Doubt.SUPERSCRIPT),
        ("<r><rPr><strike/></rPr><t>27</t></r><r><t>26</t></r>", "2726", Doubt.STRUCK),
        ("<r><rPr><strike val='0'/></rPr><t>26</t></r>", "26", None),
        ("<r><rPr><color rgb='FFFFFFFF'/></rPr><t>2</t></r><r><t>6</t></r>", "26", Doubt.UNSHOWN),
        ("<t>2_x000D_\n6</t>", "2\n6", Doubt.SPLIT),
        ("<t>2 6</t>", "2 6", Doubt.SPLIT),
        ("<t>二</t><rPh sb='0' eb='1'><t>er</t></rPh>", "二", None),
        ("<t>26①</t>", "26①", Doubt.SUPERSCRIPT),
    ],
)
def test_shared_and_own_texts(content: str, shown: str, doubt: Doubt | None) -> None:
    for entry, strings in ((Entry("<v>0</v>", "s"), (content,)), (Entry(f"<is>{content}</is>", "inlineStr"), ())):
        found = read(sheet((text("标签"), entry)), strings=strings).grids[0].cells[1]
        assert (found.text, found.doubts) == (shown, (doubt,) if doubt else ())


@pytest.mark.parametrize(
    "look, doubt",
    [
        (Look(font=f"<strike/>{FONT}"), Doubt.STRUCK),
        (Look(font=f'<vertAlign val="superscript"/>{FONT}'), Doubt.SUPERSCRIPT),
        (Look(font='<sz val="1"/>'), Doubt.UNSHOWN),
        (Look(font='<color rgb="FFFFFFFF"/>'), Doubt.UNSHOWN),
        (Look(font='<color theme="0"/>'), Doubt.UNSHOWN),
        (Look(font='<color rgb="FFFF0000"/>', fill='<patternFill patternType="solid"><fgColor rgb="FFFF0000"/></patternFill>'), Doubt.UNSHOWN),
        (Look(font='<color rgb="FFFFFFFF"/>', fill='<patternFill patternType="solid"><fgColor rgb="FF1F4E79"/></patternFill>'), None),
        (Look(font='<color theme="1"/>'), None),
    ],
)  # fmt: skip
def test_looks_of_cells(look: Look, doubt: Doubt | None) -> None:
    for entry in (text("26", look), number("26", look=look)):
        assert cell(entry).doubts == ((doubt,) if doubt else ())
    assert cell(Entry(look=look)).doubts == ()


@pytest.mark.parametrize(
    "rule, dxf, doubt",
    [
        ('<cfRule type="expression" dxfId="0" priority="1"><formula>1</formula></cfRule>', "<font><strike/></font>", Doubt.STRUCK),
        (
            '<cfRule type="expression" dxfId="0" priority="1"><formula>1</formula></cfRule>',
            '<numFmt numFmtId="200" formatCode="0"/>',
            Doubt.ROUNDED,
        ),
        ('<cfRule type="expression" dxfId="0" priority="1"><formula>1</formula></cfRule>', "<font><b/></font>", None),
        (
            '<cfRule type="dataBar" priority="1"><dataBar showValue="0"><cfvo type="min"/><cfvo type="max"/><color rgb="FF638EC6"/></dataBar></cfRule>',
            "",
            Doubt.UNSHOWN,
        ),
    ],
)
def test_looks_that_depend_on_a_rule(rule: str, dxf: str, doubt: Doubt | None) -> None:
    page = sheet(
        (text("甲"), number("26")), (text("乙"), number("27")), behind=f'<conditionalFormatting sqref="B1">{rule}</conditionalFormatting>'
    )
    found = read(page, dxfs=f"<dxf>{dxf}</dxf>" if dxf else "").grids[0].cells
    assert [each.doubts for each in found] == [(), (doubt,) if doubt else (), (), ()]


# -- what is not seen -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("attributes", ['hidden="1"', 'hidden="true"', 'ht="0" customHeight="1"'])
def test_hidden_rows_are_passed_over_and_said(attributes: str) -> None:
    page = sheet((text("头"), text("数")), (text("旧"), number("1")), (text("新"), number("2")))
    page.rows[2] = attributes
    found = read(page)
    assert texts(found.grids[0]) == [["头", "数"], ["新", "2"]]
    assert found.grids[0].cells[2].place == "表!A3"
    assert found.remarks == ("hidden_cells",)


def test_rows_may_all_be_hidden_but_some() -> None:
    page = sheet((text("头"), text("数")), (text("新"), number("2")), before='<sheetFormatPr zeroHeight="1"/>')
    page.cells[9, 1] = text("末")
    found = read(page)
    assert texts(found.grids[0]) == [["头", "数"], ["新", "2"]]
    assert paragraphs(found) == ["末"]


@pytest.mark.parametrize("attributes", ['hidden="1" width="9"', 'width="0"'])
def test_hidden_columns_are_passed_over_and_said(attributes: str) -> None:
    found = read(
        sheet(
            (text("头"), text("旧"), text("数")),
            (text("甲"), number("1"), number("2")),
            before=f'<cols><col min="2" max="2" {attributes}/></cols>',
        )
    )
    assert texts(found.grids[0]) == [["头", "数"], ["甲", "2"]]
    assert [each.place for each in found.grids[0].cells] == ["表!A1", "表!C1", "表!A2", "表!C2"]
    assert found.remarks == ("hidden_cells",)


def test_hidden_rows_and_columns_that_say_nothing_are_not_said() -> None:
    page = sheet(
        (text("头"), None, text("数")),
        (None, None, None),
        (text("甲"), None, number("2")),
        before='<cols><col min="2" max="2" hidden="1"/></cols>',
    )
    page.rows[2] = 'hidden="1"'
    found = read(page)
    assert texts(found.grids[0]) == [["头", "数"], ["甲", "2"]]
    assert found.remarks == ()


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheets_are_passed_over_and_said(state: str) -> None:
    one, other = sheet((text("甲"), number("1"))), sheet((text("乙"), number("2")))
    other.name, other.state = "草稿", state
    found = read(other, one)
    assert [texts(each) for each in found.grids] == [[["甲", "1"]]]
    assert found.remarks == ("hidden_sheets",)


def test_merged_areas_over_hidden_rows_and_columns() -> None:
    page = sheet((text("头"), text("一"), text("二")), (None, text("三"), text("四")), (None, text("五"), text("六")), merged=("A1:A3",))
    page.rows[1] = 'hidden="1"'
    found = read(page)
    assert texts(found.grids[0]) == [["头", "三", "四"], ["头", "五", "六"]]
    assert found.grids[0].cells[0].rowspan == 2
    assert found.remarks == ("hidden_cells",)


def test_what_a_merged_area_covers_is_not_read_and_said() -> None:
    found = read(sheet((text("头"), number("9"), text("数")), (text("甲"), number("1"), number("2")), merged=("A1:B1",)))
    assert texts(found.grids[0]) == [["头", "头", "数"], ["甲", "1", "2"]]
    assert found.remarks == ("hidden_cells",)


def test_merged_areas_that_overlap_are_refused() -> None:
    assert refused(sheet((text("甲"), number("1")), (text("乙"), number("2")), merged=("A1:B1", "B1:B2"))) == "xlsx_unreadable"


def test_merged_areas_beyond_what_is_looked_at_are_cut() -> None:
    found = read(sheet((text("题"),), (text("甲"), number("1")), (text("乙"), number("2")), merged=("A1:XFD1", "D4:SG5001")))
    assert paragraphs(found) == ["题"]
    assert texts(found.grids[0]) == [["甲", "1"], ["乙", "2"]]


# -- what lies over the cells -----------------------------------------------------------------------------------------------


def test_pictures_make_the_cells_below_them_doubtful() -> None:
    page = sheet((text("头"), text("数"), text("数")), (text("甲"), number("1"), number("2")), (text("乙"), None, number("4")))
    page.drawing = anchored((2, 2), (3, 2), "<xdr:pic/>")
    found = read(page)
    assert [each.place for each in found.grids[0].cells if each.doubts == (Doubt.PICTURED,)] == ["表!B2", "表!B3"]
    assert found.remarks == ()


def test_text_boxes_are_read_and_said() -> None:
    page = sheet((text("甲"), number("1")))
    page.drawing = anchored(
        (9, 9), (9, 9), "<xdr:sp><xdr:txBody><a:p><a:r><a:t>盒</a:t></a:r><a:r><a:t>子</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
    )
    found = read(page)
    assert paragraphs(found) == ["盒子"]
    assert found.remarks == ("text_boxes",)
    assert not doubts(found)


def test_pictures_without_a_table_are_said() -> None:
    page = Page("图", drawing=anchored((1, 1), (9, 9), "<xdr:pic/>"))
    assert read(page).remarks == ("pictures",)


def test_what_is_bound_to_no_cell_may_lie_anywhere() -> None:
    page = sheet((text("甲"), number("1")))
    page.drawing = "<xdr:absoluteAnchor><xdr:pic/></xdr:absoluteAnchor>"
    assert doubts(read(page)) == {Doubt.PICTURED}


# -- tables and text between them -------------------------------------------------------------------------------------------


def test_a_label_alone_in_its_row_stays_in_its_table() -> None:
    for bordered in (True, False):
        look = Look(bordered=bordered)
        page = sheet((text("头", look), text("数", look)), (text("甲", look), Entry(look=look)), (text("乙", look), number("2", look=look)))
        assert texts(read(page).grids[0]) == [["头", "数"], ["甲", ""], ["乙", "2"]]


def test_a_title_that_stands_in_the_table_stays_there() -> None:
    report = CORPUS["pingtan/2023"]
    first = reader.read(xlsx(report)).grids[0]
    assert [each.text for each in first.cells if each.colspan == first.columns] == [
        "第二十条第（一）项",
        "第二十条第（五）项",
        "第二十条第（六）项",
        "第二十条第（八）项",
    ]


def test_prose_is_told_line_by_line() -> None:
    page = sheet(
        (text("一、总体情况"),), (text("第一段。\n第二段。"),), (text("甲"), number("1")), (text("乙"), number("2")), (text("注：略"),)
    )
    assert paragraphs(read(page)) == ["一、总体情况", "第一段。", "第二段。", "注：略"]


def test_two_tables_beside_each_other_are_one() -> None:
    page = sheet((text("甲"), number("1"), None, text("乙"), number("2")), (text("丙"), number("3"), None, text("丁"), number("4")))
    assert texts(read(page).grids[0]) == [["甲", "1", "", "乙", "2"], ["丙", "3", "", "丁", "4"]]


def test_an_empty_workbook_says_nothing() -> None:
    assert read(Page("空")).blocks == ()


def test_a_formula_without_a_result_keeps_its_row_in_the_table() -> None:
    page = sheet((text("头"), text("数")), (text("甲"), number("1")), (text("总计"), Entry("<f>SUM(B2)</f>")))
    (grid,) = read(page).grids
    assert texts(grid)[2] == ["总计", ""]
    assert grid.cells[-1].doubts == (Doubt.FORMULA,)


# -- limits and files that are none -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [(5_001, 1), (1, 501), (1_048_576, 16_384)])
def test_cells_beyond_the_limits_are_refused_if_they_say_something(at: tuple[int, int]) -> None:
    page = sheet((text("甲"), number("1")))
    page.cells[at] = Entry()
    members = archive.opened(workbook([page]))
    name = "xl/worksheets/sheet1.xml"
    address = "XFD" if at[1] == 16_384 else "SG" if at[1] == 501 else "A"
    plain = re.sub(
        rb'r="[^"]*" t="n" s="0"></c></row></sheetData>', f'r="{address}{at[0]}" t="n" s="0"></c></row></sheetData>'.encode(), members[name]
    )
    assert texts(reader.manuscript({**members, name: plain}).grids[0]) == [["甲", "1"]]
    said = plain.replace(b"></c></row></sheetData>", b"><v>1</v></c></row></sheetData>")
    assert said != plain
    with pytest.raises(IntakeError, match="sheet_too_large"):
        reader.manuscript({**members, name: said})


def test_a_table_beyond_the_limits_is_refused() -> None:
    page = sheet((text("甲"), number("1")))
    page.cells[1, 401] = text("末")
    assert refused(page) == "table_too_large"
    assert refused(sheet(*((text("甲"), number("1")) for _ in range(3_001)))) == "table_too_large"


def test_the_number_of_cells_and_sheets_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MOST_WRITTEN", 3)
    assert read(sheet((text("甲"), number("1"), number("2")))).grids
    assert refused(sheet((text("甲"), number("1")), (text("乙"), number("2")))) == "sheet_too_large"
    monkeypatch.setattr(parts, "MOST_SHEETS", 2)
    assert refused(Page("一"), Page("二"), Page("三")) == "sheet_too_large"


@pytest.mark.parametrize("reference", ["A", "1", "A0", "", "AAAA1", "A1:B2", "A-1", "a1", "A99999999"])
def test_addresses_that_are_none_are_refused(reference: str) -> None:
    members = archive.opened(workbook([sheet((text("甲"), number("1")))]))
    name = "xl/worksheets/sheet1.xml"
    broken = {**members, name: members[name].replace(b'r="B1"', f'r="{reference}"'.encode())}
    if reference:
        with pytest.raises(IntakeError, match="xlsx_unreadable"):
            reader.manuscript(broken)
    else:
        # A cell that does not say where it stands follows the one before it.
        assert texts(reader.manuscript(broken).grids[0]) == [["甲", "1"]]


@pytest.mark.parametrize("reference", ["A1", "C2"])
def test_addresses_that_come_twice_or_in_another_row_are_refused(reference: str) -> None:
    members = archive.opened(workbook([sheet((text("甲"), number("1")))]))
    name = "xl/worksheets/sheet1.xml"
    with pytest.raises(IntakeError, match="xlsx_unreadable"):
        reader.manuscript({**members, name: members[name].replace(b'r="B1"', f'r="{reference}"'.encode())})


def test_other_archives_are_refused() -> None:
    for content in ({"a": "1"}, {"xl/workbook.xml": "<a/>"}):
        with pytest.raises(IntakeError, match="xlsx_unreadable"):
            reader.read(zipped(content))
    members = archive.opened(workbook([sheet((text("甲"), number("1")))]))
    for name, other in (("xl/worksheets/sheet1.xml", None), ("xl/styles.xml", b"<a/>"), ("xl/workbook.xml", b"<workbook/>")):
        rest = {key: content for key, content in members.items() if key != name} | ({name: other} if other else {})
        with contextlib.suppress(IntakeError):
            assert texts(reader.manuscript(rest).grids[0]) == [["甲", "1"]]


def test_what_openpyxl_s_own_parser_refuses_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads by another parser than the one that went before, and the two need not agree (found by test_fuzz)."""

    def refuses(*_: object, **__: object) -> None:
        raise ParseError

    monkeypatch.setattr(openpyxl, "load_workbook", refuses)
    with pytest.raises(IntakeError, match="xlsx_unreadable"):
        reader.read(workbook([sheet((text("甲"), number("1")))]))


def test_a_text_that_is_not_in_the_list_of_texts_is_refused() -> None:
    assert refused(sheet((text("甲"), Entry("<v>7</v>", "s")))) == "xlsx_unreadable"


@pytest.mark.parametrize("part", ["fontId", "borderId", "numFmtId", "fillId"])
def test_a_look_that_is_not_in_the_list_is_refused_or_none(part: str) -> None:
    members = archive.opened(workbook([sheet((text("甲"), number("1")))]))
    looks = re.sub(rf'{part}="\d+"'.encode(), f'{part}="99"'.encode(), members["xl/styles.xml"])
    broken = {**members, "xl/styles.xml": looks}
    if part in ("fontId", "borderId"):
        with pytest.raises(IntakeError, match="xlsx_unreadable"):
            reader.manuscript(broken)
    else:
        # A format that is not there is General; what is behind the text matters only where the text has a colour.
        assert texts(reader.manuscript(broken).grids[0]) == [["甲", "1"]]


def test_a_document_type_is_refused() -> None:
    members = archive.opened(workbook([sheet((text("甲"), number("1")))]))
    for name in ("xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "_rels/.rels"):
        with pytest.raises(IntakeError, match="xml_type"):
            reader.manuscript({**members, name: b"<!DOCTYPE a>" + members[name]})


def test_strict_files_are_read_as_well() -> None:
    members = archive.opened(xlsx(CORPUS["pingtan/2023"]))
    main, related = (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    )
    strict = {
        key: content.replace(main, b"http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
            related, b"http://purl.oclc.org/ooxml/officeDocument/relationships"
        )
        for key, content in members.items()
    }
    assert reader.manuscript(strict) == reader.manuscript(members)


def test_openpyxl_sees_nothing_but_cells_and_looks() -> None:
    # Whatever else is in the file, sound or not: no links, macros, pictures, names or comments are opened.
    members = archive.opened(xlsx(CORPUS["pingtan/2023"]))
    whole = reader.manuscript(members)
    more: Mapping[str, bytes] = {
        "xl/externalLinks/externalLink1.xml": b"<a",
        "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0",
        "xl/comments1.xml": b"<a",
        "xl/worksheets/_rels/sheet1.xml.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="x" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments" Target="../comments1.xml"/></Relationships>',
        "docProps/app.xml": b"<a",
    }
    assert reader.manuscript({**members, **more}) == whole


def test_a_missing_extra_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    assert refused(sheet((text("甲"), number("1")))) == "extra"


@given(st.integers(0, 2**32))
def test_any_damage_is_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 (a case, not a secret)
    page = Page("年报", before=WIDE)
    laid(page, CORPUS["pingtan/2024"].blocks()[:4])
    members = archive.opened(workbook([page], strings=("<t>甲</t>",)))
    name = chance.choice(("xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml", "xl/sharedStrings.xml"))
    content = members[name].decode()
    tags = list(re.finditer(r"<[^<>]+>", content))
    for _ in range(chance.randint(1, 4)):
        place, other = chance.choice(tags), chance.choice(tags)
        content = content[: place.start()] + other[0] + content[place.start() + chance.choice((0, len(place[0]))) :]
    # Anything else that is raised fails the test.
    with contextlib.suppress(IntakeError):
        assert reader.manuscript({**members, name: content.encode()}).kind == "xlsx"


@pytest.mark.parametrize("name", REPORTS)
def test_every_figure_of_every_report_comes_out_and_none_is_open(name: str) -> None:
    # All shapes of xlsx, and ods, through the mapper; those of docx stand in `test_intake_office.py`.
    figures_come_out(REPORTS[name], [*(read_as(name, shape) for shape in XLSX), ods.read(office.ods(REPORTS[name]))])
