"""The page of the data says of every file what was really written, and explains all that there is to explain."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
from hashlib import sha256
from typing import TYPE_CHECKING

import duckdb
import pytest
from conftest import REPORTS
from lxml import html
from open_reports.checks.check import check
from open_reports.files.catalogue import routes
from open_reports.files.database import counts
from open_reports.library import open_library
from open_reports.pages.data import LATEST, documentation
from open_reports.pages.data_files import pattern
from open_reports.site.publish import publish
from open_reports.text import Words, words
from outputs import opened
from test_docs import edited, ids_of, missing, replaced, section, shape_of
from website import browser, parsed, served, site

if TYPE_CHECKING:
    from pathlib import Path

    from open_reports.finding import Finding
    from open_reports.library import Library
    from open_reports.site.publish import Publication
    from website import Chromium

__all__ = ["browser", "site"]
FOLDERS = {"zh": "data", "en": "en/data"}
MOST = 60_000
"""Bytes of the page as a server sends it, packed."""
UNMEASURED = {"agencies", "search", "search_en", "search_figures", "manifest"}
"""Kinds of file that the page names without size and hash: those of the site's own scripts, and the list of all the others."""

both = pytest.mark.parametrize("language", FOLDERS)


class Kind:
    """A kind of file as the page shows it."""

    def __init__(self, element: html.HtmlElement) -> None:
        self.address = element.xpath("string(dt)").strip()
        self.says = element.xpath("string(dd/p)")
        self.head = element.xpath("string(.//details//code)")
        self.files = [
            ((each.xpath("a/@href") or element.xpath("dt/a/@href"))[0], each.text_content(), each.xpath("string(span/code)"))
            for each in element.xpath(".//li")
        ]


def kinds(site: Path, language: str) -> list[Kind]:
    """Every kind of file that the page lists."""
    return [Kind(each) for each in parsed(site / FOLDERS[language] / "index.html").xpath("//dl[@class='or-files']/div")]


def target(site: Path, language: str, href: str) -> Path:
    """File that a link of the page leads to."""
    return (site / FOLDERS[language] / href).resolve()


# -- what was written ---------------------------------------------------------------------------------------------------


@both
def test_every_hash_and_size_is_that_of_the_file(site: Path, language: str) -> None:
    found = [(target(site, language, href), text, digest) for kind in kinds(site, language) for href, text, digest in kind.files]
    assert len(found) > 60
    for path, text, digest in found:
        data = path.read_bytes()
        assert digest == sha256(data).hexdigest(), path
        size = f"{len(data)} " if len(data) < 1024 else f"{len(data) / 1024:.1f} KB"
        assert size in text, path


@both
def test_every_number_of_rows_is_that_of_the_file(site: Path, language: str) -> None:
    measured = 0
    for kind in kinds(site, language):
        for href, text, _ in kind.files:
            path = target(site, language, href)
            stated = re.search(r"([\d,]+) (?:行|项|rows?|entr(?:y|ies))", text)
            if path.suffix == ".csv":
                count = sum(1 for _ in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))) - 1
            elif path.suffix == ".parquet":
                count = duckdb.read_parquet(str(path)).shape[0]
            elif path.suffix == ".json" and isinstance(value := json.loads(path.read_bytes()), list):
                count = len(value)
            else:
                assert stated is None, path
                continue
            assert stated is not None, path
            assert int(stated[1].replace(",", "")) == count, path
            measured += 1
    assert measured > 15


@both
def test_what_is_shown_of_a_file_stands_in_it(site: Path, language: str) -> None:
    shown = 0
    for kind in kinds(site, language):
        if not kind.head:
            continue
        shown += 1
        path = target(site, language, kind.files[0][0])
        lines = kind.head.splitlines()
        if path.suffix == ".zip":
            assert lines == zipfile.ZipFile(path).namelist()[: len(lines)]
        elif path.suffix == ".sqlite":
            with opened(path.read_bytes()) as connection:
                for line in lines:
                    name, count = line.split()
                    assert connection.execute(f'SELECT count(*) FROM "{name}"').fetchone() == (int(count),)  # noqa: S608
        else:
            text = path.read_text(encoding="utf-8-sig").splitlines()
            held = [line for line in text if line.strip()][: len(lines)]
            assert [own.startswith(line.removesuffix("…")) for own, line in zip(held, lines, strict=True)] == [True] * len(lines)
    assert shown > 20


def test_tables_of_the_database_are_counted(site: Path) -> None:
    data = (site / "data" / "reports.sqlite").read_bytes()
    found = counts(data)
    assert found["reports"] == REPORTS
    assert found["observations"] == found["figures"] + found["statements"]
    assert not any(name.startswith("names_index") for name in found)


