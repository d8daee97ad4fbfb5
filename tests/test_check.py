"""Checks within a report: each identity of the forms, where a contradiction is shown, and what is not an error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import made_up
import pytest
from conftest import with_cells
from open_reports.checks.check import check, check_report, counts, errors
from open_reports.checks.identity import identities, own_parts
from open_reports.checks.identity import total as sum_of
from open_reports.form import Address, forms
from open_reports.library import Library, open_library

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from open_reports.finding import Finding
    from open_reports.report import Report

    Made = Callable[[made_up.Package], Report]

TABLES = forms().tables

CELLS = [
    (form.id, table, line.id, column.id)
    for form in forms().values()
    for table in TABLES
    if form.tables[table].rules
    for line, column in form.tables[table].cells
]


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    """A balanced report of each form."""
    root = tmp_path_factory.mktemp("sound") / "datapackages"
    made_up.package("xugou-jia", 2020).write(root)
    made_up.package("xugou-jia", 2023).write(root)
    library = open_library(root)
    return {"2019": library.reports["xugou-jia", 2020], "2021": library.reports["xugou-jia", 2023]}


def raised(report: Report, address: str, by: int = 1) -> Report:
    """The report with one figure greater."""
    figure = report.figure(*address.split("/"))
    return with_cells(report, {address: str((figure.value or 0) + by)})


# -- identities


@pytest.mark.parametrize("form", list(forms()))
def test_every_identity_of_a_report(form: str, sound: dict[str, Report]) -> None:
    """T3-CONS and T3-SUM for each of 7 columns, T3-ROW for each line of table 3, T4-SUM for each of table 4."""
    found = identities(sound[form])
    lines = {"2019": 23, "2021": 25}[form]
    assert [each.rule.id for each in found] == ["T3-CONS"] * 7 + ["T3-SUM"] * 7 + ["T3-ROW"] * lines + ["T4-SUM"] * 3
    assert {each.result for each in found} == {"holds"}


def test_an_identity_spells_itself(sound: dict[str, Report]) -> None:
    cells = {"disputes/reconsideration/total": "13"}
    cells |= {
        f"disputes/reconsideration/{column}": text for column, text in zip(["upheld", "corrected", "other", "pending"], "4120", strict=True)
    }
    found = [str(each) for each in identities(with_cells(sound["2021"], cells)) if each.rule.id == "T4-SUM"]
    assert found[0] == "T4-SUM reconsideration: 13 ≠ 4+1+2+0"


@pytest.mark.parametrize("text, reason", [("", "blank"), ("/", "not_applicable"), ("-", "not_applicable")])
def test_what_is_not_reported_cannot_be_tested(text: str, reason: str, sound: dict[str, Report]) -> None:
    found = identities(with_cells(sound["2021"], {"disputes/reconsideration/upheld": text}))
    (identity,) = [each for each in found if (each.rule.id, each.at) == ("T4-SUM", "reconsideration")]
    assert (identity.result, identity.reason) == ("untestable", reason)
    assert "?" in str(identity)


def test_a_line_left_out_cannot_be_tested(report: Made) -> None:
    found = identities(report(made_up.package(absent=["applications/refused.state_secrets"])))
    untestable = {(each.rule.id, each.at, each.reason) for each in found if each.result == "untestable"}
    columns = forms()["2021"].tables["applications"].columns
    assert untestable == {("T3-SUM", column, "line_absent") for column in columns} | {
        ("T3-ROW", "refused.state_secrets", "line_absent")
    }  # fmt: skip
    assert {each.result for each in found} == {"holds", "untestable"}


def test_money_is_added_exactly(report: Made) -> None:
    """0.1 + 0.2 is 0.3; a float would make a finding of it."""
    package = made_up.package()
    package.put("data/overview.csv", "item,value,unit,part_of\n合计,0.3,万元,\n甲,0.1,万元,合计\n乙,0.2,万元,合计\n")
    assert check_report(report(package)) == ()


# -- contradictions


@pytest.mark.parametrize("form, table, line, column", CELLS)
def test_any_single_misprint_is_found_at_its_cell(form: str, table: str, line: str, column: str, sound: dict[str, Report]) -> None:
    """Every cell of tables 3 and 4: in table 3 row and column locate it, in table 4 its line."""
    address = f"{table}/{line}/{column}"
    found = check_report(raised(sound[form], address))
    assert found
    assert {each.level for each in found} == {"discrepancy"}
    assert {each.row for each in found} == {sound[form].row(table, line)}
    assert {each.address for each in found} == {address if table == "applications" else f"{table}/{line}/total"}


@pytest.mark.parametrize("form", list(forms()))
def test_a_misprint_is_found_at_its_cell_beside_a_blank(form: str, sound: dict[str, Report]) -> None:
    """One wrong cell in a column with one blank, wherever both are: what cannot be tested says nothing about where the fault is.

    Two rules that can be tested name the cell as they do where nothing is blank; one alone names none, and is shown at its total.
    """
    report = sound[form]
    rows = [*report.tables["applications"].form.lines]
    named = alone = 0
    for index, line in enumerate(rows):
        for blank in (rows[index - step] for step in (1, 8, 15)):
            wrong = f"applications/{line}/research"
            broken = with_cells(raised(report, wrong, 3), {f"applications/{blank}/research": ""})
            failed = [each for each in identities(broken) if each.result == "contradicts"]
            found = [each for each in check_report(broken) if each.rule in {"T3-CONS", "T3-SUM", "T3-ROW"}]
            assert len(found) == len(failed) > 0
            if len(failed) > 1:
                named += 1
                assert {(each.code, each.address) for each in found} == {("identity.located", wrong)}, (line, blank)
            else:
                alone += 1
                assert [(each.code, each.address) for each in found] == [("identity", str(failed[0].blamed))], (line, blank)
    assert min(named, alone) > 5


def test_a_total_that_is_wrong_has_its_own_parts(sound: dict[str, Report]) -> None:
    """Those of its line and those of its column, once where both say the same; a part has none."""
    report, total = sound["2021"], Address("applications", "total", "total")
    assert own_parts(report) == {}
    printed = report.figure(*total).value
    assert isinstance(printed, int)
    wrong = with_cells(report, {str(total): str(printed + 5)})
    assert [sum_of(parts) for parts in own_parts(wrong)[total]] == [printed]
    # One column more on the line: line and column now say different things.
    twice = own_parts(raised(wrong, "applications/total/research", 3))[total]
    assert sorted(sum_of(parts) for parts in twice) == [printed, printed + 3]
    assert {parts[0].address.line == "total" for parts in twice} == {True, False}


def test_a_table_without_a_line_is_told_once(tmp_path: Path) -> None:
    """Though all of its lines are said to be left out: not once for each, and not as blank besides."""
    lines = [f"disputes/{line}" for line in forms()["2021"].tables["disputes"].lines]
    made_up.package("xugou-jia", 2023, absent=lines).write(tmp_path / "datapackages")
    found = check(open_library(tmp_path / "datapackages"))
    assert [(each.code, each.file) for each in found] == [("table.no_rows", "datapackages/xugou-jia/2023/data/disputes.csv")]


def test_the_finding_shows_the_computed_numbers(sound: dict[str, Report]) -> None:
    cells = {f"applications/unavailable.unclear/{column}": text for column, text in zip(
        ["natural_person", "enterprise", "research", "public_welfare", "legal_service", "other", "total"],
        ["8", "0", "0", "33", "1", "0", "41"],
        strict=True,
    )}  # fmt: skip
    found = [each for each in check_report(with_cells(sound["2021"], cells)) if each.rule == "T3-ROW"]
    (row,) = found
    assert (row.expected, row.found, row.row) == ("42", "41", 16)
    assert "41 ≠ 42 = 8+0+0+33+1+0" in row.message("zh")
    assert "41 ≠ 42 = 8+0+0+33+1+0" in row.message("en")


def test_a_located_cell_is_named_in_words(sound: dict[str, Report]) -> None:
    (first, *_) = check_report(raised(sound["2021"], "applications/granted/research"))
    assert first.code == "identity.located"
    assert "同行同列都指向“（一）予以公开”的这一格" in first.message("zh")
    assert first.column == "research"


def test_two_misprints_are_both_found(sound: dict[str, Report]) -> None:
    one, other = "applications/granted/research", "applications/not_processed.repeated/enterprise"
    found = check_report(raised(raised(sound["2021"], one), other, 5))
    assert {each.address for each in found} == {one, other}


def test_misprints_that_hide_one_another_in_a_row_are_found_by_column(sound: dict[str, Report]) -> None:
    report = raised(raised(sound["2021"], "applications/granted/research"), "applications/granted/enterprise", 1)
    report = with_cells(report, {"applications/granted/total": str((report.figure("applications", "granted", "total").value or 0) + 2)})
    assert {each.rule for each in check_report(report)} == {"T3-SUM"}


def test_two_whole_columns_exchanged_keep_every_sum(sound: dict[str, Report]) -> None:
    """What arithmetic cannot see is not claimed to be seen."""
    table = sound["2021"].tables["applications"]
    cells = {}
    for line in table.form.lines:
        cells[f"applications/{line}/research"] = table.text(line, "enterprise")
        cells[f"applications/{line}/enterprise"] = table.text(line, "research")
    assert check_report(with_cells(sound["2021"], cells)) == ()


def test_a_total_column_left_at_zero(sound: dict[str, Report]) -> None:
    """As one real office prints it: each line is told, none is repaired."""
    lines = forms()["2021"].tables["applications"].lines
    report = with_cells(sound["2021"], {f"applications/{line}/total": "0" for line in lines})
    found = check_report(report)
    table = report.tables["applications"]
    wrong = [line for line in lines if any(table.value(line, column) for column in table.form.columns)]
    assert [each.address for each in found if each.rule == "T3-ROW"] == [f"applications/{line}/total" for line in wrong]
    assert report.figure("applications", "new", "total").text == "0"


def test_an_explanation_stands_beside_its_finding(report: Made) -> None:
    package = made_up.package()
    package.set("disputes", "reconsideration", "total", "999")
    explanation = {
        "finding": "T4-SUM",
        "address": "disputes/reconsideration/total",
        "says": "999 ≠ 29 = 29+0+0+0",
        "text": "原文如此。",
        "by": "publisher",
        "date": "2026-01-31",
    }
    package.edit_json("report.explanations", [explanation])
    (found,) = check_report(report(package))
    assert found.level == "discrepancy"
    assert found.explanation is not None
    assert found.to_dict()["explanation"] == {
        "text": "原文如此。",
        "by": "publisher",
        "date": "2026-01-31",
        "says": "999 ≠ 29 = 29+0+0+0",
    }


# -- section one, and what the form asks


def test_a_stated_sum_that_is_not_the_sum_of_its_parts(report: Made) -> None:
    """As in the sample report of 2019: 134 items published, parts that add up to 137."""
    package = made_up.package()
    package.put("data/overview.csv", "item,value,unit,part_of\n公开数,134,条,\n甲类,100,条,公开数\n乙类,37,条,公开数\n")
    (found,) = check_report(report(package))
    assert (found.rule, found.level, found.row, found.column) == ("TXT", "notice", 2, "value")
    assert (found.expected, found.found) == ("137", "134")
    assert "134 ≠ 137 = 100+37" in found.message("zh")


def test_a_stated_sum_with_a_blank_part_is_not_tested(report: Made) -> None:
    package = made_up.package()
    package.put("data/overview.csv", "item,value,unit,part_of\n公开数,134,条,\n甲类,100,条,公开数\n乙类,,条,公开数\n")
    assert check_report(report(package)) == ()


@pytest.mark.parametrize("whole, compared", [("公文数", False), ("", True), ("申请", True)])
def test_a_part_is_a_figure_of_the_tables_only_where_its_whole_is(whole: str, compared: bool, report: Made) -> None:  # noqa: FBT001 (expected)
    """Of 432 documents 22 are not to be published: that is no count of refused requests, whatever it is called."""
    package = made_up.package()
    package.put("data/overview.csv", f"item,value,unit,part_of\n公文数,22,条,\n申请,22,件,\n不予公开,22,条,{whole}\n")
    found = {each.address for each in check_report(report(package))}
    assert ("overview/不予公开/value" in found) is compared


@pytest.mark.parametrize("table", ["disclosure", "applications"])
def test_a_table_of_another_form_is_a_notice(table: str, report: Made) -> None:
    (found,) = check_report(report(made_up.package(form_of={table: "2019"})))
    assert (found.rule, found.level, found.file) == ("FORM", "notice", f"datapackages/xugou-jia/2023/data/{table}.csv")
    assert "2019 年格式" in found.message("zh")


def test_a_table_that_is_the_same_on_both_forms_is_none(report: Made) -> None:
    assert check_report(report(made_up.package(form_of={"disputes": "2019"}))) == ()


def test_the_hybrid_of_the_issue_passes(report: Made) -> None:
    """A report of 2023 with table 2 of form 2021 and table 3 of form 2019, and without the line `rules`."""
    found = check_report(report(made_up.package(form_of={"applications": "2019"}, absent=["disclosure/rules"])))
    assert [(each.level, each.code) for each in found] == [("notice", "form.year"), ("notice", "form.absent")]


def test_a_missing_section_is_a_notice(report: Made) -> None:
    package = made_up.package()
    package.put("report.md", package.text("report.md").split("## 六")[0])
    (found,) = check_report(report(package))
    assert (found.level, found.code) == ("notice", "form.section")


def test_sections_out_of_order_are_a_notice(report: Made) -> None:
    package = made_up.package()
    sections = package.text("report.md").split("## ")
    package.put("report.md", "## ".join(["", *reversed(sections[1:])]))
    (found,) = check_report(report(package))
    assert (found.level, found.code) == ("notice", "form.order")


def test_a_title_without_its_year_is_a_notice(report: Made) -> None:
    package = made_up.package()
    package.edit_json("title", "虚构市甲局政府信息公开工作年度报告")
    (found,) = check_report(report(package))
    assert (found.level, found.code) == ("notice", "form.title")


# -- a library


def test_a_discrepancy_does_not_stop_publication(tmp_path: Path) -> None:
    package = made_up.package()
    package.set("disputes", "reconsideration", "total", "999")
    package.write(tmp_path)
    library = open_library(tmp_path)
    found = check(library)
    assert errors(found) == ()
    assert counts(found) == {"error": 0, "discrepancy": 1, "notice": 0, "rounded": 0}
    assert [(each.agency, each.year) for each in found] == [("xugou-jia", 2023)]


def test_errors_come_first_and_in_order(tmp_path: Path) -> None:
    wrong = made_up.package("xugou-jia")
    wrong.set("disputes", "reconsideration", "total", "十")
    wrong.write(tmp_path)
    odd = made_up.package("xugou-yi")
    odd.set("disputes", "reconsideration", "total", "999")
    odd.write(tmp_path)
    assert [(each.agency, each.level) for each in check(open_library(tmp_path))] == [("xugou-jia", "error"), ("xugou-yi", "discrepancy")]


@pytest.mark.usefixtures("forgetful_judge")
def test_the_judge_is_heard(sound: dict[str, Report]) -> None:
    report = with_cells(sound["2021"], {"disclosure/fees/amount": "12万元"})
    library = Library(agencies={}, reports={("xugou-jia", 2023): report}, findings=())
    assert [each.code for each in errors(check(library))] == ["schema.cell"]


def test_findings_of_the_real_reports(library: Library, findings: tuple[Finding, ...]) -> None:
    """Every discrepancy within a real report stands at a cell of it, with its line in the file."""
    assert errors(findings) == ()
    for each in findings:
        if each.code in {"identity", "identity.located"}:
            assert each.address is not None
            table, line, column = each.address.split("/")
            report = library.reports[each.agency or "", each.year or 0]
            assert each.row == report.row(table, line)
            assert each.column == column
        json.dumps(each.to_dict(), ensure_ascii=False).encode()


def test_an_independent_reckoning_finds_the_same(library: Library, findings: tuple[Finding, ...]) -> None:
    """Spelt out once more, with neither forms nor rules: what tables 3 and 4 of the real reports contradict."""
    within = {
        (each.agency, each.year, each.rule, each.address) for each in findings if each.rule[:2] in {"T3", "T4"} and each.code == "identity"
    }
    assert not [each for each in findings if each.code == "identity.located"]
    assert within == {(report.agency, report.year, *wrong) for report in library for wrong in reckoned(report)}
    assert {(agency, year) for agency, year, _, _ in within} == {
        ("pingtan", 2020),
        ("pingtan-agriculture", 2024),
        ("pingtan-approval", 2024),
        ("pingtan-economy", 2024),
        ("pingtan-haitan", 2024),
        ("pingtan-haitan", 2025),
        ("pingtan-resources", 2020),
        ("pingtan-resources", 2023),
        ("pingtan-social", 2024),
    }


def reckoned(report: Report) -> list[tuple[str, str]]:
    """Rule and address of each sum that is wrong, from the texts of the cells."""
    wrong = []
    rows = report.tables["applications"].rows
    outcomes = [cells for line, cells in rows.items() if line not in {"new", "carried_in", "total", "carried_out"}]
    for index, column in enumerate(["natural_person", "enterprise", "research", "public_welfare", "legal_service", "other", "total"]):
        new, carried_in, total, carried_out = (rows[line][index] for line in ("new", "carried_in", "total", "carried_out"))
        # A blank is no zero: one cell of carried_out is blank (pingtan-jinjing/2024).
        if carried_out and int(new) + int(carried_in) != int(total) + int(carried_out):
            wrong.append(("T3-CONS", f"applications/total/{column}"))
        if int(total) != sum(int(cells[index]) for cells in outcomes):
            wrong.append(("T3-SUM", f"applications/total/{column}"))
    for table, rule in (("applications", "T3-ROW"), ("disputes", "T4-SUM")):
        for line, cells in report.tables[table].rows.items():
            *parts, whole = cells
            if all(cells) and sum(map(int, parts)) != int(whole):
                wrong.append((rule, f"{table}/{line}/total"))
    return wrong
