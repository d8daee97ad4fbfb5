"""What a published file says is read from its labels, or asked; each case is one that real files or trials showed."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING

import pytest
from manuscripts.mutations import Document, expanded, paged
from manuscripts.statutory import Rows, corpus, printed, report_blocks
from open_reports.form import forms
from open_reports.intake.cells import value
from open_reports.intake.grid import LEGIBLE, Cell, Doubt, Drawn, Grid, Manuscript, Paragraph, placed
from open_reports.intake.labels import Lexicon, bare, folded, tidy
from open_reports.intake.outcome import Outcome, outcome
from open_reports.intake.radicals import RADICALS
from open_reports.report.open_cells import phrases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from open_reports.form import TableForm

APPLICATIONS, DISCLOSURE, DISPUTES = (forms()["2021"].tables[table] for table in ("applications", "disclosure", "disputes"))
OLD = forms()["2019"].tables
GROUPS = 3
"""Columns of labels in table 3."""


def numbers(*tables: TableForm) -> dict[str, str]:
    """Figures that are all different, so that one in the wrong place is seen."""
    addresses = [f"{table.id}/{line.id}/{column.id}" for table in tables for line, column in table.cells]
    return {address: str(101 + index) for index, address in enumerate(addresses)}


def read(*blocks: Paragraph | Rows | Grid, kind: str = "html", facts: Mapping[str, str] | None = None) -> Outcome:
    own = tuple(block if isinstance(block, Paragraph | Grid) else placed(block, f"表{index}") for index, block in enumerate(blocks, 1))
    return outcome(Manuscript(kind=kind, blocks=own, facts=facts or {}), forms())


def figures(found: Outcome, table: str = "") -> dict[str, str]:
    return {str(address): text for address, text in found.figures.items() if table in ("", address.table)}


def asked(found: Outcome) -> set[tuple[str, str]]:
    """Address and reason of everything that is open, tables that are not in the file left out."""
    told = {("/".join(filter(None, each[:3])), each.reason) for each in found.open if each.reason != "no_table"}
    return told | {(each.table, each.reason) for each in found.foreign}


def changed(rows: Rows, text: str, change: Callable[[list[Drawn], int], object]) -> Rows:
    """Rows with a change to the first row that has a cell of this text, or with a figure of this address."""
    copy = [list(row) for row in rows]
    row, index = next((row, index) for row in copy for index, cell in enumerate(row) if text in (cell.text, cell.place))
    change(row, index)
    return copy


def renamed(rows: Rows, text: str, by: str) -> Rows:
    return [[cell._replace(text=by) if cell.text == text else cell for cell in row] for row in rows]


def without(rows: Rows, text: str) -> Rows:
    return [row for row in rows if all(cell.text != text for cell in row)]


# -- labels


def test_every_radical_that_stays_after_nfkc_is_folded() -> None:
    assert len(RADICALS) == 114
    assert folded("⺠⻅⻋⻓") == "民见车长"
    assert folded("⾏⼀⼆⼈（三）\u00a0１\u200b") == "行一二人(三)1"
    assert tidy("⼀、⺠ 法（三）") == "一、民法（三）"


@pytest.mark.parametrize(
    "label",
    ["一、本年新收", "（一）本年新收", "1.本年新收", "1、 本年新收", "⒈本年新收", "本年“新收”", "本 年\u00a0新\n收", "(1) 本年新收"],
)
def test_numbers_and_punctuation_do_not_count(label: str) -> None:
    assert bare(label) == "本年新收"


@pytest.mark.parametrize(
    "table, text, line",
    [
        ("applications", "2.其他法律行政止公开", "refused.prohibited_by_law"),
        ("applications", "（二）部分公开", "partly_granted"),
        ("applications", "一、本年新收政府信息公开申请数量（含上级转办）", "new"),
        ("disclosure", "规范性文件", "normative_documents"),
        ("applications", "1. State secrets", "refused.state_secrets"),
    ],
)
def test_a_label_is_known_by_likeness(table: str, text: str, line: str) -> None:
    match = Lexicon.of(forms(), table).match(text)
    assert match is not None
    assert match.lines() == {line}


@pytest.mark.parametrize(
    "table, text",
    [
        ("applications", "（七）总计四、结转下年度继续办理"),
        ("applications", "二、上年结转政府信息公开申请数量（一）予以公开"),
        ("applications", "复申请"),
        ("applications", "其它"),
        ("applications", "12"),
        ("disclosure", "行政许可行政处罚"),
        ("disclosure", "其他主动公开文件"),
        ("disputes", "未经复议直接起诉复议后起诉"),
    ],
)
def test_what_is_like_two_labels_or_none_is_none(table: str, text: str) -> None:
    assert Lexicon.of(forms(), table).match(text) is None


# -- cells

COUNT, MONEY, CHANGE = OLD["disclosure"].columns["made"], OLD["disclosure"].columns["amount"], OLD["disclosure"].columns["change"]
FEES = DISCLOSURE.columns["amount"]


def cell(text: str, *doubts: Doubt, number: bool = False) -> Cell:
    return Cell(row=0, column=0, text=text, place="B2", doubts=doubts, number=number)


@pytest.mark.parametrize(
    "column, text, held, printed_as",
    [
        (COUNT, "12", "12", ""),
        (COUNT, " １２\u00a0", "12", ""),
        (COUNT, "0", "0", ""),
        (COUNT, "", "", ""),
        (COUNT, "\u00a0", "", ""),
        (COUNT, "/", "/", ""),
        (COUNT, "／", "/", ""),
        (COUNT, "-", "-", ""),
        (COUNT, "—", "-", ""),
        (COUNT, "——", "-", ""),
        (COUNT, "1,234", "1234", "1,234"),
        (COUNT, "22（其中修订16件）", "22", "22（其中修订16件）"),
        (COUNT, "55（含自然\n失效29件）", "55", "55（含自然失效29件）"),
        (COUNT, "12件", "12", "12件"),
        (MONEY, "75394432.52元", "75394432.52", "75394432.52元"),
        (MONEY, "2059.2090万元", "20592090", "2059.2090万元"),
        (MONEY, "73,802,895.90", "73802895.90", "73,802,895.90"),
        (MONEY, "0元", "0", "0元"),
        (FEES, "18651.064104", "18651.064104", ""),
        (FEES, "150000元", "15", "150000元"),
        (CHANGE, "-18", "-18", ""),
        (CHANGE, "−18", "-18", ""),
    ],
)
def test_a_cell_as_the_package_holds_it(column: object, text: str, held: str, printed_as: str) -> None:
    found = value(cell(text), column)  # type: ignore[arg-type]
    assert (found.text, found.printed, found.reason) == (held, printed_as, "")
    assert bool(printed_as) == bool(found.note)


@pytest.mark.parametrize(
    "column, text, reason, proposal",
    [
        (COUNT, "无", "words", ""),
        (COUNT, "26¹", "superscript", ""),
        (COUNT, "26①", "superscript", ""),
        (COUNT, "1 2", "split", ""),
        (COUNT, "12\n34", "split", ""),
        (COUNT, "1\u00a02", "split", ""),
        (COUNT, "22(16)", "words", ""),
        (COUNT, "22/16", "words", ""),
        (COUNT, "05", "leading_zero", ""),
        (COUNT, "1.5", "number", ""),
        (COUNT, "12,34", "separator", ""),
        (COUNT, "-3", "number", ""),
        (COUNT, "12元", "unit", ""),
        (COUNT, "1.86511E+4", "scientific", ""),
        (COUNT, "1.8651E+4", "scientific", "18651"),
        (COUNT, "1234567890", "number", ""),
        (MONEY, "0.1234567", "number", ""),
        (CHANGE, "增5", "words", ""),
        (CHANGE, "+5", "words", ""),
    ],
)
def test_a_cell_with_two_readings_has_none(column: object, text: str, reason: str, proposal: str) -> None:
    found = value(cell(text), column)  # type: ignore[arg-type]
    assert (found.reason, found.text) == (reason, proposal)


def test_a_spreadsheet_that_shows_a_decimal_proposes_the_number() -> None:
    found = value(cell("12.0", number=True), COUNT)
    assert (found.reason, found.text) == ("number", "12")


@pytest.mark.parametrize("doubt", list(Doubt))
def test_what_a_reader_doubts_is_asked(doubt: Doubt) -> None:
    """26 with a raised 1, 2726 with 27 struck: the reader says so, and no figure is proposed unless it is plain which characters stand there."""
    text_of = numbers(APPLICATIONS)
    rows = changed(
        printed(APPLICATIONS, text_of),
        "applications/granted/total",
        lambda row, index: row.__setitem__(index, row[index]._replace(doubts=(doubt,))),
    )
    found = read(rows)
    if doubt is Doubt.NESTED:  # a table inside a cell: nobody knows which of the two the row belongs to
        assert ("applications/granted", "nested") in asked(found)
    else:
        assert asked(found) == {("applications/granted/total", doubt.value)}
    proposed = {each.proposal for each in found.open if each.line == "granted"}
    assert proposed == ({text_of["applications/granted/total"]} if doubt in LEGIBLE else {""})
    assert "applications/granted/total" not in figures(found)


# -- whole reports


@pytest.mark.parametrize("name", list(corpus()))
def test_the_statutory_report_comes_back(name: str) -> None:
    original = corpus()[name]
    for spans_written_out in (False, True):
        blocks = [block if isinstance(block, Paragraph) or not spans_written_out else expanded(block) for block in original.blocks()]
        found = read(*blocks)
        assert found.refused is None
        assert (found.open, found.foreign) == ((), ())
        assert dict(found.forms) == dict(original.form_of)
        assert {"/".join(each) for each in found.absent} == original.absent
        assert {f"{table}/{line}": label for (table, line), label in found.labels.items()} == {
            address: label for address, label in original.labels.items() if "//" not in address
        }
        noted = {f"{note.table}/{note.line}/{note.column}": note.printed for note in found.notes}
        assert noted == {
            **{address: text for address, text in original.figures.items() if text.endswith("元")},
            **{address: label for address, label in original.labels.items() if "//" in address},
        }
        assert (found.facts.title, found.facts.year) == (original.title, original.year)


@pytest.mark.parametrize("form", list(forms()))
@pytest.mark.parametrize("table", forms().tables)
def test_a_table_alone(form: str, table: str) -> None:
    known = forms()[form].tables[table]
    text_of = numbers(known)
    found = read(printed(known, text_of), facts={"year": str(forms()[form].first_year)})
    assert figures(found) == text_of
    assert found.forms == {table: form}
    assert asked(found) == set()
    assert {each.table for each in found.open} == set(forms().tables) - {table}


def test_a_report_in_english() -> None:
    form = forms()["2021"]
    english = {
        **{line.label.zh: line.label.en for table in form.tables.values() for line in table.lines.values()},
        **{group.zh: group.en for table in form.tables.values() for line in table.lines.values() for group in line.groups},
        **{column.label.zh: column.label.en for table in form.tables.values() for column in table.columns.values()},
        **{group.zh: group.en for table in form.tables.values() for column in table.columns.values() for group in column.groups},
    }
    text_of = numbers(*form.tables.values())
    blocks = [
        block
        if isinstance(block, Paragraph)
        else [[each._replace(text=english.get(each.text, each.text)) if not each.place else each for each in row] for row in block]
        for block in report_blocks(form, text_of)
    ]
    # 总计 and 其他 are a line and a column; both have one English word.
    found = read(*blocks)
    assert figures(found) == text_of
    assert (found.open, found.labels, found.notes) == ((), {}, ())


def test_a_sheet_with_all_tables_below_one_another() -> None:
    form = forms()["2021"]
    text_of = numbers(*form.tables.values())
    rows: Rows = []
    for table in form.tables.values():
        rows += [[Drawn(table.title.zh, "")], *printed(table, text_of), []]
    found = read(rows, kind="xlsx")
    assert figures(found) == text_of
    assert found.open == ()


# -- the quirks of real files, and of trials


def test_form_is_a_property_of_each_table() -> None:
    """A single 其他处理 beside tables of form 2021, and the rule 规章 left out."""
    text_of = {**numbers(DISCLOSURE, DISPUTES), **numbers(OLD["applications"])}
    found = read(
        printed(DISCLOSURE, text_of, absent={"disclosure/rules"}), printed(OLD["applications"], text_of), printed(DISPUTES, text_of)
    )
    assert found.forms == {"disclosure": "2021", "applications": "2019", "disputes": "2021"}
    assert found.absent == (("disclosure", "rules"),)
    assert figures(found) == {address: text for address, text in text_of.items() if "/rules/" not in address}


def test_a_line_that_the_text_speaks_of_is_not_absent() -> None:
    rows = printed(DISCLOSURE, numbers(DISCLOSURE), absent={"disclosure/rules"})
    found = read(Paragraph(text="本年没有制定规章。", place="第2段"), rows)
    assert found.absent == ()
    (each,) = [each for each in found.open if each.reason == "line_missing"]
    assert (each.line, each.place) == ("rules", "第2段")


def test_a_line_is_not_absent_where_a_row_was_not_understood() -> None:
    rows = printed(APPLICATIONS, numbers(APPLICATIONS), absent={"applications/granted"})
    rows = changed(rows, "7.属于行政执法案卷", lambda row, _: row.pop())
    found = read(rows)
    assert found.absent == ()
    assert asked(found) >= {("applications/granted", "line_missing"), ("applications/refused.enforcement_files", "short_row")}


def test_labels_as_printed_are_kept() -> None:
    rows = printed(DISCLOSURE, numbers(DISCLOSURE), labels={"disclosure//repealed": "本年废纸件数", "disclosure//in_force": "先行有效件数"})
    found = read(rows)
    assert figures(found) == numbers(DISCLOSURE)
    assert [(note.column, note.printed, note.note) for note in found.notes] == [
        ("repealed", "本年废纸件数", "原文列名称如此（应为“本年废止件数”）"),
        ("in_force", "先行有效件数", "原文列名称如此（应为“现行有效件数”）"),
    ]
    rows = printed(APPLICATIONS, numbers(APPLICATIONS), labels={"applications/refused.prohibited_by_law": "2.其他法律行政止公开"})
    assert read(rows).labels == {("applications", "refused.prohibited_by_law"): "2.其他法律行政止公开"}


def test_a_mistyped_corner_is_noted() -> None:
    corner = APPLICATIONS.corner.zh.replace("勾稽", "钩稽")
    found = read(renamed(printed(APPLICATIONS, numbers(APPLICATIONS)), APPLICATIONS.corner.zh, corner))
    assert figures(found) == numbers(APPLICATIONS)
    assert [tuple(note) for note in found.notes] == [("applications", "", "", corner, f"原文表头如此（应为“{APPLICATIONS.corner.zh}”）")]


def test_a_head_block_without_its_corner() -> None:
    rows = renamed(printed(DISCLOSURE, numbers(DISCLOSURE)), DISCLOSURE.corner.zh, "")
    assert figures(read(rows)) == numbers(DISCLOSURE)


@pytest.mark.parametrize("label", ["（七）总计", "（一）予以公开"])
def test_an_empty_cell_between_label_and_figures(label: str) -> None:
    rows = changed(
        printed(APPLICATIONS, numbers(APPLICATIONS)),
        label,
        lambda row, index: row.__setitem__(slice(index, index + 1), [row[index]._replace(colspan=1), Drawn("", "")]),
    )
    assert figures(read(rows)) == numbers(APPLICATIONS)


def test_litigation_drawn_over_seven_of_its_ten_columns() -> None:
    rows = changed(
        printed(DISPUTES, numbers(DISPUTES)),
        "行政诉讼",
        lambda row, index: row.__setitem__(slice(index, index + 1), [row[index]._replace(colspan=7), Drawn("", "", colspan=3)]),
    )
    assert figures(read(rows)) == numbers(DISPUTES)


def test_lines_of_table_four_below_one_another() -> None:
    text_of = numbers(DISPUTES)
    rows = [[Drawn("救济途径", "", colspan=2), *(Drawn(column.label.zh, "") for column in DISPUTES.columns.values())]]
    for line in DISPUTES.lines.values():
        group = [Drawn("行政诉讼", "", rowspan=2)] if line.id == "direct_litigation" else []
        label = Drawn(line.label.zh, "", colspan=1 if line.groups else 2)
        rows.append([*group, label, *(Drawn(text_of[f"disputes/{line.id}/{column}"], "") for column in DISPUTES.columns)])
    found = read(rows)
    assert figures(found) == text_of
    assert asked(found) == set()


def test_total_head_without_rowspan() -> None:
    rows = [list(row) for row in printed(APPLICATIONS, numbers(APPLICATIONS))]
    rows[1] = [each._replace(rowspan=1) if each.text in ("总计", "自然人") else each for each in rows[1]]
    rows[2] = [Drawn("", ""), *rows[2], Drawn("", "")]
    assert figures(read(rows)) == numbers(APPLICATIONS)


def test_swapped_columns_are_read_by_their_heads() -> None:
    text_of = numbers(APPLICATIONS)
    rows = [list(row) for row in printed(APPLICATIONS, text_of)]
    rows[2][0], rows[2][1] = rows[2][1], rows[2][0]
    for row in rows[3:]:
        row[-6], row[-5] = row[-5], row[-6]
    assert figures(read(rows)) == text_of


@pytest.mark.parametrize("rowspan", [7, 9])
def test_a_rowspan_that_is_too_long_or_too_short(rowspan: int) -> None:
    text_of = numbers(APPLICATIONS)
    rows = changed(
        printed(APPLICATIONS, text_of),
        "（三）不予公开",
        lambda row, index: row.__setitem__(index, row[index]._replace(rowspan=rowspan)),
    )
    found = read(rows)
    assert figures(found).items() <= text_of.items()
    assert asked(found)


@pytest.mark.parametrize("address", ["disclosure/rules/repealed", "disclosure/rules/issued"])
def test_fewer_cells_than_heads(address: str) -> None:
    """规章 | 22 | 235 under three heads: which head lost its cell, nobody can tell."""
    rows = changed(printed(DISCLOSURE, numbers(DISCLOSURE)), address, lambda row, index: row.pop(index))
    found = read(rows)
    assert ("disclosure/rules", "short_row") in asked(found)
    assert not any("/rules/" in each for each in figures(found))


def test_a_markdown_table_that_lost_its_merged_cells() -> None:
    """Sparse rows shift to the left; filled up with blanks at the end, they are as wide as the others."""
    rows = [[each._replace(rowspan=1, colspan=1) for each in row] for row in printed(APPLICATIONS, numbers(APPLICATIONS))]
    assert figures(read(rows)) == {}
    width = max(map(len, rows))
    padded = [[*row, *(Drawn("", "") for _ in range(width - len(row)))] for row in rows]
    assert figures(read(padded)) == {}
    blank = {**numbers(APPLICATIONS), "applications/new/natural_person": "", "applications/new/enterprise": ""}
    rows = expanded(printed(APPLICATIONS, blank))
    rows[3] = [rows[3][0], *rows[3][GROUPS:], Drawn("", ""), Drawn("", "")]
    rows[4] = [rows[4][0], *rows[4][GROUPS:], Drawn("", ""), Drawn("", "")]
    found = read(rows)
    assert ("applications/new", "shifted") in asked(found)
    assert not any("/new/" in address for address in figures(found))
    assert ("applications/carried_in", "figure_before") in asked(found)


def test_a_row_without_label_is_proposed_between_two_neighbours() -> None:
    text_of = numbers(APPLICATIONS)
    rows = renamed(printed(APPLICATIONS, text_of), "（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "")
    found = read(rows)
    proposals = {f"{each.table}/{each.line}/{each.column}": each.proposal for each in found.open if each.line == "partly_granted"}
    assert proposals == {address: text for address, text in text_of.items() if "/partly_granted/" in address}
    assert {each.reason for each in found.open if each.line == "partly_granted"} == {"unlabelled"}
    assert not any("/partly_granted/" in each for each in figures(found))


def test_two_rows_without_labels_are_not_proposed() -> None:
    rows = printed(APPLICATIONS, numbers(APPLICATIONS))
    for label in ("1.属于国家秘密", "2.其他法律行政法规禁止公开"):
        rows = renamed(rows, label, "")
    found = read(rows)
    assert [each.reason for each in found.foreign] == ["unlabelled", "unlabelled"]
    assert not any(each.proposal for each in found.open if each.line in ("refused.state_secrets", "refused.prohibited_by_law"))


@pytest.mark.parametrize(
    "heads, proposes", [(["项目", *(f"数据{n}" for n in range(1, 8))], True), (["项目", *(["本年新收件数"] * 7)], False)]
)
def test_one_table_for_each_row(heads: Sequence[str], proposes: bool) -> None:  # noqa: FBT001 (a case)
    text_of = numbers(APPLICATIONS)
    tables = []
    for line in APPLICATIONS.lines.values():
        own = [Drawn(text_of[f"applications/{line.id}/{column}"], "") for column in APPLICATIONS.columns]
        tables.append([[Drawn(head, "") for head in heads], [Drawn(line.label.zh, ""), *own]])
    found = read(*tables)
    assert figures(found) == {}
    assert {f"{each.table}/{each.line}/{each.column}": each.proposal for each in found.open if each.proposal and each.column} == (
        text_of if proposes else {}
    )


def test_an_overview_of_the_site_is_not_table_three() -> None:
    text_of = numbers(APPLICATIONS)
    overview = [
        [Drawn("指标", ""), Drawn("数量", "")],
        *([Drawn(line.label.zh, ""), Drawn("7", "")] for line in APPLICATIONS.lines.values()),
    ]
    found = read(overview, printed(APPLICATIONS, text_of))
    assert figures(found) == text_of
    assert asked(found) == set()


def test_prose_in_a_box_is_no_table() -> None:
    text_of = numbers(APPLICATIONS)
    box = [[Drawn("一、本年新收政府信息公开申请数量比上年有所增加。", "")], [Drawn("今年收费金额为 0。", "")]]
    found = read(box, printed(APPLICATIONS, text_of))
    assert figures(found) == text_of
    assert asked(found) == set()


def test_an_extra_row_is_named() -> None:
    rows = [list(row) for row in printed(DISCLOSURE, numbers(DISCLOSURE))]
    rows.insert(4, [Drawn("其他主动公开文件", "r"), Drawn("1", ""), Drawn("2", ""), Drawn("3", "")])
    found = read(rows)
    assert found.foreign == (("disclosure", "r", "其他主动公开文件 | 1 | 2 | 3", "unknown_label"),)
    assert figures(found) == numbers(DISCLOSURE)


def test_a_line_of_the_other_form_is_named() -> None:
    rows = [list(row) for row in printed(APPLICATIONS, numbers(APPLICATIONS))]
    rows.insert(-2, [Drawn("（六）其他处理", "r", colspan=2), *(Drawn("1", "") for _ in range(7))])
    found = read(rows)
    assert found.forms["applications"] == "2021"
    assert [(each.table, each.place, each.reason) for each in found.foreign] == [("applications", "r", "not_on_form")]


def test_a_head_in_another_unit_is_asked() -> None:
    """As many yuan as the form asks for ten thousands: a factor of ten thousand."""
    for head in ("本年收费金额（单位：元）", "本年收费金额"):
        rows = renamed(printed(DISCLOSURE, numbers(DISCLOSURE)), "本年收费金额（单位：万元）", head)
        assert asked(read(rows)) == {("disclosure/fees/amount", "unit")}


def test_a_head_that_is_not_known_leaves_its_neighbours_unproved() -> None:
    rows = renamed(printed(APPLICATIONS, numbers(APPLICATIONS)), "科研机构", "其他组织")
    found = read(rows)
    assert figures(found) == {}
    assert {reason for _, reason in asked(found)} == {"heading_unknown"}


def test_a_row_with_two_labels() -> None:
    rows = changed(
        printed(APPLICATIONS, numbers(APPLICATIONS)),
        "一、本年新收政府信息公开申请数量",
        lambda row, index: row.__setitem__(
            slice(index, index + 1), [Drawn("四、结转下年度继续办理", "", colspan=2), row[index]._replace(colspan=1)]
        ),
    )
    found = read(rows)
    assert asked(found) >= {("applications/new", "two_labels")}
    assert not any("/new/" in each for each in figures(found))


def test_one_figure_under_two_heads() -> None:
    rows = changed(
        printed(APPLICATIONS, numbers(APPLICATIONS)),
        "applications/new/enterprise",
        lambda row, index: row.__setitem__(slice(index, index + 2), [row[index]._replace(colspan=2)]),
    )
    assert asked(read(rows)) == {("applications/new", "several")}


@pytest.mark.parametrize(
    "doubt, spoils", [(Doubt.STRUCK, True), (Doubt.NO_BOX, True), (Doubt.SUPERSCRIPT, False), (Doubt.DISAGREEING, False)]
)
def test_a_doubt_about_a_label_or_a_head(doubt: Doubt, spoils: bool) -> None:  # noqa: FBT001 (a case)
    def doubted(text: str) -> Rows:
        rows = printed(APPLICATIONS, numbers(APPLICATIONS))
        return changed(rows, text, lambda row, index: row.__setitem__(index, row[index]._replace(doubts=(doubt,))))

    label, head = read(doubted("（一）予以公开")), read(doubted("科研机构"))
    if spoils:
        assert {(each.line, each.reason) for each in label.open if each.table == "applications"} == {("granted", doubt.value)}
        assert {each.proposal for each in label.open if each.line == "granted"} == {str(101 + 14 + index) for index in range(7)}
        assert figures(head) == {}
        assert {reason for _, reason in asked(head)} == {"heading_doubtful"}
    else:
        assert figures(label) == figures(head) == numbers(APPLICATIONS)


def test_table_four_with_a_cell_too_few_or_a_row_too_many() -> None:
    rows = printed(DISPUTES, numbers(DISPUTES))
    lines = {f"disputes/{line}" for line in DISPUTES.lines}
    short = changed(rows, "disputes/direct_litigation/other", lambda row, index: row.pop(index))
    assert asked(read(short)) == {(line, "short_row") for line in lines}
    assert asked(read([*rows, rows[-1]])) == {(line, "line_twice") for line in lines}
    lost = renamed(rows, "复议后起诉", "")
    assert figures(read(lost)) == {}


def test_a_form_that_no_row_tells_is_asked() -> None:
    rows = printed(
        APPLICATIONS, numbers(APPLICATIONS), absent={f"applications/{line}" for line in APPLICATIONS.lines if line.startswith("other.")}
    )
    found = read(rows, facts={"year": "2024"})
    assert found.forms == {"applications": "2021"}
    assert ("applications/other.other", "form_unsure") in asked(found)
    assert found.absent == ()


def test_a_label_too_long_for_the_package_is_noted() -> None:
    label = f"一、本年新收政府信息公开申请数量（{'含' * 150}）"
    found = read(printed(APPLICATIONS, numbers(APPLICATIONS), labels={"applications/new": label}))
    assert found.labels == {}
    assert [(note.line, note.printed) for note in found.notes] == [("new", label)]
    assert figures(found) == numbers(APPLICATIONS)


# -- two in one


def test_a_table_twice() -> None:
    rows = printed(APPLICATIONS, numbers(APPLICATIONS))
    found = read(rows, rows)
    assert found.refused is not None
    assert (found.refused.code, found.figures, found.open) == ("table_twice", {}, ())
    assert read(printed(DISPUTES, {}), printed(DISPUTES, {"disputes/reconsideration/total": "1"})).refused is None
    dispute = printed(DISPUTES, numbers(DISPUTES))
    assert read(dispute, dispute).refused is not None


def test_half_of_each_of_two_reports() -> None:
    title = "某某局{}年政府信息公开工作年度报告"
    found = read(
        Paragraph(text=title.format(2022), place="", level=1),
        printed(DISCLOSURE, numbers(DISCLOSURE)),
        Paragraph(text=title.format(2023), place="", level=1),
        printed(APPLICATIONS, numbers(APPLICATIONS)),
    )
    assert found.refused is not None
    assert (found.refused.code, found.refused.values["one"]) == ("two_reports", title.format(2022))


@pytest.mark.parametrize(
    "between, refused",
    [
        ("政府信息公开工作年度报告（2023年）", False),
        ("某某区某某局2023年政府信息公开工作年度报告", False),
        ("注：上年结转数与2022年年度报告一致", False),
        ("另一街道办事处2023年政府信息公开工作年度报告", True),
    ],
)
def test_running_heads_are_no_second_report(between: str, refused: bool) -> None:  # noqa: FBT001 (a case)
    found = read(
        Paragraph(text="某某局2023年政府信息公开工作年度报告", place="", level=1),
        printed(DISCLOSURE, numbers(DISCLOSURE)),
        Paragraph(text=between, place=""),
        printed(APPLICATIONS, numbers(APPLICATIONS)),
    )
    assert (found.refused is not None) == refused


def test_links_to_other_years_are_no_second_report() -> None:
    title = "某某局{}年政府信息公开工作年度报告"
    found = read(
        *(Paragraph(text=title.format(year), place="") for year in (2021, 2022)),
        Paragraph(text=title.format(2023), place="", level=1),
        printed(DISCLOSURE, numbers(DISCLOSURE)),
        printed(APPLICATIONS, numbers(APPLICATIONS)),
        Paragraph(text=title.format(2020), place=""),
    )
    assert found.refused is None


def test_a_row_twice_is_asked() -> None:
    rows = [list(row) for row in printed(APPLICATIONS, numbers(APPLICATIONS))]
    rows.insert(4, list(rows[3]))
    found = read(rows)
    assert ("applications/new", "line_twice") in asked(found)
    assert not any("/new/" in each for each in figures(found))


# -- seams


def pages(rows: Rows, cut: int, *, lines: tuple[float, ...] | None = None) -> tuple[Grid, Grid]:
    upper, lower = paged(placed(rows, "第1页表1"), cut)
    return upper, replace(lower, edge=lower.edge._replace(lines=lines)) if lines and lower.edge else lower


@pytest.mark.parametrize("cut", range(3, 28))
def test_a_table_that_goes_on_over_the_page(cut: int) -> None:
    text_of = numbers(APPLICATIONS)
    assert figures(read(*pages(printed(APPLICATIONS, text_of), cut))) == text_of


def test_a_group_label_over_two_pages() -> None:
    text_of = numbers(APPLICATIONS)
    for cut in (16, 17):
        upper, lower = pages(printed(APPLICATIONS, text_of), cut)
        upper = replace(upper, cells=tuple(replace(each, text=each.text.replace("（四）无法提供", "（四）无")) for each in upper.cells))
        lower = replace(lower, cells=tuple(replace(each, text=each.text.replace("（四）无法提供", "法提供")) for each in lower.cells))
        assert figures(read(upper, lower)) == text_of


def test_repeated_heads_on_the_next_page() -> None:
    text_of = numbers(APPLICATIONS)
    rows = printed(APPLICATIONS, text_of)
    upper, lower = pages(rows, 10)
    heads = tuple(each for each in upper.cells if each.row < GROUPS)
    lower = replace(lower, rows=lower.rows + GROUPS, cells=(*heads, *(replace(each, row=each.row + GROUPS) for each in lower.cells)))
    assert figures(read(upper, lower)) == text_of


@pytest.mark.parametrize("lines", [(1.0, 2.0), tuple(float(40 * index + 20) for index in range(11))])
def test_a_table_with_other_edges_does_not_go_on(lines: tuple[float, ...]) -> None:
    found = read(*pages(printed(APPLICATIONS, numbers(APPLICATIONS)), 26, lines=lines))
    assert asked(found) >= {("applications/total", "line_missing"), ("applications/carried_out", "line_missing")}
    assert found.absent == ()


@pytest.mark.parametrize("cut", range(4, 28))
def test_a_row_lost_at_the_top_of_a_page_is_not_absent(cut: int) -> None:
    """A browser leaves a table open at the end of a page, and the first row of the next is lost: asked, not called absent."""
    text_of = numbers(APPLICATIONS)
    upper, lower = pages(printed(APPLICATIONS, text_of), cut)
    kept = [each for each in lower.cells if each.row > 0 or each.rowspan > 1]
    lower = replace(
        lower,
        rows=lower.rows - 1,
        cells=tuple(replace(each, row=max(each.row - 1, 0), rowspan=each.rowspan - (each.row == 0)) for each in kept),
    )
    found = read(upper, lower)
    line = list(APPLICATIONS.lines)[cut - GROUPS]
    assert found.absent == ()
    assert asked(found) == {(f"applications/{line}", "line_missing")}
    assert figures(found) == {address: text for address, text in text_of.items() if address.split("/")[1] != line}


def cut_row(figures_above: bool, *, whole: bool) -> tuple[Grid, Grid, dict[str, str]]:  # noqa: FBT001 (a case)
    """Table 3 cut in the middle of the row 二、上年结转: half of its label here, half there, the numbers on one side."""
    text_of = numbers(APPLICATIONS)
    rows = [list(row) for row in printed(APPLICATIONS, text_of)]
    label, *own = rows[4]
    empty = [each._replace(text="") for each in own]
    text = label.text
    halves = (text[:9], text[9:]) if whole else (text, "")
    rows[4:5] = [
        [label._replace(text=halves[0]), *(own if figures_above else empty)],
        [label._replace(text=halves[1]), *(empty if figures_above else own)],
    ]
    return (*pages(rows, 5), text_of)


@pytest.mark.parametrize("figures_above", [True, False])
def test_a_row_cut_inside_its_label_is_put_together(figures_above: bool) -> None:  # noqa: FBT001 (a case)
    upper, lower, text_of = cut_row(figures_above, whole=True)
    assert figures(read(upper, lower)) == text_of


@pytest.mark.parametrize("figures_above", [True, False])
def test_a_row_that_may_be_cut_is_asked(figures_above: bool) -> None:  # noqa: FBT001 (a case)
    """The whole label on one page, the numbers on the other: blank is not what was printed."""
    upper, lower, text_of = cut_row(figures_above, whole=False)
    found = read(upper, lower)
    assert figures(found).items() <= text_of.items()
    if not figures_above:
        assert not any("/carried_in/" in each for each in figures(found))
        assert any(address.startswith("applications/carried_in") for address, _ in asked(found))


@pytest.mark.parametrize("label", [27, 31])
def test_a_label_that_goes_on_over_the_page_and_is_no_label_together_is_asked(label: int) -> None:
    """Two rows drawn as one, and the page ends within their labels: what stands above is like one of them, the figures are of both."""
    line, after = "other.not_supplemented", "other.fee_unpaid"
    text_of = numbers(APPLICATIONS)
    rows = [list(row) for row in printed(APPLICATIONS, text_of)]
    row = next(index for index, each in enumerate(rows) if any(cell.place.startswith(f"applications/{line}/") for cell in each))
    group, upper, *own = rows[row]
    lower, *other = rows[row + 1]
    both = [one._replace(text=one.text + two.text) for one, two in zip(own, other, strict=True)]
    words = upper.text + lower.text
    rows[row : row + 2] = [
        [group, upper._replace(text=words[:label]), *both],
        [lower._replace(text=words[label:]), *(cell._replace(text="") for cell in both)],
    ]
    found = read(*pages(rows, row + 1))
    assert not any(f"/{each}/" in address for each in (line, after) for address in figures(found))
    assert {f"{each.table}/{each.line}" for each in found.open} >= {f"applications/{line}", f"applications/{after}"}


def test_a_blank_row_at_the_end_of_a_page_is_asked() -> None:
    text_of = {address: "" if "/carried_in/" in address else text for address, text in numbers(APPLICATIONS).items()}
    found = read(*pages(printed(APPLICATIONS, text_of), 5))
    assert ("applications/carried_in", "cut") in {(f"{each.table}/{each.line}", each.reason) for each in found.open}


def test_every_reason_has_a_sentence() -> None:
    """Reasons are literals of the room's modules: whatever stands there as a fault has words for a clerk."""
    folder = resources.files("open_reports") / "intake"
    sources = [folder.joinpath(f"{name}.py").read_text(encoding="utf-8") for name in ("cells", "columns", "lines", "reading", "outcome")]
    codes = {doubt.value for doubt in Doubt}
    for source in sources:
        codes |= set(re.findall(r'(?:reason=|fault=|fault or |return |fault = |misfit, slots = |, )"([a-z]+(?:_[a-z]+)*)"[),\n ]', source))
    codes -= {"line", "column", "group", "corner", "xlsx", "ods"}
    assert len(codes) > 35
    assert codes <= phrases().keys()


