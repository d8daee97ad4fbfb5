"""The site for citizens: what a screen reader and a keyboard meet, and the way of somebody who was never here before."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape
from open_reports.pages.frame import marked
from open_reports.text import Words
from playwright.sync_api import expect
from rendering import DESK, PHONE, arrived, overflow, settled
from test_browser import LANGUAGES, MONEY, PAGES, TOTAL, VISITS, ZERO, server
from website import SITE_URL, address_of, browser, page_files, parsed, quiet, site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lxml import html
    from playwright.sync_api import Locator, Page
    from website import Chromium, Server

__all__ = ["browser", "server", "site"]


# -- structure of every page --------------------------------------------------------------------------------------------


def _name(element: html.HtmlElement) -> str:
    """Accessible name of a landmark, as far as ours are named."""
    root = element.getroottree().getroot()
    names = [root.get_element_by_id(id_).text_content().strip() for id_ in (element.get("aria-labelledby") or "").split()]
    return element.get("aria-label") or " ".join(names)


MATERIALS_CONTENTS = "ancestor-or-self::nav[contains(@class, 'md-nav--secondary')]"
"""Material writes the contents of a page in its menu twice, once for each width; only one of them is ever shown."""


def test_every_page_has_one_main_heading_and_skips_no_level(site: Path) -> None:
    wrong = []
    for path in page_files(site):
        page = parsed(path)
        headings = page.xpath("//h1 | //h2 | //h3 | //h4 | //h5 | //h6")
        levels = [int(heading.tag[1]) for heading in headings]
        if levels.count(1) != 1 or levels[0] != 1:
            wrong.append(f"{path}: {levels}")
        wrong += [f"{path}: h{below} below h{above}" for above, below in pairwise(levels) if below > above + 1]
        wrong += [f"{path}: empty {heading.tag}" for heading in headings if not heading.text_content().strip("¶ \n")]
        wrong += [f"{path}: heading outside main" for heading in headings if not heading.xpath("ancestor::main")]
    assert wrong == []


def test_every_page_has_its_landmarks_each_with_a_name_of_its_own(site: Path) -> None:
    wrong = []
    for path in page_files(site):
        page = parsed(path)
        counts = [len(page.xpath(f"//{each}[not(ancestor::main) or self::main]")) for each in ("header", "main", "footer")]
        if counts != [1, 1, 1]:
            wrong.append(f"{path}: header, main, footer {counts}")
        names = [
            (element.get("role") or element.tag, _name(element))
            for element in page.xpath(
                f"//nav[not({MATERIALS_CONTENTS})] | //form[@role='search'] | //*[@role='region'] | //section[@aria-labelledby]"
            )
        ]
        wrong += [f"{path}: {kind} without a name" for kind, name in names if not name]
        wrong += [
            f"{path}: {kind} “{name}” {count} times"
            for (kind, name), count in Counter(names).items()
            if count > 1 and path.name != "404.html"  # which says everything in two languages
        ]
    assert wrong == []


def test_every_table_of_ours_has_a_caption_and_heads_with_a_scope(site: Path) -> None:
    tables = 0
    wrong = []
    for path in page_files(site):
        for table in parsed(path).xpath("//table[contains(@class, 'or-table')]"):
            tables += 1
            if not (table.xpath("string(./caption)").strip() or _name(table)):
                wrong.append(f"{path}: a table without a name")
            wrong += [f"{path}: “{head.text_content()}” is the head of nothing" for head in table.xpath(".//th[not(@scope)]")]
    assert wrong == []
    assert tables > 500


HAN = re.compile("[\u3400-\u9fff，。：；（）、！？《》]")
"""Chinese characters, and punctuation that only Chinese uses."""
SPOKEN = ("aria-label", "alt", "placeholder", "aria-description")
COLOURS_OF_THE_THEME = "md-option"
"""The theme's choice of colours has one set of labels for the whole site, which therefore are in both languages."""


def _language(element: html.HtmlElement | None) -> str:
    while element is not None:
        if element.get("lang"):
            return str(element.get("lang"))
        element = element.getparent()
    return ""


def above(element: html.HtmlElement) -> html.HtmlElement:
    """Element that holds this one."""
    parent = element.getparent()
    assert parent is not None
    return parent


def body(page: html.HtmlElement) -> html.HtmlElement:
    """What a page shows."""
    assert page.body is not None
    return page.body


def _texts(root: html.HtmlElement) -> Iterator[tuple[html.HtmlElement, str]]:
    """Every text that is read out, with the element whose language it has."""
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag in {"script", "style", "pre", "code", "template"}:
            if isinstance(element.tag, str) and element.tail:
                yield above(element), element.tail
            continue
        if element.text:
            yield element, element.text
        if element.tail and element is not root:
            yield above(element), element.tail
        if COLOURS_OF_THE_THEME not in element.get("class", ""):
            yield from ((element, text) for name in SPOKEN if (text := element.get(name)))


