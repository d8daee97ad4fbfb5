"""Charts: what is drawn is what the package says, as table and as file too; nothing is joined over a break, nothing made of nothing."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yamls
from hypothesis import given, settings
from lxml import html as parser
from open_reports.charts import Chart, charts, definitions, figure, load, title
from open_reports.errors import FormError
from open_reports.form import FAMILY
from open_reports.pages.assets import shipped
from open_reports.text import LANGUAGES, Words
from test_series import agencies, made

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from open_reports.library import Library
    from open_reports.report import Report

ROOT = Path(__file__).parent.parent
PACKAGES = ROOT / "datapackages"
AGENCIES = sorted(folder.name for folder in PACKAGES.iterdir() if (folder / "agency.yml").is_file())
IDS = [chart.id for chart in definitions()]
REFUSED = yamls.read(ROOT / "tests" / "cases" / "charts.yml")["refused"]
TEXT = (resources.files("open_reports") / FAMILY / "views" / "charts.yml").read_text(encoding="utf-8")
DATA: dict[str, Any] = {chart["id"]: chart for chart in yamls.parsed(TEXT)["charts"]}
RATES: dict[str, Any] = {each["id"]: each for each in yamls.read(resources.files("open_reports") / FAMILY / "indicators.yml")["indicators"]}
Drawn = dict[tuple[int, str], Decimal]
"""Number by year and series."""


@dataclass(frozen=True)
class Figure:
    """A chart as the reader gets it: the parsed HTML of one language."""

    chart: Chart
    language: str = "zh"

    @cached_property
    def root(self) -> Any:
        return parser.fromstring(str(figure(self.chart, Words(self.language))))

    def numbers(self, path: str) -> Drawn:
        found = [(int(each.get("data-year")), each.get("data-series"), Decimal(each.get("data-value"))) for each in self.root.xpath(path)]
        numbers = {(year, series): value for year, series, value in found}
        assert len(numbers) == len(found), "drawn twice"
        return numbers

    @property
    def drawn(self) -> Drawn:
        return self.numbers(".//svg//*[@data-value]")

    @property
    def tabled(self) -> Drawn:
        return self.numbers(".//td[@data-value]")

    @property
    def filed(self) -> Drawn:
        rows = csv.DictReader(io.StringIO(self.chart.csv().decode()))
        return {(int(row["year"]), row["series"]): Decimal(row["value"]) for row in rows if row["value"]}

    @property
    def segments(self) -> set[tuple[str, int, int]]:
        return {
            (each.get("data-series"), int(each.get("data-from")), int(each.get("data-to")))
            for each in self.root.xpath(".//svg//*[@data-from]")
        }


# -- the real corpus, read again with nothing but csv and json ------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """One package as it lies in its folder."""

    folder: Path

    @cached_property
    def report(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "datapackage.json").read_text(encoding="utf-8"))["report"])

    def sum(self, sentence: str) -> Decimal | None:
        """Sum of cells as a definition names them; None where one is not there or holds no number."""
        texts: list[str] = []
        for term in sentence.split(" + "):
            table, line, column = term.split("/")
            with (self.folder / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
                rows = [row for row in csv.DictReader(stream) if re.fullmatch(re.escape(line).replace(r"\*", ".*"), row["line"])]
            texts += [row.get(column) or "" for row in rows] or [""]
        return sum((Decimal(text) for text in texts), Decimal()) if all(text[-1:].isdigit() for text in texts) else None


def kept(agency: str) -> dict[int, Kept]:
    return {int(folder.name): Kept(folder) for folder in sorted((PACKAGES / agency).iterdir()) if folder.is_dir()}


def expected(agency: str, chart: str) -> Drawn:
    """What a chart must show, from the package's files: sums of cells, sums of these, or shares on 30 and more."""
    found: Drawn = {}
    for year, package in kept(agency).items():
        for panel in DATA[chart]["panels"]:
            parts = []
            for each in panel["series"]:
                if "cells" in each:
                    value = package.sum(each["cells"])
                else:
                    rate = RATES[each["indicator"]]
                    top, bottom = package.sum(rate["numerator"]), package.sum(rate["denominator"])
                    value = None
                    if top is not None and bottom is not None and bottom >= 30:
                        value = (top / bottom).quantize(Decimal("0.0001"))
                if value is not None:
                    found[year, each["id"]] = value
                    parts.append(value)
            if DATA[chart]["kind"] == "stacked" and len(panel["series"]) > 1 and parts:
                found[year, panel["id"]] = sum(parts, Decimal())
    return found


