"""Indicators: exact, never on a zero denominator or a blank; their pages, tables and files all say the same."""

from __future__ import annotations

import csv
import gc
import io
import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import made_up
import pytest
import whole
from conftest import PROJECT, with_cells
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from open_reports.derived import indicator as module
from open_reports.derived.doubt import NONE, doubts
from open_reports.derived.indicator import REASONS, Value, computed, indicators, of_library
from open_reports.document import parse_yaml
from open_reports.errors import FormError
from open_reports.files.folder import IndicatorFolder
from open_reports.files.indicator import COLUMNS, indicator_files
from open_reports.form import FAMILY, Cells, forms, load
from open_reports.form.glossary import glossary
from open_reports.library import Library, open_library
from open_reports.pages.indicators import counted, indicator_pages, percent, reason_words
from open_reports.pages.paging import MOST_LISTED
from open_reports.report import read
from open_reports.report.model import Consolidation
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from open_reports.pages import Page
    from open_reports.report import Report

CASES: Any = parse_yaml((Path(__file__).parent / "cases" / "indicators.yml").read_text(encoding="utf-8"))
INDICATORS = list(forms().indicators)
LANGUAGES = ("zh", "en")
CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


def value_of(report: Report, name: str, before: Report | None = None) -> Value:
    """Value of an indicator, whatever its figures contradict: cells that a test sets add up with nothing else."""
    return next(each for each in computed(report, before, (NONE, NONE)) if each.indicator.id == name)


def expected(case: dict[str, Any]) -> tuple[Any, ...]:
    """Numerator, denominator, value and reason that a case states."""
    top, bottom = case.get("numerator"), case.get("denominator")
    if isinstance(case.get("counts"), str):
        top, bottom = (int(each) for each in case["counts"].split("/"))
    elif "counts" in case:
        top = case["counts"]
    return top, bottom, Decimal(case["value"]) if "value" in case else None, case.get("reason"), ()


# -- values


@pytest.mark.parametrize("case", CASES["real"], ids=lambda case: f"{case['report']}-{case['indicator']}")
def test_value_of_a_real_report(library: Library, case: dict[str, Any]) -> None:
    agency, year = case["report"].split("/")
    report = library.reports[agency, int(year)]
    found = value_of(report, case["indicator"], library.reports.get((agency, int(year) - 1)))
    assert found[1:] == expected(case)
    published = of_library(library)[case["indicator"]][agency, int(year)]
    assert (published.numerator, published.denominator) == (found.numerator, found.denominator)
    assert published == found or (published.value, published.reason) == (None, "contradicted")


@pytest.mark.parametrize("case", CASES["contradicted"], ids=lambda case: f"{case['report']}-{case['indicator']}")
def test_no_rate_is_made_of_figures_that_contradict_each_other(library: Library, case: dict[str, Any]) -> None:
    agency, year = case["report"].split("/")
    found = of_library(library)[case["indicator"]][agency, int(year)]
    assert found[1:] == (*expected(case)[:2], None, "contradicted", tuple(case["finding"]))
    assert found.to_dict()["finding"] == case["finding"]


def test_of_the_whole_corpus_every_indicator_of_doubted_figures_says_so_and_no_other(library: Library) -> None:
    found = 0
    for (agency, year), report in library.reports.items():
        before = library.reports.get((agency, year - 1))
        for indicator in forms().indicators.values():
            value = of_library(library)[indicator.id][agency, year]
            used = {
                (of.year, f"{each.table}/{line}/{each.column}")
                for each in (*indicator.numerator, *indicator.denominator)
                for of in [before if each.previous else report]
                if of is not None and each.table in of.tables
                for line in each.lines(of.tables[each.table].form)
            }
            doubted = [(year, address) for address in doubts(report, library)]
            doubted += [(year - 1, address) for address in (doubts(before, library) if before else ())]
            if used.intersection(doubted) and value.reason not in {"not_collected", "scope_differs", "period_differs"}:
                assert value.doubt
                assert value.value is None
                found += 1
            else:
                assert value.reason != "contradicted"
                assert value.doubt == ()
    assert found > 20


