"""Plain sums over the CSV files of packages: what the rules of the forms add up, computed without the code under test.

    cells = Cells(folder of packages, SUMS)
    for each in cells.sums("pingtan/2020"): each.rule, each.at, each.holds()

The sums are written out in `cases/corpus.yml`; files are read with the csv module and nothing else.
"""

from __future__ import annotations

import csv
import json
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import yamls

if TYPE_CHECKING:
    from collections.abc import Iterator

SUMS: dict[str, dict[str, str]] = yamls.read(Path(__file__).parent / "cases" / "corpus.yml")["sums"]
PARTS = "parts"
"""Right side of a stated total: the items that are stated to be part of it."""


class Term(NamedTuple):
    """One figure of a sum: its sign, whose it is, where it stands, its value (None: not there, or not a number)."""

    sign: int
    report: str
    address: str
    value: Decimal | None


class Sum(NamedTuple):
    """One sum at one place of a report; `at` is the address of the cell that it is about."""

    rule: str
    report: str
    at: str
    left: tuple[Term, ...]
    right: tuple[Term, ...]

    @property
    def terms(self) -> tuple[Term, ...]:
        return self.left + self.right

    def testable(self) -> bool:
        """Whether every figure is there."""
        return all(term.value is not None for term in self.terms)

    def broken(self) -> bool:
        """Whether every figure is there and the two sides differ; of a bound, whether the left side is less."""
        gap = total(self.left) - total(self.right)
        return self.testable() and (gap < 0 if "bound" in SUMS.get(self.rule, ()) else gap != 0)


def total(terms: tuple[Term, ...]) -> Decimal:
    """Signed sum of terms that all have a value."""
    return sum((term.sign * term.value for term in terms if term.value is not None), start=Decimal())


class Cells:
    """Cells of the packages below a folder; reports are named `agency/year`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._tables: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
        self._sums: dict[str, tuple[Sum, ...]] = {}

    @property
    def reports(self) -> list[str]:
        """Every report there is."""
        return sorted(f"{path.parent.parent.name}/{path.parent.name}" for path in self.root.glob("*/*/datapackage.json"))

    def table(self, report: str, table: str) -> dict[str, dict[str, str]]:
        """Line (or item) to column to text, in printed order; empty where there is no such report."""
        key = (report, table)
        if key not in self._tables:
            path = self.root / report / "data" / f"{table}.csv"
            rows: list[dict[str, str]] = []
            if path.exists():
                with path.open(encoding="utf-8", newline="") as stream:
                    rows = list(csv.DictReader(stream))
            self._tables[key] = {row["item" if table == "overview" else "line"]: row for row in rows}
        return self._tables[key]

    def terms(self, report: str, side: str, *, line: str, column: str) -> tuple[Term, ...]:
        """Terms of one side, such as `a/{line}/c + before:a/*/c - a/d/c`."""
        if side == PARTS:
            rows = self.table(report, "overview")
            return tuple(self._term(1, report, "overview", part, "value") for part, row in rows.items() if row["part_of"] == line)
        found = []
        for sign, of, table, name, into in _parsed(side):
            for where in self._where(report, of):
                stated = name.format(line=line)
                lines = [each for each in self.table(where, table) if each.startswith(stated[:-1])] if stated.endswith("*") else [stated]
                found += [self._term(sign, where, table, each, into.format(column=column)) for each in lines]
        return tuple(found)

    def _term(self, sign: int, report: str, table: str, line: str, column: str) -> Term:
        text = self.table(report, table).get(line, {}).get(column, "")
        value = Decimal(text) if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text, re.ASCII) else None
        return Term(sign, report, f"{table}/{line}/{column}", value)

    def _where(self, report: str, of: str) -> list[str]:
        agency, year = report.split("/")
        if of == "units":
            return [f"{unit}/{year}" for said in self.consolidates(report) for unit in said["units"]]
        return [report if not of else f"{agency}/{int(year) - 1}" if of == "before" else f"{of}/{year}"]

    def consolidates(self, report: str) -> list[dict[str, list[str]]]:
        """What the package says that the report sums up."""
        path = self.root / report / "datapackage.json"
        stated: list[dict[str, list[str]]] = json.loads(path.read_text(encoding="utf-8"))["report"].get("consolidates", [])
        return stated

    def sum_at(self, rule: str, report: str, at: str, left: str, right: str) -> Sum:
        """One sum at the line and the column of an address."""
        _, line, column = at.split("/")
        return Sum(rule, report, at, *(self.terms(report, side, line=line, column=column) for side in (left, right)))

    def sums(self, report: str) -> tuple[Sum, ...]:
        """Every sum of a report, at every line and column that it speaks of, and every stated total with its parts."""
        if report not in self._sums:
            self._sums[report] = tuple(self._every(report))
        return self._sums[report]

    def _every(self, report: str) -> Iterator[Sum]:
        for rule, sides in SUMS.items():
            yield from self._everywhere(rule, report, sides["left"], sides["right"])
        stated = self.table(report, "overview")
        for item in {row["part_of"]: None for row in stated.values() if row["part_of"]}:
            yield self.sum_at("TXT", report, f"overview/{item}/value", f"overview/{item}/value", PARTS)
        for said in self.consolidates(report):
            yield from self._summed_up(report, said.get("lines", []))

    def _summed_up(self, report: str, lines: list[str]) -> Iterator[Sum]:
        """Every figure of a consolidated report with those of its units, of the lines that the package names or of all."""
        for table in ("disclosure", "applications", "disputes"):
            for line, row in self.table(report, table).items():
                if not lines or f"{table}/{line}" in lines:
                    for at in (f"{table}/{line}/{column}" for column in row if column not in {"line", "label"}):
                        yield self.sum_at("AGG", report, at, at, f"units:{at}")

    def _everywhere(self, rule: str, report: str, left: str, right: str) -> Iterator[Sum]:
        # Where both sides add up several figures, the sum is about the first of the right side.
        about = (right if len(_parsed(left)) > 1 else left).split(" + ")[0]
        table = about.split("/")[0]
        rows = self.table(report, table)
        columns = [name for name in next(iter(rows.values()), {}) if name not in {"line", "label"}]
        by_column = "{column}" in about
        for place in columns if by_column else rows:
            at = about.format(line=place, column=place)
            if by_column or at.rpartition("/")[2] in columns:
                yield self.sum_at(rule, report, at, left, right)


@cache
def _parsed(side: str) -> tuple[tuple[int, str, str, str, str], ...]:
    """Sign, whose, table, line and column of each term of a side."""
    found = re.findall(r"([+-]?)\s*(?:([^\s/:]+):)?([^\s/:]+)/([^\s/]+)/([^\s/]+)", side)
    return tuple((-1 if sign == "-" else 1, of, table, line, column) for sign, of, table, line, column in found)
