"""The pages of the checks: what was counted, and what was not, in lists of any length."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import made_up
import pytest
from lxml import html as parser
from open_reports.checks.check import check, examine, tried
from open_reports.checks.counting import COUNTED, Tallies, by_rule
from open_reports.checks.identity import RESULTS, bounds, consolidated, identities
from open_reports.checks.narrative import stated
from open_reports.checks.reasons import reasons
from open_reports.finding import by_report
from open_reports.form import forms
from open_reports.library import open_library
from open_reports.pages import quality_pages
from open_reports.pages.ledger import deadline
from open_reports.pages.paging import MOST_LISTED
from open_reports.text import LANGUAGES, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from open_reports.checks.counting import Counts
    from open_reports.checks.identity import Identity
    from open_reports.finding import Finding
    from open_reports.library import Library
    from open_reports.report import Report

RULE = "FORM"
UNTRIED = {"NUM", "FILE", "OPEN", "META", "SCHEMA", "EXPL"}
"""Rules of the data package, which is ours: they are no checks of what an agency reports."""


def tallies(library: Library, findings: tuple[Finding, ...]) -> Tallies:
    """Counts of a library."""
    return Tallies(library, by_report(findings), tried(library).passed)


def pages(library: Library, findings: tuple[Finding, ...], language: str) -> dict[str, parser.HtmlElement]:
    """Every page by its path below the home of its language."""
    return {
        each.here.path: parser.fromstring(each.build())
        for each in quality_pages(library, findings, tallies(library, findings), Words(language))
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rule_counts_its_findings_in_all_parts(library: Library, findings: tuple[Finding, ...], language: str) -> None:
    own = [each for each in findings if each.rule == RULE and each.year]
    many = tuple(own * (MOST_LISTED // len(own) + 1))
    assert MOST_LISTED < len(many) < 2 * MOST_LISTED
    made = pages(library, many, language)
    listed = [made[path].xpath('//ol[@class="or-found"]/li') for path in (f"quality/{RULE}/", f"quality/{RULE}/2/")]
    assert [len(each) for each in listed] == [MOST_LISTED, len(many) - MOST_LISTED]
    for path in (f"quality/{RULE}/", f"quality/{RULE}/2/"):
        (said,) = made[path].xpath('//h2[@id="results"]/following-sibling::p[1]/text()')
        assert f"{len(many)} {'worth a look' if language == 'en' else '项值得留意'}" in said


def test_a_rule_that_is_no_check_did_not_hold_0_times(library: Library, findings: tuple[Finding, ...]) -> None:
    counts = tallies(library, findings).of_rules
    assert UNTRIED == {rule.id for rule in forms().rules.values() if rule.kind == "package"} == forms().rules.keys() - counts
    (overview,) = (page for path, page in pages(library, findings, "zh").items() if path == "quality/")
    rows = overview.xpath('//table[caption/@id="rules-caption"]/tbody/tr')
    for rule, row in zip(forms().rules, rows, strict=True):
        cells = [cell.text for cell in row.xpath("./td")]
        assert cells == (["–"] * len(COUNTED) if rule in UNTRIED else [str(number) for number in counts[rule].to_dict().values()])
    assert Words("zh")("counts_untried") in overview.text_content()


def test_every_check_that_cannot_be_tested_has_its_reason(library: Library, findings: tuple[Finding, ...]) -> None:
    counts = tallies(library, findings)
    for report in library:
        told: dict[str, int] = {}
        for rule, _ in reasons(report, library):
            told[rule] = told.get(rule, 0) + 1
        assert told == {rule: each.untestable for rule, each in counts.rules_of((report.agency, report.year)).items() if each.untestable}


# -- every count by another way -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Made-up reports with all that can become of a rule: figures that are wrong, blank, a stroke, not printed, of no year before."""
    root = tmp_path_factory.mktemp("faulty") / "datapackages"
    for agency, years in (("xugou-jia", (2021, 2022, 2023)), ("xugou-yi", (2020, 2023))):
        for number, package in enumerate(made_up.history(agency, years)):
            package.set("applications", "granted", "total", "999999")
            package.set("applications", "new", "enterprise", "" if number else "7")
            package.set("disputes", "reconsideration", "total", "/" if number == 1 else "3")
            package.write(root)
    made_up.package("xugou-bing", 2023, absent=["applications/other.other", "disputes/direct_litigation"]).write(root)
    library = open_library(root)
    assert len(library.reports) == 6
    return library


