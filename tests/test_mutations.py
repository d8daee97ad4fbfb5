"""Hundreds of single faults in made-up histories: whatever contradicts something is found where it stands; what cannot be seen is named.

Whether a fault contradicts anything is decided by `plain_sums`, which shares no code with the checks. Every fault sits in an agency of its
own, in one of three years; all are written below one folder, read once and checked once.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import made_up
import pytest
import yamls
from open_reports.checks.check import check
from open_reports.document import shown
from open_reports.form import forms
from open_reports.library import open_library
from open_reports.report import DESCRIPTOR, table_path
from plain_sums import SUMS, Cells, Sum

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from open_reports.finding import Finding

pytestmark = pytest.mark.unmeasured

TABLES = forms().tables

UNSEEN = yamls.read(Path(__file__).parent / "cases" / "unseen.yml")
ROOT = "datapackages"
EACH = 14
"""Faults of each kind."""
HISTORIES = (((2019, 2020, 2021), 0), ((2019, 2020, 2021), 1), ((2022, 2023, 2024), 1))
"""Years of an agency, and which of them gets the fault: there is a year after it always, a year before it mostly."""
VALID = 300
ARITHMETIC = {"T3-CONS", "T3-SUM", "T3-ROW", "T4-SUM", "XY-CARRY", "XY-ITEMS", "XY-PUBLIC", "XY-STOCK", "T2-STOCK"}


class Refused(NamedTuple):
    """An error that must be found in a file: its rule, its message (a prefix of the code) and where."""

    rule: str
    code: str
    file: str
    row: int | None = None
    column: str | None = None
    address: str | None = None
    level: str = "error"
    found: str | None = None


@dataclass
class Fault:
    """One fault: the three packages, which of them has it, and either the error it must give or the cells whose figures changed."""

    kind: str
    years: list[made_up.Package]
    at: int
    refused: Refused | None = None
    changed: tuple[str, ...] = ()
    texts: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Text before and after of each changed cell."""

    @property
    def agency(self) -> str:
        return self.years[0].agency

    @property
    def package(self) -> made_up.Package:
        return self.years[self.at]

    @property
    def report(self) -> str:
        return self.package.path

    def __str__(self) -> str:
        what = ", ".join(f"{address} {old!r} -> {new!r}" for address, (old, new) in zip(self.changed, self.texts, strict=True))
        return f"{self.agency}: {self.kind} ({what or self.refused})"


# -- faults


class Hand:
    """A hand that makes one slip in one of three years."""

    def __init__(self, agency: str, number: int) -> None:
        self.chance = random.Random(f"{agency}/{number}")  # noqa: S311 (the same faults in every run)
        self.seed = number
        self.agency = agency
        self.span, self.at = HISTORIES[number % len(HISTORIES)]
        self.years = list(made_up.history(agency, self.span, seed=number))
        self.start_here()

    @property
    def package(self) -> made_up.Package:
        return self.years[self.at]

    @property
    def before(self) -> made_up.Package | None:
        """The year before the fault, if there is one."""
        return self.years[self.at - 1] if self.at else None

    def start_here(self) -> None:
        """Take the package as it is now for the one without the fault."""
        self.sound = replace(self.package, files=dict(self.package.files))

    def with_blanks(self, blanks: list[str]) -> None:
        """Have these cells blank from the start; the year after continues from there."""
        self.years[self.at] = made_up.package(self.agency, self.span[self.at], seed=self.seed, before=self.before, blank=blanks)
        for after in range(self.at + 1, len(self.span)):
            self.years[after] = made_up.package(self.agency, self.span[after], seed=self.seed, before=self.years[after - 1])
        self.start_here()

    def cells(self, *tables: str) -> list[tuple[str, str, str, str]]:
        """Table, line, column and text of every cell of the form."""
        found = []
        for table in tables or TABLES:
            rows = self.package.rows(table)
            form = forms()[self.package.form_of[table]].tables[table]
            for row in rows[1:]:
                found += [(table, row[0], column, row[rows[0].index(column)]) for column in form.lines[row[0]].columns]
        return found

    def a_cell(self, *tables: str, text: str | None = None) -> tuple[str, str, str, str]:
        """Pick a cell with a figure, or with this one. Raises `LookupError` where there is none."""
        known = [cell for cell in self.cells(*tables) if (cell[3] not in {"", "0"} if text is None else cell[3] == text)]
        if not known:
            raise LookupError
        return self.chance.choice(known)

    def set(self, *cells: tuple[str, str, str, str]) -> None:
        """Write table, line, column and text of several cells."""
        for table, line, column, text in cells:
            self.package.set(table, line, column, text)

    def row(self, table: str, line: str) -> int:
        """Number of a line's row in its file."""
        return self.package.position(table, line) + 1

    def body(self, table: str = "applications") -> dict[str, list[str]]:
        """Figures of each line, without line id and label."""
        return {row[0]: row[2:] for row in self.package.rows(table)[1:]}

    def put_body(self, body: dict[str, list[str]], table: str = "applications") -> None:
        """Write the figures of each line anew."""
        header, *rows = self.package.rows(table)
        self.package.put_rows(table, [header, *([*row[:2], *body[row[0]]] for row in rows)])

    def two(self, known: list[Any]) -> list[Any]:
        """Pick two of a list. Raises `LookupError` where there are not two."""
        if len(known) < 2:
            raise LookupError
        return self.chance.sample(known, 2)


