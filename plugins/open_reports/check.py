"""Checks: the judge's verdict, the form's identities, what the form asks of a report.

An identity that has a blank member is not testable: missing is never a pass, and never a zero. Nothing here changes a figure.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from open_reports.finding import LEVELS, Finding, finding
from open_reports.form import Rule, forms
from open_reports.report import Address, judge, number, table_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from open_reports.cache import Cache
    from open_reports.finding import Level
    from open_reports.library import Library
    from open_reports.report import Report, Table

Result = Literal["holds", "contradicts", "untestable"]
MOST_SHOWN = 7
"""Sums of more members than this show only those that are not zero."""


class Member(NamedTuple):
    """One figure in an identity: `sign` 1 or -1, its address and value (None: nothing reported)."""

    sign: int
    address: Address
    value: int | Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One rule of the form applied to one column or line of a report.

    `at` is the id of that column or line; `result` whether the printed figures agree, and `reason` why it could not be
    tested (the status of the first member with nothing reported).
    """

    rule: Rule
    table: str
    at: str
    left: tuple[Member, ...]
    right: tuple[Member, ...]
    result: Result
    reason: str | None = None

    @property
    def blamed(self) -> Address:
        """Cell at which a contradiction is shown unless other identities locate it better."""
        return _address(self.table, self.rule, self.rule.blames, self.at)

    def gap(self) -> int | Decimal:
        """Left side minus right side of a testable identity."""
        return total(self.left) - total(self.right)

    def __str__(self) -> str:
        sign = {"holds": "=", "contradicts": "≠", "untestable": "?"}[self.result]
        return f"{self.rule.id} {self.at}: {spelt(self.left)} {sign} {spelt(self.right)}"


def _address(table: str, rule: Rule, member: str, at: str) -> Address:
    return Address(table, member, at) if rule.axis == "column" else Address(table, at, member)


def total(members: Iterable[Member]) -> int | Decimal:
    """Signed sum of members that all have a value."""
    return sum((member.sign * member.value for member in members if member.value is not None), start=0)


def spelt(members: Sequence[Member]) -> str:
    """Members as a reader adds them up: `7+1+8`; long sums leave out zeros."""
    shown = [member for member in members if member.value] if len(members) > MOST_SHOWN else list(members)
    text = "".join(f"{'-' if member.sign < 0 else '+'}{'?' if member.value is None else member.value}" for member in shown)
    return text.removeprefix("+") or "0"


def identities(report: Report) -> Iterator[Identity]:
    """Every identity of the report's tables, in the order of the form's rules and its printed lines or columns."""
    for name, table in report.tables.items():
        for rule in table.form.rules:
            places = table.form.columns if rule.axis == "column" else table.form.lines
            for at in places:
                yield _identity(name, table, rule, at)


def _identity(name: str, table: Table, rule: Rule, at: str) -> Identity:
    sides = []
    reason = None
    for terms in (rule.left, rule.right):
        members = []
        for term in terms:
            address = _address(name, rule, term.id, at)
            value = table.value(address.line, address.column)
            if value is None and reason is None:
                reason = table.status(address.line, address.column)
            members.append(Member(term.sign, address, value))
        sides.append(tuple(members))
    left, right = sides
    result: Result = "untestable" if reason else "holds" if total(left) == total(right) else "contradicts"
    return Identity(rule=rule, table=name, at=at, left=left, right=right, result=result, reason=reason)


def located(tested: Sequence[Identity]) -> dict[int, Address]:
    """Where one cell alone explains several contradictions: position in `tested` to that cell's address.

    A cell is blamed if one other value in it would settle every contradiction it belongs to, at least two of them,
    without upsetting an identity that holds; and only if it is the one such cell.
    """
    containing: dict[Address, list[tuple[int, int]]] = defaultdict(list)
    for position, identity in enumerate(tested):
        if identity.result == "untestable":
            continue
        for side, members in ((1, identity.left), (-1, identity.right)):
            for member in members:
                containing[member.address].append((position, side * member.sign))
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
        if tested[position].result == "contradicts"
    }