@pytest.mark.parametrize("case", CASES["made_up"], ids=lambda case: case["name"])
def test_value_of_a_made_up_report(report: Callable[[made_up.Package], Report], case: dict[str, Any]) -> None:
    made = report(made_up.package())
    refused = {f"applications/{line}/total": "0" for line in made.tables["applications"].rows if line.startswith("refused.")}
    assert value_of(with_cells(made, {**refused, **case["cells"]}), case["indicator"])[1:] == expected(case)


def test_doubt_is_looked_for_on_the_form_of_the_table(report: Callable[[made_up.Package], Report]) -> None:
    """Real reports mix the two forms, and only the older has this line."""
    older, newer = made_up.prescribed(2020), made_up.prescribed(2023)
    mixed = report(made_up.package(form_of={**newer, "disclosure": older["disclosure"]}))
    assert mixed.form.id == newer["disclosure"]
    items = Cells(table="disclosure", line="procurement", column="items")
    assert module.contradicted((mixed, None), (items,), ({"disclosure/procurement/items": ("R",)}, {})) == ("R",)


def test_a_sum_of_what_is_not_there_has_a_reason() -> None:
    """Whoever asks for the year before, or for a table, of a report without one."""
    cells = Cells(table="applications", line="new", column="total")
    assert module.sum_of((_sound(), None), (replace(cells, previous=True),)) == (None, "not_collected")
    assert module.sum_of((replace(_sound(), tables={}), None), (cells,)) == (None, "not_on_form")
    nowhere = replace(cells, table="platforms")
    assert module.places_of(nowhere, _sound().form.id) == ()
    assert module.cell_of(replace(forms().indicators["refusal_rate"], numerator=(nowhere,)), _sound().form.id) is None


def test_what_is_in_doubt_is_told_beside_what_is_missing() -> None:
    """A rate without a numerator has no value for that, and its denominator is in doubt all the same."""
    found = with_cells(_sound(), {"applications/refused.state_secrets/total": ""})
    doubted = {"applications/total/total": ("R-SUM",)}
    value = next(each for each in computed(found, None, (doubted, NONE)) if each.indicator.id == "refusal_rate")
    assert (value.numerator, value.value, value.reason, value.doubt) == (None, None, "blank", ("R-SUM",))
    assert value.denominator == _sound().figure("applications", "total", "total").value


def test_an_absent_line_is_named(report: Callable[[made_up.Package], Report]) -> None:
    made = report(made_up.package(absent=["applications/refused.internal_affairs"]))
    assert value_of(made, "refusal_rate").reason == "line_absent"


def test_a_cell_of_another_form_is_named(report: Callable[[made_up.Package], Report]) -> None:
    """No indicator of today asks for what one form lacks; should one, that is said and is not 0."""
    items = Cells(table="disclosure", line="procurement", column="items")
    assert module.sum_of((report(made_up.package(year=2023)), None), (items,)) == (None, "not_on_form")
    old = report(made_up.package(year=2020))
    assert module.sum_of((old, None), (items,)) == (old.figure("disclosure", "procurement", "items").value, None)


@given(top=st.integers(0, 10**9), bottom=st.integers(0, 10**9))
def test_a_rate_is_the_quotient_to_the_hundredth_of_a_per_cent(top: int, bottom: int) -> None:
    cells = {f"applications/{line}/total": "0" for line in _sound().tables["applications"].rows if line.startswith("refused.")}
    cells |= {"applications/refused.state_secrets/total": str(top), "applications/total/total": str(bottom)}
    found = value_of(with_cells(_sound(), cells), "refusal_rate")
    assert (found.numerator, found.denominator) == (top, bottom)
    if bottom < 30:
        assert (found.value, found.reason) == (None, "small_denominator" if bottom else "zero_denominator")
    else:
        assert isinstance(found.value, Decimal)
        assert abs(found.value * bottom - top) <= Decimal("0.00005") * bottom
        assert percent(found) == f"{found.value * 100:.2f}%"


@cache
def _sound() -> Report:
    """A real report; with other cells it is as good as made up."""
    found = read(PROJECT / "datapackages" / "pingtan" / "2024", "pingtan/2024", agency="pingtan", year=2024).report
    assert found is not None
    return found