KINDS: dict[str, Callable[[Hand], Refused | None]] = {}


def kind(name: str) -> Callable[[Callable[[Hand], Refused | None]], Callable[[Hand], Refused | None]]:
    """Register a way to make a fault; it returns the error that the fault must give, or None for a fault of figures."""

    def register(make: Callable[[Hand], Refused | None]) -> Callable[[Hand], Refused | None]:
        KINDS[name] = make
        return make

    return register


def other_digit(hand: Hand, text: str) -> str:
    """The number with one digit misread, still a number as the form spells it."""
    places = [index for index, char in enumerate(text) if char.isdigit()]
    place = hand.chance.choice(places)
    first = place == places[0] and len(text) > 1 and text[place + 1 : place + 2] != "."
    digits = [digit for digit in "123456789" + "0" * (not first) if digit != text[place]]
    return text[:place] + hand.chance.choice(digits) + text[place + 1 :]


def misread(hand: Hand, table: str) -> None:
    table, line, column, text = hand.a_cell(table)
    hand.set((table, line, column, other_digit(hand, text)))


@kind("a wrong digit in table two")
def _(hand: Hand) -> None:
    misread(hand, "disclosure")


@kind("a wrong digit in table three")
def _(hand: Hand) -> None:
    misread(hand, "applications")


@kind("a wrong digit for a zero in table three")
def _(hand: Hand) -> None:
    table, line, column, text = hand.a_cell("applications", text="0")
    hand.set((table, line, column, other_digit(hand, text)))


@kind("a wrong digit in table four")
def _(hand: Hand) -> None:
    misread(hand, "disputes")


@kind("a wrong digit in section one")
def _(hand: Hand) -> None:
    header, *rows = hand.package.rows("overview")
    row = hand.chance.choice(rows)
    row[1] = other_digit(hand, row[1])
    hand.package.put_rows("overview", [header, *rows])


@kind("two digits exchanged")
def _(hand: Hand) -> None:
    known = [(*cell, index) for cell in hand.cells() for index in range(len(cell[3]) - 1) if _exchangeable(cell[3], index)]
    if not known:
        raise LookupError
    table, line, column, text, index = hand.chance.choice(known)
    hand.set((table, line, column, text[:index] + text[index + 1] + text[index] + text[index + 2 :]))


def _exchangeable(text: str, index: int) -> bool:
    one, other = text[index], text[index + 1]
    return one.isdigit() and other.isdigit() and one != other and not (index == 0 and other == "0")


