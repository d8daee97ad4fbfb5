"""One package as it is published: its folder on the site, its files, its archive."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from open_reports.derived.held import Held
from open_reports.document import json_bytes
from open_reports.files.archive_readme import enclosed
from open_reports.files.route import CSV, JSON, REPORT, Choice, Route
from open_reports.form import forms
from open_reports.report import DESCRIPTOR, FREE_TABLES, PROSE, file_hash, table_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_reports.files.folder import ReportFolder
    from open_reports.report import Report


_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date a zip can state: archives must not depend on when they are made."""


def _descriptor(report: Report) -> bytes:
    resources = []
    for resource in report.descriptor["resources"]:
        data = report.files[resource["path"]]
        # `bytes` and `hash` are properties of Data Package v2: a reader's own tools can check a download by them.
        resources.append({**resource, "bytes": len(data), "hash": file_hash(data)})
    return json_bytes({**report.descriptor, "resources": resources})


descriptor: Held[Report, bytes] = Held(_descriptor)
"""`datapackage.json` of a report as published: as kept, with bytes and hash of every resource.

Made once: it stands in its folder and in two archives, and lists of all reports tell its size and its hash.
"""


def package_files(report: Report) -> dict[str, bytes]:
    """Every file of the package as published, by its path below the package."""
    return {**report.files, DESCRIPTOR: descriptor(report)}


def archive(files: Mapping[str, bytes], top: str = "") -> bytes:
    """Zip of a package: the same bytes wherever and whenever it is made.

    The descriptor stands at its root, where programs that open a packed Data Package look for it. Archives made before this
    was so have everything in a folder `top`.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle:
        # Sorted, so that the bytes do not depend on who gathered the files in which order.
        for path in sorted(files):
            entry = zipfile.ZipInfo(f"{top}{path}", date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, so that the bytes do not tell the builder's system
            # Without it Python writes 0600, and what a server unpacks only its owner may read.
            entry.external_attr = 0o644 << 16
            bundle.writestr(entry, files[path])
    return stream.getvalue()


def _data(folder: ReportFolder) -> dict[str, bytes]:
    """Tables of a package as kept, by what they are called in its folder of data."""
    # Asked of `table_path`, which alone spells the path; no name holds the sign that is split at.
    start, end = table_path("\0").split("\0")
    tables = {path: data for path, data in folder.report.files.items() if path.startswith(start)}
    return {path.removeprefix(start).removesuffix(end): data for path, data in tables.items()}


def _archive(folder: ReportFolder) -> bytes:
    cited = {folder.name(route): folder[route] for route in ("bibtex", "ris", "csl")}
    kept = {**folder.report.files, DESCRIPTOR: folder["package"]}
    return archive({**kept, **enclosed(folder.report, folder.work, cited)})


ROUTES: tuple[Route[ReportFolder], ...] = (
    Route("package", f"{REPORT}{DESCRIPTOR}", JSON, lambda folder: descriptor(folder.report), schema="datapackage", portal=1),
    Route(
        "package_data",
        f"{REPORT}{table_path('{file}')}",
        CSV,
        _data,
        choice=Choice(name="file", values=lambda: (*forms().tables, *FREE_TABLES), of=lambda report: (*report.tables, *FREE_TABLES)),
    ),
    Route("prose", f"{REPORT}{PROSE}", "text/markdown", lambda folder: folder.report.files[PROSE]),
    Route("archive", f"{REPORT}{{name}}.zip", "application/zip", _archive, portal=2, searched=True),
)
