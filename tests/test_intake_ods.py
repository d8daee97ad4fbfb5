"""OpenDocument spreadsheets: what each sheet showed when it was saved, held against the numbers beside it."""

from __future__ import annotations

import contextlib
import itertools
import random
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manuscripts.compared import CORPUS, REPORTS, doubts, expected, paragraphs, same, texts
from manuscripts.office import ods, ods_cell, spreadsheet, zipped
from open_reports.errors import IntakeError
from open_reports.intake import archive
from open_reports.intake.grid import Doubt, Manuscript, Paragraph
from open_reports.intake.readers import ods as reader
from open_reports.intake.readers import workbook

if TYPE_CHECKING:
    from open_reports.intake.grid import Cell

HEAD = f"<table:table-row>{ods_cell('头')}{ods_cell('数')}</table:table-row>"


def row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def sheet(*rows: str, attributes: str = 'table:name="表"', before: str = "") -> str:
    return f"<table:table {attributes}>{before}{''.join(rows)}</table:table>"


def read(*sheets: str, styles: str = "") -> Manuscript:
    return reader.read(spreadsheet("".join(sheets), styles))


def cell(content: str, styles: str = "") -> Cell:
    """A cell beside a label."""
    (grid,) = read(sheet(HEAD, row(ods_cell("标签"), content)), styles=styles).grids
    return grid.cells[3]


def style(name: str, properties: str, family: str = "table-cell", parent: str = "") -> str:
    based = f'style:parent-style-name="{parent}"' if parent else ""
    return f'<style:style style:name="{name}" style:family="{family}" {based}>{properties}</style:style>'


def refused(*sheets: str) -> str:
    with pytest.raises(IntakeError) as caught:
        read(*sheets)
    return caught.value.code


@pytest.mark.parametrize("name", REPORTS)
def test_every_cell_of_every_report(name: str) -> None:
    found = reader.read(ods(REPORTS[name]))
    assert all(itertools.starmap(same, zip(found.grids, expected(REPORTS[name]), strict=True)))
    assert not doubts(found)
    assert (found.kind, found.remarks) == ("ods", ())
    assert paragraphs(found) == [block.text for block in REPORTS[name].blocks() if isinstance(block, Paragraph)]


def test_facts_and_places() -> None:
    report = CORPUS["pingtan-finance/2024"]
    found = reader.read(ods(report))
    assert found.facts == {"title": report.title}
    assert [each.place for each in found.grids[0].cells][:3] == ["年报!A4", "年报!A5", "年报!B5"]
    assert Manuscript.of_json(found.json()) == found


@pytest.mark.parametrize(
    "shown, value, kind, doubt",
    [
        ("26", "26", "float", None),
        ("26.0", "26", "float", None),
        ("0.3", "0.30000000000000004", "float", None),
        ("73,802,895.90", "73802895.9", "float", None),
        ("-5", "-5", "float", None),
        ("−5", "-5", "float", None),
        ("26件", "26", "float", None),
        ("￥1,234.50", "1234.5", "currency", None),
        ("12.5%", "0.125", "percentage", None),
        ("26", "26.4", "float", Doubt.ROUNDED),
        ("2,059.21", "2059.209", "float", Doubt.ROUNDED),
        ("12.6%", "0.1256", "percentage", Doubt.ROUNDED),
        ("-", "0", "float", Doubt.ROUNDED),
        ("5", "-5", "float", Doubt.ROUNDED),
        ("1.23E+11", "123000000000", "float", Doubt.ROUNDED),
        ("2 6", "26", "float", Doubt.ROUNDED),
    ],
)  # fmt: skip
def test_texts_are_held_against_the_numbers(shown: str, value: str, kind: str, doubt: Doubt | None) -> None:
    found = cell(ods_cell(shown, value, kind))
    assert (found.text, found.number) == (shown, True)
    assert (doubt in found.doubts) if doubt else not found.doubts


def test_numbers_that_are_not_shown_are_doubted() -> None:
    assert cell(ods_cell("", "26", "float")).doubts == (Doubt.ROUNDED,)


