"""Counting: how many checks of a report agree, do not, and cannot be tested. The one source of every number of checks there is.

A check is a rule tried at one place. What does not agree are the findings themselves, one a check, so that the two can never
differ; what agrees or cannot be tested is counted while they are looked for (`checks.check.examine`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from open_reports.form import forms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from open_reports.checks.identity import Result
    from open_reports.finding import Finding
    from open_reports.library import Library

Key = tuple[str, int]
"""Whose report, of which year."""
ALL: Key = ("", 0)
"""Under what the counts of all reports together are kept: the name and year of none."""
Outcome = Literal["rounded", "contradiction", "scope", "note"]
DIFFERING: tuple[Outcome, ...] = ("contradiction", "scope", "note")
"""What a finding says became of its check: these do not agree, a `rounded` one does once a number is rounded."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many checks have each outcome; everything else follows from these, so every sum holds.

    `agrees` to the last digit, `rounded` only once one number is rounded as the other is; `contradiction` of official figures,
    `scope` where figures differ that may have been counted differently, `note` what is no equation and worth a look. `explained`
    are those among the three that the package says something about: they are told, never subtracted.
    """

    agrees: int = 0
    rounded: int = 0
    contradiction: int = 0
    scope: int = 0
    note: int = 0
    untestable: int = 0
    explained: int = 0

    @property
    def agree(self) -> int:
        """Checks that agree, also those that do when rounded."""
        return self.agrees + self.rounded

    @property
    def differ(self) -> int:
        """Checks that do not agree."""
        return self.contradiction + self.scope + self.note

    @property
    def checked(self) -> int:
        """All checks."""
        return self.agree + self.differ + self.untestable

    def __add__(self, other: Counts) -> Counts:
        # Part by part, for a library of 1,000 reports is 40,000 sums: `dataclasses.astuple` is thirty times as slow (benchmarks, line b).
        return Counts(
            self.agrees + other.agrees,
            self.rounded + other.rounded,
            self.contradiction + other.contradiction,
            self.scope + other.scope,
            self.note + other.note,
            self.untestable + other.untestable,
            self.explained + other.explained,
        )

    def to_dict(self) -> dict[str, int]:
        """Return the counts as files write them: all checks, then what became of them."""
        return {name: getattr(self, name) for name in COUNTED}


COUNTED = ("checked", "agree", "rounded", "differ", "contradiction", "scope", "note", "untestable", "explained")
"""Names of the counts in files: `agree` holds `rounded`, `differ` the three after it; `checked` is `agree`, `differ` and `untestable`."""


NONE = Counts()
"""No checks."""


class Passed:
    """Checks that hold and that cannot be tested, by rule: what no finding tells of."""

    __slots__ = ("holds", "untestable")

    # Plain dictionaries: counters are slow to make, and every report has two of them.
    def __init__(self, holds: Mapping[str, int] | None = None, untestable: Mapping[str, int] | None = None) -> None:
        self.holds: dict[str, int] = dict(holds or {})
        self.untestable: dict[str, int] = dict(untestable or {})

    def add(self, rule: str, result: Result, number: int = 1) -> None:
        """Count checks, unless findings tell of them."""
        if result == "holds":
            self.holds[rule] = self.holds.get(rule, 0) + number
        elif result == "untestable":
            self.untestable[rule] = self.untestable.get(rule, 0) + number

    def update(self, other: Passed) -> None:
        """Count the checks of another report as well."""
        for rule, number in other.holds.items():
            self.add(rule, "holds", number)
        for rule, number in other.untestable.items():
            self.add(rule, "untestable", number)

    def differing(self, other: Passed) -> tuple[str, ...]:
        """Rules of which another has more or fewer checks that hold or cannot be tested."""
        known = dict.fromkeys((*self.holds, *self.untestable, *other.holds, *other.untestable))
        return tuple(each for each in known if self.of(each) != other.of(each))

    def of(self, rule: str) -> tuple[int, int]:
        """How many checks of a rule hold, and how many cannot be tested."""
        return self.holds.get(rule, 0), self.untestable.get(rule, 0)

    def packed(self) -> list[dict[str, int]]:
        """Return the counts as JSON values, to be kept; `Passed(*packed)` brings them back."""
        return [self.holds, self.untestable]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Passed) and not self.differing(other)

    __hash__ = None  # type: ignore[assignment] # it is counted up


def together(counted: Iterable[Passed]) -> Passed:
    """Counts of many reports in one."""
    whole = Passed()
    for each in counted:
        whole.update(each)
    return whole


def outcome(finding: Finding) -> Outcome | None:
    """Which count a finding is in; None for what is wrong with the package, which is no check of what the report says."""
    rule = forms().rules.get(finding.rule)
    if finding.level == "error" or rule is None or rule.kind == "package":
        return None
    if finding.level == "rounded":
        return "rounded"
    if finding.level == "discrepancy":
        return "contradiction"
    # Of figures that should be alike, a notice says that they may have been counted differently; of all else it is a remark.
    return "scope" if rule.kind == "equation" else "note"


def with_outcome(finding: Finding, language: str = "zh") -> dict[str, Any]:
    """Return a finding as files write it, with the count that it is in."""
    return {**finding.to_dict(language), "outcome": outcome(finding)}


def by_rule(findings: Iterable[Finding], passed: Passed) -> dict[str, Counts]:
    """Counts of each rule that was tried, in the order of the rules."""
    told: Counter[tuple[str, str]] = Counter()
    for each in findings:
        found = outcome(each)
        if found is None:
            continue
        told[each.rule, found] += 1
        if found != "rounded" and each.explanation is not None:
            told[each.rule, "explained"] += 1
    tried = {rule for rule, number in (*passed.holds.items(), *passed.untestable.items()) if number} | {rule for rule, _ in told}
    return {
        rule: Counts(
            agrees=passed.of(rule)[0],
            rounded=told[rule, "rounded"],
            contradiction=told[rule, "contradiction"],
            scope=told[rule, "scope"],
            note=told[rule, "note"],
            untestable=passed.of(rule)[1],
            explained=told[rule, "explained"],
        )
        for rule in forms().rules
        if rule in tried
    }


def summed(counts: Iterable[Counts]) -> Counts:
    """Sum of counts."""
    return sum(counts, start=NONE)


def counted(findings: Iterable[Finding], passed: Passed) -> Counts:
    """Counts of findings and of what was found to hold beside them."""
    return summed(by_rule(findings, passed).values())


class Tallies:
    """Counts of every report of a library, and their sums by rule, agency and year."""

    def __init__(self, library: Library, found: Mapping[Key, Sequence[Finding]], passed: Mapping[Key, Passed]) -> None:
        self._library = library
        self._found = found
        self._passed = passed

    @cached_property
    def _rules(self) -> dict[Key, dict[str, Counts]]:
        return {key: by_rule(self._found.get(key, ()), self._passed.get(key) or Passed()) for key in self._library.reports}

    @cached_property
    def _reports(self) -> dict[Key, Counts]:
        return {key: summed(rules.values()) for key, rules in self._rules.items()}

    def of_report(self, key: Key) -> Counts:
        """Counts of a report."""
        return self._reports[key]

    def rules_of(self, key: Key) -> Mapping[str, Counts]:
        """Counts of a report by rule."""
        return self._rules[key]

    def of_agency(self, agency: str) -> Counts:
        """Sum of the reports of an agency."""
        return summed(self._reports[agency, report.year] for report in self._library.of_agency(agency))

    def of_year(self, year: int) -> Counts:
        """Sum of the reports of a year."""
        return summed(self._reports[report.agency, year] for report in self._library.of_year(year))

    @cached_property
    def of_rules(self) -> Mapping[str, Counts]:
        """Sum of all reports by rule."""
        found: dict[str, Counts] = {}
        for rules in self._rules.values():
            for rule, counts in rules.items():
                found[rule] = found.get(rule, NONE) + counts
        return found

    @cached_property
    def whole(self) -> Counts:
        """Sum of all reports."""
        return summed(self._reports.values())
