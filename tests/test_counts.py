"""One scheme of counts: every number of checks on every page and in every file is the same value, and sums hold."""

from __future__ import annotations

import json
import logging
import re
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import made_up
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parser
from open_reports.checks import batch
from open_reports.checks.check import checkup, tried
from open_reports.checks.counting import ALL, COUNTED, DIFFERING, Counts, Passed, Tallies, by_rule, counted, outcome, summed, together
from open_reports.checks.identity import identities
from open_reports.checks.narrative import stated
from open_reports.checks.wording import badge, kinds, of_reports, remarks, sentence, short, whole
from open_reports.cli import commands
from open_reports.derived.coverage import count, coverage, known_day
from open_reports.finding import by_report, finding
from open_reports.form import forms
from open_reports.library import open_library
from open_reports.site.build import Build, Settings
from open_reports.site.publish import publish
from open_reports.text import LANGUAGES, Words
from website import build_here, minimal_project

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from open_reports.checks.identity import Result
    from open_reports.library import Library

SITE = "https://open-reports.example/"


# -- the value ------------------------------------------------------------------------------------------------------------

some = st.builds(Counts, *([st.integers(0, 10**6)] * len(fields(Counts))))


@given(some)
def test_the_sums_hold_by_construction(counts: Counts) -> None:
    told = counts.to_dict()
    assert list(told) == list(COUNTED)
    assert told["checked"] == told["agree"] + told["differ"] + told["untestable"]
    assert told["differ"] == sum(told[name] for name in DIFFERING)
    assert told["agree"] >= told["rounded"]


@given(st.lists(some, max_size=5))
def test_a_sum_of_counts_is_the_sum_of_each(several: list[Counts]) -> None:
    told = summed(several).to_dict()
    assert told == {name: sum(each.to_dict()[name] for each in several) for name in COUNTED}


@pytest.mark.parametrize(
    "code, more, expected",
    [
        ("identity", {"rule": "T3-SUM", "level": "discrepancy"}, "contradiction"),
        ("identity.rounded", {"rule": "AGG", "level": "rounded"}, "rounded"),
        ("narrative.sum", {}, "scope"),
        ("unit.larger", {}, "scope"),
        ("identity.parts", {"rule": "AGG", "level": "notice"}, "scope"),
        ("due.late", {}, "note"),
        ("form.absent", {}, "note"),
        ("copy.table", {}, "contradiction"),
        ("explanation.stale", {}, None),
        ("meta.agency_twin", {}, None),
        ("pending.cell", {}, None),
    ],
)
def test_each_finding_is_in_one_count_or_about_the_package(code: str, more: dict[str, Any], expected: str | None) -> None:
    assert outcome(finding(code, **more)) == expected


# -- one traversal --------------------------------------------------------------------------------------------------------


def test_what_is_counted_is_what_is_tried(library: Library) -> None:
    """Of equations: identity for identity, by another way than the one that counts them."""
    found = checkup(library)
    told = by_report(found.findings)
    for report in library:
        key = (report.agency, report.year)
        results: Counter[tuple[str, Result]] = Counter((each.rule.id, each.result) for each in identities(report, library))
        results.update((each.identity.rule.id, each.identity.result) for each in stated(report))
        counts = by_rule(told.get(key, ()), found.passed[key])
        for rule in {rule for rule, _ in results}:
            one = counts[rule]
            assert (one.agrees, one.rounded, one.differ, one.untestable) == tuple(
                results[rule, name] for name in ("holds", "rounded", "contradicts", "untestable")
            ), (key, rule)


def test_every_finding_of_a_report_is_a_check_that_does_not_agree(library: Library) -> None:
    found = checkup(library)
    tallies = Tallies(library, by_report(found.findings), found.passed)
    for key, own in by_report(found.findings).items():
        told = Counter(outcome(each) for each in own)
        counts = tallies.of_report(key)
        assert [told[name] for name in (*DIFFERING, "rounded")] == [getattr(counts, name) for name in (*DIFFERING, "rounded")]
        assert counts.explained == sum(each.explanation is not None for each in own if outcome(each) not in {None, "rounded"})


