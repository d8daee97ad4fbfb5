"""DCAT-AP 3.0.1 as JSON-LD: one catalogue, the corpus, a series for each agency, a dataset for each report.

Every report is an entry of its own, because that is what people cite and harvesters update; each is one line of a fixed
shape, so the file grows by the same small amount with each. Addresses are relative to `@base`, the site's own.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from open_reports.derived.coverage import known_day
from open_reports.derived.doubt import PUBLISHED, facts, source_at
from open_reports.document import json_bytes
from open_reports.files import citation
from open_reports.files.route import LINKED, Route
from open_reports.text import LANGUAGES, Text, Words, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from open_reports.files.catalogue.routes import Routes
    from open_reports.files.folder import SiteFolder
    from open_reports.files.route import AnyRoute
    from open_reports.library import Agency, Library
    from open_reports.report import Report

PROFILE = "https://semiceu.github.io/DCAT-AP/releases/3.0.1"
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
# DCAT-AP prescribes the vocabularies of the EU for language, theme, frequency, access and kind of file: a harvester finds
# nothing under words of our own.
_EU = "http://publications.europa.eu/resource/authority/"
_CHINA = f"{_EU}country/CHN"
_MEDIA = "https://www.iana.org/assignments/media-types/"
_FORMATS = {
    "text/csv": "CSV",
    "application/json": "JSON",
    "application/ld+json": "JSON_LD",
    "application/zip": "ZIP",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.sqlite3": "SQLITE",
    "application/vnd.apache.parquet": "PARQUET",
}
"""Codes of the EU's vocabulary of file types."""
_TYPED = {"@type": "@id"}


def _context(site: str) -> dict[str, Any]:
    """Short names for the terms used; where the site has no address, `..` from this file leads to its top."""
    both = {"@container": "@language"}
    terms: dict[str, Any] = {name: {"@id": f"dct:{name}", **both} for name in ("title", "description")}
    terms |= {
        name: {"@id": f"dct:{name}", **_TYPED} for name in ("publisher", "creator", "license", "language", "spatial", "format", "source")
    }
    terms |= {name: {"@id": f"dct:{name}", **_TYPED} for name in ("accessRights", "accrualPeriodicity", "conformsTo")}
    # Typed once here, so that the lines below hold plain texts and still are dates and addresses to a reader of RDF.
    terms |= {name: {"@id": f"dct:{name}", "@type": "xsd:date"} for name in ("issued", "modified")}
    linked = (
        "dataset",
        "distribution",
        "service",
        "landingPage",
        "accessURL",
        "downloadURL",
        "mediaType",
        "inSeries",
        "theme",
        "endpointURL",
    )
    terms |= {name: {"@id": f"dcat:{name}", **_TYPED} for name in (*linked, "endpointDescription", "servesDataset")}
    terms |= {name: {"@id": f"dcat:{name}", "@type": "xsd:date"} for name in ("startDate", "endDate")}
    # Not `Dataset` and `Distribution`, which are written with their prefix: DuckDB knows no two keys that differ in case alone, and
    # refuses the file.
    terms |= {name: f"dcat:{name}" for name in ("Catalog", "DatasetSeries", "DataService", "version")}
    return {
        "@version": 1.1,
        # A catalogue is copied into portals: with the site's address every name in it is whole, whatever it is read from.
        "@base": site or "../",
        "dcat": "http://www.w3.org/ns/dcat#",
        "dct": "http://purl.org/dc/terms/",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "spdx": "http://spdx.org/rdf/terms#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        **terms,
        "identifier": "dct:identifier",
        "temporal": "dct:temporal",
        "Period": "dct:PeriodOfTime",
        "Location": "dct:Location",
        "label": {"@id": "skos:prefLabel", "@language": "zh"},
        "Agent": "foaf:Agent",
        "name": {"@id": "foaf:name", **both},
        "homepage": {"@id": "foaf:homepage", **_TYPED},
        "keyword": {"@id": "dcat:keyword", **both},
        "byteSize": {"@id": "dcat:byteSize", "@type": "xsd:nonNegativeInteger"},
        "checksum": "spdx:checksum",
        "algorithm": {"@id": "spdx:algorithm", **_TYPED},
        "checksumValue": {"@id": "spdx:checksumValue", "@type": "xsd:hexBinary"},
    }


