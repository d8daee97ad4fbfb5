"""Citation: the sentence, what reference managers read back, the address of a figure on click and by keyboard."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest
import whole
import yamls
from conftest import watching
from counting import calls
from framed import framed
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from open_reports.errors import PublishError
from open_reports.files import citation
from open_reports.files.folder import ReportFolder
from open_reports.pages.data import CitationContext
from open_reports.pages.frame import rendered
from open_reports.pages.table import Marks, table_html
from open_reports.report import Revision
from open_reports.text import Text, Words
from rendering import PHONE, SCHEMES, faults
from website import Watch, browser, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from open_reports.files.citation import Work
    from open_reports.library import Library
    from open_reports.report import Report
    from playwright.sync_api import BrowserContext, Page
    from rendering import Scheme
    from website import Chromium, Server

__all__ = ["browser"]

CASES = yamls.read(Path(__file__).parent / "cases" / "citation.yml")
PAYLOADS = [each["text"] for each in yamls.read(Path(__file__).parent / "cases" / "payloads.yml")]
URL = "https://open-reports.example/reports/pingtan/2020/"
TOTAL = "applications/new/total"


def of(case: dict[str, Any], library: Library) -> Work:
    report = library.reports["pingtan", 2020]
    changed = replace(
        report,
        version=case.get("version", report.version),
        published=case.get("published", report.published),
        created=case.get("created", "2026-11-22T00:00:00Z"),
        revisions=tuple(Revision("1.0.1", day.isoformat(), "录入错误", ()) for day in case.get("revised", ())),
    )
    return citation.of_report(changed, library.agencies["pingtan"], case["url"])


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_sentence(case: dict[str, Any], language: str, library: Library) -> None:
    assert citation.text(of(case, library), Words(language), case.get("accessed")) == case[language]


def test_corpus_is_cited_by_its_day() -> None:
    work = citation.of_corpus(date(2026, 11, 22), "https://open-reports.example/")
    assert citation.text(work, Words("zh")) == (
        "公开年报. 政府信息公开工作年度报告数据库[DS/OL]. 公开年报, 2026(2026-11-22). https://open-reports.example/."
    )
    assert citation.text(work, Words("en")) == (
        "Open Reports. (2026). Annual reports on government information disclosure [Data set]. https://open-reports.example/"
    )


def test_site_of_another_name_is_the_publisher(library: Library) -> None:
    name = Text(zh="虚构年报", en="Invented Reports")
    work = citation.of_report(library.reports["pingtan", 2020], library.agencies["pingtan"], URL, name)
    assert "虚构年报, 2026" in citation.text(work, Words("zh"))
    assert "[Data set]. Invented Reports. https" in citation.text(work, Words("en"))
    assert json.loads(citation.csl(work))[0]["publisher"] == "虚构年报"


# -- strict small readers of the three formats ------------------------------------------------------------------------------

TEX = {
    r"\textbackslash{}": "\\",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
}


def plain(value: str) -> str:
    """Text of a TeX value: commands undone; anything else that TeX would act on is an error."""
    found = ""
    while value:
        command = next((each for each in TEX if value.startswith(each)), None)
        if command:
            found, value = found + TEX[command], value.removeprefix(command)
        elif value[0] == "\\":
            assert value[1] in "#$%&_", value
            found, value = found + value[1], value[2:]
        else:
            assert value[0] not in "#$%&_^~{}", value
            found, value = found + value[0], value[1:]
    return found


def read_bibtex(data: bytes) -> tuple[str, dict[str, str]]:
    """Key and raw fields of the one entry of a file; values stand in balanced braces, as BibTeX counts them."""
    text = data.decode()
    head = re.match(r"@dataset\{([a-z0-9-]+),\n", text)
    assert head
    assert text.endswith("\n}\n")
    fields: dict[str, str] = {}
    at = head.end()
    while text[at] != "}":
        name = re.compile(r"  ([a-z]+) = \{").match(text, at)
        assert name, text[at:]
        start = at = name.end()
        depth = 1
        while depth:
            depth += (text[at] == "{") - (text[at] == "}")
            at += 1
        assert name[1] not in fields
        fields[name[1]] = text[start : at - 1]
        assert "\n" not in fields[name[1]]
        at += 1 if text[at] == "," else 0
        assert text[at] == "\n"
        at += 1
    return head[1], fields


def read_ris(data: bytes) -> dict[str, str]:
    lines = data.decode().split("\r\n")
    assert lines.pop() == ""
    fields = {}
    for line in lines:
        assert line.splitlines() == [line]
        tag = re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line)
        assert tag, line
        assert tag[1] not in fields
        fields[tag[1]] = tag[2]
    assert (lines[0], lines[-1]) == ("TY  - DATA", "ER  - ")
    return fields


CSL_TEXT = {"title", "version", "publisher", "URL", "language", "original-title", "note"}
"""Standard variables of CSL 1.0.2 with a text; an item may hold no others than those below."""
CSL_DATES = {"issued", "original-date"}


def read_csl(data: bytes) -> dict[str, Any]:
    (item,) = json.loads(data)
    assert set(item) <= {"id", "type", "author", *CSL_TEXT, *CSL_DATES}
    assert item["type"] == "dataset"
    assert [set(name) for name in item["author"]] == [{"literal"}]
    assert all(isinstance(item[key], str) and item[key] for key in CSL_TEXT & set(item))
    for key in CSL_DATES & set(item):
        assert set(item[key]) == {"date-parts"}
        ((year, month, day),) = item[key]["date-parts"]
        item[key] = date(year, month, day)
    return dict(item)


def braced(value: str) -> str:
    assert value[0] + value[-1] == "{}"
    return plain(value[1:-1])


def read_back(work: Work) -> None:
    """Every format, read strictly, says what was cited."""
    key, bib = read_bibtex(citation.bibtex(work))
    ris = read_ris(citation.ris(work))
    csl = read_csl(citation.csl(work))
    title = " ".join(work.title.split())
    assert key == ris["ID"] == csl["id"] == work.key
    assert braced(bib["author"]) == ris["AU"] == csl["author"][0]["literal"] == work.author.zh
    assert braced(bib["title"]) == ris["TI"] == csl["title"] == title
    assert plain(bib["titleaddon"]) == work.title_en
    # Not as TT, which citation-js takes for the title (`tests/outside/citations.sh`).
    assert ris["N1"].startswith(" ".join(work.title_en.split()))
    assert "TT" not in ris
    assert bib.get("version", "") == ris.get("ET", "") == csl.get("version", "") == work.version
    assert bib.get("url", "") == ris.get("UR", "") == csl.get("URL", "") == work.url
    assert braced(bib["publisher"]) == ris["PB"] == csl["publisher"] == work.publisher.zh
    day = work.issued
    assert (bib.get("year"), bib.get("month")) == ((str(day.year), str(day.month)) if day else (None, None))
    assert (ris.get("PY"), ris.get("DA")) == ((str(day.year), day.strftime("%Y/%m/%d/")) if day else (None, None))
    assert csl.get("issued") == day
    assert csl.get("original-date") == work.original_day
    for note in (plain(bib["note"]), ris["N1"], csl["note"]):
        assert work.original_path in note
        assert (work.original_day.isoformat() if work.original_day else "不详") in note
    assert not re.search(r'[\s{}\\"<>]', work.url + work.original_path)


def test_every_report_is_read_back(library: Library) -> None:
    for report in library:
        agency = library.agencies[report.agency]
        read_back(citation.of_report(report, agency, f"https://open-reports.example/reports/{report.agency}/{report.year}/"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_every_case_is_read_back(case: dict[str, Any], library: Library) -> None:
    read_back(of(case, library))


@given(
    title=st.one_of(st.sampled_from(PAYLOADS), st.text(st.characters(exclude_categories=["Cs"]), min_size=1)).filter(
        lambda text: text.split()
    )
)
def test_no_title_breaks_out_of_its_field(library: Library, title: str) -> None:
    report = library.reports["pingtan", 2020]
    read_back(citation.of_report(replace(report, title=title), library.agencies["pingtan"], URL))


@pytest.mark.parametrize(
    "url", ["https://a.example/x{y}\\z", "https://a.example/甲 乙", 'https://a.example/"><script>', "https://a.example/%7Ba}#b"]
)
def test_address_can_stand_bare(library: Library, url: str) -> None:
    report = library.reports["pingtan", 2020]
    work = citation.of_report(report, library.agencies["pingtan"], url)
    read_back(work)
    assert unquote(work.url) == unquote(url)


def test_files_are_the_same_whenever_they_are_made_and_cheap(library: Library) -> None:
    report, agency = library.reports["pingtan", 2020], library.agencies["pingtan"]

    def files() -> tuple[bytes, ...]:
        work = citation.of_report(report, agency, URL)
        return citation.bibtex(work), citation.ris(work), citation.csl(work)

    first = files()
    with watching() as watch:
        for _ in range(200):
            assert files() == first
    assert watch.opened == []
    assert calls(files) < 150  # measured: 76


# -- reporting a problem ----------------------------------------------------------------------------------------------------

MAIL = "mailto:nianbao@example.cn?subject={report}&body={page}%20{address}"
ISSUE = "https://git.example/o/r/issues/new?title={agency}%20{year}&body={address}"


def _chosen(template: str, address: str) -> str:
    """The address as the page's script makes it of the figure that the reader chose."""
    return template.replace("{address}", quote(address, safe=""))