@pytest.mark.parametrize("value", ["x", "", "1e999"])
def test_numbers_that_are_none_are_refused(value: str) -> None:
    assert refused(sheet(HEAD, row(ods_cell("甲"), ods_cell("1", value, "float")))) == "ods_unreadable"


def test_days_and_formulas() -> None:
    assert cell(
        '<table:table-cell office:value-type="date" office:date-value="2024-01-01"><text:p>1月1日</text:p></table:table-cell>'
    ).doubts == (Doubt.DATED,)
    assert cell('<table:table-cell table:formula="of:=A1"/>').doubts == (Doubt.FORMULA,)
    assert cell(ods_cell("26", "26", attributes='table:formula="of:=A1"')).doubts == ()


@pytest.mark.parametrize(
    "content, shown, doubt",
    [
        ("<text:p>2<text:span>6</text:span></text:p>", "26", None),
        ("<text:p>二<text:s text:c='2'/>六</text:p>", "二 六", None),
        ("<text:p>2<text:s/>6</text:p>", "2 6", Doubt.SPLIT),
        ("<text:p>2<text:line-break/>6</text:p>", "2\n6", Doubt.SPLIT),
        ("<text:p>2</text:p><text:p>6</text:p>", "2\n6", Doubt.SPLIT),
        ("<text:p><text:span text:style-name='S'>27</text:span>26</text:p>", "2726", Doubt.STRUCK),
        ("<text:p>26<text:span text:style-name='U'>1</text:span></text:p>", "261", Doubt.SUPERSCRIPT),
        ("<text:p>26<text:span text:style-name='N'>1</text:span></text:p>", "261", None),
        ("<text:p>26<text:note><text:note-citation>1</text:note-citation></text:note></text:p>", "26", Doubt.SUPERSCRIPT),
        ("<text:p>26</text:p><office:annotation><text:p>批注9</text:p></office:annotation>", "26", None),
        ("<text:p>26<draw:frame/></text:p>", "26", Doubt.PICTURED),
        ("<draw:frame/>", "", Doubt.PICTURED),
        ("<table:table/>", "", Doubt.NESTED),
        ("<text:p><text:ruby><text:ruby-base>二</text:ruby-base><text:ruby-text>er</text:ruby-text></text:ruby></text:p>", "二", None),
        ("<text:p><text:a>26</text:a></text:p>", "26", None),
        ("<text:p text:style-name='P'>26</text:p>", "26", Doubt.STRUCK),
    ],
)  # fmt: skip
def test_texts(content: str, shown: str, doubt: Doubt | None) -> None:
    styles = (
        style("S", '<style:text-properties style:text-line-through-style="solid"/>', "text")
        + style("U", '<style:text-properties style:text-position="super 58%"/>', "text")
        + style("N", '<style:text-properties style:text-position="0% 100%" style:text-line-through-style="none"/>', "text")
        + style("P", '<style:text-properties style:text-line-through-style="solid"/>', "paragraph")
    )
    found = cell(f'<table:table-cell office:value-type="string">{content}</table:table-cell>', styles)
    assert (found.text, found.doubts) == (shown, (doubt,) if doubt else ())


@pytest.mark.parametrize(
    "properties, doubt",
    [
        ('<style:text-properties style:text-line-through-style="solid"/>', Doubt.STRUCK),
        ('<style:text-properties style:text-position="super 58%"/>', Doubt.SUPERSCRIPT),
        ('<style:text-properties fo:color="#FFFFFF"/>', Doubt.UNSHOWN),
        ('<style:text-properties fo:color="#ffffff"/><style:table-cell-properties fo:background-color="#1f4e79"/>', None),
        ('<style:text-properties fo:color="#ffffff"/><style:table-cell-properties fo:background-color="transparent"/>', Doubt.UNSHOWN),
        ('<style:map style:condition="x" style:apply-style-name="T"/>', Doubt.STRUCK),
        ("", None),
    ],
)
def test_looks_of_cells(properties: str, doubt: Doubt | None) -> None:
    styles = (
        style("T", '<style:text-properties style:text-line-through-type="single"/>') + style("A", properties) + style("C", "", parent="A")
    )
    for name in ("A", "C"):
        assert cell(ods_cell("26", "26", attributes=f'table:style-name="{name}"'), styles).doubts == ((doubt,) if doubt else ())
    by_column = sheet(
        HEAD,
        row(ods_cell("甲"), ods_cell("26", "26")),
        before='<table:table-column/><table:table-column table:default-cell-style-name="A"/>',
    )
    assert read(by_column, styles=styles).grids[0].cells[3].doubts == ((doubt,) if doubt else ())


