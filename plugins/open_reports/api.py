"""Data files of the site: packages as published, one report as JSON, the corpus as tidy rows, the index.

The only user of `simplejson`, which writes decimals as exact JSON numbers; `json` would make floats of money.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import simplejson

from open_reports.report import DESCRIPTOR, csv_text, file_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from open_reports.finding import Finding
    from open_reports.library import Library
    from open_reports.report import Figure, Report

OBSERVATION = ("agency", "agency_name", "year", "form", "table", "line", "column", "value", "status", "unit", "printed")
"""Columns of the tidy corpus, one row a figure."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date a zip can state: archives must not depend on when they are made."""


def json_bytes(value: object, *, indent: int | None = 1) -> bytes:
    """JSON in UTF-8 with exact decimals, readable Chinese and a final line break."""
    return (simplejson.dumps(value, ensure_ascii=False, indent=indent, use_decimal=True) + "\n").encode()


def folder(report: Report) -> str:
    """Address of a report's folder below the site."""
    return f"reports/{report.agency}/{report.year}/"


def descriptor(report: Report) -> bytes:
    """`datapackage.json` as published: as kept, with bytes and hash of every resource."""
    resources = []
    for resource in report.descriptor["resources"]:
        data = report.files[resource["path"]]
        resources.append({**resource, "bytes": len(data), "hash": file_hash(data)})
    return json_bytes({**report.descriptor, "resources": resources})


def package_files(report: Report) -> dict[str, bytes]:
    """Every file of the package as published, by its path below the package."""
    return {**report.files, DESCRIPTOR: descriptor(report)}


def archive(report: Report, files: Mapping[str, bytes]) -> bytes:
    """Zip of a package: the same bytes wherever and whenever it is made."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle:
        for path in sorted(files):
            entry = zipfile.ZipInfo(f"{report.name}/{path}", date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, so that the bytes do not tell the builder's system
            entry.external_attr = 0o644 << 16
            bundle.writestr(entry, files[path])
    return stream.getvalue()


def report_json(report: Report, findings: Sequence[Finding]) -> bytes:
    """One report as JSON (public contract, section 3).

    `tables` holds a number or null for every figure of the forms and of section one; `status` tells by address why a
    value is null; `printed` how the original prints a figure where that says more.
    """
    tables: dict[str, dict[str, dict[str, Any]]] = {"overview": {}}
    status: dict[str, str] = {}
    printed: dict[str, str] = {}
    for figure in report.figures():
        address = figure.address
        tables.setdefault(address.table, {}).setdefault(address.line, {})[address.column] = figure.value
        if figure.status != "reported":
            status[str(address)] = figure.status
        if figure.printed:
            printed[str(address)] = figure.printed
    source = report.sources[0]
    return json_bytes(
        {
            "agency": report.agency,
            "year": report.year,
            "title": report.title,
            "scope": report.scope,
            "forms": {table: found.form.form for table, found in report.tables.items()},
            "tables": tables,
            "status": status,
            "printed": printed,
            "notes": [note._asdict() for note in report.notes],
            "findings": [finding.to_dict() for finding in findings],
            "source": {"title": source.title, "path": source.path, "published": report.published.isoformat() if report.published else None},
            "version": report.version,
        }
    )


def observations(library: Library) -> Iterator[tuple[Report, Figure, str]]:
    """Every figure of the corpus with its report and form id (empty for section one)."""
    for report in library:
        for figure in report.figures():
            table = report.tables.get(figure.address.table)
            yield report, figure, table.form.form if table else ""


def observations_csv(library: Library) -> bytes:
    """The corpus, tidy, as CSV."""
    names = {agency.id: agency.name for agency in library.agencies.values()}

    def rows() -> Iterator[Sequence[str]]:
        yield OBSERVATION
        for report, figure, form in observations(library):
            value = figure.text if figure.status == "reported" else ""
            yield (
                report.agency,
                names[report.agency],
                str(report.year),
                form,
                *figure.address,
                value,
                figure.status,
                figure.unit,
                figure.printed or "",
            )

    return csv_text(rows()).encode()


def observations_json(library: Library) -> bytes:
    """The corpus, tidy, as a JSON array of objects, one line each; `value` a number or null, empty texts null."""
    names = {agency.id: agency.name for agency in library.agencies.values()}
    encoder = simplejson.JSONEncoder(ensure_ascii=False, use_decimal=True)
    rows = (
        encoder.encode(
            dict(
                zip(
                    OBSERVATION,
                    (
                        report.agency,
                        names[report.agency],
                        report.year,
                        form or None,
                        *figure.address,
                        figure.value,
                        figure.status,
                        figure.unit or None,
                        figure.printed,
                    ),
                    strict=True,
                )
            )
        )
        for report, figure, form in observations(library)
    )
    return ("[\n" + ",\n".join(rows) + "\n]\n").encode()


def findings_json(findings: Sequence[Finding]) -> bytes:
    """Every finding of the corpus (public contract, section 5), with its message in both languages."""
    return json_bytes([{**each.to_dict(), "message_en": each.message("en")} for each in findings])


def index(library: Library, findings: Mapping[tuple[str, int], Sequence[Finding]], site: str) -> bytes:
    """Every report with its addresses, version and hash; `site` is the site's address, empty for relative ones."""
    return json_bytes(
        {
            "site": site,
            "agencies": [
                {
                    "id": agency.id,
                    "name": agency.name,
                    "name_en": agency.name_en,
                    "kind": agency.kind,
                    "parent": agency.parent,
                    "region": agency.region,
                    "page": f"{site}reports/{agency.id}/",
                }
                for agency in library.agencies.values()
            ],
            "reports": [_entry(report, findings.get((report.agency, report.year), ()), site) for report in library],
        }
    )


def _entry(report: Report, findings: Iterable[Finding], site: str) -> dict[str, Any]:
    base = f"{site}{folder(report)}"
    return {
        "agency": report.agency,
        "year": report.year,
        "title": report.title,
        "scope": report.scope,
        "forms": {table: found.form.form for table, found in report.tables.items()},
        "published": report.published.isoformat() if report.published else None,
        "version": report.version,
        "page": base,
        "package": f"{base}{DESCRIPTOR}",
        "json": f"{base}report.json",
        "zip": f"{base}{report.name}.zip",
        "hash": file_hash(descriptor(report)),
        "findings": len(list(findings)),
    }
