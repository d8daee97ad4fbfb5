"""Search as a person meets it: in a real Chromium, on the search page of both languages, over the project's own reports."""

from __future__ import annotations

import gzip
import itertools
import json
import random
import re
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from framed import SCHEME
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape
from open_reports.derived import search
from open_reports.derived.search import Catalogue, Entry, Office, catalogue, figures, index
from open_reports.document import parse_yaml
from open_reports.errors import FormError, PublishError
from open_reports.form import forms, glossary
from open_reports.library import Library
from open_reports.pages.assets import shipped
from open_reports.pages.frame import Here
from open_reports.pages.search import SCRIPT, SCRIPTS, SOUNDS, script, search_box, search_page
from open_reports.text import LANGUAGES, Text, Words
from rendering import DESK, PHONE, SCHEMES, arrived, faults
from website import Chromium, Watch, browser, quiet, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, Page
    from rendering import Scheme
    from website import Server

__all__ = ["browser"]

CASES: Any = parse_yaml((Path(__file__).parent / "cases" / "search.yml").read_text(encoding="utf-8"))
HOME = {"zh": "", "en": "en/"}
BUDGET = 300_000
"""Bytes that a first query may download, before they are packed."""
FIRST_SEARCH = 150_000
"""Bytes that a first query may download as hosts send them, with 10,000 reports."""
FIRST = 3
SUGGEST = "assets/open-reports/suggest.js"


# -- a small site of search pages ---------------------------------------------------------------------------------------


def shell(content: str, language: str, base: str, *, scripts: tuple[str, ...] = ()) -> bytes:
    """A page as bare as may be around a content, with the theme's styles and the site's policy."""
    tags = "".join(f'<script src="{base}{name}" defer></script>' for name in scripts)
    tags += f'<script src="{base}scheme.js"></script>'
    styles = "".join(f'<link rel="stylesheet" href="{base}{name}">' for name in ("main.css", "palette.css", "own.css"))
    policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'"
    return (
        f'<!doctype html><html lang="{"zh-CN" if language == "zh" else "en"}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape("search")}</title><link rel="icon" href="data:,">{styles}{tags}</head>'
        f'<body data-md-color-scheme="default" data-md-color-primary="indigo" data-md-color-accent="indigo">'
        f'<div class="md-container"><main class="md-main"><div class="md-main__inner md-grid"><div class="md-content">'
        f'<article class="md-content__inner md-typeset">{content}</article></div></div></main></div></body></html>'
    ).encode()


def write_site(folder: Path, made: Callable[[str], Catalogue]) -> Path:
    """Write both search pages, and a page elsewhere that has the box."""
    material = resources.files("material") / "templates" / "assets" / "stylesheets"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("main", "palette"):
        sheet = next(each for each in material.iterdir() if each.name.startswith(name) and each.name.endswith(".css"))
        (folder / f"{name}.css").write_bytes(sheet.read_bytes())
    (folder / "own.css").write_text("".join(shipped()[name].read_text(encoding="utf-8") for name in ("open-reports.css", "search.css")))
    for name in SCRIPTS:
        (folder / name).write_bytes(shipped()[name].read_bytes())
    (folder / SOUNDS).parent.mkdir(parents=True)
    for name in ("finding.js", "hits.js", "suggest.js", "suggestions.js", Path(SOUNDS).name):
        (folder / SOUNDS).with_name(name).write_bytes(shipped()[name].read_bytes())
    (folder / "scheme.js").write_text(SCHEME, encoding="utf-8")
    for language in LANGUAGES:
        w = Words(language)
        page = search_page(Here("search/", w), made(language))
        place = folder / page.path
        place.mkdir(parents=True)
        (place / "index.html").write_bytes(shell(page.build(), language, "../" * page.path.count("/"), scripts=page.scripts))
        (place / search.INDEX).write_bytes(index(made(language)))
    (folder / search.FIGURES).write_bytes(figures(made("zh")))
    for language in LANGUAGES:
        w = Words(language)
        elsewhere = Here("reports/pingtan-police/", w)
        (folder / elsewhere.address).mkdir(parents=True)
        box = shell(
            f"<h1>{escape('公安局')}</h1>{search_box(elsewhere)}", language, "../" * elsewhere.address.count("/"), scripts=(SUGGEST,)
        )
        (folder / elsewhere.address / "index.html").write_bytes(box)
    return folder


