"""Markdown and text copied from a browser: what is whole is read, and from what was torn nothing can be read without a doubt."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import pytest
from manuscripts.html import markdown, markdown_torn, plain, run_together, tabs
from manuscripts.statutory import Original, headings
from open_reports.errors import IntakeError
from open_reports.intake.grid import Doubt, Grid, Paragraph, placed
from open_reports.intake.readers import text
from test_intake_html import REPORTS, grids, same, squeezed, texts
from website import browser

if TYPE_CHECKING:
    from collections.abc import Iterable

    from website import Chromium

__all__ = ["browser"]

REPORT = REPORTS["pingtan/2023"]
FIGURE = re.compile(r"[0-9]")


def tables(data: str) -> list[Grid]:
    return list(text.read(data.encode()).grids)


def believed(found: Iterable[Grid]) -> list[str]:
    """Texts with a digit in cells that nothing is held against."""
    return [cell.text for grid in found for cell in grid.cells if FIGURE.search(cell.text) and not cell.doubts]


# -- what is whole ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REPORTS)
def test_markdown_with_repeated_cells(name: str) -> None:
    report = REPORTS[name]
    found = text.read(markdown(report))
    for grid, expected in zip(found.grids, grids(report), strict=True):
        assert [list(map(squeezed, row)) for row in texts(grid)] == [list(map(squeezed, row)) for row in texts(expected)]
        assert not [cell for cell in grid.cells if cell.doubts]
    assert found.facts["title"] == report.title
    assert headings(found)[0].text == report.title


def beside(grid: Grid) -> list[tuple[str, str, tuple[str, ...]]]:
    """Each figure as a person finds it: its text, the label at its left, the heads above it, outermost first."""
    at = grid.covering()
    found = []
    for cell in grid.cells:
        left = next((at[cell.row, column] for column in range(cell.column - 1, -1, -1) if not _figure(at[cell.row, column])), None)
        heads = dict.fromkeys(at[row, cell.column] for row in range(cell.row) if not _figure(at[row, cell.column]))
        if _figure(cell):
            found.append((cell.text, left.text if left else "", tuple(each.text for each in heads)))
    return found


def _figure(cell: object) -> bool:
    return not re.search(r"[\u3400-\u9fff]{2}", getattr(cell, "text", ""))


@pytest.mark.parametrize("between", ["\n\n", "\r\n\r\n", "\n"])
@pytest.mark.parametrize("name", REPORTS)
def test_text_copied_from_a_browser(name: str, between: str) -> None:
    report = REPORTS[name]
    found = text.read(tabs(report, between=between))
    known = set().union(*(_heads_of(grid) for grid in grids(report)))
    for grid, expected in zip(found.grids, grids(report), strict=True):
        if "钩稽" not in str(report.labels):
            assert not [cell for cell in grid.cells if cell.doubts]
        # Labels of groups stand only in the row where they begin; every figure has its own label and its own heads.
        one, other = (
            [(figure, label, [head for head in heads if head in known]) for figure, label, heads in beside(each)]
            for each in (grid, expected)
        )
        assert [(figure, label) for figure, label, _ in one] == [(figure, label) for figure, label, _ in other]
        assert [heads[-2:] for _, _, heads in one] == [heads[-2:] for _, _, heads in other]


def _heads_of(grid: Grid) -> set[str]:
    """Texts above figures, in rows that have none."""
    rows = {cell.row for cell in grid.cells if _figure(cell)}
    return {cell.text for cell in grid.cells if cell.row not in rows}


@pytest.mark.parametrize("name", ["pingtan/2019", "pingtan/2023"])
def test_the_generator_writes_what_chromium_copies(browser: Chromium, name: str) -> None:
    page = browser.context(java_script_enabled=True).new_page()
    page.set_content(plain(REPORTS[name]).decode())
    copied = page.evaluate("() => { getSelection().selectAllChildren(document.body); return getSelection().toString(); }")
    written = tabs(REPORTS[name]).decode()
    assert [line for line in copied.split("\n") if "\t" in line] == [line for line in written.split("\n") if "\t" in line]
    assert len(text.read(copied.encode()).grids) == 3
    assert not [cell for grid in text.read(copied.encode()).grids for cell in grid.cells if cell.doubts]


def test_a_table_with_all_its_columns_stands_as_it_is() -> None:
    (grid,) = tables("甲\t一\t二\n乙\t1\t2\n丙\t\t4\n")
    assert texts(grid) == [["甲", "一", "二"], ["乙", "1", "2"], ["丙", "", "4"]]
    assert not [cell for cell in grid.cells if cell.doubts]


def test_places_name_lines_of_the_file() -> None:
    found = text.read("# 题\n\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n".encode())
    assert [each.place for each in found.blocks] == ["第1行", "表1"]
    assert found.grids[0].cells[3].place == "表1（第5行第2格）"


# -- what was torn ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("name", REPORTS)
def test_markdown_whose_merged_cells_were_dropped_is_not_believed(name: str, padded: bool) -> None:  # noqa: FBT001 (a case)
    # Silent error 4: rows shift left, and the shift cannot be seen in a row that was filled up with blanks.
    found = text.read(markdown_torn(REPORTS[name], padded=padded))
    assert len(found.grids) == len(grids(REPORTS[name]))
    assert believed(found.grids) == []
    assert all(cell.doubts for grid in found.grids for cell in grid.cells)
    widths = {len([cell for cell in found.grids[1].cells if cell.row == row]) for row in range(found.grids[1].rows)}
    assert len(widths) > 1  # short rows stay short


@pytest.mark.parametrize("name", REPORTS)
def test_text_run_together_has_no_tables(name: str) -> None:
    assert text.read(run_together(REPORTS[name])).grids == ()


@pytest.mark.parametrize("lost", range(8))
def test_a_tab_that_was_swallowed_makes_the_row_doubtful(lost: int) -> None:
    # An editor that swallows a tab moves all figures behind it; one that swallows blanks at the end takes away figures.
    data = tabs(REPORT).decode()
    row = next(line for line in data.split("\n") if line.startswith("一、本年新收"))
    cells = row.split("\t")
    torn = "\t".join(cells[:lost] + cells[lost + 1 :])
    found = text.read(data.replace(row, torn).encode()).grids[1]
    torn_cells = [cell for cell in found.cells if cell.row == 3]
    assert len(torn_cells) == 7
    assert all(Doubt.NO_BOX in cell.doubts for cell in torn_cells)
    assert not [cell for cell in found.cells if cell.row > 3 and cell.doubts]


def test_blanks_at_the_end_that_an_editor_took_make_the_row_doubtful() -> None:
    blank = {f"applications/granted/{column}": "" for column in ("other", "total")}
    report = Original(**{**vars(REPORT), "figures": {**REPORT.figures, **blank}})
    stripped = "\n".join(line.rstrip() for line in tabs(report).decode().split("\n"))
    found = text.read(stripped.encode()).grids[1]
    assert texts(found)[5][:3] == ["三、本年度办理结果", "（一）予以公开", "22"]
    assert all(Doubt.NO_BOX in cell.doubts for cell in found.cells if cell.row == 5)


@pytest.mark.parametrize(
    "this, by",
    [
        ("自然人\t法人或其他组织\t总计", "法人或其他组织\t自然人\t总计"),
        ("商业企业\t科研机构", "科研机构\t商业企业"),
        ("商业企业\t科研机构\t", "商业企业\t"),
        ("自然人\t", "自然人\t自然人\t"),
    ],
)
def test_heads_that_are_of_no_form_give_no_spans(this: str, by: str) -> None:
    data = tabs(REPORT).decode()
    assert data.count(this) == 1
    assert not believed([text.read(data.replace(this, by).encode()).grids[1]])


def test_a_head_with_one_more_column_gives_no_spans() -> None:
    data = tabs(REPORT).decode().replace("行政复议\t行政诉讼", "行政复议\t行政诉讼\t其他")
    assert not believed([text.read(data.encode()).grids[2]])


def test_a_short_row_of_a_whole_table_is_doubted_alone() -> None:
    (grid,) = tables("| 甲 | 一 | 二 |\n|---|---|---|\n| 乙 | 1 | 2 |\n| 丙 | 3 |\n")
    assert [bool(cell.doubts) for cell in grid.cells] == [False] * 6 + [True] * 2


def test_a_row_with_a_cell_too_many_makes_the_table_doubtful() -> None:
    (grid,) = tables("| 甲 | 一 |\n|---|---|\n| 乙 | 1 | 2 |\n")
    assert all(cell.doubts for cell in grid.cells)


# -- Markdown -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written, shown, doubts",
    [
        ("26<sup>1</sup>", "26<sup>1</sup>", (Doubt.SUPERSCRIPT,)),
        ("26^1^", "26^1^", (Doubt.SUPERSCRIPT,)),
        ("26[^1]", "26[^1]", (Doubt.SUPERSCRIPT,)),
        ("26¹", "26¹", (Doubt.SUPERSCRIPT,)),
        ("~~27~~26", "~~27~~26", (Doubt.STRUCK,)),
        ("2 6", "2 6", (Doubt.SPLIT,)),
        ("2<br>6", "2\n6", (Doubt.SPLIT,)),
        ("**26**", "26", ()),
        (r"1\.属于国家秘密", "1.属于国家秘密", ()),
        (r"\-", "-", ()),
        ("&nbsp;", "\u00a0", ()),
        (r"甲\|乙", "甲|乙", ()),
        ("", "", ()),
    ],
)
def test_cells_of_markdown(written: str, shown: str, doubts: tuple[Doubt, ...]) -> None:
    (grid,) = tables(f"| 甲 | 一 |\n|---|---|\n| 乙 | {written} |\n")
    assert (grid.cells[3].text, grid.cells[3].doubts) == (shown, doubts)


def test_a_row_of_strokes_is_a_row() -> None:
    # The ruler stands below the head; elsewhere strokes are what the report prints where nothing applies.
    (grid,) = tables("| 结果维持 | 总计 |\n|:--|--:|\n| - | - |\n")
    assert texts(grid) == [["结果维持", "总计"], ["-", "-"]]
    (grid,) = tables("| 结果维持 | 总计 |\n| - | - |\n")
    assert texts(grid) == [["结果维持", "总计"], ["-", "-"]]


def test_tables_of_markdown_without_strokes_at_the_edge() -> None:
    (grid,) = tables("甲 | 一\n--- | ---\n乙 | 1\n")
    assert texts(grid) == [["甲", "一"], ["乙", "1"]]


def test_text_between_tables_is_text() -> None:
    found = text.read("## 三、收到\n甲\t1\n乙\t2\n四、结转\n丙\t3\n丁\t4\n完\n".encode())
    assert [each.text if isinstance(each, Paragraph) else texts(each) for each in found.blocks] == [
        "三、收到",
        [["甲", "1"], ["乙", "2"]],
        "四、结转",
        [["丙", "3"], ["丁", "4"]],
        "完",
    ]


def test_a_table_that_is_too_large_is_refused() -> None:
    with pytest.raises(IntakeError, match="table_too_large"):
        tables("甲\t1\n" * 3_001)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(codec: str) -> None:
    found = text.read(tabs(REPORT).decode().encode(codec))
    assert same(found.grids[0], text.read(tabs(REPORT)).grids[0])


def test_spans_of_the_statutory_tables_are_those_of_the_form() -> None:
    found = text.read(tabs(REPORT)).grids
    assert all(itertools.starmap(same, zip((found[0], found[2]), (grids(REPORT)[0], grids(REPORT)[2]), strict=True)))
    head = [cell for cell in found[1].cells if cell.row < 3]
    expected = [cell for cell in placed(REPORT.blocks()[5], "").cells if cell.row < 3]  # type: ignore[arg-type] # the table
    assert [(cell.row, cell.column, cell.rowspan, cell.colspan) for cell in head] == [
        (cell.row, cell.column, cell.rowspan, cell.colspan) for cell in expected
    ]


@pytest.mark.parametrize(
    "text,sure",
    [
        ("甲\t1\n乙\t47", False),
        ("甲\t1\n乙\t", False),
        ("甲\t1\n乙\t47\n", True),
        ("甲\t1\n乙\t47\r\n", True),
        ("甲\t1\n乙\t47\n\n末尾", True),
        ("| 甲 | 1 |\n| --- | --- |\n| 乙 | 47", False),
        ("| 甲 | 1 |\n| --- | --- |\n| 乙 | 47 |", True),
    ],
)
def test_a_cell_in_which_the_file_ends_is_doubted(text: str, sure: bool) -> None:  # noqa: FBT001 (a case)
    (grid,) = tables(text)
    assert [each.doubts for each in grid.cells] == [(), (), (), () if sure else (Doubt.UNENDED,)]
