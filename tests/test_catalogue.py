"""The catalogue in the words of its standards: DCAT-AP, schema.org, Croissant, Atom."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
import whole
from made_up import write_corpus
from open_reports.files.catalogue import atom, croissant, dcat, routes, schema_org
from open_reports.files.catalogue.robots import robots
from open_reports.files.observations import observations
from open_reports.files.table_schema import KEY
from open_reports.history import corrections
from open_reports.library import open_library
from open_reports.report.model import Change, Revision
from open_reports.site import frame
from open_reports.text import Words
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib import Literal as Written
from website import Chromium, Watch, browser, served

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from open_reports.finding import Finding
    from open_reports.library import Library

__all__ = ["browser"]

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the validator's own libraries
    import pyshacl

SITE = "https://open-reports.example/nianbao/"
SHAPES = Path(__file__).parent / "schemas" / "dcat-ap-3.0.1-shapes.ttl"
DCAT, DCT = Namespace("http://www.w3.org/ns/dcat#"), Namespace("http://purl.org/dc/terms/")
CORPUS = {"data/observations.csv": b"agency\n", "data/observations.json": b"[]\n"}
ROUTES = routes.routes()


# -- DCAT-AP ------------------------------------------------------------------------------------------------------------


def graph(data: bytes, base: str = f"{SITE}data/catalog.jsonld") -> Graph:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the parser, about its own library
        return Graph().parse(data=data, format="json-ld", publicID=base)


def violations(found: Graph) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        conforms, _, text = pyshacl.validate(found, shacl_graph=Graph().parse(SHAPES), inference="none")
    return "" if conforms else str(text)


def test_the_catalogue_passes_the_shapes(library: Library) -> None:
    assert violations(graph(dcat.catalog(library, ROUTES, CORPUS, SITE))) == ""


def test_the_shapes_find_what_is_wrong(library: Library) -> None:
    broken = graph(dcat.catalog(library, ROUTES, CORPUS, SITE))
    broken.remove((URIRef(f"{SITE}reports/pingtan/2023/"), DCT.title, None))
    assert "reports/pingtan/2023/" in violations(broken)


def test_without_an_address_the_catalogue_means_the_same_wherever_it_stands(library: Library) -> None:
    whole_, relative = graph(dcat.catalog(library, ROUTES, CORPUS, SITE)), graph(dcat.catalog(library, ROUTES, CORPUS))
    named = {each for each in whole_.subjects() if isinstance(each, URIRef)}
    assert named == {each for each in relative.subjects() if isinstance(each, URIRef)}
    assert len(whole_) == len(relative)


def test_every_report_is_a_dataset_of_its_agencys_series(library: Library) -> None:
    found = graph(dcat.catalog(library, ROUTES, CORPUS, SITE))
    for report in library:
        page = URIRef(f"{SITE}{report.folder}")
        assert (URIRef(f"{SITE}#catalog"), DCAT.dataset, page) in found
        assert (page, DCAT.inSeries, URIRef(f"{SITE}reports/{report.agency}/#series")) in found
        assert str(found.value(page, DCT.identifier)) == report.name
        assert str(found.value(page, DCAT.version)) == report.version
        files = {
            str(found.value(each, DCAT.downloadURL)).removeprefix(f"{SITE}{report.folder}")
            for each in found.objects(page, DCAT.distribution)
        }
        assert files == {"datapackage.json", "report.json", f"{report.name}.zip", f"{report.name}.xlsx"}
        titles = {each.language for each in found.objects(page, DCT.title) if isinstance(each, Written)}
        assert titles == {"zh", "en"}
    assert len(set(found.subjects(RDF.type, DCAT.DatasetSeries))) == len({report.agency for report in library})
    assert len(set(found.subjects(RDF.type, DCAT.Dataset))) == 1 + len(library.agencies) + len(library)


def test_the_last_place_of_the_corpus_is_that_of_all_reports(library: Library) -> None:
    """CKAN keeps one place of a dataset, the last (`tests/outside/ckan.sh`): it must not be the region of some agency."""
    described = json.loads(dcat.catalog(library, ROUTES, CORPUS, SITE))
    (corpus,) = [each for each in described["dataset"] if each["identifier"] == "open-reports"]
    labels = {each["@id"]: each["label"] for each in described["@included"] if each["@type"] == "Location"}
    assert [labels[each] for each in corpus["spatial"]] == [*dict.fromkeys(each.region for each in library.agencies.values()), "中国"]
    assert corpus["spatial"][-1] == "http://publications.europa.eu/resource/authority/country/CHN"


def test_every_file_has_a_licence_and_the_corpus_a_hash(library: Library) -> None:
    found = graph(dcat.catalog(library, ROUTES, CORPUS, SITE))
    files = set(found.subjects(RDF.type, DCAT.Distribution))
    assert {str(found.value(each, DCT.license)) for each in files} == {dcat.CC0}
    sums = {str(each) for each in found.objects(None, URIRef("http://spdx.org/rdf/terms#checksumValue"))}
    assert sums == {hashlib.sha256(data).hexdigest() for data in CORPUS.values()}


def test_a_licence_is_that_of_the_package(library: Library) -> None:
    report = library.reports["pingtan", 2023]
    other = {**report.descriptor, "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}]}
    assert dcat.licence(replace(report, descriptor=other)) == "https://creativecommons.org/licenses/by/4.0/"
    assert dcat.licence(replace(report, descriptor={**other, "licenses": [{"name": "CC0-1.0"}]})) == dcat.CC0


def test_agencies_without_reports_are_no_series(library: Library) -> None:
    empty = replace(library, reports={})
    assert violations(graph(dcat.catalog(empty, ROUTES, CORPUS, SITE))) == ""


def test_the_catalogue_grows_by_the_same_with_each_report(tmp_path: Path) -> None:
    sizes = []
    for count in (15, 30, 60):
        write_corpus(tmp_path / str(count), count)
        sizes.append(len(dcat.catalog(open_library(tmp_path / str(count)), ROUTES, CORPUS, SITE)))
    first, second = (sizes[1] - sizes[0]) / 15, (sizes[2] - sizes[1]) / 30
    assert second == pytest.approx(first, rel=0.1)
    assert second < 4000


# -- schema.org ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("site", [SITE, ""])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_tells_search_engines_of_its_dataset(library: Library, language: str, site: str) -> None:
    w = Words(language)
    for report in library:
        found = schema_org.of_report(report, library.agencies[report.agency], ROUTES, w, site)
        assert found["@type"] == "Dataset"
        assert 50 <= len(found["description"].encode()) <= 5000
        assert found["temporalCoverage"] == f"{report.year}-01-01/{report.year}-12-31"
        top = site or ("../../../" if language == "zh" else "../../../../")
        assert found["distribution"][0]["contentUrl"] == f"{top}reports/{report.agency}/{report.year}/{report.name}.zip"
        # The longest of names is 98 letters in English (pingtan-enforcement).
        assert len(schema_org.script(found).encode()) < 1600
    corpus = schema_org.of_corpus(library, ROUTES, w, site)
    for agency in library.agencies.values():
        told = schema_org.of_agency(library, agency, ROUTES, w, site)
        assert told["distribution"][0]["contentUrl"].endswith(f"reports/{agency.id}/{agency.id}.csv")
        assert told["isPartOf"]["@id"].endswith(corpus["@id"].removeprefix("./").removeprefix("../"))
    corpus = schema_org.of_corpus(library, ROUTES, w, site)
    assert {each["encodingFormat"] for each in corpus["distribution"]} >= {"text/csv", "application/json"}
    assert corpus["keywords"][0] == {"zh": "政府信息公开", "en": "government information disclosure"}[language]


def test_no_text_ends_the_element_early(library: Library) -> None:
    agency = replace(library.agencies["pingtan"], region="</script><script>alert(1)</script><!-- & >")
    html = schema_org.script(schema_org.of_report(library.reports["pingtan", 2023], agency, ROUTES, Words("zh"), SITE))
    inside = re.fullmatch(r'<script type="application/ld\+json">(.*)</script>', html, re.DOTALL)
    assert inside is not None
    assert not set("<>&") & set(inside[1])
    assert json.loads(inside[1])["spatialCoverage"]["name"] == agency.region


def test_the_policy_of_the_pages_does_not_mind_it(browser: Chromium, tmp_path: Path, library: Library) -> None:
    data = schema_org.script(schema_org.of_report(library.reports["pingtan", 2023], library.agencies["pingtan"], ROUTES, Words("zh"), SITE))
    page = f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>x</title>{data}</head><body><script>document.title="ran"</script></body></html>'
    (tmp_path / "index.html").write_text(frame.guarded(page, ()), encoding="utf-8")
    with served(tmp_path) as server:
        context = browser.context()
        watch = Watch.over(context)
        opened = context.new_page()
        opened.goto(server.url)
        assert opened.title() == "x"
        told = opened.evaluate("JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').textContent).name")
        context.close()
    assert told == library.reports["pingtan", 2023].title
    # It minds the script that must not run, and nothing else.
    assert len([each for each in watch.complaints if "Content Security Policy" in each]) == 1, watch.complaints


# -- Croissant ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("site", [SITE, ""])
def test_croissant_has_what_the_standard_requires(library: Library, findings: tuple[Finding, ...], site: str) -> None:
    corpus = {"data/observations.csv": observations(library)[0]}
    found = json.loads(croissant.croissant(library, corpus, site))
    assert {
        "@context",
        "@type",
        "conformsTo",
        "name",
        "description",
        "license",
        "url",
        "creator",
        "datePublished",
        "distribution",
        "recordSet",
    } <= set(found)
    assert found["@context"]["@vocab"] == "https://schema.org/"
    assert re.fullmatch(r"\d+\.\d+\.\d+", found["version"])
    (file,) = found["distribution"]
    data = corpus["data/observations.csv"]
    assert (file["sha256"], file["contentSize"]) == (hashlib.sha256(data).hexdigest(), f"{len(data)} B")
    assert file["contentUrl"] == (f"{SITE}data/observations.csv" if site else "observations.csv")
    (records,) = found["recordSet"]
    header = data.decode().splitlines()[0].split(",")
    assert [each["source"]["extract"]["column"] for each in records["field"]] == header
    assert {each["source"]["fileObject"]["@id"] for each in records["field"]} == {file["@id"]}
    ids = [each["@id"] for each in records["field"]]
    assert len(set(ids)) == len(ids)
    assert {each["@id"] for each in records["key"]} <= set(ids)
    terms = {key for key in _keys(found) if not key.startswith("@")} - {"zh", "en"}
    schema_org_terms = {
        "name",
        "description",
        "url",
        "license",
        "datePublished",
        "version",
        "inLanguage",
        "keywords",
        "creator",
        "publisher",
    }
    assert terms <= {*found["@context"], *schema_org_terms, "distribution", "contentUrl", "contentSize", "encodingFormat", "sha256"}


def test_the_key_of_croissant_names_one_figure(library: Library) -> None:
    names = [tuple(row[field] for field in KEY) for row in json.loads(observations(library)[1])]
    assert len(set(names)) == len(names)


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _keys(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key
            if key != "@context":
                yield from _keys(each)


# -- Atom ---------------------------------------------------------------------------------------------------------------

A = f"{{{atom.ATOM}}}"
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
URI = re.compile(r"(?:https?://|urn:uuid:)\S+")


def valid(data: bytes) -> ET.Element:
    """Assert what RFC 4287 (4.1) demands of a feed and of its entries; returns the feed."""
    feed = ET.fromstring(data)  # noqa: S314 (our own)
    assert feed.tag == f"{A}feed"
    for each in (feed, *feed.findall(f"{A}entry")):
        for name in ("id", "title", "updated"):
            assert len(each.findall(f"{A}{name}")) == 1, name
        assert URI.fullmatch(each.findtext(f"{A}id") or "")
        assert INSTANT.fullmatch(each.findtext(f"{A}updated") or "")
        links = [(link.get("rel"), link.get("type"), link.get("hreflang")) for link in each.findall(f"{A}link")]
        assert len(set(links)) == len(links)
        assert all(link.get("href") for link in each.findall(f"{A}link"))
        assert any(rel == "alternate" for rel, _, _ in links)
    assert feed.findtext(f"{A}author/{A}name")
    assert any(link.get("rel") == "self" for link in feed.findall(f"{A}link"))
    ids = [each.findtext(f"{A}id") for each in feed.iter(f"{A}entry")]
    assert len(set(ids)) == len(ids)
    return feed


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("site", [SITE, ""])
def test_a_feed_is_valid(library: Library, language: str, site: str) -> None:
    feed = valid(atom.feed(library, language, site, corrections.corrections(library)))
    entries = feed.findall(f"{A}entry")
    assert len(entries) == min(atom.MOST, len(library) + sum(len(report.revisions) for report in library))
    days = [entry.findtext(f"{A}updated", "") for entry in entries]
    assert days == sorted(days, reverse=True)
    assert feed.findtext(f"{A}updated") == days[0]
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == {"zh": "zh-CN", "en": "en"}[language]


def test_an_empty_feed_is_valid(library: Library) -> None:
    assert valid(atom.feed(replace(library, reports={}), "zh", SITE)).findall(f"{A}entry") == []


def test_corrections_are_news(library: Library) -> None:
    said = Revision("1.0.1", "2027-01-02", "录入 <错误> & 遗漏", (Change(text="applications/new/total: 4 -> 5"),))
    report = replace(library.reports["pingtan", 2019], version="1.0.1", revisions=(said,))
    changed = replace(library, reports={**library.reports, ("pingtan", 2019): report})
    first, before = (valid(atom.feed(each, "zh", SITE, corrections.corrections(each))).findall(f"{A}entry") for each in (changed, library))
    assert len(first) == len(before) + 1
    assert first[0].findtext(f"{A}id") == f"{SITE}reports/pingtan/2019/#version-1.0.1"
    assert "录入 <错误> & 遗漏" in (first[0].findtext(f"{A}summary") or "")
    assert "applications/new/total: 4 -> 5" in (first[0].findtext(f"{A}summary") or "")
    assert [each.findtext(f"{A}id") for each in first[1:]] == [each.findtext(f"{A}id") for each in before]  # ids stay


def test_a_feed_holds_the_newest(library: Library) -> None:
    revisions = tuple(Revision(f"1.0.{n}", f"2027-{1 + n // 28:02}-{1 + n % 28:02}", "更正", ()) for n in range(1, 150))
    report = replace(library.reports["pingtan", 2019], revisions=revisions)
    changed = replace(library, reports={**library.reports, ("pingtan", 2019): report})
    entries = valid(atom.feed(changed, "en", SITE, corrections.corrections(changed))).findall(f"{A}entry")
    assert len(entries) == atom.MOST
    assert entries[0].findtext(f"{A}id") == f"{SITE}en/reports/pingtan/2019/#version-1.0.149"


def test_links_of_a_feed_without_an_address_lead_to_the_site(library: Library) -> None:
    for language, above in (("zh", "./"), ("en", "../en/")):
        feed = valid(atom.feed(library, language))
        hrefs = [link.get("href") or "" for link in feed.iter(f"{A}link") if link.get("rel") == "alternate"]
        assert all(href.startswith(above) for href in hrefs), hrefs[:3]


# -- all together -------------------------------------------------------------------------------------------------------


def test_robots_may_read_everything_and_find_the_map() -> None:
    assert robots(SITE).decode() == f"User-agent: *\nAllow: /\nSitemap: {SITE}sitemap.xml\n"
    assert b"Sitemap" not in robots("")


def test_nothing_depends_on_the_clock_or_the_folder(library: Library, packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = whole.files(library, (), SITE)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    monkeypatch.chdir("/")
    assert whole.files(open_library(packages), (), SITE) == first
    days = {day for report in library for day in (report.created[:10], *(each.date for each in report.revisions))}
    told = {instant[:10] for instant in INSTANT.findall(first["feed.xml"].decode())}
    assert told <= days


def test_everything_told_of_exists(library: Library, findings: tuple[Finding, ...]) -> None:
    files: Mapping[str, bytes] = whole.files(library, findings, SITE)
    found = graph(files["data/catalog.jsonld"])
    told = {str(each).removeprefix(SITE) for each in found.objects(None, DCAT.downloadURL)}
    assert sorted(told - set(files)) == []
    feeds = [ET.fromstring(files[name]) for name in ("feed.xml", "en/feed.xml")]  # noqa: S314 (our own)
    related = {
        (link.get("href") or "").removeprefix(SITE) for feed in feeds for link in feed.iter(f"{A}link") if link.get("rel") == "related"
    }
    assert related <= set(files)


VALIDATE = "import sys; from mlcroissant.scripts.cli import main; sys.exit(main())"


def test_croissant_s_own_validator_finds_nothing(library: Library, findings: tuple[Finding, ...], tmp_path: Path) -> None:
    """In a process of its own, for what it imports warns; a file whose records come from nowhere shows that it would speak up."""
    whole_, broken = tmp_path / "croissant.json", tmp_path / "broken.json"
    described = json.loads(whole.files(library, findings, SITE)["data/croissant.json"])
    whole_.write_text(json.dumps(described), encoding="utf-8")
    del described["distribution"]
    broken.write_text(json.dumps(described), encoding="utf-8")
    outcomes = [
        subprocess.run([sys.executable, "-c", VALIDATE, "validate", "--jsonld", str(file)], capture_output=True, check=False, text=True)
        for file in (whole_, broken)
    ]
    assert outcomes[0].returncode == 0, outcomes[0].stderr
    assert "rror" not in outcomes[0].stderr
    assert outcomes[1].returncode != 0 or "rror" in outcomes[1].stderr