def test_link_names_the_figure(library: Library) -> None:
    report = library.reports["pingtan", 2020]
    address = "overview/公开 & 平台/value"
    mail = urlsplit(_chosen(citation.problem_template(MAIL, report, URL), address))
    assert (mail.scheme, mail.path) == ("mailto", "nianbao@example.cn")
    assert parse_qs(mail.query) == {"subject": ["pingtan-2020"], "body": [f"{URL} {address}"]}
    issue = urlsplit(_chosen(citation.problem_template(ISSUE, report), address))
    assert parse_qs(issue.query) == {"title": ["pingtan 2020"], "body": [address]}


def test_link_of_a_page_of_no_report_names_its_subject() -> None:
    mail = urlsplit(citation.problem_elsewhere(MAIL, "报告问题"))
    assert parse_qs(mail.query) == {"subject": ["报告问题"], "body": [" "]}
    assert citation.problem_elsewhere("", "报告问题") == ""


@pytest.mark.parametrize("template", ["", MAIL, ISSUE, "https://www.example.gov.cn/contact"])
def test_usable_address_is_taken(template: str) -> None:
    assert citation.checked_problem(template) == template


@pytest.mark.parametrize(
    "template",
    [
        "javascript:alert(1)",
        "//evil.example/{address}",
        "nianbao@example.cn",
        "https://a.example/{figure}",
        "mailto:x",
        "https://a.example/ b",
    ],
)
def test_unusable_address_is_refused_with_the_names_there_are(template: str) -> None:
    with pytest.raises(PublishError, match=re.escape("{address}")) as fault:
        citation.checked_problem(template)
    assert template in str(fault.value)


