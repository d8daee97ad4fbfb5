"""Identity: one rule applied to one place of a report, with its numbers and whether the printed figures agree.

Rules are sentences in the forms; there is one small evaluator and no `eval`. An identity that has a member with nothing
reported cannot be tested, and says why: missing is never a pass, and never a zero.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from open_reports.checks.agreement import agree_rounded, decimals, settling
from open_reports.form import forms
from open_reports.report import Address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from open_reports.checks.counting import Passed
    from open_reports.form import Place, Rule, RuleText, Strand
    from open_reports.library import Library
    from open_reports.report import Report, Table

Result = Literal["holds", "rounded", "contradicts", "untestable"]
RESULTS: tuple[Result, ...] = ("holds", "rounded", "contradicts", "untestable")
_SIGNS = {"holds": "=", "rounded": "≈", "contradicts": "≠", "untestable": "?"}
_SIGNS_AT_LEAST = _SIGNS | {"holds": "≥", "contradicts": "<"}
"""Sign between the two sides of an identity, by its result."""
NOT_COLLECTED = "not_collected"
"""Reason of an identity whose other report is not in the library."""
MOST_SHOWN = 7
"""Sums of more members than this show only those that are not zero."""


# A tuple, not a dataclass: a corpus makes millions of members, and a tuple costs a third of one (`benchmarks check`, cold).
class Member(NamedTuple):
    """One figure in an identity: `sign` 1 or -1, whose it is, its address and value (None: nothing reported)."""

    sign: int
    agency: str
    year: int
    address: Address
    value: int | Decimal | None
    missing: str | None = None
    """Why there is no value: the status of the cell, or `not_collected`, which a blank cell of a collected report is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One rule at one place of a report.

    `at` is the id of the line or column it is applied to (or the item of section one); `blamed` the cell at which a
    contradiction is shown unless other identities locate it better; `reason` why it could not be tested: the status of
    the first member with nothing reported, or `not_collected`. `parts` are the members of the right side with which a
    contradiction is settled: where a unit's total contradicts its own report, the parts that it states are taken for it.
    """

    rule: RuleText
    table: str
    at: str
    blamed: Address
    left: tuple[Member, ...]
    right: tuple[Member, ...]
    result: Result
    reason: str | None = None
    parts: tuple[Member, ...] = ()

    def gap(self) -> int | Decimal:
        """Left side minus right side of a testable identity."""
        return total(self.left) - total(self.right)

    @property
    def sign(self) -> str:
        """Sign between the two sides."""
        return (_SIGNS_AT_LEAST if getattr(self.rule, "at_least", False) else _SIGNS)[self.result]

    def settling(self, address: Address) -> tuple[int | Decimal, int | Decimal]:
        """What stands at a cell of this report in a testable identity, and what would settle the identity there."""
        year = self.left[0].year
        for side, members in ((1, self.left), (-1, self.right)):
            for each in members:
                if each.address == address and each.year == year and each.agency == self.left[0].agency and each.value is not None:
                    return each.value, each.value - side * each.sign * self.gap()
        message = f"{address} is no member of {self}"
        raise ValueError(message)

    def __str__(self) -> str:
        return f"{self.rule.id} {self.at}: {spelt(self.left)} {self.sign} {spelt(self.right)}"


def total(members: Iterable[Member]) -> int | Decimal:
    """Signed sum of members that all have a value."""
    return sum((member.sign * member.value for member in members if member.value is not None), start=0)


def spelt(members: Sequence[Member]) -> str:
    """Members as a reader adds them up: `7+1+8`; long sums leave out zeros."""
    # Twenty terms of which three count would hide the three. Missing members are left out with the zeros only in long sums:
    # such an identity is not testable, and its reason names the first of them.
    shown = [member for member in members if member.value] if len(members) > MOST_SHOWN else list(members)
    text = "".join("+?" if member.value is None else f"{member.sign * member.value:+}" for member in shown)
    return text.removeprefix("+") or "0"


def judged(
    *, rule: RuleText, table: str, at: str, blamed: Address, left: Sequence[Member], right: Sequence[Member], reason: str | None
) -> Identity:
    """Make an identity of its members: untestable for a reason, else whether its sides are equal (or the left at least the right), or agree when rounded."""
    gap = 0 if reason else total(left) - total(right)
    holds = gap >= 0 if getattr(rule, "at_least", False) else gap == 0
    result: Result = "untestable" if reason else "holds" if holds else "contradicts"
    if result == "contradicts":
        places = (decimals(each.value for each in left), decimals(each.value for each in right))
        result = "rounded" if agree_rounded(total(left), total(right), places) else result
    return Identity(rule=rule, table=table, at=at, blamed=blamed, left=tuple(left), right=tuple(right), result=result, reason=reason)


def yearly(report: Report, library: Library) -> list[Identity]:
    """Identities of a report with the year before."""
    before = library.before(report)
    return [
        identity_at(report, before, rule, place)
        for table in report.tables.values()
        for rule in table.form.yearly_rules
        for place in table.form.places[rule.id]
    ]


def identities(report: Report, library: Library | None = None) -> list[Identity]:
    """Every identity of a report: within its tables, with the year before, with the units it consolidates.

    In the order of its tables, the form's rules and its printed lines or columns. Without a library only those within.
    """
    found: list[Identity] = []
    before = library.before(report) if library else None
    for table in report.tables.values():
        # Without a library there is no year before, and an identity that nobody could test is not worth telling.
        rules = (*table.form.rules, *(table.form.yearly_rules if library else ()))
        found += [identity_at(report, before, rule, place) for rule in rules for place in table.form.places[rule.id]]
    if library:
        found += consolidated(report, library)
    return found


def identity_at(report: Report, before: Report | None, rule: Rule, place: Place) -> Identity:
    """Return the identity of a rule at one of its places."""
    reasons: list[str] = []
    left, right = ([_member(report, before, cell, reasons) for cell in side] for side in (place.left, place.right))
    reason = reasons[0] if reasons else None
    return judged(rule=rule, table=place.blamed.table, at=place.at, blamed=place.blamed, left=left, right=right, reason=reason)


# Every missing member is noted, though only the first is told: whoever mends it should not meet the next one by surprise
# in another order than the printed one.
def _member(report: Report, before: Report | None, cell: tuple[int, bool, Address], reasons: list[str]) -> Member:
    sign, previous, address = cell
    if not previous:
        return member(report, address, sign, reasons)
    if before is not None:
        return member(before, address, sign, reasons)
    reasons.append(NOT_COLLECTED)
    return Member(sign, report.agency, report.year - 1, address, None, NOT_COLLECTED)


def member(of: Report, address: Address, sign: int, reasons: list[str]) -> Member:
    """One figure of a report as a member; notes the reason where nothing is reported there."""
    table = of.tables.get(address.table)
    value = None
    if table is not None:
        # Not `table.value`: this is the innermost step of every check, and the two look-ups are the whole of it.
        row = table.numbers.get(address.line)
        position = table.form.positions.get(address.column)
        value = None if row is None or position is None else row[position]
    if value is not None:
        return Member(sign, of.agency, of.year, address, value)
    missing = of.status(*address)
    reasons.append(missing)
    return Member(sign, of.agency, of.year, address, None, missing)


def along(report: Report, library: Library | None, passed: Passed) -> bool:
    """Count the identities along the strands that hold or cannot be tested; return whether any differs.

    No identity is made for it: few differ, and only those are worth their cost.
    """
    before = library.before(report) if library else None
    holds, untestable, differs = passed.holds, passed.untestable, False
    for name, table in report.tables.items():
        for rule, places in table.form.tried.items():
            holds[rule] = holds.get(rule, 0) + places
        for strand, own, previous in strands(table, before.tables.get(name) if before else None):
            for rule, missing in _odd(strand, own, previous):
                holds[rule] -= 1
                if missing:
                    untestable[rule] = untestable.get(rule, 0) + 1
                else:
                    differs = True
        # Without a library there is no year before, and an identity that nobody could test is not worth telling.
        for yearly_rule in () if library else table.form.yearly_rules:
            holds.pop(yearly_rule.id, None)
            untestable.pop(yearly_rule.id, None)
    return differs


def contradictory(report: Report) -> bool:
    """Whether any identity within the report fails: the quick question, for most do not."""
    return any(any(gaps(strand, own, previous)) for table in report.tables.values() for strand, own, previous in strands(table, None))


# Strands are rows and columns of plain numbers: comparing them needs no identity, member or address, which is what makes a
# check of a whole corpus cheap (`benchmarks check`, 10,000 packages).
Values = tuple["int | Decimal | None", ...]


def strands(table: Table, before: Table | None) -> Iterator[tuple[Strand, Values, Values]]:
    """Every strand of a table with its own numbers and those of the year before that its rules name."""
    numbers = table.numbers
    # A line that the report leaves out takes part with nothing in each cell, so that its strands are judged untestable, not skipped.
    blank = (None,) * len(table.form.columns)
    columns = dict(zip(table.form.columns, zip(*(numbers.get(line, blank) for line in table.form.lines), strict=True), strict=True))
    for strand in table.form.strands:
        own = columns[strand.at] if strand.axis == "column" else numbers.get(strand.at, blank)
        if strand.previous:
            yield strand, own, tuple([before.value(each.line, each.column) if before else None for each in strand.previous])
        else:
            yield strand, own, ()


@lru_cache(maxsize=50_000)
def gaps(strand: Strand, own: Values, previous: Values) -> tuple[int | Decimal | None, ...]:
    """Left minus right side of each rule of a strand, None where a member has no value; a corpus repeats few strands often."""
    found: list[int | Decimal | None] = []
    for cells in strand.members:
        gap: int | Decimal | None = 0
        for position, before, sign in cells:
            value = previous[position] if before else own[position]
            # Missing is no zero: one missing member makes the whole identity untestable, whatever the others say.
            if value is None or gap is None:
                gap = None
                break
            gap += sign * value
        found.append(gap)
    return tuple(found)


@lru_cache(maxsize=50_000)
def _odd(strand: Strand, own: Values, previous: Values) -> tuple[tuple[str, bool], ...]:
    """Rules of a strand that do not hold along it, each with whether a member has no value; most strands have none."""
    # Not from the cache of `gaps`, which would keep the same numbers twice.
    found = zip(strand.rules, gaps.__wrapped__(strand, own, previous), strict=True)
    return tuple((rule.id, gap is None) for (rule, _), gap in found if gap is None or gap)


def located(tested: Sequence[Identity]) -> dict[int, Address]:
    """Where one cell alone explains several contradictions: position in `tested` to that cell's address.

    A cell is blamed if one other value in it would settle every contradiction it belongs to, at least two of them,
    without upsetting an identity that holds; and only if no other cell could be blamed for any of these.
    """
    explains: dict[Address, list[int]] = {}
    for address, uses in _uses(tested).items():
        # The change that would settle each identity: the same for all of them, or this cell is not the one to blame.
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
        # Two cells that explain the same equally well: neither is named, for a wrong hint costs more than none.
        if all(blamed[position] == [address] for position in positions)
        for position in positions
    }


def _uses(tested: Sequence[Identity]) -> dict[Address, list[tuple[int, int]]]:
    """Identities that each cell of this year belongs to: position in `tested`, and the sign with which it enters the gap."""
    containing: dict[Address, list[tuple[int, int]]] = defaultdict(list)
    for position, identity in enumerate(tested):
        if identity.result in {"untestable", "rounded"} or not identity.left:
            continue
        year = identity.left[0].year
        for side, members in ((1, identity.left), (-1, identity.right)):
            for each in members:
                # A figure of the year before is published already, and its own report is checked by itself: it is not blamed here.
                if each.year == year:
                    containing[each.address].append((position, side * each.sign))
    return containing


def bounds(report: Report) -> Iterator[Identity]:
    """Figures of a report that must be at least what others leave of them, in the order of its tables."""
    for table in report.tables.values():
        for rule in table.form.bounds:
            yield from (identity_at(report, None, rule, place) for place in table.form.places[rule.id])


def consolidated(report: Report, library: Library) -> Iterator[Identity]:
    """Figures of a consolidated report against the sum of the units that its package names, cell by cell."""
    rule = forms().rules["AGG"]
    known: dict[str, Mapping[Address, list[tuple[Member, ...]]]] = {}
    for statement in report.consolidates:
        # The library cannot know that all units are present, so only what the package itself names is summed.
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
                        right.append(Member(1, unit, report.year, address, None, NOT_COLLECTED))
                    else:
                        right.append(member(found, address, 1, reasons))
                made = judged(
                    rule=rule, table=name, at=line.id, blamed=address, left=left, right=right, reason=reasons[0] if reasons else None
                )
                yield _with_parts(made, [each for each in units if each], known) if made.result == "contradicts" else made


def own_parts(report: Report) -> Mapping[Address, list[tuple[Member, ...]]]:
    """Totals of a report that contradict their own parts, each with those parts: a total may have them in its line and its column."""
    found: dict[Address, list[tuple[Member, ...]]] = defaultdict(list)
    for each in identities(report) if contradictory(report) else ():
        if each.result == "contradicts":
            for one, other in ((each.left, each.right), (each.right, each.left)):
                if len(one) == 1 < len(other) and one[0].sign > 0 and total(other) not in map(total, found[one[0].address]):
                    found[one[0].address].append(other)
    return found


def _with_parts(made: Identity, units: Sequence[Report], known: dict[str, Mapping[Address, list[tuple[Member, ...]]]]) -> Identity:
    """Return a sum over units that does not hold with the parts that settle it, if the units' own parts do."""
    for unit in units:
        if unit.agency not in known:
            known[unit.agency] = own_parts(unit)
    offered = [known[each.agency].get(each.address, []) for each in made.right]
    changes = [[total(parts) - (each.value or 0) for parts in of] for each, of in zip(made.right, offered, strict=True)]
    chosen = settling(made.gap(), changes)
    if chosen is None:
        return made
    parts = [(each,) if at is None else of[at] for each, of, at in zip(made.right, offered, chosen, strict=True)]
    return replace(made, parts=tuple(member for members in parts for member in members))