# -- what stands around the tables


def test_facts_of_the_file() -> None:
    found = read(
        Paragraph(text="某某市某某局2023年政府信息公开工作年度报告", place="", level=1),
        facts={"published": "2024-01-20 10:30", "url": "https://example.gov.cn/a.htm"},
    )
    assert found.facts == ("某某市某某局2023年政府信息公开工作年度报告", "某某市某某局", 2023, "2024-01-20", "https://example.gov.cn/a.htm")
    assert {each.reason for each in found.open} == {"no_table"}


def test_prose_by_the_headings_of_its_sections() -> None:
    form = forms()["2021"]
    prose = {
        "overview": "主动公开政府信息12条。\n全年收到申请3件，办结申请2件。",
        "problems": "人手不足。",
        "other": "没有收取信息处理费。",
    }
    blocks = report_blocks(form, numbers(*form.tables.values()), title="某局2023年政府信息公开工作年度报告", prose=prose)
    blocks = [
        replace(block, text="五、存在问题及改进情况") if isinstance(block, Paragraph) and block.text.startswith("五、") else block
        for block in blocks
    ]
    found = read(*blocks)
    assert {section: "\n".join(paragraphs) for section, paragraphs in found.prose.items()} == prose
    assert [(each.item, each.value, each.unit) for each in found.overview] == [("收到申请", "3", "件"), ("办结申请", "2", "件")]