def test_looks_that_depend_on_a_rule() -> None:
    styles = style("T", '<style:text-properties style:text-line-through-type="single"/>')
    rule = '<calcext:conditional-formats><calcext:conditional-format calcext:target-range-address="表.B2"><calcext:condition calcext:apply-style-name="T"/></calcext:conditional-format></calcext:conditional-formats>'
    assert doubts(read(sheet(HEAD, row(ods_cell("甲"), ods_cell("26", "26")), rule), styles=styles)) == {Doubt.STRUCK}


# -- what is not seen -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["collapse", "filter"])
def test_hidden_rows_and_columns_are_passed_over_and_said(state: str) -> None:
    rows = sheet(
        HEAD, row(ods_cell("旧"), ods_cell("1", "1"), attributes=f'table:visibility="{state}"'), row(ods_cell("新"), ods_cell("2", "2"))
    )
    found = read(rows)
    assert texts(found.grids[0]) == [["头", "数"], ["新", "2"]]
    assert found.grids[0].cells[2].place == "表!A3"
    assert found.remarks == ("hidden_cells",)
    columns = f'<table:table-column/><table:table-column table:visibility="{state}"/>'
    found = read(sheet(row(*map(ods_cell, "头旧数")), row(*map(ods_cell, "甲乙丙")), before=columns))
    assert texts(found.grids[0]) == [["头", "数"], ["甲", "丙"]]
    assert found.remarks == ("hidden_cells",)


def test_groups_of_rows_that_are_folded_are_hidden() -> None:
    hidden = f'<table:table-row-group table:display="false">{row(ods_cell("旧"), ods_cell("1", "1"))}</table:table-row-group>'
    shown = f"<table:table-header-rows>{HEAD}</table:table-header-rows><table:table-row-group>{row(ods_cell('新'), ods_cell('2', '2'))}</table:table-row-group>"
    assert texts(read(sheet(shown, hidden)).grids[0]) == [["头", "数"], ["新", "2"]]


def test_hidden_sheets_are_passed_over_and_said() -> None:
    styles = '<style:style style:name="H" style:family="table"><style:table-properties table:display="false"/></style:style>'
    found = read(
        sheet(row(ods_cell("旧"), ods_cell("1")), attributes='table:name="旧" table:style-name="H"'),
        sheet(HEAD, row(ods_cell("甲"), ods_cell("2"))),
        styles=styles,
    )
    assert [texts(each) for each in found.grids] == [[["头", "数"], ["甲", "2"]]]
    assert found.remarks == ("hidden_sheets",)


def test_merged_areas() -> None:
    spanning = ods_cell("头", attributes='table:number-columns-spanned="2" table:number-rows-spanned="2"')
    covered = "<table:covered-table-cell/>"
    lost = "<table:covered-table-cell><text:p>9</text:p></table:covered-table-cell>"
    found = read(sheet(row(spanning, lost, ods_cell("甲")), row(covered, covered, ods_cell("乙")), row(*map(ods_cell, "一二三"))))
    assert texts(found.grids[0]) == [["头", "头", "甲"], ["头", "头", "乙"], ["一", "二", "三"]]
    assert found.remarks == ("hidden_cells",)
    over = read(
        sheet(
            row(spanning, covered, ods_cell("甲"), attributes='table:visibility="collapse"'),
            row(covered, covered, ods_cell("乙")),
            row(*map(ods_cell, "一二三")),
        )
    )
    assert texts(over.grids[0]) == [["头", "头", "乙"], ["一", "二", "三"]]


