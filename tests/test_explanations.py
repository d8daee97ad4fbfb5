"""An explanation speaks of the equation that it states: of other numbers it says nothing, and it never outlives its own."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import made_up
import pytest
from click.testing import CliRunner
from conftest import with_cells
from open_reports.checks.check import check_report, unexplained
from open_reports.cli import commands
from open_reports.finding import Explanation, Finding
from open_reports.report import DESCRIPTOR

if TYPE_CHECKING:
    from pathlib import Path

    from open_reports.library import Library

ADDRESS = "disputes/reconsideration/total"


def said(path: Path) -> list[dict[str, Any]]:
    """Explanations of a package as its file has them."""
    found: list[dict[str, Any]] = json.loads((path / DESCRIPTOR).read_text(encoding="utf-8"))["report"]["explanations"]
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A package with a discrepancy and an explanation that states no equation, as they were before they had to."""
    package = made_up.package()
    package.set("disputes", "reconsideration", "total", "999")
    about = {"finding": "T4-SUM", "address": ADDRESS, "text": "原文如此。", "by": "publisher", "date": "2026-01-31"}
    package.edit_json("report.explanations", [about])
    package.write(tmp_path / "datapackages")
    return tmp_path / "datapackages"


def run(root: Path, *options: str) -> tuple[int, str]:
    outcome = CliRunner().invoke(commands, ["check", str(root), "--strict", *options], catch_exceptions=False)
    return outcome.exit_code, outcome.output


def test_what_states_no_equation_explains_nothing(root: Path) -> None:
    code, told = run(root)
    assert code == 1
    assert "999 ≠ 29 = 29+0+0+0" in told
    assert "没有写明它说明的算式" in told


def test_the_command_fills_the_equation_in_once(root: Path) -> None:
    code, told = run(root, "--fill-says")
    assert code == 0, told
    assert "1 条说明写入了算式" in told
    (entry,) = said(root / "xugou-jia" / "2023")
    assert list(entry) == ["finding", "address", "says", "text", "by", "date"]
    assert entry["says"] == "999 ≠ 29 = 29+0+0+0"
    before = (root / "xugou-jia" / "2023" / DESCRIPTOR).read_bytes()
    assert "0 条说明写入了算式" in run(root, "--fill-says")[1]
    assert (root / "xugou-jia" / "2023" / DESCRIPTOR).read_bytes() == before


def test_an_equation_that_is_stated_is_never_written_over(root: Path) -> None:
    run(root, "--fill-says")
    path = root / "xugou-jia" / "2023" / "data" / "disputes.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("999", "99"), encoding="utf-8")
    code, told = run(root, "--fill-says")
    assert code == 1
    assert "写的是“999 ≠ 29 = 29+0+0+0”，现在是“99 ≠ 29 = 29+0+0+0”" in told
    assert said(root / "xugou-jia" / "2023")[0]["says"] == "999 ≠ 29 = 29+0+0+0"


def test_a_typing_slip_at_an_explained_cell_of_a_real_report_is_told(library: Library) -> None:
    """Of 45 explained discrepancies, every one whose own figure is changed again is without an explanation."""
    explained = [(report, each) for report in library for each in check_report(report, library) if each.explanation]
    assert len(explained) >= 40
    for report, each in explained:
        assert each.address is not None
        slip = with_cells(report, {each.address: f"7{each.found}"})
        around = replace(library, reports={**library.reports, (report.agency, report.year): slip})
        told = unexplained(check_report(slip, around))
        assert (each.rule, each.address) in {(one.rule, one.address) for one in told}, each.text()


@pytest.mark.parametrize("says, fits", [("3 ≠ 4", True), ("3≠4", True), ("3 != 4", True), ("3 ≠ 5", False), ("", False)])
def test_however_it_is_spaced(says: str, fits: bool) -> None:  # noqa: FBT001 (expected)
    explanation = Explanation(rule="T4-SUM", address=ADDRESS, text="原文如此。", by="publisher", day=None, says=says)
    found = Finding(rule="T4-SUM", level="discrepancy", code="identity", values=(("equation", "3 ≠ 4"),))
    assert explanation.explains(found) is fits
    assert Finding.unpacked(found.explained(explanation).packed()) == found.explained(explanation)
