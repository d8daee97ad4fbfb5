"""Every rule of the forms: cases that hold, that do not reconcile, that cannot be tested and why, in `cases/rules/*.yml`."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import made_up
import pytest
import yamls
from open_reports.checks.check import check
from open_reports.checks.identity import bounds, identities
from open_reports.checks.narrative import stated
from open_reports.checks.neighbours import compared
from open_reports.checks.plausible import plausible
from open_reports.finding import LEVELS, level_name
from open_reports.form import forms
from open_reports.library import open_library
from open_reports.pages.ledger import deadline
from open_reports.report import PROSE, csv_text
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from open_reports.checks.identity import Identity
    from open_reports.finding import Finding
    from open_reports.library import Library
    from open_reports.report import Report

TABLES = forms().tables

FOLDER = Path(__file__).parent / "cases" / "rules"
ROOT = "datapackages"
OF_FILES = {"FILE", "META", "OPEN", "SCHEMA"}
"""Rules of files, not of figures: their cases are the broken packages of `cases/packages`."""
NAMED = dict(zip(("表二", "表三", "表四"), TABLES, strict=True))
AGENCY = "xugou-jia"
PARENT = "xugou-yi"
AGENCIES = {name: agency for agency, name in made_up.WHO.items()}
RESULTS = {"holds": "相符", "rounded": "四舍五入后相符", "contradicts": "不相符", "untestable": "不可核对"}
WORDS = Words("zh")
REASONS = {
    WORDS(f"reason_{reason}"): reason
    for reason in (
        "blank",
        "not_applicable",
        "line_absent",
        "not_on_form",
        "not_collected",
        "no_deadline",
        "no_date",
        "early_date",
        "not_stated",
    )
} | {"该年度没有规定表式": "no_form"}
ALWAYS = {"BLANK", "LABEL", "TITLE", "SOURCE", "COPY"}
"""Rules that can be tried on whatever can be read: a table without a row is refused, and no report lacks a title or a source."""
TESTED = ("BLANK", "TOTAL", "DATE", "LABEL", "APPLICANT", "FEES", "JUMP", "TXT-MOST", "TITLE", "SOURCE", "UNIT")
"""Rules that are no equations."""
BLANK, NOT_COLLECTED, UNKNOWN = "留空", "未收录", "不详"


@dataclass(frozen=True)
class Case:
    """One case of a rule, as the file states it."""

    rule: str
    said: Mapping[str, Any] = field(repr=False)

    @property
    def year(self) -> int:
        return int(self.said.get("年度", 2023))

    def __str__(self) -> str:
        return f"{self.rule} {self.said['情形']}"


CASES = [Case(path.stem, said) for path in sorted(FOLDER.glob("*.yml")) for said in yamls.read(path)]
KEYS = {
    *(
        "情形",
        "年度",
        "格式",
        "缺行",
        "上一年",
        "下一年",
        "汇总",
        "总体情况",
        "文字",
        "标题",
        "公布",
        "建立",
        "来源",
        "印作",
        "上级",
        "机关类别",
        "部分",
        "说明",
    ),
    *("看", "结论", "原因", "级别", "在", "算式", *NAMED),
}


# -- from names to ids


def named(known: Mapping[str, Any], name: str) -> str:
    """Id of the line or column with this label, or with the only label that contains it."""
    exact = [each for each, thing in known.items() if thing.label.zh == name]
    found = exact or [each for each, thing in known.items() if name in thing.label.zh]
    if len(found) != 1:
        raise ValueError(f"{name!r} names {found} of {[thing.label.zh for thing in known.values()]}")
    return found[0]


class Sheet:
    """Forms of a package's tables, by which names become addresses."""

    def __init__(self, form_of: Mapping[str, str]) -> None:
        self.tables = {table: forms()[form].tables[table] for table, form in form_of.items()}

    def line(self, name: str) -> tuple[str, str]:
        """Table and line of `表三 / 重复申请`."""
        table, line = name.split(" / ")
        return NAMED[table], named(self.tables[NAMED[table]].lines, line)

    def address(self, name: str) -> str:
        """Address of `（七）总计 / 自然人`, of the one table that has both."""
        line, column = name.split(" / ")
        found = []
        for table, form in self.tables.items():
            try:
                found.append(f"{table}/{named(form.lines, line)}/{named(form.columns, column)}")
            except ValueError:
                continue
        if len(found) != 1:
            raise ValueError(f"{name!r} names {found}")
        return found[0]


