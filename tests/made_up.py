"""Made-up packages: invented agencies whose figures are valid and balanced, the same for the same seed.

Everything derives from the forms: which lines and columns there are, which sums must hold in a report, what a report takes over
from that of the year before. No line and no column is named here. Tests and benchmarks use these packages; the site never does.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from open_reports.form import forms
from open_reports.report import DESCRIPTOR, PROSE, Source, csv_text, descriptor, json_text, resources, table_path, table_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from open_reports.form import Column, Line, Rule, TableForm, Term

TABLES = forms().tables

Number = int | Decimal
Figures = dict[str, dict[str, Number | None]]
"""Line to column to figure; None for a cell left blank."""

YEARS = tuple(range(2019, 2026))
AGENCY = "agency.yml"
CREATED = "2026-01-31T00:00:00Z"
WHO = {"xugou-jia": "虚构市甲局", "xugou-yi": "虚构市乙局", "xugou-bing": "虚构市丙局"}
REMOVED = object()
"""Given to `Package.edit_json` in place of a value: the key goes."""


# -- figures that balance -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """How to fill a table so that every identity holds: what is drawn, and what follows from what.

    `sums` are columns that follow from other columns, `totals` and `rests` lines that follow from other lines, each as
    (id, terms); `totals` are sums of their parts, `rests` balance the sides of the other rules.
    """

    sums: tuple[tuple[str, tuple[tuple[int, str], ...]], ...]
    totals: tuple[tuple[str, tuple[tuple[int, str], ...]], ...]
    rests: tuple[tuple[str, tuple[tuple[int, str], ...]], ...]
    drawn: tuple[tuple[Line, Column], ...]


def _solved(rule: Rule, wanted: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Solve a rule for one member: its id and the signed others."""
    members = [(term.sign, term.id) for term in rule.left] + [(-term.sign, term.id) for term in rule.right]
    sign = next(sign for sign, name in members if name == wanted)
    return wanted, tuple((-sign * other, name) for other, name in members if name != wanted)


@cache
def _plan(form: str, table: str) -> Plan:
    table_form = forms()[form].tables[table]
    sums = tuple(_solved(rule, rule.left[0].id) for rule in table_form.rules if rule.axis == "line" and len(rule.left) == 1)
    by_column = [rule for rule in table_form.rules if rule.axis == "column"]
    totals = tuple(_solved(rule, rule.left[0].id) for rule in by_column if len(rule.left) == 1)
    follows = {name for name, _ in totals}
    rests = []
    for rule in by_column:
        if len(rule.left) > 1:
            solved = _solved(rule, next(term.id for term in rule.left if term.id not in follows))
            follows.add(solved[0])
            rests.append(solved)
    columns = {name for name, _ in sums}
    drawn = tuple((line, column) for line, column in table_form.cells if line.id not in follows and column.id not in columns)
    return Plan(sums=sums, totals=totals, rests=tuple(rests), drawn=drawn)


def balanced(table: TableForm, draw: Callable[[Line, Column], Number]) -> Figures:
    """Figures of a table for which every identity of its form holds; none of a count is negative.

    `draw` gives the figures that follow from no other.
    """
    plan = _plan(table.form, table.id)
    figures: dict[str, dict[str, Any]] = {line: {} for line in table.lines}
    for line, column in plan.drawn:
        figures[line.id][column.id] = draw(line, column)
    follow = {name for name, _ in plan.sums}
    for own in table.columns:
        if own not in follow:
            _follow(figures, plan, own)
    for name, terms in plan.sums:
        for cells in figures.values():
            cells[name] = sum(sign * cells[other] for sign, other in terms)
    _bounded(table, figures)
    return figures


def _follow(figures: dict[str, dict[str, Any]], plan: Plan, column: str) -> None:
    """Fill the lines of a column that follow from others."""
    parts = dict(plan.totals)
    for name, terms in plan.totals:
        figures[name][column] = sum(sign * figures[other][column] for sign, other in terms)
    for name, terms in plan.rests:
        value = sum(sign * figures[other][column] for sign, other in terms)
        if value < 0:  # more was carried in than could be dealt with: deal with more
            raised = next(other for sign, other in terms if sign > 0)
            figures[raised][column] -= value
            if raised in parts:
                figures[parts[raised][0][1]][column] -= value
            value = 0
        figures[name][column] = value


def _sparing(draw: Callable[[Line, Column], Number], left_out: set[str]) -> Callable[[Line, Column], Number]:
    """Draw 0 on lines that are left out."""
    return lambda line, column: 0 if line.id in left_out else draw(line, column)


