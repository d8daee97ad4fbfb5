"""The plain-language summary: golden sentences in both languages, and the laws that hold of every report."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import made_up
import pytest
import yamls
from conftest import with_cells
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parser
from open_reports.checks.identity import identities
from open_reports.derived.indicator import indicators
from open_reports.derived.summary import Number, Sentence, html, plain, summarise, summarise_agency
from open_reports.derived.summary.book import _FACTS, _STATES, book, load
from open_reports.derived.summary.telling import _STATE_OF
from open_reports.errors import FormError
from open_reports.form import Address, forms
from open_reports.library import Agency
from open_reports.report import Report, read
from open_reports.text import LANGUAGES, Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_reports.library import Library

TABLES = forms().tables

GOLDEN = yamls.read(Path(__file__).parent / "cases" / "summary.yml")
FILE = Path(__file__).parent.parent / "plugins" / "open_reports" / "forms" / "foi-cn" / "summary.yml"
WORDS = {language: Words(language) for language in LANGUAGES}
YEAR = 2023


# -- reports made for a sentence


@cache
def zeros(year: int, forms_used: tuple[tuple[str, str], ...]) -> Report:
    """A report of an invented agency in which every figure is zero."""
    package = made_up.package(year=year, form_of=dict(forms_used))
    for table, form in package.form_of.items():
        lines = forms()[form].tables[table].lines.values()
        package.put(
            f"data/{table}.csv",
            made_up.table_text(forms()[form].tables[table], {line.id: dict.fromkeys(line.columns, 0) for line in lines}),
        )
    return written(package)


def written(package: made_up.Package) -> Report:
    """Write a package and read it back."""
    with TemporaryDirectory() as folder:
        place = package.write(Path(folder))
        found = read(place, f"datapackages/{package.path}", agency=package.agency, year=package.year).report
    assert found is not None
    return found


def agency(kind: str = "department") -> Agency:
    return Agency(
        id="xugou-jia", name="虚构市甲局", name_en="Invented Office A", kind=kind, parent=None, region="虚构市", site="", codes={}
    )


def told(said: Mapping[str, Any]) -> Report:
    """The report of a case: all zeros but for what the case says."""
    year = int(said.get("year", YEAR))
    prescribed = made_up.prescribed(year) | said.get("forms", {})
    report = zeros(year, tuple(sorted(prescribed.items())))
    for name in said.get("all_blank", ()):
        form = report.tables[name].form
        report = with_cells(report, {str(Address(name, line.id, column.id)): "" for line, column in form.cells})
    for name, line in (each.split("/") for each in said.get("absent", ())):
        table = report.tables[name]
        rows = {each: cells for each, cells in table.rows.items() if each != line}
        report = dataclasses.replace(report, tables={**report.tables, name: dataclasses.replace(table, rows=rows)})
    report = with_cells(report, {address: str(text) for address, text in said.get("cells", {}).items()})
    period = tuple(said["period"]) if "period" in said else None
    published = said.get("published", date(year + 1, 1, 20))
    return dataclasses.replace(report, scope=said.get("scope", "own"), period=period, published=published)


def texts(sentences: tuple[Sentence, ...]) -> list[str]:
    return [plain(sentence) for sentence in sentences]


# -- golden sentences


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", GOLDEN["real"], ids=lambda case: case["report"])
def test_real_report(case: dict[str, Any], language: str, library: Library) -> None:
    name, year = case["report"].split("/")
    report = library.reports[name, int(year)]
    before = library.reports.get((name, int(year) - 1))
    assert texts(summarise(report, before, library.agencies[name], WORDS[language])) == case[language]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", GOLDEN["agencies"], ids=lambda case: case["agency"])
def test_real_agency(case: dict[str, Any], language: str, library: Library) -> None:
    assert texts(summarise_agency(library.of_agency(case["agency"]), WORDS[language])) == case[language]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", GOLDEN["made_up"], ids=lambda case: case["case"])
def test_made_up_report(case: dict[str, Any], language: str) -> None:
    """Sentences a case names stand in the summary, in their order; words it forbids stand nowhere."""
    assert not set(case) - {"case", "report", "before", "kind", "zh", "en", "nowhere"}
    before = told({"year": YEAR - 1} | case["before"]) if "before" in case else None
    found = texts(summarise(told(case["report"]), before, agency(case.get("kind", "department")), WORDS[language]))
    assert [each for each in found if each in case[language]] == case[language], found
    assert not [each for each in case.get("nowhere", ()) if any(each in sentence for sentence in found)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", GOLDEN["histories"], ids=lambda case: case["case"])
def test_made_up_history(case: dict[str, Any], language: str) -> None:
    assert texts(summarise_agency([told(said) for said in case["reports"]], WORDS[language])) == case[language]


def test_an_agency_without_reports_says_nothing() -> None:
    assert summarise_agency((), WORDS["zh"]) == ()


# -- laws of every report


class Made(NamedTuple):
    """A drawn report and that of the year before; shown by what was done to it, for a report's own words fill pages."""

    report: Report
    before: Report | None
    done: str

    def __repr__(self) -> str:
        return self.done


