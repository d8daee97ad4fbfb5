"""The comparison page in a real Chromium: what is chosen, shown, sorted, warned of, taken away, and shown without scripts."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import time
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import made_up
import pytest
import whole
from framed import filed, mounted
from lxml import html
from open_reports.derived.doubt import doubts
from open_reports.derived.search import FIGURES, INDEX, catalogue, figures
from open_reports.derived.search import index as search_index
from open_reports.errors import FormError
from open_reports.files.agencies import LIST, agency_list
from open_reports.form import forms
from open_reports.library import open_library
from open_reports.pages.assets import shipped
from open_reports.pages.compare import compare_page, figure_groups, grouped, indicator_entries, read_settings, settings
from open_reports.pages.search import SOUNDS
from open_reports.report import number
from open_reports.text import Words, words
from patience import PATIENCE
from playwright.sync_api import expect
from rendering import PHONE, SCHEMES, faults, overflow, unfold
from website import Chromium, Watch, browser, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from open_reports.library import Library
    from open_reports.report import Report
    from playwright.sync_api import Download, Page, Route
    from rendering import Scheme
    from website import Server


__all__ = ["browser"]

PAGES = {"zh": "compare/", "en": "en/compare/"}


# -- a small site: the page in both languages and the files it reads -----------------------------------------------------


def write_site(folder: Path, library: Library) -> None:
    """Write the comparison in both languages with what it loads, in the theme's styles and below the site's own policy."""
    for language, path in PAGES.items():
        files = whole.folder("compare/", library) if language == "zh" else None
        mounted(folder, compare_page(library, Words(language)), assets="assets/", styles=("compare.css",), files=files)
        search = folder / path / "../search"
        search.resolve().mkdir(parents=True)
        (search / INDEX).write_bytes(search_index(catalogue(library, language)))
    (folder / FIGURES).write_bytes(figures(catalogue(library, "zh")))
    # Read when the field is used, from beside the scripts of the page.
    for name in ("finding.js", "hits.js"):
        (folder / "assets" / name).write_bytes(shipped()[name].read_bytes())
    (folder / SOUNDS).parent.mkdir(parents=True)
    (folder / SOUNDS).write_bytes(shipped()["sounds.json"].read_bytes())
    filed(folder, library)


@pytest.fixture(scope="module")
def server(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The project's own packages, compared."""
    folder = tmp_path_factory.mktemp("compare") / "site"
    write_site(folder, library)
    with served(folder) as running:
        yield running


