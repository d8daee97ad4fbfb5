"""The corpus as a Data Package: a descriptor with the type of every column, and one archive with all of it, each package included."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from open_reports.derived.coverage import known_day
from open_reports.document import json_bytes
from open_reports.files.package import package_files, packed_files
from open_reports.files.route import JSON, Route
from open_reports.files.table_schema import table_schema
from open_reports.files.zipped import Packed, zipped
from open_reports.library import AGENCY, agency_file
from open_reports.report import DESCRIPTOR, file_hash
from open_reports.text import LANGUAGES, Words, words

if TYPE_CHECKING:
    from open_reports.files.folder import SiteFolder
    from open_reports.report import Report

NAME = "open-reports"
PACKAGES = "datapackages/"
"""Folder of the packages within the archive, as `open-reports check` looks for it."""
_TABLES = ("observations_csv", "codebook_csv", "corrections_csv")
"""Routes of the tables of the package."""
_LICENCE = {"name": "CC0-1.0", "path": "https://creativecommons.org/publicdomain/zero/1.0/", "title": "CC0 1.0 Universal"}


def corpus_descriptor(folder: SiteFolder) -> bytes:
    """`data/datapackage.json`: the tables beside it, with sizes, hashes and Table Schemas."""
    library, site = folder.sources.library, folder.sources.site
    day = known_day(library)
    return json_bytes(
        {
            "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
            "name": NAME,
            "title": words()["home_title"].zh,
            "description": "\n\n".join(words()["dataset_corpus_says"][language] for language in LANGUAGES),
            # Addresses of the standard are whole; a site that does not know its own has none to give.
            **({"homepage": f"{site}data/"} if site else {}),
            "version": f"{day.year}.{day.month}.{day.day}",
            "created": f"{day.isoformat()}T00:00:00Z",
            "licenses": [_LICENCE],
            "keywords": [word for language in LANGUAGES for word in Words(language)("dataset_keywords").split(Words(language)("comma"))],
            "resources": [_resource(route, folder) for route in _TABLES],
        }
    )


def _resource(route: str, folder: SiteFolder) -> dict[str, Any]:
    name, data = folder.name(route), folder[route]
    return {
        "name": name.removesuffix(".csv"),
        "title": words()[f"route_{route}"].zh,
        "description": words()[f"route_{route}"].en,
        "path": name,
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": file_hash(data),
        "schema": table_schema() if route == "observations_csv" else _texts(data),
    }


def _texts(data: bytes) -> dict[str, Any]:
    """Table Schema of a table of texts: ids of forms and constraints look like numbers, and must not be guessed to be any."""
    (head,) = csv.reader([next(io.StringIO(data.decode()))])
    return {"fields": [{"name": name, "type": "integer" if name == "year" else "string"} for name in head], "missingValues": [""]}


def corpus_archive(folder: SiteFolder) -> bytes:
    """`data/open-reports.zip`: descriptor and tables at the root, citations, and every package and agency in `PACKAGES`."""
    files = {path: Packed.of(data) for path, data in _around(folder).items()}
    for report in folder.sources.library:
        files |= {f"{_place(report)}{path}": data for path, data in packed_files(report).items()}
    return zipped(files)


def archived(folder: SiteFolder) -> dict[str, bytes]:
    """Every file of the archive by its path in it."""
    files = _around(folder)
    for report in folder.sources.library:
        files |= {f"{_place(report)}{path}": data for path, data in package_files(report).items()}
    return files


def _around(folder: SiteFolder) -> dict[str, bytes]:
    """What the archive holds beside the packages."""
    files = {folder.name(route): folder[route] for route in (*_TABLES, "corpus_package", "corpus_bibtex", "corpus_ris", "corpus_csl")}
    return files | {f"{PACKAGES}{agency.id}/{AGENCY}": agency_file(agency) for agency in folder.sources.library.agencies.values()}


def _place(report: Report) -> str:
    """Folder of a package in the archive."""
    return f"{PACKAGES}{report.agency}/{report.year}/"


ROUTES: tuple[Route[SiteFolder], ...] = (
    Route("corpus_package", f"data/{DESCRIPTOR}", JSON, corpus_descriptor, schema="corpus", portal=8),
    Route("corpus_archive", f"data/{NAME}.zip", "application/zip", corpus_archive, portal=9, searched=True),
)