@st.composite
def reports(draw: st.DrawFn) -> Made:
    """A report of any mixture of forms with blank, not applicable and absent places and figures that do not reconcile."""
    form_of = draw(st.sampled_from(made_up.hybrids()))
    seed = draw(st.integers(0, 10_000))
    report = written(made_up.package(year=YEAR, seed=seed, form_of=form_of))
    places = [str(Address(name, line.id, column.id)) for name, table in report.tables.items() for line, column in table.form.cells]
    some = st.lists(st.sampled_from(places), max_size=12, unique=True)
    spoilt = {place: text for text in ("", "/", "7", "1234") for place in draw(some)}
    report = with_cells(report, spoilt)
    if draw(st.booleans()):
        columns = draw(st.sampled_from(("total", "natural_person")))
        report = with_cells(report, {place: "0" for place in places if place.endswith(f"/{columns}")})
    for name in draw(st.lists(st.sampled_from(TABLES), max_size=1)):
        report = with_cells(report, {place: "" for place in places if place.startswith(f"{name}/")})
    for place in draw(st.lists(st.sampled_from(places), max_size=3)):
        name, line, _ = place.split("/")
        table = report.tables[name]
        rows = {each: cells for each, cells in table.rows.items() if each != line}
        report = dataclasses.replace(report, tables={**report.tables, name: dataclasses.replace(table, rows=rows)})
    scope = draw(st.sampled_from(tuple(forms().common.scopes)))
    report = dataclasses.replace(report, scope=scope, published=draw(st.sampled_from((None, date(2024, 1, 31), date(2024, 4, 1)))))
    before = dataclasses.replace(written(made_up.package(year=YEAR - 1, seed=seed)), scope="own") if draw(st.booleans()) else None
    done = f"seed {seed}, {form_of}, {scope}, {spoilt}, absent {[table for table in report.tables.values() if len(table.rows) < len(table.form.lines)]}"
    return Made(report, before, done)


def numbers(sentences: tuple[Sentence, ...]) -> list[Number]:
    return [part for sentence in sentences for part in sentence if isinstance(part, Number)]


