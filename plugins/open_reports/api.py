"""Data files of the site: packages as published, one report as JSON, the corpus as tidy rows, the index.

The only user of `simplejson`, which writes decimals as exact JSON numbers; `json` would make floats of money.
"""

from __future__ import annotations

import io
import zipfile
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import simplejson
from markupsafe import Markup

from open_reports.form import forms
from open_reports.indicator import indicators
from open_reports.report import DESCRIPTOR, Address, Figure, file_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from open_reports.finding import Finding
    from open_reports.form import Status
    from open_reports.library import Library
    from open_reports.report import Report

OBSERVATION = ("agency", "agency_name", "year", "form", "table", "line", "column", "value", "status", "unit", "printed")
"""Columns of the tidy corpus, one row a figure."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date a zip can state: archives must not depend on when they are made."""


def json_bytes(value: object, *, indent: int | None = 1) -> bytes:
    """JSON in UTF-8 with exact decimals, readable Chinese and a final line break."""
    return (simplejson.dumps(value, ensure_ascii=False, indent=indent, use_decimal=True) + "\n").encode()


def script_json(text: str) -> Markup:
    """JSON as it may stand in a script element, whose text it cannot end early."""
    # Within the element only these could be read as markup, and JSON may spell them so.
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704 (escaped here)


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


def report_json(report: Report, findings: Sequence[Finding], before: Report | None = None) -> bytes:
    """One report as JSON (public contract, section 3); `before` is the report of the year before, for what is compared with it.

    `tables` holds a number or null for every figure of the forms and of section one; `status` tells by address why a
    value is null; `printed` how the original prints a figure where that says more.
    """
    tables: dict[str, dict[str, dict[str, Any]]] = {"overview": {}}
    status: dict[str, str] = {}
    printed: dict[str, str] = {}
    figures = [report.stated(item) for item in report.overview]
    for name, table in report.tables.items():
        plain = tables[name] = {}
        for line in table.form.lines.values():
            numbers = table.numbers.get(line.id, ())
            if line.id in table.form.whole and numbers and None not in numbers and (name, line.id) not in report.noted:
                plain[line.id] = dict(zip(line.columns, numbers, strict=True))
                continue
            plain[line.id] = {}
            figures += [report.figure(name, line.id, column) for column in line.columns]
    for figure in figures:
        address = figure.address
        tables[address.table].setdefault(address.line, {})[address.column] = figure.value
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
            "indicators": {each.indicator.id: each.to_dict() for each in indicators(report, before)},
            "findings": [finding.to_dict() for finding in findings],
            "source": {"title": source.title, "path": source.path, "published": report.published.isoformat() if report.published else None},
            "version": report.version,
        }
    )


def observations(library: Library) -> tuple[bytes, bytes]:
    """The corpus, tidy, one row a figure: as CSV, and as a JSON array of objects, one line each.

    In JSON `value` is a number or null, and an empty text null. A checked cell is spelt as JSON spells a number, so both
    take it as it stands: no figure passes through a float, or is parsed and written again.
    """
    names = {agency.id: agency.name for agency in library.agencies.values()}
    lines = [",".join(OBSERVATION)]
    objects: list[str] = []
    for report in library:
        own = (report.agency, names[report.agency], report.year)
        head = ",".join((_cell(own[0]), _cell(own[1]), str(own[2])))
        start = "{" + ", ".join(f'"{key}": {_json(value)}' for key, value in zip(OBSERVATION, own, strict=False))
        for row, entry in _rows(report):
            lines.append(f"{head},{row}")
            objects.append(f"{start}, {entry}")
    return ("\n".join(lines) + "\n").encode(), ("[\n" + ",\n".join(objects) + "\n]\n").encode()


def _rows(report: Report) -> Iterator[tuple[str, str]]:
    """Every figure of a report as both files spell it, without whose it is."""
    for item in report.overview:
        yield _row("", report.stated(item))
    for name, table in report.tables.items():
        for line in table.form.lines.values():
            if (name, line.id) in report.noted:
                yield from (_row(table.form.form, report.figure(name, line.id, column)) for column in line.columns)
            else:
                yield from _line((table.form.form, name, line.id), table.rows.get(line.id))


@lru_cache(maxsize=50_000)
def _line(at: tuple[str, str, str], cells: tuple[str, ...] | None) -> tuple[tuple[str, str], ...]:
    """Figures of a line about which nothing is said: its cells alone decide; None for a line that is absent."""
    form, table, line = at
    known = forms()[form].tables[table]
    found = []
    for column in known.lines[line].columns:
        text = "" if cells is None else cells[known.positions[column]]
        status: Status = "line_absent" if cells is None else known.common.missing.get(text, "reported")
        found.append(_row(form, Figure(Address(table, line, column), text, None, status, known.columns[column].unit)))
    return tuple(found)


def _row(form: str, figure: Figure) -> tuple[str, str]:
    """One figure as both files spell it: the end of its CSV row, and of its JSON object."""
    middle, opening, unit, closing = _coordinates(form, figure.address, figure.unit)
    value = figure.text if figure.status == "reported" else ""
    printed = figure.printed
    return (
        f"{middle},{value},{figure.status},{unit},{_cell(printed) if printed else ''}",
        f'{opening}, "value": {value or "null"}, "status": "{figure.status}", {closing}, "printed": {_json(printed) if printed else "null"}}}',
    )


def _json(value: object) -> str:
    return str(simplejson.dumps(value, ensure_ascii=False))


def _cell(text: str) -> str:
    """One cell of a CSV row, quoted where it must be (RFC 4180)."""
    return '"' + text.replace('"', '""') + '"' if any(char in text for char in ',"\n\r') else text


@lru_cache(maxsize=4096)
def _coordinates(form: str, address: Address, unit: str) -> tuple[str, str, str, str]:
    """Form, address and unit of a figure as both files spell them; the same for every report of a form."""
    words = (form, *address)
    opening = ", ".join(f'"{key}": {_json(word) if word else "null"}' for key, word in zip(OBSERVATION[3:7], words, strict=True))
    return ",".join(map(_cell, words)), opening, _cell(unit), f'"unit": {_json(unit) if unit else "null"}'


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