def many(reports: int) -> Callable[[str], Catalogue]:
    """A catalogue of made-up offices, seven reports each but for the last; their names are as long as real ones."""
    chance = random.Random(reports)  # noqa: S311 (a repeatable generator, not a secret one)
    syllables = {
        "新": "xin",
        "安": "an",
        "平": "ping",
        "海": "hai",
        "山": "shan",
        "河": "he",
        "东": "dong",
        "西": "xi",
        "南": "nan",
        "北": "bei",
        "龙": "long",
        "凤": "feng",
        "林": "lin",
        "金": "jin",
        "水": "shui",
        "石": "shi",
        "泉": "quan",
        "清": "qing",
        "长": "chang",
    }
    duties = [
        ("自然资源和规划局", "Natural Resources and Planning Bureau", "department"),
        ("公安局", "Public Security Bureau", "department"),
        ("人力资源和社会保障局", "Human Resources and Social Security Bureau", "department"),
        ("街道办事处", "Subdistrict Office", "subdistrict"),
        ("镇人民政府", "People's Government", "township"),
    ]
    years = tuple(range(2019, 2026))
    offices: list[Office] = []
    left = reports
    kinds = forms().common.kinds
    parent, region, base = "", "", Text(zh="", en="")
    for number in itertools.count():
        if not left:
            break
        place = "".join(chance.choices(list(syllables), k=3))
        sound = "".join(syllables[each] for each in place).capitalize()
        span = years[-min(left, len(years)) :]
        left -= len(span)
        if number % 24 == 0:
            base = Text(zh=f"虚构市{place}区", en=f"{sound} District, Xugou")
            parent, region = f"xugou-{sound.lower()}-{number}", f"虚构省虚构市{place}区"
            offices.append(
                Office(
                    parent,
                    Text(zh=f"{base.zh}人民政府", en=f"People's Government of {base.en}"),
                    kinds["district"],
                    "虚构省虚构市",
                    None,
                    span,
                )
            )
            continue
        zh, en, kind = duties[number % len(duties)]
        if kind != "department":
            zh, en = place + zh, f"{sound} {en}"
        offices.append(
            Office(f"{parent}-{sound.lower()}", Text(zh=base.zh + zh, en=f"{en} of {base.en}"), kinds[kind], region, parent, span)
        )

    # Most agencies get a handful of requests, a few get hundreds; one in twenty figures is in doubt.
    for at, office in enumerate(offices):
        drawn = [[int(chance.random() ** 6 * 900) for _ in search.shown_figures()] for _ in office.years]
        figures = tuple(tuple(f"≠{each}" if chance.random() < 0.05 else each for each in row) for row in drawn)
        offices[at] = office._replace(figures=figures)

    def made(language: str) -> Catalogue:
        empty = catalogue(Library(agencies={}, reports={}, findings=()), language, terms=glossary.entries())
        listed = [
            Entry("year", f"years/{year}/", Text(zh=f"{year} 年度报告", en=f"Reports of {year}"), "1,400") for year in reversed(years)
        ]
        return Catalogue(language=language, offices=tuple(offices), entries=(*listed, *empty.entries))

    return made


@pytest.fixture(scope="module")
def real(library: Library) -> Callable[[str], Catalogue]:
    """The catalogue of the project's own reports, in a language."""
    return lambda language: catalogue(library, language, terms=glossary.entries())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, real: Callable[[str], Catalogue]) -> Iterator[Server]:
    with served(write_site(tmp_path_factory.mktemp("search") / "site", real)) as running:
        yield running


@pytest.fixture
def page(browser: Chromium) -> Iterator[Page]:
    """A page of a fresh profile, whose console stays silent and which asks nobody but loopback."""
    with quiet(browser) as page:
        yield page


