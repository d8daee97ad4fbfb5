"""Diff: what changed, in the words of the domain, each change told once, in every style alike."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import made_up
import pytest
from conftest import with_cells
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from open_reports.checks.check import check
from open_reports.document import parse_yaml
from open_reports.form import forms
from open_reports.history import diff
from open_reports.history.diff.model import STANDINGS
from open_reports.history.diff.sections import place
from open_reports.history.diff.state import words
from open_reports.history.diff.styles import MOST_MARKDOWN, MOST_ROWS, inert
from open_reports.library import Library, open_library
from open_reports.report import DESCRIPTOR, PROSE
from open_reports.site.publish import publish
from open_reports.text import Words

if TYPE_CHECKING:
    from open_reports.history.diff import Diff
    from open_reports.report import Report

TABLES = forms().tables

AGENCY = "xugou-jia"
YEARS = (2022, 2023)
CASES: dict[str, dict[str, Any]] = parse_yaml((Path(__file__).parent / "cases" / "diff.yml").read_text(encoding="utf-8"))  # type: ignore[assignment]
HOSTILE = "</td><script>alert(1)</script> | `x` **b** [a](http://e.example) @all #1 www.e.example http://e.example \\| ![i](x)"


def zeros(year: int) -> made_up.Package:
    """A package of which every figure is 0, with no item in section one but what a test adds."""
    package = made_up.package(AGENCY, year)
    for table in TABLES:
        head, *rows = package.rows(table)
        package.put_rows(table, [head, *([*row[:2], *("0" if cell else "" for cell in row[2:])] for row in rows)])
    package.put_rows("overview", [["item", "value", "unit", "part_of"], ["公开平台", "12", "个", ""]])
    package.put_rows("notes", [["table", "line", "column", "printed", "note"]])
    return package


def edited(package: made_up.Package, said: dict[str, Any]) -> made_up.Package:
    for address, text in said.get("cells", {}).items():
        table, line, column = address.split("/")
        package.set(table, line, column, text)
    for path, value in said.get("json", {}).items():
        package.edit_json(path, value)
    for table in ("overview", "notes"):
        if table in said:
            package.put_rows(table, [package.rows(table)[0], *said[table]])
    for this, by in said.get("prose", {}).items():
        package.replace(PROSE, this, by)
    for line, label in said.get("labels", {}).items():
        table, _, name = line.partition("/")
        rows = package.rows(table)
        rows[package.position(table, name)][1] = label
        package.put_rows(table, rows)
    if "without" in said:
        table, _, name = said["without"].partition("/")
        package.put_rows(table, [row for row in package.rows(table) if row[0] != name])
    if "respelt" in said:
        package.put(DESCRIPTOR, json.dumps(json.loads(package.text(DESCRIPTOR)), ensure_ascii=False, indent=2))
    for key, value in said.get("agency", {}).items():
        package.edit_agency(key, value)
    return package


def state_of(folder: Path, said: dict[str, Any], shared: dict[str, Any]) -> Path:
    """Write the packages of one side of a case: two years of an agency, some of them edited or left out."""
    for year in YEARS:
        own, both = said.get(str(year), {}), shared.get(str(year), {})
        if own is not None:
            package = edited(edited(zeros(year), both), own)
            edited(package, {"agency": said.get("agency", {})}).write(folder)
    return folder


@pytest.mark.parametrize("name", CASES)
def test_what_a_reviewer_reads(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    old, new = (state_of(tmp_path / side, case.get(side, {}), case.get("both", {})) for side in ("old", "new"))
    found = diff.between(str(old), str(new))
    for language in ("zh", "en"):
        told = diff.text(found, "old", "new", language).rstrip("\n").split("\n")
        if language in case:
            assert told == case[language].rstrip("\n").split("\n"), "\n".join(told)
    assert [fault.kind for change in found.reports for fault in change.faults] == case.get("faults", [])
    assert [change.level for change in found.of("changed")] == case.get("levels", [])
    for page in case.get("pages", []):
        assert page in found.pages


def test_cases_show_every_standing_kind_and_fault() -> None:
    told = "\n".join(case["zh"] for case in CASES.values() if "zh" in case)
    w = Words("zh")
    for standing in STANDINGS:
        assert w(f"diff_standing_{standing}") in told
    for kind in ("label", "note", "printed", "prose", "part_of", "metadata"):
        assert w(f"diff_kind_{kind}") in told
    faults = {fault for case in CASES.values() for fault in case.get("faults", [])}
    assert faults == {"version_same", "version_lower", "version_low", "revision_missing", "unnamed", "gone"}
    assert {level for case in CASES.values() for level in case.get("levels", [])} == {"major", "minor", "patch", None}


# -- laws ---------------------------------------------------------------------------------------------------------------


@cache
def sound(form: str) -> Library:
    """One made-up report in a form, with the agency, read back from disk."""
    with TemporaryDirectory() as folder:
        year = max(forms()[form].first_year, 2019)
        made_up.package(AGENCY, year, form_of=dict.fromkeys(TABLES, form)).write(Path(folder))
        return open_library(Path(folder))


def changed(library: Library, cells: dict[str, str]) -> Library:
    (report,) = library.reports.values()
    other = replace(with_cells(report, cells), digest=json.dumps(cells))
    return replace(library, reports={(report.agency, report.year): other})


@st.composite
def single_changes(draw: st.DrawFn) -> tuple[Library, str, str, str]:
    """A report, the address of one of its cells, what stands there, and what else might."""
    library = sound(draw(st.sampled_from(list(forms()))))
    (report,) = library.reports.values()
    table = report.tables[draw(st.sampled_from(TABLES))]
    line, column = draw(st.sampled_from(table.form.cells))
    was = table.text(line.id, column.id)
    is_ = draw(st.sampled_from(["", "/", "-", "0", "7", "123456"]).filter(lambda text: text != was))
    return library, f"{table.form.id}/{line.id}/{column.id}", was, is_


def spelt(text: str, language: str) -> str:
    said = forms().common.statuses
    if text in {"/", "-"}:
        return f"“{text}” {said['not_applicable'][language]}"
    return text or said["blank"][language]


def flat(found: Diff, language: str) -> list[tuple[str, ...]]:
    """Figures as the Markdown tells them, read by a Markdown parser."""
    tokens = MarkdownIt("commonmark").enable("table").parse(diff.markdown(found, "a", "b", language))
    rows: list[list[str]] = []
    for before, token in pairwise(tokens):
        if before.type == "tr_open":
            rows.append([])
        if before.type in {"td_open", "th_open"}:
            rows[-1].append("".join(child.content for child in token.children or ()))
    return [tuple(row) for row in rows]


@settings(max_examples=20)  # frictionless judges both sides of each
@given(single_changes())
def test_any_single_cell_is_told_exactly_once_and_alike_in_every_style(drawn: tuple[Library, str, str, str]) -> None:
    library, address, was, is_ = drawn
    (report,) = library.reports.values()
    found = diff.compare(library, changed(library, {address: is_}))
    (change,) = found.reports
    (figure,) = change.figures
    assert figure.before is not None
    assert figure.after is not None
    assert (figure.address, figure.before.text, figure.after.text) == (address, was, is_)
    name, line, column = address.split("/")
    form = report.tables[name].form
    for language in ("zh", "en"):
        heads = " ".join([*(group[language] for group in form.columns[column].groups), form.columns[column].label[language]])
        where = f"{form.lines[line].label[language]} · {heads}"
        row = (address, where, spelt(was, language), spelt(is_, language))
        colon = ": " if language == "en" else "："
        told = diff.text(found, "a", "b", language).split("\n")
        assert told.count(f"    {address}  {where}{colon}{row[2]} → {row[3]}") == 1
        assert flat(found, language).count(row) == 1
        (entry,) = json.loads(diff.json_(found, "a", "b", language))["reports"][0]["figures"]
        assert (entry["address"], entry["place"], entry["from"]["text"], entry["to"]["text"]) == (address, where, was, is_)
        for side, text in (("from", was), ("to", is_)):
            assert (entry[side]["value"] is None) == (text in {"", "/", "-"})
    assert {fault.kind for fault in change.faults} == {"version_same", "revision_missing"}
    assert change.faults[-1].entries == (diff.entry(figure),)


@settings(max_examples=10)
@given(single_changes())
def test_there_and_back_is_the_mirror(drawn: tuple[Library, str, str, str]) -> None:
    library, address, _, is_ = drawn
    other = changed(library, {address: is_})
    (there,), (back,) = diff.compare(library, other).reports, diff.compare(other, library).reports
    assert [(each.before, each.after) for each in there.figures] == [(each.after, each.before) for each in back.figures]
    assert {(each.rule, each.address, each.before, each.after) for each in there.flips} == {
        (each.rule, each.address, each.after, each.before) for each in back.flips
    }
    assert [each.message() for each in there.gained] == [each.message() for each in back.lost]


def test_real_packages_against_themselves(library: Library) -> None:
    found = diff.compare(library, library)
    assert not found
    assert found.pages == ()
    assert "数据没有变化" in diff.text(found, "a", "b")
    assert json.loads(diff.json_(found, "a", "b"))["reports"] == []


def test_entry_never_outgrows_what_revisions_hold() -> None:
    long = "甲" * 60
    states = [diff.State("9" * 15 + ".999999", "reported", "单" * 12, letter * 200) for letter in "乙丙"]
    change = diff.FigureChange(f"overview/{long}/value", states[0], states[1]._replace(text="8" * 15 + ".888888"))
    assert len(diff.entry(change)) <= 200


# -- pages touched ------------------------------------------------------------------------------------------------------


def pages_of(library: Library) -> dict[str, str]:
    """HTML of every page in both languages, by its path."""
    return {page.path: page.build() for page in publish(library, check(library)).pages}


SAID: dict[str, tuple[dict[str, Any] | None, int]] = {
    "a figure": ({"cells": {"applications/new/total": "3"}}, 30),
    "a figure of section one": ({"overview": [["公开平台", "13", "个", ""]]}, 10),
    "a note": ({"notes": [["applications", "new", "total", "零", ""]]}, 10),
    "prose": ({"prose": {"没有收取信息处理费。": "另有一事。"}}, 5),
    "the title": ({"json": {"title": "2023 年度报告"}}, 10),
    "the day": ({"json": {"report.published": "2024-03-01"}}, 10),
    "the scope": ({"json": {"report.scope": "consolidated"}}, 30),
    "a revision": ({"json": {"version": "1.0.1", "report.revisions": [{"version": "1.0.1", "date": "2026-03-02", "reason": "甲"}]}}, 15),
    "the agency's name": ({"agency": {"name": "虚构市戊局"}}, 70),
    "what the agency was called before": ({"agency": {"predecessor": {"agency": "xugou-yi", "until": 2021}}}, 80),
    "the agency's site": ({"agency": {"site": "https://zwgk.example.gov.cn/"}}, 6),
    "all of it": (None, 70),
}
"""What becomes of one report, and how many pages may be told of at most: all of the site would be easily said."""


def two_agencies(root: Path, own: dict[str, Any] | None) -> Library:
    """A library in which `own` became of one report, or which lacks it."""
    edited(zeros(2022), {"agency": (own or {}).get("agency", {})}).write(root)
    if own is not None:
        edited(zeros(2023), own).write(root)
    made_up.package("xugou-yi", 2021).write(root)
    return open_library(root)


@pytest.fixture(scope="module")
def unedited(tmp_path_factory: pytest.TempPathFactory) -> tuple[Library, dict[str, str]]:
    """The library before anything became of it, and its pages."""
    library = two_agencies(tmp_path_factory.mktemp("unedited"), {})
    return library, pages_of(library)


@pytest.mark.parametrize("what", SAID)
def test_every_page_that_shows_something_else_is_told(tmp_path: Path, what: str, unedited: tuple[Library, dict[str, str]]) -> None:
    said, most = SAID[what]
    before, old = unedited
    library = two_agencies(tmp_path, said)
    new = pages_of(library)
    shown = {path.removeprefix("en/") for path in old.keys() | new.keys() if old.get(path) != new.get(path)}
    told = set(diff.compare(before, library).pages)
    assert shown - told == set()
    assert shown
    assert len(told) <= most


def test_another_predecessor_and_other_names_are_named(tmp_path: Path) -> None:
    sides = {
        "old": {"aliases": ["虚构市旧局"]},
        "new": {"predecessor": {"agency": "xugou-yi", "until": 2021}, "aliases": ["虚构市旧局", "旧局"]},
        "newer": {"predecessor": {"agency": "xugou-yi", "until": 2020}},
    }
    for side, own in sides.items():
        edited(zeros(2022), {"agency": own}).write(tmp_path / side)
        made_up.package("xugou-yi", 2020).write(tmp_path / side)
    old, new, newer = (open_library(tmp_path / side) for side in sides)
    (change,) = diff.compare(old, new).agencies
    assert change.texts == (
        ("predecessor.agency", "", "xugou-yi"),
        ("predecessor.until", "", "2021"),
        ("aliases", "虚构市旧局", "虚构市旧局、旧局"),
    )
    assert change.beside == ("xugou-yi",)
    assert "reports/xugou-yi/" in diff.compare(old, new).pages
    (change,) = diff.compare(new, newer).agencies
    assert change.texts == (("predecessor.until", "2021", "2020"), ("aliases", "虚构市旧局、旧局", ""))


def test_an_agency_that_cannot_be_read_is_not_gone(tmp_path: Path) -> None:
    for side in ("old", "new"):
        zeros(2023).write(tmp_path / side)
    (tmp_path / "new" / AGENCY / "agency.yml").write_bytes(b"\xff\xfe")
    found = diff.between(str(tmp_path / "old"), str(tmp_path / "new"))
    assert found.agencies == ()
    assert [each.standing for each in found.reports] == ["unreadable"]
    assert [each.file for each in found.gained] == [f"datapackages/{AGENCY}/agency.yml"]
    assert found.pages == ()


# -- hostile texts ------------------------------------------------------------------------------------------------------


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    zeros(2023).write(old)
    edited(zeros(2023), {"notes": [["applications", "new", "", "", HOSTILE]], "prose": {"没有收取信息处理费。": HOSTILE}}).write(new)
    found = diff.between(str(old), str(new))
    told = diff.markdown(found, "a|b", "<c>\n#1")
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(told)
    kinds = {child.type for token in tokens for child in (token, *(token.children or ()))}
    assert kinds.isdisjoint({"html_block", "html_inline", "link_open", "image", "code_inline", "em_open"})
    cells = [cell for row in flat(found, "zh") for cell in row]
    assert cells.count(HOSTILE) == 2
    assert "@" not in told
    assert "http:" not in told
    assert "www." not in told


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), max_size=60))
def test_any_words_mean_themselves_in_a_table(said: str) -> None:
    html = MarkdownIt("commonmark").enable("table").parse(f"| a | b |\n| --- | --- |\n| {inert(said)} | z |\n")
    cells = ["".join(child.content for child in token.children or ()) for before, token in pairwise(html) if before.type == "td_open"]
    assert cells == [said, "z"]


def test_controls_never_reach_a_terminal(tmp_path: Path) -> None:
    told = diff.text(diff.compare(open_library(tmp_path), open_library(tmp_path)), "\x1b[31m", "a\nb")
    assert "\x1b" not in told
    assert told.count("\n") == 2


def test_long_markdown_is_cut_and_says_so(library: Library) -> None:
    blanked = {
        key: replace(
            with_cells(
                report,
                {
                    f"{name}/{line}/{column}": "5"
                    for name, table in report.tables.items()
                    for line in table.rows
                    for column in table.form.lines[line].columns
                },
            ),
            digest="other",
        )
        for key, report in library.reports.items()
    }
    found = diff.compare(library, replace(library, reports=blanked))
    told = diff.markdown(found, "a", "b")
    assert len(told) <= MOST_MARKDOWN + 200
    assert re.search(r"另有 \d+ 处未列出", told)
    rows = re.findall(r"^\| [a-z]+/", told.split("### ")[1], flags=re.MULTILINE)
    assert len(rows) == MOST_ROWS
    assert len(json.loads(diff.json_(found, "a", "b"))["reports"]) == len(library)


# -- where the states are -----------------------------------------------------------------------------------------------


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.cn", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository with two packages committed and one figure changed since; the working directory."""
    root = tmp_path / "project"
    for year in YEARS:
        zeros(year).write(root / "datapackages")
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "packages")
    shutil.rmtree(root / "datapackages")
    zeros(2022).write(root / "datapackages")
    edited(zeros(2023), {"cells": {"applications/new/total": "3"}}).write(root / "datapackages")
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize(
    "old, new",
    [
        ("HEAD", "datapackages"),
        ("HEAD", "."),
        ("HEAD:datapackages", "datapackages"),
        ("HEAD", f"datapackages/{AGENCY}"),
        ("HEAD", f"datapackages/{AGENCY}/2023"),
        (f"HEAD:datapackages/{AGENCY}/2023", f"datapackages/{AGENCY}/2023"),
    ],
)
def test_git_revision_is_a_state(project: Path, old: str, new: str) -> None:
    (change,) = diff.between(old, new).reports
    assert [(each.address, words(each.before), words(each.after)) for each in change.figures] == [("applications/new/total", "0", "3")]
    (back,) = diff.between(new, old).reports
    assert words(back.figures[0].after) == "0"


