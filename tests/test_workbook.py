"""Workbooks: the printed shape, exact numbers, nothing in words, text that stays text."""

from __future__ import annotations

import io
import sys
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import made_up
import outputs
import pytest
from conftest import with_cells
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from open_reports.errors import PublishError
from open_reports.files import workbook as module
from open_reports.files.workbook import EXACT_DIGITS, workbook
from open_reports.files.workbook.cells import cell_text, figure_style
from open_reports.finding import by_report, finding
from open_reports.form import forms
from open_reports.library import Agency
from open_reports.report import Item, Note, Revision, Source
from open_reports.text import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from open_reports.finding import Finding
    from open_reports.library import Library
    from open_reports.report import Report

    Made = Callable[[made_up.Package], Report]

TABLES = forms().tables

AGENCY = Agency(id="xugou-jia", name="虚构市甲局", name_en="Invented", kind="department", parent=None, region="虚构", site="", codes={})
MONEY = {
    form.id: next(
        f"{table.id}/{line.id}/{column.id}" for table in form.tables.values() for line, column in table.cells if column.type.id == "money"
    )
    for form in forms().values()
}
"""Address of the sum of money on each form."""


def cells(report: Report, findings: tuple[Finding, ...] = ()) -> dict[str, Any]:
    return dict(outputs.workbook_cells(workbook(report, AGENCY, findings), report))


def texts(sheet: Any) -> list[str]:
    return [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]


# -- shape --------------------------------------------------------------------------------------------------------------


def test_a_sheet_for_each_part_in_printed_order(report: Made) -> None:
    book = outputs.book(workbook(report(made_up.package()), AGENCY))
    assert book.sheetnames == [
        "说明",
        "一、总体情况",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
        "注记与核对",
        "数据包",
    ]


@pytest.mark.parametrize("form_of", made_up.hybrids(), ids=lambda form_of: "-".join(form_of.values()))
def test_every_figure_stands_where_its_printed_heads_say(report: Made, form_of: dict[str, str]) -> None:
    """The cell is found by the labels left of it and the heads above it, so a label out of place is a figure lost."""
    found = report(made_up.package(form_of=form_of))
    by_address = cells(found)
    assert by_address.keys() == {str(figure.address) for figure in found.figures()}
    for figure in found.figures():
        assert outputs.shown(by_address[str(figure.address)]) == figure.text


def test_groups_of_lines_and_heads_are_merged_as_printed(library: Library) -> None:
    sheet = outputs.book(workbook(library.reports["pingtan", 2020], AGENCY))["三、收到和处理政府信息公开申请情况"]
    spans = {}
    for merged in sheet.merged_cells.ranges:
        spans[sheet.cell(merged.min_row, merged.min_col).value] = merged.size
    form = forms()["2019"].tables["applications"]
    groups: dict[str, int] = {}
    for line in form.lines.values():
        for group in line.groups:
            groups[group.zh] = groups.get(group.zh, 0) + 1
    assert {name: spans[name]["rows"] for name in groups} == groups
    assert spans[form.head.zh if form.head else ""] == {"columns": 7, "rows": 1}
    assert spans["法人或其他组织"] == {"columns": 5, "rows": 1}
    assert spans["自然人"] == {"columns": 1, "rows": 2}
    assert spans[form.corner.zh]["rows"] == 3


def test_labels_are_those_of_the_package(report: Made) -> None:
    package = made_up.package()
    rows = package.rows("disputes")
    rows[1][1] = "行政复议（原文如此）"
    package.put_rows("disputes", rows)
    book = outputs.book(workbook(report(package), AGENCY))
    assert "行政复议（原文如此）" in texts(book["四、政府信息公开行政复议、行政诉讼情况"])
    assert "行政复议" not in texts(book["四、政府信息公开行政复议、行政诉讼情况"])


def test_the_first_sheet_says_what_it_is(library: Library) -> None:
    for found in library:
        agency = library.agencies[found.agency]
        said = texts(outputs.book(workbook(found, agency))["说明"])
        expected = [found.title, str(found.year), found.version, found.created, found.sources[0].path, found.agency]
        assert [text for text in expected if text not in said] == []
        assert any(agency.name in text for text in said)
        assert any("CC0" in text for text in said)
        for table in found.tables.values():
            assert any(forms()[table.form.form].reference.zh in text for text in said)


def test_the_first_sheet_tells_the_period_and_every_revision(report: Made) -> None:
    found = replace(
        report(made_up.package()),
        period=(date(2023, 9, 1), date(2023, 12, 31)),
        revisions=(Revision("1.0.1", "2026-02-01", "录入有误，已改正。", ()),),
        published=None,
    )
    said = texts(outputs.book(workbook(found, AGENCY))["说明"])
    assert {"2023-09-01 至 2023-12-31", "更正 1.0.1（2026-02-01）", "录入有误，已改正。", "未知"} <= set(said)