@pytest.fixture(params=AGENCIES)
def agency(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=IDS)
def real(request: pytest.FixtureRequest, library: Library, agency: str) -> Figure:
    """Each chart of each agency of the corpus."""
    return Figure(next(chart for chart in charts(library.of_agency(agency)) if chart.id == request.param))


def test_the_corpus_has_what_is_hard_to_draw(library: Library) -> None:
    """Each agency's test below proves little if none has a gap, a break, a zero, a line; if the data change, others must be sought."""
    every = [Figure(chart) for agency in AGENCIES for chart in charts(library.of_agency(agency))]
    assert any(each.segments for each in every)
    assert any(each.root.xpath(".//*[@data-gap]") for each in every)
    assert any(each.root.xpath(".//*[@data-break]") for each in every)
    assert any(value == 0 for each in every for value in each.drawn.values())
    assert any(gap.only_missing for each in every for gap, _ in each.chart.breaks)


def test_drawn_points_are_the_packages_cells(agency: str, real: Figure) -> None:
    assert real.drawn == expected(agency, real.chart.id)


def test_table_and_file_say_what_is_drawn(real: Figure) -> None:
    assert real.tabled == real.filed == real.drawn
    for cell in real.root.xpath(".//td[@data-value]"):
        value = Decimal(cell.get("data-value"))
        signs = cell.xpath("./b[@class='or-neq']")
        said = ((signs[0].tail if signs else cell.text) or "").strip()
        assert said == (f"{value * 100:.2f}%" if real.chart.definition.kind == "shares" else cell.get("data-value"))


def test_no_segment_crosses_a_break(agency: str, real: Figure) -> None:
    """Of every two neighbouring years both drawn, exactly those are joined between which nothing changed."""
    packages = kept(agency)
    drawn = real.drawn
    allowed = set()
    if real.chart.definition.kind == "shares":
        for before, after in pairwise(sorted(packages)):
            one, other = packages[before].report, packages[after].report
            if after == before + 1 and (one["scope"], one.get("period")) == (other["scope"], other.get("period")):
                series = {each["id"] for panel in DATA[real.chart.id]["panels"] for each in panel["series"]}
                allowed |= {(each, before, after) for each in series if (before, each) in drawn and (after, each) in drawn}
    assert real.segments == allowed


def test_missing_years_are_gaps_with_a_label(agency: str, real: Figure) -> None:
    """In every drawing: no mark in the year, and a word that says why; a zero or a figure has no such word."""
    years = sorted(kept(agency))
    missing = set(range(years[0], years[-1] + 1)) - set(years)
    w = Words("zh")
    for drawing in real.root.xpath('.//svg[@role="img"]'):
        labels = {int(year): each.text for each in drawing.xpath(".//*[@data-gap]") for year in each.get("data-gap").split()}
        marked = {int(each.get("data-year")) for each in drawing.xpath(".//*[@data-value]")}
        assert marked.isdisjoint(missing)
        assert marked.isdisjoint(labels)
        assert marked | labels.keys() == set(range(years[0], years[-1] + 1))
        assert {labels[year] for year in missing} <= {w("nothing_not_collected")}
    assert {int(each.get("data-year")) for each in real.root.xpath('.//td[@data-reason="not_collected"]')} == missing


def test_widths_and_heights_are_the_numbers(real: Figure) -> None:
    """A bar is as long, a point as high as its number, all on one scale; parts stand end to end; a zero stands on the base line."""
    sums = [found.value for panel in real.chart.panels for found in panel.sums if found.value is not None]
    top = max(sums, default=0)
    ends: dict[tuple[str, str], float] = {}
    for bar in real.root.xpath(".//svg//rect[@data-value]"):
        value, start, width = (float(bar.get(key).rstrip("%")) for key in ("data-value", "x", "width"))
        assert width == pytest.approx(100 * value / float(top) if top else 0, abs=0.001)
        place = (bar.getparent().get("aria-labelledby"), bar.get("data-year"))
        assert start == pytest.approx(ends.get(place, 0), abs=0.01)
        ends[place] = start + width
    for point in real.root.xpath(".//svg//circle[@data-value]"):
        assert float(point.get("cy")) == pytest.approx(22 + 88 * (1 - float(point.get("data-value"))), abs=0.06)


def number_of(text: parser.HtmlElement) -> str:
    """The number at the end of a bar, without the mark of a contradiction before it."""
    signs = text.xpath("./*[@class='or-neq']")
    return str(signs[0].tail if signs else text.text).strip()


