"""Corrections: every released change is told with its day, reason and the figure changed, on its page, as data, on the report's page."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import made_up
import pytest
import whole
from framed import framed
from lxml import html
from open_reports.files.corrections import COLUMNS, corrections_csv, corrections_json
from open_reports.history.corrections import change, corrections
from open_reports.library import Library, open_library
from open_reports.pages.corrections import banner, corrections_pages
from open_reports.pages.frame import Here
from open_reports.pages.paging import MOST_LISTED
from open_reports.report import Change, Item, Report, Revision
from open_reports.text import Words
from rendering import PHONE, SCHEMES, faults
from website import browser, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from open_reports.report import Reading
    from rendering import Scheme
    from website import Chromium, Server

__all__ = ["browser"]

HOSTILE = '</td><script>alert("1")</script>,=1+1'
TOTAL = "applications/new/total"
TYPING = Revision("1.0.1", "2026-03-02", "录入错误", (Change(TOTAL, "81", "18"), Change(text="文字部分改正一处错字")))
LINE = Revision("1.1.0", "2026-04-03", f"补录 {HOSTILE}", (Change(text="原文第 3 页的 disputes/reconsideration/upheld 漏录"),))
BARE = Revision("1.0.1", "2026-03-20", "格式", ())


def corrected(library: Library, revisions: dict[tuple[str, int], tuple[Revision, ...]]) -> Library:
    reports = {
        key: replace(
            each, revisions=revisions.get(key, ()), version=max([each.version, *(said.version for said in revisions.get(key, ()))])
        )
        for key, each in library.reports.items()
    }
    return replace(library, reports=reports)


@pytest.fixture(scope="module")
def telling(library: Library) -> Library:
    """The project's packages, two of them corrected: one twice, one without saying what changed."""
    return corrected(library, {("pingtan", 2020): (TYPING, LINE), ("pingtan-police", 2022): (BARE,)})


def pages_of(library: Library, language: str, problem: str = "") -> list[html.HtmlElement]:
    return [html.fromstring(page.build()) for page in corrections_pages(whole.folder("data/", library), Words(language), problem)]


def test_newest_stands_first(telling: Library) -> None:
    assert [(each.report.name, each.revision.version) for each in corrections(telling)] == [
        ("pingtan-2020", "1.1.0"),
        ("pingtan-police-2022", "1.0.1"),
        ("pingtan-2020", "1.0.1"),
    ]


def test_versions_of_one_day_stand_in_the_order_of_numbers(library: Library) -> None:
    day = tuple(Revision(version, "2026-03-02", "录入错误", ()) for version in ("1.9.0", "1.10.0", "1.2.0"))
    found = corrections(corrected(library, {("pingtan", 2020): day}))
    assert [each.revision.version for each in found] == ["1.10.0", "1.9.0", "1.2.0"]


def test_package_s_own_revisions_are_read(tmp_path: Path) -> None:
    """From the descriptor on disk to the list."""
    package = made_up.package(year=2023)
    package.edit_json("version", "1.0.1")
    package.edit_json(
        "report.revisions", [{"version": "1.0.1", "date": "2026-03-02", "reason": "录入错误", "changes": [f"{TOTAL}：81 改为 18"]}]
    )
    package.write(tmp_path)
    library = open_library(tmp_path)
    assert library.findings == ()
    (found,) = corrections(library)
    assert found.revision.reason == "录入错误"
    assert found.changes[0].address == TOTAL


# -- the figure a change names ----------------------------------------------------------------------------------------------

CHANGES = {
    f"{TOTAL}：81 改为 18": ("", TOTAL, "：81 改为 18"),
    f"表三 {TOTAL}": ("表三 ", TOTAL, ""),
    f"{TOTAL} and {TOTAL}": ("", TOTAL, f" and {TOTAL}"),
    "applications/refused.state_secrets/total: 1": ("", "applications/refused.state_secrets/total", ": 1"),
    "applications/new/totals：81": None,
    "applications/nowhere/total：81": None,
    "disclosure/licensing/total：81": None,
    "http://example.cn/a/b/c": None,
    "公开平台 12 改为 21": None,
    "overview/公开 平台：甲/value：12 改为 21": ("", "overview/公开 平台：甲/value", "：12 改为 21"),
    "overview/公开 平台/value：12 改为 21": None,
    "": None,
}
"""What a change says, and what stands before the address, the address, and what stands behind it."""