# -- the part of the page ---------------------------------------------------------------------------------------------------


def part(report: Report, library: Library, language: str, *, problem: str = MAIL, url: str = URL, example: str = TOTAL) -> str:
    w = Words(language)
    work = citation.of_report(report, library.agencies[report.agency], url)
    template = citation.problem_template(problem, report, url)
    view = citation.view(work, w, url, lambda name: f"files/{name}", template)
    return rendered("citation.html", CitationContext(w=w, cite=view, example=example))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_part_shows_the_sentence_and_the_files(library: Library, language: str) -> None:
    report = library.reports["pingtan", 2020]
    root = html.fromstring(part(report, library, language))
    w = Words(language)
    work = citation.of_report(report, library.agencies["pingtan"], URL)
    assert root.xpath("string(//*[@id='cite-text'])") == citation.text(work, w)
    links = {link.text: link.get("href") for link in root.xpath("//a[@download]")}
    assert links == {"BibTeX": "files/pingtan-2020.bib", "RIS": "files/pingtan-2020.ris", "CSL-JSON": "files/pingtan-2020.csl.json"}
    folder = ReportFolder(whole.sources(library), report)
    assert {Path(href).name for href in links.values()} == {folder.name(route) for route in ("bibtex", "ris", "csl")} < set(folder.files())
    assert root.xpath(f"//a[@href='#{TOTAL}']/code/text()") == [f"#{TOTAL}"]
    assert w("cite_address_says", example=f"#{TOTAL}") in root.text_content()
    buttons = root.xpath("//button[not(ancestor::template)]")
    assert len(buttons) == 3
    assert all(button.get("hidden") is not None and button.get("type") == "button" for button in buttons)


