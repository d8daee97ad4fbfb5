"""The real reports: every finding is in a golden file with its arithmetic, added up anew from the CSV files, and there is no other."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yamls
from conftest import REPORTS
from open_reports.report import Address
from plain_sums import PARTS, SUMS, Cells, Sum, Term, total

if TYPE_CHECKING:
    from open_reports.finding import Finding
    from open_reports.library import Library

CASES = Path(__file__).parent / "cases"
GOLDEN = yamls.read(CASES / "corpus.yml")
ORIGINALS = yamls.read(CASES / "originals.yml")


@dataclass(frozen=True, kw_only=True)
class Stated:
    """A finding as the golden file states it."""

    report: str
    rule: str
    level: str
    at: str | None = None
    row: int | None = None
    arithmetic: str = ""
    parts: str = ""
    left: str = ""
    right: str = ""
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.report} {self.rule} {self.at or ''}".strip()

    def added(self, cells: Cells) -> Sum:
        """The sum behind the finding, from the CSV files."""
        sides = SUMS.get(self.rule, {"left": self.left, "right": self.right})
        return cells.sum_at(self.rule, self.report, self.at or "", sides["left"], sides["right"])


STATED = [Stated(**each) for each in GOLDEN["findings"]]
ADDED = [each for each in STATED if each.arithmetic]


@pytest.fixture(scope="session")
def cells(packages: Path) -> Cells:
    return Cells(packages)


def _numbers(side: str) -> list[Decimal]:
    """Numbers of one side of the stated arithmetic with their signs, zeros left out."""
    return [number for text in re.findall(r"-?[0-9]+(?:\.[0-9]+)?", side) if (number := Decimal(text))]


# -- what was read


def test_every_figure_is_the_one_that_was_read(library: Library) -> None:
    """As the official pages print them, blanks too: hashed from the record of the reading, which nothing of ours has made."""
    found = {}
    for report in library:
        rows = [f"overview/{each.item}/value={each.text} {each.unit}" for each in report.overview]
        for name, table in report.tables.items():
            for address in (Address(name, line, column) for line in table.rows for column in table.form.lines[line].columns):
                figure = report.figure(*address)
                rows.append(f"{address}={figure.printed or figure.text}")
        found[f"{report.agency}/{report.year}"] = {"figures": len(rows), "sha256": sha256("\n".join(sorted(rows)).encode()).hexdigest()}
    assert found == ORIGINALS


# -- what is found


def test_all_of_them_were_read(cells: Cells, findings: tuple[Finding, ...]) -> None:
    assert len(cells.reports) == REPORTS
    assert {f"{each.agency}/{each.year}" for each in findings} <= set(cells.reports)


def test_the_findings_are_those_of_the_golden_file(findings: tuple[Finding, ...]) -> None:
    found = [(f"{each.agency}/{each.year}", each.rule, each.level, each.address, each.row) for each in findings]
    stated = [(each.report, each.rule, each.level, each.at, each.row) for each in STATED]
    assert sorted(found, key=str) == sorted(stated, key=str)


def test_no_two_findings_say_the_same(findings: tuple[Finding, ...]) -> None:
    assert not [text for text, times in Counter(each.text() for each in findings).items() if times > 1]


@pytest.mark.parametrize("each", ADDED, ids=str)
def test_each_arithmetic_is_in_its_message(each: Stated, findings: tuple[Finding, ...]) -> None:
    (found,) = [one for one in findings if (f"{one.agency}/{one.year}", one.rule, one.address) == (each.report, each.rule, each.at)]
    for language in ("zh", "en"):
        assert re.search(rf"(?<![0-9.]){re.escape(each.arithmetic)}(?![0-9.+-])", found.message(language))


@pytest.mark.parametrize("each", ADDED, ids=str)
def test_each_arithmetic_is_right(each: Stated, cells: Cells) -> None:
    """`20 ≠ 26 = 6+6+4+3+3+4`: both sides are the sums of the cells, number for number, and differ."""
    added = each.added(cells)
    assert added.broken()
    left, right = (side.split(" = ") for side in re.split(" [≠≈<>] ", each.arithmetic))
    for stated, terms in ((left, added.left), (right[::-1], added.right)):
        assert Decimal(stated[-1]) == total(terms)
        assert _numbers(stated[0]) == [term.sign * term.value for term in terms if term.value]


@pytest.mark.parametrize("each", [each for each in STATED if each.parts], ids=str)
def test_the_parts_of_units_make_up_the_total(each: Stated, cells: Cells, findings: tuple[Finding, ...]) -> None:
    """`218 = 3+28+…`: each number is what a unit prints there, or what its own row or column beside it adds up to."""
    (found,) = [one for one in findings if (f"{one.agency}/{one.year}", one.rule, one.address) == (each.report, each.rule, each.at)]
    assert re.search(rf"(?<![0-9.]){re.escape(each.parts)}(?![0-9.+-])", found.message())
    table, line, column = (each.at or "").split("/")
    stated, numbers = each.parts.split(" = ")
    possible = []
    for unit in cells.consolidates(each.report)[0]["units"]:
        rows = cells.table(f"{unit}/{each.report.rpartition('/')[2]}", table)
        row = [int(text) for name, text in rows[line].items() if name not in {"line", "label", "total"} and text]
        # The outcomes of requests, which （七）总计 adds up.
        outcomes = [int(rows[name][column] or 0) for name in rows if name not in {"new", "carried_in", "total", "carried_out"}]
        possible.append(
            {int(rows[line][column]), *([sum(row)] if column == "total" else []), *([sum(outcomes)] if line == "total" else [])}
        )
    wanted = list(map(int, numbers.split("+")))
    ways: set[tuple[int, ...]] = {()}
    for of_unit in possible:
        longer = {(*way, value) if value else way for way in ways for value in of_unit}
        ways = {way for way in longer if list(way) == wanted[: len(way)]}
    assert tuple(wanted) in ways
    assert sum(wanted) == int(stated) == int(cells.table(each.report, table)[line][column])


@pytest.mark.parametrize("each", [each for each in STATED if not each.arithmetic], ids=str)
def test_each_remark_on_the_form_is_right(each: Stated, cells: Cells) -> None:
    assert each.has or each.lacks
    for place in (*each.has, *each.lacks):
        name, _, what = place.partition("/")
        if name == "report.md":
            known = [line for line in (cells.root / each.report / name).read_text(encoding="utf-8").splitlines() if line.startswith(what)]
        else:
            known = [line for line in cells.table(each.report, name) if line == what]
        assert bool(known) == (place in each.has)


# -- nothing is missed


def test_nothing_else_contradicts_itself(cells: Cells) -> None:
    """The sums of the golden file, tried at every line and column of every report, and every stated total with its parts."""
    broken = {(each.report, each.rule, each.at) for report in cells.reports for each in cells.sums(report) if each.broken()}
    assert broken == {(each.report, each.rule, each.at) for each in STATED if each.rule in {*SUMS, "AGG"} or each.right == PARTS}


def test_the_sums_are_tried_at_enough_places(cells: Cells) -> None:
    """Sums that were never tried would find nothing, either."""
    tried = Counter(each.rule for report in cells.reports for each in cells.sums(report) if each.testable())
    # One cell of carried_out is blank (pingtan-jinjing/2024), and a sum with a figure missing proves nothing.
    assert tried["T3-CONS"] + 1 == tried["T3-SUM"] == REPORTS * 7
    assert tried["T4-SUM"] == REPORTS * 3
    assert set(tried) == {*SUMS, "AGG", "TXT"}


def test_a_sum_with_a_figure_missing_proves_nothing() -> None:
    one, none = Term(1, "", "", Decimal(1)), Term(1, "", "", None)
    assert Sum("T3-ROW", "", "", (one,), (one, one)).broken()
    assert not Sum("T3-ROW", "", "", (one,), (one, none)).broken()


@pytest.mark.parametrize("report", ["yinchuan-qianjinjie/2019"])
def test_the_sample_report_yields_one_notice(report: str, findings: tuple[Finding, ...], cells: Cells) -> None:
    """It states 134 items published and lists eleven parts that add up to 137."""
    (only,) = [each for each in findings if f"{each.agency}/{each.year}" == report]
    assert (only.rule, only.level, only.found, only.expected) == ("TXT", "notice", "134", "137")
    parts = cells.terms(report, PARTS, line="门户网站主动公开信息", column="value")
    assert len(parts) == 11
    assert total(parts) == 137


# -- what is said about them


def test_every_discrepancy_is_explained(findings: tuple[Finding, ...], packages: Path) -> None:
    """Who says it, in words and with a date; the package itself holds it, and holds no other."""
    explained: dict[str, list[tuple[str, str]]] = {}
    for each in findings:
        # What units' own parts settle, or rounding, may be explained; what nothing settles has to be.
        if each.level != "discrepancy" and each.explanation is None:
            continue
        assert each.explanation is not None, each.text()
        assert each.explanation.by in {"agency", "publisher"}
        assert each.explanation.text.strip()
        assert each.explanation.day is not None
        explained.setdefault(f"{each.agency}/{each.year}", []).append((each.rule, each.address or ""))
    for path in sorted(packages.glob("*/*/datapackage.json")):
        entries = json.loads(path.read_text(encoding="utf-8"))["report"]["explanations"]
        report = f"{path.parent.parent.name}/{path.parent.name}"
        known = [(entry["finding"], entry["address"]) for entry in entries]
        assert sorted(known) == sorted(explained.get(report, [])), report


def test_what_stands_there_is_what_the_file_says(findings: tuple[Finding, ...], packages: Path) -> None:
    """`found` is the text of the cell at the finding's file, row and column: whoever looks there sees it."""
    looked = 0
    for each in findings:
        if each.row is None or each.column is None:
            continue
        with (packages.parent / str(each.file)).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))
        assert each.found == rows[each.row - 1][rows[0].index(each.column)], each.text()
        looked += 1
    assert looked == len(ADDED)