def opened(page: Page, server: Server, language: str = "zh", query: str = "") -> Page:
    """The search page of a language with its index loaded."""
    with page.expect_response("**/index.json"):
        page.goto(f"{server.url}{HOME[language]}search/" + (f"?q={query}" if query else ""))
    page.evaluate(STILL)
    return page


STILL = """async () => {
  while (document.querySelector("#or-results[aria-busy]")) await new Promise(requestAnimationFrame);
  const says = document.querySelector("#or-search-says");
  const typed = document.querySelector("#or-query").value;
  while (typed ? !says.textContent || says.textContent === document.querySelector("#or-search").dataset.loading : false) {
    await new Promise(requestAnimationFrame);
  }
}"""

ASK = """queries => queries.map(query => {
  const input = document.querySelector("#or-query");
  input.value = query;
  input.dispatchEvent(new InputEvent("input"));
  return [...document.querySelectorAll("#or-results a")].map(link => link.getAttribute("href"));
})"""


def asked(page: Page, queries: list[str], language: str) -> list[list[str]]:
    """Results of queries in their order, as addresses below the home of the language."""
    home = "../"
    found = page.evaluate(ASK, queries)
    assert all(each.startswith(home) for each in itertools.chain(*found)), language
    return [[each.removeprefix(home) for each in results] for results in found]


# -- what is found ------------------------------------------------------------------------------------------------------


def test_the_contract_has_the_queries_that_were_asked_for() -> None:
    queries = [case["query"] for case in CASES["both"]]
    assert len(queries) == len(set(queries)) >= 50
    assert {"复议", "行政复议", "依申请公开", "公安局", "前进街", "2024 平潭", "不予公开", "第三方"} <= set(queries)


def test_what_is_not_there_is_not_found_and_said_so(page: Page, server: Server) -> None:
    opened(page, server)
    assert asked(page, CASES["nothing"], "zh") == [[]] * len(CASES["nothing"])
    page.get_by_role("status").get_by_text("没有找到").wait_for()
    assert CASES["nothing"][-1] in page.get_by_role("status").inner_text()


@pytest.mark.parametrize("signs", ["%", "“”", "\\", "……"])
def test_signs_alone_are_not_found_and_said_so(page: Page, server: Server, signs: str) -> None:
    opened(page, server)
    assert asked(page, [signs], "zh") == [[]]
    page.get_by_role("status").get_by_text("没有找到").wait_for()
    assert signs in page.get_by_role("status").inner_text()
    asked(page, [" "], "zh")
    page.locator("#or-search-says:empty").wait_for(state="attached")


def test_words_that_never_meet_find_some_of_them_and_that_is_said(page: Page, server: Server) -> None:
    opened(page, server)
    (found,) = asked(page, ["前进街 行政复议"], "zh")
    assert "reports/yinchuan-qianjinjie/" in found[:FIRST]
    assert any(each.startswith("glossary/#") for each in found[:FIRST])
    page.get_by_role("status").get_by_text("没有一条同时含有全部词语").wait_for()


# -- how it is used -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_box_on_any_page_leads_to_results_without_a_mouse(page: Page, server: Server, language: str) -> None:
    page.goto(f"{server.url}{HOME[language]}reports/pingtan-police/")
    page.keyboard.press("Tab")
    page.keyboard.type("海坛 2023")
    page.keyboard.press("Enter")
    link = page.get_by_role("list", name=Words(language)("search_results")).get_by_role("link").first
    link.wait_for()
    assert page.url.startswith(f"{server.url}{HOME[language]}search/?q=")
    assert page.evaluate("new URL(location.href).searchParams.get('q')") == "海坛 2023"
    assert page.get_by_role("searchbox").input_value() == "海坛 2023"
    assert link.evaluate("link => link.href") == f"{server.url}{HOME[language]}reports/pingtan-haitan/2023/"