def sound(sentences: tuple[Sentence, ...], by_year: Mapping[int, Report], language: str) -> None:
    """Every number is what its cells say, and nothing else is a number."""
    for number in numbers(sentences):
        assert number.cells
        for cell in (*number.cells, *number.of):
            figure = by_year[cell.year].figure(*cell.address)
            assert figure.status == "reported"
            assert Decimal(figure.text) == cell.value
        total = sum((Decimal(by_year[cell.year].figure(*cell.address).text) for cell in number.cells), Decimal())
        if number.of:
            whole = sum((Decimal(by_year[cell.year].figure(*cell.address).text) for cell in number.of), Decimal())
            assert whole >= 30
            assert abs(total * 100 / whole - Decimal(number.text.removesuffix("%"))) <= Decimal("0.05")
        elif re.search(r"\d", number.text):
            assert Decimal(re.sub(r"[^\d.]", "", number.text)) == total
            assert re.fullmatch(r"\d{1,3}(,\d{3})*(\.\d+)?( 件)?", number.text)
        else:
            assert total == 0
    for sentence in sentences:
        text = plain(sentence)
        assert not re.search(r"[{}\[\]|]|None|  |，，|；；|、、|（）|\(\)|，。|；。|：。|: \.|; \.|, \.", text), text
        assert text.endswith("。" if language == "zh" else ".")
        assert text[0] == text[0].upper()
        words = "".join(part for part in sentence if isinstance(part, str)).replace("CNY 10,000", "")
        for digits in re.findall(r"\d+", words):
            assert digits in {str(each) for year in by_year for each in (year, year + 1)} or int(digits) <= 31, text


@given(reports())
def test_laws_of_a_report(made: Made) -> None:
    report, before, _ = made
    by_year = {each.year: each for each in (report, before) if each}
    found = {language: summarise(report, before, agency(), WORDS[language]) for language in LANGUAGES}
    for language, sentences in found.items():
        sound(sentences, by_year, language)
        assert 5 <= len(sentences) <= 7
    zh, en = (Counter((each.cells, each.of) for each in numbers(sentences)) for sentences in found.values())
    assert zh == en

    failing = {
        (member.year, member.address) for each in identities(report) if each.result == "contradicts" for member in (*each.left, *each.right)
    }
    rates = {(each.numerator, each.denominator): each for each in indicators(report)}
    for number in numbers(found["zh"]):
        cells = {(cell.year, cell.address) for cell in (*number.cells, *number.of)}
        if number.of:
            assert not cells & failing
            value = rates[sum(cell.value for cell in number.cells), sum(cell.value for cell in number.of)].value
            assert value is not None
            assert abs(value * 100 - Decimal(number.text.removesuffix("%"))) <= Decimal("0.06")
        if any(cell.year != report.year for cell in number.cells):
            assert before is not None
            assert before.scope == report.scope
    if report.tables["applications"].status("new", "total") != "reported":
        assert Address("applications", "new", "total") not in {cell.address for each in numbers(found["zh"]) for cell in each.cells}


@given(st.lists(reports(), min_size=1, max_size=4), st.sets(st.integers(2019, 2026), min_size=4, max_size=4))
def test_laws_of_an_agency(made: list[Made], years: set[int]) -> None:
    history = [dataclasses.replace(report, year=year) for (report, _, _), year in zip(made, sorted(years), strict=False)]
    by_year = {each.year: each for each in history}
    zh, en = (summarise_agency(history, WORDS[language]) for language in LANGUAGES)
    for language, sentences in (("zh", zh), ("en", en)):
        sound(sentences, by_year | dict.fromkeys(range(history[0].year, history[-1].year), history[0]) | by_year, language)
    assert Counter((each.cells, each.of) for each in numbers(zh)) == Counter((each.cells, each.of) for each in numbers(en))
    for year in set(range(history[0].year, history[-1].year)) - set(by_year):
        assert f"{year} 年" in plain(zh[0])
        assert str(year) in plain(en[0])