@kind("a wrong digit beside a blank")
def _(hand: Hand) -> None:
    """Another cell of its line and another one of its column are blank from the start: nothing can be tested there."""
    line = hand.chance.choice([line for line in hand.body() if "." in line])
    lines = {"2019": "other", "2021": "other.other"}
    hand.with_blanks([f"applications/{line}/other", f"applications/{lines[hand.package.form_of['applications']]}/research"])
    (text,) = [cell[3] for cell in hand.cells("applications") if cell[1:3] == (line, "research")]
    hand.set(("applications", line, "research", other_digit(hand, text)))


@kind("two cells exchanged in a row")
def _(hand: Hand) -> None:
    line = hand.chance.choice([line for line, cells in hand.body().items() if len(set(cells[:6])) > 1] or [""])
    one, other = hand.two([cell for cell in hand.cells("applications") if cell[1] == line and cell[2] != "total"])
    hand.set((*one[:3], other[3]), (*other[:3], one[3]))


@kind("two cells exchanged in a column")
def _(hand: Hand) -> None:
    column = hand.chance.choice(list(forms()["2021"].tables["applications"].columns))
    one, other = hand.two([cell for cell in hand.cells("applications") if cell[2] == column])
    hand.set((*one[:3], other[3]), (*other[:3], one[3]))


@kind("two cells exchanged anywhere")
def _(hand: Hand) -> None:
    one, other = hand.two(hand.cells("applications"))
    hand.set((*one[:3], other[3]), (*other[:3], one[3]))


@kind("two columns exchanged")
def _(hand: Hand) -> None:
    one, other = hand.two(list(range(6)))
    body = hand.body()
    for cells in body.values():
        cells[one], cells[other] = cells[other], cells[one]
    hand.put_body(body)


@kind("two lines exchanged")
def _(hand: Hand) -> None:
    body = hand.body()
    one, other = hand.two(list(body))
    body[one], body[other] = body[other], body[one]
    hand.put_body(body)


@kind("a row shifted by one cell")
def _(hand: Hand) -> None:
    body = hand.body()
    line = hand.chance.choice([line for line, cells in body.items() if len(set(cells)) > 1] or [""])
    body[line] = [body[line][-1], *body[line][:-1]]
    hand.put_body(body)


@kind("columns shifted")
def _(hand: Hand) -> None:
    """The six applicants, one to the right, the last one in front."""
    body = hand.body()
    hand.put_body({line: [cells[5], *cells[:5], cells[6]] for line, cells in body.items()})


@kind("a zero left out")
def _(hand: Hand) -> None:
    table, line, column, _ = hand.a_cell(text="0")
    hand.set((table, line, column, ""))


@kind("a figure left out")
def _(hand: Hand) -> None:
    table, line, column, _ = hand.a_cell()
    hand.set((table, line, column, ""))


@kind("zero for a blank")
def _(hand: Hand) -> None:
    """The blank stands for whatever the balanced figures have there."""
    table, line, column, _ = hand.chance.choice(hand.cells("applications", "disputes"))
    hand.with_blanks([f"{table}/{line}/{column}"])
    hand.set((table, line, column, "0"))


@kind("a broken carry-over")
def _(hand: Hand) -> None:
    """More carried in than the year before carried out, and as much more dealt with: the report itself balances."""
    body = hand.body()
    column, more = hand.chance.randrange(6), hand.chance.randrange(1, 9)
    for line in ("carried_in", "granted", "total"):
        for place in (column, 6):
            body[line][place] = str(int(body[line][place]) + more)
    hand.put_body(body)


@kind("the table of last year")
def _(hand: Hand) -> None:
    if hand.before is None:
        raise LookupError
    hand.package.put(table_path("applications"), hand.before.text(table_path("applications")))


@kind("yuan for ten thousand yuan")
def _(hand: Hand) -> None:
    known = [cell for cell in hand.cells("disclosure") if cell[2] == "amount" and cell[3] != "0.00"]
    if not known:
        raise LookupError
    table, line, column, text = known[0]
    hand.set((table, line, column, f"{text.partition('.')[0]}0000"))