def test_a_zero_is_drawn_as_zero(real: Figure) -> None:
    """Every zero that stands for itself has its mark on the base line and the number 0 beside it."""
    for panel in real.chart.panels if real.chart.definition.kind == "stacked" else ():
        (drawing,) = real.root.xpath(f'.//svg[contains(@aria-labelledby, " {real.chart.stem}-{panel.definition.id}")]') or [None]
        if drawing is None:
            assert real.chart.empty
            continue
        zeros = [found for found in panel.sums if found.value == 0]
        assert len(drawing.xpath('.//line[@class="or-zero"]')) == len(zeros)
        assert [number_of(each) for each in drawing.xpath('.//text[@class="or-end"]')].count("0") == len(zeros)
    if real.chart.definition.kind == "shares":
        for drawing in real.root.xpath('.//svg[@role="img"]'):
            zeros = drawing.xpath(".//circle[number(@data-value) = 0]")
            assert len([each for each in drawing.xpath('.//text[@class="or-end"]') if each.text in {"0", "0.00%"}]) == len(zeros)


# -- the figure as a reader gets it -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_are_whole(library: Library, agency: str, language: str) -> None:
    """Title, description, legend, table and file: every id is the chart's own and stands once, every reference leads somewhere."""
    w = Words(language)
    page = parser.fromstring("<div>" + "".join(figure(chart, w) for chart in charts(library.of_agency(agency))) + "</div>")
    ids = page.xpath(".//@id")
    assert len(ids) == len(set(ids))
    assert [each for each in ids if not re.match(r"chart-\d+-", each)] == [f"chart-{chart}" for chart in IDS]
    for attribute in ("aria-labelledby", "aria-describedby"):
        assert {name for names in page.xpath(f".//@{attribute}") for name in names.split()} <= set(ids)
    assert set(re.findall(r"url\(#([^)]+)\)", parser.tostring(page, encoding="unicode"))) <= set(ids)
    for each in page.xpath("./figure"):
        assert each.xpath("./figcaption/h3")[0].text_content().strip()
        assert each.xpath(".//table")
        assert each.xpath(".//a[@download]/@href") == [f"charts/{each.xpath('./figcaption')[0].get('id').removeprefix('chart-')}.csv"]
    assert not page.xpath(".//script | .//*[@onclick] | .//image | .//foreignObject")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_break_is_marked_and_explained(library: Library, agency: str, language: str) -> None:
    w = Words(language)
    for chart in charts(library.of_agency(agency)):
        found = Figure(chart, language)
        notes = "\n".join(each.text_content() for each in found.root.xpath('.//ul[@class="or-chart-notes"]/li'))
        for gap, _ in chart.breaks:
            assert gap.says(w) in notes
        for drawing in found.root.xpath('.//svg[@role="img"]'):
            lines = {int(each.get("data-break")) for each in drawing.xpath(".//*[@data-break]")}
            assert lines == {gap.after for gap, _ in chart.breaks if not gap.only_missing}