# -- the packages of a case


def packaged(agency: str, year: int, said: Mapping[str, Any]) -> made_up.Package:
    """The package of one report: all zeros but for what the case says."""
    form_of = made_up.prescribed(year) | {NAMED[table]: form for table, form in said.get("格式", {}).items()}
    sheet = Sheet(form_of)
    absent = [sheet.line(name) for name in said.get("缺行", ())]
    package = made_up.package(agency, year, form_of=form_of, absent=[f"{table}/{line}" for table, line in absent])
    for table, form in sheet.tables.items():
        kept = [line for line in form.lines.values() if (table, line.id) not in absent]
        package.put(f"data/{table}.csv", made_up.table_text(form, {line.id: dict.fromkeys(line.columns, 0) for line in kept}))
        spoken = next(name for name, each in NAMED.items() if each == table)
        for line, cells in said.get(spoken, {}).items():
            for column, text in cells.items():
                package.set(table, named(form.lines, line), named(form.columns, column), "" if text == BLANK else str(text))
    common = forms().common
    items = [
        [item["事项"], "" if item["数值"] == BLANK else str(item["数值"]), item.get("单位", "件"), item.get("属于", "")]
        for item in said.get("总体情况", ())
    ]
    package.put("data/overview.csv", csv_text([common.overview.header, *items]))
    package.put("data/notes.csv", csv_text([common.notes.header]))
    printed = forms().newest.sections
    numbers = [section.number for section in printed]
    sections = {section.number: f"## {section.number}、{section.title.zh}\n\n" for section in printed}
    sections[numbers[0]] += said.get("文字", "文字。") + "\n\n"
    package.put(PROSE, "".join(sections[number] for number in said.get("部分", numbers)))
    for table, lines in said.get("印作", {}).items():
        rows = package.rows(NAMED[table])
        for line, label in lines.items():
            rows[package.position(NAMED[table], named(sheet.tables[NAMED[table]].lines, line))][1] = label
        package.put_rows(NAMED[table], rows)
    _describe(package, said, sheet)
    return package


def _describe(package: made_up.Package, said: Mapping[str, Any], sheet: Sheet) -> None:
    kinds = {kind.zh: each for each, kind in forms().common.kinds.items()}
    package.edit_agency("kind", kinds[said.get("机关类别", "政府部门")])
    if "标题" in said:
        package.edit_json("title", said["标题"])
    if "来源" in said:
        package.edit_json("sources", [{"title": "年报", "path": said["来源"]}])
    if "上级" in said:
        package.edit_agency("parent", PARENT)
    if "建立" in said:
        package.edit_json("created", f"{said['建立']}T00:00:00Z")
    if "公布" in said:
        package.edit_json("report.published", None if said["公布"] == UNKNOWN else str(said["公布"]))
    if "说明" in said:
        package.edit_json(
            "report.explanations",
            [
                {"finding": each["规则"], "address": each["在"]}
                | ({"says": each["算式"]} if "算式" in each else {})
                | {"text": "原文如此。", "by": "agency", "date": "2026-03-01"}
                for each in said["说明"]
            ],
        )
    if "汇总" in said:
        units = [AGENCIES[name] for name in said["汇总"]["单位"]]
        lines = ["/".join(sheet.line(name)) for name in said["汇总"].get("只汇总", ())]
        package.edit_json("report.scope", "consolidated")
        package.edit_json("report.consolidates", [{"units": units, "lines": lines}])