def test_part_without_a_publisher_s_address_or_figures_leaves_them_out(library: Library) -> None:
    root = html.fromstring(part(library.reports["pingtan", 2020], library, "zh", problem="", example=""))
    assert not root.xpath("//a[@rel='external noopener']")
    assert not root.xpath("//template | //*[@id='cite-address']")


@pytest.mark.parametrize("payload", [each for each in PAYLOADS if "\0" not in each])  # the gate refuses it, and HTML cannot hold it
def test_title_stays_text_in_the_part(library: Library, payload: str) -> None:
    report = replace(library.reports["pingtan", 2020], title=payload, sources=(library.reports["pingtan", 2020].sources[0],))
    root = html.fromstring(part(report, library, "zh"))
    assert " ".join(payload.split()) in root.xpath("string(//*[@id='cite-text'])")
    assert not root.xpath("//script | //img | //svg | //iframe | //@onerror | //@onload")


# -- in a browser -----------------------------------------------------------------------------------------------------------

NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new Error('forbidden')) } })"
SHARING = (
    "window.shared = []; Object.defineProperty(navigator, 'share', { value: what => { shared.push(what); return Promise.resolve() } })"
)
NO_SHARING = "Object.defineProperty(navigator, 'share', { value: undefined })"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("citation")
    report = library.reports["pingtan", 2020]
    for language in ("zh", "en"):
        w = Words(language)
        tables = "".join(str(table_html(report, table, Marks(report, (), w), w)) for table in report.tables.values())
        framed(
            folder / language,
            f"<h1>{report.title}</h1>{tables}" + part(report, library, language),
            language,
            styles=("citation.css",),
            scripts=("copying.js", "citation.js"),
        )
    with served(folder, mount="/") as running:
        yield running


def opened(
    browser: Chromium, server: Server, at: str = "zh/index.html", *, script: str = NO_SHARING, **options: Any
) -> tuple[BrowserContext, Page, Watch]:
    context = browser.context(reduced_motion="reduce", **options)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url.rstrip("/"))
    context.add_init_script(script)
    watch = Watch.over(context)
    page = context.new_page()
    page.goto(server.url + at)
    return context, page, watch


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def said(page: Page, around: str) -> str:
    page.wait_for_function("around => document.querySelector(around + ' > [role=status]').textContent !== ''", arg=around)
    return page.locator(f"{around} > [role=status]").inner_text()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_citation_and_address_are_copied_and_it_is_said(browser: Chromium, server: Server, language: str) -> None:
    w = Words(language)
    context, page, watch = opened(browser, server, f"{language}/index.html")
    page.get_by_role("button", name=w("cite_copy"), exact=True).click()
    assert said(page, ".or-cite") == w("cite_copied")
    assert clipboard(page) == page.locator("#cite-text").inner_text()
    page.get_by_role("button", name=w("cite_copy_page")).click()
    page.wait_for_function("url => navigator.clipboard.readText().then(text => text === url)", arg=URL)
    assert page.get_by_role("button", name=w("cite_share"), exact=True).count() == 0
    context.close()
    assert watch.complaints == []


def test_where_copying_is_forbidden_the_text_is_selected(browser: Chromium, server: Server) -> None:
    context, page, watch = opened(browser, server, script=NO_CLIPBOARD)
    page.get_by_role("button", name=Words("zh")("cite_copy"), exact=True).click()
    assert said(page, ".or-cite") == Words("zh")("cite_selected")
    assert page.evaluate("getSelection().toString().trim()") == page.locator("#cite-text").inner_text()
    page.locator(f"[id='{TOTAL}']").click()
    page.locator("[data-or-copy-figure]").click()
    assert said(page, ".or-figure") == Words("zh")("cite_selected")
    assert page.evaluate("getSelection().toString().trim()") == f"{URL}#{TOTAL}"
    context.close()
    assert watch.complaints == []


