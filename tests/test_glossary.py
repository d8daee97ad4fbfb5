"""The glossary: complete, in both languages, one entry a concept, and opened in place from the terms themselves."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import pytest
from lxml import html
from open_reports.errors import FormError
from open_reports.form import forms
from open_reports.form.glossary import KINDS, Covered, Entry, anchor_of_column, anchor_of_group, anchor_of_line, entries, glossary, load
from open_reports.pages.assets import shipped
from open_reports.pages.frame import Here
from open_reports.pages.glossary import SCRIPT, glossary_page, term
from open_reports.text import Words
from rendering import arrived
from website import Chromium, Watch, browser, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page
    from website import Server

TABLES = forms().tables

__all__ = ["browser"]

LANGUAGES = ("zh", "en")
PACKAGE = resources.files("open_reports")
CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
NUMBERING = re.compile(r"^(?:[一二三四]、|（[一二三四五六七]）|\d\.)")
ARTICLES = 56
"""Articles of the Regulation as revised in 2019."""
CONCEPTS = [
    "政府信息公开",
    "政府信息公开工作年度报告",
    "政府信息公开条例",
    "总体情况",
    "主动公开",
    "依申请公开",
    "政府信息管理",
    "平台建设",
    "监督保障",
    "勾稽关系",
    "申请人情况",
    "信息处理费",
    "法人或其他组织",
    "本年度办理结果",
    "不予公开",
    "无法提供",
    "不予处理",
    "其他处理",
    "行政复议",
    "行政诉讼",
    "汇总",
]
"""What people ask about that is no single line or column."""


def files() -> dict[str, str]:
    folder = PACKAGE / "forms" / "foi-cn" / "glossary"
    return {entry.name: entry.read_text(encoding="utf-8") for entry in folder.iterdir() if entry.name.endswith(".yml")}


@cache
def tree(language: str) -> html.HtmlElement:
    return html.fromstring(glossary_page(Words(language)).build())


# -- complete


def test_everything_that_a_form_prints_is_explained() -> None:
    known = glossary()
    for form in forms().values():
        for table in TABLES:
            found = form.tables[table]
            anchors = [anchor_of_line(table, line, form.id) for line in found.lines]
            anchors += [anchor_of_column(table, column, form.id) for column in found.columns]
            groups = [*(each.groups for each in found.lines.values()), *(each.groups for each in found.columns.values())]
            labels = {found.corner.zh, *([found.head.zh] if found.head else []), *(group.zh for each in groups for group in each)}
            anchors += [anchor_of_group(table, label, form.id) for label in labels]
            anchors.append(known.anchors[Covered("table", table)])
            assert [anchor for anchor in anchors if form.id not in known[anchor].forms] == []
            assert len(set(anchors)) == len(anchors)


def test_every_word_of_the_vocabularies_is_explained() -> None:
    common = forms().common
    wanted = [f"status-{each}" for each in (*common.statuses, "not_collected", "not_due")]
    wanted += [f"scope-{each}" for each in common.scopes] + [f"kind-{each}" for each in common.kinds]
    wanted += [f"indicator-{each}" for each in forms().indicators] + [f"rule-{each}" for each in forms().rules]
    assert [each for each in wanted if each not in glossary()] == []


@pytest.mark.parametrize("concept", CONCEPTS)
def test_every_concept_is_explained(concept: str) -> None:
    assert any(concept in text.zh for entry in entries() for text in (entry.term, *entry.printed))


def test_one_concept_has_one_entry() -> None:
    """A line of both forms is explained once; one id that means two things is explained twice."""
    old, new = forms()["2019"], forms()["2021"]
    for table in TABLES:
        for line in old.tables[table].lines.keys() & new.tables[table].lines.keys():
            assert anchor_of_line(table, line, "2019") == anchor_of_line(table, line, "2021")
    assert anchor_of_column("disclosure", "amount", "2019") == "column-procurement_amount"
    assert anchor_of_column("disclosure", "amount", "2021") == "column-fees_amount"
    assert anchor_of_line("applications", "other", "2019") == anchor_of_group("applications", "（六）其他处理", "2021")
    assert anchor_of_column("applications", "other", "2021") != anchor_of_column("disputes", "other", "2021")
    terms = [entry.term.zh for entry in entries()]
    assert [each for each in terms if terms.count(each) > 1] == []


def test_anchors_are_those_that_were_published() -> None:
    """Addresses of the glossary are permanent: what stands here may never go."""
    assert anchor_of_line("applications", "refused.state_secrets", "2021") == "line-refused.state_secrets"
    assert anchor_of_column("applications", "natural_person", "2019") == "column-natural_person"
    assert anchor_of_group("applications", "（三）不予公开", "2021") == "group-refused"
    assert {"status-blank", "scope-consolidated", "kind-department", "indicator-refusal_rate", "rule-T3-CONS"} <= set(glossary())
    assert {entry.kind for entry in entries()} == set(KINDS)


@pytest.mark.parametrize("what", [anchor_of_line, anchor_of_column, anchor_of_group])
def test_what_no_form_prints_has_no_entry(what: type) -> None:
    with pytest.raises(KeyError):
        what("applications", "xugou", "2021")


# -- well said


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.id)
def test_an_entry_says_in_both_languages_what_it_means(entry: Entry) -> None:
    assert CHINESE.search(entry.term.zh) or entry.kind == "rule"
    assert entry.meaning.zh.endswith("。")
    assert entry.meaning.en.endswith(".")
    assert len(entry.meaning.zh) >= 10
    assert not CHINESE.search(entry.term.en + entry.meaning.en)
    if entry.basis:
        assert not CHINESE.search(entry.basis.en)
    labels = [NUMBERING.sub("", label.zh) for label in entry.printed]
    assert not labels or any(entry.term.zh in label or label in entry.term.zh for label in labels)


@pytest.mark.parametrize("entry", [each for each in entries() if each.basis], ids=lambda entry: entry.id)
def test_a_legal_basis_names_articles_that_exist(entry: Entry) -> None:
    """The same articles of the Regulation in both languages, none beyond its last."""
    assert entry.basis
    english = re.search(r"Regulation[^;]*?, Articles? ([^;]*)", entry.basis.en)
    numbers = [int(each) for each in re.findall(r"(?<![(\d])\d+(?![\d)])", english[1])] if english else []
    assert [each for each in numbers if not 1 <= each <= ARTICLES] == []
    chinese = entry.basis.zh.split("；")[0] if "条例》第" in entry.basis.zh else ""
    assert sorted({_number(each) for each in re.findall(r"第([一二三四五六七八九十]+)条", chinese)}) == sorted(set(numbers))


def _number(text: str) -> int:
    """Read a number below a hundred as articles are counted: 三十六 is 36."""
    digits = "零一二三四五六七八九"
    tens, ten, ones = text.rpartition("十")
    return (digits.index(tens) if tens else 1) * 10 + (digits.index(ones) if ones else 0) if ten else digits.index(text)


def test_every_line_and_outcome_has_a_legal_basis() -> None:
    lines = [entry for entry in entries() if entry.kind in {"line", "indicator"}]
    assert [entry.id for entry in lines if entry.basis is None] == []


# -- strict

DAMAGE = {
    "a line without an entry": (
        "applications.yml",
        "    lines: [applications/carried_in]\n",
        "",
        "no entry for line applications carried_in",
    ),
    "a column of one form without": (
        "disclosure.yml",
        "[disclosure/amount/2019]",
        "[disclosure/items]",
        "no entry for column disclosure amount",
    ),
    "a line that no form has": ("applications.yml", "[applications/new]", "[applications/fresh]", "names applications/fresh"),
    "a group that no form has": ("disputes.yml", "disputes/行政诉讼]", "disputes/民事诉讼]", "names disputes/民事诉讼"),
    "a status that is none": ("vocabulary.yml", "[blank]", "[empty]", "names empty"),
    "two entries for one line": ("disputes.yml", "[disputes/direct_litigation]", "[disputes/reconsideration]", "explains already"),
    "one id twice": ("disputes.yml", "id: column-pending", "id: column-upheld", "column-upheld stands more than once"),
    "an id of no kind": ("terms.yml", "id: term-ogi", "id: word-ogi", "record.pattern"),
    "a missing language": (
        "terms.yml",
        "      en: The administrative regulation",
        "      fr: The administrative regulation",
        "record.missing",
    ),
    "a missing term": ("terms.yml", "    term: {zh: 平台建设, en: Platform development}\n", "", "term: record.missing"),
    "an unknown key": ("vocabulary.yml", "    statuses: [reported]\n", "    statuses: [reported]\n    see: x\n", "record.unknown_key"),
    "an unknown section": ("sections.yml", "id: disputes", "id: quarrels", "no section of that name"),
    "broken syntax": ("terms.yml", "entries:\n", "entries: [\n", "document.syntax"),
}


@pytest.mark.parametrize("name, this, by, said", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_glossary_is_refused(name: str, this: str, by: str, said: str) -> None:
    texts = files()
    assert this in texts[name]
    with pytest.raises(FormError) as raised:
        load({**texts, name: texts[name].replace(this, by, 1)}, forms())
    assert said in str(raised.value)


# -- the page


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_has_every_entry_at_its_anchor(language: str) -> None:
    page = tree(language)
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert page.xpath("//dl/div/@id") == list(glossary())
    other = {"zh": "en", "en": "zh"}[language]
    for entry, shown in zip(entries(), page.xpath("//dl/div"), strict=True):
        assert shown.xpath("./dt/a/text()") == [entry.term[language]]
        assert shown.xpath("./dt/a/@href") == [f"#{entry.id}"]
        assert shown.xpath("./dt/span/text()") == [entry.term[other]]
        assert shown.xpath("./dd[1]/text()") == [entry.meaning[language]]
        said = shown.text_content()
        assert not entry.basis or entry.basis[language] in said
        assert [form for form in entry.forms if forms()[form].title[language] not in said] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_jumps_to_its_sections(language: str) -> None:
    made = glossary_page(Words(language))
    page = tree(language)
    sections = [section.id for section in glossary().sections]
    assert page.xpath("//nav[contains(@class, 'or-jump-terms')]//a/@href") == [f"#{section}" for section in sections]
    assert page.xpath("//h2/@id") == sections == [anchor for anchor, _ in made.sections]
    assert not re.search("[{}]", made.build())


def test_english_page_is_english_but_for_the_chinese_terms() -> None:
    page = html.fromstring(glossary_page(Words("en")).build())
    for each in page.xpath("//*[@lang='zh-Hans']"):
        each.drop_tree()
    assert not CHINESE.search(page.text_content())


# -- opened in place


HOST = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>x</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'">
{script}</head><body>{body}</body></html>"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A site of two pages in each language: the glossary, and a report's page with one term, and one of no entry."""
    root = tmp_path_factory.mktemp("glossary")
    (root / "assets").mkdir()
    (root / "assets" / SCRIPT).write_bytes(shipped()[SCRIPT].read_bytes())
    for language in LANGUAGES:
        w = Words(language)
        here = Here("reports/xugou-jia/2023/", w)
        links = f"{term(here, 'line-refused.state_secrets', 'one')} {term(here, 'line-xugou', 'none')} {term(here, 'indicator-refusal_rate', 'two')}"
        script = f'<script defer src="{here.file(f"assets/{SCRIPT}")}"></script>'
        _put(root / here.address, HOST.format(lang=language, script=script, body=f"<main>{links}</main>"))
        made = glossary_page(w)
        _put(root / made.path, HOST.format(lang=language, script="", body=made.build()))
    with served(root) as running:
        yield running