def test_every_rule_of_reports_is_tried_on_the_real_ones(library: Library, findings: Any) -> None:
    counts = Tallies(library, by_report(findings), tried(library).passed).of_rules
    assert counts.keys() == {rule.id for rule in forms().rules.values() if rule.kind != "package"}


def test_a_part_of_a_folder_has_as_many_checks_and_passes_none_it_could_not_try(tmp_path: Path) -> None:
    made_up.write_corpus(tmp_path, 3)
    full = batch.survey(tmp_path, place="datapackages")
    library = open_library(tmp_path, place="datapackages")
    by_one = tried(library).passed
    for report in library:
        alone = batch.survey(tmp_path, place="datapackages", only=((report.agency, report.year),))
        own = [each for each in full.findings if (each.agency, each.year) == (report.agency, report.year)]
        within, by_itself = counted(own, by_one[report.agency, report.year]), counted(alone.findings, alone.passed[ALL])
        assert within.checked == by_itself.checked
        lost = Counter(by_one[report.agency, report.year].holds) - Counter(alone.passed[ALL].holds)
        assert set(lost) <= {"COPY", "SOURCE", "TITLE"}
        assert by_itself.untestable - within.untestable == lost.total() > 0
    assert full.passed[ALL] == together(by_one.values())


def test_shared_among_processes_the_counts_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made_up.write_corpus(tmp_path, 4)
    alone = tried(open_library(tmp_path, place="datapackages")).passed
    monkeypatch.setattr(batch, "PARALLEL_FROM", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert batch.survey(tmp_path, place="datapackages").passed == {ALL: together(alone.values())}


# -- the words ------------------------------------------------------------------------------------------------------------

GOLDEN = {
    Counts(): ("0 项核对：0 项一致，0 项不一致", "0 checks: 0 agree, 0 do not"),
    Counts(agrees=1): ("1 项核对：1 项一致，0 项不一致", "1 check: 1 agrees, 0 do not"),
    Counts(agrees=179, rounded=1, contradiction=7, scope=1, note=1, untestable=4, explained=7): (
        "193 项核对：180 项一致（其中 1 项四舍五入后一致），9 项不一致（7 项矛盾，1 项可能口径不同，1 项值得留意），4 项无法核对；不一致的有 7 项附有说明",
        (
            "193 checks: 180 agree (1 once rounded), 9 do not (7 contradictions, 1 possible difference of scope, 1 worth a look), "
            "4 cannot be tested; 7 of those that do not have an explanation"
        ),
    ),
    Counts(agrees=60, scope=2, explained=1): (
        "62 项核对：60 项一致，2 项不一致（2 项可能口径不同）；不一致的有 1 项附有说明",
        "62 checks: 60 agree, 2 do not (2 possible differences of scope); 1 of those that do not has an explanation",
    ),
    Counts(contradiction=1): ("1 项核对：0 项一致，1 项不一致（1 项矛盾）", "1 check: 0 agree, 1 does not (1 contradiction)"),
}


@pytest.mark.parametrize("counts", GOLDEN, ids=str)
def test_golden_sentences(counts: Counts) -> None:
    assert tuple(sentence(counts, Words(language)) for language in LANGUAGES) == GOLDEN[counts]


def test_the_shorter_words() -> None:
    counts = Counts(agrees=179, rounded=1, contradiction=7, note=1, untestable=4)
    zh, en = Words("zh"), Words("en")
    assert (short(counts, zh), short(counts, en)) == ("7 项矛盾，1 项值得留意", "7 contradictions, 1 worth a look")
    assert (short(Counts(agrees=3), zh), short(Counts(agrees=3), en)) == ("没有不一致", "all that can be tested agree")
    assert (badge(counts, zh), badge(counts, en)) == (
        "192 项 · 一致 180 · 不一致 8 · 无法核对 4",
        "192 checked · agree 180 · do not 8 · untested 4",
    )
    assert kinds(Counts(agrees=3, untestable=1), zh) == "3 项一致，1 项无法核对"
    assert of_reports(1, Counts(agrees=3), en) == "1 report, 3 checks: 3 agree, 0 do not."


def test_what_is_wrong_with_a_package_is_told_beside_the_counts() -> None:
    found = [finding("explanation.stale", found="T3-SUM", place="x"), finding("form.title", found="x", expected="2024")]
    assert remarks(found, Words("zh")) == "数据包提示 1 处"
    assert whole(found, Passed({"T3-SUM": 7})) == "8 项核对：7 项一致，1 项不一致（1 项值得留意）；数据包错误 0 处；数据包提示 1 处"
    assert whole([], Passed(), "en") == "0 checks: 0 agree, 0 do not; 0 errors in the packages"


# -- every place ----------------------------------------------------------------------------------------------------------

COUNTING = re.compile(
    r"\d+ (?:项(?:核对|一致|不一致|矛盾|可能口径不同|值得留意|无法核对|四舍五入后一致)"
    r"|checks?:|agrees?[,( ]|do(?:es)? not(?: \(|[,;.:]|$)|contradictions?[,)]|possible differences? of scope|worth a look|cannot be tested"
    r"|once rounded|checked ·)"
    r"|(?:· 一致|· 不一致|· 无法核对|· agree|· do not|· untested) \d+"
)
"""Whatever reads like a number of checks, however it is told."""


class Whole:
    """A corpus with everything that is made of it."""

    def __init__(self, library: Library) -> None:
        found = checkup(library)
        self.library = library
        self.findings = found.findings
        self.passed = found.passed
        self.tallies = Tallies(library, by_report(found.findings), found.passed)
        self.publication = publish(library, found.findings, passed=found.passed, site=SITE)

    def reports(self) -> Mapping[str, Counts]:
        """Counts of each report by its folder."""
        return {report.folder: self.tallies.of_report((report.agency, report.year)) for report in self.library}

    def said(self, path: str, language: str) -> tuple[str, list[str]]:
        """What a page has to tell of checks, empty for most, and what else it may."""
        w, tallies, library = Words(language), self.tallies, self.library
        own = path.removeprefix("en/")
        parts = own.strip("/").split("/")
        if own in self.reports():
            counts = self.reports()[own]
            # The ledger counts by rule what is no equation.
            rules = tallies.rules_of((parts[1], int(parts[2])))
            return sentence(counts, w), [badge(counts, w), *(kinds(each, w) for each in rules.values())]
        if parts[0] == "reports" and (of_agency := library.of_agency(parts[1])):
            said = of_reports(len(of_agency), tallies.of_agency(parts[1]), w)
            return said, [short(tallies.of_report((parts[1], each.year)), w) for each in of_agency]
        if parts[0] == "years":
            of_year = library.of_year(int(parts[1]))
            said = of_reports(len(of_year), tallies.of_year(int(parts[1])), w)
            return said, [short(tallies.of_report((each.agency, each.year)), w) for each in of_year]
        if parts[0] == "quality" and parts[1:2] and not parts[1].isdigit():
            return sentence(tallies.of_rules[parts[1]], w) if parts[1] in tallies.of_rules else w("counts_untried"), []
        return (of_reports(len(library), tallies.whole, w), []) if parts[0] == "quality" else ("", [])


@pytest.fixture(scope="module")
def real(library: Library) -> Whole:
    """The project's own packages."""
    return Whole(library)


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """Agencies with contradictions, explained ones, missing years, a late report and an agency without any."""
    root = tmp_path_factory.mktemp("invented") / "datapackages"
    made_up.write_corpus(root, 3)
    package = made_up.package("xugou-jia", 2023, absent=["disclosure/rules"])
    package.set("disputes", "reconsideration", "total", "999")
    said = {"finding": "T4-SUM", "address": "disputes/reconsideration/total", "text": "原文如此。", "by": "agency"}
    package.edit_json("report.explanations", [{**said, "date": "2026-01-31"}])
    package.edit_json("report.published", "2024-06-01")
    package.write(root)
    library = open_library(root, place="datapackages")
    (wrong,) = [each for each in checkup(library).findings if each.rule == "T4-SUM" and each.agency == "xugou-jia"]
    package.edit_json("report.explanations", [{**said, "says": wrong.equation, "date": "2026-01-31"}])
    shutil.rmtree(root / "xugou-jia" / "2023")
    package.write(root)
    return Whole(open_library(root, place="datapackages"))


@pytest.fixture(params=["real", "invented"])
def of(request: pytest.FixtureRequest) -> Whole:
    """Each of the two corpora."""
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


def left(text: str, told: list[str]) -> list[str]:
    """Numbers of checks in a text that none of the sentences it may hold tells."""
    for each in filter(None, told):
        text = text.replace(each, "")
    return COUNTING.findall(text)


def test_the_invented_one_has_every_kind(invented: Whole) -> None:
    counts = invented.tallies.whole
    assert all((counts.agrees, counts.contradiction, counts.note, counts.untestable, counts.explained)), counts
    assert 0 < counts.explained < counts.differ


def test_every_page_tells_the_same_numbers(of: Whole) -> None:
    differing: list[tuple[str, ...]] = []
    telling = 0
    for page in of.publication.pages:
        language = "en" if page.path.startswith("en/") else "zh"
        (body,) = parser.fromstring(f"<main>{page.build()}</main>").xpath("//main") or [None]
        # Parted, for what ends one element and begins the next is no number of anything.
        text = re.sub(r"\s+", " ", " | ".join([*body.itertext(), *body.xpath("//@alt")]))
        must, may = of.said(page.path, language)
        if must not in text:
            differing.append((page.path, "lacks", must))
        if wrong := left(text, [must, *sorted(may, key=len, reverse=True)]):
            differing.append((page.path, *wrong))
        telling += bool(must)
    assert differing == []
    assert telling >= 2 * (len(of.library) + len(of.library.years) + 1)


def test_the_ledger_of_every_report_has_a_row_for_each_check(of: Whole) -> None:
    for page in of.publication.pages:
        own = page.path.removeprefix("en/")
        if own not in of.reports():
            continue
        body = parser.fromstring(page.build())
        results = Counter(row.get("data-result") for row in body.xpath("//tr[@data-result]"))
        others = sum(int(row.get("data-checked")) for row in body.xpath("//tr[@data-checked]"))
        counts = of.reports()[own]
        assert results.total() + others == counts.checked, own
        assert len(body.xpath("//*[starts-with(@id, 'finding-')]")) == counts.differ + counts.rounded, own


def test_the_tables_of_the_quality_page_add_up(of: Whole) -> None:
    for page in of.publication.pages:
        if page.path not in {"quality/", "en/quality/"}:
            continue
        body = parser.fromstring(page.build())
        sums = {}
        for name in ("rules", "agencies", "years"):
            rows = [row.xpath("td/text()") for row in body.xpath(f"//table[caption/@id='{name}-caption']/tbody/tr")]
            numbers = [[int(cell) for cell in row[-len(COUNTED) :]] for row in rows if "–" not in row]
            sums[name] = dict(zip(COUNTED, map(sum, zip(*numbers, strict=True)), strict=True))
        assert sums == dict.fromkeys(sums, of.tallies.whole.to_dict())


def counts_in(value: Any) -> list[dict[str, int]]:
    """Every counts anywhere in a JSON value."""
    if isinstance(value, list):
        return [found for each in value for found in counts_in(each)]
    if not isinstance(value, dict):
        return []
    own = [value] if "checked" in value and "untestable" in value else []
    return own + [found for each in value.values() for found in counts_in(each)]


def test_every_file_tells_the_same_numbers(of: Whole) -> None:
    told: Counter[str] = Counter()
    files = {artifact.path: artifact.data for artifact in of.publication.data_files()}
    reports = of.reports()
    for path, data in files.items():
        folder = path[: path.rfind("/") + 1]
        if path.endswith((".json", ".jsonld")) and not path.startswith("schemas/") and path not in {"data/index.json", "data/openapi.json"}:
            found = counts_in(json.loads(data))
            assert found == ([reports[folder].to_dict()] if path == f"{folder}report.json" else []), path
            told["report.json"] += len(found)
        if path.endswith((".svg", ".md", ".xml", ".html", ".txt", ".csv", ".bib", ".ris")) and folder in reports:
            language = "en" if ".en." in path else "zh"
            wanted = [sentence(reports[folder], Words(language)), badge(reports[folder], Words(language))]
            assert left(data.decode(), wanted) == [], path
            for each in wanted:
                told["badge" if path.endswith(".svg") else "markdown"] += each in data.decode()
    assert told == {"report.json": len(reports), "badge": 2 * len(reports), "markdown": 2 * len(reports)}

    index = json.loads(files["data/index.json"])
    assert {f"reports/{each['agency']}/{each['year']}/": each["checks"] for each in index["reports"]} == {
        folder: counts.to_dict() for folder, counts in reports.items()
    }
    assert {each["id"]: each["checks"] for each in index["agencies"]} == {
        agency: summed(counts for folder, counts in reports.items() if folder.startswith(f"reports/{agency}/")).to_dict()
        for agency in of.library.agencies
    }
    assert {each["year"]: each["checks"] for each in index["years"]} == {
        year: summed(counts for folder, counts in reports.items() if folder.endswith(f"/{year}/")).to_dict() for year in of.library.years
    }
    assert index["checks"] == summed(reports.values()).to_dict()

    published = Counter(each["outcome"] for each in json.loads(files["data/findings.json"]))
    assert {name: published[name] for name in (*DIFFERING, "rounded")} == {name: index["checks"][name] for name in (*DIFFERING, "rounded")}

    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(files["data/reports.sqlite"])
        each_report = connection.execute("SELECT agency, year, checks.* FROM checks JOIN reports ON report = reports.id").fetchall()
        assert tuple(map(sum, list(zip(*each_report, strict=True))[3:])) == tuple(index["checks"].values())
        assert {f"reports/{agency}/{year}/": tuple(rest) for agency, year, _, *rest in each_report} == {
            folder: tuple(counts.to_dict().values()) for folder, counts in reports.items()
        }
        kept = Counter(name for (name,) in connection.execute("SELECT outcome FROM findings"))
        assert kept == published


@pytest.mark.parametrize("language", LANGUAGES)
def test_check_and_build_end_with_the_same_line(real: Whole, packages: Path, tmp_path: Path, language: str) -> None:
    expected = whole(real.findings, together(real.passed.values()), language)
    assert sentence(real.tallies.whole, Words(language)) in expected
    for style in ("text", "github"):
        printed = CliRunner().invoke(commands, ["check", str(packages), "--lang", language, "--format", style]).stdout
        assert printed.splitlines()[-1] == expected
    run = json.loads(CliRunner().invoke(commands, ["check", str(packages), "--format", "sarif"]).stdout)["runs"][0]
    assert run["properties"]["checks"] == real.tallies.whole.to_dict()
    listed = Counter(
        each["outcome"] for each in json.loads(CliRunner().invoke(commands, ["check", str(packages), "--format", "json"]).stdout)
    )
    assert listed == Counter(outcome(each) for each in real.findings)
    build = Build(Settings(packages=packages, base=packages.parent, record=tmp_path / "released", target=tmp_path / "site", preview=True))
    build.open()
    assert build.checks(language) == expected


@pytest.mark.build
def test_the_log_of_a_build_tells_them(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    config = minimal_project(tmp_path, [made_up.package("xugou-jia", 2023)])
    with caplog.at_level(logging.INFO, "mkdocs.plugins.open_reports"):
        build_here(config)
    library = open_library(config.parent / "datapackages", place="datapackages")
    found = checkup(library)
    zh, en = (whole(found.findings, together(found.passed.values()), language) for language in LANGUAGES)
    assert f"{zh} / {en}" in [record.getMessage() for record in caplog.records]


def test_counts_of_the_coverage_are_those_of_the_deadline(real: Whole) -> None:
    covered = coverage(real.library, known_day(real.library))
    late = {year: count(covered.of_year(year)).states["late"] for year in real.library.years}
    told = Counter(
        year for (_, year), rules in ((key, real.tallies.rules_of(key)) for key in real.library.reports) for _ in range(rules["DUE"].note)
    )
    assert late == {year: told[year] for year in real.library.years}