def test_click_on_a_figure_shows_and_copies_its_address(browser: Chromium, server: Server, library: Library) -> None:
    context, page, watch = opened(browser, server, viewport={"width": PHONE, "height": 800})
    cell = page.locator(f"[id='{TOTAL}']")
    cell.click()
    bar = page.locator(".or-figure")
    value = library.reports["pingtan", 2020].tables["applications"].text("new", "total")
    assert bar.locator("[data-or-value]").inner_text() == value == cell.inner_text()
    assert bar.locator("[data-or-place]").inner_text() == "一、本年新收政府信息公开申请数量 · 总计"
    assert bar.locator("[data-or-address]").inner_text() == f"{URL}#{TOTAL}"
    assert page.url == f"{server.url}zh/index.html#{TOTAL}"
    bar.locator("[data-or-copy-figure]").click()
    assert said(page, ".or-figure") == Words("zh")("cite_copied")
    assert clipboard(page) == f"{URL}#{TOTAL}"
    problem = urlsplit(str(bar.locator("[data-or-problem]").get_attribute("href")))
    assert parse_qs(problem.query) == {"subject": ["pingtan-2020"], "body": [f"{URL} {TOTAL}"]}
    box = bar.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 800
    page.locator("[id='applications/granted/natural_person']").click()
    assert bar.count() == page.locator(".or-chosen").count() == 1
    assert bar.locator("[data-or-place]").inner_text().endswith(" · 申请人情况 自然人") or bar.locator(
        "[data-or-place]"
    ).inner_text().endswith("自然人")
    bar.locator("[data-or-close]").click()
    assert bar.count() == page.locator(".or-chosen").count() == 0
    context.close()
    assert watch.complaints == []


def test_marking_a_figure_with_the_pointer_chooses_nothing(browser: Chromium, server: Server) -> None:
    context, page, _ = opened(browser, server)
    cell = page.locator(f"[id='{TOTAL}']")
    cell.scroll_into_view_if_needed()
    box = cell.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 3, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 2, middle, steps=5)
    page.mouse.up()
    assert page.evaluate("getSelection().toString()") == cell.inner_text()
    assert page.locator(".or-figure").count() == 0
    context.close()


def test_place_names_every_head_over_the_figure(browser: Chromium, server: Server, library: Library) -> None:
    """Heads over several columns and rows: what the script reads off the grid is what the form says."""
    context, page, _ = opened(browser, server)
    for name, table in library.reports["pingtan", 2020].tables.items():
        for line, column in table.form.cells:
            address = f"{name}/{line.id}/{column.id}"
            page.evaluate("id => document.getElementById(id).click()", address)
            shown = page.locator("[data-or-place]").inner_text()
            heads = shown.partition(" · ")[2]
            assert heads.endswith(column.label.zh), (address, shown)
            assert all(group.zh in heads for group in column.groups), (address, shown)
    context.close()


def test_kind_of_nothing_is_told_in_words(browser: Chromium, server: Server) -> None:
    context, page, _ = opened(browser, server)
    page.evaluate(
        "id => { const cell = document.getElementById(id); cell.textContent = ''; cell.dataset.says = '原文留空'; cell.click() }", TOTAL
    )
    assert page.locator("[data-or-value]").inner_text() == "原文留空"
    context.close()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.className"))