@pytest.fixture(scope="module", params=["real", "made up"])
def counted(request: pytest.FixtureRequest, library: Library, faulty: Library) -> Library:
    """A library whose identities are made one by one and counted, which the pages do not do."""
    return library if request.param == "real" else faulty


def sums(found: Iterable[tuple[str, str]]) -> dict[str, Counter[str]]:
    """How often each rule has each of the others beside it."""
    counts: dict[str, Counter[str]] = {}
    for rule, what in found:
        counts.setdefault(rule, Counter())[what] += 1
    return counts


def of_the_form(report: Report, library: Library) -> list[Identity]:
    """Identities of the form's own rules."""
    others = [*consolidated(report, library)]
    return [each for each in identities(report, library) if each not in others]


def test_counts_are_the_sums_of_the_identities(counted: Library) -> None:
    """Of each report by each rule: the results, and why those cannot be tested that cannot; with the other years and without."""
    seen: Counter[str] = Counter()
    for report in counted:
        for among, made in ((counted, of_the_form(report, counted)), (None, identities(report))):
            examined = examine(report, among)
            told = by_rule(examined.findings, examined.passed)
            wanted = sums((each.rule.id, each.result) for each in made)
            assert {rule: results_of(told[rule]) for rule in wanted} == {
                rule: [counts[each] for each in RESULTS] for rule, counts in wanted.items()
            }
            if among is None:
                assert not {rule.id for table in report.tables.values() for rule in table.form.yearly_rules} & told.keys()
            else:
                why = {rule: counts for rule, counts in sums(reasons(report, among)).items() if rule in wanted}
                assert why == sums((each.rule.id, each.reason) for each in made if each.reason)
            seen.update(each.result for each in made)
    assert {"holds", "contradicts", "untestable"} <= set(seen)


def results_of(counts: Counts) -> list[int]:
    """Counts in the order of the results of an identity."""
    return [counts.agrees, counts.rounded, counts.differ, counts.untestable]


def rows_of_ledgers(library: Library) -> Iterator[tuple[str, str, str | None]]:
    """Every row of every ledger: its rule, its result and why it could not be tested."""
    for report in library:
        made = [*identities(report, library), *bounds(report), *(each.identity for each in stated(report))]
        yield from ((each.rule.id, each.result, each.reason) for each in made)
        last = deadline(report, library, Words("zh"))
        yield last.rule.id, last.result, last.reason


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_count_what_the_ledgers_list(counted: Library, language: str) -> None:
    """The table of the overview and the page of each rule, cell by cell; what contradicts is what the check finds."""
    found = check(counted)
    rows = [*rows_of_ledgers(counted)]
    results = sums((rule, result) for rule, result, _ in rows)
    reasons_of = sums((rule, reason) for rule, _, reason in rows if reason)
    w = Words(language)
    made = pages(counted, found, language)
    lines = made["quality/"].xpath('//table[caption/@id="rules-caption"]/tbody/tr')
    assert len(lines) == len(forms().rules)
    findings = Counter(each.rule for each in found if each.year is not None)
    for rule, line in zip(forms().rules, lines, strict=True):
        if rule not in results:
            continue
        shown = dict(zip(COUNTED, (int(cell.text) for cell in line.xpath("./td")), strict=True))
        counts = results[rule]
        assert (shown["agree"], shown["rounded"]) == (counts["holds"] + counts["rounded"], counts["rounded"]), rule
        assert (shown["differ"], shown["untestable"]) == (counts["contradicts"], counts["untestable"]), rule
        assert counts["contradicts"] + counts["rounded"] == findings[rule], rule
        page = made[f"quality/{rule}/"]
        (said,) = page.xpath('//h2[@id="results"]/following-sibling::p[1]/text()')
        assert said.startswith(w("counts_checked", count=counts.total())), rule
        told = page.xpath('string(//h2[@id="results"]/following-sibling::p[2])') if rule in reasons_of else ""
        assert [reason for reason, count in reasons_of.get(rule, {}).items() if f"{w(f'reason_{reason}')} {count}" not in told] == [], rule