@kind("a decrease written as an increase")
def _(hand: Hand) -> None:
    known = [cell for cell in hand.cells("disclosure") if cell[2] == "change" and cell[3] != "0"]
    if not known:
        raise LookupError
    table, line, column, text = hand.chance.choice(known)
    hand.set((table, line, column, text.removeprefix("-") if text.startswith("-") else f"-{text}"))


def misspelt(hand: Hand, text: str, by: str, code: str, table: str = "") -> Refused:
    """A cell written otherwise, which is no number at all."""
    known = [cell for cell in hand.cells(*([table] if table else [])) if text in cell[3]]
    if not known:
        raise LookupError
    table, line, column, before = hand.chance.choice(known)
    wrong = before.replace(text, by, 1) if text else before + by
    hand.set((table, line, column, wrong))
    return Refused("NUM", code, table_path(table), hand.row(table, line), column, f"{table}/{line}/{column}", found=shown(wrong))


@kind("a unit behind the number")
def _(hand: Hand) -> Refused:
    return misspelt(hand, "", hand.chance.choice(["件", "元", "万元", "项", "%", "余件"]), "number.unit")


@kind("ten thousand yuan written out")
def _(hand: Hand) -> Refused:
    table, line, column, text = next(cell for cell in hand.cells("disclosure") if cell[2] == "amount")
    hand.set((table, line, column, f"{text}万元"))
    own = forms()[hand.package.form_of[table]].tables[table].columns[column].unit
    code = "number.unit" if own == "万元" else "number.other_unit"
    return Refused("NUM", code, table_path(table), hand.row(table, line), column, f"{table}/{line}/{column}", found=f"{text}万元")


@kind("full-width digits")
def _(hand: Hand) -> Refused:
    digit = hand.chance.choice("0123456789")
    return misspelt(hand, digit, chr(ord(digit) + 0xFEE0), "number.fullwidth")


@kind("a letter read for a digit")
def _(hand: Hand) -> Refused:
    digit, letter = hand.chance.choice(
        [("0", "O"), ("0", "o"), ("0", "〇"), ("1", "l"), ("1", "I"), ("1", "|"), ("5", "S"), ("8", "B"), ("2", "Z")]
    )
    return misspelt(hand, digit, letter, "number.")


@kind("a comma or stop read into a number")
def _(hand: Hand) -> Refused:
    return misspelt(hand, "", hand.chance.choice(["，", "。", ".", "、", "'", " ", "\u3000", "-"]), "number.")


@kind("a row dropped")
def _(hand: Hand) -> Refused:
    table = hand.chance.choice(TABLES)
    rows = hand.package.rows(table)
    (line, *_) = gone = rows.pop(hand.chance.randrange(1, len(rows)))
    assert gone
    hand.package.put_rows(table, rows)
    return Refused("FORM", "table.missing_line", table_path(table), found=line)


@kind("a row doubled")
def _(hand: Hand) -> Refused:
    table = hand.chance.choice(TABLES)
    rows = hand.package.rows(table)
    index = hand.chance.randrange(1, len(rows))
    rows.insert(index, rows[index])
    hand.package.put_rows(table, rows)
    return Refused("FORM", "table.duplicate_line", table_path(table), index + 2, "line", found=rows[index][0])


@kind("rows out of order")
def _(hand: Hand) -> Refused:
    table = hand.chance.choice(TABLES)
    rows = hand.package.rows(table)
    one, other = sorted(hand.two(list(range(1, len(rows)))))
    rows[one], rows[other] = rows[other], rows[one]
    hand.package.put_rows(table, rows)
    return Refused("FORM", "table.line_order", table_path(table), one + 1, "line", found=rows[one][0])