HOSTILE = '</script><img src=x onerror=alert(1)>"&amp;=1'


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Invented agencies with what is hard: a hostile name, a formula for a name, blanks, a lone period, money with many digits."""
    root = tmp_path_factory.mktemp("odd")
    packages = root / "datapackages"
    names = {"xugou-jia": "张村", "xugou-yi": "安村", "xugou-bing": "李村", "xugou-ding": HOSTILE, "xugou-wu": "王村"}
    made = {agency: made_up.package(agency, 2023) for agency in names}
    values = {"xugou-jia": "9", "xugou-yi": "100", "xugou-bing": "", "xugou-ding": "0", "xugou-wu": "/"}
    for agency, package in made.items():
        package.edit_agency("name", names[agency])
        package.set("applications", "new", "total", values[agency])
        # No rule speaks of these, so that they contradict nothing.
        package.set("disclosure", "penalties", "decisions", values[agency])
    made["xugou-jia"].set("disclosure", "fees", "amount", "999999999999999.123456")
    made["xugou-yi"].set("disclosure", "fees", "amount", "999999999999999.123457")
    made["xugou-yi"].edit_json("report.period", {"from": "2023-09-01", "to": "2023-12-31"})
    for package in made.values():
        package.write(packages)
    library = open_library(packages)
    assert library.findings == ()
    # No package may be called so; the files defuse it all the same.
    library = replace(library, agencies={**library.agencies, "xugou-wu": replace(library.agencies["xugou-wu"], name="-1+2号办事处")})
    write_site(root / "site", library)
    with served(root / "site") as running:
        yield running


def standing(report: Report | None, address: str) -> tuple[str, str]:
    """Status and text of a figure in its package; of a report that is not there, `not_collected`."""
    if report is None:
        return "not_collected", ""
    table, line, column = address.split("/")
    status = report.tables[table].status(line, column)
    return status, report.tables[table].text(line, column) if status == "reported" else ""


def opened(browser: Chromium, server: Server, query: str = "", *, language: str = "zh", **options: Any) -> Page:
    page = browser.context(**options).new_page()
    page.goto(f"{server.url}{PAGES[language]}{query}")
    return page


def resulted(browser: Chromium, server: Server, query: str, **options: Any) -> Page:
    """Open a selection and wait for its table."""
    page = opened(browser, server, query, **options)
    page.locator("#or-compare-result table").wait_for()
    return page


def shown(page: Page) -> list[list[str]]:
    """Cells of the table as read, row by row; what stands in small type follows after a blank."""
    unfold(page)
    rows = page.locator("#or-compare-result tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.replace(/\\s+/g, ' ').trim()))"
    )
    return [list(row) for row in rows]


def warned(page: Page) -> list[str]:
    return page.locator("#or-compare-result .or-warning li").all_inner_texts()


NEW = "applications/new/total"
TWO = f"?a=pingtan,pingtan-police&y=2024&f={NEW},i:completion_rate"


# -- without a browser --------------------------------------------------------------------------------------------------


def test_every_figure_and_indicator_can_be_chosen_once() -> None:
    printed = {
        f"{table.id}/{line.id}/{column.id}" for form in forms().values() for table in form.tables.values() for line, column in table.cells
    }
    for language in PAGES:
        offered = [cell for table in figure_groups(Words(language)) for line in table["lines"] for cell in line["cells"]]
        assert len(offered) == len(printed)
        assert {cell["id"] for cell in offered} == printed
        assert all(cell["label"] and cell["label"] in cell["remark"] for cell in offered)
        assert [each["id"] for each in indicator_entries(Words(language))] == [f"i:{each}" for each in forms().indicators]


def test_a_figure_of_one_form_says_so() -> None:
    cells = {cell["id"]: cell["only"] for table in figure_groups(Words("zh")) for line in table["lines"] for cell in line["cells"]}
    assert cells["disclosure/normative_documents/made"] == forms()["2019"].title.zh
    assert cells["disclosure/normative_documents/in_force"] == forms()["2021"].title.zh
    assert cells["disclosure/penalties/decisions"] == ""


def test_every_scope_and_reason_has_its_words() -> None:
    from open_reports.derived.indicator import REASONS  # noqa: PLC0415 (only here)

    assert {f"compare_scope_{scope}" for scope in forms().common.scopes} <= words().keys()
    assert {f"compare_{reason}" for reason in REASONS if reason != "not_collected"} <= words().keys()


@pytest.mark.parametrize(
    "text, says",
    [
        ("rows: 1\nagencies: 1\nfigures: 1\nplain: [applications/new/all]\nfirst: [i:luck]\n", "applications/new/all"),
        ("rows: 1\nagencies: 1\nfigures: 1\nplain: []\nfirst: [i:refusal_rate]\n", "plain"),
        ("rows: many\nagencies: 1\nfigures: 1\nplain: [applications/new/total]\nfirst: [applications/new/total]\n", "rows"),
        ("colour: red\nrows: 1\nagencies: 1\nfigures: 1\nplain: [applications/new/total]\nfirst: [applications/new/total]\n", "colour"),
    ],
)
def test_wrong_settings_are_refused(text: str, says: str) -> None:
    with pytest.raises(FormError, match=says):
        read_settings(text)


def test_settings_must_be_yaml() -> None:
    with pytest.raises(FormError, match=r"views/compare\.yml, line"):
        read_settings("rows: [")


@pytest.mark.parametrize(
    "text, says",
    [
        ("0", "0"),
        ("999", "999"),
        ("1000", "1,000"),
        ("-1234567", "-1,234,567"),
        ("2059.2090", "2,059.2090"),
        ("999999999999999.123456", "999,999,999,999,999.123456"),
    ],
)
def test_digits_are_set_apart_and_kept(text: str, says: str) -> None:
    assert grouped(text) == says


def test_list_of_agencies_is_the_library(library: Library) -> None:
    entries = json.loads(agency_list(library))
    assert [each["id"] for each in entries] == list(library.agencies)
    for entry in entries:
        agency = library.agencies[entry["id"]]
        assert (entry["name"], entry["name_en"], entry["parent"]) == (agency.name, agency.name_en, agency.parent)
        assert entry["years"] == [report.year for report in library.of_agency(agency.id)]


def _rows_of(page_html: str) -> list[html.HtmlElement]:
    found: list[html.HtmlElement] = html.fragment_fromstring(page_html, create_parent="div").xpath("//tbody/tr")
    return found


@pytest.mark.parametrize("language", PAGES)
def test_plain_table_is_the_latest_year_as_published(library: Library, language: str) -> None:
    """Every agency in the library's order; each figure as in its package, linked to its cell, or the kind of nothing it is."""
    built = compare_page(library, Words(language)).build()
    year = library.years[-1]
    rows = _rows_of(built)
    assert [row.xpath("string(th/a/@href)") for row in rows] == [f"../reports/{agency}/" for agency in library.agencies]
    reported = 0
    for row, agency in zip(rows, library.agencies, strict=True):
        report = library.reports.get((agency, year))
        cells = row.xpath("td")[1:]
        assert len(cells) == len(settings().plain)
        for cell, figure in zip(cells, settings().plain, strict=True):
            if report is None:
                assert cell.text_content() == Words(language)("not_collected")
                continue
            held = report.figure(*figure.split("/"))
            assert cell.xpath("string(a/@href)") == f"../reports/{agency}/{year}/#{figure}"
            signs = cell.xpath("a/b[@class='or-neq']/@aria-label")
            assert signs == ([Words(language)("mark_says")] if figure in doubts(report, library) else [])
            assert cell.text_content().replace(",", "").removeprefix("≠") == (
                held.text if held.status == "reported" else forms().common.statuses[held.status][language].replace(",", "")
            )
            assert cell.get("data-value", "") == (held.text if held.status == "reported" else "")
            reported += held.status == "reported"
    assert reported > 10


def test_plain_table_and_page_stay_small(tmp_path: Path) -> None:
    """Past the limit the table lists the first level only, never more rows than set; the page says so, and stays light."""
    most = settings().rows
    packages = tmp_path / "datapackages"
    for index in range(most + 30):
        agency = f"xugou-{index:04d}"
        folder = packages / agency
        folder.mkdir(parents=True)
        parent = "xugou-0000" if 0 < index <= 20 else "none"
        (folder / "agency.yml").write_text(made_up.agency_text(agency, parent=parent), encoding="utf-8")
    for agency in ("xugou-0000", "xugou-0005", "xugou-0040"):
        package = made_up.package(agency, 2023)
        package.agency_yml = (packages / agency / "agency.yml").read_bytes()
        for path, data in package.files.items():
            file = packages / agency / "2023" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    library = open_library(packages)
    built = compare_page(library, Words("zh")).build()
    rows = _rows_of(built)
    assert len(rows) == most
    linked = [row.xpath("string(th/a/@href)") for row in rows]
    assert "../reports/xugou-0005/" not in linked
    assert "../reports/xugou-0040/" in linked
    assert f"{most + 30}" in built
    assert '<a href="../years/2023/">' in built
    assert len(gzip.compress(built.encode())) < 40 * 1024
    assert len(json.loads(agency_list(library))) == most + 30