def test_figure_is_chosen_by_keyboard_alone(browser: Chromium, server: Server) -> None:
    """No cell is a tab stop; on a table Enter leads in, arrows from figure to figure, Enter to the address, Escape back and out."""
    context, page, watch = opened(browser, server)
    assert page.locator("td[tabindex]").count() == 0
    scroller = page.locator(".or-wide").filter(has=page.locator(f"[id='{TOTAL}']"))
    for _ in range(150):
        page.keyboard.press("Tab")
        if scroller.evaluate("element => element === document.activeElement"):
            break
    hint = scroller.evaluate("element => document.getElementById(element.getAttribute('aria-describedby')).getBoundingClientRect().height")
    assert hint > 10, "who sees the focus sees what Enter does"
    page.keyboard.press("Enter")
    assert focused(page) == "applications/new/natural_person"
    page.keyboard.press("ArrowLeft")
    assert focused(page) == "applications/new/natural_person"
    page.keyboard.press("ArrowRight")
    assert focused(page) == "applications/new/enterprise"
    page.keyboard.press("ArrowDown")
    assert focused(page) == "applications/carried_in/enterprise"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert focused(page) == "applications/new/enterprise"
    page.keyboard.press("End")
    assert focused(page) == TOTAL
    assert page.locator(f"[id='{TOTAL}']").evaluate("cell => parseFloat(getComputedStyle(cell).outlineWidth) > 0")
    assert page.locator("td[tabindex]").count() == 1
    page.keyboard.press("Enter")
    assert page.locator("[data-or-copy-figure]").evaluate("button => button === document.activeElement")
    page.keyboard.press("Enter")
    assert said(page, ".or-figure") == Words("zh")("cite_copied")
    assert clipboard(page) == f"{URL}#{TOTAL}"
    page.keyboard.press("Escape")
    assert focused(page) == TOTAL
    assert page.locator(".or-figure").count() == 0
    page.keyboard.press("Home")
    assert focused(page) == "applications/new/natural_person"
    page.keyboard.press("Escape")
    assert scroller.evaluate("element => element === document.activeElement")
    assert page.locator("td[tabindex]").count() == 0
    context.close()
    assert watch.complaints == []


def test_link_to_a_figure_goes_to_its_cell_and_enter_to_its_address(browser: Chromium, server: Server) -> None:
    context, page, watch = opened(browser, server, f"zh/index.html#{TOTAL}")
    cell = page.locator(f"[id='{TOTAL}']")
    assert cell.evaluate("cell => cell.matches(':target') && cell.classList.contains('or-chosen')")
    assert focused(page) == TOTAL
    page.keyboard.press("Enter")
    assert page.locator("[data-or-copy-figure]").evaluate("button => button === document.activeElement")
    page.locator("#cite-address + p a").click()
    assert page.locator(".or-figure").count() == 1
    page.evaluate("location.hash = '#cite'")
    page.wait_for_function("document.querySelector('.or-figure') === null")
    page.evaluate("location.hash = '#%E0%A4%A'")
    context.close()
    assert watch.complaints == []


def test_page_and_figure_are_shared_where_the_device_can(browser: Chromium, server: Server) -> None:
    context, page, watch = opened(browser, server, script=SHARING)
    page.locator("[data-or-share]").click()
    page.locator(f"[id='{TOTAL}']").click()
    page.locator("[data-or-share-figure]").click()
    value = page.locator(f"[id='{TOTAL}']").inner_text()
    first, second = page.evaluate("shared")
    context.close()
    assert first["url"] == URL
    assert first["title"]
    assert (second["url"], second["text"]) == (f"{URL}#{TOTAL}", f"一、本年新收政府信息公开申请数量 · 总计 {value}")
    assert watch.complaints == []


def test_without_scripts_there_are_no_dead_buttons(browser: Chromium, server: Server) -> None:
    context, page, _ = opened(browser, server, java_script_enabled=False)
    assert page.locator("button:visible").count() == 0
    assert page.locator("#cite-text").is_visible()
    assert page.locator(".or-cite-files a:visible").count() == 3
    assert page.locator(".or-cite a[rel~=external]:visible").count() == 1
    assert page.locator("[data-or-how]:visible, .or-hint:visible").count() == 0
    context.close()


@pytest.fixture(scope="module")
def judged(browser: Chromium, server: Server) -> Callable[[str], dict[Scheme, list[str]]]:
    """What is wrong with the page of a language while a figure is open; it is opened once for both schemes."""

    @cache
    def of(language: str) -> dict[Scheme, list[str]]:
        context, page, watch = opened(browser, server, f"{language}/index.html#{TOTAL}", viewport={"width": PHONE, "height": 800})
        page.locator(".or-figure").wait_for()
        found = faults(page)
        context.close()
        return {scheme: [*found[scheme], *watch.complaints] for scheme in SCHEMES}

    return of


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_page_with_an_open_figure_is_accessible(judged: Callable[[str], dict[Scheme, list[str]]], language: str, scheme: Scheme) -> None:
    assert judged(language)[scheme] == []