def test_both_languages_state_the_same_files(site: Path) -> None:
    stated = [
        [(target(site, language, href), digest) for kind in kinds(site, language) for href, _, digest in kind.files] for language in FOLDERS
    ]
    assert stated[0] == stated[1]


# -- nothing is left out ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def publication(library: Library, findings: tuple[Finding, ...]) -> Publication:
    return publish(library, findings)


@both
def test_every_kind_of_file_of_the_site_is_listed(site: Path, language: str, library: Library, publication: Publication) -> None:
    """Every file that any page or the corpus writes has the shape of one that is listed with a link, or is one of the site's own."""
    ids = ids_of(library)
    written = {shape_of(path, ids) for path in (*(f"{folder.path}{name}" for folder in publication.folders for name in folder.files()),)}
    listed = {
        shape_of(target(site, language, href).relative_to(site.resolve()).as_posix(), ids)
        for kind in kinds(site, language)
        for href, _, _ in kind.files
    }
    alone = {kind.address for kind in kinds(site, language) if not kind.files}
    assert alone >= {"compare/agencies.json", "search/index.json", "en/search/index.json"}
    assert written - listed - alone == {".gitattributes", "_headers", "robots.txt"}  # which are for git, hosts and crawlers, and no data
    assert listed <= written


def named(language: str) -> list[str]:
    """Ids of the kinds of file that the page's text lists, in its order."""
    return [name for line in documentation(language).splitlines() if line.startswith(("@files ", "@names ")) for name in line.split()[1:]]


def test_every_route_is_listed_once_and_in_the_same_order() -> None:
    assert named("zh") == named("en")
    assert sorted(named("zh")) == sorted(route.id for route in routes.routes())
    assert len(set(named("zh"))) == len(named("zh"))
    assert {f"data_is_{name}" for name in named("zh")} <= words().keys()


@both
def test_every_key_of_the_manifest_and_of_moved_addresses_is_explained(site: Path, language: str) -> None:
    text = section(language, "data", "standards")
    whole = json.loads((site / "data" / "manifest.json").read_bytes())
    assert missing([*whole, *next(iter(whole["files"].values()))], text) == []
    assert {"`from`", "`to`"} <= set(re.findall("`[a-z]+`", text))


@both
def test_what_is_not_measured_is_what_the_text_says(language: str) -> None:
    alone = {name for line in documentation(language).splitlines() if line.startswith("@names ") for name in line.split()[1:]}
    assert alone == UNMEASURED


def test_an_address_is_written_in_the_page_s_language() -> None:
    known = routes.routes()
    assert pattern(known["archive"], Words("zh")) == "reports/机关标识/年度/机关标识-年度.zip"
    assert pattern(known["archive"], Words("en")) == "reports/<agency>/<year>/<agency>-<year>.zip"
    assert pattern(known["indicator_csv"], Words("en")) == "indicators/<indicator>/<indicator>.csv"
    assert pattern(known["observations_csv"], Words("zh")) == "data/observations.csv"


# -- the page as a whole ------------------------------------------------------------------------------------------------


@both
def test_the_page_is_light_and_its_links_lead_somewhere(site: Path, language: str) -> None:
    path = site / FOLDERS[language] / "index.html"
    assert len(gzip.compress(path.read_bytes())) < MOST
    page = parsed(path)
    ids = set(page.xpath("//@id"))
    for link in page.xpath("//div[@class='or-data']//a/@href"):
        place, _, anchor = link.partition("#")
        if link.startswith(("https:", "mailto:")):
            continue
        file = target(site, language, place) if place else path.resolve()
        file = file / "index.html" if file.is_dir() else file
        assert file.is_file(), link
        assert not anchor or anchor in (ids if not place else set(parsed(file).xpath("//@id"))), link
    assert "near.invalid" not in path.read_text(encoding="utf-8")
    assert not [text for text in page.xpath("//div[@class='or-data']//p//text()") if text.lstrip().startswith("@")]


@both
def test_every_section_of_the_text_is_on_the_page(site: Path, language: str) -> None:
    page = parsed(site / FOLDERS[language] / "index.html")
    wanted = [
        (f"h{len(marks)}", anchor) for marks, anchor in re.findall(r"^(#{2,3}) .+\{#([a-z]+)\}$", documentation(language), re.MULTILINE)
    ]
    assert [(each.tag, each.get("id")) for each in page.xpath("//div[@class='or-data']/*[self::h2 or self::h3]")] == wanted
    assert page.xpath("//section[contains(@class, 'or-cite')]//p[@id='cite-text']")


