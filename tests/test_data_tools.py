"""Programs that people already have, each held to what it says of a file of the real corpus: the same figures, and nothing lost in silence.

What is too heavy for every run of the tests stands in `tests/outside/`.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import frictionless
import pytest
import whole
from open_reports.files.package import archive
from open_reports.verify import verify

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from open_reports.finding import Finding
    from open_reports.library import Library

SITE = "https://open-reports.example/nianbao/"


@pytest.fixture(scope="module")
def files(library: Library, findings: tuple[Finding, ...]) -> Mapping[str, bytes]:
    """Every data file of the site of the real corpus."""
    return whole.files(library, findings, SITE)


# -- a report's archive -------------------------------------------------------------------------------------------------


def test_frictionless_opens_each_report_s_archive(library: Library, files: Mapping[str, bytes], tmp_path: Path) -> None:
    """It looks for a descriptor at the archive's root, and without one takes whatever file comes first for all there is."""
    for report in library:
        file = tmp_path / f"{report.name}.zip"
        file.write_bytes(files[f"{report.folder}{report.name}.zip"])
        package = frictionless.Package(str(file))
        tables = [each["path"] for each in report.descriptor["resources"] if each["path"].endswith(".csv")]
        assert [each.path for each in package.resources if each.tabular] == tables
        found = package.validate()
        assert found.valid, found.flatten(["message"])
        assert found.stats["tasks"] == len(package.resources)


def test_an_archive_of_before_can_still_be_verified(library: Library, files: Mapping[str, bytes], tmp_path: Path) -> None:
    """Readers keep archives that have a folder around the package."""
    report = library.reports["pingtan", 2024]
    with zipfile.ZipFile(io.BytesIO(files[f"{report.folder}{report.name}.zip"])) as bundle:
        members = {name: bundle.read(name) for name in bundle.namelist()}
    file = tmp_path / "kept.zip"
    for top in ("", f"{report.name}/"):
        file.write_bytes(archive(members, top))
        assert verify(file).passed, verify(file).text("en")
    file.write_bytes(archive(members, "pingtan-2023/"))
    assert [each.code for each in verify(file).deviations] == ["zip.folder"]
