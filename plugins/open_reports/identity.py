"""Identity: one rule applied to one place of a report, with its numbers and whether the printed figures agree.

Rules are sentences in the forms; there is one small evaluator and no `eval`. An identity that has a member with nothing
reported cannot be tested, and says why: missing is never a pass, and never a zero.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from open_reports.form import forms
from open_reports.report import Address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from open_reports.form import Rule, RuleText, Term
    from open_reports.library import Library
    from open_reports.report import Report, Table

Result = Literal["holds", "contradicts", "untestable"]
NOT_COLLECTED = "not_collected"
"""Reason of an identity whose other report is not in the library."""
MOST_SHOWN = 7
"""Sums of more members than this show only those that are not zero."""


class Member(NamedTuple):
    """One figure in an identity: `sign` 1 or -1, whose it is, its address and value (None: nothing reported)."""

    sign: int
    agency: str
    year: int
    address: Address
    value: int | Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One rule at one place of a report.

    `at` is the id of the line or column it is applied to (or the item of section one); `blamed` the cell at which a
    contradiction is shown unless other identities locate it better; `reason` why it could not be tested: the status of
    the first member with nothing reported, or `not_collected`.
    """

    rule: RuleText
    table: str
    at: str
    blamed: Address
    left: tuple[Member, ...]
    right: tuple[Member, ...]
    result: Result
    reason: str | None = None

    def gap(self) -> int | Decimal:
        """Left side minus right side of a testable identity."""
        return total(self.left) - total(self.right)

    def __str__(self) -> str:
        sign = {"holds": "=", "contradicts": "≠", "untestable": "?"}[self.result]
        return f"{self.rule.id} {self.at}: {spelt(self.left)} {sign} {spelt(self.right)}"


def total(members: Iterable[Member]) -> int | Decimal:
    """Signed sum of members that all have a value."""
    return sum((member.sign * member.value for member in members if member.value is not None), start=0)


def spelt(members: Sequence[Member]) -> str:
    """Members as a reader adds them up: `7+1+8`; long sums leave out zeros."""
    shown = [member for member in members if member.value] if len(members) > MOST_SHOWN else list(members)
    text = "".join(f"{'-' if member.sign < 0 else '+'}{'?' if member.value is None else member.value}" for member in shown)
    return text.removeprefix("+") or "0"


def judged(
    *, rule: RuleText, table: str, at: str, blamed: Address, left: Sequence[Member], right: Sequence[Member], reason: str | None
) -> Identity:
    """Make an identity of its members: untestable for a reason, else whether its sides are equal."""
    result: Result = "untestable" if reason else "holds" if total(left) == total(right) else "contradicts"
    return Identity(rule=rule, table=table, at=at, blamed=blamed, left=tuple(left), right=tuple(right), result=result, reason=reason)


def _address(table: str, rule: Rule, member: str, at: str) -> Address:
    return Address(table, member, at) if rule.axis == "column" else Address(table, at, member)


def _places(table: Table, rule: Rule) -> Iterator[str]:
    """Lines or columns that a rule speaks of: those that have every cell it names."""
    if rule.axis == "column":
        yield from table.form.columns
        return
    named = {term.id for term in (*rule.left, *rule.right)}
    for line in table.form.lines.values():
        if named <= set(line.columns):
            yield line.id


def identities(report: Report, library: Library | None = None) -> list[Identity]:
    """Every identity of a report: within its tables, with the year before, with the units it consolidates.

    In the order of its tables, the form's rules and its printed lines or columns. Without a library only those within.
    """
    found: list[Identity] = []
    before = library.reports.get((report.agency, report.year - 1)) if library else None
    for name, table in report.tables.items():
        rules = (*table.form.rules, *(table.form.yearly_rules if library else ()))
        found += (_identity(report, before, name, rule, at) for rule in rules for at in _places(table, rule))
    if library:
        found += consolidated(report, library)
    return found


def _identity(report: Report, before: Report | None, name: str, rule: Rule, at: str) -> Identity:
    reasons: list[str] = []
    left = [_member(report, before, _address(name, rule, term.id, at), term, reasons) for term in rule.left]
    right = [_member(report, before, _address(name, rule, term.id, at), term, reasons) for term in rule.right]
    blamed = _address(name, rule, rule.blames, at)
    return judged(rule=rule, table=name, at=at, blamed=blamed, left=left, right=right, reason=reasons[0] if reasons else None)


def _member(report: Report, before: Report | None, address: Address, term: Term, reasons: list[str]) -> Member:
    of = before if term.previous else report
    year = report.year - term.previous
    if of is None:
        reasons.append(NOT_COLLECTED)
        return Member(term.sign, report.agency, year, address, None)
    return member(of, address, term.sign, reasons)


