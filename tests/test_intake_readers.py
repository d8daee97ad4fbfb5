"""What all readers have in common: the texts that they doubt, and what becomes of a title wherever in a file it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from manuscripts.compared import CORPUS
from manuscripts.html import archive, markdown, plain, tabs
from manuscripts.office import docx, ods, xlsx
from open_reports.intake.around import facts
from open_reports.intake.grid import Doubt, Manuscript, Paragraph
from open_reports.intake.readers import docx as docx_reader
from open_reports.intake.readers import html as html_reader
from open_reports.intake.readers import mhtml as mhtml_reader
from open_reports.intake.readers import ods as ods_reader
from open_reports.intake.readers import text as text_reader
from open_reports.intake.readers import xlsx as xlsx_reader
from open_reports.intake.titles import agency_of, is_title, year_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from manuscripts.statutory import Original, Rows

    Blocks = list[Rows | Paragraph]

REPORT = CORPUS["pingtan-finance/2024"]
WAYS: dict[str, tuple[Callable[[Original, Blocks], bytes], Callable[[bytes], Manuscript]]] = {
    "html": (plain, html_reader.read),
    "mhtml": (archive, mhtml_reader.read),
    "docx": (docx, docx_reader.read),
    "xlsx": (xlsx, xlsx_reader.read),
    "ods": (ods, ods_reader.read),
    "markdown": (markdown, text_reader.read),
    "tabs": (tabs, text_reader.read),
}
"""How each kind of file is made and read."""

each_way = pytest.mark.parametrize("way", WAYS)


def read(way: str, blocks: Blocks) -> Manuscript:
    make, reader = WAYS[way]
    return reader(make(REPORT, blocks))


@each_way
@pytest.mark.parametrize("text,doubt", [("26①", Doubt.SUPERSCRIPT), ("26²", Doubt.SUPERSCRIPT), ("2 6", Doubt.SPLIT), ("26", None)])
def test_a_text_that_can_be_read_in_two_ways_is_doubted(way: str, text: str, doubt: Doubt | None) -> None:
    blocks = [
        block
        if isinstance(block, Paragraph)
        else [[cell._replace(text=text) if cell.place == "applications/new/natural_person" else cell for cell in row] for row in block]
        for block in REPORT.blocks()
    ]
    found = [cell for grid in read(way, blocks).grids for cell in grid.cells if cell.text == text]
    assert [cell for cell in found if cell.doubts != ((doubt,) if doubt else ())] == []
    assert found


# -- titles ---------------------------------------------------------------------------------------------------------------


@each_way
@pytest.mark.parametrize("name", ["pingtan/2023", "pingtan-finance/2024"])
def test_agency_and_year_are_those_of_the_title(way: str, name: str) -> None:
    """Also where the site that a page names is another: the title says whose report it is."""
    make, reader = WAYS[way]
    report = CORPUS[name]
    found = facts(reader(make(report, report.blocks())))
    assert (found.title, found.agency, found.year) == (report.title, report.title.partition(str(report.year))[0], report.year)


def test_the_site_is_the_agency_of_a_title_that_names_none() -> None:
    manuscript = Manuscript(kind="html", blocks=(), facts={"title": "2024年政府信息公开工作年度报告", "agency": "某某市财政局"})
    assert facts(manuscript)[:3] == ("2024年政府信息公开工作年度报告", "某某市财政局", 2024)


def test_a_title_in_the_text_counts_where_the_reader_found_none() -> None:
    blocks = (Paragraph(text="首页", place=""), Paragraph(text="某某局２０２３年政府信息\n公开年度报告", place=""))
    assert facts(Manuscript(kind="pdf", blocks=blocks, facts={"title": "首页"}))[:3] == (
        "某某局２０２３年政府信息公开年度报告",
        "某某局",
        2023,
    )


@pytest.mark.parametrize(
    "title,agency,year",
    [
        ("某某市某某局2023年政府信息公开工作年度报告", "某某市某某局", 2023),
        ("某某市某某局 2023 年度政府信息公开工作报告", "某某市某某局", 2023),
        ("某某局２０２３年政府信息公开年度报告", "某某局", 2023),
        ("《某某局2023年年报》", "某某局", 2023),
        ("2023年度某某局政府信息公开工作年度报告", "", 2023),
        ("关于2023年政府信息公开工作年度报告", "", 2023),
        ("政府信息公开工作年度报告（2023年）", "", 2023),
        ("Annual report 2023", "", 2023),
        ("某某局政府信息公开工作年度报告", "", None),
        ("某某局2023年度工作计划", "某某局", 2023),
    ],
)
def test_what_a_title_says(title: str, agency: str, year: int | None) -> None:
    assert (agency_of(title), year_of(title)) == (agency, year)
    assert is_title(title) == (year is not None and "计划" not in title)


def test_a_sentence_about_a_report_is_no_title() -> None:
    assert not is_title("现公布某某局2023年政府信息公开工作年度报告。")
    assert not is_title("某某局2023年政府信息公开工作年度报告" + "，并附说明" * 20)