def test_every_page_says_its_language_and_english_pages_mark_their_chinese(site: Path) -> None:
    """A voice that reads English cannot read Chinese: labels as printed, notes and prose say that they are Chinese."""
    unmarked: Counter[str] = Counter()
    chinese = 0
    for path in page_files(site):
        page = parsed(path)
        english = path.is_relative_to(site / "en")
        assert page.get("lang") == ("en" if english else "zh"), path
        if not english:
            continue
        for element, text in _texts(body(page)):
            if HAN.search(text):
                chinese += 1
                if not _language(element).startswith("zh"):
                    unmarked[f"<{element.tag!s} class={element.get('class')!r}> {text.strip()[:60]}"] += 1
    assert unmarked == {}
    assert chinese > 500


def test_what_is_marked_as_chinese_is_chinese(site: Path) -> None:
    """The mark stands around the Chinese of a sentence, not around the English before it."""
    wrong = []
    for path in page_files(site / "en"):
        for element in body(parsed(path)).xpath(".//span[starts-with(@lang, 'zh')]"):
            text = element.text_content()
            if not HAN.search(text) or len(re.findall("[A-Za-z]{2,}", text)) > 2:
                wrong.append(f"{path}: {text}")
    assert wrong == []


@given(st.text())
def test_marking_the_chinese_changes_no_text(text: str) -> None:
    """Law: what is marked reads as before, whatever it holds, and a Chinese page needs no mark."""
    shown = re.sub('<span lang="zh">|</span>', "", str(marked(text, Words("en"))))
    assert Markup(shown).unescape() == text  # noqa: S704 (the way back)
    assert marked(text, Words("zh")) == escape(text)


# -- every page names itself, and its twin ------------------------------------------------------------------------------


def test_every_page_describes_itself_to_machines(site: Path) -> None:
    """Title, description, address and picture, the same for search engines and for those who share it."""
    seen: Counter[tuple[str, str]] = Counter()
    wrong = []
    for path in page_files(site):
        if path.name == "404.html":
            continue
        page = parsed(path)
        address = address_of(site, path)

        def one(xpath: str, page: html.HtmlElement = page) -> str:
            found = page.xpath(xpath)
            return str(found[0]) if len(found) == 1 else f"{len(found)} of {xpath}"

        title = one("/html/head/title/text()").strip()
        description = one("//meta[@name='description']/@content")
        seen["title", title] += 1
        seen["description", description] += 1
        told = {key: one(f"//meta[@property='og:{key}']/@content") for key in ("url", "title", "description", "image", "locale")}
        if not (20 <= len(description) <= 300) or description != told["description"]:
            wrong.append(f"{address}: description {description!r}, shared as {told['description']!r}")
        if not title.startswith(told["title"]):
            wrong.append(f"{address}: title {title!r}, shared as {told['title']!r}")
        if {one("//link[@rel='canonical']/@href"), told["url"]} != {address}:
            wrong.append(f"{address}: canonical, shared as {told['url']}")
        if not (site / told["image"].removeprefix(SITE_URL)).is_file():
            wrong.append(f"{address}: picture {told['image']}")
        if told["locale"] != ("en_US" if "/en/" in address else "zh_CN"):
            wrong.append(f"{address}: locale {told['locale']}")
    assert wrong == []
    assert [each for each, count in seen.items() if count > 1] == []


def test_every_page_and_its_twin_name_each_other(site: Path) -> None:
    """Each page names itself, its twin and, for everybody else, the Chinese one; what one says the other says, too."""
    alternates = {}
    for path in page_files(site):
        if path.name == "404.html":
            continue
        found = parsed(path).xpath("//link[normalize-space(@rel)='alternate'][@hreflang]")
        alternates[address_of(site, path)] = {link.get("hreflang"): link.get("href") for link in found}
    wrong = []
    for address, named in alternates.items():
        below = address.removeprefix(SITE_URL)
        zh = SITE_URL + below.removeprefix("en/")
        if named != {"zh": zh, "en": zh.replace(SITE_URL, f"{SITE_URL}en/"), "x-default": zh}:
            wrong.append(f"{address}: {named}")
        wrong += [f"{address} names {other}, which does not answer" for other in named.values() if alternates.get(other) != named]
    assert wrong == []
    assert len(alternates) > 140


@pytest.fixture(scope="module")
def tab(browser: Chromium) -> Page:
    """A tab for page after page, where nothing is kept from one to the next: a profile of its own for each costs a process more."""
    return browser.context().new_page()