def test_keys_lead_from_the_field_through_the_results_and_back(page: Page, server: Server) -> None:
    opened(page, server)
    field = page.get_by_role("searchbox")
    focused = "document.activeElement.getAttribute('href')"
    page.keyboard.type("平潭综合实验区公安局")
    links = [link.get_attribute("href") for link in page.locator("#or-results a").all()]
    assert len(links) >= 3
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == links[0]
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == links[1]
    page.keyboard.press("End")
    assert page.evaluate(focused) == links[-1]
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == links[-1]
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    assert field.evaluate("field => field === document.activeElement")
    page.keyboard.press("Enter")
    assert page.evaluate(focused) == links[0]
    page.keyboard.press("Escape")
    assert field.evaluate("field => field === document.activeElement")
    page.keyboard.press("Escape")
    assert field.input_value() == ""
    assert page.get_by_role("list", name="搜索结果").count() == 0
    page.keyboard.type("公安局")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == page.locator("#or-results a").nth(1).get_attribute("href")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    arrived(page, f"{server.url}reports/pingtan-police/")


def test_query_stays_in_the_address_and_survives_a_reload(page: Page, server: Server) -> None:
    opened(page, server)
    page.keyboard.type("前进街 2019")
    arrived(page, f"{server.url}search/?{urlencode({'q': '前进街 2019'})}")
    before = page.evaluate("history.length")
    results = page.locator("#or-results a").evaluate_all("links => links.map(link => link.href)")
    assert results
    page.reload()
    page.locator("#or-results a").first.wait_for()
    assert page.get_by_role("searchbox").input_value() == "前进街 2019"
    assert page.locator("#or-results a").evaluate_all("links => links.map(link => link.href)") == results
    page.get_by_role("searchbox").fill("")
    arrived(page, f"{server.url}search/")
    assert page.evaluate("history.length") == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_count_is_announced_and_every_result_has_a_name_and_a_kind(page: Page, server: Server, library: Library, language: str) -> None:
    w = Words(language)
    agencies = sum(agency.startswith("pingtan") for agency in library.agencies)
    whole = agencies + sum(agency.startswith("pingtan") for agency, _ in library.reports)
    assert whole > 40
    opened(page, server, language, "平潭")
    status = page.get_by_role("status")
    count = page.locator("#or-results a").count()
    total = w("search_found_some", count=whole, shown=count)
    status.get_by_text(total, exact=True).wait_for()
    assert status.get_attribute("aria-live") in {None, "polite"}
    results = page.get_by_role("list", name=w("search_results"))
    assert results.get_by_role("listitem").count() == results.get_by_role("link").count() == count == 20
    kinds = results.locator("li > .or-search-kind").all_inner_texts()
    assert kinds == ([w("search_kind_agency")] * agencies + [w("search_kind_report")] * 20)[:20]
    more = page.get_by_role("button", name=w("search_more"))
    more.press("Enter")
    assert results.get_by_role("link").count() == whole
    assert results.get_by_role("link").nth(20).evaluate("link => link === document.activeElement")
    assert more.count() == 0
    status.get_by_text(w("search_found", count=whole), exact=True).wait_for()


def test_letters_that_an_input_method_composes_are_not_searched(page: Page, server: Server) -> None:
    opened(page, server)
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "fu yi", "selectionStart": 5, "selectionEnd": 5})
    assert page.get_by_role("searchbox").input_value() == "fu yi"
    assert page.locator("#or-results a").count() == 0
    keyboard.send("Input.insertText", {"text": "复议"})
    assert page.get_by_role("searchbox").input_value() == "复议"
    assert page.locator("#or-results a").count() >= 3


@pytest.fixture(scope="module")
def judged(browser: Chromium, tmp_path_factory: pytest.TempPathFactory, real: Callable[[str], Catalogue]) -> dict[Scheme, list[str]]:
    """What is wrong with results, with none, with a failure, and with the box elsewhere; each page is opened once for all."""
    context = browser.context(viewport={"width": PHONE, "height": 800}, reduced_motion="reduce")
    folder = write_site(tmp_path_factory.mktemp("judged") / "site", real)
    looked: list[dict[Scheme, list[str]]] = []
    page = context.new_page()
    with served(folder) as server:
        for language in LANGUAGES:
            looked += [faults(opened(page, server, language, query)) for query in ("police", "龘")]
        page.goto(f"{server.url}reports/pingtan-police/")
        looked.append(faults(page))
        suggested(page, server, "zh", "平谭")
        page.keyboard.press("ArrowDown")
        looked.append(faults(page))
        (folder / "search" / search.INDEX).unlink()
        page.goto(f"{server.url}search/?q=平潭")
        page.get_by_role("alert").get_by_role("link").wait_for()
        looked.append(faults(page))
    context.close()
    return {scheme: [fault for each in looked for fault in each[scheme]] for scheme in SCHEMES}


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("scheme", SCHEMES, ids=SCHEMES.values())
def test_page_is_accessible_and_narrow_enough(judged: dict[Scheme, list[str]], scheme: Scheme, width: int) -> None:
    """With results, with none, with a failure, and the box elsewhere: axe finds nothing, no page scrolls sideways."""
    assert [each for each in judged[scheme] if f", {width} wide: " in each] == []


