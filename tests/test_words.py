"""The words of the pages, read as English: one is a count too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import made_up
import pytest
import whole
from lxml import html as parser
from open_reports.library import open_library
from open_reports.pages import home_page
from open_reports.text import Words, words

if TYPE_CHECKING:
    from pathlib import Path

COUNTS = (
    "count", "rows", "reports", "paths", "holds", "contradicts", "untestable", "expected", "collected", "on_time", "late", "unknown",
)  # fmt: skip
"""Placeholders that stand for a number of things, which may be one."""
_PLURAL = re.compile(rf"\{{(?:{'|'.join(COUNTS)})\}} (?:\w+ )?(?:are|were|have|do|hold|stand|contain|(?!is\b|was\b|as\b|this\b)\w+s)\b")


@pytest.mark.parametrize(
    "text", ["{count} errors", "All {count} annual reports of", "{count} stand beside", "{holds} hold", "{late} are late"]
)
def test_a_plural_behind_a_count_is_seen(text: str) -> None:
    assert _PLURAL.search(text)


NEVER_ONE = {
    "compare_latest_part", "data_items", "data_rows", "explore_rows_more", "explore_some_agencies", "glossary_description",
    "indicators_description",
}  # fmt: skip
"""Words of which another key says one, or that are said only of very many."""


def test_no_count_stands_before_a_plural() -> None:
    """`1 reports` and `1 stand` are no English: a count stands behind what it counts, `reports: 1`."""
    assert {key: text.en for key, text in words().items() if key not in NEVER_ONE and _PLURAL.search(text.en)} == {}


def test_the_home_page_counts_one_as_one(tmp_path: Path) -> None:
    """A site begins with one report of one agency."""
    made_up.write_corpus(tmp_path, 1)
    page = home_page(whole.folder("data/", open_library(tmp_path)), Words("en"))
    counts = parser.fromstring(page.build()).xpath('//ul[@class="or-counts"]/li')
    assert [each.text_content() for each in counts][:3] == ["1 Report", "1 Agency", "1 Year"]
