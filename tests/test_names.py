"""Names over time: an old year carries the name that its agency had, what is searched finds either, and ids stay."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import made_up
import openpyxl
import pytest
from framed import filed, framed, mounted
from lxml import html
from open_reports.charts import charts, figure
from open_reports.checks.check import check
from open_reports.derived.search import catalogue, index
from open_reports.files.agencies import agency_list
from open_reports.files.agency import agency_json
from open_reports.files.observations import observations
from open_reports.history import releases
from open_reports.history.releases import Released, Successors
from open_reports.intake.whose import _former, _names
from open_reports.library import FormerName, agency_file, open_library
from open_reports.pages.compare import compare_page
from open_reports.pages.explore import explore_page
from open_reports.pages.frame import sort_key
from open_reports.site.export import export
from open_reports.site.publish import publish
from open_reports.text import Words
from open_reports.verify import verify
from website import browser, served

if TYPE_CHECKING:
    from pathlib import Path

    from open_reports.library import Library
    from website import Chromium

__all__ = ["browser"]

FORMER = [
    {"name": "虚构市子局", "name_en": "Invented Zi Office", "until": 2019},
    {"name": "虚构市丑局", "name_en": "Invented Chou Office", "until": 2022},
]
THEN = {"zh": "虚构市丑局", "en": "Invented Chou Office"}


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """An agency that was renamed after 2019 and after 2022, with reports of 2022 and 2023."""
    root = tmp_path_factory.mktemp("renamed")
    for package in made_up.history("xugou-jia", (2022, 2023)):
        package.edit_agency("former_names", FORMER)
        package.write(root / f"{package.year}")
    (root / "2022" / "xugou-jia" / "2022").rename(root / "2023" / "xugou-jia" / "2022")
    library = open_library(root / "2023")
    assert library.findings == ()
    return library


@pytest.mark.parametrize(
    "year, name", [(2018, "虚构市子局"), (2019, "虚构市子局"), (2020, "虚构市丑局"), (2022, "虚构市丑局"), (2023, None)]
)
def test_each_year_has_the_name_of_its_time(renamed: Library, year: int, name: str | None) -> None:
    found = renamed.agencies["xugou-jia"].name_in(year)
    assert (found.name if found else None) == name


def test_agency_yml_is_written_as_it_was_read(renamed: Library, tmp_path: Path) -> None:
    agency = renamed.agencies["xugou-jia"]
    folder = tmp_path / "xugou-jia"
    folder.mkdir()
    (folder / "agency.yml").write_bytes(agency_file(agency))
    assert open_library(tmp_path).agencies["xugou-jia"] == agency
    assert agency.former_names == (
        FormerName("虚构市子局", "Invented Zi Office", 2019),
        FormerName("虚构市丑局", "Invented Chou Office", 2022),
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_of_an_old_year_say_the_name_of_its_time(renamed: Library, language: str) -> None:
    w = Words(language)
    agency = renamed.agencies["xugou-jia"]
    now, then = {"zh": agency.name, "en": agency.name_en}[language], THEN[language]
    start = "en/" if language == "en" else ""
    pages = {page.path: page for page in publish(renamed, check(renamed)).pages}

    def read(path: str) -> html.HtmlElement:
        return html.document_fromstring(pages[f"{start}{path}"].build())

    old, new = read("reports/xugou-jia/2022/"), read("reports/xugou-jia/2023/")
    assert then in old.xpath("string(//h1)")
    assert now in new.xpath("string(//h1)")
    facts = {each.xpath("normalize-space(string())"): each.getnext().xpath("normalize-space(string())") for each in old.xpath("//dt")}
    assert (facts[w("name_then")], facts[w("name_now")]) == (then, now)
    assert w("name_then") not in new.text_content()
    rows = {year: read(f"years/{year}/").xpath("string(//table[caption/@id='reports-caption']/tbody/tr[1]/th)") for year in (2022, 2023)}
    assert then in rows[2022]
    assert now in rows[2023]
    own = read("reports/xugou-jia/")
    assert now in own.xpath("string(//h1)")
    told = {each.xpath("normalize-space(string())"): each.getnext().xpath("normalize-space(string())") for each in own.xpath("//dt")}
    assert told[w("former_name", year=2022)] == then


@pytest.mark.parametrize("language", ["zh", "en"])
def test_charts_say_where_the_name_changed(renamed: Library, language: str) -> None:
    """In the drawing, at the head of its table and in words that the picture is described by; no year is kept apart for it."""
    w, reports = Words(language), renamed.of_agency("xugou-jia")
    for chart in charts(reports, range(2018, 2024), renamed):
        root = html.fromstring(f"<main>{figure(chart, w)}</main>")
        notes = [each.text for each in root.xpath("//ul[@class='or-chart-notes']/li")]
        (told,) = (each for each in notes if THEN[language] in each)
        assert told.startswith("Ⓑ ")
        assert "2022" in told
        (earlier,) = (each for each in notes if FORMER[0]["name" if language == "zh" else "name_en"] in each)
        assert earlier.startswith("Ⓐ ")
        heads = [each.text_content().split() for each in root.xpath("//thead//th")[1:]]
        assert [each[0] for each in heads if "Ⓐ" in each] == ["2020"]
        assert [each[0] for each in heads if "Ⓑ" in each] == ["2023"]
        assert not chart.breaks or {gap.after for gap, _ in chart.breaks} == {2022}
        for drawing in root.xpath("//svg[@role='img']"):
            assert [each.get("data-renamed") for each in drawing.xpath(".//*[@data-renamed]")] == ["2020", "2023"]
            described = " ".join(root.xpath("//*[@id=$id]", id=each)[0].text_content() for each in drawing.get("aria-describedby").split())
            assert told in described
        rows = list(csv.DictReader(io.StringIO(chart.csv().decode())))
        assert {(row["year"], row["name_then"]) for row in rows if row["year"] >= "2022"} == {("2022", THEN["zh"]), ("2023", "")}


def test_charts_of_old_years_alone_say_the_name_and_draw_no_change(renamed: Library) -> None:
    reports, w = renamed.of_agency("xugou-jia")[:1], Words("zh")
    for chart in charts(reports, None, renamed):
        root = html.fromstring(f"<main>{figure(chart, w)}</main>")
        assert not root.xpath("//*[@data-renamed]")
        assert THEN["zh"] in root.xpath("string(//ul[@class='or-chart-notes'])")
    for chart in charts(renamed.of_agency("xugou-jia")[1:], None, renamed):
        assert not chart.names


def test_whatever_is_about_an_old_year_has_the_name_of_its_time(renamed: Library) -> None:
    """Each file of the report, and each line about it in files of many; rows of data name the agency as it is called now, beside its id."""
    agency = renamed.agencies["xugou-jia"]
    made = publish(renamed, check(renamed), site="https://reports.example/")
    files = {artifact.path: artifact.data for artifact in made.data_files()}
    own = "reports/xugou-jia/2022/"
    for end, now in ((".bib", agency.name), (".ris", agency.name), (".csl.json", agency.name)):
        text = files[f"{own}xugou-jia-2022{end}"].decode()
        assert THEN["zh"] in text
        assert THEN["en"] in text or end == ".csl.json"
        assert now not in text.replace(renamed.reports["xugou-jia", 2022].title, "")
    assert f"{THEN['zh']} (xugou-jia)" in files[f"{own}report-tables.md"].decode()
    assert f"{THEN['en']} (xugou-jia)" in files[f"{own}report-tables.en.md"].decode()
    assert THEN["en"] in files["en/feed.xml"].decode()
    assert THEN["zh"] in files["data/catalog.jsonld"].decode()
    for path in (f"{own}xugou-jia-2022.xlsx", "years/2022/2022.xlsx", "data/reports.xlsx"):
        texts = [str(cell.value) for sheet in openpyxl.load_workbook(io.BytesIO(files[path])) for row in sheet for cell in row]
        assert any(THEN["zh"] in text for text in texts), path
    for path in ("years/2023/2023.xlsx", "reports/xugou-jia/2023/xugou-jia-2023.xlsx"):
        texts = [str(cell.value) for sheet in openpyxl.load_workbook(io.BytesIO(files[path])) for row in sheet for cell in row]
        assert not any(THEN["zh"] in text for text in texts), path
    pages = {
        page.path: page.build() for page in made.pages if page.path.startswith(("reports/xugou-jia/2022/", "indicators/disclosure_rate/"))
    }
    (dataset,) = html.fromstring(pages[own]).xpath("//script[@type='application/ld+json']")
    assert json.loads(dataset.text)["creator"]["name"] == THEN["zh"]
    assert THEN["zh"] in pages["indicators/disclosure_rate/"]


def test_data_keep_the_present_name_and_say_the_other_beside_it(renamed: Library) -> None:
    agency = renamed.agencies["xugou-jia"]
    assert {row["agency_name"] for row in json.loads(observations(renamed)[1])} == {agency.name}
    years = json.loads(agency_json(renamed, agency))["years"]
    assert (years["2022"]["name"], years["2022"]["name_en"]) == (THEN["zh"], THEN["en"])
    assert "name" not in years["2023"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_searched_has_every_name(renamed: Library, language: str) -> None:
    (row,) = json.loads(index(catalogue(renamed, language)))["agencies"]
    every = [name for each in FORMER for name in (each["name"], each["name_en"])]
    assert row[8] == every
    (listed,) = json.loads(agency_list(renamed))
    assert listed["also"] == every


def test_a_title_with_the_old_name_is_known_by_it(renamed: Library) -> None:
    agency = renamed.agencies["xugou-jia"]
    assert len(_former(agency)) == 4
    assert not _former(agency) & _names(agency)


def test_a_body_that_changed_its_name_is_found_by_both(library: Library) -> None:
    """投资促进局 was 国有资产管理局 up to 2023 and reported under an id of its own; carry-over goes on because agency.yml says so."""
    name = "国有资产管理局"
    found = {each.id for each in catalogue(library, "zh").offices if any(name in known for known in (each.name.zh, *each.also))}
    assert found == {"pingtan-assets", "pingtan-investment"}
    before = library.before(library.reports["pingtan-investment", 2024])
    assert before is library.reports["pingtan-assets", 2023]
    assert library.agencies["pingtan-investment"].name_in(2024) is None


# -- an id that changed ---------------------------------------------------------------------------------------------------

SITE = "https://www.example.cn/nb/"


@pytest.fixture(scope="module")
def other_id(tmp_path_factory: pytest.TempPathFactory) -> tuple[Library, Released]:
    """An agency that was released as xugou-jia and is xugou-yi now, as its record and its successors say."""
    root = tmp_path_factory.mktemp("other")
    made_up.package("xugou-jia", 2023).write(root / "before")
    made_up.package("xugou-yi", 2023).write(root / "now")
    before, now = open_library(root / "before"), open_library(root / "now")
    released = Released(
        place="released",
        reports={key: releases.record.record(report) for key, report in before.reports.items()},
        shapes=releases.record.shapes(),
        paths=(),
        successors=Successors({"reports/xugou-jia/": "reports/xugou-yi/"}),
    )
    return now, released


def test_data_files_of_an_old_id_stay_alive(other_id: tuple[Library, Released]) -> None:
    """report.json, CSV, archive, workbook and badge are at their old addresses, with the bytes of the new ones; pages lead on."""
    library, released = other_id
    publication = publish(library, check(library), site=SITE, released=released)
    files = {each.path: each.data for each in publication.data_files()}
    old, new = "reports/xugou-jia/", "reports/xugou-yi/"
    names = (
        "2023/report.json",
        "2023/badge.svg",
        "2023/figures/applications.json",
        "{id}.csv",
        "2023/{id}-2023.zip",
        "2023/{id}-2023.xlsx",
    )
    for name in names:
        assert files[old + name.format(id="xugou-jia")] == files[new + name.format(id="xugou-yi")], name
    assert f"{old}xugou-jia.json" in files
    assert len([path for path in files if path.startswith(old)]) >= 20
    # A folder of packages has each package once, or a copy could not be read.
    assert not {f"{old}agency.yml", f"{old}2023/datapackage.json", f"{old}2023/data/applications.csv"} & files.keys()
    assert {f"{old}index.html", f"{old}2023/index.html", f"en/{old}2023/index.html"} <= {each.path for each in publication.redirects}


def test_a_copy_with_files_at_old_addresses_is_verified(other_id: tuple[Library, Released], tmp_path: Path) -> None:
    library, released = other_id
    publication = publish(library, check(library), site=SITE, released=released)
    export(publication, tmp_path / "copy", place="datapackages")
    verdict = verify(tmp_path / "copy")
    assert [str(each) for each in verdict.deviations] == []
    # One that says something else is found, though nothing but its hash and the file it was made of can be asked.
    file = tmp_path / "copy" / "reports" / "xugou-jia" / "2023" / "report.json"
    file.write_bytes(file.read_bytes().replace(b"2023", b"2024"))
    assert {each.file for each in verify(tmp_path / "copy").deviations} == {"reports/xugou-jia/2023/report.json"}


def test_nothing_stands_twice_without_a_change_of_id(library: Library) -> None:
    recorded = {key: releases.record.record(report) for key, report in library.reports.items()}
    released = Released(
        place="released", reports=recorded, shapes={}, paths=(), successors=Successors({"reports/gone/": "reports/pingtan/"})
    )
    paths = {f"reports/{agency}/{year}/" for agency, year in library.reports} | {f"reports/{agency}/" for agency in library.agencies}
    assert releases.moved(released, paths) == {}


# -- how names are sorted -------------------------------------------------------------------------------------------------

READ = {
    "xugou-jia": ("厦门市公安局", "xiamenshi gonganju"),
    "xugou-yi": ("长春市公安局", "changchunshi gonganju"),
    "xugou-bing": ("蔚县公安局", "yuxian gonganju"),
    "xugou-ding": ("北京市公安局", "beijingshi gonganju"),
}
"""Names that a browser's own order puts under S, Z and W."""