# -- suggestions --------------------------------------------------------------------------------------------------------


def suggested(page: Page, server: Server, language: str, typed: str) -> list[str]:
    """What a box elsewhere suggests for what is typed into it, as texts."""
    page.goto(f"{server.url}{HOME[language]}reports/pingtan-police/")
    field = page.get_by_role("combobox")
    field.click()
    field.press_sequentially(typed)
    page.get_by_role("option").first.wait_for()
    page.wait_for_load_state("networkidle")
    return page.get_by_role("option").all_inner_texts()


@pytest.mark.parametrize("language", LANGUAGES)
def test_box_suggests_while_somebody_types_and_keys_choose(page: Page, server: Server, language: str) -> None:
    options = suggested(page, server, language, "平谭公安")
    w = Words(language)
    field = page.get_by_role("combobox")
    assert field.get_attribute("aria-expanded") == "true"
    assert w("search_meant", typed="平谭公安", meant="平潭公安") in page.get_by_role("status").inner_text()
    assert "8" in options[0]
    page.keyboard.press("ArrowDown")
    chosen = page.get_by_role("option", selected=True)
    assert chosen.get_attribute("id") == field.get_attribute("aria-activedescendant")
    page.keyboard.press("ArrowUp")
    assert field.get_attribute("aria-activedescendant") is None
    page.keyboard.press("Escape")
    assert page.get_by_role("listbox").count() == 0
    assert field.get_attribute("aria-expanded") == "false"
    assert field.input_value() == "平谭公安"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server.url}{HOME[language]}reports/pingtan-police/")


def test_last_suggestion_and_enter_lead_to_all_results(page: Page, server: Server) -> None:
    assert len(suggested(page, server, "zh", "平潭")) == 9
    page.get_by_role("option", name=re.compile("全部结果")).click()
    arrived(page, re.compile(r"/search/\?q="))
    suggested(page, server, "zh", "平潭")
    page.keyboard.press("Enter")
    arrived(page, re.compile(r"/search/\?q="))
    suggested(page, server, "zh", "平潭公安")
    with page.expect_navigation(url=f"{server.url}reports/pingtan-police/"):
        page.get_by_role("option").first.click()


def test_nothing_is_suggested_and_said_so(page: Page, server: Server) -> None:
    page.goto(f"{server.url}reports/pingtan-police/")
    page.get_by_role("combobox").press_sequentially("龘龘")
    page.get_by_role("status").get_by_text("没有找到“龘龘”。").wait_for()
    assert page.get_by_role("combobox").get_attribute("aria-expanded") == "false"