def test_the_citation_of_the_corpus_stands_beside_it(site: Path) -> None:
    assert (site / "data" / "open-reports.bib").read_text(encoding="utf-8").startswith("@dataset{open-reports,")
    assert json.loads((site / "data" / "open-reports.csl.json").read_bytes())[0]["URL"].endswith("/data/")
    links = parsed(site / "en" / "data" / "index.html").xpath("//p[@class='or-cite-files']/a/@href")
    assert [target(site, "en", link).name for link in links] == ["open-reports.bib", "open-reports.ris", "open-reports.csl.json"]


def built(publication: Publication, language: str) -> html.HtmlElement:
    (page,) = (page for page in publication.pages if page.path == f"{FOLDERS[language]}/")
    return html.fragment_fromstring(f"<div>{page.build()}</div>")


@both
def test_changes_of_the_data_are_named_newest_first(language: str, tmp_path: Path, packages: Path) -> None:
    import shutil  # noqa: PLC0415

    real = tmp_path / "datapackages"
    shutil.copytree(packages, real)
    correction = {"version": "1.0.1", "date": "2099-01-02", "reason": "录入错误", "changes": ["applications/new/total：80 改为 81"]}
    edited(real / "pingtan" / "2023", revisions=[correction])
    replaced("pingtan/2023/datapackage.json", '"version": "1.0.0"', '"version": "1.0.1"')(real)
    library = open_library(real)
    page = built(publish(library, check(library)), language)
    shown = [each.text_content().strip() for each in page.xpath("//h2[@id='changes']/following-sibling::ul[1]/li")]
    assert len(shown) == min(len(library) + 1, LATEST)
    assert "2099-01-02" in shown[0]
    assert "1.0.1" in shown[0]
    days = [re.search(r"\d{4}-\d{2}-\d{2}", text) for text in shown]
    assert [day[0] for day in days if day] == sorted((day[0] for day in days if day), reverse=True)


@both
def test_a_site_without_reports_has_the_page_too(language: str, tmp_path: Path) -> None:
    library = open_library(tmp_path)
    page = built(publish(library, ()), language)
    assert page.xpath("//h2[@id='use']")
    assert not page.xpath("//details[contains(@class, 'or-snippet')]")
    assert words()["data_no_changes"][language] in page.text_content()


@both
def test_what_was_left_out_is_named(
    language: str, library: Library, findings: tuple[Finding, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "lacking", lambda: {"parquet": "needs_parquet"})
    page = built(publish(library, findings), language)
    assert page.xpath("string(//p[@class='or-warning'])") == words()["needs_parquet"][language]
    assert "observations.parquet" not in {address.rpartition("/")[2] for address in page.xpath("//dl[@class='or-files']//dt/a/@href")}
    assert "duckdb" not in [each.get("id", "").removeprefix("use-") for each in page.xpath("//details[contains(@class, 'or-snippet')]")]


# -- in a browser -------------------------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_is_never_wider_than_its_window(site: Path, browser: Chromium, language: str, width: int) -> None:
    with served(site) as server, browser.context(viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        page.goto(f"{server.url}{FOLDERS[language]}/")
        page.evaluate("document.querySelectorAll('.or-data details').forEach((each) => { each.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        wide = page.evaluate(
            "[...document.querySelectorAll('.or-data pre')].filter((each) => each.scrollWidth > each.clientWidth + 1).length"
        )
        assert wide == 0


@both
def test_a_program_is_copied_at_a_click(site: Path, browser: Chromium, language: str) -> None:
    with served(site) as server, browser.context(permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        page.goto(f"{server.url}{FOLDERS[language]}/")
        code = page.text_content("#use-python pre code")
        page.click("#use-python button")
        page.wait_for_selector("#use-python .or-said:not(:empty)")
        assert page.text_content("#use-python .or-said") == words()["cite_copied"][language]
        assert page.evaluate("navigator.clipboard.readText()") == code


def test_a_copy_without_an_address_tells_programs_its_own(
    tmp_path: Path, library: Library, findings: tuple[Finding, ...], browser: Chromium
) -> None:
    from framed import framed  # noqa: PLC0415

    (page,) = (page for page in publish(library, findings).pages if page.path == "en/data/")
    framed(tmp_path / "en" / "data", page.build(), "en", styles=(), scripts=("copying.js", "snippets.js"))
    with served(tmp_path, mount="/copy/") as server, browser.context() as context:
        shown = context.new_page()
        shown.goto(f"{server.url}en/data/")
        assert f'urlopen("{server.url}data/observations.csv")' in (shown.text_content("#use-python pre code") or "")