class World(NamedTuple):
    """A case as it is read: the library, its findings, the report that the case looks at (None where it cannot be read)."""

    library: Library
    findings: tuple[Finding, ...]
    report: Report | None
    sheet: Sheet


def build(case: Case, root: Path) -> World:
    """Write a case's packages and read them."""
    said = case.said
    if unknown := set(said) - KEYS:
        raise ValueError(f"{case}: unknown keys {unknown}")
    package = packaged(AGENCY, case.year, said)
    package.write(root)
    before = said.get("上一年", NOT_COLLECTED)
    if before != NOT_COLLECTED:
        assert before.get("年度", case.year - 1) == case.year - 1
        _add(packaged(AGENCY, case.year - 1, before), root)
    if "下一年" in said:
        _add(packaged(AGENCY, case.year + 1, said["下一年"]), root)
    if "上级" in said:
        above = packaged(PARENT, case.year, said["上级"] if said["上级"] != NOT_COLLECTED else {})
        above.edit_json("report.scope", "consolidated")
        above.write(root)
        if said["上级"] == NOT_COLLECTED:
            shutil.rmtree(root / above.path)
    for name, unit in said.get("汇总", {}).get("单位", {}).items():
        if unit != NOT_COLLECTED:
            packaged(AGENCIES[name], case.year, unit).write(root)
    library = open_library(root, place=ROOT)
    findings = tuple(each for each in check(library) if (each.agency, each.year) == (AGENCY, case.year))
    return World(library, findings, library.reports.get((AGENCY, case.year)), Sheet(package.form_of))


def _add(package: made_up.Package, root: Path) -> None:
    """Write another year of an agency that is there already."""
    folder = package.write(root / "elsewhere")
    folder.rename(root / package.path)
    (root / "elsewhere" / package.agency / made_up.AGENCY).unlink()
    (root / "elsewhere" / package.agency).rmdir()
    (root / "elsewhere").rmdir()


# -- what became of it


def outcome(case: Case, world: World) -> tuple[str, str | None]:
    """Result and reason of the rule where the case looks."""
    by_rule: dict[str, Callable[[Case, World], tuple[str, str | None]]] = {
        "FORM": _of_form,
        "NUM": _of_number,
        "EXPL": _of_explanation,
        "DUE": _of_deadline,
        "COPY": _of_form,
        **dict.fromkeys(TESTED, _of_test),
    }
    return by_rule.get(case.rule, _of_identity)(case, world)


def _of_identity(case: Case, world: World) -> tuple[str, str | None]:
    assert world.report is not None
    tested = [*identities(world.report, world.library), *bounds(world.report), *(each.identity for each in stated(world.report))]
    (found,) = [each for each in tested if each.rule.id == case.rule and _looks_at(each, case.said["看"], world.sheet)]
    return found.result, found.reason


def _looks_at(identity: Identity, name: str, sheet: Sheet) -> bool:
    if identity.rule.id == "TXT":
        return identity.at == name
    if " / " in name:
        return str(identity.blamed) == sheet.address(name)
    form = sheet.tables[identity.table]
    axis = getattr(identity.rule, "axis", "line")
    return identity.at == named(form.columns if axis == "column" else form.lines, name)


def _of_deadline(case: Case, world: World) -> tuple[str, str | None]:
    assert world.report is not None
    found = deadline(world.report, world.library, WORDS)
    assert found.rule.id == case.rule
    return found.result, found.reason


def _of_test(case: Case, world: World) -> tuple[str, str | None]:
    """What the tests of a rule make of a report: broken somewhere, holding somewhere, or not to be tested anywhere."""
    assert world.report is not None
    agency = world.library.agencies[world.report.agency]
    every = (*plausible(world.report, agency, tuple(stated(world.report))), *compared(world.report, world.library))
    tested = [each for each in every if each.rule == case.rule]
    if case.rule == "SOURCE" and _found(case, world):
        return "contradicts", None  # of two reports with one address only the whole folder tells
    if "看" in case.said:
        tested = [each for each in tested if each.rule == case.rule][int(case.said["看"]) - 1 :][:1]
    for result in ("contradicts", "holds", "untestable"):
        reasons = [each.reason for each in tested if each.result == result]
        if reasons:
            return result, reasons[0]
    raise ValueError(f"{case}: {case.rule} is not tried")