@kind("a comma too many or too few")
def _(hand: Hand) -> Refused:
    table = hand.chance.choice(TABLES)
    rows = hand.package.rows(table)
    index = hand.chance.randrange(1, len(rows))
    place = hand.chance.randrange(2, len(rows[index]))
    if hand.chance.random() < 0.5:
        rows[index].insert(place, "")
    else:
        del rows[index][place]
    hand.package.put_rows(table, rows)
    return Refused("FORM", "table.ragged", table_path(table), index + 1, found=str(len(rows[index])))


@kind("a column dropped")
def _(hand: Hand) -> Refused:
    table = hand.chance.choice(TABLES)
    rows = hand.package.rows(table)
    place = hand.chance.randrange(1, len(rows[0]))
    hand.package.put_rows(table, [row[:place] + row[place + 1 :] for row in rows])
    return Refused("FORM", "table.header", table_path(table), 1)


@kind("a file in another encoding")
def _(hand: Hand) -> Refused:
    table = hand.chance.choice(TABLES)
    encoding, code, row = hand.chance.choice([("gb18030", "file.gb18030", 2), ("utf-16", "file.utf16", None), ("gbk", "file.gb18030", 2)])
    hand.package.put(table_path(table), hand.package.text(table_path(table)).encode(encoding))
    return Refused("FILE", code, table_path(table), row)


@kind("another year in the descriptor")
def _(hand: Hand) -> Refused:
    wrong = hand.package.year + hand.chance.choice([-1, 1])
    if hand.chance.random() < 0.5:
        hand.package.edit_json("report.year", wrong)
        return Refused("META", "meta.year", DESCRIPTOR, found=str(wrong))
    hand.package.edit_json("name", f"{hand.agency}-{wrong}")
    return Refused("META", "meta.name", DESCRIPTOR, found=f"{hand.agency}-{wrong}")


@kind("another year in the title")
def _(hand: Hand) -> Refused:
    title = f"{made_up.name_of(hand.agency)}{hand.package.year - 1}年政府信息公开工作年度报告"
    hand.package.edit_json("title", title)
    return Refused("FORM", "form.title", DESCRIPTOR, level="notice", found=title)


@kind("another form in the descriptor")
def _(hand: Hand) -> Refused:
    table = hand.chance.choice(["disclosure", "applications"])
    (other,) = set(forms()) - {hand.package.form_of[table]}
    made = made_up.package(hand.agency, hand.package.year, form_of={**hand.package.form_of, table: other})
    hand.package.put(DESCRIPTOR, made.files[DESCRIPTOR])
    return Refused("FORM", "table.wrong_form", table_path(table), 1, found=hand.package.form_of[table])


# -- all of them, made, read and checked once


def _cells(package: made_up.Package) -> dict[str, str]:
    """Every cell of every table by its address."""
    found: dict[str, str] = {}
    for table in (*TABLES, "overview"):
        header, *rows = package.rows(table)
        found |= {f"{table}/{row[0]}/{column}": text for row in rows for column, text in zip(header, row, strict=True)}
    return found


def faults() -> Iterator[Fault]:
    """Every fault, some of each kind; a slip that changes nothing is made again with other figures."""
    agencies = (f"xugou-{number:04d}" for number in count(1))
    for name, make in KINDS.items():
        made, number = 0, 0
        while made < EACH:
            number += 1
            assert number < 40 * EACH, f"no way to make {name}"
            hand = Hand(next(agencies), number)
            try:
                refused = make(hand)
            except LookupError:
                continue
            if hand.sound.files == hand.package.files:
                continue
            changed: dict[str, tuple[str, str]] = {}
            if refused is None:
                old, new = _cells(hand.sound), _cells(hand.package)
                changed = {address: (old[address], new[address]) for address in old if old[address] != new[address]}
            yield Fault(name, hand.years, hand.at, refused, tuple(changed), tuple(changed.values()))
            made += 1