def _drawer(table: TableForm, chance: random.Random, before: Figures) -> Callable[[Line, Column], Number]:
    """Draw figures of everyday size, taking from the year before what a line carries over from it."""
    carried = {rule.left[0].id: rule.right[0].id for rule in table.yearly_rules if rule.axis == "column"}

    def draw(line: Line, column: Column) -> Number:
        if line.id in carried:
            figure = before.get(carried[line.id], {}).get(column.id)
            if figure is not None:
                return figure
        if column.type.id == "money":
            # No year's fees are a fiftieth of another's.
            drawn = chance.randrange(10_000_000)
            return Decimal(drawn if drawn >= 500_000 else drawn + 500_000).scaleb(-2)
        if column.type.id == "change":
            return chance.randrange(-5, 6)
        # Most cells of a real table are 0; a few hold a handful.
        return max(0, int(chance.random() ** 3 * 40) - 8)

    return draw


def _bounded(table: TableForm, figures: Figures) -> None:
    """Raise figures that others leave more of than they say."""
    for rule in table.bounds:
        for place in table.places[rule.id]:
            cells = figures[place.at]
            least = _sum(rule.right, [cells[term.id] for term in rule.right])
            cells[rule.left[0].id] = max(cells[rule.left[0].id] or 0, least)


def _continue(table: TableForm, figures: Figures, before: Figures) -> None:
    """Make the columns that continue from year to year do so, now and next year; a stock never falls below zero."""
    for rule in table.yearly_rules:
        if rule.axis == "column":
            continue  # drawn already
        name = rule.left[0].id
        named = {name, *(term.id for term in rule.right)}
        for line in table.lines.values():
            if not named <= set(line.columns):
                continue
            cells = figures[line.id]
            earlier = before.get(line.id, {})
            values = [(earlier if term.previous else cells).get(term.id) for term in rule.right]
            if None not in values:
                stock = _sum(rule.right, values)
                if stock < 0:
                    raised = next(term.id for term in rule.right if term.sign > 0 and not term.previous)
                    cells[raised] = (cells[raised] or 0) - stock
                    stock = 0
                cells[name] = stock
            if all(term.previous for term in rule.right):
                # What this year decides for the next must not fall below zero either.
                last = rule.right[-1].id
                cells[last] = (cells[last] or 0) - min(0, _sum(rule.right, [cells[term.id] for term in rule.right]))


def _sum(terms: Sequence[Term], values: Sequence[Number | None]) -> Number:
    return sum(term.sign * (value or 0) for term, value in zip(terms, values, strict=True))


# -- one package --------------------------------------------------------------------------------------------------------


@dataclass
class Package:
    """A package in memory: `files` are its bytes by path below its folder, `agency_yml` the bytes of its agency's file.

    The methods change it as a hand at a keyboard would; `write` puts it on disk. `figures` are those it was made with.
    """

    agency: str
    year: int
    form_of: dict[str, str]
    figures: dict[str, Figures]
    files: dict[str, bytes]
    agency_yml: bytes
    absent: tuple[str, ...] = field(default=())

    @property
    def path(self) -> str:
        """Folder below the folder of all packages."""
        return f"{self.agency}/{self.year}"

    def text(self, path: str) -> str:
        """Text of a file; `agency.yml` is the agency's."""
        return (self.agency_yml if path == AGENCY else self.files[path]).decode()

    def put(self, path: str, content: str | bytes) -> None:
        """Replace or add a file."""
        data = content if isinstance(content, bytes) else content.encode()
        if path == AGENCY:
            self.agency_yml = data
        else:
            self.files[path] = data

    def replace(self, path: str, this: str, by: str) -> None:
        """Replace a text that stands in the file exactly once. Raises `ValueError` otherwise."""
        text = self.text(path)
        if text.count(this) != 1:
            raise ValueError(f"{this!r} stands {text.count(this)} times in {path}")
        self.put(path, text.replace(this, by))

    def rows(self, table: str) -> list[list[str]]:
        """Rows of a table's CSV file."""
        return list(csv.reader(io.StringIO(self.text(table_path(table)), newline="")))

    def put_rows(self, table: str, rows: Iterable[Sequence[str]]) -> None:
        """Write a table's CSV file anew."""
        self.put(table_path(table), csv_text(rows))

    def position(self, table: str, line: str) -> int:
        """Index of a line among the rows; 0 is the header."""
        return [row[0] for row in self.rows(table)].index(line)

    def set(self, table: str, line: str, column: str, text: str) -> None:
        """Write a text into one cell."""
        rows = self.rows(table)
        rows[self.position(table, line)][rows[0].index(column)] = text
        self.put_rows(table, rows)

    def edit_json(self, path: str, value: object, file: str = DESCRIPTOR) -> None:
        """Set the value at a path such as `resources[0].schema.missingValues`, or take it away with `REMOVED`."""
        root = json.loads(self.text(file))
        keys: list[Any] = [int(index) if index else name for name, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path) if name or index]
        place = root
        for key in keys[:-1]:
            place = place[key]
        if value is REMOVED:
            del place[keys[-1]]
        else:
            place[keys[-1]] = value
        self.put(file, json_text(root))

    def edit_agency(self, key: str, value: object) -> None:
        """Set one key of `agency.yml`, or take it away with `REMOVED`."""
        lines = [line for line in self.text(AGENCY).splitlines() if not line.startswith(f"{key}:")]
        if value is not REMOVED:
            lines.append(f"{key}: {json.dumps(value, ensure_ascii=False)}")
        self.put(AGENCY, "".join(f"{line}\n" for line in lines))

    def write(self, root: Path) -> Path:
        """Write the package and its agency's file below the folder of all packages; returns the package's folder."""
        folder = root / self.agency / str(self.year)
        folder.mkdir(parents=True)
        (folder / "data").mkdir()
        for path, data in self.files.items():
            (folder / path).write_bytes(data)
        (folder.parent / AGENCY).write_bytes(self.agency_yml)
        return folder