@pytest.mark.parametrize("text", CHANGES)
def test_address_is_found_where_the_report_has_such_a_figure(library: Library, text: str) -> None:
    report = replace(library.reports["pingtan", 2024], overview=(Item("公开 平台：甲", "12", "个", "", 2),))
    found = change(report, Change(text=text))
    assert (found.before, found.address, found.after) == (CHANGES[text] or (text, None, ""))
    assert found.text == text


TOLD = {
    "a number": (Change(TOTAL, "81", "18"), f"{TOTAL}：81 改为 18", f"{TOTAL}: 81 changed to 18"),
    "a blank": (Change(TOTAL, "", "0"), f"{TOTAL}：原文留空 改为 0", f"{TOTAL}: left blank changed to 0"),
    "a mark": (
        Change(TOTAL, "/", ""),
        f"{TOTAL}：“/” 原文标注不适用 改为 原文留空",
        f"{TOTAL}: “/” marked not applicable changed to left blank",
    ),
    "a line put in": (Change(TOTAL, None, "3"), f"{TOTAL}：原文无此行 改为 3", f"{TOTAL}: line left out of this report changed to 3"),
    "a unit": (Change(TOTAL, "3", "3", unit=("件", "万件")), f"{TOTAL}：3 件 改为 3 万件", f"{TOTAL}: 3 件 changed to 3 万件"),
    "a printed form": (
        Change(TOTAL, "3", "3", printed=("3.0", "3")),
        f"{TOTAL}：3（“3.0”） 改为 3（“3”）",
        f"{TOTAL}: 3 (“3.0”) changed to 3 (“3”)",
    ),
    "an address that is gone": (
        Change("applications/gone/total", "1", "2"),
        "applications/gone/total：1 改为 2",
        "applications/gone/total: 1 changed to 2",
    ),
    "a sentence": (Change(text="措辞"), "措辞", "措辞"),
}
"""Changes as data, with their sentences in Chinese and English."""


@pytest.mark.parametrize("case", TOLD)
def test_change_as_data_is_told_in_either_language(library: Library, case: str) -> None:
    entry, zh, en = TOLD[case]
    found = change(library.reports["pingtan", 2024], entry)
    assert (found.text, found.in_language("en").text) == (zh, en)
    assert found.address == (entry.address if entry.address == TOTAL else None)
    assert found.before + (found.address or "") + found.after == zh


@pytest.mark.parametrize("case", TOLD)
def test_change_is_read_as_it_is_written(tmp_path: Path, case: str) -> None:
    """`to_dict` gives what a package holds, and reading it gives the change again; one that is no change is an error at its place."""
    package = made_up.package(year=2023)
    package.edit_json("version", "1.0.1")
    entry = TOLD[case][0]
    said = {"version": "1.0.1", "date": "2026-03-02", "reason": "录入错误", "changes": [entry.to_dict()]}
    package.edit_json("report.revisions", [said])
    package.write(tmp_path)
    library = open_library(tmp_path)
    assert library.findings == ()
    assert [each.changes for report in library for each in report.revisions] == [(entry,)]


WRONG = {
    "no address": ({"from": "1", "to": "2"}, "report.revisions[0].changes[0].address"),
    "no former cell": ({"address": TOTAL, "to": "2"}, "report.revisions[0].changes[0].from"),
    "no cell": ({"address": TOTAL, "from": "1"}, "report.revisions[0].changes[0].to"),
    "a number for a text": ({"address": TOTAL, "from": 1, "to": "2"}, "report.revisions[0].changes[0].from"),
    "no address of a figure": ({"address": "total", "from": "1", "to": "2"}, "report.revisions[0].changes[0].address"),
    "an unknown key": ({"address": TOTAL, "from": "1", "to": "2", "was": "1"}, "report.revisions[0].changes[0].was"),
    "half a pair": ({"address": TOTAL, "from": "1", "to": "1", "unit": {"from": "件"}}, "report.revisions[0].changes[0].unit.to"),
    "nothing": (None, "report.revisions[0].changes[0]"),
}
"""What is no change, and the place that the error names."""


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_change_is_named_with_its_place(tmp_path: Path, case: str) -> None:
    value, place = WRONG[case]
    package = made_up.package(year=2023)
    package.edit_json("version", "1.0.1")
    package.edit_json("report.revisions", [{"version": "1.0.1", "date": "2026-03-02", "reason": "录入错误", "changes": [value]}])
    package.write(tmp_path)
    (found,) = open_library(tmp_path).findings
    assert found.level == "error"
    assert place in found.message("zh")