def test_names_cannot_end_the_data_of_the_page(library: Library) -> None:
    built = compare_page(library, Words("zh")).build()
    data = built.partition('id="or-compare-data">')[2].partition("</script>")[0]
    assert set(data) & set("<>&") == set()
    assert json.loads(data)["years"] == list(reversed(library.years))


# -- choosing -----------------------------------------------------------------------------------------------------------


def test_two_agencies_in_three_steps_on_a_phone(browser: Chromium, server: Server) -> None:
    """Tick, tick, look: the table stands in the window, in the latest year both have, with no sideways scroll of the page."""
    page = opened(browser, server, viewport={"width": PHONE, "height": 740}, has_touch=True)
    page.get_by_role("checkbox", name="平潭综合实验区公安局").tap()
    page.get_by_role("checkbox", name="平潭综合实验区自然资源与生态环境局").tap()
    page.get_by_role("button", name="看结果").tap()
    led_to_result(page)
    assert [row[:3] for row in shown(page)] == [
        ["平潭综合实验区公安局", "2024", "本机关"],
        ["平潭综合实验区自然资源与生态环境局", "2024", "本机关"],
    ]
    assert overflow(page) == 0
    assert not page.locator("#or-compare-plain").is_visible()
    page.context.close()


def led_to_result(page: Page) -> None:
    """Wait until the head of the result has the focus and stands in the window."""
    page.wait_for_function("() => document.activeElement.id === 'result'")
    page.wait_for_function(
        "() => { const box = document.getElementById('result').getBoundingClientRect(); return box.top >= 0 && box.top < 400 }"
    )


def held_back(page: Page) -> Route:
    """Tick an agency whose file then stays under way; returns the way on for it."""
    held: list[Route] = []
    page.route(re.compile(r"/pingtan-police\.json"), lambda route: held.append(route))  # noqa: PLW0108 (Playwright marks what it calls)
    page.get_by_role("checkbox", name="平潭综合实验区公安局").check()
    page.get_by_text("正在读取").wait_for()
    end = time.monotonic() + PATIENCE
    while not held and time.monotonic() < end:
        page.wait_for_timeout(20)
    return held[0]


def test_look_at_the_result_waits_for_a_slow_line(browser: Chromium, server: Server) -> None:
    """Asked for while a file is under way, the result shown is that of all that is ticked, and the focus stays on it."""
    page = resulted(browser, server, f"?a=pingtan&y=2024&f={NEW}")
    page.locator("summary", has_text="选机关").click()
    held = held_back(page)
    page.get_by_role("button", name="看结果").click()
    assert page.evaluate("document.activeElement.id") != "result"
    assert len(shown(page)) == 1
    held.continue_()
    led_to_result(page)
    assert len(shown(page)) == 2
    page.context.close()


@pytest.mark.parametrize("then", ["gone on", "failed"])
def test_a_result_that_does_not_come_takes_no_focus(browser: Chromium, server: Server, then: str) -> None:
    """Who goes on choosing is left where they are; who waits for a file that fails is led to the message."""
    page = opened(browser, server, viewport={"width": PHONE, "height": 740})
    held = held_back(page)
    page.get_by_role("button", name="看结果").click()
    if then == "failed":
        held.abort()
        expect(page.get_by_role("alert")).to_be_in_viewport()
        assert page.locator("#result").count() == 0
    else:
        page.locator("summary", has_text="选机关").click()
        page.get_by_role("checkbox", name="平潭综合实验区财政金融局").check()
        held.continue_()
        page.locator("#or-compare-result tbody tr").nth(1).wait_for()
        assert page.evaluate("document.activeElement.value") == "pingtan-finance"
    page.context.close()


def test_year_follows_the_agencies_until_it_is_chosen(browser: Chromium, server: Server, library: Library) -> None:
    page = resulted(browser, server, "?a=yinchuan-qianjinjie")
    assert {row[1] for row in shown(page)} == {"2019"}
    page.locator("summary", has_text="选机关").click()
    page.get_by_role("checkbox", name="平潭综合实验区财政金融局").check()
    page.wait_for_function("() => document.querySelectorAll('#or-compare-result tbody tr').length === 2")
    common = {report.year for report in library.of_agency("yinchuan-qianjinjie")} & {
        report.year for report in library.of_agency("pingtan-finance")
    }
    assert common == set(), "they have a year in common: the test is void"
    assert {row[1] for row in shown(page)} == {str(max(report.year for report in library.of_agency("pingtan-finance")))}
    page.locator("summary", has_text="选年度").click()
    page.get_by_label("2019", exact=True).check()
    page.wait_for_function("() => document.querySelectorAll('#or-compare-result tbody tr').length === 4")
    assert "y=2025,2019" in page.url
    page.context.close()