def name_of(agency: str) -> str:
    """Name of an invented agency: 虚构第0001局 for `xugou-0001`."""
    return WHO.get(agency) or f"虚构第{agency.rpartition('-')[2]}局"


def agency_text(agency: str, *, parent: str = "none", kind: str | None = None) -> str:
    """Text of an invented agency's `agency.yml`."""
    kinds = tuple(forms().common.kinds)
    kind = kind or kinds[sum(agency.encode()) % len(kinds)]
    return (
        f"name: {name_of(agency)}\nname_en: Invented Office {agency.rpartition('-')[2]}\nkind: {kind}\nparent: {parent}\n"
        f"region: 虚构省虚构市\nsite: https://www.example.gov.cn/{agency}/\n"
    )


def prescribed(year: int) -> dict[str, str]:
    """Form id of each table as prescribed for a year."""
    form = forms().prescribed_for(year)
    return dict.fromkeys(form.tables, form.id)


def hybrids() -> tuple[dict[str, str], ...]:
    """Every choice of a form for each table, pure ones first."""
    found: list[dict[str, str]] = [{}]
    for table in TABLES:
        found = [{**each, table: form} for each in found for form in forms()]
    return tuple(sorted(found, key=lambda each: len(set(each.values()))))


def package(
    agency: str = "xugou-jia",
    year: int = 2023,
    *,
    seed: int = 0,
    form_of: Mapping[str, str] | None = None,
    absent: Collection[str] = (),
    blank: Collection[str] = (),
    before: Package | None = None,
) -> Package:
    """Make one balanced package.

    `form_of` gives each table's form (unless given, the year's); `absent` are lines left out (`table/line`, left out of sums
    as 0); `blank` the addresses of cells left empty; `before` the package of the year before, which this one continues.
    """
    if before is not None:
        return _made(agency, year, seed=seed, form_of=form_of or {}, absent=absent, blank=blank, before=before)
    found = _alone(agency, year, seed=seed, form_of=tuple((form_of or {}).items()), absent=tuple(absent), blank=frozenset(blank))
    return replace(found, form_of=dict(found.form_of), files=dict(found.files))


@lru_cache(256)  # the tests ask for a few packages thousands of times, the benchmarks once each for a hundred thousand
def _alone(
    agency: str, year: int, *, seed: int, form_of: tuple[tuple[str, str], ...], absent: tuple[str, ...], blank: frozenset[str]
) -> Package:
    return _made(agency, year, seed=seed, form_of=dict(form_of), absent=absent, blank=blank, before=None)