@pytest.mark.parametrize(
    "signature",
    [["2024年1月20日"], ["某局", "２０２４ 年 1 月 20 日"], ["某局 2024年1月20日"], ["二〇二四年一月二十日"], ["2024-01-20"]],
)
def test_what_stands_behind_the_signature_is_of_the_page(signature: list[str]) -> None:
    told = ["没有收取信息处理费。", "本报告的电子版可以下载。", *signature]
    found = read(*_signed(*told, "版权所有：某市人民政府", "网站地图"))
    assert found.prose["other"] == tuple(told)
    assert found.remarks == ("prose_passed",)
    ended = read(*_signed(*told))
    assert (ended.prose["other"], ended.remarks) == (tuple(told), ())


@pytest.mark.parametrize(
    "written", ["截至2024年1月20日", "统计期限：2023年1月1日至2023年12月31日", "另一局 2024年1月20日", "2024年1月", "于2024年1月20日公布。"]
)
def test_a_day_within_the_text_is_no_signature(written: str) -> None:
    told = ("没有收取信息处理费。", written, "下一段。")
    found = read(*_signed(*told))
    assert (found.prose["other"], found.remarks) == (told, ())


def _signed(*other: str) -> list[Paragraph | Rows]:
    """A report whose section six has these paragraphs."""
    form = forms()["2021"]
    texts = {"overview": "甲。", "problems": "乙。", "other": "\n".join(other)}
    return report_blocks(form, numbers(*form.tables.values()), title="某局2023年政府信息公开工作年度报告", prose=texts)


def test_untouched_tables_have_nothing_open() -> None:
    form = forms()["2021"]
    assert read(*Document(report_blocks(form, numbers(*form.tables.values()))).blocks).whole
