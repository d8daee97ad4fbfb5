"""Croissant 1.1 (MLCommons): the tidy corpus for programs that load data sets by their description."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from open_reports.derived.coverage import known_day
from open_reports.document import json_bytes
from open_reports.files import citation
from open_reports.files.catalogue.dcat import CC0
from open_reports.files.observations import OBSERVATION
from open_reports.files.route import LINKED, Route
from open_reports.files.table_schema import KEY, type_of
from open_reports.form import forms
from open_reports.text import LANGUAGE_TAGS, LANGUAGES, Words, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_reports.files.folder import SiteFolder
    from open_reports.library import Library
    from open_reports.text import Text

VERSION = "http://mlcommons.org/croissant/1.1"
# The CSV, not Parquet, for only the CSV is made by every installation.
FILE = "data/observations.csv"
# The standard has no exact decimal; the CSV keeps every digit.
_TYPES = {"integer": "sc:Integer", "number": "sc:Float", "string": "sc:Text"}
# Ids of forms are texts, but all that there are have digits alone: mlcroissant reads a column of digits with one empty cell as
# floats, and of a text then makes their bytes (`b'2019.0'`).
_DIGITS = {"form": "sc:Integer"}
_OWN = (
    "annotation",
    "arrayShape",
    "citeAs",
    "column",
    "containedIn",
    "equivalentProperty",
    "excludes",
    "extract",
    "field",
    "fileProperty",
    "fileObject",
    "fileSet",
    "format",
    "includes",
    "isArray",
    "isLiveDataset",
    "jsonPath",
    "key",
    "md5",
    "parentField",
    "path",
    "readLines",
    "recordSet",
    "references",
    "regex",
    "repeated",
    "replace",
    "samplingRate",
    "sdVersion",
    "separator",
    "source",
    "subField",
    "transform",
    "unArchive",
    "value",
)
"""Terms of Croissant's own vocabulary; the standard asks for all of them in the context, used or not."""


def _context() -> dict[str, Any]:
    return {
        "@language": "en",
        "@vocab": "https://schema.org/",
        **{term: f"cr:{term}" for term in _OWN},
        "conformsTo": "dct:conformsTo",
        "cr": "http://mlcommons.org/croissant/",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "dct": "http://purl.org/dc/terms/",
        "description": {"@container": "@language"},
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "name": {"@container": "@language"},
        "rai": "http://mlcommons.org/croissant/RAI/",
        "sc": "https://schema.org/",
    }


def croissant(library: Library, corpus: Mapping[str, bytes], site: str = "") -> bytes:
    """`data/croissant.json`: the file of figures with its hash, and what each of its columns holds.

    Raises `KeyError` where `corpus` lacks `data/observations.csv`.
    """
    day = known_day(library)
    data = corpus[FILE]
    work = citation.of_corpus(day, site)
    return json_bytes(
        {
            "@context": _context(),
            "@type": "sc:Dataset",
            "conformsTo": VERSION,
            "name": _both(words()["home_title"]),
            "description": _both(words()["dataset_corpus_says"]),
            "url": site or "../",
            "license": CC0,
            "citeAs": citation.bibtex(work).decode(),
            "datePublished": day.isoformat(),
            # The corpus has no version of its own, each report has; its newest day serves, in the shape that the standard asks for.
            "version": f"{day.year}.{day.month}.{day.day}",
            "inLanguage": list(LANGUAGE_TAGS.values()),
            "keywords": [word for language in LANGUAGES for word in Words(language)("dataset_keywords").split(Words(language)("comma"))],
            "creator": {"@type": "Organization", "name": _both(words()["site"]), "url": site or "../"},
            "publisher": {"@type": "Organization", "name": _both(words()["site"]), "url": site or "../"},
            # A build is a fixed state: what is behind the address changes only with another build, and then the hash below
            # does.
            "isLiveDataset": False,
            "distribution": [
                {
                    "@type": "cr:FileObject",
                    "@id": "observations.csv",
                    "name": "observations.csv",
                    "description": _both(words()["route_observations_csv"]),
                    "contentUrl": f"{site}{FILE}" if site else FILE.removeprefix("data/"),
                    "contentSize": f"{len(data)} B",
                    "encodingFormat": "text/csv",
                    # The standard asks for a hash; programs tell by it whether a download is whole.
                    "sha256": hashlib.sha256(data).hexdigest(),
                }
            ],
            "recordSet": [
                {
                    "@type": "cr:RecordSet",
                    "@id": "observations",
                    "name": "observations",
                    "description": _both(words()["croissant_records"]),
                    "key": [{"@id": f"observations/{name}"} for name in KEY],
                    "field": [_field(name) for name in OBSERVATION],
                }
            ],
        }
    )


def _field(name: str) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"observations/{name}",
        "name": name,
        "description": _both(words()[f"field_{name}"]),
        "dataType": _data_type(name),
        # By the column's name, which stays when columns are added at the end.
        "source": {"fileObject": {"@id": "observations.csv"}, "extract": {"column": name}},
    }


def _data_type(name: str) -> str:
    # A form of another name would come out as no number at all.
    if name in _DIGITS and all(form.isdecimal() for form in forms()):
        return _DIGITS[name]
    return _TYPES[type_of(name)]


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


ROUTES: tuple[Route[SiteFolder], ...] = (
    Route(
        "croissant",
        "data/croissant.json",
        LINKED,
        lambda folder: croissant(folder.sources.library, {FILE: folder["observations_csv"]}, folder.sources.site),
        schema="croissant",
    ),
)