class Checked(NamedTuple):
    """Every fault, what was found in its agency, and the plain sums over the same files."""

    faults: list[Fault]
    findings: dict[str, list[Finding]]
    cells: Cells


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    root = tmp_path_factory.mktemp("mutations") / ROOT
    made = list(faults())
    for fault in made:
        for package in fault.years:
            _write(package, root)
    findings: dict[str, list[Finding]] = defaultdict(list)
    for each in check(open_library(root)):
        assert each.agency is not None, each.text()
        findings[each.agency].append(each)
    return Checked(made, findings, Cells(root))


def _write(package: made_up.Package, root: Path) -> None:
    """Write a package beside the other years of its agency."""
    folder = root / package.path
    (folder / "data").mkdir(parents=True)
    for path, data in package.files.items():
        (folder / path).write_bytes(data)
    (folder.parent / made_up.AGENCY).write_bytes(package.agency_yml)


def _broken(fault: Fault, cells: Cells) -> list[Sum]:
    """Sums of this year and the next that the fault broke: the packages were balanced before."""
    return [each for package in fault.years[fault.at :] for each in cells.sums(package.path) if each.broken()]


def _touched(fault: Fault, cells: Cells) -> list[Sum]:
    """Sums of this year and the next that have one of the changed cells."""
    changed = {(fault.report, address) for address in fault.changed}
    return [
        each
        for package in fault.years[fault.at :]
        for each in cells.sums(package.path)
        if any((term.report, term.address) in changed for term in each.terms)
    ]


def _of_figures(checked: Checked) -> list[Fault]:
    return [fault for fault in checked.faults if fault.refused is None]


# -- what is found


def test_there_are_enough_of_every_kind(checked: Checked) -> None:
    assert len(checked.faults) >= 300
    assert set(Counter(fault.kind for fault in checked.faults).values()) == {EACH}
    assert len({fault.agency for fault in checked.faults}) == len(checked.faults)


def test_every_refused_fault_is_found_where_it_is(checked: Checked) -> None:
    """The rule, the message, file, row and column; and what stands there."""
    missed = []
    for fault in checked.faults:
        if fault.refused is None:
            continue
        found = [each for each in checked.findings[fault.agency] if each.year == fault.package.year and _fits(each, fault)]
        if not found:
            missed.append((str(fault), [each.text() for each in checked.findings[fault.agency]]))
    assert missed == []


def _fits(each: Finding, fault: Fault) -> bool:
    wanted = fault.refused
    assert wanted is not None
    place = (each.rule, each.level, each.file, each.row, each.column, each.address)
    expected = (wanted.rule, wanted.level, f"{ROOT}/{fault.report}/{wanted.file}", wanted.row, wanted.column, wanted.address)
    return place == expected and each.code.startswith(wanted.code) and wanted.found in {None, each.found}


def test_a_refused_fault_has_one_cause_and_one_error(checked: Checked) -> None:
    """A clerk who made one slip reads of one; the descriptor of another form is told for each part that differs."""
    several = {}
    for fault in checked.faults:
        found = [each for each in checked.findings[fault.agency] if each.year == fault.package.year]
        if fault.refused is not None and len(found) > 1 and fault.kind != "another form in the descriptor":
            several[str(fault)] = [each.text() for each in found]
    assert several == {}


def test_every_broken_sum_is_found_and_no_other(checked: Checked) -> None:
    """For each fault of figures: one finding for each broken sum, of its rule, in its report, at one of its own cells."""
    for fault in _of_figures(checked):
        broken = _broken(fault, checked.cells)
        found = [each for each in checked.findings[fault.agency] if each.rule in ARITHMETIC or each.rule == "TXT"]
        assert Counter(each.rule for each in found) == Counter(each.rule for each in broken), str(fault)
        for each in broken:
            own = {term.address for term in each.terms if term.report == each.report}
            at = [one for one in found if (one.rule, f"{one.agency}/{one.year}") == (each.rule, each.report) and one.address in own]
            assert at, f"{fault}: {each.rule} at {each.at}"