def test_a_value_is_written_with_its_counts_and_with_why_it_is_none() -> None:
    """As `report.json` has it: a count has no denominator, and only what has no value has a reason."""
    rate, count = (forms().indicators[name] for name in ("refusal_rate", "requests_on_hand"))
    assert Value(rate, 1, 30, Decimal("0.0333"), None).to_dict() == {"numerator": 1, "denominator": 30, "value": Decimal("0.0333")}
    assert Value(rate, 0, 0, None, "zero_denominator").to_dict() == {
        "numerator": 0,
        "denominator": 0,
        "value": None,
        "reason": "zero_denominator",
    }
    assert Value(count, 7, None, 7, None).to_dict() == {"numerator": 7, "value": 7}
    doubted = Value(count, 7, None, None, "contradicted", ("R-SUM", "AGG")).to_dict()
    assert doubted == {"numerator": 7, "value": None, "reason": "contradicted", "finding": ["R-SUM", "AGG"]}


# -- the year before


def test_a_change_needs_the_same_scope_and_whole_years(library: Library) -> None:
    report, before = library.reports["pingtan", 2024], library.reports["pingtan", 2023]
    half = (date(2023, 7, 1), date(2023, 12, 31))
    name = "new_requests_change"
    assert value_of(report, name, before).reason is None
    assert value_of(report, name).reason == "not_collected"
    assert value_of(report, name, replace(before, scope="own"))[1:] == (None, None, None, "scope_differs", ())
    assert value_of(report, name, replace(before, period=half))[1:] == (None, None, None, "period_differs", ())
    assert value_of(report, name, with_cells(before, {"applications/new/total": ""})).reason == "blank"
    assert value_of(report, name, with_cells(before, {"applications/new/total": "0"})).reason == "zero_denominator"


def test_only_a_change_looks_at_the_year_before(library: Library) -> None:
    report, before = library.reports["pingtan", 2024], library.reports["pingtan", 2023]
    alone, together = list(indicators(report)), list(indicators(report, before))
    assert {mine.indicator.id for mine, other in zip(alone, together, strict=True) if mine != other} == {"new_requests_change"}


def test_what_contradicts_another_report_is_known_from_the_library_alone(library: Library) -> None:
    """The year before, from which requests are carried over, and the units of a consolidated report, of this year and of that before."""

    def of(name: str, *, known: Library | None) -> tuple[str | None, tuple[str, ...]]:
        report, before = altered.reports["pingtan", 2024], altered.reports["pingtan", 2023]
        value = next(each for each in indicators(report, before, known) if each.indicator.id == name)
        assert (value.value is None) == (value.reason is not None)
        return value.reason, value.doubt

    altered = library
    assert of("requests_on_hand", known=library) == of("new_requests_change", known=library) == (None, ())
    carried = with_cells(library.reports["pingtan", 2023], {"applications/carried_out/total": "999"})
    altered = replace(library, reports={**library.reports, ("pingtan", 2023): carried})
    assert of("requests_on_hand", known=altered) == ("contradicted", ("XY-CARRY",))
    assert of("requests_on_hand", known=None) == (None, ())
    said = (Consolidation(("pingtan-haitan",), ("applications/new",)),)
    for year in (2023, 2024):
        one = replace(library.reports["pingtan", year], consolidates=said)
        altered = replace(library, reports={**library.reports, ("pingtan", year): one})
        assert of("new_requests_change", known=altered) == ("contradicted", ("AGG",))
        assert of("new_requests_change", known=None) == (None, ())
        assert of_library(altered)["new_requests_change"]["pingtan", 2024].doubt == ("AGG",)
    wrong = with_cells(library.reports["pingtan", 2023], {"applications/new/total": "999"})
    altered = replace(library, reports={**library.reports, ("pingtan", 2023): wrong})
    assert of("new_requests_change", known=None)[0] == "contradicted"


def test_a_library_is_reckoned_once_and_let_go(packages: Path) -> None:
    own = open_library(packages, only=[("pingtan-police", None)])
    assert of_library(own) is of_library(own)
    key = id(own)
    del own
    gc.collect()
    assert not module.of_library.holds(key)


# -- definitions


@pytest.mark.parametrize("name", INDICATORS)
def test_every_member_of_a_formula_exists_on_every_form(name: str) -> None:
    indicator = forms().indicators[name]
    for cells in (*indicator.numerator, *indicator.denominator):
        assert all(cells.lines(form.tables[cells.table]) for form in forms().values())
    assert bool(indicator.denominator) == (indicator.among is not None)


