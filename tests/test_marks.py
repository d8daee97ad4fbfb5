"""The mark of a contradiction goes wherever its figure goes: every page in both languages, every chart, every file.

Each contradicted figure of the corpus is given a number of its own, which stands nowhere else. Wherever that number is then met, the
mark must be met with it: no list of places is kept here, so that a new place is looked at by itself.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import zipfile
from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urljoin

import openpyxl
import pytest
import whole
from conftest import PROJECT, with_cells
from lxml import html
from open_reports.charts import drawing, svg
from open_reports.checks.check import check, check_report
from open_reports.derived import summary
from open_reports.derived.coverage import known_day
from open_reports.derived.doubt import doubted as puts_in_doubt
from open_reports.derived.doubt import doubted_facts, doubts
from open_reports.derived.summary.telling import day_words
from open_reports.files import agency as files_agency
from open_reports.files import archive_readme, citation, database, figures, index, markdown
from open_reports.files import report as files_report
from open_reports.files.catalogue import atom, dcat, schema_org
from open_reports.files.folder import ReportFolder
from open_reports.files.workbook import lists, several, workbook
from open_reports.finding import finding, messages
from open_reports.form import forms
from open_reports.intake.own import package
from open_reports.library import Library, open_library
from open_reports.pages import compare, indicators, listing, table
from open_reports.pages.report import report_page
from open_reports.report import table_path
from open_reports.site.publish import Artifact, publish
from open_reports.text import LANGUAGES, Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from open_reports.files.folder import Folder
    from open_reports.finding import Finding
    from open_reports.pages import Page
    from open_reports.report import Report
    from open_reports.site.publish import Publication

SIGN = "≠"
FIRST, STEP = 7_000_003, 10_007
"""Numbers of seven digits, which no report states and no sum of a few of them is."""


COPIED = (("pingtan-economy", 2024), ("pingtan-enforcement", 2024))
"""Two reports with one table; both are told, for either may be the copy."""
FOREIGN = ("pingtan-agriculture", 2024)
"""A report whose section one is of another year."""
DATED = ("pingtan-market", 2024)
"""A report that was published before its year was over, on `EARLY`."""
EARLY = date(2024, 8, 13)
SHARED = (("pingtan-social", 2024), ("pingtan-tourism", 2024))
"""Two reports with one source, `SOURCE`."""
SOURCE = "https://www.pingtan.gov.cn/one-for-two.htm"


def mistaken(kept: Library) -> Library:
    """The corpus with what none of its reports has: mistakes whose findings blame no figure."""
    reports = dict(kept.reports)
    one, two = COPIED
    table = reports[one].tables["disclosure"]
    # Counts that no sum holds against others.
    copied = with_cells(
        reports[one], {f"disclosure/{line}/decisions": str(3 + at) for at, line in enumerate(("licensing", "penalties", "compulsion"))}
    )
    table = copied.tables["disclosure"]
    reports[one] = copied
    reports[two] = replace(reports[two], tables={**reports[two].tables, "disclosure": table})
    foreign = reports[FOREIGN]
    reports[FOREIGN] = replace(foreign, overview=tuple(item._replace(text="77") for item in foreign.overview))
    reports[DATED] = replace(reports[DATED], published=EARLY)
    for key in SHARED:
        first, *others = reports[key].sources
        reports[key] = replace(reports[key], sources=(first._replace(path=SOURCE), *others))
    return replace(kept, reports=reports)


class Numbered(NamedTuple):
    """The corpus with a number of its own in each contradicted figure: the number by agency, year and address."""

    library: Library
    numbers: Mapping[str, tuple[str, int, str]]
    publication: Publication


@cache
def numbered() -> Numbered:
    """The project's packages, each contradicted figure told apart; what contradicts is asked anew of the numbers as they are then."""
    kept = mistaken(open_library(PROJECT / "datapackages"))
    shared: dict[str, str] = {}
    reports: dict[tuple[str, int], Report] = {}
    given: dict[str, tuple[str, int, str]] = {}
    for key, report in kept.reports.items():
        cells: dict[str, str] = {}
        stated: dict[str, str] = {}
        for address in doubts(report, kept):
            number = str(FIRST + STEP * len(given))
            if key in COPIED and address.startswith("disclosure/"):
                # One number for both, else the tables were not the same.
                number = shared.setdefault(address, number)
            given.setdefault(number, (*key, address))
            (stated if address.startswith("overview/") else cells)[address] = number
        items = (item._replace(text=stated.get(f"overview/{item.item}/value", item.text)) for item in report.overview)
        reports[key] = replace(with_cells(report, cells), overview=tuple(items))
    library = replace(kept, reports=reports)
    findings = check(library)
    return Numbered(library, given, publish(library, findings, site="https://reports.example/"))


@cache
def artifacts() -> tuple[Artifact, ...]:
    """Every data file, made once for those who look through them all."""
    return tuple(numbered().publication.data_files())