def test_selection_stands_in_the_address_and_survives_reload_and_sharing(browser: Chromium, server: Server) -> None:
    page = resulted(browser, server, f"?a=pingtan-police,pingtan&y=2022,2024&f=i:refusal_rate,{NEW}&s=-{NEW}")
    before, warnings = shown(page), warned(page)
    assert page.url.endswith(f"?a=pingtan-police,pingtan&y=2024,2022&f=i:refusal_rate,{NEW}&s=-{NEW}")
    assert len(before) == 4
    page.reload()
    page.locator("#or-compare-result table").wait_for()
    assert (shown(page), warned(page)) == (before, warnings)
    other = resulted(browser, server, page.url.removeprefix(f"{server.url}compare/"))
    assert (shown(other), warned(other)) == (before, warnings)
    page.locator("summary", has_text="选数字和指标").click()
    page.get_by_label("按名称找数字和指标").fill("上年结转")
    line = page.locator("fieldset", has_text="二、上年结转")
    line.get_by_label("总计").check()
    page.wait_for_function("() => document.querySelectorAll('#or-compare-result thead th').length === 6")
    assert f"s=-{NEW}" in page.url
    assert f"f=i:refusal_rate,{NEW},applications/carried_in/total" in page.url
    page.get_by_label("按名称找数字和指标").fill("本年新收")
    page.locator("fieldset", has_text="一、本年新收").get_by_label("总计").uncheck()
    page.wait_for_function("() => document.querySelectorAll('#or-compare-result thead th').length === 5")
    assert "s=" not in page.url, "sorted by a column that is not there"
    assert page.locator("a[hreflang=en]").evaluate("link => link.search") == page.evaluate("location.search")
    page.context.close()
    other.context.close()


def test_unknown_names_in_the_address_are_told(browser: Chromium, server: Server) -> None:
    page = resulted(browser, server, f"?a=pingtan,atlantis&y=2024,1984&f={NEW},applications/magic/total,i:luck&s=wealth")
    told = warned(page)[0]
    assert [name in told for name in ("atlantis", "1984", "applications/magic/total", "i:luck", "wealth")] == [True] * 5
    assert [row[0] for row in shown(page)] == ["平潭综合实验区"]
    page.context.close()
    page = opened(browser, server, "?a=atlantis")
    page.get_by_text("atlantis").wait_for()
    assert page.locator("#or-compare-plain").is_visible()
    page.context.close()


def test_what_is_too_much_is_named(browser: Chromium, server: Server) -> None:
    most = settings().figures
    addresses = [cell["id"] for table in figure_groups(Words("zh")) for line in table["lines"] for cell in line["cells"]][: most + 2]
    page = resulted(browser, server, f"?a=pingtan&y=2024&f={','.join(addresses)}")
    assert page.locator("#or-compare-result thead th").count() == 3 + most
    assert f"最多比较 {most} 项" in warned(page)[0]
    page.context.close()


@pytest.mark.parametrize(
    "words_, found",
    [("公安", ["pingtan-police"]), ("PUBLIC security", ["pingtan-police"]), ("宁夏", ["yinchuan-qianjinjie"]), ("没有这个", [])],
)
def test_agencies_are_found_by_name_in_either_language_and_by_region(
    browser: Chromium, server: Server, words_: str, found: list[str]
) -> None:
    page = opened(browser, server)
    page.get_by_label("按名称或地区找机关").fill(words_)
    page.wait_for_function("() => document.querySelector('.or-panel .or-status').textContent")
    visible = page.locator(".or-panel").first.locator("input[type=checkbox]:visible").evaluate_all("boxes => boxes.map(box => box.value)")
    page.context.close()
    assert visible == found


def test_list_of_agencies_searches_as_the_site_does(browser: Chromium, server: Server) -> None:
    """What was meant is found and said, and what is found shows its figure, with its mark where it does not add up."""
    page = opened(browser, server)
    field = page.get_by_label("按名称或地区找机关")
    field.fill("平谭公安")
    page.get_by_text("没有找到“平谭公安”，按“平潭公安”查找。").wait_for()
    visible = page.locator(".or-choices").first.locator("label:visible")
    assert [each.split("\n")[0] for each in visible.all_inner_texts()] == ["平潭综合实验区公安局 2024 年新收 8 件"]
    for typed, first in (("ptht", "pingtan-haitan"), ("市监局", "pingtan-market")):
        field.fill(typed)
        page.wait_for_function("first => document.querySelector('.or-choices label:not([hidden] *) input')?.value === first", arg=first)
    page.context.close()


def test_whole_groups_are_chosen_at_once(browser: Chromium, server: Server) -> None:
    page = opened(browser, server)
    page.locator("summary", has_text="成组选择").click()
    whole_group = page.get_by_role("checkbox", name="全部街道")
    whole_group.check()
    page.locator("#or-compare-result table").wait_for()
    assert page.locator(".or-picked li").count() == 6  # five, and the button that clears them
    family = page.get_by_role("checkbox", name="平潭综合实验区及所属")
    assert family.evaluate("box => box.indeterminate && !box.checked")
    page.get_by_role("button", name="移除 平潭综合实验区海坛片区管理局").click()
    page.wait_for_function("box => box.indeterminate", arg=whole_group.element_handle())
    whole_group.check()
    whole_group.uncheck()
    page.get_by_text("先选机关").wait_for()
    page.context.close()