def catalog(library: Library, routes: Routes, corpus: Mapping[str, bytes], site: str = "") -> bytes:
    """`data/catalog.jsonld`.

    `corpus` are the files of the corpus that are told of with size and hash, by path below the site.
    """
    day = known_day(library).isoformat()
    described = {"zh": words()["home_lead"].zh, "en": words()["home_lead"].en}
    head = {
        "@context": _context(site),
        "@id": "#catalog",
        "@type": "Catalog",
        "title": _both(words()["home_title"]),
        "description": described,
        "conformsTo": PROFILE,
        "publisher": "#publisher",
        "homepage": "./",
        "license": CC0,
        "language": [_language("zh"), _language("en")],
        "modified": day,
        "service": {
            "@id": "data/openapi.json#service",
            "@type": "DataService",
            "title": _both(words()["api_title"]),
            "description": _both(words()["api_description"]),
            "endpointURL": "./",
            "endpointDescription": "data/openapi.json",
            "servesDataset": "data/#corpus",
            "license": CC0,
            "publisher": "#publisher",
        },
    }
    # Said once and referred to: agent and regions would else be repeated in the entry of every report.
    own = [
        {"@id": "#publisher", "@type": "Agent", "name": _both(words()["site"]), "homepage": "./"},
        *({"@id": _place(region), "@type": "Location", "label": region} for region in _regions(library)),
        {"@id": _CHINA, "@type": "Location", "label": words()["dataset_country"].zh},
    ]
    datasets = [_json(_corpus(library, routes, corpus, day)), *_datasets(library, routes)]
    opening = json_bytes(head).decode().removesuffix("\n}\n")
    included = ",\n  ".join(map(_json, own))
    listed = ",\n  ".join(datasets)
    return f'{opening},\n "@included": [\n  {included}\n ],\n "dataset": [\n  {listed}\n ]\n}}\n'.encode()


def _corpus(library: Library, routes: Routes, corpus: Mapping[str, bytes], day: str) -> dict[str, Any]:
    years = library.years
    return {
        "@id": "data/#corpus",
        "@type": "dcat:Dataset",
        "identifier": "open-reports",
        "title": _both(words()["home_title"]),
        "description": _both(words()["dataset_corpus_says"]),
        "publisher": "#publisher",
        "landingPage": ["data/", "./"],
        "language": [_language("zh"), _language("en")],
        "keyword": {language: Words(language)("dataset_keywords").split(Words(language)("comma")) for language in LANGUAGES},
        "theme": f"{_EU}data-theme/GOVE",
        "accessRights": f"{_EU}access-right/PUBLIC",
        "accrualPeriodicity": f"{_EU}frequency/ANNUAL",
        "modified": day,
        **({"temporal": _period(f"{years[0]}-01-01", f"{years[-1]}-12-31")} if years else {}),
        # The country last: CKAN keeps one place of a dataset, the last one it meets, and none of the regions is that of all reports.
        "spatial": [*map(_place, _regions(library)), _CHINA],
        "distribution": [_distribution(route, route.path, corpus.get(route.path)) for route in routes.distributions("site")],
    }


def _distribution(route: AnyRoute, path: str, data: bytes | None = None) -> dict[str, Any]:
    measured = {}
    # Only files of the corpus are measured: to hash those of the reports, the files of all reports would have to be made before
    # this one.
    if data is not None:
        checksum = {
            "@type": "spdx:Checksum",
            "algorithm": "spdx:checksumAlgorithm_sha256",
            "checksumValue": hashlib.sha256(data).hexdigest(),
        }
        measured = {"byteSize": str(len(data)), "checksum": checksum}
    return {
        "@id": f"{path}#file",
        "@type": "dcat:Distribution",
        "title": _both(words()[f"route_{route.id}"]),
        # The address of access is the one that DCAT-AP asks for; that of the download says that no page stands between.
        "accessURL": path,
        "downloadURL": path,
        "mediaType": f"{_MEDIA}{route.media}",
        **_format(route),
        "license": CC0,
        **measured,
    }


# -- agencies and reports: one line each ---------------------------------------------------------------------------------


_YEAR = "\0"
"""Stands for the year in the texts that all reports of an agency share; no text of a package can hold this character."""


def _datasets(library: Library, routes: Routes) -> Iterator[str]:
    for agency in library.agencies.values():
        reports = library.of_agency(agency.id)
        yield _series(agency, reports, routes)
        # Made once for each name that an agency had: a report adds only its year.
        shared: dict[Text, str] = {}
        place = _json(_place(agency.region))
        for report in reports:
            name = agency.called_in(report.year)
            if name not in shared:
                title, says = (_json(_texts(key, name, year=_YEAR)) for key in ("report_title", "report_description"))
                shared[name] = f'"title": {title}, "description": {says}'
            told = shared[name].replace(_json(_YEAR)[1:-1], str(report.year))
            yield _report(report, told, place, routes, facts(report, library))


def _texts(key: str, name: Text, **values: object) -> dict[str, str]:
    """A text about an agency in both languages, with its name in each."""
    return {language: Words(language)(key, agency=name[language], **values) for language in LANGUAGES}