def test_nothing_else_is_found(checked: Checked) -> None:
    """But for what is unlike other figures, each at its place and no other, and for the table of last year, told as that."""
    seen: Counter[str] = Counter()
    for fault in _of_figures(checked):
        rest = [each for each in checked.findings[fault.agency] if each.rule not in {*ARITHMETIC, "TXT"}]
        odd = [each for each in rest if each.rule in UNLIKE]
        assert {each.level for each in odd} <= {"notice"}
        assert sorted((each.rule, f"{each.agency}/{each.year}", str(each.address)) for each in odd) == sorted(
            _unlike(fault, checked.cells)
        ), str(fault)
        seen.update(each.rule for each in odd)
        copied = [each for each in rest if each.rule == "COPY" and fault.kind == "the table of last year"]
        assert {each.year for each in copied} <= {fault.package.year}
        assert [each.text() for each in rest if each not in odd and each not in copied] == [], str(fault)
    # No slip here makes a count a hundred times another, or a fifth of both beside it: of these JUMP must say nothing at all.
    assert set(seen) == UNLIKE - {"JUMP"}


UNLIKE = {"TOTAL", "FEES", "JUMP", "APPLICANT"}
"""Rules of figures that are no sums: what they must say of a fault is reckoned here again, without the code under test."""
Odd = tuple[str, str, str]


def _unlike(fault: Fault, cells: Cells) -> Iterator[Odd]:
    """Rule, report and address of everything that is unlike the figures beside it, in all years of an agency."""
    for index, package in enumerate(fault.years):
        yield from _lacking_totals(package, cells)
        yield from _most_applicants(package, cells)
        for table in TABLES:
            beside = [each for each in fault.years[max(0, index - 1) : index + 2] if each.form_of.get(table) == package.form_of.get(table)]
            by_year = {each.year: _numbers(cells, each.path, table) for each in beside}
            for address, own in by_year.get(package.year, {}).items():
                around = [by_year.get(package.year + step, {}).get(address) for step in (-1, 1)]
                rule = "FEES" if address.endswith("/amount") else "JUMP"
                if not address.endswith("/change") and _jumps(own, around[0], around[1], rule):
                    yield rule, package.path, address


def _jumps(own: Decimal, before: Decimal | None, after: Decimal | None, rule: str) -> bool:
    if before is None:
        return False
    low, high = min(own, before), max(own, before)
    jump = low > 0 and (high >= 50 * low if rule == "FEES" else high >= 1000 and high >= 100 * low)
    return jump or (after is not None and min(before, after) >= 1000 and own * (50 if rule == "FEES" else 5) < min(before, after))


def _lacking_totals(package: made_up.Package, cells: Cells) -> Iterator[Odd]:
    for table in ("applications", "disputes"):
        for line, row in cells.table(package.path, table).items():
            numbers = [_number(text) for column, text in row.items() if column not in {"line", "label", "total"}]
            if _number(row["total"]) is None and None not in numbers:
                yield "TOTAL", package.path, f"{table}/{line}/total"
                break  # one for a column, at the first


def _most_applicants(package: made_up.Package, cells: Cells) -> Iterator[Odd]:
    row = {
        column: _number(text)
        for column, text in cells.table(package.path, "applications")["new"].items()
        if column not in {"line", "label"}
    }
    total = row.pop("total")
    if total is not None and total >= 10:
        kinds = {column: number or Decimal() for column, number in row.items()}
        whole = max(total, sum(kinds.values()))
        yield from (
            ("APPLICANT", package.path, f"applications/new/{column}")
            for column, number in kinds.items()
            if column != "natural_person" and 2 * number > whole
        )


def _numbers(cells: Cells, report: str, table: str) -> dict[str, Decimal]:
    """Every figure of a table that is a number, by its address."""
    rows = cells.table(report, table)
    found = {f"{table}/{line}/{column}": _number(text) for line, row in rows.items() for column, text in row.items() if column != "label"}
    return {address: number for address, number in found.items() if number is not None}


def _number(text: str) -> Decimal | None:
    return Decimal(text) if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text, re.ASCII) else None


