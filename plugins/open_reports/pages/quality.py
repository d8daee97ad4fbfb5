"""Pages of the checks: counts by rule, agency and year, and a page a rule with every finding."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from open_reports.checks.counting import COUNTED
from open_reports.checks.reasons import reasons
from open_reports.checks.wording import of_reports, sentence
from open_reports.derived.held import Held
from open_reports.form import forms
from open_reports.pages.frame import Here, Link, Page, agency_name, anchor, crumbs, explanation_words, place_words, rendered
from open_reports.pages.ledger import reason_words
from open_reports.pages.paging import parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from open_reports.checks.counting import Counts, Tallies
    from open_reports.finding import Finding
    from open_reports.form import RuleText
    from open_reports.library import Agency, Library
    from open_reports.pages.paging import Part
    from open_reports.text import Words


class FindingLine(NamedTuple):
    """One finding in a list, with the way to its figure."""

    report: Link
    place: Link
    text: str
    explanation: str


class CountsRow(NamedTuple):
    """What is counted, with the way to its page, and its counts as shown."""

    href: str
    text: str
    cells: Sequence[str]


class CountsView(NamedTuple):
    """A table of counts; `note` says what its signs mean."""

    id: str
    title: str
    head: Sequence[str]
    rows: Sequence[CountsRow]
    note: str


class Quality:
    """What the checks found over a library, counted once for all pages that show it."""

    def __init__(self, library: Library, findings: Sequence[Finding], tallies: Tallies, w: Words) -> None:
        self.library = library
        # Findings about no one report, such as those of the list of agencies, have no page to lead to.
        self.findings = [each for each in findings if each.agency is not None and each.year is not None]
        self.tallies = tallies
        self.w = w

    def of_rule(self, rule: str) -> list[Finding]:
        """Findings against a rule, in the order of the reports."""
        return [each for each in self.findings if each.rule == rule]


def _reasons(library: Library) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for report in library:
        for rule, reason in reasons(report, library):
            found.setdefault(rule, Counter())[reason] += 1
    return found


untested: Held[Library, dict[str, Counter[str]]] = Held(_reasons)
"""Checks of a library that could not be tested, by rule and reason: the same in both languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityContext:
    """Data quality: what `pages/templates/quality.html` is told."""

    w: Words
    crumbs: Sequence[Link]
    current: str
    part: str
    summary: str
    tables: Sequence[CountsView]
    turns: Sequence[Link]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleContext:
    """One rule: what `pages/templates/rule.html` is told."""

    w: Words
    here: Here
    crumbs: Sequence[Link]
    current: str
    heading: str
    part: str
    facts: Sequence[tuple[str, str]]
    results: str
    reasons: Sequence[tuple[str, int]]
    findings: Sequence[FindingLine]
    turns: Sequence[Link]


def quality_pages(library: Library, findings: Sequence[Finding], tallies: Tallies, w: Words) -> Iterator[Page]:
    """Return the overview of all checks, in parts where there are many agencies, then a page (or several) for each rule."""
    quality = Quality(library, findings, tallies, w)
    agencies = tuple(library.agencies.values())
    for part in parts("quality/", len(agencies)):
        yield _overview(quality, agencies[part.span], part)
    for rule in forms().rules.values():
        found = quality.of_rule(rule.id)
        for part in parts(f"quality/{rule.id}/", len(found)):
            yield _rule_page(quality, rule, found, part)


def _cells(counts: Counts | None) -> list[str]:
    """Counts as cells; a rule that was not tried is no rule that held 0 times."""
    return [str(getattr(counts, name)) if counts else "–" for name in COUNTED]


_TABLES = {"rules": "quality_by_rule", "agencies": "quality_by_agency", "years": "quality_by_year"}
"""Tables of the overview with the keys of their titles."""


def _overview(quality: Quality, agencies: Sequence[Agency], part: Part) -> Page:
    """Counts by rule, agency and year; a further part has those of its agencies alone."""
    w = quality.w
    here = part.here(w)
    # Only the agencies are so many; rules and years told again on each part would make pages that differ in little.
    shown = _TABLES if part.first else ("agencies",)

    def build() -> str:
        return rendered(
            "quality.html",
            QualityContext(
                w=w,
                crumbs=crumbs(here, *part.above(w("quality"), w)),
                current=part.current(w("quality"), w),
                part=part.says(w),
                summary=of_reports(len(quality.library), quality.tallies.whole, w),
                tables=_tables(quality, agencies, here, shown),
                turns=part.turns(w),
            ),
        )

    return Page(
        here=here,
        name=w("quality"),
        title=part.title(w("quality")),
        description=w("quality_description"),
        sections=tuple((id_, w(key)) for id_, key in _TABLES.items() if id_ in shown),
        build=build,
    )


