"""The words of the pages, read as English: one is a count too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import made_up
import pytest
import whole
from lxml import html as parser
from open_reports.errors import FormError
from open_reports.library import open_library
from open_reports.pages import home_page
from open_reports.text import Words, reading, text_of, words

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


NEVER_ONE = {"compare_latest_part", "explore_rows_more", "explore_some_agencies"}
"""Words that are said only of very many."""


def test_no_count_stands_before_a_plural() -> None:
    """`1 reports` and `1 stand` are no English: a count stands behind what it counts, `reports: 1`."""
    assert {key: text.en for key, text in words().items() if key not in NEVER_ONE and not text.one and _PLURAL.search(text.en)} == {}


COUNTED = sorted(key for key, text in words().items() if text.one)


def test_some_words_count() -> None:
    assert {"bytes", "coverage_late_days", "data_items", "data_rows", "reports"} <= set(COUNTED)


@pytest.mark.parametrize("key", COUNTED)
def test_counted_words_are_right_for_any_number(key: str) -> None:
    """One thing is one; none, two and a thousand are many. Chinese says them all alike."""
    text = words()[key]
    said = {number: Words("en")(key, **{text.by: number}) for number in (0, 1, 2, "1,000")}
    assert said[1] == text.one.format(**{text.by: 1})
    assert all(said[number] == text.en.format(**{text.by: number}) for number in (0, 2, "1,000"))
    assert text.one != text.en
    assert not _PLURAL.search(text.one)
    assert Words("zh")(key, **{text.by: 1}) == text.zh.format(**{text.by: 1})


def test_a_counted_word_is_read_with_its_number(tmp_path: Path) -> None:
    problems = "locales/x.yml"
    with reading(problems, "a: {zh: 甲, en: {by: size, one: '{size} byte', other: '{size} bytes'}}\n") as root:
        text = text_of(root.record("a"))
    assert (text.one, text.en, text.by) == ("{size} byte", "{size} bytes", "size")
    with (
        pytest.raises(FormError, match=r"locales/x\.yml: a\.en\.other: record\.missing"),
        reading(problems, "a: {zh: 甲, en: {one: x}}\n") as root,
    ):
        text_of(root.record("a"))


def test_the_home_page_counts_one_as_one(tmp_path: Path) -> None:
    """A site begins with one report of one agency."""
    made_up.write_corpus(tmp_path, 1)
    page = home_page(whole.folder("data/", open_library(tmp_path)), Words("en"))
    counts = parser.fromstring(page.build()).xpath('//ul[@class="or-counts"]/li')
    assert [each.text_content() for each in counts][:3] == ["1 Report", "1 Agency", "1 Year"]