def test_a_report_without_notes_and_section_one_says_so(report: Made) -> None:
    package = made_up.package()
    for table in ("overview", "notes"):
        package.put_rows(table, package.rows(table)[:1])
    book = outputs.book(workbook(report(package), AGENCY))
    assert "没有。" in texts(book["一、总体情况"])
    assert texts(book["注记与核对"])[-4:] == ["注", "没有。", "核对结果", "没有不一致。"]


def test_the_last_sheet_tells_every_note_and_every_finding(library: Library, findings: tuple[Finding, ...]) -> None:
    told = by_report(findings)
    for found in library:
        own = told.get((found.agency, found.year), [])
        said = texts(outputs.book(workbook(found, library.agencies[found.agency], own))["注记与核对"])
        assert [each for each in own if each.public() not in said] == []
        assert [note for note in found.notes for text in (note.printed, note.note) if text and text not in said] == []
        assert {status.zh for status in forms().common.statuses.values()} <= set(said)


def test_a_cell_that_a_finding_is_about_is_shaded_and_no_other(library: Library, findings: tuple[Finding, ...]) -> None:
    shaded = 0
    for key, own in by_report(findings).items():
        found = library.reports[key]
        by_address = cells(found, tuple(own))
        # What agrees when rounded needs no look, and no colour.
        about = {each.address for each in own if each.level != "rounded"}
        for address, cell in by_address.items():
            assert (cell.fill.fgColor.rgb == "FFFFF2CC") == (address in about), (key, address)
            shaded += address in about
    assert shaded > 20


# -- numbers and nothing ------------------------------------------------------------------------------------------------


@given(st.from_regex(forms().common.cells["money"].pattern, fullmatch=True))
def test_a_number_is_a_number_only_where_a_float_keeps_every_digit(text: str) -> None:
    style = figure_style(text)
    digits = len("".join(str(digit) for digit in Decimal(text).normalize().as_tuple().digits))
    if digits <= EXACT_DIGITS:
        assert style == f"number{len(text.partition('.')[2])}"
        assert f"{Decimal(repr(float(text))):.{len(text.partition('.')[2])}f}" == text
    else:
        assert style == "exact"


@pytest.mark.parametrize(
    "text", ["0", "1690.00", "0.000001", "75394432.52", "999999999999999", "123456789.012345", "100000000000000.000000"]
)
def test_money_is_a_number_shown_with_its_decimals(report: Made, text: str) -> None:
    found = with_cells(report(made_up.package()), {MONEY["2021"]: text})
    cell = cells(found)[MONEY["2021"]]
    assert cell.data_type == "n"
    assert outputs.shown(cell) == text


@pytest.mark.parametrize("text", ["1234567890123456.5"[1:], "999999999999999.999999", "123456789012.3456"])
def test_money_with_more_digits_than_a_spreadsheet_keeps_is_text(report: Made, text: str) -> None:
    cell = cells(with_cells(report(made_up.package()), {MONEY["2021"]: text}))[MONEY["2021"]]
    assert (cell.data_type, cell.value, cell.number_format) == ("s", text, "@")


def test_a_decrease_is_a_negative_number(report: Made) -> None:
    table = forms()["2019"].tables["disclosure"]
    at = next(f"disclosure/{line.id}/{column.id}" for line, column in table.cells if column.type.id == "change")
    cell = cells(with_cells(report(made_up.package(year=2019)), {at: "-18"}))[at]
    assert (cell.data_type, cell.value) == ("n", -18)


def test_every_kind_of_nothing_is_words_and_never_a_number(report: Made) -> None:
    whole = made_up.package(blank=["applications/new/total"], absent=["applications/other.other"])
    whole.set("disputes", "reconsideration", "total", "/")
    whole.set("disputes", "reconsideration", "other", "-")
    whole.put_rows("overview", [*whole.rows("overview"), ["未写明的事项", "", "件", ""]])
    said = {address: cell for address, cell in cells(report(whole)).items() if cell.data_type != "n"}
    expected = {
        "applications/new/total": "原文留空",
        "disputes/reconsideration/total": "原文标注不适用",
        "disputes/reconsideration/other": "原文标注不适用",
        "overview/未写明的事项/value": "原文留空",
        **{f"applications/other.other/{column}": "原文无此行" for column in forms()["2021"].tables["applications"].columns},
    }
    assert {address: cell.value for address, cell in said.items()} == expected
    assert all(cell.font.italic for cell in said.values())


