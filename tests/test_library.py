"""The library: every report by agency and year, what cannot be read told in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import made_up
import pytest
from conftest import AGENCIES, REPORTS, watching
from open_reports.checks.check import errors
from open_reports.checks.identity import yearly
from open_reports.library import NO_PARENT, agency_file, open_library, with_neighbours

if TYPE_CHECKING:
    from pathlib import Path

    from open_reports.finding import Finding
    from open_reports.library import Library


# -- the project's own packages


def test_the_reports_that_are_kept(library: Library) -> None:
    assert str(library) == f"{REPORTS} reports of {AGENCIES} agencies"
    assert {agency: [report.year for report in library.of_agency(agency)] for agency in library.agencies} == {
        "pingtan": [2019, 2020, 2021, 2022, 2023, 2024, 2025],
        "pingtan-agriculture": [2024],
        "pingtan-approval": [2024],
        "pingtan-assets": [2023],
        "pingtan-economy": [2024],
        "pingtan-enforcement": [2024],
        "pingtan-finance": [2024, 2025],
        "pingtan-haitan": [2023, 2024, 2025],
        "pingtan-investment": [2024],
        "pingtan-jinjing": [2024],
        "pingtan-junshan": [2024],
        "pingtan-market": [2024],
        "pingtan-office": [2024, 2025],
        "pingtan-police": [2022, 2024],
        "pingtan-resources": [2019, 2020, 2023, 2024],
        "pingtan-social": [2024],
        "pingtan-suping": [2024],
        "pingtan-tourism": [2024],
        "pingtan-transport": [2024, 2025],
        "yinchuan-qianjinjie": [2019],
    }


def test_no_error_in_them(findings: tuple[Finding, ...]) -> None:
    assert errors(findings) == ()


def test_who_belongs_to_whom(library: Library) -> None:
    assert [agency.id for agency in library.units("pingtan")] == [
        "pingtan-agriculture",
        "pingtan-approval",
        "pingtan-assets",
        "pingtan-economy",
        "pingtan-enforcement",
        "pingtan-finance",
        "pingtan-haitan",
        "pingtan-investment",
        "pingtan-jinjing",
        "pingtan-junshan",
        "pingtan-market",
        "pingtan-office",
        "pingtan-police",
        "pingtan-resources",
        "pingtan-social",
        "pingtan-suping",
        "pingtan-tourism",
        "pingtan-transport",
    ]
    assert library.agencies["pingtan"].parent is None
    assert library.agencies["pingtan"].codes == {"site_id_code": "3590000001"}
    assert library.units("yinchuan-qianjinjie") == ()


def test_a_bureau_that_was_renamed(library: Library, findings: tuple[Finding, ...]) -> None:
    """State-owned Assets became Investment Promotion in 2024: 26 + 1 - 0 = 27 normative documents, told as one stock."""
    now = library.reports["pingtan-investment", 2024]
    assert library.before(now) is library.reports["pingtan-assets", 2023]
    (stock,) = [each for each in yearly(now, library) if each.rule.id == "XY-STOCK" and each.at == "normative_documents"]
    assert (str(stock), stock.result) == ("XY-STOCK normative_documents: 27 = 26+1+0", "holds")
    assert not [each for each in findings if each.agency == "pingtan-investment"]


def test_reports_of_a_year(library: Library) -> None:
    assert [report.agency for report in library.of_year(2019)] == ["pingtan", "pingtan-resources", "yinchuan-qianjinjie"]
    assert library.of_year(2018) == ()
    assert library.years == (2019, 2020, 2021, 2022, 2023, 2024, 2025)


# -- any library


def test_reports_stand_in_order(corpus: Path) -> None:
    library = open_library(corpus)
    assert len(library) == 20
    assert list(library.reports) == sorted(library.reports)
    assert [report.name for report in library] == [f"{agency}-{year}" for agency, year in library.reports]


def test_only_one_agency(corpus: Path) -> None:
    library = open_library(corpus, only=[("xugou-0002", None)])
    assert str(library) == "7 reports of 1 agency"


def test_only_one_year_of_one_agency(corpus: Path) -> None:
    library = open_library(corpus, only=[("xugou-0002", 2021)])
    assert list(library.reports) == [("xugou-0002", 2021)]


def test_only_what_was_asked_for_is_opened(corpus: Path) -> None:
    with watching() as watch:
        open_library(corpus, only=[("xugou-0002", 2021)])
    assert watch.opened
    assert not [path for path in watch.opened if "xugou-0001" in path or "2022" in path]


def test_places_are_named_as_the_reader_knows_them(tmp_path: Path) -> None:
    (made_up.package().write(tmp_path / "packages") / "report.md").unlink()
    assert [each.file for each in open_library(tmp_path / "packages").findings] == ["packages/xugou-jia/2023/report.md"]
    assert [each.file for each in open_library(tmp_path / "packages", place="./p").findings] == ["./p/xugou-jia/2023/report.md"]


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    library = open_library(tmp_path / "gone")
    assert [each.code for each in library.findings] == ["file.no_root"]
    assert len(library) == 0


def test_an_empty_folder_is_a_library_of_nothing(tmp_path: Path) -> None:
    library = open_library(tmp_path)
    assert (len(library), library.findings, library.years) == (0, (), ())


def test_what_file_managers_leave_behind_is_passed_over(tmp_path: Path) -> None:
    folder = made_up.package().write(tmp_path)
    for place in (tmp_path, folder.parent, folder, folder / "data"):
        (place / ".DS_Store").write_bytes(b"\0\xff")
        (place / "Thumbs.db").write_bytes(b"\0\xff")
    (tmp_path / "README.md").write_text("数据包\n", encoding="utf-8")
    library = open_library(tmp_path)
    assert library.findings == ()
    assert "README.md" not in library.reports["xugou-jia", 2023].files


def test_one_broken_report_does_not_hide_the_others(tmp_path: Path) -> None:
    for package in made_up.history("xugou-jia", (2021, 2022, 2023)):
        package.write(tmp_path)
    (tmp_path / "xugou-jia" / "2022" / "report.md").unlink()
    library = open_library(tmp_path)
    assert list(library.reports) == [("xugou-jia", 2021), ("xugou-jia", 2023)]
    assert [(each.agency, each.year, each.code) for each in library.findings] == [("xugou-jia", 2022, "file.missing")]


def test_an_agency_without_its_file_has_no_reports(tmp_path: Path) -> None:
    folder = made_up.package().write(tmp_path)
    (folder.parent / "agency.yml").unlink()
    library = open_library(tmp_path)
    assert len(library) == 0
    assert [each.code for each in library.findings] == ["file.missing"]


def test_faults_of_several_packages_in_their_order(tmp_path: Path) -> None:
    for agency in ("xugou-yi", "xugou-jia"):
        (made_up.package(agency).write(tmp_path) / "report.md").unlink()
    assert [each.agency for each in open_library(tmp_path).findings] == ["xugou-jia", "xugou-yi"]


def test_an_agency_whose_parent_is_collected(tmp_path: Path) -> None:
    made_up.package("xugou-jia").write(tmp_path)
    child = made_up.package("xugou-yi")
    child.edit_agency("parent", "xugou-jia")
    child.write(tmp_path)
    library = open_library(tmp_path)
    assert library.findings == ()
    assert [agency.id for agency in library.units("xugou-jia")] == ["xugou-yi"]


def test_a_parent_is_not_asked_for_where_only_a_part_is_read(tmp_path: Path) -> None:
    made_up.package("xugou-jia").write(tmp_path)
    child = made_up.package("xugou-yi")
    child.edit_agency("parent", "xugou-jia")
    child.write(tmp_path)
    assert open_library(tmp_path, only=[("xugou-yi", None)]).findings == ()


def renamed(root: Path, until: int = 2022, *, former: str = "xugou-jia") -> None:
    """Two names of one body: the first reports 2022, the second 2023."""
    made_up.package("xugou-jia", 2022).write(root)
    later = made_up.package("xugou-yi", 2023)
    later.edit_agency("predecessor", {"agency": former, "until": until})
    later.write(root)


def test_the_year_before_a_change_of_name(tmp_path: Path) -> None:
    renamed(tmp_path)
    library = open_library(tmp_path)
    assert library.findings == ()
    report = library.reports["xugou-yi", 2023]
    assert library.before(report) is library.reports["xugou-jia", 2022]
    assert library.successor("xugou-jia") is library.agencies["xugou-yi"]
    assert library.successor("xugou-yi") is None
    assert 'predecessor:\n  agency: "xugou-jia"\n  until: 2022\n' in agency_file(library.agencies["xugou-yi"]).decode()
    part = with_neighbours(open_library(tmp_path, only=[("xugou-yi", 2023)]), tmp_path)
    assert part.before(report) == library.before(report)


def test_a_year_between_two_names_breaks_the_chain(tmp_path: Path) -> None:
    made_up.package("xugou-jia", 2021).write(tmp_path)
    later = made_up.package("xugou-yi", 2023)
    later.edit_agency("predecessor", {"agency": "xugou-jia", "until": 2021})
    later.write(tmp_path)
    library = open_library(tmp_path)
    assert library.findings == ()
    assert library.before(library.reports["xugou-yi", 2023]) is None


@pytest.mark.parametrize("former", ["xugou-bing", "xugou-yi"])
def test_a_predecessor_that_cannot_be(former: str, tmp_path: Path) -> None:
    renamed(tmp_path, former=former)
    assert [each.code for each in open_library(tmp_path).findings] == ["meta.predecessor"]


def test_one_body_becomes_one_other(tmp_path: Path) -> None:
    renamed(tmp_path)
    third = made_up.package("xugou-zi", 2024)
    third.edit_agency("predecessor", {"agency": "xugou-jia", "until": 2022})
    third.write(tmp_path)
    (found,) = open_library(tmp_path).findings
    assert (found.code, found.agency) == ("meta.predecessor", "xugou-zi")


@pytest.mark.parametrize("until, place", [(2021, "xugou-jia/2022"), (2023, "xugou-yi/2023")])
def test_a_year_under_the_wrong_name(until: int, place: str, tmp_path: Path) -> None:
    renamed(tmp_path, until)
    (found,) = open_library(tmp_path).findings
    assert found.code == "meta.predecessor_year"
    assert place in found.message("zh")
    assert place in found.message("en")


@pytest.mark.parametrize("parent", [NO_PARENT, made_up.REMOVED], ids=["none", "no key"])
def test_an_agency_without_a_parent(parent: object, tmp_path: Path) -> None:
    package = made_up.package()
    package.edit_agency("parent", parent)
    package.write(tmp_path)
    library = open_library(tmp_path)
    assert library.findings == ()
    assert library.agencies["xugou-jia"].parent is None