def test_limit_is_said_at_the_box_and_no_tick_is_taken_back(browser: Chromium, server: Server, library: Library) -> None:
    """Groups that do not fit say so and cannot be ticked; when all are chosen, neither can the rest."""
    most = settings().agencies
    page = browser.context().new_page()
    more: list[dict[str, Any]] = [
        {
            "id": f"xugou-{at}",
            "name": f"虚构{at}局",
            "name_en": f"X{at}",
            "kind": "district",
            "parent": None,
            "region": "虚构市",
            "years": [],
        }
        for at in range(most + 1)
    ]
    known = json.loads(agency_list(library))
    page.route("**/agencies.json", lambda route: route.fulfill(json=[*known, *more]))
    page.goto(f"{server.url}{PAGES['zh']}")
    page.locator("summary", has_text="成组选择").click()
    too_many = page.locator(".or-whole label", has_text="放不下")
    assert f"{most + 1} 个机关，一次放不下（最多 {most} 个）" in too_many.inner_text()
    assert too_many.locator("input").is_disabled()
    assert page.locator(".or-count").first.inner_text() == f"最多 {most}"
    page.get_by_role("checkbox", name="平潭综合实验区及所属").check()
    page.get_by_role("checkbox", name="前进街").check()
    page.get_by_text(f"已选满 {most} 个").wait_for()
    assert page.locator(".or-count").first.inner_text() == f"已选 {most}，最多 {most}"
    rest = page.locator(".or-choices").first.locator("input[value^=xugou]")
    assert rest.count() == most + 1
    assert all(rest.nth(at).is_disabled() for at in (0, most))
    assert page.locator(".or-choices").first.locator("input[value^=pingtan]:checked:disabled").count() == 0
    page.get_by_role("checkbox", name="前进街").uncheck()
    expect(rest.first).to_be_enabled()
    page.context.close()


def test_years_of_an_agency_are_told_with_their_gaps(browser: Chromium, server: Server, library: Library) -> None:
    assert [report.year for report in library.of_agency("pingtan-resources")] == [2019, 2020, 2023, 2024]
    page = opened(browser, server)
    # What is not in view yet has no inner text until it is drawn.
    label = page.locator("label", has_text="自然资源与生态环境局")
    expect(label).to_have_text("平潭综合实验区自然资源与生态环境局 有年报：2019–2020、2023–2024", use_inner_text=True)
    page.context.close()


def test_removing_the_chosen_keeps_the_focus(browser: Chromium, server: Server) -> None:
    page = resulted(browser, server, TWO)
    page.get_by_role("button", name="移除 平潭综合实验区公安局").press("Enter")
    page.wait_for_function("() => document.querySelectorAll('#or-compare-result tbody tr').length === 1")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "移除 平潭综合实验区"
    page.keyboard.press("Enter")
    page.get_by_text("先选机关").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert "?" not in page.url
    assert page.locator("#or-compare-plain").is_visible()
    page.context.close()


def test_everything_can_be_chosen_with_the_keyboard(browser: Chromium, server: Server) -> None:
    page = opened(browser, server)
    page.get_by_label("按名称或地区找机关").focus()
    page.keyboard.type("公安")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.locator("#or-compare-result table").wait_for()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").startswith("看结果"):
            break
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.id === 'result'")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") in {"region", None}
    assert [row[0] for row in shown(page)] == ["平潭综合实验区公安局"]
    page.context.close()


# -- the table ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", PAGES)
def test_cells_are_those_of_the_packages(browser: Chromium, server: Server, library: Library, language: str) -> None:
    """Every figure of a table, as published but for its thousands; each kind of nothing by name; each linked to its cell."""
    addresses = [f"disclosure/{line.id}/{column.id}" for line, column in forms()["2021"].tables["disclosure"].cells]
    addresses += ["disclosure/procurement/amount", NEW]
    agencies = ["pingtan", "pingtan-haitan"]
    page = resulted(browser, server, f"?a={','.join(agencies)}&y=2024,2019&f={','.join(addresses)}", language=language)
    statuses = set()
    seen = shown(page)
    links = page.locator("#or-compare-result tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].slice(3).map(cell => cell.querySelector('a')?.getAttribute('href') ?? ''))"
    )
    expected_rows = [(agency, year) for agency in agencies for year in (2024, 2019)]
    assert len(seen) == len(expected_rows)
    for (agency, year), row, hrefs in zip(expected_rows, seen, links, strict=True):
        report = library.reports.get((agency, year))
        for address, text, href in zip(addresses, row[3:], hrefs, strict=True):
            status, published = standing(report, address)
            statuses.add(status)
            if status == "reported":
                sign = "≠" if report and address in doubts(report, library) else ""
                assert text.replace(",", "") == f"{sign}{published}"
            else:
                assert text == (forms().common.statuses[status][language] if report else Words(language)("not_collected"))
            assert href == (f"../reports/{agency}/{year}/#{address}" if status not in {"not_collected", "not_on_form"} else "")
    assert statuses >= {"reported", "not_collected", "not_on_form", "line_absent"}
    page.context.close()


def _column(page: Page, index: int) -> list[str]:
    return [row[index] for row in shown(page)]


def _sorted_as(page: Page) -> list[str]:
    found: list[str] = page.locator("#or-compare-result thead th").evaluate_all(
        "heads => heads.map(head => head.getAttribute('aria-sort'))"
    )
    return found


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_sorting_by_figure_keeps_blanks_last_and_returns(browser: Chromium, odd: Server, by: str) -> None:
    page = resulted(browser, odd, f"?a=xugou-jia,xugou-yi,xugou-bing,xugou-ding,xugou-wu&y=2023&f={NEW}")
    button = page.locator("#or-compare-result thead button").nth(3)

    def press() -> None:
        button.click() if by == "mouse" else button.press("Enter")

    original = _column(page, 3)
    assert _sorted_as(page) == ["none"] * 4
    nothing = {"原文留空", "原文标注不适用"}
    press()
    assert _sorted_as(page) == ["none"] * 3 + ["ascending"]
    assert _column(page, 3)[:3] == ["≠0", "≠9", "≠100"]
    assert set(_column(page, 3)[3:]) == nothing
    press()
    assert _sorted_as(page)[3] == "descending"
    assert _column(page, 3)[:3] == ["≠100", "≠9", "≠0"]
    assert set(_column(page, 3)[3:]) == nothing
    assert f"s=-{NEW}" in page.url
    press()
    assert _sorted_as(page) == ["none"] * 4
    assert _column(page, 3) == original
    assert "s=" not in page.url
    assert page.evaluate("document.activeElement.className") == "or-sort"
    page.context.close()


