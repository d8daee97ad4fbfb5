"""Permanence: no released figure changes in silence, no released address vanishes without a successor."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
from conftest import PROJECT, with_cells
from counting import calls
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from open_reports.document import parse_yaml
from open_reports.form import forms
from open_reports.history import releases
from open_reports.history.corrections import change as told_in
from open_reports.history.diff import changes, entry, states
from open_reports.history.releases import Breach, PermanenceError, Released, Successors, breaches, lost, permanent, read, redirects, release
from open_reports.library import Agency, Library, open_library
from open_reports.report import Revision
from open_reports.text import Text, Words
from test_diff import AGENCY, YEARS, edited, zeros

if TYPE_CHECKING:
    from open_reports.report import Report

TABLES = forms().tables

CASES: dict[str, dict[str, Any]] = parse_yaml((Path(__file__).parent / "cases" / "releases.yml").read_text(encoding="utf-8"))  # type: ignore[assignment]


def library_of(folder: Path, said: dict[str, Any]) -> Library:
    """Write the packages of one side of a case and read them: two years of an agency, some of them edited or left out."""
    folder.mkdir()
    for year in YEARS:
        own = said.get(str(year), {})
        if own is not None:
            package = edited(zeros(year), own)
            renamed = said.get("agency_id", AGENCY)
            package.put("datapackage.json", package.text("datapackage.json").replace(AGENCY, renamed))
            package.agency = renamed
            package.write(folder)
    found = open_library(folder)
    assert found.findings == ()
    return found


@pytest.mark.parametrize("name", CASES)
def test_what_the_publisher_reads(tmp_path: Path, name: str) -> None:
    case, record = CASES[name], tmp_path / "released"
    release(library_of(tmp_path / "before", case.get("released", {})), record)
    for by_hand in {"successors", "dropped"} & case.keys():
        (record / f"{by_hand}.yml").write_text(case[by_hand], encoding="utf-8")
    now = library_of(tmp_path / "now", case.get("now", {}))
    found = breaches(now, read(record))
    assert [each.says("zh") for each in found] == case.get("zh", [])
    for each, english in zip(found, case.get("en", []), strict=False):
        assert each.says("en") == english
    kept = {file.name: file.read_bytes() for file in record.iterdir()}
    if found:
        with pytest.raises(PermanenceError) as error:
            release(now, record)
        assert error.value.breaches == tuple(found)
        assert {file.name: file.read_bytes() for file in record.iterdir()} == kept
    else:
        release(now, record)
        assert breaches(now, read(record)) == []


def test_every_kind_of_breach_has_its_words() -> None:
    for kind in get_args(releases.checking.Kind):
        for language in ("zh", "en"):
            assert "{" not in releases.Breach(kind, "a", 2020, "b", "c", "d", "e", "f").says(language)
    assert str(Breach("path_gone", address="b")) == Breach("path_gone", address="b").says("en") != Breach("path_gone", address="b").says()


def test_every_breach_is_told_once_below_how_many_there_are() -> None:
    one, other = Breach("path_gone", address="a/", suggested="a/: …/"), Breach("path_gone", address="b/", suggested="b/: …/")
    error = PermanenceError([one, other, one])
    assert error.breaches == (one, other)
    assert str(error).split("\n") == [Words("zh")("release_head", count=2), one.says("zh"), other.says("zh")]
    assert str(PermanenceError([one], language="en")).split("\n") == [Words("en")("release_head", count=1), one.says("en")]


# -- laws ---------------------------------------------------------------------------------------------------------------


def recorded(library: Library) -> Released:
    """What a record of these reports says when read back, without a disk."""
    return Released(
        place="released",
        reports={key: json.loads(json.dumps(releases.record.record(report))) for key, report in library.reports.items()},
        shapes=releases.record.shapes(),
        paths=(),
        successors=Successors({}),
    )


@st.composite
def single_changes(draw: st.DrawFn, library: Library) -> tuple[tuple[str, int], str, str]:
    """A report of the project, the address of one of its cells, and another text for it."""
    key = draw(st.sampled_from(sorted(library.reports)))
    table = library.reports[key].tables[draw(st.sampled_from(TABLES))]
    cells = [(line, column) for line, column in table.form.cells if line.id in table.rows]
    line, column = draw(st.sampled_from(cells))
    was = table.text(line.id, column.id)
    return (
        key,
        f"{table.form.id}/{line.id}/{column.id}",
        draw(st.sampled_from(["", "/", "-", "0", "7", "123456"]).filter(lambda text: text != was)),
    )


def with_report(library: Library, key: tuple[str, int], report: Report) -> Library:
    return replace(library, reports={**library.reports, key: report})


@given(data=st.data())
def test_any_silent_change_of_any_figure_is_refused_and_named(library: Library, data: st.DataObject) -> None:
    key, address, text = data.draw(single_changes(library))
    released, silent = recorded(library), with_cells(library.reports[key], {address: text})
    assert breaches(library, released) == []
    (found,) = breaches(with_report(library, key, silent), released)
    assert (found.kind, found.agency, found.year, found.address) == ("figure_changed", *key, address)
    assert isinstance(found.was, Text)
    assert isinstance(found.now, Text)
    for language in ("zh", "en"):
        said = found.says(language)
        assert all(part in said for part in (key[0], str(key[1]), address, found.was[language], found.now[language], found.suggested))


@given(data=st.data())
def test_change_told_as_suggested_passes_and_its_old_value_is_kept(library: Library, data: st.DataObject) -> None:
    key, address, text = data.draw(single_changes(library))
    before = library.reports[key]
    after = with_cells(before, {address: text})
    (made,) = changes(states(before), states(after))
    said = Revision("1.0.1", "2026-03-02", "录入错误", (entry(made),))
    told = replace(after, version="1.0.1", revisions=(said,))
    assert breaches(with_report(library, key, told), recorded(library)) == []
    assert told_in(told, said.changes[0]).address == address
    other = replace(told, revisions=(said._replace(changes=(entry(made._replace(before=made.after, after=made.after)),)),))
    assert [each.address for each in breaches(with_report(library, key, other), recorded(library))] == [address]


@given(data=st.data())
def test_several_changes_are_all_told_at_once(library: Library, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(single_changes(library), min_size=2, max_size=5, unique_by=lambda each: each[:2]))
    now = library
    for key, address, text in drawn:
        now = with_report(now, key, with_cells(now.reports[key], {address: text}))
    assert {(each.agency, each.year, each.address) for each in breaches(now, recorded(library))} == {
        (*key, address) for key, address, _ in drawn
    }


def test_record_says_of_every_figure_what_the_report_says(library: Library) -> None:
    """All statuses, units and printed forms of the real reports survive the record."""
    released = recorded(library)
    for key, report in library.reports.items():
        assert releases.record.states(released.reports[key], released.shapes) == states(report)


def test_record_that_was_read_back_is_what_was_written(library: Library, tmp_path: Path) -> None:
    first = release(library, tmp_path / "released", ["index.html", "years/2024/index.html"])
    assert first.reports == len(library)
    found = read(tmp_path / "released")
    assert found.flaws == ()
    assert found.reports == recorded(library).reports
    assert found.paths == ("./", "years/2024/")
    assert release(library, tmp_path / "released").files == ()
    assert len((tmp_path / "released" / "pingtan.jsonl").read_text(encoding="utf-8").splitlines()) == len(library.of_agency("pingtan"))


def test_looking_writes_nothing(library: Library, tmp_path: Path) -> None:
    assert "pingtan.jsonl" in release(library, tmp_path / "released", only_look=True).files
    assert not (tmp_path / "released").exists()


# -- what was released is never forgotten -------------------------------------------------------------------------------


def test_gone_figure_stays_recorded_after_the_next_release(tmp_path: Path) -> None:
    record = tmp_path / "released"
    line = "reports/xugou-jia/2023/#overview/公开平台/value: reports/xugou-jia/2023/#overview/政务平台/value\n"
    release(library_of(tmp_path / "before", {}), record)
    now = library_of(tmp_path / "now", {"2023": {"overview": [["政务平台", "12", "个", ""]]}})
    (record / "successors.yml").write_text(line, encoding="utf-8")
    release(now, record)
    assert breaches(now, read(record)) == []
    (record / "successors.yml").unlink()
    assert [(each.kind, each.address) for each in breaches(now, read(record))] == [("address_gone", "overview/公开平台/value")]


def test_gone_report_stays_recorded_after_the_next_release(tmp_path: Path) -> None:
    record = tmp_path / "released"
    release(library_of(tmp_path / "before", {}), record)
    (record / "successors.yml").write_text("reports/xugou-jia/2022/: reports/xugou-jia/2023/\n", encoding="utf-8")
    now = library_of(tmp_path / "now", {"2022": None})
    release(now, record)
    (record / "successors.yml").unlink()
    assert [each.kind for each in breaches(now, read(record))] == ["report_gone"]


def test_form_that_loses_an_address_is_refused_once(library: Library) -> None:
    released = recorded(library)
    shape = released.shapes["2021"]["disputes"]
    shape["lines"]["mediation"] = ["upheld"]
    shape["columns"]["upheld"] = "起"
    found = breaches(library, released)
    forms_gone = [each for each in found if each.kind == "form_gone"]
    assert {each.address for each in forms_gone} == {
        "disputes/mediation/upheld",
        *(f"disputes/{line}/upheld" for line in forms()["2021"].tables["disputes"].lines),
    }
    assert all(each.version == "2021" for each in forms_gone)


def test_record_written_before_a_form_gained_a_column_is_read_by_its_own_columns(tmp_path: Path, library: Library) -> None:
    released = recorded(library)
    (key,) = [("pingtan", 2024)]
    old = {"made": "件", **dict.fromkeys(("upheld", "total"), "件")}
    shapes = {
        **released.shapes,
        "2021": {**released.shapes["2021"], "disputes": {"columns": old, "lines": {"reconsideration": ["upheld", "total"]}}},
    }
    one = {**released.reports[key], "disputes": {"reconsideration": ",2,3"}}
    now = releases.record.files(replace(library, reports={}), replace(released, shapes=shapes, reports={key: one}), None)
    again = json.loads(now["pingtan.jsonl"])
    columns = list(forms()["2021"].tables["disputes"].columns)
    assert dict(zip(columns, again["disputes"]["reconsideration"].split(","), strict=True)) == {
        **dict.fromkeys(columns, ""),
        "upheld": "2",
        "total": "3",
    }


@pytest.mark.parametrize(
    "name, text",
    [
        ("pingtan.jsonl", "{"),
        ("pingtan.jsonl", "[]"),
        ("pingtan.jsonl", '{"year": 2024}'),
        ("pingtan.jsonl", '{"year": 2024, "year": 2025}'),
        ("pingtan.jsonl", '{"year": 2024, "version": "1.0.0", "forms": {"disclosure": [], "applications": "2021", "disputes": "2021"}}'),
        ("Pingtan.jsonl", "{}"),
        ("forms.json", "{"),
        ("forms.json", '{"2021": {"disputes": {}}}'),
        ("forms.json", json.dumps({"2021": {table: {"columns": {"a": "件"}, "lines": {"b": [["a"]]}} for table in TABLES}})),
        ("forms.json", None),
        ("notes.txt", "x"),
        ("successors.yml", "- a\n"),
        ("successors.yml", "a: &b c\n"),
        ("successors.yml", "reports/a/2020/: 5\n"),
    ],
)
def test_damaged_record_is_told_and_never_a_pass(library: Library, tmp_path: Path, name: str, text: str | None) -> None:
    release(library, tmp_path / "released")
    if text is None:
        (tmp_path / "released" / name).unlink()
    else:
        (tmp_path / "released" / name).write_text(text, encoding="utf-8")
    found = breaches(library, read(tmp_path / "released"))
    assert found
    assert found[0].kind in {"unreadable", "successors_unreadable"}
    assert f"released/{name}" in found[0].says("zh")
    assert f"released/{name}" in found[0].says("en")


def test_two_lines_for_one_year_are_told(library: Library, tmp_path: Path) -> None:
    """What a merge may leave: a figure that was released would be forgotten without a word."""
    release(library, tmp_path / "released")
    file = tmp_path / "released" / "pingtan.jsonl"
    first, *others = file.read_text(encoding="utf-8").splitlines()
    other = json.loads(first)
    other["disputes"]["reconsideration"] = "9,9,9,9,36"
    file.write_text("\n".join([json.dumps(other), first, *others]) + "\n", encoding="utf-8")
    (found,) = breaches(library, read(tmp_path / "released"))
    assert found.kind == "unreadable"
    assert "released/pingtan.jsonl:2" in found.says("zh")


@pytest.mark.posix
def test_record_that_is_no_folder_is_never_a_pass(library: Library, tmp_path: Path) -> None:
    (tmp_path / "released").write_text("", encoding="utf-8")
    (tmp_path / "linked").symlink_to(tmp_path / "nowhere")
    for name in ("released", "linked"):
        (found,) = breaches(library, read(tmp_path / name))
        assert (found.kind, found.address) == ("unreadable", name)


def test_without_a_record_everything_is_new(library: Library, tmp_path: Path) -> None:
    assert breaches(library, read(tmp_path / "released")) == []
    assert lost(read(tmp_path / "released"), []) == []


# -- addresses of the site ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path, kind",
    [
        ("index.html", "./"),
        ("en/index.html", "en/"),
        ("glossary/index.html", "glossary/"),
        ("reports/pingtan/2024/index.html", "reports/{agency}/{year}/"),
        ("en/reports/pingtan/2024/index.html", "en/reports/{agency}/{year}/"),
        ("reports/pingtan/2024/pingtan-2024.zip", "reports/{agency}/{year}/{agency}-{year}.zip"),
        ("reports/pingtan/2024/data/notes.csv", "reports/{agency}/{year}/data/notes.csv"),
        ("reports/pingtan/pingtan.csv", "reports/{agency}/{agency}.csv"),
        ("reports/pingtan/charts/shares.csv", "reports/{agency}/charts/shares.csv"),
        ("years/2024/index.html", "years/2024/"),
        ("data/index.json", "data/index.json"),
        ("quality/T3-ROW/index.html", "quality/T3-ROW/"),
        ("quality/2/index.html", None),
        ("quality/T3-ROW/2/index.html", None),
        ("assets/open-reports.css", None),
        ("search/zh/0.json", None),
        ("search/index.html", "search/"),
        ("search/index.json", "search/index.json"),
        ("en/search/index.json", "en/search/index.json"),
        ("404.html", None),
        ("sitemap.xml", None),
        (".nojekyll", None),
    ],
)
def test_kinds_of_address(path: str, kind: str | None) -> None:
    assert permanent(path) == kind


SITE = ("index.html", "glossary/index.html", "en/glossary/index.html", "data/old.csv", "reports/pingtan/2024/report.json")


@pytest.mark.parametrize(
    "site, successors, kinds",
    [
        (SITE, "", []),
        (SITE[1:], "", ["path_gone ./"]),
        ((SITE[0], *SITE[3:]), "", ["path_gone en/glossary/", "path_gone glossary/"]),
        ((SITE[0], *SITE[3:], "terms/index.html", "en/terms/index.html"), "glossary/: terms/\n", []),
        ((SITE[0], *SITE[3:]), "glossary/: terms/\n", ["successor_missing glossary/"]),
        ((*SITE[:3], SITE[4], "data/new.csv"), "data/old.csv: data/new.csv\n", []),
        (SITE[:4], "", ["path_gone reports/{agency}/{year}/report.json"]),
        (
            (*SITE[:4], "reports/pingtan/2024/report.v2.json"),
            "reports/{agency}/{year}/report.json: reports/{agency}/{year}/report.v2.json\n",
            [],
        ),
    ],
)
def test_site_that_lost_an_address(library: Library, tmp_path: Path, site: tuple[str, ...], successors: str, kinds: list[str]) -> None:
    record = tmp_path / "released"
    release(library, record, SITE)
    (record / "successors.yml").write_text(successors, encoding="utf-8")
    assert [f"{each.kind} {each.address}" for each in lost(read(record), site)] == kinds
    if kinds:
        with pytest.raises(PermanenceError):
            release(library, record, site)


def test_the_entry_of_a_folder_leads_no_file_to_a_page(library: Library, tmp_path: Path) -> None:
    record = tmp_path / "released"
    release(library, record, (*SITE, "old/index.html", "old/a.csv"))
    (record / "successors.yml").write_text("old/: glossary/index.html\n", encoding="utf-8")
    (found,) = lost(read(record), (*SITE, "glossary/index.html/index.html"))
    assert (found.kind, found.address, found.version) == ("successor_kind", "old/a.csv", "glossary/index.html")
    assert "a file of the format csv" in found.says("en")


def test_the_entry_of_a_folder_leads_no_report_to_a_page(library: Library) -> None:
    reports = {key: one for key, one in library.reports.items() if key != ("pingtan", 2024)}
    released = replace(recorded(library), successors=Successors({"reports/": "pages/"}))
    (found,) = breaches(replace(library, reports=reports), released)
    assert (found.kind, found.address, found.version) == ("successor_drop", "reports/pingtan/2024/", "pages/pingtan/2024/")


def test_the_successors_of_this_project_are_of_one_kind(library: Library) -> None:
    entries = read(PROJECT / "released").successors.entries
    assert entries
    assert [old for old, new in entries.items() if not releases.successors.stands_for(new, old)] == []


def test_files_of_a_site(tmp_path: Path) -> None:
    for path in ("index.html", "a/b/c.json"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x", encoding="utf-8")
    assert list(releases.written(tmp_path)) == ["index.html", "a/b/c.json"]


# -- successors ---------------------------------------------------------------------------------------------------------

MOVED = {"reports/old/": "reports/new/", "reports/old/2019/": "corrections/", "glossary/": "terms/", "data/a.csv": "data/b.csv"}


@pytest.mark.parametrize(
    "old, new",
    [
        ("reports/old/", "reports/new/"),
        ("reports/old/2020/", "reports/new/2020/"),
        ("reports/old/2020/#applications/new/total", "reports/new/2020/#applications/new/total"),
        ("reports/old/2020/data/notes.csv", "reports/new/2020/data/notes.csv"),
        ("reports/old/2019/", "corrections/"),
        ("en/reports/old/2020/", "en/reports/new/2020/"),
        ("en/glossary/", "en/terms/"),
        ("data/a.csv", "data/b.csv"),
        ("reports/older/", None),
        ("glossary", None),
    ],
)
def test_who_succeeds_whom(old: str, new: str | None) -> None:
    assert Successors(MOVED).of(old) == new


def test_successors_follow_each_other() -> None:
    chain = Successors({"a/": "b/", "b/": "c/"})
    assert (chain.of("a/"), chain.of("a/x/"), chain.rings()) == ("c/", "c/x/", [])
    assert Successors({"a/": "b/", "b/": "a/"}).rings() == ["a/", "b/"]
    assert Successors({"a/": "a/b/"}).rings() == ["a/"]


def test_pages_at_old_addresses_lead_on(library: Library, tmp_path: Path) -> None:
    released = replace(recorded(library), successors=Successors({"reports/pingtan/": "reports/new/", "glossary/": "terms/"}))
    found = redirects(released, "https://www.example.cn/nb/")
    assert {
        "reports/pingtan/index.html",
        "reports/pingtan/2024/index.html",
        "en/reports/pingtan/2024/index.html",
        "en/glossary/index.html",
    } <= found.keys()
    assert not any("pingtan-police" in path for path in found)
    for path, data in found.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        root = html.fromstring(data)
        (refresh,) = root.xpath("//meta[@http-equiv='refresh']/@content")
        (link,) = root.xpath("//a/@href")
        target = (tmp_path / path).parent / link
        wanted = Successors({"reports/pingtan/": "reports/new/", "glossary/": "terms/"}).of(path.removesuffix("index.html"))
        assert refresh == f"0; url={link}"
        assert target.resolve() == (tmp_path / str(wanted)).resolve()
        assert root.xpath("//link[@rel='canonical']/@href") == [f"https://www.example.cn/nb/{wanted}"]
        assert root.get("lang") == ("en" if path.startswith("en/") else "zh-CN")
        assert not root.xpath("//script")


def test_hostile_successor_is_no_address() -> None:
    for text in (
        'a"><script>/',
        "javascript:alert(1)",
        "//example.cn/",
        "/a/",
        "../a/",
        "a/../b/",
        "https://example.cn/",
        "a b/",
        "en/a/",
        "",
    ):
        assert releases.successors.fault(text), text


def test_former_addresses_of_a_page(library: Library) -> None:
    entries = {
        "reports/pingtan/2024/#overview/甲/value": "reports/pingtan/2024/#overview/乙/value",
        "reports/pingtan/2023/#a/b/c": "glossary/",
    }
    released = replace(recorded(library), successors=Successors(entries))
    assert releases.former(released, "pingtan", 2024) == {"overview/甲/value": "reports/pingtan/2024/#overview/乙/value"}
    assert json.loads(releases.successors_json(released)) == [{"from": old, "to": entries[old]} for old in sorted(entries)]


# -- cost ---------------------------------------------------------------------------------------------------------------


@pytest.mark.unmeasured
def test_gate_costs_little_for_ten_thousand_reports(library: Library, tmp_path: Path) -> None:
    """Ten thousand reports, made of one real one under other names: read the record and compare, in calls of functions."""
    real = library.reports["pingtan", 2024]
    names = [f"xugou-{number:04d}" for number in range(1_000)]
    agencies: dict[str, Agency] = dict.fromkeys(names, library.agencies["pingtan"])
    reports = {(name, year): replace(real, agency=name, year=year) for name in names for year in range(2015, 2025)}
    corpus = Library(agencies=agencies, reports=reports, findings=())
    release(corpus, tmp_path / "released")
    found: list[Breach] = []
    assert calls(lambda: found.extend(breaches(corpus, read(tmp_path / "released")))) < 200 * len(corpus)  # measured: 115
    assert found == []
    shutil.rmtree(tmp_path / "released")
