"""The survey: every finding of a folder, the same whether looked up, checked alone or shared among processes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import made_up
import pytest
from conftest import watching
from open_reports.checks import batch, cache
from open_reports.checks.check import check
from open_reports.library import open_library

if TYPE_CHECKING:
    from pathlib import Path

    from open_reports.finding import Finding


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder of five agencies with something to find in most, long unchanged; the user's cache is empty."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(cache, "RACY_SECONDS", -1.0)
    root = tmp_path / "datapackages"
    for number, package in enumerate(made_up.corpus(9, years=(2023, 2024))):
        if number == 1:
            package.set("disputes", "reconsideration", "total", "999")
        if number == 2:
            package.set("disputes", "reconsideration", "total", "十")
        if number == 5:
            package.set("applications", "carried_in", "total", "888")
        package.write(root)
    (root / "xugou-0004" / "agency.yml").unlink()
    (root / "xugou-0005" / "2023" / "report.md").unlink()
    (root / "xugou-0005" / "2023年").mkdir()
    (root / "Xugou").mkdir()
    return root


def expected(root: Path) -> list[Finding]:
    """What opening and checking gives, by agency and year."""
    return sorted(check(open_library(root, place="datapackages")), key=lambda each: (each.agency or "", each.year or 0))


def test_a_survey_finds_what_checking_finds(root: Path) -> None:
    found = batch.survey(root, place="datapackages").findings
    assert list(found) == expected(root)
    assert {each.level for each in found} == {"error", "discrepancy"}


def test_an_unchanged_folder_is_not_opened_again(root: Path) -> None:
    first = batch.survey(root, place="datapackages").findings
    with watching() as watch:
        second = batch.survey(root, place="datapackages").findings
    assert second == first
    assert not [path for path in watch.opened if path.startswith(str(root)) and path.endswith((".csv", ".json", ".md", ".yml"))]


def test_a_change_is_seen(root: Path) -> None:
    before = batch.survey(root, place="datapackages").findings
    cell = root / "xugou-0001" / "2023" / "data" / "disputes.csv"
    text = cell.read_text(encoding="utf-8")
    cell.write_text(text.replace("reconsideration,行政复议", "reconsideration,", 1), encoding="utf-8")
    after = batch.survey(root, place="datapackages").findings
    assert [each.code for each in after if each not in before] == ["table.no_label"]


def test_a_change_that_keeps_size_and_date_is_seen(root: Path) -> None:
    """Whoever sets a file's date back cannot set back when its entry was changed."""
    batch.survey(root, place="datapackages")
    cell = root / "xugou-0001" / "2023" / "data" / "disputes.csv"
    status = cell.stat()
    data = cell.read_bytes()
    cell.write_bytes(data.replace(b"0\n", b"x\n", 1) if b"0\n" in data else data[:-2] + b"x\n")
    os.utime(cell, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert cell.stat().st_size == status.st_size
    assert [
        each
        for each in batch.survey(root, place="datapackages").findings
        if each.file and each.file.endswith("xugou-0001/2023/data/disputes.csv")
    ]


def test_only_what_was_asked_for(root: Path) -> None:
    found = batch.survey(root, place="datapackages", only=(("xugou-0001", 2024),)).findings
    assert {(each.agency, each.year) for each in found if each.agency} == {("xugou-0001", 2024)}


def test_shared_among_processes_it_is_the_same(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "PARALLEL_FROM", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    steps: list[tuple[int, int]] = []
    found = batch.survey(root, place="datapackages", progress=lambda done, count: steps.append((done, count))).findings
    assert list(found) == expected(root)
    assert steps[-1][0] == steps[-1][1]


def test_a_folder_that_cannot_be_listed_is_a_finding(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may read everything, so the system's refusal is made up."""
    listed = os.scandir

    def refusing(path: str | os.PathLike[str]) -> object:
        if os.fspath(path).endswith("xugou-0002"):
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "scandir", refusing)
    found = batch.survey(root, place="datapackages").findings
    assert [(each.code, each.file) for each in found if each.agency in {None, "xugou-0002"} and "xugou-0002" in (each.file or "")] == [
        ("file.unreadable", "datapackages/xugou-0002")
    ]
