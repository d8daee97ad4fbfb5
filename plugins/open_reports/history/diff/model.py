"""What a diff is: changes of figures, texts, rules, explanations, and what became of each report and agency."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from open_reports.form import forms
from open_reports.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from open_reports.checks.identity import Result
    from open_reports.finding import Explanation, Finding
    from open_reports.history.diff.state import FigureChange
    from open_reports.history.diff.versions import Fault, Level
    from open_reports.library import Agency
    from open_reports.report import Report, Revision
    from open_reports.text import Text

Key = tuple[str, int]
Kind = Literal["label", "note", "printed", "prose", "part_of", "metadata"]
Standing = Literal["added", "removed", "changed", "affected", "unreadable"]
"""What became of a report: `affected` is untouched itself, but rules that join it with another one say something else;
`unreadable` are packages that could be read and now have errors."""


STANDINGS: tuple[Standing, ...] = ("added", "removed", "changed", "affected", "unreadable")


_SILENT = frozenset({"revision_missing", "unnamed", "version_lower"})
"""Faults of a package by which a figure changes in silence."""


class TextChange(NamedTuple):
    """A text that is no figure: `place` is the address (perhaps of a line, column or table), section, or key of the descriptor."""

    kind: Kind
    place: str
    before: str | None
    after: str | None


class Flip(NamedTuple):
    """An identity that gives another result: its rule, the cell it blames, and both equations with their numbers."""

    rule: str
    address: str
    before: Result
    after: Result
    equation_before: str
    equation_after: str


class ExplanationChange(NamedTuple):
    """What is said publicly about a discrepancy, before and after; None where nothing is."""

    rule: str
    address: str
    before: Explanation | None
    after: Explanation | None


@dataclass(frozen=True, kw_only=True)
class ReportChange:
    """What became of one report.

    `level` is the part of the version that these changes ask to be raised, `faults` what version and revisions lack;
    `files` the files of the package whose bytes differ; `indicators` the ids of those that have another value; `recounted` the
    rules of which more or fewer checks hold or cannot be tested.
    """

    agency: str
    year: int
    standing: Standing
    before: Report | None = field(repr=False)
    after: Report | None = field(repr=False)
    figures: tuple[FigureChange, ...] = ()
    texts: tuple[TextChange, ...] = ()
    flips: tuple[Flip, ...] = ()
    gained: tuple[Finding, ...] = ()
    lost: tuple[Finding, ...] = ()
    explanations: tuple[ExplanationChange, ...] = ()
    revisions: tuple[Revision, ...] = ()
    revisions_lost: tuple[Revision, ...] = ()
    files: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    recounted: tuple[str, ...] = ()
    # None where nothing asks for a new version, which is not the same as a patch.
    level: Level | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def report(self) -> Report | None:
        """The report as it is, or as it was where it is gone."""
        return self.after or self.before

    def __str__(self) -> str:
        figures, texts = counted(len(self.figures), "figure", "figures"), counted(len(self.texts), "text", "texts")
        return f"{self.agency}/{self.year} {self.standing}: {figures}, {texts}, {counted(len(self.flips), 'flip', 'flips')}"


class AgencyChange(NamedTuple):
    """An agency that came, went, or whose `agency.yml` says something else (`texts`: key, before, after).

    `beside` are its parent and its units, and what it was called before and after, whose pages name it.
    """

    agency: str
    before: Agency | None
    after: Agency | None
    texts: tuple[tuple[str, str, str], ...]
    beside: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Diff:
    """Everything that differs.

    `gained` and `lost` are findings of no single report; `names` those of the agencies; `years` those of the reports that
    each agency has in either state.
    """

    reports: tuple[ReportChange, ...]
    agencies: tuple[AgencyChange, ...]
    gained: tuple[Finding, ...]
    lost: tuple[Finding, ...]
    names: Mapping[str, Text]
    years: Mapping[str, tuple[int, ...]]

    def of(self, standing: Standing) -> tuple[ReportChange, ...]:
        """Reports of one standing, by agency and year."""
        return tuple(each for each in self.reports if each.standing == standing)

    @property
    def silent(self) -> tuple[ReportChange, ...]:
        """Reports of which a figure would change and no revision tells it, or of which nobody can say.

        What becomes of a report or an address that is gone, the record of releases asks for its successor.
        """
        return tuple(each for each in self.reports if each.standing == "unreadable" or any(one.kind in _SILENT for one in each.faults))

    @cached_property
    def pages(self) -> tuple[str, ...]:
        """Pages of the site that show something else, by their path below the site; English twins stand below `en/`."""
        return tuple(sorted(set(_pages(self))))

    def __bool__(self) -> bool:
        return bool(self.reports or self.agencies or self.gained or self.lost)

    def __str__(self) -> str:
        return "\n".join(map(str, self.reports))


# -- pages --------------------------------------------------------------------------------------------------------------


# Told apart, for a new web address of an agency would otherwise name every page that lists agencies.
_UNLISTED = ("site", "codes.", "aliases")
"""Beginnings of the keys of an agency that only its own pages show, or none."""
_COVERING = ("report.scope", "report.period", "report.forms")
"""Beginnings of the keys of a descriptor that say what the figures cover, and stand beside each of them."""


def _pages(diff: Diff) -> Iterator[str]:
    for each in diff.agencies:
        yield from _agency_pages(each, diff)
    for change in diff.reports:
        # Nothing is published of what has to be mended first, and nothing was of what had errors and is gone.
        if change.standing != "unreadable" and change.report:
            yield from _report_pages(change, diff)
    # A report more or less changes every count and list, so these pages are named without looking into each.
    if any(map(_is_listed, diff.agencies)) or any(change.report for change in (*diff.of("added"), *diff.of("removed"))):
        yield from _everywhere(diff)


def _is_listed(each: AgencyChange) -> bool:
    """Whether pages that list agencies show another name, or one more or less."""
    return not each.texts or not all(key.startswith(_UNLISTED) for key, _, _ in each.texts)


def _everywhere(diff: Diff) -> Iterator[str]:
    """Pages that list agencies, reports or years, or count them."""
    yield from ("", "compare/", "coverage/", "explore/", "overview/", "quality/", "search/")
    yield from (f"quality/{rule}/" for rule in forms().rules)
    yield from (f"indicators/{name}/" for name in forms().indicators)
    yield from (f"years/{year}/" for years in diff.years.values() for year in years)


def _agency_pages(each: AgencyChange, diff: Diff) -> Iterator[str]:
    # Report pages carry the name of their agency, so all its years are meant.
    yield from ("data/", f"reports/{each.agency}/")
    yield from (f"reports/{each.agency}/{year}/" for year in diff.years.get(each.agency, ()))
    if _is_listed(each):
        yield "corrections/"
        yield from (f"reports/{agency}/" for agency in each.beside)


def _report_pages(change: ReportChange, diff: Diff) -> Iterator[str]:
    yield from (f"reports/{change.agency}/{change.year}/", f"reports/{change.agency}/", f"years/{change.year}/", "data/")
    yield from _rule_pages(change)
    yield from _fact_pages([each.place for each in change.texts if each.kind == "metadata"])
    revised = change.revisions or change.revisions_lost
    yield from (f"indicators/{name}/" for name in change.indicators)
    if change.figures:
        yield "compare/"
    yield from _total_pages(change, diff)
    if revised:
        yield "corrections/"
        yield "coverage/"
    if change.figures or change.explanations or revised:
        yield from ("", "explore/")
    if change.standing in {"added", "removed"}:
        yield from (f"reports/{change.agency}/{year}/" for year in diff.years[change.agency])  # which lead to one another


def _total_pages(change: ReportChange, diff: Diff) -> Iterator[str]:
    """Pages that add up all agencies: without what does not add up, and beside the year before."""
    if change.figures or change.gained or change.lost or change.standing in {"added", "removed"}:
        yield "overview/"
        if any(change.year + 1 in years for years in diff.years.values()):
            yield f"years/{change.year + 1}/"


def _fact_pages(facts: Sequence[str]) -> Iterator[str]:
    """Pages that show facts of the descriptor, named by their keys."""
    if facts:
        yield from ("", "explore/")
    if any(place.startswith("report.published") for place in facts):
        yield "coverage/"
    # Scope, period and form decide which figures may be compared, and so what those pages join or break.
    if any(place.startswith(_COVERING) for place in facts):
        yield from ("compare/", "overview/", *(f"indicators/{name}/" for name in forms().indicators))


def _rule_pages(change: ReportChange) -> Iterator[str]:
    rules = {each.rule for found in (change.flips, change.gained, change.lost, change.explanations) for each in found}
    rules.update(change.recounted)
    yield from (f"quality/{rule}/" for rule in rules)
    if rules:
        yield "quality/"
    # The first page counts what was found.
    if change.gained or change.lost:
        yield ""


def only_spelling(change: ReportChange) -> bool:
    """Whether a package differs in nothing but how its files are spelt, such as the indentation of the descriptor."""
    parts = (change.figures, change.texts, change.explanations, change.revisions, change.revisions_lost)
    # The version counts as content: raised without any other change, it is still a statement about the data.
    same = change.before is not None and change.after is not None and change.before.version == change.after.version
    return change.standing == "changed" and same and not any(parts)