def _of_form(case: Case, world: World) -> tuple[str, str | None]:
    if not any(form.prescribed_for(case.year) for form in forms().values()):
        return "untestable", "no_form"
    return ("contradicts" if _found(case, world) else "holds"), None


def _of_number(case: Case, world: World) -> tuple[str, str | None]:
    if world.report is None:
        return "contradicts", None
    table, line, column = case.said["看"].split(" / ")
    form = world.sheet.tables[NAMED[table]]
    figure = world.report.figure(form.id, named(form.lines, line), named(form.columns, column))
    assert (figure.value is not None) == (figure.status == "reported")
    return ("holds", None) if figure.status == "reported" else ("untestable", figure.status)


def _of_explanation(case: Case, world: World) -> tuple[str, str | None]:
    """An explanation holds if a finding bears it, and cannot be judged if what it explains cannot be tested."""
    assert world.report is not None
    (said,) = world.report.explanations
    if any(each.explanation == said for each in world.findings):
        return "holds", None
    told = [each for each in identities(world.report, world.library) if (each.rule.id, str(each.blamed)) == (said.rule, said.address)]
    reasons = [each.reason for each in told if each.result == "untestable"]
    return ("untestable", reasons[0]) if reasons else ("contradicts", None)


def _found(case: Case, world: World) -> list[Finding]:
    return [each for each in world.findings if each.rule == case.rule]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case, tmp_path: Path) -> None:
    world = build(case, tmp_path)
    result, reason = outcome(case, world)
    assert RESULTS[result] == case.said["结论"]
    assert reason == (REASONS[case.said["原因"]] if "原因" in case.said else None)
    if result not in {"contradicts", "rounded"}:
        assert [each.text() for each in _found(case, world)] == []
        return
    (found,) = _found(case, world)
    assert level_name(found.level).zh == case.said["级别"]
    assert case.said["算式"] in found.message("zh")
    assert found.address == _address(case.said.get("在"), world)


def _address(name: str | None, world: World) -> str | None:
    """Address of what the case says the finding points to."""
    if name is None or name == "文字":
        return None
    if " / " in name:
        return world.sheet.address(name)
    if world.report is not None and name in {item.item for item in world.report.overview}:
        return f"overview/{name}/value"
    (table,) = [table for table, form in world.sheet.tables.items() if any(line.label.zh == name for line in form.lines.values())]
    return f"{table}/{named(world.sheet.tables[table].lines, name)}"


@pytest.mark.parametrize("rule", [rule for rule in forms().rules if rule not in OF_FILES])
def test_every_rule_has_cases_of_every_result(rule: str) -> None:
    # Only where a figure has decimals can one agree when it is rounded.
    impossible = ({"untestable"} if rule in ALWAYS else set()) | (set() if rule in {"AGG", "TXT"} else {"rounded"})
    possible = {name for result, name in RESULTS.items() if result not in impossible}
    assert {case.said["结论"] for case in CASES if case.rule == rule} == possible


def test_every_file_is_of_a_rule() -> None:
    assert {case.rule for case in CASES} | OF_FILES == set(forms().rules)


def test_every_level_and_reason_occurs() -> None:
    assert {case.said["级别"] for case in CASES if "级别" in case.said} == {level_name(level).zh for level in LEVELS}
    assert {case.said["原因"] for case in CASES if "原因" in case.said} == set(REASONS)


def test_an_untold_cell_is_zero_and_nothing_is_found(tmp_path: Path) -> None:
    """The ground on which every case stands."""
    world = build(Case("T3-CONS", {"情形": "", "上一年": {}}), tmp_path)
    assert world.findings == ()
