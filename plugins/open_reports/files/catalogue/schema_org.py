"""schema.org `Dataset` for the pages of reports, agencies and the corpus: what search engines for data read.

A small object in each page, in the page's language; the catalogue (`dcat`) says more.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from open_reports.derived.coverage import known_day
from open_reports.derived.doubt import PUBLISHED, source_at
from open_reports.document import script_json
from open_reports.files import citation
from open_reports.files.catalogue.dcat import CC0, licence, span
from open_reports.files.route import ENGLISH
from open_reports.text import LANGUAGE_TAGS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from open_reports.files.catalogue.routes import Routes
    from open_reports.files.route import AnyRoute, Subject
    from open_reports.library import Agency, Library
    from open_reports.report import Report
    from open_reports.text import Words


def script(dataset: Mapping[str, Any]) -> Markup:
    """HTML of the element that holds a dataset: data, which no browser runs, and whose text cannot end it early."""
    # Compact, for it is part of every page; escaped, for a title with `</script>` would end the element and be read as HTML.
    # The Content Security Policy needs no hash of it: only scripts that run are asked for one.
    data = script_json(json.dumps(dataset, ensure_ascii=False, separators=(",", ":")))
    return Markup('<script type="application/ld+json">{}</script>').format(data)


def of_report(report: Report, agency: Agency, routes: Routes, w: Words, site: str = "", *, doubt: Collection[str] = ()) -> dict[str, Any]:
    """Return the dataset of a report's page; `doubt` are its facts in doubt (`derived.doubt.facts`)."""
    issued, name = citation.issued(report), agency.called_in(report.year)[w.language]
    start, end = span(report)
    top = _top(3, w, site)
    return {
        **_dataset(
            w,
            site,
            report.folder,
            w("report_title", agency=name, year=report.year) if w.language == "en" else report.title,
        ),
        "description": w("report_description", agency=name, year=report.year),
        "version": report.version,
        "license": licence(report),
        # An interval of ISO 8601, as schema.org asks.
        "temporalCoverage": f"{start}/{end}",
        **_place(agency.region),
        "creator": {**_organization(agency, w), "name": name},
        "publisher": {"@type": "Organization", "name": w("site")},
        # Two days that are easily taken for one: that of the original, and that of its data here.
        # A vocabulary has no mark: what cannot be right is not said at all.
        **({"datePublished": report.published.isoformat()} if report.published and PUBLISHED not in doubt else {}),
        **({"dateModified": issued.isoformat()} if issued else {}),
        **({} if source_at(0) in doubt else {"isBasedOn": report.sources[0].path}),
        "distribution": _distribution("report", routes, top, agency=report.agency, year=report.year, name=report.name),
    }


def of_agency(library: Library, agency: Agency, routes: Routes, w: Words, site: str = "") -> dict[str, Any]:
    """Return the dataset of an agency's page: all its years."""
    reports = library.of_agency(agency.id)
    top = _top(2, w, site)
    return {
        **_dataset(w, site, f"reports/{agency.id}/", w("agency_title", agency=_name(agency, w))),
        "description": w("agency_description", agency=_name(agency, w), count=len(reports)),
        "identifier": agency.id,
        "license": CC0,
        **({"temporalCoverage": f"{reports[0].year}/{reports[-1].year}"} if reports else {}),
        **_place(agency.region),
        "creator": _organization(agency, w),
        "publisher": _publisher(w, top),
        # The id that the page of the corpus and the catalogue give it, so that all three mean one dataset.
        "isPartOf": {"@id": f"{top}data/#corpus"},
        "distribution": _distribution("agency", routes, top, agency=agency.id, name=agency.id),
    }


def of_corpus(library: Library, routes: Routes, w: Words, site: str = "", path: str = "") -> dict[str, Any]:
    """Return the dataset of the whole corpus, for the home page or, with its `path`, another."""
    years = library.years
    top = _top(path.count("/"), w, site)
    return {
        **_dataset(w, site, path, w("home_title")),
        "@id": f"{top}data/#corpus",
        "description": w("dataset_corpus_says"),
        "identifier": "open-reports",
        "license": CC0,
        "keywords": w("dataset_keywords").split(w("comma")),
        **({"temporalCoverage": f"{years[0]}/{years[-1]}"} if years else {}),
        "creator": _publisher(w, top),
        "publisher": _publisher(w, top),
        "dateModified": known_day(library).isoformat(),
        "isAccessibleForFree": True,
        "distribution": _distribution("site", routes, top),
    }


def _dataset(w: Words, site: str, page: str, name: str) -> dict[str, Any]:
    # Each language names its own page: with one address for both, an engine keeps one of them.
    address = f"{site}{ENGLISH if w.language == 'en' else ''}{page}" if site else "./"
    return {"@context": "https://schema.org/", "@type": "Dataset", "name": name, "url": address, "inLanguage": LANGUAGE_TAGS[w.language]}


def _top(depth: int, w: Words, site: str) -> str:
    """Address of the site's top: whole, or as seen from a page so many folders below its language's home."""
    return site or "../" * (depth + (w.language == "en")) or "./"


def _name(agency: Agency, w: Words) -> str:
    return agency.name_en if w.language == "en" else agency.name


def _place(region: str) -> dict[str, Any]:
    return {"spatialCoverage": {"@type": "Place", "name": region}}


def _organization(agency: Agency, w: Words) -> dict[str, str]:
    return {"@type": "GovernmentOrganization", "name": _name(agency, w), "url": agency.site}


def _publisher(w: Words, top: str) -> dict[str, str]:
    return {"@type": "Organization", "name": w("site"), "url": top}


def _distribution(subject: Subject, routes: Routes, top: str, **values: object) -> list[dict[str, str]]:
    return [_download(route, top, values) for route in routes.distributions(subject, searched=True)]


def _download(route: AnyRoute, top: str, values: Mapping[str, object]) -> dict[str, str]:
    return {
        "@type": "DataDownload",
        "encodingFormat": route.media,
        "contentUrl": f"{top}{route.filled(**values)}",
    }