def test_rates_on_few_cases_are_counts_and_come_last(browser: Chromium, server: Server, library: Library) -> None:
    page = resulted(browser, server, f"?a={','.join(library.agencies)}&y=2024&f=i:completion_rate")
    texts = {row[0]: row[3] for row in shown(page)}
    given: dict[str, Decimal] = {}
    for agency in library.agencies.values():
        report = library.reports.get((agency.id, 2024))
        if report is None:
            assert texts[agency.name] == "未收录"
            continue
        done, fresh, carried = (report.figure("applications", line, "total").value for line in ("total", "new", "carried_in"))
        assert done is not None
        assert fresh is not None
        assert carried is not None
        used = {f"applications/{line}/total" for line in ("total", "new", "carried_in")}
        if used & doubts(report, library).keys():
            assert texts[agency.name].startswith(f"≠{grouped(str(done))}/{grouped(str(fresh + carried))} ")
            assert texts[agency.name].endswith(words()["compare_contradicted"].zh)
        elif fresh + carried >= 30:
            rate = Decimal(done) / Decimal(fresh + carried)
            assert (
                texts[agency.name] == f"{rate.quantize(Decimal('0.0001')) * 100:.2f}% {grouped(str(done))}/{grouped(str(fresh + carried))}"
            )
            given[agency.name] = rate
        else:
            assert "%" not in texts[agency.name]
            assert texts[agency.name].startswith(f"{done}/{fresh + carried} ") or fresh + carried == 0
    assert 0 < len(given) < len(texts) - 1
    assert any(text.startswith("≠") for text in texts.values())
    for direction in (1, 2):
        page.locator("#or-compare-result thead button").nth(3).click()
        names = _column(page, 0)
        assert set(names[: len(given)]) == set(given), direction
    page.context.close()


def test_bars_follow_the_figures_and_are_for_eyes_only(browser: Chromium, odd: Server) -> None:
    """None is as long as a figure that others contradict."""
    page = resulted(browser, odd, f"?a=xugou-jia,xugou-yi,xugou-bing,xugou-ding,xugou-wu&y=2023&f=disclosure/penalties/decisions,{NEW}")
    assert page.locator("#or-compare-result tbody td:nth-child(4) .or-bar").count() == 3
    assert page.locator("#or-compare-result tbody td:nth-child(5) .or-bar").count() == 0
    assert page.locator("#or-compare-result tbody td:nth-child(5) a b.or-neq[role=img][aria-label='原文数字对不上']").count() == 3
    cells = page.locator("#or-compare-result tbody tr").evaluate_all(
        "rows => rows.map(row => { const bar = row.cells[3].querySelector('.or-bar');"
        " return [row.cells[3].dataset.value ?? null, bar && bar.getAttribute('aria-hidden'), bar && bar.getBoundingClientRect().width / row.cells[3].clientWidth] })"
    )
    widths = {value: width for value, _, width in cells if value is not None}
    assert widths["100"] == pytest.approx(1, abs=0.02)
    assert widths["9"] == pytest.approx(0.09, abs=0.02)
    assert widths["0"] == 0
    assert all(hidden == "true" for value, hidden, _ in cells if value is not None)
    assert [width for value, _, width in cells if value is None] == [None, None]
    page.context.close()


def test_plain_table_can_be_sorted_too(browser: Chromium, server: Server) -> None:
    page = opened(browser, server)
    heads = page.locator("#or-compare-plain thead button")
    rows = page.locator("#or-compare-plain tbody tr")
    original = rows.all_inner_texts()
    heads.nth(2).click()
    values = page.locator("#or-compare-plain tbody tr").evaluate_all("rows => rows.map(row => row.cells[2].dataset.value ?? '')")
    numbers = [int(value) for value in values if value]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) > 1
    assert values[len(numbers) :] == [""] * (len(values) - len(numbers))
    heads.nth(2).click()
    heads.nth(2).click()
    assert rows.all_inner_texts() == original
    page.context.close()


# -- warnings -----------------------------------------------------------------------------------------------------------


WARNINGS = {
    "contains": (f"?a=pingtan,pingtan-police&y=2024&f={NEW}", ["汇总数，已经包含平潭综合实验区公安局，绝不能相加"]),
    "scopes": (f"?a=pingtan,yinchuan-qianjinjie&y=2019&f={NEW}", ["统计范围不同"]),
    "forms": ("?a=pingtan&y=2024,2019&f=disclosure/normative_documents/in_force", ["2019年格式没有这一项", "平潭综合实验区 2019 年"]),
    "missing": (f"?a=yinchuan-qianjinjie&y=2024,2019&f={NEW}", ["本库未收录：银川市兴庆区前进街街道办事处 2024 年"]),
    "contradicted": (
        f"?a=pingtan-haitan&y=2024,2023&f={NEW}",
        ["标 ≠ 的“一、本年新收政府信息公开申请数量 总计，件”", "海坛片区管理局 2024 年。"],
    ),
    "none": (f"?a=pingtan&y=2023,2022&f={NEW}", []),
}


@pytest.mark.parametrize("name", WARNINGS)
def test_what_misleads_is_told_above_the_table(browser: Chromium, server: Server, name: str) -> None:
    query, expected = WARNINGS[name]
    page = resulted(browser, server, query)
    told = warned(page)
    assert bool(told) == bool(expected)
    for part in expected:
        assert any(part in each for each in told), told
    if told:
        box, table = (page.locator(f"#or-compare-result {each}").first.bounding_box() for each in (".or-warning", "table"))
        assert box is not None
        assert table is not None
        assert box["y"] + box["height"] <= table["y"]
    page.context.close()


