"""The ledger's equations: what stands in the place of a number that is not there, and whether it leads anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import made_up
import pytest
from lxml import html
from open_reports.checks.identity import yearly
from open_reports.library import open_library
from open_reports.pages.ledger import equation
from open_reports.text import Words

if TYPE_CHECKING:
    from pathlib import Path

CELL = ("applications", "carried_out", "natural_person")
"""The cell of the year before from which the next year's carry-over comes."""
BESIDE = {
    "blank": ("", "（2022：空）", "(2022: blank)"),
    "not applicable": ("/", "（2022：原文标注不适用）", "(2022: marked not applicable)"),
    "a number": ("0", "0", "0"),
}
"""What stands in that cell, and what the equation of the year after shows of it."""


def carried(folder: Path, years: tuple[int, ...], text: str) -> dict[str, html.HtmlElement]:
    """Right side of the carry-over of 2023 in each language."""
    for year in years:
        package = made_up.package(year=year)
        if year == 2022:
            package.set(*CELL, text)
        package.write(folder)
    library = open_library(folder)
    assert library.findings == ()
    report = library.reports["xugou-jia", 2023]
    (found,) = [each for each in yearly(report, library) if each.rule.id == "XY-CARRY" and each.at == CELL[2]]
    whole = {language: str(equation(report, found, Words(language))) for language in ("zh", "en")}
    return {language: html.fragment_fromstring(f"<p>{text.partition('</b>')[2]}</p>") for language, text in whole.items()}


@pytest.mark.parametrize("case", BESIDE)
def test_cell_of_a_collected_report_is_never_called_not_collected(tmp_path: Path, case: str) -> None:
    """The report is here and its cell can be seen: it is named as what it is, and led to."""
    text, *said = BESIDE[case]
    for side, expected in zip(carried(tmp_path, (2022, 2023), text).values(), said, strict=True):
        assert side.text_content().strip() == expected
        assert side.xpath("./a/@href") == [f"../2022/#{'/'.join(CELL)}"]


def test_report_that_is_not_collected_is_called_so_and_leads_nowhere(tmp_path: Path) -> None:
    sides = carried(tmp_path, (2023,), "")
    assert [side.text_content().strip() for side in sides.values()] == ["（2022：未收录）", "(2022: not collected)"]
    assert not any(side.xpath("./a") for side in sides.values())