def _put(folder: Path, text: str) -> None:
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(text, encoding="utf-8")


def _opened(page: Page, link: str) -> None:
    page.get_by_role("link", name=link, exact=True).focus()
    page.keyboard.press("Enter")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_term_is_explained_where_it_stands(browser: Chromium, server: Server, language: str) -> None:
    """By keyboard alone: Enter opens a dialog that bears the term's name, Escape closes it and gives the focus back."""
    context = browser.context()
    watch = Watch.over(context)
    page = context.new_page()
    address = server.url + Here("reports/xugou-jia/2023/", Words(language)).address
    page.goto(address)
    entry = glossary()["line-refused.state_secrets"]
    _opened(page, "one")
    dialog = page.get_by_role("dialog", name=entry.term[language])
    dialog.wait_for()
    assert entry.meaning[language] in dialog.inner_text()
    assert page.evaluate("document.activeElement.textContent") == Words(language)("glossary_close")
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.textContent") == "one"
    asked = len(server.asked)
    _opened(page, "two")
    page.get_by_role("dialog").wait_for()
    assert len(server.asked) == asked, "the glossary is fetched once a page"
    links = page.get_by_role("dialog").get_by_role("link").all()
    targets = [link.evaluate("link => link.href") for link in links]
    home = server.url + Here("", Words(language)).address
    assert targets == [
        f"{home}glossary/#indicator-refusal_rate",
        f"{home}indicators/refusal_rate/",
        f"{home}glossary/#indicator-refusal_rate",
    ]
    page.get_by_role("button").click()
    page.get_by_role("dialog").wait_for(state="hidden")
    assert page.url == address
    context.close()
    assert watch.complaints == []
    assert watch.elsewhere(server) == []