def test_small_denominators_are_named(browser: Chromium, server: Server, library: Library) -> None:
    small = []
    for agency in library.agencies.values():
        report = library.reports.get((agency.id, 2024))
        total = report.figure("disputes", "reconsideration", "total").value if report else None
        if total is not None and total < 30:
            small.append(agency.name)
    assert small
    page = resulted(browser, server, f"?a={','.join(library.agencies)}&y=2024&f=i:reconsideration_correction_rate", language="en")
    told = " ".join(warned(page))
    assert "Reconsideration correction rate" in told
    assert "denominator" in told
    page.context.close()


def test_short_period_is_told(browser: Chromium, odd: Server) -> None:
    page = resulted(browser, odd, f"?a=xugou-yi&y=2023&f={NEW}")
    assert [each for each in warned(page) if "2023-09-01 至 2023-12-31" in each]
    page.context.close()


# -- taking it away -----------------------------------------------------------------------------------------------------


def _downloaded(page: Page, name: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name).click()
    file: Download = waiting.value
    return file.path().read_bytes()


def test_csv_is_what_is_seen_and_what_the_packages_say(browser: Chromium, server: Server, library: Library) -> None:
    figures = [NEW, "disclosure/fees/amount", "disclosure/normative_documents/made"]
    page = resulted(browser, server, f"?a=pingtan,pingtan-police&y=2024,2023&f={','.join(figures)},i:completion_rate&s=-{NEW}")
    data = _downloaded(page, "CSV")
    seen = shown(page)
    page.context.close()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == data.count(b"\n") == len(seen) + 1
    rows = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    names = {agency.id: agency.name for agency in library.agencies.values()}
    assert [[row["agency_name"], row["year"]] for row in rows] == [each[:2] for each in seen]
    checked = 0
    for row in rows:
        assert row["agency_name"] == names[row["agency"]]
        report = library.reports.get((row["agency"], int(row["year"])))
        assert row["scope"] == (report.scope if report else "")
        for figure in figures:
            assert (row[f"{figure} status"], row[figure]) == standing(report, figure)
            checked += bool(row[figure])
        if report and row["i:completion_rate status"] == "reported":
            done, of = Decimal(row["i:completion_rate numerator"]), Decimal(row["i:completion_rate denominator"])
            assert Decimal(row["i:completion_rate"]) == (done / of).quantize(Decimal("0.0001"))
            assert done == report.figure("applications", "total", "total").value
    assert checked > 5


def test_json_is_what_is_seen_to_the_last_digit(browser: Chromium, odd: Server) -> None:
    page = resulted(browser, odd, f"?a=xugou-jia,xugou-yi,xugou-bing&y=2023&f={NEW},disclosure/fees/amount,i:refusal_rate&s={NEW}")
    told = json.loads(_downloaded(page, "JSON"), parse_float=Decimal)
    address, warnings, seen = page.url, warned(page), shown(page)
    page.context.close()
    assert told["address"] == address
    assert told["warnings"] == warnings
    assert [figure["id"] for figure in told["figures"]] == [NEW, "disclosure/fees/amount", "i:refusal_rate"]
    assert [row["agency_name"] for row in told["rows"]] == [row[0] for row in seen] == ["张村", "安村", "李村"]
    money = [row["figures"]["disclosure/fees/amount"]["value"] for row in told["rows"]]
    assert money[:2] == [Decimal("999999999999999.123456"), Decimal("999999999999999.123457")]
    assert told["rows"][2]["figures"][NEW] == {"value": None, "status": "blank", "finding": []}
    assert told["rows"][0]["figures"][NEW] == {"value": 9, "status": "reported", "finding": ["T3-CONS", "T3-ROW"]}
    assert told["rows"][0]["forms"]["applications"] == "2021"


def test_an_address_with_very_many_names_is_read_as_far_as_a_page_writes_one(browser: Chromium, odd: Server) -> None:
    page = browser.context().new_page()
    names = ",".join(f"no-{number}" for number in range(1_500))
    page.goto(f"{odd.url}compare/?a=xugou-jia,{names}&y=2023&f={NEW}")
    page.locator("#or-compare-result table").wait_for()
    assert [row[0] for row in shown(page)] == ["张村"]
    told = warned(page)[0]
    assert "“no-5”" in told
    assert "等共 999 个" in told
    assert "no-6" not in told
    page.context.close()


def test_names_run_neither_in_the_page_nor_in_a_spreadsheet(browser: Chromium, odd: Server) -> None:
    context = browser.context()
    watch = Watch.over(context)
    page = context.new_page()
    asked = quote("<img src=x onerror=alert(2)>")
    page.goto(f"{odd.url}compare/?a=xugou-ding,xugou-wu,{asked}&y=2023&f={NEW}")
    page.locator("#or-compare-result table").wait_for()
    assert [row[0] for row in shown(page)] == [" ".join(HOSTILE.split()), "-1+2号办事处"]
    assert "<img src=x onerror=alert(2)>" in warned(page)[0]
    assert page.locator("#or-compare img, #or-compare script").count() == 0
    rows = list(csv.DictReader(io.StringIO(_downloaded(page, "CSV").decode(), newline="")))
    assert [row["agency_name"] for row in rows] == [HOSTILE, "'-1+2号办事处"]
    context.close()
    assert watch.dialogs == []
    assert watch.complaints == []