def member(of: Report, address: Address, sign: int, reasons: list[str]) -> Member:
    """One figure of a report as a member; notes the reason where nothing is reported there."""
    table = of.tables[address.table]
    value = table.value(address.line, address.column)
    if value is None:
        reasons.append(table.status(address.line, address.column))
    return Member(sign, of.agency, of.year, address, value)


def contradictory(report: Report, before: Report | None) -> bool:
    """Whether any identity within the report or with the year before fails: the quick question, for most do not."""
    for name, table in report.tables.items():
        numbers = table.numbers
        old = before.tables[name].numbers if before else {}
        for rule in (*table.form.rules, *table.form.yearly_rules):
            if _fails(rule, table, numbers, old, before.tables[name] if before else None):
                return True
    return False


Numbers = dict[str, tuple["int | Decimal | None", ...]]


def _fails(rule: Rule, table: Table, numbers: Numbers, old: Numbers, before: Table | None) -> bool:
    terms = (*((term, term.sign) for term in rule.left), *((term, -term.sign) for term in rule.right))
    if rule.axis == "column":
        rows = [(old if term.previous else numbers).get(term.id) for term, _ in terms]
        if None in rows:
            return False
        signs = [sign for _, sign in terms]
        return any(None not in column and sum(map(_times, signs, column)) != 0 for column in zip(*rows, strict=True))
    if any(term.previous for term, _ in terms) and (before is None or before.form.header != table.form.header):
        return False
    positions = [(table.form.header.index(term.id) - 2, sign, term.previous) for term, sign in terms]
    for line in _places(table, rule):
        row, former = numbers.get(line), old.get(line)
        if row is None or (former is None and any(previous for _, _, previous in positions)):
            continue
        values = [(former if previous else row)[position] for position, _, previous in positions]  # type: ignore[index]
        if None not in values and sum(map(_times, (sign for _, sign, _ in positions), values)) != 0:  # type: ignore[arg-type]
            return True
    return False


def _times(sign: int, value: int) -> int:
    return value if sign > 0 else -value


def located(tested: Sequence[Identity]) -> dict[int, Address]:
    """Where one cell alone explains several contradictions: position in `tested` to that cell's address.

    A cell is blamed if one other value in it would settle every contradiction it belongs to, at least two of them,
    without upsetting an identity that holds; and only if no other cell could be blamed for any of these.
    """
    containing: dict[Address, list[tuple[int, int]]] = defaultdict(list)
    for position, identity in enumerate(tested):
        if identity.result == "untestable" or not identity.left:
            continue
        year = identity.left[0].year
        for side, members in ((1, identity.left), (-1, identity.right)):
            for each in members:
                if each.year == year:
                    containing[each.address].append((position, side * each.sign))
    explains: dict[Address, list[int]] = {}
    for address, uses in containing.items():
        wanted = {sign * tested[position].gap() for position, sign in uses}
        positions = [position for position, _ in uses]
        if len(positions) > 1 and len(wanted) == 1 and wanted != {0}:
            explains[address] = positions
    blamed: dict[int, list[Address]] = defaultdict(list)
    for address, positions in explains.items():
        for position in positions:
            blamed[position].append(address)
    return {
        position: address
        for address, positions in explains.items()
        if all(blamed[position] == [address] for position in positions)
        for position in positions
    }


def consolidated(report: Report, library: Library) -> Iterator[Identity]:
    """Figures of a consolidated report against the sum of the units that its package names, cell by cell."""
    rule = forms().rules["AGG"]
    for statement in report.consolidates:
        units = [library.reports.get((unit, report.year)) for unit in statement.units]
        for name, table in report.tables.items():
            for line, column in table.form.cells:
                if not statement.covers(name, line.id):
                    continue
                address = Address(name, line.id, column.id)
                reasons: list[str] = []
                left = [member(report, address, 1, reasons)]
                right = []
                for unit, found in zip(statement.units, units, strict=True):
                    if found is None:
                        reasons.append(NOT_COLLECTED)
                        right.append(Member(1, unit, report.year, address, None))
                    else:
                        right.append(member(found, address, 1, reasons))
                yield judged(
                    rule=rule, table=name, at=line.id, blamed=address, left=left, right=right, reason=reasons[0] if reasons else None
                )


def by_result(found: Iterable[Identity]) -> Mapping[Result, int]:
    """Count identities by result."""
    counts: dict[Result, int] = {"holds": 0, "contradicts": 0, "untestable": 0}
    for each in found:
        counts[each.result] += 1
    return counts
