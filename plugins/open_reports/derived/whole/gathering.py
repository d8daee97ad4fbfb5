"""Gathering: which reports of a year may be added up for a group of figures, and why the others may not.

A group is what stands side by side, a number with its parts: all of its sums come from the same reports, or the parts would not
amount to the whole. Left out, and told, is a report that another one contains (`derived.containing`), one whose figures stand in an
open contradiction (`derived.doubt`), and one that has no number for a figure of the group.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from open_reports.derived.containing import NOWHERE, containing
from open_reports.derived.doubt import doubts
from open_reports.derived.held import Held
from open_reports.derived.indicator import contradicted, places_of, sum_of
from open_reports.form import Cells

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from decimal import Decimal

    from open_reports.form import Address
    from open_reports.library import Library
    from open_reports.report import Report

Standing = Literal["counted", "contained", "contradicted", "lacking"]
"""How a report stands to a total: counted in it, contained in another report, in contradiction, or without a number."""


class Entry(NamedTuple):
    """How one report stands to a group of figures.

    `values` are its own sums by name, None for one that lacks a number; `within` the report that contains it, `rules` those that
    its figures contradict, `status` what the first figure without a number says in its place.
    """

    report: Report
    standing: Standing
    values: Mapping[str, int | Decimal | None]
    within: Report | None = None
    rules: tuple[str, ...] = ()
    status: str = ""


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """Every report of a year and how it stands to a group of figures, in the order of the agencies."""

    year: int
    entries: tuple[Entry, ...]

    def of(self, standing: Standing) -> tuple[Entry, ...]:
        """Reports that stand so."""
        return self._by_standing.get(standing, ())

    @cached_property
    def _by_standing(self) -> Mapping[str, tuple[Entry, ...]]:
        found: dict[str, list[Entry]] = {}
        for each in self.entries:
            found.setdefault(each.standing, []).append(each)
        return {standing: tuple(entries) for standing, entries in found.items()}

    def total(self, name: str) -> int | Decimal | None:
        """Sum of a figure over the reports counted; None where none is, which is no 0."""
        counted = self.of("counted")
        # A report that is counted has every number: `_entry` says so of no other.
        return sum((each.values[name] or 0 for each in counted), start=0) if counted else None

    def straight(self, name: str) -> int | Decimal:
        """What whoever adds up all reports as they stand would find, those counted twice among them."""
        return sum((each.values[name] or 0 for each in self.entries), start=0)

    def __str__(self) -> str:
        return f"{self.year}: {len(self.of('counted'))} of {len(self.entries)}"


def gather(library: Library, year: int, sums: Mapping[str, Sequence[Cells]], agencies: Collection[str] | None = None) -> Gathered:
    """Say of every report of a year, or of some agencies' alone, how it stands to a group of sums, given by name.

    Found once a library as long as it is in use: pages of both languages and the files tell the same totals.
    """
    known, key = _held(library), (year, tuple((name, tuple(cells)) for name, cells in sums.items()))
    if key not in known:
        known[key] = Gathered(year=year, entries=tuple(_entry(each, library, sums) for each in library.of_year(year)))
    found = known[key]
    if agencies is None:
        return found
    return Gathered(year=year, entries=tuple(each for each in found.entries if each.report.agency in agencies))


Known = dict[tuple[int, tuple[tuple[str, "tuple[Cells, ...]"], ...]], Gathered]
"""What was gathered of a library, by year and sums."""


def _none_yet(_: Library) -> Known:
    return {}


_held: Held[Library, Known] = Held(_none_yet)


def _entry(report: Report, library: Library, sums: Mapping[str, Sequence[Cells]]) -> Entry:
    alone = (report, None)
    values: dict[str, int | Decimal | None] = {}
    status = ""
    for name, cells in sums.items():
        values[name], lacking = sum_of(alone, tuple(cells))
        status = status or lacking or ""
    every = [each for cells in sums.values() for each in cells]
    rules = contradicted(alone, every, (doubts(report, library), {}))
    # In this order: what another report counts is no loss to the total, whatever else is to be said of it.
    if within := _within(report, library, every):
        return Entry(report, "contained", values, within=within, rules=rules, status=status)
    if rules:
        return Entry(report, "contradicted", values, rules=rules, status=status)
    if status:
        return Entry(report, "lacking", values, status=status)
    return Entry(report, "counted", values)


def _within(report: Report, library: Library, cells: Iterable[Cells]) -> Report | None:
    """Return the report that contains one, or any line of it that is asked for: of half a group no sum could be told."""
    found = containing(report, library)
    if found is NOWHERE:
        return None
    lines = ((each.table, line) for each in cells for line, _ in places_of(each, report.form_of(each.table)))
    return found.whole or next((held for table, line in lines if (held := found.of(table, line))), None)


def totals(library: Library, address: Address) -> dict[int, int | Decimal]:
    """Return the sum of a figure over all agencies by year; a year in which no report can be counted is left out, for it is no 0."""
    sums = {str(address): (Cells(table=address.table, line=address.line, column=address.column),)}
    found = {year: gather(library, year, sums).total(str(address)) for year in library.years}
    return {year: total for year, total in found.items() if total is not None}


class Change(NamedTuple):
    """A total beside that of the year before, over the agencies that are counted in both: how many they are, and both totals.

    `whole` says that these are all that are counted in either year, so that both are the totals told of the years themselves.
    """

    agencies: int
    before: int | Decimal
    after: int | Decimal
    whole: bool


def changed(before: Gathered, after: Gathered, name: str) -> Change | None:
    """Compare a total with that of the year before; None where no agency is counted in both with the same scope and period."""
    was = {each.report.agency: each for each in before.of("counted")}
    both = [
        (was[each.report.agency], each)
        for each in after.of("counted")
        if each.report.agency in was and _comparable(was[each.report.agency].report, each.report)
    ]
    if not both:
        return None
    earlier, later = (sum((pair[at].values[name] or 0 for pair in both), start=0) for at in (0, 1))
    return Change(len(both), earlier, later, len(both) == len(was) == len(after.of("counted")))


def _comparable(before: Report, after: Report) -> bool:
    # A report that takes in its units counts more, and a part of a year less.
    return before.scope == after.scope and not before.period and not after.period


def headline(library: Library) -> int:
    """Return the year told first: the newest for which at least half of the agencies have a report here, else that with most.

    The newest year alone would be told on the few reports that came first. Raises `ValueError` for a library without reports.
    """
    half = len({report.agency for report in library}) / 2
    held = {year: len(library.of_year(year)) for year in library.years}
    full = [year for year, count in held.items() if count >= half]
    return max(full) if full else max(held, key=lambda year: (held[year], year))


def steady(library: Library) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Years that can be compared over the same agencies, and these agencies: those with a report in every one of the years.

    The years run up to the newest, and back as far as at least one agency has them all with one scope and whole years. Agencies
    that another report contains are left out: their own years are in its.
    """
    years: list[int] = []
    agencies: list[str] = []
    for year in reversed(library.years):
        own = {report.agency: report for report in library.of_year(year) if containing(report, library).whole is None and not report.period}
        if years and year != years[-1] - 1:
            break
        still = [each for each in agencies if each in own and own[each].scope == library.reports[each, year + 1].scope] if years else [*own]
        if not still:
            break
        years, agencies = [*years, year], still
    return tuple(reversed(years)), tuple(agencies)