def held_in(path: str, data: bytes, wanted: Iterable[str]) -> set[str]:
    """Texts that a file may hold; a workbook is unpacked for it, for to open one costs a hundred times as much."""
    if path.endswith((".xlsx", ".zip")):
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            data = b"".join(map(bundle.read, bundle.namelist()))
    return {text for text in wanted if text.encode() in data}


def doubted() -> dict[str, tuple[str, int, str]]:
    """Numbers that contradict others, with their figures."""
    library = numbered().library
    return {number: of for number, of in numbered().numbers.items() if of[2] in doubts(library.reports[of[:2]], library)}


def spellings(number: str) -> tuple[str, str]:
    return number, f"{int(number):,}"


def test_the_corpus_has_what_is_looked_for() -> None:
    assert len(doubted()) > 30
    assert {rule for number in doubted() for rule in rules(number)} >= {"T3-ROW", "T3-SUM", "T4-SUM", "COPY", "TXT-MOST"}


def test_a_finding_of_a_whole_table_is_told_with_the_table() -> None:
    """Also where findings are listed: by the table's file of figures, and in the notes of workbooks."""
    made, w = numbered(), Words("zh")
    for (agency, year), name, rule in ((COPIED[0], "disclosure", "COPY"), (FOREIGN, "overview", "TXT-MOST")):
        (folder,) = (each for each in made.publication.folders if each.path == f"reports/{agency}/{year}/")
        files = folder.files()
        assert rule in {each["rule"] for each in json.loads(files[f"figures/{name}.json"])["findings"]}
        assert rule not in {each["rule"] for each in json.loads(files["figures/applications.json"])["findings"]}
        sheet = openpyxl.load_workbook(io.BytesIO(files[f"{agency}-{year}.xlsx"]))[w("book_notes")]
        (row,) = (row for row in sheet.iter_rows(values_only=True) if str(row[4] or "").startswith(f"{rule} "))
        assert row[0] == (
            forms().common.overview.title.zh if name == "overview" else made.library.reports[agency, year].tables[name].form.title.zh
        )
        assert not any(row[1:3])


def rules(number: str) -> tuple[str, ...]:
    agency, year, address = numbered().numbers[number]
    return doubts(numbered().library.reports[agency, year], numbered().library)[address]


# -- pages ------------------------------------------------------------------------------------------------------------------

_CHECKS = ("or-ledger", "or-chain", "or-finding")
"""Where the equations themselves are told, each with its = or ≠ between the sides: they are what the marks lead to."""
_RULES = re.compile(r"(en/)?quality/")
"""Pages of the checks, which list the same equations."""
_BLOCKS = {"td", "li", "p", "text", "dd", "figcaption", "caption", "h1", "h2", "h3", "div"}
_WORDS = ("title", "aria-label", "alt", "content")
"""Attributes whose text is told to somebody; others hold data for scripts."""


def shown(page: Page, wanted: Iterable[str]) -> Iterator[tuple[str, str, bool]]:
    """Numbers of a page, each with the text that it stands in, and whether it is marked there."""
    text = page.build()
    known = {spelling: number for number in wanted for spelling in spellings(number) if spelling in text}
    if not known:
        return
    pattern = re.compile(rf"(?<![0-9a-f])(?:{'|'.join(map(re.escape, sorted(known, key=len, reverse=True)))})(?![0-9a-f])")
    for element in html.fromstring(f"<main>{text}</main>").iter():
        # What a program prints cannot be marked; the rows that it reads are (`finding`).
        if not isinstance(element.tag, str) or element.tag in {"script", "code"}:
            continue
        around = [element, *element.iterancestors()]
        if any(name in each.get("class", "").split() for each in around for name in _CHECKS):
            continue
        block = next((each for each in around if each.tag in _BLOCKS), element)
        told = [element.text or "", *(child.tail or "" for child in element), *(element.get(name, "") for name in _WORDS)]
        for match in (match for each in told for match in pattern.finditer(each)):
            yield known[match[0]], f"{page.path}: {' '.join(block.text_content().split())[:120]}", marked(block, match[0])


def marked(block: html.HtmlElement, number: str) -> bool:
    """Whether a number stands right behind a mark in what a reader meets, or in the title of what has one."""
    said = "".join(block.itertext())
    # The two counts of a rate stand behind one mark, whichever of them is contradicted.
    behind = rf"{SIGN}\D{{0,40}}(?:[\d,]+ ?(?:/|→) ?)?{re.escape(number)}(?!\d)"
    titled = (each for each in block.iter() if isinstance(each.tag, str) and number in each.get("title", ""))
    return bool(re.search(behind, said)) or any(SIGN in each.text_content() for each in titled)