def test_cells_and_rows_that_are_repeated() -> None:
    same_cells = ods_cell("0", "0", attributes='table:number-columns-repeated="3"')
    found = read(sheet(row(*map(ods_cell, "头一二三")), row(ods_cell("甲"), same_cells, attributes='table:number-rows-repeated="2"')))
    assert texts(found.grids[0]) == [["头", "一", "二", "三"], ["甲", "0", "0", "0"], ["甲", "0", "0", "0"]]


def test_tracked_changes_and_shapes_are_said() -> None:
    changes = "<table:tracked-changes><table:cell-content-change><table:previous><table:change-track-table-cell><text:p>旧</text:p></table:change-track-table-cell></table:previous></table:cell-content-change></table:tracked-changes>"
    shapes = "<table:shapes><draw:frame><draw:text-box><text:p>盒子</text:p></draw:text-box></draw:frame></table:shapes>"
    found = read(changes, sheet(shapes, HEAD, row(ods_cell("甲"), ods_cell("1", "1"))))
    assert found.remarks == ("text_boxes", "unaccepted_changes")
    assert paragraphs(found) == ["盒子"]
    assert texts(found.grids[0]) == [["头", "数"], ["甲", "1"]]


# -- limits and files that are none -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [5_001, 6_000])
def test_rows_beyond_the_limits_are_refused_if_they_say_something(rows: int) -> None:
    attributes = f'table:number-rows-repeated="{rows}"'
    assert refused(sheet(HEAD, row(ods_cell("甲"), ods_cell("1", "1"), attributes=attributes))) == "sheet_too_large"
    # Blank ones reach to the end of the sheet in what LibreOffice writes.
    for blank in (attributes, 'table:number-rows-repeated="1048576"'):
        assert read(sheet(HEAD, row(ods_cell("甲"), ods_cell("1", "1")), row("<table:table-cell/>", attributes=blank))).grids


def test_columns_beyond_the_limits_are_refused_if_they_say_something() -> None:
    assert (
        refused(sheet(HEAD, row(ods_cell("甲"), ods_cell("1", "1", attributes='table:number-columns-repeated="501"')))) == "sheet_too_large"
    )
    assert read(sheet(HEAD, row(ods_cell("甲"), ods_cell("", attributes='table:number-columns-repeated="16383"')))).grids


def test_the_number_of_cells_and_sheets_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_WRITTEN", 3)
    assert refused(sheet(HEAD, HEAD)) == "sheet_too_large"
    monkeypatch.setattr(reader, "MOST_SHEETS", 1)
    assert refused(sheet(), sheet()) == "sheet_too_large"
    assert workbook.MOST_SHEETS > 1


def test_other_archives_are_refused() -> None:
    members = archive.opened(spreadsheet(sheet(HEAD)))
    for rest in (
        {key: content for key, content in members.items() if key != "content.xml"},
        {**members, "mimetype": b"application/vnd.oasis.opendocument.text"},
        {**members, "content.xml": b"<a/>"},
    ):
        with pytest.raises(IntakeError, match="ods_unreadable"):
            reader.manuscript(rest)
    with pytest.raises(IntakeError, match="ods_unreadable"):
        reader.read(zipped({"a": "1"}))
    with pytest.raises(IntakeError, match="xml_type"):
        reader.manuscript({**members, "content.xml": b"<!DOCTYPE a>" + members["content.xml"]})
    with pytest.raises(IntakeError, match="archive_encrypted"):
        reader.manuscript({**members, "META-INF/manifest.xml": b"<manifest:encryption-data/>"})


@given(st.integers(0, 2**32))
def test_any_damage_is_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 (a case, not a secret)
    members = archive.opened(ods(CORPUS["pingtan/2024"], CORPUS["pingtan/2024"].blocks()[:4]))
    content = members["content.xml"].decode()
    tags = list(re.finditer(r"<[^<>]+>", content))
    for _ in range(chance.randint(1, 4)):
        place, other = chance.choice(tags), chance.choice(tags)
        content = content[: place.start()] + other[0] + content[place.start() + chance.choice((0, len(place[0]))) :]
    # Anything else that is raised fails the test.
    with contextlib.suppress(IntakeError):
        assert reader.manuscript({**members, "content.xml": content.encode()}).kind == "ods"