@pytest.fixture(scope="module")
def read_aloud(tmp_path_factory: pytest.TempPathFactory) -> Library:
    root = tmp_path_factory.mktemp("read")
    for agency, (name, reading) in READ.items():
        package = made_up.package(agency, 2023)
        package.edit_agency("name", name)
        package.edit_agency("reading", reading)
        package.edit_agency("kind", "department")
        package.edit_agency("parent", "none")
        package.write(root)
    library = open_library(root)
    assert library.findings == ()
    return library


def test_a_list_is_sorted_by_how_names_are_read(read_aloud: Library, browser: Chromium, tmp_path: Path) -> None:
    pages = {page.path: page for page in publish(read_aloud, check(read_aloud)).pages}
    with served(tmp_path) as server, browser.context() as context:
        for language, start in (("zh", ""), ("en", "en/")):
            framed(
                tmp_path / start / "years" / "2023",
                pages[f"{start}years/2023/"].build(),
                language,
                styles=(),
                scripts=("site.js", "sorting.js"),
            )
            page = context.new_page()
            page.goto(f"{server.url}{start}years/2023/")
            page.locator("table[data-sortable] thead button").first.click()
            # Behind each name stands the arrow of its link.
            names = [name.removesuffix(" →") for name in page.locator("table[data-sortable] tbody th").all_inner_texts()]
            if language == "zh":
                assert names == ["北京市公安局", "长春市公安局", "厦门市公安局", "蔚县公安局"]
            else:
                assert names == sorted(names)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pickers_are_sorted_like_lists(read_aloud: Library, browser: Chromium, tmp_path: Path, language: str) -> None:
    """Agencies to compare and to explore stand in the order of how their names are read, not of their ids."""
    start = "en/" if language == "en" else ""
    w = Words(language)
    mounted(tmp_path, compare_page(read_aloud, w), assets="assets/", styles=("compare.css",))
    (tmp_path / "compare").mkdir(exist_ok=True)
    (tmp_path / "compare" / "agencies.json").write_bytes(agency_list(read_aloud))
    mounted(tmp_path, explore_page(w, database_size=lambda: 0), assets="assets/open-reports/", styles=("explore.css",))
    filed(tmp_path, read_aloud)
    order = ["xugou-ding", "xugou-yi", "xugou-jia", "xugou-bing"]
    if language == "en":
        order = sorted(READ, key=lambda agency: read_aloud.agencies[agency].name_en)
    boxes = "all => all.map(each => each.value)"
    with served(tmp_path) as server, browser.context() as context:
        page = context.new_page()
        page.goto(f"{server.url}{start}compare/")
        page.locator(".or-choices [data-group] input").first.wait_for(state="attached")
        assert page.locator(".or-choices [data-group] [data-entry] input[value^=xugou]").evaluate_all(boxes) == order
        page.goto(f"{server.url}{start}explore/?a={','.join(sorted(READ))}")
        page.locator(".or-agencies input").first.wait_for(state="attached")
        assert page.locator(".or-agencies input").evaluate_all(boxes) == order
        page.locator("#or-facet-agency option[value^=xugou]").first.wait_for(state="attached")
        assert page.locator("#or-facet-agency option[value^=xugou]").evaluate_all(boxes) == order


def test_the_list_of_agencies_has_their_readings(read_aloud: Library, library: Library) -> None:
    assert {each["id"]: each["reading"] for each in json.loads(agency_list(read_aloud))} == {
        key: reading for key, (_, reading) in READ.items()
    }
    agency = read_aloud.agencies["xugou-yi"]
    assert 'reading: "changchunshi gonganju"\n' in agency_file(agency).decode()
    assert (sort_key(agency, Words("zh")), sort_key(agency, Words("en"))) == (agency.reading, agency.name_en)
    # Every agency of this project has one, for a list of both kinds would be in two halves.
    assert [each.id for each in library.agencies.values() if not each.reading] == []


@pytest.mark.parametrize("reading", ["Changchun", "chang  chun", "长春", "cháng", "chang-chun"])
def test_a_reading_is_spelt_in_plain_letters(reading: str, tmp_path: Path) -> None:
    package = made_up.package("xugou-jia", 2023)
    package.edit_agency("reading", reading)
    package.write(tmp_path)
    (found,) = open_library(tmp_path).findings
    assert (found.code, dict(found.values)["path"]) == ("record.pattern", "reading")
