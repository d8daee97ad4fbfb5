"""The archive of a package, as a report's page offers it: the files are there as they are kept, but for what the descriptor adds.

`datapackage.json` as published states bytes and hash of every file, and as kept it does not; that is undone, once it was held
against the files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.errors import IntakeError
from open_reports.intake.archive import opened
from open_reports.intake.own.given import Own, described, descriptor_of, text_of
from open_reports.report import DESCRIPTOR, file_hash, package_files
from open_reports.report.carrying import as_kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ENCLOSED = ("README.md", "LICENSE.txt", "CITATION.")
"""Beginnings of the names of what travels with a package and says only what the package says."""


def bundle(data: bytes) -> Own | None:
    """The package in an archive; None where there is none."""
    members = opened(data)
    tops = [name.removesuffix(DESCRIPTOR) for name in members if name == DESCRIPTOR or name.endswith(f"/{DESCRIPTOR}")]
    if not tops:
        return None
    if len(tops) > 1:
        raise IntakeError("own_several", count=str(len(tops)))
    (top,) = tops
    text = text_of(DESCRIPTOR, members[f"{top}{DESCRIPTOR}"])
    value = descriptor_of(text)
    agency, year, said = described(value)
    paths = package_files(table for table, _ in said.form_of)
    for path in paths:
        if f"{top}{path}" not in members:
            raise IntakeError("own_missing", file=path)
        text_of(path, members[f"{top}{path}"])
    files = {path: members[f"{top}{path}"] for path in paths}
    assert isinstance(value, dict)  # noqa: S101 (`described` raises where it is not)
    remarks = {
        "own_changed": any(_changed(resource, files) for resource in value["resources"]),
        "own_beside": any(_beside(name, top, paths) for name in members),
    }
    files[DESCRIPTOR] = as_kept(text, value).encode()
    return Own(agency=agency, year=year, files=files, remarks=tuple(code for code, applies in remarks.items() if applies))


def _changed(resource: object, files: Mapping[str, bytes]) -> bool:
    """Whether a file is another than the one whose size and hash the descriptor states."""
    if not isinstance(resource, dict) or (data := files.get(str(resource.get("path")))) is None:
        return False
    return bool(resource.get("hash", file_hash(data)) != file_hash(data) or resource.get("bytes", len(data)) != len(data))


def _beside(name: str, top: str, paths: Iterable[str]) -> bool:
    """Whether a member is neither of the package nor what travels with it."""
    path = name.removeprefix(top)
    return not name.startswith(top) or (path not in paths and not path.startswith(_ENCLOSED))