def _series(agency: Agency, reports: tuple[Report, ...], routes: Routes) -> str:
    page = f"reports/{agency.id}/"
    kinds: list[str] = ["dcat:Dataset", *(["DatasetSeries"] if reports else [])]  # a series without members is none
    return _json(
        {
            "@id": f"{page}#series",
            "@type": kinds,
            "identifier": agency.id,
            "title": _texts("agency_title", Text(zh=agency.name, en=agency.name_en)),
            "description": _texts("agency_description", Text(zh=agency.name, en=agency.name_en), count=len(reports)),
            # Who answers for the figures is not who publishes them here, and a citation must name both.
            "creator": {
                "@id": f"{page}#agency",
                "@type": "Agent",
                "name": {"zh": agency.name, "en": agency.name_en},
                "homepage": agency.site,
            },
            "publisher": "#publisher",
            "landingPage": page,
            "language": _language("zh"),
            "spatial": _place(agency.region),
            "accrualPeriodicity": f"{_EU}frequency/ANNUAL",
            "distribution": [
                _distribution(route, route.filled(agency=agency.id, name=agency.id)) for route in routes.distributions("agency")
            ],
        }
    )


def _report(report: Report, shared: str, place: str, routes: Routes, doubt: Collection[str]) -> str:
    page = report.folder
    start, end = span(report)
    # A vocabulary has no mark: what cannot be right is not said at all.
    source = "" if source_at(0) in doubt else f'"source": {_json(_iri(report.sources[0].path))}, '
    issued = f'"issued": "{report.published.isoformat()}", ' if report.published and PUBLISHED not in doubt else ""
    day = citation.issued(report)
    modified = f'"modified": "{day.isoformat()}", ' if day else ""
    terms = _json(licence(report))
    # The licence goes with each file, where DCAT-AP looks for it.
    files = ", ".join(
        _file(route, page, route.filled(agency=report.agency, year=report.year, name=report.name), terms)
        for route in routes.distributions("report")
    )
    return (
        f'{{"@id": "{page}", "@type": "dcat:Dataset", "identifier": "{report.name}", {shared}, '
        f'"creator": "reports/{report.agency}/#agency", "publisher": "#publisher", "inSeries": "reports/{report.agency}/#series", '
        f'"landingPage": "{page}", "language": "{_language("zh")}", "version": "{report.version}", {issued}{modified}{source}'
        f'"temporal": {{"@type": "Period", "startDate": "{start}", "endDate": "{end}"}}, "spatial": {place}, "distribution": [{files}]}}'
    )


def _file(route: AnyRoute, page: str, path: str, terms: str) -> str:
    return (
        f'{{"@id": "{page}#{route.id}", "@type": "dcat:Distribution", {_kind(route)}, '
        f'"accessURL": "{path}", "downloadURL": "{path}", "license": {terms}}}'
    )


@lru_cache(maxsize=64)
def _kind(route: AnyRoute) -> str:
    """What is the same for every file of a route."""
    known = {"title": _both(words()[f"route_{route.id}"]), "mediaType": f"{_MEDIA}{route.media}", **_format(route)}
    return _json(known)[1:-1]


def _format(route: AnyRoute) -> dict[str, str]:
    """Kind of file as the EU's vocabulary names it; nothing for one that it does not know."""
    return {"format": f"{_EU}file-type/{_FORMATS[route.media]}"} if route.media in _FORMATS else {}


def span(report: Report) -> tuple[str, str]:
    """First and last day that the figures cover."""
    if report.period:
        return report.period[0].isoformat(), report.period[1].isoformat()
    return f"{report.year}-01-01", f"{report.year}-12-31"


def licence(report: Report) -> str:
    """Address of the licence that the package states for its data; that of CC0, as for everything compiled here, if it states no address."""
    return next((str(each["path"]) for each in report.descriptor["licenses"] if each.get("path")), CC0)


def _regions(library: Library) -> list[str]:
    return list(dict.fromkeys(agency.region for agency in library.agencies.values()))


@lru_cache(maxsize=4096)
def _place(region: str) -> str:
    # A name of our own: an agency's region is free text, for which nobody else keeps an address.
    return f"data/#region-{quote(region, safe='')}"


def _period(start: str, end: str) -> dict[str, str]:
    return {"@type": "Period", "startDate": start, "endDate": end}


def _language(language: str) -> str:
    return f"{_EU}language/{'ENG' if language == 'en' else 'ZHO'}"


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


@lru_cache(maxsize=4096)
def _iri(address: str) -> str:
    """Address with only such characters as an IRI may have."""
    return quote(address, safe="/:?#@!$&'()*+,;=%-._~")


def _json(value: object) -> str:
    return json_bytes(value, indent=None).decode()[:-1]


def _catalog(folder: SiteFolder) -> bytes:
    sources = folder.sources
    measured = {route.path: folder[route.id] for route in sources.routes.distributions("site")}
    return catalog(sources.library, sources.routes, measured, sources.site)


ROUTES: tuple[Route[SiteFolder], ...] = (Route("catalog", "data/catalog.jsonld", LINKED, _catalog, schema="catalog"),)
