"""The mark of a contradiction goes wherever its figure goes: every page in both languages, every chart, every file.

Each contradicted figure of the corpus is given a number of its own, which stands nowhere else. Wherever that number is then met, the
mark must be met with it: no list of places is kept here, so that a new place is looked at by itself.
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
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
from open_reports.derived.doubt import doubts
from open_reports.files.folder import ReportFolder
from open_reports.files.workbook import workbook
from open_reports.finding import finding
from open_reports.intake.own import package
from open_reports.library import Library, open_library
from open_reports.pages import compare, indicators, listing, table
from open_reports.pages.report import report_page
from open_reports.report import table_path
from open_reports.site.publish import publish
from open_reports.text import LANGUAGES, Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from open_reports.finding import Finding
    from open_reports.pages import Page
    from open_reports.report import Report
    from open_reports.site.publish import Publication

SIGN = "≠"
FIRST, STEP = 7_000_003, 10_007
"""Numbers of seven digits, which no report states and no sum of a few of them is."""


class Numbered(NamedTuple):
    """The corpus with a number of its own in each contradicted figure: the number by agency, year and address."""

    library: Library
    numbers: Mapping[str, tuple[str, int, str]]
    publication: Publication


@cache
def numbered() -> Numbered:
    """The project's packages, each contradicted figure told apart; what contradicts is asked anew of the numbers as they are then."""
    kept = open_library(PROJECT / "datapackages")
    reports: dict[tuple[str, int], Report] = {}
    given: dict[str, tuple[str, int, str]] = {}
    for key, report in kept.reports.items():
        cells = {}
        for address in doubts(report, kept):
            number = str(FIRST + STEP * len(given))
            given[number] = (*key, address)
            cells[address] = number
        reports[key] = with_cells(report, cells)
    library = replace(kept, reports=reports)
    findings = check(library)
    return Numbered(library, given, publish(library, findings, site="https://reports.example/"))


def doubted() -> dict[str, tuple[str, int, str]]:
    """Numbers that contradict others, with their figures."""
    library = numbered().library
    return {number: of for number, of in numbered().numbers.items() if of[2] in doubts(library.reports[of[:2]], library)}


def spellings(number: str) -> tuple[str, str]:
    return number, f"{int(number):,}"


def test_the_corpus_has_what_is_looked_for() -> None:
    assert len(doubted()) > 30
    assert {rule for number in doubted() for rule in rules(number)} >= {"T3-ROW", "T3-SUM", "T4-SUM"}


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
    # Every one was met, on the page of its report, its agency, its year; on indicators and the comparison.
    assert met == set(doubted())
    assert kinds == {"compare 1", "indicators 2", "reports 2", "reports 3", "years 2"}


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
    monkeypatch.setattr(module, name, lambda *_: "")
    assert looked_at(paths)[0]


def test_the_mark_has_words_and_leads_to_the_note() -> None:
    """In every language; a mark that is a link leads to a place that its page has."""
    for page in numbered().publication.pages:
        if not (text := page.build()).count("or-neq"):
            continue
        w = Words(page.here.w.language)
        root = html.fromstring(f"<main>{text}</main>")
        for sign in root.xpath("//*[@class='or-neq'][self::a or self::b]"):
            assert sign.text == SIGN
            if sign.tag == "a":
                assert sign.get("aria-label") == w("mark_note")
                address = sign.get("href")
                assert not address.startswith("#") or root.xpath("//*[@id=$id]", id=address[1:])
            else:
                assert (sign.get("role"), sign.get("aria-label")) == ("img", w("mark_says"))
                # A sign alone leads nowhere: it stands within a link to its figure or before its arrow, or in a chart, whose years lead there.
                assert list(sign.iterancestors("a", "figure")) or sign.xpath("./following-sibling::a[@class='or-to']")


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

_KEPT = re.compile(r"reports/[^/]+/\d+/(data/.*|[^/]+\.zip|report\.md|datapackage\.json)$|schemas/|data/(manifest|findings|corrections)")
"""Files of the package as it is kept, whose columns are the form's; what the checks say."""
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
    for artifact in numbered().publication.data_files():
        path = artifact.path
        if _KEPT.match(path) or _BINARY.match(path):
            continue
        # A workbook is packed, so it is opened to be searched.
        packed = path.endswith(".xlsx")
        held = {number for number in wanted if packed or number.encode() in artifact.data}
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
    "TXT-MOST": ("overview", "//caption[@id='overview-caption']", ""),
}
"""What a finding without an address is about, where that stands on the page, and the key of its name there."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", PLACES)
def test_what_is_no_figure_is_marked_where_it_stands(library: Library, language: str, rule: str) -> None:
    """A date, the source, a whole table: one mark at its place, with words of its own, that leads to the note; without the finding, none."""
    report, w = library.reports["pingtan", 2024], Words(language)
    about, path, name = PLACES[rule]
    codes = {"DATE": "date.early", "SOURCE": "source.twice", "COPY": "copy.table", "TXT-MOST": "narrative.most"}
    values = dict.fromkeys(("expected", "other", "other_year", "table", "count"), "1")
    told = finding(codes[rule], file="", found="1", about=about, **values).of(report.agency, report.year)
    assert (told.rule, told.level, told.address) == (rule, "discrepancy", None)
    known = [each for each in check_report(report, library) if each.rule not in PLACES]
    pages = []
    for findings in ([*known, told], known):
        folder = ReportFolder(whole.sources(library, findings), report)
        pages.append(html.fromstring(f"<main>{report_page(folder, w).build()}</main>"))
    marked, plain = pages
    signs = marked.xpath(f"//a[@class='or-neq'][@aria-label='{w('mark_place')}']")
    (place,) = marked.xpath(path, name=w(name) if name else "")
    (sign,) = signs
    assert sign in place.xpath(".//a")
    (note,) = marked.xpath("//*[@id=$id]", id=sign.get("href")[1:])
    assert rule in note.text_content()
    assert not plain.xpath(f"//a[@aria-label='{w('mark_place')}']")
    (same,) = plain.xpath(path, name=w(name) if name else "")
    assert same.text_content() == place.text_content().replace(SIGN, "", 1)