def looked_at(paths: str = "") -> tuple[list[str], set[str], set[str]]:
    """What stands without a mark on the pages whose path a pattern finds; the numbers met, and the kinds of pages they were met on."""
    bare: list[str] = []
    met, kinds = set(), set()
    for page in numbered().publication.pages:
        if re.search(paths, page.path) and not _RULES.match(page.path):
            for number, where, has in shown(page, doubted()):
                met.add(number)
                first, *rest = page.path.removeprefix("en/").split("/")
                kinds.add(f"{first} {len(rest)}")
                bare += [] if has else [where]
    return bare, met, kinds


def test_no_page_shows_a_contradicted_figure_without_its_mark() -> None:
    bare, met, kinds = looked_at()
    assert bare == []
    # Every one was met, on the page of its report, its agency, its year; on indicators, the comparison and the overview.
    assert met == set(doubted())
    assert kinds == {"compare 1", "indicators 2", "overview 1", "reports 2", "reports 3", "years 2"}


CONTROLS: dict[str, tuple[Any, str, str]] = {
    "the tables of a report": (table, "mark", r"^reports/pingtan-haitan/2024/"),
    "the sentences of a report": (summary, "mark", r"^reports/pingtan-haitan/2024/"),
    "the lists of a year": (listing, "mark", r"^years/2024/"),
    "the tables of an agency": (listing, "mark", r"^reports/pingtan-haitan/$"),
    "the table of a chart": (drawing, "mark", r"^reports/pingtan-haitan/$"),
    "a drawing": (svg, "_sign", r"^reports/pingtan-haitan/$"),
    "an indicator": (indicators, "mark", r"^en/indicators/disclosure_rate/"),
    "the comparison": (compare, "mark", r"^en/compare/"),
}