def test_a_click_beside_the_definition_closes_it(browser: Chromium, server: Server) -> None:
    context = browser.context()
    page = context.new_page()
    page.goto(server.url + "reports/xugou-jia/2023/")
    page.get_by_role("link", name="one", exact=True).click()
    page.get_by_role("dialog").wait_for()
    page.get_by_role("dialog").get_by_text(glossary()["line-refused.state_secrets"].meaning.zh).click()
    assert page.get_by_role("dialog").is_visible()
    page.mouse.click(5, 5)
    page.get_by_role("dialog").wait_for(state="hidden")
    context.close()


def test_a_term_without_an_entry_leads_to_the_glossary(browser: Chromium, server: Server) -> None:
    context = browser.context()
    page = context.new_page()
    page.goto(server.url + "reports/xugou-jia/2023/")
    _opened(page, "none")
    arrived(page, f"{server.url}glossary/#line-xugou")
    context.close()


def test_without_scripts_a_term_leads_to_its_entry(browser: Chromium, server: Server) -> None:
    context = browser.context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url + "en/reports/xugou-jia/2023/")
    _opened(page, "one")
    arrived(page, f"{server.url}en/glossary/#line-refused.state_secrets")
    assert page.locator(":target dt a").inner_text() == "State secrets"
    context.close()
