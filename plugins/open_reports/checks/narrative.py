"""The narrative against the tables: stated sums against their parts, stated figures against their cells.

What an item of section one or a phrase of `report.md` means is data (`forms/foi-cn/narrative.yml`); what no entry names is not
compared. The two often differ in scope, so a difference is a notice and its wording asks to compare.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from open_reports.checks.identity import Identity, Member, judged, member
from open_reports.form import forms
from open_reports.report import Address, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_reports.form import Cells, Statement
    from open_reports.report import Item, Report

RULE = "TXT"


class Stated(NamedTuple):
    """One comparison: the identity, where the figure is stated, and how it is called there."""

    identity: Identity
    kind: str
    name: str
    row: int


def stated(report: Report) -> Iterator[Stated]:
    """Every figure that the narrative states and the tables or its own parts can be compared with."""
    by_item = {item: statement for statement in forms().narrative for item in statement.items}
    parts: dict[str, list[Item]] = {}
    for item in report.overview:
        if item.part_of:
            parts.setdefault(item.part_of, []).append(item)
    for item in report.overview:
        # Both may hold: an item can be the sum of its parts and a figure of the tables.
        if item.item in parts:
            yield Stated(_sum(report, item, parts[item.item]), "narrative.sum", item.item, item.row)
        statement = by_item.get(item.item)
        # A part is counted as its whole is: what a bureau has in its files and calls 不予公开 are documents, not answers to requests.
        if statement is not None and (not item.part_of or item.part_of in by_item):
            identity = _figure(report, statement, _of_item(report, item, []), item.item)
            if identity is not None:
                yield Stated(identity, "narrative.figure", item.item, item.row)
    yield from _prose(report)


def _of_item(report: Report, item: Item, reasons: list[str]) -> Member:
    value = number(item.text)
    if value is None:
        reasons.append("blank")
    return Member(1, report.agency, report.year, Address("overview", item.item, "value"), value, "blank" if value is None else None)


def _sum(report: Report, item: Item, parts: list[Item]) -> Identity:
    reasons: list[str] = []
    left = [_of_item(report, item, reasons)]
    right = [_of_item(report, part, reasons) for part in parts]
    return judged(
        rule=forms().rules[RULE],
        table="overview",
        at=item.item,
        blamed=left[0].address,
        left=left,
        right=right,
        reason=reasons[0] if reasons else None,
    )


def _figure(report: Report, statement: Statement, left: Member, at: str) -> Identity | None:
    """Compare a stated figure with its cells: the first meaning that agrees, else the usual one; None if no form has it."""
    meanings = [found for meaning in statement.means if (found := _meant(report, meaning)) is not None]
    usual = None
    # Offices count the same words in different ways (with or without what was carried in). A figure that agrees with one of the
    # meanings on record is right; which one was meant cannot be known.
    for right, reasons in meanings:
        reason = "blank" if left.value is None else reasons[0] if reasons else None
        identity = judged(
            rule=forms().rules[RULE], table=left.address.table, at=at, blamed=left.address, left=[left], right=right, reason=reason
        )
        if identity.result == "holds":
            return identity
        usual = usual or identity
    return usual


def _meant(report: Report, meaning: tuple[Cells, ...]) -> tuple[list[Member], list[str]] | None:
    reasons: list[str] = []
    members = []
    for cells in meaning:
        table = report.tables.get(cells.table)
        lines = cells.lines(table.form) if table else ()
        # A form without such a line, not a report without the figure: this meaning cannot be what the writer had in mind.
        if not lines:
            return None
        members += [member(report, Address(cells.table, line, cells.column), 1, reasons) for line in lines]
    return members, reasons


@cache
def _phrases() -> tuple[re.Pattern[str], dict[str, Statement]]:
    """One pattern for every phrase, the longest first, so that a phrase is not read as a part of a longer one."""
    by_phrase = {phrase: statement for statement in forms().narrative for phrase in statement.phrases}
    spelt = "|".join(re.escape(phrase) for phrase in sorted(by_phrase, key=len, reverse=True))
    # No decimals and no percentages: a share that follows the phrase is another figure.
    return re.compile(rf"(?P<phrase>{spelt}) ?(?P<number>0|[1-9][0-9]{{0,8}})(?![0-9.%])"), by_phrase


def _prose(report: Report) -> Iterator[Stated]:
    pattern, by_phrase = _phrases()
    # Line by line, because a sentence of report.md never crosses one, and the finding has to name its row.
    for row, line in report.prose_rows:
        for match in pattern.finditer(line):
            left = Member(1, report.agency, report.year, Address("prose", match["phrase"], "value"), int(match["number"]))
            identity = _figure(report, by_phrase[match["phrase"]], left, match["phrase"])
            if identity is not None:
                yield Stated(identity, "narrative.prose", match["phrase"], row)