@pytest.mark.parametrize("name", INDICATORS)
def test_every_definition_is_in_both_languages(name: str) -> None:
    indicator = forms().indicators[name]
    texts = [indicator.name, indicator.description, indicator.counts, indicator.among, indicator.basis, indicator.note]
    for text in filter(None, texts):
        assert CHINESE.search(text.zh)
        assert not CHINESE.search(text.en)
    assert indicator.description.zh.endswith("。")
    assert indicator.description.en.endswith(".")


DAMAGE = {
    "a misspelt sign": ("applications/new/total - previous applications/new/total", "applications/new/total * applications/new/total"),
    "a table of no form": ("numerator: applications/granted/total\n", "numerator: requests/granted/total\n"),
    "a missing sign": ("numerator: applications/granted/total\n", "numerator: applications/granted/total applications/new/total\n"),
    "a missing language": ("      en: How many requests an agency", "      fr: How many requests an agency"),
    "an unknown key": ("    counts: {zh: 予以公开的件数", "    counting: {zh: 予以公开的件数"),
    "a denominator without a name": ("    among: {zh: 受理合计", "    amid: {zh: 受理合计"),
}


@pytest.mark.parametrize("this, by", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_definition_is_refused(this: str, by: str) -> None:
    folder = resources.files("open_reports") / FAMILY
    texts = {entry.name: entry.read_text(encoding="utf-8") for entry in folder.iterdir() if entry.name.endswith(".yml")}
    assert this in texts["indicators.yml"]
    with pytest.raises(FormError, match=r"forms/foi-cn/indicators\.yml: "):
        load({**texts, "indicators.yml": texts["indicators.yml"].replace(this, by, 1)})


# -- pages


def pages_of(library: Library, language: str) -> list[Page]:
    sources = whole.sources(library)
    folders = [IndicatorFolder(sources, indicator) for indicator in forms().indicators.values()]
    return list(indicator_pages(folders, library, Words(language)))


def built(library: Library, language: str) -> dict[str, tuple[Page, str]]:
    return {page.here.path: (page, page.build()) for page in pages_of(library, language)}


@cache
def _real(language: str) -> dict[str, tuple[Page, str]]:
    return built(_library(), language)


@cache
def _library() -> Library:
    return open_library(PROJECT / "datapackages")


def table(page: str) -> dict[tuple[str, str], html.HtmlElement]:
    """Cells of a page's table by the agency its row links to and the year of its column."""
    tree = html.fromstring(page)
    years = [each.text_content() for each in tree.xpath("//table//thead//th[position()>1]")]
    found: dict[tuple[str, str], html.HtmlElement] = {}
    for row in tree.xpath("//table/tbody/tr"):
        agency = row.xpath("./th/a/@href")[0].split("/")[-2]
        found |= {(agency, year): cell for year, cell in zip(years, row.xpath("./td"), strict=True)}
    return found


def csv_rows(library: Library, name: str) -> list[dict[str, str]]:
    data, _ = indicator_files(library, forms().indicators[name])
    return list(csv.DictReader(io.StringIO(data.decode(), newline=""), strict=True))


def text_of(row: dict[str, str], *, yearly: bool) -> str:
    """What a cell must show of a row of the CSV file, but for the words of a reason."""
    top, bottom, value = row["numerator"], row["denominator"], row["value"]
    counts = f"{bottom} → {int(top) + int(bottom)}" if yearly and top and bottom else f"{top} / {bottom}" if bottom and top else ""
    rate = f"{Decimal(value) * 100:{'+' if yearly else ''}.2f}%" if value and bottom else value
    if row["reason"] == "contradicted":
        return f"≠{counts or top}"
    return " ".join(filter(None, (rate, counts)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", INDICATORS)
def test_table_and_both_files_say_the_same(name: str, language: str) -> None:
    page = _real(language)[f"indicators/{name}/"][1]
    rows = csv_rows(_library(), name)
    stated = json.loads(indicator_files(_library(), forms().indicators[name])[1], parse_float=str, parse_int=str)
    assert tuple(rows[0]) == COLUMNS
    assert [
        {key: value or "" for key, value in {**each, "finding": " ".join(each["finding"])}.items()} for each in stated["values"]
    ] == rows
    cells = table(page)
    assert list(cells) == [(row["agency"], row["year"]) for row in rows]
    for row in rows:
        cell = cells[row["agency"], row["year"]]
        assert cell.get("data-reason", "") == row["reason"]
        said = cell.text_content()
        wanted = text_of(row, yearly=forms().indicators[name].yearly)
        assert said.startswith(wanted) if wanted else not re.search(r"\d", said)
        assert said.strip()
        # The mark has words, and stands before the figure.
        assert [each.get("aria-label") for each in cell.xpath("./b[@class='or-neq'][following-sibling::a]")] == (
            [Words(language)("mark_says")] if row["finding"] else []
        )


@pytest.mark.parametrize("name", INDICATORS)
def test_files_hold_every_report_as_reckoned(name: str) -> None:
    library = _library()
    rows = {(row["agency"], int(row["year"])): row for row in csv_rows(library, name)}
    assert len(rows) == len(library.agencies) * len(library.years)
    for key, row in rows.items():
        if key not in library.reports:
            assert (row["scope"], row["numerator"], row["value"], row["reason"]) == ("", "", "", "not_collected")
            continue
        before = library.reports.get((key[0], key[1] - 1))
        value = next(each for each in indicators(library.reports[key], before, library) if each.indicator.id == name)
        written = ["" if each is None else str(each) for each in value[1:5]]
        assert [row["numerator"], row["denominator"], row["value"], row["reason"], row["finding"]] == [*written, " ".join(value.doubt)]


@pytest.mark.parametrize("name", INDICATORS)
def test_every_value_leads_to_the_first_cell_of_its_numerator(name: str) -> None:
    library = _library()
    first = forms().indicators[name].numerator[0]
    for (agency, year), cell in table(_real("zh")[f"indicators/{name}/"][1]).items():
        report = library.reports.get((agency, int(year)))
        links = cell.xpath("./a/@href")
        if report is None:
            assert links == []
            continue
        form = report.tables[first.table].form
        assert links == [f"../../reports/{agency}/{year}/#{first.table}/{first.lines(form)[0]}/{first.column}"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", INDICATORS)
def test_a_page_defines_what_it_shows(name: str, language: str) -> None:
    indicator = forms().indicators[name]
    page, made = _real(language)[f"indicators/{name}/"]
    tree = html.fromstring(made)
    said = tree.text_content()
    texts = [indicator.name, indicator.description, indicator.counts, indicator.among, indicator.basis, indicator.note]
    assert [text[language] for text in texts if text and text[language] not in said] == []
    members = tree.xpath("//div[@class='or-fraction']/ul/li")
    assert len(members) == len(indicator.numerator) + len(indicator.denominator)
    links = tree.xpath("//div[@class='or-fraction']//a/@href")
    assert len(links) == 2 * len(members)
    assert [link for link in links if link.rpartition("/#")[2] not in glossary() or link.rpartition("/#")[0] != "../../glossary"] == []
    assert {section for section, _ in page.sections} <= set(tree.xpath("//@id"))
    downloads = tree.xpath("//ul[@class='or-downloads']//a/@href")
    folder = "" if language == "zh" else f"../../../indicators/{name}/"
    assert downloads == [f"{folder}{name}.csv", f"{folder}{name}.json"]
    assert not re.search(r"[{}]", made)


def test_english_pages_are_english() -> None:
    for page, made in _real("en").values():
        text = html.fromstring(made.replace("CSV，", "").replace("JSON，", "")).text_content()
        assert not CHINESE.search(text), page.here.path
        assert not CHINESE.search(page.title + page.description)


def test_both_languages_show_the_same_values() -> None:
    for path, (_, zh) in _real("zh").items():
        cells, twins = table(zh), table(_real("en")[path][1])
        assert list(cells) == list(twins)
        for key, cell in cells.items():
            assert re.findall(r"[\d.%+-]+", "".join(cell.xpath("./text()"))) == re.findall(
                r"[\d.%+-]+", "".join(twins[key].xpath("./text()"))
            )
            assert cell.get("data-reason") == twins[key].get("data-reason")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_overview_leads_to_every_indicator(language: str) -> None:
    _, made = _real(language)["indicators/"]
    tree = html.fromstring(made)
    assert tree.xpath("//dl/div/dt/a/@href") == [f"../indicators/{name}/" for name in INDICATORS]
    assert tree.xpath("//dl/div/@id") == INDICATORS


def test_agencies_stand_by_kind_and_are_not_ranked() -> None:
    kinds = list(forms().common.kinds)
    agencies = _library().agencies
    for name in INDICATORS:
        shown = list(dict.fromkeys(agency for agency, _ in table(_real("zh")[f"indicators/{name}/"][1])))
        assert shown == sorted(agencies, key=lambda agency: (kinds.index(agencies[agency].kind), agency))


def test_a_change_of_scope_is_marked_and_not_compared(library: Library) -> None:
    reports = {key: replace(report, scope="own") if key == ("pingtan", 2022) else report for key, report in library.reports.items()}
    changed = built(replace(library, reports=reports), "zh")
    cells = table(changed["indicators/new_requests_change/"][1])
    broken = [key for key, cell in cells.items() if cell.get("class") == "or-break"]
    assert broken == [("pingtan", "2023"), ("pingtan", "2022")]
    assert [cells[key].get("data-reason") for key in broken] == ["scope_differs", "scope_differs"]
    scopes = forms().common.scopes
    assert [cells[key].xpath("./a/following-sibling::small/text()") for key in broken] == [
        [f"改为：{scopes[scope].zh}"] for scope in ("consolidated", "own")
    ]
    share = table(changed["indicators/refusal_rate/"][1])
    assert [key for key, cell in share.items() if cell.get("class") == "or-break"] == broken
    assert share["pingtan", "2023"].text_content().startswith("6.17% 5 / 81")


def test_a_part_of_a_year_is_said(library: Library) -> None:
    half = (date(2019, 9, 1), date(2019, 12, 31))
    reports = {key: replace(report, period=half) if key == ("pingtan", 2019) else report for key, report in library.reports.items()}
    cells = table(built(replace(library, reports=reports), "zh")["indicators/new_requests_change/"][1])
    assert cells["pingtan", "2019"].text_content().endswith("不足一年")
    assert cells["pingtan", "2020"].get("data-reason") == "period_differs"


def test_many_agencies_are_split(library: Library) -> None:
    """Two agencies more than two pages hold: three pages, every agency once, the files whole on the first."""
    one, report = library.agencies["pingtan-police"], library.reports["pingtan-police", 2024]
    ids = [f"xugou-{number:04d}" for number in range(2 * MOST_LISTED + 2)]
    many = Library(
        agencies={each: replace(one, id=each, parent=None) for each in ids},
        reports={(each, 2024): replace(report, agency=each) for each in ids},
        findings=(),
    )
    pages = {page.here.path: page for page in pages_of(many, "zh") if "/refusal_rate/" in page.here.path}
    assert list(pages) == [f"indicators/refusal_rate/{part}" for part in ("", "2/", "3/")]
    made = [page.build() for page in pages.values()]
    assert [agency for page in made for agency, _ in table(page)] == ids
    assert [len(table(page)) for page in made] == [MOST_LISTED, MOST_LISTED, 2]
    assert [row["agency"] for row in csv_rows(many, "refusal_rate")] == ids
    links = [html.fromstring(page).xpath("//nav[@class='or-years']/a/@href") for page in made]
    assert links == [
        ["../../indicators/refusal_rate/2/"],
        ["../../../indicators/refusal_rate/", "../../../indicators/refusal_rate/3/"],
        ["../../../indicators/refusal_rate/2/"],
    ]


def test_texts_of_packages_are_escaped(library: Library) -> None:
    evil = '<img src=x onerror="alert(1)">&'
    agencies = {key: replace(agency, name=evil, name_en=evil) for key, agency in library.agencies.items()}
    for language in LANGUAGES:
        for _, made in built(replace(library, agencies=agencies), language).values():
            assert "<img" not in made
    named = replace(library, agencies=agencies)
    assert {row["agency_name"] for row in csv_rows(named, "refusal_rate")} == {evil}
    stated = json.loads(indicator_files(named, forms().indicators["refusal_rate"])[1])
    assert {each["agency_name"] for each in stated["values"]} == {evil}


def test_every_reason_has_words(library: Library) -> None:
    """A reason without words would fail the build of some later corpus, not of this one."""
    indicator = forms().indicators["refusal_rate"]
    for language in LANGUAGES:
        for reason in (*REASONS, *forms().common.statuses):
            assert reason_words(Value(indicator, None, None, None, reason), Words(language))
    assert counted(Value(indicator, None, 3, None, "blank")) == ""