def test_link_is_copied(browser: Chromium, server: Server) -> None:
    page = resulted(browser, server, TWO, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="复制链接").click()
    page.get_by_text("链接已复制").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    page.context.close()


def test_link_is_shown_where_copying_is_forbidden(browser: Chromium, server: Server) -> None:
    page = opened(browser, server)
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('no'))")
    page.goto(f"{server.url}compare/{TWO}")
    page.get_by_role("button", name="复制链接").click()
    assert page.locator("#or-compare-result input").input_value() == page.url
    page.context.close()


# -- when something fails -----------------------------------------------------------------------------------------------


def test_unread_data_are_told_and_tried_again(browser: Chromium, server: Server) -> None:
    page = opened(browser, server)
    broken = "**/reports/pingtan-police/pingtan-police.json"
    page.route(broken, lambda route: route.abort())
    page.goto(f"{server.url}compare/{TWO}")
    page.get_by_role("alert").filter(has_text="平潭综合实验区公安局").wait_for()
    assert [row[0] for row in shown(page)] == ["平潭综合实验区"]
    page.unroute(broken)
    page.get_by_role("button", name="重试").click()
    page.wait_for_function("() => document.querySelectorAll('#or-compare-result tbody tr').length === 2")
    assert page.get_by_role("alert").count() == 0
    page.context.close()


def test_unread_list_is_told_and_tried_again(browser: Chromium, server: Server) -> None:
    page = opened(browser, server)
    page.route(f"**/{LIST}", lambda route: route.fulfill(status=503))
    page.goto(f"{server.url}compare/{TWO}")
    page.get_by_role("alert").filter(has_text="没有读到机关名单").wait_for()
    assert page.locator("#or-compare-plain table").is_visible()
    page.unroute(f"**/{LIST}")
    page.get_by_role("button", name="重试").click()
    page.locator("#or-compare-result table").wait_for()
    assert len(shown(page)) == 2
    page.context.close()


@pytest.mark.parametrize("language", PAGES)
def test_without_scripts_the_latest_year_is_there(browser: Chromium, server: Server, library: Library, language: str) -> None:
    page = opened(browser, server, TWO, language=language, java_script_enabled=False, viewport={"width": PHONE, "height": 740})
    assert page.locator("#or-compare-plain tbody tr").count() == len(library.agencies)
    assert page.get_by_text(Words(language)("compare_no_script")).is_visible()
    assert page.locator("#or-compare-plain thead button").count() == 0
    assert overflow(page) == 0
    page.context.close()


# -- for everybody ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def judged(browser: Chromium, server: Server) -> Callable[[str], dict[Scheme, list[str]]]:
    """What is wrong in a language with everything unfolded, and with nothing chosen; the page is opened once for both schemes."""

    @cache
    def of(language: str) -> dict[Scheme, list[str]]:
        context = browser.context(viewport={"width": PHONE, "height": 740}, reduced_motion="reduce")
        watch = Watch.over(context)
        page = context.new_page()
        page.goto(
            f"{server.url}{PAGES[language]}?a=pingtan,pingtan-police,atlantis&y=2024,2023,2019"
            f"&f={NEW},disclosure/normative_documents/made,i:completion_rate,i:reconsideration_correction_rate&s={NEW}"
        )
        page.locator("#or-compare-result table").wait_for()
        chosen = faults(page, unfolded="#or-compare")
        page.goto(f"{server.url}{PAGES[language]}")
        page.locator("#or-compare fieldset").first.wait_for()
        plain = faults(page)
        context.close()
        noise = [*watch.elsewhere(server), *browser.outside, *watch.complaints]
        return {scheme: [*chosen[scheme], *plain[scheme], *noise] for scheme in SCHEMES}

    return of


@pytest.mark.parametrize("language", PAGES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_page_is_accessible_and_narrow_enough(judged: Callable[[str], dict[Scheme, list[str]]], language: str, scheme: Scheme) -> None:
    """With everything unfolded or nothing chosen axe finds nothing; nobody else is asked for anything; the console is silent."""
    assert judged(language)[scheme] == []


def test_thumbs_reach_everything(browser: Chromium, server: Server) -> None:
    page = resulted(browser, server, TWO, viewport={"width": PHONE, "height": 740})
    page.locator("#or-compare details").evaluate_all("all => all.forEach(each => { each.open = true })")
    small = page.locator("#or-compare :is(label, summary, button:not(.or-sort), input[type=search])").evaluate_all(
        "all => all.filter(each => each.getBoundingClientRect().height < 44).map(each => each.outerHTML.slice(0, 80))"
    )
    page.context.close()
    assert small == []


def test_print_shows_the_table_and_its_address(browser: Chromium, server: Server) -> None:
    page = resulted(browser, server, TWO, viewport={"width": 703, "height": 1000})
    page.locator("#or-compare-result thead button").first.click()
    assert page.url.endswith("&s=agency")
    page.emulate_media(media="print")
    assert page.get_by_text(f"本表地址：{page.url}").is_visible()
    assert page.locator(".or-picker:visible, .or-actions:visible").count() == 0
    clipped = page.locator("#or-compare-result .or-wide").evaluate("each => each.scrollWidth > each.clientWidth + 1")
    height = page.locator("#or-compare").evaluate("each => getComputedStyle(each).minHeight")
    page.context.close()
    assert not clipped
    assert height == "0px", "room kept for a screen would be an empty sheet"


def test_numbers_read_back_as_published() -> None:
    """`number` reads what `grouped` shows once the commas are gone, so no digit is lost on the way to the page."""
    for text in ("0", "-18", "2059.2090", "999999999999999.123456"):
        assert number(grouped(text).replace(",", "")) == number(text)