# -- safety -------------------------------------------------------------------------------------------------------------

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
PAYLOADS = ("=1+1", "+1", "-1+2", "@SUM(A1)", "=SUM(A1:A2)", "＝1+1", "<b>&amp;</b>", "_x000D_", "'")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_stays_text(report: Made, payload: str) -> None:
    """Packages with such texts are refused; here they are put in behind the gate."""
    sound = report(made_up.package())
    disputes = sound.tables["disputes"]
    found = replace(
        sound,
        title=payload,
        overview=(Item(payload, "1", payload, "", 2),),
        notes=(Note("disputes", "reconsideration", "total", payload, payload),),
        sources=(Source(payload, payload),),
        tables={**sound.tables, "disputes": replace(disputes, labels={**disputes.labels, "reconsideration": payload})},
    )
    data = workbook(found, replace(AGENCY, name=payload), (finding("file.no_root", file=payload).of(AGENCY.id, 2023),))
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        sheets = [etree.fromstring(bundle.read(name)) for name in bundle.namelist() if name.startswith("xl/worksheets/")]
        core = etree.fromstring(bundle.read("docProps/core.xml"))
    assert len(sheets) == 7
    assert not any(list(sheet.iter(f"{SPACE}f", f"{SPACE}hyperlink")) for sheet in sheets)
    held = [cell for sheet in sheets for cell in sheet.iter(f"{SPACE}c") if cell.findtext(f"{SPACE}is/{SPACE}t") == unescaped(payload)]
    assert len(held) >= 9  # two titles, two of the source, two of the item, a label, two of the note, the place of the note
    assert {cell.get("t") for cell in held} == {"inlineStr"}
    assert payload in [each.text for each in core]
    read_back = [cell for sheet in outputs.book(data) for row in sheet.iter_rows() for cell in row if cell.value == unescaped(payload)]
    assert len(read_back) == len(held)
    titles = [cell for cell in read_back if cell.font.size == 14]
    # Text that was put in from outside stays text even when its cell is edited.
    assert all(cell.quotePrefix for cell in read_back if cell not in titles)


def unescaped(text: str) -> str:
    """What the XML says of a text that looks like one of a spreadsheet's own escapes."""
    return text.replace("_x000D_", "_x005F_x000D_")


def test_a_cell_holds_no_more_text_than_a_spreadsheet_takes() -> None:
    assert len(cell_text("字" * 40_000)) == 32_767


def test_a_workbook_is_sound_for_readers_that_are_strict(library: Library, findings: tuple[Finding, ...]) -> None:
    """Cells stand in order, no address twice, every merged area apart from the others, every part of the archive once."""
    told = by_report(findings)
    for found in library:
        data = workbook(found, library.agencies[found.agency], told.get((found.agency, found.year), []))
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            names = bundle.namelist()
            assert bundle.testzip() is None
            assert len(names) == len(set(names))
            assert names[0] == "[Content_Types].xml"
            styles = etree.fromstring(bundle.read("xl/styles.xml"))
            (count,) = styles.xpath("//*[local-name()='cellXfs']/@count")
            for name in names:
                assert bundle.getinfo(name).date_time == (1980, 1, 1, 0, 0, 0)
                if not name.startswith("xl/worksheets/"):
                    continue
                sheet = etree.fromstring(bundle.read(name))
                places = [_place(reference) for reference in sheet.xpath("//*[local-name()='c']/@r")]
                assert places == sorted(set(places)), name
                assert all(int(style) < int(count) for style in sheet.xpath("//*[local-name()='c']/@s"))
                covered = [place for area in sheet.xpath("//*[local-name()='mergeCell']/@ref") for place in _area(area)]
                assert len(covered) == len(set(covered)), name


def _place(reference: str) -> tuple[int, int]:
    letters = reference.rstrip("0123456789")
    assert len(letters) == 1
    return int(reference[1:]), ord(letters)


def _area(area: str) -> list[tuple[int, int]]:
    (top, left), (bottom, right) = map(_place, area.split(":"))
    return [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]


def test_without_the_library_the_absence_is_told_in_both_languages(report: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    lacks = module.available()
    assert lacks is not None
    assert "xlsxwriter" in words()[lacks].zh
    assert "open-reports[workbook]" in words()[lacks].en
    with pytest.raises(PublishError, match="xlsxwriter"):
        workbook(report(made_up.package()), AGENCY)


def test_nothing_is_missing_here() -> None:
    assert module.available() is None
    assert len(MONEY) == len(forms())
    assert len(TABLES) == 3