# -- links


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_leads_to_its_cell(language: str, library: Library) -> None:
    """A link without a title leads to a cell that says the same; one with a title spells out its cells."""
    count = 0
    for report in library:
        before = library.reports.get((report.agency, report.year - 1))
        sentences = summarise(report, before, library.agencies[report.agency], WORDS[language])
        tree = parser.fragment_fromstring(
            str(html(sentences, lambda year, address: f"../{year}/#{address}", Words(language), lambda *_: False))
        )
        assert [item.text_content() for item in tree.findall("li")] == texts(sentences)
        links = tree.xpath("//a")
        assert len(links) == len(numbers(sentences))
        for link, number in zip(links, numbers(sentences), strict=True):
            year, address = link.get("href").removeprefix("../").split("/#")
            value = Decimal(library.reports[report.agency, int(year)].figure(*address.split("/")).text)
            title = link.get("title")
            if title is None:
                assert link.text.replace(",", "") == str(value) or (value == 0 and not re.search(r"\d", link.text))
            elif number.of:
                top, whole = (Decimal(each.replace(",", "")) for each in title.split(" ÷ "))
                assert abs(top * 100 / whole - Decimal(link.text.removesuffix("%"))) <= Decimal("0.05")
            else:
                assert sum(Decimal(each.replace(",", "")) for each in title.split(" + ")) == Decimal(link.text.replace(",", ""))
            count += 1
    assert count > 300


def test_everything_is_escaped() -> None:
    number = Number('<b>"', summarise(told({}), None, agency(), WORDS["zh"])[0][1].cells)  # type: ignore[union-attr]
    found = html([("<script>", number)], lambda year, address: f'"{year}&{address.table}', WORDS["zh"], lambda *_: False)
    assert found == f'<ul class="or-summary"><li>&lt;script&gt;<a href="&#34;{YEAR}&amp;applications">&lt;b&gt;&#34;</a></li></ul>'


# -- the file of sentences


def test_every_state_is_known() -> None:
    assert set(_STATE_OF) | {"empty", "filled"} == _STATES


def test_every_fact_and_phrase_is_used() -> None:
    """Nothing stands in the file that no sentence can say."""
    known = book()
    used = {name for order in known.orders.values() for name in order}
    facts = set()
    figures = {known.followed, "first", "last", "peak"}
    for phrase in known.phrases.values():
        for variant in phrase.variants:
            for condition in variant.when:
                if condition.subject == "report":
                    facts.add(condition.state)
                used |= {condition.subject, condition.other}
            used |= {piece.name for pieces in variant.says.values() for piece in pieces}
    assert set(known.phrases) <= used
    assert set(known.figures) - figures <= used
    assert facts == _FACTS


FAULTS = {
    "no twin": ('    - {zh: "{year} 年", en: "in {year} the agency"}', '    - {zh: "{year} 年"}', "phrases.lead[3]"),
    "other figures": ('en: ", all from individuals"', 'en: ", {natural} from individuals"', "phrases.applicants[1]"),
    "unknown figure": ('{granted} granted in full"', '{given} granted in full"', "phrases.ends.every[0]"),
    "unknown state": ("when: granted some, zh", "when: granted many, zh", "many"),
    "unknown fact": ("when: report late, zh", "when: report tardy, zh", "tardy"),
    "no words": ("when: granted some, zh", "when: granted some of it, zh", "granted some of it"),
    "used before it stands": ("  compared:\n", '  before:\n    - {zh: "{compared}", en: "{compared}"}\n  compared:\n', "phrases.before[0]"),
    "no plain words": ("  unavailable.unclear: {zh: 补正后仍不明确, en: with the request still unclear}\n", "", "unavailable.unclear"),
    "no such cell": ("applications/new/natural_person\n", "applications/new/robot\n", "applications/new/robot"),
    "no such indicator": ("rate disclosure_rate", "rate opening_rate", "opening_rate"),
    "unknown key": ("followed: new", "follows: new", "follows"),
    "unknown order": ("agency: [coverage,", "agency: [covering,", "covering"),
    "unclosed": ("：{ends}", "：{ends", "phrases.outcomes"),
    "a figure's name": ("  lead:\n", "  granted:\n", "phrases.granted"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_file_is_told(fault: str) -> None:
    this, by, place = FAULTS[fault]
    text = FILE.read_text(encoding="utf-8")
    assert this in text
    with pytest.raises(FormError, match=re.escape(place)):
        load(text.replace(this, by, 1))
