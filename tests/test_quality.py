"""The pages of the checks: what was counted, and what was not, in lists of any length."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import html as parser
from open_reports.checks.identity import RESULTS
from open_reports.form import forms
from open_reports.pages import Quality, quality_pages
from open_reports.pages.paging import MOST_LISTED
from open_reports.text import LANGUAGES, Words

if TYPE_CHECKING:
    from open_reports.finding import Finding
    from open_reports.library import Library

RULE = "FORM"
"""A rule without a row in the ledger, whose page therefore counts its findings alone."""


def pages(library: Library, findings: tuple[Finding, ...], language: str) -> dict[str, parser.HtmlElement]:
    """Every page by its path below the home of its language."""
    return {each.here.path: parser.fromstring(each.build()) for each in quality_pages(library, findings, Words(language))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rule_counts_its_findings_in_all_parts(library: Library, findings: tuple[Finding, ...], language: str) -> None:
    own = [each for each in findings if each.rule == RULE and each.year]
    many = tuple(own * (MOST_LISTED // len(own) + 1))
    assert MOST_LISTED < len(many) < 2 * MOST_LISTED
    made = pages(library, many, language)
    listed = [made[path].xpath('//ul[@class="or-found"]/li') for path in (f"quality/{RULE}/", f"quality/{RULE}/2/")]
    assert [len(each) for each in listed] == [MOST_LISTED, len(many) - MOST_LISTED]
    for path in (f"quality/{RULE}/", f"quality/{RULE}/2/"):
        (said,) = made[path].xpath('//h2[@id="results"]/following-sibling::p[1]/text()')
        assert said.endswith(str(len(many)))


def test_a_rule_that_is_not_tested_place_by_place_did_not_hold_0_times(library: Library, findings: tuple[Finding, ...]) -> None:
    w = Words("zh")
    tested = Quality(library, findings, w).results
    (overview,) = (page for path, page in pages(library, findings, "zh").items() if path == "quality/")
    rows = overview.xpath('//table[caption/@id="rules-caption"]/tbody/tr')
    for rule, row in zip(forms().rules, rows, strict=True):
        cells = [cell.text for cell in row.xpath("./td")][: len(RESULTS)]
        assert cells == ([str(tested[rule][each]) for each in RESULTS] if rule in tested else ["–"] * len(RESULTS))
    assert RULE not in tested
    assert w("quality_untested") in overview.text_content()