def _made(
    agency: str,
    year: int,
    *,
    seed: int,
    form_of: Mapping[str, str],
    absent: Collection[str],
    blank: Collection[str],
    before: Package | None,
) -> Package:
    known = forms()
    chosen = {**prescribed(year), **form_of}
    chance = random.Random(f"{seed}/{agency}/{year}")  # noqa: S311 (a repeatable generator, not a secret one)
    figures: dict[str, Figures] = {}
    files: dict[str, str] = {}
    for table in TABLES:
        form = known[chosen[table]].tables[table]
        earlier = before.figures[table] if before else {}
        left_out = {line for line in form.lines if f"{table}/{line}" in absent}
        draw = _drawer(form, chance, earlier)
        found = balanced(form, _sparing(draw, left_out))
        _continue(form, found, earlier)
        for line, column in form.cells:
            if f"{table}/{line.id}/{column.id}" in blank:
                found[line.id][column.id] = None
        figures[table] = {line: cells for line, cells in found.items() if line not in left_out}
        files[table_path(table)] = table_text(form, figures[table])
    files[table_path("overview")] = csv_text([known.common.overview.header, *_overview(chance)])
    files[table_path("notes")] = csv_text([known.common.notes.header, *_notes(chosen, figures)])
    files[DESCRIPTOR] = _descriptor_text(agency, year, chosen, tuple(absent))
    files[PROSE] = _prose(agency, year)
    return Package(
        agency=agency,
        year=year,
        form_of=chosen,
        figures=figures,
        files={path: text.encode() for path, text in files.items()},
        agency_yml=agency_text(agency).encode(),
        absent=tuple(absent),
    )


def cell_text(figure: Number | None) -> str:
    """Cell of a CSV file."""
    return "" if figure is None else str(figure)


def table_text(form: TableForm, figures: Figures) -> str:
    """CSV text of a statutory table; lines without figures are absent."""
    absent = [line for line in form.lines if line not in figures]
    return csv_text(table_rows(form, {}, lambda line, column: cell_text(figures[line][column]), absent))


def _overview(chance: random.Random) -> Iterator[tuple[str, str, str, str]]:
    parts = {f"第{number}类信息": chance.randrange(500) for number in "一二三四"}
    yield ("主动公开政府信息", str(sum(parts.values())), "条", "")
    for item, value in parts.items():
        yield (item, str(value), "条", "主动公开政府信息")


def _notes(form_of: Mapping[str, str], figures: Mapping[str, Figures]) -> Iterator[tuple[str, ...]]:
    """Print the first sum of money with its unit, as official tables do."""
    for table, form in form_of.items():
        for line, column in forms()[form].tables[table].cells:
            figure = figures[table].get(line.id, {}).get(column.id)
            if column.type.id == "money" and figure is not None:
                yield (table, line.id, column.id, f"{figure}{column.unit}", f"原文带单位“{column.unit}”")
                return


@cache
def _resources_text(form_of: tuple[tuple[str, str], ...]) -> str:
    return json_text(resources(forms(), dict(form_of))).rstrip("\n").replace("\n", "\n ")


def _descriptor_text(agency: str, year: int, form_of: Mapping[str, str], absent: Sequence[str]) -> str:
    """Write `json_text(descriptor(...))`, byte for byte, with the resources, which are most of it, spelt once for all packages."""
    title = f"{name_of(agency)}{year}年政府信息公开工作年度报告"
    source = Source(title, f"https://www.example.gov.cn/{agency}/{year}.htm")
    whole = descriptor(
        agency=agency,
        year=year,
        title=title,
        sources=[source],
        form_of=form_of,
        created=max(CREATED, f"{year + 1}-01-31T00:00:00Z"),
        published=f"{year + 1}-01-20",
        absent=absent,
    )
    return json_text({**whole, "resources": "@"}).replace('"@"', _resources_text(tuple(form_of.items())))


def _prose(agency: str, year: int) -> str:
    said = {
        "overview": f"{name_of(agency)}是虚构的机关，{year} 年的数据全部由程序生成。",
        "problems": "这里没有真实的问题，也没有真实的改进。",
        "other": "没有收取信息处理费。",
    }
    return "\n".join(
        f"## {section.number}、{section.title.zh}\n\n{said[section.id]}\n" for section in forms().prescribed_for(year).sections
    )


# -- a whole corpus -----------------------------------------------------------------------------------------------------


def history(agency: str, years: Iterable[int] = YEARS, *, seed: int = 0) -> Iterator[Package]:
    """Packages of consecutive years of one agency, each continuing the year before."""
    before = None
    for year in years:
        before = package(agency, year, seed=seed, before=before)
        yield before


def corpus(reports: int, years: Sequence[int] = YEARS, *, seed: int = 0) -> Iterator[Package]:
    """`reports` packages: agencies `xugou-0001` on, every one with all the years but perhaps the last agency."""
    number = 0
    while reports > 0:
        number += 1
        yield from history(f"xugou-{number:04d}", years[:reports], seed=seed)
        reports -= len(years)


def write_corpus(root: Path, reports: int, years: Sequence[int] = YEARS, *, seed: int = 0) -> None:
    """Write `reports` packages below a folder."""
    for each in corpus(reports, years, seed=seed):
        each.write(root)
