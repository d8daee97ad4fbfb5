"""What a reader, a program and a code viewer are told of the checks is the same, count for count, on the real corpus."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from open_reports.cli import commands
from open_reports.form import forms
from website import parsed, site

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["site"]

Key = tuple[str | None, str | None, str | None, str | None]


def _keyed(findings: list[dict[str, Any]]) -> Counter[Key]:
    return Counter((each["rule"], each["agency"], str(each["year"]), each["address"]) for each in findings)


def _checked(packages: Path, style: str) -> Any:
    outcome = CliRunner().invoke(commands, ["check", str(packages), "--format", style])
    assert outcome.exit_code == 0, outcome.output
    return json.loads(outcome.stdout)


def test_findings_json_is_what_check_says(site: Path, packages: Path) -> None:
    published = json.loads((site / "data" / "findings.json").read_bytes())
    assert _keyed(published) == _keyed(_checked(packages, "json"))
    assert len(published) > 30


def test_an_explanation_says_what_it_explains_wherever_it_is_told(site: Path, packages: Path) -> None:
    """The equation of its package, in the list of all findings, in the report's own file and in what the command says."""
    told = [each for each in json.loads((site / "data" / "findings.json").read_bytes()) if each["explanation"]]
    assert told
    for each in told:
        folder = f"{each['agency']}/{each['year']}"
        stated = json.loads((packages / folder / "datapackage.json").read_bytes())["report"]["explanations"]
        assert list(each["explanation"]) == ["text", "by", "date", "says"]
        assert each["explanation"]["says"] in {
            one.get("says") for one in stated if (one["finding"], one["text"]) == (each["rule"], each["explanation"]["text"])
        }
        own = json.loads((site / "reports" / folder / "report.json").read_bytes())["findings"]
        assert each["explanation"] in [
            one["explanation"] for one in own if (one["rule"], one["address"]) == (each["rule"], each["address"])
        ]


def test_sarif_is_what_check_says(packages: Path) -> None:
    told = _checked(packages, "json")
    results = _checked(packages, "sarif")["runs"][0]["results"]
    assert Counter(each["ruleId"] for each in results) == Counter(each["rule"] for each in told)
    explained = [each for each in results if each.get("suppressions")]
    assert len(explained) == len([each for each in told if each["explanation"]])


def test_the_ledger_of_every_report_agrees_with_its_findings(site: Path) -> None:
    """Rules that test figures stand in the ledger, one row a place; the others (of files, form, explanations) do not."""
    published = json.loads((site / "data" / "findings.json").read_bytes())
    reports = {(each["agency"], str(each["year"])) for each in json.loads((site / "data" / "index.json").read_bytes())["reports"]}
    rows = 0
    tested: set[str] = set()
    differences = []
    for agency, year in sorted(reports):
        page = parsed(site / "reports" / agency / year / "index.html")
        entries = [(row.get("data-rule"), row.get("data-result")) for row in page.xpath("//tr[@data-result]")]
        rows += len(entries)
        tested |= {rule for rule, _ in entries}
        shown = Counter(rule for rule, result in entries if result in {"contradicts", "rounded"})
        own = [each for each in published if (each["agency"], str(each["year"])) == (agency, year)]
        told = Counter(each["rule"] for each in own if each["rule"] in tested)
        beside = page.xpath("count(//*[starts-with(@id, 'finding-')])")
        if shown != told or beside != len(own):
            differences.append((agency, year, shown, told, beside, len(own)))
    assert differences == []
    assert rows > 900
    assert tested >= {"T3-CONS", "T3-SUM", "T3-ROW", "T4-SUM", "XY-CARRY", "XY-STOCK", "XY-ITEMS", "XY-PUBLIC", "AGG", "TXT", "DUE"}


@pytest.mark.parametrize("language", ["", "en"])
def test_every_finding_is_linked_from_its_rule(site: Path, language: str) -> None:
    published = Counter(each["rule"] for each in json.loads((site / "data" / "findings.json").read_bytes()))
    linked = {
        rule: len(parsed(site / language / "quality" / rule / "index.html").xpath("//ol[@class='or-found']/li")) for rule in forms().rules
    }
    assert linked == {rule: published[rule] for rule in forms().rules}
