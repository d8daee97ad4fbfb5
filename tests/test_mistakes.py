"""What offices get wrong, made in the real reports one at a time: what is told of each, at which place; what cannot be told is named."""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yamls
from conftest import with_cells
from open_reports.checks.across import across, marks
from open_reports.checks.cache import Cache
from open_reports.checks.check import check, check_report
from open_reports.form import forms
from open_reports.library import open_library

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_reports.finding import Finding
    from open_reports.library import Library
    from open_reports.report import Report

SAID = yamls.read(Path(__file__).parent / "cases" / "mistakes.yml")


class Mistake(NamedTuple):
    """One mistake: what is done to which report, the rules of which one must tell it, at all of these places `of` which report, with these names."""

    number: str
    about: str
    report: str
    do: list[dict[str, Any]]
    told: list[str]
    at: list[str]
    of: str
    names: list[str]
    why: str

    def __str__(self) -> str:
        return f"{self.number} {self.about}"


MISTAKES = [
    Mistake(
        str(each["number"]),
        each["about"],
        each.get("report", ""),
        each.get("do", []),
        each.get("told", []),
        each.get("at", []),
        each.get("in", each.get("report", "")),
        each.get("names", []),
        each.get("untold", ""),
    )
    for each in SAID
]


class Hand:
    """A hand at the files of a copy of the packages."""

    def __init__(self, root: Path, report: str) -> None:
        self.root, self.report = root, report

    def do(self, step: dict[str, Any]) -> None:
        getattr(self, f"_{next(iter(step))}")(step)

    def _table(self, name: str) -> Path:
        return self.root / self.report / "data" / f"{name}.csv"

    def _rows(self, name: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self._table(name).read_text(encoding="utf-8"))))

    def _save(self, name: str, rows: list[list[str]]) -> None:
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerows(rows)
        self._table(name).write_text(stream.getvalue(), encoding="utf-8")

    def _set(self, step: dict[str, Any]) -> None:
        for address, text in step["set"].items():
            table, line, column = address.split("/")
            rows = self._rows(table)
            row = next(each for each in rows if each[0] == line)
            row[rows[0].index(column)] = str(text)
            self._save(table, rows)

    def _copy(self, step: dict[str, Any]) -> None:
        for name in step["files"]:
            shutil.copy(self.root / step["copy"] / name, self.root / self.report / name)

    def _fill(self, step: dict[str, Any]) -> None:
        """Write one text into every cell that has a figure, of tables or of one column."""
        for table in step["tables"]:
            rows = self._rows(table)
            for row in rows[1:]:
                for index in range(2, len(row)):
                    if row[index] and step.get("column") in {None, rows[0][index]}:
                        row[index] = str(step["fill"])
            self._save(table, rows)

    def _double(self, step: dict[str, Any]) -> None:
        for table in step["double"]:
            rows = self._rows(table)
            for row in rows[1:]:
                row[2:] = [str(int(text) * 2) if text.isdigit() else text for text in row[2:]]
            self._save(table, rows)

    def _exchange(self, step: dict[str, Any]) -> None:
        """Exchange the cells of two lines or of two columns of a table."""
        one, two = step["exchange"]
        rows = self._rows(step["table"])
        if one in rows[0]:
            first, second = rows[0].index(one), rows[0].index(two)
            for row in rows[1:]:
                row[first], row[second] = row[second], row[first]
        else:
            first_row, second_row = (next(row for row in rows if row[0] == name) for name in (one, two))
            start = 1 if step.get("labels") else 2
            end = 2 if step.get("labels") else None
            first_row[start:end], second_row[start:end] = second_row[start:end], first_row[start:end]
        self._save(step["table"], rows)

    def _label(self, step: dict[str, Any]) -> None:
        table, line = step["label"].split("/")
        rows = self._rows(table)
        next(row for row in rows if row[0] == line)[1] = step["as"]
        self._save(table, rows)

    def _describe(self, step: dict[str, Any]) -> None:
        path = self.root / self.report / "datapackage.json"
        package = json.loads(path.read_text(encoding="utf-8"))
        for key, value in step["describe"].items():
            *way, last = key.split(".")
            place: Any = package
            for part in way:
                place = place[int(part) if part.isdigit() else part]
            place[int(last) if last.isdigit() else last] = value
        path.write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def _agency(self, step: dict[str, Any]) -> None:
        shutil.copytree(self.root / self.report, self.root / step["agency"])
        for path in (self.root / step["agency"]).glob("*/datapackage.json"):
            text = path.read_text(encoding="utf-8").replace(f'"{self.report}"', f'"{step["agency"]}"')
            path.write_text(text.replace(f'"{self.report}-', f'"{step["agency"]}-'), encoding="utf-8")