def test_one_wrong_cell_is_found_at_its_cell(checked: Checked) -> None:
    """Where two sums or more of one report speak of the cell, they locate it to the cell; where one does, at its row."""
    located = at_row = 0
    for fault in _of_figures(checked):
        if len(fault.changed) != 1:
            continue
        (address,) = fault.changed
        broken = [each for each in _broken(fault, checked.cells) if each.report == fault.report and "bound" not in SUMS.get(each.rule, ())]
        found = {each.address for each in checked.findings[fault.agency] if each.year == fault.package.year}
        if len(broken) > 1:
            assert found == {address}, str(fault)
            located += 1
        elif broken:
            assert found == {broken[0].at}, str(fault)
            assert address.split("/")[1] == broken[0].at.split("/")[1] or broken[0].rule in {"TXT", "T3-SUM", "T3-CONS"}, str(fault)
            at_row += 1
    assert located >= 3 * EACH
    assert at_row >= EACH


# -- what cannot be seen


def unseen_class(fault: Fault, cells: Cells) -> str:
    """Why a fault of figures that broke no sum cannot be seen."""
    touched = _touched(fault, cells)
    if all(new == "" for _, new in fault.texts):
        return "blanked"
    if all((old, new) == ("", "0") for old, new in fault.texts):
        return "zero_for_blank"
    if not any(_ruled(address) for address in fault.changed):
        return "no_rule"
    return "sums_kept" if touched and all(each.testable() for each in touched) else "untestable"


def _ruled(address: str) -> bool:
    """Whether any sum speaks of cells of this table and column."""
    table, _, column = address.split("/")
    sides = " ".join(side for sum_ in SUMS.values() for side in sum_.values())
    return table == "overview" or re.search(rf"{table}/\S+/(?:{column}|\{{column\}})(?!\S)", sides) is not None


def test_what_is_unseen_is_exactly_what_cannot_be_seen(checked: Checked) -> None:
    """By class and kind as `cases/unseen.yml` lists them; whatever else was done is found."""
    unseen: dict[str, set[str]] = defaultdict(set)
    for fault in checked.faults:
        if not checked.findings[fault.agency]:
            assert fault.refused is None, str(fault)
            assert not _broken(fault, checked.cells), str(fault)
            unseen[unseen_class(fault, checked.cells)].add(fault.kind)
    assert unseen == {entry["class"]: set(entry["kinds"]) for entry in UNSEEN}


def test_every_unseen_class_says_why() -> None:
    for entry in UNSEEN:
        assert set(entry) == {"class", "says", "reason", "kinds"}
        assert entry["says"].endswith("。")
        assert entry["reason"].endswith(".")
        assert set(entry["kinds"]) <= set(KINDS)


# -- no false alarm


def test_nothing_is_found_in_valid_packages(tmp_path: Path) -> None:
    """300 random packages of both forms, of one to seven years, some with cells left blank or marked not applicable, as offices do."""
    chance = random.Random("valid")  # noqa: S311 (the same packages in every run)
    written = 0
    for number in count(1):
        if written >= VALID:
            break
        before = None
        first = chance.choice(made_up.YEARS)
        for year in range(first, chance.choice(range(first, made_up.YEARS[-1] + 1)) + 1):
            made = before = made_up.package(f"xugou-{number:04d}", year, seed=number, before=before)
            known = [
                (table, line.id, column.id) for table, form in made.form_of.items() for line, column in forms()[form].tables[table].cells
            ]
            for table, line, column in chance.sample(known, chance.choice([0, 0, 1, 10])):
                made.set(table, line, column, chance.choice(["", "", "/", "-"]))
            _write(made, tmp_path)
            written += 1
    found = check(open_library(tmp_path))
    # Cells were left blank at random, totals among them: each is one.
    left_out = [each for each in found if each.rule == "TOTAL"]
    assert left_out
    assert {each.found for each in left_out} <= {"", "/", "-"}
    assert [each.text() for each in found if each not in left_out] == []
