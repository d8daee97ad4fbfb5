"""What a diff is: changes of figures, texts, rules, explanations, and what became of each report and agency."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from open_reports.form import forms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from open_reports.diff.state import FigureChange
    from open_reports.diff.versions import Fault, Level
    from open_reports.finding import Explanation, Finding
    from open_reports.form import Text
    from open_reports.identity import Result
    from open_reports.library import Agency
    from open_reports.report import Report, Revision

Key = tuple[str, int]
Kind = Literal["label", "note", "printed", "prose", "part_of", "metadata"]
Standing = Literal["added", "removed", "changed", "affected", "unreadable"]
"""What became of a report: `affected` is untouched itself, but rules that join it with another one say something else;
`unreadable` are packages that could be read and now have errors."""


STANDINGS: tuple[Standing, ...] = ("added", "removed", "changed", "affected", "unreadable")


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
    `files` the files of the package whose bytes differ; `indicators` the ids of those that have another value.
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
    level: Level | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def report(self) -> Report | None:
        """The report as it is, or as it was where it is gone."""
        return self.after or self.before

    def __str__(self) -> str:
        return f"{self.agency}/{self.year} {self.standing}: {len(self.figures)} figures, {len(self.texts)} texts, {len(self.flips)} flips"


class AgencyChange(NamedTuple):
    """An agency that came, went, or whose `agency.yml` says something else (`texts`: key, before, after); `years` with a report."""

    agency: str
    before: Agency | None
    after: Agency | None
    texts: tuple[tuple[str, str, str], ...]
    years: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Diff:
    """Everything that differs; `gained` and `lost` are findings of no single report, `names` those of the agencies."""

    reports: tuple[ReportChange, ...]
    agencies: tuple[AgencyChange, ...]
    gained: tuple[Finding, ...]
    lost: tuple[Finding, ...]
    names: Mapping[str, Text]

    def of(self, standing: Standing) -> tuple[ReportChange, ...]:
        """Reports of one standing, by agency and year."""
        return tuple(each for each in self.reports if each.standing == standing)

    @cached_property
    def pages(self) -> tuple[str, ...]:
        """Pages of the site that show something else, by their path below the site; English twins stand below `en/`."""
        return tuple(sorted(set(_pages(self))))

    def __bool__(self) -> bool:
        return bool(self.reports or self.agencies or self.gained or self.lost)

    def __str__(self) -> str:
        return "\n".join(map(str, self.reports))


# -- pages --------------------------------------------------------------------------------------------------------------


def _pages(diff: Diff) -> Iterator[str]:
    for each in diff.agencies:
        # Its name stands on every page of its reports, and on every page that lists them.
        yield from ("", f"reports/{each.agency}/", "compare/", "coverage/", "quality/", "search/")
        yield from (page for year in each.years for page in (f"reports/{each.agency}/{year}/", f"years/{year}/"))
    for change in diff.reports:
        if change.standing == "unreadable":
            continue  # nothing is published until it is mended
        yield from (f"reports/{change.agency}/{change.year}/", f"reports/{change.agency}/", f"years/{change.year}/")
        if change.standing in {"added", "removed"}:
            yield from ("", "compare/", "coverage/", "quality/")
            yield from (f"indicators/{name}/" for name in forms().indicators)
        yield from (f"indicators/{name}/" for name in change.indicators)
        rules = {flip.rule for flip in change.flips} | {each.rule for each in (*change.gained, *change.lost)}
        yield from (f"quality/{rule}/" for rule in rules)
        if rules or change.explanations:
            yield "quality/"
        if change.figures:
            yield "compare/"
        if change.revisions or change.revisions_lost:
            yield from ("corrections/", "coverage/")
        if any(each.place.startswith("report.published") for each in change.texts):
            yield from ("", "coverage/")


def only_spelling(change: ReportChange) -> bool:
    """Whether a package differs in nothing but how its files are spelt, such as the indentation of the descriptor."""
    parts = (change.figures, change.texts, change.explanations, change.revisions, change.revisions_lost)
    same = change.before is not None and change.after is not None and change.before.version == change.after.version
    return change.standing == "changed" and same and not any(parts)