# -- data -------------------------------------------------------------------------------------------------------------------


def test_files_say_the_same(telling: Library) -> None:
    entries = json.loads(corrections_json(telling))
    rows = list(csv.DictReader(io.StringIO(corrections_csv(telling).decode(), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert [entry["version"] for entry in entries] == ["1.1.0", "1.0.1", "1.0.1"]
    assert entries[0]["changes"] == [{"address": "disputes/reconsideration/upheld", "text": LINE.changes[0].text}]
    assert entries[0]["reason"] == LINE.reason
    assert entries[0]["page"] == "reports/pingtan/2020/"
    flat = [
        {
            **{key: str(entry[key]) for key in COLUMNS[:6]},
            "address": made_change["address"] or "",
            "change": made_change["text"],
            "from": made_change.get("from") or "",
            "to": made_change.get("to") or "",
            "kind": "correction",
            "page": entry["page"],
            "reason_en": "",
            "leads_to": "",
            "back": "",
        }
        for entry in entries
        for made_change in entry["changes"] or [{"address": None, "text": ""}]
    ]
    assert rows == flat
    assert len(rows) == 4


def test_without_corrections_the_files_are_empty_lists(library: Library) -> None:
    assert json.loads(corrections_json(library)) == []
    assert corrections_csv(library).decode() == ",".join(COLUMNS) + "\n"


# -- the page ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_page_tells_everything_and_leads_to_the_figure(telling: Library, language: str) -> None:
    (root,) = pages_of(telling, language)
    rows = root.xpath("//table/tbody/tr")
    assert [row.xpath("./th")[0].text for row in rows] == ["2026-04-03", "2026-03-20", "2026-03-02"]
    assert [re.findall(r"\d\.\d\.\d", row.xpath("./th/br")[0].tail) for row in rows] == [["1.1.0"], ["1.0.1"], ["1.0.1"]]
    first = rows[0]
    assert first.xpath("./td[1]/a/@href") == ["../reports/pingtan/2020/"]
    assert "2020" in first.xpath("./td[1]")[0].text_content()
    assert first.xpath("./td[2]")[0].text_content().startswith(LINE.reason)
    assert first.xpath("./td[2]//a/@href") == ["../reports/pingtan/2020/#disputes/reconsideration/upheld"]
    place = {"zh": "行政复议 · 结果维持", "en": "Administrative reconsideration · Upheld"}[language]
    assert place.casefold() in first.xpath("./td[2]")[0].text_content().casefold()
    assert first.xpath("./td[2]//li")[0].text_content().startswith("原文第 3 页的 ")
    assert rows[1].xpath("./td[2]/ul") == []
    assert [li.text_content() for li in rows[2].xpath("./td[2]//li")][1] == TYPING.changes[1].text
    assert not root.xpath("//script")


def test_page_without_corrections_says_so_and_what_would_stand_there(library: Library) -> None:
    (root,) = pages_of(library, "zh")
    w = Words("zh")
    assert w("corrections_none") in root.text_content()
    assert w("corrections_none_says") in root.text_content()
    assert not root.xpath("//table")
    assert [href.rsplit("/", 1)[-1] for href in root.xpath("//a[@download]/@href")] == ["corrections.csv", "corrections.json"]


def test_page_leads_to_the_publisher_only_where_one_is_named(library: Library) -> None:
    (without,), (named,) = pages_of(library, "zh"), pages_of(library, "zh", 'mailto:a@example.cn?subject="')
    assert named.xpath("//a[@rel='external noopener']/@href") == ['mailto:a@example.cn?subject="']
    assert not without.xpath("//a[@rel='external noopener']")


def test_many_corrections_are_told_in_parts(library: Library) -> None:
    many = tuple(Revision(f"1.0.{number}", "2026-03-02", "录入错误", ()) for number in range(1, MOST_LISTED + 2))
    made = corrected(library, {("pingtan", 2020): many})
    pages = list(corrections_pages(whole.folder("data/", made), Words("en")))
    assert [page.path for page in pages] == ["en/corrections/", "en/corrections/2/"]
    roots = [html.fromstring(page.build()) for page in pages]
    assert [len(root.xpath("//table/tbody/tr")) for root in roots] == [MOST_LISTED, 1]
    assert [root.xpath("//a[@download]/@href")[0] for root in roots] == ["../../data/corrections.csv", "../../../data/corrections.csv"]
    assert [root.xpath("//nav[@class='or-years']/a/@href") for root in roots] == [["../corrections/2/"], ["../../corrections/"]]


# -- on the report's page ---------------------------------------------------------------------------------------------------


def banner_of(library: Library, agency: str, year: int, language: str) -> str:
    report: Report = library.reports[agency, year]
    return str(banner(report, Here(f"reports/{agency}/{year}/", Words(language))))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_corrected_report_says_so_with_its_whole_history(telling: Library, language: str) -> None:
    root = html.fromstring(banner_of(telling, "pingtan", 2020, language))
    assert root.get("role") == "note"
    said = root.xpath("./p")[0].text_content()
    assert all(each in said for each in ("2", "2026-04-03", "1.1.0", LINE.reason))
    assert root.xpath("./p/a/@href") == ["../../../corrections/"]
    entries = root.xpath("./details/ol/li")
    assert [("1.1.0" in entry.text, "1.0.1" in entry.text) for entry in entries] == [(True, False), (False, True)]
    assert entries[1].xpath(".//a/@href") == [f"#{TOTAL}"]
    assert entries[1].xpath("./ul/li")[0].text_content().endswith({"zh": "：81 改为 18", "en": ": 81 changed to 18"}[language])
    assert not root.xpath(".//script")
    assert "<ul>" not in banner_of(telling, "pingtan-police", 2022, language)


def test_other_reports_say_nothing(telling: Library) -> None:
    assert banner_of(telling, "pingtan", 2019, "zh") == ""


# -- in a browser -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, library: Library, telling: Library) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("corrections")
    for language in ("zh", "en"):
        for name, each in (("none", library), ("some", telling)):
            (page,) = corrections_pages(whole.folder("data/", each), Words(language))
            content = banner_of(each, "pingtan", 2020, language) + page.build()
            framed(folder / f"{language}-{name}", content, language, styles=("coverage.css",))
    with served(folder, mount="/") as running:
        yield running


@pytest.fixture(scope="module")
def judged(browser: Chromium, server: Server) -> Callable[[str], dict[Scheme, list[str]]]:
    """What is wrong with a page, all of it unfolded; it is opened once for both schemes."""

    @cache
    def of(name: str) -> dict[Scheme, list[str]]:
        context = browser.context(viewport={"width": PHONE, "height": 800})
        page = context.new_page()
        page.goto(f"{server.url}{name}/index.html")
        for summary in page.locator("summary").all():
            summary.click()
        found = faults(page)
        context.close()
        return found

    return of


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", ["zh-none", "zh-some", "en-none", "en-some"])
def test_page_is_accessible_and_narrow_enough(judged: Callable[[str], dict[Scheme, list[str]]], name: str, scheme: Scheme) -> None:
    assert judged(name)[scheme] == []


def test_correction_ahead_of_the_version_never_gets_here(reading: Callable[[made_up.Package], Reading]) -> None:
    """The reader of packages refuses it, so that the newest correction always names the version shown."""
    package = made_up.package(year=2023)
    package.edit_json("report.revisions", [{"version": "9.0.0", "date": "2026-03-02", "reason": "录入错误", "changes": []}])
    report, faults = reading(package)
    assert report is None
    assert [each.code for each in faults] == ["meta.revision"]