def test_english_is_english(library: Library, agency: str) -> None:
    for chart in charts(library.of_agency(agency)):
        assert not re.search(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", str(figure(chart, Words("en"))))


def test_the_link_is_the_pages_and_no_year_is_one(library: Library) -> None:
    """A table whose labels are links is taken for a menu by programs that read pages for their text."""
    chart = charts(library.of_agency("pingtan"))[0]
    found = parser.fromstring(str(figure(chart, Words("en"), csv_href="../a&b.csv")))
    assert found.xpath(".//th//a") == []
    assert found.xpath(".//a[@download]/@href") == ["../a&b.csv"]


def test_the_file_is_for_both_languages_and_always_the_same(library: Library) -> None:
    first, again = (charts(library.of_agency("pingtan-resources")) for _ in range(2))
    assert [chart.csv() for chart in first] == [chart.csv() for chart in again]
    rows = list(csv.DictReader(io.StringIO(next(chart for chart in first if chart.id == "normative_documents").csv().decode())))
    assert [(row["year"], row["value"] or row["status"], row["form"], row["break_before"]) for row in rows] == [
        ("2019", "not_on_form", "2019", ""),
        ("2020", "not_on_form", "2019", ""),
        ("2021", "not_collected", "", ""),
        ("2022", "not_collected", "", ""),
        ("2023", "35", "2021", "not_on_form+missing_year"),
        ("2024", "33", "2021", ""),
    ]
    assert {(row["agency"], row["name"], row["name_en"], row["unit"]) for row in rows} == {
        ("pingtan-resources", "行政规范性文件", "Normative documents", "件")
    }


def test_an_agency_without_reports_has_no_charts() -> None:
    assert charts([]) == ()


# -- made-up agencies -------------------------------------------------------------------------------------------------------


def every(reports: Sequence[Report]) -> Iterator[Figure]:
    return (Figure(chart, language) for chart in charts(reports) for language in LANGUAGES)


@settings(max_examples=25)
@given(agencies())
def test_laws_of_every_chart(reports: list[Report]) -> None:
    """Drawing, table and file agree; lines join only neighbours that nothing parts; every year of every drawing is told."""
    for each in every(reports):
        if not each.chart.empty:
            assert each.drawn == each.tabled
        assert each.tabled == each.filed
        apart = {(definition.id, gap.before, gap.after) for gap, concerned in each.chart.breaks for definition in concerned}
        for series, before, after in each.segments:
            assert after == before + 1
            assert (series, before, after) not in apart
            assert {(before, series), (after, series)} <= each.drawn.keys()
        for drawing in each.root.xpath('.//svg[@role="img"]'):
            told = {int(year) for years in drawing.xpath(".//@data-year | .//@data-gap") for year in years.split()}
            assert told == set(each.chart.years)


def test_one_year_is_a_chart() -> None:
    for each in every([made(2023)]):
        assert each.segments == set()
        assert "–" not in title(each.chart, Words(each.language))


def test_a_sum_with_a_blank_part_says_so() -> None:
    """The parts that are there are drawn, the number carries a mark, the file says incomplete, the words explain."""
    report = made(2023, cells={"applications/granted/total": "", "applications/partly_granted/total": "7"})
    each = Figure(next(chart for chart in charts([report]) if chart.id == "requests"))
    (end,) = each.root.xpath('.//svg//text[@data-series="dealt_with"]')
    assert number_of(end).endswith("+?")
    assert Words("zh")("chart_incomplete") in each.root.text_content()
    rows = {row["series"]: row for row in csv.DictReader(io.StringIO(each.chart.csv().decode()))}
    assert (rows["granted"]["value"], rows["granted"]["status"]) == ("", "blank")
    assert rows["dealt_with"]["status"] == "incomplete"
    assert (2023, "granted") not in each.drawn


@pytest.mark.usefixtures("undoubted")
def test_the_sentence_counts_what_is_there_and_says_what_is_not() -> None:
    """No unit stands behind a word: a blank is not 留空 件."""
    cells = {"applications/new/total": "40", "applications/carried_in/total": "", "applications/refused.state_secrets/total": "/"}
    zh, en = (
        Figure(next(chart for chart in charts([made(2023, cells=cells)]) if chart.id == "requests"), language)
        .root.xpath('.//p[@class="or-chart-latest"]')[0]
        .text
        for language in ("zh", "en")
    )
    assert zh.startswith("2023年：要办 40+? 件，其中新收 40 件、上年结转 留空；")
    assert "不予公开 不适用，" in zh
    assert en.startswith("In 2023: on hand 40+? (new 40, carried in (blank)); ")
    assert "refused (not applicable), " in en


@pytest.mark.usefixtures("undoubted")
def test_a_share_above_the_whole_stays_in_its_drawing() -> None:
    """Outcomes that exceed their own total as printed: the plots reach up to them, all on one scale."""
    cells = {"applications/granted/total": "90", "applications/partly_granted/total": "0", "applications/total/total": "60"}
    each = Figure(next(chart for chart in charts([made(2022), made(2023, cells=cells)]) if chart.id == "shares"))
    assert each.drawn[2023, "disclosed"] == Decimal("1.5")
    for drawing in each.root.xpath('.//svg[@role="img"]'):
        top, bottom = (float(drawing.xpath(f'.//text[text()="{rate}"]/@y')[0]) for rate in ("100%", "0%"))
        for point in drawing.xpath(".//circle"):
            assert 0 < float(point.get("cy")) < float(drawing.get("height"))
            assert float(point.get("cy")) == pytest.approx(bottom - 4 - (bottom - top) * float(point.get("data-value")), abs=0.2)


def test_what_contradicts_itself_is_marked_wherever_a_chart_tells_it(library: Library) -> None:
    """The bar, the number at its end, the table and its sums, the file, the sentence, and in words what the mark means."""
    reports = library.of_agency("pingtan-haitan")
    found = {chart.id: chart for chart in charts(reports, library=library)}
    for language in LANGUAGES:
        each, w = Figure(found["requests"], language), Words(language)
        for year, count in ((2023, 0), (2024, 1), (2025, 1)):
            assert len(each.root.xpath(f'.//td[@data-year="{year}"][@data-series="new"]/b[@class="or-neq"]')) == count
            assert len(each.root.xpath(f'.//rect[@data-year="{year}"][@data-series="new"]/title')) == count
            ends = each.root.xpath(f'.//svg//text[@class="or-end"][@data-year="{year}"]')
            assert [bool(end.xpath('./tspan[@class="or-neq"][starts-with(., "≠")]/title')) for end in ends] == [bool(count)] * 2
        assert w("mark_legend") in each.root.xpath('.//ul[@class="or-chart-notes"]')[0].text_content()
        assert len(each.root.xpath('.//p[@class="or-chart-latest"]/b[@class="or-neq"]')) > 1
        shares = Figure(found["shares"], language).root
        cells = shares.xpath('.//td[@data-year="2024"][@data-series="disclosed"]')
        assert [(cell.get("data-reason"), cell.text_content()) for cell in cells] == [("contradicted", f"≠0/0{w('nothing_contradicted')}")]
        assert not shares.xpath('.//circle[@data-year="2024"]')
        drawn = Figure(next(each for each in charts(library.of_agency("pingtan"), library=library) if each.id == "shares"), language).root
        for drawing in drawn.xpath('.//svg[@role="img"]')[:2]:
            assert "13/21 " in " ".join(drawing.xpath('.//text[@class="or-neq"]/title/text()')) or drawing.xpath(
                './/text[@class="or-neq"][starts-with(., "≠")]/title'
            )
            assert not drawing.xpath('.//circle[@data-year="2020"]')
    rows = list(csv.DictReader(io.StringIO(found["requests"].csv().decode())))
    assert {row["year"]: row["finding"] for row in rows if row["series"] == "new"} == {"2023": "", "2024": "T3-ROW", "2025": "T3-ROW"}
    assert {row["year"]: row["finding"] for row in rows if row["series"] == "dealt_with"} == {
        "2023": "",
        "2024": "T3-ROW",
        "2025": "T3-ROW",
    }


@pytest.mark.usefixtures("undoubted")
def test_many_years_and_huge_numbers_keep_their_text() -> None:
    """Twenty-three years: each has its row; among shares as many years are named as fit; numbers are never shortened."""
    reports = [
        made(
            year,
            cells={
                "applications/new/total": "999999999",
                "applications/carried_in/total": "0",
                "applications/total/total": "100",
                "applications/granted/total": "50",
            },
        )
        for year in range(2008, 2031)
    ]
    found = {each.chart.id: each for each in every(reports) if each.language == "zh"}
    bars = found["requests"].root.xpath('.//svg[@role="img"]')[0]
    assert [each.text for each in bars.xpath('.//text[@x="0"]') if each.text.isdigit() and len(each.text) == 4] == [
        str(year) for year in range(2008, 2031)
    ]
    assert {number_of(each) for each in bars.xpath('.//text[@class="or-end"]')} == {"999999999"}
    place = bars.getparent().get("style")
    assert int(re.findall(r"padding-right:(\d+)px", place)[0]) >= 9 * 7
    named = found["shares"].root.xpath('.//svg[@role="img"]')[0].xpath('.//text[@class="or-tick"][@text-anchor="middle"]')
    assert [each.text for each in named][-1] == "2030"
    assert len(named) * 34 <= 280


# -- definitions and colours --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["says"])
def test_definitions_are_refused(case: dict[str, str]) -> None:
    assert case["this"] in TEXT
    with pytest.raises(FormError) as raised:
        load(TEXT.replace(case["this"], case["by"], 1))
    assert case["says"] in str(raised.value)
    assert "forms/foi-cn/views/charts.yml" in str(raised.value)


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_colour_stands_out_in_its_scheme() -> None:
    """At least 3:1 against the page, by day and night; no two series of a panel look alike without their colour.

    Paper has the colours of day, as `test_charts_are_printed_in_the_colours_of_day` sees in a browser.
    """
    css = shipped()["charts.css"].read_text(encoding="utf-8")
    blocks = [dict(re.findall(r"--or-s(\d): (#[0-9a-f]{6});", block)) for block in re.findall(r"\{([^{}]*)\}", css) if "--or-s1:" in block]
    day, night = blocks
    assert day.keys() == night.keys() == {str(style) for style in range(1, 10)}
    for colours, page in ((day, "#ffffff"), (night, "#1e2129")):
        for colour in colours.values():
            light, dark = sorted((luminance(colour), luminance(page)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 3
    plain = {1, 3}
    for chart in definitions():
        for panel in chart.panels:
            styles = [each.style for each in panel.series]
            assert len(set(styles)) == len(styles)
            assert chart.kind == "shares" or len(plain & set(styles)) <= 1
