"""Our own outputs back again: for every report the package byte for byte, and of what was changed, what stands there now or nothing."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import made_up
import pytest
import whole
from open_reports.checks.check import check
from open_reports.errors import IntakeError
from open_reports.files.folder import ReportFolder
from open_reports.intake.own import Own, package
from open_reports.library import open_library
from open_reports.report import DESCRIPTOR, PROSE, table_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from open_reports.finding import Finding
    from open_reports.library import Library


def folders(library: Library, findings: Sequence[Finding]) -> Iterator[ReportFolder]:
    """The folder of files of every report."""
    sources = whole.sources(library, findings)
    for report in library:
        yield ReportFolder(sources, report)


def again(data: bytes) -> Own:
    """The package in an output of ours; through JSON, as it comes from the child process."""
    found = package(data)
    assert found is not None
    assert Own.of_json(found.json()) == found
    return found


def refused(data: bytes) -> tuple[str, Mapping[str, str]]:
    with pytest.raises(IntakeError) as caught:
        package(data)
    return caught.value.code, caught.value.values


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        return {name: made.read(name) for name in made.namelist()}


def packed(members: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return stream.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[made_up.Package], ReportFolder]:
    """The folder of files of a made-up report."""

    def made(own: made_up.Package) -> ReportFolder:
        own.write(tmp_path / "datapackages")
        library = open_library(tmp_path / "datapackages")
        (found,) = folders(library, check(library))
        return found

    return made


LARGE = "".join(map(str, range(200_000))).encode()
"""A text beyond the gate, which does not inflate from nothing."""


# -- archives -----------------------------------------------------------------------------------------------------------


def test_the_archive_of_every_report_is_its_package(library: Library, findings: tuple[Finding, ...]) -> None:
    for each in folders(library, findings):
        found = again(each["archive"])
        assert found == Own(agency=each.report.agency, year=each.report.year, files=dict(each.report.files))


@pytest.mark.parametrize("form_of", made_up.hybrids(), ids=lambda form_of: "-".join(form_of.values()))
def test_the_archive_of_every_form_is_its_package(folder: Callable[[made_up.Package], ReportFolder], form_of: dict[str, str]) -> None:
    own = made_up.package(form_of=form_of)
    assert again(folder(own)["archive"]).files == own.files


def test_a_package_as_it_is_kept_is_taken_too() -> None:
    own = made_up.package()
    assert again(packed(own.files)).files == own.files
    assert again(packed({f"any/where/{path}": data for path, data in own.files.items()})).files == own.files


def test_a_file_that_was_changed_is_read_as_it_stands_and_told(folder: Callable[[made_up.Package], ReportFolder]) -> None:
    own = made_up.package()
    members = unpacked(folder(own)["archive"])
    own.set("disputes", "reconsideration", "total", "999")
    path = table_path("disputes")
    found = again(packed({**members, f"xugou-jia-2023/{path}": own.files[path]}))
    assert (found.files, found.remarks) == (own.files, ("own_changed",))


def test_what_travels_with_a_package_is_passed_over_and_what_does_not_is_told(folder: Callable[[made_up.Package], ReportFolder]) -> None:
    own = made_up.package()
    members = unpacked(folder(own)["archive"])
    assert len(members) > len(own.files), "nothing travels with it: the test is void"
    for name in ("other.txt", "xugou-jia-2023/data/other.csv"):
        found = again(packed({**members, name: b"1"}))
        assert (found.files, found.remarks) == (own.files, ("own_beside",))


def test_a_descriptor_in_another_spelling_is_kept_as_it_stands(folder: Callable[[made_up.Package], ReportFolder]) -> None:
    members = unpacked(folder(made_up.package())["archive"])
    name = f"xugou-jia-2023/{DESCRIPTOR}"
    spelt = members[name].replace(b"\n ", b"\n    ")
    assert again(packed({**members, name: spelt})).files[DESCRIPTOR] == spelt


@pytest.mark.parametrize("path", [PROSE, table_path("notes"), table_path("disputes")])
def test_an_archive_that_lacks_a_file_is_refused(path: str) -> None:
    files = made_up.package().files
    assert refused(packed({key: data for key, data in files.items() if key != path})) == ("own_missing", {"file": path})


@pytest.mark.parametrize("data", [b"\xff\xfe1\x002\x00", b"\xef\xbb\xbf1", "规章".encode("gb18030"), "1\u200b2".encode(), LARGE])
def test_an_archive_whose_files_are_no_files_of_a_package_is_refused(data: bytes) -> None:
    for path in (PROSE, DESCRIPTOR, table_path("disputes")):
        assert refused(packed({**made_up.package().files, path: data})) == ("own_file", {"file": path})


@pytest.mark.parametrize(
    "path, value",
    [
        ("report.agency", "../../etc"),
        ("report.agency", "con"),
        ("report.agency", 7),
        ("report.year", 1),
        ("report.year", "2023"),
        ("report.forms.disputes", "1066"),
        ("name", "other-2023"),
        ("report.scope", "all"),
        ("sources[0].path", "javascript:1"),
    ],
)
def test_a_descriptor_that_no_package_has_is_refused(path: str, value: object) -> None:
    own = made_up.package()
    own.edit_json(path, value)
    code, values = refused(packed(own.files))
    assert (code, values["place"]) == ("own_descriptor", path)


def test_an_archive_of_several_packages_and_one_of_none(folder: Callable[[made_up.Package], ReportFolder]) -> None:
    files = made_up.package().files
    several = {f"{top}/{path}": data for top in ("a", "b") for path, data in files.items()}
    assert refused(packed(several)) == ("own_several", {"count": "2"})
    assert package(packed({"a.txt": b"1"})) is None
    for other in (b"", b"%PDF-1.7", b"<html><table><tr><td>1</td></tr></table></html>", "一、总体情况".encode()):
        assert package(other) is None