def _contradictions(report: Report) -> Iterator[Finding]:
    tested = list(identities(report))
    if all(identity.result != "contradicts" for identity in tested):
        return
    places = located(tested)
    for position, identity in enumerate(tested):
        if identity.result != "contradicts":
            continue
        table = report.tables[identity.table]
        address = places.get(position, identity.blamed)
        single = identity.left if len(identity.left) == 1 else identity.right if len(identity.right) == 1 else identity.left
        other = identity.right if single is identity.left else identity.left
        found, expected = total(single), total(other)
        line, column = table.form.lines[address.line], table.form.columns[address.column]
        stated = str(found) if len(single) == 1 else f"{spelt(single)} = {found}"
        yield finding(
            "identity.located" if position in places else "identity",
            rule=identity.rule.id,
            address=str(address),
            expected=str(expected),
            found=str(found),
            file=f"{report.place}/{table_path(identity.table)}",
            row=table.row_numbers.get(address.line),
            column=column.id,
            column_title=column.label,
            says=identity.rule.says,
            line=line.label,
            at=table.form.lines[identity.at].label if identity.rule.axis == "line" else table.form.columns[identity.at].label,
            equation=f"{stated} ≠ {expected} = {spelt(other)}",
            cell=table.text(address.line, address.column),
        )


def _form(report: Report) -> Iterator[Finding]:
    """What the statutory form asks of a whole report: notices, never errors, for official reports do differ."""
    known = forms()
    prescribed = known.prescribed_for(report.year)
    for name, table in report.tables.items():
        form = known[table.form.form]
        differs = (
            form.tables[name].lines.keys() != prescribed.tables[name].lines.keys()
            or form.tables[name].header != prescribed.tables[name].header
        )
        if differs and not form.prescribed_for(report.year):
            yield finding(
                "form.year",
                file=f"{report.place}/{table_path(name)}",
                table=table.form.title,
                found=form.id,
                expected=prescribed.id,
                reference=prescribed.reference,
            )
    for name, line in report.absent:
        form_table = report.tables[name].form
        yield finding(
            "form.absent",
            file=f"{report.place}/{table_path(name)}",
            address=f"{name}/{line}",
            table=form_table.title,
            found=form_table.lines[line].label.zh,
        )
    headings = [heading for heading, _ in report.headings]
    for section in known.common.sections:
        if section.id not in report.prose:
            yield finding(
                "form.section",
                file=f"{report.place}/report.md",
                expected=f"## {section.number}、{section.title.zh}",
                found="、".join(headings),
            )
    order = [section.id for section in known.common.sections if section.id in report.prose]
    if list(report.prose) != order:
        yield finding("form.order", file=f"{report.place}/report.md", found="、".join(headings))
    if str(report.year) not in report.title:
        yield finding("form.title", file=f"{report.place}/datapackage.json", found=report.title, expected=str(report.year))


def _stated_sums(report: Report) -> Iterator[Finding]:
    """A sum stated in section one against its stated parts."""
    for item in report.overview:
        parts = [part for part in report.overview if part.part_of == item.item]
        values = [number(part.text) for part in parts]
        stated = number(item.text)
        if not parts or stated is None or any(value is None for value in values):
            continue
        expected = sum((value for value in values if value is not None), start=0)
        if expected != stated:
            yield finding(
                "narrative.sum",
                address=str(Address("overview", item.item, "value")),
                expected=str(expected),
                found=str(stated),
                file=f"{report.place}/{table_path('overview')}",
                row=item.row,
                column="value",
                column_title={name: title for name, title, _ in forms().common.overview.fields}["value"],
                item=item.item,
                equation=f"{stated} ≠ {expected} = {'+'.join(part.text for part in parts)}",
            )


def check_report(report: Report) -> tuple[Finding, ...]:
    """Every discrepancy and notice within one report, each with the explanation that its package gives for it."""
    given = {(each.rule, each.address): each for each in report.explanations}
    found = []
    for each in (*_contradictions(report), *_stated_sums(report), *_form(report)):
        placed = each.of(report.agency, report.year)
        found.append(placed.explained(given.get((placed.rule, placed.address or ""))))
    return tuple(found)


def check(library: Library, cache: Cache | None = None) -> tuple[Finding, ...]:
    """Every finding of a library: what could not be read, what frictionless refuses, what does not reconcile.

    `cache` remembers packages that the judge has passed before, by their content.
    """
    unknown = [report for report in library if cache is None or report.digest not in cache]
    verdicts = judge(unknown)
    if cache is not None:
        refused = {(each.agency, each.year) for each in verdicts}
        cache.add(report.digest for report in unknown if not verdicts or (report.agency, report.year) not in refused)
    return (*library.findings, *verdicts, *(each for report in library for each in check_report(report)))


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that forbid publication."""
    return tuple(each for each in findings if each.level == "error")


def counts(findings: Iterable[Finding]) -> dict[Level, int]:
    """Number of findings of each level."""
    found = [each.level for each in findings]
    return {level: found.count(level) for level in LEVELS}