@pytest.mark.parametrize("module, name, paths", CONTROLS.values(), ids=CONTROLS)
def test_a_mark_that_is_left_out_anywhere_is_missed(module: Any, name: str, paths: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert looked_at(paths)[0] == []
    monkeypatch.setattr(module, name, lambda *_, **__: "")
    assert looked_at(paths)[0]


def test_the_mark_has_words_and_leads_to_the_note() -> None:
    """In every language; a mark that is a link leads to a place that its page has."""
    places = set()
    for page in numbered().publication.pages:
        if not (text := page.build()).count("or-neq"):
            continue
        w = Words(page.here.w.language)
        root = html.fromstring(f"<main>{text}</main>")
        for sign in root.xpath("//*[@class='or-neq'][self::a or self::b]"):
            assert sign.text == SIGN
            if sign.tag == "a":
                # Of what is no figure, other words: a day, an address, a whole table, prose.
                told = sign.get("aria-label")
                places.add(told == w("mark_place"))
                assert told in {w("mark_note"), w("mark_place")}
                address = sign.get("href")
                assert not address.startswith("#") or root.xpath("//*[@id=$id]", id=address[1:])
            else:
                assert (sign.get("role"), sign.get("aria-label")) == ("img", w("mark_says"))
                # A sign alone leads nowhere: it stands within a link to its figure or before its arrow, or in a chart, whose years lead there.
                assert list(sign.iterancestors("a", "figure")) or sign.xpath("./following-sibling::a[@class='or-to']")
    assert places == {True, False}


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_leads_to_a_contradicted_figure_of_the_corpus_is_marked(
    library: Library, findings: tuple[Finding, ...], language: str
) -> None:
    """Of the figures as they are, most of them a 0, which a page may say in words: each cell, and each link to it from any page."""
    wanted = {f"{report.folder}#{address}" for report in library for address in doubts(report, library)}
    cells, links, bare = 0, 0, []
    for page in publish(library, findings).pages:
        if page.here.w.language != language or _RULES.match(page.path):
            continue
        root = html.fromstring(f"<main>{page.build()}</main>")
        for cell in root.xpath("//td[@id]"):
            if f"{page.here.path}#{cell.get('id')}" in wanted:
                cells += 1
                bare += [] if cell.xpath("./a[@class='or-neq']") else [f"{page.path}#{cell.get('id')}"]
        for link in root.xpath("//a[contains(@href, '#')]"):
            if any(name in each.get("class", "").split() for each in link.iterancestors() for name in (*_CHECKS, "or-jump")):
                continue
            # An arrow shows nothing by itself: what it leads from stands before it.
            shown = link.getparent() if link.get("class") == "or-to" else link
            # Words of a summary may say a 0; elsewhere what has no digit shows no figure, and an address is none.
            said = link.xpath("ancestor::ul[@class='or-summary']") or re.search(r"\d", shown.text_content())
            if not said or link.xpath("./code"):
                continue
            if urljoin(page.here.path, unquote(link.get("href"))) in wanted:
                links += 1
                bare += (
                    [] if link.get("class") == "or-neq" or shown.xpath("./b[@class='or-neq']") else [f"{page.path}: {link.text_content()}"]
                )
    assert bare == []
    assert cells == len(wanted)
    assert links > 2 * len(wanted)


# -- files ------------------------------------------------------------------------------------------------------------------

_KEPT = re.compile(
    r"reports/[^/]+/\d+/(data/.*|[^/]+\.zip|report\.md|datapackage\.json)$|schemas/|data/(manifest|findings|corrections|released)"
)
"""Files of the package as it is kept, whose columns are the form's; what the checks say; the record of releases, which is held against others."""
_BINARY = re.compile(r".*\.(sqlite|parquet|zip|png)$")


def rules_told(path: str, data: bytes, numbers: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Each of these numbers that a file holds, with the rules that the file says it contradicts, None where it says nothing."""
    if path.endswith(".xlsx"):
        for sheet in openpyxl.load_workbook(io.BytesIO(data)):
            for cell in (cell for row in sheet for cell in row if str(cell.value) in numbers):
                yield str(cell.value), rules(str(cell.value)) if SIGN in cell.number_format else None
    elif path.endswith(".csv"):
        for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"))):
            for number in {text for text in row.values() if text in numbers}:
                yield number, tuple(row["finding"].split()) if "finding" in row else None
    elif path.endswith(".json"):
        for number, told in found_in(json.loads(data), numbers):
            yield number, told
    elif path.endswith(".md"):
        yield from in_tables(data.decode(), numbers)
    else:
        yield from ((number, None) for number in numbers)


def in_tables(text: str, numbers: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Each number in a cell of Markdown, and whether its mark stands before it; outside of tables equations are told."""
    for cell in (cell.strip() for row in text.splitlines() if row.startswith("|") for cell in row.split("|")):
        for each in numbers:
            if re.search(rf"(?<!\d){each}(?!\d)", cell):
                yield each, rules(each) if cell.startswith(f"{SIGN} {each}") else None


def found_in(value: Any, numbers: Collection[str], above: Mapping[str, Any] | None = None) -> Iterator[tuple[str, Any]]:
    """Numbers in JSON, each with the `finding` beside it or, by its address, at the top."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key not in {"findings", "rules", "text", "printed"}:
                yield from found_in(each, numbers, value)
    elif isinstance(value, list):
        for each in value:
            yield from found_in(each, numbers, above)
    elif str(value) in numbers and not isinstance(value, bool):
        told = (above or {}).get("finding", ())
        yield str(value), tuple(told.split() if isinstance(told, str) else told) or None


def test_no_file_states_a_contradicted_figure_without_saying_so() -> None:
    wanted = doubted()
    bare, kinds = [], set()
    for artifact in artifacts():
        path = artifact.path
        if _KEPT.match(path) or _BINARY.match(path):
            continue
        held = held_in(path, artifact.data, wanted)
        if not held:
            continue
        by_address = json.loads(artifact.data)["finding"] if path.endswith("/report.json") else {}
        for number, told in rules_told(path, artifact.data, held):
            said = by_address.get(wanted[number][2], told)
            kinds.add(re.sub(r"[^/]+", "*", path.rpartition("/")[0]) + "." + path.rpartition(".")[2])
            bare += [] if said and set(rules(number)) <= set(said) else [f"{path}: {number} {said}"]
    assert bare == []
    assert kinds == {
        "*.csv",
        "*.json",
        "*.xlsx",
        "*/*.csv",
        "*/*.json",
        "*/*.xlsx",
        "*/*/*.csv",
        "*/*/*.json",
        "*/*/*.md",
        "*/*/*.xlsx",
        "*/*/*/*.json",
    }


def test_a_workbook_shows_the_mark_and_keeps_the_number(library: Library) -> None:
    """A count and money by the format of the cell, so that a sum finds them; digits beyond a spreadsheet's in the text; a blank table in words."""
    agency = library.agencies["pingtan-haitan"]
    blank = {
        f"disputes/{line.id}/{column.id}": "" for line, column in library.reports["pingtan-haitan", 2024].tables["disputes"].form.cells
    }
    fees = "disclosure/fees/amount"
    for text, value, code in (("12.50", 12.5, '"≠ "0.00'), ("1234567890.123456", "≠ 1234567890.123456", "@")):
        made = with_cells(library.reports["pingtan-haitan", 2024], {fees: text, **blank})
        # Any finding that blames the fees, in whatever words.
        said = [*check_report(made), *(replace(each, address=fees) for each in check_report(made) if each.rule == "T3-SUM")]
        data = workbook(made, agency, said)
        sheets = openpyxl.load_workbook(io.BytesIO(data))
        cells = [
            cell for sheet in sheets for row in sheet for cell in row if SIGN in cell.number_format or str(cell.value).startswith(SIGN)
        ]
        assert (value, code) in [(cell.value, cell.number_format) for cell in cells]
        # And of the figures of the report itself, a 0 where 5 and 1 stand beside it.
        assert (0, '"≠ "0') in [(cell.value, cell.number_format) for cell in cells]
        assert len(cells) == 1 + sum(address.startswith("applications/") for address in doubts(made))
        words = [cell.value for sheet in sheets for row in sheet for cell in row].count(Words("zh")("mark_blank_table"))
        assert words == len(blank)
        # Taken in again, it is the package's figure.
        again = package(data)
        assert again is not None
        rows = {
            name: {row["line"]: row for row in csv.DictReader(io.StringIO(again.files[table_path(name)].decode()))} for name in made.tables
        }
        assert rows["disclosure"]["fees"]["amount"] == text
        assert rows["applications"]["new"]["total"] == "0"
        assert {rows["disputes"][address.split("/")[1]][address.split("/")[2]] for address in blank} == {""}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wholly_blank_table_says_so_in_each_of_its_cells(library: Library, language: str) -> None:
    report = library.reports["pingtan-police", 2024]
    lines = report.tables["disputes"].form.cells
    blank = with_cells(report, {f"disputes/{line.id}/{column.id}": "" for line, column in lines})
    one = replace(library, reports={**library.reports, ("pingtan-police", 2024): blank})
    words = Words(language)("mark_blank_table")
    folder = ReportFolder(whole.sources(one, check_report(blank, one)), blank)
    cells = html.fromstring(f"<main>{report_page(folder, Words(language)).build()}</main>").xpath("//td[starts-with(@id, 'disputes/')]")
    assert {cell.get("aria-label") for cell in cells} == {words}
    assert not any(cell.xpath("./*") for cell in cells)
    cell = listing.figure_cell(blank, ("disputes", "reconsideration", "total"), Words(language), one)
    assert (cell.status, cell.says) == ("blank", words)
    assert listing.figure_cell(report, ("disputes", "reconsideration", "total"), Words(language), library).says != words


PLACES = {
    "DATE": ("published", "//dl//dt[text()=$name]/../dd", "published"),
    "SOURCE": ("sources", "//dl//dt[text()=$name]/../dd", "source"),
    "COPY": ("applications", "//h2[@id='applications']/following::caption[1]", ""),
    "TXT-MOST": (
        "overview",
        "//caption[@id='overview-caption'] | //h2[starts-with(@id, 'section-')][following-sibling::*[1][@class='or-prose']]",
        "",
    ),
}
"""What a finding without an address is about, where that stands on the page, and the key of its name there."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", PLACES)
def test_what_is_no_figure_is_marked_where_it_stands(library: Library, language: str, rule: str) -> None:
    """A date, the source, a whole table, prose: one mark at each place, with words of its own, that leads to the note; without the finding, none."""
    report, w = library.reports["pingtan", 2024], Words(language)
    about, path, name = PLACES[rule]
    codes = {"DATE": "date.early", "SOURCE": "source.twice", "COPY": "copy.table", "TXT-MOST": "narrative.most"}
    values = dict.fromkeys(("expected", "other", "other_year", "table", "count"), "1")
    said = report.sources[0].path if rule == "SOURCE" else "1"
    told = finding(codes[rule], file="", found=said, about=about, **values).of(report.agency, report.year)
    assert (told.rule, told.level, told.address) == (rule, "discrepancy", None)
    known = [each for each in check_report(report, library) if each.rule not in PLACES]
    pages = []
    for findings in ([*known, told], known):
        folder = ReportFolder(whole.sources(library, findings), report)
        pages.append(html.fromstring(f"<main>{report_page(folder, w).build()}</main>"))
    marked, plain = pages
    signs = marked.xpath(f"//a[@class='or-neq'][@aria-label='{w('mark_place')}']")
    places = marked.xpath(path, name=w(name) if name else "")
    assert len(places) == len(signs) == (4 if rule == "TXT-MOST" else 1)
    for place, sign in zip(places, signs, strict=True):
        assert sign in place.xpath(".//a")
        (note,) = marked.xpath("//*[@id=$id]", id=sign.get("href")[1:])
        assert rule in note.text_content()
    assert not plain.xpath(f"//a[@aria-label='{w('mark_place')}']")
    same = plain.xpath(path, name=w(name) if name else "")
    assert [each.text_content() for each in same] == [each.text_content().replace(SIGN, "", 1) for each in places]


BLAMED = {
    "cells": {"identity", "identity.located", "label.other", "form.blank", "copy.table", "narrative.most"},
    "facts": {"date.early", "date.late", "source.twice"},
    "agencies": {"meta.agency_twin"},
}
"""What each contradiction puts in doubt: cells, one by one or all of a line, a table or section one; facts; a name, which is no report's."""


def test_every_contradiction_puts_something_in_doubt_that_is_marked(library: Library) -> None:
    """A new one has to say what: figures by their addresses, or facts by the names that they have here."""
    known = {code for code, message in messages().items() if message.level == "discrepancy" and not code.startswith("level.")}
    assert known == set().union(*BLAMED.values())
    report = library.reports["pingtan", 2024]
    values = dict.fromkeys(("expected", "other", "other_year", "table", "count", "found", "line"), "1")
    for code, about in (("copy.table", "applications"), ("narrative.most", "overview"), ("form.blank", "disputes")):
        told = finding(code, file="", **values, about=about)
        cells = {str(figure.address) for figure in report.figures() if figure.address.table == about}
        assert set(puts_in_doubt(report, told)) == cells
        assert not list(doubted_facts(report, told))
    for code, about, found in (("date.late", "published", "1"), ("source.twice", "sources", report.sources[0].path)):
        told = finding(code, file="", **{**values, "found": found}, about=about)
        assert list(doubted_facts(report, told)) == [{"sources": "sources[0]"}.get(about, about)]
        assert not list(puts_in_doubt(report, told))
    elsewhere = finding("source.twice", file="", **{**values, "found": "https://elsewhere.example/a"}, about="sources")
    assert not list(doubted_facts(report, elsewhere))


# -- a day and an address ------------------------------------------------------------------------------------------------------

RULE_OF = {EARLY.isoformat(): "DATE", **{day_words("date", EARLY, language): "DATE" for language in LANGUAGES}, SOURCE: "SOURCE"}
"""What is no figure and contradicted, in each of its spellings, with the rule that says so."""


def facts_of_page(page: Page) -> Iterator[tuple[str, bool]]:
    """Each place of a page where a day or an address in doubt is told, and whether a mark stands right before it."""
    text = page.build()
    if not any(spelt in text for spelt in RULE_OF):
        return
    for element in html.fromstring(f"<main>{text}</main>").iter():
        around = [element, *element.iterancestors()]
        if not isinstance(element.tag, str) or any(name in each.get("class", "").split() for each in around for name in _CHECKS):
            continue
        # What a page carries of the package, for whoever imports it again, is shown to nobody.
        attributes = {name: value for name, value in element.attrib.items() if name != "data-package"}
        before = element.getprevious()
        signed = (before is not None and before.get("class") == "or-neq") or f"{SIGN} " in attributes.get("data-text", "")
        for spelt in RULE_OF:
            for told in (element.text or "", *(child.tail or "" for child in element)):
                for match in re.finditer(re.escape(spelt), told):
                    stands = told[: match.start()].endswith(f"{SIGN} ") or _behind_mark(element, told, match.start())
                    yield f"{page.path}: {element.tag} {told.strip()[:80]}", stands
            for name, value in attributes.items():
                if spelt in value:
                    yield f"{page.path}: {element.tag} {name}", signed or f"{SIGN} {spelt}" in value


def _behind_mark(element: html.HtmlElement, told: str, start: int) -> bool:
    """Whether what begins a text stands right behind a mark."""
    if told[:start].strip():
        return False
    before = next((child for child in element if child.tail == told), None)
    return before is not None and before.get("class") == "or-neq"


def facts_of_file(path: str, data: bytes) -> Iterator[tuple[str, bool]]:
    """The same of a file."""
    yield from next(read for end, read in READERS.items() if path.endswith(end))(path, data)


def _facts_of_archive(path: str, data: bytes) -> Iterator[tuple[str, bool]]:
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        for name in bundle.namelist():
            if not name.startswith("data") and name != "report.md":
                yield from facts_of_file(f"{path}/{name}", bundle.read(name))


def _facts_of_workbook(path: str, data: bytes) -> Iterator[tuple[str, bool]]:
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        # One sheet says what the checks found, the last of a report's workbook carries its package.
        if sheet.title not in {Words("zh")("book_notes"), Words("zh")("book_package")}:
            cells = (str(cell.value) for row in sheet for cell in row)
            yield from ((f"{path} {sheet.title}", f"{SIGN} {spelt}" in text) for text in cells for spelt in RULE_OF if spelt in text)


def _facts_of_rows(path: str, data: bytes) -> Iterator[tuple[str, bool]]:
    for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"))):
        for spelt in (text for text in row.values() if text in RULE_OF):
            yield path, row.get("finding", "") == RULE_OF[spelt]


def _facts_of_text(path: str, data: bytes) -> Iterator[tuple[str, bool]]:
    text = data.decode(errors="replace")
    if "/report-tables" in path:
        # Behind the last head it says what the checks found.
        text = text[: text.index(f"\n## {Words('en' if path.endswith('.en.md') else 'zh')('findings')}")]
    for spelt in RULE_OF:
        for match in re.finditer(re.escape(spelt), text):
            # The title of an original may stand between the mark and the address.
            yield path, bool(re.search(rf"{SIGN} ([^\n]* )?<?$", text[: match.start()]))


def _facts_of_json(path: str, value: Any) -> Iterator[tuple[str, bool]]:
    if isinstance(value, dict):
        for key, each in value.items():
            if isinstance(each, str) and each in RULE_OF:
                yield path, value.get("finding", {}) == [RULE_OF[each]] or value.get("finding", {}).get(key) == [RULE_OF[each]]
            elif key not in {"findings", "finding"}:
                yield from _facts_of_json(path, each)
    elif value == [EARLY.year, EARLY.month, EARLY.day]:
        yield path, False
    elif isinstance(value, list):
        for each in value:
            yield from _facts_of_json(path, each)
    elif isinstance(value, str):
        yield from ((path, f"{SIGN} {spelt}" in value) for spelt in RULE_OF if spelt in value)


def _facts_of_database(path: str, data: bytes) -> Iterator[tuple[str, bool]]:
    connection = sqlite3.connect(":memory:")
    connection.deserialize(data)
    connection.row_factory = sqlite3.Row
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'").fetchall():
        for row in connection.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 (its own names)
            # What the checks say is told in a table of its own.
            for spelt in (value for value in tuple(row) if value in RULE_OF and name != "findings"):
                yield f"{path} {name}", "finding" in row.keys() and row["finding"] == RULE_OF[spelt]  # noqa: SIM118 (a row, no dictionary)
    connection.close()


READERS: dict[str, Any] = {
    ".zip": _facts_of_archive,
    ".xlsx": _facts_of_workbook,
    ".csv": _facts_of_rows,
    ".sqlite": _facts_of_database,
    ".json": lambda path, data: _facts_of_json(path, json.loads(data)),
    ".jsonld": lambda path, data: _facts_of_json(path, json.loads(data)),
    "": _facts_of_text,
}
"""How a file is read, by the end of its name."""
_CHECKED = re.compile(r"reports/[^/]+/\d+/(report\.md|datapackage\.json)$|schemas/|data/(manifest|findings|released)")
"""The package as it is kept; what the checks say themselves; the record of releases, which is held against others."""


def facts_met(pages: str = "", files: Iterable[tuple[str, bytes]] | None = None) -> tuple[list[str], set[str]]:
    """Where a day or an address in doubt is told without its mark, on pages and in files; and the kinds of places where one is told.

    `pages` is a pattern of paths; `files` are those asked, each with its path, all unless given.
    """
    made = numbered().publication
    found = [each for page in made.pages if re.search(pages, page.path) and not _RULES.match(page.path) for each in facts_of_page(page)]
    for path, data in artifacts() if files is None else files:
        # CSL has the numbers of a date apart.
        if not _CHECKED.match(path) and (path.endswith(".csl.json") or held_in(path, data, RULE_OF)):
            found += facts_of_file(path, data)
    kinds = {
        re.sub(r"(reports/)[^/]+/", r"\1*/", re.sub(r"pingtan-\w+", "*", where.split(":")[0])).replace("/2024", "/*") for where, _ in found
    }
    return [where for where, marked in found if not marked], kinds


TOLD = {
    *(f"{top}{page}" for top in ("", "en/") for page in ("reports/*/", "reports/*/*/", "years/*/", "feed.xml")),
    *("coverage/coverage.csv", "coverage/coverage.json", "data/index.json"),
    *("data/reports.sqlite reports", "data/reports.sqlite sources"),
    *(f"{book} 说明" for book in ("data/reports.xlsx", "reports/*/*.xlsx", "reports/*/*/*-2024.xlsx", "years/*/*.xlsx")),
    *("reports/*/*.json", "reports/*/*/report.json", "reports/*/*/report-tables.md", "reports/*/*/report-tables.en.md"),
    *(f"reports/*/*/figures/{table}.json" for table in ("applications", "disclosure", "disputes", "overview")),
    *(f"reports/*/*/*-2024.{kind}" for kind in ("bib", "csl.json", "ris")),
    *(f"reports/*/*/*-2024.zip/{name}" for name in ("CITATION.bib", "CITATION.csl.json", "CITATION.ris", "README.md")),
}
"""Kinds of places that tell a day of publication or the address of a source."""


def test_a_day_and_an_address_in_doubt_are_marked_wherever_they_are_told() -> None:
    bare, kinds = facts_met()
    assert bare == []
    assert kinds == TOLD


NO_MARK = {"mark": lambda *_, **__: "", "signed": lambda text, _: text, "facts_json": lambda *_: {}, "facts_of_findings": lambda *_: {}}
"""What stands in the place of whatever makes a mark."""
UNSIGNED_PAGES: dict[str, tuple[Any, str, str]] = {
    "the facts of a report": (table, "mark", r"^en/reports/pingtan-social/2024/$"),
    "the sentences of a report": (summary, "mark", r"^reports/pingtan-market/2024/$"),
    "its citation": (citation, "signed", r"^reports/pingtan-market/2024/$"),
    "what search engines read": (schema_org, "PUBLISHED", r"^reports/pingtan-market/2024/$"),
    "the lists of a year": (listing, "mark", r"^years/2024/$"),
    "the reports of an agency": (listing, "mark", r"^en/reports/pingtan-market/$"),
}
UNSIGNED_FILES: dict[str, tuple[Any, str, str, str]] = {
    "a citation": (citation, "signed", "reports/pingtan-market/2024/", "pingtan-market-2024.bib"),
    "the day of a citation": (citation, "PUBLISHED", "reports/pingtan-market/2024/", "pingtan-market-2024.csl.json"),
    "a report as Markdown": (markdown, "signed", "reports/pingtan-social/2024/", "report-tables.md"),
    "what an archive encloses": (archive_readme, "signed", "reports/pingtan-social/2024/", "pingtan-social-2024.zip"),
    "a report's workbook": (lists, "signed", "reports/pingtan-market/2024/", "pingtan-market-2024.xlsx"),
    "the figures of a report": (figures, "facts_of_findings", "reports/pingtan-tourism/2024/", "figures/disputes.json"),
    "a report as JSON": (files_report, "facts_json", "reports/pingtan-market/2024/", "report.json"),
    "an agency as JSON": (files_agency, "facts_json", "reports/pingtan-market/", "pingtan-market.json"),
    "an agency's workbook": (several, "signed", "reports/pingtan-market/", "pingtan-market.xlsx"),
    "the feed": (atom, "signed", "en/", "feed_en"),
    "the index": (index, "facts_json", "data/", "index"),
    "the database": (database, "_rules", "data/", "database"),
    "the catalogue": (dcat, "source_at", "data/", "catalog"),
}


@pytest.mark.parametrize("module, name, pages", UNSIGNED_PAGES.values(), ids=UNSIGNED_PAGES)
def test_a_day_or_an_address_without_its_mark_is_missed_on_a_page(
    module: Any, name: str, pages: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert facts_met(pages, ())[0] == []
    monkeypatch.setattr(module, name, NO_MARK.get(name, ""))
    assert facts_met(pages, ())[0]


@pytest.mark.parametrize("module, name, path, file", UNSIGNED_FILES.values(), ids=UNSIGNED_FILES)
def test_a_day_or_an_address_without_its_mark_is_missed_in_a_file(
    module: Any, name: str, path: str, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder,) = (each for each in numbered().publication.folders if each.path == path)

    def made() -> list[tuple[str, bytes]]:
        folder.let_go()
        # Of the folders about everything one file alone, by its route: to make them all takes a while.
        return [(each.path, each.data)] if (each := _by_route(folder, file)) else [(f"{path}{file}", folder.files()[file])]

    assert facts_met("no page", made())[0] == []
    monkeypatch.setattr(module, name, NO_MARK.get(name, lambda *_: None))
    assert facts_met("no page", made())[0]
    folder.let_go()  # of what was made without its marks


def _by_route(folder: Folder, route: str) -> Artifact | None:
    return Artifact(f"{folder.path}{folder.name(route)}", folder[route]) if route in folder else None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_that_has_not_come_is_marked_among_the_latest_and_decides_nothing(library: Library, language: str) -> None:
    """On the home page and in the matrix of coverage, which leads from it to the report; no other report is due by such a day."""
    key = ("pingtan-market", 2024)
    late = replace(library, reports={**library.reports, key: replace(library.reports[key], published=date(2099, 3, 1))})
    assert known_day(late) == known_day(library)
    made, w = publish(late, check(late)), Words(language)
    wanted = {"", "coverage/"}
    here = (page for page in made.pages if page.here.w.language == language and page.here.path in wanted)
    pages = {page.here.path: html.fromstring(f"<main>{page.build()}</main>") for page in here}
    (sign,) = pages[""].xpath("//li/span/a[@class='or-neq']")
    assert (sign.tail, sign.get("aria-label")) == ("2099-03-01", w("mark_place"))
    (sign,) = pages["coverage/"].xpath("//td/a[@class='or-neq']")
    assert sign.get("href").endswith("reports/pingtan-market/2024/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_and_a_workbook_with_marked_facts_are_the_package_when_read_in_again(library: Library, language: str) -> None:
    """The marks are ours, and none of what is carried."""
    report, w = library.reports["pingtan-market", 2024], Words(language)
    path = report.sources[0].path
    told = [
        finding("date.early", file="", found=str(report.published), expected="", about="published").of(report.agency, report.year),
        finding("source.twice", file="", found=path, other="", other_year="", about="sources").of(report.agency, report.year),
    ]
    folder = ReportFolder(whole.sources(library, told), report)
    page = f'<html lang="{language}"><body>{report_page(folder, w).build()}</body></html>'
    assert page.count(w("mark_place")) == len(told)
    book = workbook(report, folder.agency, told)
    texts = {str(cell.value) for sheet in openpyxl.load_workbook(io.BytesIO(book)) for row in sheet for cell in row}
    assert {f"{SIGN} {report.published}", f"{SIGN} {path}"} <= texts
    for data in (page.encode(), book):
        again = package(data)
        assert again is not None
        descriptor = json.loads(again.files["datapackage.json"])
        assert descriptor["report"]["published"] == str(report.published)
        assert descriptor["sources"][0]["path"] == path