# -- what may go wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["missing", "half", "another layout"])
def test_failed_index_is_told_and_can_be_loaded_again(
    browser: Chromium, tmp_path: Path, real: Callable[[str], Catalogue], damage: str
) -> None:
    """Nothing is ever silently nothing; the address still names the query, and a second try finds."""
    folder = write_site(tmp_path / "site", real)
    file = folder / "search" / search.INDEX
    whole = file.read_bytes()
    context = browser.context()
    page = context.new_page()
    with served(folder) as server:
        if damage == "missing":
            file.unlink()
        else:
            file.write_bytes(whole[: len(whole) // 2] if damage == "half" else whole.replace(b'"version":2', b'"version":0'))
        page.goto(f"{server.url}search/?q=平潭")
        retry = page.get_by_role("alert").get_by_role("link", name="重新载入")
        retry.wait_for()
        assert "搜索目录没有载入" in page.get_by_role("alert").inner_text()
        assert page.get_by_role("status").inner_text() == ""
        assert server.asked.count(f"{server.mount}search/{search.INDEX}") == 1
        file.write_bytes(whole)
        retry.press("Enter")
        page.locator("#or-results a").first.wait_for()
        assert page.get_by_role("alert").inner_text().strip() == ""
        assert page.get_by_role("searchbox").input_value() == "平潭"
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_scripts_the_page_says_so_and_offers_the_lists(browser: Chromium, server: Server, library: Library, language: str) -> None:
    context = browser.context(java_script_enabled=False, viewport={"width": PHONE, "height": 800})
    page = context.new_page()
    page.goto(f"{server.url}{HOME[language]}search/?q=平潭")
    w = Words(language)
    page.get_by_text(w("search_scripts")).wait_for()
    links = page.locator("#browse + ul a").evaluate_all("links => links.map(link => link.href)")
    context.close()
    home = server.url + HOME[language]
    years = [f"{home}years/{year}/" for year in reversed(library.years)]
    assert links == [f"{home}#agencies", *years, f"{home}indicators/", f"{home}glossary/"]


PAYLOADS = ("<img src=x onerror=alert(1)>", '"><script>alert(1)</script>', "{query}$&$1{year}", "<b>平潭</b>", "javascript:alert(1)")


def test_names_are_text_whatever_they_hold(browser: Chromium, tmp_path: Path) -> None:
    kind = forms().common.kinds["city"]

    def made(language: str) -> Catalogue:
        offices = tuple(Office(f"xugou-{n}", Text(zh=each, en=each), kind, each, None, (2024,)) for n, each in enumerate(PAYLOADS))
        return Catalogue(
            language=language,
            offices=offices,
            entries=tuple(Entry("page", f"p{n}/", Text(zh=each, en=each), each) for n, each in enumerate(PAYLOADS)),
        )

    context: BrowserContext = browser.context()
    watch = Watch.over(context)
    page = context.new_page()
    with served(write_site(tmp_path / "site", made)) as server:
        opened(page, server)
        shown: set[str] = set()
        for payload in (*PAYLOADS, "2024"):
            page.get_by_role("searchbox").fill(payload)
            shown |= set(page.locator("#or-results a").all_inner_texts())
            page.wait_for_timeout(250)
        held = page.locator("#or-results").evaluate("list => new Set([...list.querySelectorAll('*')].map(each => each.localName)).size")
        strange = page.locator("#or-results :not(li, a, span, mark)").count()
        page.get_by_role("searchbox").fill("<qzx>")
        page.get_by_role("status").get_by_text("“<qzx>”").wait_for()
    context.close()
    assert held >= 3
    assert strange == 0
    assert {*PAYLOADS, *(f"{payload} 2024 年年报" for payload in PAYLOADS)} <= shown
    assert watch.dialogs == []
    assert watch.complaints == []


def test_missing_or_empty_script_fails_the_build(tmp_path: Path, real: Callable[[str], Catalogue], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PublishError, match=SCRIPT):
        script(tmp_path)
    (tmp_path / SCRIPT).write_text("\n")
    with pytest.raises(PublishError, match=SCRIPT):
        script(tmp_path)
    monkeypatch.setattr("open_reports.pages.search.resource", lambda _: tmp_path)
    with pytest.raises(PublishError, match=SCRIPT):
        search_page(Here("search/", Words("zh")), real("zh"))


def test_page_names_its_index_and_its_script(real: Callable[[str], Catalogue]) -> None:
    for language in LANGUAGES:
        page = search_page(Here("search/", Words(language)), real(language))
        assert page.path == f"{HOME[language]}search/"
        assert page.scripts == SCRIPTS
        assert search.INDEX in page.build()


# -- size and speed -----------------------------------------------------------------------------------------------------


def packed(data: bytes) -> int:
    """Bytes of a file as hosts send it."""
    return len(gzip.compress(data, 6, mtime=0))


@pytest.mark.parametrize("language", LANGUAGES)
def test_ten_thousand_reports_stay_within_the_budget(language: str) -> None:
    """A first search: the page, its scripts and the index; with the sounds and figures that some queries need, too."""
    whole = many(10_000)(language)
    assert sum(len(office.years) for office in whole.offices) == 10_000
    assert len(whole.offices) > 1_400
    page = search_page(Here("search/", Words(language)), whole).build().encode()
    first = packed(page) + packed(index(whole)) + sum(packed(shipped()[name].read_bytes()) for name in SCRIPTS)
    assert first < FIRST_SEARCH
    assert first + packed(shipped()[Path(SOUNDS).name].read_bytes()) + packed(figures(whole)) < FIRST_SEARCH
    assert len(index(whole)) < BUDGET


def test_index_costs_names_not_reports() -> None:
    """Twice the years of the same agencies cost next to nothing."""
    whole = many(2_000)("zh")
    short = Catalogue(language="zh", offices=tuple(each._replace(years=each.years[:1]) for each in whole.offices), entries=whole.entries)
    assert len(index(whole)) - len(index(short)) < 200


def test_no_key_draws_more_than_is_shown_at_ten_thousand_reports(browser: Chromium, tmp_path: Path) -> None:
    """What a key costs grows with what it draws: the first twenty results, however many it finds. How long it takes is no test's matter."""
    queries = [
        "平",
        "平安",
        "公安局 2024",
        "2024",
        "街道办事处 2023",
        "年报",
        "People's Government 2024",
        "a",
        "虚构市 人民政府",
        "复议",
        "e o a",
    ]
    strokes = [query[:end] for query in queries for end in range(1, len(query) + 1)]
    context = browser.context()
    page = context.new_page()
    with served(write_site(tmp_path / "site", many(10_000))) as server:
        opened(page, server)
        drawn = [len(found) for found in asked(page, strokes, "zh")]
        page.get_by_role("searchbox").fill("2024")
        page.get_by_role("status").get_by_text("显示前 20 条").wait_for()
    context.close()
    assert max(drawn) == 20
    assert len([count for count in drawn if count]) > len(strokes) / 2


@given(st.lists(st.tuples(st.text(min_size=1, max_size=9), st.sets(st.integers(2008, 2099), max_size=6)), max_size=8))
def test_index_says_of_every_agency_what_is_known(offices: list[tuple[str, set[int]]]) -> None:
    """Law: every row leads back to its agency's names, kind, region, parent and years."""
    kinds = list(forms().common.kinds.values())
    made = tuple(
        Office(f"x{n}", Text(zh=name, en=name + "e"), kinds[n % len(kinds)], name, f"x{n - 1}" if n else None, tuple(sorted(years)))
        for n, (name, years) in enumerate(offices)
    )
    whole = Catalogue(language="zh", offices=made, entries=())
    read = json.loads(index(whole))
    rows = [
        (i, t, o, tuple(read["kinds"][k]), read["regions"][r], p, tuple(read["spans"][s])) for i, t, o, k, r, p, s, _ in read["agencies"]
    ]
    assert rows == [
        (each.id, each.name.zh, each.name.en, (each.kind.zh, each.kind.en), each.region, n - 1, each.years) for n, each in enumerate(made)
    ]
    assert index(whole) == index(whole)


# -- everyday words -----------------------------------------------------------------------------------------------------


def test_everyday_words_are_for_names_that_exist(real: Callable[[str], Catalogue]) -> None:
    """A synonym of nothing is a misprint; those for agencies wait for agencies of that kind."""
    names = [entry.name.zh for entry in real("zh").entries]
    assert [each.term for each in search.synonyms().terms if not any(each.term in name for name in names)] == []


def test_everyday_words_need_both_languages() -> None:
    with pytest.raises(FormError, match=r"terms\[0\]\.also\.en"):
        search.read_synonyms("terms:\n  - {term: 复议, also: {zh: [申诉]}}\nagencies: []\nreports: {zh: [年报], en: [report]}\n")
    with pytest.raises(FormError, match="whatever"):
        search.read_synonyms("terms: []\nagencies: []\nreports: {zh: [年报], en: [report]}\nwhatever: 1\n")