def test_package_named_alone_is_compared_alone(project: Path) -> None:
    assert not diff.between("HEAD", f"datapackages/{AGENCY}/2022")


def test_package_named_on_one_side_is_compared_alone(project: Path) -> None:
    """The other packages of the folder on the other side are neither new nor gone."""
    one = made_up.package("xugou-yi", 2023)
    one.write(project / "datapackages")
    whole, agency, package = "datapackages", f"datapackages/{AGENCY}", f"datapackages/{AGENCY}/2023"
    for old, new in ((package, whole), (whole, package), (agency, whole), (whole, agency)):
        assert not diff.between(old, new), (old, new)
    (change,) = diff.between("HEAD:datapackages", package).reports
    assert (change.year, change.standing) == (2023, "changed")


def test_agency_that_is_gone_can_be_named_at_its_revision(project: Path) -> None:
    shutil.move(project / "datapackages" / AGENCY, project / "datapackages" / "xugou-yi")
    for year in YEARS:
        descriptor = project / "datapackages" / "xugou-yi" / str(year) / DESCRIPTOR
        descriptor.write_text(descriptor.read_text(encoding="utf-8").replace(AGENCY, "xugou-yi"), encoding="utf-8")
    found = diff.between("HEAD", "datapackages")
    assert [(each.agency, each.standing) for each in found.reports] == [
        (AGENCY, "removed"),
        (AGENCY, "removed"),
        ("xugou-yi", "added"),
        ("xugou-yi", "added"),
    ]
    (lone,) = (
        each for each in diff.between(f"HEAD:datapackages/{AGENCY}/2022", "datapackages/xugou-yi/2022").reports if each.agency == AGENCY
    )
    assert lone.standing == "removed"


@pytest.mark.parametrize("text", ["nowhere", "HEAD~9", "HEAD:nowhere", "--output=x", "HEAD:../..", ""])
def test_what_is_no_state_is_said(project: Path, text: str) -> None:
    with pytest.raises(diff.RevisionError):
        diff.between(text, "datapackages")


@pytest.mark.posix
def test_links_of_a_revision_lead_nowhere(project: Path) -> None:
    (project / "datapackages" / AGENCY / "2023" / "data" / "notes.csv").unlink()
    (project / "datapackages" / AGENCY / "2023" / "data" / "notes.csv").symlink_to("/etc/passwd")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "--message", "link")
    with pytest.raises(diff.RevisionError):
        diff.between("HEAD", "datapackages")


def test_place_of_a_whole_table_line_and_column(library: Library) -> None:
    report: Report = library.reports["pingtan", 2024]
    assert place(report, "applications", "zh") == report.tables["applications"].form.title.zh
    assert place(report, "applications/new", "zh") == report.tables["applications"].form.lines["new"].label.zh
    assert place(report, "applications//total", "zh").endswith("总计")
    assert place(report, "overview/公开平台/value", "zh") == "公开平台"
