"""One package as it is published: its folder on the site, its files, its archive."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from open_reports.document import json_bytes
from open_reports.report import DESCRIPTOR, file_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_reports.report import Report


_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date a zip can state: archives must not depend on when they are made."""


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
