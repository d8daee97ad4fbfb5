"""What the checks of past and present look at, and what they leave alone: one agency of several, a page of a kind, a column more."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import made_up
import pytest
from open_reports import corpus
from open_reports.history import diff
from open_reports.history.releases import lost, read, release, written
from open_reports.library import open_library
from open_reports.report import DESCRIPTOR
from open_reports.site.export import export
from test_diff import AGENCY, edited, zeros

if TYPE_CHECKING:
    from pathlib import Path

NEIGHBOUR = "xugou-yi"


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    """Two agencies, both of which change their facts and break one of two years."""
    for side, names in (("old", []), ("new", ["虚构市旧局"])):
        for agency in (AGENCY, NEIGHBOUR):
            for year in (2022, 2023):
                package = zeros(year) if agency == AGENCY else made_up.package(agency, year)
                edited(package, {"agency": {"aliases": names}}).write(tmp_path / side)
            if names:
                (tmp_path / side / agency / "2023" / DESCRIPTOR).write_text("{", encoding="utf-8")
    return tmp_path / "old", tmp_path / "new"


@pytest.mark.parametrize("agency", [AGENCY, NEIGHBOUR])
def test_a_diff_of_one_agency_tells_of_its_facts_and_of_no_other_s(sides: tuple[Path, Path], agency: str) -> None:
    found = diff.between(*(str(side / agency) for side in sides))
    assert [(each.agency, each.texts) for each in found.agencies] == [(agency, (("aliases", "", "虚构市旧局"),))]


@pytest.mark.parametrize("agency", [AGENCY, NEIGHBOUR])
def test_a_diff_of_one_agency_tells_of_its_year_that_cannot_be_read_and_of_no_other_s(sides: tuple[Path, Path], agency: str) -> None:
    old, new = sides
    found = diff.between(str(old / agency), str(new / agency))
    assert [(each.agency, each.year, each.standing) for each in found.reports] == [(agency, 2023, "unreadable")]
    # Broken before and after: nothing differs, and still what is asked about cannot be read.
    same = diff.between(str(new / agency), str(new / agency))
    assert {(each.agency, each.year) for each in same.reports} <= {(agency, 2023)}


@pytest.mark.parametrize(
    "target, told",
    [
        ("reports/xugou-jia/2023/report.json", False),
        ("reports/xugou-jia/charts/shares.csv", False),
        ("reports/xugou-jia/xugou-jia.csv", False),
        ("terms/", False),
        ("reports/xugou-jia/2023/report.yaml", True),
        ("words/", True),
    ],
)
def test_a_successor_may_be_a_page_of_a_kind(tmp_path: Path, target: str, *, told: bool) -> None:
    zeros(2023).write(tmp_path / "packages")
    before = ["glossary.csv"]
    release(open_library(tmp_path / "packages"), tmp_path / "released", before)
    (tmp_path / "released" / "successors.yml").write_text(f"glossary.csv: {target}\n", encoding="utf-8")
    now = [
        "reports/xugou-jia/2023/report.json",
        "reports/xugou-jia/charts/shares.csv",
        "reports/xugou-jia/xugou-jia.csv",
        "terms/index.html",
    ]
    found = [(each.kind, each.address, each.now) for each in lost(read(tmp_path / "released"), now)]
    assert found == ([("successor_missing", "glossary.csv", target)] if told else [])


def test_columns_that_a_file_gains_at_its_end_are_no_change_of_what_was_released(tmp_path: Path) -> None:
    """A copy published before the files had as many columns, and one of today: the same packages, the same addresses."""
    zeros(2023).write(tmp_path / "packages")
    library = open_library(tmp_path / "packages")
    old, new = tmp_path / "old", tmp_path / "new"
    for side in (old, new):
        opened = corpus.open(tmp_path / "packages")
        export(opened.publish(), side, place=opened.place)
    for file in (old / "data" / "observations.csv", old / "reports" / AGENCY / f"{AGENCY}.csv"):
        rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"))))
        with file.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(row[:5] for row in rows)
        assert len(rows[0]) > len(rows[0][:5])
    assert not diff.between(str(old / "reports"), str(new / "reports"))
    release(library, tmp_path / "released", written(old))
    assert lost(read(tmp_path / "released"), written(new)) == []
    assert release(library, tmp_path / "released", written(new), only_look=True).files == ()