def _tables(quality: Quality, agencies: Sequence[Agency], here: Here, shown: Iterable[str]) -> list[CountsView]:
    """Tables of the page, by what they count: rules, agencies, years."""
    w, library, tallies = quality.w, quality.library, quality.tallies
    by_rule = [
        CountsRow(here.page(f"quality/{rule.id}/"), f"{rule.id} {rule.name[w.language]}", _cells(tallies.of_rules.get(rule.id)))
        for rule in forms().rules.values()
    ]
    by_agency = [
        CountsRow(
            here.page(f"reports/{agency.id}/"),
            agency_name(agency, w),
            [str(len(library.of_agency(agency.id))), *_cells(tallies.of_agency(agency.id))],
        )
        for agency in agencies
    ]
    by_year = [
        CountsRow(
            here.page(f"years/{year}/"),
            w("year_report", year=year),
            [str(len(library.of_year(year))), *_cells(tallies.of_year(year))],
        )
        for year in reversed(library.years)
    ]
    counted = [w(f"counted_{name}") for name in COUNTED]
    rows = {
        "rules": ([w("rule"), *counted], by_rule),
        "agencies": ([w("agency"), w("counted_reports"), *counted], by_agency),
        "years": ([w("year"), w("counted_reports"), *counted], by_year),
    }
    # "–" stands where a rule was not tried; it must not be read as 0.
    notes = {"rules": w("counts_untried")}
    return [CountsView(id_, w(_TABLES[id_]), *rows[id_], notes.get(id_, "")) for id_ in shown]


def _rule_page(quality: Quality, rule: RuleText, found: Sequence[Finding], part: Part) -> Page:
    """One part of a rule's page; `found` are its findings in all parts."""
    w = quality.w
    heading = w("rule_title", id=rule.id, name=rule.name[w.language])
    here = part.here(w)

    def build() -> str:
        # A rule against which nothing was found has its page too: the overview and every ledger lead there.
        counts = quality.tallies.of_rules.get(rule.id)
        why = untested(quality.library).get(rule.id, Counter())
        facts = [
            (w("rule_says"), rule.says[w.language]),
            (w("rule_standing"), w(f"standing_{rule.standing}")),
            (w("rule_kind"), w(f"kind_{rule.kind}")),
            (w("rule_level"), w(f"level_{rule.level}")),
        ]
        if spelt := getattr(rule, "sentence", ""):
            facts.append((w("rule_sentence"), spelt))
        prescribed = [
            w("form_and_reference", form=form.title[w.language], reference=form.reference[w.language])
            for form in forms().values()
            if any(rule.id == each.id for table in form.tables.values() for each in (*table.rules, *table.yearly_rules, *table.bounds))
        ]
        if prescribed:
            facts.append((w("rule_forms"), w("semicolon").join(prescribed)))
        return rendered(
            "rule.html",
            RuleContext(
                w=w,
                here=here,
                crumbs=crumbs(here, Link(here.page("quality/"), w("quality")), *part.above(rule.id, w)),
                current=part.current(rule.id, w),
                heading=heading,
                part=part.says(w),
                facts=facts,
                results=sentence(counts, w) if counts else w("counts_untried"),
                reasons=[(reason_words(reason, w), count) for reason, count in why.most_common()],
                findings=[_line(quality, each, here) for each in found[part.span]],
                turns=part.turns(w),
            ),
        )

    return Page(
        here=here,
        name=heading,
        title=part.title(heading),
        description=w("rule_description", id=rule.id, name=rule.name[w.language]),
        sections=(("results", w("how_often")), ("findings", w("rule_findings"))),
        build=build,
    )


def _line(quality: Quality, each: Finding, here: Here) -> FindingLine:
    w = quality.w
    report = quality.library.reports[each.agency or "", each.year or 0]
    folder = here.page(report.folder)
    name = agency_name(quality.library.agencies[report.agency], w, report.year)
    # Only a whole cell has an anchor; a finding about a table or a line leads to its report.
    exact = (each.address or "").count("/") == 2  # noqa: PLR2004 (table/line/column)
    place = place_words(report, each.address, w)
    return FindingLine(
        report=Link(folder, w("report_title", agency=name, year=report.year)),
        place=Link(f"{folder}{anchor(each.address or '')}" if exact else "", place),
        text=each.public(w.language),
        explanation=explanation_words(each, w),
    )
