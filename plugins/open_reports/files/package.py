"""One package as it is published: its folder on the site, its files, its archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.derived.held import Held
from open_reports.document import json_bytes
from open_reports.files.archive_readme import enclosed
from open_reports.files.route import CSV, JSON, REPORT, Choice, Route
from open_reports.files.zipped import Packed, zipped
from open_reports.form import forms
from open_reports.report import DESCRIPTOR, FREE_TABLES, PROSE, file_hash, table_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_reports.files.folder import ReportFolder
    from open_reports.report import Report


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
    return zipped({f"{top}{path}": Packed.of(data) for path, data in files.items()})


packed_files: Held[Report, Mapping[str, Packed]] = Held(
    lambda report: {path: Packed.of(data) for path, data in package_files(report).items()}
)
"""Every file of a package as archives hold it: packed once for that of the report and that of the corpus."""


def _data(folder: ReportFolder) -> dict[str, bytes]:
    """Tables of a package as kept, by what they are called in its folder of data."""
    # Asked of `table_path`, which alone spells the path; no name holds the sign that is split at.
    start, end = table_path("\0").split("\0")
    tables = {path: data for path, data in folder.report.files.items() if path.startswith(start)}
    return {path.removeprefix(start).removesuffix(end): data for path, data in tables.items()}


def _archive(folder: ReportFolder) -> bytes:
    cited = {folder.name(route): folder[route] for route in ("bibtex", "ris", "csl")}
    more = {path: Packed.of(data) for path, data in enclosed(folder.report, folder.work, cited).items()}
    return zipped({**packed_files(folder.report), **more})


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
