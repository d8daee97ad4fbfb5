"""The page of an agency: its contents list what is on it, in its order, also where there is nothing yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import made_up
import pytest
from lxml import html
from open_reports.checks.check import check
from open_reports.library import open_library
from open_reports.site.publish import publish
from open_reports.text import Words

if TYPE_CHECKING:
    from pathlib import Path

    from open_reports.pages import Page

EMPTY, ALONE = "xugou-yi", "xugou-jia"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Page]:
    """Pages of an agency with a single report, and of one without any."""
    folder: Path = tmp_path_factory.mktemp("packages")
    made_up.package(ALONE, 2023).write(folder)
    (folder / EMPTY).mkdir()
    (folder / EMPTY / made_up.AGENCY).write_text(made_up.agency_text(EMPTY), encoding="utf-8")
    library = open_library(folder)
    assert library.findings == ()
    return {page.path: page for page in publish(library, check(library)).pages}


@pytest.mark.parametrize("home", ["", "en/"])
@pytest.mark.parametrize("agency", [ALONE, EMPTY])
def test_the_contents_are_the_headings_in_their_order(agency: str, home: str, pages: dict[str, Page]) -> None:
    page = pages[f"{home}reports/{agency}/"]
    headings = html.fromstring(page.build()).xpath("//h2")
    listed = [anchor for anchor, _ in page.sections]
    assert [heading.get("id") for heading in headings if heading.get("id") in listed] == listed
    assert len(listed) == (2 if agency == EMPTY else 6)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_agency_without_reports_says_so(language: str, pages: dict[str, Page]) -> None:
    says = Words(language)("agency_none")
    home = "" if language == "zh" else "en/"
    assert says in pages[f"{home}reports/{EMPTY}/"].build()
    assert says not in pages[f"{home}reports/{ALONE}/"].build()