Key = tuple[str, str | None, int | None, str | None, str]


def keyed(findings: tuple[Finding, ...]) -> dict[Key, Finding]:
    """Findings by what makes them the same, an explanation that no longer fits among it."""
    return {(each.rule, each.agency, each.year, each.address, f"{each.message()}{each.explanation is None}"): each for each in findings}


@pytest.fixture(scope="module")
def before(packages: Path) -> dict[Key, Finding]:
    return keyed(check(open_library(packages, place="datapackages"), Cache()))


@pytest.fixture
def root(packages: Path, tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(packages, tmp_path / "datapackages")
    yield tmp_path / "datapackages"
    shutil.rmtree(tmp_path / "datapackages")


def news(root: Path, mistake: Mistake, before: dict[Key, Finding]) -> list[Finding]:
    """What is told of a mistake that was not told without it."""
    hand = Hand(root, mistake.report)
    for step in mistake.do:
        hand.do(step)
    after = keyed(check(open_library(root, place="datapackages"), Cache()))
    return [each for key, each in after.items() if key not in before]


def places(each: Finding, root: Path) -> set[str]:
    """Every way to write where a finding says that it is, in `at`; of a figure only where its file, row and column are the figure's, too."""
    file = (each.file or "").removeprefix(f"datapackages/{each.agency}/{each.year}/")
    if each.address is None:
        row = f":{each.row}" if each.row is not None else ""
        # What a package says wrongly of itself has the path to it in the words, for no explanation may be about it.
        what = each.place or dict(each.values).get("path", "")
        return {f"{file}{row}", f"{file}{row}#{what}"}
    table, line, *column = each.address.split("/")
    rows = list(csv.reader(io.StringIO((root / f"{each.agency}/{each.year}" / file).read_text(encoding="utf-8"))))
    at = next(index for index, row in enumerate(rows, 1) if row[0] == line)
    assert (file, each.row) == (f"data/{table}.csv", at), each
    # Of a line that is named wrongly, its label.
    assert each.column == (column[0] if column else "label"), each
    assert each.column in rows[0]
    return {each.address}


@pytest.mark.parametrize("mistake", [each for each in MISTAKES if each.told], ids=str)
def test_it_is_told(mistake: Mistake, root: Path, before: dict[Key, Finding]) -> None:
    """By one of its rules, at every place that a clerk has to look at, saying what to do."""
    found = [each for each in news(root, mistake, before) if each.rule in mistake.told]
    of = [each for each in found if f"{each.agency}/{each.year}" == mistake.of]
    named = {place: each for each in of for place in places(each, root)}
    assert mistake.at
    assert [place for place in mistake.at if place not in named] == [], sorted(named)
    fitting = [named[place] for place in mistake.at]
    assert {each.rule for each in fitting} <= set(mistake.told)
    for each in fitting:
        assert all(name in each.message("zh") for name in mistake.names)
        assert "请" in each.message("zh")
        assert "; " in each.message("en")


@pytest.mark.parametrize("mistake", [each for each in MISTAKES if not each.told], ids=str)
def test_what_is_not_told_has_its_reason(mistake: Mistake, root: Path, before: dict[Key, Finding]) -> None:
    """A list that holds: what is told one day has to leave it."""
    assert mistake.why
    assert [each.text() for each in news(root, mistake, before)] == []


def test_enough_are_told() -> None:
    assert len({each.number for each in MISTAKES}) == len(MISTAKES) >= 50
    assert len([each for each in MISTAKES if each.told]) >= 45


# -- generated ones, in every real report ---------------------------------------------------------------------------------


class Made(NamedTuple):
    """A report with a mistake, the rules of which one must tell it, and the address that must be named (None: a file's)."""

    kind: str
    report: Report
    rules: set[str]
    address: str | None


def made(report: Report, library: Library, chance: random.Random) -> Iterator[Made]:
    """Every mistake that can be made in a report, at a place drawn by chance."""
    yield from _in_tables(report, chance)
    yield from _said(report, chance)
    others = [each for each in library if each.agency != report.agency and each.form is report.form]
    other = chance.choice(others)
    name = library.agencies[other.agency].name
    yield Made("another agency's title", replace(report, title=other.title), {"TITLE"} if name not in report.title else set(), None)
    yield Made("another report's source", replace(report, sources=other.sources), {"SOURCE"}, None)
    busy = [each for each in others if (each.tables["applications"].value("new", "total") or 0) >= 10]
    if busy:
        copied = replace(report, tables={**report.tables, "applications": chance.choice(busy).tables["applications"]})
        yield Made("another report's table", copied, {"COPY"}, None)


def _in_tables(report: Report, chance: random.Random) -> Iterator[Made]:
    for name, table in report.tables.items():
        cells = [f"{name}/{line.id}/{column.id}" for line, column in table.form.cells if line.id in table.rows]
        nothing = chance.choice(["", "/", "-"])
        yield Made("a blank table", with_cells(report, dict.fromkeys(cells, nothing)), {"BLANK"}, None)
        sums = [rule for rule in table.form.rules if rule.axis == "line" and len(rule.left) == 1]
        for rule in sums:
            lines = [line for line in table.rows if line not in table.incomplete]
            if lines:
                address = f"{name}/{chance.choice(lines)}/{rule.left[0].id}"
                yield Made("a total left out", with_cells(report, {address: ""}), {"TOTAL"}, address)
                value = report.figure(*address.split("/")).value
                yield Made("a total misprinted", with_cells(report, {address: f"{value}7"}), {rule.id}, address)
        for rule in table.form.bounds:
            line = chance.choice([place.at for place in table.form.places[rule.id] if place.at in table.rows])
            many = {f"{name}/{line}/{term.id}": "62" if term.sign > 0 else "0" for term in rule.right}
            address = f"{name}/{line}/{rule.blames}"
            yield Made("in force 0 while 62 were issued", with_cells(report, {**many, address: "0"}), {rule.id}, address)
        one, two = chance.sample(list(table.labels), 2)
        swapped = {**table.labels, one: table.form.lines[two].label.zh}
        yield Made("the label of another line", _with(report, name, labels=swapped), {"LABEL"}, f"{name}/{one}")
    asked = forms().plausible.majority
    assert asked is not None
    if report.figure(asked.table, asked.line, asked.total).value:
        column = chance.choice(["enterprise", "research", "public_welfare", "legal_service", "other"])
        put = {f"{asked.table}/{asked.line}/{each}": text for each, text in ((asked.usual, "1"), (column, "90"), (asked.total, "91"))}
        yield Made("two kinds of applicants exchanged", with_cells(report, put), {"APPLICANT"}, f"{asked.table}/{asked.line}/{column}")


def _said(report: Report, chance: random.Random) -> Iterator[Made]:
    early = report.ends - timedelta(days=chance.randrange(400))
    yield Made("published before the year was over", replace(report, published=early), {"DATE"}, None)
    yield Made("published after its package was made", replace(report, published=date(2026, 12, 1 + chance.randrange(28))), {"DATE"}, None)
    year = report.year - chance.randrange(1, 4)
    yield Made("a period of another year", replace(report, period=(date(year, 1, 1), date(year, 12, 31))), {"META"}, None)
    yield Made("a version without its revision", replace(report, version=f"1.{chance.randrange(1, 9)}.0"), {"META"}, None)
    yield Made("two years in the title", replace(report, title=f"{report.title}（{year}年）"), {"TITLE"}, None)


def _with(report: Report, name: str, **changed: Any) -> Report:
    return replace(report, tables={**report.tables, name: replace(report.tables[name], **changed)})


def test_generated_mistakes_are_told(library: Library) -> None:
    chance = random.Random("mistakes")  # noqa: S311 (the same mistakes in every run)
    tried: Counter[str] = Counter()
    untold = []
    for report in library:
        for each in made(report, library, chance):
            if not each.rules:
                continue
            around = replace(library, reports={**library.reports, (report.agency, report.year): each.report})
            found = [one for one in check_report(each.report, around) if one.explanation is None]
            found += across(library.agencies, map(marks, around), "datapackages")
            tried[each.kind] += 1
            if not any(one.rule in each.rules and (each.address is None or one.address == each.address) for one in found):
                untold.append(f"{each.kind}: {report.name} {each.address}: {[one.text('en') for one in found][:3]}")
    assert untold == []
    assert sum(tried.values()) >= 300
    assert len(tried) >= 12