@pytest.mark.parametrize("name", [name for name in PAGES if name != "lost"])
def test_switch_of_languages_keeps_the_place(tab: Page, server: Server, name: str) -> None:
    """There and back by the link in the head: the same page, the same choice, in the other language."""
    tab.goto(server.url + PAGES[name])
    for folder, language in (("en/", "en"), ("", "zh")):
        tab.locator(".or-language").click()
        arrived(tab, str(tab.evaluate("address => new URL(address).href", server.url + folder + PAGES[name])))
        expect(tab.locator("html")).to_have_attribute("lang", language)
        expect(tab.locator("h1")).to_have_count(1)


def test_switch_of_languages_keeps_the_figure(tab: Page, server: Server) -> None:
    tab.goto(f"{server.url}{MONEY}#{TOTAL}")
    tab.locator(".or-language").click()
    arrived(tab, f"{server.url}en/{MONEY}#{TOTAL}")


# -- by keyboard --------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(browser: Chromium) -> Iterator[Page]:
    """A page of a fresh profile on a phone, whose console stays silent and which asks nobody but loopback."""
    with quiet(browser, viewport={"width": PHONE, "height": 800}, reduced_motion="reduce") as page:
        yield page


def tab_to(page: Page, target: Locator, *, most: int = 120) -> None:
    """Press Tab until an element has the focus, as somebody without a mouse must."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab never reaches {target}")


def focused(page: Page) -> str:
    """Text of what has the focus."""
    return str(page.evaluate("() => (document.activeElement.innerText ?? '').trim()"))


def test_first_tab_stop_leads_past_the_menu(page: Page, server: Server) -> None:
    """On every kind of page, the first Tab offers to skip to the content; the next stop is in it. Languages take turns."""
    for name, language in VISITS[::3]:
        if name in {"lost", "search", "found"}:  # no menu of contents; the search field has the focus already
            continue
        page.goto(server.url + LANGUAGES[language] + PAGES[name])
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.matches('a.md-skip')"), (name, language)
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null"), (name, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_search_from_home_to_the_report(page: Page, server: Server, language: str) -> None:
    page.goto(server.url + LANGUAGES[language])
    tab_to(page, page.locator("article input[name=q]"))
    page.keyboard.type("2024 平潭")
    page.keyboard.press("Enter")
    arrived(page, re.compile(r"/search/\?q="))
    page.locator("#or-results a").first.wait_for()
    assert page.get_by_role("searchbox").input_value() == "2024 平潭"
    page.get_by_role("searchbox").focus()
    page.keyboard.press("ArrowDown")
    first = focused(page)
    page.keyboard.press("ArrowDown")
    assert focused(page) not in {first, ""}
    page.keyboard.press("ArrowUp")
    assert focused(page) == first
    page.keyboard.press("Enter")
    arrived(page, f"{server.url}{LANGUAGES[language]}reports/pingtan/2024/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_agencies_are_chosen_compared_and_sorted(page: Page, server: Server, language: str) -> None:
    page.goto(f"{server.url}{LANGUAGES[language]}compare/")
    page.locator("#or-compare summary").first.wait_for()
    summaries = page.locator(".or-picker > details > summary")
    for chosen in ("pingtan", "pingtan-police"):
        box = page.locator(f"#or-compare input[type=checkbox][value='{chosen}']").first
        if not box.is_visible():
            tab_to(page, summaries.first)
            page.keyboard.press("Enter")
        tab_to(page, box)
        page.keyboard.press("Space")
        assert box.is_checked()
    go = page.locator(".or-go .or-button")
    tab_to(page, go, most=400)
    page.keyboard.press("Enter")
    table = page.locator("#or-compare-result table")
    table.wait_for()
    assert {"pingtan", "pingtan-police"} <= set(re.split("[,&=]", page.url.partition("?a=")[2]))
    assert page.evaluate("document.activeElement.closest('#result, #or-compare-result') !== null"), "the focus follows to the result"
    sorter = table.locator("button.or-sort").nth(1)
    tab_to(page, sorter)
    for direction in ("ascending", "descending", "none"):
        page.keyboard.press("Enter")
        assert sorter.evaluate("button => button.closest('th').getAttribute('aria-sort')") == direction
    reloaded = page.url
    rows = table.locator("tbody tr").count()
    page.reload()
    page.locator("#or-compare-result tbody tr").first.wait_for()
    assert (page.url, page.locator("#or-compare-result tbody tr").count()) == (reloaded, rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_term_of_a_table_is_explained_in_place(page: Page, server: Server, language: str) -> None:
    """Enter opens the definition, Tab stays in it, Escape closes it, and the focus is where it was."""
    page.goto(f"{server.url}{LANGUAGES[language]}{MONEY}")
    term = page.locator("a.or-term[href$='#line-refused.state_secrets']")
    term.focus()
    name = focused(page)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    assert dialog.evaluate("dialog => document.getElementById(dialog.getAttribute('aria-labelledby')).textContent.trim()")
    for _ in range(6):
        page.keyboard.press("Tab")
        inside = page.evaluate("document.activeElement.closest('dialog') !== null || document.activeElement === document.body")
        assert inside, "the focus left the open definition"
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert focused(page) == name
    assert page.url == f"{server.url}{LANGUAGES[language]}{MONEY}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_citation_and_figure_are_copied_without_a_mouse(browser: Chromium, server: Server, language: str) -> None:
    context = browser.context(viewport={"width": DESK, "height": 800}, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{server.url}{LANGUAGES[language]}{MONEY}")
    section = page.locator("[data-or-cite]")
    page.locator("#cite").scroll_into_view_if_needed()
    button = section.locator("[data-or-copy]")
    button.focus()
    page.keyboard.press("Enter")
    said = section.locator("> [data-or-said]")
    page.wait_for_function("region => region.textContent !== ''", arg=said.element_handle())
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#cite-text").inner_text()
    scroller = page.locator(".or-wide:has(td[id^='applications/'])")
    scroller.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.or-figure [data-or-said]').textContent !== ''")
    address = page.evaluate("navigator.clipboard.readText()")
    assert address.startswith(f"{SITE_URL}{LANGUAGES[language]}{MONEY}#applications/")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == address.partition("#")[2]
    context.close()


# -- the way of somebody new --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_tap_near_a_dot_says_whose_it_is_and_leads_to_its_figure(browser: Chromium, server: Server, language: str) -> None:
    """With a finger, which is wider than the dot: the nearest one is meant, and far from all of them none."""
    context = browser.context(viewport={"width": PHONE, "height": 740}, has_touch=True)
    page = context.new_page()
    page.goto(f"{server.url}{LANGUAGES[language]}overview/")
    strip = page.locator("svg.or-strip").first
    told = page.locator(".or-told").first
    dot = strip.locator("circle[data-agency=pingtan]")
    dot.scroll_into_view_if_needed()
    place = dot.bounding_box()
    assert place is not None
    page.touchscreen.tap(place["x"] + place["width"] + 6, place["y"])
    expect(told).to_contain_text("100/218 45.9%")
    told.get_by_role("link").click()
    arrived(page, re.compile(r"/reports/pingtan/2024/#applications/"))
    assert page.locator("td:target").inner_text() == "71"
    context.close()


def test_newcomer_finds_understands_compares_prints_and_downloads(browser: Chromium, server: Server) -> None:
    """On a phone, from home: 前进街 of 2019 in four steps, each with something to go on with."""
    context = browser.context(viewport={"width": PHONE, "height": 740}, reduced_motion="reduce", accept_downloads=True)
    page = context.new_page()
    page.goto(server.url)
    box = page.locator("article input[name=q]")
    assert box.bounding_box()["y"] < 740, "the search is in sight at once"  # type: ignore[index]
    box.fill("前进街")
    page.keyboard.press("Enter")
    page.locator("#or-results").get_by_role("link", name="2019").click()
    arrived(page, f"{server.url}{ZERO}")

    summary = page.locator("#summary ~ ul").first
    assert "没有收到" in summary.inner_text()
    assert summary.bounding_box()["y"] < 740, "what the year was like is in sight at once"  # type: ignore[index]
    cell = summary.get_by_role("link").first
    cell.click()
    assert page.locator("td:target").inner_text() == "0"

    page.get_by_role("link", name="与其他机关比较").click()
    arrived(page, re.compile(r"/compare/\?a=yinchuan-qianjinjie"))
    page.locator("#or-compare input[type=checkbox][value='pingtan']").first.wait_for(state="attached")
    other = page.locator("#or-compare input[type=checkbox][value='pingtan']").first
    if not other.is_visible():
        page.locator(".or-picker > details > summary").first.click()
    other.check()
    page.locator(".or-go .or-button").click()
    page.wait_for_function("() => document.activeElement.id === 'result'")
    names = page.locator("#or-compare-result tbody th").all_inner_texts()
    assert any("前进街" in name for name in names)
    assert any(name.startswith("平潭") for name in names)
    assert overflow(page) == 0

    page.goto(server.url + ZERO)
    settled(page)
    with page.expect_download() as download:
        page.locator(".or-downloads").get_by_role("link", name="三、收到和处理").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8"), newline="")))
    assert rows[0]["line"] == "new"
    context.close()
