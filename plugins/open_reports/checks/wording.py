"""Wording: numbers of checks as sentences, the same ones wherever they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.checks.counting import DIFFERING, counted, outcome
from open_reports.finding import level_name
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from open_reports.checks.counting import Counts, Passed
    from open_reports.finding import Finding


_FILES = ("locales/pages-counts.yml", "locales/pages-parts.yml")
"""Files with every word that a terminal is told of counts."""


def sentence(counts: Counts, w: Words) -> str:
    """Return all checks and what became of them; kinds of which there are none go unsaid."""
    rounded = w("in_brackets", text=w("counts_rounded", count=counts.rounded)) if counts.rounded else ""
    parts = w("in_brackets", text=_parts(counts, w)) if counts.differ else ""
    told = [f"{w('counts_agree', count=counts.agree)}{rounded}", f"{w('counts_differ', count=counts.differ)}{parts}"]
    if counts.untestable:
        told.append(w("counts_untestable", count=counts.untestable))
    said = f"{w('counts_checked', count=counts.checked)}{w('colon')}{w('comma').join(told)}"
    return w("semicolon").join([said, w("counts_explained", count=counts.explained)]) if counts.explained else said


def of_reports(count: int, counts: Counts, w: Words) -> str:
    """Return the sum over several reports as a sentence."""
    return f"{w('counts_reports', count=count)}{w('comma')}{sentence(counts, w)}{w('full_stop')}".rstrip()


def short(counts: Counts, w: Words) -> str:
    """Return what does not agree, for the cell of a table: its kinds, for on a phone there is no room for more."""
    return _parts(counts, w) or w("counts_none")


def kinds(counts: Counts, w: Words) -> str:
    """Return what became of the checks of one rule, without their sum."""
    told = ("agree", *DIFFERING, "untestable")
    return w("comma").join(w(f"counts_{name}", count=number) for name in told if (number := getattr(counts, name)))


def badge(counts: Counts, w: Words) -> str:
    """Return the counts in as few words as they can be told in."""
    return w("counts_badge", checked=counts.checked, agree=counts.agree, differ=counts.differ, untestable=counts.untestable)


def _parts(counts: Counts, w: Words) -> str:
    return w("comma").join(w(f"counts_{name}", count=number) for name in DIFFERING if (number := getattr(counts, name)))


def whole(findings: Sequence[Finding], passed: Passed, language: str = "zh") -> str:
    """Return the line that a terminal and a log end with: the checks, then what is wrong with the packages."""
    w = Words(language, _FILES)
    parts = [sentence(counted(findings, passed), w), w("counts_errors", count=sum(each.level == "error" for each in findings))]
    return w("semicolon").join([*parts, *filter(None, [remarks(findings, w)])])


def remarks(findings: Iterable[Finding], w: Words) -> str:
    """Return how many findings are about the package and not about what the report says; nothing where none is."""
    count = sum(each.level != "error" and outcome(each) is None for each in findings)
    return w("counts_package", count=count) if count else ""


def verdict(finding: Finding, language: str) -> str:
    """Return what became of a check, as the counts call it; of what is no check the level."""
    found = outcome(finding)
    return Words(language, _FILES)(f"outcome_{found}") if found else level_name(finding.level)[language]
